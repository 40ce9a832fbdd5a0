//! B11: the rescaled clock of `edm`.

use infodyn_core::{Comparison, Covariance, Detail, Estimate, Mixture, NoiseProcess};
use infodyn_quadrature::integral;

use super::{SAMPLED, SHARP, atoms, gaussian, mixture, pair};
use crate::case::paired;
use crate::{Case, Check, Claim, Context, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "B11",
    name: "rescaled-entropic-time",
    statement: "In `edm`, `psi(sigma) = integral from 0 to sigma of s (dH/ds) ds` runs at {0}, the noise bandwidth that the score lets through; for \
                `N(0, c^2 I)` that is {1}, so `psi = D c arctan(sigma/c)`",
    scope: "the integral from 0 for isotropic Gaussians in one, two and 64 dimensions; differences of psi for every law, against the entropies alone",
    origin: Origin::Elsewhere(
        "Stancevic, Handke & Ambrogioni, arXiv 2504.13612; the closed form for a Gaussian in its appendix E",
    ),
    uses: &["B2"],
    formulas,
    checks,
};

/// `d psi/d sigma` in `edm`: `D eta` for any Gaussian, and the slope of `D c arctan(sigma/c)`.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use infodyn_symbolic::theory::{Equation, Identity, quantity};
    use infodyn_symbolic::{Expr, Symbol};

    let [slope, d, mean] = ["d/dsigma psi", "D", "E[div s]"].map(quantity);
    let (sigma, c) = (Symbol::positive("sigma"), Symbol::positive("c"));
    let passes = |noise: Expr| &d + noise * &mean;
    let bandwidth = Equation::new(&slope, passes(sigma.pow(2)));
    let mut all = Vec::new();
    for dim in 1..=2 {
        // H(X_0 given X_t) and E[div s] for variances l_i.
        let spectrum: Vec<Symbol> = (1..=dim).map(|i| Symbol::positive(format!("l_{i}"))).collect();
        let entropy: Expr = spectrum.iter().map(|l| (l * sigma.pow(2) / (l + sigma.pow(2))).log() / 2).sum();
        let divergence: Expr = spectrum.iter().map(|l| -1 / (l + sigma.pow(2))).sum();
        let defined = [(&slope, &sigma * entropy.diff(&sigma)), (&d, Expr::from(dim)), (&mean, divergence)];
        let broken = ("sigma in place of sigma^2", passes(Expr::from(&sigma)));
        all.push(Identity::of(format!("Gaussian, D={dim}"), &bandwidth, &defined, broken));
    }
    let entropy = (c.pow(2) * sigma.pow(2) / (c.pow(2) + sigma.pow(2))).log() / 2;
    let arctan_slope = &d / (1 + (&sigma / &c).pow(2));
    all.push(Identity::of(
        "N(0, c^2 I), any D",
        &Equation::new(&slope, arctan_slope.clone()),
        &[(&slope, &d * &sigma * entropy.diff(&sigma))],
        ("no factor sigma in the clock", arctan_slope / &sigma),
    ));
    all
}

const PLAIN: &str = "no factor sigma in the clock";
const NARROW: &str = "arctan(sigma/c^2)";

fn checks(_: &Context) -> Result<Vec<Check>> {
    let edm = NoiseProcess::Edm;
    let round = |name, mean: &[f64], c: f64| -> Result<NamedLaw> {
        Ok(NamedLaw::new(name, Mixture::gaussian(mean, Covariance::isotropic(c * c)?)?))
    };
    let mut checks = Vec::new();
    for (named, sigma) in [
        (round("gaussian-1", &[0.4], 1.5)?, 0.8),
        (round("gaussian-1", &[0.4], 1.5)?, 12.0),
        (round("gaussian-2", &[1.0, -1.0], 0.6)?, 1.1),
        (round("gaussian-64", &[0.1; 64], 0.7)?, 2.0),
    ] {
        let case = named.under(edm, sigma)?;
        let mutants = [Mutation::Sigma, Mutation::Formula(PLAIN), Mutation::Formula(NARROW)];
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "from 0", &mutants, from_zero));
        checks.push(Check::new_by_words(
            Kind::MonteCarlo,
            &case,
            "over a stretch",
            &[Mutation::Formula(NARROW)],
            sampled_arctan,
        ));
    }
    for case in
        [gaussian()?.under(edm, 0.6)?, mixture()?.under(edm, 0.5)?, atoms()?.under(edm, 0.9)?, pair()?.under(edm, 1.2)?]
    {
        let mutants = [Mutation::Weight, Mutation::Sigma, Mutation::Formula(PLAIN)];
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "over a stretch", &mutants, by_parts));
    }
    for case in [mixture()?.under(edm, 0.5)?, atoms()?.under(edm, 0.9)?] {
        let mutants = [Mutation::Formula(PLAIN)];
        checks.push(Check::new_by_words(Kind::MonteCarlo, &case, "over a stretch", &mutants, sampled_by_parts));
    }
    Ok(checks)
}

