//! How far a sampler ends from where the exact flow would, from the same noise; and schedules chosen by that.
//!
//! Samplers start as users start them, from normal noise of the noisiest level, and ask the exact denoiser of a law, so
//! that all that is seen is the error of their steps. Starts are drawn in parts, each from a stream of its own: the
//! same seed gives the same bits for any number of threads.

use std::sync::Arc;

use infodyn_core::{Channel, Estimate, Law, NoiseLevel, NoiseProcess, Points, progress};
use infodyn_monte_carlo::{LabelPosterior, PathBatch, Reverse, Scheme, stream, studentised};
use infodyn_samplers::Rule;
use rayon::prelude::*;

use crate::sample::SAMPLERS;
use crate::{Error, Result};

/// The deterministic samplers, whose end from a start is one point: by name, and the evaluations of the denoiser at a
/// level (one less in all where there are two, the step to 0 needing one).
pub const DETERMINISTIC: [(&str, usize); 3] = [("euler", 1), ("heun", 2), ("dpmpp2m", 1)];

/// Parts that starts are drawn in: the values of an interval.
const PARTS: usize = 32;
/// Level of the intervals.
const LEVEL: f64 = 0.997;
/// Steps of the reference.
const STEPS: usize = 512;

/// The ends of the exact flow from some starts.
#[derive(Debug, Clone)]
pub struct Ends {
    law: Arc<dyn Law>,
    from: f64,
    /// Starts of a part, `n x D` each, about the first component's mean.
    starts: Vec<Vec<f64>>,
    /// What the flow carries them to, likewise, and their labels.
    ends: Vec<Vec<f64>>,
    labels: Vec<Vec<usize>>,
    /// Root mean square of how far the reference itself may be.
    off: f64,
}

/// How far a sampler ends from the exact flow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance {
    /// Root mean square distance, in the units of the data.
    pub distance: Estimate,
    /// The share of starts that end nearer to another label.
    pub relabelled: Estimate,
}

impl Ends {
    /// The exact flow from `count` starts (rounded up to a multiple of 32) at the level `from`; `scale` is the root
    /// mean square of a coordinate of the data about its mean.
    ///
    /// # Accuracy
    /// The flow is followed by the multistep method of second order over 512 steps down to a ten-thousandth of the
    /// scale, and once more over half of them: what they differ by is in the radius of every [`Distance`].
    ///
    /// # Errors
    /// When the law has no flow.
    pub fn new(law: &Arc<dyn Law>, from: f64, scale: f64, count: usize, seed: u64) -> Result<Self> {
        let each = count.div_ceil(PARTS).max(1);
        let start = |part: usize| {
            let mut x = vec![0.0; each * law.dim()];
            stream(seed, 0, part as u32).fill_normal(&mut x);
            // About the mean of the first component, that offsets are told from.
            let mean = law.mixture().map(|m| m.mean(0).to_vec()).unwrap_or_default();
            let place = |(i, x): (usize, &mut f64)| *x = from * *x - mean.get(i % law.dim()).copied().unwrap_or(0.0);
            x.iter_mut().enumerate().for_each(place);
            x
        };
        let law = Arc::clone(law);
        let starts: Vec<Vec<f64>> = (0..PARTS).map(start).collect();
        let mut found = Self { law, from, starts, ends: vec![], labels: vec![], off: 0.0 };
        let last = 1e-4 * scale;
        let fine = |steps: usize| -> Result<Vec<(Vec<f64>, Vec<usize>)>> {
            let sigmas = Rule::Edm { rho: 7.0 }.levels(steps, [from, last])?;
            found.carry(&sigmas, Scheme::FlowMultistep)
        };
        let (ends, half) = (fine(STEPS)?, fine(STEPS / 2)?);
        let pairs = || ends.iter().zip(&half).flat_map(|(a, b)| a.0.iter().zip(&b.0));
        let square: f64 = pairs().map(|(a, b)| (a - b) * (a - b)).sum();
        found.off = (square / (PARTS * each) as f64).sqrt();
        (found.ends, found.labels) = ends.into_iter().unzip();
        Ok(found)
    }

    /// Carries the starts down these levels, which fall, and to no noise: ends and labels of each part.
    fn carry(&self, sigmas: &[f64], scheme: Scheme) -> Result<Vec<(Vec<f64>, Vec<usize>)>> {
        let levels = sigmas.iter().rev().map(|&s| NoiseProcess::Edm.at(s));
        let levels = levels.collect::<infodyn_core::Result<Vec<NoiseLevel>>>()?;
        let cleanest = levels.first().map_or(self.from, NoiseLevel::t);
        let channel = Channel::new(Arc::clone(&self.law), NoiseProcess::Edm, cleanest)?;
        let reverse = Reverse::new(&channel, &levels, 1, scheme)?;
        let carry = |start: &Vec<f64>| {
            let anchors = vec![0; start.len() / self.law.dim()];
            let (mut paths, mut labels) = (PathBatch::default(), Vec::new());
            // The flow draws nothing.
            reverse.follow(&anchors, start, &mut stream(0, 0, 0), &mut paths)?;
            if let Some(density) = reverse.densities().next() {
                labels = likeliest(density, Points { anchors: &paths.anchors, offsets: &paths.offsets[0] });
            }
            progress::done();
            Ok((reverse.denoised(&paths), labels))
        };
        progress::expect(self.starts.len() as u64);
        self.starts.par_iter().map(carry).collect()
    }

