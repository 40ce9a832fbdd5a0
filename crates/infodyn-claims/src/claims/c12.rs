//! C12: how the flow stretches.

use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Density, Detail, Estimate, NoiseLevel, NoiseProcess};
use infodyn_monte_carlo::{Flow, PathBatch, Reverse, Scheme};
use infodyn_symbolic::Expr;
use infodyn_symbolic::theory::{Equation, Identity, Mixture, divergence, gradient, quantity, scale};
use nalgebra::DMatrix;

use super::{SAMPLED, SHARP, atoms, cases, integral, mixture, plane};
use crate::case::pathwise::refined;
use crate::{Case, Check, Claim, Context, Kind, Mutation, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "C12",
    name: "flow-map",
    statement: "Along the probability-flow ODE `x' = u = f x - (g^2/2) s`: {0}, so the log-stretchings (the Lyapunov exponents times the time) sum to minus the \
                change of `log p`; in one dimension the map preserves quantiles, `F_t(x_t) = F_s(x_s)`; and `E[div u] = d/dt H(X_t)`",
    scope: "every law and process (atoms: from `t>0`); quantiles in one dimension, stretchings in one and two, the law carried along",
    origin: Origin::Elsewhere(
        "Song et al. 2021, arXiv 2011.13456; Chen et al. 2018, arXiv 1806.07366: instantaneous change of variables",
    ),
    uses: &["A4"],
    formulas,
    checks,
};

/// Along the probability flow, `d/dt log p = -div u`.
fn formulas() -> Vec<Identity> {
    let [rate, div_u] = ["d/dt log p", "div u"].map(quantity);
    let stretching = Equation::new(&rate, -&div_u);
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let log_p = law.density().log();
        let s = gradient(&log_p, &law.x);
        // Along a velocity u: the rate of log p, and the divergence.
        let defined = |score: &[Expr]| {
            let u = law.noise.velocity(&law.position(), score);
            let along = law.x.iter().zip(&u).fold(law.noise.in_time(), |d, (x, u)| d.with(x, u));
            [(&rate, along.of(&log_p)), (&div_u, divergence(&u, &law.x))]
        };
        let broken = ("the drift of the reverse SDE", &defined(&scale(&Expr::from(2), &s))[..]);
        all.push(Identity::redefined(format!("along the flow, {}", law.name()), &stretching, &defined(&s), broken));
    }
    all
}

const DOUBLE: &str = "the drift of the reverse SDE, g^2 in place of g^2/2";
const FROZEN: &str = "the points where they started, rescaled to the variance of the noise";
const FORWARD: &str = "the log-density with the opposite sign";

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for case in cases()? {
        let mutants = [Mutation::Weight, Mutation::Sigma, Mutation::Clock, Mutation::Formula(DOUBLE)];
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "E div u = dH/dt", &mutants, mean_divergence));
    }
    let line = [
        mixture()?.under(NoiseProcess::VP_LINEAR, 0.4)?,
        atoms()?.under(NoiseProcess::Edm, 1.5)?,
        mixture()?.under(NoiseProcess::FLOW, 0.7)?,
    ];
    for case in &line {
        for x in [-0.8, 0.35] {
            let what = format!("quantile of x = {x}");
            let mutants = [Mutation::Weight, Mutation::Sigma];
            checks.push(Check::new_by_words(Kind::Quadrature, case, &what, &mutants, move |_, s| quantile(s, x)));
        }
    }
    let plane_case = plane()?.under(NoiseProcess::Ou, 0.6)?;
    for (case, x) in [(&line[0], vec![0.35]), (&line[1], vec![-0.2]), (&plane_case, vec![0.4, -0.3])] {
        let mutants = [Mutation::Weight, Mutation::Sigma, Mutation::Formula(FORWARD)];
        let what = format!("sum of log-stretchings of x = {x:?}");
        checks.push(Check::new_by_words(Kind::Quadrature, case, &what, &mutants, move |_, s| stretchings(s, &x)));
    }
    checks.push(Check::new_by_words(
        Kind::MonteCarlo,
        &line[0],
        "p_t carried to p_s",
        &[Mutation::Sigma, Mutation::Formula(FROZEN)],
        carried,
    ));
    // In the plane a sample of this size does not see the wrong score against the step's own error.
    let mutants = [Mutation::Formula(FROZEN)];
    checks.push(Check::new_by_words(Kind::MonteCarlo, &plane_case, "p_t carried to p_s", &mutants, carried));
    Ok(checks)
}

/// `E[div u] = D f - (g^2/2) E[div s]` against the slope of `H(X_t)`.
fn mean_divergence(_: &Context, case: &Case) -> Result<Comparison> {
    let level = case.level()?;
    let lhs = case.slope(|s| s.marginal_entropy())?;
    let share = if case.breaks(DOUBLE) { 1.0 } else { 0.5 };
    let divergence = case.mean(Detail::Score, 1, |s, out| out[0] = s.divergence())?[0];
    let rhs =
        Estimate::given(case.dim()) * Estimate::given(level.f()) - divergence * Estimate::given(share * level.g2());
    let scale = level.f().abs() * case.dim() + 0.5 * level.g2() * divergence.value().abs();
    Ok(Comparison::new(lhs, rhs, SHARP * scale))
}

/// Part of the time of a case at which the flow ends.
const EARLIER: f64 = 0.3;

