//! Peaks of rates and of the variance of the label's posterior entropy; when the label is decided.

use std::collections::BTreeMap;
use std::sync::Arc;

use infodyn_closed_form::ClosedForm;
use infodyn_core::{
    Channel, Estimate, Law, Mixture, NoiseLevel, NoiseProcess, Profile, Quantity, profile, profiles, progress, ulps,
};
use infodyn_monte_carlo::MonteCarloAlong;
use infodyn_quadrature::{Quadrature, abscissas};
use rayon::prelude::*;

use super::bounds::Bounds;
use super::settings::Settings;
use super::top::Eigenvalues;
use crate::Result;
use crate::profile::{Method, enlargement, is_costly};

/// The variable per unit of which a rate is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clock {
    /// The process's own time.
    T,
    /// The logarithm of the signal-to-noise ratio.
    LogSnr,
    /// `sigma/alpha`.
    SigmaOverAlpha,
}

impl Clock {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::T, Self::LogSnr, Self::SigmaOverAlpha];

    /// The name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::T => "t",
            Self::LogSnr => "log_snr",
            Self::SigmaOverAlpha => "sigma_over_alpha",
        }
    }

    /// `|d log snr/d clock|` at a noise level.
    fn speed(self, process: &NoiseProcess, snr: f64) -> Option<f64> {
        match self {
            Self::T => process.at_snr(snr).ok().map(|level| level.g2() / level.sigma2()),
            Self::LogSnr => Some(1.0),
            Self::SigmaOverAlpha => Some(2.0 * snr.sqrt()),
        }
    }
}

/// A local maximum.
#[derive(Debug, Clone, PartialEq)]
pub struct Peak {
    /// Of which quantity.
    pub of: Quantity,
    /// Per unit of which clock it is taken; the variance is the same in all.
    pub clock: Clock,
    /// The noise level.
    pub level: NoiseLevel,
    /// The signal-to-noise ratio.
    pub snr: Estimate,
    /// The value there; rates in nats per unit of the clock, in absolute value.
    pub height: Estimate,
    /// How it was computed.
    pub method: Method,
}

/// A time at which the labels are decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Speciation {
    /// How it is defined.
    pub found: &'static str,
    /// Number of labels.
    pub labels: usize,
    /// The noise level.
    pub level: NoiseLevel,
    /// The signal-to-noise ratio.
    pub snr: Estimate,
}

/// The levels between which the label's entropy falls from 19/20 of what it is at first to 1/20.
pub(super) type Window = Option<[Speciation; 2]>;

/// Shares of the label's entropy that are left where the window opens, in its middle and where it closes.
const LEFT: [(&str, f64); 3] =
    [("19/20-label-entropy", 0.95), ("half-label-entropy", 0.5), ("1/20-label-entropy", 0.05)];

/// The middle of three places, and the window of the others.
fn parted([opens, half, closes]: [Option<Speciation>; 3]) -> (Vec<Speciation>, Window) {
    (half.into_iter().collect(), opens.zip(closes).map(|(a, b)| [a, b]))
}

const WANTED: [Quantity; 3] =
    [Quantity::LabelPosteriorEntropyVariance, Quantity::LabelEntropyRate, Quantity::ConditionalEntropyRate];

/// Step of the coarse search in `log snr`, on a line and where a level costs more.
const STEPS: [f64; 2] = [0.2, 0.35];
/// Levels of a search by samples, every second of which is looked at first.
const LEVELS: usize = 49;
/// Samples of a first look at a level, of a law of which a sample costs milliseconds; and how many times as many a
/// closer look takes at most.
const MOST_COSTLY: u64 = 1 << 13;
const MOST_TIMES: f64 = 8.0;
/// What errors of heights come to, as a part of them.
const AIM: f64 = 0.018;
/// The part of the highest value from which on a level may turn out to be the highest.
const NEAR: f64 = 0.9;
/// Nats that a first look passes over where noise leaves no more.
const UNSEEN: f64 = 0.02;
/// Windows stand at multiples of this, and reach so far on each side.
const RASTER: f64 = 0.25;
const HALF: f64 = 0.6;

