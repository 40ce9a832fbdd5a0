//! C9: sharpening is a matter of coordinates.

use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Estimate, Mixture, NoiseProcess};
use infodyn_monte_carlo::View;
use infodyn_quadrature::{peak, root};
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::c8::{K_V, production};
use super::{SAMPLED, SHARP};
use crate::limit::halving;
use crate::{Case, Check, Claim, Context, Error, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "C9",
    name: "sharpening",
    statement: "In `ou` with `a^2 = D r^2` the label's {0}, so the peak of `Var h` stands at `t_V = (1/2) log(1 - q + D r^2/k_V)` and grows as `(1/2) log D` while the window keeps \
                its width, for `q = 1` exactly {1} between two values of `k`: in `t/t_V` it sharpens. In `edm` the window scales with its place: in `sigma/sigma_V` its shape \
                does not depend on `D`. So sharpening is a statement about coordinates",
    scope: "half-maximum windows of Var h for D = 10^2 to 10^6, by the exact reduction to a line; D = 100 by simulation",
    origin: Origin::New,
    uses: &["C8"],
    formulas,
    checks,
};

/// `k` at a time of `ou`, the time at which it has a given value, and the width of the window for `q = 1`.
fn formulas() -> Vec<Identity> {
    let [k, r, q, d, time] = ["k", "r", "q", "D", "t"].map(Symbol::positive);
    let level = |t: &Expr| {
        let alpha2 = (-2 * t).exp();
        &alpha2 * &d * r.pow(2) / (&alpha2 * &q + 1 - &alpha2)
    };
    let strength = quantity("k(t)");
    let at = |shift: Expr| &d * r.pow(2) / ((2 * &time).exp() - shift);
    let t = (1 - &q + &d * r.pow(2) / &k).log() / 2;
    let wrong = (1 + &q + &d * r.pow(2) / &k).log() / 2;
    // For q = 1 the time between two levels does not depend on D.
    let (width, k_2) = (quantity("t(k)-t(k_2)"), Symbol::positive("k_2"));
    let at_unit = |k: &Symbol| (&d * r.pow(2) / k).log() / 2;
    vec![
        Identity::of(
            "k in ou",
            &Equation::new(&strength, at(1 - &q)),
            &[(&strength, level(&Expr::from(&time)))],
            ("1 + q", at(1 + &q)),
        ),
        Identity::of(
            "q = 1: the width is log(k_2/k)/2 for every D",
            &Equation::new(&width, (&k_2 / &k).log() / 2),
            &[(&width, at_unit(&k) - at_unit(&k_2))],
            ("log(k_2/k)", (&k_2 / &k).log()),
        ),
        identity("k at t = log(1 - q + D r^2/k)/2 in ou", level(&t), &k, ("1 + q", level(&wrong))),
    ]
}

/// The two `k` at which `Var h` is half of its maximum (theory.md C9).
const HALF: [f64; 2] = [0.419_707_043_409_245_7, 3.424_876_291_513_066];
/// `log(HALF[1]/HALF[0])/2`: the width in time of `ou` for `q = 1`, and in `log sigma` for `edm`.
const WIDTH: f64 = 1.049_631_839_284_93;
/// The width over `t_V` at `D = 10^2, 10^4, 10^6`, `r = 1`, for `q = 0` and `q = 1`, to six decimals.
const RELATIVE: [(f64, [f64; 2]); 3] =
    [(1e2, [0.478_917, 0.487_247]), (1e4, [0.235_475, 0.235_513]), (1e6, [0.155_285, 0.155_285])];
/// `sigma_V/a` in `edm` for atoms, and the width in `sigma/sigma_V`.
const EDM: [f64; 2] = [0.862_108_154_103_956, 1.163_681_071_741_6];

