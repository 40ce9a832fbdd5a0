//! C9: sharpening is a matter of coordinates.

use infodyn_symbolic::theory::{Identity, identity};
use infodyn_symbolic::{Expr, Symbol};

use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "C9",
    name: "sharpening",
    statement: "In `ou` with `a^2 = D r^2` the label's `k` stands at `t = (1/2) log(1 - q + D r^2/k)`: for `q = 1` the time between two values of `k` is \
                `(1/2) log(k_2/k)` at every `D`, while its place grows as `(1/2) log D`",
    scope: "the time at which k has a given value, and the width for q = 1; numerical evidence is to come",
    origin: Origin::New,
    uses: &["C8"],
    formulas,
    checks: super::none_yet,
};

/// The time in `ou` at which `k` has a given value: `t = log(1 - q + D r^2/k)/2`.
fn formulas() -> Vec<Identity> {
    let [k, r, q, d] = ["k", "r", "q", "D"].map(Symbol::positive);
    let level = |t: &Expr| {
        let alpha2 = (-2 * t).exp();
        &alpha2 * &d * r.pow(2) / (&alpha2 * &q + 1 - &alpha2)
    };
    let t = (1 - &q + &d * r.pow(2) / &k).log() / 2;
    let wrong = (1 + &q + &d * r.pow(2) / &k).log() / 2;
    // For q = 1 the time between two levels does not depend on D.
    let k_2 = Symbol::positive("k_2");
    let at_unit = |k: &Symbol| (&d * r.pow(2) / k).log() / 2;
    vec![
        identity("k at t = log(1 - q + D r^2/k)/2 in ou", level(&t), &k, ("1 + q", level(&wrong))),
        identity(
            "q = 1: the width is log(k_2/k)/2 for every D",
            at_unit(&k) - at_unit(&k_2),
            (&k_2 / &k).log() / 2,
            ("log(k_2/k)", (&k_2 / &k).log()),
        ),
    ]
}
