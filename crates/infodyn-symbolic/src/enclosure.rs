//! Rigorous enclosures: fixed-point intervals of any precision.
//!
//! An interval is a pair of integers `lo <= hi` that stands for `[lo/2^b, hi/2^b]`, with `b` the precision. Every
//! operation returns an interval that contains all results for operands in the given intervals: sums are exact,
//! products and quotients are rounded outward, and what a series leaves out is bounded by its last term. Only two
//! series are needed, for `exp` and `pi`; a root is an integer root, and a logarithm follows from `exp`. No
//! floating-point number takes part.

use dashu_base::{BitTest, DivEuclid, Sign};
use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;

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

/// The greatest integer not above `n/d`, for `d > 0`.
fn floor(n: &IBig, d: &IBig) -> IBig {
    n.div_euclid(d)
}

/// The least integer not below `n/d`, for `d > 0`.
fn ceil(n: &IBig, d: &IBig) -> IBig {
    -floor(&-n, d)
}

fn magnitude(n: &IBig) -> IBig {
    n.clone().max(-n)
}

impl Interval {
    fn point(n: &IBig) -> Self {
        Interval { lo: n.clone(), hi: n.clone() }
    }

    /// Whether 0 is outside.
    pub(crate) fn excludes_zero(&self) -> bool {
        self.lo > IBig::ZERO || self.hi < IBig::ZERO
    }

    fn magnitude(&self) -> IBig {
        magnitude(&self.lo).max(magnitude(&self.hi))
    }

    fn negated(&self) -> Interval {
        Interval { lo: -&self.hi, hi: -&self.lo }
    }

    fn plus(&self, other: &Interval) -> Interval {
        Interval { lo: &self.lo + &other.lo, hi: &self.hi + &other.hi }
    }

