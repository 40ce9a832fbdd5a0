//! Two atoms of unequal weight: two modes, and the place of the decision.

use infodyn_core::Table;

use super::column;
use crate::{Axis, Colour, DOUBLE_COLUMN, Dash, Figure, Marker, Panel, Result, Series, Stack};

const CAPTION: &str = "\
Two atoms of weights `w` and `1 - w` against the signal-to-noise ratio `k`; generation runs from left to right. (a) The marginal has two \
modes in the shaded region, between the folds `|log(w/(1-w))| = G(sqrt k)` (lines; points: folds found by continuation, their errors \
below the size of the points), which meet in a cusp at the pitchfork of equal weights. Green and vermilion: where `Var h` and the entropy rate `-dH/dlog k` of the \
label peak, by quadrature; their errors are below the width of the lines. The order of equal weights, fold \
first, then the peak of `Var h`, then that of the rate, holds only near them: for weights outside of about 0.44 to 0.56 `Var h` peaks, and outside of about 0.40 to 0.60 the rate too, before there is \
a second mode. (b, d) The cusp: the log-odds at the fold against `d - 1`, `d = sqrt k`, and their ratio to `(d-1)^{3/2}`, which tends to `8 sqrt(2)/3`. (c) `Var h` for three weights; \
diamonds: the fold.

Claims: C5 (fold), C6 (cusp), C8 (universal-offsets, at equal weights). \
Nothing is random. A reconstruction: the paper's own figures were not at hand.
";

/// Weights against noise for two atoms, the three curves of `Var h`, and the cusp.
///
/// | table | columns, a row a point |
/// |---|---|
/// | `folds` | `fold_snr`, `fold_lower`, `fold_upper`: weights at the folds |
/// | `found` | `found_snr`, `found_weight`; `cusp_excess`, `cusp_bias`, `cusp_ratio`: the same folds about the cusp |
/// | `cusp` | `gap_excess`, `gap`, `gap_ratio`; in one row `cusp_limit` |
/// | `peaks` | `weight`, `variance_peak`, `rate_peak`: signal-to-noise ratios |
/// | `curves` | `curve_snr`, `variance_50`, `variance_80`, `variance_97`; `mark_snr`, `mark_variance` |
///
/// # Errors
/// A missing column, a number that is not finite or, on a logarithmic axis, not positive.
pub fn phase_diagram(folds: &Table, found: &Table, cusp: &Table, peaks: &Table, curves: &Table) -> Result<Figure> {
    let fold = |name| column(folds, name);
    let at = |name| column(found, name);
    let (snr, lower, upper) = (fold("fold_snr")?, fold("fold_lower")?, fold("fold_upper")?);
    let weights = column(peaks, "weight")?;
    let plane =
        Panel::new("one mode or two, and where the label is decided", Axis::linear("weight *w*").between(0.0, 1.0))
            .height(58.0)
            .with(Series::area("two modes", snr, lower, upper)?.colour(Colour::SKY))
            .with(Series::line("fold", snr, upper)?.width(1.4).direct())
            .with(Series::line("", snr, lower)?.width(1.4))
            .with(
                Series::line("peak of Var *h*", column(peaks, "variance_peak")?, weights)?
                    .colour(Colour::GREEN)
                    .width(1.6)
                    .direct(),
            )
            .with(
                Series::line("peak of the rate", column(peaks, "rate_peak")?, weights)?
                    .colour(Colour::VERMILION)
                    .dash(Dash::Dashed)
                    .width(1.6)
                    .direct(),
            )
            .with(Series::points("fold by continuation", at("found_snr")?, at("found_weight")?)?);
    let mut variance =
        Panel::new("variance of the pathwise entropy", Axis::linear("Var *h*").unit("nats²")).height(36.0);
    for (percent, colour, dash) in
        [(50, Colour::BLUE, Dash::Solid), (80, Colour::PURPLE, Dash::Dashed), (97, Colour::ORANGE, Dash::DashDot)]
    {
        let values = column(curves, &format!("variance_{percent}"))?;
        let label = format!("*w* = 0.{percent}").trim_end_matches('0').to_owned();
        variance = variance.with(Series::band(&label, column(curves, "curve_snr")?, values)?.colour(colour).dash(dash));
    }
    variance = variance.with(
        Series::points("fold", column(curves, "mark_snr")?, column(curves, "mark_variance")?)?.marker(Marker::Diamond),
    );
    let left = Stack::new(Axis::log("signal-to-noise ratio *k* = *α*²*a*²/*σ*²").between(0.3, 14.0))
        .with(plane)
        .with(variance);
    let (excess, gap) = (column(cusp, "gap_excess")?, column(cusp, "gap")?);
    let bias = Panel::new("the folds meet in a cusp", Axis::log("|log *w*/(1−*w*)| at the fold"))
        .height(58.0)
        .with(Series::line("*G*(*d*)", excess, gap)?.colour(Colour::SKY).width(2.0))
        .with(Series::points("by continuation", at("cusp_excess")?, at("cusp_bias")?)?);
    let mut ratio = Panel::new("its constant", Axis::linear("log-odds/(*d*−1)^{3/2}"))
        .height(36.0)
        .with(
            Series::line("*G*(*d*)/(*d*−1)^{3/2}", excess, column(cusp, "gap_ratio")?)?.colour(Colour::SKY).width(2.0),
        )
        .with(Series::points("by continuation", at("cusp_excess")?, at("cusp_ratio")?)?);
    for limit in column(cusp, "cusp_limit")?.values.iter().flatten() {
        ratio = ratio.level(limit.value(), "8√2/3");
    }
    let right = Stack::new(Axis::log("*d* − 1, *d* = √*k*")).with(bias).with(ratio);
    let mut data = Table::new();
    for table in [folds, found, cusp, peaks, curves] {
        data.columns.extend(table.columns.iter().cloned());
    }
    Ok(Figure {
        name: "phase-diagram".into(),
        title: "Weights against noise: folds, cusp, and the place of the decision".into(),
        caption: CAPTION.into(),
        width: DOUBLE_COLUMN,
        stacks: vec![left, right],
        shared_y: false,
        data,
    })
}
