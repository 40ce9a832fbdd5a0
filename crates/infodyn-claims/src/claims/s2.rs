//! S2: the levels on which a path of the ancestral sampler costs least.

use std::cell::RefCell;
use std::collections::HashMap;

use infodyn_core::{Comparison, Detail, Estimate, Sampling};
use infodyn_enclosure::{Interval, LineLaw, Moment};
use infodyn_monte_carlo::View;
use infodyn_quadrature::integral;
use infodyn_samplers::{Least, even, least_grid};
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::s1::three;
use crate::enclosed::{self, digits, point};
use crate::limit::{Shared, halving};
use crate::schedule::{BySnr, Clock as Integrated, decimal};
use crate::symbols::limit;
use crate::{Case, Check, Claim, Context, Error, Ingredient, Kind, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "S2",
    name: "path-clock",
    statement: "Of the path divergence `KL(truth || sampler)` of the ancestral sampler with the exact denoiser (S1), \
                over levels between `gamma_0` and `gamma_N < infinity`: {0} for a small step, so with `N` equal steps \
                of a clock `theta`, `N KL -> (1/4)(theta_N - theta_0)` times the integral of `E tr S^2/theta'`. It is \
                least, `(1/4)(integral of (E tr S^2)^{1/2})^2`, for `theta' = (E tr S^2)^{1/2}`; it is `(1/2)(I_N - \
                I_0) log(mmse_0/mmse_N)` for entropic time (B10), `(1/4) log(gamma_N/gamma_0)(2 (I_N - I_0) + gamma_0 \
                mmse_0 - gamma_N mmse_N)` for log-SNR and `(1/4)(gamma_N - gamma_0)(mmse_0 - mmse_N)` for `gamma`. \
                Entropic time is the best clock exactly where `1/mmse` is affine in `gamma` on the range (isotropic \
                Gaussians of any rank). For every `N` the best grid obeys `gamma_{k+1} = gamma_k + (mmse_{k-1} - \
                mmse_k)/E tr S^2(gamma_k)`",
    scope: "`gamma_0 > 0`, or `E|X_0|^4` finite; atoms, mixtures on a line and, in symbols, Gaussians; the \
            discretisation of paths alone: for atoms the cost of entropic time over the least grows without bound with \
            `gamma_N`, which says nothing of the end point (S3)",
    origin: Origin::Elsewhere(
        "the square root rule: Wainwright 2608.13520, theorem 3, for a discrete process; it may be in 2607.26285 and \
         2601.21943 (abstracts seen only); the closed constants, the recurrence, the equality case and the table are \
         new here",
    ),
    uses: &["S1", "B7", "B10"],
    formulas,
    checks,
};

/// A small step of a Gaussian, the constant of log-SNR, and the grid of equal steps of `log v` in the recurrence.
fn formulas() -> Vec<Identity> {
    let [l, gamma, delta, ratio] = ["l", "gamma", "delta", "r"].map(Symbol::positive);
    let v = 1 + &gamma * &l;
    let (mmse, information) = (&l / &v, v.log() / 2);
    let kl = (&delta * &mmse - (1 + &delta * &mmse).log()) / 2;
    let small = limit(&(kl / delta.pow(2)), &delta);
    let [cost, square] = ["lim KL_k/Delta_k^2", "E tr S^2"].map(quantity);
    let written = |share: i32| Equation::new(&cost, &square / share);
    // gamma_{k-1}, gamma_k, gamma_{k+1} at v/r, v, v r.
    let at = |v: Expr| (&l / &v, (v - 1) / &l);
    let ((before, _), (here, level), (_, next)) = (at(&v / &ratio), at(v.clone()), at(&v * &ratio));
    vec![
        Identity::of(
            "a small step of a Gaussian",
            &written(4),
            &[(&cost, small), (&square, mmse.pow(2))],
            ("twice that", written(2).rhs),
        ),
        identity(
            "log-SNR: gamma E tr S^2 is the slope of 2 I - gamma mmse, of a Gaussian",
            (2 * &information - &gamma * &mmse).diff(&gamma),
            &gamma * mmse.pow(2),
            ("the slope of I - gamma mmse", &gamma * mmse.pow(2) + information.diff(&gamma)),
        ),
        identity(
            "equal steps of log v obey the recurrence, of a Gaussian",
            next,
            &level + (&before - &here) / here.pow(2),
            ("mmse in place of E tr S^2", level + (before - &here) / here),
        ),
    ]
}

