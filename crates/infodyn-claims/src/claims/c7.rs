//! C7: when classes part.

use infodyn_core::{Comparison, Detail, Estimate, Mixture, NoiseProcess};
use infodyn_quadrature::root;
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP};
use crate::case::paired;
use crate::limit::halving;
use crate::symbols::{coefficient, limit};
use crate::{Case, Check, Claim, Context, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "C7",
    name: "speciation",
    statement: "Equal weights, `|mu|^2 = D r^2 > q`, `ou`: the origin loses its stability where {0}, at `t_c = (1/2) log(1 + D r^2 - q)`. With `Lambda = D r^2 + q` the \
                largest eigenvalue of `Cov X_0`, `(1/2) log Lambda` is another time: {1}",
    scope: "the time for pairs in 1 to 64 dimensions and, by the exact reduction to a line, up to D = 32768; the offset as a limit in D",
    origin: Origin::Elsewhere("Biroli, Bonnaire, de Bortoli & Mezard 2024 (arXiv 2402.18491); the offset is new here"),
    uses: &["C2"],
    formulas,
    checks,
};

/// The speciation time, and the offset of `log(Lambda)/2` from it.
fn formulas() -> Vec<Identity> {
    let (r, q, e) = (Symbol::positive("r"), Symbol::positive("q"), Symbol::positive("e"));
    // D = 1/e.
    let mu2 = r.pow(2) / &e;
    let t = (1 + &mu2 - &q).log() / 2;
    let spectral = (&mu2 + &q).log() / 2;
    // The difference, with log(1/e) cancelled so that it has a series.
    let offset = ((r.pow(2) + &e * (1 - &q)) / (r.pow(2) + &e * &q)).log() / 2;
    let [alpha, sigma, dim, radius, width] = ["alpha", "sigma", "D", "r", "q"].map(quantity);
    let critical = Equation::new(alpha.pow(2) * &dim * radius.pow(2), alpha.pow(2) * &width + sigma.pow(2));
    let at = |t: &Expr| {
        let alpha2 = (-2 * t).exp();
        [
            (&alpha, alpha2.sqrt()),
            (&sigma, (1 - alpha2).sqrt()),
            (&dim, 1 / &e),
            (&radius, Expr::from(&r)),
            (&width, Expr::from(&q)),
        ]
    };
    let gap = quantity("lim D(t_c-log(Lambda)/2)");
    let leading = Equation::new(&gap, (1 - 2 * &width) / (2 * radius.pow(2)));
    vec![
        Identity::redefined(
            "t_c in ou",
            &critical,
            &at(&t),
            ("the time of the largest eigenvalue", &at(&spectral)[..]),
        ),
        Identity::of(
            "the leading offset",
            &leading,
            &[(&gap, coefficient(&offset, &e, 1)), (&radius, Expr::from(&r)), (&width, Expr::from(&q))],
            ("the opposite sign", (2 * &width - 1) / (2 * radius.pow(2))),
        ),
        identity("t_c - log(Lambda)/2 as a series", &t - &spectral, offset.clone(), ("twice it", 2 * &offset)),
        identity("the offset vanishes as D grows", limit(&offset, &e), 0, ("1", Expr::one())),
    ]
}

const SPECTRAL: &str = "the time of the largest eigenvalue";
const WIDER: &str = "1 + D r^2 + q";
const OPPOSITE: &str = "the opposite sign";
const NARROW: &str = "the offset of q = 0";

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (name, dim, r, q) in
        [("pair-1", 1, 2.0, 0.4), ("pair-4", 4, 1.0, 0.3), ("pair-16", 16, 0.8, 1.0), ("pair-64", 64, 0.5, 0.6)]
    {
        let t_c = 0.5 * (dim as f64 * r * r - q).ln_1p();
        let case = NamedLaw::new(name, Mixture::symmetric_pair(&vec![r; dim], q)?).under(NoiseProcess::Ou, t_c)?;
        let mutants = [Mutation::Sigma, Mutation::Formula(WIDER), Mutation::Formula(SPECTRAL)];
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "critical time", &mutants, critical_time));
        if dim == 4 || dim == 64 {
            checks.push(Check::new_by_words(Kind::MonteCarlo, &case, "balance at the origin", &mutants[1..2], balance));
        }
    }
    for (r, q) in [(1.0, 0.3), (0.7, 1.0), (1.0, 0.0), (1.0, 0.5)] {
        let named = format!("D -> infinity, r={r}, q={q}: leading offset");
        let mutants = [Mutation::Formula(if q == 0.0 { OPPOSITE } else { NARROW })];
        checks.push(Check::number_by_words(Kind::Quadrature, named, &mutants, move |context, mutation| {
            leading_offset(context, r, q, mutation)
        }));
    }
    Ok(checks)
}

