//! C13: where a push matters.

use infodyn_closed_form::pair;
use infodyn_core::{Comparison, Density, Detail, Estimate, Mixture, NoiseProcess, Points};
use infodyn_monte_carlo::{Draws, LabelPosterior, NoiseLaw, PathBatch, Reverse, Sampler, Scheme};
use infodyn_quadrature::derivative;
use infodyn_symbolic::theory::{Equation, Identity, Noise, identity, normal, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP, atoms, integral};
use crate::case::pathwise::refined;
use crate::{Case, Check, Claim, Context, Kind, Mutation, NamedLaw, Origin, Result};

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

const HALF: &str = "the slope of the mean of +-1 in place of the probability's";
const NOISE: &str = "the rate in units of sigma";
const TOP: &str = "the peak of the rate in log gamma in place of the flow's";
const LOG: &str = "the rate in units of a";

fn checks(_: &Context) -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let mut checks = Vec::new();
    let pair = NamedLaw::new("pair-atoms", Mixture::symmetric_pair(&[1.0], 0.0)?);
    let wide = NamedLaw::new("pair-atoms-a1.7", Mixture::symmetric_pair(&[1.7], 0.0)?);
    let at = [pair.under(P::Ve, 1.0 / K_H)?, pair.under(P::Ou, 0.5)?, wide.under(P::VP_LINEAR, 0.35)?];
    for case in &at {
        let mutants = [Mutation::Weight, Mutation::Sigma, Mutation::Formula(HALF)];
        checks.push(Check::new_by_words(Kind::Quadrature, case, "mean slope of the outcome", &mutants, mean_slope));
    }
    for (name, power, place, mutant) in [
        ("ve: displacements peak at k_H", 1.0, K_H, NOISE),
        ("units of sigma: displacements peak at k", 0.5, 0.669_333_196_519_804, LOG),
    ] {
        let mutants = [Mutation::Formula(mutant)];
        checks.push(Check::number_by_words(Kind::Quadrature, name, &mutants, move |_, t| {
            let power = if t == Mutation::None { power } else { 1.5 - power };
            peak(power, place)
        }));
    }
    checks.push(Check::number_by_words(
        Kind::Quadrature,
        "ve: the flow's flips peak at k = 1",
        &[Mutation::Formula(TOP)],
        |_, t| flip_peak(if t == Mutation::None { 1.0 } else { K_H }),
    ));
    for case in &at[..2] {
        let mutants = [Mutation::Formula(HALF)];
        checks.push(Check::new_by_words(
            Kind::MonteCarlo,
            case,
            "flips of a sampler with common noise",
            &mutants,
            flips,
        ));
    }
    // At k = 0.2 the flow is twice as sensitive as the diffusion; at k_H the two are within 4 %.
    let early = pair.under(P::Ve, 5.0)?;
    checks.push(Check::new_by_words(
        Kind::MonteCarlo,
        &early,
        "flips of the flow",
        &[Mutation::Formula(STOCHASTIC)],
        flow_flips,
    ));
    let three = NamedLaw::new("atoms-3", Mixture::atoms(&[0.6, 0.25, 0.15], &[vec![0.0], vec![1.0], vec![2.5]])?);
    for case in [atoms()?.under(P::Edm, 4.0)?, three.under(P::Ou, 2.0)?] {
        for (what, scheme) in [
            ("diffusion", Scheme::Exponential { noise: 1.0 }),
            ("diffusion in its own time", Scheme::EulerMaruyama),
            ("flow", Scheme::FlowHeun),
        ] {
            let what = format!("weight of the first mode by the {what}");
            let run = move |c: &Context, s: &Case| mode_weight(c, s, scheme);
            checks.push(Check::new_by_words(Kind::MonteCarlo, &case, &what, &[Mutation::Weight], run));
        }
    }
    Ok(checks)
}

const STOCHASTIC: &str = "the stochastic outcome's rate in place of the flow's";

/// Where `k mmse` peaks (C8), 34-digit arithmetic.
const K_H: f64 = 1.508_330_628_786_380_977_7;

/// `a` of a pair in one dimension.
fn half_distance(case: &Case) -> f64 {
    case.law().mean(0)[0].abs()
}

/// The rate at which a displacement changes the outcome probability: `(alpha a/(2 sigma^2)) mmse(k)`.
fn rate(case: &Case) -> Result<Estimate> {
    let (level, a) = (case.truth().level()?, half_distance(case));
    let share = if case.breaks(HALF) { 1.0 } else { 0.5 };
    Ok(pair::mmse(pair::signal(a, 0.0, &level)) * Estimate::rounded(share * level.alpha() * a / level.sigma2(), 2.0))
}

/// `P(Y = first given X_t = x)` under the model.
fn outcome(density: &dyn Density, x: f64) -> f64 {
    let (anchor, _) = density.locate(&[x]);
    let surprisal = density.observe_at(&[x], Detail::Score).label.surprisal[0];
    if density.labels()[anchor] == 0 { (-surprisal).exp() } else { -(-surprisal).exp_m1() }
}

