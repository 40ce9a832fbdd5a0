//! Exact derivatives and substitution.

use std::collections::HashMap;

use dashu::rational::RBig;

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
        self.walk(e, &mut HashMap::new())
    }

    fn walk(&self, e: &Expr, memo: &mut HashMap<usize, Expr>) -> Expr {
        if let Some(known) = memo.get(&e.key()) {
            return known.clone();
        }
        let result = match e.node() {
            Node::Number(_) | Node::Pi => Expr::zero(),
            Node::Symbol(..) => {
                let rate = self.rates.iter().find(|(symbol, _)| **symbol == *e);
                rate.map_or_else(Expr::zero, |(_, rate)| rate.clone())
            }
            Node::Sum(terms) => Expr::sum(terms.iter().map(|term| self.walk(term, memo))),
            Node::Product(factors) => Expr::sum((0..factors.len()).map(|i| {
                let inner = self.walk(&factors[i], memo);
                let pick = |j: usize| if i == j { inner.clone() } else { factors[j].clone() };
                Expr::product((0..factors.len()).map(pick))
            })),
            Node::Power(base, r) => {
                let outer = Expr::from(r.clone()) * base.power(&(r - RBig::ONE));
                outer * self.walk(base, memo)
            }
            Node::Apply(function, u) => {
                let outer = match function {
                    Function::Exp => e.clone(),
                    Function::Log => u.pow(-1),
                    Function::Sinh => u.cosh(),
                    Function::Cosh => u.sinh(),
                    Function::Tanh => 1 - e.pow(2),
                };
                outer * self.walk(u, memo)
            }
        };
        memo.insert(e.key(), result.clone());
        result
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
        fn walk(e: &Expr, replacements: &[(&Symbol, Expr)], memo: &mut HashMap<usize, Expr>) -> Expr {
            if let Some(known) = memo.get(&e.key()) {
                return known.clone();
            }
            let result = match e.node() {
                Node::Number(_) | Node::Pi => e.clone(),
                Node::Symbol(..) => {
                    let found = replacements.iter().find(|(symbol, _)| ***symbol == *e);
                    found.map_or_else(|| e.clone(), |(_, value)| value.clone())
                }
                Node::Sum(terms) => Expr::sum(terms.iter().map(|t| walk(t, replacements, memo))),
                Node::Product(factors) => Expr::product(factors.iter().map(|t| walk(t, replacements, memo))),
                Node::Power(base, r) => walk(base, replacements, memo).power(r),
                Node::Apply(function, u) => walk(u, replacements, memo).apply(*function),
            };
            memo.insert(e.key(), result.clone());
            result
        }
        walk(self, replacements, &mut HashMap::new())
    }
}
