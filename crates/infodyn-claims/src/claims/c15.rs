//! C15: the average hides the instability.

use infodyn_symbolic::Expr;
use infodyn_symbolic::theory::{Equation, Identity, Noise, quantity};

use crate::symbols::{Pair, pair};
use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "C15",
    name: "top-eigenvalue",
    statement: "`E div s = -E|s|^2 < 0` never crosses zero, and neither does `E lambda_max(grad s) = -(1 - k mmse)/sigma^2` for two atoms; at a point {0} with `u = alpha a x/sigma^2`",
    scope: "the slope of the score of two atoms, before averaging; products of pairs and numerical evidence are to come",
    origin: Origin::New,
    uses: &["C1"],
    formulas,
    checks: super::none_yet,
};

/// Two atoms: `ds/dx = -(1 - k sech^2)/sigma^2`, whose mean is `-(1 - k mmse)/sigma^2`.
fn formulas() -> Vec<Identity> {
    let Pair { law, a, q, .. } = pair();
    let Noise { alpha, sigma, .. } = &law.noise;
    let x = &law.x[0];
    let slope = law.score().swap_remove(0).diff(x).substitute(&[(&q, Expr::zero())]);
    let k = alpha.pow(2) * a.pow(2) / sigma.pow(2);
    let half_odds = alpha * &a * x / sigma.pow(2);
    let [ds, signal, u] = ["ds/dx", "k", "u"].map(quantity);
    let written = Equation::new(&ds, -(1 - &signal / u.cosh().pow(2)) / sigma.pow(2));
    let broken = ("the opposite sign of k", -(1 + &signal / u.cosh().pow(2)) / sigma.pow(2));
    vec![Identity::of("two atoms", &written, &[(&ds, slope), (&signal, k), (&u, half_odds)], broken)]
}
