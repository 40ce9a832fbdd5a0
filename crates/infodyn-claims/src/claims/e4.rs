//! E4: when a data set is remembered.

use infodyn_symbolic::theory::{Identity, identity};
use infodyn_symbolic::{Expr, Symbol};

use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "E4",
    name: "collapse",
    statement: "For `N` points drawn from a law, in the limit `D -> infinity` at fixed `log N/D`, the empirical posterior at a noised data point condenses on that point when \
                `I(X_0;X_t) = log N`. For `N(0, q I_D)`: `gamma_C = (N^{2/D} - 1)/q`, in `ou` `t_C = (1/2) log(1 + q/(N^{2/D} - 1))`",
    scope: "the condition I = log N solved for a Gaussian and its time in ou; the condensation itself and numerical evidence are to come",
    origin: Origin::Elsewhere("Biroli, Bonnaire, de Bortoli & Mezard 2024"),
    uses: &["B3"],
    formulas,
    checks: super::none_yet,
};

/// `I(X_0;X_t) = log N` for `N(0, q I_D)` at `gamma_C = (N^(2/D) - 1)/q`, and its time in `ou`.
fn formulas() -> Vec<Identity> {
    let [q, n, d] = ["q", "N", "D"].map(Symbol::positive);
    // N^(2/D), written by its definition.
    let growth = (2 * n.log() / &d).exp();
    let information = |gamma: &Expr| &d / 2 * (1 + &q * gamma).log();
    let gamma_c = (&growth - 1) / &q;
    let time = (1 + &q / (&growth - 1)).log() / 2;
    let gamma_in_ou = |t: &Expr| (-2 * t).exp() / (1 - (-2 * t).exp());
    vec![
        identity("I = log N at gamma_C", information(&gamma_c), n.log(), ("log(2 N)", (2 * &n).log())),
        identity("t_C in ou", gamma_in_ou(&time), gamma_c, ("twice t_C", gamma_in_ou(&(2 * &time)))),
    ]
}
