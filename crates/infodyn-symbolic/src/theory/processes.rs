//! The relations among `alpha`, `sigma`, `f` and `g` of every noise process.

use super::setting::Noise;
use super::{Builder, Identity, identity};
use crate::calculus::Derivation;
use crate::expr::{Expr, Symbol};

pub(super) const BUILDERS: &[Builder] = &[("S0", s0_schedules)];

/// A noise process with explicit `alpha`, `sigma^2`, `f` and `g^2`.
struct Process {
    name: &'static str,
    alpha: Expr,
    sigma2: Expr,
    f: Expr,
    g2: Expr,
    /// The derivative in time.
    in_time: Derivation,
}

fn processes() -> Vec<Process> {
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

/// `alpha' = f alpha`, `(sigma^2)' = 2 f sigma^2 + g^2` and `gamma' = -gamma g^2/sigma^2`, for every process.
fn s0_schedules() -> Vec<Identity> {
    let mut all = Vec::new();
    for Process { name, alpha, sigma2, f, g2, in_time } in processes() {
        let gamma = alpha.pow(2) / &sigma2;
        all.push(identity(
            "S0",
            format!("alpha' = f alpha, {name}"),
            in_time.of(&alpha),
            &f * &alpha,
            ("a drift of f + 1/100", (&f + Expr::ratio(1, 100)) * &alpha),
        ));
        all.push(identity(
            "S0",
            format!("(sigma^2)' = 2 f sigma^2 + g^2, {name}"),
            in_time.of(&sigma2),
            2 * &f * &sigma2 + &g2,
            ("half the diffusion", 2 * &f * &sigma2 + &g2 / 2),
        ));
        all.push(identity(
            "S0",
            format!("gamma' = -gamma g^2/sigma^2, {name}"),
            in_time.of(&gamma),
            -&gamma * &g2 / &sigma2,
            ("no square on sigma", -&gamma * &g2 / sigma2.sqrt()),
        ));
    }
    let noise = Noise::general();
    let Noise { sigma, g, .. } = &noise;
    all.push(identity(
        "S0",
        "gamma' = -gamma g^2/sigma^2, any process",
        noise.in_time().of(&noise.gamma()),
        -noise.gamma() * g.pow(2) / sigma.pow(2),
        ("no square on sigma", -noise.gamma() * g.pow(2) / sigma),
    ));
    all
}
