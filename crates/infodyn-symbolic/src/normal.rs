//! The normal form: a polynomial in generators of a field of functions, and the test whether it vanishes.
//!
//! Reading an expression from the inside out, every part becomes a product of [`Polynomial`]s in *generators*: the
//! symbols, `pi`, exponentials, logarithms, and *aliases*. An alias is a name for a polynomial `q` that is inverted
//! or has its root taken: `1/q` is the monomial `alias^-1`, `sqrt(q)` is `alias^(1/2)`. So all arithmetic is that of
//! polynomials with exponents of either sign, and no greatest common divisor of polynomials is ever computed; the
//! relation `alias = q` is used once, at the end, by [`Field::vanishes`].
//!
//! # Soundness
//! Fix a point at which the expression is defined. Each generator has a value there, and each rule below holds for
//! these values, with the side condition that the rule itself checks:
//!
//! - `exp(sum c_i A_i) = prod exp(A_i)^(c_i)` always; exponentials whose arguments are linearly dependent over the
//!   rationals are expressed by each other, so `exp(2x)` is `exp(x)^2`;
//! - `exp(c log u) = u^c` where `log u` is defined;
//! - `log(u v) = log u + log v` and `(u v)^r = u^r v^r` for non-integer `r` only when every factor split off is
//!   *provably* positive, or no factor can be negative (so that none is where the left side is defined). Positive
//!   are: a symbol declared so, an exponential, and a sum of terms that cannot be negative with one that is positive;
//! - `u u^-1 = 1` where `u^-1` is defined, and `(u^(1/n))^n = u` where the root is.
//!
//! The map from formal polynomials to values is then a ring homomorphism, and the zero polynomial has value 0: a
//! vanishing normal form proves that the expression is 0 wherever it is defined. No independence of the generators
//! is used, so unknown relations between them can cost an answer but never make it wrong.

use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;

use crate::expr::{Assumption, Expr, Function, Node};
use crate::polynomial::{Monomial, Obstacle, Polynomial, Result, Term};

/// What a generator stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Generator {
    Pi,
    Symbol(String, Assumption),
    Exp(Polynomial),
    /// The logarithm of a generator.
    Log(usize),
    Alias(Polynomial),
}

/// The generators met so far, in the order of their introduction: each is defined by earlier ones.
struct Field {
    /// The exponent 1 in the units of exponents.
    unit: i32,
    generators: Vec<Generator>,
}

/// A product of powers of polynomials, not multiplied out, because roots and logarithms need the factors. What has a
/// negative exponent is primitive.
type Product = Vec<(Polynomial, i32)>;

/// Sums are multiplied out up to this power.
const LARGEST_POWER: i32 = 64;

fn number_power(c: &RBig, n: i32) -> Result<RBig> {
    let feasible = c.is_one() || n.unsigned_abs() <= Polynomial::LARGEST_POWER;
    feasible.then(|| c.pow(n as isize)).ok_or(Obstacle::Beyond)
}

impl Field {
    /// The generator, to the power 1.
    fn generator(&mut self, generator: Generator) -> Monomial {
        let index = self.generators.iter().position(|g| *g == generator).unwrap_or_else(|| {
            self.generators.push(generator);
            self.generators.len() - 1
        });
        Monomial::of(index, self.unit)
    }

    // Signs.

    fn is_positive(&self, generator: usize) -> bool {
        match &self.generators[generator] {
            Generator::Pi | Generator::Exp(_) => true,
            Generator::Symbol(_, assumption) => *assumption == Assumption::Positive,
            Generator::Log(_) => false,
            Generator::Alias(definition) => self.is_positive_sum(definition),
        }
    }

    /// Whether `g^e` cannot be negative where it is defined: `g` is positive, or `e` is even or not an integer.
    fn is_nonnegative(&self, (generator, e): (usize, i32)) -> bool {
        e % (2 * self.unit) == 0 || e % self.unit != 0 || self.is_positive(generator)
    }

