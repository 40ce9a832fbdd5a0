//! S4: the isotropic Gaussian, every sampler in closed form.

use infodyn_core::{Comparison, Estimate, ulps};
use infodyn_enclosure::Interval;
use infodyn_quadrature::limit;
use infodyn_samplers::{Sampler, Variance, ancestral_grid, least_grid, path_divergence};
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::SHARP;
use crate::enclosed::{self, Sides, point};
use crate::schedule::{decimal, kl};
use crate::{Check, Claim, Context, Error, Ingredient, Kind, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "S4",
    name: "gaussian-samplers",
    statement: "For `N(0, c^2 I)`, exact start, `a_k = arctan(sigma_k/c)`, `Delta_k = a_k - a_{k+1}`, on any grid. (a) \
                The variance of DDIM's samples is that of the truth times the product of `cos^2 Delta_k`, {0}; equal \
                steps of `arctan(sigma/c)` are best for every `N`, and from `sigma = infinity` to 0 none beats \
                `cos^{2N}(pi/2N)`, a divergence of `D pi^4/(64 N^2)`. (b) That of the ancestral sampler is {1}, `S = \
                c^2 sin^2 a` the posterior variance; the best grid has `rho_{k-1} = (1 + rho_k^2)/2` with `rho_k = \
                S_{k+1}/S_k`. (c) Its paths lose `(D/2)(sum (v_{k+1}/v_k - 1) - log(v_N/v_0))`, `v = 1 + gamma c^2`: \
                equal steps of entropic time are best for every `N`. (d) Heun's standard deviation is multiplied in \
                each step by {2}, which is `1 + (1/2) tan(a) Delta^3 + ..`. (e) That of DPM-Solver++(2M) obeys {3}, `h \
                = -log` of the ratio of levels, from the step before. So the best clock depends on the sampler and on \
                what is asked",
    scope: "isotropic Gaussians, exact denoiser and start, levels above 0; best among all grids of `N` steps between \
            two levels, of the divergence of the end points in (a) and (b), of the paths in (c); anisotropic ones: S5",
    origin: Origin::Elsewhere(
        "(a): Sabour, Fidler & Kreis 2404.14507, theorem 3.1, and Stancevic, Handke & Ambrogioni 2504.13612, theorem \
         C.1; the floor, and (b) to (e) at every N, are new here",
    ),
    uses: &["B3", "S1"],
    formulas,
    checks,
};

/// The square of a ratio, exactly.
fn square(numerator: i32, denominator: i32) -> Expr {
    Expr::ratio(numerator, denominator).pow(2)
}

