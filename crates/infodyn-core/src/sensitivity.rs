//! How far the quantities move when covariances are off.

use crate::{Mixture, NoiseLevel, Profile, Quantity, ulps};

/// Where a formula reads a full covariance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// By its eigenvalues alone.
    Eigenvalues,
    /// In the principal axes of points, too: a coordinate along a short axis loses digits to the long ones.
    Pointwise,
}

impl Mixture {
    /// A profile of this law with radii that also cover the error of its full covariances.
    ///
    /// # Formula
    /// Along `C + s E`, `-d C <= E <= d C`, `0 <= s <= 1`, the log-density `l_k` of component `k` of `X_t` moves by a
    /// function of mean 0 and standard deviation at most `e = d sqrt(D/2)` under it. A mean `E f` moves by
    /// `sum_k w_k E_k[l_k' f] + E[f']`, each by Cauchy-Schwarz at most `e` times a second moment:
    /// with `W = sum w_k log^2 w_k`, `M = 1 + log^2` of the number of labels, `T^2 = sum w_k (tr V_k^-1)^2` and `S` the
    /// smaller of `D sigma^2/alpha^2` and the root mean square of `|mu_k - E X_0|^2 + tr C_k`:
    ///
    /// | quantity | moves by at most |
    /// |---|---|
    /// | `H(X_t)`, `I` | `d (D + sqrt(D (W + 0.55)))`: `log(p/N_k) >= log w_k`, and `log^2 r <= 0.55 r` from 1 on |
    /// | `H(Y given X_t)`; `Var h`, `Var iota`; `phi` | `2 d sqrt(D M)`; `9 d sqrt(D) M`; `3 d sqrt D` |
    /// | `E abs(s)^2`, `E b`; `E lambda_max` | `6 d sqrt(D) T`, twice that; `13 d sqrt(D) T`, of one Gaussian `d/v`, `v` its largest variance, and at points the error of the axes over the smallest |
    /// | `mmse` | `5 d sqrt(D) S`: the posterior mean stays best to first order |
    /// | `E tr S^2` | `24 d sqrt(D) R`, `R` the smaller of `sqrt(D(D + 2)(D + 4)(D + 6)) sigma^4/alpha^4` and `sqrt 105` times the root of the mean of `(abs(mu_k - E X_0)^2 + tr C_k)^4`: of `l'` and of twice its product with fourth powers of `X_0 - m`, each at most 16 times those of `X_0` less a constant, whose eighth powers have means `R^2` |
    /// | variances of `X_0`'s own surprisal | `d sqrt(D) Q (3 Q + 4)`, `Q` a bound of its fourth moment's root |
    ///
    /// `d` is the relative error of a covariance's spectrum times its share `alpha^2 C/(alpha^2 C + sigma^2)`;
    /// pointwise readings add `2 D` units in the last place, and the skewness of the axes, of the longest distance over
    /// the shortest axis. `1.1` covers what is not first order.
    #[must_use]
    pub fn widened(&self, profile: Profile, level: &NoiseLevel, reading: Reading) -> Profile {
        let full: Vec<usize> = (0..self.components()).filter(|&k| self.covariance(k).axes().is_some()).collect();
        if full.is_empty() {
            return profile;
        }
        let by = Sensitivity::new(self, &full, level, reading);
        let mut widened = Profile::new();
        for (quantity, estimate) in profile.iter() {
            let moved = 1.1 * by.of(quantity);
            widened.set(quantity, if moved == 0.0 { estimate } else { estimate.widened(moved) });
        }
        widened
    }

    /// `d` at a level: see [`Mixture::widened`].
    fn spectral_error(&self, full: &[usize], level: &NoiseLevel, reading: Reading) -> f64 {
        let (a2, s2) = (level.alpha() * level.alpha(), level.sigma2());
        let share = |l: f64| if l > 0.0 { a2 * l / (a2 * l + s2) } else { 0.0 };
        let variances = |k: usize| (0..self.dim()).map(move |i| self.covariance(k).eigenvalue(i));
        let spectral = full
            .iter()
            .map(|&k| self.covariance(k).error() * share(variances(k).fold(0.0, f64::max)))
            .fold(0.0, f64::max);
        if reading == Reading::Eigenvalues {
            return spectral;
        }
        let all = 0..self.components();
        let longest = all.clone().flat_map(variances).fold(0.0, f64::max);
        let apart = all.map(|k| self.distance2(0, k)).fold(0.0, f64::max);
        let axes = full.iter().flat_map(|&k| variances(k)).filter(|l| a2 * l + s2 > 0.0);
        let shortest = axes.map(|l| a2 * l + s2).fold(f64::INFINITY, f64::min);
        let rounding = ulps::coordinate(self.dim()) * f64::EPSILON;
        let units = full.iter().map(|&k| self.covariance(k).skew()).fold(rounding, f64::max);
        spectral + units * ((a2 * (longest + 4.0 * apart) + s2) / shortest).sqrt()
    }

    fn distance2(&self, i: usize, j: usize) -> f64 {
        self.mean(i).iter().zip(self.mean(j)).map(|(a, b)| (a - b) * (a - b)).sum()
    }
}