    fn is_nonzero(&self, generator: usize) -> bool {
        matches!(&self.generators[generator], Generator::Symbol(_, Assumption::Nonzero)) || self.is_positive(generator)
    }

    /// Whether the sum has no term that can be negative, and one that is positive.
    fn is_positive_sum(&self, p: &Polynomial) -> bool {
        p.terms().iter().all(|(m, c)| *c > RBig::ZERO && m.factors().all(|power| self.is_nonnegative(power)))
            && p.terms().iter().any(|(m, _)| m.factors().all(|(g, _)| self.is_nonzero(g)))
    }

    // Reading an expression.

    /// The product that equals `e` wherever `e` is defined, from those of its parts.
    fn read(&mut self, e: &Expr, parts: &[Product]) -> Result<Product> {
        let single = |monomial| vec![(Polynomial::term(monomial, RBig::ONE), 1)];
        Ok(match e.node() {
            Node::Number(value) => vec![(Polynomial::constant(value.clone()), 1)],
            Node::Pi => single(self.generator(Generator::Pi)),
            Node::Symbol(name, assumption) => single(self.generator(Generator::Symbol(name.clone(), *assumption))),
            Node::Sum(_) => {
                let mut terms = Vec::new();
                for part in parts {
                    terms.extend_from_slice(self.expanded(part)?.terms());
                }
                vec![(Polynomial::sum(terms), 1)]
            }
            Node::Product(_) => parts.concat(),
            Node::Power(_, r) if r.is_int() => {
                let n = i32::try_from(r.numerator()).map_err(|_| Obstacle::Beyond)?;
                self.raised(&parts[0], n)?
            }
            Node::Power(_, r) if *r > RBig::ZERO && parts[0].iter().any(|(q, _)| q.is_zero()) => parts[0].clone(),
            Node::Power(_, r) => single(self.split(&parts[0])?.power(r)?),
            Node::Apply(Function::Log, _) => {
                let product = self.split(&parts[0])?;
                let mut terms = Vec::new();
                for (g, e) in product.factors() {
                    terms.extend_from_slice(self.log(g).scaled(&self.exponent(e)).terms());
                }
                vec![(Polynomial::sum(terms), 1)]
            }
            Node::Apply(Function::Exp, _) => {
                let u = self.expanded(&parts[0])?;
                single(self.exp(&u)?)
            }
            Node::Apply(function, _) => {
                let u = self.expanded(&parts[0])?;
                let (up, down) = (self.exp(&u)?, self.exp(&u.negated())?);
                let (up, down) = (Polynomial::term(up, RBig::ONE), Polynomial::term(down, RBig::ONE));
                let half = (Polynomial::constant(RBig::from_parts(1.into(), 2u8.into())), 1);
                let (twice_sinh, twice_cosh) = (up.plus(&down.negated()), up.plus(&down));
                match function {
                    Function::Sinh => vec![half, (twice_sinh, 1)],
                    Function::Cosh => vec![half, (twice_cosh, 1)],
                    _ => [vec![(twice_sinh, 1)], self.raised(&vec![(twice_cosh, 1)], -1)?].concat(),
                }
            }
        })
    }

    /// An exponent as a number.
    fn exponent(&self, e: i32) -> RBig {
        RBig::from(e) / RBig::from(self.unit)
    }

    /// A power with a whole exponent, still as a product.
    fn raised(&self, product: &Product, n: i32) -> Result<Product> {
        let mut factors = Vec::new();
        for (p, k) in product {
            let k = k.checked_mul(n).ok_or(Obstacle::Beyond)?;
            if k > 0 && p.terms().len() != 1 {
                factors.push((p.clone(), k));
                continue;
            }
            let (c, m, q) = self.primitive(p)?;
            factors.push((Polynomial::term(m.power(&RBig::from(k))?, number_power(&c, k)?), 1));
            factors.extend(q.map(|q| (q, k)));
        }
        Ok(factors)
    }

