//! B1: de Bruijn's identity along the process.

use infodyn_core::{Comparison, Detail, Estimate, Quantity};
use infodyn_enclosure::Moment;

use super::{ALONE, SAMPLED, SHARP, cases, cases_on_a_line};
use crate::case::paired;
use crate::{Case, Check, Claim, Context, Kind, Mutation, Origin, Result};
use crate::{asked, bells, enclosed};

pub(super) const CLAIM: Claim = Claim {
    id: "B1",
    name: "marginal-production",
    statement: "{0}",
    scope: "every law and process; the left side needs only `log p_t`",
    origin: Origin::Elsewhere("de Bruijn; Stam 1959"),
    uses: &["A3"],
    formulas,
    checks,
};

/// De Bruijn's identity: for Gaussians, and before integration for mixtures.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use infodyn_symbolic::Expr;
    use infodyn_symbolic::theory::{Equation, Gaussian, Identity, Mixture, divergence, minus, norm2, quantity, scale};

    let [rate, d, f, g, info] = ["d/dt H(X_t)", "D", "f", "g", "E|s|^2"].map(quantity);
    let produced = |noise: Expr| &d * &f + noise * &info;
    let de_bruijn = Equation::new(&rate, produced(g.pow(2) / 2));
    let [lost, p, div_j, norm2_s] = ["d/dt(-p log p)", "p", "div J", "|s|^2"].map(quantity);
    let local = |noise: Expr| &div_j + &p * (&d * &f + noise * &norm2_s);
    let balance = Equation::new(&lost, local(g.pow(2) / 2));
    let mut all = Vec::new();
    for dim in [1, 2] {
        let law = Gaussian::general(dim);
        let defined = [
            (&rate, law.noise.in_time().of(&law.marginal_entropy())),
            (&d, law.dim()),
            (&f, Expr::from(&law.noise.f)),
            (&g, Expr::from(&law.noise.g)),
            (&info, law.mean(&norm2(&law.score()))),
        ];
        let broken = ("g^2 in place of g^2/2", produced(g.pow(2)));
        all.push(Identity::of(format!("Gaussian, D={dim}"), &de_bruijn, &defined, broken));
    }
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let (density, s, x) = (law.density(), law.score(), law.position());
        // -p log p is carried with the probability flow; what is left over is produced.
        let carried = scale(&((1 + density.log()) * &density), &law.noise.velocity(&x, &s));
        let current = minus(&carried, &scale(&(&law.noise.f * &density), &x));
        let defined = [
            (&lost, law.noise.in_time().of(&(-&density * density.log()))),
            (&div_j, divergence(&current, &law.x)),
            (&d, law.dim()),
            (&f, Expr::from(&law.noise.f)),
            (&g, Expr::from(&law.noise.g)),
            (&norm2_s, norm2(&s)),
            (&p, density),
        ];
        let broken = ("g^2 in place of g^2/2", local(g.pow(2)));
        all.push(Identity::of(format!("entropy balance, {}", law.name()), &balance, &defined, broken));
    }
    all
}

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let broken = [Mutation::Weight, Mutation::Sigma, Mutation::Clock];
    for case in cases()? {
        checks.push(Check::new(Kind::Quadrature, &case, "", |_, case| quadrature(case, SHARED)).breaking(&broken));
    }
    for case in cases_on_a_line()? {
        checks.push(Check::new(Kind::Quadrature, &case, ALONE, |_, case| quadrature(case, BARE)).breaking(&broken));
    }
    for case in cases()?.into_iter().chain(super::digits_case(context)?) {
        let mutants = super::sampled_mutants(&case, &[Mutation::Noise, Mutation::Sigma, Mutation::Clock]);
        checks.push(Check::new(Kind::MonteCarlo, &case, "over a stretch of time", monte_carlo).breaking(&mutants));
    }
    let mutants = enclosed::mutants(&broken);
    checks.extend(enclosed::each(enclosed::stages(), "", Mutation::None, &mutants, |stage, mutation| {
        let rate = stage.moving()?.mean(Moment::LnDensity)?.slope;
        let broken = stage.broken(mutation);
        let level = broken.level()?;
        Ok([rate, level.f + level.g2.times(0.5) * broken.line()?.mean(Moment::ScoreNorm2)?])
    }));
    checks.extend(asked::of_points(&[
        Quantity::MarginalEntropy,
        Quantity::MarginalEntropyRate,
        Quantity::MeanScoreNorm2,
    ])?);
    Ok(checks)
}

/// `H(X_t)` and `E|s|^2`.
type Means = [fn(&Case) -> Result<Estimate>; 2];

const SHARED: Means = [Case::marginal_entropy, |case| Ok(case.mean(Detail::SCORE, 1, |s, out| out[0] = s.norm2())?[0])];

const BARE: Means = [|case| bells::mean(case, |p, x| Ok(-p.ln_density(x))), bells::norm2];

fn quadrature(case: &Case, [entropy, norm2]: Means) -> Result<Comparison> {
    let (level, lhs) = (case.level()?, case.slope(entropy)?);
    let rhs = norm2(case)? * Estimate::given(level.g2()) / 2 + Estimate::given(case.dim()) * Estimate::given(level.f());
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

fn monte_carlo(context: &Context, case: &Case) -> Result<Comparison> {
    let d = case.dim();
    let means = case.sample_over_time(context, (Detail::empty(), Detail::SCORE), 3, |row, out| {
        let level = row.level(2);
        out[0] = row.seen(0).ln_density() - row.seen(1).ln_density();
        out[2] = row.weight() * 0.5 * level.g2() * row.seen(2).norm2();
        out[1] = row.weight() * d * level.f() + out[2];
    })?;
    // Drift and diffusion nearly cancel near equilibrium: what is sharp is measured by one of them.
    let scale = means.mean(2, Context::CONFIDENCE).value();
    Ok(paired(&means, 0, 1, SAMPLED).with_tolerance(SAMPLED * scale))
}
