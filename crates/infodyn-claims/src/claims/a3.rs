//! A3: moments of the score.

use infodyn_core::{Comparison, Detail, Estimate};
use infodyn_enclosure::{Interval, Moment};

use super::{SAMPLED, SHARP, cases};
use crate::case::paired;
use crate::enclosed::{self, Sides, Stage, point};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "A3",
    name: "score-moments",
    statement: "`E[s] = 0`, `E[s X_t^T] = -I`, and `E[div s] = -E|s|^2`: the integrals of {0}, of {1} and of {2}",
    scope: "every law; `E[s X_t^T]` by its trace and, in the plane, off its diagonal; `E[s]` by a weighed sum of its coordinates",
    origin: Origin::Elsewhere("Stein's identity"),
    uses: &[],
    formulas,
    checks,
};

/// `E[s] = 0`, `E[s X^T] = -I` and `E[div s] = -E|s|^2`, before integration.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use infodyn_symbolic::Expr;
    use infodyn_symbolic::theory::{Equation, Identity, Mixture, divergence, dot, laplacian, norm2, quantity, scale};

    let [p, s, grad_p, xs, div_xp, d] = ["p", "s", "grad p", "x.s", "div(x p)", "D"].map(quantity);
    let [div_s, norm2_s, laplace_p] = ["div s", "|s|^2", "laplace p"].map(quantity);
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 2)] {
        let law = Mixture::general(components, dim);
        let (density, score, x) = (law.density(), law.score(), law.position());
        let defined = [
            (&p, density.clone()),
            (&s, score[0].clone()),
            (&grad_p, density.diff(&law.x[0])),
            (&xs, dot(&x, &score)),
            (&div_xp, divergence(&scale(&density, &x), &law.x)),
            (&d, law.dim()),
            (&div_s, divergence(&score, &law.x)),
            (&norm2_s, norm2(&score)),
            (&laplace_p, laplacian(&density, &law.x)),
        ];
        let name = law.name();
        let named = |what: &str, lhs: Expr, rhs: Expr, broken: (&'static str, Expr)| {
            Identity::of(format!("{what}, {name}"), &Equation::new(lhs, rhs), &defined, broken)
        };
        all.extend([
            named(
                "E[s]",
                &p * &s,
                Expr::from(&grad_p),
                ("an average of s itself, without the density", Expr::from(&s)),
            ),
            named("E[s.X]", &p * &xs, &div_xp - &d * &p, ("trace of the identity", &div_xp - (&d + 1) * &p)),
            named("E[div s]", &p * &div_s + &p * &norm2_s, Expr::from(&laplace_p), ("a factor 2", 2 * &laplace_p)),
        ]);
    }
    all
}

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let broken = [Mutation::Weight, Mutation::Sigma];
    for case in cases()? {
        let first = Check::new(Kind::Quadrature, &case, "E[s]", |_, case| mean(case, 0)).breaking(&[Mutation::Weight]);
        checks.push(first.mutant(Ingredient::Moment, "the sum of s_i x_i in place of s_i", |_, case| mean(case, 1)));
        checks.push(Check::new(Kind::Quadrature, &case, "E[s.X]", product).breaking(&broken));
        if case.law().dim() == 2 {
            let check = Check::new(Kind::Quadrature, &case, "E[s_1 X_2]", |_, case| off_diagonal(case, [0, 1]));
            let trace = "s_1 X_1 in place of s_1 X_2";
            checks.push(check.mutant(Ingredient::Moment, trace, |_, case| off_diagonal(case, [0, 0])));
        }
        checks.push(Check::new(Kind::Quadrature, &case, "E[div s]", divergence).breaking(&broken));
    }
    for case in cases()?.into_iter().chain(super::digits_case(context)?) {
        let mutants = super::sampled_mutants(&case, &[Mutation::Noise, Mutation::Weight, Mutation::Sigma]);
        checks.push(Check::new(Kind::MonteCarlo, &case, "E[div s]", sampled).breaking(&mutants));
    }
    let of = |what, moment, mutant, enclosure: fn(&Stage, Moment) -> Sides| {
        enclosed::each(enclosed::stages(), what, moment, &[mutant], enclosure)
    };
    let label = (Ingredient::Label, "div s_Y in place of div s", Moment::LabelDivergence);
    checks.extend(of("E div s = -E|s|^2", Moment::ScoreDivergence, label, |stage, moment| {
        let m = stage.line()?.means(&[moment, Moment::ScoreNorm2])?;
        Ok([m[0], -m[1]])
    }));
    let norm2 = (Ingredient::Moment, "|s|^2 in place of s X", Moment::ScoreNorm2);
    checks.extend(of("E[s X] = -1", Moment::PositionScore, norm2, |stage, moment| {
        Ok([stage.line()?.mean(moment)?, point(-1.0)])
    }));
    let product = (Ingredient::Moment, "s X in place of s", Moment::PositionScore);
    checks.extend(of("E[s] = 0", Moment::Score, product, |stage, moment| {
        Ok([stage.line()?.mean(moment)?, Interval::ZERO])
    }));
    checks.extend(enclosed::in_planes("E div s = -E|s|^2", Moment::ScoreDivergence, &[label], |_, plane, moment| {
        let m = plane.means(&[moment, Moment::ScoreNorm2])?;
        Ok([m[0], -m[1]])
    }));
    Ok(checks)
}

/// The sum of `E[s_i x_i^power]`, of power 0 in the claim, each coordinate with a weight of its own.
fn mean(case: &Case, power: i32) -> Result<Comparison> {
    let weight = |i: usize| 1.0 + 0.5 * (i % 3) as f64;
    let lhs = case.mean_of(Detail::SCORE, |s| {
        s.score().iter().enumerate().map(|(i, v)| weight(i) * v * s.x(i).powi(power)).sum()
    })?;
    // The target is 0: what is sharp is measured by the size of a typical score, 1/sigma.
    Ok(Comparison::new(lhs, Estimate::ZERO, SHARP / case.level()?.sigma()))
}

fn product(_: &Context, case: &Case) -> Result<Comparison> {
    let lhs = case.mean_of(Detail::SCORE, |s| s.score().iter().enumerate().map(|(i, v)| v * s.x(i)).sum())?;
    Ok(Comparison::new(lhs, Estimate::given(-case.dim()), SHARP * case.dim()))
}

/// `E[s_i X_j] = 0`, of a law that does not split.
fn off_diagonal(case: &Case, [i, j]: [usize; 2]) -> Result<Comparison> {
    Ok(Comparison::new(case.mean_of(Detail::SCORE, |s| s.score()[i] * s.x(j))?, Estimate::ZERO, SHARP))
}

fn divergence(_: &Context, case: &Case) -> Result<Comparison> {
    let both = case
        .mean(Detail::SCORE | Detail::SCORE_DIVERGENCE, 2, |s, out| (out[0], out[1]) = (s.divergence(), -s.norm2()))?;
    Ok(Comparison::new(both[0], both[1], SHARP * both[1].value().abs()))
}

fn sampled(context: &Context, case: &Case) -> Result<Comparison> {
    let means = case.sample(context, Detail::SCORE | Detail::SCORE_DIVERGENCE, 2, &[], |row, out| {
        let seen = row.seen(0);
        (out[0], out[1]) = (seen.divergence(), -seen.norm2());
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
