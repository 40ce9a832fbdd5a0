//! D6: how much signal a decision takes.

use infodyn_closed_form::{Marginal, pair};
use infodyn_core::{Comparison, Density, Estimate, Mixture, NoiseLevel, NoiseProcess};
use infodyn_monte_carlo::{Means, PathBatch, Paths, decisions, mean_of_trials};
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SHARP, integral};
use crate::{Check, Claim, Context, Kind, Mutation, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "D6",
    name: "decision-snr",
    statement: "For two symmetric atoms and `0<e<1/2` the first `k` at which one label reaches confidence `1-e` has mean {0}, `b = atanh(1-2e)`, and the label \
                first trusted is right with probability {1}, which is exactly `1-e`",
    scope: "two symmetric atoms; the boundary-value problems by quadrature, and decisions along exact paths, whose law between the levels of a grid is drawn exactly",
    origin: Origin::Elsewhere("Wald 1945, Ann. Math. Statist. 16, 117"),
    uses: &["D5"],
    formulas,
    checks,
};

/// The boundary-value problem `T''/2 + tanh(u) T' = -1`, `T(+-b) = 0` of the mean decision time, and its value at 0.
fn formulas() -> Vec<Identity> {
    let (u, b, y) = (Symbol::real("u"), Symbol::positive("b"), Symbol::positive("y"));
    let [mean_k, right_first] = ["E k", "P(right)"].map(quantity);
    let mean = |u: &Expr| &b * b.tanh() - u * u.tanh();
    let generator = |e: &Expr, drift: &Expr| e.diff(&u).diff(&u) / 2 + drift * e.diff(&u);
    let time = mean(&u);
    // The confidence 1 - e is (1 + y)/2 with y = 1 - 2 e, and b = artanh y; for Y = 1 the drift is 1.
    let confidence = |b: &Expr| 1 / (1 + (-2 * b).exp());
    let right = |u: &Expr| (1 - (-2 * (u + &b)).exp()) / (1 - (-4 * &b).exp());
    let wald = Equation::new(&mean_k, &b * b.tanh());
    let exactly = Equation::new(&right_first, confidence(&b));
    vec![
        Identity::of("T(0) = b tanh b", &wald, &[(&mean_k, mean(&Expr::zero()))], ("b", Expr::from(&b))),
        Identity::of(
            "from 0 the chance to be right is the confidence",
            &exactly,
            &[(&right_first, right(&Expr::zero()))],
            ("the confidence at b/2", confidence(&(&b / 2))),
        ),
        identity(
            "T''/2 + tanh(u) T' = -1",
            generator(&time, &u.tanh()),
            -1,
            ("no drift", generator(&time, &Expr::zero())),
        ),
        identity("T(b) = 0", mean(&b), 0, ("T(b/2)", mean(&(&b / 2)))),
        identity("T(-b) = 0", mean(&-&b), 0, ("T(-2b)", mean(&(-2 * &b)))),
        identity(
            "the posterior at |u| = b is the confidence 1 - e",
            confidence(&y.artanh()),
            (1 + &y) / 2,
            ("b = artanh(y)/2", confidence(&(y.artanh() / 2))),
        ),
        identity(
            "given Y = 1, the chance to reach b before -b is harmonic",
            generator(&right(&u), &Expr::one()),
            0,
            ("no drift", generator(&right(&u), &Expr::zero())),
        ),
        identity("it is 1 at b", right(&b), 1, ("at b/2", right(&(&b / 2)))),
        identity("it is 0 at -b", right(&-&b), 0, ("at -2b", right(&(-2 * &b)))),
    ]
}

const NO_BRIDGE: &str = "decisions seen at the levels of the grid alone";
const NO_DRIFT: &str = "the innovation without its drift";
const LINEAR: &str = "b in place of b tanh b";
const BOLD: &str = "an error of 2e";

