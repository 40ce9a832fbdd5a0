//! Rigorous enclosures: fixed-point intervals of any precision.
//!
//! An interval is a pair of integers `lo <= hi` that stands for `[lo/2^b, hi/2^b]`, with `b` the precision.
//! Every operation returns an interval that contains all results for operands in the given intervals:
//! sums are exact, products and quotients are rounded outward, and each series carries a proved remainder.
//! No floating-point number takes part.

use dashu::base::{BitTest, DivEuclid, Sign};
use dashu::integer::{IBig, UBig};
use dashu::rational::RBig;

use crate::evaluate::{Arithmetic, EvaluationError, undefined};
use crate::expr::Function;

/// The real numbers from `lo/2^bits` to `hi/2^bits`, with `bits` that of the [`Fixed`] that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Interval {
    lo: IBig,
    hi: IBig,
}

/// Fixed-point interval arithmetic with `bits` binary places.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fixed {
    bits: usize,
}

/// Arguments of `exp` are limited to this magnitude, which bounds the size of the integers.
const LARGEST_EXPONENT: i32 = 4096;

/// Powers are limited to about this many bits before rounding.
const LARGEST_POWER: usize = 1 << 20;

/// The least integer not below `n / 2^k`; the shift alone rounds toward minus infinity.
fn shift_up(n: &IBig, k: usize) -> IBig {
    -(-n >> k)
}

/// The greatest integer not above `n / d`.
fn floor_div(n: &IBig, d: &IBig) -> IBig {
    if d < &IBig::ZERO { (-n).div_euclid(-d) } else { n.div_euclid(d) }
}

/// The least integer not below `n / d`.
fn ceil_div(n: &IBig, d: &IBig) -> IBig {
    -floor_div(&-n, d)
}

impl Interval {
    /// Whether 0 is outside.
    pub(crate) fn excludes_zero(&self) -> bool {
        self.lo > IBig::ZERO || self.hi < IBig::ZERO
    }

    fn magnitude(&self) -> IBig {
        (-&self.lo).max(self.hi.clone())
    }
}

impl Fixed {
    pub(crate) fn new(bits: usize) -> Self {
        Fixed { bits }
    }

    /// The end points as exact rationals.
    pub(crate) fn bounds(self, x: &Interval) -> (RBig, RBig) {
        let unit = UBig::ONE << self.bits;
        (RBig::from_parts(x.lo.clone(), unit.clone()), RBig::from_parts(x.hi.clone(), unit))
    }

    fn one(self) -> IBig {
        IBig::ONE << self.bits
    }

    fn integer(self, n: i32) -> Interval {
        let n = IBig::from(n) << self.bits;
        Interval { lo: n.clone(), hi: n }
    }

    fn times(self, a: &Interval, b: &Interval) -> Interval {
        let corners = [&a.lo * &b.lo, &a.lo * &b.hi, &a.hi * &b.lo, &a.hi * &b.hi];
        let [p, q, r, s] = &corners;
        let (lo, hi) = (p.min(q).min(r.min(s)), p.max(q).max(r.max(s)));
        Interval { lo: lo >> self.bits, hi: shift_up(hi, self.bits) }
    }

    fn plus(self, a: &Interval, b: &Interval) -> Interval {
        Interval { lo: &a.lo + &b.lo, hi: &a.hi + &b.hi }
    }

    fn minus(self, a: &Interval, b: &Interval) -> Interval {
        Interval { lo: &a.lo - &b.hi, hi: &a.hi - &b.lo }
    }

    fn over_integer(self, a: &Interval, n: u32) -> Interval {
        let n = IBig::from(n);
        Interval { lo: floor_div(&a.lo, &n), hi: ceil_div(&a.hi, &n) }
    }

    fn reciprocal(self, a: &Interval) -> Result<Interval, EvaluationError> {
        if !a.excludes_zero() {
            return undefined("division by 0");
        }
        let unit = IBig::ONE << (2 * self.bits);
        Ok(Interval { lo: floor_div(&unit, &a.hi), hi: ceil_div(&unit, &a.lo) })
    }

