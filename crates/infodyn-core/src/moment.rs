//! The expectations from which the quantities are put together.

use std::f64::consts::TAU;

use crate::stable::Sum;
use crate::{Channel, Detail, Estimate, Support, ulps};

/// An expectation of the theory: what a [`Route`](crate::Route) is asked for.
///
/// Under the truth of a [`Channel`], of what its model says. Entropies and divergences are in nats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    /// `E[-log p_t(X_t)]`.
    Entropy,
    /// `E[-log p_0(X_0)]`, of a law with a density.
    DataEntropy,
    /// `E[-log p(X_t given X_0)]`.
    KernelEntropy,
    /// `E|s|^2`.
    ScoreNorm2,
    /// `E div s`.
    ScoreDivergence,
    /// `E lambda_max(grad s)`.
    TopEigenvalue,
    /// `E tr S`, `S` the posterior covariance.
    PosteriorTrace,
    /// `E tr S^2`.
    PosteriorSquareTrace,
    /// `E` of the entropy of the component's posterior.
    ComponentEntropy,
    /// `E KL` of the component's posterior from its prior.
    ComponentInformation,
    /// `I(X_0; X_t given the component)`.
    WithinInformation,
    /// `Var` of the entropy of the component's posterior.
    ComponentEntropyVariance,
    /// `Var` of the surprisal of the true component.
    ComponentSurprisalVariance,
    /// `E h`, `h` the entropy of the label's posterior.
    LabelEntropy,
    /// `E b`, `b = sum_y pi_y |s_y - s|^2`.
    LabelProduction,
    /// `E sum_y pi_y^2`.
    LabelAgreement,
    /// `Var h`.
    LabelEntropyVariance,
    /// `Var` of the surprisal of the true label.
    LabelSurprisalVariance,
    /// `E[-log p(X_0 given X_t)]`, of a law with a density.
    DataSurprisal,
    /// `Var[-log p(X_0 given X_t)]`, of a law with a density.
    DataSurprisalVariance,
    /// `Var` over `X_t` of the entropy of `p(X_0 given X_t)`, of a law with a density.
    DataEntropyVariance,
}

impl Moment {
    /// Whether it adds over independent factors of a law, of which one has all components and labels.
    pub(crate) fn adds(self) -> bool {
        !matches!(self, Self::TopEigenvalue | Self::LabelAgreement)
    }

    /// What it takes of an [`Observation`](crate::Observation) beyond the log-densities, where it is the mean or the
    /// variance of a field.
    #[must_use]
    pub const fn detail(self) -> Detail {
        match self {
            Self::ScoreNorm2 => Detail::SCORE,
            Self::ScoreDivergence => Detail::SCORE_DIVERGENCE,
            Self::PosteriorTrace => Detail::POSTERIOR_TRACE,
            Self::ComponentEntropy | Self::ComponentEntropyVariance => Detail::COMPONENT_ENTROPY,
            Self::ComponentInformation => Detail::COMPONENT_INFORMATION,
            Self::ComponentSurprisalVariance => Detail::COMPONENT_SURPRISAL,
            Self::LabelEntropy | Self::LabelEntropyVariance => Detail::LABEL_ENTROPY,
            Self::LabelSurprisalVariance => Detail::LABEL_SURPRISAL,
            Self::LabelAgreement => Detail::LABEL_AGREEMENT,
            Self::LabelProduction => Detail::LABEL_PRODUCTION,
            _ => Detail::empty(),
        }
    }

    /// What it is where there is one label, or one component, so that nothing is left to learn of it.
    pub(crate) fn trivial(self, components: usize, labels: usize) -> Option<f64> {
        match self {
            Self::LabelAgreement => (labels == 1).then_some(1.0),
            Self::LabelEntropy | Self::LabelProduction | Self::LabelEntropyVariance | Self::LabelSurprisalVariance => {
                (labels == 1).then_some(0.0)
            }
            Self::ComponentEntropy
            | Self::ComponentInformation
            | Self::ComponentEntropyVariance
            | Self::ComponentSurprisalVariance => (components == 1).then_some(0.0),
            _ => None,
        }
    }
}

/// One Gaussian coordinate `X_0 ~ N(mu, q)` seen through a channel, in closed form. It has one component and one label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coordinate {
    /// Variance in `X_0`.
    q: f64,
    alpha: f64,
    /// Variance of the true noise, and of what the model takes it for.
    sigma2: f64,
    believed: f64,
}

impl Coordinate {
    /// A coordinate of variance `q >= 0` in `X_0`.
    #[must_use]
    pub fn new(channel: &Channel, q: f64) -> Self {
        let level = channel.level();
        Self { q, alpha: level.alpha(), sigma2: level.sigma2(), believed: channel.believed(&level).sigma2() }
    }

