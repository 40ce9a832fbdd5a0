//! C16: when two clones agree.

use infodyn_closed_form::pair;
use infodyn_core::{Comparison, Detail, Estimate, Mixture, NoiseProcess, Observation, Points, Quantity};
use infodyn_enclosure::{Interval, LineLaw, Moment};
use infodyn_monte_carlo::{Draws, LabelPosterior, Means, NoiseLaw, Sampler, Scheme, mean_of_trials};
use infodyn_symbolic::theory::{Equation, Identity, quantity};

use super::{SAMPLED, SHARP, labelled_cases};
use crate::case::paired;
use crate::decisions::sampled_agreement;
use crate::enclosed::{equal, pair_at, point};
use crate::symbols::{Pair, pair as symmetric_pair};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, NamedLaw, Origin, Result, asked};

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

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let model = [Mutation::Weight, Mutation::Sigma];
    for (name, d) in [("pair-D4", 4.0_f64), ("pair-D100", 100.0), ("pair-D1e6", 1e6)] {
        let t = 0.5 * d.ln();
        let case = NamedLaw::new(name, along_mu(d)?).under(NoiseProcess::Ou, t)?;
        let check = Check::new(Kind::Quadrature, &case, "the number at t_S", |_, case| at_speciation(case));
        let later = move |_: &Context, case: &Case| at_speciation(&case.at(t + 0.5));
        checks.push(check.breaking(&model).mutant(Ingredient::Time, "half a unit of time later", later));
    }
    let pairs = NamedLaw::new("pair 1.5", Mixture::symmetric_pair(&[1.5], 0.3)?);
    for (process, t) in [(NoiseProcess::VP_COSINE, 0.5), (NoiseProcess::Edm, 0.9)] {
        let run = |q| move |_: &Context, case: &Case| of_a_pair(case, q);
        let check = Check::new(Kind::Quadrature, &pairs.under(process, t)?, "1 - E[sech^2]/2", run(0.3));
        checks.push(check.breaking(&model).mutant(
            Ingredient::Variance,
            "the component's variance left out of k",
            run(0.0),
        ));
    }
    for case in labelled_cases()? {
        let run = |clone| move |context: &Context, case: &Case| two_draws(context, case, clone);
        let check = Check::new(Kind::MonteCarlo, &case, "two draws of the label", run(Drawn::Posterior));
        let prior = "a label drawn from the prior in place of the posterior";
        checks.push(check.mutant(Ingredient::Posterior, prior, run(Drawn::Prior)));
    }
    for dim in [4, 16] {
        let run = move |scheme| move |context: &Context| clones(context, dim, scheme);
        let name = format!("pair-D{dim}/ou/t=t_S: clones by a sampler");
        let check = Check::number(Kind::MonteCarlo, name, run(Scheme::Exponential { noise: 1.0 }));
        let half = "half the noise, with the drift that keeps the marginals";
        let check = check.variant(Ingredient::Diffusion, half, run(Scheme::Exponential { noise: 0.5 }));
        checks.push(check.variant(Ingredient::Scheme, "the deterministic flow", run(Scheme::FlowHeun)));
    }
    let mutants = [(Ingredient::Moment, "E S^2 in place of the mmse E S", Moment::SquarePosteriorVariance)];
    checks.push(equal("pair/k=1", Moment::PosteriorVariance, &mutants, |moment| {
        let m = pair_at(Interval::ONE)?.means(&[Moment::Agreement, moment])?;
        Ok([m[0], Interval::ONE - m[1].times(0.5)])
    }));
    let mutants = [(Ingredient::Variance, "atoms in place of components of variance 1", 0.0)];
    checks.push(equal("pair q=1, D=100/ou/t=(1/2) log D", 1.0, &mutants, |q: f64| {
        let law = LineLaw::from_parts(&[0.5, 0.5], &[-10.0, 10.0], &[q, q]);
        let line = law.at(point(10.0).recip(), Interval::ONE - point(100.0).recip())?;
        Ok([line.mean(Moment::Agreement)?, Interval::near(AT_SPECIATION)])
    }));
    checks.extend(asked::of_labels(&[Quantity::CloneAgreement])?);
    Ok(checks)
}

/// A pair with `q = 1` and `|mu|^2 = D`, along `mu`: nothing else matters for the label.
fn along_mu(d: f64) -> Result<Mixture> {
    Ok(Mixture::symmetric_pair(&[d.sqrt()], 1.0)?)
}

fn at_speciation(case: &Case) -> Result<Comparison> {
    // Two draws from the posterior agree with probability sum pi^2 = 1 - 2 pi (1 - pi).
    let lhs = case.mean_of(Detail::LABEL_SURPRISAL, |s| {
        let first = s.first_of_two();
        1.0 - 2.0 * first * (1.0 - first)
    })?;
    Ok(Comparison::new(lhs, Estimate::near(AT_SPECIATION), SHARP))
}

/// The mean of `sum pi^2` as the density says it, against the closed form at `k` for components `N(+-1.5, q)`.
fn of_a_pair(case: &Case, q: f64) -> Result<Comparison> {
    let lhs = case.mean_of(Detail::LABEL_AGREEMENT, |s| s.label_agreement())?;
    let rhs = pair::clone_agreement(pair::signal(1.5, q, &case.truth().level()?));
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// Where the label of a clone comes from.
#[derive(Debug, Clone, Copy)]
enum Drawn {
    /// A draw from the posterior at `X_t`.
    Posterior,
    /// The label of another path.
    Prior,
}

/// The label of the path and one drawn from the posterior at `X_t`: two exact clones, against `sum pi^2`.
fn two_draws(context: &Context, case: &Case, clone: Drawn) -> Result<Comparison> {
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
        marginal.observe(points, Detail::POSTERIORS, &mut seen);
        for (i, row) in out.chunks_exact_mut(2).enumerate() {
            let of = |i: usize| case.law().labels()[draws.anchors[i]];
            let truth = of(i);
            let other = match clone {
                Drawn::Posterior => clones[i],
                Drawn::Prior => of((i + 1) % clones.len()),
            };
            row[0] = f64::from(u8::from(truth == other));
            row[1] = seen.label.agreement[i];
        }
        Ok(())
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}

/// Clones by a sampler at `t_S`.
fn clones(context: &Context, dim: usize, scheme: Scheme) -> Result<Comparison> {
    let start = NoiseProcess::Ou.at(0.5 * (dim as f64).ln())?;
    let lhs = sampled_agreement(&context.settings(16), dim, start, (scheme, 16))?;
    // The closed form at k = 1, apart from the number.
    let rhs = pair::clone_agreement(1.0);
    Ok(Comparison::new(lhs, rhs, SAMPLED * rhs.value()))
}
