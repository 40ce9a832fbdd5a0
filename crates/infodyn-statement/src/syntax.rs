//! Statements as trees, and how they are printed.

use std::fmt;

use infodyn_core::Quantity;

use crate::name::{Clock, Critical, Function, Pointwise, Symbol};

/// A part of a statement, and the column where it stands, or its operator.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: Kind,
    /// Characters from 1; of a part that no text had, that of the part that it came from.
    pub column: usize,
}

/// Equal when they say the same, wherever they stand.
impl PartialEq for Expr {
    fn eq(&self, o: &Self) -> bool {
        self.kind == o.kind
    }
}

/// Of which law a quantity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The law itself.
    Law,
    /// The Gaussian of its mean and covariance.
    Gaussian,
    /// The law given a label.
    Class(Index),
}

/// A component or a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Index {
    /// By its number, from 0.
    Number(usize),
    /// Each: what is said must hold for every one.
    Each,
}

/// What a part of a statement is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A number `>= 0`.
    Number(f64),
    /// A number of the process, the level or the law.
    Symbol(Symbol),
    /// A quantity of a law.
    Quantity(Subject, Quantity),
    /// The weight of a component.
    Weight(Index),
    /// Where the landscape changes.
    Critical(Critical),
    /// Variance of what the flow guided to a label with a strength ends in, over that of the class.
    Guided(f64, Index),
    /// What the marginal says at the drawn point.
    Pointwise(Pointwise),
    /// `-a`.
    Negative(Box<Expr>),
    /// `a + b` and the like.
    Arithmetic(Operator, Box<Expr>, Box<Expr>),
    /// A function of its arguments, as many as it takes.
    Call(Function, Vec<Expr>),
    /// `d(a)/d(clock)`.
    Slope(Box<Expr>, Clock),
    /// `integral(a, clock, from, to)`.
    Integral(Box<Expr>, Clock, Box<[Expr; 2]>),
    /// Where a number is largest, in a clock; or how large.
    Peak(Extreme, Box<Expr>, Clock),
    /// A number moves in one direction only.
    Monotone(Direction, Box<Expr>, Clock),
    /// `a <= b` and the like.
    Relation(Relation, Box<Expr>, Box<Expr>),
    /// Both hold.
    And(Box<Expr>, Box<Expr>),
    /// The second holds wherever the first does.
    Implies(Box<Expr>, Box<Expr>),
    /// It holds at every drawn point.
    At(Box<Expr>),
}

/// What a peak is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Extreme {
    /// Its place.
    Argmax,
    /// Its height.
    Maximum,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Up with the clock.
    Increasing,
    /// Down.
    Decreasing,
    /// Either, all along.
    Monotone,
}

/// Two numbers made one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Times,
    /// `/`
    Divide,
    /// `^`
    Power,
}

/// How two sides stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// `==`
    Equal,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `<`
    Less,
    /// `>`
    Greater,
}

impl Operator {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Times => "*",
            Self::Divide => "/",
            Self::Power => "^",
        }
    }
}

impl Relation {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::AtMost => "<=",
            Self::AtLeast => ">=",
            Self::Less => "<",
            Self::Greater => ">",
        }
    }
}

impl Direction {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Increasing => "increasing",
            Self::Decreasing => "decreasing",
            Self::Monotone => "monotone",
        }
    }
}

impl Extreme {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Argmax => "argmax",
            Self::Maximum => "maximum",
        }
    }
}

impl Expr {
    pub(crate) fn new(kind: Kind, column: usize) -> Self {
        Self { kind, column }
    }

    /// The parts, in the order of the text.
    #[must_use]
    pub fn parts(&self) -> Vec<&Self> {
        match &self.kind {
            Kind::Number(_)
            | Kind::Symbol(_)
            | Kind::Quantity(..)
            | Kind::Weight(_)
            | Kind::Critical(_)
            | Kind::Guided(..)
            | Kind::Pointwise(_) => vec![],
            Kind::Negative(a) | Kind::Slope(a, _) | Kind::Peak(_, a, _) | Kind::Monotone(_, a, _) | Kind::At(a) => {
                vec![&**a]
            }
            Kind::Arithmetic(_, a, b) | Kind::Relation(_, a, b) | Kind::And(a, b) | Kind::Implies(a, b) => {
                vec![&**a, &**b]
            }
            Kind::Call(_, arguments) => arguments.iter().collect(),
            Kind::Integral(a, _, ends) => vec![&**a, &ends[0], &ends[1]],
        }
    }

    /// The parts, to be changed.
    pub(crate) fn parts_mut(&mut self) -> Vec<&mut Self> {
        match &mut self.kind {
            Kind::Number(_)
            | Kind::Symbol(_)
            | Kind::Quantity(..)
            | Kind::Weight(_)
            | Kind::Critical(_)
            | Kind::Guided(..)
            | Kind::Pointwise(_) => vec![],
            Kind::Negative(a) | Kind::Slope(a, _) | Kind::Peak(_, a, _) | Kind::Monotone(_, a, _) | Kind::At(a) => {
                vec![&mut **a]
            }
            Kind::Arithmetic(_, a, b) | Kind::Relation(_, a, b) | Kind::And(a, b) | Kind::Implies(a, b) => {
                vec![&mut **a, &mut **b]
            }
            Kind::Call(_, arguments) => arguments.iter_mut().collect(),
            Kind::Integral(a, _, ends) => {
                let [from, to] = &mut **ends;
                vec![&mut **a, from, to]
            }
        }
    }

