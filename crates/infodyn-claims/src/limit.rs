//! Limits as limits: several sizes, an extrapolation, its error.

use std::sync::{Arc, OnceLock};

use infodyn_core::Estimate;

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

/// The value at `h = 0` of what takes `values` at `steps`, when it is a power series in `h` there.
///
/// # Formula
/// Neville's recursion `T_{i,j} = T_{i,j-1} + (T_{i,j-1} - T_{i-1,j-1})/(h_{i-j}/h_i - 1)`.
///
/// # Accuracy
/// The difference of the last two extrapolations, the one through one size fewer, plus the radii of the
/// values as the recursion amplifies them.
pub(crate) fn extrapolate(steps: &[f64], values: &[Estimate]) -> Estimate {
    let mut column = values.to_vec();
    let mut before = column[column.len() - 1];
    for j in 1..column.len() {
        before = column[column.len() - 1];
        for i in (j..column.len()).rev() {
            let gain = 1.0 / (steps[i - j] / steps[i] - 1.0);
            let value = column[i].value + (column[i].value - column[i - 1].value) * gain;
            let radius = column[i].radius * (1.0 + gain).abs() + column[i - 1].radius * gain.abs();
            column[i] = Estimate::new(value, radius + 4.0 * f64::EPSILON * value.abs());
        }
    }
    let last = column[column.len() - 1];
    Estimate::new(last.value, last.radius + (last.value - before.value).abs())
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
    fn polynomials_and_powers_are_extrapolated() {
        let steps = [0.3, 0.2, 0.1, 0.05];
        let exact = |f: &dyn Fn(f64) -> f64| steps.map(|h| Estimate::rounded(f(h), 4.0));
        let cubic = extrapolate(&steps, &exact(&|h| 2.0 - h + 3.0 * h * h - h * h * h));
        assert!(cubic.contains(2.0) && (cubic.value - 2.0).abs() < 1e-13);
        let curved = extrapolate(&steps, &exact(&|h| h.exp()));
        assert!(curved.contains(1.0) && curved.radius < 1e-3, "{curved}");
        let power = exponent(&steps, &exact(&|h| 5.0 * h.powf(1.5) * (1.0 + h)), &steps);
        assert!(power.contains(1.5) && power.radius < 0.02, "{power}");
    }
}
