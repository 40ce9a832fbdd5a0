//! G5: how far guidance overshoots a class.

use infodyn_closed_form::guidance::{self, LogOdds};
use infodyn_closed_form::pair;
use infodyn_core::{Comparison, Estimate, Mixture, NoiseLevel, NoiseProcess, ulps};
use infodyn_enclosure::{GuidedFlow, guided_flow};
use infodyn_monte_carlo::{Guidance, PathBatch, Reverse, Scheme, stream};
use infodyn_quadrature::integral;
use infodyn_samplers::{Overshoot, Strength, overshoot};
use infodyn_symbolic::theory::{Equation, Identity, dot, gradient, identity, minus, quantity, scale};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP};
use crate::enclosed::digits;
use crate::limit::{Shared, halving};
use crate::odds::{self, gap_integral};
use crate::schedule::decimal;
use crate::symbols::{guided_generator, pair as two_classes, pull};
use crate::{Case, Check, Claim, Context, Error, Ingredient, Kind, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "G5",
    name: "guidance-overshoot",
    statement: "Two classes `N(+-mu, q I)` of equal weight, `|mu| = a`, constant `omega`, from pure noise. Guided \
                probability flow: with `V = alpha^2 q + sigma^2`, `n = x.mu/(a V^{1/2})`, `r = alpha a/V^{1/2}`, {0}, \
                `n` from `N(0, 1)` at `r = 0`, where the class is `N(r, 1)`: shift and variance along `mu`, in units \
                of the class, are functions of `omega` and of `a/q^{1/2}` alone, whatever the dimension and the \
                process, and tend to 1.0498 and 0.3980 at `omega = 3`. Guided reverse SDE: for half the log-odds `u = \
                n r` and `k = r^2`, {1} and {2}: the shift is `(omega - 1) J q^{1/2}/a` but for an exponentially small \
                term, `J = E integral (1 - tanh u) dk = (H_c + log((1-w)/w) + sum_{n>=1} w^n/(n + c))/c`, `c = 2 omega \
                - 1`, `H_c` the harmonic number, `w` the weight: it vanishes as `a` grows",
    scope: "two Gaussian classes of one isotropic covariance, weights equal for the flow and, for atoms, any in `J`; \
            the start at pure noise, short of which a part `(omega - 1) k^{1/2}` of the flow's shift is lost",
    origin: Origin::Elsewhere(
        "arXiv 2502.07849 shows that distortions vanish in high dimension, in its first version for the time-reversed \
         Langevin equation: for the SDE at the rate of `J`; for the flow the shift stays a fixed number of standard \
         deviations of the class, and vanishes relative to `|mu|`. The flow's equation, the table and `J` are new here",
    ),
    uses: &["G1"],
    formulas,
    checks,
};

/// Both equations from the mixture, and `J` at whole and half strengths.
fn formulas() -> Vec<Identity> {
    let classes = two_classes();
    let (law, omega) = (&classes.law, quantity("omega"));
    let strength = Expr::from(&omega);
    let x = Expr::from(&law.x[0]);
    let (alpha, noise) = (Expr::from(&law.noise.alpha), &law.noise);
    let n = &x / classes.v.sqrt();
    let r = &alpha * &classes.a / classes.v.sqrt();
    let log_odds = &n * &r;
    let in_reverse = |e: &Expr| -noise.in_time().of(e);
    let guided: Vec<Expr> = law.score().iter().zip(pull(law)).map(|(s, d)| s + &strength * d).collect();
    let velocity = minus(&scale(&noise.half_g2(), &guided), &scale(&Expr::from(&noise.f), &law.position()));
    let along = dot(&velocity, &gradient(&n, &law.x)) + in_reverse(&n);
    let [slope, place, clock] = ["dn/dr", "n", "r"].map(quantity);
    let flow = |one: i32| &omega + (one - &omega) * (&place * &clock).tanh();
    let defined = [(&slope, along / in_reverse(&r)), (&place, n.clone()), (&clock, r.clone())];
    let written = Equation::new(&slope, flow(1));
    let mut all = vec![Identity::of("the flow", &written, &defined, ("2 - omega in place of 1 - omega", flow(2)))];
    let [odds, rate, spread] = ["u", "L_omega u", "g^2|grad u|^2"].map(quantity);
    let [passed] = ["dk/dtau"].map(quantity);
    let k = r.pow(2);
    let drift = |one: i32| (&omega + (one - &omega) * odds.tanh()) * &passed;
    let defined = [
        (&rate, guided_generator(law, &strength, &log_odds)),
        (&odds, log_odds.clone()),
        (&passed, in_reverse(&k)),
        (&spread, noise.g.pow(2) * log_odds.diff(&law.x[0]).pow(2)),
    ];
    let broken = ("2 - omega in place of 1 - omega", drift(2));
    all.push(Identity::of("the log-odds under the SDE", &Equation::new(&rate, drift(1)), &defined, broken));
    let noise_of_odds = Equation::new(&spread, &passed);
    all.push(Identity::of("their noise", &noise_of_odds, &defined, ("2 dk/dtau", 2 * &passed)));
    all.extend([2, 3, 4, 6].map(closed));
    all
}

