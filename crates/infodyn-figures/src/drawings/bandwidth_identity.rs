//! The main theorem on one axis: three definitions of the entropy rate, and what is left between them.

use infodyn_core::{Column, Table};

use super::column;
use crate::{Axis, Colour, DOUBLE_COLUMN, Dash, Figure, Marker, Panel, Result, Series, Stack};

const CAPTION: &str = "\
The rate of the conditional entropy `H(X_0 | X_t)` along the noise process, for a Gaussian mixture (left) and for the \
handwritten digits (right), by three definitions that share no formula. Above: the slope of the entropy (points; bars are its \
error), the noise bandwidth plus the mean divergence of the score (solid), and the mean posterior covariance (dashed). \
Below: the first and the last minus the second, with the errors of the differences.

Claims: B2 (conditional-production), B3 (equivalent-forms), A2 (tweedie-covariance). \
A reconstruction: the paper's own figures were not at hand.
";

/// The bandwidth identity for a mixture (left) and for the handwritten digits (right).
///
/// Both tables have one row a noise level and the columns
///
/// | column | what |
/// |---|---|
/// | `snr` | signal-to-noise ratio, positive, increasing |
/// | `rate_slope` | conditional entropy rate from differences of the entropy, with radius |
/// | `rate_divergence` | the rate from the mean score divergence |
/// | `rate_covariance` | the rate from the mean posterior covariance |
/// | `residual_slope` | `rate_slope - rate_divergence`, with the radius of the difference |
/// | `residual_covariance` | `rate_covariance - rate_divergence`, likewise |
///
/// Rows may lack any entry but `snr`: a line is broken there. The units of `rate_divergence` and of `residual_slope`
/// name the vertical axes. In the figure's CSV the columns carry the prefixes `mixture_` and `digits_`.
///
/// # Errors
/// A missing column, a number that is not finite, an `snr` that is not positive.
pub fn bandwidth_identity(mixture: &Table, digits: &Table) -> Result<Figure> {
    let mut data = Table::new();
    for (prefix, table) in [("mixture_", mixture), ("digits_", digits)] {
        let renamed = |c: &Column| Column { name: format!("{prefix}{}", c.name), ..c.clone() };
        data.columns.extend(table.columns.iter().map(renamed));
    }
    Ok(Figure {
        name: "bandwidth-identity".into(),
        title: "The bandwidth identity: one entropy rate by three definitions".into(),
        caption: CAPTION.into(),
        width: DOUBLE_COLUMN,
        stacks: vec![stack("Gaussian mixture", mixture)?, stack("handwritten digits", digits)?],
        shared_y: false,
        data,
    })
}

fn stack(title: &str, table: &Table) -> Result<Stack> {
    let read = |name| column(table, name);
    let snr = read("snr")?;
    let (slope, covariance) = (read("residual_slope")?, read("residual_covariance")?);
    let rates =
        Panel::new(title, Axis::linear("rate d*H*(*X*_{0}|*X_{t}*)/d*t*\n").unit(&read("rate_divergence")?.unit))
            .height(46.0)
            .with(Series::line("score divergence", snr, read("rate_divergence")?)?.colour(Colour::SKY).width(2.2))
            .with(Series::line("posterior covariance", snr, read("rate_covariance")?)?.dash(Dash::Dashed))
            .with(Series::points("slope of the entropy", snr, read("rate_slope")?)?.colour(Colour::VERMILION));
    let residuals = Panel::new("difference from the score divergence", Axis::linear("").unit(&slope.unit))
        .height(27.0)
        .level(0.0, "")
        .with(Series::points("slope of the entropy", snr, slope)?.colour(Colour::VERMILION).dodge(-1.2))
        .with(Series::points("posterior covariance", snr, covariance)?.marker(Marker::Square).dodge(1.2));
    Ok(Stack::new(Axis::log("signal-to-noise ratio *γ* = *α*²/*σ*²")).with(rates).with(residuals))
}