/// A clock by its rate per unit of `gamma`.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Clock {
    /// `(E tr S^2)^{1/2}`.
    Best,
    /// `mmse/2`.
    Entropic,
    LogSnr,
    Snr,
    /// `E tr S^2`: equal increments of `mmse`.
    Mmse,
    /// `sigma^{1/7}` of Karras et al.
    Karras,
    /// `t` of the cosine schedule.
    Cosine,
    /// `gamma^{-1/2} mmse` (B11).
    Rescaled,
}

impl Clock {
    fn name(self) -> &'static str {
        match self {
            Self::Best => "the square root rule",
            Self::Entropic => "entropic time",
            Self::LogSnr => "log-SNR",
            Self::Snr => "gamma",
            Self::Mmse => "mmse",
            Self::Karras => "sigma^(1/7)",
            Self::Cosine => "cosine time",
            Self::Rescaled => "rescaled entropic time",
        }
    }

    fn grid(self, law: &BySnr, steps: usize, ends: [f64; 2]) -> Result<Vec<f64>> {
        let by = |f: &dyn Fn(f64) -> f64| even(steps, ends, |g| Ok(f(g)));
        let power = |[mmse, square]: [Estimate; 2], gamma: f64| match self {
            Self::Best => square.value().sqrt(),
            Self::Entropic => mmse.value(),
            _ => mmse.value() / gamma.sqrt(),
        };
        match self {
            Self::LogSnr => by(&f64::ln),
            Self::Snr => by(&|g| g),
            Self::Mmse => even(steps, ends, |g| Ok(-law.curve(g)?[0].value())),
            Self::Karras => by(&|g| -g.powf(-1.0 / 14.0)),
            Self::Cosine => by(&|g| g.sqrt().atan()),
            Self::Best | Self::Entropic | Self::Rescaled => {
                let clock = Integrated::new(ends, |g| Ok(power(law.curve(g)?, g)))?;
                by(&|g| clock.at(g))
            }
        }
    }

    /// `lim N KL`, with a share of the integral of `E tr S^2/theta'`, a quarter in the claim.
    fn limit(self, law: &BySnr, [from, to]: [f64; 2], share: Estimate) -> Result<Estimate> {
        let mmse = |g: f64| Ok::<_, Error>(law.curve(g)?[0]);
        let range = |f: fn(Estimate) -> Estimate| f(Estimate::given(to)) - f(Estimate::given(from));
        let product = match self {
            Self::Best => {
                let root = integral(|g| Ok::<_, Error>(law.curve(g)?[1].sqrt()), from, to)?;
                let root = if to < FAR { root } else { root.widened(6.0 * (-FAR / 4.0).exp()) };
                root * root
            }
            Self::Entropic => law.gained(&[from, to])? * (mmse(from)? / mmse(to)?).ln() * 2,
            Self::LogSnr => {
                let part = |g: f64| Ok::<_, Error>(mmse(g)? * Estimate::given(g));
                range(Estimate::ln) * (law.gained(&[from, to])? * 2 + part(from)? - part(to)?)
            }
            Self::Snr => range(|g| g) * (mmse(from)? - mmse(to)?),
            _ => return Err(Error::NotFound("a constant of this clock")),
        };
        Ok(product * share)
    }
}

/// Atoms at 1 and -1 in a range, their weight, and `lim N KL` of three clocks; `infinity` where they are not finite.
const CONSTANTS: [(f64, f64, [f64; 3]); 7] = [
    (0.5, 4.0, [0.771_834_646_946_392_032, 0.847_687_043_336_520_670, 0.931_402_591_209_261_186]),
    (0.5, 10.0, [1.350_077_355_480_814_27, 2.082_225_097_418_866_49, 2.493_971_713_161_469_36]),
    (0.5, 20.0, [1.499_129_113_339_107_10, 3.925_766_584_174_850_54, 4.999_939_816_895_622_55]),
    (0.5, 40.0, [1.510_871_094_767_782_95, 7.502_551_802_164_721_00, 9.999_999_996_032_792_85]),
    (0.5, FAR, [1.510_939_601_553_092_39, f64::INFINITY, f64::INFINITY]),
    (0.2, 20.0, [1.038_055_603_911_872_03, 2.780_989_309_496_313_32, 3.199_952_370_767_288_88]),
    (0.2, FAR, [1.046_802_901_151_513_24, f64::INFINITY, f64::INFINITY]),
];

