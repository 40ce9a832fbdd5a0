//! When a path first trusts a label.

use infodyn_core::{Density, Detail, NoiseLevel, Observation, Points};
use infodyn_kernels::Philox;

use crate::{Error, LabelPosterior, PathBatch, Result};

/// The first label that a path trusts, read from noise to data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decision {
    /// Which.
    pub label: usize,
    /// Signal-to-noise ratio at which its posterior reaches the confidence.
    pub snr: f64,
}

/// Where a stretch of log-odds is halved no more; its middle is off by at most `2^-17` of a step of the grid.
const HALVINGS: u32 = 16;

/// Finds the first signal-to-noise ratio at which some label's posterior is `1 - e` or more, along each
/// path; `None` where that does not happen at the levels of the path.
///
/// `densities` are the marginals at `levels`, of increasing noise, at which the paths are known; a path
/// is followed from no signal at all, where the posterior is the prior.
///
/// # Formula
/// Two labels: the log-odds `L` are a diffusion whose squared speed per unit of `gamma` is
/// `c = sigma^4 |grad L|^2/alpha^2`. Between two levels they are taken for a Brownian bridge in the clock that
/// grows by `sqrt(c_1 c_2) (gamma_2 - gamma_1)`; whether and where the bridge leaves `(-b, b)`,
/// `b = log((1-e)/e)`, is drawn exactly, by halving. At `gamma = 0` `c` is the squared distance of the labels' means.
///
/// # Accuracy
/// For two components that share one isotropic covariance `q I`, atoms among them,
/// `c = |mu_1 - mu_2|^2/(1 + q gamma)^2` at every point: the bridge and its clock are those of the exact path, and the
/// decision is without error of the grid, its place to `2^-17` of a step. Otherwise the error is that of taking the
/// bridge for the law of the log-odds over one step.
///
/// More labels: the first level of the grid at which a label is trusted, late by up to a step.
///
/// # Errors
/// [`Error::Trust`] unless `1/2 < confidence < 1`.
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
    let bridge = Bridge { bound: (confidence / (1.0 - confidence)).ln() };
    let start = Known { snr: 0.0, odds: (prior[0] / prior[prior.len() - 1]).ln(), speed: prior_speed(*first) };
    let mut before = vec![start; n];
    let mut supply = Supply::new(rng);
    let (mut odds, mut seen) = (Vec::new(), Observation::default());
    for ((density, level), offsets) in densities.iter().zip(levels).zip(&paths.offsets).rev() {
        let points = Points { anchors: &paths.anchors, offsets };
        LabelPosterior::new(*density).log_odds(points, &mut odds);
        if two {
            density.observe(points, Detail::LABEL_PRODUCTION, &mut seen);
        }
        for (i, row) in odds.chunks_exact(prior.len()).enumerate() {
            if found[i].is_some() {
                continue;
            }
            if two {
                let end = Known { snr: level.snr(), odds: row[0], speed: speed(level, &seen, row[0], i) };
                found[i] = before[i].first_exit(end, &bridge, &mut supply);
                before[i] = end;
            } else {
                let trusted = row.iter().position(|&l| l >= bridge.bound);
                found[i] = trusted.map(|label| Decision { label, snr: level.snr() });
            }
        }
    }
    Ok(found)
}

/// `|E[X_0 given Y=0] - E[X_0 given Y=1]|^2`: the squared speed of the log-odds at no signal.
fn prior_speed(density: &dyn Density) -> f64 {
    let mut centre = vec![0.0; density.dim()];
    let mut gap = centre.clone();
    for (k, (&w, &y)) in density.weights().iter().zip(density.labels()).enumerate() {
        density.centre(k, &mut centre);
        let share = if y == 0 { w } else { -w } / (density.label_weights()[y] * density.alpha());
        gap.iter_mut().zip(&centre).for_each(|(g, c)| *g += share * c);
    }
    gap.iter().map(|g| g * g).sum()
}

/// `sigma^4 |grad L|^2/alpha^2` at point `i`, from `b = p (1-p) |grad L|^2`.
fn speed(level: &NoiseLevel, seen: &Observation, odds: f64, i: usize) -> f64 {
    let product = 1.0 / (2.0 + 2.0 * odds.cosh());
    seen.label_production[i] / product * level.sigma2() * level.sigma2() / (level.alpha() * level.alpha())
}

/// What is known of a path at a level: the log-odds of the first label, and their squared speed per unit of `gamma`.
#[derive(Debug, Clone, Copy)]
struct Known {
    snr: f64,
    odds: f64,
    speed: f64,
}

impl Known {
    /// The first decision between here and `end`, if there is one.
    fn first_exit(self, end: Self, bridge: &Bridge, supply: &mut Supply<'_>) -> Option<Decision> {
        let usable = |a: f64, b: f64| if a.is_finite() && a > 0.0 { a } else { b };
        let (a, b) = (usable(self.speed, end.speed), usable(end.speed, self.speed));
        let total = (a * b).sqrt() * (end.snr - self.snr);
        let [start, stop] = [(0.0, self.odds), (total, end.odds)].map(|(time, odds)| Mark { time, odds });
        let exit = bridge.first_exit(start, stop, supply)?;
        // With 1 + q gamma proportional to 1/sqrt(c), a part p of the clock is this part of the way in gamma.
        let (part, tilt) = (if total > 0.0 { exit.time / total } else { 1.0 }, (a / b).sqrt());
        let way = part / (tilt - part * (tilt - 1.0));
        Some(Decision { label: usize::from(exit.odds < 0.0), snr: self.snr + way * (end.snr - self.snr) })
    }
}

