//! D2: the stochastic equation of the pathwise entropy.

use infodyn_symbolic::Expr;
use infodyn_symbolic::theory::{Equation, Identity, Mixture, quantity};

use crate::symbols::reverse_generator;
use crate::{Claim, Origin};

pub(super) const CLAIM: Claim = Claim {
    id: "D2",
    name: "posterior-entropy-sde",
    statement: "In reverse time `dh = L h dtau + g grad h . dW` with {0} and {1}",
    scope: "the generator of the reverse process applied to h, K <= 3, D <= 2, any schedule; simulation is to come",
    origin: Origin::New,
    uses: &["D1"],
    formulas,
    checks: super::none_yet,
};

/// The drift of `h` in reverse time is `-(g^2/2) b`, and `grad h = -sum pi log pi (s_y - s)`.
fn formulas() -> Vec<Identity> {
    let [drift, g, b] = ["L h", "g", "sum pi|s_y-s|^2"].map(quantity);
    let [slope, sum] = ["grad h", "sum pi log pi (s_y-s)"].map(quantity);
    let falls = Equation::new(&drift, -g.pow(2) / 2 * &b);
    let climbs = Equation::new(&slope, -&sum);
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let (h, s) = (law.posterior_entropy(), law.score());
        let relative = |j: usize| law.component_score(j).swap_remove(0) - &s[0];
        let defined = [
            (&drift, reverse_generator(&law, &h)),
            (&g, Expr::from(&law.noise.g)),
            (&b, law.label_production()),
            (&slope, h.diff(&law.x[0])),
            (&sum, law.average(|j| law.posterior(j).log() * relative(j))),
        ];
        let broken = ("g^2 in place of g^2/2", -g.pow(2) * &b);
        all.push(Identity::of(format!("drift of h, {}", law.name()), &falls, &defined, broken));
        let wrong = law.average(|j| law.weights[j].log() * relative(j));
        let broken = ("log w in place of log pi", &[(&sum, wrong)][..]);
        all.push(Identity::redefined(format!("grad h, {}", law.name()), &climbs, &defined, broken));
    }
    all
}
