//! C16: when two clones agree.

use std::sync::Arc;

use infodyn_closed_form::{Marginal, MixtureLaw, pair};
use infodyn_core::{Channel, Comparison, Detail, Estimate, Mixture, NoiseLevel, NoiseProcess, Observation, Points};
use infodyn_monte_carlo::{
    Draws, LabelPosterior, Means, NoiseLaw, PathBatch, Reverse, Sampler, Scheme, Settings, mean_of_trials,
};
use infodyn_symbolic::theory::{Equation, Identity, quantity};

use super::{SAMPLED, SHARP, labelled_cases};
use crate::case::paired;
use crate::case::pathwise::refined;
use crate::symbols::{Pair, pair as symmetric_pair};
use crate::{Case, Check, Claim, Context, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "C16",
    name: "clone-agreement",
    statement: "Two exact stochastic reverse trajectories that share `X_t ~ p_t` and then run independently end in the same label (drawn from `P(Y given X_0)` at each \
                end) with probability `phi(t) = E sum_y pi_y(X_t)^2`; for a symmetric pair `phi = 1 - E[sech^2]/2`: at a point {0} with `u = alpha a x/v`. At `t_S = (1/2) log D`, \
                `q=1`, `|mu|^2=D`, `ou`: `0.775200245396663585` for every `D`. Other reverse processes with the same marginals (the deterministic flow, half the noise) give other values",
    scope: "every law with a label; trajectories by a first-order sampler with two step sizes, extrapolated, for pairs in 4 and 16 dimensions",
    origin: Origin::Elsewhere(
        "Biroli, Bonnaire, de Bortoli & Mezard 2024, arXiv 2402.18491; Sclocchi, Favero & Wyart 2025, arXiv 2402.16991; the same `phi` also in \"Breakdown of local denoising\", 2026",
    ),
    uses: &["D1"],
    formulas,
    checks,
};

/// For a symmetric pair `pi_1^2 + pi_2^2 = 1 - sech^2(alpha a x/v)/2`.
fn formulas() -> Vec<Identity> {
    let Pair { law, a, v, .. } = symmetric_pair();
    let agreement = law.posterior(0).pow(2) + law.posterior(1).pow(2);
    let [agree, u] = ["sum pi^2", "u"].map(quantity);
    let chance = |half: i32| 1 - 1 / (half * u.cosh().pow(2));
    let written = Equation::new(&agree, chance(2));
    let half_odds = &law.noise.alpha * &a * &law.x[0] / &v;
    let broken = ("1 - sech^2", chance(1));
    vec![Identity::of("agreement of two clones at a point", &written, &[(&agree, agreement), (&u, half_odds)], broken)]
}

/// `phi` at `t_S`, where `k = 1`: 34-digit arithmetic.
const AT_SPECIATION: f64 = 0.775_200_245_396_663_585;

const HALF_NOISE: &str = "half the noise, with the drift that keeps the marginals";
const FLOW: &str = "the deterministic flow";
const LATER: &str = "the time (1/2) log D + 1/2";
const SAME: &str = "one draw counted twice";

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for d in [4.0_f64, 100.0, 1e6] {
        let named = NamedLaw::new(
            if d < 10.0 {
                "pair-D4"
            } else if d < 1e3 {
                "pair-D100"
            } else {
                "pair-D1e6"
            },
            along_mu(d)?,
        );
        let case = named.under(NoiseProcess::Ou, 0.5 * d.ln())?;
        let mutants = [Mutation::Weight, Mutation::Sigma, Mutation::Formula(LATER)];
        checks
            .push(Check::new_by_words(Kind::Quadrature, &case, "the number at t_S", &mutants, |_, s| at_speciation(s)));
    }
    let pairs = NamedLaw::new("pair 1.5", Mixture::symmetric_pair(&[1.5], 0.3)?);
    for (process, t) in [(NoiseProcess::VP_COSINE, 0.5), (NoiseProcess::Edm, 0.9)] {
        let (case, mutants) = (pairs.under(process, t)?, [Mutation::Weight, Mutation::Sigma, Mutation::Formula(LATER)]);
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "1 - E[sech^2]/2", &mutants, |_, s| of_a_pair(s)));
    }
    for case in labelled_cases()? {
        let mutants = [Mutation::Sigma, Mutation::Formula(SAME)];
        checks.push(Check::new_by_words(Kind::MonteCarlo, &case, "two draws of the label", &mutants, two_draws));
    }
    for dim in [4, 16] {
        let mutants = [Mutation::Formula(HALF_NOISE), Mutation::Formula(FLOW)];
        let name = format!("pair-D{dim}/ou/t=t_S: clones by a sampler");
        checks.push(Check::number_by_words(Kind::MonteCarlo, name, &mutants, move |c, t| clones(c, dim, t)));
    }
    Ok(checks)
}

/// A pair with `q = 1` and `|mu|^2 = D`, along `mu`: nothing else matters for the label.
fn along_mu(d: f64) -> Result<Mixture> {
    Ok(Mixture::symmetric_pair(&[d.sqrt()], 1.0)?)
}

