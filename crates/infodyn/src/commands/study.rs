//! `infodyn study`: which clock serves a law.

use std::path::{Path, PathBuf};

use infodyn_core::{Estimate, share};
use infodyn_data::{AnyLaw, Columns};
use serde::Serialize;

use super::parts::Parted;
use crate::measured::{DETERMINISTIC, Distance};
use crate::picture;
use crate::profile::Settings;
use crate::schedule::{Clock, Refused};
use crate::state::{KnownRow, State};
use crate::study::{CLOCKS, Request, Row, Study, study_on};
use crate::text::{Destination, LawSummary, Number, Outcome, Refusal, Running, aligned, law, short, with_error};

/// The flags of `study`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Law file, TOML or JSON, whose exact denoiser is sampled with.
    #[arg(long, value_name = "F")]
    law: PathBuf,
    /// Evaluations of the denoiser, a comma list.
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_values_t = [4, 8, 16, 32],
          value_parser = clap::value_parser!(u32).range(2..=1000))]
    steps: Vec<u32>,
    /// The clocks, a comma list, as in schedule [default: all that a law serves, flow:1 among them].
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    clocks: Vec<String>,
    /// Starts of each run, rounded up to a multiple of 32.
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(256..=1_000_000))]
    starts: u32,
    /// Samples of Monte Carlo at each noise level, where the law needs it.
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = clap::value_parser!(u64).range(1..))]
    samples: Option<u64>,
    #[command(flatten)]
    running: Running,
    /// Keep the rows that are done in a file, and go on from it.
    #[arg(long, value_name = "FILE", conflicts_with = "part")]
    state: Option<PathBuf>,
    #[command(flatten)]
    parted: Parted,
    #[command(flatten)]
    destination: Destination,
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    law: LawSummary,
    seed: u64,
    version: &'static str,
    starts: u32,
    clocks: Vec<String>,
    scales: Scales,
    rows: Vec<RowEntry>,
    ancestral: Vec<AncestralEntry>,
    standings: Vec<Standing>,
}

#[derive(Serialize)]
struct Scales {
    coordinate: f64,
    covariance: f64,
}

#[derive(Serialize)]
struct RowEntry {
    sampler: &'static str,
    evaluations: usize,
    levels: usize,
    cells: Vec<Option<CellEntry>>,
    flow: FlowEntry,
}

#[derive(Serialize)]
struct CellEntry {
    distance: Number,
    relabelled: Number,
}

#[derive(Serialize)]
struct FlowEntry {
    scale: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<Number>,
}

#[derive(Serialize)]
struct AncestralEntry {
    evaluations: usize,
    path_divergences: Vec<Option<Number>>,
}

#[derive(Serialize)]
struct Standing {
    clock: String,
    over_best: f64,
    nearer_than_edm: usize,
    farther_than_edm: usize,
}

/// Answers the question, or does a part of it.
pub fn run(args: &Args) -> Outcome {
    args.parted.run(args.destination.path(), || answered(args)).map(drop)
}

