//! The score as a filter, mode by mode.

use infodyn_core::Table;

use super::column;
use crate::{Axis, Colour, DOUBLE_COLUMN, Dash, Figure, Marker, Panel, Result, Series, Stack};

const CAPTION: &str = "\
What the score lets through, mode by mode: the eigenvalues of `alpha grad m` (above) and their mean sum `D eta`, the number of dimensions that are open \
(below), against the signal-to-noise ratio; generation runs from left to right. (a, d) A Gaussian of variances 30, 3, 0.3, 0.03, 0, 0: the gains of Wiener \
(lines) and the slopes of the posterior mean along the axes, by differences (points); `D eta` climbs to the rank. (b, e) The uniform law on a \
circle of radius 1: mean gain along the ray and across it, by quadrature; `D eta` tends to 1 from above, as `1 + 1/(2 gamma)`. (c, f) 1797 handwritten digits in 64 \
dimensions: means of the largest, second, fourth, eighth and sixteenth eigenvalue over 128 draws, with intervals of level 0.997 (wide where few draws meet an undecided point), and `D eta` over 8192 draws. Dotted: the Gaussian of \
the same covariance (for its first mode, and its sum, which no law with that covariance exceeds). The digits' largest gain exceeds 1 in the mean while \
the posterior is split between several of them; at the end every point is known, and the dimension of atoms is 0. \
Errors in (a, b, d, e) are below the width of the lines.

Claims: B8 (intrinsic-dimension), B9 (wiener-filter), B6 (bandwidth-bounds). Draws: the program's default seed. \
A reconstruction: the paper's own figures were not at hand.
";

/// Three laws side by side: their gains, and the sum of them.
///
/// | table | columns |
/// |---|---|
/// | `gaussian` | `gaussian_snr`, `gaussian_gain_1` to `_4`, `gaussian_gain_null`, `gaussian_sum`; `measured_snr`, `measured_gain_1` to `_4`, `measured_sum` |
/// | `circle` | `circle_snr`, `circle_along`, `circle_across`, `circle_sum`, `circle_asymptote` |
/// | `digits` | `digits_snr`, `digits_gain_R` for some ranks `R`, `digits_sum`, `wiener_gain_1`, `wiener_sum` |
///
/// # Errors
/// A missing column, a number that is not finite, a ratio that is not positive.
pub fn filter(gaussian: &Table, circle: &Table, digits: &Table) -> Result<Figure> {
    let mut data = Table::new();
    for table in [gaussian, circle, digits] {
        data.columns.extend(table.columns.iter().cloned());
    }
    Ok(Figure {
        name: "filter".into(),
        title: "The score as a filter: gains and intrinsic dimension".into(),
        caption: CAPTION.into(),
        width: DOUBLE_COLUMN,
        stacks: vec![of_gaussian(gaussian)?, of_circle(circle)?, of_digits(digits)?],
        shared_y: false,
        data,
    })
}

const HEIGHT: f64 = 44.0;

fn axis() -> Axis {
    Axis::log("signal-to-noise ratio *γ* = *α*²/*σ*²")
}

fn of_gaussian(table: &Table) -> Result<Stack> {
    let read = |name: &str| column(table, name);
    let (snr, measured) = (read("gaussian_snr")?, read("measured_snr")?);
    let mut gains = Panel::new("Gaussian of rank 4 in R^{6}", Axis::linear("gain *α* ∂*m*")).height(HEIGHT);
    gains = gains.with(Series::key("Wiener gain").colour(Colour::BLUE).width(1.4));
    for i in 1..=4 {
        let line = Series::line("", snr, read(&format!("gaussian_gain_{i}"))?)?;
        gains = gains.with(line.colour(Colour::BLUE).width(1.4));
    }
    gains =
        gains.with(Series::line("2 null directions", snr, read("gaussian_gain_null")?)?.dash(Dash::Dashed).width(1.4));
    for i in 1..=4 {
        let label = if i == 1 { "slope of *m*" } else { "" };
        gains = gains
            .with(Series::points(label, measured, read(&format!("measured_gain_{i}"))?)?.colour(Colour::VERMILION));
    }
    let sum = Panel::new("", Axis::linear("*Dη*, mean sum of the gains"))
        .height(HEIGHT)
        .level(4.0, "rank")
        .with(Series::line("Σ Wiener gains", snr, read("gaussian_sum")?)?.colour(Colour::BLUE).width(1.4))
        .with(Series::points("Σ slopes of *m*", measured, read("measured_sum")?)?.colour(Colour::VERMILION));
    Ok(Stack::new(axis()).with(gains).with(sum))
}

fn of_circle(table: &Table) -> Result<Stack> {
    let read = |name: &str| column(table, name);
    let snr = read("circle_snr")?;
    let gains = Panel::new("circle in R^{2}", Axis::linear("mean gain"))
        .height(HEIGHT)
        .with(Series::band("across the ray", snr, read("circle_across")?)?.colour(Colour::BLUE).width(1.4))
        .with(
            Series::band("along it", snr, read("circle_along")?)?.colour(Colour::GREEN).dash(Dash::Dashed).width(1.4),
        );
    let sum = Panel::new("", Axis::linear("*Dη*"))
        .height(HEIGHT)
        .level(1.0, "dimension")
        .with(Series::band("*γ* mmse", snr, read("circle_sum")?)?.colour(Colour::BLUE).width(1.4))
        .with(Series::line("1 + 1/(2*γ*)", snr, read("circle_asymptote")?)?.dash(Dash::Dotted).width(1.4));
    Ok(Stack::new(axis()).with(gains).with(sum))
}

fn of_digits(table: &Table) -> Result<Stack> {
    const RANK: &str = "digits_gain_";
    const SHOWN: usize = 5;
    let read = |name: &str| column(table, name);
    let snr = read("digits_snr")?;
    let mut gains = Panel::new("handwritten digits in R^{64}", Axis::linear("mean ordered gains").between(-0.2, 4.6))
        .height(HEIGHT);
    let ranks = table.columns.iter().filter_map(|c| Some((c, c.name.strip_prefix(RANK)?))).take(SHOWN);
    for (i, (values, rank)) in ranks.enumerate() {
        let shade = Colour::BLUE.faded(1.0 - 0.75 * i as f64 / SHOWN as f64);
        gains = gains.with(Series::band(&format!("*λ*_{{{rank}}}"), snr, values)?.colour(shade).width(1.3));
    }
    gains = gains
        .with(Series::line("Wiener, first", snr, read("wiener_gain_1")?)?.dash(Dash::Dotted).width(1.4))
        .level(1.0, "");
    let sum = Panel::new("", Axis::log("*Dη*").between(0.03, 60.0))
        .height(HEIGHT)
        .with(Series::band("digits", snr, read("digits_sum")?)?.colour(Colour::BLUE).width(1.4))
        .with(Series::points("", snr, read("digits_sum")?)?.colour(Colour::BLUE).marker(Marker::Circle))
        .with(Series::line("Gaussian bound", snr, read("wiener_sum")?)?.dash(Dash::Dotted).width(1.4));
    Ok(Stack::new(axis()).with(gains).with(sum))
}
