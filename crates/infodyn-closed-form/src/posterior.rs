//! Bayes' rule on a finite set, in forms that keep their digits.

use infodyn_core::Detail;
use infodyn_core::stable::relative_cost;
use infodyn_kernels::{Kernel, LANES, Lanes};

/// The prior of a discrete variable, with its logarithms and its entropy.
#[derive(Debug, Clone)]
pub(crate) struct Prior {
    pub(crate) weights: Vec<f64>,
    pub(crate) ln_weights: Vec<f64>,
    entropy: f64,
}

impl Prior {
    pub(crate) fn new(weights: &[f64]) -> Self {
        let ln_weights: Vec<f64> = weights.iter().map(|w| w.ln()).collect();
        let entropy = -weights.iter().zip(&ln_weights).map(|(w, l)| w * l).sum::<f64>();
        Self { weights: weights.to_vec(), ln_weights, entropy }
    }
}

/// What the posterior of a discrete variable says at one point; see
/// [`infodyn_core::Posterior`] for the fields.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Summary {
    pub(crate) entropy: f64,
    pub(crate) excess: f64,
    pub(crate) divergence: f64,
    pub(crate) surprisal: f64,
    pub(crate) varentropy: f64,
    pub(crate) agreement: f64,
    /// `log sum_k w_k e^{l_k}`.
    pub(crate) ln_evidence: f64,
}

/// Gaps beyond this are those of a probability that is 0.
const FARTHEST: f64 = 750.0;

/// Log-ratios below this have their functions from series.
const NEAR: f64 = 0.35;

/// Divergences and excesses below this are summed from terms of their own size.
const CANCELS: f64 = 0.05;

/// The posterior from log-likelihood ratios `ratio[k]` (to one common reference), written into
/// `out`, and what it says when `truth` is true.
///
/// # Formula
/// `pi_k = w_k e^{l_k} / sum_m w_m e^{l_m}`. With `g_k` how far `log w_k + l_k` lies below the top
/// and `R` the odds against the top: entropy `log(1 + R) + sum_k pi_k g_k`, varentropy
/// `sum pi g^2 - (sum pi g)^2`.
///
/// # Accuracy
/// The entropy is a sum of nonnegative terms, accurate as it tends to 0. Divergence and excess come
/// from the entropy unless they are small; then the divergence is
/// `sum_k w_k (e^r (r - 1) + 1)`, `r = log(pi_k/w_k)`, a sum of nonnegative terms again, and the
/// excess `-divergence - sum_k (pi_k - w_k) log(w_k/w_0)`.
pub(crate) fn posterior(prior: &Prior, ratio: &[f64], truth: usize, out: &mut [f64]) -> Summary {
    let (w, ln_w) = (&prior.weights[..], &prior.ln_weights[..]);
    let (mut peak, mut top, mut spread) = (f64::NEG_INFINITY, 0, 0.0_f64);
    for k in 0..w.len() {
        if ln_w[k] + ratio[k] > peak {
            (peak, top) = (ln_w[k] + ratio[k], k);
        }
        spread = spread.max(ratio[k].abs());
    }
    // Gaps beyond this are those of a probability that is 0; a finite gap keeps 0 times it at 0.
    let gap = |k: usize| (peak - (ln_w[k] + ratio[k])).min(FARTHEST);
    let (mut rest, mut first, mut second, mut squares, mut cross) = (0.0, 0.0, 0.0, 0.0, 0.0);
    // The odds against the top keep their digits without it.
    for k in (0..w.len()).filter(|&k| k != top) {
        let (e, g) = ((-gap(k)).exp(), gap(k));
        out[k] = e;
        rest += e;
        first += e * g;
        second += e * g * g;
        squares += e * e;
        cross -= e * ln_w[k];
    }
    out[top] = 1.0;
    let (share, ln_total) = (1.0 / (1.0 + rest), rest.ln_1p());
    for o in out.iter_mut() {
        *o *= share;
    }
    let undecided = spread < 0.5;
    let ln_evidence =
        if undecided { w.iter().zip(ratio).map(|(w, l)| w * l.exp_m1()).sum::<f64>().ln_1p() } else { peak + ln_total };
    let mean_gap = share * first;
    let entropy = ln_total + mean_gap;
    let mut s = Summary {
        entropy,
        excess: entropy - prior.entropy,
        divergence: share * (cross - ln_w[top]) - entropy,
        surprisal: ln_total + gap(truth),
        varentropy: (share * second - mean_gap * mean_gap).max(0.0),
        agreement: share * share * (1.0 + squares),
        ln_evidence,
    };
    if s.divergence < CANCELS || s.excess.abs() < CANCELS {
        let (mut divergence, mut excess) = (0.0, 0.0);
        for k in 0..w.len() {
            let r = ratio[k] - ln_evidence;
            let (cost, moved) = if r.abs() < NEAR {
                (w[k] * relative_cost(r), w[k] * r.exp_m1())
            } else if out[k] > 0.0 {
                (out[k] * (r - 1.0) + w[k], out[k] - w[k])
            } else {
                (w[k], -w[k])
            };
            divergence += cost;
            excess -= moved * (ln_w[k] - ln_w[0]);
        }
        (s.divergence, s.excess) = (divergence, excess - divergence);
    }
    s
}

