//! What can keep a figure from being drawn.

/// A table that a figure cannot be read from, or a page on which something does not fit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A column that the figure reads is not in its table.
    #[error("column {name}: not in the table, which has {}", .found.join(", "))]
    MissingColumn {
        /// The column.
        name: String,
        /// The columns that are there.
        found: Vec<String>,
    },
    /// Two columns that should be read together differ in length.
    #[error("column {name}: {found} rows, expected {expected}")]
    Length {
        /// The column.
        name: String,
        /// Its rows.
        found: usize,
        /// The rows of the column that it goes with.
        expected: usize,
    },
    /// A number that is not finite; a quantity that does not exist is a missing entry instead.
    #[error("column {column}, row {row}: {value} is not a finite number")]
    NotFinite {
        /// The column.
        column: String,
        /// The row, from 0.
        row: usize,
        /// The value, or the radius if the value is finite.
        value: f64,
    },
    /// A number at or below 0 on a logarithmic axis.
    #[error("axis {axis:?}: {value} on a logarithmic axis, expected a positive number")]
    NotPositive {
        /// The axis.
        axis: String,
        /// The number.
        value: f64,
    },
    /// A stated range that no axis can have.
    #[error("axis {axis:?}: range {lo} to {hi}, expected finite, increasing and, on a logarithmic axis, positive")]
    BadRange {
        /// The axis.
        axis: String,
        /// Its lower end.
        lo: f64,
        /// Its upper end.
        hi: f64,
    },
    /// An axis, or a figure, without a single number.
    #[error("axis {axis:?}: no number to draw")]
    NothingToDraw {
        /// The axis.
        axis: String,
    },
    /// A panel in which the legend would cover data.
    #[error("panel {panel:?}: no room for its legend beside the data")]
    NoRoom {
        /// The panel's title.
        panel: String,
    },
    /// A page too narrow for its panels.
    #[error("figure {figure:?}: {width} points left for a panel, expected at least 40")]
    TooNarrow {
        /// The figure.
        figure: String,
        /// Width that is left.
        width: f64,
    },
    /// A character that the shipped fonts lack.
    #[error("text {text:?}: no glyph for {character:?}")]
    MissingGlyph {
        /// The character.
        character: char,
        /// Where it stands.
        text: String,
    },
    /// A text that the edge of the page cuts.
    #[error("text {text:?}: reaches beyond the page")]
    TextOutside {
        /// The text.
        text: String,
    },
    /// Two texts that run into each other.
    #[error("text {text:?}: runs into {other:?}")]
    TextsOverlap {
        /// The later one.
        text: String,
        /// The earlier one.
        other: String,
    },
    /// The shipped fonts cannot be parsed.
    #[error("shipped fonts: not readable")]
    BrokenFont,
    /// The picture could not be painted or encoded.
    #[error("picture: {reason}")]
    Drawing {
        /// What the drawing library said.
        reason: String,
    },
}
