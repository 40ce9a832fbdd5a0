//! Points that are too many for memory, seen through noise: they are read a tile at a time.

use std::cell::Cell;
use std::f64::consts::TAU;
use std::fmt::Debug;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use infodyn_core::{Density, Detail, Law, NoiseLevel, Observation, Points, Support};
use infodyn_kernels::{Kernel, LANES, Lanes, run};
use nalgebra::DMatrix;

use crate::terms::ZERO;

/// Points of `R^D` that stand elsewhere, as in files.
pub trait Rows: Debug + Send + Sync {
    /// How many there are, at least one.
    fn count(&self) -> usize;

    /// Dimension `D`.
    fn dim(&self) -> usize;

    /// The points from number `first` on, as many as `out` has room for, row-major.
    ///
    /// # Errors
    /// When they cannot be read.
    fn read(&self, first: usize, out: &mut [f64]) -> io::Result<()>;
}

/// Numbers of a tile where memory allows it: as many stay in the second cache while panels take them in turn.
pub const TILE: usize = 1 << 15;

/// What weighs less than this beside the most probable point is not seen in averages.
const UNSEEN: f64 = 1e-36;

/// Equal atoms on points that are read whenever they are asked for. Of the law they are one component about the origin,
/// without labels: what a component or a label says of `X_0` is not there, nor is `H(X_0)`.
#[derive(Debug)]
pub struct TiledLaw {
    rows: Arc<dyn Rows>,
    /// Points of a tile.
    tile: usize,
    /// Variances of the coordinates, and the largest squared distance of a point from the mean of all.
    variances: Vec<f64>,
    radius2: f64,
    failure: Mutex<Option<String>>,
}

impl TiledLaw {
    /// The law of points that are read so many at a time, at least one.
    ///
    /// # Errors
    /// When they cannot be read: all of them are, twice.
    pub fn of(rows: Arc<dyn Rows>, tile: usize) -> io::Result<Arc<Self>> {
        let (count, dim) = (rows.count() as f64, rows.dim());
        let mut law =
            Self { rows, tile: tile.max(1), variances: vec![0.0; dim], radius2: 0.0, failure: Mutex::default() };
        let mut first = vec![0.0; dim];
        law.rows.read(0, &mut first)?;
        let (mut sums, mut squares) = (vec![0.0; dim], vec![0.0; dim]);
        law.tiles(|tile| {
            for row in tile.chunks_exact(dim) {
                for i in 0..dim {
                    let x = row[i] - first[i];
                    sums[i] += x;
                    squares[i] += x * x;
                }
            }
        })?;
        let mean: Vec<f64> = (0..dim).map(|i| first[i] + sums[i] / count).collect();
        let mut radius2: f64 = 0.0;
        law.tiles(|tile| {
            for row in tile.chunks_exact(dim) {
                let distance2: f64 = row.iter().zip(&mean).map(|(x, m)| (x - m) * (x - m)).sum();
                radius2 = radius2.max(distance2);
            }
        })?;
        let variance = |i: usize| ((squares[i] - sums[i] * sums[i] / count) / count).max(0.0);
        law.variances = (0..dim).map(variance).collect();
        law.radius2 = radius2 * (1.0 + 8.0 * dim as f64 * f64::EPSILON);
        Ok(Arc::new(law))
    }

    /// Why points could not be read, once they could not: numbers from then on are none.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All points in their order, a tile at a time.
    fn tiles(&self, mut see: impl FnMut(&[f64])) -> io::Result<()> {
        thread_local!(static KEPT: Cell<Vec<f64>> = Cell::default());
        let (count, dim) = (self.rows.count(), self.rows.dim());
        let mut kept = KEPT.take();
        kept.resize(self.tile.min(count) * dim, 0.0);
        let mut all = || {
            for first in (0..count).step_by(self.tile) {
                let tile = &mut kept[..self.tile.min(count - first) * dim];
                self.rows.read(first, tile)?;
                see(tile);
            }
            Ok(())
        };
        let found = all();
        KEPT.set(kept);
        found
    }

    /// Keeps why points could not be read; whether they could.
    fn is_read(&self, found: &io::Result<()>) -> bool {
        if let Err(error) = found {
            let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
            failure.get_or_insert_with(|| error.to_string());
        }
        found.is_ok()
    }
}

impl Law for TiledLaw {
    fn dim(&self) -> usize {
        self.rows.dim()
    }

