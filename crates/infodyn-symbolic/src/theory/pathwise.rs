//! The pathwise conditional entropy.

use super::setting::{Mixture, Noise, dot, gradient, laplacian, minus, norm2, normal, scale};
use super::{Builder, Identity, identity};
use crate::expr::{Expr, Symbol};

pub(super) const BUILDERS: &[Builder] = &[
    ("D1", d1_reverse_martingale),
    ("D2", d2_posterior_entropy_sde),
    ("D3", d3_variance_production),
    ("D4", d4_total_variance),
    ("D5", d5_innovation),
    ("D6", d6_decision_snr),
    ("D7", d7_duncan),
];

/// The generator of the reverse-time diffusion `dX = (-f x + g^2 s) dtau + g dW` applied to a function of `x` and `t`,
/// with reverse time `tau`: `-d/dt + (g^2 s - f x).grad + (g^2/2) laplace`.
fn reverse_generator(law: &Mixture, e: &Expr) -> Expr {
    let Noise { f, g, .. } = &law.noise;
    let drift = minus(&scale(&g.pow(2), &law.score()), &scale(f, &law.position()));
    dot(&drift, &gradient(e, &law.x)) + law.noise.half_g2() * laplacian(e, &law.x) - law.noise.in_time().of(e)
}

/// The posterior weights are martingales of the reverse process.
fn d1_reverse_martingale() -> Vec<Identity> {
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let weight = law.posterior(0);
        all.push(identity(
            "D1",
            format!("the reverse generator annihilates pi_1, {}", law.name()),
            reverse_generator(&law, &weight),
            0,
            ("a component density in place of its weight", reverse_generator(&law, &law.component(0))),
        ));
    }
    all
}

/// The drift of `h` in reverse time is `-(g^2/2) b`, and `grad h = -sum pi log pi (s_y - s)`.
fn d2_posterior_entropy_sde() -> Vec<Identity> {
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let h = law.posterior_entropy();
        let b = law.label_production();
        all.push(identity(
            "D2",
            format!("drift of h, {}", law.name()),
            reverse_generator(&law, &h),
            -law.noise.half_g2() * &b,
            ("g^2 in place of g^2/2", -law.noise.g.pow(2) * &b),
        ));
        let s = law.score();
        let relative = |j: usize| law.component_score(j).swap_remove(0) - &s[0];
        all.push(identity(
            "D2",
            format!("grad h, {}", law.name()),
            h.diff(&law.x[0]),
            -law.average(|j| law.posterior(j).log() * relative(j)),
            ("log w in place of log pi", -law.average(|j| law.weights[j].log() * relative(j))),
        ));
    }
    all
}

/// The generator applied to `h^2`: `g^2 (|grad h|^2 - h b)`, whose mean less that of `(E h)^2` is the claim.
fn d3_variance_production() -> Vec<Identity> {
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let (h, g2) = (law.posterior_entropy(), law.noise.g.pow(2));
        let (slope, b) = (norm2(&gradient(&h, &law.x)), law.label_production());
        all.push(identity(
            "D3",
            format!("drift of h^2, {}", law.name()),
            reverse_generator(&law, &h.pow(2)),
            &g2 * (&slope - &h * &b),
            ("half of |grad h|^2", &g2 * (&slope / 2 - &h * &b)),
        ));
    }
    // d/dtau (E[h^2] - E[h]^2) from the drifts of h^2 and h.
    let [g, slope, h, b, hb] = ["g", "E_slope", "E_h", "E_b", "E_hb"].map(Symbol::real);
    let drift_of_square = g.pow(2) * (&slope - &hb);
    let drift = -g.pow(2) / 2 * &b;
    let covariance = &hb - &h * &b;
    all.push(identity(
        "D3",
        "the variance from the two drifts",
        &drift_of_square - 2 * &h * &drift,
        g.pow(2) * (&slope - &covariance),
        ("E[h b] in place of the covariance", g.pow(2) * (&slope - &hb)),
    ));
    all
}

