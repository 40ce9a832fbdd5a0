//! C10: decisions on two scales.

use infodyn_bifurcation::{Energy, Kind as Branching, diagram};
use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Detail, Estimate, NoiseProcess, ulps};
use infodyn_enclosure::{Interval, Jet, LineLaw, Moment, Number, zero};
use infodyn_monte_carlo::View;
use infodyn_quadrature::{peak, root};

use super::{SAMPLED, SHARP, landscape};
use crate::branching::instability;
use crate::case::paired;
use crate::decisions::{axes, peaks, production, tree_on_a_line, tree_on_axes};
use crate::enclosed::{Curve, Rate, Slope, equal, real, variance_peak};
use crate::limit::halving;
use crate::{Case, Check, Claim, Context, Error, Ingredient, Kind, Mutation, NamedLaw, Origin, Result};

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

/// A row of the table in theory.md: of `Var h`, or of `mmse sigma^power`, a peak for `+-10 +-1` on a line in `edm`.
#[derive(Debug, Clone, Copy)]
struct Row {
    name: &'static str,
    power: Option<i32>,
    place: f64,
    height: f64,
}

/// To six digits.
const TABLE: [Row; 6] = [
    Row { name: "Var h, coarse", power: None, place: 8.688_19, height: 0.054_100 },
    Row { name: "Var h, fine", power: None, place: 0.862_108, height: 0.053_629 },
    Row { name: "dH/dlog sigma, coarse", power: Some(-2), place: 7.999_60, height: 0.487_463 },
    Row { name: "dH/dlog sigma, fine", power: Some(-2), place: 0.814_239, height: 0.479_516 },
    Row { name: "dH/dsigma, coarse", power: Some(-3), place: 6.159_53, height: 0.069_935 },
    Row { name: "dH/dsigma, fine", power: Some(-3), place: 0.643_803, height: 0.667_771 },
];

/// Where the atoms `+-A +-b` stand.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Tree {
    Line,
    Axes,
}

impl Tree {
    fn of(self, a: f64, b: f64) -> Result<NamedLaw> {
        match self {
            Self::Line => tree_on_a_line(a, b),
            Self::Axes => tree_on_axes(a, b),
        }
    }
}

/// Labels of the sign of `A`, of the sign of `b`, and of the product of the two.
const COARSE: [usize; 4] = [0, 0, 1, 1];
const FINE: [usize; 4] = [0, 1, 0, 1];
const PRODUCT: [usize; 4] = [0, 1, 1, 0];

const CLOCK: &str = "per unit of a clock with sqrt(sigma) more";
const LINE: &str = "a line in place of two axes";
const AXES: &str = "two axes in place of a line";

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = peaks_of_rates()?;
    checks.extend(coarse_and_fine()?);
    checks.extend(branchings()?);
    checks.extend(limits());
    // From which ratio there are two peaks.
    for (tree, one, two) in [(Tree::Line, 2.0, 2.15), (Tree::Axes, 2.5, 2.7)] {
        for (ratio, other, found) in [(one, two, 1), (two, one, 2)] {
            let case = tree.of(ratio, 1.0)?.under(NoiseProcess::Edm, 1.0)?;
            let run = move |ratio: f64| {
                move |_: &Context, _: &Case| {
                    let case = tree.of(ratio, 1.0)?.under(NoiseProcess::Edm, 1.0)?;
                    let range = (-2.0 * (1.5 * ratio).ln(), -2.0 * 0.6_f64.ln());
                    Ok(Comparison::new(peaks(&case, range, 80)?, Estimate::from(found), 0.5))
                }
            };
            let check = Check::new(Kind::Quadrature, &case, &format!("A/b={ratio}: peaks of Var h"), run(ratio));
            checks.push(check.mutant(Ingredient::Bound, &format!("A/b = {other}"), run(other)));
        }
    }
    checks.extend(enclosures());
    Ok(checks)
}

