//! Numbers with their error, and what two of them say about an equality.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::ulps;

/// How far the radius of an [`Estimate`] can be trusted, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rigor {
    /// A confidence half-width at a stated level.
    Sampled,
    /// Derived from the computation (two resolutions, rounding); not proved.
    Estimated,
    /// Proved: interval arithmetic with outward rounding, truncation included.
    Enclosed,
}

/// What stands behind a sampled estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// Standard error of the value.
    pub std_error: f64,
    /// Degrees of freedom where the interval is studentised: `(value - truth)/std_error` then has Student's
    /// law but for the skewness that the radius allows for. `None` for an interval that holds for every law.
    pub freedom: Option<f64>,
    /// Probability with which the interval covers the truth.
    pub level: f64,
    /// Number of independent samples.
    pub samples: u64,
}

/// A number, the radius of an interval around it that contains the truth, and the rigor of that statement.
///
/// # Accuracy
/// Arithmetic adds radii in the worst case, adds the rounding of the result itself (its exact rounding error, so a
/// difference near 0 loses nothing and gains no slack), rounds the radius upward and keeps the weakest rigor. A
/// result that is not finite has an infinite radius. There is no arithmetic with a bare `f64`, which does not say
/// how exact it is: a whole number is an `i32`, and every other constant says what it is.
///
/// | constant | radius |
/// |---|---|
/// | [`Estimate::from`] an integer, [`Estimate::count`], their sums, products and quotients | 0 where the result is a double |
/// | [`Estimate::given`]: a number that the problem is stated in | 0 by definition |
/// | [`Estimate::near`]: the double nearest to a decimal | half a unit in the last place |
/// | [`Estimate::rounded`]: a closed form in double precision | its count of rounding units |
///
/// # Examples
/// ```
/// use infodyn_core::{Estimate, Rigor};
///
/// let third = Estimate::from(1) / 3;
/// assert!(third.radius() > 0.0 && third.radius() < 1e-16 && third.rigor() == Rigor::Enclosed);
/// assert_eq!((Estimate::from(3) / 2).radius(), 0.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    value: f64,
    radius: f64,
    rigor: Rigor,
    error_probability: f64,
    sampling: Option<Sampling>,
}

impl Estimate {
    /// The integer 0.
    pub const ZERO: Self = Self::given(0.0);
    /// The integer 1.
    pub const ONE: Self = Self::given(1.0);

    /// A value and a radius, which says nothing unless it is a number `>= 0` around a finite value.
    const fn of(value: f64, radius: f64, rigor: Rigor) -> Self {
        let radius = if value.is_finite() && radius >= 0.0 { radius } else { f64::INFINITY };
        Self { value, radius, rigor, error_probability: 0.0, sampling: None }
    }

    /// A value whose radius was derived from the computation.
    #[must_use]
    pub fn new(value: f64, radius: f64) -> Self {
        Self::of(value, radius, Rigor::Estimated)
    }

    /// A sampled value with the half-width of its interval.
    #[must_use]
    pub fn sampled(value: f64, radius: f64, sampling: Sampling) -> Self {
        let one = Self::of(value, radius, Rigor::Sampled);
        Self { error_probability: 1.0 - sampling.level, sampling: Some(sampling), ..one }
    }

    /// An estimate from all that is told of one, as it was.
    pub(crate) fn from_parts(
        value: f64,
        radius: f64,
        rigor: Rigor,
        error_probability: f64,
        sampling: Option<Sampling>,
    ) -> Self {
        Self { error_probability, sampling, ..Self::of(value, radius, rigor) }
    }

    /// The interval `[lo, hi]`, proved to contain the truth.
    #[must_use]
    pub fn enclosed(lo: f64, hi: f64) -> Self {
        // Halves first: the sum of two large numbers overflows.
        let value = if lo == hi { lo } else { 0.5 * lo + 0.5 * hi };
        let radius = if lo <= hi { add_up(hi, -value).max(add_up(value, -lo)) } else { f64::INFINITY };
        Self::of(value, radius, Rigor::Enclosed)
    }