fn answered(args: &Args) -> Outcome {
    let sink = args.destination.open_drawn()?;
    let mut clocks = CLOCKS.to_vec();
    if !args.clocks.is_empty() {
        let read = |c: &String| match c.parse::<Clock>() {
            Ok(c) if c.is_measured() || matches!(c, Clock::Ays(_) | Clock::UniformT) => {
                Err(Refusal::flag("--clocks", format!("{c}, expected clocks of a law from sigma 80")))
            }
            other => other.map_err(|e| Refusal::flag("--clocks", e)),
        };
        clocks = args.clocks.iter().map(read).collect::<Outcome<_>>()?;
    }
    // What all are compared with.
    let edm = Clock::Edm { rho: 7.0 };
    if !clocks.contains(&edm) {
        clocks.insert(0, edm);
    }
    if let Some(i) = (1..clocks.len()).find(|&i| clocks[..i].contains(&clocks[i])) {
        return Err(Refusal::flag("--clocks", format!("{} twice, expected distinct clocks", clocks[i])));
    }
    let file = AnyLaw::read(&args.law)?;
    share::about("law", file.sha256());
    share::about("seed", &args.running.seed.to_string());
    let samples = args.samples.unwrap_or(infodyn_monte_carlo::Settings::default().samples);
    let request = Request {
        clocks,
        evaluations: args.steps.iter().map(|&n| n as usize).collect(),
        starts: args.starts as usize,
        settings: Settings { samples: Some(samples), seed: args.running.seed, ..Settings::default() },
    };
    let mut state = args.state.as_deref().map(|path| state(path, &file, &request)).transpose()?;
    let known = match &state {
        Some(state) => rows(state, request.evaluations.len() * DETERMINISTIC.len())?,
        None => vec![],
    };
    let mut told = |i: usize, row: &Row| match &mut state {
        Some(state) => state.done(i, &KnownRow::from(row)).map_err(|why| Refused { flag: "--state", why }),
        None => Ok(()),
    };
    let found = args.running.work(&args.law, || study_on(&law(&file), &request, &known, &mut told))?;
    let found = found.map_err(|Refused { flag, why }| match flag {
        "--state" => Refusal::flag(flag, why),
        _ => Refusal::flag(&args.law.display().to_string(), why),
    })?;
    let document = document(args, &file, &request, &found);
    let title = format!("{}; distance from the exact flow", document.law.kind);
    let drawn = || picture::study(&title, &document.clocks, &found.rows);
    sink.deliver_drawn(&document, || columns(&document.clocks, &found), || text(&document, &found), drawn)
}

/// The state file, one part a row.
fn state(path: &Path, file: &AnyLaw, request: &Request) -> Outcome<State> {
    let Request { clocks, evaluations, starts, settings } = request;
    let of = [
        ("version", env!("CARGO_PKG_VERSION").into()),
        ("law", file.sha256().into()),
        ("seed", settings.seed.into()),
        ("samples", settings.samples.into()),
        ("starts", (*starts).into()),
        ("evaluations", evaluations.as_slice().into()),
        ("clocks", clocks.iter().map(Clock::to_string).collect::<Vec<_>>().into()),
    ];
    let of = of.map(|(name, value): (&str, serde_json::Value)| (name.into(), value)).into();
    State::open(path, "study", of, evaluations.len() * DETERMINISTIC.len()).map_err(|e| Refusal::flag("--state", e))
}

/// The rows that a state file has.
fn rows(state: &State, count: usize) -> Outcome<Vec<Option<Row>>> {
    let row = |i: usize| -> Result<Option<Row>, String> {
        let Some(known) = state.part::<KnownRow>(i)? else { return Ok(None) };
        known.read().map(Some).ok_or_else(|| format!("done.{i}: an unknown sampler, expected a row of a study"))
    };
    (0..count).map(|i| row(i).map_err(|e| Refusal::flag("--state", e))).collect()
}

fn document(args: &Args, file: &AnyLaw, request: &Request, found: &Study) -> Document {
    let cell =
        |d: &Option<Distance>| d.map(|d| CellEntry { distance: d.distance.into(), relabelled: d.relabelled.into() });
    let row = |r: &Row| RowEntry {
        sampler: r.sampler,
        evaluations: r.evaluations,
        levels: r.levels,
        cells: r.cells.iter().map(cell).collect(),
        flow: FlowEntry { scale: r.flow.0, distance: r.flow.1.map(|d| d.distance.into()) },
    };
    let edm = request.clocks.iter().position(|c| *c == Clock::Edm { rho: 7.0 }).unwrap_or(0);
    let standing = |(i, clock): (usize, &Clock)| {
        let (over_best, [nearer_than_edm, farther_than_edm]) = found.standing(i, edm);
        Standing { clock: clock.to_string(), over_best, nearer_than_edm, farther_than_edm }
    };
    let ancestral = |(evaluations, cells): &(usize, Vec<Option<Estimate>>)| AncestralEntry {
        evaluations: *evaluations,
        path_divergences: cells.iter().map(|c| c.map(Number::from)).collect(),
    };
    Document {
        schema: "infodyn.study/1",
        law: LawSummary::of(file),
        seed: args.running.seed,
        version: env!("CARGO_PKG_VERSION"),
        starts: args.starts.next_multiple_of(32),
        clocks: request.clocks.iter().map(Clock::to_string).collect(),
        scales: Scales { coordinate: found.scales[0], covariance: found.scales[1] },
        rows: found.rows.iter().map(row).collect(),
        ancestral: found.ancestral.iter().map(ancestral).collect(),
        standings: request.clocks.iter().enumerate().map(standing).collect(),
    }
}

