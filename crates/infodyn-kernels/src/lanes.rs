//! Eight doubles, one a lane.

use std::ops::{Add, Div, Index, Mul, Neg, Sub};

use crate::elementary;

/// Doubles in [`Lanes`]: one AVX-512 register, two of AVX2.
pub const LANES: usize = 8;

/// The lanes that an expression of the lane's number gives: a loop, and no call of a closure, which would be compiled
/// for no vector unit.
macro_rules! each {
    ($i:ident => $value:expr) => {{
        let mut out = [0.0; LANES];
        for $i in 0..LANES {
            out[$i] = $value;
        }
        Lanes(out)
    }};
}

/// Eight doubles on which every operation works lane by lane. To be used inside a [`Kernel`](crate::Kernel).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(align(64))]
pub struct Lanes(pub [f64; LANES]);

impl Lanes {
    /// The same number in every lane.
    #[inline(always)]
    #[must_use]
    pub fn splat(x: f64) -> Self {
        Self([x; LANES])
    }

    /// The numbers of a slice; lanes beyond its end get `rest`.
    #[inline(always)]
    #[must_use]
    pub fn load(x: &[f64], rest: f64) -> Self {
        if let Some(whole) = x.first_chunk() {
            return Self(*whole);
        }
        let mut lanes = [rest; LANES];
        lanes[..x.len()].copy_from_slice(x);
        Self(lanes)
    }

    /// Writes the first lanes to a slice, as many as it has room for.
    #[inline(always)]
    pub fn store(self, out: &mut [f64]) {
        if let Some(whole) = out.first_chunk_mut() {
            *whole = self.0;
        } else {
            out.copy_from_slice(&self.0[..out.len()]);
        }
    }

    /// `self * a + b`, rounded once.
    #[inline(always)]
    #[must_use]
    pub fn mul_add(self, a: Self, b: Self) -> Self {
        each!(i => self[i].mul_add(a[i], b[i]))
    }

    /// The larger; `self` where one of them is not a number.
    #[inline(always)]
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        each!(i => if other[i] > self[i] { other[i] } else { self[i] })
    }

    /// The smaller; `self` where one of them is not a number.
    #[inline(always)]
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        each!(i => if other[i] < self[i] { other[i] } else { self[i] })
    }

    /// `yes` where `self < other`, elsewhere `no`.
    #[inline(always)]
    #[must_use]
    pub fn select_less(self, other: Self, yes: Self, no: Self) -> Self {
        each!(i => if self[i] < other[i] { yes[i] } else { no[i] })
    }

    /// Absolute values.
    #[inline(always)]
    #[must_use]
    pub fn abs(self) -> Self {
        each!(i => self[i].abs())
    }

    /// The largest lane; one that is not a number may be passed over.
    #[inline(always)]
    #[must_use]
    pub fn largest(self) -> f64 {
        let x = self.0;
        let mut of = [x[0], x[1], x[2], x[3]];
        for i in 0..4 {
            of[i] = if x[i + 4] > of[i] { x[i + 4] } else { of[i] };
        }
        for i in 0..2 {
            of[i] = if of[i + 2] > of[i] { of[i + 2] } else { of[i] };
        }
        if of[1] > of[0] { of[1] } else { of[0] }
    }

    /// Square roots.
    #[inline(always)]
    #[must_use]
    pub fn sqrt(self) -> Self {
        each!(i => self[i].sqrt())
    }

    /// See [`exp`](crate::exp).
    #[inline(always)]
    #[must_use]
    pub fn exp(self) -> Self {
        each!(i => elementary::exp(self[i]))
    }

    /// See [`ln`](crate::ln).
    #[inline(always)]
    #[must_use]
    pub fn ln(self) -> Self {
        each!(i => elementary::ln(self[i]))
    }

    /// See [`ln_1p`](crate::ln_1p).
    #[inline(always)]
    #[must_use]
    pub fn ln_1p(self) -> Self {
        each!(i => elementary::ln_1p(self[i]))
    }

    /// The sum of the lanes, always in the same order.
    #[inline(always)]
    #[must_use]
    pub fn sum(self) -> f64 {
        let [a, b, c, d, e, f, g, h] = self.0;
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    }
}

impl Index<usize> for Lanes {
    type Output = f64;
    #[inline(always)]
    fn index(&self, lane: usize) -> &f64 {
        &self.0[lane]
    }
}

macro_rules! lane_by_lane {
    ($trait:ident, $method:ident, $operator:tt) => {
        impl $trait for Lanes {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                each!(i => self[i] $operator other[i])
            }
        }
    };
}

lane_by_lane!(Add, add, +);
lane_by_lane!(Sub, sub, -);
lane_by_lane!(Mul, mul, *);
lane_by_lane!(Div, div, /);

impl Neg for Lanes {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        each!(i => -self[i])
    }
}
