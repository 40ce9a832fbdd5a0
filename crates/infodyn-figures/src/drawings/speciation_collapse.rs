//! When classes part and when points are remembered.

use infodyn_core::Table;

use super::column;
use crate::{Axis, Colour, DOUBLE_COLUMN, Dash, Figure, Marker, Panel, Result, Series, Stack};

const CAPTION: &str = "\
Two classes `N(+-mu, I)`, `|mu|^2 = D`, under `ou`. (a) The chance that two runs of the reverse diffusion from a common `X_t` end in the same class, against `t/t_S`, \
`t_S = (1/2) log D`: the closed form (lines) and a sampler (points; bars also count the error of its steps). All curves pass through 0.7752 at `t_S`, and \
sharpen in this coordinate. (b) Data sets of 403 points in 12 dimensions: the mean posterior of a point's own class (which the theory takes from the population) and of the point \
itself, in experiments (points) and to leading order in theory (lines). Generation, from right to left, decides nothing above `t_S`, the class between `t_S` and `t_C`, the point \
below `t_C`, where `I(X_0;X_t) = log N`. (c) Both times against the dimension, for 403 points, and (d) against the number of points, in 12 dimensions: `t_S` with the estimate from \
the largest eigenvalue of the covariance, `t_C` with and without the label's part of the information; points: where, in data sets, the own class is known to 0.7752 and the \
own point to 1/2, as brackets whose ends are certain (level 0.997 each). The experiments remember a little earlier than the formula: the mean posterior is above 1/2 at \
`t_C` for finite `D`.

Claims: C16 (clone-agreement), C7 (speciation), C8 (universal-offsets), E4 (collapse), E5 (labelled-collapse). At least 8192 draws a point; the program's default seed; the lines' errors are below their \
width. A reconstruction: the paper's own figures were not at hand.
";

const DIMENSIONS: [(usize, Colour, Dash, Marker); 4] = [
    (2, Colour::ORANGE, Dash::DashDot, Marker::Diamond),
    (8, Colour::GREEN, Dash::Dashed, Marker::Triangle),
    (32, Colour::BLUE, Dash::Solid, Marker::Square),
    (128, Colour::BLACK, Dash::Dotted, Marker::Circle),
];

/// Clones, the three regimes, and the two times.
///
/// | table | columns |
/// |---|---|
/// | `clones` | `ratio`, `agreement_D`; `sampled_ratio`, `sampled_D`, for four dimensions `D`; in one row `agreement_at_one` |
/// | `regimes` | `t`, `own`, `label`; `set_t`, `set_own`, `set_label`; in one row `speciation`, `collapse` |
/// | `dimensions` | `dimension`, `speciation`, `spectral`, `variance_peak`, `collapse`, `collapse_large`; `set_dimension`, `set_speciation`, `set_collapse` |
/// | `points` | `points`, `speciation`, `collapse`, `collapse_large`; `set_points`, `set_speciation`, `set_collapse` |
///
/// In the figure's CSV the columns carry the prefixes `clones_`, `regimes_`, `dimensions_`, `points_`.
///
/// # Errors
/// A missing column, a number that is not finite, a time that is not positive.
pub fn speciation_collapse(clones: &Table, regimes: &Table, dimensions: &Table, points: &Table) -> Result<Figure> {
    let mut data = Table::new();
    let tables = [("clones", clones), ("regimes", regimes), ("dimensions", dimensions), ("points", points)];
    for (prefix, table) in tables {
        let renamed =
            table.columns.iter().map(|c| infodyn_core::Column { name: format!("{prefix}_{}", c.name), ..c.clone() });
        data.columns.extend(renamed);
    }
    let against = Axis::log("dimension *D*  (*N* = 403)");
    let (left, right) = (agreement(clones)?, posteriors(regimes)?);
    let left = left.with(times("the two times against the dimension", dimensions, "dimension")?.over(against));
    let right = right
        .with(times("and against the number of points", points, "points")?.over(Axis::log("points *N*  (*D* = 12)")));
    Ok(Figure {
        name: "speciation-collapse".into(),
        title: "Speciation and collapse: when classes part, and when points are remembered".into(),
        caption: CAPTION.into(),
        width: DOUBLE_COLUMN,
        stacks: vec![left, right],
        shared_y: false,
        data,
    })
}