    /// How far the sampler of that name ends from the flow by a schedule; `sigmas` fall, the 0 at their end left out.
    ///
    /// # Accuracy
    /// Intervals of level 0.997, [`studentised`] over 32 parts of the starts, and the error of the reference.
    ///
    /// # Errors
    /// When there is no deterministic sampler of that name, or the levels do not fall.
    pub fn distance(&self, sampler: &str, sigmas: &[f64]) -> Result<Distance> {
        let deterministic = DETERMINISTIC.iter().any(|s| s.0 == sampler);
        let scheme = SAMPLERS.iter().find(|s| deterministic && s.0 == sampler).map(|s| s.1);
        let scheme = scheme.ok_or_else(|| Error::Random { sampler: sampler.into() })?;
        let found = self.carry(sigmas, scheme)?;
        let each = self.starts[0].len() / self.law.dim();
        let count = (PARTS * each) as u64;
        let square = |(a, b): (&(Vec<f64>, Vec<usize>), &Vec<f64>)| {
            a.0.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>() / each as f64
        };
        let squares: Vec<f64> = found.iter().zip(&self.ends).map(square).collect();
        let moved = |(a, b): (&(Vec<f64>, Vec<usize>), &Vec<usize>)| {
            a.1.iter().zip(b).filter(|(a, b)| a != b).count() as f64 / each as f64
        };
        let moved: Vec<f64> = found.iter().zip(&self.labels).map(moved).collect();
        let mean = studentised(&squares, count, LEVEL);
        let rms = mean.value().max(0.0).sqrt();
        let low = (mean.value() - mean.radius()).max(0.0).sqrt();
        let high = (mean.value() + mean.radius()).sqrt();
        let radius = (high - rms).max(rms - low) + self.off;
        Ok(Distance { distance: Estimate::new(rms, radius), relabelled: studentised(&moved, count, LEVEL) })
    }

    /// The mean square distance alone, to compare schedules from the same starts.
    fn square(&self, sampler: &str, sigmas: &[f64]) -> f64 {
        self.distance(sampler, sigmas).map_or(f64::INFINITY, |d| d.distance.value().powi(2))
    }

    /// The scale `c` at which the clock `flow:c` from the level of the starts down to 0 ends nearest to the flow, by
    /// that sampler in that many steps: golden section over `log c` from a quarter of `start` to four times it, to
    /// three digits, more than a flat minimum has.
    #[must_use]
    pub fn best_scale(&self, sampler: &str, steps: usize, start: f64) -> f64 {
        let cost = |c: f64| self.square(sampler, &flow(self.from, c.exp(), steps));
        let best = golden([(start / 4.0).ln(), (start * 4.0).ln()], RUNS, cost).exp();
        let unit = 10_f64.powf(best.log10().floor() - 2.0);
        // As it is written, so that the flag that it makes gives the same levels.
        format!("{:.2e}", (best / unit).round() * unit).parse().unwrap_or(best)
    }

    /// Levels fitted to a sampler: one after the other is moved between its neighbours to where the ends come nearest
    /// to the flow, round after round, until a round wins less than half a percent or eight are done. The first stays.
    #[must_use]
    pub fn fit(&self, sampler: &str, sigmas: &[f64]) -> Vec<f64> {
        const ROUNDS: usize = 8;
        const MOVES: usize = 7;
        /// Levels stay this far apart, in `log sigma`; the last may fall by `e^2` at a move.
        const APART: f64 = 1e-3;
        let mut best = sigmas.to_vec();
        let mut cost = self.square(sampler, &best);
        for _ in 0..ROUNDS {
            let before = cost;
            for i in 1..best.len() {
                let low = best.get(i + 1).map_or(best[i].ln() - 2.0, |s| s.ln() + APART);
                let high = best[i - 1].ln() - APART;
                let moved = |s: f64| {
                    let mut moved = best.clone();
                    moved[i] = s.exp();
                    moved
                };
                let at = golden([low, high], MOVES, |s| self.square(sampler, &moved(s)));
                let (moved, here) = (moved(at), best[i]);
                let found = self.square(sampler, &moved);
                if found < cost && moved[i] != here {
                    (best, cost) = (moved, found);
                }
            }
            if cost > 0.99 * before {
                break;
            }
        }
        best
    }
}

