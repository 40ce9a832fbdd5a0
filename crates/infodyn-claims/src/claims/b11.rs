//! B11: the rescaled clock of `edm`.

use infodyn_core::{Comparison, Covariance, Detail, Estimate, Mixture, NoiseProcess, ulps};
use infodyn_enclosure::{Interval, Jet, LineLaw, Moment, Number, kernel};
use infodyn_quadrature::integral;

use super::{SAMPLED, SHARP, atoms, gaussian, mixture, pair};
use crate::case::paired;
use crate::enclosed::{self, point};
use crate::rates::{divergence, information, square_error};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, NamedLaw, Origin, Result};

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

/// The clock `d psi = sigma^factor dH` and the Gaussian's `D c arctan(sigma/c^scale)`, of factor and scale 1 in the
/// claim.
#[derive(Clone, Copy)]
struct Powers {
    factor: i32,
    scale: i32,
}

const POWERS: Powers = Powers { factor: 1, scale: 1 };
const PLAIN: Powers = Powers { factor: 0, ..POWERS };
const NARROW: Powers = Powers { scale: 2, ..POWERS };

fn checks(_: &Context) -> Result<Vec<Check>> {
    let edm = NoiseProcess::Edm;
    let round = |name, mean: &[f64], c: f64| -> Result<NamedLaw> {
        Ok(NamedLaw::new(name, Mixture::gaussian(mean, Covariance::isotropic(c * c)?)?))
    };
    let (plain, narrow) = ("no factor sigma in the clock", "the variance c^2 in place of the scale c in the arctan");
    let mut checks = Vec::new();
    for (named, sigma) in [
        (round("gaussian-1", &[0.4], 1.5)?, 0.8),
        (round("gaussian-1", &[0.4], 1.5)?, 12.0),
        (round("gaussian-2", &[1.0, -1.0], 0.6)?, 1.1),
        (round("gaussian-64", &[0.1; 64], 0.7)?, 2.0),
    ] {
        let case = named.under(edm, sigma)?;
        let check = Check::new(Kind::Quadrature, &case, "from 0", |_, case| from_zero(case, POWERS));
        let check = check.breaking(&[Mutation::Sigma]);
        let check = check.mutant(Ingredient::Clock, plain, |_, case| from_zero(case, PLAIN));
        checks.push(check.mutant(Ingredient::Variance, narrow, |_, case| from_zero(case, NARROW)));
        let check = Check::new(Kind::MonteCarlo, &case, "over a stretch", |c, s| sampled_arctan(c, s, POWERS));
        checks.push(check.mutant(Ingredient::Variance, narrow, |c, s| sampled_arctan(c, s, NARROW)));
    }
    for case in
        [gaussian()?.under(edm, 0.6)?, mixture()?.under(edm, 0.5)?, atoms()?.under(edm, 0.9)?, pair()?.under(edm, 1.2)?]
    {
        let check = Check::new(Kind::Quadrature, &case, "over a stretch", |_, case| by_parts(case, POWERS));
        let check = check.breaking(&[Mutation::Weight, Mutation::Sigma]);
        checks.push(check.mutant(Ingredient::Clock, plain, |_, case| by_parts(case, PLAIN)));
    }
    for case in [mixture()?.under(edm, 0.5)?, atoms()?.under(edm, 0.9)?] {
        let check = Check::new(Kind::MonteCarlo, &case, "over a stretch", |c, s| sampled_by_parts(c, s, POWERS));
        checks.push(check.mutant(Ingredient::Clock, plain, |c, s| sampled_by_parts(c, s, PLAIN)));
    }
    let plain = (Ingredient::Clock, plain, (0, 1));
    let narrow = (Ingredient::Variance, "the scale c in place of the variance c^2 of the data", (1, 2));
    let case = "gaussian/edm/sigma=0.7: slope of psi";
    checks.push(enclosed::equal(case, (1, 1), &[plain, narrow], |(factor, root): (i32, i32)| {
        let (c2, sigma) = (point(1.7), 0.7);
        let law = LineLaw::from_parts(&[1.0], &[0.3], &[1.7]);
        let (alpha, sigma2) = kernel(&NoiseProcess::Edm, Jet::variable(point(sigma)))?;
        let information = law.at(alpha, sigma2)?.mean(Moment::LnDensity)? - sigma2.ln().times(0.5);
        let clock = if factor == 0 { Interval::ONE } else { point(sigma) };
        // The slope of c arctan(sigma/c).
        let c2 = if root == 1 { c2 } else { c2.sqrt() };
        Ok([-(clock * information.slope), c2 / (c2 + point(sigma).sqr())])
    }));
    Ok(checks)
}

