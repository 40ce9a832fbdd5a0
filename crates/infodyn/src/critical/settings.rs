//! What is asked for, and between which noise levels.

use infodyn_core::{Law, Mixture, NoiseLevel, NoiseProcess};

/// What is asked for besides the law and the process.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Noise levels at which fixed points are listed; twelve by default.
    pub levels: Option<Vec<NoiseLevel>>,
    /// Into how many parts the way from one of the default levels to the next is cut: 1 leaves them.
    pub between: usize,
    /// Samples of Monte Carlo at each level, where integration does not serve.
    pub samples: u64,
    /// Seed of every random number.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        let monte_carlo = infodyn_monte_carlo::Settings::default();
        Self { levels: None, between: 1, samples: 16_384, seed: monte_carlo.seed }
    }
}

/// The signal-to-noise ratios to look at, as far as the process goes.
///
/// Of a mixture from where the noise is a thousand times the square distance of the farthest component from the mean,
/// however little it weighs, to where no two components are closer than 20 standard deviations (or two hundred times
/// below the smallest variance). Of another law from a thousandth to 400 times the ratio at which the noise is the
/// variance of its component: `D/R^2` of a sphere, where the score at the origin turns unstable.
///
/// # Formula
/// Of atoms within `r` of a point every posterior covariance `S` is below `r^2`. Per unit of `log gamma`, `gamma
/// mmse/2` grows while `gamma E tr S^2 < mmse`, hence while `gamma r^2 < 1`; and the label's part of it, whose slope
/// has `tr S^2 - E tr S_y^2 <= 2 r^2 tr Cov(E[X_0 given X_t, Y])` given `X_t`, while `gamma r^2 < 1/2`: neither has a
/// peak below. The variance of the law sets no such end: a component of weight `w` adds `w` times its distance to it,
/// and is decided at a ratio that grows with `log(1/w)` alone.
pub(crate) fn range(law: &dyn Law, process: &NoiseProcess) -> infodyn_core::Result<(f64, f64)> {
    let (low, high) = match law.mixture() {
        Some(mixture) => of_mixture(mixture),
        None => {
            let scale = 1.0 / law.density(&NoiseProcess::Ve.at(1.0)?).eigenvalue(0, 0);
            (1e-3 * scale, 400.0 * scale)
        }
    };
    // Derivatives in log snr are differences, which must stay inside.
    let (least, most) = process.snr_range();
    let low = low.max(1.01 * least);
    Ok((low, high.min(0.99 * most).max(1.0001 * low)))
}

fn of_mixture(law: &Mixture) -> (f64, f64) {
    let (k, d) = (law.components(), law.dim());
    let total = law.total_mean();
    let reach2 = |i: usize| {
        let off: f64 = law.mean(i).iter().zip(total.iter()).map(|(m, c)| (m - c) * (m - c)).sum();
        off + (0..d).map(|j| law.covariance(i).eigenvalue(j)).fold(0.0, f64::max)
    };
    let reaches2: Vec<f64> = (0..k).map(reach2).collect();
    let farthest = reaches2.iter().copied().fold(0.0, f64::max);
    let variance: f64 = reaches2.iter().zip(law.weights()).map(|(r, w)| r * w).sum();
    let distance2 =
        |i: usize, j: usize| -> f64 { law.mean(i).iter().zip(law.mean(j)).map(|(a, b)| (a - b) * (a - b)).sum() };
    let pairs = (0..k.min(2048)).flat_map(|i| (0..i).map(move |j| (i, j)));
    let closest = pairs.map(|(i, j)| distance2(i, j)).filter(|&x| x > 0.0).fold(f64::INFINITY, f64::min);
    let eigenvalues = (0..k).flat_map(|i| (0..d).map(move |j| (i, j)));
    let finest =
        eigenvalues.map(|(i, j)| law.covariance(i).eigenvalue(j)).filter(|&q| q > 0.0).fold(f64::INFINITY, f64::min);
    let [farthest, scale] = [farthest, variance].map(|v| if v > 0.0 { v } else { 1.0 });
    (1e-3 / farthest, (400.0 / closest).max(200.0 / finest).clamp(10.0 / scale, 1e12 / scale))
}
