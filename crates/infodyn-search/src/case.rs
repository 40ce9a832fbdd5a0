//! What a statement is tried on, and what came of it.

use infodyn_core::{Mixture, NoiseProcess};

/// What a statement is tried on.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The law of the data.
    pub law: Mixture,
    /// The noise process.
    pub process: NoiseProcess,
    /// Logarithm of the signal-to-noise ratio, within the range of the process. Statements about a whole process
    /// ignore it.
    pub log_snr: f64,
}

impl Case {
    /// The signal-to-noise ratio in fifteen digits: what a reader types to have the case again.
    #[must_use]
    pub fn snr(&self) -> f64 {
        let snr = self.log_snr.exp();
        format!("{snr:.14e}").parse().unwrap_or(snr)
    }
}

/// How much work a verdict is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// One of thousands of cases.
    Quick,
    /// A counterexample that is about to be reported.
    Careful,
}

/// What came of a statement on a case.
///
/// `excess` is a residual over its error: how surely the sides differ the wrong way. An equality has
/// `|a - b|/(r_a + r_b)`, an order `a <= b` has `(a - b)/(r_a + r_b)`, negative where it surely holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A hypothesis of the statement does not hold here.
    Outside,
    /// The statement holds as far as the errors tell.
    Holds {
        /// At most 1.
        excess: f64,
        /// The smallest relative error of a side that would have been caught: `(r_a + r_b)/max(|a|, |b|)`.
        power: f64,
    },
    /// Too little is known to decide.
    Undecided {
        /// As far as it is known.
        excess: f64,
        /// Why, in a few words that are the same for every case of the kind.
        why: String,
    },
    /// The statement is false here.
    Refuted {
        /// Above 1.
        excess: f64,
    },
}

/// What decides a statement on a case.
pub trait Judge: Sync {
    /// The outcome on a case: the same for the same case and effort.
    ///
    /// # Errors
    /// A message when the statement makes no sense for the case; nothing is reported then but the message.
    fn judge(&self, case: &Case, effort: Effort) -> Result<Outcome, String>;

    /// Whether the outcome depends on [`Case::log_snr`].
    fn at_level(&self) -> bool;
}

/// Judges of several statements, who may share what they find out of a case.
pub trait Judges: Sync {
    /// How many statements.
    fn count(&self) -> usize;

    /// What decides one of them by itself, from 0.
    fn one(&self, i: usize) -> &dyn Judge;

    /// The outcomes of some of the statements at a quick look, in their order: the same for the same case and the same
    /// statements.
    ///
    /// # Errors
    /// As [`Judge::judge`], of the first that has one.
    fn look(&self, case: &Case, which: &[usize]) -> Result<Vec<Outcome>, String> {
        which.iter().map(|&i| self.one(i).judge(case, Effort::Quick)).collect()
    }
}
