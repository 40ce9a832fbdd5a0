//! C5: the fold of two unequal components.

use infodyn_bifurcation::{Energy, Kind as Branching, diagram, fixed_points};
use infodyn_core::{Comparison, Covariance, Detail, Estimate, Mixture, NoiseProcess};
use infodyn_symbolic::theory::{Equation, Identity, identity, normal, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP, landscape, root};
use crate::case::paired;
use crate::symbols::fold_gap;
use crate::{Case, Check, Claim, Context, Error, Kind, Mutation, NamedLaw, Origin, Result};

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
    let gap = -fold_gap(&d);
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
            &Equation::new(&named, fold_gap(&Expr::from(&d))),
            &[(&named, -critical_bias)],
            ("arccosh d in place of 2 arccosh d", fold_gap(&Expr::from(&d)) + d.arcosh()),
        ),
        identity("s = 0 at the fold", at_fold(&score, &gap), 0, ("half the bias", at_fold(&score, &(&gap / 2)))),
        identity(
            "ds/dx = 0 at the fold",
            at_fold(&score.diff(&x), &gap),
            0,
            ("no bias", at_fold(&score.diff(&x), &Expr::zero())),
        ),
        identity("G' = 4 sqrt(d^2-1): G increases from 0", fold_gap(&d).diff(&d), 4 * &r, ("2 sqrt(d^2-1)", 2 * &r)),
    ]
}

const HALF: &str = "arccosh d in place of 2 arccosh d";
const CUSP: &str = "the second mode born at d = 1";
const CROSSING: &str = "the tracked mode turns unstable at the fold";

/// `G(d)`, or with half of its second term.
pub(crate) fn gap(d: f64, broken: bool) -> f64 {
    2.0 * d * (d * d - 1.0).sqrt() - if broken { 1.0 } else { 2.0 } * d.acosh()
}

/// Components `N(+-a, q)` of weights `w` and `1 - w`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Uneven {
    pub(crate) w: f64,
    pub(crate) a: f64,
    pub(crate) q: f64,
}

impl Uneven {
    pub(crate) fn law(self) -> Result<Mixture> {
        let means = [vec![self.a], vec![-self.a]];
        Ok(Mixture::new(&[self.w, 1.0 - self.w], &means, vec![Covariance::isotropic(self.q)?])?)
    }

    fn bias(self) -> f64 {
        (self.w / (1.0 - self.w)).ln().abs()
    }

    /// `d` at a signal-to-noise ratio: `a/sqrt(q + 1/snr)` in the coordinates of the data.
    pub(crate) fn separation(self, snr: f64) -> f64 {
        self.a / (self.q + 1.0 / snr).sqrt()
    }

    /// The fold that continuation finds: `log snr` with its bracket, and the place.
    pub(crate) fn fold(self, process: NoiseProcess) -> Result<(Estimate, f64)> {
        let scale = self.a * self.a - self.q;
        let found = landscape(&self.law()?, &process, Energy::Marginal, |l| {
            Ok(diagram(l, (0.5 / scale, 50.0 / scale))?.bifurcations)
        })?;
        let fold = found.iter().find(|b| b.kind == Branching::Fold).ok_or(Error::NotFound("a fold"))?;
        Ok((Estimate::new(fold.log_snr, fold.error), fold.at[0]))
    }
}

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
        let name = format!("pair w={w} a={a} q={q}/{process}");
        let mut number = |what: &str, mutant, run: fn(Uneven, NoiseProcess, bool) -> Result<Comparison>| {
            let name = format!("{name}: {what}");
            checks.push(Check::number_by_words(
                Kind::Quadrature,
                name,
                &[Mutation::Formula(mutant)],
                move |_, mutation| run(pair, process, mutation != Mutation::None),
            ));
        };
        number("the fold", HALF, place);
        if w == 0.7 || w == 0.9 {
            number("modes before the fold", CUSP, |pair, process, broken| modes(pair, process, broken, 0));
            number("modes after the fold", CUSP, |pair, process, broken| modes(pair, process, broken, 1));
            number("the tracked mode at the fold", CROSSING, tracked);
        }
    }
    for (w, a, q, process) in [(0.7, 1.5, 0.3, vp), (0.8, 1.2, 0.2, P::Ve)] {
        let pair = Uneven { w, a, q };
        let case = NamedLaw::new("pair-uneven", pair.law()?).under(process, predicted(pair, process, false)?)?;
        for (what, order) in [("s = 0 at the fold", 1), ("ds/dx = 0 at the fold", 2)] {
            checks.push(Check::new_by_words(
                Kind::MonteCarlo,
                &case,
                what,
                &[Mutation::Formula(HALF)],
                move |context, case| balance(context, case, pair, order),
            ));
        }
    }
    Ok(checks)
}

