//! C3: three energies with different critical points.

use infodyn_bifurcation::{Energy, Kind as Branching, diagram};
use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Density, Detail, Estimate, Mixture, NoiseLevel, NoiseProcess};
use infodyn_symbolic::theory::{Equation, Identity, Noise, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP, integral, landscape, root};
use crate::case::paired;
use crate::symbols::{Pair, pair};
use crate::{Case, Check, Claim, Context, Error, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "C3",
    name: "three-energies",
    statement: "For the pair of C2 the drifts of the three energies have at `x = 0` the slopes {0} (marginal, `-log p_t`), {1} (reverse SDE, \
                `f|x|^2/2 - g^2 log p_t`) and {2} (probability flow, `f|x|^2/2 - (g^2/2) log p_t`), and each energy is critical where its slope vanishes. With `f=0` all agree. For VP with two atoms `+-1` the second gives `alpha^2 = sqrt(2)-1`; the third is unstable at \
                every finite time whenever `a^2+q=1`, with Jacobian `(g^2/2) alpha^4 a^4/v^2`, and for `a^2+q<1` it is critical at `alpha^2 = (1-q-a^2)/(1-q)^2`",
    scope: "two components on a line, every parameter a symbol; pitchforks found by continuation under six processes; the curvature by simulation",
    origin: Origin::Elsewhere("Raya & Ambrogioni 2023 for the reverse-SDE potential; the comparison is new here"),
    uses: &["C2"],
    formulas,
    checks,
};

/// The curvatures at 0 of the three energies, and their critical points for VP.
fn formulas() -> Vec<Identity> {
    let Pair { law, a, q, v } = pair();
    let (x, p) = (&law.x[0], law.density());
    let Noise { alpha, sigma, f, g } = &law.noise;
    let curvature = |energy: Expr| energy.diff(x).diff(x).substitute(&[(x, Expr::zero())]);
    let reverse_sde = f * x.pow(2) / 2 - g.pow(2) * p.log();
    let flow = f * x.pow(2) / 2 - g.pow(2) / 2 * p.log();
    let [of_score, of_sde, of_flow, width] = ["J_score", "J_sde", "J_flow", "v"].map(quantity);
    let pull = || alpha.pow(2) * a.pow(2) / width.pow(2) - 1 / &width;
    let written = |of: &Symbol, factor: Expr| Equation::new(of, -f + factor * pull());
    let mut all = vec![
        Identity::of(
            "marginal energy",
            &Equation::new(&of_score, pull()),
            &[(&of_score, -curvature(-p.log())), (&width, v.clone())],
            ("the sign", -pull()),
        ),
        Identity::of(
            "reverse-SDE potential",
            &written(&of_sde, g.pow(2)),
            &[(&of_sde, -curvature(reverse_sde.clone())), (&width, v.clone())],
            ("the factor of the flow", -f + g.pow(2) / 2 * pull()),
        ),
        Identity::of(
            "probability-flow potential",
            &written(&of_flow, g.pow(2) / 2),
            &[(&of_flow, -curvature(flow.clone())), (&width, v.clone())],
            ("the factor of the reverse SDE", -f + g.pow(2) * pull()),
        ),
    ];
    // VP: f = -beta/2, g^2 = beta, sigma^2 = 1 - alpha^2, with atoms at +-1.
    let beta = Symbol::positive("beta");
    let vp = |e: &Expr, alpha2: &Expr| {
        e.substitute(&[(f, -&beta / 2), (g, beta.sqrt()), (alpha, alpha2.sqrt()), (sigma, (1 - alpha2).sqrt())])
    };
    let atoms = |e: &Expr| e.substitute(&[(&a, Expr::one()), (&q, Expr::zero())]);
    let free = alpha.pow(2);
    let sqrt2 = Expr::from(2).sqrt();
    let sde = -curvature(reverse_sde);
    let ode = -curvature(flow);
    all.push(identity(
        "two atoms in VP: critical at alpha^2 = sqrt 2 - 1",
        vp(&atoms(&sde), &(&sqrt2 - 1)),
        0,
        ("alpha^2 = 1/2", vp(&atoms(&sde), &Expr::ratio(1, 2))),
    ));
    let jacobian = |alpha2: &Expr| &beta / 2 * alpha2.pow(2) / (1 - alpha2).pow(2);
    all.push(identity(
        "two atoms in VP: the flow has Jacobian (g^2/2) alpha^4/sigma^4",
        vp(&atoms(&ode), &free),
        jacobian(&free),
        ("g^2 in place of g^2/2", 2 * jacobian(&free)),
    ));
    let unit = |e: &Expr| e.substitute(&[(&q, 1 - a.pow(2))]);
    let noised = unit(&(free.clone() * &q + 1 - &free));
    let jacobian = |power| &beta / 2 * alpha.pow(4) * a.pow(4) / noised.pow(power);
    all.push(identity(
        "a^2 + q = 1 in VP: the flow has Jacobian (g^2/2) alpha^4 a^4/v^2",
        unit(&vp(&ode, &free)),
        jacobian(2),
        ("v in place of v^2", jacobian(1)),
    ));
    let critical = |denominator: Expr| (1 - &q - a.pow(2)) / denominator;
    all.push(identity(
        "a^2 + q < 1 in VP: the flow is critical at alpha^2 = (1-q-a^2)/(1-q)^2",
        vp(&ode, &critical((1 - &q).pow(2))),
        0,
        ("no square", vp(&ode, &critical(1 - &q))),
    ));
    all
}

