//! Batches of points in the lanes of a vector unit: eight points make a panel, and no sum runs across lanes.

use std::cell::Cell;
use std::ops::Range;

use infodyn_core::{Detail, Observation, Points};
use infodyn_kernels::{Kernel, LANES, Lanes};

use crate::components::Components;
use crate::posterior::{Bayes, bayes, ln_mean_exp, x_ln_x};
use crate::terms::{
    FromAnchor, FromCentre, Mean, Score, Term, ZERO, average, each_lane, keep, mean_of, products_block, put, put_one,
    scatter, store,
};

/// What panels need of a law whose covariances have the coordinate axes.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// Components by label: those of label `y` are `order[first[y]..first[y + 1]]`.
    order: Vec<usize>,
    first: Vec<usize>,
    /// Whether every covariance is a multiple of the identity.
    isotropic: bool,
    /// `1/v`, Wiener gain and variance in `X_0` of each covariance along each axis, `D` numbers a covariance.
    precision: Vec<f64>,
    gain: Vec<f64>,
    eigenvalue: Vec<f64>,
    centred: Option<Centred>,
}

/// The means from their average: what matrix products take.
#[derive(Debug, Clone)]
struct Centred {
    /// `y_k`, `K x D`, row-major.
    means: Vec<f64>,
    /// `|y_k|^2`, length `K`, and the largest `|y_k|`.
    norm2: Vec<f64>,
    largest: f64,
}

/// The largest error of a log-likelihood ratio that products may make.
const PRODUCT_ERROR: f64 = 1e-10;

/// Below this many components or dimensions differences cost no more than products.
const PRODUCT_SIZE: (usize, usize) = (8, 16);

/// A posterior below this is 0 to the label: its components are looked at one point at a time.
pub(crate) const UNSEEN: f64 = 1e-200;

/// Bytes of one batch of panels, which should stay in the cache, and the most panels of a batch.
const ROOM: usize = 1 << 22;
const MOST: usize = 16;

/// Numbers in a tile of the means that panels take in turn while it is in the cache.
const TILE: usize = 1 << 14;

impl Table {
    pub(crate) fn new(components: &Components<'_>) -> Self {
        let law = components.law;
        let (count, dim) = (law.components(), law.dim());
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|&k| law.labels()[k]);
        let first = (0..=law.label_weights().len()).map(|y| order.partition_point(|&k| law.labels()[k] < y)).collect();
        let isotropic = (0..components.shapes.len()).all(|k| law.covariance(k).as_isotropic().is_some());
        // Where all share one, products are those of `Cloud`.
        let large = count >= PRODUCT_SIZE.0 && dim >= PRODUCT_SIZE.1 && components.shapes.len() > 1;
        let centred = (isotropic && large).then(|| {
            let centre = law.total_mean();
            let rows = law.means().chunks_exact(dim);
            let means: Vec<f64> = rows.flat_map(|row| row.iter().zip(centre.iter()).map(|(m, c)| m - c)).collect();
            let norm2: Vec<f64> = means.chunks_exact(dim).map(|y| y.iter().map(|y| y * y).sum()).collect();
            let largest = norm2.iter().copied().fold(0.0, f64::max).sqrt();
            Centred { means, norm2, largest }
        });
        let flat = |f: &dyn Fn(usize, usize) -> f64| {
            let places = (0..components.shapes.len()).flat_map(|k| (0..dim).map(move |i| (k, i)));
            places.map(|(k, i)| f(k, i)).collect::<Vec<f64>>()
        };
        Self {
            order,
            first,
            isotropic,
            precision: flat(&|k, i| 1.0 / components.shapes[k].variance[i]),
            gain: flat(&|k, i| components.shapes[k].gain[i]),
            eigenvalue: flat(&|k, i| law.covariance(k).eigenvalue(i)),
            centred,
        }
    }
}

