//! B4: how fast the label is lost.

use infodyn_core::Comparison;

use super::{SAMPLED, SHARP, labelled_scenes};
use crate::scene::paired;
use crate::{Check, Claim, Context, Kind, Origin, Result, Scene, Twist};

pub(super) const CLAIM: Claim = Claim {
    id: "B4",
    name: "label-production",
    statement: "`d/dt H(Y given X_t) = (g^2/2) E sum_y pi_y |s_y - s|^2 = (g^2/2)( E[div s] - E[div s_Y] )`",
    scope: "every law with a label; `div s_Y` at the true label",
    origin: Origin::Paper("the entropy rate of a discrete decision, in the form of its sequels"),
    uses: &["B2"],
    checks,
};

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
    let means = scene.sample_over_time(context, "B4", 2, |row, out| {
        out[0] = row.seen(1).label_entropy() - row.seen(0).label_entropy();
        out[1] = row.weight() * 0.5 * row.level(2).g2 * row.seen(2).label_production();
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
