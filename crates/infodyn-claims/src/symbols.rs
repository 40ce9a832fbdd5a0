//! Symbols that several claims share: series, the symmetric pair, the reverse process, the noise processes.

use infodyn_symbolic::theory::{Mixture, Noise, dot, gradient, laplacian, minus, scale};
use infodyn_symbolic::{Derivation, Expr, Symbol};

/// An expression that is defined nowhere, so that no claim about it is ever decided.
pub(crate) fn nowhere() -> Expr {
    Expr::ratio(1, 0)
}

/// The limit at 0, or an expression that is defined nowhere if there is none.
pub(crate) fn limit(e: &Expr, x: &Symbol) -> Expr {
    e.limit(x).unwrap_or_else(|_| nowhere())
}

/// The coefficient of `x^n` in the series at 0.
pub(crate) fn coefficient(e: &Expr, x: &Symbol, n: i32) -> Expr {
    e.series(x, n + 1).ok().and_then(|series| series.coefficient(n)).unwrap_or_else(nowhere)
}

/// Two components `+-a` of equal weight and variance `q`, in one dimension.
pub(crate) struct Pair {
    pub(crate) law: Mixture,
    pub(crate) a: Symbol,
    pub(crate) q: Symbol,
    /// The noised variance `alpha^2 q + sigma^2`.
    pub(crate) v: Expr,
}

pub(crate) fn pair() -> Pair {
    let (a, q) = (Symbol::positive("a"), Symbol::positive("q"));
    let mut law = Mixture::general(2, 1);
    law.means = vec![vec![Expr::from(&a)], vec![-&a]];
    law.variances = vec![Expr::from(&q); 2];
    law.weights[1] = law.weights[0].clone();
    let v = law.spread(0);
    Pair { law, a, q, v }
}

/// `G(d) = 2 d sqrt(d^2-1) - 2 arccosh d`.
pub(crate) fn fold_gap(d: &Expr) -> Expr {
    2 * d * (d.pow(2) - 1).sqrt() - 2 * d.arcosh()
}

/// The generator of the reverse-time diffusion `dX = (-f x + g^2 s) dtau + g dW` applied to a function of `x` and `t`,
/// with reverse time `tau`: `-d/dt + (g^2 s - f x).grad + (g^2/2) laplace`.
pub(crate) fn reverse_generator(law: &Mixture, e: &Expr) -> Expr {
    let Noise { f, g, .. } = &law.noise;
    let drift = minus(&scale(&g.pow(2), &law.score()), &scale(f, &law.position()));
    dot(&drift, &gradient(e, &law.x)) + law.noise.half_g2() * laplacian(e, &law.x) - law.noise.in_time().of(e)
}

/// `d = s_y - s` toward the first component, by differentiation of `log pi_y`.
pub(crate) fn pull(law: &Mixture) -> Vec<Expr> {
    gradient(&law.posterior(0).log(), &law.x)
}

/// The generator of the guided reverse-time diffusion, with `s + omega d` in place of `s`.
pub(crate) fn guided_generator(law: &Mixture, omega: &Expr, e: &Expr) -> Expr {
    let more = scale(&(law.noise.g.pow(2) * omega), &pull(law));
    reverse_generator(law, e) + dot(&more, &gradient(e, &law.x))
}

/// A noise process with explicit `alpha`, `sigma^2`, `f` and `g^2`.
pub(crate) struct Process {
    pub(crate) name: &'static str,
    pub(crate) alpha: Expr,
    pub(crate) sigma2: Expr,
    pub(crate) f: Expr,
    pub(crate) g2: Expr,
    /// The derivative in time.
    pub(crate) in_time: Derivation,
}

pub(crate) fn processes() -> Vec<Process> {
    let t = Symbol::positive("t");
    let one = Expr::one();
    let clock = Derivation::new([(t.clone(), Expr::one())]);
    let process = |name, alpha: Expr, sigma2: Expr, f: Expr, g2: Expr| Process {
        name,
        alpha,
        sigma2,
        f,
        g2,
        in_time: clock.clone(),
    };
    // The linear and the scaled-linear schedule, with B the integral of beta from 0 to t.
    let (b0, b1) = (Symbol::positive("b_0"), Symbol::positive("b_1"));
    let linear = (&b0 + (&b1 - &b0) * &t, &b0 * &t + (&b1 - &b0) * t.pow(2) / 2);
    let (r0, r1) = (b0.sqrt(), b1.sqrt());
    let rise = &r1 - &r0;
    let scaled = ((&r0 + &rise * &t).pow(2), &b0 * &t + &r0 * &rise * t.pow(2) + rise.pow(2) * t.pow(3) / 3);
    let preserving = |name, beta: &Expr, integral: &Expr| {
        process(name, (-integral / 2).exp(), 1 - (-integral).exp(), -beta / 2, beta.clone())
    };
    // The cosine schedule, through the tangents y and y_0 of its angles th and th_0: cos th = (1 + y^2)^(-1/2) and
    // y' = (1 + y^2) th'.
    let (tan, tan0, c) = (Symbol::positive("y"), Symbol::positive("y_0"), Symbol::positive("c"));
    let speed = Expr::pi() / (2 * (1 + &c));
    let cosine = ((1 + tan0.pow(2)) / (1 + tan.pow(2))).sqrt();
    // The flow schedule, read at u(t) = S t/(1 + (S-1) t).
    let shift = Symbol::positive("S");
    let u = &shift * &t / (1 + (&shift - 1) * &t);
    let du = u.diff(&t);
    let end = Symbol::positive("T");
    vec![
        process("ve", one.clone(), t.clone().into(), Expr::zero(), one.clone()),
        process("edm", one.clone(), t.pow(2), Expr::zero(), 2 * &t),
        process("ou", (-&t).exp(), 1 - (-2 * &t).exp(), Expr::from(-1), Expr::from(2)),
        preserving("vp-linear", &linear.0, &linear.1),
        preserving("vp-scaled-linear", &scaled.0, &scaled.1),
        Process {
            name: "vp-cosine",
            sigma2: 1 - cosine.pow(2),
            alpha: cosine,
            f: -&speed * &tan,
            g2: 2 * &speed * &tan,
            in_time: Derivation::new([(tan.clone(), (1 + tan.pow(2)) * &speed)]),
        },
        process(
            "sub-vp",
            (-&linear.1 / 2).exp(),
            (1 - (-&linear.1).exp()).pow(2),
            -&linear.0 / 2,
            &linear.0 * (1 - (-2 * &linear.1).exp()),
        ),
        process("flow", 1 - &t, t.pow(2), -(1 / (1 - &t)), 2 * &t / (1 - &t)),
        process("flow:shift", 1 - &u, u.pow(2), -(&du / (1 - &u)), 2 * &u / (1 - &u) * &du),
        process("localization", &end - &t, &end - &t, -(1 / (&end - &t)), one),
    ]
}
