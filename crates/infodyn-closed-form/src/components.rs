//! The components of a marginal, and everything about them one point at a time.

use infodyn_core::{Covariance, Detail, Mixture, Observation, Points, Posterior};

use crate::posterior::{Prior, Summary, posterior};

/// A mixture at a noise level, component by component.
#[derive(Debug, Clone)]
pub(crate) struct Components<'a> {
    pub(crate) law: &'a Mixture,
    pub(crate) alpha: f64,
    pub(crate) sigma2: f64,
    /// Of the components, and of the labels.
    pub(crate) prior: Prior,
    pub(crate) labels: Prior,
    /// One per covariance of the law.
    pub(crate) shapes: Vec<Shape>,
}

/// What one covariance contributes, by principal axis.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// `v = alpha^2 l + sigma^2` along each axis, length `D`.
    pub(crate) variance: Vec<f64>,
    /// `1/v`.
    /// `alpha l / v`: the Wiener gain of the posterior mean.
    pub(crate) gain: Vec<f64>,
    /// `-(1/2) sum log(v/sigma^2)` (`sigma > 0`) or `-(1/2) sum log v`.
    pub(crate) ln_norm: f64,
    /// `sum 1/v`.
    pub(crate) precision_trace: f64,
    /// `sum sigma^2 l / v`.
    pub(crate) posterior_trace: f64,
}
impl<'a> Components<'a> {
    pub(crate) fn new(law: &'a Mixture, alpha: f64, sigma2: f64) -> Self {
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
        Self { law, alpha, sigma2, prior: Prior::new(law.weights()), labels: Prior::new(law.label_weights()), shapes }
    }

    pub(crate) fn shape(&self, k: usize) -> &Shape {
        if self.shapes.len() == 1 { &self.shapes[0] } else { &self.shapes[k] }
    }

    /// `log N(x; alpha mu_j, V_j)` at offset `u` from its centre.
    pub(crate) fn ln_component(&self, j: usize, mahalanobis: f64) -> f64 {
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
            let share = self.prior.weights[k] / self.labels.weights[y];
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
        let by_component = self.law.label_is_component();
        for (i, (&anchor, offset)) in points.anchors.iter().zip(points.offsets.chunks_exact(d)).enumerate() {
            self.components_at(anchor, offset, &mut work);
            let summary = posterior(&self.prior, &work.ratio, anchor, &mut work.pi);
            out.ln_anchor[i] = self.ln_component(anchor, work.mahalanobis);
            out.ln_density[i] = out.ln_anchor[i] + summary.ln_evidence;
            store(&mut out.component, i, summary);
            let truth = self.law.labels()[anchor];
            let summary = if by_component {
                summary
            } else {
                self.label_ratios(&work.ratio, &mut work.label_top, &mut work.label_ratio);
                posterior(&self.labels, &work.label_ratio, truth, &mut work.label_pi)
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
            out.posterior_trace[i] = scatter(&work.pi, &work.shift, mean) + each(|s| s.posterior_trace);
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

    /// Posterior of each component within its label, and the score of each label.
    fn label_scores(&self, work: &mut Work) {
        let d = self.law.dim();
        work.label_score.fill(0.0);
        for (k, &y) in self.law.labels().iter().enumerate() {
            let share = self.prior.weights[k] / self.labels.weights[y];
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
        posterior(&self.prior, &work.ratio, anchor, &mut work.pi);
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
