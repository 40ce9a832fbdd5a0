//! C6: the cusp where the folds meet.

use infodyn_symbolic::theory::{Identity, identity};
use infodyn_symbolic::{Expr, Symbol};

use crate::symbols::{coefficient, fold_gap};
use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "C6",
    name: "cusp",
    statement: "Near `d=1`, `G(d)/(d-1)^{3/2} -> 8 sqrt(2)/3`",
    scope: "the series of G at d = 1; numerical evidence is to come",
    origin: Origin::Elsewhere("catastrophe theory; the constant is new here"),
    uses: &["C5"],
    formulas,
    checks: super::none_yet,
};

/// `G(1 + z^2) = (8 sqrt(2)/3) z^3 + O(z^4)`.
fn formulas() -> Vec<Identity> {
    let z = Symbol::positive("z");
    let gap = fold_gap(&(1 + z.pow(2)));
    let sqrt2 = Expr::from(2).sqrt();
    let mut all = vec![identity(
        "coefficient of (d-1)^(3/2)",
        coefficient(&gap, &z, 3),
        8 * &sqrt2 / 3,
        ("4 sqrt(2)/3", 4 * &sqrt2 / 3),
    )];
    for (n, case) in [(0, "no constant"), (1, "no (d-1)^(1/2)"), (2, "no (d-1)")] {
        let twin = coefficient(&(&gap + z.pow(n)), &z, n);
        all.push(identity(case, coefficient(&gap, &z, n), 0, ("a term added", twin)));
    }
    all
}
