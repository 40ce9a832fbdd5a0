//! From text to a tree: the grammar of `statement.pest`, names resolved.

use std::sync::LazyLock;

use pest::Parser as _;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::{Pair, Pairs};
use pest::pratt_parser::{Assoc, Op, PrattParser};

use crate::error::{Error, Result};
use crate::name::{self, Clock, Critical, FORMS, Function, Pointwise};
use crate::syntax::{Direction, Expr, Extreme, Index, Kind, Operator, Relation, Subject};

// What a derive makes has no documentation.
#[allow(missing_docs)]
mod grammar {
    /// The grammar.
    #[derive(pest_derive::Parser)]
    #[grammar = "statement.pest"]
    pub(super) struct Grammar;
}
use grammar::{Grammar, Rule};

/// Characters of a statement at most, and parentheses within one another.
const LENGTH: usize = 1000;
const DEPTH: usize = 40;

/// Loosest first.
static PRECEDENCE: LazyLock<PrattParser<Rule>> = LazyLock::new(|| {
    PrattParser::new()
        .op(Op::prefix(Rule::at))
        .op(Op::infix(Rule::implies, Assoc::Right))
        .op(Op::infix(Rule::and, Assoc::Left))
        .op(Op::infix(Rule::relation, Assoc::Left))
        .op(Op::infix(Rule::add, Assoc::Left) | Op::infix(Rule::subtract, Assoc::Left))
        .op(Op::infix(Rule::times, Assoc::Left) | Op::infix(Rule::divide, Assoc::Left))
        .op(Op::prefix(Rule::minus))
        .op(Op::infix(Rule::power, Assoc::Right))
});

/// Whether a text is no longer than a statement may be.
fn short(text: &str, how: &str) -> Result<()> {
    let length = text.chars().count();
    if length <= LENGTH {
        return Ok(());
    }
    let what = format!("a statement of {length} characters{how}");
    Err(Error::Limit { column: LENGTH, what, expected: format!("at most {LENGTH}") })
}

/// Whether what a statement is printed as may be read: chains of relations are written out, and signs get parentheses.
pub(crate) fn printable(statement: &Expr) -> Result<()> {
    let printed = statement.to_string();
    short(&printed, ", its chains written out")?;
    parentheses(&printed)
}

/// The tree of a text, its names resolved and its units not looked at yet.
pub(crate) fn parse(text: &str) -> Result<Expr> {
    short(text, "")?;
    if text.trim().is_empty() {
        let expected = "a statement such as mmse <= gaussian.mmse".to_owned();
        return Err(Error::Syntax { column: 1, found: "nothing".to_owned(), expected });
    }
    parentheses(text)?;
    let mut pairs = Grammar::parse(Rule::statement, text).map_err(|e| syntax(text, &e))?;
    let inner = pairs.next().and_then(|p| p.into_inner().next());
    let Some(expression) = inner else { return Err(internal(1)) };
    Reader { text }.expression(expression.into_inner())
}

/// What cannot happen while the grammar is the one that this file reads.
fn internal(column: usize) -> Error {
    Error::Syntax { column, found: "a form that is not read".to_owned(), expected: "another".to_owned() }
}

/// Every parenthesis has its partner, and they are not too deep.
fn parentheses(text: &str) -> Result<()> {
    let mut open = Vec::new();
    for (i, c) in text.chars().enumerate() {
        match c {
            '(' if open.len() == DEPTH => {
                let what = format!("{} parentheses within one another", DEPTH + 1);
                return Err(Error::Limit { column: i + 1, what, expected: format!("at most {DEPTH}") });
            }
            '(' => open.push(i + 1),
            ')' if open.pop().is_none() => {
                return Err(Error::Parenthesis {
                    column: i + 1,
                    what: "this ) closes nothing, expected a ( before it",
                });
            }
            _ => {}
        }
    }
    let unclosed = |column| Err(Error::Parenthesis { column, what: "this ( is never closed, expected a ) after it" });
    open.pop().map_or(Ok(()), unclosed)
}

/// The parser's error in our words.
fn syntax(text: &str, error: &pest::error::Error<Rule>) -> Error {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let rest = text.get(at..).unwrap_or_default();
    let column = text.get(..at).unwrap_or_default().chars().count() + 1;
    let word: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let found = match rest.chars().next() {
        None => "the text ends".to_owned(),
        Some(c) if word.is_empty() => format!("{c:?}").replace('\'', "`"),
        Some(_) => format!("`{word}`"),
    };
    let operand = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => {
            positives.iter().any(|rule| matches!(rule, Rule::number | Rule::name | Rule::minus | Rule::expression))
        }
        ErrorVariant::CustomError { .. } => true,
    };
    let expected = match rest.chars().next() {
        Some('=') if !rest.starts_with("==") => "== for equality, <= or >=",
        Some('.') if text.get(..at).is_some_and(|before| before.contains("guided")) => {
            "guided(2).class[y].variance_ratio"
        }
        Some('[') => "an index such as weights[0] or class[y].mmse",
        Some('d') if rest.starts_with("d(") || rest.starts_with("d (") => {
            "a derivative such as d(mmse)/dt or d(mmse)/d(log_snr)"
        }
        _ if operand => "a number, a name or a (",
        Some(_) => "an operator (+ - * / ^ == <= >= < > and implies) or the end",
        None => "more",
    };
    Error::Syntax { column, found, expected: expected.to_owned() }
}

