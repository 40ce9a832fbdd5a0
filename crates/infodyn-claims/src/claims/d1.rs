//! D1: beliefs are martingales.

use infodyn_symbolic::theory::{Equation, Identity, Mixture, quantity};

use crate::symbols::reverse_generator;
use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "D1",
    name: "reverse-martingale",
    statement: "For `s<t`, `E[pi_y(X_s) given X_t] = pi_y(X_t)`; with `L` the generator of the reverse process, {0}",
    scope: "the generator of the reverse process annihilates pi_y, K <= 3, D <= 2, any schedule; simulation is to come",
    origin: Origin::Elsewhere("Bayes"),
    uses: &["A4"],
    formulas,
    checks: super::none_yet,
};

/// The posterior weights are martingales of the reverse process.
fn formulas() -> Vec<Identity> {
    let drift = quantity("L pi_y");
    let martingale = Equation::new(&drift, 0);
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let broken =
            ("a component density in place of its weight", &[(&drift, reverse_generator(&law, &law.component(0)))][..]);
        let defined = [(&drift, reverse_generator(&law, &law.posterior(0)))];
        all.push(Identity::redefined(law.name(), &martingale, &defined, broken));
    }
    all
}
