//! One Gaussian, fitted to weighted points.

use infodyn_core::Factored;
use nalgebra::{DMatrix, DMatrixView, DVector, SymmetricEigen};

use crate::Points;

/// What a covariance may be, before a ridge is added to its diagonal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// One variance in all directions.
    Isotropic,
    /// One for each coordinate.
    Diagonal,
    /// Any.
    Full,
    /// The largest eigenvalues of a full one, as many as the rank, and one variance, the mean of the others, in all
    /// other directions: a Gaussian by its principal components.
    LowRank(usize),
}

/// A weighted Gaussian: along `axes` it has `variances`, in all other directions `rest`.
#[derive(Debug, Clone)]
pub(crate) struct Gaussian {
    pub(crate) weight: f64,
    pub(crate) mean: DVector<f64>,
    /// `D x R`, orthonormal, `R <= D`; `None` for the axes of the coordinates, `R = D`.
    pub(crate) axes: Option<DMatrix<f64>>,
    /// `R` of them.
    pub(crate) variances: Vec<f64>,
    /// Of the `D - R` directions that are left.
    pub(crate) rest: f64,
    /// The covariance itself, of a full one.
    pub(crate) matrix: Option<DMatrix<f64>>,
}

/// Points of which a block is taken into a covariance at a time.
const BLOCK: usize = 512;

impl Gaussian {
    /// The maximum of the likelihood on points with weights `share`, those of 0 left out; `total` is the sum of the
    /// weights of all components.
    ///
    /// # Formula
    /// `mean = sum r x/sum r`, `covariance = sum r (x - mean)(x - mean)^T/sum r` and what its shape makes of it.
    pub(crate) fn of(points: Points<'_>, share: &[f64], total: f64, shape: Shape) -> Self {
        let dim = points.dim();
        let there: Vec<usize> = (0..points.len()).filter(|&i| share[i] > 0.0).collect();
        let mass: f64 = there.iter().map(|&i| share[i]).sum();
        let mut mean = DVector::zeros(dim);
        for &i in &there {
            mean.axpy(share[i] / mass, &DVector::from_column_slice(points.row(i)), 1.0);
        }
        let one = Self { weight: mass / total, mean, axes: None, variances: vec![], rest: 0.0, matrix: None };
        let centred = |i: usize| points.row(i).iter().zip(one.mean.iter()).map(|(x, m)| x - m);
        match shape {
            Shape::Isotropic | Shape::Diagonal => {
                let mut variances = vec![0.0; dim];
                for &i in &there {
                    let weight = share[i] / mass;
                    variances.iter_mut().zip(centred(i)).for_each(|(v, x)| *v += weight * x * x);
                }
                if shape == Shape::Isotropic {
                    let mean = variances.iter().sum::<f64>() / dim as f64;
                    variances.fill(mean);
                }
                Self { variances, ..one }
            }
            Shape::Full | Shape::LowRank(_) => {
                let mut matrix = DMatrix::zeros(dim, dim);
                for block in there.chunks(BLOCK) {
                    let scaled = block.iter().flat_map(|&i| {
                        let scale = (share[i] / mass).sqrt();
                        centred(i).map(move |x| scale * x)
                    });
                    let columns = DMatrix::from_iterator(dim, block.len(), scaled);
                    matrix.gemm(1.0, &columns, &columns.transpose(), 1.0);
                }
                let matrix = (&matrix + matrix.transpose()) * 0.5;
                let eigen = SymmetricEigen::new(matrix.clone());
                let mut order: Vec<usize> = (0..dim).collect();
                order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
                let value = |&i: &usize| eigen.eigenvalues[i].max(0.0);
                let (rank, rest) = match shape {
                    Shape::LowRank(rank) if rank < dim => {
                        (rank, order[rank..].iter().map(value).sum::<f64>() / (dim - rank) as f64)
                    }
                    _ => (dim, 0.0),
                };
                let variances = order[..rank].iter().map(value).collect();
                let axes = Some(eigen.eigenvectors.select_columns(&order[..rank]));
                Self { axes, variances, rest, matrix: (rank == dim).then_some(matrix), ..one }
            }
        }
    }

    /// The same, of low rank, of a full one.
    pub(crate) fn of_rank(&self, rank: usize) -> Self {
        let left = (self.rank() - rank) as f64;
        Self {
            weight: self.weight,
            mean: self.mean.clone(),
            axes: self.axes.as_ref().map(|axes| axes.columns(0, rank).into_owned()),
            variances: self.variances[..rank].to_vec(),
            rest: self.variances[rank..].iter().sum::<f64>() / left,
            matrix: None,
        }
    }

    pub(crate) fn rank(&self) -> usize {
        self.variances.len()
    }

    /// The least variance.
    pub(crate) fn least(&self) -> f64 {
        let rest = if self.rank() < self.mean.len() { self.rest } else { f64::INFINITY };
        self.variances.iter().copied().fold(rest, f64::min)
    }

    /// The largest variance.
    pub(crate) fn most(&self) -> f64 {
        self.variances.iter().copied().fold(self.rest, f64::max)
    }

    /// The covariance with the ridge, `D x D`.
    pub(crate) fn covariance(&self, ridge: f64) -> DMatrix<f64> {
        let dim = self.mean.len();
        let mut matrix = match (&self.matrix, &self.axes) {
            (Some(matrix), _) => matrix.clone(),
            (None, None) => DMatrix::from_diagonal(&DVector::from_column_slice(&self.variances)),
            (None, Some(axes)) => {
                let excess: Vec<f64> = self.variances.iter().map(|v| v - self.rest).collect();
                let scaled = axes * DMatrix::from_diagonal(&DVector::from_vec(excess));
                let product = &scaled * axes.transpose();
                (&product + product.transpose()) * 0.5 + DMatrix::identity(dim, dim) * self.rest
            }
        };
        (0..dim).for_each(|i| matrix[(i, i)] += ridge);
        matrix
    }

    /// The same of low rank, as a factor and a diagonal.
    pub(crate) fn factored(&self, axes: &DMatrix<f64>, ridge: f64) -> Factored {
        let scales: Vec<f64> = self.variances.iter().map(|v| (v - self.rest).max(0.0).sqrt()).collect();
        let row = |i: usize| scales.iter().enumerate().map(|(r, s)| s * axes[(i, r)]).collect();
        Factored { diagonal: vec![self.rest + ridge], factor: (0..axes.nrows()).map(row).collect() }
    }

    /// Coordinates along the axes, one column a point, of columns.
    pub(crate) fn along(&self, columns: DMatrixView<'_, f64>) -> DMatrix<f64> {
        match &self.axes {
            None => columns.into_owned(),
            Some(axes) => axes.tr_mul(&columns),
        }
    }

    /// Columns of which these are the coordinates along the axes.
    pub(crate) fn back(&self, along: DMatrix<f64>) -> DMatrix<f64> {
        match &self.axes {
            None => along,
            Some(axes) => axes * along,
        }
    }
}
