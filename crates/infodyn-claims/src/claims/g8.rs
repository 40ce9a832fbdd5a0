//! G8: which class guidance reaches, and how close it comes to failing.

use infodyn_closed_form::guidance::{self, LogOdds};
use infodyn_core::{Comparison, Estimate};
use infodyn_monte_carlo::mean_of_trials;
use infodyn_symbolic::theory::{Equation, Identity, Mixture, norm2, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP};
use crate::odds::{self, ends_in_class, falls, flow_ends_in_class};
use crate::symbols::{guided_generator, pull};
use crate::{Check, Claim, Context, Error, Ingredient, Kind, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "G8",
    name: "guidance-threshold",
    statement: "Guided reverse SDE of constant `omega` from pure noise, where `X_0` decides the label: it ends in \
                class `y` with probability `w_y^(1 - 2 omega)` for `omega <= 1/2`, negative too, and 1 from there on. \
                The posterior `pi_y` ever falls to `eps < w_y` with probability `(w_y^p - 1)/(eps^p - 1)`, `p = 1 - 2 \
                omega`, at `omega = 1/2` `log w_y/log eps`. For {0}, so `pi_y^p` is the scale of the process: {1}",
    scope: "any law and any number of classes, constant `omega`, from pure noise to `gamma = infinity`; the diffusion, \
            not the flow. Simulated for two classes without a step error, from pure noise until all but 1e-4 is \
            decided",
    origin: Origin::Elsewhere(
        "the martingale and Doob's inequality: Azangulov et al., arXiv 2505.19367 (seen through summaries; their `w` \
         is `omega - 1`). The equalities, the threshold at 1/2 and what lies below it are new here as far as seen",
    ),
    uses: &["G1"],
    formulas,
    checks,
};

/// The posterior of the class raised to `p` has no drift.
fn formulas() -> Vec<Identity> {
    let [grown, square] = ["L_omega log pi_y", "|d|^2"].map(quantity);
    let [p, g, drift] = ["p", "g", "L_omega pi_y^p"].map(quantity);
    let strength = (1 - &p) / 2;
    let written = |share: i32| Equation::new(&grown, -(&p / share) * g.pow(2) * &square);
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let defined = [
            (&grown, guided_generator(&law, &strength, &law.posterior(0).log())),
            (&g, Expr::from(&law.noise.g)),
            (&square, norm2(&pull(&law))),
        ];
        let broken = ("p in place of p/2", written(1).rhs);
        all.push(Identity::of(format!("omega = (1 - p)/2, {}", law.name()), &written(2), &defined, broken));
    }
    // Two classes: du = b dk + dW, pi = 1/(1 + e^{-2u}).
    let u = Symbol::real("u");
    let still = Equation::new(&drift, 0);
    for (twice, name) in [(1, "1/2"), (4, "2"), (-2, "-1"), (-10, "-5")] {
        let (power, odds) = (Expr::ratio(twice, 2), 1 + (-2 * &u).exp());
        let of = |omega: Expr| {
            let raised = (-&power * odds.log()).exp();
            let b = &omega + (1 - &omega) * u.tanh();
            // Divided by itself, so that powers cancel.
            (b * raised.diff(&u) + raised.diff(&u).diff(&u) / 2) / &raised
        };
        let (right, wrong) = (of((1 - &power) / 2), of(1 - &power));
        let broken = ("omega = 1 - p", &[(&drift, wrong)][..]);
        all.push(Identity::redefined(format!("two classes, p = {name}"), &still, &[(&drift, right)], broken));
    }
    all
}

/// What stands for the probability of falling to a level.
#[derive(Clone, Copy)]
enum Falling {
    Claimed,
    /// `1 - omega` in place of `1 - 2 omega`.
    Half,
    /// Markov's bound as if it were an equality.
    Markov,
    /// The level without its `- 1`.
    Bare,
}

