//! The normal form: a polynomial in generators of a field of functions, and the test whether it vanishes.
//!
//! Reading an expression from the inside out, every part becomes a [`Polynomial`] in *generators*: the
//! symbols, `pi`, exponentials, logarithms, and *aliases*. An alias is a name for a polynomial `q` that is
//! inverted or has its root taken: `1/q` is the monomial `alias^-1`, `sqrt(q)` is `alias^(1/2)`. So all
//! arithmetic is that of polynomials with exponents of either sign, and no greatest common divisor is ever
//! computed; the relation `alias = q` is used once, at the end, by [`Field::vanishes`].
//!
//! # Soundness
//! Fix a point at which the expression is defined. Each generator has a value there, and each rule below
//! holds for these values, with the side condition that the rule itself checks:
//!
//! - `exp(sum c_i A_i) = prod exp(A_i)^(c_i)` always; exponentials whose arguments are linearly dependent over
//!   the rationals are expressed by each other, so `exp(2x)` is `exp(x)^2`;
//! - `exp(c log u) = u^c` where `log u` is defined;
//! - `log(u v) = log u + log v` and `(u v)^r = u^r v^r` for non-integer `r` only when every factor split off is
//!   *provably* positive (for powers, nonnegative if all are): a symbol declared positive, an exponential, a
//!   non-integer power, or a sum of such terms with positive coefficients;
//! - `u u^-1 = 1` where `u^-1` is defined, and `(u^(1/n))^n = u` where the root is.
//!
//! The map from formal polynomials to values is then a ring homomorphism, and the zero polynomial has value 0:
//! a vanishing normal form proves that the expression is 0 wherever it is defined. No independence of the
//! generators is used, so unknown relations between them can cost an answer but never make it wrong.

use std::collections::HashMap;

use dashu::integer::UBig;
use dashu::rational::RBig;

use crate::expr::{Assumption, Expr, Function, Node, Symbol, rational_power};
use crate::polynomial::{Monomial, Obstacle, Polynomial, Term};

/// What a generator stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Generator {
    Pi,
    Symbol(Symbol),
    Exp(Polynomial),
    Log(Polynomial),
    Alias(Polynomial),
}

/// The generators met so far, in the order of their introduction: each is defined by earlier ones.
pub(crate) struct Field {
    /// Exponents are multiples of `1/scale`.
    scale: i32,
    generators: Vec<Generator>,
    memo: HashMap<usize, Polynomial>,
}

/// A product kept apart: `coefficient * monomial * prod q^k`, with each `q` primitive.
struct Factored {
    coefficient: RBig,
    monomial: Monomial,
    rest: Vec<(Polynomial, i32)>,
}

/// Sums are multiplied out up to this power, and numbers up to the second.
const LARGEST_POWER: i32 = 64;
const LARGEST_NUMBER_POWER: i32 = 4096;

fn number_power(c: &RBig, n: i32) -> Result<RBig, Obstacle> {
    if c.is_one() || (-LARGEST_NUMBER_POWER..=LARGEST_NUMBER_POWER).contains(&n) {
        Ok(rational_power(c, n))
    } else {
        Err(Obstacle::Size)
    }
}

impl Field {
    pub(crate) fn new(scale: i32) -> Self {
        Field { scale, generators: Vec::new(), memo: HashMap::new() }
    }

    fn generator(&mut self, generator: Generator) -> usize {
        if let Some(known) = self.generators.iter().position(|g| *g == generator) {
            return known;
        }
        self.generators.push(generator);
        self.generators.len() - 1
    }

    fn variable(&mut self, generator: Generator) -> Polynomial {
        let index = self.generator(generator);
        Polynomial::term(Monomial::power_of(index, self.scale), RBig::ONE)
    }

    // Signs.

    fn is_positive(&self, generator: usize) -> bool {
        match &self.generators[generator] {
            Generator::Pi | Generator::Exp(_) => true,
            Generator::Symbol(symbol) => symbol.assumption() == Assumption::Positive,
            Generator::Log(_) => false,
            Generator::Alias(definition) => self.is_positive_polynomial(definition),
        }
    }

