//! Numbers with their error, and what two of them say about an equality.

use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

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

/// A number, the radius of an interval around it that contains the truth, and the rigor of that
/// statement. Arithmetic adds radii in the worst case and keeps the weakest rigor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    value: f64,
    radius: f64,
    rigor: Rigor,
    sampling: Option<Sampling>,
}

impl Estimate {
    /// A value whose radius was derived from the computation.
    #[must_use]
    pub fn new(value: f64, radius: f64) -> Self {
        Self { value, radius, rigor: Rigor::Estimated, sampling: None }
    }

    /// A sampled value with the half-width of its interval.
    #[must_use]
    pub fn sampled(value: f64, radius: f64, sampling: Sampling) -> Self {
        Self { value, radius, rigor: Rigor::Sampled, sampling: Some(sampling) }
    }

    /// The interval `[lo, hi]`, proved to contain the truth.
    #[must_use]
    pub fn enclosed(lo: f64, hi: f64) -> Self {
        let value = 0.5 * (lo + hi);
        let radius = (hi - value).max(value - lo).next_up();
        Self { value, radius, rigor: Rigor::Enclosed, sampling: None }
    }

    /// A closed form evaluated in double precision, with a relative error of `ulps` units in the
    /// last place.
    #[must_use]
    pub fn rounded(value: f64, ulps: f64) -> Self {
        Self::new(value, ulps * f64::EPSILON * value.abs())
    }

    /// A number that is what it is: no error at all.
    #[must_use]
    pub fn exact(value: f64) -> Self {
        Self { value, radius: 0.0, rigor: Rigor::Enclosed, sampling: None }
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

    /// Present exactly when a value was sampled and not yet combined with another.
    #[must_use]
    pub fn sampling(self) -> Option<Sampling> {
        self.sampling
    }

    /// The same value with a further error of at most `by >= 0` that the radius does not cover yet. Nothing proves
    /// `by`, so an enclosure is one no longer.
    #[must_use]
    pub fn widened(self, by: f64) -> Self {
        Self { radius: (self.radius + by).next_up(), rigor: self.rigor.min(Rigor::Estimated), ..self }
    }

    /// Whether value and radius are finite.
    #[must_use]
    pub fn is_finite(self) -> bool {
        self.value.is_finite() && self.radius.is_finite()
    }

    /// Whether the interval contains `x`.
    #[must_use]
    pub fn contains(self, x: f64) -> bool {
        (x - self.value).abs() <= self.radius
    }

    fn combined(self, other: Self, value: f64, radius: f64) -> Self {
        // One rounding of the result itself; the operands' radii are already counted.
        let radius = radius + f64::EPSILON * value.abs();
        Self { value, radius, rigor: self.rigor.min(other.rigor), sampling: None }
    }
}

impl Add for Estimate {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        self.combined(o, self.value + o.value, self.radius + o.radius)
    }
}

impl Sub for Estimate {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        self.combined(o, self.value - o.value, self.radius + o.radius)
    }
}

impl Mul for Estimate {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        let radius = self.value.abs() * o.radius + o.value.abs() * self.radius + self.radius * o.radius;
        self.combined(o, self.value * o.value, radius)
    }
}

/// Scaling by an exact constant: keeps what stands behind a sampled value.
impl Mul<f64> for Estimate {
    type Output = Self;
    fn mul(self, c: f64) -> Self {
        let value = self.value * c;
        let rounding = if c.abs() == 1.0 { 0.0 } else { f64::EPSILON * value.abs() };
        Self {
            value,
            radius: self.radius * c.abs() + rounding,
            sampling: self.sampling.map(|s| Sampling { std_error: s.std_error * c.abs(), ..s }),
            ..self
        }
    }
}

/// Shifting by an exact constant: keeps what stands behind a sampled value.
impl Add<f64> for Estimate {
    type Output = Self;
    fn add(self, c: f64) -> Self {
        let value = self.value + c;
        let rounding = if c == 0.0 { 0.0 } else { f64::EPSILON * value.abs() };
        Self { value, radius: self.radius + rounding, ..self }
    }
}