    fn density(&self, level: &NoiseLevel) -> Box<dyn Density + '_> {
        Box::new(Tiled { law: self, level: *level })
    }

    fn support(&self) -> Support {
        Support::Neither
    }

    fn radius2(&self) -> Option<f64> {
        Some(self.radius2)
    }

    fn place(&self, uniform: f64, normals: &mut [f64]) -> usize {
        let count = self.rows.count();
        let k = ((uniform * count as f64) as usize).min(count - 1);
        if !self.is_read(&self.rows.read(k, normals)) {
            normals.fill(f64::NAN);
        }
        0
    }
}

/// Its marginal at a level.
///
/// # Formula
/// With `d_k = |x/alpha - y_k|^2` and `pi_k` in proportion to `exp(-snr d_k/2)`: `m = y_top + sum pi g`,
/// `tr S = sum pi |g|^2 - |sum pi g|^2`, `g_k = y_k - y_top`, about the most probable point so far; `s` and `div s` by
/// A1 and A2.
///
/// # Accuracy
/// Differences, no products: a ratio is right to a few `snr |x/alpha| max|g|` units in the last place. `tr S` keeps at
/// least the part `pi_top` of what it is taken from.
struct Tiled<'a> {
    law: &'a TiledLaw,
    level: NoiseLevel,
}

/// What has been seen so far at eight points.
#[derive(Clone)]
struct Panel {
    /// `x/alpha`, the most probable point, and the weighted sum of the others' gaps from it: `D` lanes each.
    x: Vec<Lanes>,
    top: Vec<Lanes>,
    gap: Vec<Lanes>,
    /// The log-likelihood ratio of the most probable point, the sum of weights in units of its own, and of weighted
    /// squares of gaps.
    most: Lanes,
    sum: Lanes,
    square: Lanes,
}

/// Adds a tile to a panel.
struct Add<'a> {
    panel: &'a mut Panel,
    tile: &'a [f64],
    /// `-snr/2`.
    scale: f64,
}

impl Kernel for Add<'_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let Self { panel, tile, scale } = self;
        let Panel { x, top, gap, .. } = panel;
        let dim = x.len();
        let (x, top, gap) = (&x[..dim], &mut top[..dim], &mut gap[..dim]);
        let (mut most, mut sum, mut square) = (panel.most, panel.sum, panel.square);
        for row in tile.chunks_exact(dim) {
            // Four sums, for they wait for one another.
            let mut parts = [ZERO; 4];
            let mut i = 0;
            while i + 4 <= dim {
                for q in 0..4 {
                    let apart = x[i + q] - Lanes::splat(row[i + q]);
                    parts[q] = apart.mul_add(apart, parts[q]);
                }
                i += 4;
            }
            while i < dim {
                let apart = x[i] - Lanes::splat(row[i]);
                parts[0] = apart.mul_add(apart, parts[0]);
                i += 1;
            }
            let ratio = Lanes::splat(scale) * ((parts[0] + parts[1]) + (parts[2] + parts[3]));
            let higher = most.select_less(ratio, Lanes::splat(1.0), ZERO);
            if higher.largest() > 0.0 {
                // Where this point is the most probable one, all is seen from it.
                let raised = most.max(ratio);
                let fade = (most - raised).exp();
                (sum, square, most) = (sum * fade, square * fade, raised);
                let mut moved = ZERO;
                for i in 0..dim {
                    let step = higher * (Lanes::splat(row[i]) - top[i]);
                    let own = gap[i] * fade;
                    gap[i] = own - sum * step;
                    moved = moved + step * (sum * step - (own + own));
                    top[i] = ZERO.select_less(higher, Lanes::splat(row[i]), top[i]);
                }
                square = square + moved;
            }
            let weight = (ratio - most).exp();
            sum = sum + weight;
            if weight.largest() < UNSEEN {
                continue;
            }
            let mut square2 = ZERO;
            for i in 0..dim {
                let apart = Lanes::splat(row[i]) - top[i];
                gap[i] = weight.mul_add(apart, gap[i]);
                square2 = apart.mul_add(apart, square2);
            }
            square = weight.mul_add(square2, square);
        }
        (panel.most, panel.sum, panel.square) = (most, sum, square);
    }
}

