//! The law of a diffusion on the line at a time, from one point.

use infodyn_core::stable::Sum;
use infodyn_core::{Estimate, ulps};

use crate::{Error, Result, limit};

/// The law of a diffusion on the line from one point: `dX = b(X) dt + dW`, `b` bounded and analytic about the line.
///
/// # Examples
/// ```
/// use infodyn_quadrature::DiffusionLaw;
///
/// // Drift 1: the mean at time 2, and the integral of the mean up to then.
/// let drifting =
///     DiffusionLaw { start: 0.0, drifts: [1.0, 1.0], width: 1.0, potential: &|x| x, rate: &|_| 0.5 };
/// let [end, integral] = drifting.means(2.0, 5, 1, |x, _, out| out[0] = x)?[0];
/// assert!(end.contains(2.0) && integral.contains(2.0) && end.radius() < 1e-9);
/// # Ok::<(), infodyn_quadrature::Error>(())
/// ```
pub struct DiffusionLaw<'a> {
    /// `X` at time 0.
    pub start: f64,
    /// The least and the largest that the drift can be.
    pub drifts: [f64; 2],
    /// Half the width of the strip about the line in which `b` is analytic.
    pub width: f64,
    /// An integral of `b`.
    pub potential: &'a (dyn Fn(f64) -> f64 + Sync),
    /// `(b^2 + b')/2`.
    pub rate: &'a (dyn Fn(f64) -> f64 + Sync),
}

/// Standard deviations beyond which a Gaussian is left out: what is beyond is below 1e-17.
const REACH: f64 = 8.6;
/// Steps of the coarsest run.
const FEWEST: usize = 8;

impl DiffusionLaw<'_> {
    /// Means of functions of `X` at a time, and the integrals of these means over time from 0: `[mean, integral]` of
    /// each. `f` gets `X` and its density at the time, and writes as many numbers as `outputs`.
    ///
    /// At time 0 there is no density: there `f` gets infinity for it, and the integral of a function that asks for it
    /// means nothing.
    ///
    /// # Formula
    /// Against Brownian motion a path has the density `exp(B(X_t) - B(X_0) - integral of (b^2 + b')/2)`, `B' = b`
    /// (Girsanov). Half a step of the integral, a Gaussian step on a lattice, half a step of the integral (Strang): a
    /// series in the square of the step, as is the trapezoidal rule over time; both are extrapolated together.
    ///
    /// # Accuracy
    /// As [`limit`] over `levels` halvings of the step, and the rounding of the sums and of the density, of whose
    /// logarithm `f` may take once. The lattice is fine enough for the strip that it adds less than 1e-15.
    ///
    /// # Errors
    /// [`Error::NotPositive`] unless time and width are positive, [`Error::Interval`] when drifts are not finite.
    pub fn means(
        &self,
        time: f64,
        levels: usize,
        outputs: usize,
        f: impl Fn(f64, f64, &mut [f64]),
    ) -> Result<Vec<[Estimate; 2]>> {
        if !(time > 0.0 && time.is_finite()) {
            return Err(Error::NotPositive { what: "time", value: time });
        }
        if self.width.is_nan() || self.width <= 0.0 {
            return Err(Error::NotPositive { what: "width", value: self.width });
        }
        let [lo, hi] = self.drifts;
        if !(lo.is_finite() && hi.is_finite()) {
            return Err(Error::Interval { lo, hi });
        }
        let runs: Vec<Vec<[Estimate; 2]>> =
            (0..levels.max(2)).map(|level| self.run(time, FEWEST << level, outputs, &f)).collect();
        let steps: Vec<f64> = (0..runs.len()).map(|level| 0.25_f64.powi(level as i32)).collect();
        let of = |output: usize, which: usize| {
            let values: Vec<Estimate> = runs.iter().map(|run| run[output][which]).collect();
            limit(&steps, &values)
        };
        Ok((0..outputs).map(|output| [of(output, 0), of(output, 1)]).collect())
    }

    /// One run in `steps` steps.
    fn run(&self, time: f64, steps: usize, outputs: usize, f: &impl Fn(f64, f64, &mut [f64])) -> Vec<[Estimate; 2]> {
        let step = time / steps as f64;
        // The trapezoidal rule on a Gaussian errs by exp(-2 pi^2 step/h^2), on a strip by exp(-2 pi width/h).
        let h = (step.sqrt() / 1.4).min(self.width / 6.0);
        let ends = [-farthest(-self.drifts[0], time), farthest(self.drifts[1], time)].map(|x| (x / h).ceil() as i64);
        let places: Vec<f64> = (ends[0]..=ends[1]).map(|i| self.start + i as f64 * h).collect();
        let half: Vec<f64> = places.iter().map(|&x| (-0.5 * step * (self.rate)(x)).exp()).collect();
        let lift: Vec<f64> = places.iter().map(|&x| (self.potential)(x) - (self.potential)(self.start)).collect();
        let reach = (REACH * step.sqrt() / h).ceil() as usize;
        let scale = h / (std::f64::consts::TAU * step).sqrt();
        let kernel: Vec<f64> = (0..=reach).map(|i| scale * (-0.5 * (i as f64 * h).powi(2) / step).exp()).collect();
        let mut weight = vec![0.0; places.len()];
        let zero = (-ends[0]) as usize;
        // A unit mass at the start, of which half a step was taken.
        weight[zero] = (-0.5 * step * (self.rate)(self.start)).exp();
        let (mut out, mut values) = (vec![0.0; outputs], vec![Sum::default(); outputs]);
        let mut integrals = vec![Sum::default(); outputs];
        f(self.start, f64::INFINITY, &mut out);
        integrals.iter_mut().zip(&out).for_each(|(sum, v)| sum.add(0.5 * step * v));
        let mut sizes = vec![0.0; outputs];
        let mut next = vec![0.0; places.len()];
        for k in 1..=steps {
            next.fill(0.0);
            for (i, &w) in weight.iter().enumerate().filter(|(_, w)| **w > f64::MIN_POSITIVE) {
                let (first, last) = (i.saturating_sub(reach), (i + reach).min(places.len() - 1));
                for (at, n) in next[first..=last].iter_mut().enumerate() {
                    *n += w * kernel[(first + at).abs_diff(i)];
                }
            }
            next.iter_mut().zip(&half).for_each(|(n, g)| *n *= g);
            values.fill(Sum::default());
            sizes.fill(0.0);
            for ((&x, &n), &up) in places.iter().zip(&next).zip(&lift) {
                let mass = n * up.exp();
                if mass > 1e-30 {
                    f(x, mass / h, &mut out);
                    values.iter_mut().zip(&out).for_each(|(sum, v)| sum.add(mass * v));
                    sizes.iter_mut().zip(&out).for_each(|(size, v)| *size += mass * v.abs());
                }
            }
            let share = if k == steps { 0.5 } else { 1.0 };
            integrals.iter_mut().zip(&values).for_each(|(sum, v)| sum.add(share * step * v.value()));
            weight.iter_mut().zip(&next).zip(&half).for_each(|((w, n), g)| *w = n * g);
        }
        // A step is a sum of positive terms, times two exponentials.
        let one = ulps::operations(2 * reach + 6) + 2.0 * ulps::exp(1.0, ulps::operations(6));
        let units = f64::EPSILON * (steps as f64 * one + ulps::exp(20.0, ulps::operations(6)));
        (0..outputs)
            .map(|o| {
                let rounding = (units + 1e-15) * (sizes[o] + 1.0);
                let whole = integrals[o].value();
                [
                    Estimate::new(values[o].value(), rounding),
                    Estimate::new(whole, rounding * time + units * whole.abs()),
                ]
            })
            .collect()
    }
}

