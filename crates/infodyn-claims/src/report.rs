//! Running the registry.

use std::time::Instant;

use infodyn_core::{Comparison, Estimate, Relation, Verdict};
use rayon::prelude::*;

use crate::{Answer, Check, Claim, Context, Error, Kind, Mutation, Result, registry};

/// What one check came to.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// Its kind.
    pub kind: Kind,
    /// Its case.
    pub case: String,
    /// The comparison; `None` when a route gave no answer, the evidence was skipped, or it is exact.
    pub comparison: Option<Comparison>,
    /// Wall time, seconds.
    pub seconds: f64,
    /// The verdict.
    pub verdict: Verdict,
    /// Why there is no comparison, or where an identity fails.
    pub why: Option<String>,
    /// For which laws, where it is a proof.
    pub scope: Option<String>,
}

impl Evidence {
    /// Number of samples behind it, where it was sampled.
    #[must_use]
    pub fn samples(&self) -> Option<u64> {
        let c = self.comparison?;
        let of = |e: Estimate| e.sampling().map(|s| s.samples);
        of(c.difference).or(of(c.lhs)).or(of(c.rhs))
    }
}

/// What a claim came to.
#[derive(Debug, Clone)]
pub struct ClaimReport {
    /// Its id.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What is claimed, in plain text.
    pub statement: String,
    /// For what.
    pub scope: &'static str,
    /// The evidence.
    pub evidence: Vec<Evidence>,
    /// Refuted if any evidence refutes; holds if some holds and none is undecided.
    pub verdict: Verdict,
}

/// What a run came to.
#[derive(Debug, Clone)]
pub struct Report {
    /// Seed of the run.
    pub seed: u64,
    /// Effort of the run.
    pub effort: &'static str,
    /// The claims.
    pub claims: Vec<ClaimReport>,
    /// Refuted if any claim is, undecided if any is, else holds.
    pub verdict: Verdict,
}

/// One mutant of one check.
#[derive(Debug, Clone)]
pub struct MutantReport {
    /// Id of the claim.
    pub id: &'static str,
    /// Kind of the evidence that was asked.
    pub kind: Kind,
    /// Its case.
    pub case: String,
    /// What was broken.
    pub mutant: String,
    /// The comparison of the broken claim.
    pub comparison: Option<Comparison>,
    /// `refuted`, as it must be, or not.
    pub verdict: Verdict,
    /// Why there is no comparison, or where the broken identity fails.
    pub why: Option<String>,
}

/// What breaking every claim came to.
#[derive(Debug, Clone)]
pub struct Falsification {
    /// Every mutant.
    pub mutants: Vec<MutantReport>,
}

impl Falsification {
    /// Whether every mutant was refuted, and every claim has at least one.
    #[must_use]
    pub fn all_refuted(&self) -> bool {
        !self.mutants.is_empty() && self.mutants.iter().all(|t| t.verdict == Verdict::Refuted)
    }
}

fn together(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let mut sum = Verdict::Skipped;
    for v in verdicts {
        sum = match (sum, v) {
            (Verdict::Refuted, _) | (_, Verdict::Refuted) => Verdict::Refuted,
            (Verdict::Undecided, _) | (_, Verdict::Undecided) => Verdict::Undecided,
            (Verdict::Holds, _) | (_, Verdict::Holds) => Verdict::Holds,
            _ => Verdict::Skipped,
        };
    }
    if sum == Verdict::Skipped { Verdict::Undecided } else { sum }
}

/// The claims asked for (all when `ids` is empty) with their checks of the kinds asked for.
fn selected(context: &Context, ids: &[String], kinds: &[Kind]) -> Result<Vec<(Claim, Vec<Check>)>> {
    let known = registry();
    if let Some(id) = ids.iter().find(|id| known.iter().all(|c| c.id != id.as_str())) {
        let known = known.iter().map(|c| c.id).collect::<Vec<_>>().join(", ");
        return Err(Error::Unknown { id: id.clone(), known });
    }
    let mut chosen = Vec::new();
    for claim in known {
        if !ids.is_empty() && ids.iter().all(|id| id != claim.id) {
            continue;
        }
        let mut checks = claim.all_checks(context)?;
        checks.retain(|c| kinds.is_empty() || kinds.contains(&c.kind));
        if !checks.is_empty() {
            chosen.push((claim, checks));
        }
    }
    Ok(chosen)
}