/// The samplers run in symbols, against the closed forms; and the rational values.
fn formulas() -> Vec<Identity> {
    let [c, s, t, u] = ["c", "sigma", "tau", "upsilon"].map(Symbol::positive);
    let l = c.pow(2);
    let hypotenuse = |s: &Symbol| (c.pow(2) + s.pow(2)).sqrt();
    let run = |sampler: Sampler, sigmas: &[&Symbol]| {
        let sigmas: Vec<Expr> = sigmas.iter().map(|&s| Expr::from(s)).collect();
        sampler.variance_ratio(&sigmas, &l, Expr::log)
    };
    // cos(a - a'), and with sin a = sigma/hypotenuse.
    let cosine = |s: &Symbol, t: &Symbol| (c.pow(2) + s * t) / (hypotenuse(s) * hypotenuse(t));
    let sine2 = |s: &Symbol, t: &Symbol| (&c * (s - t) / (hypotenuse(s) * hypotenuse(t))).pow(2);
    let spread = |s: &Symbol| c.pow(2) * s.pow(2) / (c.pow(2) + s.pow(2));
    let [ratio, cos, sin2] = ["ratio", "cos Delta_k", "sin^2 Delta_k"].map(quantity);
    let ddim = Equation::new(&ratio, cos.pow(2));
    let [sum, end] = ["sum (S_k-S_{k+1})^2/S_k", "sigma_N"].map(quantity);
    let scale = quantity("c");
    let ancestral = Equation::new(&ratio, 1 - (scale.pow(2) + end.pow(2)) / scale.pow(4) * &sum);
    let [gain, tilt] = ["gain_k", "cos a_{k+1}/cos a_k"].map(quantity);
    let heun = &cos + &sin2 * &tilt / 2;
    let lost = |s: &Symbol, t: &Symbol, under: &Symbol| (spread(s) - spread(t)).pow(2) / spread(under);
    let [next, z, before, lead, share] =
        ["z_{k+1}", "z_k", "z_{k-1} cos a_{k-1}", "sin Delta_k/sin a_k", "h_k/(2 h_{k-1})"].map(quantity);
    let here = quantity("cos a_k");
    let multistep = &cos * &z + &lead * &share * (&z * &here - &before);
    let h = |s: &Symbol, t: &Symbol| (s / t).log();
    let defined_multistep = [
        (&ratio, run(Sampler::Multistep, &[&s, &t, &u])),
        (&cos, cosine(&t, &u)),
        (&z, cosine(&s, &t)),
        (&here, &c / hypotenuse(&t)),
        (&before, &c / hypotenuse(&s)),
        (&lead, &c * (&t - &u) / (&t * hypotenuse(&u))),
        (&share, h(&t, &u) / (2 * h(&s, &t))),
    ];
    // The ratio of variances is the square of what a gain is said to be; after a second step, of z_2.
    let squared = |gain: &Expr| Equation::new(&ratio, gain.pow(2));
    let first = &cos * &z;
    let ends = [(&scale, Expr::from(&c)), (&end, Expr::from(&u))];
    let mut all = vec![
        Identity::of(
            "DDIM, a step",
            &ddim,
            &[(&ratio, run(Sampler::Ddim, &[&s, &t])), (&cos, cosine(&s, &t))],
            ("sin Delta", 1 - cos.pow(2)),
        ),
        Identity::redefined(
            "ancestral, two steps",
            &ancestral,
            &[
                &[(&ratio, run(Sampler::Ancestral, &[&s, &t, &u])), (&sum, lost(&s, &t, &s) + lost(&t, &u, &t))],
                &ends[..],
            ]
            .concat(),
            ("S_{k+1} in the denominator", &[(&sum, lost(&s, &t, &t) + lost(&t, &u, &u))]),
        ),
        Identity {
            written: Equation::new(&gain, heun.clone()),
            ..Identity::of(
                "Heun, a step",
                &squared(&heun),
                &[
                    (&ratio, run(Sampler::Heun, &[&s, &t])),
                    (&cos, cosine(&s, &t)),
                    (&sin2, sine2(&s, &t)),
                    (&tilt, hypotenuse(&s) / hypotenuse(&t)),
                ],
                ("Euler's slope", cos.pow(2)),
            )
        },
        Identity {
            written: Equation::new(&next, multistep.clone()),
            ..Identity::of(
                "2M, two steps",
                &squared(&multistep),
                &defined_multistep,
                ("the second step as the first", first.pow(2)),
            )
        },
    ];
    // c = 1 and sigma = 8, 2, 1, 1/2, 1/8; logarithms to base 2 are whole.
    let sigmas = [Expr::from(8), Expr::from(2), Expr::one(), Expr::ratio(1, 2), Expr::ratio(1, 8)];
    let log2 = |e: &Expr| if *e == Expr::from(4) { Expr::from(2) } else { Expr::one() };
    for (sampler, name, stated, broken, wrong) in [
        (Sampler::Ddim, "DDIM", square(2601, 3250), "the ancestral value", Expr::ratio(32927, 66560)),
        (Sampler::Ancestral, "ancestral", Expr::ratio(32927, 66560), "DDIM's value", square(2601, 3250)),
        (Sampler::Heun, "Heun", square(242_462, 203_125), "DDIM's value", square(2601, 3250)),
        (Sampler::Multistep, "2M", square(13043, 13000), "DDIM's value", square(2601, 3250)),
    ] {
        let run = sampler.variance_ratio(&sigmas, &Expr::one(), log2);
        all.push(identity(format!("{name} at c=1, sigma=8,2,1,1/2,1/8"), run, stated, (broken, wrong)));
    }
    // v = 65/64, 5/4, 2, 5, 65.
    let v = [Expr::ratio(65, 64), Expr::ratio(5, 4), Expr::from(2), Expr::from(5), Expr::from(65)];
    let steps: Expr = v.windows(2).map(|p| &p[1] / &p[0] - 1).sum();
    let reversed: Expr = v.windows(2).map(|p| 1 - &p[0] / &p[1]).sum();
    all.push(identity(
        "path, D=1, c=1, sigma=8,2,1,1/2,1/8: half the sum",
        steps / 2,
        Expr::ratio(1863, 260),
        ("the loss at the right end", reversed / 2),
    ));
    all
}

