//! A statement against many cases, and the answer: survived, refuted, or nothing.

use std::collections::BTreeMap;
use std::ops::Range;

use infodyn_core::progress;
use infodyn_core::share::{self, Piece};
use rayon::prelude::*;

use crate::case::{Case, Effort, Judge, Judges, Outcome};
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
    /// `cases` cases, six local searches of 40 steps, and 400 cases for shrinking. A search of fewer than 200 cases
    /// takes fewer steps in proportion, so that it does not climb longer than it draws.
    #[must_use]
    pub fn new(cases: u64, seed: u64) -> Self {
        Self { cases, seed, starts: 6, steps: (cases / 5).clamp(1, 40), shrinking: 400 }
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

/// A random case.
struct Drawn {
    number: u64,
    family: usize,
    corner: Corner,
    draft: Draft,
}

impl Drawn {
    fn new(domain: &Domain, seed: u64, number: u64) -> Result<Self, String> {
        let random = random(domain, seed, number)?;
        Ok(Self { number, family: random.family, corner: random.corner, draft: random.tree.current() })
    }
}

/// Draws a case and looks at the statements on it that are still standing.
fn look(
    domain: &Domain,
    judges: &dyn Judges,
    standing: &[usize],
    seed: u64,
    number: u64,
) -> Result<(Drawn, Vec<Outcome>), String> {
    let drawn = Drawn::new(domain, seed, number)?;
    let outcomes = match drawn.draft.case().filter(|_| domain.contains(&drawn.draft)) {
        None => vec![Outcome::Outside; standing.len()],
        Some(case) => judges.look(&case, standing)?,
    };
    progress::done();
    Ok((drawn, outcomes))
}

/// [`look`] at cases of these numbers, in their order. Processes share them where there is one statement: what several
/// come to depends on which are still standing.
fn looks(
    domain: &Domain,
    judges: &dyn Judges,
    standing: &[usize],
    seed: u64,
    numbers: Range<u64>,
) -> Result<Vec<(Drawn, Vec<Outcome>)>, String> {
    let first = numbers.start;
    let count = (numbers.end - first) as usize;
    let work = |mine: Vec<usize>| -> Result<Vec<(Drawn, Vec<Outcome>)>, String> {
        mine.into_par_iter().map(|i| look(domain, judges, standing, seed, first + i as u64)).collect()
    };
    if judges.count() > 1 {
        return work((0..count).collect());
    }
    let to = |(_, outcomes): &(Drawn, Vec<Outcome>)| outcomes.first().map_or_else(Piece::default, to_piece);
    let from = |i: usize, piece: &Piece| {
        let drawn = Drawn::new(domain, seed, first + i as u64).ok()?;
        Some((drawn, vec![of_piece(piece)?]))
    };
    // Of what follows, climbs and shrinking, each step rests on the last.
    share::open(|| share::each(&format!("cases from {first}"), count, work, to, from))
}

fn to_piece(outcome: &Outcome) -> Piece {
    match outcome {
        Outcome::Outside => Piece::of([0.0, 0.0, 0.0]),
        Outcome::Holds { excess, power } => Piece::of([1.0, *excess, *power]),
        Outcome::Undecided { excess, why } => Piece { numbers: vec![2.0, *excess, 0.0], text: why.clone() },
        Outcome::Refuted { excess } => Piece::of([3.0, *excess, 0.0]),
    }
}

fn of_piece(piece: &Piece) -> Option<Outcome> {
    let mut reader = piece.reader();
    let kind = reader.whole()?;
    let [excess, power] = reader.numbers()?;
    Some(match kind {
        0 => Outcome::Outside,
        1 => Outcome::Holds { excess, power },
        2 => Outcome::Undecided { excess, why: piece.text.clone() },
        3 => Outcome::Refuted { excess },
        _ => return None,
    })
}

const UNCONFIRMED: &str = "false at a quick look, not at a careful one";

/// Tries a statement on random cases, then climbs from those nearest to a violation; what is found is made small.
///
/// # Errors
/// The message of the judge, when the statement makes no sense for a case.
pub fn search(domain: &Domain, judge: &dyn Judge, settings: &Settings) -> Result<Answer, String> {
    search_all(domain, &Alone(judge), settings)?.pop().ok_or_else(|| "no statement to try".to_owned())
}

/// One judge, who shares nothing.
struct Alone<'a>(&'a dyn Judge);

