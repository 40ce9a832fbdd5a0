//! What panels make of their posteriors: scores, posterior means, traces, the scores of the labels.

use std::ops::Range;

use infodyn_core::{Detail, Points};
use infodyn_kernels::{Kernel, LANES, Lanes};

use super::rotated::Rows;
use super::{Panels, TILE, TRACES};
use crate::posterior::{UNSEEN, x_ln_x};
use crate::stages::stages;
use crate::terms::{
    FromAnchor, FromCentre, Labels, Mean, Score, Term, ZERO, average, each_lane, gather, keep, keep_seen, mean_of, put,
    put_all, scatter, scatter_both,
};

/// There is none to be spread.
const NO_MEAN: Option<&FromCentre<'static>> = None;

impl Panels<'_, '_> {
    /// Everything beyond posteriors, of a batch.
    pub(super) fn scores_of_batch(&mut self, start: usize, panels: usize) {
        // What the terms borrow is taken out of `self` meanwhile.
        if let Some(centred) = self.centred {
            let x = std::mem::take(&mut self.room.place);
            self.scores(&FromCentre(&centred.means, self.dim()), &x, start, panels);
            self.room.place = x;
        } else if self.rotated {
            let dim = self.dim();
            let (scores, means) = (std::mem::take(&mut self.room.scores), std::mem::take(&mut self.room.means));
            let (score, mean) = (Rows { rows: &scores, dim }, Rows { rows: &means, dim });
            self.unit.dispatch(Sums { of: self, term: &score, panels: 0..1 });
            self.finish(&score, Some(&mean), &[], 0, start);
            (self.room.scores, self.room.means) = (scores, means);
        } else {
            let (anchor, x) = (std::mem::take(&mut self.room.anchor), std::mem::take(&mut self.room.offset));
            self.scores(&FromAnchor { means: self.components.law.means(), anchor: &anchor }, &x, start, panels);
            (self.room.anchor, self.room.offset) = (anchor, x);
        }
    }

    /// The same, from means as `from` has them and the places `x` from where these are written.
    fn scores(&mut self, from: &impl Term, x: &[Lanes], start: usize, panels: usize) {
        let (d, m, unit) = (self.dim(), self.components, self.unit);
        let score = |p: usize| Score {
            from,
            alpha: Lanes::splat(m.alpha),
            x: &x[p * d..(p + 1) * d],
            precision: &m.precision,
            gain: &m.gain,
        };
        if self.shared || self.by_sums() {
            unit.dispatch(Sums { of: self, term: from, panels: 0..panels });
        } else {
            for p in 0..panels {
                unit.dispatch(Sums { of: self, term: &score(p), panels: p..p + 1 });
            }
        }
        for p in 0..panels {
            let (score, at) = (score(p), start + p * LANES);
            if self.shared {
                self.finish(from, NO_MEAN, score.x, p, at);
            } else {
                self.finish(&score, Some(&Mean(&score)), score.x, p, at);
            }
        }
    }

    /// What is written of a panel, from its sums: the terms are scores with means, or what both differ by.
    fn finish<T: Term, M: Term>(&mut self, term: &T, mean: Option<&M>, x: &[Lanes], p: usize, start: usize) {
        let unit = self.unit;
        let wanted = self.asked.intersects(Detail::MEAN_OFFSET | Detail::POSTERIOR_TRACE) && !self.by_sums();
        if let Some(mean) = mean.filter(|_| wanted) {
            unit.dispatch(MeanSums { of: self, term: mean, p });
        }
        unit.dispatch(Means { of: self, x, p, start });
        if self.asked.intersects(TRACES) {
            let spread = unit.dispatch(Spreads { of: self, term, mean, p, start });
            self.label_scores(term, p, start, spread);
        }
    }

    /// Whether covariances are isotropic and differ, and sums over labels are not wanted.
    fn by_sums(&self) -> bool {
        self.components.frame.isotropic && !self.shared && !self.by_label
    }

