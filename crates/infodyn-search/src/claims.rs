//! A paper's claims, each against its mutants.

use crate::case::Judge;
use crate::domain::Domain;
use crate::explain::Edit;
use crate::search::{Answer, Settings, Verdict, search};

/// What makes judges of statements.
pub trait Language {
    /// What decides a statement, where a hypothesis holds.
    ///
    /// # Errors
    /// One line that says what is wrong with the statement, and where.
    fn judge(&self, statement: &str, hypothesis: Option<&str>) -> Result<Box<dyn Judge>, String>;

    /// Small changes of a statement, most of which make it false.
    ///
    /// # Errors
    /// As [`Language::judge`].
    fn edits(&self, statement: &str, hypothesis: Option<&str>) -> Result<Vec<Edit>, String>;
}

/// What a file says of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// It survives.
    Survives,
    /// It is refuted.
    Refuted,
}

/// A claim of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Its name in the file.
    pub id: String,
    /// The statement.
    pub statement: String,
    /// Where it is tried.
    pub domain: Domain,
    /// A hypothesis, as a statement.
    pub hypothesis: Option<String>,
    /// Where it is from.
    pub source: String,
    /// What should come of it.
    pub expected: Expected,
    /// False variants, each of which must be refuted.
    pub mutants: Vec<String>,
}

/// What came of a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The answer.
    pub answer: Answer,
    /// Of each mutant, in the order of the file.
    pub mutants: Vec<Answer>,
    /// Whether the claim and its mutants came out as the file says.
    pub as_expected: bool,
}

/// Tries a claim and its mutants.
///
/// # Errors
/// One line that names the claim, and the mutant where one is at fault.
pub fn check(claim: &Claim, language: &dyn Language, settings: &Settings) -> Result<Checked, String> {
    let run = |statement: &str| {
        let judge = language.judge(statement, claim.hypothesis.as_deref())?;
        search(&claim.domain, judge.as_ref(), settings)
    };
    let answer = run(&claim.statement).map_err(|error| format!("claim {}: {error}", claim.id))?;
    let mut mutants = Vec::new();
    for (i, mutant) in claim.mutants.iter().enumerate() {
        mutants.push(run(mutant).map_err(|error| format!("claim {}, mutant {}: {error}", claim.id, i + 1))?);
    }
    let as_claimed = match claim.expected {
        Expected::Survives => answer.verdict == Verdict::Survived,
        Expected::Refuted => matches!(answer.verdict, Verdict::Refuted(_)),
    };
    let dead = mutants.iter().all(|m| matches!(m.verdict, Verdict::Refuted(_)));
    Ok(Checked { answer, mutants, as_expected: as_claimed && dead })
}

/// Changes of a claim that are refuted: what its file may list as mutants, in the order of the edits.
///
/// # Errors
/// As [`check`].
pub fn propose(claim: &Claim, language: &dyn Language, settings: &Settings) -> Result<Vec<String>, String> {
    let hypothesis = claim.hypothesis.as_deref();
    let edits = language.edits(&claim.statement, hypothesis).map_err(|error| format!("claim {}: {error}", claim.id))?;
    let mut proposed = Vec::new();
    for edit in edits {
        let answer = search(&claim.domain, edit.judge.as_ref(), settings)?;
        if let Verdict::Refuted(_) = answer.verdict {
            proposed.push(edit.statement);
        }
    }
    Ok(proposed)
}
