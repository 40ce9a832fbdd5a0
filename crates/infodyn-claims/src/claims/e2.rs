//! E2: total entropy production.

use infodyn_core::{Comparison, Detail, Estimate, NoiseLevel, ulps};
use infodyn_symbolic::Expr;
use infodyn_symbolic::theory::{Equation, Identity, Mixture, divergence, dot, minus, norm2, quantity, scale};

use super::{SAMPLED, SHARP, cases};
use crate::case::paired;
use crate::enclosed::{self, Rule, mean_of, point};
use crate::equilibrium::{enclosed_decay, preserving, preserving_stages, relative_entropy};
use crate::limit::halving;
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, Origin, Result, Seen};

pub(super) const CLAIM: Claim = Claim {
    id: "E2",
    name: "total-production",
    statement: "`(2/g^2) E|u|^2` with `u = f x - (g^2/2) s` is the total entropy production rate of the forward process, for any process: the rate of \
                `H(X_t)` plus the heat `(f/g^2) d/dt E|X_t|^2` given to the medium, and the limit of `KL(forward step, backward step)/dt`; at a point {0}. For \
                variance-preserving processes it is the decay rate of E1, at a point {1}",
    scope: "every law and process of the registry; the decay rate under `ou` and every `vp` schedule",
    origin: Origin::Elsewhere("Seifert 2012, Stochastic thermodynamics, fluctuation theorems and molecular machines"),
    uses: &["A4", "E1"],
    formulas,
    checks,
};

/// `(2/g^2)|u|^2` with `u = f x - (g^2/2) s`: heat and entropy, and the decay of E1 for VP.
fn formulas() -> Vec<Identity> {
    let [f, g, p, speed, heat] = ["f", "g", "p", "|u|^2", "x.u"].map(quantity);
    let [div_u, div_pu, pressure] = ["div u", "div(p u)", "|s+x|^2"].map(quantity);
    let produced = |twice: i32| twice * &f / g.pow(2) * &p * &heat + &p * &div_u - &div_pu;
    let balance = Equation::new(2 / g.pow(2) * &p * &speed, produced(2));
    let relaxing = Equation::new(2 / g.pow(2) * &speed, g.pow(2) / 2 * &pressure);
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let (density, score, x) = (law.density(), law.score(), law.position());
        let velocity = law.noise.velocity(&x, &score);
        let defined = [
            (&f, Expr::from(&law.noise.f)),
            (&g, Expr::from(&law.noise.g)),
            (&speed, norm2(&velocity)),
            (&heat, dot(&x, &velocity)),
            (&div_u, divergence(&velocity, &law.x)),
            (&div_pu, divergence(&scale(&density, &velocity), &law.x)),
            (&p, density),
        ];
        let broken = ("half the heat", produced(1));
        all.push(Identity::of(format!("production = heat + entropy, {}", law.name()), &balance, &defined, broken));
        let vp = |e: &Expr| e.substitute(&[(&law.noise.f, -law.noise.half_g2())]);
        let force: Vec<Expr> = score.iter().zip(&x).map(|(s, x)| s + x).collect();
        let defined = [(&speed, vp(&norm2(&velocity))), (&g, Expr::from(&law.noise.g)), (&pressure, norm2(&force))];
        let broken = ("s - x", &[(&pressure, norm2(&minus(&score, &x)))][..]);
        all.push(Identity::redefined(format!("in VP, {}", law.name()), &relaxing, &defined, broken));
    }
    all
}

/// What production is made of: the share of `g^2` in the velocity `u = f x - share g^2 s`, and the temperature in units
/// of `g^2/2`.
#[derive(Clone, Copy)]
struct Terms {
    share: f64,
    temperature: f64,
}