    /// Production, divergence and gradient of the labels.
    fn label_scores<T: Term>(&mut self, term: &T, p: usize, start: usize, spread: Lanes) {
        if !self.asked.intersects(Detail::LABELS) {
            return;
        }
        let m = self.components;
        if !m.frame.by_component {
            self.unit.dispatch(LabelRates(self, p, start));
            if self.asked.contains(Detail::LABEL_DIVERGENCE) {
                self.label_divergence(term, p, start);
            }
            return;
        }
        put(&mut self.out.label_production, start, spread);
        self.unit.dispatch(ComponentGradient { of: self, term, p, start });
        let anchors = self.anchors(start);
        put(&mut self.out.label_divergence, start, each_lane(|l| -m.shape(anchors[l]).precision_trace));
    }

    #[inline(always)]
    fn label_rates(&mut self, p: usize, start: usize) {
        let (d, labels, room) = (self.dim(), self.groups, &mut self.room);
        let of = p * labels..(p + 1) * labels;
        let sums = &mut room.sums[of.start * d..of.end * d];
        let (mass, pi, total) = (&room.mass[of.clone()], &room.label_pi[of], &room.total[..]);
        let [production, gradient2] = Labels { mass, pi, sums, total, tilt: &mut room.tilt }
            .rates(d, |i| Lanes::splat((self.reach * self.scale[i]).powi(2)));
        put(&mut self.out.label_production, start, production);
        put(&mut self.out.label_gradient2, start, gradient2);
    }

    /// The divergence of the score of the true label, point by point.
    fn label_divergence(&mut self, term: &impl Term, p: usize, start: usize) {
        let (d, m, count, labels) = (self.dim(), self.components, self.count(), self.groups);
        let room = &mut self.room;
        let (pi, mass) = (&room.pi[p * count..(p + 1) * count], &room.mass[p * labels..(p + 1) * labels]);
        let gaps = &room.sums[p * labels * d..(p + 1) * labels * d];
        for l in 0..LANES.min(self.points.len() - start) {
            let at = start + l;
            let y = m.law.labels()[self.points.anchors[at]];
            if mass[y][l] < UNSEEN {
                // Nothing of the true label is seen here; one point costs little.
                let offsets = &self.points.offsets[at * d..(at + 1) * d];
                let one = Points { anchors: &self.points.anchors[at..=at], offsets };
                m.observe(one, Detail::all(), &mut room.one);
                self.out.label_divergence[at] = room.one.label_divergence[0];
                continue;
            }
            let of = &m.frame.order[m.frame.first[y]..m.frame.first[y + 1]];
            let sum = of.iter().map(|&k| {
                let gap2 = (0..d).map(|i| {
                    let own = gaps[y * d + i][l] + room.total[i][l];
                    (self.reach * self.scale[i] * (term.at(k, i)[l] - own)).powi(2)
                });
                pi[k][l] / mass[y][l] * (gap2.sum::<f64>() - m.shape(k).precision_trace)
            });
            self.out.label_divergence[at] = sum.sum();
        }
    }
}

/// `sum c_k pi_k t_k,i` of panels, tile by tile; `c_k = 1/v_k` where variances differ and the terms are means.
struct Sums<'s, 'a, 'm, T> {
    of: &'s mut Panels<'a, 'm>,
    term: &'s T,
    panels: Range<usize>,
}

