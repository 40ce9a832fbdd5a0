//! C7: when classes part.

use infodyn_bifurcation::Energy;
use infodyn_core::{Comparison, Detail, Estimate, Mixture, NoiseProcess, ulps};
use infodyn_enclosure::{Interval, LineLaw};
use infodyn_quadrature::root;
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP};
use crate::branching::instability;
use crate::case::paired;
use crate::enclosed::{critical_time as enclosed_time, equal, point};
use crate::limit::halving;
use crate::symbols::{coefficient, limit};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, NamedLaw, Origin, Result};

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

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (name, dim, r, q) in
        [("pair-1", 1, 2.0, 0.4), ("pair-4", 4, 1.0, 0.3), ("pair-16", 16, 0.8, 1.0), ("pair-64", 64, 0.5, 0.6)]
    {
        let mu2 = dim as f64 * r * r;
        let (t_c, narrow, spectral) = (speciation(mu2, q), speciation(mu2, 0.0), 0.5 * (mu2 + q).ln());
        let case = NamedLaw::new(name, Mixture::symmetric_pair(&vec![r; dim], q)?).under(NoiseProcess::Ou, t_c)?;
        let run = move |t| move |_: &Context, case: &Case| critical_time(case, t);
        let check = Check::new(Kind::Quadrature, &case, "critical time", run(t_c));
        let check = check.breaking(&[Mutation::Weight, Mutation::Sigma]);
        let check = check.mutant(Ingredient::Variance, NARROW, run(narrow));
        checks.push(check.mutant(Ingredient::Time, "that of the largest eigenvalue of Cov X_0", run(spectral)));
        if dim == 4 || dim == 64 {
            let run = move |t| move |context: &Context, case: &Case| balance(context, case, t);
            let check = Check::new(Kind::MonteCarlo, &case, "balance at the origin", run(t_c));
            checks.push(check.mutant(Ingredient::Variance, NARROW, run(narrow)));
        }
    }
    for (r, q) in [(1.0, 0.3), (0.7, 1.0), (1.0, 0.0), (1.0, 0.5)] {
        let run = move |lambda| move |context: &Context| leading_offset(context, (r, q), lambda);
        let named = format!("D -> infinity, r={r}, q={q}: leading offset");
        let check = Check::number(Kind::Quadrature, named, run(|dim, r, q| dim * r * r + q));
        let fewer = "D - 1 in place of D in Lambda";
        let check = check.variant(Ingredient::Dimension, fewer, run(|dim, r, q| (dim - 1.0) * r * r + q));
        let along = run(|dim, r, _| dim * r * r);
        checks.push(if q > 0.0 { check.variant(Ingredient::Variance, "q left out of Lambda", along) } else { check });
    }
    let mutants = [
        (Ingredient::Drift, "the drift of the reverse SDE in place of the score", (Energy::ReverseSde, 0.2)),
        (Ingredient::Variance, "atoms in place of components of variance 0.2", (Energy::Marginal, 0.0)),
    ];
    checks.push(equal(
        "pair D=10 r^2=1 q=0.2/ou: t_c",
        (Energy::Marginal, 0.2),
        &mutants,
        |(energy, q): (Energy, f64)| {
            let a = 10.0_f64.sqrt();
            let law = LineLaw::from_parts(&[0.5, 0.5], &[-a, a], &[q, q]);
            let t = enclosed_time(&law, energy, Interval::new(0.6, 2.0))?;
            Ok([t, (Interval::ONE + point(a).sqr() - point(0.2)).ln().times(0.5)])
        },
    ));
    Ok(checks)
}

const NARROW: &str = "1 + D r^2, the component's variance left out";

/// `t_c`.
fn speciation(mu2: f64, q: f64) -> f64 {
    0.5 * (mu2 - q).ln_1p()
}

fn critical_time(case: &Case, stated: f64) -> Result<Comparison> {
    let lhs = root(|t| instability(&case.at(t)), 0.02, 6.0)?;
    let rhs = Estimate::rounded(stated, ulps::formula(4, 1));
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// `D (t_c - log(Lambda)/2)` at `D = 64, 128, .., 32768`, with `t_c` from the posterior covariance, extrapolated in
/// `1/D`; `lambda` makes the eigenvalue of `D`, `r` and `q`.
fn leading_offset(context: &Context, (r, q): (f64, f64), lambda: fn(f64, f64, f64) -> f64) -> Result<Comparison> {
    let at = |i: i32| -> Result<Estimate> {
        let dim = 64.0 * 2.0_f64.powi(i);
        let named = NamedLaw::new("pair", Mixture::symmetric_pair(&[dim.sqrt() * r], q)?);
        let case = named.under(NoiseProcess::Ou, 1.0)?;
        let t_c = root(|t| instability(&case.at(t)), 0.5, 12.0)?;
        Ok((t_c - Estimate::rounded(lambda(dim, r, q), ulps::operations(4)).ln() / 2) * Estimate::given(dim))
    };
    let lhs = halving(&(0..context.sizes(10)).map(at).collect::<Result<Vec<_>>>()?, 1);
    let rhs = (Estimate::ONE - Estimate::given(q) * 2) / (Estimate::given(r) * Estimate::given(r) * 2);
    Ok(Comparison::new(lhs, rhs, 1e-6))
}

/// At the time claimed `alpha^2 E[X^2 given X_t = 0] = sigma^2`, `X` the coordinate along `mu`: by Bayes' rule
/// `alpha^2 E[X^2 l(X)] = sigma^2 E[l(X)]` with the likelihood `l` of `X_t = 0`; the other coordinates are independent
/// of it.
fn balance(context: &Context, case: &Case, stated: f64) -> Result<Comparison> {
    let level = NoiseProcess::Ou.at(stated)?;
    let mu = case.law().mean(0);
    let length = mu.iter().map(|m| m * m).sum::<f64>().sqrt();
    let means = case.truth().at(stated).sample(context, Detail::empty(), 2, &[], |row, out| {
        let sign = if row.anchor() == 0 { 1.0 } else { -1.0 };
        let along: f64 = row.xi().iter().zip(mu).map(|(x, m)| x * m / length).sum();
        let x = level.alpha() * (sign * length + along);
        let likelihood = (-0.5 * x * x / level.sigma2()).exp();
        (out[0], out[1]) = (likelihood * x * x, likelihood * level.sigma2());
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
