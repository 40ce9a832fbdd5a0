//! Fixed points, energies and bifurcations.

use super::setting::{Mixture, Noise, divergence, gradient, norm2, normal, scale};
use super::{Builder, Identity, Twin, identity};
use crate::expr::{Expr, Symbol};

pub(super) const BUILDERS: &[Builder] = &[
    ("C1", c1_instability),
    ("C2", c2_pitchfork),
    ("C3", c3_three_energies),
    ("C4", c4_mean_field_exponents),
    ("C5", c5_fold),
    ("C6", c6_cusp),
    ("C7", c7_speciation),
    ("C8", c8_universal_offsets),
    ("C9", c9_sharpening),
    ("C11", c11_goldstone),
    ("C12", c12_flow_map),
    ("C13", c13_mode_weights),
    ("C14", c14_covariance_only),
    ("C15", c15_top_eigenvalue),
    ("C16", c16_clone_agreement),
];

/// An expression that is defined nowhere, so that no claim about it is ever decided.
fn nowhere() -> Expr {
    Expr::ratio(1, 0)
}

/// The limit at 0, or an expression that is defined nowhere if there is none.
fn limit(e: &Expr, x: &Symbol) -> Expr {
    e.limit(x).unwrap_or_else(|_| nowhere())
}

/// The coefficient of `x^n` in the series at 0.
fn coefficient(e: &Expr, x: &Symbol, n: i32) -> Expr {
    e.series(x, n + 1).ok().and_then(|series| series.coefficient(n)).unwrap_or_else(nowhere)
}

/// Two components `+-a` of equal weight and variance `q`, in one dimension.
struct Pair {
    law: Mixture,
    a: Symbol,
    q: Symbol,
    /// The noised variance `alpha^2 q + sigma^2`.
    v: Expr,
}

fn pair() -> Pair {
    let (a, q) = (Symbol::positive("a"), Symbol::positive("q"));
    let mut law = Mixture::general(2, 1);
    law.means = vec![vec![Expr::from(&a)], vec![-&a]];
    law.variances = vec![Expr::from(&q); 2];
    law.weights[1] = law.weights[0].clone();
    let v = law.spread(0);
    Pair { law, a, q, v }
}

/// `det(grad s - l) = det((alpha^2 S - sigma^2 - l sigma^4)/sigma^4)` in the plane, for every number `l`.
fn c1_instability() -> Vec<Identity> {
    let law = Mixture::general(2, 2);
    let Noise { alpha, sigma, .. } = &law.noise;
    let (s, l) = (law.score(), Symbol::real("l"));
    let determinant = |entry: &dyn Fn(usize, usize) -> Expr| {
        let shifted = |i: usize| entry(i, i) - &l;
        shifted(0) * shifted(1) - entry(0, 1) * entry(1, 0)
    };
    let unit = |i: usize, k: usize| Expr::from(i32::from(i == k));
    let slope = |i: usize, k: usize| s[i].diff(&law.x[k]);
    let from_covariance = |power: i32| {
        determinant(&|i, k| {
            (alpha.pow(power) * law.posterior_covariance(i, k) - sigma.pow(2) * unit(i, k)) / sigma.pow(4)
        })
    };
    vec![identity(
        "C1",
        "characteristic polynomials, K=2, D=2",
        determinant(&slope),
        from_covariance(2),
        ("alpha in place of alpha^2", from_covariance(1)),
    )]
}

