//! Deterministic integration of entropies and expectations of any density.
//!
//! Generic over [`Density`](infodyn_core::Density): no formula of the theory is known here. [`Quadrature`] is the
//! [`Route`](infodyn_core::Route) that takes moments; [`expectation`] integrates functionals of the caller,
//! [`radial_expectation`] those of a law that no rotation changes in any dimension.
//!
//! ```
//! use infodyn_closed_form::MixtureLaw;
//! use infodyn_core::{Channel, Mixture, NoiseProcess, Quantity, profile};
//! use infodyn_quadrature::Quadrature;
//!
//! let law = MixtureLaw::of(Mixture::symmetric_pair(&[1.0], 0.0)?);
//! let channel = Channel::new(law, NoiseProcess::Edm, 1.0)?;
//! let known = profile(&Quadrature, &channel, &[Quantity::LabelEntropy, Quantity::Mmse])?;
//! // H(Y given X_t) of two atoms at signal-to-noise ratio 1, in nats.
//! let entropy = known.get(Quantity::LabelEntropy).ok_or("no entropy")?;
//! assert!(entropy.contains(0.356_316_360_213_113_7) && entropy.radius() < 1e-14);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! In one dimension the trapezoidal rule (or Gauss-Kronrod panels) gives every result; the tests of this crate set it
//! against the adaptive Clenshaw-Curtis rule of the `quadrature` crate on random mixtures.
//!
//! Functions that are known with an error have a [`derivative`], an [`integral`], a [`root`], a [`peak()`] and a
//! [`limit()`] of the same kind; a [`Diffusion`] on the line has means of functions of its paths,
//! and a [`DiffusionLaw`] a density.
//!
//! Every result is an [`Estimate`](infodyn_core::Estimate) whose radius comes from two resolutions
//! and a count of the rounding. Sums are formed in a fixed order: the same bits for any number of
//! threads.

mod batch;
mod derivative;
mod diffusion;
mod diffusion_law;
mod error;
mod expectation;
mod integral;
mod limit;
mod line;
#[cfg(test)]
mod panels;
mod peak;
mod posterior;
mod radial;
mod root;
mod route;
mod shared;
mod space;

pub use batch::{Functional, Sample};
pub use derivative::{derivative, derivative_within};
pub use diffusion::Diffusion;
pub use diffusion_law::DiffusionLaw;
pub use error::{Error, Result};
pub use expectation::{covariance, expectation, variance};
pub use integral::integral;
pub use limit::limit;
pub use peak::{Peak, abscissas, peak, peak_of};
pub use radial::radial_expectation;
pub use root::root;
pub use route::{Quadrature, RoughQuadrature};
pub use space::MAX_DIM;
