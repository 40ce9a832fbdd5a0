//! `infodyn paths`: pathwise entropies, decisions and outcomes.

use std::sync::{Arc, Mutex};

use clap::builder::PossibleValuesParser;
use infodyn_closed_form::MixtureLaw;
use infodyn_core::share::{self, Piece};
use infodyn_core::{Channel, Density, Detail, Estimate, NoiseLevel, Observation, Points};
use infodyn_data::{Columns, LawFile};
use infodyn_figures::Rendered;
use infodyn_monte_carlo::{
    FLOW_TOLERANCE, LabelPosterior, Means, PathBatch, Paths, Philox, Range, Reverse, Scheme, Settings, decisions,
    mean_of_trials,
};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::parts::Parted;
use crate::picture::{self, Path, Reading};
use crate::text::{
    LEVEL, LawSummary, Outcome, ProcessName, Question, Refusal, Sampled, aligned, entry, short, with_error,
};

/// The samplers, by the names that the flag takes.
const SCHEMES: [(&str, Scheme); 4] = [
    ("euler-maruyama", Scheme::EulerMaruyama),
    ("exponential", Scheme::Exponential { noise: 1.0 }),
    ("flow-heun", Scheme::FlowHeun),
    ("flow-adaptive", Scheme::FlowAdaptive { tolerance: FLOW_TOLERANCE }),
];
/// Outcomes that the table shows.
const SHOWN: usize = 10;

/// The flags of `paths`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Noise levels at which paths are read: T0:T1:N, log:T0:T1:N, snr:G0:G1:N, a comma list of times, or
    /// snr: and a list.
    #[arg(long, value_name = "G", allow_hyphen_values = true)]
    grid: String,
    /// Paths to tell of. Estimates come from at least 8192, or as many as asked for.
    #[arg(long, value_name = "N", allow_hyphen_values = true, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    n: u64,
    /// Sample the reverse process from the score instead of drawing exact paths.
    #[arg(long, value_name = "SCHEME", value_parser = PossibleValuesParser::new(SCHEMES.map(|s| s.0)))]
    reverse: Option<String>,
    /// Steps of the sampler from each level of the grid to the next [default: 64].
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    steps: Option<u32>,
    /// Find when each path first trusts a label this much: above 0.5 and below 1.
    #[arg(long, value_name = "C", allow_hyphen_values = true)]
    confidence: Option<f64>,
    #[command(flatten)]
    parted: Parted,
    #[command(flatten)]
    question: Question,
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    law: LawSummary,
    process: ProcessName,
    units: &'static str,
    seed: u64,
    method: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<u32>,
    samples: u64,
    levels: Vec<LevelEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decisions: Option<DecisionSummary>,
    outcomes: Vec<OutcomeEntry>,
    paths: Vec<PathEntry>,
}

/// The names of the estimates at a level, in the order of the files.
const ESTIMATES: [&str; 5] = [
    "label_entropy",
    "label_posterior_entropy_variance",
    "label_surprisal",
    "label_surprisal_variance",
    "clone_agreement",
];

struct LevelEntry {
    level: NoiseLevel,
    estimates: [Sampled; 5],
}

