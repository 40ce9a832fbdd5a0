//! Intervals of stated level.

use std::f64::consts::E;

use infodyn_core::{Estimate, Gaps, Sampling, ulps};
use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::Moments;

/// The value that a Student variable with `freedom >= 1` degrees of freedom exceeds in absolute
/// value with probability `error_probability`.
///
/// # Accuracy
/// Relative 1e-12 for `error_probability` from 1 down to 1e-300: bisection on the survival function, which is
/// evaluated in the tail itself, never as one minus a number close to one.
#[must_use]
pub fn student_quantile(freedom: f64, error_probability: f64) -> f64 {
    let Ok(law) = StudentsT::new(0.0, 1.0, freedom) else {
        return f64::INFINITY;
    };
    let tail = 0.5 * error_probability;
    let (mut lo, mut hi) = (0.0, 1.0);
    while law.sf(hi) > tail {
        lo = hi;
        hi *= 2.0;
        if hi > 1e300 {
            return f64::INFINITY;
        }
    }
    while hi - lo > 1e-13 * hi {
        let mid = 0.5 * (lo + hi);
        if law.sf(mid) > tail {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    hi
}

/// The mean of independent values of one law, each right to [`ulps::SAMPLE`] units, with a studentised interval.
///
/// # Formula
/// `mean +- (s/sqrt C) r ( q + |skewness| (1 + 2 q^2)/(6 sqrt C) )` for `C` values with standard
/// deviation `s`, `q` the Student quantile with `C - 1` degrees of freedom. The second term is the
/// first correction of the quantile for skewness. `r = sqrt(1 + q sqrt(k/C))` allows for an `s`
/// that is itself uncertain, where `k` is the excess kurtosis; it is 1 while `k` lies within what
/// normal values show, `k <= 2 sqrt(24/C)`.
///
/// # Source
/// Johnson, *Modified t tests*, JASA 73 (1978) 536; Hall, *The Bootstrap and Edgeworth Expansion*
/// (1992), section 2.6: for a studentised mean the two-sided coverage is that of Student's law up
/// to `(q phi(q)/C) ( k (q^2-3)/6 - skewness^2 (q^4 + 2 q^2 - 3)/9 )`.
///
/// # Accuracy
/// The values are means over chunks. With the guard of at least 32 chunks of at least 256 samples,
/// a sample of skewness 2 and excess kurtosis 6 (exponential) has chunks of skewness 1/8 and excess
/// kurtosis 6/256: by Hall's formula the coverage at level 0.997 (`q = 3.22`) falls short by `4e-5`,
/// a seventieth of the missing 0.003, before any correction. In the deep tail the ratio of the true
/// to the nominal tail is `exp(q^3 skewness/(3 sqrt C))` to leading order, which the correction of
/// the quantile removes. What no studentised interval covers is mass in events that the sample never
/// meets; use [`betting_radius`] where a range is known.
#[must_use]
pub fn studentised(values: &[f64], samples: u64, level: f64) -> Estimate {
    let m = Moments::of(values);
    let chunks = m.count as f64;
    let q = student_quantile(chunks - 1.0, 1.0 - level);
    let quantile = q + m.skewness().abs() * (1.0 + 2.0 * q * q) / (6.0 * chunks.sqrt());
    let k = m.excess_kurtosis();
    let spread = if k > 2.0 * (24.0 / chunks).sqrt() { (1.0 + q * (k / chunks).sqrt()).sqrt() } else { 1.0 };
    let std_error = m.std_error();
    let rounding = ulps::SAMPLE * f64::EPSILON * (m.mean.abs() + m.variance().sqrt());
    let radius = std_error * quantile * spread + rounding;
    Estimate::sampled(m.mean, radius, Sampling { std_error, freedom: Some(chunks - 1.0), level, samples })
}

/// Radius of a two-sided interval for the mean of `n` independent numbers in an interval of length
/// `width`, `variance` their unbiased sample variance; it misses with probability at most `error_probability`
/// for every law on that interval.
///
/// # Formula
/// `sqrt(2 variance L/n) + 7 width L/(3 (n - 1))`, `L = log(4/error_probability)`.
///
/// # Source
/// Maurer & Pontil, *Empirical Bernstein bounds and sample-variance penalization*, COLT 2009
/// (arXiv 0907.3740), theorem 4, used on both sides.
#[must_use]
pub fn bernstein_radius(n: u64, variance: f64, width: f64, error_probability: f64) -> f64 {
    let (n, l) = (n as f64, (4.0 / error_probability).ln());
    (2.0 * variance * l / n).sqrt() + 7.0 * width * l / (3.0 * (n - 1.0))
}

/// A two-sided interval for the mean of independent numbers in `[range.lo, range.hi]`, given as the
/// moments of consecutive parts of the sample; it misses with probability at most `error_probability` for every law
/// on that interval. Sharper than [`bernstein_radius`]: its first term is that of a known
/// variance, and the length of the range counts only where the spread of the sample is small.
///
/// # Formula
/// For bets `b_i <= 0.75/(hi - m)` that depend on `m` and earlier parts only,
/// `prod_i (1 + b_i (m - f_i))` has mean 1 at `m = mu` and exceeds `2/miss` with probability at most
/// `error_probability/2`; it increases with `m`, for `(m - f)/(hi - m)` does, so the first `m` where it exceeds that
/// bounds `mu` from above. The lower end is the mirror image. Its logarithm is bounded from below by
/// `log(1+x) >= x - x^2/2 + x^3/3 - 0.68 x^4` for `x >= -0.75`, which needs only the moments. The bet is
/// `sqrt(2 log(2/error_probability)/(n V))`, `V` the variance of the earlier parts and one sample of the
/// largest variance that the range allows; where the cap does not bind, the radius tends to
/// `sqrt(2 V log(2/error_probability)/n)`.
///
/// # Source
/// Waudby-Smith & Ramdas, *Estimating means of bounded random variables by betting*, J. R. Statist.
/// Soc. B 86 (2024) 1 (arXiv 2010.09686), section 4.
#[must_use]
pub fn betting_radius(parts: &[Moments], range: &Range, error_probability: f64) -> f64 {
    let total = parts.iter().fold(Moments::default(), |m, p| m.merge(*p));
    let (n, goal, width) = (total.count as f64, (2.0 / error_probability).ln(), range.width());
    if width <= 0.0 {
        return 0.0;
    }
    let mut earlier = Moments::default();
    let bets: Vec<f64> = parts
        .iter()
        .map(|part| {
            let variance = (earlier.powers[0] + 0.25 * width * width) / (earlier.count as f64 + 1.0);
            earlier = earlier.merge(*part);
            (2.0 * goal / (n * variance)).sqrt()
        })
        .collect();
    // Logarithm of the wealth against a mean `e` away from the sample's, on either side, `most` being the end of the
    // range.
    let wealth = |e: f64, side: f64, most: f64| -> f64 {
        let cap = 0.75 / (most - e).max(0.5 * most);
        let of = |(part, bet): (&Moments, &f64)| {
            let bet = bet.min(cap);
            let (k, [p2, p3, p4]) = (part.count as f64, part.powers);
            let (d, p3) = (e + side * (total.mean - part.mean), side * p3);
            let (x1, x2) = (bet * k * d, bet * bet * (p2 + k * d * d));
            let x3 = bet.powi(3) * (k * d.powi(3) + 3.0 * d * p2 - p3);
            let x4 = bet.powi(4) * (k * d.powi(4) + 6.0 * d * d * p2 - 4.0 * d * p3 + p4);
            x1 - 0.5 * x2 + x3 / 3.0 - 0.68 * x4
        };
        parts.iter().zip(&bets).map(of).sum()
    };
    let end = |side: f64, most: f64| {
        // No mean lies beyond the end of the range: start from there and come down while the
        // wealth still refutes.
        let (mut lo, mut hi) = (0.0, most.max(0.0));
        // Means below the normal numbers are met where a posterior is all but decided: the step is never 0.
        let mut step = (hi * 1e-6).max(f64::MIN_POSITIVE);
        while step < hi && wealth(step, side, most) < goal {
            lo = step;
            step *= 2.0;
        }
        hi = hi.min(step);
        while hi - lo > (1e-3 * hi).max(f64::MIN_POSITIVE) {
            let mid = 0.5 * (lo + hi);
            if wealth(mid, side, most) < goal {
                lo = mid;
            } else {
                hi = mid;
            }
        }
        hi
    };
    end(1.0, range.hi - total.mean).max(end(-1.0, total.mean - range.lo))
}

/// Where the samples of a column lie.
///
/// A sample leaves `[lo, hi]` with probability at most `error_probability`, and its expected distance from it is
/// at most `bias`; both are 0 for a variable that never leaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Lower end.
    pub lo: f64,
    /// Upper end.
    pub hi: f64,
    /// Probability that a sample lies outside.
    pub error_probability: f64,
    /// Expected distance of a sample from the interval.
    pub bias: f64,
}

impl Range {
    /// A variable that always lies in `[lo, hi]`.
    #[must_use]
    pub fn always(lo: f64, hi: f64) -> Self {
        Self { lo, hi, error_probability: 0.0, bias: 0.0 }
    }

    /// The range of `f(X_t)` for any `f` with `0 <= f(X_t) <= E[|Z|^2 given X_t]`, wide enough that
    /// `samples` of them leave it with a quarter of the probability `1 - level`.
    ///
    /// The scaled spread of the posterior `sigma^2 (D/sigma^2 + div s) = (alpha^2/sigma^2) tr S`, the
    /// scaled label production `sigma^2 b` and the scaled score `sigma^2 |s|^2` are such, for every
    /// law, when `Z` is standard normal: they are the posterior variance of `Z`, a part of it, and
    /// the square of its posterior mean.
    ///
    /// # Formula
    /// `[0, D + 2 sqrt(D L) + 2 L]` with `L = log(4 samples/(1 - level))`: the moment generating
    /// function of a conditional mean is at most that of `|Z|^2` (Jensen), so the tail bound
    /// `P(|Z|^2 > D + 2 sqrt(D L) + 2 L) <= exp(-L)` holds for it too; integrated over `L` it gives the
    /// expected excess `exp(-L)(2 + sqrt(D/L))`.
    ///
    /// # Source
    /// Laurent & Massart, *Adaptive estimation of a quadratic functional by model selection*, Ann.
    /// Statist. 28 (2000) 1302, lemma 1.
    #[must_use]
    pub fn noise_energy(dim: usize, samples: u64, level: f64) -> Self {
        let d = dim as f64;
        let l = (4.0 * samples as f64 / (1.0 - level)).ln();
        let error_probability = (-l).exp();
        Self {
            lo: 0.0,
            hi: d + 2.0 * (d * l).sqrt() + 2.0 * l,
            error_probability,
            bias: error_probability * (2.0 + (d / l).sqrt()),
        }
    }

    /// The range of `log p(x) - log q(x)` for `x` drawn from the density `p`, which `q >= w p` bounds
    /// from above by `-log w`; `samples` of them leave it with a quarter of the probability
    /// `1 - level`.
    ///
    /// # Formula
    /// `[-L, -log w]` with `L = log(4 samples/(1 - level))`: `E[q/p] <= 1`, so
    /// `P(log(q/p) > L) <= exp(-L)`.
    #[must_use]
    pub fn log_ratio(weight: f64, samples: u64, level: f64) -> Self {
        let l = (4.0 * samples as f64 / (1.0 - level)).ln();
        let error_probability = (-l).exp();
        Self { lo: -l, hi: -weight.ln(), error_probability, bias: error_probability }
    }

    /// The range of `min(f(X_t), hi)` for the scaled spread `f(X_t) = (alpha^2/sigma^2) tr S` of the posterior of one
    /// of `count` atoms, for the mean of `f` itself: `bias` bounds what is cut off. Also for any part of the spread,
    /// such as that between labels. No dimension is in it, and no distance: where atoms are far apart a posterior is
    /// seldom undecided between them.
    ///
    /// # Formula
    /// With `g_jk = (alpha^2/sigma^2) |y_j - y_k|^2`, `f = sum_jk pi_j pi_k g_jk/2`. The weights `pi_j pi_k/2`,
    /// `j != k`, sum to at most `1/2`, so `(f - hi)_+ <= sum_jk pi_j pi_k (g_jk - 2 hi)_+/2`; and
    /// `E[pi_j pi_k] = integral of w_j w_k p_j p_k/p`, where `p >= 2 sqrt(w_j w_k p_j p_k)`, is at most
    /// `sqrt(w_j w_k) exp(-g_jk/8)/2`. The largest `exp(-g/8) (g - 2 hi)` is `8 exp(-1 - hi/4)`, and the roots
    /// `sqrt(w_j w_k)` sum to at most `count`: `E (f - hi)_+ <= (2 count/e) exp(-hi/4)`. Of an event that `n` samples
    /// never meet [`betting_radius`] is `(4/3) hi L/n`, `L = log(2/(1 - level))`; `hi = 4 log(3 count n/(8 e L))` makes
    /// the sum of both the least, with `bias = (16/3) L/n`.
    ///
    /// # Source
    /// Bhattacharyya's bound on the error of telling two laws apart (1943), for pairs of atoms.
    #[must_use]
    pub fn posterior_spread(count: usize, samples: u64, level: f64) -> Self {
        let (count, odds) = (count as f64, (2.0 / (1.0 - level)).ln() / samples as f64);
        let hi = (4.0 * (3.0 * count / (8.0 * E * odds)).ln()).max(0.0);
        Self { lo: 0.0, hi, error_probability: 0.0, bias: 2.0 * count / E * (-0.25 * hi).exp() }
    }

    /// As [`Range::posterior_spread`], of the spread and of its part between labels, where the distances of the atoms
    /// are known: the sums of `exp(-g/8) (g - 2 hi)_+/4` over pairs then bound what is cut off ([`Gaps::excess`]), for
    /// the part between labels those over pairs of two labels, whose squared distance no two means of labels exceed on
    /// average.
    #[must_use]
    pub fn posterior_spreads(gaps: &Gaps, snr: f64, samples: u64, level: f64) -> [Self; 2] {
        let odds = (2.0 / (1.0 - level)).ln() / samples as f64;
        // The largest useful cut leaves nothing but the least cost of an event that is never met.
        let cuts = || std::iter::once(0.0).chain((0..=120).map(|i| 0.01 * 1.1_f64.powi(i)));
        let found: Vec<(f64, [f64; 2])> = cuts().map(|cut| (cut, gaps.excess(snr, cut))).collect();
        let best = |bias: &dyn Fn(&[f64; 2]) -> f64| {
            let cost = |(cut, excess): &(f64, [f64; 2])| 4.0 / 3.0 * cut * odds + bias(excess);
            let least = found.iter().min_by(|a, b| cost(a).total_cmp(&cost(b)));
            least.map_or(Self::always(0.0, f64::INFINITY), |(cut, excess)| Self {
                lo: 0.0,
                hi: *cut,
                error_probability: 0.0,
                bias: bias(excess),
            })
        };
        [best(&|excess| excess[0] + excess[1]), best(&|excess| excess[1])]
    }

    /// This range where no interval is wider for it than for `other`, or one of an event that is never met by a third
    /// narrower; else `other`.
    #[must_use]
    pub fn instead_of(self, other: Self, samples: u64, level: f64) -> Self {
        let odds = (2.0 / (1.0 - level)).ln() / samples as f64;
        let cost = |range: &Self| 4.0 / 3.0 * range.hi * odds + range.bias;
        let narrower = self.hi <= other.hi && self.bias <= other.bias;
        if narrower || 1.5 * cost(&self) < cost(&other) { self } else { other }
    }

    /// Cut off above at `hi`, where the variable is known to lie below it.
    #[must_use]
    pub fn below(self, hi: f64) -> Self {
        if hi < self.hi { Self { hi, error_probability: 0.0, bias: 0.0, ..self } } else { self }
    }

    /// Length.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.hi - self.lo
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two-sided quantiles by 40-digit root finding on the regularised incomplete beta function
    /// (mpmath): degrees of freedom, probability outside, quantile.
    const STUDENT: [(f64, f64, f64); 9] = [
        (31.0, 0.003, 3.220_558_795_168_841),
        (31.0, 1e-10, 9.529_582_007_067_767),
        (31.0, 1e-15, 14.958_859_138_280_302),
        (63.0, 0.003, 3.087_495_194_284_207_4),
        (63.0, 1e-10, 7.744_183_260_636_27),
        (127.0, 1e-10, 7.053_576_531_764_875),
        (127.0, 1e-15, 9.183_237_190_497_702),
        (1023.0, 0.05, 1.962_285_619_647_268_2),
        (1023.0, 1e-10, 6.535_235_827_021_601),
    ];

    /// A mean that double precision hardly holds has an interval too.
    #[test]
    fn a_subnormal_mean_has_a_radius() {
        let values = [5e-324; 64].map(|v| v * 8.0);
        let radius = betting_radius(&[Moments::of(&values)], &Range::always(0.0, 1.0), 1e-9);
        assert!(radius > 0.0 && radius < 1.0, "{radius:e}");
    }

    #[test]
    fn student_quantiles_are_right_deep_in_the_tail() {
        for (freedom, error_probability, q) in STUDENT {
            let found = student_quantile(freedom, error_probability);
            assert!((found / q - 1.0).abs() < 1e-12, "{freedom} {error_probability}: {found} {q}");
        }
    }

    #[test]
    fn a_level_as_the_registry_asks_it_keeps_its_quantile() {
        let found = student_quantile(127.0, 1.0 - (1.0 - 1e-10));
        assert!((found / 7.053_576_531_764_875 - 1.0).abs() < 1e-7);
    }

    #[test]
    fn the_logarithm_lies_above_its_polynomial() {
        for i in 0..=4000 {
            let x = -0.75 + f64::from(i) * 1e-3;
            assert!(x.ln_1p() >= x - x * x / 2.0 + x.powi(3) / 3.0 - 0.68 * x.powi(4), "{x}");
        }
    }

    /// Bernoulli samples: rare and common events, and what each interval makes of them.
    #[test]
    fn bets_cover_rare_and_common_events_and_beat_bernstein() {
        use crate::stream;
        let (range, error_probability, n) = (Range::always(0.0, 1.0), 0.05, 8192);
        for p in [1e-4, 1e-3, 0.02, 0.3, 0.999] {
            let (mut misses, mut ratio, mut normal) = (0, 0.0, 0.0);
            for seed in 0..300 {
                let mut u = vec![0.0; n];
                stream(seed, 0, 0).fill_unit(&mut u);
                let values: Vec<f64> = u.iter().map(|&u| f64::from(u8::from(u < p))).collect();
                let parts: Vec<Moments> = values.chunks(256).map(Moments::of).collect();
                let total = parts.iter().fold(Moments::default(), |m, p| m.merge(*p));
                let radius = betting_radius(&parts, &range, error_probability);
                misses += u32::from((total.mean - p).abs() > radius);
                ratio += radius / bernstein_radius(n as u64, total.variance(), 1.0, error_probability) / 300.0;
                normal += radius / (2.0 * p * (1.0 - p) * (2.0_f64 / error_probability).ln() / n as f64).sqrt() / 300.0;
            }
            assert!(misses <= 15, "{p}: {misses} of 300 miss");
            assert!(ratio < 0.95, "{p}: {ratio}");
            assert!((0.02..0.98).contains(&p) == (normal < 1.15), "{p}: {normal}");
        }
    }

    /// A range that reaches as far below the mean as above costs no more than half of it.
    #[test]
    fn each_side_has_its_own_reach() {
        let values: Vec<f64> = (0..4096).map(|i| if i % 64 == 0 { 0.1 } else { 0.0 }).collect();
        let parts: Vec<Moments> = values.chunks(128).map(Moments::of).collect();
        let [half, whole] = [0.0, -1.0].map(|lo| betting_radius(&parts, &Range::always(lo, 1.0), 0.003));
        assert!(whole < 1.1 * half && half > 2e-3, "{half} {whole}");
    }

    #[test]
    fn one_spike_widens_the_interval_many_times() {
        let mut values = vec![0.0; 128];
        values[17] = 1.0;
        let e = studentised(&values, 32768, 0.997);
        // A rate of 1/128 seen once: the interval reaches at least seven times the estimate, a mean
        // count of 7 giving at most one event with probability 0.007.
        assert!(e.radius() > 6.0 * e.value(), "{e}");
    }

    /// Two atoms at `1` and `-1`: with `x` drawn from the first, the log-odds are `2 k + 2 sqrt(k) z` at the ratio `k`,
    /// and the scaled spread is `4 k p q`. A trapezoidal sum over `z` in steps of 1e-3 says what a cut takes off its
    /// mean.
    #[test]
    fn what_a_cut_takes_is_within_its_bias() {
        let n = 32_768;
        let loss = |k: f64, hi: f64| {
            let of = |i: i32| {
                let z = f64::from(i) * 1e-3;
                let odds = 2.0 * k + 2.0 * k.sqrt() * z;
                let spread = 4.0 * k / (2.0 + 2.0 * odds.cosh());
                (-0.5 * z * z).exp() * (spread - hi).max(0.0)
            };
            (-12_000..=12_000).map(of).sum::<f64>() * 1e-3 / std::f64::consts::TAU.sqrt()
        };
        // Of atoms whose distance is known, `g = 4 k`.
        let mut gaps = Gaps::default();
        gaps.add(4.0, 1.0, true);
        for level in [0.5, 0.9, 0.997, 1.0 - 1e-9] {
            let range = Range::posterior_spread(2, n, level);
            for k in [0.5 * range.hi, range.hi, range.hi + 4.0, 2.0 * range.hi] {
                assert!(loss(k, range.hi) <= range.bias, "{level} {k}");
                let [_, known] = Range::posterior_spreads(&gaps, k, n, level);
                assert!(loss(k, known.hi) <= known.bias && known.hi <= 1.1 * range.hi, "{level} {k}: {known:?}");
            }
        }
        // Nor is that of a known distance.
        let known = gaps.excess(2.4, 0.0)[1];
        assert!(loss(2.4, 0.0) <= known && loss(2.4, 0.0) > 0.2 * known, "{known}");
        // The bound is not idle: without any spread kept it is within ten times the largest mean, that at k = 2.4.
        let uncut = Range { hi: 0.0, bias: 4.0 / E, ..Range::posterior_spread(2, n, 0.997) };
        assert!(loss(2.4, uncut.hi) > 0.1 * uncut.bias);
        let many = Range::posterior_spread(1797, n, 0.997);
        assert!(many.hi < 0.4 * Range::noise_energy(64, n, 0.997).hi && many.bias < 2e-3, "{many:?}");
    }

    #[test]
    fn ranges_hold_the_normal_energy() {
        let r = Range::noise_energy(64, 32768, 0.997);
        // Exact chi-square tail at the upper end (scipy.stats.chi2.sf) is 4.9e-11, below the bound 2.3e-8.
        assert!(r.hi > 160.0 && r.hi < 170.0 && r.error_probability < 2.4e-8, "{r:?}");
        assert_eq!(r.below(3.0), Range::always(0.0, 3.0));
        assert_eq!(r.below(1e9), r);
    }
}
