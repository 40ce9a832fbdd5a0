//! Averages over the law, in chunks that never depend on who computes them.

use infodyn_core::{
    Channel, Density, Detail, Estimate, Law, Mutation, NoiseLevel, Observation, Points, Projections, Sampling,
    progress, share, ulps,
};
use infodyn_kernels::Philox;
use rayon::prelude::*;

use crate::even::{Even, Lattice};
use crate::interval::{Range, bernstein_radius, betting_radius, studentised};
use crate::moments::add_powers;
use crate::random::at_block;
use crate::{Draws, Error, Moments, NoiseLaw, Result, Sampler, stream};

/// The seed of runs that name no other.
pub const SEED: u64 = 20_250_827;

/// Points that a density is asked about at once.
const BATCH: usize = 128;
/// Bytes of what a law knows of draws, to be read at every level: they stay in the second cache.
const KNOWN: usize = 1 << 19;
/// The same at one time of a stretch, where draws lie evenly: chunks of fewer then do.
const FEW: usize = 64;
/// Samples of a chunk, at least, and chunks, at least: the guard of the studentised interval.
pub(crate) const CHUNK: u64 = 256;
const FEWEST: u64 = 32;
/// Times that a chunk draws from a stretch of the process, one from each of as many equal parts.
const STRATA: u64 = 8;
/// Beyond this many, chunks grow instead of multiplying.
const MOST: u64 = 1024;
/// The same of draws that lie evenly, of which many gain more than as many alone.
const MOST_EVEN: u64 = 128;
/// Set in the stream number of auxiliary draws.
const AUXILIARY: u32 = 1 << 31;

/// How the draws of a chunk lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Draw {
    /// Each independent of all others.
    #[default]
    Independent,
    /// Evenly: on a lattice that is shifted at random. A draw has the law that it should have, and chunks are
    /// independent; within a chunk draws are not, which is why their mean varies less. In [`mean_of`] and
    /// [`mean_over_time`] alone; all else draws independently.
    ///
    /// # Formula
    /// Point `i` of `m` is `i z/m + shift` modulo 1 in the unit cube, folded by `1 - |2 u - 1|`; normals are its
    /// quantiles, along directions that start with those of the means of the components. Beyond 14 coordinates each
    /// point comes with a mirror image, of the same `X_0` and the opposite noise.
    ///
    /// # Accuracy
    /// The mean of a chunk is one number, unbiased and independent of other chunks: what [`studentised`] asks for.
    /// In one or two dimensions 4 to 100 times fewer draws do for the same error of a mean; in 64, of 1797 atoms, 2 to
    /// 30 times. A function that is even in the noise and rough in all directions gains nothing there, and a variance
    /// gains little anywhere.
    ///
    /// # Source
    /// Cranley & Patterson, SIAM J. Numer. Anal. 13 (1976) 904 (random shifts); Hickernell, *Obtaining O(N^(-2+eps))
    /// convergence for lattice quadrature rules*, MCQMC 2000 (the fold).
    Even,
}

/// What a run depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Seed of every random number.
    pub seed: u64,
    /// Stream, below `2^31`: runs with the same seed and different streams are independent.
    pub stream: u32,
    /// Samples asked for; rounded up to whole chunks, at least 32 of 256 (of 1024 over a
    /// stretch of time).
    pub samples: u64,
    /// Level of the intervals of a profile.
    pub confidence: f64,
    /// Law of the forward noise; anything but Gaussian is a mutant.
    pub noise: NoiseLaw,
    /// How the draws of a chunk lie.
    pub draw: Draw,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: SEED,
            stream: 0,
            samples: 1 << 16,
            confidence: 0.997,
            noise: NoiseLaw::Gaussian,
            draw: Draw::Independent,
        }
    }
}

impl Settings {
    /// The same with the forward noise of a channel, whose mutation can be that.
    pub(crate) fn under(self, channel: &Channel) -> Self {
        if channel.mutation() == Mutation::Noise { Self { noise: NoiseLaw::Uniform, ..self } } else { self }
    }

    /// Samples of a chunk, a multiple of `unit`, and number of chunks.
    pub(crate) fn chunks(&self, unit: u64) -> Result<(u64, u32)> {
        let most = u64::from(u32::MAX) * CHUNK;
        if self.samples > most {
            return Err(Error::Samples { value: self.samples, most });
        }
        if self.stream >= AUXILIARY {
            return Err(Error::Stream { value: self.stream });
        }
        if !(self.confidence > 0.0 && self.confidence < 1.0) {
            return Err(Error::Confidence { value: self.confidence });
        }
        let size = unit * self.samples.div_ceil(unit * MOST).max(1);
        // At most MOST, by the choice of the size.
        Ok((size, self.samples.div_ceil(size).clamp(FEWEST, MOST) as u32))
    }

    /// The same for draws that may lie evenly: then the number of samples is a power of two.
    fn even_chunks(&self, unit: u64) -> Result<(u64, u32)> {
        let chunks = self.chunks(unit)?;
        if self.draw == Draw::Independent {
            return Ok(chunks);
        }
        let size = self.samples.div_ceil(MOST_EVEN).next_power_of_two().max(unit);
        Ok((size, self.samples.div_ceil(size).max(FEWEST) as u32))
    }
}

/// A noise level to read the sample at, and the density to ask there.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// Where the sample is read.
    pub level: NoiseLevel,
    /// Whom to ask: the marginal of the law there, or a model of it.
    pub density: &'a dyn Density,
    /// What is asked of it.
    pub detail: Detail,
}

impl<'a> View<'a> {
    /// Asks `density` at `level` for scores and posteriors.
    #[must_use]
    pub fn new(level: NoiseLevel, density: &'a dyn Density) -> Self {
        Self { level, density, detail: Detail::SCORES }
    }