impl Serialize for LevelEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, read) in LEVEL {
            entry(&mut map, name, read(&self.level))?;
        }
        for (name, estimate) in ESTIMATES.iter().zip(&self.estimates) {
            map.serialize_entry(name, estimate)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct DecisionSummary {
    confidence: f64,
    decided: Sampled,
    right: Sampled,
    snr: Sampled,
}

#[derive(Serialize)]
struct OutcomeEntry {
    label: usize,
    weight: f64,
    fraction: Sampled,
}

#[derive(Serialize, Clone)]
struct PathEntry {
    label: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<DecisionEntry>,
    posterior_entropy: Vec<f64>,
    surprisal: Vec<f64>,
}

#[derive(Serialize, Clone, Copy)]
struct DecisionEntry {
    label: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    t: Option<f64>,
    snr: f64,
}

/// Paths as a piece of shared work.
fn to_piece(paths: &[PathEntry]) -> Piece {
    let mut piece = Piece::default();
    for path in paths {
        let decision = path.decision.map(|d| [d.label as f64, d.t.unwrap_or(f64::NAN), d.snr]);
        piece.numbers.extend([path.label as f64, f64::from(u8::from(decision.is_some()))]);
        piece.numbers.extend(decision.unwrap_or_default());
        piece.numbers.extend(path.posterior_entropy.iter().chain(&path.surprisal));
    }
    piece
}

/// See [`to_piece`]; read at so many levels.
fn of_piece(piece: &Piece, levels: usize) -> Option<Vec<PathEntry>> {
    let (mut reader, mut paths) = (piece.reader(), Vec::new());
    while reader.clone().end().is_none() {
        let (label, decided) = (reader.whole()? as usize, reader.whole()? == 1);
        let [of, t, snr] = reader.numbers()?;
        let t = Some(t).filter(|t| t.is_finite());
        let decision = decided.then_some(DecisionEntry { label: of as usize, t, snr });
        let mut list = || (0..levels).map(|_| reader.number()).collect::<Option<Vec<f64>>>();
        paths.push(PathEntry { label, decision, posterior_entropy: list()?, surprisal: list()? });
    }
    Some(paths)
}

/// Answers the question, or does a part of it.
pub fn run(args: &Args) -> Outcome {
    args.parted.run(args.question.destination.path(), || answered(args)).map(drop)
}

fn answered(args: &Args) -> Outcome {
    let sink = args.question.destination.open_drawn()?;
    let process = args.question.process()?;
    let mut levels = args.question.levels(&args.grid)?;
    levels.sort_by(|a, b| b.snr().total_cmp(&a.snr()));
    if let Some(two) = levels.windows(2).find(|two| two[0].snr() <= two[1].snr()) {
        return Err(Refusal::flag("--grid", format!("t = {} twice, expected distinct noise levels", two[0].t())));
    }
    let scheme = args.reverse.as_deref().and_then(|name| SCHEMES.iter().find(|s| s.0 == name)).map(|s| s.1);
    let steps = match (args.steps, scheme) {
        (Some(n), None) => return Err(Refusal::flag("--steps", format!("{n} for exact paths, expected --reverse"))),
        (Some(n), Some(Scheme::FlowAdaptive { .. })) => {
            return Err(Refusal::flag("--steps", format!("{n} for flow-adaptive, which chooses its own")));
        }
        (_, None | Some(Scheme::FlowAdaptive { .. })) => None,
        (n, Some(_)) => Some(n.unwrap_or(64)),
    };
    if let Some(c) = args.confidence {
        if !(c > 0.5 && c < 1.0) {
            return Err(Refusal::flag("--confidence", format!("{c}, expected a number above 0.5 and below 1")));
        }
        if matches!(scheme, Some(Scheme::FlowHeun | Scheme::FlowAdaptive { .. })) {
            let why = format!(
                "{c} for a flow, whose log-odds are no diffusion; expected exact paths or a stochastic sampler"
            );
            return Err(Refusal::flag("--confidence", why));
        }
    }
    let file = LawFile::read(&args.question.law)?;
    let law = &file.law;
    if args.confidence.is_some() && law.label_weights().len() < 2 {
        return Err(Refusal::flag(
            "--confidence",
            format!("{} has one label, nothing to decide", args.question.law.display()),
        ));
    }
    share::about("law", &file.sha256);
    share::about("process", &process.to_string());
    share::about("grid", &args.grid);
    share::about("seed", &args.question.running.seed.to_string());
    let law = MixtureLaw::of(law.clone());
    let channel = Channel::new(Arc::clone(&law) as _, process, levels[0].t()).map_err(|e| args.question.refusal(e))?;
    let experiment = Experiment { law: &law, channel: &channel, levels: &levels, scheme, steps, args };
    let (means, paths) =
        args.question.work(|| share::open(|| experiment.run()))?.map_err(|e| args.question.refusal(e))?;
    let document = Document {
        schema: "infodyn.paths/1",
        law: LawSummary::of_mixture(&file),
        process: ProcessName(process),
        units: "nats",
        seed: args.question.running.seed,
        method: args.reverse.clone().unwrap_or_else(|| "forward".into()),
        steps,
        samples: means.samples(),
        levels: experiment.levels(&means),
        decisions: experiment.decisions(&means),
        outcomes: experiment.outcomes(&means),
        paths,
    };
    sink.deliver_drawn(&document, || columns(&document), || table(&document), || drawn(&document))
}

/// Columns of a trial: entropy, surprisal and agreement at each level, three for the decision, one a label. A
/// sampler's trial has them twice, the second time for the same paths at another resolution.
struct Experiment<'a> {
    law: &'a MixtureLaw,
    channel: &'a Channel,
    levels: &'a [NoiseLevel],
    scheme: Option<Scheme>,
    steps: Option<u32>,
    args: &'a Args,
}

