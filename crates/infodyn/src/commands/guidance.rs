//! `infodyn guidance`: where guidance toward a class spends its budget, and what comes out.

use infodyn_core::{Convention, Estimate, NoiseLevel, NoiseProcess};
use infodyn_data::{Columns, LawFile};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::toward::{Window, WindowTimes, class};
use crate::guidance::{Answer, Effect, Ends, Failure, Known, Question, Strength, guide, usual_levels};
use crate::text::{LEVEL, LawSummary, Outcome, ProcessName, Refusal, aligned, entry, short, with_error};

/// Strengths in one answer, and the largest in size.
const MOST_STRENGTHS: usize = 16;
const STRONGEST: f64 = 100.0;

/// The flags of `guidance`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The class that is guided to: a name of the law file where it gives labels, else a number.
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true)]
    class: String,
    /// Strengths, separated by commas: 1 is the class, 0 the law.
    #[arg(long, value_name = "LIST", allow_hyphen_values = true, value_delimiter = ',', default_value = "1,2,4,8")]
    omega: Vec<f64>,
    /// Also guide between two times of the process alone, T0:T1, T0: or :T1, with strength 1 elsewhere.
    #[arg(long, value_name = "T0:T1", allow_hyphen_values = true)]
    window: Option<String>,
    /// Noise levels between which the budget is told, from the noisiest of which paths run to the cleanest
    /// [default: thirteen, where the class is decided].
    #[arg(long, value_name = "G", allow_hyphen_values = true)]
    grid: Option<String>,
    /// Training table whose indices stand beside the levels [default: that of a vp process].
    #[arg(long, value_name = "C")]
    table: Option<String>,
    /// Paths to simulate, at least 8192.
    #[arg(long, value_name = "N", allow_hyphen_values = true, default_value_t = 8192, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    samples: u64,
    #[command(flatten)]
    question: crate::text::Question,
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    law: LawSummary,
    process: ProcessName,
    units: &'static str,
    seed: u64,
    samples: u64,
    class: ClassEntry,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<WindowTimes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<String>,
    stretches: Vec<Stretch>,
    effects: Vec<EffectEntry>,
}

#[derive(Serialize)]
struct ClassEntry {
    label: usize,
    weight: f64,
}

/// A number with where it comes from.
struct Number(Known);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Known { estimate, method } = self.0;
        let mut map = serializer.serialize_map(None)?;
        entry(&mut map, "value", estimate.value())?;
        entry(&mut map, "error", estimate.radius())?;
        map.serialize_entry("method", method.name())?;
        if let Some(s) = estimate.sampling() {
            entry(&mut map, "std_error", s.std_error)?;
            entry(&mut map, "level", s.level)?;
        }
        map.end()
    }
}

/// A closed form of the theory.
#[derive(Serialize)]
struct Stated {
    value: f64,
    error: f64,
}

impl From<Estimate> for Stated {
    fn from(e: Estimate) -> Self {
        Self { value: e.value(), error: e.radius() }
    }
}

/// A noise level, with the nearest index of a training table.
#[derive(Clone, Copy)]
struct Place {
    level: NoiseLevel,
    index: Option<u64>,
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, read) in LEVEL {
            entry(&mut map, name, read(&self.level))?;
        }
        if let Some(index) = self.index {
            map.serialize_entry("index", &index)?;
        }
        map.end()
    }
}

/// What happens between two levels; the first begins at pure noise.
#[derive(Serialize)]
struct Stretch {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Place>,
    to: Place,
    decided: Number,
    /// One an effect.
    spent: Vec<Number>,
}

#[derive(Serialize)]
struct EffectEntry {
    omega: f64,
    windowed: bool,
    sde: EndsEntry,
    #[serde(skip_serializing_if = "Option::is_none")]
    bound: Option<Stated>,
    flow: EndsEntry,
    failure: FailureEntry,
}

struct EndsEntry(Ends);

