//! Complex rectangles: only bounds of moduli are taken from them.

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::{Ground, Interval, Number};

/// The complex numbers `x + iy` with `x` in one interval and `y` in another.
///
/// An undefined operation (division by a rectangle that contains 0, a logarithm of one that meets the negative
/// axis, where the principal branch jumps) gives NaN, as in [`Interval`]: a formula whose value is finite on a
/// rectangle is analytic there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Complex {
    /// Real part.
    pub re: Interval,
    /// Imaginary part.
    pub im: Interval,
}

impl Complex {
    /// An upper bound of `|z|`.
    #[must_use]
    pub fn magnitude(self) -> f64 {
        (self.re.sqr() + self.im.sqr()).sqrt().hi()
    }

    fn undefined() -> Self {
        let u = Interval::new(1.0, 0.0);
        Self { re: u, im: u }
    }

    /// A square that contains the disc of a radius around 0.
    fn disc(radius: f64) -> Self {
        Self { re: Interval::symmetric(radius), im: Interval::symmetric(radius) }
    }

    /// Whether the rectangle keeps away from `(-inf, 0]`.
    fn off_the_cut(self) -> bool {
        self.re.lo() > 0.0 || self.im.lo() > 0.0 || self.im.hi() < 0.0
    }
}

impl Neg for Complex {
    type Output = Self;
    fn neg(self) -> Self {
        Self { re: -self.re, im: -self.im }
    }
}

impl Add for Complex {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self { re: self.re + o.re, im: self.im + o.im }
    }
}

impl Sub for Complex {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        Self { re: self.re - o.re, im: self.im - o.im }
    }
}

impl Mul for Complex {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        if o.im == Interval::ZERO {
            return Self { re: self.re * o.re, im: self.im * o.re };
        }
        if self.im == Interval::ZERO {
            return Self { re: self.re * o.re, im: self.re * o.im };
        }
        Self { re: self.re * o.re - self.im * o.im, im: self.re * o.im + self.im * o.re }
    }
}

impl Div for Complex {
    type Output = Self;
    fn div(self, o: Self) -> Self {
        if o.im == Interval::ZERO {
            return Self { re: self.re / o.re, im: self.im / o.re };
        }
        let n = o.re.sqr() + o.im.sqr();
        self * Self { re: o.re / n, im: -o.im / n }
    }
}

impl Number for Complex {
    type Ground = Self;
    type Parameter = Interval;

    fn lift(p: Interval) -> Self {
        Self { re: p, im: Interval::ZERO }
    }
    fn constant(ground: Self) -> Self {
        ground
    }
    fn ground(self) -> Self {
        self
    }
    fn variation(self) -> Self {
        Self::lift(Interval::ZERO)
    }
    fn times(self, c: f64) -> Self {
        Self { re: self.re.times(c), im: self.im.times(c) }
    }
    fn sqr(self) -> Self {
        Self { re: self.re.sqr() - self.im.sqr(), im: (self.re * self.im).times(2.0) }
    }
    /// Only of the right half-plane; the modulus is all that matters, so the argument is left open.
    fn sqrt(self) -> Self {
        if self.re.lo() > 0.0 { Self::disc(Interval::point(self.magnitude()).sqrt().hi()) } else { Self::undefined() }
    }
    fn exp(self) -> Self {
        let modulus = self.re.exp();
        Self { re: modulus * self.im.cos(), im: modulus * self.im.sin() }
    }
    /// `sin x cosh y + i cos x sinh y`.
    fn sin(self) -> Self {
        let (up, down) = (self.im.exp(), (-self.im).exp());
        Self { re: self.re.sin() * (up + down).times(0.5), im: self.re.cos() * (up - down).times(0.5) }
    }
    /// `cos x cosh y - i sin x sinh y`.
    fn cos(self) -> Self {
        let (up, down) = (self.im.exp(), (-self.im).exp());
        Self { re: self.re.cos() * (up + down).times(0.5), im: -(self.re.sin() * (up - down).times(0.5)) }
    }
    /// `log|z|`, and any argument between `-pi` and `pi`.
    fn ln(self) -> Self {
        if !self.off_the_cut() {
            return Self::undefined();
        }
        let modulus2 = self.re.sqr() + self.im.sqr();
        Self { re: modulus2.ln().times(0.5), im: Interval::symmetric(Interval::PI.hi()) }
    }
    /// Where `r = |z| < 1/2`, `|log(1 + z)| <= r + r^2/2 + ... <= r/(1 - r)`.
    fn ln_1p(self) -> Self {
        let r = self.magnitude();
        if r < 0.5 {
            let r = Interval::point(r);
            return Self::disc((r / (Interval::ONE - r)).hi());
        }
        (Self::lift(Interval::ONE) + self).ln()
    }
    fn parts(self, take: &mut impl FnMut(Self)) {
        take(self);
    }
}

impl Ground for Complex {
    fn real_interval(x: Interval) -> Self {
        Self { re: x, im: Interval::ZERO }
    }
}
