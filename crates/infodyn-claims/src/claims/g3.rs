//! G3: guidance can widen a class.

use infodyn_core::{Comparison, Estimate, NoiseLevel, NoiseProcess};
use infodyn_enclosure::{Component, Jet, Line, Parameter};
use infodyn_monte_carlo::{Draws, Guidance, NoiseLaw, PathBatch, Reverse, Sampler, Scheme};
use infodyn_symbolic::Expr;
use infodyn_symbolic::theory::{self, Equation, Identity, quantity};

use super::SAMPLED;
use crate::case::pathwise::refined_columns;
use crate::enclosed::{self, Curve, Stage, X, point, posterior, real, stages};
use crate::schedule::decimal;
use crate::widths::{Pair, WHOLE};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "G3",
    name: "guided-width",
    statement: "{0}, `S_y` the posterior covariance given the label too. (i) Gaussian classes of one covariance: `log \
                pi_y` is concave at every noise level; for a common `q I` and `omega >= 1` the end of the guided flow \
                is a 1-Lipschitz function of that of the class's own flow, so its total variance is at most the \
                class's. (ii) Two centred classes `N(0, q_1 I)` and `N(0, q_2 I)`, `q_1 > q_2`: guided with `omega > \
                1` to the broad one, every path of the flow ends farther out than its own flow would, and the second \
                moment exceeds `q_1 D`, for any weights and dimension; guided to the narrow one it stays below `q_2 D`",
    scope: "the Hessian: every law with a label; (i) and (ii): the flow, started as the class; two Gaussians on a line \
            by integration, in space by simulation",
    origin: Origin::Elsewhere(
        "reduced diversity: arXiv 2403.01639, for one covariance, which (ii) shows to be needed; 2509.22007 and \
         2602.00716 speak of their own models, outside of which (ii) lies; that linear guidance has widening \
         directions: 2505.19210. (ii) is new here as far as seen",
    ),
    uses: &["A1", "C12"],
    formulas,
    checks,
};

/// The Hessian of `log pi_y`, entry by entry.
fn formulas() -> Vec<Identity> {
    let [hessian, own, all_of, alpha, sigma] = ["hess log pi_y", "S_y", "S", "alpha", "sigma"].map(quantity);
    let gain = alpha.pow(2) / sigma.pow(4);
    let equation = Equation::new(&hessian, &gain * (&own - &all_of));
    let mut all = Vec::new();
    for (components, dim, i, k) in [(2, 1, 0, 0), (3, 1, 0, 0), (2, 2, 0, 0), (2, 2, 0, 1)] {
        let law = theory::Mixture::general(components, dim);
        let variance = if i == k { law.component_variance(0) } else { Expr::zero() };
        let defined = [
            (&hessian, law.posterior(0).log().diff(&law.x[i]).diff(&law.x[k])),
            (&own, variance),
            (&all_of, law.posterior_covariance(i, k)),
            (&alpha, Expr::from(&law.noise.alpha)),
            (&sigma, Expr::from(&law.noise.sigma)),
        ];
        let broken = ("S - S_y", &gain * (&all_of - &own));
        all.push(Identity::of(format!("entry {}{}, {}", i + 1, k + 1, law.name()), &equation, &defined, broken));
    }
    all
}

