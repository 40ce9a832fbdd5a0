//! Which laws, processes and levels a statement is tried on.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use infodyn_core::{Mixture, NoiseProcess};

use crate::draft::{Components, Draft, Form};

/// A family of laws.
#[derive(Debug, Clone, PartialEq)]
pub enum Family {
    /// One Gaussian.
    Gaussian,
    /// Mixtures of Gaussians of any weights, means and covariances, some of them without full rank.
    Mixture,
    /// Atoms.
    Atoms,
    /// Mixtures that `x -> -x` leaves as they are.
    Symmetric,
    /// Mixtures of equal weights.
    EqualWeights,
    /// Mixtures whose covariances are multiples of the identity.
    Isotropic,
    /// One law, as it is.
    Given {
        /// Its name in reports: `file:F` or `dataset:F`.
        name: String,
        /// The law.
        law: Mixture,
    },
}

impl Family {
    /// Those that are random, in the order of the reports.
    pub const RANDOM: [Self; 6] =
        [Self::Gaussian, Self::Mixture, Self::Atoms, Self::Symmetric, Self::EqualWeights, Self::Isotropic];

    /// The name that the user writes.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Gaussian => "gaussian",
            Self::Mixture => "mixture",
            Self::Atoms => "atoms",
            Self::Symmetric => "symmetric",
            Self::EqualWeights => "equal-weights",
            Self::Isotropic => "isotropic",
            Self::Given { name, .. } => name,
        }
    }

    /// The corners that laws of the family have.
    #[must_use]
    pub fn corners(&self) -> &'static [Corner] {
        use Corner::*;
        match self {
            Self::Gaussian => &[Plain, Needle, RankDeficient, LowNoise, HighNoise],
            Self::Mixture | Self::Isotropic => &Corner::ALL,
            Self::Atoms => {
                &[Plain, Far, NearCoincident, TinyWeight, Symmetric, NearlySymmetric, TwoScales, LowNoise, HighNoise]
            }
            Self::Symmetric => {
                &[Symmetric, Needle, Far, NearCoincident, RankDeficient, EqualCovariances, LowNoise, HighNoise]
            }
            Self::EqualWeights => &[
                Plain,
                Needle,
                Far,
                NearCoincident,
                RankDeficient,
                Symmetric,
                NearlySymmetric,
                TwoScales,
                EqualCovariances,
                LowNoise,
                HighNoise,
            ],
            Self::Given { .. } => &[Plain, LowNoise, HighNoise],
        }
    }

    pub(crate) fn contains(&self, c: &Components) -> bool {
        match self {
            Self::Gaussian => c.len() == 1,
            Self::Mixture => c.len() > 1,
            Self::Atoms => c.len() > 1 && c.atoms(),
            Self::Symmetric => c.len() > 1 && c.mirror().is_some(),
            Self::EqualWeights => c.len() > 1 && c.equal_weights(),
            Self::Isotropic => c.len() > 1 && c.isotropic(),
            Self::Given { .. } => false,
        }
    }

    /// Makes a law of the family of any.
    pub(crate) fn impose(&self, c: &mut Components) {
        match self {
            Self::Gaussian => c.truncate(1),
            Self::Atoms => c.make_atoms(),
            Self::Symmetric => c.symmetrise(),
            Self::EqualWeights => c.tie_weights(),
            Self::Isotropic => c.make_isotropic(),
            Self::Mixture | Self::Given { .. } => {}
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Where statements die: what a random law has been given on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Corner {
    /// Nothing.
    Plain,
    /// A component thinner than the others by `10^-1.5` to `10^-4`, in one direction where there are several.
    Needle,
    /// A component 30 to 1000 scales away.
    Far,
    /// Two components that differ by `1e-6` to `1e-2` of a scale.
    NearCoincident,
    /// A weight of `1e-9` to `1e-5`.
    TinyWeight,
    /// A covariance without full rank.
    RankDeficient,
    /// Symmetry about the origin.
    Symmetric,
    /// Symmetry but for `1e-6` to `1e-2` of a weight and of a mean.
    NearlySymmetric,
    /// Components in two groups, one of them 10 to 1000 times smaller.
    TwoScales,
    /// The same covariance for every component.
    EqualCovariances,
    /// Noise of `10^-3` to `10^-1.3` scales.
    LowNoise,
    /// Noise of 20 to `10^3` scales.
    HighNoise,
}

impl Corner {
    /// All of them, in the order of the reports.
    pub const ALL: [Self; 12] = [
        Self::Plain,
        Self::Needle,
        Self::Far,
        Self::NearCoincident,
        Self::TinyWeight,
        Self::RankDeficient,
        Self::Symmetric,
        Self::NearlySymmetric,
        Self::TwoScales,
        Self::EqualCovariances,
        Self::LowNoise,
        Self::HighNoise,
    ];

    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Needle => "needle",
            Self::Far => "far",
            Self::NearCoincident => "near-coincident",
            Self::TinyWeight => "tiny weight",
            Self::RankDeficient => "rank-deficient",
            Self::Symmetric => "symmetric",
            Self::NearlySymmetric => "nearly symmetric",
            Self::TwoScales => "two scales",
            Self::EqualCovariances => "equal covariances",
            Self::LowNoise => "low noise",
            Self::HighNoise => "high noise",
        }
    }
}