    /// A closed form evaluated in double precision, with an error of at most `ulps` units of rounding
    /// ([`f64::EPSILON`] times the value).
    #[must_use]
    pub fn rounded(value: f64, ulps: f64) -> Self {
        Self::new(value, mul_up(ulps * f64::EPSILON, value.abs()))
    }

    /// The double nearest to the real number that is meant, as a decimal is read: an error of half a unit in the
    /// last place.
    #[must_use]
    pub fn near(value: f64) -> Self {
        Self::of(value, (0.5 * f64::EPSILON * value.abs()).next_up(), Rigor::Enclosed)
    }

    /// A number that the problem is stated in (a weight, a noise level, a grid's time): the double itself is the
    /// truth, whatever it was computed from.
    #[must_use]
    pub const fn given(value: f64) -> Self {
        Self::of(value, 0.0, Rigor::Enclosed)
    }

    /// A number of things.
    #[must_use]
    pub fn count(n: usize) -> Self {
        let value = n as f64;
        Self::of(value, (value as u128).abs_diff(n as u128) as f64, Rigor::Enclosed)
    }

    /// The value.
    #[must_use]
    pub fn value(self) -> f64 {
        self.value
    }

    /// The radius, `>= 0`: the truth lies in `[value - radius, value + radius]`.
    #[must_use]
    pub fn radius(self) -> f64 {
        self.radius
    }

    /// What that statement rests on.
    #[must_use]
    pub fn rigor(self) -> Rigor {
        self.rigor
    }

    /// The probability with which the statement may fail: `1 - level` for every interval of a sampled number that
    /// stands behind it, as often as it does (union bound); 0 where there is none.
    #[must_use]
    pub fn error_probability(self) -> f64 {
        self.error_probability
    }

    /// Present where one sampled value stands behind this one: it alone, or it with numbers that were not sampled
    /// added to it or multiplied by it. Their own errors are in the radius only.
    #[must_use]
    pub fn sampling(self) -> Option<Sampling> {
        self.sampling
    }

    /// `sqrt(x)`; an interval that holds a negative number gives an infinite radius.
    #[must_use]
    pub fn sqrt(self) -> Self {
        let value = self.value.sqrt();
        // |sqrt(x) - s| = |x - s^2|/(sqrt(x) + s), and v - s^2 is a double unless v is tiny.
        let rest = (-value).mul_add(value, self.value).abs();
        let exact = rest == 0.0 && (self.value == 0.0 || self.value >= TINY);
        let moved = add_up(self.radius, if exact { 0.0 } else { rest.next_up() });
        let least = if self.radius == 0.0 { 2.0 * value.next_down() } else { value };
        let radius = match moved {
            0.0 => 0.0,
            _ if self.value >= self.radius => (moved / least).next_up(),
            _ => f64::INFINITY,
        };
        Self { error_probability: self.error_probability, ..Self::of(value, radius, self.rigor) }
    }

    /// `exp(x)`.
    #[must_use]
    pub fn exp(self) -> Self {
        self.function(self.value.exp(), self.value.exp().max(f64::MIN_POSITIVE) * self.radius.exp_m1())
    }

    /// `exp(x) - 1`.
    #[must_use]
    pub fn exp_m1(self) -> Self {
        self.function(self.value.exp_m1(), self.value.exp().max(f64::MIN_POSITIVE) * self.radius.exp_m1())
    }

    /// `log x`; an interval that holds a number that is not positive gives an infinite radius.
    #[must_use]
    pub fn ln(self) -> Self {
        self.function(self.value.ln(), -(-(self.radius / self.value).next_up()).ln_1p())
    }

    /// `log(1 + x)`; an interval that holds a number `<= -1` gives an infinite radius.
    #[must_use]
    pub fn ln_1p(self) -> Self {
        let least = (1.0 + self.value).next_down();
        self.function(self.value.ln_1p(), -(-(self.radius / least).next_up()).ln_1p())
    }

    /// `x^n`, by products.
    #[must_use]
    pub fn powi(self, n: i32) -> Self {
        let power = (0..n.unsigned_abs()).fold(Self::ONE, |power, _| power * self);
        if n < 0 { Self::ONE / power } else { power }
    }

