//! The quantities of a law along a noise process.

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use infodyn_closed_form::ClosedForm;
use infodyn_core::share::{self, Piece};
use infodyn_core::{
    Channel, Estimate, Factors, Gaps, Law, Moment, NoiseLevel, NoiseProcess, Profile, Quantity, Route, Support,
    progress,
};
use infodyn_enclosure::Enclosure;
use infodyn_monte_carlo::{ByChunk, MonteCarloAlong};
use infodyn_quadrature::{Quadrature, RoughQuadrature};
use rayon::prelude::*;

use crate::method::{affordable, core_dim};
use crate::{Error, Result};

pub use crate::method::Method;

/// What is asked for besides the law and the noise levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// How to compute.
    pub method: Method,
    /// What to compute: by default all but [`Quantity::PosteriorSquareTrace`], which takes a matrix a point.
    pub quantities: Vec<Quantity>,
    /// Samples of Monte Carlo at each level; without it as many as the accuracy asked for needs,
    /// else as many as bring the errors of the rates below 1 % of their peaks (or of a tenth of the
    /// conditional rate's peak, where that is more), from 32768 to 1048576; where a sample costs milliseconds
    /// ([`is_costly`]), 2 % for the rates among `quantities`, from 4096.
    pub samples: Option<u64>,
    /// The largest radius that will do, absolute, for every quantity.
    pub accuracy: Option<f64>,
    /// Seed of every random number.
    pub seed: u64,
    /// Whether integration is as rough as will do where thousands of laws are looked at ([`RoughQuadrature`]).
    pub rough: bool,
}

impl Default for Settings {
    fn default() -> Self {
        let monte_carlo = infodyn_monte_carlo::Settings::default();
        let quantities = Quantity::ALL.iter().copied().filter(|&q| q != Quantity::PosteriorSquareTrace).collect();
        Self { method: Method::Auto, quantities, samples: None, accuracy: None, seed: monte_carlo.seed, rough: false }
    }
}

/// A quantity with its error, and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Value {
    /// Which quantity.
    pub quantity: Quantity,
    /// The number and its radius.
    pub estimate: Estimate,
    /// How it was computed.
    pub method: Method,
}

/// The quantities at one noise level.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// The noise level.
    pub level: NoiseLevel,
    /// The quantities that exist and were computed, in the order of [`Quantity::ALL`].
    pub values: Vec<Value>,
}

impl Point {
    /// The quantity, where it is there.
    #[must_use]
    pub fn get(&self, quantity: Quantity) -> Option<Value> {
        self.values.iter().copied().find(|v| v.quantity == quantity)
    }
}

/// Where the samples of Monte Carlo stop growing: for an accuracy asked for, and by themselves.
const MOST_SAMPLES: u64 = 1 << 27;
const MOST_BY_ITSELF: u64 = 1 << 20;
/// Samples of the pilot run, in a stream of its own.
const PILOT_SAMPLES: u64 = 1 << 14;
/// Samples of the main run at least; those of the top eigenvalue follow from them.
const FEWEST_SAMPLES: u64 = 1 << 15;
/// What the errors of the rates come to, as a part of their peaks.
const AIM: f64 = 0.009;
/// The same of a law of so many numbers in its means that a sample costs milliseconds.
const COSTLY: usize = 1 << 22;
const COSTLY_AIM: f64 = 0.018;
const COSTLY_SAMPLES: u64 = 1 << 12;
const RATES: [Quantity; 3] =
    [Quantity::MarginalEntropyRate, Quantity::ConditionalEntropyRate, Quantity::LabelEntropyRate];

