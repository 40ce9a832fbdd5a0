//! B5: the chain rule, for information and for its rate.

use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Detail, Estimate};
use infodyn_enclosure::{Interval, Moment};
use infodyn_monte_carlo::{Batch, View, mean_of};

use super::{SAMPLED, SHARP, labelled_cases};
use crate::case::{Times, paired};
use crate::enclosed::{self, Sides, Stage};
use crate::rates::{bandwidth, information};
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, Origin, Result, Row};

pub(super) const CLAIM: Claim = Claim {
    id: "B5",
    name: "chain",
    statement: "`I(X_0;X_t) = I(Y;X_t) + I(X_0;X_t given Y)`, and the rates add in the same way, at a point {0}",
    scope: "every law with a label; the laws given a label are integrated on their own",
    origin: Origin::Elsewhere("the chain rule of mutual information"),
    uses: &["B2", "B4"],
    formulas,
    checks,
};

/// The rate of `I(X_0;X_t)` is that of the label and that within the labels, point by point.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use infodyn_symbolic::theory::{Equation, Identity, Mixture, Noise, divergence, identity, normal, quantity};
    use infodyn_symbolic::{Expr, Symbol};

    let [d, div_s, b, within] = ["D", "div s", "sum pi|s_y-s|^2", "sum pi(D/sigma^2+div s_y)"].map(quantity);
    let rates = Equation::new(&d / Noise::general().sigma.pow(2) + &div_s, &b + &within);
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let law = Mixture::general(components, dim);
        let bandwidth = law.dim() / law.noise.sigma.pow(2);
        let defined = [
            (&d, law.dim()),
            (&div_s, divergence(&law.score(), &law.x)),
            (&b, law.label_production()),
            (&within, law.average(|j| &bandwidth + divergence(&law.component_score(j), &law.x))),
        ];
        let broken = ("the label's rate left out", Expr::from(&within));
        all.push(Identity::of(format!("rates at a point, {}", law.name()), &rates, &defined, broken));
    }
    let law = Mixture::general(3, 1);
    let (p, j) = (law.density(), 0);
    let x = law.position();
    let kernel = normal(&x, &[law.noise.alpha.clone() * Symbol::real("x_0")], &law.noise.sigma.pow(2));
    let total: Expr = law.weights.iter().map(Expr::from).sum();
    // The information densities: log p(x|x_0)/p(x) = log pi_y/w_y + log p(x|x_0)/p_y(x), with normalized weights.
    let label = (law.posterior(j) / (&law.weights[j] / &total)).log();
    all.push(identity(
        "information densities, K=3, D=1",
        (&kernel / (&p / &total)).log(),
        label + (&kernel / law.component(j)).log(),
        ("the prior weight left out", law.posterior(j).log() + (&kernel / law.component(j)).log()),
    ));
    all
}

/// How the laws given the labels are averaged.
#[derive(Clone, Copy)]
enum Shares {
    Own,
    Equal,
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for case in labelled_cases()? {
        // Equal shares are right where the weights are equal, and harmless where the labels' laws are
        // translates of one another.
        let w = case.law().label_weights();
        let shared = case.law().shared_covariance().is_some() && case.law().label_is_component();
        let uneven = !shared && w.iter().any(|x| (x - w[0]).abs() > 1e-9);
        let check = Check::new(Kind::Quadrature, &case, "information", |_, case| amounts(case, Shares::Own));
        let check = check.breaking(&[Mutation::Weight, Mutation::Sigma]);
        checks.push(if uneven {
            check.mutant(Ingredient::Weight, "the labels counted equally", |_, case| amounts(case, Shares::Equal))
        } else {
            check
        });
        let broken = [Mutation::Sigma, Mutation::Clock];
        checks.push(Check::new(Kind::Quadrature, &case, "rates", rates).breaking(&broken));
        if case.law().dim() <= 3 {
            let check = Check::new(Kind::MonteCarlo, &case, "information", |c, case| sampled(c, case, 0));
            let check = check.breaking(&super::sampled_mutants(&case, &[Mutation::Weight]));
            let how = "the law given the next label in place of the label's own";
            checks.push(check.mutant(Ingredient::Label, how, |c, case| sampled(c, case, 1)));
        }
    }
    // Where the components are the labels and have densities.
    let dense: Vec<Stage> = enclosed::stages().into_iter().skip(2).collect();
    let mutants = enclosed::mutants(&[Mutation::Weight, Mutation::Sigma]);
    checks.extend(enclosed::each(dense, "", Mutation::None, &mutants, enclosure));
    Ok(checks)
}

