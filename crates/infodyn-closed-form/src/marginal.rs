//! The marginal of a Gaussian mixture: again a Gaussian mixture.

use infodyn_core::{Covariance, Density, Detail, Error, Mixture, NoiseLevel, Observation, Points, Posterior, Result};
use nalgebra::{DMatrix, DMatrixView, DVector};
use pulp::Arch;

use crate::posterior::{Prior, Summary, posterior, sums};

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
/// differences of means, so that neither tiny nor huge noise cancels digits. Where all components
/// share one isotropic covariance and there are many, batches go through matrix products, unless
/// these would lose more than 1e-10 in a log-likelihood ratio.
#[derive(Debug, Clone)]
pub struct Marginal<'a> {
    law: &'a Mixture,
    alpha: f64,
    sigma2: f64,
    components: Prior,
    labels: Prior,
    /// One per covariance of the law.
    shapes: Vec<Shape>,
    products: Option<Products>,
    arch: Arch,
}

/// What one covariance contributes, by principal axis.
#[derive(Debug, Clone)]
struct Shape {
    /// `v = alpha^2 l + sigma^2` along each axis, length `D`.
    variance: Vec<f64>,
    /// `alpha l / v`: the Wiener gain of the posterior mean.
    gain: Vec<f64>,
    /// `-(1/2) sum log(v/sigma^2)` (`sigma > 0`) or `-(1/2) sum log v`.
    ln_norm: f64,
    /// `sum 1/v`.
    precision_trace: f64,
    /// `sum sigma^2 l / v`.
    posterior_trace: f64,
}

/// The largest error of a log-likelihood ratio that batches by matrix product may make.
pub(crate) const PRODUCT_ERROR: f64 = 1e-10;

/// Fewer entries than this in the table of means are cheaper point by point.
const PRODUCT_SIZE: usize = 1024;

/// Centred means in the two layouts of the two products, components sorted by label.
#[derive(Debug, Clone)]
struct Products {
    centre: DVector<f64>,
    /// `D x K`.
    means: DMatrix<f64>,
    /// `K x D`.
    transposed: DMatrix<f64>,
    /// `|y_k|^2`, length `K`.
    norm2: Vec<f64>,
    largest: f64,
    /// Column of each component.
    column: Vec<usize>,
    /// Columns `first[y]..first[y+1]` belong to label `y`.
    first: Vec<usize>,
    prior: Prior,
}

impl<'a> Marginal<'a> {
    /// The marginal at a noise level.
    #[must_use]
    pub fn new(law: &'a Mixture, level: &NoiseLevel) -> Self {
        Self::at(law, level.alpha(), level.sigma2())
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
        Ok(Self::at(law, 1.0, 0.0))
    }

    /// The same marginal with every batch done point by point: slower, and the check of the
    /// products.
    #[must_use]
    pub fn point_by_point(mut self) -> Self {
        self.products = None;
        self
    }

    fn at(law: &'a Mixture, alpha: f64, sigma2: f64) -> Self {
        let shape = |c: &Covariance| {
            let l: Vec<f64> = (0..law.dim()).map(|i| c.eigenvalue(i)).collect();
            let variance: Vec<f64> = l.iter().map(|l| alpha * alpha * l + sigma2).collect();
            let sum = |f: &dyn Fn(f64, f64) -> f64| l.iter().zip(&variance).map(|(&l, &v)| f(l, v)).sum::<f64>();
            Shape {
                gain: l.iter().zip(&variance).map(|(l, v)| alpha * l / v).collect(),
                ln_norm: -0.5
                    * if sigma2 > 0.0 {
                        sum(&|l, _| (alpha * alpha * l / sigma2).ln_1p())
                    } else {
                        sum(&|_, v| v.ln())
                    },
                precision_trace: sum(&|_, v| 1.0 / v),
                posterior_trace: sum(&|l, v| sigma2 * l / v),
                variance,
            }
        };
        let shapes = match law.shared_covariance() {
            Some(c) => vec![shape(c)],
            None => (0..law.components()).map(|k| shape(law.covariance(k))).collect(),
        };
        let large = law.components() * law.dim() >= PRODUCT_SIZE && law.components() > 4;
        let isotropic = law.shared_covariance().is_some_and(|c| c.as_isotropic().is_some());
        Self {
            law,
            alpha,
            sigma2,
            components: Prior::new(law.weights()),
            labels: Prior::new(law.label_weights()),
            shapes,
            products: (large && isotropic).then(|| Products::new(law)),
            arch: Arch::new(),
        }
    }