const QUARTER: &str = "a quarter of the maximum";
const ADDED: &str = "1 + q in place of 1 - q";
const SHRINKS: &str = "a width that falls as 1/log D";
const GROWS: &str = "a width in sigma that grows as sqrt(D)";

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for side in 0..2 {
        let named = format!("half of the maximum of Var h, {}", ["above the peak in noise", "below it"][side]);
        let run = move |_: &Context, mutation: Mutation| {
            let case = line(1.0, 0.0, NoiseProcess::Edm)?.mutated(mutation);
            let l = window(&case)?[2 * side];
            let k = l.value().exp();
            Ok(stated(Estimate::new(k, k * (l.radius() + 4.0 * f64::EPSILON)), HALF[side], 1e-15, 1e-12))
        };
        checks.push(Check::number_by_words(Kind::Quadrature, named, &[Mutation::Formula(QUARTER)], run));
    }
    for (d, r, q) in [(64.0, 0.5, 0.6), (1e2, 1.0, 1.0), (1e4, 1.0, 1.0), (1e6, 0.8, 0.3)] {
        let named = format!("D={d}, r={r}, q={q}/ou: t_V");
        let mutants = [Mutation::Sigma, Mutation::Formula(ADDED)];
        checks.push(Check::number_by_words(Kind::Quadrature, named, &mutants, move |_, mutation| {
            peak_time(d, r, q, mutation)
        }));
    }
    for (d, relative) in RELATIVE {
        let named = format!("D={d}, r=1, q=1/ou: width in t");
        let mutants = [Mutation::Formula(QUARTER), Mutation::Formula(SHRINKS)];
        let run = move |_: &Context, mutation: Mutation| {
            let [first, _, last] = times(d, 1.0, mutation)?;
            let shrunk = if mutation == Mutation::Formula(SHRINKS) { 2.0 / d.log10() * 0.99 } else { 1.0 };
            Ok(stated(last - first, WIDTH * shrunk, 5e-15, 1e-11))
        };
        checks.push(Check::number_by_words(Kind::Quadrature, named, &mutants, run));
        for (q, relative) in [0.0, 1.0].into_iter().zip(relative) {
            let run = move |_: &Context, mutation: Mutation| {
                let [first, middle, last] = times(d, q, mutation)?;
                let ratio = (last.value() - first.value()) / middle.value();
                let radius = (first.radius() + last.radius() + ratio * middle.radius()) / middle.value() * 1.01;
                Ok(stated(Estimate::new(ratio, radius + 4.0 * f64::EPSILON), relative, 5e-7, 1e-5))
            };
            let named = format!("D={d}, r=1, q={q}/ou: width in t/t_V");
            checks.push(Check::number_by_words(Kind::Quadrature, named, &mutants[..1], run));
        }
        for (i, what) in ["sigma_V/a", "width in sigma/sigma_V"].into_iter().enumerate() {
            let named = format!("D={d}, r=1, q=0/edm: {what}");
            let run = move |_: &Context, mutation: Mutation| in_edm(d, i, mutation);
            let mutants = &[Mutation::Formula(GROWS), Mutation::Formula(QUARTER)][..=i];
            checks.push(Check::number_by_words(Kind::Quadrature, named, mutants, run));
        }
        let named = format!("D={d}, r=1, q=0/edm: width in log sigma");
        let run = move |_: &Context, mutation: Mutation| {
            let [first, _, last] = window(&line(d.sqrt(), 0.0, NoiseProcess::Edm)?.mutated(mutation))?;
            Ok(stated((last - first) / 2, WIDTH, 5e-15, 1e-11))
        };
        checks.push(Check::number_by_words(Kind::Quadrature, named, &[Mutation::Formula(QUARTER)], run));
    }
    for q in [0.0, 0.3] {
        let named = format!("D -> infinity, r=1, q={q}/ou: width in t");
        let run = move |context: &Context, mutation: Mutation| {
            let width = |i: i32| -> Result<Estimate> {
                let [first, _, last] = times(64.0 * 2.0_f64.powi(i), q, mutation)?;
                Ok(last - first)
            };
            let lhs = halving(&(0..context.sizes(9)).map(width).collect::<Result<Vec<_>>>()?, 1);
            Ok(stated(lhs, WIDTH, 5e-15, 1e-8))
        };
        checks.push(Check::number_by_words(Kind::Quadrature, named, &[Mutation::Formula(QUARTER)], run));
    }
    let named = NamedLaw::new("pair-100", Mixture::symmetric_pair(&[1.0; 100], 1.0)?);
    for side in 0..2 {
        let case = named.under(NoiseProcess::Ou, 0.5 * (100.0 / K_V).ln())?;
        let what = format!("half of the maximum of Var h at k = {:.3}", HALF[side]);
        let run = move |c: &Context, s: &Case| sampled(c, s, HALF[side]);
        checks.push(Check::new_by_words(Kind::MonteCarlo, &case, &what, &[Mutation::Formula(QUARTER)], run));
    }
    Ok(checks)
}

/// A stated number with what its last digit leaves open.
fn stated(lhs: Estimate, value: f64, open: f64, tolerance: f64) -> Comparison {
    Comparison::new(lhs, Estimate::new(value, open * value.abs().max(1.0)), tolerance * value.abs())
}

/// The pair reduced to its line, at its pitchfork.
pub(crate) fn line(a: f64, q: f64, process: NoiseProcess) -> Result<Case> {
    let law = Mixture::symmetric_pair(&[a], q)?;
    NamedLaw::new("pair", law).under(process, process.time_at_snr(1.0 / (a * a - q))?)
}

/// `log gamma` of a case of [`line`] at which `k` has a value.
fn log_snr(case: &Case, k: f64) -> f64 {
    let (a, q) = (case.law().mean(0)[0], case.law().covariance(0).eigenvalue(0));
    (k / (a * a - q * k)).ln()
}