    /// Its part of a moment; moments add over independent coordinates, but for [`Moment::TopEigenvalue`] and
    /// [`Moment::LabelAgreement`]. `None` where it has no such part: an entropy of `X_0` when `q = 0`.
    ///
    /// # Formula
    /// With `s2` the noise that the model believes in, `v = alpha^2 q + s2` and `V` the true variance of `X_t`:
    /// `-log p_t` has mean `(log 2 pi v + V/v)/2`; `E|s|^2 = V/v^2`; `div s = -1/v`; `S = s2 q/v`;
    /// `I = log(1 + alpha^2 q/s2)/2`; `-log p(X_0 given X_t)` has mean `(log 2 pi S + e/S)/2` and variance `(e/S)^2/2`,
    /// `e = E(X_0 - E[X_0 given X_t])^2`, which is `S` for a true model.
    ///
    /// # Source
    /// theory.md B1 to B3, B6, D4 read on a Gaussian.
    ///
    /// # Accuracy
    /// The units of fifteen operations in every term; of a logarithm also of 1, for its argument is rounded.
    #[must_use]
    pub fn mean(&self, moment: Moment) -> Option<Estimate> {
        let Self { q, alpha, sigma2, believed } = *self;
        let signal = alpha * alpha * q;
        let (truth, v) = (signal + sigma2, signal + believed);
        const UNITS: f64 = ulps::operations(15);
        let rounded = |x: f64| Estimate::rounded(x, UNITS);
        let gaussian = |variance: f64, ratio: f64| {
            let (log, rest) = (0.5 * (TAU * variance).ln(), 0.5 * ratio);
            Estimate::new(log + rest, UNITS * f64::EPSILON * (log.abs() + rest + 1.0))
        };
        // S, and E(X_0 - E[X_0 given X_t])^2 over it.
        let spread = believed * q / v;
        let ratio = 1.0 + signal * (sigma2 - believed) / (believed * v);
        Some(match moment {
            Moment::Entropy => gaussian(v, truth / v),
            Moment::KernelEntropy => gaussian(believed, sigma2 / believed),
            Moment::ScoreNorm2 => rounded(truth / (v * v)),
            Moment::ScoreDivergence | Moment::TopEigenvalue => rounded(-1.0 / v),
            Moment::PosteriorTrace => rounded(spread),
            Moment::PosteriorSquareTrace => rounded(spread * spread),
            Moment::WithinInformation => rounded(0.5 * (signal / believed).ln_1p()),
            Moment::DataEntropy if q > 0.0 => gaussian(q, 1.0),
            Moment::DataSurprisal if q > 0.0 => gaussian(spread, ratio),
            Moment::DataEntropy | Moment::DataSurprisal => return None,
            Moment::DataSurprisalVariance => rounded(if q > 0.0 { 0.5 * ratio * ratio } else { 0.0 }),
            other => Estimate::given(other.trivial(1, 1).unwrap_or(0.0)),
        })
    }
}

/// A sum in which nothing is lost but what the terms are off by.
fn sum(terms: impl Iterator<Item = Estimate>) -> Estimate {
    let (mut total, mut radius, mut size) = (Sum::default(), 0.0, 0.0);
    for term in terms {
        total.add(term.value());
        radius += term.radius();
        size += term.value().abs();
    }
    let rounding = ulps::COMPENSATED * f64::EPSILON * (total.value().abs() + f64::EPSILON * size);
    Estimate::new(total.value(), radius + rounding)
}

impl Channel {
    /// A moment that needs no route: that of the kernel, and of Gaussian components each by itself.
    pub(crate) fn closed(&self, moment: Moment) -> Option<Estimate> {
        match moment {
            Moment::KernelEntropy => Some(Coordinate::new(self, 0.0).mean(moment)? * Estimate::count(self.dim())),
            Moment::WithinInformation if self.law().support() == Support::Atoms => Some(Estimate::ZERO),
            Moment::WithinInformation => {
                let law = self.model().mixture()?;
                self.averaged(moment, law.weights(), |k, i| law.covariance(k).eigenvalue(i))
            }
            _ => None,
        }
    }

    /// `sum_k w_k sum_i` of the parts of coordinates of variance `q(k, i)` in a moment.
    #[must_use]
    pub fn averaged(&self, moment: Moment, weights: &[f64], q: impl Fn(usize, usize) -> f64) -> Option<Estimate> {
        let places = weights.iter().enumerate().flat_map(|(k, &w)| (0..self.dim()).map(move |i| (k, i, w)));
        let terms: Option<Vec<Estimate>> =
            places.map(|(k, i, w)| Some(Coordinate::new(self, q(k, i)).mean(moment)? * Estimate::given(w))).collect();
        Some(sum(terms?.into_iter()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_keep_small_terms() {
        let total = sum([1e16, 1.0, -1e16].into_iter().map(Estimate::given));
        assert!(total.contains(1.0) && total.radius() < 1e-14, "{total}");
    }
}