    fn shape(&self, k: usize) -> &Shape {
        if self.shapes.len() == 1 { &self.shapes[0] } else { &self.shapes[k] }
    }

    /// `log N(x; alpha mu_j, V_j)` at offset `u` from its centre.
    fn ln_component(&self, j: usize, mahalanobis: f64) -> f64 {
        let d = self.law.dim() as f64;
        let scale = if self.sigma2 > 0.0 { std::f64::consts::TAU * self.sigma2 } else { std::f64::consts::TAU };
        -0.5 * (mahalanobis + d * scale.ln()) + self.shape(j).ln_norm
    }

    /// Everything about each component at one point.
    fn components_at(&self, anchor: usize, offset: &[f64], work: &mut Work) {
        let d = self.law.dim();
        let base = self.law.mean(anchor);
        for (r, u) in work.anchor_axes.iter_mut().zip(offset) {
            *r = *u;
        }
        let own = self.law.covariance(anchor);
        to_axes(own, &mut work.anchor_axes, &mut work.turn);
        let own_variance = &self.shape(anchor).variance;
        work.mahalanobis = work.anchor_axes.iter().zip(own_variance).map(|(r, v)| r * r / v).sum();
        for k in 0..self.law.components() {
            let (mean, shape, covariance) = (self.law.mean(k), self.shape(k), self.law.covariance(k));
            let score = &mut work.score[k * d..(k + 1) * d];
            let shift = &mut work.shift[k * d..(k + 1) * d];
            // r = x - alpha mu_k, held in `score`.
            for i in 0..d {
                shift[i] = mean[i] - base[i];
                score[i] = offset[i] - self.alpha * shift[i];
            }
            let same = self.shapes.len() == 1 || k == anchor || std::ptr::eq(covariance, own) || covariance == own;
            let aligned = covariance.axes().is_none() && own.axes().is_none();
            let excess = if same || aligned {
                // q_k - q_j from differences: r_k^2 - u^2 = e (2u + e), e = r_k - u.
                if covariance.axes().is_some() {
                    work.turned.clear();
                    work.turned.extend(shift.iter().map(|m| -self.alpha * m));
                    to_axes(covariance, &mut work.turned, &mut work.turn);
                    (0..d)
                        .map(|i| work.turned[i] * (2.0 * work.anchor_axes[i] + work.turned[i]) / shape.variance[i])
                        .sum()
                } else {
                    (0..d)
                        .map(|i| {
                            let (u, e) = (offset[i], -self.alpha * shift[i]);
                            let (v, w) = (shape.variance[i], own_variance[i]);
                            let dl = own.eigenvalue(i) - covariance.eigenvalue(i);
                            let (moved, widened) =
                                (e * (2.0 * u + e) / v, u * u * self.alpha * self.alpha * dl / (v * w));
                            let (there, here) = ((u + e) * (u + e) / v, u * u / w);
                            // Beside a component much narrower than the anchor the first pair cancels,
                            // at high noise the second: the pair with the smaller terms keeps its digits.
                            if moved.abs() + widened.abs() <= there + here { moved + widened } else { there - here }
                        })
                        .sum::<f64>()
                }
            } else {
                f64::NAN
            };
            to_axes(covariance, score, &mut work.turn);
            let excess = if excess.is_nan() {
                score.iter().zip(&shape.variance).map(|(r, v)| r * r / v).sum::<f64>() - work.mahalanobis
            } else {
                excess
            };
            work.ratio[k] = -0.5 * excess + (shape.ln_norm - self.shape(anchor).ln_norm);
            for i in 0..d {
                score[i] *= -1.0 / shape.variance[i];
            }
            if shape.gain.iter().any(|&g| g != 0.0) {
                // m_k - mu_anchor = shift + gain r = shift - gain v s, in the axes of k.
                work.turned.clear();
                work.turned.extend((0..d).map(|i| -shape.gain[i] * shape.variance[i] * score[i]));
                from_axes(covariance, &mut work.turned, &mut work.turn);
                for (m, g) in shift.iter_mut().zip(&work.turned) {
                    *m += g;
                }
            }
            from_axes(covariance, score, &mut work.turn);
        }
    }