impl Centred {
    /// What a log-likelihood ratio formed by products is off by: `2 eps sqrt(D) a / v`, where `a` is
    /// `alpha |x| max|y|`, or `(|x| + alpha max|y|)^2` where variances differ and `|x|^2` is in the ratio.
    ///
    /// # Source
    /// Higham & Mary, *A new approach to probabilistic rounding error analysis*, SIAM J. Sci. Comput. 41 (2019): the
    /// errors of a sum of `D` products add like independent ones, here twice as far, and two sums are subtracted.
    fn error(&self, components: &Components<'_>, table: &Table, points: Points<'_>) -> f64 {
        let d = components.law.dim();
        let offset = points.offsets.chunks_exact(d).map(|u| u.iter().map(|x| x * x).sum::<f64>()).fold(0.0, f64::max);
        let reach = components.alpha * self.largest;
        let x = offset.sqrt() + reach;
        let size = if components.shapes.len() == 1 { x * reach } else { (x + reach).powi(2) };
        let precision = table.precision.iter().copied().fold(0.0, f64::max);
        2.0 * f64::EPSILON * (d as f64).sqrt() * size * precision
    }
}

/// Room for one batch of panels. Arrays of a panel follow one another.
#[derive(Default)]
struct Room {
    offset: Vec<Lanes>,
    /// `x` from the centre of all means, for products.
    place: Vec<Lanes>,
    /// `mu_anchor`.
    anchor: Vec<Lanes>,
    /// `sum u^2/v` in the anchor.
    mahalanobis: Lanes,
    /// `sum pi_k |s_k|^2` of a panel, by products where variances differ.
    second: Vec<Lanes>,
    /// Products, then posteriors of the components.
    pi: Vec<Lanes>,
    ratio: Vec<Lanes>,
    label_ratio: Vec<Lanes>,
    label_pi: Vec<Lanes>,
    /// Posterior of each label as the sum of those of its components.
    mass: Vec<Lanes>,
    /// Sums over each label, or over all components: of `pi_k t_k` where all share a covariance, of `pi_k t_k/v_k`
    /// where covariances are isotropic, else of `pi_k s_k`.
    sums: Vec<Lanes>,
    total: Vec<Lanes>,
    mean: Vec<Lanes>,
    tilt: Vec<Lanes>,
    kept: Vec<usize>,
    one: Observation,
}

thread_local! {
    /// The room of a thread, kept from call to call.
    static KEPT: Cell<Room> = Cell::default();
}

/// `n` zeros in the place of what was there.
fn clear(x: &mut Vec<Lanes>, n: usize) {
    x.clear();
    x.resize(n, ZERO);
}

/// One call of `observe`.
pub(crate) struct Panels<'a, 'm> {
    components: &'a Components<'m>,
    table: &'a Table,
    /// Set where products serve.
    centred: Option<&'a Centred>,
    points: Points<'a>,
    asked: Detail,
    out: &'a mut Observation,
    room: Room,
    panels: usize,
    /// Whether the scores of labels of several components are wanted, and so sums over each label.
    by_label: bool,
    groups: usize,
    /// Whether all components share one covariance.
    shared: bool,
    /// Scores of components differ along axis `i` by `reach scale_i` times what the terms differ by that are summed.
    reach: f64,
    scale: Vec<f64>,
}

impl<'a, 'm> Panels<'a, 'm> {
    pub(crate) fn new(
        components: &'a Components<'m>,
        table: &'a Table,
        points: Points<'a>,
        asked: Detail,
        out: &'a mut Observation,
    ) -> Self {
        let (k, d, labels) = (components.law.components(), components.law.dim(), components.law.label_weights().len());
        let centred = table
            .centred
            .as_ref()
            .filter(|c| components.alpha > 0.0 && c.error(components, table, points) <= PRODUCT_ERROR);
        let by_label = asked.intersects(Detail::LABELS) && !components.law.label_is_component();
        let groups = if by_label { labels } else { 1 };
        let one = size_of::<Lanes>() * (k + (groups + 2) * d);
        let most = if centred.is_some() { (ROOM / one).clamp(1, MOST) } else { 1 };
        let panels = most.min(points.len().div_ceil(LANES));
        let mut room = KEPT.take();
        for (array, n) in [
            (&mut room.offset, panels * d),
            (&mut room.place, if centred.is_some() { panels * d } else { 0 }),
            (&mut room.anchor, d),
            (&mut room.second, panels),
            (&mut room.pi, panels * k),
            (&mut room.ratio, k),
            (&mut room.label_ratio, labels),
            (&mut room.label_pi, panels * labels),
            (&mut room.mass, panels * labels),
            (&mut room.sums, panels * groups * d),
            (&mut room.total, d),
            (&mut room.mean, d),
            (&mut room.tilt, k.max(labels)),
        ] {
            clear(array, n);
        }
        let (reach, scale) = match &components.shapes[..] {
            [_] => (components.alpha, table.precision.clone()),
            _ => (1.0, vec![1.0; d]),
        };
        Self {
            components,
            table,
            centred,
            points,
            asked,
            out,
            room,
            panels,
            by_label,
            groups,
            shared: components.shapes.len() == 1,
            reach,
            scale,
        }
    }

