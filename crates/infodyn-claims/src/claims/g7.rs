//! G7: what guidance costs.

use infodyn_closed_form::guidance::{self, LogOdds};
use infodyn_core::{Comparison, Covariance, Estimate, Mixture, NoiseProcess, ulps};
use infodyn_enclosure::{Interval, guided_flow};
use infodyn_monte_carlo::Guidance;
use infodyn_quadrature::integral;
use infodyn_samplers::{Strength, overshoot};
use infodyn_symbolic::Expr;
use infodyn_symbolic::theory::{Equation, Identity, Mixture as Symbolic, norm2, quantity};

use super::{SAMPLED, SHARP};
use crate::enclosed::{self, point};
use crate::guided::Runs;
use crate::odds;
use crate::schedule::decimal;
use crate::symbols::{guided_generator, pull};
use crate::{Case, Check, Claim, Context, Error, Ingredient, Kind, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "G7",
    name: "guidance-cost",
    statement: "Guided reverse SDE of constant `omega > 1/2`, started as that of the class: for its paths `KL(P_omega \
                || P_y)` grows at the rate {0}, and `KL(P_omega || P)` at {1}; so they are these multiples of the mean \
                of `log pi_y(end)/pi_y(start)` under guidance. From pure noise `KL(guided ends || class) <= ((omega - \
                1)^2/(2 omega - 1)) log(1/w_y)`, whatever the dimension and the data; for paths this is an equality \
                where `X_0` decides the label and noise vanishes. The second factor is at least 1, and 1 at `omega = \
                1`: conditioning is the cheapest way to the class. The guided probability flow of two classes exceeds \
                the bound",
    scope: "every law with a label, any number of classes, means where they exist; a bound for the SDE alone. Two \
            classes by quadrature and, for the flow, by enclosure; three in the plane by simulation",
    origin: Origin::Elsewhere(
        "Girsanov's theorem and G1; `omega = 1` is Doob's transform. The two costs, the bound and that the flow breaks \
         it were not found in four searches (abstracts): new here as far as seen",
    ),
    uses: &["G1"],
    formulas,
    checks,
};

/// The rates of both divergences, by Girsanov's theorem, as multiples of that of `log pi_y`.
fn formulas() -> Vec<Identity> {
    let [class, law, omega, grown] = ["dKL_y/dtau", "dKL/dtau", "omega", "L_omega log pi_y"].map(quantity);
    let strength = Expr::from(&omega);
    let multiple = |extra: Expr, double: Expr| extra.pow(2) / double * &grown;
    let of_class = |double: Expr| multiple(&omega - 1, double);
    let of_law = |double: Expr| multiple(strength.clone(), double);
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let mixture = Symbolic::general(components, dim);
        let energy = mixture.noise.half_g2() * norm2(&pull(&mixture));
        let defined = [
            (&class, (&omega - 1).pow(2) * &energy),
            (&law, omega.pow(2) * &energy),
            (&grown, guided_generator(&mixture, &strength, &mixture.posterior(0).log())),
        ];
        let broken = "2 omega in place of 2 omega - 1";
        let (right, wrong) = (2 * &omega - 1, 2 * &omega);
        all.push(Identity::of(
            format!("from the class, {}", mixture.name()),
            &Equation::new(&class, of_class(right.clone())),
            &defined,
            (broken, of_class(wrong.clone())),
        ));
        all.push(Identity::of(
            format!("from the law, {}", mixture.name()),
            &Equation::new(&law, of_law(right)),
            &defined,
            (broken, of_law(wrong)),
        ));
    }
    all
}

/// From which law the paths are counted.
#[derive(Clone, Copy, PartialEq)]
enum Against {
    Class,
    Law,
}

/// What the costs are made of.
#[derive(Clone, Copy)]
struct Cost {
    from: Against,
    omega: f64,
    /// What is taken from `2 omega`.
    less: f64,
    /// The strength under which means are taken.
    under: f64,
}

impl Cost {
    fn new(from: Against, omega: f64) -> Self {
        Self { from, omega, less: 1.0, under: omega }
    }

    /// `omega - 1`, or `omega`.
    fn extra(self) -> Estimate {
        Estimate::given(self.omega) - if self.from == Against::Class { 1 } else { 0 }
    }

    /// What the mean growth of `log pi_y` is multiplied by.
    fn multiple(self) -> Estimate {
        self.extra() * self.extra() / (Estimate::given(self.omega) * 2 - Estimate::given(self.less))
    }