impl Judges for Alone<'_> {
    fn count(&self) -> usize {
        1
    }

    fn one(&self, _: usize) -> &dyn Judge {
        self.0
    }
}

/// [`search`] for each of several statements, on the same cases: one answer a statement.
///
/// # Errors
/// As [`search`].
pub fn search_all(domain: &Domain, judges: &dyn Judges, settings: &Settings) -> Result<Vec<Answer>, String> {
    share::open(share::section);
    let complete = share::is_complete();
    let mut trials: Vec<Trial<'_>> =
        (0..judges.count()).map(|i| Trial::new(domain, judges.one(i), settings, complete)).collect();
    let mut drawn: Vec<Drawn> = Vec::new();
    // Every case, and climbs or shrinking of every statement.
    progress::expect(settings.cases + judges.count() as u64);
    // Small batches first: most false statements die at once. A batch is judged whole, and read in order.
    let (mut next, mut batch) = (0, 8);
    while next < settings.cases {
        let mut standing: Vec<(usize, &mut Trial<'_>)> =
            trials.iter_mut().enumerate().filter(|(_, trial)| trial.found.is_none()).collect();
        if standing.is_empty() {
            break;
        }
        let which: Vec<usize> = standing.iter().map(|(i, _)| *i).collect();
        let until = (next + batch).min(settings.cases);
        let looks = looks(domain, judges, &which, settings.seed, next..until)?;
        let first = drawn.len();
        standing.par_iter_mut().enumerate().try_for_each(|(column, (_, trial))| {
            let outcomes = looks.iter().map(|(drawn, outcomes)| (drawn, outcomes.get(column)));
            outcomes.enumerate().try_for_each(|(j, (drawn, outcome))| trial.read(first + j, drawn, outcome))
        })?;
        drawn.extend(looks.into_iter().map(|(drawn, _)| drawn));
        (next, batch) = (until, (2 * batch).min(128));
    }
    let answer = |trial: Trial<'_>| {
        let answer = trial.answer(&drawn);
        progress::done();
        answer
    };
    trials.into_par_iter().map(answer).collect()
}

/// One statement and what came of it so far.
struct Trial<'a> {
    domain: &'a Domain,
    judge: &'a dyn Judge,
    settings: &'a Settings,
    counts: Counts<'a>,
    /// Cases in which it holds: their place among those drawn, and how near they are to a violation.
    heights: Vec<(usize, f64)>,
    found: Option<Box<Counterexample>>,
    /// Whether all cases are known here: what rests on several, counterexamples and climbs, is found only then.
    complete: bool,
}

impl<'a> Trial<'a> {
    fn new(domain: &'a Domain, judge: &'a dyn Judge, settings: &'a Settings, complete: bool) -> Self {
        Self { domain, judge, settings, counts: Counts::new(domain), heights: Vec::new(), found: None, complete }
    }

    /// Reads what came of a case, unless the statement has fallen on one before.
    fn read(&mut self, place: usize, drawn: &Drawn, outcome: Option<&Outcome>) -> Result<(), String> {
        let Some(outcome) = outcome.filter(|_| self.found.is_none()) else { return Ok(()) };
        let mut outcome = outcome.clone();
        if let Outcome::Refuted { excess } = outcome
            && self.complete
        {
            match self.counterexample(drawn, &drawn.draft, Some(drawn.number))? {
                Some(found) => self.found = Some(Box::new(found)),
                // What a quick look refutes a careful one confirms, or it is not known.
                None => outcome = Outcome::Undecided { excess, why: UNCONFIRMED.into() },
            }
        }
        if let Outcome::Holds { .. } = outcome {
            self.heights.push((place, height(&outcome)));
        }
        self.counts.add(drawn, &outcome);
        Ok(())
    }