/// Centred, of variances 4 and 1/4.
const BROAD: Pair = Pair::centred([4.0, 0.25]);
const NARROW: Pair = Pair::centred([0.25, 4.0]);
/// One variance, means 0.6 apart.
const ALIKE: Pair = Pair { weights: [0.3, 0.7], means: [0.3, -0.3], variances: [0.5; 2], omega: 3.0, steps: 256 };

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (pair, omega, stated, last) in [
        (BROAD, 2.0, 1.557_231_97, 1e-8),
        (BROAD, 4.0, 2.733_814_78, 1e-8),
        (NARROW, 2.0, 0.302_447_191_5, 1e-10),
        (NARROW, 4.0, 0.045_746_543_2, 1e-10),
    ] {
        let run = move |pair: Pair| {
            move |_: &Context| Ok(Comparison::new(pair.square(WHOLE), decimal(stated, 2.0 * last), 1e-7 * stated))
        };
        let pair = pair.at(omega);
        let name = if pair.variances[0] > 1.0 { "broad" } else { "narrow" };
        let case = format!("two centred Gaussians, omega={omega} to the {name} one: variance over the class's");
        let check = Check::number(Kind::Quadrature, case, run(pair));
        let check = check.variant(Ingredient::Drift, "omega counted from the class", run(pair.at(omega - 1.0)));
        let (weights, how) = ([0.49, 0.51], "weights 0.49 and 0.51");
        checks.push(check.variant(Ingredient::Weight, how, run(Pair { weights, ..pair })));
    }
    for (weight, omega) in [(0.2, 1.5), (0.5, 2.0), (0.8, 1.5)] {
        let pair = Pair { weights: [weight, 1.0 - weight], ..BROAD.at(omega) };
        let run = move |pair: Pair, least: f64| {
            move |_: &Context| Ok(Comparison::at_most(Estimate::given(least), pair.square(WHOLE), 0.0))
        };
        let case = format!("two centred Gaussians, w={weight}, omega={omega}: the second moment exceeds the class's");
        let check = Check::number(Kind::Quadrature, case, run(pair, 1.0));
        let narrow = Pair { variances: NARROW.variances, ..pair };
        let check = check.variant(Ingredient::Variance, "guided to the narrow class", run(narrow, 1.0));
        checks.push(if omega == 2.0 {
            check.variant(Ingredient::Bound, "a bound less than 1 % too large", run(pair, 1.56))
        } else {
            check
        });
    }
    for (omega, below) in [(1.5, 0.92), (3.0, 0.72)] {
        let run = move |pair: Pair, most: f64| {
            move |_: &Context| {
                let [first, second] = pair.moments(WHOLE, [1, 2]);
                Ok(Comparison::at_most(second - first * first, Estimate::given(most), 0.0))
            }
        };
        let case = format!("two Gaussians of one variance, omega={omega}: variance at most the class's");
        let check = Check::number(Kind::Quadrature, case, run(ALIKE.at(omega), 1.0));
        let apart = Pair { variances: [0.5, 0.05], ..ALIKE.at(omega) };
        let check = check.variant(Ingredient::Variance, "the other class ten times narrower", run(apart, 1.0));
        let how = "a bound less than 1 % below";
        checks.push(check.variant(Ingredient::Bound, how, run(ALIKE.at(omega), below)));
    }
    for (pair, dim, process) in
        [(BROAD, 1, NoiseProcess::Edm), (NARROW, 1, NoiseProcess::VP_LINEAR), (BROAD, 3, NoiseProcess::Ou)]
    {
        checks.push(simulated(pair, dim, process)?);
    }
    let truth = Parts { gain: 4, own: true };
    let mutants = [
        (Ingredient::Exponent, "sigma^2 in place of sigma^4", Parts { gain: 2, ..truth }),
        (Ingredient::Posterior, "S left out", Parts { own: false, ..truth }),
    ];
    checks.extend(enclosed::each(stages(), "the second derivative of log pi_y at x=0.37", truth, &mutants, hessian));
    Ok(checks)
}

/// What the Hessian is made of.
#[derive(Clone, Copy)]
struct Parts {
    /// The power of `sigma`.
    gain: i32,
    /// Whether the whole posterior's covariance is taken away.
    own: bool,
}

