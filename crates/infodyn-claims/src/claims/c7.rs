//! C7: when classes part.

use infodyn_symbolic::theory::{Identity, identity};
use infodyn_symbolic::{Expr, Symbol};

use crate::symbols::{coefficient, limit};
use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "C7",
    name: "speciation",
    statement: "Equal weights, `|mu|^2 = D r^2 > q`, `ou`: `t_c = (1/2) log(1 + D r^2 - q)`; with `Lambda = D r^2 + q` the largest eigenvalue of `Cov X_0`, \
                `t_c - (1/2) log Lambda` is `(1-2q)/(2 r^2 D)` to leading order",
    scope: "the time, and the offset as a series in 1/D; numerical evidence is to come",
    origin: Origin::Elsewhere("Biroli, Bonnaire, de Bortoli & Mezard 2024; the offset is new here"),
    uses: &["C2"],
    formulas,
    checks: super::none_yet,
};

/// The speciation time, and the offset of `log(Lambda)/2` from it.
fn formulas() -> Vec<Identity> {
    let (r, q, e) = (Symbol::positive("r"), Symbol::positive("q"), Symbol::positive("e"));
    // D = 1/e. The slope of the score along mu vanishes when alpha^2 |mu|^2 = v = alpha^2 q + sigma^2.
    let mu2 = r.pow(2) / &e;
    let t = (1 + &mu2 - &q).log() / 2;
    let balance = |t: &Expr| {
        let alpha2 = (-2 * t).exp();
        &alpha2 * &mu2 - (&alpha2 * &q + 1 - &alpha2)
    };
    let spectral = (&mu2 + &q).log() / 2;
    // The difference, with log(1/e) cancelled so that it has a series.
    let offset = ((r.pow(2) + &e * (1 - &q)) / (r.pow(2) + &e * &q)).log() / 2;
    vec![
        identity("t_c in ou", balance(&t), 0, ("the largest eigenvalue", balance(&spectral))),
        identity("t_c - log(Lambda)/2 as a series", &t - &spectral, offset.clone(), ("twice it", 2 * &offset)),
        identity("the offset vanishes as D grows", limit(&offset, &e), 0, ("1", Expr::one())),
        identity(
            "leading offset (1-2q)/(2 r^2 D)",
            coefficient(&offset, &e, 1),
            (1 - 2 * &q) / (2 * r.pow(2)),
            ("the opposite sign", (2 * &q - 1) / (2 * r.pow(2))),
        ),
    ]
}
