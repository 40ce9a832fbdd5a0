//! Numbers, vectors and matrices with errors, and their functions.

use infodyn_core::{Estimate, ulps};
use infodyn_statement::{Function, Operator};
use nalgebra::DMatrix;

use super::{Found, Gap};

/// The value of a part.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Number(Estimate),
    Vector(Vec<Estimate>),
    /// Rows of this length, one after another.
    Matrix(usize, Vec<Estimate>),
}

const SHAPES: Gap = Gap::Unknown("shapes that do not fit");

impl Value {
    pub(super) fn number(self) -> Found<Estimate> {
        if let Self::Number(e) = self { Ok(e) } else { Err(SHAPES) }
    }

    pub(super) fn entries(&self) -> &[Estimate] {
        match self {
            Self::Number(e) => std::slice::from_ref(e),
            Self::Vector(v) | Self::Matrix(_, v) => v,
        }
    }

    pub(super) fn entry(&self, i: usize) -> Option<Estimate> {
        self.entries().get(i).copied()
    }

    pub(super) fn map(self, f: impl Fn(Estimate) -> Estimate) -> Self {
        match self {
            Self::Number(e) => Self::Number(f(e)),
            Self::Vector(v) => Self::Vector(v.into_iter().map(f).collect()),
            Self::Matrix(d, v) => Self::Matrix(d, v.into_iter().map(f).collect()),
        }
    }

    fn joined(self, o: Self, f: impl Fn(Estimate, Estimate) -> Estimate) -> Found<Self> {
        let all = |a: Vec<Estimate>, b: Vec<Estimate>| a.into_iter().zip(b).map(|(a, b)| f(a, b)).collect();
        Ok(match (self, o) {
            (Self::Number(a), Self::Number(b)) => Self::Number(f(a, b)),
            (Self::Vector(a), Self::Vector(b)) if a.len() == b.len() => Self::Vector(all(a, b)),
            (Self::Matrix(d, a), Self::Matrix(e, b)) if d == e => Self::Matrix(d, all(a, b)),
            _ => return Err(SHAPES),
        })
    }
}

/// A number as it is written: whole ones are exact.
pub(super) fn literal(x: f64) -> Estimate {
    if x == x.round() && x.abs() < 1.0 / f64::EPSILON { Estimate::given(x) } else { Estimate::near(x) }
}

pub(super) fn arithmetic(operator: Operator, a: Value, b: Value) -> Found<Value> {
    match operator {
        Operator::Add => a.joined(b, |a, b| a + b),
        Operator::Subtract => a.joined(b, |a, b| a - b),
        Operator::Times => match (a, b) {
            (Value::Number(a), b) => Ok(b.map(|b| a * b)),
            (a, Value::Number(b)) => Ok(a.map(|a| a * b)),
            _ => Err(SHAPES),
        },
        Operator::Divide => {
            let b = b.number()?;
            Ok(a.map(|a| a / b))
        }
        Operator::Power => Ok(Value::Number(power(a.number()?, b.number()?))),
    }
}

/// Most products of a power.
const PRODUCTS: f64 = 32.0;

fn power(a: Estimate, b: Estimate) -> Estimate {
    let n = b.value();
    if b.radius() == 0.0 && n == n.round() && n.abs() <= PRODUCTS {
        a.powi(n as i32)
    } else if b.radius() == 0.0 {
        if n == 0.5 { a.sqrt() } else { a.powf(n) }
    } else {
        (a.ln() * b).exp()
    }
}

/// A function of numbers, vectors and matrices.
pub(super) fn call(function: Function, values: &[Value]) -> Found<Value> {
    let first = values.first().ok_or(SHAPES)?;
    let number = |i: usize| values.get(i).cloned().ok_or(SHAPES)?.number();
    Ok(Value::Number(match function {
        Function::Exp => number(0)?.exp(),
        Function::Log => number(0)?.ln(),
        Function::Sqrt => number(0)?.sqrt(),
        Function::Tanh => tanh(number(0)?),
        Function::Abs => abs(number(0)?),
        Function::Min => -larger(-number(0)?, -number(1)?),
        Function::Max => larger(number(0)?, number(1)?),
        Function::Norm2 => first.entries().iter().map(|&e| e * e).sum(),
        Function::Trace => match first {
            Value::Matrix(d, entries) => entries.iter().step_by(d + 1).copied().sum(),
            _ => return Err(SHAPES),
        },
        Function::TopEigenvalue => match first {
            Value::Matrix(d, entries) => top_eigenvalue(*d, entries),
            _ => return Err(SHAPES),
        },
        // Known where the points and the labels are.
        Function::Jacobian | Function::MeanOverY => return Err(SHAPES),
    }))
}

/// `|x|` of an interval lies within the radius of `|value|`.
fn abs(e: Estimate) -> Estimate {
    if e.value() < 0.0 { -e } else { e }
}

/// The larger of two: moved by each at most as far as that moves.
fn larger(a: Estimate, b: Estimate) -> Estimate {
    let (more, less) = if a.value() >= b.value() { (a, b) } else { (b, a) };
    // Where the intervals do not meet it is one of them.
    if more.value() - more.radius() >= less.value() + less.radius() {
        return more;
    }
    more.widened((less.radius() - more.radius()).max(0.0))
}

/// `tanh u = -e/(2 + e)`, `e = exp(-2 |u|) - 1`, with the sign of `u`.
fn tanh(u: Estimate) -> Estimate {
    let size = (abs(u) * -2).exp_m1();
    let tanh = -(size / (size + 2));
    if u.value() < 0.0 { -tanh } else { tanh }
}

/// By Weyl's inequality the eigenvalue moves by at most the norm of what moves the matrix.
fn top_eigenvalue(d: usize, entries: &[Estimate]) -> Estimate {
    let matrix = DMatrix::from_row_iterator(d, d, entries.iter().map(|e| e.value()));
    let radii: f64 = entries.iter().map(|e| e.radius() * e.radius()).sum::<f64>().sqrt();
    let symmetric = (&matrix + matrix.transpose()) * 0.5;
    let off = (&matrix - &symmetric).norm();
    let size = symmetric.norm();
    let top = symmetric.symmetric_eigenvalues().max();
    Estimate::new(top, radii + off + ulps::eigenvalue(d) * f64::EPSILON * size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_contain_those_of_the_ends() {
        for e in [Estimate::new(0.3, 0.01), Estimate::new(-2.0, 0.5), Estimate::new(0.01, 0.1)] {
            for x in [e.value() - e.radius(), e.value(), e.value() + e.radius()] {
                assert!(tanh(e).widened(1e-15).contains(x.tanh()) && abs(e).widened(1e-15).contains(x.abs()), "{e}");
                let other = Estimate::new(0.2, 0.2);
                assert!(larger(e, other).widened(1e-15).contains(x.max(0.4)), "{e}");
                assert!(larger(e, other).widened(1e-15).contains(x.max(0.0)), "{e}");
            }
        }
        let matrix = [2.0, 1.0, 1.0, 2.0].map(|x| Estimate::new(x, 0.1));
        let top = top_eigenvalue(2, &matrix);
        assert!(top.contains(3.2) && top.contains(2.8) && top.radius() < 0.3, "{top}");
    }
}
