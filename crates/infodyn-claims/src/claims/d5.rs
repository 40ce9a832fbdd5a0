//! D5: the innovation of a decision.

use infodyn_symbolic::theory::{Identity, Noise, identity, normal};
use infodyn_symbolic::{Expr, Symbol};

use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "D5",
    name: "innovation",
    statement: "In the clock `k` (reverse time) the log-odds of two symmetric atoms are `2 u_k`, `u_k = Y k + W_k`; unequal weights add `log(w/(1-w))`",
    scope: "the log-odds at one time for both labels, and the martingale tanh u; simulation is to come",
    origin: Origin::Elsewhere("Kailath 1968; Shiryaev 1978"),
    uses: &["D1"],
    formulas,
    checks: super::none_yet,
};

/// The log-odds of two atoms are `2 (Y k + W_k)`, and `tanh u` is a martingale of `du = tanh(u) dk + dB`.
fn formulas() -> Vec<Identity> {
    let noise = Noise::general();
    let Noise { alpha, sigma, .. } = &noise;
    let (a, z, w) = (Symbol::positive("a"), Symbol::real("z"), Symbol::positive("w"));
    let k = alpha.pow(2) * a.pow(2) / sigma.pow(2);
    let mut all = Vec::new();
    for (label, sign) in [("Y = 1", 1), ("Y = -1", -1)] {
        let x = sign * (alpha * &a) + sigma * &z;
        let at = |mean: Expr| normal(std::slice::from_ref(&x), &[mean], &sigma.pow(2));
        let odds = (&w * at(alpha * &a)) / ((1 - &w) * at(-(alpha * &a)));
        let u = sign * &k + k.sqrt() * &z;
        let bias = (&w / (1 - &w)).log();
        all.push(identity(format!("log-odds, {label}"), odds.log(), 2 * &u + &bias, ("u in place of 2 u", &u + &bias)));
    }
    let u = Symbol::real("u");
    let generator = |e: &Expr, drift: &Expr| e.diff(&u).diff(&u) / 2 + drift * e.diff(&u);
    let belief = u.tanh();
    all.push(identity(
        "tanh u is a martingale of the innovation",
        generator(&belief, &belief),
        0,
        ("drift 1, that of Y = 1", generator(&belief, &Expr::one())),
    ));
    all
}