const EXACT: Terms = Terms { share: 0.5, temperature: 1.0 };
type Wrong = (Ingredient, &'static str, Terms);
const REVERSED: Wrong =
    (Ingredient::Drift, "the velocity f x - g^2 s in place of f x - (g^2/2) s", Terms { share: 1.0, ..EXACT });
const HOT: Wrong =
    (Ingredient::Temperature, "the temperature g^2 in place of g^2/2", Terms { temperature: 2.0, ..EXACT });

type Run = fn(&Context, &Case, Terms) -> Result<Comparison>;

/// A check, and its mutants by other terms.
fn check(kind: Kind, case: &Case, what: &str, run: Run, mutants: &[Wrong]) -> Check {
    let check = Check::new(kind, case, what, move |c, case| run(c, case, EXACT));
    mutants.iter().fold(check, |check, &(ingredient, how, terms)| {
        check.mutant(ingredient, how, move |c, case| run(c, case, terms))
    })
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let all = [Mutation::Weight, Mutation::Sigma, Mutation::Clock];
    let both = [REVERSED, HOT];
    for case in cases()? {
        // Without a drift there is no heat.
        let mutants = if case.level()?.f() == 0.0 { &both[..1] } else { &both };
        checks.push(check(Kind::Quadrature, &case, "entropy and heat", quadrature, mutants).breaking(&all));
        if case.law().dim() != 2 {
            let what = "forward against backward, step -> 0";
            let check = check(Kind::Quadrature, &case, what, reversal, mutants);
            checks.push(check.breaking(&[Mutation::Sigma]));
        }
    }
    for case in preserving()?.into_iter().filter(|s| s.law().dim() != 2) {
        checks.push(check(Kind::Quadrature, &case, "decay of KL", decay, &[REVERSED]).breaking(&all));
    }
    // One process of each kind: variance-preserving, with a force over temperature that changes in time, without drift.
    // A sample sees a wrong sigma on some, a wrong temperature on others: elsewhere each moves its side by less than an
    // interval or little more.
    let (sigma, hot) = (["localization", "sub-vp", "edm"], ["vp-linear", "localization", "flow"]);
    for case in cases()? {
        let name = case.process().name();
        if !sigma.contains(&name) && !hot.contains(&name) {
            continue;
        }
        let mutants = if hot.contains(&name) { &both[..] } else { &both[..1] };
        let check = check(Kind::MonteCarlo, &case, "over a stretch of time", monte_carlo, mutants);
        checks.push(check.breaking(if sigma.contains(&name) { &[Mutation::Sigma] } else { &[] }));
    }
    let (ingredient, how, terms) = REVERSED;
    let mutants = [
        (ingredient, how, (1.0, terms.share)),
        (Ingredient::Drift, "no force: f = 0 in the velocity", (0.0, EXACT.share)),
    ];
    checks.extend(enclosed::each(preserving_stages(), "", (1.0, EXACT.share), &mutants, |stage, (force, share)| {
        // E|f X - share g^2 s|^2 = f^2 E|X - (share g^2/f) s|^2.
        let level = stage.level()?;
        let ratio = -(level.g2.times(share) / level.f);
        let square = mean_of(&stage.line()?, &Rule::Drift(force, ratio))?[0];
        Ok([enclosed_decay(stage)?, point(2.0) / level.g2 * level.f.sqr() * square])
    }));
    Ok(checks)
}

/// `(2/g^2)|u|^2`.
fn production(s: &Seen<'_>, level: &NoiseLevel, terms: Terms) -> f64 {
    let speed = |(i, v): (usize, &f64)| (level.f() * s.x(i) - terms.share * level.g2() * v).powi(2);
    2.0 / level.g2() * s.score().iter().enumerate().map(speed).sum::<f64>()
}

fn mean_production(case: &Case, terms: Terms) -> Result<Estimate> {
    let level = case.level()?;
    Ok(case.mean(Detail::SCORE, 1, |s, out| out[0] = production(s, &level, terms))?[0])
}

fn length2(s: &Seen<'_>) -> f64 {
    (0..s.offset().len()).map(|i| s.x(i) * s.x(i)).sum()
}

/// `H(X_t)` and `E|X_t|^2` of the true marginal.
fn entropy_and_size(case: &Case) -> Result<(Estimate, Estimate)> {
    let both = case.truth().mean(Detail::empty(), 2, |s, out| (out[0], out[1]) = (-s.ln_density(), length2(s)))?;
    Ok((both[0], both[1]))
}

/// The slope of the entropy and of the second moment, the latter times `f/g^2` at the case's time.
fn quadrature(_: &Context, case: &Case, terms: Terms) -> Result<Comparison> {
    let factor = stiffness(case, case.t())? / terms.temperature;
    let factor = Estimate::rounded(factor, ulps::operations(6));
    let lhs = case.slope(|s| entropy_and_size(s).map(|(entropy, size)| entropy + size * factor))?;
    let rhs = mean_production(case, terms)?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// A step from `x` at `t - d/2` to `y` at `t + d/2`, likelier forward than backward by
/// `log p(x) K(y|x) - log p(y) K(x|y)`, `K(y|x) = N(y; a x, b^2)` and the same kernel back: its mean over `d`, as
/// `d -> 0`.
fn reversal(context: &Context, case: &Case, terms: Terms) -> Result<Comparison> {
    let (lo, hi) = case.process().time_range();
    let reach = 0.5 * (case.t() - lo).min(hi - case.t()).min(case.t());
    let truth = case.truth();
    let per_time = |d: f64| {
        let (before, after) = (truth.at(truth.t() - 0.5 * d), truth.at(truth.t() + 0.5 * d));
        let (x, y) = (before.level()?, after.level()?);
        let a = y.alpha() / x.alpha();
        let b2 = y.sigma2() - a * a * x.sigma2();
        let ((entropy0, size0), (entropy1, size1)) = (entropy_and_size(&before)?, entropy_and_size(&after)?);
        // log K(y|x) - log K(x|y) = (1 - a^2)(|x|^2 - |y|^2)/(2 b^2).
        let factor = (1.0 - a * a) / (2.0 * b2);
        let doubt = ulps::operations(7) * f64::EPSILON * (1.0 / (2.0 * b2).abs() + factor.abs() * y.sigma2() / b2);
        let heat = (size0 - size1) * Estimate::new(factor / terms.temperature, doubt);
        Ok((entropy1 - entropy0 + heat) / Estimate::given(d))
    };
    let values: Vec<Estimate> =
        (0..context.sizes(6)).map(|i| per_time(reach * 0.5_f64.powi(i))).collect::<Result<_>>()?;
    // Forward and backward change places with the two ends: the expansion is in d^2.
    let (lhs, rhs) = (halving(&values, 2), mean_production(case, terms)?);
    Ok(Comparison::new(lhs, rhs, 10.0 * SHARP * rhs.value()))
}

fn decay(_: &Context, case: &Case, terms: Terms) -> Result<Comparison> {
    let (lhs, rhs) = (-case.slope(relative_entropy)?, mean_production(case, terms)?);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// `f/g^2`, the force over twice the temperature per unit of `x`.
fn stiffness(case: &Case, t: f64) -> Result<f64> {
    let level = case.truth().at(t).level()?;
    Ok(level.f() / level.g2())
}

/// Entropy by `-log p` at the two ends; heat as the integral of `(f/g^2) d|X|^2`, by parts.
fn monte_carlo(context: &Context, case: &Case, terms: Terms) -> Result<Comparison> {
    let (t0, t1) = case.stretch();
    let (first, last) = (stiffness(case, t0)?, stiffness(case, t1)?);
    // Differences of fourth order: their error, (step/t)^4, is a thousandth of a thousandth of any interval here.
    let turn = |t: f64| {
        let h = 1e-3 * (t1 - t0);
        let near = stiffness(case, t + h)? - stiffness(case, t - h)?;
        let far = stiffness(case, t + 2.0 * h)? - stiffness(case, t - 2.0 * h)?;
        Ok::<f64, crate::Error>((8.0 * near - far) / (12.0 * h))
    };
    let means = case.sample_over_time(context, (Detail::empty(), Detail::SCORE), 2, |row, out| {
        let seen = [0, 1, 2].map(|r| row.seen(r));
        let level = row.level(2);
        let turned = turn(level.t()).unwrap_or(f64::NAN);
        let heat = last * length2(&seen[1]) - first * length2(&seen[0]) - row.weight() * turned * length2(&seen[2]);
        out[0] = seen[0].ln_density() - seen[1].ln_density() + heat / terms.temperature;
        out[1] = row.weight() * production(&seen[2], &level, terms);
    })?;
    Ok(paired(&means, 0, 1, 2.0 * SAMPLED))
}