/// A mean within a twentieth of a decision's signal says enough to tell the mutants.
const DECISIVE: f64 = 0.05;

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for confidence in [0.6, 0.75, 0.9, 0.99] {
        let name = format!("pair-atoms/confidence {confidence}: mean exit by Green's function");
        let mutants = [Mutation::Formula(NO_DRIFT), Mutation::Formula(LINEAR)];
        checks.push(Check::number_by_words(Kind::Quadrature, name, &mutants, move |_, t| mean_exit(confidence, t)));
        let name = format!("pair-atoms/confidence {confidence}: mean by the law of the decision");
        let run = move |_: &Context, mutation: Mutation| by_law(confidence, mutation);
        checks.push(Check::number_by_words(Kind::Quadrature, name, &[Mutation::Formula(LINEAR)], run));
        let name = format!("pair-atoms/confidence {confidence}: accuracy by the scale function");
        let mutants = [Mutation::Formula(NO_DRIFT), Mutation::Formula(BOLD)];
        checks.push(Check::number_by_words(Kind::Quadrature, name, &mutants, move |_, t| accuracy(confidence, t)));
    }
    let processes = [NoiseProcess::Ou, NoiseProcess::Edm, NoiseProcess::FLOW];
    for (process, confidence) in processes.into_iter().zip([0.75, 0.9, 0.97]) {
        let name = format!("pair-2d-atoms/{process}/confidence {confidence}: mean signal");
        let mutants = [Mutation::Formula(NO_BRIDGE), Mutation::Formula(LINEAR)];
        checks.push(Check::number_by_words(Kind::MonteCarlo, name, &mutants, move |c, t| {
            decided(c, &process, confidence, 0, t)
        }));
    }
    let (process, confidence) = (NoiseProcess::Ou, 0.75);
    let name = format!("pair-2d-atoms/{process}/confidence {confidence}: accuracy");
    let mutants = [Mutation::Formula(NO_BRIDGE), Mutation::Formula(BOLD)];
    checks.push(Check::number_by_words(Kind::MonteCarlo, name, &mutants, move |c, t| {
        decided(c, &process, confidence, 1, t)
    }));
    Ok(checks)
}

/// `b = atanh(2 confidence - 1)`.
fn bound(confidence: f64) -> f64 {
    (2.0 * confidence - 1.0).atanh()
}

fn wald(confidence: f64, mutation: Mutation) -> Estimate {
    let b = bound(confidence);
    Estimate::rounded(if mutation == Mutation::Formula(LINEAR) { b } else { b * b.tanh() }, 16.0)
}

