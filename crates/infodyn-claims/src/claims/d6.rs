//! D6: how much signal a decision takes.

use infodyn_closed_form::{Marginal, MixtureLaw, pair};
use infodyn_core::{Comparison, Density, Estimate, Mixture, NoiseLevel, NoiseProcess, ulps};
use infodyn_monte_carlo::{Means, PathBatch, Paths, decisions, mean_of_trials};
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SHARP, integral};
use crate::decisions::{bound, wald};
use crate::{Check, Claim, Context, Ingredient, Kind, Origin, Result};

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

/// A mean within a twentieth of a decision's signal says enough to tell the mutants.
const DECISIVE: f64 = 0.05;

/// Log-odds at which a label is trusted, in units of `b`: 2 in the claim, where `u` reaches `b`.
const ODDS: f64 = 2.0;
const HALF_THE_ODDS: (Ingredient, &str, f64) = (Ingredient::Threshold, "log-odds of b trusted in place of 2 b", 1.0);

/// The drift of the innovation in units of `tanh u`, or of 1 given the label: 1 in the claim.
const DRIFT: f64 = 1.0;
const NO_DRIFT: (Ingredient, &str, f64) = (Ingredient::Drift, "the innovation without its drift", 0.0);

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let (ingredient, how, odds) = HALF_THE_ODDS;
    let (lost, without, drift) = NO_DRIFT;
    type Exit = fn(f64, f64, f64) -> Result<Comparison>;
    let exits: [(&str, Exit); 2] =
        [("mean exit by Green's function", mean_exit), ("accuracy by the scale function", accuracy)];
    for confidence in [0.6, 0.75, 0.9, 0.99] {
        for (what, exit) in exits {
            let name = format!("pair-atoms/confidence {confidence}: {what}");
            let check = Check::number(Kind::Quadrature, name, move |_| exit(confidence, ODDS, DRIFT))
                .variant(ingredient, how, move |_| exit(confidence, odds, DRIFT))
                .variant(lost, without, move |_| exit(confidence, ODDS, drift));
            checks.push(check);
        }
        let name = format!("pair-atoms/confidence {confidence}: mean by the law of the decision");
        let check = Check::number(Kind::Quadrature, name, move |_| by_law(confidence, ODDS));
        checks.push(check.variant(ingredient, how, move |_| by_law(confidence, odds)));
    }
    for (process, confidence, asked) in [
        (NoiseProcess::Ou, 0.75, Asked::Signal),
        (NoiseProcess::Edm, 0.9, Asked::Signal),
        (NoiseProcess::FLOW, 0.97, Asked::Signal),
        (NoiseProcess::Ou, 0.75, Asked::Accuracy),
    ] {
        let trial = Trial { process, confidence, asked, odds: ODDS, watched: Watched::Throughout };
        let name = format!("pair-2d-atoms/{process}/confidence {confidence}: {}", asked.name());
        let check = Check::number(Kind::MonteCarlo, name, move |context| trial.run(context));
        let check = check.variant(ingredient, how, move |context| Trial { odds, ..trial }.run(context));
        let late = Trial { watched: Watched::AtLevels, ..trial };
        let how = "decisions seen at the levels of the grid alone";
        checks.push(check.variant(Ingredient::Scheme, how, move |context| late.run(context)));
    }
    Ok(checks)
}

/// What the mean still gains after `k` on paths that stop at `|u| = b`: the chance to be undecided is below
/// `(4/pi) cosh(b) e^{-k/2}`.
fn later(b: f64, k: f64) -> f64 {
    8.0 / std::f64::consts::PI * b.cosh() * (-0.5 * k).exp()
}

