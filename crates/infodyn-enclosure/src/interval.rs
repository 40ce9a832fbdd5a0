//! Real intervals with outward rounding.

use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

use infodyn_core::Estimate;

/// A closed interval `[lo, hi]` of real numbers that contains the number it stands for.
///
/// # Accuracy
/// Every operation contains all results for operands in the given intervals: sums are compared with
/// their exact rounding error (Knuth's two-sum), every other result is moved outward by one unit in
/// the last place, which covers the half unit of IEEE 754 arithmetic, `sqrt`, and the correctly
/// rounded functions of CORE-MATH.
///
/// # Errors
/// An operation that is not defined on all of its operands (a division by an interval that contains
/// 0, a logarithm of one that is not positive, `0 * inf`) gives an interval of NaN, which every
/// later operation keeps and [`Interval::is_finite`] tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    lo: f64,
    hi: f64,
}

/// Not a number: what an undefined operation gives.
const UNDEFINED: Interval = Interval { lo: f64::NAN, hi: f64::NAN };

/// The rounded sum, and what is to be added to it for the exact one (NaN after an overflow).
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    let t = s - a;
    (s, (a - (s - t)) + (b - t))
}

fn add_down(a: f64, b: f64) -> f64 {
    let (s, e) = two_sum(a, b);
    if e >= 0.0 { s } else { s.next_down() }
}

fn add_up(a: f64, b: f64) -> f64 {
    let (s, e) = two_sum(a, b);
    if e <= 0.0 { s } else { s.next_up() }
}

fn exact_product(a: f64, b: f64) -> bool {
    a == 0.0 || b == 0.0
}

fn mul_down(a: f64, b: f64) -> f64 {
    let p = a * b;
    if exact_product(a, b) { p } else { p.next_down() }
}

fn mul_up(a: f64, b: f64) -> f64 {
    let p = a * b;
    if exact_product(a, b) { p } else { p.next_up() }
}

impl Interval {
    /// `pi`.
    pub const PI: Self = Self { lo: std::f64::consts::PI, hi: 3.1415926535897936 };
    /// `log 2`.
    pub const LN_2: Self = Self { lo: std::f64::consts::LN_2, hi: 0.6931471805599454 };
    /// 0.
    pub const ZERO: Self = Self { lo: 0.0, hi: 0.0 };
    /// 1.
    pub const ONE: Self = Self { lo: 1.0, hi: 1.0 };

    /// `[lo, hi]`; undefined unless `lo <= hi`.
    #[must_use]
    pub fn new(lo: f64, hi: f64) -> Self {
        if lo <= hi { Self { lo, hi } } else { UNDEFINED }
    }

    /// `[lo, hi]`, undefined when an end is (`inf - inf`).
    fn kept(lo: f64, hi: f64) -> Self {
        if lo.is_nan() || hi.is_nan() { UNDEFINED } else { Self { lo, hi } }
    }

    /// The interval of one number, taken as exact.
    #[must_use]
    pub const fn point(x: f64) -> Self {
        Self { lo: x, hi: x }
    }

    /// `[-radius, radius]`.
    #[must_use]
    pub fn symmetric(radius: f64) -> Self {
        Self::new(-radius, radius)
    }

    /// The numbers that round to the double `x`, which stands for a decimal that was written down.
    #[must_use]
    pub fn near(x: f64) -> Self {
        Self { lo: x.next_down(), hi: x.next_up() }
    }

    /// Lower end.
    #[must_use]
    pub fn lo(self) -> f64 {
        self.lo
    }

    /// Upper end.
    #[must_use]
    pub fn hi(self) -> f64 {
        self.hi
    }

    /// A double near the middle, inside.
    #[must_use]
    pub fn mid(self) -> f64 {
        (0.5 * self.lo + 0.5 * self.hi).max(self.lo).min(self.hi)
    }

    /// Upper bound of the width.
    #[must_use]
    pub fn width(self) -> f64 {
        add_up(self.hi, -self.lo)
    }

    /// Largest absolute value.
    #[must_use]
    pub fn magnitude(self) -> f64 {
        // `max` would lose a NaN.
        if self.lo.is_nan() { f64::NAN } else { self.lo.abs().max(self.hi.abs()) }
    }

    /// Smallest absolute value.
    #[must_use]
    pub fn mignitude(self) -> f64 {
        if self.contains(0.0) { 0.0 } else { self.lo.abs().min(self.hi.abs()) }
    }

    /// Width over the smallest absolute value; infinite where 0 is inside.
    #[must_use]
    pub fn relative_width(self) -> f64 {
        self.width() / self.mignitude()
    }

    /// Whether both ends are finite.
    #[must_use]
    pub fn is_finite(self) -> bool {
        self.lo.is_finite() && self.hi.is_finite()
    }

    /// Whether `x` is inside.
    #[must_use]
    pub fn contains(self, x: f64) -> bool {
        self.lo <= x && x <= self.hi
    }