    /// Asks for `detail` and nothing else.
    #[must_use]
    pub fn asking(self, detail: Detail) -> Self {
        Self { detail, ..self }
    }
}

/// The batch read through one [`View`].
#[derive(Debug, Clone)]
pub struct Reading {
    /// Where.
    pub level: NoiseLevel,
    /// The component of the *density* that each point is written from, length `n`; of the law too
    /// when the two have equally many.
    pub anchors: Vec<usize>,
    /// `X_t` minus the centre of that component, `n x D`, row-major.
    pub offsets: Vec<f64>,
    /// What the density says.
    pub observation: Observation,
}

impl Reading {
    fn new(level: NoiseLevel) -> Self {
        Self { level, anchors: Vec::new(), offsets: Vec::new(), observation: Observation::default() }
    }
}

/// A batch of `n` samples, all levels sharing one `(X_0, Z)`.
#[derive(Debug)]
pub struct Batch<'a> {
    /// Dimension `D`.
    pub dim: usize,
    /// Components, `xi = X_0 - mu_anchor` and `Z`.
    pub draws: &'a Draws,
    /// One a view, in their order.
    pub readings: &'a [Reading],
    /// Under [`mean_over_time`], what a rate at the drawn time counts: the mean of `weight r(t)` is
    /// the integral of `r` over the stretch. 1 under [`mean_of`].
    pub weight: f64,
    seed: u64,
    stream: u32,
    chunk: u32,
    index: u64,
}

impl Batch<'_> {
    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.draws.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.draws.is_empty()
    }

    /// A stream of random numbers that belongs to this batch alone, for draws of the caller's own.
    #[must_use]
    pub fn auxiliary(&self) -> Philox {
        at_block(self.seed, self.stream | AUXILIARY, self.chunk, self.index << 32)
    }
}

/// How the components of a law are written in those of a density.
enum Alignment {
    /// Component `k` is component `k`, centre and all.
    Same,
    /// Component `k` is written from component `map[k]`, its centre displaced by row `k` of
    /// `shifts`, `K x D`.
    Shifted { map: Vec<usize>, shifts: Vec<f64> },
}

impl Alignment {
    /// `means` are those of the law's components, `K x D`.
    fn new(means: &[f64], view: &View<'_>) -> Self {
        let (dim, count) = (view.density.dim(), view.density.weights().len());
        let same_count = count * dim == means.len();
        let mut centre = vec![0.0; dim];
        let alpha = view.level.alpha();
        let stands = |(k, mean): (usize, &[f64])| {
            view.density.centre(k, &mut centre);
            centre.iter().zip(mean).all(|(c, m)| *c == alpha * m)
        };
        if same_count && means.chunks_exact(dim).enumerate().all(stands) {
            return Self::Same;
        }
        let (mut map, mut shifts) = (Vec::new(), Vec::with_capacity(means.len()));
        let (mut own, mut centre) = (vec![0.0; dim], vec![0.0; dim]);
        for (i, mean) in means.chunks_exact(dim).enumerate() {
            own.iter_mut().zip(mean).for_each(|(x, m)| *x = view.level.alpha() * m);
            // Components of one centre can differ in covariance: pair them by number, not by place.
            let j = if same_count { i } else { view.density.locate(&own).0 };
            view.density.centre(j, &mut centre);
            map.push(j);
            shifts.extend(own.iter().zip(&centre).map(|(a, b)| a - b));
        }
        Self::Shifted { map, shifts }
    }

    fn read(&self, draws: &Draws, known: Option<&Projections>, view: &View<'_>, dim: usize, out: &mut Reading) {
        out.level = view.level;
        draws.offsets(&view.level, &mut out.offsets);
        out.anchors.clear();
        match self {
            Self::Same => out.anchors.extend_from_slice(&draws.anchors),
            Self::Shifted { map, shifts } => {
                for (&k, x) in draws.anchors.iter().zip(out.offsets.chunks_exact_mut(dim)) {
                    x.iter_mut().zip(&shifts[k * dim..]).for_each(|(x, s)| *x += s);
                }
                out.anchors.extend(draws.anchors.iter().map(|&k| map[k]));
            }
        }
        let points = Points { anchors: &out.anchors, offsets: &out.offsets };
        let known = known.filter(|_| matches!(self, Self::Same));
        view.density.observe_projected(points, known, view.detail, &mut out.observation);
    }
}

/// The means of a law's components, `K x D`: their centres where `alpha = 1`.
pub(crate) fn means(law: &dyn Law) -> Result<Vec<f64>> {
    let (dim, density) = (law.dim(), law.density(&NoiseLevel::DATA.with_sigma2(1.0)?));
    let mut means = vec![0.0; density.weights().len() * dim];
    means.chunks_exact_mut(dim).enumerate().for_each(|(k, mean)| density.centre(k, mean));
    Ok(means)
}

/// Buffers of one worker.
#[derive(Default)]
struct Scratch {
    draws: Draws,
    readings: Vec<Reading>,
    values: Vec<f64>,
}

/// What one chunk leaves behind.
struct Chunk {
    moments: Vec<Moments>,
    covariances: Vec<f64>,
}

impl Chunk {
    /// One of no samples.
    fn empty(columns: usize, products: usize) -> Self {
        Self { moments: vec![Moments::default(); columns], covariances: vec![0.0; products] }
    }

    /// Adds its numbers to those of a piece of shared work; of no samples their count alone.
    fn put(&self, numbers: &mut Vec<f64>) {
        let count = self.moments.first().map_or(0, |m| m.count);
        numbers.push(count as f64);
        if count == 0 {
            return;
        }
        for Moments { mean, powers: [p2, p3, p4], .. } in &self.moments {
            numbers.extend([mean, p2, p3, p4]);
        }
        numbers.extend(&self.covariances);
    }

