//! Laws whose widths and noise lie many decades apart: what rounding does to what is averaged, against exact rationals
//! and against bounds that any law obeys.
#![allow(clippy::unwrap_used, reason = "the whole file is tests")]

use dashu_ratio::RBig;
use infodyn_closed_form::{Marginal, MixtureLaw};
use infodyn_core::{
    Channel, Covariance, Density, Detail, Mixture, Moment, NoiseLevel, NoiseProcess, Observation, Points, Quantity,
    Route, profile,
};
use infodyn_monte_carlo::{MonteCarlo, Settings, View, mean_of};
use infodyn_quadrature::Quadrature;
use proptest::prelude::*;

fn channel(law: &Mixture, level: &NoiseLevel) -> Channel {
    Channel::new(MixtureLaw::of(law.clone()), NoiseProcess::Ve, 1.0).unwrap().read_at(*level)
}

/// Centred components of these variances, of equal weights.
fn centred(variances: &[Vec<f64>]) -> Mixture {
    let means = vec![vec![0.0; variances[0].len()]; variances.len()];
    let covariances = variances.iter().map(|v| Covariance::diagonal(v).unwrap()).collect();
    Mixture::new(&[], &means, covariances).unwrap()
}

/// `gamma E tr S` of centred components of equal weights lies between that with the component known and that of the
/// best linear estimator.
fn bounds(variances: &[Vec<f64>], snr: f64) -> [f64; 2] {
    let count = variances.len() as f64;
    let part = |l: f64| snr * l / (1.0 + snr * l);
    let known = variances.iter().flatten().map(|&l| part(l)).sum::<f64>() / count;
    let total = |i: usize| variances.iter().map(|v| v[i]).sum::<f64>() / count;
    [known, (0..variances[0].len()).map(|i| part(total(i))).sum()]
}

fn samples(samples: u64) -> Settings {
    Settings { samples, confidence: 1.0 - 1e-9, ..Settings::default() }
}

/// The mean-square error, by integration and by the studentised mean of a sample, within what bounds it.
fn spreads_are_within_bounds(variances: &[Vec<f64>], snr: f64) -> Result<(), String> {
    let (law, level) = (centred(variances), NoiseProcess::Ve.at_snr(snr).unwrap());
    let [low, high] = bounds(variances, level.snr()).map(|x| x / variances[0].len() as f64);
    let slack = 16.0 * f64::EPSILON * high;
    let within = |value: f64, radius: f64, what: &str| {
        let holds = value + radius + slack >= low && value - radius - slack <= high;
        if holds { Ok(()) } else { Err(format!("{what}: {value} +- {radius:e}, not between {low} and {high}")) }
    };
    // Where a rule of integration does not settle it says so.
    if let Ok(found) = profile(&Quadrature, &channel(&law, &level), &[Quantity::BandwidthFraction]) {
        let e = found.get(Quantity::BandwidthFraction).unwrap();
        within(e.value(), e.radius(), "quadrature")?;
    }
    let density = Marginal::new(&law, &level);
    let view = View::new(level, &density).asking(Detail::POSTERIOR_TRACE);
    let means = mean_of(&samples(8192), &*MixtureLaw::of(law.clone()), &[view], 1, &[], |batch, out| {
        let scale = level.snr() / variances[0].len() as f64;
        let traces = &batch.readings[0].observation.posterior_trace;
        out.iter_mut().zip(traces).for_each(|(o, trace)| *o = scale * trace);
    });
    let e = means.unwrap().mean(0, 1.0 - 1e-9);
    // Of what a sample of this size never meets nothing is known.
    if high - low < 1e-3 * high { within(e.value(), e.radius(), "sample") } else { Ok(()) }
}

#[test]
fn no_digit_of_a_spread_is_lost_far_out_in_a_component() {
    for (variances, snr) in [
        (vec![vec![1.0, 6e11], vec![8e4, 6e11]], 6.7e12),
        (vec![vec![1e12], vec![4e12]], 1e14),
        (vec![vec![1e12, 1.0], vec![1e13, 2.0], vec![2e12, 1.0]], 1e10),
    ] {
        spreads_are_within_bounds(&variances, snr).unwrap();
    }
}

