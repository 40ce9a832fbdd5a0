//! D7: information is the energy of a difference of means.

use infodyn_core::{Comparison, Detail, Estimate, Mixture, NoiseLevel, NoiseProcess};
use infodyn_enclosure::{Interval, Moment, Number};
use infodyn_symbolic::Expr;
use infodyn_symbolic::theory::{
    self, Equation, Identity, Noise, dot, gradient, laplacian, minus, norm2, quantity, scale,
};

use super::{SAMPLED, SHARP, atoms, labelled_mixture, mixture, plane};
use crate::case::paired;
use crate::case::pathwise::fixed_integral;
use crate::enclosed::{self, Stage};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, NamedLaw, Origin, Result, Seen};

pub(super) const CLAIM: Claim = Claim {
    id: "D7",
    name: "duncan",
    statement: "`I(Y;X_t) = (1/2) E integral over gamma' from 0 to gamma(t) of sum_y pi_y |m_y - m|^2`, with `m_y = E[X_0 given X_t, Y=y]`: {0}; along reverse \
                paths `H(Y) - h - (1/2) integral` and `log(pi_Y/w_Y) - (1/2) integral of |m_Y - m|^2` are zero-mean martingales: {1}",
    scope: "every law with a label; the information by quadrature, both martingales along paths (that of the true label for atoms)",
    origin: Origin::Elsewhere("Duncan 1970, SIAM J. Appl. Math. 19, 215"),
    uses: &["A1", "B4"],
    formulas,
    checks,
};

/// `sum pi |s_y - s|^2 = (alpha^4/sigma^4)(1/alpha^2) sum pi |m_y - m|^2`: the label's rate per unit of gamma.
fn formulas() -> Vec<Identity> {
    let [b, gamma_rate, spread, g] = ["sum pi|s_y-s|^2", "d/dt gamma", "sum pi|m_y-m|^2", "g"].map(quantity);
    let rate = Equation::new(g.pow(2) / 2 * &b, -&gamma_rate / 2 * &spread);
    let [gain, distance] = ["L log pi_Y", "|m_Y-m|^2"].map(quantity);
    let drift = Equation::new(&gain, -&gamma_rate / 2 * &distance);
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let law = theory::Mixture::general(components, dim);
        let m = law.posterior_mean();
        let defined = [
            (&g, Expr::from(&law.noise.g)),
            (&b, law.label_production()),
            (&gamma_rate, law.noise.in_time().of(&law.noise.gamma())),
            (&spread, law.average(|j| norm2(&minus(&law.component_mean(j), &m)))),
        ];
        let broken = ("gamma' in place of gamma'/2", -&gamma_rate * &spread);
        all.push(Identity::of(format!("rate, {}", law.name()), &rate, &defined, broken));
    }
    for (components, dim) in [(2, 1), (2, 2)] {
        let law = theory::Mixture::general(components, dim);
        // In reverse time, given Y = 1, X has the drift of component 1 alone.
        let Noise { f, g, .. } = &law.noise;
        let velocity = minus(&scale(&g.pow(2), &law.component_score(0)), &scale(f, &law.position()));
        let log_pi = law.posterior(0).log();
        let generator = dot(&velocity, &gradient(&log_pi, &law.x)) + law.noise.half_g2() * laplacian(&log_pi, &law.x)
            - law.noise.in_time().of(&log_pi);
        let defined = [
            (&gain, generator),
            (&gamma_rate, law.noise.in_time().of(&law.noise.gamma())),
            (&distance, norm2(&minus(&law.component_mean(0), &law.posterior_mean()))),
        ];
        let broken = ("the opposite sign", &gamma_rate / 2 * &distance);
        all.push(Identity::of(format!("given Y, {}", law.name()), &drift, &defined, broken));
    }
    all
}

/// Readings of a path, from data to noise.
const NEAR: usize = 0;
const BETWEEN: usize = 1;
const FAR: usize = 2;
const AHEAD: &str = "a test function of the cleaner point";

