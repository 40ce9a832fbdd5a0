//! Thermodynamics.

use super::setting::{Gaussian, Mixture, Noise, divergence, dot, minus, norm2, normal, scale};
use super::{Builder, Identity, identity};
use crate::calculus::Derivation;
use crate::expr::{Expr, Symbol};

pub(super) const BUILDERS: &[Builder] =
    &[("E1", e1_relaxation), ("E2", e2_total_production), ("E3", e3_curie_weiss), ("E4", e4_collapse)];

/// The derivative in time for a variance-preserving process: `f = -g^2/2` and `sigma^2 = 1 - alpha^2`.
fn variance_preserving(noise: &Noise) -> (Derivation, Expr) {
    let rate = -noise.half_g2() * &noise.alpha;
    (Derivation::new([(noise.alpha.clone(), rate)]), (1 - noise.alpha.pow(2)).sqrt())
}

/// `d/dt KL(p_t, N(0,I)) = -(g^2/2) E|s + x|^2`: before integration, and for Gaussians.
fn e1_relaxation() -> Vec<Identity> {
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let (in_time, sigma) = variance_preserving(&law.noise);
        let x = law.position();
        let p = law.density().substitute(&[(&law.noise.sigma, sigma)]);
        let s = super::gradient(&p.log(), &law.x);
        let equilibrium = normal(&x, &vec![Expr::zero(); dim], &Expr::one());
        let relative = (&p / &equilibrium).log();
        // p_t relaxes by p' = (g^2/2) div(p (s + x)).
        let force: Vec<Expr> = s.iter().zip(&x).map(|(s, x)| s + x).collect();
        let half_g2 = law.noise.half_g2();
        let current = scale(&(&half_g2 * &p * (1 + &relative)), &force);
        let decay = |half_g2: &Expr| divergence(&current, &law.x) - half_g2 * &p * norm2(&force);
        all.push(identity(
            "E1",
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
        "E1",
        "Gaussian, D=1",
        in_time.of(&divergence),
        -law.noise.half_g2() * &force,
        ("no variance", -law.noise.half_g2() * (1 - 1 / &v).pow(2)),
    ));
    // Contraction: KL/alpha^2 decreases. For a Gaussian its slope has the sign of log v - 1 + 1/v taken negatively.
    let slope = |v: &Expr| -law.noise.g.pow(2) / (2 * law.noise.alpha.pow(2)) * (v.log() - 1 + 1 / v);
    all.push(identity(
        "E1",
        "slope of KL/alpha^2, Gaussian, D=1",
        in_time.of(&(&divergence / law.noise.alpha.pow(2))),
        slope(&v),
        ("1/v in place of v", slope(&(1 / &v))),
    ));
    all
}

/// `(2/g^2)|u|^2` with `u = f x - (g^2/2) s`: heat and entropy, and the decay of E1 for VP.
fn e2_total_production() -> Vec<Identity> {
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let Noise { f, g, .. } = &law.noise;
        let (p, s, x) = (law.density(), law.score(), law.position());
        let u = law.noise.velocity(&x, &s);
        let production = 2 / g.pow(2) * norm2(&u);
        let heat = 2 / g.pow(2) * dot(&scale(f, &x), &u);
        let balance = |heat: &Expr| &p * (heat + divergence(&u, &law.x)) - divergence(&scale(&p, &u), &law.x);
        all.push(identity(
            "E2",
            format!("production = heat + entropy, {}", law.name()),
            &p * &production,
            balance(&heat),
            ("half the heat", balance(&(&heat / 2))),
        ));
        let vp = |e: &Expr| e.substitute(&[(f, -g.pow(2) / 2)]);
        let force: Vec<Expr> = s.iter().zip(&x).map(|(s, x)| s + x).collect();
        let opposite = minus(&s, &x);
        all.push(identity(
            "E2",
            format!("in VP it is (g^2/2)|s + x|^2, {}", law.name()),
            vp(&production),
            law.noise.half_g2() * norm2(&force),
            ("s - x", law.noise.half_g2() * norm2(&opposite)),
        ));
    }
    all
}

/// The Curie-Weiss free energy is `-log p_t(alpha a m)` up to a constant, and its stationary points solve `m = tanh(k m)`.
fn e3_curie_weiss() -> Vec<Identity> {
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
    vec![
        identity(
            "E3",
            "F(m) = -log p(alpha a m) + log p(0)",
            free(&k, &m),
            energy(&m) - energy(&Expr::zero()),
            ("twice the temperature", 2 * (energy(&m) - energy(&Expr::zero()))),
        ),
        identity("E3", "F' = k (m - tanh(k m))", free(&k, &m).diff(&m), force(&k), ("k^2", force(&k.pow(2)))),
        identity(
            "E3",
            "F'' at 0 is k (1 - k): critical at k = 1",
            free(&k, &m).diff(&m).diff(&m).substitute(&[(&m, Expr::zero())]),
            &k * (1 - &k),
            ("1 - k", 1 - &k),
        ),
    ]
}

/// `I(X_0;X_t) = log N` for `N(0, q I_D)` at `gamma_C = (N^(2/D) - 1)/q`, and its time in `ou`.
fn e4_collapse() -> Vec<Identity> {
    let [q, n, d] = ["q", "N", "D"].map(Symbol::positive);
    // N^(2/D), written by its definition.
    let growth = (2 * n.log() / &d).exp();
    let information = |gamma: &Expr| &d / 2 * (1 + &q * gamma).log();
    let gamma_c = (&growth - 1) / &q;
    let time = (1 + &q / (&growth - 1)).log() / 2;
    let gamma_in_ou = |t: &Expr| (-2 * t).exp() / (1 - (-2 * t).exp());
    vec![
        identity("E4", "I = log N at gamma_C", information(&gamma_c), n.log(), ("log(2 N)", (2 * &n).log())),
        identity("E4", "t_C in ou", gamma_in_ou(&time), gamma_c, ("twice t_C", gamma_in_ou(&(2 * &time)))),
    ]
}
