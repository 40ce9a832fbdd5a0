//! Batches of points in the lanes of a vector unit: eight points make a panel, and no sum runs across lanes. Here are
//! the panels and the posteriors on them; what is made of the posteriors is in `scores`.

mod rotated;
mod scores;

use std::cell::Cell;

use infodyn_core::{Detail, Observation, Points};
use infodyn_kernels::{Kernel, LANES, Lanes, Unit, unit};

use crate::components::Components;
use crate::frame::Centred;
use crate::posterior::{Bayes, Summaries, Top, UNSEEN, label_ratio, weigh};
use crate::stages::stages;
use crate::terms::{FromAnchor, Term, ZERO, clear, each_lane, products_block, put, store};

/// The largest error of a log-likelihood ratio that products may make.
const PRODUCT_ERROR: f64 = 1e-10;

/// What takes the spreads over the components.
const TRACES: Detail = Detail::SCORE_DIVERGENCE.union(Detail::POSTERIOR_TRACE).union(Detail::LABELS);

/// Bytes of one batch of panels, which should stay in the cache, and the most panels of a batch.
const ROOM: usize = 1 << 22;
const MOST: usize = 16;

/// Numbers in a tile of the means that panels take in turn while it is in the cache.
const TILE: usize = 1 << 14;

/// What a log-likelihood ratio formed by products is off by: `2 eps sqrt(D) (|x| + alpha max|y|)^2 / v`.
///
/// # Source
/// Higham & Mary, *A new approach to probabilistic rounding error analysis*, SIAM J. Sci. Comput. 41 (2019): the
/// errors of a sum of `D` products add like independent ones, here twice as far, and two sums are subtracted.
fn product_error(components: &Components<'_>, centred: &Centred, points: Points<'_>) -> f64 {
    let d = components.law.dim();
    let offset = points.offsets.chunks_exact(d).map(|u| u.iter().map(|x| x * x).sum::<f64>()).fold(0.0, f64::max);
    let reach = components.alpha * centred.largest;
    let size = (offset.sqrt() + 2.0 * reach).powi(2);
    let precision = components.precision.iter().copied().fold(0.0, f64::max);
    2.0 * f64::EPSILON * (d as f64).sqrt() * size * precision
}

/// `there - here`, also as the sum of what has `moved` and what has `widened`: beside a component much narrower than
/// the anchor these two cancel, at high noise the others. The pair with the smaller terms keeps its digits.
#[inline(always)]
fn excess([moved, widened]: [Lanes; 2], [there, here]: [Lanes; 2]) -> Lanes {
    (there + here).select_less(moved.abs() + widened.abs(), there - here, moved + widened)
}

/// Room for one batch of panels. Arrays of a panel follow one another.
#[derive(Default)]
struct Room {
    offset: Vec<Lanes>,
    /// `x` from the centre of all means, for products.
    place: Vec<Lanes>,
    /// `mu_anchor`.
    anchor: Vec<Lanes>,
    /// `sum u^2/v` in the anchor, of each panel.
    mahalanobis: Vec<Lanes>,
    /// `sum pi_k |s_k|^2` of each panel, by products.
    second: Vec<Lanes>,
    /// Products, then posteriors of the components.
    pi: Vec<Lanes>,
    /// `pi_k/v_k` where sums of these serve.
    weight: Vec<Lanes>,
    ratio: Vec<Lanes>,
    /// What a panel says of the component.
    seen: Summaries,
    label_ratio: Vec<Lanes>,
    label_pi: Vec<Lanes>,
    /// Posterior of each label as the sum of those of its components.
    mass: Vec<Lanes>,
    /// Sums over each label, or over all components: of `pi_k t_k` where all share a covariance, of `pi_k t_k/v_k`
    /// where covariances are isotropic, else of `pi_k s_k`.
    sums: Vec<Lanes>,
    total: Vec<Lanes>,
    mean: Vec<Lanes>,
    /// Of each component with axes of its own: the offset in these, its score, its posterior mean from the anchor's
    /// mean.
    turned: Vec<Lanes>,
    scores: Vec<Lanes>,
    means: Vec<Lanes>,
    /// What is written out.
    vector: Vec<Lanes>,
    tilt: Vec<Lanes>,
    kept: Vec<usize>,
    one: Observation,
}