    /// Log-likelihood ratios of the labels from those of the components:
    /// `l_y = log sum_{k in y} (w_k/w_y) e^{l_k}`.
    fn label_ratios(&self, ratio: &[f64], top: &mut [f64], out: &mut [f64]) {
        top.fill(f64::NEG_INFINITY);
        for (&y, &l) in self.law.labels().iter().zip(ratio) {
            top[y] = top[y].max(l);
        }
        let small = ratio.iter().all(|l| l.abs() < 0.5);
        out.fill(0.0);
        for (k, (&y, &l)) in self.law.labels().iter().zip(ratio).enumerate() {
            let share = self.components.weights[k] / self.labels.weights[y];
            out[y] += share * if small { l.exp_m1() } else { (l - top[y]).exp() };
        }
        for (o, t) in out.iter_mut().zip(&*top) {
            *o = if small { o.ln_1p() } else { t + o.ln() };
        }
    }

    fn observe_pointwise(&self, points: Points<'_>, detail: Detail, out: &mut Observation) {
        let d = self.law.dim();
        let mut work = Work::new(self.law);
        let by_component = self.law.label_is_component();
        for (i, (&anchor, offset)) in points.anchors.iter().zip(points.offsets.chunks_exact(d)).enumerate() {
            self.components_at(anchor, offset, &mut work);
            let summary = posterior(self.arch, &self.components, &work.ratio, anchor, &mut work.pi);
            out.ln_anchor[i] = self.ln_component(anchor, work.mahalanobis);
            out.ln_density[i] = out.ln_anchor[i] + summary.ln_evidence;
            store(&mut out.component, i, summary);
            let truth = self.law.labels()[anchor];
            let summary = if by_component {
                summary
            } else {
                self.label_ratios(&work.ratio, &mut work.label_top, &mut work.label_ratio);
                posterior(self.arch, &self.labels, &work.label_ratio, truth, &mut work.label_pi)
            };
            store(&mut out.label, i, summary);
            if detail < Detail::Score {
                continue;
            }
            let score = &mut out.score[i * d..(i + 1) * d];
            average(&work.pi, &work.score, score);
            let mean = &mut out.mean_offset[i * d..(i + 1) * d];
            average(&work.pi, &work.shift, mean);
            let each = |f: fn(&Shape) -> f64| (0..work.pi.len()).map(|k| work.pi[k] * f(self.shape(k))).sum::<f64>();
            let spread = scatter(&work.pi, &work.score, score);
            out.score_divergence[i] = spread - each(|s| s.precision_trace);
            out.posterior_trace[i] = scatter(&work.pi, &work.shift, mean) + each(|s| s.posterior_trace);
            if detail < Detail::Labels {
                continue;
            }
            if by_component {
                out.label_production[i] = spread;
                out.label_divergence[i] = -self.shape(anchor).precision_trace;
                out.label_gradient2[i] = gradient2(&work.pi, &work.score, score, &mut work.vector);
            } else {
                self.label_scores(&mut work);
                out.label_production[i] = scatter(&work.label_pi, &work.label_score, score);
                out.label_gradient2[i] = gradient2(&work.label_pi, &work.label_score, score, &mut work.vector);
                let own = &work.label_score[truth * d..(truth + 1) * d];
                out.label_divergence[i] = (0..work.pi.len())
                    .filter(|&k| self.law.labels()[k] == truth)
                    .map(|k| {
                        let gap = distance2(&work.score[k * d..(k + 1) * d], own);
                        work.within[k] * (gap - self.shape(k).precision_trace)
                    })
                    .sum();
            }
        }
    }

    /// Posterior of each component within its label, and the score of each label.
    fn label_scores(&self, work: &mut Work) {
        let d = self.law.dim();
        work.label_score.fill(0.0);
        for (k, &y) in self.law.labels().iter().enumerate() {
            let share = self.components.weights[k] / self.labels.weights[y];
            work.within[k] = share * (work.ratio[k] - work.label_ratio[y]).exp();
            for i in 0..d {
                work.label_score[y * d + i] += work.within[k] * work.score[k * d + i];
            }
        }
    }

