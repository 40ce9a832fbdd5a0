//! D3: how the variance of the pathwise conditional entropy is produced.

use infodyn_core::Comparison;

use super::{SAMPLED, SHARP, labelled_scenes};
use crate::scene::paired;
use crate::{Check, Claim, Context, Kind, Origin, Result, Scene, Seen, Twist};

pub(super) const CLAIM: Claim = Claim {
    id: "D3",
    name: "variance-production",
    statement: "In reverse time `d/dtau Var h = g^2 ( E|grad h|^2 - Cov(h, b) )`",
    scope: "every law with a label; `b = sum_y pi_y |s_y - s|^2`",
    origin: Origin::Paper(
        "abstract: symmetry breaking shows as peaks in the variance of pathwise conditional entropy; the formula is new here",
    ),
    uses: &["B4"],
    checks,
};

const COVARIANCE: &str = "the covariance left out";

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for scene in labelled_scenes()? {
        let twins = [Twist::Weight, Twist::Sigma, Twist::Clock, Twist::Formula(COVARIANCE)];
        checks.push(Check::new(Kind::Quadrature, &scene, "", &twins, quadrature));
    }
    for scene in labelled_scenes()?.into_iter().filter(|s| s.law().dim() <= 3).chain(super::digits_scene(context)?) {
        // The other clock differs little where g^2 is near 1.
        let far = scene.level()?.g2 > 3.0;
        let twins: &[Twist] = if far { &[Twist::Sigma, Twist::Clock] } else { &[Twist::Sigma] };
        checks.push(Check::new(Kind::MonteCarlo, &scene, "over a stretch of time", twins, monte_carlo));
    }
    Ok(checks)
}

fn quadrature(_: &Context, scene: &Scene) -> Result<Comparison> {
    let g2 = scene.level()?.g2;
    let lhs = -scene.slope(|s| s.variance(|s| s.label_entropy()))?;
    let gradient = scene.mean_of(|s| s.label_gradient2())?;
    let covariance = scene.covariance(|s| s.label_entropy(), |s| s.label_production())?;
    let rhs = if scene.breaks(COVARIANCE) { gradient } else { gradient - covariance } * g2;
    // Near the peak the two terms cancel: what is sharp is measured by one of them.
    Ok(Comparison::new(lhs, rhs, SHARP * g2 * gradient.value))
}

/// The variances at the two ends against the two terms in between. A variance is half the mean square
/// of the difference of two independent draws, a covariance half the mean product.
fn monte_carlo(context: &Context, scene: &Scene) -> Result<Comparison> {
    // Two variances and a covariance are noisier than means: four times as many draws of the data set.
    let more = if scene.law().components() > 16 { 16 } else { 1 };
    let means = scene.sample_between(context, "D3", scene.stretch(), more, 3, |row, out| {
        let other = row.partner();
        let gap = |f: fn(&Seen<'_>) -> f64, r: usize| f(&row.seen(r)) - f(&other.seen(r));
        let entropy = |r: usize| gap(|s| s.label_entropy(), r);
        let weight = row.weight() * row.level(2).g2;
        let gradient = weight * row.seen(2).label_gradient2();
        out[0] = 0.5 * (entropy(0) * entropy(0) - entropy(1) * entropy(1));
        out[1] = gradient - 0.5 * weight * entropy(2) * gap(|s| s.label_production(), 2);
        out[2] = gradient;
    })?;
    // The two terms cancel at the peak: what is sharp is measured by one of them.
    let scale = means.mean(2, Context::CONFIDENCE).value;
    Ok(Comparison { sharpness: SAMPLED * scale, ..paired(&means, 0, 1, SAMPLED) })
}
