//! A kind of law of one's own, which infodyn does not know: the uniform law on an interval.
//!
//! One trait, [`Law`], says what a law is; its [`Density`] holds the formulas. Routes, quantities, noise processes and
//! their errors come with it.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

use errorfunctions::RealErrorFunctions;
use infodyn_core::{Density, Detail, Law, NoiseLevel, Observation, Points, Support};
use nalgebra::DMatrix;

/// The uniform law on `[-w, w]`.
#[derive(Debug, Clone, Copy)]
pub struct Interval {
    /// Half the length, positive.
    pub w: f64,
}

impl Law for Interval {
    fn dim(&self) -> usize {
        1
    }

    fn density(&self, level: &NoiseLevel) -> Box<dyn Density + '_> {
        Box::new(Marginal { w: self.w, level: *level })
    }

    fn support(&self) -> Support {
        Support::Density
    }

    fn place(&self, uniform: f64, normals: &mut [f64]) -> usize {
        normals[0] = self.w * (2.0 * uniform - 1.0);
        0
    }
}

/// Its marginal: one component, about the origin.
struct Marginal {
    w: f64,
    level: NoiseLevel,
}

/// What the marginal says at a point: `log p`, the posterior mean of `X_0` and its variance.
struct Seen {
    ln_density: f64,
    mean: f64,
    variance: f64,
}

impl Marginal {
    /// `X_0` given `x` is a Gaussian of mean `x/alpha` and variance `sigma^2/alpha^2`, cut to the interval.
    fn at(&self, x: f64) -> Seen {
        let (alpha, sigma) = (self.level.alpha(), self.level.sigma());
        if sigma == 0.0 {
            let inside = x.abs() <= self.w;
            let ln_density = if inside { -(2.0 * self.w).ln() } else { f64::NEG_INFINITY };
            return Seen { ln_density, mean: x, variance: 0.0 };
        }
        // By symmetry at |x|, where both tails are those of the upper side.
        let (r, tau) = (x.abs() / alpha, sigma / alpha);
        let (a, b) = ((r - self.w) / tau, (r + self.w) / tau);
        let mass = 0.5 * (RealErrorFunctions::erfc(a * FRAC_1_SQRT_2) - RealErrorFunctions::erfc(b * FRAC_1_SQRT_2));
        let height = |z: f64| (-0.5 * z * z).exp() / TAU.sqrt() / mass;
        let shift = height(b) - height(a);
        let variance = tau * tau * (1.0 + (a * height(a) - b * height(b)) - shift * shift);
        Seen {
            ln_density: (mass / (2.0 * alpha * self.w)).ln(),
            mean: (r + tau * shift).copysign(x),
            variance: variance.max(0.0),
        }
    }

    fn divergence(&self, seen: &Seen) -> f64 {
        let (snr, sigma2) = (self.level.snr(), self.level.sigma2());
        (snr * seen.variance - 1.0) / sigma2
    }
}

impl Density for Marginal {
    fn dim(&self) -> usize {
        1
    }
    fn alpha(&self) -> f64 {
        self.level.alpha()
    }
    fn sigma2(&self) -> f64 {
        self.level.sigma2()
    }
    fn eigenvalue(&self, _: usize, _: usize) -> f64 {
        self.w * self.w / 3.0
    }
    fn observe(&self, points: Points<'_>, detail: Detail, out: &mut Observation) {
        // With one component nothing is to be learnt of it. More than is asked may be held.
        out.resize(points.len(), 1, detail | Detail::SCORES);
        out.label.decide();
        out.component.decide();
        for (i, &x) in points.offsets.iter().enumerate() {
            let seen = self.at(x);
            out.ln_density[i] = seen.ln_density;
            out.ln_anchor[i] = seen.ln_density;
            out.score[i] = (self.alpha() * seen.mean - x) / self.sigma2();
            out.score_divergence[i] = self.divergence(&seen);
            out.mean_offset[i] = seen.mean;
            out.posterior_trace[i] = seen.variance;
        }
    }
    fn score_jacobian(&self, _: usize, offset: &[f64]) -> DMatrix<f64> {
        DMatrix::from_element(1, 1, self.divergence(&self.at(offset[0])))
    }
    fn posterior_covariance(&self, _: usize, offset: &[f64]) -> DMatrix<f64> {
        DMatrix::from_element(1, 1, self.at(offset[0]).variance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use infodyn_core::{Channel, Estimate, NoiseProcess, Quantity, profile};
    use infodyn_monte_carlo::{MonteCarlo, Settings};
    use infodyn_quadrature::Quadrature;

    /// Every quantity of the law by integration and by simulation, equal within their errors. Integration does not
    /// serve what the density of `X_0` itself is in, for it jumps: `H(X_0 given X_t)`, which is `H(X_0) - I`, and two
    /// variances.
    #[test]
    fn two_routes_agree_on_a_law_that_they_do_not_know() {
        let settings = Settings { samples: 1 << 20, confidence: 1.0 - 1e-9, ..Settings::default() };
        let jump = [Quantity::ConditionalEntropy, Quantity::PosteriorEntropyVariance, Quantity::SurprisalVariance];
        let smooth: Vec<Quantity> = Quantity::ALL.iter().copied().filter(|q| !jump.contains(q)).collect();
        for (process, t) in [(NoiseProcess::Ou, 0.4), (NoiseProcess::Edm, 0.7), (NoiseProcess::flow(1.0).unwrap(), 0.3)]
        {
            let channel = Channel::new(Arc::new(Interval { w: 1.3 }), process, t).unwrap();
            let integrated = profile(&Quadrature, &channel, &smooth).unwrap();
            let sampled = profile(&MonteCarlo(settings), &channel, Quantity::ALL).unwrap();
            let mut compared = 0;
            for (quantity, a) in integrated.iter() {
                let b = sampled.get(quantity).unwrap();
                assert!((a - b).contains(0.0), "{process} {quantity}: {a} {b}");
                assert!(a.radius() < 1e-9 && b.radius() < 0.1 * (1.0 + b.value().abs()), "{quantity}: {a} {b}");
                compared += 1;
            }
            assert_eq!(compared, smooth.len());
            let left = Estimate::rounded(2.6_f64.ln(), 4.0) - integrated.get(Quantity::MutualInformation).unwrap();
            let found = sampled.get(Quantity::ConditionalEntropy).unwrap();
            assert!((left - found).contains(0.0), "{left} {found}");
        }
    }

    /// Definitions against one another: the rate of the entropy is its slope.
    #[test]
    fn the_rate_is_the_slope_of_the_entropy() {
        let channel = Channel::new(Arc::new(Interval { w: 1.3 }), NoiseProcess::Ou, 0.4).unwrap();
        let get = |t: f64, q: Quantity| profile(&Quadrature, &channel.at(t).unwrap(), &[q]).map(|p| p.get(q).unwrap());
        let slope = infodyn_quadrature::derivative(|t| get(t, Quantity::MarginalEntropy), 0.4, 0.2).unwrap();
        let rate = get(0.4, Quantity::MarginalEntropyRate).unwrap();
        assert!((slope - rate).contains(0.0) && slope.radius() < 1e-8, "{slope} {rate}");
    }
}
