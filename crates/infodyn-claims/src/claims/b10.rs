//! B10: the clock in which information is lost at constant rate.

use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Covariance, Estimate, Mixture, NoiseProcess, ulps};
use infodyn_enclosure::{Interval, LineLaw, Moment, kernel, zero};
use infodyn_monte_carlo::View;
use infodyn_quadrature::{integral, root};

use super::{SAMPLED, SHARP, atoms, mixture, pair};
use crate::case::paired;
use crate::enclosed::{self, Wrong, real};
use crate::{Case, Check, Claim, Context, Error, Ingredient, Kind, Mutation, NamedLaw, Origin, Result, rates};

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

/// Steps of the grid.
const STEPS: u32 = 4;

/// In what the increments of a grid are equal.
#[derive(Clone, Copy)]
enum Even {
    Phi,
    LogSnr,
    Time,
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let linear = P::VP_LINEAR;
    let gaussian = NamedLaw::new("gaussian-1", Mixture::gaussian(&[0.3], Covariance::isotropic(0.8)?)?);
    let others = [(Even::LogSnr, "equal increments of log gamma"), (Even::Time, "equal increments of time")];
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
            let of = move |even| move |_: &Context, case: &Case| grids(case, other, step, even);
            let check = Check::new(Kind::Quadrature, &case, &what, of(Even::Phi));
            // In ou the other clock runs at half the rate throughout, and equal increments stay equal.
            let clock = (*case.process() != P::Ou).then_some(Mutation::Clock);
            let broken: Vec<Mutation> = [Mutation::Weight, Mutation::Sigma].into_iter().chain(clock).collect();
            checks.push(
                others
                    .into_iter()
                    .fold(check.breaking(&broken), |check, (even, how)| check.mutant(Ingredient::Clock, how, of(even))),
            );
        }
        let what = format!("two steps on the grid of {other} lose as much");
        let of = move |even| move |context: &Context, case: &Case| increments(context, case, other, even);
        let check = Check::new(Kind::MonteCarlo, &case, &what, of(Even::Phi));
        checks
            .push(others.into_iter().fold(check, |check, (even, how)| check.mutant(Ingredient::Clock, how, of(even))));
    }
    let wrong: [Wrong<Read>; 2] = [
        (Ingredient::Clock, "t in place of gamma", |at| at.t),
        (Ingredient::Exponent, "alpha in place of alpha^2", |at| at.alpha / at.sigma2),
    ];
    let case = "three-atoms: gamma where H = 0.4, in ve and in ou";
    let truth: Read = |at| at.alpha.sqr() / at.sigma2;
    checks.push(enclosed::equal(case, truth, &wrong, |read| {
        let law = LineLaw::from_parts(&[0.2, 0.3, 0.5], &[-2.0, 0.5, 1.5], &[0.0; 3]);
        let at = |process: NoiseProcess, bracket: Interval| -> infodyn_enclosure::Result<Interval> {
            let root = zero(bracket, |t| {
                let (alpha, sigma2) = kernel(&process, t)?;
                Ok(law.at(alpha, sigma2)?.mean(Moment::Entropy)? - real(0.4))
            })?;
            let (alpha, sigma2) = kernel(&process, root.at)?;
            Ok(read(At { t: root.at, alpha, sigma2 }))
        };
        Ok([at(NoiseProcess::Ve, Interval::new(0.440, 0.444))?, at(NoiseProcess::Ou, Interval::new(0.1825, 0.1840))?])
    }));
    Ok(checks)
}

/// A noise level.
struct At {
    t: Interval,
    alpha: Interval,
    sigma2: Interval,
}

/// What is read of it.
type Read = fn(At) -> Interval;

/// The two ends of the grid in `log gamma`, the noisier first.
fn ends(case: &Case) -> Result<[f64; 2]> {
    let (t0, t1) = case.stretch();
    Ok([case.at(t1).level()?.log_snr(), case.at(t0).level()?.log_snr()])
}

/// `I(X_0;X_t)` under `process`, by the entropy of the marginal, at `log gamma`.
fn information(case: &Case, process: NoiseProcess, log_snr: f64) -> Result<Estimate> {
    let snr = log_snr.exp();
    let law = NamedLaw::new("moved", Mixture::clone(case.law()));
    let (moved, off) = rates::at_snr(&law.under(process, process.time_at_snr(snr)?)?, snr)?;
    // d I/d log gamma <= D/2.
    Ok(rates::information(&moved)?.widened(0.5 * case.dim() * off))
}

/// `log gamma` of one node of the grid, by entropies alone.
fn by_entropy(case: &Case, process: NoiseProcess, step: u32) -> Result<Estimate> {
    let [low, high] = ends(case)?;
    let read = |l: f64| information(case, process, l);
    let (first, last) = (read(high)?, read(low)?);
    let target = first + (last - first) * Estimate::from(step) / Estimate::from(STEPS);
    root(|l| -> Result<Estimate> { Ok(read(l)? - target) }, low, high)
}

/// The same by the bandwidth, integrated in the process's own time; or of a grid that is even in something else.
fn by_rate(case: &Case, step: u32, even: Even) -> Result<Estimate> {
    let (t0, t1) = case.stretch();
    let share = f64::from(step) / f64::from(STEPS);
    let [low, high] = ends(case)?;
    let t = match even {
        Even::Phi => {
            let rate = |t: f64| rates::bandwidth(&case.at(t));
            let target = integral(rate, t0, t1)? * Estimate::rounded(share, ulps::OPERATION);
            root(|t| -> Result<Estimate> { Ok(integral(rate, t0, t)? - target) }, t0 + 1e-3 * (t1 - t0), t1)?
        }
        Even::LogSnr => return Ok(Estimate::rounded(high + (low - high) * share, ulps::SAMPLE)),
        Even::Time => Estimate::rounded(t0 + (t1 - t0) * share, ulps::operations(3)),
    };
    // log gamma falls in t: over the radius it stays between its values at the two ends.
    let read = |t: f64| Ok::<f64, Error>(case.process().at(t)?.log_snr());
    let value = read(t.value())?;
    let reach = (read(t.value() - t.radius())? - value).max(value - read(t.value() + t.radius())?);
    Ok(Estimate::new(value, reach + ulps::SAMPLE * f64::EPSILON * (1.0 + value.abs())))
}

fn grids(case: &Case, other: NoiseProcess, step: u32, even: Even) -> Result<Comparison> {
    let (lhs, rhs) = (by_entropy(case, other, step)?, by_rate(case, step, even)?);
    Ok(Comparison::new(lhs, rhs, SHARP))
}

/// On the nodes of the grid found under another process, `log p(X_t given X_0) - log p_t(X_t)` falls by as much
/// from node 0 to node 2 as from node 2 to node 4.
fn increments(context: &Context, case: &Case, other: NoiseProcess, even: Even) -> Result<Comparison> {
    let [low, high] = ends(case)?;
    let half = STEPS / 2;
    let middle = match even {
        Even::Phi => by_entropy(case, other, half)?,
        Even::LogSnr | Even::Time => by_rate(case, half, even)?,
    };
    let times = [high, middle.value(), low].map(|l| case.process().time_at_snr(l.exp()));
    let mut levels = Vec::new();
    for t in times {
        levels.push(case.process().at(t?)?);
    }
    let marginals: Vec<Marginal<'_>> = levels.iter().map(|l| Marginal::new(case.law(), l)).collect();
    let views: Vec<View<'_>> = levels.iter().zip(&marginals).map(|(l, m)| View::new(*l, m)).collect();
    let settings = if case.law().dim() > 3 { context.settings(16) } else { context.even(8) };
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