/// Where the whole range ends: beyond, `(E S^2)^{1/2} <= 2^{1/2} exp(-gamma/4)`, for `S <= 1` and B7's bound on `mmse`.
const FAR: f64 = 120.0;

/// Inner levels of the best grids of two equal atoms, and their divergence: 4 steps on [0, 4], 8 on [0, 16].
const FOUR: ([f64; 3], f64) =
    ([0.541_597_863_933_446_030, 1.306_631_802_092_804_51, 2.384_100_946_709_879_48], 0.221_382_604_055_483_545);
const EIGHT: ([f64; 7], f64) = (
    [
        0.387_022_206_019_811_333,
        0.892_050_653_416_211_617,
        1.540_176_992_302_525_50,
        2.386_472_094_749_687_20,
        3.540_769_644_540_789_78,
        5.249_757_597_940_984_72,
        8.227_101_548_848_731_38,
    ],
    0.224_576_550_887_761_307,
);

/// A decimal of theory.md, with a last place far below a double's.
fn stated(value: f64) -> Estimate {
    Estimate::near(value)
}

/// Levels `sigma/alpha` of the digits, of pixels from -1 to 1, from 160 to 0.2: eight steps that cost about the least,
/// by dynamic programming on the losses of 500 draws. What they cost is second order in how far they are off.
const LEAST: [f64; 9] = [160.0, 1.888, 1.263, 0.966, 0.764, 0.604, 0.462, 0.336, 0.2];

/// How many digits there are: the row of the table is of these.
const IMAGES: usize = 1797;

fn checks(context: &Context) -> Result<Vec<Check>> {
    let quarter = Estimate::ONE / 4;
    let mut checks = Vec::new();
    for (law, ends) in [(BySnr::pair("two-atoms, w=0.2", 0.2)?, [0.05, 4.0]), (three()?, [0.1, 6.0])] {
        for clock in [Clock::Best, Clock::Entropic, Clock::LogSnr, Clock::Snr] {
            let run = |on: Clock, share: Estimate| {
                let law = law.clone();
                move |_: &Context| {
                    let rhs = clock.limit(&law, ends, share)?;
                    Ok(Comparison::new(summed(&law, on, ends)?, rhs, 1e-3 * rhs.value()))
                }
            };
            let case = format!("{}: N KL on equal steps of {}, N -> infinity", law.0.name, clock.name());
            let check = Check::number(Kind::Quadrature, case, run(clock, quarter));
            let check = check.variant(Ingredient::Moment, "1/2 in place of 1/4", run(clock, quarter * 2));
            // Equal increments of mmse, whose density is E tr S^2, lose as much as those of gamma.
            let (how, other) = match clock {
                Clock::Snr => ("equal steps of log-SNR", Clock::LogSnr),
                _ => ("equal increments of mmse: the density E tr S^2", Clock::Mmse),
            };
            checks.push(check.variant(Ingredient::Clock, how, run(other, quarter)));
        }
    }
    for (weight, to, constants) in CONSTANTS {
        for (clock, value) in [Clock::Best, Clock::Entropic, Clock::Snr].into_iter().zip(constants) {
            if value.is_infinite() {
                continue;
            }
            let run = move |weight: f64, share: Estimate| {
                move |_: &Context| {
                    let found = clock.limit(&BySnr::pair("two-atoms", weight)?, [0.0, to], share)?;
                    Ok(Comparison::new(found, stated(value), 1e-10 * value))
                }
            };
            let case = format!("two-atoms, w={weight}, gamma to {to}: lim N KL of {}", clock.name());
            let check = Check::number(Kind::Quadrature, case, run(weight, quarter));
            let check = check.variant(Ingredient::Moment, "1/2 in place of 1/4", run(weight, quarter * 2));
            checks.push(check.variant(Ingredient::Weight, "a weight larger by 0.01", run(weight + 0.01, quarter)));
        }
    }
    best_grid(&mut checks, [0.0, 4.0], &FOUR.0, FOUR.1)?;
    best_grid(&mut checks, [0.0, 16.0], &EIGHT.0, EIGHT.1)?;
    for (law, steps, ends) in [(BySnr::pair("two-atoms, w=0.2", 0.2)?, 6, [0.0, 16.0]), (three()?, 5, [0.1, 40.0])] {
        let run = |power: i32| {
            let law = law.clone();
            move |_: &Context| programmed(&law, steps, ends, power)
        };
        let case = format!("{}, N={steps}: the recurrence and dynamic programming", law.0.name);
        let check = Check::number(Kind::Quadrature, case, run(2));
        checks.push(check.variant(Ingredient::Exponent, "mmse^2 in place of E tr S^2 in the recurrence", run(1)));
    }
    gaps(&mut checks)?;
    if let Some(case) = super::digits_case(context)?.filter(|case| case.law().components() == IMAGES) {
        checks.extend(on_digits(&case));
    }
    for (to, entropic, even) in
        [(4.0, CONSTANTS[0].2[1], CONSTANTS[0].2[2]), (20.0, CONSTANTS[2].2[1], CONSTANTS[2].2[2])]
    {
        let read = move |moment| {
            LineLaw::from_parts(&[0.5; 2], &[1.0, -1.0], &[0.0; 2]).at(Interval::ONE, point(to).recip())?.mean(moment)
        };
        let wrong = [(Ingredient::Moment, "1/2 in place of 1/4", 0.5)];
        checks.push(enclosed::equal(
            format!("two-atoms, gamma to {to}: lim N KL of entropic time"),
            0.25,
            &wrong,
            move |share: f64| {
                let gained = Interval::LN_2 - read(Moment::Entropy)?;
                Ok([-(gained * read(Moment::PosteriorVariance)?.ln()).times(2.0 * share), digits(entropic, 1e-15)])
            },
        ));
        checks.push(enclosed::equal(
            format!("two-atoms, gamma to {to}: lim N KL of gamma"),
            0.25,
            &wrong,
            move |share: f64| {
                Ok([(Interval::ONE - read(Moment::PosteriorVariance)?).times(share * to), digits(even, 1e-15)])
            },
        ));
    }
    Ok(checks)
}

