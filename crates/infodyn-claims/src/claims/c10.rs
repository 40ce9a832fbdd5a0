//! C10: decisions on two scales.

use infodyn_bifurcation::{Energy, Kind as Branching, Landscape, diagram};
use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Density, Detail, Estimate, NoiseLevel, NoiseProcess};
use infodyn_monte_carlo::View;
use infodyn_quadrature::{peak, root};

use super::c7::instability;
use super::c8::production;
use super::{SAMPLED, SHARP};
use crate::case::paired;
use crate::decisions::{axes, peaks, tree_on_a_line, tree_on_axes};
use crate::limit::halving;
use crate::{Case, Check, Claim, Context, Error, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "C10",
    name: "hierarchy",
    statement: "Atoms `+-A +-b` with `A >> b`. The entropy splits into a coarse and a fine label's, {0}, on two axes at each point {1}. On two axes the marginal energy has exact \
                pitchforks at `sigma^2 = alpha^2 A^2` and `alpha^2 b^2`; on a line one near `alpha^2 A^2` and, near `alpha^2 b^2`, folds whose asymmetry is exponentially \
                small, plain folds in the other energies under VP. There are two peaks of the rate in `log gamma`, releasing `log 2` nats each as `A/b -> infinity`; for \
                `+-10 +-1` on a line in `edm` they have the places and heights of the table in theory.md",
    scope: "A/b = 10 on a line and on two axes; the limits up to A/b = 4096; two peaks of Var h from A/b between 2 and 2.15 on a line, 2.5 and 2.7 on two axes",
    origin: Origin::New,
    uses: &["B5", "C2", "C5", "C8"],
    formulas,
    checks,
};

/// The chain rule of the posterior's entropy, and its sum where the two decisions are independent.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use infodyn_symbolic::theory::{Equation, Identity, quantity};
    use infodyn_symbolic::{Expr, Symbol};

    let [whole, coarse, fine] = ["h", "h_C", "sum pi_C h_F|C"].map(quantity);
    let chain = Equation::new(&whole, Expr::from(&coarse) + &fine);
    let entropy = |pi: &[Expr]| -> Expr { pi.iter().map(|p| -(p * p.log())).sum() };
    // Odds of the coarse label and of the fine label given each.
    let [r, u, v] = ["r", "u", "v"].map(Symbol::positive);
    let odds = |r: &Symbol| [r / (1 + r), 1 / (1 + r)];
    let (c, given) = (odds(&r), [odds(&u), odds(&v)]);
    let joint: Vec<Expr> = (0..4).map(|i| &c[i / 2] * &given[i / 2][i % 2]).collect();
    let within: Expr = (0..2).map(|i| &c[i] * entropy(&given[i])).sum();
    let first = Identity::redefined(
        "four posteriors as two odds, and odds given each",
        &chain,
        &[(&whole, entropy(&joint)), (&coarse, entropy(&c)), (&fine, within)],
        ("the fine label's entropy not weighted", &[(&fine, entropy(&given[0]) + entropy(&given[1]))]),
    );
    // On two axes log-odds of X_t = (x, y) are 2 alpha A x/sigma^2 and 2 alpha b y/sigma^2, whatever the other is.
    let [x, y] = ["x", "y"].map(Symbol::real);
    let [alpha, sigma, a, b] = ["alpha", "sigma", "A", "b"].map(Symbol::positive);
    let weight = |s: i32, t: i32| {
        let gap = (&x - s * &alpha * &a).pow(2) + (&y - t * &alpha * &b).pow(2);
        (-gap / (2 * sigma.pow(2))).exp()
    };
    let weights = [weight(1, 1), weight(1, -1), weight(-1, 1), weight(-1, -1)];
    let total: Expr = weights.iter().cloned().sum();
    let logistic = |z: Expr| 1 / (1 + (-z).exp());
    let [pi, pi_c, pi_f] = ["pi_{+A+b}", "pi_{+A}", "pi_{+b}"].map(quantity);
    let split = |scale: i32| logistic(scale * &alpha * &b * &y / sigma.pow(2));
    let second = Identity::redefined(
        "two axes",
        &Equation::new(&pi, Expr::from(&pi_c) * &pi_f),
        &[(&pi, &weights[0] / total), (&pi_c, logistic(2 * &alpha * &a * &x / sigma.pow(2))), (&pi_f, split(2))],
        ("half of the log-odds", &[(&pi_f, split(1))]),
    );
    vec![first, second]
}

