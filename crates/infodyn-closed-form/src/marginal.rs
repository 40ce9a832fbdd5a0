//! The marginal of a Gaussian mixture: again a Gaussian mixture.

use std::sync::Arc;

use infodyn_core::{
    Covariance, Density, Detail, Error, Mixture, NoiseLevel, Observation, Points, Projections, Result, Stop,
};
use nalgebra::{DMatrix, DVector};

use crate::cloud::{Batches, Cloud};
use crate::components::{Components, Work, average, to_axes};
use crate::frame::Frame;
use crate::line;
use crate::panel::Panels;

/// The marginal `p_t` of a [`Mixture`] at one noise level:
/// `sum_k w_k N(alpha mu_k, V_k)`, `V_k = alpha^2 C_k + sigma^2 I`.
///
/// # Formula
/// With `pi_k` the posterior of the component: `s = sum_k pi_k s_k`, `s_k = -V_k^{-1}(x - alpha mu_k)`;
/// `grad s = sum_k pi_k (s_k - s)(s_k - s)^T - sum_k pi_k V_k^{-1}`;
/// `m = sum_k pi_k m_k`, `m_k = mu_k - alpha C_k s_k`;
/// `S = sum_k pi_k (m_k - m)(m_k - m)^T + sum_k pi_k sigma^2 C_k V_k^{-1}`.
///
/// # Source
/// theory.md A1 and A2 read on each component; no step uses A1 or A2 on the mixture.
///
/// # Accuracy
/// Sums of nonnegative terms wherever the quantity is nonnegative; log-likelihood ratios from
/// differences of means, so that neither tiny nor huge noise cancels digits. Posterior means differ by their own
/// differences or by those of scores, whichever are of smaller numbers: what is rounded away of `abs(m_k - m)` is some
/// units of itself and of the lesser of `abs(m - mu)` and `(sigma^2/alpha) abs(s)`. A sum over `K` components or `D`
/// axes errs by at most `K/2` or `D/2` units of the sum of the sizes of its terms. Where all components
/// share one isotropic covariance and there are many in many dimensions, ratios and means are matrix products, unless
/// these would lose more than 1e-10 in a log-likelihood ratio; and components are left out of a posterior that together
/// have less than 1e-13 of the odds against the top, or of all what [`Projections::left_out`] allows.
#[derive(Debug, Clone)]
pub struct Marginal<'a> {
    components: Components<'a>,
    /// Whether points are taken eight at a time.
    panels: bool,
    /// Set where products may serve.
    cloud: Option<Arc<Cloud>>,
}

impl<'a> Marginal<'a> {
    /// The marginal at a noise level.
    #[must_use]
    pub fn new(law: &'a Mixture, level: &NoiseLevel) -> Self {
        Self::within(law, (Arc::new(Frame::new(law)), Cloud::new(law).map(Arc::new)), level)
    }

    /// The marginal at a noise level of a law of which is at hand what its marginals share, and what products need.
    pub(crate) fn within(
        law: &'a Mixture,
        (frame, cloud): (Arc<Frame>, Option<Arc<Cloud>>),
        level: &NoiseLevel,
    ) -> Self {
        Self { components: Components::new(law, frame, level.alpha(), level.sigma2()), panels: true, cloud }
    }

    /// The density of `X_0` itself: `alpha = 1`, `sigma = 0`.
    ///
    /// # Errors
    /// [`Error::NoDensity`] when a covariance is rank-deficient.
    pub fn of_data(law: &'a Mixture) -> Result<Self> {
        let dim = law.dim();
        for component in 0..law.components() {
            let rank = law.covariance(component).rank(dim);
            if rank < dim {
                return Err(Error::NoDensity { component, rank, dim });
            }
        }
        Ok(Self::within(law, (Arc::new(Frame::new(law)), None), &NoiseLevel::DATA))
    }

    /// The same marginal with every batch done point by point: slower, and the check of the panels.
    #[must_use]
    pub fn point_by_point(mut self) -> Self {
        (self.panels, self.cloud) = (false, None);
        self
    }
}

