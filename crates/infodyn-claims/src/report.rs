//! Running the registry.

use std::time::Instant;

use infodyn_core::share::{self, Piece};
use infodyn_core::{Comparison, Estimate, Relation, Verdict};
use rayon::prelude::*;

use crate::{Answer, Calibration, Check, Claim, Context, Error, Ingredient, Kind, Mutant, Result, alike, registry};

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
        of(c.difference()).or(of(c.lhs())).or(of(c.rhs()))
    }

    /// The smallest error that an equality of two numbers is sure to catch, where it holds.
    #[must_use]
    pub fn power(&self) -> Option<f64> {
        let c = self.comparison.filter(|c| c.relation() == Relation::Equal)?;
        (self.verdict == Verdict::Holds).then(|| c.power())
    }

    /// The verdict, and of a sampled equality that holds to what: `holds to 14 %`.
    #[must_use]
    pub fn says(&self) -> String {
        match self.power() {
            Some(power) if self.kind == Kind::MonteCarlo => to(power),
            _ => self.verdict.name().to_owned(),
        }
    }
}

fn to(power: f64) -> String {
    format!("holds to {:.2} %", 100.0 * power)
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
    /// The ingredients that its mutants break.
    pub ingredients: Vec<Ingredient>,
    /// What its cases have in common, and why it is undecided although its evidence holds.
    pub notes: Vec<String>,
    /// Refuted if any evidence refutes; holds if some holds, none is undecided, and the claim has two kinds of evidence
    /// at hand.
    pub verdict: Verdict,
}

impl ClaimReport {
    /// An error of the claim above which its verdict says to what it holds.
    const SHARP: f64 = 0.01;

    /// The smallest error that one of its equalities of numbers is sure to catch.
    #[must_use]
    pub fn power(&self) -> Option<f64> {
        self.evidence.iter().filter_map(Evidence::power).min_by(f64::total_cmp)
    }

    /// The least room that one of its inequalities leaves.
    #[must_use]
    pub fn slack(&self) -> Option<f64> {
        let slack = self.evidence.iter().filter_map(|e| e.comparison?.slack());
        slack.min_by(f64::total_cmp)
    }

    /// The verdict; `holds to 14 %` where no equality of numbers would catch an error of 1 %, or all were sampled.
    #[must_use]
    pub fn says(&self) -> String {
        let sampled = self.evidence.iter().filter(|e| e.power().is_some()).all(|e| e.kind == Kind::MonteCarlo);
        match self.power() {
            Some(power) if self.verdict == Verdict::Holds && (sampled || power > Self::SHARP) => to(power),
            _ => self.verdict.name().to_owned(),
        }
    }
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
    /// The residuals of each kind of numerical evidence, pooled.
    pub calibrations: Vec<Calibration>,
    /// Refuted if any claim or calibration is, undecided if any is, else holds.
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
    pub ingredient: Ingredient,
    /// How.
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
    /// The claims whose inequalities have no mutant that is barely false: off by less than a tenth of the right side.
    #[must_use]
    pub fn coarse(&self) -> Vec<&'static str> {
        let mut least: Vec<(&'static str, f64)> = Vec::new();
        for m in self.mutants.iter().filter(|m| m.verdict == Verdict::Refuted) {
            let Some(c) = m.comparison.filter(|c| c.relation() == Relation::AtMost) else { continue };
            let scale = if c.rhs().value() == 0.0 { 1.0 } else { c.rhs().value().abs() };
            let violation = c.residual() / scale;
            match least.iter_mut().find(|l| l.0 == m.id) {
                Some(l) => l.1 = l.1.min(violation),
                None => least.push((m.id, violation)),
            }
        }
        least.into_iter().filter(|l| l.1 > 0.1).map(|l| l.0).collect()
    }

