//! The zero test.

use dashu_ratio::RBig;
use rand_philox::Philox;

use crate::enclosure::Fixed;
use crate::evaluate::to_f64;
use crate::expr::{Assumption, Expr, Symbol};
use crate::normal::is_identically_zero;

/// The answer to the question whether an expression is zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The expression is 0 at every point at which it is defined and that satisfies the assumptions; there is
    /// such a point.
    Zero,
    /// At the witness, the expression is defined and is not 0.
    Nonzero {
        /// The point and the value there.
        witness: Witness,
    },
    /// Neither was shown.
    Undecided,
}

/// A point that satisfies all assumptions, and an enclosure of an expression's value there that excludes 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// A rational value for each symbol.
    pub point: Vec<(Symbol, RBig)>,
    /// A lower bound of the value.
    pub lower: RBig,
    /// An upper bound of the value.
    pub upper: RBig,
}

impl Witness {
    /// The value, in double precision.
    #[must_use]
    pub fn value(&self) -> f64 {
        f64::midpoint(to_f64(&self.lower), to_f64(&self.upper))
    }
}

impl std::fmt::Display for Witness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.6e} at ", self.value())?;
        for (i, (symbol, value)) in self.point.iter().enumerate() {
            write!(f, "{}{}={value}", if i > 0 { ", " } else { "" }, symbol.name())?;
        }
        Ok(())
    }
}

impl Verdict {
    /// Whether the expression was shown to be zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        matches!(self, Verdict::Zero)
    }

    /// Whether a witness shows that the expression is not zero.
    #[must_use]
    pub fn is_nonzero(&self) -> bool {
        matches!(self, Verdict::Nonzero { .. })
    }
}

/// Successive precisions of the search for a witness, in bits, and the points tried at each.
const EFFORTS: [(usize, usize); 2] = [(128, 4), (640, 12)];

/// Attempts to hit the domain of an expression, for each point asked for.
const ATTEMPTS: usize = 100;

/// Whether `e` is zero on its domain under the declared assumptions.
///
/// # Soundness
/// Two independent procedures must agree before an answer is given. *Evaluation*: at fixed rational points an
/// enclosure of the value is computed in interval arithmetic with proved remainders; one that excludes 0 is a
/// witness, and `Nonzero` is never answered without one. *Normal form*: the expression is written as a polynomial
/// in generators by rules that hold at every point of its domain (see the module `normal`); `Zero` is answered when
/// the polynomial vanishes *and* the evaluation has found a point of the domain, where the enclosure contained 0.
/// Symbols in the domain satisfy their assumptions, arguments of `log` are positive, bases of non-integer powers
/// nonnegative, and divisors nonzero.
///
/// ```
/// use infodyn_symbolic::{Symbol, decide};
/// let x = Symbol::real("x");
/// assert!(decide(&(1 - x.tanh().pow(2) - 4 / (x.exp() + (-&x).exp()).pow(2))).is_zero());
/// assert!(decide(&(x.pow(2).sqrt() - &x)).is_nonzero());
/// let x = Symbol::positive("x");
/// assert!(decide(&(x.pow(2).sqrt() - &x)).is_zero());
/// ```
#[must_use]
pub fn decide(e: &Expr) -> Verdict {
    let symbols = e.symbols();
    let mut points = Points(Philox::new([0, 0], 0));
    for (effort, (bits, wanted)) in EFFORTS.into_iter().enumerate() {
        let mut defined = 0;
        for _ in 0..wanted * ATTEMPTS {
            let point = points.next(&symbols);
            let arithmetic = Fixed::new(bits);
            let at = |symbol: &Symbol| {
                let found = point.iter().find(|(known, _)| known == symbol);
                found.map(|(_, value)| crate::evaluate::Arithmetic::number(&arithmetic, value))
            };
            let Ok(value) = e.evaluate(&arithmetic, at) else { continue };
            if value.excludes_zero() {
                let (lower, upper) = arithmetic.bounds(&value);
                return Verdict::Nonzero { witness: Witness { point, lower, upper } };
            }
            defined += 1;
            if defined == wanted {
                break;
            }
        }
        if effort == 0 && is_identically_zero(e) == Some(true) {
            return if defined > 0 { Verdict::Zero } else { Verdict::Undecided };
        }
    }
    Verdict::Undecided
}

/// A fixed sequence of rational points: they are only to be generic, not random.
struct Points(Philox);

impl Points {
    /// A point that satisfies the assumptions: coordinates `+-n/97`, of magnitudes up to 1/2, 1, 2 or 4.
    fn next(&mut self, symbols: &[Symbol]) -> Vec<(Symbol, RBig)> {
        let reach = [97, 194, 48, 388][usize::try_from(self.0.next_u64() % 4).unwrap_or(0)];
        let coordinate = |symbol: &Symbol| {
            let magnitude = RBig::from_parts((1 + self.0.next_u64() % reach).into(), 97u8.into());
            let negative = symbol.assumption() != Assumption::Positive && self.0.next_u64() % 2 == 1;
            (symbol.clone(), if negative { -magnitude } else { magnitude })
        };
        symbols.iter().map(coordinate).collect()
    }
}
