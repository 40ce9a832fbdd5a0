//! Limits as limits: several sizes, an extrapolation, its error.

use std::sync::{Arc, OnceLock};

use infodyn_core::Estimate;
use infodyn_quadrature::limit;

use crate::Result;

/// What several checks of a claim read, computed by the first that asks.
pub(crate) struct Shared<T>(Arc<OnceLock<T>>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Clone> Shared<T> {
    pub(crate) fn new() -> Self {
        Self(Arc::new(OnceLock::new()))
    }

    pub(crate) fn get(&self, compute: impl FnOnce() -> Result<T>) -> Result<T> {
        if let Some(known) = self.0.get() {
            return Ok(known.clone());
        }
        let value = compute()?;
        Ok(self.0.get_or_init(|| value).clone())
    }
}

/// The limit of values at `h`, `h/2`, `h/4`, .. that are a series in `h^p`.
///
/// # Accuracy
/// As [`limit`].
pub(crate) fn halving(values: &[Estimate], p: i32) -> Estimate {
    let steps: Vec<f64> = (0..values.len()).map(|i| 0.5_f64.powi(p * i as i32)).collect();
    limit(&steps, values)
}

/// The limit of values whose distance to it at least halves from each to the next: the last, with twice its
/// difference from the one before for a radius.
pub(crate) fn settled(values: &[Estimate]) -> Estimate {
    let (last, before) = (values[values.len() - 1], values[values.len() - 2]);
    let radius = last.radius() + before.radius() + 2.0 * (last.value() - before.value()).abs();
    Estimate::new(last.value(), radius)
}

/// The exponent `p` of `value ~ c x^p` as `x -> 0`: the slopes of `log |value|` in `log x` between
/// neighbours, extrapolated in `steps` (of which the first is not used), in powers of which they approach it.
pub(crate) fn exponent(xs: &[f64], values: &[Estimate], steps: &[f64]) -> Estimate {
    limit(&steps[1..], &log_slopes(xs, values))
}

/// The slopes of `log |value|` in `log x` between neighbours.
pub(crate) fn log_slopes(xs: &[f64], values: &[Estimate]) -> Vec<Estimate> {
    let slope = |i: usize| {
        let ln = |v: Estimate| (if v.value() < 0.0 { -v } else { v }).ln();
        (ln(values[i]) - ln(values[i - 1])) / (Estimate::given(xs[i]) / Estimate::given(xs[i - 1])).ln()
    };
    (1..xs.len()).map(slope).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_found() {
        let steps = [0.3, 0.2, 0.1, 0.05, 0.025];
        let values = steps.map(|h: f64| Estimate::rounded(5.0 * h.powf(1.5) * (1.0 + h), 4.0));
        let power = exponent(&steps, &values, &steps);
        assert!(power.contains(1.5) && power.radius() < 0.02, "{power}");
    }
}
