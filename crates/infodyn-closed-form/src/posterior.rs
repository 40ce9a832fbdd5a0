//! Bayes' rule on a finite set, in forms that keep their digits.

use infodyn_core::stable::relative_cost;

/// The prior of a discrete variable, with its logarithms.
#[derive(Debug, Clone)]
pub(crate) struct Prior {
    pub(crate) weights: Vec<f64>,
    pub(crate) ln_weights: Vec<f64>,
}

impl Prior {
    pub(crate) fn new(weights: &[f64]) -> Self {
        Self { weights: weights.to_vec(), ln_weights: weights.iter().map(|w| w.ln()).collect() }
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

/// The posterior from log-likelihood ratios `ratio[k]` (to one common reference), written into
/// `out`, and what it says when `truth` is true. `exp` replaces each `x <= 0` of a slice by
/// `exp(x)`.
///
/// # Formula
/// `pi_k = w_k e^{l_k} / sum_m w_m e^{l_m}`.
///
/// # Accuracy
/// The entropy is `log(1 + R) + sum_{k != top} pi_k (L_top - L_k)` with `L = log w + l` and `R` the
/// odds against the most likely value: a sum of nonnegative terms, accurate as it tends to 0.
/// The divergence is `sum_k w_k (e^r (r - 1) + 1)`, `r = log(pi_k/w_k)`: likewise. The excess is
/// `-divergence - sum_k (pi_k - w_k) log(w_k/w_0)`.
pub(crate) fn posterior(
    prior: &Prior,
    ratio: &[f64],
    truth: usize,
    exp: impl Fn(&mut [f64]),
    out: &mut [f64],
) -> Summary {
    let (w, ln_w) = (&prior.weights[..], &prior.ln_weights[..]);
    let score = |k: usize| ln_w[k] + ratio[k];
    let top = (1..w.len()).fold(0, |best, k| if score(k) > score(best) { k } else { best });
    let peak = score(top);
    for (k, o) in out.iter_mut().enumerate() {
        *o = (score(k) - peak).min(0.0);
    }
    exp(out);
    let rest: f64 = out[..top].iter().sum::<f64>() + out[top + 1..].iter().sum::<f64>();
    let (total, ln_total) = (1.0 + rest, rest.ln_1p());
    let spread = ratio.iter().fold(0.0_f64, |m, l| m.max(l.abs()));
    let ln_evidence = if spread < 0.5 {
        w.iter().zip(ratio).map(|(w, l)| w * l.exp_m1()).sum::<f64>().ln_1p()
    } else {
        peak + ln_total
    };
    let mut s = Summary { entropy: ln_total, ln_evidence, ..Summary::default() };
    for (k, o) in out.iter_mut().enumerate() {
        *o /= total;
        s.agreement += *o * *o;
        if *o > 0.0 {
            s.entropy += *o * (peak - score(k));
        }
        let r = ratio[k] - ln_evidence;
        let (cost, moved) = if r.abs() < 0.35 {
            (w[k] * relative_cost(r), w[k] * r.exp_m1())
        } else if *o > 0.0 {
            (*o * (r - 1.0) + w[k], *o - w[k])
        } else {
            (w[k], -w[k])
        };
        s.divergence += cost;
        s.excess -= moved * (ln_w[k] - ln_w[0]);
    }
    s.excess -= s.divergence;
    // Each value's surprisal minus the mean of all; for the top it is what is left of the entropy.
    s.varentropy = (0..w.len())
        .filter(|&k| out[k] > 0.0)
        .map(|k| {
            let gap = ln_total + (peak - score(k)) - s.entropy;
            out[k] * gap * gap
        })
        .sum();
    s.surprisal = ln_total + (peak - score(truth));
    s
}

#[cfg(test)]
mod tests {
    use super::*;
    use infodyn_core::stable;

    fn of(w: &[f64], ratio: &[f64], truth: usize) -> (Summary, Vec<f64>) {
        let mut out = vec![0.0; w.len()];
        let exp = |xs: &mut [f64]| xs.iter_mut().for_each(|x| *x = x.exp());
        (posterior(&Prior::new(w), ratio, truth, exp, &mut out), out)
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
