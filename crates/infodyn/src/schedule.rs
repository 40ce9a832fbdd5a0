//! Noise levels to sample at, and what they cost.
//!
//! A schedule is a list of `s = sigma/alpha` that falls and ends in 0. The step to 0 returns what the denoiser says.

mod clock;
mod curvature;
mod replicas;

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use infodyn_core::{Estimate, Law, NoiseLevel, NoiseProcess, Quantity, ulps};
use infodyn_samplers::{Curve, Rule, Sampler, Spacing, TableError};
use nalgebra::SymmetricEigen;
use rayon::prelude::*;

pub use self::clock::{Ays, Clock};
use self::curvature::turning;
use self::replicas::{Asked, Replicas, apart};
use crate::measured::Ends;
use crate::profile::{Point, Settings, by_chunk, profile};
use crate::{Error, Result};

/// The levels that the schedules of a question share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Evaluations of a denoiser by a sampler of first order, the last of them for the step to 0.
    pub steps: usize,
    /// The noisiest level.
    pub from: f64,
    /// The last level before 0, where it is asked for; 0 asks for equal increments down to 0.
    pub to: Option<f64>,
}

/// Where Karras et al. 2022 begin and end.
pub const SIGMA_MAX: f64 = 80.0;
/// See [`SIGMA_MAX`].
pub const SIGMA_MIN: f64 = 0.002;

/// A list of levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// With its scale filled in.
    pub clock: Clock,
    /// `sigma/alpha`, `steps + 1` of them: they fall, and the last is 0.
    pub sigmas: Vec<Estimate>,
    /// Whether the clock itself goes to 0.
    pub to_zero: bool,
}

impl Schedule {
    /// The levels but the last, which is 0.
    #[must_use]
    pub fn positive(&self) -> Vec<f64> {
        self.sigmas.iter().map(|s| s.value()).filter(|&s| s > 0.0).collect()
    }
}

/// What is known of the data.
#[derive(Debug, Clone)]
pub struct Data {
    /// The least error of a denoiser.
    pub curve: Curve,
    /// Of the law, where there is one: the eigenvalues of its covariance that are not 0, with how often each occurs.
    pub spectrum: Option<Vec<(Estimate, usize)>>,
    /// Whether one Gaussian has all of the law.
    pub gaussian: bool,
    /// The table, where the curve goes through one.
    pub table: Option<Vec<(f64, Estimate)>>,
    /// The law, where there is one, and how it is asked.
    pub law: Option<(Arc<dyn Law>, Settings)>,
    /// Whether the law was sampled: slopes of the curve are then mostly noise, and what needs them asks for them.
    pub sampled: bool,
    /// The curve by each chunk of the draws, where all of it was sampled.
    replicas: Option<Replicas<Curve>>,
}

impl Data {
    /// Of a law, between two levels and below them as far as any clock needs.
    ///
    /// # Errors
    /// As [`profile`].
    pub fn of_law(law: &Arc<dyn Law>, ends: [f64; 2], settings: &Settings) -> Result<Self> {
        let settings = Settings { quantities: vec![Quantity::Mmse], ..settings.clone() };
        let sampled = Cell::new(false);
        let asked = Asked::default();
        let mmse = |sigmas: &[f64]| -> Result<Vec<Estimate>> {
            let levels = levels(sigmas)?;
            if let Some(found) = by_chunk(law, NoiseProcess::Edm, &levels, Quantity::Mmse, &settings)? {
                sampled.set(true);
                return Ok(asked.keep(sigmas, found));
            }
            let told = |value: Estimate| {
                sampled.set(sampled.get() || value.sampling().is_some());
                value
            };
            Ok(values(law, &levels, Quantity::Mmse, &settings)?.into_iter().map(told).collect())
        };
        let curve = Curve::new(ends, mmse)?.down_to_data(mmse)?;
        let replicas = asked.replicas(&curve.nodes(), |_, mmse| mmse, |errors| curve.through(errors));
        let spectrum = spectrum(&**law);
        let gaussian = law.mixture().is_some_and(|m| m.components() == 1);
        Ok(Self {
            curve,
            spectrum,
            gaussian,
            table: None,
            law: Some((Arc::clone(law), settings)),
            sampled: sampled.get(),
            replicas,
        })
    }