/// Runs of a sampler in the search for a scale.
const RUNS: usize = 12;

/// The levels of `flow:c` down to 0, which is left out.
fn flow(from: f64, c: f64, steps: usize) -> Vec<f64> {
    let mut levels = Rule::Flow { c }.levels(steps, [from, 0.0]).unwrap_or_default();
    levels.pop();
    levels
}

/// Where a function is least, by golden section with that many evaluations.
fn golden([mut a, mut b]: [f64; 2], runs: usize, cost: impl Fn(f64) -> f64) -> f64 {
    let ratio = 0.5 * (5_f64.sqrt() - 1.0);
    let (mut x, mut y) = (b - ratio * (b - a), a + ratio * (b - a));
    let (mut at_x, mut at_y) = (cost(x), cost(y));
    for _ in 2..runs {
        if at_x < at_y {
            (b, y, at_y) = (y, x, at_x);
            x = b - ratio * (b - a);
            at_x = cost(x);
        } else {
            (a, x, at_x) = (x, y, at_y);
            y = a + ratio * (b - a);
            at_y = cost(y);
        }
    }
    if at_x < at_y { x } else { y }
}

/// The likeliest label of each point.
fn likeliest(density: &dyn infodyn_core::Density, points: Points<'_>) -> Vec<usize> {
    let posterior = LabelPosterior::new(density);
    let mut odds = Vec::new();
    posterior.log_odds(points, &mut odds);
    let best = |odds: &[f64]| (0..odds.len()).rev().max_by(|&a, &b| odds[a].total_cmp(&odds[b])).unwrap_or(0);
    odds.chunks_exact(posterior.labels()).map(best).collect()
}

#[cfg(test)]
mod tests {
    use infodyn_closed_form::MixtureLaw;
    use infodyn_core::{Covariance, Mixture};
    use infodyn_samplers::Sampler;

    use super::*;

    /// Of a Gaussian the flow and the samplers are linear: from `s_0 z` the flow ends at `s_0 z (l/(l + s_0^2))^{1/2}`,
    /// and a sampler at `r^{1/2}` of that, `r` the known ratio of variances (theory.md S5).
    #[test]
    fn distances_on_a_gaussian_are_those_known() {
        let l = 0.25;
        let law = Mixture::gaussian(&[5.0, 5.0], Covariance::isotropic(l).unwrap()).unwrap();
        let law: Arc<dyn Law> = MixtureLaw::of(law);
        let ends = Ends::new(&law, 10.0, 0.5, 4096, 3).unwrap();
        for (name, sampler) in [("euler", Sampler::Ddim), ("heun", Sampler::Heun), ("dpmpp2m", Sampler::Multistep)] {
            let sigmas = flow(10.0, 0.7, 9);
            let exact: Vec<Estimate> = sigmas.iter().map(|&s| Estimate::given(s)).collect();
            let ratio = sampler.clean_variance_ratio(&exact, &Estimate::given(l), |x| x.ln()).value();
            // Starts are normal about 0 and not about the mean: the flow carries `x - 5` as it does `x`.
            let reach = (2.0 * (100.0 + 25.0) * l / (l + 100.0)).sqrt();
            let known = reach * (1.0 - ratio.sqrt()).abs();
            let found = ends.distance(name, &sigmas).unwrap();
            assert!(
                (found.distance - Estimate::rounded(known, 8.0)).contains(0.0),
                "{name}: {} {known}",
                found.distance
            );
            assert!(found.distance.radius() < 0.1 * known && found.relabelled.value() == 0.0, "{name}");
        }
        assert!(ends.off < 1e-4, "{}", ends.off);
        assert!(matches!(ends.distance("ancestral", &[1.0]), Err(Error::Random { .. })));
    }

    #[test]
    fn fitted_levels_are_no_worse_and_a_scale_is_found() {
        let law: Arc<dyn Law> = MixtureLaw::of(Mixture::symmetric_pair(&[1.0], 0.05).unwrap());
        let ends = Ends::new(&law, 80.0, 1.0, 256, 3).unwrap();
        let c = ends.best_scale("dpmpp2m", 6, 1.0);
        let start = flow(80.0, c, 6);
        let square = |sigmas: &[f64]| ends.square("dpmpp2m", sigmas);
        assert!(square(&start) <= square(&flow(80.0, 1.0, 6)) && square(&start) <= square(&flow(80.0, 3.0, 6)));
        let fitted = ends.fit("dpmpp2m", &start);
        assert!(square(&fitted) < 0.5 * square(&start), "{} {}", square(&fitted), square(&start));
        assert!(fitted[0] == 80.0 && fitted.windows(2).all(|p| p[1] < p[0]));
    }
}