    fn dim(&self) -> usize {
        self.components.law.dim()
    }

    fn count(&self) -> usize {
        self.components.law.components()
    }

    /// The anchors of a panel, the last point standing in beyond the end.
    #[inline(always)]
    fn anchors(&self, start: usize) -> [usize; LANES] {
        let mut out = [0; LANES];
        for l in 0..LANES {
            out[l] = self.points.anchors[(start + l).min(self.points.len() - 1)];
        }
        out
    }

    /// Offsets with points in lanes, and what goes with them.
    #[inline(always)]
    fn load(&mut self, p: usize, start: usize) {
        let (d, last) = (self.dim(), self.points.len() - 1);
        let offset = &mut self.room.offset[p * d..(p + 1) * d];
        for l in 0..LANES {
            let at = (start + l).min(last);
            for (o, u) in offset.iter_mut().zip(&self.points.offsets[at * d..(at + 1) * d]) {
                o.0[l] = *u;
            }
        }
        let means = self.centred.map_or(self.components.law.means(), |c| &c.means);
        for l in 0..LANES {
            let k = self.points.anchors[(start + l).min(last)];
            for (a, m) in self.room.anchor.iter_mut().zip(&means[k * d..(k + 1) * d]) {
                a.0[l] = *m;
            }
        }
        if self.centred.is_some() {
            let alpha = Lanes::splat(self.components.alpha);
            for i in 0..d {
                self.room.place[p * d + i] = self.room.anchor[i].mul_add(alpha, self.room.offset[p * d + i]);
            }
        }
    }

    #[inline(always)]
    fn mahalanobis(&mut self, p: usize, start: usize) {
        let (d, m, anchors) = (self.dim(), self.components, self.anchors(start));
        let mut sum = ZERO;
        for (i, &u) in self.room.offset[p * d..(p + 1) * d].iter().enumerate() {
            let precision = match &m.shapes[..] {
                [_] => Lanes::splat(self.table.precision[i]),
                _ => each_lane(|l| self.table.precision[anchors[l] * d + i]),
            };
            sum = (u * u).mul_add(precision, sum);
        }
        self.room.mahalanobis = sum;
    }

    /// `x.y_k` of every panel, tile by tile.
    #[inline(always)]
    fn products(&mut self, centred: &Centred, panels: usize) {
        let (d, count) = (self.dim(), self.count());
        let tile = (TILE / d).next_multiple_of(6);
        for start in (0..count).step_by(tile) {
            let end = count.min(start + tile);
            for p in 0..panels {
                let x = &self.room.place[p * d..(p + 1) * d];
                let out = &mut self.room.pi[p * count..(p + 1) * count];
                let mut k = start;
                while k + 6 <= end {
                    products_block::<6>(&centred.means, x, k, out);
                    k += 6;
                }
                while k < end {
                    products_block::<1>(&centred.means, x, k, out);
                    k += 1;
                }
            }
        }
    }

    /// Log-likelihood ratios to the anchors, from products.
    #[inline(always)]
    fn ratios_from_products(&mut self, centred: &Centred, p: usize, start: usize) {
        let (d, m, count) = (self.dim(), self.components, self.count());
        let anchors = self.anchors(start);
        let room = &mut self.room;
        let products = &room.pi[p * count..(p + 1) * count];
        if self.shared {
            let precision = self.table.precision[0];
            let (scale, half) = (Lanes::splat(m.alpha * precision), 0.5 * m.alpha * m.alpha * precision);
            let logit = |k: usize| products[k] * scale - Lanes::splat(half * centred.norm2[k]);
            let own = each_lane(|l| logit(anchors[l])[l]);
            for k in 0..count {
                room.ratio[k] = logit(k) - own;
            }
            return;
        }
        let mut x2 = ZERO;
        for x in &room.place[p * d..(p + 1) * d] {
            x2 = x.mul_add(*x, x2);
        }
        let ln_norm = each_lane(|l| m.shapes[anchors[l]].ln_norm);
        let double = Lanes::splat(-2.0 * m.alpha);
        for k in 0..count {
            let r2 = products[k].mul_add(double, x2) + Lanes::splat(m.alpha * m.alpha * centred.norm2[k]);
            let excess = r2.mul_add(Lanes::splat(self.table.precision[k * d]), -room.mahalanobis);
            room.ratio[k] = excess.mul_add(Lanes::splat(-0.5), Lanes::splat(m.shapes[k].ln_norm) - ln_norm);
        }
    }