    /// What [`Chunk::put`] wrote, of so many columns and products.
    fn read(reader: &mut share::Reader<'_>, columns: usize, products: usize) -> Option<Self> {
        let count = reader.whole()?;
        if count == 0 {
            return Some(Self::empty(columns, products));
        }
        let moments = (0..columns).map(|_| {
            let [mean, p2, p3, p4] = reader.numbers()?;
            Some(Moments { count, mean, powers: [p2, p3, p4] })
        });
        let moments = moments.collect::<Option<_>>()?;
        let covariances = (0..products).map(|_| reader.number()).collect::<Option<_>>()?;
        Some(Self { moments, covariances })
    }
}

/// The sums of one chunk, growing batch by batch.
struct Sums {
    /// Mean of each column over the first batch, subtracted from every value.
    shift: Vec<f64>,
    powers: Vec<[f64; 4]>,
    products: Vec<f64>,
    count: u64,
}

/// One run: everything that the chunks share.
struct Run<'a> {
    settings: &'a Settings,
    sampler: Sampler<'a>,
    /// Where draws lie evenly.
    even: Option<Even<'a>>,
    /// Draws of a chunk, and of a batch.
    size: u64,
    batch: usize,
    columns: usize,
    products: &'a [(usize, usize)],
}

/// The draws of one chunk.
struct Source {
    rng: Philox,
    lattice: Option<Lattice>,
}

