//! Deterministic integration of entropies and expectations of any density.
//!
//! Generic over [`Density`](infodyn_core::Density): no formula of the theory is known here beyond
//! the definitions of the quantities as expectations. [`profile`] and the functions named after the
//! quantities read a [`Channel`]; [`expectation`] integrates functionals of the caller, [`radial_expectation`]
//! those of a law on a sphere in any dimension.
//!
//! In one dimension the trapezoidal rule (or Gauss-Kronrod panels) gives every result; the tests of this crate set it
//! against the adaptive Clenshaw-Curtis rule of the `quadrature` crate on random mixtures.
//!
//! Functions that are known with an error have a [`derivative`], an [`integral`], a [`root`], a [`peak()`] and a [`limit()`] of the
//! same kind.
//!
//! Every result is an [`Estimate`](infodyn_core::Estimate) whose radius comes from two resolutions
//! and a count of the rounding. Sums are formed in a fixed order: the same bits for any number of
//! threads.

mod batch;
mod derivative;
mod error;
mod expectation;
mod integral;
mod limit;
mod line;
#[cfg(test)]
mod panels;
mod peak;
mod posterior;
mod profile;
mod radial;
mod root;
mod space;

pub use batch::{Functional, Sample};
pub use derivative::derivative;
pub use error::{Error, Result};
pub use expectation::{covariance, expectation, variance};
pub use integral::integral;
pub use limit::limit;
pub use peak::{Peak, abscissas, peak, peak_of};
pub use profile::{
    Channel, Complement, bandwidth_fraction, clone_agreement, conditional_entropy, conditional_entropy_rate,
    label_entropy, label_entropy_rate, label_posterior_entropy_variance, label_surprisal_variance, marginal_entropy,
    marginal_entropy_rate, mean_score_divergence, mean_score_norm2, mean_top_eigenvalue, mmse, mutual_information,
    posterior_entropy_variance, profile, surprisal_variance,
};
pub use radial::{radial_expectation, radial_profile};
pub use root::root;
pub use space::MAX_DIM;
