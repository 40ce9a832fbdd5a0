//! Decisions on several scales, in three clocks.

use infodyn_core::{Column, Estimate, Table};

use super::column;
use crate::{Axis, Colour, DOUBLE_COLUMN, Dash, Figure, Marker, Panel, Result, Series, Stack};

const CAPTION: &str = "\
Trees of atoms on a line under `edm`, in three clocks: `log sigma`, `sigma` (the native one) and the nats released, `I(Y;X_t)` (entropic time); \
generation runs from left to right. Above, eight atoms at `+-16 +-4 +-1`. (a-c) Fixed points of the score (stable solid, unstable dashed) and one path of the reverse diffusion to each \
atom, drawn exactly. (d-f) The pathwise entropy `h(X_t)` along the same paths, in the colours of their atoms, and its mean `H(Y | X_t)` (black). (g-i) What is left of the coarse, the \
middle and the fine label given those above, which adds up to the whole. (j-l) Rate of the entropy in this clock (solid) and `Var h` (dashed), each as a part of its tallest \
peak; markers: the peaks. In the native clock only the finest of the eight's decisions has a peak of the rate. (m-o) The same for four atoms at `+-10 +-1`: in `log sigma` both decisions show alike, in `sigma` the coarse one is 9.5 times lower, and in \
entropic time each takes about `log 2` and the rate says nothing, while `Var h` still has a peak for each. Quadrature; every error is below the width of a line.

Claims: C10 (hierarchy), B5 (chain), B10 (entropic-time), D8 (heterogeneity). \
A reconstruction: the paper's own figures were not at hand.
";

/// Colours of the atoms, from the lowest.
const LEAVES: [Colour; 8] = [
    Colour::BLUE,
    Colour::SKY,
    Colour::GREEN,
    Colour(150, 190, 40),
    Colour::GREY,
    Colour::PURPLE,
    Colour::ORANGE,
    Colour::VERMILION,
];

/// A clock: its axis, the ending of the column of its readings, and of the rate in it.
struct Clock {
    title: &'static str,
    readings: &'static str,
    rate: Option<&'static str>,
}

const CLOCKS: [Clock; 3] = [
    Clock { title: "logarithmic", readings: "sigma", rate: Some("log_rate") },
    Clock { title: "native", readings: "sigma", rate: Some("rate") },
    Clock { title: "entropic", readings: "released", rate: None },
];

impl Clock {
    fn axis(&self, largest: f64, nats: f64) -> Axis {
        match self.title {
            "logarithmic" => Axis::log("*σ*, log scale").between(0.2, largest).descending(),
            "native" => Axis::linear("*σ*").between(0.0, largest).descending(),
            _ => Axis::linear("nats released").between(0.0, nats),
        }
    }
}

/// Branches, paths, entropies by level and peaks of trees of four and eight atoms.
///
/// Both tables have one row a noise level and, with the prefix `four_` or `eight_`, the columns
///
/// | column | what |
/// |---|---|
/// | `sigma`, `released` | the clocks |
/// | `left_N` | entropy of the `N` finest levels given those above, nats |
/// | `log_rate`, `rate`, `variance` | rate in `log sigma` and in `sigma`, `Var h`, as parts of their tallest peak |
/// | the same with `_peak_sigma`, `_peak_released`, `_peak_part` | the peaks |
///
/// that of eight atoms also `node_LEVEL_N` and `node_LEVEL_N_slope`, `path_N` and `path_entropy_N`.
///
/// # Errors
/// A missing column, a number that is not finite.
pub fn hierarchy(four: &Table, eight: &Table) -> Result<Figure> {
    let mut stacks = Vec::new();
    for clock in &CLOCKS {
        stacks.push(
            Stack::new(clock.axis(50.0, 2.1))
                .with(branches(eight, clock)?)
                .with(entropies(eight, clock)?)
                .with(levels(eight, clock)?)
                .with(peaks(eight, "eight", "", clock)?),
        );
    }
    for clock in &CLOCKS {
        stacks.push(Stack::new(clock.axis(30.0, 1.4)).with(peaks(four, "four", "four atoms", clock)?).tier(1));
    }
    let mut data = eight.clone();
    data.columns.extend(four.columns.iter().cloned());
    Ok(Figure {
        name: "hierarchy".into(),
        title: "A hierarchy of decisions in three clocks".into(),
        caption: CAPTION.into(),
        width: DOUBLE_COLUMN,
        stacks,
        shared_y: true,
        data,
    })
}

