//! Sparse polynomials with rational coefficients and rational exponents.
//!
//! A monomial is a product of generators, each to an exponent that is a multiple of `1/scale`, of either
//! sign. The generators are numbered; what they stand for is the business of [`crate::normal`].

use std::collections::BTreeMap;

use dashu::rational::RBig;

/// Why a normal form was not computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// An exponent needs a finer unit: the scale must be multiplied by this.
    Scale(i32),
    /// Too many terms or too large an exponent.
    Size,
    /// A subexpression is defined nowhere, such as the inverse of zero.
    Undefined,
}

/// The largest number of terms that a product may visit.
const LARGEST: usize = 1_000_000;

fn gcd(a: i32, b: i32) -> i32 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

/// Exponents of the generators in units of `1/scale`, without trailing zeros.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Monomial(Vec<i32>);

impl Monomial {
    pub(crate) fn power_of(generator: usize, exponent: i32) -> Self {
        let mut exponents = vec![0; generator + 1];
        exponents[generator] = exponent;
        Monomial(exponents).trimmed()
    }

    fn trimmed(mut self) -> Self {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }

    pub(crate) fn exponent(&self, generator: usize) -> i32 {
        self.0.get(generator).copied().unwrap_or(0)
    }

    pub(crate) fn is_one(&self) -> bool {
        self.0.is_empty()
    }

    /// The generators that occur, with their exponents.
    pub(crate) fn factors(&self) -> impl Iterator<Item = (usize, i32)> {
        self.0.iter().copied().enumerate().filter(|(_, exponent)| *exponent != 0)
    }

    pub(crate) fn times(&self, other: &Monomial) -> Result<Monomial, Obstacle> {
        let (long, short) = if self.0.len() >= other.0.len() { (self, other) } else { (other, self) };
        let mut exponents = long.0.clone();
        for (total, exponent) in exponents.iter_mut().zip(&short.0) {
            *total = total.checked_add(*exponent).ok_or(Obstacle::Size)?;
        }
        Ok(Monomial(exponents).trimmed())
    }

    /// The power `numerator/denominator`.
    pub(crate) fn power(&self, numerator: i32, denominator: i32) -> Result<Monomial, Obstacle> {
        let scaled = |exponent: &i32| {
            let product = exponent.checked_mul(numerator).ok_or(Obstacle::Size)?;
            match gcd(product, denominator) {
                common if common == denominator => Ok(product / denominator),
                common => Err(Obstacle::Scale(denominator / common)),
            }
        };
        Ok(Monomial(self.0.iter().map(scaled).collect::<Result<_, _>>()?).trimmed())
    }

    /// The monomial without one generator.
    pub(crate) fn without(&self, generator: usize) -> Monomial {
        let mut exponents = self.0.clone();
        if let Some(exponent) = exponents.get_mut(generator) {
            *exponent = 0;
        }
        Monomial(exponents).trimmed()
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
        Polynomial(if coefficient.is_zero() { Vec::new() } else { vec![(monomial, coefficient)] })
    }

    pub(crate) fn from_terms(mut terms: Vec<Term>) -> Self {
        terms.sort_by(|a, b| a.0.cmp(&b.0));
        let mut merged: Vec<Term> = Vec::with_capacity(terms.len());
        for (monomial, coefficient) in terms {
            match merged.last_mut() {
                Some((last, total)) if *last == monomial => *total += coefficient,
                _ => merged.push((monomial, coefficient)),
            }
        }
        merged.retain(|(_, coefficient)| !coefficient.is_zero());
        Polynomial(merged)
    }

    pub(crate) fn terms(&self) -> &[Term] {
        &self.0
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn is_one(&self) -> bool {
        matches!(&self.0[..], [(monomial, coefficient)] if monomial.is_one() && coefficient.is_one())
    }

    /// Whether the generator occurs.
    pub(crate) fn involves(&self, generator: usize) -> bool {
        self.0.iter().any(|(monomial, _)| monomial.exponent(generator) != 0)
    }

    pub(crate) fn plus(&self, other: &Polynomial) -> Polynomial {
        Polynomial::from_terms(self.0.iter().chain(&other.0).cloned().collect())
    }

    pub(crate) fn scaled(&self, factor: &RBig) -> Polynomial {
        Polynomial::from_terms(self.0.iter().map(|(m, c)| (m.clone(), c * factor)).collect())
    }

    pub(crate) fn shifted(&self, by: &Monomial) -> Result<Polynomial, Obstacle> {
        let terms = self.0.iter().map(|(m, c)| Ok((m.times(by)?, c.clone())));
        Ok(Polynomial::from_terms(terms.collect::<Result<_, Obstacle>>()?))
    }

    pub(crate) fn times(&self, other: &Polynomial) -> Result<Polynomial, Obstacle> {
        if self.0.len().saturating_mul(other.0.len()) > LARGEST {
            return Err(Obstacle::Size);
        }
        let mut terms = Vec::with_capacity(self.0.len() * other.0.len());
        for (m, c) in &self.0 {
            for (n, d) in &other.0 {
                terms.push((m.times(n)?, c * d));
            }
        }
        Ok(Polynomial::from_terms(terms))
    }

    pub(crate) fn power(&self, n: u32) -> Result<Polynomial, Obstacle> {
        let mut result = Polynomial::constant(RBig::ONE);
        for _ in 0..n {
            result = result.times(self)?;
        }
        Ok(result)
    }

    /// The parts of the polynomial by the exponent of one generator, which is removed from them.
    pub(crate) fn by_exponent(&self, generator: usize) -> BTreeMap<i32, Polynomial> {
        let mut parts: BTreeMap<i32, Vec<Term>> = BTreeMap::new();
        for (monomial, coefficient) in &self.0 {
            let part = parts.entry(monomial.exponent(generator)).or_default();
            part.push((monomial.without(generator), coefficient.clone()));
        }
        parts.into_iter().map(|(exponent, terms)| (exponent, Polynomial::from_terms(terms))).collect()
    }

    /// The polynomial with the generator replaced: the power `e` becomes `value(e)`.
    pub(crate) fn replaced(
        &self,
        generator: usize,
        mut value: impl FnMut(i32) -> Result<Polynomial, Obstacle>,
    ) -> Result<Polynomial, Obstacle> {
        let mut terms = Vec::new();
        for (exponent, part) in self.by_exponent(generator) {
            terms.extend(part.times(&value(exponent)?)?.0);
        }
        Ok(Polynomial::from_terms(terms))
    }

    /// `(c, m, q)` with `self = c m q`, `c > 0`, no generator with a least exponent other than 0 in `q`, and the
    /// last coefficient of `q` equal to 1 or -1. A polynomial of one term gives `q = 1` or `q = -1`.
    pub(crate) fn primitive(&self) -> Result<(RBig, Monomial, Polynomial), Obstacle> {
        let Some((_, last)) = self.0.last() else { return Err(Obstacle::Undefined) };
        let content = if *last < RBig::ZERO { -last } else { last.clone() };
        let width = self.0.iter().map(|(m, _)| m.0.len()).max().unwrap_or(0);
        let least = |g: usize| self.0.iter().map(|(m, _)| m.exponent(g)).min().unwrap_or(0);
        let monomial = Monomial((0..width).map(least).collect()).trimmed();
        let inverse = monomial.power(-1, 1)?;
        let rest = self.scaled(&(RBig::ONE / &content)).shifted(&inverse)?;
        Ok((content, monomial, rest))
    }
}
