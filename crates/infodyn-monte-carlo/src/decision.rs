//! When a path first trusts a label.

use infodyn_core::{Density, Detail, NoiseLevel, Observation, Points};
use rand_philox::Philox;

use crate::random::fill_normal;
use crate::random::fill_unit;
use crate::{Error, LabelPosterior, PathBatch, Result};

/// The first label that a path trusts, read from noise to data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decision {
    /// Which.
    pub label: usize,
    /// Signal-to-noise ratio at which its posterior reaches the confidence.
    pub snr: f64,
}

/// Where a stretch of log-odds is halved no more: `2^-40` of a step of the grid.
const HALVINGS: u32 = 40;

/// Finds the first signal-to-noise ratio at which some label's posterior is `1 - e` or more, along each
/// path; `None` where that does not happen at the levels of the path.
///
/// `densities` are the marginals at `levels`, of increasing noise, at which the paths are known; the path
/// is followed from no signal at all, where the posterior is the prior.
///
/// # Formula
/// Two labels: between levels the log-odds `L` are taken for a Brownian bridge in the clock
/// `c gamma`, with `c = sigma^4 |grad L|^2/alpha^2` the mean of its values at both ends; whether and where the bridge
/// leaves `(-b, b)`, `b = log((1-e)/e)`, is drawn exactly, by halving. For two components that share one
/// isotropic covariance, atoms among them, `c` does not depend on the point; for two atoms not on `gamma`
/// either, the bridge is the law of the path between the levels, and the decision is without error of the grid.
/// Otherwise the error is that of taking `c` as constant over a step.
///
/// More labels: the first level of the grid at which a label is trusted, late by up to a step.
///
/// # Errors
/// [`Error::Confidence`] unless `1/2 < confidence < 1`.
pub fn decisions(
    densities: &[&dyn Density],
    levels: &[NoiseLevel],
    paths: &PathBatch,
    confidence: f64,
    rng: &mut Philox,
) -> Result<Vec<Option<Decision>>> {
    if !(confidence > 0.5 && confidence < 1.0) {
        return Err(Error::Trust { value: confidence });
    }
    let n = paths.anchors.len();
    let mut found: Vec<Option<Decision>> = vec![None; n];
    let Some(first) = densities.last() else { return Ok(found) };
    let prior = first.label_weights();
    if let Some(label) = prior.iter().position(|&w| w >= confidence) {
        return Ok(vec![Some(Decision { label, snr: 0.0 }); n]);
    }
    let two = prior.len() == 2;
    let bound = (confidence / (1.0 - confidence)).ln();
    let mut before: Vec<End> =
        vec![End { snr: 0.0, odds: (prior[0] / prior[prior.len() - 1]).ln(), speed: f64::NAN }; n];
    let (mut odds, mut seen) = (Vec::new(), Observation::default());
    for ((density, level), offsets) in densities.iter().zip(levels).zip(&paths.offsets).rev() {
        let points = Points { anchors: &paths.anchors, offsets };
        LabelPosterior::new(*density).log_odds(points, &mut odds);
        let detail = if two { Detail::Labels } else { Detail::Score };
        if two {
            density.observe(points, detail, &mut seen);
        }
        for (i, row) in odds.chunks_exact(prior.len()).enumerate() {
            if found[i].is_some() {
                continue;
            }
            if !two {
                let trusted = row.iter().position(|&l| l >= bound);
                found[i] = trusted.map(|label| Decision { label, snr: level.snr() });
                continue;
            }
            let speed = speed(level, &seen, i);
            let end = End { snr: level.snr(), odds: row[0], speed };
            let start = before[i];
            // A speed is not known where the label is as good as certain, nor before the first level.
            let known = |a: f64, b: f64| if a.is_nan() { b } else { a };
            let clock = 0.5 * (known(start.speed, end.speed) + known(end.speed, start.speed));
            let bridge = Bridge { bound, clock };
            found[i] = bridge.first_exit(start, end, rng);
            before[i] = end;
        }
    }
    Ok(found)
}

/// `sigma^4 |grad L|^2/alpha^2` at point `i`, from `b = p (1-p) |grad L|^2`.
fn speed(level: &NoiseLevel, seen: &Observation, i: usize) -> f64 {
    let product = 0.5 * (1.0 - seen.label.agreement[i]);
    if product < 1e-9 {
        return f64::NAN;
    }
    seen.label_production[i] / product * level.sigma2 * level.sigma2 / (level.alpha * level.alpha)
}

/// Log-odds of the first label at a signal-to-noise ratio.
#[derive(Debug, Clone, Copy)]
struct End {
    snr: f64,
    odds: f64,
    speed: f64,
}

/// Log-odds between two ends: a Brownian bridge whose variance grows by `clock` per unit of `gamma`.
struct Bridge {
    bound: f64,
    clock: f64,
}

impl Bridge {
    fn outside(&self, end: End) -> bool {
        end.odds.abs() >= self.bound
    }

    fn decision(&self, at: End) -> Decision {
        Decision { label: usize::from(at.odds < 0.0), snr: at.snr }
    }

    /// Where a bridge that starts inside first leaves, if it does.
    fn first_exit(&self, start: End, end: End, rng: &mut Philox) -> Option<Decision> {
        if !self.outside(end) && unit(rng) >= self.exit_chance(start, end) {
            return None;
        }
        Some(self.locate(start, end, rng))
    }

