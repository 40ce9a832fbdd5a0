//! Evaluation over any kind of number.

use dashu_ratio::RBig;

use crate::expr::{Expr, Function, Node, Symbol};

/// Why an expression has no value at a point.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluationError {
    /// A symbol was given no value.
    #[error("the symbol {name} has no value")]
    Unbound {
        /// Its name.
        name: String,
    },
    /// An operation is undefined, or not known to be defined, at its operand.
    #[error("{operation} is undefined here")]
    Undefined {
        /// The operation.
        operation: &'static str,
    },
}

/// The shorthand for an undefined operation.
pub(crate) fn undefined<T>(operation: &'static str) -> Result<T, EvaluationError> {
    Err(EvaluationError::Undefined { operation })
}

/// The operations that give an expression a value: implement it for a new kind of number (dual numbers,
/// intervals, jets) to evaluate formulas over it. The implementor carries settings such as the precision.
pub trait Arithmetic {
    /// The kind of number.
    type Value: Clone;
    /// A rational number.
    fn number(&self, value: &RBig) -> Self::Value;
    /// The circle constant.
    fn pi(&self) -> Self::Value;
    /// A sum.
    fn add(&self, a: &Self::Value, b: &Self::Value) -> Self::Value;
    /// A product.
    fn mul(&self, a: &Self::Value, b: &Self::Value) -> Self::Value;
    /// A rational power, on the domain of [`Node::Power`].
    ///
    /// # Errors
    /// Outside that domain.
    fn power(&self, base: &Self::Value, exponent: &RBig) -> Result<Self::Value, EvaluationError>;
    /// A function of one argument.
    ///
    /// # Errors
    /// Where the function is undefined.
    fn apply(&self, function: Function, argument: &Self::Value) -> Result<Self::Value, EvaluationError>;
}

/// Evaluation in double precision, for numbers that need no guarantee.
#[derive(Clone, Copy, Debug, Default)]
pub struct Float;

/// The nearest double to a rational.
pub(crate) fn to_f64(value: &RBig) -> f64 {
    value.to_f64().value()
}

impl Arithmetic for Float {
    type Value = f64;
    fn number(&self, value: &RBig) -> f64 {
        to_f64(value)
    }
    fn pi(&self) -> f64 {
        std::f64::consts::PI
    }
    fn add(&self, a: &f64, b: &f64) -> f64 {
        a + b
    }
    fn mul(&self, a: &f64, b: &f64) -> f64 {
        a * b
    }
    fn power(&self, base: &f64, exponent: &RBig) -> Result<f64, EvaluationError> {
        let value = match i32::try_from(exponent.numerator()) {
            Ok(n) if exponent.is_int() => base.powi(n),
            Ok(1) if to_f64(exponent) == 0.5 => base.sqrt(),
            _ => base.powf(to_f64(exponent)),
        };
        if value.is_finite() { Ok(value) } else { undefined("power") }
    }
    fn apply(&self, function: Function, u: &f64) -> Result<f64, EvaluationError> {
        let value = match function {
            Function::Exp => u.exp(),
            Function::Log => u.ln(),
            Function::Sinh => u.sinh(),
            Function::Cosh => u.cosh(),
            Function::Tanh => u.tanh(),
        };
        if value.is_finite() { Ok(value) } else { undefined("function") }
    }
}

impl Expr {
    /// The value over `arithmetic`, with symbols read by `at`. Shared subexpressions are evaluated once.
    ///
    /// ```
    /// use infodyn_symbolic::{Float, Symbol};
    /// let x = Symbol::real("x");
    /// let value = (&x * x.tanh()).evaluate(&Float, |_| Some(2.0)).unwrap();
    /// assert!((value - 2.0 * 2.0_f64.tanh()).abs() < 1e-15);
    /// ```
    ///
    /// # Errors
    /// When a symbol has no value, or an operation is undefined at the point.
    pub fn evaluate<A: Arithmetic>(
        &self,
        arithmetic: &A,
        at: impl Fn(&Symbol) -> Option<A::Value>,
    ) -> Result<A::Value, EvaluationError> {
        self.try_fold(&mut |e, values: Vec<A::Value>| match e.node() {
            Node::Number(value) => Ok(arithmetic.number(value)),
            Node::Pi => Ok(arithmetic.pi()),
            Node::Symbol(name, _) => {
                let value = e.as_symbol().and_then(|symbol| at(&symbol));
                value.ok_or_else(|| EvaluationError::Unbound { name: name.clone() })
            }
            Node::Sum(_) => {
                let zero = arithmetic.number(&RBig::ZERO);
                Ok(values.iter().fold(zero, |total, term| arithmetic.add(&total, term)))
            }
            Node::Product(_) => {
                let one = arithmetic.number(&RBig::ONE);
                Ok(values.iter().fold(one, |total, factor| arithmetic.mul(&total, factor)))
            }
            Node::Power(_, exponent) => arithmetic.power(&values[0], exponent),
            Node::Apply(function, _) => arithmetic.apply(*function, &values[0]),
        })
    }
}
