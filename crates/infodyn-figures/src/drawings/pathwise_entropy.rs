//! The pathwise conditional entropy: paths, its variances, and when a path decides.

use infodyn_core::Table;

use super::{append, column};
use crate::{Axis, Colour, DOUBLE_COLUMN, Dash, Figure, Marker, Panel, Result, Series, Stack};

const CAPTION: &str = "\
Two atoms `+-a` of equal weight; generation runs from left to right, in the clock `k = alpha^2 a^2/sigma^2`, which is the same for every noise process. \
(a) The posterior entropy of the label along 24 exact paths, orange and blue by outcome, and its mean (black). \
(b) The same paths: the posterior of the upper label; a label is trusted where a path first leaves the band between two grey lines. \
(c) The variance of `h(X_t)`, which peaks at `k_V`. (d) The fraction of paths that trust a label by `k`, at three confidences; diamonds: \
the mean signal of a decision after Wald. (e) Both variances of D4: that of the surprisal `iota` of the true label is the mean varentropy \
of the posterior plus that of `h`, and peaks elsewhere. (f) The mean signal of a decision against the confidence `c`, \
after Wald `b tanh b` with `b = atanh(2c - 1)`. Lines: one-dimensional integrals, closed forms and the first-exit law, with errors far below the width of a line. \
Points: exact paths in `ve` (131 072 for c and e, 16 384 for d and f, seed 20250827), with intervals of level 0.997.

Claims: D4 (total-variance), D6 (decision-snr), C8 (universal-offsets), D5 (innovation). \
A reconstruction: the paper's own figures were not at hand.
";

