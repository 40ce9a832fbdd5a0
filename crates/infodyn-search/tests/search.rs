//! What a search finds, of toy statements whose answer is known.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use infodyn_core::NoiseProcess;
use infodyn_search::{
    Answer, Case, Corner, Domain, Edit, Effort, Family, Hypothesis, Judge, Judges, Outcome, Settings, Verdict, explain,
    search, search_all,
};

/// A statement by its residual in units of the error, which is 1e-6 of the sides.
struct Toy<F>(F);

impl<F: Fn(&Case) -> Option<f64> + Sync> Judge for Toy<F> {
    fn judge(&self, case: &Case, _: Effort) -> Result<Outcome, String> {
        Ok(match self.0(case) {
            None => Outcome::Outside,
            Some(excess) if excess > 1.0 => Outcome::Refuted { excess },
            Some(excess) => Outcome::Holds { excess, power: 1e-6 },
        })
    }

    fn at_level(&self) -> bool {
        true
    }
}

fn all(dim: std::ops::RangeInclusive<usize>) -> Domain {
    Domain::new(Family::RANDOM.to_vec(), NoiseProcess::ALL.to_vec(), dim, 2..=6).unwrap()
}

fn without_climbing(cases: u64) -> Settings {
    Settings { starts: 0, ..Settings::new(cases, 1) }
}

fn refuted(answer: Answer) -> infodyn_search::Counterexample {
    match answer.verdict {
        Verdict::Refuted(found) => *found,
        other => panic!("{other:?}"),
    }
}

/// "The largest weight is at most 0.97, or the level far from 3.7": a violation in a few in a million of the cases.
fn rare(case: &Case) -> Option<f64> {
    let largest = case.law.weights().iter().copied().fold(0.0, f64::max);
    (case.law.components() > 1).then_some(1e6 * (1e-3 - (largest - 0.6).abs() - 0.1 * (case.log_snr - 3.7).abs()))
}

#[test]
fn local_search_finds_a_violation_that_sampling_misses() {
    let domain = Domain::new(vec![Family::Mixture], vec![NoiseProcess::Edm], 1..=1, 2..=2).unwrap();
    let plain = search(&domain, &Toy(rare), &without_climbing(500)).unwrap();
    assert_eq!(plain.verdict, Verdict::Survived);
    let climbed = refuted(search(&domain, &Toy(rare), &Settings { steps: 80, ..Settings::new(500, 1) }).unwrap());
    assert_eq!(climbed.number, None);
    assert!(rare(&climbed.case).unwrap() > 1.0);
}

#[test]
fn shrinking_reaches_the_smallest_counterexample() {
    // False wherever two weights differ by more than 0.3 and the dimension is at least 2.
    let toy = Toy(|case: &Case| {
        let weights = case.law.weights();
        let spread = weights.iter().fold(0.0, |m: f64, w| m.max(*w)) - weights.iter().fold(1.0, |m: f64, w| m.min(*w));
        Some(if spread > 0.3 && case.law.dim() >= 2 { 10.0 } else { 0.0 })
    });
    let found = refuted(search(&all(1..=3), &toy, &without_climbing(200)).unwrap());
    let law = &found.case.law;
    assert_eq!((law.components(), law.dim()), (2, 2), "{law:?}");
    assert!(law.means().iter().all(|m| *m == 0.0) && law.is_atomic(), "{law:?}");
    assert_eq!((found.case.process, found.case.snr()), (NoiseProcess::ALL[0], 1.0));
    let digits: Vec<String> = law.weights().iter().map(|w| format!("{w}")).collect();
    assert!(digits.iter().all(|w| w.len() <= 4), "{digits:?}");
}

