//! Formulas: the marginals of Gaussian mixtures, Gaussian laws in full, symmetric pairs.
//!
//! [`Marginal`] is the [`Density`](infodyn_core::Density) of a [`Mixture`](infodyn_core::Mixture)
//! at one noise level. [`gaussian`] gives every quantity of a single Gaussian, [`pair`] the
//! functions of one number `k` to which everything about two symmetric components reduces, [`sphere`]
//! the marginal of a uniform law on a sphere.

pub mod gaussian;
mod lanes;
mod marginal;
pub mod pair;
mod posterior;
pub mod sphere;

pub use marginal::Marginal;