/// The mean of what is positive is the integral of the chance that it is larger: of being undecided at `k`.
fn by_law(confidence: f64, odds: f64) -> Result<Comparison> {
    let b = bound(confidence) * odds / ODDS;
    let lhs = integral(|k| Ok(pair::undecided(k, b)), 0.0, 110.0)?.widened(later(b, 110.0));
    let rhs = wald(confidence);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// The mean exit time of `du = drift tanh(u) dk + dB` from `(-b, b)`, from 0: the speed `2 cosh^(2 drift)` integrated
/// up to `y`, then against the scale, its inverse.
fn mean_exit(confidence: f64, odds: f64, drift: f64) -> Result<Comparison> {
    let slope = |y: f64| Estimate::rounded(y.cosh(), ulps::HYPERBOLIC).powf(-2.0 * drift);
    let inner = |y: f64| integral(|z| Ok(Estimate::from(2) / slope(z)), 0.0, y);
    let outer = |y: f64| Ok(inner(y)? * slope(y));
    let lhs = integral(outer, 0.0, bound(confidence) * odds / ODDS)?;
    let rhs = wald(confidence);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// Given `Y = 1` the chance of `b` before `-b`: a ratio of increments of the scale function, whose slope is
/// `exp(-2 drift u)`.
fn accuracy(confidence: f64, odds: f64, drift: f64) -> Result<Comparison> {
    let b = bound(confidence) * odds / ODDS;
    let scale = |lo: f64, hi: f64| integral(|u| Ok(Estimate::near(-2.0 * drift * u).exp()), lo, hi);
    let part = scale(-b, 0.0)?;
    let lhs = part / (part + scale(0.0, b)?);
    // b is rounded.
    Ok(Comparison::new(lhs, Estimate::rounded(confidence, ulps::HYPERBOLIC), SHARP * confidence))
}

/// What is asked of a decision.
#[derive(Clone, Copy)]
enum Asked {
    /// The mean of `k`.
    Signal,
    /// How many are right.
    Accuracy,
}

impl Asked {
    fn name(self) -> &'static str {
        match self {
            Self::Signal => "mean signal",
            Self::Accuracy => "accuracy",
        }
    }
}

/// When a path is looked at.
#[derive(Clone, Copy)]
enum Watched {
    Throughout,
    AtLevels,
}

/// Decisions along exact paths of two atoms in the plane.
#[derive(Clone, Copy)]
struct Trial {
    process: NoiseProcess,
    confidence: f64,
    asked: Asked,
    odds: f64,
    watched: Watched,
}

impl Trial {
    /// The signal at which a path that is still undecided is given up.
    const LAST: f64 = 60.0;

    fn run(self, context: &Context) -> Result<Comparison> {
        let law = MixtureLaw::of(Mixture::symmetric_pair(&[0.6, 0.8], 0.0)?);
        let levels = [Self::LAST, 8.0, 2.0, 0.5, 0.1].map(|snr| self.process.at_snr(snr));
        let levels = levels.into_iter().collect::<infodyn_core::Result<Vec<NoiseLevel>>>()?;
        let marginals: Vec<Marginal<'_>> = levels.iter().map(|l| Marginal::new(&law, l)).collect();
        let densities: Vec<&dyn Density> = marginals.iter().map(|m| m as &dyn Density).collect();
        let paths = Paths::new(&*law, &levels)?;
        let b = bound(self.confidence);
        let trusted = 1.0 / (1.0 + (-self.odds * b).exp());
        let means: Means = mean_of_trials(&context.settings(12), 1, &[], |_, rng, out| -> Result<()> {
            let mut batch = PathBatch::default();
            paths.draw(out.len(), rng, &mut batch);
            let found = match self.watched {
                Watched::AtLevels => at_levels(&densities, &levels, &batch, trusted),
                Watched::Throughout => {
                    let found = decisions(&densities, &levels, &batch, trusted, rng)?.into_iter();
                    found.map(|d| d.map(|d| (d.label, d.snr))).collect()
                }
            };
            for ((out, found), &truth) in out.iter_mut().zip(found).zip(&batch.anchors) {
                let (label, snr) = found.unwrap_or((usize::MAX, Self::LAST));
                *out = match self.asked {
                    Asked::Signal => snr,
                    Asked::Accuracy => f64::from(u8::from(label == truth)),
                };
            }
            Ok(())
        })?;
        // Those given up.
        let lhs = means.mean(0, Context::CONFIDENCE).widened(later(b, Self::LAST));
        let rhs = match self.asked {
            Asked::Signal => wald(self.confidence),
            Asked::Accuracy => Estimate::given(self.confidence),
        };
        Ok(Comparison::new(lhs, rhs, DECISIVE * rhs.value()))
    }
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