/// Variances of components and a ratio of signal to noise, over decades: along each axis one for all components times
/// one of each, within `apart` decades.
fn decades(apart: f64) -> impl Strategy<Value = (Vec<Vec<f64>>, f64)> {
    let all = |range: f64, d: usize| prop::collection::vec(-range..range, d);
    let variances = (1_usize..3, 2_usize..4)
        .prop_flat_map(move |(d, k)| (all(12.0, d), prop::collection::vec(all(0.5 * apart, d), k)));
    (variances, -14.0_f64..16.0).prop_map(|((axes, own), snr)| {
        let power = |(x, y): (&f64, &f64)| 10_f64.powf(x + y);
        (own.iter().map(|own| axes.iter().zip(own).map(power).collect()).collect(), 10_f64.powf(snr))
    })
}

/// `tr S` at a point of two centred components, exactly but for the posterior.
fn exact_trace(variances: &[Vec<f64>], level: &NoiseLevel, x: &[f64], posterior: [f64; 2]) -> f64 {
    let exact = |x: f64| RBig::try_from(x).unwrap();
    let (alpha, sigma2) = (exact(level.alpha()), exact(level.sigma2()));
    let (mut within, mut apart) = ([RBig::ZERO, RBig::ZERO], RBig::ZERO);
    for (i, x) in x.iter().enumerate() {
        let [a, b] = [0, 1].map(|k: usize| {
            let l = exact(variances[k][i]);
            let v = &alpha * &alpha * &l + &sigma2;
            within[k] += &sigma2 * &l / &v;
            &alpha * &l * exact(*x) / &v
        });
        let gap = a - b;
        apart += &gap * &gap;
    }
    let [a, b] = within.map(|w| w.to_f64().value());
    posterior[0] * a + posterior[1] * b + posterior[0] * posterior[1] * apart.to_f64().value()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Components within a decade of one another, as a rule of integration settles on them.
    #[test]
    fn spreads_are_within_bounds_at_any_ratio((variances, snr) in decades(1.0)) {
        spreads_are_within_bounds(&variances, snr).map_err(TestCaseError::fail)?;
    }

    /// Panels, points one by one, and the matrix, at points where neither component is sure.
    #[test]
    fn traces_are_those_of_exact_differences(
        (variances, snr) in decades(12.0), places in prop::collection::vec(-3.0_f64..3.0, 2), narrow in any::<bool>(),
    ) {
        let (variances, level) = (&variances[..2], NoiseProcess::Ve.at_snr(snr).unwrap());
        let law = centred(variances);
        let (d, anchor) = (law.dim(), usize::from(narrow));
        let density = Marginal::new(&law, &level);
        let offset: Vec<f64> = (0..d).map(|i| places[i] * density.variance(anchor, i).sqrt()).collect();
        let points = Points { anchors: &[anchor], offsets: &offset };
        let (mut fast, mut slow) = (Observation::default(), Observation::default());
        density.observe(points, Detail::all(), &mut fast);
        density.clone().point_by_point().observe(points, Detail::all(), &mut slow);
        // From the surprisal of the anchor; 1 less a posterior keeps its digits where the entropy does.
        let own = (-fast.component.surprisal[0]).exp();
        let other = -(-fast.component.surprisal[0]).exp_m1();
        let truth = exact_trace(variances, &level, &offset, if narrow { [other, own] } else { [own, other] });
        let matrix = density.posterior_covariance(anchor, &offset);
        for (what, found) in
            [("panel", fast.posterior_trace[0]), ("point", slow.posterior_trace[0]), ("matrix", matrix.trace())]
        {
            prop_assert!((found / truth - 1.0).abs() <= 1e-12, "{what}: {found:e} {truth:e}");
        }
        let squares = density.posterior_square_trace(anchor, &offset);
        prop_assert!(squares <= truth * truth * (1.0 + 1e-12) && squares >= truth * truth / d as f64 * (1.0 - 1e-12));
    }
}

