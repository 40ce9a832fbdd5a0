//! E5: how a labelled data set is remembered, class by class.

use infodyn_closed_form::pair;
use infodyn_core::{Comparison, Covariance, Detail, Estimate, Mixture, NoiseProcess, ulps};
use infodyn_enclosure::{Interval, LineLaw};
use infodyn_monte_carlo::Means;
use infodyn_quadrature::root;
use infodyn_symbolic::theory::{Equation, Identity, Mixture as Symbols, identity, normal, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP};
use crate::data_sets::{self, FIRST, OWN, OWN_FIRST, experiment, ou_at};
use crate::enclosed::{self, Sides, point};
use crate::limit::halving;
use crate::rates::information;
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, NamedLaw, Origin, Result};

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
        let class = Class { q, w, dim, n };
        let named = format!("class of weight {w}, width {q}, D={dim}, N={n}: gamma_y");
        let check = Check::number(Kind::Quadrature, named, move |_| class.time(w));
        checks.push(check.variant(Ingredient::Weight, WHOLE, move |_| class.time(1.0)));
    }
    for case in [
        super::labelled_mixture()?.under(P::VP_LINEAR, 0.2)?,
        super::plane()?.under(P::FLOW, 0.45)?,
        NamedLaw::new("classes-16", Mixture::symmetric_pair(&[0.5; 16], 0.4)?).under(P::Ou, 0.7)?,
    ] {
        let (what, how) = ("I = I(Y) + I(within)", "the label's part left out, as where D is large");
        let check = Check::new(Kind::Quadrature, &case, what, |_, case| split(case, 1.0));
        let check = check.breaking(&[Mutation::Weight]);
        checks.push(check.mutant(Ingredient::Label, how, |_, case| split(case, 0.0)));
        let check = Check::new(Kind::MonteCarlo, &case, what, |c, case| sampled_split(c, case, 1.0));
        checks.push(check.mutant(Ingredient::Label, how, |c, case| sampled_split(c, case, 0.0)));
    }
    for rate in [0.3, 0.5] {
        let named = format!("two classes, log N/D={rate}: D log(gamma_L/gamma_C), D -> infinity");
        let check = Check::number(Kind::Quadrature, named, move |context| shift(context, rate, 2.0));
        let how = "N^(1/D) in place of N^(2/D)";
        checks.push(check.variant(Ingredient::Exponent, how, move |context| shift(context, rate, 1.0)));
    }
    // In the order of their widths: the times of two classes that exchange them are exchanged.
    let (widths, exchanged) = ([4.0, 0.25], [0.25, 4.0]);
    let swapped = "the widths of the classes exchanged";
    let named = |what: &str| format!("data sets of 403 points, widths 4 and 0.25, D=12: between the two times {what}");
    let check = Check::number(Kind::MonteCarlo, named("the wide class has collapsed"), move |c| known(c, widths, 0.95));
    let check = check.variant(Ingredient::Variance, swapped, move |c| known(c, exchanged, 0.95));
    checks.push(check.variant(Ingredient::Bound, "known to 1 in place of 0.95", move |c| known(c, widths, 1.0)));
    let check = Check::number(Kind::MonteCarlo, named("the narrow one has not"), move |c| unknown(c, widths, 0.1))
        .variant(Ingredient::Variance, swapped, move |c| unknown(c, exchanged, 0.1))
        .variant(Ingredient::Bound, "known to less than 0.06 in place of 0.1", move |c| unknown(c, widths, 0.06));
    checks.push(check);
    let named = "data sets in D=8: 403 points of two classes are as hard to tell as 202 of one";
    let check = Check::number(Kind::MonteCarlo, named, |context| label_part(context, 202));
    checks.push(check.variant(Ingredient::Size, "as many points of one class as of both", |c| label_part(c, 403)));
    for (q, w) in [(0.7, 0.3), (0.2, 0.7)] {
        let case = format!("class q={q}, w={w}, N=1000, D=100: gamma at which it collapses");
        let mutants = [(Ingredient::Weight, WHOLE, 1.0)];
        checks.push(enclosed::equal(case, w, &mutants, move |weight| enclosed_time(q, w, weight)));
    }
    Ok(checks)
}

