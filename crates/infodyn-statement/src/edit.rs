//! Small changes of a statement, each of which says something else.

use crate::name::Clock;
use crate::statement::Statement;
use crate::syntax::{Expr, Kind, Operator, Relation};
use crate::typing;

/// A statement that is another by one small change.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// What stands in place of what.
    pub what: String,
    /// The other statement.
    pub statement: Statement,
}

impl Statement {
    /// All statements that are this one but for a small change: a factor of 2 or 1/2, a sign, a clock, a relation, a
    /// condition left out. Those whose units do not fit are left out.
    #[must_use]
    pub fn edits(&self) -> Vec<Edit> {
        let mut found = Vec::new();
        let mut path = Vec::new();
        visit(&self.0, &self.0, &mut path, &mut found);
        found
    }
}

fn visit(whole: &Expr, here: &Expr, path: &mut Vec<usize>, found: &mut Vec<Edit>) {
    for (what, other) in changes(here) {
        let changed = with(whole, path, other);
        let new = |e: &Edit| e.statement.expr() != &changed;
        if changed != *whole && found.iter().all(new) && typing::check(&changed).is_ok() {
            found.push(Edit { what, statement: Statement(changed) });
        }
    }
    for (i, part) in here.parts().into_iter().enumerate() {
        path.push(i);
        visit(whole, part, path, found);
        path.pop();
    }
}

/// The whole with another part at the end of the path.
fn with(whole: &Expr, path: &[usize], other: Expr) -> Expr {
    let mut changed = whole.clone();
    let mut here = &mut changed;
    for &i in path {
        match here.parts_mut().into_iter().nth(i) {
            Some(part) => here = part,
            None => return whole.clone(),
        }
    }
    *here = other;
    changed
}

fn changes(part: &Expr) -> Vec<(String, Expr)> {
    let column = part.column;
    let make = |kind| Expr::new(kind, column);
    let scaled =
        |e: &Expr, operator| make(Kind::Arithmetic(operator, Box::new(e.clone()), Box::new(make(Kind::Number(2.0)))));
    let mut changes = Vec::new();
    match &part.kind {
        Kind::Relation(relation, a, b) => {
            let turned = match relation {
                Relation::Equal => None,
                Relation::AtMost => Some(Relation::AtLeast),
                Relation::AtLeast => Some(Relation::AtMost),
                Relation::Less => Some(Relation::Greater),
                Relation::Greater => Some(Relation::Less),
            };
            for (operator, what) in [(Operator::Times, "twice"), (Operator::Divide, "half of")] {
                let right = Box::new(scaled(b, operator));
                changes.push((format!("{what} the right side"), make(Kind::Relation(*relation, a.clone(), right))));
            }
            let minus = Box::new(make(Kind::Negative(b.clone())));
            changes.push(("minus the right side".to_owned(), make(Kind::Relation(*relation, a.clone(), minus))));
            if let Some(turned) = turned {
                let what = format!("{} in place of {}", turned.name(), relation.name());
                changes.push((what, make(Kind::Relation(turned, a.clone(), b.clone()))));
            }
        }
        Kind::Arithmetic(operator @ (Operator::Add | Operator::Subtract), a, b) => {
            let other = if *operator == Operator::Add { Operator::Subtract } else { Operator::Add };
            let what = format!("{} in place of {}", other.name(), operator.name());
            changes.push((what, make(Kind::Arithmetic(other, a.clone(), b.clone()))));
            for (scale, what) in [(Operator::Times, "twice"), (Operator::Divide, "half of")] {
                let side = Box::new(scaled(b, scale));
                changes.push((format!("{what} {b}"), make(Kind::Arithmetic(*operator, a.clone(), side))));
            }
        }
        Kind::Slope(a, clock) => other_clocks(*clock, &mut changes, |c| make(Kind::Slope(a.clone(), c))),
        Kind::Integral(a, clock, ends) => {
            other_clocks(*clock, &mut changes, |c| make(Kind::Integral(a.clone(), c, ends.clone())));
        }
        Kind::Peak(what, a, clock) => {
            other_clocks(*clock, &mut changes, |c| make(Kind::Peak(*what, a.clone(), c)));
        }
        Kind::Implies(condition, b) => changes.push((format!("without {condition}"), (**b).clone())),
        _ => {}
    }
    changes
}

fn other_clocks(clock: Clock, changes: &mut Vec<(String, Expr)>, make: impl Fn(Clock) -> Expr) {
    for row in Clock::TABLE.iter().filter(|row| row.0 != clock) {
        changes.push((format!("the clock {} in place of {}", row.1, clock.name()), make(row.0)));
    }
}