/// `N KL` on grids of 8 to 128 steps, extrapolated.
fn summed(law: &BySnr, clock: Clock, ends: [f64; 2]) -> Result<Estimate> {
    let most = 128;
    let grid = clock.grid(law, most, ends)?;
    let known = grid[..most].iter().map(|&g| Ok(law.curve(g)?[0])).collect::<Result<Vec<_>>>()?;
    let gained = law.gained(&grid)?;
    let value = |n: usize| {
        let every = most / n;
        let step = |k: usize| Estimate::given(grid[(k + 1) * every]) - Estimate::given(grid[k * every]);
        let sum = (0..n).map(|k| step(k) * known[k * every] / 2).sum::<Estimate>();
        (sum - gained) * Estimate::count(n)
    };
    Ok(halving(&[8, 16, 32, 64, 128].map(value), 1))
}

/// The best grid of two equal atoms by the recurrence, level by level and its divergence, against decimals.
fn best_grid(checks: &mut Vec<Check>, ends: [f64; 2], levels: &'static [f64], divergence: f64) -> Result<()> {
    let steps = levels.len() + 1;
    let law = BySnr::pair("two-atoms", 0.5)?;
    let known: [Shared<(Vec<Estimate>, Estimate)>; 2] = [Shared::new(), Shared::new()];
    let found = move |power: i32| {
        let (law, known) = (law.clone(), known[power as usize - 1].clone());
        move || {
            known.get(|| {
                let Least { snrs, sum } = recurrence(&law, steps, ends, power)?;
                let gained = law.gained(&ends)?;
                Ok((snrs, sum - gained))
            })
        }
    };
    let how = "mmse^2 in place of E tr S^2";
    for (k, &level) in levels.iter().enumerate() {
        let run = |power: i32| {
            let found = found(power);
            move |_: &Context| Ok(Comparison::new(found()?.0[k + 1], stated(level), 1e-12 * level))
        };
        let case = format!("two-atoms, the best {steps} steps to {}: level {}", ends[1], k + 1);
        checks.push(Check::number(Kind::Quadrature, case, run(2)).variant(Ingredient::Exponent, how, run(1)));
    }
    let run = |power: i32| {
        let found = found(power);
        move |_: &Context| Ok(Comparison::new(found()?.1, stated(divergence), 1e-12 * divergence))
    };
    let case = format!("two-atoms, the best {steps} steps to {}: what they lose", ends[1]);
    checks.push(Check::number(Kind::Quadrature, case, run(2)).variant(Ingredient::Exponent, how, run(1)));
    Ok(())
}

