//! Entropy production.

use super::setting::{Gaussian, Mixture, Noise, divergence, gradient, minus, norm2, scale};
use super::{Builder, Identity, identity};
use crate::expr::{Expr, Symbol};

pub(super) const BUILDERS: &[Builder] = &[
    ("B1", b1_marginal_production),
    ("B2", b2_conditional_production),
    ("B3", b3_equivalent_forms),
    ("B4", b4_label_production),
    ("B5", b5_chain),
    ("B6", b6_bandwidth_bounds),
    ("B8", b8_intrinsic_dimension),
    ("B9", b9_wiener_filter),
    ("B11", b11_rescaled_entropic_time),
    ("B12", b12_plug_in_bound),
];

/// De Bruijn's identity: for Gaussians, and before integration for mixtures.
fn b1_marginal_production() -> Vec<Identity> {
    let mut all = Vec::new();
    for dim in [1, 2] {
        let law = Gaussian::general(dim);
        let information = law.mean(&norm2(&law.score()));
        let rate = |noise: &Expr| law.dim() * &law.noise.f + noise * &information;
        all.push(identity(
            "B1",
            format!("Gaussian, D={dim}"),
            law.noise.in_time().of(&law.marginal_entropy()),
            rate(&law.noise.half_g2()),
            ("g^2 in place of g^2/2", rate(&law.noise.g.pow(2))),
        ));
    }
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let Noise { f, g, .. } = &law.noise;
        let (p, s, x) = (law.density(), law.score(), law.position());
        // -p log p is carried with the probability flow; what is left over is produced.
        let carried = scale(&((1 + p.log()) * &p), &law.noise.velocity(&x, &s));
        let current = minus(&carried, &scale(&(f * &p), &x));
        let produced = |diffusion: Expr| law.dim() * f * &p + diffusion * &p * norm2(&s);
        let balance = |produced: Expr| divergence(&current, &law.x) + produced;
        all.push(identity(
            "B1",
            format!("entropy balance, {}", law.name()),
            law.noise.in_time().of(&(-&p * p.log())),
            balance(produced(g.pow(2) / 2)),
            ("g^2 in place of g^2/2", balance(produced(g.pow(2)))),
        ));
    }
    all
}

/// `d/dt H(X_0 given X_t) = (g^2/2)(D/sigma^2 + E[div s])`: for Gaussians, and before integration for mixtures.
fn b2_conditional_production() -> Vec<Identity> {
    let mut all = Vec::new();
    for dim in [1, 2] {
        let law = Gaussian::general(dim);
        let Noise { sigma, .. } = &law.noise;
        let mean = law.mean(&divergence(&law.score(), &law.x));
        let rate = |bandwidth: Expr| law.noise.half_g2() * (bandwidth + &mean);
        all.push(identity(
            "B2",
            format!("Gaussian, D={dim}"),
            law.noise.in_time().of(&law.conditional_entropy()),
            rate(law.dim() / sigma.pow(2)),
            ("noise bandwidth D/sigma", rate(law.dim() / sigma)),
        ));
    }
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let Noise { f, sigma, .. } = &law.noise;
        let (p, s, x) = (law.density(), law.score(), law.position());
        // H(X_0 given X_t) is H(X_t given X_0) - H(X_t) up to a constant, and H(X_t given X_0) = D log sigma + const.
        let kernel_rate = law.dim() * law.noise.in_time().of(&sigma.log());
        let lhs = &p * kernel_rate - law.noise.in_time().of(&(-&p * p.log()));
        let carried = scale(&((1 + p.log()) * &p), &law.noise.velocity(&x, &s));
        // Its last part turns -p |s|^2 into p div s.
        let current =
            minus(&minus(&scale(&(f * &p), &x), &carried), &scale(&law.noise.half_g2(), &gradient(&p, &law.x)));
        let rate = |div: Expr| law.noise.half_g2() * &p * (law.dim() / sigma.pow(2) + div);
        all.push(identity(
            "B2",
            format!("entropy balance, {}", law.name()),
            lhs,
            divergence(&current, &law.x) + rate(divergence(&s, &law.x)),
            ("-|s|^2 in place of div s, without its current", divergence(&current, &law.x) + rate(-norm2(&s))),
        ));
    }
    all
}

