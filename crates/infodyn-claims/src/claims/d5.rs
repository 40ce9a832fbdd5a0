//! D5: the innovation of a decision.

use infodyn_core::{Comparison, Detail, Estimate, Mixture, NoiseProcess, ulps};
use infodyn_symbolic::theory::{Equation, Identity, Noise, identity, normal, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP, atoms};
use crate::case::paired;
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, NamedLaw, Origin, Result, Seen};

pub(super) const CLAIM: Claim = Claim {
    id: "D5",
    name: "innovation",
    statement: "In the clock `k = alpha^2 a^2/sigma^2` (reverse time) two atoms `+-mu`, `a = |mu|`, have log-odds {0} with `u_k = Y k + W_k`, `W` a Brownian \
                motion: exact paths, no step error; for equal weights `tanh u`, the mean of `Y`, obeys {1}. With component variance `q` the same holds in the clock \
                `k = alpha^2 a^2/(alpha^2 q + sigma^2)`, which ends at `a^2/q`",
    scope: "two components of equal isotropic variance and any weights, one time by quadrature and the joint law of two times along paths",
    origin: Origin::Elsewhere(
        "Shiryaev 1978, Optimal Stopping Rules; innovations: Kailath 1968 (linear), Frost & Kailath 1971 (nonlinear), IEEE Trans. Autom. Control",
    ),
    uses: &["D1"],
    formulas,
    checks,
};

/// The log-odds of two atoms are `2 (Y k + W_k)`, and `tanh u` is a martingale of `du = tanh(u) dk + dB`.
fn formulas() -> Vec<Identity> {
    let noise = Noise::general();
    let Noise { alpha, sigma, .. } = &noise;
    let (a, z, w) = (Symbol::positive("a"), Symbol::real("z"), Symbol::positive("w"));
    let [log_odds, u_k, drift] = ["log(pi/(1-pi))", "u_k", "L tanh u"].map(quantity);
    let bias = (&w / (1 - &w)).log();
    let written = Equation::new(&log_odds, 2 * &u_k + &bias);
    let k = alpha.pow(2) * a.pow(2) / sigma.pow(2);
    let mut all = Vec::new();
    for (label, sign) in [("Y = 1", 1), ("Y = -1", -1)] {
        let x = sign * (alpha * &a) + sigma * &z;
        let at = |mean: Expr| normal(std::slice::from_ref(&x), &[mean], &sigma.pow(2));
        let odds = (&w * at(alpha * &a)) / ((1 - &w) * at(-(alpha * &a)));
        let u = sign * &k + k.sqrt() * &z;
        let broken = ("u in place of 2 u", &u_k + &bias);
        all.push(Identity::of(format!("log-odds, {label}"), &written, &[(&log_odds, odds.log()), (&u_k, u)], broken));
    }
    let u = Symbol::real("u");
    let generator = |e: &Expr, drift: &Expr| e.diff(&u).diff(&u) / 2 + drift * e.diff(&u);
    let belief = u.tanh();
    let martingale = Equation::new(&drift, 0);
    let broken = ("drift 1, that of Y = 1", &[(&drift, generator(&belief, &Expr::one()))][..]);
    let defined = [(&drift, generator(&belief, &belief))];
    all.push(Identity::redefined("tanh u is a martingale of the innovation", &martingale, &defined, broken));
    let moment = |n: i32| {
        // E u^n for u = k + sqrt(k) z, by the three-point Gauss-Hermite rule, exact to degree 5.
        let (k, node) = (Symbol::positive("k"), Expr::from(3).sqrt());
        let at = |z: Expr| (&k + k.sqrt() * z).pow(n);
        (2 * at(Expr::zero()) / 3 + (at(node.clone()) + at(-node)) / 6, k)
    };
    let (second, k) = moment(2);
    all.push(identity("E u^2 = k + k^2", second.clone(), &k + k.pow(2), ("k^2", k.pow(2))));
    all
}

/// Two atoms in the plane, weights 0.65 and 0.35.
fn plane_atoms() -> Result<NamedLaw> {
    Ok(NamedLaw::new("atoms-2d", Mixture::atoms(&[0.65, 0.35], &[vec![0.6, 0.8], vec![-0.6, -0.8]])?))
}

fn cases() -> Result<Vec<Case>> {
    Ok(vec![
        atoms()?.under(NoiseProcess::SUB_VP, 0.3)?,
        atoms()?.under(NoiseProcess::Edm, 0.9)?,
        plane_atoms()?.under(NoiseProcess::FLOW, 0.45)?,
        NamedLaw::new("pair-wide", Mixture::symmetric_pair(&[1.5], 0.3)?).under(NoiseProcess::Ou, 0.6)?,
    ])
}

/// What the log-odds are read with: the prior of a label, and the variance of the components.
#[derive(Clone, Copy)]
struct Reading {
    prior: fn(&Mixture, usize) -> f64,
    variance: fn(&Mixture) -> f64,
}

const EXACT: Reading =
    Reading { prior: |law, label| law.label_weights()[label], variance: |law| law.covariance(0).eigenvalue(0) };