    /// Of a table of levels and errors.
    ///
    /// # Errors
    /// As [`Curve::from_table`].
    pub fn of_table(rows: Vec<(f64, Estimate)>) -> std::result::Result<Self, TableError> {
        let curve = Curve::from_table(&rows)?;
        Ok(Self {
            curve,
            spectrum: None,
            gaussian: false,
            table: Some(rows),
            law: None,
            sampled: false,
            replicas: None,
        })
    }

    /// The same, of which what is asked anew is asked with other draws.
    #[must_use]
    pub fn asked_by(&self, seed: u64) -> Self {
        let law = self.law.clone().map(|(law, settings)| (law, Settings { seed, ..settings }));
        Self { law, ..self.clone() }
    }

    /// The levels between which the errors are known: of a table, its own.
    #[must_use]
    pub fn range(&self) -> [f64; 2] {
        let Some(rows) = &self.table else { return self.curve.range() };
        let sigmas = || rows.iter().map(|row| row.0);
        [sigmas().fold(f64::INFINITY, f64::min), sigmas().fold(0.0, f64::max)]
    }

    /// Sums of powers of the eigenvalues.
    fn power(&self, power: i32) -> Option<f64> {
        let spectrum = self.spectrum.as_ref()?;
        Some(spectrum.iter().map(|(l, n)| l.value().powi(power) * *n as f64).sum())
    }

    /// The root mean square of a coordinate about its mean.
    #[must_use]
    pub fn scale(&self) -> Option<f64> {
        Some((self.power(1)? / self.law.as_ref()?.0.dim() as f64).sqrt())
    }

    /// The scales that the covariance suggests: [`Data::scale`], and `(sum l^2/sum l)^(1/2)` of its eigenvalues.
    #[must_use]
    pub fn scales(&self) -> Option<[f64; 2]> {
        let weighted = (self.power(2)? / self.power(1)?).sqrt();
        self.scale().filter(|c| *c > 0.0).map(|c| [c, weighted])
    }

    /// The levels of [`Clock::KlS2`] of a law that was sampled: `d mmse/d log s = 2 E tr S^2/s^2` (theory.md S2), each
    /// from samples of its own, in place of the slope of a curve through sampled points.
    fn spread(&self, steps: usize, ends: [f64; 2]) -> Option<Result<Vec<Estimate>>> {
        let (law, settings) = self.law.as_ref().filter(|_| self.sampled)?;
        let quantity = Quantity::PosteriorSquareTrace;
        let settings = Settings { quantities: vec![quantity], ..settings.clone() };
        let asked = Asked::default();
        let density = |s: f64, square: Estimate| rooted(square, 2.0_f64.sqrt() / s, 1.0);
        let ask = |sigmas: &[f64]| -> Result<Vec<Estimate>> {
            let levels = levels(sigmas)?;
            let squares = match by_chunk(law, NoiseProcess::Edm, &levels, quantity, &settings)? {
                Some(found) => asked.keep(sigmas, found),
                None => values(law, &levels, quantity, &settings)?,
            };
            Ok(sigmas.iter().zip(squares).map(|(&s, square)| density(s, square)).collect())
        };
        // As `s` toward the data, and as `1/s` in the noise.
        let range = [ends[1].max(SIGMA_MIN.min(0.5 * ends[0])), ends[0]];
        Some(Spacing::new(range, 1.0, ask).and_then(|spacing| spaced(&spacing, asked, density, steps, ends)))
    }