/// [`posterior`] of eight points at once, each with its own ratios and truth in a lane.
pub(crate) struct Bayes<'a, I> {
    pub(crate) prior: &'a Prior,
    pub(crate) ratio: &'a [Lanes],
    pub(crate) top: Top,
    pub(crate) truth: [usize; LANES],
    /// What is wanted, in the names of the component.
    pub(crate) asked: Detail,
    /// The values that are seen, in their order, the top of each lane among them; others have the posterior 0, which is
    /// not always written.
    pub(crate) among: I,
    pub(crate) out: &'a mut [Lanes],
}

/// A [`Summary`] of each lane; what was not asked for is 0, and `undecided` is 1 where it holds.
#[derive(Clone, Copy, Default)]
pub(crate) struct Summaries {
    pub(crate) entropy: Lanes,
    pub(crate) excess: Lanes,
    pub(crate) divergence: Lanes,
    pub(crate) surprisal: Lanes,
    pub(crate) varentropy: Lanes,
    pub(crate) agreement: Lanes,
    pub(crate) ln_evidence: Lanes,
    pub(crate) undecided: Lanes,
}

/// The most probable value of each lane: what `log w + l` is there, which it is, and the largest `|l|` of all.
#[derive(Clone, Copy)]
pub(crate) struct Top {
    pub(crate) peak: Lanes,
    pub(crate) top: Lanes,
    pub(crate) spread: Lanes,
}

impl Default for Top {
    #[inline(always)]
    fn default() -> Self {
        Self { peak: Lanes::splat(f64::NEG_INFINITY), top: Lanes::splat(0.0), spread: Lanes::splat(0.0) }
    }
}

impl Top {
    /// That of all values.
    #[inline(always)]
    pub(crate) fn of(prior: &Prior, ratio: &[Lanes]) -> Self {
        let mut top = Self::default();
        for k in 0..ratio.len() {
            top.see(k, prior.ln_weights[k], ratio[k]);
        }
        top
    }

    /// Takes value `k` in, of prior `e^ln_weight` and log-likelihood ratio `ratio`.
    #[inline(always)]
    pub(crate) fn see(&mut self, k: usize, ln_weight: f64, ratio: Lanes) {
        let l = Lanes::splat(ln_weight) + ratio;
        self.top = self.peak.select_less(l, Lanes::splat(k as f64), self.top);
        self.peak = self.peak.max(l);
        self.spread = self.spread.max(ratio.abs());
    }
}

impl<I: Iterator<Item = usize> + Clone> Kernel for Bayes<'_, I> {
    type Output = Summaries;

    #[inline(always)]
    fn call(self) -> Summaries {
        bayes(self)
    }
}

