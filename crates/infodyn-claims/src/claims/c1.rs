//! C1: when the score turns unstable.

use infodyn_core::{Comparison, Detail, Estimate, Mixture as Law, NoiseProcess, ulps};
use infodyn_enclosure::{Interval, LineLaw, Number, zero};
use infodyn_symbolic::theory::{Equation, Identity, Mixture, Noise, divergence, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};
use nalgebra::DMatrix;

use super::{SAMPLED, SHARP, root};
use crate::case::paired;
use crate::enclosed::{Slope, equal, point, posterior, real};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "C1",
    name: "instability",
    statement: "At every `x`, {0} on a line, and so for the eigenvalues in any dimension: the largest eigenvalue of `grad s` is zero exactly when \
                `alpha^2 lambda_max(S(x)) = sigma^2`; `grad s` is singular exactly when `sigma^2/alpha^2` is an eigenvalue of `S`",
    scope: "every law and process; the characteristic polynomials agree for K = 2, D = 2, in symbols; the eigenvalue that vanishes is found by \
            differences of the score, at noise levels where the posterior covariance says that it does",
    origin: Origin::Paper("generative bifurcations as changes of stability of fixed points"),
    uses: &["A2"],
    formulas,
    checks,
};

/// `det(grad s - l) = det((alpha^2 S - sigma^2 - l sigma^4)/sigma^4)` in the plane, for every number `l`.
fn formulas() -> Vec<Identity> {
    let law = Mixture::general(2, 2);
    let Noise { alpha, sigma, .. } = &law.noise;
    let (s, l) = (law.score(), Symbol::real("l"));
    let determinant = |entry: &dyn Fn(usize, usize) -> Expr| {
        let shifted = |i: usize| entry(i, i) - &l;
        shifted(0) * shifted(1) - entry(0, 1) * entry(1, 0)
    };
    let unit = |i: usize, k: usize| Expr::from(i32::from(i == k));
    let slope = |i: usize, k: usize| s[i].diff(&law.x[k]);
    let from_covariance = |power: i32| {
        determinant(&|i, k| {
            (alpha.pow(power) * law.posterior_covariance(i, k) - sigma.pow(2) * unit(i, k)) / sigma.pow(4)
        })
    };
    let line = Mixture::general(2, 1);
    let [slope_of, spread] = ["grad s", "S"].map(quantity);
    let Noise { alpha: a, sigma: b, .. } = &line.noise;
    let written = |power: i32| Equation::new(&slope_of, (a.pow(power) * &spread - b.pow(2)) / b.pow(4));
    let defined = [(&slope_of, divergence(&line.score(), &line.x)), (&spread, line.posterior_covariance(0, 0))];
    let on_line = Identity::of("K=2, D=1", &written(2), &defined, ("alpha in place of alpha^2", written(1).rhs));
    vec![
        on_line,
        identity(
            "characteristic polynomials, K=2, D=2",
            determinant(&slope),
            from_covariance(2),
            ("alpha in place of alpha^2", from_covariance(1)),
        ),
    ]
}

