//! Estimates against exact values, and their bits against the number of threads.

#![allow(clippy::unwrap_used, reason = "the whole file is tests")]

use infodyn_closed_form::{Marginal, MixtureLaw};
use infodyn_core::{
    Channel, Covariance, Detail, Estimate, Mixture, Moment, Mutation, NoiseLevel, NoiseProcess, Profile, Quantity,
    Route, profile,
};
use infodyn_fixtures::TWO_ATOMS;
use infodyn_monte_carlo::{Error, MonteCarlo, MonteCarloAlong, Settings, Span, View, mean_of, mean_over_time};
use infodyn_quadrature::Quadrature;

fn channel(law: &Mixture, level: &NoiseLevel) -> Channel {
    Channel::new(MixtureLaw::of(law.clone()), NoiseProcess::Ve, 1.0).unwrap().read_at(*level)
}

fn estimates(law: &Mixture, level: &NoiseLevel, settings: &Settings) -> Profile {
    profile(&MonteCarlo(*settings), &channel(law, level), Quantity::ALL).unwrap()
}

fn few(seed: u64) -> Settings {
    Settings { seed, samples: 8192, ..Settings::default() }
}

fn pair() -> Mixture {
    Mixture::atoms(&[], &[vec![1.0], vec![-1.0]]).unwrap()
}

#[test]
fn two_atoms_give_the_table() {
    let law = pair();
    let settings = Settings { samples: 1 << 20, confidence: 1.0 - 1e-10, ..Settings::default() };
    for [k, entropy, variance, mmse] in TWO_ATOMS {
        let level = NoiseProcess::Ou.at_snr(k).unwrap();
        let p = estimates(&law, &level, &settings);
        let gauss = 0.5 * (std::f64::consts::TAU * std::f64::consts::E * level.sigma2()).ln();
        let information = std::f64::consts::LN_2 - entropy;
        for (q, truth, sharp) in [
            (Quantity::LabelEntropy, entropy, 3e-3),
            (Quantity::ConditionalEntropy, entropy, 3e-3),
            (Quantity::MutualInformation, information, 3e-3),
            (Quantity::MarginalEntropy, gauss + information, 8e-3),
            (Quantity::Mmse, mmse, 6e-3),
            (Quantity::BandwidthFraction, k * mmse, 4e-2),
            (Quantity::LabelPosteriorEntropyVariance, variance, 8e-4),
            (Quantity::PosteriorEntropyVariance, variance, 8e-4),
            (Quantity::ConditionalEntropyRate, level.g2() / (2.0 * level.sigma2()) * k * mmse, 4e-2),
            (Quantity::LabelEntropyRate, level.g2() / (2.0 * level.sigma2()) * k * mmse, 4e-2),
            (Quantity::MeanScoreNorm2, (1.0 - k * mmse) / level.sigma2(), 0.1),
            (Quantity::MeanScoreDivergence, -(1.0 - k * mmse) / level.sigma2(), 4e-2),
            (Quantity::MeanTopEigenvalue, -(1.0 - k * mmse) / level.sigma2(), 4e-2),
            (Quantity::CloneAgreement, 1.0 - 0.5 * mmse, 3e-3),
        ] {
            let e = p.get(q).unwrap();
            assert!(e.contains(truth), "k = {k}: {q} = {e}, exactly {truth}");
            assert!(e.radius() < sharp, "k = {k}: {q} = {e}");
        }
    }
}

#[test]
fn surprisal_variance_peaks_with_its_value() {
    // theory.md, D4.
    let level = NoiseProcess::Ve.at_snr(1.026_943_343_908_725).unwrap();
    let p = estimates(&pair(), &level, &Settings { samples: 1 << 20, ..Settings::default() });
    for q in [Quantity::LabelSurprisalVariance, Quantity::SurprisalVariance] {
        let e = p.get(q).unwrap();
        assert!(e.contains(0.317_034_831_590_863) && e.radius() < 4e-3, "{q} {e}");
    }
}

