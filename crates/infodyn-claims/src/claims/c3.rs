//! C3: three energies with different critical points.

use infodyn_bifurcation::{Energy, Kind as Branching, diagram};
use infodyn_core::{Comparison, Detail, Estimate, Mixture, NoiseLevel, NoiseProcess, ulps};
use infodyn_enclosure::{Interval, LineLaw};
use infodyn_symbolic::theory::{Equation, Identity, Noise, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP, integral, landscape, root};
use crate::case::paired;
use crate::enclosed::{critical_time, equal, point};
use crate::symbols::{self, pair};
use crate::{Case, Check, Claim, Context, Error, Ingredient, Kind, Mutation, NamedLaw, Origin, Result};

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
    let symbols::Pair { law, a, q, v } = pair();
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

fn checks(_: &Context) -> Result<Vec<Check>> {
    use Energy::{Marginal as Score, ProbabilityFlow as Flow, ReverseSde as Sde};
    use NoiseProcess as P;
    let vp = P::VP_LINEAR;
    let mut checks = Vec::new();
    // The constants, to the digits of the theory.
    for (what, of) in [
        ("two atoms/vp-linear: alpha^2 = sqrt 2 - 1", Place::Alpha2),
        ("two atoms/vp-linear: alpha = 0.643594252905583", Place::Alpha),
        ("two atoms/vp-linear: t = 0.292641654328143", Place::Time),
    ] {
        let check = Check::number(Kind::Quadrature, what, move |_| constant(of, Sde));
        checks.push(check.variant(Ingredient::Drift, "the marginal energy", move |_| constant(of, Score)));
    }
    let wide = Pair { name: "pair 1.5", a: 1.5, q: 0.3 };
    let near = Pair { name: "pair 0.5", a: 0.5, q: 0.125 };
    for (pair, process, energy) in [
        (wide, vp, Score),
        (wide, vp, Sde),
        (wide, P::Ou, Sde),
        (wide, P::SUB_VP, Sde),
        (wide, P::FLOW, Sde),
        (wide, P::FLOW, Flow),
        (near, vp, Flow),
        (near, P::VP_COSINE, Flow),
        (wide, P::Edm, Flow),
    ] {
        let run = move |slope: Slope| move |_: &Context| branching(pair, process, energy, slope);
        let name = format!("{}/{process}: {energy}", pair.name);
        let check = Check::number(Kind::Quadrature, name, run(Slope::of(energy)));
        let check = check.variant(Ingredient::Exponent, SQUARE, run(Slope { power: 1, ..Slope::of(energy) }));
        // Without drift the energies agree.
        let other = Slope::of(other(energy));
        checks.push(if process == P::Edm { check } else { check.variant(Ingredient::Drift, OTHER, run(other)) });
    }
    let balanced = NamedLaw::new("pair, a^2 + q = 1", Mixture::symmetric_pair(&[0.8], 0.36)?);
    for (process, t) in [(vp, 0.1), (vp, 0.5), (P::VP_COSINE, 0.8)] {
        let case = balanced.under(process, t)?;
        let check = Check::new(Kind::Quadrature, &case, "the flow's slope at 0", |_, case| flow_slope(case, Flow, 2));
        let check = check.breaking(&[Mutation::Sigma]);
        let check = check.mutant(Ingredient::Exponent, SQUARE, |_, case| flow_slope(case, Flow, 1));
        checks.push(check.mutant(Ingredient::Drift, OTHER, |_, case| flow_slope(case, Sde, 2)));
    }
    let named = NamedLaw::new(wide.name, wide.law()?);
    for (process, t, energy) in
        [(vp, 0.3, Sde), (P::FLOW, 0.5, Flow), (P::LOCALIZATION, 18.0, Sde), (P::Ou, 0.4, Score)]
    {
        let what = format!("work against {energy}");
        let case = named.under(process, t)?;
        let check = Check::new(Kind::Quadrature, &case, &what, move |_, case| work(case, energy, energy));
        let check = check.breaking(&[Mutation::Weight]);
        checks.push(check.mutant(Ingredient::Drift, OTHER, move |_, case| work(case, energy, other(energy))));
    }
    for (process, energy) in [(vp, Sde), (P::FLOW, Flow)] {
        let case = named.under(process, process.at_snr(critical(wide, process, energy)?)?.t())?;
        let run = move |energy| move |context: &Context, case: &Case| curvature(context, case, energy);
        let check = Check::new(Kind::MonteCarlo, &case, &format!("curvature of {energy}"), run(energy));
        checks.push(check.mutant(Ingredient::Drift, OTHER, run(other(energy))));
    }
    checks.push(equal(
        "two-atoms/ou: alpha^2 of the reverse SDE",
        Sde,
        &[(Ingredient::Drift, "the marginal energy", Score)],
        |energy| {
            let law = LineLaw::from_parts(&[0.5, 0.5], &[-1.0, 1.0], &[0.0, 0.0]);
            let t = critical_time(&law, energy, Interval::new(0.3, 0.7))?;
            Ok([t.times(-2.0).exp(), point(2.0).sqrt() - Interval::ONE])
        },
    ));
    checks.push(equal(
        "pair a^2=0.3, q=0.2/ou: alpha^2 of the flow",
        0.2,
        &[(Ingredient::Variance, "atoms in place of components of variance 0.2", 0.0)],
        |q: f64| {
            // The mean is the double a; its square is taken back exactly.
            let (a, left) = (0.3_f64.sqrt(), Interval::ONE - point(0.2));
            let law = LineLaw::from_parts(&[0.5, 0.5], &[-a, a], &[q, q]);
            let t = critical_time(&law, Flow, Interval::new(0.1, 0.4))?;
            Ok([t.times(-2.0).exp(), (left - point(a).sqr()) / left.sqr()])
        },
    ));
    Ok(checks)
}

