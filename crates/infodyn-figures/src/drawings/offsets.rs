//! A symmetry breaking seen by three diagnostics: fixed points, entropy rate, variance of the pathwise entropy.

use infodyn_core::{Column, Estimate, Table};

use super::column;
use crate::{Axis, Colour, DOUBLE_COLUMN, Dash, Figure, Marker, Panel, Result, Series, Stack};

const CAPTION: &str = "\
Two atoms of equal weight, `+-a`, against the signal-to-noise ratio `k = alpha^2 a^2/sigma^2` on a logarithmic axis, under any noise process; \
generation runs from left to right. (a) Fixed points of the score in units of `alpha a`: stable solid, unstable dashed. \
(b) Rate of the label's entropy per unit of `log gamma`, of `sigma/alpha` (the time of `edm`) and of `sigma^2/alpha^2` (the time of \
`ve`), each over its maximum. (c) Variance of the pathwise conditional entropy `h(X_t)`. Vertical lines: the pitchfork at `k = 1` and the peaks, \
the constants of C8. All five are one symmetry breaking; they differ by constant factors of `k`, and the place of the rate's peak belongs to the clock. \
By quadrature; every error is below 1e-9, far below the width of a line.

Claims: C2 (pitchfork), C8 (universal-offsets), B3 (equivalent-forms). \
A reconstruction: the paper's own figures were not at hand.
";

/// Two symmetric atoms: fixed points, entropy rate in three clocks, and variance, over the signal-to-noise ratio.
///
/// `profile` has one row a noise level and the columns
///
/// | column | what |
/// |---|---|
/// | `snr` | signal-to-noise ratio `k`, positive, increasing |
/// | `fixed_point_upper`, `fixed_point_centre`, `fixed_point_lower` | fixed points of the score in units of `alpha a`; missing where there is none |
/// | `slope_upper`, `slope_centre`, `slope_lower` | derivative of the score there: unstable where positive |
/// | `rate_log_snr`, `rate_sigma`, `rate_sigma2` | rate of the label's entropy in three clocks, over its maximum |
/// | `variance` | `Var h`, nats squared |
///
/// `critical` has one row and the columns `pitchfork`, `variance_peak`, `rate_log_snr_peak`, `rate_sigma_peak`,
/// `rate_sigma2_peak`, the signal-to-noise ratios of the vertical lines, and `variance_height`, `Var h` at its peak.
/// Branches join at the pitchfork when `profile` has a row there, with a slope of 0 and all three fixed points at 0.
///
/// # Errors
/// A missing column, a number that is not finite, a ratio that is not positive.
pub fn offsets(profile: &Table, critical: &Table) -> Result<Figure> {
    let read = |name| column(profile, name);
    let place = |name| column(critical, name);
    let snr = read("snr")?;
    let known =
        |value: f64| Column { name: "height".into(), unit: String::new(), values: vec![Some(Estimate::given(value))] };
    let mark = |x: &Column, y: &Column, colour: Colour, marker: Marker| {
        Ok::<_, crate::Error>(Series::points("", x, y)?.colour(colour).marker(marker))
    };
    let mut fixed = Panel::new("fixed points of the score", Axis::linear("fixed point\n*x*/(*αa*)")).height(36.0);
    fixed = fixed.with(Series::key("stable").width(1.4)).with(Series::key("unstable").width(1.4).dash(Dash::Dashed));
    for branch in ["centre", "upper", "lower"] {
        let at = column(profile, &format!("fixed_point_{branch}"))?;
        let slope = column(profile, &format!("slope_{branch}"))?;
        fixed = fixed.with(Series::branch("", snr, at, slope)?.width(1.4));
    }
    fixed = fixed.with(mark(place("pitchfork")?, &known(0.0), Colour::BLACK, Marker::Circle)?);
    let mut rates = Panel::new("entropy rate of the label in three clocks", Axis::linear("rate / its maximum"));
    for (clock, label, colour, dash, marker) in [
        ("log_snr", "per unit of log *γ*", Colour::VERMILION, Dash::Solid, Marker::Circle),
        ("sigma", "per unit of *σ*/*α*", Colour::ORANGE, Dash::Dashed, Marker::Square),
        ("sigma2", "per unit of *σ*²/*α*²", Colour::PURPLE, Dash::DashDot, Marker::Diamond),
    ] {
        let rate = column(profile, &format!("rate_{clock}"))?;
        let peak = column(critical, &format!("rate_{clock}_peak"))?;
        rates = rates.with(Series::line(label, snr, rate)?.colour(colour).dash(dash).width(1.4)).with(mark(
            peak,
            &known(1.0),
            colour,
            marker,
        )?);
    }
    let variance = Panel::new("variance of the pathwise entropy", Axis::linear("Var *h*(*X_{t}*)").unit("nats²"))
        .with(Series::line("", snr, read("variance")?)?.colour(Colour::GREEN).width(1.4))
        .with(mark(place("variance_peak")?, place("variance_height")?, Colour::GREEN, Marker::Triangle)?);
    let mut stack = Stack::new(Axis::log("more noise  ←   signal-to-noise ratio *k* = *α*²*a*²/*σ*²   →  less noise"))
        .with(fixed)
        .with(rates)
        .with(variance);
    for (name, label) in [
        ("pitchfork", "pitchfork, *k*"),
        ("variance_peak", "Var *h*, *k_{V}*"),
        ("rate_log_snr_peak", "rate per log *γ*, *k_{H}*"),
        ("rate_sigma_peak", "rate per *σ*/*α*, *k_{s}*"),
        ("rate_sigma2_peak", "rate per *σ*²/*α*², *k_{v}*"),
    ] {
        for at in place(name)?.values.iter().flatten() {
            stack = stack.critical(at.value(), &format!("{label} = {}", short(at.value())));
        }
    }
    let mut data = profile.clone();
    data.columns.extend(critical.columns.iter().cloned());
    Ok(Figure {
        name: "offsets".into(),
        title: "Universal offsets: one symmetry breaking, three diagnostics, five places".into(),
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