/// A Gaussian law of full covariance and its exact quantities at a level.
fn gaussian(level: &NoiseLevel) -> (Mixture, Vec<(Quantity, f64)>) {
    let rows = [vec![2.0, 0.6, 0.0], vec![0.6, 0.5, -0.1], vec![0.0, -0.1, 0.3]];
    let covariance = Covariance::full(&rows).unwrap();
    let l: Vec<f64> = (0..3).map(|i| covariance.eigenvalue(i)).collect();
    let law = Mixture::gaussian(&[1.0, -2.0, 0.5], covariance).unwrap();
    let (snr, s2) = (level.snr(), level.sigma2());
    let sum = |f: &dyn Fn(f64) -> f64| l.iter().map(|&l| f(l)).sum::<f64>();
    let unit = std::f64::consts::TAU * std::f64::consts::E;
    let mmse = sum(&|l| l / (1.0 + snr * l));
    let norm2 = sum(&|l| 1.0 / (s2 * (1.0 + snr * l)));
    let top = l.iter().map(|&l| -1.0 / (s2 * (1.0 + snr * l))).fold(f64::NEG_INFINITY, f64::max);
    let rate = 0.5 * level.g2() * snr / s2 * mmse;
    let exact = vec![
        (Quantity::MarginalEntropy, sum(&|l| 0.5 * (unit * s2 * (1.0 + snr * l)).ln())),
        (Quantity::MarginalEntropyRate, 3.0 * level.f() + 0.5 * level.g2() * norm2),
        (Quantity::ConditionalEntropy, sum(&|l| 0.5 * (unit * l / (1.0 + snr * l)).ln())),
        (Quantity::ConditionalEntropyRate, rate),
        (Quantity::MutualInformation, sum(&|l| 0.5 * (snr * l).ln_1p())),
        (Quantity::MeanScoreDivergence, -norm2),
        (Quantity::MeanScoreNorm2, norm2),
        (Quantity::Mmse, mmse),
        (Quantity::PosteriorSquareTrace, sum(&|l| (l / (1.0 + snr * l)).powi(2))),
        (Quantity::PosteriorEntropyVariance, 0.0),
        (Quantity::SurprisalVariance, 1.5),
        (Quantity::MeanTopEigenvalue, top),
        (Quantity::LabelEntropy, 0.0),
        (Quantity::CloneAgreement, 1.0),
    ];
    (law, exact)
}

#[test]
fn a_gaussian_law_has_all_its_quantities() {
    let level = NoiseProcess::Ou.at(0.4).unwrap();
    let (law, exact) = gaussian(&level);
    let p = estimates(&law, &level, &Settings { samples: 1 << 18, ..Settings::default() });
    for (q, truth) in exact {
        let e = p.get(q).unwrap();
        assert!(e.contains(truth) && e.radius() < 0.1, "{q}: {e}, exactly {truth}");
    }
}

/// Fewest misses `m` that a true miss probability of `p` in `n` trials reaches with a probability
/// below 1e-6, by Chernoff's bound.
fn too_many(n: f64, p: f64) -> f64 {
    let relative = |x: f64| x * (x / p).ln() + (1.0 - x) * ((1.0 - x) / (1.0 - p)).ln();
    let mut m = (n * p).ceil();
    while n * relative((m + 1.0) / n) < 1e6_f64.ln() {
        m += 1.0;
    }
    m + 1.0
}

#[test]
fn intervals_cover_as_often_as_they_say() {
    let (n, confidence) = (400_u32, 0.95);
    let mut misses = std::collections::BTreeMap::new();
    let level = NoiseProcess::Ou.at_snr(1.0).unwrap();
    let (law, exact) = gaussian(&level);
    let two = pair();
    let [k, entropy, variance, mmse] = TWO_ATOMS[2];
    let (s2, half) = (level.sigma2(), 0.5 * level.g2() / level.sigma2());
    let exact_pair = [
        (Quantity::LabelEntropy, entropy),
        (Quantity::LabelPosteriorEntropyVariance, variance),
        (Quantity::LabelSurprisalVariance, 0.316_945_645_065_947_7),
        (Quantity::LabelEntropyRate, half * k * mmse),
        (Quantity::MeanScoreNorm2, (1.0 - k * mmse) / s2),
    ];
    for seed in 0..n {
        let settings = Settings { confidence, ..few(u64::from(seed)) };
        for (case, law, exact) in [("gaussian", &law, &exact[..]), ("pair", &two, &exact_pair[..])] {
            let p = estimates(law, &level, &settings);
            for &(q, truth) in exact {
                if !p.get(q).unwrap().contains(truth) {
                    *misses.entry((case, q)).or_insert(0_u32) += 1;
                }
            }
        }
    }
    let most = too_many(f64::from(n), 1.0 - confidence);
    for (what, count) in misses {
        assert!(f64::from(count) < most, "{what:?}: {count} of {n} miss");
    }
}