    /// The product in one: sums to a positive power are multiplied out, to a negative power they get an alias.
    fn expanded(&mut self, product: &Product) -> Result<Polynomial> {
        let mut total: Option<Polynomial> = None;
        for (q, k) in product {
            let factor = if *k > LARGEST_POWER {
                return Err(Obstacle::Beyond);
            } else if *k > 0 {
                q.power(k.unsigned_abs())?
            } else {
                let (c, m) = self.alias(q, false)?;
                Polynomial::term(m.power(&RBig::from(*k))?, number_power(&c, *k)?)
            };
            total = Some(if let Some(total) = total { total.times(&factor)? } else { factor });
        }
        Ok(total.unwrap_or_else(|| Polynomial::constant(RBig::ONE)))
    }

    /// `p = c m q` with `q` primitive, or absent if `p` is one term. Aliases in `q` are replaced by what they stand
    /// for if that makes it shorter: with `b = e^2 + 1`, `b + e^2 - 1` is better as `2 e^2`.
    fn primitive(&self, p: &Polynomial) -> Result<(RBig, Monomial, Option<Polynomial>)> {
        if let [(m, c)] = p.terms() {
            return Ok((c.clone(), m.clone(), None));
        }
        let (mut coefficient, mut monomial, mut q) = p.primitive()?;
        let (multiplier, cleared) = self.cleared(vec![q.clone()])?;
        if cleared[0].terms().len() < q.terms().len() {
            let (c, m, rest) = cleared[0].shifted(&multiplier.inverse()?)?.primitive()?;
            (coefficient, monomial, q) = (coefficient * c, monomial.times(&m)?, rest);
        }
        Ok(match q.terms() {
            [(_, sign)] => (coefficient * sign, monomial, None),
            _ => (coefficient, monomial, Some(q)),
        })
    }

    /// A term `c m` that equals `q` and consists of names: the alias of `q`, of `-q` unless the `sign` matters (then
    /// `c > 0`, and `m` has the sign of `q`), or of its conjugate.
    ///
    /// If `q = a + b sqrt(g)`, and `(a + b sqrt g)(a - b sqrt g)` is one term without zeros, then a known alias of
    /// `a - b sqrt(g)` serves: so `log(d + sqrt(d^2-1)) = -log(d - sqrt(d^2-1))`.
    fn alias(&mut self, q: &Polynomial, sign: bool) -> Result<(RBig, Monomial)> {
        if let [(m, c)] = q.terms()
            && c.is_one()
            && m.factors().count() == 1
            && m.factors().all(|(_, e)| e % (2 * self.unit) != 0)
        {
            return Ok((RBig::ONE, m.clone()));
        }
        let known = |field: &Field, h: &Polynomial| {
            let found = field.aliases().find(|(_, definition)| *definition == h);
            found.map(|(index, _)| Monomial::of(index, field.unit))
        };
        if known(self, q).is_none() {
            if !sign && let Some(name) = known(self, &q.negated()) {
                return Ok((RBig::from(-1), name));
            }
            for h in self.conjugates(q) {
                let Some(name) = known(self, &h) else { continue };
                let (multiplier, norm) = self.cleared(vec![q.times(&h)?])?;
                let [(m, c)] = norm[0].terms() else { continue };
                let m = m.times(&multiplier.inverse()?)?;
                if m.factors().all(|(g, _)| self.is_positive(g)) && (!sign || *c > RBig::ZERO) {
                    return Ok((c.clone(), m.times(&name.inverse()?)?));
                }
            }
        }
        Ok((RBig::ONE, self.generator(Generator::Alias(q.clone()))))
    }