    fn widened(self, a: &Interval, by: &IBig) -> Interval {
        Interval { lo: &a.lo - by, hi: &a.hi + by }
    }

    /// `x` on another grid, rounded outward.
    fn regrid(self, x: &Interval, from: Fixed) -> Interval {
        if self.bits >= from.bits {
            let k = self.bits - from.bits;
            Interval { lo: &x.lo << k, hi: &x.hi << k }
        } else {
            let k = from.bits - self.bits;
            Interval { lo: &x.lo >> k, hi: shift_up(&x.hi, k) }
        }
    }

    /// The exponential of the grid point `n/2^bits`.
    ///
    /// # Formula
    /// `exp(x) = exp(x/2^k)^(2^k)` with `|x/2^k| <= 1/2`. The Taylor series stops after a term `t`; the tail is
    /// at most `|t| (1/2 + 1/4 + ...) = |t|`.
    fn exp_point(self, n: &IBig) -> Result<Interval, EvaluationError> {
        if n.clone().max(-n) > self.one() * LARGEST_EXPONENT {
            return undefined("exp of a large number");
        }
        let size = (n.clone().max(-n) >> self.bits).bit_len();
        let k = size + 4;
        let work = Fixed { bits: self.bits + k + (3usize << size).div_ceil(2) + 16 };
        let x = Interval { lo: n.clone(), hi: n.clone() };
        let x = work.regrid(&x, self);
        let y = Interval { lo: &x.lo >> k, hi: shift_up(&x.hi, k) };
        let (mut total, mut term) = (work.integer(1), work.integer(1));
        for i in 1u32.. {
            term = work.over_integer(&work.times(&term, &y), i);
            total = work.plus(&total, &term);
            if term.magnitude() <= IBig::ONE {
                break;
            }
        }
        total = work.widened(&total, &term.magnitude());
        for _ in 0..k {
            total = work.times(&total, &total);
        }
        Ok(self.regrid(&total, work))
    }

    fn exp(self, x: &Interval) -> Result<Interval, EvaluationError> {
        let lo = self.exp_point(&x.lo)?.lo;
        Ok(Interval { lo: lo.max(IBig::ZERO), hi: self.exp_point(&x.hi)?.hi })
    }

    /// `2 artanh(z)` for `|z| <= 1/3`.
    ///
    /// # Formula
    /// The sum of `2 z^(2i+1)/(2i+1)`. Each power is at most a ninth of the one before, so that the tail after
    /// the power `w` is at most `2 |w| (1/9 + 1/81 + ...) = |w|/4`.
    fn twice_artanh(self, z: &Interval) -> Interval {
        let square = self.times(z, z);
        let (mut power, mut total) = (z.clone(), z.clone());
        for i in 1u32.. {
            power = self.times(&power, &square);
            total = self.plus(&total, &self.over_integer(&power, 2 * i + 1));
            if power.magnitude() <= IBig::ONE {
                break;
            }
        }
        self.widened(&self.plus(&total, &total), &power.magnitude())
    }

    /// The logarithm of the positive grid point `n/2^bits`.
    ///
    /// # Formula
    /// With `n/2^bits = m 2^e`, `1 <= m < 2`, it is `2 artanh((m-1)/(m+1)) + e log 2`, and `log 2 = 2 artanh(1/3)`.
    fn log_point(self, n: &IBig) -> Result<Interval, EvaluationError> {
        let Ok(magnitude) = UBig::try_from(n.clone()) else { return undefined("log of a negative number") };
        if magnitude.is_zero() {
            return undefined("log of 0");
        }
        let length = magnitude.bit_len();
        let work = Fixed { bits: self.bits.max(length) + 32 };
        let m = n << (work.bits + 1 - length);
        let one = work.one();
        let (numerator, denominator) = ((&m - &one) << work.bits, &m + &one);
        let z = Interval { lo: floor_div(&numerator, &denominator), hi: ceil_div(&numerator, &denominator) };
        let third = work.over_integer(&work.integer(1), 3);
        let exponent = IBig::from(length) - IBig::from(self.bits + 1);
        let log2 = work.twice_artanh(&third);
        let shift = if exponent < IBig::ZERO {
            Interval { lo: &log2.hi * &exponent, hi: &log2.lo * &exponent }
        } else {
            Interval { lo: &log2.lo * &exponent, hi: &log2.hi * &exponent }
        };
        Ok(self.regrid(&work.plus(&work.twice_artanh(&z), &shift), work))
    }

