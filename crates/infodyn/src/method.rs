//! The methods, and which laws each serves.

use std::fmt;

use infodyn_core::{Law, Mixture};
use infodyn_quadrature::MAX_DIM;

/// How a quantity is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// For each quantity the sharpest of the others that serves, enclosures aside.
    Auto,
    /// Formulas: one Gaussian of any covariance.
    ClosedForm,
    /// Deterministic integration: at most three dimensions, or as few after the exact reduction.
    Quadrature,
    /// Interval arithmetic: laws on the line, and pairs of equal isotropic covariance.
    Enclosure,
    /// Simulation: any law.
    MonteCarlo,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Auto, Self::ClosedForm, Self::Quadrature, Self::Enclosure, Self::MonteCarlo];

    /// The name on the command line and in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::ClosedForm => "closed-form",
            Self::Quadrature => "quadrature",
            Self::Enclosure => "enclosure",
            Self::MonteCarlo => "monte-carlo",
        }
    }

    /// Whether it can compute anything of the law.
    #[must_use]
    pub fn serves(self, law: &dyn Law) -> bool {
        match self {
            Self::Auto | Self::MonteCarlo => true,
            Self::ClosedForm => law.mixture().is_some_and(|law| law.components() == 1),
            Self::Quadrature => law.is_rotation_invariant() || core_dim(law) <= MAX_DIM,
            Self::Enclosure => law.mixture().is_some_and(infodyn_enclosure::serves),
        }
    }
}

/// The dimension that is left of a law after the exact reduction.
pub(crate) fn core_dim(law: &dyn Law) -> usize {
    law.reduced().map_or(law.dim(), |factors| factors.core.dim())
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Whether quadrature is the better choice: its work grows as the square of the components times
/// the nodes, simulation's only as the components.
pub(crate) fn affordable(law: &dyn Law) -> bool {
    let components = law.mixture().map_or(1, Mixture::components);
    components <= [512, 32, 8][core_dim(law).clamp(1, 3) - 1]
}