#[test]
fn studentised_intervals_are_not_needlessly_wide() {
    // Surprisal variance of a Gaussian, rank/2 = 1.5: a studentised interval of level 0.5 must miss
    // about half the time.
    let level = NoiseProcess::Ou.at_snr(1.0).unwrap();
    let (law, _) = gaussian(&level);
    let (q, channel) = ([Quantity::SurprisalVariance], channel(&law, &level));
    let (mut misses, mut signed) = (0, 0.0);
    for seed in 0..400 {
        let settings = Settings { confidence: 0.5, ..few(seed) };
        let e = profile(&MonteCarlo(settings), &channel, &q).unwrap().get(q[0]).unwrap();
        misses += u32::from(!e.contains(1.5));
        signed += (e.value() - 1.5) / e.sampling().unwrap().std_error;
    }
    assert!((150..=250).contains(&misses), "{misses}");
    // Unbiased: the mean of 400 errors in units of their standard error.
    assert!(signed.abs() / 20.0 < 5.0, "{signed}");
}

#[test]
fn variances_are_unbiased() {
    let level = NoiseProcess::Ve.at_snr(1.0).unwrap();
    let law = pair();
    let marginal = Marginal::new(&law, &level);
    let mut signed = 0.0;
    for seed in 0..200 {
        let views = [View::new(level, &marginal)];
        let means = mean_of(&few(1000 + seed), &*MixtureLaw::of(law.clone()), &views, 2, &[(0, 1)], |batch, out| {
            let o = &batch.readings[0].observation;
            for (i, row) in out.chunks_exact_mut(2).enumerate() {
                (row[0], row[1]) = (o.label.entropy[i], o.label.entropy[i]);
            }
        })
        .unwrap();
        let (v, c) = (means.variance(0, 0.99), means.covariance(0, 1, 0.99).unwrap());
        assert!((v.value() - c.value()).abs() < 1e-14, "{v} {c}");
        signed += (v.value() - TWO_ATOMS[2][2]) / v.sampling().unwrap().std_error;
        assert!(means.covariance(1, 1, 0.99).is_none());
    }
    assert!(signed.abs() / 200.0_f64.sqrt() < 5.0, "{signed}");
}

/// Simulation of a law as it stands, whatever it splits into.
struct Whole(Settings);

impl Route for Whole {
    type Error = Error;
    fn means(&self, channel: &Channel, moments: &[Moment]) -> Result<Vec<Option<Estimate>>, Error> {
        MonteCarlo(self.0).means(channel, moments)
    }
}

/// Laws that split, with two labels: three atoms, and three components of equal width, in twelve dimensions.
fn split(width: f64) -> Mixture {
    let mean = |k: usize| (0..12).map(|i| (1.3 * (k * i + k) as f64).sin()).collect::<Vec<f64>>();
    let law = Mixture::new(&[0.2, 0.5, 0.3], &[mean(1), mean(2), mean(3)], vec![Covariance::isotropic(width).unwrap()]);
    law.unwrap().with_labels(vec![0, 1, 0]).unwrap()
}

/// What integration in a plane gives in a second.
const SMOOTH: [Quantity; 9] = [
    Quantity::MarginalEntropy,
    Quantity::MarginalEntropyRate,
    Quantity::ConditionalEntropyRate,
    Quantity::MutualInformation,
    Quantity::MeanScoreDivergence,
    Quantity::LabelEntropy,
    Quantity::LabelEntropyRate,
    Quantity::LabelPosteriorEntropyVariance,
    Quantity::CloneAgreement,
];

