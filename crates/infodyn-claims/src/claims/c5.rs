//! C5: the fold of two unequal components.

use infodyn_bifurcation::{Energy, FixedPoint, fixed_points};
use infodyn_core::{Comparison, Detail, Estimate, NoiseProcess, ulps};
use infodyn_enclosure::{Component, Interval, Line, Number, common_zero};
use infodyn_symbolic::theory::{Equation, Identity, identity, normal, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP, landscape, root};
use crate::branching::{Uneven, fold_gap};
use crate::case::paired;
use crate::enclosed::{Slope, equal, point, real};
use crate::symbols;
use crate::{Case, Check, Claim, Context, Error, Ingredient, Kind, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "C5",
    name: "fold",
    statement: "Components `N(+-a, v)` with weights `w, 1-w`, `d = a/sqrt(v)`: {0} with `b = log(w/(1-w))`, so there are two modes exactly when `d>1` and \
                `|log(w/(1-w))| < G(d)`, {1}. The new mode is born away from the old one, where `ds/dx = 0`",
    scope: "the conditions s = 0 and ds/dx = 0 at the fold, and the growth of G, in symbols; folds found by continuation for six pairs under five processes; both \
            conditions by simulation",
    origin: Origin::Elsewhere("Robertson & Fryer 1969"),
    uses: &["C2"],
    formulas,
    checks,
};

/// The conditions `s = 0` and `ds/dx = 0` for weights `w, 1-w` eliminate to `|log(w/(1-w))| = G(d)`.
fn formulas() -> Vec<Identity> {
    let (w, x) = (Symbol::positive("w"), Symbol::real("x"));
    let (a, d) = (Symbol::positive("a"), Symbol::positive("d"));
    let v = a.pow(2) / d.pow(2);
    let at = |mean: Expr| normal(&[Expr::from(&x)], &[mean], &v);
    let score = (&w * at(Expr::from(&a)) + (1 - &w) * at(-&a)).log().diff(&x);
    // With y = x/a: the slope vanishes where y^2 = 1 - 1/d^2, whatever the weights, if s = 0.
    let bias = (&w / (1 - &w)).log();
    let [s, odds, width] = ["s", "b", "v"].map(quantity);
    let pull = |half: Expr| (&a * (&a * &x / &width + half).tanh() - &x) / &width;
    let r = (d.pow(2) - 1).sqrt();
    let fold = &r / &d;
    // The bias at which the fold is a fixed point: y = tanh(d^2 y + bias/2).
    let critical_bias = 2 * fold.artanh() - 2 * d.pow(2) * &fold;
    let weight = |bias: &Expr| 1 / (1 + (-bias).exp());
    let at_fold = |e: &Expr, bias: &Expr| e.substitute(&[(&w, weight(bias)), (&x, &a * &fold)]);
    let gap = -symbols::fold_gap(&d);
    let named = quantity("G");
    vec![
        Identity::of(
            "score",
            &Equation::new(&s, pull(&odds / 2)),
            &[(&s, score.clone()), (&odds, bias), (&width, v.clone())],
            ("the whole log-odds", pull(Expr::from(&odds))),
        ),
        Identity::of(
            "the bias of the fold is -G(d)",
            &Equation::new(&named, symbols::fold_gap(&Expr::from(&d))),
            &[(&named, -critical_bias)],
            ("arccosh d in place of 2 arccosh d", symbols::fold_gap(&Expr::from(&d)) + d.arcosh()),
        ),
        identity("s = 0 at the fold", at_fold(&score, &gap), 0, ("half the bias", at_fold(&score, &(&gap / 2)))),
        identity(
            "ds/dx = 0 at the fold",
            at_fold(&score.diff(&x), &gap),
            0,
            ("no bias", at_fold(&score.diff(&x), &Expr::zero())),
        ),
        identity(
            "G' = 4 sqrt(d^2-1): G increases from 0",
            symbols::fold_gap(&d).diff(&d),
            4 * &r,
            ("2 sqrt(d^2-1)", 2 * &r),
        ),
    ]
}

/// What is known of the weights at a fold.
#[derive(Debug, Clone, Copy)]
enum Bias {
    /// `log(w/(1-w))`.
    Odds,
    /// `log w`.
    Weight,
}

impl Bias {
    fn of(self, w: f64) -> Estimate {
        let w = Estimate::given(w);
        let bias = match self {
            Self::Odds => (w / (Estimate::ONE - w)).ln(),
            Self::Weight => w.ln(),
        };
        if bias.value() < 0.0 { -bias } else { bias }
    }
}

