//! Many components of one isotropic covariance in many dimensions, data sets above all.

use std::cell::Cell;
use std::ops::Range;

use infodyn_core::{Detail, Gaps, Mixture, Observation, Points, Posterior, Projections};
use infodyn_kernels::{Kernel, LANES, Lanes, Unit, is_wide, run, unit};
use nalgebra::DMatrix;

use crate::components::Components;
use crate::posterior::{Bayes, Prior, Summaries, Top, label_ratio, posterior, x_ln_x};
use crate::stages::stages;
use crate::terms::{Labels, ZERO, clear, each_lane, gather, keep, keep_seen, put, put_one, store};
use crate::tiles::{BLOCK, Packed, STEPS, Stack, multiply, multiply_listed, multiply_tile, runs};

/// The largest error of a log-likelihood ratio that products may make.
const PRODUCT_ERROR: f64 = 1e-10;

/// Below this many components or dimensions differences cost no more than products.
const PRODUCT_SIZE: (usize, usize) = (8, 16);

/// What weighs less than this together is not seen in a sum of squares about an average: at a point that is decided it
/// may be all means but one, and each costs more than its product did.
const UNSEEN_WEIGHT: f64 = f64::EPSILON * f64::EPSILON;

/// Part of the odds against the most probable mean that means may have together and be left out of a posterior, with
/// the labels that have no others: no more than an error of 1e-13 in a log-likelihood ratio does, far below that of
/// products.
const UNSEEN_ODDS: f64 = 1e-13;
/// Posterior of the true label below which it is taken from ratios: a part of a posterior that is left out is less than
/// a thousand times itself of a label above.
const UNSURE: f64 = 1e-3;
/// Means that are looked at together for one that is seen.
const GLANCE: usize = 16;

/// Bytes of one batch of panels, and the most panels of a batch: so many share what is read of the means.
const ROOM: usize = 1 << 26;
const MOST: usize = 16;

/// The means of a law from their average, as matrix products take them; they stand by label.
#[derive(Debug)]
pub(crate) struct Cloud {
    dim: usize,
    /// The component at each place, and the place of each component.
    order: Vec<usize>,
    place: Vec<usize>,
    /// Those of label `y` stand at `first[y]..first[y + 1]`.
    first: Vec<usize>,
    /// By place.
    prior: Prior,
    /// `|y_j|^2` by place, and the largest `|y_j|`.
    norm2: Vec<f64>,
    largest: f64,
    /// `y`, `K x D`, and its transpose with `|y|^2` as its last row.
    rows: Packed,
    columns: Packed,
}

