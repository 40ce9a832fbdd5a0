//! B2: the main theorem, the generative bandwidth.

use infodyn_core::{Comparison, Detail};

use super::{SAMPLED, SHARP, scenes};
use crate::scene::paired;
use crate::{Check, Claim, Context, Kind, Origin, Result, Scene, Twist};

pub(super) const CLAIM: Claim = Claim {
    id: "B2",
    name: "conditional-production",
    statement: "`d/dt H(X_0 given X_t) = (g^2/2) ( D/sigma^2 + E[div s] )`",
    scope: "every law and process; the left side is the slope of `-I(X_0;X_t)`, which needs only `log p_t`",
    origin: Origin::Paper("abstract: the conditional entropy rate is governed by the expected divergence of the score"),
    uses: &["A3", "B1"],
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

/// The slope of `H(X_t given X_0) - H(X_t)`, which is that of `H(X_0 given X_t)`.
fn quadrature(_: &Context, scene: &Scene) -> Result<Comparison> {
    let (level, d) = (scene.level()?, scene.dim());
    let lhs = scene.slope(|s| {
        let kernel = infodyn_core::Estimate::rounded(0.5 * d * s.level()?.sigma2.ln(), 2.0);
        Ok(kernel - s.marginal_entropy()?)
    })?;
    let divergence = scene.mean(Detail::Score, 1, |s, out| out[0] = s.divergence())?[0];
    let rhs = (divergence + d / level.sigma2) * (0.5 * level.g2);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value.abs()))
}

/// `-log p(X_0 given X_t)` changes from one end to the other by `log p_t(X_t) - log p(X_t given X_0)`,
/// the law of `X_0` dropping out.
fn monte_carlo(context: &Context, scene: &Scene) -> Result<Comparison> {
    let d = scene.dim();
    let means = scene.sample_over_time(context, "B2", 2, |row, out| {
        let level = row.level(2);
        let cost = |r: usize| row.seen(r).ln_density() - row.ln_kernel(r);
        out[0] = cost(1) - cost(0);
        out[1] = row.weight() * 0.5 * level.g2 * (d / level.sigma2 + row.seen(2).divergence());
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