/// The score of the symmetric pair, its fixed points, its slope at 0, and the time in `ou`.
fn c2_pitchfork() -> Vec<Identity> {
    let Pair { law, a, q, v } = pair();
    let (x, s) = (&law.x[0], law.score().swap_remove(0));
    let Noise { alpha, sigma, .. } = &law.noise;
    let root = |amplitude: &Expr| amplitude * (alpha * &a * x / &v).tanh();
    let slope_at_0 = |s: &Expr| s.diff(x).substitute(&[(x, Expr::zero())]);
    let critical = |v: Expr| alpha.pow(2) * a.pow(2) / v.pow(2) - 1 / v;
    // ou at t_c: alpha = exp(-t_c), sigma^2 = 1 - exp(-2 t_c). The slope of the score at 0 vanishes.
    let in_ou = |t: &Expr| {
        let at = [(alpha, (-t).exp()), (sigma, (1 - (-2 * t).exp()).sqrt())];
        slope_at_0(&s).substitute(&at)
    };
    let t_c = (1 + a.pow(2) - &q).log() / 2;
    let t_wrong = (1 + a.pow(2) + &q).log() / 2;
    vec![
        identity(
            "C2",
            "v s = alpha a tanh(alpha a x/v) - x",
            &v * &s,
            root(&(alpha * &a)) - x,
            ("an amplitude a", root(&a) - x),
        ),
        identity(
            "C2",
            "slope at 0",
            slope_at_0(&s),
            critical(v.clone()),
            ("sigma^2 in place of v", critical(sigma.pow(2))),
        ),
        identity(
            "C2",
            "slope at 0 vanishes at v = alpha^2 a^2",
            slope_at_0(&s).substitute(&[(&q, a.pow(2) - sigma.pow(2) / alpha.pow(2))]),
            0,
            ("v = a^2", slope_at_0(&s).substitute(&[(&q, (a.pow(2) - sigma.pow(2)) / alpha.pow(2))])),
        ),
        identity("C2", "t_c = log(1 + a^2 - q)/2 in ou", in_ou(&t_c), 0, ("1 + a^2 + q", in_ou(&t_wrong))),
    ]
}

/// The curvatures at 0 of the three energies, and their critical points for VP.
fn c3_three_energies() -> Vec<Identity> {
    let Pair { law, a, q, v } = pair();
    let (x, p) = (&law.x[0], law.density());
    let Noise { alpha, sigma, f, g } = &law.noise;
    let curvature = |energy: Expr| energy.diff(x).diff(x).substitute(&[(x, Expr::zero())]);
    let slope = alpha.pow(2) * a.pow(2) / v.pow(2) - 1 / &v;
    let reverse_sde = f * x.pow(2) / 2 - g.pow(2) * p.log();
    let flow = f * x.pow(2) / 2 - g.pow(2) / 2 * p.log();
    let mut all = vec![
        identity("C3", "marginal energy", curvature(-p.log()), -&slope, ("the sign", slope.clone())),
        identity(
            "C3",
            "reverse-SDE potential",
            -curvature(reverse_sde.clone()),
            -f + g.pow(2) * &slope,
            ("the factor of the flow", -f + g.pow(2) / 2 * &slope),
        ),
        identity(
            "C3",
            "probability-flow potential",
            -curvature(flow.clone()),
            -f + g.pow(2) / 2 * &slope,
            ("the factor of the reverse SDE", -f + g.pow(2) * &slope),
        ),
    ];
    // VP: f = -beta/2, g^2 = beta, sigma^2 = 1 - alpha^2, with atoms at +-1.
    let beta = Symbol::positive("beta");
    let vp = |e: &Expr, alpha2: &Expr| {
        e.substitute(&[(f, -&beta / 2), (g, beta.sqrt()), (alpha, alpha2.sqrt()), (sigma, (1 - alpha2).sqrt())])
    };
    let atoms = |e: &Expr| e.substitute(&[(&a, Expr::one()), (&q, Expr::zero())]);
    let free = alpha.pow(2);
    let sqrt2 = Expr::from(2).sqrt();
    let sde = -curvature(reverse_sde);
    let ode = -curvature(flow);
    all.push(identity(
        "C3",
        "two atoms in VP: critical at alpha^2 = sqrt 2 - 1",
        vp(&atoms(&sde), &(&sqrt2 - 1)),
        0,
        ("alpha^2 = 1/2", vp(&atoms(&sde), &Expr::ratio(1, 2))),
    ));
    let jacobian = |alpha2: &Expr| &beta / 2 * alpha2.pow(2) / (1 - alpha2).pow(2);
    all.push(identity(
        "C3",
        "two atoms in VP: the flow has Jacobian (g^2/2) alpha^4/sigma^4",
        vp(&atoms(&ode), &free),
        jacobian(&free),
        ("g^2 in place of g^2/2", 2 * jacobian(&free)),
    ));
    let unit = |e: &Expr| e.substitute(&[(&q, 1 - a.pow(2))]);
    let noised = unit(&(free.clone() * &q + 1 - &free));
    let jacobian = |power| &beta / 2 * alpha.pow(4) * a.pow(4) / noised.pow(power);
    all.push(identity(
        "C3",
        "a^2 + q = 1 in VP: the flow has Jacobian (g^2/2) alpha^4 a^4/v^2",
        unit(&vp(&ode, &free)),
        jacobian(2),
        ("v in place of v^2", jacobian(1)),
    ));
    let critical = |denominator: Expr| (1 - &q - a.pow(2)) / denominator;
    all.push(identity(
        "C3",
        "a^2 + q < 1 in VP: the flow is critical at alpha^2 = (1-q-a^2)/(1-q)^2",
        vp(&ode, &critical((1 - &q).pow(2))),
        0,
        ("no square", vp(&ode, &critical(1 - &q))),
    ));
    all
}

