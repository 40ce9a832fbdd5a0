//! C8: one number decides, and the clock decides where its rate peaks.

use infodyn_closed_form::pair as closed;
use infodyn_core::{Comparison, Detail, Estimate, Mixture, NoiseProcess};
use infodyn_quadrature::{peak, root};
use infodyn_symbolic::theory::{Equation, Identity, Noise, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP};
use crate::symbols::{Pair, pair};
use crate::{Case, Check, Claim, Context, Error, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "C8",
    name: "universal-offsets",
    statement: "For two symmetric components everything about the label depends on `k = alpha^2 a^2/(alpha^2 q + sigma^2)`: with `z` standard normal its posterior is \
                {0}. For atoms its entropy is lost at {1}, {2} and {3}. The pitchfork is at `k = 1`; `Var h` peaks at `k_V = 1.3454776697250417`, the rate at \
                `k_H = 1.5083306287863810` per unit of `log gamma`, `k_s = 2.4126488958332282` of `sigma/alpha`, `k_v = 3.3486681687458505` of `sigma^2/alpha^2`",
    scope: "pairs of atoms and of Gaussians in one and 64 dimensions; each place by two quadrature routes to 12 digits, and its side by simulation",
    origin: Origin::New,
    uses: &["B3", "C2", "D3"],
    formulas,
    checks,
};

/// The label of a symmetric pair depends on `k = alpha^2 a^2/(alpha^2 q + sigma^2)` only, and the rates in three clocks.
fn formulas() -> Vec<Identity> {
    let Pair { law, a, v, .. } = pair();
    let Noise { alpha, .. } = &law.noise;
    let z = Symbol::real("z");
    let k = alpha.pow(2) * a.pow(2) / &v;
    // X_t given the label 1 is alpha a + sqrt(v) Z.
    let posterior = law.posterior(0).substitute(&[(&law.x[0], alpha * &a + v.sqrt() * &z)]);
    let logistic = |k: &Expr| 1 / (1 + (-2 * (k + k.sqrt() * &z)).exp());
    // For atoms dH/dk = -mmse/2; with k = gamma a^2 the rates per unit of log gamma, sigma/alpha and (sigma/alpha)^2.
    let [mmse, noise, snr] = ["mmse", "s", "gamma"].map(Symbol::positive);
    let [half, strength, error] = ["a", "k", "mmse"].map(quantity);
    let pi = quantity("pi_1");
    let strong = Symbol::positive("k");
    let mut all = vec![Identity::redefined(
        "the posterior in terms of k and a standard normal",
        &Equation::new(&pi, logistic(&Expr::from(&strong))),
        &[(&pi, posterior), (&strong, k)],
        ("a^2 alpha^2/sigma^2 in place of k", &[(&strong, alpha.pow(2) * a.pow(2) / law.noise.sigma.pow(2))]),
    )];
    let clocks = [
        (
            "-dH/dlog gamma",
            &snr,
            a.pow(2) * &snr,
            Expr::from(&snr),
            &strength * &error / 2,
            strength.pow(2) * &error / 2,
        ),
        (
            "dH/d(sigma/alpha)",
            &noise,
            a.pow(2) / noise.pow(2),
            Expr::from(-1),
            strength.sqrt().pow(3) * &error / &half,
            strength.pow(2) * &error / &half,
        ),
        (
            "dH/d(sigma^2/alpha^2)",
            &noise,
            a.pow(2) / &noise,
            Expr::from(-1),
            strength.pow(2) * &error / (2 * half.pow(2)),
            strength.sqrt().pow(3) * &error / (2 * half.pow(2)),
        ),
    ];
    for (name, clock, k, speed, right, wrong) in clocks {
        let rate = quantity(name);
        let defined = [
            (&rate, speed * k.diff(clock) * &mmse / 2),
            (&strength, k.clone()),
            (&error, Expr::from(&mmse)),
            (&half, Expr::from(&a)),
        ];
        all.push(Identity::of(
            format!("{name} for atoms"),
            &Equation::new(&rate, right),
            &defined,
            ("another power of k", wrong),
        ));
    }
    all
}

