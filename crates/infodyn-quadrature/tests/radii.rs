//! Radii of the size of the error: functions that are off by as much as they say, in the direction that hurts most.
#![allow(clippy::unwrap_used)]

use infodyn_core::Estimate;
use infodyn_quadrature::{Result, derivative, integral, limit, root};

/// A value that is off by its whole radius.
fn off(value: f64, radius: f64, sign: f64) -> Result<Estimate> {
    Ok(Estimate::new(value + sign * radius, radius * (1.0 + 1e-6)))
}

/// Within the radius, and no less than the share `least` of it: a radius smaller by that share would miss.
#[track_caller]
fn tight(what: &str, found: Estimate, truth: f64, least: f64) {
    let share = (found.value() - truth).abs() / found.radius();
    assert!((least..=1.0).contains(&share), "{what}: {found}, truth {truth}, error/radius {share}");
}

#[test]
fn integrals_of_functions_that_are_too_large() {
    for radius in [1e-12, 1e-6, 1e-3] {
        for (a, b) in [(0.0, 1.0), (-2.0, 3.0)] {
            let truth = f64::exp(b) - f64::exp(a);
            tight("integral", integral(|x| off(x.exp(), radius, 1.0), a, b).unwrap(), truth, 0.9);
        }
    }
}

#[test]
fn roots_of_functions_that_are_too_large() {
    for radius in [1e-12, 1e-6, 1e-3] {
        tight("root", root(|x| off(x - 0.3, radius, 1.0), 0.0, 1.0).unwrap(), 0.3, 0.8);
    }
}

/// The error of a point at `j` steps has the sign of the rule's weight there, but for the second, whose weight at the
/// coarser step is the first: so both steps are off to the same side, and their difference hides little of it.
#[test]
fn derivatives_of_functions_that_alternate() {
    for (t, reach) in [(1.0_f64, 1.0), (0.5, 0.5)] {
        let step = 0.5 * (reach / 5.0_f64).log2().floor().exp2();
        for radius in [1e-9, 1e-6] {
            let f = |x: f64| {
                let j = ((x - t) / step).round() as i64;
                let sign = if [4, 8].contains(&j.abs()) { -1.0 } else { 1.0 } * if j < 0 { -1.0 } else { 1.0 };
                off(x.exp(), radius, sign)
            };
            tight("derivative", derivative(f, t, reach).unwrap(), t.exp(), 0.52);
        }
    }
}

#[test]
fn limits_of_values_that_are_too_large() {
    // Steps that shrink fast carry little of one value over to the next.
    let steps: Vec<f64> = (0..8).map(|i| 0.1_f64.powi(i)).collect();
    for radius in [1e-9, 1e-6] {
        let values: Vec<Estimate> = steps.iter().map(|h| off(1.0 + h + h * h, radius, 1.0).unwrap()).collect();
        tight("limit", limit(&steps, &values), 1.0, 0.7);
    }
}
