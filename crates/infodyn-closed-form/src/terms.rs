//! Sums over components with points in lanes: of what, and how they are taken.

use infodyn_core::Posterior;
use infodyn_kernels::{LANES, Lanes};

use crate::posterior::{Summaries, UNSEEN, x_ln_x};

/// A number of each component along each axis, in every lane.
pub(crate) trait Term {
    fn at(&self, k: usize, i: usize) -> Lanes;
}

/// `y_k`, the mean of a component from the average of all.
pub(crate) struct FromCentre<'a>(pub(crate) &'a [f64], pub(crate) usize);

impl Term for FromCentre<'_> {
    #[inline(always)]
    fn at(&self, k: usize, i: usize) -> Lanes {
        Lanes::splat(self.0[k * self.1 + i])
    }
}

/// `mu_k - mu_anchor`.
pub(crate) struct FromAnchor<'a> {
    pub(crate) means: &'a [f64],
    pub(crate) anchor: &'a [Lanes],
}

impl Term for FromAnchor<'_> {
    #[inline(always)]
    fn at(&self, k: usize, i: usize) -> Lanes {
        Lanes::splat(self.means[k * self.anchor.len() + i]) - self.anchor[i]
    }
}

/// The score of a component, from its mean as `from` has it and the place `x` from where that is written.
pub(crate) struct Score<'a, T> {
    pub(crate) from: &'a T,
    pub(crate) alpha: Lanes,
    pub(crate) x: &'a [Lanes],
    pub(crate) precision: &'a [f64],
    pub(crate) gain: &'a [f64],
}

impl<T: Term> Score<'_, T> {
    /// `x - alpha mu_k`.
    #[inline(always)]
    fn residual(&self, k: usize, i: usize) -> Lanes {
        self.x[i] - self.alpha * self.from.at(k, i)
    }
}

impl<T: Term> Term for Score<'_, T> {
    #[inline(always)]
    fn at(&self, k: usize, i: usize) -> Lanes {
        self.residual(k, i) * Lanes::splat(-self.precision[k * self.x.len() + i])
    }
}

/// The posterior mean within a component.
pub(crate) struct Mean<'a, T>(pub(crate) &'a Score<'a, T>);

impl<T: Term> Term for Mean<'_, T> {
    #[inline(always)]
    fn at(&self, k: usize, i: usize) -> Lanes {
        self.0.residual(k, i).mul_add(Lanes::splat(self.0.gain[k * self.0.x.len() + i]), self.0.from.at(k, i))
    }
}

/// `out_i += sum_k p_k t_k,i` over the components of a list.
#[inline(always)]
pub(crate) fn average(term: &impl Term, list: &[usize], p: &[Lanes], out: &mut [Lanes]) {
    let mut i = 0;
    while i + 6 <= out.len() {
        average_block::<6>(term, list, p, i, out);
        i += 6;
    }
    while i + 2 <= out.len() {
        average_block::<2>(term, list, p, i, out);
        i += 2;
    }
    if i < out.len() {
        average_block::<1>(term, list, p, i, out);
    }
}

#[inline(always)]
fn average_block<const B: usize>(term: &impl Term, list: &[usize], p: &[Lanes], at: usize, out: &mut [Lanes]) {
    let mut sums = [ZERO; B];
    sums.copy_from_slice(&out[at..at + B]);
    for &k in list {
        for b in 0..B {
            sums[b] = p[k].mul_add(term.at(k, at + b), sums[b]);
        }
    }
    out[at..at + B].copy_from_slice(&sums);
}

/// `sum_k pi_k c_k`.
#[inline(always)]
pub(crate) fn mean_of(pi: &[Lanes], c: impl Fn(usize) -> f64) -> Lanes {
    let mut sum = ZERO;
    for k in 0..pi.len() {
        sum = pi[k].mul_add(Lanes::splat(c(k)), sum);
    }
    sum
}