pub(super) fn peaks(
    law: Arc<dyn Law>,
    process: &NoiseProcess,
    snr: (f64, f64),
    settings: &Settings,
    notes: &mut Vec<String>,
) -> Result<(Vec<Peak>, Vec<Speciation>, Window)> {
    let (low, high) = (snr.0.ln(), snr.1.ln());
    let search = Search { channel: Channel::new(law, NoiseProcess::Ve, 1.0)?, process };
    if let Some((peaks, decided)) = search.integrated(low, high, notes) {
        let (half, window) = parted(decided);
        return Ok((peaks, half, window));
    }
    let ((peaks, decided, at_end), looked) = search.sampled(low, high, settings)?;
    let (half, window) = parted(decided);
    notes.push(format!(
        "peaks: the highest of each quantity on {looked} noise levels by Monte Carlo with {} samples, near peaks as many as bring the error to 2 % of the height, at most {MOST_TIMES} times as many; located as far as the intervals allow (each at level 0.997, not all at once)", fewest(&**search.channel.law(), settings)
    ));
    if !at_end.is_empty() {
        let names: Vec<String> = at_end.iter().map(|(of, clock)| format!("{of} per {}", clock.name())).collect();
        notes.push(format!(
            "peaks: left out, for as far as the intervals tell they may be highest at an end of the noise levels: {}",
            names.join(", ")
        ));
    }
    Ok((peaks, half, window))
}

/// Criteria that need the covariance of the law only.
pub(super) fn spectral(
    law: &Mixture,
    process: &NoiseProcess,
    eigenvalues: &Eigenvalues,
    notes: &mut Vec<String>,
) -> Vec<Speciation> {
    const MOST_DIM: usize = 1024;
    let labels = law.label_weights().len();
    if labels < 2 {
        return vec![];
    }
    if law.dim() > MOST_DIM {
        notes.push(format!("spectral speciation is left out above dimension {MOST_DIM}"));
        return vec![];
    }
    let top = eigenvalues.of(law).max();
    if top <= 0.0 {
        return vec![];
    }
    let radius = (ulps::eigenvalue(law.dim()) + ulps::sum(law.components())) * f64::EPSILON;
    let entry = |found, snr: f64| {
        let level = process.at_snr(snr).ok()?;
        Some(Speciation { found, labels, level, snr: Estimate::new(snr, radius * snr * (1.0 + snr)) })
    };
    let preserving = matches!(
        process,
        NoiseProcess::Ou
            | NoiseProcess::VpLinear { .. }
            | NoiseProcess::VpScaledLinear { .. }
            | NoiseProcess::VpCosine { .. }
    );
    // alpha^2 top = 1 under alpha^2 + sigma^2 = 1: the (1/2) log top of ou.
    let half_log = (preserving && top > 1.0).then(|| entry("alpha2-variance", 1.0 / (top - 1.0))).flatten();
    half_log.into_iter().chain(entry("snr-variance", 1.0 / top)).collect()
}

/// What is searched: a law, under `ve`, where `|d/d log snr| = t d/dt`.
struct Search<'a> {
    channel: Channel,
    /// The process that is asked about.
    process: &'a NoiseProcess,
}

/// Values of [`WANTED`] at one level, per unit of `log snr`.
type Values = [Estimate; 3];