/// The three forms of the rate, from the schedule's relations and A2.
fn b3_equivalent_forms() -> Vec<Identity> {
    let mut all = Vec::new();
    let noise = Noise::general();
    let Noise { alpha, sigma, g, .. } = &noise;
    let mmse = Symbol::positive("mmse");
    let gamma_rate = noise.in_time().of(&noise.gamma());
    all.push(identity(
        "B3",
        "(g^2 alpha^2/(2 sigma^4)) mmse = -(gamma'/2) mmse",
        g.pow(2) * alpha.pow(2) / (2 * sigma.pow(4)) * &mmse,
        -&gamma_rate / 2 * &mmse,
        ("gamma' in place of gamma'/2", -&gamma_rate * &mmse),
    ));
    for dim in [1, 2] {
        let law = Gaussian::general(dim);
        let Noise { sigma, .. } = &law.noise;
        let rate = law.noise.in_time().of(&law.conditional_entropy());
        let gamma_rate = law.noise.in_time().of(&law.noise.gamma());
        let information = law.mean(&norm2(&law.score()));
        all.push(identity(
            "B3",
            format!("(g^2/2)(D/sigma^2 - E|s|^2), Gaussian, D={dim}"),
            &rate,
            law.noise.half_g2() * (law.dim() / sigma.pow(2) - &information),
            ("the sign of E|s|^2", law.noise.half_g2() * (law.dim() / sigma.pow(2) + &information)),
        ));
        all.push(identity(
            "B3",
            format!("-(gamma'/2) mmse, Gaussian, D={dim}"),
            &rate,
            -&gamma_rate / 2 * law.mmse(),
            ("the variance of X_0 in place of mmse", {
                let prior: Expr = law.variances.iter().map(Expr::from).sum();
                -&gamma_rate / 2 * prior
            }),
        ));
    }
    for (components, dim) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let law = Mixture::general(components, dim);
        let Noise { alpha, sigma, .. } = &law.noise;
        let spread = law.posterior_spread();
        all.push(identity(
            "B3",
            format!("D/sigma^2 + div s = (alpha^2/sigma^4) tr S, {}", law.name()),
            law.dim() / sigma.pow(2) + divergence(&law.score(), &law.x),
            alpha.pow(2) / sigma.pow(4) * &spread,
            ("sigma^2 in place of sigma^4", alpha.pow(2) / sigma.pow(2) * &spread),
        ));
    }
    all
}

/// The label's rate: `sum pi |s_y - s|^2 = div s - sum pi div s_y`, and the balance of `p h`.
fn b4_label_production() -> Vec<Identity> {
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let law = Mixture::general(components, dim);
        let div = divergence(&law.score(), &law.x);
        let inner = law.average(|j| divergence(&law.component_score(j), &law.x));
        all.push(identity(
            "B4",
            format!("sum pi |s_y - s|^2 = div s - sum pi div s_y, {}", law.name()),
            law.label_production(),
            &div - &inner,
            ("the sign of the true label's part", &div + &inner),
        ));
    }
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let p = law.density();
        let entropy = &p * law.posterior_entropy();
        let moved = law.noise.fokker_planck(&entropy, &law.x);
        let produced = &p * law.label_production();
        all.push(identity(
            "B4",
            format!("balance of p h, {}", law.name()),
            law.noise.in_time().of(&entropy),
            &moved + law.noise.half_g2() * &produced,
            ("g^2 in place of g^2/2", &moved + law.noise.g.pow(2) * &produced),
        ));
    }
    all
}

/// The rate of `I(X_0;X_t)` is that of the label and that within the labels, point by point.
fn b5_chain() -> Vec<Identity> {
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let law = Mixture::general(components, dim);
        let bandwidth = law.dim() / law.noise.sigma.pow(2);
        let within = law.average(|j| &bandwidth + divergence(&law.component_score(j), &law.x));
        all.push(identity(
            "B5",
            format!("rates at a point, {}", law.name()),
            law.noise.half_g2() * (&bandwidth + divergence(&law.score(), &law.x)),
            law.noise.half_g2() * (law.label_production() + &within),
            ("the label's rate left out", law.noise.half_g2() * &within),
        ));
    }
    let law = Mixture::general(3, 1);
    let (p, j) = (law.density(), 0);
    let x = law.position();
    let kernel = super::setting::normal(&x, &[law.noise.alpha.clone() * Symbol::real("x_0")], &law.noise.sigma.pow(2));
    let total: Expr = law.weights.iter().map(Expr::from).sum();
    // The information densities: log p(x|x_0)/p(x) = log pi_y/w_y + log p(x|x_0)/p_y(x), with normalized weights.
    let label = (law.posterior(j) / (&law.weights[j] / &total)).log();
    all.push(identity(
        "B5",
        "information densities, K=3, D=1",
        (&kernel / (&p / &total)).log(),
        label + (&kernel / law.component(j)).log(),
        ("the prior weight left out", law.posterior(j).log() + (&kernel / law.component(j)).log()),
    ));
    all
}