    /// `a - b sqrt(g)` and its opposite, for each way to read `q` as `a + b sqrt(g)`.
    fn conjugates(&self, q: &Polynomial) -> Vec<Polynomial> {
        let half = |e: i32| e.rem_euclid(self.unit) == self.unit / 2;
        let conjugate = |g: usize| {
            let flip = |(m, c): &Term| (m.clone(), if half(m.exponent(g)) { -c } else { c.clone() });
            Polynomial::sum(q.terms().iter().map(flip).collect())
        };
        let roots = (0..self.generators.len()).filter(|g| q.exponents(*g).any(half));
        roots.map(conjugate).flat_map(|h| [h.negated(), h]).collect()
    }

    /// The product as one of powers of generators that are positive wherever the logarithm of the product is defined,
    /// and nonnegative wherever its root is. So the power `r` of the product is that of the monomial, and the
    /// logarithm is the sum of those of its factors.
    fn split(&mut self, product: &Product) -> Result<Monomial> {
        // What is provably positive is split off; the rest is `sign * monomial * sums`.
        let (mut positive, mut sign) = (Monomial::default(), RBig::ONE);
        let (mut monomial, mut sums) = (Monomial::default(), Vec::new());
        for (p, k) in product {
            let (c, m, q) = self.primitive(p)?;
            let n = RBig::from(*k);
            positive = positive.times(&self.number(&c)?.power(&n)?)?;
            if c < RBig::ZERO && k % 2 != 0 {
                sign = -sign;
            }
            for (g, e) in m.power(&n)?.factors() {
                let part = if self.is_positive(g) { &mut positive } else { &mut monomial };
                *part = part.times(&Monomial::of(g, e))?;
            }
            match q {
                Some(q) if self.is_positive_sum(&q) => {
                    positive = positive.times(&self.generator(Generator::Alias(q)).power(&n)?)?;
                }
                Some(q) => sums.push((q, *k)),
                None => {}
            }
        }
        let even = monomial.factors().all(|power| self.is_nonnegative(power)) && sums.iter().all(|(_, k)| k % 2 == 0);
        if !(even && sign.is_one()) {
            let whole = self.expanded(&sums)?.scaled(&sign).shifted(&monomial)?;
            let (c, m) = self.alias(&whole, true)?;
            return positive.times(&self.number(&c)?)?.times(&m);
        }
        // No factor can be negative. A non-integer power stays; any other is a power of a square.
        for (g, e) in monomial.factors() {
            if e % self.unit != 0 {
                positive = positive.times(&Monomial::of(g, e))?;
            } else {
                let base = match &self.generators[g] {
                    Generator::Alias(q) => q.clone(),
                    _ => Polynomial::term(Monomial::of(g, self.unit), RBig::ONE),
                };
                sums.push((base, e / self.unit));
            }
        }
        for (q, k) in sums {
            let square = self.generator(Generator::Alias(q.power(2)?));
            positive = positive.times(&square.power(&RBig::from(k / 2))?)?;
        }
        Ok(positive)
    }

    /// The magnitude of a number as a product of primes (beyond small ones, of what is left), each an alias.
    fn number(&mut self, c: &RBig) -> Result<Monomial> {
        let mut product = Monomial::default();
        for (n, sign) in [(c.numerator().clone(), 1), (IBig::from(c.denominator().clone()), -1)] {
            let mut rest = n.into_parts().1;
            let small =
                (2u16..1000).map(UBig::from).filter_map(|p| Some((rest.remove(&p)?, p)).filter(|(k, _)| *k > 0));
            let mut powers: Vec<_> = small.collect();
            powers.push((usize::from(!rest.is_one()), rest));
            for (k, p) in powers.into_iter().filter(|(k, _)| *k > 0) {
                let prime = self.generator(Generator::Alias(Polynomial::constant(RBig::from(p))));
                product = product.times(&prime.power(&(RBig::from(k) * RBig::from(sign)))?)?;
            }
        }
        Ok(product)
    }

    /// The logarithm of a generator, which is the argument itself for an exponential.
    fn log(&mut self, generator: usize) -> Polynomial {
        match &self.generators[generator] {
            Generator::Exp(argument) => argument.clone(),
            _ => Polynomial::term(self.generator(Generator::Log(generator)), RBig::ONE),
        }
    }

