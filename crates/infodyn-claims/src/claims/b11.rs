//! B11: the rescaled clock of `edm`.

use infodyn_symbolic::theory::{Identity, identity};
use infodyn_symbolic::{Expr, Symbol};

use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "B11",
    name: "rescaled-entropic-time",
    statement: "In `edm`, `psi(sigma) = integral from 0 to sigma of s (dH/ds) ds`; for `N(0, c^2 I)` it is `D c arctan(sigma/c)`",
    scope: "the slope of psi for a Gaussian, per dimension; numerical evidence is to come",
    origin: Origin::Elsewhere("Stancevic, Handke & Ambrogioni, arXiv 2504.13612"),
    uses: &["B2"],
    formulas,
    checks: super::none_yet,
};

/// In `edm`, `sigma dH/dsigma = d/dsigma [D c arctan(sigma/c)] = D c^2/(c^2 + sigma^2)` for `N(0, c^2 I)`.
fn formulas() -> Vec<Identity> {
    let (sigma, c) = (Symbol::positive("sigma"), Symbol::positive("c"));
    let entropy = (c.pow(2) * sigma.pow(2) / (c.pow(2) + sigma.pow(2))).log() / 2;
    let arctan_slope = |u: Expr| 1 / (1 + u.pow(2));
    vec![identity(
        "Gaussian, per dimension",
        &sigma * entropy.diff(&sigma),
        &c * arctan_slope(&sigma / &c) / &c,
        ("no factor sigma in the clock", &c * arctan_slope(&sigma / &c) / &c / &sigma),
    )]
}