/// A law that splits is sampled in its core; the whole law is the check, and integration in the core.
#[test]
fn the_core_of_a_law_has_the_numbers_of_the_whole() {
    let settings = Settings { samples: 1 << 15, confidence: 1.0 - 1e-9, ..Settings::default() };
    for (width, snr) in [(0.0, 0.5), (0.3, 0.02), (0.3, 1.0), (0.3, 50.0)] {
        let channel = channel(&split(width), &NoiseProcess::Ou.at_snr(snr).unwrap());
        let core = profile(&MonteCarlo(settings), &channel, Quantity::ALL).unwrap();
        let whole = profile(&Whole(Settings { stream: 1, ..settings }), &channel, Quantity::ALL).unwrap();
        let exact = profile(&Quadrature, &channel, &SMOOTH).unwrap();
        assert_eq!(core.iter().count(), whole.iter().count());
        for (q, e) in core.iter() {
            let w = whole.get(q).unwrap();
            assert!((e - w).contains(0.0), "snr = {snr}: {q} = {e} in the core, {w} of the whole");
            assert!(e.radius() < 2.0 * w.radius(), "snr = {snr}: {q} = {e} in the core, {w} of the whole");
            assert!(e.sampling().is_some() == w.sampling().is_some(), "snr = {snr}: {q}");
            if let Some(exact) = exact.get(q) {
                assert!((e - exact).contains(0.0), "snr = {snr}: {q} = {e}, exactly {exact}");
            }
        }
    }
}

/// What is broken in a channel is broken where it is sampled.
#[test]
fn the_core_of_a_broken_channel_is_broken() {
    let settings = Settings { samples: 1 << 18, confidence: 1.0 - 1e-9, ..Settings::default() };
    let channel = channel(&split(0.3), &NoiseProcess::Ou.at_snr(0.5).unwrap());
    let exact = profile(&Quadrature, &channel, &SMOOTH).unwrap();
    let refuted = |mutation| {
        let found = profile(&MonteCarlo(settings), &channel.mutated(mutation), Quantity::ALL).unwrap();
        found.iter().filter(|&(q, e)| exact.get(q).is_some_and(|x| !(e - x).contains(0.0))).count()
    };
    assert_eq!(refuted(Mutation::None), 0);
    for mutation in [Mutation::Noise, Mutation::Weight, Mutation::Sigma, Mutation::Clock, Mutation::Label] {
        assert!(refuted(mutation) > 0, "{mutation}");
    }
}

/// Where two components are a rounding apart, a law is sampled whole: radii would be those of the reduction.
#[test]
fn a_law_that_reduces_badly_is_sampled_whole() {
    let at = |x: f64, y: f64| vec![x, y, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0];
    let near = Mixture::atoms(&[], &[at(1.0, 1.0), at(1.0, 1.0 + 1e-9), at(-3.0, 0.0)]).unwrap();
    let level = NoiseProcess::Ou.at_snr(1.0).unwrap();
    let whole = profile(&Whole(few(1)), &channel(&near, &level), Quantity::ALL).unwrap();
    assert_eq!(bits(&estimates(&near, &level, &few(1))), bits(&whole));
}

fn bits(p: &Profile) -> Vec<(Quantity, u64, u64)> {
    p.iter().map(|(q, e)| (q, e.value().to_bits(), e.radius().to_bits())).collect()
}

#[test]
fn threads_do_not_change_a_bit() {
    let full = Covariance::full(&[vec![1.0, 0.3], vec![0.3, 0.4]]).unwrap();
    let law = Mixture::new(
        &[0.2, 0.5, 0.3],
        &[vec![0.0, 1.0], vec![2.0, -1.0], vec![-3.0, 0.0]],
        vec![full.clone(), Covariance::isotropic(0.2).unwrap(), full],
    )
    .unwrap()
    .with_labels(vec![0, 1, 0])
    .unwrap();
    let level = NoiseProcess::Ou.at(0.5).unwrap();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| bits(&estimates(&law, &level, &few(9))))
    };
    let one = run(1);
    assert_eq!(one.len(), Quantity::ALL.len());
    assert_eq!(one, run(2));
    assert_eq!(one, run(16));
    let other = bits(&estimates(&law, &level, &few(10)));
    assert!(one.iter().zip(&other).all(|(a, b)| a.1 != b.1), "another seed gives other numbers");
}

