//! B7: all the information there is.

use infodyn_core::{Comparison, Detail, Estimate, Mixture, NoiseProcess};
use infodyn_quadrature::{derivative, integral};

use super::{SAMPLED, SHARP, atoms, cases, mixture, pair};
use crate::case::paired;
use crate::limit::halving;
use crate::{Case, Check, Claim, Context, Kind, Mutation, NamedLaw, Origin, Result};

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

const WHOLE: &str = "mmse in place of mmse/2";
const CUT: &str = "the stretch of gamma below 1 left out";
const RISES: &str = "mmse nondecreasing";
const TRACE: &str = "tr S in place of tr S^2";

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for case in cases()? {
        let mutants = [Mutation::Weight, Mutation::Sigma, Mutation::Formula(WHOLE)];
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "over a stretch", &mutants, stretch));
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "mmse falls", &[Mutation::Formula(RISES)], falls));
        if case.law().dim() == 1 {
            let mutants = [Mutation::Weight, Mutation::Sigma, Mutation::Formula(TRACE)];
            checks.push(Check::new_by_words(Kind::Quadrature, &case, "slope of mmse", &mutants, slope));
        }
    }
    let three = NamedLaw::new("atoms-3", Mixture::atoms(&[0.5, 0.2, 0.3], &[vec![-1.0], vec![0.2], vec![1.5]])?);
    for case in [
        atoms()?.under(NoiseProcess::Edm, 0.9)?,
        atoms()?.under(NoiseProcess::Ou, 0.4)?,
        three.under(NoiseProcess::VP_COSINE, 0.5)?,
        three.under(NoiseProcess::FLOW, 0.5)?,
    ] {
        let mutants = [Mutation::Weight, Mutation::Sigma, Mutation::Formula(WHOLE), Mutation::Formula(CUT)];
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "all noise", &mutants, total));
    }
    for case in [three.under(NoiseProcess::Ve, 1.0)?, mixture()?.under(NoiseProcess::Edm, 1.0)?] {
        checks.push(Check::new_by_words(
            Kind::Quadrature,
            &case,
            "I/gamma as gamma -> 0",
            &[Mutation::Formula(WHOLE)],
            start,
        ));
    }
    let seldom = |s: &Case| matches!(s.process(), NoiseProcess::VpCosine { .. } | NoiseProcess::VpScaledLinear { .. });
    for case in cases()?.into_iter().filter(|s| !seldom(s)) {
        let mut mutants = super::sampled_mutants(&case, &[Mutation::Noise, Mutation::Sigma, Mutation::Clock]);
        // Where sigma is near 1 its square is too.
        let level = case.level()?;
        mutants.retain(|t| *t != Mutation::Sigma || (level.sigma() - level.sigma2()).abs() > 0.15);
        checks.push(Check::new_by_words(Kind::MonteCarlo, &case, "over a stretch", &mutants, sampled));
    }
    for case in [atoms()?.under(NoiseProcess::Edm, 0.9)?, pair()?.under(NoiseProcess::Ve, 3.0)?] {
        checks.push(Check::new_by_words(
            Kind::MonteCarlo,
            &case,
            "mmse falls",
            &[Mutation::Formula(RISES)],
            sampled_falls,
        ));
    }
    Ok(checks)
}

/// `E tr S`.
fn mmse(case: &Case) -> Result<Estimate> {
    Ok(case.mean(Detail::Score, 1, |s, out| out[0] = s.posterior_trace())?[0])
}

/// `I(X_0;X_t) = H(X_t) - H(X_t given X_0)`, less a constant, of the true case.
fn information(case: &Case) -> Result<Estimate> {
    let level = case.truth().level()?;
    let kernel =
        Estimate::rounded(0.5 * case.dim() * (std::f64::consts::TAU * std::f64::consts::E * level.sigma2()).ln(), 4.0);
    Ok(case.truth().marginal_entropy()? - kernel)
}

/// `gamma F(gamma)` of a case moved to `log gamma`; the time at which it is read is rounded.
fn per_log_snr(case: &Case, log_snr: f64, f: impl Fn(&Case) -> Result<Estimate>) -> Result<Estimate> {
    let snr = log_snr.exp();
    let moved = case.at(case.process().time_at_snr(snr)?);
    let mut value = f(&moved)? * Estimate::given(snr);
    value = value.widened((moved.level()?.snr() / snr - 1.0).abs() * value.value().abs());
    Ok(value)
}

