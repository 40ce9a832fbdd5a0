//! G2: what guided sampling leaves out.

use infodyn_core::{Comparison, Detail, Estimate, Mutation, NoiseProcess};
use infodyn_monte_carlo::{Guidance, Scheme};
use infodyn_quadrature::integral;
use infodyn_symbolic::Expr;
use infodyn_symbolic::theory::{self, Equation, Identity, divergence, dot, gradient, laplacian, minus, norm2};
use infodyn_symbolic::theory::{quantity, scale};

use super::{SAMPLED, SHARP, labelled_mixture, plane, two_labels};
use crate::guided::{Odds, Runs, SDE, ln_belief};
use crate::schedule::BySnr;
use crate::symbols::pull;
use crate::{Case, Check, Claim, Context, Error, Ingredient, Kind, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "G2",
    name: "guidance-defect",
    statement: "Let `q` be proportional to `rho = p pi_y^omega = p^(1 - omega) p_y^omega` (up to a constant), whose \
                score is the guided one, and `A` the forward operator of the guided reverse SDE, or of the guided \
                flow: for both alike {0}. So paths of either carry the law `q` when weighed by `exp` of the integral \
                of `(g^2/2) omega (omega - 1)|d|^2` (Feynman-Kac); without weights neither does, unless `omega` is 0 \
                or 1. `log E_p[pi_y^omega]` grows by the mean of that rate under `q`, over all noise levels by `(omega \
                - 1) log(1/w_y)` whatever the law, for `omega > 0` and a label that `X_0` fixes. Under `p` and over \
                the classes the rate is `omega (omega - 1)` times that of B4",
    scope: "every law with a label and every process; weights along simulated paths on a line and in the plane, two \
            atoms by a lattice, the total for two atoms",
    origin: Origin::Elsewhere(
        "Skreta et al., arXiv 2503.02819; the Renyi term as the part that guidance leaves out: arXiv 2505.21101 \
         (abstract). The totals, the tie to B4 and that the flow has the same defect are new here as far as seen",
    ),
    uses: &["B4", "G1"],
    formulas,
    checks,
};

/// `rho^-1 (d/dtau - A) rho` by the logarithm of `rho`, so that `omega` is any number; it may change in time.
fn formulas() -> Vec<Identity> {
    let [defect, square, ln_pi] = ["rho^-1(d/dtau - A)rho", "|d|^2", "log pi_y"].map(quantity);
    let [omega, turn, g] = ["omega", "domega/dtau", "g"].map(quantity);
    let left = |power: Expr| g.pow(2) / 2 * power * &square + &turn * &ln_pi;
    let equation = Equation::new(&defect, left(&omega * (&omega - 1)));
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = theory::Mixture::general(components, dim);
        let (log_p, log_pi, d) = (law.density().log(), law.posterior(0).log(), pull(&law));
        let log_rho = &log_p + &omega * &log_pi;
        let score = gradient(&log_rho, &law.x);
        let backward = &turn * &log_pi - law.noise.in_time().of(&log_p) - &omega * law.noise.in_time().of(&log_pi);
        let carried = |g2: Expr| {
            let velocity = minus(&scale(&g2, &score), &scale(&law.noise.f, &law.position()));
            &backward + divergence(&velocity, &law.x) + dot(&velocity, &score)
        };
        let spread = law.noise.half_g2() * (laplacian(&log_rho, &law.x) + norm2(&score));
        // The drift of the SDE has s + omega d, which is the score of rho.
        let g2 = law.noise.g.pow(2);
        for (name, residual) in [("SDE", carried(g2) - spread), ("flow", carried(law.noise.half_g2()))] {
            let defined =
                [(&defect, residual), (&g, Expr::from(&law.noise.g)), (&square, norm2(&d)), (&ln_pi, log_pi.clone())];
            let broken = ("omega^2 in place of omega (omega - 1)", left(omega.pow(2)));
            all.push(Identity::of(format!("{name}, {}", law.name()), &equation, &defined, broken));
        }
    }
    all
}

/// What stands for `omega (omega - 1)`.
#[derive(Clone, Copy)]
struct Rate {
    square: f64,
    linear: f64,
}

const RATE: Rate = Rate { square: 1.0, linear: -1.0 };
const SQUARE: Rate = Rate { square: 1.0, linear: 0.0 };
const SIGN: Rate = Rate { square: -1.0, linear: 1.0 };
const NONE: Rate = Rate { square: 0.0, linear: 0.0 };

