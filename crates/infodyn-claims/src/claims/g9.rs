//! G9: the law of guided samples.

use infodyn_core::{Comparison, Estimate, NoiseProcess};
use infodyn_monte_carlo::Guidance;
use infodyn_symbolic::Expr;
use infodyn_symbolic::theory::{self, Equation, Identity, dot, gradient, norm2, quantity};

use super::g1::three_classes;
use super::{SAMPLED, SHARP, plane};
use crate::guided::{Account, Odds, Runs, ln_belief};
use crate::schedule::decimal;
use crate::symbols::{guided_generator, pull, reverse_generator};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "G9",
    name: "guided-density",
    statement: "Guided reverse SDE, constant `omega`, started as the unconditional one: the density of its paths is \
                `(pi_y/w)^omega exp(-(1/2) omega (omega - 1) integral of g^2|d|^2 dtau)`, `pi_y` at the end and `w` \
                its value at the start (`w_y` from pure noise), for {0}. As `omega (omega - 1)` is the same at `1 - \
                omega`, the laws of the ends obey `q_(1 - omega) = q_omega (pi_y/w)^(1 - 2 omega)` pointwise, for {1}: \
                1/2 is its own dual. Read back in time, `q_omega(x) = p(x) (pi_y(x)/w_y)^omega E[exp(-(1/2) omega \
                (omega - 1) integral of |m_y - m|^2 dgamma) given X = x]` over forward noise from `x`, with no unknown \
                constant",
    scope: "every law with a label and every process, to any finite `gamma`, where the exponential martingale is one \
            (mixtures); the SDE, not the flow. Two atoms by a lattice, mixtures in the plane by simulation",
    origin: Origin::Elsewhere(
        "the density of paths is Girsanov's, in substance in arXiv 2503.02819; the duality and the form by forward \
         noise were not found in the searches made (abstracts)",
    ),
    uses: &["G1"],
    formulas,
    checks,
};

/// The drift of the exponent, and the generator of the dual as an h-transform.
fn formulas() -> Vec<Identity> {
    let [grown, square, g] = ["pi_y^-omega L pi_y^omega", "|d|^2", "g"].map(quantity);
    let [omega, dual, turned] =
        ["omega", "L_(1-omega) f", "pi_y^(2 omega-1) L_omega(pi_y^(1-2 omega) f)"].map(quantity);
    let rate = |power: Expr| g.pow(2) / 2 * power * &square;
    let exponent = Equation::new(&grown, rate(&omega * (&omega - 1)));
    let transform = Equation::new(&dual, &turned);
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = theory::Mixture::general(components, dim);
        let (log_pi, d) = (law.posterior(0).log(), pull(&law));
        // L e^a = e^a (L a + (g^2/2)|grad a|^2), so that omega is any number.
        let bent = &omega * reverse_generator(&law, &log_pi) + law.noise.half_g2() * omega.pow(2) * norm2(&d);
        let defined = [(&grown, bent), (&g, Expr::from(&law.noise.g)), (&square, norm2(&d))];
        let broken = ("omega^2 in place of omega (omega - 1)", rate(omega.pow(2)));
        all.push(Identity::of(format!("exponent, {}", law.name()), &exponent, &defined, broken));
    }
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = theory::Mixture::general(components, dim);
        let (log_pi, d) = (law.posterior(0).log(), pull(&law));
        let x = law.position();
        // A function that no symmetry serves, and what the product rule makes of e^{p log pi} f.
        let f = x.iter().fold(Expr::one(), |f, x| f * (x + x.pow(2))) * Expr::from(&law.noise.sigma);
        let turn = |power: Expr| {
            let whole = |e: &Expr| guided_generator(&law, &Expr::from(&omega), e);
            let g2 = law.noise.g.pow(2);
            let own = &power * whole(&log_pi) + law.noise.half_g2() * power.pow(2) * norm2(&d);
            whole(&f) + &g2 * &power * dot(&d, &gradient(&f, &law.x)) + own * &f
        };
        let defined = [(&dual, guided_generator(&law, &(1 - &omega), &f)), (&turned, turn(1 - 2 * &omega))];
        let broken = ("the power 2 omega - 1", &[(&turned, turn(2 * &omega - 1))][..]);
        all.push(Identity::redefined(format!("dual, {}", law.name()), &transform, &defined, broken));
    }
    all
}

/// Weight, `k`, `omega` and `E cos u` of two atoms, by backward PDEs to 1e-6 (theory.md).
const COSINES: [(f64, f64, f64, f64); 3] =
    [(0.5, 2.0, 2.0, -0.406_659_2), (0.5, 1.0, 3.0, -0.116_204_7), (0.2, 1.5, 1.5, 0.128_728_4)];

/// What stands in a density.
#[derive(Clone, Copy)]
struct Form {
    /// For `omega (omega - 1)`: `omega^2 + linear omega`.
    linear: f64,
    /// For `1 - 2 omega`, a sign.
    sign: f64,
}