/// The second derivative of `log p_y - log p` by nested differentiation, against `(alpha^2/sigma^4)(S_y - S)` by sums
/// over the components.
fn hessian(stage: &Stage, parts: Parts) -> enclosed::Sides {
    let x: Curve = Jet { value: Jet::variable(point(X)), slope: real(1.0) };
    let moving = stage.still::<Curve>()?;
    let class = Line::new(vec![alone(&moving)], moving.alpha(), moving.sigma2())?;
    let lhs = class.observe(x).ln_density().slope.slope - moving.observe(x).ln_density().slope.slope;
    let (level, line) = (stage.level()?, stage.line()?);
    let class = Line::new(vec![alone(&line)], line.alpha(), line.sigma2())?;
    let [own, all] = [&class, &line].map(|line| posterior(line, point(X))[1]);
    let power = if parts.gain == 4 { level.sigma2.sqr() } else { level.sigma2 };
    let difference = if parts.own { own - all } else { own };
    Ok([lhs, level.alpha.sqr() / power * difference])
}

/// The first component as a law of its own.
fn alone<P: Parameter>(line: &Line<P>) -> Component<P> {
    Component { weight: real(1.0), ..line.components()[0] }
}

/// Runs of the guided flow from the class's own law in `dim` dimensions: the mean of `|n|^2/D` at the end, on a line
/// against the integral, in space against 1. What the start is off by is taken away in proportion.
fn simulated(pair: Pair, dim: usize, process: NoiseProcess) -> Result<Check> {
    let name = if pair.variances[0] > 1.0 { "broad" } else { "narrow" };
    let law = NamedLaw::new(if name == "broad" { "centred-broad" } else { "centred-narrow" }, pair.law(dim)?);
    let case = law.under(process, 0.5)?;
    let run = move |given: Guidance| move |context: &Context, case: &Case| widened(context, case, &pair, given);
    let truth = Guidance::toward(0, pair.omega);
    let what = format!("D={dim}, omega={} to the {name} class: second moment", pair.omega);
    let check = Check::new(Kind::MonteCarlo, &case, &what, run(truth));
    let check = check.mutant(Ingredient::Label, "guided to the other class", run(Guidance { label: 1, ..truth }));
    Ok(if dim == 1 {
        let how = "omega counted from the class";
        check.mutant(Ingredient::Drift, how, run(Guidance { strength: pair.omega - 1.0, ..truth }))
    } else {
        check
    })
}

fn widened(context: &Context, case: &Case, pair: &Pair, given: Guidance) -> Result<Comparison> {
    let (channel, dim) = (case.channel()?, case.law().dim());
    let levels = [50.0, 0.02].map(|snr| case.process().at_snr(snr));
    let levels = levels.into_iter().collect::<infodyn_core::Result<Vec<_>>>()?;
    let class = case.given_label(0)?;
    let sampler = Sampler::new(class.law(), NoiseLaw::Gaussian);
    let reverse = |steps| Reverse::new(&channel, &levels, steps, Scheme::FlowHeun)?.guided(given);
    // The class is component 0, of the law too.
    let square = |offsets: &[f64], level: &NoiseLevel| {
        let variance = level.alpha() * level.alpha() * pair.variances[0] + level.sigma2();
        offsets.iter().map(|x| x * x).sum::<f64>() / (variance * dim as f64)
    };
    let range = [&levels[1], &levels[0]].map(|level| 1.0 / level.snr());
    let rhs = if dim > 1 { Estimate::ONE } else { pair.square(range) };
    let means = refined_columns(&context.settings(64), 1, reverse, (16, 2), |reverse, rng, out| {
        let (mut draws, mut start, mut batch) = (Draws::default(), Vec::new(), PathBatch::default());
        sampler.draw(out.len(), rng, &mut draws);
        draws.offsets(&levels[1], &mut start);
        reverse.follow(&draws.anchors, &start, rng, &mut batch)?;
        let ends = batch.offsets[0].chunks_exact(dim).zip(start.chunks_exact(dim));
        for (o, (end, start)) in out.iter_mut().zip(ends) {
            *o = square(end, &levels[0]) - rhs.value() * (square(start, &levels[1]) - 1.0);
        }
        Ok(())
    })?;
    let found = means.linear(&[(0, 1.0)]);
    Ok(if dim > 1 { Comparison::at_most(rhs, found, 0.0) } else { Comparison::new(found, rhs, SAMPLED * rhs.value()) })
}
