//! C2: the pitchfork of two components.

use infodyn_closed_form::pair;
use infodyn_core::{Comparison, Detail, Estimate, Mixture, NoiseProcess, ulps};
use infodyn_enclosure::{Drift, Interval, LineLaw, fixed_points};
use infodyn_quadrature::root;
use nalgebra::DVector;

use super::{SAMPLED, SHARP};
use crate::case::paired;
use crate::enclosed::{count, equal, point, tanh_root};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, NamedLaw, Origin, Result};

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

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let pairs = [
        (NamedLaw::new("pair-1", Mixture::symmetric_pair(&[1.5], 0.3)?), 0.4),
        (NamedLaw::new("pair-64", Mixture::symmetric_pair(&[0.25; 64], 0.3)?), 0.5),
    ];
    let at = |named: &NamedLaw, process, t| -> Result<Check> {
        let case = named.under(process, t)?;
        let check = Check::new(Kind::Quadrature, &case, "stable point", |_, case| stable_point(case, variance(case)));
        let check = check.breaking(&[Mutation::Weight, Mutation::Sigma]);
        Ok(check.mutant(Ingredient::Variance, NARROW, |_, case| stable_point(case, 0.0)))
    };
    for (named, t) in &pairs {
        checks.push(at(named, NoiseProcess::Ou, *t)?);
        let below = named.under(NoiseProcess::Ou, *t)?;
        let run = |_: &Context, case: &Case| critical_time(case, variance(case));
        let check = Check::new(Kind::Quadrature, &below, "critical time", run).breaking(&[Mutation::Sigma]);
        checks.push(check.mutant(Ingredient::Variance, NARROW, |_, case| critical_time(case, 0.0)));
        // On either side of the branching; each mutant is barely false.
        let t_c = speciation(length(&below), variance(&below)).value();
        let (before, after) = (0.98 * t_c, 1.02 * t_c);
        let check = Check::new(Kind::Quadrature, &named.under(NoiseProcess::Ou, after)?, "inward above", inward);
        let earlier = move |context: &Context, case: &Case| inward(context, &case.at(before));
        checks.push(check.breaking(&[Mutation::Weight]).mutant(
            Ingredient::Bound,
            "4 % earlier: below the branching",
            earlier,
        ));
        let check = Check::new(Kind::Quadrature, &named.under(NoiseProcess::Ou, before)?, "0 unstable below", unstable);
        let later = move |context: &Context, case: &Case| unstable(context, &case.at(after));
        checks.push(check.mutant(Ingredient::Bound, "4 % later: above the branching", later));
    }
    checks.push(at(&pairs[0].0, NoiseProcess::VP_LINEAR, 0.28)?);
    let case = pairs[0].0.under(NoiseProcess::VP_LINEAR, 0.28)?;
    let check = Check::new(Kind::MonteCarlo, &case, "balance of the posterior", |c, s| balance(c, s, variance(s)));
    checks.push(check.mutant(Ingredient::Variance, NARROW, |c, s| balance(c, s, 0.0)));
    checks.extend(enclosures());
    Ok(checks)
}

const NARROW: &str = "sigma^2 in place of v: the component's variance left out";
const HEAVY: &str = "the first weight three times too large";

/// The pair `+-1` with variance 1/4 at `alpha = 1`.
fn enclosures() -> Vec<Check> {
    let list = |weight: f64, sigma2: f64| {
        let law = LineLaw::from_parts(&[weight, 1.0 - weight], &[-1.0, 1.0], &[0.25, 0.25]);
        fixed_points(&law.at(Interval::ONE, point(sigma2))?, Drift::marginal())
    };
    let mutants = [(Ingredient::Variance, NARROW, (0.5, 0.0)), (Ingredient::Weight, HEAVY, (0.75, 0.25))];
    let stable = equal("pair/alpha=1/v=0.65: x*", (0.5, 0.25), &mutants, move |(weight, q): (f64, f64)| {
        let stable = list(weight, 0.4)?.last().map_or(Interval::ZERO, |r| r.at);
        Ok([stable, tanh_root(Interval::ONE, point(0.4) + point(q), Interval::new(0.4, 1.3))?])
    });
    // v = 0.99 and 1.01, on either side of a^2.
    let number =
        |case, truth: f64, (how, other), expected| {
            let mutants = [(Ingredient::Bound, how, (0.5, other)), (Ingredient::Weight, HEAVY, (0.75, truth))];
            let mutants = &mutants[..if expected == 3 { 2 } else { 1 }];
            count(case, (0.5, truth), mutants, expected, move |(weight, sigma2): (f64, f64)| {
                Ok(list(weight, sigma2)?.len())
            })
        };
    vec![
        stable,
        number("pair/alpha=1/v=0.99: fixed points on the line", 0.74, ("v = 1.01 in place of 0.99", 0.76), 3),
        number("pair/alpha=1/v=1.01: fixed points on the line", 0.76, ("v = 0.99 in place of 1.01", 0.74), 1),
    ]
}

