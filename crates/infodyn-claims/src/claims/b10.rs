//! B10: the clock in which information is lost at constant rate.

use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Covariance, Detail, Estimate, Mixture, NoiseProcess};
use infodyn_monte_carlo::View;
use infodyn_quadrature::{integral, root};

use super::{SAMPLED, SHARP, atoms, mixture, pair};
use crate::case::paired;
use crate::{Case, Check, Claim, Context, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "B10",
    name: "entropic-time",
    statement: "`phi(t) = I(X_0;X_{t_min}) - I(X_0;X_t)` (for atoms, `H(X_0 given X_t)` up to a constant) runs at {0}: in it information is lost at constant \
                rate. As {1}, the grid of `n` equal increments of `phi` between two values of `gamma` consists of the same `gamma` values for every process",
    scope: "every law and process; grids of four steps on a line, and in 64 dimensions, each by two processes",
    origin: Origin::Elsewhere("Stancevic, Handke & Ambrogioni, arXiv 2504.13612"),
    uses: &["B3"],
    formulas,
    checks,
};

/// `d phi/dt` in the process's own time, and the same per unit of `gamma` whatever the process.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use crate::symbols::{Process, processes};
    use infodyn_symbolic::theory::{Equation, Gaussian, Identity, quantity};
    use infodyn_symbolic::{Expr, Symbol};

    let [rate, g, alpha, sigma, mmse] = ["d/dt phi", "g", "alpha", "sigma", "mmse"].map(quantity);
    let speed = |power: i32| g.pow(2) * alpha.pow(2) / (2 * sigma.pow(power)) * &mmse;
    let own = Equation::new(&rate, speed(4));
    let by_gamma = quantity("d/dgamma phi");
    let common = Equation::new(&by_gamma, -&mmse / 2);
    let mut all = Vec::new();
    for dim in [1, 2] {
        let law = Gaussian::general(dim);
        let defined = [
            (&rate, law.noise.in_time().of(&law.conditional_entropy())),
            (&g, Expr::from(&law.noise.g)),
            (&alpha, Expr::from(&law.noise.alpha)),
            (&sigma, Expr::from(&law.noise.sigma)),
            (&mmse, law.mmse()),
        ];
        all.push(Identity::of(format!("Gaussian, D={dim}"), &own, &defined, ("sigma^2 in place of sigma^4", speed(2))));
    }
    // One Gaussian under each process: phi' over gamma'.
    let l = Symbol::positive("l");
    for Process { name, alpha: scale, sigma2, in_time, .. } in processes() {
        let snr = scale.pow(2) / &sigma2;
        let entropy = -(1 + &snr * &l).log() / 2;
        let error = &l / (1 + &snr * &l);
        let defined = [(&by_gamma, in_time.of(&entropy) / in_time.of(&snr)), (&mmse, error)];
        all.push(Identity::of(format!("Gaussian under {name}"), &common, &defined, ("mmse", -Expr::from(&mmse))));
    }
    all
}

const EVEN_LOG: &str = "equal increments of log gamma";
const EVEN_TIME: &str = "equal increments of time";
/// Steps of the grid.
const STEPS: u32 = 4;

fn checks(_: &Context) -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let linear = P::VP_LINEAR;
    let gaussian = NamedLaw::new("gaussian-1", Mixture::gaussian(&[0.3], Covariance::isotropic(0.8)?)?);
    let mut checks = Vec::new();
    for (case, other) in [
        (mixture()?.under(P::Ou, 0.3)?, linear),
        (mixture()?.under(P::flow(3.0)?, 0.2)?, P::Ve),
        (atoms()?.under(P::VP_COSINE, 0.4)?, P::Edm),
        (atoms()?.under(P::Edm, 0.8)?, P::SUB_VP),
        (pair()?.under(linear, 0.3)?, P::LOCALIZATION),
        (gaussian.under(P::LOCALIZATION, 18.0)?, P::VP_SCALED_LINEAR),
    ] {
        for step in [1, 3] {
            let what = format!("step {step} of {STEPS} also under {other}");
            let mut mutants =
                vec![Mutation::Weight, Mutation::Sigma, Mutation::Formula(EVEN_LOG), Mutation::Formula(EVEN_TIME)];
            if *case.process() != P::Ou {
                // In ou the other clock runs at half the rate throughout, and equal increments stay equal.
                mutants.push(Mutation::Clock);
            }
            checks
                .push(Check::new_by_words(Kind::Quadrature, &case, &what, &mutants, move |_, s| grids(s, other, step)));
        }
        let what = format!("two steps on the grid of {other} lose as much");
        let mutants = [Mutation::Formula(EVEN_LOG), Mutation::Formula(EVEN_TIME)];
        checks.push(Check::new_by_words(Kind::MonteCarlo, &case, &what, &mutants, move |c, s| increments(c, s, other)));
    }
    Ok(checks)
}