/// The flow of the model from `x` at the case's time to an earlier one, at two tolerances: what `f` makes of the
/// point, its derivative and the two levels, with the difference of the two as the radius.
fn flow(
    case: &Case,
    x: &[f64],
    f: impl Fn(&[f64], &DMatrix<f64>, &NoiseLevel, &NoiseLevel) -> Result<Estimate>,
) -> Result<Estimate> {
    let channel = case.channel()?;
    let process = *case.process();
    let (far, near) = (process.at(case.t())?, process.at(EARLIER * case.t())?);
    // Points are written from the first component.
    let centre = |level: &NoiseLevel| -> Vec<f64> { case.law().mean(0).iter().map(|m| level.alpha() * m).collect() };
    let offset: Vec<f64> = x.iter().zip(centre(&far)).map(|(x, c)| x - c).collect();
    let at = |tolerance: f64| -> Result<Estimate> {
        let flow = Flow { channel: &channel, tolerance };
        let (end, map) = flow.carry_with_map(0, &offset, &far, &near)?;
        let point: Vec<f64> = end.iter().zip(centre(&near)).map(|(o, c)| o + c).collect();
        f(&point, &map, &far, &near)
    };
    let (coarse, fine) = (at(1e-9)?, at(1e-11)?);
    Ok(Estimate::new(fine.value(), fine.radius() + (fine.value() - coarse.value()).abs()))
}

/// `P(X_t <= x)` under the true marginal at a level, by panels of its density: 16 nodes against 12.
fn below(case: &Case, level: &NoiseLevel, x: f64) -> Result<Estimate> {
    let law = case.law();
    let p = Marginal::new(law, level);
    let widths = (0..law.components()).map(|k| p.variance(k, 0).sqrt());
    let lows = (0..law.components()).zip(widths.clone()).map(|(k, w)| level.alpha() * law.mean(k)[0] - 9.5 * w);
    let (low, step) = (lows.fold(f64::INFINITY, f64::min), widths.fold(f64::INFINITY, f64::min));
    if x <= low {
        return Ok(Estimate::new(0.0, 1e-20));
    }
    let panels = ((x - low) / step).ceil();
    let mut total = Estimate::new(0.0, 1e-20);
    for i in 0..panels as u32 {
        let ends = [f64::from(i), f64::from(i + 1)].map(|i| low + (x - low) * i / panels);
        total = total + integral(|x| Ok(Estimate::rounded(p.ln_density(&[x]).exp(), 64.0)), ends[0], ends[1])?;
    }
    Ok(total)
}

/// `F_s(x_s) = F_t(x_t)`.
fn quantile(case: &Case, x: f64) -> Result<Comparison> {
    let lhs = flow(case, &[x], |end, _, _, near| below(case, near, end[0]))?;
    let rhs = below(case, &case.process().at(case.t())?, x)?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// The logarithms of the singular values of the map sum to minus the change of log-density.
fn stretchings(case: &Case, x: &[f64]) -> Result<Comparison> {
    let lhs = flow(case, x, |_, map, _, _| {
        let sum: f64 = map.singular_values().iter().map(|s| s.ln()).sum();
        Ok(Estimate::new(sum, 16.0 * f64::EPSILON * map.nrows() as f64))
    })?;
    let sign = if case.breaks(FORWARD) { -1.0 } else { 1.0 };
    let rhs = flow(case, x, |end, _, far, near| {
        let [before, after] = [(far, x), (near, end)].map(|(level, x)| Marginal::new(case.law(), level).ln_density(x));
        Ok(Estimate::new(sign * (before - after), 16.0 * f64::EPSILON * (before.abs() + after.abs())))
    })?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// A mean over points of `p_t` carried by Heun's method, at two step sizes, against the mean under `p_s`.
fn carried(context: &Context, case: &Case) -> Result<Comparison> {
    let channel = case.channel()?;
    let frozen = case.breaks(FROZEN);
    let process = *case.process();
    let levels = [process.at(EARLIER * case.t())?, process.at(case.t())?];
    let function = |x: &[f64]| 2.0 + x.iter().map(|x| x.tanh() + 0.3 * x * x).sum::<f64>();
    let settings = context.settings(32);
    let sampler = |steps| Reverse::new(&channel, &levels, steps, Scheme::FlowHeun);
    let lhs = refined(&settings, sampler, (12, 2), |reverse, rng, out| {
        let mut batch = PathBatch::default();
        reverse.draw(out.len(), rng, &mut batch)?;
        let dim = case.law().dim();
        let (kept, scale) = if frozen { (1, levels[0].sigma() / levels[1].sigma()) } else { (0, 1.0) };
        for ((o, &a), x) in out.iter_mut().zip(&batch.anchors).zip(batch.offsets[kept].chunks_exact(dim)) {
            let centre = case.law().mean(a).iter().map(|m| levels[kept].alpha() * m);
            let point: Vec<f64> = x.iter().zip(centre).map(|(x, c)| scale * (x + c)).collect();
            *o = function(&point);
        }
        Ok(())
    })?;
    let near = case.at(EARLIER * case.t()).truth();
    let rhs = near.mean(Detail::Score, 1, |s, out| {
        let point: Vec<f64> = (0..case.law().dim()).map(|i| s.x(i)).collect();
        out[0] = function(&point);
    })?[0];
    Ok(Comparison::new(lhs, rhs, SAMPLED * rhs.value()))
}
