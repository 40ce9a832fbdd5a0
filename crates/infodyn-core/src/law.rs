//! Data laws.

use nalgebra::{DMatrix, DVector};

use crate::spectrum::{Negative, Spectrum, orthonormal_basis};
use crate::{Fault, Part, Result, ulps};

/// A covariance matrix, symmetric and positive semidefinite, held by its eigenvalues.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariance(Shape);

/// What single precision leaves of a sum of weights or of the symmetry of a matrix.
const SINGLE: f64 = 1e-6;

/// The simplest of three shapes that holds a matrix.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    /// `q I`, `q >= 0`.
    Isotropic(f64),
    /// A diagonal of length `D`, its entries not all equal.
    Diagonal(Vec<f64>),
    /// Any other, as it was given and by its eigenvalues.
    Full { matrix: DMatrix<f64>, spectrum: Spectrum, factored: Option<Factored> },
}

/// A matrix `F F^T + diag(d)`, as it was given.
#[derive(Debug, Clone, PartialEq)]
pub struct Factored {
    /// `d`: one number for all, or length `D`.
    pub diagonal: Vec<f64>,
    /// `F`: `D` rows of length `R`.
    pub factor: Vec<Vec<f64>>,
}

impl Covariance {
    /// The covariance of an atom.
    pub const ZERO: Self = Self(Shape::Isotropic(0.0));

    /// `q I`.
    ///
    /// # Errors
    /// [`Fault::NotFinite`], or [`Fault::NotPositive`] when `q` is negative.
    pub fn isotropic(q: f64) -> Result<Self> {
        Ok(Self(Shape::Isotropic(variance(q, Part::Matrix)?)))
    }

    /// `q I` for each `q` of a list.
    ///
    /// # Errors
    /// As [`Covariance::isotropic`].
    pub fn isotropics(q: &[f64]) -> Result<Vec<Self>> {
        q.iter().map(|&q| Self::isotropic(q)).collect()
    }

    /// A diagonal matrix; one with equal entries is isotropic.
    ///
    /// # Errors
    /// [`Fault::Empty`]; when an entry is not finite or is negative.
    pub fn diagonal(q: &[f64]) -> Result<Self> {
        let Some(&first) = q.first() else {
            return Err(Fault::Empty.of(Part::Matrix));
        };
        for (i, &v) in q.iter().enumerate() {
            variance(v, Part::Row(i))?;
        }
        Ok(Self(if q.iter().all(|&v| v == first) { Shape::Isotropic(first) } else { Shape::Diagonal(q.to_vec()) }))
    }

    /// A full matrix from its `D` rows of length `D`; one without off-diagonal entries takes a
    /// simpler shape. Its rank is judged on the correlations, so that units do not matter: an
    /// eigenvalue within `4 D` units in the last place of 0 there is 0.
    ///
    /// # Errors
    /// When it is not square, finite, symmetric (a correlation to 1e-6; the mean of the two is
    /// taken) or positive semidefinite (its correlations to `-1e-12` of their largest eigenvalue), and when an
    /// eigenvalue of the correlations is neither 0 nor known to 1 %.
    pub fn full<Row: AsRef<[f64]>>(rows: &[Row]) -> Result<Self> {
        let d = rows.len();
        if d == 0 {
            return Err(Fault::Empty.of(Part::Matrix));
        }
        let rows: Vec<&[f64]> = rows.iter().map(AsRef::as_ref).collect();
        for (i, row) in rows.iter().enumerate() {
            if row.len() != d {
                return Err(Fault::Length { found: row.len(), expected: d }.of(Part::Row(i)));
            }
            row.iter().try_for_each(|&v| finite(v, Part::Row(i)))?;
        }
        let mut pairs = (0..d).flat_map(|i| (0..i).map(move |j| (i, j)));
        let room = |i: usize, j: usize| SINGLE * rows[i][i].abs().sqrt() * rows[j][j].abs().sqrt();
        if let Some((row, column)) = pairs.find(|&(i, j)| (rows[i][j] - rows[j][i]).abs() > room(i, j)) {
            return Err(Fault::NotSymmetric { row, column }.of(Part::Matrix));
        }
        if (0..d).all(|i| (0..d).all(|j| i == j || rows[i][j] == 0.0)) {
            let diagonal: Vec<f64> = (0..d).map(|i| rows[i][i]).collect();
            return Self::diagonal(&diagonal);
        }
        let matrix = DMatrix::from_fn(d, d, |i, j| 0.5 * (rows[i][j] + rows[j][i]));
        match Spectrum::of(&matrix, 1e-12) {
            Ok(spectrum) if spectrum.error > 0.01 => Err(Fault::IllConditioned(spectrum.error).of(Part::Matrix)),
            Ok(spectrum) => Ok(Self(Shape::Full { matrix, spectrum, factored: None })),
            Err(Negative(eigenvalue)) => Err(Fault::NotPositive(eigenvalue).of(Part::Matrix)),
        }
    }

