//! Series in one variable at 0, with expressions as coefficients.

use std::collections::HashMap;

use dashu::rational::RBig;

use crate::decide::{Verdict, decide};
use crate::expr::{Assumption, Expr, Function, Node, Symbol};

/// The Laurent series of an expression at 0, up to a remainder.
///
/// # Formula
/// `sum of c_n x^n for start <= n < start + len, + O(x^(start + len))`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    start: i32,
    coefficients: Vec<Expr>,
}

/// Why an expression has no series that could be found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeriesError {
    /// The function is not a Laurent series at 0, such as `log x` or `exp(1/x)`.
    #[error("{operation} has no Laurent series at 0 here")]
    Singular {
        /// The operation that fails.
        operation: &'static str,
    },
    /// It could not be decided whether a leading coefficient is zero.
    #[error("a leading coefficient is undecided")]
    Undecided,
    /// All coefficients that were computed cancel.
    #[error("no coefficient differs from zero up to order {order}")]
    Cancelled {
        /// The order reached.
        order: usize,
    },
}

type Result<T> = std::result::Result<T, SeriesError>;

fn singular<T>(operation: &'static str) -> Result<T> {
    Err(SeriesError::Singular { operation })
}

impl Series {
    /// The coefficient of `x^n`, if it is within the order computed.
    #[must_use]
    pub fn coefficient(&self, n: i32) -> Option<Expr> {
        let index = n.checked_sub(self.start)?;
        if index < 0 { Some(Expr::zero()) } else { self.coefficients.get(usize::try_from(index).ok()?).cloned() }
    }

    /// The exponent and the coefficient of the first term.
    ///
    /// # Errors
    /// When it cannot be decided which term is the first that differs from zero.
    pub fn leading(&self) -> Result<(i32, Expr)> {
        let stripped = self.clone().stripped()?;
        match stripped.coefficients.first() {
            Some(first) => Ok((stripped.start, first.clone())),
            None => Err(SeriesError::Cancelled { order: self.coefficients.len() }),
        }
    }

    fn constant(value: Expr, len: usize) -> Self {
        let mut coefficients = vec![Expr::zero(); len];
        if let Some(first) = coefficients.first_mut() {
            *first = value;
        }
        Series { start: 0, coefficients }
    }

    /// The exponent of the remainder.
    fn end(&self) -> i32 {
        self.start.saturating_add(i32::try_from(self.coefficients.len()).unwrap_or(i32::MAX))
    }

    fn at(&self, n: i32) -> Expr {
        self.coefficient(n).unwrap_or_else(Expr::zero)
    }

    fn from_range(start: i32, end: i32, coefficient: impl FnMut(i32) -> Expr) -> Self {
        Series { start, coefficients: (start..end).map(coefficient).collect() }
    }

    fn plus(&self, other: &Series) -> Series {
        let (start, end) = (self.start.min(other.start), self.end().min(other.end()));
        Series::from_range(start, end, |n| self.at(n) + other.at(n))
    }

    fn times(&self, other: &Series) -> Series {
        let len = self.coefficients.len().min(other.coefficients.len());
        let term = |n: usize| (0..=n).map(|i| &self.coefficients[i] * &other.coefficients[n - i]).sum();
        Series { start: self.start + other.start, coefficients: (0..len).map(term).collect() }
    }

    fn scaled(&self, factor: &Expr) -> Series {
        Series { start: self.start, coefficients: self.coefficients.iter().map(|c| factor * c).collect() }
    }

    /// The same series without leading zeros.
    fn stripped(mut self) -> Result<Series> {
        while let Some(first) = self.coefficients.first() {
            match decide(first) {
                Verdict::Zero => {
                    self.coefficients.remove(0);
                    self.start += 1;
                }
                Verdict::Nonzero { .. } => break,
                Verdict::Undecided => return Err(SeriesError::Undecided),
            }
        }
        Ok(self)
    }

    /// # Formula
    /// With `s = c x^v (1 + u)`: `c^r x^(v r) a`, where `k a_k = sum of (r i - (k - i)) u_i a_(k-i)` over `1 <= i <= k`.
    ///
    /// # Source
    /// J. C. P. Miller's recurrence: Henrici, *Automatic computations with power series*, J. ACM 3 (1956).
    fn power(self, r: &RBig, x: &Symbol) -> Result<Series> {
        let s = self.stripped()?;
        let Some(first) = s.coefficients.first() else { return Err(SeriesError::Cancelled { order: 0 }) };
        let exponent = r * RBig::from(s.start);
        let (true, Ok(start)) = (exponent.is_int(), i32::try_from(exponent.numerator())) else {
            return singular("a fractional power");
        };
        if !r.is_int() && s.start != 0 && x.assumption() != Assumption::Positive {
            return singular("a root of a variable that can be negative");
        }
        let u: Vec<Expr> = s.coefficients.iter().map(|c| c / first).collect();
        let mut a = vec![Expr::one()];
        for k in 1..u.len() {
            let weight = |i: usize| r * RBig::from(i) - RBig::from(k - i);
            let total: Expr = (1..=k).map(|i| Expr::from(weight(i)) * &u[i] * &a[k - i]).sum();
            a.push(total * Expr::from(RBig::ONE / RBig::from(k)));
        }
        Ok(Series { start, coefficients: a }.scaled(&first.power(r)))
    }

