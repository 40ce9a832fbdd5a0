//! Means over diffusions on the line.

use infodyn_core::{Estimate, ulps};

use crate::limit;

/// A diffusion `du = b(u) dk + dB` on the line, weighed at a rate `c(u)`, with a running gain `r(u)`.
///
/// ```
/// use infodyn_quadrature::Diffusion;
///
/// // Half the log-odds of two atoms in the clock k: half of the paths are N(k, k), half N(-k, k).
/// let drift = |u: f64| u.tanh();
/// let odds = Diffusion { drift: &drift, bounds: [-1.0, 1.0], rate: &|_| 0.0, gain: &|_| 0.0 };
/// let found = odds.mean(0.0, 1.0, f64::cos);
/// assert!(found.contains((-0.5_f64).exp() * 1.0_f64.cos()) && found.radius() < 1e-8);
/// ```
#[derive(Clone, Copy)]
pub struct Diffusion<'a> {
    /// `b(u)`.
    pub drift: &'a (dyn Fn(f64) -> f64 + Sync),
    /// Two numbers that the drift lies between.
    pub bounds: [f64; 2],
    /// `c(u)`, per unit of `k`.
    pub rate: &'a (dyn Fn(f64) -> f64 + Sync),
    /// `r(u)`, per unit of `k`.
    pub gain: &'a (dyn Fn(f64) -> f64 + Sync),
}

/// Nodes to a standard deviation of a step, and the widest distance of two.
const NODES: f64 = 1.4;
const WIDEST: f64 = 0.2;
/// Standard deviations beyond which a Gaussian is left out: the chance to be there is 2e-19.
const FAR: f64 = 9.0;
/// Numbers of steps that are extrapolated, and as many times more as the drift can change by this in the whole time: a
/// first step that leaps over all that turns the drift looks like a series, and is none.
const TURN: f64 = 32.0;
const STEPS: [i32; 11] = [4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128];