const FACTOR: &str = "the factors of g^2 of the two drifts exchanged";
const SQUARE: &str = "v in place of v^2";
const DIGIT: &str = "alpha^2 = 1/2";

fn checks(_: &Context) -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let vp = P::VP_LINEAR;
    let unit = Mixture::symmetric_pair(&[1.0], 0.0)?;
    let mut checks = Vec::new();
    // The constants, to the digits of the theory.
    for (what, of) in [
        ("two atoms/vp-linear: alpha^2 = sqrt 2 - 1", Place::Alpha2),
        ("two atoms/vp-linear: alpha = 0.643594252905583", Place::Alpha),
        ("two atoms/vp-linear: t = 0.292641654328143", Place::Time),
    ] {
        let law = unit.clone();
        checks.push(Check::number_by_words(Kind::Quadrature, what, &[Mutation::Formula(DIGIT)], move |_, mutation| {
            constant(&law, vp, of, mutation == Mutation::Formula(DIGIT))
        }));
    }
    let (a, q) = (1.5, 0.3);
    let (near, variance) = (0.5, 0.125);
    for (name, a, q, process, energy) in [
        ("pair 1.5", a, q, vp, Energy::Marginal),
        ("pair 1.5", a, q, vp, Energy::ReverseSde),
        ("pair 1.5", a, q, P::Ou, Energy::ReverseSde),
        ("pair 1.5", a, q, P::SUB_VP, Energy::ReverseSde),
        ("pair 1.5", a, q, P::FLOW, Energy::ReverseSde),
        ("pair 1.5", a, q, P::FLOW, Energy::ProbabilityFlow),
        ("pair 0.5", near, variance, vp, Energy::ProbabilityFlow),
        ("pair 0.5", near, variance, P::VP_COSINE, Energy::ProbabilityFlow),
        ("pair 1.5", a, q, P::Edm, Energy::ProbabilityFlow),
    ] {
        let law = Mixture::symmetric_pair(&[a], q)?;
        // Without drift the factor says nothing.
        let drifts = energy != Energy::Marginal && process != P::Edm;
        let broken: &[Mutation] =
            if drifts { &[Mutation::Formula(FACTOR), Mutation::Formula(SQUARE)] } else { &[Mutation::Formula(SQUARE)] };
        checks.push(Check::number_by_words(
            Kind::Quadrature,
            format!("{name}/{process}: {energy}"),
            broken,
            move |_, mutation| branching(&law, (a, q), process, energy, mutation),
        ));
    }
    let balanced = NamedLaw::new("pair, a^2 + q = 1", Mixture::symmetric_pair(&[0.8], 0.36)?);
    for (process, t) in [(vp, 0.1), (vp, 0.5), (P::VP_COSINE, 0.8)] {
        let case = balanced.under(process, t)?;
        let broken = [Mutation::Formula(SQUARE), Mutation::Formula(FACTOR)];
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "the flow's slope at 0", &broken, flow_slope));
    }
    let wide = NamedLaw::new("pair 1.5", Mixture::symmetric_pair(&[a], q)?);
    for (process, t, energy) in [
        (vp, 0.3, Energy::ReverseSde),
        (P::FLOW, 0.5, Energy::ProbabilityFlow),
        (P::LOCALIZATION, 18.0, Energy::ReverseSde),
        (P::Ou, 0.4, Energy::Marginal),
    ] {
        let case = wide.under(process, t)?;
        let broken: &[Mutation] = if energy == Energy::Marginal { &[] } else { &[Mutation::Formula(FACTOR)] };
        let what = format!("work against {energy}");
        checks.push(Check::new_by_words(Kind::Quadrature, &case, &what, broken, move |_, case| work(case, energy)));
    }
    for (process, energy) in [(vp, Energy::ReverseSde), (P::FLOW, Energy::ProbabilityFlow)] {
        let case = wide.under(process, process.at_snr(critical(process, energy, (a, q), Mutation::None)?)?.t())?;
        let what = format!("curvature of {energy}");
        checks.push(Check::new_by_words(
            Kind::MonteCarlo,
            &case,
            &what,
            &[Mutation::Formula(FACTOR)],
            move |context, case| curvature(context, case, energy),
        ));
    }
    Ok(checks)
}