    /// Where a bridge leaves, given that it does.
    fn locate(&self, mut start: End, mut end: End, rng: &mut Philox) -> Decision {
        for _ in 0..HALVINGS {
            // Halves are drawn until they hold an exit: that is the bridge given that it leaves.
            loop {
                let middle = self.middle(start, end, rng);
                let first = self.outside(middle) || unit(rng) < self.exit_chance(start, middle);
                if first {
                    end = middle;
                    break;
                }
                if self.outside(end) || unit(rng) < self.exit_chance(middle, end) {
                    start = middle;
                    break;
                }
            }
        }
        self.decision(end)
    }

    fn middle(&self, start: End, end: End, rng: &mut Philox) -> End {
        let mut z = [0.0];
        fill_normal(rng, &mut z);
        let spread = 0.5 * (self.clock * (end.snr - start.snr)).sqrt();
        End { snr: 0.5 * (start.snr + end.snr), odds: 0.5 * (start.odds + end.odds) + spread * z[0], speed: f64::NAN }
    }

    /// The chance that the bridge between two points inside leaves `(-b, b)`.
    ///
    /// # Formula
    /// With `w = 2b`, `x`, `y` the distances of both ends from `-b` and `T` the variance:
    /// `1 - sum_n [ exp(-2 n w (n w + y - x)/T) - exp(-2 (n w + x)(n w + y)/T) ]`, by images.
    ///
    /// # Source
    /// Anderson, *A modification of the sequential probability ratio test*, Ann. Math. Statist. 31 (1960) 165.
    fn exit_chance(&self, start: End, end: End) -> f64 {
        let (w, t) = (2.0 * self.bound, self.clock * (end.snr - start.snr));
        let (x, y) = (start.odds + self.bound, end.odds + self.bound);
        if t <= 0.0 {
            return 0.0;
        }
        // Terms fall as exp(-2 ((n-1) w)^2/T).
        let reach = 1.0 + (25.0 * t).sqrt() / w;
        let count = reach.min(1e4).ceil() as i32;
        let mut stay = 0.0;
        for n in -count..=count {
            let shift = f64::from(n) * w;
            stay += (-2.0 * shift * (shift + y - x) / t).exp() - (-2.0 * (shift + x) * (shift + y) / t).exp();
        }
        1.0 - stay.clamp(0.0, 1.0)
    }
}

fn unit(rng: &mut Philox) -> f64 {
    let mut u = [0.0];
    fill_unit(rng, &mut u);
    u[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{random::fill_normal, stream};

    /// Against a walk of 4096 steps, whose crossings of the barrier are seen late by `0.5826 sqrt(step)`
    /// (Broadie, Glasserman & Kou 1997): the barrier is moved by as much.
    #[test]
    fn a_bridge_leaves_as_often_as_a_fine_walk_does() {
        let bridge = Bridge { bound: 1.0, clock: 1.0 };
        let at = |snr: f64, odds: f64| End { snr, odds, speed: f64::NAN };
        let (steps, n) = (4096, 4000);
        let mut rng = stream(9, 0, 0);
        for (a, b, t) in [(0.2, -0.3, 0.5), (0.0, 0.0, 1.0), (0.5, 0.7, 0.3)] {
            let (mut z, mut left) = (vec![0.0; steps], 0);
            let barrier = 1.0 - 0.5826 * (t / steps as f64).sqrt();
            for _ in 0..n {
                fill_normal(&mut rng, &mut z);
                let scale = (t / steps as f64).sqrt();
                let total: f64 = z.iter().sum::<f64>() * scale;
                let mut w = 0.0;
                left += u32::from(z.iter().enumerate().any(|(i, z)| {
                    w += z * scale;
                    let part = (i + 1) as f64 / steps as f64;
                    (a + w - part * total + part * (b - a)).abs() > barrier
                }));
            }
            let (found, truth) = (f64::from(left) / f64::from(n), bridge.exit_chance(at(0.0, a), at(t, b)));
            assert!((found - truth).abs() < 6.0 * (0.25 / f64::from(n)).sqrt(), "{a} {b} {t}: {found} {truth}");
        }
    }

    /// The first exit from (-1, 1) of a free Brownian motion has mean 1, whatever the grid.
    #[test]
    fn exits_are_found_at_their_time_on_any_grid() {
        let bridge = Bridge { bound: 1.0, clock: 1.0 };
        for step in [0.05, 0.7, 4.0_f64] {
            let (mut rng, n) = (stream(4, 0, 0), 20_000);
            let mut total = 0.0;
            for _ in 0..n {
                let mut here = End { snr: 0.0, odds: 0.0, speed: f64::NAN };
                loop {
                    let mut z = [0.0];
                    fill_normal(&mut rng, &mut z);
                    let next = End { snr: here.snr + step, odds: here.odds + step.sqrt() * z[0], ..here };
                    if let Some(d) = bridge.first_exit(here, next, &mut rng) {
                        total += d.snr;
                        break;
                    }
                    here = next;
                }
            }
            // Var = 2/3: E T^2 = 5/3.
            let mean = total / f64::from(n);
            assert!((mean - 1.0).abs() < 6.0 * (2.0 / 3.0 / f64::from(n)).sqrt(), "{step}: {mean}");
        }
    }
}
