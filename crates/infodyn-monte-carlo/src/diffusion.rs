//! Diffusions on the line, simulated without a step error.

use infodyn_kernels::Philox;

/// A diffusion on the line, `dX = b(X) dt + dW`, whose rate `(b^2 + b')/2` is bounded.
///
/// # Formula
/// Against Brownian motion a path has the density `exp(B(X_t) - B(X_0) - integral of (b^2 + b')/2)`, `B' = b`
/// (Girsanov). The end is drawn from a mixture of Gaussians and accepted with what `B` asks for; the integral is the
/// chance that a Poisson process finds no point under the graph of the rate, which asks for the path at finitely many
/// times, where a Brownian bridge is drawn. Given these points the accepted path is a Brownian bridge between them.
///
/// # Source
/// Beskos, Papaspiliopoulos & Roberts, *Retrospective exact simulation of diffusion sample paths with applications*,
/// Bernoulli 12 (2006) 1077.
///
/// # Examples
/// ```
/// use infodyn_monte_carlo::{ExactDiffusion, Skeleton, stream};
///
/// // Drift 1 from 0: ten units of time in ten steps.
/// let drifting = ExactDiffusion {
///     potential: &|x| x,
///     rate: &|_| 0.5,
///     rates: [0.5, 0.5],
///     envelope: &|_| [(1.0, 1.0), (0.0, 0.0)],
/// };
/// let (mut rng, mut path) = (stream(1, 0, 0), Skeleton::from(0.0));
/// for _ in 0..10 {
///     drifting.step(&mut path, 1.0, &mut rng);
/// }
/// assert!((path.end() - 10.0).abs() < 20.0);
/// // It starts at 0, so it has been at 0 for certain.
/// assert_eq!(path.chance_above(0.0), 0.0);
/// ```
pub struct ExactDiffusion<'a> {
    /// An integral `B` of the drift.
    pub potential: &'a (dyn Fn(f64) -> f64 + Sync),
    /// `(b^2 + b')/2`.
    pub rate: &'a (dyn Fn(f64) -> f64 + Sync),
    /// Bounds of the rate from below and above.
    pub rates: [f64; 2],
    /// At `x`, two terms `(c, d)`, `c >= 0`, with `exp(B(z) - B(x)) <= sum c exp(d (z - x))` for every `z`.
    pub envelope: &'a (dyn Fn(f64) -> [(f64, f64); 2] + Sync),
}

/// A path at finitely many times; between them it is a Brownian bridge.
#[derive(Debug, Clone, PartialEq)]
pub struct Skeleton {
    /// Time and place, in the order of time.
    points: Vec<(f64, f64)>,
}

impl From<f64> for Skeleton {
    /// A path at time 0.
    fn from(start: f64) -> Self {
        Self { points: vec![(0.0, start)] }
    }
}

impl Skeleton {
    fn last(&self) -> (f64, f64) {
        self.points.last().copied().unwrap_or_default()
    }

    /// Its last place.
    #[must_use]
    pub fn end(&self) -> f64 {
        self.last().1
    }

    /// Its last time.
    #[must_use]
    pub fn time(&self) -> f64 {
        self.last().0
    }

    /// The chance, given the points, that the path stays above a level all along.
    ///
    /// # Formula
    /// A Brownian bridge from `x` to `z`, both above `l`, over a time `t` falls to `l` with chance `exp(-2 (x - l)(z -
    /// l)/t)`.
    #[must_use]
    pub fn chance_above(&self, level: f64) -> f64 {
        let stays = |p: &[(f64, f64)]| {
            let (a, b) = (p[0].1 - level, p[1].1 - level);
            if a <= 0.0 || b <= 0.0 { 0.0 } else { -(-2.0 * a * b / (p[1].0 - p[0].0)).exp_m1() }
        };
        let starts = self.points.first().is_some_and(|p| p.1 > level);
        if starts { self.points.windows(2).map(stays).product() } else { 0.0 }
    }

    /// The place at a time, drawn given the points; it becomes one of them. Beyond the last, that one.
    pub fn at(&mut self, time: f64, rng: &mut Philox) -> f64 {
        let next = self.points.partition_point(|p| p.0 < time);
        if next == 0 || next == self.points.len() {
            return if next == 0 { self.points[0].1 } else { self.end() };
        }
        let place = bridge(self.points[next - 1], self.points[next], time, normal(rng));
        self.points.insert(next, (time, place));
        place
    }
}

/// The place at a time of a Brownian bridge between two points, by one normal.
fn bridge(a: (f64, f64), b: (f64, f64), time: f64, z: f64) -> f64 {
    let (share, whole) = ((time - a.0) / (b.0 - a.0), b.0 - a.0);
    a.1 + share * (b.1 - a.1) + (share * (1.0 - share) * whole).sqrt() * z
}

fn unit(rng: &mut Philox) -> f64 {
    // The middle of one of 2^53 parts: never 0.
    ((rng.next_u64() >> 11) as f64 + 0.5) * 2.0_f64.powi(-53)
}

