//! The least that a Jacobian does along a direction.

use infodyn_core::Estimate;
use nalgebra::{DMatrix, SymmetricEigen};

use crate::measure::{Question, STEP, dot};

/// Points that are asked, and directions at each.
const POINTS: usize = 16;
const DIRECTIONS: usize = 10;
/// The derivative along the direction found, at these multiples of the step: the first is the answer, and the largest
/// change, thrice, its error, as of every finite difference here.
const MULTIPLES: [f64; 3] = [1.0, 1.5, 2.0];
const CHANGE: f64 = 3.0;
/// A direction that is left to so small a part is rounding.
const LEFT: f64 = 1e-3;

impl Question<'_> {
    /// The least `v^T J v`, `|v| = 1`, that was found at a few points: a conditional mean has none below 0, its `J`
    /// being a covariance over `s^2`. None where an answer is missing.
    ///
    /// # Formula
    /// At each point the least eigenvalue of the symmetric part of `J` in the space of `u, J u, J^2 u, ...`, ten
    /// directions of it, or of the whole space where it has no more: no eigenvalue of the whole is above it.
    ///
    /// # Accuracy
    /// Of the point and direction told, `v^T J v` by central differences of two larger steps. There may be others with
    /// less.
    pub(crate) fn least_along(&self, sigma: f64) -> Option<Estimate> {
        let dim = self.sample.dim;
        let block = self.sample.block(0);
        let points = block.rows.len().min(POINTS);
        let x = &block.noisy(sigma)[..points * dim];
        // J along a direction a point.
        let along = |v: &[f64], step: f64| -> Option<Vec<f64>> {
            let ask = |side: f64| -> Option<Vec<f64>> {
                let moved: Vec<f64> = x.iter().zip(v).map(|(x, v)| x + side * step * v).collect();
                let mut out = vec![0.0; moved.len()];
                self.denoiser.denoise(&moved, sigma, sigma, &mut out).ok()?;
                out.iter().all(|d| d.is_finite()).then_some(out)
            };
            let (up, down) = (ask(1.0)?, ask(-1.0)?);
            Some(up.iter().zip(&down).map(|(a, b)| (a - b) / (2.0 * step)).collect())
        };
        let step = STEP * sigma;
        let count = dim.min(DIRECTIONS);
        // Of each point, orthonormal directions and what J makes of them.
        let mut bases: Vec<Vec<Vec<f64>>> = vec![vec![]; points];
        let mut images: Vec<Vec<Vec<f64>>> = vec![vec![]; points];
        let [mut next, spare] = self.sample.probes(0);
        for k in 0..count {
            let mut directions = Vec::with_capacity(points * dim);
            for p in 0..points {
                let wanted = &next[p * dim..(p + 1) * dim];
                let fallback: Vec<f64> = (0..dim).map(|i| spare[p * dim + (i + k) % dim]).collect();
                let axis = |i: usize| (0..dim).map(|j| f64::from(u8::from(i == j))).collect::<Vec<f64>>();
                let rest = [wanted.to_vec(), fallback].into_iter().chain((0..dim).map(axis));
                let found = rest.filter_map(|v| orthogonal(v, &bases[p])).next()?;
                directions.extend(&found);
                bases[p].push(found);
            }
            next = along(&directions, step)?;
            for (image, along) in images.iter_mut().zip(next.chunks_exact(dim)) {
                image.push(along.to_vec());
            }
        }
        let mut worst = Vec::with_capacity(points * dim);
        for (basis, image) in bases.iter().zip(&images) {
            let even =
                DMatrix::from_fn(count, count, |i, j| 0.5 * (dot(&basis[i], &image[j]) + dot(&basis[j], &image[i])));
            let eigen = SymmetricEigen::new(even);
            let least = eigen.eigenvectors.column(eigen.eigenvalues.imin());
            worst.extend((0..dim).map(|i| basis.iter().zip(least.iter()).map(|(b, c)| b[i] * c).sum::<f64>()));
        }
        let mut told: Vec<Vec<f64>> = Vec::new();
        for multiple in MULTIPLES {
            let image = along(&worst, multiple * step)?;
            told.push(worst.chunks_exact(dim).zip(image.chunks_exact(dim)).map(|(v, j)| dot(v, j)).collect());
        }
        let at = (0..points).min_by(|&a, &b| told[0][a].total_cmp(&told[0][b]))?;
        let change = told.iter().map(|t| (t[at] - told[0][at]).abs()).fold(0.0, f64::max);
        Some(Estimate::new(told[0][at], CHANGE * change))
    }
}

/// What a direction has beside an orthonormal basis, of length 1; none where that is next to nothing.
fn orthogonal(mut v: Vec<f64>, basis: &[Vec<f64>]) -> Option<Vec<f64>> {
    let whole = dot(&v, &v).sqrt();
    // Twice is enough.
    for b in basis.iter().chain(basis) {
        let part = dot(b, &v);
        v.iter_mut().zip(b).for_each(|(v, b)| *v -= part * b);
    }
    let rest = dot(&v, &v).sqrt();
    (rest > LEFT * whole && rest > 0.0).then(|| v.iter().map(|x| x / rest).collect())
}