    /// The product with `p/q`.
    fn scaled(&self, p: u32, q: u32) -> Interval {
        let (p, q) = (IBig::from(p), IBig::from(q));
        Interval { lo: floor(&(&self.lo * &p), &q), hi: ceil(&(&self.hi * &p), &q) }
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

    /// The interval from `lo/2^(bits+k)` to `hi/2^(bits+k)`, rounded outward; a shift alone rounds down.
    fn rounded(lo: &IBig, hi: &IBig, k: usize) -> Interval {
        Interval { lo: lo >> k, hi: -(-hi >> k) }
    }

    fn times(self, a: &Interval, b: &Interval) -> Interval {
        let [p, q, r, s] = [&a.lo * &b.lo, &a.lo * &b.hi, &a.hi * &b.lo, &a.hi * &b.hi];
        Self::rounded((&p).min(&q).min((&r).min(&s)), (&p).max(&q).max((&r).max(&s)), self.bits)
    }

    fn reciprocal(self, a: &Interval) -> Result<Interval, EvaluationError> {
        let unit = IBig::ONE << (2 * self.bits);
        match (a.lo > IBig::ZERO, a.hi < IBig::ZERO) {
            (true, _) => Ok(Interval { lo: floor(&unit, &a.hi), hi: ceil(&unit, &a.lo) }),
            (_, true) => Ok(self.reciprocal(&a.negated())?.negated()),
            _ => undefined("division by 0"),
        }
    }

    /// The sum of `t_0 = 1, t_1, t_2, ...`, where `t_i = next(t_(i-1), i)` has at most half the magnitude of
    /// `t_(i-1)`: what follows a term `t` is at most `|t| (1/2 + 1/4 + ...) = |t|`.
    fn series(self, next: impl Fn(&Interval, u32) -> Interval) -> Interval {
        let (mut term, mut total) = (Interval::point(&self.one()), Interval::point(&self.one()));
        for i in 1u32.. {
            term = next(&term, i);
            total = total.plus(&term);
            if term.magnitude() <= IBig::ONE {
                break;
            }
        }
        let tail = term.magnitude();
        Interval { lo: total.lo - &tail, hi: total.hi + &tail }
    }

    /// The exponential of the grid point `n/2^bits`.
    ///
    /// # Formula
    /// `exp(x) = exp(y)^(2^k)` with `y = x/2^k`, `|y| <= 1/2`, by the Taylor series of `exp(y)`, whose terms halve.
    fn exp_point(self, n: &IBig) -> Result<Interval, EvaluationError> {
        if magnitude(n) > self.one() * LARGEST_EXPONENT {
            return undefined("exp of a large number");
        }
        let k = (magnitude(n) >> self.bits).bit_len() + 1;
        let y = Self::rounded(n, n, k);
        let root = self.series(|term, i| self.times(term, &y).scaled(1, i));
        Ok((0..k).fold(root, |power, _| self.times(&power, &power)))
    }

    fn exp(self, x: &Interval) -> Result<Interval, EvaluationError> {
        let lo = self.exp_point(&x.lo)?.lo;
        Ok(Interval { lo: lo.max(IBig::ZERO), hi: self.exp_point(&x.hi)?.hi })
    }

    /// The logarithm of the positive grid point `n/2^bits`.
    ///
    /// # Formula
    /// For any guess `y` and `r = x exp(-y)`, `log x = y + log r`, and `1 - 1/r <= log r <= r - 1`. This encloses
    /// `log x` whatever the guess is; the middle is the next guess, and its error is of third order in the last one.
    fn log_point(self, n: &IBig) -> Result<Interval, EvaluationError> {
        if *n <= IBig::ZERO {
            return undefined("log of a number that is not positive");
        }
        let (one, x) = (self.one(), Interval::point(n));
        // The first guess: the logarithm of the nearest power of 2, with log 2 taken as 7/10.
        let exponent = IBig::from(n.bit_len()) - IBig::from(self.bits);
        let mut enclosure = Interval::point(&floor(&(exponent * &one * 7), &IBig::from(10)));
        let mut width = None;
        loop {
            let guess: IBig = (&enclosure.lo + &enclosure.hi) >> 1usize;
            let r = if *n < one {
                self.times(&x, &self.exp_point(&-&guess)?)
            } else {
                let e = self.exp_point(&guess)?;
                Interval { lo: floor(&(n << self.bits), &e.hi), hi: ceil(&(n << self.bits), &e.lo) }
            };
            let inverse = self.reciprocal(&r)?;
            enclosure = Interval { lo: &guess + &one - inverse.hi, hi: &guess + r.hi - &one };
            let reached = &enclosure.hi - &enclosure.lo;
            if width.is_some_and(|width| &reached * 2 >= width) {
                return Ok(enclosure);
            }
            width = Some(reached);
        }
    }

    /// The power by repeated squaring.
    fn integer_power(self, base: &Interval, n: u32) -> Interval {
        if n == 0 {
            return Interval::point(&self.one());
        }
        let half = self.integer_power(base, n / 2);
        let square = self.times(&half, &half);
        if n % 2 == 1 { self.times(&square, base) } else { square }
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
    /// Euler (1755): `pi/2 = 1 + 1/3 + (1 2)/(3 5) + (1 2 3)/(3 5 7) + ...`.
    fn pi(&self) -> Interval {
        self.series(|term, i| term.scaled(i, 2 * i + 1)).scaled(2, 1)
    }

    fn add(&self, a: &Interval, b: &Interval) -> Interval {
        a.plus(b)
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
        let up = self.exp(u)?;
        if function == Function::Exp {
            return Ok(up);
        }
        let down = self.exp(&u.negated())?;
        let (twice_sinh, twice_cosh) = (up.plus(&down.negated()), up.plus(&down));
        match function {
            Function::Sinh => Ok(twice_sinh.scaled(1, 2)),
            Function::Cosh => Ok(twice_cosh.scaled(1, 2)),
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
        let one = fixed.number(&1.into());
        let two = fixed.number(&2.into());
        let half = RBig::from_parts(1.into(), 2u8.into());
        let apply = |f, x: &Interval| fixed.apply(f, x).unwrap();
        check(fixed, &apply(Function::Exp, &one), "2.71828182845904523536028747135266249775724709369995", 190);
        check(fixed, &fixed.pi(), "3.14159265358979323846264338327950288419716939937510", 190);
        check(fixed, &apply(Function::Log, &two), "0.69314718055994530941723212145817656807550013436025", 190);
        check(fixed, &fixed.power(&two, &half).unwrap(), "1.41421356237309504880168872420969807856967187537694", 190);
        check(fixed, &apply(Function::Tanh, &one), "0.76159415595576488811945828260479359041276859725793", 190);
    }

    /// The search for a logarithm ends also where it is exact, and at both ends of the range.
    #[test]
    fn logarithms_of_powers_of_two() {
        for bits in [64, 128, 640] {
            let fixed = Fixed::new(bits);
            for shift in 0..2 * bits {
                let log = fixed.log_point(&(IBig::ONE << shift)).unwrap();
                let (lo, hi) = fixed.bounds(&log);
                let exact = (shift as f64 - bits as f64) * std::f64::consts::LN_2;
                assert!(lo.to_f64().value() <= exact + 1e-12 && hi.to_f64().value() >= exact - 1e-12, "{bits} {shift}");
            }
        }
    }

    #[test]
    fn undefined_operations_are_refused() {
        let fixed = Fixed::new(64);
        let zero = fixed.number(&0.into());
        let minus = fixed.number(&(-1).into());
        let half = RBig::from_parts(1.into(), 2u8.into());
        assert!(fixed.apply(Function::Log, &zero).is_err());
        assert!(fixed.apply(Function::Log, &minus).is_err());
        assert!(fixed.power(&minus, &half).is_err());
        assert!(fixed.power(&zero, &RBig::from(-1)).is_err());
        assert!(fixed.apply(Function::Exp, &fixed.number(&5000.into())).is_err());
    }

    proptest! {
        /// Enclosures of one number at two precisions overlap, the finer is narrow, and functional equations hold.
        #[test]
        fn enclosures_agree(n in -4000i32..4000, d in 1i32..500) {
            let x = RBig::from_parts_signed(n.into(), d.into());
            let (coarse, fine) = (Fixed::new(96), Fixed::new(256));
            let values = |f: Fixed| {
                let x = f.number(&x);
                let y = f.times(&x, &x).plus(&f.number(&1.into()));
                let log = f.apply(Function::Log, &y).unwrap();
                let root = f.power(&y, &RBig::from_parts(2.into(), 3u8.into())).unwrap();
                let tanh = f.apply(Function::Tanh, &x.scaled(1, 64)).unwrap();
                let exp = f.apply(Function::Exp, &log.negated()).unwrap();
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
