//! From expectations to quantities: the one place where the formulas of the quantities stand.

use std::sync::Arc;

use crate::{
    Channel, Coordinate, Estimate, Factors, Law, Moment, NoiseLevel, Profile, Quantity, Reading, Rigor, Support,
};

/// A way to take expectations. It answers one question, and knows nothing of what the answers are put together to.
pub trait Route {
    /// Why there may be no answer.
    type Error;

    /// Each of `moments` under the channel, in their order; `None` where this route does not serve it. A moment that is
    /// not asked for costs nothing.
    ///
    /// # Errors
    /// When an expectation that the route serves could not be taken to a stated error.
    fn means(&self, channel: &Channel, moments: &[Moment]) -> Result<Vec<Option<Estimate>>, Self::Error>;

    /// The same under channels that differ in their levels alone, one answer a channel: what they share may be done
    /// once.
    ///
    /// # Errors
    /// As [`Route::means`], of the first channel that fails.
    fn means_along(&self, channels: &[Channel], moments: &[Moment]) -> Result<Vec<Vec<Option<Estimate>>>, Self::Error> {
        channels.iter().map(|channel| self.means(channel, moments)).collect()
    }

    /// The kernel and the coefficients in which rates are read: here the doubles of the level, taken as they are.
    ///
    /// # Errors
    /// When the route does not know the process.
    fn kernel(&self, channel: &Channel) -> Result<Kernel, Self::Error> {
        Ok(Kernel::from(&channel.clock(&channel.level())))
    }

    /// Where the route reads a full covariance, whose error its radii do not cover; `None` where they do.
    fn reading(&self) -> Option<Reading> {
        Some(Reading::Pointwise)
    }

    /// Whether the route takes a law by these factors ([`Channel::reduced`]), and not whole.
    fn reduces(&self, _: &Factors) -> bool {
        false
    }

    /// As [`Route::means`], of a law beside that of the question and as sharply as is cheap: what a rounding of the law
    /// does is a small part of how far the two are apart.
    ///
    /// # Errors
    /// As [`Route::means`].
    fn means_beside(&self, channel: &Channel, moments: &[Moment]) -> Result<Vec<Option<Estimate>>, Self::Error> {
        self.means(channel, moments)
    }
}

/// A route of which laws beside the question's are asked.
struct Beside<'a, R: ?Sized>(&'a R);

impl<R: Route + ?Sized> Route for Beside<'_, R> {
    type Error = R::Error;

    fn means(&self, channel: &Channel, moments: &[Moment]) -> Result<Vec<Option<Estimate>>, R::Error> {
        self.0.means_beside(channel, moments)
    }

    fn kernel(&self, channel: &Channel) -> Result<Kernel, R::Error> {
        self.0.kernel(channel)
    }
}

/// A noise level whose numbers have errors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kernel {
    /// Signal scale.
    pub alpha: Estimate,
    /// Noise variance.
    pub sigma2: Estimate,
    /// Drift coefficient, per unit time.
    pub f: Estimate,
    /// Squared diffusion coefficient, per unit time.
    pub g2: Estimate,
}

impl From<&NoiseLevel> for Kernel {
    fn from(level: &NoiseLevel) -> Self {
        let given = Estimate::given;
        Self { alpha: given(level.alpha()), sigma2: given(level.sigma2()), f: given(level.f()), g2: given(level.g2()) }
    }
}

impl Kernel {
    /// `gamma = alpha^2/sigma^2`.
    fn snr(&self) -> Estimate {
        self.alpha * self.alpha / self.sigma2
    }
}

/// Those of `quantities` that exist for the law and that the route serves.
///
/// # Formula
/// theory.md B1 to B4 and D4: each from its moments, by the function `quantity` of this module. Over independent
/// factors of a law moments add.
///
/// # Accuracy
/// The radii of the moments, the rounding of what is made of them, and the error of full covariances
/// ([`crate::Mixture::widened`]). Where the route takes the law by its factors, also the rounding of the reduction: how
/// far the quantity moves when the distances within the law do, at most.
///
/// # Errors
/// As [`Route::means`] and [`Route::kernel`].
pub fn profile<R: Route + ?Sized>(route: &R, channel: &Channel, quantities: &[Quantity]) -> Result<Profile, R::Error> {
    Ok(profiles(route, std::slice::from_ref(channel), quantities)?.pop().unwrap_or_default())
}

