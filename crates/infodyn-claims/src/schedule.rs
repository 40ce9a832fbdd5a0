//! Laws by their signal-to-noise ratio, and the transition kernels of those on a line, for the claims about samplers.

use infodyn_core::stable::ln_sum_exp;
use infodyn_core::{Detail, Estimate, Mixture, NoiseProcess, ulps};

use crate::bells::{Bells, REACH, TAIL};
use crate::{Case, NamedLaw, Result, rates};

/// `KL(N(0, r v), N(0, v)) = (r - 1 - log r)/2`, nats.
pub(crate) fn kl(ratio: Estimate) -> Estimate {
    (ratio - 1 - ratio.ln()) / 2
}

/// A decimal of theory.md, with half a unit of its last place.
pub(crate) fn decimal(value: f64, last_place: f64) -> Estimate {
    Estimate::near(value).widened(0.5 * last_place)
}

/// What a denoiser says where the exact one says `m`, at `y = alpha x/sigma^2`.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Denoiser {
    /// The posterior mean.
    Exact,
    /// `0.9 m + 0.2 + 0.1 tanh y`.
    Bent,
}

impl Denoiser {
    pub(crate) fn says(self, m: f64, y: f64) -> f64 {
        match self {
            Self::Exact => m,
            Self::Bent => 0.9 * m + 0.2 + 0.1 * y.tanh(),
        }
    }
}

/// A law by its signal-to-noise ratio `gamma`, which may be 0.
#[derive(Clone)]
pub(crate) struct BySnr(pub(crate) NamedLaw);

impl BySnr {
    /// On a line.
    pub(crate) fn line(name: &'static str, weights: &[f64], means: &[f64], variances: &[f64]) -> Result<Self> {
        let means: Vec<Vec<f64>> = means.iter().map(|&m| vec![m]).collect();
        let covariances = infodyn_core::Covariance::isotropics(variances)?;
        Ok(Self(NamedLaw::new(name, Mixture::new(weights, &means, covariances)?)))
    }

    /// Atoms at 1 and -1.
    pub(crate) fn pair(name: &'static str, weight: f64) -> Result<Self> {
        Self::line(name, &[weight, 1.0 - weight], &[1.0, -1.0], &[0.0; 2])
    }

    fn law(&self) -> &Mixture {
        &self.0.law
    }

    fn at(&self, snr: f64) -> Result<Case> {
        self.0.under(NoiseProcess::Ve, 1.0 / snr)
    }