/// How much higher an energy, over the coefficient of the score in it, stands at `x = 0.7` than at 0, against the integral of
/// the drift, `(c f/g^2) x - s` with `c = 0, 1, 2`.
fn work(case: &Case, energy: Energy) -> Result<Comparison> {
    const FAR: f64 = 0.7;
    let level = case.level()?;
    let to = [FAR / level.alpha()];
    let lhs = landscape(case.law(), case.process(), energy, |l| Ok(l.rise(&[0.0], &to, level.snr())?))?;
    let c = match (energy, case.breaks(FACTOR)) {
        (Energy::Marginal, _) => 0.0,
        (Energy::ReverseSde, false) | (Energy::ProbabilityFlow, true) => 1.0,
        _ => 2.0,
    };
    let rhs = case.density(|p| {
        let drift = |x: f64| {
            let (pull, score) = (c * level.f() / level.g2() * x, p.score(&[x])[0]);
            Ok(Estimate::new(pull - score, 16.0 * f64::EPSILON * (pull.abs() + score.abs() + x.abs() / level.sigma2())))
        };
        integral(drift, 0.0, FAR)
    })?;
    Ok(Comparison::new(lhs, rhs, SHARP))
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Alpha2,
    Alpha,
    Time,
}

/// The pitchfork at 0 that continuation finds: `log snr` with its bracket.
fn found(law: &Mixture, process: NoiseProcess, energy: Energy) -> Result<Estimate> {
    let all = landscape(law, &process, energy, |l| Ok(diagram(l, (0.02, 50.0))?.bifurcations))?;
    let here = all.iter().find(|b| b.kind == Branching::Pitchfork && b.at[0].abs() < 1e-6);
    let b = here.ok_or(Error::NotFound("a pitchfork at 0"))?;
    Ok(Estimate::new(b.log_snr, b.error))
}

fn constant(law: &Mixture, process: NoiseProcess, of: Place, broken: bool) -> Result<Comparison> {
    let log_snr = found(law, process, Energy::ReverseSde)?;
    let read = |l: f64| -> Result<f64> {
        let level = process.at_snr(l.exp())?;
        Ok(match of {
            Place::Alpha2 => level.alpha() * level.alpha(),
            Place::Alpha => level.alpha(),
            Place::Time => level.t(),
        })
    };
    // The bracket as it is read, and the digits that the theory gives.
    let value = read(log_snr.value())?;
    let slope = ((read(log_snr.value() + 1e-3)? - read(log_snr.value() - 1e-3)?) / 2e-3).abs();
    let lhs = Estimate::new(value, 1.1 * slope * log_snr.radius() + 16.0 * f64::EPSILON);
    let alpha2 = if broken { 0.5 } else { 2.0_f64.sqrt() - 1.0 };
    let rhs = match of {
        Place::Alpha2 => Estimate::rounded(alpha2, 2.0),
        Place::Alpha if broken => Estimate::rounded(alpha2.sqrt(), 2.0),
        Place::Time if broken => Estimate::rounded(process.at_snr(1.0)?.t(), 2.0),
        Place::Alpha => Estimate::new(0.643_594_252_905_583, 5e-16),
        Place::Time => Estimate::new(0.292_641_654_328_143, 5e-16),
    };
    Ok(Comparison::new(lhs, rhs, 1e-12))
}

