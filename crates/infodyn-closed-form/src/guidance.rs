//! Guidance of constant strength `omega`, from pure noise: what holds for every law and every number of classes, and
//! the log-odds of two.
//!
//! The guided score is `s + omega (s_y - s)`; `omega = 0` is the law and `omega = 1` the class `y`, of prior weight
//! `w`. The statements are of the guided reverse diffusion, where `X_0` decides the label and noise vanishes at the
//! end; not of the flow.
//!
//! ```
//! use infodyn_closed_form::guidance;
//!
//! // A class of weight 0.2 under omega = 3: nats between the guided paths and those of the class, and the chance that
//! // its posterior falls to 0.1 on the way.
//! let cost = guidance::cost_from_class(3.0, 0.2).ok_or("omega > 1/2")?;
//! assert!(cost.contains(1.287_550_329_947_280_3) && cost.radius() < 1e-14);
//! let fall = guidance::chance_of_falling(3.0, 0.2, 0.1).ok_or("0 < level < w")?;
//! assert!(fall.contains(3124.0 / 99_999.0) && fall.radius() < 1e-15);
//! # Ok::<(), &str>(())
//! ```
//!
//! # Source
//! theory.md G5, G7, G8.

use infodyn_core::{Estimate, stable, ulps};

/// Whether a number is a probability strictly between 0 and 1.
fn inside(weight: f64) -> bool {
    weight > 0.0 && weight < 1.0
}

/// `KL(guided || class)` of the paths, nats; `None` unless `omega > 1/2` and `0 < w < 1`.
///
/// No law of the ends differs by more from that of the class.
///
/// # Formula
/// `((omega - 1)^2/(2 omega - 1)) log(1/w)`.
#[must_use]
pub fn cost_from_class(omega: f64, weight: f64) -> Option<Estimate> {
    cost(omega, weight, Estimate::given(omega) - 1)
}

/// `KL(guided || unguided)` of the paths, nats; `None` unless `omega > 1/2` and `0 < w < 1`.
///
/// # Formula
/// `(omega^2/(2 omega - 1)) log(1/w)`, least at `omega = 1`.
#[must_use]
pub fn cost_from_law(omega: f64, weight: f64) -> Option<Estimate> {
    cost(omega, weight, Estimate::given(omega))
}

fn cost(omega: f64, weight: f64, strength: Estimate) -> Option<Estimate> {
    let rate = Estimate::given(omega) * 2 - 1;
    (omega > 0.5 && omega.is_finite() && inside(weight))
        .then(|| strength * strength / rate * -Estimate::given(weight).ln())
}

/// The chance that a guided sample is of the class; `None` unless `0 < w < 1`.
///
/// # Formula
/// `w^{1 - 2 omega}` for `omega <= 1/2`, and 1 from there on.
#[must_use]
pub fn chance_of_class(omega: f64, weight: f64) -> Option<Estimate> {
    let exponent = Estimate::ONE - Estimate::given(omega) * 2;
    let known = omega.is_finite() && inside(weight);
    known.then(|| if omega < 0.5 { (exponent * Estimate::given(weight).ln()).exp() } else { Estimate::ONE })
}

/// The chance that the posterior of the class ever falls to `level`; `None` unless `0 < level < w < 1`.
///
/// # Formula
/// `(w^p - 1)/(level^p - 1)`, `p = 1 - 2 omega`; at `omega = 1/2` `log w/log level`.
#[must_use]
pub fn chance_of_falling(omega: f64, weight: f64, level: f64) -> Option<Estimate> {
    if !(omega.is_finite() && inside(weight) && level > 0.0 && level < weight) {
        return None;
    }
    let [of, to] = [weight, level].map(|p| Estimate::given(p).ln());
    let exponent = Estimate::ONE - Estimate::given(omega) * 2;
    Some(if exponent.value() == 0.0 { of / to } else { (exponent * of).exp_m1() / (exponent * to).exp_m1() })
}