    fn weighted<'w>(&self, anchor: usize, offset: &[f64], work: &'w mut Work) -> impl Iterator<Item = usize> + use<'w> {
        self.components_at(anchor, offset, work);
        posterior(self.arch, &self.components, &work.ratio, anchor, &mut work.pi);
        // What carries less than 1e-20 of the uncertainty is not seen in the sum.
        let top = work.pi.iter().copied().fold(0.0, f64::max);
        let floor = 1e-20 * work.pi.iter().filter(|&&p| p < top).sum::<f64>();
        let pi = &work.pi;
        (0..pi.len()).filter(move |&k| pi[k] > floor)
    }
}

impl Density for Marginal<'_> {
    fn dim(&self) -> usize {
        self.law.dim()
    }

    fn alpha(&self) -> f64 {
        self.alpha
    }

    fn sigma2(&self) -> f64 {
        self.sigma2
    }

    fn weights(&self) -> &[f64] {
        self.law.weights()
    }

    fn labels(&self) -> &[usize] {
        self.law.labels()
    }

    fn label_weights(&self) -> &[f64] {
        self.law.label_weights()
    }

    fn centre(&self, k: usize, out: &mut [f64]) {
        for (o, m) in out.iter_mut().zip(self.law.mean(k)) {
            *o = self.alpha * m;
        }
    }

    fn eigenvalue(&self, k: usize, axis: usize) -> f64 {
        self.law.covariance(k).eigenvalue(axis)
    }

    fn axes(&self, k: usize) -> Option<&DMatrix<f64>> {
        self.law.covariance(k).axes()
    }

    /// Nearest in units of its own widths, so that beside a needle the offset is from the needle and keeps its digits;
    /// it is rounded once.
    fn locate(&self, x: &[f64]) -> (usize, Vec<f64>) {
        let (mut offset, mut turn) = (x.to_vec(), x.to_vec());
        let mut distance2 = |k: usize| -> f64 {
            let places = offset.iter_mut().zip(x.iter().zip(self.law.mean(k)));
            places.for_each(|(r, (x, m))| *r = x - self.alpha * m);
            to_axes(self.law.covariance(k), &mut offset, &mut turn);
            offset.iter().zip(&self.shape(k).variance).map(|(r, v)| r * r / v).sum()
        };
        let distances = (0..self.law.components()).map(|k| (k, distance2(k)));
        let anchor = distances.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |nearest| nearest.0);
        let offsets = x.iter().zip(self.law.mean(anchor)).map(|(x, m)| (-self.alpha).mul_add(*m, *x));
        (anchor, offsets.collect())
    }

    fn observe(&self, points: Points<'_>, detail: Detail, out: &mut Observation) {
        out.resize(points.len(), self.law.dim(), detail);
        match &self.products {
            Some(products) if products.error(self, points) <= PRODUCT_ERROR => {
                products.observe(self, points, detail, out);
            }
            _ => self.observe_pointwise(points, detail, out),
        }
    }

    fn score_jacobian(&self, anchor: usize, offset: &[f64]) -> DMatrix<f64> {
        let d = self.law.dim();
        let mut work = Work::new(self.law);
        let kept: Vec<usize> = self.weighted(anchor, offset, &mut work).collect();
        let mut score = vec![0.0; d];
        average(&work.pi, &work.score, &mut score);
        let mut jacobian = DMatrix::zeros(d, d);
        for k in kept {
            let gap = DVector::from_fn(d, |i, _| work.score[k * d + i] - score[i]);
            jacobian.ger(work.pi[k], &gap, &gap, 1.0);
            add_by_axis(&mut jacobian, self.law.covariance(k), |i| -work.pi[k] / self.shape(k).variance[i]);
        }
        jacobian
    }

    fn posterior_covariance(&self, anchor: usize, offset: &[f64]) -> DMatrix<f64> {
        let d = self.law.dim();
        let mut work = Work::new(self.law);
        let kept: Vec<usize> = self.weighted(anchor, offset, &mut work).collect();
        let mut mean = vec![0.0; d];
        average(&work.pi, &work.shift, &mut mean);
        let mut covariance = DMatrix::zeros(d, d);
        for k in kept {
            let gap = DVector::from_fn(d, |i, _| work.shift[k * d + i] - mean[i]);
            covariance.ger(work.pi[k], &gap, &gap, 1.0);
            let c = self.law.covariance(k);
            add_by_axis(&mut covariance, c, |i| work.pi[k] * self.sigma2 * c.eigenvalue(i) / self.shape(k).variance[i]);
        }
        covariance
    }
}