/// The exponents at the pitchfork, by the exact curve of fixed points.
///
/// With `alpha = 1`, `q = 0` and `y = x/a`, the fixed points `y = tanh(y a^2/v)` are the curve `v = a^2 y/artanh y`, so
/// every quantity is a function of `y` with a series at 0: no equation is solved.
fn c4_mean_field_exponents() -> Vec<Identity> {
    let (a, y) = (Symbol::positive("a"), Symbol::positive("y"));
    let (x, v) = (&a * &y, a.pow(2) * &y / y.artanh());
    let (position, variance) = (Symbol::positive("x"), Symbol::positive("v"));
    // -log p up to a constant, and the score.
    let energy = position.pow(2) / (2 * &variance) - (&a * &position / &variance).cosh().log();
    let score = -energy.diff(&position);
    let on_curve = |e: &Expr| e.substitute(&[(&position, x.clone()), (&variance, v.clone())]);
    let gap = a.pow(2) - &v;
    let limit = |e: Expr| limit(&e, &y);
    let barrier = -on_curve(&energy);
    let below = -1 / on_curve(&score.diff(&position));
    let above = -1 / score.diff(&position).substitute(&[(&position, Expr::zero())]);
    let field = -score.substitute(&[(&position, x.clone()), (&variance, a.pow(2))]);
    vec![
        identity(
            "C4",
            "the curve solves s = 0",
            on_curve(&score),
            0,
            ("v off by 1/10", { score.substitute(&[(&position, x.clone()), (&variance, &v + Expr::ratio(1, 10))]) }),
        ),
        identity("C4", "x^2/(v_c - v) -> 3", limit(x.pow(2) / &gap), 3, ("2", Expr::from(2))),
        identity(
            "C4",
            "dU/(v_c - v)^2 -> 3/(4 a^4)",
            limit(barrier / gap.pow(2)),
            3 / (4 * a.pow(4)),
            ("a^2 in place of a^4", 3 / (4 * a.pow(2))),
        ),
        identity(
            "C4",
            "chi (v_c - v) -> v_c^2/2 below",
            limit(below * &gap),
            a.pow(4) / 2,
            ("v_c^2, as above", a.pow(4)),
        ),
        identity(
            "C4",
            "chi = v^2/(v - v_c) above",
            above * (&variance - a.pow(2)),
            variance.pow(2),
            ("v_c v", a.pow(2) * &variance),
        ),
        identity(
            "C4",
            "x^3/(3 a^4 e) -> 1 at v = v_c",
            limit(x.pow(3) / (3 * a.pow(4) * &field)),
            1,
            ("3/2", Expr::ratio(3, 2)),
        ),
    ]
}

/// `G(d) = 2 d sqrt(d^2-1) - 2 arccosh d`.
fn fold_gap(d: &Expr) -> Expr {
    2 * d * (d.pow(2) - 1).sqrt() - 2 * d.arcosh()
}