/// `J_w(omega) = E integral (1 - tanh u) dk` over the guided log-odds `2 u` of two classes ([`LogOdds`]), from pure
/// noise to `k = infinity`; `None` unless `omega > 1/2` and `0 < w < 1`.
///
/// The diffusion overshoots the mean of a class at distance `a` from the middle, of variance `q`, by
/// `(omega - 1) J q/a`, but for a term that is exponentially small in `a^2/q`.
///
/// # Formula
/// With `c = 2 omega - 1` and `H_c = sum_{n>=1} c/(n (n + c))` the harmonic number:
/// `(H_c + log((1 - w)/w) + sum_{n>=1} w^n/(n + c))/c`.
///
/// Near `w = 1`, with `v = 1 - w` and the digamma function `psi`: `(-log w + sum_{n>=1} (c)_n/n! (psi(n + 1) - psi(n +
/// c) - log v) v^n)/c`.
///
/// # Accuracy
/// The series to its last places, and the rounding of all terms.
#[must_use]
pub fn overshoot_integral(omega: f64, weight: f64) -> Option<Estimate> {
    if !(omega > 0.5 && omega.is_finite() && inside(weight)) {
        return None;
    }
    let (rate, rest) = (Estimate::given(omega) * 2 - 1, 1.0 - weight);
    let c = rate.value();
    let ln = |p: f64| Estimate::given(p).ln();
    if rest * (c + 4.0) < 0.5 {
        // psi(n + 1) - psi(n + c), and (c)_n v^n/n!.
        let whole = harmonic(c).value();
        let (mut between, mut power, mut n) = (1.0 / c - whole, 1.0, 0.0);
        let (mut sum, mut size) = (0.0_f64, 0.0_f64);
        loop {
            power *= rest * (c + n) / (n + 1.0);
            between += 1.0 / (n + 1.0) - 1.0 / (c + n);
            n += 1.0;
            let term = power * (between - rest.ln());
            sum += term;
            size += power * (between.abs() + whole - rest.ln());
            // Terms fall by half or more.
            if power <= ulps::OPERATION * f64::EPSILON * rest {
                break;
            }
        }
        let series = Estimate::new(sum, f64::EPSILON * size * ulps::sum(32));
        return Some((series - ln(weight)) / rate);
    }
    let (mut power, mut sum, mut n) = (weight, stable::Sum::default(), 1.0);
    loop {
        let term = power / (n + c);
        sum.add(term);
        // What is left is at most the next term over 1 - w.
        if term * weight <= ulps::OPERATION * f64::EPSILON * rest * sum.value() || term < f64::MIN_POSITIVE {
            break;
        }
        power *= weight;
        n += 1.0;
    }
    // Each power is a product of as many factors as its number; by weight, these are 1/(1-w) on the mean.
    let series = Estimate::rounded(sum.value(), ulps::operations(4) + 0.5 / rest);
    Some((harmonic(c) + ln(rest) - ln(weight) + series) / rate)
}

/// Terms of the harmonic number that are summed one by one.
const TERMS: i32 = 24;

/// `H_c` for `c > 0`.
///
/// # Formula
/// `sum_{n<x} c/(n (n + c)) + psi(x + c) - psi(x)`, `x = 25`, the digamma function by its asymptotic series; its first
/// omitted term is below `x^{-10}/132`, 8e-17.
fn harmonic(c: f64) -> Estimate {
    let x = f64::from(TERMS + 1);
    let tail = |x: f64| {
        let s = 1.0 / (x * x);
        -0.5 / x - s * (1.0 / 12.0 - s * (1.0 / 120.0 - s * (1.0 / 252.0 - s / 240.0)))
    };
    let first: f64 = (1..=TERMS).map(|n| c / (f64::from(n) * (f64::from(n) + c))).sum();
    let value = first + (c / x).ln_1p() + (tail(x + c) - tail(x));
    Estimate::rounded(value, ulps::sum(TERMS as usize) + ulps::ELEMENTARY).widened(1e-16 + f64::EPSILON / x)
}

