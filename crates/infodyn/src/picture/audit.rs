//! An audit: how good the network is, and where it is a denoiser.

use infodyn_core::Estimate;
use infodyn_figures::{Axis, Colour, Dash, Panel, Rendered, Series, Stack};
use infodyn_model::{Readings, Report};

use super::{column, numbers, render, titled};
use crate::Result;

/// Gaps beyond are not drawn: there the network is no denoiser in any sense.
const CUT: f64 = 1.0;

/// An audit as a picture: the error of the network beside that of a Wiener filter, of the constant mean and, where it
/// is known, of the law's exact denoiser; its gap; its calibration. The trusted range is shaded.
///
/// `least` has one entry a level of the report, in its order.
///
/// # Errors
/// Without a level that has numbers, or when it does not fit a page.
pub fn audit(title: &str, report: &Report, least: &[Option<Estimate>]) -> Result<Rendered> {
    let levels: Vec<(f64, &Readings, Option<Estimate>)> = (report.levels.iter().enumerate())
        .filter_map(|(i, l)| Some((l.sigma, l.readings.as_ref()?, least.get(i).copied().flatten())))
        .collect();
    let sigma = numbers("sigma", levels.iter().map(|l| l.0));
    let read = |name: &str, f: fn(&Readings) -> Estimate| column(name, levels.iter().map(|l| Some(f(l.1))));
    // A logarithmic axis has no place for 0: of a law of few atoms an error is that at some level.
    let there = |e: &Estimate| e.value() > 1e-4 * report.variance;
    let known = column("mmse", levels.iter().map(|l| l.2.filter(there)));
    let wiener = numbers("wiener", levels.iter().map(|l| l.1.linear_mmse));
    let (mse, slope) = (read("mse", |r| r.mse), read("slope", |r| r.calibration_slope));
    let gap = column("gap", levels.iter().map(|l| Some(l.1.gap).filter(|e| e.value().abs() + e.radius() <= CUT)));

    let mut error = Panel::new(&titled("error", title), Axis::log("E|*X*_{0} − *D*|²\n")).height(56.0);
    if known.values.iter().any(Option::is_some) {
        let least = Series::line("least for this law", &sigma, &known)?;
        error = error.with(least.colour(Colour::GREEN).dash(Dash::Dashed).width(1.4));
    }
    error = error
        .with(Series::line("Wiener filter", &sigma, &wiener)?.colour(Colour::VERMILION).dash(Dash::DashDot).width(1.4))
        .with(Series::band("network", &sigma, &mse)?.colour(Colour::BLUE).width(1.4))
        .with(Series::points("", &sigma, &mse)?.colour(Colour::BLUE))
        .level(report.variance, "constant mean");
    let gap = Panel::new(
        "relative gap of the divergence form: 0 for a denoiser; beyond 1 not drawn",
        Axis::linear("gap").between(-CUT, CUT),
    )
    .with(Series::band("", &sigma, &gap)?.colour(Colour::BLUE).width(1.4))
    .with(Series::points("", &sigma, &gap)?.colour(Colour::BLUE))
    .level(0.0, "");
    let slope = Panel::new("calibration slope: 1 for a denoiser", Axis::linear("slope"))
        .with(Series::band("", &sigma, &slope)?.colour(Colour::BLUE).width(1.4))
        .with(Series::points("", &sigma, &slope)?.colour(Colour::BLUE))
        .level(1.0, "");
    let trusted = if report.trusted.is_some() { "shaded: trusted" } else { "trusted nowhere" };
    let mut stack = Stack::new(Axis::log(&format!("noise level *σ*/*α*; {trusted}")).descending());
    if let Some([low, high]) = report.trusted {
        stack = stack.shaded(low, high);
    }
    render("audit", title, vec![stack.with(error).with(gap).with(slope)])
}
