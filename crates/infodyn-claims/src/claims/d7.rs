//! D7: information is the energy of a difference of means.

use infodyn_symbolic::Expr;
use infodyn_symbolic::theory::{
    Equation, Identity, Mixture, Noise, dot, gradient, laplacian, minus, norm2, quantity, scale,
};

use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "D7",
    name: "duncan",
    statement: "`I(Y;X_t) = (1/2) E integral over gamma' from 0 to gamma(t) of sum_y pi_y |m_y - m|^2`, with `m_y = E[X_0 given X_t, Y=y]`: {0}; along reverse \
                paths `H(Y) - h - (1/2) integral` and `log(pi_Y/w_Y) - (1/2) integral of |m_Y - m|^2` are zero-mean martingales: {1}",
    scope: "the drifts, K <= 3, D <= 2, any schedule; numerical evidence is to come",
    origin: Origin::Elsewhere("Duncan 1970"),
    uses: &["A1", "B4"],
    formulas,
    checks: super::none_yet,
};

/// `sum pi |s_y - s|^2 = (alpha^4/sigma^4)(1/alpha^2) sum pi |m_y - m|^2`: the label's rate per unit of gamma.
fn formulas() -> Vec<Identity> {
    let [b, gamma_rate, spread, g] = ["sum pi|s_y-s|^2", "d/dt gamma", "sum pi|m_y-m|^2", "g"].map(quantity);
    let rate = Equation::new(g.pow(2) / 2 * &b, -&gamma_rate / 2 * &spread);
    let [gain, distance] = ["L log pi_Y", "|m_Y-m|^2"].map(quantity);
    let drift = Equation::new(&gain, -&gamma_rate / 2 * &distance);
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let law = Mixture::general(components, dim);
        let m = law.posterior_mean();
        let defined = [
            (&g, Expr::from(&law.noise.g)),
            (&b, law.label_production()),
            (&gamma_rate, law.noise.in_time().of(&law.noise.gamma())),
            (&spread, law.average(|j| norm2(&minus(&law.component_mean(j), &m)))),
        ];
        let broken = ("gamma' in place of gamma'/2", -&gamma_rate * &spread);
        all.push(Identity::of(format!("rate, {}", law.name()), &rate, &defined, broken));
    }
    for (components, dim) in [(2, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        // In reverse time, given Y = 1, X has the drift of component 1 alone.
        let Noise { f, g, .. } = &law.noise;
        let velocity = minus(&scale(&g.pow(2), &law.component_score(0)), &scale(f, &law.position()));
        let log_pi = law.posterior(0).log();
        let generator = dot(&velocity, &gradient(&log_pi, &law.x)) + law.noise.half_g2() * laplacian(&log_pi, &law.x)
            - law.noise.in_time().of(&log_pi);
        let defined = [
            (&gain, generator),
            (&gamma_rate, law.noise.in_time().of(&law.noise.gamma())),
            (&distance, norm2(&minus(&law.component_mean(0), &law.posterior_mean()))),
        ];
        let broken = ("the opposite sign", &gamma_rate / 2 * &distance);
        all.push(Identity::of(format!("given Y, {}", law.name()), &drift, &defined, broken));
    }
    all
}