impl Diffusion<'_> {
    /// `E[e^{-C_T} f(u_T) + integral over k from 0 to T of e^{-C_k} r(u_k)]` from `u_0 = start`, `C_k` the integral of
    /// `c(u)` to `k`: the solution at 0 of `v_k + b v_u + v_uu/2 - c v + r = 0` that is `f` at `T` (Feynman and Kac).
    ///
    /// All functions must be analytic in `|Im u| < pi/2` and grow at most like an exponential.
    ///
    /// # Formula
    /// Steps of Euler and Maruyama, `N` of them, whose Gaussian kernels are integrated on a lattice, the integrals of
    /// `c` and `r` by the trapezoidal rule. The result is a power series in `1/N` (Talay & Tubaro, Stoch. Anal. Appl. 8
    /// (1990) 483), extrapolated from `N = 4` to 128, or a multiple where the drift changes much.
    ///
    /// # Accuracy
    /// That of [`limit()`], and rounding, of a mean with absolute values in place of `f` and `r`. A kernel is
    /// integrated with 1.4 nodes or more to its standard deviation, `exp(-2 pi^2 1.4^2) = 2e-17` of it, and what is
    /// analytic in the strip with nodes 0.2 apart, `exp(-10 pi (pi/2)) = 4e-22` of its size there. Paths leave the
    /// lattice with probability 1e-18.
    pub fn mean(&self, start: f64, time: f64, end: impl Fn(f64) -> f64) -> Estimate {
        if time <= 0.0 {
            return Estimate::rounded(end(start), ulps::SAMPLE);
        }
        let turns = (self.bounds[1] - self.bounds[0]).abs() * time;
        let steps = STEPS.map(|n| n * (turns / TURN).ceil().max(1.0) as i32);
        limit(&steps.map(|n| 1.0 / f64::from(n)), &steps.map(|n| self.stepped(start, time, n, &end)))
    }

    /// The same by a number of steps.
    fn stepped(&self, start: f64, time: f64, steps: i32, end: &impl Fn(f64) -> f64) -> Estimate {
        let step = time / f64::from(steps);
        let gap = (step.sqrt() / NODES).min(WIDEST);
        // Nodes to either side that paths reach in a time.
        let reached = |t: f64| {
            let far = FAR * t.sqrt();
            [far - t * self.bounds[0].min(0.0), far + t * self.bounds[1].max(0.0)].map(|r| (r / gap).ceil() as usize)
        };
        let [below, above] = reached(time);
        let places: Vec<f64> = (0..=below + above).map(|i| start + (i as f64 - below as f64) * gap).collect();
        // Half a step of weight, and of gain, at each place.
        let weights: Vec<f64> = places.iter().map(|&u| (-0.5 * step * (self.rate)(u)).exp()).collect();
        let gains: Vec<f64> = places.iter().map(|&u| 0.5 * step * (self.gain)(u)).collect();
        let window = (FAR * step.sqrt() / gap).ceil() as usize;
        let width = 2 * window + 1;
        let scale = gap / (std::f64::consts::TAU * step).sqrt();
        // Kernel of each place: the first node that it reaches, and what it gives to that and the next ones.
        let mut kernels = Vec::with_capacity(places.len() * width);
        let firsts: Vec<i64> = places
            .iter()
            .map(|&u| {
                let centre = (u - start + step * (self.drift)(u)) / gap;
                let first = centre.round() as i64 - window as i64;
                let deviation = |j: usize| (first as f64 + j as f64 - centre) * gap;
                kernels.extend((0..width).map(|j| scale * (-0.5 * deviation(j).powi(2) / step).exp()));
                first + below as i64
            })
            .collect();
        // The mean, and that of absolute values: what is rounded.
        let ends: Vec<f64> = places.iter().map(|&u| end(u)).collect();
        let mut values: Vec<[f64; 2]> = ends.iter().map(|f| [*f, f.abs()]).collect();
        let mut inner = vec![[0.0; 2]; values.len()];
        for left in (0..steps).rev() {
            for (i, (o, v)) in inner.iter_mut().zip(&values).enumerate() {
                *o = [weights[i] * (v[0] + gains[i]), weights[i] * (v[1] + gains[i].abs())];
            }
            let [down, up] = reached(step * f64::from(left));
            for i in below - down..=below + up {
                let first = firsts[i].clamp(0, inner.len() as i64) as usize;
                let skipped = (-firsts[i]).clamp(0, width as i64) as usize;
                let kernel = &kernels[i * width + skipped..(i + 1) * width];
                let mut sum = [0.0; 2];
                for (k, o) in kernel.iter().zip(&inner[first..]) {
                    sum[0] += k * o[0];
                    sum[1] += k * o[1];
                }
                values[i] = [weights[i] * sum[0] + gains[i], weights[i] * sum[1] + gains[i].abs()];
            }
        }
        let [value, size] = values[below];
        // A step: the sum, the kernel (its exponent is 1/2 in the mean) and its scale, two weights, two gains.
        let units =
            ulps::sum(width) + ulps::exp(0.5, ulps::operations(6)) + 2.0 * ulps::ELEMENTARY + ulps::operations(8);
        Estimate::new(value, f64::EPSILON * (f64::from(steps) * units + ulps::SAMPLE) * size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half the log-odds of two atoms: the law at `k` is `N(k, k)` or `N(-k, k)`, the mmse at 1 is that of theory.md,
    /// section 7, and what `tanh^2` gains is the integral of `sech^4`.
    #[test]
    fn the_log_odds_of_two_atoms() {
        let (tanh, zero, sech4) = (|u: f64| u.tanh(), |_: f64| 0.0, |u: f64| u.cosh().powi(-4));
        let odds = Diffusion { drift: &tanh, bounds: [-1.0, 1.0], rate: &zero, gain: &zero };
        let known = 1.0 - 0.449_599_509_206_672_830;
        for found in
            [odds.mean(0.0, 1.0, |u| u.tanh().powi(2)), Diffusion { gain: &sech4, ..odds }.mean(0.0, 1.0, |_| 0.0)]
        {
            assert!(found.contains(known) && found.radius() < 1e-7, "{found}");
        }
        assert_eq!(odds.mean(0.3, 0.0, f64::cos).value(), 0.3_f64.cos());
    }

    /// A drift that falls from 7.5 to 1: half the log-odds of two classes under strong guidance, which overshoots by
    /// 1.538868 in the end (theory.md G5), and by at most `13 e^{-4.5}` less at 9.
    #[test]
    fn a_drift_that_turns_within_a_first_step() {
        let drift = |u: f64| 1.0 + 13.0 / (1.0 + (2.0 * u).exp());
        let odds = Diffusion { drift: &drift, bounds: [1.0, 14.0], rate: &|_| 0.0, gain: &|_| 0.0 };
        let found = odds.mean(0.0, 9.0, |u| u - 9.0);
        assert!((found.value() - 1.538_868).abs() < 0.15 && found.radius() < 1e-3, "{found}");
    }

    /// A constant rate and drift in closed form.
    #[test]
    fn brownian_motion_with_a_drift_and_a_rate() {
        let moving = Diffusion { drift: &|_| 2.0, bounds: [2.0, 2.0], rate: &|_| 0.5, gain: &|_| 1.0 };
        let found = moving.mean(0.1, 1.5, f64::sin);
        let survived = (-0.75_f64).exp();
        let truth = survived * survived * 3.1_f64.sin() + 2.0 * (1.0 - survived);
        assert!(found.contains(truth) && found.radius() < 1e-8, "{found} {truth}");
    }

    /// `sech` is the ground state of the well `-sech^2`, at the energy `-1/2`.
    #[test]
    fn the_ground_state_of_a_well() {
        let well = |u: f64| -u.cosh().powi(-2);
        let free = Diffusion { drift: &|_| 0.0, bounds: [0.0, 0.0], rate: &well, gain: &|_| 0.0 };
        let found = free.mean(0.4, 1.0, |u| 1.0 / u.cosh());
        let truth = 0.5_f64.exp() / 0.4_f64.cosh();
        assert!(found.contains(truth) && found.radius() < 1e-7, "{found} {truth}");
    }
}