/// Columns of the decision.
const DECISION: usize = 3;

/// A sampler at two resolutions, which share their noise.
struct Pair<'a> {
    told: Reverse<'a>,
    other: Reverse<'a>,
}

impl<'a> Experiment<'a> {
    const CONFIDENCE: f64 = 0.997;

    fn labels(&self) -> usize {
        self.law.label_weights().len()
    }

    /// Columns of one resolution.
    fn width(&self) -> usize {
        3 * self.levels.len() + DECISION + self.labels()
    }

    /// Into how many parts a step is cut for the other resolution: two, or as many as leave none longer than one unit
    /// of `log gamma`.
    fn parts(&self) -> u32 {
        let legs = self.levels.windows(2).map(|two| two[0].log_snr() - two[1].log_snr());
        let longest = legs.fold(0.0, f64::max) / f64::from(self.steps.unwrap_or(1));
        longest.ceil().max(2.0) as u32
    }

    /// The sampler with its steps and with parts of them; the adaptive flow to its tolerance and to one a
    /// hundred times wider.
    fn pair(&self, scheme: Scheme) -> infodyn_monte_carlo::Result<Pair<'a>> {
        let make = |steps: u32, scheme| Reverse::new(self.channel, self.levels, steps as usize, scheme);
        let steps = self.steps.unwrap_or(1);
        Ok(if let Scheme::FlowAdaptive { tolerance } = scheme {
            let wide = Scheme::FlowAdaptive { tolerance: 100.0 * tolerance };
            Pair { told: make(steps, scheme)?, other: make(steps, wide)? }
        } else {
            let parts = self.parts();
            let told = make(steps, scheme)?.in_parts(parts as usize);
            Pair { told, other: make(parts.saturating_mul(steps), scheme)? }
        })
    }

    /// How many times the difference of the two resolutions bounds the step error of what is told: the finer one has
    /// at most half of the error, as of a method of order one or more once its steps are within a unit of `log gamma`.
    fn share(&self) -> f64 {
        if matches!(self.scheme, Some(Scheme::FlowAdaptive { .. })) { 1.0 } else { 2.0 }
    }

    fn run(&self) -> infodyn_monte_carlo::Result<(Means, Vec<PathEntry>)> {
        let settings = Settings {
            seed: self.args.question.running.seed,
            samples: self.args.n,
            confidence: Self::CONFIDENCE,
            ..Settings::default()
        };
        let (width, levels) = (self.width(), self.levels.len());
        let columns = if self.scheme.is_some() { 2 * width } else { width };
        let made: Vec<_> = self.levels.iter().map(|level| self.channel.modelled(level)).collect();
        let densities: Vec<&dyn Density> = made.iter().map(|d| &**d as &dyn Density).collect();
        let forward = Paths::new(self.law, self.levels)?;
        let reverse = self.scheme.map(|scheme| self.pair(scheme)).transpose()?;
        let told: Mutex<Vec<(u64, Vec<PathEntry>)>> = Mutex::default();
        let trial = |first: u64, rng: &mut Philox, out: &mut [f64]| -> infodyn_monte_carlo::Result<()> {
            let (n, mut batch) = (out.len() / columns, PathBatch::default());
            let mut entries = if let Some(pair) = &reverse {
                let mut same = rng.clone();
                pair.other.draw(n, &mut same, &mut batch)?;
                self.read(&densities, &batch, &mut same, &mut out.chunks_exact_mut(width).skip(1).step_by(2))?;
                pair.told.draw(n, rng, &mut batch)?;
                self.read(&densities, &batch, rng, &mut out.chunks_exact_mut(width).step_by(2))?
            } else {
                forward.draw(n, rng, &mut batch);
                self.read(&densities, &batch, rng, &mut out.chunks_exact_mut(width))?
            };
            if first < self.args.n {
                entries.truncate((self.args.n - first) as usize);
                if let Ok(mut told) = told.lock() {
                    told.push((first, entries));
                }
            }
            Ok(())
        };
        // What a variance is the covariance of: entropies and surprisals with themselves.
        let spreads = (0..columns).filter(|c| c % width < 3 * self.levels.len() && c % width % 3 < 2);
        let products: Vec<(usize, usize)> = spreads.map(|c| (c, c)).collect();
        let means = mean_of_trials(&settings, columns, &products, trial)?;
        let mut told = told.into_inner().unwrap_or_default();
        told.sort_by_key(|t| t.0);
        // Those of each chunk, wherever it was drawn.
        let size = means.samples() / means.chunks() as u64;
        let of_chunk = |chunk: usize| -> Vec<PathEntry> {
            told.iter().filter(|t| t.0 / size == chunk as u64).flat_map(|t| t.1.clone()).collect()
        };
        let work =
            |mine: Vec<usize>| -> infodyn_monte_carlo::Result<_> { Ok(mine.into_iter().map(of_chunk).collect()) };
        let chunks = self.args.n.div_ceil(size) as usize;
        let entries = share::each("paths", chunks, work, |paths| to_piece(paths), |_, piece| of_piece(piece, levels))?;
        Ok((means, entries.concat()))
    }

    /// What the densities say of each path, into its row; and path by path.
    fn read(
        &self,
        densities: &[&dyn Density],
        batch: &PathBatch,
        rng: &mut Philox,
        rows: &mut dyn Iterator<Item = &mut [f64]>,
    ) -> infodyn_monte_carlo::Result<Vec<PathEntry>> {
        let levels = self.levels.len();
        let mut labels: Vec<usize> = batch.anchors.iter().map(|&a| self.law.labels()[a]).collect();
        if self.scheme.is_some() {
            let points = Points { anchors: &batch.anchors, offsets: &batch.offsets[0] };
            LabelPosterior::new(densities[0]).draw(points, rng, &mut labels);
        }
        let empty = |&label: &usize| PathEntry {
            label,
            decision: None,
            posterior_entropy: Vec::with_capacity(levels),
            surprisal: Vec::with_capacity(levels),
        };
        let mut entries: Vec<PathEntry> = labels.iter().map(empty).collect();
        let mut rows: Vec<&mut [f64]> = rows.collect();
        let (mut seen, mut odds) = (Observation::default(), Vec::new());
        for (j, (density, offsets)) in densities.iter().zip(&batch.offsets).enumerate() {
            let points = Points { anchors: &batch.anchors, offsets };
            density.observe(points, Detail::POSTERIORS, &mut seen);
            if self.scheme.is_some() {
                LabelPosterior::new(*density).log_odds(points, &mut odds);
            }
            for (i, (row, e)) in rows.iter_mut().zip(&mut entries).enumerate() {
                // A forward path is written from its own label; a sampled one ends where it ends.
                let surprisal = if self.scheme.is_some() {
                    surprisal(odds[i * self.labels() + e.label])
                } else {
                    seen.label.surprisal[i]
                };
                row[3 * j] = seen.label.entropy[i];
                row[3 * j + 1] = surprisal;
                row[3 * j + 2] = seen.label.agreement[i];
                e.posterior_entropy.push(seen.label.entropy[i]);
                e.surprisal.push(surprisal);
            }
        }
        for (row, &label) in rows.iter_mut().zip(&labels) {
            row[3 * levels + DECISION + label] = 1.0;
        }
        if let Some(confidence) = self.args.confidence {
            let found = decisions(densities, self.levels, batch, confidence, rng)?;
            let cleanest = self.levels[0].snr();
            for ((row, e), d) in rows.iter_mut().zip(&mut entries).zip(found) {
                let row = &mut row[3 * levels..];
                row[0] = f64::from(u8::from(d.is_some()));
                row[1] = f64::from(u8::from(d.is_some_and(|d| d.label == e.label)));
                row[2] = d.map_or(cleanest, |d| d.snr.min(cleanest));
                e.decision = d.map(|d| DecisionEntry {
                    label: d.label,
                    t: self.channel.process().time_at_snr(d.snr).ok().filter(|t| t.is_finite()),
                    snr: d.snr,
                });
            }
        }
        Ok(entries)
    }

    /// An estimate with the step error of its sampler, from the `gap` between the resolutions.
    fn stepped(&self, estimate: Estimate, gap: impl FnOnce() -> Option<Estimate>) -> Sampled {
        let gap = self.scheme.and_then(|_| gap());
        let error = gap.map_or(0.0, |g| self.share() * (g.value().abs() + g.radius()));
        Sampled(estimate.widened(error))
    }

    /// The mean of a column.
    fn mean(&self, means: &Means, column: usize, estimate: Estimate) -> Sampled {
        let terms = [(column, 1.0), (self.width() + column, -1.0)];
        self.stepped(estimate, || Some(means.linear(&terms, Self::CONFIDENCE)))
    }

    /// The variance of a column.
    fn variance(&self, means: &Means, column: usize, estimate: Estimate) -> Sampled {
        let other = self.width() + column;
        let pairs = [((column, column), 1.0), ((other, other), -1.0)];
        self.stepped(estimate, || means.linear_with_covariances(&[], &pairs, Self::CONFIDENCE))
    }

    fn levels(&self, means: &Means) -> Vec<LevelEntry> {
        let most = (self.labels() as f64).ln();
        let at = |(j, level): (usize, &NoiseLevel)| {
            let (h, iota, agreement) = (3 * j, 3 * j + 1, 3 * j + 2);
            let estimates = [
                self.mean(means, h, means.bounded_mean(h, Range::always(0.0, most), Self::CONFIDENCE)),
                self.variance(means, h, means.bounded_variance(h, 0.0, most, Self::CONFIDENCE)),
                self.mean(means, iota, means.mean(iota, Self::CONFIDENCE)),
                self.variance(means, iota, means.variance(iota, Self::CONFIDENCE)),
                self.fraction(means, agreement),
            ];
            LevelEntry { level: *level, estimates }
        };
        self.levels.iter().enumerate().map(at).collect()
    }

    fn fraction(&self, means: &Means, column: usize) -> Sampled {
        self.mean(means, column, means.bounded_mean(column, Range::always(0.0, 1.0), Self::CONFIDENCE))
    }

    fn decisions(&self, means: &Means) -> Option<DecisionSummary> {
        let (confidence, first) = (self.args.confidence?, 3 * self.levels.len());
        let range = Range::always(0.0, self.levels[0].snr());
        Some(DecisionSummary {
            confidence,
            decided: self.fraction(means, first),
            right: self.fraction(means, first + 1),
            snr: self.mean(means, first + 2, means.bounded_mean(first + 2, range, Self::CONFIDENCE)),
        })
    }

    fn outcomes(&self, means: &Means) -> Vec<OutcomeEntry> {
        let first = 3 * self.levels.len() + DECISION;
        let of = |(label, &weight): (usize, &f64)| OutcomeEntry {
            label,
            weight,
            fraction: self.fraction(means, first + label),
        };
        self.law.label_weights().iter().enumerate().map(of).collect()
    }
}

