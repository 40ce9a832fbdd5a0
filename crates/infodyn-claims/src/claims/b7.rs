//! B7: all the information there is.

use infodyn_core::{Comparison, Detail, Estimate, Mixture, NoiseProcess, ulps};
use infodyn_enclosure::{Interval, Moment};
use infodyn_quadrature::{derivative, integral};

use super::{SAMPLED, SHARP, atoms, cases, mixture, pair};
use crate::case::paired;
use crate::enclosed::{self, Sides, Stage, point};
use crate::limit::halving;
use crate::rates::{at_snr, information, mmse, square_error};
use crate::{Case, Check, Claim, Context, Error, Ingredient, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "B7",
    name: "total-information",
    statement: "{0}: over `[gamma_1, gamma_0]` the integral of `mmse/2` is `I(gamma_0) - I(gamma_1)`, and for atoms over `(0, infinity)` it is `H(X_0)`. In \
                reverse time, with `L` the generator and `S` the posterior covariance, {1}, so `mmse = E tr S` is nonincreasing in `gamma`",
    scope: "every law and process; the whole range for atoms on a line, with derived bounds for both tails",
    origin: Origin::Elsewhere(
        "Guo, Shamai & Verdu 2005; the slope of mmse: Payaro & Palomar 2009, Guo, Wu, Shamai & Verdu 2011",
    ),
    uses: &["B3"],
    formulas,
    checks,
};

/// `dI/dgamma = mmse/2` for Gaussians, and the Riccati equation of the posterior variance for mixtures.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use crate::symbols::reverse_generator;
    use infodyn_symbolic::theory::{Equation, Identity, Mixture, Noise, quantity};
    use infodyn_symbolic::{Expr, Symbol};

    let [slope, mmse] = ["d/dgamma I(X_0;X_t)", "mmse"].map(quantity);
    let total = Equation::new(&slope, &mmse / 2);
    let gamma = Symbol::positive("gamma");
    let mut all = Vec::new();
    for dim in 1..=2 {
        let spectrum: Vec<Symbol> = (1..=dim).map(|i| Symbol::positive(format!("l_{i}"))).collect();
        let information: Expr = spectrum.iter().map(|l| (1 + &gamma * l).log() / 2).sum();
        let error: Expr = spectrum.iter().map(|l| l / (1 + &gamma * l)).sum();
        let prior: Expr = spectrum.iter().map(Expr::from).sum();
        let defined = [(&slope, information.diff(&gamma)), (&mmse, error)];
        let broken = ("the variance of X_0 in place of mmse", &[(&mmse, prior)][..]);
        all.push(Identity::redefined(format!("Gaussian, D={dim}"), &total, &defined, broken));
    }
    let [drift, g, square] = ["L tr S", "g", "tr S^2"].map(quantity);
    let Noise { alpha, sigma, .. } = &Noise::general();
    let falls = |noise: i32| -g.pow(2) * alpha.pow(2) / sigma.pow(noise) * &square;
    let riccati = Equation::new(&drift, falls(4));
    for components in [2, 3] {
        let law = Mixture::general(components, 1);
        let spread = law.posterior_spread();
        let defined =
            [(&drift, reverse_generator(&law, &spread)), (&g, Expr::from(&law.noise.g)), (&square, spread.pow(2))];
        all.push(Identity::of(law.name(), &riccati, &defined, ("sigma^2 in place of sigma^4", falls(2))));
    }
    all
}

/// For each case of [`cases`], the share of its value at the far end to which `mmse` falls over the stretch, from
/// below.
const FALLS: [f64; 9] = [0.649, 0.303, 0.531, 0.312, 0.071, 0.323, 0.249, 0.471, 0.909];

