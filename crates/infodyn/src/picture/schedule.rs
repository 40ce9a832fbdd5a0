//! Schedules side by side.

use infodyn_figures::{Axis, Colour, Dash, Marker, Panel, Rendered, Series, Stack};

use super::{numbers, render};
use crate::Result;

/// A list of levels with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    /// What the legend calls it: the clock, and what it costs.
    pub name: String,
    /// `sigma/alpha`, falling; the 0 at the end is not drawn.
    pub sigmas: Vec<f64>,
}

/// Schedules as a picture: the levels of each against the step at which the denoiser is asked there; the first is the
/// answer, the others are for comparison.
///
/// # Errors
/// Without a finite level, or when it does not fit a page.
pub fn schedule(title: &str, all: &[Levels]) -> Result<Rendered> {
    let looks = [
        (Colour::VERMILION, Dash::Solid, Marker::Circle),
        (Colour::BLUE, Dash::Dashed, Marker::Square),
        (Colour::GREEN, Dash::DashDot, Marker::Triangle),
        (Colour::PURPLE, Dash::Dotted, Marker::Diamond),
    ];
    let mut panel = Panel::new(title, Axis::log("*σ*/*α*")).height(72.0);
    // The answer is painted last, above the others.
    for (levels, (colour, dash, marker)) in all.iter().zip(looks).rev() {
        let drawn = || levels.sigmas.iter().enumerate().filter(|(_, s)| **s > 0.0 && s.is_finite());
        let step = numbers("step", drawn().map(|(k, _)| k as f64));
        let sigma = numbers("sigma", drawn().map(|(_, s)| *s));
        panel = panel
            .with(Series::line(&levels.name, &step, &sigma)?.colour(colour).dash(dash))
            .with(Series::points("", &step, &sigma)?.colour(colour).marker(marker));
    }
    render("schedule", title, vec![Stack::new(Axis::linear("step")).with(panel)])
}