/// The mean of what is positive is the integral of the chance that it is larger: of being undecided at `k`, up to where that
/// is below `(4/pi) cosh(b) e^{-k/2} < 1e-20`.
fn by_law(confidence: f64, mutation: Mutation) -> Result<Comparison> {
    let b = bound(confidence);
    let lhs = integral(|k| Ok(pair::undecided(k, b)), 0.0, 110.0)?;
    let rhs = wald(confidence, mutation);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// The mean exit time of `du = tanh(u) dk + dB` from `(-b, b)`, from 0: the speed `2 cosh^2` integrated up to `y`, then
/// against the scale `1/cosh^2`.
fn mean_exit(confidence: f64, mutation: Mutation) -> Result<Comparison> {
    let slope = |y: f64| if mutation == Mutation::Formula(NO_DRIFT) { 1.0 } else { y.cosh().powi(-2) };
    let inner = |y: f64| integral(|z| Ok(Estimate::rounded(2.0 / slope(z), 4.0)), 0.0, y);
    let lhs = integral(|y| Ok(inner(y)? * Estimate::rounded(slope(y), 8.0)), 0.0, bound(confidence))?;
    let rhs = wald(confidence, mutation);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// Given `Y = 1` the chance of `b` before `-b`: a ratio of increments of the scale function, whose slope is `exp(-2u)`.
fn accuracy(confidence: f64, mutation: Mutation) -> Result<Comparison> {
    let b = bound(confidence);
    let drift = if mutation == Mutation::Formula(NO_DRIFT) { 0.0 } else { 1.0 };
    let scale = |lo: f64, hi: f64| integral(|u| Ok(Estimate::rounded((-2.0 * drift * u).exp(), 4.0)), lo, hi);
    let (part, rest) = (scale(-b, 0.0)?, scale(0.0, b)?);
    let whole = part + rest;
    let value = part.value() / whole.value();
    let lhs = Estimate::new(value, (part.radius() + value * whole.radius()) / whole.value() + 4.0 * f64::EPSILON);
    let rhs = trusted(confidence, mutation);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

fn trusted(confidence: f64, mutation: Mutation) -> Estimate {
    let error = if mutation == Mutation::Formula(BOLD) { 2.0 } else { 1.0 };
    Estimate::rounded(1.0 - error * (1.0 - confidence), 4.0)
}

/// Decisions along exact paths: the mean of `k`, or how many are right. A path still undecided at `k = 60` has a chance
/// below `exp(-30)`.
fn decided(
    context: &Context,
    process: &NoiseProcess,
    confidence: f64,
    column: usize,
    mutation: Mutation,
) -> Result<Comparison> {
    let law = Mixture::symmetric_pair(&[0.6, 0.8], 0.0)?;
    let levels = [60.0, 8.0, 2.0, 0.5, 0.1].map(|snr| process.at_snr(snr));
    let levels = levels.into_iter().collect::<infodyn_core::Result<Vec<NoiseLevel>>>()?;
    let marginals: Vec<Marginal<'_>> = levels.iter().map(|l| Marginal::new(&law, l)).collect();
    let densities: Vec<&dyn Density> = marginals.iter().map(|m| m as &dyn Density).collect();
    let paths = Paths::new(&law, &levels)?;
    let settings = context.settings(12);
    let means: Means = mean_of_trials(&settings, 2, &[], |_, rng, out| -> Result<()> {
        let mut batch = PathBatch::default();
        paths.draw(out.len() / 2, rng, &mut batch);
        let found = if mutation == Mutation::Formula(NO_BRIDGE) {
            at_levels(&densities, &levels, &batch, confidence)
        } else {
            decisions(&densities, &levels, &batch, confidence, rng)?
                .into_iter()
                .map(|d| d.map(|d| (d.label, d.snr)))
                .collect()
        };
        for ((row, found), &truth) in out.chunks_exact_mut(2).zip(found).zip(&batch.anchors) {
            let (label, snr) = found.unwrap_or((usize::MAX, 60.0));
            (row[0], row[1]) = (snr, f64::from(u8::from(label == truth)));
        }
        Ok(())
    })?;
    let lhs = means.mean(column, Context::CONFIDENCE);
    let rhs = if column == 0 { wald(confidence, mutation) } else { trusted(confidence, mutation) };
    Ok(Comparison::new(lhs, rhs, DECISIVE * rhs.value()))
}

/// The first level, from noise to data, at which a label is trusted.
fn at_levels(
    densities: &[&dyn Density],
    levels: &[NoiseLevel],
    batch: &PathBatch,
    confidence: f64,
) -> Vec<Option<(usize, f64)>> {
    let limit = (confidence / (1.0 - confidence)).ln();
    let mut found = vec![None; batch.anchors.len()];
    let mut odds = Vec::new();
    for ((density, level), offsets) in densities.iter().zip(levels).zip(&batch.offsets).rev() {
        let points = infodyn_core::Points { anchors: &batch.anchors, offsets };
        infodyn_monte_carlo::LabelPosterior::new(*density).log_odds(points, &mut odds);
        for (found, row) in found.iter_mut().zip(odds.chunks_exact(2)) {
            let now = row.iter().position(|&l| l >= limit).map(|label| (label, level.snr()));
            *found = found.or(now);
        }
    }
    found
}
