//! A statement against many cases, and the answer: survived, refuted, or nothing.

use std::collections::BTreeMap;
use std::ops::Range;

use infodyn_core::share::{self, Piece};
use rayon::prelude::*;

use crate::case::{Case, Effort, Judge, Outcome};
use crate::domain::{Corner, Domain};
use crate::draft::Draft;
use crate::generate::random;
use crate::local::{climb, height};
use crate::shrink::shrink;

/// How long to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Random cases.
    pub cases: u64,
    /// Seed: the same answer for the same seed, for any number of threads.
    pub seed: u64,
    /// Cases from which local search starts: those nearest to a violation, one for each corner.
    pub starts: usize,
    /// Steps of the simplex from each.
    pub steps: u64,
    /// Cases that shrinking may try.
    pub shrinking: usize,
}

impl Settings {
    /// `cases` cases, six local searches of 40 steps, and 400 cases for shrinking.
    #[must_use]
    pub fn new(cases: u64, seed: u64) -> Self {
        Self { cases, seed, starts: 6, steps: 40, shrinking: 400 }
    }
}

/// What a search says.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The verdict.
    pub verdict: Verdict,
    /// What it rests on.
    pub tally: Tally,
}

/// The verdict of a search: never that a statement is true.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It was decided on some cases and false on none.
    Survived,
    /// It is false on a case.
    Refuted(Box<Counterexample>),
    /// It was decided on no case; why.
    Nothing(String),
}

/// A case on which a statement is false.
#[derive(Debug, Clone, PartialEq)]
pub struct Counterexample {
    /// The case, as small as it was made.
    pub case: Case,
    /// Its residual over its error, above 1.
    pub excess: f64,
    /// The case that was found first.
    pub found: Case,
    /// Its number among the random cases, from 0; `None` when local search found it.
    pub number: Option<u64>,
    /// The family and the corner in which the search was.
    pub family: String,
    /// The corner.
    pub corner: Corner,
    /// Steps of shrinking between the two.
    pub steps: usize,
    pub(crate) draft: Draft,
}

/// Cases counted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tally {
    /// Random cases that were tried.
    pub cases: u64,
    /// Of them, those in which a hypothesis of the statement does not hold.
    pub outside: u64,
    /// Those in which it holds.
    pub holds: u64,
    /// Those that could not be decided.
    pub undecided: u64,
    /// Cases of local search.
    pub local: u64,
    /// Why cases were not decided, the most frequent reason first.
    pub reasons: Vec<(String, u64)>,
    /// By family, in the order of the domain.
    pub families: Vec<FamilyTally>,
    /// By corner: those that the domain has, with the cases that were decided in each.
    pub corners: Vec<(Corner, u64)>,
}

impl Tally {
    /// Corners in which no case was decided.
    #[must_use]
    pub fn uncovered(&self) -> Vec<Corner> {
        self.corners.iter().filter(|c| c.1 == 0).map(|c| c.0).collect()
    }
}

/// The cases of a family.
#[derive(Debug, Clone, PartialEq)]
pub struct FamilyTally {
    /// Its name.
    pub family: String,
    /// Its random cases.
    pub cases: u64,
    /// Of them, those in which the statement holds.
    pub holds: u64,
    /// The relative error of a side that would have been caught, where one case was decided.
    pub power: Option<Power>,
}

/// The relative error of a side that would have been caught.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Power {
    /// In the best case.
    pub best: f64,
    /// In half of the cases.
    pub median: f64,
}

/// A random case and what came of it.
struct Tried {
    number: u64,
    family: usize,
    corner: Corner,
    draft: Draft,
    outcome: Outcome,
}

fn attempt(domain: &Domain, judge: &dyn Judge, seed: u64, number: u64) -> Result<Tried, String> {
    let random = random(domain, seed, number)?;
    let draft = random.tree.current();
    let case = draft.case().filter(|_| domain.contains(&draft));
    let outcome = match &case {
        None => Outcome::Outside,
        Some(case) => match judge.judge(case, Effort::Quick)? {
            // What a quick look refutes a careful one confirms, or it is not known.
            Outcome::Refuted { .. } => match judge.judge(case, Effort::Careful)? {
                Outcome::Holds { excess, .. } => Outcome::Undecided { excess, why: UNCONFIRMED.into() },
                other => other,
            },
            other => other,
        },
    };
    Ok(Tried { number, family: random.family, corner: random.corner, draft, outcome })
}