/// `eta = 1 + (sigma^2/D) E[div s] = (gamma/D) mmse`, and the Gaussian value of mmse.
fn b6_bandwidth_bounds() -> Vec<Identity> {
    let mut all = Vec::new();
    for dim in [1, 2] {
        let law = Gaussian::general(dim);
        let (gamma, sigma) = (law.noise.gamma(), &law.noise.sigma);
        let mean = law.mean(&divergence(&law.score(), &law.x));
        all.push(identity(
            "B6",
            format!("eta, Gaussian, D={dim}"),
            1 + sigma.pow(2) / law.dim() * &mean,
            &gamma / law.dim() * law.mmse(),
            ("a factor D + 1 in place of D", &gamma / (law.dim() + 1) * law.mmse()),
        ));
        let bound = |gamma: &Expr| law.variances.iter().map(|l| l / (1 + gamma * l)).sum::<Expr>();
        all.push(identity(
            "B6",
            format!("mmse attains the bound, Gaussian, D={dim}"),
            law.mmse(),
            bound(&gamma),
            ("1/gamma in place of gamma", bound(&(1 / &gamma))),
        ));
    }
    for (components, dim) in [(2, 1), (2, 2), (3, 2)] {
        let law = Mixture::general(components, dim);
        let (gamma, sigma) = (law.noise.gamma(), &law.noise.sigma);
        let div = divergence(&law.score(), &law.x);
        all.push(identity(
            "B6",
            format!("eta at a point, {}", law.name()),
            1 + sigma.pow(2) / law.dim() * &div,
            &gamma / law.dim() * law.posterior_spread(),
            ("gamma^2 in place of gamma", gamma.pow(2) / law.dim() * law.posterior_spread()),
        ));
    }
    all
}

/// For a Gaussian of rank 2 in the plane or more, `D eta -> 2` as `gamma -> infinity`; each null direction adds 0.
fn b8_intrinsic_dimension() -> Vec<Identity> {
    let [e, l_1, l_2] = ["e", "l_1", "l_2"].map(Symbol::positive);
    // e = 1/gamma, and the variances l_1, l_2, 0.
    let part = |l: &Expr| l / &e / (1 + l / &e);
    let sum = part(&l_1) + part(&l_2) + part(&Expr::zero());
    let limit = sum.limit(&e).unwrap_or_else(|_| Expr::ratio(1, 0));
    vec![identity("B8", "Gaussian of rank 2 in three dimensions", limit, 2, ("3", Expr::from(3)))]
}