impl Cloud {
    /// `None` where another way is as good: variances that differ, few components or few dimensions.
    pub(crate) fn new(law: &Mixture) -> Option<Self> {
        let (count, dim) = (law.components(), law.dim());
        law.shared_covariance()?.as_isotropic()?;
        if count < PRODUCT_SIZE.0 || dim < PRODUCT_SIZE.1 {
            return None;
        }
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|&k| law.labels()[k]);
        let mut place = vec![0; count];
        order.iter().enumerate().for_each(|(j, &k)| place[k] = j);
        let first = (0..=law.label_weights().len()).map(|y| order.partition_point(|&k| law.labels()[k] < y)).collect();
        let centre = law.total_mean();
        let y = |j: usize, i: usize| law.mean(order[j])[i] - centre[i];
        let norm2: Vec<f64> = (0..count).map(|j| (0..dim).map(|i| y(j, i) * y(j, i)).sum()).collect();
        let weights: Vec<f64> = order.iter().map(|&k| law.weights()[k]).collect();
        Some(Self {
            dim,
            first,
            prior: Prior::new(&weights),
            largest: norm2.iter().copied().fold(0.0, f64::max).sqrt(),
            rows: Packed::new(count, dim, y),
            columns: Packed::new(dim + 1, count, |i, j| if i < dim { y(j, i) } else { norm2[j] }),
            norm2,
            order,
            place,
        })
    }

    fn count(&self) -> usize {
        self.order.len()
    }

    /// What a log-likelihood ratio formed by products is off by: `2 eps sqrt(D) alpha |x| max|y| / v`.
    ///
    /// # Source
    /// Higham & Mary, *A new approach to probabilistic rounding error analysis*, SIAM J. Sci. Comput. 41 (2019): the
    /// errors of a sum of `D` products add like independent ones, here twice as far, and two sums are subtracted.
    fn error(&self, components: &Components<'_>, points: Points<'_>) -> f64 {
        let squares = points.offsets.chunks_exact(self.dim).map(|u| u.iter().map(|x| x * x).sum::<f64>());
        let reach = components.alpha * self.largest;
        let size = (squares.fold(0.0, f64::max).sqrt() + reach) * reach;
        2.0 * f64::EPSILON * (self.dim as f64).sqrt() * size / components.variance[0]
    }

    /// Whether products are good enough at these points, `allowed` being an error of log-likelihood ratios that they
    /// may have.
    pub(crate) fn serves(&self, components: &Components<'_>, points: Points<'_>, allowed: f64) -> bool {
        components.alpha > 0.0 && self.error(components, points) <= allowed.max(PRODUCT_ERROR)
    }

    fn distance2(&self, j: usize, k: usize) -> f64 {
        (0..self.dim).map(|i| self.rows.at(j, i) - self.rows.at(k, i)).map(|gap| gap * gap).sum()
    }

    /// The distances of the means at some places from those that stand after them.
    pub(crate) fn gaps(&self, labels: &[usize], places: Range<usize>, out: &mut Gaps) {
        run(Distances { cloud: self, labels, places, out });
    }

    /// The products of `mu_anchor + xi`, from the average of the means, and of `z` with every mean; in panels of eight
    /// points, the products of one mean after those of another.
    pub(crate) fn project(&self, anchors: &[usize], xi: &[f64], z: &[f64], out: &mut Projections) {
        let mut room = KEPT.take();
        let mut turn = std::mem::take(&mut room.turn);
        self.turn(anchors, &mut turn);
        let clean = |l: usize, i: usize| self.rows.at(self.place[anchors[l]], i) + xi[l * self.dim + i];
        self.fill(&turn, clean, &mut room, &mut out.clean);
        self.fill(&turn, |l, i| z[l * self.dim + i], &mut room, &mut out.noise);
        room.turn = turn;
        KEPT.set(room);
    }

    /// The order in which points are taken: by the places of their anchors, so that panels see much the same means.
    fn turn(&self, anchors: &[usize], out: &mut Vec<usize>) {
        out.clear();
        out.extend(0..anchors.len());
        out.sort_unstable_by_key(|&l| (self.place[anchors[l]], l));
    }

    fn fill(&self, turn: &[usize], x: impl Fn(usize, usize) -> f64, room: &mut Room, out: &mut Vec<[f64; LANES]>) {
        let panels = turn.len().div_ceil(LANES);
        clear(&mut room.x, panels * self.dim);
        clear(&mut room.pi, panels * self.rows.rows());
        for (at, &l) in turn.iter().enumerate() {
            for i in 0..self.dim {
                room.x[at / LANES * self.dim + i].0[at % LANES] = x(l, i);
            }
        }
        run(Product { a: &self.rows, x: &room.x, out: &mut room.pi, panels, wide: is_wide() });
        out.clear();
        out.extend(room.pi.iter().map(|lanes| lanes.0));
    }

    /// The second moments `sum_k pi_k (y_k - m)(y_k - m)^T` of the posterior at one point, `D x D`.
    ///
    /// # Formula
    /// About the most probable mean, `g_k = y_k - y_top`: `sum pi g g^T - h h^T`, `h = sum pi g`. With `e` the weight
    /// of the others, `(v.h)^2 <= e sum pi (v.g)^2`: the difference keeps at least `1 - e` of what it is taken from.
    pub(crate) fn second_moments(&self, components: &Components<'_>, anchor: usize, offset: &[f64]) -> DMatrix<f64> {
        let (d, count, own) = (self.dim, self.count(), self.place[anchor]);
        // |u + e|^2 - |u|^2 = e (2u + e), e = alpha (y_anchor - y_k).
        let mut ratio = vec![0.0; self.rows.rows()];
        let (alpha, half) = (components.alpha, 0.5 / components.variance[0]);
        let base: Vec<f64> = (0..d).map(|i| self.rows.at(own, i)).collect();
        run(Ratios { rows: &self.rows, base: &base, offset, alpha, scale: -half, out: &mut ratio });
        ratio.truncate(count);
        let mut pi = vec![0.0; count];
        posterior(&self.prior, &ratio, own, &mut pi);
        // What carries less than 1e-20 of the uncertainty is not seen in the sum.
        let (top, most) = pi.iter().enumerate().fold((0, 0.0), |a, (k, &p)| if p > a.1 { (k, p) } else { a });
        let floor = 1e-20 * pi.iter().filter(|&&p| p < most).sum::<f64>();
        let kept: Vec<usize> = (0..count).filter(|&k| k != top && pi[k] > floor).collect();
        let (stride, panels) = (d.next_multiple_of(BLOCK), d.div_ceil(LANES));
        let (mut sums, mut along) = (vec![ZERO; panels * stride], vec![0.0; stride]);
        let mut gap = vec![0.0; stride.max(panels * LANES)];
        for kept in kept.chunks(STEPS) {
            let mut weighted = vec![[0.0; BLOCK]; stride / BLOCK * kept.len()];
            let mut x = vec![ZERO; panels * kept.len()];
            for (t, &k) in kept.iter().enumerate() {
                for block in 0..stride / BLOCK {
                    let (y, peak) = (self.columns.block(block)[k], self.columns.block(block)[top]);
                    for b in 0..BLOCK {
                        let i = block * BLOCK + b;
                        gap[i] = y[b] - peak[b];
                        weighted[block * kept.len() + t][b] = pi[k] * gap[i];
                        along[i] += pi[k] * gap[i];
                    }
                }
                for p in 0..panels {
                    x[p * kept.len() + t] = Lanes::load(&gap[p * LANES..], 0.0);
                }
            }
            let weighted = Packed::of_blocks(kept.len(), weighted);
            run(Upper { a: &weighted, x: &x, out: &mut sums });
        }
        DMatrix::from_fn(d, d, |i, j| {
            let (i, j) = (i.min(j), i.max(j));
            sums[j / LANES * stride + i][j % LANES] - along[i] * along[j]
        })
    }
}

/// A product with panels, added to what is there.
struct Product<'a> {
    a: &'a Packed,
    x: &'a [Lanes],
    out: &'a mut [Lanes],
    panels: usize,
    wide: bool,
}

impl Kernel for Product<'_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let stride = self.x.len() / self.panels;
        multiply(self.a, Stack { lanes: self.x, stride }, self.out, self.panels, self.wide);
    }
}

/// A symmetric product, added to what is there: of panel `p`, which has the columns from `8 p` on, the rows above its
/// last.
struct Upper<'a> {
    a: &'a Packed,
    x: &'a [Lanes],
    out: &'a mut [Lanes],
}

impl Kernel for Upper<'_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let (steps, blocks) = (self.a.columns(), self.a.rows() / BLOCK);
        let x = Stack { lanes: self.x, stride: steps };
        for p in 0..self.x.len() / steps {
            let above = ((p + 1) * LANES).div_ceil(BLOCK).min(blocks);
            multiply_tile::<1>(self.a, 0..above, 0..steps, x, self.out, p);
        }
    }
}

