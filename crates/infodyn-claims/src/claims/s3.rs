//! S3: what the end of the ancestral sampler gets wrong.

use infodyn_core::{Comparison, Estimate, ulps};
use infodyn_enclosure::{Interval, LineLaw, Moment};
use infodyn_monte_carlo::{NoiseLaw, mean_of_trials};
use infodyn_quadrature::integral;
use infodyn_samplers::even;
use infodyn_symbolic::Symbol;
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};

use crate::case::pathwise::unit;
use crate::enclosed::{self, digits, point};
use crate::limit::halving;
use crate::schedule::{BySnr, Clock as Integrated, cumulants, decimal};
use crate::symbols::limit;
use crate::{Check, Claim, Context, Error, Ingredient, Kind, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "S3",
    name: "weak-error",
    statement: "The ancestral sampler with the exact denoiser from the exact law at `gamma_0`, read out by a draw from \
                the posterior at `gamma_N`, gets the mean of `f(X_0, Y)` wrong by `-(1/2) sum_k Delta_k^2 E<S, \
                kappa(f; X_0, X_0)>(gamma_k)` to leading order, `kappa` the joint third posterior cumulant; for `f = \
                x^2` and a Gaussian a step has {0}. For two atoms `+-1`, `m` the posterior mean, {1}, so `P(Y=1)` is \
                `w + (1/2) sum_k Delta_k^2 E[m S^2]`: the majority is over-weighted at order `1/N`, and equal weights \
                are kept",
    scope: "the limit of many steps; at practical `N` with large last steps the leading term can be off by nine times. \
            Two atoms by propagation of the sampler's density and by simulation; a Gaussian step in symbols",
    origin: Origin::Elsewhere(
        "nearest: arXiv 2605.08392, first-order weak errors of Euler-Maruyama, explicit for Gaussians (abstract seen); \
         in this form new here. C13 is of the exact reverse process, whose weights are right",
    ),
    uses: &["S1"],
    formulas,
    checks,
};

/// A step of a Gaussian read out as `x^2`; the third cumulant of two atoms; the sampler's step as a moment of the
/// posterior.
fn formulas() -> Vec<Identity> {
    let [l, gamma, delta] = ["l", "gamma", "delta"].map(Symbol::positive);
    let b = Symbol::real("b");
    let v = 1 + &gamma * &l;
    let spread = &l / &v;
    // y has variance gamma v; y' = y + Delta m + noise, m = l y/v; then X_0 ~ N(l y'/v', l/v').
    let next = 1 + (&gamma + &delta) * &l;
    let moved = (1 + &delta * &spread).pow(2) * &gamma * &v + &delta;
    let second = (&l / &next).pow(2) * moved + &l / &next;
    let [wrong, s] = ["lim (E x^2 - l)/Delta^2", "S"].map(quantity);
    let written = |power: i32| Equation::new(&wrong, -s.pow(power));
    let defined = [(&wrong, limit(&((second - &l) / delta.pow(2)), &delta)), (&s, spread)];
    // Log-odds 2 b: m = tanh b, and the third central moment of +-1.
    let (m, up) = (b.tanh(), (1 + b.tanh()) / 2);
    let [mean, third] = ["m", "kappa_3"].map(quantity);
    let cumulant = |factor: i32| Equation::new(&third, -factor * &mean * &s);
    let moment = &up * (1 - &m).pow(3) - (1 - &up) * (1 + &m).pow(3);
    vec![
        Identity::of("x^2, a step of a Gaussian", &written(3), &defined, ("S^2", written(2).rhs)),
        Identity::of(
            "the third cumulant of two atoms",
            &cumulant(2),
            &[(&third, moment), (&mean, m.clone()), (&s, 1 - m.pow(2))],
            ("m S", cumulant(1).rhs),
        ),
        identity("S of two atoms is sech^2", 1 - &m * &m, b.cosh().pow(-2), ("sech", b.cosh().pow(-1))),
    ]
}

/// What spaces the grid evenly.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Clock {
    Entropic,
    SquareRoot,
    Snr,
}