/// `sum_k pi_k sum_i (scale_i (t_k,i - centre_i))^2`.
#[inline(always)]
pub(crate) fn scatter(term: &impl Term, list: &[usize], pi: &[Lanes], scale: &[f64], centre: &[Lanes]) -> Lanes {
    let mut sum = ZERO;
    for &k in list {
        let mut gap2 = ZERO;
        for i in 0..centre.len() {
            let gap = (term.at(k, i) - centre[i]) * Lanes::splat(scale[i]);
            gap2 = gap.mul_add(gap, gap2);
        }
        sum = pi[k].mul_add(gap2, sum);
    }
    sum
}

/// `sum_k pi_k |s_k - s|^2` of scores and `sum_k pi_k |m_k - m|^2` of posterior means, about their averages.
///
/// # Formula
/// `alpha (m_k - m) = sigma^2 (s_k - s)` (A1 in a component and in all); `ratio = sigma^2/alpha`.
///
/// # Accuracy
/// A difference loses the digits of what is subtracted. Far out in a wide component that is all of a mean, at high
/// noise all of a score: along each axis means differ by the form whose average is smaller.
#[inline(always)]
pub(crate) fn scatter_both(
    (score, mean): (&impl Term, &impl Term),
    list: &[usize],
    pi: &[Lanes],
    [scores, means]: [&[Lanes]; 2],
    ratio: Lanes,
) -> [Lanes; 2] {
    let (mut spread, mut trace) = (ZERO, ZERO);
    for &k in list {
        let (mut gap2, mut moved2) = (ZERO, ZERO);
        for i in 0..scores.len() {
            let gap = score.at(k, i) - scores[i];
            gap2 = gap.mul_add(gap, gap2);
            let near = (scores[i] * ratio).abs().select_less(means[i].abs(), gap * ratio, mean.at(k, i) - means[i]);
            moved2 = near.mul_add(near, moved2);
        }
        spread = pi[k].mul_add(gap2, spread);
        trace = pi[k].mul_add(moved2, trace);
    }
    [spread, trace]
}

pub(crate) const ZERO: Lanes = Lanes([0.0; LANES]);

/// A number of each lane.
#[inline(always)]
pub(crate) fn each_lane(f: impl Fn(usize) -> f64) -> Lanes {
    let mut out = [0.0; LANES];
    for l in 0..LANES {
        out[l] = f(l);
    }
    Lanes(out)
}

/// `B` products of rows of `means` with `x`.
#[inline(always)]
pub(crate) fn products_block<const B: usize>(means: &[f64], x: &[Lanes], k: usize, out: &mut [Lanes]) {
    let d = x.len();
    let rows: [&[f64]; B] = std::array::from_fn(|b| &means[(k + b) * d..(k + b + 1) * d]);
    let mut sums = [ZERO; B];
    for i in 0..d {
        for b in 0..B {
            sums[b] = x[i].mul_add(Lanes::splat(rows[b][i]), sums[b]);
        }
    }
    out[k..k + B].copy_from_slice(&sums);
}

/// Those of a list that weigh more than `floor` in some lane.
#[inline(always)]
pub(crate) fn keep(kept: &mut Vec<usize>, list: impl Iterator<Item = usize>, pi: &[Lanes], floor: f64) {
    kept.clear();
    for k in list {
        if pi[k].largest() > floor {
            kept.push(k);
        }
    }
}

/// Those of a list that a sum of squares about their average sees: less than 1e-20 of the runner-up in every lane is
/// not seen, nor less than `least`.
#[inline(always)]
pub(crate) fn keep_seen(kept: &mut Vec<usize>, list: impl Iterator<Item = usize> + Clone, pi: &[Lanes], least: f64) {
    let (mut top, mut runner_up) = (ZERO, ZERO);
    for k in list.clone() {
        runner_up = runner_up.max(top.min(pi[k]));
        top = top.max(pi[k]);
    }
    let floor = (runner_up * Lanes::splat(1e-20)).max(Lanes::splat(least));
    kept.clear();
    for k in list {
        if (pi[k] - floor).largest() > 0.0 {
            kept.push(k);
        }
    }
}

