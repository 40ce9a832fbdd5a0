//! When the points of a data set are decided.

use infodyn_closed_form::pair;
use infodyn_core::{Estimate, Mixture, NoiseLevel, NoiseProcess, stable, ulps};
use nalgebra::DVector;
use rayon::prelude::*;

use super::classes::Class;
use super::top::Eigenvalues;

/// Where `I(X_0;X_t) = log N` (theory.md E4).
#[derive(Debug, Clone, PartialEq)]
pub struct Collapse {
    /// The noise level.
    pub level: NoiseLevel,
    /// The signal-to-noise ratio.
    pub snr: Estimate,
    /// Number of points `N`.
    pub points: usize,
    /// What stands for the law that the points were drawn from.
    pub population: &'static str,
    /// The same where each class has a population of its own.
    pub classes: Option<OfClasses>,
}

/// The collapse of a data set whose labels are known: `I(X_0;X_t) = I(Y;X_t) + I(X_0;X_t given Y)`.
#[derive(Debug, Clone, PartialEq)]
pub struct OfClasses {
    /// `H(Y)`, nats: what of `log N` the label is.
    pub label_entropy: f64,
    /// The noise level.
    pub level: NoiseLevel,
    /// The signal-to-noise ratio.
    pub snr: Estimate,
}

/// The collapse of a data set or of random patterns; other laws are not samples of another.
///
/// # Formula
/// `I(snr) = log N`. For patterns, `I` of the uniform law on the corners of a cube: `D` times that of
/// a symmetric pair. For a data set the population is unknown: `I = (1/2) sum log(1 + snr l_i)` of
/// the Gaussian with the covariance of the data, which no law with that covariance exceeds; the
/// collapse of the true population is therefore at this ratio or above.
///
/// Where labels are known, `I <= H(Y) + sum w_y (1/2) sum log(1 + snr l_yi)` of the covariances of the classes: where
/// this is `log N` is a lower bound, too.
pub(super) fn collapse(
    law: &Mixture,
    (kind, eigenvalues): (&str, &Eigenvalues),
    process: &NoiseProcess,
    classes: &[Class],
    notes: &mut Vec<String>,
) -> Option<Collapse> {
    const MOST_DIM: usize = 1024;
    let (n, d) = (law.components(), law.dim());
    let target = (n as f64).ln();
    // With the ratio at which the noise is the variance of the law, or its largest.
    let (population, unit, information): (_, _, Box<dyn Fn(f64) -> f64>) = match kind {
        "patterns" => (
            "uniform on the corners of a cube",
            1.0,
            Box::new(move |g: f64| d as f64 * (std::f64::consts::LN_2 - pair::label_entropy(g).value())),
        ),
        "dataset" if d > MOST_DIM => {
            notes.push(format!(
                "collapse is left out: the covariance in dimension {d} is not computed, only up to {MOST_DIM}"
            ));
            return None;
        }
        "dataset" => {
            let eigenvalues = eigenvalues.of(law).clone();
            notes.push(
                "collapse: the population behind a data set is unknown; with the Gaussian of the same covariance in its place the ratio is a lower bound, up to the sampling of the covariance".into(),
            );
            (
                "gaussian with the covariance of the data",
                eigenvalues.max().recip().min(f64::MAX),
                Box::new(move |g: f64| 0.5 * eigenvalues.iter().map(|l| (g * l.max(0.0)).ln_1p()).sum::<f64>()),
            )
        }
        _ => return None,
    };
    let Some(snr) = crossing(&*information, unit, target, d).filter(|_| n > 1) else {
        notes.push(format!("collapse is left out: I(X_0;X_t) of the population never is log {n}"));
        return None;
    };
    let level = process.at_snr(snr.value());
    if level.is_err() {
        notes.push(format!("collapse at snr {:e} lies outside the process", snr.value()));
    }
    let classes = if kind == "dataset" { of_classes(classes, unit, target, process) } else { None };
    Some(Collapse { level: level.ok()?, snr, points: n, population, classes })
}

/// Where the information that the label and the Gaussians of the classes bound is `target`.
fn of_classes(classes: &[Class], unit: f64, target: f64, process: &NoiseProcess) -> Option<OfClasses> {
    let dim = classes.first()?.covariance.nrows();
    let spectra: Vec<DVector<f64>> = classes.par_iter().map(|one| one.covariance.symmetric_eigenvalues()).collect();
    let label_entropy = -classes.iter().map(|one| stable::x_ln_x(one.weight)).sum::<f64>();
    let information = |g: f64| {
        let within = |l: &DVector<f64>| 0.5 * l.iter().map(|l| (g * l.max(0.0)).ln_1p()).sum::<f64>();
        label_entropy + classes.iter().zip(&spectra).map(|(one, l)| one.weight * within(l)).sum::<f64>()
    };
    let snr = crossing(&information, unit, target, dim)?;
    Some(OfClasses { label_entropy, level: process.at_snr(snr.value()).ok()?, snr })
}

/// Where an information that grows with the ratio is `target`; `unit` is a ratio of its scale, and each of its
/// terms, of which there are `terms`, is right to a few units.
fn crossing(information: &dyn Fn(f64) -> f64, unit: f64, target: f64, terms: usize) -> Option<Estimate> {
    let (mut low, mut high) = ((1e-12 * unit).ln(), (1e12 * unit).ln());
    if information(high.exp()) <= target || information(low.exp()) >= target {
        return None;
    }
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if information(middle.exp()) < target { low = middle } else { high = middle }
    }
    let snr = (0.5 * (low + high)).exp();
    // The information is summed to a few units a term; its slope is mmse/2.
    let slope = (information(snr * 1.001) - information(snr * 0.999)) / 0.002;
    let radius = snr * ((high - low) + ulps::SAMPLE * f64::EPSILON * (target + terms as f64) / slope);
    Some(Estimate::new(snr, radius))
}