/// Where the integral over all noise begins to be computed.
const LOW: f64 = 1e-8;

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let broken = [Mutation::Weight, Mutation::Sigma];
    for (i, case) in cases()?.into_iter().enumerate() {
        let share = *FALLS.get(i).ok_or(Error::NotFound("how far mmse falls on a case"))?;
        checks.push(Check::new(Kind::Quadrature, &case, "over a stretch", stretch).breaking(&broken));
        let check = Check::new(Kind::Quadrature, &case, "mmse falls", |_, case| falls(case, 1.0));
        let how = format!("to {share} of what it was");
        checks.push(check.mutant(Ingredient::Bound, &how, move |_, case| falls(case, share)));
        if case.law().dim() == 1 {
            let check = Check::new(Kind::Quadrature, &case, "slope of mmse", |_, case| slope(case, 2));
            let check = check.breaking(&broken);
            checks.push(check.mutant(Ingredient::Exponent, "tr S in place of tr S^2", |_, case| slope(case, 1)));
        }
    }
    let three = NamedLaw::new("atoms-3", Mixture::atoms(&[0.5, 0.2, 0.3], &[vec![-1.0], vec![0.2], vec![1.5]])?);
    for case in [
        atoms()?.under(NoiseProcess::Edm, 0.9)?,
        atoms()?.under(NoiseProcess::Ou, 0.4)?,
        three.under(NoiseProcess::VP_COSINE, 0.5)?,
        three.under(NoiseProcess::FLOW, 0.5)?,
    ] {
        let check = Check::new(Kind::Quadrature, &case, "all noise", |_, case| total(case, LOW)).breaking(&broken);
        checks.push(check.mutant(Ingredient::Time, "the stretch of gamma below 1 left out", |_, s| total(s, 1.0)));
    }
    for case in [three.under(NoiseProcess::Ve, 1.0)?, mixture()?.under(NoiseProcess::Edm, 1.0)?] {
        let check = Check::new(Kind::Quadrature, &case, "I/gamma as gamma -> 0", |context, case| {
            start(context, case, case.law().weights())
        });
        let how = "equal weights in the variance of X_0";
        checks.push(check.mutant(Ingredient::Weight, how, |context, case| start(context, case, &[])));
    }
    let seldom = |s: &Case| matches!(s.process(), NoiseProcess::VpCosine { .. } | NoiseProcess::VpScaledLinear { .. });
    for case in cases()?.into_iter().filter(|s| !seldom(s)) {
        let mut mutants = super::sampled_mutants(&case, &[Mutation::Noise, Mutation::Sigma, Mutation::Clock]);
        // Where sigma is near 1 its square is too, and the error of a wrong mean is of second order.
        let level = case.level()?;
        mutants.retain(|t| *t != Mutation::Sigma || (level.sigma() - level.sigma2()).abs() > 0.2);
        checks.push(Check::new(Kind::MonteCarlo, &case, "over a stretch", sampled).breaking(&mutants));
    }
    for (case, share) in [(atoms()?.under(NoiseProcess::Edm, 0.9)?, 0.28), (pair()?.under(NoiseProcess::Ve, 3.0)?, 0.9)]
    {
        let check = Check::new(Kind::MonteCarlo, &case, "mmse falls", |c, case| sampled_falls(c, case, 1.0));
        let how = format!("to {share} of what it was");
        checks.push(check.mutant(Ingredient::Bound, &how, move |c, case| sampled_falls(c, case, share)));
    }
    let atoms: Vec<Stage> = enclosed::stages().into_iter().take(2).collect();
    let (mutants, what) = (enclosed::mutants(&broken), "ve/t=0.00025: I is H(X_0)");
    checks.extend(enclosed::each(atoms.clone(), what, Mutation::None, &mutants, enclosed_total));
    let falls = [[0.977, 0.841, 0.26], [0.958, 0.798, 0.682]];
    for (stage, gamma, share) in atoms
        .into_iter()
        .zip(falls)
        .flat_map(|(stage, falls)| [0.1, 1.0, 10.0].into_iter().zip(falls).map(move |(g, c)| (stage.clone(), g, c)))
    {
        let case = format!("{}: mmse({}) <= mmse({gamma})", stage.name, 1.25 * gamma);
        let barely = (Ingredient::Bound, "to a share too low by less than 1 %", share);
        checks.push(enclosed::at_most(case, 1.0, &[barely], move |share: f64| {
            let mmse = |gamma: f64| stage.law.at(Interval::ONE, point(gamma).recip())?.mean(Moment::PosteriorVariance);
            Ok([mmse(1.25 * gamma)?, mmse(gamma)?.times(share)])
        }));
    }
    Ok(checks)
}

/// `H(X_t) = H(X_t given X_0) + H(X_0) - H(X_0 given X_t)` where little is left of the last.
fn enclosed_total(stage: &Stage, mutation: Mutation) -> Sides {
    let stage = stage.under(NoiseProcess::Ve, 0.00025);
    let line = stage.line()?;
    let broken = stage.broken(mutation);
    let noise = ((Interval::PI.times(2.0) * broken.level()?.sigma2).ln() + Interval::ONE).times(0.5);
    let prior = broken.line()?.components().iter().fold(Interval::ZERO, |s, c| s - c.weight * c.weight.ln());
    Ok([line.mean(Moment::LnDensity)?, noise + prior - line.mean(Moment::Entropy)?])
}

/// `gamma F(gamma)` of a case moved to `log gamma`; the time at which it is read is rounded.
fn per_log_snr(case: &Case, log_snr: f64, f: impl Fn(&Case) -> Result<Estimate>) -> Result<Estimate> {
    let snr = log_snr.exp();
    let (moved, off) = at_snr(case, snr)?;
    let value = f(&moved)? * Estimate::given(snr);
    Ok(value.widened(off * value.value().abs()))
}