const ROOT: &str = "the quantity times sqrt(sigma)";
const LINE: &str = "a line in place of two axes";
const AXES: &str = "two axes in place of a line";
const FIRST: &str = "the pitchforks of the other energies as near";
const LOG_4: &str = "log 4 at once";
const CUBE: &str = "the place of b in place of A";
const ONE: &str = "one decision";

/// Of `+-10 +-1` on a line in `edm`: power of `sigma` in `mmse sigma^p` (of `Var h`, none), place and height to six digits.
const TABLE: [(&str, Option<i32>, f64, f64); 6] = [
    ("Var h, coarse", None, 8.688_19, 0.054_100),
    ("Var h, fine", None, 0.862_108, 0.053_629),
    ("dH/dlog sigma, coarse", Some(-2), 7.999_60, 0.487_463),
    ("dH/dlog sigma, fine", Some(-2), 0.814_239, 0.479_516),
    ("dH/dsigma, coarse", Some(-3), 6.159_53, 0.069_935),
    ("dH/dsigma, fine", Some(-3), 0.643_803, 0.667_771),
];

/// Labels of the sign of `A` and of the sign of `b`.
const COARSE: [usize; 4] = [0, 0, 1, 1];
const FINE: [usize; 4] = [0, 1, 0, 1];

fn checks(_: &Context) -> Result<Vec<Check>> {
    let edm = NoiseProcess::Edm;
    let linear = NoiseProcess::VP_LINEAR;
    let mut checks = Vec::new();
    for row in TABLE {
        let case = tree_on_a_line(10.0, 1.0)?.under(edm, row.2)?;
        for what in ["place", "height"] {
            let name = format!("{}: {what}", row.0);
            let run = move |_: &Context, s: &Case| table(s, row, what == "height");
            checks.push(Check::new_by_words(Kind::Quadrature, &case, &name, &[Mutation::Formula(ROOT)], run));
        }
        let run = move |c: &Context, s: &Case| sampled_height(c, s, row);
        if row.1 != Some(-3) {
            let name = format!("{}: height", row.0);
            checks.push(Check::new_by_words(Kind::MonteCarlo, &case, &name, &[Mutation::Formula(ROOT)], run));
        }
        if row.1.is_none() {
            let name = format!("{}: two routes", row.0);
            checks.push(Check::new_by_words(Kind::Quadrature, &case, &name, &[Mutation::Weight], two_routes));
        }
    }
    // Coarse and fine.
    for (case, mutants) in [
        (tree_on_axes(3.0, 1.0)?.under(edm, 1.2)?, vec![Mutation::Formula(LINE)]),
        (tree_on_axes(3.0, 1.0)?.under(linear, 0.4)?, vec![Mutation::Formula(LINE)]),
    ] {
        checks
            .push(Check::new_by_words(Kind::Quadrature, &case, "H = coarse + fine", &mutants, |_, s| sum_of_labels(s)));
        let run = |_: &Context, s: &Case| sum_of_variances(s);
        checks.push(Check::new_by_words(Kind::Quadrature, &case, "Var h = coarse + fine", &mutants, run));
        checks.push(Check::new_by_words(Kind::MonteCarlo, &case, "H = coarse + fine", &mutants, sampled_sum));
    }
    // Where branches part.
    for (named, process, energy, pitchforks, folds) in [
        (tree_on_axes(10.0, 1.0)?, edm, Energy::Marginal, 4, 0),
        (tree_on_a_line(10.0, 1.0)?, edm, Energy::Marginal, 3, 0),
        (tree_on_a_line(10.0, 1.0)?, linear, Energy::Marginal, 3, 0),
        (tree_on_a_line(10.0, 1.0)?, linear, Energy::ReverseSde, 1, 2),
        (tree_on_a_line(10.0, 1.0)?, linear, Energy::ProbabilityFlow, 0, 2),
    ] {
        let case = named.under(process, process.time_at_snr(0.5)?)?;
        let what = format!("{energy}: {pitchforks} pitchforks, {folds} folds");
        let run = move |_: &Context, s: &Case| branchings(s, energy, pitchforks, folds);
        checks.push(Check::new_by_words(Kind::Quadrature, &case, &what, &[Mutation::Formula(FIRST)], run));
    }
    for (a, place) in [(10.0, 0.01), (10.0, 1.0)] {
        let case = tree_on_axes(a, 1.0)?.under(edm, 3.0)?;
        let what = format!("pitchfork at the origin at snr = {place}");
        let run = move |_: &Context, s: &Case| exact_place(s, place);
        checks.push(Check::new_by_words(Kind::Quadrature, &case, &what, &[Mutation::Formula(AXES)], run));
    }
    checks.push(Check::number_by_words(
        Kind::Quadrature,
        "A/b -> infinity on a line: coarse pitchfork at snr A^2",
        &[Mutation::Formula(CUBE)],
        coarse_place,
    ));
    for part in ["coarse", "fine"] {
        let named = format!("A/b -> infinity on a line: nats released by the {part} decision");
        let run = move |context: &Context, mutation: Mutation| released(context, part == "coarse", mutation);
        checks.push(Check::number_by_words(Kind::Quadrature, named, &[Mutation::Formula(LOG_4)], run));
    }
    // From which ratio there are two peaks.
    for (named, a, found) in [
        (tree_on_a_line(2.0, 1.0)?, 2.0_f64, 1),
        (tree_on_a_line(2.15, 1.0)?, 2.15, 2),
        (tree_on_axes(2.5, 1.0)?, 2.5, 1),
        (tree_on_axes(2.7, 1.0)?, 2.7, 2),
    ] {
        let case = named.under(edm, 1.0)?;
        let what = format!("A/b={a}: peaks of Var h");
        let run = move |_: &Context, s: &Case| {
            let claimed = if s.breaks(ONE) { 3 - found } else { found };
            let range = (-2.0 * (1.5 * a).ln(), -2.0 * 0.6_f64.ln());
            Ok(Comparison::new(peaks(s, range, 80)?, Estimate::from(claimed), 0.5))
        };
        checks.push(Check::new_by_words(Kind::Quadrature, &case, &what, &[Mutation::Formula(ONE)], run));
    }
    Ok(checks)
}

