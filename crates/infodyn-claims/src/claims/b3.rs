//! B3: the same rate in its other forms.

use infodyn_core::{Comparison, Detail, Estimate};

use super::{SAMPLED, SHARP, scenes};
use crate::scene::paired;
use crate::{Check, Claim, Context, Kind, Origin, Result, Scene, Twist};

pub(super) const CLAIM: Claim = Claim {
    id: "B3",
    name: "equivalent-forms",
    statement: "The rate of B2 is `(g^2/2)(D/sigma^2 - E|s|^2)` and `(g^2 alpha^2/(2 sigma^4)) mmse = -(gamma'/2) mmse`; \
                so `d/dgamma I(X_0;X_t) = mmse/2`",
    scope: "every law and process; per unit of the signal-to-noise ratio the rate is the same for every process",
    origin: Origin::Elsewhere("I-MMSE: Guo, Shamai & Verdu 2005"),
    uses: &["A2", "A3", "B2"],
    checks,
};

const ALPHA: &str = "alpha in place of alpha^2";
const HALF: &str = "mmse in place of mmse/2";

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for scene in scenes()? {
        let mut twins = vec![Twist::Weight, Twist::Sigma];
        if scene.level()?.alpha != 1.0 {
            twins.push(Twist::Formula(ALPHA));
        }
        checks.push(Check::new(Kind::Quadrature, &scene, "norm against mmse", &twins, norm));
        checks.push(Check::new(
            Kind::Quadrature,
            &scene,
            "dI/dgamma",
            &[Twist::Weight, Twist::Formula(HALF)],
            information,
        ));
    }
    for scene in scenes()?.into_iter().chain(super::digits_scene(context)?) {
        let twins = super::sampled_twins(&scene, &[Twist::Noise, Twist::Weight, Twist::Sigma]);
        checks.push(Check::new(Kind::MonteCarlo, &scene, "error against divergence", &twins, error));
    }
    Ok(checks)
}

fn norm(_: &Context, scene: &Scene) -> Result<Comparison> {
    let (level, d) = (scene.level()?, scene.dim());
    let both = scene.mean(Detail::Score, 2, |s, out| (out[0], out[1]) = (s.norm2(), s.posterior_trace()))?;
    let lhs = (both[0] * -1.0 + d / level.sigma2) * (0.5 * level.g2);
    let signal = if scene.breaks(ALPHA) { level.alpha } else { level.alpha * level.alpha };
    let rhs = both[1] * (0.5 * level.g2 * signal / (level.sigma2 * level.sigma2));
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value.abs()))
}

/// The slope of `I = H(X_t) - H(X_t given X_0)` in the signal-to-noise ratio.
fn information(_: &Context, scene: &Scene) -> Result<Comparison> {
    let (snr, d) = (scene.level()?.snr(), scene.dim());
    let (truth, process) = (scene.truth(), *scene.process());
    let read = |g: f64| -> Result<Estimate> {
        let t = process.time_at_snr(g)?;
        let s = truth.at(t);
        let level = s.level()?;
        // The time is rounded, so the ratio that it has is not exactly g: d I/d log gamma <= D/2.
        let drift = 0.5 * d * (level.snr() / g - 1.0).abs();
        let mut i = s.marginal_entropy()? + Estimate::rounded(-0.5 * d * level.sigma2.ln(), 2.0);
        i.radius += drift;
        Ok(i)
    };
    let (lowest, highest) = process.snr_range();
    let reach = 0.4 * (snr - lowest).min(highest - snr).min(snr);
    let lhs = infodyn_quadrature::derivative_with(read, snr, reach)?;
    let mmse = scene.mean(Detail::Score, 1, |s, out| out[0] = s.posterior_trace())?[0];
    let rhs = mmse * if scene.breaks(HALF) { 1.0 } else { 0.5 };
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value.abs()))
}

/// The error of the posterior mean, by its definition, against the divergence of the score.
fn error(context: &Context, scene: &Scene) -> Result<Comparison> {
    let (level, d) = (scene.level()?, scene.dim());
    let scale = 0.5 * level.g2 * level.snr() / level.sigma2;
    let means = scene.sample(context, "B3", 2, &[], |row, out| {
        let seen = row.seen(0);
        let error: f64 = row.xi().iter().zip(seen.mean_offset()).map(|(x, m)| (x - m) * (x - m)).sum();
        out[0] = scale * error;
        out[1] = 0.5 * level.g2 * (d / level.sigma2 + seen.divergence());
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
