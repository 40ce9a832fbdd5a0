//! The generative bandwidth: of the noise that every law gets, what its score lets through.

use infodyn_core::{Column, Estimate, Table};

use super::column;
use crate::{Axis, Colour, DOUBLE_COLUMN, Dash, Figure, Panel, Result, Series, Stack};

const CAPTION: &str = "\
Four laws in the plane with the same covariance `I`, and so the same noise: a Gaussian, four Gaussians of variance 0.02 on a \
square, four atoms on a square, and a circle; generation runs from left to right. (a-d) What is left of the entropy, \
`H(X_0 | X_t) - H(X_0) = -I(X_0;X_t)`. (e-h) Its rate per unit of `log gamma`: of the noise bandwidth `D/2 = 1` the score lets one part through, \
`gamma mmse/2` (blue), and suppresses the other, `-sigma^2 E[div s]/2` (orange). Points: the slope of the entropy above, by differences of the entropy \
alone. Dotted: the Gaussian, the most that any law of this covariance lets through. Far right the part is the intrinsic dimension over `D`: 1, 1, 0 and \
1/2. (i-l) The same in the time of the variance-preserving process `ou` (`alpha = exp(-t)`, `sigma^2 = 1 - exp(-2t)`): noise bandwidth \
`g^2 D/(2 sigma^2)` (dashed) and rate (solid). Quadrature; every error is below the width of a line.

Claims: B2 (conditional-production), B3 (equivalent-forms), B6 (bandwidth-bounds), B8 (intrinsic-dimension). \
A reconstruction: the paper's own figures were not at hand.
";

/// The laws by the prefix of their columns.
const LAWS: [(&str, &str); 4] =
    [("gaussian", "Gaussian"), ("mixture", "four Gaussians"), ("atoms", "four atoms"), ("circle", "circle")];

/// Entropy, its rate as a part of the noise bandwidth, and both in the time of a process, for four laws.
///
/// `table` has one row a noise level and the columns
///
/// | column | what |
/// |---|---|
/// | `snr` | signal-to-noise ratio, positive, increasing |
/// | `bound` | the most that is let through, nats per unit of `log gamma` |
/// | `noise_rate` | noise bandwidth per unit time |
/// | `slope_snr` | ratios of the points |
/// | `LAW_entropy` | `H(X_0 given X_t) - H(X_0)`, nats |
/// | `LAW_passed`, `LAW_budget` | let through, and with the suppressed part, nats per unit of `log gamma` |
/// | `LAW_rate` | let through per unit time |
/// | `LAW_slope` | slope of the entropy at `slope_snr` |
///
/// for `LAW` one of `gaussian`, `mixture`, `atoms`, `circle`. The unit of `noise_rate` names the lowest axis.
///
/// # Errors
/// A missing column, a number that is not finite, a ratio or rate that is not positive.
pub fn generative_bandwidth(table: &Table) -> Result<Figure> {
    let mut stacks = Vec::new();
    for (law, title) in LAWS {
        stacks.push(stack(table, law, title)?);
    }
    Ok(Figure {
        name: "generative-bandwidth".into(),
        title: "The generative bandwidth: what the score lets through of the noise".into(),
        caption: CAPTION.into(),
        width: DOUBLE_COLUMN,
        stacks,
        shared_y: true,
        data: table.clone(),
    })
}

fn stack(table: &Table, law: &str, title: &str) -> Result<Stack> {
    let read = |name: &str| column(table, name);
    let of_law = |name: &str| column(table, &format!("{law}_{name}"));
    let (snr, passed, budget) = (read("snr")?, of_law("passed")?, of_law("budget")?);
    let floor = Column { values: vec![Some(Estimate::ZERO); snr.values.len()], ..passed.clone() };
    // Names once, at the left.
    let first = |text: &'static str| if law == LAWS[0].0 { text } else { "" };
    let entropy = Panel::new(title, Axis::linear("*H*(*X*_{0}|*X_{t}*) − *H*(*X*_{0})\n").unit("nats"))
        .height(30.0)
        .with(Series::band("", snr, of_law("entropy")?)?.colour(Colour::BLUE).width(1.4));
    let mut split = Panel::new("", Axis::linear("rate per unit of log *γ*\n").unit("nats").between(0.0, 1.12))
        .height(36.0)
        .with(Series::area(first("let through"), snr, &floor, passed)?.colour(Colour::SKY).direct())
        .with(Series::area(first("suppressed"), snr, passed, budget)?.colour(Colour::ORANGE).direct())
        .with(Series::band("", snr, passed)?.colour(Colour::BLUE).width(1.4))
        .with(Series::points("", read("slope_snr")?, of_law("slope")?)?.colour(Colour::BLUE))
        .level(1.0, "");
    if law != LAWS[0].0 {
        split = split.with(Series::line("", snr, read("bound")?)?.dash(Dash::Dotted));
    }
    let unit = &read("noise_rate")?.unit;
    let rates = Panel::new("", Axis::log("rate\n").unit(unit).between(5e-3, 3e6))
        .height(30.0)
        .with(
            Series::line(first("noise bandwidth"), snr, read("noise_rate")?)?.dash(Dash::Dashed).colour(Colour::ORANGE),
        )
        .with(Series::band(first("rate d*H*/d*t*"), snr, of_law("rate")?)?.colour(Colour::BLUE).width(1.4));
    let x = Axis::log("signal-to-noise ratio *γ*").between(1e-2, 1e4);
    Ok(Stack::new(x).with(entropy).with(split).with(rates))
}