impl Falling {
    fn chance(self, omega: f64, weight: f64, level: f64) -> Option<Estimate> {
        match self {
            Self::Claimed => guidance::chance_of_falling(omega, weight, level),
            Self::Half => guidance::chance_of_falling(0.5 * omega, weight, level),
            Self::Markov => {
                let power = Estimate::given(omega) * 2 - 1;
                Some((power * (Estimate::given(level).ln() - Estimate::given(weight).ln())).exp())
            }
            Self::Bare => {
                let power = Estimate::ONE - Estimate::given(omega) * 2;
                let [of, to] = [weight, level].map(|p| power * Estimate::given(p).ln());
                Some(of.exp_m1() / to.exp())
            }
        }
    }
}

/// How many times dearer a path is than a sample at one time.
const COST: u64 = 16;

fn known(chance: Option<Estimate>) -> Result<Estimate> {
    chance.ok_or(Error::NotFound("a chance"))
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let half = "1 - omega in place of 1 - 2 omega";
    for (omega, weight, k) in [(0.4, 0.2, 4.0), (-0.5, 0.4, 1.0), (0.25, 0.7, 2.0)] {
        let run = move |power: f64, drift: f64| {
            move |_: &Context| {
                let f = |u: f64, _: f64, out: &mut [f64]| out[0] = (power * -(-2.0 * u).exp().ln_1p()).exp();
                let lhs = odds::law((drift, weight), k, 1, f)?[0][0];
                let rhs = (Estimate::given(power) * Estimate::given(weight).ln()).exp();
                Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
            }
        };
        let case = format!("two classes, w={weight}, omega={omega}: E pi_y^(1 - 2 omega) at k={k}");
        let check = Check::number(Kind::Quadrature, case, run(1.0 - 2.0 * omega, omega));
        let check = check.variant(Ingredient::Exponent, half, run(1.0 - omega, omega));
        checks.push(check.variant(Ingredient::Drift, "omega + 0.01", run(1.0 - 2.0 * omega, omega + 0.01)));
    }
    for (omega, weight) in [(0.25, 0.5), (0.25, 0.2), (-0.25, 0.5)] {
        let run = move |believed: f64| {
            move |context: &Context| {
                let lhs = ends_in_class(context, COST, (omega, weight))?;
                let rhs = known(guidance::chance_of_class(believed, weight))?;
                Ok(Comparison::new(lhs, rhs, SAMPLED * rhs.value()))
            }
        };
        let case = format!("two classes, w={weight}, omega={omega}: how often the class is reached");
        let check = Check::number(Kind::MonteCarlo, case, run(omega));
        let check = check.variant(Ingredient::Exponent, half, run(0.5 * omega));
        checks.push(if omega == 0.25 && weight == 0.5 {
            check.variant(Ingredient::Scheme, "the flow", flow)
        } else {
            check
        });
    }
    for (omega, weight, level) in
        [(1.0, 0.2, 0.1), (1.5, 0.5, 0.4), (0.75, 0.5, 0.2), (0.5, 0.5, 0.2), (0.25, 0.6, 0.3)]
    {
        let run = move |falling: Falling| {
            move |context: &Context| {
                let lhs = falls(context, COST, (omega, weight), level)?;
                let rhs = known(falling.chance(omega, weight, level))?;
                Ok(Comparison::new(lhs, rhs, SAMPLED * rhs.value()))
            }
        };
        let case = format!("two classes, w={weight}, omega={omega}: how often pi_y falls to {level}");
        let check = Check::number(Kind::MonteCarlo, case, run(Falling::Claimed));
        let check = check.variant(Ingredient::Exponent, half, run(Falling::Half));
        checks.push(if omega > 0.5 {
            let markov = "Markov's bound as an equality";
            let check = check.variant(Ingredient::Threshold, markov, run(Falling::Markov));
            check.variant(Ingredient::Moment, "eps^p in place of eps^p - 1", run(Falling::Bare))
        } else {
            check
        });
    }
    Ok(checks)
}

/// The flow of two classes of equal weight under `omega = 1/4` reaches the class less often.
fn flow(context: &Context) -> Result<Comparison> {
    let means = mean_of_trials(&context.settings(COST), 1, &[], |_, rng, out| -> Result<()> {
        flow_ends_in_class(0.25, rng, out);
        Ok(())
    })?;
    let rhs = known(guidance::chance_of_class(0.25, LogOdds::posterior(0.0)))?;
    Ok(Comparison::new(means.mean(0, Context::CONFIDENCE), rhs, SAMPLED * rhs.value()))
}
