//! A second draw of the data from the posterior at each point.

use infodyn_core::{Density, Detail, Observation, Points};
use rand_philox::Philox;

use crate::random::{fill_normal, fill_unit};
use crate::{Batch, Reading};

/// Draws `X_0''` from `p(X_0 given X_t)`, independent of the true `X_0` given `X_t`.
///
/// The component is drawn from its posterior, then `X_0` from the component's: along a principal
/// axis with data variance `l` it is normal with mean `alpha l y/v` and variance `sigma^2 l/v`, where
/// `v = alpha^2 l + sigma^2` and `y` is the offset of the point from the component's centre.
pub(crate) struct PosteriorClone<'a> {
    marginal: &'a dyn Density,
    data: &'a dyn Density,
    /// Centres, `K x D`.
    centres: Vec<f64>,
    /// `log w_k - (1/2) sum log v_k`, length `K`.
    heights: Vec<f64>,
}

impl<'a> PosteriorClone<'a> {
    pub(crate) fn new(marginal: &'a dyn Density, data: &'a dyn Density) -> Self {
        let dim = marginal.dim();
        let weights = marginal.weights();
        let mut centres = vec![0.0; weights.len() * dim];
        for (k, c) in centres.chunks_exact_mut(dim).enumerate() {
            marginal.centre(k, c);
        }
        let heights = weights.iter().enumerate();
        let heights =
            heights.map(|(k, w)| w.ln() - 0.5 * (0..dim).map(|j| marginal.variance(k, j).ln()).sum::<f64>()).collect();
        Self { marginal, data, centres, heights }
    }

    /// Offset of the point `(anchor, offset)` from centre `k`, along the axes of component `k`.
    fn along_axes(&self, k: usize, anchor: usize, offset: &[f64], plain: &mut [f64], out: &mut [f64]) {
        let dim = offset.len();
        let (own, other) = (&self.centres[anchor * dim..], &self.centres[k * dim..]);
        for (((r, o), a), b) in plain.iter_mut().zip(offset).zip(own).zip(other) {
            *r = o + (a - b);
        }
        match self.marginal.axes(k) {
            None => out.copy_from_slice(plain),
            Some(axes) => {
                for (y, axis) in out.iter_mut().zip(axes.column_iter()) {
                    *y = axis.iter().zip(plain.iter()).map(|(u, r)| u * r).sum();
                }
            }
        }
    }

    /// `-log p(X_0'' given X_t)` at each point of the batch, into `out`, length `n`.
    pub(crate) fn surprisals(&self, batch: &Batch<'_>, reading: &Reading, out: &mut Vec<f64>) {
        let (n, dim, count) = (batch.len(), batch.dim, self.heights.len());
        let (alpha, sigma2) = (self.marginal.alpha(), self.marginal.sigma2());
        let mut rng: Philox = batch.auxiliary();
        let (mut uniforms, mut normals) = (vec![0.0; n], vec![0.0; n * dim]);
        fill_unit(&mut rng, &mut uniforms);
        fill_normal(&mut rng, &mut normals);
        let (mut plain, mut axial, mut logs) = (vec![0.0; dim], vec![0.0; dim], vec![0.0; count]);
        let (mut anchors, mut clones) = (Vec::with_capacity(n), vec![0.0; n * dim]);
        out.clear();
        for i in 0..n {
            let (anchor, offset) = (reading.anchors[i], &reading.offsets[i * dim..(i + 1) * dim]);
            for (k, log) in logs.iter_mut().enumerate() {
                self.along_axes(k, anchor, offset, &mut plain, &mut axial);
                let energy: f64 = axial.iter().enumerate().map(|(j, y)| y * y / self.marginal.variance(k, j)).sum();
                *log = self.heights[k] - 0.5 * energy;
            }
            let k = choose(&logs, uniforms[i]);
            self.along_axes(k, anchor, offset, &mut plain, &mut axial);
            // Noise energy of the clone, |x - alpha X_0''|^2/sigma^2, in a form that does not cancel.
            let (mut energy, normals) = (0.0, &normals[i * dim..(i + 1) * dim]);
            for ((j, y), z) in axial.iter_mut().enumerate().zip(normals) {
                let (l, v) = (self.marginal.eigenvalue(k, j), self.marginal.variance(k, j));
                let spread = (l / v).sqrt() * z;
                let noise = *y * sigma2.sqrt() / v - alpha * spread;
                energy += noise * noise;
                *y = alpha * l / v * *y + sigma2.sqrt() * spread;
            }
            let clone = &mut clones[i * dim..(i + 1) * dim];
            match self.marginal.axes(k) {
                None => clone.copy_from_slice(&axial),
                Some(axes) => {
                    for (axis, y) in axes.column_iter().zip(&axial) {
                        clone.iter_mut().zip(axis.iter()).for_each(|(c, u)| *c += u * y);
                    }
                }
            }
            anchors.push(k);
            out.push(kernel_surprisal(energy, dim, sigma2) + reading.observation.ln_density[i]);
        }
        let mut observation = Observation::default();
        self.data.observe(Points { anchors: &anchors, offsets: &clones }, Detail::Score, &mut observation);
        out.iter_mut().zip(&observation.ln_density).for_each(|(s, l)| *s -= l);
    }
}

/// `-log p(x given X_0)` when `|x - alpha X_0|^2 = energy sigma^2`.
pub(crate) fn kernel_surprisal(energy: f64, dim: usize, sigma2: f64) -> f64 {
    0.5 * (energy + dim as f64 * (std::f64::consts::TAU * sigma2).ln())
}

/// The index that `u` in `(0, 1)` picks from unnormalised log-weights.
fn choose(logs: &[f64], u: f64) -> usize {
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = logs.iter().map(|l| (l - top).exp()).sum();
    let mut left = u * total;
    for (k, l) in logs.iter().enumerate() {
        left -= (l - top).exp();
        if left <= 0.0 {
            return k;
        }
    }
    logs.len() - 1
}