/// What spaces a grid of `sigma/c` evenly.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Clock {
    Arctan,
    Sine,
    Entropic,
    LogSnr,
    Karras,
}

impl Clock {
    fn name(self) -> &'static str {
        match self {
            Self::Arctan => "arctan(sigma/c)",
            Self::Sine => "sin arctan(sigma/c)",
            Self::Entropic => "entropic time",
            Self::LogSnr => "log-SNR",
            Self::Karras => "sigma^(1/7)",
        }
    }

    /// `steps + 1` levels for `c = 1`.
    fn grid(self, steps: usize, [from, to]: [f64; 2]) -> Vec<f64> {
        type Map = fn(f64) -> f64;
        let (into, back): (Map, Map) = match self {
            Self::Arctan => (f64::atan, f64::tan),
            Self::Sine => (|s| s / s.hypot(1.0), |x| x / ((1.0 - x) * (1.0 + x)).sqrt()),
            Self::Entropic => (|s| (s * s).recip().ln_1p(), |x| x.exp_m1().sqrt().recip()),
            Self::LogSnr => (f64::ln, f64::exp),
            Self::Karras => (|s| s.powf(1.0 / 7.0), |x| x.powi(7)),
        };
        let (a, b) = (into(from), into(to));
        let place = |k: usize| back(a + (b - a) * (k as f64 / steps as f64));
        (0..=steps)
            .map(|k| {
                if k == 0 {
                    from
                } else if k == steps {
                    to
                } else {
                    place(k)
                }
            })
            .collect()
    }
}

/// Which way a divergence is taken.
#[derive(Clone, Copy)]
enum Way {
    /// Sampler from truth.
    Sampler,
    /// Truth from sampler.
    Truth,
}

/// The variance ratio of `N(0, 1)` on levels that are taken as given.
fn ratio(sampler: Sampler, sigmas: &[f64]) -> Estimate {
    let sigmas: Vec<Estimate> = sigmas.iter().map(|&s| Estimate::given(s)).collect();
    sampler.variance_ratio(&sigmas, &Estimate::ONE, |x| x.ln())
}

fn divergence(sampler: Sampler, sigmas: &[f64], way: Way) -> Estimate {
    let r = ratio(sampler, sigmas);
    kl(if let Way::Sampler = way { r } else { Estimate::ONE / r })
}

/// The path divergence of the ancestral sampler for `N(0, 1)`.
fn path(sigmas: &[f64]) -> Result<Estimate> {
    let snrs: Vec<f64> = sigmas.iter().map(|s| 1.0 / (s * s)).collect();
    let v = |k: usize| Estimate::given(snrs[k]) + 1;
    let last = snrs.len() - 1;
    let losses: Vec<Estimate> = (0..last).map(|k| Estimate::ONE / v(k)).collect();
    Ok(path_divergence(&snrs, 1, Variance::Small, &losses, (v(last) / v(0)).ln() / 2)?)
}