/// How far above its start a diffusion of at most this drift comes within a time: the largest `drift t + REACH
/// t^{1/2}`.
fn farthest(drift: f64, time: f64) -> f64 {
    let turn = if drift < 0.0 { (0.5 * REACH / drift).powi(2) } else { f64::INFINITY };
    let t = time.min(turn);
    drift * t + REACH * t.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `b = tanh x` from 0: the mixture of drifts 1 and -1, `E X^2 = t + t^2`, and the density at a point.
    #[test]
    fn a_mixture_of_two_drifts_comes_out() {
        let known = |x: f64, t: f64| {
            let of = |m: f64| (-0.5 * (x - m * t).powi(2) / t).exp() / (std::f64::consts::TAU * t).sqrt();
            0.5 * (of(1.0) + of(-1.0))
        };
        let diffusion = DiffusionLaw {
            start: 0.0,
            drifts: [-1.0, 1.0],
            width: std::f64::consts::FRAC_PI_2,
            potential: &infodyn_core::stable::ln_2cosh,
            rate: &|_| 0.5,
        };
        for t in [0.3, 2.0] {
            let found = diffusion
                .means(t, 5, 3, |x, density, out| {
                    (out[0], out[1]) = (1.0, x * x);
                    out[2] = if density.is_finite() { (density / known(x, t)).ln() } else { 0.0 };
                })
                .unwrap();
            assert!(found[0][0].contains(1.0) && found[0][0].radius() < 1e-12, "{t}: {}", found[0][0]);
            assert!(found[1][0].contains(t + t * t) && found[1][0].radius() < 1e-10, "{t}: {}", found[1][0]);
            let whole = t * t / 2.0 + t * t * t / 3.0;
            assert!(found[1][1].contains(whole) && found[1][1].radius() < 1e-10, "{t}: {}", found[1][1]);
            assert!(found[2][0].contains(0.0), "{t}: {}", found[2][0]);
        }
    }

    /// A drift with a rate that varies: the posterior of a class under guidance 2, whose mean rises by `2 E (1 - t)^2`
    /// of its own (Ito).
    #[test]
    fn a_rate_that_varies_comes_out() {
        let gap = |u: f64| 2.0 / (1.0 + (2.0 * u).exp());
        let diffusion = DiffusionLaw {
            start: -0.4,
            drifts: [1.0, 3.0],
            width: std::f64::consts::FRAC_PI_2,
            potential: &|u| 2.0 * u - infodyn_core::stable::ln_2cosh(u),
            rate: &move |u| 0.5 + gap(u) * gap(u),
        };
        let found = diffusion
            .means(1.5, 5, 2, |u, _, out| {
                (out[0], out[1]) = (u, 1.0 + gap(u));
            })
            .unwrap();
        let (rise, drift) = (found[0][0] + Estimate::near(0.4), found[1][1]);
        assert!((rise - drift).contains(0.0) && rise.radius() + drift.radius() < 1e-7, "{rise} {drift}");
    }

    #[test]
    fn bad_input_is_refused() {
        let diffusion = DiffusionLaw { start: 0.0, drifts: [0.0, 1.0], width: 1.0, potential: &|x| x, rate: &|_| 0.5 };
        assert!(matches!(diffusion.means(0.0, 3, 1, |_, _, _| ()), Err(Error::NotPositive { what: "time", .. })));
        let wild = DiffusionLaw { drifts: [0.0, f64::INFINITY], ..diffusion };
        assert!(matches!(wild.means(1.0, 3, 1, |_, _, _| ()), Err(Error::Interval { .. })));
    }
}
