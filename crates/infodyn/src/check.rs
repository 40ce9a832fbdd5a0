//! What a statement comes to on one law under one process: both sides computed, with their errors.

pub mod claims;
mod function;
mod guided;
mod language;
mod moving;
mod named;
pub mod page;
mod pointwise;
mod relation;
mod world;

pub use self::language::{COMPONENTS, DIM, LAWS, Language, PROCESS, domain, judgement};

use infodyn_core::{Estimate, Rigor};
use infodyn_search::{Case, Effort, Judge, Judges, Outcome};
use infodyn_statement::{Expr, Function, Kind, Relation, Statement};

use self::function::Value;
use self::named::Named;
use self::relation::compare;
use self::world::World;
use crate::profile::Method;

/// A statement with the hypothesis under which it is said.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    statement: Statement,
    hypothesis: Option<Statement>,
}

/// Two sides of a relation, as they were computed.
#[derive(Debug, Clone, PartialEq)]
pub struct Sides {
    /// The relation.
    pub relation: String,
    /// The left side.
    pub lhs: Estimate,
    /// The right side.
    pub rhs: Estimate,
    /// The label that `y` stood for, where it stood for one.
    pub label: Option<usize>,
    /// The point that `x` stood for, where it stood for one.
    pub point: Option<Vec<f64>>,
}

/// What a statement comes to on a case, and the sides that decided it.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What it comes to.
    pub outcome: Outcome,
    /// The sides with the largest excess; none where no numbers were compared.
    pub sides: Option<Sides>,
}

impl Finding {
    /// Whether both sides are proved.
    #[must_use]
    pub fn is_enclosed(&self) -> bool {
        let proved = |e: Estimate| e.rigor() == Rigor::Enclosed;
        self.sides.as_ref().is_some_and(|s| proved(s.lhs) && proved(s.rhs))
    }

    /// Whether a side was sampled.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        let sampled = |e: Estimate| e.rigor() == Rigor::Sampled;
        self.sides.as_ref().is_some_and(|s| sampled(s.lhs) || sampled(s.rhs))
    }

    fn of(outcome: Outcome) -> Self {
        Self { outcome, sides: None }
    }
}

/// Why a part has no value on a case.
#[derive(Debug, Clone, PartialEq)]
enum Gap {
    /// It does not exist there, or the level lies outside the process.
    Outside,
    /// It could not be computed: why, in the same words for every case of the kind.
    Unknown(&'static str),
}

type Found<T> = std::result::Result<T, Gap>;

impl From<infodyn_quadrature::Error> for Gap {
    fn from(_: infodyn_quadrature::Error) -> Self {
        Self::Unknown("an integral or a derivative was not found")
    }
}

impl From<infodyn_core::Error> for Gap {
    fn from(_: infodyn_core::Error) -> Self {
        Self::Outside
    }
}

impl Judgement {
    /// A statement where a hypothesis holds; everywhere without one.
    #[must_use]
    pub fn new(statement: Statement, hypothesis: Option<Statement>) -> Self {
        Self { statement, hypothesis }
    }

    /// The statement.
    #[must_use]
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// The hypothesis.
    #[must_use]
    pub fn hypothesis(&self) -> Option<&Statement> {
        self.hypothesis.as_ref()
    }

    /// What it comes to on a case.
    ///
    /// # Accuracy
    /// Both sides are [`Estimate`]s; a relation is refuted where their intervals cannot stand in it, and undecided
    /// where an equality is not known to a tenth of its sides.
    #[must_use]
    pub fn find(&self, case: &Case, effort: Effort) -> Finding {
        self.find_in(&World::new(case, effort, Method::Auto, Named::by(self.parts())))
    }

    /// The same with quantities of one method alone: undecided where that does not serve.
    #[must_use]
    pub fn find_by(&self, case: &Case, method: Method) -> Finding {
        self.find_in(&World::new(case, Effort::Careful, method, Named::by(self.parts())))
    }

