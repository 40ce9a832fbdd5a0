//! What `infodyn schedule` says: a document, a table, columns and a picture.

use infodyn_core::Estimate;
use infodyn_data::Columns;
use infodyn_figures::Rendered;
use serde::Serialize;

use crate::export::Export;
use crate::measured::Distance;
use crate::picture::{self, Levels};
use crate::schedule::{Clock, Data, End, Schedule};
use crate::text::{LawSummary, Number, ProcessName, aligned, brief, short, with_error};

#[derive(Serialize)]
pub(super) struct Document {
    pub(super) schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) law: Option<LawSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) table: Option<Table>,
    pub(super) process: ProcessName,
    pub(super) clock: String,
    pub(super) steps: usize,
    pub(super) convention: &'static str,
    pub(super) seed: u64,
    pub(super) version: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) sigmas: Vec<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) errors: Vec<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) times: Vec<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) costs: Vec<CostEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) notes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) export: Option<ExportEntry>,
}

#[derive(Serialize)]
pub(super) struct ExportEntry {
    pub(super) format: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) library: &'static str,
    pub(super) values: Vec<f64>,
    pub(super) text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) python: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) achieved: Vec<f64>,
    /// The largest of the relative differences.
    pub(super) off: f64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) notes: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Table {
    pub(super) file: String,
    pub(super) levels: usize,
}

/// What a schedule costs.
pub(super) struct Cost {
    pub(super) clock: String,
    pub(super) sigmas: Vec<f64>,
    pub(super) last: f64,
    pub(super) path: Option<Estimate>,
    pub(super) ends: Vec<End>,
    pub(super) measured: Option<Distance>,
}

#[derive(Serialize)]
pub(super) struct CostEntry {
    pub(super) clock: String,
    pub(super) last: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) path_divergence: Option<Number>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) ends: Vec<EndEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) measured: Option<MeasuredEntry>,
}

#[derive(Serialize)]
pub(super) struct MeasuredEntry {
    pub(super) sampler: String,
    pub(super) starts: usize,
    pub(super) distance: Number,
    pub(super) relabelled: Number,
}

#[derive(Serialize)]
pub(super) struct EndEntry {
    pub(super) sampler: &'static str,
    pub(super) divergence: Number,
    pub(super) distance: Number,
    pub(super) ratios: Vec<RatioEntry>,
}

#[derive(Serialize)]
pub(super) struct RatioEntry {
    pub(super) eigenvalue: f64,
    pub(super) count: usize,
    pub(super) value: f64,
    pub(super) error: f64,
}

/// Starts of the runs whose distances are told: others than those by which a clock is chosen.
pub(super) const STARTS: usize = 1024;

pub(super) fn export_entry(export: &Export, main: &Schedule) -> ExportEntry {
    let finite = export.achieved.iter().all(|s| s.is_finite());
    let pairs = export.achieved.iter().zip(&main.sigmas).filter(|(a, s)| a.is_finite() && s.value() > 0.0);
    let off = pairs.map(|(a, s)| (a / s.value() - 1.0).abs()).fold(0.0, f64::max);
    ExportEntry {
        format: export.format.name(),
        library: export.format.library(),
        values: if export.values.iter().all(|v| v.is_finite()) { export.values.clone() } else { vec![] },
        text: export.text.clone(),
        python: export.python.clone(),
        achieved: if finite { export.achieved.clone() } else { vec![] },
        off,
        notes: export.notes.clone(),
    }
}

pub(super) fn entry(cost: &Cost, data: Option<&Data>, sampler: Option<&str>) -> CostEntry {
    let spectrum = data.and_then(|d| d.spectrum.as_deref()).unwrap_or_default();
    let end = |end: &End| EndEntry {
        sampler: end.sampler,
        divergence: end.divergence.into(),
        distance: end.distance.into(),
        ratios: (spectrum.iter().zip(&end.ratios))
            .map(|((l, count), r)| RatioEntry {
                eigenvalue: l.value(),
                count: *count,
                value: r.value(),
                error: r.radius(),
            })
            .collect(),
    };
    CostEntry {
        clock: cost.clock.clone(),
        last: cost.last,
        path_divergence: cost.path.map(Number::from),
        ends: cost.ends.iter().map(end).collect(),
        measured: cost.measured.zip(sampler).map(|(m, sampler)| MeasuredEntry {
            sampler: sampler.into(),
            starts: STARTS,
            distance: m.distance.into(),
            relabelled: m.relabelled.into(),
        }),
    }
}

