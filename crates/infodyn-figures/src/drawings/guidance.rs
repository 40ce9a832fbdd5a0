//! Guidance: what it spends and leaves out, how far it moves, narrows and widens a class, and whether it gets there.

use infodyn_core::{Column, Table};

use super::{append, column};
use crate::{Axis, Colour, DOUBLE_COLUMN, Dash, Figure, Marker, Panel, Result, Series, Stack};

const CAPTION: &str = "\
The guided score is `s + omega (s_y - s)`; `omega` is what libraries call `guidance_scale`, 0 the law and 1 the class. Left, two atoms (or two classes of one variance) of equal weight against their signal-to-noise ratio `k`, \
generation from left to right: (a) the share of its budget, the mean of `log pi_y` on paths of the guided diffusion, that guidance has spent before `k`: the stronger, the earlier. \
(d) Guided paths would have to be weighed to carry the law `p pi_y^omega`, whose score guidance follows: the share of the logarithm of the mean weight that is missing before `k`, again the earlier, the stronger. (g) The flow where strength 3 is switched on at `k` (solid), or off (dashed), and 1 otherwise: \
the mean moves early and the narrowing comes later: switched on at `k = 0.1`, a third of the shift is gone, and the class is narrower than under full guidance. Middle, two classes of equal weight and one variance from pure noise, against `omega`: (b) the mean beyond that of the class, in its standard deviations, \
(e) the variance over that of the class, and (h) the divergence from the class. The flow overshoots by a fixed number of standard deviations, however far the classes are apart; what the diffusion does \
vanishes with their distance (classes at 8 and at 16 standard deviations from the middle), and its divergence stays below a bound (black) that the flow exceeds. Right: (c) centred classes of different variances: guided to the broader of two a class comes out broader still, to the narrower narrower still; \
only where both are equal is nothing changed. (f) The chance that the guided diffusion ends in a class of weight `w`: certain from `omega = 1/2` on; points: exact paths; grey: the flow at `w = 0.5`, which is less sure. \
(i) The chance that a class of weight 0.2 is nearly lost on the way, its posterior ever down to `eps`. Curves by integration and by formula, every error below the width of a line; points: intervals that miss once in `10^9`.

Claims: G1 (guided-generator), G2 (guidance-defect), G3 (guided-width), G5 (guidance-overshoot), G7 (guidance-cost), G8 (guidance-threshold).
";

/// The tables of the figure.
#[derive(Debug, Clone, Copy)]
pub struct Guidance<'a> {
    /// `infodyn_claims::tables::guidance_budget`.
    pub budget: &'a Table,
    /// `infodyn_claims::tables::guidance_windows`.
    pub windows: &'a Table,
    /// `infodyn_claims::tables::guidance_overshoot`.
    pub overshoot: &'a Table,
    /// `infodyn_claims::tables::guidance_widths`.
    pub widths: &'a Table,
    /// `infodyn_claims::tables::guidance_chances`.
    pub chances: &'a Table,
}

/// Nine panels in three columns: along the noise levels, against the strength, and what may become of a class.
///
/// # Errors
/// A missing column, a number that is not finite or, on a logarithmic axis, not positive.
pub fn guidance(tables: Guidance<'_>) -> Result<Figure> {
    let Guidance { budget, windows, overshoot, widths, chances } = tables;
    Ok(Figure {
        name: "guidance".into(),
        title: "Guidance: what it spends, moves, narrows, widens and risks".into(),
        caption: CAPTION.into(),
        width: DOUBLE_COLUMN,
        stacks: vec![along_noise(budget, windows)?, against_strength(overshoot)?, of_a_class(widths, chances)?],
        shared_y: false,
        data: append(&[budget, windows, overshoot, widths, chances]),
    })
}

const HEIGHT: f64 = 40.0;

/// The columns `PREFIX_NUMBER` with their numbers as written, light to dark.
fn family<'a>(table: &'a Table, prefix: &str) -> Vec<(&'a str, &'a Column, Colour)> {
    let numbered = |c: &'a Column| Some((c.name.strip_prefix(prefix)?.strip_prefix('_')?, c));
    let found: Vec<_> =
        table.columns.iter().filter_map(numbered).filter(|(number, _)| number.parse::<f64>().is_ok()).collect();
    let last = found.len().saturating_sub(1).max(1) as f64;
    let coloured = |(i, (number, c)): (usize, (&'a str, &'a Column))| (number, c, Colour::ordered(i as f64 / last));
    found.into_iter().enumerate().map(coloured).collect()
}

