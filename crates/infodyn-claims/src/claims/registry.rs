//! Every claim, family by family.

use super::{
    a1, a2, a3, a4, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11,
    c12, c13, c14, c15, c16, c17, d1, d2, d3, d4, d5, d6, d7, d8, e1, e2, e3, e4, e5, g1, g2, g3, g5, g7, g8, g9, s1,
    s2, s3, s4, s5, s6, s7, s8, s9,
};
use crate::Claim;

/// What claims speak of: a section of `docs/theory.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Identities of the score.
    Score,
    /// Entropy production.
    Production,
    /// Fixed points, energies and bifurcations.
    Bifurcations,
    /// Pathwise conditional entropy.
    Paths,
    /// Thermodynamics.
    Thermodynamics,
    /// Samplers and schedules.
    Samplers,
    /// Guidance toward a label.
    Guidance,
}

impl Family {
    /// All families, in the order of the theory.
    pub const ALL: [Self; 7] = [
        Self::Score,
        Self::Production,
        Self::Bifurcations,
        Self::Paths,
        Self::Thermodynamics,
        Self::Samplers,
        Self::Guidance,
    ];

    /// The letter before the number in the ids of its claims.
    #[must_use]
    pub fn letter(self) -> &'static str {
        match self {
            Self::Score => "A",
            Self::Production => "B",
            Self::Bifurcations => "C",
            Self::Paths => "D",
            Self::Thermodynamics => "E",
            Self::Samplers => "S",
            Self::Guidance => "G",
        }
    }

    /// The name in tables and pages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Score => "Identities of the score",
            Self::Production => "Entropy production",
            Self::Bifurcations => "Fixed points, energies and bifurcations",
            Self::Paths => "Pathwise conditional entropy",
            Self::Thermodynamics => "Thermodynamics",
            Self::Samplers => "Samplers and schedules",
            Self::Guidance => "Guidance",
        }
    }

    /// The family of a claim of the registry.
    #[must_use]
    pub fn of(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.claims().iter().any(|claim| claim.id == id))
    }

    /// Its claims, in the order of the theory.
    #[must_use]
    pub fn claims(self) -> Vec<Claim> {
        match self {
            Self::Score => vec![a1::CLAIM, a2::CLAIM, a3::CLAIM, a4::CLAIM],
            Self::Production => vec![
                b1::CLAIM,
                b2::CLAIM,
                b3::CLAIM,
                b4::CLAIM,
                b5::CLAIM,
                b6::CLAIM,
                b7::CLAIM,
                b8::CLAIM,
                b9::CLAIM,
                b10::CLAIM,
                b11::CLAIM,
                b12::CLAIM,
            ],
            Self::Bifurcations => vec![
                c1::CLAIM,
                c2::CLAIM,
                c3::CLAIM,
                c4::CLAIM,
                c5::CLAIM,
                c6::CLAIM,
                c7::CLAIM,
                c8::CLAIM,
                c9::CLAIM,
                c10::CLAIM,
                c11::CLAIM,
                c12::CLAIM,
                c13::CLAIM,
                c14::CLAIM,
                c15::CLAIM,
                c16::CLAIM,
                c17::CLAIM,
            ],
            Self::Paths => vec![d1::CLAIM, d2::CLAIM, d3::CLAIM, d4::CLAIM, d5::CLAIM, d6::CLAIM, d7::CLAIM, d8::CLAIM],
            Self::Thermodynamics => vec![e1::CLAIM, e2::CLAIM, e3::CLAIM, e4::CLAIM, e5::CLAIM],
            Self::Samplers => {
                vec![s1::CLAIM, s2::CLAIM, s3::CLAIM, s4::CLAIM, s5::CLAIM, s6::CLAIM, s7::CLAIM, s8::CLAIM, s9::CLAIM]
            }
            Self::Guidance => vec![g1::CLAIM, g2::CLAIM, g3::CLAIM, g5::CLAIM, g7::CLAIM, g8::CLAIM, g9::CLAIM],
        }
    }
}

/// Every claim, in the order of the theory.
#[must_use]
pub fn registry() -> Vec<Claim> {
    Family::ALL.into_iter().flat_map(Family::claims).collect()
}
