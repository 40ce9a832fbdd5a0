//! How the denoiser bends along the exact flow.

use std::sync::Arc;

use infodyn_core::{Detail, Law, NoiseProcess, Observation, Points};
use infodyn_monte_carlo::{ByChunk, View, mean_of};

use crate::Result;
use crate::profile::Settings;

/// `E|D_s|^2` or `E|D_ss|^2` at a level: derivatives of the denoiser by `log s` along the exact flow, whose points have
/// the marginal at every level.
///
/// # Formula
/// Along the flow `dx/d log s = x - D`; central differences over steps of 1e-3, whose error is below 1e-4 of the value
/// where derivatives of higher order are no more than ten times as large each.
pub(super) fn turning(law: &Arc<dyn Law>, order: usize, s: f64, settings: &Settings) -> Result<ByChunk> {
    const STEP: f64 = 1e-3;
    // What bends most is rare: draws that lie evenly, and many where they cost little.
    let most = if law.dim() <= 3 { 1 << 16 } else { 1 << 13 };
    let level = |s: f64| NoiseProcess::Edm.at(s);
    let here = level(s)?;
    let density = law.density(&here);
    let (after, before) = (level(s * STEP.exp())?, level(s * (-STEP).exp())?);
    let (after, before) = (law.density(&after), law.density(&before));
    let view = View::new(here, &*density).asking(Detail::MEAN_OFFSET);
    let samples = settings.samples.unwrap_or(most).clamp(if law.dim() <= 3 { most } else { 1 }, most);
    let draw = infodyn_monte_carlo::Draw::Even;
    let settings = infodyn_monte_carlo::Settings { seed: settings.seed, samples, draw, ..Default::default() };
    let means = mean_of(&settings, &**law, &[view], 1, &[], |batch, out| {
        let reading = &batch.readings[0];
        let (x, m) = (&reading.offsets, &reading.observation.mean_offset);
        let mut seen = [Observation::default(), Observation::default()];
        let mut denoise = |bend: &[f64]| {
            for (side, (density, seen)) in [1.0, -1.0].into_iter().zip([&after, &before].into_iter().zip(&mut seen)) {
                let moved = |i: usize| x[i] + side * STEP * (x[i] - m[i]) + 0.5 * STEP * STEP * bend[i];
                let offsets: Vec<f64> = (0..x.len()).map(moved).collect();
                density.observe(Points { anchors: &reading.anchors, offsets: &offsets }, Detail::MEAN_OFFSET, seen);
            }
            let [up, down] = &seen;
            let pairs = up.mean_offset.iter().zip(&down.mean_offset).zip(m);
            pairs.map(|((u, d), m)| [(u - d) / (2.0 * STEP), (u - 2.0 * m + d) / (STEP * STEP)]).collect::<Vec<_>>()
        };
        let mut found = denoise(&vec![0.0; x.len()]);
        if order > 1 {
            // d/d log s of x - D.
            let bend: Vec<f64> = (0..x.len()).map(|i| x[i] - m[i] - found[i][0]).collect();
            found = denoise(&bend);
        }
        for (out, point) in out.iter_mut().zip(found.chunks(batch.dim)) {
            *out = point.iter().map(|d| d[order - 1] * d[order - 1]).sum();
        }
    })?;
    let mean = means.mean(0, settings.confidence);
    let bias = 1e-4 * mean.value();
    Ok(ByChunk { mean: mean.widened(bias), bias, chunks: means.of_chunks(0).collect() })
}