impl Clock {
    fn rate(self, law: &BySnr, gamma: f64) -> Result<f64> {
        let [mmse, square] = law.curve(gamma)?;
        Ok(match self {
            Self::Entropic => mmse.value(),
            Self::SquareRoot => square.value().sqrt(),
            Self::Snr => 1.0,
        })
    }

    fn grid(self, law: &BySnr, steps: usize, ends: [f64; 2]) -> Result<Vec<f64>> {
        let clock = Integrated::new(ends, |g| self.rate(law, g))?;
        even(steps, ends, |g| Ok(clock.at(g)))
    }
}

/// `E[m S^p]` of two atoms, by the density of `y`.
fn mean_skew(law: &BySnr, gamma: f64, power: i32) -> Result<Estimate> {
    if gamma == 0.0 {
        let [m, s, _] = cumulants(&law.0.law, 0.0, 0.0);
        return Ok(Estimate::rounded(m * s.powi(power), ulps::SAMPLE));
    }
    law.mean_at(gamma, |law, y| {
        let [m, s, _] = cumulants(law, gamma, y);
        m * s.powi(power)
    })
}

/// The weight that the sampler gives the atom at 1, on a grid from `gamma = 0`, two atoms whose log-odds at `y` are
/// `2 y + log(w/(1-w))`: its density is propagated on a lattice by the trapezoidal rule.
///
/// # Accuracy
/// Two lattices.
fn propagated(weight: f64, snrs: &[f64]) -> Estimate {
    let bias = 0.5 * (weight / (1.0 - weight)).ln();
    let rule = |per_unit: f64| {
        // The first step starts from y = 0.
        let mut density: Vec<(f64, f64)> = vec![(0.0, 1.0)];
        for p in snrs.windows(2) {
            let delta = p[1] - p[0];
            let reach = p[1] + 8.5 * p[1].sqrt();
            let h = delta.sqrt().min(0.7) / per_unit;
            let count = (reach / h).ceil() as i64;
            let scale = h / (std::f64::consts::TAU * delta).sqrt();
            let mut next: Vec<(f64, f64)> = (-count..=count).map(|i| (i as f64 * h, 0.0)).collect();
            for &(y, mass) in density.iter().filter(|d| d.1 > 1e-22) {
                let centre = y + delta * (y + bias).tanh();
                let far = 8.7 * delta.sqrt();
                let first = (((centre - far) / h).ceil() as i64).max(-count);
                let last = (((centre + far) / h).floor() as i64).min(count);
                for i in first..=last {
                    let gap = i as f64 * h - centre;
                    next[(i + count) as usize].1 += mass * scale * (-0.5 * gap * gap / delta).exp();
                }
            }
            density = next;
        }
        let total: f64 = density.iter().map(|d| d.1).sum();
        density.iter().map(|(y, mass)| mass * 0.5 * (1.0 + (y + bias).tanh())).sum::<f64>() / total
    };
    let (coarse, fine) = (rule(6.0), rule(9.0));
    Estimate::new(fine, (fine - coarse).abs() + 1e-13)
}

const FIFTH: f64 = 0.2;
const RANGE: [f64; 2] = [0.0, 16.0];

/// What is put for the leading term.
#[derive(Clone, Copy)]
struct Term {
    sign: i32,
    power: i32,
}

