//! Exact derivatives and substitution.

use dashu_ratio::RBig;

use crate::expr::{Expr, Function, Node, Symbol};

/// A derivation: the linear map with the product rule that sends each listed symbol to its rate, and every
/// other symbol to 0.
///
/// The partial derivative in `x` sends `x` to 1. The derivative in time of an expression in `alpha` and
/// `sigma` sends `alpha` to `f alpha` and `sigma` to `f sigma + g^2/(2 sigma)`: general schedules need no
/// function symbols.
///
/// ```
/// use infodyn_symbolic::{Derivation, Symbol, decide};
/// let (alpha, f) = (Symbol::positive("alpha"), Symbol::real("f"));
/// let in_time = Derivation::new([(alpha.clone(), &f * &alpha)]);
/// assert!(decide(&(in_time.of(&alpha.log()) - &f)).is_zero());
/// ```
#[derive(Clone, Debug)]
pub struct Derivation {
    rates: Vec<(Symbol, Expr)>,
}

impl Derivation {
    /// The derivation with the given rates.
    pub fn new(rates: impl IntoIterator<Item = (Symbol, Expr)>) -> Self {
        Derivation { rates: rates.into_iter().collect() }
    }

    /// The same derivation with one more rate.
    #[must_use]
    pub fn with(mut self, symbol: &Symbol, rate: impl Into<Expr>) -> Self {
        self.rates.push((symbol.clone(), rate.into()));
        self
    }

    /// The derivative of `e`.
    #[must_use]
    pub fn of(&self, e: &Expr) -> Expr {
        e.fold(&mut |e, rates: Vec<Expr>| match e.node() {
            Node::Number(_) | Node::Pi => Expr::zero(),
            Node::Symbol(..) => {
                let rate = self.rates.iter().find(|(symbol, _)| **symbol == *e);
                rate.map_or_else(Expr::zero, |(_, rate)| rate.clone())
            }
            Node::Sum(_) => Expr::sum(rates),
            Node::Product(factors) => Expr::sum(rates.into_iter().enumerate().map(|(i, rate)| {
                let mut factors = factors.clone();
                factors[i] = rate;
                Expr::product(factors)
            })),
            Node::Power(base, r) => Expr::from(r.clone()) * base.power(&(r - RBig::ONE)) * &rates[0],
            Node::Apply(function, u) => {
                let slope = match function {
                    Function::Exp => e.clone(),
                    Function::Log => u.pow(-1),
                    Function::Sinh => u.cosh(),
                    Function::Cosh => u.sinh(),
                    Function::Tanh => 1 - e.pow(2),
                };
                slope * &rates[0]
            }
        })
    }
}

impl Expr {
    /// The partial derivative in `x`.
    #[must_use]
    pub fn diff(&self, x: &Symbol) -> Expr {
        Derivation::new([(x.clone(), Expr::one())]).of(self)
    }

    /// The expression with every listed symbol replaced, all at once.
    #[must_use]
    pub fn substitute(&self, replacements: &[(&Symbol, Expr)]) -> Expr {
        self.fold(&mut |e, parts: Vec<Expr>| match e.node() {
            Node::Number(_) | Node::Pi => e.clone(),
            Node::Symbol(..) => {
                let found = replacements.iter().find(|(symbol, _)| ***symbol == *e);
                found.map_or_else(|| e.clone(), |(_, value)| value.clone())
            }
            Node::Sum(_) => Expr::sum(parts),
            Node::Product(_) => Expr::product(parts),
            Node::Power(_, r) => parts[0].power(r),
            Node::Apply(function, _) => parts[0].apply(*function),
        })
    }
}