/// The quantities of a law at each of `levels` of a process, in their order; `done` is called once a level, from any
/// thread and in any order.
///
/// With [`Method::Auto`] each quantity comes from the sharpest method that serves it: closed form for one Gaussian;
/// quadrature where the law, or its exact reduction, has at most two dimensions (three, where an accuracy is asked
/// for), or no rotation changes it; Monte Carlo for what is left. With another method, quantities that it does not
/// serve are left out.
///
/// # Accuracy
/// That of the method; see [`infodyn_core::profile`]. An enclosure encloses the kernel too, so that it holds at the
/// time of each level.
///
/// # Errors
/// When the method does not serve the law, or a radius exceeds the accuracy asked for. The error
/// is that of the first level that fails.
pub fn profile(
    law: &Arc<dyn Law>,
    process: NoiseProcess,
    levels: &[NoiseLevel],
    settings: &Settings,
    done: &(dyn Fn() + Sync),
) -> Result<Vec<Point>> {
    let Some(routes) = Routes::along(law, process, levels, settings)? else { return Ok(vec![]) };
    routes.part((levels, &routes.planned(levels)?), done)
}

/// How many samples of Monte Carlo each level takes, before any accuracy asked for: a level by itself would not know
/// the peaks of the others.
///
/// # Errors
/// As [`profile`].
pub fn plan(law: &Arc<dyn Law>, process: NoiseProcess, levels: &[NoiseLevel], settings: &Settings) -> Result<Vec<u64>> {
    let Some(routes) = Routes::along(law, process, levels, settings)? else { return Ok(vec![]) };
    routes.planned(levels)
}

/// [`profile`] at some of the levels, each with its samples of a [`plan`]. Levels that are simulated together share
/// draws, so that the last digits depend on which these are.
///
/// # Errors
/// As [`profile`].
pub fn part(
    law: &Arc<dyn Law>,
    process: NoiseProcess,
    (levels, samples): (&[NoiseLevel], &[u64]),
    settings: &Settings,
    done: &(dyn Fn() + Sync),
) -> Result<Vec<Point>> {
    let Some(routes) = Routes::along(law, process, levels, settings)? else { return Ok(vec![]) };
    routes.part((levels, samples), done)
}

/// A quantity of one moment at each of `levels`, with what each chunk of their draws says of it; `None` where it is not
/// left to simulation, or is of several moments.
///
/// # Errors
/// As [`profile`].
pub fn by_chunk(
    law: &Arc<dyn Law>,
    process: NoiseProcess,
    levels: &[NoiseLevel],
    quantity: Quantity,
    settings: &Settings,
) -> Result<Option<Vec<ByChunk>>> {
    let Some(routes) = Routes::along(law, process, levels, settings)? else { return Ok(None) };
    let moment = match quantity {
        Quantity::Mmse => Moment::PosteriorTrace,
        Quantity::PosteriorSquareTrace => Moment::PosteriorSquareTrace,
        _ => return Ok(None),
    };
    if !routes.simulates() || routes.integrates || settings.method == Method::Auto && routes.is_gaussian() {
        return Ok(None);
    }
    let usual = settings.samples.unwrap_or(infodyn_monte_carlo::Settings::default().samples);
    let samples = if moment == Moment::PosteriorSquareTrace { usual.min(FEWEST_SAMPLES) } else { usual };
    let run = infodyn_monte_carlo::Settings { seed: settings.seed, samples, ..Default::default() };
    let route = Keeping {
        route: MonteCarloAlong { settings: run, samples: &[], gaps: None },
        moment,
        kept: RefCell::default(),
    };
    let channels: Vec<Channel> = levels.iter().map(|level| routes.channel.read_at(*level)).collect();
    let found = infodyn_core::profiles(&route, &channels, &[quantity])?;
    let of_law = |(kept, profile): (ByChunk, &Profile)| -> Option<ByChunk> {
        // What the factors of a law add is the same for all draws.
        let (part, mean) = (kept.mean, profile.get(quantity)?);
        let more = mean.value() - part.value();
        let bias = kept.bias + (mean.radius() - part.radius()).max(0.0);
        Some(ByChunk { mean, bias, chunks: kept.chunks.into_iter().map(|x| x + more).collect() })
    };
    Ok(route.kept.into_inner().into_iter().zip(&found).map(of_law).collect())
}

/// Simulation that keeps what chunks say of a moment.
struct Keeping<'a> {
    route: MonteCarloAlong<'a>,
    moment: Moment,
    kept: RefCell<Vec<ByChunk>>,
}