/// [`profile`] under channels that differ in their levels alone, one a channel.
///
/// # Errors
/// As [`Route::means_along`] and [`Route::kernel`].
pub fn profiles<R: Route + ?Sized>(
    route: &R,
    channels: &[Channel],
    quantities: &[Quantity],
) -> Result<Vec<Profile>, R::Error> {
    let Some(first) = channels.first() else { return Ok(vec![]) };
    let Some(factors) = first.law().reduced().filter(|factors| route.reduces(factors)) else {
        let found = Assembly { route, channels, cores: channels, factors: None }.profiles(quantities)?;
        // A law that splits has no full covariance.
        let widened = |(found, channel): (Profile, &Channel)| match (channel.law().mixture(), route.reading()) {
            (Some(law), Some(reading)) => law.widened(found, &channel.clock(&channel.level()), reading),
            _ => found,
        };
        return Ok(found.into_iter().zip(channels).map(widened).collect());
    };
    let found = reduced(route, channels, (&factors, &factors.core), quantities)?;
    if factors.rounding == 0.0 {
        return Ok(found);
    }
    let moved = reduced(&Beside(route), channels, (&factors, &factors.stretched), quantities)?;
    let widened = |(found, moved): (Profile, Profile)| {
        let mut profile = Profile::new();
        for (quantity, estimate) in found.iter() {
            let most = moved.get(quantity).map_or(f64::INFINITY, |moved| apart(estimate, moved));
            profile.set(quantity, estimate.widened(factors.rounding * most));
        }
        profile
    };
    Ok(found.into_iter().zip(moved).map(widened).collect())
}

/// The profiles of a law by its factors, with a core that may be another.
fn reduced<R: Route + ?Sized>(
    route: &R,
    channels: &[Channel],
    (factors, core): (&Factors, &Arc<dyn Law>),
    quantities: &[Quantity],
) -> Result<Vec<Profile>, R::Error> {
    let cores: Vec<Channel> = channels.iter().map(|channel| channel.of(Arc::clone(core))).collect();
    Assembly { route, channels, cores: &cores, factors: Some(factors) }.profiles(quantities)
}

/// How far the truths of two estimates are apart: by their values where the errors of both are alike; else at most.
fn apart(found: Estimate, beside: Estimate) -> f64 {
    let unlike = found.rigor() == Rigor::Sampled;
    (beside.value() - found.value()).abs() + if unlike { beside.radius() + found.radius() } else { 0.0 }
}

/// Channels of a law and, where that splits, those of its core, and its factors.
struct Assembly<'a, R: ?Sized> {
    route: &'a R,
    channels: &'a [Channel],
    cores: &'a [Channel],
    factors: Option<&'a Factors>,
}

/// The moments asked for so far.
#[derive(Default)]
struct Known {
    moments: Vec<(Moment, Option<Estimate>)>,
    missing: Vec<Moment>,
}

impl Known {
    /// The moment, if the route serves it; a placeholder while it was not asked for.
    fn get(&mut self, moment: Moment) -> Option<Estimate> {
        if let Some((_, known)) = self.moments.iter().find(|(m, _)| *m == moment) {
            return *known;
        }
        if !self.missing.contains(&moment) {
            self.missing.push(moment);
        }
        Some(Estimate::new(f64::NAN, f64::INFINITY))
    }
}

impl<R: Route + ?Sized> Assembly<'_, R> {
    /// Puts the quantities together, and asks for what that needs until nothing is missing: the formulas themselves say
    /// what they take.
    fn profiles(&self, quantities: &[Quantity]) -> Result<Vec<Profile>, R::Error> {
        let kernels = self.channels.iter().map(|c| self.route.kernel(c)).collect::<Result<Vec<_>, _>>()?;
        let mut known: Vec<Known> = self.channels.iter().map(|_| Known::default()).collect();
        loop {
            let mut profiles = Vec::with_capacity(self.channels.len());
            for ((channel, kernel), known) in self.channels.iter().zip(&kernels).zip(&mut known) {
                let mut profile = Profile::new();
                for &q in quantities {
                    if let Some(estimate) = quantity(q, channel, kernel, &mut |moment| known.get(moment)) {
                        profile.set(q, estimate);
                    }
                }
                profiles.push(profile);
            }
            let mut moments = Vec::new();
            for moment in known.iter_mut().flat_map(|k| std::mem::take(&mut k.missing)) {
                if !moments.contains(&moment) {
                    moments.push(moment);
                }
            }
            if moments.is_empty() {
                return Ok(profiles);
            }
            for (known, means) in known.iter_mut().zip(self.means(&moments)?) {
                known.moments.extend(moments.iter().copied().zip(means));
            }
        }
    }

    /// The moments of the whole law under each channel.
    fn means(&self, moments: &[Moment]) -> Result<Vec<Vec<Option<Estimate>>>, R::Error> {
        let Some(first) = self.cores.first() else { return Ok(vec![]) };
        let density = first.law().density(&first.level());
        let (components, labels) = (density.weights().len(), density.label_weights().len());
        let trivial = |m: Moment| m.trivial(components, labels).map(Estimate::given);
        let asked: Vec<Moment> = moments.iter().copied().filter(|&m| trivial(m).is_none()).collect();
        let answers = if asked.is_empty() {
            vec![vec![]; self.cores.len()]
        } else {
            self.route.means_along(self.cores, &asked)?
        };
        let of = |(core, answers): (&Channel, Vec<Option<Estimate>>)| {
            let mut answers = asked.iter().zip(answers).map(|(&m, answer)| answer.or_else(|| core.closed(m)));
            let found = moments.iter().map(|&m| trivial(m).or_else(|| answers.next()?));
            let whole = found.zip(moments).map(|(found, &m)| self.whole(core, m, found?));
            whole.collect()
        };
        Ok(self.cores.iter().zip(answers).map(of).collect())
    }

    /// A moment of the whole law from that of its core.
    fn whole(&self, core: &Channel, moment: Moment, of_core: Estimate) -> Option<Estimate> {
        match self.factors {
            None => Some(of_core),
            // Gaussian coordinates say nothing of the label, and across the core no direction is less curved: grad s =
            // -1/v there, and more within.
            Some(_) if !moment.adds() => Some(of_core),
            Some(f) => {
                let part = Coordinate::new(core, f.variance).mean(moment)?;
                Some(if part.value() == 0.0 { of_core } else { of_core + part * Estimate::count(f.multiplicity) })
            }
        }
    }
}

