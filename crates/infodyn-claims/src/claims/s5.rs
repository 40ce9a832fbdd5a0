//! S5: any Gaussian, sampler and schedule from the covariance.

use infodyn_core::{Comparison, Estimate};
use infodyn_enclosure::Interval;
use infodyn_quadrature::{limit, peak};
use infodyn_samplers::{Sampler, even, least_grid};
use infodyn_symbolic::theory::{Equation, Identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::SHARP;
use crate::enclosed::{self, Sides, digits, point};
use crate::schedule::{decimal, kl};
use crate::{Check, Claim, Context, Error, Ingredient, Kind, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "S5",
    name: "gaussian-budget",
    statement: "For `N(mu, Sigma)` every sampler of S4 is diagonal in the eigenvectors of the covariance: each \
                eigenvalue `l_j` evolves as in S4 with `c^2 = l_j`, and the mean is carried by the same factor. The \
                divergence of the end points, sampler from truth, is {0} with `r_j` the variance ratios, `kl(r) = (r - \
                1 - log r)/2`; that of the ancestral paths, truth from sampler, is {1}. For DDIM the leading order of \
                the first is `(1/4) sum_j (sum_k Delta a_{kj}^2)^2`, `a_{kj} = arctan(sigma_k/l_j^{1/2})`. For `l = \
                (1, 1e-4)`, `sigma` from 80 to 0.002 and `N = 10`, DDIM's divergence on the best grid is \
                0.063161142747; equal steps of `sum_j a_j` come within 5 % of it, and no single tangent law in \
                `sigma/alpha` within a factor of 6.5",
    scope: "Gaussians with exact denoiser, start and mean; the numbers are of DDIM for two eigenvalues, one range and \
            one `N`",
    origin: Origin::Elsewhere(
        "the tangent law of one eigenvalue: arXiv 2601.13602 (abstract seen only; what it minimises for several was \
         not seen); near: 2502.00180, 2605.08392, 2412.07877; the products for all samplers and the best grid by \
         eigenvalues are new here",
    ),
    uses: &["S1", "S4"],
    formulas,
    checks,
};

/// Two coordinates at once: the divergence of Gaussians, the staircase, and a mean that is carried along.
fn formulas() -> Vec<Identity> {
    let [r_1, r_2, l_1, l_2] = ["r_1", "r_2", "l_1", "l_2"].map(Symbol::positive);
    let [gamma, delta, s, t] = ["gamma", "delta", "sigma", "tau"].map(Symbol::positive);
    let [mu, x] = ["mu", "x"].map(Symbol::real);
    let [end, path, trace, logs, dim] = ["KL_end", "KL_path", "sum r_j", "sum log r_j", "D"].map(quantity);
    let written = |sign: i32| (&trace - &dim - sign * &logs) / 2;
    let defined = [
        // (tr(Sigma^-1 R) - D - log det)/2.
        (&end, ((&r_1 + &r_2) - 2 - (&r_1 * &r_2).log()) / 2),
        (&trace, &r_1 + &r_2),
        (&logs, r_1.log() + r_2.log()),
        (&dim, Expr::from(2)),
    ];
    let [stairs, gain] = ["sum_j sum_k Delta_k l_j/(1+gamma_k l_j)", "sum_j log(v_Nj/v_0j)"].map(quantity);
    let spread = |l: &Symbol| l / (1 + &gamma * l);
    let kl = |l: &Symbol| (&delta * spread(l) - (1 + &delta * spread(l)).log()) / 2;
    let grown = |l: &Symbol| (1 + &delta * spread(l)).log();
    let paths = [
        (&path, kl(&l_1) + kl(&l_2)),
        (&stairs, &delta * spread(&l_1) + &delta * spread(&l_2)),
        (&gain, grown(&l_1) + grown(&l_2)),
    ];
    let lost = |share: i32| (&stairs - &gain) / share;
    // m(x) = (l x + sigma^2 mu)/(l + sigma^2).
    let denoise = |centre: Expr| move |x: &Expr, s: &Expr, l: &Expr| (l * x + s.pow(2) * &centre) / (l + s.pow(2));
    let run = |sampler: Sampler, x: Expr, centre: Expr| {
        let m = denoise(centre);
        let l = Expr::from(&l_1);
        sampler.run(&[Expr::from(&s), Expr::from(&t)], x, |x, s| m(x, s, &l), Expr::log, |_| Expr::zero())
    };
    let mut all = vec![
        Identity::of("end points, D=2", &Equation::new(&end, written(1)), &defined, ("+ log", written(-1))),
        Identity::of("a step of the path, D=2", &Equation::new(&path, lost(2)), &paths, ("1 in place of 1/2", lost(1))),
    ];
    for (sampler, name) in [(Sampler::Ancestral, "ancestral"), (Sampler::Ddim, "DDIM"), (Sampler::Heun, "Heun")] {
        let carried = |start: Expr| &mu + run(sampler, start, Expr::zero());
        all.push(infodyn_symbolic::theory::identity(
            format!("{name}: the mean is carried by the factor of its coordinate"),
            run(sampler, x.clone().into(), Expr::from(&mu)),
            carried(&x - &mu),
            ("the factor on x itself", carried(Expr::from(&x))),
        ));
    }
    all
}

/// The example: a wide and a narrow direction.
const SPECTRUM: [f64; 2] = [1.0, 1e-4];
const RANGE: [f64; 2] = [80.0, 0.002];
const STEPS: usize = 10;

/// What spaces the grid evenly.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Clock {
    Arctans,
    LogSnr,
    Karras,
    Entropic,
    /// Each direction weighed by the square root of its variance (B11).
    Rescaled,
    /// One tangent law, of this scale.
    Tangent(f64),
}

