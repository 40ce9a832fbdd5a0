//! A4: the equation that the score obeys.

use infodyn_symbolic::theory::{Equation, Identity, Mixture, divergence, dot, laplacian, norm2, quantity, scale};
use infodyn_symbolic::{Derivation, Expr};

use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "A4",
    name: "score-pde",
    statement: "The density obeys {0}, so the score {1}, which is `d/dt s = grad[ (g^2/2)(div s + |s|^2) - f (D + x.s) ]`. With `f = 0`, in `D = 1` and in \
                the clock `v = integral of g^2 dt`, `u = -s` solves viscous Burgers: {2}",
    scope: "mixtures of K <= 3 isotropic Gaussians in D <= 2 dimensions under any schedule, every parameter a symbol; exact only, numerical evidence is to come",
    origin: Origin::Elsewhere("the Fokker-Planck equation; Hopf-Cole"),
    uses: &["A1"],
    formulas,
    checks: super::none_yet,
};

/// The Fokker-Planck equation, the equation of the score, and Burgers' equation.
fn formulas() -> Vec<Identity> {
    let [p_rate, s_rate, f, g] = ["d/dt p", "d/dt s", "f", "g"].map(quantity);
    let [laplace_p, div_xp, by_noise, by_drift] =
        ["laplace p", "div(x p)", "grad(div s+|s|^2)", "grad(x.s)"].map(quantity);
    let diffuses = |noise: Expr| noise * &laplace_p - &f * &div_xp;
    let fokker_planck = Equation::new(&p_rate, diffuses(g.pow(2) / 2));
    let moves = |noise: Expr| noise * &by_noise - &f * &by_drift;
    let score_pde = Equation::new(&s_rate, moves(g.pow(2) / 2));
    let [u, u_v, u_x, u_xx] = ["u", "u_v", "u_x", "u_xx"].map(quantity);
    let burgers = Equation::new(&u_v + &u * &u_x, &u_xx / 2);
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let law = Mixture::general(components, dim);
        let (density, score, in_time) = (law.density(), law.score(), law.noise.in_time());
        let inner = divergence(&score, &law.x) + norm2(&score);
        let along = dot(&law.position(), &score);
        let defined = [
            (&p_rate, in_time.of(&density)),
            (&s_rate, in_time.of(&score[0])),
            (&laplace_p, laplacian(&density, &law.x)),
            (&div_xp, divergence(&scale(&density, &law.position()), &law.x)),
            (&by_noise, inner.diff(&law.x[0])),
            (&by_drift, along.diff(&law.x[0])),
            (&f, Expr::from(&law.noise.f)),
            (&g, Expr::from(&law.noise.g)),
        ];
        let broken = ("another diffusion coefficient", diffuses(g.pow(2)));
        all.push(Identity::of(format!("Fokker-Planck, {}", law.name()), &fokker_planck, &defined, broken));
        let broken = ("g^2 in place of g^2/2", moves(g.pow(2)));
        all.push(Identity::of(format!("the score, {}", law.name()), &score_pde, &defined, broken));
    }
    for components in [2, 3] {
        let law = Mixture::general(components, 1);
        let sigma = &law.noise.sigma;
        let (x, field) = (&law.x[0], -law.score().swap_remove(0));
        // In the clock v = integral of g^2 dt, with f = 0: (sigma^2)' = 1.
        let in_clock = Derivation::new([(sigma.clone(), 1 / (2 * sigma))]);
        let defined = [(&u_v, in_clock.of(&field)), (&u_x, field.diff(x)), (&u_xx, field.diff(x).diff(x)), (&u, field)];
        all.push(Identity::of(
            format!("Burgers, {}", law.name()),
            &burgers,
            &defined,
            ("viscosity 1", Expr::from(&u_xx)),
        ));
    }
    all
}