/// Reads the pairs of a text.
struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    fn column(&self, pair: &Pair<'_, Rule>) -> usize {
        self.text.get(..pair.as_span().start()).unwrap_or_default().chars().count() + 1
    }

    fn expression(&self, pairs: Pairs<'_, Rule>) -> Result<Expr> {
        PRECEDENCE
            .map_primary(|pair| self.operand(pair))
            .map_prefix(|op, a| {
                let kind = if op.as_rule() == Rule::at { Kind::At } else { Kind::Negative };
                Ok(Expr::new(kind(Box::new(a?)), self.column(&op)))
            })
            .map_infix(|a, op, b| self.infix(a?, &op, b?))
            .parse(pairs)
    }

    fn infix(&self, a: Expr, op: &Pair<'_, Rule>, b: Expr) -> Result<Expr> {
        let column = self.column(op);
        let arithmetic = |operator, a, b| Kind::Arithmetic(operator, Box::new(a), Box::new(b));
        let kind = match op.as_rule() {
            Rule::add => arithmetic(Operator::Add, a, b),
            Rule::subtract => arithmetic(Operator::Subtract, a, b),
            Rule::times => arithmetic(Operator::Times, a, b),
            Rule::divide => arithmetic(Operator::Divide, a, b),
            Rule::power => arithmetic(Operator::Power, a, b),
            Rule::and => Kind::And(Box::new(a), Box::new(b)),
            Rule::implies => Kind::Implies(Box::new(a), Box::new(b)),
            Rule::relation => {
                let all = [Relation::Equal, Relation::AtMost, Relation::AtLeast, Relation::Less, Relation::Greater];
                let relation = all.into_iter().find(|r| r.name() == op.as_str()).unwrap_or(Relation::Equal);
                chained(relation, a, b, column)
            }
            _ => return Err(internal(column)),
        };
        Ok(Expr::new(kind, column))
    }

    fn operand(&self, pair: Pair<'_, Rule>) -> Result<Expr> {
        let column = self.column(&pair);
        match pair.as_rule() {
            Rule::expression => self.expression(pair.into_inner()),
            Rule::guided => {
                let mut inner = pair.into_inner();
                let (Some(strength), Some(label)) = (inner.next(), inner.next()) else { return Err(internal(column)) };
                let strength = self.number(&strength)?;
                let label = index(label.as_str()).ok_or_else(|| index_too_large(column))?;
                Ok(Expr::new(Kind::Guided(strength, label), column))
            }
            Rule::number => Ok(Expr::new(Kind::Number(self.number(&pair)?), column)),
            Rule::symbol | Rule::name => self.name(pair.as_str(), column),
            Rule::slope => {
                let mut inner = pair.into_inner();
                let (Some(of), Some(over)) = (inner.next(), inner.next()) else { return Err(internal(column)) };
                let at = self.column(&over);
                let clock = match over.into_inner().next() {
                    Some(clock) if clock.as_rule() == Rule::clock => self.clock(clock.as_str(), at)?,
                    _ => Clock::T,
                };
                let of = self.expression(of.into_inner())?;
                Ok(Expr::new(Kind::Slope(Box::new(of), clock), column))
            }
            Rule::call => self.call(pair, column),
            _ => Err(internal(column)),
        }
    }

    fn number(&self, pair: &Pair<'_, Rule>) -> Result<f64> {
        let number: f64 = pair.as_str().parse().unwrap_or(f64::INFINITY);
        if number.is_finite() {
            return Ok(number);
        }
        let what = format!("the number {}", pair.as_str());
        Err(Error::Limit { column: self.column(pair), what, expected: "at most 1.8e308".to_owned() })
    }

    fn clock(&self, text: &str, column: usize) -> Result<Clock> {
        let read = if text == "gamma" { Some(Clock::Snr) } else { Clock::read(text) };
        read.ok_or_else(|| Error::Name {
            column,
            kind: "clock",
            name: text.to_owned(),
            nearest: "; a clock is t, log_snr, snr or sigma_over_alpha".to_owned(),
        })
    }

    fn name(&self, text: &str, column: usize) -> Result<Expr> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let unknown = |kind, text: &str, nearest| Error::Name { column, kind, name: text.to_owned(), nearest };
        let kind = if let Some((before, last)) = text.split_once('.') {
            if let Some(critical) = Critical::read(&text) {
                Kind::Critical(critical)
            } else {
                let subject = match before {
                    "gaussian" => Subject::Gaussian,
                    _ => match indexed(before) {
                        Some(("class", index)) => Subject::Class(index.ok_or_else(|| index_too_large(column))?),
                        _ => {
                            let near =
                                "; what has parts are gaussian, class[y], pitchfork, fold and branching".to_owned();
                            return Err(unknown("name", &text, near));
                        }
                    },
                };
                let quantities = || infodyn_core::Quantity::ALL.iter().map(|q| q.name());
                let quantity = name::quantity(last);
                let near = || unknown("quantity", last, name::nearest(last, quantities()));
                Kind::Quantity(subject, quantity.ok_or_else(near)?)
            }
        } else if let Some((list, index)) = indexed(&text) {
            if list != "weights" {
                return Err(unknown("list", list, "; did you mean weights[0] or class[0].mmse?".to_owned()));
            }
            Kind::Weight(index.ok_or_else(|| index_too_large(column))?)
        } else if let Some(quantity) = name::quantity(&text) {
            Kind::Quantity(Subject::Law, quantity)
        } else if let Some(symbol) = name::symbol(&text) {
            Kind::Symbol(symbol)
        } else if let Some(point) = Pointwise::read(&text) {
            Kind::Pointwise(point)
        } else {
            return Err(unknown("name", &text, name::nearest(&text, name::all_names())));
        };
        Ok(Expr::new(kind, column))
    }

    fn call(&self, pair: Pair<'_, Rule>, column: usize) -> Result<Expr> {
        let mut inner = pair.into_inner();
        let Some(callee) = inner.next() else { return Err(internal(column)) };
        let name = callee.as_str();
        let arguments: Vec<Pair<'_, Rule>> = inner.collect();
        let found = arguments.len();
        if let Some(&form) = FORMS.iter().find(|form| **form == name) {
            let (most, expected) = match form {
                "integral" => (4, "four arguments: integral(mmse, snr, 0.1, 10)"),
                _ => (2, "two arguments: what, and a clock such as log_snr"),
            };
            if found != most {
                return Err(Error::Arguments { column, name: form, expected, found });
            }
            let clock = self.clock(arguments[1].as_str().trim(), self.column(&arguments[1]))?;
            let read = |i: usize| self.expression(arguments[i].clone().into_inner());
            let of = Box::new(read(0)?);
            let kind = match form {
                "integral" => Kind::Integral(of, clock, Box::new([read(2)?, read(3)?])),
                "argmax" => Kind::Peak(Extreme::Argmax, of, clock),
                "maximum" => Kind::Peak(Extreme::Maximum, of, clock),
                "increasing" => Kind::Monotone(Direction::Increasing, of, clock),
                "decreasing" => Kind::Monotone(Direction::Decreasing, of, clock),
                _ => Kind::Monotone(Direction::Monotone, of, clock),
            };
            return Ok(Expr::new(kind, column));
        }
        if name == "guided" {
            let expected = "guided(2).class[y].variance_ratio".to_owned();
            return Err(Error::Syntax { column, found: "`guided`".to_owned(), expected });
        }
        let Some(function) = Function::read(name) else {
            let names = Function::TABLE.iter().map(|row| row.1).chain(FORMS);
            return Err(Error::Name {
                column,
                kind: "function",
                name: name.to_owned(),
                nearest: name::nearest(name, names),
            });
        };
        if found != function.arguments() {
            let expected = if function.arguments() == 1 { "one argument" } else { "two arguments" };
            return Err(Error::Arguments { column, name: function.name(), expected, found });
        }
        let read = |pair: Pair<'_, Rule>| self.expression(pair.into_inner());
        let arguments = arguments.into_iter().map(read).collect::<Result<Vec<_>>>()?;
        Ok(Expr::new(Kind::Call(function, arguments), column))
    }
}

