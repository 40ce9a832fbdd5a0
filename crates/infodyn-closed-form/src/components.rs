//! The components of a marginal, and everything about them one point at a time.

use std::sync::Arc;

use infodyn_core::{Covariance, Detail, Mixture, Observation, Points, Posterior};

use crate::frame::Frame;
use crate::posterior::{Summary, posterior};

/// A mixture at a noise level, component by component.
#[derive(Debug, Clone)]
pub(crate) struct Components<'a> {
    pub(crate) law: &'a Mixture,
    pub(crate) frame: Arc<Frame>,
    pub(crate) alpha: f64,
    pub(crate) sigma2: f64,
    /// `v = alpha^2 l + sigma^2`, `1/v` and the Wiener gain `alpha l/v` of the posterior mean: of each covariance along
    /// each principal axis, `D` numbers a covariance.
    pub(crate) variance: Vec<f64>,
    pub(crate) precision: Vec<f64>,
    pub(crate) gain: Vec<f64>,
    /// One per covariance of the law.
    pub(crate) shapes: Vec<Shape>,
    /// `sum log(2 pi v)` of the first covariance.
    scale: f64,
}

/// What one covariance contributes, over all its axes.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// `-(1/2) sum log(v/v_0)`, `v_0` of the first covariance: as small as covariances are alike, at any noise.
    pub(crate) ln_norm: f64,
    /// `sum 1/v`.
    pub(crate) precision_trace: f64,
    /// `sum sigma^2 l / v`.
    pub(crate) posterior_trace: f64,
}

impl<'a> Components<'a> {
    pub(crate) fn new(law: &'a Mixture, frame: Arc<Frame>, alpha: f64, sigma2: f64) -> Self {
        let l = &frame.eigenvalue;
        let variance: Vec<f64> = l.iter().map(|l| alpha * alpha * l + sigma2).collect();
        let (first, own) = (&l[..law.dim()], &variance[..law.dim()]);
        let ln_ratio = |l: f64, v: f64, first: f64, own: f64| {
            let wider = alpha * alpha * (l - first) / own;
            if wider > -0.5 { wider.ln_1p() } else { (v / own).ln() }
        };
        let shape = |(l, v): (&[f64], &[f64])| {
            let sum = |f: &dyn Fn(f64, f64) -> f64| l.iter().zip(v).map(|(&l, &v)| f(l, v)).sum::<f64>();
            let pairs = l.iter().zip(v).zip(first.iter().zip(own));
            Shape {
                ln_norm: -0.5 * pairs.map(|((&l, &v), (&first, &own))| ln_ratio(l, v, first, own)).sum::<f64>(),
                precision_trace: sum(&|_, v| 1.0 / v),
                posterior_trace: sum(&|l, v| sigma2 * l / v),
            }
        };
        let ln = |v: f64| (std::f64::consts::TAU * v).ln();
        let alike = own.iter().all(|&v| v == own[0]);
        let scale = if alike { law.dim() as f64 * ln(own[0]) } else { own.iter().map(|&v| ln(v)).sum() };
        Self {
            precision: variance.iter().map(|v| 1.0 / v).collect(),
            gain: l.iter().zip(&variance).map(|(l, v)| alpha * l / v).collect(),
            shapes: l.chunks_exact(law.dim()).zip(variance.chunks_exact(law.dim())).map(shape).collect(),
            scale,
            law,
            variance,
            alpha,
            sigma2,
            frame,
        }
    }

    /// The covariance of a component, by number.
    fn place(&self, k: usize) -> usize {
        if self.frame.shared { 0 } else { k }
    }

    pub(crate) fn shape(&self, k: usize) -> &Shape {
        &self.shapes[self.place(k)]
    }

    /// `v` along the axes of component `k`.
    pub(crate) fn variance(&self, k: usize) -> &[f64] {
        &self.variance[self.place(k) * self.law.dim()..][..self.law.dim()]
    }

    /// `1/v` along the axes of component `k`.
    pub(crate) fn precision(&self, k: usize) -> &[f64] {
        &self.precision[self.place(k) * self.law.dim()..][..self.law.dim()]
    }

    /// The eigenvalues of the covariance of component `k`.
    pub(crate) fn eigenvalue(&self, k: usize) -> &[f64] {
        &self.frame.eigenvalue[self.place(k) * self.law.dim()..][..self.law.dim()]
    }

    /// The gain along the axes of component `k`.
    pub(crate) fn gain(&self, k: usize) -> &[f64] {
        &self.gain[self.place(k) * self.law.dim()..][..self.law.dim()]
    }

