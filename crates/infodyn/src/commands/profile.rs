//! `infodyn profile`: every quantity along the process.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::parts::Parted;
use super::points::{self, Size};
use crate::picture;
use crate::profile::{Method, Point, Settings, Value, exists, is_spared, part, plan, profile};
use crate::state::{Known, State};
use clap::builder::PossibleValuesParser;
use indicatif::ProgressBar;
use infodyn_closed_form::TiledLaw;
use infodyn_core::{Estimate, Law, NoiseLevel, NoiseProcess, Quantity, share};
use infodyn_data::{AnyLaw, Columns};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::text::{
    LEVEL, LawSummary, Outcome, ProcessName, Question, Refusal, aligned, entry, progress_bar, short, with_error,
};

/// The flags of `profile`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Noise levels: T0:T1:N, log:T0:T1:N, snr:G0:G1:N, a comma list of times, or snr: and a list.
    #[arg(long, value_name = "G", allow_hyphen_values = true)]
    grid: String,
    /// How to compute; auto takes the sharpest method that serves each quantity.
    #[arg(long, default_value = "auto", value_parser = PossibleValuesParser::new(Method::ALL.map(Method::name)))]
    method: String,
    /// What to compute, by the names of the fields, separated by commas [default: all but
    /// posterior_square_trace].
    #[arg(long, value_name = "LIST", value_delimiter = ',',
        value_parser = PossibleValuesParser::new(Quantity::ALL.iter().map(|q| q.name())))]
    quantities: Vec<String>,
    /// Samples of Monte Carlo at each noise level [default: what the accuracy, or 1 % of the peaks of the
    /// rates, needs].
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = clap::value_parser!(u64).range(1..))]
    samples: Option<u64>,
    /// Largest error that will do, absolute, for every quantity.
    #[arg(long, value_name = "E", allow_hyphen_values = true)]
    accuracy: Option<f64>,
    /// Keep the noise levels that are done in a file, sixteen at a time, and go on from it.
    #[arg(long, value_name = "FILE", conflicts_with = "part")]
    state: Option<PathBuf>,
    /// Leave the points of a data set in .npy files and take no more memory than this, as 64MiB; with --samples.
    #[arg(long, value_name = "SIZE", requires = "samples")]
    memory: Option<Size>,
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
    points: Vec<PointEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

/// A noise level as `infodyn.profile/1` writes it.
struct PointEntry(Point);

impl Serialize for PointEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, read) in LEVEL {
            entry(&mut map, name, read(&self.0.level))?;
        }
        for value in &self.0.values {
            map.serialize_entry(value.quantity.name(), &ValueEntry(value))?;
        }
        map.end()
    }
}

struct ValueEntry<'a>(&'a Value);

impl Serialize for ValueEntry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Value { estimate, method, .. } = self.0;
        let mut map = serializer.serialize_map(None)?;
        entry(&mut map, "value", estimate.value())?;
        entry(&mut map, "error", estimate.radius())?;
        map.serialize_entry("method", method.name())?;
        if let Some(s) = estimate.sampling() {
            entry(&mut map, "std_error", s.std_error)?;
            entry(&mut map, "level", s.level)?;
            map.serialize_entry("samples", &s.samples)?;
        }
        map.end()
    }
}

/// What is asked about: a law in memory, or one whose points stay in their files.
struct Asked {
    law: Arc<dyn Law>,
    summary: LawSummary,
    sha256: String,
    tiled: Option<Arc<TiledLaw>>,
}

