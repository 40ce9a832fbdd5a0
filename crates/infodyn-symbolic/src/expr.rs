//! Expressions: immutable, shared, built with operators.
//!
//! An [`Expr`] is a reference-counted node; copying one copies a pointer, so a formula that uses the
//! density `p` ten times stores it once. Construction simplifies only what no reader would miss (it
//! flattens sums and products, folds rational numbers, drops `+ 0` and `* 1`), so that a formula prints
//! as it was written. No simplification enlarges the set of points at which a formula is defined, with one
//! exception: a product with the number 0 is 0.

use std::collections::HashMap;
use std::convert::Infallible;
use std::ops::{Add, Deref, Div, Mul, Neg, Sub};
use std::sync::Arc;

use dashu_int::IBig;
use dashu_ratio::RBig;

/// What is known about the values that a symbol takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assumption {
    /// Any real number.
    Real,
    /// Any real number except 0.
    Nonzero,
    /// Any real number greater than 0.
    Positive,
}

/// The functions of one argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// The exponential function.
    Exp,
    /// The natural logarithm, defined for positive arguments.
    Log,
    /// The hyperbolic sine.
    Sinh,
    /// The hyperbolic cosine.
    Cosh,
    /// The hyperbolic tangent.
    Tanh,
}

/// One step of an expression; see [`Expr::node`].
#[derive(Debug, PartialEq, Eq)]
pub enum Node {
    /// A rational number.
    Number(RBig),
    /// The circle constant.
    Pi,
    /// A named symbol. The name and the assumption together are its identity.
    Symbol(String, Assumption),
    /// A sum of at least two terms, none of them a sum.
    Sum(Vec<Expr>),
    /// A product of at least two factors, none of them a product.
    Product(Vec<Expr>),
    /// A rational power. With an exponent that is not an integer it is defined for bases that are
    /// nonnegative (positive, if the exponent is negative), and is itself nonnegative.
    Power(Expr, RBig),
    /// A function applied to an argument.
    Apply(Function, Expr),
}

/// An exact expression over the reals.
///
/// Equality is structural: `x + y` and `y + x` differ. Use [`crate::decide`] to compare values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr(Arc<Node>);

/// A named variable with a declared assumption; dereferences to its [`Expr`].
///
/// Two symbols are the same variable exactly when both name and assumption agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol(Expr);

impl Symbol {
    /// A variable under `assumption`.
    pub fn new(name: impl Into<String>, assumption: Assumption) -> Self {
        Symbol(Expr(Arc::new(Node::Symbol(name.into(), assumption))))
    }

    /// A variable that takes every real value.
    pub fn real(name: impl Into<String>) -> Self {
        Symbol::new(name, Assumption::Real)
    }

    /// A variable that takes every real value but 0.
    pub fn nonzero(name: impl Into<String>) -> Self {
        Symbol::new(name, Assumption::Nonzero)
    }

    /// A variable that takes every positive value.
    pub fn positive(name: impl Into<String>) -> Self {
        Symbol::new(name, Assumption::Positive)
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self.0.node() {
            Node::Symbol(name, _) => name,
            _ => "",
        }
    }

    /// What is assumed of its values.
    #[must_use]
    pub fn assumption(&self) -> Assumption {
        match self.0.node() {
            Node::Symbol(_, assumption) => *assumption,
            _ => Assumption::Real,
        }
    }
}

impl Deref for Symbol {
    type Target = Expr;
    fn deref(&self) -> &Expr {
        &self.0
    }
}

impl Expr {
    fn from_node(node: Node) -> Self {
        Expr(Arc::new(node))
    }

    /// The outermost step.
    #[must_use]
    pub fn node(&self) -> &Node {
        &self.0
    }

    /// The symbol, if the expression is one.
    #[must_use]
    pub fn as_symbol(&self) -> Option<Symbol> {
        matches!(self.node(), Node::Symbol(..)).then(|| Symbol(self.clone()))
    }

    /// The number, if the expression is one.
    #[must_use]
    pub fn as_number(&self) -> Option<&RBig> {
        match self.node() {
            Node::Number(value) => Some(value),
            _ => None,
        }
    }

    /// Zero.
    #[must_use]
    pub fn zero() -> Self {
        Expr::from(0)
    }

    /// One.
    #[must_use]
    pub fn one() -> Self {
        Expr::from(1)
    }

    /// The circle constant.
    #[must_use]
    pub fn pi() -> Self {
        Expr::from_node(Node::Pi)
    }