/// The table, by quadrature and by simulation.
fn peaks_of_rates() -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for row in TABLE {
        let case = tree_on_a_line(10.0, 1.0)?.under(NoiseProcess::Edm, row.place)?;
        for what in [Peak::Place, Peak::Height] {
            let name = format!("{}: {what:?}", row.name).replace("Place", "place").replace("Height", "height");
            let run = move |more: f64| move |_: &Context, case: &Case| table(case, row, what, more);
            let check = Check::new(Kind::Quadrature, &case, &name, run(0.0));
            checks.push(check.mutant(Ingredient::Clock, CLOCK, run(0.5)));
        }
        let run = move |more: f64| move |context: &Context, case: &Case| sampled_height(context, case, row, more);
        if row.power != Some(-3) {
            let check = Check::new(Kind::MonteCarlo, &case, &format!("{}: height", row.name), run(0.0));
            checks.push(check.mutant(Ingredient::Clock, CLOCK, run(0.5)));
        }
        if row.power.is_none() {
            let name = format!("{}: two routes", row.name);
            checks.push(Check::new(Kind::Quadrature, &case, &name, two_routes).breaking(&[Mutation::Weight]));
        }
    }
    Ok(checks)
}

fn coarse_and_fine() -> Result<Vec<Check>> {
    type Run = fn(&Context, &Case, Tree, [usize; 4]) -> Result<Comparison>;
    let sums: [(Kind, &str, Run); 3] = [
        (Kind::Quadrature, "H = coarse + fine", sum_of_labels),
        (Kind::Quadrature, "Var h = coarse + fine", sum_of_variances),
        (Kind::MonteCarlo, "H = coarse + fine", sampled_sum),
    ];
    let mut checks = Vec::new();
    for (process, t) in [(NoiseProcess::Edm, 1.2), (NoiseProcess::VP_LINEAR, 0.4)] {
        let case = tree_on_axes(3.0, 1.0)?.under(process, t)?;
        for (kind, what, run) in sums {
            let with = move |tree, fine| move |context: &Context, case: &Case| run(context, case, tree, fine);
            let check = Check::new(kind, &case, what, with(Tree::Axes, FINE));
            let check = check.mutant(Ingredient::Law, LINE, with(Tree::Line, FINE));
            let product = "the product of the two signs in place of the fine label";
            // At the noisier level a sample sees little of it.
            let seen = kind == Kind::Quadrature;
            checks.push(if seen { check.mutant(Ingredient::Label, product, with(Tree::Axes, PRODUCT)) } else { check });
        }
    }
    Ok(checks)
}

/// Where branches part.
fn branchings() -> Result<Vec<Check>> {
    use Energy::{Marginal as Score, ProbabilityFlow as Flow, ReverseSde as Sde};
    let (edm, linear) = (NoiseProcess::Edm, NoiseProcess::VP_LINEAR);
    let mut checks = Vec::new();
    // The last two: the tree and the energy of the mutant.
    for ((tree, process, energy), pitchforks, folds, (other_tree, other)) in [
        ((Tree::Axes, edm, Score), 4, 0, (Tree::Line, Score)),
        ((Tree::Line, edm, Score), 3, 0, (Tree::Axes, Score)),
        ((Tree::Line, linear, Score), 3, 0, (Tree::Line, Sde)),
        ((Tree::Line, linear, Sde), 1, 2, (Tree::Line, Score)),
        ((Tree::Line, linear, Flow), 0, 2, (Tree::Line, Score)),
    ] {
        let case = tree.of(10.0, 1.0)?.under(process, process.time_at_snr(0.5)?)?;
        let what = format!("{energy}: {pitchforks} pitchforks, {folds} folds");
        let run = move |tree: Tree, energy| {
            move |_: &Context, case: &Case| count(tree, *case.process(), energy, 100 * pitchforks + folds)
        };
        let check = Check::new(Kind::Quadrature, &case, &what, run(tree, energy));
        let (ingredient, how) = match (other_tree == tree, tree) {
            (true, _) => (Ingredient::Drift, format!("{other} in place of {energy}")),
            (false, Tree::Axes) => (Ingredient::Law, LINE.to_owned()),
            (false, Tree::Line) => (Ingredient::Law, AXES.to_owned()),
        };
        checks.push(check.mutant(ingredient, &how, run(other_tree, other)));
    }
    for (axis, place) in [(0, 0.01), (1, 1.0)] {
        let case = tree_on_axes(10.0, 1.0)?.under(edm, 3.0)?;
        let what = format!("pitchfork at the origin at snr = {place}");
        let run = move |tree| move |_: &Context, _: &Case| exact_place(tree, axis, place);
        let check = Check::new(Kind::Quadrature, &case, &what, run(Tree::Axes));
        checks.push(check.mutant(Ingredient::Law, LINE, run(Tree::Line)));
    }
    Ok(checks)
}