/// `|mu|`.
fn length(case: &Case) -> f64 {
    case.law().mean(0).iter().map(|m| m * m).sum::<f64>().sqrt()
}

/// The variance of a component.
fn variance(case: &Case) -> f64 {
    case.law().covariance(0).eigenvalue(0)
}

/// `t_c` in `ou`.
fn speciation(a: f64, q: f64) -> Estimate {
    (Estimate::given(a) * Estimate::given(a) - Estimate::given(q)).ln_1p() / 2
}

/// The score along `mu` at distance `x` from the origin, from the density of the case; its terms are
/// rounded to a few units of `(x + alpha a)/sigma^2`.
fn along(case: &Case, x: f64) -> Result<Estimate> {
    let (mu, a) = (case.law().mean(0), length(case));
    case.density(|p| {
        let at: Vec<f64> = mu.iter().map(|m| m / a * x).collect();
        let value = p.score(&at).iter().zip(mu).map(|(s, m)| s * m / a).sum();
        Ok(Estimate::new(value, ulps::READING * f64::EPSILON * (x.abs() + p.alpha() * a) / p.sigma2()))
    })
}

/// `tanh(k m) = m` with `k = alpha^2 a^2/v`, for components of variance `q`.
fn predicted(case: &Case, q: f64) -> Result<Estimate> {
    let k = pair::signal(length(case), q, &case.truth().level()?);
    Ok(pair::fixed_point(k).unwrap_or(Estimate::ZERO))
}

/// The positive root of the score against `alpha a m` with `m = tanh(k m)`.
fn stable_point(case: &Case, q: f64) -> Result<Comparison> {
    let scale = case.truth().level()?.alpha() * length(case);
    let lhs = root(|x| along(case, x), 0.05 * scale, 1.5 * scale)?;
    let rhs = predicted(case, q)? * Estimate::rounded(scale, ulps::operations(1));
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// The score's slope at 0 along `mu`, a quadratic form of its Jacobian, with its rounding.
fn slope_at_zero(case: &Case) -> Result<Estimate> {
    let mu = DVector::from_column_slice(case.law().mean(0)).normalize();
    case.density(|p| {
        let (anchor, offset) = p.locate(&vec![0.0; mu.len()]);
        let jacobian = p.score_jacobian(anchor, &offset);
        let size = jacobian.abs().max() * mu.len() as f64;
        Ok(Estimate::new((jacobian * &mu).dot(&mu), ulps::READING * f64::EPSILON * size))
    })
}

/// The time at which the score's slope at 0 changes sign, against the formula.
fn critical_time(case: &Case, q: f64) -> Result<Comparison> {
    let lhs = root(|t| slope_at_zero(&case.at(t)), 0.05, 3.0)?;
    let rhs = speciation(length(case), q);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// Above the branching the score points inward: `1 + sigma^2 s(x)/x < 1` at 800 places on either side of 0, and in the
/// limit there. (That it does so everywhere is the complete list of the enclosures.)
fn inward(_: &Context, case: &Case) -> Result<Comparison> {
    let scale = case.truth().level()?.alpha() * length(case);
    let places = (1..=400).flat_map(|i| [-1.0, 1.0].map(|side| side * scale * f64::from(i) / 200.0));
    let least = |worst: Estimate, at: Estimate| if at.value() > worst.value() { at } else { worst };
    let mut worst = places.map(|x| Ok(along(case, x)? / Estimate::given(x)));
    let worst =
        worst.try_fold(slope_at_zero(case)?, |worst, at: Result<_>| Ok::<_, crate::Error>(least(worst, at?)))?;
    Ok(Comparison::at_most(outward(case, worst)?, Estimate::ONE, SHARP))
}

/// Below it the score points outward at 0.
fn unstable(_: &Context, case: &Case) -> Result<Comparison> {
    Ok(Comparison::at_most(Estimate::ONE, outward(case, slope_at_zero(case)?)?, SHARP))
}

/// `1 + sigma^2` times what a score is of its place.
fn outward(case: &Case, ratio: Estimate) -> Result<Estimate> {
    Ok(ratio * Estimate::given(case.truth().level()?.sigma2()) + 1)
}

/// At a fixed point `x = alpha E[X_0 given X_t = x]`, so under the law of `X_0`
/// `E[alpha X_0 N(x; alpha X_0, sigma^2)] = x E[N(x; alpha X_0, sigma^2)]`.
fn balance(context: &Context, case: &Case, q: f64) -> Result<Comparison> {
    let level = case.level()?;
    let x = level.alpha() * length(case) * predicted(case, q)?.value();
    let means = case.sample(context, Detail::empty(), 2, &[], |row, out| {
        let data = case.law().mean(row.anchor())[0] + row.xi()[0];
        let gap = x - level.alpha() * data;
        let likelihood = (-0.5 * gap * gap / level.sigma2()).exp();
        out[0] = likelihood * level.alpha() * data;
        out[1] = likelihood * x;
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
