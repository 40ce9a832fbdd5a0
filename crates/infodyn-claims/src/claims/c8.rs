//! C8: one number decides, and the clock decides where its rate peaks.

use infodyn_closed_form::pair as closed;
use infodyn_core::{Comparison, Detail, Estimate, Mixture, NoiseProcess, ulps};
use infodyn_enclosure::{Interval, Jet, Moment, Number, zero};
use infodyn_quadrature::{peak, root};
use infodyn_symbolic::theory::{Equation, Identity, Noise, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP};
use crate::branching::instability;
use crate::decisions::{K_V, balance, production, sampled_production};
use crate::enclosed::{Curve, Rate, Slope, equal, pair_at, real};
use crate::symbols::{Pair, pair};
use crate::{Case, Check, Claim, Context, Error, Ingredient, Kind, Mutation, NamedLaw, Origin, Result};

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

/// The label of a symmetric pair depends on `k = alpha^2 a^2/(alpha^2 q + sigma^2)` only, and the rates in three
/// clocks.
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

/// What peaks in the decision of a pair.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Peaking {
    /// `Var h`.
    Variance,
    /// `k^p mmse`, the rate in a clock.
    Rate(f64),
}

/// What peaks, where, and how high.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    name: &'static str,
    what: Peaking,
    k: f64,
    height: f64,
}

/// theory.md C8 and section 7, computed there with 34 digits.
const PLACES: [Place; 4] = [
    Place { name: "k_V", what: Peaking::Variance, k: K_V, height: 0.053_628_891_129_723_5 },
    Place {
        name: "k_H",
        what: Peaking::Rate(1.0),
        k: 1.508_330_628_786_380_977_7,
        height: 2.0 * 0.239_757_985_317_567,
    },
    Place { name: "k_s", what: Peaking::Rate(1.5), k: 2.412_648_895_833_228_192_1, height: 0.667_770_528_668_034 },
    Place { name: "k_v", what: Peaking::Rate(2.0), k: 3.348_668_168_745_850_488_9, height: 1.130_486_024_893_05 },
];

const CLOCK: &str = "the rate per unit of a clock with one more half power of k";
const NARROW: &str = "the component's variance left out of k";
/// Twelve digits.
const DIGITS: f64 = 1e-12;

/// A comparison on a case, for components of a variance.
type Run = fn(&Case, f64) -> Result<Comparison>;