/// `D eta = D + sigma^2 E[div s]`, times what the clock counts it by.
fn slope(case: &Case, powers: Powers) -> Result<Estimate> {
    let sigma2 = Estimate::given(case.level()?.sigma2());
    let clock = Estimate::rounded(case.t().powi(powers.factor - 1), ulps::OPERATION);
    Ok((divergence(case)? * sigma2 + Estimate::given(case.dim())) * clock)
}

/// `D c arctan(sigma/c)`.
fn arctan(case: &Case, sigma: f64, powers: Powers) -> Estimate {
    let c = case.law().covariance(0).eigenvalue(0).sqrt();
    let value = case.dim() * c * (sigma / c.powi(powers.scale)).atan();
    Estimate::rounded(value, ulps::ELEMENTARY + ulps::operations(5))
}

fn from_zero(case: &Case, powers: Powers) -> Result<Comparison> {
    let lhs = integral(|s| slope(&case.at(s), powers), 0.0, case.t())?;
    let rhs = arctan(case, case.t(), powers);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// By parts: the integral of `s dH` is the increment of `s H` less the integral of `H`, up to a constant of `H` from
/// entropies of the marginal alone.
fn by_parts(case: &Case, powers: Powers) -> Result<Comparison> {
    let (s0, s1) = case.stretch();
    let entropy = |s: f64| -> Result<Estimate> { Ok(-information(&case.at(s))?) };
    let ends = entropy(s1)? * Estimate::given(s1) - entropy(s0)? * Estimate::given(s0);
    let lhs = ends - integral(entropy, s0, s1)?;
    let rhs = integral(|s| slope(&case.at(s), powers), s0, s1)?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// `D eta` by the error of the posterior mean, over the stretch, against the increment of `D c arctan(sigma/c)`.
fn sampled_arctan(context: &Context, case: &Case, powers: Powers) -> Result<Comparison> {
    let means = case.sample_over_time(context, (Detail::empty(), Detail::MEAN_OFFSET), 1, |row, out| {
        out[0] = row.weight() * square_error(row, 2) / row.level(2).sigma2();
    })?;
    let (s0, s1) = case.stretch();
    let rhs = arctan(case, s1, powers) - arctan(case, s0, powers);
    Ok(Comparison::new(means.mean(0, Context::CONFIDENCE), rhs, SAMPLED * rhs.value()))
}

/// As `by_parts`, draw by draw.
fn sampled_by_parts(context: &Context, case: &Case, powers: Powers) -> Result<Comparison> {
    let (_, s1) = case.stretch();
    let means = case.sample_over_time(context, (Detail::empty(), Detail::MEAN_OFFSET), 2, |row, out| {
        // -log p(X_0 given X_t) up to what the law of X_0 says, less its value at the near end.
        let cost = |r: usize| row.seen(r).ln_density() - row.ln_kernel(r);
        let (near, level) = (cost(0), row.level(2));
        out[0] = s1 * (cost(1) - near) - row.weight() * (cost(2) - near);
        out[1] = row.weight() * level.t().powi(powers.factor - 1) * square_error(row, 2) / level.sigma2();
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
