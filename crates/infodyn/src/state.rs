//! Work that takes long, kept in a file from which it goes on.
//!
//! A state file is JSON: `schema`, the `work` (`profile`, `study` or `audit`), what it is `of` (the law's SHA-256 and
//! every setting that a number depends on, the version of the program among them), into how many `parts` it falls, and
//! those that are `done`, by their numbers. Numbers are written in as many digits as give the same bits back, so that a
//! run that goes on ends as one that was never broken off. Two files that are `of` one thing have the same parts, and
//! what is done in either is done in both.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use infodyn_core::share::{self, Piece};
use infodyn_core::{Estimate, Quantity, Sampling};
use infodyn_data::Output;
use infodyn_model::{Keep, Level, Readings, Rest};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::measured::{DETERMINISTIC, Distance};
use crate::profile::{Method, Value};
use crate::study::Row;
use crate::text::Number;

const SCHEMA: &str = "infodyn.state/1";

/// The content of a state file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    schema: String,
    work: String,
    of: BTreeMap<String, Json>,
    parts: usize,
    done: BTreeMap<usize, Json>,
}

/// A state file in use.
#[derive(Debug)]
pub struct State {
    path: PathBuf,
    output: Output,
    content: Content,
}

/// What is wrong with a state file, in one line.
pub type Failed = String;

impl State {
    /// The state of a piece of work that is `of` these settings and falls into so many parts: what a file of it has, or
    /// nothing done yet.
    ///
    /// # Errors
    /// When the file is no state file, is of other work (the first setting that differs is told), or cannot be written.
    pub fn open(path: &Path, work: &str, of: BTreeMap<String, Json>, parts: usize) -> Result<Self, Failed> {
        let name = path.display();
        let output = Output::any(path).map_err(|e| e.to_string())?;
        let mut content = Content { schema: SCHEMA.into(), work: work.into(), of, parts, done: BTreeMap::new() };
        // One process reads it for all.
        let read = |mine: Vec<usize>| -> Result<Vec<Option<String>>, Failed> {
            let read = |_: usize| path.exists().then(|| infodyn_data::read_text(path)).transpose();
            mine.into_iter().map(read).collect::<Result<_, _>>().map_err(|e| format!("{name}: {e}"))
        };
        let to =
            |text: &Option<String>| Piece { numbers: vec![], text: text.iter().map(|t| format!("={t}")).collect() };
        let from = |_: usize, piece: &Piece| Some(piece.text.strip_prefix('=').map(str::to_owned));
        let text = share::open(|| share::each("what is kept", 1, read, to, from))?;
        if let Some(text) = text.into_iter().flatten().next() {
            let expected = "expected a state file of infodyn, or a new name";
            let found: Content = serde_json::from_str(&text).map_err(|e| format!("{name}: {e}, {expected}"))?;
            if found.schema != SCHEMA {
                return Err(format!("{name}: schema {:?}, {expected}", found.schema));
            }
            if found.work != content.work {
                return Err(format!("{name}: state of {:?}, expected that of {work}", found.work));
            }
            let differs = content.of.iter().find(|(field, value)| found.of.get(*field) != Some(*value));
            if let Some((field, wanted)) = differs {
                let there = found.of.get(field).map_or_else(|| "missing".into(), short);
                let wanted = short(wanted);
                return Err(format!("{name}: state of other work: {field} {there}, expected {wanted}, or a new name"));
            }
            if found.of.len() != content.of.len() || found.parts != parts || found.done.keys().any(|&p| p >= parts) {
                return Err(format!("{name}: state of other work, {expected}"));
            }
            content.done = found.done;
        }
        Ok(Self { path: path.into(), output, content })
    }

    /// A part, where it is done.
    ///
    /// # Errors
    /// When it cannot be read as one.
    pub fn part<T: for<'de> Deserialize<'de>>(&self, part: usize) -> Result<Option<T>, Failed> {
        let read = |json: &Json| {
            T::deserialize(json).map_err(|e| format!("{}: done.{part}: {e}, expected a part", self.path.display()))
        };
        self.content.done.get(&part).map(read).transpose()
    }