fn at_speciation(case: &Case) -> Result<Comparison> {
    let case = if case.breaks(LATER) { case.at(case.t() + 0.5) } else { case.clone() };
    // Two draws from the posterior agree with probability sum pi^2 = 1 - 2 pi (1 - pi).
    let lhs = case.mean_of(|s| {
        let first = s.first_of_two();
        1.0 - 2.0 * first * (1.0 - first)
    })?;
    Ok(Comparison::new(lhs, Estimate::rounded(AT_SPECIATION, 2.0), SHARP))
}

/// The mean of `sum pi^2` as the density says it, against the closed form at `k`.
fn of_a_pair(case: &Case) -> Result<Comparison> {
    let lhs = case.mean_of(|s| s.label_agreement())?;
    let level = if case.breaks(LATER) { case.at(1.5 * case.t()).level()? } else { case.truth().level()? };
    let rhs = pair::clone_agreement(pair::signal(1.5, 0.3, &level));
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// The label of the path and one drawn from the posterior at `X_t`: two exact clones, against `sum pi^2`.
fn two_draws(context: &Context, case: &Case) -> Result<Comparison> {
    let channel = case.channel()?;
    let level = channel.level();
    let marginal = channel.modelled(&level);
    let sampler = Sampler::new(case.law(), NoiseLaw::Gaussian);
    let settings = context.settings(if case.law().dim() > 3 { 16 } else { 2 });
    let means: Means = mean_of_trials(&settings, 2, &[], |_, rng, out| -> Result<()> {
        let (mut draws, mut offsets, mut clones) = (Draws::default(), Vec::new(), Vec::new());
        let mut seen = Observation::default();
        sampler.draw(out.len() / 2, rng, &mut draws);
        draws.offsets(&level, &mut offsets);
        let points = Points { anchors: &draws.anchors, offsets: &offsets };
        LabelPosterior::new(&*marginal).draw(points, rng, &mut clones);
        marginal.observe(points, Detail::Posterior, &mut seen);
        for (i, row) in out.chunks_exact_mut(2).enumerate() {
            let truth = case.law().labels()[draws.anchors[i]];
            let other = if case.breaks(SAME) { truth } else { clones[i] };
            row[0] = f64::from(u8::from(truth == other));
            row[1] = seen.label.agreement[i];
        }
        Ok(())
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}

/// Two runs of a sampler from each `X_t` at `start`, their labels drawn at the end, with `n` and `2n` steps: the error of a
/// scheme is removed to leading order, and what was removed is added to the radius. The law is a pair with `q = 1`, `|mu|^2 = dim`.
pub(crate) fn sampled_agreement(
    settings: &Settings,
    dim: usize,
    start: NoiseLevel,
    (scheme, steps): (Scheme, usize),
) -> Result<Estimate> {
    let d = dim as f64;
    let law = MixtureLaw::of(Mixture::symmetric_pair(&vec![1.0; dim], 1.0)?);
    let channel = Channel::new(Arc::clone(&law) as _, NoiseProcess::Ou, start.t())?;
    // Given X_s with alpha^2 D/sigma^2 = 200 there is nothing left to decide but by a label drawn there.
    let end = NoiseProcess::Ou.at_snr(200.0 / d)?;
    let sampler = Sampler::new(&*law, NoiseLaw::Gaussian);
    let reverse = |steps| Reverse::new(&channel, &[end, start], steps, scheme);
    let marginal = Marginal::new(&law, &end);
    let order = if scheme == Scheme::FlowHeun { 2 } else { 1 };
    refined(settings, reverse, (steps, order), |reverse, rng, out| {
        let (mut draws, mut offsets, mut batch) = (Draws::default(), Vec::new(), PathBatch::default());
        sampler.draw(out.len(), rng, &mut draws);
        draws.offsets(&start, &mut offsets);
        let mut labels = [Vec::new(), Vec::new()];
        for ends in &mut labels {
            reverse.follow(&draws.anchors, &offsets, rng, &mut batch)?;
            let points = Points { anchors: &batch.anchors, offsets: &batch.offsets[0] };
            LabelPosterior::new(&marginal).draw(points, rng, ends);
        }
        let [a, b] = labels;
        out.iter_mut().zip(a.iter().zip(&b)).for_each(|(o, (a, b))| *o = f64::from(u8::from(a == b)));
        Ok(())
    })
}

/// Clones by a sampler at `t_S`.
fn clones(context: &Context, dim: usize, mutation: Mutation) -> Result<Comparison> {
    let start = NoiseProcess::Ou.at(0.5 * (dim as f64).ln())?;
    let noise = if mutation == Mutation::Formula(HALF_NOISE) { 0.5 } else { 1.0 };
    let scheme = if mutation == Mutation::Formula(FLOW) { Scheme::FlowHeun } else { Scheme::Exponential { noise } };
    let lhs = sampled_agreement(&context.settings(16), dim, start, (scheme, 16))?;
    // The closed form at k = 1, apart from the number.
    let rhs = pair::clone_agreement(1.0);
    Ok(Comparison::new(lhs, rhs, SAMPLED * rhs.value()))
}
