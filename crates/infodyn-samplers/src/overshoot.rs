//! Where the guided probability flow of two classes ends.

use infodyn_core::stable::{Sum, sech2};
use infodyn_core::{Estimate, ulps};

use crate::{Error, Result};

/// A strength of guidance that may change along the way, in the clock `k` of [`overshoot`].
///
/// # Examples
/// ```
/// use infodyn_samplers::Strength;
///
/// let window = Strength::within(3.0, [0.25, 4.0])?;
/// assert_eq!([0.1, 1.0, 9.0].map(|k| window.at(k)), [1.0, 3.0, 1.0]);
/// # Ok::<(), infodyn_samplers::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Strength {
    /// Where each stretch begins, the first at 0, and its strength.
    stretches: Vec<(f64, f64)>,
}

impl Strength {
    /// The same all along.
    ///
    /// # Errors
    /// [`Error::Omega`] when it is not finite.
    pub fn constant(omega: f64) -> Result<Self> {
        finite(omega)?;
        Ok(Self { stretches: vec![(0.0, omega)] })
    }

    /// `omega` for `k` between two ends, of which the second may be infinite, and 1 outside.
    ///
    /// # Errors
    /// [`Error::Omega`] when `omega` is not finite, [`Error::Level`] when the ends are not numbers `>= 0` that rise.
    pub fn within(omega: f64, [from, to]: [f64; 2]) -> Result<Self> {
        finite(omega)?;
        if !(from >= 0.0 && from.is_finite()) {
            return Err(Error::Level { index: 0, value: from });
        }
        if to.is_nan() || to <= from {
            return Err(Error::Level { index: 1, value: to });
        }
        let mut stretches = if from > 0.0 { vec![(0.0, 1.0)] } else { Vec::new() };
        stretches.push((from, omega));
        if to.is_finite() {
            stretches.push((to, 1.0));
        }
        Ok(Self { stretches })
    }

    /// The strength at `k`.
    #[must_use]
    pub fn at(&self, k: f64) -> f64 {
        self.stretches.iter().rev().find(|s| s.0 <= k).map_or(f64::NAN, |s| s.1)
    }
}

fn finite(omega: f64) -> Result<()> {
    if omega.is_finite() { Ok(()) } else { Err(Error::Omega { value: omega }) }
}

/// The law of guided samples of a class along the axis between two, against that of the class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overshoot {
    /// Mean beyond the mean of the class, in standard deviations of the class.
    pub shift: Estimate,
    /// Variance over that of the class.
    pub variance: Estimate,
    /// `KL(samples || class)`, nats.
    pub divergence: Estimate,
}

/// The guided probability flow of two classes `N(+-mu, q I)` of equal weight, toward the class at `mu`, from pure noise
/// to the signal `k = |mu|^2/q`, which may be infinite; of the law of the samples along `mu`.
///
/// Across `mu` the samples have the law of the class, so that nothing here depends on the dimension or the process.
///
/// # Formula
/// `n = x.mu/(|mu| V^{1/2})`, `V = alpha^2 q + sigma^2`, in the clock `r = k^{1/2}`, `k = alpha^2 |mu|^2/V`: `dn/dr =
/// omega + (1 - omega) tanh(n r)` from `n ~ N(0, 1)`, where the class is `n ~ N(r, 1)`. The map of `n` and the
/// logarithm `l` of its slope give `KL = (E (n - r)^2 - 1)/2 - E l`.
///
/// # Source
/// theory.md G5.
///
/// # Accuracy
/// Taylor series of order 24 in steps of `e^{-2}` of their reach, and the trapezoidal rule over the start; all again
/// with steps and nodes a quarter closer. The radius is the difference and what rounding can do. To an infinite signal
/// the flow is followed until what is left is below 1e-18.
///
/// # Errors
/// [`Error::Signal`] unless the signal is positive; [`Error::Omega`] when it is infinite and the last strength is
/// `<= 1/2`, for which samples end at the other class too, or a strength is beyond 100 in size.
///
/// # Examples
/// ```
/// use infodyn_samplers::{Strength, overshoot};
///
/// // Guidance of strength 3 shifts a class by more than its standard deviation, whatever the dimension.
/// let found = overshoot(&Strength::constant(3.0)?, f64::INFINITY)?;
/// assert!(found.shift.contains(1.049_761_046_629_778_6) && found.shift.radius() < 1e-12);
/// # Ok::<(), infodyn_samplers::Error>(())
/// ```
pub fn overshoot(strength: &Strength, signal: f64) -> Result<Overshoot> {
    if signal.is_nan() || signal <= 0.0 {
        return Err(Error::Signal { value: signal });
    }
    let last = strength.at(signal);
    let strong = strength.stretches.iter().map(|s| s.1).find(|omega| omega.abs() > MOST);
    if let Some(value) = strong.or((signal == f64::INFINITY && last <= 0.5).then_some(last)) {
        return Err(Error::Omega { value });
    }
    let (coarse, fine) = (Rule::of(strength, signal, 1.0), Rule::of(strength, signal, 0.75));
    let join = |a: f64, b: f64, rounding: f64| Estimate::new(b, (a - b).abs() + rounding);
    Ok(Overshoot {
        shift: join(coarse.shift, fine.shift, fine.rounding),
        variance: join(coarse.variance, fine.variance, fine.variance_rounding),
        divergence: join(coarse.divergence, fine.divergence, fine.divergence_rounding),
    })
}