/// The picture: the answer, and what it is compared with.
pub(super) fn drawn(document: &Document, main: &Schedule, costs: &[Cost]) -> crate::Result<Rendered> {
    let told = |c: &Cost| {
        let cost = c.path.map_or(String::new(), |e| format!(": {} nats", brief(e)));
        Levels { name: format!("{}{cost}", c.clock), sigmas: c.sigmas.clone() }
    };
    let alone = || vec![Levels { name: document.clock.clone(), sigmas: main.positive() }];
    let all = if costs.is_empty() { alone() } else { costs.iter().map(told).collect() };
    let of = document.law.as_ref().map_or(String::new(), |law| format!("; {}", law.title(&document.process)));
    let costs = if costs.is_empty() { "" } else { ", and their path divergences" };
    picture::schedule(&format!("noise levels of {} steps{costs}{of}", document.steps), &all)
}

pub(super) fn columns(document: &Document) -> Columns {
    let mut columns = Columns::new();
    columns.numbers("sigma", document.sigmas.iter().copied());
    columns.numbers("sigma_error", document.errors.iter().copied());
    columns.numbers("t", document.times.iter().copied());
    columns
}

pub(super) fn text(document: &Document, main: &Schedule, costs: &[Cost]) -> String {
    let mut text = match (&document.law, &document.table) {
        (Some(law), _) => law.heading(&document.process, ""),
        (None, Some(table)) => {
            let Table { file, levels } = table;
            format!("table {file}: {levels} levels; process {}; nats\n", document.process.0)
        }
        (None, None) => format!("process {}\n", document.process.0),
    };
    let how = if main.clock == Clock::Fitted {
        "each moved to where the ends come nearest to the flow, and then to 0"
    } else if main.to_zero {
        "equal increments of the clock down to 0"
    } else {
        "the last step goes to 0"
    };
    text += &format!("clock {}, {} steps: {how}\n\n", document.clock, document.steps);
    let row = |(k, s): (usize, &Estimate)| {
        let t = document.times.get(k).map_or(String::new(), |&t| short(t));
        let sigma = if s.value().is_infinite() { "inf".into() } else { with_error(*s) };
        let mut cells = vec![k.to_string(), sigma, t];
        if let Some(e) = &document.export {
            cells.extend([&e.values, &e.achieved].map(|list| list.get(k).map_or(String::new(), |&x| short(x))));
        }
        cells
    };
    let mut header = ["step", "sigma/alpha", "t"].map(str::to_owned).to_vec();
    if let Some(e) = &document.export {
        header.extend([e.format.to_owned(), "achieved".to_owned()]);
    }
    text += &aligned(header, main.sigmas.iter().enumerate().map(row).collect());
    if !costs.is_empty() {
        text += "\n";
        text += &cost_table(costs);
    }
    document.notes.iter().for_each(|note| text += &format!("note: {note}\n"));
    text
}

fn cost_table(costs: &[Cost]) -> String {
    let cell = |e: Option<Estimate>| e.map_or(String::new(), with_error);
    let mut header = ["clock", "last level", "path divergence"].map(str::to_owned).to_vec();
    let ends = costs.first().map_or(&[][..], |c| &c.ends);
    header.extend(ends.iter().map(|e| format!("{}\nKL", e.sampler)));
    header.extend(ends.iter().map(|e| format!("{}\ndistance", e.sampler)));
    let measured = costs.iter().any(|c| c.measured.is_some());
    if measured {
        header.extend(["measured\ndistance", "measured\nrelabelled"].map(str::to_owned));
    }
    let row = |c: &Cost| {
        let mut cells = vec![c.clock.clone(), short(c.last), cell(c.path)];
        cells.extend(c.ends.iter().map(|e| brief(e.divergence)));
        cells.extend(c.ends.iter().map(|e| brief(e.distance)));
        if measured {
            cells.extend([cell(c.measured.map(|m| m.distance)), cell(c.measured.map(|m| m.relabelled))]);
        }
        cells
    };
    aligned(header, costs.iter().map(row).collect())
}