impl Density for Marginal<'_> {
    fn dim(&self) -> usize {
        self.components.law.dim()
    }

    fn alpha(&self) -> f64 {
        self.components.alpha
    }

    fn sigma2(&self) -> f64 {
        self.components.sigma2
    }

    fn weights(&self) -> &[f64] {
        self.components.law.weights()
    }

    fn labels(&self) -> &[usize] {
        self.components.law.labels()
    }

    fn label_weights(&self) -> &[f64] {
        self.components.law.label_weights()
    }

    fn centre(&self, k: usize, out: &mut [f64]) {
        for (o, m) in out.iter_mut().zip(self.components.law.mean(k)) {
            *o = self.components.alpha * m;
        }
    }

    fn eigenvalue(&self, k: usize, axis: usize) -> f64 {
        self.components.law.covariance(k).eigenvalue(axis)
    }

    fn axes(&self, k: usize) -> Option<&DMatrix<f64>> {
        self.components.law.covariance(k).axes()
    }

    /// That of the components, each by itself: the score is an average of theirs.
    fn fisher_bound(&self) -> f64 {
        let of = |(k, w): (usize, &f64)| w * self.components.shape(k).precision_trace;
        self.weights().iter().enumerate().map(of).sum()
    }

    /// Nearest in units of its own widths, so that beside a needle the offset is from the needle and keeps its digits;
    /// it is rounded once.
    fn locate(&self, x: &[f64]) -> (usize, Vec<f64>) {
        let (mut offset, mut turn) = (x.to_vec(), x.to_vec());
        let mut distance2 = |k: usize| -> f64 {
            let places = offset.iter_mut().zip(x.iter().zip(self.components.law.mean(k)));
            places.for_each(|(r, (x, m))| *r = x - self.components.alpha * m);
            to_axes(self.components.law.covariance(k), &mut offset, &mut turn);
            offset.iter().zip(self.components.variance(k)).map(|(r, v)| r * r / v).sum()
        };
        let distances = (0..self.components.law.components()).map(|k| (k, distance2(k)));
        let anchor = distances.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |nearest| nearest.0);
        let offsets =
            x.iter().zip(self.components.law.mean(anchor)).map(|(x, m)| (-self.components.alpha).mul_add(*m, *x));
        (anchor, offsets.collect())
    }

    fn observe(&self, points: Points<'_>, detail: Detail, out: &mut Observation) {
        self.observe_projected(points, None, detail, out);
    }

    fn observe_projected(
        &self,
        points: Points<'_>,
        known: Option<&Projections>,
        detail: Detail,
        out: &mut Observation,
    ) {
        Stop::check();
        out.resize(points.len(), self.components.law.dim(), detail);
        let allowed = known.map_or(0.0, |known| known.error);
        let serves = |cloud: &&Cloud| !points.is_empty() && cloud.serves(&self.components, points, allowed);
        let cloud = self.cloud.as_deref().filter(serves);
        if let Some(cloud) = cloud {
            Batches::new((&self.components, cloud), points, known, detail, out).observe();
        } else if !self.panels {
            self.components.observe(points, detail, out);
        } else if !points.is_empty() && !line::observe(&self.components, points, detail, out) {
            Panels::new(&self.components, points, detail, out).observe();
        }
        if detail.contains(Detail::CLONES) && (cloud.is_none() || known.is_none()) {
            self.components.clones(points, out);
        }
    }

    fn score_jacobian(&self, anchor: usize, offset: &[f64]) -> DMatrix<f64> {
        let d = self.components.law.dim();
        if let Some(cloud) = &self.cloud {
            let precision = self.components.precision[0];
            let scale = (self.components.alpha * precision).powi(2);
            let mut jacobian = cloud.second_moments(&self.components, anchor, offset) * scale;
            add_by_axis(&mut jacobian, &Covariance::ZERO, |_| -precision);
            return jacobian;
        }
        let mut work = Work::new(self.components.law);
        let kept: Vec<usize> = self.components.weighted(anchor, offset, &mut work).collect();
        let mut score = vec![0.0; d];
        average(&work.pi, &work.score, &mut score);
        let mut jacobian = DMatrix::zeros(d, d);
        for k in kept {
            let gap = DVector::from_fn(d, |i, _| work.score[k * d + i] - score[i]);
            jacobian.ger(work.pi[k], &gap, &gap, 1.0);
            add_by_axis(&mut jacobian, self.components.law.covariance(k), |i| {
                -work.pi[k] / self.components.variance(k)[i]
            });
        }
        jacobian
    }

    fn posterior_covariance(&self, anchor: usize, offset: &[f64]) -> DMatrix<f64> {
        let d = self.components.law.dim();
        if let Some(cloud) = &self.cloud {
            let (trace, variance) = (self.components.shapes[0].posterior_trace, self.components.variance[0]);
            let scale = (self.components.sigma2 / variance).powi(2);
            let mut covariance = cloud.second_moments(&self.components, anchor, offset) * scale;
            add_by_axis(&mut covariance, &Covariance::ZERO, |_| trace / d as f64);
            return covariance;
        }
        let mut work = Work::new(self.components.law);
        let kept: Vec<usize> = self.components.weighted(anchor, offset, &mut work).collect();
        let (mut score, mut mean) = (vec![0.0; d], vec![0.0; d]);
        average(&work.pi, &work.score, &mut score);
        average(&work.pi, &work.shift, &mut mean);
        let mut covariance = DMatrix::zeros(d, d);
        for k in kept {
            let gap = DVector::from_fn(d, |i, _| self.components.mean_gap(&work, k, i, [score[i], mean[i]]));
            covariance.ger(work.pi[k], &gap, &gap, 1.0);
            let c = self.components.law.covariance(k);
            add_by_axis(&mut covariance, c, |i| {
                work.pi[k] * self.components.sigma2 * c.eigenvalue(i) / self.components.variance(k)[i]
            });
        }
        covariance
    }
}
/// Adds to `matrix` the matrix that has the principal axes of `c` and eigenvalues `value(i)`.
fn add_by_axis(matrix: &mut DMatrix<f64>, c: &Covariance, value: impl Fn(usize) -> f64) {
    for i in 0..matrix.nrows() {
        if let Some(vectors) = c.axes() {
            matrix.ger(value(i), &vectors.column(i), &vectors.column(i), 1.0);
        } else {
            matrix[(i, i)] += value(i);
        }
    }
}
