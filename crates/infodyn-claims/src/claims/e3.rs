//! E3: the magnet behind the pair.

use infodyn_symbolic::theory::{Equation, Identity, Noise, identity, normal, quantity};
use infodyn_symbolic::{Expr, Symbol};

use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "E3",
    name: "curie-weiss",
    statement: "`m = tanh(k m)` is the Curie-Weiss equation at inverse temperature `k`; `F(m) = k m^2/2 - log cosh(k m)` equals `-log p_t(alpha a m)` up to a \
                constant, {0}; its stationary points are the fixed points of C2, its minima the stable ones",
    scope: "two components on a line, every parameter a symbol; numerical evidence is to come",
    origin: Origin::Elsewhere("Ambrogioni 2024: the statistical thermodynamics of generative diffusion"),
    uses: &["C2"],
    formulas,
    checks: super::none_yet,
};

/// The Curie-Weiss free energy is `-log p_t(alpha a m)` up to a constant, and its stationary points solve `m = tanh(k m)`.
fn formulas() -> Vec<Identity> {
    let noise = Noise::general();
    let (a, q, m) = (Symbol::positive("a"), Symbol::positive("q"), Symbol::real("m"));
    let v = noise.alpha.pow(2) * &q + noise.sigma.pow(2);
    let k = noise.alpha.pow(2) * a.pow(2) / &v;
    let amplitude = &noise.alpha * &a;
    let energy = |m: &Expr| {
        let at = |mean: Expr| normal(&[&amplitude * m], &[mean], &v);
        -(at(amplitude.clone()) / 2 + at(-&amplitude) / 2).log()
    };
    let free = |k: &Expr, m: &Expr| k * m.pow(2) / 2 - (k * m).cosh().log();
    let force = |k: &Expr| k * (&*m - (k * &m).tanh());
    let [rise, level] = ["-log(p(alpha a m)/p(0))", "k"].map(quantity);
    vec![
        Identity::of(
            "F(m) = -log p(alpha a m) + log p(0)",
            &Equation::new(&rise, free(&level, &m)),
            &[(&rise, energy(&m) - energy(&Expr::zero())), (&level, k.clone())],
            ("twice the temperature", free(&(&level / 2), &m)),
        ),
        identity("F' = k (m - tanh(k m))", free(&k, &m).diff(&m), force(&k), ("k^2", force(&k.pow(2)))),
        identity(
            "F'' at 0 is k (1 - k): critical at k = 1",
            free(&k, &m).diff(&m).diff(&m).substitute(&[(&m, Expr::zero())]),
            &k * (1 - &k),
            ("1 - k", 1 - &k),
        ),
    ]
}
