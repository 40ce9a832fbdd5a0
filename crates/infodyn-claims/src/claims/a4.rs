//! A4: the equation that the score obeys.

use infodyn_core::{Comparison, Detail, Estimate, Observation, ulps};
use infodyn_enclosure::Jet;
use infodyn_monte_carlo::Settings;
use infodyn_quadrature::derivative;
use infodyn_symbolic::theory::{Equation, Identity, Mixture, divergence, dot, laplacian, norm2, quantity, scale};
use infodyn_symbolic::{Derivation, Expr};

use super::{SAMPLED, SHARP, atoms, cases, mixture};
use crate::case::{Times, paired};
use crate::enclosed::{self, Curve, Sides, Stage, point, real};
use crate::pointwise::read;
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "A4",
    name: "score-pde",
    statement: "The density obeys {0}, so the score obeys {1}; the right side is the gradient of `(g^2/2)(div s + |s|^2) - f (D + x.s)`. With `f = 0`, in \
                `D = 1` and in the clock `v = integral of g^2 dt`, `u = -s` solves viscous Burgers: {2}",
    scope: "every law and process: exact for mixtures of K <= 3 isotropic Gaussians in D <= 2 dimensions under any schedule; at a point, and integrated against a test function, elsewhere",
    origin: Origin::Elsewhere(
        "Lai et al. 2023, FP-Diffusion (arXiv 2210.04296); Burgers: Hopf 1950, Cole 1951, and for the score Sarkar 2026 (arXiv 2604.07404)",
    ),
    uses: &["A1"],
    formulas,
    checks,
};

/// The Fokker-Planck equation, the equation of the score, and Burgers' equation.
fn formulas() -> Vec<Identity> {
    let [p_rate, s_rate, f, g] = ["d/dt p", "d/dt s", "f", "g"].map(quantity);
    let [laplace_p, div_xp, by_noise, by_drift] =
        ["laplace p", "div(x p)", "grad(div s+|s|^2)", "grad(x.s)"].map(quantity);
    let diffuses = |noise: Expr| noise * &laplace_p - &f * &div_xp;
    let fokker_planck = Equation::new(&p_rate, diffuses(g.pow(2) / 2));
    let moves = |noise: Expr| noise * &by_noise - &f * &by_drift;
    let score_pde = Equation::new(&s_rate, moves(g.pow(2) / 2));
    let [u, u_v, u_x, u_xx] = ["u", "u_v", "u_x", "u_xx"].map(quantity);
    let burgers = Equation::new(&u_v + &u * &u_x, &u_xx / 2);
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let law = Mixture::general(components, dim);
        let (density, score, in_time) = (law.density(), law.score(), law.noise.in_time());
        let inner = divergence(&score, &law.x) + norm2(&score);
        let along = dot(&law.position(), &score);
        let defined = [
            (&p_rate, in_time.of(&density)),
            (&s_rate, in_time.of(&score[0])),
            (&laplace_p, laplacian(&density, &law.x)),
            (&div_xp, divergence(&scale(&density, &law.position()), &law.x)),
            (&by_noise, inner.diff(&law.x[0])),
            (&by_drift, along.diff(&law.x[0])),
            (&f, Expr::from(&law.noise.f)),
            (&g, Expr::from(&law.noise.g)),
        ];
        let broken = ("another diffusion coefficient", diffuses(g.pow(2)));
        all.push(Identity::of(format!("Fokker-Planck, {}", law.name()), &fokker_planck, &defined, broken));
        let broken = ("g^2 in place of g^2/2", moves(g.pow(2)));
        all.push(Identity::of(format!("the score, {}", law.name()), &score_pde, &defined, broken));
    }
    for components in [2, 3] {
        let law = Mixture::general(components, 1);
        let sigma = &law.noise.sigma;
        let (x, field) = (&law.x[0], -law.score().swap_remove(0));
        // In the clock v = integral of g^2 dt, with f = 0: (sigma^2)' = 1.
        let in_clock = Derivation::new([(sigma.clone(), 1 / (2 * sigma))]);
        let defined = [(&u_v, in_clock.of(&field)), (&u_x, field.diff(x)), (&u_xx, field.diff(x).diff(x)), (&u, field)];
        all.push(Identity::of(
            format!("Burgers, {}", law.name()),
            &burgers,
            &defined,
            ("viscosity 1", Expr::from(&u_xx)),
        ));
    }
    all
}

/// The bracket `(g^2/2)(div s + c |s|^2) - e f (D + x.s)`, of `c = e = 1` in the claim.
#[derive(Clone, Copy)]
struct Bracket {
    /// `c`.
    square: f64,
    /// `e`.
    drift: f64,
}

