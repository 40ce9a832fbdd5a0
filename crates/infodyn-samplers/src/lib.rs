//! Samplers of the reverse process as maps, what their steps cost, and the noise levels that cost least.
//!
//! No law is known here: a [`Sampler`] is told the denoiser, [`path_divergence`] the loss of the denoiser at each
//! level, a grid of noise levels the curve of the mmse ([`Curve`]), and a [`Rule`] nothing. [`overshoot`] follows the
//! guided probability flow of two classes in its own clock. Levels are signal-to-noise ratios `gamma`, which rise
//! toward the data, or `sigma/alpha`, which fall; points are `x/alpha`. Divergences are in nats, and each says which
//! way it is taken.
//!
//! ```
//! use infodyn_core::Estimate;
//! use infodyn_samplers::{Sampler, Variance, path_divergence};
//!
//! // N(0, 1) in four steps from sigma = 8 to 1/8: the variance of the samples, over that of the law there.
//! let sigmas = [8.0, 2.0, 1.0, 0.5, 0.125].map(Estimate::given);
//! let ratio = Sampler::Ddim.variance_ratio(&sigmas, &Estimate::ONE, |s| s.ln());
//! assert!(ratio.contains(6_765_201.0 / 10_562_500.0) && ratio.radius() < 1e-13);
//!
//! // What the path of the ancestral sampler loses on the same levels: mmse = 1/(1 + gamma), I = log(1 + gamma)/2.
//! let snrs = [1.0 / 64.0, 0.25, 1.0, 4.0, 64.0];
//! let mmse: Vec<Estimate> = snrs[..4].iter().map(|&g| Estimate::ONE / (Estimate::given(g) + 1)).collect();
//! let gained = Estimate::from(64).ln() / 2;
//! let lost = path_divergence(&snrs, 1, Variance::Small, &mmse, gained)?;
//! // 1863/260 - 3 log 2.
//! assert!(lost.contains(5.085_943_073_704_779) && lost.radius() < 1e-13);
//! # Ok::<(), infodyn_samplers::Error>(())
//! ```

mod chebyshev;
mod curve;
mod grid;
mod overshoot;
mod path;
mod rule;
mod sampler;

pub use curve::{Curve, DataClock, Spacing, TableError};
pub use grid::{Least, ancestral_grid, even, least_grid, least_path};
pub use overshoot::{Overshoot, Strength, overshoot};
pub use path::{Variance, path_divergence};
pub use rule::Rule;
pub use sampler::{Field, Number, Sampler};

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Levels that do not rise.
    #[error("level {index} is {value}: levels must be numbers >= 0 that rise")]
    Level {
        /// Which, from 0.
        index: usize,
        /// What was given.
        value: f64,
    },
    /// As many losses as steps were asked for.
    #[error("{found} losses for {steps} steps")]
    Losses {
        /// How many there were.
        found: usize,
        /// Steps of the grid.
        steps: usize,
    },
    /// A clock or a curve on which no grid was found.
    #[error("no grid of {steps} steps from {from} to {to}")]
    Grid {
        /// Steps.
        steps: usize,
        /// Its first level.
        from: f64,
        /// Its last level.
        to: f64,
    },
    /// A strength of guidance that is not finite, or not served.
    #[error(
        "strength {value}: expected a finite number, at most 100 in size, and above 1/2 where the signal is infinite"
    )]
    Omega {
        /// What was given.
        value: f64,
    },
    /// A signal that is not positive.
    #[error("signal {value}: expected a positive number")]
    Signal {
        /// What was given.
        value: f64,
    },
}

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;
