//! D2: the stochastic equation of the pathwise entropy.

use infodyn_core::{Comparison, Detail, Estimate, NoiseProcess, ulps};
use infodyn_enclosure::Jet;
use infodyn_symbolic::Expr;
use infodyn_symbolic::theory::{Equation, Identity, Mixture, quantity};

use super::{SAMPLED, SHARP, integral, labelled_cases, plane, points, two_labels};
use crate::case::paired;
use crate::enclosed::{self, Curve, Sides, Slope, Stage, X, point, real};
use crate::symbols::reverse_generator;
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, Origin, Result, Seen};

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

/// What makes `h` move at a point: `b`, and `|grad h|^2`.
type Terms = fn(&Seen<'_>) -> [f64; 2];

const TERMS: Terms = |s| [s.label_production(), s.label_gradient2()];
const SLOPE_IN_DRIFT: (Ingredient, &str, Terms) =
    (Ingredient::Drift, "|grad h|^2 in place of b in the drift", |s| [s.label_gradient2(), s.label_gradient2()]);
const PRODUCTION_IN_SPREAD: (Ingredient, &str, Terms) =
    (Ingredient::Diffusion, "b in place of |grad h|^2 in the spread", |s| [s.label_production(), s.label_production()]);

/// What `L` makes of `h^n`, from the equation: `n h^(n-1) L h + (n (n-1)/2) h^(n-2) g^2 |grad h|^2`.
fn generator(n: i32, g2: f64, seen: &Seen<'_>, terms: Terms) -> f64 {
    let (h, n1, [production, gradient2]) = (seen.label_entropy(), f64::from(n), terms(seen));
    let drift = n1 * h.powi(n - 1) * -0.5 * g2 * production;
    drift + if n > 1 { 0.5 * n1 * (n1 - 1.0) * h.powi(n - 2) * g2 * gradient2 } else { 0.0 }
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let broken = [Mutation::Weight, Mutation::Sigma, Mutation::Clock];
    // One case in the plane: its integrals cost most.
    let cases = labelled_cases()?.into_iter().filter(|s| s.law().dim() == 1);
    for case in cases.chain([plane()?.under(NoiseProcess::FLOW, 0.45)?]) {
        let check = Check::new(Kind::Quadrature, &case, "slope of E h^3", |_, s| slope_of_moment(s, 3, TERMS));
        checks.push(
            [SLOPE_IN_DRIFT, PRODUCTION_IN_SPREAD].into_iter().fold(
                check.breaking(&broken),
                |check, (ingredient, how, terms)| {
                    check.mutant(ingredient, how, move |_, s| slope_of_moment(s, 3, terms))
                },
            ),
        );
    }
    for case in two_labels()?.into_iter().filter(|s| s.law().dim() == 1) {
        for (x, n) in points(&case).into_iter().flat_map(|x| [(x.clone(), 1), (x, 2)]) {
            let what = format!("h^{n} given X_t = {x:?}");
            let at = move |terms| {
                let x = x.clone();
                move |_: &Context, s: &Case| at_a_point(s, &x, n, terms)
            };
            let (ingredient, how, terms) = if n == 1 { SLOPE_IN_DRIFT } else { PRODUCTION_IN_SPREAD };
            let check = Check::new(Kind::Quadrature, &case, &what, at(TERMS));
            checks.push(check.breaking(&broken).mutant(ingredient, how, at(terms)));
        }
    }
    let (ingredient, how, terms) = SLOPE_IN_DRIFT;
    for case in two_labels()? {
        let check = Check::new(Kind::MonteCarlo, &case, "drift along paths", |c, s| along_paths(c, s, TERMS));
        let check = check.breaking(&[Mutation::Sigma]);
        checks.push(check.mutant(ingredient, how, move |c, s| along_paths(c, s, terms)));
    }
    checks.extend(enclosed::each(
        enclosed::stages(),
        "the drift of h at x=0.37",
        1.0,
        &[(Ingredient::Drift, "the drift (g^2/2) s of the probability flow in place of g^2 s", 0.5)],
        enclosed_drift,
    ));
    let mutants = enclosed::mutants(&[Mutation::Weight, Mutation::Sigma]);
    let at_x = "the slope of h at x=0.37";
    checks.extend(enclosed::each(enclosed::stages(), at_x, Mutation::None, &mutants, |stage, mutation| {
        let slope = stage.still::<Slope>()?.observe(Jet::variable(point(X))).entropy().slope;
        Ok([slope, stage.broken(mutation).line()?.observe(point(X)).entropy_gradient()])
    }));
    Ok(checks)
}

/// The generator of the reverse process on `h`: `-dh/dt + (share g^2 s - f x) h' + (g^2/2) h''`, of share 1, against
/// `-(g^2/2) b`.
fn enclosed_drift(stage: &Stage, share: f64) -> Sides {
    let level = stage.level()?;
    let in_time = stage.moving()?.observe(real(X)).entropy().slope;
    let x: Curve = Jet { value: Jet::variable(point(X)), slope: real(1.0) };
    let h = stage.still::<Curve>()?.observe(x).entropy();
    let seen = stage.line()?.observe(point(X));
    let half = level.g2.times(0.5);
    let drift = level.g2.times(share) * seen.score() - level.f * point(X);
    Ok([drift * h.slope.value + half * h.slope.slope - in_time, -(seen.production() * half)])
}

/// In reverse time `d/dtau E h^n = E[L h^n]`, the left side by differences.
fn slope_of_moment(case: &Case, n: i32, terms: Terms) -> Result<Comparison> {
    let g2 = case.level()?.g2();
    let lhs = -case.slope(|s| s.mean_of(Detail::LABEL_ENTROPY, |s| s.label_entropy().powi(n)))?;
    let rhs = case.mean_of(Detail::all(), |s| generator(n, g2, s, terms))?;
    // Near a stationary point the terms cancel: what is sharp is measured by one of them.
    let scale = case.mean_of(Detail::LABEL_ENTROPY | Detail::LABEL_PRODUCTION, |s| {
        f64::from(n) * s.label_entropy().powi(n - 1) * 0.5 * g2 * s.label_production()
    })?;
    Ok(Comparison::new(lhs, rhs, SHARP * scale.value().max(rhs.value().abs())))
}

/// Dynkin's formula from one point: `E[h^n(X_s) given X_t = x] - h^n(x)` is the integral over the times between of
/// `E[L h^n given X_t = x]`: no step to choose, and it determines drift and spread at the point.
fn at_a_point(case: &Case, x: &[f64], n: i32, terms: Terms) -> Result<Comparison> {
    let (t, s) = (case.t(), 0.8 * case.t());
    let later = case.process().at(t)?;
    let h = case.density(|p| Ok(p.observe_at(x, Detail::SCORES).label.entropy[0]))?;
    let end = case.at(s).given(&later, x, 1, |seen, out| out[0] = seen.label_entropy().powi(n))?[0];
    let lhs = end - Estimate::rounded(h, ulps::READING).powi(n);
    let rhs = integral(
        |r| {
            let between = case.at(r);
            let g2 = between.level()?.g2();
            Ok(between.given(&later, x, 1, |seen, out| out[0] = generator(n, g2, seen, terms))?[0])
        },
        s,
        t,
    )?;
    Ok(Comparison::new(lhs, rhs, SHARP * lhs.value().abs().max(rhs.value().abs())))
}

/// `E[phi(X_t) (h(X_s) - h(X_t))]` against the integral of `E[phi(X_t) L h]`, at a time drawn in between,
/// for `phi = 1 + h`.
fn along_paths(context: &Context, case: &Case, terms: Terms) -> Result<Comparison> {
    let (far, near) = (case.t(), 0.6 * case.t());
    let process = *case.process();
    let levels = |u: f64| {
        let drawn = near + (far - near) * u.clamp(1e-9, 1.0 - 1e-9);
        Ok(vec![process.at(near)?, process.at(drawn)?, process.at(far)?])
    };
    let means = case.sample_paths(context, (2, Detail::all()), 2, levels, |path, levels, out| {
        let phi = 1.0 + path[2].label_entropy();
        out[0] = phi * (path[0].label_entropy() - path[2].label_entropy());
        out[1] = phi * (far - near) * generator(1, levels[1].g2(), &path[1], terms);
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