const BRACKET: Bracket = Bracket { square: 1.0, drift: 1.0 };
const STILL: Bracket = Bracket { drift: 0.0, ..BRACKET };

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for case in cases()? {
        let check = Check::new(Kind::Quadrature, &case, "at a point", |_, case| pointwise(case, BRACKET));
        let linear = Bracket { square: 0.0, ..BRACKET };
        let check = check.breaking(&[Mutation::Sigma, Mutation::Clock]);
        let mut check =
            check.mutant(Ingredient::Moment, "div s in place of div s + |s|^2", move |_, s| pointwise(s, linear));
        if case.level()?.f() != 0.0 {
            check = check.mutant(Ingredient::Drift, "no drift", |_, case| pointwise(case, STILL));
        }
        checks.push(check);
    }
    use infodyn_core::NoiseProcess::{Edm, Ve};
    for case in [mixture()?.under(Ve, 0.4)?, mixture()?.under(Edm, 0.7)?, atoms()?.under(Edm, 0.9)?] {
        let check = Check::new(Kind::Quadrature, &case, "Burgers at a point", |_, case| burgers_at_a_point(case, 1));
        let check = check.breaking(&[Mutation::Sigma, Mutation::Clock]);
        checks.push(check.mutant(Ingredient::Exponent, "u^2 u_x in place of u u_x", |_, s| burgers_at_a_point(s, 2)));
    }
    // The bracket is a sum of D terms of the size of D/sigma^2: in many dimensions its samples drown the signal.
    use infodyn_core::NoiseProcess::{Flow, Localization, VpCosine};
    let elsewhere = |s: &Case| s.law().dim() > 3 || matches!(s.process(), VpCosine { .. } | Flow { .. });
    for case in cases()?.into_iter().filter(|s| !elsewhere(s)) {
        let check = Check::new(Kind::MonteCarlo, &case, "against a test function", |c, s| weak(c, s, BRACKET));
        let inward = Bracket { square: -1.0, ..BRACKET };
        let check =
            check.mutant(Ingredient::Moment, "div s - |s|^2 in place of div s + |s|^2", move |c, s| weak(c, s, inward));
        // Under localization the drift is nearly all of the bracket.
        checks.push(if matches!(case.process(), Localization { .. }) {
            check.mutant(Ingredient::Drift, "no drift", |c, s| weak(c, s, STILL))
        } else {
            check.breaking(&[Mutation::Clock])
        });
    }
    let clock = enclosed::mutants(&[Mutation::Clock]).into_iter().map(|(i, how, m)| (i, how, (m, 1.0)));
    let linear = (Ingredient::Moment, "div s in place of div s + |s|^2", (Mutation::None, 0.0));
    let mutants: Vec<_> = clock.chain([linear]).collect();
    checks.extend(enclosed::each(enclosed::stages(), "at x=0.37", (Mutation::None, 1.0), &mutants, enclosure));
    Ok(checks)
}

/// The derivative of the score in time against those of `log p` in space, each carried through the density.
fn enclosure(stage: &Stage, (mutation, square): (Mutation, f64)) -> Sides {
    let in_time = stage.moving()?.observe(real(enclosed::X)).score().slope;
    let level = stage.broken(mutation).level()?;
    let x: Jet<Curve> =
        Jet { value: Jet { value: Jet::variable(point(enclosed::X)), slope: real(1.0) }, slope: real(1.0) };
    let ln_p = stage.still::<Jet<Curve>>()?.observe(x).ln_density();
    let (s, s1, s2) = (ln_p.slope.value.value, ln_p.slope.slope.value, ln_p.slope.slope.slope);
    let inner = s2 + (s * s1).times(2.0 * square);
    Ok([in_time, level.g2.times(0.5) * inner - level.f * (s + point(enclosed::X) * s1)])
}

/// What the density of the case says at `x`, and a bound for the size of the terms of the score there.
fn at_point(case: &Case, x: &[f64]) -> Result<(Observation, f64)> {
    let level = case.level()?;
    let law = case.law();
    let norm = |v: &[f64]| v.iter().map(|c| c * c).sum::<f64>().sqrt();
    let reach = (0..law.components()).map(|k| norm(law.mean(k))).fold(0.0, f64::max);
    let offset: Vec<f64> = x.iter().zip(law.mean(0)).map(|(x, m)| x - level.alpha() * m).collect();
    let seen = case.density(|p| Ok(read(p, &offset)))?;
    // The mutant with sigma for sigma^2 divides by the smaller of the two.
    Ok((seen, (norm(x) + level.alpha() * reach) / level.sigma2().min(level.sigma())))
}

/// A point off every symmetry axis and a direction.
fn place(case: &Case) -> Result<(Vec<f64>, Vec<f64>)> {
    let level = case.level()?;
    let (direction, offset) = crate::pointwise::place(case);
    let x = offset.iter().zip(case.law().mean(0)).map(|(o, m)| level.alpha() * m + level.sigma() * o).collect();
    Ok((direction, x))
}