/// Largest strength in size.
const MOST: f64 = 100.0;
/// Order of the Taylor series.
const ORDER: usize = 24;
/// Distance of the nodes over the start, and the last of them; beyond lies less than 1e-17.
const NODES: f64 = 0.125;
const REACH: f64 = 8.75;

/// Means over the start by one rule.
struct Rule {
    shift: f64,
    variance: f64,
    divergence: f64,
    rounding: f64,
    variance_rounding: f64,
    divergence_rounding: f64,
}

impl Rule {
    fn of(strength: &Strength, signal: f64, finer: f64) -> Self {
        // Steep maps, of strong guidance, need more nodes.
        let most = strength.stretches.iter().map(|s| (s.1 - 1.0).abs()).fold(1.0, f64::max);
        let h = finer * NODES / most.sqrt();
        let count = (REACH / h).ceil() as i32;
        let ends: Vec<(f64, End)> = (-count..=count)
            .map(|i| {
                let start = h * f64::from(i);
                let weight = h * (-0.5 * start * start).exp() / std::f64::consts::TAU.sqrt();
                (weight, follow(strength, signal, start, finer))
            })
            .collect();
        let mean = |f: &dyn Fn(&End) -> f64| ends.iter().map(|(w, e)| w * f(e)).collect::<Sum>().value();
        let shift = mean(&|e| e.ahead);
        let variance = mean(&|e| (e.ahead - shift).powi(2));
        let stretch = mean(&|e| e.stretch);
        let rounding = mean(&|e| e.rounding);
        let spread = mean(&|e| 2.0 * (e.ahead - shift).abs() * e.rounding);
        // A weight has a few operations; what it multiplies is no larger on the mean than its root mean square.
        let unit = f64::EPSILON * (ulps::operations(6) + ulps::ELEMENTARY);
        let second = variance + shift * shift;
        let divergence = 0.5 * (second - 1.0) - stretch;
        Self {
            shift,
            variance,
            divergence,
            rounding: rounding + unit * second.sqrt(),
            variance_rounding: spread + 2.0 * unit * variance,
            divergence_rounding: spread
                + shift.abs() * rounding
                + unit * (second + 1.0)
                + mean(&|e| e.stretch_rounding + unit * e.stretch.abs()),
        }
    }
}

/// Where the flow carries a start.
struct End {
    /// `n - r`.
    ahead: f64,
    /// The logarithm of the slope of the map.
    stretch: f64,
    rounding: f64,
    stretch_rounding: f64,
}