const WEIGHT: &str = "log w in place of log(w/(1-w))";
const NARROW: &str = "sigma in place of sqrt(v): the component's variance left out of d";

fn checks(_: &Context) -> Result<Vec<Check>> {
    use NoiseProcess as P;
    let vp = P::VP_LINEAR;
    let cases = [
        (Uneven { w: 0.7, a: 1.0, q: 0.0 }, P::Ou),
        (Uneven { w: 0.2, a: 1.0, q: 0.0 }, P::Edm),
        (Uneven { w: 0.9, a: 1.5, q: 0.2 }, vp),
        (Uneven { w: 0.55, a: 2.0, q: 0.5 }, P::FLOW),
        (Uneven { w: 0.99, a: 1.2, q: 0.02 }, P::Ve),
        (Uneven { w: 0.500_1, a: 1.0, q: 0.1 }, P::Ou),
    ];
    let mut checks = Vec::new();
    for (pair, process) in cases {
        let Uneven { w, a, q } = pair;
        let name = |what: &str| format!("pair w={w} a={a} q={q}/{process}: {what}");
        let run = move |bias, q| move |_: &Context| place(pair, process, bias, q);
        let check = Check::number(Kind::Quadrature, name("the fold"), run(Bias::Odds, q));
        let check = check.variant(Ingredient::Weight, WEIGHT, run(Bias::Weight, q));
        checks.push(if q > 0.0 { check.variant(Ingredient::Variance, NARROW, run(Bias::Odds, 0.0)) } else { check });
        if w == 0.7 || w == 0.9 {
            let run = move |count, share| move |_: &Context| modes(pair, process, count, share);
            let (before, after) = (0.99, 1.01);
            let check = Check::number(Kind::Quadrature, name("modes before the fold"), run(1, before));
            checks.push(check.variant(Ingredient::Time, "2 % less noise: after the fold", run(1, after)));
            let check = Check::number(Kind::Quadrature, name("modes after the fold"), run(2, after));
            checks.push(check.variant(Ingredient::Time, "2 % more noise: before the fold", run(2, before)));
            let run = move |followed| move |_: &Context| tracked(pair, process, followed);
            let check = Check::number(Kind::Quadrature, name("the tracked mode at the fold"), run(Followed::Old));
            checks.push(check.variant(Ingredient::Point, "the saddle that is born there", run(Followed::Saddle)));
        }
    }
    for (w, a, q, process) in [(0.7, 1.5, 0.3, vp), (0.8, 1.2, 0.2, P::Ve)] {
        let pair = Uneven { w, a, q };
        let case = NamedLaw::new("pair-uneven", pair.law()?).under(process, predicted(pair, process, Bias::Odds)?)?;
        for (what, order) in [("s = 0 at the fold", Order::Score), ("ds/dx = 0 at the fold", Order::Slope)] {
            let run = move |bias| move |context: &Context, case: &Case| balance(context, case, (pair, bias), order);
            let check = Check::new(Kind::MonteCarlo, &case, what, run(Bias::Odds));
            checks.push(check.mutant(Ingredient::Weight, WEIGHT, run(Bias::Weight)));
        }
    }
    checks.extend([1.2, 2.0].map(enclosed_fold));
    Ok(checks)
}

/// The fold of `N(+-d, 1)` with place and log-odds unknown, against `G(d)`.
fn enclosed_fold(d: f64) -> Check {
    let mutants = [
        (Ingredient::Variance, "components of variance 1.1 in place of 1", (1.1, Bias::Odds)),
        (Ingredient::Weight, WEIGHT, (1.0, Bias::Weight)),
    ];
    equal(
        format!("N(+-{d}, 1): the log-odds of the fold"),
        (1.0, Bias::Odds),
        &mutants,
        move |(v, bias): (f64, Bias)| {
            // Unknowns: the place, and b = log(w/(1-w)).
            let system = |[x, b]: [Slope; 2]| {
                let one = real::<Slope>(1.0);
                let component = |weight: Slope, mean: f64, label| Component {
                    weight,
                    mean: real(mean),
                    variance: real(0.0),
                    label,
                };
                let (light, heavy) = (one / (one + b.exp()), one / (one + (-b).exp()));
                let seen = Line::new(vec![component(heavy, d, 0), component(light, -d, 1)], one, real(v))?.observe(x);
                Ok([seen.score(), seen.score_divergence()])
            };
            let near = d / v.sqrt();
            let [_, b] = common_zero([-v.sqrt() * (near * near - 1.0).sqrt(), fold_gap(near).value()], &system)?;
            let found = match bias {
                Bias::Odds => b,
                Bias::Weight => (-b).exp().ln_1p(),
            };
            let d = point(d);
            let root = (d.sqr() - Interval::ONE).sqrt();
            Ok([found, (d * root).times(2.0) - (d + root).ln().times(2.0)])
        },
    )
}

