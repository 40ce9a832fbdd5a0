//! Dual numbers: derivatives that share no code with ours.

use std::marker::PhantomData;

use dashu_ratio::RBig;
use infodyn_symbolic::{Arithmetic, EvaluationError, Function};
use num_dual::DualNum;

/// Evaluates expressions in dual numbers.
#[derive(Debug, Default)]
pub struct Duals<T>(PhantomData<T>);

impl<T> Duals<T> {
    /// The evaluation.
    #[must_use]
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: DualNum<Primitive = f64>> Arithmetic for Duals<T> {
    type Value = T;
    fn number(&self, value: &RBig) -> T {
        T::from(value.to_f64().value())
    }
    fn pi(&self) -> T {
        T::from(std::f64::consts::PI)
    }
    fn add(&self, a: &T, b: &T) -> T {
        a.clone() + b.clone()
    }
    fn mul(&self, a: &T, b: &T) -> T {
        a.clone() * b.clone()
    }
    fn power(&self, base: &T, exponent: &RBig) -> Result<T, EvaluationError> {
        Ok(match i32::try_from(exponent.numerator()) {
            Ok(n) if exponent.is_int() => base.powi(n),
            _ => base.powf(exponent.to_f64().value()),
        })
    }
    fn apply(&self, function: Function, u: &T) -> Result<T, EvaluationError> {
        Ok(match function {
            Function::Exp => u.exp(),
            Function::Log => u.ln(),
            Function::Sinh => u.sinh(),
            Function::Cosh => u.cosh(),
            Function::Tanh => u.tanh(),
        })
    }
}
