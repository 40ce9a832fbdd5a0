//! What a law cannot exceed where there is much noise.

use infodyn_core::{Estimate, Law, ulps};

/// Bounds on the quantities whose peaks are looked for, that take no sample.
pub(super) struct Bounds {
    /// Half of the trace of the covariance; infinite where that is not known.
    half_variance: f64,
    /// `H(Y)`, `log K` of `K` labels, and what the bound on the variance is multiplied by.
    label_entropy: f64,
    most_entropy: f64,
    of_variance: f64,
}

impl Bounds {
    /// Those of a law.
    ///
    /// # Formula
    /// With `V` the trace of the covariance and `gamma` the signal-to-noise ratio, `I(Y;X_t) <= I(X_0;X_t) <= gamma
    /// V/2`; both rates, per unit of `log gamma`, are parts of `gamma mmse/2`, and at most as much. With `n` the
    /// divergence of the label's posterior from its prior `w`, whose mean is `I(Y;X_t)`, `R = log(max w/min w)` and `n
    /// <= M = log(1/min w)`, by Pinsker's inequality `abs(h - H(Y)) <= n + R (n/2)^(1/2)`, so that `Var h <= I(Y;X_t)
    /// (M^(1/2) + R/2^(1/2))^2`.
    pub(super) fn new(law: &dyn Law) -> Self {
        let Some(mixture) = law.mixture() else {
            let none = f64::INFINITY;
            return Self { half_variance: none, label_entropy: 0.0, most_entropy: 0.0, of_variance: 1.0 };
        };
        let (count, dim) = (mixture.components(), mixture.dim());
        let centre = mixture.total_mean();
        let own = |k: usize| (0..dim).map(|i| mixture.covariance(k).eigenvalue(i)).sum::<f64>();
        let shared = mixture.shared_covariance().map(|_| own(0));
        let square = |k: usize| mixture.mean(k).iter().zip(centre.iter()).map(|(x, c)| (x - c) * (x - c)).sum::<f64>();
        let variance: f64 =
            (0..count).map(|k| mixture.weights()[k] * (square(k) + shared.unwrap_or_else(|| own(k)))).sum();
        let units = ulps::sum(count) + ulps::sum(2 * dim) + ulps::operations(8);
        let variance = Estimate::rounded(variance, units);
        let weights = mixture.label_weights();
        let least = weights.iter().copied().fold(1.0, f64::min);
        let most = weights.iter().copied().fold(0.0, f64::max);
        Self {
            half_variance: 0.5 * (variance.value() + variance.radius()),
            label_entropy: -weights.iter().map(|&w| infodyn_core::stable::x_ln_x(w)).sum::<f64>(),
            most_entropy: (weights.len() as f64).ln(),
            of_variance: ((1.0 / least).ln().sqrt() + (0.5_f64).sqrt() * (most / least).ln()).powi(2),
        }
    }

    /// What `X_t` can say of `X_0`, at most, nats; neither rate per unit of `log snr` is more.
    pub(super) fn information(&self, snr: f64) -> f64 {
        snr * self.half_variance
    }

    /// `Var h` at most.
    pub(super) fn variance(&self, snr: f64) -> f64 {
        (self.information(snr) * self.of_variance).min(0.25 * self.most_entropy * self.most_entropy)
    }

    /// `H(Y given X_t)` at least.
    pub(super) fn label_entropy(&self, snr: f64) -> f64 {
        (self.label_entropy - self.information(snr)).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use infodyn_closed_form::MixtureLaw;
    use infodyn_core::{Channel, Covariance, Mixture, NoiseProcess, Quantity, profile};
    use infodyn_quadrature::Quadrature;

    use super::*;

    /// Against integration: no bound is crossed at any level, and that on the conditional rate is met in the noise.
    #[test]
    fn nothing_exceeds_its_bound() {
        let means = [[0.0], [2.0], [-1.0]].map(|m| m.to_vec());
        let widths = Covariance::isotropics(&[0.1, 0.3, 0.0]).unwrap();
        let law = Mixture::new(&[0.7, 0.05, 0.25], &means, widths).unwrap();
        let law: Arc<dyn Law> = MixtureLaw::of(law);
        let bounds = Bounds::new(&*law);
        for i in -60..20 {
            let snr = (0.2 * f64::from(i)).exp();
            let channel = Channel::new(Arc::clone(&law), NoiseProcess::Ve, 1.0 / snr).unwrap();
            let asked = [
                Quantity::ConditionalEntropyRate,
                Quantity::LabelEntropyRate,
                Quantity::LabelPosteriorEntropyVariance,
                Quantity::LabelEntropy,
            ];
            let found = profile(&Quadrature, &channel, &asked).unwrap();
            let [rate, of_label, variance, entropy] = asked.map(|q| found.get(q).unwrap().value());
            // Per unit of log snr.
            let [rate, of_label] = [rate, of_label].map(|r| r / snr);
            let most = bounds.information(snr);
            assert!(of_label <= most && rate <= most, "{snr}: {rate} {of_label} {most}");
            assert!(snr > 1e-4 || rate > 0.99 * most, "{snr}: {rate} {most}");
            assert!(variance <= bounds.variance(snr), "{snr}: {variance}");
            assert!(entropy >= bounds.label_entropy(snr), "{snr}: {entropy}");
        }
        // All that the variance can be of three labels, and all of their entropy.
        assert!((bounds.variance(1e9) - 0.25 * 3.0_f64.ln().powi(2)).abs() < 1e-15);
        assert!(
            bounds.label_entropy(1e9) == 0.0 && (bounds.label_entropy(0.0) - entropy(&[0.7, 0.05, 0.25])).abs() < 1e-15
        );
    }

    fn entropy(weights: &[f64]) -> f64 {
        -weights.iter().map(|w| w * w.ln()).sum::<f64>()
    }
}