/// An eigenvalue of a matrix is right to units of the largest: so is the mean of the top one.
#[test]
fn a_small_eigenvalue_has_the_rounding_of_the_largest() {
    let rows = vec![vec![1e8 + 1e-4, 1e8 - 1e-4], vec![1e8 - 1e-4, 1e8 + 1e-4]];
    let law = Mixture::gaussian(&[0.0, 0.0], Covariance::full(&rows).unwrap()).unwrap();
    let level = NoiseProcess::Ve.at_snr(1e6).unwrap();
    let density = Marginal::new(&law, &level);
    let truth = -1.0 / density.variance(0, 0).max(density.variance(0, 1));
    let mut routes = vec![MonteCarlo(samples(8192)).means(&channel(&law, &level), &[Moment::TopEigenvalue]).unwrap()];
    routes.push(Quadrature.means(&channel(&law, &level), &[Moment::TopEigenvalue]).unwrap());
    for found in routes {
        let e = found[0].unwrap();
        assert!((e.value() - truth).abs() <= e.radius(), "{e}, not {truth:e}");
        // The matrix has numbers of 5e3, and a part of `f64::EPSILON` of these is not known.
        assert!(e.radius() >= f64::EPSILON * density.fisher_bound() && e.radius() < 1e-9, "{e}");
    }
}

/// `D + sigma^2 E div s` of atoms is at most `gamma` times their spread; of a sum over 50 axes nothing smaller is left
/// than its rounding.
#[test]
fn a_divergence_at_high_noise_has_the_rounding_of_its_sums() {
    let d = 50;
    let atoms: Vec<Vec<f64>> = (0..7).map(|k| (0..d).map(|i| f64::from((k * 7 + i) % 5)).collect()).collect();
    let law = Mixture::atoms(&[], &atoms).unwrap();
    for snr in [1e-3, 1e-9, 1e-17, 1e-22] {
        let level = NoiseProcess::Ve.at_snr(snr / 1.1).unwrap();
        let found = MonteCarlo(samples(8192)).means(&channel(&law, &level), &[Moment::ScoreDivergence]).unwrap();
        let e = found[0].unwrap();
        let rest = f64::from(d) + level.sigma2() * e.value();
        let (most, radius) = (level.snr() * 16.0 * f64::from(d), level.sigma2() * e.radius());
        assert!(rest >= -radius && rest <= most + radius, "snr {snr:e}: {rest:e} +- {radius:e}, at most {most:e}");
        assert!(radius < 1e-11 + most, "{radius:e}");
    }
}

/// A needle across a wide component in the plane: a line of its nodes meets the needle, and every halving of their step
/// takes half of the error.
#[test]
fn a_needle_that_a_line_of_nodes_meets_is_in_the_radius() {
    let variances = [
        vec![99_538_973.647_776_38, 0.148_442_037_277_387_22],
        vec![2.182_157_696_377_560_4e-5, 0.003_595_907_542_275_521_5],
    ];
    spreads_are_within_bounds(&variances, 545_431_441_159_025.1).unwrap();
}

/// Where noise is nothing beside the components, log-likelihood ratios and densities are those of the components: no
/// part of `log(v/sigma^2)` is left of either.
#[test]
fn normalisers_keep_their_digits_at_little_noise() {
    let law = centred(&[vec![1.0], vec![4.0]]);
    for decade in 36..60 {
        let snr = 10_f64.powf(0.51 * f64::from(decade));
        let level = NoiseProcess::Ve.at_snr(snr).unwrap();
        for x in [0.0, 0.3, 1.5, 4.0] {
            let seen = Marginal::new(&law, &level).observe_at(&[x], Detail::COMPONENT_SURPRISAL);
            // The odds of the second component, `exp(3 x^2/8)/2`.
            let odds = 0.5 * (0.375_f64 * x * x).exp();
            let density = (0.5 * (1.0 + odds) / std::f64::consts::TAU.sqrt()).ln() - 0.5 * x * x;
            let anchor = Marginal::new(&law, &level).locate(&[x]).0;
            let own = if anchor == 1 { (1.0 / odds).ln_1p() } else { odds.ln_1p() };
            assert!((seen.component.surprisal[0] / own - 1.0).abs() < 2e-15, "snr {snr:e}, x {x}");
            assert!((seen.ln_density[0] - density).abs() < 2e-15 * (1.0 + density.abs()), "snr {snr:e}, x {x}");
        }
    }
}
