//! Limits as limits: several sizes, an extrapolation, its error.

use std::sync::{Arc, OnceLock};

use infodyn_core::Estimate;
use infodyn_quadrature::extrapolate;

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

/// The limit of values whose distance to it at least halves from each to the next: the last, with twice its
/// difference from the one before for a radius.
pub(crate) fn settled(values: &[Estimate]) -> Estimate {
    let (last, before) = (values[values.len() - 1], values[values.len() - 2]);
    let radius = last.radius + before.radius + 2.0 * (last.value - before.value).abs();
    Estimate::new(last.value, radius)
}

/// The exponent `p` of `value ~ c x^p` as `x -> 0`: the slopes of `log |value|` in `log x` between
/// neighbours, extrapolated in `steps` (of which the first is not used), in powers of which they approach it.
pub(crate) fn exponent(xs: &[f64], values: &[Estimate], steps: &[f64]) -> Estimate {
    let slopes: Vec<Estimate> = (1..xs.len())
        .map(|i| {
            let rise = (values[i].value / values[i - 1].value).ln();
            let doubt = values[i].radius / values[i].value.abs() + values[i - 1].radius / values[i - 1].value.abs();
            let run = (xs[i] / xs[i - 1]).ln();
            Estimate::new(rise / run, (1.01 * doubt + 4.0 * f64::EPSILON * (1.0 + rise.abs())) / run.abs())
        })
        .collect();
    extrapolate(&steps[1..], &slopes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_read_off() {
        let steps = [0.3, 0.2, 0.1, 0.05];
        let exact = |f: &dyn Fn(f64) -> f64| steps.map(|h| Estimate::rounded(f(h), 4.0));
        let power = exponent(&steps, &exact(&|h| 5.0 * h.powf(1.5) * (1.0 + h)), &steps);
        assert!(power.contains(1.5) && power.radius < 0.02, "{power}");
    }
}