/// One row a sampler and number of evaluations; samplers by their order: 0 `euler`, 1 `heun`, 2 `dpmpp2m`.
fn columns(clocks: &[String], found: &Study) -> Columns {
    let mut columns = Columns::new();
    let rows = &found.rows;
    let place = |r: &Row| DETERMINISTIC.iter().position(|s| s.0 == r.sampler).unwrap_or(0);
    columns.numbers("sampler", rows.iter().map(|r| place(r) as f64));
    columns.numbers("evaluations", rows.iter().map(|r| r.evaluations as f64));
    columns.numbers("levels", rows.iter().map(|r| r.levels as f64));
    for (i, clock) in clocks.iter().enumerate() {
        let distances: Vec<Option<Estimate>> = rows.iter().map(|r| r.cells[i].map(|d| d.distance)).collect();
        columns.estimates(clock, &distances);
    }
    columns.numbers("flow_scale", rows.iter().map(|r| r.flow.0));
    columns.estimates("flow_best", &rows.iter().map(|r| r.flow.1.map(|d| d.distance)).collect::<Vec<_>>());
    columns
}

fn text(document: &Document, found: &Study) -> String {
    let LawSummary { kind, components, dim, .. } = &document.law;
    let mut text = format!("{kind}: {components} components in dimension {dim}; exact denoiser; sigma from 80\n");
    text += &format!(
        "\ndistance from the ends of the exact flow from the same {} starts (root mean square)\n",
        document.starts
    );
    let clocks = || document.clocks.iter().cloned();
    let header = ["sampler", "evaluations"].map(str::to_owned).into_iter().chain(clocks());
    let header = header.chain(["best flow:c".to_owned(), "c".to_owned()]).collect();
    let cell = |d: Option<Distance>| d.map_or(String::new(), |d| with_error(d.distance));
    let row = |r: &Row| {
        let named = [r.sampler.to_owned(), r.evaluations.to_string()].into_iter();
        named.chain(r.cells.iter().map(|&d| cell(d))).chain([cell(r.flow.1), r.flow.0.to_string()]).collect()
    };
    text += &aligned(header, found.rows.iter().map(row).collect());

    text += "\npath divergence of the ancestral sampler, nats, down to the last level of each\n";
    let header = std::iter::once("evaluations".to_owned()).chain(clocks()).collect();
    let row = |(n, cells): &(usize, Vec<Option<Estimate>>)| {
        let told = cells.iter().map(|c| c.map_or(String::new(), |e| short(e.value())));
        std::iter::once(n.to_string()).chain(told).collect()
    };
    text += &aligned(header, found.ancestral.iter().map(row).collect());

    text += "\nstanding in distance over these rows\n";
    let header = ["clock", "over the best", "nearer than edm", "farther than edm"].map(str::to_owned).to_vec();
    let row = |s: &Standing| {
        let sides = [s.nearer_than_edm, s.farther_than_edm].map(|n| format!("{n} of {}", found.rows.len()));
        [s.clock.clone(), format!("{:.2}", s.over_best)].into_iter().chain(sides).collect()
    };
    text += &aligned(header, document.standings.iter().map(row).collect());
    for s in document.standings.iter().filter(|s| s.clock != "edm") {
        let said = match (s.nearer_than_edm, s.farther_than_edm) {
            (0, 0) => "is not told from edm in any row",
            (_, 0) => "never ends farther from the flow than edm",
            (0, _) => "never ends nearer to the flow than edm",
            _ => continue,
        };
        text += &format!("note: {} {said}\n", s.clock);
    }
    let Scales { coordinate, covariance } = document.scales;
    text += &format!(
        "note: the covariance suggests c = {} (root mean square of a coordinate) or {} ((sum l^2/sum l)^(1/2)) for flow:c\n",
        short(coordinate),
        short(covariance)
    );
    text
}