    /// `F F^T + diag(d)`, of low rank but for its diagonal. Its entries are sums in the order of the columns of `F`,
    /// the diagonal last: the same numbers give the same matrix on every machine.
    ///
    /// # Errors
    /// When `F` has no rows or columns, rows of different length, or another number of them than `d`, which may have
    /// one entry for all; when a number is not finite, or one of `d` is negative; and as [`Covariance::full`].
    pub fn factored(parts: Factored) -> Result<Self> {
        let Factored { diagonal, factor } = &parts;
        let (d, rank) = (factor.len(), factor.first().map_or(0, Vec::len));
        if d == 0 || rank == 0 {
            return Err(Fault::Empty.of(Part::Matrix));
        }
        if diagonal.len() != 1 && diagonal.len() != d {
            return Err(Fault::Length { found: diagonal.len(), expected: d }.of(Part::Matrix));
        }
        for (i, row) in factor.iter().enumerate() {
            if row.len() != rank {
                return Err(Fault::Length { found: row.len(), expected: rank }.of(Part::Row(i)));
            }
            row.iter().try_for_each(|&v| finite(v, Part::Row(i)))?;
        }
        diagonal.iter().try_for_each(|&v| variance(v, Part::Matrix).map(|_| ()))?;
        let own = |i: usize| diagonal.get(i).or(diagonal.first()).copied().unwrap_or(0.0);
        let entry = |i: usize, j: usize| {
            let product: f64 = factor[i].iter().zip(&factor[j]).map(|(a, b)| a * b).sum();
            if i == j { product + own(i) } else { product }
        };
        let rows: Vec<Vec<f64>> = (0..d).map(|i| (0..d).map(|j| entry(i, j)).collect()).collect();
        let mut found = Self::full(&rows)?;
        if let Shape::Full { factored, .. } = &mut found.0 {
            *factored = Some(parts);
        }
        Ok(found)
    }

    /// The parts of a matrix that was given by them, unless it is diagonal.
    #[must_use]
    pub fn parts(&self) -> Option<&Factored> {
        if let Shape::Full { factored, .. } = &self.0 { factored.as_ref() } else { None }
    }

    /// `q` of `q I`; `None` for a matrix of another shape.
    #[must_use]
    pub fn as_isotropic(&self) -> Option<f64> {
        if let Shape::Isotropic(q) = self.0 { Some(q) } else { None }
    }

    /// Eigenvectors, `D x D`, one a column, in the order of [`Covariance::eigenvalue`]; `None` when
    /// they are the axes of the coordinates.
    #[inline]
    #[must_use]
    pub fn axes(&self) -> Option<&DMatrix<f64>> {
        if let Shape::Full { spectrum, .. } = &self.0 { Some(&spectrum.vectors) } else { None }
    }