    /// What the mean of the integral of `|m_y - m|^2` is multiplied by.
    fn energy(self) -> Estimate {
        self.extra() * self.extra() / 2
    }
}

/// Strength, and a multiple of the bound that the flow of two equal classes does not reach.
const EXCEEDED: [(f64, f64); 2] = [(1.5, 1.502), (3.0, 1.354)];

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (from, weight, omega, k) in [
        (Against::Class, 0.2, 1.5, 2.0),
        (Against::Class, 0.5, 3.0, 1.0),
        (Against::Class, 0.35, 0.75, 2.0),
        (Against::Law, 0.2, 1.5, 2.0),
        (Against::Law, 0.35, 0.75, 2.0),
    ] {
        let run = move |cost: Cost| move |_: &Context| balance(weight, k, cost);
        let cost = Cost::new(from, omega);
        let name = if from == Against::Class { "the class" } else { "the law" };
        let case = format!("two classes, w={weight}, omega={omega}: paths to k={k}, from {name}");
        let check = Check::number(Kind::Quadrature, case, run(cost));
        let check =
            check.variant(Ingredient::Moment, "2 omega in place of 2 omega - 1", run(Cost { less: 0.0, ..cost }));
        let class = Cost { under: 1.0, ..cost };
        checks.push(check.variant(Ingredient::Law, "means under the law of the class", run(class)));
    }
    for (weight, omega, of_class, of_law) in [
        (0.5, 3.0, 0.554_517_744_447_956, 1.247_664_925_007_90),
        (0.2, 3.0, 1.287_550_329_947_28, 2.896_988_242_381_38),
        (1e-3, 4.0, 8.881_399_644_405_61, 15.789_154_923_387_8),
    ] {
        for (from, stated, name) in [(Against::Class, of_class, "the class"), (Against::Law, of_law, "the law")] {
            let run = move |cost: Cost, weight: f64| {
                move |_: &Context| {
                    let lhs = cost.energy() * occupation(weight, cost.under)?;
                    Ok(Comparison::new(lhs, decimal(stated, 1e-13), 1e-10 * stated))
                }
            };
            let cost = Cost::new(from, omega);
            let case = format!("two classes, w={weight}, omega={omega}: all paths, from {name}");
            let check = Check::number(Kind::Quadrature, case, run(cost, weight));
            let check = check.variant(
                Ingredient::Drift,
                "the mean under omega + 0.01",
                run(Cost { under: omega + 0.01, ..cost }, weight),
            );
            let (how, other) = if weight == 0.5 {
                ("a weight larger by 0.01", 0.51)
            } else {
                ("one over the number of classes in place of the weight", 0.5)
            };
            checks.push(check.variant(Ingredient::Weight, how, run(cost, other)));
        }
    }
    for (omega, share) in [(1.5, 0.423), (2.0, 0.332), (3.0, 0.254)] {
        let run = move |ends: Ends, share: f64| move |_: &Context| at_the_end(omega, ends, share);
        let case = format!("two classes, w=0.5, omega={omega}: ends at k=4 are within the bound");
        let check = Check::number(Kind::Quadrature, case, run(Ends::Diffusion, 1.0));
        let check = check.variant(Ingredient::Scheme, "the probability flow", run(Ends::Flow, 1.0));
        checks.push(check.variant(Ingredient::Bound, "a barely false share of the bound", run(Ends::Diffusion, share)));
    }
    for (omega, ratio) in EXCEEDED {
        let mutants = [
            (Ingredient::Bound, "a barely false multiple of the bound", (ratio, 0.5)),
            (Ingredient::Weight, "a class of weight 0.2 in the bound", (1.0, 0.2)),
        ];
        checks.push(enclosed::at_most(
            format!("two classes, w=0.5, omega={omega}: the flow exceeds the bound"),
            (1.0, 0.5),
            &mutants,
            move |(ratio, weight)| {
                let extra = point(omega) - Interval::ONE;
                let bound = extra.sqr() / (point(omega).times(2.0) - Interval::ONE) * -point(weight).ln();
                Ok([bound * point(ratio), guided_flow(omega, [0.0, f64::INFINITY])?.divergence])
            },
        ));
    }
    let (case, omega) = (plane()?.under(NoiseProcess::Ou, 1.0)?, 2.0);
    let run = move |cost: Cost, given: f64| move |context: &Context, case: &Case| runs(context, case, cost, given);
    let cost = Cost::new(Against::Class, omega);
    let check = Check::new(Kind::MonteCarlo, &case, "three classes, omega=2: paths from the class", run(cost, omega));
    let less = Cost { less: 0.0, ..cost };
    let check = check.mutant(Ingredient::Moment, "2 omega in place of 2 omega - 1", run(less, omega));
    checks.push(check.mutant(Ingredient::Drift, "omega counted from the class", run(cost, omega - 1.0)));
    Ok(checks)
}

