//! A2: the score's gradient is the posterior covariance in disguise.

use infodyn_core::{Comparison, Detail, Estimate, ulps};
use infodyn_enclosure::Jet;
use infodyn_quadrature::derivative;

use super::{SAMPLED, SHARP, cases, crooked_cases};
use crate::case::paired;
use crate::enclosed::{self, Curve, Sides, Stage, point, posterior, real};
use crate::pointwise::{place, read};
use crate::rates::square_error;
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, Origin, Result};

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

/// One of the two forms: whose slope, and what stands before which covariance.
#[derive(Clone, Copy)]
struct Form {
    field: Field,
    /// The power of `alpha`.
    alpha: i32,
    /// The power of `sigma^2` below it.
    sigma2: i32,
    spread: Spread,
}

#[derive(Clone, Copy)]
enum Field {
    Score,
    Mean,
}

#[derive(Clone, Copy)]
enum Spread {
    Posterior,
    Prior,
}

const SCORE: Form = Form { field: Field::Score, alpha: 2, sigma2: 2, spread: Spread::Posterior };
const MEAN: Form = Form { field: Field::Mean, alpha: 1, sigma2: 1, spread: Spread::Posterior };

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for case in cases()?.into_iter().chain(crooked_cases()?) {
        for (what, form) in [("slope of the score", SCORE), ("slope of the mean", MEAN)] {
            let check = Check::new(Kind::Quadrature, &case, what, move |_, case| slope(case, form));
            let prior = Form { spread: Spread::Prior, ..form };
            let how = "the covariance of X_0 in place of the posterior's";
            let check = check.breaking(&[Mutation::Sigma]);
            let mut check = check.mutant(Ingredient::Posterior, how, move |_, case| slope(case, prior));
            if case.level()?.alpha() != 1.0 {
                let less = Form { alpha: form.alpha - 1, ..form };
                let how = "a power of alpha less";
                check = check.mutant(Ingredient::Exponent, how, move |_, case| slope(case, less));
            }
            checks.push(check);
        }
    }
    for case in cases()?.into_iter().chain(crooked_cases()?).chain(super::digits_case(context)?) {
        let mutants = super::sampled_mutants(&case, &[Mutation::Noise, Mutation::Weight, Mutation::Sigma]);
        checks.push(Check::new(Kind::MonteCarlo, &case, "projection of the error", projection).breaking(&mutants));
    }
    let mutants = enclosed::mutants(&[Mutation::Weight, Mutation::Sigma]);
    checks.extend(enclosed::each(enclosed::stages(), "at x=0.37", Mutation::None, &mutants, enclosure));
    Ok(checks)
}

/// The second derivative of `log p`, carried through the density, against the posterior variance.
fn enclosure(stage: &Stage, mutation: Mutation) -> Sides {
    let x: Curve = Jet { value: Jet::variable(point(enclosed::X)), slope: real(1.0) };
    let second = stage.still::<Curve>()?.observe(x).ln_density().slope.slope;
    let broken = stage.broken(mutation);
    let level = broken.level()?;
    let [_, variance] = posterior(&broken.line()?, point(enclosed::X));
    Ok([second, level.alpha.sqr() / level.sigma2.sqr() * variance - level.sigma2.recip()])
}

/// `w . (grad field) e` by differences along `e`, against `w . S e`. The field is read along another direction than the
/// one moved in: the whole matrix speaks, not its diagonal.
fn slope(case: &Case, form: Form) -> Result<Comparison> {
    let level = case.level()?;
    let (direction, start) = place(case);
    let reader: Vec<f64> = (0..start.len()).map(|i| 1.0 + 0.5 * (i % 3) as f64).collect();
    let start: Vec<f64> = start.iter().map(|x| x * level.sigma()).collect();
    let (lhs, spread) = case.density(|p| {
        let along = |h: f64| -> Result<Estimate> {
            let offset: Vec<f64> = start.iter().zip(&direction).map(|(x, e)| x + h * e).collect();
            let seen = read(p, &offset);
            let field = if let Field::Score = form.field { &seen.score } else { &seen.mean_offset };
            let (value, size) =
                field.iter().zip(&reader).fold((0.0, 0.0), |(v, s), (x, w)| (v + x * w, s + (x * w).abs()));
            Ok(Estimate::new(value, ulps::SAMPLE * f64::EPSILON * size))
        };
        let covariance = match form.spread {
            Spread::Posterior => p.posterior_covariance(0, &start),
            Spread::Prior => case.law().total_covariance(),
        };
        let (mut value, mut size) = (0.0, 0.0);
        for (i, w) in reader.iter().enumerate() {
            for (k, e) in direction.iter().enumerate() {
                let term = w * covariance[(i, k)] * e;
                (value, size) = (value + term, size + term.abs());
            }
        }
        let units = ulps::SAMPLE + ulps::sum(2 * start.len());
        let spread = Estimate::new(value, units * f64::EPSILON * size);
        Ok((derivative(along, 0.0, 0.5 * level.sigma())?, spread))
    })?;
    let factor = level.alpha().powi(form.alpha) / level.sigma2().powi(form.sigma2);
    let mut rhs = spread * Estimate::rounded(factor, ulps::operations(4));
    if let Field::Score = form.field {
        let unit: f64 = reader.iter().zip(&direction).map(|(w, e)| w * e).sum();
        rhs = rhs - Estimate::rounded(unit, ulps::operations(2 * start.len())) / Estimate::given(level.sigma2());
    }
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// `S` is the conditional covariance of `X_0`, so for any bounded `phi`
/// `E[|X_0 - m|^2 phi] = E[(sigma^4/alpha^2)(D/sigma^2 + div s) phi]`.
fn projection(context: &Context, case: &Case) -> Result<Comparison> {
    let (level, d) = (case.level()?, case.dim());
    let scale = level.sigma2() * level.sigma2() / (level.alpha() * level.alpha());
    let means = case.sample(context, Detail::SCORE_DIVERGENCE | Detail::MEAN_OFFSET, 2, &[], |row, out| {
        let seen = row.seen(0);
        let test = 1.0 + 0.5 * (0.7 * seen.x(0) + 0.3).tanh();
        out[0] = square_error(row, 0) * test;
        out[1] = scale * (d / level.sigma2() + seen.divergence()) * test;
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
