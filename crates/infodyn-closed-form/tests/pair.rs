//! Symmetric pairs against the reference values of theory.md, section 7 (34-digit arithmetic), and
//! against the alternating series.

#![allow(clippy::unwrap_used)]

use infodyn_closed_form::{ClosedForm, MixtureLaw, pair};
use infodyn_core::{Channel, Covariance, Mixture, NoiseProcess, Quantity};
use infodyn_fixtures::TWO_ATOMS;

#[test]
fn the_table_of_two_atoms() {
    for [k, entropy, variance, mmse] in TWO_ATOMS {
        for (estimate, truth) in
            [(pair::label_entropy(k), entropy), (pair::label_entropy_variance(k), variance), (pair::mmse(k), mmse)]
        {
            assert!((estimate.value() / truth - 1.0).abs() < 1e-14, "k = {k}: {estimate} {truth}");
            assert!(estimate.contains(truth), "k = {k}: {estimate} {truth}");
        }
    }
}

#[test]
fn both_variances_at_their_peaks() {
    // theory.md D4.
    assert!((pair::label_entropy_variance(1.345_477_669_725_041_7).value() - 0.053_628_891_129_723_5).abs() < 1e-15);
    assert!((pair::label_surprisal_variance(1.026_943_343_908_725).value() - 0.317_034_831_590_863).abs() < 1e-14);
}

#[test]
fn the_series_is_an_independent_route() {
    for i in 0..60 {
        let k = 1e-3 * 1.2_f64.powi(i);
        for (a, b) in
            [(pair::label_entropy(k), pair::label_entropy_by_series(k)), (pair::mmse(k), pair::mmse_by_series(k))]
        {
            assert!((a.value() - b.value()).abs() <= a.radius() + b.radius(), "k = {k}: {a} {b}");
            assert!(b.radius() < 1e-13);
        }
    }
}

#[test]
fn fixed_points_solve_their_equation() {
    assert_eq!(pair::fixed_point(1.0), None);
    for k in [1.0001, 1.1, 2.0, 30.0] {
        let m = pair::fixed_point(k).unwrap();
        assert!(((k * m.value()).tanh() - m.value()).abs() < 1e-15, "{k}");
    }
    // Near the pitchfork m^2 -> 3 (k-1).
    let m = pair::fixed_point(1.0 + 1e-6).unwrap().value();
    assert!((m * m / 3e-6 - 1.0).abs() < 1e-5);
}

#[test]
fn a_gaussian_has_the_sum_of_its_axes() {
    let rows = [vec![2.0, 0.5], vec![0.5, 1.0]];
    let law = Mixture::gaussian(&[1.0, -1.0], Covariance::full(&rows).unwrap()).unwrap();
    let level = NoiseProcess::Ou.at(0.3).unwrap();
    let profile = |law: &Mixture| {
        let channel = Channel::new(MixtureLaw::of(law.clone()), NoiseProcess::Ou, 0.3).unwrap();
        infodyn_core::profile(&ClosedForm, &channel, Quantity::ALL)
    };
    let p = profile(&law).unwrap();
    // 1/2 log det(I + gamma C).
    let snr = level.snr();
    let det = (1.0 + 2.0 * snr) * (1.0 + snr) - 0.25 * snr * snr;
    assert!((p.get(Quantity::MutualInformation).unwrap().value() - 0.5 * det.ln()).abs() < 1e-14);
    assert_eq!(p.get(Quantity::SurprisalVariance).unwrap().value(), 1.0);
    let flat = Mixture::gaussian(&[0.0, 0.0], Covariance::diagonal(&[1.0, 0.0]).unwrap()).unwrap();
    let p = profile(&flat).unwrap();
    assert_eq!(p.get(Quantity::ConditionalEntropy), None);
    assert_eq!(p.get(Quantity::SurprisalVariance).unwrap().value(), 0.5);
    let a2 = level.alpha() * level.alpha();
    let mmse = level.sigma2() / (a2 + level.sigma2());
    assert!((p.get(Quantity::Mmse).unwrap().value() / mmse - 1.0).abs() < 1e-15);
    assert!(profile(&Mixture::symmetric_pair(&[1.0], 0.0).unwrap()).is_err());
}

/// By images: `e^{-k/2} cosh(y)` against the density of a Brownian motion that stays inside `(-b, b)`, by Simpson's
/// rule.
#[test]
fn undecided_paths_by_images() {
    for b in [0.3, 0.549_306_144_334_054_9, 1.098_612_288_668_109_8, 2.3] {
        for k in [0.01, 0.2, 1.0, 3.0] {
            let density = |y: f64| {
                let image = |j: i32| (-(y - 2.0 * b * f64::from(j)).powi(2) / (2.0 * k)).exp();
                (-60..=60).map(|j| if j % 2 == 0 { image(j) } else { -image(j) }).sum::<f64>()
            };
            let f = |y: f64| (-0.5 * k).exp() * y.cosh() * density(y) / (std::f64::consts::TAU * k).sqrt();
            let n = 4000;
            let step = 2.0 * b / f64::from(n);
            let weight = |i: i32| if i == 0 || i == n { 1.0 } else { f64::from(2 + 2 * (i % 2)) };
            let images: f64 = (0..=n).map(|i| weight(i) * f(-b + step * f64::from(i))).sum::<f64>() * step / 3.0;
            let found = pair::undecided(k, b);
            assert!(
                (found.value() - images).abs() < 1e-10 + found.radius() && found.radius() < 1e-12,
                "{b} {k}: {found} {images}"
            );
        }
        // The mean of the decision's signal is Wald's.
        let (n, end) = (40_000, 40.0 * b);
        let step = end / f64::from(n);
        let weight = |i: i32| if i == 0 || i == n { 1.0 } else { f64::from(2 + 2 * (i % 2)) };
        let mean: f64 =
            (0..=n).map(|i| weight(i) * pair::undecided(step * f64::from(i), b).value()).sum::<f64>() * step / 3.0;
        assert!((mean - b * b.tanh()).abs() < 1e-7, "{b}: {mean}");
    }
}