fn enclosure(stage: &Stage, mutation: Mutation) -> Sides {
    let noise = ((Interval::PI.times(2.0) * stage.level()?.sigma2).ln() + Interval::ONE).times(0.5);
    let total = stage.line()?.mean(Moment::LnDensity)? - noise;
    let broken = stage.broken(mutation);
    let (level, line) = (broken.level()?, broken.line()?);
    let (mut label, mut within) = (-line.mean(Moment::Entropy)?, Interval::ZERO);
    for (k, c) in line.components().iter().enumerate() {
        label = label - c.weight * c.weight.ln();
        within = within + c.weight * (line.variance(k) / level.sigma2).ln().times(0.5);
    }
    Ok([total, label + within])
}

/// The mean of a number over the laws given each label.
fn over_labels(case: &Case, shares: Shares, f: impl Fn(&Case) -> Result<Estimate>) -> Result<Estimate> {
    let weights = case.law().label_weights();
    let mut sum = Estimate::ZERO;
    for (y, &w) in weights.iter().enumerate() {
        let share = match shares {
            Shares::Own => w,
            Shares::Equal => 1.0 / weights.len() as f64,
        };
        sum = sum + f(&case.given_label(y)?.truth())? * Estimate::given(share);
    }
    Ok(sum)
}

fn amounts(case: &Case, shares: Shares) -> Result<Comparison> {
    let rhs =
        case.mean_of(Detail::LABEL_INFORMATION, |s| s.label_information())? + over_labels(case, shares, information)?;
    Ok(Comparison::new(information(case)?, rhs, SHARP * rhs.value().abs()))
}

fn rates(_: &Context, case: &Case) -> Result<Comparison> {
    let label =
        case.mean_of(Detail::LABEL_PRODUCTION, |s| s.label_production())? * Estimate::given(case.level()?.g2()) / 2;
    let rhs = label + over_labels(case, Shares::Own, bandwidth)?;
    Ok(Comparison::new(bandwidth(&case.truth())?, rhs, SHARP * rhs.value().abs()))
}

/// `log p(X_t given X_0)/p(X_t)` against the label's information plus `log p(X_t given X_0)/p(X_t given Y)`, where the
/// law is that of the label `next` places on, 0 in the claim.
fn sampled(context: &Context, case: &Case, next: usize) -> Result<Comparison> {
    let level = case.truth().level()?;
    let count = case.law().label_weights().len();
    let laws =
        (0..count).map(|y| Ok(infodyn_core::Mixture::clone(case.given_label(y)?.law()))).collect::<Result<Vec<_>>>()?;
    let given: Vec<Marginal<'_>> = laws.iter().map(|law| Marginal::new(law, &level)).collect();
    let truth = Marginal::new(case.law(), &level);
    let settings = case.even(context, 1, Times::One);
    let means = case.density(|model| {
        let read = |density| View { level, density, detail: Detail::POSTERIORS };
        let views: Vec<View<'_>> =
            [read(model), read(&truth)].into_iter().chain(given.iter().map(|p| read(p))).collect();
        let sum = |batch: &Batch<'_>, out: &mut [f64]| {
            case.rows(batch, 2, out, &|row: &Row<'_>, out: &mut [f64]| {
                let (kernel, label) = (row.ln_kernel(0), (case.law().labels()[row.anchor()] + next) % count);
                out[0] = kernel - row.seen(1).ln_density();
                out[1] = row.seen(0).label_information() + kernel - row.seen(2 + label).ln_density();
            });
        };
        Ok(mean_of(&settings, case.law(), &views, 2, &[], sum)?)
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