/// The guided log-odds `2 u` of two classes, in the clock `k`: `du = b(u) dk + dW` with `b(u) = omega + (1 - omega)
/// tanh u`.
///
/// For two atoms `+-mu` and any weights `k = alpha^2 |mu|^2/sigma^2`; for two Gaussians of one variance `q` and equal
/// weights `k` as in [`crate::pair`]. Pure noise is `u = log(w/(1-w))/2`, and for `omega = 1` `u` is a Brownian motion
/// with drift 1.
///
/// # Source
/// theory.md G1, G5.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogOdds {
    /// The strength of guidance.
    pub omega: f64,
}

impl LogOdds {
    /// `u` where nothing is known but the weight of the class.
    #[must_use]
    pub fn prior(weight: f64) -> f64 {
        0.5 * (weight / (1.0 - weight)).ln()
    }

    /// The posterior of the class, `1/(1 + e^{-2u})`.
    #[must_use]
    pub fn posterior(u: f64) -> f64 {
        1.0 / (1.0 + (-2.0 * u).exp())
    }

    /// `1 - tanh u`, without cancellation.
    #[must_use]
    pub fn gap(u: f64) -> f64 {
        2.0 / (1.0 + (2.0 * u).exp())
    }

    /// The drift `b`.
    #[must_use]
    pub fn drift(&self, u: f64) -> f64 {
        1.0 + (self.omega - 1.0) * Self::gap(u)
    }

    /// An integral of the drift: `omega u + (1 - omega) log(2 cosh u)`.
    #[must_use]
    pub fn potential(&self, u: f64) -> f64 {
        self.omega * u + (1.0 - self.omega) * stable::ln_2cosh(u)
    }

    /// `(b^2 + b')/2 = 1/2 + (omega (omega - 1)/2)(1 - tanh u)^2`: the rate at which a path of the diffusion loses
    /// weight against a Brownian motion.
    #[must_use]
    pub fn rate(&self, u: f64) -> f64 {
        0.5 + 0.5 * self.omega * (self.omega - 1.0) * Self::gap(u).powi(2)
    }

    /// The least and the largest that the rate can be.
    #[must_use]
    pub fn rates(&self) -> [f64; 2] {
        let far = 0.5 + 2.0 * self.omega * (self.omega - 1.0);
        [far.min(0.5), far.max(0.5)]
    }

