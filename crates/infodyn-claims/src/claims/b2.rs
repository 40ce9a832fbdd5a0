//! B2: the main theorem, the generative bandwidth.

use infodyn_core::{Comparison, Detail, Estimate, NoiseProcess, Quantity};
use infodyn_enclosure::{Interval, Moment, Number};

use super::{ALONE, SAMPLED, SHARP, cases, cases_on_a_line, mixture, pair};
use crate::case::paired;
use crate::enclosed::{self, Stage};
use crate::{Case, Check, Claim, Context, Kind, Mutation, Origin, Result, asked, bells, rates};

pub(super) const CLAIM: Claim = Claim {
    id: "B2",
    name: "conditional-production",
    statement: "{0}",
    scope: "every law and process; the left side is the slope of `-I(X_0;X_t)`, which needs only `log p_t`",
    origin: Origin::Paper("abstract: the conditional entropy rate is governed by the expected divergence of the score"),
    uses: &["A3", "B1"],
    formulas,
    checks,
};

/// `d/dt H(X_0 given X_t) = (g^2/2)(D/sigma^2 + E[div s])`: for Gaussians, and before integration for mixtures.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use infodyn_symbolic::Expr;
    use infodyn_symbolic::theory::{
        Equation, Gaussian, Identity, Mixture, Noise, divergence, gradient, minus, norm2, quantity, scale,
    };

    let Noise { sigma, .. } = &Noise::general();
    let [rate, d, g, mean] = ["d/dt H(X_0|X_t)", "D", "g", "E[div s]"].map(quantity);
    let bandwidth = |noise: Expr| g.pow(2) / 2 * (&d / noise + &mean);
    let main = Equation::new(&rate, bandwidth(sigma.pow(2)));
    let [kernel, lost, p, div_j, div_s] = ["d/dt log sigma", "d/dt(-p log p)", "p", "div J", "div s"].map(quantity);
    let balance = Equation::new(&d * &p * &kernel - &lost, &div_j + g.pow(2) / 2 * &p * (&d / sigma.pow(2) + &div_s));
    let mut all = Vec::new();
    for dim in [1, 2] {
        let law = Gaussian::general(dim);
        let defined = [
            (&rate, law.noise.in_time().of(&law.conditional_entropy())),
            (&d, law.dim()),
            (&g, Expr::from(&law.noise.g)),
            (&mean, law.mean(&divergence(&law.score(), &law.x))),
        ];
        let broken = ("noise bandwidth D/sigma", bandwidth(sigma.into()));
        all.push(Identity::of(format!("Gaussian, D={dim}"), &main, &defined, broken));
    }
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let (density, s, x) = (law.density(), law.score(), law.position());
        // H(X_0 given X_t) is H(X_t given X_0) - H(X_t) up to a constant, and H(X_t given X_0) = D log sigma + const.
        let carried = scale(&((1 + density.log()) * &density), &law.noise.velocity(&x, &s));
        // Its last part turns -p |s|^2 into p div s.
        let last = scale(&law.noise.half_g2(), &gradient(&density, &law.x));
        let current = minus(&minus(&scale(&(&law.noise.f * &density), &x), &carried), &last);
        let defined = [
            (&kernel, law.noise.in_time().of(&sigma.log())),
            (&lost, law.noise.in_time().of(&(-&density * density.log()))),
            (&div_j, divergence(&current, &law.x)),
            (&d, law.dim()),
            (&g, Expr::from(&law.noise.g)),
            (&div_s, divergence(&s, &law.x)),
            (&p, density),
        ];
        let broken = ("-|s|^2 in place of div s, without its current", &[(&div_s, -norm2(&s))][..]);
        all.push(Identity::redefined(format!("entropy balance, {}", law.name()), &balance, &defined, broken));
    }
    all
}

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let broken = [Mutation::Weight, Mutation::Sigma, Mutation::Clock];
    // A shift changes the clock and nothing else.
    let shifted = mixture()?.under(NoiseProcess::flow(3.0)?, 0.2)?;
    for case in cases()?.into_iter().chain([shifted]) {
        let check = Check::new(Kind::Quadrature, &case, "", |_, case| quadrature(case, SHARED));
        checks.push(check.breaking(&broken));
    }
    for case in cases_on_a_line()? {
        checks.push(Check::new(Kind::Quadrature, &case, ALONE, |_, case| quadrature(case, BARE)).breaking(&broken));
    }
    let case = pair()?.under(NoiseProcess::Ve, 3.0)?;
    let check = Check::new(Kind::Quadrature, &case, "as a profile has it", |_, case| quadrature(case, PROFILE));
    checks.push(check.breaking(&broken));
    for case in cases()?.into_iter().chain(super::digits_case(context)?) {
        let mutants = super::sampled_mutants(&case, &[Mutation::Noise, Mutation::Sigma, Mutation::Clock]);
        checks.push(Check::new(Kind::MonteCarlo, &case, "over a stretch of time", monte_carlo).breaking(&mutants));
    }
    let mutants = enclosed::mutants(&broken);
    let (atoms, dense): (Vec<Stage>, _) = enclosed::stages().into_iter().partition(|s| s.name.contains("atoms"));
    checks.extend(enclosed::each(atoms, "", Mutation::None, &mutants, |stage, mutation| {
        Ok([stage.moving()?.mean(Moment::Entropy)?.slope, enclosed_rate(&stage.broken(mutation))?])
    }));
    // With a density, H(X_0 given X_t) is a constant minus H(X_t) - log sigma.
    checks.extend(enclosed::each(dense, "", Mutation::None, &mutants, |stage, mutation| {
        let moving = stage.moving()?;
        let information = moving.mean(Moment::LnDensity)? - moving.sigma2().ln().times(0.5);
        Ok([-information.slope, enclosed_rate(&stage.broken(mutation))?])
    }));
    checks.extend(asked::of_points(&[
        Quantity::ConditionalEntropy,
        Quantity::ConditionalEntropyRate,
        Quantity::MutualInformation,
        Quantity::MeanScoreDivergence,
    ])?);
    checks.extend(asked::within_label(&[Quantity::ConditionalEntropy, Quantity::ConditionalEntropyRate])?);
    checks.extend(asked::of_a_sphere());
    Ok(checks)
}