/// Cases of these numbers, in their order.
fn attempts(domain: &Domain, judge: &dyn Judge, seed: u64, numbers: Range<u64>) -> Result<Vec<Tried>, String> {
    let first = numbers.start;
    let work = |mine: Vec<usize>| -> Result<Vec<Tried>, String> {
        mine.into_par_iter().map(|i| attempt(domain, judge, seed, first + i as u64)).collect()
    };
    let to = |tried: &Tried| match &tried.outcome {
        Outcome::Outside => Piece::of([0.0, 0.0, 0.0]),
        Outcome::Holds { excess, power } => Piece::of([1.0, *excess, *power]),
        Outcome::Undecided { excess, why } => Piece { numbers: vec![2.0, *excess, 0.0], text: why.clone() },
        Outcome::Refuted { excess } => Piece::of([3.0, *excess, 0.0]),
    };
    let from = |i: usize, piece: &Piece| {
        let mut reader = piece.reader();
        let kind = reader.whole()?;
        let [excess, power] = reader.numbers()?;
        let outcome = match kind {
            0 => Outcome::Outside,
            1 => Outcome::Holds { excess, power },
            2 => Outcome::Undecided { excess, why: piece.text.clone() },
            3 => Outcome::Refuted { excess },
            _ => return None,
        };
        let number = first + i as u64;
        let random = random(domain, seed, number).ok()?;
        let draft = random.tree.current();
        Some(Tried { number, family: random.family, corner: random.corner, draft, outcome })
    };
    let count = (numbers.end - first) as usize;
    // Of what follows, climbs and shrinking, each step rests on the last.
    share::open(|| share::each(&format!("cases from {first}"), count, work, to, from))
}

const UNCONFIRMED: &str = "false at a quick look, not at a careful one";

/// Tries a statement on random cases, then climbs from those nearest to a violation; what is found is made small.
///
/// # Errors
/// The message of the judge, when the statement makes no sense for a case.
pub fn search(domain: &Domain, judge: &dyn Judge, settings: &Settings) -> Result<Answer, String> {
    share::open(share::section);
    let mut counts = Counts::new(domain);
    let mut tried: Vec<Tried> = Vec::new();
    // Small batches first: most false statements die at once. A batch is judged whole, and read in order.
    let (mut next, mut batch) = (0, 8);
    while next < settings.cases {
        let until = (next + batch).min(settings.cases);
        let results = attempts(domain, judge, settings.seed, next..until)?;
        for t in results {
            counts.add(&t);
            if let Outcome::Refuted { .. } = t.outcome {
                if !share::is_complete() {
                    // What it is made to is found where all cases before it are known.
                    return Ok(Answer { verdict: Verdict::Survived, tally: counts.tally() });
                }
                let found = counterexample(domain, judge, settings, &t, &t.draft, Some(t.number))?;
                return Ok(Answer { verdict: Verdict::Refuted(Box::new(found)), tally: counts.tally() });
            }
            tried.push(t);
        }
        (next, batch) = (until, (2 * batch).min(128));
    }
    if !share::is_complete() {
        // Climbs start from the nearest of all cases.
        return Ok(Answer { verdict: Verdict::Survived, tally: counts.tally() });
    }
    if let Some(found) = climbs(domain, judge, settings, &tried, &mut counts)? {
        return Ok(Answer { verdict: Verdict::Refuted(Box::new(found)), tally: counts.tally() });
    }
    let tally = counts.tally();
    let verdict = match tally.holds {
        0 => Verdict::Nothing(nothing(&tally)),
        _ => Verdict::Survived,
    };
    Ok(Answer { verdict, tally })
}

/// Why nothing was decided.
fn nothing(tally: &Tally) -> String {
    match tally.reasons.first() {
        None if tally.cases == 0 => "no case was tried".into(),
        None => format!("its hypotheses hold in none of {} cases", tally.cases),
        Some((why, times)) => format!("{} cases, none decided; {times} of them: {why}", tally.cases),
    }
}