impl Route for Keeping<'_> {
    type Error = infodyn_monte_carlo::Error;

    fn means(&self, channel: &Channel, moments: &[Moment]) -> std::result::Result<Vec<Option<Estimate>>, Self::Error> {
        Ok(self.means_along(std::slice::from_ref(channel), moments)?.pop().unwrap_or_default())
    }

    fn means_along(
        &self,
        channels: &[Channel],
        moments: &[Moment],
    ) -> std::result::Result<Vec<Vec<Option<Estimate>>>, Self::Error> {
        if *moments == [self.moment]
            && let Some(found) = self.route.by_chunk(channels, self.moment)?
        {
            let means = found.iter().map(|node| vec![Some(node.mean)]).collect();
            self.kept.replace(found);
            return Ok(means);
        }
        self.route.means_along(channels, moments)
    }

    fn reduces(&self, factors: &Factors) -> bool {
        self.route.reduces(factors)
    }

    fn means_beside(
        &self,
        channel: &Channel,
        moments: &[Moment],
    ) -> std::result::Result<Vec<Option<Estimate>>, Self::Error> {
        self.route.means_beside(channel, moments)
    }
}

/// [`profile`] at one level, by the thread that asks; whether a value is finite is left to the caller.
///
/// # Errors
/// As [`profile`].
pub fn profile_at(
    law: &Arc<dyn Law>,
    process: NoiseProcess,
    level: &NoiseLevel,
    settings: &Settings,
) -> Result<Vec<Value>> {
    let routes = Routes::new(Channel::new(Arc::clone(law), process, level.t())?, settings)?;
    let known = routes.known(level)?;
    if !routes.simulates() {
        return Ok(known);
    }
    let samples = routes.samples(std::slice::from_ref(level))?;
    let all = routes.simulated(std::slice::from_ref(level), &samples, vec![known], &|| ())?;
    Ok(all.into_iter().flatten().collect())
}

/// Values as a piece of shared work.
fn to_piece(values: &[Value]) -> Piece {
    let mut piece = Piece::default();
    for value in values {
        let quantity = Quantity::ALL.iter().position(|&q| q == value.quantity).unwrap_or(usize::MAX);
        let method = Method::ALL.iter().position(|&m| m == value.method).unwrap_or(usize::MAX);
        piece.numbers.extend([quantity as f64, method as f64]);
        piece.estimate(value.estimate);
    }
    piece
}

fn of_piece(piece: &Piece) -> Option<Vec<Value>> {
    let (mut reader, mut values) = (piece.reader(), Vec::new());
    while reader.clone().end().is_none() {
        let quantity = *Quantity::ALL.get(reader.whole()? as usize)?;
        let method = *Method::ALL.get(reader.whole()? as usize)?;
        values.push(Value { quantity, method, estimate: reader.estimate()? });
    }
    Some(values)
}

/// Whether a sample of a law costs milliseconds: fewer of them then do, and errors of twice the size.
#[must_use]
pub fn is_costly(law: &dyn Law) -> bool {
    law.mixture().is_some_and(|law| law.components() * law.dim() >= COSTLY)
}

/// Whether `auto` leaves to simulation what integration serves, for it would take about a minute a noise level.
#[must_use]
pub fn is_spared(law: &dyn Law, settings: &Settings) -> bool {
    let slow = !law.is_rotation_invariant() && core_dim(law) == 3;
    settings.method == Method::Auto && settings.accuracy.is_none() && slow && !Method::ClosedForm.serves(law)
}

/// The ways to a quantity, in the order of their sharpness.
struct Routes<'a> {
    /// The law under the process, at one of the levels.
    channel: Channel,
    settings: &'a Settings,
    /// Whether quadrature is asked.
    integrates: bool,
    /// The distances of the atoms, where the law finds them and simulation asks.
    gaps: OnceLock<Option<Gaps>>,
}

impl<'a> Routes<'a> {
    /// Those of a law along a process; `None` without a level.
    fn along(
        law: &Arc<dyn Law>,
        process: NoiseProcess,
        levels: &[NoiseLevel],
        settings: &'a Settings,
    ) -> Result<Option<Self>> {
        let of = |first: &NoiseLevel| Self::new(Channel::new(Arc::clone(law), process, first.t())?, settings);
        levels.first().map(of).transpose()
    }

