//! D3: how the variance of the pathwise conditional entropy is produced.

use infodyn_core::{Comparison, Detail, Estimate};
use infodyn_enclosure::Moment;

use super::{ALONE, SAMPLED, SHARP, cases_on_a_line, labelled_cases};
use crate::case::paired;
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, Origin, Result};
use crate::{bells, enclosed};

pub(super) const CLAIM: Claim = Claim {
    id: "D3",
    name: "variance-production",
    statement: "In reverse time `d/dtau Var h = g^2 ( E|grad h|^2 - Cov(h, b) )`; at a point, with `L` the generator of the reverse process, {0}",
    scope: "every law with a label; `b = sum_y pi_y |s_y - s|^2`",
    origin: Origin::Paper(
        "abstract: symmetry breaking shows as peaks in the variance of pathwise conditional entropy; the formula is new here; nearest before it: the rate of change of varentropy, Pavon 2023, arXiv 2311.06824",
    ),
    uses: &["B4"],
    formulas,
    checks,
};

/// The generator applied to `h^2`: `g^2 (|grad h|^2 - h b)`, whose mean less that of `(E h)^2` is the claim.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use crate::symbols::reverse_generator;
    use infodyn_symbolic::theory::{Equation, Identity, Mixture, gradient, identity, norm2, quantity};
    use infodyn_symbolic::{Expr, Symbol};

    let [drift, g, climb, h, b] = ["L h^2", "g", "|grad h|^2", "h", "sum pi|s_y-s|^2"].map(quantity);
    let balance = |climb: Expr| g.pow(2) * (climb - &h * &b);
    let square = Equation::new(&drift, balance(Expr::from(&climb)));
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let entropy = law.posterior_entropy();
        let defined = [
            (&drift, reverse_generator(&law, &entropy.pow(2))),
            (&g, Expr::from(&law.noise.g)),
            (&climb, norm2(&gradient(&entropy, &law.x))),
            (&b, law.label_production()),
            (&h, entropy),
        ];
        let broken = ("half of |grad h|^2", balance(&climb / 2));
        all.push(Identity::of(format!("drift of h^2, {}", law.name()), &square, &defined, broken));
    }
    // d/dtau (E[h^2] - E[h]^2) from the drifts of h^2 and h.
    let [g, slope, h, b, hb] = ["g", "E_slope", "E_h", "E_b", "E_hb"].map(Symbol::real);
    let drift_of_square = g.pow(2) * (&slope - &hb);
    let drift = -g.pow(2) / 2 * &b;
    let covariance = &hb - &h * &b;
    all.push(identity(
        "the variance from the two drifts",
        &drift_of_square - 2 * &h * &drift,
        g.pow(2) * (&slope - &covariance),
        ("E[h b] in place of the covariance", g.pow(2) * (&slope - &hb)),
    ));
    all
}

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let broken = [Mutation::Weight, Mutation::Sigma, Mutation::Clock];
    for case in labelled_cases()? {
        let check = Check::new(Kind::Quadrature, &case, "", |_, case| quadrature(case, SHARED)).breaking(&broken);
        checks.push(check.mutant(Ingredient::Moment, "E[h b] in place of Cov(h, b)", |_, case| {
            let product: Mean = |case| {
                case.mean_of(Detail::LABEL_ENTROPY | Detail::LABEL_PRODUCTION, |s| {
                    s.label_entropy() * s.label_production()
                })
            };
            quadrature(case, [SHARED[0], SHARED[1], product])
        }));
    }
    for case in cases_on_a_line()? {
        checks.push(Check::new(Kind::Quadrature, &case, ALONE, |_, case| quadrature(case, BARE)).breaking(&broken));
    }
    for case in labelled_cases()?.into_iter().filter(|s| s.law().dim() <= 3).chain(super::digits_case(context)?) {
        // The other clock differs little where g^2 is near 1.
        let far = case.level()?.g2() > 3.0;
        let mutants: &[Mutation] = if far { &[Mutation::Sigma, Mutation::Clock] } else { &[Mutation::Sigma] };
        checks.push(Check::new(Kind::MonteCarlo, &case, "over a stretch of time", monte_carlo).breaking(mutants));
    }
    let mutants = enclosed::mutants(&broken);
    checks.extend(enclosed::each(enclosed::stages(), "", Mutation::None, &mutants, |stage, mutation| {
        let rate = stage.moving()?.entropy_variance()?.slope;
        let stage = stage.broken(mutation);
        let line = stage.line()?;
        Ok([-rate, stage.level()?.g2 * (line.mean(Moment::Gradient2)? - line.entropy_production_covariance()?)])
    }));
    Ok(checks)
}

