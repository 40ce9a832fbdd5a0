//! G1: how fast guidance decides.

use infodyn_closed_form::pair;
use infodyn_core::{Comparison, Covariance, Estimate, Mixture, NoiseProcess};
use infodyn_monte_carlo::{Guidance, Scheme};
use infodyn_symbolic::Expr;
use infodyn_symbolic::theory::{self, Equation, Identity, divergence, dot, minus, norm2, quantity, scale};

use super::{SAMPLED, SHARP};
use crate::guided::{Odds, Runs, ln_belief};
use crate::schedule::decimal;
use crate::symbols::{guided_generator, pull};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "G1",
    name: "guided-generator",
    statement: "With `L_omega` the generator of the reverse SDE under the score `s + omega d`, `d = s_y - s`: {0}, for \
                any `omega` of time and place, and {1} for a constant `p`. So `E log pi_y` grows by the mean of the \
                integral of `(omega - 1/2) g^2|d|^2`: `omega = 1/2` is neutral, and `pi_y^(1 - 2 omega)` is a local \
                martingale for constant `omega`; a window of guidance changes it by the window's share. Along the \
                guided flow {2}. In the clock `gamma`, `g^2|d|^2 dtau = |m_y - m|^2 dgamma`",
    scope: "every law with a label, any number of classes, from any start to any finite `gamma`; means where they \
            exist. Two atoms by a lattice, three classes in the plane by simulation",
    origin: Origin::Elsewhere(
        "Azangulov et al., arXiv 2505.19367, derive the SDE of `log p(c|x)` along guided paths (their `w` is `omega - \
         1`; seen through summaries); that the mean of `1/pi_y` falls: arXiv 2505.01382. That 1/2 is neutral, the \
         budget as an exact balance and the power `1 - 2 omega` are new here as far as seen",
    ),
    uses: &["D1", "D7"],
    formulas,
    checks,
};

/// The generator applied to `log pi_y` and to its powers, and the rate along the flow.
fn formulas() -> Vec<Identity> {
    let [grown, power, along, square] =
        ["L_omega log pi_y", "pi_y^-p L_omega pi_y^p", "d/dtau log pi_y", "|d|^2"].map(quantity);
    let [omega, p, g, scored, spread] = ["omega", "p", "g", "s.d", "div d"].map(quantity);
    let g2 = g.pow(2);
    let growth = |neutral: Expr| (&omega - neutral) * &g2 * &square;
    let log = Equation::new(&grown, growth(Expr::ratio(1, 2)));
    let rate = |half: i32| &p * (&omega + (&p - 1) / half) * &g2 * &square;
    let powers = Equation::new(&power, rate(2));
    let flowing = |share: Expr| &g2 / 2 * (share * &square - &scored - &spread);
    let flow = Equation::new(&along, flowing(&omega - 1));
    let strength = Expr::from(&omega);
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = theory::Mixture::general(components, dim);
        let log_pi = law.posterior(0).log();
        let defined = [
            (&grown, guided_generator(&law, &strength, &log_pi)),
            (&g, Expr::from(&law.noise.g)),
            (&square, norm2(&pull(&law))),
        ];
        let broken = ("neutral at omega = 1", growth(Expr::one()));
        all.push(Identity::of(format!("log pi_y, {}", law.name()), &log, &defined, broken));
    }
    for (components, dim, exponent) in [(2, 1, -1), (2, 1, 3), (3, 1, -2), (2, 2, 2)] {
        let law = theory::Mixture::general(components, dim);
        let raised = law.posterior(0).pow(exponent);
        let defined = [
            (&power, guided_generator(&law, &strength, &raised) / &raised),
            (&p, Expr::from(exponent)),
            (&g, Expr::from(&law.noise.g)),
            (&square, norm2(&pull(&law))),
        ];
        let broken = ("p - 1 in place of (p - 1)/2", rate(1));
        all.push(Identity::of(format!("pi_y^{exponent}, {}", law.name()), &powers, &defined, broken));
    }
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = theory::Mixture::general(components, dim);
        let (log_pi, d, s) = (law.posterior(0).log(), pull(&law), law.score());
        let guided: Vec<Expr> = s.iter().zip(&d).map(|(s, d)| s + &strength * d).collect();
        let velocity = minus(&scale(&law.noise.half_g2(), &guided), &scale(&law.noise.f, &law.position()));
        let defined = [
            (&along, dot(&velocity, &d) - law.noise.in_time().of(&log_pi)),
            (&g, Expr::from(&law.noise.g)),
            (&square, norm2(&d)),
            (&scored, dot(&s, &d)),
            (&spread, divergence(&d, &law.x)),
        ];
        let broken = ("omega - 1/2, as of the SDE", flowing(&omega - Expr::ratio(1, 2)));
        all.push(Identity::of(format!("along the flow, {}", law.name()), &flow, &defined, broken));
    }
    all
}