/// The increment of the entropy of the label's posterior against the integrated rate of B3 for two
/// atoms, from `k = 4` to `k = 1/4`.
fn entropy_balance(mutation: Mutation) -> Estimate {
    let channel = Channel::new(MixtureLaw::of(pair()), NoiseProcess::Edm, 1.0).unwrap().mutated(mutation);
    let span = Span { t0: 0.5, t1: 2.0, ends: Detail::SCORES, between: Detail::SCORES };
    let settings = Settings { samples: 1 << 18, ..Settings::default() };
    let means = mean_over_time(&settings, &channel, &span, 1, &[], |batch, out| {
        let [start, end, between] = batch.readings else { unreachable!() };
        let level = between.level;
        for (i, v) in out.iter_mut().enumerate() {
            let rise = end.observation.label.entropy[i] - start.observation.label.entropy[i];
            let rate = 0.5 * level.g2() * level.snr() / level.sigma2() * between.observation.posterior_trace[i];
            *v = rise - batch.weight * rate;
        }
    })
    .unwrap();
    means.mean(0, 0.9999)
}

#[test]
fn integrated_rates_balance_and_other_noise_refutes_them() {
    let e = entropy_balance(Mutation::None);
    assert!(e.contains(0.0) && e.radius() < 0.01, "{e}");
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(e, alone.install(|| entropy_balance(Mutation::None)));
    let e = entropy_balance(Mutation::Noise);
    assert!(!e.contains(0.0), "{e}");
}

#[test]
fn a_model_with_other_components_is_read_at_the_same_points() {
    let law = Mixture::new(&[], &[vec![1.0, 0.0], vec![-1.0, 2.0]], vec![Covariance::isotropic(0.2).unwrap()]).unwrap();
    let level = NoiseProcess::Ou.at(0.3).unwrap();
    // The same marginal, its components in another order and one of them split in two.
    let means = [vec![-1.0, 2.0], vec![1.0, 0.0], vec![-1.0, 2.0]];
    let same = Mixture::new(&[0.25, 0.5, 0.25], &means, vec![Covariance::isotropic(0.2).unwrap()]).unwrap();
    // As many components, displaced.
    let moved =
        Mixture::new(&[], &[vec![1.5, 0.0], vec![-1.0, 1.0]], vec![Covariance::isotropic(0.2).unwrap()]).unwrap();
    let densities = [&law, &same, &moved].map(|l| Marginal::new(l, &level));
    let views = [0, 1, 2].map(|i| View::new(level, &densities[i]));
    let means = mean_of(&few(4), &*MixtureLaw::of(law.clone()), &views, 2, &[], |batch, out| {
        let mut x = [0.0; 2];
        for (i, row) in out.chunks_exact_mut(2).enumerate() {
            let [a, b, c] = batch.readings else { unreachable!() };
            row[0] = (a.observation.ln_density[i] - b.observation.ln_density[i]).abs();
            for (j, v) in x.iter_mut().enumerate() {
                *v = level.alpha() * law.mean(batch.draws.anchors[i])[j] + a.offsets[2 * i + j];
            }
            row[1] = (infodyn_core::Density::ln_density(&densities[2], &x) - c.observation.ln_density[i]).abs();
        }
    })
    .unwrap();
    assert!(means.moments(0).mean < 1e-14 && means.moments(1).mean < 1e-14);
}

#[test]
fn overlapping_components_keep_entropies_and_clones() {
    // Two equal components are one: the posterior of X_0 is that of a Gaussian, whatever the clone's
    // component.
    let law = Mixture::new(&[0.4, 0.6], &[vec![0.5], vec![0.5]], vec![Covariance::isotropic(0.7).unwrap()]).unwrap();
    let level = NoiseProcess::Ve.at(0.6).unwrap();
    let p = estimates(&law, &level, &Settings::default());
    for (q, truth) in [
        (Quantity::PosteriorEntropyVariance, 0.0),
        (Quantity::SurprisalVariance, 0.5),
        (Quantity::MutualInformation, 0.5 * (1.0_f64 + 0.7 / 0.6).ln()),
        (Quantity::LabelEntropy, -(0.4 * 0.4_f64.ln() + 0.6 * 0.6_f64.ln())),
    ] {
        let e = p.get(q).unwrap();
        assert!(e.contains(truth) && e.radius() < 0.03, "{q} {e} {truth}");
    }
}

