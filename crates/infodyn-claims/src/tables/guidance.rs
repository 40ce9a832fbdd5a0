//! What guidance spends, leaves out, moves, narrows, widens and risks.

use infodyn_closed_form::guidance;
use infodyn_core::{Estimate, Table, ulps};
use infodyn_monte_carlo::mean_of_trials;
use infodyn_samplers::{Overshoot, Strength, overshoot};
use rayon::prelude::*;

use super::{logarithmic, places};
use crate::claims::integral;
use crate::guided::{Odds, ln_belief};
use crate::odds::{ends_in_class, falls, flow_ends_in_class};
use crate::schedule::BySnr;
use crate::widths::{Pair, WHOLE};
use crate::{Context, Error, Result};

/// Strengths of the budget, and those of what is left out, which at 1 is nothing.
const STRENGTHS: [f64; 4] = [1.0, 2.0, 4.0, 7.5];

/// How many times dearer a path is than a sample at one time.
const COST: u64 = 16;

/// `f` of each number, on all threads.
fn each<T: Send>(numbers: &[f64], f: impl Fn(f64) -> Result<T> + Sync) -> Result<Vec<T>> {
    numbers.par_iter().map(|&x| f(x)).collect()
}

/// Claims G1 and G2 for two atoms of equal weight, against `k`, their signal-to-noise ratio, which rises toward the
/// data.
///
/// | column | what |
/// |---|---|
/// | `spent_OMEGA` | `(E_omega log pi_y + log 2)/log 2`, the share of the budget that is spent before `k`, by the guided diffusion |
/// | `left_OMEGA` | `(log E[pi_y^omega] + omega log 2)/((omega - 1) log 2)`: of what no weight makes up for, the share before `k` |
///
/// # Errors
/// When a route gives no answer.
pub fn guidance_budget() -> Result<Table> {
    let ks = logarithmic(0.01, 8.0, 25);
    let mut table = Table::new().with("k", "", places(&ks));
    let ln2 = Estimate::from(2).ln();
    for omega in STRENGTHS {
        let spent = each(&ks, |k| Ok((Odds::new(0.5, omega).mean(k, ln_belief) + ln2) / ln2))?;
        table = table.with(&format!("spent_{omega}"), "", spent);
    }
    let law = BySnr::pair("two-atoms", 0.5)?;
    for omega in STRENGTHS.into_iter().filter(|&omega| omega != 1.0) {
        let whole = ln2 * (Estimate::given(omega) - 1);
        let left = each(&ks, |k| {
            let power = law.mean_at(k, |_, y| (omega * ln_belief(y)).exp())?;
            Ok((power.ln() + ln2 * Estimate::given(omega)) / whole)
        })?;
        table = table.with(&format!("left_{omega}"), "", left);
    }
    Ok(table)
}

/// Half the distance of the means, in standard deviations of a class, of the classes under the diffusion.
const DISTANCES: [f64; 2] = [8.0, 16.0];

/// Mean beyond that of the class, times `a`, and variance less 1, times `a^2`, of the guided diffusion of two classes
/// of equal weight at `a` standard deviations from the middle, in units of the class, as `a -> infinity`.
///
/// # Formula
/// With half the log-odds `u` a place is `u/k^{1/2}` at `k = a^2`; `u - k = W + (omega - 1) A`, `A` the integral of
/// `1 - tanh u`, of mean `J` (G5). As `A - J` is the integral of `J'(u) dW`, the variance of `u` is that of the
/// integral of `h = 1 + (omega - 1) J'(u)`: `k` and `E integral of (h^2 - 1) dk`. With `s = 1/(1 + e^{-2u})`,
/// `c = 2 omega - 1` and `L = sum_{n>=0} s^n/(n + c)`, `h = 1 - (c - 1)(1 - s) L`, and the mean time at `s` is
/// `s^{c-1} (max(s, 1/2)^{-c} - 1)/(2 c (1 - s)^2) ds`.
///
/// # Accuracy
/// The integrals, and what is beyond them: of `1 - s` below `e^{-30}`, and of `s` below `e^{-40/c}`.
fn settled(omega: f64) -> Result<[Estimate; 2]> {
    const FAR: [f64; 2] = [30.0, 40.0];
    let c = 2.0 * omega - 1.0;
    let rate = Estimate::given(c);
    let mean = |s: f64| guidance::overshoot_integral(omega, s).ok_or(Error::NotFound("J"));
    let series = |s: f64| (0..60).map(|n| s.powi(n) / (f64::from(n) + c)).sum::<f64>();
    let lerch = |s: f64| Estimate::rounded(series(s), ulps::sum(60) + ulps::SAMPLE);
    // H_c, from J at equal weights: c J = H_c + log((1-w)/w) + L - 1/c.
    let harmonic = rate * mean(0.5)? - lerch(0.5) + Estimate::ONE / rate;
    let spent = |left: Estimate, sum: Estimate| -(rate - 1) * sum * (Estimate::from(2) - (rate - 1) * left * sum);
    // s from 1/2 to 1, by 1 - s = e^{-z}.
    let above = |z: f64| -> Result<Estimate> {
        let left = Estimate::given(-z).exp();
        let s = Estimate::ONE - left;
        let sum = rate * mean(s.value())? - harmonic + s.ln() + Estimate::given(z) + Estimate::ONE / rate;
        let time = (-rate * s.ln()).exp_m1() * ((rate - 1) * s.ln()).exp() / (rate * 2);
        Ok(spent(left, sum) * time)
    };
    // s from 0 to 1/2, by s = e^{-z}.
    let full = ((rate * Estimate::from(2).ln()).exp() - 1) / (rate * 2);
    let below = |z: f64| -> Result<Estimate> {
        let s = Estimate::given(-z).exp();
        let left = Estimate::ONE - s;
        Ok(spent(left, lerch(s.value())) * (-rate * Estimate::given(z)).exp() * full / left)
    };
    let ln2 = std::f64::consts::LN_2;
    let beyond = (c - 1.0) * 100.0 * (-FAR[0]).exp();
    let spread = integral(above, ln2, FAR[0])? + integral(below, ln2, ln2 + FAR[1] / c)?;
    Ok([mean(0.5)? * Estimate::given(omega - 1.0), spread.widened(beyond)])
}