    /// A number read at `gamma` where `1/gamma` was: its rounding moves what falls like `exp(-gamma r^2/8)`, `r` the
    /// largest distance of two means.
    fn read(&self, snr: f64, value: Estimate) -> Estimate {
        let law = self.law();
        let far = |k: usize| law.mean(k).iter().zip(law.mean(0)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
        let most = (0..law.components()).map(far).fold(0.0, f64::max);
        value.widened(ulps::exp(0.5 * snr * most, ulps::ELEMENTARY) * f64::EPSILON * value.value().abs())
    }

    /// `E|X_0 - m|^2` and, on a line, `E S^2`, by integration.
    pub(crate) fn curve(&self, snr: f64) -> Result<[Estimate; 2]> {
        if snr == 0.0 {
            let variance = self.law().total_covariance().trace();
            let variance = Estimate::rounded(variance, ulps::SAMPLE);
            return Ok([variance, variance * variance]);
        }
        let means = self.at(snr)?.mean(Detail::SCORES, 2, |s, out| {
            (out[0], out[1]) = (s.posterior_trace(), s.posterior_trace() * s.posterior_trace());
        })?;
        Ok([0, 1].map(|i| self.read(snr, means[i])))
    }

    /// `E|X_0 - m_theta|^2` of a law on a line.
    pub(crate) fn loss(&self, snr: f64, denoiser: Denoiser, share: f64) -> Result<Estimate> {
        let mmse = self.curve(snr)?[0];
        if denoiser == Denoiser::Exact {
            return Ok(mmse);
        }
        let law = self.law();
        let off = if snr == 0.0 {
            let mean: f64 = law.weights().iter().enumerate().map(|(k, w)| w * law.mean(k)[0]).sum();
            let off = denoiser.says(mean, 0.0) - mean;
            Estimate::rounded(off * off, ulps::SAMPLE)
        } else {
            self.at(snr)?.mean_of(Detail::MEAN_OFFSET, |s| {
                let m = s.mean_offset()[0] + law.mean(s.anchor())[0];
                (denoiser.says(m, snr * s.x(0)) - m).powi(2)
            })?
        };
        Ok(mmse + off * Estimate::given(share))
    }

    /// The mean of a function of `y`, of a law on a line at a positive level.
    pub(crate) fn mean_at(&self, snr: f64, f: impl Fn(&Mixture, f64) -> f64 + Sync) -> Result<Estimate> {
        self.at(snr)?.mean_of(Detail::empty(), |s| f(self.law(), snr * s.x(0)))
    }

    /// `E log(1 + delta S)`, of a law on a line.
    pub(crate) fn mean_log_spread(&self, snr: f64, delta: f64) -> Result<Estimate> {
        let mean = self.at(snr)?.mean(Detail::SCORES, 1, |s, out| out[0] = (delta * s.posterior_trace()).ln_1p())?[0];
        Ok(self.read(snr, mean))
    }

    /// `I(X_0;X_t)`, by the entropy of the marginal alone.
    pub(crate) fn information(&self, snr: f64) -> Result<Estimate> {
        if snr == 0.0 {
            return Ok(Estimate::ZERO);
        }
        // It grows by D/2 at most per unit of log gamma.
        let moved = ulps::SNR * f64::EPSILON * self.0.law.dim() as f64;
        Ok(self.read(snr, rates::information(&self.at(snr)?)?).widened(moved))
    }

    /// The information gained from the first of the levels to the last.
    pub(crate) fn gained(&self, snrs: &[f64]) -> Result<Estimate> {
        Ok(self.information(snrs[snrs.len() - 1])? - self.information(snrs[0])?)
    }

    /// The path divergence of the ancestral sampler with the exact denoiser.
    pub(crate) fn lost(&self, snrs: &[f64]) -> Result<Estimate> {
        let losses: Vec<Estimate> =
            snrs[..snrs.len() - 1].iter().map(|&g| Ok(self.curve(g)?[0])).collect::<Result<_>>()?;
        let variance = infodyn_samplers::Variance::Small;
        Ok(infodyn_samplers::path_divergence(snrs, self.0.law.dim(), variance, &losses, self.gained(snrs)?)?)
    }
}

/// The posterior at `y`: weights of the components, and mean and variance of `X_0` given each.
fn posterior(law: &Mixture, snr: f64, y: f64) -> Vec<[f64; 3]> {
    let parts: Vec<[f64; 3]> = (0..law.components())
        .map(|k| {
            let (w, mu, q) = (law.weights()[k], law.mean(k)[0], law.covariance(k).eigenvalue(0));
            let (v, gap) = (snr * (1.0 + snr * q), y - snr * mu);
            let at = if snr == 0.0 { 0.0 } else { -0.5 * (gap * gap / v + (std::f64::consts::TAU * v).ln()) };
            [w.ln() + at, (mu + q * y) / (1.0 + snr * q), q / (1.0 + snr * q)]
        })
        .collect();
    let total = ln_sum_exp(&parts.iter().map(|p| p[0]).collect::<Vec<_>>());
    parts.into_iter().map(|[l, m, s]| [(l - total).exp(), m, s]).collect()
}

/// Mean, variance and third cumulant of `X_0` given `y`, of a law on a line.
pub(crate) fn cumulants(law: &Mixture, snr: f64, y: f64) -> [f64; 3] {
    let parts = posterior(law, snr, y);
    let mean: f64 = parts.iter().map(|[w, m, _]| w * m).sum();
    let central = |f: fn(f64, f64) -> f64| parts.iter().map(|&[w, m, s]| w * f(m - mean, s)).sum::<f64>();
    [mean, central(|d, s| d * d + s), central(|d, s| d * d * d + 3.0 * d * s)]
}

/// The trapezoidal rules of steps `2 h` and `h`, for functions that vanish beyond `[lo, hi]`: each of its own.
///
/// # Accuracy
/// The rounding of the sums, and of the nodes: by as much moves a sum, at most, per unit of variation.
fn trapezoid([lo, hi]: [f64; 2], h: f64, mut f: impl FnMut(f64) -> [Estimate; 2]) -> [Estimate; 2] {
    let (first, last) = ((lo / h).floor() as i64, (hi / h).ceil() as i64);
    let (mut sums, mut before, mut variation) = ([Estimate::ZERO; 2], 0.0, 0.0);
    for i in first..=last {
        let [coarse, fine] = f(i as f64 * h);
        if i % 2 == 0 {
            sums[0] = sums[0] + coarse;
        }
        sums[1] = sums[1] + fine;
        variation += (fine.value() - before).abs();
        before = fine.value();
    }
    let moved = ulps::OPERATION * f64::EPSILON * lo.abs().max(hi.abs()) * variation;
    [(sums[0], 2.0 * h), (sums[1], h)].map(|(sum, h)| (sum * Estimate::given(h)).widened(moved))
}

/// The hull of Gaussians given by mean and variance, out to [`REACH`].
fn hull(parts: impl Iterator<Item = (f64, f64)>) -> [f64; 2] {
    parts.fold([f64::INFINITY, f64::NEG_INFINITY], |[lo, hi], (m, v)| {
        [lo.min(m - REACH * v.sqrt()), hi.max(m + REACH * v.sqrt())]
    })
}

/// The noise of a step of a sampler on a line, in the clock `y`, where the step in `gamma` is `delta`.
pub(crate) type NoiseOf<'a> = &'a (dyn Fn(f64, f64, f64) -> f64 + Sync);

/// `KL(truth || sampler)` of the states at `snrs`, the sum over the steps of `E KL(p(y'|y), N(y + Delta m_theta, V))`,
/// as double integrals of the kernels themselves; `noise(from, to, S(y))` is `V`. No mean-square error and no entropy
/// is taken.
///
/// # Accuracy
/// The trapezoidal rule, exponentially accurate for what is analytic and vanishes at both ends, at two steps; what lies
/// beyond [`REACH`]; and the rounding of every term.
pub(crate) fn transitions(law: &Mixture, snrs: &[f64], denoiser: Denoiser, noise: NoiseOf<'_>) -> Estimate {
    let step = |p: &[f64]| {
        let [coarse, fine] = step(law, [p[0], p[1]], denoiser, noise);
        fine.widened((fine.value() - coarse.value()).abs())
    };
    snrs.windows(2).map(step).sum()
}

/// One step, by either rule.
fn step(law: &Mixture, [from, to]: [f64; 2], denoiser: Denoiser, noise: NoiseOf<'_>) -> [Estimate; 2] {
    let (delta, h) = (to - from, 0.05);
    let given = |y: f64| {
        let parts = posterior(law, from, y);
        let mean: f64 = parts.iter().map(|[w, m, _]| w * m).sum();
        let variance: f64 = parts.iter().map(|[w, m, s]| w * (s + (m - mean) * (m - mean))).sum();
        let (guess, v) = (delta * denoiser.says(mean, y), noise(from, to, variance));
        // A component of less weight counts for less than what is left out at the ends.
        let kernel = |[w, m, s]: &[f64; 3]| [*w, delta * m, delta * (1.0 + delta * s)];
        let kernels: Vec<[f64; 3]> = parts.iter().filter(|p| p[0] > 1e-30).map(kernel).collect();
        let truth = Bells::of_parts(kernels.iter().copied());
        let height = (Estimate::near(std::f64::consts::TAU) * Estimate::given(v)).ln();
        let inside = trapezoid(hull(kernels.iter().map(|k| (k[1], k[2]))), h * delta.sqrt(), |d| {
            let log = truth.ln_density(d);
            let gap = Estimate::given(d) - Estimate::given(guess);
            let sampler = -(gap * gap / Estimate::given(v) + height) / 2;
            [log.exp() * (log - sampler); 2]
        });
        // The ratio of logarithms is below `(1 + z^2)` times this, and moves by as much with the numbers that it is of.
        let size = 1.0 + kernels.iter().map(|[_, m, own]| (own + (m - guess) * (m - guess)) / v).fold(1.0, f64::max);
        inside.map(|i| i.widened((TAIL + ulps::SAMPLE * f64::EPSILON) * size))
    };
    if from == 0.0 {
        return given(0.0);
    }
    let part =
        |k: usize| [law.weights()[k], from * law.mean(k)[0], from * (1.0 + from * law.covariance(k).eigenvalue(0))];
    let parts: Vec<[f64; 3]> = (0..law.components()).map(part).collect();
    let marginal = Bells::of_parts(parts.iter().copied());
    let mut most = 0.0_f64;
    let sums = trapezoid(hull(parts.iter().map(|p| (p[1], p[2]))), h * from.sqrt(), |y| {
        let log = marginal.ln_density(y);
        // Between components far apart there is less than beyond them.
        if log.value() < -60.0 {
            return [Estimate::ZERO; 2];
        }
        let inside = given(y);
        most = most.max(inside[1].value().abs());
        inside.map(|i| log.exp() * i)
    });
    // Beyond, what is inside grows as `z^2` at most.
    sums.map(|sum| sum.widened(TAIL * (1.0 + most)))
}

/// A clock whose rate is known: its integral by Gauss-Legendre panels, within each of which the rate is the
/// polynomial through its nodes.
pub(crate) struct Clock {
    /// Nodes and weights on `[0, 1]`.
    rule: Vec<(f64, f64)>,
    edges: Vec<f64>,
    /// The clock at each edge, and the rate at the nodes of the panel after it.
    sums: Vec<f64>,
    rates: Vec<Vec<f64>>,
}

impl Clock {
    const PANELS: usize = 40;

