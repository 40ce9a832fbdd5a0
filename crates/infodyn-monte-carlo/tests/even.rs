//! Draws that lie evenly: their means are right, as right as they say, and more so than those of independent draws.

#![allow(clippy::unwrap_used, reason = "the whole file is tests")]

use infodyn_closed_form::{Marginal, MixtureLaw};
use infodyn_core::{Channel, Detail, Estimate, Mixture, NoiseLevel, NoiseProcess, Quantity, profile};
use infodyn_monte_carlo::{Draw, Means, Range, Settings, Span, View, mean_of, mean_over_time};
use infodyn_quadrature::Quadrature;

fn settings(seed: u64, draw: Draw) -> Settings {
    Settings { seed, samples: 1 << 14, draw, ..Settings::default() }
}

/// Entropy of the label's posterior and its squared score.
fn sampled(law: &MixtureLaw, level: NoiseLevel, settings: &Settings, products: &[(usize, usize)]) -> Means {
    let marginal = Marginal::new(law, &level);
    let views = [View::new(level, &marginal).asking(Detail::LABEL_ENTROPY | Detail::SCORE)];
    mean_of(settings, law, &views, 2, products, |batch, out| {
        let seen = &batch.readings[0].observation;
        for (i, out) in out.chunks_exact_mut(2).enumerate() {
            (out[0], out[1]) = (seen.label.entropy[i], seen.score_norm2(i, batch.dim));
        }
    })
    .unwrap()
}

fn residual(found: Estimate, truth: Estimate) -> f64 {
    (found.value() - truth.value()) / found.sampling().unwrap().std_error
}

/// The root mean square of 160 residuals in units of their standard errors is 1 but for six of its own, 0.056, and
/// what 31 degrees of freedom add.
fn assert_honest(residuals: &[f64]) {
    let rms = (residuals.iter().map(|r| r * r).sum::<f64>() / residuals.len() as f64).sqrt();
    assert!((0.66..1.4).contains(&rms), "{rms}");
}

#[test]
fn residuals_are_as_large_as_their_standard_errors() {
    let quantities = [Quantity::LabelEntropy, Quantity::MeanScoreNorm2, Quantity::LabelPosteriorEntropyVariance];
    // In the plane on the lattice, in 16 dimensions with mirror images.
    for mu in [vec![0.6, 0.8], vec![0.25; 16]] {
        let law = MixtureLaw::of(Mixture::symmetric_pair(&mu, 0.3).unwrap());
        let level = NoiseProcess::Edm.at(0.7).unwrap();
        let channel = Channel::new(law.clone(), NoiseProcess::Edm, 0.7).unwrap();
        let truth = profile(&Quadrature, &channel, &quantities).unwrap();
        let truth = quantities.map(|q| truth.get(q).unwrap());
        let (mut residuals, mut missed) = (Vec::new(), 0);
        for seed in 0..160 / 2 {
            let means = sampled(&law, level, &settings(seed, Draw::Even), &[(0, 0)]);
            let of = [means.mean(0, 0.997), means.mean(1, 0.997), means.covariance(0, 0, 0.997).unwrap()];
            assert_eq!(of[2], means.variance(0, 0.997));
            missed += of.iter().zip(&truth).filter(|(found, truth)| !found.contains(truth.value())).count();
            residuals.extend(of.iter().zip(&truth).map(|(found, truth)| residual(*found, *truth)));
            assert!(means.bounded_mean(0, Range::always(0.0, 1.0), 0.997).contains(truth[0].value()));
        }
        assert!(missed <= 6, "{missed} of 240 at level 0.997");
        assert_honest(&residuals);
    }
}

/// Their variance is less than that of independent draws by the factors that the documentation promises for functions
/// like these.
#[test]
fn even_draws_vary_less() {
    let law = MixtureLaw::of(Mixture::symmetric_pair(&[0.6, 0.8], 0.3).unwrap());
    let level = NoiseProcess::Edm.at(0.7).unwrap();
    let mean_square = |draw: Draw, column: usize| {
        let one = |seed| {
            let found = sampled(&law, level, &settings(seed, draw), &[]).mean(column, 0.997);
            found.sampling().unwrap().std_error.powi(2)
        };
        (0..8).map(one).sum::<f64>()
    };
    for column in 0..2 {
        let gain = mean_square(Draw::Independent, column) / mean_square(Draw::Even, column);
        assert!(gain > 4.0, "{column}: {gain}");
    }
}

/// The increment of the label's entropy over a stretch against the integral of its rate, at drawn times.
#[test]
fn rates_at_drawn_times_add_up_to_increments() {
    let law = MixtureLaw::of(Mixture::symmetric_pair(&[0.6, 0.8], 0.3).unwrap());
    let channel = Channel::new(law, NoiseProcess::Edm, 0.7).unwrap();
    let span = Span { t0: 0.5, t1: 0.9, ends: Detail::LABEL_ENTROPY, between: Detail::LABEL_PRODUCTION };
    let one = |seed: u64| {
        let settings = settings(seed, Draw::Even);
        let means = mean_over_time(&settings, &channel, &span, 1, &[], |batch, out| {
            let [first, last, between] = batch.readings else { return };
            for (i, out) in out.iter_mut().enumerate() {
                let rate = 0.5 * between.level.g2() * between.observation.label_production[i];
                let gained = last.observation.label.entropy[i] - first.observation.label.entropy[i];
                *out = gained - batch.weight * rate;
            }
        });
        residual(means.unwrap().mean(0, 0.997), Estimate::ZERO)
    };
    assert_honest(&(0..160).map(one).collect::<Vec<_>>());
}

/// The bits do not depend on the number of threads, and a seed has its own.
#[test]
fn the_same_seed_has_the_same_bits() {
    let law = MixtureLaw::of(Mixture::symmetric_pair(&[0.25; 16], 0.3).unwrap());
    let level = NoiseProcess::Edm.at(0.7).unwrap();
    let run = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| sampled(&law, level, &settings(seed, Draw::Even), &[]).mean(0, 0.997))
    };
    assert_eq!(run(1, 5), run(3, 5));
    assert_ne!(run(1, 5), run(1, 6));
}