    /// Log-likelihood ratios to the anchors, from differences of means: with `r = u + e` the place from another mean,
    /// `r^2 - u^2 = e (2u + e)`.
    #[inline(always)]
    fn ratios_from_differences(&mut self, start: usize) {
        let (d, m, isotropic) = (self.dim(), self.components, self.table.isotropic);
        let anchors = self.anchors(start);
        let (alpha, room) = (Lanes::splat(m.alpha), &mut self.room);
        let from = FromAnchor { means: m.law.means(), anchor: &room.anchor };
        let table = self.table;
        if self.shared {
            for k in 0..m.law.components() {
                let mut sum = ZERO;
                for i in 0..d {
                    let (shift, u) = (from.at(k, i), room.offset[i]);
                    let moved = alpha.mul_add(shift, -(u + u));
                    let shift = if isotropic { shift } else { shift * Lanes::splat(table.precision[i]) };
                    sum = shift.mul_add(moved, sum);
                }
                let scale = if isotropic { table.precision[0] } else { 1.0 };
                room.ratio[k] = sum * Lanes::splat(-0.5 * m.alpha * scale);
            }
            return;
        }
        let ln_norm = each_lane(|l| m.shapes[anchors[l]].ln_norm);
        // Beside a component much narrower than the anchor the first pair cancels, at high noise the second: the pair
        // with the smaller terms keeps its digits.
        let excess = |moved: Lanes, widened: Lanes, there: Lanes, here: Lanes| {
            (there + here).select_less(moved.abs() + widened.abs(), there - here, moved + widened)
        };
        if isotropic {
            let here = room.mahalanobis;
            let eigenvalue = each_lane(|l| table.eigenvalue[anchors[l] * d]);
            for k in 0..m.law.components() {
                let (mut moved, mut there) = (ZERO, ZERO);
                for i in 0..d {
                    let (shift, u) = (from.at(k, i), room.offset[i]);
                    let r = u - alpha * shift;
                    moved = shift.mul_add(u + r, moved);
                    there = r.mul_add(r, there);
                }
                let v = Lanes::splat(table.precision[k * d]);
                let wider = eigenvalue - Lanes::splat(table.eigenvalue[k * d]);
                let widened = here * alpha * alpha * wider * v;
                room.ratio[k] = excess(-(alpha * moved * v), widened, there * v, here);
            }
        } else {
            room.ratio.fill(ZERO);
            for i in 0..d {
                let (u, precision) = (room.offset[i], each_lane(|l| table.precision[anchors[l] * d + i]));
                let eigenvalue = each_lane(|l| table.eigenvalue[anchors[l] * d + i]);
                let here = u * u * precision;
                for k in 0..m.law.components() {
                    let v = Lanes::splat(table.precision[k * d + i]);
                    let r = u - alpha * from.at(k, i);
                    let moved = -(alpha * from.at(k, i) * (u + r) * v);
                    let wider = eigenvalue - Lanes::splat(table.eigenvalue[k * d + i]);
                    let widened = here * alpha * alpha * wider * v;
                    room.ratio[k] = room.ratio[k] + excess(moved, widened, r * r * v, here);
                }
            }
        }
        for k in 0..m.law.components() {
            let norm = Lanes::splat(m.shapes[k].ln_norm) - ln_norm;
            room.ratio[k] = room.ratio[k].mul_add(Lanes::splat(-0.5), norm);
        }
    }