/// `log gamma` where `Var h` is half of its maximum, where it peaks, and where it is half again; by general quadrature.
pub(crate) fn window(case: &Case) -> Result<[Estimate; 3]> {
    let process = *case.process();
    let at = |l: f64| -> Result<Case> { Ok(case.at(process.time_at_snr(l.exp())?)) };
    let variance = |l: f64| at(l)?.variance(|s| s.label_entropy());
    let centre = log_snr(case, K_V);
    let missing = Error::NoRoot { what: "Var h", lo: centre - 0.5, hi: centre + 0.5 };
    let top = peak(variance, centre, 0.5)?.ok_or(missing)?;
    let part = if case.breaks(QUARTER) { 0.25 } else { 0.5 };
    let above = |l: f64| -> Result<Estimate> { Ok(variance(l)? - top.height * Estimate::given(part)) };
    // The time is rounded where it is read: a few units of log gamma.
    let rounded = |mut e: Estimate| {
        e = e.widened(32.0 * f64::EPSILON);
        e
    };
    let first = root(above, log_snr(case, 0.1), centre)?;
    let middle = root(|l| production(&at(l)?), centre - 0.6, centre + 0.6)?;
    let last = root(above, centre, log_snr(case, 7.0))?;
    Ok([first, middle, last].map(rounded))
}

/// The three times of the window in `ou`, the noisiest last.
fn times(d: f64, q: f64, mutation: Mutation) -> Result<[Estimate; 3]> {
    let case = line(d.sqrt(), q, NoiseProcess::Ou)?.mutated(mutation);
    // dt/d log gamma = -sigma^2/2.
    let time = |l: Estimate| Estimate::new(0.5 * (-l.value()).exp().ln_1p(), 0.5 * l.radius() + 4.0 * f64::EPSILON);
    let [first, middle, last] = window(&case)?.map(time);
    Ok([last, middle, first])
}

fn peak_time(d: f64, r: f64, q: f64, mutation: Mutation) -> Result<Comparison> {
    let case = line(d.sqrt() * r, q, NoiseProcess::Ou)?.mutated(mutation);
    let at = |t: f64| production(&case.at(t));
    let formula = |k: f64, q: f64| 0.5 * (-q + d * r * r / k).ln_1p();
    let lhs = root(at, formula(1.7 * K_V, q), formula(K_V / 1.7, q))?;
    let rhs = Estimate::rounded(formula(K_V, if mutation == Mutation::Formula(ADDED) { -q } else { q }), 8.0);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// The place of the peak over `a`, or the width over the place.
fn in_edm(d: f64, which: usize, mutation: Mutation) -> Result<Comparison> {
    let a = d.sqrt();
    let [first, middle, last] = window(&line(a, 0.0, NoiseProcess::Edm)?.mutated(mutation))?.map(|l| {
        Estimate::new((-0.5 * l.value()).exp(), (-0.5 * l.value()).exp() * (0.5 * l.radius() + 4.0 * f64::EPSILON))
    });
    let lhs = if which == 0 {
        middle / Estimate::given(a)
    } else {
        let ratio = (first.value() - last.value()) / middle.value();
        let radius = (first.radius() + last.radius() + ratio * middle.radius()) / middle.value() * 1.01;
        Estimate::new(ratio, radius + 4.0 * f64::EPSILON)
    };
    let factor = if mutation == Mutation::Formula(GROWS) { a } else { 1.0 };
    Ok(stated(lhs, EDM[which] * factor, 5e-15 * [1.0, 10.0][which], 1e-11))
}

/// `Var h` at one level against half of that at the peak, from the same draws.
fn sampled(context: &Context, case: &Case, k: f64) -> Result<Comparison> {
    let time = |k: f64| 0.5 * (100.0 / k).ln();
    let levels = [case.process().at(time(k))?, case.process().at(time(K_V))?];
    let marginals = levels.map(|l| Marginal::new(case.law(), &l));
    let views = [View::new(levels[0], &marginals[0]), View::new(levels[1], &marginals[1])];
    let settings = context.settings(4);
    let means = infodyn_monte_carlo::mean_of(&settings, case.law(), &views, 2, &[(0, 0), (1, 1)], |batch, out| {
        for (i, out) in out.chunks_exact_mut(2).enumerate() {
            for r in 0..2 {
                out[r] = batch.readings[r].observation.label.entropy[i];
            }
        }
    })?;
    let part = if case.breaks(QUARTER) { 0.25 } else { 0.5 };
    let combine = |own: f64, top: f64| {
        let pairs = [((0, 0), own), ((1, 1), top)];
        means.linear_with_covariances(&[], &pairs, Context::CONFIDENCE).ok_or(Error::Product(0, 1))
    };
    let rhs = combine(0.0, part)?;
    Ok(Comparison::paired(combine(1.0, 0.0)?, rhs, combine(1.0, -part)?, SAMPLED * rhs.value()))
}