fn checks(_: &Context) -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let mut checks = Vec::new();
    let whole = [
        labelled_mixture()?.under(P::Edm, 0.7)?,
        mixture()?.under(P::Ou, 0.5)?,
        atoms()?.under(P::Ve, 0.8)?,
        plane()?.under(P::FLOW, 0.45)?,
    ];
    for case in &whole {
        let check = Check::new(Kind::Quadrature, case, "information", |_, case| information(case, 4))
            .breaking(&[Mutation::Weight, Mutation::Sigma])
            .mutant(Ingredient::Exponent, "sigma^2 b in place of sigma^4 b", |_, case| information(case, 2));
        checks.push(check);
    }
    let three = Mixture::atoms(&[0.5, 0.3, 0.2], &[vec![0.0, 1.0], vec![-1.0, -0.5], vec![1.2, -0.4]])?;
    let three = NamedLaw::new("atoms-2d-three", three).under(P::VP_LINEAR, 0.25)?;
    let entropies = whole.iter().map(|case| (case, "entropy along paths", ENTROPY));
    for (case, what, gain) in entropies.chain([&whole[2], &three].map(|case| (case, "true label along paths", TRUTH))) {
        let run = move |read| move |context: &Context, case: &Case| along_paths(context, case, gain, read);
        let check = Check::new(Kind::MonteCarlo, case, what, run(FAR)).breaking(&[Mutation::Sigma]);
        checks.push(check.mutant(Ingredient::Point, AHEAD, run(NEAR)));
    }
    let mutants = enclosed::mutants(&[Mutation::Weight, Mutation::Sigma]);
    let stages = enclosed::stages();
    checks.extend(enclosed::each(stages, "the slope in gamma", Mutation::None, &mutants, |stage, mutation| {
        let moving = stage.moving()?;
        let gamma = moving.alpha().sqr() / moving.sigma2();
        let between = enclosed_spread(&stage.broken(mutation))?;
        Ok([-(moving.mean(Moment::Entropy)?.slope / gamma.slope), between.times(0.5)])
    }));
    Ok(checks)
}

/// `E sum_y pi_y |m_y - m|^2`: the mmse without that within the components, which are the labels.
fn enclosed_spread(stage: &Stage) -> infodyn_enclosure::Result<Interval> {
    let (level, line) = (stage.level()?, stage.line()?);
    let within = line.components().iter().enumerate();
    let within = within.map(|(k, c)| c.weight * c.variance * level.sigma2 / line.variance(k));
    Ok(line.mean(Moment::PosteriorVariance)? - within.fold(Interval::ZERO, |sum, part| sum + part))
}

/// `sum_y pi_y |m_y - m|^2 = (sigma^4/alpha^2) b`, with a power of `sigma` that is 4 in the claim.
fn spread(level: &NoiseLevel, production: f64, power: i32) -> f64 {
    level.sigma().powi(power) / (level.alpha() * level.alpha()) * production
}

/// The divergence of the label's posterior from its prior, against the integral over the signal-to-noise ratio.
fn information(case: &Case, power: i32) -> Result<Comparison> {
    let snr = case.truth().level()?.snr();
    let lhs = case.mean_of(Detail::LABEL_INFORMATION, |s| s.label_information())?;
    let energy = |snr: f64| {
        let there = case.at(case.process().time_at_snr(snr)?);
        let level = there.truth().level()?;
        there.mean_of(Detail::LABEL_PRODUCTION, |s| spread(&level, s.label_production(), power))
    };
    // In log(1 + gamma) the energy varies evenly.
    // Where sigma is read for sigma^2 quadrature serves no level of very little signal: the nodes keep away from 0.
    let rhs = fixed_integral(|l| Ok(energy(l.exp_m1())? * Estimate::given(l).exp()), 0.0, snr.ln_1p())? / 2;
    Ok(Comparison::new(lhs, rhs, SHARP * lhs.value()))
}

/// What a martingale gains between the noisier point and the cleaner one, and twice its rate per unit of `gamma` at a
/// point between.
struct Gain {
    gain: fn(&[Seen<'_>]) -> f64,
    energy: fn(&Seen<'_>, &NoiseLevel) -> f64,
}

const ENTROPY: &Gain = &Gain {
    gain: |path| path[FAR].label_entropy() - path[NEAR].label_entropy(),
    energy: |seen, level| spread(level, seen.label_production(), 4),
};

/// `log pi_Y`, and `|m_Y - m|^2` of atoms: `m_Y` is the atom.
const TRUTH: &Gain = &Gain {
    gain: |path| path[FAR].label_surprisal() - path[NEAR].label_surprisal(),
    energy: |seen, _| seen.mean_offset().iter().map(|m| m * m).sum(),
};

/// Both sides of the increment of a martingale between `snr/3` and `snr`, the energy at a ratio drawn between, times
/// `phi = 1 + h` at one of the path's points: in the claim at the noisier.
fn along_paths(context: &Context, case: &Case, of: &Gain, read: usize) -> Result<Comparison> {
    let high = case.truth().level()?.snr();
    let low = high / 3.0;
    let levels = |u: f64| {
        let drawn = low + (high - low) * u.clamp(1e-9, 1.0 - 1e-9);
        let levels = [high, drawn, low].map(|snr| case.process().at_snr(snr));
        Ok(levels.into_iter().collect::<infodyn_core::Result<Vec<_>>>()?)
    };
    let means = case.sample_paths(context, (2, Detail::all()), 2, levels, |path, levels, out| {
        let phi = 1.0 + path[read].label_entropy();
        out[0] = phi * (of.gain)(path);
        out[1] = phi * 0.5 * (high - low) * (of.energy)(&path[BETWEEN], &levels[BETWEEN]);
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