type Row = (&'static str, Option<i32>, f64, f64);

/// What is in the table, at `sigma`; times its square root in the mutant.
fn quantity_at(case: &Case, power: Option<i32>, sigma: f64) -> Result<Estimate> {
    let moved = case.at(sigma);
    let value = match power {
        None => moved.variance(|s| s.label_entropy())?,
        Some(p) => {
            moved.mean(Detail::Score, 1, |s, out| out[0] = s.posterior_trace())?[0]
                * Estimate::rounded(sigma.powi(p), 4.0)
        }
    };
    Ok(if case.breaks(ROOT) { value * Estimate::rounded(sigma.sqrt(), 1.0) } else { value })
}

/// The peak of a quantity in `log sigma`, its place or its height, against six digits.
fn table(case: &Case, (name, power, place, height): Row, of_height: bool) -> Result<Comparison> {
    let centre = place.ln();
    let found = peak(|l| quantity_at(case, power, l.exp()), centre, 0.4)?;
    let found = found.ok_or(Error::NoRoot { what: name, lo: place / 1.5, hi: place * 1.5 })?;
    let (lhs, value) = if of_height {
        (found.height, height)
    } else {
        let sigma = found.at.value().exp();
        (Estimate::new(sigma, sigma * (found.at.radius() + 4.0 * f64::EPSILON)), place)
    };
    // Half a unit of the last of six decimals, of five where the number is above 1.
    let open = if value > 1.0 { 5e-6 } else { 5e-7 };
    Ok(Comparison::new(lhs, Estimate::new(value, open), 1e-4 * value))
}

/// The top of `Var h` against the zero of what produces it (D3).
fn two_routes(_: &Context, case: &Case) -> Result<Comparison> {
    let centre = case.t().ln();
    let truth = case.truth();
    let found = peak(|l| truth.at(l.exp()).variance(|s| s.label_entropy()), centre, 0.4)?;
    let lhs = found.ok_or(Error::NoRoot { what: "slope", lo: centre - 0.4, hi: centre + 0.4 })?.at;
    let rhs = root(|l| production(&case.at(l.exp())), centre - 0.3, centre + 0.3)?;
    Ok(Comparison::new(lhs, rhs, 1e-9))
}

/// The height at the stated place: there the quantity is stationary, so six digits of the place give twelve of it.
fn sampled_height(context: &Context, case: &Case, (_, power, place, height): Row) -> Result<Comparison> {
    let factor = if case.breaks(ROOT) { place.sqrt() } else { 1.0 };
    let lhs = if let Some(p) = power {
        let means = case.sample(context, Detail::Score, 1, &[], |row, out| {
            let error: f64 = row.xi().iter().zip(row.seen(0).mean_offset()).map(|(x, m)| (x - m) * (x - m)).sum();
            out[0] = error * place.powi(p);
        })?;
        means.mean(0, Context::CONFIDENCE)
    } else {
        let means =
            case.sample(context, Detail::Posterior, 1, &[(0, 0)], |row, out| out[0] = row.seen(0).label_entropy())?;
        means.covariance(0, 0, Context::CONFIDENCE).ok_or(Error::Product(0, 0))?
    };
    Ok(Comparison::new(lhs * Estimate::given(factor), Estimate::new(height, 5e-7), SAMPLED * height))
}

/// The case's law, with `labels`, on a line in the mutant.
fn labelled(case: &Case, labels: [usize; 4]) -> Result<Case> {
    let law = if case.breaks(LINE) { tree_on_a_line(3.0, 1.0)?.law } else { infodyn_core::Mixture::clone(case.law()) };
    NamedLaw::new("tree", law.with_labels(labels.to_vec())?).under(*case.process(), case.t())
}

fn sum_of_labels(case: &Case) -> Result<Comparison> {
    let entropy = |labels| labelled(case, labels)?.mean_of(|s| s.label_entropy());
    let lhs = entropy([0, 1, 2, 3])?;
    let rhs = entropy(COARSE)? + entropy(FINE)?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// On two axes the variances of two independent decisions, each on its own line.
fn sum_of_variances(case: &Case) -> Result<Comparison> {
    let lhs = labelled(case, [0, 1, 2, 3])?.variance(|s| s.label_entropy())?;
    let parts = axes(&case.truth())?;
    let rhs = parts[0].variance(|s| s.label_entropy())? + parts[1].variance(|s| s.label_entropy())?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// The surprisal of the atom against the posterior entropies of the two labels.
fn sampled_sum(context: &Context, case: &Case) -> Result<Comparison> {
    let level = case.level()?;
    let cases = [labelled(case, [0, 1, 2, 3])?, labelled(case, COARSE)?, labelled(case, FINE)?];
    let marginals: Vec<Marginal<'_>> = cases.iter().map(|s| Marginal::new(s.law(), &level)).collect();
    let views: Vec<View<'_>> = marginals.iter().map(|m| View::new(level, m)).collect();
    let settings = context.settings(2);
    let means = infodyn_monte_carlo::mean_of(&settings, cases[0].law(), &views, 2, &[], |batch, out| {
        for (i, out) in out.chunks_exact_mut(2).enumerate() {
            let of = |r: usize| &batch.readings[r].observation.label;
            (out[0], out[1]) = (of(0).surprisal[i], of(1).entropy[i] + of(2).entropy[i]);
        }
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}

/// How many pitchforks and folds an energy has, as `100 pitchforks + folds`.
///
/// On a line the fine ones are told from folds by nothing that double precision holds: each is reported with a bound for what separates
/// its branches, which must be below `e^-170` (it is near `exp(-(2A - b)^2/2 b^2)`).
fn branchings(case: &Case, energy: Energy, pitchforks: usize, folds: usize) -> Result<Comparison> {
    let law = case.law();
    let marginals = |level: &NoiseLevel| -> Box<dyn Density + '_> { Box::new(Marginal::new(law, level)) };
    let landscape = Landscape::new(&marginals, *case.process(), energy);
    let low = case.process().snr_range().0.max(1e-3);
    let found = diagram(&landscape, (low, 30.0))?.bifurcations;
    let faint = |b: &&infodyn_bifurcation::Bifurcation| b.asymmetry.is_none_or(|a| a < (-170.0_f64).exp());
    let count = |kind: Branching| found.iter().filter(|b| b.kind == kind).filter(faint).count() as f64;
    let lhs = Estimate::rounded(100.0 * count(Branching::Pitchfork) + count(Branching::Fold), 1.0);
    let claimed = if case.breaks(FIRST) { (folds, pitchforks) } else { (pitchforks, folds) };
    Ok(Comparison::new(lhs, Estimate::count(100 * claimed.0 + claimed.1), 0.5))
}

/// On two axes an eigenvalue of the score's Jacobian at the origin vanishes exactly at `snr = 1/A^2` and `1/b^2`.
fn exact_place(case: &Case, place: f64) -> Result<Comparison> {
    let axis = usize::from(place == 1.0);
    let named = if case.breaks(AXES) {
        tree_on_a_line(10.0, 1.0)?
    } else {
        NamedLaw::new("tree", infodyn_core::Mixture::clone(case.law()))
    };
    let at = |l: f64| -> Result<Estimate> {
        let case = named.under(NoiseProcess::Edm, (-0.5 * l).exp())?;
        let level = case.level()?;
        let dim = case.law().dim();
        case.density(|p| {
            let (anchor, offset) = p.locate(&vec![0.0; dim]);
            let slope = p.score_jacobian(anchor, &offset)[(axis % dim, axis % dim)] * level.sigma2();
            // A cancelling difference of 1 and the variance along the axis.
            Ok(Estimate::new(slope, 64.0 * f64::EPSILON * (slope.abs() + 2.0)))
        })
    };
    let l = match root(at, place.ln() - 2.5, place.ln() + 2.5) {
        // Without a zero nearby, what should vanish at the stated place does not.
        Err(Error::Quadrature(infodyn_quadrature::Error::Interval { .. })) => {
            return Ok(Comparison::new(at(place.ln())?, Estimate::ZERO, 1e-10));
        }
        found => found?,
    };
    let snr = l.value().exp();
    Ok(Comparison::new(
        Estimate::new(snr, snr * (l.radius() + 8.0 * f64::EPSILON)),
        Estimate::rounded(place, 1.0),
        1e-10 * place,
    ))
}

/// `snr A^2` at the coarse pitchfork on a line, at `A/b = 8, 16, .., 512`: it tends to 1 as `(b/A)^2`.
fn coarse_place(context: &Context, mutation: Mutation) -> Result<Comparison> {
    let at = |i: i32| -> Result<Estimate> {
        let a = 8.0 * 2.0_f64.powi(i);
        let named = tree_on_a_line(a, 1.0)?;
        let l = root(|l: f64| instability(&named.under(NoiseProcess::Edm, a * (-0.5 * l).exp())?), -0.5, 0.5)?;
        let place = l.value().exp();
        Ok(Estimate::new(place, place * (l.radius() + 8.0 * f64::EPSILON))
            / Estimate::given(if mutation == Mutation::Formula(CUBE) { a } else { 1.0 }))
    };
    let lhs = halving(&(0..context.sizes(7)).map(at).collect::<Result<Vec<_>>>()?, 2);
    Ok(Comparison::new(lhs, Estimate::ONE, 1e-9))
}

/// Nats released on either side of `sigma^2 = A b`, at `A/b = 64, 128, .., 4096`. There `k = b/A` of the fine decision and `A/b` of the
/// coarse one, so what is missing from `log 2` is a series in `b/A` and, of the coarse label, of order `exp(-A/2b)`.
fn released(context: &Context, coarse: bool, mutation: Mutation) -> Result<Comparison> {
    let at = |i: i32| -> Result<Estimate> {
        let ratio = 64.0 * 2.0_f64.powi(i);
        let left =
            tree_on_a_line(ratio, 1.0)?.under(NoiseProcess::Edm, ratio.sqrt())?.mean_of(|s| s.label_entropy())?;
        Ok(if coarse { -left + Estimate::rounded(4.0_f64.ln(), 1.0) } else { left })
    };
    let lhs = halving(&(0..context.sizes(7)).map(at).collect::<Result<Vec<_>>>()?, 1);
    let share: f64 = if mutation == Mutation::Formula(LOG_4) { 4.0 } else { 2.0 };
    Ok(Comparison::new(lhs, Estimate::rounded(share.ln(), 1.0), 1e-9))
}