/// `D r^2` and `q` of the case.
fn shape(case: &Case) -> (f64, f64) {
    (case.law().mean(0).iter().map(|m| m * m).sum(), case.law().covariance(0).eigenvalue(0))
}

/// The time that is claimed.
fn stated(case: &Case) -> f64 {
    let (mu2, q) = shape(case);
    match case.mutation() {
        Mutation::Formula(SPECTRAL) => 0.5 * (mu2 + q).ln(),
        Mutation::Formula(WIDER) => 0.5 * (1.0 + mu2 + q).ln(),
        _ => 0.5 * (mu2 - q).ln_1p(),
    }
}

/// `alpha^2 lambda_max(S(0))/sigma^2 - 1`, which changes sign where the origin loses its stability (C1).
pub(super) fn instability(case: &Case) -> Result<Estimate> {
    let level = case.level()?;
    let dim = case.law().dim();
    case.density(|p| {
        let (anchor, offset) = p.locate(&vec![0.0; dim]);
        let covariance = p.posterior_covariance(anchor, &offset);
        let top = if dim == 1 { covariance[(0, 0)] } else { covariance.symmetric_eigenvalues().max() };
        let ratio = level.alpha() * level.alpha() * top / level.sigma2();
        Ok(Estimate::new(ratio - 1.0, 16.0 * dim as f64 * f64::EPSILON * (ratio.abs() + 1.0)))
    })
}

fn critical_time(_: &Context, case: &Case) -> Result<Comparison> {
    let lhs = root(|t| instability(&case.at(t)), 0.02, 6.0)?;
    let rhs = Estimate::rounded(stated(case), 4.0);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// `D (t_c - log(Lambda)/2)` at `D = 64, 128, .., 32768`, with `t_c` from the posterior covariance, extrapolated in `1/D`.
fn leading_offset(context: &Context, r: f64, q: f64, mutation: Mutation) -> Result<Comparison> {
    let at = |i: i32| -> Result<Estimate> {
        let dim = 64.0 * 2.0_f64.powi(i);
        let mu = dim.sqrt() * r;
        let named = NamedLaw::new("pair", Mixture::symmetric_pair(&[mu], q)?);
        let case = named.under(NoiseProcess::Ou, 1.0)?.mutated(mutation);
        let t_c = root(|t| instability(&case.at(t)), 0.5, 12.0)?;
        Ok((t_c - Estimate::rounded(0.5 * (mu * mu + q).ln(), 4.0)) * Estimate::given(dim))
    };
    let lhs = halving(&(0..context.sizes(10)).map(at).collect::<Result<Vec<_>>>()?, 1);
    let share = match mutation {
        Mutation::Formula(OPPOSITE) => 2.0 * q - 1.0,
        Mutation::Formula(NARROW) => 1.0,
        _ => 1.0 - 2.0 * q,
    };
    let rhs = Estimate::rounded(share / (2.0 * r * r), 4.0);
    Ok(Comparison::new(lhs, rhs, 1e-6))
}

/// At the time claimed `alpha^2 E[X^2 given X_t = 0] = sigma^2`, `X` the coordinate along `mu`: by Bayes' rule
/// `alpha^2 E[X^2 l(X)] = sigma^2 E[l(X)]` with the likelihood `l` of `X_t = 0`; the other coordinates are independent of it.
fn balance(context: &Context, case: &Case) -> Result<Comparison> {
    let t = stated(case);
    let level = NoiseProcess::Ou.at(t)?;
    let mu = case.law().mean(0);
    let length = shape(case).0.sqrt();
    let means = case.truth().at(t).sample(context, Detail::Posterior, 2, &[], |row, out| {
        let sign = if row.anchor() == 0 { 1.0 } else { -1.0 };
        let along: f64 = row.xi().iter().zip(mu).map(|(x, m)| x * m / length).sum();
        let x = level.alpha() * (sign * length + along);
        let likelihood = (-0.5 * x * x / level.sigma2()).exp();
        (out[0], out[1]) = (likelihood * x * x, likelihood * level.sigma2());
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
