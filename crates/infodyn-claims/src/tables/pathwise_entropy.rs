//! The pathwise conditional entropy of two symmetric atoms: paths, variances, decisions.

use infodyn_closed_form::{Marginal, MixtureLaw, pair};
use infodyn_core::{Density, Detail, Estimate, Mixture, NoiseLevel, NoiseProcess, Observation, Points, Table, ulps};
use infodyn_monte_carlo::{Means, PathBatch, Paths, Range, decisions, mean_of_trials, stream};

use super::offsets::{place, top};
use super::{LEVEL, logarithmic, places};
use crate::decisions::{bound, wald};
use crate::{Context, NamedLaw, Result};

/// Paths that are drawn.
const PATHS: usize = 24;
/// Confidences whose decisions are drawn as a distribution.
const CONFIDENCES: [f64; 3] = [0.75, 0.9, 0.99];
/// Confidences at which the mean signal is drawn, the former among them.
const MEANS: [f64; 8] = [0.6, 0.68, 0.75, 0.83, 0.9, 0.95, 0.98, 0.99];

fn law() -> Result<Mixture> {
    Ok(Mixture::symmetric_pair(&[1.0], 0.0)?)
}

/// Levels of `ve` at signals `k`, which fall: noise increases.
fn levels(ks: &[f64]) -> Result<Vec<NoiseLevel>> {
    Ok(ks.iter().map(|&k| NoiseProcess::Ve.at_snr(k)).collect::<infodyn_core::Result<_>>()?)
}

/// `n` signals, from less noise to more.
fn signals(n: usize) -> Vec<f64> {
    logarithmic(30.0, 0.02, n)
}

/// Exact paths of the atoms `+-1` in `ve` at 121 levels: a row is a level `snr`; `entropy_plus_I` or `entropy_minus_I`
/// is `h(X_t)` of path `I`, in nats, by its true label, and `belief_plus_I` or `belief_minus_I` the posterior of the
/// label `+`.
///
/// # Errors
/// When a level cannot be made.
pub fn pathwise_paths(context: &Context) -> Result<Table> {
    let (law, ks) = (MixtureLaw::of(law()?), signals(121));
    let levels = levels(&ks)?;
    let settings = context.for_part(&["pathwise-entropy", "paths"]).settings(1);
    let mut batch = PathBatch::default();
    Paths::new(&*law, &levels)?.draw(PATHS, &mut stream(settings.seed, settings.stream, 0), &mut batch);
    let (mut entropy, mut belief) = (vec![Vec::new(); PATHS], vec![Vec::new(); PATHS]);
    let mut seen = Observation::default();
    for ((i, level), offsets) in levels.iter().enumerate().zip(&batch.offsets) {
        let points = Points { anchors: &batch.anchors, offsets };
        Marginal::new(&law, level).observe(points, Detail::SCORES, &mut seen);
        // The noise is a path of i + 1 steps; the log-odds 2u, u = Y k + W, feel it twice.
        let k = level.snr();
        let doubt = 2.0 * ulps::path(i + 1) * f64::EPSILON * (k + 8.0 * k.sqrt());
        for p in 0..PATHS {
            let surprisal = seen.label.surprisal[p];
            let plus = if batch.anchors[p] == 0 { (-surprisal).exp() } else { -(-surprisal).exp_m1() };
            // |dh/du| <= 1/2 and |d pi/du| <= 1/2.
            entropy[p].push(Estimate::new(seen.label.entropy[p], 0.5 * doubt + ulps::READING * f64::EPSILON));
            belief[p].push(Estimate::new(plus, 0.5 * doubt + ulps::READING * f64::EPSILON));
        }
    }
    let mut table = Table::new().with("snr", "", places(&ks));
    for (p, (h, pi)) in entropy.into_iter().zip(belief).enumerate() {
        let side = if batch.anchors[p] == 0 { "plus" } else { "minus" };
        table = table.with(&format!("entropy_{side}_{p}"), "nats", h).with(&format!("belief_{side}_{p}"), "", pi);
    }
    Ok(table)
}

