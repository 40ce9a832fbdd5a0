//! The false-alarm budget of the registry: written down, and tested under many seeds.
#![allow(clippy::unwrap_used)]

use infodyn_claims::{Context, Effort, Evidence, Kind, registry, verify};
use infodyn_core::Verdict;
use statrs::distribution::{ContinuousCDF, StudentsT};

const SEEDS: u64 = 100;

fn context(seed: u64) -> Context {
    Context { seed, effort: Effort::Smallest, digits: None }
}

/// Every interval misses with probability at most `1 - CONFIDENCE`, so a run raises a false alarm with probability
/// at most (number of sampled checks) x (1 - CONFIDENCE). A check looks at one difference of two sides, which is one
/// interval, or at two sides with an interval each.
#[test]
fn the_whole_registry_stays_below_one_in_a_million() {
    let checks = registry().iter().flat_map(|c| c.all_checks(&context(0)).unwrap()).collect::<Vec<_>>();
    let sampled = checks.iter().filter(|c| c.kind == Kind::MonteCarlo).count();
    let budget = 2.0 * sampled as f64 * (1.0 - Context::CONFIDENCE);
    assert!(sampled > 100 && budget < 1e-6, "{sampled} sampled checks: {budget:e}");
}

/// The law that a studentised residual of a true statement has, at its value: uniform in `[0, 1]`.
fn rank(evidence: &Evidence) -> Option<f64> {
    let comparison = evidence.comparison?;
    let difference = comparison.difference;
    // Sampled in pairs, or one side sampled against a number.
    let one = comparison.lhs.sampling.xor(comparison.rhs.sampling);
    let sampling = difference.sampling.or(one)?;
    // Sides that agree draw by draw differ by rounding alone, which has no law.
    let scale = comparison.lhs.value.abs() + comparison.rhs.value.abs();
    if sampling.std_error <= 1e-12 * scale {
        return None;
    }
    let law = StudentsT::new(0.0, 1.0, sampling.freedom?).unwrap();
    Some(law.cdf(difference.value / sampling.std_error))
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

/// A hundred seeds raise no alarm, and across them the studentised residuals have their stated law.
#[test]
fn a_hundred_seeds_raise_no_alarm_and_their_residuals_have_students_law() {
    let mut ranks = Vec::new();
    for seed in 0..SEEDS {
        let report = verify(&context(seed), &[], &[Kind::MonteCarlo], &|_, _| ()).unwrap();
        for claim in &report.claims {
            for evidence in &claim.evidence {
                assert_ne!(evidence.verdict, Verdict::Refuted, "{} {} under seed {seed}", claim.id, evidence.case);
                ranks.extend(rank(evidence));
            }
        }
    }
    let (count, by_half) = (ranks.len(), ranks.iter().filter(|&&u| u < 0.5).count());
    let (distance, p) = kolmogorov(ranks);
    println!("{count} residuals, {by_half} below 0; distance {distance:.5}, p = {p:.4}");
    assert!(count > 50 * SEEDS as usize && p > 1e-3, "{count} residuals: distance {distance}, p = {p}");
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
