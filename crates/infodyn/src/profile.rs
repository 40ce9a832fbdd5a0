//! Every quantity of a law along a noise process.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use infodyn_closed_form::{Marginal, gaussian, sphere};
use infodyn_core::{Estimate, Mixture, NoiseLevel, NoiseProcess, Profile, Quantity, Reading, Sphere};
use infodyn_quadrature::{Channel, Complement, MAX_DIM};
use rayon::prelude::*;

use crate::{Error, Result};

/// How a quantity is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// For each quantity the sharpest of the others that serves, enclosures aside.
    Auto,
    /// Formulas: one Gaussian of any covariance.
    ClosedForm,
    /// Deterministic integration: at most three dimensions, or as few after the exact reduction.
    Quadrature,
    /// Interval arithmetic: laws on the line, and pairs of equal isotropic covariance.
    Enclosure,
    /// Simulation: any law.
    MonteCarlo,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Auto, Self::ClosedForm, Self::Quadrature, Self::Enclosure, Self::MonteCarlo];

    /// The name on the command line and in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::ClosedForm => "closed-form",
            Self::Quadrature => "quadrature",
            Self::Enclosure => "enclosure",
            Self::MonteCarlo => "monte-carlo",
        }
    }

    /// Whether it can compute anything of the law.
    #[must_use]
    pub fn serves(self, law: &Mixture) -> bool {
        match self {
            Self::Auto | Self::MonteCarlo => true,
            Self::ClosedForm => law.components() == 1,
            Self::Quadrature => Split::of(law).is_some(),
            Self::Enclosure => infodyn_enclosure::serves(law),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What is asked for besides the law and the noise levels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How to compute.
    pub method: Method,
    /// Samples of Monte Carlo at each level; without it as many as the accuracy asked for needs,
    /// else as many as bring the errors of the rates below 1 % of their peaks (or of a tenth of the
    /// conditional rate's peak, where that is more), from 32768 to 1048576.
    pub samples: Option<u64>,
    /// The largest radius that will do, absolute, for every quantity.
    pub accuracy: Option<f64>,
    /// Seed of every random number.
    pub seed: u64,
    /// The process behind the levels. An enclosure encloses its kernel too, so that it holds at the time of each level;
    /// without it there is none.
    pub process: Option<NoiseProcess>,
}

impl Default for Settings {
    fn default() -> Self {
        let monte_carlo = infodyn_monte_carlo::Settings::default();
        Self { method: Method::Auto, samples: None, accuracy: None, seed: monte_carlo.seed, process: None }
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
const RATES: [Quantity; 3] =
    [Quantity::MarginalEntropyRate, Quantity::ConditionalEntropyRate, Quantity::LabelEntropyRate];

/// Every quantity of `law` at each level, in their order; `done` is called once a level, from
/// any thread and in any order.
///
/// With [`Method::Auto`] each quantity comes from the sharpest method that serves it: closed form
/// for one Gaussian; quadrature where the law, or its exact reduction, has at most three dimensions;
/// Monte Carlo for what is left. With another method, quantities that it does not serve are left out.
///
/// # Accuracy
/// That of the method. After a reduction, the radius of quadrature also covers the rounding of the
/// reduced means: what the quantity would move by if each were off by its share.
///
/// # Errors
/// When the method does not serve the law, or a radius exceeds the accuracy asked for. The error
/// is that of the first level that fails.
pub fn profile(
    law: &Mixture,
    levels: &[NoiseLevel],
    settings: &Settings,
    done: &(dyn Fn() + Sync),
) -> Result<Vec<Point>> {
    let routes = Routes::new(law, settings)?;
    let samples = routes.samples(levels)?;
    // The first level that failed so far: later ones need not be computed.
    let failed = AtomicUsize::new(usize::MAX);
    let points: Vec<Option<Result<Point>>> = levels
        .par_iter()
        .zip(&samples)
        .enumerate()
        .map(|(i, (level, &samples))| {
            if i > failed.load(Ordering::Relaxed) {
                return None;
            }
            let point = routes.point(level, samples);
            if point.is_err() {
                failed.fetch_min(i, Ordering::Relaxed);
            }
            done();
            Some(point)
        })
        .collect();
    points.into_iter().flatten().collect()
}

/// Every quantity of a law on a sphere, by one integral over `|x|`; as [`profile`] otherwise.
///
/// # Accuracy
/// That of [`infodyn_quadrature::radial_profile`].
///
/// # Errors
/// For a method other than quadrature (or `auto`), and when a radius exceeds the accuracy asked for.
pub fn sphere_profile(
    law: &Sphere,
    levels: &[NoiseLevel],
    settings: &Settings,
    done: &(dyn Fn() + Sync),
) -> Result<Vec<Point>> {
    let method = settings.method;
    if !matches!(method, Method::Auto | Method::Quadrature) {
        let serve = [Method::Auto, Method::Quadrature].map(Method::name).join(", ");
        return Err(Error::Method { method, why: "does not serve a sphere", serve });
    }
    let read = |level: &NoiseLevel| {
        let known = infodyn_quadrature::radial_profile(&sphere::Marginal::new(law, level), level)?;
        let mut values = Vec::new();
        collect(&mut values, &known, Method::Quadrature);
        let point = Point { level: *level, values };
        check(&point, settings)?;
        done();
        Ok(point)
    };
    let points: Vec<Result<Point>> = levels.par_iter().map(read).collect();
    points.into_iter().collect()
}

/// A law as quadrature sees it: a mixture in at most three dimensions, and a Gaussian coordinate
/// with its multiplicity.
struct Split {
    core: Mixture,
    rest: Option<(Mixture, usize)>,
    /// How much the means of `core` may be off, relative to the largest.
    rounding: f64,
}

impl Split {
    fn of(law: &Mixture) -> Option<Self> {
        let reduced = if law.dim() == 1 { None } else { law.reduced() };
        if let Some((core, multiplicity)) = reduced.filter(|(core, _)| core.dim() <= MAX_DIM && core.dim() < law.dim())
        {
            let one = Mixture::gaussian(&[0.0], core.covariance(0).clone()).ok()?;
            let rounding = reduction_rounding(&core, law.dim());
            return Some(Self { core, rest: Some((one, multiplicity)), rounding });
        }
        (law.dim() <= MAX_DIM).then(|| Self { core: law.clone(), rest: None, rounding: 0.0 })
    }

    /// The same with the means of the core multiplied by `factor`; their scale is all that enters.
    fn stretched(&self, factor: f64) -> Option<Self> {
        let rows: Vec<Vec<f64>> =
            (0..self.core.components()).map(|k| self.core.mean(k).iter().map(|m| m * factor).collect()).collect();
        let covariance = self.core.shared_covariance()?.clone();
        let core = Mixture::new(self.core.weights(), &rows, vec![covariance]).ok()?;
        let core = core.with_labels(self.core.labels().to_vec()).ok()?;
        Some(Self { core, rest: self.rest.clone(), rounding: 0.0 })
    }

    fn profile(&self, level: &NoiseLevel, quantities: &[Quantity]) -> Result<Profile> {
        let marginal = Marginal::new(&self.core, level);
        let data = Marginal::of_data(&self.core).ok();
        let mut channel = Channel::new(&marginal, data.as_ref().map(|d| d as _), *level);
        let rest = self.rest.as_ref().map(|(one, n)| (Marginal::new(one, level), Marginal::of_data(one).ok(), *n));
        channel.complement = rest.as_ref().map(|(marginal, data, multiplicity)| Complement {
            marginal,
            data: data.as_ref().map(|d| d as _),
            multiplicity: *multiplicity,
        });
        Ok(self.core.widened(infodyn_quadrature::profile(&channel, quantities, None)?, level, Reading::Pointwise))
    }

    /// [`Self::profile`] with the rounding of the reduction in the radii.
    ///
    /// The means of a reduced law are off by up to `rounding` of the largest. How far a quantity
    /// moves with them is measured by stretching them all by `1 + h`, `h = 2^-16`; twice the
    /// difference quotient covers its own curvature.
    fn profile_with_rounding(&self, level: &NoiseLevel, quantities: &[Quantity]) -> Result<Profile> {
        let profile = self.profile(level, quantities)?;
        if self.rounding == 0.0 {
            return Ok(profile);
        }
        let h = 1.0 / 65536.0;
        let Some(stretched) = self.stretched(1.0 + h) else {
            return Ok(profile);
        };
        let moved = stretched.profile(level, quantities)?;
        let mut widened = Profile::new();
        for (quantity, mut estimate) in profile.iter() {
            if let Some(other) = moved.get(quantity) {
                estimate = estimate.widened(2.0 * self.rounding * ((other.value() - estimate.value()) / h).abs());
            }
            widened.set(quantity, estimate);
        }
        Ok(widened)
    }
}

/// How far the reduced means can be off, relative to the smallest distance between two of them.
///
/// A projection is a sum of `D` products, off by `D` units of the mean's length; orthogonality of
/// the basis and the part of a mean outside it (below `8 D` units, by the reduction's own rule) are
/// of the same order: `10 D` in all.
fn reduction_rounding(core: &Mixture, dim: usize) -> f64 {
    let norm = |k: usize| core.mean(k).iter().map(|m| m * m).sum::<f64>().sqrt();
    let distance =
        |i: usize, j: usize| core.mean(i).iter().zip(core.mean(j)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
    let k = core.components();
    let largest = (0..k).map(norm).fold(0.0, f64::max);
    let pairs = (0..k).flat_map(|i| (0..i).map(move |j| (i, j)));
    let closest = pairs.map(|(i, j)| distance(i, j)).filter(|&d| d > 0.0).fold(f64::INFINITY, f64::min);
    if closest.is_finite() { 10.0 * dim as f64 * f64::EPSILON * largest / closest } else { 0.0 }
}

/// The ways to a quantity, in the order of their tolerance.
struct Routes<'a> {
    law: &'a Mixture,
    settings: &'a Settings,
    data: Option<Marginal<'a>>,
    split: Option<Split>,
}

impl<'a> Routes<'a> {
    fn new(law: &'a Mixture, settings: &'a Settings) -> Result<Self> {
        let method = settings.method;
        if !method.serves(law) || (method == Method::Enclosure && settings.process.is_none()) {
            let why = match method {
                Method::ClosedForm => "serves laws of one Gaussian",
                Method::Quadrature => "serves laws of at most 3 dimensions, or as few after the exact reduction",
                _ => {
                    "serves laws on the line, and two components of equal isotropic covariance, with the process known"
                }
            };
            let serve: Vec<&str> = Method::ALL.iter().filter(|m| m.serves(law)).map(|m| m.name()).collect();
            return Err(Error::Method { method, why, serve: serve.join(", ") });
        }
        let split = match method {
            Method::Quadrature => Split::of(law),
            Method::Auto if law.components() > 1 => Split::of(law).filter(|s| affordable(&s.core)),
            _ => None,
        };
        Ok(Self { law, settings, data: Marginal::of_data(law).ok(), split })
    }

    fn point(&self, level: &NoiseLevel, samples: u64) -> Result<Point> {
        let method = self.settings.method;
        let allowed = |m: Method| method == Method::Auto || method == m;
        let mut values: Vec<Value> = Vec::new();
        if allowed(Method::ClosedForm) && self.law.components() == 1 {
            collect(&mut values, &gaussian::profile(self.law, level)?, Method::ClosedForm);
        }
        if let Some(split) = self.split.as_ref().filter(|_| allowed(Method::Quadrature)) {
            for quantities in self.groups(split) {
                match split.profile_with_rounding(level, &quantities) {
                    Ok(profile) => collect(&mut values, &profile, Method::Quadrature),
                    Err(error) if method == Method::Quadrature => return Err(error),
                    // What integration cannot do is left to simulation.
                    Err(_) => {}
                }
            }
        }
        // Never by itself: what it adds to quadrature is proof, at a hundred times the cost.
        if let (Method::Enclosure, Some(process)) = (method, &self.settings.process) {
            collect(&mut values, &infodyn_enclosure::profile(self.law, process, level.t())?, method);
        }
        if allowed(Method::MonteCarlo) {
            // Above one dimension the top eigenvalue has a run of its own, and a costly one.
            let alone = |q: &Quantity| self.law.dim() > 1 && *q == Quantity::MeanTopEigenvalue;
            let (eigenvalue, means): (Vec<_>, Vec<_>) = self.left(&values).into_iter().partition(alone);
            for (quantities, samples) in [(means, samples), (eigenvalue, samples.min(FEWEST_SAMPLES))] {
                if !quantities.is_empty() {
                    collect(&mut values, &self.simulate(level, &quantities, samples)?, Method::MonteCarlo);
                }
            }
        }
        values.sort_by_key(|v| v.quantity);
        let point = Point { level: *level, values };
        check(&point, self.settings)?;
        Ok(point)
    }

    /// What quadrature is asked for at once: above one dimension the top eigenvalue has kinks, and
    /// must not hold the rest back.
    fn groups(&self, split: &Split) -> Vec<Vec<Quantity>> {
        if split.core.dim() == 1 {
            return vec![Quantity::ALL.to_vec()];
        }
        let (smooth, kinked) = Quantity::ALL.iter().partition(|&&q| q != Quantity::MeanTopEigenvalue);
        vec![smooth, kinked]
    }

    /// The quantities that exist for the law and are not there yet, or not sharply enough.
    fn left(&self, values: &[Value]) -> Vec<Quantity> {
        let exact = values.iter().any(|v| v.method == Method::ClosedForm);
        let good = |q: Quantity| {
            values.iter().any(|v| v.quantity == q && self.settings.accuracy.is_none_or(|a| v.estimate.radius() <= a))
        };
        Quantity::ALL.iter().copied().filter(|&q| !exact && exists(self.law, q) && !good(q)).collect()
    }

    /// How many samples each level takes, before any accuracy asked for.
    ///
    /// Rates whose errors exceed [`AIM`] of their peaks in a pilot run get more samples. The pilot has a random stream of its own, so the intervals of the
    /// main run keep their level.
    fn samples(&self, levels: &[NoiseLevel]) -> Result<Vec<u64>> {
        let usual = infodyn_monte_carlo::Settings::default().samples;
        let integrated = self.split.is_some() || self.law.components() == 1;
        let fixed = self.settings.samples.or(self.settings.accuracy.map(|_| usual));
        match (self.settings.method, fixed) {
            (Method::MonteCarlo, None) => {}
            (Method::Auto, None) if !integrated => {}
            (_, fixed) => return Ok(vec![fixed.unwrap_or(usual); levels.len()]),
        }
        let pilot: Vec<Result<Profile>> =
            levels.par_iter().map(|level| self.run(level, &RATES, PILOT_SAMPLES, 1)).collect();
        let pilot = pilot.into_iter().collect::<Result<Vec<Profile>>>()?;
        let rate = |p: &Profile, q: Quantity| p.get(q).unwrap_or(Estimate::ZERO);
        let peak = |q: Quantity| pilot.iter().map(|p| rate(p, q).value().abs()).fold(0.0, f64::max);
        // A rate that is nothing beside the conditional one is not chased.
        let scale = RATES.map(|q| peak(q).max(0.1 * peak(Quantity::ConditionalEntropyRate)));
        let needed = |p: &Profile| {
            let factor = RATES.iter().zip(scale).map(|(&q, s)| enlargement(rate(p, q), AIM * s)).fold(0.0, f64::max);
            ((PILOT_SAMPLES as f64 * factor) as u64).clamp(FEWEST_SAMPLES, MOST_BY_ITSELF)
        };
        Ok(pilot.iter().map(needed).collect())
    }

    fn simulate(&self, level: &NoiseLevel, quantities: &[Quantity], samples: u64) -> Result<Profile> {
        let mut samples = samples;
        loop {
            let profile = self.run(level, quantities, samples, 0)?;
            let (None, Some(asked)) = (self.settings.samples, self.settings.accuracy) else {
                return Ok(profile);
            };
            let widest = profile.iter().map(|(_, e)| e.radius()).fold(0.0, f64::max);
            if widest <= asked || samples >= MOST_SAMPLES {
                return Ok(profile);
            }
            // Intervals shrink as the root of the sample; a little more than that needs, at most 64 times.
            let factor = (1.2 * (widest / asked).powi(2)).clamp(2.0, 64.0);
            samples = ((samples as f64 * factor) as u64).min(MOST_SAMPLES);
        }
    }

    fn run(&self, level: &NoiseLevel, quantities: &[Quantity], samples: u64, stream: u32) -> Result<Profile> {
        let marginal = Marginal::new(self.law, level);
        let data = self.data.as_ref().map(|d| d as _);
        let settings =
            infodyn_monte_carlo::Settings { seed: self.settings.seed, stream, samples, ..Default::default() };
        Ok(infodyn_monte_carlo::profile(self.law, &marginal, data, level, &settings, quantities)?)
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

/// How many times larger a sample makes a radius come down to `aim`.
///
/// A radius is a part that shrinks as the root of the sample, `sqrt(2 log(4/0.003))` standard
/// errors (the interval of a bounded variable at level 0.997), and a part of the range that
/// shrinks as the sample: `a sqrt(x) + b x = aim` for the inverse `x` of the factor. 0 when no
/// larger sample is needed.
fn enlargement(pilot: Estimate, aim: f64) -> f64 {
    if pilot.radius() <= aim || aim <= 0.0 {
        return 0.0;
    }
    let a = (3.8 * pilot.sampling().map_or(0.0, |s| s.std_error)).min(pilot.radius());
    let b = pilot.radius() - a;
    let root = 2.0 * aim / (a + (a * a + 4.0 * b * aim).sqrt());
    1.0 / (root * root)
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

/// Whether a quantity exists for a law, one Gaussian of deficient rank aside, of which the closed
/// form knows more. A law that is neither atomic nor has
/// a density has no entropy of `X_0`, only differences of it.
#[must_use]
pub fn exists(law: &Mixture, quantity: Quantity) -> bool {
    match quantity {
        Quantity::ConditionalEntropy | Quantity::PosteriorEntropyVariance | Quantity::SurprisalVariance => {
            law.is_atomic() || law.has_density()
        }
        _ => true,
    }
}

/// Whether quadrature is the better choice: its work grows as the square of the components times
/// the nodes, simulation's only as the components.
fn affordable(core: &Mixture) -> bool {
    core.components() <= [512, 32, 8][core.dim().clamp(1, 3) - 1]
}
