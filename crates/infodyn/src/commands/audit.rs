//! `infodyn audit`: is a network the denoiser that it is declared to be?

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use infodyn_core::{Convention, Estimate, Sampling, share};
use infodyn_data::{AnyLaw, Columns, InputNames, InputScaling, ModelFile, ModelOutput, NoiseInput, Overrides};
use infodyn_model::{Level, Readings, SIGMAS, Settings, Verdict};
use serde::Serialize;

use super::parts::Parted;
use crate::audit::{Audited, audit, following, least};
use crate::picture;
use crate::state::State;
use crate::text::{
    ConventionName, Destination, LawSummary, Number, Outcome, Refusal, Running, aligned, is_kept, json, short,
    with_error,
};

/// The flags of `audit`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Side file of the network, TOML or JSON; or its .onnx file, with the side file of the same name beside it, or
    /// none where --output and --noise say what it is.
    #[arg(long, value_name = "F")]
    model: PathBuf,
    #[command(flatten)]
    side: Side,
    /// Law file, TOML or JSON, of the data that it denoises.
    #[arg(long, value_name = "F")]
    law: PathBuf,
    /// Noise levels, a comma list of sigma/alpha [default: sixteen from 0.02 to 80].
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    sigmas: Option<String>,
    /// Noisy points at each level [default: 524288 over the dimension, within 8192 and 262144].
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = clap::value_parser!(u64).range(1..))]
    samples: Option<u64>,
    /// Keep each level as it is done in this file (JSON), and go on from what it has.
    #[arg(long, value_name = "FILE", conflicts_with = "part")]
    state: Option<PathBuf>,
    #[command(flatten)]
    parted: Parted,
    #[command(flatten)]
    running: Running,
    #[command(flatten)]
    destination: Destination,
}

/// In place of the fields of the side file.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "In place of the fields of the side file")]
struct Side {
    /// What the network answers.
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(ModelOutput::ALL.map(ModelOutput::name)))]
    output: Option<String>,
    /// What its second input holds; none where there is none.
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(NoiseInput::ALL.map(NoiseInput::name)))]
    noise: Option<String>,
    /// The process of its x and of t, or a training table.
    #[arg(long, value_name = "P")]
    process: Option<String>,
    /// Names in the file, as x=NAME,noise=NAME,output=NAME or some of them.
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    names: Vec<String>,
    /// Shape of one row, a comma list.
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=1 << 24))]
    shape: Vec<u32>,
    /// Rows at once.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1 << 20))]
    batch: Option<u32>,
    /// The network was trained on this times x, plus --x-shift.
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    x_scale: Option<f64>,
    /// See there.
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    x_shift: Option<f64>,
    /// What is done to x before the call: none, vp, or edm:S with its sigma_data.
    #[arg(long, value_name = "HOW")]
    c_in: Option<String>,
}

impl Side {
    /// As the reader of side files takes them.
    fn overrides(&self) -> Outcome<Overrides> {
        let number = |flag: &str, value: Option<f64>, good: fn(f64) -> bool, expected: &str| match value {
            Some(x) if !(x.is_finite() && good(x)) => Err(Refusal::flag(flag, format!("{x}, expected {expected}"))),
            value => Ok(value),
        };
        let process = |text: &str| {
            let found: Convention = text.parse().map_err(|e| Refusal::flag("--process", e))?;
            match found {
                Convention::Process(_) | Convention::Ddpm(_) => Ok(found),
                _ => Err(Refusal::flag("--process", format!("{text:?}, expected a process or a training table"))),
            }
        };
        Ok(Overrides {
            output: self.output.as_ref().and_then(|o| ModelOutput::ALL.into_iter().find(|all| all.name() == o)),
            noise: self.noise.as_ref().and_then(|n| NoiseInput::ALL.into_iter().find(|all| all.name() == n)),
            process: self.process.as_deref().map(process).transpose()?,
            names: self.input_names()?,
            shape: (!self.shape.is_empty()).then(|| self.shape.iter().map(|&n| n as usize).collect()),
            batch: self.batch.map(|n| n as usize),
            x_scale: number("--x-scale", self.x_scale, |x| x != 0.0, "a number other than 0")?,
            x_shift: number("--x-shift", self.x_shift, |_| true, "a number")?,
            c_in: self.c_in.as_deref().map(scaling).transpose()?,
        })
    }