/// `A/b -> infinity` on a line.
fn limits() -> Vec<Check> {
    let place = "A/b -> infinity on a line: coarse pitchfork at snr A^2";
    let check = Check::number(Kind::Quadrature, place, |context| coarse_place(context, |_| 1.0));
    let mut checks =
        vec![check.variant(Ingredient::Mean, "A/b = 8 throughout", |context| coarse_place(context, |a| a / 8.0))];
    for decision in [Decision::Coarse, Decision::Fine] {
        let named = format!("A/b -> infinity on a line: nats released by the {decision:?} decision").to_lowercase();
        let run = move |power| move |context: &Context| released(context, decision, power);
        let check = Check::number(Kind::Quadrature, named.replace("a/b", "A/b"), run(0.5));
        checks.push(check.variant(Ingredient::Time, "at sigma = A in place of sqrt(A b)", run(1.0)));
    }
    checks
}

/// The two peaks of `Var h`, the coarse one by D3 and by the derivative of the variance itself, the fine one as that of
/// its neighbours alone.
fn enclosures() -> Vec<Check> {
    let tree = |b: f64| LineLaw::from_parts(&[0.25; 4], &[-10.0 - b, b - 10.0, 10.0 - b, 10.0 + b], &[0.0; 4]);
    let by_balance = move |b: f64, [low, high]: [f64; 2]| -> infodyn_enclosure::Result<Interval> {
        let root = zero(Interval::new(low, high), |sigma| {
            let line = tree(b).at(real::<Slope>(1.0), sigma.sqr())?;
            Ok(line.mean(Moment::Gradient2)? - line.entropy_production_covariance()?)
        })?;
        Ok(root.at)
    };
    let by_derivative = move |low: f64, high: f64| -> infodyn_enclosure::Result<Interval> {
        let root = zero(Interval::new(low, high), |sigma| {
            let sigma: Curve = Jet { value: sigma, slope: real(1.0) };
            Ok(tree(1.0).at(real::<Curve>(1.0), sigma.sqr())?.entropy_variance()?.slope)
        })?;
        Ok(root.at)
    };
    let coarse = [(Ingredient::Mean, "b = 0, two atoms in place of four", (0.0, [8.62, 8.622]))];
    type Peak = fn() -> infodyn_enclosure::Result<Interval>;
    let rate: Peak = || Rate::H.peak();
    let fine = [(Ingredient::Moment, "the rate per unit of log gamma in place of Var h", rate)];
    vec![
        equal(
            "tree +-10 +-1 on a line/edm: sigma of the coarse peak of Var h",
            (1.0, [8.687, 8.689]),
            &coarse,
            move |(b, bracket): (f64, [f64; 2])| Ok([by_derivative(8.687, 8.689)?, by_balance(b, bracket)?]),
        ),
        // Only the neighbours count there, up to exp(-(2A-b)^2/2b^2).
        equal(
            "tree +-10 +-1 on a line/edm: sigma of the fine peak of Var h",
            variance_peak as Peak,
            &fine,
            move |peak: Peak| Ok([by_derivative(0.862, 0.8622)?, peak()?.sqrt().recip()]),
        ),
    ]
}

/// What is in the table, at `sigma`, times `sigma^more`.
fn quantity_at(case: &Case, power: Option<i32>, more: f64, sigma: f64) -> Result<Estimate> {
    let moved = case.at(sigma);
    let value = match power {
        None => moved.variance(Detail::LABEL_ENTROPY, |s| s.label_entropy())?,
        Some(_) => moved.mean(Detail::POSTERIOR_TRACE, 1, |s, out| out[0] = s.posterior_trace())?[0],
    };
    Ok(value * Estimate::given(sigma).powf(f64::from(power.unwrap_or(0)) + more))
}

/// What of a peak is compared.
#[derive(Debug, Clone, Copy)]
enum Peak {
    Place,
    Height,
}

/// The peak of a quantity in `log sigma`, its place or its height, against six digits.
fn table(case: &Case, row: Row, what: Peak, more: f64) -> Result<Comparison> {
    let Row { name, power, place, height } = row;
    let found = peak(|l| quantity_at(case, power, more, l.exp()), place.ln(), 0.4)?;
    let found = found.ok_or(Error::NoRoot { what: name, lo: place / 1.5, hi: place * 1.5 })?;
    let (lhs, value) = match what {
        Peak::Height => (found.height, height),
        Peak::Place => (found.at.exp(), place),
    };
    // Half a unit of the last of six decimals, of five where the number is above 1.
    let open = if value > 1.0 { 5e-6 } else { 5e-7 };
    Ok(Comparison::new(lhs, Estimate::new(value, open), 1e-4 * value))
}