/// `-log pi` from the log-odds of a label.
fn surprisal(odds: f64) -> f64 {
    if odds > 0.0 { (-odds).exp().ln_1p() } else { odds.exp().ln_1p() - odds }
}

/// The picture: levels from noise to data.
fn drawn(document: &Document) -> crate::Result<Rendered> {
    let reading = |l: &LevelEntry| {
        let [entropy, variance, ..] = l.estimates;
        Reading { level: l.level, entropy: entropy.0, variance: variance.0 }
    };
    let readings: Vec<Reading> = document.levels.iter().map(reading).collect();
    let paths = document.paths.iter().map(|p| Path { label: p.label, entropy: &p.posterior_entropy });
    let paths: Vec<Path<'_>> = paths.collect();
    picture::paths(&document.law.title(&document.process), &readings, &paths)
}

/// The paths, one a row; entropies and surprisals in the order of the levels.
fn columns(document: &Document) -> Columns {
    let mut columns = Columns::new();
    let paths = &document.paths;
    columns.numbers("label", paths.iter().map(|p| p.label as f64));
    if document.decisions.is_some() {
        let decision = |f: fn(DecisionEntry) -> f64| paths.iter().map(move |p| p.decision.map_or(f64::NAN, f));
        columns.numbers("decision_label", decision(|d| d.label as f64));
        columns.numbers("decision_t", decision(|d| d.t.unwrap_or(f64::NAN)));
        columns.numbers("decision_snr", decision(|d| d.snr));
    }
    for i in 0..document.levels.len() {
        columns.numbers(&format!("posterior_entropy_{i}"), paths.iter().map(|p| p.posterior_entropy[i]));
    }
    for i in 0..document.levels.len() {
        columns.numbers(&format!("surprisal_{i}"), paths.iter().map(|p| p.surprisal[i]));
    }
    columns
}

