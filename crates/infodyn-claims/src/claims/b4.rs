//! B4: how fast the label is lost.

use infodyn_core::{Comparison, Detail, Estimate, Quantity};
use infodyn_enclosure::Moment;

use super::{ALONE, SAMPLED, SHARP, cases_on_a_line, crooked_cases, labelled_cases};
use crate::case::paired;
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, Origin, Result};
use crate::{asked, bells, enclosed};

pub(super) const CLAIM: Claim = Claim {
    id: "B4",
    name: "label-production",
    statement: "`d/dt H(Y given X_t) = (g^2/2) E sum_y pi_y |s_y - s|^2 = (g^2/2)( E[div s] - E[div s_Y] )`, at a point {0}",
    scope: "every law with a label; `div s_Y` at the true label",
    origin: Origin::Elsewhere(
        "Handke, Koulischer, Raya & Ambrogioni 2025, Measuring semantic information production in generative diffusion models (arXiv 2506.10433)",
    ),
    uses: &["B2"],
    formulas,
    checks,
};

/// The label's rate: `sum pi |s_y - s|^2 = div s - sum pi div s_y`, and the balance of `p h`.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use infodyn_symbolic::Expr;
    use infodyn_symbolic::theory::{Equation, Identity, Mixture, divergence, quantity};

    let [b, div_s, within] = ["sum pi|s_y-s|^2", "div s", "sum pi div s_y"].map(quantity);
    let forms = Equation::new(&b, &div_s - &within);
    let [rate, moved, g, p] = ["d/dt(p h)", "FP(p h)", "g", "p"].map(quantity);
    let produced = |noise: Expr| &moved + noise * &p * &b;
    let balance = Equation::new(&rate, produced(g.pow(2) / 2));
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let law = Mixture::general(components, dim);
        let defined = [
            (&b, law.label_production()),
            (&div_s, divergence(&law.score(), &law.x)),
            (&within, law.average(|j| divergence(&law.component_score(j), &law.x))),
        ];
        let broken = ("the sign of the true label's part", &div_s + &within);
        all.push(Identity::of(format!("forms, {}", law.name()), &forms, &defined, broken));
    }
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let entropy = law.density() * law.posterior_entropy();
        let defined = [
            (&rate, law.noise.in_time().of(&entropy)),
            (&moved, law.noise.fokker_planck(&entropy, &law.x)),
            (&g, Expr::from(&law.noise.g)),
            (&p, law.density()),
            (&b, law.label_production()),
        ];
        let broken = ("g^2 in place of g^2/2", produced(g.pow(2)));
        all.push(Identity::of(format!("balance of p h, {}", law.name()), &balance, &defined, broken));
    }
    all
}

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let broken = [Mutation::Weight, Mutation::Sigma, Mutation::Clock];
    for case in labelled_cases()? {
        let check = Check::new(Kind::Quadrature, &case, "production", |_, case| production(case, SHARED));
        checks.push(check.breaking(&broken));
        let grouped = case.law().label_weights().len() < case.law().components();
        let mutants: &[Mutation] = if grouped { &[Mutation::Label, Mutation::Clock] } else { &broken[1..] };
        let check = Check::new(Kind::Quadrature, &case, "divergences", |_, case| production(case, DIVERGENCES));
        checks.push(check.breaking(mutants));
    }
    for case in cases_on_a_line()? {
        checks.push(Check::new(Kind::Quadrature, &case, ALONE, |_, case| production(case, BARE)).breaking(&broken));
    }
    for case in labelled_cases()?.into_iter().chain(crooked_cases()?).chain(super::digits_case(context)?) {
        let mutants = super::sampled_mutants(&case, &[Mutation::Noise, Mutation::Sigma, Mutation::Clock]);
        checks.push(Check::new(Kind::MonteCarlo, &case, "over a stretch of time", monte_carlo).breaking(&mutants));
    }
    let mutants = enclosed::mutants(&broken);
    checks.extend(enclosed::each(enclosed::stages(), "", Mutation::None, &mutants, |stage, mutation| {
        let rate = stage.moving()?.mean(Moment::Entropy)?.slope;
        let broken = stage.broken(mutation);
        Ok([rate, broken.level()?.g2.times(0.5) * broken.line()?.mean(Moment::Production)?])
    }));
    checks.extend(enclosed::each(
        enclosed::stages(),
        "by divergences",
        Mutation::None,
        &mutants[..2],
        |stage, mutation| {
            let m = stage.broken(mutation).line()?.means(&[Moment::ScoreDivergence, Moment::LabelDivergence])?;
            Ok([stage.line()?.mean(Moment::Production)?, m[0] - m[1]])
        },
    ));
    let norm2 = (Ingredient::Moment, "|s|^2 in place of div s", Moment::ScoreNorm2);
    checks.extend(enclosed::in_planes("by divergences", Moment::ScoreDivergence, &[norm2], |_, plane, moment| {
        let m = plane.means(&[Moment::Production, moment, Moment::LabelDivergence])?;
        Ok([m[0], m[1] - m[2]])
    }));
    checks.extend(asked::of_labels(&[Quantity::LabelEntropy, Quantity::LabelEntropyRate])?);
    Ok(checks)
}

/// `H(Y given X_t)` and `E b`.
type Means = [fn(&Case) -> Result<Estimate>; 2];

const SHARED: Means = [
    |case| case.mean_of(Detail::LABEL_ENTROPY, |s| s.label_entropy()),
    |case| case.mean_of(Detail::LABEL_PRODUCTION, |s| s.label_production()),
];

const DIVERGENCES: Means = [SHARED[0], |case| {
    case.mean_of(Detail::SCORE_DIVERGENCE | Detail::LABEL_DIVERGENCE, |s| s.divergence() - s.label_divergence())
}];

const BARE: Means =
    [|case| bells::mean(case, |p, x| Ok(p.entropy(x))), |case| bells::mean(case, |p, x| p.production(x))];

/// The slope of `H(Y given X_t)` against half of `g^2 E b`, or of `g^2` times what takes its place.
fn production(case: &Case, [entropy, produced]: Means) -> Result<Comparison> {
    let rhs = produced(case)? * Estimate::given(case.level()?.g2()) / 2;
    Ok(Comparison::new(case.slope(entropy)?, rhs, SHARP * rhs.value().abs()))
}

fn monte_carlo(context: &Context, case: &Case) -> Result<Comparison> {
    let means = case.sample_over_time(context, (Detail::LABEL_ENTROPY, Detail::LABEL_PRODUCTION), 2, |row, out| {
        out[0] = row.seen(1).label_entropy() - row.seen(0).label_entropy();
        out[1] = row.weight() * 0.5 * row.level(2).g2() * row.seen(2).label_production();
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