/// The right side for a law on a line.
fn enclosed_rate(stage: &Stage) -> infodyn_enclosure::Result<Interval> {
    let level = stage.level()?;
    Ok(level.g2.times(0.5) * (level.sigma2.recip() + stage.line()?.mean(Moment::ScoreDivergence)?))
}

/// `I(X_0;X_t)` and the rate.
type Sides = [fn(&Case) -> Result<Estimate>; 2];

const SHARED: Sides = [rates::information, rates::bandwidth];

const BARE: Sides = [bells::information, |case| rates::per_time(case, bells::mean(case, |p, x| p.divergence(x))?)];

/// What `profile` puts together, of a law that splits.
const PROFILE: Sides = [rates::information, |case| case.quantity(Quantity::ConditionalEntropyRate)];

/// The slope of `-I(X_0;X_t)`, which is that of `H(X_0 given X_t)`.
fn quadrature(case: &Case, [information, rate]: Sides) -> Result<Comparison> {
    let (lhs, rhs) = (-case.slope(information)?, rate(case)?);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// `-log p(X_0 given X_t)` changes from one end to the other by `log p_t(X_t) - log p(X_t given X_0)`,
/// the law of `X_0` dropping out.
fn monte_carlo(context: &Context, case: &Case) -> Result<Comparison> {
    let d = case.dim();
    let means = case.sample_over_time(context, (Detail::empty(), Detail::SCORE_DIVERGENCE), 2, |row, out| {
        let level = row.level(2);
        let cost = |r: usize| row.seen(r).ln_density() - row.ln_kernel(r);
        out[0] = cost(1) - cost(0);
        out[1] = row.weight() * 0.5 * level.g2() * (d / level.sigma2() + row.seen(2).divergence());
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