    /// The exponential of a polynomial, always one term: `exp(c log g) = g^c`, and the rest by the exponentials known
    /// so far, or by a new one if it is independent of them.
    fn exp(&mut self, argument: &Polynomial) -> Result<Monomial> {
        let (mut total, mut rest) = (Monomial::default(), Vec::new());
        for (m, c) in argument.terms() {
            let log = self.generators.iter().enumerate().find_map(|(index, g)| match g {
                Generator::Log(inner) if *m == Monomial::of(index, self.unit) => Some(*inner),
                _ => None,
            });
            match log {
                Some(g) => total = total.times(&Monomial::of(g, self.unit).power(c)?)?,
                None => rest.push((m.clone(), c.clone())),
            }
        }
        let rest = Polynomial::sum(rest);
        if rest.is_zero() {
            return Ok(total);
        }
        let exponentials = self.generators.iter().enumerate();
        let (known, mut vectors): (Vec<_>, Vec<_>) = exponentials
            .filter_map(|(index, g)| if let Generator::Exp(u) = g { Some((index, u.clone())) } else { None })
            .unzip();
        vectors.push(rest.clone());
        match combination(self.cleared(vectors)?.1) {
            Some(coefficients) => {
                let powers = known.into_iter().zip(coefficients);
                powers.into_iter().try_fold(total, |total, (g, c)| total.times(&Monomial::of(g, self.unit).power(&c)?))
            }
            None => total.times(&self.generator(Generator::Exp(rest))),
        }
    }

    // Using the definitions of the aliases.

    /// The aliases with their definitions.
    fn aliases(&self) -> impl DoubleEndedIterator<Item = (usize, &Polynomial)> {
        let generators = self.generators.iter().enumerate();
        generators.filter_map(|(index, g)| if let Generator::Alias(q) = g { Some((index, q)) } else { None })
    }

    /// Multiplies all polynomials by one monomial, returned first, such that whole powers of aliases can be replaced
    /// by what they stand for, and replaces them.
    fn cleared(&self, mut all: Vec<Polynomial>) -> Result<(Monomial, Vec<Polynomial>)> {
        let mut multiplier = Monomial::default();
        for (g, definition) in self.aliases().rev() {
            let least = all.iter().flat_map(|p| p.exponents(g)).min().unwrap_or(0).div_euclid(self.unit).min(0);
            multiplier = multiplier.times(&Monomial::of(g, self.unit).power(&RBig::from(-least))?)?;
            for p in all.iter_mut().filter(|p| least < 0 || p.involves(g)) {
                *p = self.unfolded(p, g, definition, least)?;
            }
        }
        Ok((multiplier, all))
    }

    /// The polynomial times `g^-least`, with the whole powers of `g` replaced by those of its definition.
    fn unfolded(&self, p: &Polynomial, g: usize, definition: &Polynomial, least: i32) -> Result<Polynomial> {
        p.replaced(g, |e| {
            let whole = (e.div_euclid(self.unit) - least).unsigned_abs();
            definition.power(whole)?.shifted(&Monomial::of(g, e.rem_euclid(self.unit)))
        })
    }

    /// Whether the polynomial is zero by the definitions of the aliases.
    ///
    /// The last alias, `b = q`, is eliminated first. If `q = c y + r` with `c` one term and `y` a generator that no
    /// earlier alias mentions, then `b` can be the free variable and `y` the dependent one: `y` is replaced by
    /// `(b - r)/c`, and the powers of `1/b` can stay. The formal map is an isomorphism of rings of Laurent polynomials
    /// (with `1/c`), so nothing is lost or gained. Otherwise the polynomial is multiplied by a power of `b`, and the
    /// whole powers of `b` are replaced by those of `q`.
    fn vanishes(&self, mut p: Polynomial) -> Result<bool> {
        for (g, definition) in self.aliases().rev() {
            if !p.involves(g) {
                continue;
            }
            let whole = p.exponents(g).all(|e| self.is_whole(e));
            p = match self.exchanged(&p, g, definition)? {
                Some((y, value)) if !whole => p.replaced(y, |e| value.power((e / self.unit).unsigned_abs()))?,
                _ => {
                    let least = p.exponents(g).min().unwrap_or(0).div_euclid(self.unit);
                    self.unfolded(&p, g, definition, least)?
                }
            };
            if !p.is_zero() {
                p = p.primitive()?.2;
            }
        }
        Ok(p.is_zero())
    }

