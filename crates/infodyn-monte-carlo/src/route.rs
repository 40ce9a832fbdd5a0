//! The moments of a channel, averaged.

use infodyn_core::stable::norm2;
use infodyn_core::{
    Channel, Density, Detail, Estimate, Factors, Gaps, Law, Moment, Mutation, NoiseLevel, Observation, Points,
    Projections, Route, Support, progress, share, ulps,
};
use rayon::prelude::*;

use crate::engine::{CHUNK, Stop, means_along};
use crate::interval::{Range, studentised};
use crate::posterior::{PosteriorClone, kernel_surprisal};
use crate::random::at_block;
use crate::{Batch, Draws, Error, Means, NoiseLaw, Result, Sampler, Settings, View};
#[cfg(doc)]
use crate::{betting_radius, mean_of};

/// The route of simulation: any law in any dimension. A law whose factors ([`Channel::reduced`]) leave at most half of
/// the dimensions is sampled in its core; asked for [`Route::means`], the law is sampled whole.
///
/// # Formula
/// Each moment from its definition, with variance removed where that leaves the definition intact:
///
/// | moment | average of |
/// |---|---|
/// | `Entropy` | `log p_k(x) - log p(x)` for the component `k` that `x` was drawn from, plus the mean of `-log p_k`, exact where the components are Gaussian; else `-log p(x)` |
/// | `ScoreNorm2` | `abs(s)^2 - abs(Z)^2/sigma^2`, plus `D/sigma^2` |
/// | `DataSurprisal` | `log p_k(X_0) - log p_0(X_0) - log p_k(x) + log p(x)`, plus the exact mean within components; else itself |
/// | `DataEntropyVariance` | the covariance of the surprisals of `X_0` and of a clone of it, independent given `X_t` |
/// | `TopEigenvalue` | `lambda_max(grad s)` on a subset of the samples, in the core of the law's factors; in one dimension `div s` on all |
/// | `PosteriorSquareTrace` | `tr S^2` on a subset of the samples; in one dimension `S^2` on all |
/// | the others | what their names say |
///
/// The information of the component is averaged as the divergence of its posterior and not as the log-ratio of
/// densities, whose conditional mean it is (so of smaller variance); the entropy keeps the log-ratio, so that the two
/// do not share one formula.
///
/// Of atoms with 4194304 numbers or more and asked for means of bounded numbers alone, a sample is the mean over `Z`
/// and `-Z`, which share their products. Where a posterior has many atoms, spreads are then those of clones: with `y`
/// the atom drawn and `Y'` one of its posterior, `E[abs(y - Y')^2/2 given X_t, y]` has the mean `E tr S`, for `y` and
/// `Y'` are independent given `X_t` and of one law; with `Y'` among the atoms of the label of `y` it has the mean of
/// the spread within labels, and the label's production is the difference. No mean over atoms is formed.
///
/// # Accuracy
/// Intervals at level `confidence` of the settings. [`betting_radius`] (variances: empirical Bernstein) for everything
/// whose range is known: entropies, divergences, agreement, and by [`Range::noise_energy`] the mean-square error, the
/// label's production and the moments of the score. Of atoms, spreads of posteriors are cut off where
/// [`Range::posterior_spread`] says that little is lost (or [`Range::posterior_spreads`], where distances are known;
/// both hold for clones too, by the same convexity), which the radius has; and where levels share what the law knows
/// of their draws, posteriors leave out what moves no mean by more than a small part of its error
/// ([`Projections::left_out`]), which the radius has too. Variances of surprisals, the posterior-entropy variance of a
/// law with a density, `tr S^2`, the top eigenvalue above one dimension, and entropies of laws whose components are not
/// Gaussian are [`studentised`]: what they owe to events that the sample never meets is not in their radius. With noise
/// that is not Gaussian, or a wrong model, the radii describe the sample and not the moment. What rounding does to a
/// spread, a divergence or an eigenvalue is in every radius; of posteriors it lies below a fiftieth of the least radius
/// that `2^27` samples have, but where products of costly samples are allowed more.
///
/// # Errors
/// As [`mean_of`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MonteCarlo(pub Settings);

impl Route for MonteCarlo {
    type Error = Error;

    fn means(&self, channel: &Channel, moments: &[Moment]) -> Result<Vec<Option<Estimate>>> {
        Ok(self.means_along(std::slice::from_ref(channel), moments)?.pop().unwrap_or_default())
    }

    fn means_along(&self, channels: &[Channel], moments: &[Moment]) -> Result<Vec<Vec<Option<Estimate>>>> {
        simulate(channels, moments, &vec![self.0; channels.len()], None)
    }

    /// Where that leaves half of the dimensions at most, and rounds so little that a sample hides it. The noise is then
    /// drawn along the directions of the core.
    fn reduces(&self, factors: &Factors) -> bool {
        factors.core.dim() <= factors.multiplicity && factors.rounding <= HIDDEN
    }

    /// All that a moment can be, which costs no sample.
    fn means_beside(&self, channel: &Channel, moments: &[Moment]) -> Result<Vec<Option<Estimate>>> {
        Ok(moments.iter().map(|&moment| extent(channel, moment)).collect())
    }
}

/// [`MonteCarlo`] with a number of samples of its own under each of several channels: `samples` in their order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonteCarloAlong<'a> {
    /// All else.
    pub settings: Settings,
    /// One a channel; beyond the last, and under one channel alone, those of `settings`.
    pub samples: &'a [u64],
    /// The distances of the atoms of the law, where they are known ([`gaps`]): ranges of spreads follow from them.
    pub gaps: Option<&'a Gaps>,
}