const WHOLE: &str = "log N in place of log(w_y N)";

/// `gamma` at which `I(X_0;X_t given Y=y)` of a coordinate of a class of variance `q` is `log(w N)/D`, and by the
/// formula for a weight, for `N = 1000`, `D = 100`.
fn enclosed_time(q: f64, w: f64, weight: f64) -> Sides {
    let law = LineLaw::from_parts(&[1.0], &[0.0], &[q]);
    let share = |w: f64| (point(w) * point(1000.0)).ln() / point(100.0);
    let gamma = data_sets::enclosed_collapse(&law, share(w), Interval::new(0.05, 0.9))?;
    Ok([gamma, share(weight).times(2.0).exp_m1() / point(q)])
}

/// A class `N(mu, q I)` of weight `w` among `n` points in `dim` dimensions.
#[derive(Clone, Copy)]
struct Class {
    q: f64,
    w: f64,
    dim: f64,
    n: f64,
}

impl Class {
    /// The root in `gamma` of `D` times the information about a coordinate of the class, less `log(w N)`, and by the
    /// formula for a weight.
    fn time(self, weight: f64) -> Result<Comparison> {
        let Self { q, w, dim, n } = self;
        let named = NamedLaw::new("class", Mixture::gaussian(&[0.0], Covariance::isotropic(q)?)?);
        let gap = |x: f64| {
            let t = NoiseProcess::Edm.time_at_snr(x.exp())?;
            let coordinate = information(&named.under(NoiseProcess::Edm, t)?)?;
            Ok::<_, crate::Error>(coordinate * Estimate::given(dim) - Estimate::near(w * n).ln())
        };
        let lhs = root(gap, -6.0, 6.0)?;
        let share = Estimate::near(weight * n).ln() * 2 / Estimate::given(dim);
        let rhs = (share.exp_m1() / Estimate::given(q)).ln();
        Ok(Comparison::new(lhs, rhs, SHARP))
    }
}

/// The mean information within the classes.
fn within(case: &Case) -> Result<Estimate> {
    let weights = case.law().label_weights().iter().enumerate();
    weights.map(|(y, w)| Ok(information(&case.given_label(y)?)? * Estimate::given(*w))).sum()
}

/// The whole from the density, the label's part from its posterior, of share 1 in the claim, the rest from each class
/// on its own.
fn split(case: &Case, share: f64) -> Result<Comparison> {
    let rhs = case.mean_of(Detail::LABEL_INFORMATION, |s| share * s.label_information())? + within(case)?;
    Ok(Comparison::new(information(case)?, rhs, SHARP * rhs.value()))
}

/// `log p(X_t given X_0) - log p_t(X_t)` in the mean, against the label's part by simulation and the rest by
/// quadrature.
fn sampled_split(context: &Context, case: &Case, share: f64) -> Result<Comparison> {
    let within = within(case)?;
    let means = case.sample(context, Detail::LABEL_INFORMATION, 2, &[], |row, out| {
        let seen = row.seen(0);
        (out[0], out[1]) = (row.ln_kernel(0) - seen.ln_density(), share * seen.label_information());
    })?;
    let level = Context::CONFIDENCE;
    let lhs = means.mean(0, level);
    let rhs = means.mean(1, level) + within;
    let difference = means.linear(&[(0, 1.0), (1, -1.0)], level) + -within;
    Ok(Comparison::paired(lhs, rhs, difference, SAMPLED * rhs.value()))
}