    /// Whether every mutant was refuted, and there is one.
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

/// The claims of the registry asked for, in its order; all when `ids` is empty.
///
/// # Errors
/// When an id is unknown.
pub fn selected(ids: &[String]) -> Result<Vec<Claim>> {
    let known = registry();
    if let Some(id) = ids.iter().find(|id| known.iter().all(|c| c.id != id.as_str())) {
        let known = known.iter().map(|c| c.id).collect::<Vec<_>>().join(", ");
        return Err(Error::Unknown { id: id.clone(), known });
    }
    Ok(known.into_iter().filter(|claim| ids.is_empty() || ids.iter().any(|id| id == claim.id)).collect())
}

/// Checks claims by the kinds of evidence asked for (all when `kinds` is empty); a claim without evidence of these
/// kinds is left out. `progress` is called with the number of checks done and of all.
///
/// # Errors
/// When a case is not valid or a check has no mutant; a route that gives no answer makes its evidence
/// undecided instead.
pub fn verify(
    context: &Context,
    claims: &[Claim],
    kinds: &[Kind],
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Report> {
    let chosen = chosen(context, claims, kinds)?;
    let all: Vec<&Check> = chosen.iter().flat_map(|c| &c.checks).collect();
    let work = |i: usize| all[i].answer(context);
    let found = found("checks", all.len(), work, progress)?;
    let evidence = |(check, found): (&&Check, Found)| {
        let Found { comparison, verdict, why, seconds } = found;
        let scope = check.scope().map(str::to_owned);
        Evidence { kind: check.kind, case: check.case.clone(), comparison, seconds, verdict, why, scope }
    };
    let mut evidence = all.iter().zip(found).map(evidence).collect::<Vec<_>>().into_iter();
    let claims: Vec<ClaimReport> = chosen
        .into_iter()
        .map(|Chosen { claim, checks, mut notes, kinds }| {
            let evidence: Vec<Evidence> = evidence.by_ref().take(checks.len()).collect();
            let mut verdict = together(evidence.iter().map(|e| e.verdict));
            if verdict == Verdict::Holds && kinds < 2 {
                verdict = Verdict::Undecided;
                notes.push("one kind of evidence alone".to_owned());
            }
            let ingredients = Claim::ingredients(&checks);
            let (id, name, statement, scope) = (claim.id, claim.name, claim.text(), claim.scope);
            ClaimReport { id, name, statement, scope, evidence, ingredients, notes, verdict }
        })
        .collect();
    let pooled = |&kind: &Kind| {
        let of = claims.iter().flat_map(|c| &c.evidence).filter(|e| e.kind == kind);
        Calibration::of(kind, of.filter_map(|e| e.comparison))
    };
    let calibrations: Vec<Calibration> = Kind::ALL.iter().filter_map(pooled).collect();
    let verdict = together(claims.iter().map(|c| c.verdict).chain(calibrations.iter().map(Calibration::verdict)));
    Ok(Report { seed: context.seed, effort: context.effort.name(), claims, calibrations, verdict })
}

/// Breaks claims: runs every mutant of every check of the kinds asked for, each of which must be refuted.
///
/// # Errors
/// As [`verify`]; a route that gives no answer leaves its mutant undecided, which is not refuted.
pub fn falsify(
    context: &Context,
    claims: &[Claim],
    kinds: &[Kind],
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Falsification> {
    let chosen = chosen(context, claims, kinds)?;
    let mut runs: Vec<(&'static str, &Check, &Mutant)> = Vec::new();
    for Chosen { claim, checks, .. } in &chosen {
        runs.extend(checks.iter().flat_map(|check| check.mutants().iter().map(move |m| (claim.id, check, m))));
    }
    let work = |i: usize| runs[i].1.broken(context, runs[i].2);
    let found = found("mutants", runs.len(), work, progress)?;
    let report = |(&(id, check, mutant), found): (&(&'static str, &Check, &Mutant), Found)| {
        let Found { comparison, verdict, why, .. } = found;
        let (kind, case, ingredient) = (check.kind, check.case.clone(), mutant.ingredient);
        MutantReport { id, kind, case, ingredient, mutant: mutant.how.clone(), comparison, verdict, why }
    };
    Ok(Falsification { mutants: runs.iter().zip(found).map(report).collect() })
}

/// A claim with its checks of the kinds asked for, what its cases have in common, and how many kinds of evidence for it
/// are at hand, asked for or not.
struct Chosen {
    claim: Claim,
    checks: Vec<Check>,
    notes: Vec<String>,
    kinds: usize,
}

fn chosen(context: &Context, claims: &[Claim], kinds: &[Kind]) -> Result<Vec<Chosen>> {
    let mut chosen = Vec::new();
    for &claim in claims {
        let mut checks = claim.all_checks(context)?;
        let notes = alike(checks.iter().filter_map(|c| Some(&**c.on()?.law())));
        let at_hand = |kind: &Kind| checks.iter().any(|c| c.kind == *kind && c.at_hand());
        let at_hand = Kind::ALL.iter().filter(|k| at_hand(k)).count();
        checks.retain(|c| kinds.is_empty() || kinds.contains(&c.kind));
        if !checks.is_empty() {
            chosen.push(Chosen { claim, checks, notes, kinds: at_hand });
        }
    }
    Ok(chosen)
}

/// What an answer came to.
struct Found {
    comparison: Option<Comparison>,
    verdict: Verdict,
    why: Option<String>,
    seconds: f64,
}

const VERDICTS: [Verdict; 4] = [Verdict::Holds, Verdict::Refuted, Verdict::Undecided, Verdict::Skipped];

impl Found {
    fn of(answer: Result<Answer>, seconds: f64) -> Self {
        match answer {
            Ok(answer) => {
                Self { comparison: answer.comparison(), verdict: answer.verdict(), why: answer.why(), seconds }
            }
            Err(error) => Self { comparison: None, verdict: Verdict::Undecided, why: Some(error.to_string()), seconds },
        }
    }

    fn to_piece(&self) -> Piece {
        let verdict = VERDICTS.iter().position(|&v| v == self.verdict).unwrap_or(usize::MAX);
        let flags = [self.why.is_some(), self.comparison.is_some()].map(|flag| f64::from(u8::from(flag)));
        let mut piece = Piece::text(self.why.clone().unwrap_or_default());
        piece.numbers.extend([verdict as f64, self.seconds, flags[0], flags[1]]);
        self.comparison.iter().for_each(|c| piece.comparison(c));
        piece
    }

    fn of_piece(piece: &Piece) -> Option<Self> {
        let mut reader = piece.reader();
        let verdict = *VERDICTS.get(reader.whole()? as usize)?;
        let [seconds, why, compared] = reader.numbers()?;
        let comparison = if compared == 1.0 { Some(reader.comparison()?) } else { None };
        let why = (why == 1.0).then(|| piece.text.clone());
        reader.end().map(|()| Self { comparison, verdict, why, seconds })
    }
}

/// What so many answers came to, in their order.
fn found(
    what: &str,
    count: usize,
    answer: impl Fn(usize) -> Result<Answer> + Sync,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Vec<Found>> {
    let work = |mine: Vec<usize>| -> Result<Vec<Found>> {
        let count = Counter::new(mine.len(), progress);
        let one = |i: usize| {
            let start = Instant::now();
            let answer = answer(i);
            count.step();
            Found::of(answer, start.elapsed().as_secs_f64())
        };
        Ok(mine.into_par_iter().map(one).collect())
    };
    share::each(what, count, work, Found::to_piece, |_, piece| Found::of_piece(piece))
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