/// A moment with what each chunk of its run says of it: chunks are independent and weigh the same, and chunk by chunk
/// all channels share their draws.
#[derive(Debug, Clone, PartialEq)]
pub struct ByChunk {
    /// The moment, as [`Route::means_along`] has it.
    pub mean: Estimate,
    /// What is in its radius and no chance: what was cut off, left out or rounded.
    pub bias: f64,
    /// What each chunk says.
    pub chunks: Vec<f64>,
}

impl MonteCarloAlong<'_> {
    /// [`Moment::PosteriorTrace`] or [`Moment::PosteriorSquareTrace`] chunk by chunk under channels that differ in
    /// their levels alone, one answer a channel; `None` for another moment.
    ///
    /// # Errors
    /// As [`Route::means_along`].
    pub fn by_chunk(&self, channels: &[Channel], moment: Moment) -> Result<Option<Vec<ByChunk>>> {
        let settings = self.each(channels.len());
        let read = |runs: &[Simulation<'_>], means: &[Means]| {
            runs.iter().enumerate().map(|(v, run)| run.by_chunk(means.get(v), moment)).collect()
        };
        with_runs(channels, &[moment], &settings, self.gaps, read)
    }

    /// The settings under each of so many channels.
    fn each(&self, count: usize) -> Vec<Settings> {
        let samples = self.samples.iter().copied().chain(std::iter::repeat(self.settings.samples));
        samples.map(|samples| Settings { samples, ..self.settings }).take(count).collect()
    }
}

/// The distances of the means of a law, where it finds them.
#[must_use]
pub fn gaps(law: &dyn Law) -> Option<Gaps> {
    const ROWS: usize = 128;
    let count = law.mixture()?.components();
    if !law.gaps(0..0, &mut Gaps::default()) {
        return None;
    }
    // Parts are merged in their order: the sum has the same bits for any number of threads.
    const PARTS: usize = 64;
    let of_part = |part: usize| {
        let mut out = Gaps::default();
        for row in (part * ROWS..count).step_by(PARTS * ROWS) {
            law.gaps(row..count.min(row + ROWS), &mut out);
        }
        out
    };
    let work = |mine: Vec<usize>| Ok::<Vec<Gaps>, Error>(mine.into_par_iter().map(of_part).collect());
    let parts = share::each("rows of distances", PARTS, work, Gaps::to_piece, |_, piece| Gaps::of_piece(piece));
    Some(parts.ok()?.iter().fold(Gaps::default(), Gaps::merge))
}

impl Route for MonteCarloAlong<'_> {
    type Error = Error;

    fn means(&self, channel: &Channel, moments: &[Moment]) -> Result<Vec<Option<Estimate>>> {
        MonteCarlo(self.settings).means(channel, moments)
    }

    fn means_along(&self, channels: &[Channel], moments: &[Moment]) -> Result<Vec<Vec<Option<Estimate>>>> {
        simulate(channels, moments, &self.each(channels.len()), self.gaps)
    }

    fn reduces(&self, factors: &Factors) -> bool {
        MonteCarlo(self.settings).reduces(factors)
    }

    fn means_beside(&self, channel: &Channel, moments: &[Moment]) -> Result<Vec<Option<Estimate>>> {
        MonteCarlo(self.settings).means_beside(channel, moments)
    }
}

/// The moments under channels that differ in their levels alone, each with settings of its own number of samples.
fn simulate(
    channels: &[Channel],
    moments: &[Moment],
    settings: &[Settings],
    gaps: Option<&Gaps>,
) -> Result<Vec<Vec<Option<Estimate>>>> {
    let read = |means: &[Means], (v, run): (usize, &Simulation<'_>)| {
        let read = |&moment: &Moment| match moment {
            Moment::TopEigenvalue if run.channel.dim() > 1 => match run.channel.reduced() {
                Some((core, _)) => {
                    Ok(simulate(&[core], &[moment], &settings[v..=v], None)?.pop().and_then(|mut m| m.pop()?))
                }
                None => {
                    let lost = run.rounding_of_matrices() * 2.0 * run.marginal.fisher_bound();
                    run.on_subset(|a, x| run.marginal.top_eigenvalue(a, x)).map(|e| Some(e.widened(lost)))
                }
            },
            Moment::PosteriorSquareTrace if run.channel.dim() > 1 => {
                let found = run.on_subset(|a, x| run.marginal.posterior_square_trace(a, x))?;
                Ok(Some(found.widened(run.rounding_of_matrices() * found.value())))
            }
            _ => Ok(means.get(v).and_then(|means| run.estimate(means, moment))),
        };
        moments.iter().map(read).collect()
    };
    with_runs(channels, moments, settings, gaps, |runs, means| {
        runs.iter().enumerate().map(|run| read(means, run)).collect()
    })
}