/// `L J = -(1 - tanh u)` at a strength that is half of a whole number; `w/(1-w) = e^{2u}`.
fn closed(twice: i32) -> Identity {
    let u = Symbol::real("u");
    let (omega, c) = (Expr::ratio(twice, 2), twice - 1);
    let odds = (-2 * &u).exp();
    let whole = 1 + &odds;
    // sum w^n/(n + c) = w^{-c} (-log(1-w) - sum_{m<=c} w^m/m), w = 1/whole.
    let first: Expr = (1..=c).map(|m| whole.pow(-m) / m).sum();
    let series = whole.pow(c) * (whole.log() + 2 * &u - first);
    let harmonic: Expr = (1..=c).map(|m| Expr::ratio(1, m)).sum();
    let j = (harmonic - 2 * &u + series) / c;
    let drift = |one: i32| &omega + (one - &omega) * u.tanh();
    let of = |one: i32| drift(one) * j.diff(&u) + j.diff(&u).diff(&u) / 2;
    identity(format!("J at omega = {twice}/2"), of(1), u.tanh() - 1, ("(1 - tanh u)^2", -(u.tanh() - 1).pow(2)))
}

/// `omega`, and of the flow shift, variance and `KL(samples || class)` (theory.md, 15 digits or more).
const TABLE: [(f64, f64, f64, f64); 8] = [
    (1.5, 0.382_738_348_570_667_042, 0.648_638_301_352_323_748, 0.130_060_997_940_652),
    (2.0, 0.649_112_979_644_531_055, 0.517_778_518_221_406_371, 0.327_606_158_319_925),
    (3.0, 1.049_761_046_629_778_60, 0.398_009_160_058_646_315, 0.750_462_292_539_866),
    (4.0, 1.363_275_127_841_160_05, 0.339_471_833_393_607_053, 1.181_751_588_714_31),
    (5.0, 1.628_267_395_977_500_48, 0.304_113_438_766_905_110, f64::NAN),
    (6.0, 1.861_384_202_134_209_67, 0.280_251_245_151_524_670, 2.049_803_183_690_06),
    (7.5, 2.169_877_498_149_100_62, 0.256_019_843_951_003_188, f64::NAN),
    (10.0, 2.610_792_616_747_446_55, 0.231_265_986_078_041_360, f64::NAN),
];

/// Strength 3 between two values of `k`, 1 outside: shift and variance (theory.md, 5 digits).
const WINDOWS: [([f64; 2], f64, f64); 3] =
    [([0.25, 4.0], 0.53400, 0.38712), ([0.1, 4.0], 0.69813, 0.35985), ([1.0, 4.0], 0.22750, 0.56739)];

/// `(omega - 1) J` at equal weights (theory.md, 18 digits).
const SDE: [(f64, f64); 4] = [
    (1.5, 0.443_147_180_559_945_309),
    (3.0, 0.972_283_911_167_299_961),
    (5.0, 1.298_274_822_868_401_41),
    (10.0, 1.703_155_670_474_743_49),
];

/// What is read of an overshoot.
type Read = fn(&Overshoot) -> Estimate;