    /// `arctan(1/n)`: an alternating series, so that the tail is at most the next term.
    fn arctan_reciprocal(self, n: u32) -> Interval {
        let mut power = self.over_integer(&self.integer(1), n);
        let mut total = power.clone();
        for i in 1u32.. {
            power = self.over_integer(&power, n * n);
            let term = self.over_integer(&power, 2 * i + 1);
            total = if i % 2 == 1 { self.minus(&total, &term) } else { self.plus(&total, &term) };
            if power.magnitude() <= IBig::ONE {
                break;
            }
        }
        self.widened(&total, &power.magnitude())
    }

    fn integer_power(self, base: &Interval, n: u32) -> Interval {
        let (mut result, mut square, mut n) = (self.integer(1), base.clone(), n);
        while n > 0 {
            if n & 1 == 1 {
                result = self.times(&result, &square);
            }
            n >>= 1;
            if n > 0 {
                square = self.times(&square, &square);
            }
        }
        result
    }

    /// The `q`-th root: `floor(root_q(n 2^((q-1) bits)))` and its successor enclose the root of `n/2^bits`.
    fn root(self, x: &Interval, q: usize) -> Result<Interval, EvaluationError> {
        let end = |n: &IBig| match n.clone().into_parts() {
            (Sign::Positive, n) => Ok(IBig::from((n << ((q - 1) * self.bits)).nth_root(q))),
            (Sign::Negative, _) => undefined("root of a negative number"),
        };
        Ok(Interval { lo: end(&x.lo)?, hi: end(&x.hi)? + 1 })
    }
}

impl Arithmetic for Fixed {
    type Value = Interval;

    fn number(&self, value: &RBig) -> Interval {
        let scaled = value * RBig::from(self.one());
        Interval { lo: scaled.floor(), hi: scaled.ceil() }
    }

    /// # Source
    /// Machin (1706): `pi = 16 arctan(1/5) - 4 arctan(1/239)`.
    fn pi(&self) -> Interval {
        let (a, b) = (self.arctan_reciprocal(5), self.arctan_reciprocal(239));
        self.minus(&self.times(&self.integer(16), &a), &self.times(&self.integer(4), &b))
    }

    fn add(&self, a: &Interval, b: &Interval) -> Interval {
        self.plus(a, b)
    }

    fn mul(&self, a: &Interval, b: &Interval) -> Interval {
        self.times(a, b)
    }

    fn power(&self, base: &Interval, exponent: &RBig) -> Result<Interval, EvaluationError> {
        let (Ok(p), Ok(q)) = (i16::try_from(exponent.numerator()), u16::try_from(exponent.denominator())) else {
            return undefined("a power this high");
        };
        let root = if q == 1 { base.clone() } else { self.root(base, usize::from(q))? };
        if root.magnitude().bit_len().saturating_mul(usize::from(p.unsigned_abs())) > LARGEST_POWER {
            return undefined("a power this large");
        }
        let power = self.integer_power(&root, u32::from(p.unsigned_abs()));
        if p < 0 { self.reciprocal(&power) } else { Ok(power) }
    }