fn agreement(table: &Table) -> Result<Stack> {
    let read = |name: &str| column(table, name);
    let (ratio, sampled) = (read("ratio")?, read("sampled_ratio")?);
    let mut panel = Panel::new("two clones end in the same class", Axis::linear("probability *φ*(*t*)")).height(50.0);
    for (d, colour, dash, _) in DIMENSIONS {
        let line = Series::band(&format!("*D* = {d}"), ratio, read(&format!("agreement_{d}"))?)?;
        panel = panel.with(line.colour(colour).dash(dash).width(1.3));
    }
    for (d, colour, _, marker) in DIMENSIONS {
        panel = panel.with(Series::points("", sampled, read(&format!("sampled_{d}"))?)?.colour(colour).marker(marker));
    }
    for one in read("agreement_at_one")?.values.iter().flatten() {
        panel = panel.level(one.value(), &format!("{:.4}", one.value()));
    }
    Ok(Stack::new(Axis::linear("*t*/*t*_{S}").between(0.1, 2.1)).with(panel))
}

fn posteriors(table: &Table) -> Result<Stack> {
    let read = |name: &str| column(table, name);
    let (t, set) = (read("t")?, read("set_t")?);
    let panel = Panel::new("class and point in a data set", Axis::linear("mean posterior"))
        .height(50.0)
        .with(Series::line("own class", t, read("label")?)?.colour(Colour::BLUE).width(1.3))
        .with(Series::points("", set, read("set_label")?)?.colour(Colour::BLUE).marker(Marker::Square))
        .with(Series::line("own point", t, read("own")?)?.colour(Colour::VERMILION).dash(Dash::Dashed).width(1.3))
        .with(Series::points("", set, read("set_own")?)?.colour(Colour::VERMILION));
    let mut stack = Stack::new(Axis::log("time *t*, data  ←   →  noise").between(0.05, 4.0)).with(panel);
    for (name, label) in [("speciation", "*t*_{S}"), ("collapse", "*t*_{C}")] {
        for at in read(name)?.values.iter().flatten() {
            stack = stack.critical(at.value(), label);
        }
    }
    Ok(stack)
}

fn times(title: &str, table: &Table, against: &str) -> Result<Panel> {
    let read = |name: &str| column(table, name);
    let x = read(against)?;
    let set = read(&format!("set_{against}"))?;
    let mut panel = Panel::new(title, Axis::log("time *t*"))
        .height(50.0)
        .with(Series::line("*t*_{S}", x, read("speciation")?)?.colour(Colour::BLUE).width(1.3));
    for (name, label, dash) in
        [("spectral", "(1/2) log *Λ*", Dash::Dotted), ("variance_peak", "peak of Var *h*", Dash::DashDot)]
    {
        if table.column(name).is_some() {
            panel = panel.with(Series::line(label, x, read(name)?)?.colour(Colour::SKY).dash(dash).width(1.3));
        }
    }
    Ok(panel
        .with(
            Series::points("own class in data sets", set, read("set_speciation")?)?
                .colour(Colour::BLUE)
                .marker(Marker::Square),
        )
        .with(Series::band("*t*_{C}: *I* = log *N*", x, read("collapse")?)?.colour(Colour::VERMILION).width(1.3))
        .with(
            Series::line("without the label's part", x, read("collapse_large")?)?
                .colour(Colour::ORANGE)
                .dash(Dash::Dashed)
                .width(1.3),
        )
        .with(Series::points("own point in data sets", set, read("set_collapse")?)?.colour(Colour::VERMILION)))
}