    /// The number `numerator/denominator`; with denominator 0 it is an expression that is defined nowhere.
    #[must_use]
    pub fn ratio(numerator: i32, denominator: i32) -> Self {
        Expr::from(numerator) / Expr::from(denominator)
    }

    /// The sum of `terms`.
    pub fn sum(terms: impl IntoIterator<Item = Expr>) -> Self {
        let mut constant = RBig::ZERO;
        let inner = |node: &Node| if let Node::Sum(terms) = node { Some(terms.clone()) } else { None };
        let (mut flat, place) = flattened(terms, inner, |value| constant += value);
        if !constant.is_zero() {
            flat.insert(place, Expr::from(constant));
        }
        match flat.len() {
            0 => Expr::zero(),
            1 => flat.swap_remove(0),
            _ => Expr::from_node(Node::Sum(flat)),
        }
    }

    /// The product of `factors`.
    pub fn product(factors: impl IntoIterator<Item = Expr>) -> Self {
        let mut constant = RBig::ONE;
        let inner = |node: &Node| if let Node::Product(factors) = node { Some(factors.clone()) } else { None };
        let (mut flat, _) = flattened(factors, inner, |value| constant *= value);
        if constant.is_zero() {
            return Expr::zero();
        }
        if !constant.is_one() {
            flat.insert(0, Expr::from(constant));
        }
        match flat.len() {
            0 => Expr::one(),
            1 => flat.swap_remove(0),
            _ => Expr::from_node(Node::Product(flat)),
        }
    }

    /// The power with a rational exponent; see [`Node::Power`] for the domain.
    #[must_use]
    pub fn power(&self, exponent: &RBig) -> Self {
        if exponent.is_zero() {
            return Expr::one();
        }
        if exponent.is_one() {
            return self.clone();
        }
        match self.node() {
            Node::Number(base) if base.is_one() => return self.clone(),
            Node::Number(base) if exponent.is_int() && !base.is_zero() => {
                // Powers that no formula writes stay as they are.
                if let Ok(n) = i8::try_from(exponent.numerator()).map(isize::from) {
                    return Expr::from(base.pow(n));
                }
            }
            Node::Power(base, inner) if exponent.is_int() && inner.is_int() => {
                let negative = |r: &RBig| r.numerator() < &IBig::ZERO;
                if !(negative(exponent) && negative(inner)) {
                    return base.power(&(exponent * inner));
                }
            }
            _ => {}
        }
        Expr::from_node(Node::Power(self.clone(), exponent.clone()))
    }

    /// The integer power `self^n`.
    #[must_use]
    pub fn pow(&self, n: i32) -> Self {
        self.power(&RBig::from(n))
    }

    /// The nonnegative square root.
    #[must_use]
    pub fn sqrt(&self) -> Self {
        self.power(&RBig::from_parts(1.into(), 2u8.into()))
    }

    /// A function applied to this expression.
    #[must_use]
    pub fn apply(&self, function: Function) -> Self {
        match (function, self.as_number()) {
            (Function::Exp | Function::Cosh, Some(u)) if u.is_zero() => Expr::one(),
            (Function::Sinh | Function::Tanh, Some(u)) if u.is_zero() => Expr::zero(),
            (Function::Log, Some(u)) if u.is_one() => Expr::zero(),
            _ => Expr::from_node(Node::Apply(function, self.clone())),
        }
    }

    /// The inverse hyperbolic tangent, written as `log((1+u)/(1-u))/2`.
    #[must_use]
    pub fn artanh(&self) -> Self {
        ((1 + self) / (1 - self)).log() / 2
    }

    /// The inverse hyperbolic cosine, written as `log(u + sqrt(u^2-1))`.
    #[must_use]
    pub fn arcosh(&self) -> Self {
        (self + (self.pow(2) - 1).sqrt()).log()
    }

    /// The operands of the outermost step.
    #[must_use]
    pub fn parts(&self) -> &[Expr] {
        match self.node() {
            Node::Number(_) | Node::Pi | Node::Symbol(..) => &[],
            Node::Sum(parts) | Node::Product(parts) => parts,
            Node::Power(part, _) | Node::Apply(_, part) => std::slice::from_ref(part),
        }
    }

