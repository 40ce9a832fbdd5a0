//! C1: when the score turns unstable.

use infodyn_symbolic::theory::{Identity, Mixture, Noise, identity};
use infodyn_symbolic::{Expr, Symbol};

use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "C1",
    name: "instability",
    statement: "At every `x` the largest eigenvalue of `grad s` is zero exactly when `alpha^2 lambda_max(S(x)) = sigma^2`; `grad s` is singular exactly \
                when `sigma^2/alpha^2` is an eigenvalue of `S`",
    scope: "the characteristic polynomials of grad s and of the posterior covariance agree for K = 2, D = 2; numerical evidence is to come",
    origin: Origin::Paper("generative bifurcations as changes of stability of fixed points"),
    uses: &["A2"],
    formulas,
    checks: super::none_yet,
};

/// `det(grad s - l) = det((alpha^2 S - sigma^2 - l sigma^4)/sigma^4)` in the plane, for every number `l`.
fn formulas() -> Vec<Identity> {
    let law = Mixture::general(2, 2);
    let Noise { alpha, sigma, .. } = &law.noise;
    let (s, l) = (law.score(), Symbol::real("l"));
    let determinant = |entry: &dyn Fn(usize, usize) -> Expr| {
        let shifted = |i: usize| entry(i, i) - &l;
        shifted(0) * shifted(1) - entry(0, 1) * entry(1, 0)
    };
    let unit = |i: usize, k: usize| Expr::from(i32::from(i == k));
    let slope = |i: usize, k: usize| s[i].diff(&law.x[k]);
    let from_covariance = |power: i32| {
        determinant(&|i, k| {
            (alpha.pow(power) * law.posterior_covariance(i, k) - sigma.pow(2) * unit(i, k)) / sigma.pow(4)
        })
    };
    vec![identity(
        "characteristic polynomials, K=2, D=2",
        determinant(&slope),
        from_covariance(2),
        ("alpha in place of alpha^2", from_covariance(1)),
    )]
}