    /// `x^p`, the double `p` being the truth; an interval that holds a number that is not positive gives an infinite
    /// radius.
    ///
    /// # Formula
    /// In `v - r <= x <= v + r`, `x^p` is at most `v^p ((1 - r/v)^-|p| - 1)` from `v^p`.
    #[must_use]
    pub fn powf(self, p: f64) -> Self {
        let value = self.value.powf(p);
        let nearest = if self.value > 0.0 { -(-(self.radius / self.value).next_up()).ln_1p() } else { f64::INFINITY };
        self.function(value, value.max(f64::MIN_POSITIVE) * (p.abs() * nearest).exp_m1())
    }

    /// A function of the C library, and what the radius does to it in the worst case, which took a few such functions
    /// itself. Nothing proves the library, so an enclosure is one no longer.
    fn function(self, value: f64, moved: f64) -> Self {
        let error = (ulps::ELEMENTARY * f64::EPSILON * value.abs()).next_up();
        let of = Self::of(value, add_up(moved * (1.0 + 8.0 * f64::EPSILON), error), self.rigor.min(Rigor::Estimated));
        Self { error_probability: self.error_probability, ..of }
    }

    /// The same value with a further error of at most `by >= 0` that the radius does not cover yet. Nothing proves
    /// `by`, so an enclosure is one no longer.
    #[must_use]
    pub fn widened(self, by: f64) -> Self {
        let radius = add_up(self.radius, by);
        let radius = if radius >= 0.0 { radius } else { f64::INFINITY };
        Self { radius, rigor: self.rigor.min(Rigor::Estimated), ..self }
    }

    /// Whether value and radius are finite.
    #[must_use]
    pub fn is_finite(self) -> bool {
        self.value.is_finite() && self.radius.is_finite()
    }

    /// Whether the interval contains `x`.
    #[must_use]
    pub fn contains(self, x: f64) -> bool {
        let (distance, error) = two_sum(x, -self.value);
        let within = distance.abs() == self.radius && error * distance.signum() <= 0.0;
        self.radius == f64::INFINITY || distance.abs() < self.radius || within
    }

    /// The result of an operation on two numbers.
    fn with(self, o: Self, value: f64, radius: f64) -> Self {
        let error_probability = self.error_probability + o.error_probability;
        Self { error_probability, ..Self::of(value, radius, self.rigor.min(o.rigor)) }
    }

    /// The sampling of a result that moves with each operand as fast as its rate, if one of the two alone was sampled.
    fn behind(self, rate: f64, o: Self, other: f64) -> Option<Sampling> {
        let scaled = |s: Sampling, rate: f64| Sampling { std_error: s.std_error * rate.abs(), ..s };
        self.sampling.map(|s| scaled(s, rate)).xor(o.sampling.map(|s| scaled(s, other)))
    }
}

/// The sum, rounded upward (or a unit in the last place more).
fn add_up(a: f64, b: f64) -> f64 {
    if a == 0.0 || b == 0.0 { a + b } else { (a + b).next_up() }
}

/// The product of two numbers `>= 0`, rounded upward (or a unit in the last place more).
fn mul_up(a: f64, b: f64) -> f64 {
    if a == 0.0 || b == 0.0 { 0.0 } else { (a * b).next_up() }
}

/// The rounded sum and what is to be added to it for the exact one; NaN after an overflow.
///
/// # Source
/// Dekker, Numer. Math. 18 (1971) 224: exact when the larger comes first, also for subnormal numbers.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let (large, small) = if a.abs() >= b.abs() { (a, b) } else { (b, a) };
    let sum = large + small;
    (sum, small - (sum - large))
}

/// Below this magnitude of a product or a dividend, the remainder of the operation need not be a double.
const TINY: f64 = f64::MIN_POSITIVE / (f64::EPSILON * f64::EPSILON);

impl Add for Estimate {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        let (value, error) = two_sum(self.value, o.value);
        let radius = add_up(add_up(self.radius, o.radius), error.abs());
        Self { sampling: self.behind(1.0, o, 1.0), ..self.with(o, value, radius) }
    }
}