impl Clock {
    fn grid(self, steps: usize) -> Result<Vec<f64>> {
        let over = |f: fn(f64, f64) -> f64, s: f64| SPECTRUM.iter().map(|&l| f(l, s)).sum::<f64>();
        // Falling in sigma; what is even rises in -log sigma.
        let clock = |x: f64| {
            let s = (-x).exp();
            -match self {
                Self::Arctans => over(|l, s| (s / l.sqrt()).atan(), s),
                Self::LogSnr => s.ln(),
                Self::Karras => s.powf(1.0 / 7.0),
                Self::Entropic => over(|l, s| -(l / (s * s)).ln_1p(), s),
                Self::Rescaled => over(|l, s| l.sqrt() * (s / l.sqrt()).atan(), s),
                Self::Tangent(scale) => (s / scale).atan(),
            }
        };
        let mut grid: Vec<f64> = even(steps, RANGE.map(|s| -s.ln()), |x| Ok::<_, Error>(clock(x)))?
            .into_iter()
            .map(|x| (-x).exp())
            .collect();
        (grid[0], grid[steps]) = (RANGE[0], RANGE[1]);
        Ok(grid)
    }
}

/// How the divergence is put together.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sum {
    /// `sum_j kl(r_j)`.
    Each,
    /// `D kl` of the mean ratio.
    Mean,
    /// Weighed by `l_j^{1/2}`.
    Weighed,
}