    /// The levels of a clock of the denoiser's curvature.
    fn curved(&self, order: usize, steps: usize, ends: [f64; 2]) -> Option<Result<Vec<Estimate>>> {
        let (law, settings) = self.law.as_ref()?;
        let scale = self.scale()?;
        let root = 1.0 / (order + 1) as f64;
        let asked = Asked::default();
        let density = |s: f64, square: Estimate| rooted(square, scale / scale.hypot(s), root);
        let ask = |sigmas: &[f64]| -> Result<Vec<Estimate>> {
            let found = sigmas.iter().map(|&s| turning(law, order, s, settings)).collect::<Result<_>>()?;
            let squares = asked.keep(sigmas, found);
            Ok(sigmas.iter().zip(squares).map(|(&s, square)| density(s, square)).collect())
        };
        // `D_s` falls as `s^2` toward the data, and `c(s) D_s` as `1/s^2` in the noise.
        let range = [ends[1].max(SIGMA_MIN.min(0.5 * ends[0])), ends[0]];
        let spacing = Spacing::new(range, 2.0 * root, ask);
        Some(spacing.and_then(|spacing| spaced(&spacing, asked, density, steps, ends)))
    }
}

/// Noise levels whose time is `s`.
fn levels(sigmas: &[f64]) -> Result<Vec<NoiseLevel>> {
    sigmas.iter().map(|&s| Ok(NoiseProcess::Edm.at(s)?)).collect()
}

/// A quantity at some levels, by the sharpest method.
fn values(law: &Arc<dyn Law>, levels: &[NoiseLevel], quantity: Quantity, settings: &Settings) -> Result<Vec<Estimate>> {
    let points = profile(law, NoiseProcess::Edm, levels, settings, &|| ())?;
    let missing = |t: f64| Error::NotFinite { quantity, t, method: settings.method };
    let told = |p: &Point| Ok(p.get(quantity).ok_or(missing(p.level.t()))?.estimate);
    points.iter().map(told).collect()
}

/// The levels of a density that is `density` of a place and of what was asked there.
fn spaced(
    spacing: &Spacing,
    asked: Asked,
    density: impl Fn(f64, Estimate) -> Estimate + Sync,
    steps: usize,
    ends: [f64; 2],
) -> Result<Vec<Estimate>> {
    let of = |spacing: &Spacing| Ok(spacing.levels(steps, ends)?);
    match asked.replicas(&spacing.nodes(), density, |densities| spacing.through(densities)) {
        Some(replicas) => replicas.levels(of, |spacing, found| Ok(apart(&of(spacing)?, found))),
        None => of(spacing),
    }
}

/// `(c x^{1/2})^p` of a number `x >= 0`.
fn rooted(x: Estimate, c: f64, p: f64) -> Estimate {
    let f = |x: f64| (c * x.max(0.0).sqrt()).powf(p);
    let here = f(x.value());
    let off = (f(x.value() + x.radius()) - here).max(here - f(x.value() - x.radius()));
    Estimate::new(here, off + ulps::formula(2, 1) * f64::EPSILON * here)
}

/// The eigenvalues of the covariance of a law, those that differ by rounding alone taken together.
fn spectrum(law: &dyn Law) -> Option<Vec<(Estimate, usize)>> {
    let dim = law.dim();
    let mut values: Vec<f64> = match law.mixture() {
        Some(mixture) if mixture.components() == 1 => (0..dim).map(|i| mixture.covariance(0).eigenvalue(i)).collect(),
        Some(mixture) => SymmetricEigen::new(mixture.total_covariance()).eigenvalues.iter().copied().collect(),
        None => {
            // Of a sphere: as far as its error, the trace of the posterior at infinite noise.
            return None;
        }
    };
    values.sort_by(|a, b| b.total_cmp(a));
    let rounding = 4.0 * ulps::sum(dim) * f64::EPSILON * values.first()?;
    let mut found: Vec<(Estimate, usize)> = Vec::new();
    for value in values.into_iter().filter(|&l| l > rounding) {
        match found.last_mut() {
            Some((last, count)) if last.contains(value) => *count += 1,
            _ => found.push((Estimate::new(value, rounding), 1)),
        }
    }
    Some(found)
}