/// `I` at the two ends by their entropies, against the integral of the error in between.
fn stretch(_: &Context, case: &Case) -> Result<Comparison> {
    let (t0, t1) = case.stretch();
    let (near, far) = (case.at(t0), case.at(t1));
    let lhs = information(&near)? - information(&far)?;
    let ends = [far.level()?.log_snr(), near.level()?.log_snr()];
    let rhs = integral(|l| per_log_snr(case, l, mmse), ends[0], ends[1])? / 2;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// The integral over all noise, computed from a `gamma` on, against the entropy of the atoms.
///
/// # Formula
/// Below `gamma_1` the integral lies between `gamma_1 mmse(gamma_1)/2` and `gamma_1 tr Cov X_0/2`. Above `gamma_2` it
/// is at most `2 sum_{i<j} sqrt(w_i w_j) exp(-gamma_2 d_ij^2/8)`: `tr S = sum_{i<j} pi_i pi_j d_ij^2` and
/// `p pi_i pi_j <= sqrt(w_i p_i w_j p_j)/2`.
fn total(case: &Case, from: f64) -> Result<Comparison> {
    let law = case.law();
    let pairs: Vec<(f64, f64)> = (0..law.components())
        .flat_map(|i| (0..i).map(move |j| (i, j)))
        .map(|(i, j)| ((law.weights()[i] * law.weights()[j]).sqrt(), (law.mean(i)[0] - law.mean(j)[0]).powi(2)))
        .collect();
    let nearest = pairs.iter().map(|p| p.1).fold(f64::INFINITY, f64::min);
    let high = 320.0 / nearest;
    let beyond: f64 = pairs.iter().map(|(w, d2)| 2.0 * w * (-high * d2 / 8.0).exp()).sum();
    let between = integral(|l| per_log_snr(case, l, mmse), from.ln(), high.ln())? / 2;
    let (least, most) = (per_log_snr(case, LOW.ln(), mmse)? / 2, 0.5 * LOW * law.total_covariance().trace());
    let before = Estimate::new(0.5 * (least.value() + most), 0.5 * (most - least.value()).abs() + least.radius());
    let lhs = between + before + Estimate::new(0.5 * beyond, 0.5 * beyond);
    let entropy = -law.weights().iter().map(|&w| infodyn_core::stable::x_ln_x(w)).sum::<f64>();
    let rhs = Estimate::rounded(entropy, ulps::ELEMENTARY + ulps::operations(1 + law.components()));
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// `I(gamma)/gamma` tends to half of the variance, which is computed with the weights given, linearly in `gamma`.
fn start(context: &Context, case: &Case, weights: &[f64]) -> Result<Comparison> {
    let ratio = |i: i32| -> Result<Estimate> {
        let log_snr = (0.1 * 0.5_f64.powi(i)).ln();
        let scale = Estimate::rounded((-2.0 * log_snr).exp(), ulps::exp(2.0 * log_snr, ulps::OPERATION));
        Ok(per_log_snr(case, log_snr, information)? * scale)
    };
    let lhs = halving(&(0..context.sizes(8)).map(ratio).collect::<Result<Vec<_>>>()?, 1);
    let law = case.law();
    let means: Vec<Vec<f64>> = (0..law.components()).map(|k| law.mean(k).to_vec()).collect();
    let covariances = (0..law.components()).map(|k| law.covariance(k).clone()).collect();
    let variance = Mixture::new(weights, &means, covariances)?.total_covariance().trace();
    let rhs = Estimate::rounded(0.5 * variance, ulps::SAMPLE);
    Ok(Comparison::new(lhs, rhs, 1e-5 * rhs.value()))
}

/// `mmse` at the near end against a share of that at the far one, all of it in the claim.
fn falls(case: &Case, share: f64) -> Result<Comparison> {
    let (t0, t1) = case.stretch();
    let (near, far) = (mmse(&case.at(t0))?, mmse(&case.at(t1))? * Estimate::given(share));
    Ok(Comparison::at_most(near, far, SHARP * far.value()))
}

/// `d mmse/dgamma = -E tr S^power`, of power 2 in the claim, from the Riccati equation.
fn slope(case: &Case, power: i32) -> Result<Comparison> {
    let (snr, process, truth) = (case.level()?.snr(), *case.process(), case.truth());
    let read = |g: f64| per_log_snr(&truth, g.ln(), mmse).map(|e| e / Estimate::given(g));
    let (lowest, highest) = process.snr_range();
    let reach = 0.4 * (snr - lowest).min(highest - snr).min(snr);
    let lhs = derivative(read, snr, reach)?;
    let rhs = -case.mean(Detail::POSTERIOR_TRACE, 1, |s, out| out[0] = s.posterior_trace().powi(power))?[0];
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// Increments of `log p(X_t given X_0) - log p_t(X_t)` against the error of the posterior mean in between.
fn sampled(context: &Context, case: &Case) -> Result<Comparison> {
    let means = case.sample_over_time(context, (Detail::empty(), Detail::MEAN_OFFSET), 2, |row, out| {
        let level = row.level(2);
        let density = |r: usize| row.ln_kernel(r) - row.seen(r).ln_density();
        out[0] = density(0) - density(1);
        out[1] = row.weight() * 0.5 * level.g2() * level.snr() / level.sigma2() * square_error(row, 2);
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}

/// The error of the posterior mean at the two ends of a stretch, as [`falls`].
fn sampled_falls(context: &Context, case: &Case, share: f64) -> Result<Comparison> {
    let means = case.sample_over_time(context, (Detail::MEAN_OFFSET, Detail::empty()), 2, |row, out| {
        (out[0], out[1]) = (square_error(row, 0), share * square_error(row, 1));
    })?;
    Ok(paired(&means, 0, 1, SAMPLED).ordered())
}
