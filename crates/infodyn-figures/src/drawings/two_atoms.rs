//! A symmetry breaking seen by three diagnostics: fixed points, entropy rate, variance of the pathwise entropy.

use infodyn_core::Table;

use super::column;
use crate::{Axis, Colour, DOUBLE_COLUMN, Dash, Figure, Panel, Result, Series, Stack};

const CAPTION: &str = "\
Two atoms of equal weight against the signal-to-noise ratio `k`; generation runs from left to right. (a) Fixed points of the \
score in units of `alpha a`: stable solid, unstable dashed. (b) Entropy of the label given the noisy state, and its rate \
in the clock `log k`. (c) Variance of the pathwise conditional entropy `h(X_t)`, and of the surprisal `iota` of the true label. \
Vertical lines: the pitchfork, the peak of `Var h`, and the peak of the rate. The three diagnostics of one symmetry breaking differ \
by constant factors of `k`; that of the rate belongs to this clock.

Claims: C2 (pitchfork), C8 (universal-offsets), D4 (total-variance). \
A reconstruction: the paper's own figures were not at hand.
";

/// Two symmetric atoms: fixed points, entropy and rate, and variances, over the signal-to-noise ratio.
///
/// `profile` has one row a noise level and the columns
///
/// | column | what |
/// |---|---|
/// | `snr` | signal-to-noise ratio `k`, positive, increasing |
/// | `fixed_point_upper`, `fixed_point_centre`, `fixed_point_lower` | fixed points of the score in units of `alpha a`; missing where there is none |
/// | `slope_upper`, `slope_centre`, `slope_lower` | derivative of the score there: unstable where positive |
/// | `label_entropy` | `H(Y given X_t)`, nats |
/// | `label_entropy_rate` | its decrease per unit of `log k`, nats |
/// | `label_posterior_entropy_variance`, `label_surprisal_variance` | `Var h`, `Var iota`, nats squared |
///
/// `critical` has one row and the columns `pitchfork`, `variance_peak`, `rate_peak`: the signal-to-noise ratios of the
/// vertical lines. Branches join at the pitchfork when `profile` has a row there, with a slope of 0 and all three fixed
/// points at 0.
///
/// # Errors
/// A missing column, a number that is not finite, a ratio that is not positive.
pub fn two_atoms(profile: &Table, critical: &Table) -> Result<Figure> {
    let read = |name| column(profile, name);
    let snr = read("snr")?;
    let mut fixed = Panel::new("fixed points of the score", Axis::linear("fixed point *x*/(*αa*)")).height(38.0);
    fixed = fixed.with(Series::key("stable").width(1.4)).with(Series::key("unstable").width(1.4).dash(Dash::Dashed));
    for branch in ["centre", "upper", "lower"] {
        let at = column(profile, &format!("fixed_point_{branch}"))?;
        let slope = column(profile, &format!("slope_{branch}"))?;
        fixed = fixed.with(Series::branch("", snr, at, slope)?.width(1.4));
    }
    let entropy = Panel::new("entropy of the label and its rate", Axis::linear("entropy, rate").unit("nats"))
        .height(38.0)
        .with(Series::band("entropy *H*(*Y*|*X_{t}*)", snr, read("label_entropy")?)?.colour(Colour::BLUE).direct())
        .with(
            Series::band("rate −d*H*/d log *k*", snr, read("label_entropy_rate")?)?
                .colour(Colour::VERMILION)
                .dash(Dash::Dashed)
                .direct(),
        );
    let variance =
        Panel::new("variance of the pathwise entropy and of the surprisal", Axis::linear("variance").unit("nats²"))
            .height(38.0)
            .with(
                Series::band("Var *h*(*X_{t}*)", snr, read("label_posterior_entropy_variance")?)?
                    .colour(Colour::GREEN)
                    .direct(),
            )
            .with(
                Series::band("Var *ι*", snr, read("label_surprisal_variance")?)?
                    .colour(Colour::PURPLE)
                    .dash(Dash::DashDot)
                    .direct(),
            );
    let mut stack = Stack::new(Axis::log("more noise  ←   signal-to-noise ratio *k* = *α*²*a*²/*σ*²   →  less noise"))
        .with(fixed)
        .with(entropy)
        .with(variance);
    for (name, label) in
        [("pitchfork", "pitchfork"), ("variance_peak", "peak of Var *h*"), ("rate_peak", "peak of the rate")]
    {
        for at in column(critical, name)?.values.iter().flatten() {
            stack = stack.critical(at.value, &format!("{label}, *k* = {}", short(at.value)));
        }
    }
    let mut data = profile.clone();
    data.columns.extend(critical.columns.iter().cloned());
    Ok(Figure {
        name: "two-atoms".into(),
        title: "Two atoms: one symmetry breaking, three diagnostics".into(),
        caption: CAPTION.into(),
        width: DOUBLE_COLUMN,
        stacks: vec![stack],
        shared_y: false,
        data,
    })
}

/// Four digits, without zeros at the end.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
