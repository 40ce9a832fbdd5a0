//! Work that takes long, kept in a file from which it goes on.
//!
//! A state file is JSON: `schema`, the `work` (`profile` or `study`), what it is `of` (the law's SHA-256 and every
//! setting that a number depends on, the version of the program among them), into how many `parts` it falls, and those
//! that are `done`, by their numbers. Numbers are written in as many digits as give the same bits back, so that a run
//! that goes on ends as one that was never broken off. Two files that are `of` one thing have the same parts, and
//! what is done in either is done in both.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use infodyn_core::{Estimate, Quantity, Sampling};
use infodyn_data::Output;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::measured::{DETERMINISTIC, Distance};
use crate::profile::{Method, Value};
use crate::study::Row;

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
        if path.exists() {
            let text = std::fs::read_to_string(path).map_err(|e| format!("{name}: {e}"))?;
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

    /// One part more is done: the file is written, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be.
    pub fn done<T: Serialize>(&mut self, part: usize, value: &T) -> Result<(), Failed> {
        let failed = |e: serde_json::Error| format!("{}: {e}", self.path.display());
        self.content.done.insert(part, serde_json::to_value(value).map_err(failed)?);
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

/// A number with all that is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Number {
    value: f64,
    error: f64,
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

impl From<Estimate> for Number {
    fn from(e: Estimate) -> Self {
        let sampled = |s: Sampling| {
            let Sampling { std_error, freedom, level, samples } = s;
            Sampled { std_error, freedom, level, samples }
        };
        Self { value: e.value(), error: e.radius(), sampling: e.sampling().map(sampled) }
    }
}

impl From<Number> for Estimate {
    fn from(n: Number) -> Self {
        match n.sampling {
            Some(Sampled { std_error, freedom, level, samples }) => {
                Self::sampled(n.value, n.error, Sampling { std_error, freedom, level, samples })
            }
            None => Self::new(n.value, n.error),
        }
    }
}

/// A quantity at a level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Known {
    quantity: String,
    method: String,
    #[serde(flatten)]
    number: Number,
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
    cells: Vec<Option<[Number; 2]>>,
    scale: f64,
    flow: Option<[Number; 2]>,
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
            |[distance, relabelled]: [Number; 2]| Distance { distance: distance.into(), relabelled: relabelled.into() };
        Some(Row {
            sampler: DETERMINISTIC.iter().map(|s| s.0).find(|s| *s == self.sampler)?,
            evaluations: self.evaluations,
            levels: self.levels,
            cells: self.cells.into_iter().map(|d| d.map(cell)).collect(),
            flow: (self.scale, self.flow.map(cell)),
        })
    }
}