impl Search<'_> {
    /// Prior of each label; of a law that is no mixture, one.
    fn label_weights(&self) -> &[f64] {
        self.channel.law().mixture().map_or(&[1.0], Mixture::label_weights)
    }

    fn method(&self) -> Method {
        if Method::ClosedForm.serves(&**self.channel.law()) { Method::ClosedForm } else { Method::Quadrature }
    }

    /// Dimension of the integrals, where they can be afforded: in three, the hundreds of levels of a search would take
    /// minutes.
    fn dim(&self) -> Option<usize> {
        let law = self.channel.law();
        if law.is_rotation_invariant() || self.method() == Method::ClosedForm {
            return Some(1);
        }
        let dim = law.reduced().map_or(law.dim(), |factors| factors.core.dim());
        let components = law.mixture().map_or(1, Mixture::components);
        (dim <= 2 && components <= [512, 32][dim - 1]).then_some(dim)
    }

    /// Quantities at a signal-to-noise ratio, and the time of `ve` there.
    fn profile(&self, log_snr: f64, quantities: &[Quantity]) -> Option<(f64, Profile)> {
        let t = (-log_snr).exp();
        let channel = self.channel.at(t).ok()?;
        let known = match self.method() {
            Method::ClosedForm => profile(&ClosedForm, &channel, quantities).ok()?,
            _ => profile(&Quadrature, &channel, quantities).ok()?,
        };
        Some((t, known))
    }

    /// `Var h` and the two rates per unit of `log snr`.
    fn values(&self, log_snr: f64) -> Option<Values> {
        let (t, known) = self.profile(log_snr, &WANTED)?;
        per_log_snr(&known, t).filter(|values| values.iter().all(|v| v.is_finite()))
    }

    /// `None` when integration serves fewer than half of the noise levels.
    fn integrated(&self, low: f64, high: f64, notes: &mut Vec<String>) -> Option<Decided> {
        let step = STEPS[self.dim()? - 1];
        let count = ((high - low) / step).ceil() as usize + 1;
        let nodes: Vec<f64> = (0..count).map(|i| low + step * i as f64).collect();
        progress::expect(nodes.len() as u64);
        let known = |&l: &f64| {
            let values = self.values(l);
            progress::done();
            values
        };
        let coarse: Vec<Option<Values>> = nodes.par_iter().map(known).collect();
        let served = longest_run(&coarse.iter().map(Option::is_some).collect::<Vec<_>>());
        if 2 * served.len() < count {
            return None;
        }
        if served.len() < count {
            let (a, b) = (nodes[served.start].exp(), nodes[served.end - 1].exp());
            notes.push(format!("peaks are looked for at snr {a:.3e} to {b:.3e}, where integration serves"));
        }
        let nodes = nodes[served.clone()].to_vec();
        let coarse: Vec<Values> = coarse[served].iter().copied().flatten().collect();
        let count = nodes.len();
        // Which windows are needed, by which series.
        let mut wanted: Vec<(usize, Clock, i64)> = Vec::new();
        for (q, clock) in self.series() {
            let f: Vec<Estimate> = nodes
                .iter()
                .zip(&coarse)
                .map(|(l, v)| clock_rate(q, clock, self.process, *l).map_or(Estimate::ZERO, |s| v[q] * s))
                .collect();
            let top = f.iter().fold(0.0_f64, |m, v| m.max(v.value()));
            for i in 1..count - 1 {
                let (a, b, c) = (f[i - 1], f[i], f[i + 1]);
                let floor = a.radius() + b.radius() + c.radius() + 1e-9 * top;
                if b.value() > a.value() && b.value() >= c.value() && 2.0 * b.value() - a.value() - c.value() > floor {
                    let shift = 0.5 * (a.value() - c.value()) / (a.value() - 2.0 * b.value() + c.value());
                    wanted.push((q, clock, ((nodes[i] + step * shift) / RASTER).round() as i64));
                }
            }
        }
        let mut windows: BTreeMap<i64, Vec<Values>> = BTreeMap::new();
        let mut centres: Vec<i64> = wanted.iter().map(|w| w.2).collect();
        centres.sort_unstable();
        centres.dedup();
        for centre in centres {
            let values: Vec<Option<Values>> =
                abscissas().par_iter().map(|x| self.values(centre as f64 * RASTER + HALF * x)).collect();
            match values.into_iter().collect::<Option<_>>() {
                Some(values) => _ = windows.insert(centre, values),
                None => notes.push(format!(
                    "a peak near snr {:.3} is left out: integration does not serve all around it",
                    (centre as f64 * RASTER).exp()
                )),
            }
        }
        let mut peaks: Vec<Peak> = Vec::new();
        for (q, clock, centre) in wanted {
            if let Some(peak) = windows.get(&centre).and_then(|v| self.peak(q, clock, centre, v)) {
                let twice = |p: &Peak| {
                    p.of == peak.of && p.clock == clock && (p.snr.value() / peak.snr.value()).ln().abs() < 0.05
                };
                if !peaks.iter().any(twice) {
                    peaks.push(peak);
                }
            }
        }
        let decided = LEFT.map(|(found, share)| self.left_over(nodes[0], nodes[count - 1], found, share));
        Some((peaks, decided))
    }

    /// The maximum of a series in its window.
    fn peak(&self, q: usize, clock: Clock, centre: i64, values: &[Values]) -> Option<Peak> {
        let centre = centre as f64 * RASTER;
        let xs = abscissas();
        let f: Vec<Estimate> = xs
            .iter()
            .zip(values)
            .map(|(x, v)| clock_rate(q, clock, self.process, centre + HALF * x).map(|s| v[q] * s))
            .collect::<Option<_>>()?;
        let found = infodyn_quadrature::peak_of(&f)?;
        let log_snr = centre + HALF * found.at.value();
        let snr = log_snr.exp();
        let radius = HALF * found.at.radius() + ulps::level(log_snr) * f64::EPSILON;
        Some(Peak {
            of: WANTED[q],
            clock,
            level: self.process.at_snr(snr).ok()?,
            snr: Estimate::new(snr, snr * radius),
            height: found.height,
            method: self.method(),
        })
    }

    /// Where a share of the label's entropy is left.
    fn left_over(&self, low: f64, high: f64, found: &'static str, share: f64) -> Option<Speciation> {
        let weights = self.label_weights();
        let labels = weights.len();
        let target = Estimate::rounded(share * entropy(weights), ulps::sum(labels) + ulps::formula(1, 1));
        let left = |l: f64| {
            let (t, known) = self.profile(l, &[Quantity::LabelEntropy, Quantity::LabelEntropyRate])?;
            let rate = known.get(Quantity::LabelEntropyRate)?.value() * t;
            Some((known.get(Quantity::LabelEntropy)? - target, rate))
        };
        if labels < 2 {
            return None;
        }
        let (mut a, mut b) = (low, high);
        if left(a)?.0.value() <= 0.0 || left(b)?.0.value() >= 0.0 {
            return None;
        }
        let mut x = 0.5 * (a + b);
        for _ in 0..60 {
            let (f, rate) = left(x)?;
            if f.value() > 0.0 {
                a = x;
            } else {
                b = x;
            }
            // The entropy falls with the ratio at `rate`: Newton's method, kept in its bracket.
            let next = x + f.value() / rate;
            let next = if next > a && next < b { next } else { 0.5 * (a + b) };
            let done = (next - x).abs() < 1e-14 * (1.0 + x.abs());
            x = next;
            if done {
                break;
            }
        }
        let (f, rate) = left(x)?;
        let snr = x.exp();
        let radius = snr * ((f.value().abs() + f.radius()) / rate * 1.01);
        Some(Speciation { found, labels, level: self.process.at_snr(snr).ok()?, snr: Estimate::new(snr, radius) })
    }

    /// And what may be highest at an end.
    ///
    /// All levels share their draws. Every second one is looked at with few samples, but where noise leaves nothing to
    /// see ([`Bounds`]); then those that may hold a peak, and those beside them, with as many of another stream as its
    /// height asks for. What is told of a level is one of two intervals, each with half of the error probability.
    fn sampled(&self, low: f64, high: f64, settings: &Settings) -> Result<(Sampled, usize)> {
        let law = &**self.channel.law();
        let (few, bounds, gaps) = (fewest(law, settings), Bounds::new(law), infodyn_monte_carlo::gaps(law));
        let nodes: Vec<f64> = (0..LEVELS).map(|i| low + (high - low) * i as f64 / (LEVELS - 1) as f64).collect();
        let ask = |wanted: &BTreeMap<usize, u64>, stream: u32| -> Result<Vec<Known>> {
            let channels = wanted.keys().map(|&i| Ok(self.channel.at((-nodes[i]).exp())?));
            let channels = channels.collect::<Result<Vec<Channel>>>()?;
            let samples: Vec<u64> = wanted.values().copied().collect();
            let usual = infodyn_monte_carlo::Settings::default();
            let confidence = 1.0 - 0.5 * (1.0 - usual.confidence);
            let run = infodyn_monte_carlo::Settings { seed: settings.seed, stream, confidence, ..usual };
            let route = MonteCarloAlong { settings: run, samples: &samples, gaps: gaps.as_ref() };
            let quantities = [&WANTED[..], &[Quantity::LabelEntropy]].concat();
            let found = profiles(&route, &channels, &quantities)?;
            let none = Estimate::new(0.0, f64::INFINITY);
            let read = |(i, known): (&usize, &Profile)| Known {
                values: per_log_snr(known, (-nodes[*i]).exp()).unwrap_or([none; 3]),
                entropy: known.get(Quantity::LabelEntropy).unwrap_or(none),
            };
            Ok(wanted.keys().zip(&found).map(read).collect())
        };
        let seen = |i: &usize| bounds.information(nodes[*i].exp()) > UNSEEN;
        let look: BTreeMap<usize, u64> = (0..LEVELS).step_by(2).filter(seen).map(|i| (i, few)).collect();
        let mut known: Vec<Option<Known>> = vec![None; LEVELS];
        look.keys().zip(ask(&look, 1)?).for_each(|(&i, found)| known[i] = Some(found));
        let first = look.keys().next().copied().unwrap_or(LEVELS);
        (0..first).for_each(|i| known[i] = Some(Known::bounded(&bounds, nodes[i].exp())));
        let closely = self.closely(&nodes, &known, first);
        let most = few as f64 * MOST_TIMES;
        let closely = closely.into_iter().map(|(i, times)| (i, (few as f64 * times.max(1.0)).min(most) as u64));
        let closely: BTreeMap<usize, u64> = closely.collect();
        closely.keys().zip(ask(&closely, 0)?).for_each(|(&i, found)| known[i] = Some(found));
        let (nodes, known): (Vec<f64>, Vec<Known>) =
            nodes.iter().zip(known).filter_map(|(&l, known)| Some((l, known?))).unzip();
        Ok((self.highest(&nodes, &known), nodes.len()))
    }

    /// Which levels to look at closely after a first look from level `first` on, and with how many times its samples:
    /// those that may hold the highest of a series, for the height to [`AIM`] of itself, or for them to be told from
    /// what is higher; what stands beside them; and what stands where a share of the label's entropy is left.
    fn closely(&self, nodes: &[f64], known: &[Option<Known>], first: usize) -> BTreeMap<usize, f64> {
        let mut wanted: BTreeMap<usize, f64> = BTreeMap::new();
        let mut want = |i: usize, times: f64| {
            let so_far = wanted.entry(i).or_insert(0.0);
            *so_far = times.max(*so_far);
        };
        let there: Vec<usize> = (0..nodes.len()).filter(|&i| known[i].is_some()).collect();
        let seen: Vec<Known> = there.iter().filter_map(|&i| known[i]).collect();
        let at: Vec<f64> = there.iter().map(|&i| nodes[i]).collect();
        for (q, clock) in self.series() {
            let f = self.of_series((q, clock), &at, &seen);
            let top = |f: &[Estimate]| {
                f.iter().zip(&there).filter(|(_, i)| **i >= first).map(|(v, _)| v.value()).fold(0.0, f64::max)
            };
            let top_here = top(&f);
            // A rate that is nothing beside the conditional one is not chased.
            let least = if q == 1 { 0.1 * top(&self.of_series((2, clock), &at, &seen)) } else { 0.0 };
            for j in able(&f) {
                let aim = (AIM * top_here.max(least)).max(0.5 * (NEAR * top_here - f[j].value()));
                let times = match q {
                    _ if there[j] < first => 1.0,
                    // The interval of a variance shrinks as the root of the sample.
                    0 if f[j].radius() > aim => (f[j].radius() / aim).powi(2),
                    0 => 0.0,
                    _ => enlargement(f[j], aim),
                };
                if times > 0.0 {
                    want(there[j], times);
                }
                for beside in [there[j].wrapping_sub(1), there[j] + 1] {
                    if known.get(beside).is_some_and(Option::is_none) {
                        want(beside, times);
                    }
                }
            }
        }
        for (_, share) in LEFT {
            if let Some((a, b)) = self.crossed(share, &seen) {
                (there[a.min(b)]..there[a.max(b)]).filter(|&i| known[i].is_none()).for_each(|i| want(i, 1.0));
            }
        }
        wanted
    }

    /// A series at some levels.
    fn of_series(&self, (q, clock): (usize, Clock), nodes: &[f64], known: &[Known]) -> Vec<Estimate> {
        let per = |(l, known): (&f64, &Known)| {
            clock_rate(q, clock, self.process, *l).map_or(Estimate::ZERO, |s| known.values[q] * s)
        };
        nodes.iter().zip(known).map(per).collect()
    }

    /// Every quantity that the law has in every clock.
    fn series(&self) -> impl Iterator<Item = (usize, Clock)> {
        let labels = self.label_weights().len();
        series().filter(move |(q, _)| *q == 2 || labels > 1)
    }

    /// The last level at which more than a share of the label's entropy is surely left, and the first at which less is.
    fn crossed(&self, share: f64, known: &[Known]) -> Option<(usize, usize)> {
        let target = share * entropy(self.label_weights());
        let above = known.iter().rposition(|k| k.entropy.value() - k.entropy.radius() > target);
        let below = known.iter().position(|k| k.entropy.value() + k.entropy.radius() < target);
        above.zip(below).filter(|_| self.label_weights().len() > 1)
    }

    /// The highest of each series, and when labels are decided, from values at some levels.
    fn highest(&self, nodes: &[f64], known: &[Known]) -> Sampled {
        let (labels, process, count) = (self.label_weights().len(), self.process, nodes.len());
        // Between neighbours of the first and last level that can hold it.
        let place = |first: usize, last: usize| {
            let (a, b) = (nodes[first.saturating_sub(1)].exp(), nodes[(last + 1).min(count - 1)].exp());
            Estimate::new(0.5 * (a + b), 0.5 * (b - a))
        };
        let (mut peaks, mut at_end) = (Vec::new(), Vec::new());
        for (q, clock) in self.series() {
            let f = self.of_series((q, clock), nodes, known);
            let able = able(&f);
            let (Some(&first), Some(&last)) = (able.first(), able.last()) else { continue };
            if first == 0 || last == count - 1 {
                // It rises or falls all the way, as far as can be seen.
                at_end.push((WANTED[q], clock));
                continue;
            }
            let best = able.iter().copied().fold(first, |m, i| if f[i].value() > f[m].value() { i } else { m });
            let snr = place(first, last);
            if let Ok(level) = process.at_snr(snr.value()) {
                peaks.push(Peak { of: WANTED[q], clock, level, snr, height: f[best], method: Method::MonteCarlo });
            }
        }
        let decided = LEFT.map(|(found, share)| {
            let (a, b) = self.crossed(share, known)?;
            let (x, y) = (nodes[a.min(b)].exp(), nodes[a.max(b)].exp());
            let snr = Estimate::new(0.5 * (x + y), 0.5 * (y - x));
            let level = process.at_snr(snr.value()).ok()?;
            Some(Speciation { found, labels, level, snr })
        });
        (peaks, decided, at_end)
    }
}