/// `D eta = D + sigma^2 E[div s]`, times what the clock counts it by.
fn slope(case: &Case) -> Result<Estimate> {
    let divergence = case.mean(Detail::Score, 1, |s, out| out[0] = s.divergence())?[0];
    let sigma2 = case.level()?.sigma2();
    Ok(divergence * Estimate::given(sigma2) + Estimate::given(case.dim()))
}

/// The scale `c` and what `sigma/c` is taken for.
fn ratio(case: &Case, sigma: f64) -> (f64, f64) {
    let c = case.law().covariance(0).eigenvalue(0).sqrt();
    (c, sigma / if case.breaks(NARROW) { c * c } else { c })
}

fn from_zero(_: &Context, case: &Case) -> Result<Comparison> {
    let clock = |s: f64| if case.breaks(PLAIN) { 1.0 / s } else { 1.0 };
    let lhs = integral(
        |s| -> Result<Estimate> { Ok(slope(&case.at(s))? * Estimate::rounded(clock(s), 2.0)) },
        0.0,
        case.t(),
    )?;
    let (c, r) = ratio(case, case.t());
    let rhs = Estimate::rounded(case.dim() * c * r.atan(), 8.0);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// By parts: the integral of `s dH` is the increment of `s H` less the integral of `H`, up to constants of `H` from entropies of
/// the marginal alone.
fn by_parts(_: &Context, case: &Case) -> Result<Comparison> {
    let (s0, s1) = case.stretch();
    let entropy = |s: f64| -> Result<Estimate> {
        Ok(-case.truth().at(s).marginal_entropy()? + Estimate::rounded(case.dim() * s.ln(), 2.0))
    };
    let ends = entropy(s1)? * Estimate::given(s1) - entropy(s0)? * Estimate::given(s0);
    let lhs = ends - integral(entropy, s0, s1)?;
    let clock = |s: f64| if case.breaks(PLAIN) { 1.0 / s } else { 1.0 };
    let rhs = integral(|s| -> Result<Estimate> { Ok(slope(&case.at(s))? * Estimate::rounded(clock(s), 2.0)) }, s0, s1)?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// `D eta` by the error of the posterior mean, over the stretch, against the increment of `D c arctan(sigma/c)`.
fn sampled_arctan(context: &Context, case: &Case) -> Result<Comparison> {
    let means = case.sample_over_time(context, (Detail::Posterior, Detail::Score), 1, |row, out| {
        let (level, seen) = (row.level(2), row.seen(2));
        let error: f64 = row.xi().iter().zip(seen.mean_offset()).map(|(x, m)| (x - m) * (x - m)).sum();
        out[0] = row.weight() * error / level.sigma2();
    })?;
    let lhs = means.mean(0, Context::CONFIDENCE);
    let (s0, s1) = case.stretch();
    let ((c, r0), (_, r1)) = (ratio(case, s0), ratio(case, s1));
    let rhs = Estimate::rounded(case.dim() * c * (r1.atan() - r0.atan()), 16.0);
    Ok(Comparison::new(lhs, rhs, SAMPLED * rhs.value()))
}

/// As `by_parts`, draw by draw.
fn sampled_by_parts(context: &Context, case: &Case) -> Result<Comparison> {
    let (_, s1) = case.stretch();
    let means = case.sample_over_time(context, (Detail::Posterior, Detail::Score), 2, |row, out| {
        // -log p(X_0 given X_t) up to what the law of X_0 says, less its value at the near end.
        let cost = |r: usize| row.seen(r).ln_density() - row.ln_kernel(r);
        let near = cost(0);
        let (level, seen) = (row.level(2), row.seen(2));
        let error: f64 = row.xi().iter().zip(seen.mean_offset()).map(|(x, m)| (x - m) * (x - m)).sum();
        out[0] = s1 * (cost(1) - near) - row.weight() * (cost(2) - near);
        let clock = if case.breaks(PLAIN) { 1.0 / level.t() } else { 1.0 };
        out[1] = row.weight() * clock * error / level.sigma2();
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