/// What `read` makes of the runs of moments under channels, and of the means over them.
fn with_runs<T>(
    channels: &[Channel],
    moments: &[Moment],
    settings: &[Settings],
    gaps: Option<&Gaps>,
    read: impl FnOnce(&[Simulation<'_>], &[Means]) -> Result<T>,
) -> Result<T> {
    let marginals: Vec<_> = channels.iter().map(|channel| channel.observed(&channel.level())).collect();
    // Of many atoms in many dimensions it pays at one level.
    let many = |channel: &Channel| channel.law().mixture().is_some_and(|law| law.means().len() >= MANY);
    let shared = channels.first().is_some_and(|channel| (channels.len() > 2 || many(channel)) && projects(channel));
    // The ball is that of the data at every level.
    let ball = channels.first().zip(marginals.first()).and_then(|(channel, marginal)| ball(channel, &**marginal));
    let runs = channels.iter().zip(&marginals).zip(settings);
    let known = Shared { projections: shared, gaps, radius2: ball };
    let runs: Vec<Simulation<'_>> = runs.map(|((c, p), s)| Simulation::new(c, &**p, *s, moments, &known)).collect();
    let means = Simulation::means(&runs)?;
    read(&runs, &means)
}

/// Whether its law knows of draws what all its marginals ask.
fn projects(channel: &Channel) -> bool {
    let origin = vec![0.0; channel.dim()];
    channel.law().project(&[0], &origin, &origin, &mut Projections::default())
}

/// The largest rounding of a reduction that a sample hides: this part of all that a moment can be is added to its
/// radius, and of an event that `2^16` samples never met the radius is ten times that.
const HIDDEN: f64 = 1e-5;

/// An interval that holds a moment of a law with `K` components, whatever their means.
///
/// # Formula
/// Information on the component is between 0 and `log K`; `E abs(s)^2` and that of each label lie below `D/sigma^2`,
/// the Fisher information of the noise, so `gamma E tr S` below `D`, and `sigma^2 lambda_max + 1` is at most `gamma tr
/// S`; `tr S` is at most the mean of `abs(X_0 - x/alpha)^2` given `X_t`, so `gamma^2 E tr S^2` at most that of
/// `abs(Z)^4`. A variance in `[0, a]` is at most `a^2/4`; `sum_k p_k log^2 p_k` at most `log^2 K + 1`. The surprisal of
/// `X_0` is that in its component, of variance `D/2`, and two log-ratios of posteriors of the component.
fn extent(channel: &Channel, moment: Moment) -> Option<Estimate> {
    let (law, level) = (channel.law().mixture()?, channel.level());
    let dim = channel.dim() as f64;
    let between = |lo: f64, hi: f64| Some(Estimate::new(0.5 * (lo + hi), 0.5 * (hi - lo)));
    let [components, labels] = [law.components(), law.label_weights().len()].map(|n| (n as f64).ln());
    let surprisal2 = |log: f64| log * log + 1.0;
    match moment {
        Moment::Entropy | Moment::DataSurprisal => {
            let within = channel.averaged(moment, law.weights(), |k, i| law.covariance(k).eigenvalue(i))?;
            Some(within + between(0.0, components)?)
        }
        Moment::ScoreNorm2 | Moment::LabelProduction => between(0.0, dim / level.sigma2()),
        Moment::ScoreDivergence => between(-dim / level.sigma2(), 0.0),
        Moment::TopEigenvalue => between(-1.0 / level.sigma2(), (dim - 1.0) / level.sigma2()),
        Moment::PosteriorTrace => between(0.0, dim / level.snr()),
        Moment::PosteriorSquareTrace => between(0.0, dim * (dim + 2.0) / level.snr().powi(2)),
        Moment::ComponentEntropy | Moment::ComponentInformation => between(0.0, components),
        Moment::ComponentEntropyVariance => between(0.0, 0.25 * components * components),
        Moment::ComponentSurprisalVariance => between(0.0, surprisal2(components)),
        Moment::LabelEntropy => between(0.0, labels),
        Moment::LabelEntropyVariance => between(0.0, 0.25 * labels * labels),
        Moment::LabelSurprisalVariance => between(0.0, surprisal2(labels)),
        Moment::LabelAgreement => between(0.0, 1.0),
        Moment::DataSurprisalVariance | Moment::DataEntropyVariance if law.has_density() => {
            between(0.0, ((0.5 * dim).sqrt() + 2.0 * surprisal2(components).sqrt()).powi(2))
        }
        _ => None,
    }
}

/// What is computed at each sample. Scaled columns are free of the unit of `X`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    /// `log p_k(x) - log p(x)` for the component `k` that `x` was drawn from.
    Ratio,
    /// `-log p(x)`.
    Surprisal,
    /// `sigma^2 |s|^2 - |Z|^2`; the subtracted square has mean `D` and most of the variance.
    Norm2,
    /// `D + sigma^2 div s`.
    Divergence,
    /// `gamma tr S`, and its square.
    Spread,
    SpreadSquare,
    ComponentEntropy,
    ComponentInformation,
    ComponentSurprisal,
    LabelEntropy,
    LabelSurprisal,
    LabelAgreement,
    /// `sigma^2 b`.
    Production,
    /// `log p_k(X_0) - log p_0(X_0)` minus the ratio.
    Remaining,
    /// `-log p(X_0 given X_t)` of the true `X_0`, and of a clone of it.
    DataSurprisal,
    CloneSurprisal,
}

/// Numbers in the means of a law from which on a sample costs milliseconds.
const MANY: usize = 1 << 22;
/// Variances of bounded numbers of posteriors.
const VARIANCES: [Moment; 2] = [Moment::ComponentEntropyVariance, Moment::LabelEntropyVariance];
/// The largest error that a log-likelihood ratio may have, where radii have what it does.
const MOST_ERROR: f64 = 1e-3;

/// Groups of samples for what costs a matrix each, at least and at most.
const FEWEST_GROUPS: usize = 128;
const MOST_GROUPS: usize = 1024;

/// What runs at several levels share.
struct Shared<'a> {
    /// Whether what the law knows of draws is found once for all levels.
    projections: bool,
    gaps: Option<&'a Gaps>,
    /// See [`ball`].
    radius2: Option<f64>,
}

/// The squared radius of a ball that holds the atoms, or all of a law that knows one: no posterior has a larger spread.
fn ball(channel: &Channel, marginal: &dyn Density) -> Option<f64> {
    if channel.law().support() != Support::Atoms {
        return channel.law().radius2();
    }
    let weights = marginal.weights();
    let (mut atom, mut mean) = (vec![0.0; channel.dim()], vec![0.0; channel.dim()]);
    for (k, w) in weights.iter().enumerate() {
        marginal.centre(k, &mut atom);
        mean.iter_mut().zip(&atom).for_each(|(m, x)| *m += w * x);
    }
    let distance2 = |k: usize| {
        marginal.centre(k, &mut atom);
        atom.iter().zip(&mean).map(|(x, m)| (x - m) * (x - m)).sum::<f64>()
    };
    let alpha = marginal.alpha();
    Some((0..weights.len()).map(distance2).fold(0.0, f64::max) / (alpha * alpha))
}

