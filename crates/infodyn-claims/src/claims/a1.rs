//! A1: the score is the posterior mean in disguise.

use infodyn_core::{Comparison, Detail, Estimate, ulps};
use infodyn_enclosure::Jet;
use infodyn_quadrature::derivative;

use super::{SAMPLED, SHARP, cases, crooked_cases};
use crate::case::paired;
use crate::enclosed::{self, Sides, Slope, Stage, point, posterior};
use crate::pointwise::{place, read};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "A1",
    name: "tweedie",
    statement: "{0}, where `s` is the score and `m` the posterior mean of `X_0`, both at `X_t = x`",
    scope: "every law with a finite second moment; checked on Gaussians, mixtures, atoms and a data set",
    origin: Origin::Elsewhere("Robbins 1956; Efron 2011"),
    uses: &[],
    formulas,
    checks,
};

/// `s = (alpha m - x)/sigma^2`, and the posterior of a component by completing the square.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use infodyn_symbolic::theory::{Equation, Identity, Mixture, Noise, identity, normal, quantity};
    use infodyn_symbolic::{Expr, Symbol};

    let Noise { alpha, sigma, .. } = &Noise::general();
    let [s, m, x] = ["s", "m", "x"].map(quantity);
    let tweedie = Equation::new(&s, (alpha * &m - &x) / sigma.pow(2));
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let law = Mixture::general(components, dim);
        let prior_mean: Expr = law.components().map(|j| &law.weights[j] * &law.component_mean(j)[0]).sum();
        all.push(Identity::redefined(
            law.name(),
            &tweedie,
            &[
                (&s, law.score().swap_remove(0)),
                (&m, law.posterior_mean().swap_remove(0)),
                (&x, law.position().swap_remove(0)),
            ],
            ("prior weights in place of posterior weights", &[(&m, prior_mean)]),
        ));
    }
    let law = Mixture::general(1, 1);
    let x0 = Expr::from(Symbol::real("x_0"));
    let (x, prior) = (law.position(), normal(std::slice::from_ref(&x0), &law.means[0], &law.variances[0]));
    let posterior = normal(std::slice::from_ref(&x0), &law.component_mean(0), &law.component_variance(0));
    let joint = |sigma2: &Expr| &prior * normal(&x, &[alpha * &x0], sigma2);
    all.push(identity(
        "marginal * posterior = joint density, K=1, D=1",
        law.component(0) * posterior,
        joint(&sigma.pow(2)),
        ("a noise kernel of variance sigma", joint(sigma)),
    ));
    all
}

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for case in cases()?.into_iter().chain(crooked_cases()?) {
        let check = Check::new(Kind::Quadrature, &case, "slope of log p", |_, case| slope(case, 2));
        checks.push(check.mutant(Ingredient::Exponent, "sigma in place of sigma^2", |_, case| slope(case, 1)));
    }
    for case in cases()?.into_iter().chain(crooked_cases()?).chain(super::digits_case(context)?) {
        let mutants = super::sampled_mutants(&case, &[Mutation::Noise, Mutation::Weight, Mutation::Sigma]);
        checks.push(Check::new(Kind::MonteCarlo, &case, "projection of the noise", projection).breaking(&mutants));
    }
    checks.extend(enclosed::each(
        enclosed::stages(),
        "at x=0.37",
        2,
        &[(Ingredient::Exponent, "sigma in place of sigma^2", 1)],
        enclosure,
    ));
    Ok(checks)
}

/// The slope of `log p`, carried through the density, against Tweedie's formula over `sigma^power`.
fn enclosure(stage: &Stage, power: i32) -> Sides {
    let (level, x) = (stage.level()?, enclosed::X);
    let slope = stage.still::<Slope>()?.observe(Jet::variable(point(x))).ln_density().slope;
    let [mean, _] = posterior(&stage.line()?, point(x));
    let scale = if power == 2 { level.sigma2 } else { level.sigma2.sqrt() };
    Ok([slope, (level.alpha * mean - point(x)) / scale])
}

/// Differences of `log p` along a direction against Tweedie's formula with the posterior mean, over `sigma^power`.
fn slope(case: &Case, power: i32) -> Result<Comparison> {
    let level = case.level()?;
    let (direction, start) = place(case);
    let sigma = level.sigma();
    let lhs = case.density(|p| {
        let along = |h: f64| {
            let offset: Vec<f64> = start.iter().zip(&direction).map(|(x, e)| x * sigma + h * e).collect();
            let value = read(p, &offset).ln_density[0];
            // Each of the D terms of the exponent is rounded.
            Ok(Estimate::new(value, ulps::SAMPLE * f64::EPSILON * (value.abs() + offset.len() as f64)))
        };
        derivative(along, 0.0, 0.5 * sigma)
    })?;
    let rhs = case.density(|p| {
        let offset: Vec<f64> = start.iter().map(|x| x * sigma).collect();
        let seen = read(p, &offset);
        // alpha m - x = alpha (m - mu) - (x - alpha mu).
        let gap = |i: usize| level.alpha() * seen.mean_offset[i] - offset[i];
        let value: f64 = direction.iter().enumerate().map(|(i, e)| e * gap(i)).sum();
        let size: f64 = direction.iter().zip(&offset).map(|(e, x)| e.abs() * (x.abs() + level.alpha())).sum();
        let scale = sigma.powi(power);
        Ok(Estimate::new(value / scale, ulps::SAMPLE * f64::EPSILON * size / scale))
    })?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// `m` is the projection of `X_0` on functions of `X_t`, so for any bounded `phi`
/// `E[(alpha X_0 - X_t) phi]/sigma^2 = E[s phi]`.
fn projection(context: &Context, case: &Case) -> Result<Comparison> {
    let sigma = case.level()?.sigma();
    let means = case.sample(context, Detail::SCORE, 2, &[], |row, out| {
        let seen = row.seen(0);
        // Slowly varying where the law lives, different at its two sides.
        let test: Vec<f64> = (0..seen.offset().len()).map(|i| (0.7 * seen.x(i) + 0.3).tanh()).collect();
        out[0] = -row.noise().iter().zip(&test).map(|(z, w)| z * w).sum::<f64>() / sigma;
        out[1] = seen.score().iter().zip(&test).map(|(s, w)| s * w).sum();
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