/// See [`Cloud::gaps`]: eight means at a time, one a lane, by `|y_j|^2 + |y_k|^2 - 2 y_j.y_k`.
struct Distances<'a> {
    cloud: &'a Cloud,
    labels: &'a [usize],
    places: Range<usize>,
    out: &'a mut Gaps,
}

impl Kernel for Distances<'_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let Self { cloud, labels, places, out } = self;
        let (count, rows, last) = (cloud.count(), cloud.rows.rows(), places.end - 1);
        let root = |j: usize| (0.5 * cloud.prior.ln_weights[j]).exp();
        let label = |j: usize| labels[cloud.order[j]];
        let panels = places.len().div_ceil(LANES).min(MOST);
        let (mut x, mut products) = (vec![ZERO; panels * cloud.dim], vec![ZERO; panels * rows]);
        for first in places.clone().step_by(panels * LANES) {
            let place = |p: usize, l: usize| (first + p * LANES + l).min(last);
            for p in 0..panels {
                for i in 0..cloud.dim {
                    x[p * cloud.dim + i] = each_lane(|l| cloud.rows.at(place(p, l), i));
                }
            }
            products.fill(ZERO);
            let from = first / BLOCK;
            for columns in runs(0..cloud.dim, STEPS) {
                for blocks in runs(from..rows / BLOCK, BLOCKS) {
                    for p in 0..panels {
                        let x = Stack { lanes: &x, stride: cloud.dim };
                        multiply_tile::<1>(&cloud.rows, blocks.clone(), columns.clone(), x, &mut products, p);
                    }
                }
            }
            for p in 0..panels {
                for l in 0..LANES {
                    let j = first + p * LANES + l;
                    if j > last {
                        break;
                    }
                    let (own, mine, norm2) = (2.0 * root(j), label(j), cloud.norm2[j]);
                    let products = &products[p * rows..][..count];
                    for k in j + 1..count {
                        let distance2 = norm2 + cloud.norm2[k] - 2.0 * products[k][l];
                        // Of points so near products leave too few digits.
                        let distance2 = if distance2 < 1e-9 * norm2 { cloud.distance2(j, k) } else { distance2 };
                        out.add(distance2, own * root(k), label(k) != mine);
                    }
                }
            }
        }
    }
}

/// Blocks of rows that stay in the second cache.
const BLOCKS: usize = 16;

/// Log-likelihood ratios of a panel to its anchors, from products.
struct FromProducts<'a> {
    prior: &'a Prior,
    norm2: &'a [f64],
    anchors: [usize; LANES],
    half: f64,
    out: &'a mut [Lanes],
    /// The largest of each [`GLANCE`] means, its weight counted.
    most: &'a mut [Lanes],
}

impl FromProducts<'_> {
    /// Fills them in from the products, scaled, and finds the top and how far the others are below it on average.
    #[inline(always)]
    fn fill(self, product: impl Fn(usize) -> Lanes) -> (Top, Lanes) {
        let Self { prior, norm2, anchors, half, out, most } = self;
        let (less, mut k) = (Lanes::splat(-half), 0.0);
        let own = each_lane(|l| Lanes::splat(norm2[anchors[l]]).mul_add(less, product(anchors[l]))[l]);
        let (mut peak, mut top, mut spread, mut total) = (Lanes::splat(f64::NEG_INFINITY), ZERO, ZERO, ZERO);
        let (mut i, count) = (0, out.len());
        for most in most {
            let mut largest = Lanes::splat(f64::NEG_INFINITY);
            while i < count {
                let ratio = Lanes::splat(norm2[i]).mul_add(less, product(i)) - own;
                out[i] = ratio;
                let l = Lanes::splat(prior.ln_weights[i]) + ratio;
                top = peak.select_less(l, Lanes::splat(k), top);
                peak = peak.max(l);
                largest = largest.max(l);
                spread = spread.max(ratio.abs());
                total = total + l;
                k += 1.0;
                i += 1;
                if i % GLANCE == 0 {
                    break;
                }
            }
            *most = largest;
        }
        // What comes of the sum of all would take it apart in the loop.
        let total = std::hint::black_box(total);
        (Top { peak, top, spread }, peak - total * Lanes::splat(1.0 / k))
    }
}

/// Log-likelihood ratios to the anchor at one point, from differences of means.
struct Ratios<'a> {
    rows: &'a Packed,
    base: &'a [f64],
    offset: &'a [f64],
    alpha: f64,
    scale: f64,
    out: &'a mut [f64],
}

impl Kernel for Ratios<'_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        for (block, out) in self.out.chunks_exact_mut(BLOCK).enumerate() {
            let mut sums = [0.0; BLOCK];
            for (i, row) in self.rows.block(block).iter().enumerate() {
                let (y, u) = (self.base[i], self.offset[i]);
                for b in 0..BLOCK {
                    let e = self.alpha * (y - row[b]);
                    sums[b] = e.mul_add(u + u + e, sums[b]);
                }
            }
            for b in 0..BLOCK {
                out[b] = self.scale * sums[b];
            }
        }
    }
}

/// `|y - q|^2` of six rows.
#[inline(always)]
fn squared_gaps(rows: &[[f64; BLOCK]], q: &[Lanes]) -> [Lanes; BLOCK] {
    let mut sums = [ZERO; BLOCK];
    for (row, q) in rows.iter().zip(q) {
        for b in 0..BLOCK {
            let gap = Lanes::splat(row[b]) - *q;
            sums[b] = gap.mul_add(gap, sums[b]);
        }
    }
    sums
}