    /// Whether `g^e` cannot be negative where it is defined: `g` is positive, or `e` is even or not an integer.
    fn is_nonnegative_power(&self, generator: usize, exponent: i32) -> bool {
        exponent % (2 * self.scale) == 0 || exponent % self.scale != 0 || self.is_positive(generator)
    }

    fn is_nonzero_power(&self, generator: usize) -> bool {
        let nonzero = |s: &Symbol| s.assumption() == Assumption::Nonzero;
        matches!(&self.generators[generator], Generator::Symbol(s) if nonzero(s)) || self.is_positive(generator)
    }

    /// Whether the sum has no negative term, and one term that is positive.
    fn is_positive_polynomial(&self, p: &Polynomial) -> bool {
        let nonnegative = |(m, c): &Term| *c > RBig::ZERO && m.factors().all(|(g, e)| self.is_nonnegative_power(g, e));
        let nonzero = |(m, _): &Term| m.factors().all(|(g, _)| self.is_nonzero_power(g));
        p.terms().iter().all(nonnegative) && p.terms().iter().any(nonzero)
    }

    // Reading an expression.

    /// The polynomial that equals `e` wherever `e` is defined.
    pub(crate) fn read(&mut self, e: &Expr) -> Result<Polynomial, Obstacle> {
        if let Some(known) = self.memo.get(&e.key()) {
            return Ok(known.clone());
        }
        let result = match e.node() {
            Node::Number(value) => Polynomial::constant(value.clone()),
            Node::Pi => self.variable(Generator::Pi),
            Node::Symbol(..) => match e.as_symbol() {
                Some(symbol) => self.variable(Generator::Symbol(symbol)),
                None => return Err(Obstacle::Undefined),
            },
            Node::Sum(terms) => {
                let mut all = Vec::new();
                for term in terms {
                    all.extend_from_slice(self.read(term)?.terms());
                }
                Polynomial::from_terms(all)
            }
            Node::Product(factors) => {
                let mut product = Polynomial::constant(RBig::ONE);
                for factor in factors {
                    product = product.times(&self.read(factor)?)?;
                }
                product
            }
            Node::Power(base, r) if r.is_int() && *r > RBig::ZERO => {
                let n = i32::try_from(r.numerator()).map_err(|_| Obstacle::Size)?;
                let p = self.read(base)?;
                match p.terms() {
                    [(m, c)] => Polynomial::term(m.power(n, 1)?, number_power(c, n)?),
                    _ if n > LARGEST_POWER => return Err(Obstacle::Size),
                    _ => p.power(n.unsigned_abs())?,
                }
            }
            Node::Power(base, r) => {
                if *r > RBig::ZERO && self.read(base)?.is_zero() {
                    Polynomial::default()
                } else {
                    let base = self.factored(base)?;
                    if r.is_int() {
                        self.integer_power(&base, i32::try_from(r.numerator()).map_err(|_| Obstacle::Size)?)?
                    } else {
                        self.root(base, r)?
                    }
                }
            }
            Node::Apply(Function::Log, u) => {
                let u = self.factored(u)?;
                self.log(u)?
            }
            Node::Apply(function, u) => {
                let u = self.read(u)?;
                self.hyperbolic(*function, &u)?
            }
        };
        self.memo.insert(e.key(), result.clone());
        Ok(result)
    }

    /// The value of `e` as a product, without multiplying out what is written as one.
    fn factored(&mut self, e: &Expr) -> Result<Factored, Obstacle> {
        match e.node() {
            Node::Product(factors) => {
                let mut all = Factored { coefficient: RBig::ONE, monomial: Monomial::default(), rest: Vec::new() };
                for factor in factors {
                    let part = self.factored(factor)?;
                    all.coefficient *= part.coefficient;
                    all.monomial = all.monomial.times(&part.monomial)?;
                    all.rest.extend(part.rest);
                }
                Ok(all)
            }
            Node::Power(base, r) if r.is_int() => {
                let n = i32::try_from(r.numerator()).map_err(|_| Obstacle::Size)?;
                let base = self.factored(base)?;
                let power = |(q, k): (Polynomial, i32)| Ok((q, k.checked_mul(n).ok_or(Obstacle::Size)?));
                Ok(Factored {
                    coefficient: number_power(&base.coefficient, n)?,
                    monomial: base.monomial.power(n, 1)?,
                    rest: base.rest.into_iter().map(power).collect::<Result<_, Obstacle>>()?,
                })
            }
            _ => {
                let p = self.read(e)?;
                self.primitive(&p)
            }
        }
    }