/// What is known at one level: [`WANTED`] per unit of `log snr`, and the label's entropy.
#[derive(Clone, Copy)]
struct Known {
    values: Values,
    entropy: Estimate,
}

impl Known {
    /// What needs no sample.
    fn bounded(bounds: &Bounds, snr: f64) -> Self {
        let between = |a: f64, b: f64| {
            Estimate::new(0.5 * (a + b), 0.5 * (b - a)).widened(ulps::operations(2) * f64::EPSILON * b)
        };
        let rate = between(0.0, bounds.information(snr));
        let entropy = between(bounds.label_entropy(snr), bounds.label_entropy(0.0));
        Self { values: [between(0.0, bounds.variance(snr)), rate, rate], entropy }
    }
}

/// What may be the highest of some values.
fn able(f: &[Estimate]) -> Vec<usize> {
    let sure = f.iter().map(|v| v.value() - v.radius()).fold(f64::NEG_INFINITY, f64::max);
    (0..f.len()).filter(|&i| f[i].value() + f[i].radius() >= sure).collect()
}

/// Samples of a first look: of a law of which a sample costs milliseconds no more than [`MOST_COSTLY`].
fn fewest(law: &dyn Law, settings: &Settings) -> u64 {
    if is_costly(law) { settings.samples.min(MOST_COSTLY) } else { settings.samples }
}