/// `I` at the two ends by their entropies, against the integral of the error in between.
fn stretch(_: &Context, case: &Case) -> Result<Comparison> {
    let (t0, t1) = case.stretch();
    let (near, far) = (case.at(t0), case.at(t1));
    let lhs = information(&near)? - information(&far)?;
    let share = if case.breaks(WHOLE) { 1.0 } else { 0.5 };
    let ends = [far.level()?.log_snr(), near.level()?.log_snr()];
    let rhs = integral(|l| per_log_snr(case, l, mmse), ends[0], ends[1])? * Estimate::given(share);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// The integral over all noise, against the entropy of the atoms.
///
/// # Formula
/// Below `gamma_1` the integral lies between `gamma_1 mmse(gamma_1)/2` and `gamma_1 tr Cov X_0/2`. Above `gamma_2` it is at most
/// `2 sum_{i<j} sqrt(w_i w_j) exp(-gamma_2 d_ij^2/8)`: `tr S = sum_{i<j} pi_i pi_j d_ij^2` and
/// `p pi_i pi_j <= sqrt(w_i p_i w_j p_j)/2`.
fn total(_: &Context, case: &Case) -> Result<Comparison> {
    let law = case.law();
    let pairs: Vec<(f64, f64)> = (0..law.components())
        .flat_map(|i| (0..i).map(move |j| (i, j)))
        .map(|(i, j)| ((law.weights()[i] * law.weights()[j]).sqrt(), (law.mean(i)[0] - law.mean(j)[0]).powi(2)))
        .collect();
    let nearest = pairs.iter().map(|p| p.1).fold(f64::INFINITY, f64::min);
    let (low, high) = (1e-8_f64, 320.0 / nearest);
    let beyond: f64 = pairs.iter().map(|(w, d2)| 2.0 * w * (-high * d2 / 8.0).exp()).sum();
    let share = if case.breaks(WHOLE) { 1.0 } else { 0.5 };
    let from = if case.breaks(CUT) { 1.0 } else { low };
    let between = integral(|l| per_log_snr(case, l, mmse), from.ln(), high.ln())? * Estimate::given(share);
    let (least, most) =
        (per_log_snr(case, low.ln(), mmse)? * Estimate::given(share), share * low * law.total_covariance().trace());
    let before = Estimate::new(0.5 * (least.value() + most), 0.5 * (most - least.value()).abs() + least.radius());
    let lhs = between + before + Estimate::new(0.5 * beyond, 0.5 * beyond);
    let entropy = -law.weights().iter().map(|&w| infodyn_core::stable::x_ln_x(w)).sum::<f64>();
    let rhs = Estimate::rounded(entropy, 4.0);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// `I(gamma)/gamma` tends to half of the variance, linearly in `gamma`.
fn start(context: &Context, case: &Case) -> Result<Comparison> {
    let ratio = |i: i32| -> Result<Estimate> {
        let log_snr = (0.1 * 0.5_f64.powi(i)).ln();
        Ok(per_log_snr(case, log_snr, information)? * Estimate::rounded((-2.0 * log_snr).exp(), 2.0))
    };
    let lhs = halving(&(0..context.sizes(8)).map(ratio).collect::<Result<Vec<_>>>()?, 1);
    let share = if case.breaks(WHOLE) { 1.0 } else { 0.5 };
    let rhs = Estimate::rounded(share * case.law().total_covariance().trace(), 16.0);
    Ok(Comparison::new(lhs, rhs, 1e-5 * rhs.value()))
}

fn falls(_: &Context, case: &Case) -> Result<Comparison> {
    let (t0, t1) = case.stretch();
    let (near, far) = (mmse(&case.at(t0))?, mmse(&case.at(t1))?);
    let (low, high) = if case.breaks(RISES) { (far, near) } else { (near, far) };
    Ok(Comparison::at_most(low, high, SHARP * far.value()))
}

/// `d mmse/dgamma = -E tr S^2`, from the Riccati equation.
fn slope(_: &Context, case: &Case) -> Result<Comparison> {
    let (snr, process, truth) = (case.level()?.snr(), *case.process(), case.truth());
    let read = |g: f64| per_log_snr(&truth, g.ln(), mmse).map(|e| e / Estimate::given(g));
    let (lowest, highest) = process.snr_range();
    let reach = 0.4 * (snr - lowest).min(highest - snr).min(snr);
    let lhs = derivative(read, snr, reach)?;
    let power = if case.breaks(TRACE) { 1 } else { 2 };
    let rhs = -case.mean(Detail::Score, 1, |s, out| out[0] = s.posterior_trace().powi(power))?[0];
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// Increments of `log p(X_t given X_0) - log p_t(X_t)` against the error of the posterior mean in between.
fn sampled(context: &Context, case: &Case) -> Result<Comparison> {
    let means = case.sample_over_time(context, (Detail::Posterior, Detail::Score), 2, |row, out| {
        let (level, seen) = (row.level(2), row.seen(2));
        let density = |r: usize| row.ln_kernel(r) - row.seen(r).ln_density();
        let error: f64 = row.xi().iter().zip(seen.mean_offset()).map(|(x, m)| (x - m) * (x - m)).sum();
        out[0] = density(0) - density(1);
        out[1] = row.weight() * 0.5 * level.g2() * level.snr() / level.sigma2() * error;
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}

/// The error of the posterior mean at the two ends of a stretch.
fn sampled_falls(context: &Context, case: &Case) -> Result<Comparison> {
    let means = case.sample_over_time(context, (Detail::Score, Detail::Posterior), 2, |row, out| {
        for r in 0..2 {
            let seen = row.seen(r);
            out[r] = row.xi().iter().zip(seen.mean_offset()).map(|(x, m)| (x - m) * (x - m)).sum();
        }
    })?;
    let (near, far) = if case.breaks(RISES) { (1, 0) } else { (0, 1) };
    Ok(paired(&means, near, far, SAMPLED).ordered())
}