fn checks(_: &Context) -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let linear = P::VP_LINEAR;
    let atoms = NamedLaw::new("pair-atoms", Mixture::symmetric_pair(&[1.0], 0.0)?);
    let wide = NamedLaw::new("pair-1", Mixture::symmetric_pair(&[1.5], 0.3)?);
    let long = NamedLaw::new("pair-64", Mixture::symmetric_pair(&[0.25; 64], 0.3)?);
    let mut checks = Vec::new();
    let narrow = |check: Check, case: &Case, run: Run| {
        let atoms = variance(case) == 0.0;
        if atoms { check } else { check.mutant(Ingredient::Variance, NARROW, move |_, case| run(case, 0.0)) }
    };
    // That k is all.
    for case in
        [atoms.under(P::FLOW, 0.4)?, wide.under(linear, 0.25)?, wide.under(P::Ou, 0.5)?, long.under(P::Ve, 2.5)?]
    {
        let both: [(&str, Run); 2] = [("H(Y given X_t) by k", entropy_by_k), ("Var h by k", variance_by_k)];
        for (what, run) in both {
            let check = Check::new(Kind::Quadrature, &case, what, move |_, case| run(case, variance(case)));
            checks.push(narrow(check.breaking(&[Mutation::Weight, Mutation::Sigma]), &case, run));
        }
    }
    // The pitchfork at k = 1 and the peak of Var h at k_V, whatever the process.
    let apart = NamedLaw::new("pair-atoms", Mixture::symmetric_pair(&[1.5], 0.0)?);
    for case in [apart.under(P::Edm, 1.3)?, wide.under(linear, 0.25)?, wide.under(P::Ou, 0.5)?, long.under(P::Ve, 2.5)?]
    {
        // In 64 dimensions the eigenvalue is not good for twelve digits (C7 has it); for atoms S(0) does not depend on
        // the noise.
        if case.law().dim() == 1 && variance(&case) > 0.0 {
            let run = |case: &Case, q| place(case, q, 1.0, instability);
            let check =
                Check::new(Kind::Quadrature, &case, "pitchfork at k = 1", move |_, case| run(case, variance(case)));
            checks.push(narrow(check.breaking(&[Mutation::Sigma]), &case, run));
        }
        let run = |case: &Case, q| place(case, q, K_V, production);
        let what = "k_V, zero of the production of Var h";
        let check = Check::new(Kind::Quadrature, &case, what, move |_, case| run(case, variance(case)));
        let check = narrow(check.breaking(&[Mutation::Sigma]), &case, run);
        checks.push(check.mutant(Ingredient::Moment, "E b in place of E|grad h|^2", |_, case| {
            place(case, variance(case), K_V, |case| balance(case, |s| s.label_production()))
        }));
    }
    for of in PLACES {
        for what in [Top::Place, Top::Height] {
            let name = match what {
                Top::Place => format!("{}, top of the closed form", of.name),
                Top::Height => format!("height at {}", of.name),
            };
            let check = Check::number(Kind::Quadrature, name, move |_| top(of, what, 0.0));
            checks.push(check.variant(Ingredient::Clock, CLOCK, move |_| top(of, what, 0.5)));
        }
        if let Peaking::Rate(power) = of.what {
            for process in [P::Edm, linear] {
                let case = atoms.under(process, process.time_at_snr(of.k)?)?;
                let run = move |power| move |_: &Context, case: &Case| place(case, 0.0, of.k, |s| bend(s, power));
                let what = format!("{}, zero of the slope of the rate", of.name);
                let check = Check::new(Kind::Quadrature, &case, &what, run(power)).breaking(&[Mutation::Sigma]);
                checks.push(check.mutant(Ingredient::Clock, CLOCK, run(power + 0.5)));
            }
        }
        // Simulation under one process a place: k decides, not the process.
        let process = if of.k > 1.4 && of.k < 3.0 { linear } else { P::Edm };
        for (side, factor, other) in [(Side::Below, 0.7, 1.09), (Side::Above, 1.4, 0.92)] {
            let at = |factor: f64| process.time_at_snr(factor * of.k);
            let (case, beyond) = (atoms.under(process, at(factor)?)?, at(other)?);
            let what = format!("{side:?} {}", of.name).to_lowercase();
            let check = Check::new(Kind::MonteCarlo, &case, &what, move |c, case| sampled(c, case, of.what, side));
            checks.push(check.mutant(Ingredient::Bound, "a little beyond the peak", move |c, case| {
                sampled(c, &case.at(beyond), of.what, side)
            }));
        }
    }
    checks.extend(enclosures());
    Ok(checks)
}

/// Two atoms, `sigma = 1`: each place by the derivative of what peaks, carried through the integrals, and by a balance.
fn enclosures() -> Vec<Check> {
    let moments = [(Ingredient::Moment, "E b in place of E|grad h|^2", Moment::Production)];
    let powers = [(Ingredient::Clock, "per unit of another clock, with one more half power of k", (0.5, [1.9, 1.91]))];
    let mut all = vec![
        equal("two-atoms: E|grad h|^2 = Cov(h, b) at k_V", Moment::Gradient2, &moments, |moment| {
            let line = pair_at(variance_peak_by_derivative(0.0, [1.3445, 1.3465])?)?;
            Ok([line.mean(moment)?, line.entropy_production_covariance()?])
        }),
        equal("two-atoms: k_V to the digits of the theory", (0.0, [1.3445, 1.3465]), &powers, |(power, bracket)| {
            Ok([variance_peak_by_derivative(power, bracket)?, Interval::near(K_V)])
        }),
    ];
    let (log, ratio) = ("the clock log gamma", "the clock sigma/alpha");
    for (name, rate, how, other) in
        [("k_H", Rate::H, ratio, Rate::S), ("k_s", Rate::S, log, Rate::H), ("k_v", Rate::V, ratio, Rate::S)]
    {
        let mutants = [(Ingredient::Clock, how, other)];
        all.push(equal(format!("two-atoms: {name}"), rate, &mutants, move |other: Rate| {
            Ok([rate.peak_by_derivative()?, other.peak()?])
        }));
    }
    all
}

/// The peak of `k^power Var h` by its derivative.
fn variance_peak_by_derivative(power: f64, [low, high]: [f64; 2]) -> infodyn_enclosure::Result<Interval> {
    let root = zero(Interval::new(low, high), |k| {
        let k: Curve = Jet { value: k, slope: real::<Slope>(1.0) };
        Ok(((k.ln().times(power)).exp() * pair_at(k)?.entropy_variance()?).slope)
    })?;
    Ok(root.at)
}

/// The variance of a component.
fn variance(case: &Case) -> f64 {
    case.law().covariance(0).eigenvalue(0)
}

/// `|mu|`.
fn length(case: &Case) -> f64 {
    case.law().mean(0).iter().map(|m| m * m).sum::<f64>().sqrt()
}