/// A standard normal; of the two that two uniforms give, the first.
fn normal(rng: &mut Philox) -> f64 {
    let (a, b) = (unit(rng), unit(rng));
    (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
}

impl ExactDiffusion<'_> {
    /// Carries the path on over a time, exactly in law. The work grows like the exponential of the time times the range
    /// of the rate: long paths are made of several steps.
    pub fn step(&self, path: &mut Skeleton, time: f64, rng: &mut Philox) {
        let (kept, from) = (path.points.len(), path.last());
        let terms = (self.envelope)(from.1);
        // c exp(d (z - x)) N(z; x, t) = c exp(d^2 t/2) N(z; x + d t, t).
        let shares = terms.map(|(c, d)| c * (0.5 * d * d * time).exp());
        let first = shares[0] / (shares[0] + shares[1]);
        loop {
            path.points.truncate(kept);
            let d = if unit(rng) < first { terms[0].1 } else { terms[1].1 };
            let end = from.1 + d * time + time.sqrt() * normal(rng);
            let above: f64 = terms.iter().map(|(c, d)| c * (d * (end - from.1)).exp()).sum();
            let wanted = ((self.potential)(end) - (self.potential)(from.1)).exp();
            if unit(rng) * above < wanted && self.survives(path, (from.0 + time, end), rng) {
                path.points.push((from.0 + time, end));
                return;
            }
        }
    }

    /// Whether a Poisson process finds no point under the graph of the rate; the path gets the points that it asked
    /// for.
    fn survives(&self, path: &mut Skeleton, end: (f64, f64), rng: &mut Philox) -> bool {
        let range = self.rates[1] - self.rates[0];
        let mut time = path.time();
        loop {
            if range > 0.0 {
                time -= unit(rng).ln() / range;
            }
            if range <= 0.0 || time >= end.0 {
                return true;
            }
            let place = bridge(path.last(), end, time, normal(rng));
            if unit(rng) * range < (self.rate)(place) - self.rates[0] {
                return false;
            }
            path.points.push((time, place));
        }
    }
}

#[cfg(test)]
mod tests {
    use infodyn_core::stable::{ln_2cosh, sech2};

    use super::*;
    use crate::stream;

    /// Drift `tanh x` from `x_0`: the drifts 1 and -1 with the weights of the logistic function.
    fn tanh() -> ExactDiffusion<'static> {
        ExactDiffusion {
            potential: &ln_2cosh,
            rate: &|_| 0.5,
            rates: [0.5, 0.5],
            envelope: &|x| [1.0, -1.0].map(|d| ((d * x - ln_2cosh(x)).exp(), d)),
        }
    }

    #[test]
    fn a_mixture_of_two_drifts_comes_out() {
        let (mut rng, n) = (stream(5, 0, 0), 100_000);
        let (mut up, mut square) = (0.0, 0.0);
        for _ in 0..n {
            let mut path = Skeleton::from(0.3);
            tanh().step(&mut path, 2.0, &mut rng);
            tanh().step(&mut path, 7.0, &mut rng);
            up += f64::from(u8::from(path.end() > 0.0)) / f64::from(n);
            square += (path.end() - 0.3).powi(2) / f64::from(n);
        }
        // P(up) = 1/(1 + e^{-0.6}), but for 1 % of each that is on the other side; E (x - x_0)^2 = t + t^2.
        let p = 1.0 / (1.0 + (-0.6_f64).exp());
        let cross = |d: f64| statrs::function::erf::erfc((9.0 * d + 0.3) / 18.0_f64.sqrt()) / 2.0;
        let known = p * (1.0 - cross(1.0)) + (1.0 - p) * (1.0 - cross(-1.0));
        assert!((up - known).abs() < 6.0 * (0.25 / f64::from(n)).sqrt(), "{up} {known}");
        assert!((square - 90.0).abs() < 6.0 * 54.0 / f64::from(n).sqrt(), "{square}");
    }

    /// A rate that varies: `b = 3 - 2 tanh x`, by `d E f = E (b f' + f''/2) dt` for `f = tanh`.
    #[test]
    fn a_rate_that_varies_comes_out() {
        let gap = |x: f64| 1.0 - x.tanh();
        let diffusion = ExactDiffusion {
            potential: &|x| 3.0 * x - 2.0 * ln_2cosh(x),
            rate: &move |x| 0.5 + 3.0 * gap(x) * gap(x),
            rates: [0.5, 12.5],
            envelope: &|x| [((-2.0 * (x - ln_2cosh(x))).exp(), 1.0), (0.0, 0.0)],
        };
        let (mut rng, n, time) = (stream(6, 0, 0), 60_000, 0.4);
        let (mut sum, mut sum2) = (0.0, 0.0);
        for _ in 0..n {
            let mut path = Skeleton::from(-0.2);
            diffusion.step(&mut path, time, &mut rng);
            let at = path.at(time * unit(&mut rng), &mut rng);
            let rate = sech2(at) * (3.0 - 2.0 * at.tanh()) - sech2(at) * at.tanh();
            let left = path.end().tanh() - (-0.2_f64).tanh() - time * rate;
            sum += left / f64::from(n);
            sum2 += left * left / f64::from(n);
        }
        assert!(sum.abs() < 6.0 * (sum2 / f64::from(n)).sqrt(), "{sum} {sum2}");
    }

    /// Drift 1 from 1: it falls to 0 with chance `e^{-2}`, whatever the steps.
    #[test]
    fn the_chance_to_fall_has_no_step_error() {
        let drifting = ExactDiffusion {
            potential: &|x| x,
            rate: &|_| 0.5,
            rates: [0.5, 0.5],
            envelope: &|_| [(1.0, 1.0), (0.0, 0.0)],
        };
        let (mut rng, n) = (stream(7, 0, 0), 100_000);
        let mut fallen = 0.0;
        for _ in 0..n {
            let mut path = Skeleton::from(1.0);
            for _ in 0..2 {
                drifting.step(&mut path, 10.0, &mut rng);
            }
            fallen += (1.0 - path.chance_above(0.0)) / f64::from(n);
        }
        assert!((fallen - (-2.0_f64).exp()).abs() < 6.0 * 0.35 / f64::from(n).sqrt(), "{fallen}");
    }
}
