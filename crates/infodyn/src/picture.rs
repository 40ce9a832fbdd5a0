//! Answers as pictures: what a reader would paste into a talk.
//!
//! Every picture has the signal-to-noise ratio on its horizontal axis, growing from left to right as generation goes,
//! but for those of schedules, which have steps, and of audits, which have noise levels. Numbers are drawn with their
//! errors where these can be seen.

mod audit;
mod critical;
mod paths;
mod profile;
mod schedule;
mod study;

pub use audit::audit;
pub use critical::critical;
pub use paths::{Path, Reading, paths};
pub use profile::profile;
pub use schedule::{Levels, schedule};
pub use study::study;

use infodyn_core::{Column, Estimate, NoiseLevel, Table};
use infodyn_figures::{Axis, DOUBLE_COLUMN, Figure, Rendered, Stack};

use crate::Result;

/// Noise before data, as generation goes: of a stack that has the width of the page.
fn axis() -> Axis {
    Axis::log("more noise  ←   signal-to-noise ratio *α*²/*σ*²   →  less noise")
}

/// The same of a stack that has half of it.
fn short_axis() -> Axis {
    Axis::log("signal-to-noise ratio *α*²/*σ*²")
}

/// A column to draw.
fn column(name: &str, values: impl IntoIterator<Item = Option<Estimate>>) -> Column {
    Column { name: name.into(), unit: String::new(), values: values.into_iter().collect() }
}

/// A column of numbers without error.
fn numbers(name: &str, values: impl IntoIterator<Item = f64>) -> Column {
    column(name, values.into_iter().map(|v| Some(Estimate::given(v))))
}

/// The ratios of noise levels.
fn ratios<'a>(levels: impl IntoIterator<Item = &'a NoiseLevel>) -> Column {
    numbers("snr", levels.into_iter().map(NoiseLevel::snr))
}

/// Letters of a title that fit the width of the page.
const LETTERS: usize = 96;

/// A title, and what it is of where there is room for that.
fn titled(title: &str, of: &str) -> String {
    let whole = format!("{title}; {of}");
    if whole.chars().count() <= LETTERS { whole } else { title.into() }
}

/// The picture of these stacks.
fn render(name: &str, title: &str, stacks: Vec<Stack>) -> Result<Rendered> {
    let figure = Figure {
        name: name.into(),
        title: title.into(),
        caption: String::new(),
        width: DOUBLE_COLUMN,
        stacks,
        shared_y: false,
        data: Table::new(),
    };
    Ok(figure.render()?)
}
