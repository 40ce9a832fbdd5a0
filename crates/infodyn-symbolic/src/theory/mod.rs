//! What the theory is made of, in symbols: noise processes, Gaussian data, mixtures, and identities about them.
//!
//! Everything is built from definitions: the density of a mixture, its exact derivatives, posterior weights by Bayes'
//! rule. The means, weights, variances, `alpha`, `sigma`, `f` and `g` are symbols; the number of components and the
//! dimension are small numbers. Weights need not be normalized: every statement is homogeneous in them unless it says
//! otherwise.
//!
//! An [`Identity`] is an [`Equation`] at definitions of the quantities that it names. Claims about expectations appear
//! in their *local form*: an equality of densities up to a divergence, which vanishes on integration. Every identity
//! carries a *false mutant*, the same statement with one ingredient broken, which must be refuted by a witness.

mod setting;

pub use crate::notation::quantity;
pub use setting::{Gaussian, Mixture, Noise, divergence, dot, gradient, laplacian, minus, norm2, normal, scale};

use crate::decide::{Verdict, decide};
use crate::expr::{Expr, Symbol};
use crate::print::MathmlError;

/// Two sides that are said to be equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equation {
    /// The left side.
    pub lhs: Expr,
    /// The right side.
    pub rhs: Expr,
}

impl Equation {
    /// `lhs = rhs`.
    pub fn new(lhs: impl Into<Expr>, rhs: impl Into<Expr>) -> Self {
        Equation { lhs: lhs.into(), rhs: rhs.into() }
    }

    /// The same equation with each listed quantity replaced by its definition.
    #[must_use]
    pub fn at(&self, definitions: &[(&Symbol, Expr)]) -> Self {
        Equation { lhs: self.lhs.substitute(definitions), rhs: self.rhs.substitute(definitions) }
    }

    /// Whether it is true: whether the difference of its sides is zero.
    #[must_use]
    pub fn decide(&self) -> Verdict {
        decide(&(&self.lhs - &self.rhs))
    }

    /// LaTeX, for math mode.
    #[must_use]
    pub fn to_latex(&self) -> String {
        format!("{} = {}", self.lhs.to_latex(), self.rhs.to_latex())
    }

    /// A MathML element, made from [`Equation::to_latex`].
    ///
    /// # Errors
    /// As [`Expr::to_mathml`].
    pub fn to_mathml(&self) -> Result<String, MathmlError> {
        crate::print::mathml(&self.to_latex())
    }

    /// A proposition of Coq about reals.
    #[must_use]
    pub fn to_coq(&self) -> String {
        format!("{} = {}", self.lhs.to_coq(), self.rhs.to_coq())
    }
}

impl std::fmt::Display for Equation {
    /// Plain text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} = {}", self.lhs, self.rhs)
    }
}

/// An equation of a claim at a case, with a mutant.
#[derive(Clone, Debug)]
pub struct Identity {
    /// What is stated, and for which number of components and dimension.
    pub case: String,
    /// The equation as it is written, in named quantities.
    pub written: Equation,
    /// The equation that is decided, in the symbols of the case.
    pub equation: Equation,
    /// The same statement with one ingredient broken.
    pub mutant: Mutant,
}

/// A false equation.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// The ingredient that is broken.
    pub broken: &'static str,
    /// The equation.
    pub equation: Equation,
}

impl Identity {
    /// The equation `written` where its quantities are `defined` so; its mutant has the right side `wrong`.
    pub fn of(
        case: impl Into<String>,
        written: &Equation,
        defined: &[(&Symbol, Expr)],
        (broken, wrong): (&'static str, impl Into<Expr>),
    ) -> Self {
        let wrong = Equation { lhs: written.lhs.clone(), rhs: wrong.into() };
        let mutant = Mutant { broken, equation: wrong.at(defined) };
        Identity { case: case.into(), written: written.clone(), equation: written.at(defined), mutant }
    }

    /// The same; the mutant is the same equation with other definitions of some quantities.
    pub fn redefined(
        case: impl Into<String>,
        written: &Equation,
        defined: &[(&Symbol, Expr)],
        (broken, wrong): (&'static str, &[(&Symbol, Expr)]),
    ) -> Self {
        // The first definition of a symbol counts.
        let wrong = [wrong, defined].concat();
        let mutant = Mutant { broken, equation: written.at(&wrong) };
        Identity { case: case.into(), written: written.clone(), equation: written.at(defined), mutant }
    }
}

/// An identity that is written as it is decided, whose mutant has another right side.
pub fn identity(
    case: impl Into<String>,
    lhs: impl Into<Expr>,
    rhs: impl Into<Expr>,
    (broken, wrong): (&'static str, Expr),
) -> Identity {
    Identity::of(case, &Equation::new(lhs, rhs), &[], (broken, wrong))
}

/// An identity `lhs = 0` whose mutant is `wrong = 0`.
pub fn vanishing(case: impl Into<String>, lhs: impl Into<Expr>, (broken, wrong): (&'static str, Expr)) -> Identity {
    let equation = Equation::new(lhs, 0);
    let mutant = Mutant { broken, equation: Equation::new(wrong, 0) };
    Identity { case: case.into(), written: equation.clone(), equation, mutant }
}