const OTHER: &str = "the drift of another energy";
const SQUARE: &str = "v in place of v^2";

/// The drift that a mutant has in place of an energy's.
fn other(energy: Energy) -> Energy {
    if energy == Energy::ReverseSde { Energy::ProbabilityFlow } else { Energy::ReverseSde }
}

/// `c`: the drift is `-f x + (g^2/c) s`, or `s` alone where it is 0.
fn share(energy: Energy) -> f64 {
    match energy {
        Energy::Marginal => 0.0,
        Energy::ReverseSde => 1.0,
        Energy::ProbabilityFlow => 2.0,
    }
}

/// Components `N(+-a, q)` of equal weight.
#[derive(Debug, Clone, Copy)]
struct Pair {
    name: &'static str,
    a: f64,
    q: f64,
}

impl Pair {
    fn law(self) -> Result<Mixture> {
        Ok(Mixture::symmetric_pair(&[self.a], self.q)?)
    }
}

/// How much higher an energy, over the coefficient of the score in it, stands at `x = 0.7` than at 0, against the
/// integral of a drift, `(c f/g^2) x - s`.
fn work(case: &Case, energy: Energy, drift: Energy) -> Result<Comparison> {
    const FAR: f64 = 0.7;
    let level = case.level()?;
    let to = [FAR / level.alpha()];
    let lhs = landscape(case.law(), case.process(), energy)?.rise(&[0.0], &to, level.snr())?;
    let rhs = case.density(|p| {
        let force = |x: f64| {
            let (pull, score) = (share(drift) * level.f() / level.g2() * x, p.score(&[x])[0]);
            let size = pull.abs() + score.abs() + x.abs() / level.sigma2();
            Ok(Estimate::new(pull - score, ulps::SAMPLE * f64::EPSILON * size))
        };
        integral(force, 0.0, FAR)
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
    let all = diagram(&landscape(law, &process, energy)?, (0.02, 50.0))?.bifurcations;
    let here = all.iter().find(|b| b.kind == Branching::Pitchfork && b.at[0].abs() < 1e-6);
    let b = here.ok_or(Error::NotFound("a pitchfork at 0"))?;
    Ok(Estimate::new(b.log_snr, b.error))
}

/// A function of `log snr` at a place that is known with an error: its values at the ends of the bracket, between which
/// it is monotone.
fn read(at: Estimate, f: impl Fn(f64) -> Result<f64>) -> Result<Estimate> {
    let (value, reach) = (f(at.value())?, at.radius());
    let ends = [f(at.value() - reach)?, f(at.value() + reach)?];
    Ok(Estimate::new(value, ends.iter().map(|end| (end - value).abs()).fold(0.0, f64::max)))
}

/// Where two atoms have their pitchfork under `vp-linear`, against the digits that the theory gives for the reverse
/// SDE.
fn constant(of: Place, energy: Energy) -> Result<Comparison> {
    let process = NoiseProcess::VP_LINEAR;
    let log_snr = found(&Mixture::symmetric_pair(&[1.0], 0.0)?, process, energy)?;
    let lhs = read(log_snr, |l| {
        let level = process.at_snr(l.exp())?;
        Ok(match of {
            Place::Alpha2 => level.alpha() * level.alpha(),
            Place::Alpha => level.alpha(),
            Place::Time => level.t(),
        })
    })?;
    let rhs = match of {
        Place::Alpha2 => Estimate::from(2).sqrt() - 1,
        Place::Alpha => Estimate::new(0.643_594_252_905_583, 5e-16),
        Place::Time => Estimate::new(0.292_641_654_328_143, 5e-16),
    };
    Ok(Comparison::new(lhs.widened(ulps::level(log_snr.value()) * f64::EPSILON), rhs, 1e-12))
}

/// The slope at 0 of the drift of an energy by the formula, `v` to a power.
#[derive(Debug, Clone, Copy)]
struct Slope {
    energy: Energy,
    power: i32,
}

impl Slope {
    fn of(energy: Energy) -> Self {
        Self { energy, power: 2 }
    }

    /// In units of `1/v`, or of `g^2/v` where the drift has one.
    fn at(self, level: &NoiseLevel, Pair { a, q, .. }: Pair) -> f64 {
        let a2 = level.alpha() * level.alpha();
        let v = a2 * q + level.sigma2();
        let pull = a2 * a * a * v.powi(1 - self.power) - 1.0;
        if self.energy == Energy::Marginal { pull } else { pull / share(self.energy) - level.f() * v / level.g2() }
    }
}

/// The signal-to-noise ratio at which the formula vanishes.
fn critical(pair: Pair, process: NoiseProcess, energy: Energy) -> Result<f64> {
    let slope = |l: f64| Ok(Slope::of(energy).at(&process.at_snr(l.exp())?, pair));
    Ok(root(0.02_f64.ln(), 50.0_f64.ln(), slope)?.exp())
}

/// At the pitchfork that continuation finds the formula for the slope vanishes.
fn branching(pair: Pair, process: NoiseProcess, energy: Energy, slope: Slope) -> Result<Comparison> {
    let log_snr = found(&pair.law()?, process, energy)?;
    let lhs = read(log_snr, |l| Ok(slope.at(&process.at_snr(l.exp())?, pair)))?;
    // Terms of order 1, each rounded to a few units; the level is read from its ratio.
    let rounding = (4.0 * ulps::READING + 4.0 * ulps::level(log_snr.value())) * f64::EPSILON;
    Ok(Comparison::new(lhs.widened(rounding), Estimate::ZERO, 1e-10))
}

/// `-f + (g^2/c) s'(0)` by differences of the score, against `(g^2/2) alpha^4 a^4/v^2`.
fn flow_slope(case: &Case, drift: Energy, power: i32) -> Result<Comparison> {
    let level = case.level()?;
    let sigma = level.sigma();
    let slope = case.density(|density| {
        let read = |x: f64| {
            let s = density.score(&[x])[0];
            Ok(Estimate::new(s, ulps::READING * f64::EPSILON * (s.abs() + (x.abs() + sigma) / level.sigma2())))
        };
        infodyn_quadrature::derivative(read, 0.0, 0.4 * sigma)
    })?;
    let lhs = slope * Estimate::given(level.g2()) / Estimate::given(share(drift)) - Estimate::given(level.f());
    let (a, q) = (case.law().mean(0)[0].abs(), case.law().covariance(0).eigenvalue(0));
    let v = level.alpha() * level.alpha() * q + level.sigma2();
    let powers = ulps::power(4, ulps::OPERATION) + ulps::power(power.unsigned_abs(), ulps::operations(3));
    let units = ulps::operations(4) + powers;
    let rhs = Estimate::rounded(0.5 * level.g2() * (level.alpha() * a).powi(4) / v.powi(power), units);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// At the critical time `(g^2/c) (alpha^2 E[X_0^2 given X_t = 0]/sigma^4 - 1/sigma^2) = f`, each draw weighted
/// by its likelihood at 0.
fn curvature(context: &Context, case: &Case, drift: Energy) -> Result<Comparison> {
    let level = case.level()?;
    let strength = level.g2() / share(drift);
    let means = case.sample(context, Detail::empty(), 2, &[], |row, out| {
        let data = case.law().mean(row.anchor())[0] + row.xi()[0];
        let signal = level.alpha() * data;
        let likelihood = (-0.5 * signal * signal / level.sigma2()).exp();
        out[0] = likelihood * strength * signal * signal / (level.sigma2() * level.sigma2());
        out[1] = likelihood * (level.f() + strength / level.sigma2());
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
