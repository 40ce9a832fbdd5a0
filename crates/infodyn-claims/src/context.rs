//! What the checks of a run share.

use std::str::FromStr;
use std::sync::Arc;

use infodyn_core::Mixture;
use infodyn_monte_carlo::{Draw, NoiseLaw, Settings};
use sha2::{Digest, Sha256};

/// How much work a run may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Effort {
    /// The smallest samples that the intervals allow: for the test that counts false alarms, not offered as a flag.
    Smallest,
    /// Half the samples of the standard.
    Quick,
    /// What CI runs.
    #[default]
    Standard,
    /// Minutes: tighter intervals, and limits from one more size. What neither is sampled nor a limit is at every
    /// effort as sharp as double precision allows.
    Full,
}

impl Effort {
    /// The name in files and flags.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Smallest => "smallest",
            Self::Quick => "quick",
            Self::Standard => "standard",
            Self::Full => "full",
        }
    }
}

impl FromStr for Effort {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        [Self::Quick, Self::Standard, Self::Full]
            .into_iter()
            .find(|e| e.name() == text)
            .ok_or_else(|| "expected quick, standard or full".into())
    }
}

/// What all checks of a run share, and the random stream of the one that runs.
#[derive(Debug, Clone)]
pub struct Context {
    /// Seed of all random numbers.
    pub seed: u64,
    /// How much work.
    pub effort: Effort,
    /// A labelled data set, for the checks that speak of real data.
    pub digits: Option<Arc<Mixture>>,
    /// The machine proofs that there are.
    pub proofs: Arc<[Proof]>,
    stream: u32,
}

/// A machine proof of a claim, or of a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Id of the claim.
    pub claim: String,
    /// For which laws: one of the closed list in `proofs/README.md`.
    pub scope: String,
    /// The file below `proofs/theories`.
    pub file: String,
    /// Its headline theorems.
    pub theorems: Vec<String>,
    /// Why it does not count here, such as that no checker has seen it as it is.
    pub unchecked: Option<String>,
}

impl Context {
    /// Level of every Monte Carlo interval of the registry: one false alarm in `10^9` intervals, so
    /// that a run of fewer than a thousand stays below one in a million (union bound).
    pub const CONFIDENCE: f64 = 1.0 - 1e-9;

    /// A run without data set and without proofs.
    #[must_use]
    pub fn new(seed: u64, effort: Effort) -> Self {
        Self { seed, effort, digits: None, proofs: Arc::new([]), stream: 0 }
    }

    /// The same with a data set.
    #[must_use]
    pub fn with_digits(self, law: Mixture) -> Self {
        Self { digits: Some(Arc::new(law)), ..self }
    }

    /// The same with machine proofs.
    #[must_use]
    pub fn with_proofs(self, proofs: Vec<Proof>) -> Self {
        Self { proofs: proofs.into(), ..self }
    }

    /// Samples of a Monte Carlo check whose points cost `cost` times those of a few components in
    /// a few dimensions.
    #[must_use]
    pub fn samples(&self, cost: u64) -> u64 {
        let base: u64 = match self.effort {
            Effort::Smallest => 0,
            Effort::Quick => 1 << 18,
            Effort::Standard => 1 << 19,
            // Eight times the work of the simulations: radii fall by 2.8, and a run stays within minutes.
            Effort::Full => 1 << 22,
        };
        (base / cost).max(1 << 13)
    }

    /// Sizes from which a limit is extrapolated, where `usual` do: one more at full effort, which cannot widen its
    /// radius.
    #[must_use]
    pub fn sizes(&self, usual: i32) -> i32 {
        usual + i32::from(self.effort == Effort::Full)
    }

    /// The random stream of this context.
    #[must_use]
    pub fn stream(&self) -> u32 {
        self.stream
    }

    /// The same run with the random stream of its part that has these words: a check has claim, kind and case, a table
    /// its name.
    ///
    /// # Formula
    /// The first 31 bits of SHA-256 over this context's stream and the words.
    #[must_use]
    pub fn for_part(&self, words: &[&str]) -> Self {
        let mut hash = Sha256::new_with_prefix(self.stream.to_be_bytes());
        for word in words {
            hash.update((word.len() as u64).to_be_bytes());
            hash.update(word);
        }
        let first = hash.finalize().iter().take(4).fold(0_u32, |n, &byte| (n << 8) | u32::from(byte));
        Self { stream: first >> 1, ..self.clone() }
    }

    /// The same run with the `i`-th further stream of this context, for a check that simulates more than once.
    #[must_use]
    pub fn substream(&self, i: usize) -> Self {
        self.for_part(&[&i.to_string()])
    }

    /// Settings of a simulation on the random stream of this context; a mutant has that of its check.
    #[must_use]
    pub fn settings(&self, cost: u64) -> Settings {
        Settings {
            seed: self.seed,
            stream: self.stream,
            samples: self.samples(cost),
            confidence: Self::CONFIDENCE,
            noise: NoiseLaw::Gaussian,
            draw: Draw::Independent,
        }
    }

    /// The same of draws that lie evenly ([`Draw::Even`]): `cost` has the number of times in it that fewer do.
    #[must_use]
    pub fn even(&self, cost: u64) -> Settings {
        Settings { draw: Draw::Even, ..self.settings(cost) }
    }
}