/// [`Decided`] of a sample, and what may be highest at an end.
type Sampled = (Vec<Peak>, [Option<Speciation>; 3], Vec<(Quantity, Clock)>);

/// The peaks, and where each of [`LEFT`] is left.
type Decided = (Vec<Peak>, [Option<Speciation>; 3]);

/// The longest run of `true`.
fn longest_run(flags: &[bool]) -> std::ops::Range<usize> {
    let mut best = 0..0;
    let mut start = 0;
    for (i, &flag) in flags.iter().enumerate() {
        if !flag {
            start = i + 1;
        } else if i + 1 - start > best.len() {
            best = start..i + 1;
        }
    }
    best
}

/// Every quantity in every clock.
fn series() -> impl Iterator<Item = (usize, Clock)> {
    (0..WANTED.len()).flat_map(|q| Clock::ALL.into_iter().map(move |c| (q, c)))
}

/// What turns a value per unit of `log snr` into one per unit of the clock; 1 for the variance.
fn clock_rate(q: usize, clock: Clock, process: &NoiseProcess, log_snr: f64) -> Option<Estimate> {
    let speed = |x: f64| Estimate::rounded(x, ulps::level(log_snr));
    if q == 0 { Some(Estimate::ONE) } else { clock.speed(process, log_snr.exp()).map(speed) }
}

/// In `ve`, `|d/d log snr| = t d/dt`.
fn per_log_snr(known: &Profile, t: f64) -> Option<Values> {
    let get = |q: usize| known.get(WANTED[q]);
    let t = Estimate::given(t);
    Some([get(0)?, get(1)? * t, get(2)? * t])
}

fn entropy(weights: &[f64]) -> f64 {
    -weights.iter().map(|&w| infodyn_core::stable::x_ln_x(w)).sum::<f64>()
}