fn readings<'a>(table: &'a Table, prefix: &str, clock: &Clock) -> Result<&'a Column> {
    column(table, &format!("{prefix}_{}", clock.readings))
}

/// The columns of paths or of the entropies along them, with their colours.
fn leaves<'a>(table: &'a Table, what: &str) -> impl Iterator<Item = (&'a Column, Colour)> {
    let named = move |n: usize| format!("eight_{what}_{}", n + 1);
    let columns: Vec<_> = (0..LEAVES.len()).filter_map(|n| Some((table.column(&named(n))?, LEAVES[n]))).collect();
    columns.into_iter()
}

fn branches(table: &Table, clock: &Clock) -> Result<Panel> {
    let x = readings(table, "eight", clock)?;
    let mut panel =
        Panel::new(&format!("eight atoms, {} clock", clock.title), Axis::linear("*x*").between(-30.0, 30.0))
            .height(40.0);
    for (path, colour) in leaves(table, "path") {
        panel = panel.with(Series::line("", x, path)?.colour(colour.faded(0.75)).width(0.45));
    }
    for node in table.columns.iter().filter(|c| c.name.starts_with("eight_node") && !c.name.ends_with("_slope")) {
        let slope = column(table, &format!("{}_slope", node.name))?;
        panel = panel.with(Series::branch("", x, node, slope)?.width(0.9));
    }
    Ok(panel)
}

fn entropies(table: &Table, clock: &Clock) -> Result<Panel> {
    let x = readings(table, "eight", clock)?;
    let mut panel = Panel::new("", Axis::linear("*h*(*X_{t}*)").unit("nats").between(-0.05, 2.15)).height(30.0);
    for (path, colour) in leaves(table, "path_entropy") {
        panel = panel.with(Series::line("", x, path)?.colour(colour).width(0.6));
    }
    Ok(panel.with(Series::line("", x, column(table, "eight_left_3")?)?.width(1.5)))
}

fn levels(table: &Table, clock: &Clock) -> Result<Panel> {
    let x = readings(table, "eight", clock)?;
    let left = |n: usize| column(table, &format!("eight_left_{n}"));
    let floor = Column { values: vec![Some(Estimate::ZERO); x.values.len()], ..x.clone() };
    Ok(Panel::new("", Axis::linear("*H*(*Y*|*X_{t}*)").unit("nats").between(0.0, 2.15))
        .height(30.0)
        .with(Series::area("coarse", x, left(2)?, left(3)?)?.colour(Colour::VERMILION).direct())
        .with(Series::area("middle", x, left(1)?, left(2)?)?.colour(Colour::ORANGE).direct())
        .with(Series::area("fine", x, &floor, left(1)?)?.colour(Colour::SKY).direct()))
}

fn peaks(table: &Table, prefix: &str, title: &str, clock: &Clock) -> Result<Panel> {
    let x = readings(table, prefix, clock)?;
    let named = |what: &str| column(table, &format!("{prefix}_{what}"));
    let mut panel = Panel::new(title, Axis::linear("part of tallest peak").between(0.0, 1.45)).height(26.0);
    let flat = Column { values: vec![Some(Estimate::ONE); x.values.len()], ..x.clone() };
    let first = |text: &'static str| if clock.title == CLOCKS[0].title { text } else { "" };
    let rate = clock.rate.map_or(Ok(&flat), named)?;
    panel = panel.with(Series::line(first("rate"), x, rate)?.colour(Colour::BLUE).width(1.3)).with(
        Series::line(first("Var *h*"), x, named("variance")?)?.colour(Colour::GREEN).dash(Dash::Dashed).width(1.3),
    );
    for (what, colour, marker) in
        [(clock.rate, Colour::BLUE, Marker::Circle), (Some("variance"), Colour::GREEN, Marker::Square)]
    {
        if let Some(what) = what {
            let at = named(&format!("{what}_peak_{}", clock.readings))?;
            panel =
                panel.with(Series::points("", at, named(&format!("{what}_peak_part"))?)?.colour(colour).marker(marker));
        }
    }
    Ok(panel)
}