/// The conditions `s = 0` and `ds/dx = 0` for weights `w, 1-w` eliminate to `|log(w/(1-w))| = G(d)`.
fn c5_fold() -> Vec<Identity> {
    let (w, x) = (Symbol::positive("w"), Symbol::real("x"));
    let (a, d) = (Symbol::positive("a"), Symbol::positive("d"));
    let v = a.pow(2) / d.pow(2);
    let at = |mean: Expr| normal(&[Expr::from(&x)], &[mean], &v);
    let score = (&w * at(Expr::from(&a)) + (1 - &w) * at(-&a)).log().diff(&x);
    // With y = x/a: the slope vanishes where y^2 = 1 - 1/d^2, whatever the weights, if s = 0.
    let bias = (&w / (1 - &w)).log();
    let as_tanh = |half: Expr| (&a * (d.pow(2) * &x / &a + half).tanh() - &x) / &v;
    let r = (d.pow(2) - 1).sqrt();
    let fold = &r / &d;
    // The bias at which the fold is a fixed point: y = tanh(d^2 y + bias/2).
    let critical_bias = 2 * fold.artanh() - 2 * d.pow(2) * &fold;
    let weight = |bias: &Expr| 1 / (1 + (-bias).exp());
    let at_fold = |e: &Expr, bias: &Expr| e.substitute(&[(&w, weight(bias)), (&x, &a * &fold)]);
    let gap = -fold_gap(&d);
    vec![
        identity(
            "C5",
            "v s = a tanh(a x/v + log(w/(1-w))/2) - x",
            &score,
            as_tanh(&bias / 2),
            ("the whole log-odds", as_tanh(bias.clone())),
        ),
        identity(
            "C5",
            "the bias of the fold is -G(d)",
            &critical_bias,
            gap.clone(),
            ("arccosh d in place of 2 arccosh d", &gap - d.arcosh()),
        ),
        identity("C5", "s = 0 at the fold", at_fold(&score, &gap), 0, ("half the bias", at_fold(&score, &(&gap / 2)))),
        identity(
            "C5",
            "ds/dx = 0 at the fold",
            at_fold(&score.diff(&x), &gap),
            0,
            ("no bias", at_fold(&score.diff(&x), &Expr::zero())),
        ),
        identity(
            "C5",
            "G' = 4 sqrt(d^2-1): G increases from 0",
            fold_gap(&d).diff(&d),
            4 * &r,
            ("2 sqrt(d^2-1)", 2 * &r),
        ),
    ]
}

/// `G(1 + z^2) = (8 sqrt(2)/3) z^3 + O(z^4)`.
fn c6_cusp() -> Vec<Identity> {
    let z = Symbol::positive("z");
    let gap = fold_gap(&(1 + z.pow(2)));
    let sqrt2 = Expr::from(2).sqrt();
    let mut all = vec![identity(
        "C6",
        "coefficient of (d-1)^(3/2)",
        coefficient(&gap, &z, 3),
        8 * &sqrt2 / 3,
        ("4 sqrt(2)/3", 4 * &sqrt2 / 3),
    )];
    for (n, case) in [(0, "no constant"), (1, "no (d-1)^(1/2)"), (2, "no (d-1)")] {
        let twin = coefficient(&(&gap + z.pow(n)), &z, n);
        all.push(identity("C6", case, coefficient(&gap, &z, n), 0, ("a term added", twin)));
    }
    all
}

/// The speciation time, and the offset of `log(Lambda)/2` from it.
fn c7_speciation() -> Vec<Identity> {
    let (r, q, e) = (Symbol::positive("r"), Symbol::positive("q"), Symbol::positive("e"));
    // D = 1/e. The slope of the score along mu vanishes when alpha^2 |mu|^2 = v = alpha^2 q + sigma^2.
    let mu2 = r.pow(2) / &e;
    let t = (1 + &mu2 - &q).log() / 2;
    let balance = |t: &Expr| {
        let alpha2 = (-2 * t).exp();
        &alpha2 * &mu2 - (&alpha2 * &q + 1 - &alpha2)
    };
    let spectral = (&mu2 + &q).log() / 2;
    // The difference, with log(1/e) cancelled so that it has a series.
    let offset = ((r.pow(2) + &e * (1 - &q)) / (r.pow(2) + &e * &q)).log() / 2;
    vec![
        identity("C7", "t_c in ou", balance(&t), 0, ("the largest eigenvalue", balance(&spectral))),
        identity("C7", "t_c - log(Lambda)/2 as a series", &t - &spectral, offset.clone(), ("twice it", 2 * &offset)),
        identity("C7", "the offset vanishes as D grows", limit(&offset, &e), 0, ("1", Expr::one())),
        identity(
            "C7",
            "leading offset (1-2q)/(2 r^2 D)",
            coefficient(&offset, &e, 1),
            (1 - 2 * &q) / (2 * r.pow(2)),
            ("the opposite sign", (2 * &q - 1) / (2 * r.pow(2))),
        ),
    ]
}