    fn new(channel: Channel, settings: &'a Settings) -> Result<Self> {
        let (method, law) = (settings.method, &**channel.law());
        if !method.serves(law) {
            let why = match method {
                Method::ClosedForm => "serves laws of one Gaussian",
                Method::Quadrature => "serves laws of at most 3 dimensions, or as few after the exact reduction",
                _ => {
                    "serves laws on the line, mixtures in the plane along its axes, and two components of equal isotropic covariance"
                }
            };
            let serve: Vec<&str> = Method::ALL.iter().filter(|m| m.serves(law)).map(|m| m.name()).collect();
            return Err(Error::Method { method, why, serve: serve.join(", ") });
        }
        let integrates = match method {
            Method::Quadrature => true,
            Method::Auto => Method::Quadrature.serves(law) && affordable(law) && !is_spared(law, settings),
            _ => false,
        };
        Ok(Self { channel, settings, integrates, gaps: OnceLock::new() })
    }

    /// See [`part`].
    fn part(&self, (levels, samples): (&[NoiseLevel], &[u64]), done: &(dyn Fn() + Sync)) -> Result<Vec<Point>> {
        // The first level that failed so far: later ones need not be computed.
        let failed = AtomicUsize::new(usize::MAX);
        let known_at = |i: usize| {
            if i > failed.load(Ordering::Relaxed) {
                return None;
            }
            let values = self.known(&levels[i]);
            progress::done();
            if values.is_err() {
                failed.fetch_min(i, Ordering::Relaxed);
            }
            if !self.simulates() {
                done();
            }
            Some(values)
        };
        let work = |mine: Vec<usize>| {
            progress::expect(mine.len() as u64);
            let known: Vec<Option<Result<Vec<Value>>>> = mine.into_par_iter().map(known_at).collect();
            known.into_iter().flatten().collect::<Result<Vec<_>>>()
        };
        let known = share::each("levels", levels.len(), work, |values| to_piece(values), |_, piece| of_piece(piece))?;
        let all = if self.simulates() { self.simulated(levels, samples, known, done)? } else { known };
        let point = |(level, mut values): (&NoiseLevel, Vec<Value>)| {
            values.sort_by_key(|v| v.quantity);
            let point = Point { level: *level, values };
            check(&point, self.settings).map(|()| point)
        };
        levels.iter().zip(all).map(point).collect()
    }

    fn law(&self) -> &dyn Law {
        &**self.channel.law()
    }

    fn is_costly(&self) -> bool {
        is_costly(self.law())
    }

    /// Whether formulas say everything.
    fn is_gaussian(&self) -> bool {
        Method::ClosedForm.serves(self.law())
    }

    /// Whether quantities are left to simulation.
    fn simulates(&self) -> bool {
        matches!(self.settings.method, Method::Auto | Method::MonteCarlo)
    }

    /// What is computed without simulation.
    fn known(&self, level: &NoiseLevel) -> Result<Vec<Value>> {
        let (method, channel) = (self.settings.method, self.channel.read_at(*level));
        let allowed = |m: Method| method == Method::Auto || method == m;
        let mut values: Vec<Value> = Vec::new();
        if allowed(Method::ClosedForm) && self.is_gaussian() {
            let profile = infodyn_core::profile(&ClosedForm, &channel, &self.settings.quantities)?;
            collect(&mut values, &profile, Method::ClosedForm);
        }
        if self.integrates && !(method == Method::Auto && self.is_gaussian()) {
            for quantities in self.groups() {
                let found = if self.settings.rough {
                    infodyn_core::profile(&RoughQuadrature, &channel, &quantities)
                } else {
                    infodyn_core::profile(&Quadrature, &channel, &quantities)
                };
                match found {
                    Ok(profile) => collect(&mut values, &profile, Method::Quadrature),
                    Err(error) if method == Method::Quadrature => return Err(error.into()),
                    // What integration cannot do is left to simulation.
                    Err(_) => {}
                }
            }
        }
        // Never by itself: what it adds to quadrature is proof, at a hundred times the cost.
        if method == Method::Enclosure {
            let profile = infodyn_core::profile(&Enclosure, &channel, &self.settings.quantities)?;
            collect(&mut values, &profile, method);
        }
        Ok(values)
    }

