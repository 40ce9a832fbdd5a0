//! C3: three energies with different critical points.

use infodyn_symbolic::theory::{Identity, Noise, identity};
use infodyn_symbolic::{Expr, Symbol};

use crate::symbols::{Pair, pair};
use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "C3",
    name: "three-energies",
    statement: "For the pair of C2, at `x = 0`: the marginal energy `-log p_t` is critical as in C2; the reverse-SDE potential `f|x|^2/2 - g^2 log p_t` when \
                `-f + g^2(alpha^2 a^2/v^2 - 1/v) = 0`; the probability-flow potential `f|x|^2/2 - (g^2/2) log p_t` when \
                `-f + (g^2/2)(alpha^2 a^2/v^2 - 1/v) = 0`. For VP with two atoms `+-1` the second gives `alpha^2 = sqrt(2)-1`; the third is unstable at \
                every finite time whenever `a^2+q=1`, with Jacobian `(g^2/2) alpha^4 a^4/v^2`, and for `a^2+q<1` it is critical at `alpha^2 = (1-q-a^2)/(1-q)^2`",
    scope: "two components on a line, every parameter a symbol; numerical evidence is to come",
    origin: Origin::Elsewhere("Raya & Ambrogioni 2023 for the reverse-SDE potential; the comparison is new here"),
    uses: &["C2"],
    formulas,
    checks: super::none_yet,
};

/// The curvatures at 0 of the three energies, and their critical points for VP.
fn formulas() -> Vec<Identity> {
    let Pair { law, a, q, v } = pair();
    let (x, p) = (&law.x[0], law.density());
    let Noise { alpha, sigma, f, g } = &law.noise;
    let curvature = |energy: Expr| energy.diff(x).diff(x).substitute(&[(x, Expr::zero())]);
    let slope = alpha.pow(2) * a.pow(2) / v.pow(2) - 1 / &v;
    let reverse_sde = f * x.pow(2) / 2 - g.pow(2) * p.log();
    let flow = f * x.pow(2) / 2 - g.pow(2) / 2 * p.log();
    let mut all = vec![
        identity("marginal energy", curvature(-p.log()), -&slope, ("the sign", slope.clone())),
        identity(
            "reverse-SDE potential",
            -curvature(reverse_sde.clone()),
            -f + g.pow(2) * &slope,
            ("the factor of the flow", -f + g.pow(2) / 2 * &slope),
        ),
        identity(
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
        "two atoms in VP: critical at alpha^2 = sqrt 2 - 1",
        vp(&atoms(&sde), &(&sqrt2 - 1)),
        0,
        ("alpha^2 = 1/2", vp(&atoms(&sde), &Expr::ratio(1, 2))),
    ));
    let jacobian = |alpha2: &Expr| &beta / 2 * alpha2.pow(2) / (1 - alpha2).pow(2);
    all.push(identity(
        "two atoms in VP: the flow has Jacobian (g^2/2) alpha^4/sigma^4",
        vp(&atoms(&ode), &free),
        jacobian(&free),
        ("g^2 in place of g^2/2", 2 * jacobian(&free)),
    ));
    let unit = |e: &Expr| e.substitute(&[(&q, 1 - a.pow(2))]);
    let noised = unit(&(free.clone() * &q + 1 - &free));
    let jacobian = |power| &beta / 2 * alpha.pow(4) * a.pow(4) / noised.pow(power);
    all.push(identity(
        "a^2 + q = 1 in VP: the flow has Jacobian (g^2/2) alpha^4 a^4/v^2",
        unit(&vp(&ode, &free)),
        jacobian(2),
        ("v in place of v^2", jacobian(1)),
    ));
    let critical = |denominator: Expr| (1 - &q - a.pow(2)) / denominator;
    all.push(identity(
        "a^2 + q < 1 in VP: the flow is critical at alpha^2 = (1-q-a^2)/(1-q)^2",
        vp(&ode, &critical((1 - &q).pow(2))),
        0,
        ("no square", vp(&ode, &critical(1 - &q))),
    ));
    all
}