/// One run.
struct Simulation<'a> {
    channel: &'a Channel,
    marginal: &'a dyn Density,
    level: NoiseLevel,
    settings: Settings,
    /// Whether components are Gaussian, with the variances that the density tells.
    gaussian: bool,
    /// What is asked of the density at each point.
    detail: Detail,
    /// What is averaged, each once, in order.
    columns: Vec<Column>,
    /// Where the spread of the posterior, and its part between labels, are cut off.
    cut: Option<[Range; 2]>,
    /// Whether draws come in pairs of opposite noise.
    paired: bool,
    /// Whether spreads are those of clones.
    clones: bool,
    /// Error that a log-likelihood ratio may have.
    error: f64,
    /// The squared radius of a ball that holds all atoms: no posterior has a larger spread.
    radius2: Option<f64>,
    /// Part of a posterior that answers may leave out.
    left_out: f64,
}

impl<'a> Simulation<'a> {
    fn new(
        channel: &'a Channel,
        marginal: &'a dyn Density,
        settings: Settings,
        moments: &[Moment],
        known: &Shared<'_>,
    ) -> Self {
        let law = channel.law();
        let mut run = Self {
            channel,
            marginal,
            level: channel.level(),
            settings: settings.under(channel),
            gaussian: law.mixture().is_some() || law.support() == Support::Atoms,
            detail: moments.iter().fold(Detail::empty(), |all, m| all | m.detail()),
            columns: vec![],
            cut: None,
            paired: false,
            clones: false,
            error: 0.0,
            radius2: None,
            left_out: 0.0,
        };
        let (shared, gaps) = (known.projections, known.gaps);
        run.radius2 = known.radius2;
        if channel.is_true() && law.support() == Support::Atoms && run.settings.noise == NoiseLaw::Gaussian {
            let samples = settings.chunks(CHUNK).map_or(0, |(size, chunks)| size * u64::from(chunks));
            let any = Range::posterior_spread(marginal.weights().len(), samples, settings.confidence);
            run.cut = Some(gaps.map_or([any; 2], |gaps| {
                let [spread, between] = Range::posterior_spreads(gaps, run.level.snr(), samples, settings.confidence);
                [spread, between].map(|range| range.instead_of(any, samples, settings.confidence))
            }));
            run.left_out = if shared { run.negligible(samples) } else { 0.0 };
            if shared && run.is_costly(moments) {
                run.error = run.rounding();
                run.paired = !moments.iter().any(|m| VARIANCES.contains(m));
                run.clones = !moments.contains(&Moment::LabelProduction) || run.is_undecided();
                if run.clones {
                    run.detail &= Detail::POSTERIORS;
                    if moments.iter().any(|m| [Moment::PosteriorTrace, Moment::LabelProduction].contains(m)) {
                        run.detail |= Detail::CLONES;
                    }
                }
            }
        }
        if channel.dim() == 1 && moments.contains(&Moment::TopEigenvalue) {
            run.detail |= Detail::SCORE_DIVERGENCE;
        }
        if channel.dim() == 1 && moments.contains(&Moment::PosteriorSquareTrace) {
            run.detail |= Detail::POSTERIOR_TRACE;
        }
        run.columns = moments.iter().filter_map(|&m| run.column(m)).collect();
        if run.columns.contains(&Column::CloneSurprisal) {
            run.columns.push(Column::DataSurprisal);
        }
        run.columns.sort_unstable();
        run.columns.dedup();
        run
    }

    /// Whether a sample is so costly, and its moments such, that pairs of draws and clones pay: many atoms in many
    /// dimensions, and bounded numbers of posteriors. The mean of a pair says nothing of a variance.
    fn is_costly(&self, moments: &[Moment]) -> bool {
        let means = [
            Moment::PosteriorTrace,
            Moment::LabelProduction,
            Moment::ComponentEntropy,
            Moment::ComponentInformation,
            Moment::LabelEntropy,
            Moment::LabelAgreement,
        ];
        let many = self.marginal.weights().len() * self.channel.dim() >= MANY;
        many && moments.iter().all(|m| means.contains(m) || VARIANCES.contains(m))
    }

    /// What a product of a mean of the law with a draw can do to a log-likelihood ratio by its rounding, at most:
    /// `2 eps sqrt(D) alpha |x| r/sigma^2` with `r` the radius of the ball about the mean of the law.
    fn rounding(&self) -> f64 {
        let (snr, dim) = (self.level.snr(), self.channel.dim());
        let noise = Range::noise_energy(dim, self.settings.samples.max(1), self.settings.confidence).hi.sqrt();
        let reach = (snr * self.radius2.unwrap_or(f64::INFINITY)).sqrt();
        let error = ulps::products(dim) * f64::EPSILON * reach * (noise + reach);
        if error <= MOST_ERROR { error } else { 0.0 }
    }

    /// Whether posteriors have so many atoms that means over them cost more than more draws, by a few draws: their
    /// entropy exceeds half of what it can be.
    fn is_undecided(&self) -> bool {
        const FEW: usize = 16;
        let mut draws = Draws::default();
        let law = &**self.channel.law();
        // Chunks of the run count up from 0.
        let mut rng = at_block(self.settings.seed, self.settings.stream, u32::MAX, 0);
        Sampler::new(law, self.settings.noise).draw(FEW, &mut rng, &mut draws);
        let (mut offsets, mut seen, mut known) = (vec![], Observation::default(), Projections::default());
        draws.offsets(&self.level, &mut offsets);
        let points = Points { anchors: &draws.anchors, offsets: &offsets };
        let projected = law.project(&draws.anchors, &draws.xi, &draws.noise, &mut known);
        known.error = self.error;
        let detail = Detail::COMPONENT_ENTROPY;
        self.marginal.observe_projected(points, projected.then_some(&known), detail, &mut seen);
        let mean = seen.component.entropy.iter().sum::<f64>() / FEW as f64;
        mean > 0.5 * (self.marginal.weights().len() as f64).ln()
    }