    /// What is known with what is left, simulated at all levels at once: they share their draws, and what a law can
    /// know of these.
    fn simulated(
        &self,
        levels: &[NoiseLevel],
        samples: &[u64],
        mut known: Vec<Vec<Value>>,
        done: &(dyn Fn() + Sync),
    ) -> Result<Vec<Vec<Value>>> {
        let left: Vec<Vec<Quantity>> = known.iter().map(|values| self.left(values)).collect();
        // Above one dimension what takes a matrix a point has a run of its own, and a costly one.
        let costly = [Quantity::MeanTopEigenvalue, Quantity::PosteriorSquareTrace];
        let alone = |q: Quantity| self.law().dim() > 1 && costly.contains(&q);
        let few: Vec<u64> = samples.iter().map(|&n| n.min(FEWEST_SAMPLES)).collect();
        for (matrices, samples) in [(false, samples), (true, &few[..])] {
            let asked: Vec<Vec<Quantity>> =
                left.iter().map(|left| left.iter().copied().filter(|&q| alone(q) == matrices).collect()).collect();
            let mut sets = asked.clone();
            sets.sort();
            sets.dedup();
            for set in sets.iter().filter(|set| !set.is_empty()) {
                let of: Vec<usize> = (0..levels.len()).filter(|&i| asked[i] == *set).collect();
                let channels: Vec<Channel> = of.iter().map(|&i| self.channel.read_at(levels[i])).collect();
                let samples: Vec<u64> = of.iter().map(|&i| samples[i]).collect();
                for (&i, profile) in of.iter().zip(self.simulate(&channels, set, samples)?) {
                    collect(&mut known[i], &profile, Method::MonteCarlo);
                }
            }
        }
        levels.iter().for_each(|_| done());
        Ok(known)
    }

    /// What quadrature is asked for at once: above one dimension the top eigenvalue has kinks, and
    /// must not hold the rest back.
    fn groups(&self) -> Vec<Vec<Quantity>> {
        if self.law().is_rotation_invariant() || core_dim(self.law()) == 1 {
            return vec![self.settings.quantities.clone()];
        }
        let (smooth, kinked) = self.settings.quantities.iter().partition(|&&q| q != Quantity::MeanTopEigenvalue);
        vec![smooth, kinked]
    }

    /// The quantities that exist for the law and are not there yet, or not sharply enough.
    fn left(&self, values: &[Value]) -> Vec<Quantity> {
        let exact = values.iter().any(|v| v.method == Method::ClosedForm);
        let good = |q: Quantity| {
            values.iter().any(|v| v.quantity == q && self.settings.accuracy.is_none_or(|a| v.estimate.radius() <= a))
        };
        let left = |&q: &Quantity| !exact && exists(self.law(), q) && !good(q);
        self.settings.quantities.iter().copied().filter(left).collect()
    }