/// Two classes `N(+-mu, I)` with `|mu|^2 = D`, `log N = rate D`: `gamma_C` solves
/// `I(Y;X_t) + I(X_0;X_t given Y) = log N`, `gamma_L` without the first part. On the right `N^{power/D}`, of power 2 in
/// the claim.
fn shift(context: &Context, rate: f64, power: f64) -> Result<Comparison> {
    let values = (0..context.sizes(8)).map(|i| {
        let dim = 32.0 * 2.0_f64.powi(i);
        let gap = |x: f64| {
            let gamma = x.exp();
            let within = Estimate::given(x).exp().ln_1p() * Estimate::given(0.5 * dim);
            let k = gamma * dim / (gamma + 1.0);
            // k dH/dk = -k mmse/2 is above -1.
            let left = pair::label_entropy(k).widened(ulps::formula(3, 1) * f64::EPSILON);
            let label = Estimate::near(std::f64::consts::LN_2) - left;
            Ok::<_, crate::Error>(label + within - Estimate::given(rate) * Estimate::given(dim))
        };
        let without = Estimate::given(2.0 * rate).exp_m1().ln();
        let with = root(gap, without.value() - 3.0, without.value() + 1.0)?;
        Ok((without - with) * Estimate::given(dim))
    });
    let lhs = halving(&values.collect::<Result<Vec<_>>>()?, 1);
    let growth = Estimate::near(power * rate).exp();
    let rhs = Estimate::near(std::f64::consts::LN_2) * 2 * growth / (growth - 1);
    Ok(Comparison::new(lhs, rhs, 1e-5 * rhs.value()))
}

/// Data sets of 403 points of two far classes in 12 dimensions, halfway between the times (in `log gamma`) of widths 4
/// and 0.25.
fn one_by_one(context: &Context, widths: [f64; 2]) -> Result<Means> {
    let (dim, points) = (12, 403);
    let law = classes(dim, 400.0, [0.5, 0.5], widths)?;
    let growth = (2.0 * (0.5 * points as f64).ln() / dim as f64).exp_m1();
    experiment(context, 32, &law, points, ou_at(growth / (4.0_f64 * 0.25).sqrt())?)
}

/// The own point of the first class is known to `share`: `E[pi; class]` against that share of `P(class)`.
fn known(context: &Context, widths: [f64; 2], share: f64) -> Result<Comparison> {
    let means = one_by_one(context, widths)?;
    let difference = means.linear(&[(FIRST, share), (OWN_FIRST, -1.0)], Context::CONFIDENCE);
    Ok(Comparison::at_most(difference, Estimate::ZERO, SAMPLED))
}

/// That of the second is known to less.
fn unknown(context: &Context, widths: [f64; 2], share: f64) -> Result<Comparison> {
    let means = one_by_one(context, widths)?;
    let terms = [(OWN, 1.0), (OWN_FIRST, -1.0), (FIRST, share)];
    let difference = means.linear(&terms, Context::CONFIDENCE) - Estimate::given(share);
    Ok(Comparison::at_most(difference, Estimate::ZERO, SAMPLED))
}

/// The mean posterior of the own point among 403 points of two far classes, and among 202 of its own class alone: with
/// the own class it has 201 others in the mean. `points` are those of the one class, in the claim 202.
fn label_part(context: &Context, points: usize) -> Result<Comparison> {
    let dim = 8;
    let level = ou_at((2.0 * 201.5_f64.ln() / dim as f64).exp_m1())?;
    let both = classes(dim, 100.0, [0.5, 0.5], [1.0, 1.0])?;
    let one = Mixture::gaussian(&vec![0.0; dim], Covariance::isotropic(1.0)?)?;
    let confidence = Context::CONFIDENCE;
    let lhs = experiment(context, 8, &both, 403, level)?.mean(OWN, confidence);
    let rhs = experiment(&context.substream(1), 8, &one, points, level)?.mean(OWN, confidence);
    // The number of others is binomial, of variance 100; with their number n the mean posterior bends by at most 2/(n
    // (n-1)).
    let rhs = rhs + Estimate::new(0.0, 0.5 * 100.5 * 2.0 / (201.0 * 200.0));
    Ok(Comparison::new(lhs, rhs, 2.0 * SAMPLED * rhs.value()))
}
