//! Batches of points in the lanes of a vector unit: eight points make a panel, and no sum runs across lanes. Here are
//! the panels and the posteriors on them; what is made of the posteriors is in `scores`.

mod scores;

use std::cell::Cell;

use infodyn_core::{Detail, Observation, Points};
use infodyn_kernels::{LANES, Lanes};

use crate::components::Components;
use crate::frame::Centred;
use crate::posterior::{Bayes, Summaries, bayes, ln_mean_exp, weigh};
use crate::terms::{FromAnchor, Term, ZERO, each_lane, products_block, put, store};

/// The largest error of a log-likelihood ratio that products may make.
const PRODUCT_ERROR: f64 = 1e-10;

/// A posterior below this is 0 to the label: its components are looked at one point at a time.
pub(crate) const UNSEEN: f64 = 1e-200;

/// What takes the spreads over the components.
const TRACES: Detail = Detail::SCORE_DIVERGENCE.union(Detail::POSTERIOR_TRACE).union(Detail::LABELS);

/// Bytes of one batch of panels, which should stay in the cache, and the most panels of a batch.
const ROOM: usize = 1 << 22;
const MOST: usize = 16;

/// Numbers in a tile of the means that panels take in turn while it is in the cache.
const TILE: usize = 1 << 14;

/// What a log-likelihood ratio formed by products is off by: `2 eps sqrt(D) a / v`, where `a` is
/// `alpha |x| max|y|`, or `(|x| + alpha max|y|)^2` where variances differ and `|x|^2` is in the ratio.
///
/// # Source
/// Higham & Mary, *A new approach to probabilistic rounding error analysis*, SIAM J. Sci. Comput. 41 (2019): the
/// errors of a sum of `D` products add like independent ones, here twice as far, and two sums are subtracted.
fn product_error(components: &Components<'_>, centred: &Centred, points: Points<'_>) -> f64 {
    let d = components.law.dim();
    let offset = points.offsets.chunks_exact(d).map(|u| u.iter().map(|x| x * x).sum::<f64>()).fold(0.0, f64::max);
    let reach = components.alpha * centred.largest;
    let x = offset.sqrt() + reach;
    let size = if components.frame.shared { x * reach } else { (x + reach).powi(2) };
    let precision = components.precision.iter().copied().fold(0.0, f64::max);
    2.0 * f64::EPSILON * (d as f64).sqrt() * size * precision
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

/// `n` zeros in the place of what was there.
fn clear(x: &mut Vec<Lanes>, n: usize) {
    x.clear();
    x.resize(n, ZERO);
}

/// One call of `observe`.
pub(crate) struct Panels<'a, 'm> {
    components: &'a Components<'m>,
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
            (&mut room.vector, d),
            (&mut room.tilt, k.max(labels)),
        ] {
            clear(array, n);
        }
        let (reach, scale) =
            if frame.shared { (components.alpha, components.precision.clone()) } else { (1.0, vec![1.0; d]) };
        Self {
            components,
            centred,
            points,
            asked,
            out,
            room,
            panels,
            by_label,
            groups,
            shared: frame.shared,
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
            let precision =
                if self.shared { Lanes::splat(m.precision[i]) } else { each_lane(|l| m.precision[anchors[l] * d + i]) };
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
            let precision = m.precision[0];
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
            let excess = r2.mul_add(Lanes::splat(m.precision[k * d]), -room.mahalanobis);
            room.ratio[k] = excess.mul_add(Lanes::splat(-0.5), Lanes::splat(m.shapes[k].ln_norm) - ln_norm);
        }
    }

    /// Log-likelihood ratios to the anchors, from differences of means: with `r = u + e` the place from another mean,
    /// `r^2 - u^2 = e (2u + e)`.
    #[inline(always)]
    fn ratios_from_differences(&mut self, start: usize) {
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
        // Beside a component much narrower than the anchor the first pair cancels, at high noise the second: the pair
        // with the smaller terms keeps its digits.
        let excess = |moved: Lanes, widened: Lanes, there: Lanes, here: Lanes| {
            (there + here).select_less(moved.abs() + widened.abs(), there - here, moved + widened)
        };
        if isotropic {
            let here = room.mahalanobis;
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
                room.ratio[k] = excess(-(alpha * moved * v), widened, there * v, here);
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
        let labels = m.frame.first.len() - 1;
        let [asked, of_label] = self.asked.posteriors();
        let by_component = m.frame.by_component;
        let anchors = self.anchors(start);
        let both = if by_component { asked | of_label } else { asked };
        let room = &mut self.room;
        let pi = &mut room.pi[p * count..(p + 1) * count];
        let seen = if (asked | of_label).is_empty() && !self.by_label {
            Summaries { ln_evidence: weigh(&m.frame.prior, &room.ratio, pi), ..Summaries::default() }
        } else {
            bayes(Bayes { prior: &m.frame.prior, ratio: &mut room.ratio, truth: anchors, asked: both, out: pi })
        };
        if self.centred.is_some() && !self.shared && self.asked.intersects(TRACES) {
            let ln_norm = each_lane(|l| m.shapes[anchors[l]].ln_norm);
            let mut second = ZERO;
            for k in 0..count {
                let excess = (room.ratio[k] - (Lanes::splat(m.shapes[k].ln_norm) - ln_norm)) * Lanes::splat(-2.0);
                let s2 = (excess + room.mahalanobis) * Lanes::splat(m.precision[k * d]);
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
            let of = &m.frame.order[m.frame.first[y]..m.frame.first[y + 1]];
            let mut mass = ZERO;
            for &k in of {
                mass = mass + pi[k];
            }
            room.mass[p * labels + y] = mass;
            let prior = m.frame.labels.weights[y];
            let mut ratio = (mass / Lanes::splat(prior)).ln() + seen.ln_evidence;
            let unseen = mass.0.iter().any(|&mass| mass < UNSEEN);
            if unseen || seen.undecided.0.iter().any(|&u| u > 0.0) {
                // From the ratios themselves, where the posterior has underflowed or nothing is known.
                let share = |k: usize| Lanes::splat(m.frame.prior.weights[k] / prior);
                let other = ln_mean_exp(of.iter().copied(), &room.ratio, share);
                let first = mass.select_less(Lanes::splat(UNSEEN), other, ratio);
                ratio = ZERO.select_less(seen.undecided, other, first);
            }
            room.label_ratio[y] = ratio;
        }
        let truth = anchors.map(|a| m.law.labels()[a]);
        let out = &mut room.label_pi[p * labels..(p + 1) * labels];
        let seen = bayes(Bayes { prior: &m.frame.labels, ratio: &mut room.label_ratio, truth, asked: of_label, out });
        store(&mut self.out.label, start, &seen);
    }
}
