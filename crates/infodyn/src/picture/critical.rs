//! What is critical of a law: its fixed points, and the places where something happens.

use infodyn_bifurcation::Energy;
use infodyn_core::{Estimate, Quantity};
use infodyn_figures::{Axis, Colour, Marker, Panel, Rendered, Series, Stack};

use super::{axis, numbers, render, titled};
use crate::Result;
use crate::critical::{Branching, Clock, Collapse, Pair, Peak, Resting, Speciation};
use crate::text::{brief, significant};

/// Places that are named.
const NAMED: usize = 9;

/// Everything critical as a picture: the fixed points of the marginal energy above, in units of the data along the
/// coordinate in which they spread most; lines where something happens; and, of three classes or more, when each two
/// stand out of the noise. `coarse` where the fixed points are those of the labels' means.
///
/// # Errors
/// When there is neither a fixed point nor a peak, or it does not fit a page.
pub fn critical<'a>(
    (title, coarse): (&str, bool),
    resting: impl Iterator<Item = &'a Resting>,
    branching: impl Iterator<Item = &'a Branching>,
    peaks: impl Iterator<Item = &'a Peak>,
    speciation: impl Iterator<Item = &'a Speciation>,
    collapse: Option<&'a Collapse>,
    (pairs, names): (&[&'a Pair], &[String]),
) -> Result<Rendered> {
    let points: Vec<&Resting> = resting.filter(|p| p.energy == Energy::Marginal).collect();
    let mut stack = Stack::new(axis());
    let mut places: Vec<(Estimate, String)> = Vec::new();
    let mut place = |snr: Estimate, name: String| match places
        .iter_mut()
        .find(|p| (p.0.value() / snr.value() - 1.0).abs() < 1e-6)
    {
        Some(near) if near.1.split(", ").all(|other| other != name) => near.1 += &format!(", {name}"),
        Some(_) => {}
        None => places.push((snr, name)),
    };
    for b in branching.filter(|b| b.energy == Energy::Marginal) {
        place(b.snr, b.kind.name().into());
    }
    let mut heights = Vec::new();
    for peak in peaks {
        match (peak.of, peak.clock) {
            (Quantity::LabelPosteriorEntropyVariance, _) => {
                place(peak.snr, "peak of Var *h*".into());
                heights.push(peak);
            }
            (Quantity::LabelEntropyRate, Clock::LogSnr) => {
                place(peak.snr, "peak of the label's rate".into());
            }
            _ => {}
        }
    }
    speciation.for_each(|s| place(s.snr, format!("speciation: {}", s.found.replace('_', " "))));
    collapse.into_iter().for_each(|c| place(c.snr, "collapse".into()));
    if let Some(coordinate) = widest(&points) {
        let label = if points[0].at.len() == 1 {
            "fixed point *x*/*α*".into()
        } else {
            format!("fixed point\n*x*_{{{}}}/*α*", coordinate + 1)
        };
        let points_of =
            if coarse { "fixed points (of Gaussians at the means of the labels)" } else { "fixed points of the score" };
        let mut panel = Panel::new(&titled(points_of, title), Axis::linear(&label)).height(72.0);
        for (stable, label, colour, marker) in
            [(true, "stable", Colour::BLUE, Marker::Circle), (false, "unstable", Colour::VERMILION, Marker::Diamond)]
        {
            let these: Vec<&&Resting> = points.iter().filter(|p| (p.index == 0) == stable).collect();
            let snr = numbers("snr", these.iter().map(|p| p.level.snr()));
            let at = numbers("at", these.iter().map(|p| p.at[coordinate] / p.level.alpha()));
            if !these.is_empty() {
                panel = panel.with(Series::points(label, &snr, &at)?.colour(colour).marker(marker));
            }
        }
        stack = stack.with(panel);
    } else {
        // Too many components for fixed points: the peaks of the variance carry the lines.
        let snr = numbers("snr", heights.iter().map(|p| p.snr.value()));
        let height = super::column("height", heights.iter().map(|p| Some(p.height)));
        stack = stack.with(
            Panel::new(
                "peaks of the variance of the pathwise entropy",
                Axis::linear("Var *h*(*X_{t}*)\n").unit("nats²"),
            )
            .with(Series::points("", &snr, &height)?.colour(Colour::GREEN)),
        );
    }
    places.sort_by(|a, b| a.0.value().total_cmp(&b.0.value()));
    for (snr, name) in places.iter().take(NAMED) {
        stack = stack.critical(snr.value(), &format!("{name}, {}", brief(*snr)));
    }
    let below = speciation_by_pair(pairs, names)?.map(|panel| Stack::new(Axis::linear("label")).with(panel).tier(1));
    render("critical", title, std::iter::once(stack).chain(below).collect())
}

/// Labels up to which the ratio stands in each cell.
const NUMBERED: usize = 12;

/// Characters of names that fit side by side.
const ACROSS: usize = 64;

/// An axis of labels by their names, each cut to so many characters; by their numbers, where fewer than three fit.
fn labelled(label: &str, names: &[String], most: usize) -> Axis {
    if most < 3 {
        return Axis::linear(label);
    }
    // Others are markup, or in no font.
    let plain = |c: char| if c.is_ascii_alphanumeric() || " -./+&'()".contains(c) { c } else { '?' };
    let cut = |name: &String| {
        let whole: String = name.chars().map(plain).collect();
        if whole.len() <= most { whole } else { format!("{}.", whole[..most - 1].trim_end()) }
    };
    Axis::named(label, &names.iter().map(cut).collect::<Vec<_>>())
}

/// When each pair of classes stands out of the noise, the darker the later: a cell a pair.
fn speciation_by_pair(pairs: &[&Pair], names: &[String]) -> Result<Option<Panel>> {
    let labels = pairs.iter().map(|p| p.labels[1] + 1).max().unwrap_or(0);
    if labels < 3 {
        return Ok(None);
    }
    let logs = || pairs.iter().map(|p| p.snr.value().ln());
    let (low, high) = (logs().fold(f64::INFINITY, f64::min), logs().fold(f64::NEG_INFINITY, f64::max));
    let part = numbers("part", logs().map(|l| if high > low { (l - low) / (high - low) } else { 0.5 }));
    let x = numbers("label", pairs.iter().map(|p| p.labels[0] as f64));
    let y = numbers("other", pairs.iter().map(|p| p.labels[1] as f64));
    let told: Vec<String> = pairs.iter().map(|p| significant(p.snr.value(), 3)).collect();
    let most = labels as f64 - 1.0;
    let title = "signal-to-noise ratio at which two classes stand out of the noise: the darker the later";
    let panel = Panel::new(title, labelled("other label", names, ACROSS / 4).between(0.5, most + 0.5));
    let cells = Series::cells(&x, &y, &part, if labels <= NUMBERED { &told } else { &[] })?;
    Ok(Some(
        panel
            .over(labelled("label", names, ACROSS / labels).between(-0.5, most - 0.5))
            .height(6.0 * most.clamp(4.0, 16.0))
            .with(cells),
    ))
}

/// The coordinate in which fixed points, in units of the data, spread most.
fn widest(points: &[&Resting]) -> Option<usize> {
    let spread = |i: usize| {
        let along = points.iter().map(|p| p.at[i] / p.level.alpha());
        along.clone().fold(f64::NEG_INFINITY, f64::max) - along.fold(f64::INFINITY, f64::min)
    };
    (0..points.first()?.at.len()).rev().max_by(|&a, &b| spread(a).total_cmp(&spread(b)))
}
