//! Deterministic integration of entropies and expectations of any density.
//!
//! Generic over [`Density`](infodyn_core::Density): no formula of the theory is known here beyond
//! the definitions of the quantities as expectations. [`profile`] and the functions named after the
//! quantities read a [`Channel`]; [`expectation`] integrates functionals of the caller, [`radial_expectation`]
//! those of a law on a sphere in any dimension.
//!
//! Two rules stand behind one another in one dimension: the trapezoidal rule (or Gauss-Kronrod panels)
//! gives every result, and the adaptive Clenshaw-Curtis rule of the `quadrature` crate, wrapped by
//! [`expectation_by_panels`], checks it where [`check`] is called: the tests of this crate do so on
//! random mixtures. [`profile`] itself does not: the second rule costs hundreds of times the first.
//!
//! Functions that are known with an error have a [`derivative`], an [`integral`], a [`root`], a [`peak()`] and a [`limit()`] of the
//! same kind.
//!
//! Every result is an [`Estimate`](infodyn_core::Estimate) whose radius comes from two resolutions
//! and a count of the rounding. Sums are formed in a fixed order: the same bits for any number of
//! threads.

mod batch;
mod check;
mod derivative;
mod error;
mod expectation;
mod integral;
mod limit;
mod line;
mod peak;
mod posterior;
mod profile;
mod radial;
mod root;
mod space;

pub use batch::{Functional, Sample};
pub use check::{check, expectation_by_panels};
pub use derivative::{derivative, derivative_with};
pub use error::{Error, Result};
pub use expectation::{covariance, expectation, variance};
pub use integral::{integral, integral_with};
pub use limit::limit;
pub use peak::{Peak, abscissas, peak, peak_of};
pub use profile::{
    Channel, Complement, bandwidth_fraction, clone_agreement, conditional_entropy, conditional_entropy_rate,
    label_entropy, label_entropy_rate, label_posterior_entropy_variance, label_surprisal_variance, marginal_entropy,
    marginal_entropy_rate, mean_score_divergence, mean_score_norm2, mean_top_eigenvalue, mmse, mutual_information,
    posterior_entropy_variance, profile, surprisal_variance,
};
pub use radial::{radial_expectation, radial_profile};
pub use root::{root, root_with};
pub use space::MAX_DIM;