/// The top of `Var h` against the zero of what produces it (D3).
fn two_routes(_: &Context, case: &Case) -> Result<Comparison> {
    let centre = case.t().ln();
    let truth = case.truth();
    let found = peak(|l| truth.at(l.exp()).variance(Detail::LABEL_ENTROPY, |s| s.label_entropy()), centre, 0.4)?;
    let lhs = found.ok_or(Error::NoRoot { what: "slope", lo: centre - 0.4, hi: centre + 0.4 })?.at;
    let rhs = root(|l| production(&case.at(l.exp())), centre - 0.3, centre + 0.3)?;
    Ok(Comparison::new(lhs, rhs, 1e-9))
}

/// The height at the stated place: there the quantity is stationary, so six digits of the place give twelve of it.
fn sampled_height(context: &Context, case: &Case, row: Row, more: f64) -> Result<Comparison> {
    let Row { power, place, height, .. } = row;
    let lhs = match power {
        Some(_) => {
            let means = case.sample(context, Detail::MEAN_OFFSET, 1, &[], |row, out| {
                out[0] = row.xi().iter().zip(row.seen(0).mean_offset()).map(|(x, m)| (x - m) * (x - m)).sum();
            })?;
            means.mean(0, Context::CONFIDENCE)
        }
        None => {
            let means = case.sample(context, Detail::LABEL_ENTROPY, 1, &[(0, 0)], |row, out| {
                out[0] = row.seen(0).label_entropy();
            })?;
            means.covariance(0, 0, Context::CONFIDENCE).ok_or(Error::Product(0, 0))?
        }
    };
    let clock = Estimate::given(place).powf(f64::from(power.unwrap_or(0)) + more);
    Ok(Comparison::new(lhs * clock, Estimate::new(height, 5e-7), SAMPLED * height))
}

/// The tree of `3` and `1` with labels, at the case's time.
fn labelled(case: &Case, tree: Tree, labels: [usize; 4]) -> Result<Case> {
    NamedLaw::new("tree", tree.of(3.0, 1.0)?.law.with_labels(labels.to_vec())?).under(*case.process(), case.t())
}