/// A quantity from moments; `None` where it does not exist, or a moment does not.
fn quantity(
    quantity: Quantity,
    channel: &Channel,
    kernel: &Kernel,
    mean: &mut dyn FnMut(Moment) -> Option<Estimate>,
) -> Option<Estimate> {
    let dim = Estimate::count(channel.dim());
    let half_g2 = kernel.g2 / 2;
    let support = channel.law().support();
    match quantity {
        Quantity::MarginalEntropy => mean(Moment::Entropy),
        Quantity::MarginalEntropyRate => Some(mean(Moment::ScoreNorm2)? * half_g2 + dim * kernel.f),
        Quantity::ConditionalEntropy => match support {
            Support::Atoms => mean(Moment::ComponentEntropy),
            Support::Density => {
                mean(Moment::DataSurprisal).or_else(|| Some(mean(Moment::DataEntropy)? - information(channel, mean)?))
            }
            Support::Neither => None,
        },
        // Of the equal forms of the rate this one is a mean of nonnegative numbers: it keeps its relative accuracy
        // where D/sigma^2 and E[div s] cancel.
        Quantity::ConditionalEntropyRate => {
            Some(mean(Moment::PosteriorTrace)? * (half_g2 * kernel.snr() / kernel.sigma2))
        }
        Quantity::MutualInformation => information(channel, mean),
        Quantity::MeanScoreDivergence => mean(Moment::ScoreDivergence),
        Quantity::MeanScoreNorm2 => mean(Moment::ScoreNorm2),
        Quantity::Mmse => mean(Moment::PosteriorTrace),
        Quantity::PosteriorSquareTrace => mean(Moment::PosteriorSquareTrace),
        Quantity::BandwidthFraction => Some(mean(Moment::PosteriorTrace)? * (kernel.snr() / dim)),
        Quantity::LabelEntropy => mean(Moment::LabelEntropy),
        Quantity::LabelEntropyRate => Some(mean(Moment::LabelProduction)? * half_g2),
        Quantity::LabelPosteriorEntropyVariance => mean(Moment::LabelEntropyVariance),
        Quantity::LabelSurprisalVariance => mean(Moment::LabelSurprisalVariance),
        Quantity::PosteriorEntropyVariance if support == Support::Atoms => mean(Moment::ComponentEntropyVariance),
        Quantity::PosteriorEntropyVariance => mean(Moment::DataEntropyVariance),
        Quantity::SurprisalVariance if support == Support::Atoms => mean(Moment::ComponentSurprisalVariance),
        Quantity::SurprisalVariance => mean(Moment::DataSurprisalVariance),
        Quantity::CloneAgreement => mean(Moment::LabelAgreement),
        Quantity::MeanTopEigenvalue => mean(Moment::TopEigenvalue),
    }
}

/// `I(X_0; X_t)`: what is learnt of the component, and of `X_0` within it, where its parts are known; else
/// `H(X_t) - H(X_t given X_0)`.
fn information(channel: &Channel, mean: &mut dyn FnMut(Moment) -> Option<Estimate>) -> Option<Estimate> {
    let law = channel.law();
    if law.support() == Support::Atoms || law.mixture().is_some() {
        return Some(mean(Moment::ComponentInformation)? + mean(Moment::WithinInformation)?);
    }
    Some(mean(Moment::Entropy)? - mean(Moment::KernelEntropy)?)
}
