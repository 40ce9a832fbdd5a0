//! Estimates by simulation of every quantity along a noise process, for any law in any
//! dimension, each with an interval of stated level.
//!
//! Nothing here knows a formula of the theory: points are drawn from the law and its forward
//! kernel, a [`Density`](infodyn_core::Density) says what holds at each, and the answers are
//! averaged. [`mean_of`] does that for any function of the sample, [`mean_of_trials`] for any experiment, and
//! [`MonteCarlo`], the [`Route`](infodyn_core::Route), for the moments of a channel. [`Paths`] are exact forward paths,
//! [`Reverse`] samples the reverse process from the score, under [`Guidance`] toward a label too, [`Flow`] follows the
//! probability flow, and [`decisions`] says when a path first trusts a label. An [`ExactDiffusion`] on the line is
//! simulated without a step error.
//!
//! ```
//! use infodyn_closed_form::MixtureLaw;
//! use infodyn_core::{Channel, Mixture, NoiseProcess, Quantity, profile};
//! use infodyn_monte_carlo::MonteCarlo;
//!
//! let law = MixtureLaw::of(Mixture::symmetric_pair(&[1.0], 0.0)?);
//! let channel = Channel::new(law, NoiseProcess::Edm, 1.0)?;
//! let known = profile(&MonteCarlo::default(), &channel, &[Quantity::LabelEntropy, Quantity::Mmse])?;
//! // H(Y given X_t) of two atoms at signal-to-noise ratio 1, in nats.
//! let entropy = known.get(Quantity::LabelEntropy).ok_or("no entropy")?;
//! assert!(entropy.contains(0.356_316_360_213_113_7) && entropy.radius() < 0.01);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The same [`Settings`] give the same bits whatever the number of threads: the sample is cut into
//! chunks, each chunk reads a counter-based random stream of its own, and chunks are merged in
//! their order.

mod decision;
mod diffusion;
mod engine;
mod error;
mod even;
mod guidance;
mod interval;
mod moments;
mod paths;
mod posterior;
mod random;
mod refined;
mod reverse;
mod route;
mod sampler;

pub use decision::{Decision, decisions};
pub use diffusion::{ExactDiffusion, Skeleton};
pub use engine::{Batch, Draw, Means, Reading, SEED, Settings, Span, View, mean_of, mean_of_trials, mean_over_time};
pub use error::Error;
pub use guidance::Guidance;
pub use infodyn_kernels::Philox;
pub use interval::{Range, bernstein_radius, betting_radius, student_quantile, studentised};
pub use moments::Moments;
pub use paths::{PathBatch, Paths};
pub use posterior::LabelPosterior;
pub use random::{NoiseLaw, stream};
pub use refined::{Refined, mean_of_refined_trials};
pub use reverse::{FLOW_TOLERANCE, Flow, Reverse, Scheme};
pub use route::{ByChunk, MonteCarlo, MonteCarloAlong, gaps};
pub use sampler::{Draws, Sampler};

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;
