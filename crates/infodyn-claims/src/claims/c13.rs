//! C13: where a push matters.

use infodyn_symbolic::theory::{Identity, Noise, identity, normal};
use infodyn_symbolic::{Expr, Symbol};

use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "C13",
    name: "sensitivity",
    statement: "A small displacement `d` along `mu` at time `t` changes the outcome probability of two atoms by `d (alpha a/(2 sigma^2)) mmse(k)` on average (`mmse` of unit atoms): \
                `k mmse/(2a)` in `ve`, `sqrt(k) mmse/2` in units of `sigma`; `p_t(0)` in `ve` is proportional to `sqrt(k) exp(-k/2)`, largest at `k=1`",
    scope: "the formulas, for two atoms; the weights of the modes, the peaks and numerical evidence are to come",
    origin: Origin::New,
    uses: &["C8"],
    formulas,
    checks: super::none_yet,
};

/// The sensitivity of the outcome to a displacement, and of the deterministic flow in `ve`.
fn formulas() -> Vec<Identity> {
    let noise = Noise::general();
    let Noise { alpha, sigma, .. } = &noise;
    let (a, x, k) = (Symbol::positive("a"), Symbol::real("x"), Symbol::positive("k"));
    let at = |mean: Expr, x: &Expr| normal(std::slice::from_ref(x), &[mean], &sigma.pow(2));
    let (plus, minus) = (at(alpha * &a, &x), at(-(alpha * &a), &x));
    let outcome = &plus / (&plus + &minus);
    // The posterior variance of unit atoms, whose mean is mmse(k).
    let u = alpha * &a * &x / sigma.pow(2);
    let posterior_variance = 1 - (&outcome - (1 - &outcome)).pow(2);
    let rate = |power: i32| alpha * &a / (2 * sigma.pow(power)) * &posterior_variance;
    let mmse = Symbol::positive("mmse");
    // ve: alpha = 1, sigma^2 = a^2/k.
    let in_ve = |e: &Expr| e.substitute(&[(alpha, Expr::one()), (sigma, &a / k.sqrt())]);
    let displaced = in_ve(&(alpha * &a / (2 * sigma.pow(2)) * &mmse));
    let origin = in_ve(&(at(Expr::from(&a), &Expr::zero()) / 2 + at(-&a, &Expr::zero()) / 2));
    let shape = |rate: Expr| k.sqrt() * (-rate).exp() / ((2 * Expr::pi()).sqrt() * &a);
    vec![
        identity("slope of the outcome probability", outcome.diff(&x), rate(2), ("sigma in place of sigma^2", rate(1))),
        identity("the posterior variance is sech^2", &posterior_variance, u.cosh().pow(-2), ("sech", u.cosh().pow(-1))),
        identity(
            "in ve the rate is k mmse/(2a)",
            &displaced,
            &k * &mmse / (2 * &a),
            ("sqrt k, the rate in units of sigma", k.sqrt() * &mmse / (2 * &a)),
        ),
        identity(
            "in units of sigma it is sqrt(k) mmse/2",
            in_ve(&(sigma * (alpha * &a / (2 * sigma.pow(2)) * &mmse))),
            k.sqrt() * &mmse / 2,
            ("k", &k * &mmse / 2),
        ),
        identity(
            "p(0) in ve is sqrt(k) exp(-k/2) up to a constant",
            &origin,
            shape(&k / 2),
            ("exp(-k)", shape(Expr::from(&k))),
        ),
        identity(
            "p(0) is stationary at k = 1",
            origin.diff(&k).substitute(&[(&k, Expr::one())]),
            0,
            ("k = 2", origin.diff(&k).substitute(&[(&k, Expr::from(2))])),
        ),
    ]
}
