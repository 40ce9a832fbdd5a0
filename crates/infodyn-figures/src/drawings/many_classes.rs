//! Many classes at equal distances: modes born in folds, and diagnostics that part.

use infodyn_core::Table;

use super::{append, column};
use crate::{Axis, Colour, DOUBLE_COLUMN, Dash, Figure, Marker, Panel, Result, Series, Stack};

const CAPTION: &str = "\
`K` classes of equal weight and variance at equal distances, against `kappa = alpha^2 R^2/(alpha^2 q + sigma^2)`, their signal-to-noise ratio (`2^{1/2} R` is the distance of two, `q` their variance); generation runs from left to right. \
(a, b) Fixed points of the score for `K = 10` and `K = 1000`: the weight of one class at the fixed points in which the others weigh the same, stable solid, unstable dashed, and the centre, where all weigh `1/K`. The modes of the classes are born \
in a fold, while the centre stays a mode up to `kappa = K`. (c, d) The rate of the class's entropy per unit of `log gamma` (nats) and the variance of the pathwise entropy (nats squared). Vertical lines: the peaks of both, the fold, where the modes of the classes become the highest, \
and where the Jacobian at the centre changes its sign. (e) The same five places against the number of classes. (f) Over `log K`: all but the Jacobian's sign are of that order, and the rate peaks at `2 log K` in the end, as the heights become equal; the sign comes later by a factor without bound. \
By formula and by integration over one variable; every error is below the width of a line.

Claims: C17 (many-classes), C1 (mode-instability), C2 and C8 for two classes.
";

/// The places: column, name, colour, dash and marker.
const PLACES: [(&str, &str, Colour, Dash, Marker); 5] = [
    ("variance_peak", "Var *h* peaks", Colour::GREEN, Dash::Dashed, Marker::Triangle),
    ("fold", "fold", Colour::BLACK, Dash::Solid, Marker::Circle),
    ("rate_peak", "rate peaks", Colour::VERMILION, Dash::Solid, Marker::Square),
    ("highest", "equal heights", Colour::SKY, Dash::DashDot, Marker::Diamond),
    ("jacobian", "Jacobian at the centre", Colour::BLUE, Dash::Dotted, Marker::Circle),
];

/// The same places in fewer words.
const FLAGS: [(&str, &str); 5] = [
    ("variance_peak", "Var *h*"),
    ("fold", "fold"),
    ("rate_peak", "rate"),
    ("highest", "equal heights"),
    ("jacobian", "Jacobian"),
];

/// Fixed points and diagnostics of ten and of a thousand classes, and five places against their number.
///
/// The tables are those of `infodyn_claims::tables`: `many_classes_branches`, `many_classes_profile` and
/// `many_classes_places`.
///
/// # Errors
/// A missing column, a number that is not finite or not positive.
pub fn many_classes(branches: &Table, profile: &Table, places: &Table) -> Result<Figure> {
    let closely = |prefix: &str, classes: &str, named: bool| -> Result<Stack> {
        let axis = Axis::log("signal-to-noise ratio *κ*");
        let mut stack = Stack::new(axis)
            .with(fixed_points(branches, prefix, classes, named)?)
            .with(diagnostics(profile, prefix, named)?);
        for (place, name) in FLAGS {
            for at in column(places, &format!("{prefix}_{place}"))?.values.iter().flatten() {
                stack = stack.critical(at.value(), name);
            }
        }
        Ok(stack)
    };
    Ok(Figure {
        name: "many-classes".into(),
        title: "Many classes: folds, and three diagnostics that part".into(),
        caption: CAPTION.into(),
        width: DOUBLE_COLUMN,
        stacks: vec![
            closely("ten", "ten classes", true)?,
            closely("thousand", "a thousand classes", false)?,
            Stack::new(Axis::log("classes *K*")).tier(1).with(against_number(places, "", "where it happens")?),
            Stack::new(Axis::log("classes *K*")).tier(1).with(against_number(places, "share_", "in units of log *K*")?),
        ],
        shared_y: false,
        data: append(&[branches, profile, places]),
    })
}

fn fixed_points(table: &Table, prefix: &str, classes: &str, named: bool) -> Result<Panel> {
    let read = |what: &str| column(table, &format!("{prefix}_{what}"));
    let mut panel = Panel::new(&format!("fixed points, {classes}"), Axis::linear("weight of a class")).height(36.0);
    if named {
        panel =
            panel.with(Series::key("stable").width(1.4)).with(Series::key("unstable").width(1.4).dash(Dash::Dashed));
    }
    let branch = Series::branch("", read("kappa")?, read("weight")?, read("slope")?)?;
    let centre = Series::branch("", read("centre_kappa")?, read("centre")?, read("centre_slope")?)?;
    Ok(panel.with(branch.width(1.4)).with(centre.width(1.4)))
}

fn diagnostics(table: &Table, prefix: &str, named: bool) -> Result<Panel> {
    let read = |what: &str| column(table, &format!("{prefix}_{what}"));
    let mut panel = Panel::new("entropy of the class", Axis::linear("nats, nats²")).height(32.0);
    for (what, label, colour, dash) in [
        ("rate", "rate per log *γ*", Colour::VERMILION, Dash::Solid),
        ("variance", "Var *h*", Colour::GREEN, Dash::Dashed),
    ] {
        let label = if named { label } else { "" };
        panel =
            panel.with(Series::band(label, read("at")?, read(what)?)?.colour(colour).dash(dash).width(1.4).direct());
    }
    Ok(panel)
}

/// The five places against the number of classes; over `log K` without the Jacobian, which leaves the others.
fn against_number(table: &Table, prefix: &str, title: &str) -> Result<Panel> {
    let classes = column(table, "classes")?;
    let share = !prefix.is_empty();
    let axis =
        if share { Axis::linear("*κ*/log *K*").between(1.0, 3.2) } else { Axis::log("signal-to-noise ratio *κ*") };
    let mut panel = Panel::new(title, axis).height(46.0);
    for (place, label, colour, dash, marker) in PLACES {
        let found = column(table, &format!("{prefix}{place}"))?;
        panel = panel
            .with(Series::line("", classes, found)?.colour(colour).dash(dash).width(1.2))
            .with(Series::points(if share { "" } else { label }, classes, found)?.colour(colour).marker(marker));
    }
    Ok(if share { panel.level(2.0, "2") } else { panel })
}