    /// Eigenvalue `i` of `D`.
    #[inline]
    #[must_use]
    pub fn eigenvalue(&self, i: usize) -> f64 {
        match &self.0 {
            Shape::Isotropic(q) => *q,
            Shape::Diagonal(q) => q[i],
            Shape::Full { spectrum, .. } => spectrum.values[i],
        }
    }

    /// Relative error of the eigenvalues and of the matrix that they and the axes make: with `C'` that matrix,
    /// `(1 - error) C <= C' <= (1 + error) C`. 0 for a matrix that is diagonal as it was given.
    #[must_use]
    pub fn error(&self) -> f64 {
        if let Shape::Full { spectrum, .. } = &self.0 { spectrum.error } else { 0.0 }
    }

    /// `|V^T V - I|` of the axes `V`.
    pub(crate) fn skew(&self) -> f64 {
        if let Shape::Full { spectrum, .. } = &self.0 { spectrum.skew } else { 0.0 }
    }

    /// Rank in dimension `dim`.
    #[must_use]
    pub fn rank(&self, dim: usize) -> usize {
        (0..dim).filter(|&i| self.eigenvalue(i) > 0.0).count()
    }

    /// The matrix, `dim x dim`.
    #[must_use]
    pub fn matrix(&self, dim: usize) -> DMatrix<f64> {
        match &self.0 {
            Shape::Full { matrix, .. } => matrix.clone(),
            _ => DMatrix::from_diagonal(&DVector::from_fn(dim, |i, _| self.eigenvalue(i))),
        }
    }

    fn dim(&self) -> Option<usize> {
        match &self.0 {
            Shape::Isotropic(_) => None,
            Shape::Diagonal(q) => Some(q.len()),
            Shape::Full { matrix, .. } => Some(matrix.nrows()),
        }
    }
}

fn finite(value: f64, part: Part) -> Result<()> {
    if value.is_finite() { Ok(()) } else { Err(Fault::NotFinite(value).of(part)) }
}

/// A positive finite number.
pub(crate) fn positive(value: f64, part: Part) -> Result<f64> {
    finite(value, part)?;
    if value > 0.0 { Ok(value) } else { Err(Fault::OutOfRange { value, expected: "a positive number" }.of(part)) }
}

fn variance(value: f64, part: Part) -> Result<f64> {
    finite(value, part)?;
    if value < 0.0 { Err(Fault::NotPositive(value).of(part)) } else { Ok(value) }
}

/// A finite mixture of Gaussians, zero covariances allowed: Gaussians, mixtures, atoms and data
/// sets are all of this kind, which is closed under the forward kernel.
///
/// Component `k` of `K` has weight `w_k > 0`, mean `mu_k` and covariance `C_k`. The label `Y` is a
/// function of the component: the component itself unless [`Mixture::with_labels`] says otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    dim: usize,
    weights: Vec<f64>,
    means: Vec<f64>,
    covariances: Vec<Covariance>,
    labels: Vec<usize>,
    label_weights: Vec<f64>,
}

impl Mixture {
    /// A mixture of `K` components in `R^D`.
    ///
    /// `weights`: length `K`, or empty for equal weights; positive, summing to 1 within 1e-6, then
    /// renormalised. `means`: `K` rows of length `D`. `covariances`: `K` of them, or one for all.
    ///
    /// # Errors
    /// When a length does not fit, a number is not finite, or a weight is not positive.
    pub fn new(weights: &[f64], means: &[Vec<f64>], covariances: Vec<Covariance>) -> Result<Self> {
        let k = means.len();
        let dim = means.first().map_or(0, Vec::len);
        if k == 0 || dim == 0 {
            return Err(Fault::Empty.of(if k == 0 { Part::Means } else { Part::Mean(0) }));
        }
        for (i, row) in means.iter().enumerate() {
            if row.len() != dim {
                return Err(Fault::Length { found: row.len(), expected: dim }.of(Part::Mean(i)));
            }
            row.iter().try_for_each(|&v| finite(v, Part::Mean(i)))?;
        }
        if covariances.len() != k && covariances.len() != 1 {
            return Err(Fault::Length { found: covariances.len(), expected: k }.of(Part::Covariances));
        }
        for (i, c) in covariances.iter().enumerate() {
            if let Some(d) = c.dim().filter(|&d| d != dim) {
                return Err(Fault::Length { found: d, expected: dim }.of(Part::Covariance(i)));
            }
        }
        let weights = normalised(weights, k)?;
        let covariances = match covariances.split_first() {
            Some((first, rest)) if rest.iter().all(|c| c == first) => vec![first.clone()],
            _ => covariances,
        };
        let means = means.concat();
        Ok(Self { dim, means, covariances, labels: (0..k).collect(), label_weights: weights.clone(), weights })
    }