/// `|y - q|^2` of one of six rows.
#[inline(always)]
fn squared_gap(rows: &[[f64; BLOCK]], row: usize, q: &[Lanes]) -> Lanes {
    let mut sums = [ZERO; 2];
    for (i, (y, q)) in rows.iter().zip(q).enumerate() {
        let gap = Lanes::splat(y[row]) - *q;
        sums[i % 2] = gap.mul_add(gap, sums[i % 2]);
    }
    sums[0] + sums[1]
}

/// Room for one batch of panels. Arrays of a panel follow one another.
#[derive(Default)]
struct Room {
    /// `x` from the centre of all means.
    x: Vec<Lanes>,
    /// `sum u^2/v` in the anchor.
    mahalanobis: Vec<Lanes>,
    /// Products, then posteriors of the components.
    pi: Vec<Lanes>,
    ratio: Vec<Lanes>,
    /// The largest of each few, its weight counted.
    most: Vec<Lanes>,
    /// What a panel says of the component.
    seen: Summaries,
    label_ratio: Vec<Lanes>,
    label_pi: Vec<Lanes>,
    /// Posterior of each label as the sum of those of its components.
    mass: Vec<Lanes>,
    /// `sum pi_k y_k` over each label, or over all components, and `sum pi_k |y_k|^2` as the next row.
    sums: Vec<Lanes>,
    total: Vec<Lanes>,
    tilt: Vec<Lanes>,
    /// The means that a posterior sees, of each panel.
    seen_by: Vec<Vec<usize>>,
    /// Those of them that weigh enough for a sum.
    lists: Vec<Vec<usize>>,
    kept: Vec<usize>,
    /// The point that each place of a panel has.
    turn: Vec<usize>,
    unordered: Vec<f64>,
    one: Observation,
}

thread_local! {
    /// The room of a thread, kept from call to call.
    static KEPT: Cell<Room> = Cell::default();
}

/// One call of `observe`.
pub(crate) struct Batches<'a, 'm> {
    components: &'a Components<'m>,
    cloud: &'a Cloud,
    points: Points<'a>,
    /// Products that are known.
    known: Option<&'a Projections>,
    asked: Detail,
    out: &'a mut Observation,
    unit: Unit,
    /// Whether a register of the unit has eight numbers.
    wide: bool,
    room: Room,
    panels: usize,
    /// Whether the scores of labels of several components are wanted, and so sums over each label.
    by_label: bool,
    groups: usize,
    precision: f64,
    gain: f64,
    /// Part of a posterior that an answer may leave out.
    left_out: f64,
}

