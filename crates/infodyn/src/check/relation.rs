//! Two sides with errors, and what they say of a relation.

use infodyn_core::Estimate;
use infodyn_search::Outcome;
use infodyn_statement::Relation;

use super::function::Value;

/// An equality that would not catch an error of a tenth says nothing.
const LEAST_POWER: f64 = 0.1;

/// The outcome, and the entry of the two sides with the largest excess. Vectors and matrices are compared entry by
/// entry, on the scale of their largest.
pub(super) fn compare(relation: Relation, a: &Value, b: &Value) -> (Outcome, usize) {
    let (a, b) = (a.entries(), b.entries());
    let scale = a.iter().chain(b).map(|e| e.value().abs()).fold(0.0, f64::max);
    let all = a.iter().zip(b).map(|(&a, &b)| one(relation, a, b, scale)).enumerate();
    let severity = |o: &Outcome| match o {
        Outcome::Refuted { excess } => (3, *excess),
        Outcome::Undecided { excess, .. } => (2, *excess),
        Outcome::Holds { excess, .. } => (1, *excess),
        Outcome::Outside => (0, 0.0),
    };
    let worst = all.reduce(|m, o| if severity(&o.1) > severity(&m.1) { o } else { m });
    worst.map_or((Outcome::Outside, 0), |(i, outcome)| (outcome, i))
}

fn one(relation: Relation, a: Estimate, b: Estimate, scale: f64) -> Outcome {
    // Of an order, how far the sides stand the wrong way.
    let difference = match relation {
        Relation::Equal | Relation::AtMost | Relation::Less => a - b,
        Relation::AtLeast | Relation::Greater => b - a,
    };
    let undecided = |excess, why: &str| Outcome::Undecided { excess, why: why.to_owned() };
    if !difference.is_finite() {
        return undecided(0.0, "a side is not known to a stated error");
    }
    let (value, radius) = (difference.value(), difference.radius());
    let residual = if relation == Relation::Equal { value.abs() } else { value };
    let excess = match residual / radius {
        ratio if ratio.is_finite() => ratio.clamp(-MOST, MOST),
        _ if residual == 0.0 => 0.0,
        _ => MOST.copysign(residual),
    };
    let strict = matches!(relation, Relation::Less | Relation::Greater);
    if residual > radius || strict && residual >= radius && residual >= 0.0 {
        return Outcome::Refuted { excess: excess.max(1.0_f64.next_up()) };
    }
    let power = 2.0 * radius / scale;
    let surely = relation != Relation::Equal && value + radius <= 0.0 && !(strict && value + radius == 0.0);
    if scale == 0.0 && !surely {
        return undecided(0.0, "both sides are 0");
    }
    if power > LEAST_POWER && !surely {
        return undecided(excess, "the errors hide a tenth of the sides");
    }
    Outcome::Holds { excess, power: if power.is_finite() { power } else { 0.0 } }
}

/// The excess of sides that differ and have no error.
const MOST: f64 = 1e300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_sure_is_refuted() {
        let of = |relation, a: (f64, f64), b: (f64, f64)| {
            one(relation, Estimate::new(a.0, a.1), Estimate::new(b.0, b.1), a.0.abs().max(b.0.abs()))
        };
        let refuted = |o: Outcome| matches!(o, Outcome::Refuted { excess } if excess > 1.0);
        let holds = |o: Outcome| matches!(o, Outcome::Holds { .. });
        assert!(holds(of(Relation::Equal, (1.0, 0.01), (1.01, 0.01))));
        assert!(refuted(of(Relation::Equal, (1.0, 0.01), (1.03, 0.01))));
        assert!(matches!(of(Relation::Equal, (1.0, 0.1), (1.0, 0.1)), Outcome::Undecided { .. }));
        assert!(matches!(of(Relation::Equal, (0.0, 0.0), (0.0, 0.0)), Outcome::Undecided { .. }));
        assert!(holds(of(Relation::AtMost, (1.0, 0.3), (9.0, 3.0))));
        assert!(holds(of(Relation::AtMost, (1.0, 0.0), (1.0, 0.0))));
        assert!(refuted(of(Relation::Less, (1.0, 0.0), (1.0, 0.0))));
        assert!(refuted(of(Relation::AtLeast, (1.0, 0.01), (1.03, 0.01))));
        assert!(holds(of(Relation::Greater, (1.03, 0.01), (1.0, 0.01))));
        assert!(matches!(of(Relation::Equal, (f64::NAN, 0.0), (1.0, 0.0)), Outcome::Undecided { .. }));
    }
}