impl Tiled<'_> {
    /// What the points come to at eight points of the batch, a panel each.
    fn seen(&self, offsets: &[f64]) -> Option<Vec<Panel>> {
        let (dim, alpha) = (self.dim(), self.level.alpha());
        let scale = -0.5 * self.level.snr();
        let panel = |eight: &[f64]| {
            let lane =
                |l: usize, i: usize| eight.get(l * dim + i).map_or(0.0, |x| if alpha > 0.0 { x / alpha } else { 0.0 });
            let x = (0..dim).map(|i| Lanes(std::array::from_fn(|l| lane(l, i)))).collect();
            let most = Lanes::splat(f64::NEG_INFINITY);
            Panel { x, top: vec![ZERO; dim], gap: vec![ZERO; dim], most, sum: ZERO, square: ZERO }
        };
        let mut panels: Vec<Panel> = offsets.chunks(LANES * dim).map(panel).collect();
        let read = self.law.tiles(|tile| panels.iter_mut().for_each(|panel| run(Add { panel, tile, scale })));
        self.law.is_read(&read).then_some(panels)
    }

    /// `log p` of the noise at its centre, less `log N`.
    fn height(&self) -> f64 {
        -0.5 * self.dim() as f64 * (TAU * self.level.sigma2()).ln() - (self.law.rows.count() as f64).ln()
    }
}

impl Density for Tiled<'_> {
    fn dim(&self) -> usize {
        self.law.rows.dim()
    }

    fn alpha(&self) -> f64 {
        self.level.alpha()
    }

    fn sigma2(&self) -> f64 {
        self.level.sigma2()
    }

    fn eigenvalue(&self, _: usize, axis: usize) -> f64 {
        self.law.variances[axis]
    }

    fn observe(&self, points: Points<'_>, detail: Detail, out: &mut Observation) {
        let (n, dim, alpha, sigma2) = (points.len(), self.dim(), self.alpha(), self.sigma2());
        out.resize(n, dim, detail | Detail::SCORES);
        // With one component nothing is to be learnt of it.
        out.label.decide();
        out.component.decide();
        let Some(panels) = self.seen(points.offsets) else {
            out.ln_density.fill(f64::NAN);
            return;
        };
        for (i, x) in points.offsets.chunks_exact(dim).enumerate() {
            let (panel, l) = (&panels[i / LANES], i % LANES);
            let sum = panel.sum[l];
            // Without signal the points are all the same distance away.
            let rest = if alpha > 0.0 { 0.0 } else { x.iter().map(|x| x * x).sum::<f64>() / (2.0 * sigma2) };
            out.ln_density[i] = self.height() + panel.most[l] + sum.ln() - rest;
            let mut gap2 = 0.0;
            for j in 0..dim {
                let gap = panel.gap[j][l] / sum;
                let mean = panel.top[j][l] + gap;
                gap2 += gap * gap;
                out.mean_offset[i * dim + j] = mean;
                out.score[i * dim + j] = (alpha * mean - x[j]) / sigma2;
            }
            out.posterior_trace[i] = (panel.square[l] / sum - gap2).max(0.0);
            out.score_divergence[i] = (self.level.snr() * out.posterior_trace[i] - dim as f64) / sigma2;
        }
        out.ln_anchor.clone_from(&out.ln_density);
    }

    fn score_jacobian(&self, anchor: usize, offset: &[f64]) -> DMatrix<f64> {
        let mut jacobian = self.posterior_covariance(anchor, offset) * (self.level.snr() / self.sigma2());
        (0..self.dim()).for_each(|i| jacobian[(i, i)] -= 1.0 / self.sigma2());
        jacobian
    }

    fn posterior_covariance(&self, _: usize, offset: &[f64]) -> DMatrix<f64> {
        let (dim, half) = (self.dim(), 0.5 * self.level.snr());
        let mut covariance = DMatrix::zeros(dim, dim);
        let Some(panels) = self.seen(offset) else { return covariance * f64::NAN };
        let panel = &panels[0];
        let at = |lanes: &[Lanes]| -> Vec<f64> { lanes.iter().map(|lanes| lanes[0]).collect() };
        let (x, top, gap) = (at(&panel.x), at(&panel.top), at(&panel.gap));
        let mean: Vec<f64> = top.iter().zip(&gap).map(|(y, g)| y + g / panel.sum[0]).collect();
        let read = self.law.tiles(|tile| {
            for row in tile.chunks_exact(dim) {
                let d2: f64 = row.iter().zip(&x).map(|(y, x)| (x - y) * (x - y)).sum();
                let weight = (-half * d2 - panel.most[0]).exp() / panel.sum[0];
                if weight < UNSEEN {
                    continue;
                }
                for j in 0..dim {
                    let along = weight * (row[j] - mean[j]);
                    (0..=j).for_each(|i| covariance[(i, j)] += along * (row[i] - mean[i]));
                }
            }
        });
        covariance.fill_lower_triangle_with_upper_triangle();
        if self.law.is_read(&read) { covariance } else { covariance * f64::NAN }
    }
}
