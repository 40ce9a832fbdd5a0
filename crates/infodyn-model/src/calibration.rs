//! Which noise level a model should be told.

use infodyn_core::Estimate;

use crate::blocks::{in_order, sampled};
use crate::measure::Question;

/// The search goes over multiples from 1/8 to 8, in so many steps at first.
const MOST: f64 = 8.0;
const STEPS: i32 = 12;
/// Then by golden sections, so many.
const SECTIONS: usize = 12;
/// Half of the distance, in the logarithm, over which the error is differentiated.
const STEP: f64 = 0.1;

impl Question<'_> {
    /// The multiple of `sigma` that the model should be told for the least error, on so many rows; `None` where nothing
    /// tells.
    ///
    /// # Accuracy
    /// The radius covers the sample (the slope of the error over its curvature) and the end of the search.
    pub(crate) fn sigma_calibration(&self, sigma: f64, rows: usize) -> Option<Estimate> {
        let count = self.sample.blocks_of(rows);
        let blocks: Vec<_> = (0..count).map(|i| self.sample.block(i)).collect();
        let noisy: Vec<Vec<f64>> = blocks.iter().map(|b| b.noisy(sigma)).collect();
        let dim = self.sample.dim;
        // The level that is told for a multiple, and the error of each row.
        let ask = |log: f64| -> Option<(f64, Vec<f64>)> {
            let told = self.denoiser.nearest(sigma * log.exp())?;
            let errors = in_order(count, |i| -> Option<Vec<f64>> {
                let mut out = vec![0.0; noisy[i].len()];
                self.denoiser.denoise(&noisy[i], sigma, told, &mut out).ok()?;
                let rows = out.chunks_exact(dim).zip(blocks[i].clean.chunks_exact(dim));
                Some(rows.map(|(d, x)| d.iter().zip(x).map(|(d, x)| (d - x) * (d - x)).sum()).collect())
            });
            let errors = errors.into_iter().collect::<Option<Vec<_>>>()?.concat();
            errors.iter().all(|e| e.is_finite()).then(|| ((told / sigma).ln(), errors))
        };
        let mean = |errors: &[f64]| errors.iter().sum::<f64>() / errors.len() as f64;
        let value = |log: f64| ask(log).map_or(f64::INFINITY, |(_, errors)| mean(&errors));
        let end = MOST.ln();
        let at = |k: i32| end * (2.0 * f64::from(k) / f64::from(STEPS) - 1.0);
        let grid: Vec<f64> = (0..=STEPS).map(|k| value(at(k))).collect();
        let best = (0..=STEPS).min_by(|&a, &b| grid[a as usize].total_cmp(&grid[b as usize]))?;
        if !grid[best as usize].is_finite() {
            return None;
        }
        // At an end of the search nothing more is known.
        if best == 0 || best == STEPS {
            let ([(log, there), (_, here)], width) = ([ask(at(best))?, ask(0.0)?], at(1) - at(0));
            let (gain, error) = self.mean_of(&there.iter().zip(&here).map(|(t, h)| h - t).collect::<Vec<_>>());
            return (gain > 5.0 * error).then(|| Estimate::new(log.exp(), log.exp() * width));
        }
        let (mut low, mut high) = (at(best - 1), at(best + 1));
        let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
        let inner = |low: f64, high: f64| [high - golden * (high - low), low + golden * (high - low)];
        let mut points = inner(low, high);
        let mut values = points.map(value);
        for _ in 0..SECTIONS {
            if values[0] <= values[1] {
                high = points[1];
                points = [inner(low, high)[0], points[0]];
                values = [value(points[0]), values[0]];
            } else {
                low = points[0];
                points = [points[1], inner(low, high)[1]];
                values = [values[1], value(points[1])];
            }
        }
        let (found, middle) = ask(0.5 * (low + high))?;
        let ((up, above), (down, below)) = (ask(found + STEP)?, ask(found - STEP)?);
        let distance = up - down;
        if distance <= 0.0 {
            return None;
        }
        let slopes: Vec<f64> = above.iter().zip(&below).map(|(a, b)| (a - b) / distance).collect();
        let (_, error) = self.mean_of(&slopes);
        // From the three levels that were told.
        let (before, after) = (found - down, up - found);
        if before <= 0.0 || after <= 0.0 {
            return None;
        }
        let curvature =
            2.0 * ((mean(&above) - mean(&middle)) / after - (mean(&middle) - mean(&below)) / before) / (before + after);
        let spread = error / curvature;
        if !(curvature > 0.0 && spread < 1.0) {
            return None;
        }
        let multiple = found.exp();
        let freedom = (middle.len() / self.sample.noises).max(2) as f64 - 1.0;
        Some(sampled(multiple, multiple * spread, freedom, middle.len()).widened(multiple * (high - low)))
    }

    /// A mean over rows with its standard error, the noises of a point taken together.
    pub(crate) fn mean_of(&self, rows: &[f64]) -> (f64, f64) {
        let together = if self.sample.points >= crate::measure::POPULATION { self.sample.noises } else { 1 };
        let means: Vec<f64> = rows.chunks(together).map(|c| c.iter().sum::<f64>() / c.len() as f64).collect();
        let n = means.len() as f64;
        let mean = means.iter().sum::<f64>() / n;
        let square: f64 = means.iter().map(|m| (m - mean) * (m - mean)).sum();
        (mean, (square / (n - 1.0).max(1.0) / n).sqrt())
    }
}
