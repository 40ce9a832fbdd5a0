//! Shapes and units of the parts of a statement.

use crate::error::{Error, Result};
use crate::name::{Clock, Function, Pointwise, unit_of};
use crate::syntax::{Expr, Extreme, Kind, Operator};
use crate::unit::Unit;

/// What a part of a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Number,
    Vector,
    Matrix,
    Statement,
}

impl Shape {
    fn name(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Vector => "a vector",
            Self::Matrix => "a matrix",
            Self::Statement => "a statement",
        }
    }
}

/// Shape and unit; a number that no name stands in fits every unit.
#[derive(Debug, Clone, Copy)]
struct Type {
    shape: Shape,
    unit: Unit,
    free: bool,
}

impl Type {
    fn of(shape: Shape, unit: Unit) -> Self {
        Self { shape, unit, free: false }
    }

    fn number(unit: Unit) -> Self {
        Self::of(Shape::Number, unit)
    }
}

/// Refuses what is no statement, and units that cannot be added or compared.
pub(crate) fn check(statement: &Expr) -> Result<()> {
    let found = of(statement, false)?;
    if found.shape == Shape::Statement {
        return Ok(());
    }
    let expected = "a relation such as mmse <= gaussian.mmse".to_owned();
    Err(shape(statement, found.shape, expected))
}

fn shape(what: &Expr, found: Shape, expected: String) -> Error {
    Error::Shape { column: what.column, what: brief(what), found: found.name().to_owned(), expected }
}

/// The printed part, or its beginning.
fn brief(part: &Expr) -> String {
    let text = part.to_string();
    if text.len() <= 60 { text } else { text.chars().take(57).chain("...".chars()).collect() }
}

/// Two sides that are added or compared.
fn together(column: usize, a: (&Expr, Type), b: (&Expr, Type), done: &'static str) -> Result<Type> {
    if a.1.shape != b.1.shape {
        let expected = format!("{}, as {} is", a.1.shape.name(), brief(a.0));
        return Err(shape(b.0, b.1.shape, expected));
    }
    if !(a.1.free || b.1.free || a.1.unit.agrees(b.1.unit)) {
        return Err(Error::Units {
            column,
            left: brief(a.0),
            left_unit: a.1.unit.to_string(),
            right: brief(b.0),
            right_unit: b.1.unit.to_string(),
            done,
        });
    }
    // The one with a unit says it; of two, one in nats.
    let first = b.1.free || (!a.1.free && a.1.unit != Unit::NONE);
    Ok(Type { free: a.1.free && b.1.free, ..if first { a.1 } else { b.1 } })
}

