//! A study: a panel a sampler.

use infodyn_core::Estimate;
use infodyn_figures::{Axis, Colour, Dash, Marker, Panel, Rendered, Series, Stack};

use super::{column, numbers, render};
use crate::Result;
use crate::measured::Distance;
use crate::study::Row;

/// Distances from the exact flow as a picture: a panel a sampler, a line a clock (the first eight), against
/// evaluations.
///
/// # Errors
/// When it does not fit a page.
pub fn study(title: &str, clocks: &[String], rows: &[Row]) -> Result<Rendered> {
    let looks = [
        (Colour::BLACK, Dash::Solid, Marker::Circle),
        (Colour::VERMILION, Dash::Dashed, Marker::Square),
        (Colour::ORANGE, Dash::DashDot, Marker::Triangle),
        (Colour::BLUE, Dash::Solid, Marker::Diamond),
        (Colour::SKY, Dash::Dashed, Marker::Circle),
        (Colour::GREEN, Dash::Solid, Marker::Square),
        (Colour::PURPLE, Dash::DashDot, Marker::Triangle),
        (Colour::GREY, Dash::Dashed, Marker::Diamond),
    ];
    let mut samplers: Vec<&str> = rows.iter().map(|r| r.sampler).collect();
    samplers.dedup();
    let mut stack = Stack::new(Axis::log("evaluations of the denoiser"));
    for (i, sampler) in samplers.into_iter().enumerate() {
        let rows: Vec<&Row> = rows.iter().filter(|r| r.sampler == sampler).collect();
        let named = if i == 0 { format!("{sampler}; {title}") } else { sampler.to_owned() };
        let mut panel = Panel::new(&named, Axis::log("distance")).height(50.0);
        let steps = numbers("evaluations", rows.iter().map(|r| r.evaluations as f64));
        for (k, (colour, dash, marker)) in looks.into_iter().enumerate().take(clocks.len()) {
            let told = |d: Option<Distance>| d.map(|d| d.distance).filter(|e: &Estimate| e.value() > 0.0);
            let values = column(&clocks[k], rows.iter().map(|r| told(r.cells[k])));
            let label = if i == 0 { clocks[k].as_str() } else { "" };
            panel = panel
                .with(Series::line(label, &steps, &values)?.colour(colour).dash(dash))
                .with(Series::points("", &steps, &values)?.colour(colour).marker(marker));
        }
        stack = stack.with(panel);
    }
    render("study", title, vec![stack])
}