impl Asked {
    fn read(args: &Args, levels: &[NoiseLevel], settings: &Settings) -> Outcome<Self> {
        let Some(memory) = args.memory else {
            let file = AnyLaw::read(&args.question.law)?;
            let (law, summary) = (crate::text::law(&file), LawSummary::of(&file));
            return Ok(Self { law, summary, sha256: file.sha256().into(), tiled: None });
        };
        if settings.method != Method::MonteCarlo {
            let why = format!("with the method {}, expected auto or monte-carlo", settings.method);
            return Err(Refusal::flag("--memory", why));
        }
        let matrices = [Quantity::MeanTopEigenvalue, Quantity::PosteriorSquareTrace];
        let matrices = settings.quantities.iter().any(|q| matrices.contains(q));
        let threads = args.question.running.thread_count();
        let (tiled, summary, sha256) = points::open(&args.question.law, memory, (threads, levels.len()), matrices)?;
        Ok(Self { law: tiled.clone(), summary, sha256, tiled: Some(tiled) })
    }

    /// Whether all points could be read whenever they were asked for.
    fn is_read(&self, args: &Args) -> Outcome {
        match self.tiled.as_ref().and_then(|law| law.failure()) {
            Some(why) => Err(args.question.refusal(why)),
            None => Ok(()),
        }
    }
}

/// Answers the question, or does a part of it.
pub fn run(args: &Args) -> Outcome {
    if let Some(accuracy) = args.accuracy.filter(|_| args.parted.is_part()) {
        let why =
            format!("{accuracy} with --part, where no part knows how many samples that takes; expected --samples");
        return Err(Refusal::flag("--accuracy", why));
    }
    args.parted.run(args.question.destination.path(), || answered(args)).map(drop)
}

fn answered(args: &Args) -> Outcome {
    let sink = args.question.destination.open_drawn()?;
    let process = args.question.process()?;
    let settings = settings(args)?;
    let levels = args.question.levels(&args.grid)?;
    let file = Asked::read(args, &levels, &settings)?;
    let law = Arc::clone(&file.law);
    share::about("law", &file.sha256);
    share::about("process", &process.to_string());
    share::about("grid", &args.grid);
    share::about("seed", &settings.seed.to_string());

    // One of the two tells how far it has come.
    let bar = if args.question.running.tells() { ProgressBar::hidden() } else { progress_bar("noise levels") };
    bar.set_length(levels.len() as u64);
    let points = match &args.state {
        None => {
            let points =
                args.question.work(|| share::open(|| profile(&law, process, &levels, &settings, &|| bar.inc(1))))?;
            file.is_read(args)?;
            points.map_err(|e| refusal(&e, &args.question.law))?
        }
        Some(path) => {
            let mut state = state(path, &file.sha256, process, &levels, &settings)?;
            let done = || bar.inc(1);
            args.question.work(|| {
                share::open(|| kept(&mut state, (&law, process, &levels, &settings), &done, &args.question.law))
            })??
        }
    };
    bar.finish_and_clear();

    let document = Document {
        schema: "infodyn.profile/1",
        notes: told_apart(&file.summary, &points).into_iter().collect(),
        law: file.summary,
        process: ProcessName(process),
        units: "nats",
        seed: args.question.running.seed,
        points: points.into_iter().map(PointEntry).collect(),
    };
    let unserved: Vec<Quantity> = settings
        .quantities
        .iter()
        .copied()
        .filter(|&q| exists(&*law, q) && document.points.iter().any(|p| p.0.get(q).is_none()))
        .collect();
    let picture = || {
        let points: Vec<Point> = document.points.iter().map(|p| p.0.clone()).collect();
        let asked = if args.quantities.is_empty() { &[][..] } else { &settings.quantities };
        picture::profile(&document.law.title(&document.process), &points, asked)
    };
    sink.deliver_drawn(
        &document,
        || columns(&document.points),
        || {
            let hint = if is_spared(&*law, &settings) { SPARED } else { "" };
            let notes: String = document.notes.iter().map(|note| format!("\nnote: {note}\n")).collect();
            table(&document) + &notes + &left_out(&unserved, settings.method) + hint
        },
        picture,
    )
}