    fn apply(&self, function: Function, u: &Interval) -> Result<Interval, EvaluationError> {
        if function == Function::Log {
            return Ok(Interval { lo: self.log_point(&u.lo)?.lo, hi: self.log_point(&u.hi)?.hi });
        }
        let e = self.exp(u)?;
        if function == Function::Exp {
            return Ok(e);
        }
        let inverse = self.exp(&self.minus(&self.integer(0), u))?;
        let (twice_sinh, twice_cosh) = (self.minus(&e, &inverse), self.plus(&e, &inverse));
        match function {
            Function::Sinh => Ok(self.over_integer(&twice_sinh, 2)),
            Function::Cosh => Ok(self.over_integer(&twice_cosh, 2)),
            _ => Ok(self.times(&twice_sinh, &self.reciprocal(&twice_cosh)?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rational(text: &str) -> RBig {
        let (whole, places) = text.split_once('.').unwrap();
        let digits: IBig = format!("{whole}{places}").parse().unwrap();
        RBig::from_parts(digits, UBig::from(10u8).pow(places.len()))
    }

    /// The interval contains the number whose first digits are `text`, and is narrower than one part in 2^`bits`.
    fn check(fixed: Fixed, x: &Interval, text: &str, bits: usize) {
        let (lo, hi) = fixed.bounds(x);
        let unit = rational(&(text[..text.len() - 1].replace(|c: char| c.is_ascii_digit(), "0") + "1"));
        let digits = rational(text);
        assert!(lo <= &digits + &unit && hi >= &digits - &unit, "{text}");
        assert!(hi - lo <= RBig::from_parts(1.into(), UBig::ONE << bits), "{text}");
    }

    /// Against published digits of e, pi, log 2, sqrt 2 and tanh 1.
    #[test]
    fn known_constants() {
        let fixed = Fixed::new(200);
        let one = fixed.integer(1);
        let two = fixed.integer(2);
        let half = RBig::from_parts(1.into(), 2u8.into());
        let apply = |f, x: &Interval| fixed.apply(f, x).unwrap();
        check(fixed, &apply(Function::Exp, &one), "2.71828182845904523536028747135266249775724709369995", 190);
        check(fixed, &fixed.pi(), "3.14159265358979323846264338327950288419716939937510", 190);
        check(fixed, &apply(Function::Log, &two), "0.69314718055994530941723212145817656807550013436025", 190);
        check(fixed, &fixed.power(&two, &half).unwrap(), "1.41421356237309504880168872420969807856967187537694", 190);
        check(fixed, &apply(Function::Tanh, &one), "0.76159415595576488811945828260479359041276859725793", 190);
    }

    #[test]
    fn undefined_operations_are_refused() {
        let fixed = Fixed::new(64);
        let zero = fixed.integer(0);
        let minus = fixed.integer(-1);
        let half = RBig::from_parts(1.into(), 2u8.into());
        assert!(fixed.apply(Function::Log, &zero).is_err());
        assert!(fixed.apply(Function::Log, &minus).is_err());
        assert!(fixed.power(&minus, &half).is_err());
        assert!(fixed.power(&zero, &RBig::from(-1)).is_err());
        assert!(fixed.apply(Function::Exp, &fixed.integer(5000)).is_err());
    }

    proptest! {
        /// Enclosures of one number at two precisions overlap, the finer is narrow, and functional equations hold.
        #[test]
        fn enclosures_agree(n in -4000i32..4000, d in 1i32..500) {
            let x = RBig::from_parts_signed(n.into(), d.into());
            let (coarse, fine) = (Fixed::new(96), Fixed::new(256));
            let values = |f: Fixed| {
                let x = f.number(&x);
                let y = f.plus(&f.times(&x, &x), &f.integer(1));
                let log = f.apply(Function::Log, &y).unwrap();
                let root = f.power(&y, &RBig::from_parts(2.into(), 3u8.into())).unwrap();
                let tanh = f.apply(Function::Tanh, &f.over_integer(&x, 64)).unwrap();
                let exp = f.apply(Function::Exp, &f.minus(&f.integer(0), &log)).unwrap();
                let unit = f.times(&exp, &y);
                [log, root, tanh, unit].map(|v| f.bounds(&v))
            };
            let (rough, sharp) = (values(coarse), values(fine));
            for ((lo, hi), (below, above)) in rough.iter().zip(&sharp) {
                prop_assert!(lo <= above && below <= hi);
                prop_assert!(above - below <= RBig::from_parts(1.into(), UBig::ONE << 160));
            }
            let (below, above) = &sharp[3];
            prop_assert!(*below <= RBig::ONE && *above >= RBig::ONE);
        }
    }
}
