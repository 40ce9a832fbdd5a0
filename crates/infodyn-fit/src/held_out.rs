//! A fit held against points: likelihoods and errors of its denoiser.

use infodyn_core::ulps;
use nalgebra::{DMatrix, DMatrixView};
use rayon::prelude::*;

use crate::gaussian::Gaussian;
use crate::points::{Use, stream};
use crate::{Error, Points, Result};

/// Points that one thread takes at a time.
const BLOCK: usize = 128;

/// Posteriors below this add nothing in double precision to what those of at least `1/K` do.
const UNSEEN: f64 = 1e-17;

/// Centred points in the eyes of a component.
struct Seen {
    /// Coordinates along its axes, one column a point.
    along: DMatrix<f64>,
    /// What is left of the square of each length.
    left: Vec<f64>,
}

impl Seen {
    /// Points are columns.
    fn new(one: &Gaussian, points: &DMatrix<f64>) -> (Self, DMatrix<f64>) {
        let mut centred = points.clone();
        centred.column_iter_mut().for_each(|mut c| c -= &one.mean);
        let along = one.along(centred.as_view());
        let left = if one.rank() < one.mean.len() {
            let squares = centred.column_iter().zip(along.column_iter());
            squares.map(|(c, a)| (c.norm_squared() - a.norm_squared()).max(0.0)).collect()
        } else {
            vec![0.0; points.ncols()]
        };
        (Self { along, left }, centred)
    }

    /// `log w_k N(x; m_k, C_k + more I)` at each point.
    fn ln(&self, one: &Gaussian, more: f64) -> Vec<f64> {
        let free = one.mean.len() - one.rank();
        let inverse: Vec<f64> = one.variances.iter().map(|v| 1.0 / (v + more)).collect();
        let determinant: f64 = one.variances.iter().map(|v| (v + more).ln()).sum::<f64>()
            + if free > 0 { free as f64 * (one.rest + more).ln() } else { 0.0 };
        let constant = one.weight.ln() - 0.5 * (determinant + one.mean.len() as f64 * std::f64::consts::TAU.ln());
        let at = |(a, left): (nalgebra::DVectorView<'_, f64>, &f64)| {
            let square: f64 = a.iter().zip(&inverse).map(|(x, v)| x * x * v).sum();
            constant - 0.5 * (square + if free > 0 { left / (one.rest + more) } else { 0.0 })
        };
        self.along.column_iter().zip(&self.left).map(at).collect()
    }
}

fn columns(points: Points<'_>, from: usize, count: usize) -> DMatrix<f64> {
    let dim = points.dim();
    DMatrixView::from_slice(&points.rows()[from * dim..], dim, count).into_owned()
}

/// The blocks of points: where each begins, and how many points it has.
fn blocks(points: Points<'_>) -> Vec<(usize, usize)> {
    (0..points.len()).step_by(BLOCK).map(|from| (from, BLOCK.min(points.len() - from))).collect()
}

/// `log w_k N(x_i; m_k, C_k + ridge I)`, for each component one list of all points.
pub(crate) fn ln_components(components: &[Gaussian], points: Points<'_>, ridge: f64) -> Result<Vec<Vec<f64>>> {
    dense(components, ridge)?;
    let of = |&(from, count): &(usize, usize)| -> Vec<Vec<f64>> {
        infodyn_core::Stop::check();
        let block = columns(points, from, count);
        components.iter().map(|one| Seen::new(one, &block).0.ln(one, ridge)).collect()
    };
    let known: Vec<Vec<Vec<f64>>> = blocks(points).par_iter().map(of).collect();
    Ok((0..components.len()).map(|k| known.iter().flat_map(|block| block[k].iter().copied()).collect()).collect())
}

/// Whether there is a density: no variance is 0 but for the rounding of the largest.
fn dense(components: &[Gaussian], ridge: f64) -> Result<()> {
    for (component, one) in components.iter().enumerate() {
        let variance = one.least() + ridge;
        if variance <= ulps::null(one.mean.len()) * f64::EPSILON * (one.most() + ridge) {
            return Err(Error::Singular { component, variance });
        }
    }
    Ok(())
}