    /// The polynomial as a product of its content and its primitive part. Aliases in the latter are replaced by
    /// what they stand for if that makes it shorter: with `b = e^2 + 1`, `b + e^2 - 1` is better as `2 e^2`.
    fn primitive(&self, p: &Polynomial) -> Result<Factored, Obstacle> {
        let (mut coefficient, mut monomial, mut q) = p.primitive()?;
        let (multiplier, cleared) = self.cleared(vec![q.clone()])?;
        if cleared[0].terms().len() < q.terms().len() {
            let (c, m, rest) = cleared[0].shifted(&multiplier.power(-1, 1)?)?.primitive()?;
            (coefficient, monomial, q) = (coefficient * c, monomial.times(&m)?, rest);
        }
        match q.terms() {
            [(_, sign)] => Ok(Factored { coefficient: coefficient * sign, monomial, rest: Vec::new() }),
            _ => Ok(Factored { coefficient, monomial, rest: vec![(q, 1)] }),
        }
    }

    /// A name for the primitive polynomial `q`, as a term that equals it: an alias of `q`, of `-q` unless the
    /// `sign` matters, or of its conjugate.
    ///
    /// If `q = a + b sqrt(g)`, and `(a + b sqrt g)(a - b sqrt g)` is one term without zeros, then a known alias of
    /// `a - b sqrt(g)` serves: so `log(d + sqrt(d^2-1)) = -log(d - sqrt(d^2-1))`.
    fn alias(&mut self, q: &Polynomial, sign: bool) -> Result<(RBig, Monomial), Obstacle> {
        if let [(m, c)] = q.terms() {
            let mut factors = m.factors();
            if let (true, Some((_, e)), None) = (c.is_one(), factors.next(), factors.next())
                && (e % (2 * self.scale) != 0)
            {
                return Ok((RBig::ONE, m.clone()));
            }
        }
        let find = |field: &Field, q: &Polynomial| {
            let alias = Generator::Alias(q.clone());
            field.generators.iter().position(|g| *g == alias)
        };
        let minus = RBig::from(-1);
        if find(self, q).is_none() {
            if !sign && let Some(known) = find(self, &q.scaled(&minus)) {
                return Ok((minus, Monomial::power_of(known, self.scale)));
            }
            for conjugate in self.conjugates(q) {
                for (unit, h) in [(RBig::ONE, conjugate.clone()), (minus.clone(), conjugate.scaled(&minus))] {
                    let Some(known) = find(self, &h) else { continue };
                    let (multiplier, norm) = self.cleared(vec![q.times(&conjugate)?])?;
                    let [(m, c)] = norm[0].terms() else { continue };
                    let (m, coefficient) = (m.times(&multiplier.power(-1, 1)?)?, unit * c);
                    let positive = m.factors().all(|(g, _)| self.is_positive(g));
                    if positive && (!sign || coefficient > RBig::ZERO) {
                        return Ok((coefficient, m.times(&Monomial::power_of(known, -self.scale))?));
                    }
                }
            }
        }
        let index = self.generator(Generator::Alias(q.clone()));
        Ok((RBig::ONE, Monomial::power_of(index, self.scale)))
    }

    /// `a - b sqrt(g)` for each way to read `q` as `a + b sqrt(g)`.
    fn conjugates(&self, q: &Polynomial) -> Vec<Polynomial> {
        let half = |m: &Monomial, g: usize| m.exponent(g).rem_euclid(self.scale) == self.scale / 2;
        let conjugate = |g: usize| {
            let flip = |(m, c): &Term| (m.clone(), if half(m, g) { -c } else { c.clone() });
            Polynomial::from_terms(q.terms().iter().map(flip).collect())
        };
        let by_root = |g: &usize| q.terms().iter().any(|(m, _)| half(m, *g));
        (0..self.generators.len()).filter(by_root).map(conjugate).collect()
    }