impl<'a> Run<'a> {
    fn new(
        settings: &'a Settings,
        law: &'a dyn Law,
        means: &[f64],
        (size, batch): (u64, usize),
        (columns, products): (usize, &'a [(usize, usize)]),
    ) -> Result<Self> {
        let sampler = Sampler::new(law, settings.noise);
        let even = if settings.draw == Draw::Even {
            let density = law.density(&NoiseLevel::DATA.with_sigma2(1.0)?);
            Some(Even::new(law, settings.noise, means, (density.weights(), density.labels())))
        } else {
            None
        };
        Ok(Self { settings, sampler, even, size, batch, columns, products })
    }

    fn sums(&self) -> Sums {
        Sums::new(self.columns, self.products.len())
    }

    fn source(&self, chunk: u32) -> Source {
        let mut rng = stream(self.settings.seed, self.settings.stream, chunk);
        let lattice = self.even.as_ref().map(|even| even.lattice(self.size, &mut rng));
        Source { rng, lattice }
    }

    /// Draws one batch, reads it through the views, and adds what `f` makes of it. Where draws lie evenly every
    /// `step`-th point of the lattice is in it: `batch` counts first the `step` parts, then on.
    fn batch(
        &self,
        place: (u32, f64),
        (source, points): (&mut Source, (u64, u64)),
        views: &[(View<'_>, &Alignment)],
        scratch: &mut Scratch,
        sums: &mut Sums,
        f: &OfBatch<'_>,
    ) -> Result<()> {
        match self.even.as_ref().zip(source.lattice.as_ref()) {
            Some((even, lattice)) => {
                let (batch, step) = points;
                let first = batch % step + batch / step * step * even.points(self.batch as u64);
                even.draw(lattice, (first, step), self.batch, &mut scratch.draws);
            }
            None => self.sampler.draw(self.batch, &mut source.rng, &mut scratch.draws),
        }
        self.read(place, None, views, scratch, sums, f)
    }

    /// Reads the batch that was drawn, of which `known` may be known, and adds what `f` makes of it.
    fn read(
        &self,
        place: (u32, f64),
        known: Option<&Projections>,
        views: &[(View<'_>, &Alignment)],
        scratch: &mut Scratch,
        sums: &mut Sums,
        f: &OfBatch<'_>,
    ) -> Result<()> {
        self.values(place, known, views, scratch, sums.count, f);
        self.add(place.0, scratch, sums)
    }

    /// Adds the values of a batch.
    fn add(&self, chunk: u32, scratch: &Scratch, sums: &mut Sums) -> Result<()> {
        finite(&scratch.values, self.columns, u64::from(chunk) * self.size + sums.count)?;
        sums.add(&scratch.values, self.products);
        Ok(())
    }

    /// What `f` makes of the batch that was drawn, after `count` others of its chunk.
    fn values(
        &self,
        (chunk, weight): (u32, f64),
        known: Option<&Projections>,
        views: &[(View<'_>, &Alignment)],
        scratch: &mut Scratch,
        count: u64,
        f: &OfBatch<'_>,
    ) {
        let (dim, columns) = (self.sampler.law().dim(), self.columns);
        scratch.readings.resize_with(views.len(), || Reading::new(views[0].0.level));
        for ((view, alignment), reading) in views.iter().zip(&mut scratch.readings) {
            alignment.read(&scratch.draws, known, view, dim, reading);
        }
        let batch = Batch {
            dim,
            draws: &scratch.draws,
            readings: &scratch.readings,
            weight,
            seed: self.settings.seed,
            stream: self.settings.stream,
            chunk,
            index: count / self.batch as u64,
        };
        scratch.values.clear();
        scratch.values.resize(batch.len() * columns, 0.0);
        f(&batch, &mut scratch.values);
    }
}

impl Sums {
    fn new(columns: usize, products: usize) -> Self {
        Self { shift: vec![0.0; columns], powers: vec![[0.0; 4]; columns], products: vec![0.0; products], count: 0 }
    }

    fn finish(&self, products: &[(usize, usize)]) -> Chunk {
        let n = self.count as f64;
        let pairs = self.products.iter().zip(products);
        let covariance =
            |(p, &(i, j)): (&f64, &(usize, usize))| (p - self.powers[i][0] * self.powers[j][0] / n) / (n - 1.0);
        let moments = self.powers.iter().zip(&self.shift).map(|(&p, &c)| Moments::from_shifted(self.count, c, p));
        Chunk { moments: moments.collect(), covariances: pairs.map(covariance).collect() }
    }

    /// Adds a batch of values, `n x columns`, row-major.
    fn add(&mut self, values: &[f64], products: &[(usize, usize)]) {
        let columns = self.shift.len();
        if self.count == 0 {
            let n = (values.len() / columns) as f64;
            for row in values.chunks_exact(columns) {
                self.shift.iter_mut().zip(row).for_each(|(s, v)| *s += v / n);
            }
        }
        for row in values.chunks_exact(columns) {
            for ((powers, v), c) in self.powers.iter_mut().zip(row).zip(&self.shift) {
                add_powers(v - c, powers);
            }
            for (sum, &(i, j)) in self.products.iter_mut().zip(products) {
                *sum += (row[i] - self.shift[i]) * (row[j] - self.shift[j]);
            }
            self.count += 1;
        }
    }
}

fn finite(values: &[f64], columns: usize, first: u64) -> Result<()> {
    match values.iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(at) => {
            Err(Error::NotFinite { column: at % columns, sample: first + (at / columns) as u64, value: values[at] })
        }
    }
}

/// What is averaged, behind a pointer: the loops are compiled once and not for each of hundreds of functions.
type OfBatch<'a> = dyn Fn(&Batch<'_>, &mut [f64]) + Sync + 'a;
/// The same of trials.
type OfTrials<'a, E> = dyn Fn(u64, &mut Philox, &mut [f64]) -> std::result::Result<(), E> + Sync + 'a;

/// Averages `columns` functions of the sample.
///
/// `f` gets a batch of `n` samples read through every view and writes `n x columns` values,
/// row-major. `products` are the pairs of columns whose covariance will be asked for.
///
/// # Errors
/// When the settings are out of range, a density has another dimension than the law, or a value is
/// not finite.
pub fn mean_of(
    settings: &Settings,
    law: &dyn Law,
    views: &[View<'_>],
    columns: usize,
    products: &[(usize, usize)],
    f: impl Fn(&Batch<'_>, &mut [f64]) + Sync,
) -> Result<Means> {
    at_one_level(settings, law, views, columns, products, &f)
}

fn at_one_level(
    settings: &Settings,
    law: &dyn Law,
    views: &[View<'_>],
    columns: usize,
    products: &[(usize, usize)],
    f: &OfBatch<'_>,
) -> Result<Means> {
    let (size, count) = settings.even_chunks(CHUNK)?;
    if let Some(found) = views.iter().map(|v| v.density.dim()).find(|&d| d != law.dim()) {
        return Err(Error::Dimension { found, expected: law.dim() });
    }
    let means = means(law)?;
    let run = Run::new(settings, law, &means, (size, BATCH), (columns, products))?;
    let alignments: Vec<Alignment> = views.iter().map(|v| Alignment::new(&means, v)).collect();
    let views: Vec<_> = views.iter().copied().zip(&alignments).collect();
    progress::expect(count.into());
    let chunks = (0..count)
        .into_par_iter()
        .map_init(Scratch::default, |scratch, index| {
            let (mut source, mut sums) = (run.source(index), run.sums());
            for batch in 0..size / BATCH as u64 {
                run.batch((index, 1.0), (&mut source, (batch, 1)), &views, scratch, &mut sums, f)?;
            }
            progress::done();
            Ok(sums.finish(products))
        })
        .collect::<Vec<Result<Chunk>>>();
    let independent = settings.draw == Draw::Independent;
    Ok(Means::new(chunks.into_iter().collect::<Result<_>>()?, columns, products, independent))
}

/// What is read at one noise level of several.
pub(crate) struct Stop<'a> {
    /// As in [`mean_of`]; stops differ in their samples alone.
    pub(crate) settings: Settings,
    pub(crate) views: Vec<View<'a>>,
    /// Part of a posterior that may be left out ([`Projections::left_out`]).
    pub(crate) left_out: f64,
    /// Error that a log-likelihood ratio may have ([`Projections::error`]).
    pub(crate) error: f64,
}

/// Draws of a batch that are taken together through all levels: of a law that knows something of draws
/// ([`Law::project`]), so few that what it knows stays in the second cache; all, where that has no room for sixteen.
fn part(law: &dyn Law) -> usize {
    const FEWEST: usize = 16;
    let of_one = size_of::<[f64; 2]>() * law.mixture().map_or(usize::MAX, |law| law.components()).min(KNOWN);
    let part = KNOWN / of_one / FEWEST * FEWEST;
    let origin = vec![0.0; law.dim()];
    let known = || law.project(&[0], &origin, &origin, &mut Projections::default());
    if (FEWEST..BATCH).contains(&part) && known() { part } else { BATCH }
}

/// [`mean_of`] at several stops, one answer a stop, all of the same draws: a stop of fewer samples has the first of
/// each chunk, and the first chunks. `f` gets the number of the stop. What a law can know of draws ([`Law::project`])
/// is found once for all. Where draws come in pairs, each of one `X_0` and of `Z` and `-Z`, a sample is the mean of
/// both.
///
/// # Errors
/// As [`mean_of`], of the first chunk that fails.
pub(crate) fn means_along<F>(
    stops: &[Stop<'_>],
    law: &dyn Law,
    paired: bool,
    columns: usize,
    products: &[(usize, usize)],
    f: F,
) -> Result<Vec<Means>>
where
    F: Fn(usize, &Batch<'_>, &mut [f64]) + Sync,
{
    let means = means(law)?;
    let runs = stops.iter().map(|stop| {
        let (size, count) = stop.settings.chunks(if paired { BATCH as u64 } else { CHUNK })?;
        let sampler = Sampler::new(law, stop.settings.noise);
        Ok((Run { settings: &stop.settings, sampler, even: None, size, batch: BATCH, columns, products }, count))
    });
    let runs: Vec<(Run<'_>, u32)> = runs.collect::<Result<_>>()?;
    let aligned = |stop: &Stop<'_>| stop.views.iter().map(|view| Alignment::new(&means, view)).collect::<Vec<_>>();
    let alignments: Vec<Vec<Alignment>> = stops.par_iter().map(aligned).collect();
    drop(means);
    let both = stops.iter().zip(&alignments);
    let views: Vec<Vec<_>> = both.map(|(stop, a)| stop.views.iter().copied().zip(a).collect()).collect();
    let (most, chunks) = runs.iter().fold((0, 0), |m, (run, count)| (m.0.max(run.size), m.1.max(*count)));
    // What draws anew for a batch has to see all of it.
    let part = if products.is_empty() { part(law) } else { BATCH };
    let labels = law.mixture().map_or(&[][..], |law| law.labels());
    type Room = (Scratch, Projections, Draws);
    let chunk = |(scratch, projections, drawn): &mut Room, index: u32| -> Result<Vec<Chunk>> {
        let mut sums: Vec<Result<Sums>> = runs.iter().map(|(run, _)| Ok(run.sums())).collect();
        let mut rng = stream(runs[0].0.settings.seed, runs[0].0.settings.stream, index);
        let mut first: Vec<Vec<f64>> = vec![vec![]; runs.len()];
        for batch in 0..most / BATCH as u64 {
            let reads = |run: &(Run<'_>, u32)| index < run.1 && batch < run.0.size / BATCH as u64;
            let readers = runs.iter().filter(|run| reads(run)).count();
            if readers == 0 {
                break;
            }
            runs[0].0.sampler.draw(BATCH, &mut rng, drawn);
            let mut order: Vec<usize> = (0..BATCH).collect();
            if part < BATCH {
                // Draws of one label see much the same means.
                let place = |l: usize| (labels.get(drawn.anchors[l]), drawn.anchors[l]);
                order.sort_by_key(|&l| place(l));
            }
            for part in order.chunks(part) {
                drawn.take(part, &mut scratch.draws);
                let Draws { anchors, xi, noise, .. } = &scratch.draws;
                // Two products, of signal and of noise, against one a level.
                let known = (readers > 2 || paired) && law.project(anchors, xi, noise, projections);
                for mirrored in [false, true] {
                    if mirrored && !paired {
                        break;
                    }
                    if mirrored {
                        scratch.draws.noise.iter_mut().for_each(|z| *z = -*z);
                        projections.noise.iter_mut().flatten().for_each(|z| *z = -*z);
                    }
                    for (v, (run, sums)) in runs.iter().zip(&mut sums).enumerate() {
                        if let (true, Ok(so_far)) = (reads(run), &mut *sums) {
                            (projections.left_out, projections.error) = (stops[v].left_out, stops[v].error);
                            let known = known.then_some(&*projections);
                            let seen = |batch: &Batch<'_>, out: &mut [f64]| f(v, batch, out);
                            run.0.values((index, 1.0), known, &views[v], scratch, so_far.count, &seen);
                            if paired && !mirrored {
                                first[v].clone_from(&scratch.values);
                                continue;
                            }
                            if paired {
                                scratch.values.iter_mut().zip(&first[v]).for_each(|(v, w)| *v = 0.5 * (*v + w));
                            }
                            if let Err(error) = run.0.add(index, scratch, so_far) {
                                *sums = Err(error);
                            }
                        }
                    }
                }
            }
        }
        progress::done();
        // All chunks have the same stops, so that one can stand in for another.
        let ends = sums.into_iter().zip(&runs).map(|(sums, run)| match sums {
            Ok(sums) if index < run.1 => Ok(sums.finish(products)),
            Ok(_) => Ok(Chunk::empty(columns, products.len())),
            Err(error) => Err(error),
        });
        ends.collect()
    };
    let work = |mine: Vec<usize>| {
        progress::expect(mine.len() as u64);
        let chunks: Vec<Result<Vec<Chunk>>> =
            mine.into_par_iter().map_init(Default::default, |own, index| chunk(own, index as u32)).collect();
        chunks.into_iter().collect()
    };
    let to = |of_chunk: &Vec<Chunk>| {
        let mut piece = share::Piece::default();
        of_chunk.iter().for_each(|chunk| chunk.put(&mut piece.numbers));
        piece
    };
    let from = |_: usize, piece: &share::Piece| {
        let mut reader = piece.reader();
        let of_chunk = runs.iter().map(|_| Chunk::read(&mut reader, columns, products.len()));
        let of_chunk = of_chunk.collect::<Option<Vec<_>>>()?;
        reader.end().map(|()| of_chunk)
    };
    let sizes: Vec<(u64, u32)> = runs.iter().map(|(run, count)| (run.size, *count)).collect();
    let what = format!("chunks of stream {} in {sizes:?}", runs[0].0.settings.stream);
    let chunks: Vec<Vec<Chunk>> = share::each(&what, chunks as usize, work, to, from)?;
    let mut of_stops: Vec<Vec<Chunk>> = stops.iter().map(|_| Vec::new()).collect();
    for (index, of_chunk) in chunks.into_iter().enumerate() {
        let read = of_stops.iter_mut().zip(&runs).zip(of_chunk).filter(|((_, run), _)| (index as u32) < run.1);
        read.for_each(|((stop, _), chunk)| stop.push(chunk));
    }
    Ok(of_stops.into_iter().map(|chunks| Means::new(chunks, columns, products, true)).collect())
}

/// Averages `columns` numbers over independent trials of any experiment.
///
/// `f` gets the number of its first trial, the random stream of its chunk where it stands, and room for
/// `n x columns` values, row-major: one trial a row. `products` as in [`mean_of`].
///
/// # Errors
/// When the settings are out of range, `f` fails, or a value is not finite.
pub fn mean_of_trials<E, F>(
    settings: &Settings,
    columns: usize,
    products: &[(usize, usize)],
    f: F,
) -> std::result::Result<Means, E>
where
    E: From<Error> + std::fmt::Display + Send,
    F: Fn(u64, &mut Philox, &mut [f64]) -> std::result::Result<(), E> + Sync,
{
    of_trials(settings, columns, products, &f)
}

fn of_trials<E: From<Error> + std::fmt::Display + Send>(
    settings: &Settings,
    columns: usize,
    products: &[(usize, usize)],
    f: &OfTrials<'_, E>,
) -> std::result::Result<Means, E> {
    let (size, count) = settings.chunks(CHUNK)?;
    let chunk = |values: &mut Vec<f64>, index: u32| -> std::result::Result<Chunk, E> {
        let mut rng = stream(settings.seed, settings.stream, index);
        let mut sums = Sums::new(columns, products.len());
        for batch in 0..size / BATCH as u64 {
            let first = u64::from(index) * size + batch * BATCH as u64;
            values.clear();
            values.resize(BATCH * columns, 0.0);
            f(first, &mut rng, values)?;
            finite(values, columns, first)?;
            sums.add(values, products);
        }
        progress::done();
        Ok(sums.finish(products))
    };
    let work = |mine: Vec<usize>| {
        progress::expect(mine.len() as u64);
        let chunks: Vec<std::result::Result<Chunk, E>> =
            mine.into_par_iter().map_init(Vec::new, |values, index| chunk(values, index as u32)).collect();
        chunks.into_iter().collect()
    };
    let to = |chunk: &Chunk| {
        let mut piece = share::Piece::default();
        chunk.put(&mut piece.numbers);
        piece
    };
    let from = |_: usize, piece: &share::Piece| {
        let mut reader = piece.reader();
        let chunk = Chunk::read(&mut reader, columns, products.len())?;
        reader.end().map(|()| chunk)
    };
    let what = format!("chunks of {size} trials");
    let chunks = share::each(&what, count as usize, work, to, from)?;
    Ok(Means::new(chunks, columns, products, true))
}

/// A stretch of a process.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// First time, the less noisy.
    pub t0: f64,
    /// Last time.
    pub t1: f64,
    /// What is asked at both ends.
    pub ends: Detail,
    /// What is asked at the time in between.
    pub between: Detail,
}

/// Averages functions of the sample at both ends of a stretch of a channel's process, read by the true law, and at a
/// time drawn between them, read by the model.
///
/// As [`mean_of`] with the readings `[t0, t1, t]`. Each chunk draws eight times of its own, one from each eighth of the
/// stretch, so that chunks are independent and of one law: for a rate `r(t)`, [`Batch::weight`] times `r(t)` averages
/// to the integral of `r` without bias, and its difference from an increment over `[t0, t1]`, sample by sample, to
/// zero wherever `r` is the derivative.
///
/// # Formula
/// `log gamma` is uniform on each part; with `(log gamma)' = -g^2/sigma^2` the weight
/// is `log(gamma_0/gamma_1) sigma^2/g^2`. In this clock a rate is `sigma^2/g^2` times itself, bounded by
/// `D/2`, where in `t` it can grow without bound toward the data.
///
/// # Errors
/// As [`mean_of`]; when a time lies outside the process or a density cannot be made; and
/// [`Error::Order`] unless `t1` is noisier than `t0`.
pub fn mean_over_time(
    settings: &Settings,
    channel: &Channel,
    span: &Span,
    columns: usize,
    products: &[(usize, usize)],
    f: impl Fn(&Batch<'_>, &mut [f64]) + Sync,
) -> Result<Means> {
    over_time(settings, channel, span, columns, products, &f)
}

fn over_time(
    settings: &Settings,
    channel: &Channel,
    span: &Span,
    columns: usize,
    products: &[(usize, usize)],
    f: &OfBatch<'_>,
) -> Result<Means> {
    let settings = &settings.under(channel);
    let batch = if settings.draw == Draw::Even { FEW } else { BATCH };
    let (size, count) = settings.even_chunks(STRATA * batch as u64)?;
    let (law, process) = (&**channel.law(), channel.process());
    let means = means(law)?;
    let run = Run::new(settings, law, &means, (size, batch), (columns, products))?;
    let levels = [process.at(span.t0)?, process.at(span.t1)?];
    let logs = levels.map(|l| l.log_snr());
    if logs[1] >= logs[0] {
        return Err(Error::Order { previous: 1.0 / levels[0].snr(), next: 1.0 / levels[1].snr() });
    }
    let ends = levels.map(|level| law.density(&level));
    let view = |i: usize| View { level: levels[i], density: &*ends[i], detail: span.ends };
    let views = [view(0), view(1)];
    let alignments = [Alignment::new(&means, &views[0]), Alignment::new(&means, &views[1])];
    let chunks = (0..count)
        .into_par_iter()
        .map_init(Scratch::default, |scratch, index| {
            let (mut source, mut sums) = (run.source(index), run.sums());
            let mut u = [0.0; STRATA as usize];
            source.rng.fill_unit(&mut u);
            if run.even.is_some() {
                // What a rate has of a slope within two parts drops out.
                u.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair[1] = 1.0 - pair[0]);
            }
            for (part, u) in u.iter().enumerate() {
                let place = (part as f64 + u) / STRATA as f64;
                let snr = (logs[0] + (logs[1] - logs[0]) * place).exp();
                let level = process.at(process.time_at_snr(snr)?.clamp(span.t0, span.t1))?;
                let density = channel.observed(&level);
                let view = View { level, density: &*density, detail: span.between };
                let alignment = Alignment::new(&means, &view);
                let views = [(views[0], &alignments[0]), (views[1], &alignments[1]), (view, &alignment)];
                let weight = (logs[0] - logs[1]) * level.sigma2() / level.g2();
                for at in 0..size / (STRATA * batch as u64) {
                    let points = (part as u64 + STRATA * at, STRATA);
                    run.batch((index, weight), (&mut source, points), &views, scratch, &mut sums, f)?;
                }
            }
            Ok(sums.finish(products))
        })
        .collect::<Vec<Result<Chunk>>>();
    Ok(Means::new(chunks.into_iter().collect::<Result<_>>()?, columns, products, false))
}

/// Averages over a run, chunk by chunk. Columns are named by number, from 0; every interval has the
/// level that it is asked for.
pub struct Means {
    chunks: Vec<Chunk>,
    totals: Vec<Moments>,
    products: Vec<(usize, usize)>,
    /// Whether all samples are independent, not only the chunks.
    independent: bool,
}

impl Means {
    fn new(chunks: Vec<Chunk>, columns: usize, products: &[(usize, usize)], independent: bool) -> Self {
        let mut totals = vec![Moments::default(); columns];
        for chunk in &chunks {
            totals.iter_mut().zip(&chunk.moments).for_each(|(t, m)| *t = t.merge(*m));
        }
        Self { chunks, totals, products: products.to_vec(), independent }
    }

    /// Number of samples.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.totals.first().map_or(0, |m| m.count)
    }

    /// Number of chunks.
    #[must_use]
    pub fn chunks(&self) -> usize {
        self.chunks.len()
    }

    /// Moments of column `j` over all samples.
    #[must_use]
    pub fn moments(&self, j: usize) -> &Moments {
        &self.totals[j]
    }

    /// Means of column `j` over each chunk; chunks are independent, and of one size.
    pub fn of_chunks(&self, j: usize) -> impl Iterator<Item = f64> + '_ {
        self.chunks.iter().map(move |chunk| chunk.moments[j].mean)
    }

    /// Mean of column `j`, studentised over chunks.
    #[must_use]
    pub fn mean(&self, j: usize, level: f64) -> Estimate {
        self.linear(&[(j, 1.0)], level)
    }

    /// Mean of `sum c_j x_j` for `terms = [(j, c_j), ..]`, studentised over chunks: the paired
    /// difference of two columns is `[(i, 1), (j, -1)]`.
    #[must_use]
    pub fn linear(&self, terms: &[(usize, f64)], level: f64) -> Estimate {
        let rounding = terms.iter().map(|&(j, x)| x.abs() * self.mean_rounding(j)).sum();
        self.over_chunks(level, rounding, |c| terms.iter().map(|&(j, x)| x * c.moments[j].mean).sum())
    }

    /// Variance of column `j`, without bias, studentised over chunks.
    ///
    /// For runs of [`mean_of`], whose samples are of one law.
    #[must_use]
    pub fn variance(&self, j: usize, level: f64) -> Estimate {
        self.over_chunks(level, self.covariance_rounding(j, j), |c| {
            self.without_bias(c, (j, j), c.moments[j].variance())
        })
    }

    /// What a chunk says of the covariance of two columns; `own` is the covariance of its samples.
    ///
    /// # Formula
    /// Of independent samples `own`. Else, with the means `m` of the `C` chunks and `M` of all, `own (n-1)/n`, whose
    /// mean is `Cov(x, y) - Cov(m_x, m_y)`, plus `(m_x - M_x)(m_y - M_y) C/(C-1)`, whose mean is the rest.
    fn without_bias(&self, chunk: &Chunk, (i, j): (usize, usize), own: f64) -> f64 {
        if self.independent {
            return own;
        }
        let (n, count) = (chunk.moments[i].count as f64, self.chunks.len() as f64);
        let off = |j: usize| chunk.moments[j].mean - self.totals[j].mean;
        own * (n - 1.0) / n + off(i) * off(j) * count / (count - 1.0)
    }

    /// Covariance of columns `i` and `j`, without bias, studentised over chunks; `None` unless the
    /// pair is one of the `products` of the run.
    #[must_use]
    pub fn covariance(&self, i: usize, j: usize, level: f64) -> Option<Estimate> {
        self.linear_with_covariances(&[], &[((i, j), 1.0)], level)
    }

    /// Mean of `sum c_j x_j` plus `sum c_ij Cov(x_i, x_j)`, studentised over chunks: for identities
    /// that equate a mean and a covariance. `None` unless every pair is one of the `products`.
    #[must_use]
    pub fn linear_with_covariances(
        &self,
        terms: &[(usize, f64)],
        pairs: &[((usize, usize), f64)],
        level: f64,
    ) -> Option<Estimate> {
        let of_means: f64 = terms.iter().map(|&(j, x)| x.abs() * self.mean_rounding(j)).sum();
        let of_pairs: f64 = pairs.iter().map(|&((i, j), x)| x.abs() * self.covariance_rounding(i, j)).sum();
        let pairs: Option<Vec<_>> = pairs.iter().map(|&((i, j), x)| Some(((i, j), self.product(i, j)?, x))).collect();
        let pairs = pairs?;
        Some(self.over_chunks(level, of_means + of_pairs, |c| {
            terms.iter().map(|&(j, x)| x * c.moments[j].mean).sum::<f64>()
                + pairs.iter().map(|&(of, at, x)| x * self.without_bias(c, of, c.covariances[at])).sum::<f64>()
        }))
    }

    fn product(&self, i: usize, j: usize) -> Option<usize> {
        self.products.iter().position(|&p| p == (i, j) || p == (j, i))
    }

    /// A studentised mean over chunks, and the rounding of what it is made of.
    fn over_chunks(&self, level: f64, rounding: f64, f: impl Fn(&Chunk) -> f64) -> Estimate {
        let values: Vec<f64> = self.chunks.iter().map(f).collect();
        studentised(&values, self.samples(), level).widened(rounding)
    }

    /// Units of rounding of sums over a chunk of `n` samples and over `C` chunks, with four operations on each sum,
    /// relative to the sum of the sizes of the terms `x - shift`. The shift is the mean of the first batch of the
    /// chunk, at most `sqrt(n/64)` standard deviations of the chunk from its mean, so that the root of the mean
    /// square of a term is at most `sqrt(1 + n/64)` of them.
    fn accumulation(&self) -> (f64, f64) {
        let (n, chunks) = (self.samples() as f64 / self.chunks.len() as f64, self.chunks.len() as f64);
        (ulps::OPERATION * f64::EPSILON * (n + chunks + 4.0), (1.0 + n / FEW as f64).sqrt())
    }

    /// What rounding can do to the mean of column `j`, whatever the chunks say of its spread: its values are right to
    /// [`ulps::SAMPLE`] units each, and were summed.
    ///
    /// # Formula
    /// The sizes of `n` terms in the mean are at most the root of their mean square: `|mean| + sd` for the values.
    fn mean_rounding(&self, j: usize) -> f64 {
        let (units, reach) = self.accumulation();
        let m = &self.totals[j];
        ulps::SAMPLE * f64::EPSILON * (m.mean.abs() + m.variance().sqrt()) + units * reach * m.variance().sqrt()
    }

    /// The same of the covariance of two columns: an error of one is multiplied by the deviation of the other, and
    /// three sums are taken, of products and of either.
    fn covariance_rounding(&self, i: usize, j: usize) -> f64 {
        let (units, reach) = self.accumulation();
        let [a, b] = [i, j].map(|j| (self.totals[j].mean.abs(), self.totals[j].variance().sqrt()));
        let values = ulps::SAMPLE * f64::EPSILON * ((a.0 + a.1) * b.1 + (b.0 + b.1) * a.1);
        values + 3.0 * units * reach * reach * a.1 * b.1
    }

    /// Mean of column `j`, whose samples lie in `range`, with an interval that needs no normal
    /// limit and so covers events too rare to be met.
    ///
    /// # Formula
    /// [`betting_radius`] over samples (over chunk means where only chunks are independent), with what
    /// the range may lose taken from the level, plus `range.bias`.
    #[must_use]
    pub fn bounded_mean(&self, j: usize, range: Range, level: f64) -> Estimate {
        let m = self.totals[j];
        let own = |c: &Chunk| c.moments[j];
        // Where only chunks are independent, each counts as one number.
        let one = |c: &Chunk| Moments::of(&[c.moments[j].mean]);
        let parts: Vec<Moments> = self.chunks.iter().map(|c| if self.independent { own(c) } else { one(c) }).collect();
        let std_error = parts.iter().fold(Moments::default(), |m, p| m.merge(*p)).std_error();
        let error_probability = 1.0 - level - m.count as f64 * range.error_probability;
        let radius = if error_probability > 0.0 {
            betting_radius(&parts, &range, error_probability) + range.bias
        } else {
            f64::INFINITY
        };
        let sampling = Sampling { std_error, freedom: None, level, samples: m.count };
        // The parts were merged one by one, each time with a rounding of the mean.
        let merged = ulps::OPERATION * f64::EPSILON * self.chunks.len() as f64 * m.mean.abs();
        Estimate::sampled(m.mean, radius + self.mean_rounding(j) + merged, sampling)
    }

    /// Variance of column `j` of independent samples, which always lie in `[lo, hi]`; as
    /// [`Self::bounded_mean`], it needs no normal limit.
    ///
    /// # Formula
    /// With `m` the sample mean and `|m - mu| <= e` by [`bernstein_radius`] at half the error probability, the mean of
    /// `(x - mu)^2` over the sample is that of `(x - m)^2` plus at most `e^2`, its standard deviation
    /// at most that of `(x - m)^2` plus `2 e` times that of `x`, and `(x - mu)^2` lies in
    /// `[0, (max(m - lo, hi - m) + e)^2]`; the other half of the error probability bounds its mean.
    #[must_use]
    pub fn bounded_variance(&self, j: usize, lo: f64, hi: f64, level: f64) -> Estimate {
        let m = if self.independent { self.totals[j] } else { self.of_chunk_means(j) };
        let n = m.count as f64;
        let half = 0.5 * (1.0 - level);
        let e = bernstein_radius(m.count, m.variance(), hi - lo, half);
        let spread = m.square_variance().sqrt() + 2.0 * e * m.variance().sqrt();
        let width = ((m.mean - lo).max(hi - m.mean) + e).powi(2);
        let value = m.variance();
        // The unbiased variance is n/(n-1) times the mean square.
        let radius = bernstein_radius(m.count, spread * spread, width, half) + e * e + value / n;
        let sampling = Sampling { std_error: (m.square_variance() / n).sqrt(), freedom: None, level, samples: m.count };
        let merged = ulps::OPERATION * f64::EPSILON * self.chunks.len() as f64 * value;
        Estimate::sampled(value, radius + self.covariance_rounding(j, j) + merged, sampling)
    }

    fn of_chunk_means(&self, j: usize) -> Moments {
        Moments::of(&self.of_chunks(j).collect::<Vec<_>>())
    }
}