impl EndsEntry {
    /// The numbers by their names in the files.
    fn numbers(&self) -> [(&'static str, Option<Known>); 6] {
        let Ends { shift, variance, square, divergence, path_divergence, missed } = self.0;
        [
            ("shift", shift),
            ("variance", variance),
            ("square", Some(square)),
            ("divergence", divergence),
            ("path_divergence", path_divergence),
            ("missed", Some(missed)),
        ]
    }
}

impl Serialize for EndsEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, known) in self.numbers() {
            if let Some(known) = known {
                map.serialize_entry(name, &Number(known))?;
            }
        }
        map.end()
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum FailureEntry {
    Known { missed: Stated, falls: Stated },
    Not { why: &'static str },
}

/// Answers the question.
pub fn run(args: &Args) -> Outcome {
    let sink = args.question.destination.open()?;
    let process = args.question.process()?;
    check(&args.omega)?;
    let window = args.window.as_deref().map(|text| Window::read(text, &process)).transpose()?;
    let table = table(args, &process)?;
    let given = args.grid.as_deref().map(|grid| args.question.levels(grid)).transpose()?;
    let file = LawFile::read(&args.question.law)?;
    let label = class(&file, &args.class)?;
    let levels = match given {
        Some(levels) => levels,
        None => usual_levels(&file.law, process, label).map_err(|e| args.question.refusal(e))?,
    };
    let question = Question {
        law: file.law.clone(),
        process,
        label,
        strengths: strengths(&args.omega, window.as_ref()),
        levels: sorted(levels, window.as_ref())?,
        samples: args.samples,
        seed: args.question.running.seed,
    };
    let answer = args.question.work(|| guide(&question))?.map_err(|e| args.question.refusal(e))?;
    let document = Document {
        schema: "infodyn.guidance/1",
        law: LawSummary::of_mixture(&file),
        process: ProcessName(process),
        units: "nats",
        seed: question.seed,
        samples: answer.samples,
        class: ClassEntry { label, weight: answer.weight },
        window: window.map(|w| w.times()),
        stretches: stretches(&question, &answer, table.as_ref()),
        table: table.map(|t| t.to_string()),
        effects: answer.effects.iter().map(effect).collect(),
    };
    sink.deliver(&document, || columns(&document), || text(&document))
}

fn check(omegas: &[f64]) -> Outcome {
    if let Some(omega) = omegas.iter().find(|omega| omega.is_nan() || omega.abs() > STRONGEST) {
        return Err(Refusal::flag("--omega", format!("{omega}, expected a number from -{STRONGEST} to {STRONGEST}")));
    }
    if omegas.len() > MOST_STRENGTHS {
        let count = omegas.len();
        return Err(Refusal::flag("--omega", format!("{count} strengths, expected at most {MOST_STRENGTHS}")));
    }
    Ok(())
}

/// The strengths everywhere, and then in the window.
fn strengths(omegas: &[f64], window: Option<&Window>) -> Vec<Strength> {
    let windows = std::iter::once(None).chain(window.map(|w| Some(w.snr())));
    windows.flat_map(|window| omegas.iter().map(move |&omega| Strength { omega, window })).collect()
}

/// The levels and the ends of the window between them, of increasing noise.
fn sorted(mut levels: Vec<NoiseLevel>, window: Option<&Window>) -> Outcome<Vec<NoiseLevel>> {
    levels.sort_by(|a, b| b.snr().total_cmp(&a.snr()));
    if let Some(two) = levels.windows(2).find(|two| two[0].snr() <= two[1].snr()) {
        return Err(Refusal::flag("--grid", format!("t = {} twice, expected distinct noise levels", two[0].t())));
    }
    let [first, .., last] = levels[..] else {
        return Err(Refusal::flag("--grid", format!("{} noise levels, expected at least 2", levels.len())));
    };
    if let Some(window) = window {
        let (low, high) = window.snr();
        if low >= first.snr() || high <= last.snr() {
            let (clean, noisy) = (first.t(), last.t());
            let why = format!("no level of it lies between t = {clean} and {noisy}, where paths run");
            return Err(Refusal::flag("--window", why));
        }
        let inside = |edge: &&NoiseLevel| edge.snr() < first.snr() && edge.snr() > last.snr();
        let known: Vec<f64> = levels.iter().map(NoiseLevel::snr).collect();
        levels.extend(window.ends.iter().flatten().filter(inside).filter(|edge| !known.contains(&edge.snr())));
        levels.sort_by(|a, b| b.snr().total_cmp(&a.snr()));
    }
    Ok(levels)
}

/// The training table: the one that is asked for, or that a process stands for.
fn table(args: &Args, process: &NoiseProcess) -> Outcome<Option<Convention>> {
    let usual =
        [("vp-linear", "ddpm-linear"), ("vp-scaled-linear", "ddpm-scaled-linear"), ("vp-cosine", "ddpm-cosine")];
    // With parameters of its own a process stands for none.
    let own = usual.iter().find(|pair| pair.0 == process.to_string()).map(|pair| pair.1);
    let Some(name) = args.table.as_deref().or(own) else { return Ok(None) };
    let convention: Convention = name.parse().map_err(|e| Refusal::flag("--table", e))?;
    if !matches!(convention, Convention::Ddpm(_)) {
        return Err(Refusal::flag(
            "--table",
            format!("{name}, expected ddpm-linear, ddpm-scaled-linear or ddpm-cosine"),
        ));
    }
    Ok(Some(convention))
}

/// The stretches from noise to data.
fn stretches(question: &Question, answer: &Answer, table: Option<&Convention>) -> Vec<Stretch> {
    let place = |level: &NoiseLevel| {
        let index = table.and_then(|table| table.at_snr(level.snr()).ok()).map(|there| there.t.round() as u64);
        Place { level: *level, index }
    };
    let places: Vec<Place> = question.levels.iter().rev().map(place).collect();
    let stretch = |(i, decided): (usize, &Known)| Stretch {
        from: i.checked_sub(1).map(|i| places[i]),
        to: places[i],
        decided: Number(*decided),
        spent: answer.effects.iter().map(|effect| Number(effect.budget[i])).collect(),
    };
    answer.decided.iter().enumerate().map(stretch).collect()
}

fn effect(effect: &Effect) -> EffectEntry {
    EffectEntry {
        omega: effect.strength.omega,
        windowed: effect.strength.window.is_some(),
        sde: EndsEntry(effect.sde),
        bound: effect.bound.map(Stated::from),
        flow: EndsEntry(effect.flow),
        failure: match effect.failure {
            Failure::Known { missed, falls } => FailureEntry::Known { missed: missed.into(), falls: falls.into() },
            Failure::Not(why) => FailureEntry::Not { why },
        },
    }
}

/// Either process of an effect.
type Side = fn(&EffectEntry) -> &EndsEntry;

const SIDES: [(&str, Side); 2] = [("sde", |e| &e.sde), ("flow", |e| &e.flow)];

/// The names of the numbers that one effect or another has, with their places.
fn names<'a>(effects: impl IntoIterator<Item = &'a EffectEntry>, ends: Side) -> Vec<(usize, &'static str)> {
    let mut found: Vec<(usize, &'static str)> = Vec::new();
    for effect in effects {
        let there = ends(effect).numbers().into_iter().enumerate().filter(|(_, number)| number.1.is_some());
        found.extend(there.map(|(i, number)| (i, number.0)));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// One row an effect.
fn columns(document: &Document) -> Columns {
    let (effects, mut columns) = (&document.effects, Columns::new());
    columns.numbers("omega", effects.iter().map(|e| e.omega));
    columns.numbers("windowed", effects.iter().map(|e| f64::from(u8::from(e.windowed))));
    for (side, ends) in SIDES {
        for (i, name) in names(effects, ends) {
            let values: Vec<Option<Estimate>> =
                effects.iter().map(|e| ends(e).numbers()[i].1.map(|known| known.estimate)).collect();
            columns.estimates(&format!("{side}_{name}"), &values);
        }
    }
    let bounds: Vec<Option<Estimate>> =
        effects.iter().map(|e| e.bound.as_ref().map(|b| Estimate::new(b.value, b.error))).collect();
    columns.estimates("bound", &bounds);
    columns
}

fn text(document: &Document) -> String {
    let said = format!(
        "; {} paths toward class {}, of weight {}",
        document.samples,
        document.law.label_name(document.class.label),
        short(document.class.weight)
    );
    let mut text = document.law.heading(&document.process, &said);
    let windowed: Vec<bool> = if document.window.is_some() { vec![false, true] } else { vec![false] };
    for windowed in windowed {
        text += &match document.window.filter(|_| windowed) {
            None => "\nguidance at every level\n".into(),
            Some(WindowTimes { t0, t1 }) => {
                let time = |t: Option<f64>, end: &str| t.map_or(end.to_owned(), short);
                format!("\nguidance from t = {} to {} alone\n", time(t0, "the data"), time(t1, "noise"))
            }
        };
        text += &budget(document, windowed);
        text += &ends_table(document, windowed, ("reverse SDE", |e| &e.sde), true);
        text += &ends_table(document, windowed, ("probability flow", |e| &e.flow), false);
        text += &failures(document, windowed);
    }
    text
}

/// The shares of the budget, by stretches of noise.
fn budget(document: &Document, windowed: bool) -> String {
    let mut header = ["down to t", "sigma/alpha", "log snr"].map(str::to_owned).to_vec();
    header.extend(document.table.iter().cloned());
    header.push("label\ninformation".into());
    let chosen: Vec<usize> =
        (0..document.effects.len()).filter(|&i| document.effects[i].windowed == windowed).collect();
    header.extend(chosen.iter().map(|&i| format!("budget\nomega={}", document.effects[i].omega)));
    let row = |stretch: &Stretch| {
        let level = &stretch.to.level;
        let mut cells = vec![short(level.t()), short(level.sigma_over_alpha()), short(level.log_snr())];
        if document.table.is_some() {
            cells.push(stretch.to.index.map_or(String::new(), |i| i.to_string()));
        }
        cells.push(with_error(stretch.decided.0.estimate));
        cells.extend(chosen.iter().map(|&i| with_error(stretch.spent[i].0.estimate)));
        cells
    };
    aligned(header, document.stretches.iter().map(row).collect())
}

/// What comes out, by strengths.
fn ends_table(document: &Document, windowed: bool, (name, ends): (&str, Side), bounded: bool) -> String {
    let effects: Vec<&EffectEntry> = document.effects.iter().filter(|e| e.windowed == windowed).collect();
    let names = names(effects.iter().copied(), ends);
    let mut header = vec!["omega".to_owned()];
    header.extend(names.iter().map(|(_, name)| name.replace('_', "\n")));
    header.extend(bounded.then(|| "bound".to_owned()));
    let row = |e: &&EffectEntry| {
        let numbers = ends(e).numbers();
        let cell = |(i, _): &(usize, &str)| numbers[*i].1.map_or(String::new(), |known| with_error(known.estimate));
        let mut cells = vec![e.omega.to_string()];
        cells.extend(names.iter().map(cell));
        if bounded {
            let bound = e.bound.as_ref().map(|b| Estimate::new(b.value, b.error));
            cells.push(bound.map_or("none".into(), with_error));
        }
        cells
    };
    let origin = |(i, name): &(usize, &str)| {
        let known = effects.iter().filter_map(|e| ends(e).numbers()[*i].1);
        let mut methods: Vec<&str> = known.map(|known| known.method.name()).collect();
        methods.sort_unstable();
        methods.dedup();
        format!("{} by {}", name.replace('_', " "), methods.join(" and "))
    };
    let origins: Vec<String> = names.iter().map(origin).collect();
    format!("\n{name}\n{}{}\n", aligned(header, effects.iter().map(row).collect()), origins.join(", "))
}

/// How often the SDE fails.
fn failures(document: &Document, windowed: bool) -> String {
    let mut text = "\nfailure of the SDE from pure noise\n".to_owned();
    let mut last = "";
    for e in document.effects.iter().filter(|e| e.windowed == windowed) {
        match &e.failure {
            FailureEntry::Known { missed, falls } => {
                let [missed, falls] = [missed, falls].map(|s| with_error(Estimate::new(s.value, s.error)));
                let omega = e.omega;
                text += &format!("omega = {omega}: another class {missed}; posterior ever at half its prior {falls}\n");
            }
            FailureEntry::Not { why } if *why != last => {
                text += &format!("does not apply: {why}\n");
                last = why;
            }
            FailureEntry::Not { .. } => {}
        }
    }
    text
}