    /// A whole power: sums to a positive power are multiplied out, to a negative power they get an alias.
    fn integer_power(&mut self, base: &Factored, n: i32) -> Result<Polynomial, Obstacle> {
        let mut coefficient = number_power(&base.coefficient, n)?;
        let mut monomial = base.monomial.power(n, 1)?;
        let mut product = Polynomial::constant(RBig::ONE);
        for (q, k) in &base.rest {
            let k = k.checked_mul(n).ok_or(Obstacle::Size)?;
            if (0..=LARGEST_POWER).contains(&k) {
                product = product.times(&q.power(k.unsigned_abs())?)?;
            } else {
                let (c, m) = self.alias(q, false)?;
                coefficient *= number_power(&c, k)?;
                monomial = monomial.times(&m.power(k, 1)?)?;
            }
        }
        product.times(&Polynomial::term(monomial, coefficient))
    }

    /// The number `c > 0` as a product of primes (beyond small ones, of what is left), each an alias.
    fn primes(&mut self, c: &RBig) -> Result<Vec<(usize, i32)>, Obstacle> {
        let mut powers = Vec::new();
        let numerator = UBig::try_from(c.numerator().clone()).map_err(|_| Obstacle::Undefined)?;
        for (mut n, sign) in [(numerator, 1), (c.denominator().clone(), -1)] {
            let mut found = |p: UBig, k: i32| {
                let constant = Polynomial::constant(RBig::from(p));
                powers.push((self.generator(Generator::Alias(constant)), sign * k));
            };
            for p in 2u32..1000 {
                let mut k = 0;
                while !n.is_one() && (&n % p) == 0 {
                    n /= p;
                    k += 1;
                }
                if k > 0 {
                    found(UBig::from(p), k);
                }
            }
            if !n.is_one() {
                found(n, 1);
            }
        }
        Ok(powers)
    }

    /// Splits a product into the factors that are provably positive, as powers of generators in units of
    /// `1/scale`, and the rest with its sign.
    fn split_positive(&mut self, u: Factored) -> Result<(Vec<(usize, i32)>, Factored), Obstacle> {
        let negative = u.coefficient < RBig::ZERO;
        let magnitude = if negative { -u.coefficient } else { u.coefficient };
        let mut positive: Vec<_> = self.primes(&magnitude)?.iter().map(|(g, k)| (*g, k * self.scale)).collect();
        let coefficient = RBig::from(if negative { -1 } else { 1 });
        let mut unknown = Factored { coefficient, monomial: Monomial::default(), rest: Vec::new() };
        for (g, e) in u.monomial.factors() {
            if self.is_positive(g) {
                positive.push((g, e));
            } else {
                unknown.monomial = unknown.monomial.times(&Monomial::power_of(g, e))?;
            }
        }
        for (q, k) in u.rest {
            if self.is_positive_polynomial(&q) {
                let index = self.generator(Generator::Alias(q));
                positive.push((index, k.checked_mul(self.scale).ok_or(Obstacle::Size)?));
            } else {
                unknown.rest.push((q, k));
            }
        }
        Ok((positive, unknown))
    }