/// The sums of all labels, `total.len()` numbers each, added up.
#[inline(always)]
pub(crate) fn gather(sums: &[Lanes], total: &mut [Lanes]) {
    let width = total.len();
    total.copy_from_slice(&sums[..width]);
    for part in sums[width..].chunks_exact(width) {
        for (t, s) in total.iter_mut().zip(part) {
            *t = *t + *s;
        }
    }
}

/// What the scores of labels say at a panel of points.
pub(crate) struct Labels<'a> {
    /// Posterior of each label, as the sum of those of its components and from its own ratio.
    pub(crate) mass: &'a [Lanes],
    pub(crate) pi: &'a [Lanes],
    /// `sum pi_k t_k` over each label, `total.len()` numbers each, and over all.
    pub(crate) sums: &'a mut [Lanes],
    pub(crate) total: &'a [Lanes],
    /// Room, two numbers a label.
    pub(crate) tilt: &'a mut [Lanes],
}

impl Labels<'_> {
    /// `sum_y pi_y |g_y|^2` and `|sum_y pi_y log pi_y g_y|^2`, `g_y` what the average in a label has more than that of
    /// all (0 where nothing of it is seen), squares along axis `i` times `scale2(i)`; leaves `g` in the place of the
    /// sums.
    #[inline(always)]
    pub(crate) fn rates(self, axes: usize, scale2: impl Fn(usize) -> Lanes) -> [Lanes; 2] {
        let (width, labels) = (self.total.len(), self.mass.len());
        let (tilt, share) = self.tilt.split_at_mut(labels);
        for y in 0..labels {
            tilt[y] = x_ln_x(self.pi[y]);
            share[y] = self.mass[y].select_less(Lanes::splat(UNSEEN), ZERO, Lanes::splat(1.0) / self.mass[y]);
        }
        let (mut production, mut gradient2) = (ZERO, ZERO);
        for i in 0..axes {
            let (mut along, mut gradient) = (ZERO, ZERO);
            for y in 0..labels {
                let at = &mut self.sums[y * width + i];
                let gap = ZERO.select_less(share[y], at.mul_add(share[y], -self.total[i]), ZERO);
                *at = gap;
                along = (self.pi[y] * gap).mul_add(gap, along);
                gradient = tilt[y].mul_add(gap, gradient);
            }
            production = along.mul_add(scale2(i), production);
            gradient2 = (gradient * gradient).mul_add(scale2(i), gradient2);
        }
        [production, gradient2]
    }
}

/// `n` zeros in the place of what was there.
pub(crate) fn clear(x: &mut Vec<Lanes>, n: usize) {
    x.clear();
    x.resize(n, ZERO);
}

/// One number a point, of the points that there are, where the field was asked for.
#[inline(always)]
pub(crate) fn put(field: &mut [f64], start: usize, value: Lanes) {
    if start < field.len() {
        let end = field.len().min(start + LANES);
        value.store(&mut field[start..end]);
    }
}

/// Number `i` of `d` a point.
#[inline(always)]
pub(crate) fn put_one(field: &mut [f64], start: usize, d: usize, i: usize, value: Lanes) {
    for l in 0..LANES {
        if let Some(at) = field.get_mut((start + l) * d + i) {
            *at = value[l];
        }
    }
}

/// `d` numbers a point, of the points that there are, where the field was asked for.
#[inline(always)]
pub(crate) fn put_all(field: &mut [f64], start: usize, values: &[Lanes]) {
    let d = values.len();
    let end = field.len().min((start + LANES) * d);
    for (l, row) in field[end.min(start * d)..end].chunks_exact_mut(d).enumerate() {
        for (at, value) in row.iter_mut().zip(values) {
            *at = value.0[l];
        }
    }
}

#[inline(always)]
pub(crate) fn store(into: &mut Posterior, start: usize, seen: &Summaries) {
    put(&mut into.entropy, start, seen.entropy);
    put(&mut into.excess, start, seen.excess);
    put(&mut into.divergence, start, seen.divergence);
    put(&mut into.surprisal, start, seen.surprisal);
    put(&mut into.varentropy, start, seen.varentropy);
    put(&mut into.agreement, start, seen.agreement);
}