/// The label of a symmetric pair depends on `k = alpha^2 a^2/(alpha^2 q + sigma^2)` only, and the rates in three clocks.
fn c8_universal_offsets() -> Vec<Identity> {
    let Pair { law, a, v, .. } = pair();
    let Noise { alpha, .. } = &law.noise;
    let z = Symbol::real("z");
    let k = alpha.pow(2) * a.pow(2) / &v;
    // X_t given the label 1 is alpha a + sqrt(v) Z.
    let posterior = law.posterior(0).substitute(&[(&law.x[0], alpha * &a + v.sqrt() * &z)]);
    let logistic = |k: &Expr| 1 / (1 + (-2 * (k + k.sqrt() * &z)).exp());
    // For atoms dH/dk = -mmse/2; with k = gamma a^2 the rates per unit of log gamma, sigma/alpha and (sigma/alpha)^2.
    let (mmse, noise) = (Symbol::positive("mmse"), Symbol::positive("s"));
    let rate = |k: &Expr, clock: &Symbol| -k.diff(clock) * &mmse / 2;
    let (of_edm, of_ve) = (a.pow(2) / noise.pow(2), a.pow(2) / &noise);
    vec![
        identity(
            "C8",
            "the posterior in terms of k and a standard normal",
            posterior,
            logistic(&k),
            ("a^2 alpha^2/sigma^2 in place of k", logistic(&(alpha.pow(2) * a.pow(2) / law.noise.sigma.pow(2)))),
        ),
        identity(
            "C8",
            "edm: the rate is k^(3/2) mmse/a",
            rate(&of_edm, &noise),
            of_edm.sqrt().pow(3) * &mmse / &a,
            ("k^2", of_edm.pow(2) * &mmse / &a),
        ),
        identity(
            "C8",
            "ve: the rate is k^2 mmse/(2 a^2)",
            rate(&of_ve, &noise),
            of_ve.pow(2) * &mmse / (2 * a.pow(2)),
            ("k^(3/2)", of_ve.sqrt().pow(3) * &mmse / (2 * a.pow(2))),
        ),
    ]
}

/// The time in `ou` at which `k` has a given value: `t = log(1 - q + D r^2/k)/2`.
fn c9_sharpening() -> Vec<Identity> {
    let [k, r, q, d] = ["k", "r", "q", "D"].map(Symbol::positive);
    let level = |t: &Expr| {
        let alpha2 = (-2 * t).exp();
        &alpha2 * &d * r.pow(2) / (&alpha2 * &q + 1 - &alpha2)
    };
    let t = (1 - &q + &d * r.pow(2) / &k).log() / 2;
    let wrong = (1 + &q + &d * r.pow(2) / &k).log() / 2;
    // For q = 1 the time between two levels does not depend on D.
    let k_2 = Symbol::positive("k_2");
    let at_unit = |k: &Symbol| (&d * r.pow(2) / k).log() / 2;
    vec![
        identity("C9", "k at t = log(1 - q + D r^2/k)/2 in ou", level(&t), &k, ("1 + q", level(&wrong))),
        identity(
            "C9",
            "q = 1: the width is log(k_2/k)/2 for every D",
            at_unit(&k) - at_unit(&k_2),
            (&k_2 / &k).log() / 2,
            ("log(k_2/k)", (&k_2 / &k).log()),
        ),
    ]
}

