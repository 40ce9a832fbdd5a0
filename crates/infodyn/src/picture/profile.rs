//! A profile: a panel a quantity.

use infodyn_core::{Estimate, NoiseLevel, Quantity};
use infodyn_figures::{Axis, Colour, Panel, Rendered, Series, Stack};

use super::{axis, column, ratios, render, short_axis};
use crate::Result;
use crate::profile::Point;

/// What is drawn where nothing is asked for, in order.
const USUAL: [Quantity; 6] = [
    Quantity::LabelEntropy,
    Quantity::LabelEntropyRate,
    Quantity::LabelPosteriorEntropyVariance,
    Quantity::MutualInformation,
    Quantity::ConditionalEntropyRate,
    Quantity::BandwidthFraction,
];
/// Rows whose single numbers are marked.
const MARKED: usize = 40;

/// The profile of a law as a picture: `asked` quantities, or the usual ones, each in a panel against the
/// signal-to-noise ratio. Rates are drawn per unit of its logarithm, in which no process differs from another.
///
/// # Errors
/// When there is nothing to draw, or it does not fit a page.
pub fn profile(title: &str, points: &[Point], asked: &[Quantity]) -> Result<Rendered> {
    let chosen = if asked.is_empty() { &USUAL[..] } else { asked };
    let mut points: Vec<&Point> = points.iter().collect();
    points.sort_by(|a, b| a.level.snr().total_cmp(&b.level.snr()));
    let there: Vec<Quantity> = chosen.iter().copied().filter(|&q| points.iter().any(|p| p.get(q).is_some())).collect();
    let snr = ratios(points.iter().map(|p| &p.level));
    let panel = |&quantity: &Quantity| {
        let values = points.iter().map(|p| p.get(quantity).map(|v| drawn(quantity, &p.level, v.estimate)));
        let values = column(quantity.name(), values);
        let band = Series::band("", &snr, &values)?.colour(Colour::BLUE).width(1.4);
        let mut panel = Panel::new(&quantity.name().replace('_', " "), vertical(quantity)).height(34.0).with(band);
        if points.len() <= MARKED {
            panel = panel.with(Series::points("", &snr, &values)?.colour(Colour::BLUE));
        }
        Ok(panel)
    };
    let panels = there.iter().map(panel).collect::<Result<Vec<Panel>>>()?;
    let along = if there.len() == 1 { axis } else { short_axis };
    // Down the left half of the page first.
    let stacks = panels.chunks(there.len().div_ceil(2).max(1));
    let stacks = stacks.map(|half| half.iter().cloned().fold(Stack::new(along()), Stack::with));
    render("profile", title, stacks.collect())
}

/// Whether a quantity is a rate.
fn is_rate(quantity: Quantity) -> bool {
    matches!(quantity, Quantity::MarginalEntropyRate | Quantity::ConditionalEntropyRate | Quantity::LabelEntropyRate)
}

/// What is drawn of a number: rates per unit of `log snr`, `|d log snr/dt| = g^2/sigma^2`.
fn drawn(quantity: Quantity, level: &NoiseLevel, value: Estimate) -> Estimate {
    if is_rate(quantity) {
        let unit = level.sigma2() / level.g2();
        Estimate::new(value.value() * unit, value.radius() * unit)
    } else {
        value
    }
}

fn vertical(quantity: Quantity) -> Axis {
    let unit = if is_rate(quantity) { "nats per log snr" } else { quantity.unit() };
    let unit = unit.replace("nats^2", "nats²");
    let lines = match quantity {
        Quantity::LabelEntropy => "*H*(*Y*|*X_{t}*)",
        Quantity::LabelEntropyRate => "rate of *H*(*Y*|*X_{t}*)",
        Quantity::LabelPosteriorEntropyVariance => "Var *h*(*X_{t}*)",
        Quantity::MutualInformation => "*I*(*X*_{0};*X_{t}*)",
        Quantity::ConditionalEntropy => "*H*(*X*_{0}|*X_{t}*)",
        Quantity::ConditionalEntropyRate => "rate of *H*(*X*_{0}|*X_{t}*)",
        Quantity::MarginalEntropy => "*H*(*X_{t}*)",
        Quantity::MarginalEntropyRate => "rate of *H*(*X_{t}*)",
        Quantity::BandwidthFraction => "*η*",
        _ => "",
    };
    Axis::linear(&format!("{lines}\n")).unit(&unit)
}