#[test]
fn rare_events_that_no_sample_meets_are_covered() {
    // By 30-digit quadrature (mpmath) of the posterior entropy, its square and sech^2 at k = 40.
    let level = NoiseProcess::Ve.at_snr(40.0).unwrap();
    let p = estimates(&pair(), &level, &few(2));
    for (q, truth) in [
        (Quantity::LabelEntropy, 3.879_475_881_097_93e-10),
        (Quantity::Mmse, 3.967_207_155_408_73e-10),
        (Quantity::LabelPosteriorEntropyVariance, 1.235_004_644_759_71e-10),
        (Quantity::MutualInformation, std::f64::consts::LN_2 - 3.879_475_881_097_93e-10),
    ] {
        let e = p.get(q).unwrap();
        assert!(e.contains(truth), "{q} {e}");
    }
}

#[test]
fn wrong_settings_say_so() {
    let law = pair();
    let level = NoiseProcess::Ve.at(1.0).unwrap();
    let marginal = Marginal::new(&law, &level);
    let views = [View::new(level, &marginal)];
    for (settings, part) in [
        (Settings { confidence: 1.0, ..few(0) }, "confidence: 1"),
        (Settings { stream: 1 << 31, ..few(0) }, "stream: 2147483648"),
        (Settings { samples: u64::MAX, ..few(0) }, "samples: 18446744073709551615"),
    ] {
        let error =
            mean_of(&settings, &*MixtureLaw::of(law.clone()), &views, 1, &[], |_, _| ()).err().unwrap().to_string();
        assert!(error.starts_with(part), "{error}");
    }
    let error = mean_of(&few(0), &*MixtureLaw::of(law.clone()), &views, 1, &[], |_, out| out.fill(f64::NAN))
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("column 0") && error.contains("NaN"), "{error}");
}

/// Two columns that agree sample by sample but for a rounding, always to the same side: the difference hardly varies,
/// and its radius holds 0 because it covers the rounding of the columns.
#[test]
fn a_paired_difference_covers_the_rounding_of_its_columns() {
    let (law, level) = (pair(), NoiseProcess::Ou.at_snr(1.0).unwrap());
    let marginal = Marginal::new(&law, &level);
    let view = [View { level, density: &marginal, detail: Detail::POSTERIORS }];
    let means = mean_of(&few(4), &*MixtureLaw::of(law.clone()), &view, 2, &[(0, 0), (0, 1)], |batch, out| {
        for (row, z) in out.chunks_exact_mut(2).zip(&batch.readings[0].offsets) {
            (row[0], row[1]) = (1e3 + z, (1e3 + z).next_up());
        }
    })
    .unwrap();
    let level = 1.0 - 1e-9;
    let difference = means.linear(&[(0, 1.0), (1, -1.0)], level);
    assert!(difference.value() < -1e-13 && difference.contains(0.0) && difference.radius() < 1e-11, "{difference}");
    let spreads = means.linear_with_covariances(&[], &[((0, 0), 1.0), ((0, 1), -1.0)], level).unwrap();
    assert!(spreads.contains(0.0) && spreads.radius() < 1e-9, "{spreads}");
}

/// Patterns that noise all but never confuses: their spread, and its part between labels, is known to be small by the
/// number of patterns and not by the dimension. `|Z|^2` alone bounds it by 150, a sample that meets nothing by 0.15.
#[test]
fn a_spread_that_no_sample_meets_is_bounded_by_the_number_of_atoms() {
    let sign = |i: usize| if (i * 7919 + i * i * 104_729) % 1009 < 505 { 1.0 } else { -1.0 };
    let points: Vec<Vec<f64>> = (0..40).map(|k| (0..64).map(|i| sign(64 * k + i)).collect()).collect();
    let law = Mixture::atoms(&[], &points).unwrap().with_labels((0..40).map(|k| k % 4).collect()).unwrap();
    let level = NoiseProcess::Edm.at(0.3).unwrap();
    let p = estimates(&law, &level, &few(5));
    let per_rate = 2.0 * level.sigma2() / level.g2();
    for (quantity, scale) in [(Quantity::Mmse, level.snr()), (Quantity::LabelEntropyRate, per_rate)] {
        let (value, radius) = (p.get(quantity).unwrap().value() * scale, p.get(quantity).unwrap().radius() * scale);
        assert!(value < 1e-3 && radius > 0.03 && radius < 0.05, "{quantity}: {value} +- {radius}");
    }
}