    /// # Formula
    /// `e_0 = exp(s_0)`, `k e_k = sum of i s_i e_(k-i)` over `1 <= i <= k`.
    fn exp(&self) -> Result<Series> {
        if self.start < 0 && self.clone().stripped()?.start < 0 {
            return singular("exp of a pole");
        }
        let mut e = vec![self.at(0).exp()];
        for k in 1..self.end() {
            let total: Expr = (1..=k).map(|i| i * self.at(i) * &e[(k - i).unsigned_abs() as usize]).sum();
            e.push(total / k);
        }
        Ok(Series { start: 0, coefficients: e })
    }

    /// # Formula
    /// `l_0 = log(s_0)`, `k l_k s_0 = k s_k - sum of i l_i s_(k-i)` over `1 <= i < k`.
    fn log(self) -> Result<Series> {
        let s = self.stripped()?;
        if s.start != 0 {
            return singular("log at a zero or a pole");
        }
        let mut l = vec![s.at(0).log()];
        for k in 1..s.end() {
            let known: Expr = (1..k).map(|i| i * &l[i.unsigned_abs() as usize] * s.at(k - i)).sum();
            l.push((k * s.at(k) - known) / (k * s.at(0)));
        }
        Ok(Series { start: 0, coefficients: l })
    }
}

impl Expr {
    /// The Laurent series in `x` at 0, with the coefficients of all powers below `order`.
    ///
    /// ```
    /// use infodyn_symbolic::{Expr, Symbol};
    /// let x = Symbol::real("x");
    /// let series = (x.tanh() / x.pow(3)).series(&x, 3).unwrap();
    /// assert_eq!(series.leading().unwrap(), (-2, Expr::one()));
    /// assert_eq!(series.coefficient(0).unwrap(), Expr::ratio(-1, 3));
    /// ```
    ///
    /// # Errors
    /// When there is no such series, or when it cannot be decided whether a leading coefficient is zero.
    pub fn series(&self, x: &Symbol, order: i32) -> Result<Series> {
        let mut len = usize::try_from(order.max(1)).unwrap_or(1);
        loop {
            match walk(self, x, len, &mut HashMap::new()) {
                Ok(series) if series.end() >= order => {
                    let kept = series.end() - order;
                    let mut series = series;
                    series
                        .coefficients
                        .truncate(series.coefficients.len().saturating_sub(kept.unsigned_abs() as usize));
                    return Ok(series);
                }
                Ok(_) | Err(SeriesError::Cancelled { .. }) if len < 24 => len += 2,
                Ok(_) => return Err(SeriesError::Cancelled { order: len }),
                Err(error) => return Err(error),
            }
        }
    }

    /// The limit as `x` tends to 0, for an expression that has a Laurent series there.
    ///
    /// # Errors
    /// As for [`Expr::series`], and when the limit is not finite.
    pub fn limit(&self, x: &Symbol) -> Result<Expr> {
        let series = self.series(x, 1)?;
        for n in series.start..0 {
            if !decide(&series.at(n)).is_zero() {
                return singular("the limit");
            }
        }
        Ok(series.at(0))
    }
}

fn walk(e: &Expr, x: &Symbol, len: usize, memo: &mut HashMap<usize, Series>) -> Result<Series> {
    if let Some(known) = memo.get(&e.key()) {
        return Ok(known.clone());
    }
    let result = match e.node() {
        Node::Symbol(..) if **x == *e => {
            let mut series = Series::constant(Expr::one(), len);
            series.start = 1;
            series
        }
        Node::Number(_) | Node::Pi | Node::Symbol(..) => Series::constant(e.clone(), len),
        Node::Sum(terms) => {
            let mut parts = terms.iter().map(|term| walk(term, x, len, memo)).collect::<Result<Vec<_>>>()?;
            let first = parts.swap_remove(0);
            parts.iter().fold(first, |total, part| total.plus(part))
        }
        Node::Product(factors) => {
            let mut total = Series::constant(Expr::one(), len);
            for factor in factors {
                total = total.times(&walk(factor, x, len, memo)?);
            }
            total
        }
        Node::Power(base, r) => walk(base, x, len, memo)?.power(r, x)?,
        Node::Apply(function, u) => {
            let u = walk(u, x, len, memo)?;
            let half = Expr::ratio(1, 2);
            let minus = |s: &Series| s.scaled(&Expr::from(-1));
            match function {
                Function::Exp => u.exp()?,
                Function::Log => u.log()?,
                Function::Sinh => u.exp()?.plus(&minus(&minus(&u).exp()?)).scaled(&half),
                Function::Cosh => u.exp()?.plus(&minus(&u).exp()?).scaled(&half),
                Function::Tanh => {
                    let (up, down) = (u.exp()?, minus(&u).exp()?);
                    up.plus(&minus(&down)).times(&up.plus(&down).power(&RBig::from(-1), x)?)
                }
            }
        }
    };
    memo.insert(e.key(), result.clone());
    Ok(result)
}