/// Checks the claims asked for (all when `ids` is empty) by the kinds of evidence asked for (all
/// when `kinds` is empty). `progress` is called with the number of checks done and of all.
///
/// # Errors
/// When an id is unknown or a case is not valid; a route that gives no answer makes its evidence
/// undecided instead.
pub fn verify(
    context: &Context,
    ids: &[String],
    kinds: &[Kind],
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Report> {
    let chosen = selected(context, ids, kinds)?;
    let all: Vec<&Check> = chosen.iter().flat_map(|c| &c.1).collect();
    let count = Counter::new(all.len(), progress);
    let evidence: Vec<Evidence> = all
        .par_iter()
        .map(|check| {
            let start = Instant::now();
            let answer = check.answer(context, Mutation::None);
            count.step();
            let seconds = start.elapsed().as_secs_f64();
            let (comparison, verdict, why) = split(answer);
            let scope = check.scope().map(str::to_owned);
            Evidence { kind: check.kind, case: check.case.clone(), comparison, seconds, verdict, why, scope }
        })
        .collect();
    let mut evidence = evidence.into_iter();
    let claims: Vec<ClaimReport> = chosen
        .iter()
        .map(|(claim, checks)| {
            let evidence: Vec<Evidence> = evidence.by_ref().take(checks.len()).collect();
            ClaimReport {
                id: claim.id,
                name: claim.name,
                statement: claim.text(),
                scope: claim.scope,
                verdict: together(evidence.iter().map(|e| e.verdict)),
                evidence,
            }
        })
        .collect();
    let verdict = together(claims.iter().map(|c| c.verdict));
    Ok(Report { seed: context.seed, effort: context.effort.name(), claims, verdict })
}

/// Breaks the claims asked for: every check with each ingredient that it must notice, and every
/// equality scaled by `1 + 10 power`.
///
/// # Errors
/// As [`verify`]; a route that gives no answer leaves its mutant undecided, which is not refuted.
pub fn falsify(
    context: &Context,
    ids: &[String],
    kinds: &[Kind],
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Falsification> {
    let chosen = selected(context, ids, kinds)?;
    let mut runs: Vec<(&'static str, &Check, Option<Mutation>)> = Vec::new();
    for (claim, checks) in &chosen {
        for check in checks {
            // An exact identity and a proof have no scaled mutant: they have no error to scale by.
            if !matches!(check.kind, Kind::Symbolic | Kind::Proof) {
                runs.push((claim.id, check, None));
            }
            runs.extend(check.refutes.iter().map(|&t| (claim.id, check, Some(t))));
        }
    }
    let count = Counter::new(runs.len(), progress);
    let mutants = runs
        .par_iter()
        .filter_map(|&(id, check, mutation)| {
            let answer = check.answer(context, mutation.unwrap_or(Mutation::None));
            count.step();
            let (comparison, verdict, why) = split(answer);
            let (comparison, verdict, mutant) = match mutation {
                Some(mutation) => (comparison, verdict, mutation.to_string()),
                // An order has no scaled mutant: it claims no number.
                None if comparison.is_some_and(|c| c.relation == Relation::AtMost) => return None,
                None => {
                    let scaled = comparison.map(|c| c.scaled());
                    let verdict = scaled.map_or(Verdict::Undecided, |c| c.verdict());
                    (scaled, verdict, "scaled by 1 + 10 power".into())
                }
            };
            Some(MutantReport { id, kind: check.kind, case: check.case.clone(), mutant, comparison, verdict, why })
        })
        .collect();
    Ok(Falsification { mutants })
}

fn split(answer: Result<Answer>) -> (Option<Comparison>, Verdict, Option<String>) {
    match answer {
        Ok(answer) => (answer.comparison(), answer.verdict(), answer.why()),
        Err(error) => (None, Verdict::Undecided, Some(error.to_string())),
    }
}

/// Counts finished work and tells it.
struct Counter<'a> {
    done: std::sync::atomic::AtomicUsize,
    all: usize,
    tell: &'a (dyn Fn(usize, usize) + Sync),
}

impl<'a> Counter<'a> {
    fn new(all: usize, tell: &'a (dyn Fn(usize, usize) + Sync)) -> Self {
        Self { done: 0.into(), all, tell }
    }

    fn step(&self) {
        let done = 1 + self.done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        (self.tell)(done, self.all);
    }
}