/// The law of total variance for two labels and two values of `X_t`, and the variance of a Gaussian's information density.
fn d4_total_variance() -> Vec<Identity> {
    // X_t takes two values with odds r : 1, and the posterior of the first label is logistic in u or in v.
    let r = Symbol::positive("r");
    let (chance, other) = (&r / (1 + &r), 1 / (1 + &r));
    let logistic = |u: &Symbol| [1 / (1 + (-u).exp()), 1 / (1 + u.exp())];
    let posteriors = [logistic(&Symbol::real("u")), logistic(&Symbol::real("v"))];
    let moment = |pi: &[Expr; 2], n: i32| pi.iter().map(|p| p * (-p.log()).pow(n)).sum::<Expr>();
    let over_x = |of: &dyn Fn(&[Expr; 2]) -> Expr| &chance * of(&posteriors[0]) + &other * of(&posteriors[1]);
    let h = |pi: &[Expr; 2]| moment(pi, 1);
    let total = over_x(&|pi| moment(pi, 2)) - over_x(&h).pow(2);
    let varentropy = over_x(&|pi| moment(pi, 2) - moment(pi, 1).pow(2));
    let spread = over_x(&|pi| h(pi).pow(2)) - over_x(&h).pow(2);
    // -log p(X_0 given X_t) for a Gaussian posterior, at X_0 = m + z sqrt(S) with z standard normal.
    let (s, z) = (Symbol::positive("S"), Symbol::real("z"));
    let point = &z * s.sqrt();
    let surprisal = -normal(std::slice::from_ref(&point), &[Expr::zero()], &s).log();
    let at = |e: &Expr, value: Expr| e.substitute(&[(&z, value)]);
    // The three-point Gauss-Hermite rule is exact to degree 5.
    let mean = |e: &Expr| {
        let node = Expr::from(3).sqrt();
        2 * at(e, Expr::zero()) / 3 + (at(e, node.clone()) + at(e, -node)) / 6
    };
    let variance = |e: &Expr| mean(&(e - mean(e)).pow(2));
    vec![
        identity(
            "D4",
            "Var iota = E[Var(iota given X_t)] + Var h, two labels",
            &total,
            &varentropy + &spread,
            ("the varentropy left out", spread),
        ),
        identity(
            "D4",
            "the information density of a Gaussian has variance 1/2 per dimension",
            variance(&surprisal),
            Expr::ratio(1, 2),
            ("1", Expr::one()),
        ),
        identity(
            "D4",
            "the entropy of a Gaussian posterior does not depend on x",
            mean(&surprisal).diff(&z),
            0,
            ("the surprisal itself", surprisal.diff(&z)),
        ),
    ]
}

/// The log-odds of two atoms are `2 (Y k + W_k)`, and `tanh u` is a martingale of `du = tanh(u) dk + dB`.
fn d5_innovation() -> Vec<Identity> {
    let noise = Noise::general();
    let Noise { alpha, sigma, .. } = &noise;
    let (a, z, w) = (Symbol::positive("a"), Symbol::real("z"), Symbol::positive("w"));
    let k = alpha.pow(2) * a.pow(2) / sigma.pow(2);
    let mut all = Vec::new();
    for (label, sign) in [("Y = 1", 1), ("Y = -1", -1)] {
        let x = sign * (alpha * &a) + sigma * &z;
        let at = |mean: Expr| normal(std::slice::from_ref(&x), &[mean], &sigma.pow(2));
        let odds = (&w * at(alpha * &a)) / ((1 - &w) * at(-(alpha * &a)));
        let u = sign * &k + k.sqrt() * &z;
        let bias = (&w / (1 - &w)).log();
        all.push(identity(
            "D5",
            format!("log-odds, {label}"),
            odds.log(),
            2 * &u + &bias,
            ("u in place of 2 u", &u + &bias),
        ));
    }
    let u = Symbol::real("u");
    let generator = |e: &Expr, drift: &Expr| e.diff(&u).diff(&u) / 2 + drift * e.diff(&u);
    let belief = u.tanh();
    all.push(identity(
        "D5",
        "tanh u is a martingale of the innovation",
        generator(&belief, &belief),
        0,
        ("drift 1, that of Y = 1", generator(&belief, &Expr::one())),
    ));
    all
}