impl Rate {
    fn at(self, omega: f64) -> f64 {
        self.square * omega * omega + self.linear * omega
    }
}

const SQUARED: &str = "omega^2 in place of omega (omega - 1)";
const SIGNED: &str = "omega (1 - omega)";
const UNWEIGHTED: &str = "no weights";

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for case in two_labels()?.into_iter().filter(|case| case.law().dim() == 1) {
        for omega in [2.0, 0.5] {
            let run = move |rate: Rate| move |_: &Context, case: &Case| normaliser(case, omega, rate);
            let what = format!("omega={omega}: log E[pi_y^omega] per time");
            let check = Check::new(Kind::Quadrature, &case, &what, run(RATE));
            let check = check.breaking(&[Mutation::Weight, Mutation::Sigma, Mutation::Clock]);
            checks.push(check.mutant(Ingredient::Exponent, SQUARED, run(SQUARE)));
        }
    }
    for (weight, omega) in [(0.5, 3.0), (0.2, 2.0), (0.2, 0.5)] {
        let run = move |prior: f64, rate: Rate| move |_: &Context| total(weight, omega, prior, rate);
        let case = format!("two-atoms, w={weight}, omega={omega}: the total over all noise levels");
        let check = Check::number(Kind::Quadrature, case, run(weight, RATE));
        let check = check.variant(Ingredient::Exponent, SQUARED, run(weight, SQUARE));
        checks.push(if weight == 0.5 {
            check
        } else {
            check.variant(Ingredient::Weight, "1/K in place of w_y", run(0.5, RATE))
        });
    }
    for (weight, omega, k) in [(0.5, 2.0, 1.0), (0.2, 1.5, 1.5), (0.35, 0.5, 1.0)] {
        let run = move |rate: Rate| move |_: &Context| weighed_log_odds(weight, omega, k, rate);
        let case = format!("two-atoms, w={weight}, omega={omega}: weighed paths of the SDE at k={k}");
        let check = Check::number(Kind::Quadrature, case, run(RATE));
        let check = check.variant(Ingredient::Exponent, SQUARED, run(SQUARE));
        checks.push(check.variant(Ingredient::Posterior, UNWEIGHTED, run(NONE)));
    }
    for (case, scheme, name) in [
        (labelled_mixture()?.under(NoiseProcess::VP_COSINE, 0.5)?, SDE, "SDE"),
        (plane()?.under(NoiseProcess::FLOW, 0.45)?, SDE, "SDE"),
        (labelled_mixture()?.under(NoiseProcess::Edm, 0.5)?, Scheme::FlowHeun, "flow"),
        (plane()?.under(NoiseProcess::Ou, 0.5)?, Scheme::FlowHeun, "flow"),
    ] {
        // In the plane the weights of omega = 2 are too uneven for a sample to refute omega^2.
        let omega = if case.law().dim() == 1 { 2.0 } else { 1.5 };
        let what = format!("weighed paths of the {name}");
        checks.push(weighed_paths(&case, scheme, &what, Guidance::toward(1, omega)));
    }
    // Levels are 0.05 times powers of 2^(1/2): the window opens at 0.2 and closes at 0.8.
    let case = plane()?.under(NoiseProcess::VP_LINEAR, 0.3)?;
    let window = Guidance::toward(1, 1.5).within(0.19, 0.79);
    checks.push(weighed_paths(&case, Scheme::FlowHeun, "weighed paths of the flow, snr from 0.2 to 0.8", window));
    Ok(checks)
}

/// The slope of `log E[pi_y^omega]` in reverse time, against `(g^2/2) omega (omega - 1)` times the mean of `|d|^2`
/// under `q`. Of two labels `|d|^2 = b (1 - pi)/pi`.
fn normaliser(case: &Case, omega: f64, rate: Rate) -> Result<Comparison> {
    let power = |s: &Case| -> Result<Estimate> {
        Ok(s.mean(Detail::LABEL_SURPRISAL, 1, |s, out| out[0] = s.first_of_two().powf(omega))?[0])
    };
    let lhs = -case.slope(|s| Ok(power(s)?.ln()))?;
    let square = case.mean(Detail::LABEL_SURPRISAL | Detail::LABEL_PRODUCTION, 1, |s, out| {
        let pi = s.first_of_two();
        out[0] = pi.powf(omega - 1.0) * (1.0 - pi) * s.label_production();
    })?[0];
    let half = Estimate::given(0.5 * case.level()?.g2() * rate.at(omega));
    let rhs = square / power(case)? * half;
    Ok(Comparison::new(lhs, rhs, SHARP * lhs.value().abs()))
}

