//! One Gaussian of any covariance and dimension: every quantity in closed form.

use infodyn_core::{Estimate, Fault, Mixture, NoiseLevel, Part, Profile, Quantity, Reading, Result};

/// Every quantity of a single Gaussian `N(mu, C)` that exists.
///
/// # Formula
/// With `l_i` the eigenvalues of `C` and `v_i = alpha^2 l_i + sigma^2`:
/// `H(X_t) = (1/2) sum log(2 pi e v_i)`; `I = (1/2) sum log(1 + gamma l_i)`;
/// `mmse = sum sigma^2 l_i/v_i`; `E|s|^2 = -E div s = sum 1/v_i`. The posterior has the same
/// covariance at every `x`, so its entropy does not vary, and `-log p(X_0 given X_t)` has variance
/// `rank/2`. There is one label.
///
/// # Source
/// theory.md B1 to B3, B6, D4 read on a Gaussian.
///
/// # Accuracy
/// `8 D` units in the last place of the sum of the absolute terms, and the error of the eigenvalues
/// ([`Mixture::widened`]).
///
/// # Errors
/// When the law has more than one component.
pub fn profile(law: &Mixture, level: &NoiseLevel) -> Result<Profile> {
    if law.components() != 1 {
        return Err(Fault::Length { found: law.components(), expected: 1 }.of(Part::Components));
    }
    let d = law.dim();
    let (a2, s2, snr) = (level.alpha() * level.alpha(), level.sigma2(), level.snr());
    let l: Vec<f64> = (0..d).map(|i| law.covariance(0).eigenvalue(i)).collect();
    let rank = law.covariance(0).rank(d);
    let sum = |f: &dyn Fn(f64) -> f64| {
        let (value, size) = l.iter().map(|&l| f(l)).fold((0.0, 0.0), |(v, s), x| (v + x, s + x.abs()));
        Estimate::new(value, 8.0 * d as f64 * f64::EPSILON * size)
    };
    let mut p = Profile::new();
    let norm2 = sum(&|l| 1.0 / (a2 * l + s2));
    let mmse = sum(&|l| s2 * l / (a2 * l + s2));
    let information = sum(&|l| 0.5 * (snr * l).ln_1p());
    let entropy_of = |v: f64| 0.5 * (1.0 + (std::f64::consts::TAU * v).ln());
    p.set(Quantity::MarginalEntropy, sum(&|l| entropy_of(a2 * l + s2)));
    p.set(
        Quantity::MarginalEntropyRate,
        norm2 * Estimate::given(level.g2()) / 2 + Estimate::given(level.f()) * Estimate::count(d),
    );
    if rank == d {
        p.set(Quantity::ConditionalEntropy, sum(&|l| entropy_of(s2 * l / (a2 * l + s2))));
    } else if rank == 0 {
        p.set(Quantity::ConditionalEntropy, Estimate::ZERO);
    }
    p.set(Quantity::ConditionalEntropyRate, mmse * Estimate::rounded(0.5 * level.g2() * snr / s2, 4.0));
    p.set(Quantity::MutualInformation, information);
    p.set(Quantity::MeanScoreDivergence, -norm2);
    p.set(Quantity::MeanScoreNorm2, norm2);
    p.set(Quantity::Mmse, mmse);
    p.set(Quantity::BandwidthFraction, mmse * Estimate::rounded(snr / d as f64, 4.0));
    for quantity in [
        Quantity::LabelEntropy,
        Quantity::LabelEntropyRate,
        Quantity::LabelPosteriorEntropyVariance,
        Quantity::LabelSurprisalVariance,
        Quantity::PosteriorEntropyVariance,
    ] {
        p.set(quantity, Estimate::ZERO);
    }
    p.set(Quantity::SurprisalVariance, Estimate::count(rank) / 2);
    p.set(Quantity::CloneAgreement, Estimate::ONE);
    let widest = l.iter().copied().fold(0.0, f64::max);
    p.set(Quantity::MeanTopEigenvalue, Estimate::rounded(-1.0 / (a2 * widest + s2), 4.0));
    Ok(law.widened(p, level, Reading::Eigenvalues))
}