/// Why there is no schedule: a flag, and what is wrong.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{flag}: {why}")]
pub struct Refused {
    /// The flag.
    pub flag: &'static str,
    /// Why.
    pub why: String,
}

fn refused(flag: &'static str, why: impl fmt::Display) -> Refused {
    Refused { flag, why: why.to_string() }
}

/// The levels of a clock.
///
/// `N` increments down to 0 where the clock is finite there; `N - 1` down to a last level, and then 0, where it is not,
/// where `to` says so, and for `edm`.
///
/// # Errors
/// When the clock needs data that there are not, or has no such levels.
pub fn schedule(
    clock: Clock,
    range: Range,
    process: NoiseProcess,
    data: Option<&Data>,
) -> std::result::Result<Schedule, Refused> {
    let clock = match clock {
        Clock::Cosine { c: None } => Clock::Cosine { c: Some(data.and_then(Data::scale).unwrap_or(1.0)) },
        Clock::Flow { c: None } => Clock::Flow { c: Some(data.and_then(Data::scales).map_or(1.0, |[_, c]| c)) },
        other => other,
    };
    if let Clock::Ays(model) = clock {
        if range.to.is_some() || range.from != model.from() {
            return Err(refused("--clock", format!("{clock} begins at {} and steps to 0", model.from())));
        }
        let levels = model.levels(range.steps).into_iter().map(|s| Estimate::rounded(s, ulps::formula(4, 1)));
        return Ok(Schedule { clock, sigmas: levels.chain([Estimate::ZERO]).collect(), to_zero: false });
    }
    let finite = match clock {
        Clock::Log | Clock::Kl => false,
        Clock::UniformT => process.snr_range().1 == f64::INFINITY,
        _ => clock.data().is_none_or(|c| data.is_some_and(|d| d.curve.converges(c))),
    };
    // A table may begin above the usual level.
    let lowest = data.filter(|d| d.law.is_none() && clock.needs_errors()).map_or(0.0, |d| d.range()[0]);
    let usual = if finite && !matches!(clock, Clock::Edm { .. }) { 0.0 } else { SIGMA_MIN.max(lowest) };
    let to = range.to.unwrap_or(usual);
    if to == 0.0 && !finite {
        return Err(refused("--sigma-min", format!("0, expected a positive level: the clock {clock} never gets to 0")));
    }
    if !(to >= 0.0 && to < range.from) {
        return Err(refused("--sigma-min", format!("{to}, expected a level from 0 to below {}", range.from)));
    }
    let to_zero = to == 0.0;
    let steps = if to_zero { range.steps } else { range.steps - 1 };
    if steps == 0 {
        // One evaluation: of the noisiest level.
        return Ok(Schedule { clock, sigmas: vec![Estimate::given(range.from), Estimate::ZERO], to_zero });
    }
    let ends = [range.from, to];
    let rounded = |sigmas: Vec<f64>, units: &dyn Fn(f64) -> f64| {
        let last = sigmas.len() - 1;
        let level = |(k, s): (usize, f64)| {
            if k == 0 || k == last { Estimate::given(s) } else { Estimate::rounded(s, units(s)) }
        };
        sigmas.into_iter().enumerate().map(level).collect::<Vec<_>>()
    };
    let by_rule = |rule: Rule| {
        let sigmas = rule.levels(steps, ends).map_err(|e| refused("--steps", e))?;
        Ok::<_, Refused>(rounded(sigmas, &|s| rule.units(s)))
    };
    // The time is rounded, and so is what the process has there.
    let of_time = |s: f64| ulps::formula(4, 1) + ulps::level(-2.0 * s.ln());
    let missing =
        || refused("--clock", format!("{clock} needs the errors of a denoiser, expected --law, --mse or --audit"));
    let curve = || data.map(|d| &d.curve).ok_or_else(missing);
    let mut sigmas = match clock {
        Clock::Edm { rho } => by_rule(Rule::Edm { rho })?,
        Clock::Log => by_rule(Rule::Log)?,
        Clock::Cosine { c } => by_rule(Rule::Cosine { c: c.unwrap_or(1.0) })?,
        Clock::Flow { c } => by_rule(Rule::Flow { c: c.unwrap_or(1.0) })?,
        Clock::UniformT => rounded(uniform(process, steps, ends).map_err(|e| refused("--process", e))?, &of_time),
        Clock::Curvature1 | Clock::Curvature2 => {
            let order = if clock == Clock::Curvature1 { 1 } else { 2 };
            let why = || refused("--clock", format!("{clock} needs a denoiser, expected --law"));
            let found = data.and_then(|d| d.curved(order, steps, ends)).ok_or_else(why)?;
            found.map_err(|e| refused("--clock", e))?
        }
        Clock::Auto | Clock::Fitted => return Err(refused("--clock", format!("{clock}, expected `measured`"))),
        Clock::Ays(_) | Clock::Given => return Err(refused("--sigmas", "missing, expected a list of levels")),
        Clock::KlS2 if data.is_some_and(|d| d.sampled) => {
            let found = data.and_then(|d| d.spread(steps, ends)).ok_or_else(missing)?;
            found.map_err(|e| refused("--clock", e))?
        }
        Clock::Entropic | Clock::Rescaled | Clock::Kl | Clock::KlS2 => {
            let why = |e: Error| refused("--clock", e);
            if let Some(replicas) = data.and_then(|d| d.replicas.as_ref()) {
                by_replicas(clock, replicas, steps, ends).map_err(why)?
            } else {
                let found = of_curve(clock, curve()?, steps, ends).map_err(|e| why(e.into()))?;
                match data.and_then(|d| d.table.as_ref()) {
                    Some(rows) if rows.len() > 4 => by_rows(clock, rows, &found, steps, ends),
                    _ => found,
                }
            }
        }
    };
    if !to_zero {
        sigmas.push(Estimate::ZERO);
    }
    let lost = |p: &[Estimate]| p[0].value() <= p[1].value() || p[0].value().is_finite() && !p[0].is_finite();
    if let Some(pair) = sigmas.windows(2).find(|p| lost(p)) {
        let (a, b) = (pair[0], pair[1]);
        let why =
            format!("{} steps of {clock}: level {a} is not known to be above {b}, expected fewer steps", range.steps);
        return Err(refused("--steps", why));
    }
    Ok(Schedule { clock, sigmas, to_zero })
}