impl<T: Term> Kernel for Sums<'_, '_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { of, term, panels } = self;
        let (d, count, groups, m) = (of.dim(), of.count(), of.groups, of.components);
        let (by_sums, room) = (of.by_sums(), &mut of.room);
        if by_sums {
            for at in panels.start * count..panels.end * count {
                room.weight[at] = room.pi[at] * Lanes::splat(m.precision[at % count * d]);
            }
        }
        let weight = if by_sums { &room.weight } else { &room.pi };
        room.sums[panels.start * groups * d..panels.end * groups * d].fill(ZERO);
        let tile = (TILE / d).max(1);
        for y in 0..groups {
            let list =
                if groups == 1 { &m.frame.order[..] } else { &m.frame.order[m.frame.first[y]..m.frame.first[y + 1]] };
            for list in list.chunks(tile) {
                for p in panels.clone() {
                    let mut list = list;
                    if of.centred.is_some() {
                        let pi = &room.pi[p * count..(p + 1) * count];
                        keep(&mut room.kept, list.iter().copied(), pi, f64::EPSILON / (16.0 * count as f64));
                        list = &room.kept;
                    }
                    let out = &mut room.sums[(p * groups + y) * d..][..d];
                    average(term, list, &weight[p * count..(p + 1) * count], out);
                }
            }
        }
    }
}

/// The posterior mean of a panel as a sum over components.
struct MeanSums<'s, 'a, 'm, T> {
    of: &'s mut Panels<'a, 'm>,
    term: &'s T,
    p: usize,
}

impl<T: Term> Kernel for MeanSums<'_, '_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let (count, room) = (self.of.count(), &mut self.of.room);
        room.mean.fill(ZERO);
        let pi = &room.pi[self.p * count..(self.p + 1) * count];
        average(self.term, &self.of.components.frame.order, pi, &mut room.mean);
    }
}

/// Scores and posterior means of a panel, from its sums; `x` is the place from where means are written.
///
/// # Formula
/// Where all share a covariance, with `q = sum pi_k t_k` and `r = x - alpha q`: `s = -r/v`, `m = q + gain r`. Where
/// covariances are isotropic, with `q = sum pi_k t_k/v_k`: `s = alpha q - x sum pi_k/v_k`,
/// `m = sigma^2 q + x sum pi_k gain_k`.
struct Means<'s, 'a, 'm> {
    of: &'s mut Panels<'a, 'm>,
    x: &'s [Lanes],
    p: usize,
    start: usize,
}

impl Kernel for Means<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { of, x, p, start } = self;
        let (d, m, count, groups) = (of.dim(), of.components, of.count(), of.groups);
        let (alpha, anchors, by_sums) = (Lanes::splat(m.alpha), of.anchors(start), of.by_sums());
        let room = &mut of.room;
        gather(&room.sums[p * groups * d..(p + 1) * groups * d], &mut room.total);
        if of.shared {
            for i in 0..d {
                let residual = x[i] - alpha * room.total[i];
                room.mean[i] = residual.mul_add(Lanes::splat(m.gain[i]), room.total[i]);
                room.vector[i] = residual * Lanes::splat(-m.precision[i]);
            }
            put_all(&mut of.out.score, start, &room.vector);
        } else {
            if by_sums {
                let pi = &room.pi[p * count..(p + 1) * count];
                let (precision, gain) = (mean_of(pi, |k| m.precision[k * d]), mean_of(pi, |k| m.gain[k * d]));
                for i in 0..d {
                    let q = room.total[i];
                    room.mean[i] = q.mul_add(Lanes::splat(m.sigma2), gain * x[i]);
                    room.total[i] = q.mul_add(alpha, -(precision * x[i]));
                }
            }
            put_all(&mut of.out.score, start, &room.total);
        }
        let Some(centred) = of.centred else {
            put_all(&mut of.out.mean_offset, start, &room.mean);
            return;
        };
        for i in 0..d {
            room.vector[i] = room.mean[i] - each_lane(|l| centred.means[anchors[l] * d + i]);
        }
        put_all(&mut of.out.mean_offset, start, &room.vector);
    }
}

