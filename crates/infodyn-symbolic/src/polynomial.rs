//! Sparse polynomials with rational coefficients, in numbered generators with rational exponents of either sign.
//!
//! Exponents are stored as whole multiples of a unit that the caller chooses (see [`crate::normal`]): the exponent
//! `1/2` in units of `1/12` is 6. A monomial is the list of its exponents, a polynomial the sorted list of its
//! terms; so equal polynomials are equal data, and the zero polynomial has no terms. Sizes are bounded: an
//! operation that would exceed the bounds, or overflow, reports an [`Obstacle`] instead.

use std::collections::BTreeMap;

use dashu_ratio::RBig;

/// Why a normal form was not computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// An exponent is not a multiple of the unit, but is one of the unit divided by this.
    Unit(i32),
    /// Too many terms, too large an exponent, or an inverse of zero.
    Beyond,
}

pub(crate) type Result<T> = std::result::Result<T, Obstacle>;

/// The largest number of terms that a product may visit.
const LARGEST: usize = 1_000_000;

fn gcd(a: i32, b: i32) -> i32 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

/// Exponents of the generators, in units, without trailing zeros.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Monomial(Vec<i32>);

impl Monomial {
    fn new(mut exponents: Vec<i32>) -> Self {
        exponents.truncate(exponents.iter().rposition(|e| *e != 0).map_or(0, |last| last + 1));
        Monomial(exponents)
    }

    /// The generator to an exponent in units.
    pub(crate) fn of(generator: usize, exponent: i32) -> Self {
        let mut exponents = vec![0; generator + 1];
        exponents[generator] = exponent;
        Monomial::new(exponents)
    }

    pub(crate) fn exponent(&self, generator: usize) -> i32 {
        self.0.get(generator).copied().unwrap_or(0)
    }

    /// The generators that occur, with their exponents.
    pub(crate) fn factors(&self) -> impl Iterator<Item = (usize, i32)> {
        self.0.iter().copied().enumerate().filter(|(_, exponent)| *exponent != 0)
    }

    pub(crate) fn times(&self, other: &Monomial) -> Result<Monomial> {
        let (long, short) = if self.0.len() >= other.0.len() { (self, other) } else { (other, self) };
        let mut exponents = long.0.clone();
        for (total, exponent) in exponents.iter_mut().zip(&short.0) {
            *total = total.checked_add(*exponent).ok_or(Obstacle::Beyond)?;
        }
        Ok(Monomial::new(exponents))
    }

    pub(crate) fn power(&self, r: &RBig) -> Result<Monomial> {
        let numerator = i32::try_from(r.numerator()).map_err(|_| Obstacle::Beyond)?;
        let denominator = i32::try_from(r.denominator()).map_err(|_| Obstacle::Beyond)?;
        let scaled = |exponent: &i32| {
            let product = exponent.checked_mul(numerator).ok_or(Obstacle::Beyond)?;
            let missing = denominator / gcd(product, denominator);
            if missing == 1 { Ok(product / denominator) } else { Err(Obstacle::Unit(missing)) }
        };
        Ok(Monomial::new(self.0.iter().map(scaled).collect::<Result<_>>()?))
    }

    pub(crate) fn inverse(&self) -> Result<Monomial> {
        self.power(&RBig::from(-1))
    }
}

/// A monomial with its coefficient.
pub(crate) type Term = (Monomial, RBig);

/// A sum of terms `coefficient * monomial`, sorted by monomial, no coefficient zero.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Polynomial(Vec<Term>);

impl Polynomial {
    pub(crate) fn constant(value: RBig) -> Self {
        Polynomial::term(Monomial::default(), value)
    }

    pub(crate) fn term(monomial: Monomial, coefficient: RBig) -> Self {
        Polynomial::sum(vec![(monomial, coefficient)])
    }