    /// Whether it depends on the noise level.
    #[must_use]
    pub fn at_level(&self) -> bool {
        self.statement.is_at_level() || self.hypothesis.as_ref().is_some_and(Statement::is_at_level)
    }

    /// The statement and its hypothesis.
    fn parts(&self) -> impl Iterator<Item = &Expr> {
        std::iter::once(&self.statement).chain(&self.hypothesis).map(Statement::expr)
    }

    fn find_in(&self, world: &World<'_>) -> Finding {
        if let Some(hypothesis) = &self.hypothesis {
            match of_each(hypothesis.expr(), world).outcome {
                Outcome::Holds { .. } => {}
                Outcome::Undecided { excess, .. } => {
                    return Finding::of(Outcome::Undecided { excess, why: "the hypothesis is undecided".to_owned() });
                }
                _ => return Finding::of(Outcome::Outside),
            }
        }
        of_each(self.statement.expr(), world)
    }
}

impl Judge for Judgement {
    fn judge(&self, case: &Case, effort: Effort) -> std::result::Result<Outcome, String> {
        Ok(self.find(case, effort).outcome)
    }

    fn at_level(&self) -> bool {
        Self::at_level(self)
    }
}

/// Statements that are judged together: a quantity that several of them name is computed once a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgements(pub Vec<Judgement>);

impl Judges for Judgements {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn one(&self, i: usize) -> &dyn Judge {
        &self.0[i]
    }