/// `(1/2) omega (omega - 1)` times the integral over all `gamma` of the mean of `|m_y - m|^2 = 4 (1 - pi)^2` under `q`,
/// against `(omega - 1) log(1/w)`.
///
/// # Accuracy
/// For `omega >= 1/2`, `E[pi^omega (1 - pi)^2]` is at most `E[(pi (1 - pi))^{1/2}] <= e^{-gamma/2}/2`, and
/// `E[pi^omega]` at least the smaller of `w` and `w^omega`: beyond `gamma = 80` there is less than 1e-15.
fn total(weight: f64, omega: f64, prior: f64, rate: Rate) -> Result<Comparison> {
    let law = BySnr::pair("two-atoms", weight)?;
    let bias = Odds::new(weight, omega).start();
    let mean = |gamma: f64| {
        let power = |y: f64| (omega * ln_belief(y + bias)).exp();
        let square = |y: f64| 4.0 * ln_belief(y + bias).exp_m1().powi(2);
        let over = law.mean_at(gamma, |_, y| power(y) * square(y))?;
        Ok::<_, Error>(over / law.mean_at(gamma, |_, y| power(y))?)
    };
    let lhs = integral(mean, 0.0, 80.0)?.widened(1e-15) * Estimate::given(0.5 * rate.at(omega));
    let rhs = -Estimate::given(prior).ln() * Estimate::given(omega - 1.0);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// `E[e^{C} cos u]` over the guided log-odds of two atoms, against `E_p[pi^omega cos u]/w^omega`.
fn weighed_log_odds(weight: f64, omega: f64, k: f64, rate: Rate) -> Result<Comparison> {
    let odds = Odds { rate: -0.5 * rate.at(omega), ..Odds::new(weight, omega) };
    let lhs = odds.mean(k, f64::cos);
    let bias = odds.start();
    let tilted = |y: f64| (omega * (ln_belief(y + bias) - weight.ln())).exp() * (y + bias).cos();
    let rhs = BySnr::pair("two-atoms", weight)?.mean_at(k, |_, y| tilted(y))?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// `E[W f(X)]` at the end of guided paths, against `E_p[pi_y^omega f]` there: `log W` is `omega log pi_y` at the start,
/// the defect, and `log pi_y` times what `omega` rises by.
fn weighed_paths(case: &Case, scheme: Scheme, what: &str, guidance: Guidance) -> Check {
    let steps = if scheme == SDE { 16 } else { 8 };
    let runs = Runs { scheme, steps, cost: 32, ..Runs::new(guidance, [0.05, 0.05 * 16.0]) };
    let run = move |rate: Rate, turns: f64| {
        move |context: &Context, case: &Case| {
            let at = |x: f64| 1.0 + 0.5 * x.tanh();
            let first = guidance.at(runs.snrs[0]);
            let lhs = runs.sample(context, case, 1, |account, out| {
                let defect = 0.5 * (rate.square * account.second + rate.linear * account.first);
                let weight = first * account.start + turns * account.turns + defect;
                out[0] = weight.exp() * at(account.place[0]);
            })?;
            let end = case.at(case.process().time_at_snr(runs.snrs[1])?);
            let last = guidance.at(end.level()?.snr());
            let rhs = end.mean_of(Detail::LABEL_SURPRISAL, |s| (1.0 - s.first_of_two()).powf(last) * at(s.place()))?;
            Ok(Comparison::new(lhs.linear(&[(0, 1.0)]), rhs, SAMPLED * rhs.value()))
        }
    };
    let check = Check::new(Kind::MonteCarlo, case, what, run(RATE, 1.0));
    let check = check.mutant(Ingredient::Exponent, SQUARED, run(SQUARE, 1.0));
    let check = check.mutant(Ingredient::Moment, SIGNED, run(SIGN, 1.0));
    let check = check.mutant(Ingredient::Posterior, UNWEIGHTED, run(NONE, 1.0));
    if guidance.window.1.is_finite() {
        check.mutant(Ingredient::Time, "nothing where the window opens and closes", run(RATE, 0.0))
    } else {
        check
    }
}
