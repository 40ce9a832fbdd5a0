//! One symmetry breaking in one time: landscapes, paths over the branches of three energies, rate and variance.

use infodyn_core::{Column, Estimate, Table};

use super::column;
use crate::{Axis, Colour, DOUBLE_COLUMN, Dash, Figure, Marker, Panel, Result, Series, Stack};

const CAPTION: &str = "\
Two atoms at `+-1` of equal weight under `vp-linear` (`beta` from 0.1 to 20); generation runs from left to right. (a-e) Three energies in nats, less their value at 0, at five \
times: `-log p_t` (marginal), `-log p_t - x^2/4` (reverse SDE) and `-log p_t - x^2/2` (probability flow). (f) Twelve paths of the reverse diffusion to either \
atom, drawn exactly (forward paths read backwards), over the fixed points of the three energies: stable solid, unstable dashed. Triangles: the times of \
(a-e). The reverse SDE's origin loses its stability at `alpha^2 = sqrt(2) - 1` (`t = 0.2926`), the score's at `alpha^2 = 1/2`; the flow's is unstable at every time, its outer \
branches coming from `+-sqrt(3)`. (g) Rate of the entropy of the label in this time. (h) Variance of the pathwise conditional entropy `h(X_t)`. Both peaks come after \
the pitchforks. Closed forms and continuation; errors are below the width of a line.

Claims: C2 (pitchfork), C3 (three-energies), C8 (universal-offsets). \
A reconstruction: the paper's own figures were not at hand.
";

/// The energies by the prefix of their columns, with their looks.
const ENERGIES: [(&str, &str, Colour, Dash, f64); 3] = [
    ("marginal", "marginal", Colour::BLACK, Dash::Solid, 1.0),
    ("reverse-sde", "reverse SDE", Colour::VERMILION, Dash::Dashed, 2.1),
    ("probability-flow", "flow", Colour::GREEN, Dash::DashDot, 3.4),
];

/// The tables of the figure.
#[derive(Debug, Clone, Copy)]
pub struct SymmetryBreaking<'a> {
    /// `ENERGY_time` and, for the branches `upper`, `centre`, `lower`, `ENERGY_BRANCH` and `ENERGY_BRANCH_eigenvalue`.
    pub branches: &'a Table,
    /// `path_time`, and columns `plus_N`, `minus_N`.
    pub paths: &'a Table,
    /// `landscape_time`, five rows; `x`; `ENERGY_1` to `ENERGY_5`.
    pub landscape: &'a Table,
    /// `time`, `entropy_rate`, `variance`.
    pub profile: &'a Table,
    /// One row: `sde_pitchfork`, `marginal_pitchfork`, `variance_peak`, `rate_peak`.
    pub critical: &'a Table,
}

/// Landscapes above, paths over branches, rate and variance below on one axis of time.
///
/// # Errors
/// A missing column, a number that is not finite.
pub fn symmetry_breaking(tables: &SymmetryBreaking<'_>) -> Result<Figure> {
    let mut stacks = landscapes(tables.landscape)?;
    stacks.push(in_time(tables)?);
    let mut data = Table::new();
    for table in [tables.branches, tables.landscape, tables.profile, tables.critical, tables.paths] {
        data.columns.extend(table.columns.iter().cloned());
    }
    Ok(Figure {
        name: "symmetry-breaking".into(),
        title: "Symmetry breaking: three energies, one decision".into(),
        caption: CAPTION.into(),
        width: DOUBLE_COLUMN,
        stacks,
        shared_y: true,
        data,
    })
}

fn landscapes(table: &Table) -> Result<Vec<Stack>> {
    let (x, times) = (column(table, "x")?, column(table, "landscape_time")?);
    let mut stacks = Vec::new();
    for (n, t) in times.values.iter().flatten().enumerate() {
        let title = format!("*t* = {:.3}", t.value());
        let mut panel = Panel::new(title.trim_end_matches('0'), Axis::linear("energy").unit("nats").between(-1.8, 1.9))
            .height(30.0);
        for (energy, name, colour, dash, _) in ENERGIES {
            let label = if n == 0 { name } else { "" };
            let heights = column(table, &format!("{energy}_{}", n + 1))?;
            panel = panel.with(Series::line(label, x, heights)?.colour(colour).dash(dash));
        }
        stacks.push(Stack::new(Axis::linear("*x*").between(-2.4, 2.4)).with(panel));
    }
    Ok(stacks)
}

fn in_time(tables: &SymmetryBreaking<'_>) -> Result<Stack> {
    let mut paths =
        Panel::new("reverse paths over the fixed points", Axis::linear("*x*").between(-2.4, 2.9)).height(60.0);
    let time = column(tables.paths, "path_time")?;
    for path in tables.paths.columns.iter().filter(|c| c.name != time.name) {
        let colour = if path.name.starts_with("plus") { Colour::SKY } else { Colour::ORANGE };
        paths = paths.with(Series::line("", time, path)?.colour(colour.faded(0.55)).width(0.45));
    }
    for (energy, name, colour, _, width) in ENERGIES.into_iter().rev() {
        let time = column(tables.branches, &format!("{energy}_time"))?;
        paths = paths.with(Series::key(name).colour(colour).width(width));
        for branch in ["upper", "centre", "lower"] {
            let at = column(tables.branches, &format!("{energy}_{branch}"))?;
            let eigenvalue = column(tables.branches, &format!("{energy}_{branch}_eigenvalue"))?;
            paths = paths.with(Series::branch("", time, at, eigenvalue)?.colour(colour).width(width));
        }
    }
    let times = column(tables.landscape, "landscape_time")?;
    let foot = Column { values: vec![Some(Estimate::given(-2.25)); times.values.len()], ..times.clone() };
    paths = paths.with(Series::points("", times, &foot)?.marker(Marker::Triangle));
    let profile = |name| column(tables.profile, name);
    let time = profile("time")?;
    let rate = profile("entropy_rate")?;
    let rates = Panel::new("rate of the label's entropy", Axis::linear("rate d*H*/d*t*").unit(&rate.unit))
        .height(26.0)
        .with(Series::band("", time, rate)?.colour(Colour::BLUE).width(1.4));
    let variance = profile("variance")?;
    let variances =
        Panel::new("variance of the pathwise entropy", Axis::linear("Var *h*(*X_{t}*)").unit(&variance.unit))
            .height(26.0)
            .with(Series::band("", time, variance)?.colour(Colour::PURPLE).width(1.4));
    let mut stack = Stack::new(Axis::linear("more noise  ←   time *t*   →  data").between(0.01, 0.6).descending())
        .tier(1)
        .with(paths)
        .with(rates)
        .with(variances);
    for (name, label) in [
        ("sde_pitchfork", "pitchfork of the reverse SDE"),
        ("marginal_pitchfork", "pitchfork of the score"),
        ("variance_peak", "peak of Var *h*"),
        ("rate_peak", "peak of the rate"),
    ] {
        for at in column(tables.critical, name)?.values.iter().flatten() {
            stack = stack.critical(at.value(), &format!("{label}, {:.3}", at.value()));
        }
    }
    Ok(stack)
}