/// Claims G5 and G7 for two classes of equal weight and one variance, against `omega`: of the law of the samples along
/// the axis, in standard deviations of the class, from pure noise.
///
/// | column | what |
/// |---|---|
/// | `shift`, `variance`, `divergence` | of the flow, to infinite signal: mean beyond that of the class, variance over that of the class, `KL(samples from class)` in nats |
/// | `bound` | what no guided diffusion exceeds: `((omega - 1)^2/(2 omega - 1)) log 2`, nats |
/// | `sde_shift_A`, `sde_variance_A` | the same of the diffusion, classes at `A` standard deviations from the middle |
///
/// # Errors
/// When a route gives no answer.
pub fn guidance_overshoot() -> Result<Table> {
    // Closer where everything turns.
    let omegas: Vec<f64> = (0..=18).map(|i| 1.0 + f64::from(i * i) / 36.0).collect();
    let flow = each(&omegas, |omega| Ok(overshoot(&Strength::constant(omega)?, f64::INFINITY)?))?;
    let bound = each(&omegas, |omega| guidance::cost_from_class(omega, 0.5).ok_or(Error::NotFound("the bound")))?;
    let of = |f: fn(&Overshoot) -> Estimate| flow.iter().map(f).collect::<Vec<_>>();
    let mut table = Table::new()
        .with_exact("omega", "", omegas.iter().copied())
        .with("shift", "", of(|o| o.shift))
        .with("variance", "", of(|o| o.variance))
        .with("divergence", "nats", of(|o| o.divergence))
        .with("bound", "nats", bound);
    let settled = each(&omegas, settled)?;
    for a in DISTANCES {
        // At a finite distance `A` lacks what comes after `k`: less than `4 2^{1/2} e^{-k/4}` in the root mean square.
        let (far, k) = (Estimate::given(a), a * a);
        let rest = |omega: f64| (omega - 1.0) * 6.0 * (-0.25 * k).exp();
        let shift = |(s, omega): (&[Estimate; 2], &f64)| s[0].widened(rest(*omega)) / far;
        let spread =
            |(s, omega): (&[Estimate; 2], &f64)| s[1].widened(4.0 * (a + omega) * rest(*omega)) / far.powi(2) + 1;
        let of = || settled.iter().zip(&omegas);
        table = table.with(&format!("sde_shift_{a}"), "", of().map(shift)).with(
            &format!("sde_variance_{a}"),
            "",
            of().map(spread),
        );
    }
    Ok(table)
}

/// Claim G5: shift and variance of the flow where strength 3 is switched on at `switch`, a value of `k`
/// (`on_shift`, `on_variance`), or off there (`off_shift`, `off_variance`), and 1 is the strength otherwise.
///
/// # Errors
/// When a window is none.
pub fn guidance_windows() -> Result<Table> {
    const OMEGA: f64 = 3.0;
    let switches = logarithmic(0.01, 8.0, 25);
    let within = |ends: [f64; 2]| Ok::<_, Error>(overshoot(&Strength::within(OMEGA, ends)?, f64::INFINITY)?);
    let mut table = Table::new().with("switch", "", places(&switches));
    let on = each(&switches, |k| within([k, f64::INFINITY]))?;
    let off = each(&switches, |k| within([0.0, k]))?;
    for (name, found) in [("on", on), ("off", off)] {
        table = table.with(&format!("{name}_shift"), "", found.iter().map(|o| o.shift)).with(
            &format!("{name}_variance"),
            "",
            found.iter().map(|o| o.variance),
        );
    }
    Ok(table)
}