impl Products {
    fn new(law: &Mixture) -> Self {
        let (k, d) = (law.components(), law.dim());
        let mut order: Vec<usize> = (0..k).collect();
        order.sort_by_key(|&i| law.labels()[i]);
        let mut column = vec![0; k];
        for (c, &i) in order.iter().enumerate() {
            column[i] = c;
        }
        let labels = law.label_weights().len();
        let first = (0..=labels).map(|y| order.partition_point(|&i| law.labels()[i] < y)).collect();
        let centre = law.total_mean();
        let means = DMatrix::from_fn(d, k, |i, c| law.mean(order[c])[i] - centre[i]);
        let norm2: Vec<f64> = means.column_iter().map(|c| c.norm_squared()).collect();
        let weights: Vec<f64> = order.iter().map(|&i| law.weights()[i]).collect();
        Self {
            transposed: means.transpose(),
            largest: norm2.iter().copied().fold(0.0, f64::max).sqrt(),
            means,
            centre,
            norm2,
            column,
            first,
            prior: Prior::new(&weights),
        }
    }

    /// A bound on the rounding error of a log-likelihood ratio formed by products:
    /// `2 eps sqrt(D) alpha |x| max|y| / v`, the products' terms being at most that large.
    fn error(&self, marginal: &Marginal<'_>, points: Points<'_>) -> f64 {
        let d = self.centre.len();
        let v = marginal.shapes[0].variance[0];
        let offset = points.offsets.chunks_exact(d).map(|u| u.iter().map(|x| x * x).sum::<f64>()).fold(0.0, f64::max);
        let x = offset.sqrt() + marginal.alpha * self.largest;
        2.0 * f64::EPSILON * (d as f64).sqrt() * marginal.alpha * x * self.largest / v
    }

    fn observe(&self, marginal: &Marginal<'_>, points: Points<'_>, detail: Detail, out: &mut Observation) {
        const BATCH: usize = 64;
        let (d, k) = (self.means.nrows(), self.means.ncols());
        let mut x = DMatrix::zeros(d, BATCH);
        let mut logits = DMatrix::zeros(k, BATCH);
        let labels = self.first.len() - 1;
        let mut moments = Moments::new(d, k, labels, BATCH, detail);
        for start in (0..points.len()).step_by(BATCH) {
            let n = BATCH.min(points.len() - start);
            for c in 0..n {
                let own = self.means.column(self.column[points.anchors[start + c]]);
                let offset = &points.offsets[(start + c) * d..(start + c + 1) * d];
                for i in 0..d {
                    x[(i, c)] = marginal.alpha * own[i] + offset[i];
                }
            }
            let v = marginal.shapes[0].variance[0];
            logits.columns_mut(0, n).gemm(marginal.alpha / v, &self.transposed, &x.columns(0, n), 0.0);
            self.posteriors(marginal, points, start, n, &mut logits, &mut moments, out);
            if detail >= Detail::Score {
                self.means_and_scores(marginal, points, start, n, &x, &logits, &mut moments, out);
            }
        }
    }

    /// Turns the products into posteriors, in place, and records what they say.
    #[allow(clippy::too_many_arguments)] // one step of one loop, named for reading
    fn posteriors(
        &self,
        marginal: &Marginal<'_>,
        points: Points<'_>,
        start: usize,
        n: usize,
        logits: &mut DMatrix<f64>,
        moments: &mut Moments,
        out: &mut Observation,
    ) {
        let d = self.means.nrows();
        let v = marginal.shapes[0].variance[0];
        let half = 0.5 * marginal.alpha * marginal.alpha / v;
        let by_component = marginal.law.label_is_component();
        for c in 0..n {
            let i = start + c;
            let own = self.column[points.anchors[i]];
            let mut column = logits.column_mut(c);
            let reference = column[own] - half * self.norm2[own];
            for (r, (l, n2)) in moments.ratio.iter_mut().zip(column.as_slice().iter().zip(&self.norm2)) {
                *r = (l - half * n2) - reference;
            }
            let summary = posterior(marginal.arch, &self.prior, &moments.ratio, own, column.as_mut_slice());
            let offset = &points.offsets[i * d..(i + 1) * d];
            let mahalanobis = offset.iter().map(|u| u * u).sum::<f64>() / v;
            out.ln_anchor[i] = marginal.ln_component(points.anchors[i], mahalanobis);
            out.ln_density[i] = out.ln_anchor[i] + summary.ln_evidence;
            store(&mut out.component, i, summary);
            if by_component {
                store(&mut out.label, i, summary);
                continue;
            }
            let truth = marginal.law.labels()[points.anchors[i]];
            self.label_posterior(marginal, column.as_slice(), &summary, c, moments);
            let label_pi = &mut moments.label_pi[c * (self.first.len() - 1)..(c + 1) * (self.first.len() - 1)];
            let summary = posterior(marginal.arch, &marginal.labels, &moments.label_ratio, truth, label_pi);
            store(&mut out.label, i, summary);
        }
    }

