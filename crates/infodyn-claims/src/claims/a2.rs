//! A2: the score's gradient is the posterior covariance in disguise.

use infodyn_core::{Comparison, Detail, Estimate, Observation, Points};
use infodyn_quadrature::derivative;
use nalgebra::DVector;

use super::{SAMPLED, SHARP, a1::place, cases};
use crate::case::paired;
use crate::{Case, Check, Claim, Context, Kind, Mutation, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "A2",
    name: "tweedie-covariance",
    statement: "{0}, equivalently {1}, where `S` is the posterior covariance of `X_0`",
    scope: "every law with a finite second moment; checked on Gaussians, mixtures, atoms and a data set",
    origin: Origin::Elsewhere("second-order Tweedie; fluctuation-dissipation"),
    uses: &["A1"],
    formulas,
    checks,
};

/// `grad s = (alpha^2/sigma^4) S - I/sigma^2` and `grad m = (alpha/sigma^2) S`.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use infodyn_symbolic::Expr;
    use infodyn_symbolic::theory::{Equation, Identity, Mixture, Noise, quantity};

    let Noise { alpha, sigma, .. } = &Noise::general();
    let [grad_s, grad_m, s2, unit] = ["grad s", "grad m", "S", "I"].map(quantity);
    let of_score = |signal: Expr| signal / sigma.pow(4) * &s2 - &unit / sigma.pow(2);
    let score = Equation::new(&grad_s, of_score(alpha.pow(2)));
    let mean = Equation::new(&grad_m, alpha / sigma.pow(2) * &s2);
    let mut all = Vec::new();
    for (components, dim, i, k) in [(2, 1, 0, 0), (3, 1, 0, 0), (2, 2, 0, 0), (2, 2, 0, 1), (3, 2, 1, 1), (3, 2, 0, 1)]
    {
        let law = Mixture::general(components, dim);
        let entry = format!("{}, entry ({},{})", law.name(), i + 1, k + 1);
        let defined = [
            (&s2, law.posterior_covariance(i, k)),
            (&unit, Expr::from(i32::from(i == k))),
            (&grad_s, law.score().swap_remove(i).diff(&law.x[k])),
            (&grad_m, law.posterior_mean().swap_remove(i).diff(&law.x[k])),
        ];
        let broken = ("alpha in place of alpha^2", of_score(alpha.into()));
        all.push(Identity::of(format!("grad s, {entry}"), &score, &defined, broken));
        let broken = ("sigma^4 in place of sigma^2", alpha / sigma.pow(4) * &s2);
        all.push(Identity::of(format!("grad m, {entry}"), &mean, &defined, broken));
    }
    all
}

const ALPHA: &str = "alpha in place of alpha^2";

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for case in cases()? {
        let mutants: &[Mutation] = if case.level()?.alpha() == 1.0 { &[] } else { &[Mutation::Formula(ALPHA)] };
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "slope of the score", mutants, score_slope));
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "slope of the mean", mutants, mean_slope));
    }
    for case in cases()?.into_iter().chain(super::digits_case(context)?) {
        let mutants = super::sampled_mutants(&case, &[Mutation::Noise, Mutation::Weight, Mutation::Sigma]);
        checks.push(Check::new_by_words(Kind::MonteCarlo, &case, "projection of the error", &mutants, projection));
    }
    Ok(checks)
}

/// Derivative along the direction of `e . field`, and `e^T S e`, at the place.
fn along(case: &Case, field: fn(&Observation) -> &[f64]) -> Result<(Estimate, Estimate)> {
    let sigma = case.level()?.sigma();
    let (direction, start) = place(case);
    case.density(|p| {
        let read = |h: f64| -> Result<Estimate> {
            let offset: Vec<f64> = start.iter().zip(&direction).map(|(x, e)| x * sigma + h * e).collect();
            let mut seen = Observation::default();
            p.observe(Points { anchors: &[0], offsets: &offset }, Detail::Score, &mut seen);
            let (value, size) =
                field(&seen).iter().zip(&direction).fold((0.0, 0.0), |(v, s), (x, e)| (v + x * e, s + (x * e).abs()));
            Ok(Estimate::new(value, 16.0 * f64::EPSILON * size))
        };
        let slope = derivative(read, 0.0, 0.5 * sigma)?;
        let offset: Vec<f64> = start.iter().map(|x| x * sigma).collect();
        let e = DVector::from_column_slice(&direction);
        let spread = (p.posterior_covariance(0, &offset) * &e).dot(&e);
        Ok((slope, Estimate::rounded(spread, 16.0 + direction.len() as f64)))
    })
}

fn score_slope(_: &Context, case: &Case) -> Result<Comparison> {
    let level = case.level()?;
    let (lhs, spread) = along(case, |o| &o.score)?;
    let power = if case.breaks(ALPHA) { level.alpha() } else { level.alpha() * level.alpha() };
    let rhs = spread * Estimate::rounded(power / (level.sigma2() * level.sigma2()), 2.0)
        - Estimate::ONE / Estimate::given(level.sigma2());
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

fn mean_slope(_: &Context, case: &Case) -> Result<Comparison> {
    let level = case.level()?;
    let (lhs, spread) = along(case, |o| &o.mean_offset)?;
    let power = if case.breaks(ALPHA) { level.alpha().sqrt() } else { level.alpha() };
    let rhs = spread * Estimate::rounded(power / level.sigma2(), 1.0);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// `S` is the conditional covariance of `X_0`, so for any bounded `phi`
/// `E[|X_0 - m|^2 phi] = E[(sigma^4/alpha^2)(D/sigma^2 + div s) phi]`.
fn projection(context: &Context, case: &Case) -> Result<Comparison> {
    let (level, d) = (case.level()?, case.dim());
    let scale = level.sigma2() * level.sigma2() / (level.alpha() * level.alpha());
    let means = case.sample(context, Detail::Score, 2, &[], |row, out| {
        let seen = row.seen(0);
        let test = 1.0 + 0.5 * (0.7 * seen.x(0) + 0.3).tanh();
        let error: f64 = row.xi().iter().zip(seen.mean_offset()).map(|(x, m)| (x - m) * (x - m)).sum();
        out[0] = error * test;
        out[1] = scale * (d / level.sigma2() + seen.divergence()) * test;
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