/// The slope at 0 of a drift by the formula, with its broken forms.
fn formula(level: &NoiseLevel, energy: Energy, (a, q): (f64, f64), mutation: Mutation) -> f64 {
    let a2 = level.alpha() * level.alpha();
    let v = a2 * q + level.sigma2();
    let square = if mutation == Mutation::Formula(SQUARE) { v } else { v * v };
    let pull = a2 * a * a / square - 1.0 / v;
    let swapped = mutation == Mutation::Formula(FACTOR);
    match energy {
        Energy::Marginal => pull,
        Energy::ReverseSde => -level.f() + level.g2() * if swapped { 0.5 } else { 1.0 } * pull,
        Energy::ProbabilityFlow => -level.f() + level.g2() * if swapped { 1.0 } else { 0.5 } * pull,
    }
}

/// The signal-to-noise ratio at which the formula vanishes; the broken ones may have none, then `1e3`.
fn critical(process: NoiseProcess, energy: Energy, shape: (f64, f64), mutation: Mutation) -> Result<f64> {
    let slope = |l: f64| Ok(formula(&process.at_snr(l.exp())?, energy, shape, mutation));
    match root(0.02_f64.ln(), 50.0_f64.ln(), slope) {
        Ok(l) => Ok(l.exp()),
        Err(Error::Quadrature(infodyn_quadrature::Error::Interval { .. })) if mutation != Mutation::None => Ok(1e3),
        Err(other) => Err(other),
    }
}

fn branching(
    law: &Mixture,
    shape: (f64, f64),
    process: NoiseProcess,
    energy: Energy,
    mutation: Mutation,
) -> Result<Comparison> {
    let lhs = found(law, process, energy)?;
    let value = critical(process, energy, shape, mutation)?.ln();
    // The formula's own sign is lost in its rounding over a few units.
    let rhs = Estimate::new(value, 64.0 * f64::EPSILON * (1.0 + value.abs()));
    Ok(Comparison::new(lhs, rhs, 1e-10))
}

/// `-f + (g^2/2) s'(0)` by differences of the score, against `(g^2/2) alpha^4 a^4/v^2`.
fn flow_slope(_: &Context, case: &Case) -> Result<Comparison> {
    let level = case.level()?;
    let density = Marginal::new(case.law(), &level);
    let sigma = level.sigma();
    let read = |x: f64| -> Result<Estimate> {
        let s = density.score(&[x])[0];
        Ok(Estimate::new(s, 8.0 * f64::EPSILON * (s.abs() + (x.abs() + sigma) / level.sigma2())))
    };
    let factor = if case.breaks(FACTOR) { 1.0 } else { 0.5 };
    let lhs = infodyn_quadrature::derivative(read, 0.0, 0.4 * sigma)? * Estimate::given(factor * level.g2())
        - Estimate::given(level.f());
    let (a, q) = (case.law().mean(0)[0].abs(), case.law().covariance(0).eigenvalue(0));
    let v = level.alpha() * level.alpha() * q + level.sigma2();
    let square = if case.breaks(SQUARE) { v } else { v * v };
    let rhs = Estimate::rounded(0.5 * level.g2() * (level.alpha() * a).powi(4) / square, 16.0);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// At the critical time `g^2 c (alpha^2 E[X_0^2 given X_t = 0]/sigma^4 - 1/sigma^2) = f`, each draw weighted
/// by its likelihood at 0.
fn curvature(context: &Context, case: &Case, energy: Energy) -> Result<Comparison> {
    let level = case.level()?;
    let full = (energy == Energy::ReverseSde) != case.breaks(FACTOR);
    let strength = level.g2() * if full { 1.0 } else { 0.5 };
    let means = case.sample(context, Detail::Posterior, 2, &[], |row, out| {
        let data = case.law().mean(row.anchor())[0] + row.xi()[0];
        let signal = level.alpha() * data;
        let likelihood = (-0.5 * signal * signal / level.sigma2()).exp();
        out[0] = likelihood * strength * signal * signal / (level.sigma2() * level.sigma2());
        out[1] = likelihood * (level.f() + strength / level.sigma2());
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
