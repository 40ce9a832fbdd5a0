//! Whether errors are as large as they are said to be: the residuals of a whole run, in units of their bounds.

use infodyn_core::{Comparison, Relation, Verdict};

use crate::Kind;

/// The residuals of all equalities of one kind of evidence, pooled.
///
/// A single check compares a residual with its bound and says nothing of a bound that is too small by a half. Of
/// sampled evidence the residuals have a known law in units of their standard errors: their root mean square is 1,
/// whatever is sampled.
#[derive(Debug, Clone, Copy)]
pub struct Calibration {
    /// The kind of evidence.
    pub kind: Kind,
    /// Number of residuals.
    pub count: usize,
    /// Their root mean square in units of their bounds.
    pub bounds: f64,
    /// What only sampled evidence has.
    pub sampled: Option<Sampled>,
}

/// Residuals in units of their standard errors.
#[derive(Debug, Clone, Copy)]
pub struct Sampled {
    /// Number of residuals with a standard error.
    pub count: usize,
    /// Their root mean square.
    pub rms: f64,
    /// Where the root mean square of honest residuals lies, but for a probability of `1e-9`.
    pub range: (f64, f64),
    /// The least bound in units of its standard error.
    pub least: f64,
}

impl Sampled {
    /// What a normal variable exceeds with probability `(1 - CONFIDENCE)/2`, less a part in a million: no interval of
    /// that level is narrower, in units of the standard error.
    pub const NARROWEST: f64 = 6.109_4;
}

impl Calibration {
    /// Of the comparisons by one kind of evidence; `None` where there is no equality with a bound.
    #[must_use]
    pub fn of(kind: Kind, comparisons: impl Iterator<Item = Comparison>) -> Option<Self> {
        let all: Vec<Comparison> = comparisons
            .filter(|c| c.verdict() != Verdict::Undecided)
            .filter(|c| c.relation() == Relation::Equal && c.bound() > 0.0 && c.bound().is_finite())
            .collect();
        if all.is_empty() {
            return None;
        }
        let bounds = all.iter().map(|c| (c.residual() / c.bound()).powi(2)).sum::<f64>() / all.len() as f64;
        let sampled = if kind == Kind::MonteCarlo { Sampled::of(&all) } else { None };
        Some(Self { kind, count: all.len(), bounds: bounds.sqrt(), sampled })
    }

    /// Refuted where sampled residuals are not as large as their standard errors say, or an interval is narrower than
    /// its level allows.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let honest = |s: &Sampled| (s.range.0..=s.range.1).contains(&s.rms) && s.least >= Sampled::NARROWEST;
        if self.sampled.as_ref().is_none_or(honest) { Verdict::Holds } else { Verdict::Refuted }
    }
}

impl Sampled {
    fn of(all: &[Comparison]) -> Option<Self> {
        let (mut count, mut sum, mut fourth, mut least) = (0, 0.0, 0.0, f64::INFINITY);
        for c in all {
            // Sampled in pairs, or one side sampled against a number.
            let one = c.lhs().sampling().xor(c.rhs().sampling());
            let Some(sampling) = c.difference().sampling().or(one) else { continue };
            // Sides that agree draw by draw differ by rounding alone, which has no law.
            if sampling.std_error <= 1e-12 * (c.lhs().value().abs() + c.rhs().value().abs()) {
                continue;
            }
            least = least.min(c.bound() / sampling.std_error);
            // Student's variance is n/(n - 2), its fourth moment 3 (n - 2)/(n - 4) times the square of that.
            let Some(freedom) = sampling.freedom.filter(|&n| n > 4.0) else { continue };
            sum += (c.difference().value() / sampling.std_error).powi(2) * (freedom - 2.0) / freedom;
            fourth += 3.0 * (freedom - 2.0) / (freedom - 4.0);
            count += 1;
        }
        if count == 0 {
            return None;
        }
        // A sum of squares of mean n and variance fourth - n, as a multiple of a chi-square variable.
        let n = f64::from(count);
        let freedom = 2.0 * n * n / (fourth - n);
        Some(Self { count: count as usize, rms: (sum / n).sqrt(), range: chi(freedom), least })
    }
}

/// Between which the square root of a chi-square variable over its `freedom` lies, but for a probability of `1e-9`.
///
/// # Source
/// Wilson & Hilferty, Proc. Natl. Acad. Sci. 17 (1931) 684: the cube root of `chi^2/n` is nearly normal, with mean
/// `1 - 2/(9n)` and variance `2/(9n)`.
fn chi(freedom: f64) -> (f64, f64) {
    let v = 2.0 / (9.0 * freedom);
    let end = |sign: f64| (1.0 - v + sign * Sampled::NARROWEST * v.sqrt()).max(0.0).powf(1.5);
    (end(-1.0), end(1.0))
}

#[cfg(test)]
mod tests {
    use infodyn_core::{Estimate, Sampling};

    use crate::Context;

    use super::*;

    /// Two hundred residuals of variance about 1, whose standard errors and radii are `scale` and `radius` times
    /// what they should be.
    fn run(scale: f64, radius: f64) -> Calibration {
        let comparisons = (0..200).map(|i| {
            // Quantiles of the logistic law of variance 1, which are explicit.
            let u: f64 = (f64::from(i) + 0.5) / 200.0;
            let z = (u / (1.0 - u)).ln() * 3.0_f64.sqrt() / std::f64::consts::PI;
            let sampling =
                Sampling { std_error: scale, freedom: Some(1023.0), level: Context::CONFIDENCE, samples: 1 << 18 };
            let sampled = Estimate::sampled(100.0 + z, 6.2 * scale * radius, sampling);
            let truth = Estimate::new(100.0, 0.0);
            Comparison::paired(sampled, truth, sampled - truth, 100.0)
        });
        Calibration::of(Kind::MonteCarlo, comparisons).unwrap()
    }

    #[test]
    fn errors_too_small_are_seen() {
        assert_eq!(run(1.0, 1.0).verdict(), Verdict::Holds, "{:?}", run(1.0, 1.0));
        // Radii halved; every second chunk a copy of the one before; standard errors twice too large.
        assert_eq!(run(1.0, 0.5).verdict(), Verdict::Refuted);
        assert_eq!(run(0.5_f64.sqrt(), 1.0).verdict(), Verdict::Refuted, "{:?}", run(0.5_f64.sqrt(), 1.0));
        assert_eq!(run(2.0, 1.0).verdict(), Verdict::Refuted);
    }
}