/// The slope in time at `x` of the component of the score along a direction.
fn time_slope(case: &Case, x: &[f64], direction: &[f64]) -> Result<Estimate> {
    let (lo, hi) = case.process().time_range();
    let reach = 0.4 * (case.t() - lo).min(hi - case.t()).min(case.t());
    let along = |t: f64| -> Result<Estimate> {
        let (seen, size) = at_point(&case.at(t), x)?;
        let value = seen.score.iter().zip(direction).map(|(s, e)| s * e).sum();
        Ok(Estimate::new(value, ulps::SAMPLE * f64::EPSILON * size))
    };
    derivative(along, case.t(), reach)
}

/// Differences in time of the score against differences in space of the bracket.
fn pointwise(case: &Case, bracket: Bracket) -> Result<Comparison> {
    let (level, d) = (case.level()?, case.dim());
    let (direction, x) = place(case)?;
    let lhs = time_slope(case, &x, &direction)?;
    let (half, drift) = (0.5 * level.g2(), bracket.drift * level.f());
    let read = |h: f64| -> Result<Estimate> {
        let y: Vec<f64> = x.iter().zip(&direction).map(|(x, e)| x + h * e).collect();
        let (seen, size) = at_point(case, &y)?;
        let along: f64 = y.iter().zip(&seen.score).map(|(y, s)| y * s).sum();
        let length: f64 = y.iter().map(|y| y * y).sum::<f64>().sqrt();
        let value =
            half * (seen.score_divergence[0] + bracket.square * seen.score_norm2(0, y.len())) - drift * (d + along);
        let terms = half * (size * size + d / level.sigma2()) + drift.abs() * (d + length * size);
        Ok(Estimate::new(value, ulps::SAMPLE * f64::EPSILON * terms))
    };
    let rhs = derivative(read, 0.0, 0.5 * level.sigma())?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// `u_v + u^power u_x`, of power 1 in the claim, against `u_xx/2`, each derivative by differences but `u_x = -div s`.
fn burgers_at_a_point(case: &Case, power: i32) -> Result<Comparison> {
    let level = case.level()?;
    let (_, x) = place(case)?;
    let (seen, size) = at_point(case, &x)?;
    let rounded = |value: f64, terms: f64| Estimate::new(value, ulps::SAMPLE * f64::EPSILON * terms);
    // u^n u_x = -(-s)^n div s.
    let value = -(-seen.score[0]).powi(power) * seen.score_divergence[0];
    let transport = rounded(value, size.powi(power) * (size * size + 1.0 / level.sigma2()));
    let lhs = transport - time_slope(case, &x, &[1.0])? / Estimate::given(level.g2());
    let slope = |h: f64| -> Result<Estimate> {
        let (seen, size) = at_point(case, &[x[0] + h])?;
        Ok(rounded(-seen.score_divergence[0], size * size + 1.0 / level.sigma2()))
    };
    let curvature = derivative(slope, 0.0, 0.5 * level.sigma())?;
    let rhs = curvature / 2;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// Against a vector field `phi`: `E[phi.s] = -E[div phi]` and the equation give
/// `d/dt E[phi.s] = -E[Q div phi]`, `Q` the bracket, whose mean is 0.
fn weak(context: &Context, case: &Case, bracket: Bracket) -> Result<Comparison> {
    let d = case.dim();
    // The bracket varies much about its mean.
    let usual = case.even(context, 2 * case.cost(), Times::Drawn);
    let settings = Settings { samples: 4 * usual.samples, ..usual };
    let means = case.sample_between(
        &settings,
        case.stretch(),
        (Detail::SCORE | Detail::SCORE_DIVERGENCE, Detail::SCORE | Detail::SCORE_DIVERGENCE),
        3,
        |row, out| {
            let along = |r: usize| {
                let seen = row.seen(r);
                seen.score().iter().enumerate().map(|(i, s)| s * (0.7 * seen.x(i) + 0.3).tanh()).sum::<f64>()
            };
            let (seen, level) = (row.seen(2), row.level(2));
            let (mut spread, mut inward) = (0.0, 0.0);
            for (i, s) in seen.score().iter().enumerate() {
                let tanh = (0.7 * seen.x(i) + 0.3).tanh();
                spread += 0.7 * (1.0 - tanh * tanh);
                inward += seen.x(i) * s;
            }
            let half = 0.5 * level.g2() * row.weight() * spread;
            out[0] = along(0) - along(1);
            let drift = bracket.drift * level.f();
            out[1] = half * (seen.divergence() + bracket.square * seen.norm2())
                - drift * row.weight() * spread * (d + inward);
            out[2] = half * seen.norm2();
        },
    )?;
    // The terms of the bracket can cancel on average: what is sharp is measured by one of them where it is larger.
    let scale = means.mean(2, Context::CONFIDENCE).value().max(means.mean(1, Context::CONFIDENCE).value().abs());
    Ok(paired(&means, 0, 1, SAMPLED).with_tolerance(SAMPLED * scale))
}