/// Log-odds at a time of their clock.
#[derive(Debug, Clone, Copy)]
struct Mark {
    time: f64,
    odds: f64,
}

/// Brownian bridges inside `(-bound, bound)`.
struct Bridge {
    bound: f64,
}

impl Bridge {
    fn outside(&self, at: Mark) -> bool {
        at.odds.abs() >= self.bound
    }

    /// Where a bridge that starts inside first leaves, if it does.
    fn first_exit(&self, start: Mark, end: Mark, supply: &mut Supply<'_>) -> Option<Mark> {
        let leaves = self.outside(end) || supply.unit() < self.exit_chance(start, end);
        leaves.then(|| self.locate(start, end, supply))
    }

    /// Where a bridge leaves, given that it does.
    fn locate(&self, mut start: Mark, mut end: Mark, supply: &mut Supply<'_>) -> Mark {
        for _ in 0..HALVINGS {
            // Halves are drawn until they hold an exit: that is the bridge given that it leaves.
            loop {
                let middle = middle(start, end, supply);
                if self.outside(middle) || supply.unit() < self.exit_chance(start, middle) {
                    end = middle;
                    break;
                }
                if self.outside(end) || supply.unit() < self.exit_chance(middle, end) {
                    start = middle;
                    break;
                }
            }
        }
        Mark { time: 0.5 * (start.time + end.time), ..end }
    }

    /// The chance that the bridge between two points inside leaves `(-b, b)`.
    ///
    /// # Formula
    /// With `w = 2b`, `x`, `y` the distances of both ends from `-b` and `T` the variance:
    /// `1 - sum_n [ exp(-2 n w (n w + y - x)/T) - exp(-2 (n w + x)(n w + y)/T) ]`, by images.
    ///
    /// # Source
    /// Anderson, *A modification of the sequential probability ratio test*, Ann. Math. Statist. 31 (1960) 165.
    fn exit_chance(&self, start: Mark, end: Mark) -> f64 {
        let (w, t) = (2.0 * self.bound, end.time - start.time);
        let (x, y) = (start.odds + self.bound, end.odds + self.bound);
        if t <= 0.0 {
            return 0.0;
        }
        // Terms beyond n are at most exp(-2 (n w)^2/T).
        let count = ((20.0 * t).sqrt() / w).clamp(1.0, 1e4).ceil() as i32;
        let mut stay = 0.0;
        // Of 1 nothing below e^-40 is seen.
        let term = |exponent: f64| if exponent < -40.0 { 0.0 } else { exponent.exp() };
        for n in -count..=count {
            let shift = f64::from(n) * w;
            stay += term(-2.0 * shift * (shift + y - x) / t) - term(-2.0 * (shift + x) * (shift + y) / t);
        }
        1.0 - stay.clamp(0.0, 1.0)
    }
}

/// The middle of a bridge.
fn middle(start: Mark, end: Mark, supply: &mut Supply<'_>) -> Mark {
    let spread = 0.5 * (end.time - start.time).sqrt();
    Mark { time: 0.5 * (start.time + end.time), odds: 0.5 * (start.odds + end.odds) + spread * supply.normal() }
}

/// Random numbers one at a time, drawn many at once.
struct Supply<'a> {
    rng: &'a mut Philox,
    units: Vec<f64>,
    normals: Vec<f64>,
}

impl<'a> Supply<'a> {
    const MANY: usize = 64;

    fn new(rng: &'a mut Philox) -> Self {
        Self { rng, units: Vec::new(), normals: Vec::new() }
    }

    fn unit(&mut self) -> f64 {
        loop {
            if let Some(u) = self.units.pop() {
                return u;
            }
            self.units.resize(Self::MANY, 0.0);
            self.rng.fill_unit(&mut self.units);
        }
    }

    fn normal(&mut self) -> f64 {
        loop {
            if let Some(z) = self.normals.pop() {
                return z;
            }
            self.normals.resize(Self::MANY, 0.0);
            self.rng.fill_normal(&mut self.normals);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream;

    /// Against a walk of 4096 steps, whose crossings of the barrier are seen late by `0.5826 sqrt(step)`
    /// (Broadie, Glasserman & Kou 1997): the barrier is moved by as much.
    #[test]
    fn a_bridge_leaves_as_often_as_a_fine_walk_does() {
        let bridge = Bridge { bound: 1.0 };
        let at = |time: f64, odds: f64| Mark { time, odds };
        let (steps, n) = (4096, 4000);
        let mut rng = stream(9, 0, 0);
        for (a, b, t) in [(0.2, -0.3, 0.5), (0.0, 0.0, 1.0), (0.5, 0.7, 0.3)] {
            let (mut z, mut left) = (vec![0.0; steps], 0);
            let barrier = 1.0 - 0.5826 * (t / steps as f64).sqrt();
            for _ in 0..n {
                rng.fill_normal(&mut z);
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
        let bridge = Bridge { bound: 1.0 };
        for step in [0.05, 0.7, 4.0_f64] {
            let (mut rng, mut other, n) = (stream(4, 0, 0), stream(4, 1, 0), 20_000);
            let (mut supply, mut total) = (Supply::new(&mut other), 0.0);
            for _ in 0..n {
                let mut here = Mark { time: 0.0, odds: 0.0 };
                loop {
                    let mut z = [0.0];
                    rng.fill_normal(&mut z);
                    let next = Mark { time: here.time + step, odds: here.odds + step.sqrt() * z[0] };
                    if let Some(d) = bridge.first_exit(here, next, &mut supply) {
                        total += d.time;
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
