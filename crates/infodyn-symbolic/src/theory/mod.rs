//! The pointwise and algebraic core of the theory, as exact identities.
//!
//! Each claim has one function, named by its id, that builds its identities for general symbols: means,
//! weights, variances, `alpha`, `sigma`, `f` and `g` are symbols, the number of components and the dimension
//! are small. Everything is built from definitions (the density of a mixture, its exact derivatives, posterior
//! weights by Bayes' rule), and every identity carries a *false twin*, the same statement with one ingredient
//! broken, which must be refuted by a witness.
//!
//! Claims about expectations appear in their *local form*: an equality of densities up to a divergence, which
//! vanishes on integration. Weights need not be normalized: every statement is homogeneous in them unless it
//! says otherwise.

mod bifurcation;
mod entropy;
mod pathwise;
mod processes;
mod score;
mod setting;
mod thermodynamics;

pub use setting::{Gaussian, Mixture, Noise, divergence, dot, gradient, laplacian, norm2};

use crate::expr::Expr;

/// An identity `lhs = rhs` of a claim, with a false twin.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The id of the claim, as in the theory.
    pub claim: &'static str,
    /// What is stated, and for which number of components and dimension.
    pub case: String,
    /// The left side.
    pub lhs: Expr,
    /// The right side.
    pub rhs: Expr,
    /// The same statement with one ingredient broken.
    pub twin: Twin,
}

/// A false statement `lhs = rhs`.
#[derive(Clone, Debug)]
pub struct Twin {
    /// The ingredient that is broken.
    pub broken: &'static str,
    /// The left side.
    pub lhs: Expr,
    /// The right side.
    pub rhs: Expr,
}

impl Identity {
    /// The difference of the two sides: zero if the identity is true.
    #[must_use]
    pub fn difference(&self) -> Expr {
        &self.lhs - &self.rhs
    }
}

impl Twin {
    /// The difference of the two sides: not zero, if the twin is false as it should be.
    #[must_use]
    pub fn difference(&self) -> Expr {
        &self.lhs - &self.rhs
    }
}

/// An identity whose twin has another right side.
fn identity(
    claim: &'static str,
    case: impl Into<String>,
    lhs: impl Into<Expr>,
    rhs: impl Into<Expr>,
    (broken, wrong): (&'static str, Expr),
) -> Identity {
    let (lhs, rhs) = (lhs.into(), rhs.into());
    let twin = Twin { broken, lhs: lhs.clone(), rhs: wrong };
    Identity { claim, case: case.into(), lhs, rhs, twin }
}

/// A claim with the function that builds its identities.
pub type Builder = (&'static str, fn() -> Vec<Identity>);

/// All claims with symbolic evidence, in the order of the theory. Builders are independent of each other, so
/// they can run in parallel. The id `S0` stands for the relations among the noise processes.
#[must_use]
pub fn builders() -> Vec<Builder> {
    [
        processes::BUILDERS,
        score::BUILDERS,
        entropy::BUILDERS,
        bifurcation::BUILDERS,
        pathwise::BUILDERS,
        thermodynamics::BUILDERS,
    ]
    .concat()
}

/// All identities.
#[must_use]
pub fn identities() -> Vec<Identity> {
    builders().into_iter().flat_map(|(_, build)| build()).collect()
}