/// The type of a part; `drawn` within `at x:`.
fn of(part: &Expr, drawn: bool) -> Result<Type> {
    let number = |e: &Expr| -> Result<Type> {
        let found = of(e, drawn)?;
        if found.shape == Shape::Number { Ok(found) } else { Err(shape(e, found.shape, "a number".to_owned())) }
    };
    let statement = |e: &Expr, drawn: bool| -> Result<Type> {
        let found = of(e, drawn)?;
        let expected = || "a relation such as mmse <= gaussian.mmse".to_owned();
        if found.shape == Shape::Statement { Ok(found) } else { Err(shape(e, found.shape, expected())) }
    };
    // What moves along the process is no statement and holds no drawn point.
    let moving = |e: &Expr| -> Result<Type> {
        let found = of(e, false)?;
        if found.shape == Shape::Number { Ok(found) } else { Err(shape(e, found.shape, "a number".to_owned())) }
    };
    Ok(match &part.kind {
        Kind::Number(_) => Type { free: true, ..Type::number(Unit::NONE) },
        Kind::Symbol(symbol) => Type::number(symbol.unit()),
        Kind::Quantity(_, quantity) => Type::number(unit_of(*quantity)),
        Kind::Weight(_) | Kind::Guided(..) => Type::number(Unit::NONE),
        Kind::Critical(critical) => Type::number(critical.unit()),
        Kind::Pointwise(_) if !drawn => {
            return Err(Error::Shape {
                column: part.column,
                what: brief(part),
                found: "said of a point".to_owned(),
                expected: "at x: before it".to_owned(),
            });
        }
        Kind::Pointwise(point) => {
            let shape = match point {
                Pointwise::X | Pointwise::Score | Pointwise::Denoiser => Shape::Vector,
                Pointwise::PosteriorCovariance => Shape::Matrix,
                Pointwise::LogDensity | Pointwise::LabelPosteriorEntropy => Shape::Number,
            };
            Type::of(shape, point.unit())
        }
        Kind::Negative(a) => {
            let found = of(a, drawn)?;
            if found.shape == Shape::Statement {
                return Err(shape(a, found.shape, "a number".to_owned()));
            }
            found
        }
        Kind::Arithmetic(operator, a, b) => arithmetic(part.column, *operator, (a, of(a, drawn)?), (b, of(b, drawn)?))?,
        Kind::Call(function, arguments) => call(part, *function, arguments, drawn)?,
        Kind::Slope(a, clock) => Type::number(moving(a)?.unit.per(clock.unit())),
        Kind::Integral(a, clock, ends) => {
            for end in ends.iter() {
                let limit = (end, number(end)?);
                let clock = Type::number(clock.unit());
                together(end.column, limit, (&named(*clock_of(part), end.column), clock), "compared")?;
            }
            Type::number(moving(a)?.unit.times(clock.unit()))
        }
        Kind::Peak(what, a, clock) => {
            let height = moving(a)?.unit;
            Type::number(if *what == Extreme::Argmax { clock.unit() } else { height })
        }
        Kind::Monotone(_, a, _) => {
            moving(a)?;
            Type::of(Shape::Statement, Unit::NONE)
        }
        Kind::Relation(relation, a, b) => {
            let sides = [of(a, drawn)?, of(b, drawn)?];
            if let Some((e, found)) = [a, b].into_iter().zip(sides).find(|(_, t)| t.shape == Shape::Statement) {
                return Err(shape(e, found.shape, "a number".to_owned()));
            }
            let both = together(part.column, (a, sides[0]), (b, sides[1]), "compared")?;
            if both.shape != Shape::Number && *relation != crate::syntax::Relation::Equal {
                let expected = format!("a number, or == in place of {}", relation.name());
                return Err(shape(a, both.shape, expected));
            }
            Type::of(Shape::Statement, Unit::NONE)
        }
        Kind::And(a, b) | Kind::Implies(a, b) => {
            statement(a, drawn)?;
            statement(b, drawn)?
        }
        Kind::At(_) if drawn => {
            return Err(Error::Shape {
                column: part.column,
                what: "at x:".to_owned(),
                found: "within another at x:".to_owned(),
                expected: "one of them".to_owned(),
            });
        }
        Kind::At(a) => statement(a, true)?,
    })
}

/// The clock of an integral.
fn clock_of(part: &Expr) -> &Clock {
    match &part.kind {
        Kind::Integral(_, clock, _) => clock,
        _ => &Clock::T,
    }
}

/// A clock as a part that can be told of.
fn named(clock: Clock, column: usize) -> Expr {
    let symbol = crate::name::symbol(clock.name()).unwrap_or(crate::name::Symbol::T);
    Expr::new(Kind::Symbol(symbol), column)
}

fn arithmetic(column: usize, operator: Operator, a: (&Expr, Type), b: (&Expr, Type)) -> Result<Type> {
    for (e, found) in [a, b] {
        if found.shape == Shape::Statement {
            return Err(shape(e, found.shape, "a number".to_owned()));
        }
    }
    let free = a.1.free && b.1.free;
    let one = |expected: &str, e: (&Expr, Type)| -> Result<()> {
        if e.1.shape == Shape::Number { Ok(()) } else { Err(shape(e.0, e.1.shape, expected.to_owned())) }
    };
    Ok(match operator {
        Operator::Add => together(column, a, b, "added")?,
        Operator::Subtract => together(column, a, b, "subtracted")?,
        Operator::Times => {
            // A number scales everything; of two vectors there is no product.
            if a.1.shape != Shape::Number {
                one("a number to multiply by", b)?;
            }
            let shape = if a.1.shape == Shape::Number { b.1.shape } else { a.1.shape };
            Type { shape, unit: a.1.unit.times(b.1.unit), free }
        }
        Operator::Divide => {
            one("a number to divide by", b)?;
            Type { shape: a.1.shape, unit: a.1.unit.per(b.1.unit), free }
        }
        Operator::Power => {
            one("a number", a)?;
            one("a number", b)?;
            if !b.1.unit.is_none() {
                let found = b.1.unit.to_string();
                return Err(Error::Shape {
                    column: b.0.column,
                    what: brief(b.0),
                    found: format!("in {found}"),
                    expected: "an exponent without unit".to_owned(),
                });
            }
            if a.1.free || a.1.unit.is_none() {
                let unit = constant(b.0).and_then(|n| a.1.unit.power(n)).unwrap_or(Unit::NONE);
                return Ok(Type { free, ..Type::number(unit) });
            }
            let unit = constant(b.0).and_then(|n| a.1.unit.power(n)).ok_or_else(|| Error::Shape {
                column: b.0.column,
                what: brief(b.0),
                found: format!("the exponent of {}, in {}", brief(a.0), a.1.unit),
                expected: "a number such as 2 or 1/2".to_owned(),
            })?;
            Type::number(unit)
        }
    })
}