/// What peaks, and where. The last is the power `p` in `k^p mmse`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    name: &'static str,
    k: f64,
    /// Of `Var h`, or of `k^p mmse` (over 2 for the first).
    height: f64,
    power: Option<f64>,
}

/// theory.md C8 and section 7, computed there with 34 digits.
const PLACES: [Place; 4] = [
    Place { name: "k_V", k: K_V, height: 0.053_628_891_129_723_5, power: None },
    Place { name: "k_H", k: 1.508_330_628_786_380_977_7, height: 2.0 * 0.239_757_985_317_567, power: Some(1.0) },
    Place { name: "k_s", k: 2.412_648_895_833_228_192_1, height: 0.667_770_528_668_034, power: Some(1.5) },
    Place { name: "k_v", k: 3.348_668_168_745_850_488_9, height: 1.130_486_024_893_05, power: Some(2.0) },
];

/// Where `Var h` peaks.
pub(super) const K_V: f64 = 1.345_477_669_725_041_686_4;

const CLOCK: &str = "the rate per unit of a clock with one more half power of k";
const HALF: &str = "half of |grad h|^2";
const WIDTH: &str = "the component's variance left out of k";
const SIDE: &str = "the other side of the peak";
/// Twelve digits.
const DIGITS: f64 = 1e-12;

fn checks(_: &Context) -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let linear = P::VP_LINEAR;
    let atoms = NamedLaw::new("pair-atoms", Mixture::symmetric_pair(&[1.0], 0.0)?);
    let wide = NamedLaw::new("pair-1", Mixture::symmetric_pair(&[1.5], 0.3)?);
    let long = NamedLaw::new("pair-64", Mixture::symmetric_pair(&[0.25; 64], 0.3)?);
    let mut checks = Vec::new();
    // That k is all.
    for case in
        [atoms.under(P::FLOW, 0.4)?, wide.under(linear, 0.25)?, wide.under(P::Ou, 0.5)?, long.under(P::Ve, 2.5)?]
    {
        let mut mutants = vec![Mutation::Weight, Mutation::Sigma];
        if case.law().covariance(0).eigenvalue(0) > 0.0 {
            mutants.push(Mutation::Formula(WIDTH));
        }
        checks
            .push(Check::new_by_words(Kind::Quadrature, &case, "H(Y given X_t) by k", &mutants, |_, s| by_k(s, false)));
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "Var h by k", &mutants, |_, s| by_k(s, true)));
    }
    // The pitchfork at k = 1 and the peak of Var h at k_V, whatever the process.
    let apart = NamedLaw::new("pair-atoms", Mixture::symmetric_pair(&[1.5], 0.0)?);
    for case in [apart.under(P::Edm, 1.3)?, wide.under(linear, 0.25)?, wide.under(P::Ou, 0.5)?, long.under(P::Ve, 2.5)?]
    {
        let mutants = &[Mutation::Sigma, Mutation::Formula(WIDTH)]
            [..if case.law().covariance(0).eigenvalue(0) > 0.0 { 2 } else { 1 }];
        // In 64 dimensions the eigenvalue is not good for twelve digits (C7 has it); for atoms S(0) does not depend on the noise.
        if case.law().dim() == 1 && mutants.len() > 1 {
            checks.push(Check::new_by_words(Kind::Quadrature, &case, "pitchfork at k = 1", mutants, |_, s| {
                place(s, 1.0, super::c7::instability)
            }));
        }
        let mutants = [mutants, &[Mutation::Formula(HALF)]].concat();
        checks.push(Check::new_by_words(
            Kind::Quadrature,
            &case,
            "k_V, zero of the production of Var h",
            &mutants,
            |_, s| place(s, K_V, production),
        ));
    }
    for of in PLACES {
        let named = format!("{}, top of the closed form", of.name);
        checks.push(Check::number_by_words(Kind::Quadrature, named, &[Mutation::Formula(CLOCK)], move |_, t| {
            top(of, t, false)
        }));
        let named = format!("height at {}", of.name);
        checks.push(Check::number_by_words(Kind::Quadrature, named, &[Mutation::Formula(CLOCK)], move |_, t| {
            top(of, t, true)
        }));
        let cases = [(atoms.clone(), P::Edm), (atoms.clone(), linear)];
        for (named, process) in &cases {
            let case = named.under(*process, process.time_at_snr(of.k)?)?;
            if let Some(power) = of.power {
                let what = format!("{}, zero of the slope of the rate", of.name);
                let run = move |_: &Context, s: &Case| place(s, of.k, |s| bend(s, power));
                checks.push(Check::new_by_words(
                    Kind::Quadrature,
                    &case,
                    &what,
                    &[Mutation::Sigma, Mutation::Formula(CLOCK)],
                    run,
                ));
            }
        }
        // Simulation under one process a place: k decides, not the process.
        let process = if of.k > 1.4 && of.k < 3.0 { linear } else { P::Edm };
        for (side, factor) in [("below", 0.7), ("above", 1.4)] {
            let case = atoms.under(process, process.time_at_snr(factor * of.k)?)?;
            let what = format!("{side} {}", of.name);
            let run = move |c: &Context, s: &Case| sampled(c, s, of, factor < 1.0);
            checks.push(Check::new_by_words(Kind::MonteCarlo, &case, &what, &[Mutation::Formula(SIDE)], run));
        }
    }
    Ok(checks)
}