/// The boundary-value problem `T''/2 + tanh(u) T' = -1`, `T(+-b) = 0` of the mean decision time, and its value at 0.
fn d6_decision_snr() -> Vec<Identity> {
    let (u, b, y) = (Symbol::real("u"), Symbol::positive("b"), Symbol::positive("y"));
    let mean = |u: &Expr| &b * b.tanh() - u * u.tanh();
    let generator = |e: &Expr, drift: &Expr| e.diff(&u).diff(&u) / 2 + drift * e.diff(&u);
    let time = mean(&u);
    // The confidence 1 - e is (1 + y)/2 with y = 1 - 2 e, and b = artanh y; for Y = 1 the drift is 1.
    let confidence = |b: &Expr| 1 / (1 + (-2 * b).exp());
    let right = |u: &Expr| (1 - (-2 * (u + &b)).exp()) / (1 - (-4 * &b).exp());
    vec![
        identity(
            "D6",
            "T''/2 + tanh(u) T' = -1",
            generator(&time, &u.tanh()),
            -1,
            ("no drift", generator(&time, &Expr::zero())),
        ),
        identity("D6", "T(b) = 0", mean(&b), 0, ("T(b/2)", mean(&(&b / 2)))),
        identity("D6", "T(-b) = 0", mean(&-&b), 0, ("T(-2b)", mean(&(-2 * &b)))),
        identity("D6", "T(0) = b tanh b", mean(&Expr::zero()), &b * b.tanh(), ("b", Expr::from(&b))),
        identity(
            "D6",
            "the posterior at |u| = b is the confidence 1 - e",
            confidence(&y.artanh()),
            (1 + &y) / 2,
            ("b = artanh(y)/2", confidence(&(y.artanh() / 2))),
        ),
        identity(
            "D6",
            "given Y = 1, the chance to reach b before -b is harmonic",
            generator(&right(&u), &Expr::one()),
            0,
            ("no drift", generator(&right(&u), &Expr::zero())),
        ),
        identity("D6", "it is 1 at b", right(&b), 1, ("at b/2", right(&(&b / 2)))),
        identity("D6", "it is 0 at -b", right(&-&b), 0, ("at -2b", right(&(-2 * &b)))),
        identity(
            "D6",
            "from 0 it is the confidence",
            right(&Expr::zero()),
            confidence(&b),
            ("the confidence at b/2", confidence(&(&b / 2))),
        ),
    ]
}

/// `sum pi |s_y - s|^2 = (alpha^4/sigma^4)(1/alpha^2) sum pi |m_y - m|^2`: the label's rate per unit of gamma.
fn d7_duncan() -> Vec<Identity> {
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let law = Mixture::general(components, dim);
        let m = law.posterior_mean();
        let spread = law.average(|j| norm2(&minus(&law.component_mean(j), &m)));
        let gamma_rate = law.noise.in_time().of(&law.noise.gamma());
        all.push(identity(
            "D7",
            format!("(g^2/2) b = -(gamma'/2) sum pi |m_y - m|^2, {}", law.name()),
            law.noise.half_g2() * law.label_production(),
            -&gamma_rate / 2 * &spread,
            ("gamma' in place of gamma'/2", -&gamma_rate * &spread),
        ));
    }
    for (components, dim) in [(2, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        // In reverse time, given Y = 1, X has the drift of component 1 alone.
        let Noise { f, g, .. } = &law.noise;
        let drift = minus(&scale(&g.pow(2), &law.component_score(0)), &scale(f, &law.position()));
        let gain = law.posterior(0).log();
        let generator = dot(&drift, &gradient(&gain, &law.x)) + law.noise.half_g2() * laplacian(&gain, &law.x)
            - law.noise.in_time().of(&gain);
        let gamma_rate = law.noise.in_time().of(&law.noise.gamma());
        let distance = norm2(&minus(&law.component_mean(0), &law.posterior_mean()));
        all.push(identity(
            "D7",
            format!("given Y, the drift of log pi_Y is -(gamma'/2) |m_Y - m|^2, {}", law.name()),
            generator,
            -&gamma_rate / 2 * &distance,
            ("the opposite sign", &gamma_rate / 2 * &distance),
        ));
    }
    all
}