impl Sub for Estimate {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        self + -o
    }
}

impl Mul for Estimate {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        let (a, b) = (self.value.abs(), o.value.abs());
        let value = self.value * o.value;
        let below = if value.abs() < TINY && a != 0.0 && b != 0.0 { f64::from_bits(1) } else { 0.0 };
        let error = add_up(self.value.mul_add(o.value, -value).abs(), below);
        let first = add_up(mul_up(a, o.radius), mul_up(b, self.radius));
        let radius = add_up(add_up(first, mul_up(self.radius, o.radius)), error);
        Self { sampling: self.behind(o.value, o, self.value), ..self.with(o, value, radius) }
    }
}

/// A divisor whose interval contains 0 gives an infinite radius.
///
/// # Formula
/// `x/y - q = ((x - a) - q (y - b) + (a - q b)) / y` for `x`, `y` in the intervals about `a`, `b`.
impl Div for Estimate {
    type Output = Self;
    fn div(self, o: Self) -> Self {
        let value = self.value / o.value;
        let least = (o.value.abs() - o.radius).next_down();
        let rest = (-value).mul_add(o.value, self.value).abs();
        // The remainder is a double unless something is so small that its bits fall off the end.
        let exact = rest == 0.0 && (self.value == 0.0 || self.value.abs() >= TINY && value.is_normal());
        let rest = if exact { 0.0 } else { rest.next_up() };
        let above = add_up(add_up(self.radius, mul_up(value.abs(), o.radius)), rest);
        let radius = match above {
            0.0 if o.value != 0.0 && o.radius == 0.0 => 0.0,
            _ if least > 0.0 => (above / least).next_up(),
            _ => f64::INFINITY,
        };
        let sampling = if o.sampling.is_some() { None } else { self.behind(1.0 / o.value, o, 0.0) };
        Self { sampling, ..self.with(o, value, radius) }
    }
}

impl Neg for Estimate {
    type Output = Self;
    fn neg(self) -> Self {
        Self { value: -self.value, ..self }
    }
}

impl From<i32> for Estimate {
    fn from(n: i32) -> Self {
        Self::given(f64::from(n))
    }
}

impl From<u32> for Estimate {
    fn from(n: u32) -> Self {
        Self::given(f64::from(n))
    }
}

impl Add<i32> for Estimate {
    type Output = Self;
    fn add(self, n: i32) -> Self {
        self + Self::from(n)
    }
}

impl Sub<i32> for Estimate {
    type Output = Self;
    fn sub(self, n: i32) -> Self {
        self - Self::from(n)
    }
}

impl Mul<i32> for Estimate {
    type Output = Self;
    fn mul(self, n: i32) -> Self {
        self * Self::from(n)
    }
}

impl Div<i32> for Estimate {
    type Output = Self;
    fn div(self, n: i32) -> Self {
        self / Self::from(n)
    }
}

impl Sum for Estimate {
    fn sum<I: Iterator<Item = Self>>(terms: I) -> Self {
        terms.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.12e} +- {:.1e}", self.value, self.radius)
    }
}

/// What a comparison, a check or a claim comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The two sides agree, sharply enough to mean something.
    Holds,
    /// The two sides cannot be equal.
    Refuted,
    /// The intervals overlap but are too wide to decide.
    Undecided,
    /// The evidence was not at hand.
    Skipped,
}

impl Verdict {
    /// The lower-case name that the JSON files use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Refuted => "refuted",
            Self::Undecided => "undecided",
            Self::Skipped => "skipped",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a claim says of its two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// They are one number.
    Equal,
    /// The left is at most the right.
    AtMost,
}

/// Two estimates of what a claim says is one number, or is ordered.
///
/// Intervals that cannot stand in the relation refute it. Otherwise it holds if the comparison is sharp: an
/// equality whose difference is known to within the tolerance, an order whose left side exceeds the right by no
/// more than the tolerance, wherever in their intervals the two stand. Else nothing is decided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    relation: Relation,
    lhs: Estimate,
    rhs: Estimate,
    difference: Estimate,
    tolerance: f64,
}

