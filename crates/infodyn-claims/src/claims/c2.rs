//! C2: the pitchfork of two components.

use infodyn_closed_form::pair;
use infodyn_core::{Comparison, Detail, Estimate, Mixture, NoiseProcess};
use infodyn_quadrature::root;
use nalgebra::DVector;

use super::{SAMPLED, SHARP};
use crate::case::paired;
use crate::{Case, Check, Claim, Context, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "C2",
    name: "pitchfork",
    statement: "Two components `+-mu` of equal weight and variance `q`, along `mu` with `a=|mu|`, `a^2 > q`, `v = alpha^2 q + sigma^2`: \
                {0}, so fixed points of the score are the roots of `x = alpha a tanh(alpha a x/v)`. For `v >= alpha^2 a^2` only `0`; below, `0` \
                (unstable) and `+-x*` (stable). In `ou` the time is `t_c = (1/2) log(1 + a^2 - q)`",
    scope: "pairs in one and in 64 dimensions, above and below the branching",
    origin: Origin::Paper("generative bifurcations as symmetry-breaking transitions of an energy landscape"),
    uses: &["A1"],
    formulas,
    checks,
};

/// The score of the symmetric pair, its fixed points, its slope at 0, and the time in `ou`.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use crate::symbols::{Pair, pair};
    use infodyn_symbolic::Expr;
    use infodyn_symbolic::theory::{Equation, Identity, Noise, identity, quantity};

    let Pair { law, a, q, v } = pair();
    let (x, s) = (&law.x[0], law.score().swap_remove(0));
    let Noise { alpha, sigma, .. } = &law.noise;
    let [score, width] = ["s", "v"].map(quantity);
    let pull = |amplitude: Expr| amplitude * (alpha * &a * x / &width).tanh();
    let written = Equation::new(&score, (pull(alpha * &a) - x) / &width);
    let slope_at_0 = |s: &Expr| s.diff(x).substitute(&[(x, Expr::zero())]);
    let critical = |v: Expr| alpha.pow(2) * a.pow(2) / v.pow(2) - 1 / v;
    // ou at t_c: alpha = exp(-t_c), sigma^2 = 1 - exp(-2 t_c). The slope of the score at 0 vanishes.
    let in_ou = |t: &Expr| {
        let at = [(alpha, (-t).exp()), (sigma, (1 - (-2 * t).exp()).sqrt())];
        slope_at_0(&s).substitute(&at)
    };
    let t_c = (1 + a.pow(2) - &q).log() / 2;
    let t_wrong = (1 + a.pow(2) + &q).log() / 2;
    vec![
        Identity::of(
            "score",
            &written,
            &[(&score, s.clone()), (&width, v.clone())],
            ("an amplitude a", (pull(Expr::from(&a)) - x) / &width),
        ),
        identity("slope at 0", slope_at_0(&s), critical(v.clone()), ("sigma^2 in place of v", critical(sigma.pow(2)))),
        identity(
            "slope at 0 vanishes at v = alpha^2 a^2",
            slope_at_0(&s).substitute(&[(&q, a.pow(2) - sigma.pow(2) / alpha.pow(2))]),
            0,
            ("v = a^2", slope_at_0(&s).substitute(&[(&q, (a.pow(2) - sigma.pow(2)) / alpha.pow(2))])),
        ),
        identity("t_c = log(1 + a^2 - q)/2 in ou", in_ou(&t_c), 0, ("1 + a^2 + q", in_ou(&t_wrong))),
    ]
}

const STABLE: &str = "0 stable below the branching";
const WIDTH: &str = "the component's variance left out of v";

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let cases = [
        (NamedLaw::new("pair-1", Mixture::symmetric_pair(&[1.5], 0.3)?), 0.4),
        (NamedLaw::new("pair-64", Mixture::symmetric_pair(&[0.25; 64], 0.3)?), 0.5),
    ];
    for (named, t) in &cases {
        let below = named.under(NoiseProcess::Ou, *t)?;
        let broken = [Mutation::Weight, Mutation::Sigma, Mutation::Formula(WIDTH)];
        checks.push(Check::new_by_words(Kind::Quadrature, &below, "stable point", &broken, stable_point));
        checks.push(Check::new_by_words(Kind::Quadrature, &below, "critical time", &broken[1..], critical_time));
        let above = named.under(NoiseProcess::Ou, 1.5)?;
        checks.push(Check::new_by_words(Kind::Quadrature, &above, "only 0 above", &[Mutation::Weight], only_zero));
        checks.push(Check::new_by_words(
            Kind::Quadrature,
            &below,
            "0 unstable below",
            &[Mutation::Formula(STABLE)],
            unstable,
        ));
    }
    let case = cases[0].0.under(NoiseProcess::VP_LINEAR, 0.28)?;
    checks.push(Check::new_by_words(
        Kind::Quadrature,
        &case,
        "stable point",
        &[Mutation::Weight, Mutation::Formula(WIDTH)],
        stable_point,
    ));
    checks.push(Check::new_by_words(
        Kind::MonteCarlo,
        &case,
        "balance of the posterior",
        &[Mutation::Formula(WIDTH)],
        balance,
    ));
    Ok(checks)
}