    /// Log-likelihood ratios of the labels, from the posterior of the components where that has
    /// digits, and from the ratios themselves where it has underflowed or nothing is known; `at` is the
    /// place of the point in the batch.
    fn label_posterior(
        &self,
        marginal: &Marginal<'_>,
        pi: &[f64],
        summary: &Summary,
        at: usize,
        moments: &mut Moments,
    ) {
        for (y, range) in self.first.windows(2).enumerate() {
            let (a, b) = (range[0], range[1]);
            let mass = total(&pi[a..b]);
            moments.label_mass[at * (self.first.len() - 1) + y] = mass;
            let share = |k: usize| self.prior.weights[k] / marginal.labels.weights[y];
            moments.label_ratio[y] = if summary.undecided {
                (a..b).map(|k| share(k) * moments.ratio[k].exp_m1()).sum::<f64>().ln_1p()
            } else if mass > 1e-200 {
                (mass / marginal.labels.weights[y]).ln() + summary.ln_evidence
            } else {
                let top = moments.ratio[a..b].iter().copied().fold(f64::NEG_INFINITY, f64::max);
                top + (a..b).map(|k| share(k) * (moments.ratio[k] - top).exp()).sum::<f64>().ln()
            };
        }
    }

    #[allow(clippy::too_many_arguments)] // one step of one loop, named for reading
    fn means_and_scores(
        &self,
        marginal: &Marginal<'_>,
        points: Points<'_>,
        start: usize,
        n: usize,
        x: &DMatrix<f64>,
        pi: &DMatrix<f64>,
        moments: &mut Moments,
        out: &mut Observation,
    ) {
        let d = self.means.nrows();
        let shape = &marginal.shapes[0];
        let (v, alpha) = (shape.variance[0], marginal.alpha);
        let (by_component, labels) = (marginal.law.label_is_component(), self.first.len() - 1);
        let product = |mean: &mut DMatrix<f64>, a: usize, b: usize| {
            mean.columns_mut(0, n).gemm(1.0, &self.means.columns(a, b - a), &pi.view((a, 0), (b - a, n)), 0.0);
        };
        if by_component || moments.detail < Detail::Labels {
            product(&mut moments.mean, 0, self.means.ncols());
        } else {
            moments.mean.fill(0.0);
            for y in 0..labels {
                product(&mut moments.label_mean[y], self.first[y], self.first[y + 1]);
                moments.mean += &moments.label_mean[y];
            }
        }
        let tilted = by_component && moments.detail >= Detail::Labels;
        if tilted {
            for (t, p) in moments.tilt.columns_mut(0, n).iter_mut().zip(pi.columns(0, n).iter()) {
                *t = infodyn_core::stable::x_ln_x(*p);
            }
            let tilt: DMatrixView<'_, f64> = moments.tilt.columns(0, n);
            moments.tilted_mean.columns_mut(0, n).gemm(1.0, &self.means, &tilt, 0.0);
        }
        for c in 0..n {
            let i = start + c;
            let own = self.column[points.anchors[i]];
            let mean = moments.mean.column(c);
            let weights = pi.column(c);
            let spread = self.spread(weights.as_slice(), 0, mean.as_slice(), 1.0);
            for r in 0..d {
                // The posterior mean of the component's centre; the Gaussian part pulls by `gain`.
                let residual = x[(r, c)] - alpha * mean[r];
                out.score[i * d + r] = -residual / v;
                out.mean_offset[i * d + r] = mean[r] - self.means[(r, own)] + shape.gain[r] * residual;
            }
            let contract = marginal.sigma2 / v;
            out.posterior_trace[i] = contract * contract * spread + shape.posterior_trace;
            let excitation = (alpha / v) * (alpha / v);
            out.score_divergence[i] = excitation * spread - shape.precision_trace;
            if moments.detail < Detail::Labels {
                continue;
            }
            if by_component {
                out.label_production[i] = excitation * spread;
                out.label_divergence[i] = -shape.precision_trace;
                // grad h = -(alpha/v) sum_k pi_k log pi_k (y_k - m).
                let entropy = out.label.entropy[i];
                let gap = moments.tilted_mean.column(c) + mean * entropy;
                out.label_gradient2[i] = excitation * gap.norm_squared();
                continue;
            }
            let truth = marginal.law.labels()[points.anchors[i]];
            let label_pi = &moments.label_pi[c * labels..(c + 1) * labels];
            let masses = &moments.label_mass[c * labels..(c + 1) * labels];
            let (mut production, mut gradient) = (0.0, DVector::zeros(d));
            if masses[truth] < 1e-200 {
                // The products see nothing of the true label; one point costs little.
                let one = Points { anchors: &points.anchors[i..=i], offsets: &points.offsets[i * d..(i + 1) * d] };
                moments.one.resize(1, d, Detail::Labels);
                marginal.observe_pointwise(one, Detail::Labels, &mut moments.one);
                out.label_divergence[i] = moments.one.label_divergence[0];
            }
            for y in 0..labels {
                let p = label_pi[y];
                let mass = masses[y];
                if mass < 1e-200 {
                    continue;
                }
                let gap = moments.label_mean[y].column(c) / mass - mean;
                production += p * gap.norm_squared();
                gradient.axpy(-infodyn_core::stable::x_ln_x(p), &gap, 1.0);
                if y == truth {
                    let centre = moments.label_mean[y].column(c) / mass;
                    let range = self.first[y]..self.first[y + 1];
                    let within = self.spread(&weights.as_slice()[range], self.first[y], centre.as_slice(), 1.0 / mass);
                    out.label_divergence[i] = excitation * within - shape.precision_trace;
                }
            }
            out.label_production[i] = excitation * production;
            out.label_gradient2[i] = excitation * gradient.norm_squared();
        }
    }

