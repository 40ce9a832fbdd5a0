//! The three energies.

use std::fmt;

/// Which of the three energies of theory.md C3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Energy {
    /// `-log p_t(x)`: the zeros of the score.
    Marginal,
    /// `f |x|^2/2 - g^2 log p_t(x)`: the zeros of the drift of the reverse SDE.
    ReverseSde,
    /// `f |x|^2/2 - (g^2/2) log p_t(x)`: the zeros of the velocity of the probability flow.
    ProbabilityFlow,
}

impl Energy {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Marginal, Self::ReverseSde, Self::ProbabilityFlow];

    /// The name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Marginal => "marginal",
            Self::ReverseSde => "reverse-sde",
            Self::ProbabilityFlow => "probability-flow",
        }
    }

    /// What multiplies `f/g^2` in the equation `s(x) = (multiple f/g^2) x` of its fixed points.
    pub(crate) fn multiple(self) -> f64 {
        match self {
            Self::Marginal => 0.0,
            Self::ReverseSde => 1.0,
            Self::ProbabilityFlow => 2.0,
        }
    }
}

impl fmt::Display for Energy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
