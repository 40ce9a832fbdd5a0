//! What the posterior says of the label at a point, and draws from it: of the label, and of the data.

use infodyn_core::{Density, Detail, Observation, Points};
use infodyn_kernels::Philox;

use crate::{Batch, Reading};

/// The posterior of the component at a point, from the definition of a [`Density`] as a mixture.
struct Components<'a> {
    density: &'a dyn Density,
    /// Centres, `K x D`.
    centres: Vec<f64>,
    /// Variances along the principal axes, `K x D`.
    variances: Vec<f64>,
    /// `log w_k - (1/2) sum log v_k`, length `K`.
    heights: Vec<f64>,
}

/// Buffers for one point.
#[derive(Default)]
struct Work {
    plain: Vec<f64>,
    axial: Vec<f64>,
    logs: Vec<f64>,
}

impl<'a> Components<'a> {
    fn new(density: &'a dyn Density) -> Self {
        let (dim, weights) = (density.dim(), density.weights());
        let mut centres = vec![0.0; weights.len() * dim];
        for (k, c) in centres.chunks_exact_mut(dim).enumerate() {
            density.centre(k, c);
        }
        let variances: Vec<f64> = (0..weights.len())
            .flat_map(|k| (0..dim).map(move |j| (k, j)))
            .map(|(k, j)| density.variance(k, j))
            .collect();
        let heights = weights.iter().zip(variances.chunks_exact(dim));
        let heights = heights.map(|(w, v)| w.ln() - 0.5 * v.iter().map(|v| v.ln()).sum::<f64>()).collect();
        Self { density, centres, variances, heights }
    }

    fn work(&self) -> Work {
        let dim = self.density.dim();
        Work { plain: vec![0.0; dim], axial: vec![0.0; dim], logs: vec![0.0; self.heights.len()] }
    }

    /// Offset of the point `(anchor, offset)` from centre `k`, along the axes of component `k`, into
    /// `work.axial`.
    fn along_axes(&self, k: usize, anchor: usize, offset: &[f64], work: &mut Work) {
        let dim = offset.len();
        let (own, other) = (&self.centres[anchor * dim..], &self.centres[k * dim..]);
        for (((r, o), a), b) in work.plain.iter_mut().zip(offset).zip(own).zip(other) {
            *r = o + (a - b);
        }
        match self.density.axes(k) {
            None => work.axial.copy_from_slice(&work.plain),
            Some(axes) => {
                for (y, axis) in work.axial.iter_mut().zip(axes.column_iter()) {
                    *y = axis.iter().zip(&work.plain).map(|(u, r)| u * r).sum();
                }
            }
        }
    }

    /// Unnormalised log-posterior of each component at the point, into `work.logs`.
    fn observe(&self, anchor: usize, offset: &[f64], work: &mut Work) {
        for k in 0..self.heights.len() {
            self.look(k, anchor, offset, work);
        }
    }

    /// The same of component `k` alone, and its offset along its axes, into `work.axial`.
    fn look(&self, k: usize, anchor: usize, offset: &[f64], work: &mut Work) {
        self.along_axes(k, anchor, offset, work);
        let variances = &self.variances[k * offset.len()..(k + 1) * offset.len()];
        let energy: f64 = work.axial.iter().zip(variances).map(|(y, v)| y * y / v).sum();
        work.logs[k] = self.heights[k] - 0.5 * energy;
    }

    /// The score of component `k` at the point that it was last looked at, into `out` of length `D`.
    fn score(&self, k: usize, work: &Work, out: &mut [f64]) {
        let pulls = work.axial.iter().zip(&self.variances[k * out.len()..]).map(|(y, v)| -y / v);
        match self.density.axes(k) {
            None => out.iter_mut().zip(pulls).for_each(|(s, pull)| *s = pull),
            Some(axes) => {
                out.fill(0.0);
                for (axis, pull) in axes.column_iter().zip(pulls) {
                    out.iter_mut().zip(axis.iter()).for_each(|(s, u)| *s += pull * u);
                }
            }
        }
    }
}

/// The posterior of the label at points of a [`Density`]: its log-odds, its logarithm with the gradient, and draws
/// from it.
///
/// Computed from the components of the density alone (weights, centres, axes, variances), apart from what
/// the density itself says in [`Density::observe`].
pub struct LabelPosterior<'a> {
    components: Components<'a>,
}