    /// The recursion by which every question about an expression is answered: `step` gets an expression and the
    /// answers for its [`parts`](Expr::parts), and is asked once for each shared part.
    ///
    /// # Errors
    /// The first error of `step`.
    pub(crate) fn try_fold<T: Clone, E>(&self, step: &mut impl FnMut(&Expr, Vec<T>) -> Result<T, E>) -> Result<T, E> {
        fn walk<T: Clone, E>(
            e: &Expr,
            step: &mut impl FnMut(&Expr, Vec<T>) -> Result<T, E>,
            known: &mut HashMap<*const Node, T>,
        ) -> Result<T, E> {
            if let Some(answer) = known.get(&Arc::as_ptr(&e.0)) {
                return Ok(answer.clone());
            }
            let parts = e.parts().iter().map(|part| walk(part, step, known)).collect::<Result<_, E>>()?;
            let answer = step(e, parts)?;
            known.insert(Arc::as_ptr(&e.0), answer.clone());
            Ok(answer)
        }
        walk(self, step, &mut HashMap::new())
    }

    /// As [`Expr::try_fold`], for steps that cannot fail.
    pub(crate) fn fold<T: Clone>(&self, step: &mut impl FnMut(&Expr, Vec<T>) -> T) -> T {
        let Ok(answer) = self.try_fold::<T, Infallible>(&mut |e, parts| Ok(step(e, parts)));
        answer
    }

    /// The symbols that occur, in order of first occurrence.
    #[must_use]
    pub fn symbols(&self) -> Vec<Symbol> {
        let mut found = Vec::new();
        self.fold(&mut |e, _: Vec<()>| found.extend(e.as_symbol().filter(|symbol| !found.contains(symbol))));
        found
    }
}

macro_rules! functions {
    ($($doc:literal $name:ident $function:ident;)*) => {
        impl Expr {$(
            #[doc = $doc]
            #[must_use]
            pub fn $name(&self) -> Self {
                self.apply(Function::$function)
            }
        )*}
    };
}
functions! {
    "The exponential." exp Exp;
    "The natural logarithm." log Log;
    "The hyperbolic sine." sinh Sinh;
    "The hyperbolic cosine." cosh Cosh;
    "The hyperbolic tangent." tanh Tanh;
}

/// The operands of a sum or a product, those of nested ones included, except the numbers, which are handed to
/// `absorb`; and the place of the first number.
fn flattened(
    operands: impl IntoIterator<Item = Expr>,
    inner: impl Fn(&Node) -> Option<Vec<Expr>>,
    mut absorb: impl FnMut(&RBig),
) -> (Vec<Expr>, usize) {
    let (mut flat, mut place) = (Vec::new(), None);
    for operand in operands {
        for part in inner(operand.node()).unwrap_or_else(|| vec![operand]) {
            match part.as_number() {
                Some(value) => {
                    absorb(value);
                    place.get_or_insert(flat.len());
                }
                None => flat.push(part),
            }
        }
    }
    (flat, place.unwrap_or(0))
}

impl From<RBig> for Expr {
    fn from(value: RBig) -> Self {
        Expr::from_node(Node::Number(value))
    }
}

impl From<i32> for Expr {
    fn from(value: i32) -> Self {
        Expr::from(RBig::from(value))
    }
}

macro_rules! shared {
    ($($operand:ty),*) => {$(
        impl From<$operand> for Expr {
            fn from(value: $operand) -> Self {
                Expr::clone(&value)
            }
        }
    )*};
}
shared!(&Expr, Symbol, &Symbol);

impl std::iter::Sum for Expr {
    fn sum<I: Iterator<Item = Expr>>(terms: I) -> Expr {
        Expr::sum(terms)
    }
}

impl std::iter::Product for Expr {
    fn product<I: Iterator<Item = Expr>>(factors: I) -> Expr {
        Expr::product(factors)
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, |$a:ident, $b:ident| $result:expr) => {
        operator!($trait, $method, |$a, $b| $result; Expr, &Expr, Symbol, &Symbol);
    };
    ($trait:ident, $method:ident, |$a:ident, $b:ident| $result:expr; $($operand:ty),*) => {$(
        impl<R: Into<Expr>> $trait<R> for $operand {
            type Output = Expr;
            fn $method(self, right: R) -> Expr {
                let ($a, $b) = (Expr::from(self), right.into());
                $result
            }
        }
        impl $trait<$operand> for i32 {
            type Output = Expr;
            fn $method(self, right: $operand) -> Expr {
                Expr::from(self).$method(right)
            }
        }
    )*};
}
operator!(Add, add, |a, b| Expr::sum([a, b]));
operator!(Sub, sub, |a, b| Expr::sum([a, -b]));
operator!(Mul, mul, |a, b| Expr::product([a, b]));
operator!(Div, div, |a, b| Expr::product([a, b.pow(-1)]));

macro_rules! negation {
    ($($operand:ty),*) => {$(
        impl Neg for $operand {
            type Output = Expr;
            fn neg(self) -> Expr {
                -1 * self
            }
        }
    )*};
}
negation!(Expr, &Expr, Symbol, &Symbol);