thread_local! {
    /// The room of a thread, kept from call to call.
    static KEPT: Cell<Room> = Cell::default();
}

/// One call of `observe`.
pub(crate) struct Panels<'a, 'm> {
    components: &'a Components<'m>,
    /// Set where products serve.
    centred: Option<&'a Centred>,
    points: Points<'a>,
    asked: Detail,
    out: &'a mut Observation,
    unit: Unit,
    room: Room,
    panels: usize,
    /// Whether the scores of labels of several components are wanted, and so sums over each label.
    by_label: bool,
    groups: usize,
    /// Whether all components share one covariance.
    shared: bool,
    /// Whether some covariance has axes of its own; then none is taken for shared.
    rotated: bool,
    /// Scores of components differ along axis `i` by `reach scale_i` times what the terms differ by that are summed.
    reach: f64,
    scale: Vec<f64>,
}

impl<'a, 'm> Panels<'a, 'm> {
    pub(crate) fn new(
        components: &'a Components<'m>,
        points: Points<'a>,
        asked: Detail,
        out: &'a mut Observation,
    ) -> Self {
        let (k, d, labels) = (components.law.components(), components.law.dim(), components.law.label_weights().len());
        let frame = &*components.frame;
        let centred = frame
            .centred
            .as_ref()
            .filter(|c| components.alpha > 0.0 && product_error(components, c, points) <= PRODUCT_ERROR);
        let by_label = asked.intersects(Detail::LABELS) && !frame.by_component;
        let groups = if by_label { labels } else { 1 };
        let one = size_of::<Lanes>() * (k + (groups + 2) * d);
        let most = if centred.is_some() { (ROOM / one).clamp(1, MOST) } else { 1 };
        let panels = most.min(points.len().div_ceil(LANES));
        let (rotated, shared) = (!frame.aligned, frame.shared && frame.aligned);
        let of_components = if rotated { k * d } else { 0 };
        let mut room = KEPT.take();
        for (array, n) in [
            (&mut room.offset, panels * d),
            (&mut room.place, if centred.is_some() { panels * d } else { 0 }),
            (&mut room.anchor, d),
            (&mut room.mahalanobis, panels),
            (&mut room.second, panels),
            (&mut room.pi, panels * k),
            (&mut room.weight, panels * k),
            (&mut room.ratio, k),
            (&mut room.label_ratio, labels),
            (&mut room.label_pi, panels * labels),
            (&mut room.mass, panels * labels),
            (&mut room.sums, panels * groups * d),
            (&mut room.total, d),
            (&mut room.mean, d),
            (&mut room.turned, of_components),
            (&mut room.scores, of_components),
            (&mut room.means, of_components),
            (&mut room.vector, d),
            (&mut room.tilt, k.max(2 * labels)),
        ] {
            clear(array, n);
        }
        let (reach, scale) =
            if shared { (components.alpha, components.precision.clone()) } else { (1.0, vec![1.0; d]) };
        Self {
            components,
            centred,
            points,
            asked,
            out,
            unit: unit(),
            room,
            panels,
            by_label,
            groups,
            shared,
            rotated,
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
        if self.rotated {
            return;
        }
        let (m, anchors) = (self.components, self.anchors(start));
        let mut sum = ZERO;
        for (i, &u) in self.room.offset[p * d..(p + 1) * d].iter().enumerate() {
            let precision =
                if self.shared { Lanes::splat(m.precision[i]) } else { each_lane(|l| m.precision[anchors[l] * d + i]) };
            sum = (u * u).mul_add(precision, sum);
        }
        self.room.mahalanobis[p] = sum;
    }

    /// `x.y_k` of every panel, tile by tile.
    #[inline(always)]
    fn products(&mut self, panels: usize, _start: usize) {
        let Some(centred) = self.centred else { return };
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
    fn ratios_from_products(&mut self, p: usize, start: usize) {
        let Some(centred) = self.centred else { return };
        let (d, m, count) = (self.dim(), self.components, self.count());
        let anchors = self.anchors(start);
        let room = &mut self.room;
        let products = &room.pi[p * count..(p + 1) * count];
        let mut x2 = ZERO;
        for x in &room.place[p * d..(p + 1) * d] {
            x2 = x.mul_add(*x, x2);
        }
        let ln_norm = each_lane(|l| m.shapes[anchors[l]].ln_norm);
        let double = Lanes::splat(-2.0 * m.alpha);
        for k in 0..count {
            let r2 = products[k].mul_add(double, x2) + Lanes::splat(m.alpha * m.alpha * centred.norm2[k]);
            let excess = r2.mul_add(Lanes::splat(m.precision[k * d]), -room.mahalanobis[p]);
            room.ratio[k] = excess.mul_add(Lanes::splat(-0.5), Lanes::splat(m.shapes[k].ln_norm) - ln_norm);
        }
    }

    /// Log-likelihood ratios to the anchors, from differences of means: with `r = u + e` the place from another mean,
    /// `r^2 - u^2 = e (2u + e)`.
    #[inline(always)]
    fn ratios_from_differences(&mut self, _p: usize, start: usize) {
        let (d, m, isotropic) = (self.dim(), self.components, self.components.frame.isotropic);
        let anchors = self.anchors(start);
        let (alpha, room) = (Lanes::splat(m.alpha), &mut self.room);
        let from = FromAnchor { means: m.law.means(), anchor: &room.anchor };
        if self.shared {
            for k in 0..m.law.components() {
                let mut sum = ZERO;
                for i in 0..d {
                    let (shift, u) = (from.at(k, i), room.offset[i]);
                    let moved = alpha.mul_add(shift, -(u + u));
                    let shift = if isotropic { shift } else { shift * Lanes::splat(m.precision[i]) };
                    sum = shift.mul_add(moved, sum);
                }
                let scale = if isotropic { m.precision[0] } else { 1.0 };
                room.ratio[k] = sum * Lanes::splat(-0.5 * m.alpha * scale);
            }
            return;
        }
        let ln_norm = each_lane(|l| m.shapes[anchors[l]].ln_norm);
        if isotropic {
            let here = room.mahalanobis[0];
            let eigenvalue = each_lane(|l| m.frame.eigenvalue[anchors[l] * d]);
            for k in 0..m.law.components() {
                let (mut moved, mut there) = (ZERO, ZERO);
                for i in 0..d {
                    let (shift, u) = (from.at(k, i), room.offset[i]);
                    let r = u - alpha * shift;
                    moved = shift.mul_add(u + r, moved);
                    there = r.mul_add(r, there);
                }
                let v = Lanes::splat(m.precision[k * d]);
                let wider = eigenvalue - Lanes::splat(m.frame.eigenvalue[k * d]);
                let widened = here * alpha * alpha * wider * v;
                room.ratio[k] = excess([-(alpha * moved * v), widened], [there * v, here]);
            }
        } else {
            room.ratio.fill(ZERO);
            for i in 0..d {
                let (u, precision) = (room.offset[i], each_lane(|l| m.precision[anchors[l] * d + i]));
                let eigenvalue = each_lane(|l| m.frame.eigenvalue[anchors[l] * d + i]);
                let here = u * u * precision;
                for k in 0..m.law.components() {
                    let v = Lanes::splat(m.precision[k * d + i]);
                    let r = u - alpha * from.at(k, i);
                    let moved = -(alpha * from.at(k, i) * (u + r) * v);
                    let wider = eigenvalue - Lanes::splat(m.frame.eigenvalue[k * d + i]);
                    let widened = here * alpha * alpha * wider * v;
                    room.ratio[k] = room.ratio[k] + excess([moved, widened], [r * r * v, here]);
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
        let [asked, of_label] = self.asked.posteriors();
        let anchors = self.anchors(start);
        let asked = if m.frame.by_component { asked | of_label } else { asked };
        let room = &mut self.room;
        let pi = &mut room.pi[p * count..(p + 1) * count];
        let (prior, ratio) = (&m.frame.prior, &room.ratio[..]);
        let seen = if (asked | of_label).is_empty() && !self.by_label {
            Summaries { ln_evidence: weigh(prior, ratio, pi), ..Summaries::default() }
        } else {
            let top = Top::of(prior, ratio);
            self.unit.dispatch(Bayes { prior, ratio, top, truth: anchors, asked, among: 0..count, out: pi })
        };
        if self.centred.is_some() && self.asked.intersects(TRACES) {
            let ln_norm = each_lane(|l| m.shapes[anchors[l]].ln_norm);
            let mut second = ZERO;
            for k in 0..count {
                let excess = (room.ratio[k] - (Lanes::splat(m.shapes[k].ln_norm) - ln_norm)) * Lanes::splat(-2.0);
                let s2 = (excess + room.mahalanobis[p]) * Lanes::splat(m.precision[k * d]);
                second = room.pi[p * count + k].mul_add(s2, second);
            }
            room.second[p] = second;
        }
        let ln_norm = each_lane(|l| m.ln_component(anchors[l], 0.0));
        let ln_anchor = room.mahalanobis[p].mul_add(Lanes::splat(-0.5), ln_norm);
        put(&mut self.out.ln_anchor, start, ln_anchor);
        put(&mut self.out.ln_density, start, ln_anchor + seen.ln_evidence);
        store(&mut self.out.component, start, &seen);
        if m.frame.by_component {
            store(&mut self.out.label, start, &seen);
        }
        room.seen = seen;
    }

    /// Whether labels have posteriors that are not those of the components.
    fn labels_differ(&self) -> bool {
        !self.components.frame.by_component && (!self.asked.posteriors()[1].is_empty() || self.by_label)
    }

    /// Posteriors of the labels of a panel, from those of the components.
    #[inline(always)]
    fn label_posteriors(&mut self, p: usize, start: usize) {
        let (m, count, labels) = (self.components, self.count(), self.components.frame.first.len() - 1);
        let truth = self.anchors(start).map(|a| m.law.labels()[a]);
        let room = &mut self.room;
        let pi = &room.pi[p * count..(p + 1) * count];
        for y in 0..labels {
            let of = || m.frame.order[m.frame.first[y]..m.frame.first[y + 1]].iter().copied();
            let mut mass = ZERO;
            for k in of() {
                mass = mass + pi[k];
            }
            room.mass[p * labels + y] = mass;
            let prior = m.frame.labels.weights[y];
            room.label_ratio[y] =
                label_ratio((mass, prior, Lanes::splat(UNSEEN)), &room.seen, of(), &room.ratio, &m.frame.prior.weights);
        }
        let (prior, ratio) = (&m.frame.labels, &room.label_ratio[..]);
        let (top, asked) = (Top::of(prior, ratio), self.asked.posteriors()[1]);
        let out = &mut room.label_pi[p * labels..(p + 1) * labels];
        let seen = self.unit.dispatch(Bayes { prior, ratio, top, truth, asked, among: 0..labels, out });
        store(&mut self.out.label, start, &seen);
    }

    /// Says what is asked at all points.
    pub(crate) fn observe(mut self) {
        let (n, step) = (self.points.len(), self.panels * LANES);
        for start in (0..n).step_by(step) {
            self.batch(start, (n - start).div_ceil(LANES).min(self.panels));
        }
        KEPT.set(self.room);
    }

    fn batch(&mut self, start: usize, panels: usize) {
        let (unit, by_products) = (self.unit, self.centred.is_some());
        let each = (0..panels).map(|p| (p, start + p * LANES));
        for (p, at) in each.clone() {
            unit.dispatch(Load(self, p, at));
        }
        if by_products {
            unit.dispatch(Products(self, panels, start));
        }
        for (p, at) in each {
            if by_products {
                unit.dispatch(FromProducts(self, p, at));
            } else if self.rotated {
                self.find_in_axes(p, at);
            } else {
                unit.dispatch(FromDifferences(self, p, at));
            }
            unit.dispatch(Posteriors(self, p, at));
            if self.labels_differ() {
                unit.dispatch(LabelPosteriors(self, p, at));
            }
        }
        if !Detail::POSTERIORS.contains(self.asked) {
            self.scores_of_batch(start, panels);
        }
    }
}

stages!(Panels:
    Load => load,
    Products => products,
    FromProducts => ratios_from_products,
    FromDifferences => ratios_from_differences,
    Posteriors => posteriors,
    LabelPosteriors => label_posteriors,
);
