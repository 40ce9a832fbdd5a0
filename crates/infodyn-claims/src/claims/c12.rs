//! C12: how the flow stretches.

use infodyn_symbolic::Expr;
use infodyn_symbolic::theory::{Equation, Identity, Mixture, divergence, gradient, quantity, scale};

use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "C12",
    name: "flow-map",
    statement: "Along the probability-flow ODE `x' = u = f x - (g^2/2) s`: {0}",
    scope: "mixtures of K <= 3 isotropic Gaussians, D <= 2, any schedule; the integrated statements, the quantiles in D = 1 and numerical evidence are to come",
    origin: Origin::Elsewhere("Song et al. 2021; instantaneous change of variables"),
    uses: &["A4"],
    formulas,
    checks: super::none_yet,
};

/// Along the probability flow, `d/dt log p = -div u`.
fn formulas() -> Vec<Identity> {
    let [rate, div_u] = ["d/dt log p", "div u"].map(quantity);
    let stretching = Equation::new(&rate, -&div_u);
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let log_p = law.density().log();
        let s = gradient(&log_p, &law.x);
        // Along a velocity u: the rate of log p, and the divergence.
        let defined = |score: &[Expr]| {
            let u = law.noise.velocity(&law.position(), score);
            let along = law.x.iter().zip(&u).fold(law.noise.in_time(), |d, (x, u)| d.with(x, u));
            [(&rate, along.of(&log_p)), (&div_u, divergence(&u, &law.x))]
        };
        let broken = ("the drift of the reverse SDE", &defined(&scale(&Expr::from(2), &s))[..]);
        all.push(Identity::redefined(format!("along the flow, {}", law.name()), &stretching, &defined(&s), broken));
    }
    all
}
