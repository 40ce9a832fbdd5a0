//! E1: relaxation.

use infodyn_symbolic::theory::{
    Gaussian, Identity, Mixture, Noise, divergence, gradient, identity, norm2, normal, scale,
};
use infodyn_symbolic::{Derivation, Expr};

use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "E1",
    name: "relaxation",
    statement: "VP with `N(0,I)` as the equilibrium: `d/dt KL(p_t, N(0,I)) = -(g^2/2) E|s + x|^2`; `KL(t) <= (alpha(t)/alpha(s))^2 KL(s)` for `s<t`",
    scope: "the balance of relative entropy before integration, K <= 3, D <= 2; the contraction through its slope, for a Gaussian; numerical evidence is to come",
    origin: Origin::Elsewhere("Bakry & Emery"),
    uses: &["A4", "B1"],
    formulas,
    checks: super::none_yet,
};

/// The derivative in time for a variance-preserving process: `f = -g^2/2` and `sigma^2 = 1 - alpha^2`.
fn variance_preserving(noise: &Noise) -> (Derivation, Expr) {
    let rate = -noise.half_g2() * &noise.alpha;
    (Derivation::new([(noise.alpha.clone(), rate)]), (1 - noise.alpha.pow(2)).sqrt())
}

/// `d/dt KL(p_t, N(0,I)) = -(g^2/2) E|s + x|^2`: before integration, and for Gaussians.
fn formulas() -> Vec<Identity> {
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let (in_time, sigma) = variance_preserving(&law.noise);
        let x = law.position();
        let p = law.density().substitute(&[(&law.noise.sigma, sigma)]);
        let s = gradient(&p.log(), &law.x);
        let equilibrium = normal(&x, &vec![Expr::zero(); dim], &Expr::one());
        let relative = (&p / &equilibrium).log();
        // p_t relaxes by p' = (g^2/2) div(p (s + x)).
        let force: Vec<Expr> = s.iter().zip(&x).map(|(s, x)| s + x).collect();
        let half_g2 = law.noise.half_g2();
        let current = scale(&(&half_g2 * &p * (1 + &relative)), &force);
        let decay = |half_g2: &Expr| divergence(&current, &law.x) - half_g2 * &p * norm2(&force);
        all.push(identity(
            format!("balance of p log(p/N(0,I)), {}", law.name()),
            in_time.of(&(&p * &relative)),
            decay(&half_g2),
            ("g^2 in place of g^2/2", decay(&law.noise.g.pow(2))),
        ));
    }
    let law = Gaussian::general(1);
    let (in_time, sigma) = variance_preserving(&law.noise);
    let v = law.spread(0).substitute(&[(&law.noise.sigma, sigma)]);
    let divergence = (&v - 1 - v.log()) / 2;
    // s + x = x (1 - 1/v), and E x^2 = v.
    let force = (1 - 1 / &v).pow(2) * &v;
    all.push(identity(
        "Gaussian, D=1",
        in_time.of(&divergence),
        -law.noise.half_g2() * &force,
        ("no variance", -law.noise.half_g2() * (1 - 1 / &v).pow(2)),
    ));
    // Contraction: KL/alpha^2 decreases. For a Gaussian its slope has the sign of log v - 1 + 1/v taken negatively.
    let slope = |v: &Expr| -law.noise.g.pow(2) / (2 * law.noise.alpha.pow(2)) * (v.log() - 1 + 1 / v);
    all.push(identity(
        "slope of KL/alpha^2, Gaussian, D=1",
        in_time.of(&(&divergence / law.noise.alpha.pow(2))),
        slope(&v),
        ("1/v in place of v", slope(&(1 / &v))),
    ));
    all
}