    /// Panels that widen from `from` on, by a factor of 3000 in all: the rates of this family vary as fast as near
    /// `gamma = 0`, or more slowly.
    pub(crate) fn new([from, to]: [f64; 2], rate: impl Fn(f64) -> Result<f64>) -> Result<Self> {
        let place = |i: usize| from + (to - from) * (8.0 * i as f64 / Self::PANELS as f64).exp_m1() / 8.0_f64.exp_m1();
        let edges: Vec<f64> = (0..=Self::PANELS).map(|i| if i == Self::PANELS { to } else { place(i) }).collect();
        let rule = crate::case::pathwise::gauss_legendre(10);
        let (mut sums, mut rates) = (vec![0.0], Vec::new());
        for (i, p) in edges.windows(2).enumerate() {
            let read = rule.iter().map(|(x, _)| rate(p[0] + (p[1] - p[0]) * x)).collect::<Result<Vec<f64>>>()?;
            let mean: f64 = rule.iter().zip(&read).map(|((_, w), r)| w * r).sum();
            sums.push(sums[i] + mean * (p[1] - p[0]));
            rates.push(read);
        }
        Ok(Self { rule, edges, sums, rates })
    }

    /// The clock at a place within the range, from 0 at its start.
    pub(crate) fn at(&self, x: f64) -> f64 {
        let i = self.edges.partition_point(|&e| e <= x).clamp(1, Self::PANELS) - 1;
        let (lo, hi) = (self.edges[i], self.edges[i + 1]);
        let part = (x - lo) / (hi - lo);
        let lagrange = |j: usize, s: f64| {
            let others = self.rule.iter().enumerate().filter(|(k, _)| *k != j);
            others.map(|(_, (x, _))| (s - x) / (self.rule[j].0 - x)).product::<f64>()
        };
        let rate = |s: f64| self.rates[i].iter().enumerate().map(|(j, r)| r * lagrange(j, s)).sum::<f64>();
        self.sums[i] + (x - lo) * self.rule.iter().map(|(s, w)| w * rate(part * s)).sum::<f64>()
    }
}
