//! D1: beliefs are martingales.

use infodyn_core::{Comparison, Detail, Estimate, NoiseProcess, ulps};
use infodyn_enclosure::{Component, Interval, Line, LineLaw};
use infodyn_symbolic::theory::{Equation, Identity, Mixture, quantity};

use super::{SAMPLED, SHARP, points, two_labels};
use crate::case::paired;
use crate::enclosed::{self, Rule, Sides, mean_of, point};
use crate::symbols::reverse_generator;
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "D1",
    name: "reverse-martingale",
    statement: "For `s<t`, `E[pi_y(X_s) given X_t] = pi_y(X_t)`; with `L` the generator of the reverse process, {0}",
    scope: "every law with a label and every process; given one point by quadrature, against a test function along paths",
    origin: Origin::Elsewhere("Bayes; Doob 1949: posterior probabilities are martingales"),
    uses: &["A4"],
    formulas,
    checks,
};

/// The posterior weights are martingales of the reverse process.
fn formulas() -> Vec<Identity> {
    let drift = quantity("L pi_y");
    let martingale = Equation::new(&drift, 0);
    let mut all = Vec::new();
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let broken =
            ("a component density in place of its weight", &[(&drift, reverse_generator(&law, &law.component(0)))][..]);
        let defined = [(&drift, reverse_generator(&law, &law.posterior(0)))];
        all.push(Identity::redefined(law.name(), &martingale, &defined, broken));
    }
    all
}

/// Part of the time of a case at which a path is read again, nearer to the data.
const EARLIER: f64 = 0.6;

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for case in two_labels()? {
        for x in points(&case) {
            let (what, there) = (format!("given X_t = {x:?}"), x.clone());
            let check = Check::new(Kind::Quadrature, &case, &what, move |_, case| at_a_point(case, &x, 1))
                .breaking(&[Mutation::Weight, Mutation::Sigma])
                .mutant(Ingredient::Moment, "the square of the belief, a submartingale", move |_, case| {
                    at_a_point(case, &there, 2)
                });
            checks.push(check);
        }
    }
    for case in two_labels()? {
        // Under sub-vp a wrong sigma moves the belief at both times alike, to within the interval.
        let alike = matches!(case.process(), NoiseProcess::SubVp { .. });
        let sigma: &[Mutation] = if alike { &[] } else { &[Mutation::Sigma] };
        let check = Check::new(Kind::MonteCarlo, &case, "along paths", |context, case| along_paths(context, case, FAR))
            .breaking(sigma)
            .mutant(Ingredient::Point, "a test function of the cleaner point", |context, case| {
                along_paths(context, case, NEAR)
            });
        checks.push(check);
    }
    checks.push(enclosed::equal(
        "three-atoms/ve: E[pi(X_s) given X_t = 0.37], s=0.5, t=0.9",
        Bridge::Given,
        &[
            (Ingredient::Posterior, "the weights of X_0 without X_t", Bridge::PriorWeights),
            (Ingredient::Variance, "the variance s of X_s given X_0 alone", Bridge::FreeVariance),
        ],
        bridge,
    ));
    Ok(checks)
}

/// The mean of a power of the belief at an earlier time given one point against that power there, of power 1 in the
/// claim.
fn at_a_point(case: &Case, x: &[f64], power: i32) -> Result<Comparison> {
    let later = case.process().at(case.t())?;
    let earlier = case.at(EARLIER * case.t());
    let lhs = earlier.given(&later, x, 1, |s, out| out[0] = s.first_of_two().powi(power))?[0];
    let rhs = case.density(|p| {
        let (anchor, _) = p.locate(x);
        let surprisal = p.observe_at(x, Detail::SCORES).label.surprisal[0];
        let first = p.labels()[anchor] == 0;
        Ok(if first { (-surprisal).exp() } else { -(-surprisal).exp_m1() })
    })?;
    let rhs = Estimate::rounded(rhs, ulps::SAMPLE).powi(power);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// The places of a path's two points.
const NEAR: usize = 0;
const FAR: usize = 1;

/// `E[phi pi_y]` at both times, `phi = 1 + tanh(x)/2` at one of the two points: in the claim at the noisier.
fn along_paths(context: &Context, case: &Case, read: usize) -> Result<Comparison> {
    let levels = [case.process().at(EARLIER * case.t())?, case.process().at(case.t())?];
    let means = case.sample_paths(
        context,
        (2, Detail::LABEL_SURPRISAL),
        2,
        |_| Ok(levels.to_vec()),
        |path, _, out| {
            let phi = 1.0 + 0.5 * path[read].place().tanh();
            (out[0], out[1]) = (phi * path[NEAR].first_of_two(), phi * path[FAR].first_of_two());
        },
    )?;
    Ok(paired(&means, 0, 1, SAMPLED))
}

/// How `X_s` is drawn given `X_t`.
#[derive(Clone, Copy, PartialEq)]
enum Bridge {
    Given,
    PriorWeights,
    FreeVariance,
}

/// `X_s` given `X_t = x` and `X_0 = mu` is `N(mu + (s/t)(x - mu), s (t-s)/t)`, and the weights of the atoms are the
/// posterior at `t`.
fn bridge(bridge: Bridge) -> Sides {
    let (s, t, x) = (point(0.5), point(0.9), point(enclosed::X));
    let (w, mu) = ([0.2, 0.3, 0.5], [-2.0, 0.5, 1.5]);
    let law = LineLaw::from_parts(&w, &mu, &[0.0; 3]);
    let (early, late) = (law.at(Interval::ONE, s)?, law.at(Interval::ONE, t)?);
    let (seen, prior) = (late.observe(x), law.label_weights());
    let component = |y: usize| Component {
        weight: if bridge == Bridge::PriorWeights { prior[y] } else { seen.posterior_of(y) },
        mean: point(mu[y]) + s / t * (x - point(mu[y])),
        variance: Interval::ZERO,
        label: y,
    };
    let variance = if bridge == Bridge::FreeVariance { s } else { s * (t - s) / t };
    let drawn = Line::new((0..3).map(component).collect(), Interval::ONE, variance)?;
    Ok([mean_of(&drawn, &Rule::Label(&early, 1))?[0], seen.posterior_of(1)])
}
