//! Paths, outcomes and decisions against what is known of them.
#![allow(clippy::unwrap_used)] // helpers of tests

use infodyn_closed_form::{Marginal, MixtureLaw};
use infodyn_core::{Channel, Covariance, Density, Detail, Mixture, NoiseLevel, NoiseProcess, Points};
use infodyn_monte_carlo::{
    LabelPosterior, PathBatch, Paths, Result, Reverse, Scheme, Settings, decisions, mean_of_trials,
};

/// `E k = b tanh b` and accuracy `1 - e` (Wald), on a grid with four levels: atoms, and components with a width `q`,
/// for which `k = gamma/(1 + q gamma)`.
#[test]
fn decisions_are_without_error_of_the_grid() {
    for q in [0.0, 0.02] {
        decisions_of_a_pair(q);
    }
}

fn decisions_of_a_pair(q: f64) {
    let law = MixtureLaw::of(Mixture::symmetric_pair(&[0.6, 0.8], q).unwrap());
    let levels: Vec<NoiseLevel> = [200.0, 4.0, 0.5, 0.05].map(|snr| NoiseProcess::Edm.at_snr(snr).unwrap()).to_vec();
    let marginals: Vec<Marginal<'_>> = levels.iter().map(|l| Marginal::new(&law, l)).collect();
    let densities: Vec<&dyn Density> = marginals.iter().map(|m| m as &dyn Density).collect();
    let paths = Paths::new(&*law, &levels).unwrap();
    for confidence in [0.75, 0.95] {
        let settings = Settings { samples: 1 << 15, stream: 5, ..Settings::default() };
        let means = mean_of_trials(&settings, 2, &[], |_, rng, out| -> Result<()> {
            let mut batch = PathBatch::default();
            paths.draw(out.len() / 2, rng, &mut batch);
            let found = decisions(&densities, &levels, &batch, confidence, rng)?;
            for ((row, d), &a) in out.chunks_exact_mut(2).zip(found).zip(&batch.anchors) {
                let d = d.unwrap();
                (row[0], row[1]) = (d.snr / (1.0 + q * d.snr), f64::from(u8::from(d.label == a)));
            }
            Ok(())
        })
        .unwrap();
        let b = (2.0 * confidence - 1.0_f64).atanh();
        let (k, right) = (means.mean(0, 1.0 - 1e-9), means.mean(1, 1.0 - 1e-9));
        assert!(k.contains(b * b.tanh()), "{k} {}", b * b.tanh());
        assert!(right.contains(confidence), "{right}");
    }
}

#[test]
fn label_posteriors_agree_with_the_density() {
    let q = vec![
        Covariance::full(&[vec![0.5, 0.2], vec![0.2, 0.3]]).unwrap(),
        Covariance::isotropic(0.1).unwrap(),
        Covariance::isotropic(0.4).unwrap(),
    ];
    let law = Mixture::new(&[0.2, 0.5, 0.3], &[vec![1.0, 0.0], vec![-1.0, 0.4], vec![0.0, 2.0]], q).unwrap();
    let law = law.with_labels(vec![0, 1, 0]).unwrap();
    let level = NoiseProcess::Ou.at(0.4).unwrap();
    let marginal = Marginal::new(&law, &level);
    let mut odds = Vec::new();
    for x in [[0.3, 0.1], [-2.0, 5.0], [9.0, -7.0]] {
        let seen = marginal.observe_at(&x, Detail::SCORES);
        let (anchor, offset) = marginal.locate(&x);
        LabelPosterior::new(&marginal).log_odds(Points { anchors: &[anchor], offsets: &offset }, &mut odds);
        let (mut ln, mut gradient) = (Vec::new(), Vec::new());
        for (label, given) in [(0, [0, 2].as_slice()), (1, &[1])] {
            LabelPosterior::new(&marginal).belief(
                label,
                Points { anchors: &[anchor], offsets: &offset },
                &mut ln,
                &mut gradient,
            );
            let belief = -(-odds[label]).exp().ln_1p();
            assert!((ln[0] - belief).abs() < 1e-12 * belief.abs().max(1e-300), "{x:?}: {ln:?} {belief}");
            // The score of the label's own law.
            let part = |f: &dyn Fn(usize) -> f64| given.iter().map(|&k| f(k)).collect::<Vec<f64>>();
            let means: Vec<Vec<f64>> = given.iter().map(|&k| law.mean(k).to_vec()).collect();
            let total: f64 = part(&|k| law.weights()[k]).iter().sum();
            let weights = part(&|k| law.weights()[k] / total);
            let covariances = given.iter().map(|&k| law.covariance(k).clone()).collect();
            let own = Mixture::new(&weights, &means, covariances).unwrap();
            let difference = Marginal::new(&own, &level).score(&x) - marginal.score(&x);
            for (found, truth) in gradient.iter().zip(difference.iter()) {
                assert!((found - truth).abs() < 1e-11, "{x:?}: {gradient:?} {difference}");
            }
        }
        let surprisal = (-odds[law.labels()[anchor]]).exp().ln_1p();
        assert!((surprisal - seen.label.surprisal[0]).abs() < 1e-12 * (1.0 + surprisal), "{x:?}");
        assert!((odds[0] + odds[1]).abs() < 1e-11 * odds[0].abs(), "{odds:?}");
    }
}

/// Reverse paths end in each label with its weight, whatever the share of noise.
#[test]
fn outcomes_have_the_weights_of_the_law_and_do_not_depend_on_threads() {
    let law = Mixture::atoms(&[0.7, 0.2, 0.1], &[vec![0.0], vec![1.0], vec![2.5]]).unwrap();
    let channel = Channel::new(MixtureLaw::of(law.clone()), NoiseProcess::Ve, 1.0).unwrap();
    let levels = [40.0, 0.01].map(|snr| NoiseProcess::Ve.at_snr(snr).unwrap());
    for scheme in [Scheme::EulerMaruyama, Scheme::Exponential { noise: 1.0 }, Scheme::FlowHeun] {
        let sampler = Reverse::new(&channel, &levels, 128, scheme).unwrap();
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let settings = Settings { samples: 1 << 13, ..Settings::default() };
            let means = pool.install(|| {
                mean_of_trials(&settings, 3, &[], |_, rng, out| -> Result<()> {
                    let (mut batch, mut ends) = (PathBatch::default(), Vec::new());
                    sampler.draw(out.len() / 3, rng, &mut batch)?;
                    let end = sampler.densities().next().unwrap();
                    let points = Points { anchors: &batch.anchors, offsets: &batch.offsets[0] };
                    LabelPosterior::new(end).draw(points, rng, &mut ends);
                    out.chunks_exact_mut(3).zip(ends).for_each(|(row, y)| row[y] = 1.0);
                    Ok(())
                })
            });
            [0, 1, 2].map(|j| means.as_ref().unwrap().mean(j, 1.0 - 1e-9))
        };
        let found = run(1);
        for (e, w) in found.iter().zip(law.weights()) {
            // The step error of the first-order schemes at 128 steps is below 0.01.
            assert!((e.value() - w).abs() < e.radius() + 0.01, "{scheme:?}: {e} {w}");
        }
        assert_eq!(found.map(|e| e.value().to_bits()), run(2).map(|e| e.value().to_bits()));
    }
}