const READ: [(&str, Read); 3] =
    [("shift", |o| o.shift), ("variance", |o| o.variance), ("divergence from the class", |o| o.divergence)];

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (omega, shift, variance, divergence) in TABLE {
        let (known, near) = (Shared::new(), Shared::new());
        for ((name, read), stated) in READ.into_iter().zip([shift, variance, divergence]) {
            if stated.is_nan() {
                continue;
            }
            let run = |omega: f64, known: &Shared<Overshoot>| {
                let known = known.clone();
                move |_: &Context| {
                    let found = known.get(|| Ok(overshoot(&Strength::constant(omega)?, f64::INFINITY)?))?;
                    Ok(Comparison::new(read(&found), decimal(stated, 1e-14), 1e-12 * stated.max(1.0)))
                }
            };
            let case = format!("flow, omega={omega}: {name}");
            let check = Check::number(Kind::Quadrature, case, run(omega, &known));
            let check = check.variant(Ingredient::Drift, "a strength larger by 0.01", run(omega + 0.01, &near));
            checks.push(if name == "shift" {
                check.variant(Ingredient::Scheme, "the SDE", move |_| {
                    Ok(Comparison::new(sde_shift(omega)?, decimal(stated, 1e-14), 1e-12 * stated.max(1.0)))
                })
            } else {
                check
            });
        }
    }
    for (ends, shift, variance) in WINDOWS {
        for ((name, read), stated) in READ.into_iter().zip([shift, variance]) {
            let run = move |ends: [f64; 2]| {
                move |_: &Context| {
                    let found = overshoot(&Strength::within(3.0, ends)?, f64::INFINITY)?;
                    Ok(Comparison::new(read(&found), decimal(stated, 1e-5), 2e-5))
                }
            };
            let case = format!("flow, omega=3 for k from {} to {}: {name}", ends[0], ends[1]);
            let check = Check::number(Kind::Quadrature, case, run(ends));
            checks.push(check.variant(Ingredient::Time, "a window that opens at k = 0", run([0.0, ends[1]])));
        }
    }
    let run = |power: i32| move |_: &Context| response(power);
    let check = Check::number(Kind::Quadrature, "flow: the slope of the shift at omega = 1", run(1));
    checks.push(check.variant(Ingredient::Clock, "the integral over k in place of r, as of the SDE", run(2)));
    for (omega, weight) in [(1.5, 0.5), (3.0, 0.2), (0.75, 0.3)] {
        let run = move |believed: f64, less: f64| {
            move |_: &Context| {
                let (lhs, rhs) = (by_integral(omega, believed, less)?, closed_form(omega, weight)?);
                Ok(Comparison::new(lhs, rhs, 1e-11 * rhs.value()))
            }
        };
        let case = format!("SDE, w={weight}, omega={omega}: J by its integral");
        let check = Check::number(Kind::Quadrature, case, run(weight, 1.0));
        let check = check.variant(Ingredient::Exponent, "2 omega in place of 2 omega - 1", run(weight, 0.0));
        checks.push(check.variant(Ingredient::Weight, "a weight larger by 0.01", run(weight + 0.01, 1.0)));
    }
    for (omega, weight) in [(1.5, 0.2), (3.0, 0.5)] {
        let run = move |drift: f64, power: i32| move |_: &Context| passed(omega, weight, drift, power);
        let case = format!("SDE, w={weight}, omega={omega}: J is spent along the paths");
        let check = Check::number(Kind::Quadrature, case, run(omega, 1));
        let check = check.variant(Ingredient::Drift, "a strength larger by 0.01", run(omega + 0.01, 1));
        checks.push(check.variant(Ingredient::Moment, "(1 - tanh u)^2", run(omega, 2)));
    }
    for (omega, stated) in SDE {
        let run = move |omega: f64, weight: f64| {
            move |_: &Context| {
                let lhs = by_integral(omega, weight, 1.0)? * (Estimate::given(omega) - 1);
                Ok(Comparison::new(lhs, decimal(stated, 1e-15), 1e-12 * stated))
            }
        };
        let case = format!("SDE, w=0.5, omega={omega}: (omega - 1) J");
        let check = Check::number(Kind::Quadrature, case, run(omega, 0.5));
        checks.push(check.variant(Ingredient::Drift, "a strength larger by 0.01", run(omega + 0.01, 0.5)));
    }
    let plane = NamedLaw::new("pair-2d", Mixture::symmetric_pair(&[1.2, -0.9], 0.5)?);
    let space = NamedLaw::new("pair-8d", Mixture::symmetric_pair(&[0.6; 8], 0.7)?);
    for case in [plane.under(NoiseProcess::Ou, 1.0)?, space.under(NoiseProcess::Edm, 1.0)?] {
        let run = move |start: f64, omega: f64| move |_: &Context, case: &Case| followed(case, start, omega);
        let check = Check::new(Kind::Quadrature, &case, "the flow from the score, omega=3", run(1e-18, 3.0));
        let check = check.mutant(Ingredient::Time, "a start at gamma = 1e-3", run(1e-3, 3.0));
        checks.push(check.mutant(Ingredient::Drift, "omega counted from the class", run(1e-18, 2.0)));
    }
    let whole = [0.0, f64::INFINITY];
    let mutants = [
        (Ingredient::Drift, "a strength larger by 1e-6", 1e-6, whole),
        (Ingredient::Time, "guidance from r = 1/64 on", 0.0, [1.0 / 64.0, f64::INFINITY]),
    ];
    for (omega, table) in [
        (3.0, &[("shift", 1.049_761_046_629_778_60), ("variance", 0.398_009_160_058_646_315)][..]),
        (6.0, &[("shift", 1.861_384_202_134_209_67)]),
    ] {
        let known = [Shared::new(), Shared::new(), Shared::new()];
        for &(name, stated) in table {
            let run = |more: f64, ends: [f64; 2], known: &Shared<GuidedFlow>| {
                let known = known.clone();
                move |_: &Context| {
                    let found = known.get(|| Ok(guided_flow(omega + more, ends)?))?;
                    let side = if name == "shift" { found.shift } else { found.variance };
                    Ok(Comparison::new(side.estimate(), digits(stated, 1e-14).estimate(), 1e-8))
                }
            };
            let case = format!("flow, omega={omega}: {name}");
            let check = Check::number(Kind::Enclosure, case, run(0.0, whole, &known[0]));
            let broken = mutants.iter().zip(&known[1..]);
            checks.push(broken.fold(check, |check, (&(ingredient, how, more, ends), known)| {
                check.variant(ingredient, how, run(more, ends, known))
            }));
        }
    }
    let run = |power: i32| move |context: &Context| simulated(context, power);
    let check = Check::number(Kind::MonteCarlo, "SDE, w=0.5, omega=2: J along paths without a step error", run(1));
    checks.push(check.variant(Ingredient::Moment, "(1 - tanh u)^2", run(2)));
    Ok(checks)
}