/// Three isotropic classes of unequal weight in the plane.
fn plane() -> Result<NamedLaw> {
    let means = [vec![1.0, 0.0], vec![-0.6, 0.8], vec![-0.3, -1.1]];
    let law = Mixture::new(&[0.2, 0.3, 0.5], &means, Covariance::isotropics(&[0.04, 0.04, 0.04])?)?;
    Ok(NamedLaw::new("three-classes-2d", law))
}

/// The energy of paths to `k` against the mean growth of `log pi_y`.
fn balance(weight: f64, k: f64, cost: Cost) -> Result<Comparison> {
    let f = |u: f64, _: f64, out: &mut [f64]| {
        (out[0], out[1]) = (LogOdds::gap(u).powi(2), -(-2.0 * u).exp().ln_1p());
    };
    let means = odds::law((cost.under, weight), k, 2, f)?;
    let lhs = cost.energy() * means[0][1];
    let rhs = cost.multiple() * (means[1][0] - Estimate::given(weight).ln());
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// `E integral (1 - tanh u)^2 dk` from pure noise to `k = infinity`, for a strength `omega > 1/2`.
///
/// # Formula
/// `pi` is a diffusion with the scale `pi^{1 - 2 omega}`, and spends at `p` the mean time `p^{2 omega - 2} (max(w,
/// p)^{1 - 2 omega} - 1)/(2 (2 omega - 1) (1 - p)^2) dp`; `(1 - tanh u)^2 = 4 (1 - p)^2`.
fn occupation(weight: f64, omega: f64) -> Result<Estimate> {
    let c = 2.0 * omega - 1.0;
    // In s = p^c: dp p^{c-1} = ds/c.
    let start = weight.powf(c);
    let below = Estimate::rounded(start * (1.0 / start - 1.0), 8.0 + 4.0 * c);
    let above = |l: f64| Ok::<_, Error>(Estimate::rounded(-(c * l).exp_m1(), 4.0 + 2.0 * c * l.abs()));
    // The end is rounded, where the integrand is at most 1.
    let end = ulps::ELEMENTARY * f64::EPSILON * weight.ln().abs();
    let above = integral(above, weight.ln(), 0.0)?.widened(end);
    let c = Estimate::given(c);
    Ok((below / c + above) * 2 / c)
}

/// How samples of the class are made.
#[derive(Clone, Copy)]
enum Ends {
    Diffusion,
    Flow,
}

/// `KL(guided || class)` of what two equal classes end at, `k = 4`, against a share of the bound.
fn at_the_end(omega: f64, ends: Ends, share: f64) -> Result<Comparison> {
    let k: f64 = 4.0;
    let lhs = match ends {
        Ends::Diffusion => {
            let class = |u: f64| -0.5 * ((u - k).powi(2) / k + (std::f64::consts::TAU * k).ln());
            let f = |u: f64, density: f64, out: &mut [f64]| {
                out[0] = if density.is_finite() { density.ln() - class(u) } else { 0.0 };
            };
            odds::law((omega, 0.5), k, 1, f)?[0][0]
        }
        Ends::Flow => overshoot(&Strength::constant(omega)?, k)?.divergence,
    };
    let bound = guidance::cost_from_class(omega, 0.5).ok_or(Error::NotFound("a cost"))?;
    let rhs = bound * Estimate::given(share);
    Ok(Comparison::at_most(lhs, rhs, SHARP * rhs.value()))
}

/// Energy and growth along runs of the reverse SDE.
fn runs(context: &Context, case: &Case, cost: Cost, given: f64) -> Result<Comparison> {
    let guidance = Guidance::toward(0, cost.omega);
    let runs = Runs { given: Guidance::toward(0, given), ..Runs::new(guidance, [0.05, 20.0]) };
    let [energy, multiple] = [cost.energy().value(), cost.multiple().value()];
    let refined = runs.sample(context, case, 2, |account, out| {
        (out[0], out[1]) = (energy * account.energy, multiple * (account.end - account.start));
    })?;
    let rhs = refined.linear(&[(1, 1.0)]);
    Ok(refined.paired(0, 1, SAMPLED * rhs.value().abs()))
}