    /// `N(mean, covariance)`.
    ///
    /// # Errors
    /// As [`Mixture::new`].
    pub fn gaussian(mean: &[f64], covariance: Covariance) -> Result<Self> {
        Self::new(&[1.0], &[mean.to_vec()], vec![covariance])
    }

    /// Atoms: `points` is `K` rows of length `D`.
    ///
    /// # Errors
    /// As [`Mixture::new`].
    pub fn atoms(weights: &[f64], points: &[Vec<f64>]) -> Result<Self> {
        Self::new(weights, points, vec![Covariance::ZERO])
    }

    /// Two components `+-mu`, equal weights, covariance `q I`.
    ///
    /// # Errors
    /// As [`Mixture::new`].
    pub fn symmetric_pair(mu: &[f64], q: f64) -> Result<Self> {
        let minus = mu.iter().map(|m| -m).collect();
        Self::new(&[], &[mu.to_vec(), minus], vec![Covariance::isotropic(q)?])
    }

    /// The same law with label `labels[k]` on component `k`; labels are `0, 1, ..`, none unused.
    ///
    /// # Errors
    /// When the length is not `K` or a label below the largest never occurs.
    pub fn with_labels(mut self, labels: Vec<usize>) -> Result<Self> {
        if labels.len() != self.weights.len() {
            return Err(Fault::Length { found: labels.len(), expected: self.weights.len() }.of(Part::Labels));
        }
        let count = labels.iter().max().map_or(0, |m| m + 1);
        if count > labels.len() {
            let expected = "labels 0, 1, .. without gaps";
            return Err(Fault::OutOfRange { value: (count - 1) as f64, expected }.of(Part::Labels));
        }
        let mut weights = vec![0.0; count];
        for (&y, w) in labels.iter().zip(&self.weights) {
            weights[y] += w;
        }
        if let Some(y) = weights.iter().position(|&w| w == 0.0) {
            return Err(Fault::Empty.of(Part::Label(y)));
        }
        self.labels = labels;
        self.label_weights = weights;
        Ok(self)
    }

    /// The same law with the component as its label.
    #[must_use]
    pub fn unlabelled(mut self) -> Self {
        self.labels = (0..self.weights.len()).collect();
        self.label_weights.clone_from(&self.weights);
        self
    }

    /// The law given a label, with its components as labels, and which components of the whole they are.
    ///
    /// # Errors
    /// When no component has the label.
    pub fn given_label(&self, label: usize) -> Result<(Self, Vec<usize>)> {
        let of: Vec<usize> = (0..self.components()).filter(|&k| self.labels[k] == label).collect();
        let Some(whole) = self.label_weights.get(label) else { return Err(Fault::Empty.of(Part::Label(label))) };
        let weights: Vec<f64> = of.iter().map(|&k| self.weights[k] / whole).collect();
        let means: Vec<Vec<f64>> = of.iter().map(|&k| self.mean(k).to_vec()).collect();
        let covariances = of.iter().map(|&k| self.covariance(k).clone()).collect();
        Ok((Self::new(&weights, &means, covariances)?, of))
    }

