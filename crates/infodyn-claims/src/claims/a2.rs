//! A2: the score's gradient is the posterior covariance in disguise.

use infodyn_core::{Comparison, Detail, Estimate, Observation, Points};
use infodyn_quadrature::derivative;
use nalgebra::DVector;

use super::{SAMPLED, SHARP, a1::place, scenes};
use crate::scene::paired;
use crate::{Check, Claim, Context, Kind, Origin, Result, Scene, Twist};

pub(super) const CLAIM: Claim = Claim {
    id: "A2",
    name: "tweedie-covariance",
    statement: "`grad s = (alpha^2/sigma^4) S - I/sigma^2`, equivalently `grad m = (alpha/sigma^2) S`",
    scope: "every law with a finite second moment; checked on Gaussians, mixtures, atoms and a data set",
    origin: Origin::Elsewhere("second-order Tweedie; fluctuation-dissipation"),
    uses: &["A1"],
    checks,
};

const ALPHA: &str = "alpha in place of alpha^2";

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for scene in scenes()? {
        let twins: &[Twist] = if scene.level()?.alpha == 1.0 { &[] } else { &[Twist::Formula(ALPHA)] };
        checks.push(Check::new(Kind::Quadrature, &scene, "slope of the score", twins, score_slope));
        checks.push(Check::new(Kind::Quadrature, &scene, "slope of the mean", twins, mean_slope));
    }
    for scene in scenes()?.into_iter().chain(super::digits_scene(context)?) {
        let twins = super::sampled_twins(&scene, &[Twist::Noise, Twist::Weight, Twist::Sigma]);
        checks.push(Check::new(Kind::MonteCarlo, &scene, "projection of the error", &twins, projection));
    }
    Ok(checks)
}

/// Derivative along the direction of `e . field`, and `e^T S e`, at the place.
fn along(scene: &Scene, field: fn(&Observation) -> &[f64]) -> Result<(Estimate, Estimate)> {
    let sigma = scene.level()?.sigma();
    let (direction, start) = place(scene);
    scene.density(|p| {
        let read = |h: f64| {
            let offset: Vec<f64> = start.iter().zip(&direction).map(|(x, e)| x * sigma + h * e).collect();
            let mut seen = Observation::default();
            p.observe(Points { anchors: &[0], offsets: &offset }, Detail::Score, &mut seen);
            let (value, size) =
                field(&seen).iter().zip(&direction).fold((0.0, 0.0), |(v, s), (x, e)| (v + x * e, s + (x * e).abs()));
            Ok(Estimate::new(value, 16.0 * f64::EPSILON * size))
        };
        let slope = derivative(read, 0.0, 0.5 * sigma)?;
        let offset: Vec<f64> = start.iter().map(|x| x * sigma).collect();
        let e = DVector::from_column_slice(&direction);
        let spread = (p.posterior_covariance(0, &offset) * &e).dot(&e);
        Ok((slope, Estimate::rounded(spread, 16.0 + direction.len() as f64)))
    })
}

fn score_slope(_: &Context, scene: &Scene) -> Result<Comparison> {
    let level = scene.level()?;
    let (lhs, spread) = along(scene, |o| &o.score)?;
    let power = if scene.breaks(ALPHA) { level.alpha } else { level.alpha * level.alpha };
    let rhs = spread * (power / (level.sigma2 * level.sigma2)) + -1.0 / level.sigma2;
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value.abs()))
}

fn mean_slope(_: &Context, scene: &Scene) -> Result<Comparison> {
    let level = scene.level()?;
    let (lhs, spread) = along(scene, |o| &o.mean_offset)?;
    let power = if scene.breaks(ALPHA) { level.alpha.sqrt() } else { level.alpha };
    let rhs = spread * (power / level.sigma2);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value.abs()))
}

/// `S` is the conditional covariance of `X_0`, so for any bounded `phi`
/// `E[|X_0 - m|^2 phi] = E[(sigma^4/alpha^2)(D/sigma^2 + div s) phi]`.
fn projection(context: &Context, scene: &Scene) -> Result<Comparison> {
    let (level, d) = (scene.level()?, scene.dim());
    let scale = level.sigma2 * level.sigma2 / (level.alpha * level.alpha);
    let means = scene.sample(context, "A2", 2, &[], |row, out| {
        let seen = row.seen(0);
        let test = 1.0 + 0.5 * (0.7 * seen.x(0) + 0.3).tanh();
        let error: f64 = row.xi().iter().zip(seen.mean_offset()).map(|(x, m)| (x - m) * (x - m)).sum();
        out[0] = error * test;
        out[1] = scale * (d / level.sigma2 + seen.divergence()) * test;
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
