//! A paper's claims, each against its mutants.

use crate::case::Judges;
use crate::domain::Domain;
use crate::explain::Edit;
use crate::search::{Answer, Settings, Verdict, search_all};

/// A statement, and a hypothesis under which it is said.
pub type Said<'a> = (&'a str, Option<&'a str>);

/// What makes judges of statements.
pub trait Language {
    /// What decides statements together, each where its hypothesis holds.
    ///
    /// # Errors
    /// One line that says what is wrong with the first statement that is none, and where.
    fn judges(&self, said: &[Said<'_>]) -> Result<Box<dyn Judges>, String>;

    /// Small changes of a statement, most of which make it false.
    ///
    /// # Errors
    /// As [`Language::judges`].
    fn edits(&self, said: Said<'_>) -> Result<Vec<Edit>, String>;
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

impl Claim {
    /// The statement, then its mutants.
    fn said(&self) -> impl Iterator<Item = Said<'_>> {
        let texts = std::iter::once(&self.statement).chain(&self.mutants);
        texts.map(|text| (text.as_str(), self.hypothesis.as_deref()))
    }

    fn checked(&self, mut answers: impl Iterator<Item = Answer>) -> Option<Checked> {
        let answer = answers.next()?;
        let mutants: Vec<Answer> = answers.take(self.mutants.len()).collect();
        let falls = |answer: &Answer| matches!(answer.verdict, Verdict::Refuted(_));
        let as_claimed = match self.expected {
            Expected::Survives => answer.verdict == Verdict::Survived,
            Expected::Refuted => falls(&answer),
        };
        let as_expected = as_claimed && mutants.iter().all(falls);
        Some(Checked { answer, mutants, as_expected })
    }
}

/// Tries claims and their mutants, in their order. Claims of one domain are tried on the same cases, of which what they
/// have in common is found out once; `tell` hears of each claim that is done.
///
/// # Errors
/// One line that names the claims among which one is at fault.
pub fn check(
    claims: &[Claim],
    language: &dyn Language,
    settings: &Settings,
    mut tell: impl FnMut(&Claim, &Checked),
) -> Result<Vec<Checked>, String> {
    let mut done: Vec<Option<Checked>> = claims.iter().map(|_| None).collect();
    while let Some(first) = done.iter().position(Option::is_none) {
        let domain = &claims[first].domain;
        let group: Vec<usize> =
            (first..claims.len()).filter(|&i| done[i].is_none() && claims[i].domain == *domain).collect();
        let said: Vec<Said<'_>> = group.iter().flat_map(|&i| claims[i].said()).collect();
        let named = |error: String| {
            let names: Vec<&str> = group.iter().map(|&i| claims[i].id.as_str()).collect();
            format!("claim {}: {error}", names.join(", "))
        };
        let judges = language.judges(&said).map_err(named)?;
        let mut answers = search_all(domain, judges.as_ref(), settings).map_err(named)?.into_iter();
        for &i in &group {
            let Some(checked) = claims[i].checked(&mut answers) else { return Err(named("no answer".to_owned())) };
            tell(&claims[i], &checked);
            done[i] = Some(checked);
        }
    }
    Ok(done.into_iter().flatten().collect())
}

/// Changes of a claim that are refuted: what its file may list as mutants, in the order of the edits.
///
/// # Errors
/// One line that names the claim.
pub fn propose(claim: &Claim, language: &dyn Language, settings: &Settings) -> Result<Vec<String>, String> {
    let named = |error: String| format!("claim {}: {error}", claim.id);
    let edits = language.edits((&claim.statement, claim.hypothesis.as_deref())).map_err(named)?;
    let said: Vec<Said<'_>> = edits.iter().map(|edit| (edit.statement.as_str(), claim.hypothesis.as_deref())).collect();
    let judges = language.judges(&said).map_err(named)?;
    let answers = search_all(&claim.domain, judges.as_ref(), settings).map_err(named)?;
    let falls = |answer: &Answer| matches!(answer.verdict, Verdict::Refuted(_));
    let fallen = edits
        .into_iter()
        .zip(answers)
        .filter(|(edit, answer)| falls(answer) && !claim.mutants.contains(&edit.statement));
    Ok(fallen.map(|(edit, _)| edit.statement).collect())
}