const FORM: Form = Form { linear: -1.0, sign: 1.0 };
const SQUARED: &str = "omega^2 in place of omega (omega - 1)";

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (weight, k, omega, stated) in COSINES {
        let name = format!("two-atoms, w={weight}, omega={omega}: E cos u at k={k}");
        let run = move |omega: f64| {
            move |_: &Context| {
                Ok(Comparison::new(Odds::new(weight, omega).mean(k, f64::cos), decimal(stated, 1e-6), 1e-5))
            }
        };
        let check = Check::number(Kind::Quadrature, format!("{name}, the value of theory.md"), run(omega));
        checks.push(check.variant(Ingredient::Drift, "omega counted from the class", run(omega - 1.0)));
        let run = move |form: Form| move |_: &Context| paths(weight, k, omega, form);
        let check = Check::number(Kind::Quadrature, format!("{name}, by unconditional paths"), run(FORM));
        checks.push(check.variant(Ingredient::Exponent, SQUARED, run(Form { linear: 0.0, ..FORM })));
    }
    for (weight, k, omega, place) in [(0.5, 2.0, 2.0, 0.5), (0.2, 1.0, 1.5, -0.75), (0.35, 1.0, 0.75, 1.0)] {
        let run = move |form: Form| move |_: &Context| dual(weight, k, omega, place, form);
        let case = format!("two-atoms, w={weight}, omega={omega}: the density of the dual about u={place} at k={k}");
        let check = Check::number(Kind::Quadrature, case, run(FORM));
        checks.push(check.variant(Ingredient::Exponent, "the power 2 omega - 1", run(Form { sign: -1.0, ..FORM })));
    }
    for (case, guidance) in [
        (three_classes()?.under(NoiseProcess::Ou, 0.5)?, Guidance::toward(2, 2.0)),
        (three_classes()?.under(NoiseProcess::FLOW, 0.5)?, Guidance::toward(1, 0.5)),
        (plane()?.under(NoiseProcess::VP_LINEAR, 0.3)?, Guidance::toward(1, 2.0)),
    ] {
        checks.push(simulated(&case, guidance));
    }
    Ok(checks)
}

/// `E cos u` of guided log-odds, against that of unconditional ones times the density of their paths.
fn paths(weight: f64, k: f64, omega: f64, form: Form) -> Result<Comparison> {
    let lhs = Odds::new(weight, omega).mean(k, f64::cos);
    let free = Odds { rate: 0.5 * omega * (omega + form.linear), ..Odds::new(weight, 0.0) };
    let rhs = free.mean(k, |u| (omega * (ln_belief(u) - weight.ln())).exp() * u.cos());
    Ok(Comparison::new(lhs, rhs, SHARP))
}

/// The mean of a narrow bell under `1 - omega`, and under `omega` times `(pi_y/w)^(1 - 2 omega)`.
fn dual(weight: f64, k: f64, omega: f64, place: f64, form: Form) -> Result<Comparison> {
    let bell = |u: f64| -5.0 * (u - place) * (u - place);
    let lhs = Odds::new(weight, 1.0 - omega).mean(k, |u| bell(u).exp());
    let power = form.sign * (1.0 - 2.0 * omega);
    let rhs = Odds::new(weight, omega).mean(k, |u| (bell(u) + power * (ln_belief(u) - weight.ln())).exp());
    Ok(Comparison::new(lhs, rhs, SHARP))
}

/// The mean of a function of the end over guided paths, against that over exact forward paths times the density.
fn simulated(case: &Case, guidance: Guidance) -> Check {
    let omega = guidance.strength;
    let runs = Runs { steps: 12, cost: 16, ..Runs::new(guidance, [0.05, 4.0]) };
    let read = |place: &[f64]| 1.0 + 0.5 * place.iter().sum::<f64>().tanh();
    let density = move |account: &Account<'_>, form: Form| {
        let penalty = 0.5 * (account.second + form.linear * account.first);
        (omega * (account.end - account.start) - penalty).exp()
    };
    let guided = move |context: &Context, case: &Case, runs: Runs| runs.sample_ends(context, case, read);
    let weighed = move |context: &Context, case: &Case, form: Form| -> Result<Estimate> {
        let means = runs
            .sample_forward(context, case, 1, |account, out| out[0] = density(account, form) * read(account.place))?;
        Ok(means.linear(&[(0, 1.0)]))
    };
    let sides = |lhs: Estimate, rhs: Estimate| Comparison::new(lhs, rhs, SAMPLED * rhs.value());
    let check = Check::new(Kind::MonteCarlo, case, &format!("omega={omega}"), move |context, case| {
        Ok(sides(guided(context, case, runs)?, weighed(&context.substream(1), case, FORM)?))
    });
    let check = check.mutant(Ingredient::Exponent, SQUARED, move |context, case| {
        let form = Form { linear: 0.0, ..FORM };
        Ok(sides(guided(context, case, runs)?, weighed(&context.substream(1), case, form)?))
    });
    check.mutant(Ingredient::Law, "the density read on guided paths", move |context, case| {
        let lhs = guided(context, case, runs)?;
        let rhs = runs.sample(&context.substream(1), case, 1, |account, out| {
            out[0] = density(account, FORM) * read(account.place);
        })?;
        Ok(sides(lhs, rhs.linear(&[(0, 1.0)])))
    })
}