    /// The column that a moment is read from; `None` where this run does not serve it.
    fn column(&self, moment: Moment) -> Option<Column> {
        let density = self.channel.law().support() == Support::Density;
        Some(match moment {
            Moment::Entropy if self.gaussian => Column::Ratio,
            Moment::Entropy => Column::Surprisal,
            Moment::ScoreNorm2 => Column::Norm2,
            Moment::ScoreDivergence => Column::Divergence,
            Moment::TopEigenvalue if self.channel.dim() == 1 => Column::Divergence,
            Moment::PosteriorTrace => Column::Spread,
            Moment::PosteriorSquareTrace if self.channel.dim() == 1 => Column::SpreadSquare,
            Moment::ComponentEntropy | Moment::ComponentEntropyVariance => Column::ComponentEntropy,
            Moment::ComponentInformation => Column::ComponentInformation,
            Moment::ComponentSurprisalVariance => Column::ComponentSurprisal,
            Moment::LabelEntropy | Moment::LabelEntropyVariance => Column::LabelEntropy,
            Moment::LabelSurprisalVariance => Column::LabelSurprisal,
            Moment::LabelAgreement => Column::LabelAgreement,
            Moment::LabelProduction => Column::Production,
            Moment::DataSurprisal if density && self.gaussian => Column::Remaining,
            Moment::DataSurprisal | Moment::DataSurprisalVariance if density => Column::DataSurprisal,
            Moment::DataEntropyVariance if density && self.gaussian && self.channel.is_true() => Column::CloneSurprisal,
            _ => return None,
        })
    }

