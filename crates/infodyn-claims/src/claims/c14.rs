//! C14: classes that differ in width only.

use infodyn_symbolic::theory::{Identity, identity};
use infodyn_symbolic::{Expr, Symbol};

use crate::symbols::coefficient;
use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "C14",
    name: "covariance-only",
    statement: "Two classes `N(0, q1 I)`, `N(0, q2 I)` of equal weight in `ou`, `D -> infinity`: `t = (1/4) log(D (q1-q2)^2/(8 k))` with `k` as in C8: \
                a quarter, not half, of `log D`",
    scope: "the leading mean 2k and variance 4k of the log-likelihood ratio, as series; numerical evidence is to come",
    origin: Origin::New,
    uses: &["C8"],
    formulas,
    checks: super::none_yet,
};

/// Two centred classes in `ou`: the log-likelihood ratio has mean `2k` and variance `4k`, `k = D (q1-q2)^2 exp(-4t)/8`.
fn formulas() -> Vec<Identity> {
    let [q1, q2, d, k, y] = ["q_1", "q_2", "D", "k", "y"].map(Symbol::positive);
    // y = alpha^2 = exp(-2t) is small; the noised variances are 1 + y (q - 1).
    let ratio = (1 + &y * (&q1 - 1)) / (1 + &y * (&q2 - 1));
    let per_dimension = (&ratio - 1 - ratio.log()) / 2;
    let mean = &d * coefficient(&per_dimension, &y, 2);
    let variance = &d * coefficient(&((&ratio - 1).pow(2) / 2), &y, 2);
    let claim = &d * (&q1 - &q2).pow(2) / 8;
    let time = (&d * (&q1 - &q2).pow(2) / (8 * &k)).log() / 4;
    let level = |t: &Expr| &claim * (-4 * t).exp();
    vec![
        identity("mean 2k", mean, 2 * &claim, ("k", claim.clone())),
        identity("variance 4k", variance, 4 * &claim, ("2k", 2 * &claim)),
        identity(
            "no term of first order",
            coefficient(&per_dimension, &y, 1),
            0,
            ("a ratio that is not compared with 1", coefficient(&ratio, &y, 1)),
        ),
        identity("t = log(D (q1-q2)^2/(8k))/4", level(&time), &k, ("log(..)/2", level(&(2 * &time)))),
    ]
}
