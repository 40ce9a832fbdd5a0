//! C4: the exponents of the pitchfork.

use infodyn_symbolic::theory::{Identity, identity};
use infodyn_symbolic::{Expr, Symbol};

use crate::symbols::limit;
use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "C4",
    name: "mean-field-exponents",
    statement: "For atoms (`q=0, alpha=1, v=sigma^2, v_c=a^2`): `x*^2/(v_c - v) -> 3`; the barrier of `-log p` has `dU/(v_c-v)^2 -> 3/(4 a^4)`; the \
                susceptibility `chi (v - v_c) -> v_c^2` above and `chi (v_c - v) -> v_c^2/2` below; at `v=v_c` a field `e` added to the score gives \
                `x/(3 a^4 e)^{1/3} -> 1`",
    scope: "limits along the exact curve of fixed points, by series; numerical evidence is to come",
    origin: Origin::Paper("generative bifurcations as symmetry-breaking transitions; mean-field exponents"),
    uses: &["C2"],
    formulas,
    checks: super::none_yet,
};

/// The exponents at the pitchfork, by the exact curve of fixed points.
///
/// With `alpha = 1`, `q = 0` and `y = x/a`, the fixed points `y = tanh(y a^2/v)` are the curve `v = a^2 y/artanh y`, so
/// every quantity is a function of `y` with a series at 0: no equation is solved.
fn formulas() -> Vec<Identity> {
    let (a, y) = (Symbol::positive("a"), Symbol::positive("y"));
    let (x, v) = (&a * &y, a.pow(2) * &y / y.artanh());
    let (position, variance) = (Symbol::positive("x"), Symbol::positive("v"));
    // -log p up to a constant, and the score.
    let energy = position.pow(2) / (2 * &variance) - (&a * &position / &variance).cosh().log();
    let score = -energy.diff(&position);
    let on_curve = |e: &Expr| e.substitute(&[(&position, x.clone()), (&variance, v.clone())]);
    let gap = a.pow(2) - &v;
    let limit = |e: Expr| limit(&e, &y);
    let barrier = -on_curve(&energy);
    let below = -1 / on_curve(&score.diff(&position));
    let above = -1 / score.diff(&position).substitute(&[(&position, Expr::zero())]);
    let field = -score.substitute(&[(&position, x.clone()), (&variance, a.pow(2))]);
    vec![
        identity(
            "the curve solves s = 0",
            on_curve(&score),
            0,
            ("v off by 1/10", { score.substitute(&[(&position, x.clone()), (&variance, &v + Expr::ratio(1, 10))]) }),
        ),
        identity("x^2/(v_c - v) -> 3", limit(x.pow(2) / &gap), 3, ("2", Expr::from(2))),
        identity(
            "dU/(v_c - v)^2 -> 3/(4 a^4)",
            limit(barrier / gap.pow(2)),
            3 / (4 * a.pow(4)),
            ("a^2 in place of a^4", 3 / (4 * a.pow(2))),
        ),
        identity("chi (v_c - v) -> v_c^2/2 below", limit(below * &gap), a.pow(4) / 2, ("v_c^2, as above", a.pow(4))),
        identity(
            "chi = v^2/(v - v_c) above",
            above * (&variance - a.pow(2)),
            variance.pow(2),
            ("v_c v", a.pow(2) * &variance),
        ),
        identity(
            "x^3/(3 a^4 e) -> 1 at v = v_c",
            limit(x.pow(3) / (3 * a.pow(4) * &field)),
            1,
            ("3/2", Expr::ratio(3, 2)),
        ),
    ]
}