/// `sum pi_k |s_k - s|^2`, and with it the divergence of the score and the trace of the posterior covariance,
/// `sum pi_k |m_k - m|^2` and what is within components; where all share a covariance, `term` has what both differ by,
/// and there is no `mean`.
///
/// # Formula
/// `alpha m_k = x + sigma^2 s_k` (A1 in a component).
///
/// # Accuracy
/// Sums of squares; by products `sum pi |s_k|^2 - |s|^2` while that cancels no more than six digits.
struct Spreads<'s, 'a, 'm, T, M> {
    of: &'s mut Panels<'a, 'm>,
    term: &'s T,
    mean: Option<&'s M>,
    p: usize,
    start: usize,
}

impl<T: Term, M: Term> Spreads<'_, '_, '_, T, M> {
    /// The spreads of scores and of means.
    #[inline(always)]
    fn both(&mut self) -> [Lanes; 2] {
        let (of, p) = (&mut *self.of, self.p);
        let (m, count) = (of.components, of.count());
        let square = |x: f64| Lanes::splat(x * x);
        let room = &mut of.room;
        let pi = &room.pi[p * count..(p + 1) * count];
        let mut list = &m.frame.order;
        if of.centred.is_some() {
            let mut first = ZERO;
            for q in &room.total {
                first = q.mul_add(*q, first);
            }
            let second = room.second[p];
            let spread = second - first;
            if (0..LANES).all(|l| spread[l] > 1e-6 * second[l]) {
                return [spread, spread * square(m.sigma2 / m.alpha)];
            }
            keep_seen(&mut room.kept, 0..count, pi, 0.0);
            list = &room.kept;
        }
        let [spread, trace] = match self.mean {
            Some(mean) if of.asked.contains(Detail::POSTERIOR_TRACE) => {
                let ratio = Lanes::splat(m.sigma2 / m.alpha);
                scatter_both((self.term, mean), list, pi, [&room.total, &room.mean], ratio)
            }
            mean => {
                let spread = scatter(self.term, list, pi, &of.scale, &room.total);
                [spread, if mean.is_none() { spread * square(m.sigma2) } else { ZERO }]
            }
        };
        [spread * square(of.reach), trace]
    }
}

impl<T: Term, M: Term> Kernel for Spreads<'_, '_, '_, T, M> {
    type Output = Lanes;

    #[inline(always)]
    fn call(mut self) -> Lanes {
        let [spread, trace] = self.both();
        let (m, count, of) = (self.of.components, self.of.count(), self.of);
        let pi = &of.room.pi[self.p * count..(self.p + 1) * count];
        let (precision, inner) = if of.shared {
            (Lanes::splat(m.shapes[0].precision_trace), Lanes::splat(m.shapes[0].posterior_trace))
        } else {
            (mean_of(pi, |k| m.shape(k).precision_trace), mean_of(pi, |k| m.shape(k).posterior_trace))
        };
        put(&mut of.out.score_divergence, self.start, spread - precision);
        put(&mut of.out.posterior_trace, self.start, trace + inner);
        spread
    }
}

/// `|sum pi_k log pi_k (s_k - s)|^2`.
struct ComponentGradient<'s, 'a, 'm, T> {
    of: &'s mut Panels<'a, 'm>,
    term: &'s T,
    p: usize,
    start: usize,
}

impl<T: Term> Kernel for ComponentGradient<'_, '_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { of, term, p, start } = self;
        let (d, count, room) = (of.dim(), of.count(), &mut of.room);
        for k in 0..count {
            room.tilt[k] = x_ln_x(room.pi[p * count + k]);
        }
        let mut gradient2 = ZERO;
        for i in 0..d {
            let mut gradient = ZERO;
            for k in 0..count {
                gradient = room.tilt[k].mul_add(term.at(k, i) - room.total[i], gradient);
            }
            let scale2 = Lanes::splat((of.reach * of.scale[i]).powi(2));
            gradient2 = (gradient * gradient).mul_add(scale2, gradient2);
        }
        put(&mut of.out.label_gradient2, start, gradient2);
    }
}

stages!(Panels: LabelRates => label_rates);