/// The numbers of [`Mixture::widened`] at one level.
struct Sensitivity {
    dim: f64,
    components: usize,
    labels: usize,
    has_density: bool,
    /// `d` at the level, at no noise, and the share of the former that the axes alone have.
    d: f64,
    data: f64,
    axes: f64,
    w: f64,
    m: f64,
    t: f64,
    /// `1/v` of the largest and of the smallest variance `v` of the first component in `X_t`.
    widest: f64,
    narrowest: f64,
    s: f64,
    r: f64,
    q: f64,
    half_g2: f64,
    snr: f64,
    s2: f64,
}

impl Sensitivity {
    fn new(law: &Mixture, full: &[usize], level: &NoiseLevel, reading: Reading) -> Self {
        let (a2, s2, dim) = (level.alpha() * level.alpha(), level.sigma2(), law.dim() as f64);
        let logs = |power: i32| law.weights().iter().map(|w| w * w.ln().powi(power)).sum::<f64>();
        let centre = law.total_mean();
        let mean_square = |of: &dyn Fn(usize) -> f64| {
            law.weights().iter().enumerate().map(|(k, w)| w * of(k).powi(2)).sum::<f64>().sqrt()
        };
        let over_axes =
            |k: usize, f: &dyn Fn(f64) -> f64| (0..law.dim()).map(|i| f(law.covariance(k).eigenvalue(i))).sum::<f64>();
        let second = |k: usize| {
            let off = law.mean(k).iter().zip(centre.iter()).map(|(m, c)| (m - c) * (m - c)).sum::<f64>();
            off + over_axes(k, &|l| l)
        };
        let (spread, fourth) = (mean_square(&second), mean_square(&|k| second(k).powi(2)));
        let eighth = dim * (dim + 2.0) * (dim + 4.0) * (dim + 6.0);
        let entropies = (0..law.components())
            .map(|k| 0.5 * over_axes(k, &|l| if l > 0.0 { (s2 * l / (a2 * l + s2)).ln() } else { 0.0 }));
        let (low, high) = entropies.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
        let d = law.spectral_error(full, level, reading);
        let variances = || (0..law.dim()).map(|i| a2 * law.covariance(0).eigenvalue(i) + s2);
        Self {
            dim,
            components: law.components(),
            labels: law.label_weights().len(),
            has_density: law.has_density(),
            d,
            data: law.spectral_error(full, &NoiseLevel::DATA, reading),
            axes: d - law.spectral_error(full, level, Reading::Eigenvalues),
            w: if law.components() == 1 { 0.0 } else { logs(2) + 0.55 },
            m: 1.0 + (law.label_weights().len() as f64).ln().powi(2),
            t: mean_square(&|k| over_axes(k, &|l| 1.0 / (a2 * l + s2))),
            widest: 1.0 / variances().fold(0.0, f64::max),
            narrowest: 1.0 / variances().fold(f64::INFINITY, f64::min),
            s: spread.min(dim * s2 / a2),
            r: (eighth.sqrt() * (s2 / a2).powi(2)).min(105.0_f64.sqrt() * fourth),
            q: 3.0 * dim.sqrt() + (high - low) + 2.0 * logs(4).sqrt().sqrt() + 3.0,
            half_g2: 0.5 * level.g2(),
            snr: level.snr(),
            s2,
        }
    }

    /// `H` of a density whose covariances are off by `d`.
    fn entropy(&self, d: f64) -> f64 {
        d * (self.dim + (self.dim * self.w).sqrt())
    }

    /// What a quantity may have moved by, to first order.
    fn of(&self, quantity: Quantity) -> f64 {
        let root = self.dim.sqrt();
        let label = if self.labels == 1 { 0.0 } else { self.d * root };
        let norm2 = 6.0 * self.d * root * self.t;
        let mmse = 5.0 * self.d * root * self.s;
        match quantity {
            Quantity::MarginalEntropy | Quantity::MutualInformation => self.entropy(self.d),
            Quantity::ConditionalEntropy if self.has_density => self.entropy(self.d) + self.entropy(self.data),
            Quantity::ConditionalEntropy => 0.0,
            Quantity::MarginalEntropyRate => self.half_g2 * norm2,
            Quantity::ConditionalEntropyRate => self.half_g2 * self.snr / self.s2 * mmse,
            Quantity::MeanScoreDivergence | Quantity::MeanScoreNorm2 => norm2,
            Quantity::Mmse => mmse,
            Quantity::PosteriorSquareTrace => 24.0 * self.d * root * self.r,
            Quantity::BandwidthFraction => self.snr / self.dim * mmse,
            Quantity::LabelEntropy => 2.0 * label * self.m.sqrt(),
            Quantity::LabelEntropyRate if self.labels == 1 => 0.0,
            Quantity::LabelEntropyRate => self.half_g2 * 2.0 * norm2,
            Quantity::LabelPosteriorEntropyVariance | Quantity::LabelSurprisalVariance => 9.0 * label * self.m,
            Quantity::CloneAgreement => 3.0 * label,
            // Of one Gaussian it is -1/v for the largest variance v, which moves by its share d; at a point it is one
            // eigenvalue of a matrix whose largest belongs to the smallest variance.
            Quantity::MeanTopEigenvalue if self.components == 1 => self.d * self.widest + self.axes * self.narrowest,
            Quantity::MeanTopEigenvalue => 13.0 * self.d * root * self.t,
            // Of one Gaussian they are 0 and half the rank, whatever its covariance.
            Quantity::PosteriorEntropyVariance | Quantity::SurprisalVariance => {
                let d = if self.components == 1 { self.axes } else { self.d.max(self.data) };
                d * root * self.q * (3.0 * self.q + 4.0)
            }
        }
    }
}
