//! Where a refuted statement holds: under which hypotheses, and after which edits.

use crate::case::{Effort, Judge, Outcome};
use crate::domain::{Domain, Hypothesis};
use crate::draft::Draft;
use crate::search::{Counterexample, Settings, Tally, Verdict, search};

/// A statement that differs a little from another.
pub struct Edit {
    /// What was changed, in a few words.
    pub label: String,
    /// The changed statement, as it is written.
    pub statement: String,
    /// What decides it.
    pub judge: Box<dyn Judge>,
}

/// What rescues a refuted statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Sets of one or two hypotheses under which it survives; no set contains another.
    pub hypotheses: Vec<Rescue>,
    /// Edits that survive in the whole domain.
    pub edits: Vec<EditRescue>,
    /// Sets of hypotheses that were tried.
    pub tried: usize,
    /// Edits that were tried.
    pub edits_tried: usize,
}

/// Hypotheses under which a statement survives.
#[derive(Debug, Clone, PartialEq)]
pub struct Rescue {
    /// All of them together.
    pub hypotheses: Vec<Hypothesis>,
    /// What the survival rests on.
    pub tally: Tally,
}

/// An edit that survives.
#[derive(Debug, Clone, PartialEq)]
pub struct EditRescue {
    /// What was changed.
    pub label: String,
    /// The changed statement.
    pub statement: String,
    /// What the survival rests on.
    pub tally: Tally,
}

/// Of a statement that is false in the domain, the weakest hypotheses that rescue it, alone and in pairs, and the edits
/// that do. What a counterexample satisfies rescues nothing, so that most sets are dismissed without a search.
///
/// # Errors
/// The message of a judge.
pub fn explain(
    domain: &Domain,
    judge: &dyn Judge,
    known: &Counterexample,
    edits: &[Edit],
    settings: &Settings,
) -> Result<Explanation, String> {
    let mut against = vec![known.draft.clone()];
    let mut rescues: Vec<Rescue> = Vec::new();
    let mut tried = 0;
    for set in sets(judge.at_level(), domain) {
        if rescues.iter().any(|r| weaker(&r.hypotheses, &set)) || against.iter().any(|d| all_hold(&set, d)) {
            continue;
        }
        tried += 1;
        let narrow = set.iter().fold(domain.clone(), |domain, &h| domain.with(h));
        let answer = search(&narrow, judge, settings)?;
        match answer.verdict {
            Verdict::Survived => rescues.push(Rescue { hypotheses: set, tally: answer.tally }),
            Verdict::Refuted(found) => against.push(found.draft),
            Verdict::Nothing(_) => {}
        }
    }
    let mut survivors = Vec::new();
    for edit in edits {
        let answer = search(domain, edit.judge.as_ref(), settings)?;
        if answer.verdict == Verdict::Survived && !falls(edit.judge.as_ref(), &against)? {
            let (label, statement) = (edit.label.clone(), edit.statement.clone());
            survivors.push(EditRescue { label, statement, tally: answer.tally });
        }
    }
    Ok(Explanation { hypotheses: rescues, edits: survivors, tried, edits_tried: edits.len() })
}

/// One by one, then in pairs: the weaker sets first.
fn sets(at_level: bool, domain: &Domain) -> Vec<Vec<Hypothesis>> {
    use Hypothesis::{HighNoise, LowNoise};
    let usable = |h: &Hypothesis| (at_level || !matches!(h, LowNoise | HighNoise)) && !domain.hypotheses().contains(h);
    let mut singles: Vec<Hypothesis> = Hypothesis::ALL.into_iter().filter(usable).collect();
    // What another implies is weaker than it.
    singles.sort_by_key(|h| Hypothesis::ALL.iter().filter(|other| h.implies(**other)).count());
    let pairs = singles.iter().enumerate().flat_map(|(i, &a)| singles[i + 1..].iter().map(move |&b| [a, b]));
    let sensible = |[a, b]: &[Hypothesis; 2]| {
        !(a.implies(*b) || b.implies(*a) || matches!([*a, *b], [LowNoise, HighNoise] | [HighNoise, LowNoise]))
    };
    // A Gaussian has one component, and is symmetric but for its mean.
    let apart =
        |set: &[Hypothesis; 2]| !(set.contains(&Hypothesis::Gaussian) && set.contains(&Hypothesis::TwoComponents));
    let pairs: Vec<_> = pairs.filter(sensible).filter(apart).map(|pair| pair.to_vec()).collect();
    singles.into_iter().map(|h| vec![h]).chain(pairs).collect()
}

/// Whether every hypothesis of a set follows from one of another.
fn weaker(set: &[Hypothesis], than: &[Hypothesis]) -> bool {
    set.iter().all(|h| than.iter().any(|t| t.implies(*h)))
}

fn all_hold(set: &[Hypothesis], draft: &Draft) -> bool {
    set.iter().all(|h| h.holds(draft))
}

fn falls(judge: &dyn Judge, against: &[Draft]) -> Result<bool, String> {
    for case in against.iter().filter_map(Draft::case) {
        if let Outcome::Refuted { .. } = judge.judge(&case, Effort::Quick)? {
            return Ok(true);
        }
    }
    Ok(false)
}