/// `k` at the case's time for components of variance `q`.
fn signal(case: &Case, q: f64) -> Result<f64> {
    Ok(closed::signal(length(case), q, &case.truth().level()?))
}

/// The label's entropy by general quadrature, against the closed form at `k`.
fn entropy_by_k(case: &Case, q: f64) -> Result<Comparison> {
    let rhs = closed::label_entropy(signal(case, q)?);
    Ok(Comparison::new(case.mean_of(Detail::LABEL_ENTROPY, |s| s.label_entropy())?, rhs, SHARP * rhs.value()))
}

/// The same for the variance of its pathwise entropy.
fn variance_by_k(case: &Case, q: f64) -> Result<Comparison> {
    let rhs = closed::label_entropy_variance(signal(case, q)?);
    Ok(Comparison::new(case.variance(Detail::LABEL_ENTROPY, |s| s.label_entropy())?, rhs, SHARP * rhs.value()))
}

/// The root of `f` along the process as a value of `k` for components of variance `q`, against a stated one.
fn place(case: &Case, q: f64, stated: f64, f: impl Fn(&Case) -> Result<Estimate>) -> Result<Comparison> {
    let process = *case.process();
    let (a, true_q) = (length(case), variance(case));
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
    let lhs = Estimate::new(k, k * (l.radius() + ulps::level(l.value()) * f64::EPSILON));
    Ok(Comparison::new(lhs, Estimate::near(stated), DIGITS * stated))
}

/// `p mmse - gamma E tr S^2`, the sign of the slope of `gamma^p mmse` in `log gamma` (B7).
fn bend(case: &Case, power: f64) -> Result<Estimate> {
    let snr = case.truth().level()?.snr();
    let both = case.mean(Detail::POSTERIOR_TRACE, 2, |s, out| {
        (out[0], out[1]) = (s.posterior_trace(), s.posterior_trace() * s.posterior_trace());
    })?;
    Ok(both[0] * Estimate::given(power) - both[1] * Estimate::rounded(snr, ulps::SNR))
}

/// What of a peak is compared.
#[derive(Debug, Clone, Copy)]
enum Top {
    Place,
    Height,
}

/// The peak of the closed form in `log k`, times `k^more`.
fn top(of: Place, what: Top, more: f64) -> Result<Comparison> {
    let read = |l: f64| -> Result<Estimate> {
        let k = l.exp();
        let (value, power) = match of.what {
            Peaking::Variance => (closed::label_entropy_variance(k), 0.0),
            Peaking::Rate(power) => (closed::mmse(k), power),
        };
        Ok(value * Estimate::given(k).powf(power + more))
    };
    let (low, high) = (of.k / 1.8, of.k * 1.8);
    let found = peak(read, of.k.ln(), 0.5)?.ok_or(Error::NoRoot { what: "slope", lo: low, hi: high })?;
    let (lhs, rhs) = match what {
        // Stated to 15 significant digits.
        Top::Height => (found.height, Estimate::new(of.height, 5e-15 * of.height)),
        Top::Place => (found.at.exp(), Estimate::near(of.k)),
    };
    Ok(Comparison::new(lhs, rhs, DIGITS * rhs.value()))
}

/// A side of a peak, in `k`.
#[derive(Debug, Clone, Copy)]
enum Side {
    Below,
    Above,
}

/// On which side of a peak `k` stands, from the local quantities: `E|grad h|^2` against `Cov(h, b)`, or `p mmse`
/// against `gamma E tr S^2`.
fn sampled(context: &Context, case: &Case, what: Peaking, side: Side) -> Result<Comparison> {
    let snr = case.level()?.snr();
    let level = Context::CONFIDENCE;
    let [rises, falls, difference] = match what {
        Peaking::Rate(power) => {
            let means = case.sample(context, Detail::MEAN_OFFSET | Detail::POSTERIOR_TRACE, 2, &[], |row, out| {
                let seen = row.seen(0);
                let error: f64 = row.xi().iter().zip(seen.mean_offset()).map(|(x, m)| (x - m) * (x - m)).sum();
                (out[0], out[1]) = (power * error, snr * seen.posterior_trace() * error);
            })?;
            [means.mean(0, level), means.mean(1, level), means.linear(&[(0, 1.0), (1, -1.0)], level)]
        }
        Peaking::Variance => sampled_production(context, case)?,
    };
    let (lhs, rhs, difference) = match side {
        Side::Below => (falls, rises, -difference),
        Side::Above => (rises, falls, difference),
    };
    Ok(Comparison::paired(lhs, rhs, difference, SAMPLED * rhs.value().abs()).ordered())
}