/// A point of the data and which eigenvalue of `S` is followed, from the largest.
type Place = (&'static [f64], usize);

fn checks(_: &Context) -> Result<Vec<Check>> {
    let vp = NoiseProcess::VP_LINEAR;
    let corners = [[1.0, 0.8], [1.0, -0.8], [-1.0, 0.8], [-1.0, -0.8]].map(|p| p.to_vec());
    let rectangle = NamedLaw::new("rectangle", Law::atoms(&[0.3, 0.2, 0.25, 0.25], &corners)?);
    let places: [(NamedLaw, NoiseProcess, Place); 6] = [
        (super::mixture()?, vp, (&[-0.4], 0)),
        (super::mixture()?, NoiseProcess::FLOW, (&[1.3], 0)),
        (super::atoms()?, NoiseProcess::Ou, (&[-0.3], 0)),
        (super::plane()?, NoiseProcess::VP_COSINE, (&[0.0, -0.1], 0)),
        (rectangle.clone(), vp, (&[0.1, -0.05], 0)),
        (rectangle, NoiseProcess::SUB_VP, (&[0.1, -0.05], 1)),
    ];
    let mut checks = Vec::new();
    for (named, process, place) in places {
        let time = critical_time(&named.under(process, 0.3)?, place, SIGNAL)?;
        let case = named.under(process, (1e6 * time).round() * 1e-6)?;
        let what = if place.1 == 0 { "the largest eigenvalue" } else { "the other eigenvalue" };
        let both = [(Kind::Quadrature, vanishing as fn(&Context, &Case, Place, i32) -> _), (Kind::MonteCarlo, balance)];
        for (kind, run) in both.into_iter().take(2 - place.1) {
            let check = Check::new(kind, &case, what, move |context, case| run(context, case, place, SIGNAL));
            let alpha = move |context: &Context, case: &Case| run(context, case, place, 1);
            checks.push(check.breaking(&[Mutation::Weight]).mutant(
                Ingredient::Exponent,
                "alpha in place of alpha^2",
                alpha,
            ));
        }
    }
    // s' = 0 against S = sigma^2, each a root in x.
    let mutants = [
        (Ingredient::Variance, "sigma in place of sigma^2", (0.5, point(0.5).sqrt())),
        (Ingredient::Weight, "the first weight three times too large in the posterior", (0.75, point(0.5))),
    ];
    let sides = |(weight, noise): (f64, Interval)| {
        let at = |weight: f64| {
            let law = LineLaw::from_parts(&[weight, 1.0 - weight], &[-1.0, 1.0], &[0.0, 0.0]);
            law.at(real::<Slope>(1.0), real(0.5))
        };
        let singular = zero(Interval::new(0.1, 1.0), |x: Slope| Ok(at(0.5)?.observe(x).score_divergence()))?;
        let marginal = zero(Interval::new(0.1, 1.0), |x| {
            let [_, variance] = posterior(&at(weight)?, x);
            Ok(variance - Slope::real(noise))
        })?;
        Ok([singular.at, marginal.at])
    };
    checks.push(equal("two-atoms/ve/t=0.5: where s' = 0", (0.5, point(0.5)), &mutants, sides));
    Ok(checks)
}

/// The power of `alpha` beside `S`.
const SIGNAL: i32 = 2;

/// `x = alpha y` at the case's time.
fn scaled(case: &Case, y: &[f64]) -> Result<Vec<f64>> {
    let alpha = case.level()?.alpha();
    Ok(y.iter().map(|v| alpha * v).collect())
}

/// Eigenvalues of `S` from the largest, each with its eigenvector.
fn spread(case: &Case, y: &[f64]) -> Result<Vec<(f64, Vec<f64>)>> {
    let x = scaled(case, y)?;
    case.density(|p| {
        let (anchor, offset) = p.locate(&x);
        let eigen = p.posterior_covariance(anchor, &offset).symmetric_eigen();
        let mut list: Vec<(f64, Vec<f64>)> = eigen
            .eigenvalues
            .iter()
            .zip(eigen.eigenvectors.column_iter())
            .map(|(l, v)| (*l, v.iter().copied().collect()))
            .collect();
        list.sort_by(|a, b| b.0.total_cmp(&a.0));
        Ok(list)
    })
}

/// `alpha^2 l - sigma^2`, `l` the eigenvalue of `S` at `alpha y`.
fn excess(case: &Case, (y, which): Place, signal: i32) -> Result<f64> {
    let level = case.level()?;
    Ok(level.alpha().powi(signal) * spread(case, y)?[which].0 - level.sigma2())
}

/// The last time at which it vanishes.
fn critical_time(case: &Case, place: Place, signal: i32) -> Result<f64> {
    let excess = |t: f64| excess(&case.at(t), place, signal);
    let (lo, hi) = case.process().time_range();
    let (lo, hi) = (lo.max(0.0), hi.min(3.0));
    let times: Vec<f64> = (1..40).map(|i| hi + (lo - hi) * f64::from(i) / 40.0).collect();
    for pair in times.windows(2) {
        if excess(pair[0])? < 0.0 && excess(pair[1])? >= 0.0 {
            return root(pair[1], pair[0], excess);
        }
    }
    Err(crate::Error::NotFound("a time at which alpha^2 lambda = sigma^2"))
}

/// There, the eigenvalue of the score's own differences is 0, in units of `1/sigma^2`.
fn vanishing(_: &Context, case: &Case, (y, which): Place, signal: i32) -> Result<Comparison> {
    let case = &case.at(critical_time(case, (y, which), signal)?);
    let (x, sigma2) = (scaled(case, y)?, case.level()?.sigma2());
    let d = x.len();
    let (jacobian, doubt) = case.truth().density(|p| {
        let mut jacobian = DMatrix::zeros(d, d);
        let mut doubt = 0.0;
        for i in 0..d {
            for j in 0..d {
                let read = |h: f64| -> Result<Estimate> {
                    let mut at = x.clone();
                    at[j] += h;
                    let value = p.score(&at)[i];
                    let size = at.iter().map(|v| v.abs()).sum::<f64>() + sigma2.sqrt();
                    Ok(Estimate::new(value, ulps::READING * f64::EPSILON * (value.abs() + size / sigma2)))
                };
                let slope = infodyn_quadrature::derivative(read, 0.0, 0.4 * sigma2.sqrt())?;
                jacobian[(i, j)] = slope.value();
                doubt += slope.radius();
            }
        }
        Ok((jacobian, doubt))
    })?;
    let mut eigenvalues: Vec<f64> =
        ((&jacobian + jacobian.transpose()) * 0.5).symmetric_eigenvalues().iter().copied().collect();
    eigenvalues.sort_by(|a, b| b.total_cmp(a));
    // At the time found the excess is not quite 0, and is itself rounded.
    let left = excess(case, (y, which), signal)?.abs() / sigma2 + ulps::eigenvalue(d) * f64::EPSILON;
    let lhs = Estimate::new(eigenvalues[which] * sigma2, doubt * sigma2 + left);
    Ok(Comparison::new(lhs, Estimate::ZERO, SHARP))
}

/// `alpha^2 e.S e = sigma^2` as an average over the law, each draw weighted by its likelihood at `x`.
fn balance(context: &Context, case: &Case, (y, which): Place, signal: i32) -> Result<Comparison> {
    let case = &case.at(critical_time(case, (y, which), signal)?);
    let (x, level) = (scaled(case, y)?, case.level()?);
    let direction = spread(case, y)?.swap_remove(which).1;
    let mean: Vec<f64> = case.density(|p| {
        let s = p.score(&x);
        Ok(x.iter().zip(s.iter()).map(|(x, s)| (x + level.sigma2() * s) / level.alpha()).collect())
    })?;
    let means = case.sample(context, Detail::empty(), 2, &[], |row, out| {
        let data = |i: usize| case.law().mean(row.anchor())[i] + row.xi()[i];
        let gap2: f64 = (0..x.len()).map(|i| (x[i] - level.alpha() * data(i)).powi(2)).sum();
        let likelihood = (-0.5 * gap2 / level.sigma2()).exp();
        let along: f64 = (0..x.len()).map(|i| direction[i] * (data(i) - mean[i])).sum();
        out[0] = likelihood * (level.alpha() * along).powi(2);
        out[1] = likelihood * level.sigma2();
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