    /// Whether this part or one of its parts is so.
    pub fn any(&self, is: &mut dyn FnMut(&Self) -> bool) -> bool {
        is(self) || self.parts().into_iter().any(|part| part.any(is))
    }

    /// Whether it says something of `class[y]` or `weights[y]`, each label.
    #[must_use]
    pub fn is_of_each(&self) -> bool {
        match &self.kind {
            Kind::Quantity(Subject::Class(Index::Each), _)
            | Kind::Weight(Index::Each)
            | Kind::Guided(_, Index::Each) => true,
            Kind::Call(Function::MeanOverY, _) => false,
            _ => self.parts().into_iter().any(Self::is_of_each),
        }
    }

    /// Whether it depends on the noise level at which it is read.
    #[must_use]
    pub fn is_at_level(&self) -> bool {
        match &self.kind {
            Kind::Symbol(
                Symbol::Dim
                | Symbol::Components
                | Symbol::Points
                | Symbol::Labels
                | Symbol::Pi
                | Symbol::TotalVariance
                | Symbol::TopVariance
                | Symbol::LabelPriorEntropy
                | Symbol::DataEntropy,
            )
            | Kind::Number(_)
            | Kind::Weight(_)
            | Kind::Critical(_)
            | Kind::Guided(..)
            | Kind::Peak(..)
            | Kind::Monotone(..) => false,
            Kind::Symbol(_) | Kind::Quantity(..) | Kind::Pointwise(_) | Kind::Slope(..) | Kind::At(_) => true,
            Kind::Integral(_, _, ends) => ends.iter().any(Self::is_at_level),
            _ => self.parts().into_iter().any(Self::is_at_level),
        }
    }

    /// How tightly it binds where it is printed.
    fn binding(&self) -> u8 {
        match &self.kind {
            Kind::At(_) => 0,
            Kind::Implies(..) => 1,
            Kind::And(..) => 2,
            Kind::Relation(..) => 3,
            Kind::Arithmetic(Operator::Add | Operator::Subtract, ..) => 4,
            Kind::Arithmetic(Operator::Times | Operator::Divide, ..) => 5,
            Kind::Negative(_) => 6,
            Kind::Arithmetic(Operator::Power, ..) => 7,
            _ => 8,
        }
    }

    /// Prints it, in parentheses unless it binds at least as tightly as `least`.
    fn within(&self, least: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.binding() < least { write!(f, "({self})") } else { write!(f, "{self}") }
    }

    fn binary(f: &mut fmt::Formatter<'_>, sides: [(&Self, u8); 2], between: &str) -> fmt::Result {
        sides[0].0.within(sides[0].1, f)?;
        f.write_str(between)?;
        sides[1].0.within(sides[1].1, f)
    }
}

/// The shortest decimal that reads as this double.
fn decimal(x: f64) -> String {
    if x == x.round() && x < 1e15 { format!("{x:.0}") } else { format!("{x:?}") }
}

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(n) => write!(f, "{n}"),
            Self::Each => f.write_str("y"),
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Number(x) => f.write_str(&decimal(*x)),
            Kind::Symbol(symbol) => f.write_str(symbol.name()),
            Kind::Quantity(Subject::Law, q) => f.write_str(q.name()),
            Kind::Quantity(Subject::Gaussian, q) => write!(f, "gaussian.{}", q.name()),
            Kind::Quantity(Subject::Class(y), q) => write!(f, "class[{y}].{}", q.name()),
            Kind::Weight(i) => write!(f, "weights[{i}]"),
            Kind::Critical(c) => f.write_str(c.name()),
            Kind::Guided(strength, y) => write!(f, "guided({}).class[{y}].variance_ratio", decimal(*strength)),
            Kind::Pointwise(p) => f.write_str(p.name()),
            Kind::Negative(a) => {
                f.write_str("-")?;
                a.within(6, f)
            }
            Kind::Arithmetic(op, a, b) => {
                // A power groups from the right, all else from the left.
                let (text, least) = match op {
                    Operator::Add => (" + ", [4, 5]),
                    Operator::Subtract => (" - ", [4, 5]),
                    Operator::Times => ("*", [5, 6]),
                    Operator::Divide => ("/", [5, 6]),
                    Operator::Power => ("^", [8, 6]),
                };
                Self::binary(f, [(a, least[0]), (b, least[1])], text)
            }
            Kind::Call(function, arguments) => {
                write!(f, "{}(", function.name())?;
                for (i, argument) in arguments.iter().enumerate() {
                    f.write_str(if i > 0 { ", " } else { "" })?;
                    argument.fmt(f)?;
                }
                f.write_str(")")
            }
            Kind::Slope(a, Clock::T) => write!(f, "d({a})/dt"),
            Kind::Slope(a, clock) => write!(f, "d({a})/d({})", clock.name()),
            Kind::Integral(a, clock, ends) => write!(f, "integral({a}, {}, {}, {})", clock.name(), ends[0], ends[1]),
            Kind::Peak(what, a, clock) => write!(f, "{}({a}, {})", what.name(), clock.name()),
            Kind::Monotone(which, a, clock) => write!(f, "{}({a}, {})", which.name(), clock.name()),
            Kind::Relation(relation, a, b) => Self::binary(f, [(a, 4), (b, 4)], &format!(" {} ", relation.name())),
            Kind::And(a, b) => Self::binary(f, [(a, 2), (b, 3)], " and "),
            Kind::Implies(a, b) => Self::binary(f, [(a, 2), (b, 1)], " implies "),
            Kind::At(a) => write!(f, "at x: {a}"),
        }
    }
}
