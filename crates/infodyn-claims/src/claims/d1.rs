//! D1: beliefs are martingales.

use infodyn_core::{Comparison, Detail, NoiseProcess};
use infodyn_symbolic::theory::{Equation, Identity, Mixture, quantity};

use super::{SAMPLED, SHARP, atoms, labelled_mixture, plane};
use crate::case::paired;
use crate::symbols::reverse_generator;
use crate::{Case, Check, Claim, Context, Kind, Mutation, Origin, Result};

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
const AHEAD: &str = "a test function of the later belief, the one nearer to the data";
const SQUARE: &str = "the square of the belief in place of the belief";

/// Laws with two labels that integration serves, each under another process.
pub(super) fn two_labels() -> Result<Vec<Case>> {
    use NoiseProcess as P;
    Ok(vec![
        labelled_mixture()?.under(P::VP_COSINE, 0.5)?,
        atoms()?.under(P::SUB_VP, 0.3)?,
        atoms()?.under(P::Edm, 0.9)?,
        plane()?.under(P::FLOW, 0.45)?,
    ])
}

/// Points at which a case is looked at: between the labels, and to one side.
pub(super) fn points(case: &Case) -> Vec<Vec<f64>> {
    if case.law().dim() == 1 { vec![vec![0.15], vec![-0.6]] } else { vec![vec![0.2, -0.1]] }
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for case in two_labels()? {
        for x in points(&case) {
            let mutants = [Mutation::Weight, Mutation::Sigma, Mutation::Formula(SQUARE)];
            let what = format!("given X_t = {x:?}");
            checks.push(Check::new_by_words(Kind::Quadrature, &case, &what, &mutants, move |_, s| at_a_point(s, &x)));
        }
    }
    for case in two_labels()? {
        let mutants = [Mutation::Sigma, Mutation::Formula(AHEAD)];
        checks.push(Check::new_by_words(Kind::MonteCarlo, &case, "along paths", &mutants, along_paths));
    }
    Ok(checks)
}

/// The mean belief at an earlier time given one point against the belief there.
fn at_a_point(case: &Case, x: &[f64]) -> Result<Comparison> {
    let squared = case.breaks(SQUARE);
    let later = case.process().at(case.t())?;
    let lhs = case.at(EARLIER * case.t()).given(&later, x, 1, |s, out| {
        let belief = s.first_of_two();
        out[0] = if squared { belief * belief } else { belief };
    })?[0];
    let rhs = case.density(|p| {
        let (anchor, _) = p.locate(x);
        let surprisal = p.observe_at(x, Detail::Score).label.surprisal[0];
        let first = p.labels()[anchor] == 0;
        Ok(if first { (-surprisal).exp() } else { -(-surprisal).exp_m1() })
    })?;
    let rhs = infodyn_core::Estimate::rounded(if squared { rhs * rhs } else { rhs }, 64.0);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// `E[phi pi_y]` at both times, for a function of the noisier point: `phi = 1 + tanh(x)/2`.
fn along_paths(context: &Context, case: &Case) -> Result<Comparison> {
    let levels = [case.process().at(EARLIER * case.t())?, case.process().at(case.t())?];
    let ahead = case.breaks(AHEAD);
    let means = case.sample_paths(
        context,
        2,
        2,
        |_| Ok(levels.to_vec()),
        |path, _, out| {
            let (near, far) = (path[0].first_of_two(), path[1].first_of_two());
            let phi = if ahead { near } else { 1.0 + 0.5 * path[1].place().tanh() };
            (out[0], out[1]) = (phi * near, phi * far);
        },
    )?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