    /// Dimension `D`.
    #[inline]
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Number of components `K`.
    #[inline]
    #[must_use]
    pub fn components(&self) -> usize {
        self.weights.len()
    }

    /// Weights `w_k`, length `K`, summing to 1.
    #[inline]
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Mean of component `k`, length `D`.
    #[inline]
    #[must_use]
    pub fn mean(&self, k: usize) -> &[f64] {
        &self.means[k * self.dim..(k + 1) * self.dim]
    }

    /// All means, `K x D`, row-major.
    #[inline]
    #[must_use]
    pub fn means(&self) -> &[f64] {
        &self.means
    }

    /// Covariance of component `k`.
    #[inline]
    #[must_use]
    pub fn covariance(&self, k: usize) -> &Covariance {
        if self.covariances.len() == 1 { &self.covariances[0] } else { &self.covariances[k] }
    }

    /// The covariance of every component, when they are equal.
    #[must_use]
    pub fn shared_covariance(&self) -> Option<&Covariance> {
        if self.covariances.len() == 1 { self.covariances.first() } else { None }
    }

    /// Label of each component, length `K`.
    #[inline]
    #[must_use]
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// Prior of each label, length = number of labels.
    #[inline]
    #[must_use]
    pub fn label_weights(&self) -> &[f64] {
        &self.label_weights
    }

    /// Whether the label is the component itself.
    #[inline]
    #[must_use]
    pub fn label_is_component(&self) -> bool {
        self.labels.iter().enumerate().all(|(k, &y)| k == y)
    }

    /// Whether every covariance is zero.
    #[must_use]
    pub fn is_atomic(&self) -> bool {
        self.covariances.iter().all(|c| c.rank(self.dim) == 0)
    }

    /// Whether every covariance has full rank, so that the law has a density.
    #[must_use]
    pub fn has_density(&self) -> bool {
        self.covariances.iter().all(|c| c.rank(self.dim) == self.dim)
    }

    /// `E X_0`, length `D`, to the rounding of its entries.
    #[must_use]
    pub fn total_mean(&self) -> DVector<f64> {
        let from = |c: &DVector<f64>| {
            let means = self.means.chunks_exact(self.dim).map(|m| DVector::from_column_slice(m) - c);
            means.zip(&self.weights).fold(DVector::zeros(self.dim), |sum, (m, &w)| sum + m * w)
        };
        // Of a law far from the origin the first sum has lost what the second finds.
        let rough = from(&DVector::zeros(self.dim));
        &rough + from(&rough)
    }

    /// `Cov X_0`, `D x D`.
    #[must_use]
    pub fn total_covariance(&self) -> DMatrix<f64> {
        let centre = self.total_mean();
        let mut total = DMatrix::zeros(self.dim, self.dim);
        // Of many means as a product of blocks of them.
        let blocks = self.components() * self.dim * self.dim >= 1 << 28;
        for first in (0..self.components()).step_by(BLOCK).filter(|_| blocks) {
            let of = first..self.components().min(first + BLOCK);
            let (count, root) = (of.len(), |k: usize| self.weights[k].sqrt());
            let scaled = of.flat_map(|k| self.mean(k).iter().zip(centre.iter()).map(move |(m, c)| root(k) * (m - c)));
            let scaled = DMatrix::from_iterator(self.dim, count, scaled);
            total.gemm(1.0, &scaled, &scaled.transpose(), 1.0);
        }
        for k in 0..self.components() {
            if !blocks {
                let d = DVector::from_column_slice(self.mean(k)) - &centre;
                total.ger(self.weights[k], &d, &d, 1.0);
            }
            if self.covariances.len() > 1 {
                total += self.covariances[k].matrix(self.dim) * self.weights[k];
            }
        }
        if let Some(c) = self.shared_covariance() {
            total += c.matrix(self.dim);
        }
        total
    }

