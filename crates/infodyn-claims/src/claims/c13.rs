//! C13: where a push matters.

use infodyn_closed_form::pair;
use infodyn_core::{Comparison, Density, Detail, Estimate, Mixture, NoiseProcess, Points, ulps};
use infodyn_monte_carlo::{Draws, LabelPosterior, NoiseLaw, PathBatch, Reverse, Sampler, Scheme};
use infodyn_quadrature::{derivative, peak};
use infodyn_symbolic::theory::{Equation, Identity, Noise, identity, normal, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP, atoms, integral};
use crate::case::pathwise::refined;
use crate::enclosed::{Rate, equal};
use crate::{Case, Check, Claim, Context, Error, Ingredient, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "C13",
    name: "mode-weights and sensitivity",
    statement: "Reverse sampling with the exact score, started from exact `p_T`, gives each mode its weight. At a point the outcome of two atoms `+-mu` changes along `mu` by {0}, \
                so a small displacement `d` changes the outcome probability by `d (alpha a/(2 sigma^2)) mmse(k)` on average (`mmse` of unit atoms): in `ve` `k mmse/(2a)`, largest at \
                `k_H`; in units of `sigma` `sqrt(k) mmse/2`, largest at `k = 0.669333196519804`. The deterministic flow in `ve` flips the paths within `d` of 0, of density \
                `p_t(0)` proportional to `sqrt(k) exp(-k/2)`, largest at `k=1`",
    scope: "two and three atoms; slopes and peaks by quadrature, weights and flips by samplers with two step sizes and common random numbers",
    origin: Origin::New,
    uses: &["C8"],
    formulas,
    checks,
};

/// The sensitivity of the outcome to a displacement, and of the deterministic flow in `ve`.
fn formulas() -> Vec<Identity> {
    let noise = Noise::general();
    let Noise { alpha, sigma, .. } = &noise;
    let (a, x, k) = (Symbol::positive("a"), Symbol::real("x"), Symbol::positive("k"));
    let at = |mean: Expr, x: &Expr| normal(std::slice::from_ref(x), &[mean], &sigma.pow(2));
    let (plus, minus) = (at(alpha * &a, &x), at(-(alpha * &a), &x));
    let outcome = &plus / (&plus + &minus);
    // The posterior variance of unit atoms, whose mean is mmse(k).
    let u = alpha * &a * &x / sigma.pow(2);
    let posterior_variance = 1 - (&outcome - (1 - &outcome)).pow(2);
    let mmse = Symbol::positive("mmse");
    // ve: alpha = 1, sigma^2 = a^2/k.
    let in_ve = |e: &Expr| e.substitute(&[(alpha, Expr::one()), (sigma, &a / k.sqrt())]);
    let displaced = in_ve(&(alpha * &a / (2 * sigma.pow(2)) * &mmse));
    let origin = in_ve(&(at(Expr::from(&a), &Expr::zero()) / 2 + at(-&a, &Expr::zero()) / 2));
    let shape = |rate: Expr| k.sqrt() * (-rate).exp() / ((2 * Expr::pi()).sqrt() * &a);
    let [slope, variance] = ["d/dx P(Y=1|x)", "Var[Y|x]"].map(quantity);
    let written = |power: i32| alpha * &a / (2 * sigma.pow(power)) * &variance;
    let defined = [(&slope, outcome.diff(&x)), (&variance, posterior_variance.clone())];
    let broken = ("sigma in place of sigma^2", written(1));
    vec![
        Identity::of("slope of the outcome probability", &Equation::new(&slope, written(2)), &defined, broken),
        identity("the posterior variance is sech^2", &posterior_variance, u.cosh().pow(-2), ("sech", u.cosh().pow(-1))),
        identity(
            "in ve the rate is k mmse/(2a)",
            &displaced,
            &k * &mmse / (2 * &a),
            ("sqrt k, the rate in units of sigma", k.sqrt() * &mmse / (2 * &a)),
        ),
        identity(
            "in units of sigma it is sqrt(k) mmse/2",
            in_ve(&(sigma * (alpha * &a / (2 * sigma.pow(2)) * &mmse))),
            k.sqrt() * &mmse / 2,
            ("k", &k * &mmse / 2),
        ),
        identity(
            "p(0) in ve is sqrt(k) exp(-k/2) up to a constant",
            &origin,
            shape(&k / 2),
            ("exp(-k)", shape(Expr::from(&k))),
        ),
        identity(
            "p(0) is stationary at k = 1",
            origin.diff(&k).substitute(&[(&k, Expr::one())]),
            0,
            ("k = 2", origin.diff(&k).substitute(&[(&k, Expr::from(2))])),
        ),
    ]
}