    fn is_whole(&self, e: i32) -> bool {
        e >= 0 && e % self.unit == 0
    }

    /// The generator `y` of least degree in `p` that can change places with the alias `g`, and its value `(g - r)/c`.
    fn exchanged(&self, p: &Polynomial, g: usize, definition: &Polynomial) -> Result<Option<(usize, Polynomial)>> {
        let linear = |y: usize| {
            let mut parts = definition.by_exponent(y);
            let (slope, rest) = (parts.remove(&self.unit)?, parts.remove(&0).unwrap_or_default());
            let free = self.aliases().take_while(|(b, _)| *b < g).all(|(b, q)| b != y && !q.involves(y));
            let suits = free && parts.is_empty() && p.exponents(y).all(|e| self.is_whole(e));
            let [(m, c)] = slope.terms() else { return None };
            suits.then(|| (y, m.clone(), RBig::ONE / c, rest))
        };
        let least = (0..g).filter_map(linear).min_by_key(|(y, ..)| p.exponents(*y).max());
        let Some((y, m, c, rest)) = least else { return Ok(None) };
        let alias = Polynomial::term(Monomial::of(g, self.unit), RBig::ONE);
        Ok(Some((y, alias.plus(&rest.negated()).scaled(&c).shifted(&m.inverse()?)?)))
    }
}

/// The coefficients that express the last vector by the others, if there are any: Gaussian elimination, in which every
/// row remembers how it was combined.
fn combination(vectors: Vec<Polynomial>) -> Option<Vec<RBig>> {
    let count = vectors.len();
    let mut rows: Vec<(Polynomial, Vec<RBig>)> = Vec::new();
    for (i, mut vector) in vectors.into_iter().enumerate() {
        let mut weights = vec![RBig::ZERO; count];
        weights[i] = RBig::ONE;
        for (row, parts) in &rows {
            let Some((pivot, head)) = row.terms().last() else { continue };
            let Some((_, c)) = vector.terms().iter().find(|(m, _)| m == pivot) else { continue };
            let factor = -(c / head);
            vector = vector.plus(&row.scaled(&factor));
            weights.iter_mut().zip(parts).for_each(|(weight, part)| *weight += part * &factor);
        }
        rows.push((vector, weights));
    }
    let (rest, mut weights) = rows.pop()?;
    weights.pop();
    rest.is_zero().then(|| weights.into_iter().map(|weight| -weight).collect())
}

/// Whether `e` is zero wherever it is defined, by normal form alone; `None` says that this could not be shown. It does
/// not ask whether `e` is defined anywhere: [`crate::decide`] does, and confirms the answer by evaluation.
#[must_use]
pub fn is_identically_zero(e: &Expr) -> Option<bool> {
    let mut unit: i32 = 12;
    loop {
        let mut field = Field { unit, generators: Vec::new() };
        let product = e.try_fold(&mut |e, parts: Vec<Product>| field.read(e, &parts));
        match product.and_then(|product| field.expanded(&product)).and_then(|p| field.vanishes(p)) {
            Ok(answer) => return Some(answer),
            Err(Obstacle::Unit(factor)) => unit = unit.checked_mul(factor).filter(|unit| *unit <= 1 << 20)?,
            Err(Obstacle::Beyond) => return None,
        }
    }
}