/// The formulas are those of [`posterior`].
#[inline(always)]
pub(crate) fn bayes<I: Iterator<Item = usize> + Clone>(bayes: Bayes<'_, I>) -> Summaries {
    let Bayes { prior, ratio, top: Top { peak, top, spread }, truth, asked, among, out } = bayes;
    let splat = Lanes::splat;
    let (zero, one, farthest) = (splat(0.0), splat(1.0), splat(FARTHEST));
    let (w, ln_w, count) = (&prior.weights[..], &prior.ln_weights[..], ratio.len());
    let informed = asked.intersects(Detail::COMPONENT_EXCESS | Detail::COMPONENT_INFORMATION);
    let (mut rest, mut first, mut second, mut cross) = (zero, zero, zero, zero);
    for k in among.clone() {
        // Of the top the gap is 0 and the odds 1, exactly.
        let g = (peak - (splat(ln_w[k]) + ratio[k])).min(farthest);
        let e = (-g).exp();
        out[k] = e;
        // The odds against the top keep their digits without it.
        rest = rest + (splat(k as f64) - top).abs().select_less(splat(0.5), zero, e);
        first = e.mul_add(g, first);
        if asked.contains(Detail::COMPONENT_VARENTROPY) {
            second = (e * g).mul_add(g, second);
        }
        if informed {
            cross = e.mul_add(splat(-ln_w[k]), cross);
        }
    }
    let mut s = Summaries::default();
    let (share, ln_total) = (one / (one + rest), rest.ln_1p());
    s.entropy = share.mul_add(first, ln_total);
    if asked.contains(Detail::COMPONENT_VARENTROPY) {
        let mean = share * first;
        s.varentropy = (share * second - mean * mean).max(zero);
    }
    if informed {
        s.divergence = share * cross - s.entropy;
        s.excess = s.entropy - splat(prior.entropy);
    }
    // A sum that runs along keeps the loop from being vectorised across its turns, by gathers.
    for k in among.clone() {
        out[k] = out[k] * share;
        s.agreement = out[k].mul_add(out[k], s.agreement);
    }
    s.ln_evidence = peak + ln_total;
    s.undecided = spread.select_less(splat(0.5), one, zero);
    if s.undecided.0.iter().any(|&u| u > 0.0) {
        let mut sum = zero;
        for k in 0..count {
            sum = splat(w[k]).mul_add(exp_m1(ratio[k]), sum);
        }
        s.ln_evidence = zero.select_less(s.undecided, sum.ln_1p(), s.ln_evidence);
    }
    if asked.contains(Detail::COMPONENT_SURPRISAL) {
        let mut own = [0.0; LANES];
        for l in 0..LANES {
            own[l] = ln_w[truth[l]] + ratio[truth[l]][l];
        }
        s.surprisal = ln_total + (peak - Lanes(own)).min(farthest);
    }
    if informed && (0..LANES).any(|l| s.divergence.0[l] < CANCELS || s.excess.0[l].abs() < CANCELS) {
        let (mut divergence, mut excess, mut next) = (zero, zero, 0);
        for k in among.chain(std::iter::once(count)) {
            out[next..k].fill(zero);
            next = k + 1;
        }
        for k in 0..count {
            let (r, w, p) = ((ratio[k] - s.ln_evidence).max(-farthest), splat(w[k]), out[k]);
            let near = r.abs();
            let cost = near.select_less(splat(NEAR), w * cost(r), p.mul_add(r - one, w));
            let moved = near.select_less(splat(NEAR), w * exp_m1(r), p - w);
            divergence = divergence + cost;
            excess = moved.mul_add(splat(ln_w[0] - ln_w[k]), excess);
        }
        let small = s.divergence.min(s.excess.abs());
        s.excess = small.select_less(splat(CANCELS), excess - divergence, s.excess);
        s.divergence = small.select_less(splat(CANCELS), divergence, s.divergence);
    }
    s
}

/// The posteriors alone, into `out`, and `log sum_k w_k e^{l_k}`, as [`bayes`] has them.
#[inline(always)]
pub(crate) fn weigh(prior: &Prior, ratio: &[Lanes], out: &mut [Lanes]) -> Lanes {
    let splat = Lanes::splat;
    let (w, ln_w, count) = (&prior.weights[..], &prior.ln_weights[..], ratio.len());
    let (mut peak, mut spread) = (splat(f64::NEG_INFINITY), splat(0.0));
    for k in 0..count {
        peak = peak.max(splat(ln_w[k]) + ratio[k]);
        spread = spread.max(ratio[k].abs());
    }
    let mut total = splat(0.0);
    for k in 0..count {
        out[k] = (splat(ln_w[k]) + ratio[k] - peak).exp();
        total = total + out[k];
    }
    let (share, mut whole) = (splat(1.0) / total, splat(0.0));
    for k in 0..count {
        out[k] = out[k] * share;
        whole = whole + out[k];
    }
    // A sum that runs along keeps the loop from being vectorised across its turns, by gathers.
    std::hint::black_box(whole);
    let ln_evidence = peak + total.ln();
    let undecided = spread.select_less(splat(0.5), splat(1.0), splat(0.0));
    if undecided.0.iter().all(|&u| u == 0.0) {
        return ln_evidence;
    }
    let mut sum = splat(0.0);
    for k in 0..count {
        sum = splat(w[k]).mul_add(exp_m1(ratio[k]), sum);
    }
    splat(0.0).select_less(undecided, sum.ln_1p(), ln_evidence)
}

/// A posterior below this is 0 to the label: its components are looked at one point at a time.
pub(crate) const UNSEEN: f64 = 1e-200;