/// The divergence, sampler from truth, of the end points of a grid that is taken as given.
fn divergence(sampler: Sampler, grid: &[f64], sum: Sum) -> Estimate {
    let sigmas: Vec<Estimate> = grid.iter().map(|&s| Estimate::given(s)).collect();
    let ratio = |l: f64| sampler.variance_ratio(&sigmas, &Estimate::given(l), |x| x.ln());
    match sum {
        Sum::Each => SPECTRUM.iter().map(|&l| kl(ratio(l))).sum(),
        Sum::Mean => kl(SPECTRUM.iter().map(|&l| ratio(l)).sum::<Estimate>() / 2) * 2,
        Sum::Weighed => SPECTRUM.iter().map(|&l| kl(ratio(l)) * Estimate::given(l.sqrt())).sum(),
    }
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (clock, other, stated) in [
        (Clock::Arctans, Clock::Rescaled, 0.066_063_301_111),
        (Clock::LogSnr, Clock::Entropic, 0.114_751_321_661),
        (Clock::Karras, Clock::LogSnr, 0.236_110_943_543),
        (Clock::Entropic, Clock::LogSnr, 0.419_947_027_539),
        (Clock::Rescaled, Clock::Arctans, 0.887_326_574_122),
        (Clock::Tangent(0.132_910_848), Clock::Tangent(1.0), 0.415_274_255_732),
    ] {
        let run = |clock: Clock, sampler, sum| {
            move |_: &Context| {
                let found = divergence(sampler, &clock.grid(STEPS)?, sum);
                Ok(Comparison::new(found, decimal(stated, 1e-11), 1e-10))
            }
        };
        let check = Check::number(Kind::Quadrature, format!("DDIM on {clock:?}"), run(clock, Sampler::Ddim, Sum::Each));
        let check = check.variant(Ingredient::Clock, &format!("{other:?}"), run(other, Sampler::Ddim, Sum::Each));
        let check = check.variant(Ingredient::Moment, "kl of the mean ratio", run(clock, Sampler::Ddim, Sum::Mean));
        checks.push(check.variant(
            Ingredient::Scheme,
            "the ancestral sampler",
            run(clock, Sampler::Ancestral, Sum::Each),
        ));
    }
    let run = |sum| move |_: &Context| Ok(Comparison::new(descended(sum)?, decimal(0.063_161_142_747, 1e-12), 1e-10));
    let check = Check::number(Kind::Quadrature, "DDIM on the best grid, level by level", run(Sum::Each));
    let check = check.variant(Ingredient::Weight, "directions weighed by l^(1/2)", run(Sum::Weighed));
    checks.push(check.variant(Ingredient::Moment, "kl of the mean ratio", run(Sum::Mean)));
    let run = |sum| {
        move |_: &Context| {
            let (lhs, rhs) = (programmed()?, descended(sum)?);
            Ok(Comparison::new(lhs, rhs, 1e-8 * rhs.value()))
        }
    };
    let check = Check::number(Kind::Quadrature, "DDIM on the best grid, by dynamic programming", run(Sum::Each));
    checks.push(check.variant(Ingredient::Moment, "kl of the mean ratio", run(Sum::Mean)));
    let run = |factor: f64| {
        move |_: &Context| {
            let best =
                |x: f64| Ok::<_, Error>(-divergence(Sampler::Ddim, &Clock::Tangent(x.exp()).grid(STEPS)?, Sum::Each));
            let tangent = peak(best, -2.0, 1.5)?.ok_or(Error::NotFound("the best tangent law"))?;
            let least = descended(Sum::Each)? * Estimate::given(factor);
            Ok(Comparison::at_most(least, -tangent.height, SHARP))
        }
    };
    let check = Check::number(Kind::Quadrature, "6.5 times the least is below every tangent law", run(6.5));
    checks.push(check.variant(Ingredient::Bound, "6.58 times", run(6.58)));
    let run = |power: i32| move |c: &Context| leading(c, power);
    let check = Check::number(Kind::Quadrature, "DDIM, N -> infinity: KL over its leading order", run(2));
    checks.push(check.variant(Ingredient::Exponent, "sum_j of the sum, not of its square", run(1)));
    for (name, stated, power) in [("log-SNR", 0.114_751_321_661, None), ("sigma^(1/7)", 0.236_110_943_543, Some(7.0))] {
        let mutants = [
            (Ingredient::Scheme, "the ancestral sampler", (Sampler::Ancestral, 1.0)),
            (Ingredient::Variance, "the narrow direction 1 % wider", (Sampler::Ddim, 1.01)),
        ];
        let case = format!("DDIM on equal steps of {name}");
        checks.push(enclosed::equal(case, (Sampler::Ddim, 1.0), &mutants, move |(sampler, wider)| {
            both(sampler, wider, power, stated)
        }));
    }
    Ok(checks)
}

/// The divergence in intervals, levels included, against the decimal.
fn both(sampler: Sampler, wider: f64, power: Option<f64>, stated: f64) -> Sides {
    let (from, to) = (Interval::near(RANGE[0]), Interval::near(RANGE[1]));
    let part = |k: usize| point(k as f64) / point(STEPS as f64);
    let level = |k: usize| match power {
        None => (from.ln() + (to.ln() - from.ln()) * part(k)).exp(),
        Some(n) => {
            let root = |x: Interval| (x.ln() / point(n)).exp();
            ((root(from) + (root(to) - root(from)) * part(k)).ln() * point(n)).exp()
        }
    };
    let sigmas: Vec<Interval> = (0..=STEPS).map(level).collect();
    let one = |l: Interval| {
        let r = sampler.variance_ratio(&sigmas, &l, |x| x.ln());
        (r - Interval::ONE - r.ln()).times(0.5)
    };
    let sum = one(Interval::near(SPECTRUM[0])) + one(Interval::near(SPECTRUM[1]).times(wider));
    Ok([sum, digits(stated, 1e-12)])
}

/// `-log cos^2` of a step of DDIM for variance `l`.
fn cost(l: f64, s: f64, t: f64) -> f64 {
    // tan of the difference of the angles, whose size keeps its digits.
    let tangent = l.sqrt() * (s - t) / (l + s * t);
    (tangent * tangent).ln_1p()
}

/// The same divergence in doubles, from the costs `u_j = -log r_j`: `kl = (e^{-u} - 1 + u)/2`.
fn plain(grid: &[f64], sum: Sum) -> f64 {
    let total = |l: f64| grid.windows(2).map(|p| cost(l, p[0], p[1])).sum::<f64>();
    let kl = |u: f64| 0.5 * ((-u).exp_m1() + u);
    match sum {
        Sum::Each => SPECTRUM.iter().map(|&l| kl(total(l))).sum(),
        Sum::Mean => 2.0 * kl(-(SPECTRUM.iter().map(|&l| (-total(l)).exp()).sum::<f64>() / 2.0).ln()),
        Sum::Weighed => SPECTRUM.iter().map(|&l| l.sqrt() * kl(total(l))).sum(),
    }
}