impl<'a, 'm> Batches<'a, 'm> {
    pub(crate) fn new(
        (components, cloud): (&'a Components<'m>, &'a Cloud),
        points: Points<'a>,
        known: Option<&'a Projections>,
        asked: Detail,
        out: &'a mut Observation,
    ) -> Self {
        let (k, d, labels) = (cloud.count(), cloud.dim, cloud.first.len() - 1);
        let (rows, columns) = (cloud.rows.rows(), cloud.columns.rows());
        let by_label = asked.intersects(Detail::LABELS) && !components.law.label_is_component();
        let groups = if by_label { labels } else { 1 };
        let posteriors = if components.law.label_is_component() { 0 } else { labels };
        let one = size_of::<Lanes>() * (rows + groups * columns + 2 * d);
        let panels = (ROOM / one).clamp(2, MOST).next_multiple_of(2).min(points.len().div_ceil(LANES));
        let mut room = KEPT.take();
        for (array, n) in [
            (&mut room.x, panels * d),
            (&mut room.mahalanobis, panels),
            (&mut room.pi, panels * rows),
            (&mut room.ratio, k),
            (&mut room.most, k.div_ceil(GLANCE)),
            (&mut room.label_ratio, posteriors),
            (&mut room.label_pi, panels * posteriors),
            (&mut room.mass, panels * posteriors),
            (&mut room.sums, panels * groups * columns),
            (&mut room.total, columns),
            (&mut room.tilt, k.max(2 * labels)),
        ] {
            // Every number is written before it is read.
            array.resize(n, ZERO);
        }
        room.seen_by.resize_with(panels, Vec::new);
        room.lists.resize_with(panels, Vec::new);
        cloud.turn(points.anchors, &mut room.turn);
        Self {
            components,
            cloud,
            points,
            known,
            asked,
            out,
            unit: unit(),
            wide: is_wide(),
            room,
            panels,
            by_label,
            groups,
            precision: components.precision[0],
            gain: components.gain[0],
            left_out: known.map_or(0.0, |known| known.left_out),
        }
    }

    /// The places of the anchors of a panel, the last point standing in beyond the end.
    #[inline(always)]
    fn anchors(&self, start: usize) -> [usize; LANES] {
        let mut out = [0; LANES];
        for l in 0..LANES {
            let point = self.room.turn[(start + l).min(self.points.len() - 1)];
            out[l] = self.cloud.place[self.points.anchors[point]];
        }
        out
    }

    /// Places with points in lanes, and `sum u^2/v`.
    #[inline(always)]
    fn load(&mut self, p: usize, start: usize) {
        let (d, last, alpha) = (self.cloud.dim, self.points.len() - 1, self.components.alpha);
        let anchors = self.anchors(start);
        let x = &mut self.room.x[p * d..(p + 1) * d];
        for l in 0..LANES {
            let at = self.room.turn[(start + l).min(last)];
            for (x, u) in x.iter_mut().zip(&self.points.offsets[at * d..(at + 1) * d]) {
                x.0[l] = *u;
            }
        }
        let mut sum = ZERO;
        for (i, x) in x.iter_mut().enumerate() {
            sum = x.mul_add(*x, sum);
            let mut y = [0.0; LANES];
            for l in 0..LANES {
                y[l] = self.cloud.rows.at(anchors[l], i);
            }
            *x = Lanes(y).mul_add(Lanes::splat(alpha), *x);
        }
        self.room.mahalanobis[p] = sum * Lanes::splat(self.precision);
    }

    /// `x.y_k` of every panel.
    #[inline(always)]
    fn products(&mut self, panels: usize, _start: usize) {
        let pi = &mut self.room.pi[..panels * self.cloud.rows.rows()];
        pi.fill(ZERO);
        let x = Stack { lanes: &self.room.x, stride: self.cloud.dim };
        multiply(&self.cloud.rows, x, pi, panels, self.wide);
    }

    /// The means that the posterior of a panel sees, into `seen_by`, from the log-likelihood ratios.
    #[inline(always)]
    fn see(&mut self, p: usize, top: &Top, gap: Lanes) {
        let (count, left_out) = (self.cloud.count(), self.left_out);
        // Half of what may be left out, the other half being left out of sums.
        let reach = (count as f64).ln() - (if left_out > 0.0 { 0.5 * left_out } else { UNSEEN_ODDS }).ln();
        let (ln_w, low) = (&self.cloud.prior.ln_weights[..count], f64::NEG_INFINITY);
        let (ratios, glances) = (&self.room.ratio[..count], &self.room.most[..]);
        let seen = &mut self.room.seen_by[p];
        // Where most are seen, to look for those that are not costs more than it saves.
        if gap.sum() < LANES as f64 * reach {
            if seen.len() != count || seen.last() != Some(&(count - 1)) {
                seen.clear();
                seen.extend(0..count);
            }
            return;
        }
        let floor = if left_out > 0.0 {
            top.peak - Lanes::splat(reach)
        } else {
            let mut runner_up = Lanes::splat(low);
            for k in 0..count {
                let l = Lanes::splat(ln_w[k]) + ratios[k];
                let own = (Lanes::splat(k as f64) - top.top).abs();
                runner_up = runner_up.max(own.select_less(Lanes::splat(0.5), Lanes::splat(low), l));
            }
            runner_up - Lanes::splat(reach)
        };
        seen.clear();
        let mut start = 0;
        while start < count {
            let end = count.min(start + GLANCE);
            let most = glances[start / GLANCE] - floor;
            if most.largest() >= 0.0 {
                for k in start..end {
                    if (Lanes::splat(ln_w[k]) + ratios[k] - floor).largest() >= 0.0 {
                        seen.push(k);
                    }
                }
            }
            start = end;
        }
    }

    /// Posteriors of a panel from its products.
    #[inline(always)]
    fn posteriors(&mut self, p: usize, start: usize) {
        let (m, cloud, count) = (self.components, self.cloud, self.cloud.count());
        let [asked, of_label] = self.asked.posteriors();
        let by_component = m.law.label_is_component();
        let anchors = self.anchors(start);
        let asked = if by_component { asked | of_label } else { asked };
        let rows = cloud.rows.rows();
        let (scale, half) = (m.alpha * self.precision, 0.5 * m.alpha * m.alpha * self.precision);
        let ratios = FromProducts {
            prior: &cloud.prior,
            norm2: &cloud.norm2,
            anchors,
            half,
            out: &mut self.room.ratio,
            most: &mut self.room.most,
        };
        let (top, gap) = match self.known {
            None => {
                let products = &self.room.pi[p * rows..][..count];
                ratios.fill(|k| products[k] * Lanes::splat(scale))
            }
            Some(known) => {
                let at = start / LANES * rows;
                let (clean, noise) = (&known.clean[at..][..count], &known.noise[at..][..count]);
                let (signal, noisy) = (Lanes::splat(scale * m.alpha), Lanes::splat(scale * m.sigma2.sqrt()));
                ratios.fill(|k| Lanes(noise[k]).mul_add(noisy, Lanes(clean[k]) * signal))
            }
        };
        self.see(p, &top, gap);
        let room = &mut self.room;
        let (pi, seen_by) = (&mut room.pi[p * rows..][..count], &room.seen_by[p]);
        // What goes over all means, seen or not.
        if seen_by.len() < count && (by_component || self.asked.contains(Detail::LABEL_DIVERGENCE)) {
            pi.fill(ZERO);
        }
        let (prior, ratio, among) = (&cloud.prior, &room.ratio[..], seen_by.iter().copied());
        let seen = self.unit.dispatch(Bayes { prior, ratio, top, truth: anchors, asked, among, out: pi });
        let ln_anchor = room.mahalanobis[p].mul_add(Lanes::splat(-0.5), Lanes::splat(m.ln_component(0, 0.0)));
        put(&mut self.out.ln_anchor, start, ln_anchor);
        put(&mut self.out.ln_density, start, ln_anchor + seen.ln_evidence);
        store(&mut self.out.component, start, &seen);
        if by_component {
            store(&mut self.out.label, start, &seen);
        }
        room.seen = seen;
    }

    /// What clones of the anchors say of a panel, where its products are known: half of `|y_k - y_anchor|^2` under the
    /// posterior, and under that of the anchor's label.
    #[inline(always)]
    fn clones(&mut self, p: usize, start: usize) {
        let (cloud, rows, count) = (self.cloud, self.cloud.rows.rows(), self.cloud.count());
        let Some(known) = self.known else { return };
        let clean = &known.clean[start / LANES * rows..][..count];
        let anchors = self.anchors(start);
        let labels = self.components.law.labels();
        let of = anchors.map(|j| labels[cloud.order[j]]);
        // `|y_k|^2 - |y|^2 - 2 (y_k - y).y`, which is 0 of the anchor itself.
        let own = each_lane(|l| 2.0 * clean[anchors[l]][l] - cloud.norm2[anchors[l]]);
        let pi = &self.room.pi[p * rows..][..count];
        let (mut all, mut within, mut mass) = (ZERO, ZERO, ZERO);
        let mut seen_by = &self.room.seen_by[p][..];
        for y in 0..cloud.first.len() - 1 {
            let (these, others) = seen_by.split_at(seen_by.partition_point(|&k| k < cloud.first[y + 1]));
            seen_by = others;
            let (mut sum, mut weight) = (ZERO, ZERO);
            for &k in these {
                let own = own + Lanes::splat(cloud.norm2[k]);
                let gap2 = Lanes(clean[k]).mul_add(Lanes::splat(-2.0), own).max(ZERO);
                sum = pi[k].mul_add(gap2, sum);
                weight = weight + pi[k];
            }
            all = all + sum;
            let here = each_lane(|l| if of[l] == y { 1.0 } else { 0.0 });
            within = here.mul_add(sum, within);
            mass = here.mul_add(weight, mass);
        }
        let half = Lanes::splat(0.5);
        put(&mut self.out.clone_spread, start, all * half);
        let within = ZERO.select_less(mass, within / mass, ZERO);
        put(&mut self.out.clone_label_spread, start, within * half);
    }

    /// Whether labels have posteriors that are not those of the components.
    fn labels_differ(&self) -> bool {
        !self.components.law.label_is_component() && (!self.asked.posteriors()[1].is_empty() || self.by_label)
    }

    /// Posteriors of the labels of a panel, from those of the components.
    #[inline(always)]
    fn label_posteriors(&mut self, p: usize, start: usize) {
        let (m, cloud, labels) = (self.components, self.cloud, self.cloud.first.len() - 1);
        let truth = self.anchors(start).map(|j| m.law.labels()[cloud.order[j]]);
        let room = &mut self.room;
        let pi = &room.pi[p * cloud.rows.rows()..][..cloud.count()];
        let mut seen_by = &room.seen_by[p][..];
        for y in 0..labels {
            let of = cloud.first[y]..cloud.first[y + 1];
            let mut mass = ZERO;
            let (own, others) = seen_by.split_at(seen_by.partition_point(|&k| k < of.end));
            seen_by = others;
            for &k in own {
                mass = mass + pi[k];
            }
            room.mass[p * labels + y] = mass;
            let prior = m.frame.labels.weights[y];
            // A label that is not the true one has no more than is seen of it.
            let least = each_lane(|l| if truth[l] == y { UNSURE } else { 0.0 });
            room.label_ratio[y] = label_ratio((mass, prior, least), &room.seen, of, &room.ratio, &cloud.prior.weights);
        }
        let (prior, ratio) = (&m.frame.labels, &room.label_ratio[..]);
        let (top, asked) = (Top::of(prior, ratio), self.asked.posteriors()[1]);
        let out = &mut room.label_pi[p * labels..(p + 1) * labels];
        let seen = self.unit.dispatch(Bayes { prior, ratio, top, truth, asked, among: 0..labels, out });
        store(&mut self.out.label, start, &seen);
    }

    /// `sum pi_k y_k` of every panel, tile by tile; what weighs less than the rounding of all in every lane is left
    /// out, or half of what an answer may leave out.
    #[inline(always)]
    fn sums(&mut self, panels: usize, _start: usize) {
        let (cloud, count) = (self.cloud, self.cloud.count());
        let rows = cloud.rows.rows();
        let room = &mut self.room;
        room.sums[..panels * self.groups * cloud.columns.rows()].fill(ZERO);
        let floor = (f64::EPSILON / 16.0).max(0.5 * self.left_out) / count as f64;
        for y in 0..self.groups {
            let of = if self.by_label { cloud.first[y]..cloud.first[y + 1] } else { 0..count };
            for run in runs(of, STEPS) {
                for (p, list) in room.lists[..panels].iter_mut().enumerate() {
                    let seen_by = &room.seen_by[p];
                    let [from, to] = [run.start, run.end].map(|end| seen_by.partition_point(|&k| k < end));
                    keep(list, seen_by[from..to].iter().copied(), &room.pi[p * rows..(p + 1) * rows], floor);
                }
                let pi = Stack { lanes: &room.pi, stride: rows };
                let lists = &room.lists[..panels];
                multiply_listed(&cloud.columns, pi, &mut room.sums, (self.groups, y), lists, self.wide);
            }
        }
    }

    /// Everything about scores of a panel, from its sums.
    ///
    /// # Formula
    /// With `q = sum pi_k y_k` and `r = x - alpha q`: `s = -r/v`, `m = q + gain r`.
    #[inline(always)]
    fn scores(&mut self, p: usize, start: usize) {
        let (d, m, cloud) = (self.cloud.dim, self.components, self.cloud);
        let anchors = self.anchors(start);
        let (columns, room) = (cloud.columns.rows(), &mut self.room);
        gather(&room.sums[p * self.groups * columns..(p + 1) * self.groups * columns], &mut room.total);
        let (alpha, precision, gain) = (Lanes::splat(m.alpha), Lanes::splat(self.precision), Lanes::splat(self.gain));
        if self.asked.intersects(Detail::SCORE | Detail::MEAN_OFFSET) {
            for i in 0..d {
                let residual = room.x[p * d + i] - alpha * room.total[i];
                put_one(&mut self.out.score, start, d, i, -(residual * precision));
                if self.asked.contains(Detail::MEAN_OFFSET) {
                    let base = each_lane(|l| cloud.rows.at(anchors[l], i));
                    let mean = residual.mul_add(gain, room.total[i]);
                    put_one(&mut self.out.mean_offset, start, d, i, mean - base);
                }
            }
        }
    }

    /// Whether the spread over the components is wanted.
    fn spreads(&self) -> bool {
        self.asked.intersects(Detail::SCORE_DIVERGENCE | Detail::POSTERIOR_TRACE | Detail::LABELS)
    }

    /// The divergence of the score, the trace of the posterior covariance, and the rates of the labels of a panel.
    #[inline(always)]
    fn rates(&mut self, p: usize, start: usize) {
        let (m, spread) = (self.components, self.spread(p));
        let shape = &m.shapes[0];
        let reach2 = Lanes::splat((m.alpha * self.precision).powi(2));
        let narrow2 = Lanes::splat((m.sigma2 * self.precision).powi(2));
        put(&mut self.out.score_divergence, start, spread * reach2 - Lanes::splat(shape.precision_trace));
        put(&mut self.out.posterior_trace, start, spread * narrow2 + Lanes::splat(shape.posterior_trace));
        if self.asked.intersects(Detail::LABELS) {
            self.label_rates(p, start, spread * reach2);
        }
    }

    /// `sum pi_k |y_k - q|^2`.
    ///
    /// # Accuracy
    /// By products `sum pi |y_k|^2 - |q|^2` where an answer may leave out more than they round, or while they cancel no
    /// more than six digits; else a sum of squares. What that leaves out is less than 1e-20 of it a mean, or
    /// [`UNSEEN_WEIGHT`] of the largest squared distance of two means.
    #[inline(always)]
    fn spread(&mut self, p: usize) -> Lanes {
        let (cloud, count, rows) = (self.cloud, self.cloud.count(), self.cloud.rows.rows());
        let room = &mut self.room;
        let (total, second) = (&room.total[..cloud.dim], room.total[cloud.dim]);
        let mut first = ZERO;
        for q in total {
            first = q.mul_add(*q, first);
        }
        let spread = second - first;
        if self.left_out > 0.0 || (0..LANES).all(|l| spread[l] > 1e-6 * second[l]) {
            return spread.max(ZERO);
        }
        let pi = &room.pi[p * rows..p * rows + count];
        keep_seen(&mut room.kept, room.seen_by[p].iter().copied(), pi, UNSEEN_WEIGHT / count as f64);
        let mut sum = ZERO;
        for same in room.kept.chunk_by(|j, k| j / BLOCK == k / BLOCK) {
            let block = cloud.rows.block(same[0] / BLOCK);
            if let [k] = *same {
                sum = pi[k].mul_add(squared_gap(block, k % BLOCK, total), sum);
                continue;
            }
            let gaps2 = squared_gaps(block, total);
            for &k in same {
                sum = pi[k].mul_add(gaps2[k % BLOCK], sum);
            }
        }
        sum
    }

    /// Production and gradient of the labels, and the divergence where labels are components.
    #[inline(always)]
    fn label_rates(&mut self, p: usize, start: usize, spread: Lanes) {
        let (m, cloud, count) = (self.components, self.cloud, self.cloud.count());
        let (rows, columns, labels) = (cloud.rows.rows(), cloud.columns.rows(), self.groups);
        let (room, reach2) = (&mut self.room, Lanes::splat((m.alpha * self.precision).powi(2)));
        if !m.law.label_is_component() {
            let of = p * labels..(p + 1) * labels;
            let sums = &mut room.sums[of.start * columns..of.end * columns];
            let (mass, pi, total) = (&room.mass[of.clone()], &room.label_pi[of], &room.total[..]);
            let [production, gradient2] =
                Labels { mass, pi, sums, total, tilt: &mut room.tilt }.rates(cloud.dim, |_| reach2);
            put(&mut self.out.label_production, start, production);
            put(&mut self.out.label_gradient2, start, gradient2);
            return;
        }
        put(&mut self.out.label_production, start, spread);
        put(&mut self.out.label_divergence, start, Lanes::splat(-m.shapes[0].precision_trace));
        if !self.asked.contains(Detail::LABEL_GRADIENT2) {
            return;
        }
        let pi = &room.pi[p * rows..p * rows + count];
        for k in 0..count {
            room.tilt[k] = x_ln_x(pi[k]);
        }
        let mut gradient2 = ZERO;
        for (block, q) in room.total.chunks_exact(BLOCK).enumerate() {
            let mut gradient = [ZERO; BLOCK];
            for (y, tilt) in cloud.columns.block(block).iter().zip(&room.tilt) {
                for b in 0..BLOCK {
                    gradient[b] = tilt.mul_add(Lanes::splat(y[b]) - q[b], gradient[b]);
                }
            }
            let axes = cloud.dim.saturating_sub(block * BLOCK).min(BLOCK);
            for along in &gradient[..axes] {
                gradient2 = along.mul_add(*along, gradient2);
            }
        }
        put(&mut self.out.label_gradient2, start, gradient2 * reach2);
    }

    /// The divergence of the score of the true label, point by point.
    fn label_divergence(&mut self, p: usize, start: usize) {
        let (d, m, cloud, labels) = (self.cloud.dim, self.components, self.cloud, self.groups);
        let (columns, room) = (cloud.columns.rows(), &mut self.room);
        let (reach2, precision_trace) = ((m.alpha * self.precision).powi(2), m.shapes[0].precision_trace);
        let (pi, mass) = (&room.pi[p * cloud.rows.rows()..], &room.mass[p * labels..(p + 1) * labels]);
        let gaps = &room.sums[p * labels * columns..(p + 1) * labels * columns];
        for l in 0..LANES.min(self.points.len() - start) {
            let (at, point) = (start + l, room.turn[start + l]);
            let y = m.law.labels()[self.points.anchors[point]];
            if mass[y][l] < UNSURE {
                // Little of the true label is seen here; one point costs little.
                let offsets = &self.points.offsets[point * d..(point + 1) * d];
                let one = Points { anchors: &self.points.anchors[point..=point], offsets };
                m.observe(one, Detail::all(), &mut room.one);
                self.out.label_divergence[at] = room.one.label_divergence[0];
                continue;
            }
            let sum = (cloud.first[y]..cloud.first[y + 1]).map(|k| {
                let gap2 = (0..d).map(|i| {
                    let gap = cloud.columns.at(i, k) - (gaps[y * columns + i][l] + room.total[i][l]);
                    gap * gap
                });
                pi[k][l] / mass[y][l] * (gap2.sum::<f64>() * reach2 - precision_trace)
            });
            self.out.label_divergence[at] = sum.sum();
        }
    }

    /// Says what is asked at all points.
    pub(crate) fn observe(mut self) {
        let step = self.panels * LANES;
        for start in (0..self.points.len()).step_by(step) {
            let panels = (self.points.len() - start).div_ceil(LANES).min(self.panels);
            self.batch(start, panels);
        }
        arrange(self.out, &self.room.turn, &mut self.room.unordered);
        KEPT.set(self.room);
    }

    fn batch(&mut self, start: usize, panels: usize) {
        let unit = self.unit;
        let each = (0..panels).map(|p| (p, start + p * LANES));
        for (p, at) in each.clone() {
            unit.dispatch(Load(self, p, at));
        }
        if self.known.is_none() {
            unit.dispatch(Products(self, panels, start));
        }
        for (p, at) in each.clone() {
            unit.dispatch(Posteriors(self, p, at));
            if self.labels_differ() {
                unit.dispatch(LabelPosteriors(self, p, at));
            }
        }
        if self.asked.contains(Detail::CLONES) && self.known.is_some() {
            each.clone().for_each(|(p, at)| unit.dispatch(Clones(self, p, at)));
        }
        if (Detail::POSTERIORS | Detail::CLONES).contains(self.asked) {
            return;
        }
        unit.dispatch(Sums(self, panels, start));
        for (p, at) in each {
            unit.dispatch(Scores(self, p, at));
            if self.spreads() {
                unit.dispatch(Rates(self, p, at));
            }
            if self.by_label && self.asked.contains(Detail::LABEL_DIVERGENCE) {
                self.label_divergence(p, at);
            }
        }
    }
}

stages!(Batches:
    Load => load,
    Products => products,
    Posteriors => posteriors,
    LabelPosteriors => label_posteriors,
    Clones => clones,
    Sums => sums,
    Scores => scores,
    Rates => rates,
);

/// Moves what is said at place `i` to point `turn[i]`.
fn arrange(out: &mut Observation, turn: &[usize], room: &mut Vec<f64>) {
    let rest = [
        &mut out.ln_density,
        &mut out.ln_anchor,
        &mut out.score,
        &mut out.score_divergence,
        &mut out.mean_offset,
        &mut out.posterior_trace,
        &mut out.label_production,
        &mut out.label_divergence,
        &mut out.label_gradient2,
        &mut out.clone_spread,
        &mut out.clone_label_spread,
    ];
    for field in fields(&mut out.label).into_iter().chain(fields(&mut out.component)).chain(rest) {
        let width = field.len() / turn.len();
        if width > 0 {
            room.clone_from(field);
            for (i, &to) in turn.iter().enumerate() {
                field[to * width..(to + 1) * width].copy_from_slice(&room[i * width..(i + 1) * width]);
            }
        }
    }
}

fn fields(p: &mut Posterior) -> [&mut Vec<f64>; 6] {
    [&mut p.entropy, &mut p.excess, &mut p.divergence, &mut p.surprisal, &mut p.varentropy, &mut p.agreement]
}

#[cfg(test)]
mod tests {
    use infodyn_core::NoiseProcess;
    use infodyn_kernels::units;