impl<'a> LabelPosterior<'a> {
    /// The posterior of the label under `density`.
    #[must_use]
    pub fn new(density: &'a dyn Density) -> Self {
        Self { components: Components::new(density) }
    }

    /// Number of labels.
    #[must_use]
    pub fn labels(&self) -> usize {
        self.components.density.label_weights().len()
    }

    /// `log(pi_y/(1 - pi_y))` of every label at every point, `n x labels`, row-major, into `out`;
    /// `+inf` where there is one label alone.
    ///
    /// # Accuracy
    /// Of a few units in the last place of the largest log-likelihood ratio, at both ends: the odds are
    /// formed from the sums over the label's components and over all others.
    pub fn log_odds(&self, points: Points<'_>, out: &mut Vec<f64>) {
        let (dim, count, labels) = (self.components.density.dim(), self.labels(), self.components.density.labels());
        let mut work = self.components.work();
        out.clear();
        let (mut tops, mut sums) = (vec![0.0; count], vec![0.0; count]);
        for (&anchor, offset) in points.anchors.iter().zip(points.offsets.chunks_exact(dim)) {
            self.components.observe(anchor, offset, &mut work);
            tops.fill(f64::NEG_INFINITY);
            sums.fill(0.0);
            for (&y, &l) in labels.iter().zip(&work.logs) {
                tops[y] = f64::max(tops[y], l);
            }
            for (&y, &l) in labels.iter().zip(&work.logs) {
                sums[y] += (l - tops[y]).exp();
            }
            // log of the mass of each label; then each against the others, by the two largest.
            sums.iter_mut().zip(&tops).for_each(|(s, t)| *s = t + s.ln());
            for y in 0..count {
                let others = |z: usize| if z == y { f64::NEG_INFINITY } else { sums[z] };
                let top = (0..count).map(others).fold(f64::NEG_INFINITY, f64::max);
                let rest = (0..count).map(|z| (others(z) - top).exp()).sum::<f64>().ln() + top;
                out.push(if count == 1 { f64::INFINITY } else { sums[y] - rest });
            }
        }
    }

    /// `log pi_y` of one label at every point, length `n`, into `ln`, and its gradient `s_y - s`, `n x D`, row-major,
    /// into `gradient`.
    ///
    /// # Formula
    /// With `s_y` and `s_rest` the scores of the label's components and of all others, each the mean of the components'
    /// own scores under their posterior: `s_y - s = (1 - pi_y)(s_y - s_rest)`.
    ///
    /// # Accuracy
    /// Of a few units in the last place of the largest log-likelihood ratio, and of the components' scores times
    /// `1 - pi_y`.
    pub fn belief(&self, label: usize, points: Points<'_>, ln: &mut Vec<f64>, gradient: &mut Vec<f64>) {
        let (dim, labels) = (self.components.density.dim(), self.components.density.labels());
        let mut work = self.components.work();
        let mut scores = vec![0.0; labels.len() * dim];
        ln.clear();
        gradient.clear();
        gradient.resize(points.len() * dim, 0.0);
        let rows = points.anchors.iter().zip(points.offsets.chunks_exact(dim)).zip(gradient.chunks_exact_mut(dim));
        for ((&anchor, offset), gradient) in rows {
            // Of the label's components, and of the rest.
            let (mut tops, mut sums) = ([f64::NEG_INFINITY; 2], [0.0; 2]);
            for ((k, score), &y) in scores.chunks_exact_mut(dim).enumerate().zip(labels) {
                self.components.look(k, anchor, offset, &mut work);
                self.components.score(k, &work, score);
                let side = usize::from(y != label);
                tops[side] = f64::max(tops[side], work.logs[k]);
            }
            for (l, &y) in work.logs.iter_mut().zip(labels) {
                let side = usize::from(y != label);
                *l = (*l - tops[side]).exp();
                sums[side] += *l;
            }
            let odds = tops[0] + sums[0].ln() - (tops[1] + sums[1].ln());
            let small = (-odds.abs()).exp();
            let rest = if odds > 0.0 { small / (1.0 + small) } else { 1.0 / (1.0 + small) };
            ln.push(f64::min(odds, 0.0) - small.ln_1p());
            for ((share, &y), score) in work.logs.iter().zip(labels).zip(scores.chunks_exact(dim)) {
                let signed = if y == label { rest * share / sums[0] } else { -rest * share / sums[1] };
                gradient.iter_mut().zip(score).for_each(|(g, s)| *g += signed * s);
            }
        }
    }