    /// Whether all of `other` is inside.
    #[must_use]
    pub fn encloses(self, other: Self) -> bool {
        self.lo <= other.lo && other.hi <= self.hi
    }

    /// Whether all of `other` is strictly inside.
    #[must_use]
    pub fn interior_encloses(self, other: Self) -> bool {
        self.lo < other.lo && other.hi < self.hi
    }

    /// Whether all its numbers are positive.
    #[must_use]
    pub fn is_positive(self) -> bool {
        self.lo > 0.0
    }

    /// Whether all its numbers are negative.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.hi < 0.0
    }

    /// The smallest interval that contains both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        if self.lo.is_nan() || other.lo.is_nan() {
            return UNDEFINED;
        }
        Self { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// What the two have in common, if anything.
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        let (lo, hi) = (self.lo.max(other.lo), self.hi.min(other.hi));
        (lo <= hi && !self.lo.is_nan() && !other.lo.is_nan()).then_some(Self { lo, hi })
    }

    /// The interval widened on both sides.
    #[must_use]
    pub fn widened(self, by: f64) -> Self {
        Self::kept(add_down(self.lo, -by), add_up(self.hi, by))
    }

    /// `x^2`.
    #[must_use]
    pub fn sqr(self) -> Self {
        let (a, b) = (self.lo.abs(), self.hi.abs());
        if self.lo.is_nan() {
            return UNDEFINED;
        }
        let (small, large) = if a < b { (a, b) } else { (b, a) };
        let lo = if self.contains(0.0) { 0.0 } else { mul_down(small, small).max(0.0) };
        Self { lo, hi: mul_up(large, large) }
    }

    /// `1/x`.
    #[must_use]
    pub fn recip(self) -> Self {
        Self::ONE / self
    }

    /// `x` times an exact constant.
    #[must_use]
    pub fn times(self, c: f64) -> Self {
        if (c == 0.5 || c == -0.5) && self.lo.abs().min(self.hi.abs()) > 1e-300 {
            // Halving a normal number is exact.
            let (a, b) = (self.lo * c, self.hi * c);
            return if c < 0.0 { Self { lo: b, hi: a } } else { Self { lo: a, hi: b } };
        }
        self * Self::point(c)
    }

    /// `sqrt(x)` of `x >= 0`.
    #[must_use]
    pub fn sqrt(self) -> Self {
        if self.lo >= 0.0 {
            let lo = self.lo.sqrt();
            Self { lo: if lo == 0.0 { 0.0 } else { lo.next_down() }, hi: self.hi.sqrt().next_up() }
        } else {
            UNDEFINED
        }
    }

    /// `exp(x)`.
    #[must_use]
    pub fn exp(self) -> Self {
        if self.lo == 0.0 && self.hi == 0.0 {
            return Self::ONE;
        }
        if self.lo.is_nan() {
            return UNDEFINED;
        }
        let lo = core_math::exp(self.lo);
        let hi = if self.lo == self.hi { lo } else { core_math::exp(self.hi) };
        Self { lo: lo.next_down().max(0.0), hi: hi.next_up() }
    }

    /// `exp(x) - 1`.
    #[must_use]
    pub fn exp_m1(self) -> Self {
        self.rising(core_math::expm1, 0.0)
    }

    /// `log x` of `x > 0`.
    #[must_use]
    pub fn ln(self) -> Self {
        if self.lo > 0.0 { self.rising(core_math::log, 1.0) } else { UNDEFINED }
    }

    /// `log(1 + x)` of `x > -1`.
    #[must_use]
    pub fn ln_1p(self) -> Self {
        if self.lo > -1.0 { self.rising(core_math::log1p, 0.0) } else { UNDEFINED }
    }

    /// `arctan x`.
    #[must_use]
    pub fn atan(self) -> Self {
        self.rising(core_math::atan, 0.0)
    }

    /// A correctly rounded increasing function, exact (as 0) where the argument is `zero`.
    fn rising(self, f: fn(f64) -> f64, zero: f64) -> Self {
        if self.lo.is_nan() {
            return UNDEFINED;
        }
        let lo = f(self.lo);
        let hi = if self.lo == self.hi { lo } else { f(self.hi) };
        Self {
            lo: if self.lo == zero { 0.0 } else { lo.next_down() },
            hi: if self.hi == zero { 0.0 } else { hi.next_up() },
        }
    }

    /// `sin x`.
    #[must_use]
    pub fn sin(self) -> Self {
        if self.magnitude() < 1.5 {
            return self.rising(core_math::sin, 0.0);
        }
        (Self::PI.times(0.5) - self).cos()
    }

    /// `cos x`.
    ///
    /// Between two multiples of `pi` the cosine is monotone; a multiple that may lie inside adds its extreme.
    #[must_use]
    pub fn cos(self) -> Self {
        if self.lo.is_nan() {
            return UNDEFINED;
        }
        if self.magnitude() > 1e6 || self.width() > 6.3 {
            return Self { lo: -1.0, hi: 1.0 };
        }
        let (a, b) = (core_math::cos(self.lo), core_math::cos(self.hi));
        let (mut lo, mut hi) = (a.min(b).next_down(), a.max(b).next_up());
        let turns = self / Self::PI;
        let (mut n, last) = (turns.lo.ceil(), turns.hi.floor());
        while n <= last {
            if n.rem_euclid(2.0) == 0.0 {
                hi = 1.0;
            } else {
                lo = -1.0;
            }
            n += 1.0;
        }
        Self { lo: lo.max(-1.0), hi: hi.min(1.0) }
    }

    /// As an estimate whose rigor is `Enclosed`.
    #[must_use]
    pub fn estimate(self) -> Estimate {
        Estimate::enclosed(self.lo, self.hi)
    }
}

