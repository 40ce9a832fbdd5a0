//! What an enclosure can fail at.

/// Why no enclosure was found; nothing is then said about the number.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A law that can be written neither on the line nor in the plane.
    #[error(
        "an enclosure needs a law on the line, or in the plane with covariances along the axes, or two components of equal isotropic \
         covariance; {found}"
    )]
    Law {
        /// What it is.
        found: String,
    },
    /// A process whose kernel has no enclosure here.
    #[error("process {process} has no enclosure")]
    Process {
        /// The process.
        process: String,
    },
    /// A noise level that is not positive.
    #[error("the variance of component {component} at this noise level is not known to be positive")]
    Variance {
        /// The component, from 0.
        component: usize,
    },
    /// The tails were not bounded.
    #[error("no bound for the tails of an integral was found")]
    Tail,
    /// Too many panels.
    #[error("an integral was not enclosed with {most} panels")]
    Panels {
        /// How many.
        most: usize,
    },
    /// Too many boxes.
    #[error("the zeros were not counted with {most} boxes")]
    Pieces {
        /// How many.
        most: usize,
    },
    /// A strength of guidance for which nothing is enclosed.
    #[error("strength {value}: expected a number from 1 to 100")]
    Strength {
        /// What was given.
        value: f64,
    },
    /// A stretch whose ends do not rise.
    #[error("a stretch from {from} to {to}: expected numbers >= 0 that rise")]
    Stretch {
        /// Its first end.
        from: f64,
        /// Its second.
        to: f64,
    },
    /// A flow that was lost.
    #[error("the flow was not enclosed beyond r = {at}")]
    Flow {
        /// Where.
        at: f64,
    },
    /// An integral overflowed.
    #[error("an integral is not finite in double precision")]
    NotFinite,
    /// A root that was not isolated.
    #[error("no unique root was proved in {bracket}")]
    Root {
        /// Where it was sought.
        bracket: String,
    },
    /// Part of the line on which the zeros could not be counted.
    #[error("zeros near {at:e} could not be separated: they are multiple, or closer than double precision tells")]
    Multiple {
        /// Where.
        at: f64,
    },
}

/// Result of an enclosure.
pub type Result<T> = std::result::Result<T, Error>;
