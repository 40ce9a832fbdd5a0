//! Series in one variable at 0, with expressions as coefficients.

use dashu_ratio::RBig;

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

    /// The series whose coefficient `n` is `rule(n, earlier coefficients)`.
    fn new(start: i32, len: usize, mut rule: impl FnMut(usize, &[Expr]) -> Expr) -> Self {
        let mut coefficients = Vec::with_capacity(len);
        for n in 0..len {
            coefficients.push(rule(n, &coefficients));
        }
        Series { start, coefficients }
    }

    /// `first x^start`, exactly.
    fn term(start: i32, len: usize, first: &Expr) -> Self {
        Series::new(start, len, |n, _| if n == 0 { first.clone() } else { Expr::zero() })
    }

    fn len(&self) -> usize {
        self.coefficients.len()
    }

    /// The exponent of the remainder.
    fn end(&self) -> i32 {
        self.start.saturating_add(i32::try_from(self.len()).unwrap_or(i32::MAX))
    }

    fn at(&self, n: i32) -> Expr {
        self.coefficient(n).unwrap_or_else(Expr::zero)
    }

    fn plus(&self, other: &Series) -> Series {
        let (start, end) = (self.start.min(other.start), self.end().min(other.end()));
        Series { start, coefficients: (start..end).map(|n| self.at(n) + other.at(n)).collect() }
    }

    fn times(&self, other: &Series) -> Series {
        let (a, b) = (&self.coefficients, &other.coefficients);
        let term = |n: usize, _: &[Expr]| (0..=n).map(|i| &a[i] * &b[n - i]).sum();
        Series::new(self.start + other.start, a.len().min(b.len()), term)
    }

    fn scaled(&self, factor: &Expr) -> Series {
        Series { start: self.start, coefficients: self.coefficients.iter().map(|c| factor * c).collect() }
    }

    /// The Taylor series from 0, for a series without a pole.
    fn regular(self, operation: &'static str) -> Result<Series> {
        let s = if self.start < 0 { self.stripped()? } else { self };
        if s.start < 0 {
            return singular(operation);
        }
        Ok(Series { start: 0, coefficients: (0..s.end()).map(|n| s.at(n)).collect() })
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
    /// With `s = c x^v (1 + u)`: `c^r x^(v r) a`, where `k a_k = sum of (r i - (k - i)) u_i a_(k-i)` over
    /// `1 <= i <= k`.
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
        let a = Series::new(start, s.len(), |k, a| {
            let weight = |i: usize| Expr::from(r * RBig::from(i) - RBig::from(k - i));
            if k == 0 { Expr::one() } else { mean(k, |i| weight(i) * &u[i] * &a[k - i]) }
        });
        Ok(a.scaled(&first.power(r)))
    }

    /// # Formula
    /// `e_0 = exp(s_0)`, and `e' = s' e`.
    fn exp(self) -> Result<Series> {
        let s = self.regular("exp of a pole")?.coefficients;
        let rule = |k: usize, e: &[Expr]| if k == 0 { s[0].exp() } else { mean(k, |i| number(i) * &s[i] * &e[k - i]) };
        Ok(Series::new(0, s.len(), rule))
    }

    /// # Formula
    /// `l_0 = log(s_0)`, and `l' = s'/s`.
    fn log(self, x: &Symbol) -> Result<Series> {
        let s = self.stripped()?;
        if s.start != 0 {
            return singular("log at a zero or a pole");
        }
        let (s, w) = (s.coefficients.clone(), s.power(&RBig::from(-1), x)?.coefficients);
        let rule = |k: usize, _: &[Expr]| if k == 0 { s[0].log() } else { mean(k, |i| number(i) * &s[i] * &w[k - i]) };
        Ok(Series::new(0, s.len(), rule))
    }

    fn apply(self, function: Function, x: &Symbol) -> Result<Series> {
        let (half, minus) = (Expr::ratio(1, 2), Expr::from(-1));
        if function == Function::Log {
            return self.log(x);
        }
        if function == Function::Exp {
            return self.exp();
        }
        let (up, down) = (self.clone().exp()?, self.scaled(&minus).exp()?);
        let (twice_sinh, twice_cosh) = (up.plus(&down.scaled(&minus)), up.plus(&down));
        match function {
            Function::Sinh => Ok(twice_sinh.scaled(&half)),
            Function::Cosh => Ok(twice_cosh.scaled(&half)),
            _ => Ok(twice_sinh.times(&twice_cosh.power(&RBig::from(-1), x)?)),
        }
    }
}

/// The sum of `term(i)` over `1 <= i <= k`, divided by `k`: the coefficient `k` of `y` from that of `x y'`.
fn mean(k: usize, term: impl Fn(usize) -> Expr) -> Expr {
    (1..=k).map(term).sum::<Expr>() / number(k)
}

fn number(n: usize) -> Expr {
    Expr::from(RBig::from(n))
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
            match self.expanded(x, len) {
                Ok(mut series) if series.end() >= order => {
                    let excess = usize::try_from(series.end() - order).unwrap_or(0);
                    series.coefficients.truncate(series.len().saturating_sub(excess));
                    return Ok(series);
                }
                Ok(_) | Err(SeriesError::Cancelled { .. }) if len < 24 => len += 2,
                Ok(_) => return Err(SeriesError::Cancelled { order: len }),
                Err(error) => return Err(error),
            }
        }
    }

    /// The series from `len` coefficients of every part, some of which are lost where leading ones cancel.
    fn expanded(&self, x: &Symbol, len: usize) -> Result<Series> {
        self.try_fold(&mut |e, parts: Vec<Series>| match e.node() {
            Node::Symbol(..) if **x == *e => Ok(Series::term(1, len, &Expr::one())),
            Node::Number(_) | Node::Pi | Node::Symbol(..) => Ok(Series::term(0, len, e)),
            Node::Sum(_) => Ok(parts[1..].iter().fold(parts[0].clone(), |total, part| total.plus(part))),
            Node::Product(_) => Ok(parts[1..].iter().fold(parts[0].clone(), |total, part| total.times(part))),
            Node::Power(_, r) => parts[0].clone().power(r, x),
            Node::Apply(function, _) => parts[0].clone().apply(*function, x),
        })
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