/// The slope in `d` of `E[pi(X_t + d)]` at 0, by differences, against the formula.
fn mean_slope(_: &Context, case: &Case) -> Result<Comparison> {
    let truth = case.truth();
    let reach = 0.8 * truth.level()?.sigma();
    let lhs = case.density(|p| derivative(|d| truth.mean_of(|s| outcome(p, s.place() + d)), 0.0, reach))?;
    let rhs = rate(case)?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// Where `k^p E[tr S]` is stationary, `E[tr S]` integrated under the density of two unit atoms, against a place.
fn peak(power: f64, place: f64) -> Result<Comparison> {
    let atoms = NamedLaw::new("pair-atoms", Mixture::symmetric_pair(&[1.0], 0.0)?);
    let log_rate = |l: f64| -> Result<Estimate> {
        let error = atoms.under(NoiseProcess::Ve, (-l).exp())?.mean_of(|s| s.posterior_trace())?;
        Ok(Estimate::new(power * l + error.value().ln(), error.radius() / error.value() + 8.0 * f64::EPSILON))
    };
    let slope = |l: f64| derivative(log_rate, l, 0.4);
    // The secant method, then the radius by what the slope's own radius hides.
    let (mut before, mut l) = (place.ln() + 0.05, place.ln());
    let mut older = slope(before)?;
    let (mut last, mut bend) = (slope(l)?, 0.0);
    for _ in 0..30 {
        bend = (last.value() - older.value()) / (l - before);
        if last.value().abs() <= last.radius() {
            break;
        }
        (before, older) = (l, last);
        l -= (last.value() / bend).clamp(-0.3, 0.3);
        last = slope(l)?;
    }
    let radius = (last.value().abs() + last.radius()) / bend.abs() * 1.5;
    let k = l.exp();
    Ok(Comparison::new(Estimate::new(k, radius * k), Estimate::rounded(place, 2.0), SHARP * place))
}

/// Where the density at 0 of two unit atoms in `ve` is stationary in `log k`.
fn flip_peak(place: f64) -> Result<Comparison> {
    let atoms = NamedLaw::new("pair-atoms", Mixture::symmetric_pair(&[1.0], 0.0)?);
    let log_density = |l: f64| -> Result<Estimate> {
        atoms
            .under(NoiseProcess::Ve, (-l).exp())?
            .density(|p| Ok(Estimate::new(p.ln_density(&[0.0]), 64.0 * f64::EPSILON)))
    };
    let slope = derivative(log_density, place.ln(), 0.5)?;
    // sqrt(k) exp(-k/2): the slope in log k is (1 - k)/2.
    Ok(Comparison::new(Estimate::ONE - slope * 2, Estimate::ONE, SHARP))
}

/// Flips are rare: an interval of a fifth of their rate tells the mutants.
const FLIPS: f64 = 0.2;

/// The displacement of an experiment, in units of `sigma`.
const PUSH: f64 = 0.3;

/// Points of `p_t`, displaced both ways, carried toward the data with one noise by the model's sampler; how much more often
/// the end is the first label, per displacement, against the mean of the probability itself.
fn pushed(context: &Context, case: &Case, scheme: Scheme, order: i32) -> Result<Estimate> {
    let channel = case.channel()?;
    let (process, a) = (*case.process(), half_distance(case));
    let start = process.at(case.t())?;
    let levels = [process.at_snr(60.0 / (a * a))?, start];
    let push = PUSH * start.sigma();
    // Common noise keeps the ends of a flow together; those of a diffusion part more often.
    let cost = if order == 1 { 5 } else { 16 };
    let settings = context.settings(cost);
    let sampler = Sampler::new(case.law(), NoiseLaw::Gaussian);
    let reverse = |steps| Reverse::new(&channel, &levels, steps, scheme);
    refined(&settings, reverse, (16, order), |reverse, rng, out| {
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
fn flips(context: &Context, case: &Case) -> Result<Comparison> {
    let lhs = pushed(context, case, Scheme::Exponential { noise: 1.0 }, 1)?;
    let truth = case.truth();
    let push = PUSH * truth.level()?.sigma();
    let change = |d: f64| {
        truth.density(|p| truth.mean_of(|s| (outcome(p, s.place() + d) - outcome(p, s.place() - d)) / (2.0 * d)))
    };
    let share = if case.breaks(HALF) { 2.0 } else { 1.0 };
    let rhs = change(push)? * Estimate::given(share);
    Ok(Comparison::new(lhs, rhs, FLIPS * rhs.value()))
}

/// A push changes the outcome of the flow for the paths within `d` of 0.
fn flow_flips(context: &Context, case: &Case) -> Result<Comparison> {
    let lhs = pushed(context, case, Scheme::FlowHeun, 2)?;
    let push = PUSH * case.truth().level()?.sigma();
    let rhs = if case.breaks(STOCHASTIC) {
        rate(case)?
    } else {
        case.density(|p| integral(|x| Ok(Estimate::rounded(p.ln_density(&[x]).exp(), 64.0)), -push, push))?
            / Estimate::given(2.0 * push)
    };
    Ok(Comparison::new(lhs, rhs, FLIPS * rhs.value()))
}

/// How many paths from the exact law at the case's time end in the first label, drawn at the end, by the model's sampler.
fn mode_weight(context: &Context, case: &Case, scheme: Scheme) -> Result<Comparison> {
    let channel = case.channel()?;
    let process = *case.process();
    let levels = [process.at_snr(20.0)?, process.at(case.t())?];
    let order = if scheme == Scheme::FlowHeun { 2 } else { 1 };
    let settings = context.settings(16);
    let sampler = |steps| Reverse::new(&channel, &levels, steps, scheme);
    let end = channel.modelled(&levels[0]);
    let lhs = refined(&settings, sampler, (24, order), |reverse, rng, out| {
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