/// The grid of the recurrence; with a power of 1, `mmse^2` stands for the mean of the square.
fn recurrence(law: &BySnr, steps: usize, ends: [f64; 2], power: i32) -> Result<Least> {
    infodyn_samplers::least_path(steps, ends, |g| {
        let [mmse, square] = law.curve(g)?;
        Ok([mmse, if power == 2 { square } else { mmse * mmse }])
    })
}

/// `sum (Delta_k/2) mmse_k` on the grid of the recurrence, and the least of all grids by dynamic programming.
fn programmed(law: &BySnr, steps: usize, ends: [f64; 2], power: i32) -> Result<Comparison> {
    let found = recurrence(law, steps, ends, power)?.sum;
    let stretch = |i: i32| ends[0] + (ends[1] - ends[0]) * (4.0 * f64::from(i) / 160.0).exp_m1() / 4.0_f64.exp_m1();
    let mut places: Vec<f64> = (0..160).map(stretch).collect();
    places.push(ends[1]);
    let known: RefCell<HashMap<u64, f64>> = RefCell::default();
    let mmse = |g: f64| -> Result<f64> {
        if let Some(&value) = known.borrow().get(&g.to_bits()) {
            return Ok(value);
        }
        let value = law.curve(g)?[0].value();
        known.borrow_mut().insert(g.to_bits(), value);
        Ok(value)
    };
    let (_, least) = least_grid(&places, steps, 20, |a, b| Ok::<_, Error>(0.5 * (b - a) * mmse(a)?))?;
    Ok(Comparison::new(found, least, 1e-9 * least.value()))
}

/// A law, a number of steps between two levels, the least, and what clocks lose, each with its last place.
type Row<'a> = (&'a BySnr, usize, [f64; 2], f64, &'a [(Clock, f64, f64)]);

/// The table of what schedules lose.
fn gaps(checks: &mut Vec<Check>) -> Result<()> {
    use Clock as C;
    let (half, fifth) = (BySnr::pair("two-atoms", 0.5)?, BySnr::pair("two-atoms, w=0.2", 0.2)?);
    let (near, far) = ([0.01, 40.0], [0.01, 400.0]);
    let rows: [Row<'_>; 4] = [
        (
            &half,
            8,
            near,
            0.2512,
            &[
                (C::Best, 0.3833, 1e-4),
                (C::Entropic, 1.831, 1e-3),
                (C::LogSnr, 0.5241, 1e-4),
                (C::Karras, 0.6422, 1e-4),
                (C::Cosine, 0.4145, 1e-4),
                (C::Rescaled, 4.56, 1e-2),
            ],
        ),
        (
            &half,
            32,
            near,
            0.05077,
            &[(C::Entropic, 0.4268, 1e-4), (C::LogSnr, 0.0981, 1e-4), (C::Karras, 0.1115, 1e-4)],
        ),
        (
            &fifth,
            16,
            near,
            0.07532,
            &[(C::Best, 0.09598, 1e-5), (C::Entropic, 0.6274, 1e-4), (C::Cosine, 0.1190, 1e-4)],
        ),
        (
            &three()?,
            16,
            far,
            0.7198,
            &[
                (C::Best, 0.7203, 1e-4),
                (C::Entropic, 0.7367, 1e-4),
                (C::LogSnr, 0.9428, 1e-4),
                (C::Karras, 1.177, 1e-3),
                (C::Cosine, 2.243, 1e-3),
            ],
        ),
    ];
    for (law, steps, ends, least, clocks) in rows {
        let run = |power: i32| {
            let law = law.clone();
            move |_: &Context| {
                let lost = recurrence(&law, steps, ends, power)?.sum - law.gained(&ends)?;
                let last = if least < 0.1 { 1e-5 } else { 1e-4 };
                Ok(Comparison::new(lost, decimal(least, last), last))
            }
        };
        let case = format!("{}, N={steps} to {}: the least", law.0.name, ends[1]);
        let how = "mmse^2 in place of E tr S^2";
        checks.push(Check::number(Kind::Quadrature, case, run(2)).variant(Ingredient::Exponent, how, run(1)));
        for &(clock, value, last) in clocks {
            let run = |clock: Clock| {
                let law = law.clone();
                move |_: &Context| {
                    Ok(Comparison::new(law.lost(&clock.grid(&law, steps, ends)?)?, decimal(value, last), last))
                }
            };
            let case = format!("{}, N={steps} to {}: {}", law.0.name, ends[1], clock.name());
            let check = Check::number(Kind::Quadrature, case, run(clock));
            let other = if clock == C::LogSnr { C::Snr } else { C::LogSnr };
            checks.push(check.variant(Ingredient::Clock, other.name(), run(other)));
        }
    }
    Ok(())
}

