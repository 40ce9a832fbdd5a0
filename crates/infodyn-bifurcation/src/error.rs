//! Why there is no answer.

/// A landscape that cannot be followed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A range of noise levels that is empty.
    #[error("signal-to-noise ratios from {low:e} to {high:e}: expected positive numbers in ascending order")]
    Range {
        /// Its lower end.
        low: f64,
        /// Its upper end.
        high: f64,
    },
    /// A process that cannot be read at a noise level.
    #[error(transparent)]
    Process(#[from] infodyn_core::Error),
}

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;
