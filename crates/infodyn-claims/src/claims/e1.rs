//! E1: relaxation.

use infodyn_core::{Comparison, Detail, Estimate, Mixture as Law, NoiseProcess};
use infodyn_symbolic::theory::{
    Equation, Gaussian, Identity, Mixture, Noise, divergence, gradient, identity, norm2, normal, quantity, scale,
};
use infodyn_symbolic::{Derivation, Expr};

use super::{SAMPLED, SHARP};
use crate::case::paired;
use crate::{Case, Check, Claim, Context, Kind, Mutation, NamedLaw, Origin, Result, Seen};

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

const ALONE: &str = "s in place of s + x";
const SQUARED: &str = "the square of the factor";
const MEAN: &str = "alpha in place of alpha^2";

/// Laws under variance-preserving processes.
pub(super) fn preserving() -> Result<Vec<Case>> {
    use NoiseProcess as P;
    Ok(vec![
        super::gaussian()?.under(P::Ou, 0.4)?,
        super::mixture()?.under(P::VP_LINEAR, 0.2)?,
        super::atoms()?.under(P::VP_COSINE, 0.5)?,
        super::plane()?.under(P::VP_SCALED_LINEAR, 0.2)?,
        super::pair()?.under(P::Ou, 1.2)?,
    ])
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for case in preserving()? {
        let broken = [Mutation::Weight, Mutation::Sigma, Mutation::Clock, Mutation::Formula(ALONE)];
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "slope of KL", &broken, quadrature));
        // On the three components a wrong sigma moves E|s + x|^2 by little more than the interval.
        let sigma: &[Mutation] = if case.law().components() == 3 { &[] } else { &[Mutation::Sigma] };
        let mutants = [sigma, &[Mutation::Clock, Mutation::Formula(ALONE)]].concat();
        checks.push(Check::new_by_words(Kind::MonteCarlo, &case, "over a stretch of time", &mutants, monte_carlo));
    }
    // A law of mean 0 can relax faster; those with a mean cannot.
    for case in [
        super::gaussian()?.under(NoiseProcess::Ou, 1.0)?,
        super::mixture()?.under(NoiseProcess::VP_LINEAR, 0.4)?,
        super::atoms()?.under(NoiseProcess::Ou, 0.8)?,
        super::plane()?.under(NoiseProcess::VP_COSINE, 0.7)?,
    ] {
        checks.push(Check::new_by_words(
            Kind::Quadrature,
            &case,
            "contraction",
            &[Mutation::Formula(SQUARED)],
            contraction,
        ));
    }
    let shifted = NamedLaw::new("shifted", Law::gaussian(&[0.8], infodyn_core::Covariance::isotropic(1.0)?)?);
    for (process, t) in [(NoiseProcess::Ou, 0.6), (NoiseProcess::VP_LINEAR, 0.3)] {
        let case = shifted.under(process, t)?;
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "equality", &[Mutation::Formula(MEAN)], equality));
    }
    Ok(checks)
}

/// `log p_t(x) + |x|^2/2`: up to a constant, the logarithm of `p_t/N(0,I)`.
pub(super) fn log_ratio(s: &Seen<'_>) -> f64 {
    s.ln_density() + 0.5 * (0..s.offset().len()).map(|i| s.x(i) * s.x(i)).sum::<f64>()
}

/// `KL(p_t, N(0,I))` of the true marginal.
pub(super) fn relative_entropy(case: &Case) -> Result<Estimate> {
    let mean = case.truth().mean(Detail::Score, 1, |s, out| out[0] = log_ratio(s))?[0];
    Ok(mean + Estimate::rounded(0.5 * case.dim() * std::f64::consts::TAU.ln(), 2.0))
}

/// `|s + x|^2`.
fn force2(s: &Seen<'_>, alone: bool) -> f64 {
    let kept = if alone { 0.0 } else { 1.0 };
    s.score().iter().enumerate().map(|(i, v)| (v + kept * s.x(i)).powi(2)).sum()
}

fn quadrature(_: &Context, case: &Case) -> Result<Comparison> {
    let lhs = case.slope(relative_entropy)?;
    let alone = case.breaks(ALONE);
    let rhs =
        case.mean(Detail::Score, 1, |s, out| out[0] = force2(s, alone))?[0] * Estimate::given(-case.level()?.g2()) / 2;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

fn monte_carlo(context: &Context, case: &Case) -> Result<Comparison> {
    let alone = case.breaks(ALONE);
    let means = case.sample_over_time(context, (Detail::Posterior, Detail::Score), 2, |row, out| {
        out[0] = log_ratio(&row.seen(1)) - log_ratio(&row.seen(0));
        out[1] = -row.weight() * 0.5 * row.level(2).g2() * force2(&row.seen(2), alone);
    })?;
    Ok(paired(&means, 0, 1, 2.0 * SAMPLED))
}

/// `alpha(s)^2 KL(t) <= alpha(t)^2 KL(s)` from the case's time to the end of a stretch twice as long.
fn contraction(_: &Context, case: &Case) -> Result<Comparison> {
    let later = case.at(case.t() + 0.5 * case.t().min(case.process().time_range().1 - case.t()));
    let power = if case.breaks(SQUARED) { 4.0 } else { 2.0 };
    let [early, late] = [case, &later].map(|s| (s.truth().level().map(|l| l.alpha().powf(power)), relative_entropy(s)));
    let (lhs, rhs) = (late.1? * Estimate::rounded(early.0?, 2.0), early.1? * Estimate::rounded(late.0?, 2.0));
    Ok(Comparison::at_most(lhs, rhs, SHARP * rhs.value()))
}

/// For `N(mu, I)` the divergence is `alpha^2 |mu|^2/2`.
fn equality(_: &Context, case: &Case) -> Result<Comparison> {
    let alpha = case.level()?.alpha();
    let size: f64 = case.law().mean(0).iter().map(|m| m * m).sum();
    let rhs = Estimate::rounded(0.5 * size * if case.breaks(MEAN) { alpha } else { alpha * alpha }, 8.0);
    Ok(Comparison::new(relative_entropy(case)?, rhs, SHARP * rhs.value()))
}
