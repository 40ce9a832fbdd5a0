//! Which quantities statements name, and how the levels are come by at which they ask for them: what is asked for at a
//! level is computed at once.

use infodyn_core::Quantity;
use infodyn_statement::{Clock, Expr, Kind, Subject};

/// How a level is come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It is that of the case.
    Here,
    /// By a step of a clock from another.
    Beside(Clock),
    /// As one of many along the process.
    Along,
}

/// The quantities that statements name, each with the way to its levels.
#[derive(Debug, Clone, Default)]
pub(super) struct Named(Vec<(Way, Subject, Quantity)>);

impl Named {
    /// Those of some statements.
    pub(super) fn by<'a>(statements: impl Iterator<Item = &'a Expr>) -> Self {
        let mut named = Self::default();
        statements.for_each(|statement| named.collect(statement, Way::Here));
        named
    }

    fn collect(&mut self, part: &Expr, way: Way) {
        let below = match &part.kind {
            Kind::Quantity(subject, quantity) => {
                let one = (way, *subject, *quantity);
                if !self.0.contains(&one) {
                    self.0.push(one);
                }
                way
            }
            Kind::Slope(_, clock) => Way::Beside(*clock),
            Kind::Integral(..) | Kind::Peak(..) | Kind::Monotone(..) => Way::Along,
            _ => way,
        };
        part.parts().into_iter().for_each(|part| self.collect(part, below));
    }

    /// Those whose levels are come by in this way.
    pub(super) fn at(&self, way: Way) -> impl Iterator<Item = (Subject, Quantity)> + '_ {
        self.0.iter().filter(move |one| one.0 == way).map(|&(_, subject, quantity)| (subject, quantity))
    }
}