impl From<f64> for Interval {
    fn from(x: f64) -> Self {
        Self::point(x)
    }
}

impl From<i32> for Interval {
    fn from(n: i32) -> Self {
        Self::point(f64::from(n))
    }
}

impl Neg for Interval {
    type Output = Self;
    fn neg(self) -> Self {
        Self { lo: -self.hi, hi: -self.lo }
    }
}

impl Add for Interval {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self::kept(add_down(self.lo, o.lo), add_up(self.hi, o.hi))
    }
}

impl Sub for Interval {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        Self::kept(add_down(self.lo, -o.hi), add_up(self.hi, -o.lo))
    }
}

impl Mul for Interval {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        if self.lo >= 0.0 && o.lo >= 0.0 {
            let (lo, hi) = (mul_down(self.lo, o.lo), mul_up(self.hi, o.hi));
            // Ends of NaN (0 * inf) must not be lost in `max`.
            return if hi.is_nan() || lo.is_nan() { UNDEFINED } else { Self { lo: lo.max(0.0), hi } };
        }
        let p = [self.lo * o.lo, self.lo * o.hi, self.hi * o.lo, self.hi * o.hi];
        if p.iter().any(|x| x.is_nan()) {
            return UNDEFINED;
        }
        let (lo, hi) = (p[0].min(p[1]).min(p[2].min(p[3])), p[0].max(p[1]).max(p[2].max(p[3])));
        // A product that rounds to 0 is 0 only when a factor is.
        let zero = (self.lo == 0.0 && self.hi == 0.0) || (o.lo == 0.0 && o.hi == 0.0);
        if zero { Self::ZERO } else { Self { lo: lo.next_down(), hi: hi.next_up() } }
    }
}

impl Div for Interval {
    type Output = Self;
    fn div(self, o: Self) -> Self {
        if !(o.lo > 0.0 || o.hi < 0.0) {
            return UNDEFINED;
        }
        let q = [self.lo / o.lo, self.lo / o.hi, self.hi / o.lo, self.hi / o.hi];
        if q.iter().any(|x| x.is_nan()) {
            return UNDEFINED;
        }
        if self.lo == 0.0 && self.hi == 0.0 {
            return Self::ZERO;
        }
        let (lo, hi) = (q[0].min(q[1]).min(q[2].min(q[3])), q[0].max(q[1]).max(q[2].max(q[3])));
        let lo = lo.next_down();
        let nonnegative = self.lo >= 0.0 && o.lo > 0.0;
        Self { lo: if nonnegative { lo.max(0.0) } else { lo }, hi: hi.next_up() }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{:e}, {:e}]", self.lo, self.hi)
    }
}

/// A sum of intervals that loses nothing: the ends are added with their rounding errors carried along.
///
/// # Accuracy
/// The carried errors are exact (two-sum); they are added in plain double precision, which is off by at
/// most `n u` times the sum of their absolute values (`u = 2^-53`), and that is added to the radius.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum {
    ends: [f64; 2],
    carried: [f64; 2],
    size: [f64; 2],
    terms: f64,
}

impl Sum {
    /// Adds a term.
    pub fn add(&mut self, x: Interval) {
        for (i, end) in [x.lo, x.hi].into_iter().enumerate() {
            let (s, e) = two_sum(self.ends[i], end);
            self.ends[i] = s;
            self.carried[i] += e;
            self.size[i] += e.abs();
        }
        self.terms += 1.0;
    }

    /// The sum so far.
    #[must_use]
    pub fn value(&self) -> Interval {
        // Twice the bound covers the rounding of the bound itself.
        let slack = |i: usize| 2.0 * (self.terms + 1.0) * f64::EPSILON * self.size[i];
        let lo = add_down(add_down(self.ends[0], self.carried[0]), -slack(0));
        let hi = add_up(add_up(self.ends[1], self.carried[1]), slack(1));
        Interval::new(lo, hi)
    }
}
