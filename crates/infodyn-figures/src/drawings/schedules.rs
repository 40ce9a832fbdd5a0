//! Where the steps of four schedules fall on the entropy curve, and what each step wins.

use infodyn_core::Table;

use super::column;
use crate::{Axis, Colour, DOUBLE_COLUMN, Figure, Marker, Panel, Result, Series, Stack};

const CAPTION: &str = "\
Four schedules of 18 noise levels from `sigma/alpha = 80` to 0.002, on two laws on a line with variance 1/4: four atoms at `+-0.4975 +-0.04975` \
(blue, circles), which have two decisions to make and no more than `log 4` nats to win, and two Gaussians at `+-0.45` of variance 0.0475 (orange, squares), which win half a nat per unit of `log gamma` without end; \
generation runs from left to right. (a-d) The information `I(X_0;X_t)` won so far (curves; `H(X_0 | X_t)` falls by as much) and the levels of the schedule on it. (e-h) What each step wins of the whole; the line is an even share, 1/17, and steps that win less than 0.01 % are below the axis. Uniform: equal steps of `sigma`. \
EDM: the schedule of Karras et al. (2022), exponent 7. Entropic: equal steps of the entropy, the same ratios for every process (B10). Rescaled: \
equal steps of `psi = integral of s (dH/ds) ds` (B11). Quadrature; every error is below the width of a line.

Claims: B10 (entropic-time), B11 (rescaled-entropic-time), B7 (total-information). \
A reconstruction: the paper's own figures were not at hand.
";

const SCHEDULES: [(&str, &str); 4] = [
    ("uniform", "uniform in *σ*"),
    ("edm", "EDM, *ρ* = 7"),
    ("entropic", "entropic"),
    ("rescaled", "rescaled entropic"),
];
const LAWS: [(&str, &str, Colour, Marker); 2] =
    [("tree", "four atoms", Colour::BLUE, Marker::Circle), ("pair", "two Gaussians", Colour::ORANGE, Marker::Square)];

/// The levels of four schedules on the information curves of two laws, and what each step wins of the whole.
///
/// `table` has the columns `sigma` and `LAW_information` (curves), `step`, and for each schedule `LAW_SCHEDULE_sigma`,
/// `LAW_SCHEDULE_information`, a row a level, and `LAW_SCHEDULE_share`, a row a step; `LAW` is `tree` or `pair`,
/// `SCHEDULE` one of `uniform`, `edm`, `entropic`, `rescaled`.
///
/// # Errors
/// A missing column, a number that is not finite, a noise level that is not positive.
pub fn schedules(table: &Table) -> Result<Figure> {
    let read = |name: &str| column(table, name);
    let (mut curves, mut steps) = (Vec::new(), Vec::new());
    for (schedule, title) in SCHEDULES {
        let mut curve = Panel::new(title, Axis::linear("information *I*(*X*_{0};*X_{t}*)\n").unit("nats")).height(46.0);
        let mut gain =
            Panel::new("", Axis::log("share won in a step").between(1e-4, 2.0)).height(34.0).level(1.0 / 17.0, "");
        for (law, name, colour, marker) in LAWS {
            let of = |what: &str| read_of(table, law, schedule, what);
            let label = if schedule == SCHEDULES[0].0 { name } else { "" };
            curve = curve
                .with(Series::line("", read("sigma")?, read(&format!("{law}_information"))?)?.colour(colour))
                .with(Series::points(label, of("sigma")?, of("information")?)?.colour(colour).marker(marker));
            gain = gain.with(Series::points("", read("step")?, of("share")?)?.colour(colour).marker(marker));
        }
        curves.push(Stack::new(Axis::log("*σ*/*α*").between(1e-3, 160.0).descending()).with(curve));
        steps.push(Stack::new(Axis::linear("step").between(0.0, 18.0)).with(gain).tier(1));
    }
    Ok(Figure {
        name: "schedules".into(),
        title: "Where schedules spend their steps".into(),
        caption: CAPTION.into(),
        width: DOUBLE_COLUMN,
        stacks: curves.into_iter().chain(steps).collect(),
        shared_y: true,
        data: table.clone(),
    })
}

fn read_of<'a>(table: &'a Table, law: &str, schedule: &str, what: &str) -> Result<&'a infodyn_core::Column> {
    column(table, &format!("{law}_{schedule}_{what}"))
}