/// The flow from `n = start` at `r = 0`.
fn follow(strength: &Strength, signal: f64, start: f64, finer: f64) -> End {
    let (mut r, mut ahead, mut stretch) = (0.0, start, Sum::default());
    let (mut rounding, mut stretch_rounding) = (0.0, 0.0);
    let mut series = Series::default();
    for (i, &(from, omega)) in strength.stretches.iter().enumerate() {
        if from >= signal {
            break;
        }
        let end = strength.stretches.get(i + 1).map_or(signal, |s| s.0.min(signal)).sqrt();
        while r < end {
            if omega == 1.0 {
                r = end;
                break;
            }
            // Once u = n r rises for good, n - r grows by at most |omega - 1| exp(-2 n r)/n more.
            let n = ahead + r;
            if end == f64::INFINITY && n > 0.0 && (omega - 1.0).abs() * (-2.0 * n * r).exp() < LEFT * n.min(1.0) {
                break;
            }
            series.expand(omega, r, ahead);
            let reach = series.reach();
            let step = (finer * reach).min(end - r);
            let (moved, turned) = series.at(step);
            ahead += moved;
            stretch.add(turned);
            // A later slope multiplies what was lost before.
            let grown = turned.max(0.0).exp();
            let size = (omega - 1.0).abs() * step;
            let lost = f64::EPSILON * (ulps::OPERATION * ahead.abs() + size * series.units());
            rounding = grown * rounding + lost;
            let next = if step >= end - r { end } else { r + step };
            // The stretch moves with n by 2 |omega - 1| r^2 sech^2 u at most, which falls where u rises from 0.
            let steep = if n > 0.0 && omega > 0.5 { series.square[0] } else { 1.0 };
            stretch_rounding +=
                f64::EPSILON * turned.abs() * series.units() + 2.0 * size * next * next * steep * rounding;
            r = next;
        }
    }
    End { ahead, stretch: stretch.value(), rounding, stretch_rounding }
}

/// What may be left out of an infinite path.
const LEFT: f64 = 1e-18;

/// The Taylor series of `m = n - r` and of the logarithm of the slope, about a place of the flow.
#[derive(Default)]
struct Series {
    /// `m`, and `1 - tanh u`, `sech^2 u` and `u = n r`.
    m: [f64; ORDER + 1],
    gap: [f64; ORDER],
    square: [f64; ORDER],
    u: [f64; ORDER],
    stretch: [f64; ORDER + 1],
}

impl Series {
    /// # Formula
    /// `m' = (omega - 1) e`, `e = 1 - tanh u`; `e' = -v u'`, `v = 2 e - e^2`; `l' = (1 - omega) r v`.
    fn expand(&mut self, omega: f64, r: f64, ahead: f64) {
        self.m[0] = ahead;
        self.stretch[0] = 0.0;
        for k in 0..ORDER {
            let n = |j: usize| self.m[j] + if j == 0 { r } else { 0.0 } + if j == 1 { 1.0 } else { 0.0 };
            self.u[k] = r * n(k) + if k > 0 { n(k - 1) } else { 0.0 };
            self.gap[k] = if k == 0 {
                2.0 / (1.0 + (2.0 * self.u[0]).exp())
            } else {
                let turn = |j: usize| j as f64 * self.u[j] * self.square[k - j];
                -(1..=k).map(turn).sum::<f64>() / k as f64
            };
            self.square[k] = if k == 0 {
                sech2(self.u[0])
            } else {
                // 2 e - e^2, its two e_0 e_k taken with the first term: 1 - e_0 = tanh u.
                let inner: f64 = (1..k).map(|j| self.gap[j] * self.gap[k - j]).sum();
                2.0 * self.u[0].tanh() * self.gap[k] - inner
            };
            let next = (k + 1) as f64;
            self.m[k + 1] = (omega - 1.0) * self.gap[k] / next;
            let before = if k > 0 { self.square[k - 1] } else { 0.0 };
            self.stretch[k + 1] = (1.0 - omega) * (r * self.square[k] + before) / next;
        }
    }

    /// A length over which the terms fall by `e^2` each, at most 1.
    ///
    /// # Source
    /// Jorba & Zou, *A software package for the numerical integration of ODEs by means of high-order Taylor methods*,
    /// Exp. Math. 14 (2005) 99.
    fn reach(&self) -> f64 {
        let of = |k: usize| self.m[k].abs().max(self.stretch[k].abs()).powf(-1.0 / k as f64);
        (of(ORDER).min(of(ORDER - 1)) * (-2.0_f64).exp()).min(1.0)
    }

    /// What `m` and `l` gain over a step.
    fn at(&self, step: f64) -> (f64, f64) {
        let sum = |c: &[f64]| c.iter().skip(1).rev().fold(0.0, |s, c| (s + c) * step);
        (sum(&self.m), sum(&self.stretch))
    }

