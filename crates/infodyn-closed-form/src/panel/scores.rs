//! What panels make of their posteriors: scores, posterior means, traces, the scores of the labels.

use std::ops::Range;

use infodyn_core::{Detail, Points};
use infodyn_kernels::{Kernel, LANES, Lanes, run};

use super::{KEPT, Panels, TILE, TRACES, UNSEEN};
use crate::posterior::x_ln_x;
use crate::terms::{
    FromAnchor, FromCentre, Mean, Score, Term, ZERO, average, each_lane, keep, mean_of, put, put_all, scatter,
};

impl Panels<'_, '_> {
    /// `sum c_k pi_k t_k,i` of every panel, tile by tile.
    #[inline(always)]
    fn sums(&mut self, term: &impl Term, c: impl Fn(usize) -> f64, panels: Range<usize>) {
        let (d, count, frame) = (self.dim(), self.count(), &*self.components.frame);
        let room = &mut self.room;
        room.sums[panels.start * self.groups * d..panels.end * self.groups * d].fill(ZERO);
        let tile = (TILE / d).max(1);
        for y in 0..self.groups {
            let of = if self.groups == 1 { &frame.order[..] } else { &frame.order[frame.first[y]..frame.first[y + 1]] };
            for list in of.chunks(tile) {
                for p in panels.clone() {
                    let pi = &room.pi[p * count..(p + 1) * count];
                    let at = (p * self.groups + y) * d;
                    let out = &mut room.sums[at..at + d];
                    if self.centred.is_some() {
                        keep(&mut room.kept, list, pi, f64::EPSILON / (16.0 * count as f64));
                        average(term, &room.kept, pi, &c, out);
                    } else {
                        average(term, list, pi, &c, out);
                    }
                }
            }
        }
    }

    /// Everything about scores of a panel, from its sums; `x` is the place from where `from` is written.
    ///
    /// # Formula
    /// Where all share a covariance, with `q = sum pi_k t_k` and `r = x - alpha q`: `s = -r/v`, `m = q + gain r`. Where
    /// covariances are isotropic, with `q = sum pi_k t_k/v_k`: `s = alpha q - x sum pi_k/v_k`,
    /// `m = sigma^2 q + x sum pi_k gain_k`.
    #[inline(always)]
    fn scores(&mut self, from: &impl Term, x: &[Lanes], p: usize, start: usize) {
        let (d, m, count) = (self.dim(), self.components, self.count());
        let (alpha, anchors) = (Lanes::splat(m.alpha), self.anchors(start));
        let score = Score { from, alpha, x, precision: &m.precision, gain: &m.gain };
        self.gather(p);
        let (by_sums, room) = (self.by_sums(), &mut self.room);
        let pi = &room.pi[p * count..(p + 1) * count];
        if self.shared {
            for i in 0..d {
                let residual = x[i] - alpha * room.total[i];
                room.mean[i] = residual.mul_add(Lanes::splat(m.gain[i]), room.total[i]);
                room.vector[i] = residual * Lanes::splat(-m.precision[i]);
            }
            put_all(&mut self.out.score, start, &room.vector);
        } else {
            if by_sums {
                let (precision, gain) = (mean_of(pi, |k| m.precision[k * d]), mean_of(pi, |k| m.gain[k * d]));
                for i in 0..d {
                    let q = room.total[i];
                    room.mean[i] = q.mul_add(Lanes::splat(m.sigma2), gain * x[i]);
                    room.total[i] = q.mul_add(alpha, -(precision * x[i]));
                }
            } else if self.asked.intersects(Detail::MEAN_OFFSET | Detail::POSTERIOR_TRACE) {
                room.mean.fill(ZERO);
                average(&Mean(&score), &m.frame.order, pi, |_| 1.0, &mut room.mean);
            }
            put_all(&mut self.out.score, start, &room.total);
        }
        if let Some(c) = self.centred {
            for i in 0..d {
                room.vector[i] = room.mean[i] - each_lane(|l| c.means[anchors[l] * d + i]);
            }
            put_all(&mut self.out.mean_offset, start, &room.vector);
        } else {
            put_all(&mut self.out.mean_offset, start, &room.mean);
        }
        if !self.asked.intersects(TRACES) {
            return;
        }
        let (precision, inner) = if self.shared {
            (Lanes::splat(m.shapes[0].precision_trace), Lanes::splat(m.shapes[0].posterior_trace))
        } else {
            (mean_of(pi, |k| m.shapes[k].precision_trace), mean_of(pi, |k| m.shapes[k].posterior_trace))
        };
        if self.shared {
            let (spread, trace) = self.spreads(from, None::<&Mean<'_, FromAnchor<'_>>>, p);
            self.finish(from, p, start, [spread, precision, trace, inner]);
        } else {
            let (spread, trace) = self.spreads(&score, Some(&Mean(&score)), p);
            self.finish(&score, p, start, [spread, precision, trace, inner]);
        }
    }

