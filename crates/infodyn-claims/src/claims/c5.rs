//! C5: the fold of two unequal components.

use infodyn_symbolic::theory::{Equation, Identity, identity, normal, quantity};
use infodyn_symbolic::{Expr, Symbol};

use crate::symbols::fold_gap;
use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "C5",
    name: "fold",
    statement: "Components `N(+-a, v)` with weights `w, 1-w`, `d = a/sqrt(v)`: {0} with `b = log(w/(1-w))`, so there are two modes exactly when `d>1` and \
                `|log(w/(1-w))| < G(d) = 2 d sqrt(d^2-1) - 2 arccosh d`. The new mode is born away from the old one, where `ds/dx = 0`",
    scope: "the conditions s = 0 and ds/dx = 0 at the fold, and the growth of G; numerical evidence is to come",
    origin: Origin::Elsewhere("Robertson & Fryer 1969"),
    uses: &["C2"],
    formulas,
    checks: super::none_yet,
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
    vec![
        Identity::of(
            "score",
            &Equation::new(&s, pull(&odds / 2)),
            &[(&s, score.clone()), (&odds, bias), (&width, v.clone())],
            ("the whole log-odds", pull(Expr::from(&odds))),
        ),
        identity(
            "the bias of the fold is -G(d)",
            &critical_bias,
            gap.clone(),
            ("arccosh d in place of 2 arccosh d", &gap - d.arcosh()),
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