/// The log-likelihood ratio of a label of some prior, from its posterior `mass`, as its components have it, and what
/// was `seen` of these; from their ratios themselves where the posterior is below `least` or nothing is known.
#[inline(always)]
pub(crate) fn label_ratio(
    (mass, prior, least): (Lanes, f64, Lanes),
    seen: &Summaries,
    list: impl Iterator<Item = usize> + Clone,
    ratio: &[Lanes],
    weights: &[f64],
) -> Lanes {
    let from_mass = (mass / Lanes::splat(prior)).ln() + seen.ln_evidence;
    let (unseen, undecided) = ((least - mass).largest() > 0.0, seen.undecided.largest() > 0.0);
    if !unseen && !undecided {
        return from_mass;
    }
    // `log sum_k share_k e^{l_k}`, accurate where all `l` are small too.
    let (mut top, mut largest) = (Lanes::splat(f64::NEG_INFINITY), Lanes::splat(0.0));
    for k in list.clone() {
        top = top.max(ratio[k]);
        largest = largest.max(ratio[k].abs());
    }
    let (mut sum, mut small) = (Lanes::splat(0.0), Lanes::splat(0.0));
    for k in list {
        let share = Lanes::splat(weights[k] / prior);
        sum = share.mul_add((ratio[k] - top).exp(), sum);
        small = share.mul_add(exp_m1(ratio[k]), small);
    }
    let from_ratios = largest.select_less(Lanes::splat(0.5), small.ln_1p(), top + sum.ln());
    let first = mass.select_less(least, from_ratios, from_mass);
    Lanes::splat(0.0).select_less(seen.undecided, from_ratios, first)
}

/// `p log p`.
#[inline(always)]
pub(crate) fn x_ln_x(p: Lanes) -> Lanes {
    let zero = Lanes::splat(0.0);
    zero.select_less(p, p * p.ln(), zero)
}

/// `1/n!` for `n = 2..=17`, times `n - 1` where `costs`: less than 1e-17 is left at `|x| = 1/2`.
const fn series(costs: bool) -> [f64; 16] {
    let (mut out, mut factorial, mut n) = ([0.0; 16], 1.0, 2);
    while n <= 17 {
        factorial *= n as f64;
        out[n - 2] = if costs { (n - 1) as f64 / factorial } else { 1.0 / factorial };
        n += 1;
    }
    out
}

/// `sum_n c_n x^n`.
#[inline(always)]
fn polynomial<const N: usize>(x: Lanes, c: &[f64; N]) -> Lanes {
    let mut sum = Lanes::splat(c[N - 1]);
    for n in (0..N - 1).rev() {
        sum = sum.mul_add(x, Lanes::splat(c[n]));
    }
    sum
}

/// `exp(x) - 1` for `|x| < 1/2`.
#[inline(always)]
fn exp_m1(x: Lanes) -> Lanes {
    const SERIES: [f64; 16] = series(false);
    polynomial(x, &SERIES).mul_add(x * x, x)
}

/// `exp(x) (x - 1) + 1` for `|x| < 1/2`.
#[inline(always)]
fn cost(x: Lanes) -> Lanes {
    const SERIES: [f64; 16] = series(true);
    polynomial(x, &SERIES) * x * x
}

#[cfg(test)]
mod tests {
    use super::*;
    use infodyn_core::stable;

    fn of(w: &[f64], ratio: &[f64], truth: usize) -> (Summary, Vec<f64>) {
        let mut out = vec![0.0; w.len()];
        (posterior(&Prior::new(w), ratio, truth, &mut out), out)
    }

    /// A yes-no variable with log-odds `2u` has the entropy of `stable::binary_entropy` at every
    /// scale of `u`, and its excess is accurate where it is tiny.
    #[test]
    fn two_values_at_every_scale() {
        for u in [1e-9_f64, 1e-4, 0.1, 1.0, 7.0, 40.0, 300.0] {
            let (s, pi) = of(&[0.5, 0.5], &[0.0, -2.0 * u], 0);
            let h = stable::binary_entropy(u);
            assert!((s.entropy / h - 1.0).abs() < 1e-14, "{u}");
            assert!((s.surprisal / (-2.0 * u).exp().ln_1p() - 1.0).abs() < 1e-14, "{u}");
            assert!((pi[0] + pi[1] - 1.0).abs() < 1e-15);
            let deficit = u * u.tanh() - (stable::ln_2cosh(u) - std::f64::consts::LN_2);
            if u > 0.05 {
                assert!((s.divergence - deficit).abs() < 1e-14 * u, "{u}");
            } else {
                assert!((s.divergence / (0.5 * u * u) - 1.0).abs() < 2.0 * u * u + 1e-14, "{u} {}", s.divergence);
            }
            assert!((s.excess + s.divergence).abs() <= 1e-15 * s.divergence);
        }
    }

    #[test]
    fn certainty_and_tiny_weights() {
        let (s, pi) = of(&[1e-12, 1.0 - 1e-12], &[0.0, -60.0], 0);
        assert!((pi[0] - 1.0 / (1.0 + 1e12 * (-60.0_f64).exp())).abs() < 1e-13);
        assert!(s.surprisal > 0.0 && s.surprisal < 1e-13);
        let (s, pi) = of(&[0.5, 0.5], &[0.0, f64::NEG_INFINITY], 0);
        assert_eq!((s.entropy, s.surprisal, s.agreement, pi[1]), (0.0, 0.0, 1.0, 0.0));
        assert!((s.divergence - 2.0_f64.ln()).abs() < 1e-15);
    }
}