/// Paths, variances and decisions of two symmetric atoms.
///
/// `paths` has the column `snr` and, for each path, `entropy_plus_I` and `belief_plus_I`, or `..._minus_I`, by its
/// outcome. `means` has `signal`, `mean`, `variance`, `surprisal_variance`, `varentropy`, the sampled `sampled_signal`,
/// `sampled_variance`, `sampled_surprisal_variance`, `sampled_varentropy`, and one row of `variance_peak` and
/// `surprisal_variance_peak`. `decisions` has `time`, `sampled_time` and, for each confidence `C` of 75, 90 and 99
/// percent, `decided_C`, `sampled_decided_C`, `wald_C` and `decided_at_wald_C`; and `confidence`, `wald`,
/// `sampled_confidence`, `sampled_mean_time`.
///
/// # Errors
/// A missing column, a number that is not finite, a signal that is not positive.
pub fn pathwise_entropy(paths: &Table, means: &Table, decisions: &Table) -> Result<Figure> {
    let of = |name: &str| column(means, name);
    let decision = |name: &str| column(decisions, name);
    let fan = |title: &str, axis: Axis, what: &str| -> Result<Panel> {
        let mut panel = Panel::new(title, axis).height(40.0);
        for c in paths.columns.iter().filter(|c| c.name.starts_with(what)) {
            let colour = if c.name.contains("plus") { Colour::ORANGE } else { Colour::BLUE };
            panel = panel.with(Series::line("", column(paths, "snr")?, c)?.colour(colour.faded(0.75)).width(0.5));
        }
        Ok(panel)
    };
    let entropies = fan("pathwise entropy", Axis::linear("*h*(*X_{t}*)").unit("nats"), "entropy")?
        .with(Series::line("mean *H*(*Y*|*X_{t}*)", of("signal")?, of("mean")?)?.width(1.8));
    let mut beliefs = fan("belief along the same paths", Axis::linear("P(*Y* = +|*X_{t}*)"), "belief")?;
    for level in [0.99, 0.9, 0.75, 0.25, 0.1, 0.01] {
        beliefs = beliefs.level(level, "");
    }
    let sampled = |label: &str, name: &str, colour: Colour, marker: Marker| -> Result<Series> {
        Ok(Series::points(label, of("sampled_signal")?, of(name)?)?.colour(colour).marker(marker))
    };
    let line = |label: &str, name: &str, colour: Colour, dash: Dash| -> Result<Series> {
        Ok(Series::line(label, of("signal")?, of(name)?)?.colour(colour).dash(dash))
    };
    let variance = Panel::new("variance of the pathwise entropy", Axis::linear("Var *h*(*X_{t}*)").unit("nats²"))
        .height(32.0)
        .with(line("integral", "variance", Colour::GREEN, Dash::Solid)?)
        .with(sampled("paths", "sampled_variance", Colour::BLACK, Marker::Circle)?);
    let both = Panel::new("the two variances", Axis::linear("variance").unit("nats²"))
        .height(32.0)
        .with(line("Var *ι*", "surprisal_variance", Colour::PURPLE, Dash::Solid)?)
        .with(sampled("", "sampled_surprisal_variance", Colour::PURPLE, Marker::Square)?)
        .with(line("E Var(*ι*|*X_{t}*)", "varentropy", Colour::SKY, Dash::Dashed)?)
        .with(sampled("", "sampled_varentropy", Colour::SKY, Marker::Triangle)?)
        .with(line("Var *h*", "variance", Colour::GREEN, Dash::Solid)?)
        .with(sampled("", "sampled_variance", Colour::GREEN, Marker::Circle)?);
    let mut decided = Panel::new("first decision by *k*", Axis::linear("fraction of paths")).height(32.0);
    for (percent, label, colour, dash, marker) in [
        ("75", "*c* = 0.75", Colour::SKY, Dash::DashDot, Marker::Triangle),
        ("90", "*c* = 0.9", Colour::BLUE, Dash::Dashed, Marker::Square),
        ("99", "*c* = 0.99", Colour::BLACK, Dash::Solid, Marker::Circle),
    ] {
        let name = |what: &str| format!("{what}_{percent}");
        let (law, seen) = (decision(&name("decided"))?, decision(&name("sampled_decided"))?);
        decided = decided
            .with(Series::line(label, decision("time")?, law)?.colour(colour).dash(dash))
            .with(Series::points("", decision("sampled_time")?, seen)?.colour(colour).marker(marker));
    }
    for percent in ["75", "90", "99"] {
        let label = if percent == "75" { "Wald's mean" } else { "" };
        let (at, height) = (decision(&format!("wald_{percent}"))?, decision(&format!("decided_at_wald_{percent}"))?);
        decided = decided.with(Series::points(label, at, height)?.colour(Colour::VERMILION).marker(Marker::Diamond));
    }
    let wald = Panel::new("mean signal of the first decision", Axis::linear("mean *k*"))
        .height(32.0)
        .over(Axis::linear("confidence *c*"))
        .with(Series::line("Wald, *b* tanh *b*", decision("confidence")?, decision("wald")?)?.colour(Colour::VERMILION))
        .with(Series::points("paths", decision("sampled_confidence")?, decision("sampled_mean_time")?)?);
    let axis = || Axis::log("signal *k* = *α*²*a*²/*σ*²   (noise → data)");
    let mut left = Stack::new(axis()).with(entropies).with(variance).with(both);
    for (name, label) in [("surprisal_variance_peak", "Var *ι*"), ("variance_peak", "Var *h*")] {
        for at in of(name)?.values.iter().flatten() {
            left = left.critical(at.value(), &format!("peak of {label}, *k* = {:.3}", at.value()));
        }
    }
    let right = Stack::new(axis()).with(beliefs).with(decided).with(wald);
    Ok(Figure {
        name: "pathwise-entropy".into(),
        title: "Pathwise entropy: a fan of decisions, two variances, and when a path decides".into(),
        caption: CAPTION.into(),
        width: DOUBLE_COLUMN,
        stacks: vec![left, right],
        shared_y: false,
        data: append(&[paths, means, decisions]),
    })
}
