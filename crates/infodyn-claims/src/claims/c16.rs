//! C16: when two clones agree.

use infodyn_symbolic::theory::{Equation, Identity, quantity};

use crate::symbols::{Pair, pair};
use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "C16",
    name: "clone-agreement",
    statement: "Two stochastic reverse trajectories that share `X_t ~ p_t` and then run independently end in the same label with probability \
                `phi(t) = E sum_y pi_y(X_t)^2`; for a symmetric pair `phi = 1 - E[sech^2]/2`: at a point {0} with `u = alpha a x/v`",
    scope: "the agreement of a symmetric pair at a point; simulation is to come",
    origin: Origin::Elsewhere("Biroli et al. 2024; Sclocchi et al. 2025"),
    uses: &["D1"],
    formulas,
    checks: super::none_yet,
};

/// For a symmetric pair `pi_1^2 + pi_2^2 = 1 - sech^2(alpha a x/v)/2`.
fn formulas() -> Vec<Identity> {
    let Pair { law, a, v, .. } = pair();
    let agreement = law.posterior(0).pow(2) + law.posterior(1).pow(2);
    let [agree, u] = ["sum pi^2", "u"].map(quantity);
    let chance = |half: i32| 1 - 1 / (half * u.cosh().pow(2));
    let written = Equation::new(&agree, chance(2));
    let half_odds = &law.noise.alpha * &a * &law.x[0] / &v;
    let broken = ("1 - sech^2", chance(1));
    vec![Identity::of("agreement of two clones at a point", &written, &[(&agree, agreement), (&u, half_odds)], broken)]
}
