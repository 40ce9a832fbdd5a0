//! Identities of the score.

use super::setting::{Mixture, Noise, divergence, dot, gradient, laplacian, norm2, normal, scale};
use super::{Builder, Identity, identity};
use crate::expr::{Expr, Symbol};

pub(super) const BUILDERS: &[Builder] =
    &[("A1", a1_tweedie), ("A2", a2_fluctuation_dissipation), ("A3", a3_score_moments), ("A4", a4_score_pde)];

/// `s = (alpha m - x)/sigma^2`, and the posterior of a component by completing the square.
fn a1_tweedie() -> Vec<Identity> {
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let law = Mixture::general(components, dim);
        let Noise { alpha, sigma, .. } = &law.noise;
        let (s, m, x) = (law.score(), law.posterior_mean(), &law.x);
        let prior_mean: Expr = law.components().map(|j| &law.weights[j] * &law.component_mean(j)[0]).sum();
        all.push(identity(
            "A1",
            law.name(),
            &s[0],
            (alpha * &m[0] - &x[0]) / sigma.pow(2),
            ("prior weights in place of posterior weights", (alpha * prior_mean - &x[0]) / sigma.pow(2)),
        ));
    }
    let law = Mixture::general(1, 1);
    let (x0, Noise { alpha, sigma, .. }) = (Expr::from(Symbol::real("x_0")), &law.noise);
    let (x, prior) = (law.position(), normal(std::slice::from_ref(&x0), &law.means[0], &law.variances[0]));
    let kernel = |sigma2: &Expr| normal(&x, &[alpha * &x0], sigma2);
    let posterior = normal(std::slice::from_ref(&x0), &law.component_mean(0), &law.component_variance(0));
    let joint = law.component(0) * posterior;
    all.push(Identity {
        claim: "A1",
        case: "joint density = marginal * posterior, K=1, D=1".into(),
        lhs: &prior * kernel(&sigma.pow(2)),
        rhs: joint.clone(),
        twin: super::Twin { broken: "a noise kernel of variance sigma", lhs: prior * kernel(sigma), rhs: joint },
    });
    all
}

/// `grad s = (alpha^2/sigma^4) S - I/sigma^2` and `grad m = (alpha/sigma^2) S`.
fn a2_fluctuation_dissipation() -> Vec<Identity> {
    let mut all = Vec::new();
    for (components, dim, i, k) in [(2, 1, 0, 0), (3, 1, 0, 0), (2, 2, 0, 0), (2, 2, 0, 1), (3, 2, 1, 1), (3, 2, 0, 1)]
    {
        let law = Mixture::general(components, dim);
        let Noise { alpha, sigma, .. } = &law.noise;
        let covariance = law.posterior_covariance(i, k);
        let unit = Expr::from(i32::from(i == k));
        let slope = law.score().swap_remove(i).diff(&law.x[k]);
        let entry = format!("{}, entry ({},{})", law.name(), i + 1, k + 1);
        all.push(identity(
            "A2",
            format!("grad s, {entry}"),
            &slope,
            alpha.pow(2) / sigma.pow(4) * &covariance - &unit / sigma.pow(2),
            ("alpha in place of alpha^2", alpha / sigma.pow(4) * &covariance - &unit / sigma.pow(2)),
        ));
        all.push(identity(
            "A2",
            format!("grad m, {entry}"),
            law.posterior_mean().swap_remove(i).diff(&law.x[k]),
            alpha / sigma.pow(2) * &covariance,
            ("sigma^4 in place of sigma^2", alpha / sigma.pow(4) * &covariance),
        ));
    }
    all
}

/// `E[s] = 0`, `E[s X^T] = -I` and `E[div s] = -E|s|^2`, before integration.
fn a3_score_moments() -> Vec<Identity> {
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 2)] {
        let law = Mixture::general(components, dim);
        let (p, s, x) = (law.density(), law.score(), law.position());
        let name = law.name();
        let production = &p * divergence(&s, &law.x) + &p * norm2(&s);
        all.push(identity(
            "A3",
            format!("p s = grad p, {name}"),
            &p * &s[0],
            p.diff(&law.x[0]),
            ("an average of s itself, without the density", s[0].clone()),
        ));
        all.push(identity(
            "A3",
            format!("p x.s = div(x p) - D p, {name}"),
            &p * dot(&x, &s),
            divergence(&scale(&p, &x), &law.x) - law.dim() * &p,
            ("trace of the identity", divergence(&scale(&p, &x), &law.x) - (law.dim() + 1) * &p),
        ));
        all.push(identity(
            "A3",
            format!("p div s + p |s|^2 = laplace p, {name}"),
            production,
            laplacian(&p, &law.x),
            ("a factor 2", 2 * laplacian(&p, &law.x)),
        ));
    }
    all
}

/// The Fokker-Planck equation, the equation of the score, and Burgers' equation.
fn a4_score_pde() -> Vec<Identity> {
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let law = Mixture::general(components, dim);
        let Noise { f, g, .. } = &law.noise;
        let (p, s, in_time) = (law.density(), law.score(), law.noise.in_time());
        let wrong = Noise { g: Symbol::positive("g_0"), ..law.noise.clone() };
        all.push(identity(
            "A4",
            format!("Fokker-Planck, {}", law.name()),
            in_time.of(&p),
            law.noise.fokker_planck(&p, &law.x),
            ("another diffusion coefficient", wrong.fokker_planck(&p, &law.x)),
        ));
        let potential = |diffusion: Expr| {
            let inner = divergence(&s, &law.x) + norm2(&s);
            let flow = diffusion * inner - f * (law.dim() + dot(&law.position(), &s));
            gradient(&flow, &law.x).swap_remove(0)
        };
        all.push(identity(
            "A4",
            format!("equation of the score, {}", law.name()),
            in_time.of(&s[0]),
            potential(g.pow(2) / 2),
            ("g^2 in place of g^2/2", potential(g.pow(2))),
        ));
    }
    for components in [2, 3] {
        let law = Mixture::general(components, 1);
        let Noise { sigma, .. } = &law.noise;
        let (x, u) = (&law.x[0], -law.score().swap_remove(0));
        // In the clock v = integral of g^2 dt, with f = 0: (sigma^2)' = 1.
        let in_clock = crate::Derivation::new([(sigma.clone(), 1 / (2 * sigma))]);
        let transport = in_clock.of(&u) + &u * u.diff(x);
        all.push(identity(
            "A4",
            format!("Burgers, {}", law.name()),
            transport,
            u.diff(x).diff(x) / 2,
            ("viscosity 1", u.diff(x).diff(x)),
        ));
    }
    all
}
