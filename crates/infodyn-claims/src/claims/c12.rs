//! C12: how the flow stretches.

use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Density, Detail, Estimate, NoiseLevel, NoiseProcess, ulps};
use infodyn_enclosure::{Jet, Moment};
use infodyn_monte_carlo::{Flow, PathBatch, Reverse, Scheme};
use infodyn_quadrature::derivative;
use infodyn_symbolic::Expr;
use infodyn_symbolic::theory::{Equation, Identity, Mixture, divergence, gradient, quantity, scale};
use nalgebra::DMatrix;

use super::{SAMPLED, SHARP, atoms, cases, integral, mixture, plane};
use crate::bells::REACH;
use crate::case::pathwise::refined;
use crate::enclosed::{Curve, X, each, point, real, stages};
use crate::radial::beyond;
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, Origin, Result};

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

const DOUBLE: &str = "g^2 in place of g^2/2, the drift of the reverse SDE";

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for case in cases()? {
        let check = Check::new(Kind::Quadrature, &case, "E div u = dH/dt", |_, case| mean_divergence(case, 0.5));
        let check = check.breaking(&[Mutation::Weight, Mutation::Sigma, Mutation::Clock]);
        checks.push(check.mutant(Ingredient::Diffusion, DOUBLE, |_, case| mean_divergence(case, 1.0)));
    }
    let line = [
        mixture()?.under(NoiseProcess::VP_LINEAR, 0.4)?,
        atoms()?.under(NoiseProcess::Edm, 1.5)?,
        mixture()?.under(NoiseProcess::FLOW, 0.7)?,
    ];
    let model = [Mutation::Weight, Mutation::Sigma];
    for case in &line {
        for x in [-0.8, 0.35] {
            let what = format!("quantile of x = {x}");
            checks.push(Check::new(Kind::Quadrature, case, &what, move |_, s| quantile(s, x)).breaking(&model));
        }
    }
    let plane_case = plane()?.under(NoiseProcess::Ou, 0.6)?;
    for (case, x) in [(&line[0], vec![0.35]), (&line[1], vec![-0.2]), (&plane_case, vec![0.4, -0.3])] {
        let what = format!("sum of log-stretchings of x = {x:?}");
        let at = x.clone();
        checks.push(Check::new(Kind::Quadrature, case, &what, move |_, s| stretchings(s, &at)).breaking(&model));
        let run = move |layout| {
            let x = x.clone();
            move |_: &Context, case: &Case| derivative_map(case, &x, layout)
        };
        let check = Check::new(Kind::Quadrature, case, "the derivative of the flow map", run(Layout::Columns));
        let check = check.breaking(&model);
        let rows = "the derivative of x_j in place of that of x_i, in row i and column j";
        let plane = case.law().dim() > 1;
        checks.push(if plane { check.mutant(Ingredient::Scheme, rows, run(Layout::Rows)) } else { check });
    }
    // A sample of this size does not see a wrong sigma against the step's own error.
    for case in [&line[0], &plane_case] {
        let check = Check::new(Kind::MonteCarlo, case, "p_t carried to p_s", |c, s| carried(c, s, Carrier::Flow));
        let alone = "the score of the noise alone, -x/sigma^2";
        checks.push(check.mutant(Ingredient::Score, alone, |c, s| carried(c, s, Carrier::Noise)));
    }
    checks.extend(enclosures());
    Ok(checks)
}

/// `d/dt log p = -div u` at a point, and `E div u = d/dt H(X_t)`, for laws on a line.
fn enclosures() -> Vec<Check> {
    let broken = |mutation: Mutation| (Ingredient::from(mutation), "the clock of another process", (0.5, mutation));
    let mutants = [(Ingredient::Diffusion, DOUBLE, (1.0, Mutation::None)), broken(Mutation::Clock)];
    let truth = (0.5, Mutation::None);
    let mut all =
        each(stages(), "at x=0.37: log-density along the flow", truth, &mutants, |stage, (share, mutation)| {
            let level = stage.broken(mutation).level()?;
            let in_time = stage.moving()?.observe(real(X)).ln_density().slope;
            let seen = stage.line()?.observe(point(X));
            let half = level.g2.times(share);
            let u = level.f * point(X) - half * seen.score();
            // The derivative of u by nested differentiation of log p.
            let x: Curve = Jet { value: Jet::variable(point(X)), slope: real(1.0) };
            let second = stage.still::<Curve>()?.observe(x).ln_density().slope.slope;
            Ok([in_time + u * seen.score(), half * second - level.f])
        });
    all.extend(each(stages(), "E div u = d/dt H(X_t)", truth, &mutants, |stage, (share, mutation)| {
        let level = stage.broken(mutation).level()?;
        let divergence = level.f - level.g2.times(share) * stage.line()?.mean(Moment::ScoreDivergence)?;
        Ok([divergence, stage.moving()?.mean(Moment::LnDensity)?.slope])
    }));
    all
}