    /// One part more is done: the file is written, whole or not at all, by the process that tells.
    ///
    /// # Errors
    /// When it cannot be.
    pub fn done<T: Serialize>(&mut self, part: usize, value: &T) -> Result<(), Failed> {
        let failed = |e: serde_json::Error| format!("{}: {e}", self.path.display());
        self.content.done.insert(part, serde_json::to_value(value).map_err(failed)?);
        if !share::tells() {
            return Ok(());
        }
        let bytes = serde_json::to_vec(&self.content).map_err(failed)?;
        self.output.write(&bytes).map_err(|e| e.to_string())
    }
}

/// A setting in a message.
fn short(value: &Json) -> String {
    let text = value.to_string();
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// A number with all that is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Whole {
    #[serde(flatten)]
    number: Number,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    sampling: Option<Sampled>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Sampled {
    std_error: f64,
    freedom: Option<f64>,
    level: f64,
    samples: u64,
}

impl From<Estimate> for Whole {
    fn from(e: Estimate) -> Self {
        let sampled = |s: Sampling| {
            let Sampling { std_error, freedom, level, samples } = s;
            Sampled { std_error, freedom, level, samples }
        };
        Self { number: e.into(), sampling: e.sampling().map(sampled) }
    }
}

impl From<Whole> for Estimate {
    fn from(Whole { number: Number { value, error }, sampling }: Whole) -> Self {
        match sampling {
            Some(Sampled { std_error, freedom, level, samples }) => {
                Self::sampled(value, error, Sampling { std_error, freedom, level, samples })
            }
            None => Self::new(value, error),
        }
    }
}

/// A quantity at a level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Known {
    quantity: String,
    method: String,
    #[serde(flatten)]
    number: Whole,
}

impl From<&Value> for Known {
    fn from(v: &Value) -> Self {
        let (quantity, method) = (v.quantity.name().into(), v.method.name().into());
        Self { quantity, method, number: v.estimate.into() }
    }
}

impl Known {
    /// None where a name is unknown.
    #[must_use]
    pub fn read(self) -> Option<Value> {
        let quantity = Quantity::ALL.iter().copied().find(|q| q.name() == self.quantity)?;
        let method = Method::ALL.into_iter().find(|m| m.name() == self.method)?;
        Some(Value { quantity, estimate: self.number.into(), method })
    }
}

/// A row of a study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KnownRow {
    sampler: String,
    evaluations: usize,
    levels: usize,
    cells: Vec<Option<[Whole; 2]>>,
    scale: f64,
    flow: Option<[Whole; 2]>,
}

impl From<&Row> for KnownRow {
    fn from(row: &Row) -> Self {
        let cell = |d: Distance| [d.distance.into(), d.relabelled.into()];
        Self {
            sampler: row.sampler.into(),
            evaluations: row.evaluations,
            levels: row.levels,
            cells: row.cells.iter().map(|d| d.map(cell)).collect(),
            scale: row.flow.0,
            flow: row.flow.1.map(cell),
        }
    }
}

impl KnownRow {
    /// None where the sampler is unknown.
    #[must_use]
    pub fn read(self) -> Option<Row> {
        let cell =
            |[distance, relabelled]: [Whole; 2]| Distance { distance: distance.into(), relabelled: relabelled.into() };
        Some(Row {
            sampler: DETERMINISTIC.iter().map(|s| s.0).find(|s| *s == self.sampler)?,
            evaluations: self.evaluations,
            levels: self.levels,
            cells: self.cells.into_iter().map(|d| d.map(cell)).collect(),
            flow: (self.scale, self.flow.map(cell)),
        })
    }
}

/// A level of an audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct KnownLevel {
    sigma: f64,
    finite_fraction: f64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    readings: Option<KnownReadings>,
}