    /// The place of a column.
    fn place(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|&c| c == column)
    }

    /// The columns of runs that differ in their levels and samples alone; none where there are no columns.
    fn means(runs: &[Self]) -> Result<Vec<Means>> {
        let Some(first) = runs.first().filter(|run| !run.columns.is_empty()) else { return Ok(vec![]) };
        let needed = first.columns.iter().any(|&c| c >= Column::Remaining);
        let data = needed.then(|| first.channel.observed(&NoiseLevel::DATA));
        let data = data.as_deref();
        let pair = first.place(Column::DataSurprisal).zip(first.place(Column::CloneSurprisal));
        let (count, products) = (first.columns.len(), Vec::from_iter(pair));
        let clone = |run: &Self| data.filter(|_| pair.is_some()).map(|data| PosteriorClone::new(run.marginal, data));
        let clones: Vec<_> = runs.iter().map(clone).collect();
        let stop = |run: &Self| {
            let mut views = vec![View::new(run.level, run.marginal).asking(run.detail)];
            views.extend(data.map(|data| View::new(NoiseLevel::DATA, data).asking(Detail::empty())));
            Stop { settings: run.settings, views, left_out: run.left_out, error: run.error }
        };
        let stops: Vec<Stop<'_>> = runs.iter().map(stop).collect();
        means_along(&stops, &**first.channel.law(), first.paired, count, &products, |v, batch, out| {
            for (j, &column) in first.columns.iter().enumerate() {
                runs[v].observe(column, batch, clones[v].as_ref(), out.iter_mut().skip(j).step_by(count));
            }
        })
    }

    /// Writes one column of a batch.
    fn observe<'o>(
        &self,
        column: Column,
        batch: &Batch<'_>,
        clone: Option<&PosteriorClone<'_>>,
        out: impl Iterator<Item = &'o mut f64>,
    ) {
        let (dim, sigma2, snr) = (batch.dim, self.level.sigma2(), self.level.snr());
        let o = &batch.readings[0].observation;
        let ratio = |i: usize| o.ln_anchor[i] - o.ln_density[i];
        let cut = |spread: f64| self.cut.map_or(spread, |[range, _]| spread.min(range.hi));
        let between = |part: f64| {
            self.cut.map_or(part, |[spread, range]| part.clamp(if self.clones { -spread.hi } else { 0.0 }, range.hi))
        };
        let write = |value: &dyn Fn(usize) -> f64| out.enumerate().for_each(|(i, v)| *v = value(i));
        let clean = batch.readings.get(1).map(|r| &r.observation);
        match (column, clean) {
            (Column::Ratio, _) => write(&ratio),
            (Column::Surprisal, _) => write(&|i| -o.ln_density[i]),
            (Column::Norm2, _) => write(&|i| sigma2 * o.score_norm2(i, dim) - noise_energy(batch, i)),
            (Column::Divergence, _) => write(&|i| cut(dim as f64 + sigma2 * o.score_divergence[i])),
            (Column::Spread, _) if self.clones => write(&|i| cut(snr * o.clone_spread[i])),
            (Column::Spread, _) => write(&|i| cut(snr * o.posterior_trace[i])),
            (Column::SpreadSquare, _) => write(&|i| (snr * o.posterior_trace[i]).powi(2)),
            (Column::ComponentEntropy, _) => write(&|i| o.component.entropy[i]),
            (Column::ComponentInformation, _) => write(&|i| o.component.divergence[i]),
            (Column::ComponentSurprisal, _) => write(&|i| o.component.surprisal[i]),
            (Column::LabelEntropy, _) => write(&|i| o.label.entropy[i]),
            (Column::LabelSurprisal, _) => write(&|i| o.label.surprisal[i]),
            (Column::LabelAgreement, _) => write(&|i| o.label.agreement[i]),
            (Column::Production, _) if self.clones => {
                write(&|i| between(snr * (o.clone_spread[i] - o.clone_label_spread[i])));
            }
            (Column::Production, _) => write(&|i| between(sigma2 * o.label_production[i])),
            (Column::Remaining, Some(clean)) => write(&|i| clean.ln_anchor[i] - clean.ln_density[i] - ratio(i)),
            (Column::DataSurprisal, Some(clean)) => {
                let believed = self.channel.believed(&self.level).sigma2();
                let energy = |i| noise_energy(batch, i) * (sigma2 / believed);
                write(&|i| kernel_surprisal(energy(i), dim, believed) + o.ln_density[i] - clean.ln_density[i]);
            }
            (Column::CloneSurprisal, _) => {
                let mut surprisals = Vec::with_capacity(batch.len());
                if let Some(clone) = clone {
                    clone.surprisals(batch, &batch.readings[0], &mut surprisals);
                }
                write(&|i| surprisals[i]);
            }
            // The view of the data is there whenever such a column is.
            (Column::Remaining | Column::DataSurprisal, None) => write(&|_| f64::NAN),
        }
    }

    /// A moment from its column.
    fn estimate(&self, means: &Means, moment: Moment) -> Option<Estimate> {
        let at = self.place(self.column(moment)?)?;
        let (level, confidence) = (&self.level, self.settings.confidence);
        let (dim, sigma2) = (Estimate::count(self.channel.dim()), Estimate::given(level.sigma2()));
        let samples = means.samples();
        let left_out = self.error_of_left_out(moment) + self.error_of_rounding(moment);
        let bounded = |range| means.bounded_mean(at, range, confidence).widened(left_out);
        let mean = means.moments(at).mean;
        let energy = Range::noise_energy(self.channel.dim(), samples, confidence);
        let cut = |side: usize| {
            let uncut = self.radius2.map_or(energy, |r2| energy.below(level.snr() * r2));
            // Clones lie no farther apart than twice the radius of the ball, and the energy of the noise says nothing
            // of them, nor of the mean of a pair.
            let most = self.radius2.map_or(f64::INFINITY, |r2| 2.0 * level.snr() * r2);
            let uncut = if self.paired { Range::always(0.0, most) } else { uncut };
            self.cut.map(|cut| cut[side]).filter(|cut| cut.hi < uncut.hi).unwrap_or(uncut)
        };
        let spread = || cut(0);
        // Of clones the part between labels is a difference.
        let production = || {
            let (all, between) = (cut(0), cut(1));
            let lo = if self.clones { -all.hi } else { 0.0 };
            Range { lo, bias: between.bias + if self.clones { all.bias } else { 0.0 }, ..between }
        };
        let moved = || self.error_of_spread(means);
        let unlikely = self.marginal.weights().iter().copied().fold(1.0, f64::min);
        let ratio = || Range::log_ratio(unlikely, samples, confidence);
        let of_component = (self.marginal.weights().len() as f64).ln();
        let labels = self.marginal.label_weights().len() as f64;
        // The exact part, of the true components.
        let within = |moment| {
            let truth = self.channel.mutated(Mutation::None);
            truth.averaged(moment, self.marginal.weights(), |k, i| self.marginal.eigenvalue(k, i))
        };
        Some(match moment {
            Moment::Entropy if self.gaussian => bounded(ratio()) + within(moment)?,
            Moment::Entropy => means.mean(at, confidence),
            Moment::ScoreNorm2 => {
                let range = Range {
                    lo: -energy.hi,
                    bias: 2.0 * energy.bias,
                    error_probability: 2.0 * energy.error_probability,
                    ..energy
                };
                (bounded(range) + dim) / sigma2
            }
            Moment::ScoreDivergence | Moment::TopEigenvalue => {
                let lost = self.rounding_of_sums() * dim.value();
                (bounded(spread()).widened(lost + self.rounding_of_spread(mean)) - dim) / sigma2
            }
            Moment::PosteriorTrace => {
                let lost = moved() + self.rounding_of_spread(mean);
                bounded(spread()).widened(lost) / Estimate::rounded(level.snr(), ulps::SNR)
            }
            Moment::PosteriorSquareTrace => {
                let snr = Estimate::rounded(level.snr(), ulps::SNR);
                means.mean(at, confidence) / (snr * snr)
            }
            Moment::ComponentEntropy => bounded(Range::always(0.0, of_component)),
            Moment::ComponentInformation => bounded(Range::always(0.0, -unlikely.ln())),
            Moment::ComponentEntropyVariance => {
                means.bounded_variance(at, 0.0, of_component, confidence).widened(left_out)
            }
            Moment::LabelEntropy => bounded(Range::always(0.0, labels.ln())),
            Moment::LabelEntropyVariance => means.bounded_variance(at, 0.0, labels.ln(), confidence).widened(left_out),
            Moment::LabelAgreement => bounded(Range::always(1.0 / labels, 1.0)),
            Moment::LabelProduction => bounded(production()).widened(moved() + self.rounding_of_spread(mean)) / sigma2,
            Moment::DataSurprisal if self.gaussian => {
                let ratio = ratio();
                let range = Range {
                    lo: -ratio.width(),
                    hi: ratio.width(),
                    error_probability: 2.0 * ratio.error_probability,
                    bias: 2.0 * ratio.bias,
                };
                bounded(range) + within(moment)?
            }
            Moment::DataSurprisal => means.mean(at, confidence),
            Moment::ComponentSurprisalVariance | Moment::LabelSurprisalVariance | Moment::DataSurprisalVariance => {
                means.variance(at, confidence).widened(left_out)
            }
            Moment::DataEntropyVariance => means.covariance(self.place(Column::DataSurprisal)?, at, confidence)?,
            _ => return None,
        })
    }

    /// What ratios that are off by [`Simulation::error`] do to a mean of spreads: one that is off by `e` moves a
    /// posterior by `2 e` of itself, and pairs of posteriors by twice that; the scaled squared distance of a clone, of
    /// the same products, is off by `2 e` even where it is 0.
    fn error_of_spread(&self, means: &Means) -> f64 {
        let spread = self.place(Column::Spread).map_or(f64::INFINITY, |at| means.moments(at).mean);
        let of_clones = if self.clones { 4.0 * self.error } else { 0.0 };
        8.0 * self.error * spread.min(self.channel.dim() as f64) + of_clones
    }

    /// See [`MonteCarloAlong::by_chunk`].
    fn by_chunk(&self, means: Option<&Means>, moment: Moment) -> Result<Option<ByChunk>> {
        let snr = self.level.snr();
        if moment == Moment::PosteriorSquareTrace && self.channel.dim() > 1 {
            let (values, samples) = self.of_groups(|a, x| self.marginal.posterior_square_trace(a, x))?;
            let mean = studentised(&values, samples, self.settings.confidence);
            let bias = self.rounding_of_matrices() * mean.value();
            return Ok(Some(ByChunk { mean: mean.widened(bias), bias, chunks: values }));
        }
        let at = self.column(moment).and_then(|column| self.place(column));
        let mean = means.and_then(|means| self.estimate(means, moment));
        let (Some(at), Some(mean), Some(means)) = (at, mean, means) else { return Ok(None) };
        let (unit, off) = match moment {
            Moment::PosteriorTrace => {
                // Where no spread reaches the cut it takes nothing.
                let reached = |cut: &Range| self.radius2.is_none_or(|r2| snr * r2 > cut.hi);
                let cut = self.cut.map(|[spread, _]| spread).filter(reached).map_or(0.0, |cut| cut.bias);
                let rounding = self.error_of_spread(means) + self.rounding_of_spread(means.moments(at).mean);
                (1.0 / snr, cut + self.error_of_left_out(moment) + rounding)
            }
            Moment::PosteriorSquareTrace => (1.0 / (snr * snr), 0.0),
            _ => return Ok(None),
        };
        let chunks = means.of_chunks(at).map(|mean| mean * unit).collect();
        Ok(Some(ByChunk { mean, bias: off * unit, chunks }))
    }

    /// How much may be left out of a posterior: the mean of the scaled spread then moves by `8e-3/sqrt(n)` at most,
    /// small beside the error of `n` samples. Nothing where `gamma` times the squared distance of two atoms stays below
    /// a hundred: no atom weighs as little there, and samples vary little.
    fn negligible(&self, samples: u64) -> f64 {
        let Some(spread) = self.radius2.map(|r2| 4.0 * self.level.snr() * r2) else { return 0.0 };
        if spread < 100.0 { 0.0 } else { (1.6e-3 / ((samples as f64).sqrt() * spread)).min(1e-7) }
    }

    /// What a posterior that leaves out a part `e` does to a mean, in units of its column: twice over, since an
    /// interval also reads the spread of what is averaged.
    ///
    /// # Formula
    /// With `g = 4 gamma r^2`, which no `gamma |y_j - y_k|^2` exceeds. Half of `e` is left out of the posterior: the
    /// spread, and its part between labels, move by `e g` at most, since a variance and its mean within groups are
    /// concave in the law and below `g`. The other half is left out of the sums `sum pi y` and `sum pi |y|^2` alone,
    /// `|y| <= r`: as differences of their squares the spread moves by another `3 e g/8` at most, and the part between
    /// labels, of gaps no longer than `2 r`, by `9 e g/8`: by `5 e g/2` in all. Such a difference is also rounded, in
    /// units of what it is taken from, `gamma r^2`, three sums of it. `sigma^2 |s|^2` moves by `2 e sqrt(g hi) + e^2 g`
    /// while `|Z|^2 < hi`; an entropy by `e (1 + log(1/e) + log K)`, which is what the choice between both parts
    /// and the part left out have; a divergence also by `2 e max |log w|`; a surprisal by `2 e`, of the label `y` by
    /// `e/pi_y` where `pi_y > 1e-3` (else it is whole), which averages to `e` a label, times a surprisal to `e log
    /// 1000` at most; the agreement by `4 e`. A variance moves by no more than twice the deviation times what its
    /// variable does.
    fn error_of_left_out(&self, moment: Moment) -> f64 {
        let e = self.left_out;
        if e == 0.0 {
            return 0.0;
        }
        let g = 4.0 * self.level.snr() * self.radius2.unwrap_or(f64::INFINITY);
        let weights = self.marginal.weights();
        let (all, least) = ((weights.len() as f64).ln(), weights.iter().copied().fold(1.0, f64::min));
        let entropy = e * (1.0 - e.ln() + all);
        let samples = self.settings.samples.max(1);
        let hi = Range::noise_energy(self.channel.dim(), samples, self.settings.confidence).hi;
        let of_spread = 2.5 * e * g + 3.0 * self.rounding_of_sums() * 0.25 * g;
        let (deviation, labels) = ((all * all + 1.0).sqrt(), self.marginal.label_weights().len() as f64);
        2.0 * match moment {
            Moment::Entropy => 2.0 * e,
            Moment::ScoreNorm2 => 2.0 * e * (g * hi).sqrt() + e * e * g,
            // Of a label that weighs little much is left out within it.
            Moment::LabelProduction if self.clones => 2.0 * e * g * (1.0 + labels),
            Moment::ScoreDivergence | Moment::TopEigenvalue | Moment::PosteriorTrace | Moment::LabelProduction => {
                of_spread
            }
            Moment::ComponentEntropy | Moment::LabelEntropy => entropy,
            Moment::ComponentInformation => entropy - 2.0 * e * least.ln(),
            Moment::ComponentEntropyVariance | Moment::LabelEntropyVariance => 2.0 * entropy * all,
            Moment::ComponentSurprisalVariance => 4.0 * e * deviation,
            Moment::LabelSurprisalVariance => 2.0 * e * labels * (1e3_f64.ln() + labels.ln()),
            Moment::LabelAgreement => 4.0 * e,
            // The others have no column of posteriors of atoms.
            _ => f64::INFINITY,
        }
    }

    /// What ratios that are off by [`Simulation::error`] do to a mean of entropies; to one of spreads, in proportion to
    /// it, see [`Simulation::estimate`].
    ///
    /// # Formula
    /// With ratios off by `e` a posterior is off by `2 e` of itself, and `sum pi log pi` by `2 e sum pi abs(log pi +
    /// 1)`, at most `2 e (2 + log K)`; twice that for the second order. A variance moves by no more than twice the
    /// range times what its variable does.
    fn error_of_rounding(&self, moment: Moment) -> f64 {
        let all = (self.marginal.weights().len() as f64).ln();
        let moved = 4.0 * self.error * (2.0 + all);
        match moment {
            Moment::PosteriorTrace | Moment::LabelProduction => 0.0,
            moment if VARIANCES.contains(&moment) => 2.0 * moved * all,
            _ => moved,
        }
    }

    /// Relative rounding of a sum over the components and one over the axes, and of what is summed.
    fn rounding_of_sums(&self) -> f64 {
        let (components, dim) = (self.marginal.weights().len(), self.channel.dim());
        f64::EPSILON * (ulps::sum(components) + ulps::sum(dim) + ulps::READING)
    }

    /// What rounding does to a mean `v` of scaled spreads.
    ///
    /// # Formula
    /// With `g` the gap of a component's posterior mean, or score, to the average `c`, both scaled, `g` is off by `u
    /// (abs(g) + abs(c))`, and `sum pi g^2` by `2 u (sum pi g^2 + abs(c) sqrt(sum pi g^2))`. Of `c` the lesser of two
    /// forms counts: `sigma abs(s)`, of mean square `D` at most, so that the mean is off by `2 u (v + sqrt(v D))`
    /// (Cauchy-Schwarz); and `sqrt(gamma) abs(m - mu)`, of atoms in a ball of radius `r` at most `2 sqrt(gamma) r`.
    fn rounding_of_spread(&self, v: f64) -> f64 {
        let dim = self.channel.dim() as f64;
        let centre2 = self.radius2.map_or(dim, |r2| dim.min(4.0 * self.level.snr() * r2));
        let v = v.abs();
        self.rounding_of_sums() * v + 2.0 * ulps::READING * f64::EPSILON * (v + (v * centre2).sqrt())
    }

    /// Relative rounding of what is read of a matrix that is a sum over components, where that has the size of their
    /// terms: of an eigenvalue, and of the sum of squares, at most `2 sqrt(D)` times that of an entry.
    fn rounding_of_matrices(&self) -> f64 {
        let (components, dim) = (self.marginal.weights().len(), self.channel.dim());
        f64::EPSILON * (ulps::eigenvalue(dim) + 2.0 * (dim as f64).sqrt() * (ulps::sum(components) + ulps::READING))
    }

    /// The mean of what costs a `D x D` matrix a point, on as many samples as cost about a quarter of the main run, in
    /// at least 128 groups: fewer samples a group than the guard of [`studentised`] asks, more groups.
    fn on_subset(&self, f: impl Fn(usize, &[f64]) -> f64 + Sync) -> Result<Estimate> {
        let (values, samples) = self.of_groups(f)?;
        Ok(studentised(&values, samples, self.settings.confidence))
    }

    /// The means of the groups of [`Self::on_subset`], and how many samples they have.
    fn of_groups(&self, f: impl Fn(usize, &[f64]) -> f64 + Sync) -> Result<(Vec<f64>, u64)> {
        let (settings, dim) = (&self.settings, self.channel.dim());
        let (size, chunks) = settings.chunks(CHUNK)?;
        let (k, d) = (self.marginal.weights().len() as f64, dim as f64);
        let (one, all) = (2.0 * k * d * d + 20.0 * d * d * d, 4.0 * k * d + 40.0 * k);
        let affordable = (0.25 * all / one * (size * u64::from(chunks)) as f64) as usize;
        let groups = affordable.clamp(FEWEST_GROUPS, MOST_GROUPS);
        let each = affordable.div_ceil(groups).max(1);
        let sampler = Sampler::new(&**self.channel.law(), settings.noise);
        let group = |(draws, offsets): &mut (Draws, Vec<f64>), g: usize| {
            // Chunks of the main run count up from 0.
            let mut rng = at_block(settings.seed, settings.stream, u32::MAX - g as u32, 0);
            sampler.draw(each, &mut rng, draws);
            draws.offsets(&self.level, offsets);
            let rows = draws.anchors.iter().zip(offsets.chunks_exact(dim));
            let mean = rows.map(|(&a, x)| f(a, x)).sum::<f64>() / each as f64;
            progress::done();
            mean
        };
        let work = |mine: Vec<usize>| -> Result<Vec<f64>> {
            progress::expect(mine.len() as u64);
            Ok(mine.into_par_iter().map_init(Default::default, |scratch, g| group(scratch, g)).collect())
        };
        let values = share::each(
            &format!("groups of {each} matrices at t = {}", self.level.t()),
            groups,
            work,
            |value| share::Piece::of([*value]),
            |_, piece| piece.reader().number(),
        )?;
        if let Some(at) = values.iter().position(|v| !v.is_finite()) {
            return Err(Error::NotFinite { column: 0, sample: (at * each) as u64, value: values[at] });
        }
        Ok((values, (groups * each) as u64))
    }
}

/// `|Z|^2` of sample `i`.
fn noise_energy(batch: &Batch<'_>, i: usize) -> f64 {
    norm2(&batch.draws.noise[i * batch.dim..(i + 1) * batch.dim])
}