/// `a` and `q`.
fn shape(case: &Case) -> (f64, f64) {
    let a = case.law().mean(0).iter().map(|m| m * m).sum::<f64>().sqrt();
    (a, if case.breaks(WIDTH) { 0.0 } else { case.law().covariance(0).eigenvalue(0) })
}

/// The label's entropy or the variance of its pathwise entropy by general quadrature, against the closed form at `k`.
fn by_k(case: &Case, variance: bool) -> Result<Comparison> {
    let (a, q) = shape(case);
    let k = closed::signal(a, q, &case.truth().level()?);
    let (lhs, rhs) = if variance {
        (case.variance(|s| s.label_entropy())?, closed::label_entropy_variance(k))
    } else {
        (case.mean_of(|s| s.label_entropy())?, closed::label_entropy(k))
    };
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// The root of `f` along the process as a value of `k`, against a stated one.
fn place(case: &Case, stated: f64, f: impl Fn(&Case) -> Result<Estimate>) -> Result<Comparison> {
    let process = *case.process();
    let ((a, true_q), (_, q)) = (shape(&case.truth()), shape(case));
    // gamma at which k takes a value.
    let snr = |k: f64| k / (a * a - true_q * k);
    let (low, high) = (snr(0.6 * stated).ln(), snr(1.6 * stated).ln());
    let at = |l: f64| -> Result<Estimate> { f(&case.at(process.time_at_snr(l.exp())?)) };
    let l = match root(at, low, high) {
        // Without a zero nearby, what should vanish at the stated place does not.
        Err(Error::Quadrature(infodyn_quadrature::Error::Interval { .. })) => {
            return Ok(Comparison::new(at(snr(stated).ln())?, Estimate::ZERO, DIGITS));
        }
        found => found?,
    };
    let snr = l.value().exp();
    let k = snr * a * a / (1.0 + q * snr);
    // d log k/d log gamma <= 1; the time at which a root is read is rounded.
    let lhs = Estimate::new(k, k * (l.radius() + 32.0 * f64::EPSILON));
    Ok(Comparison::new(lhs, Estimate::rounded(stated, 1.0), DIGITS * stated))
}

/// `E|grad h|^2 - Cov(h, b)`: what produces `Var h` (D3).
pub(super) fn production(case: &Case) -> Result<Estimate> {
    let gradient = case.mean_of(|s| s.label_gradient2())?;
    let covariance = case.covariance(|s| s.label_entropy(), |s| s.label_production())?;
    Ok(gradient / if case.breaks(HALF) { 2 } else { 1 } - covariance)
}

/// `p mmse - gamma E tr S^2`, the sign of the slope of `gamma^p mmse` in `log gamma` (B7).
fn bend(case: &Case, power: f64) -> Result<Estimate> {
    let snr = case.truth().level()?.snr();
    let power = if case.breaks(CLOCK) { power + 0.5 } else { power };
    let both = case.mean(Detail::Score, 2, |s, out| {
        (out[0], out[1]) = (s.posterior_trace(), s.posterior_trace() * s.posterior_trace());
    })?;
    Ok(both[0] * Estimate::given(power) - both[1] * Estimate::rounded(snr, 2.0))
}

/// The peak of the closed form in `log k`: its place, or its height.
fn top(of: Place, mutation: Mutation, height: bool) -> Result<Comparison> {
    let more = if mutation == Mutation::Formula(CLOCK) { 0.5 } else { 0.0 };
    let read = |l: f64| -> Result<Estimate> {
        let k = l.exp();
        let weight = k.powf(of.power.unwrap_or(0.0) + more);
        let value = if of.power.is_some() { closed::mmse(k) } else { closed::label_entropy_variance(k) };
        Ok(value * Estimate::rounded(weight, 2.0))
    };
    let (low, high) = (of.k / 1.8, of.k * 1.8);
    let found = peak(read, of.k.ln(), 0.5)?.ok_or(Error::NoRoot { what: "slope", lo: low, hi: high })?;
    let (lhs, rhs) = if height {
        // Stated to 15 significant digits.
        (found.height, Estimate::new(of.height, 5e-15 * of.height))
    } else {
        let k = found.at.value().exp();
        (Estimate::new(k, k * (found.at.radius() + 4.0 * f64::EPSILON)), Estimate::rounded(of.k, 1.0))
    };
    Ok(Comparison::new(lhs, rhs, DIGITS * rhs.value()))
}

/// On which side of a peak `k` stands, from the local quantities: `E|grad h|^2` against `Cov(h, b)`, or `p mmse` against `gamma E tr S^2`.
fn sampled(context: &Context, case: &Case, of: Place, below: bool) -> Result<Comparison> {
    let snr = case.level()?.snr();
    let level = Context::CONFIDENCE;
    let below = below != case.breaks(SIDE);
    let (rises, falls, difference) = if let Some(power) = of.power {
        let means = case.sample(context, Detail::Score, 2, &[], |row, out| {
            let seen = row.seen(0);
            let error: f64 = row.xi().iter().zip(seen.mean_offset()).map(|(x, m)| (x - m) * (x - m)).sum();
            (out[0], out[1]) = (power * error, snr * seen.posterior_trace() * error);
        })?;
        (means.mean(0, level), means.mean(1, level), means.linear(&[(0, 1.0), (1, -1.0)], level))
    } else {
        let means = case.sample(context, Detail::Labels, 3, &[(1, 2)], |row, out| {
            let seen = row.seen(0);
            (out[0], out[1], out[2]) = (seen.label_gradient2(), seen.label_entropy(), seen.label_production());
        })?;
        let missing = || Error::Product(1, 2);
        let covariance = means.covariance(1, 2, level).ok_or_else(missing)?;
        let difference = means.linear_with_covariances(&[(0, 1.0)], &[((1, 2), -1.0)], level).ok_or_else(missing)?;
        (means.mean(0, level), covariance, difference)
    };
    let (lhs, rhs, difference) = if below { (falls, rises, -difference) } else { (rises, falls, difference) };
    Ok(Comparison::paired(lhs, rhs, difference, SAMPLED * rhs.value().abs()).ordered())
}