/// The value of a part that is made of numbers.
pub(crate) fn constant(e: &Expr) -> Option<f64> {
    Some(match &e.kind {
        Kind::Number(x) => *x,
        Kind::Negative(a) => -constant(a)?,
        Kind::Arithmetic(operator, a, b) => {
            let (a, b) = (constant(a)?, constant(b)?);
            match operator {
                Operator::Add => a + b,
                Operator::Subtract => a - b,
                Operator::Times => a * b,
                Operator::Divide => a / b,
                Operator::Power => a.powf(b),
            }
        }
        _ => return None,
    })
}

fn call(part: &Expr, function: Function, arguments: &[Expr], drawn: bool) -> Result<Type> {
    let types = arguments.iter().map(|a| of(a, drawn)).collect::<Result<Vec<_>>>()?;
    let (Some(first), Some(argument)) = (types.first().copied(), arguments.first()) else {
        return Ok(Type::number(Unit::NONE));
    };
    let expect = |wanted: &[Shape], expected: &str| -> Result<()> {
        match arguments.iter().zip(&types).find(|(_, t)| !wanted.contains(&t.shape)) {
            Some((e, found)) => Err(shape(e, found.shape, expected.to_owned())),
            None => Ok(()),
        }
    };
    Ok(match function {
        Function::Exp | Function::Tanh => {
            expect(&[Shape::Number], "a number")?;
            if !first.unit.is_none() {
                return Err(Error::Shape {
                    column: argument.column,
                    what: brief(argument),
                    found: format!("in {}", first.unit),
                    expected: format!("a number without unit in {}", function.name()),
                });
            }
            Type { free: first.free, ..Type::number(Unit::NONE) }
        }
        // Entropies of densities are logarithms of volumes: the unit shifts the origin.
        Function::Log => {
            expect(&[Shape::Number], "a number")?;
            Type { free: first.free, ..Type::number(Unit::NATS) }
        }
        Function::Sqrt => {
            expect(&[Shape::Number], "a number")?;
            let unit = first.unit.power(0.5).ok_or_else(|| Error::Shape {
                column: argument.column,
                what: brief(argument),
                found: format!("in {}", first.unit),
                expected: "a unit that has a root".to_owned(),
            })?;
            Type { unit, ..first }
        }
        Function::Abs => {
            expect(&[Shape::Number], "a number")?;
            first
        }
        Function::Min | Function::Max => {
            expect(&[Shape::Number], "a number")?;
            together(part.column, (argument, first), (&arguments[1], types[1]), "compared")?
        }
        Function::Trace | Function::TopEigenvalue => {
            expect(&[Shape::Matrix], "a matrix such as jacobian(score)")?;
            Type::number(first.unit)
        }
        Function::Norm2 => {
            expect(&[Shape::Vector, Shape::Matrix], "a vector such as score")?;
            Type::number(first.unit.times(first.unit))
        }
        Function::Jacobian => match &argument.kind {
            Kind::Pointwise(Pointwise::Score | Pointwise::Denoiser) => {
                Type::of(Shape::Matrix, first.unit.per(Unit::LENGTH))
            }
            _ => return Err(shape(argument, first.shape, "score or denoiser".to_owned())),
        },
        Function::MeanOverY => {
            expect(&[Shape::Number], "a number")?;
            if drawn || !argument.is_of_each() {
                return Err(Error::Shape {
                    column: part.column,
                    what: brief(part),
                    found: "the same for every label".to_owned(),
                    expected: "something of class[y], and not at a point".to_owned(),
                });
            }
            first
        }
    })
}