/// `E[div u] = D f - (g^2/2) E[div s]` against the slope of `H(X_t)`.
fn mean_divergence(case: &Case, share: f64) -> Result<Comparison> {
    let level = case.level()?;
    let lhs = case.slope(|s| s.marginal_entropy())?;
    let divergence = case.mean(Detail::SCORE_DIVERGENCE, 1, |s, out| out[0] = s.divergence())?[0];
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
    let lows = (0..law.components()).zip(widths.clone()).map(|(k, w)| level.alpha() * law.mean(k)[0] - REACH * w);
    let (low, step) = (lows.fold(f64::INFINITY, f64::min), widths.fold(f64::INFINITY, f64::min));
    let tail = Estimate::new(0.0, beyond(Estimate::given(REACH)).value());
    if x <= low {
        return Ok(tail);
    }
    let panels = ((x - low) / step).ceil();
    let mut total = tail;
    for i in 0..panels as u32 {
        let ends = [f64::from(i), f64::from(i + 1)].map(|i| low + (x - low) * i / panels);
        // A density is as far off as its logarithm.
        let density = |x: f64| {
            let log = p.ln_density(&[x]);
            Ok(Estimate::new(log, ulps::SAMPLE * f64::EPSILON * (1.0 + log.abs())).exp())
        };
        total = total + integral(density, ends[0], ends[1])?;
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
        Ok(Estimate::new(sum, ulps::eigenvalue(map.nrows()) * f64::EPSILON))
    })?;
    let rhs = flow(case, x, |end, _, far, near| {
        let [before, after] = [(far, x), (near, end)].map(|(level, x)| Marginal::new(case.law(), level).ln_density(x));
        Ok(Estimate::new(before - after, ulps::SAMPLE * f64::EPSILON * (before.abs() + after.abs())))
    })?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// How the derivative of the map is read.
#[derive(Debug, Clone, Copy)]
enum Layout {
    /// Column `j` is the derivative in `x_j`.
    Columns,
    /// Row `j` is.
    Rows,
}

/// The derivative of the model's flow map, entry by entry, against differences of the true flow. The difference of two
/// entries that is farthest beyond its radius is compared with 0.
fn derivative_map(case: &Case, x: &[f64], layout: Layout) -> Result<Comparison> {
    let (dim, truth) = (x.len(), case.truth());
    let reach = 0.1 * case.process().at(case.t())?.sigma();
    let mut worst: Option<Estimate> = None;
    for i in 0..dim {
        for j in 0..dim {
            let entry = match layout {
                Layout::Columns => (i, j),
                Layout::Rows => (j, i),
            };
            // The map's own rounding is far below the tolerance of the flow.
            let own = flow(case, x, |_, map, _, _| Ok(Estimate::rounded(map[entry], ulps::SAMPLE)))?;
            let moved = |h: f64| {
                let mut at = x.to_vec();
                at[j] += h;
                flow(&truth, &at, |end, _, _, _| Ok(Estimate::near(end[i])))
            };
            let gap = own - derivative(moved, 0.0, reach)?;
            let excess = |gap: Estimate| gap.value().abs() - gap.radius();
            worst = worst.filter(|&w| excess(w) >= excess(gap)).or(Some(gap));
        }
    }
    Ok(Comparison::new(worst.unwrap_or(Estimate::ZERO), Estimate::ZERO, 1e-5))
}

/// What carries a point toward the data.
#[derive(Debug, Clone, Copy)]
enum Carrier {
    /// The model's flow.
    Flow,
    /// That of an atom at the origin, which keeps `x/sigma`.
    Noise,
}

/// A mean over points of `p_t` carried by Heun's method, at two step sizes, against the mean under `p_s`.
fn carried(context: &Context, case: &Case, carrier: Carrier) -> Result<Comparison> {
    let channel = case.channel()?;
    let process = *case.process();
    let levels = [process.at(EARLIER * case.t())?, process.at(case.t())?];
    let function = |x: &[f64]| 2.0 + x.iter().map(|x| x.tanh() + 0.3 * x * x).sum::<f64>();
    let settings = context.settings(32);
    let sampler = |steps| Reverse::new(&channel, &levels, steps, Scheme::FlowHeun);
    let lhs = refined(&settings, sampler, (12, 2), |reverse, rng, out| {
        let mut batch = PathBatch::default();
        reverse.draw(out.len(), rng, &mut batch)?;
        let dim = case.law().dim();
        let (kept, scale) = match carrier {
            Carrier::Flow => (0, 1.0),
            Carrier::Noise => (1, levels[0].sigma() / levels[1].sigma()),
        };
        for ((o, &a), x) in out.iter_mut().zip(&batch.anchors).zip(batch.offsets[kept].chunks_exact(dim)) {
            let centre = case.law().mean(a).iter().map(|m| levels[kept].alpha() * m);
            let point: Vec<f64> = x.iter().zip(centre).map(|(x, c)| scale * (x + c)).collect();
            *o = function(&point);
        }
        Ok(())
    })?;
    let near = case.at(EARLIER * case.t()).truth();
    let rhs = near.mean(Detail::empty(), 1, |s, out| {
        let point: Vec<f64> = (0..case.law().dim()).map(|i| s.x(i)).collect();
        out[0] = function(&point);
    })?[0];
    Ok(Comparison::new(lhs, rhs, SAMPLED * rhs.value()))
}
