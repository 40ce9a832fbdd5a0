//! C8: one number decides, and the clock decides where its rate peaks.

use infodyn_symbolic::theory::{Identity, Noise, identity};
use infodyn_symbolic::{Expr, Symbol};

use crate::symbols::{Pair, pair};
use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "C8",
    name: "universal-offsets",
    statement: "For two symmetric components everything about the label depends on `k = alpha^2 a^2/(alpha^2 q + sigma^2)`, and for atoms its entropy is lost at the rate \
                `k mmse/2` per unit of `log gamma`, `k^{3/2} mmse/a` per unit of `sigma/alpha`, `k^2 mmse/(2 a^2)` per unit of `sigma^2/alpha^2`, so the peaks of \
                three clocks differ by constants",
    scope: "that k is all, and the rates in two clocks; the places of the peaks and numerical evidence are to come",
    origin: Origin::New,
    uses: &["B3", "C2"],
    formulas,
    checks: super::none_yet,
};

/// The label of a symmetric pair depends on `k = alpha^2 a^2/(alpha^2 q + sigma^2)` only, and the rates in three clocks.
fn formulas() -> Vec<Identity> {
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
            "the posterior in terms of k and a standard normal",
            posterior,
            logistic(&k),
            ("a^2 alpha^2/sigma^2 in place of k", logistic(&(alpha.pow(2) * a.pow(2) / law.noise.sigma.pow(2)))),
        ),
        identity(
            "edm: the rate is k^(3/2) mmse/a",
            rate(&of_edm, &noise),
            of_edm.sqrt().pow(3) * &mmse / &a,
            ("k^2", of_edm.pow(2) * &mmse / &a),
        ),
        identity(
            "ve: the rate is k^2 mmse/(2 a^2)",
            rate(&of_ve, &noise),
            of_ve.pow(2) * &mmse / (2 * a.pow(2)),
            ("k^(3/2)", of_ve.sqrt().pow(3) * &mmse / (2 * a.pow(2))),
        ),
    ]
}