impl Neg for Estimate {
    type Output = Self;
    fn neg(self) -> Self {
        self * -1.0
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
/// Intervals that cannot stand in the relation refute it. Otherwise nothing is decided unless the
/// comparison is sharp: when the sum of the radii exceeds `tolerance`, it is undecided (an order
/// that holds for every pair of points of the two intervals is decided at any tolerance).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// What the claim says of the two.
    pub relation: Relation,
    /// One side.
    pub lhs: Estimate,
    /// The other.
    pub rhs: Estimate,
    /// Estimate of `lhs - rhs`; sharper than the sides allow when the two were sampled in pairs.
    pub difference: Estimate,
    /// The largest radius of the difference that still means something, absolute.
    pub tolerance: f64,
}

impl Comparison {
    /// Compares two independent estimates; `tolerance` is absolute.
    #[must_use]
    pub fn new(lhs: Estimate, rhs: Estimate, tolerance: f64) -> Self {
        Self { relation: Relation::Equal, lhs, rhs, difference: lhs - rhs, tolerance }
    }

    /// Compares two independent estimates that a claim says are ordered, `lhs <= rhs`.
    #[must_use]
    pub fn at_most(lhs: Estimate, rhs: Estimate, tolerance: f64) -> Self {
        Self { relation: Relation::AtMost, ..Self::new(lhs, rhs, tolerance) }
    }

    /// Compares two sides whose difference was estimated directly, sample by sample.
    #[must_use]
    pub fn paired(lhs: Estimate, rhs: Estimate, difference: Estimate, tolerance: f64) -> Self {
        Self { relation: Relation::Equal, lhs, rhs, difference, tolerance }
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

    /// The smallest error of the claim that this comparison is sure to catch: relative to `rhs`,
    /// or absolute where `rhs` is exactly 0.
    ///
    /// # Formula
    /// `2 bound / |rhs|`: an error above that moves the difference out of `[-bound, bound]`
    /// wherever in it the difference stands, by arithmetic alone: running the claim so scaled would show nothing.
    #[must_use]
    pub fn power(&self) -> f64 {
        let scale = if self.rhs.value == 0.0 { 1.0 } else { self.rhs.value.abs() };
        2.0 * self.bound() / scale
    }

    /// The verdict.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if !self.difference.is_finite() {
            Verdict::Undecided
        } else if self.residual() > self.bound() {
            Verdict::Refuted
        } else if self.relation == Relation::AtMost && self.difference.value < -self.bound() {
            Verdict::Holds
        } else if self.bound() > self.tolerance {
            Verdict::Undecided
        } else {
            Verdict::Holds
        }
    }

    /// What an order leaves between its sides, relative to `rhs`, or absolute where `rhs` is exactly 0: an order whose left side
    /// were larger by more would not be decided. Negative where the intervals overlap; `None` of an equality.
    #[must_use]
    pub fn slack(&self) -> Option<f64> {
        let scale = if self.rhs.value == 0.0 { 1.0 } else { self.rhs.value.abs() };
        (self.relation == Relation::AtMost).then(|| (-self.difference.value - self.bound()) / scale)
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

    /// The sides of an equality that holds are within its bound, so an error of the claim above twice the bound is caught.
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
    fn arithmetic_keeps_the_weakest_rigor_and_contains_the_truth() {
        let s = Sampling { std_error: 0.1, freedom: None, level: 0.99, samples: 10 };
        let sum = Estimate::sampled(1.0, 0.3, s) + Estimate::enclosed(1.9, 2.1);
        assert_eq!(sum.rigor, Rigor::Sampled);
        assert!(sum.contains(3.39) && !sum.contains(3.41));
        let product = Estimate::new(2.0, 0.1) * Estimate::new(-3.0, 0.1);
        assert!(product.contains(-2.1 * 3.1) && product.contains(-1.9 * 2.9));
    }
}
