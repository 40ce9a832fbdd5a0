//! D2: the stochastic equation of the pathwise entropy.

use infodyn_core::{Comparison, Detail, Estimate, NoiseProcess};
use infodyn_symbolic::Expr;
use infodyn_symbolic::theory::{Equation, Identity, Mixture, quantity};

use super::d1::{points, two_labels};
use super::{SAMPLED, SHARP, integral, labelled_scenes, plane};
use crate::scene::paired;
use crate::symbols::reverse_generator;
use crate::{Check, Claim, Context, Kind, Origin, Result, Scene, Seen, Twist};

pub(super) const CLAIM: Claim = Claim {
    id: "D2",
    name: "posterior-entropy-sde",
    statement: "In reverse time `dh = L h dtau + g grad h . dW` with {0} and {1}",
    scope: "every law with a label and every process; drift and spread at points by quadrature, drift along paths",
    origin: Origin::New,
    uses: &["D1"],
    formulas,
    checks,
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

const DRIFT: &str = "g^2 in place of g^2/2 in the drift";
const SPREAD: &str = "the spread g grad h left out";

/// What `L` makes of `h^n`, from the equation: `n h^(n-1) L h + (n (n-1)/2) h^(n-2) g^2 |grad h|^2`.
fn generator(scene: &Scene, n: i32, g2: f64, seen: &Seen<'_>) -> f64 {
    let (h, n1) = (seen.label_entropy(), f64::from(n));
    let drift = -if scene.breaks(DRIFT) { 1.0 } else { 0.5 } * g2 * seen.label_production();
    let spread = if scene.breaks(SPREAD) { 0.0 } else { g2 * seen.label_gradient2() };
    n1 * h.powi(n - 1) * drift + if n > 1 { 0.5 * n1 * (n1 - 1.0) * h.powi(n - 2) * spread } else { 0.0 }
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    // One scene in the plane: its integrals cost most.
    let scenes = labelled_scenes()?.into_iter().filter(|s| s.law().dim() == 1);
    for scene in scenes.chain([plane()?.under(NoiseProcess::Flow { shift: 1.0 }, 0.45)?]) {
        let twins = [Twist::Weight, Twist::Sigma, Twist::Clock, Twist::Formula(DRIFT), Twist::Formula(SPREAD)];
        checks.push(Check::new(Kind::Quadrature, &scene, "slope of E h^3", &twins, |_, s| slope_of_moment(s, 3)));
    }
    for scene in two_labels()?.into_iter().filter(|s| s.law().dim() == 1) {
        for x in points(&scene) {
            for n in [1, 2] {
                let mut twins = vec![Twist::Weight, Twist::Sigma, Twist::Clock, Twist::Formula(DRIFT)];
                if n == 2 {
                    twins.push(Twist::Formula(SPREAD));
                }
                let (x, what) = (x.clone(), format!("h^{n} given X_t = {x:?}"));
                checks.push(Check::new(Kind::Quadrature, &scene, &what, &twins, move |_, s| at_a_point(s, &x, n)));
            }
        }
    }
    for scene in two_labels()? {
        let twins = [Twist::Sigma, Twist::Formula(DRIFT)];
        checks.push(Check::new(Kind::MonteCarlo, &scene, "drift along paths", &twins, along_paths));
    }
    Ok(checks)
}

/// In reverse time `d/dtau E h^n = E[L h^n]`, the left side by differences.
fn slope_of_moment(scene: &Scene, n: i32) -> Result<Comparison> {
    let g2 = scene.level()?.g2;
    let lhs = -scene.slope(|s| s.mean_of(|s| s.label_entropy().powi(n)))?;
    let rhs = scene.mean_of(|s| generator(scene, n, g2, s))?;
    // Near a stationary point the terms cancel: what is sharp is measured by one of them.
    let scale = scene.mean_of(|s| f64::from(n) * s.label_entropy().powi(n - 1) * 0.5 * g2 * s.label_production())?;
    Ok(Comparison::new(lhs, rhs, SHARP * scale.value.max(rhs.value.abs())))
}

/// Dynkin's formula from one point: `E[h^n(X_s) given X_t = x] - h^n(x)` is the integral over the times between of
/// `E[L h^n given X_t = x]`: no step to choose, and it determines drift and spread at the point.
fn at_a_point(scene: &Scene, x: &[f64], n: i32) -> Result<Comparison> {
    let (t, s) = (scene.t(), 0.8 * scene.t());
    let later = scene.process().at(t)?;
    let h = scene.density(|p| Ok(p.observe_at(x, Detail::Score).label.entropy[0]))?;
    let end = scene.at(s).given(&later, x, 1, |seen, out| out[0] = seen.label_entropy().powi(n))?[0];
    let lhs = end - Estimate::rounded(h.powi(n), 16.0);
    let rhs = integral(
        |r| {
            let between = scene.at(r);
            let g2 = between.level()?.g2;
            Ok(between.given(&later, x, 1, |seen, out| out[0] = generator(scene, n, g2, seen))?[0])
        },
        s,
        t,
    )?;
    Ok(Comparison::new(lhs, rhs, SHARP * lhs.value.abs().max(rhs.value.abs())))
}

/// `E[phi(X_t) (h(X_s) - h(X_t))]` against the integral of `E[phi(X_t) L h]`, at a time drawn in between,
/// for `phi = 1 + h`.
fn along_paths(context: &Context, scene: &Scene) -> Result<Comparison> {
    let (far, near) = (scene.t(), 0.6 * scene.t());
    let process = *scene.process();
    let levels = |u: f64| {
        let drawn = near + (far - near) * u.clamp(1e-9, 1.0 - 1e-9);
        Ok(vec![process.at(near)?, process.at(drawn)?, process.at(far)?])
    };
    let means = scene.sample_paths(context, "D2", 2, 2, levels, |path, levels, out| {
        let phi = 1.0 + path[2].label_entropy();
        out[0] = phi * (path[0].label_entropy() - path[2].label_entropy());
        out[1] = phi * (far - near) * generator(scene, 1, levels[1].g2, &path[1]);
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