/// The divergence on the grid on which `sum` is least, found by moving one level at a time (a parabola through three
/// places) from equal steps of log-SNR.
///
/// # Accuracy
/// Sweeps go on until one lowers the sum by less than rounding; what the last hundred did is in the radius.
fn descended(sum: Sum) -> Result<Estimate> {
    let mut logs: Vec<f64> = Clock::LogSnr.grid(STEPS)?.into_iter().map(f64::ln).collect();
    let of = |logs: &[f64]| {
        let mut grid: Vec<f64> = logs.iter().map(|x| x.exp()).collect();
        (grid[0], grid[STEPS]) = (RANGE[0], RANGE[1]);
        grid
    };
    let mut values = Vec::new();
    for sweep in 0..600 {
        // Wide at first, then as fine as a parabola resolves.
        let h = (0.2 * 0.97_f64.powi(sweep)).max(1e-4);
        for k in 1..STEPS {
            let at = |d: f64| {
                let mut moved = logs.clone();
                moved[k] += d;
                plain(&of(&moved), sum)
            };
            let (low, here, high) = (at(-h), at(0.0), at(h));
            let bend = low - 2.0 * here + high;
            let shift = if bend > 0.0 {
                (0.5 * h * (low - high) / bend).clamp(-h, h)
            } else if low < high {
                -h
            } else {
                h
            };
            if at(shift) < here {
                logs[k] += shift;
            }
        }
        values.push(plain(&of(&logs), sum));
    }
    let drift = (values[values.len() - 1] - values[values.len() - 101]).abs();
    Ok(divergence(Sampler::Ddim, &of(&logs), Sum::Each).widened(drift))
}

/// The least by dynamic programming: the divergence is convex in `u_j`, so the best grid is that of the sum of costs
/// weighed by its slopes there, `(1 - r_j)/2`.
fn programmed() -> Result<Estimate> {
    let ends = RANGE.map(|s| -s.ln());
    // In x = -log sigma, moved to start from 0.
    let places: Vec<f64> = (0..=200).map(|i| (ends[1] - ends[0]) * f64::from(i) / 200.0).collect();
    let sigma = |x: f64| if x == 0.0 { RANGE[0] } else { (-(x + ends[0])).exp() };
    let mut slopes = [0.1; 2];
    let mut values = Vec::new();
    for _ in 0..30 {
        let weighed = |a: f64, b: f64| {
            let pair = SPECTRUM.iter().zip(&slopes);
            Ok::<_, Error>(pair.map(|(&l, w)| w * cost(l, sigma(a), sigma(b))).sum())
        };
        let (grid, _) = least_grid(&places, STEPS, 26, weighed)?;
        let grid: Vec<f64> = grid.into_iter().map(sigma).collect();
        let total = |l: f64| grid.windows(2).map(|p| cost(l, p[0], p[1])).sum::<f64>();
        slopes = SPECTRUM.map(|l| -0.5 * (-total(l)).exp_m1());
        values.push(plain(&grid, Sum::Each));
        let n = values.len();
        if n > 2 && (values[n - 1] - values[n - 2]).abs() < 1e-14 {
            break;
        }
    }
    let n = values.len();
    Ok(Estimate::new(values[n - 1], 4.0 * (values[n - 1] - values[n - 2]).abs() + 1e-14))
}

/// The divergence over `(1/4) sum_j (sum_k Delta a^2)^power`, `power` 2 in the claim, on equal steps of log-SNR.
fn leading(context: &Context, power: i32) -> Result<Comparison> {
    let sizes: Vec<usize> = (0..context.sizes(6)).map(|i| 32 << i).collect();
    let ratio = |&n: &usize| -> Result<Estimate> {
        let grid = Clock::LogSnr.grid(n)?;
        let angle = |l: f64, p: &[f64]| (l.sqrt() * (p[0] - p[1]) / (l + p[0] * p[1])).atan();
        let squares = |l: f64| grid.windows(2).map(|p| angle(l, p).powi(2)).sum::<f64>();
        let expected: f64 = SPECTRUM.iter().map(|&l| 0.25 * squares(l).powi(power)).sum();
        Ok(Estimate::new(plain(&grid, Sum::Each) / expected, 1e-13 * n as f64))
    };
    let steps: Vec<f64> = sizes.iter().map(|&n| 1.0 / n as f64).collect();
    let lhs = limit(&steps, &sizes.iter().map(ratio).collect::<Result<Vec<_>>>()?);
    Ok(Comparison::new(lhs, Estimate::ONE, 1e-4))
}
