//! B4: how fast the label is lost.

use infodyn_core::{Comparison, Detail};

use super::{SAMPLED, SHARP, labelled_scenes};
use crate::scene::paired;
use crate::{Check, Claim, Context, Kind, Origin, Result, Scene, Twist};

pub(super) const CLAIM: Claim = Claim {
    id: "B4",
    name: "label-production",
    statement: "`d/dt H(Y given X_t) = (g^2/2) E sum_y pi_y |s_y - s|^2 = (g^2/2)( E[div s] - E[div s_Y] )`, at a point {0}",
    scope: "every law with a label; `div s_Y` at the true label",
    origin: Origin::Elsewhere(
        "Handke, Koulischer, Raya & Ambrogioni 2025, Measuring semantic information production in generative diffusion models (arXiv 2506.10433)",
    ),
    uses: &["B2"],
    formulas,
    checks,
};

/// The label's rate: `sum pi |s_y - s|^2 = div s - sum pi div s_y`, and the balance of `p h`.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use infodyn_symbolic::Expr;
    use infodyn_symbolic::theory::{Equation, Identity, Mixture, divergence, quantity};

    let [b, div_s, within] = ["sum pi|s_y-s|^2", "div s", "sum pi div s_y"].map(quantity);
    let forms = Equation::new(&b, &div_s - &within);
    let [rate, moved, g, p] = ["d/dt(p h)", "FP(p h)", "g", "p"].map(quantity);
    let produced = |noise: Expr| &moved + noise * &p * &b;
    let balance = Equation::new(&rate, produced(g.pow(2) / 2));
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
        let law = Mixture::general(components, dim);
        let defined = [
            (&b, law.label_production()),
            (&div_s, divergence(&law.score(), &law.x)),
            (&within, law.average(|j| divergence(&law.component_score(j), &law.x))),
        ];
        let broken = ("the sign of the true label's part", &div_s + &within);
        all.push(Identity::of(format!("forms, {}", law.name()), &forms, &defined, broken));
    }
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let entropy = law.density() * law.posterior_entropy();
        let defined = [
            (&rate, law.noise.in_time().of(&entropy)),
            (&moved, law.noise.fokker_planck(&entropy, &law.x)),
            (&g, Expr::from(&law.noise.g)),
            (&p, law.density()),
            (&b, law.label_production()),
        ];
        let broken = ("g^2 in place of g^2/2", produced(g.pow(2)));
        all.push(Identity::of(format!("balance of p h, {}", law.name()), &balance, &defined, broken));
    }
    all
}

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for scene in labelled_scenes()? {
        let broken = [Twist::Weight, Twist::Sigma, Twist::Clock];
        checks.push(Check::new(Kind::Quadrature, &scene, "production", &broken, production));
        let grouped = scene.law().label_weights().len() < scene.law().components();
        let twins: &[Twist] = if grouped { &[Twist::Label, Twist::Clock] } else { &[Twist::Clock] };
        checks.push(Check::new(Kind::Quadrature, &scene, "divergences", twins, divergences));
    }
    for scene in labelled_scenes()?.into_iter().chain(super::digits_scene(context)?) {
        let twins = super::sampled_twins(&scene, &[Twist::Noise, Twist::Sigma, Twist::Clock]);
        checks.push(Check::new(Kind::MonteCarlo, &scene, "over a stretch of time", &twins, monte_carlo));
    }
    Ok(checks)
}

fn slope(scene: &Scene) -> Result<infodyn_core::Estimate> {
    scene.slope(|s| s.mean_of(|s| s.label_entropy()))
}

fn production(_: &Context, scene: &Scene) -> Result<Comparison> {
    let rhs = scene.mean_of(|s| s.label_production())? * (0.5 * scene.level()?.g2);
    Ok(Comparison::new(slope(scene)?, rhs, SHARP * rhs.value.abs()))
}

fn divergences(_: &Context, scene: &Scene) -> Result<Comparison> {
    let gap = scene.mean_of(|s| s.divergence() - s.label_divergence())?;
    let rhs = gap * (0.5 * scene.level()?.g2);
    Ok(Comparison::new(slope(scene)?, rhs, SHARP * rhs.value.abs()))
}

fn monte_carlo(context: &Context, scene: &Scene) -> Result<Comparison> {
    let means = scene.sample_over_time(context, "B4", (Detail::Posterior, Detail::Labels), 2, |row, out| {
        out[0] = row.seen(1).label_entropy() - row.seen(0).label_entropy();
        out[1] = row.weight() * 0.5 * row.level(2).g2 * row.seen(2).label_production();
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