    /// How many samples each level takes, before any accuracy asked for.
    ///
    /// Rates whose errors exceed [`AIM`] of their peaks in a pilot run get more samples. The pilot has a random stream
    /// of its own, so the intervals of the main run keep their level.
    fn samples(&self, levels: &[NoiseLevel]) -> Result<Vec<u64>> {
        let usual = infodyn_monte_carlo::Settings::default().samples;
        let integrated = self.integrates || self.is_gaussian();
        let fixed = self.settings.samples.or(self.settings.accuracy.map(|_| usual));
        match (self.settings.method, fixed) {
            (Method::MonteCarlo, None) => {}
            (Method::Auto, None) if !integrated => {}
            (_, fixed) => return Ok(vec![fixed.unwrap_or(usual); levels.len()]),
        }
        let channels: Vec<Channel> = levels.iter().map(|level| self.channel.read_at(*level)).collect();
        let costly = self.is_costly();
        let (aim, most, fewest) =
            if costly { (COSTLY_AIM, COSTLY_SAMPLES, COSTLY_SAMPLES) } else { (AIM, PILOT_SAMPLES, FEWEST_SAMPLES) };
        // Rates that are not asked for are not aimed at, where that saves much.
        let asked = |q: &Quantity| !costly || self.settings.quantities.contains(q);
        let rates: Vec<Quantity> = RATES.into_iter().filter(asked).collect();
        if rates.is_empty() {
            return Ok(vec![fewest; levels.len()]);
        }
        let pilot = self.run(&channels, &rates, &vec![most; levels.len()], 1)?;
        let rate = |p: &Profile, q: Quantity| p.get(q).unwrap_or(Estimate::ZERO);
        let peak = |q: Quantity| pilot.iter().map(|p| rate(p, q).value().abs()).fold(0.0, f64::max);
        // A rate that is nothing beside the conditional one is not chased.
        let scale: Vec<f64> =
            rates.iter().map(|&q| peak(q).max(0.1 * peak(Quantity::ConditionalEntropyRate))).collect();
        let needed = |p: &Profile| {
            let factor = rates.iter().zip(&scale).map(|(&q, s)| enlargement(rate(p, q), aim * s)).fold(0.0, f64::max);
            ((most as f64 * factor) as u64).clamp(fewest, MOST_BY_ITSELF)
        };
        let mut samples: Vec<u64> = pilot.iter().map(needed).collect();
        // What is rare at less noise a small pilot never met: half as many as where most are needed, of the same draws.
        let most = levels.iter().zip(&samples).max_by_key(|(_, n)| **n).map(|(level, n)| (level.snr(), *n));
        if let Some((snr, most)) = most.filter(|_| costly) {
            let rarer = levels.iter().zip(&mut samples).filter(|(level, _)| level.snr() > snr);
            rarer.for_each(|(_, n)| *n = (*n).max(most / 2));
        }
        Ok(samples)
    }

    /// [`Self::samples`], by which all else is decided.
    fn planned(&self, levels: &[NoiseLevel]) -> Result<Vec<u64>> {
        let piloted = self.settings.samples.is_none() && self.settings.accuracy.is_none();
        if piloted && self.is_costly() && self.simulates() && !self.integrates && levels.len() > 2 {
            // Pilot and main run both ask for them.
            self.gaps();
        }
        let to = |samples: &Vec<u64>| Piece::of(samples.iter().map(|&n| n as f64));
        let from = |piece: &Piece| {
            let mut reader = piece.reader();
            levels.iter().map(|_| reader.whole()).collect::<Option<Vec<u64>>>()
        };
        share::decide("numbers of samples", || self.samples(levels), to, from)
    }

    /// The distances of the atoms, found once.
    fn gaps(&self) -> Option<&Gaps> {
        let find = || {
            let found = || Ok::<_, Error>(infodyn_monte_carlo::gaps(self.law()));
            let to = |gaps: &Option<Gaps>| gaps.as_ref().map_or(Piece::text("none".into()), Gaps::to_piece);
            let from = |piece: &Piece| if piece.text.is_empty() { Gaps::of_piece(piece).map(Some) } else { Some(None) };
            share::decide("distances of points", found, to, from).ok().flatten()
        };
        self.gaps.get_or_init(find).as_ref()
    }

    fn simulate(&self, channels: &[Channel], quantities: &[Quantity], samples: Vec<u64>) -> Result<Vec<Profile>> {
        let mut samples = samples;
        let mut profiles = self.run(channels, quantities, &samples, 0)?;
        let (None, Some(asked)) = (self.settings.samples, self.settings.accuracy) else {
            return Ok(profiles);
        };
        loop {
            let widest = |p: &Profile| p.iter().map(|(_, e)| e.radius()).fold(0.0, f64::max);
            let lacking = |i: usize| widest(&profiles[i]) > asked && samples[i] < MOST_SAMPLES;
            let again: Vec<usize> = (0..channels.len()).filter(|&i| lacking(i)).collect();
            if again.is_empty() {
                return Ok(profiles);
            }
            for &i in &again {
                // Intervals shrink as the root of the sample; a little more than that needs, at most 64 times.
                let factor = (1.2 * (widest(&profiles[i]) / asked).powi(2)).clamp(2.0, 64.0);
                samples[i] = ((samples[i] as f64 * factor) as u64).min(MOST_SAMPLES);
            }
            let of: Vec<Channel> = again.iter().map(|&i| channels[i].clone()).collect();
            let more: Vec<u64> = again.iter().map(|&i| samples[i]).collect();
            for (&i, profile) in again.iter().zip(self.run(&of, quantities, &more, 0)?) {
                profiles[i] = profile;
            }
        }
    }