/// [`Readings`], by their names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct KnownReadings {
    mse: Whole,
    noise_error: f64,
    population_error: Option<f64>,
    linear_mmse: f64,
    trace: Whole,
    norm: Whole,
    gap: Whole,
    calibration_slope: Whole,
    sigma_calibration: Option<Whole>,
    mean_score: Whole,
    stein: Option<Whole>,
    asymmetry: Whole,
    negative: Option<Whole>,
    sure_gap: Whole,
    spread: f64,
    moved: f64,
}

impl From<&Readings> for KnownReadings {
    fn from(r: &Readings) -> Self {
        Self {
            mse: r.mse.into(),
            noise_error: r.noise_error,
            population_error: r.population_error,
            linear_mmse: r.linear_mmse,
            trace: r.trace.into(),
            norm: r.norm.into(),
            gap: r.gap.into(),
            calibration_slope: r.calibration_slope.into(),
            sigma_calibration: r.sigma_calibration.map(Whole::from),
            mean_score: r.mean_score.into(),
            stein: r.stein.map(Whole::from),
            asymmetry: r.asymmetry.into(),
            negative: r.negative.map(Whole::from),
            sure_gap: r.sure_gap.into(),
            spread: r.spread,
            moved: r.moved,
        }
    }
}

impl From<KnownReadings> for Readings {
    fn from(r: KnownReadings) -> Self {
        Self {
            mse: r.mse.into(),
            noise_error: r.noise_error,
            population_error: r.population_error,
            linear_mmse: r.linear_mmse,
            trace: r.trace.into(),
            norm: r.norm.into(),
            gap: r.gap.into(),
            calibration_slope: r.calibration_slope.into(),
            sigma_calibration: r.sigma_calibration.map(Estimate::from),
            mean_score: r.mean_score.into(),
            stein: r.stein.map(Estimate::from),
            asymmetry: r.asymmetry.into(),
            negative: r.negative.map(Estimate::from),
            sure_gap: r.sure_gap.into(),
            spread: r.spread,
            moved: r.moved,
        }
    }
}

impl From<&Level> for KnownLevel {
    fn from(level: &Level) -> Self {
        let Level { sigma, finite_fraction, readings, .. } = level;
        Self { sigma: *sigma, finite_fraction: *finite_fraction, readings: readings.as_ref().map(KnownReadings::from) }
    }
}

/// What the levels of an audit do not have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct KnownRest {
    mixing: f64,
    better: Option<String>,
}

/// Of an audit: a part a level, from the least, and the last for the rest. A part with a number that is not finite,
/// which JSON has not, is not kept.
impl Keep for State {
    fn level(&self, index: usize) -> infodyn_model::Result<Option<Level>> {
        let known = self.part::<KnownLevel>(index).map_err(infodyn_model::Error::Kept)?;
        Ok(known.map(|KnownLevel { sigma, finite_fraction, readings }| Level {
            sigma,
            finite_fraction,
            failure: None,
            readings: readings.map(Readings::from),
        }))
    }

    fn keep_level(&mut self, index: usize, level: &Level) -> infodyn_model::Result<()> {
        self.keep(index, &KnownLevel::from(level))
    }

    fn rest(&self) -> infodyn_model::Result<Option<Rest>> {
        let known = self.part::<KnownRest>(self.content.parts - 1).map_err(infodyn_model::Error::Kept)?;
        Ok(known.map(|KnownRest { mixing, better }| Rest { mixing, better }))
    }

    fn keep_rest(&mut self, rest: &Rest) -> infodyn_model::Result<()> {
        let Rest { mixing, better } = rest.clone();
        self.keep(self.content.parts - 1, &KnownRest { mixing, better })
    }
}

impl State {
    /// [`State::done`], if it can be read again.
    fn keep<T: Serialize + for<'de> Deserialize<'de>>(&mut self, part: usize, value: &T) -> infodyn_model::Result<()> {
        let readable = serde_json::to_value(value).is_ok_and(|json| T::deserialize(&json).is_ok());
        if readable { self.done(part, value).map_err(infodyn_model::Error::Kept) } else { Ok(()) }
    }
}
