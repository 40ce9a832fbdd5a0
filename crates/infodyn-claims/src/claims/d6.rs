//! D6: how much signal a decision takes.

use infodyn_symbolic::theory::{Identity, identity};
use infodyn_symbolic::{Expr, Symbol};

use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "D6",
    name: "decision-snr",
    statement: "For two symmetric atoms and `0<e<1/2` the first `k` at which one label reaches confidence `1-e` has mean `b tanh b`, `b = atanh(1-2e)`, and the \
                label first trusted is right with probability exactly `1-e`",
    scope: "the boundary-value problems that both formulas solve; simulation is to come",
    origin: Origin::Elsewhere("Wald 1945"),
    uses: &["D5"],
    formulas,
    checks: super::none_yet,
};

/// The boundary-value problem `T''/2 + tanh(u) T' = -1`, `T(+-b) = 0` of the mean decision time, and its value at 0.
fn formulas() -> Vec<Identity> {
    let (u, b, y) = (Symbol::real("u"), Symbol::positive("b"), Symbol::positive("y"));
    let mean = |u: &Expr| &b * b.tanh() - u * u.tanh();
    let generator = |e: &Expr, drift: &Expr| e.diff(&u).diff(&u) / 2 + drift * e.diff(&u);
    let time = mean(&u);
    // The confidence 1 - e is (1 + y)/2 with y = 1 - 2 e, and b = artanh y; for Y = 1 the drift is 1.
    let confidence = |b: &Expr| 1 / (1 + (-2 * b).exp());
    let right = |u: &Expr| (1 - (-2 * (u + &b)).exp()) / (1 - (-4 * &b).exp());
    vec![
        identity(
            "T''/2 + tanh(u) T' = -1",
            generator(&time, &u.tanh()),
            -1,
            ("no drift", generator(&time, &Expr::zero())),
        ),
        identity("T(b) = 0", mean(&b), 0, ("T(b/2)", mean(&(&b / 2)))),
        identity("T(-b) = 0", mean(&-&b), 0, ("T(-2b)", mean(&(-2 * &b)))),
        identity("T(0) = b tanh b", mean(&Expr::zero()), &b * b.tanh(), ("b", Expr::from(&b))),
        identity(
            "the posterior at |u| = b is the confidence 1 - e",
            confidence(&y.artanh()),
            (1 + &y) / 2,
            ("b = artanh(y)/2", confidence(&(y.artanh() / 2))),
        ),
        identity(
            "given Y = 1, the chance to reach b before -b is harmonic",
            generator(&right(&u), &Expr::one()),
            0,
            ("no drift", generator(&right(&u), &Expr::zero())),
        ),
        identity("it is 1 at b", right(&b), 1, ("at b/2", right(&(&b / 2)))),
        identity("it is 0 at -b", right(&-&b), 0, ("at -2b", right(&(-2 * &b)))),
        identity(
            "from 0 it is the confidence",
            right(&Expr::zero()),
            confidence(&b),
            ("the confidence at b/2", confidence(&(&b / 2))),
        ),
    ]
}
