//! `infodyn profile`: every quantity along the process.

use crate::picture;
use crate::profile::{Method, Point, Settings, Value, exists, is_spared, profile};
use clap::builder::PossibleValuesParser;
use indicatif::ProgressBar;
use infodyn_core::{Estimate, Quantity};
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

/// Answers the question.
pub fn run(args: &Args) -> Outcome {
    let sink = args.question.destination.open_drawn()?;
    let process = args.question.process()?;
    let settings = settings(args)?;
    let levels = args.question.levels(&args.grid)?;
    let file = AnyLaw::read(&args.question.law)?;
    let law = crate::text::law(&file);

    // One of the two tells how far it has come.
    let bar = if args.question.running.tells() { ProgressBar::hidden() } else { progress_bar("noise levels") };
    bar.set_length(levels.len() as u64);
    let points = args.question.work(|| profile(&law, process, &levels, &settings, &|| bar.inc(1)))?;
    bar.finish_and_clear();
    let points = points.map_err(|e| refusal(&e, &args.question.law))?;

    let document = Document {
        schema: "infodyn.profile/1",
        law: LawSummary::of(&file),
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
            table(&document) + &left_out(&unserved, settings.method) + hint
        },
        picture,
    )
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