const RANGE: [f64; 2] = [80.0, 0.02];

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = enclosures();
    for steps in [3, 8] {
        let run = move |clock| move |_: &Context| least_ddim(steps, clock);
        let check = Check::number(Kind::Quadrature, format!("DDIM, N={steps}: the best grid"), run(Clock::Arctan));
        checks.push(check.variant(Ingredient::Clock, "equal steps of sin arctan(sigma/c)", run(Clock::Sine)));
        let run = move |clock| move |_: &Context| least_ancestral(steps, clock);
        let check = Check::number(Kind::Quadrature, format!("ancestral, N={steps}: the best grid"), run(None));
        checks.push(check.variant(Ingredient::Clock, "equal steps of sin arctan(sigma/c)", run(Some(Clock::Sine))));
        let run = move |clock| move |_: &Context| least_path(steps, clock);
        let check = Check::number(Kind::Quadrature, format!("path, N={steps}: the best grid"), run(Clock::Entropic));
        checks.push(check.variant(Ingredient::Clock, "equal steps of arctan(sigma/c)", run(Clock::Arctan)));
    }
    let run = |power: i32| move |_: &Context| floor(power);
    let check = Check::number(Kind::Quadrature, "the floor of DDIM: N^2 KL/D, N -> infinity", run(2));
    checks.push(check.variant(Ingredient::Exponent, "cos^N in place of cos^{2N}", run(1)));
    for a in [0.4_f64, 1.1] {
        let run = move |sampler| move |c: &Context| third(c, a, sampler);
        let check =
            Check::number(Kind::Quadrature, format!("Heun at a={a}: the coefficient of Delta^3"), run(Sampler::Heun));
        checks.push(check.variant(Ingredient::Scheme, "Euler's slope", run(Sampler::Ddim)));
    }
    let ends = [1e3, 1e-3];
    for (sampler, clock, steps, range, stated, last) in [
        (Sampler::Ddim, Clock::Arctan, 32, RANGE, 1.335e-3, 1e-6),
        (Sampler::Ddim, Clock::Sine, 32, RANGE, 3.415e-3, 1e-6),
        (Sampler::Ddim, Clock::Entropic, 32, RANGE, 2.372e-2, 1e-5),
        (Sampler::Ddim, Clock::Karras, 32, RANGE, 4.882e-3, 1e-6),
        (Sampler::Ddim, Clock::LogSnr, 32, RANGE, 4.019e-3, 1e-6),
        (Sampler::Ancestral, Clock::Arctan, 32, RANGE, 4.263e-3, 1e-6),
        (Sampler::Ancestral, Clock::Sine, 32, RANGE, 3.164e-3, 1e-6),
        (Sampler::Ancestral, Clock::Entropic, 32, RANGE, 1.379e-2, 1e-5),
        (Sampler::Ancestral, Clock::Karras, 32, RANGE, 1.870e-2, 1e-5),
        (Sampler::Ancestral, Clock::LogSnr, 32, RANGE, 1.417e-2, 1e-5),
        (Sampler::Multistep, Clock::Arctan, 32, RANGE, 1.54e-5, 1e-7),
        (Sampler::Multistep, Clock::LogSnr, 32, RANGE, 1.67e-5, 1e-7),
        (Sampler::Multistep, Clock::Karras, 32, RANGE, 9.8e-5, 1e-6),
        (Sampler::Heun, Clock::Arctan, 32, RANGE, 6.6e-5, 1e-6),
        (Sampler::Heun, Clock::LogSnr, 32, RANGE, 8.0e-5, 1e-6),
        (Sampler::Heun, Clock::Karras, 32, RANGE, 8.9e-5, 1e-6),
        (Sampler::Ddim, Clock::Arctan, 8, ends, 2.17e-2, 1e-4),
        (Sampler::Multistep, Clock::Arctan, 8, ends, 4.79e-2, 1e-4),
        (Sampler::Ddim, Clock::Arctan, 16, ends, 5.64e-3, 1e-5),
        (Sampler::Multistep, Clock::Arctan, 16, ends, 3.90e-3, 1e-5),
    ] {
        let case =
            format!("{sampler:?} on equal steps of {}, N={steps}, from {} to {}", clock.name(), range[0], range[1]);
        let run = move |clock: Clock, way| {
            move |_: &Context| {
                let found = divergence(sampler, &clock.grid(steps, range), way);
                Ok(Comparison::new(found, decimal(stated, last), last))
            }
        };
        let check = Check::number(Kind::Quadrature, case, run(clock, Way::Sampler));
        let check = check.variant(Ingredient::Moment, "truth || sampler", run(clock, Way::Truth));
        let other = if clock == Clock::Sine { Clock::Arctan } else { Clock::Sine };
        checks.push(check.variant(Ingredient::Clock, other.name(), run(other, Way::Sampler)));
    }
    for (clock, stated, last) in [
        (Clock::Arctan, 4.880, 1e-3),
        (Clock::Sine, 2.488, 1e-3),
        (Clock::Entropic, 0.5198, 1e-4),
        (Clock::Karras, 1.744, 1e-3),
        (Clock::LogSnr, 1.045, 1e-3),
    ] {
        let run = move |clock: Clock| {
            move |_: &Context| Ok(Comparison::new(path(&clock.grid(32, RANGE))?, decimal(stated, last), last))
        };
        let check =
            Check::number(Kind::Quadrature, format!("path on equal steps of {}, N=32", clock.name()), run(clock));
        let other = if clock == Clock::Sine { Clock::Arctan } else { Clock::Sine };
        checks.push(check.variant(Ingredient::Clock, other.name(), run(other)));
    }
    for (case, sampler, sooner) in
        [("8 calls: DDIM below 2M", Sampler::Ddim, 8), ("16 calls: 2M below DDIM", Sampler::Multistep, 16)]
    {
        let other = if sampler == Sampler::Ddim { Sampler::Multistep } else { Sampler::Ddim };
        let run = move |steps: usize| {
            move |_: &Context| {
                let grid = Clock::Arctan.grid(steps, [1e3, 1e-3]);
                let of = |s| divergence(s, &grid, Way::Sampler);
                Ok(Comparison::at_most(of(sampler), of(other), SHARP * of(other).value()))
            }
        };
        let check = Check::number(Kind::Quadrature, case, run(sooner));
        checks.push(check.variant(Ingredient::Size, "14 calls, or 13", run(if sooner == 8 { 14 } else { 13 })));
    }
    Ok(checks)
}