    #[inline(always)]
    fn finish(&mut self, term: &impl Term, p: usize, start: usize, [spread, precision, trace, inner]: [Lanes; 4]) {
        put(&mut self.out.score_divergence, start, spread - precision);
        put(&mut self.out.posterior_trace, start, trace + inner);
        self.label_scores(term, p, start, spread);
    }

    /// The sums over all labels of a panel into `total`.
    #[inline(always)]
    fn gather(&mut self, p: usize) {
        let (d, room) = (self.dim(), &mut self.room);
        let sums = &room.sums[p * self.groups * d..(p + 1) * self.groups * d];
        room.total.copy_from_slice(&sums[..d]);
        for part in sums[d..].chunks_exact(d) {
            for (t, s) in room.total.iter_mut().zip(part) {
                *t = *t + *s;
            }
        }
    }

    /// `sum pi_k |s_k - s|^2` and `sum pi_k |m_k - m|^2`; where all share a covariance, `term` has what both differ by.
    ///
    /// # Formula
    /// `alpha m_k = x + sigma^2 s_k` (A1 in a component).
    ///
    /// # Accuracy
    /// Sums of squares; by products `sum pi |s_k|^2 - |s|^2` while that cancels no more than six digits.
    #[inline(always)]
    fn spreads(&mut self, term: &impl Term, mean: Option<&impl Term>, p: usize) -> (Lanes, Lanes) {
        let (m, count) = (self.components, self.count());
        let square = |x: f64| Lanes::splat(x * x);
        let (scale, room) = (&self.scale, &mut self.room);
        let pi = &room.pi[p * count..(p + 1) * count];
        let mut list = &self.components.frame.order;
        if let Some(centred) = self.centred {
            let (mut second, mut first) = (room.second[p], ZERO);
            if self.shared {
                second = ZERO;
                for k in 0..count {
                    second = pi[k].mul_add(Lanes::splat(centred.norm2[k]), second);
                }
            }
            for q in &room.total {
                first = q.mul_add(*q, first);
            }
            let spread = second - first;
            if (0..LANES).all(|l| spread[l] > 1e-6 * second[l]) {
                let spread = spread * square(scale[0]);
                let trace = if self.shared { m.sigma2 } else { m.sigma2 / m.alpha };
                return (spread * square(self.reach), spread * square(trace));
            }
            // What weighs less than 1e-20 of the runner-up in every lane is not seen in the sum.
            let (mut top, mut runner_up) = (ZERO, ZERO);
            for &p in pi {
                runner_up = runner_up.max(top.min(p));
                top = top.max(p);
            }
            let floor = runner_up * Lanes::splat(1e-20);
            room.kept.clear();
            room.kept.extend((0..count).filter(|&k| (0..LANES).any(|l| pi[k][l] > floor[l])));
            list = &room.kept;
        }
        let spread = scatter(term, list, pi, scale, &room.total);
        let trace = match mean {
            None => spread * square(m.sigma2),
            Some(mean) if self.asked.contains(Detail::POSTERIOR_TRACE) => scatter(mean, list, pi, scale, &room.mean),
            Some(_) => ZERO,
        };
        (spread * square(self.reach), trace)
    }

    /// Whether covariances are isotropic and differ, and sums over labels are not wanted.
    fn by_sums(&self) -> bool {
        self.components.frame.isotropic && !self.shared && !self.by_label
    }

