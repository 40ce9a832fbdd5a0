//! What can be wrong with an input.

use std::fmt;

/// An input that the theory cannot be asked about. A law's errors say which [`Part`] is wrong and
/// which [`Fault`] it has; the reader of a file or flag translates the part to where it stood.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A part of a law, a process or a noise level that cannot be.
    #[error("{part}: {fault}")]
    Invalid {
        /// Which part.
        part: Part,
        /// What is wrong with it.
        fault: Fault,
    },
    /// A time at which the process is not defined.
    #[error("time {} of process {process}, expected t in {domain}", short(.t))]
    TimeOutside {
        /// The process.
        process: String,
        /// The time.
        t: f64,
        /// Its domain.
        domain: String,
    },
    /// A time of the process at which a scale of the noise is not a positive number of double precision.
    #[error("time {} of process {process}: its noise level leaves double precision, expected t {side} about {}", short(.t), short(.end))]
    Scale {
        /// The process.
        process: String,
        /// The time.
        t: f64,
        /// `above` or `below`.
        side: &'static str,
        /// The last time that can be used.
        end: f64,
    },
    /// A signal-to-noise ratio so near the end of the process that no time in double precision has it.
    #[error("signal-to-noise ratio {snr:e} of process {process}: its time is not to be told from the end {}", short(.end))]
    Unresolved {
        /// The process.
        process: String,
        /// The ratio.
        snr: f64,
        /// The end of the times.
        end: f64,
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

/// A number in the shorter of the two notations.
fn short(x: &f64) -> String {
    if *x == 0.0 || (1e-4..1e6).contains(&x.abs()) { x.to_string() } else { format!("{x:e}") }
}

/// A part of a law, a process or a noise level; indices count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The list of weights.
    Weights,
    /// A weight.
    Weight(usize),
    /// The list of means.
    Means,
    /// A mean.
    Mean(usize),
    /// The list of covariances.
    Covariances,
    /// The covariance of a component.
    Covariance(usize),
    /// A covariance by itself.
    Matrix,
    /// A row of a covariance by itself.
    Row(usize),
    /// The list of labels.
    Labels,
    /// A label.
    Label(usize),
    /// The list of components.
    Components,
    /// The dimension of a sphere.
    Dimension,
    /// The radius of a sphere.
    Radius,
    /// A parameter of a process or a noise level, by its name.
    Parameter(&'static str),
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weights => out.write_str("weights"),
            Self::Weight(k) => write!(out, "weight {k}"),
            Self::Means => out.write_str("means"),
            Self::Mean(k) => write!(out, "mean {k}"),
            Self::Covariances => out.write_str("covariances"),
            Self::Covariance(k) => write!(out, "covariance {k}"),
            Self::Matrix => out.write_str("covariance"),
            Self::Row(i) => write!(out, "covariance, row {i}"),
            Self::Labels => out.write_str("labels"),
            Self::Label(y) => write!(out, "label {y}"),
            Self::Components => out.write_str("components"),
            Self::Dimension => out.write_str("dimension"),
            Self::Radius => out.write_str("radius"),
            Self::Parameter(name) => out.write_str(name),
        }
    }
}

/// What is wrong with a [`Part`].
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A number that had to be finite is not.
    #[error("{0} is not a finite number")]
    NotFinite(f64),
    /// A number that lies outside its range.
    #[error("{value}, expected {expected}")]
    OutOfRange {
        /// What it was.
        value: f64,
        /// The range, in words.
        expected: &'static str,
    },
    /// A list whose length does not fit.
    #[error("{found} entries, expected {expected}")]
    Length {
        /// How long it is.
        found: usize,
        /// How long it should be.
        expected: usize,
    },
    /// Weights that do not sum to 1.
    #[error("they sum to {0}, expected 1 within 1e-6")]
    Sum(f64),
    /// A matrix that is not symmetric.
    #[error("entries ({row}, {column}) and ({column}, {row}) differ, expected a symmetric matrix")]
    NotSymmetric {
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        column: usize,
    },
    /// A covariance with a negative eigenvalue, which is given.
    #[error("eigenvalue {0:e}, expected a positive semidefinite matrix")]
    NotPositive(f64),
    /// A covariance whose correlations are too close to singular; how well its eigenvalues are known is given.
    #[error(
        "its smallest eigenvalue is known to {0:.1e} only, expected correlations further from singular, or singular"
    )]
    IllConditioned(f64),
    /// A list that must not be empty.
    #[error("empty, expected at least one entry")]
    Empty,
}

impl Fault {
    /// The error that `part` has this fault.
    #[must_use]
    pub fn of(self, part: Part) -> Error {
        Error::Invalid { part, fault: self }
    }
}