/// `a <= b <= c` says `a <= b and b <= c`.
fn chained(relation: Relation, a: Expr, b: Expr, column: usize) -> Kind {
    let middle = match &a.kind {
        Kind::Relation(_, _, middle) => Some(middle.clone()),
        Kind::And(_, last) => match &last.kind {
            Kind::Relation(_, _, middle) => Some(middle.clone()),
            _ => None,
        },
        _ => None,
    };
    match middle {
        Some(middle) => {
            let second = Expr::new(Kind::Relation(relation, middle, Box::new(b)), column);
            Kind::And(Box::new(a), Box::new(second))
        }
        None => Kind::Relation(relation, Box::new(a), Box::new(b)),
    }
}

/// The list and the index of `weights[0]`; no index where it is too large.
fn indexed(text: &str) -> Option<(&str, Option<Index>)> {
    let (list, rest) = text.split_once('[')?;
    Some((list, index(rest.strip_suffix(']')?)))
}

/// `y` or a number; none where it is too large.
fn index(text: &str) -> Option<Index> {
    if text == "y" { Some(Index::Each) } else { text.parse().ok().map(Index::Number) }
}

fn index_too_large(column: usize) -> Error {
    Error::Limit { column, what: "the index".to_owned(), expected: "a label or component, from 0".to_owned() }
}