const EXPONENT: &str = "sigma in place of sigma^2";
const CLOCK: &str = "the rate in units of sigma in place of that in units of x, or the other way round";

fn checks(_: &Context) -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let mut checks = Vec::new();
    let pair = NamedLaw::new("pair-atoms", Mixture::symmetric_pair(&[1.0], 0.0)?);
    let wide = NamedLaw::new("pair-atoms-a1.7", Mixture::symmetric_pair(&[1.7], 0.0)?);
    for case in [pair.under(P::Ve, 1.0 / K_H)?, pair.under(P::Ou, 0.5)?, wide.under(P::VP_LINEAR, 0.35)?] {
        let check = Check::new(Kind::Quadrature, &case, "mean slope of the outcome", |_, case| mean_slope(case, 2));
        let check = check.breaking(&[Mutation::Weight, Mutation::Sigma]);
        checks.push(check.mutant(Ingredient::Exponent, EXPONENT, |_, case| mean_slope(case, 1)));
    }
    for (name, power, place) in [
        ("ve: displacements peak at k_H", 1.0, K_H),
        ("units of sigma: displacements peak at k", 0.5, 0.669_333_196_519_804),
    ] {
        let run = move |power| move |_: &Context| displacement_peak(power, place);
        let check = Check::number(Kind::Quadrature, name, run(power));
        checks.push(check.variant(Ingredient::Clock, CLOCK, run(1.5 - power)));
    }
    let check = Check::number(Kind::Quadrature, "ve: the flow's flips peak at k = 1", |_| flip_peak(0.0));
    checks.push(check.variant(Ingredient::Point, "the density at half of a in place of 0", |_| flip_peak(0.5)));
    // At k = 0.3 the flow is 1.6 times as sensitive as the diffusion; at k_H the two are within 4 %.
    let (diffusion, flow) = (Scheme::Exponential { noise: 1.0 }, Scheme::FlowHeun);
    for case in [pair.under(P::Ve, 1.0 / 0.3)?, pair.under(P::Ou, 0.73)?] {
        let run = move |scheme| move |context: &Context, case: &Case| flips(context, case, scheme);
        let check = Check::new(Kind::MonteCarlo, &case, "flips of a sampler with common noise", run(diffusion));
        checks.push(check.mutant(Ingredient::Scheme, "the flow in place of the diffusion", run(flow)));
    }
    let run = move |scheme| move |context: &Context, case: &Case| flow_flips(context, case, scheme);
    let check = Check::new(Kind::MonteCarlo, &pair.under(P::Ve, 5.0)?, "flips of the flow", run(flow));
    checks.push(check.mutant(Ingredient::Scheme, "the diffusion in place of the flow", run(diffusion)));
    let half = ("diffusion with half of its noise", Scheme::Exponential { noise: 0.5 });
    let three = NamedLaw::new("atoms-3", Mixture::atoms(&[0.6, 0.25, 0.15], &[vec![0.0], vec![1.0], vec![2.5]])?);
    for case in [atoms()?.under(P::Edm, 4.0)?, three.under(P::Ou, 2.0)?] {
        for (what, scheme) in
            [("diffusion", diffusion), ("diffusion in its own time", Scheme::EulerMaruyama), ("flow", flow), half]
        {
            let what = format!("weight of the first mode by the {what}");
            let run = move |c: &Context, s: &Case| mode_weight(c, s, scheme);
            checks.push(Check::new(Kind::MonteCarlo, &case, &what, run).breaking(&[Mutation::Weight]));
        }
    }
    let mutants = [(Ingredient::Clock, "per unit of x in ve", Rate::H)];
    checks.push(equal("two-atoms: peak per unit of sigma", Rate::DISPLACED, &mutants, |rate: Rate| {
        Ok([Rate::DISPLACED.peak_by_derivative()?, rate.peak()?])
    }));
    Ok(checks)
}

