//! Every quantity that can be enclosed, of one law at one noise level.

use infodyn_core::{Mixture, NoiseProcess, Profile, Quantity};

use crate::{Interval, Level, LineLaw, Moment, Result};

/// `(n/2) log(2 pi e v)`: entropy of `n` Gaussian coordinates of variance `v`.
fn gaussian_entropy(n: usize, v: Interval) -> Interval {
    let n = Interval::point(n as f64).times(0.5);
    n * ((Interval::PI.times(2.0) * v).ln() + Interval::ONE)
}

/// The quantities of a law under a process at a time, as proved intervals.
///
/// Posterior-entropy variances of laws that are not atoms would be integrals over the plane, and are left out.
///
/// # Formula
/// theory.md, sections 1 to 4. Further coordinates of a pair add their closed forms.
///
/// # Errors
/// When the law or the process is not served, or no enclosure was found.
pub fn profile(law: &Mixture, process: &NoiseProcess, t: f64) -> Result<Profile> {
    use Quantity as Q;
    let reduced = LineLaw::new(law)?;
    let level = Level::new(process, t)?;
    let Level { alpha, sigma2, f, g2, .. } = level;
    let line = reduced.at(alpha, sigma2)?;
    let further = Interval::point(reduced.further as f64);
    let dim = Interval::point(law.dim() as f64);
    let (q, v) = (reduced.further_variance(), line.variance(0));
    let means = line.means(&[
        Moment::LnDensity,
        Moment::ScoreNorm2,
        Moment::ScoreDivergence,
        Moment::PosteriorVariance,
        Moment::Entropy,
        Moment::Production,
        Moment::SquareSurprisal,
        Moment::Agreement,
    ])?;
    let marginal_entropy = means[0] + gaussian_entropy(reduced.further, v);
    let norm2 = means[1] + further / v;
    let mmse = means[3] + further * q * sigma2 / v;
    let information = marginal_entropy - gaussian_entropy(law.dim(), sigma2);
    let half_g2 = g2.times(0.5);
    let mut out = Profile::new();
    let mut set = |quantity: Quantity, x: Interval| out.set(quantity, x.estimate());
    set(Q::MarginalEntropy, marginal_entropy);
    set(Q::MarginalEntropyRate, dim * f + half_g2 * norm2);
    set(Q::MutualInformation, information);
    set(Q::MeanScoreNorm2, norm2);
    set(Q::MeanScoreDivergence, means[2] - further / v);
    set(Q::MeanTopEigenvalue, means[2]);
    set(Q::Mmse, mmse);
    set(Q::BandwidthFraction, level.snr() * mmse / dim);
    set(Q::ConditionalEntropyRate, half_g2 * alpha.sqr() * mmse / sigma2.sqr());
    set(Q::LabelEntropy, means[4]);
    set(Q::LabelEntropyRate, half_g2 * means[5]);
    let entropy_variance = line.entropy_variance()?;
    let surprisal_variance = means[6] - means[4].sqr();
    set(Q::LabelPosteriorEntropyVariance, entropy_variance);
    set(Q::LabelSurprisalVariance, surprisal_variance);
    set(Q::CloneAgreement, means[7]);
    if law.is_atomic() {
        let atoms = if law.label_is_component() {
            (means[4], entropy_variance, surprisal_variance)
        } else {
            let line = reduced.by_component().at(alpha, sigma2)?;
            (line.mean(Moment::Entropy)?, line.entropy_variance()?, line.surprisal_variance()?)
        };
        set(Q::ConditionalEntropy, atoms.0);
        set(Q::PosteriorEntropyVariance, atoms.1);
        set(Q::SurprisalVariance, atoms.2);
    } else if law.has_density() {
        let data = reduced.at(Interval::ONE, Interval::ZERO)?;
        let entropy = data.mean(Moment::LnDensity)? + gaussian_entropy(reduced.further, q);
        set(Q::ConditionalEntropy, entropy - information);
    }
    Ok(out)
}
