//! What can go wrong in an estimate.

/// Why there is no estimate.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The law, the process or the time cannot be asked about.
    #[error(transparent)]
    Input(#[from] infodyn_core::Error),
    /// A sample of a column is not a finite number.
    #[error("column {column}: sample {sample} is {value}, expected a finite number")]
    NotFinite {
        /// Which column, from 0.
        column: usize,
        /// Which sample, from 0.
        sample: u64,
        /// What it was.
        value: f64,
    },
    /// A confidence level outside its range.
    #[error("confidence: {value}, expected a number above 0 and below 1")]
    Confidence {
        /// What it was.
        value: f64,
    },
    /// A confidence at which no label can be first.
    #[error("confidence of a decision: {value}, expected a number above 0.5 and below 1")]
    Trust {
        /// What it was.
        value: f64,
    },
    /// Guidance toward a label that the law does not have.
    #[error("label of a guidance: {value}, expected one below {labels}")]
    Label {
        /// What was asked for.
        value: usize,
        /// How many labels there are.
        labels: usize,
    },
    /// A strength of guidance that is no number.
    #[error("strength of a guidance: {value}, expected a finite number")]
    Strength {
        /// What it was.
        value: f64,
    },
    /// A window of guidance that holds no noise level.
    #[error("window of a guidance: signal-to-noise ratios from {low} to {high}, expected 0 <= low < high")]
    Window {
        /// Where it opens.
        low: f64,
        /// Where it closes.
        high: f64,
    },
    /// The flow could not be followed.
    #[error("flow from t = {from} to t = {to}: tolerance {tolerance:e} cannot be kept")]
    Flow {
        /// First time.
        from: f64,
        /// Last time.
        to: f64,
        /// What was asked for.
        tolerance: f64,
    },
    /// A stream number that is kept for auxiliary draws.
    #[error("stream: {value}, expected a number below 2147483648")]
    Stream {
        /// What it was.
        value: u32,
    },
    /// More samples than the chunks can hold.
    #[error("samples: {value}, expected at most {most}")]
    Samples {
        /// What was asked for.
        value: u64,
        /// The most there can be.
        most: u64,
    },
    /// A density that does not belong to the law.
    #[error("density: dimension {found}, expected {expected} as the law")]
    Dimension {
        /// That of the density.
        found: usize,
        /// That of the law.
        expected: usize,
    },
    /// Times along a path that do not increase with noise.
    #[error("times: noise ratio {next:e} after {previous:e}, expected increasing noise")]
    Order {
        /// `sigma^2/alpha^2` at one time.
        previous: f64,
        /// The same at the next.
        next: f64,
    },
}
