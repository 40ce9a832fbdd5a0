//! Bayes' rule on a finite set, in forms that keep their digits.

use infodyn_core::stable::relative_cost;
use pulp::{Arch, NullaryFnOnce};

use crate::lanes::exp;

/// The prior of a discrete variable, with its logarithms and its entropy.
#[derive(Debug, Clone)]
pub(crate) struct Prior {
    pub(crate) weights: Vec<f64>,
    ln_weights: Vec<f64>,
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
    /// Whether every `|l_k|` is below one half.
    pub(crate) undecided: bool,
}

/// Below this many values the library's exponential is as fast, and half an ulp.
const LANES: usize = 8;

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
pub(crate) fn posterior(arch: Arch, prior: &Prior, ratio: &[f64], truth: usize, out: &mut [f64]) -> Summary {
    if out.len() < LANES {
        weigh(prior, ratio, truth, out, f64::exp)
    } else {
        arch.dispatch(Weigh { prior, ratio, truth, out })
    }
}

/// [`weigh`] as the vector units want it: a call that is inlined where their instructions are enabled.
struct Weigh<'a> {
    prior: &'a Prior,
    ratio: &'a [f64],
    truth: usize,
    out: &'a mut [f64],
}

impl NullaryFnOnce for Weigh<'_> {
    type Output = Summary;
    #[inline(always)]
    fn call(self) -> Summary {
        weigh(self.prior, self.ratio, self.truth, self.out, exp)
    }
}

#[inline(always)]
fn weigh(prior: &Prior, ratio: &[f64], truth: usize, out: &mut [f64], exp: impl Fn(f64) -> f64) -> Summary {
    let (w, ln_w) = (&prior.weights[..], &prior.ln_weights[..]);
    let [peak, spread] = lanes(w.len(), [f64::NEG_INFINITY, 0.0], |k| [ln_w[k] + ratio[k], ratio[k].abs()], larger);
    let top = (0..w.len()).find(|&k| ln_w[k] + ratio[k] == peak).unwrap_or(0);
    // Gaps beyond 750 are those of a probability that is 0; a finite gap keeps 0 times it at 0.
    let gap = |k: usize| {
        let g = peak - (ln_w[k] + ratio[k]);
        if g < 750.0 { g } else { 750.0 }
    };
    for (k, o) in out.iter_mut().enumerate() {
        *o = exp(-gap(k));
    }
    out[top] = 0.0; // the odds against the top keep their digits without it
    let [rest, first, second, squares, cross] = sums(w.len(), |k| {
        let (e, g) = (out[k], gap(k));
        [e, e * g, e * g * g, e * e, -e * ln_w[k]]
    });
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
        undecided,
    };
    if s.divergence < CANCELS || s.excess.abs() < CANCELS {
        let (mut divergence, mut excess) = (0.0, 0.0);
        for k in 0..w.len() {
            let r = ratio[k] - ln_evidence;
            let (cost, moved) = if r.abs() < 0.35 {
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

/// `M` sums over `0..n`; see [`lanes`].
#[inline(always)]
pub(crate) fn sums<const M: usize>(n: usize, term: impl Fn(usize) -> [f64; M]) -> [f64; M] {
    lanes(n, [0.0; M], term, |a, b| a + b)
}

#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

/// Merges `M` numbers a place over `0..n` in eight interleaved lanes, then the lanes in a fixed order:
/// what a vector unit does, the same on any machine.
#[inline(always)]
fn lanes<const M: usize>(
    n: usize,
    start: [f64; M],
    term: impl Fn(usize) -> [f64; M],
    merge: impl Fn(f64, f64) -> f64,
) -> [f64; M] {
    let mut lanes = start.map(|s| [s; LANES]);
    let whole = n - n % LANES;
    let mut k = 0;
    while k < whole {
        for i in 0..LANES {
            let values = term(k + i);
            for m in 0..M {
                lanes[m][i] = merge(lanes[m][i], values[m]);
            }
        }
        k += LANES;
    }
    for i in 0..n - whole {
        let values = term(whole + i);
        for m in 0..M {
            lanes[m][i] = merge(lanes[m][i], values[m]);
        }
    }
    std::array::from_fn(|m| lanes[m].iter().fold(start[m], |a, &b| merge(a, b)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use infodyn_core::stable;

    fn of(w: &[f64], ratio: &[f64], truth: usize) -> (Summary, Vec<f64>) {
        let mut out = vec![0.0; w.len()];
        (posterior(Arch::new(), &Prior::new(w), ratio, truth, &mut out), out)
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