/// Where `k mmse` peaks (C8), 34-digit arithmetic.
const K_H: f64 = 1.508_330_628_786_380_977_7;

/// `a` of a pair in one dimension.
fn half_distance(case: &Case) -> f64 {
    case.law().mean(0)[0].abs()
}

/// `P(Y = first given X_t = x)` under the model.
fn outcome(density: &dyn Density, x: f64) -> f64 {
    let (anchor, _) = density.locate(&[x]);
    let surprisal = density.observe_at(&[x], Detail::SCORES).label.surprisal[0];
    if density.labels()[anchor] == 0 { (-surprisal).exp() } else { -(-surprisal).exp_m1() }
}

/// The slope in `d` of `E[pi(X_t + d)]` at 0, by differences, against `(alpha a/(2 sigma^2)) mmse(k)`, `sigma` to a
/// power.
fn mean_slope(case: &Case, power: i32) -> Result<Comparison> {
    let (truth, a) = (case.truth(), half_distance(case));
    let level = truth.level()?;
    let reach = 0.8 * level.sigma();
    let lhs =
        case.density(|p| derivative(|d| truth.mean_of(Detail::empty(), |s| outcome(p, s.place() + d)), 0.0, reach))?;
    let strength = Estimate::given(level.alpha()) * Estimate::given(a) / Estimate::given(level.sigma()).powi(power) / 2;
    let rhs = pair::mmse(pair::signal(a, 0.0, &level)) * strength;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// The pair of unit atoms in `ve`, at `k = e^l`.
fn unit_atoms(l: f64) -> Result<Case> {
    NamedLaw::new("pair-atoms", Mixture::symmetric_pair(&[1.0], 0.0)?).under(NoiseProcess::Ve, (-l).exp())
}

/// Where a function of `log k` peaks, between 0.3 and 3.3, as a value of `k` against a stated one.
fn peak_in_k(f: impl Fn(f64) -> Result<Estimate>, stated: f64) -> Result<Comparison> {
    let found = peak(f, 0.0, 1.2)?.ok_or(Error::NoRoot { what: "slope in log k", lo: -1.2, hi: 1.2 })?;
    Ok(Comparison::new(found.at.exp(), Estimate::near(stated), SHARP * stated))
}

/// Where `k^p E[tr S]` is largest, `E[tr S]` integrated under the density of two unit atoms.
fn displacement_peak(power: f64, place: f64) -> Result<Comparison> {
    let rate = |l: f64| {
        Ok(unit_atoms(l)?.mean_of(Detail::POSTERIOR_TRACE, |s| s.posterior_trace())? * Estimate::near(power * l).exp())
    };
    peak_in_k(rate, place)
}

/// `p_t` at a place.
fn density_at(density: &dyn Density, x: f64) -> Estimate {
    let log = density.ln_density(&[x]);
    Estimate::rounded(log.exp(), ulps::exp(1.0 + log.abs(), ulps::SAMPLE))
}

/// Where the density at a point of two unit atoms in `ve` is largest.
fn flip_peak(x: f64) -> Result<Comparison> {
    let density = |l: f64| unit_atoms(l)?.density(|p| Ok(density_at(p, x)));
    peak_in_k(density, 1.0)
}

/// Flips are rare: an interval of a fifth of their rate tells the mutants.
const FLIPS: f64 = 0.2;

/// The displacement of an experiment, in units of `sigma`.
const PUSH: f64 = 0.3;

/// Points of `p_t`, displaced both ways, carried toward the data with one noise by the model's sampler; how much more
/// often the end is the first label, per displacement, against the mean of the probability itself.
fn pushed(context: &Context, case: &Case, scheme: Scheme) -> Result<Estimate> {
    let channel = case.channel()?;
    let (process, a) = (*case.process(), half_distance(case));
    let start = process.at(case.t())?;
    let levels = [process.at_snr(60.0 / (a * a))?, start];
    let push = PUSH * start.sigma();
    // Common noise keeps the ends of a flow together; those of a diffusion part more often.
    let cost = if scheme == Scheme::FlowHeun { 16 } else { 5 };
    let settings = context.settings(cost);
    let sampler = Sampler::new(case.law(), NoiseLaw::Gaussian);
    let reverse = |steps| Reverse::new(&channel, &levels, steps, scheme);
    refined(&settings, reverse, (16, scheme.order()), |reverse, rng, out| {
        let (mut draws, mut offsets, mut batch) = (Draws::default(), Vec::new(), PathBatch::default());
        sampler.draw(out.len(), rng, &mut draws);
        draws.offsets(&start, &mut offsets);
        for side in [1.0, -1.0] {
            // Both sides read the same noise; the second leaves the stream behind it.
            let mut noise = rng.clone();
            let moved: Vec<f64> = offsets.iter().map(|x| x + side * push).collect();
            reverse.follow(&draws.anchors, &moved, &mut noise, &mut batch)?;
            for ((o, &anchor), x) in out.iter_mut().zip(&batch.anchors).zip(&batch.offsets[0]) {
                let first = x + levels[0].alpha() * case.law().mean(anchor)[0] > 0.0;
                *o += side * f64::from(u8::from(first)) / (2.0 * push);
            }
            if side < 0.0 {
                *rng = noise;
            }
        }
        Ok(())
    })
}

/// A push of `d` both ways changes the outcome of the diffusion by the mean of `pi(x+d) - pi(x-d)`.
fn flips(context: &Context, case: &Case, scheme: Scheme) -> Result<Comparison> {
    let lhs = pushed(context, case, scheme)?;
    let d = PUSH * case.level()?.sigma();
    let change = |p: &dyn Density| {
        case.mean_of(Detail::empty(), |s| (outcome(p, s.place() + d) - outcome(p, s.place() - d)) / (2.0 * d))
    };
    let rhs = case.density(change)?;
    Ok(Comparison::new(lhs, rhs, FLIPS * rhs.value()))
}

/// A push changes the outcome of the flow for the paths within `d` of 0.
fn flow_flips(context: &Context, case: &Case, scheme: Scheme) -> Result<Comparison> {
    let lhs = pushed(context, case, scheme)?;
    let push = PUSH * case.level()?.sigma();
    let within = |p: &dyn Density| integral(|x| Ok(density_at(p, x)), -push, push);
    let rhs = case.density(within)? / Estimate::given(2.0 * push);
    Ok(Comparison::new(lhs, rhs, FLIPS * rhs.value()))
}

/// How many paths from the exact law at the case's time end in the first label, drawn at the end, by the model's
/// sampler.
fn mode_weight(context: &Context, case: &Case, scheme: Scheme) -> Result<Comparison> {
    let channel = case.channel()?;
    let process = *case.process();
    let levels = [process.at_snr(20.0)?, process.at(case.t())?];
    let settings = context.settings(16);
    let sampler = |steps| Reverse::new(&channel, &levels, steps, scheme);
    let end = channel.modelled(&levels[0]);
    let lhs = refined(&settings, sampler, (24, scheme.order()), |reverse, rng, out| {
        let (mut batch, mut ends) = (PathBatch::default(), Vec::new());
        reverse.draw(out.len(), rng, &mut batch)?;
        let points = Points { anchors: &batch.anchors, offsets: &batch.offsets[0] };
        LabelPosterior::new(&*end).draw(points, rng, &mut ends);
        out.iter_mut().zip(ends).for_each(|(o, y)| *o = f64::from(u8::from(y == 0)));
        Ok(())
    })?;
    let rhs = Estimate::given(case.law().label_weights()[0]);
    Ok(Comparison::new(lhs, rhs, SAMPLED * rhs.value()))
}
