//! B12: what an approximate score says of the rate.

use infodyn_symbolic::theory::{
    Equation, Identity, Mixture, Noise, divergence, gradient, identity, minus, norm2, normal, quantity, scale,
};
use infodyn_symbolic::{Expr, Symbol};

use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "B12",
    name: "plug-in-bound",
    statement: "For an approximate score `r` with denoiser `m_r = (x + sigma^2 r)/alpha`, under the true law, \
                `(g^2 alpha^2/(2 sigma^4)) E|X_0 - m_r(X_t)|^2 = (g^2/2)(D/sigma^2 + E|r|^2 + 2 E div r)` is the true rate plus `(g^2/2) E|r - s|^2`; \
                at a point {0}",
    scope: "the excess at a point for any r, K <= 3, D <= 2; the computable form before integration, for cubic r in the plane; numerical evidence is to come",
    origin: Origin::New,
    uses: &["A1", "B2"],
    formulas,
    checks: super::none_yet,
};

/// The plug-in bound: the expansion of the square, and the excess `|r - s|^2`.
fn formulas() -> Vec<Identity> {
    let mut all = Vec::new();

    let Noise { alpha, sigma, .. } = &Noise::general();
    let [d, div_s, error, excess] = ["D", "div s", "E[|X_0-m_r|^2|x]", "|r-s|^2"].map(quantity);
    let plug_in = Equation::new(alpha.pow(2) / sigma.pow(4) * &error, &d / sigma.pow(2) + &div_s + &excess);
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let r: Vec<Expr> = (1..=dim).map(|i| Symbol::real(format!("r_{i}")).into()).collect();
        let (x, m, s) = (law.position(), law.posterior_mean(), law.score());
        let error_of = |power: i32| {
            let denoiser: Vec<Expr> = x.iter().zip(&r).map(|(x, r)| (x + sigma.pow(power) * r) / alpha).collect();
            law.posterior_spread() + norm2(&minus(&m, &denoiser))
        };
        let defined = [
            (&d, law.dim()),
            (&div_s, divergence(&s, &law.x)),
            (&error, error_of(2)),
            (&excess, norm2(&minus(&r, &s))),
        ];
        let broken = ("a denoiser with sigma for sigma^2", &[(&error, error_of(1))][..]);
        all.push(Identity::redefined(format!("excess at a point, any r, {}", law.name()), &plug_in, &defined, broken));
    }
    // For one data point x_0 and any field r, here cubic: rho |z - r|^2 = rho (D/sigma^2 + |r|^2 + 2 div r) + div(..), with
    // z the score of the kernel and rho the kernel itself.
    let law = Mixture::general(1, 2);
    let Noise { alpha, sigma, .. } = &law.noise;
    let x = law.position();
    let coefficient = |name: &str| Expr::from(Symbol::real(name));
    let r = vec![
        coefficient("c_0") + coefficient("c_1") * &x[0] + coefficient("c_2") * &x[0] * x[1].pow(2),
        coefficient("e_0") + coefficient("e_1") * &x[1] + coefficient("e_2") * x[0].pow(3),
    ];
    let kernel = normal(&x, &scale(alpha, &law.means[0]), &sigma.pow(2));
    let z = gradient(&kernel.log(), &law.x);
    let current = minus(&scale(&kernel, &z), &scale(&(2 * &kernel), &r));
    let expanded = |twice: i32| {
        let inner = law.dim() / sigma.pow(2) + norm2(&r) + twice * divergence(&r, &law.x);
        &kernel * inner + divergence(&current, &law.x)
    };
    all.push(identity(
        "the computable form before integration, cubic r, D=2",
        &kernel * norm2(&minus(&z, &r)),
        expanded(2),
        ("div r in place of 2 div r", expanded(1)),
    ));
    all
}