    /// Posteriors of a panel from its ratios.
    #[inline(always)]
    fn posteriors(&mut self, p: usize, start: usize) {
        let (m, count, d) = (self.components, self.count(), self.dim());
        let labels = self.table.first.len() - 1;
        let [asked, of_label] = self.asked.posteriors();
        let by_component = m.law.label_is_component();
        let anchors = self.anchors(start);
        let both = if by_component { asked | of_label } else { asked };
        let room = &mut self.room;
        let pi = &mut room.pi[p * count..(p + 1) * count];
        let seen = bayes(Bayes { prior: &m.prior, ratio: &mut room.ratio, truth: anchors, asked: both, out: pi });
        if self.centred.is_some() && !self.shared {
            let ln_norm = each_lane(|l| m.shapes[anchors[l]].ln_norm);
            let mut second = ZERO;
            for k in 0..count {
                let excess = (room.ratio[k] - (Lanes::splat(m.shapes[k].ln_norm) - ln_norm)) * Lanes::splat(-2.0);
                let s2 = (excess + room.mahalanobis) * Lanes::splat(self.table.precision[k * d]);
                second = pi[k].mul_add(s2, second);
            }
            room.second[p] = second;
        }
        let ln_norm = each_lane(|l| m.ln_component(anchors[l], 0.0));
        let ln_anchor = room.mahalanobis.mul_add(Lanes::splat(-0.5), ln_norm);
        put(&mut self.out.ln_anchor, start, ln_anchor);
        put(&mut self.out.ln_density, start, ln_anchor + seen.ln_evidence);
        store(&mut self.out.component, start, &seen);
        if by_component {
            store(&mut self.out.label, start, &seen);
        }
        if by_component || (of_label.is_empty() && !self.by_label) {
            return;
        }
        let pi = &room.pi[p * count..(p + 1) * count];
        for y in 0..labels {
            let of = &self.table.order[self.table.first[y]..self.table.first[y + 1]];
            let mut mass = ZERO;
            for &k in of {
                mass = mass + pi[k];
            }
            room.mass[p * labels + y] = mass;
            let prior = m.labels.weights[y];
            let mut ratio = (mass / Lanes::splat(prior)).ln() + seen.ln_evidence;
            let unseen = mass.0.iter().any(|&mass| mass < UNSEEN);
            if unseen || seen.undecided.0.iter().any(|&u| u > 0.0) {
                // From the ratios themselves, where the posterior has underflowed or nothing is known.
                let share = |k: usize| Lanes::splat(m.prior.weights[k] / prior);
                let other = ln_mean_exp(of.iter().copied(), &room.ratio, share);
                let first = mass.select_less(Lanes::splat(UNSEEN), other, ratio);
                ratio = ZERO.select_less(seen.undecided, other, first);
            }
            room.label_ratio[y] = ratio;
        }
        let truth = anchors.map(|a| m.law.labels()[a]);
        let out = &mut room.label_pi[p * labels..(p + 1) * labels];
        let seen = bayes(Bayes { prior: &m.labels, ratio: &mut room.label_ratio, truth, asked: of_label, out });
        store(&mut self.out.label, start, &seen);
    }