    fn answer(mut self, drawn: &[Drawn]) -> Result<Answer, String> {
        if self.found.is_none() && self.complete {
            self.climbs(drawn)?;
        }
        let tally = self.counts.tally();
        let verdict = match (self.found, tally.holds) {
            (Some(found), _) => Verdict::Refuted(found),
            (None, 0) => Verdict::Nothing(nothing(&tally)),
            (None, _) => Verdict::Survived,
        };
        Ok(Answer { verdict, tally })
    }

    /// Climbs from the cases nearest to a violation, one for each corner.
    fn climbs(&mut self, drawn: &[Drawn]) -> Result<(), String> {
        self.heights.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut starts: Vec<&Drawn> = Vec::new();
        for start in self.heights.iter().filter_map(|(place, _)| drawn.get(*place)) {
            if starts.len() < self.settings.starts && starts.iter().all(|s| s.corner != start.corner) {
                starts.push(start);
            }
        }
        let Self { domain, judge, settings, .. } = *self;
        let tops: Vec<_> =
            starts.par_iter().map(|s| climb(domain, judge, &s.draft, settings.steps)).collect::<Result<_, _>>()?;
        self.counts.local = tops.iter().map(|top| top.trials as u64).sum();
        for (start, top) in starts.iter().zip(&tops).filter(|(_, top)| top.height > 1.0) {
            if let Some(found) = self.counterexample(start, &top.draft, None)? {
                self.found = Some(Box::new(found));
                break;
            }
        }
        Ok(())
    }

    /// Makes what was found small, and has a careful look at that; where it does not confirm it, at what was found.
    fn counterexample(
        &self,
        drawn: &Drawn,
        found: &Draft,
        number: Option<u64>,
    ) -> Result<Option<Counterexample>, String> {
        let Self { domain, judge, settings, .. } = *self;
        let tree = match number {
            Some(number) => Some(random(domain, settings.seed, number)?.tree),
            None => None,
        };
        let Some(original) = found.case() else { return Ok(None) };
        let shrunk = shrink(domain, judge, found.clone(), tree, settings.shrinking)?;
        for (draft, steps) in [(&shrunk.draft, shrunk.steps), (found, 0)] {
            let Some(case) = draft.case() else { continue };
            if let Outcome::Refuted { excess } = judge.judge(&case, Effort::Careful)? {
                let (draft, family) = (draft.clone(), domain.families()[drawn.family].to_string());
                let corner = drawn.corner;
                let found = original;
                return Ok(Some(Counterexample { case, excess, found, number, family, corner, steps, draft }));
            }
            if shrunk.steps == 0 {
                break;
            }
        }
        Ok(None)
    }
}

/// Why nothing was decided.
fn nothing(tally: &Tally) -> String {
    match tally.reasons.first() {
        None if tally.cases == 0 => "no case was tried".into(),
        None => format!("its hypotheses hold in none of {} cases", tally.cases),
        Some((why, times)) => format!("{} cases, none decided; {times} of them: {why}", tally.cases),
    }
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

    fn add(&mut self, drawn: &Drawn, outcome: &Outcome) {
        self.tally.cases += 1;
        let family = &mut self.tally.families[drawn.family];
        family.cases += 1;
        let decided = match outcome {
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
                self.powers[drawn.family].push(power * (-excess).max(1.0));
                true
            }
            Outcome::Refuted { .. } => true,
        };
        if decided && let Some(corner) = self.tally.corners.iter_mut().find(|c| c.0 == drawn.corner) {
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