/// Means over the same law along the signal (claims D4, C8).
///
/// | column | what |
/// |---|---|
/// | `signal` | `k`, 121 values |
/// | `mean`, `variance` | `E h`, `Var h`, by one-dimensional integrals |
/// | `surprisal_variance`, `varentropy` | `Var iota`; `Var iota - Var h` |
/// | `sampled_signal` | `k`, 21 values |
/// | `sampled_mean`, `sampled_variance`, `sampled_surprisal_variance`, `sampled_varentropy` | along exact paths, at level 0.997; the last is the mean varentropy of the posterior itself |
/// | `variance_peak`, `surprisal_variance_peak` | `k`, one value each |
///
/// # Errors
/// When a peak is not bracketed or a sample is not finite.
pub fn pathwise_means(context: &Context) -> Result<Table> {
    // Far beyond, undecided paths are too rare for an interval from the sample itself.
    let (ks, sampled) = (signals(121), logarithmic(10.0, 0.02, 21));
    let each = |f: &dyn Fn(f64) -> Estimate| ks.iter().map(|&k| f(k)).collect::<Vec<_>>();
    let case = NamedLaw::new("pair-atoms", law()?).under(NoiseProcess::Ve, 1.0)?;
    let grid = levels(&sampled)?;
    let means = case.sample_paths(
        &context.for_part(&["pathwise-entropy", "means"]),
        (4, Detail::LABEL_ENTROPY | Detail::LABEL_SURPRISAL | Detail::LABEL_VARENTROPY),
        3 * grid.len(),
        |_| Ok(grid.clone()),
        |path, _, out| {
            for (seen, out) in path.iter().zip(out.chunks_exact_mut(3)) {
                (out[0], out[1], out[2]) = (seen.label_entropy(), seen.label_surprisal(), seen.label_varentropy());
            }
        },
    )?;
    let column = |f: &dyn Fn(usize) -> Estimate| (0..grid.len()).map(|i| f(3 * i)).collect::<Vec<_>>();
    Ok(Table::new()
        .with("signal", "", places(&ks))
        .with("mean", "nats", each(&pair::label_entropy))
        .with("variance", "nats^2", each(&pair::label_entropy_variance))
        .with("surprisal_variance", "nats^2", each(&pair::label_surprisal_variance))
        .with("varentropy", "nats^2", each(&|k| pair::label_surprisal_variance(k) - pair::label_entropy_variance(k)))
        .with("sampled_signal", "", places(&sampled))
        .with("sampled_mean", "nats", column(&|j| means.mean(j, LEVEL)))
        .with("sampled_variance", "nats^2", column(&|j| means.variance(j, LEVEL)))
        .with("sampled_surprisal_variance", "nats^2", column(&|j| means.variance(j + 1, LEVEL)))
        .with("sampled_varentropy", "nats^2", column(&|j| means.mean(j + 2, LEVEL)))
        .with("variance_peak", "", [place(&top("Var h", pair::label_entropy_variance)?)])
        .with("surprisal_variance_peak", "", [place(&top("Var iota", pair::label_surprisal_variance)?)]))
}

