//! Eigenvalues of a covariance to high relative accuracy, with a bound on what is wrong with them.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use crate::stable::Sum;
use crate::ulps;

/// The eigenvalues and eigenvectors of a positive semidefinite matrix `C`, and how good they are.
///
/// With `C'` the matrix that they make, `(1 - error) C <= C' <= (1 + error) C` on the range of `C`, so that every
/// eigenvalue, small or large, is right to the relative `error`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Spectrum {
    /// Length `D`, largest first.
    pub(crate) values: Vec<f64>,
    /// `D x D`, one eigenvector a column.
    pub(crate) vectors: DMatrix<f64>,
    /// Relative error of the matrix.
    pub(crate) error: f64,
    /// `|V^T V - I|` of the eigenvectors.
    pub(crate) skew: f64,
}

/// The smallest eigenvalue of `C` scaled to a unit diagonal, which is below `-tolerance`.
pub(crate) struct Negative(pub(crate) f64);

const EPS: f64 = f64::EPSILON;
const SWEEPS: usize = 60;

impl Spectrum {
    /// Of a symmetric matrix with finite entries. An eigenvalue of the matrix scaled to a unit diagonal that is within
    /// `4 D` units in the last place of the largest, or negative by less than `tolerance`, is 0: units of the
    /// coordinates do not enter into the judgement.
    ///
    /// # Formula
    /// `B = S^-1 C S^-1` with `S` the powers of two nearest to the standard deviations, hence without rounding;
    /// `B = M M^T` by Cholesky's method with pivots; and the columns of `S M` made orthogonal by rotations from the
    /// right (one-sided Jacobi), whose errors are small relative to each row. `error` is measured afterwards: the
    /// largest eigenvalue of `B^-1 (B' - B)` is at most `|B' - B|_F / lambda_min(B)`.
    ///
    /// # Source
    /// Demmel & Veselic, "Jacobi's method is more accurate than QR", SIAM J. Matrix Anal. Appl. 13 (1992); the bound on
    /// eigenvalues from a congruence is Ostrowski's.
    pub(crate) fn of(matrix: &DMatrix<f64>, tolerance: f64) -> Result<Self, Negative> {
        let d = matrix.nrows();
        let dim = d as f64;
        let scale: Vec<f64> = matrix.diagonal().iter().map(|&q| power_of_two_near_root(q)).collect();
        let scaled = DMatrix::from_fn(d, d, |i, j| matrix[(i, j)] / scale[i] / scale[j]);
        let eigenvalues = SymmetricEigen::new(scaled.clone()).eigenvalues;
        let (low, high) = (eigenvalues.min(), eigenvalues.amax());
        if low < -tolerance * high {
            return Err(Negative(low));
        }
        let zero = ulps::null(d) * EPS * high;
        let positive = eigenvalues.iter().copied().filter(|&l| l > zero);
        let rank = positive.clone().count();
        let least = positive.fold(f64::INFINITY, f64::min) - 0.5 * zero;

        let mut factor = pivoted_cholesky(&scaled, rank);
        for (mut row, s) in factor.row_iter_mut().zip(&scale) {
            row *= *s;
        }
        make_orthogonal(&mut factor);
        let mut order: Vec<(f64, usize)> = factor.column_iter().map(|c| c.norm_squared()).zip(0..).collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut columns: Vec<DVector<f64>> = order.iter().map(|&(l, c)| factor.column(c) / l.sqrt()).collect();
        let mut values: Vec<f64> = order.iter().map(|o| o.0).collect();
        let rest = columns.iter().fold(DMatrix::identity(d, d), |rest, c| rest - c * c.transpose());
        if rank < d {
            columns.extend(orthonormal_basis(&rest, 1e-8));
        }
        columns.truncate(d);
        values.resize(d, 0.0);
        let vectors = DMatrix::from_columns(&columns);

        // Every entry below is a sum of products, each rounded so many times, of which the absolute values sum to at
        // most 4; the norm of a matrix is at most `d` times its largest entry.
        let entries = |times: f64| 4.0 * times * ulps::OPERATION * dim * EPS;
        let (mut distance2, mut skew2) = (0.0, 0.0);
        for (i, j) in (0..d).flat_map(|i| (0..=i).map(move |j| (i, j))) {
            let (mut entry, mut dot) = (Sum::default(), Sum::default());
            entry.add(-scaled[(i, j)]);
            dot.add(if i == j { -1.0 } else { 0.0 });
            for k in 0..d {
                entry.add((values[k] * (vectors[(i, k)] / scale[i])) * (vectors[(j, k)] / scale[j]));
                dot.add(vectors[(k, i)] * vectors[(k, j)]);
            }
            let twice = if i == j { 1.0 } else { 2.0 };
            distance2 += twice * entry.value().powi(2);
            skew2 += twice * dot.value().powi(2);
        }
        let skew = skew2.sqrt() + entries(2.0);
        let error = if rank == 0 { 0.0 } else { (distance2.sqrt() + entries(4.0)) / least + skew };
        Ok(Self { values, vectors, error, skew })
    }
}

