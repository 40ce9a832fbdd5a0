//! Vocabulary of the information dynamics of generative diffusion.
//!
//! A [`Law`] is a `p_0`; a [`NoiseProcess`] read at a time gives a [`NoiseLevel`]; the two together are a [`Channel`],
//! and determine the marginal `p_t`, any implementation of which is a [`Density`]. A [`Route`] takes expectations under
//! a channel, its [`Moment`]s, and [`profile`] puts them together to the [`Quantity`]s. Numbers leave a computation
//! only as an [`Estimate`]: value, radius and rigor.
//!
//! This crate does no input or output and draws no random number. Of the theory it knows how quantities follow from
//! moments, and one Gaussian coordinate; what a law's density is, laws say themselves. Time increases with noise.
//! Entropies are in nats.

mod channel;
mod convention;
mod density;
mod error;
mod estimate;
mod gaps;
mod grid;
mod law;
mod moment;
mod process;
pub mod progress;
mod quantity;
mod route;
mod sensitivity;
pub mod share;
mod spectrum;
mod sphere;
pub mod stable;
mod stop;
mod table;
pub mod ulps;

pub use channel::{Channel, Factors, Law, Mutation, Support};
pub use convention::{BetaSchedule, Convention, DdpmTable, NamedLevel};
pub use density::{Density, Detail, Observation, Points, Posterior, Projections};
pub use error::{Error, Fault, Part};
pub use estimate::{Comparison, Estimate, Relation, Rigor, Sampling, Verdict};
pub use gaps::Gaps;
pub use grid::Grid;
pub use law::{Covariance, Factored, Mixture};
pub use moment::{Coordinate, Moment};
pub use process::{NoiseLevel, NoiseProcess};
pub use quantity::{Profile, Quantity};
pub use route::{Kernel, Route, profile, profiles};
pub use sensitivity::Reading;
pub use sphere::Sphere;
pub use stop::{Stop, Stopped};
pub use table::{Column, Table};

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;
