//! C11: a broken rotation.

use infodyn_symbolic::theory::{Identity, Noise, gradient, identity, norm2};
use infodyn_symbolic::{Expr, Symbol};

use crate::symbols::nowhere;
use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "C11",
    name: "goldstone",
    statement: "Uniform law on a sphere of radius `R` in `R^D`: the origin is unstable below `sigma^2 = alpha^2 R^2/D`; below it the nonzero fixed points form a \
                sphere, where `grad s` has `D-1` zero eigenvalues. Posterior mean `R A_D(k) x/|x|`, `k = alpha R|x|/sigma^2`, `A_D = I_{D/2}/I_{D/2-1}`",
    scope: "D = 3, where A_3(k) = coth k - 1/k; numerical evidence is to come",
    origin: Origin::Elsewhere("Goldstone modes; von Mises-Fisher"),
    uses: &["A1", "C1"],
    formulas,
    checks: super::none_yet,
};

/// The uniform law on a sphere in three dimensions: score, posterior mean, and the spectrum of `grad s`.
fn formulas() -> Vec<Identity> {
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
        identity("score, D=3", &s[0], score(langevin(&k)), ("tanh, as for two atoms", score(k.tanh()))),
        identity(
            "tangential eigenvalue = radial score/rho, D=3",
            &tangential,
            &fixed / (sigma.pow(2) * &radial),
            ("no 1/rho", &fixed / sigma.pow(2)),
        ),
        identity(
            "A_3(k)/k -> 1/3: critical at sigma^2 = alpha^2 R^2/3",
            slope_at_origin,
            Expr::ratio(1, 3),
            ("1/2, as on the circle", Expr::ratio(1, 2)),
        ),
    ]
}