/// The uniform law on a sphere in three dimensions: score, posterior mean, and the spectrum of `grad s`.
fn c11_goldstone() -> Vec<Identity> {
    let noise = Noise::general();
    let Noise { alpha, sigma, .. } = &noise;
    let big_r = Symbol::positive("R");
    let x: Vec<Symbol> = (1..=3).map(|i| Symbol::real(format!("x_{i}"))).collect();
    let position: Vec<Expr> = x.iter().map(Expr::from).collect();
    let length = norm2(&position).sqrt();
    let k = alpha * &big_r * &length / sigma.pow(2);
    // The average of the kernel over the sphere, up to a constant: Archimedes' projection gives sinh(k)/k.
    let exponent = -(length.pow(2) + alpha.pow(2) * big_r.pow(2)) / (2 * sigma.pow(2));
    let p = exponent.exp() * k.sinh() / &k;
    let s = gradient(&p.log(), &x);
    let langevin = |k: &Expr| k.cosh() / k.sinh() - 1 / k;
    let score = |gain: Expr| (alpha * &big_r * gain * &x[0] / &length - &x[0]) / sigma.pow(2);
    let radial = Symbol::positive("rho");
    // On the axis, grad s is diagonal. At a fixed point alpha R A(k) = rho, the tangential entries vanish.
    let on_axis = [(&x[0], Expr::from(&radial)), (&x[1], Expr::zero()), (&x[2], Expr::zero())];
    let tangential = s[1].diff(&x[1]).substitute(&on_axis);
    let radial_k = alpha * &big_r * &radial / sigma.pow(2);
    let fixed = alpha * &big_r * langevin(&radial_k) - &radial;
    let zero = Symbol::positive("z");
    let slope_at_origin = (langevin(&zero) / &zero).limit(&zero).unwrap_or_else(|_| nowhere());
    vec![
        identity("C11", "score, D=3", &s[0], score(langevin(&k)), ("tanh, as for two atoms", score(k.tanh()))),
        identity(
            "C11",
            "tangential eigenvalue = radial score/rho, D=3",
            &tangential,
            &fixed / (sigma.pow(2) * &radial),
            ("no 1/rho", &fixed / sigma.pow(2)),
        ),
        identity(
            "C11",
            "A_3(k)/k -> 1/3: critical at sigma^2 = alpha^2 R^2/3",
            slope_at_origin,
            Expr::ratio(1, 3),
            ("1/2, as on the circle", Expr::ratio(1, 2)),
        ),
    ]
}

/// Along the probability flow, `d/dt log p = -div u`.
fn c12_flow_map() -> Vec<Identity> {
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let log_p = law.density().log();
        let s = gradient(&log_p, &law.x);
        let u = law.noise.velocity(&law.position(), &s);
        let doubled = law.noise.velocity(&law.position(), &scale(&Expr::from(2), &s));
        let along = |u: &[Expr]| law.x.iter().zip(u).fold(law.noise.in_time(), |d, (x, u)| d.with(x, u)).of(&log_p);
        all.push(Identity {
            claim: "C12",
            case: format!("d/dt log p along the flow, {}", law.name()),
            lhs: along(&u),
            rhs: -divergence(&u, &law.x),
            twin: Twin {
                broken: "the drift of the reverse SDE",
                lhs: along(&doubled),
                rhs: -divergence(&doubled, &law.x),
            },
        });
    }
    all
}

/// The sensitivity of the outcome to a displacement, and of the deterministic flow in `ve`.
fn c13_mode_weights() -> Vec<Identity> {
    let noise = Noise::general();
    let Noise { alpha, sigma, .. } = &noise;
    let (a, x, k) = (Symbol::positive("a"), Symbol::real("x"), Symbol::positive("k"));
    let at = |mean: Expr, x: &Expr| normal(std::slice::from_ref(x), &[mean], &sigma.pow(2));
    let (plus, minus) = (at(alpha * &a, &x), at(-(alpha * &a), &x));
    let outcome = &plus / (&plus + &minus);
    // The posterior variance of unit atoms, whose mean is mmse(k).
    let u = alpha * &a * &x / sigma.pow(2);
    let posterior_variance = 1 - (&outcome - (1 - &outcome)).pow(2);
    let rate = |power: i32| alpha * &a / (2 * sigma.pow(power)) * &posterior_variance;
    let mmse = Symbol::positive("mmse");
    // ve: alpha = 1, sigma^2 = a^2/k.
    let in_ve = |e: &Expr| e.substitute(&[(alpha, Expr::one()), (sigma, &a / k.sqrt())]);
    let displaced = in_ve(&(alpha * &a / (2 * sigma.pow(2)) * &mmse));
    let origin = in_ve(&(at(Expr::from(&a), &Expr::zero()) / 2 + at(-&a, &Expr::zero()) / 2));
    let shape = |rate: Expr| k.sqrt() * (-rate).exp() / ((2 * Expr::pi()).sqrt() * &a);
    vec![
        identity(
            "C13",
            "slope of the outcome probability",
            outcome.diff(&x),
            rate(2),
            ("sigma in place of sigma^2", rate(1)),
        ),
        identity(
            "C13",
            "the posterior variance is sech^2",
            &posterior_variance,
            u.cosh().pow(-2),
            ("sech", u.cosh().pow(-1)),
        ),
        identity(
            "C13",
            "in ve the rate is k mmse/(2a)",
            &displaced,
            &k * &mmse / (2 * &a),
            ("sqrt k, the rate in units of sigma", k.sqrt() * &mmse / (2 * &a)),
        ),
        identity(
            "C13",
            "in units of sigma it is sqrt(k) mmse/2",
            in_ve(&(sigma * (alpha * &a / (2 * sigma.pow(2)) * &mmse))),
            k.sqrt() * &mmse / 2,
            ("k", &k * &mmse / 2),
        ),
        identity(
            "C13",
            "p(0) in ve is sqrt(k) exp(-k/2) up to a constant",
            &origin,
            shape(&k / 2),
            ("exp(-k)", shape(Expr::from(&k))),
        ),
        identity(
            "C13",
            "p(0) is stationary at k = 1",
            origin.diff(&k).substitute(&[(&k, Expr::one())]),
            0,
            ("k = 2", origin.diff(&k).substitute(&[(&k, Expr::from(2))])),
        ),
    ]
}