/// `(omega - 1) J` at equal weights.
fn sde_shift(omega: f64) -> Result<Estimate> {
    Ok(closed_form(omega, 0.5)? * (Estimate::given(omega) - 1))
}

fn closed_form(omega: f64, weight: f64) -> Result<Estimate> {
    guidance::overshoot_integral(omega, weight).ok_or(Error::NotFound("J"))
}

/// The slope of the flow's shift in `omega` at 1 against the integral of the mmse of unit atoms, `mmse(r^2)`, over
/// `r^power`, with power 1 in the claim.
fn response(power: i32) -> Result<Comparison> {
    let shift = |omega: f64| Ok::<_, Error>(overshoot(&Strength::constant(omega)?, f64::INFINITY)?.shift);
    let slope = |h: f64| Ok::<_, Error>((shift(1.0 + h)? - shift(1.0 - h)?) / Estimate::given(2.0 * h));
    let lhs = halving(&[0.0125, 0.00625, 0.003125].map(slope).into_iter().collect::<Result<Vec<_>>>()?, 2);
    // mmse(k) <= exp(-k/2).
    let far = 9.0;
    let per = |r: f64| pair::mmse(r * r) * Estimate::given(f64::from(power) * r.powi(power - 1));
    let rhs = integral(|r| Ok::<_, Error>(per(r)), 0.0, far)?.widened(3.0 * (-0.5 * far * far).exp());
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// `J` by the integral form of theory.md, with `2 omega - less` in place of `2 omega - 1`.
fn by_integral(omega: f64, weight: f64, less: f64) -> Result<Estimate> {
    let c = 2.0 * omega - less;
    // 1/(1-s) - (1-s)^{c-1} over s, by the logarithm l of 1 - s: e^{-l} (1 - e^{c l})/(1 - e^l) dl, from log w to 0.
    let first = |l: f64| {
        let value = if l == 0.0 { c } else { (c * l).exp_m1() / l.exp_m1() };
        Ok::<_, Error>(Estimate::rounded(value, 8.0 + 4.0 * c * l.abs()))
    };
    // (1-s)^{c-1}/s from s = 1 - w to 1, by t = w e^{-z/c}: w^c e^{-z}/(c (1 - w e^{-z/c})) dz.
    let far = 40.0;
    let second = |z: f64| {
        let rest = 1.0 - weight * (-z / c).exp();
        Ok::<_, Error>(Estimate::rounded((-z).exp() / rest, 8.0 + z + 4.0 / rest))
    };
    // The end is rounded, where the integrand is at most c, or 1/(1 - w) for c < 1.
    let end = ulps::ELEMENTARY * f64::EPSILON * weight.ln().abs() * c.max(1.0 / (1.0 - weight));
    let above = integral(first, weight.ln(), 0.0)?.widened(end);
    let below = integral(second, 0.0, far)?.widened((-far).exp() / (1.0 - weight));
    let c = Estimate::given(c);
    let share = -(c * Estimate::given(weight).ln()).exp_m1() / c;
    Ok((above + share * below) / c)
}

/// `E integral of (1 - tanh u)^power` to `k = 1` and what is then left, against `J` at the start, with power 1 in the
/// claim.
fn passed(omega: f64, weight: f64, drift: f64, power: i32) -> Result<Comparison> {
    let f = |u: f64, density: f64, out: &mut [f64]| {
        out[0] = LogOdds::gap(u).powi(power);
        // Asked for at the end alone.
        let left = density.is_finite().then(|| guidance::overshoot_integral(omega, LogOdds::posterior(u))).flatten();
        out[1] = left.map_or(0.0, Estimate::value);
    };
    let means = odds::law((drift, weight), 1.0, 2, f)?;
    let (lhs, rhs) = (means[0][1] + means[1][0], closed_form(omega, weight)?);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// The mean overshoot of the guided flow of two classes, followed from its score in the space of the law from the
/// signal-to-noise ratio `start` to 10, against that of the flow in its own clock at strength 3.
///
/// # Accuracy
/// The trapezoidal rule over the start with nodes 1/2 and 3/4 apart, the tolerance of the flow, and what is lost before
/// the start: `n - r` grows by at most `2 (omega - 1) r` there.
fn followed(case: &Case, start: f64, omega: f64) -> Result<Comparison> {
    let (law, channel) = (case.law(), case.channel()?);
    let levels = [10.0, start].map(|snr| case.process().at_snr(snr));
    let [clean, noisy] = [levels[0].clone()?, levels[1].clone()?];
    let tolerance = 1e-10;
    let sampler = Reverse::new(&channel, &[clean, noisy], 1, Scheme::FlowAdaptive { tolerance })?;
    let sampler = sampler.guided(Guidance::toward(0, omega))?;
    let (mu, q) = (law.mean(0), law.covariance(0).eigenvalue(0));
    let a = mu.iter().map(|m| m * m).sum::<f64>().sqrt();
    let spread = |level: &NoiseLevel| (level.alpha() * level.alpha() * q + level.sigma2()).sqrt();
    let rule = |h: f64| -> Result<f64> {
        let count = (7.5 / h) as i32;
        let nodes: Vec<f64> = (-count..=count).map(|i| h * f64::from(i)).collect();
        let at = |&n: &f64| mu.iter().map(move |m| m / a * n * spread(&noisy) - noisy.alpha() * m).collect::<Vec<_>>();
        let offsets: Vec<f64> = nodes.iter().flat_map(at).collect();
        let mut out = PathBatch::default();
        sampler.follow(&vec![0; nodes.len()], &offsets, &mut stream(0, 0, 0), &mut out)?;
        // The offset is from the mean of the class.
        let ahead = |x: &[f64]| x.iter().zip(mu).map(|(x, m)| x * m / a).sum::<f64>() / spread(&clean);
        let ends = out.offsets[0].chunks_exact(law.dim()).map(ahead);
        let weight = |n: &f64| h * (-0.5 * n * n).exp() / std::f64::consts::TAU.sqrt();
        Ok(nodes.iter().zip(ends).map(|(n, end)| weight(n) * end).sum())
    };
    let (coarse, fine) = (rule(0.75)?, rule(0.5)?);
    let lost = 4.0 * start.sqrt().min(1e-9) * a / q.sqrt();
    let lhs = Estimate::new(fine, (fine - coarse).abs() + 100.0 * tolerance + lost);
    let signal = (clean.alpha() * a / spread(&clean)).powi(2);
    let rhs = overshoot(&Strength::constant(3.0)?, signal)?.shift.widened(1e-12);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// `J` by exact paths to `k = 12` and a bound of the rest.
fn simulated(context: &Context, power: i32) -> Result<Comparison> {
    let (omega, weight, k) = (2.0, 0.5, 12);
    let found = gap_integral(context, 32, (omega, weight), k, |u| LogOdds::gap(u).powi(power))?;
    // From omega = 1 on guidance shortens the mean, which is the mmse at 1, at most exp(-k/2).
    let lhs = found.widened(2.0 * (-0.5 * f64::from(k)).exp());
    let rhs = closed_form(omega, weight)?;
    Ok(Comparison::new(lhs, rhs, SAMPLED * rhs.value()))
}