/// The two ends of the grid in `log gamma`, the noisier first.
fn ends(case: &Case) -> Result<[f64; 2]> {
    let (t0, t1) = case.stretch();
    Ok([case.at(t1).level()?.log_snr(), case.at(t0).level()?.log_snr()])
}

/// `I(X_0;X_t)` up to a constant, by the entropy of the marginal under `process`, at `log gamma`.
fn information(case: &Case, process: NoiseProcess, log_snr: f64) -> Result<Estimate> {
    let snr = log_snr.exp();
    let t = process.time_at_snr(snr)?;
    let moved = NamedLaw::new("moved", Mixture::clone(case.law())).under(process, t)?;
    let level = process.at(t)?;
    let mut value = moved.marginal_entropy()? + Estimate::rounded(-0.5 * case.dim() * level.sigma2().ln(), 2.0);
    // The time is rounded; d I/d log gamma <= D/2.
    value = value.widened(0.5 * case.dim() * (level.snr() / snr - 1.0).abs());
    Ok(value)
}

/// `log gamma` of one node of the grid, by entropies alone.
fn by_entropy(case: &Case, process: NoiseProcess, step: u32) -> Result<Estimate> {
    let [low, high] = ends(case)?;
    let read = |l: f64| information(case, process, l);
    let (first, last) = (read(high)?, read(low)?);
    let target = first + (last - first) * Estimate::from(step) / Estimate::from(STEPS);
    root(|l| -> Result<Estimate> { Ok(read(l)? - target) }, low, high)
}

/// The same by the bandwidth, integrated in the process's own time.
fn by_rate(case: &Case, step: u32) -> Result<Estimate> {
    let (t0, t1) = case.stretch();
    let share = f64::from(step) / f64::from(STEPS);
    let [low, high] = ends(case)?;
    if case.breaks(EVEN_LOG) {
        return Ok(Estimate::rounded(high + (low - high) * share, 4.0));
    }
    if case.breaks(EVEN_TIME) {
        return Ok(Estimate::rounded(case.at(t0 + (t1 - t0) * share).level()?.log_snr(), 8.0));
    }
    let rate = |t: f64| -> Result<Estimate> {
        let moved = case.at(t);
        let level = moved.level()?;
        let divergence = moved.mean(Detail::Score, 1, |s, out| out[0] = s.divergence())?[0];
        Ok((divergence + Estimate::given(case.dim()) / Estimate::given(level.sigma2())) * Estimate::given(level.g2())
            / 2)
    };
    let target = integral(rate, t0, t1)? * Estimate::rounded(share, 1.0);
    let t = root(|t| -> Result<Estimate> { Ok(integral(rate, t0, t)? - target) }, t0 + 1e-3 * (t1 - t0), t1)?;
    let level = case.process().at(t.value())?;
    // d log gamma/dt = -g^2/sigma^2, doubled for what it changes over the radius.
    Ok(Estimate::new(
        level.log_snr(),
        2.0 * level.g2() / level.sigma2() * t.radius() + 8.0 * f64::EPSILON * (1.0 + level.log_snr().abs()),
    ))
}

fn grids(case: &Case, other: NoiseProcess, step: u32) -> Result<Comparison> {
    let (lhs, rhs) = (by_entropy(case, other, step)?, by_rate(case, step)?);
    Ok(Comparison::new(lhs, rhs, SHARP))
}

/// On the nodes of the grid found under another process, `log p(X_t given X_0) - log p_t(X_t)` falls by as much
/// from node 0 to node 2 as from node 2 to node 4.
fn increments(context: &Context, case: &Case, other: NoiseProcess) -> Result<Comparison> {
    let [low, high] = ends(case)?;
    let half = STEPS / 2;
    let middle = match case.mutation() {
        Mutation::None => by_entropy(case, other, half)?,
        _ => by_rate(case, half)?,
    };
    let times = [high, middle.value(), low].map(|l| case.process().time_at_snr(l.exp()));
    let mut levels = Vec::new();
    for t in times {
        levels.push(case.process().at(t?)?);
    }
    let marginals: Vec<Marginal<'_>> = levels.iter().map(|l| Marginal::new(case.law(), l)).collect();
    let views: Vec<View<'_>> = levels.iter().zip(&marginals).map(|(l, m)| View::new(*l, m)).collect();
    let settings = context.settings(if case.law().dim() > 3 { 16 } else { 2 });
    let d = case.law().dim();
    let means = infodyn_monte_carlo::mean_of(&settings, case.law(), &views, 2, &[], |batch, out| {
        for (i, out) in out.chunks_exact_mut(2).enumerate() {
            // Up to |Z|^2/2, which the three readings share.
            let cost = |r: usize| {
                let reading = &batch.readings[r];
                reading.observation.ln_density[i] + 0.5 * d as f64 * reading.level.sigma2().ln()
            };
            (out[0], out[1]) = (cost(1) - cost(0), cost(2) - cost(1));
        }
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