/// `log p(x)` at each point, nats.
pub(crate) fn ln_densities(components: &[Gaussian], points: Points<'_>, ridge: f64) -> Result<Vec<f64>> {
    let ln = ln_components(components, points, ridge)?;
    let at = |i: usize| {
        let top = ln.iter().map(|l| l[i]).fold(f64::NEG_INFINITY, f64::max);
        top + ln.iter().map(|l| (l[i] - top).exp()).sum::<f64>().ln()
    };
    Ok((0..points.len()).map(at).collect())
}

/// For each ridge the squared error of the denoiser at each point, the mean of two opposite noises.
pub(crate) fn denoising_errors(
    components: &[Gaussian],
    points: Points<'_>,
    sigma: f64,
    ridges: &[f64],
    seed: u64,
) -> Vec<Vec<f64>> {
    let dim = points.dim();
    let of = |&(from, count): &(usize, usize)| -> Vec<Vec<f64>> {
        infodyn_core::Stop::check();
        let block = columns(points, from, count);
        let mut noise = vec![0.0; dim * count];
        stream(seed, Use::Noise, (from / BLOCK) as u32).fill_normal(&mut noise);
        let noise = DMatrix::from_vec(dim, count, noise) * sigma;
        let both = [&block + &noise, &block - &noise].map(|noisy| squares(components, &noisy, &block, sigma, ridges));
        let [plus, minus] = both;
        plus.iter().zip(&minus).map(|(p, m)| p.iter().zip(m).map(|(a, b)| 0.5 * (a + b)).collect()).collect()
    };
    let known: Vec<Vec<Vec<f64>>> = blocks(points).par_iter().map(of).collect();
    (0..ridges.len()).map(|r| known.iter().flat_map(|block| block[r].iter().copied()).collect()).collect()
}

/// For each ridge the squared error at each point of a block.
fn squares(
    components: &[Gaussian],
    noisy: &DMatrix<f64>,
    clean: &DMatrix<f64>,
    sigma: f64,
    ridges: &[f64],
) -> Vec<Vec<f64>> {
    let (dim, count) = clean.shape();
    let seen: Vec<(Seen, DMatrix<f64>)> = components.iter().map(|one| Seen::new(one, noisy)).collect();
    let of = |&ridge: &f64| -> Vec<f64> {
        let more = ridge + sigma * sigma;
        let ln: Vec<Vec<f64>> = components.iter().zip(&seen).map(|(one, s)| s.0.ln(one, more)).collect();
        let mut error = clean.clone();
        let top: Vec<f64> = (0..count).map(|i| ln.iter().map(|l| l[i]).fold(f64::NEG_INFINITY, f64::max)).collect();
        let sum: Vec<f64> = (0..count).map(|i| ln.iter().map(|l| (l[i] - top[i]).exp()).sum()).collect();
        for ((one, l), (s, centred)) in components.iter().zip(&ln).zip(&seen) {
            let posterior: Vec<f64> = (0..count).map(|i| (l[i] - top[i]).exp() / sum[i]).collect();
            let there: Vec<usize> = (0..count).filter(|&i| posterior[i] > UNSEEN).collect();
            if there.is_empty() {
                continue;
            }
            // Along the axes the gain of each, in all other directions that of the rest.
            let free = one.rank() < dim;
            let gain_of_rest = if free { (one.rest + ridge) / (one.rest + more) } else { 0.0 };
            let mut along = s.along.select_columns(&there);
            for (mut row, v) in along.row_iter_mut().zip(&one.variances) {
                row *= (v + ridge) / (v + more) - gain_of_rest;
            }
            let back = one.back(along);
            for (j, &i) in there.iter().enumerate() {
                let mut column = error.column_mut(i);
                column.axpy(-posterior[i], &one.mean, 1.0);
                column.axpy(-posterior[i], &back.column(j), 1.0);
                if free {
                    column.axpy(-posterior[i] * gain_of_rest, &centred.column(i), 1.0);
                }
            }
        }
        error.column_iter().map(|c| c.norm_squared()).collect()
    };
    ridges.iter().map(of).collect()
}