    /// A non-integer power.
    fn root(&mut self, u: Factored, r: &RBig) -> Result<Polynomial, Obstacle> {
        let p = i32::try_from(r.numerator()).map_err(|_| Obstacle::Size)?;
        let s = i32::try_from(r.denominator()).map_err(|_| Obstacle::Size)?;
        let (positive, unknown) = self.split_positive(u)?;
        let mut total = Monomial::default();
        for (g, e) in positive {
            total = total.times(&Monomial::power_of(g, e).power(p, s)?)?;
        }
        let even = unknown.monomial.factors().all(|(g, e)| self.is_nonnegative_power(g, e))
            && unknown.rest.iter().all(|(_, k)| k % 2 == 0);
        if even && unknown.coefficient.is_one() {
            // A product of factors none of which can be negative: each is rooted by itself.
            for (g, e) in unknown.monomial.factors() {
                if e % (2 * self.scale) == 0 {
                    let square = Polynomial::term(Monomial::power_of(g, 2 * self.scale), RBig::ONE);
                    let index = self.generator(Generator::Alias(square));
                    total = total.times(&Monomial::power_of(index, e / 2).power(p, s)?)?;
                } else {
                    total = total.times(&Monomial::power_of(g, e).power(p, s)?)?;
                }
            }
            for (q, k) in &unknown.rest {
                let index = self.generator(Generator::Alias(q.power(2)?));
                total = total.times(&Monomial::power_of(index, k / 2 * self.scale).power(p, s)?)?;
            }
            return Ok(Polynomial::term(total, RBig::ONE));
        }
        let (content, monomial, q) = self.integer_power(&unknown, 1)?.primitive()?;
        let whole = q.scaled(&content).shifted(&monomial)?;
        let (c, m) = self.alias(&whole, true)?;
        for (g, k) in self.primes(&c)? {
            total = total.times(&Monomial::power_of(g, k * self.scale).power(p, s)?)?;
        }
        Ok(Polynomial::term(total.times(&m.power(p, s)?)?, RBig::ONE))
    }

    /// The logarithm: of each positive factor by itself, and of the rest as one.
    fn log(&mut self, u: Factored) -> Result<Polynomial, Obstacle> {
        let (positive, unknown) = self.split_positive(u)?;
        let mut total = Polynomial::default();
        for (g, e) in positive {
            let exponent = RBig::from(e) / RBig::from(self.scale);
            total = total.plus(&self.log_generator(g).scaled(&exponent));
        }
        let whole = self.integer_power(&unknown, 1)?;
        if whole.is_one() {
            return Ok(total);
        }
        let (content, monomial, q) = whole.primitive()?;
        if q.terms().len() == 1 && monomial.is_one() {
            return Err(Obstacle::Undefined);
        }
        let (c, m) = self.alias(&q.scaled(&content).shifted(&monomial)?, true)?;
        for (p, k) in self.primes(&c)? {
            total = total.plus(&self.log_generator(p).scaled(&RBig::from(k)));
        }
        for (g, e) in m.factors() {
            let exponent = RBig::from(e) / RBig::from(self.scale);
            total = total.plus(&self.log_generator(g).scaled(&exponent));
        }
        Ok(total)
    }

    /// The logarithm of a generator, which is the argument itself for an exponential.
    fn log_generator(&mut self, generator: usize) -> Polynomial {
        match &self.generators[generator] {
            Generator::Exp(argument) => argument.clone(),
            _ => {
                let argument = Polynomial::term(Monomial::power_of(generator, self.scale), RBig::ONE);
                self.variable(Generator::Log(argument))
            }
        }
    }

    /// The exponential and the hyperbolic functions.
    fn hyperbolic(&mut self, function: Function, u: &Polynomial) -> Result<Polynomial, Obstacle> {
        let (half, minus) = (RBig::from_parts(1.into(), 2u8.into()), RBig::from(-1));
        let up = self.exp(u)?;
        let down = self.exp(&u.scaled(&minus))?;
        Ok(match function {
            Function::Sinh => up.plus(&down.scaled(&minus)).scaled(&half),
            Function::Cosh => up.plus(&down).scaled(&half),
            Function::Tanh => {
                let cosh = self.primitive(&up.plus(&down))?;
                let inverse = self.integer_power(&cosh, -1)?;
                up.plus(&down.scaled(&minus)).times(&inverse)?
            }
            Function::Exp | Function::Log => up,
        })
    }

    /// The exponential of a polynomial, always one term.
    fn exp(&mut self, argument: &Polynomial) -> Result<Polynomial, Obstacle> {
        let mut total = Polynomial::constant(RBig::ONE);
        let mut rest = Vec::new();
        for (m, c) in argument.terms() {
            let mut factors = m.factors();
            let log = match (factors.next(), factors.next()) {
                (Some((g, e)), None) if e == self.scale => match &self.generators[g] {
                    Generator::Log(u) => Some(u.clone()),
                    _ => None,
                },
                _ => None,
            };
            match log {
                Some(u) => {
                    let u = self.primitive(&u)?;
                    let power = match i32::try_from(c.numerator()) {
                        Ok(n) if c.is_int() => self.integer_power(&u, n)?,
                        _ => self.root(u, c)?,
                    };
                    total = total.times(&power)?;
                }
                None => rest.push((m.clone(), c.clone())),
            }
        }
        let rest = Polynomial::from_terms(rest);
        if rest.is_zero() {
            return Ok(total);
        }
        total.shifted(&self.exponential(rest)?)
    }

