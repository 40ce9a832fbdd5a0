//! What a formula may be evaluated in: real intervals, complex rectangles, half-lines, and derivatives of these.

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::Interval;

/// A kind of number in which the formulas of the theory can be evaluated, each operation containing all results.
pub trait Number:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// The number without its derivatives.
    type Ground: Ground;
    /// What a parameter of the formula is: the same derivatives, of a real interval.
    type Parameter: Number<Ground = Interval, Parameter = Self::Parameter>;

    /// A parameter.
    fn lift(parameter: Self::Parameter) -> Self;
    /// A ground number, whose derivatives are 0.
    fn constant(ground: Self::Ground) -> Self;
    /// The number without its derivatives.
    fn ground(self) -> Self::Ground;
    /// The derivatives alone: the number minus its ground, whose ground is exactly 0.
    fn variation(self) -> Self;
    /// Times an exact constant.
    fn times(self, c: f64) -> Self;
    /// `x^2`.
    fn sqr(self) -> Self;
    /// `sqrt(x)`.
    fn sqrt(self) -> Self;
    /// `exp(x)`.
    fn exp(self) -> Self;
    /// `log x`.
    fn ln(self) -> Self;
    /// `log(1 + x)`.
    fn ln_1p(self) -> Self;
    /// `sin x`.
    fn sin(self) -> Self;
    /// `cos x`.
    fn cos(self) -> Self;
    /// `exp(x) - 1`.
    #[must_use]
    fn exp_m1(self) -> Self {
        self.exp() - Self::real(Interval::ONE)
    }
    /// Hands over the ground number and all derivatives, in a fixed order.
    fn parts(self, take: &mut impl FnMut(Self::Ground));

    /// A real number.
    #[must_use]
    fn real(x: Interval) -> Self {
        Self::constant(Self::Ground::real_interval(x))
    }
}

/// A number without derivatives.
pub trait Ground: Number<Ground = Self, Parameter = Interval> {
    /// A real interval.
    fn real_interval(x: Interval) -> Self;
}

/// A parameter of a law or of a noise level: an interval, or an interval with derivatives. What it depends on
/// decides what an expectation is differentiated by.
pub trait Parameter: Number<Ground = Interval, Parameter = Self> {
    /// The same derivatives over another kind of number.
    type Over<T: Ground>: Number<Ground = T, Parameter = Self>;
    /// How many intervals it is made of.
    const PARTS: usize;
    /// The inverse of [`Number::parts`].
    fn assemble(parts: &mut impl Iterator<Item = Interval>) -> Self;
}

/// A value and its derivative in one variable; nested, higher derivatives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jet<T> {
    /// The value.
    pub value: T,
    /// Its derivative.
    pub slope: T,
}

impl<T: Number> Jet<T> {
    /// The variable by which is differentiated, at a value.
    #[must_use]
    pub fn variable(value: T) -> Self {
        Self { value, slope: T::real(Interval::ONE) }
    }
}

impl<T: Number> Neg for Jet<T> {
    type Output = Self;
    fn neg(self) -> Self {
        Self { value: -self.value, slope: -self.slope }
    }
}

impl<T: Number> Add for Jet<T> {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self { value: self.value + o.value, slope: self.slope + o.slope }
    }
}

impl<T: Number> Sub for Jet<T> {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        Self { value: self.value - o.value, slope: self.slope - o.slope }
    }
}

impl<T: Number> Mul for Jet<T> {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        Self { value: self.value * o.value, slope: self.slope * o.value + self.value * o.slope }
    }
}

impl<T: Number> Div for Jet<T> {
    type Output = Self;
    fn div(self, o: Self) -> Self {
        let value = self.value / o.value;
        Self { value, slope: (self.slope - value * o.slope) / o.value }
    }
}

impl<T: Number> Number for Jet<T> {
    type Ground = T::Ground;
    type Parameter = Jet<T::Parameter>;

    fn lift(p: Self::Parameter) -> Self {
        Self { value: T::lift(p.value), slope: T::lift(p.slope) }
    }
    fn constant(ground: T::Ground) -> Self {
        Self { value: T::constant(ground), slope: T::real(Interval::ZERO) }
    }
    fn ground(self) -> T::Ground {
        self.value.ground()
    }
    fn variation(self) -> Self {
        Self { value: self.value.variation(), slope: self.slope }
    }
    fn times(self, c: f64) -> Self {
        Self { value: self.value.times(c), slope: self.slope.times(c) }
    }
    fn sqr(self) -> Self {
        Self { value: self.value.sqr(), slope: (self.value * self.slope).times(2.0) }
    }
    fn sqrt(self) -> Self {
        let value = self.value.sqrt();
        Self { value, slope: self.slope.times(0.5) / value }
    }
    fn exp(self) -> Self {
        let value = self.value.exp();
        Self { value, slope: value * self.slope }
    }
    fn exp_m1(self) -> Self {
        Self { value: self.value.exp_m1(), slope: self.value.exp() * self.slope }
    }
    fn ln(self) -> Self {
        Self { value: self.value.ln(), slope: self.slope / self.value }
    }
    fn ln_1p(self) -> Self {
        Self { value: self.value.ln_1p(), slope: self.slope / (T::real(Interval::ONE) + self.value) }
    }
    fn sin(self) -> Self {
        Self { value: self.value.sin(), slope: self.value.cos() * self.slope }
    }
    fn cos(self) -> Self {
        Self { value: self.value.cos(), slope: -(self.value.sin() * self.slope) }
    }
    fn parts(self, take: &mut impl FnMut(T::Ground)) {
        self.value.parts(take);
        self.slope.parts(take);
    }
}

impl<P: Parameter> Parameter for Jet<P> {
    type Over<T: Ground> = Jet<P::Over<T>>;
    const PARTS: usize = 2 * P::PARTS;
    fn assemble(parts: &mut impl Iterator<Item = Interval>) -> Self {
        let value = P::assemble(parts);
        Self { value, slope: P::assemble(parts) }
    }
}

/// Methods that the interval has by itself.
macro_rules! own {
    ($($name:ident),*) => {
        $(fn $name(self) -> Self {
            Self::$name(self)
        })*
    };
}

impl Number for Interval {
    type Ground = Self;
    type Parameter = Self;

    fn lift(p: Self) -> Self {
        p
    }
    fn constant(ground: Self) -> Self {
        ground
    }
    fn ground(self) -> Self {
        self
    }
    fn variation(self) -> Self {
        Self::ZERO
    }
    fn times(self, c: f64) -> Self {
        Self::times(self, c)
    }
    own!(sqr, sqrt, exp, exp_m1, ln, ln_1p, sin, cos);
    fn parts(self, take: &mut impl FnMut(Self)) {
        take(self);
    }
}

impl Ground for Interval {
    fn real_interval(x: Interval) -> Self {
        x
    }
}

impl Parameter for Interval {
    type Over<T: Ground> = T;
    const PARTS: usize = 1;
    fn assemble(parts: &mut impl Iterator<Item = Interval>) -> Self {
        // An absent part is undefined, which every later operation keeps.
        parts.next().unwrap_or(Self::new(1.0, 0.0))
    }
}