/// The first signal `k` at which a label is trusted, along the exact paths of the same law (claim D6).
///
/// | column | what |
/// |---|---|
/// | `time` | `k`, 121 values |
/// | `decided_C` | the fraction of paths that trust a label by then, confidence `C` percent |
/// | `sampled_time`, `sampled_decided_C` | the same from 16 384 paths, at level 0.997 |
/// | `wald_C`, `decided_at_wald_C` | the mean signal `b tanh b`, `b = atanh(2c - 1)`, and the fraction decided by then, one value each |
/// | `confidence`, `wald` | confidences and Wald's mean signal |
/// | `sampled_confidence`, `sampled_mean_time`, `sampled_right` | confidences, the sampled mean signal, the fraction whose first trusted label is right |
///
/// # Errors
/// When a level cannot be made or a sample is not finite.
pub fn pathwise_decisions(context: &Context) -> Result<Table> {
    // A path still undecided at k = 60 has a chance below exp(-25).
    let (law, last) = (MixtureLaw::of(law()?), 60.0);
    let levels = levels(&[last, 8.0, 2.0, 0.5, 0.1])?;
    let marginals: Vec<Marginal<'_>> = levels.iter().map(|l| Marginal::new(&law, l)).collect();
    let densities: Vec<&dyn Density> = marginals.iter().map(|m| m as &dyn Density).collect();
    let paths = Paths::new(&*law, &levels)?;
    let grid = logarithmic(0.05, 12.0, 15);
    let stride = 2 + grid.len();
    let settings = context.for_part(&["pathwise-entropy", "decisions"]).settings(32);
    let columns = MEANS.len() * stride;
    let means: Means = mean_of_trials(&settings, columns, &[], |_, rng, out| -> Result<()> {
        let mut batch = PathBatch::default();
        paths.draw(out.len() / columns, rng, &mut batch);
        for (c, &confidence) in MEANS.iter().enumerate() {
            let found = decisions(&densities, &levels, &batch, confidence, rng)?;
            for ((row, found), &truth) in out.chunks_exact_mut(columns).zip(found).zip(&batch.anchors) {
                let (label, snr) = found.map_or((usize::MAX, last), |d| (d.label, d.snr));
                let row = &mut row[c * stride..(c + 1) * stride];
                (row[0], row[1]) = (snr, f64::from(u8::from(label == truth)));
                row[2..].iter_mut().zip(&grid).for_each(|(r, &k)| *r = f64::from(u8::from(snr <= k)));
            }
        }
        Ok(())
    })?;
    let fraction = |j: usize| means.bounded_mean(j, Range::always(0.0, 1.0), LEVEL);
    let times = logarithmic(0.02, 30.0, 121);
    let decided = |k: f64, confidence: f64| Estimate::ONE - pair::undecided(k, bound(confidence));
    let mut table = Table::new().with("time", "", places(&times)).with("sampled_time", "", places(&grid));
    for confidence in CONFIDENCES {
        let percent = (100.0 * confidence).round();
        let Some(c) = MEANS.iter().position(|&m| m == confidence) else { continue };
        let mean = wald(confidence);
        table = table
            .with(&format!("decided_{percent}"), "", times.iter().map(|&k| decided(k, confidence)))
            .with(&format!("sampled_decided_{percent}"), "", (0..grid.len()).map(|i| fraction(c * stride + 2 + i)))
            .with(&format!("wald_{percent}"), "", [mean])
            .with(&format!("decided_at_wald_{percent}"), "", [decided(mean.value(), confidence)]);
    }
    let confidences: Vec<f64> = (0..=96).map(|i| 0.51 + 0.005 * f64::from(i)).collect();
    Ok(table
        .with("wald", "", confidences.iter().map(|&c| wald(c)))
        .with("confidence", "", confidences.iter().map(|&c| Estimate::rounded(c, ulps::operations(3))))
        .with_exact("sampled_confidence", "", MEANS)
        .with("sampled_mean_time", "", (0..MEANS.len()).map(|c| means.mean(c * stride, LEVEL)))
        .with("sampled_right", "", (0..MEANS.len()).map(|c| fraction(c * stride + 1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> Context {
        Context::new(infodyn_monte_carlo::SEED, crate::Effort::Standard)
    }

    /// theory.md D4 and section 7; what is sampled against the integrals; the parts of D4 against their sum.
    #[test]
    fn variances_of_the_paths() {
        let table = pathwise_means(&context()).unwrap();
        let value = |name: &str, row: usize| table.column(name).unwrap().values[row].unwrap();
        assert!(value("variance_peak", 0).contains(1.345_477_669_725_041_7));
        assert!(value("surprisal_variance_peak", 0).contains(1.026_943_343_908_725));
        for row in 0..21 {
            let k = value("sampled_signal", row).value();
            let truth = [pair::label_entropy(k), pair::label_entropy_variance(k), pair::label_surprisal_variance(k)];
            let parts = value("sampled_variance", row) + value("sampled_varentropy", row);
            let names = ["sampled_mean", "sampled_variance", "sampled_surprisal_variance"];
            for (name, truth) in names.into_iter().zip(truth) {
                // Twice the radius at 0.997: one of 84 may lie outside once.
                let found = value(name, row);
                assert!((found.value() - truth.value()).abs() < 2.0 * found.radius(), "{name} at {k}: {found} {truth}");
            }
            assert!((parts.value() - truth[2].value()).abs() < 2.0 * parts.radius(), "{k}: {parts}");
        }
    }

    /// theory.md D6: the mean signal is `b tanh b`, and the label first trusted is right with probability `1 - e`.
    #[test]
    fn decisions_of_the_paths() {
        let table = pathwise_decisions(&context()).unwrap();
        let column = |name: &str| table.column(name).unwrap().values.iter().map(|v| v.unwrap()).collect::<Vec<_>>();
        for (i, &c) in MEANS.iter().enumerate() {
            let b = (2.0 * c - 1.0).atanh();
            let (mean, right) = (column("sampled_mean_time")[i], column("sampled_right")[i]);
            assert!((mean.value() - b * b.tanh()).abs() < 2.0 * mean.radius(), "{c}: {mean}");
            assert!((right.value() - c).abs() < 2.0 * right.radius(), "{c}: {right}");
        }
        for c in [75, 90, 99] {
            let grid = column("sampled_time");
            for (k, found) in grid.iter().zip(column(&format!("sampled_decided_{c}"))) {
                let truth = 1.0 - pair::undecided(k.value(), (f64::from(c) / 50.0 - 1.0).atanh()).value();
                assert!((found.value() - truth).abs() < 2.0 * found.radius(), "{c} at {k}: {found} {truth}");
            }
        }
    }
}