    use super::*;

    /// No bit depends on the vector unit, nor on how many panels are taken at once.
    #[test]
    fn bits_are_the_same_on_every_unit() {
        let (k, d, n) = (523, 31, 43);
        let number = |i: usize| ((i * 7919) % 1009) as f64 / 500.0 - 1.0;
        let points: Vec<Vec<f64>> = (0..k).map(|j| (0..d).map(|i| number(j * d + i)).collect()).collect();
        let law = Mixture::atoms(&[], &points).unwrap().with_labels((0..k).map(|j| j % 5).collect()).unwrap();
        let cloud = Cloud::new(&law).unwrap();
        let anchors: Vec<usize> = (0..n).map(|i| (i * 31) % k).collect();
        for t in [0.02, 0.2, 1.0, 4.0] {
            let level = NoiseProcess::Ou.at(t).unwrap();
            let frame = std::sync::Arc::new(crate::frame::Frame::new(&law));
            let components = Components::new(&law, frame, level.alpha(), level.sigma2());
            let offsets: Vec<f64> = (0..n * d).map(|i| 2.0 * level.sigma() * number(3 * i)).collect();
            let points = Points { anchors: &anchors, offsets: &offsets };
            let mut all = Vec::new();
            for unit in units() {
                for wide in [false, true] {
                    let mut out = Observation::default();
                    out.resize(n, d, Detail::all());
                    let mut batches = Batches::new((&components, &cloud), points, None, Detail::all(), &mut out);
                    (batches.unit, batches.wide) = (unit, wide);
                    batches.observe();
                    all.push(out);
                }
            }
            assert!(all.iter().all(|out| *out == all[0]), "t = {t}");
        }
    }
}