/// `omega`, `k`, and the share of the budget `log 2` spent before, by a PDE to 1e-6 (theory.md).
const SHARES: [(f64, f64, f64); 8] = [
    (2.0, 0.25, 0.392_075),
    (2.0, 1.0, 0.814_636),
    (3.0, 0.1, 0.287_020),
    (3.0, 0.5, 0.748_770),
    (3.0, 2.0, 0.971_709),
    (5.0, 0.25, 0.706_085),
    (5.0, 1.0, 0.948_530),
    (7.5, 0.1, 0.564_577),
];

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let counted = "omega counted from the class";
    for (omega, k, stated) in SHARES {
        let run =
            move |omega: f64| move |_: &Context| Ok(Comparison::new(share(omega, k), decimal(stated, 2e-6), 2e-6));
        let check = Check::number(
            Kind::Quadrature,
            format!("two-atoms, omega={omega}: share of the budget spent before k={k}"),
            run(omega),
        );
        checks.push(check.variant(Ingredient::Drift, counted, run(omega - 1.0)));
    }
    for k in [0.5, 2.0] {
        let run = move |omega: f64| {
            move |_: &Context| {
                let ln2 = Estimate::from(2).ln();
                let rhs = Estimate::ONE - pair::label_entropy(k) / ln2;
                Ok(Comparison::new(share(omega, k), rhs, SHARP * rhs.value()))
            }
        };
        let case = format!("two-atoms, omega=1: the share is 1 - H/log 2 at k={k}");
        checks.push(Check::number(Kind::Quadrature, case, run(1.0)).variant(
            Ingredient::Drift,
            "omega = 1.01",
            run(1.01),
        ));
    }
    for (weight, omega) in [(0.2, 3.0), (0.5, 0.5), (0.35, 1.5)] {
        let run = move |odds: Odds, neutral: f64| move |_: &Context| budget(odds, omega, neutral);
        let odds = Odds::new(weight, omega);
        let case = format!("two-atoms, w={weight}, omega={omega}: the budget to k=1");
        let check = Check::number(Kind::Quadrature, case, run(odds, 0.5));
        let check = check.variant(Ingredient::Moment, "omega - 1 in place of omega - 1/2", run(odds, 1.0));
        let class = Odds { omega: 1.0, ..odds };
        let how = "the mean under the law given the label";
        // At 1/2 nothing is spent under any law.
        checks.push(if omega == 0.5 { check } else { check.variant(Ingredient::Law, how, run(class, 0.5)) });
    }
    for omega in [0.25, -0.5] {
        let run = move |power: f64| {
            move |_: &Context| {
                let odds = Odds::new(0.2, omega);
                let lhs = odds.mean(1.0, |u| (power * ln_belief(u)).exp());
                let rhs = (Estimate::given(power) * Estimate::given(0.2).ln()).exp();
                Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
            }
        };
        let case = format!("two-atoms, w=0.2, omega={omega}: the mean of pi_y^(1 - 2 omega) at k=1");
        let check = Check::number(Kind::Quadrature, case, run(1.0 - 2.0 * omega));
        checks.push(check.variant(Ingredient::Exponent, "1 - omega", run(1.0 - omega)));
    }
    for (process, guidance, to, steps) in [
        (NoiseProcess::VP_LINEAR, Guidance::toward(0, 3.0), 0.8, 24),
        // Nothing is gained: what the noise leaves is small beside what guidance adds only on fine steps.
        (NoiseProcess::FLOW, Guidance::toward(0, 0.5), 3.2, 66),
        // Levels are 0.05 times powers of 2^(1/6): the window opens at 0.1 and closes at 0.4.
        (NoiseProcess::Ou, Guidance::toward(0, 4.0).within(0.09, 0.39), 0.8, 24),
    ] {
        let runs = Runs { steps, ..Runs::new(guidance, [0.05, to]) };
        checks.push(simulated(&three_classes()?.under(process, 0.5)?, runs));
    }
    Ok(checks)
}