    /// `sum c_k pi_k t_k,i` of every panel, tile by tile.
    #[inline(always)]
    fn sums(&mut self, term: &impl Term, c: impl Fn(usize) -> f64, panels: Range<usize>) {
        let (d, count) = (self.dim(), self.count());
        let room = &mut self.room;
        room.sums[panels.start * self.groups * d..panels.end * self.groups * d].fill(ZERO);
        let tile = (TILE / d).max(1);
        for y in 0..self.groups {
            let of = if self.groups == 1 {
                &self.table.order[..]
            } else {
                &self.table.order[self.table.first[y]..self.table.first[y + 1]]
            };
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
        let score = Score { from, alpha, x, precision: &self.table.precision, gain: &self.table.gain };
        self.gather(p);
        let (by_sums, room) = (self.by_sums(), &mut self.room);
        let pi = &room.pi[p * count..(p + 1) * count];
        if self.shared {
            for i in 0..d {
                let residual = x[i] - alpha * room.total[i];
                room.mean[i] = residual.mul_add(Lanes::splat(self.table.gain[i]), room.total[i]);
                put_one(&mut self.out.score, start, d, i, residual * Lanes::splat(-self.table.precision[i]));
            }
        } else {
            if by_sums {
                let (precision, gain) =
                    (mean_of(pi, |k| self.table.precision[k * d]), mean_of(pi, |k| self.table.gain[k * d]));
                for i in 0..d {
                    let q = room.total[i];
                    room.mean[i] = q.mul_add(Lanes::splat(m.sigma2), gain * x[i]);
                    room.total[i] = q.mul_add(alpha, -(precision * x[i]));
                }
            } else if self.asked.intersects(Detail::MEAN_OFFSET | Detail::POSTERIOR_TRACE) {
                room.mean.fill(ZERO);
                average(&Mean(&score), &self.table.order, pi, |_| 1.0, &mut room.mean);
            }
            for i in 0..d {
                put_one(&mut self.out.score, start, d, i, room.total[i]);
            }
        }
        for i in 0..d {
            let base = match self.centred {
                Some(c) => each_lane(|l| c.means[anchors[l] * d + i]),
                None => ZERO,
            };
            put_one(&mut self.out.mean_offset, start, d, i, room.mean[i] - base);
        }
        let traces = Detail::SCORE_DIVERGENCE | Detail::POSTERIOR_TRACE | Detail::LABELS;
        if !self.asked.intersects(traces) {
            return;
        }
        let (precision, inner) = match &m.shapes[..] {
            [shape] => (Lanes::splat(shape.precision_trace), Lanes::splat(shape.posterior_trace)),
            _ => (mean_of(pi, |k| m.shapes[k].precision_trace), mean_of(pi, |k| m.shapes[k].posterior_trace)),
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
        let mut list = &self.table.order;
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
        self.table.isotropic && !self.shared && !self.by_label
    }

    /// Production, divergence and gradient of the labels.
    #[inline(always)]
    fn label_scores(&mut self, term: &impl Term, p: usize, start: usize, spread: Lanes) {
        if !self.asked.intersects(Detail::LABELS) {
            return;
        }
        let (d, m, count) = (self.dim(), self.components, self.count());
        let (table, room, scale) = (self.table, &mut self.room, &self.scale);
        let square = |i: usize| Lanes::splat((self.reach * scale[i]).powi(2));
        let pi = &room.pi[p * count..(p + 1) * count];
        if m.law.label_is_component() {
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
            let of = &table.order[table.first[y]..table.first[y + 1]];
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
        let (m, d, table) = (self.components, self.dim(), self.table);
        if self.shared {
            self.sums(from, |_| 1.0, 0..panels);
        } else if self.by_sums() {
            self.sums(from, |k| table.precision[k * d], 0..panels);
        } else {
            for p in 0..panels {
                let x = &x[p * d..(p + 1) * d];
                let score = Score {
                    from,
                    alpha: Lanes::splat(m.alpha),
                    x,
                    precision: &self.table.precision,
                    gain: &self.table.gain,
                };
                self.sums(&score, |_| 1.0, p..p + 1);
            }
        }
    }

    #[inline(always)]
    fn batch(&mut self, start: usize, panels: usize) {
        let (m, d) = (self.components, self.dim());
        let scores = !Detail::POSTERIORS.contains(self.asked);
        let at = |p: usize| start + p * LANES;
        for p in 0..panels {
            self.load(p, at(p));
        }
        if let Some(centred) = self.centred {
            self.products(centred, panels);
            for p in 0..panels {
                self.mahalanobis(p, at(p));
                self.ratios_from_products(centred, p, at(p));
                self.posteriors(p, at(p));
            }
            if scores {
                let (from, x) = (FromCentre(&centred.means, d), std::mem::take(&mut self.room.place));
                self.start_sums(&from, &x, panels);
                for p in 0..panels {
                    self.scores(&from, &x[p * d..(p + 1) * d], p, at(p));
                }
                self.room.place = x;
            }
            return;
        }
        self.mahalanobis(0, start);
        self.ratios_from_differences(start);
        self.posteriors(0, start);
        if scores {
            // What the terms borrow is taken out of `self` meanwhile.
            let (anchor, x) = (std::mem::take(&mut self.room.anchor), std::mem::take(&mut self.room.offset));
            let from = FromAnchor { means: m.law.means(), anchor: &anchor };
            self.start_sums(&from, &x, 1);
            self.scores(&from, &x, 0, start);
            (self.room.anchor, self.room.offset) = (anchor, x);
        }
    }
}

impl Kernel for Panels<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn call(mut self) {
        let step = self.panels * LANES;
        for start in (0..self.points.len()).step_by(step) {
            let panels = (self.points.len() - start).div_ceil(LANES).min(self.panels);
            self.batch(start, panels);
        }
        KEPT.set(self.room);
    }
}