    /// The sum of terms in any order.
    pub(crate) fn sum(mut terms: Vec<Term>) -> Self {
        terms.sort_by(|a, b| a.0.cmp(&b.0));
        terms.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += std::mem::take(&mut next.1);
            }
            same
        });
        terms.retain(|(_, coefficient)| !coefficient.is_zero());
        Polynomial(terms)
    }

    pub(crate) fn terms(&self) -> &[Term] {
        &self.0
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// The exponents of a generator in the terms.
    pub(crate) fn exponents(&self, generator: usize) -> impl Iterator<Item = i32> {
        self.0.iter().map(move |(monomial, _)| monomial.exponent(generator))
    }

    pub(crate) fn involves(&self, generator: usize) -> bool {
        self.exponents(generator).any(|e| e != 0)
    }

    pub(crate) fn plus(&self, other: &Polynomial) -> Polynomial {
        Polynomial::sum([self.terms(), other.terms()].concat())
    }

    pub(crate) fn scaled(&self, factor: &RBig) -> Polynomial {
        Polynomial::sum(self.0.iter().map(|(m, c)| (m.clone(), c * factor)).collect())
    }

    pub(crate) fn negated(&self) -> Polynomial {
        self.scaled(&RBig::from(-1))
    }

    pub(crate) fn shifted(&self, by: &Monomial) -> Result<Polynomial> {
        let terms = self.0.iter().map(|(m, c)| Ok((m.times(by)?, c.clone())));
        Ok(Polynomial::sum(terms.collect::<Result<_>>()?))
    }

    pub(crate) fn times(&self, other: &Polynomial) -> Result<Polynomial> {
        if self.0.len().saturating_mul(other.0.len()) > LARGEST {
            return Err(Obstacle::Beyond);
        }
        let pairs = self.0.iter().flat_map(|a| other.0.iter().map(move |b| (a, b)));
        let terms = pairs.map(|((m, c), (n, d))| Ok((m.times(n)?, c * d)));
        Ok(Polynomial::sum(terms.collect::<Result<_>>()?))
    }

    /// The largest whole power of a number or polynomial.
    pub(crate) const LARGEST_POWER: u32 = 4096;

    pub(crate) fn power(&self, n: u32) -> Result<Polynomial> {
        if n > Polynomial::LARGEST_POWER {
            return Err(Obstacle::Beyond);
        }
        match n {
            0 => Ok(Polynomial::constant(RBig::ONE)),
            _ => (1..n).try_fold(self.clone(), |power, _| power.times(self)),
        }
    }

    /// The parts of the polynomial by the exponent of one generator, which is removed from them.
    pub(crate) fn by_exponent(&self, generator: usize) -> BTreeMap<i32, Polynomial> {
        let mut parts: BTreeMap<i32, Vec<Term>> = BTreeMap::new();
        for (monomial, coefficient) in &self.0 {
            let (exponent, mut rest) = (monomial.exponent(generator), monomial.0.clone());
            if let Some(e) = rest.get_mut(generator) {
                *e = 0;
            }
            parts.entry(exponent).or_default().push((Monomial::new(rest), coefficient.clone()));
        }
        parts.into_iter().map(|(exponent, terms)| (exponent, Polynomial::sum(terms))).collect()
    }

    /// The polynomial with the generator replaced: the power `e` becomes `value(e)`.
    pub(crate) fn replaced(&self, generator: usize, value: impl Fn(i32) -> Result<Polynomial>) -> Result<Polynomial> {
        let mut terms = Vec::new();
        for (exponent, part) in self.by_exponent(generator) {
            terms.extend(part.times(&value(exponent)?)?.0);
        }
        Ok(Polynomial::sum(terms))
    }

    /// `(c, m, q)` with `self = c m q`, `c > 0`, every generator's least exponent in `q` 0, and the last coefficient
    /// of `q` equal to 1 or -1. A polynomial of one term gives `q = 1` or `q = -1`; zero has no such form.
    pub(crate) fn primitive(&self) -> Result<(RBig, Monomial, Polynomial)> {
        let (_, last) = self.0.last().ok_or(Obstacle::Beyond)?;
        let content = if *last < RBig::ZERO { -last } else { last.clone() };
        let width = self.0.iter().map(|(m, _)| m.0.len()).max().unwrap_or(0);
        let monomial = Monomial::new((0..width).map(|g| self.exponents(g).min().unwrap_or(0)).collect());
        let rest = self.scaled(&(RBig::ONE / &content)).shifted(&monomial.inverse()?)?;
        Ok((content, monomial, rest))
    }
}