    /// A run at all levels, each with its number of samples.
    fn run(&self, channels: &[Channel], quantities: &[Quantity], samples: &[u64], stream: u32) -> Result<Vec<Profile>> {
        let settings = infodyn_monte_carlo::Settings { seed: self.settings.seed, stream, ..Default::default() };
        // Of a costly law they take as long as thousands of samples, and save many more; else rates that they make
        // sharper are given no fewer samples for it, which other quantities need.
        let pays = if self.is_costly() { self.settings.samples.is_none() } else { stream == 0 };
        let pays = pays && channels.len() > 2;
        let gaps = if pays { self.gaps() } else { None };
        Ok(infodyn_core::profiles(&MonteCarloAlong { settings, samples, gaps }, channels, quantities)?)
    }
}

/// Whether every value is a number, as sharp as was asked for.
fn check(point: &Point, settings: &Settings) -> Result<()> {
    for &Value { quantity, estimate, method } in &point.values {
        let t = point.level.t();
        if !estimate.is_finite() {
            return Err(Error::NotFinite { quantity, t, method });
        }
        if let Some(asked) = settings.accuracy.filter(|&a| estimate.radius() > a) {
            let samples = estimate.sampling().map_or(String::new(), |s| format!(" with {} samples", s.samples));
            return Err(Error::Accuracy { quantity, t, radius: estimate.radius(), asked, method, samples });
        }
    }
    Ok(())
}

/// `log(2/0.003)`, of an interval of a bounded variable at level 0.997.
const LOG_ODDS: f64 = 6.502_290;

/// How many times larger a sample makes a radius come down to `aim`; 0 when no larger sample is needed.
///
/// # Formula
/// The radius `r` of a bounded variable (`betting_radius`) is `a = sqrt(2 log(2/0.003))` standard errors where the
/// sample is large; in a small one, in which the range counts, `b + c` with `b` in proportion to the range,
/// `b c = a^2/4`. In a sample `f` times as large these are `a/sqrt(f)` and `b/f + c`; the first from `c = b/f` on,
/// where they are equal. The range of a spread grows with the logarithm of the sample (`Range::posterior_spread`): `b`
/// is taken a sixth larger for that.
fn enlargement(pilot: Estimate, aim: f64) -> f64 {
    let r = pilot.radius();
    if r <= aim || aim <= 0.0 {
        return 0.0;
    }
    let a = ((2.0 * LOG_ODDS).sqrt() * pilot.sampling().map_or(0.0, |s| s.std_error)).min(r);
    let b = 7.0 / 12.0 * (r + (r * r - a * a).sqrt());
    let c = 0.25 * a * a / b;
    if aim <= 2.0 * c { (a / aim).powi(2) } else { b / (aim - c) }
}

/// Adds the quantities of a profile that are not there yet or are sharper than what is.
fn collect(values: &mut Vec<Value>, profile: &Profile, method: Method) {
    for (quantity, estimate) in profile.iter() {
        let value = Value { quantity, estimate, method };
        match values.iter_mut().find(|v| v.quantity == quantity) {
            Some(old) if estimate.radius() < old.estimate.radius() || !old.estimate.is_finite() => *old = value,
            Some(_) => {}
            None => values.push(value),
        }
    }
}

/// Whether a quantity exists for a law, one Gaussian of deficient rank aside, of which the closed form knows more. A
/// law that is neither atomic nor has a density has no entropy of `X_0`, only differences of it.
#[must_use]
pub fn exists(law: &dyn Law, quantity: Quantity) -> bool {
    match quantity {
        Quantity::ConditionalEntropy | Quantity::PosteriorEntropyVariance | Quantity::SurprisalVariance => {
            law.support() != Support::Neither
        }
        _ => true,
    }
}