/// Three Gaussians in the plane.
pub(super) fn three_classes() -> Result<NamedLaw> {
    let q = Covariance::isotropics(&[0.1, 0.2, 0.05])?;
    let means = [vec![1.0, 0.2], vec![-0.8, 0.9], vec![-0.3, -1.1]];
    Ok(NamedLaw::new("three-classes", Mixture::new(&[0.2, 0.3, 0.5], &means, q)?))
}

/// `(E log pi_y + log 2)/log 2` at `k`, two atoms of equal weight.
fn share(omega: f64, k: f64) -> Estimate {
    let ln2 = Estimate::from(2).ln();
    (Odds::new(0.5, omega).mean(k, ln_belief) + ln2) / ln2
}

/// What `E log pi_y` grows by to `k = 1`, against `omega - 1/2` times the mean integral of `|m_y - m|^2`.
fn budget(odds: Odds, omega: f64, neutral: f64) -> Result<Comparison> {
    let lhs = Odds { omega, ..odds }.mean(1.0, ln_belief) - Estimate::given(odds.weight).ln();
    let rhs = Odds { gain: omega - neutral, ..odds }.mean(1.0, |_| 0.0);
    Ok(Comparison::new(lhs, rhs, SHARP))
}

/// Of what guidance adds to `E log pi_y`, the part that a balance may be off by.
const BALANCED: f64 = 0.03;

/// The same of simulated paths, where the noise has been taken away.
fn simulated(case: &Case, runs: Runs) -> Check {
    let guidance = runs.guidance;
    let window = guidance.window.1.is_finite();
    // What is balanced: the part of guidance may be all of it, or twice as much.
    let run = move |runs: Runs, neutral: f64| {
        move |context: &Context, case: &Case| {
            let means = runs.sample(context, case, 3, |account, out| {
                out[0] = account.end - account.start - account.noise;
                out[1] = account.first - neutral * account.energy;
                out[2] = account.first;
            })?;
            Ok(means.paired(0, 1, BALANCED * means.linear(&[(2, 1.0)]).value()))
        }
    };
    let omega = guidance.strength;
    let what = format!("omega={omega}{}", if window { " for snr from 0.1 to 0.4" } else { "" });
    let check = Check::new(Kind::MonteCarlo, case, &what, run(runs, 0.5));
    let check = check.mutant(Ingredient::Moment, "omega - 1 in place of omega - 1/2", run(runs, 1.0));
    let class = Runs { given: Guidance::toward(guidance.label, 1.0), ..runs };
    let check = check.mutant(Ingredient::Law, "paths of the law given the label", run(class, 0.5));
    let flow = Runs { scheme: Scheme::FlowHeun, ..runs };
    let check = check.mutant(Ingredient::Scheme, "the guided flow", move |context, case| {
        let means = flow.sample(context, case, 2, |account, out| {
            out[0] = account.end - account.start;
            out[1] = account.first - 0.5 * account.energy;
        })?;
        Ok(means.paired(0, 1, SAMPLED))
    });
    if omega == 0.5 {
        return check;
    }
    check.mutant(Ingredient::Score, "d = s_y - s_(not y)", move |context, case| {
        let means = runs.sample(context, case, 2, |account, out| {
            out[0] = account.end - account.start - account.noise;
            out[1] = account.against;
        })?;
        Ok(means.paired(0, 1, SAMPLED))
    })
}