fn table(document: &Document) -> String {
    let said = format!("; {} paths, {}", document.samples, document.method);
    let mut text = document.law.heading(&document.process, &said) + "\n";
    let header = ["t", "snr", "E h", "Var h", "E iota", "Var iota", "agreement"].map(str::to_owned).to_vec();
    let row = |l: &LevelEntry| {
        let level = [short(l.level.t()), short(l.level.snr())];
        level.into_iter().chain(l.estimates.iter().map(|e| with_error(e.0))).collect()
    };
    text += &aligned(header, document.levels.iter().map(row).collect());
    if let Some(d) = &document.decisions {
        text += &format!(
            "\ndecisions at confidence {}: decided {}, right {}, mean snr {}\n",
            d.confidence,
            with_error(d.decided.0),
            with_error(d.right.0),
            with_error(d.snr.0)
        );
    }
    text += "\noutcomes\n";
    let row = |o: &OutcomeEntry| vec![document.law.label_name(o.label), short(o.weight), with_error(o.fraction.0)];
    let header = ["label", "weight", "fraction"].map(str::to_owned).to_vec();
    text += &aligned(header, document.outcomes.iter().take(SHOWN).map(row).collect());
    if document.outcomes.len() > SHOWN {
        text += &format!("and {} more labels\n", document.outcomes.len() - SHOWN);
    }
    text
}