/// `|mu|` and the variance `q` of a pair.
fn shape(case: &Case) -> (f64, f64) {
    let a = case.law().mean(0).iter().map(|m| m * m).sum::<f64>().sqrt();
    (a, if case.breaks(WIDTH) { 0.0 } else { case.law().covariance(0).eigenvalue(0) })
}

/// The score along `mu` at distance `x` from the origin, from the density of the case; its terms are
/// rounded to a few units of `(x + alpha a)/sigma^2`.
fn along(case: &Case, x: f64) -> Result<Estimate> {
    let (mu, a) = (case.law().mean(0), shape(case).0);
    case.density(|p| {
        let at: Vec<f64> = mu.iter().map(|m| m / a * x).collect();
        let value = p.score(&at).iter().zip(mu).map(|(s, m)| s * m / a).sum();
        Ok(Estimate::new(value, 8.0 * f64::EPSILON * (x.abs() + p.alpha() * a) / p.sigma2()))
    })
}

fn signal(case: &Case) -> Result<f64> {
    let (a, q) = shape(case);
    Ok(pair::signal(a, q, &case.truth().level()?))
}

/// The positive root of the score against `alpha a m` with `m = tanh(k m)`.
fn stable_point(_: &Context, case: &Case) -> Result<Comparison> {
    let scale = case.truth().level()?.alpha() * shape(case).0;
    let lhs = root(|x| along(case, x), 0.05 * scale, 1.5 * scale)?;
    let m = pair::fixed_point(signal(case)?).unwrap_or(Estimate::ZERO);
    let rhs = m * Estimate::rounded(scale, 1.0);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// The score's slope at 0 along `mu`, a quadratic form of its Jacobian, with its rounding.
fn slope_at_zero(case: &Case) -> Result<Estimate> {
    let mu = DVector::from_column_slice(case.law().mean(0)).normalize();
    case.density(|p| {
        let (anchor, offset) = p.locate(&vec![0.0; mu.len()]);
        let jacobian = p.score_jacobian(anchor, &offset);
        let size = jacobian.abs().max() * mu.len() as f64;
        Ok(Estimate::new((jacobian * &mu).dot(&mu), 8.0 * f64::EPSILON * size))
    })
}

/// The time at which the score's slope at 0 changes sign, against the formula.
fn critical_time(_: &Context, case: &Case) -> Result<Comparison> {
    let lhs = root(|t| slope_at_zero(&case.at(t)), 0.05, 3.0)?;
    let (a, q) = shape(case);
    let rhs = Estimate::rounded(0.5 * (a * a - q).ln_1p(), 4.0);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// Above the branching the score points inward everywhere: its largest value over a fine grid of
/// positive `x` is below 0, and at 0 it is 0.
fn only_zero(_: &Context, case: &Case) -> Result<Comparison> {
    let scale = case.truth().level()?.alpha() * shape(case).0;
    let mut worst = f64::NEG_INFINITY;
    for i in 1..=400 {
        let x = scale * f64::from(i) / 200.0;
        worst = worst.max(along(case, x)?.value() / x).max(along(case, -x)?.value() / -x);
    }
    let lhs = Estimate::rounded(worst, 64.0);
    Ok(Comparison::at_most(lhs, Estimate::ZERO, SHARP))
}

/// Below it the score points outward at 0.
fn unstable(_: &Context, case: &Case) -> Result<Comparison> {
    let slope = slope_at_zero(case)?;
    let zero = Estimate::ZERO;
    let (low, high) = if case.breaks(STABLE) { (slope, zero) } else { (zero, slope) };
    Ok(Comparison::at_most(low, high, SHARP * slope.value().abs()))
}

/// At a fixed point `x = alpha E[X_0 given X_t = x]`, so under the law of `X_0`
/// `E[alpha X_0 N(x; alpha X_0, sigma^2)] = x E[N(x; alpha X_0, sigma^2)]`.
fn balance(context: &Context, case: &Case) -> Result<Comparison> {
    let level = case.level()?;
    let k = signal(case)?;
    let x = level.alpha() * shape(case).0 * pair::fixed_point(k).map_or(0.0, |m| m.value());
    let means = case.sample(context, Detail::Posterior, 2, &[], |row, out| {
        let data = case.law().mean(row.anchor())[0] + row.xi()[0];
        let gap = x - level.alpha() * data;
        let likelihood = (-0.5 * gap * gap / level.sigma2()).exp();
        out[0] = likelihood * level.alpha() * data;
        out[1] = likelihood * x;
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
