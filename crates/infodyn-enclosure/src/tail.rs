//! Functions on a half-line, for the tails of integrals.

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::{Ground, Interval, Number};

/// A function `f` on the half-line `r >= start`, written `f(r) = c(r) r^degree` with `c(r)` in an interval for
/// every `r >= start > 0`. All numbers of one evaluation share their `start` (0 in constants, which have degree 0).
///
/// Sums bring both to the higher degree: `r^-m` lies in `[0, start^-m]`. Analytic functions need degree 0
/// or less; `exp` also takes a positive degree when `c <= 0`, and is then between 0 and its value at the start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tail {
    coefficient: Interval,
    degree: i32,
    start: f64,
}

impl Tail {
    /// `sign r` on `r >= start`.
    #[must_use]
    pub fn variable(sign: f64, start: f64) -> Self {
        Self { coefficient: Interval::point(sign), degree: 1, start }
    }

    /// The bounds of `c`.
    #[must_use]
    pub fn coefficient(self) -> Interval {
        self.coefficient
    }

    /// The degree.
    #[must_use]
    pub fn degree(self) -> i32 {
        self.degree
    }

    /// The same function at a degree not below its own.
    fn raised(self, degree: i32, start: f64) -> Interval {
        let m = degree - self.degree;
        if m == 0 || self.coefficient == Interval::ZERO {
            return self.coefficient;
        }
        let small = (0..m).fold(Interval::ONE, |p, _| p / Interval::point(start));
        self.coefficient * Interval::new(0.0, small.hi())
    }

    fn analytic(self, f: impl Fn(Interval) -> Interval) -> Self {
        if self.coefficient == Interval::ZERO {
            return Self { coefficient: f(Interval::ZERO), degree: 0, start: self.start };
        }
        if self.degree > 0 {
            return Self { coefficient: Interval::new(1.0, 0.0), ..self };
        }
        Self { coefficient: f(self.raised(0, self.start)), degree: 0, start: self.start }
    }

    /// An upper bound of `integral over r >= start of |f(r)| exp(w(r)) dr`, infinite when none is found.
    ///
    /// # Formula
    /// With `w <= -kappa r^2`, `kappa > 0`, `|f| <= c r^d`, `L = start`: for `kappa L^2 >= d - 1` the function
    /// `r^{d-1} exp(-kappa r^2/2)` decreases, so the integral is at most
    /// `c L^{d-1} exp(-kappa L^2/2)` times `integral of r exp(-kappa r^2/2) = exp(-kappa L^2/2)/kappa`.
    #[must_use]
    pub fn integral(self, ln_weight: Self) -> f64 {
        let start = ln_weight.start.max(self.start);
        let d = self.degree.max(1);
        let c = self.raised(d, start).magnitude();
        if c == 0.0 {
            return 0.0;
        }
        if ln_weight.degree > 2 {
            return f64::INFINITY;
        }
        let kappa = -ln_weight.raised(2, start);
        let start = Interval::point(start);
        let ready = kappa.is_positive() && (kappa * start.sqr()).lo() >= f64::from(d - 1);
        if !ready {
            return f64::INFINITY;
        }
        let kappa = Interval::point(kappa.lo());
        let power = (1..d).fold(Interval::ONE, |p, _| p * start);
        let bound = Interval::point(c) * power * (-(kappa * start.sqr())).exp() / kappa;
        if bound.is_finite() { bound.hi() } else { f64::INFINITY }
    }
}

impl Neg for Tail {
    type Output = Self;
    fn neg(self) -> Self {
        Self { coefficient: -self.coefficient, ..self }
    }
}

impl Add for Tail {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        let start = self.start.max(o.start);
        // Zero has no degree.
        if self.coefficient == Interval::ZERO {
            return Self { start, ..o };
        }
        if o.coefficient == Interval::ZERO {
            return Self { start, ..self };
        }
        let degree = self.degree.max(o.degree);
        Self { coefficient: self.raised(degree, start) + o.raised(degree, start), degree, start }
    }
}

impl Sub for Tail {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        self + -o
    }
}

impl Mul for Tail {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        Self {
            coefficient: self.coefficient * o.coefficient,
            degree: self.degree + o.degree,
            start: self.start.max(o.start),
        }
    }
}

impl Div for Tail {
    type Output = Self;
    fn div(self, o: Self) -> Self {
        Self {
            coefficient: self.coefficient / o.coefficient,
            degree: self.degree - o.degree,
            start: self.start.max(o.start),
        }
    }
}

impl Number for Tail {
    type Ground = Self;
    type Parameter = Interval;

    fn lift(p: Interval) -> Self {
        Self { coefficient: p, degree: 0, start: 0.0 }
    }
    fn constant(ground: Self) -> Self {
        ground
    }
    fn ground(self) -> Self {
        self
    }
    fn variation(self) -> Self {
        Self { coefficient: Interval::ZERO, degree: 0, start: self.start }
    }
    fn times(self, c: f64) -> Self {
        Self { coefficient: self.coefficient.times(c), ..self }
    }
    fn sqr(self) -> Self {
        Self { coefficient: self.coefficient.sqr(), degree: 2 * self.degree, start: self.start }
    }
    fn sqrt(self) -> Self {
        self.analytic(Interval::sqrt)
    }
    fn exp(self) -> Self {
        let top = self.coefficient.hi();
        if self.degree > 0 && top <= 0.0 && self.coefficient != Interval::ZERO {
            let power = (0..self.degree).fold(Interval::ONE, |p, _| p * Interval::point(self.start));
            // exp <= 1 even where the power overflows.
            let hi = (Interval::point(top) * power).exp().hi();
            let coefficient = Interval::new(0.0, if hi <= 1.0 { hi } else { 1.0 });
            return Self { coefficient, degree: 0, start: self.start };
        }
        self.analytic(Interval::exp)
    }
    fn ln(self) -> Self {
        self.analytic(Interval::ln)
    }
    fn ln_1p(self) -> Self {
        self.analytic(Interval::ln_1p)
    }
    fn sin(self) -> Self {
        self.analytic(Interval::sin)
    }
    fn cos(self) -> Self {
        self.analytic(Interval::cos)
    }
    fn parts(self, take: &mut impl FnMut(Self)) {
        take(self);
    }
}

impl Ground for Tail {
    fn real_interval(x: Interval) -> Self {
        Self { coefficient: x, degree: 0, start: 0.0 }
    }
}