/// `G(d)` at the fold against the bias, with the bracket of the fold carried through `G' = 4 sqrt(d^2-1)`.
fn place(pair: Uneven, process: NoiseProcess, bias: Bias, q: f64) -> Result<Comparison> {
    let (log_snr, _) = pair.fold(process)?;
    let d = Uneven { q, ..pair }.separation(log_snr.value().exp());
    // d log d/d log snr is at most 1/2; G is convex, so its slope at the far end bounds what it moves by.
    let doubt = 0.5 * d * (log_snr.radius() + ulps::level(log_snr.value()) * f64::EPSILON);
    let slope = 4.0 * ((d + doubt).powi(2) - 1.0).sqrt();
    Ok(Comparison::new(fold_gap(d).widened(slope * doubt), bias.of(pair.w), 1e-10))
}

/// The time that `G` gives for the fold.
fn predicted(pair: Uneven, process: NoiseProcess, bias: Bias) -> Result<f64> {
    let d = root(1.0, 1e3, |d| Ok((fold_gap(d) - bias.of(pair.w)).value()))?;
    let v = (pair.a / d).powi(2);
    Ok(process.at_snr(1.0 / (v - pair.q))?.t())
}

/// How many modes there are at a share of the signal-to-noise ratio that `G` gives for the fold.
fn modes(pair: Uneven, process: NoiseProcess, expected: usize, share: f64) -> Result<Comparison> {
    let snr = share * process.at(predicted(pair, process, Bias::Odds)?)?.snr();
    let points = fixed_points(&landscape(&pair.law()?, &process, Energy::Marginal)?, snr)?;
    let found = Estimate::count(points.iter().filter(|p| p.stable()).count());
    Ok(Comparison::new(found, Estimate::count(expected), 0.5))
}

/// A fixed point at a fold.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Followed {
    /// The mode that was there all along.
    Old,
    /// What parts the two modes.
    Saddle,
}

/// Just after the fold the mode that was there all along is stable: its eigenvalue is below 0. That of the saddle, born
/// at 0, is above it as yet by little.
fn tracked(pair: Uneven, process: NoiseProcess, followed: Followed) -> Result<Comparison> {
    let (log_snr, born) = pair.fold(process)?;
    let snr = 1.001 * log_snr.value().exp();
    let points = fixed_points(&landscape(&pair.law()?, &process, Energy::Marginal)?, snr)?;
    let here = |p: &&FixedPoint| match followed {
        Followed::Old => p.at[0] * born < 0.0,
        Followed::Saddle => !p.stable(),
    };
    let point = points.iter().find(here).ok_or(Error::NotFound("the fixed point that is followed"))?;
    // The eigenvalue moves with the place by at most the third cumulant (2a)^3 over v^2.
    let slope = (2.0 * pair.a).powi(3) * snr * snr;
    let value = Estimate::new(point.eigenvalues[0], ulps::eigenvalue(1) * f64::EPSILON + slope * point.error);
    Ok(Comparison::at_most(value, Estimate::ZERO, SHARP))
}

/// What vanishes at a fold.
#[derive(Debug, Clone, Copy)]
enum Order {
    Score,
    Slope,
}

/// `E[L (alpha X_0 - x)] = 0` or `E[L (alpha X_0 - x)^2] = sigma^2 E[L]`, `L` the likelihood of a draw at the fold
/// `x = -+alpha a sqrt(1 - 1/d^2)`.
fn balance(context: &Context, case: &Case, (pair, bias): (Uneven, Bias), order: Order) -> Result<Comparison> {
    let case = &case.at(predicted(pair, *case.process(), bias)?);
    let level = case.level()?;
    let d = pair.separation(level.snr());
    let side = if pair.w > 0.5 { -1.0 } else { 1.0 };
    let x = side * level.alpha() * pair.a * (1.0 - 1.0 / (d * d)).sqrt();
    let means = case.sample(context, Detail::empty(), 2, &[], |row, out| {
        let signal = level.alpha() * (case.law().mean(row.anchor())[0] + row.xi()[0]);
        let gap = signal - x;
        let likelihood = (-0.5 * gap * gap / level.sigma2()).exp();
        (out[0], out[1]) = match order {
            Order::Score => (likelihood * signal, likelihood * x),
            Order::Slope => (likelihood * gap * gap, likelihood * level.sigma2()),
        };
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