/// What a case can tell from [`EXACT`].
fn misread(law: &Mixture) -> (Ingredient, &'static str, Reading) {
    if law.label_weights()[0] == 0.5 {
        (Ingredient::Variance, "the components' variance left out of k", Reading { variance: |_| 0.0, ..EXACT })
    } else {
        (Ingredient::Weight, "the odds of equal weights taken off", Reading { prior: |_, _| 0.5, ..EXACT })
    }
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for case in cases()? {
        let (ingredient, how, reading) = misread(case.law());
        if case.law().dim() == 1 {
            for (n, what) in [(1, "E Yu = k"), (2, "E u^2 = k + k^2"), (3, "E Yu^3 = k^3 + 3 k^2")] {
                let check = Check::new(Kind::Quadrature, &case, what, move |_, s| one_time(s, n, EXACT));
                // A wrong weight shifts Y u up and down: its mean may not see it.
                let broken = [Mutation::Sigma, Mutation::Weight];
                let check = check.breaking(if n > 1 { &broken } else { &broken[..1] });
                checks.push(check.mutant(ingredient, how, move |_, s| one_time(s, n, reading)));
            }
            let check = Check::new(Kind::Quadrature, &case, "E exp(-2Yu) = 1", |_, s| exponential(s));
            checks.push(check.breaking(&[Mutation::Sigma, Mutation::Weight]));
        }
        for part in Part::ALL {
            let run = |drift| move |c: &Context, s: &Case| joint(c, s, part, drift);
            let check = Check::new(Kind::MonteCarlo, &case, part.name(), run(1.0)).breaking(&[Mutation::Sigma]);
            checks.push(check.mutant(Ingredient::Drift, "a Brownian motion without drift", run(0.0)));
        }
    }
    Ok(checks)
}

/// `Y u`: half the log-odds of the true label, the prior's part taken off.
fn signed(seen: &Seen<'_>, prior: f64) -> f64 {
    0.5 * (seen.log_odds() - (prior / (1.0 - prior)).ln())
}

/// `k = a^2/(q + 1/gamma)`, at a signal-to-noise ratio.
fn signal(law: &Mixture, q: f64, snr: f64) -> f64 {
    let gap2: f64 = law.mean(0).iter().zip(law.mean(1)).map(|(a, b)| (a - b) * (a - b)).sum();
    0.25 * gap2 / (q + 1.0 / snr)
}

/// `E (Y u)^n` against the moment of a normal variable of mean and variance `k`.
fn one_time(case: &Case, n: i32, reading: Reading) -> Result<Comparison> {
    let law = case.law();
    let k = signal(law, (reading.variance)(law), case.truth().level()?.snr());
    let lhs = case.mean_of(Detail::LABEL_SURPRISAL, |s| signed(s, (reading.prior)(law, s.label())).powi(n))?;
    let k = Estimate::rounded(k, ulps::operations(6));
    let rhs = [k, k + k * k, k * k * k + k * k * 3][n as usize - 1];
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

fn exponential(case: &Case) -> Result<Comparison> {
    let lhs =
        case.mean_of(Detail::LABEL_SURPRISAL, |s| (-2.0 * signed(s, (EXACT.prior)(case.law(), s.label()))).exp())?;
    Ok(Comparison::new(lhs, Estimate::ONE, SHARP))
}

/// What is asked of `W = Y u - k` at two times: increments of mean 0, of variance `k_2 - k_1`, uncorrelated with the
/// past.
#[derive(Clone, Copy)]
enum Part {
    Mean,
    Variance,
    Independence,
}

impl Part {
    const ALL: [Self; 3] = [Self::Mean, Self::Variance, Self::Independence];

    fn name(self) -> &'static str {
        match self {
            Self::Mean => "increment of Y u",
            Self::Variance => "variance of the increment",
            Self::Independence => "increment apart from the past",
        }
    }
}

/// The two sides of a part, where `Y u` gains `drift` times the increment of `k`, in the claim once.
fn joint(context: &Context, case: &Case, part: Part, drift: f64) -> Result<Comparison> {
    let law = case.law();
    let snr = case.truth().level()?.snr();
    let levels = [case.process().at_snr(2.5 * snr)?, case.process().at_snr(snr)?];
    let [late, early] = levels.map(|l| signal(law, (EXACT.variance)(law), l.snr()));
    let gain = drift * (late - early);
    let means = case.sample_paths(
        context,
        (8, Detail::LABEL_SURPRISAL),
        2,
        |_| Ok(levels.to_vec()),
        |path, _, out| {
            let of = |seen: &Seen<'_>| signed(seen, (EXACT.prior)(law, seen.label()));
            let (end, start) = (of(&path[0]), of(&path[1]));
            (out[0], out[1]) = match part {
                Part::Mean => (end - start, gain),
                Part::Variance => ((end - start - gain).powi(2), late - early),
                // The two sides are E[u_1 u_2] as it is, and as independence makes it.
                Part::Independence => (start * end, start * (start + gain)),
            };
        },
    )?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
