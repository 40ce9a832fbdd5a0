//! Why a model is not read, or does not answer.

/// A model that is not read, or does not answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file that is no network.
    #[error("{file}: {found}, expected an ONNX model")]
    File {
        /// The file.
        file: String,
        /// What is wrong with it.
        found: String,
    },
    /// A network whose inputs or outputs are not those of a denoiser as its side file declares them.
    #[error("{file}: {part}: {found}, expected {expected}")]
    Interface {
        /// The file.
        file: String,
        /// Which input, output or field.
        part: String,
        /// What is there.
        found: String,
        /// What should be there.
        expected: String,
    },
    /// A network that fails while it runs.
    #[error("{file}: on {rows} rows: {message}")]
    Run {
        /// The file.
        file: String,
        /// How many rows it was given.
        rows: usize,
        /// What the runtime says.
        message: String,
    },
    /// An answer of another size than the question.
    #[error("{file}: output {output}: shape {found:?}, expected {expected} numbers")]
    Answer {
        /// The file.
        file: String,
        /// The output.
        output: String,
        /// Its shape.
        found: Vec<usize>,
        /// Rows times dimensions.
        expected: usize,
    },
    /// A level that the model cannot be told.
    #[error("sigma {sigma}: no noise level of {process}, expected one in [{low}, {high}]")]
    Level {
        /// `sigma/alpha`, in the units of the model.
        sigma: f64,
        /// The process or table.
        process: String,
        /// The least.
        low: f64,
        /// The largest.
        high: f64,
    },
    /// No level to audit at.
    #[error("no noise level, expected at least one that the model can be told")]
    NoLevel,
    /// Fewer samples than an interval needs.
    #[error("{found} samples, expected at least {least}")]
    Samples {
        /// How many.
        found: u64,
        /// The least.
        least: u64,
    },
    /// A model of another dimension than the law.
    #[error("dimension {found}, expected that of the law, {expected}")]
    Dimension {
        /// The model's.
        found: usize,
        /// The law's.
        expected: usize,
    },
    /// Parts of an audit that cannot be kept, or not be read again.
    #[error("{0}")]
    Kept(String),
    /// The law or the process cannot be asked.
    #[error(transparent)]
    Core(#[from] infodyn_core::Error),
}