const TERM: Term = Term { sign: 1, power: 2 };

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let law = || BySnr::pair("two-atoms, w=0.2", FIFTH);
    for (clock, steps, stated) in [
        (Clock::Entropic, 8, 0.175_365_064_2),
        (Clock::Entropic, 16, 0.187_155_517_9),
        (Clock::SquareRoot, 8, 0.168_371_690_3),
        (Clock::SquareRoot, 16, 0.183_637_247_8),
        (Clock::Snr, 8, 0.110_672_119_6),
        (Clock::Snr, 16, 0.146_607_748_0),
    ] {
        let run = move |clock: Clock, weight: f64| {
            move |_: &Context| {
                let grid = clock.grid(&law()?, steps, RANGE)?;
                Ok(Comparison::new(propagated(weight, &grid), decimal(stated, 1e-10), 1e-8))
            }
        };
        let case = format!("two-atoms, w=0.2, {clock:?}, N={steps}: the weight of the minority");
        let other = if clock == Clock::Snr { Clock::Entropic } else { Clock::Snr };
        let check = Check::number(Kind::Quadrature, case, run(clock, FIFTH));
        let check = check.variant(Ingredient::Clock, &format!("{other:?}"), run(other, FIFTH));
        checks.push(check.variant(Ingredient::Weight, "a weight larger by 0.01", run(clock, FIFTH + 0.01)));
    }
    for weight in [FIFTH, 0.35] {
        let run = move |term| move |_: &Context| leading(weight, term);
        let case = format!("two-atoms, w={weight}: N (P - w) on equal steps of gamma to 4, N -> infinity");
        let check = Check::number(Kind::Quadrature, case, run(TERM));
        let check = check.variant(Ingredient::Moment, "the other sign", run(Term { sign: -1, ..TERM }));
        let check = check.variant(Ingredient::Exponent, "E[m S] in place of E[m S^2]", run(Term { power: 1, ..TERM }));
        checks.push(check.variant(
            Ingredient::Drift,
            "exact weights, as of the exact reverse process",
            run(Term { sign: 0, ..TERM }),
        ));
    }
    for (gamma, stated) in [
        (0.5, 0.078_904_270_437_304_521_3),
        (1.0, 0.034_704_215_512_318_894_1),
        (2.0, 0.010_113_480_775_806_342_3),
        (4.0, 0.001_580_689_376_094_446_14),
    ] {
        let run = move |power: i32| {
            move |_: &Context| {
                let found = mean_skew(&BySnr::pair("two-atoms, w=0.8", 0.8)?, gamma, power)?;
                Ok(Comparison::new(found, decimal(stated, 1e-18), 1e-11 * stated))
            }
        };
        let check = Check::number(Kind::Quadrature, format!("two-atoms, w=0.8: E[m S^2] at gamma={gamma}"), run(2));
        checks.push(check.variant(Ingredient::Exponent, "E[m S]", run(1)));
    }
    let constants = [
        (Clock::Entropic, 16.0, 0.260_965_029_945_163_568),
        (Clock::SquareRoot, 16.0, 0.273_555_850_684_865_455),
        (Clock::Entropic, 40.0, 0.314_886_040_168_615_364),
        (Clock::SquareRoot, 40.0, 0.277_136_565_162_066_721),
    ];
    for (clock, to, stated) in constants {
        let run = move |on: Clock, power: i32| {
            move |_: &Context| {
                let found = constant(&law()?, on, [0.0, to], power)?;
                Ok(Comparison::new(found, decimal(stated, 1e-17), 1e-9 * stated))
            }
        };
        let case = format!("two-atoms, w=0.2, gamma to {to}: lim N |P - w| of {clock:?}");
        let check = Check::number(Kind::Quadrature, case, run(clock, 2));
        let check = check.variant(Ingredient::Exponent, "E[m S]", run(clock, 1));
        checks.push(check.variant(Ingredient::Clock, "equal steps of gamma", run(Clock::Snr, 2)));
    }
    let run = |weight: f64| move |context: &Context| simulated(context, weight);
    let check = Check::number(Kind::MonteCarlo, "two-atoms, w=0.2, Snr, N=8: the weight of the minority", run(FIFTH));
    checks.push(check.variant(Ingredient::Weight, "the weight of the law, as of the exact reverse process", |c| {
        let found = sampled(c, FIFTH)?;
        Ok(Comparison::new(found, Estimate::given(FIFTH), 0.1 * FIFTH))
    }));
    for gamma in [0.5, 2.0] {
        let share = if gamma < 1.0 { 0.0795 } else { 0.0102 };
        let mutants = [
            (Ingredient::Bound, "a bound of less than 1 % too much", share),
            (Ingredient::Weight, "the minority", -1.0),
        ];
        checks.push(enclosed::at_most(
            format!("two-atoms, w=0.8: E[m S^2] > 0 at gamma={gamma}"),
            0.0,
            &mutants,
            move |low: f64| {
                let weight = if low < 0.0 { 0.2 } else { 0.8 };
                Ok([point(low.max(0.0)), skew(weight, gamma)?])
            },
        ));
    }
    let mutants = [(Ingredient::Weight, "w = 0.81", 0.81)];
    checks.push(enclosed::equal("two-atoms, w=0.8: E[m S^2] at gamma=1", 0.8, &mutants, |weight: f64| {
        Ok([skew(weight, 1.0)?, digits(0.034_704_215_512_318_894_1, 1e-18)])
    }));
    Ok(checks)
}