impl fmt::Display for Corner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A condition that may rescue a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hypothesis {
    /// All weights are equal.
    EqualWeights,
    /// All covariances are equal.
    EqualCovariances,
    /// Every covariance is a multiple of the identity.
    Isotropic,
    /// `x -> -x` leaves the law as it is.
    Symmetric,
    /// `D = 1`.
    OneDimension,
    /// `K = 2`.
    TwoComponents,
    /// The signal-to-noise ratio times the variance of a coordinate is at least 100.
    LowNoise,
    /// It is at most 1/100.
    HighNoise,
    /// Every covariance is 0.
    Atoms,
    /// `K = 1`.
    Gaussian,
}

/// `snr Var X_0` from which on noise is low; its inverse is where it begins to be high.
const LOW_NOISE: f64 = 100.0;

impl Hypothesis {
    /// All of them, in the order in which they are tried.
    pub const ALL: [Self; 10] = [
        Self::EqualWeights,
        Self::EqualCovariances,
        Self::Isotropic,
        Self::Symmetric,
        Self::OneDimension,
        Self::TwoComponents,
        Self::LowNoise,
        Self::HighNoise,
        Self::Atoms,
        Self::Gaussian,
    ];

    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EqualWeights => "equal weights",
            Self::EqualCovariances => "equal covariances",
            Self::Isotropic => "isotropic",
            Self::Symmetric => "symmetric",
            Self::OneDimension => "D = 1",
            Self::TwoComponents => "K = 2",
            Self::LowNoise => "low noise",
            Self::HighNoise => "high noise",
            Self::Atoms => "atoms",
            Self::Gaussian => "gaussian",
        }
    }

    /// Its name in flags and files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::EqualWeights => "equal-weights",
            Self::EqualCovariances => "equal-covariances",
            Self::OneDimension => "one-dimension",
            Self::TwoComponents => "two-components",
            Self::LowNoise => "low-noise",
            Self::HighNoise => "high-noise",
            one => one.name(),
        }
    }

    /// Whether one hypothesis is a case of another.
    #[must_use]
    pub fn implies(self, other: Self) -> bool {
        use Hypothesis::*;
        self == other
            || match self {
                Atoms => matches!(other, EqualCovariances | Isotropic),
                Gaussian => matches!(other, EqualWeights | EqualCovariances),
                OneDimension => other == Isotropic,
                _ => false,
            }
    }

    pub(crate) fn holds(self, draft: &Draft) -> bool {
        let Some(c) = draft.components() else { return false };
        let strength = || draft.log_snr.exp() * c.variances().0;
        match self {
            Self::EqualWeights => c.equal_weights(),
            Self::EqualCovariances => c.equal_covariances(),
            Self::Isotropic => c.isotropic(),
            Self::Symmetric => c.mirror().is_some(),
            Self::OneDimension => c.dim() == 1,
            Self::TwoComponents => c.len() == 2,
            Self::LowNoise => strength() >= LOW_NOISE,
            Self::HighNoise => strength() <= 1.0 / LOW_NOISE,
            Self::Atoms => c.atoms(),
            Self::Gaussian => c.len() == 1,
        }
    }

    fn impose(self, draft: &mut Draft) {
        let at = draft.log_snr;
        let Some(c) = draft.components_mut() else { return };
        match self {
            Self::EqualWeights => c.tie_weights(),
            Self::EqualCovariances => c.tie_covariances(),
            Self::Isotropic => c.make_isotropic(),
            Self::Symmetric => c.symmetrise(),
            Self::OneDimension => {
                while c.dim() > 1 {
                    c.remove_coordinate(c.dim() - 1);
                }
            }
            Self::TwoComponents => c.truncate(2),
            Self::Atoms => c.make_atoms(),
            Self::Gaussian => c.truncate(1),
            Self::LowNoise | Self::HighNoise => {
                let at = at + c.variances().0.max(f64::MIN_POSITIVE).ln();
                let beyond = if self == Self::LowNoise { 1.0 } else { -1.0 };
                let distance = beyond * at - LOW_NOISE.ln();
                // What was on the wrong side is mirrored to the right one.
                draft.log_snr += if distance < 0.0 { -2.0 * beyond * distance + beyond * 1e-6 } else { 0.0 };
            }
        }
    }
}

impl fmt::Display for Hypothesis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Where a statement is tried: never empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Domain {
    families: Vec<Family>,
    processes: Vec<NoiseProcess>,
    dim: RangeInclusive<usize>,
    components: RangeInclusive<usize>,
    hypotheses: Vec<Hypothesis>,
}