    /// `sum_k p_k |y_k - mean|^2` over columns `first..`, with `p = scale weights`, `mean` their
    /// mean: as `sum p |y|^2 - |mean|^2`, unless that would cancel more than six digits; then term
    /// by term, so that it keeps its digits as it tends to 0.
    fn spread(&self, weights: &[f64], first: usize, mean: &[f64], scale: f64) -> f64 {
        let norm2 = &self.norm2[first..];
        let second = scale * sums(weights.len(), |k| [weights[k] * norm2[k]])[0];
        let spread = second - mean.iter().map(|m| m * m).sum::<f64>();
        if spread > 1e-6 * second {
            return spread;
        }
        // What weighs less than 1e-18 of the runner-up is not seen in the sum.
        let top =
            |k: usize, (a, b): (f64, f64)| if weights[k] > a { (weights[k], a) } else { (a, f64::max(b, weights[k])) };
        let (_, runner_up) = (0..weights.len()).fold((0.0, 0.0), |m, k| top(k, m));
        let floor = 1e-18 * runner_up;
        let gap = |k: usize| distance2(self.means.column(first + k).as_slice(), mean);
        (0..weights.len()).filter(|&k| weights[k] > floor).map(|k| scale * weights[k] * gap(k)).sum()
    }
}

/// Room for one batch of products.
struct Moments {
    detail: Detail,
    ratio: Vec<f64>,
    label_ratio: Vec<f64>,
    label_pi: Vec<f64>,
    /// Posterior of each label summed from its components, `batch x labels`.
    label_mass: Vec<f64>,
    mean: DMatrix<f64>,
    label_mean: Vec<DMatrix<f64>>,
    tilt: DMatrix<f64>,
    tilted_mean: DMatrix<f64>,
    one: Observation,
}

impl Moments {
    fn new(d: usize, k: usize, labels: usize, batch: usize, detail: Detail) -> Self {
        let wanted = detail >= Detail::Labels;
        let by_component = labels == k;
        let matrix =
            |rows: usize, keep: bool| DMatrix::zeros(if keep { rows } else { 0 }, if keep { batch } else { 0 });
        Self {
            detail,
            ratio: vec![0.0; k],
            label_ratio: vec![0.0; labels],
            label_pi: vec![0.0; labels * batch],
            label_mass: vec![0.0; labels * batch],
            mean: matrix(d, detail >= Detail::Score),
            label_mean: (0..labels).map(|_| matrix(d, wanted && !by_component)).collect(),
            tilt: matrix(k, wanted && by_component),
            tilted_mean: matrix(d, wanted && by_component),
            one: Observation::default(),
        }
    }
}