    /// Production, divergence and gradient of the labels.
    #[inline(always)]
    fn label_scores(&mut self, term: &impl Term, p: usize, start: usize, spread: Lanes) {
        if !self.asked.intersects(Detail::LABELS) {
            return;
        }
        let (d, m, count) = (self.dim(), self.components, self.count());
        let (frame, room, scale) = (&*m.frame, &mut self.room, &self.scale);
        let square = |i: usize| Lanes::splat((self.reach * scale[i]).powi(2));
        let pi = &room.pi[p * count..(p + 1) * count];
        if m.frame.by_component {
            for k in 0..count {
                room.tilt[k] = x_ln_x(pi[k]);
            }
            let mut gradient2 = ZERO;
            for i in 0..d {
                let mut gradient = ZERO;
                for k in 0..count {
                    gradient = room.tilt[k].mul_add(term.at(k, i) - room.total[i], gradient);
                }
                gradient2 = (gradient * gradient).mul_add(square(i), gradient2);
            }
            put(&mut self.out.label_production, start, spread);
            put(&mut self.out.label_gradient2, start, gradient2);
            let anchors = self.anchors(start);
            let own = each_lane(|l| -m.shape(anchors[l]).precision_trace);
            put(&mut self.out.label_divergence, start, own);
            return;
        }
        let labels = self.groups;
        let (mass, label_pi) = (&room.mass[p * labels..][..labels], &room.label_pi[p * labels..][..labels]);
        let sums = &mut room.sums[p * labels * d..(p + 1) * labels * d];
        // The terms of each label from those of all, where there is any of it.
        for (y, part) in sums.chunks_exact_mut(d).enumerate() {
            for (s, total) in part.iter_mut().zip(&room.total) {
                let gap = *s / mass[y] - *total;
                *s = mass[y].select_less(Lanes::splat(UNSEEN), ZERO, gap);
            }
            room.tilt[y] = x_ln_x(label_pi[y]);
        }
        let (mut production, mut gradient2) = (ZERO, ZERO);
        for i in 0..d {
            let (mut along, mut gradient) = (ZERO, ZERO);
            for y in 0..labels {
                let gap = sums[y * d + i];
                along = (label_pi[y] * gap).mul_add(gap, along);
                gradient = room.tilt[y].mul_add(gap, gradient);
            }
            production = along.mul_add(square(i), production);
            gradient2 = (gradient * gradient).mul_add(square(i), gradient2);
        }
        put(&mut self.out.label_production, start, production);
        put(&mut self.out.label_gradient2, start, gradient2);
        if !self.asked.contains(Detail::LABEL_DIVERGENCE) {
            return;
        }
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
            let of = &frame.order[frame.first[y]..frame.first[y + 1]];
            let sum = of.iter().map(|&k| {
                let gap2 = (0..d).map(|i| {
                    let gap = self.reach * scale[i] * (term.at(k, i)[l] - (sums[y * d + i][l] + room.total[i][l]));
                    gap * gap
                });
                pi[k][l] / mass[y][l] * (gap2.sum::<f64>() - m.shape(k).precision_trace)
            });
            self.out.label_divergence[at] = sum.sum();
        }
    }

    /// The sums that [`Panels::scores`] starts from, of every panel.
    #[inline(always)]
    fn start_sums(&mut self, from: &impl Term, x: &[Lanes], panels: usize) {
        let (m, d) = (self.components, self.dim());
        if self.shared {
            self.sums(from, |_| 1.0, 0..panels);
        } else if self.by_sums() {
            self.sums(from, |k| m.precision[k * d], 0..panels);
        } else {
            for p in 0..panels {
                let x = &x[p * d..(p + 1) * d];
                let score = Score { from, alpha: Lanes::splat(m.alpha), x, precision: &m.precision, gain: &m.gain };
                self.sums(&score, |_| 1.0, p..p + 1);
            }
        }
    }

    /// Where each batch starts, and its panels.
    fn batches(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (n, most) = (self.points.len(), self.panels);
        (0..n).step_by(most * LANES).map(move |start| (start, (n - start).div_ceil(LANES).min(most)))
    }

    /// Whether more is asked than posteriors.
    fn beyond_posteriors(&self) -> bool {
        !Detail::POSTERIORS.contains(self.asked)
    }

    /// Says what is asked at all points.
    pub(crate) fn observe(self) {
        if self.centred.is_some() { run(ByProducts(self)) } else { run(ByDifferences(self)) }
    }
}

/// Log-likelihood ratios from matrix products. Kernels of their own: one function of both is slow to compile.
struct ByProducts<'a, 'm>(Panels<'a, 'm>);

impl Kernel for ByProducts<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let mut of = self.0;
        let Some(centred) = of.centred else { return };
        let d = of.dim();
        for (start, panels) in of.batches() {
            let at = |p: usize| start + p * LANES;
            for p in 0..panels {
                of.load(p, at(p));
            }
            of.products(centred, panels);
            for p in 0..panels {
                of.mahalanobis(p, at(p));
                of.ratios_from_products(centred, p, at(p));
                of.posteriors(p, at(p));
            }
            if of.beyond_posteriors() {
                let (from, x) = (FromCentre(&centred.means, d), std::mem::take(&mut of.room.place));
                of.start_sums(&from, &x, panels);
                for p in 0..panels {
                    of.scores(&from, &x[p * d..(p + 1) * d], p, at(p));
                }
                of.room.place = x;
            }
        }
        KEPT.set(of.room);
    }
}

/// Log-likelihood ratios from differences of means, a panel a batch.
struct ByDifferences<'a, 'm>(Panels<'a, 'm>);

impl Kernel for ByDifferences<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let mut of = self.0;
        let means = of.components.law.means();
        for (start, _) in of.batches() {
            of.load(0, start);
            of.mahalanobis(0, start);
            of.ratios_from_differences(start);
            of.posteriors(0, start);
            if of.beyond_posteriors() {
                // What the terms borrow is taken out of `of` meanwhile.
                let (anchor, x) = (std::mem::take(&mut of.room.anchor), std::mem::take(&mut of.room.offset));
                let from = FromAnchor { means, anchor: &anchor };
                of.start_sums(&from, &x, 1);
                of.scores(&from, &x, 0, start);
                (of.room.anchor, of.room.offset) = (anchor, x);
            }
        }
        KEPT.set(of.room);
    }
}
