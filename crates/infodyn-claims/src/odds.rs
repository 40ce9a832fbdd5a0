//! The guided log-odds of two classes: their law by quadrature, and their paths by simulation without a step error.

use infodyn_closed_form::guidance::LogOdds;
use infodyn_core::Estimate;
use infodyn_monte_carlo::{ExactDiffusion, Philox, Skeleton, mean_of_trials};
use infodyn_quadrature::DiffusionLaw;

use crate::case::pathwise::unit;
use crate::{Context, Result};

/// Halvings of the step of a law.
const LEVELS: usize = 5;

/// Means at `k` of functions of half the log-odds `u` and of its density, from pure noise, and the integrals of these
/// means over `k`.
pub(crate) fn law(
    (omega, weight): (f64, f64),
    k: f64,
    outputs: usize,
    f: impl Fn(f64, f64, &mut [f64]),
) -> Result<Vec<[Estimate; 2]>> {
    let odds = LogOdds { omega };
    let far = 2.0 * omega - 1.0;
    let law = DiffusionLaw {
        start: LogOdds::prior(weight),
        drifts: [far.min(1.0), far.max(1.0)],
        width: std::f64::consts::FRAC_PI_2,
        potential: &move |u| odds.potential(u),
        rate: &move |u| odds.rate(u),
    };
    Ok(law.means(k, LEVELS, outputs, f)?)
}

/// Hands over half the log-odds as a diffusion to be simulated.
pub(crate) fn simulated<T>(omega: f64, f: impl FnOnce(&ExactDiffusion<'_>) -> T) -> T {
    let odds = LogOdds { omega };
    f(&ExactDiffusion {
        potential: &move |u| odds.potential(u),
        rate: &move |u| odds.rate(u),
        rates: odds.rates(),
        envelope: &move |u| odds.envelope(u),
    })
}

/// A length of a step at which a few in ten proposals are kept or more.
fn step(omega: f64) -> f64 {
    (1.5 / (omega * (omega - 1.0)).abs()).min(1.0)
}

/// What is left out where a path is no longer followed: the chance that it turns back.
const LEFT: f64 = 1e-4;

/// A place from which `u` falls to `from` or below with chance [`LEFT`] at most, where `least` is the least drift above
/// `from`: a Brownian motion with that drift falls by `h` with chance `exp(-2 least h)`.
fn safe(from: f64, least: f64) -> f64 {
    from - 0.5 * LEFT.ln() / least
}

/// The chance that a path from pure noise ends in the class, for `omega < 1/2`.
pub(crate) fn ends_in_class(context: &Context, cost: u64, (omega, weight): (f64, f64)) -> Result<Estimate> {
    let odds = LogOdds { omega };
    // Beyond 2 on either side the drift leads outwards, the more the farther out.
    let (above, below) = (safe(2.0, odds.drift(2.0)), -safe(2.0, -odds.drift(-2.0)));
    let means = mean_of_trials(&context.settings(cost), 1, &[], |_, rng, out| -> Result<()> {
        simulated(omega, |diffusion| {
            for o in out {
                let mut path = Skeleton::from(LogOdds::prior(weight));
                while path.end() < above && path.end() > below {
                    path = Skeleton::from(path.end());
                    diffusion.step(&mut path, step(omega), rng);
                }
                *o = f64::from(u8::from(path.end() > 0.0));
            }
        });
        Ok(())
    })?;
    Ok(means.mean(0, Context::CONFIDENCE).widened(LEFT))
}

/// The chance that the posterior of the class, from pure noise, ever falls to `level`.
pub(crate) fn falls(context: &Context, cost: u64, (omega, weight): (f64, f64), level: f64) -> Result<Estimate> {
    let odds = LogOdds { omega };
    let barrier = LogOdds::prior(level);
    // From 1 on the drift is at least 1; below, at least what it is at 2.
    let above = if omega >= 1.0 { safe(barrier, 1.0) } else { safe(2.0_f64.max(barrier), odds.drift(2.0)) };
    let means = mean_of_trials(&context.settings(cost), 1, &[], |_, rng, out| -> Result<()> {
        simulated(omega, |diffusion| {
            for o in out {
                let (mut path, mut stays) = (Skeleton::from(LogOdds::prior(weight)), 1.0);
                while path.end() < above && stays > LEFT {
                    path = Skeleton::from(path.end());
                    diffusion.step(&mut path, step(omega), rng);
                    stays *= path.chance_above(barrier);
                }
                *o = 1.0 - stays;
            }
        });
        Ok(())
    })?;
    // A path that was given up stays with less than this chance.
    Ok(means.mean(0, Context::CONFIDENCE).widened(LEFT))
}

/// The mean of the integral of `1 - tanh u` to a whole number `k`, one time drawn from each step.
pub(crate) fn gap_integral(
    context: &Context,
    cost: u64,
    (omega, weight): (f64, f64),
    k: u32,
    gap: impl Fn(f64) -> f64 + Sync,
) -> Result<Estimate> {
    let steps = (f64::from(k) / step(omega)).ceil();
    let length = f64::from(k) / steps;
    let means = mean_of_trials(&context.settings(cost), 1, &[], |_, rng, out| -> Result<()> {
        simulated(omega, |diffusion| {
            for o in out {
                let mut end = LogOdds::prior(weight);
                for _ in 0..steps as usize {
                    let mut path = Skeleton::from(end);
                    diffusion.step(&mut path, length, rng);
                    end = path.end();
                    *o += length * gap(path.at(length * unit(rng), rng));
                }
            }
        });
        Ok(())
    })?;
    Ok(means.mean(0, Context::CONFIDENCE))
}

/// Whether the guided flow of two classes of equal weight carries a start `n` to the class, by `steps` steps of Runge
/// and Kutta to the signal 36.
pub(crate) fn flow_ends_in_class(omega: f64, rng: &mut Philox, out: &mut [f64]) {
    let (steps, mut starts) = (80, vec![0.0; out.len()]);
    rng.fill_normal(&mut starts);
    let h = 6.0 / f64::from(steps);
    let slope = |n: f64, r: f64| omega + (1.0 - omega) * (n * r).tanh();
    for (o, mut n) in out.iter_mut().zip(starts) {
        for i in 0..steps {
            let r = h * f64::from(i);
            let first = slope(n, r);
            let second = slope(n + 0.5 * h * first, r + 0.5 * h);
            let third = slope(n + 0.5 * h * second, r + 0.5 * h);
            n += h / 6.0 * (first + 2.0 * second + 2.0 * third + slope(n + h * third, r + h));
        }
        *o = f64::from(u8::from(n > 0.0));
    }
}
