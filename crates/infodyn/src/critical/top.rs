//! Eigenvalues of covariances: all of a law's, and the largest of another.

use std::cell::OnceCell;

use infodyn_core::{Estimate, Mixture, ulps};
use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// The eigenvalues of the covariance of a law, found once.
#[derive(Default)]
pub(super) struct Eigenvalues(OnceCell<DVector<f64>>);

impl Eigenvalues {
    pub(super) fn of(&self, law: &Mixture) -> &DVector<f64> {
        self.0.get_or_init(|| law.total_covariance().symmetric_eigenvalues())
    }
}

/// Directions of a space that is searched, and spaces at most.
const DIRECTIONS: usize = 48;
const SPACES: usize = 24;

/// The largest eigenvalue of a positive semidefinite matrix, and a unit vector that has it.
///
/// # Formula
/// Lanczos' method, each time from the best vector so far; `theta = v^T C v` is no more than the eigenvalue. It is no
/// less, to the radius, where `(theta + radius) I - C` has a Cholesky factor: all of its eigenvalues are positive then.
/// Where it has none, all eigenvalues are computed.
///
/// # Accuracy
/// The rounding of an eigenvalue of a matrix of that size, twice.
pub(super) fn top(matrix: &DMatrix<f64>) -> (Estimate, DVector<f64>) {
    let dim = matrix.nrows();
    let units = 2.0 * ulps::eigenvalue(dim) * f64::EPSILON;
    let longest = (0..dim).max_by(|&a, &b| matrix[(a, a)].total_cmp(&matrix[(b, b)])).unwrap_or(0);
    let mut axis: DVector<f64> = matrix.column(longest).into_owned();
    for _ in 0..SPACES {
        let Some((theta, better)) = step(matrix, &axis) else { break };
        axis = better;
        let radius = units * theta;
        let off = (matrix * &axis - &axis * theta).norm();
        // The error of the quotient is of the second order in the residual.
        if off > 1e-6 * theta {
            continue;
        }
        let mut rest = -matrix;
        (0..dim).for_each(|i| rest[(i, i)] += theta + radius);
        if rest.cholesky().is_some() {
            return (Estimate::new(theta, radius), axis);
        }
        if off <= 1e-10 * theta {
            break;
        }
    }
    let eigen = SymmetricEigen::new(matrix.clone());
    let at = eigen.eigenvalues.imax();
    let value = eigen.eigenvalues[at];
    (Estimate::new(value, units * value.abs()), eigen.eigenvectors.column(at).into_owned())
}

/// The best vector of a Krylov space, and its quotient; `None` where the start is 0.
fn step(matrix: &DMatrix<f64>, start: &DVector<f64>) -> Option<(f64, DVector<f64>)> {
    let mut basis = vec![start.try_normalize(0.0)?];
    let mut images = Vec::new();
    loop {
        let last = &basis[basis.len() - 1];
        let image = matrix * last;
        let mut next = image.clone();
        images.push(image);
        // Twice is enough (Kahan and Parlett).
        for _ in 0..2 {
            for b in &basis {
                next.axpy(-b.dot(&next), b, 1.0);
            }
        }
        let size = images[images.len() - 1].norm();
        match next.try_normalize(1e-14 * size) {
            Some(next) if basis.len() < DIRECTIONS.min(matrix.nrows()) => basis.push(next),
            _ => break,
        }
    }
    let count = basis.len();
    let small = DMatrix::from_fn(count, count, |i, j| 0.5 * (basis[i].dot(&images[j]) + basis[j].dot(&images[i])));
    let eigen = SymmetricEigen::new(small);
    let weights = eigen.eigenvectors.column(eigen.eigenvalues.imax());
    let mut best = DVector::zeros(matrix.nrows());
    basis.iter().zip(weights.iter()).for_each(|(b, w)| best.axpy(*w, b, 1.0));
    let best = best.try_normalize(0.0)?;
    Some((best.dot(&(matrix * &best)), best))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a covariance in 200 dimensions as of all its eigenvalues; of one whose largest occurs twice; of a diagonal
    /// one, where the first column is an eigenvector of the second largest.
    #[test]
    fn the_largest_of_all() {
        let wave = |i: usize, j: usize| ((7 * i + 13 * j * j) as f64).sin() / (1.0 + j as f64);
        let root = DMatrix::from_fn(200, 150, wave);
        let matrix = &root * root.transpose();
        let all = SymmetricEigen::new(matrix.clone());
        let (found, axis) = top(&matrix);
        assert!(found.contains(all.eigenvalues.max()) && found.radius() < 1e-11 * found.value(), "{found}");
        assert!((&matrix * &axis - &axis * found.value()).norm() < 1e-5 * found.value());
        let (found, _) = top(&DMatrix::from_diagonal(&DVector::from_column_slice(&[1.0, 3.0, 3.0, 2.0])));
        assert!(found.contains(3.0) && found.radius() < 1e-13, "{found}");
        // The quotient of the longest column is 2 exactly, and no Cholesky factor says that it is all.
        let blocks = DMatrix::from_row_slice(3, 3, &[2.0, 0.0, 0.0, 0.0, 1.5, 1.2, 0.0, 1.2, 1.5]);
        let (found, _) = top(&blocks);
        assert!(found.contains(2.7) && found.radius() < 1e-13, "{found}");
        assert_eq!(top(&DMatrix::zeros(2, 2)).0.value(), 0.0);
    }
}