    fn input_names(&self) -> Outcome<InputNames> {
        let mut names = InputNames::default();
        for entry in &self.names {
            let place = match entry.split_once('=') {
                Some(("x", name)) => Some((&mut names.x, name)),
                Some(("noise", name)) => Some((&mut names.noise, name)),
                Some(("output", name)) => Some((&mut names.output, name)),
                _ => None,
            };
            match place {
                Some((place @ None, name)) if !name.is_empty() => *place = Some(name.into()),
                _ => {
                    let expected = "expected x=NAME, noise=NAME or output=NAME, each once";
                    return Err(Refusal::flag("--names", format!("{entry:?}, {expected}")));
                }
            }
        }
        Ok(names)
    }
}

fn scaling(text: &str) -> Outcome<InputScaling> {
    let positive = |s: &str| s.parse().ok().filter(|x: &f64| x.is_finite() && *x > 0.0);
    match text.split_once(':') {
        None if text == "none" => Some(InputScaling::None),
        None if text == "vp" => Some(InputScaling::Vp),
        Some(("edm", s)) => positive(s).map(|sigma_data| InputScaling::Edm { sigma_data }),
        _ => None,
    }
    .ok_or_else(|| Refusal::flag("--c-in", format!("{text:?}, expected none, vp or edm:S with S above 0")))
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    model: Model,
    law: LawSummary,
    process: ConventionName,
    seed: u64,
    version: &'static str,
    points: usize,
    noises: usize,
    variance: f64,
    verdict: &'static str,
    reasons: Vec<String>,
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trusted: Option<[f64; 2]>,
    levels: Vec<LevelEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule: Option<ScheduleEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Model {
    file: String,
    /// Of a function there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    sha256: String,
    inputs: Vec<String>,
    outputs: Vec<String>,
    output: &'static str,
    noise: &'static str,
}

#[derive(Serialize)]
struct ScheduleEntry {
    clock: String,
    sigmas: Vec<f64>,
    errors: Vec<f64>,
}

#[derive(Serialize)]
struct Mse {
    value: f64,
    error: f64,
    std_error: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    std_error_population: Option<f64>,
}

#[derive(Serialize)]
struct LevelEntry {
    sigma: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    t: Option<f64>,
    finite_fraction: f64,
    #[serde(flatten)]
    numbers: Option<Numbers>,
}

#[derive(Serialize)]
struct Numbers {
    mse: Mse,
    linear_mmse: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_upper: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_divergence: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_norm: Option<Number>,
    gap: Number,
    calibration_slope: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    sigma_calibration: Option<Number>,
    mean_score: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    stein: Option<Number>,
    asymmetry: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    negative: Option<Number>,
    sure_gap: Number,
}

/// Answers the question, or does a part of it.
pub fn run(args: &Args) -> Outcome<ExitCode> {
    let code = args.parted.run(args.destination.path(), || answered(args))?;
    Ok(code.unwrap_or(ExitCode::SUCCESS))
}

fn answered(args: &Args) -> Outcome<ExitCode> {
    let sink = args.destination.open_drawn()?;
    let sigmas = args.sigmas.as_deref().map_or_else(|| Ok(SIGMAS.to_vec()), levels)?;
    let side = args.side.overrides()?;
    let law = AnyLaw::read(&args.law)?;
    share::about("law", law.sha256());
    share::about("seed", &args.running.seed.to_string());
    let settings = Settings { seed: args.running.seed, samples: args.samples, sigmas };
    let audited = || match &args.state {
        Some(path) => {
            let kept = |file: &ModelFile| state(path, file, &law, &settings).map_err(|e| format!("--state: {e}"));
            audit(&args.model, &side, &law, &settings, kept)
        }
        None => audit(&args.model, &side, &law, &settings, |_| Ok(())),
    };
    let work = || share::open(audited);
    let found = args.running.work(&args.model, work)?.map_err(Refusal::said)?;
    share::about("model", &found.file.sha256);
    let document = document(&found, &law, args.running.seed);
    let drawn = || {
        let title = format!("{} of {}", document.model.output, document.model.file);
        picture::audit(&title, &found.report, &least(&law, &found.report, args.running.seed))
    };
    sink.deliver_drawn(&document, || columns(&found), || text(&document, &found), drawn)?;
    let report = &found.report;
    // Where standard error cannot be written, or nobody watches, the answer has it all.
    if !is_kept() && share::tells() {
        let mut err = std::io::stderr().lock();
        for (word, lines) in [("refused", &report.reasons), ("warning", &report.warnings)] {
            lines.iter().for_each(|line| drop(writeln!(err, "{word}: {line}")));
        }
    }
    Ok(if report.verdict == Verdict::Refused { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// The state file, one part a level and one for the rest.
fn state(path: &Path, file: &ModelFile, law: &AnyLaw, settings: &Settings) -> Result<State, String> {
    let of = [
        ("version", env!("CARGO_PKG_VERSION").into()),
        ("law", law.sha256().into()),
        ("model", file.sha256.as_str().into()),
        ("declaration", format!("{:?}", (&file.declaration, &file.names, &file.shape)).into()),
        ("batch", file.batch.into()),
        ("seed", settings.seed.into()),
        ("samples", settings.samples.into()),
        ("sigmas", settings.sigmas.as_slice().into()),
    ];
    let of = of.map(|(name, value): (&str, serde_json::Value)| (name.into(), value)).into();
    State::open(path, "audit", of, settings.sigmas.len() + 1)
}

/// The answer as JSON.
pub fn told(found: &Audited, law: &AnyLaw, seed: u64) -> Outcome<String> {
    json(&document(found, law, seed))
}

fn document(found: &Audited, law: &AnyLaw, seed: u64) -> Document {
    let report = &found.report;
    let mut notes = found.notes.clone();
    if report.whole {
        notes.push(
            "every point of the data set is used: mse is of these points, std_error over the noise, \
             std_error_population over points like them"
                .into(),
        );
    }
    let follows = match following(report) {
        _ if report.verdict == Verdict::Refused => None,
        Ok((schedule, said)) => {
            notes.extend(said);
            Some(ScheduleEntry {
                clock: schedule.clock.to_string(),
                sigmas: schedule.sigmas.iter().map(|s| s.value()).collect(),
                errors: schedule.sigmas.iter().map(|s| s.radius()).collect(),
            })
        }
        Err(why) => {
            notes.push(format!("no schedule follows: {why}"));
            None
        }
    };
    let process = &found.file.declaration.process;
    Document {
        schema: "infodyn.audit/1",
        model: Model {
            file: found.file.path.display().to_string(),
            sha256: found.file.sha256.clone(),
            inputs: found.names[0].clone(),
            outputs: found.names[1].clone(),
            output: found.file.declaration.output.name(),
            noise: found.file.declaration.noise.name(),
        },
        law: LawSummary::of(law),
        process: ConventionName(process.clone()),
        seed,
        version: env!("CARGO_PKG_VERSION"),
        points: report.points,
        noises: report.noises,
        variance: report.variance,
        verdict: report.verdict.name(),
        reasons: report.reasons.clone(),
        warnings: report.warnings.clone(),
        trusted: report.trusted,
        levels: report.levels.iter().map(|l| entry(l, process, found.file.declaration.x_scale.abs())).collect(),
        schedule: follows,
        notes,
    }
}

/// A list of positive levels.
fn levels(list: &str) -> Outcome<Vec<f64>> {
    let level = |cell: &str| {
        let positive = cell.trim().parse::<f64>().ok().filter(|x| x.is_finite() && *x > 0.0);
        positive.ok_or_else(|| Refusal::flag("--sigmas", format!("{cell:?}, expected a positive number")))
    };
    list.split(',').map(level).collect()
}

/// A level as the answer has it. Rates are those of a continuous process at the level that the network sees, in its
/// time: all are multiples of `g^2/(2 sigma^2)`.
fn entry(level: &Level, process: &Convention, scale: f64) -> LevelEntry {
    let s = scale * level.sigma;
    let t = process.at_snr(1.0 / (s * s)).ok().map(|l| l.t);
    let factor = match process {
        Convention::Process(process) => process.at_snr(1.0 / (s * s)).ok().map(|l| 0.5 * l.g2() / l.sigma2()),
        _ => None,
    };
    let rate = |e: Estimate| factor.map(|f| Number { value: f * e.value(), error: f * e.radius() });
    let numbers = |r: &Readings| Numbers {
        mse: Mse {
            value: r.mse.value(),
            error: r.mse.radius(),
            std_error: r.noise_error,
            std_error_population: r.population_error,
        },
        linear_mmse: r.linear_mmse,
        rate_upper: rate(r.mse).map(|n| over(&n, level.sigma * level.sigma)),
        rate_divergence: rate(r.trace),
        rate_norm: rate(r.norm),
        gap: r.gap.into(),
        calibration_slope: r.calibration_slope.into(),
        sigma_calibration: r.sigma_calibration.map(Number::from),
        mean_score: r.mean_score.into(),
        stein: r.stein.map(Number::from),
        asymmetry: r.asymmetry.into(),
        negative: r.negative.map(Number::from),
        sure_gap: r.sure_gap.into(),
    };
    LevelEntry {
        sigma: level.sigma,
        t,
        finite_fraction: level.finite_fraction,
        numbers: level.readings.as_ref().map(numbers),
    }
}

fn over(number: &Number, by: f64) -> Number {
    Number { value: number.value / by, error: number.error / by }
}

/// A column of numbers with their errors.
type Column = (&'static str, fn(&Readings) -> Option<Estimate>);

const COLUMNS: [Column; 9] = [
    ("mse", |r| Some(r.mse)),
    ("gap", |r| Some(r.gap)),
    ("calibration_slope", |r| Some(r.calibration_slope)),
    ("sigma_calibration", |r| r.sigma_calibration),
    ("mean_score", |r| Some(r.mean_score)),
    ("stein", |r| r.stein),
    ("asymmetry", |r| Some(r.asymmetry)),
    ("negative", |r| r.negative),
    ("sure_gap", |r| Some(r.sure_gap)),
];

fn columns(found: &Audited) -> Columns {
    let mut columns = Columns::new();
    let levels = &found.report.levels;
    columns.numbers("sigma", levels.iter().map(|l| l.sigma));
    for (name, read) in COLUMNS {
        columns.estimates(name, &levels.iter().map(|l| l.readings.as_ref().and_then(read)).collect::<Vec<_>>());
    }
    let of = |read: fn(&Readings) -> f64| levels.iter().map(move |l| l.readings.as_ref().map_or(f64::NAN, read));
    columns.numbers("linear_mmse", of(|r| r.linear_mmse));
    columns.numbers("mse_std_error", of(|r| r.noise_error));
    columns.numbers("mse_std_error_population", of(|r| r.population_error.unwrap_or(f64::NAN)));
    columns.numbers("finite_fraction", levels.iter().map(|l| l.finite_fraction));
    columns
}

fn text(document: &Document, found: &Audited) -> String {
    let Audited { report, .. } = found;
    let Document { model, law, process, .. } = document;
    let mut text = format!(
        "{}: {} of {}, process {}\n{} in dimension {}: {} points, {} noises each\n\n",
        model.file, model.output, model.noise, process.0, law.kind, law.dim, report.points, report.noises
    );
    let header = ["sigma", "mse", "Wiener", "gap", "slope", "best told", "asymmetry", "trusted"];
    let row = |l: &Level| {
        let mut cells = vec![short(l.sigma)];
        match &l.readings {
            Some(r) => {
                let cell = |e: Option<Estimate>| e.map_or(String::new(), brief);
                cells.extend([brief(r.mse), short(r.linear_mmse), brief(r.gap), brief(r.calibration_slope)]);
                cells.extend([cell(r.sigma_calibration), brief(r.asymmetry)]);
            }
            None => {
                let share = format!("{:.0} % finite", 100.0 * l.finite_fraction);
                cells.push(if l.failure.is_some() { "no answer".into() } else { share });
                cells.extend(vec![String::new(); 5]);
            }
        }
        let inside = report.trusted.is_some_and(|[low, high]| (low..=high).contains(&l.sigma));
        cells.push(if inside { "yes" } else { "no" }.into());
        cells
    };
    text += &aligned(header.map(str::to_owned).to_vec(), report.levels.iter().map(row).collect());
    text += &format!("\n{}", document.verdict);
    text += &match report.trusted {
        Some([low, high]) => format!("; trusted from sigma {} to {}\n", short(low), short(high)),
        None => "; trusted nowhere\n".into(),
    };
    report.reasons.iter().for_each(|r| text += &format!("refused: {r}\n"));
    report.warnings.iter().for_each(|w| text += &format!("warning: {w}\n"));
    if let Some(schedule) = &document.schedule {
        let list: Vec<String> = schedule.sigmas.iter().map(|&s| short(s)).collect();
        text += &format!("steps that follow ({}): {}\n", schedule.clock, list.join(", "));
    }
    document.notes.iter().for_each(|note| text += &format!("note: {note}\n"));
    text
}

/// A number with one digit of its error more than none.
fn brief(e: Estimate) -> String {
    match e.sampling() {
        Some(Sampling { std_error: 0.0, .. }) => short(e.value()),
        _ => with_error(e),
    }
}