/// A schedule that was chosen by measurement, and what it was chosen from.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// The levels: a clock with its scale, or fitted ones.
    pub schedule: Schedule,
    /// Mean distances of what was tried from the ends of the exact flow, the nearest first.
    pub tried: Vec<(Clock, Estimate)>,
}

/// Starts of the runs by which a schedule is chosen.
pub const TRIAL_STARTS: usize = 256;

/// The levels that `--clock auto` and `--clock fitted` choose for a deterministic sampler: of `flow:c` with the best
/// `c` and all clocks that need no choice, each by its own convention, the one that ends nearest to the exact flow from
/// [`TRIAL_STARTS`] starts; `fitted` then moves its levels one by one.
///
/// # Errors
/// Without a law that has such a flow, or with no level to choose.
pub fn measured(
    clock: Clock,
    sampler: &str,
    range: Range,
    process: NoiseProcess,
    data: &Data,
) -> std::result::Result<Chosen, Refused> {
    let missing = || refused("--clock", format!("{clock} needs a denoiser, expected --law"));
    let (law, settings) = data.law.as_ref().ok_or_else(missing)?;
    let [scale, start] = data.scales().ok_or_else(missing)?;
    let why = |e: Error| refused("--clock", e);
    let ends = Ends::new(law, range.from, scale, TRIAL_STARTS, settings.seed).map_err(why)?;
    let c = ends.best_scale(sampler, range.steps, start);
    let mut tried = Vec::new();
    for other in [
        Clock::Flow { c: Some(c) },
        Clock::KlS2,
        Clock::Curvature1,
        Clock::Curvature2,
        Clock::Cosine { c: None },
        Clock::Edm { rho: 7.0 },
    ] {
        if let Ok(found) = schedule(other, range, process, Some(data)) {
            let distance = ends.distance(sampler, &found.positive()).map_err(why)?.distance;
            tried.push((found, distance));
        }
    }
    tried.sort_by(|a, b| a.1.value().total_cmp(&b.1.value()));
    let told = tried.iter().map(|(s, d)| (s.clock, *d)).collect();
    let best = tried.into_iter().next().map(|t| t.0);
    let mut best = best.ok_or_else(|| refused("--clock", format!("{clock}: no clock has such levels")))?;
    if clock == Clock::Fitted {
        let fitted = ends.fit(sampler, &best.positive());
        let sigmas = fitted.into_iter().map(Estimate::given).chain([Estimate::ZERO]).collect();
        best = Schedule { clock, sigmas, to_zero: best.to_zero };
    }
    Ok(Chosen { schedule: best, tried: told })
}