impl Comparison {
    /// Compares two independent estimates; `tolerance` is absolute.
    #[must_use]
    pub fn new(lhs: Estimate, rhs: Estimate, tolerance: f64) -> Self {
        Self::paired(lhs, rhs, lhs - rhs, tolerance)
    }

    /// Compares two independent estimates that a claim says are ordered, `lhs <= rhs`.
    #[must_use]
    pub fn at_most(lhs: Estimate, rhs: Estimate, tolerance: f64) -> Self {
        Self::new(lhs, rhs, tolerance).ordered()
    }

    /// Compares two sides whose difference was estimated directly, sample by sample.
    #[must_use]
    pub fn paired(lhs: Estimate, rhs: Estimate, difference: Estimate, tolerance: f64) -> Self {
        Self { relation: Relation::Equal, lhs, rhs, difference, tolerance }
    }

    /// The same two sides for the claim `lhs <= rhs`.
    #[must_use]
    pub fn ordered(self) -> Self {
        Self { relation: Relation::AtMost, ..self }
    }

    /// The same comparison with another tolerance.
    #[must_use]
    pub fn with_tolerance(self, tolerance: f64) -> Self {
        Self { tolerance, ..self }
    }

    /// What the claim says of the two.
    #[must_use]
    pub fn relation(&self) -> Relation {
        self.relation
    }

    /// One side.
    #[must_use]
    pub fn lhs(&self) -> Estimate {
        self.lhs
    }

    /// The other.
    #[must_use]
    pub fn rhs(&self) -> Estimate {
        self.rhs
    }

    /// Estimate of `lhs - rhs`; sharper than the sides allow when the two were sampled in pairs.
    #[must_use]
    pub fn difference(&self) -> Estimate {
        self.difference
    }

    /// The largest error of the difference that still means something, absolute.
    #[must_use]
    pub fn tolerance(&self) -> f64 {
        self.tolerance
    }

    /// How far the sides are from the relation: `|lhs - rhs|`, or `max(lhs - rhs, 0)`.
    #[must_use]
    pub fn residual(&self) -> f64 {
        match self.relation {
            Relation::Equal => self.difference.value.abs(),
            Relation::AtMost => self.difference.value.max(0.0),
        }
    }

    /// The residual that two equal sides can have.
    #[must_use]
    pub fn bound(&self) -> f64 {
        self.difference.radius
    }

    /// The most that the left side can exceed the right by.
    fn excess(&self) -> f64 {
        add_up(self.difference.value, self.difference.radius)
    }

    /// The smallest error of the claim that this comparison is sure to catch: relative to `rhs`,
    /// or absolute where `rhs` is exactly 0.
    ///
    /// # Formula
    /// `2 bound / |rhs|`. Where the claim holds, the difference `d` has `|d| <= bound`; were the claim wrong by `e`, it
    /// would be `d + e`, and `|d + e| >= |e| - bound > bound` refutes it as soon as `|e| > 2 bound`.
    #[must_use]
    pub fn power(&self) -> f64 {
        let scale = if self.rhs.value == 0.0 { 1.0 } else { self.rhs.value.abs() };
        2.0 * self.bound() / scale
    }

    /// The probability with which two sides that stand in the relation may be refuted: of the intervals that the
    /// difference rests on.
    #[must_use]
    pub fn error_probability(&self) -> f64 {
        self.difference.error_probability
    }