    fn look(&self, case: &Case, which: &[usize]) -> std::result::Result<Vec<Outcome>, String> {
        let some = || which.iter().map(|&i| &self.0[i]);
        let named = Named::by(some().flat_map(Judgement::parts));
        let world = World::new(case, Effort::Quick, Method::Auto, named);
        Ok(some().map(|one| one.find_in(&world).outcome).collect())
    }
}

/// A statement of `class[y]` is one of every label.
fn of_each(statement: &Expr, world: &World<'_>) -> Finding {
    if !statement.is_of_each() {
        return decide(statement, world);
    }
    let labels = world.labels();
    let all = (0..labels).map(|y| decide(statement, &world.with_label(y)));
    all.reduce(both).unwrap_or(Finding::of(Outcome::Outside))
}

fn decide(statement: &Expr, world: &World<'_>) -> Finding {
    match &statement.kind {
        Kind::And(a, b) => {
            let first = decide(a, world);
            if matches!(first.outcome, Outcome::Refuted { .. }) { first } else { both(first, decide(b, world)) }
        }
        Kind::Implies(a, b) => match decide(a, world).outcome {
            Outcome::Holds { .. } => decide(b, world),
            Outcome::Undecided { excess, .. } => {
                Finding::of(Outcome::Undecided { excess, why: "the condition is undecided".to_owned() })
            }
            _ => Finding::of(Outcome::Outside),
        },
        Kind::At(body) => match world.points() {
            Ok(points) => {
                let all = (0..points.len()).map(|i| decide(body, &world.at_point(&points, i)));
                all.reduce(both).unwrap_or(Finding::of(Outcome::Outside))
            }
            Err(gap) => gap.finding(),
        },
        Kind::Relation(relation, a, b) => relate(statement, *relation, (a, b), world),
        Kind::Monotone(direction, a, clock) => {
            moving::monotone(statement, *direction, a, *clock, world).unwrap_or_else(Gap::finding)
        }
        // Nothing else is a statement.
        _ => Finding::of(Outcome::Undecided { excess: 0.0, why: "no statement".to_owned() }),
    }
}

impl Gap {
    fn finding(self) -> Finding {
        Finding::of(match self {
            Self::Outside => Outcome::Outside,
            Self::Unknown(why) => Outcome::Undecided { excess: 0.0, why: why.to_owned() },
        })
    }
}

fn relate(statement: &Expr, relation: Relation, (a, b): (&Expr, &Expr), world: &World<'_>) -> Finding {
    let sides = || -> Found<(Value, Value)> { Ok((value(a, world)?, value(b, world)?)) };
    match sides() {
        Err(gap) => gap.finding(),
        Ok((a, b)) => {
            let (outcome, i) = compare(relation, &a, &b);
            let sides = a.entry(i).zip(b.entry(i)).map(|(lhs, rhs)| Sides {
                relation: statement.to_string(),
                lhs,
                rhs,
                label: world.label(),
                point: world.point(),
            });
            Finding { outcome, sides }
        }
    }
}

/// What two findings come to when both must hold.
fn both(a: Finding, b: Finding) -> Finding {
    fn rank(o: &Outcome) -> u8 {
        match o {
            Outcome::Refuted { .. } => 3,
            Outcome::Outside => 2,
            Outcome::Undecided { .. } => 1,
            Outcome::Holds { .. } => 0,
        }
    }
    let excess = |o: &Outcome| match o {
        Outcome::Refuted { excess } | Outcome::Undecided { excess, .. } | Outcome::Holds { excess, .. } => *excess,
        Outcome::Outside => 0.0,
    };
    let powers = match (&a.outcome, &b.outcome) {
        (Outcome::Holds { power: p, .. }, Outcome::Holds { power: q, .. }) => Some(p.max(*q)),
        _ => None,
    };
    let first = (rank(&a.outcome), excess(&a.outcome)) >= (rank(&b.outcome), excess(&b.outcome));
    let mut one = if first { a } else { b };
    if let (Outcome::Holds { power, .. }, Some(worst)) = (&mut one.outcome, powers) {
        *power = worst;
    }
    one
}

/// The value of a part.
fn value(part: &Expr, world: &World<'_>) -> Found<Value> {
    let number = |e: &Expr| -> Found<Estimate> { value(e, world)?.number() };
    Ok(match &part.kind {
        Kind::Number(x) => Value::Number(function::literal(*x)),
        Kind::Symbol(symbol) => Value::Number(world.symbol(*symbol)?),
        Kind::Quantity(subject, quantity) => Value::Number(world.quantity(*subject, *quantity)?),
        Kind::Weight(index) => Value::Number(world.weight(*index)?),
        Kind::Critical(critical) => Value::Number(world.critical(*critical)?),
        Kind::Guided(strength, label) => Value::Number(world.guided(*strength, *label)?),
        Kind::Pointwise(point) => world.said(*point)?,
        Kind::Negative(a) => value(a, world)?.map(|e| -e),
        Kind::Arithmetic(operator, a, b) => function::arithmetic(*operator, value(a, world)?, value(b, world)?)?,
        Kind::Call(Function::Jacobian, arguments) => match arguments.first().map(|a| &a.kind) {
            Some(Kind::Pointwise(field)) => world.jacobian(*field)?,
            _ => return Err(Gap::Unknown("a jacobian of nothing")),
        },
        Kind::Call(Function::MeanOverY, arguments) => {
            let Some(of) = arguments.first() else { return Err(Gap::Outside) };
            let weights = world.label_weights();
            let mut total = Estimate::ZERO;
            for (y, weight) in weights.iter().enumerate() {
                let term = value(of, &world.with_label(y))?.number()?;
                total = total + term * Estimate::near(*weight);
            }
            Value::Number(total)
        }
        Kind::Call(function, arguments) => {
            let values = arguments.iter().map(|a| value(a, world)).collect::<Found<Vec<_>>>()?;
            function::call(*function, &values)?
        }
        Kind::Slope(a, clock) => Value::Number(moving::slope(a, *clock, world)?),
        Kind::Integral(a, clock, ends) => {
            Value::Number(moving::integral(a, *clock, [number(&ends[0])?, number(&ends[1])?], world)?)
        }
        Kind::Peak(what, a, clock) => Value::Number(moving::peak(*what, a, *clock, world)?),
        Kind::Relation(..) | Kind::And(..) | Kind::Implies(..) | Kind::At(_) | Kind::Monotone(..) => {
            return Err(Gap::Unknown("a statement in place of a number"));
        }
    })
}
