//! Every quantity that can be enclosed, of one law at one noise level.

use infodyn_core::{Mixture, NoiseProcess, Profile, Quantity};

use crate::{Interval, Level, LineLaw, Moment, Plane, Result};

/// `(n/2) log(2 pi e v)`: entropy of `n` Gaussian coordinates of variance `v`.
fn gaussian_entropy(n: usize, v: Interval) -> Interval {
    let n = Interval::point(n as f64).times(0.5);
    n * ((Interval::PI.times(2.0) * v).ln() + Interval::ONE)
}

/// Means under a marginal, from the line or the plane.
struct Means {
    marginal_entropy: Interval,
    norm2: Interval,
    divergence: Interval,
    mmse: Interval,
    label_entropy: Interval,
    production: Interval,
    agreement: Interval,
    entropy_variance: Interval,
    surprisal_variance: Interval,
    /// `E lambda_max(grad s)`, known where the score's gradient varies along one direction only.
    top_eigenvalue: Option<Interval>,
}

const MOMENTS: [Moment; 8] = [
    Moment::LnDensity,
    Moment::ScoreNorm2,
    Moment::ScoreDivergence,
    Moment::PosteriorVariance,
    Moment::Entropy,
    Moment::Production,
    Moment::SquareSurprisal,
    Moment::Agreement,
];

impl Means {
    fn new(law: &Mixture, alpha: Interval, sigma2: Interval) -> Result<Self> {
        let reduced = match LineLaw::new(law) {
            Ok(reduced) => reduced,
            Err(_) if law.dim() == 2 => {
                let plane = Plane::new(law, alpha, sigma2)?;
                return Ok(Self::from_moments(&plane.means(&MOMENTS)?, plane.entropy_variance()?));
            }
            Err(error) => return Err(error),
        };
        let line = reduced.at(alpha, sigma2)?;
        let mut means = Self::from_moments(&line.means(&MOMENTS)?, line.entropy_variance()?);
        means.top_eigenvalue = Some(means.divergence);
        // The further coordinates are Gaussian.
        let (q, v) = (reduced.further_variance(), line.variance(0));
        let further = Interval::point(reduced.further as f64);
        means.marginal_entropy = means.marginal_entropy + gaussian_entropy(reduced.further, v);
        means.norm2 = means.norm2 + further / v;
        means.divergence = means.divergence - further / v;
        means.mmse = means.mmse + further * q * sigma2 / v;
        Ok(means)
    }

    fn from_moments(m: &[Interval], entropy_variance: Interval) -> Self {
        Self {
            marginal_entropy: m[0],
            norm2: m[1],
            divergence: m[2],
            mmse: m[3],
            label_entropy: m[4],
            production: m[5],
            agreement: m[7],
            entropy_variance,
            surprisal_variance: m[6] - m[4].sqr(),
            top_eigenvalue: None,
        }
    }
}

/// Whether [`profile`] serves a law: on the line, in the plane with covariances along the axes, or two components of equal isotropic
/// covariance in any dimension.
#[must_use]
pub fn serves(law: &Mixture) -> bool {
    LineLaw::new(law).is_ok() || Plane::new(law, Interval::ONE, Interval::ONE).is_ok()
}

/// The quantities of a law under a process at a time, as proved intervals.
///
/// Posterior-entropy variances of laws that are not atoms would be integrals over the points and the data, and are left out.
///
/// # Formula
/// theory.md, sections 1 to 4. Further coordinates of a pair add their closed forms.
///
/// # Accuracy
/// Relative widths about 1e-13 on the line and 1e-8 in the plane, where a quantity is not small against what it is the difference of.
///
/// # Errors
/// When the law or the process is not served, or no enclosure was found.
pub fn profile(law: &Mixture, process: &NoiseProcess, t: f64) -> Result<Profile> {
    use Quantity as Q;
    let level = Level::new(process, t)?;
    let Level { alpha, sigma2, f, g2, .. } = level;
    let means = Means::new(law, alpha, sigma2)?;
    let dim = Interval::point(law.dim() as f64);
    let information = means.marginal_entropy - gaussian_entropy(law.dim(), sigma2);
    let half_g2 = g2.times(0.5);
    let mut out = Profile::new();
    let mut set = |quantity: Quantity, x: Interval| out.set(quantity, x.estimate());
    set(Q::MarginalEntropy, means.marginal_entropy);
    set(Q::MarginalEntropyRate, dim * f + half_g2 * means.norm2);
    set(Q::MutualInformation, information);
    set(Q::MeanScoreNorm2, means.norm2);
    set(Q::MeanScoreDivergence, means.divergence);
    if let Some(top) = means.top_eigenvalue {
        set(Q::MeanTopEigenvalue, top);
    }
    set(Q::Mmse, means.mmse);
    set(Q::BandwidthFraction, level.snr() * means.mmse / dim);
    set(Q::ConditionalEntropyRate, half_g2 * alpha.sqr() * means.mmse / sigma2.sqr());
    set(Q::LabelEntropy, means.label_entropy);
    set(Q::LabelEntropyRate, half_g2 * means.production);
    set(Q::LabelPosteriorEntropyVariance, means.entropy_variance);
    set(Q::LabelSurprisalVariance, means.surprisal_variance);
    set(Q::CloneAgreement, means.agreement);
    if law.is_atomic() {
        let atoms =
            if law.label_is_component() { means } else { Means::new(&law.clone().unlabelled(), alpha, sigma2)? };
        set(Q::ConditionalEntropy, atoms.label_entropy);
        set(Q::PosteriorEntropyVariance, atoms.entropy_variance);
        set(Q::SurprisalVariance, atoms.surprisal_variance);
    } else if law.has_density() {
        let data = Means::new(law, Interval::ONE, Interval::ZERO)?;
        set(Q::ConditionalEntropy, data.marginal_entropy - information);
    }
    Ok(out)
}