/// Of a data set, up to which level of the grid its points are told apart.
fn told_apart(law: &LawSummary, points: &[Point]) -> Option<String> {
    const NATS: f64 = 0.1;
    let apart = |p: &&Point| {
        let left = p.get(Quantity::ConditionalEntropy).map(|v| v.estimate);
        left.is_some_and(|left| left.value() + left.radius() < NATS)
    };
    let levels = points.iter().filter(|_| law.kind == "dataset").filter(apart).map(|p| p.level.sigma_over_alpha());
    let highest = levels.fold(0.0, f64::max);
    (highest > 0.0).then(|| {
        format!(
            "data set: at sigma/alpha {} and below, H(X_0 given X_t) is under {NATS} nats: numbers there say which of \
             its points it is, and nothing of the law behind them",
            short(highest)
        )
    })
}

/// Levels that are simulated together and kept as one part.
const GROUP: usize = 16;

/// The state file: the numbers of samples first, then a part for each sixteen levels.
fn state(path: &Path, law: &str, process: NoiseProcess, levels: &[NoiseLevel], settings: &Settings) -> Outcome<State> {
    let of = [
        ("version", env!("CARGO_PKG_VERSION").into()),
        ("law", law.into()),
        ("process", process.to_string().into()),
        ("seed", settings.seed.into()),
        ("method", settings.method.name().into()),
        ("samples", settings.samples.into()),
        ("accuracy", settings.accuracy.into()),
        ("quantities", settings.quantities.iter().map(|q| q.name()).collect::<Vec<_>>().into()),
        ("levels", levels.iter().map(NoiseLevel::t).collect::<Vec<_>>().into()),
    ];
    let of = of.map(|(name, value): (&str, serde_json::Value)| (name.into(), value)).into();
    let parts = 1 + levels.len().div_ceil(GROUP);
    State::open(path, "profile", of, parts).map_err(|e| Refusal::flag("--state", e))
}

/// A profile, part by part; what is done is kept.
fn kept(
    state: &mut State,
    (law, process, levels, settings): (&Arc<dyn Law>, NoiseProcess, &[NoiseLevel], &Settings),
    done: &(dyn Fn() + Sync),
    file: &Path,
) -> Outcome<Vec<Point>> {
    let failed = |why: String| Refusal::flag("--state", why);
    let samples = match state.part::<Vec<u64>>(0).map_err(failed)? {
        Some(samples) if samples.len() == levels.len() => samples,
        _ => {
            let samples = plan(law, process, levels, settings).map_err(|e| refusal(&e, file))?;
            state.done(0, &samples).map_err(failed)?;
            samples
        }
    };
    let mut points = Vec::with_capacity(levels.len());
    for (i, (levels, samples)) in levels.chunks(GROUP).zip(samples.chunks(GROUP)).enumerate() {
        if let Some(known) = state.part::<Vec<Vec<Known>>>(1 + i).map_err(failed)? {
            let all = levels.iter().zip(known).map(|(level, values)| {
                let values = values.into_iter().map(Known::read).collect::<Option<_>>()?;
                done();
                Some(Point { level: *level, values })
            });
            let found: Option<Vec<Point>> = all.collect();
            let unknown = || failed(format!("done.{}: not sixteen levels, expected those of this grid", 1 + i));
            points.extend(found.filter(|found| found.len() == levels.len()).ok_or_else(unknown)?);
            continue;
        }
        let found = part(law, process, (levels, samples), settings, done).map_err(|e| refusal(&e, file))?;
        let known: Vec<Vec<Known>> = found.iter().map(|p| p.values.iter().map(Known::from).collect()).collect();
        state.done(1 + i, &known).map_err(failed)?;
        points.extend(found);
    }
    Ok(points)
}

/// Said where three dimensions are left to simulation.
const SPARED: &str =
    "\nin three dimensions auto simulates; --method quadrature integrates, to 1e-8 in about a minute a noise level\n";

/// What the method chosen did not compute though it exists.
fn left_out(quantities: &[Quantity], method: Method) -> String {
    if quantities.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = quantities.iter().map(|q| q.name()).collect();
    format!("\nnot computed by {method}, but by auto and monte-carlo: {}\n", names.join(", "))
}