/// A list that was given: it falls; 0 at its end may be left out.
///
/// # Errors
/// When it does not fall, is not of positive numbers, or is empty.
pub fn given(list: &[f64]) -> std::result::Result<Schedule, Refused> {
    let mut sigmas = list.to_vec();
    if sigmas.last() != Some(&0.0) {
        sigmas.push(0.0);
    }
    if sigmas.len() < 2 {
        return Err(refused("--sigmas", "no positive level, expected at least one"));
    }
    if let Some(s) = sigmas.iter().find(|s| !(s.is_finite() && **s >= 0.0)) {
        return Err(refused("--sigmas", format!("{s}, expected positive levels")));
    }
    if let Some(pair) = sigmas.windows(2).find(|p| p[1] >= p[0]) {
        return Err(refused("--sigmas", format!("{} after {}, expected levels that fall", pair[1], pair[0])));
    }
    let sigmas = sigmas.into_iter().map(Estimate::given).collect();
    Ok(Schedule { clock: Clock::Given, sigmas, to_zero: false })
}

/// The levels of a clock that is made of the errors.
fn of_curve(clock: Clock, curve: &Curve, steps: usize, ends: [f64; 2]) -> infodyn_samplers::Result<Vec<Estimate>> {
    match clock.data() {
        Some(clock) => curve.levels(clock, steps, ends),
        None => curve.least(steps, ends),
    }
}

/// The levels of a clock that was sampled.
fn by_replicas(clock: Clock, replicas: &Replicas<Curve>, steps: usize, ends: [f64; 2]) -> Result<Vec<Estimate>> {
    let of = |curve: &Curve| Ok(of_curve(clock, curve, steps, ends)?);
    replicas.levels(of, |curve, found| match clock.data() {
        Some(_) => Ok(apart(&of(curve)?, found)),
        // All grids near the best are tried for the best alone.
        None => {
            let sigmas: Vec<f64> = found.iter().map(|s| s.value()).collect();
            let none = Error::from(infodyn_samplers::Error::Grid { steps, from: ends[0], to: ends[1] });
            curve.step_to_least(&sigmas).ok_or(none)
        }
    })
}