/// The eigenvalues of `alpha grad m` for a Gaussian law of any covariance in the plane.
fn b9_wiener_filter() -> Vec<Identity> {
    let noise = Noise::general();
    let Noise { alpha, sigma, .. } = &noise;
    let (a, b, c) = (Symbol::positive("a"), Symbol::real("b"), Symbol::positive("c"));
    let x = [Symbol::real("x_1"), Symbol::real("x_2")];
    // Covariance [[a, b], [b, c]] of X_0, and [[p, r], [r, q]] of X_t.
    let (p, q, r) = (alpha.pow(2) * &a + sigma.pow(2), alpha.pow(2) * &c + sigma.pow(2), alpha.pow(2) * &b);
    let determinant = &p * &q - r.pow(2);
    let log_density = -(&q * x[0].pow(2) - 2 * &r * &x[0] * &x[1] + &p * x[1].pow(2)) / (2 * &determinant);
    let s = gradient(&log_density, &x);
    let m: Vec<Expr> = (0..2).map(|i| (&x[i] + sigma.pow(2) * &s[i]) / alpha).collect();
    let entry = |i: usize, k: usize| alpha * m[i].diff(&x[k]);
    let root = (((&a - &c) / 2).pow(2) + b.pow(2)).sqrt();
    let mut all = Vec::new();
    for (name, l) in [("larger", (&a + &c) / 2 + &root), ("smaller", (&a + &c) / 2 - &root)] {
        let characteristic = |gain: &Expr| (entry(0, 0) - gain) * (entry(1, 1) - gain) - entry(0, 1) * entry(1, 0);
        let wiener = alpha.pow(2) * &l / (alpha.pow(2) * &l + sigma.pow(2));
        let wrong = alpha * &l / (alpha * &l + sigma.pow(2));
        all.push(Identity {
            claim: "B9",
            case: format!("{name} Wiener gain is an eigenvalue of alpha grad m, D=2"),
            lhs: characteristic(&wiener),
            rhs: Expr::zero(),
            twin: super::Twin { broken: "alpha in place of alpha^2", lhs: characteristic(&wrong), rhs: Expr::zero() },
        });
    }
    for (components, dim) in [(2, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let Noise { alpha, sigma, .. } = &law.noise;
        let trace = alpha * divergence(&law.posterior_mean(), &law.x);
        let eta = |sigma2: Expr| law.dim() + sigma2 * divergence(&law.score(), &law.x);
        all.push(identity(
            "B9",
            format!("tr alpha grad m = D + sigma^2 div s, {}", law.name()),
            trace,
            eta(sigma.pow(2)),
            ("sigma in place of sigma^2", eta(sigma.into())),
        ));
    }
    all
}

/// In `edm`, `sigma dH/dsigma = d/dsigma [D c arctan(sigma/c)] = D c^2/(c^2 + sigma^2)` for `N(0, c^2 I)`.
fn b11_rescaled_entropic_time() -> Vec<Identity> {
    let (sigma, c) = (Symbol::positive("sigma"), Symbol::positive("c"));
    let entropy = (c.pow(2) * sigma.pow(2) / (c.pow(2) + sigma.pow(2))).log() / 2;
    let arctan_slope = |u: Expr| 1 / (1 + u.pow(2));
    vec![identity(
        "B11",
        "Gaussian, per dimension",
        &sigma * entropy.diff(&sigma),
        &c * arctan_slope(&sigma / &c) / &c,
        ("no factor sigma in the clock", &c * arctan_slope(&sigma / &c) / &c / &sigma),
    )]
}

/// The plug-in bound: the expansion of the square, and the excess `|r - s|^2`.
fn b12_plug_in_bound() -> Vec<Identity> {
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let Noise { alpha, sigma, .. } = &law.noise;
        let r: Vec<Expr> = (1..=dim).map(|i| Symbol::real(format!("r_{i}")).into()).collect();
        let x = law.position();
        let (m, s) = (law.posterior_mean(), law.score());
        let denoiser =
            |power: i32| -> Vec<Expr> { x.iter().zip(&r).map(|(x, r)| (x + sigma.pow(power) * r) / alpha).collect() };
        let factor = alpha.pow(2) / sigma.pow(4);
        let error = |power: i32| &factor * (law.posterior_spread() + norm2(&minus(&m, &denoiser(power))));
        let truth = law.dim() / sigma.pow(2) + divergence(&s, &law.x);
        let excess = truth + norm2(&minus(&r, &s));
        all.push(Identity {
            claim: "B12",
            case: format!("excess at a point, any r, {}", law.name()),
            lhs: error(2),
            rhs: excess.clone(),
            twin: super::Twin { broken: "a denoiser with sigma for sigma^2", lhs: error(1), rhs: excess },
        });
    }
    // For one data point x_0 and any field r, here cubic: rho |z - r|^2 = rho (D/sigma^2 + |r|^2 + 2 div r) + div(..), with
    // z the score of the kernel and rho the kernel itself.
    let law = Mixture::general(1, 2);
    let Noise { alpha, sigma, .. } = &law.noise;
    let x = law.position();
    let coefficient = |name: &str| Expr::from(Symbol::real(name));
    let r = vec![
        coefficient("c_0") + coefficient("c_1") * &x[0] + coefficient("c_2") * &x[0] * x[1].pow(2),
        coefficient("e_0") + coefficient("e_1") * &x[1] + coefficient("e_2") * x[0].pow(3),
    ];
    let kernel = super::setting::normal(&x, &scale(alpha, &law.means[0]), &sigma.pow(2));
    let z = gradient(&kernel.log(), &law.x);
    let current = minus(&scale(&kernel, &z), &scale(&(2 * &kernel), &r));
    let expanded = |twice: i32| {
        let inner = law.dim() / sigma.pow(2) + norm2(&r) + twice * divergence(&r, &law.x);
        &kernel * inner + divergence(&current, &law.x)
    };
    all.push(identity(
        "B12",
        "the computable form before integration, cubic r, D=2",
        &kernel * norm2(&minus(&z, &r)),
        expanded(2),
        ("div r in place of 2 div r", expanded(1)),
    ));
    all
}