/// The corners of a cube, labelled by one coordinate: so many atoms that draws come in pairs, and where noise is strong
/// their spread is that of clones. Each coordinate is a pair of atoms of its own.
#[test]
fn pairs_of_draws_and_clones_have_the_means_of_a_cube() {
    let (axes, dim) = (14, 256);
    let corner = |c: usize| (0..dim).map(|i| if i < axes && c >> i & 1 == 1 { 1.0 } else { -1.0 }).collect();
    let points: Vec<Vec<f64>> = (0..1 << axes).map(corner).collect();
    let labels = (0..1 << axes).map(|c| c & 1).collect();
    let law = MixtureLaw::of(Mixture::atoms(&[], &points).unwrap().with_labels(labels).unwrap());
    let gaps = infodyn_monte_carlo::gaps(&*law);
    assert!(gaps.is_some());
    let channels: Vec<Channel> =
        [0.4, 4.0].map(|snr: f64| Channel::new(law.clone(), NoiseProcess::Ve, 1.0 / snr).unwrap()).to_vec();
    let settings = Settings { samples: 4096, ..Settings::default() };
    let moments = [Moment::PosteriorTrace, Moment::LabelProduction];
    let run = MonteCarloAlong { settings, samples: &[4096, 4096], gaps: gaps.as_ref() };
    for (channel, found) in channels.iter().zip(run.means_along(&channels, &moments).unwrap()) {
        let snr = channel.level().snr();
        let one = infodyn_closed_form::pair::mmse(snr);
        let (all, label) = (found[0].unwrap(), found[1].unwrap());
        // The spread is `14 mmse`, and the label's production `mmse gamma/sigma^2`.
        assert!((all - one * axes).contains(0.0), "{snr}: {all} {one}");
        assert!((label / Estimate::given(snr * snr) - one).contains(0.0), "{snr}: {label} {one}");
        assert!(all.radius() < 0.15 * all.value() + 0.02, "{snr}: {all}");
        // Half as many draws say as much: five standard errors.
        let off = |e: Estimate, truth: f64| (e.value() - truth).abs() / e.sampling().unwrap().std_error;
        assert!(off(all, 14.0 * one.value()) < 5.0 && off(label, snr * snr * one.value()) < 5.0, "{snr}");
    }
}

/// Chunks average to what the run says, in the plane and on the line; of a moment that is no mean they say nothing.
#[test]
fn chunks_average_to_the_mean() {
    let plane = Mixture::atoms(&[0.3, 0.7], &[vec![1.0, 0.0], vec![-1.0, 0.5]]).unwrap();
    for law in [pair(), plane] {
        let channels = [0.5, 2.0].map(|snr| channel(&law, &NoiseProcess::Ve.at_snr(snr).unwrap()));
        let along = MonteCarloAlong { settings: few(3), samples: &[], gaps: None };
        for moment in [Moment::PosteriorTrace, Moment::PosteriorSquareTrace] {
            let found = along.by_chunk(&channels, moment).unwrap().unwrap();
            let means = along.means_along(&channels, &[moment]).unwrap();
            for (one, mean) in found.iter().zip(means) {
                let average = one.chunks.iter().sum::<f64>() / one.chunks.len() as f64;
                assert_eq!(Some(one.mean), mean[0]);
                assert!(one.chunks.len() >= 32 && one.bias < one.mean.radius(), "{moment:?}: {one:?}");
                assert!((average / one.mean.value() - 1.0).abs() < 1e-12, "{moment:?}: {average}, {}", one.mean);
            }
        }
        assert_eq!(along.by_chunk(&channels, Moment::LabelEntropy).unwrap(), None);
    }
}