/// Claim G3: second moment of a centred Gaussian class under the guided flow, over its own, against `ratio`, the
/// variance of the other class over its own; equal weights, on a line. Columns `width_OMEGA`.
#[must_use]
pub fn guidance_widths() -> Table {
    let ratios = logarithmic(0.125, 8.0, 17);
    let mut table = Table::new().with("ratio", "", places(&ratios));
    for omega in [1.5, 2.0, 3.0] {
        let width = |&ratio: &f64| Pair::centred([1.0, ratio]).at(omega).square(WHOLE);
        let widths: Vec<Estimate> = ratios.par_iter().map(width).collect();
        table = table.with(&format!("width_{omega}"), "", widths);
    }
    table
}

/// Claim G8 for two classes, against `omega`, of the guided diffusion from pure noise.
///
/// | column | what |
/// |---|---|
/// | `reached_W` | the chance to end in the class, of weight `W`, against `reached_omega` |
/// | `sampled_W` | the same over exact paths, against `sampled_omega`; `flow`: that of the flow, `W = 0.5` |
/// | `fall_EPS` | the chance that the posterior of a class of weight 0.2 ever falls to `EPS`, against `fall_omega` |
/// | `fallen_EPS` | the same over exact paths, against `fallen_omega` |
///
/// # Errors
/// When a route gives no answer.
pub fn guidance_chances(context: &Context) -> Result<Table> {
    const WEIGHTS: [f64; 3] = [0.5, 0.2, 0.05];
    const FALLS: [f64; 3] = [0.1, 0.05, 0.02];
    let context = context.for_part(&["guidance"]);
    let known = |chance: Option<Estimate>| chance.ok_or(Error::NotFound("a chance"));
    let omegas: Vec<f64> = (-10..=20).map(|i| 0.05 * f64::from(i)).collect();
    let sampled = [-0.25, 0.0, 0.125, 0.25, 0.375];
    let mut table =
        Table::new().with_exact("reached_omega", "", omegas.iter().copied()).with_exact("sampled_omega", "", sampled);
    for weight in WEIGHTS {
        let reached = each(&omegas, |omega| known(guidance::chance_of_class(omega, weight)))?;
        let found = sampled.iter().enumerate().map(|(i, &omega)| {
            ends_in_class(&context.for_part(&["reached", &weight.to_string()]).substream(i), COST, (omega, weight))
        });
        let found = found.collect::<Result<Vec<_>>>()?;
        table = table.with(&format!("reached_{weight}"), "", reached).with(&format!("sampled_{weight}"), "", found);
    }
    let flow =
        sampled.iter().enumerate().map(|(i, &omega)| flow_in_class(&context.for_part(&["flow"]).substream(i), omega));
    table = table.with("flow", "", flow.collect::<Result<Vec<_>>>()?);
    let omegas: Vec<f64> = (0..=20).map(|i| 0.5 + 0.125 * f64::from(i)).collect();
    let sampled = [0.5, 1.0, 1.5];
    table = table.with_exact("fall_omega", "", omegas.iter().copied()).with_exact("fallen_omega", "", sampled);
    for level in FALLS {
        let fall = each(&omegas, |omega| known(guidance::chance_of_falling(omega, 0.2, level)))?;
        let fallen = sampled.iter().enumerate().map(|(i, &omega)| {
            falls(&context.for_part(&["fallen", &level.to_string()]).substream(i), COST, (omega, 0.2), level)
        });
        let fallen = fallen.collect::<Result<Vec<_>>>()?;
        table = table.with(&format!("fall_{level}"), "", fall).with(&format!("fallen_{level}"), "", fallen);
    }
    Ok(table)
}

/// The chance that the flow ends in the class, of two of equal weight.
fn flow_in_class(context: &Context, omega: f64) -> Result<Estimate> {
    let means = mean_of_trials(&context.settings(COST), 1, &[], |_, rng, out| -> Result<()> {
        flow_ends_in_class(omega, rng, out);
        Ok(())
    })?;
    Ok(means.mean(0, Context::CONFIDENCE))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// theory.md G1, G3 and G5; the variance of the diffusion against its own steps on a lattice.
    #[test]
    fn the_numbers_of_theory_and_of_the_lattice() {
        let near = |found: Estimate, known: f64, by: f64| {
            assert!((found.value() - known).abs() <= found.radius() + by, "{found} {known}");
        };
        let [shift, spread] = settled(1.5).unwrap();
        near(shift, 0.443_147_180_559_945, 1e-14);
        let odds = Odds::new(0.5, 1.5);
        let [first, second] = [1, 2].map(|p| odds.mean(25.0, |u| (u - 25.0).powi(p)));
        near(spread, (second - first * first).value() - 25.0, 1e-3);
        let [none, still] = settled(1.0).unwrap();
        near(none, 0.0, 1e-14);
        near(still, 0.0, 1e-12);
        near(Pair::centred([4.0, 0.25]).at(2.0).square(WHOLE), 1.557_231_97, 1e-8);
    }
}
