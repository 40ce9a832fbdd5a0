//! E2: total entropy production.

use infodyn_symbolic::Expr;
use infodyn_symbolic::theory::{Equation, Identity, Mixture, divergence, dot, minus, norm2, quantity, scale};

use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "E2",
    name: "total-production",
    statement: "`(2/g^2) E|f X - (g^2/2) s|^2` is the total entropy production rate of the forward process, for any process: with `u = f x - (g^2/2) s`, {0}; for VP it equals the decay rate of E1: {1}",
    scope: "production as heat plus entropy before integration, K <= 3, D <= 2; numerical evidence is to come",
    origin: Origin::Elsewhere("Seifert 2012"),
    uses: &["A4", "E1"],
    formulas,
    checks: super::none_yet,
};

/// `(2/g^2)|u|^2` with `u = f x - (g^2/2) s`: heat and entropy, and the decay of E1 for VP.
fn formulas() -> Vec<Identity> {
    let [f, g, p, speed, heat] = ["f", "g", "p", "|u|^2", "x.u"].map(quantity);
    let [div_u, div_pu, pressure] = ["div u", "div(p u)", "|s+x|^2"].map(quantity);
    let produced = |twice: i32| twice * &f / g.pow(2) * &p * &heat + &p * &div_u - &div_pu;
    let balance = Equation::new(2 / g.pow(2) * &p * &speed, produced(2));
    let relaxing = Equation::new(2 / g.pow(2) * &speed, g.pow(2) / 2 * &pressure);
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let (density, score, x) = (law.density(), law.score(), law.position());
        let velocity = law.noise.velocity(&x, &score);
        let defined = [
            (&f, Expr::from(&law.noise.f)),
            (&g, Expr::from(&law.noise.g)),
            (&speed, norm2(&velocity)),
            (&heat, dot(&x, &velocity)),
            (&div_u, divergence(&velocity, &law.x)),
            (&div_pu, divergence(&scale(&density, &velocity), &law.x)),
            (&p, density),
        ];
        let broken = ("half the heat", produced(1));
        all.push(Identity::of(format!("production = heat + entropy, {}", law.name()), &balance, &defined, broken));
        let vp = |e: &Expr| e.substitute(&[(&law.noise.f, -law.noise.half_g2())]);
        let force: Vec<Expr> = score.iter().zip(&x).map(|(s, x)| s + x).collect();
        let defined = [(&speed, vp(&norm2(&velocity))), (&g, Expr::from(&law.noise.g)), (&pressure, norm2(&force))];
        let broken = ("s - x", &[(&pressure, norm2(&minus(&score, &x)))][..]);
        all.push(Identity::redefined(format!("in VP, {}", law.name()), &relaxing, &defined, broken));
    }
    all
}