/// Room for one point.
struct Work {
    /// Log-likelihood ratio of each component to the anchor, length `K`.
    ratio: Vec<f64>,
    pi: Vec<f64>,
    /// `s_k`, `K x D`.
    score: Vec<f64>,
    /// `m_k - mu_anchor`, `K x D`.
    shift: Vec<f64>,
    /// The offset in the anchor's axes, and its squared Mahalanobis length.
    anchor_axes: Vec<f64>,
    mahalanobis: f64,
    label_top: Vec<f64>,
    label_ratio: Vec<f64>,
    label_pi: Vec<f64>,
    label_score: Vec<f64>,
    within: Vec<f64>,
    turned: Vec<f64>,
    turn: Vec<f64>,
    vector: Vec<f64>,
}

impl Work {
    fn new(law: &Mixture) -> Self {
        let (k, d, labels) = (law.components(), law.dim(), law.label_weights().len());
        Self {
            ratio: vec![0.0; k],
            pi: vec![0.0; k],
            score: vec![0.0; k * d],
            shift: vec![0.0; k * d],
            anchor_axes: vec![0.0; d],
            mahalanobis: 0.0,
            label_top: vec![0.0; labels],
            label_ratio: vec![0.0; labels],
            label_pi: vec![0.0; labels],
            label_score: vec![0.0; labels * d],
            within: vec![0.0; k],
            turned: Vec::with_capacity(d),
            turn: vec![0.0; d],
            vector: vec![0.0; d],
        }
    }
}

/// Coordinates of `x` in the principal axes of `c`, in place; `room` has length `D`.
fn to_axes(c: &Covariance, x: &mut [f64], room: &mut [f64]) {
    if let Some(vectors) = c.axes() {
        for (r, axis) in room.iter_mut().zip(vectors.column_iter()) {
            *r = axis.iter().zip(&*x).map(|(a, b)| a * b).sum();
        }
        x.copy_from_slice(room);
    }
}

/// The inverse of [`to_axes`].
fn from_axes(c: &Covariance, x: &mut [f64], room: &mut [f64]) {
    if let Some(vectors) = c.axes() {
        for (r, row) in room.iter_mut().zip(vectors.row_iter()) {
            *r = row.iter().zip(&*x).map(|(a, b)| a * b).sum();
        }
        x.copy_from_slice(room);
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

/// `sum_k p_k rows_k` into `out`; `rows` is `K x D`.
fn average(p: &[f64], rows: &[f64], out: &mut [f64]) {
    out.fill(0.0);
    for (p, row) in p.iter().zip(rows.chunks_exact(out.len())) {
        for (o, r) in out.iter_mut().zip(row) {
            *o += p * r;
        }
    }
}

/// `sum_k p_k |rows_k - centre|^2`.
fn scatter(p: &[f64], rows: &[f64], centre: &[f64]) -> f64 {
    p.iter().zip(rows.chunks_exact(centre.len())).map(|(p, row)| p * distance2(row, centre)).sum()
}

/// `|sum_k p_k log p_k (rows_k - centre)|^2`.
fn gradient2(p: &[f64], rows: &[f64], centre: &[f64], room: &mut [f64]) -> f64 {
    room.fill(0.0);
    for (&p, row) in p.iter().zip(rows.chunks_exact(centre.len())) {
        let weight = infodyn_core::stable::x_ln_x(p);
        for (g, (r, c)) in room.iter_mut().zip(row.iter().zip(centre)) {
            *g += weight * (r - c);
        }
    }
    room.iter().map(|g| g * g).sum()
}

fn distance2(a: &[f64], b: &[f64]) -> f64 {
    sums(a.len(), |i| [(a[i] - b[i]) * (a[i] - b[i])])[0]
}

fn total(x: &[f64]) -> f64 {
    sums(x.len(), |i| [x[i]])[0]
}

fn store(into: &mut Posterior, i: usize, s: Summary) {
    into.entropy[i] = s.entropy;
    into.excess[i] = s.excess;
    into.divergence[i] = s.divergence;
    into.surprisal[i] = s.surprisal;
    into.varentropy[i] = s.varentropy;
    into.agreement[i] = s.agreement;
}
