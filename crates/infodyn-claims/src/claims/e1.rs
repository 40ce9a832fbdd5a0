//! E1: relaxation.

use infodyn_core::{Comparison, Detail, Estimate, Mixture as Law, NoiseProcess, ulps};
use infodyn_enclosure::Interval;
use infodyn_symbolic::theory::{
    Equation, Gaussian, Identity, Mixture, Noise, divergence, gradient, identity, norm2, normal, quantity, scale,
};
use infodyn_symbolic::{Derivation, Expr};

use super::{SAMPLED, SHARP};
use crate::case::paired;
use crate::enclosed::{self, Rule, mean_of};
use crate::equilibrium::{enclosed_decay, log_ratio, preserving, preserving_stages, relative_entropy};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, NamedLaw, Origin, Result, Seen};

pub(super) const CLAIM: Claim = Claim {
    id: "E1",
    name: "relaxation",
    statement: "Variance-preserving processes, with `N(0,I)` as the equilibrium: {0}, before integration {1}; and `KL(t) <= (alpha(t)/alpha(s))^2 KL(s)` for \
                `s<t`, with equality for a shifted equilibrium",
    scope: "`ou` and every `vp` schedule; Gaussians, mixtures and atoms (`s > 0`) in 1, 2 and 64 dimensions",
    origin: Origin::Elsewhere(
        "Bakry & Emery 1985, Diffusions hypercontractives; the inequality is the logarithmic Sobolev inequality of Gross 1975",
    ),
    uses: &["A4", "B1"],
    formulas,
    checks,
};

/// The derivative in time for a variance-preserving process: `f = -g^2/2` and `sigma^2 = 1 - alpha^2`.
fn variance_preserving(noise: &Noise) -> (Derivation, Expr) {
    let rate = -noise.half_g2() * &noise.alpha;
    (Derivation::new([(noise.alpha.clone(), rate)]), (1 - noise.alpha.pow(2)).sqrt())
}

/// `d/dt KL(p_t, N(0,I)) = -(g^2/2) E|s + x|^2`: before integration, and for Gaussians.
fn formulas() -> Vec<Identity> {
    let [slope, g, mean] = ["d/dt KL", "g", "E|s+x|^2"].map(quantity);
    let [gain, div_j, density, pressure] = ["d/dt(p log(p/N))", "div J", "p", "|s+x|^2"].map(quantity);
    let decay = Equation::new(&slope, -(g.pow(2) / 2) * &mean);
    let balance = Equation::new(&gain, &div_j - g.pow(2) / 2 * &density * &pressure);
    let law = Gaussian::general(1);
    let (in_time, sigma) = variance_preserving(&law.noise);
    let v = law.spread(0).substitute(&[(&law.noise.sigma, sigma)]);
    let relative = (&v - 1 - v.log()) / 2;
    // s + x = x (1 - 1/v), and E x^2 = v.
    let defined = [(&slope, in_time.of(&relative)), (&g, Expr::from(&law.noise.g)), (&mean, (1 - 1 / &v).pow(2) * &v)];
    let broken = ("no variance", &[(&mean, (1 - 1 / &v).pow(2))][..]);
    let mut all = vec![Identity::redefined("Gaussian, D=1", &decay, &defined, broken)];
    // Contraction: KL/alpha^2 decreases. For a Gaussian its slope has the sign of log v - 1 + 1/v taken negatively.
    let falling = |v: &Expr| -law.noise.g.pow(2) / (2 * law.noise.alpha.pow(2)) * (v.log() - 1 + 1 / v);
    let contraction = identity(
        "slope of KL/alpha^2, Gaussian, D=1",
        in_time.of(&(&relative / law.noise.alpha.pow(2))),
        falling(&v),
        ("1/v in place of v", falling(&(1 / &v))),
    );
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let (in_time, sigma) = variance_preserving(&law.noise);
        let x = law.position();
        let p = law.density().substitute(&[(&law.noise.sigma, sigma)]);
        let s = gradient(&p.log(), &law.x);
        let equilibrium = normal(&x, &vec![Expr::zero(); dim], &Expr::one());
        let relative = (&p / &equilibrium).log();
        // p_t relaxes by p' = (g^2/2) div(p (s + x)).
        let force: Vec<Expr> = s.iter().zip(&x).map(|(s, x)| s + x).collect();
        let current = scale(&(law.noise.half_g2() * &p * (1 + &relative)), &force);
        let defined = [
            (&gain, in_time.of(&(&p * &relative))),
            (&div_j, divergence(&current, &law.x)),
            (&g, Expr::from(&law.noise.g)),
            (&pressure, norm2(&force)),
            (&density, p.clone()),
        ];
        let broken = ("g^2 in place of g^2/2", &div_j - g.pow(2) * &density * &pressure);
        all.push(Identity::of(format!("balance of p log(p/N(0,I)), {}", law.name()), &balance, &defined, broken));
    }
    all.push(contraction);
    all
}