/// `G(d)` at the fold against the bias, with the bracket of the fold carried through `G' = 4 sqrt(d^2-1)`.
fn place(pair: Uneven, process: NoiseProcess, broken: bool) -> Result<Comparison> {
    let (log_snr, _) = pair.fold(process)?;
    let snr = log_snr.value().exp();
    let d = pair.separation(snr);
    // d log d/d log snr is at most 1/2.
    let doubt = 0.5 * d * (log_snr.radius() + (8.0 + log_snr.value().abs()) * f64::EPSILON);
    let slope = 4.0 * (d * d - 1.0).sqrt();
    let rounding = 8.0 * f64::EPSILON * d * (1.0 + slope);
    let lhs = Estimate::new(gap(d, broken), 1.1 * slope * doubt + rounding);
    let bias = pair.bias();
    let rhs = Estimate::new(bias, 4.0 * f64::EPSILON * (1.0 + bias));
    Ok(Comparison::new(lhs, rhs, 1e-10))
}

/// The time that `G` gives for the fold.
fn predicted(pair: Uneven, process: NoiseProcess, broken: bool) -> Result<f64> {
    let d = root(1.0, 1e3, |d| Ok(gap(d, broken) - pair.bias()))?;
    let v = (pair.a / d).powi(2);
    Ok(process.at_snr(1.0 / (v - pair.q))?.t())
}

/// Modes a hundredth of the ratio before (0) or after (1) the fold that `G` gives: one, or two.
fn modes(pair: Uneven, process: NoiseProcess, broken: bool, after: usize) -> Result<Comparison> {
    let mut snr = process.at(predicted(pair, process, false)?)?.snr();
    if broken {
        // Where d = 1; before it there is one mode all the same, so that side is read after it.
        snr = 1.0 / (pair.a * pair.a - pair.q);
    }
    snr *= if after == 1 || broken { 1.01 } else { 0.99 };
    let points = landscape(&pair.law()?, &process, Energy::Marginal, |l| Ok(fixed_points(l, snr)?))?;
    let count = points.iter().filter(|p| p.stable()).count();
    // One or two: told apart by an order.
    let (count, between) = (Estimate::count(count), Estimate::from(3) / 2);
    let two = after == 1 || broken;
    Ok(if two { Comparison::at_most(between, count, SHARP) } else { Comparison::at_most(count, between, SHARP) })
}

/// At the fold the mode that was there all along is stable: its eigenvalue is below 0.
fn tracked(pair: Uneven, process: NoiseProcess, broken: bool) -> Result<Comparison> {
    let (log_snr, born) = pair.fold(process)?;
    let points = landscape(&pair.law()?, &process, Energy::Marginal, |l| Ok(fixed_points(l, log_snr.value().exp())?))?;
    let old = points.iter().find(|p| p.at[0] * born < 0.0).ok_or(Error::NotFound("the old mode"))?;
    // The eigenvalue moves with the place by at most the third cumulant (2a)^3 over v^2.
    let slope = (2.0 * pair.a).powi(3) * (2.0 * log_snr.value()).exp();
    let value = Estimate::new(old.eigenvalues[0], 32.0 * f64::EPSILON + slope * old.error);
    let zero = Estimate::ZERO;
    let (low, high) = if broken { (zero, value) } else { (value, zero) };
    Ok(Comparison::at_most(low, high, SHARP))
}

/// `E[L (alpha X_0 - x)] = 0` (order 1) or `E[L (alpha X_0 - x)^2] = sigma^2 E[L]` (order 2), `L` the
/// likelihood of a draw at the fold `x = -+alpha a sqrt(1 - 1/d^2)`.
fn balance(context: &Context, case: &Case, pair: Uneven, order: i32) -> Result<Comparison> {
    let case = &case.at(predicted(pair, *case.process(), case.breaks(HALF))?);
    let level = case.level()?;
    let d = pair.separation(level.snr());
    let side = if pair.w > 0.5 { -1.0 } else { 1.0 };
    let x = side * level.alpha() * pair.a * (1.0 - 1.0 / (d * d)).sqrt();
    let means = case.sample(context, Detail::Posterior, 2, &[], |row, out| {
        let signal = level.alpha() * (case.law().mean(row.anchor())[0] + row.xi()[0]);
        let gap = signal - x;
        let likelihood = (-0.5 * gap * gap / level.sigma2()).exp();
        if order == 1 {
            (out[0], out[1]) = (likelihood * signal, likelihood * x);
        } else {
            (out[0], out[1]) = (likelihood * gap * gap, likelihood * level.sigma2());
        }
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