fn climbs(
    domain: &Domain,
    judge: &dyn Judge,
    settings: &Settings,
    tried: &[Tried],
    counts: &mut Counts<'_>,
) -> Result<Option<Counterexample>, String> {
    let mut starts: Vec<&Tried> = tried.iter().filter(|t| matches!(t.outcome, Outcome::Holds { .. })).collect();
    starts.sort_by(|a, b| height(&b.outcome).total_cmp(&height(&a.outcome)).then(a.number.cmp(&b.number)));
    let mut corners = Vec::new();
    starts.retain(|t| !corners.contains(&t.corner) && (corners.push(t.corner), true).1);
    starts.truncate(settings.starts);
    let tops: Vec<_> =
        starts.par_iter().map(|t| climb(domain, judge, &t.draft, settings.steps)).collect::<Result<_, _>>()?;
    counts.local = tops.iter().map(|top| top.trials as u64).sum();
    for (t, top) in starts.iter().zip(&tops).filter(|(_, top)| top.height > 1.0) {
        let Some(case) = top.draft.case() else { continue };
        if let Outcome::Refuted { .. } = judge.judge(&case, Effort::Careful)? {
            return counterexample(domain, judge, settings, t, &top.draft, None).map(Some);
        }
    }
    Ok(None)
}

/// Shrinks what was found; what a careful look does not confirm is given up for it.
fn counterexample(
    domain: &Domain,
    judge: &dyn Judge,
    settings: &Settings,
    tried: &Tried,
    found: &Draft,
    number: Option<u64>,
) -> Result<Counterexample, String> {
    let tree = match number {
        Some(number) => Some(random(domain, settings.seed, number)?.tree),
        None => None,
    };
    let shrunk = shrink(domain, judge, found.clone(), tree, settings.shrinking)?;
    let original = found.case().ok_or("a counterexample that is no case")?;
    let mut best = (found.clone(), original.clone(), 0);
    if let Some(case) = shrunk.draft.case()
        && let Outcome::Refuted { .. } = judge.judge(&case, Effort::Careful)?
    {
        best = (shrunk.draft, case, shrunk.steps);
    }
    let (draft, case, steps) = best;
    let excess = match judge.judge(&case, Effort::Careful)? {
        Outcome::Refuted { excess } => excess,
        _ => return Err("a judge says two things of one case".into()),
    };
    let family = domain.families()[tried.family].to_string();
    Ok(Counterexample { case, excess, found: original, number, family, corner: tried.corner, steps, draft })
}

struct Counts<'a> {
    domain: &'a Domain,
    tally: Tally,
    powers: Vec<Vec<f64>>,
    reasons: BTreeMap<String, u64>,
    local: u64,
}

impl<'a> Counts<'a> {
    fn new(domain: &'a Domain) -> Self {
        let families = domain.families().iter();
        let tally = Tally {
            families: families
                .map(|f| FamilyTally { family: f.to_string(), cases: 0, holds: 0, power: None })
                .collect(),
            corners: Corner::ALL
                .into_iter()
                .filter(|c| domain.families().iter().any(|f| f.corners().contains(c)))
                .map(|c| (c, 0))
                .collect(),
            ..Tally::default()
        };
        Self { domain, tally, powers: vec![Vec::new(); domain.families().len()], reasons: BTreeMap::new(), local: 0 }
    }

    fn add(&mut self, t: &Tried) {
        self.tally.cases += 1;
        let family = &mut self.tally.families[t.family];
        family.cases += 1;
        let decided = match &t.outcome {
            Outcome::Outside => {
                self.tally.outside += 1;
                false
            }
            Outcome::Undecided { why, .. } => {
                self.tally.undecided += 1;
                *self.reasons.entry(why.clone()).or_default() += 1;
                false
            }
            Outcome::Holds { excess, power } => {
                self.tally.holds += 1;
                family.holds += 1;
                // An order that holds by a margin would not have caught an error below that.
                self.powers[t.family].push(power * (-excess).max(1.0));
                true
            }
            Outcome::Refuted { .. } => true,
        };
        if decided && let Some(corner) = self.tally.corners.iter_mut().find(|c| c.0 == t.corner) {
            corner.1 += 1;
        }
    }

    fn tally(&self) -> Tally {
        let mut tally = self.tally.clone();
        tally.local = self.local;
        tally.reasons = self.reasons.iter().map(|(why, times)| (why.clone(), *times)).collect();
        tally.reasons.sort_by_key(|r| std::cmp::Reverse(r.1));
        debug_assert_eq!(tally.families.len(), self.domain.families().len());
        for (family, powers) in tally.families.iter_mut().zip(&self.powers) {
            let mut powers = powers.clone();
            powers.sort_by(f64::total_cmp);
            family.power = powers.first().map(|&best| Power { best, median: powers[powers.len() / 2] });
        }
        tally
    }
}
