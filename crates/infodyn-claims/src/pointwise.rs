//! What a density says at single points.

use infodyn_core::{Density, Detail, Estimate, Observation, Points, ulps};
use infodyn_quadrature::derivative;

use crate::{Case, Result};

/// The direction in which a pointwise check looks, and the point from the first centre in units of `sigma`: off every
/// symmetry axis.
pub(crate) fn place(case: &Case) -> (Vec<f64>, Vec<f64>) {
    let d = case.law().dim();
    let direction = vec![1.0 / (d as f64).sqrt(); d];
    let offset: Vec<f64> = (0..d).map(|i| 0.3 - 0.1 * (i % 3) as f64).collect();
    (direction, offset)
}

/// What a density says at an offset from its first centre.
pub(crate) fn read(density: &dyn Density, offset: &[f64]) -> Observation {
    let mut seen = Observation::default();
    density.observe(Points { anchors: &[0], offsets: offset }, Detail::SCORES, &mut seen);
    seen
}

/// The gain of the posterior mean along a principal axis of the covariance of one Gaussian, `e . (alpha grad m) e`, by
/// differences.
pub(crate) fn gain(case: &Case, axis: usize) -> Result<Estimate> {
    let alpha = case.level()?.alpha();
    let direction: Vec<f64> = match case.law().covariance(0).axes() {
        Some(axes) => axes.column(axis).iter().copied().collect(),
        None => (0..case.law().dim()).map(|i| f64::from(u8::from(i == axis))).collect(),
    };
    case.density(|p| {
        let along = |h: f64| {
            let offset: Vec<f64> = direction.iter().map(|e| h * e).collect();
            let seen = read(p, &offset);
            let value: f64 = seen.mean_offset.iter().zip(&direction).map(|(m, e)| alpha * m * e).sum();
            Ok(Estimate::new(value, ulps::SAMPLE * f64::EPSILON * h.abs()))
        };
        derivative(along, 0.0, 0.5)
    })
}
