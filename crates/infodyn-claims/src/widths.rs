//! Two Gaussian classes on a line under the guided flow (G3): how wide a class comes out.

use infodyn_core::stable::Sum;
use infodyn_core::{Covariance, Estimate, Mixture, ulps};

use crate::Result;

/// Two Gaussian classes on a line, guided toward the first: weight, mean and variance of each.
#[derive(Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) weights: [f64; 2],
    pub(crate) means: [f64; 2],
    pub(crate) variances: [f64; 2],
    pub(crate) omega: f64,
    /// Steps of the flow.
    pub(crate) steps: i32,
}

impl Pair {
    /// Two centred classes of equal weight, at strength 2.
    pub(crate) const fn centred(variances: [f64; 2]) -> Self {
        Self { weights: [0.5; 2], means: [0.0; 2], variances, omega: 2.0, steps: 256 }
    }

    /// Under strong guidance the flow is steep, and takes more steps.
    pub(crate) fn at(self, omega: f64) -> Self {
        Self { omega, steps: if omega > 3.0 { 512 } else { 256 }, ..self }
    }

    /// Slope of `n`, the place in standard deviations of the class about its centre, in `rho = (q_1 + nu)^{-1/2}`,
    /// `nu = sigma^2/alpha^2`: `dn/drho = (omega - 1) d/rho^2`, for the class's own flow keeps `n`. As `rho -> 0` it
    /// goes to that of `d = (1 - w)(mu_1 - mu_2) rho^2`.
    fn slope(&self, rho: f64) -> impl Fn(f64) -> f64 {
        let (gain, apart) = (self.omega - 1.0, self.means[0] - self.means[1]);
        let start = gain * self.weights[1] * apart;
        // The other class's variance over the class's own; and log-odds where both are at their centres.
        let ratio = 1.0 + (self.variances[1] - self.variances[0]) * rho * rho;
        let bias = (self.weights[0] / self.weights[1]).ln() + 0.5 * ratio.ln();
        move |n: f64| {
            if rho == 0.0 {
                return start;
            }
            let rest = n + rho * apart;
            let odds = bias + 0.5 * (rest * rest / ratio - n * n);
            gain * (rest / ratio - n) / (rho * (1.0 + odds.exp()))
        }
    }

    /// Carries values of `n` along the flow, by steps of the classical Runge-Kutta method.
    fn carry(&self, [from, to]: [f64; 2], points: &mut [f64], steps: i32) {
        let h = (to - from) / f64::from(steps);
        for i in 0..steps {
            let rho = from + h * f64::from(i);
            let [first, middle, last] = [rho, rho + 0.5 * h, rho + h].map(|rho| self.slope(rho));
            for n in points.iter_mut() {
                let a = first(*n);
                let b = middle(*n + 0.5 * h * a);
                let c = middle(*n + 0.5 * h * b);
                let d = last(*n + h * c);
                *n += h / 6.0 * (a + 2.0 * (b + c) + d);
            }
        }
    }

    /// `E n^p` at the end for each power, `n ~ N(0, 1)` at the start, between `nu` at the two ends.
    ///
    /// # Accuracy
    /// The trapezoidal rule with nodes 1/64 and 1/128 apart, all steps of the flow and half of them: the radius is the
    /// sum of what halving either changes, and rounding of the terms. Beyond 9 there is 2e-19.
    pub(crate) fn moments<const P: usize>(&self, [noisy, clean]: [f64; 2], powers: [i32; P]) -> [Estimate; P] {
        let ends = [noisy, clean].map(|nu| 1.0 / (self.variances[0] + nu).sqrt());
        let starts: Vec<f64> = (-9 * 128..=9 * 128).map(|i| f64::from(i) / 128.0).collect();
        let carried = |starts: &[f64], steps: i32| {
            let mut points = starts.to_vec();
            self.carry(ends, &mut points, steps);
            points
        };
        // Every `stride`-th of some starts, and where they end.
        let rule = |starts: &[f64], points: &[f64], stride: usize| -> [f64; P] {
            let scale = (starts[stride] - starts[0]) / std::f64::consts::TAU.sqrt();
            powers.map(|p| {
                let pairs = starts.iter().zip(points).step_by(stride);
                scale * pairs.map(|(s, n)| (-0.5 * s * s).exp() * n.powi(p)).collect::<Sum>().value()
            })
        };
        let half: Vec<f64> = starts.iter().copied().step_by(2).collect();
        let (all, slow) = (carried(&starts, self.steps), carried(&half, self.steps / 2));
        let (fine, nodes, steps) = (rule(&starts, &all, 1), rule(&starts, &all, 2), rule(&half, &slow, 1));
        // Each step adds to `n` with a few roundings of its own.
        let rounding = f64::EPSILON * (f64::from(self.steps) + ulps::SAMPLE);
        std::array::from_fn(|j| {
            let radius = (fine[j] - nodes[j]).abs() + (nodes[j] - steps[j]).abs() + rounding * (1.0 + fine[j].abs());
            Estimate::new(fine[j], radius)
        })
    }

    /// The second moment at the end, over that of the class.
    pub(crate) fn square(&self, range: [f64; 2]) -> Estimate {
        let [square] = self.moments(range, [2]);
        square
    }

    pub(crate) fn law(&self, dim: usize) -> Result<Mixture> {
        let means = self.means.map(|m| (0..dim).map(|i| if i == 0 { m } else { 0.0 }).collect());
        Ok(Mixture::new(&self.weights, &means, Covariance::isotropics(&self.variances)?)?)
    }
}

/// From no signal to no noise.
pub(crate) const WHOLE: [f64; 2] = [f64::INFINITY, 0.0];