    /// The exact reduction of a law whose components share one isotropic covariance `q I`: with `r` the rank of the
    /// centred means, the law is, up to a rotation and a shift, the product of a mixture in `R^r` and `N(0, q
    /// I_{D-r})`. Returns the first (a copy of itself in rotated coordinates about [`Mixture::total_mean`]) and its
    /// directions, `D x r`; `None` for other laws. Weights and labels are kept.
    ///
    /// Residuals below [`ulps::residual`] of the largest mean count as 0; when all means agree, `r = 1`,
    /// since a law has at least one dimension.
    #[must_use]
    pub fn reduced(&self) -> Option<(Self, DMatrix<f64>)> {
        self.reduced_to(self.dim)
    }

    /// [`Mixture::reduced`] where that leaves at most so many dimensions.
    #[must_use]
    pub fn reduced_to(&self, most: usize) -> Option<(Self, DMatrix<f64>)> {
        let shared = self.shared_covariance().filter(|c| c.as_isotropic().is_some())?;
        let (k, d) = (self.components(), self.dim);
        let centre = self.total_mean();
        let mut centred = DMatrix::from_fn(d, k, |j, i| self.mean(i)[j] - centre[j]);
        // The rounding of the centre, which far from the origin is no rounding of the distances.
        let rest = &centred * DVector::from_column_slice(&self.weights);
        centred.column_iter_mut().for_each(|mut c| c -= &rest);
        let mut basis = orthonormal_basis(&centred, ulps::residual(d) * f64::EPSILON);
        if basis.is_empty() {
            basis.push(DVector::from_fn(d, |i, _| if i == 0 { 1.0 } else { 0.0 }));
        }
        let rank = basis.len();
        if rank > most {
            return None;
        }
        let mut means = vec![0.0; k * rank];
        for (c, direction) in basis.iter().enumerate() {
            for i in 0..k {
                means[i * rank + c] = centred.column(i).dot(direction);
            }
        }
        let reduced = Self {
            dim: rank,
            weights: self.weights.clone(),
            means,
            covariances: vec![shared.clone()],
            labels: self.labels.clone(),
            label_weights: self.label_weights.clone(),
        };
        Some((reduced, DMatrix::from_columns(&basis)))
    }
}

/// Means that a product of a covariance takes at a time.
const BLOCK: usize = 512;