/// What is put in the place of a part of a closed form.
#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    Nothing,
    /// `sin a` for `a`.
    Sine,
    /// `S_{k+1}` for `S_k`.
    After,
    /// The formula of another sampler.
    Other,
}

/// The samplers in intervals against the trigonometric forms in intervals.
fn enclosures() -> Vec<Check> {
    let grids = [(1.0, vec![8.0, 2.0, 1.0, 0.5, 0.125]), (0.3, vec![5.0, 1.7, 0.6, 0.4, 0.1, 0.02])];
    let mut checks = Vec::new();
    for ((c, sigmas), sampler) in grids
        .into_iter()
        .flat_map(|g| [Sampler::Ddim, Sampler::Ancestral, Sampler::Heun, Sampler::Multistep].map(|s| (g.clone(), s)))
    {
        let mutants: &[enclosed::Wrong<Wrong>] = match sampler {
            Sampler::Ddim => &[
                (Ingredient::Clock, "sin arctan in place of arctan", Wrong::Sine),
                (Ingredient::Scheme, "the formula of the ancestral sampler", Wrong::Other),
            ],
            Sampler::Ancestral => &[
                (Ingredient::Posterior, "S_{k+1} in place of S_k in the denominator", Wrong::After),
                (Ingredient::Scheme, "the formula of DDIM", Wrong::Other),
            ],
            Sampler::Heun | Sampler::Multistep => &[(Ingredient::Scheme, "the formula of DDIM", Wrong::Other)],
        };
        let case = format!("{sampler:?}, c={c}, {} steps", sigmas.len() - 1);
        checks.push(enclosed::equal(case, Wrong::Nothing, mutants, move |wrong| both(sampler, c, &sigmas, wrong)));
    }
    checks
}