/// The row of the digits in the table of what schedules lose, eight steps: the least and log-SNR.
fn on_digits(case: &Case) -> [Check; 2] {
    let log: [f64; 9] = std::array::from_fn(|k| 160.0 * 800.0_f64.powf(-(k as f64) / 8.0));
    let check = |name: &str, levels: [f64; 9], other: [f64; 9], stated: Estimate| {
        let run = move |levels: [f64; 9]| {
            move |context: &Context, case: &Case| {
                let snrs = levels.map(|s| s.powi(-2));
                Ok(Comparison::new(sampled_loss(context, case, &snrs)?, stated, DRAWN * stated.value()))
            }
        };
        let what = format!("N=8, sigma from 160 to 0.2: {name}");
        let check = Check::new(Kind::MonteCarlo, case, &what, run(levels));
        check.mutant(Ingredient::Clock, "the levels of the other clock", run(other))
    };
    [check("the least", LEAST, log, of_draws(2.928, 0.0138)), check("log-SNR", log, LEAST, of_draws(11.891, 0.0326))]
}

/// A number from 12000 pairs of draws of opposite noise, with their standard error, by code that shares nothing with
/// this (another generator, the posterior by products of whole matrices): pairs spread by half of the number for the
/// least, by a third of it for log-SNR.
fn of_draws(value: f64, std_error: f64) -> Estimate {
    let (pairs, level) = (12_000_u32, Context::CONFIDENCE);
    let freedom = f64::from(pairs - 1);
    let radius = infodyn_monte_carlo::student_quantile(freedom, 1.0 - level) * std_error;
    let sampling = Sampling { std_error, freedom: Some(freedom), level, samples: u64::from(2 * pairs) };
    Estimate::sampled(value, radius, sampling)
}

/// What two samples of a row of the table may differ by, relative: most of it is that of the smaller, of 8192 draws.
const DRAWN: f64 = 0.15;

/// What a path loses at `snrs`, which rise, of a law of atoms: the losses and the information are those of the
/// posterior of the atom, at all levels of the same draws.
fn sampled_loss(context: &Context, case: &Case, snrs: &[f64]) -> Result<Estimate> {
    let levels = snrs.iter().map(|&g| Ok(case.process().at_snr(g)?)).collect::<Result<Vec<_>>>()?;
    let channel = case.channel()?;
    let densities: Vec<_> = levels.iter().map(|level| channel.modelled(level)).collect();
    let asked = Detail::POSTERIOR_TRACE | Detail::COMPONENT_INFORMATION;
    let views: Vec<View<'_>> =
        levels.iter().zip(&densities).map(|(level, density)| View::new(*level, &**density).asking(asked)).collect();
    let last = snrs.len() - 1;
    // Nine levels of thousands of atoms: as few draws as an interval allows.
    let settings = context.even(64);
    let means = infodyn_monte_carlo::mean_of(&settings, case.law(), &views, 1, &[], |batch, out| {
        let read = |k: usize| &batch.readings[k].observation;
        for (i, out) in out.iter_mut().enumerate() {
            let rise = |k: usize| 0.5 * (snrs[k + 1] - snrs[k]) * read(k).posterior_trace[i];
            let known = |k: usize| read(k).component.divergence[i];
            *out = (0..last).map(rise).sum::<f64>() - (known(last) - known(0));
        }
    })?;
    Ok(means.mean(0, Context::CONFIDENCE))
}