/// Two centred classes in `ou`: the log-likelihood ratio has mean `2k` and variance `4k`, `k = D (q1-q2)^2 exp(-4t)/8`.
fn c14_covariance_only() -> Vec<Identity> {
    let [q1, q2, d, k, y] = ["q_1", "q_2", "D", "k", "y"].map(Symbol::positive);
    // y = alpha^2 = exp(-2t) is small; the noised variances are 1 + y (q - 1).
    let ratio = (1 + &y * (&q1 - 1)) / (1 + &y * (&q2 - 1));
    let per_dimension = (&ratio - 1 - ratio.log()) / 2;
    let mean = &d * coefficient(&per_dimension, &y, 2);
    let variance = &d * coefficient(&((&ratio - 1).pow(2) / 2), &y, 2);
    let claim = &d * (&q1 - &q2).pow(2) / 8;
    let time = (&d * (&q1 - &q2).pow(2) / (8 * &k)).log() / 4;
    let level = |t: &Expr| &claim * (-4 * t).exp();
    vec![
        identity("C14", "mean 2k", mean, 2 * &claim, ("k", claim.clone())),
        identity("C14", "variance 4k", variance, 4 * &claim, ("2k", 2 * &claim)),
        identity(
            "C14",
            "no term of first order",
            coefficient(&per_dimension, &y, 1),
            0,
            ("a ratio that is not compared with 1", coefficient(&ratio, &y, 1)),
        ),
        identity("C14", "t = log(D (q1-q2)^2/(8k))/4", level(&time), &k, ("log(..)/2", level(&(2 * &time)))),
    ]
}

/// Two atoms: `ds/dx = -(1 - k sech^2)/sigma^2`, whose mean is `-(1 - k mmse)/sigma^2`.
fn c15_top_eigenvalue() -> Vec<Identity> {
    let Pair { law, a, q, .. } = pair();
    let Noise { alpha, sigma, .. } = &law.noise;
    let x = &law.x[0];
    let slope = law.score().swap_remove(0).diff(x).substitute(&[(&q, Expr::zero())]);
    let k = alpha.pow(2) * a.pow(2) / sigma.pow(2);
    let sech2 = (alpha * &a * x / sigma.pow(2)).cosh().pow(-2);
    vec![identity(
        "C15",
        "slope of the score of two atoms",
        slope,
        -(1 - &k * &sech2) / sigma.pow(2),
        ("the opposite sign of k", -(1 + &k * &sech2) / sigma.pow(2)),
    )]
}

/// For a symmetric pair `pi_1^2 + pi_2^2 = 1 - sech^2(alpha a x/v)/2`.
fn c16_clone_agreement() -> Vec<Identity> {
    let Pair { law, a, v, .. } = pair();
    let agreement = law.posterior(0).pow(2) + law.posterior(1).pow(2);
    let sech2 = (&law.noise.alpha * &a * &law.x[0] / &v).cosh().pow(-2);
    vec![identity("C16", "agreement of two clones at a point", agreement, 1 - &sech2 / 2, ("1 - sech^2", 1 - &sech2))]
}
