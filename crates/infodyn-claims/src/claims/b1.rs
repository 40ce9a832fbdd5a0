//! B1: de Bruijn's identity along the process.

use infodyn_core::{Comparison, Detail};

use super::{SAMPLED, SHARP, scenes};
use crate::scene::paired;
use crate::{Check, Claim, Context, Kind, Origin, Result, Scene, Twist};

pub(super) const CLAIM: Claim = Claim {
    id: "B1",
    name: "marginal-production",
    statement: "`d/dt H(X_t) = D f + (g^2/2) E|s|^2`",
    scope: "every law and process; the left side needs only `log p_t`",
    origin: Origin::Elsewhere("de Bruijn; Stam 1959"),
    uses: &["A3"],
    checks,
};

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for scene in scenes()? {
        let twins = [Twist::Weight, Twist::Sigma, Twist::Clock];
        checks.push(Check::new(Kind::Quadrature, &scene, "", &twins, quadrature));
    }
    for scene in scenes()?.into_iter().chain(super::digits_scene(context)?) {
        let twins = super::sampled_twins(&scene, &[Twist::Noise, Twist::Sigma, Twist::Clock]);
        checks.push(Check::new(Kind::MonteCarlo, &scene, "over a stretch of time", &twins, monte_carlo));
    }
    Ok(checks)
}

fn quadrature(_: &Context, scene: &Scene) -> Result<Comparison> {
    let level = scene.level()?;
    let lhs = scene.slope(Scene::marginal_entropy)?;
    let norm2 = scene.mean(Detail::Score, 1, |s, out| out[0] = s.norm2())?[0];
    let rhs = norm2 * (0.5 * level.g2) + scene.dim() * level.f;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value.abs()))
}

fn monte_carlo(context: &Context, scene: &Scene) -> Result<Comparison> {
    let d = scene.dim();
    let means = scene.sample_over_time(context, "B1", 3, |row, out| {
        let level = row.level(2);
        out[0] = row.seen(0).ln_density() - row.seen(1).ln_density();
        out[2] = row.weight() * 0.5 * level.g2 * row.seen(2).norm2();
        out[1] = row.weight() * d * level.f + out[2];
    })?;
    // Drift and diffusion nearly cancel near equilibrium: what is sharp is measured by one of them.
    let scale = means.mean(2, Context::CONFIDENCE).value;
    Ok(Comparison { sharpness: SAMPLED * scale, ..paired(&means, 0, 1, SAMPLED) })
}