/// Levels from a table, with how far they may be.
///
/// # Accuracy
/// The largest shift when one inner row is left out, for what lies between the rows, and the shifts when each row alone
/// is off by its error, added up.
fn by_rows(clock: Clock, rows: &[(f64, Estimate)], found: &[Estimate], steps: usize, ends: [f64; 2]) -> Vec<Estimate> {
    let mut rows: Vec<(f64, Estimate)> = rows.to_vec();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let shifts = |rows: &[(f64, Estimate)]| -> Option<Vec<f64>> {
        let moved = of_curve(clock, &Curve::from_table(rows).ok()?, steps, ends).ok()?;
        Some(moved.iter().zip(found).map(|(m, f)| (m.value() - f.value()).abs()).collect())
    };
    let without = |i: usize| shifts(&[&rows[..i], &rows[i + 1..]].concat());
    let raised = |i: usize| {
        let (sigma, mse) = rows[i];
        if mse.radius() == 0.0 {
            return Some(vec![0.0; found.len()]);
        }
        let mut rows = rows.clone();
        rows[i] = (sigma, Estimate::new(mse.value() + mse.radius(), 2.0 * mse.radius()));
        shifts(&rows)
    };
    let inner: Option<Vec<Vec<f64>>> = (1..rows.len() - 1).into_par_iter().map(without).collect();
    let each: Option<Vec<Vec<f64>>> = (0..rows.len()).into_par_iter().map(raised).collect();
    // A table that is none without a row, or with one moved, says nothing of the error: that of the curve stands.
    let (Some(inner), Some(each)) = (inner, each) else { return found.to_vec() };
    let level = |(k, f): (usize, &Estimate)| {
        let between = inner.iter().map(|shift| shift[k]).fold(0.0, f64::max);
        let moved: f64 = each.iter().map(|shift| shift[k]).sum();
        Estimate::new(f.value(), between + moved)
    };
    found.iter().enumerate().map(level).collect()
}

/// Equal steps of a process's own time.
fn uniform(process: NoiseProcess, steps: usize, [from, to]: [f64; 2]) -> infodyn_core::Result<Vec<f64>> {
    let time = |s: f64| if s > 0.0 { process.time_at_snr(1.0 / (s * s)) } else { Ok(0.0) };
    let (start, end) = (time(from)?, time(to)?);
    (0..=steps)
        .map(|k| match k {
            0 => Ok(from),
            _ if k == steps => Ok(to),
            _ => {
                let (b, a) = (k as f64 / steps as f64, (steps - k) as f64 / steps as f64);
                Ok(process.at(a * start + b * end)?.sigma_over_alpha())
            }
        })
        .collect()
}

/// The samplers whose error on Gaussians is known, by the names that users know.
pub const SAMPLERS: [(&str, Sampler); 4] = [
    ("euler", Sampler::Ddim),
    ("ancestral", Sampler::Ancestral),
    ("heun", Sampler::Heun),
    ("dpmpp2m", Sampler::Multistep),
];

/// What a sampler leaves of a Gaussian, from an exact start down to no noise at all.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    /// Its name.
    pub sampler: &'static str,
    /// The variance of its samples over the true one, for each eigenvalue.
    pub ratios: Vec<Estimate>,
    /// `KL(sampler || truth)`, nats.
    pub divergence: Estimate,
    /// The 2-Wasserstein distance, in the units of the data.
    pub distance: Estimate,
}

/// The end-point error of a sampler on a Gaussian with these eigenvalues.
///
/// # Formula
/// Each eigenvalue `l` by itself: `KL = (r - 1 - log r)/2` for the ratio `r` of the variances, and the squared distance
/// `l (1 - r^{1/2})^2`.
///
/// # Source
/// theory.md S5.
#[must_use]
pub fn gaussian_end(
    schedule: &Schedule,
    (name, sampler): (&'static str, Sampler),
    spectrum: &[(Estimate, usize)],
) -> End {
    let sigmas: Vec<Estimate> = schedule.positive().into_iter().map(Estimate::given).collect();
    let ratio = |(l, _): &(Estimate, usize)| sampler.clean_variance_ratio(&sigmas, l, |x| x.ln());
    let ratios: Vec<Estimate> = spectrum.iter().map(ratio).collect();
    let sum = |f: &dyn Fn(Estimate, Estimate) -> Estimate| {
        spectrum.iter().zip(&ratios).map(|((l, n), &r)| f(*l, r) * Estimate::count(*n)).sum::<Estimate>()
    };
    let divergence = sum(&|_, r| (r - 1 - r.ln()) / 2);
    let square = sum(&|l, r| {
        let off = Estimate::ONE - r.sqrt();
        off * off * l
    });
    End { sampler: name, ratios, divergence, distance: rooted(square, 1.0, 1.0) }
}