/// A domain that has no case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DomainError {
    /// No family of laws.
    #[error("laws: none, expected at least one family")]
    NoFamily,
    /// No process.
    #[error("process: none, expected at least one")]
    NoProcess,
    /// Dimensions that are none, or more than are tried.
    #[error("dimensions {low}..{high}, expected a range within 1..{MOST_DIMENSIONS}")]
    Dimensions {
        /// The lowest that was asked for.
        low: usize,
        /// The highest.
        high: usize,
    },
    /// Numbers of components that are none, or more than are tried.
    #[error("components {low}..{high}, expected a range within 1..{MOST_COMPONENTS}")]
    Components {
        /// The lowest that was asked for.
        low: usize,
        /// The highest.
        high: usize,
    },
    /// A family whose laws have at least two components, and none of that size.
    #[error("laws {family} have at least two components, found components 1..1, expected laws gaussian")]
    OneComponent {
        /// The family.
        family: String,
    },
    /// A name that is no family.
    #[error("laws {found:?}, expected one of gaussian, mixture, atoms, symmetric, equal-weights, isotropic, all")]
    NoSuchFamily {
        /// What stood there.
        found: String,
    },
}

/// Integration serves up to three dimensions.
const MOST_DIMENSIONS: usize = 3;
/// A counterexample of more is no use to a reader.
const MOST_COMPONENTS: usize = 12;

impl FromStr for Family {
    type Err = DomainError;

    /// Reads the name of a random family.
    fn from_str(text: &str) -> Result<Self, DomainError> {
        let found = Self::RANDOM.into_iter().find(|f| f.name() == text);
        found.ok_or_else(|| DomainError::NoSuchFamily { found: text.to_owned() })
    }
}

impl Domain {
    /// The laws of the families with so many dimensions and components, under the processes.
    ///
    /// A Gaussian has one component and a given law what it has, whatever is asked for.
    ///
    /// # Errors
    /// When no case is left.
    pub fn new(
        families: Vec<Family>,
        processes: Vec<NoiseProcess>,
        dim: RangeInclusive<usize>,
        components: RangeInclusive<usize>,
    ) -> Result<Self, DomainError> {
        if families.is_empty() {
            return Err(DomainError::NoFamily);
        }
        if processes.is_empty() {
            return Err(DomainError::NoProcess);
        }
        let (low, high) = (*dim.start(), *dim.end());
        if low == 0 || low > high || high > MOST_DIMENSIONS {
            return Err(DomainError::Dimensions { low, high });
        }
        let (low, high) = (*components.start(), *components.end());
        if low == 0 || low > high || high > MOST_COMPONENTS {
            return Err(DomainError::Components { low, high });
        }
        let several = families.iter().find(|f| !matches!(f, Family::Gaussian | Family::Given { .. }));
        if let Some(family) = several.filter(|_| high == 1) {
            return Err(DomainError::OneComponent { family: family.to_string() });
        }
        Ok(Self { families, processes, dim, components: low.max(2).min(high)..=high, hypotheses: Vec::new() })
    }

    /// The same, of laws and levels that satisfy a hypothesis too.
    #[must_use]
    pub fn with(&self, hypothesis: Hypothesis) -> Self {
        let mut domain = self.clone();
        domain.hypotheses.push(hypothesis);
        domain
    }

    /// The families.
    #[must_use]
    pub fn families(&self) -> &[Family] {
        &self.families
    }

    /// The processes.
    #[must_use]
    pub fn processes(&self) -> &[NoiseProcess] {
        &self.processes
    }

    /// The dimensions.
    #[must_use]
    pub fn dim(&self) -> RangeInclusive<usize> {
        self.dim.clone()
    }

    /// The numbers of components of laws that have several.
    #[must_use]
    pub fn components(&self) -> RangeInclusive<usize> {
        self.components.clone()
    }

    /// The hypotheses that cases satisfy.
    #[must_use]
    pub fn hypotheses(&self) -> &[Hypothesis] {
        &self.hypotheses
    }

    pub(crate) fn contains(&self, draft: &Draft) -> bool {
        let Form::Free(c) = &draft.form else { return self.hypotheses.is_empty() };
        let one = self.hypotheses.contains(&Hypothesis::Gaussian);
        self.families.iter().any(|f| f.contains(c) || (one && c.len() == 1))
            && (c.len() == 1 || self.components.contains(&c.len()))
            && (self.dim.contains(&c.dim()) || (c.dim() == 1 && self.hypotheses.contains(&Hypothesis::OneDimension)))
            && self.hypotheses.iter().all(|h| h.holds(draft))
    }

    /// Makes a draft satisfy the hypotheses, as far as it can.
    pub(crate) fn impose(&self, draft: &mut Draft) {
        // What leaves something out comes first, since a symmetric law may lose its symmetry by it; levels come last.
        let mut hypotheses = self.hypotheses.clone();
        hypotheses.sort_by_key(|h| match h {
            Hypothesis::OneDimension | Hypothesis::TwoComponents | Hypothesis::Gaussian => 0,
            Hypothesis::LowNoise | Hypothesis::HighNoise => 2,
            _ => 1,
        });
        for h in hypotheses {
            h.impose(draft);
        }
    }
}