#[test]
fn an_answer_has_the_same_bits_for_any_number_of_threads() {
    let toy = Toy(|case: &Case| Some(case.law.means()[0] * case.log_snr - 100.0));
    let answer = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| search(&all(1..=2), &toy, &Settings::new(300, 7)).unwrap())
    };
    assert_eq!(answer(1), answer(3));
    let other = search(&all(1..=2), &toy, &Settings::new(300, 8)).unwrap();
    assert_ne!(answer(1), other);
}

/// Each corner is in the cases of its name: by what can be seen of a law.
#[test]
fn every_corner_of_every_family_is_generated() {
    let seen = std::sync::Mutex::new(BTreeSet::new());
    let toy = Toy(|case: &Case| {
        let law = &case.law;
        let (k, d) = (law.components(), law.dim());
        let mut marks = seen.lock().unwrap();
        let mut mark = |name: &'static str, is: bool| is.then(|| marks.insert(name));
        let scale = law.total_covariance().trace().sqrt();
        let widths = || (0..k).flat_map(|i| (0..d).map(move |j| law.covariance(i).eigenvalue(j).sqrt()));
        let distance =
            |i: usize, j: usize| law.mean(i).iter().zip(law.mean(j)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
        let pairs = || (0..k).flat_map(|i| (0..i).map(move |j| (i, j)));
        mark("gaussian", k == 1);
        mark("needle", widths().any(|w| w > 0.0 && w < 1e-3 * scale));
        mark("far", pairs().any(|(i, j)| distance(i, j) > 30.0));
        mark("near", pairs().any(|(i, j)| (1e-9..1e-2).contains(&(distance(i, j) / scale))));
        mark("tiny weight", law.weights().iter().any(|w| (1e-9..1e-8).contains(w)));
        mark("a flat covariance", !law.is_atomic() && (0..k).any(|i| (1..d).contains(&law.covariance(i).rank(d))));
        mark("an atom among Gaussians", !law.is_atomic() && (0..k).any(|i| law.covariance(i).rank(d) == 0));
        mark("equal weights", k > 2 && law.weights().iter().all(|w| *w == law.weights()[0]));
        mark("equal covariances", k > 2 && !law.is_atomic() && law.shared_covariance().is_some());
        mark("turned", law.covariance(0).axes().is_some());
        mark("atoms", law.is_atomic());
        mark("three dimensions", d == 3);
        let mirrored = |off: f64| (0..d).all(|j| (law.mean(0)[j] + law.mean(k - 1)[j]).abs() <= off * scale);
        mark("symmetric", k > 1 && mirrored(0.0));
        mark("nearly symmetric", k > 1 && mirrored(1e-2) && !mirrored(0.0));
        mark("low noise", case.log_snr.exp() * scale * scale > 1e5);
        mark("high noise", case.log_snr.exp() * scale * scale < 1e-5);
        Some(0.0)
    });
    let answer = search(&all(1..=3), &toy, &without_climbing(1500)).unwrap();
    assert_eq!(seen.lock().unwrap().len(), 16, "{seen:?}");
    assert_eq!(answer.tally.corners.len(), Corner::ALL.len());
    assert_eq!(answer.tally.uncovered(), []);
    assert!(answer.tally.families.iter().all(|f| f.cases >= 240), "{:?}", answer.tally.families);
    // Hardly a draw is lost to a law that cannot be.
    assert_eq!(answer.tally.outside, 0);
}

#[test]
fn the_weakest_hypotheses_and_edits_that_rescue_are_reported() {
    // True for equal weights, and for two components of equal covariance.
    let judge = |sign: f64| {
        Toy(move |case: &Case| {
            let law = &case.law;
            let equal = law.weights().iter().all(|w| *w == law.weights()[0]);
            let two = law.components() == 2 && law.shared_covariance().is_some();
            Some(if equal || two { -10.0 } else { 10.0 * sign })
        })
    };
    let domain = all(1..=2);
    let settings = Settings { starts: 2, ..Settings::new(200, 1) };
    let known = refuted(search(&domain, &judge(1.0), &settings).unwrap());
    let edit = |label: &str, sign| Edit { label: label.into(), statement: label.into(), judge: Box::new(judge(sign)) };
    let edits = [edit("turned", -1.0), edit("twice", 2.0)];
    let why = explain(&domain, &judge(1.0), &known, &edits, &settings).unwrap();
    let sets: Vec<_> = why.hypotheses.iter().map(|r| r.hypotheses.clone()).collect();
    let two = [Hypothesis::EqualCovariances, Hypothesis::TwoComponents];
    assert!(sets.contains(&vec![Hypothesis::EqualWeights]), "{sets:?}");
    assert!(sets.iter().any(|s| s.len() == 2 && two.iter().all(|h| s.contains(h))), "{sets:?}");
    assert!(!sets.iter().any(|s| s.len() == 2 && s.contains(&Hypothesis::EqualWeights)), "{sets:?}");
    assert_eq!(why.edits.iter().map(|e| e.label.as_str()).collect::<Vec<_>>(), ["turned"]);
}

#[test]
fn nothing_decided_is_not_survival() {
    let outside = search(&all(1..=2), &Toy(|_: &Case| None), &without_climbing(50)).unwrap();
    assert_eq!(outside.verdict, Verdict::Nothing("its hypotheses hold in none of 50 cases".into()));
    struct Unknown;
    impl Judge for Unknown {
        fn judge(&self, _: &Case, _: Effort) -> Result<Outcome, String> {
            Ok(Outcome::Undecided { excess: 0.0, why: "too wide".into() })
        }
        fn at_level(&self) -> bool {
            false
        }
    }
    let undecided = search(&all(1..=2), &Unknown, &Settings::new(50, 1)).unwrap();
    assert_eq!(undecided.verdict, Verdict::Nothing("50 cases, none decided; 50 of them: too wide".into()));
    assert_eq!(undecided.tally.uncovered(), Corner::ALL);
}

/// Judges who share nothing.
struct Several(Vec<Box<dyn Judge>>);

impl Judges for Several {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn one(&self, i: usize) -> &dyn Judge {
        &*self.0[i]
    }
}

#[test]
fn statements_that_are_tried_together_get_the_answers_that_each_gets_alone() {
    let all_three = || -> Vec<Box<dyn Judge>> {
        vec![
            Box::new(Toy(|case: &Case| Some(0.1 * case.law.dim() as f64))),
            Box::new(Toy(|_: &Case| Some(0.5))),
            Box::new(Toy(|case: &Case| Some(case.law.means()[0] * case.log_snr - 100.0))),
        ]
    };
    let settings = Settings::new(300, 7);
    let together = search_all(&all(1..=2), &Several(all_three()), &settings).unwrap();
    let alone: Vec<Answer> =
        all_three().iter().map(|judge| search(&all(1..=2), &**judge, &settings).unwrap()).collect();
    assert_eq!(together, alone);
    let fallen = |answer: &Answer| matches!(answer.verdict, Verdict::Refuted(_));
    assert_eq!(together.iter().map(fallen).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(together[1].tally.cases, 300);
}

/// A quick look that a careful one does not confirm, of the small case or of the drawn one, refutes nothing.
#[test]
fn what_a_careful_look_does_not_confirm_is_undecided() {
    struct Hasty;
    impl Judge for Hasty {
        fn judge(&self, case: &Case, effort: Effort) -> Result<Outcome, String> {
            let hasty = effort == Effort::Quick && case.law.components() > 2;
            Ok(if hasty { Outcome::Refuted { excess: 2.0 } } else { Outcome::Holds { excess: 0.0, power: 1e-6 } })
        }
        fn at_level(&self) -> bool {
            true
        }
    }
    let answer = search(&all(1..=1), &Hasty, &without_climbing(60)).unwrap();
    assert_eq!(answer.verdict, Verdict::Survived);
    assert!(answer.tally.undecided > 10, "{:?}", answer.tally);
}