/// How far the score is pushed towards the origin: `s + pull x`, of pull 1 in the claim.
const PULL: f64 = 1.0;
const ALONE: &str = "s in place of s + x";

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for case in preserving()? {
        let check = Check::new(Kind::Quadrature, &case, "slope of KL", |_, case| quadrature(case, PULL))
            .breaking(&[Mutation::Weight, Mutation::Sigma, Mutation::Clock])
            .mutant(Ingredient::Drift, ALONE, |_, case| quadrature(case, 0.0));
        checks.push(check);
        // On the three components a wrong sigma moves E|s + x|^2 by little more than the interval.
        let broken = [Mutation::Clock, Mutation::Sigma];
        let broken = if case.law().components() == 3 { &broken[..1] } else { &broken };
        let check = Check::new(Kind::MonteCarlo, &case, "over a stretch of time", |c, case| monte_carlo(c, case, PULL))
            .breaking(broken)
            .mutant(Ingredient::Drift, ALONE, |c, case| monte_carlo(c, case, 0.0));
        checks.push(check);
    }
    // A law of mean 0 can relax faster; those with a mean cannot. Each with an exponent just above its own.
    for (case, wrong) in [
        (super::gaussian()?.under(NoiseProcess::Ou, 1.0)?, 2.6),
        (super::mixture()?.under(NoiseProcess::VP_LINEAR, 0.4)?, 2.2),
        (super::atoms()?.under(NoiseProcess::Ou, 0.8)?, 2.1),
        (super::plane()?.under(NoiseProcess::VP_COSINE, 0.7)?, 2.75),
    ] {
        let check = Check::new(Kind::Quadrature, &case, "contraction", |_, case| contraction(case, 2.0));
        let how = format!("alpha^{wrong} in place of alpha^2");
        checks.push(check.mutant(Ingredient::Bound, &how, move |_, case| contraction(case, wrong)));
    }
    let shifted = NamedLaw::new("shifted", Law::gaussian(&[0.8], infodyn_core::Covariance::isotropic(1.0)?)?);
    for (process, t) in [(NoiseProcess::Ou, 0.6), (NoiseProcess::VP_LINEAR, 0.3)] {
        let case = shifted.under(process, t)?;
        let check = Check::new(Kind::Quadrature, &case, "equality", |_, case| equality(case, 2));
        checks.push(check.mutant(Ingredient::Exponent, "alpha in place of alpha^2", |_, case| equality(case, 1)));
    }
    let mutants = [(Ingredient::Drift, ALONE, 0.0)];
    checks.extend(enclosed::each(preserving_stages(), "", PULL, &mutants, |stage, pull| {
        let force2 = mean_of(&stage.line()?, &Rule::Drift(pull, Interval::ONE))?[0];
        Ok([enclosed_decay(stage)?, stage.level()?.g2.times(0.5) * force2])
    }));
    Ok(checks)
}

/// `|s + pull x|^2`.
fn force2(s: &Seen<'_>, pull: f64) -> f64 {
    s.score().iter().enumerate().map(|(i, v)| (v + pull * s.x(i)).powi(2)).sum()
}

fn quadrature(case: &Case, pull: f64) -> Result<Comparison> {
    let lhs = case.slope(relative_entropy)?;
    let mean = case.mean(Detail::SCORE, 1, |s, out| out[0] = force2(s, pull))?[0];
    let rhs = mean * Estimate::given(-case.level()?.g2()) / 2;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

fn monte_carlo(context: &Context, case: &Case, pull: f64) -> Result<Comparison> {
    let means = case.sample_over_time(context, (Detail::empty(), Detail::SCORE), 2, |row, out| {
        out[0] = log_ratio(&row.seen(1)) - log_ratio(&row.seen(0));
        out[1] = -row.weight() * 0.5 * row.level(2).g2() * force2(&row.seen(2), pull);
    })?;
    Ok(paired(&means, 0, 1, 2.0 * SAMPLED))
}

/// `alpha(s)^p KL(t) <= alpha(t)^p KL(s)`, of power 2 in the claim, from the case's time to the end of a stretch twice
/// as long.
fn contraction(case: &Case, power: f64) -> Result<Comparison> {
    let later = case.at(case.t() + 0.5 * case.t().min(case.process().time_range().1 - case.t()));
    let share = |case: &Case| Ok::<_, crate::Error>(Estimate::given(case.level()?.alpha()).powf(power));
    let lhs = relative_entropy(&later)? * share(case)?;
    let rhs = relative_entropy(case)? * share(&later)?;
    Ok(Comparison::at_most(lhs, rhs, SHARP * rhs.value()))
}

/// For `N(mu, I)` the divergence is `alpha^2 |mu|^2/2`.
fn equality(case: &Case, power: i32) -> Result<Comparison> {
    let size: f64 = case.law().mean(0).iter().map(|m| m * m).sum();
    let size = Estimate::rounded(size, ulps::sum(case.law().dim()) + ulps::OPERATION);
    let rhs = size * Estimate::given(case.level()?.alpha()).powi(power) / 2;
    Ok(Comparison::new(relative_entropy(case)?, rhs, SHARP * rhs.value()))
}