type Mean = fn(&Case) -> Result<Estimate>;

/// `Var h`, `E|grad h|^2` and `Cov(h, b)`.
type Means = [Mean; 3];

const SHARED: Means = [
    |case| case.variance(Detail::LABEL_ENTROPY, |s| s.label_entropy()),
    |case| case.mean_of(Detail::LABEL_GRADIENT2, |s| s.label_gradient2()),
    |case| {
        case.covariance(
            Detail::LABEL_ENTROPY | Detail::LABEL_PRODUCTION,
            |s| s.label_entropy(),
            |s| s.label_production(),
        )
    },
];

const BARE: Means = [
    |case| bells::covariance(case, |p, x| Ok(p.entropy(x))),
    |case| bells::mean(case, |p, x| p.entropy_slope2(x)),
    |case| bells::covariance(case, |p, x| p.production(x)),
];

/// The slope of `Var h` against `g^2` times `E|grad h|^2` without a term, in the claim the covariance.
fn quadrature(case: &Case, [variance, gradient2, term]: Means) -> Result<Comparison> {
    let g2 = case.level()?.g2();
    let gradient = gradient2(case)?;
    let rhs = (gradient - term(case)?) * Estimate::given(g2);
    // Near the peak the two terms cancel: what is sharp is measured by one of them.
    Ok(Comparison::new(-case.slope(variance)?, rhs, SHARP * g2 * gradient.value()))
}

/// The variances at the two ends against the two terms in between. A variance is half the mean square
/// of the difference of two independent draws, a covariance half the mean product: over seven partners a draw,
/// nearly as good as over all.
fn monte_carlo(context: &Context, case: &Case) -> Result<Comparison> {
    // Two variances and a covariance are noisier than means: four times as many draws of the data set.
    let cost = if case.law().components() > 16 { case.cost().div_ceil(2) } else { 2 * case.cost() };
    let settings = case.settings(context, cost);
    let rates = Detail::LABEL_ENTROPY | Detail::LABEL_PRODUCTION | Detail::LABEL_GRADIENT2;
    let details = (Detail::LABEL_ENTROPY, rates);
    let means = case.sample_between(&settings, case.stretch(), details, 3, |row, out| {
        let seen = [0, 1, 2].map(|r| row.seen(r));
        let weight = row.weight() * row.level(2).g2();
        let (mut falls, mut covariance) = (0.0, 0.0);
        for other in row.partners() {
            let gap = |r: usize| seen[r].label_entropy() - other.seen(r).label_entropy();
            falls += (gap(0) * gap(0) - gap(1) * gap(1)) / 14.0;
            covariance += gap(2) * (seen[2].label_production() - other.seen(2).label_production()) / 14.0;
        }
        let gradient = weight * seen[2].label_gradient2();
        out[0] = falls;
        out[1] = gradient - weight * covariance;
        out[2] = gradient;
    })?;
    // The two terms cancel at the peak: what is sharp is measured by one of them.
    let scale = means.mean(2, Context::CONFIDENCE).value();
    Ok(paired(&means, 0, 1, SAMPLED).with_tolerance(SAMPLED * scale))
}
