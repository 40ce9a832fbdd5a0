//! Vocabulary of the information dynamics of generative diffusion.
//!
//! A [`Mixture`] is a law `p_0`; a [`NoiseProcess`] read at a time gives a [`NoiseLevel`]; the two
//! together determine the marginal `p_t`, any implementation of which is a [`Density`]. Numbers
//! leave a computation only as an [`Estimate`]: value, radius and rigor.
//!
//! This crate does no input or output, draws no random number and knows no formula of the theory.
//! Time increases with noise. Entropies are in nats.

mod density;
mod error;
mod estimate;
mod grid;
mod law;
mod process;
mod quantity;
mod sensitivity;
mod spectrum;
mod sphere;
pub mod stable;
mod table;
pub mod ulps;

pub use density::{Density, Detail, Observation, Points, Posterior};
pub use error::{Error, Fault, Part};
pub use estimate::{Comparison, Estimate, Relation, Rigor, Sampling, Verdict};
pub use grid::Grid;
pub use law::{Covariance, Mixture, orthonormal_basis};
pub use process::{NoiseLevel, NoiseProcess};
pub use quantity::{Profile, Quantity};
pub use sensitivity::Reading;
pub use sphere::Sphere;
pub use table::{Column, Table};

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;