fn sum_of_labels(_: &Context, case: &Case, tree: Tree, fine: [usize; 4]) -> Result<Comparison> {
    let entropy = |labels| labelled(case, tree, labels)?.mean_of(Detail::LABEL_ENTROPY, |s| s.label_entropy());
    let lhs = entropy([0, 1, 2, 3])?;
    let rhs = entropy(COARSE)? + entropy(fine)?;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// On two axes the variances of two independent decisions, each on its own line.
fn sum_of_variances(_: &Context, case: &Case, tree: Tree, fine: [usize; 4]) -> Result<Comparison> {
    let variance = |case: Case| case.variance(Detail::LABEL_ENTROPY, |s| s.label_entropy());
    let lhs = variance(labelled(case, tree, [0, 1, 2, 3])?)?;
    let rhs = match (tree, fine) {
        (Tree::Axes, FINE) => {
            let [coarse, fine] = axes(case)?;
            variance(coarse)? + variance(fine)?
        }
        _ => variance(labelled(case, tree, COARSE)?)? + variance(labelled(case, tree, fine)?)?,
    };
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// The surprisal of the atom against the posterior entropies of the two labels.
fn sampled_sum(context: &Context, case: &Case, tree: Tree, fine: [usize; 4]) -> Result<Comparison> {
    let level = case.level()?;
    let labels = [[0, 1, 2, 3], COARSE, fine].map(|labels| labelled(case, tree, labels));
    let cases = labels.into_iter().collect::<Result<Vec<_>>>()?;
    let marginals: Vec<Marginal<'_>> = cases.iter().map(|s| Marginal::new(s.law(), &level)).collect();
    let views: Vec<View<'_>> = marginals.iter().map(|m| View::new(level, m)).collect();
    let settings = context.even(8);
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
/// On a line the fine ones are told from folds by nothing that double precision holds: each is reported with a bound
/// for what separates its branches, which must be below `e^-170` (it is near `exp(-(2A - b)^2/2 b^2)`).
fn count(tree: Tree, process: NoiseProcess, energy: Energy, stated: usize) -> Result<Comparison> {
    let low = process.snr_range().0.max(1e-3);
    let law = tree.of(10.0, 1.0)?.law;
    let found = diagram(&landscape(&law, &process, energy)?, (low, 30.0))?.bifurcations;
    let faint = |b: &&infodyn_bifurcation::Bifurcation| b.asymmetry.is_none_or(|a| a < (-170.0_f64).exp());
    let count = |kind: Branching| found.iter().filter(|b| b.kind == kind).filter(faint).count();
    let lhs = Estimate::count(100 * count(Branching::Pitchfork) + count(Branching::Fold));
    Ok(Comparison::new(lhs, Estimate::count(stated), 0.5))
}

/// By how much `log snr` moves when `sigma` is rounded, `exp` of half of it, and squared again: relative errors, twice.
const TIME: f64 = 2.0 * (ulps::ELEMENTARY + 2.0 * ulps::SNR) * f64::EPSILON;

/// On two axes an eigenvalue of the score's Jacobian at the origin vanishes exactly at `snr = 1/A^2` and `1/b^2`.
fn exact_place(tree: Tree, axis: usize, place: f64) -> Result<Comparison> {
    let named = tree.of(10.0, 1.0)?;
    let at = |l: f64| -> Result<Estimate> {
        let case = named.under(NoiseProcess::Edm, (-0.5 * l).exp())?;
        let level = case.level()?;
        let dim = case.law().dim();
        case.density(|p| {
            let (anchor, offset) = p.locate(&vec![0.0; dim]);
            let slope = p.score_jacobian(anchor, &offset)[(axis % dim, axis % dim)] * level.sigma2();
            // A cancelling difference of 1 and the variance along the axis, an average over the four atoms.
            Ok(Estimate::new(slope, (ulps::SAMPLE + ulps::sum(4)) * f64::EPSILON * (slope.abs() + 2.0)))
        })
    };
    let l = match root(at, place.ln() - 2.5, place.ln() + 2.5) {
        // Without a zero nearby, what should vanish at the stated place does not.
        Err(Error::Quadrature(infodyn_quadrature::Error::Interval { .. })) => {
            return Ok(Comparison::new(at(place.ln())?, Estimate::ZERO, 1e-10));
        }
        found => found?,
    };
    Ok(Comparison::new(l.widened(TIME).exp(), Estimate::near(place), 1e-10 * place))
}

/// `snr A^2` at the coarse pitchfork on a line, at `A = 8, 16, .., 512`: for `b = 1` it tends to 1 as `(b/A)^2`.
fn coarse_place(context: &Context, b: fn(f64) -> f64) -> Result<Comparison> {
    let at = |i: i32| -> Result<Estimate> {
        let a = 8.0 * 2.0_f64.powi(i);
        let named = tree_on_a_line(a, b(a))?;
        let l = root(|l: f64| instability(&named.under(NoiseProcess::Edm, a * (-0.5 * l).exp())?), -0.5, 0.5)?;
        Ok(l.widened(TIME).exp())
    };
    let lhs = halving(&(0..context.sizes(7)).map(at).collect::<Result<Vec<_>>>()?, 2);
    Ok(Comparison::new(lhs, Estimate::ONE, 1e-9))
}

#[derive(Debug, Clone, Copy)]
enum Decision {
    Coarse,
    Fine,
}

/// Nats released on either side of `sigma^2 = A b`, at `A/b = 64, 128, .., 4096`. There `k = b/A` of the fine decision
/// and `A/b` of the coarse one, so what is missing from `log 2` is a series in `b/A` and, of the coarse label, of order
/// `exp(-A/2b)`. The power of `A/b` in `sigma/b` is 1/2.
fn released(context: &Context, decision: Decision, power: f64) -> Result<Comparison> {
    let at = |i: i32| -> Result<Estimate> {
        let ratio = 64.0 * 2.0_f64.powi(i);
        let case = tree_on_a_line(ratio, 1.0)?.under(NoiseProcess::Edm, ratio.powf(power))?;
        let left = case.mean_of(Detail::LABEL_ENTROPY, |s| s.label_entropy())?;
        Ok(match decision {
            Decision::Coarse => Estimate::from(4).ln() - left,
            Decision::Fine => left,
        })
    };
    let lhs = halving(&(0..context.sizes(7)).map(at).collect::<Result<Vec<_>>>()?, 1);
    Ok(Comparison::new(lhs, Estimate::near(std::f64::consts::LN_2), 1e-9))
}