fn settings(args: &Args) -> Outcome<Settings> {
    let method = Method::ALL.into_iter().find(|m| m.name() == args.method).unwrap_or(Method::Auto);
    // What integrates sees points one by one; each takes a reading of the files.
    let method = if method == Method::Auto && args.memory.is_some() { Method::MonteCarlo } else { method };
    if let Some(samples) = args.samples.filter(|_| !matches!(method, Method::Auto | Method::MonteCarlo)) {
        let why = format!("{samples} with the method {method}, expected the method auto or monte-carlo");
        return Err(Refusal::flag("--samples", why));
    }
    if let Some(accuracy) = args.accuracy.filter(|a| !(a.is_finite() && *a > 0.0)) {
        return Err(Refusal::flag("--accuracy", format!("{accuracy}, expected a positive finite number")));
    }
    let mut settings = Settings {
        method,
        samples: args.samples,
        accuracy: args.accuracy,
        seed: args.question.running.seed,
        ..Settings::default()
    };
    if !args.quantities.is_empty() {
        let asked = |q: &Quantity| args.quantities.iter().any(|name| name == q.name());
        settings.quantities = Quantity::ALL.iter().copied().filter(asked).collect();
    }
    Ok(settings)
}

/// The library's error with the flag that it is about.
fn refusal(error: &crate::Error, law: &std::path::Path) -> Refusal {
    match error {
        crate::Error::Method { .. } => Refusal::flag(&format!("--method with law {}", law.display()), error),
        crate::Error::Enclosure(infodyn_enclosure::Error::Process { .. }) => Refusal::flag("--process", error),
        crate::Error::Accuracy { .. } => Refusal::flag("--accuracy", error),
        _ => Refusal::flag(&law.display().to_string(), error),
    }
}

fn columns(points: &[PointEntry]) -> Columns {
    let mut columns = Columns::new();
    for (name, read) in LEVEL {
        columns.numbers(name, points.iter().map(|p| read(&p.0.level)));
    }
    for &quantity in Quantity::ALL {
        let values: Vec<Option<Estimate>> = points.iter().map(|p| p.0.get(quantity).map(|v| v.estimate)).collect();
        columns.estimates(quantity.name(), &values);
    }
    columns
}

/// Tables of four quantities each: no line is wider than a screen.
fn table(document: &Document) -> String {
    let mut text = document.law.heading(&document.process, "");
    let points: Vec<&Point> = document.points.iter().map(|p| &p.0).collect();
    let there = |q: Quantity| points.iter().any(|p| p.get(q).is_some());
    let quantities: Vec<Quantity> = Quantity::ALL.iter().copied().filter(|&q| there(q)).collect();
    for group in quantities.chunks(4) {
        let mut header = vec!["t".to_owned(), "snr".to_owned()];
        header.extend(group.iter().map(|q| q.name().to_owned()));
        let rows = points.iter().map(|p| {
            let cell = |&q: &Quantity| p.get(q).map_or(String::new(), |v| with_error(v.estimate));
            let level = vec![short(p.level.t()), short(p.level.snr())];
            level.into_iter().chain(group.iter().map(cell)).collect()
        });
        text += "\n";
        text += &aligned(header, rows.collect());
        text += &origins(&points, group);
    }
    text
}

/// One line that says how each quantity of a group was computed.
fn origins(points: &[&Point], group: &[Quantity]) -> String {
    let of = |q: Quantity| {
        let mut methods: Vec<&str> = points.iter().filter_map(|p| p.get(q)).map(|v| v.method.name()).collect();
        methods.sort_unstable();
        methods.dedup();
        methods.join(" and ")
    };
    let all: Vec<String> = group.iter().map(|&q| of(q)).collect();
    if all.iter().all(|m| *m == all[0]) {
        return format!("by {}\n", all[0]);
    }
    group.iter().zip(&all).map(|(q, m)| format!("{q} by {m}\n")).collect()
}