    /// `exp(argument)` by the exponentials known so far, or by a new one if it is independent of them.
    fn exponential(&mut self, argument: Polynomial) -> Result<Monomial, Obstacle> {
        let exponent_of = |g: &Generator| if let Generator::Exp(a) = g { Some(a.clone()) } else { None };
        let known: Vec<usize> =
            (0..self.generators.len()).filter(|g| exponent_of(&self.generators[*g]).is_some()).collect();
        let mut vectors: Vec<_> = known.iter().filter_map(|g| exponent_of(&self.generators[*g])).collect();
        vectors.push(argument.clone());
        if let Some(coefficients) = dependence(self.cleared(vectors)?.1) {
            let mut total = Monomial::default();
            for (g, c) in known.iter().zip(coefficients) {
                let numerator = i32::try_from(c.numerator()).map_err(|_| Obstacle::Size)?;
                let denominator = i32::try_from(c.denominator()).map_err(|_| Obstacle::Size)?;
                total = total.times(&Monomial::power_of(*g, self.scale).power(numerator, denominator)?)?;
            }
            return Ok(total);
        }
        let index = self.generator(Generator::Exp(argument));
        Ok(Monomial::power_of(index, self.scale))
    }

    // Using the definitions of the aliases.

    /// Multiplies all polynomials by one monomial, returned first, such that whole powers of aliases can be
    /// replaced by what they stand for.
    fn cleared(&self, mut all: Vec<Polynomial>) -> Result<(Monomial, Vec<Polynomial>), Obstacle> {
        let mut multiplier = Monomial::default();
        for (g, generator) in self.generators.iter().enumerate().rev() {
            let Generator::Alias(definition) = generator else { continue };
            let exponents = all.iter().flat_map(|p| p.terms()).map(|(m, _)| m.exponent(g));
            let least = exponents.map(|e| e.div_euclid(self.scale)).min().unwrap_or(0).min(0);
            multiplier = multiplier.times(&Monomial::power_of(g, -least * self.scale))?;
            for p in &mut all {
                *p = self.unfolded(p, g, definition, least)?;
            }
        }
        Ok((multiplier, all))
    }

    /// Whether the polynomial is zero by the definitions of the aliases.
    ///
    /// The last alias, `b = q`, is eliminated first. If `q = c y + r` with `c` one term and `y` a generator that no
    /// earlier alias mentions, then `b` can be the free variable and `y` the dependent one: `y` is replaced by
    /// `(b - r)/c`, and the powers of `1/b` can stay. The formal map is an isomorphism of rings of Laurent
    /// polynomials (with `1/c`), so nothing is lost or gained. Otherwise the polynomial is multiplied by a power of
    /// `b`, and the whole powers of `b` are replaced by those of `q`.
    pub(crate) fn vanishes(&self, p: Polynomial) -> Result<bool, Obstacle> {
        let mut p = p;
        for (g, generator) in self.generators.iter().enumerate().rev() {
            if p.is_zero() {
                return Ok(true);
            }
            let Generator::Alias(definition) = generator else { continue };
            if !p.involves(g) {
                continue;
            }
            let whole = p.terms().iter().all(|(m, _)| m.exponent(g) >= 0 && m.exponent(g) % self.scale == 0);
            match self.exchangeable(&p, g, definition) {
                Some(y) if !whole => p = self.exchanged(&p, y, g, definition)?,
                _ => {
                    let least = |(m, _): &Term| m.exponent(g).div_euclid(self.scale);
                    p = self.unfolded(&p, g, definition, p.terms().iter().map(least).min().unwrap_or(0))?;
                }
            }
            if !p.is_zero() {
                p = p.primitive()?.2;
            }
        }
        Ok(p.is_zero())
    }