    /// `log N(x; alpha mu_j, V_j)` at offset `u` from its centre.
    pub(crate) fn ln_component(&self, j: usize, mahalanobis: f64) -> f64 {
        -0.5 * (mahalanobis + self.scale) + self.shape(j).ln_norm
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
        let own_variance = self.variance(anchor);
        work.mahalanobis = work.anchor_axes.iter().zip(own_variance).map(|(r, v)| r * r / v).sum();
        for k in 0..self.law.components() {
            let (mean, shape, covariance) = (self.law.mean(k), self.shape(k), self.law.covariance(k));
            let (variance, gain) = (self.variance(k), self.gain(k));
            let score = &mut work.score[k * d..(k + 1) * d];
            let shift = &mut work.shift[k * d..(k + 1) * d];
            // r = x - alpha mu_k, held in `score`.
            for i in 0..d {
                shift[i] = mean[i] - base[i];
                score[i] = offset[i] - self.alpha * shift[i];
            }
            let same = self.frame.shared || k == anchor || std::ptr::eq(covariance, own) || covariance == own;
            let aligned = covariance.axes().is_none() && own.axes().is_none();
            let excess = if same || aligned {
                // q_k - q_j from differences: r_k^2 - u^2 = e (2u + e), e = r_k - u.
                if covariance.axes().is_some() {
                    work.turned.clear();
                    work.turned.extend(shift.iter().map(|m| -self.alpha * m));
                    to_axes(covariance, &mut work.turned, &mut work.turn);
                    (0..d).map(|i| work.turned[i] * (2.0 * work.anchor_axes[i] + work.turned[i]) / variance[i]).sum()
                } else {
                    (0..d)
                        .map(|i| {
                            let (u, e) = (offset[i], -self.alpha * shift[i]);
                            let (v, w) = (variance[i], own_variance[i]);
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
                score.iter().zip(variance).map(|(r, v)| r * r / v).sum::<f64>() - work.mahalanobis
            } else {
                excess
            };
            work.ratio[k] = -0.5 * excess + (shape.ln_norm - self.shape(anchor).ln_norm);
            for i in 0..d {
                score[i] *= -1.0 / variance[i];
            }
            if gain.iter().any(|&g| g != 0.0) {
                // m_k - mu_anchor = shift + gain r = shift - gain v s, in the axes of k.
                work.turned.clear();
                work.turned.extend((0..d).map(|i| -gain[i] * variance[i] * score[i]));
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
            let share = self.frame.prior.weights[k] / self.frame.labels.weights[y];
            out[y] += share * if small { l.exp_m1() } else { (l - top[y]).exp() };
        }
        for (o, t) in out.iter_mut().zip(&*top) {
            *o = if small { o.ln_1p() } else { t + o.ln() };
        }
    }

    pub(crate) fn observe(&self, points: Points<'_>, detail: Detail, out: &mut Observation) {
        let d = self.law.dim();
        // More than is asked, in three steps.
        let detail = if detail.intersects(Detail::LABELS) {
            Detail::all()
        } else if Detail::POSTERIORS.contains(detail) {
            Detail::POSTERIORS
        } else {
            Detail::SCORES
        };
        out.resize(points.len(), d, detail);
        let mut work = Work::new(self.law);
        let by_component = self.frame.by_component;
        for (i, (&anchor, offset)) in points.anchors.iter().zip(points.offsets.chunks_exact(d)).enumerate() {
            self.components_at(anchor, offset, &mut work);
            let summary = posterior(&self.frame.prior, &work.ratio, anchor, &mut work.pi);
            out.ln_anchor[i] = self.ln_component(anchor, work.mahalanobis);
            out.ln_density[i] = out.ln_anchor[i] + summary.ln_evidence;
            store(&mut out.component, i, summary);
            let truth = self.law.labels()[anchor];
            let summary = if by_component {
                summary
            } else {
                self.label_ratios(&work.ratio, &mut work.label_top, &mut work.label_ratio);
                posterior(&self.frame.labels, &work.label_ratio, truth, &mut work.label_pi)
            };
            store(&mut out.label, i, summary);
            if !detail.contains(Detail::SCORE) {
                continue;
            }
            let score = &mut out.score[i * d..(i + 1) * d];
            average(&work.pi, &work.score, score);
            let mean = &mut out.mean_offset[i * d..(i + 1) * d];
            average(&work.pi, &work.shift, mean);
            let each = |f: fn(&Shape) -> f64| (0..work.pi.len()).map(|k| work.pi[k] * f(self.shape(k))).sum::<f64>();
            let spread = scatter(&work.pi, &work.score, score);
            out.score_divergence[i] = spread - each(|s| s.precision_trace);
            let of_means = |(k, p): (usize, &f64)| {
                let gaps = (0..d).map(|i| self.mean_gap(&work, k, i, [score[i], mean[i]]));
                p * gaps.map(|gap| gap * gap).sum::<f64>()
            };
            out.posterior_trace[i] =
                work.pi.iter().enumerate().map(of_means).sum::<f64>() + each(|s| s.posterior_trace);
            if !detail.contains(Detail::all()) {
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

    /// What the posterior mean of component `k` has more than that of all along axis `i`, the averages of scores and
    /// means given, by the form whose average is smaller: `alpha (m_k - m) = sigma^2 (s_k - s)`.
    pub(crate) fn mean_gap(&self, work: &Work, k: usize, i: usize, [score, mean]: [f64; 2]) -> f64 {
        let (at, ratio) = (k * self.law.dim() + i, self.sigma2 / self.alpha);
        if (score * ratio).abs() < mean.abs() { (work.score[at] - score) * ratio } else { work.shift[at] - mean }
    }

    /// Half the mean squared distance of the mean of the anchor from that of a component of the posterior, and of one
    /// of the anchor's label.
    pub(crate) fn clones(&self, points: Points<'_>, out: &mut Observation) {
        let (d, labels) = (self.law.dim(), self.law.labels());
        out.clone_spread.resize(points.len(), 0.0);
        out.clone_label_spread.resize(points.len(), 0.0);
        let mut work = Work::new(self.law);
        for (i, (&anchor, offset)) in points.anchors.iter().zip(points.offsets.chunks_exact(d)).enumerate() {
            let kept: Vec<usize> = self.weighted(anchor, offset, &mut work).collect();
            let half = |k: usize| 0.5 * work.pi[k] * distance2(self.law.mean(k), self.law.mean(anchor));
            let own = || kept.iter().copied().filter(|&k| labels[k] == labels[anchor]);
            out.clone_spread[i] = kept.iter().map(|&k| half(k)).sum();
            let mass: f64 = own().map(|k| work.pi[k]).sum();
            out.clone_label_spread[i] = if mass > 0.0 { own().map(half).sum::<f64>() / mass } else { 0.0 };
        }
    }

    /// Posterior of each component within its label, and the score of each label.
    fn label_scores(&self, work: &mut Work) {
        let d = self.law.dim();
        work.label_score.fill(0.0);
        for (k, &y) in self.law.labels().iter().enumerate() {
            let share = self.frame.prior.weights[k] / self.frame.labels.weights[y];
            work.within[k] = share * (work.ratio[k] - work.label_ratio[y]).exp();
            for i in 0..d {
                work.label_score[y * d + i] += work.within[k] * work.score[k * d + i];
            }
        }
    }

    /// Posteriors at one point, and the components that are seen in sums over them.
    pub(crate) fn weighted<'w>(
        &self,
        anchor: usize,
        offset: &[f64],
        work: &'w mut Work,
    ) -> impl Iterator<Item = usize> + use<'w> {
        self.components_at(anchor, offset, work);
        posterior(&self.frame.prior, &work.ratio, anchor, &mut work.pi);
        // What carries less than 1e-20 of the uncertainty is not seen in the sum.
        let top = work.pi.iter().copied().fold(0.0, f64::max);
        let floor = 1e-20 * work.pi.iter().filter(|&&p| p < top).sum::<f64>();
        let pi = &work.pi;
        (0..pi.len()).filter(move |&k| pi[k] > floor)
    }
}

/// Room for one point.
pub(crate) struct Work {
    /// Log-likelihood ratio of each component to the anchor, length `K`.
    ratio: Vec<f64>,
    pub(crate) pi: Vec<f64>,
    /// `s_k`, `K x D`.
    pub(crate) score: Vec<f64>,
    /// `m_k - mu_anchor`, `K x D`.
    pub(crate) shift: Vec<f64>,
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
    pub(crate) fn new(law: &Mixture) -> Self {
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
pub(crate) fn to_axes(c: &Covariance, x: &mut [f64], room: &mut [f64]) {
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

/// `sum_k p_k rows_k` into `out`; `rows` is `K x D`.
pub(crate) fn average(p: &[f64], rows: &[f64], out: &mut [f64]) {
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
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

fn store(into: &mut Posterior, i: usize, s: Summary) {
    into.entropy[i] = s.entropy;
    into.excess[i] = s.excess;
    into.divergence[i] = s.divergence;
    into.surprisal[i] = s.surprisal;
    into.varentropy[i] = s.varentropy;
    into.agreement[i] = s.agreement;
}
