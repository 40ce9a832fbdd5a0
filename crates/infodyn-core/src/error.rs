//! What can be wrong with an input.

/// An input that the theory cannot be asked about. Each variant names the field, its value and
/// what was expected; the reader of the file or flag adds where it stood.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A number that had to be finite is not.
    #[error("{field}: {value} is not a finite number")]
    NotFinite {
        /// Which number.
        field: String,
        /// What it was.
        value: f64,
    },
    /// A number that lies outside its range.
    #[error("{field}: {value}, expected {expected}")]
    OutOfRange {
        /// Which number.
        field: String,
        /// What it was.
        value: f64,
        /// The range, in words.
        expected: String,
    },
    /// A list whose length does not fit.
    #[error("{field}: {found} entries, expected {expected}")]
    Length {
        /// Which list.
        field: String,
        /// How long it is.
        found: usize,
        /// How long it should be.
        expected: usize,
    },
    /// Weights that do not sum to 1.
    #[error("weights: they sum to {sum}, expected 1 within 1e-9")]
    WeightSum {
        /// What they sum to.
        sum: f64,
    },
    /// A matrix that is not symmetric.
    #[error("{field}: entries ({row}, {column}) and ({column}, {row}) differ, expected a symmetric matrix")]
    NotSymmetric {
        /// Which matrix.
        field: String,
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        column: usize,
    },
    /// A covariance with a negative eigenvalue.
    #[error("{field}: eigenvalue {eigenvalue:e}, expected a positive semidefinite matrix")]
    NotPositive {
        /// Which covariance.
        field: String,
        /// Its smallest eigenvalue.
        eigenvalue: f64,
    },
    /// A list that must not be empty.
    #[error("{field}: empty, expected at least one entry")]
    Empty {
        /// Which list.
        field: String,
    },
    /// A time at which the process is not defined.
    #[error("time {t} of process {process}, expected t in {domain}")]
    TimeOutside {
        /// The process.
        process: String,
        /// The time.
        t: f64,
        /// Its domain.
        domain: String,
    },
    /// A signal-to-noise ratio that the process never has.
    #[error("signal-to-noise ratio {snr:e} of process {process}, expected one in [{min:e}, {max:e}]")]
    SnrOutside {
        /// The process.
        process: String,
        /// The ratio.
        snr: f64,
        /// The smallest that it reaches.
        min: f64,
        /// The largest.
        max: f64,
    },
    /// A process or grid string that cannot be read.
    #[error("{what} {text:?}: {found}, expected {expected}")]
    Syntax {
        /// `process` or `grid`.
        what: &'static str,
        /// The whole string.
        text: String,
        /// The part that is wrong.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// A density asked for at zero noise where the law has none.
    #[error(
        "the law has no density at sigma = 0: component {component} has a covariance of rank {rank} in dimension {dim}"
    )]
    NoDensity {
        /// The component, from 0.
        component: usize,
        /// The rank of its covariance.
        rank: usize,
        /// The dimension.
        dim: usize,
    },
}