/// The power of two within a factor of `sqrt 2` of `sqrt(q)`; 1 for 0. Of two equally near the larger, so that in other
/// units it is the same power of two times the change.
fn power_of_two_near_root(q: f64) -> f64 {
    if q > 0.0 { (0.5 * q.log2() + 0.5).floor().exp2() } else { 1.0 }
}

/// `M`, `D x rank`, with `B = M M^T` where `B` has that rank: each step takes the largest of what is left of the
/// diagonal.
fn pivoted_cholesky(b: &DMatrix<f64>, rank: usize) -> DMatrix<f64> {
    let d = b.nrows();
    let mut rest = b.clone();
    let mut factor = DMatrix::zeros(d, rank);
    let mut left: Vec<usize> = (0..d).collect();
    for step in 0..rank {
        let largest = |a: &usize, b: &usize| rest[(*a, *a)].total_cmp(&rest[(*b, *b)]);
        let Some((at, pivot)) = left.iter().copied().enumerate().max_by(|a, b| largest(&a.1, &b.1)) else { break };
        let root = rest[(pivot, pivot)].max(0.0).sqrt();
        left.swap_remove(at);
        factor[(pivot, step)] = root;
        for &i in left.iter().filter(|_| root > 0.0) {
            factor[(i, step)] = rest[(i, pivot)] / root;
        }
        for (i, j) in left.iter().flat_map(|&i| left.iter().map(move |&j| (i, j))) {
            rest[(i, j)] -= factor[(i, step)] * factor[(j, step)];
        }
    }
    factor
}

/// Rotates the columns among themselves until they are orthogonal to rounding. The eigenvectors of `F^T F` come first:
/// they leave one or two sweeps to do.
fn make_orthogonal(f: &mut DMatrix<f64>) {
    let rank = f.ncols();
    *f = &*f * SymmetricEigen::new(f.transpose() * &*f).eigenvectors;
    let enough = f.nrows() as f64 * EPS;
    for _ in 0..SWEEPS {
        let mut rotated = false;
        for (p, q) in (0..rank).flat_map(|p| (p + 1..rank).map(move |q| (p, q))) {
            let (a, b) = (f.column(p).norm_squared(), f.column(q).norm_squared());
            let c = f.column(p).dot(&f.column(q));
            if c.abs() <= enough * a.sqrt() * b.sqrt() {
                continue;
            }
            rotated = true;
            let zeta = (b - a) / (2.0 * c);
            let tangent = zeta.signum() / (zeta.abs() + zeta.hypot(1.0));
            let cosine = 1.0 / tangent.hypot(1.0);
            let sine = cosine * tangent;
            for i in 0..f.nrows() {
                let (x, y) = (f[(i, p)], f[(i, q)]);
                (f[(i, p)], f[(i, q)]) = (cosine * x - sine * y, sine * x + cosine * y);
            }
        }
        if !rotated {
            break;
        }
    }
}

/// An orthonormal basis of the span of the columns, by Gram-Schmidt with pivoting: each step takes
/// the column that the basis so far explains least, until what is left is below `floor` of the
/// largest column; empty when all columns are 0. Directions are orthogonalised twice, which makes
/// them orthogonal to rounding.
pub(crate) fn orthonormal_basis(columns: &DMatrix<f64>, floor: f64) -> Vec<DVector<f64>> {
    let (rows, count) = columns.shape();
    let floor = floor * columns.column_iter().map(|c| c.norm()).fold(0.0, f64::max);
    let mut basis = Vec::new();
    if rows * rows * count < MANY || count <= 2 * rows {
        extend(&mut basis, columns.clone(), floor);
        return basis;
    }
    // Of many columns a few span nearly all: those with the largest entry of a row, and as many at equal distances.
    let largest =
        |row: usize| (0..count).fold(0, |m, j| if columns[(row, j)].abs() > columns[(row, m)].abs() { j } else { m });
    let mut few: Vec<usize> = (0..rows).map(largest).chain((0..rows).map(|i| i * (count / rows))).collect();
    few.sort_unstable();
    few.dedup();
    extend(&mut basis, columns.select_columns(&few), floor);
    if basis.len() < rows && !basis.is_empty() {
        let directions = DMatrix::from_columns(&basis);
        let mut rest = columns.clone();
        for _ in 0..2 {
            let along = directions.tr_mul(&rest);
            rest.gemm(-1.0, &directions, &along, 1.0);
        }
        let left: Vec<usize> = (0..count).filter(|&j| rest.column(j).norm() > floor).collect();
        extend(&mut basis, rest.select_columns(&left), floor);
    }
    basis
}

