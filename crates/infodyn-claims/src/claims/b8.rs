//! B8: the dimension that the data have.

use infodyn_symbolic::theory::{Identity, identity};
use infodyn_symbolic::{Expr, Symbol};

use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "B8",
    name: "intrinsic-dimension",
    statement: "As `gamma -> infinity`, `D eta` tends to the information dimension of the data: the rank for a Gaussian",
    scope: "a Gaussian of rank 2 in three dimensions, in symbols, as a limit; the other laws of the theory (atoms, circle, sphere, mixtures) and numerical evidence are to come",
    origin: Origin::New,
    uses: &["B6"],
    formulas,
    checks: super::none_yet,
};

/// For a Gaussian of rank 2 in the plane or more, `D eta -> 2` as `gamma -> infinity`; each null direction adds 0.
fn formulas() -> Vec<Identity> {
    let [e, l_1, l_2] = ["e", "l_1", "l_2"].map(Symbol::positive);
    // e = 1/gamma, and the variances l_1, l_2, 0.
    let part = |l: &Expr| l / &e / (1 + l / &e);
    let sum = part(&l_1) + part(&l_2) + part(&Expr::zero());
    let limit = sum.limit(&e).unwrap_or_else(|_| Expr::ratio(1, 0));
    vec![identity("Gaussian of rank 2 in three dimensions", limit, 2, ("3", Expr::from(3)))]
}