    /// The polynomial times `g^-least`, with the whole powers of `g` replaced by those of its definition.
    fn unfolded(&self, p: &Polynomial, g: usize, definition: &Polynomial, least: i32) -> Result<Polynomial, Obstacle> {
        p.replaced(g, |e| {
            let whole = (e.div_euclid(self.scale) - least).unsigned_abs();
            definition.power(whole)?.shifted(&Monomial::power_of(g, e.rem_euclid(self.scale)))
        })
    }

    /// The generator of least degree in `p` that can change places with the alias `g`.
    fn exchangeable(&self, p: &Polynomial, g: usize, definition: &Polynomial) -> Option<usize> {
        let degree = |y: usize| p.terms().iter().map(|(m, _)| m.exponent(y)).max().unwrap_or(0);
        let suits = |y: &usize| {
            let exponents = |p: &Polynomial| p.terms().iter().map(|(m, _)| m.exponent(*y)).collect::<Vec<_>>();
            let inside = exponents(definition);
            let earlier = |g: &Generator| matches!(g, Generator::Alias(q) if q.involves(*y));
            !matches!(self.generators[*y], Generator::Alias(_))
                && inside.iter().filter(|e| **e == self.scale).count() == 1
                && inside.iter().filter(|e| **e == 0).count() + 1 == inside.len()
                && exponents(p).iter().all(|e| *e >= 0 && e % self.scale == 0)
                && !self.generators[..g].iter().any(earlier)
        };
        (0..g).filter(suits).min_by_key(|y| degree(*y))
    }

    /// The polynomial with `y` replaced by `(g - r)/c`, where the definition of `g` is `c y + r`.
    fn exchanged(&self, p: &Polynomial, y: usize, g: usize, definition: &Polynomial) -> Result<Polynomial, Obstacle> {
        let mut parts = definition.by_exponent(y);
        let (slope, rest) = (parts.remove(&self.scale), parts.remove(&0).unwrap_or_default());
        let Some([(m, c)]) = slope.as_ref().map(Polynomial::terms) else { return Err(Obstacle::Size) };
        let alias = Polynomial::term(Monomial::power_of(g, self.scale), RBig::ONE);
        let inverse = Polynomial::term(m.power(-1, 1)?, RBig::ONE / c);
        let value = alias.plus(&rest.scaled(&RBig::from(-1))).times(&inverse)?;
        p.replaced(y, |e| value.power((e / self.scale).unsigned_abs()))
    }
}

/// The coefficients that express the last vector by the others, if there are any.
fn dependence(vectors: Vec<Polynomial>) -> Option<Vec<RBig>> {
    let count = vectors.len() - 1;
    let mut rows: Vec<(Polynomial, Vec<RBig>)> = Vec::new();
    for (i, vector) in vectors.into_iter().enumerate() {
        let mut row = (vector, vec![RBig::ZERO; count + 1]);
        row.1[i] = RBig::ONE;
        for (pivot, combination) in &rows {
            let [.., (monomial, head)] = pivot.terms() else { continue };
            let Some((_, c)) = row.0.terms().iter().find(|(m, _)| m == monomial) else { continue };
            let factor = -(c / head);
            row.0 = row.0.plus(&pivot.scaled(&factor));
            for (total, part) in row.1.iter_mut().zip(combination) {
                *total += part * &factor;
            }
        }
        if i == count {
            row.1.pop();
            return row.0.is_zero().then(|| row.1.into_iter().map(|c| -c).collect());
        }
        rows.push(row);
    }
    None
}

/// Whether `e` is zero wherever it is defined, by normal form alone; `None` says that this could not be shown. It does not ask
/// whether `e` is defined anywhere: [`crate::decide`] does, and confirms the answer by evaluation.
#[must_use]
pub fn is_identically_zero(e: &Expr) -> Option<bool> {
    let mut scale: i32 = 12;
    loop {
        let mut field = Field::new(scale);
        match field.read(e).and_then(|p| field.vanishes(p)) {
            Ok(answer) => return Some(answer),
            Err(Obstacle::Scale(factor)) => scale = scale.checked_mul(factor).filter(|s| *s <= 1 << 20)?,
            Err(Obstacle::Size | Obstacle::Undefined) => return None,
        }
    }
}
