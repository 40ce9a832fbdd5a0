//! The length of a Gaussian vector, `|X|^2 = v D e^s` for `X ~ N(0, v I_D)`, and draws on a sphere.

use infodyn_closed_form::{Marginal, MixtureLaw};
use infodyn_core::{Covariance, Estimate, Mixture, NoiseLevel, Sphere, stable, ulps};
use infodyn_monte_carlo::{Means, View};
use infodyn_quadrature::integral;

use crate::{Context, Result};

/// Beyond this exponent the law of `s` is left out.
const FAR: f64 = 60.0;

/// The probability that a standard normal exceeds `z`.
///
/// # Accuracy
/// The density is below 0.4: what `z` is off by, its division by `sqrt 2` included; and the rounding of the function
/// itself, which is the correct one.
pub(crate) fn beyond(z: Estimate) -> Estimate {
    let value = 0.5 * core_math::erfc(z.value() / std::f64::consts::SQRT_2);
    let moved = z.radius() + ulps::operations(2) * f64::EPSILON * z.value().abs();
    Estimate::new(value, 0.4 * moved + ulps::OPERATION * f64::EPSILON * value)
}

/// The law of `s`.
///
/// # Formula
/// Its density is proportional to `exp(-(D/2) (e^s - 1 - s))`; `e^s - 1 - s = e^s (1 - (1 + s) e^{-s})`
/// keeps its digits at the small `s` of large `D`.
///
/// # Source
/// The law of chi-square with `D` degrees of freedom.
pub(crate) struct Length {
    half: f64,
    lo: f64,
    hi: f64,
    mass: Estimate,
}

impl Length {
    /// In `R^dim`.
    ///
    /// # Errors
    /// As [`integral`].
    pub(crate) fn new(dim: f64) -> Result<Self> {
        let half = 0.5 * dim;
        let mut length = Self { half, lo: 0.0, hi: 0.0, mass: Estimate::ONE };
        let edge = |direction: f64| {
            let (mut near, mut far) = (0.0, 1.0);
            while length.exponent(direction * far) < FAR {
                far *= 2.0;
            }
            for _ in 0..60 {
                let middle = 0.5 * (near + far);
                if length.exponent(direction * middle) < FAR { near = middle } else { far = middle }
            }
            direction * far
        };
        (length.lo, length.hi) = (edge(-1.0), edge(1.0));
        length.mass = integral(|s| Ok::<_, crate::Error>(length.weight(s)), length.lo, length.hi)?;
        Ok(length)
    }

    fn exponent(&self, s: f64) -> f64 {
        self.half * s.exp() * stable::relative_cost(-s)
    }

    fn weight(&self, s: f64) -> Estimate {
        let exponent = self.exponent(s);
        Estimate::rounded((-exponent).exp(), ulps::exp(exponent, ulps::formula(5, 1)))
    }

    /// Values of `s` and their weights, up to a factor, for the trapezoidal rule on functions that vary over widths
    /// of the law and more; every second ones are a rule too.
    ///
    /// # Accuracy
    /// Shifted by `i y` the density is at most `exp((D/2)(1 - cos y))` of itself: with steps of 0.35 standard
    /// deviations the rule is right to `e^-100`, with twice that to `e^-40`. What is left out weighs less than `2
    /// e^-44` (Chernoff).
    pub(crate) fn nodes(&self) -> Vec<(f64, Estimate)> {
        let step = 0.35 / self.half.sqrt();
        let [first, last] = [self.lo, self.hi].map(|s| (s / step) as i32);
        let all = (first..=last).map(|i| f64::from(i) * step).filter(|&s| self.exponent(s) < 44.0);
        all.map(|s| (s, self.weight(s))).collect()
    }

    /// `E f(s)` for `|f| <= 1`.
    ///
    /// # Accuracy
    /// As [`integral`]; what lies beyond the range is less than `2 e^-60` (Chernoff).
    ///
    /// # Errors
    /// As [`integral`]; the first error of `f`.
    pub(crate) fn mean(&self, f: impl Fn(f64) -> Result<Estimate>) -> Result<Estimate> {
        let total = infodyn_quadrature::integral(|s| Ok::<_, crate::Error>(f(s)? * self.weight(s)), self.lo, self.hi)?;
        Ok((total / self.mass).widened(2.0 * (-FAR).exp()))
    }
}

/// Draws of `X_0` on the sphere and `X_t`: `f` reads both and the noise level.
///
/// A standard normal vector scaled to the radius is uniform on the sphere.
pub(crate) fn sample_sphere(
    context: &Context,
    cost: u64,
    (law, level): (&Sphere, &NoiseLevel),
    columns: usize,
    f: impl Fn(&[f64], &[f64], &mut [f64]) + Sync,
) -> Result<Means> {
    let dim = law.dim();
    let normal = MixtureLaw::of(Mixture::gaussian(&vec![0.0; dim], Covariance::isotropic(1.0)?)?);
    let marginal = Marginal::new(&normal, level);
    let settings = context.settings(cost);
    let views = [View::new(*level, &marginal)];
    Ok(infodyn_monte_carlo::mean_of(&settings, &*normal, &views, columns, &[], |batch, out| {
        let (mut data, mut x) = (vec![0.0; dim], vec![0.0; dim]);
        for (i, row) in out.chunks_exact_mut(columns).enumerate() {
            let xi = &batch.draws.xi[i * dim..(i + 1) * dim];
            let noise = &batch.draws.noise[i * dim..(i + 1) * dim];
            let scale = law.radius() / xi.iter().map(|v| v * v).sum::<f64>().sqrt();
            for j in 0..dim {
                data[j] = scale * xi[j];
                x[j] = level.alpha() * data[j] + level.sigma() * noise[j];
            }
            f(&data, &x, row);
        }
    })?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// `E e^{-r |X|^2}` is `(1 + 2 r v)^{-D/2}`; with `|X|^2 = D e^s`.
    #[test]
    fn the_transform_of_a_squared_length() {
        for dim in [3.0_f64, 64.0, 1e6] {
            let length = Length::new(dim).unwrap();
            let r = 2.0 / dim;
            let found = length.mean(|s| Ok(Estimate::rounded((-r * dim * s.exp()).exp(), 8.0))).unwrap();
            let truth = (-0.5 * dim * (2.0 * r).ln_1p()).exp();
            assert!(
                (found.value() - truth).abs() <= found.radius() + 1e-13 && found.radius() < 1e-12,
                "{dim}: {found} {truth}"
            );
        }
    }
}
