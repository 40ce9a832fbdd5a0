//! Paths: what each still doubts, and all together.

use infodyn_core::{Estimate, NoiseLevel};
use infodyn_figures::{Axis, Colour, Panel, Rendered, Series, Stack};

use super::{axis, column, numbers, ratios, render};
use crate::Result;

/// Paths that are drawn one by one.
const DRAWN: usize = 40;

/// What all paths say at a level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The level.
    pub level: NoiseLevel,
    /// `E h`, nats.
    pub entropy: Estimate,
    /// `Var h`, nats squared.
    pub variance: Estimate,
}

/// One path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Path<'a> {
    /// Its label.
    pub label: usize,
    /// `h` at each level, nats.
    pub entropy: &'a [f64],
}

/// Pathwise entropies as a picture: the first forty paths and the mean of all above, the variance below. `readings`
/// and the entropies of a path stand in one order.
///
/// # Errors
/// When it does not fit a page.
pub fn paths(title: &str, readings: &[Reading], paths: &[Path<'_>]) -> Result<Rendered> {
    let snr = ratios(readings.iter().map(|r| &r.level));
    let mut each =
        Panel::new("entropy of the label's posterior along paths", Axis::linear("*h*(*X_{t}*)\n").unit("nats"))
            .height(56.0);
    for path in paths.iter().take(DRAWN) {
        let values = numbers("h", path.entropy.iter().copied());
        each = each
            .with(Series::line("", &snr, &values)?.colour(COLOURS[path.label % COLOURS.len()].faded(0.55)).width(0.6));
    }
    let mean = column("mean", readings.iter().map(|r| Some(r.entropy)));
    let variance = column("variance", readings.iter().map(|r| Some(r.variance)));
    each = each.with(Series::band("mean", &snr, &mean)?.width(1.8));
    let spread = Panel::new("its variance over paths", Axis::linear("Var *h*(*X_{t}*)\n").unit("nats²"))
        .with(Series::band("", &snr, &variance)?.colour(Colour::GREEN).width(1.4));
    render("paths", title, vec![Stack::new(axis()).with(each).with(spread)])
}

/// Colours of labels, in turn.
const COLOURS: [Colour; 6] =
    [Colour::BLUE, Colour::VERMILION, Colour::GREEN, Colour::PURPLE, Colour::ORANGE, Colour::SKY];
