//! Where a law changes its mind: fixed points, bifurcations, peaks, speciation and collapse.

mod collapse;
mod landscape;
mod peaks;

pub use collapse::Collapse;
pub use landscape::{Branching, Resting};
pub use peaks::{Clock, Peak, Speciation};

use infodyn_closed_form::{MixtureLaw, SphereLaw};
use infodyn_core::{Mixture, NoiseLevel, NoiseProcess, Sphere};

use crate::Result;

/// What is asked for besides the law and the process.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Noise levels at which fixed points are listed; twelve by default.
    pub levels: Option<Vec<NoiseLevel>>,
    /// Samples of Monte Carlo at each level, where integration does not serve.
    pub samples: u64,
    /// Seed of every random number.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        let monte_carlo = infodyn_monte_carlo::Settings::default();
        Self { levels: None, samples: 16_384, seed: monte_carlo.seed }
    }
}

/// What happens to a law along a process.
#[derive(Debug, Clone, PartialEq)]
pub struct Critical {
    /// Signal-to-noise ratios between which it was looked for.
    pub snr: (f64, f64),
    /// Fixed points of the three energies at the noise levels asked for.
    pub fixed_points: Vec<Resting>,
    /// Where they meet.
    pub bifurcations: Vec<Branching>,
    /// Peaks of rates and of the variance.
    pub peaks: Vec<Peak>,
    /// When the labels are decided, by several criteria.
    pub speciation: Vec<Speciation>,
    /// When a data set's points are decided.
    pub collapse: Option<Collapse>,
    /// What was left out or approximated, and why.
    pub notes: Vec<String>,
}

/// Everything critical about `law`, of the kind that its file says.
///
/// Noise levels run from where the noise is a thousand times the variance of the law to where no
/// two components are closer than 20 standard deviations (or two hundred times below the smallest
/// variance), as far as the process goes.
///
/// # Errors
/// When the process or a density cannot be read.
pub fn critical(law: &Mixture, kind: &str, process: &NoiseProcess, settings: &Settings) -> Result<Critical> {
    let mut notes = Vec::new();
    let snr = range(law, process);
    let (fixed_points, bifurcations) = landscape::landscapes(law, process, snr, settings, &mut notes)?;
    let (peaks, speciation) = peaks::peaks(MixtureLaw::of(law.clone()), process, snr, settings, &mut notes)?;
    let collapse = collapse::collapse(law, kind, process, &mut notes);
    Ok(Critical { snr, fixed_points, bifurcations, peaks, speciation, collapse, notes })
}

/// Everything critical about a sphere.
///
/// Noise levels run from a thousandth to 400 times the ratio `D/R^2` at which the score at the origin
/// turns unstable, as far as the process goes.
///
/// # Errors
/// When the process cannot be read.
pub fn critical_sphere(law: &Sphere, process: &NoiseProcess, settings: &Settings) -> Result<Critical> {
    let mut notes = Vec::new();
    let scale = law.dim() as f64 / (law.radius() * law.radius());
    let snr = within(process, 1e-3 * scale, 400.0 * scale);
    let (fixed_points, bifurcations) = landscape::of_sphere(law, process, snr, settings, &mut notes)?;
    let (peaks, speciation) = peaks::peaks(SphereLaw::of(*law), process, snr, settings, &mut notes)?;
    Ok(Critical { snr, fixed_points, bifurcations, peaks, speciation, collapse: None, notes })
}

/// The signal-to-noise ratios to look at.
fn range(law: &Mixture, process: &NoiseProcess) -> (f64, f64) {
    let (k, d) = (law.components(), law.dim());
    let total = law.total_mean();
    let spread = |i: usize| {
        let off: f64 = law.mean(i).iter().zip(total.iter()).map(|(m, c)| (m - c) * (m - c)).sum();
        let own = (0..d).map(|j| law.covariance(i).eigenvalue(j)).fold(0.0, f64::max);
        law.weights()[i] * (off + own)
    };
    let variance: f64 = (0..k).map(spread).sum();
    let distance2 =
        |i: usize, j: usize| -> f64 { law.mean(i).iter().zip(law.mean(j)).map(|(a, b)| (a - b) * (a - b)).sum() };
    let pairs = (0..k.min(2048)).flat_map(|i| (0..i).map(move |j| (i, j)));
    let closest = pairs.map(|(i, j)| distance2(i, j)).filter(|&x| x > 0.0).fold(f64::INFINITY, f64::min);
    let eigenvalues = (0..k).flat_map(|i| (0..d).map(move |j| (i, j)));
    let finest =
        eigenvalues.map(|(i, j)| law.covariance(i).eigenvalue(j)).filter(|&q| q > 0.0).fold(f64::INFINITY, f64::min);
    let scale = if variance > 0.0 { variance } else { 1.0 };
    let by_distance = if closest.is_finite() { 400.0 / closest } else { 0.0 };
    let by_variance = if finest.is_finite() { 200.0 / finest } else { 0.0 };
    let high = by_distance.max(by_variance).clamp(10.0 / scale, 1e12 / scale);
    within(process, 1e-3 / scale, high)
}

/// What of a range the process has; derivatives in `log snr` are differences, which must stay inside.
fn within(process: &NoiseProcess, low: f64, high: f64) -> (f64, f64) {
    let (least, most) = process.snr_range();
    let low = low.max(1.01 * least);
    (low, high.min(0.99 * most).max(1.0001 * low))
}