/// Products beyond which [`orthonormal_basis`] looks at a few columns first: pivoting over all takes as many for each
/// direction.
const MANY: usize = 1 << 28;

/// The steps of [`orthonormal_basis`] on columns of which the basis so far explains nothing.
fn extend(basis: &mut Vec<DVector<f64>>, mut rest: DMatrix<f64>, floor: f64) {
    while basis.len() < rest.nrows() {
        let norms = rest.column_iter().map(|c| c.norm());
        let (pivot, norm) = norms.enumerate().fold((0, 0.0), |m, c| if c.1 > m.1 { c } else { m });
        if norm <= floor {
            break;
        }
        let mut direction = rest.column(pivot) / norm;
        for b in &*basis {
            direction.axpy(-b.dot(&direction), b, 1.0);
        }
        direction.normalize_mut();
        for mut column in rest.column_iter_mut() {
            let along = column.dot(&direction);
            column.axpy(-along, &direction, 1.0);
        }
        basis.push(direction);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[&[f64]]) -> Spectrum {
        let d = rows.len();
        Spectrum::of(&DMatrix::from_fn(d, d, |i, j| rows[i][j]), 1e-12).map_err(|n| n.0).unwrap()
    }

    /// Two by two: the product of the eigenvalues is the determinant, which integers and powers of two give exactly.
    #[test]
    fn small_eigenvalues_are_right_relatively() {
        let (big, small) = (2_f64.powi(40), 2_f64.powi(-40));
        for (c, part) in [(0.5, 0.75), (-0.875, 0.234375), (0.0625, 0.99609375)] {
            let s = of(&[&[big * big, c], &[c, small * small]]);
            assert!((s.values[0] * s.values[1] / part - 1.0).abs() <= 2.0 * s.error, "{s:?}");
            assert!(s.error < 1e-13, "{s:?}");
        }
        let c = 1.0 - 2_f64.powi(-30);
        let s = of(&[&[1.0, c], &[c, 1.0]]);
        assert!((s.values[1] / 2_f64.powi(-30) - 1.0).abs() <= s.error && s.error < 1e-5, "{s:?}");
    }

    /// In units that are a power of two apart every bit is the same, for variances whose roots lie halfway between two
    /// powers of two as for others.
    #[test]
    fn units_of_two_change_nothing() {
        for (a, b, c) in [(2.0, 0.5, 0.25), (8.0, 8.0, 3.0), (0.125, 3.0, 0.5)] {
            let one = of(&[&[a, c], &[c, b]]);
            for unit in [-9, -2, -1, 1, 2, 13].map(|n| 4.0_f64.powi(n)) {
                let s = of(&[&[a * unit, c * unit], &[c * unit, b * unit]]);
                let values: Vec<f64> = one.values.iter().map(|l| l * unit).collect();
                assert_eq!((s.values, s.vectors, s.error, s.skew), (values, one.vectors.clone(), one.error, one.skew));
            }
        }
    }

    #[test]
    fn the_rank_is_judged_without_units() {
        let rank = |rows: &[&[f64]]| of(rows).values.iter().filter(|&&l| l > 0.0).count();
        assert_eq!(rank(&[&[1e12, 500.0], &[500.0, 1e-6]]), 2);
        assert_eq!(rank(&[&[1e12, 1e3], &[1e3, 1e-6]]), 1);
        assert_eq!(rank(&[&[14.0, 32.0, 50.0], &[32.0, 77.0, 122.0], &[50.0, 122.0, 194.0]]), 2);
        assert_eq!(rank(&[&[0.0, 0.0, 0.0], &[0.0, 2.0, 1.0], &[0.0, 1.0, 2.0]]), 2);
        let s = of(&[&[4.0, 2.0, 6.0], &[2.0, 1.0, 3.0], &[6.0, 3.0, 9.0]]);
        assert!((s.values[0] - 14.0).abs() < 1e-13 && s.values[1..] == [0.0, 0.0] && s.error < 1e-13, "{s:?}");
    }
}