/// `E[m S^2]` in intervals, as `E[X_0 S^2]`: `m` is the mean of `X_0` given the point.
fn skew(weight: f64, gamma: f64) -> infodyn_enclosure::Result<Interval> {
    let law = LineLaw::from_parts(&[weight, 1.0 - weight], &[1.0, -1.0], &[0.0; 2]);
    let line = law.at(Interval::ONE, point(gamma).recip())?;
    let given = |mean: f64| {
        LineLaw::from_parts(&[1.0], &[mean], &[0.0])
            .at(Interval::ONE, point(gamma).recip())?
            .means_of(&line, &[Moment::SquarePosteriorVariance])
    };
    Ok(point(weight) * given(1.0)?[0] - (Interval::ONE - point(weight)) * given(-1.0)?[0])
}

/// `N (P - w)` on equal steps of `gamma` to 4, extrapolated, against `(4/2)` times the integral of `E[m S^2]`.
fn leading(weight: f64, term: Term) -> Result<Comparison> {
    let law = BySnr::pair("two-atoms", weight)?;
    let value = |n: usize| {
        let grid: Vec<f64> = (0..=n).map(|k| 4.0 * (k as f64 / n as f64)).collect();
        (propagated(weight, &grid) - Estimate::given(weight)) * Estimate::count(n)
    };
    let lhs = halving(&[4, 8, 16, 32, 64].map(value), 1);
    let whole = integral(|g| mean_skew(&law, g, term.power), 0.0, 4.0)?;
    Ok(Comparison::new(lhs, whole * 2 * term.sign, 1e-2 * lhs.value().abs()))
}

/// `lim N |P - w|`: `(theta_N - theta_0)/2` times the integral of `|E[m S^2]|/theta'`.
fn constant(law: &BySnr, clock: Clock, [from, to]: [f64; 2], power: i32) -> Result<Estimate> {
    let rate = |g: f64| {
        let [mmse, square] = law.curve(g)?;
        Ok::<_, Error>(match clock {
            Clock::Entropic => mmse,
            Clock::SquareRoot => square.sqrt(),
            Clock::Snr => Estimate::ONE,
        })
    };
    let total = integral(rate, from, to)?;
    let weighed = integral(|g| Ok::<_, Error>(mean_skew(law, g, power)? / rate(g)?), from, to)?;
    Ok(-(total * weighed) / 2)
}

/// The weight of the atom at 1 by runs of the sampler on eight equal steps of `gamma` to 16, read out as the
/// posterior probability.
fn sampled(context: &Context, weight: f64) -> Result<Estimate> {
    let bias = 0.5 * (weight / (1.0 - weight)).ln();
    let delta: f64 = 2.0;
    let means = mean_of_trials(&context.settings(4), 1, &[], |_, rng, out| -> Result<()> {
        let mut noise = vec![0.0; out.len()];
        let mut ys = vec![0.0_f64; out.len()];
        for _ in 0..8 {
            NoiseLaw::Gaussian.fill(rng, &mut noise);
            ys.iter_mut().zip(&noise).for_each(|(y, z)| *y += delta * (*y + bias).tanh() + delta.sqrt() * z);
        }
        for (o, y) in out.iter_mut().zip(ys) {
            *o = f64::from(u8::from(2.0 * unit(rng) < 1.0 + (y + bias).tanh()));
        }
        Ok(())
    })?;
    Ok(means.mean(0, Context::CONFIDENCE))
}

fn simulated(context: &Context, weight: f64) -> Result<Comparison> {
    let grid: Vec<f64> = (0..=8).map(|k| 2.0 * f64::from(k)).collect();
    let rhs = propagated(weight, &grid);
    Ok(Comparison::new(sampled(context, weight)?, rhs, 0.1 * rhs.value()))
}