/// Checks and renormalises weights; empty means equal.
fn normalised(weights: &[f64], k: usize) -> Result<Vec<f64>> {
    if weights.is_empty() {
        return Ok(vec![1.0 / k as f64; k]);
    }
    if weights.len() != k {
        return Err(Fault::Length { found: weights.len(), expected: k }.of(Part::Weights));
    }
    for (i, &w) in weights.iter().enumerate() {
        positive(w, Part::Weight(i))?;
    }
    let sum = weights.iter().copied().collect::<crate::stable::Sum>().value();
    if (sum - 1.0).abs() > SINGLE {
        return Err(Fault::Sum(sum).of(Part::Weights));
    }
    Ok(weights.iter().map(|w| w / sum).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn covariances_take_their_simplest_shape() {
        let full = |rows: &[[f64; 2]; 2]| Covariance::full(rows);
        assert_eq!(full(&[[2.0, 0.0], [0.0, 2.0]]).unwrap(), Covariance::isotropic(2.0).unwrap());
        assert_eq!(full(&[[2.0, 0.0], [0.0, 1.0]]).unwrap(), Covariance::diagonal(&[2.0, 1.0]).unwrap());
        assert_eq!(full(&[[1.0, 1.0], [1.0, 1.0]]).unwrap().rank(2), 1);
        assert!(matches!(
            full(&[[1.0, 2.0], [2.0, 1.0]]).unwrap_err(),
            Error::Invalid { fault: Fault::NotPositive(_), .. }
        ));
        assert!(matches!(
            full(&[[1.0, 0.5], [0.4, 1.0]]).unwrap_err(),
            Error::Invalid { fault: Fault::NotSymmetric { .. }, .. }
        ));
    }

    #[test]
    fn wrong_laws_are_errors() {
        let at = |x: f64| vec![x];
        let wrong = |weights: &[f64], means: &[Vec<f64>]| match Mixture::new(weights, means, vec![Covariance::ZERO]) {
            Err(Error::Invalid { part, fault }) => (part, fault),
            other => panic!("{other:?}"),
        };
        assert!(matches!(wrong(&[0.3, 0.6], &[at(0.0), at(1.0)]), (Part::Weights, Fault::Sum(_))));
        assert!(matches!(wrong(&[1.5, -0.5], &[at(0.0), at(1.0)]), (Part::Weight(1), Fault::OutOfRange { .. })));
        assert!(matches!(wrong(&[1.0], &[at(0.0), at(1.0)]), (Part::Weights, Fault::Length { .. })));
        assert!(matches!(wrong(&[], &[at(0.0), vec![]]), (Part::Mean(1), Fault::Length { .. })));
        assert!(matches!(wrong(&[], &[at(f64::NAN)]), (Part::Mean(0), Fault::NotFinite(_))));
        assert!(matches!(wrong(&[], &[]), (Part::Means, Fault::Empty)));
        let pair = Mixture::symmetric_pair(&[1.0], 0.0).unwrap();
        assert!(pair.clone().with_labels(vec![0]).is_err());
        assert!(pair.with_labels(vec![0, 2]).is_err());
    }

    #[test]
    fn a_law_given_a_label_has_its_components() {
        let q = Covariance::isotropics(&[0.1, 0.2, 0.3]).unwrap();
        let law = Mixture::new(&[0.2, 0.5, 0.3], &[vec![1.0], vec![2.0], vec![3.0]], q).unwrap();
        let (class, of) = law.with_labels(vec![1, 0, 1]).unwrap().given_label(1).unwrap();
        assert_eq!((&of[..], class.means(), class.labels()), (&[0, 2][..], &[1.0, 3.0][..], &[0, 1][..]));
        assert!((class.weights()[0] - 0.4).abs() < 1e-15 && class.covariance(1).eigenvalue(0) == 0.3);
        assert!(class.given_label(2).is_err());
    }

    #[test]
    fn the_reduction_keeps_distances_and_ranks() {
        let mu: Vec<f64> = (0..64).map(|i| f64::from(i) / 10.0 - 1.0).collect();
        let (line, basis) = Mixture::symmetric_pair(&mu, 0.3).unwrap().reduced().unwrap();
        assert_eq!((line.dim(), basis.shape()), (1, (64, 1)));
        let norm = mu.iter().map(|m| m * m).sum::<f64>().sqrt();
        let rounding = 4.0 * 64.0 * f64::EPSILON;
        assert!((line.mean(0)[0].abs() / norm - 1.0).abs() < rounding);
        let cross: Vec<Vec<f64>> = vec![vec![3.0, 1.0, 5.0], vec![-3.0, 1.0, 5.0], vec![0.0, 2.0, 5.0]];
        let law = Mixture::new(&[], &cross, vec![Covariance::ZERO]).unwrap();
        let (plane, basis) = law.reduced().unwrap();
        assert_eq!((plane.dim(), basis.shape()), (2, (3, 2)));
        let distance2 = |l: &Mixture, i: usize, j: usize| {
            l.mean(i).iter().zip(l.mean(j)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>()
        };
        for (i, j) in [(0, 1), (0, 2), (1, 2)] {
            assert!((distance2(&law, i, j) - distance2(&plane, i, j)).abs() < 1e-13);
        }
    }

    #[test]
    fn the_total_covariance_of_a_pair() {
        let pair = Mixture::symmetric_pair(&[3.0, 0.0], 0.5).unwrap();
        let total = pair.total_covariance();
        assert_eq!((total[(0, 0)], total[(1, 1)], total[(0, 1)]), (9.5, 0.5, 0.0));
    }
}