    /// Units of rounding of a step relative to `|omega - 1|` times its length: of `e` by its exponential, whose
    /// argument has a few operations, and of sums in which each term is an eighth of the one before.
    fn units(&self) -> f64 {
        2.0 * ulps::exp(2.0 * self.u[0].abs().min(1.0), ulps::operations(4)) + ulps::operations(8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// theory.md G5: by long-double Taylor series with two steps and two sets of nodes, 16 digits.
    const TABLE: [(f64, f64, f64, f64); 6] = [
        (1.5, 0.382_738_348_570_667_042, 0.648_638_301_352_323_748, 0.130_060_997_940_652),
        (2.0, 0.649_112_979_644_531_055, 0.517_778_518_221_406_371, 0.327_606_158_319_925),
        (3.0, 1.049_761_046_629_778_60, 0.398_009_160_058_646_315, 0.750_462_292_539_866),
        (4.0, 1.363_275_127_841_160_05, 0.339_471_833_393_607_053, 1.181_751_588_714_31),
        (7.5, 2.169_877_498_149_100_62, 0.256_019_843_951_003_188, f64::NAN),
        (10.0, 2.610_792_616_747_446_55, 0.231_265_986_078_041_360, f64::NAN),
    ];

    #[test]
    fn the_table_comes_out_to_twelve_digits() {
        for (omega, shift, variance, divergence) in TABLE {
            let found = overshoot(&Strength::constant(omega).unwrap(), f64::INFINITY).unwrap();
            for (what, e, known) in [
                ("shift", found.shift, shift),
                ("variance", found.variance, variance),
                ("divergence", found.divergence, divergence),
            ] {
                if known.is_finite() {
                    assert!(e.contains(known) && e.radius() < 1e-12 * (1.0 + known), "{omega} {what}: {e} {known}");
                }
            }
        }
    }

    /// theory.md G5, five decimals: strength 3 in a window of `k`, 1 outside.
    #[test]
    fn windows_come_out() {
        for (ends, shift, variance) in [
            ([0.0, 1.0], 1.02689, 0.42731),
            ([0.25, 4.0], 0.53400, 0.38712),
            ([0.1, 4.0], 0.69813, 0.35985),
            ([0.0, 0.25], 0.80034, 0.66040),
            ([1.0, 4.0], 0.22750, 0.56739),
            ([4.0, 16.0], 0.02357, 0.91092),
        ] {
            let found = overshoot(&Strength::within(3.0, ends).unwrap(), f64::INFINITY).unwrap();
            assert!((found.shift.value() - shift).abs() < 6e-6, "{ends:?}: {}", found.shift);
            assert!((found.variance.value() - variance).abs() < 6e-6, "{ends:?}: {}", found.variance);
            assert!(found.shift.radius() < 1e-11 && found.variance.radius() < 1e-11, "{ends:?}");
        }
    }

    /// Without guidance the class comes out; toward the unguided law half of the paths go elsewhere.
    #[test]
    fn strength_one_is_the_class_and_bad_input_is_refused() {
        let found = overshoot(&Strength::constant(1.0).unwrap(), 9.0).unwrap();
        assert!(found.shift.contains(0.0) && found.variance.contains(1.0) && found.divergence.contains(0.0));
        // Two equal components as a whole: mean 0, where the class is at n = r = 1; variance 1 + 1.
        let whole = overshoot(&Strength::constant(0.0).unwrap(), 1.0).unwrap();
        assert!(whole.shift.contains(-1.0) && whole.variance.contains(2.0), "{whole:?}");
        assert!(whole.variance.radius() < 1e-9, "{whole:?}");
        for (omega, signal) in [(0.5, f64::INFINITY), (1e3, 1.0)] {
            let strength = Strength::constant(omega).unwrap();
            assert_eq!(overshoot(&strength, signal), Err(Error::Omega { value: omega }));
        }
        let constant = Strength::constant(2.0).unwrap();
        assert_eq!(overshoot(&constant, 0.0), Err(Error::Signal { value: 0.0 }));
        assert!(matches!(Strength::constant(f64::NAN), Err(Error::Omega { .. })));
        assert!(matches!(Strength::within(2.0, [4.0, 1.0]), Err(Error::Level { index: 1, .. })));
    }
}