fn along_noise(budget: &Table, windows: &Table) -> Result<Stack> {
    let k = column(budget, "k")?;
    let share = |title: &str, y: &str| Panel::new(title, Axis::linear(y)).height(HEIGHT);
    let mut spent = share("budget of the label", "share spent before *k*");
    for (omega, found, colour) in family(budget, "spent") {
        spent = spent.with(Series::band(&format!("*ω* = {omega}"), k, found)?.colour(colour).width(1.3));
    }
    let mut left = share("what is left out", "share before *k*");
    // The same strengths have the same colours: of 1 nothing is left out.
    for ((omega, found, _), (_, _, colour)) in
        family(budget, "left").into_iter().zip(family(budget, "spent").split_off(1))
    {
        left = left.with(Series::band(&format!("*ω* = {omega}"), k, found)?.colour(colour).width(1.3));
    }
    let mut window = Panel::new("windows of strength 3, flow", Axis::linear("shift, variance")).height(HEIGHT);
    let switch = column(windows, "switch")?;
    for (name, label, colour) in [("shift", "shift", Colour::BLUE), ("variance", "variance", Colour::VERMILION)] {
        for (side, when, dash) in [("on", "from *k* on", Dash::Solid), ("off", "up to *k*", Dash::Dashed)] {
            let found = column(windows, &format!("{side}_{name}"))?;
            window = window
                .with(Series::band(&format!("{label}, {when}"), switch, found)?.colour(colour).dash(dash).width(1.3));
        }
    }
    Ok(Stack::new(Axis::log("signal-to-noise ratio *k*")).with(spent).with(left).with(window))
}

fn against_strength(table: &Table) -> Result<Stack> {
    let omega = column(table, "omega")?;
    let curve = |label: &str, name: &str, colour: Colour, dash: Dash| {
        Ok::<_, crate::Error>(Series::band(label, omega, column(table, name)?)?.colour(colour).dash(dash).width(1.3))
    };
    let (flow, sde) = (Colour::BLUE, Colour::VERMILION);
    let near = [("8", Dash::Dashed), ("16", Dash::Dotted)];
    let mut shift = Panel::new("shift of the mean", Axis::linear("shift (standard deviations)")).height(HEIGHT);
    shift = shift.with(curve("flow", "shift", flow, Dash::Solid)?);
    let mut variance = Panel::new("narrowing", Axis::linear("variance / class's")).height(HEIGHT);
    variance = variance.with(curve("flow", "variance", flow, Dash::Solid)?);
    for (distance, dash) in near {
        let label = format!("diffusion, classes at ±{distance}");
        shift = shift.with(curve(&label, &format!("sde_shift_{distance}"), sde, dash)?);
        variance = variance.with(curve(&label, &format!("sde_variance_{distance}"), sde, dash)?);
    }
    let divergence = Panel::new("divergence from the class", Axis::linear("KL").unit("nats"))
        .height(HEIGHT)
        .with(curve("flow", "divergence", flow, Dash::Solid)?)
        .with(curve("bound of the diffusion", "bound", Colour::BLACK, Dash::DashDot)?);
    Ok(Stack::new(Axis::linear("strength *ω*")).with(shift).with(variance).with(divergence))
}

fn of_a_class(widths: &Table, chances: &Table) -> Result<Stack> {
    let ratio = column(widths, "ratio")?;
    let mut width =
        Panel::new("wider and narrower", Axis::log("second moment / class's")).height(HEIGHT).level(1.0, "");
    for (omega, found, colour) in family(widths, "width") {
        width = width.with(Series::band(&format!("*ω* = {omega}"), ratio, found)?.colour(colour).width(1.3));
    }
    let (at, sampled) = (column(chances, "reached_omega")?, column(chances, "sampled_omega")?);
    let mut reached = Panel::new("is the class reached?", Axis::linear("chance")).height(HEIGHT);
    for (weight, found, colour) in family(chances, "reached") {
        let points = column(chances, &format!("sampled_{weight}"))?;
        reached = reached
            .with(Series::line(&format!("*w* = {weight}"), at, found)?.colour(colour).width(1.3))
            .with(Series::points("", sampled, points)?.colour(colour));
    }
    let flow = Series::points("flow, *w* = 0.5", sampled, column(chances, "flow")?)?;
    reached = reached.with(flow.colour(Colour::GREY).marker(Marker::Diamond));
    let (at, sampled) = (column(chances, "fall_omega")?, column(chances, "fallen_omega")?);
    let mut fallen = Panel::new("is it nearly lost?", Axis::log("chance")).height(HEIGHT);
    for (level, found, colour) in family(chances, "fall") {
        let points = column(chances, &format!("fallen_{level}"))?;
        fallen = fallen
            .with(Series::line(&format!("*ε* = {level}"), at, found)?.colour(colour).width(1.3))
            .with(Series::points("", sampled, points)?.colour(colour));
    }
    Ok(Stack::new(Axis::linear("strength *ω*"))
        .with(width.over(Axis::log("variance of the other / class's")))
        .with(reached.over(Axis::linear("strength *ω*").between(-0.55, 1.05)))
        .with(fallen))
}