    /// Two terms `(c, d)` with `exp(potential(z) - potential(u)) <= sum c exp(d (z - u))` for every `z`: the drifts far
    /// out, 1 and `2 omega - 1`.
    ///
    /// # Formula
    /// With `p = 1 - omega`: `(2 cosh z)^p <= max(1, 2^{p-1})(e^{pz} + e^{-pz})` for `p >= 0`, and `<= e^{p|z|}` below;
    /// there the smaller of the two at `u` serves alone.
    #[must_use]
    pub fn envelope(&self, u: f64) -> [(f64, f64); 2] {
        let p = 1.0 - self.omega;
        let (up, down) = ((p * (u - stable::ln_2cosh(u))).exp(), (-p * (u + stable::ln_2cosh(u))).exp());
        let drifts = [1.0, 2.0 * self.omega - 1.0];
        if p < 0.0 {
            return if up < down { [(up, drifts[0]), (0.0, 0.0)] } else { [(down, drifts[1]), (0.0, 0.0)] };
        }
        let factor = (p - 1.0).max(0.0).exp2();
        [(factor * up, drifts[0]), (factor * down, drifts[1])]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `J` at equal weights, by hand: `2 log 2`, `2 log 2 - 1/2`, `(8 log 2 - 7/2)/3`; and `B = (omega - 1) J` of
    /// theory.md G5 (18 digits).
    #[test]
    fn the_overshoot_has_its_known_values() {
        let ln2 = std::f64::consts::LN_2;
        for (omega, j) in [(1.0, 2.0 * ln2), (1.5, 2.0 * ln2 - 0.5), (2.0, (8.0 * ln2 - 3.5) / 3.0)] {
            let found = overshoot_integral(omega, 0.5).unwrap();
            assert!(found.contains(j) && found.radius() < 1e-14, "{omega}: {found} {j}");
        }
        for (omega, b) in [(3.0, 0.972_283_911_167_299_961), (10.0, 1.703_155_670_474_743_49)] {
            let found = overshoot_integral(omega, 0.5).unwrap() * Estimate::given(omega - 1.0);
            assert!((found.value() - b).abs() < found.radius() + f64::EPSILON, "{omega}: {found} {b}");
        }
    }

    /// Unequal weights, by the trapezoidal rule on the integral form of theory.md.
    #[test]
    fn the_series_is_the_integral() {
        for (omega, w) in [(0.75, 0.2_f64), (3.0, 0.05), (2.5, 0.9), (2.5, 0.97), (0.75, 0.999)] {
            let c: f64 = 2.0 * omega - 1.0;
            // The rule of tanh-sinh type on (0, 1).
            let rule = |f: &dyn Fn(f64) -> f64| -> f64 {
                let h = 1.0 / 64.0;
                let node = |i: i32| {
                    let t = h * f64::from(i);
                    let x = 1.0 / (1.0 + (-std::f64::consts::PI * t.sinh()).exp());
                    h * std::f64::consts::PI * t.cosh() * x * (1.0 - x) * f(x)
                };
                (-230..=230).map(node).filter(|v| v.is_finite()).sum()
            };
            let first = rule(&|x| {
                let s = (1.0 - w) * x;
                (1.0 / (1.0 - s) - (1.0 - s).powf(c - 1.0)) / s * (1.0 - w)
            });
            let second = rule(&|x| (w * x).powf(c - 1.0) / (1.0 - w * x) * w);
            let j = (first + (w.powf(-c) - 1.0) * second) / c;
            let found = overshoot_integral(omega, w).unwrap();
            assert!((found.value() - j).abs() < 1e-11 * j + found.radius(), "{omega} {w}: {found} {j}");
        }
    }

    #[test]
    fn chances_and_costs_have_their_known_values() {
        let near = |found: Option<Estimate>, known: f64| {
            let found = found.unwrap();
            assert!((found.value() - known).abs() <= found.radius() + 1e-14 * known, "{found} {known}");
        };
        near(cost_from_class(3.0, 0.5), 0.554_517_744_447_956);
        near(cost_from_law(4.0, 1e-3), 15.789_154_923_387_8);
        near(chance_of_class(0.25, 0.2), 0.447_213_595_499_958);
        near(chance_of_class(-0.5, 0.2), 0.04);
        near(chance_of_falling(1.0, 0.2, 0.1), 4.0 / 9.0);
        near(chance_of_falling(0.5, 0.5, 0.2), 0.5_f64.ln() / 0.2_f64.ln());
        assert_eq!(chance_of_class(0.5, 0.3), Some(Estimate::ONE));
        for none in [cost_from_class(0.5, 0.2), chance_of_class(1.0, 1.0), chance_of_falling(1.0, 0.2, 0.3)] {
            assert_eq!(none, None);
        }
    }

    /// The drift is the slope of the potential, the rate is made of it, and the envelope lies above.
    #[test]
    fn the_odds_fit_together() {
        for omega in [-1.3, -0.5, 0.25, 0.5, 0.75, 1.0, 3.0] {
            let odds = LogOdds { omega };
            for u in [-3.0, -0.4, 0.0, 0.7, 2.5] {
                let slope = |f: &dyn Fn(f64) -> f64| (f(u + 1e-5) - f(u - 1e-5)) / 2e-5;
                assert!((slope(&|u| odds.potential(u)) - odds.drift(u)).abs() < 1e-8);
                let rate = 0.5 * (odds.drift(u).powi(2) + slope(&|u| odds.drift(u)));
                assert!((rate - odds.rate(u)).abs() < 1e-8);
                assert!(odds.rates()[0] <= odds.rate(u) && odds.rate(u) <= odds.rates()[1]);
                for z in (-40..=40).map(|i| 0.25 * f64::from(i)) {
                    let known = (odds.potential(z) - odds.potential(u)).exp();
                    let above: f64 = odds.envelope(u).iter().map(|(c, d)| c * (d * (z - u)).exp()).sum();
                    assert!(known <= above * (1.0 + 1e-12), "{omega} {u} {z}: {known} {above}");
                }
            }
        }
    }
}