fn both(sampler: Sampler, c: f64, sigmas: &[f64], wrong: Wrong) -> Sides {
    let levels: Vec<Interval> = sigmas.iter().map(|&s| point(s)).collect();
    let run = sampler.variance_ratio(&levels, &point(c).sqr(), |x| x.ln());
    let angle = |s: Interval| (s / point(c)).atan();
    let angles: Vec<Interval> =
        levels.iter().map(|&s| if wrong == Wrong::Sine { angle(s).sin() } else { angle(s) }).collect();
    let product = |gain: &dyn Fn(Interval, Interval) -> Interval| {
        angles.windows(2).fold(Interval::ONE, |p, a| p * gain(a[0], a[1]))
    };
    let ddim = || product(&|a, b| (a - b).cos()).sqr();
    let ancestral = || {
        let spread = |a: Interval| point(c).sqr() * a.sin().sqr();
        let sum = angles.windows(2).fold(Interval::ZERO, |sum, a| {
            let (here, there) = (spread(a[0]), spread(a[1]));
            sum + (here - there).sqr() / if wrong == Wrong::After { there } else { here }
        });
        let c2 = point(c).sqr();
        Interval::ONE - (c2 + levels[levels.len() - 1].sqr()) / c2.sqr() * sum
    };
    let closed = match (sampler, wrong) {
        (Sampler::Ancestral, Wrong::Other) => ddim(),
        (Sampler::Ddim, Wrong::Other) => ancestral(),
        (_, Wrong::Other) | (Sampler::Ddim, _) => ddim(),
        (Sampler::Ancestral, _) => ancestral(),
        (Sampler::Heun, _) => product(&|a, b| (a - b).cos() + (a - b).sin().sqr().times(0.5) * b.cos() / a.cos()).sqr(),
        (Sampler::Multistep, _) => {
            let h = |k: usize| (levels[k] / levels[k + 1]).ln();
            let (mut before, mut z) = (Interval::ONE, (angles[0] - angles[1]).cos());
            for k in 1..levels.len() - 1 {
                let step = angles[k] - angles[k + 1];
                let bent = h(k) / h(k - 1).times(2.0) * (z * angles[k].cos() - before * angles[k - 1].cos());
                (before, z) = (z, step.cos() * z + step.sin() / angles[k].sin() * bent);
            }
            z.sqr()
        }
    };
    Ok([run, closed])
}

/// A cost that has no error to speak of.
type Cost<'a> = &'a dyn Fn(f64, f64) -> f64;

/// The least of all grids between the ends of the range, by dynamic programming.
fn programmed(steps: usize, cost: Cost<'_>) -> Result<Estimate> {
    let snrs = RANGE.map(|s| (s * s).recip().ln());
    let places: Vec<f64> = (0..=240).map(|i| (snrs[0] + (snrs[1] - snrs[0]) * f64::from(i) / 240.0).exp()).collect();
    let sigma = |snr: f64| snr.sqrt().recip();
    Ok(least_grid(&places, steps, 28, |a, b| Ok::<_, Error>(cost(sigma(a), sigma(b))))?.1)
}

/// `-log` of the variance ratio of DDIM: on the best grid, and on equal steps of a clock.
fn least_ddim(steps: usize, clock: Clock) -> Result<Comparison> {
    let least = programmed(steps, &|s, t| -2.0 * ((1.0 + s * t) / (s.hypot(1.0) * t.hypot(1.0))).ln())?;
    let found = -ratio(Sampler::Ddim, &clock.grid(steps, RANGE)).ln();
    Ok(Comparison::new(least.widened(1e-14), found, SHARP * found.value()))
}