    /// The verdict.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let doubt = match self.relation {
            Relation::Equal => self.bound(),
            Relation::AtMost => self.excess(),
        };
        if !self.difference.is_finite() {
            Verdict::Undecided
        } else if self.residual() > self.bound() {
            Verdict::Refuted
        } else if doubt <= self.tolerance || self.relation == Relation::AtMost && doubt <= 0.0 {
            Verdict::Holds
        } else {
            Verdict::Undecided
        }
    }

    /// What an order surely leaves between its sides, `rhs - lhs - bound`, relative to `rhs`, or absolute where `rhs`
    /// is exactly 0. Negative where the intervals overlap; `None` of an equality.
    #[must_use]
    pub fn slack(&self) -> Option<f64> {
        let scale = if self.rhs.value == 0.0 { 1.0 } else { self.rhs.value.abs() };
        (self.relation == Relation::AtMost).then(|| -self.excess() / scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlap_needs_sharpness() {
        let (a, b) = (Estimate::new(1.0, 0.1), Estimate::new(1.05, 0.1));
        assert_eq!(Comparison::new(a, b, 0.5).verdict(), Verdict::Holds);
        assert_eq!(Comparison::new(a, b, 0.05).verdict(), Verdict::Undecided);
        assert_eq!(Comparison::new(a, Estimate::new(1.3, 0.1), 0.5).verdict(), Verdict::Refuted);
        assert_eq!(Comparison::new(a, Estimate::new(f64::NAN, 0.1), 0.5).verdict(), Verdict::Undecided);
    }

    /// The sides of an equality that holds are within its bound, so an error of the claim above twice the bound is
    /// caught.
    #[test]
    fn an_error_above_the_power_is_caught_and_an_order_says_its_slack() {
        for rhs in [2.0, -3.0] {
            let of = |rhs: f64| Comparison::new(Estimate::new(-0.05 + rhs, 0.03), Estimate::new(rhs, 0.03), 1.0);
            let wrong = Estimate::new(rhs * (1.0 + 1.01 * of(rhs).power()), 0.03);
            assert_eq!(of(rhs).verdict(), Verdict::Holds);
            assert_eq!(Comparison::new(of(rhs).lhs, wrong, 1.0).verdict(), Verdict::Refuted, "{rhs}");
            assert_eq!(of(rhs).slack(), None);
        }
        let order = Comparison::at_most(Estimate::new(1.0, 0.1), Estimate::new(2.0, 0.2), 1.0);
        assert!(order.slack().is_some_and(|s| (s - 0.35).abs() < 1e-12));
    }

    #[test]
    fn powers_contain_those_of_the_ends() {
        for x in [Estimate::new(0.7, 0.01), Estimate::new(3.0, 2.5), Estimate::from(5)] {
            let (low, high) = (x.value - x.radius, x.value + x.radius);
            for n in [-7, -2, -1, 0, 1, 3, 8] {
                let (products, power) = (x.powi(n), x.powf(f64::from(n)));
                for end in [low, x.value, high].map(|x| x.powi(n)) {
                    let near = 8.0 * f64::EPSILON * end;
                    assert!((end - products.value).abs() <= products.radius + near, "{x}^{n}: {products}");
                    assert!((end - power.value).abs() <= power.radius + near, "{x}^{n}: {power}");
                }
            }
        }
        let root = Estimate::from(2).powf(0.5);
        assert!(root.contains(std::f64::consts::SQRT_2) && root.radius < 4e-16, "{root}");
        for x in [Estimate::new(1.0, 1.0), Estimate::from(-2), Estimate::ZERO] {
            assert_eq!(x.powf(0.5).radius, f64::INFINITY, "{x}");
        }
        assert_eq!(Estimate::from(-3).powi(3), Estimate::from(-27));
    }

    #[test]
    fn arithmetic_keeps_the_weakest_rigor_and_contains_the_truth() {
        let s = Sampling { std_error: 0.1, freedom: None, level: 0.99, samples: 10 };
        let sum = Estimate::sampled(1.0, 0.3, s) + Estimate::enclosed(1.9, 2.1);
        assert_eq!(sum.rigor, Rigor::Sampled);
        assert!(sum.contains(3.39) && !sum.contains(3.41));
        // Two intervals stand behind it.
        let both = (sum * sum.exp()).error_probability;
        assert!((both - 0.02).abs() < 1e-12 && Estimate::near(0.1).error_probability == 0.0, "{both}");
        let product = Estimate::new(2.0, 0.125) * Estimate::new(-3.0, 0.125);
        assert!(product.contains(-2.125 * 3.125) && product.contains(-1.875 * 2.875));
    }
}
