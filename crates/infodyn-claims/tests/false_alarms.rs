//! The false-alarm budget of the registry: written down, and tested under many seeds.
#![allow(clippy::unwrap_used)]

use std::ops::Range;

use infodyn_claims::{Check, Context, Effort, Kind, registry};
use infodyn_core::{Comparison, Mixture, Relation, Verdict};
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Seeds of a run: a hundred take some minutes; set `INFODYN_SEEDS=100` for them, or `100..200` for the next.
fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("INFODYN_SEEDS") else { return 0..6 };
    let (from, to) = text.split_once("..").unwrap_or(("0", &text));
    from.parse().unwrap()..to.parse().unwrap()
}

fn context(seed: u64) -> Context {
    Context::new(seed, Effort::Smallest)
}

/// The sampled checks of every claim, with its id.
fn sampled(context: &Context) -> Vec<(&'static str, Check)> {
    let checks = registry().into_iter().flat_map(|claim| {
        let checks = claim.all_checks(context).unwrap();
        checks.into_iter().map(move |check| (claim.id, check))
    });
    checks.filter(|(_, check)| check.kind == Kind::MonteCarlo).collect()
}

/// The probability that a run with a data set raises a false alarm: every interval that a comparison rests on misses
/// with probability at most `1 - CONFIDENCE`, and its arithmetic counts them.
#[test]
fn the_whole_registry_stays_below_one_in_a_million() {
    let points: Vec<Vec<f64>> = (0..12).map(|i| vec![f64::from(i % 4), f64::from(i / 4), f64::from(i % 3)]).collect();
    let digits = Mixture::atoms(&[], &points).unwrap().with_labels((0..12).map(|i| i % 3).collect()).unwrap();
    let context = context(0).with_digits(digits);
    let checks = sampled(&context);
    assert!(checks.len() > sampled(&self::context(0)).len());
    let of: Vec<f64> = checks
        .par_iter()
        .map(|(_, check)| check.answer(&context).unwrap().comparison().unwrap().error_probability())
        .collect();
    for ((id, check), p) in checks.iter().zip(&of) {
        assert!(*p > 0.0, "{id} {}: a sampled comparison rests on an interval", check.case);
    }
    let all: f64 = of.iter().sum();
    println!("{} sampled checks: a false alarm with probability {all:.2e} at most", checks.len());
    assert!(checks.len() > 200 && all < 1e-6, "{} sampled checks: {all:e}", checks.len());
}

/// The law that a studentised residual of a true statement has, at its value: uniform in `[0, 1]`.
fn rank(comparison: &Comparison) -> Option<f64> {
    // An order says nothing of the law of the difference.
    if comparison.relation() == Relation::AtMost {
        return None;
    }
    // Sampled in pairs, or one side sampled against a number.
    let difference = comparison.difference();
    let sampling = difference.sampling()?;
    // Sides that agree draw by draw differ by rounding alone, which has no law.
    let scale = comparison.lhs().value().abs() + comparison.rhs().value().abs();
    if sampling.std_error <= 1e-12 * scale {
        return None;
    }
    let law = StudentsT::new(0.0, 1.0, sampling.freedom?).unwrap();
    Some(law.cdf(difference.value() / sampling.std_error))
}

/// Kolmogorov's distance from the uniform law, and the probability of a larger one.
///
/// # Source
/// Stephens, J. R. Statist. Soc. B 32 (1970) 115: `(sqrt n + 0.12 + 0.11/sqrt n) d` has Kolmogorov's limit law.
fn kolmogorov(mut ranks: Vec<f64>) -> (f64, f64) {
    ranks.sort_by(f64::total_cmp);
    let n = ranks.len() as f64;
    let distance =
        ranks.iter().enumerate().fold(0.0_f64, |d, (i, &u)| d.max(u - i as f64 / n).max((i + 1) as f64 / n - u));
    let x = (n.sqrt() + 0.12 + 0.11 / n.sqrt()) * distance;
    let term = |j: i32| 2.0 * (-1.0_f64).powi(j - 1) * (-2.0 * f64::from(j * j) * x * x).exp();
    (distance, (1..100).map(term).sum::<f64>().clamp(0.0, 1.0))
}

/// Many seeds raise no alarm, and across them the studentised residuals have their stated law.
#[test]
fn many_seeds_raise_no_alarm_and_their_residuals_have_students_law() {
    let seeds = seeds();
    let checks = sampled(&context(0));
    let runs: Vec<(u64, &(&str, Check))> =
        seeds.clone().flat_map(|seed| checks.iter().map(move |c| (seed, c))).collect();
    let answers: Vec<(Verdict, Option<f64>)> = runs
        .par_iter()
        .map(|(seed, (_, check))| {
            let answer = check.answer(&context(*seed)).unwrap();
            (answer.verdict(), rank(&answer.comparison().unwrap()))
        })
        .collect();
    let alarms: Vec<String> = runs
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| answer.0 == Verdict::Refuted)
        .map(|((seed, (id, check)), _)| format!("{id} {} under seed {seed}", check.case))
        .collect();
    assert!(alarms.is_empty(), "{alarms:#?}");
    for (i, (id, check)) in checks.iter().enumerate() {
        let of = answers.iter().skip(i).step_by(checks.len()).filter_map(|a| a.1).collect::<Vec<_>>();
        if of.len() > 1 {
            println!("{id} {}: {} residuals, p = {:.4}", check.case, of.len(), kolmogorov(of.clone()).1);
        }
    }
    let ranks: Vec<f64> = answers.iter().filter_map(|a| a.1).collect();
    let count = ranks.len();
    let (distance, p) = kolmogorov(ranks);
    println!("{count} residuals of {} checks: distance {distance:.5}, p = {p:.4}", checks.len());
    assert!(count > 50 * seeds.count() && p > 1e-3, "{count} residuals: distance {distance}, p = {p}");
}

/// The test can fail: residuals measured with a standard error one tenth too small do not have the law.
#[test]
fn a_standard_error_ten_percent_off_would_be_seen() {
    let n = 10_000;
    let law = StudentsT::new(0.0, 1.0, 31.0).unwrap();
    let uniform = (0..n).map(|i| (f64::from(i) + 0.5) / f64::from(n));
    let ranks = uniform.map(|u| law.cdf(law.inverse_cdf(u) / 0.9)).collect();
    assert!(kolmogorov(ranks).1 < 1e-3);
}