/// `1 - ratio` of the ancestral sampler: on the best grid, and on that of the recurrence.
fn least_ancestral(steps: usize, clock: Option<Clock>) -> Result<Comparison> {
    let spread = |s: f64| s * s / (1.0 + s * s);
    let least = programmed(steps, &|s, t| (spread(s) - spread(t)).powi(2) / spread(s))?;
    let grid = match clock {
        Some(clock) => clock.grid(steps, RANGE),
        None => ancestral_grid(steps, 1.0, RANGE)?,
    };
    let found = Estimate::ONE - ratio(Sampler::Ancestral, &grid);
    let end = Estimate::given(RANGE[1]);
    Ok(Comparison::new(least.widened(1e-14) * (end * end + 1), found, SHARP * found.value()))
}

/// The path divergence: on the best grid, and `(1/2)(N (V^(1/N) - 1) - log V)`, or on equal steps of another clock.
fn least_path(steps: usize, clock: Clock) -> Result<Comparison> {
    let v = |s: f64| 1.0 + (s * s).recip();
    let total = (Estimate::given(v(RANGE[1])) / Estimate::given(v(RANGE[0]))).ln();
    let sum = programmed(steps, &|s, t| v(t) / v(s) - 1.0)?;
    let n = Estimate::count(steps);
    let closed = match clock {
        Clock::Entropic => (n * (total / n).exp_m1() - total) / 2,
        other => path(&other.grid(steps, RANGE))?,
    };
    let lhs = (sum.widened(1e-13 * sum.value()) - total) / 2;
    Ok(Comparison::new(lhs, closed, SHARP * closed.value()))
}

/// `N^2 KL/D` of a ratio `cos^{power N}(pi/2N)` against `pi^4/64`.
fn floor(power: i32) -> Result<Comparison> {
    let sizes = [16, 32, 64, 128, 256];
    let value = |n: i32| {
        let angle = std::f64::consts::FRAC_PI_2 / f64::from(n);
        // A cosine near 1: its rounding is what the logarithm feels.
        let log = Estimate::rounded(angle.cos(), ulps::ELEMENTARY).ln();
        let ratio = (log * (power * n)).exp();
        kl(ratio) * Estimate::from(n) * n
    };
    let steps: Vec<f64> = sizes.iter().map(|&n| f64::from(n).recip()).collect();
    let lhs = limit(&steps, &sizes.map(value));
    let rhs = Estimate::rounded(std::f64::consts::PI.powi(4) / 64.0, ulps::operations(5));
    Ok(Comparison::new(lhs, rhs, 1e-4 * rhs.value()))
}

/// The relative growth of the standard deviation in a step, over `Delta^3`, as `Delta -> 0`, against `tan(a)/2`.
fn third(context: &Context, a: f64, sampler: Sampler) -> Result<Comparison> {
    let steps: Vec<f64> = (0..context.sizes(6)).map(|i| 0.2 * 0.5_f64.powi(i)).collect();
    let grown = |delta: f64| {
        let sigmas = [a.tan(), (a - delta).tan()];
        let found = (ratio(sampler, &sigmas).ln() / 2).exp_m1();
        // The angles are rounded.
        (found / (Estimate::given(delta) * Estimate::given(delta) * Estimate::given(delta)))
            .widened(ulps::formula(9, 3) * f64::EPSILON / (delta * delta))
    };
    let values: Vec<Estimate> = steps.iter().map(|&d| grown(d)).collect();
    let rhs = Estimate::rounded(0.5 * a.tan(), ulps::ELEMENTARY + 1.0);
    Ok(Comparison::new(limit(&steps, &values), rhs, 1e-4 * rhs.value()))
}
