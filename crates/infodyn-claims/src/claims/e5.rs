//! E5: how a labelled data set is remembered, class by class.

use infodyn_closed_form::pair;
use infodyn_core::{Comparison, Covariance, Detail, Estimate, Mixture, NoiseProcess};
use infodyn_quadrature::root;
use infodyn_symbolic::theory::{Equation, Identity, Mixture as Symbols, identity, normal, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::e4::{FIRST, OWN, OWN_FIRST, experiment, ou_at};
use super::{SAMPLED, SHARP};
use crate::limit::halving;
use crate::{Case, Check, Claim, Context, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "E5",
    name: "labelled-collapse",
    statement: "For separated classes, class `y` collapses when {0}: for `N(mu_y, q_y I_D)` at {1}. One condition serves all classes only when they share \
                `I(X_0;X_t given Y=y) - log w_y`; unequal variances give one time per class. The information splits, at a point {2}: so the excess entropy \
                `log N - I(X_0;X_t)` of a labelled data set contains the label part `I(Y;X_t)` (up to `log K/log N` of it), which the large-`D` formula \
                omits; `D log(gamma_L/gamma_C)` tends to `2 log K N^{2/D}/(N^{2/D} - 1)`, `gamma_L` without it",
    scope: "two classes of unequal widths and weights; two of one width in 4 to 4096 dimensions; data sets of 403 points by simulation",
    origin: Origin::New,
    uses: &["B5", "E4"],
    formulas,
    checks,
};

/// The condition of a class, and the information densities that add.
fn formulas() -> Vec<Identity> {
    let [q, n, d, w, gamma] = ["q_y", "N", "D", "w_y", "gamma_y"].map(Symbol::positive);
    let [within, growth] = ["I(X_0;X_t|Y=y)", "N^(2/D)"].map(quantity);
    let information = &d / 2 * (1 + &q * &gamma).log();
    let of_class = |w: Expr| (w * &n).log();
    // (w N)^(2/D), written by its definition.
    let grown = |size: Expr| (2 * size.log() / &d).exp();
    let critical = (grown(&w * &n) - 1) / &q;
    let solved = |share: Expr| (&growth * share - 1) / &q;
    let share = (2 * w.log() / &d).exp();
    let [density, label, inside] = ["i(x_0;x)", "i(y;x)", "i(x_0;x|y)"].map(quantity);
    let split = Equation::new(&density, &label + &inside);
    let law = Symbols::general(2, 1);
    let (p, j) = (law.density(), 0);
    let kernel = normal(&law.position(), &[law.noise.alpha.clone() * Symbol::real("x_0")], &law.noise.sigma.pow(2));
    let total: Expr = law.weights.iter().map(Expr::from).sum();
    let defined = [
        (&density, (&kernel / (&p / &total)).log()),
        (&label, (law.posterior(j) / (&law.weights[j] / &total)).log()),
        (&inside, (&kernel / law.component(j)).log()),
    ];
    // Two classes share a time when the ratio of their weights is that of their exponentials of I.
    let [q1, q2, w2] = ["q_1", "q_2", "w_2"].map(Symbol::positive);
    let capacity = |q: &Symbol| &d / 2 * (1 + q * &gamma).log();
    let w1 = &w2 * (capacity(&q1) - capacity(&q2)).exp();
    let condition = |q: &Symbol, w: &Expr| capacity(q) - w.log();
    vec![
        Identity::of(
            "the condition of a class",
            &Equation::new(&within, of_class(w.clone().into())),
            &[(&within, information.substitute(&[(&gamma, critical)]))],
            ("log N", n.log()),
        ),
        Identity::of(
            "gamma_y from the condition",
            &Equation::new(&gamma, solved(share)),
            &[(&growth, grown(information.exp() / &w))],
            ("the weight left out", solved(Expr::one())),
        ),
        Identity::of(
            "information densities, K=2, D=1",
            &split,
            &defined,
            ("the label's part left out", Expr::from(&inside)),
        ),
        identity(
            "two classes of one time",
            condition(&q1, &w1),
            condition(&q2, &Expr::from(&w2)),
            ("equal weights", condition(&q2, &w1)),
        ),
    ]
}

const WHOLE: &str = "log N in place of log(w_y N)";
const LABELLESS: &str = "the label's part left out";
const SWAPPED: &str = "the widths of the classes exchanged";
const ALL: &str = "as many points of one class as of both";
const MORE: &str = "log K in place of 2 log K";

/// Two classes `N(+-mu, q_y I)` in `dim` dimensions, `|mu|^2 = a2`.
fn classes(dim: usize, a2: f64, weights: [f64; 2], q: [f64; 2]) -> Result<Mixture> {
    let m = (a2 / dim as f64).sqrt();
    Ok(Mixture::new(&weights, &[vec![m; dim], vec![-m; dim]], Covariance::isotropics(&q)?)?)
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let mut checks = Vec::new();
    for (q, w, dim, n) in [(4.0, 0.5, 16.0, 3e3), (0.25, 0.5, 16.0, 3e3), (1.0, 0.9, 64.0, 1e6), (1.0, 0.1, 64.0, 1e6)]
    {
        let named = format!("class of weight {w}, width {q}, D={dim}, N={n}: gamma_y");
        checks.push(Check::number_by_words(
            Kind::Quadrature,
            named,
            &[Mutation::Formula(WHOLE)],
            move |_, mutation| class_time(q, w, dim, n, mutation),
        ));
    }
    for (case, name) in [
        (super::labelled_mixture()?.under(P::VP_LINEAR, 0.2)?, "I = I(Y) + I(within)"),
        (super::plane()?.under(P::FLOW, 0.45)?, "I = I(Y) + I(within)"),
        (
            NamedLaw::new("classes-16", Mixture::symmetric_pair(&[0.5; 16], 0.4)?).under(P::Ou, 0.7)?,
            "I = I(Y) + I(within)",
        ),
    ] {
        let broken = [Mutation::Weight, Mutation::Formula(LABELLESS)];
        checks.push(Check::new_by_words(Kind::Quadrature, &case, name, &broken, split));
        checks.push(Check::new_by_words(Kind::MonteCarlo, &case, name, &[Mutation::Formula(LABELLESS)], sampled_split));
    }
    for rate in [0.3, 0.5] {
        let named = format!("two classes, log N/D={rate}: D log(gamma_L/gamma_C), D -> infinity");
        checks.push(Check::number_by_words(
            Kind::Quadrature,
            named,
            &[Mutation::Formula(MORE)],
            move |context, mutation| shift(context, rate, mutation),
        ));
    }
    for wide in [true, false] {
        let side = if wide { "the wide class has collapsed" } else { "the narrow one has not" };
        let named = format!("data sets of 403 points, widths 4 and 0.25, D=12: between the two times {side}");
        checks.push(Check::number_by_words(
            Kind::MonteCarlo,
            named,
            &[Mutation::Formula(SWAPPED)],
            move |context, mutation| one_by_one(context, wide, mutation),
        ));
    }
    checks.push(Check::number_by_words(
        Kind::MonteCarlo,
        "data sets in D=8: 403 points of two classes are as hard to tell as 202 of one",
        &[Mutation::Formula(ALL)],
        label_part,
    ));
    Ok(checks)
}

/// `I(X_0;X_t)` of `case`, from its log-density alone.
fn information(case: &Case) -> Result<Estimate> {
    let kernel = 0.5 * case.dim() * (std::f64::consts::TAU * std::f64::consts::E * case.truth().level()?.sigma2()).ln();
    Ok(case.truth().marginal_entropy()? + Estimate::rounded(-kernel, 4.0))
}

/// The root in `gamma` of `D` times the information about a coordinate of the class, less `log(w N)`.
fn class_time(q: f64, w: f64, dim: f64, n: f64, mutation: Mutation) -> Result<Comparison> {
    let named = NamedLaw::new("class", Mixture::gaussian(&[0.0], Covariance::isotropic(q)?)?);
    let gap = |x: f64| {
        let t = NoiseProcess::Edm.time_at_snr(x.exp())?;
        Ok::<_, crate::Error>(
            information(&named.under(NoiseProcess::Edm, t)?)? * Estimate::given(dim)
                - Estimate::rounded((w * n).ln(), 2.0),
        )
    };
    let lhs = root(gap, -6.0, 6.0)?;
    let size = if mutation == Mutation::Formula(WHOLE) { n } else { w * n };
    let rhs = ((2.0 * size.ln() / dim).exp_m1() / q).ln();
    Ok(Comparison::new(lhs, Estimate::new(rhs, 1e-14), SHARP))
}

/// The whole from the density, the label's part from its posterior, the rest from each class on its own.
fn split(_: &Context, case: &Case) -> Result<Comparison> {
    let kept = if case.breaks(LABELLESS) { 0.0 } else { 1.0 };
    let mut rhs = case.mean_of(|s| s.label_information())? * Estimate::given(kept);
    for (y, w) in case.law().label_weights().iter().enumerate() {
        rhs = rhs + information(&case.given_label(y)?)? * Estimate::given(*w);
    }
    let lhs = information(case)?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// `log p(X_t given X_0) - log p_t(X_t)` in the mean, against the label's part by simulation and the rest by quadrature.
fn sampled_split(context: &Context, case: &Case) -> Result<Comparison> {
    let kept = if case.breaks(LABELLESS) { 0.0 } else { 1.0 };
    let mut within = Estimate::ZERO;
    for (y, w) in case.law().label_weights().iter().enumerate() {
        within = within + information(&case.given_label(y)?)? * Estimate::given(*w);
    }
    let means = case.sample(context, Detail::Posterior, 2, &[], |row, out| {
        let seen = row.seen(0);
        (out[0], out[1]) = (row.ln_kernel(0) - seen.ln_density(), kept * seen.label_information());
    })?;
    let level = Context::CONFIDENCE;
    let lhs = means.mean(0, level);
    let rhs = means.mean(1, level) + within;
    let difference = means.linear(&[(0, 1.0), (1, -1.0)], level) + -within;
    Ok(Comparison::paired(lhs, rhs, difference, SAMPLED * rhs.value()))
}

/// Two classes `N(+-mu, I)` with `|mu|^2 = D`, `log N = rate D`: `gamma_C` solves `I(Y;X_t) + I(X_0;X_t given Y) = log N`, `gamma_L` without
/// the first part.
fn shift(context: &Context, rate: f64, mutation: Mutation) -> Result<Comparison> {
    let values = (0..context.sizes(8)).map(|i| {
        let dim = 32.0 * 2.0_f64.powi(i);
        let gap = |x: f64| {
            let gamma = x.exp();
            let within = 0.5 * dim * gamma.ln_1p();
            let k = gamma * dim / (gamma + 1.0);
            let label = Estimate::near(std::f64::consts::LN_2) - pair::label_entropy(k);
            Ok::<_, crate::Error>(label + Estimate::rounded(within, 4.0) - Estimate::given(rate) * Estimate::given(dim))
        };
        let without = (2.0 * rate).exp_m1().ln();
        let with = root(gap, without - 3.0, without + 1.0)?;
        Ok((Estimate::rounded(without, 4.0) - with) * Estimate::given(dim))
    });
    let lhs = halving(&values.collect::<Result<Vec<_>>>()?, 1);
    let growth = (2.0 * rate).exp();
    let power = if mutation == Mutation::Formula(MORE) { 1.0 } else { 2.0 };
    let rhs = Estimate::rounded(power * std::f64::consts::LN_2 * growth / (growth - 1.0), 8.0);
    Ok(Comparison::new(lhs, rhs, 1e-5 * rhs.value()))
}

/// Far classes of widths 4 and 0.25: halfway between their times (in `log gamma`) the own point of the first is known to 0.8, that of the second to
/// less than 0.3.
fn one_by_one(context: &Context, wide: bool, mutation: Mutation) -> Result<Comparison> {
    let (dim, points) = (12, 403);
    let q = if mutation == Mutation::Formula(SWAPPED) { [0.25, 4.0] } else { [4.0, 0.25] };
    let law = classes(dim, 400.0, [0.5, 0.5], q)?;
    let growth = (2.0 * (0.5 * points as f64).ln() / dim as f64).exp_m1();
    let middle = growth / (4.0_f64 * 0.25).sqrt();
    let means = experiment(context, 32, &law, points, ou_at(middle)?)?;
    let level = Context::CONFIDENCE;
    // E[pi; class] against P(class) times the number.
    Ok(if wide {
        let difference = means.linear(&[(FIRST, 0.8), (OWN_FIRST, -1.0)], level);
        Comparison::at_most(difference, Estimate::ZERO, SAMPLED)
    } else {
        let difference = means.linear(&[(OWN, 1.0), (OWN_FIRST, -1.0), (FIRST, 0.3)], level) - Estimate::given(0.3);
        Comparison::at_most(difference, Estimate::ZERO, SAMPLED)
    })
}

/// The mean posterior of the own point among 403 points of two far classes, and among 202 of its own class alone: with the own class it
/// has 201 others in the mean.
fn label_part(context: &Context, mutation: Mutation) -> Result<Comparison> {
    let dim = 8;
    let level = ou_at((2.0 * 201.5_f64.ln() / dim as f64).exp_m1())?;
    let both = classes(dim, 100.0, [0.5, 0.5], [1.0, 1.0])?;
    let one = Mixture::gaussian(&vec![0.0; dim], Covariance::isotropic(1.0)?)?;
    let points = if mutation == Mutation::Formula(ALL) { 403 } else { 202 };
    let confidence = Context::CONFIDENCE;
    let lhs = experiment(context, 8, &both, 403, level)?.mean(OWN, confidence);
    let rhs = experiment(&context.substream(1), 8, &one, points, level)?.mean(OWN, confidence);
    // The number of others is binomial, of variance 100; with their number n the mean posterior bends by at most 2/(n (n-1)).
    let rhs = rhs + Estimate::new(0.0, 0.5 * 100.5 * 2.0 / (201.0 * 200.0));
    Ok(Comparison::new(lhs, rhs, 2.0 * SAMPLED * rhs.value()))
}