    /// Draws a label from the posterior at every point, into `out`: the outcome of a path that ends there.
    pub fn draw(&self, points: Points<'_>, rng: &mut Philox, out: &mut Vec<usize>) {
        let density = self.components.density;
        let mut work = self.components.work();
        let mut uniforms = vec![0.0; points.len()];
        rng.fill_unit(&mut uniforms);
        out.clear();
        let rows = points.anchors.iter().zip(points.offsets.chunks_exact(density.dim()));
        for ((&anchor, offset), u) in rows.zip(uniforms) {
            self.components.observe(anchor, offset, &mut work);
            out.push(density.labels()[choose(&work.logs, u)]);
        }
    }
}

/// Draws `X_0''` from `p(X_0 given X_t)`, independent of the true `X_0` given `X_t`.
///
/// The component is drawn from its posterior, then `X_0` from the component's: along a principal
/// axis with data variance `l` it is normal with mean `alpha l y/v` and variance `sigma^2 l/v`, where
/// `v = alpha^2 l + sigma^2` and `y` is the offset of the point from the component's centre.
pub(crate) struct PosteriorClone<'a> {
    components: Components<'a>,
    data: &'a dyn Density,
}

impl<'a> PosteriorClone<'a> {
    pub(crate) fn new(marginal: &'a dyn Density, data: &'a dyn Density) -> Self {
        Self { components: Components::new(marginal), data }
    }

    /// `-log p(X_0'' given X_t)` at each point of the batch, into `out`, length `n`.
    pub(crate) fn surprisals(&self, batch: &Batch<'_>, reading: &Reading, out: &mut Vec<f64>) {
        let (n, dim, marginal) = (batch.len(), batch.dim, self.components.density);
        let (alpha, sigma2) = (marginal.alpha(), marginal.sigma2());
        let mut rng: Philox = batch.auxiliary();
        let (mut uniforms, mut normals) = (vec![0.0; n], vec![0.0; n * dim]);
        rng.fill_unit(&mut uniforms);
        rng.fill_normal(&mut normals);
        let mut work = self.components.work();
        let (mut anchors, mut clones) = (Vec::with_capacity(n), vec![0.0; n * dim]);
        out.clear();
        for i in 0..n {
            let (anchor, offset) = (reading.anchors[i], &reading.offsets[i * dim..(i + 1) * dim]);
            self.components.observe(anchor, offset, &mut work);
            let k = choose(&work.logs, uniforms[i]);
            self.components.along_axes(k, anchor, offset, &mut work);
            let axial = &mut work.axial;
            // Noise energy of the clone, |x - alpha X_0''|^2/sigma^2, in a form that does not cancel.
            let (mut energy, normals) = (0.0, &normals[i * dim..(i + 1) * dim]);
            for ((j, y), z) in axial.iter_mut().enumerate().zip(normals) {
                let (l, v) = (marginal.eigenvalue(k, j), marginal.variance(k, j));
                let spread = (l / v).sqrt() * z;
                let noise = *y * sigma2.sqrt() / v - alpha * spread;
                energy += noise * noise;
                *y = alpha * l / v * *y + sigma2.sqrt() * spread;
            }
            let clone = &mut clones[i * dim..(i + 1) * dim];
            match marginal.axes(k) {
                None => clone.copy_from_slice(axial),
                Some(axes) => {
                    for (axis, y) in axes.column_iter().zip(axial.iter()) {
                        clone.iter_mut().zip(axis.iter()).for_each(|(c, u)| *c += u * y);
                    }
                }
            }
            anchors.push(k);
            out.push(kernel_surprisal(energy, dim, sigma2) + reading.observation.ln_density[i]);
        }
        let mut observation = Observation::default();
        self.data.observe(Points { anchors: &anchors, offsets: &clones }, Detail::empty(), &mut observation);
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
