//! Clocks made of the error of a denoiser, against one Gaussian, of which all are known.
#![allow(clippy::unwrap_used)] // helpers of tests

use infodyn_core::Estimate;
use infodyn_samplers::{Curve, DataClock};

/// `N(0, c^2)`: `mmse = c^2 s^2/(c^2 + s^2)`.
fn gaussian(c: f64) -> impl Fn(&[f64]) -> infodyn_samplers::Result<Vec<Estimate>> {
    move |sigmas| {
        let of = |s: &f64| Estimate::rounded(c * c * s * s / (c * c + s * s), 4.0);
        Ok(sigmas.iter().map(of).collect())
    }
}

fn near(found: &[Estimate], known: &[f64], relative: f64) {
    assert_eq!(found.len(), known.len());
    for (level, k) in found.iter().zip(known) {
        let off = (level.value() - k).abs();
        assert!(off <= level.radius() + 1e-15 && level.radius() <= relative * k + 1e-300, "{level} {k}");
    }
}

#[test]
fn one_gaussian_has_every_clock_in_closed_form() {
    let (c, ends, n) = (0.5, [80.0, 0.002], 8_usize);
    let curve = Curve::new([0.002, 80.0], gaussian(c)).unwrap();
    // log(1 + c^2 gamma), which entropic time makes equal steps of.
    let height = |s: f64| (c * c / (s * s)).ln_1p();
    let share = |k: usize| k as f64 / n as f64;
    let entropic = |k: usize| match k {
        0 => ends[0],
        _ if k == n => ends[1],
        _ => c / (height(ends[0]) + share(k) * (height(ends[1]) - height(ends[0]))).exp_m1().sqrt(),
    };
    let known: Vec<f64> = (0..=n).map(entropic).collect();
    near(&curve.levels(DataClock::Entropic, n, ends).unwrap(), &known, 1e-8);
    near(&curve.least(n, ends).unwrap(), &known, 1e-5);
    let tangent = |to: f64| {
        let from = ends[0];
        let (a, b) = ((from / c).atan(), (to / c).atan());
        (0..=n)
            .map(|k| if k == 0 || k == n { [from, to][k / n] } else { c * (a + (b - a) * share(k)).tan() })
            .collect::<Vec<_>>()
    };
    for clock in [DataClock::Rescaled, DataClock::KlS2] {
        near(&curve.levels(clock, n, ends).unwrap(), &tangent(0.002), 1e-6);
        let whole = curve.clone().down_to_data(gaussian(c)).unwrap();
        near(&whole.levels(clock, n, [80.0, 0.0]).unwrap(), &tangent(0.0), 1e-6);
    }
    // S4 (c): equal steps of entropic time lose (1/2)(N (r - 1) - N log r), r the ratio of a step.
    let sigmas: Vec<f64> = known.clone();
    let r = ((height(ends[1]) - height(ends[0])) / n as f64).exp();
    let lost = curve.path_divergence(&sigmas).unwrap();
    assert!(lost.contains(0.5 * n as f64 * (r - 1.0 - r.ln())) && lost.radius() < 1e-8, "{lost}");
}

#[test]
fn tables() {
    let row = |s: f64, e: f64| {
        let mse = 0.25 * s * s / (0.25 + s * s);
        (s, Estimate::new(mse, e * mse))
    };
    let levels: Vec<f64> = (0..40).map(|i| 80.0 * (0.002_f64 / 80.0).powf(f64::from(i) / 39.0)).collect();
    let curve = Curve::from_table(&levels.iter().map(|&s| row(s, 0.0)).collect::<Vec<_>>()).unwrap();
    let found = curve.levels(DataClock::Rescaled, 3, [80.0, 0.002]).unwrap();
    for (level, k) in found.iter().zip([80.0, 0.86039, 0.28906, 0.002]) {
        assert!((level.value() - k).abs() <= level.radius() + 1e-5 && level.radius() < 0.05 * k, "{level} {k}");
    }
    let bad = |rows: &[(f64, f64)]| {
        let rows: Vec<_> = rows.iter().map(|&(s, m)| (s, Estimate::new(m, 0.01))).collect();
        Curve::from_table(&rows).unwrap_err().to_string()
    };
    assert!(bad(&[(1.0, 1.0), (2.0, 2.0), (3.0, 3.0)]).contains("3 levels"));
    assert!(bad(&[(1.0, 1.0), (2.0, 2.0), (3.0, 1.5), (4.0, 4.0)]).contains("falls from 2 at sigma 2"));
    assert!(bad(&[(1.0, 1.0), (2.0, 2.0), (2.0, 3.0), (4.0, 4.0)]).contains("distinct"));
    assert!(bad(&[(1.0, 1.0), (2.0, -2.0), (3.0, 3.0), (4.0, 4.0)]).contains("positive"));
    let pooled: Vec<_> =
        [(1.0, 1.0), (2.0, 2.0), (3.0, 1.99), (4.0, 4.0)].map(|(s, m)| (s, Estimate::new(m, 0.01))).into();
    assert!(Curve::from_table(&pooled).is_ok());
}

#[test]
fn levels_beyond_the_curve_are_refused() {
    let curve = Curve::new([0.01, 80.0], gaussian(1.0)).unwrap();
    for ends in [[90.0, 0.1], [80.0, 0.001], [0.1, 80.0], [1.0, 1.0]] {
        assert!(curve.levels(DataClock::Rescaled, 4, ends).is_err(), "{ends:?}");
    }
    assert!(curve.least(4, [80.0, 0.0]).is_err());
}
