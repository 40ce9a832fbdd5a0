//! `infodyn sample`: samples of a law under a process, and of its reverse process by a sampler.

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use infodyn_core::{NoiseLevel, NoiseProcess};
use infodyn_data::{LawFile, Output};
use infodyn_monte_carlo::{Guidance, Scheme};
use serde::Serialize;

use super::schedule::list;
use super::toward::{Window, WindowTimes, class};
use crate::sample::{Request, Run, SAMPLERS, Samples, Source, sample};
use crate::schedule::{Clock, Range, SIGMA_MAX, given, schedule};
use crate::text::{LawSummary, Level, Outcome, ProcessName, Question, Refusal, json, print};

/// Numbers that one file may hold.
const MOST: u64 = 1 << 28;

/// The flags of `sample`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Samples to draw.
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = clap::value_parser!(u64).range(1..))]
    count: u64,
    /// Draw from the law given this label: a name of the law file, or a number. With a sampler the class is what it is
    /// guided to.
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true)]
    class: Option<String>,
    /// Time of the samples [default: those of the data, without noise].
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    at: Option<f64>,
    /// Sample the reverse process in place of exact draws.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(SAMPLERS.map(|s| s.0)))]
    sampler: Option<String>,
    /// Evaluations of the denoiser by a sampler of first order: the levels of `schedule --clock edm`.
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    steps: Option<u32>,
    /// The levels that `schedule` wrote: the .json file of its answer, or a .npy file.
    #[arg(long, value_name = "FILE", conflicts_with = "steps")]
    schedule: Option<PathBuf>,
    /// A comma list of sigma/alpha that falls.
    #[arg(long, value_name = "LIST", allow_hyphen_values = true, conflicts_with_all = ["steps", "schedule"])]
    sigmas: Option<String>,
    /// Strength of the guidance toward the class: 1 is the class, 0 the law [default: 1].
    #[arg(long, value_name = "W", allow_hyphen_values = true)]
    omega: Option<f64>,
    /// Guide between two times of the process, T0:T1, T0: or :T1, and have strength 1 elsewhere.
    #[arg(long, value_name = "T0:T1", allow_hyphen_values = true)]
    window: Option<String>,
    /// Write the label of each sample to a .npy file.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    #[command(flatten)]
    question: Question,
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    law: LawSummary,
    process: ProcessName,
    seed: u64,
    version: &'static str,
    count: u64,
    method: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    omega: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<WindowTimes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Level>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sigmas: Vec<f64>,
    files: Files,
}

#[derive(Serialize)]
struct Files {
    samples: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    labels: Option<String>,
}

/// Answers the question.
pub fn run(args: &Args) -> Outcome {
    let path = args.question.destination.path();
    let path = path.ok_or_else(|| Refusal::flag("--out", "missing, expected --out FILE.npy"))?;
    let (out, labels) =
        (npy_file("--out", path)?, args.labels.as_deref().map(|p| npy_file("--labels", p)).transpose()?);
    let process = args.question.process()?;
    let at = args.at.map(|t| process.at(t).map_err(|e| Refusal::flag("--at", e))).transpose()?;
    fitting(args)?;
    let file = LawFile::read(&args.question.law)?;
    let label = args.class.as_deref().map(|text| class(&file, text)).transpose()?;
    let window = args.window.as_deref().map(|text| Window::read(text, &process)).transpose()?;
    let (count, dim) = (args.count, file.law.dim() as u64);
    if count.saturating_mul(dim) > MOST {
        return Err(Refusal::flag("--count", format!("{count} in dimension {dim}, expected at most {MOST} numbers")));
    }
    let source = match scheme(args) {
        None => Source::Exact(at.unwrap_or(NoiseLevel::DATA)),
        Some(scheme) => {
            let levels = levels(args, scheme, &process, at, window.as_ref())?;
            let strength = args.omega.unwrap_or(1.0);
            let (low, high) = window.map_or((0.0, f64::INFINITY), |w| w.snr());
            let guidance = label.map(|label| Guidance::toward(label, strength).within(low, high));
            Source::Reverse(Run { scheme, levels, to_data: at.is_none(), guidance })
        }
    };
    let request = Request {
        law: file.law.clone(),
        process,
        label,
        source,
        count: count as usize,
        seed: args.question.running.seed,
    };
    let samples = args.question.work(|| sample(&request))?.map_err(|e| args.question.refusal(e))?;
    write(&samples, [count, dim], &out, labels.as_ref())?;
    let document = document(args, &file, &request, window, at);
    print(&if args.question.destination.is_json() { json(&document)? } else { told(&document) })
}

/// A file of an array, which can be written.
fn npy_file(flag: &str, path: &Path) -> Outcome<Output> {
    if !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy")) {
        return Err(Refusal::flag(flag, format!("{}, expected a file whose name ends in .npy", path.display())));
    }
    Output::any(path).map_err(|e| Refusal::flag(flag, e))
}

/// The sampler.
fn scheme(args: &Args) -> Option<Scheme> {
    let name = args.sampler.as_deref()?;
    SAMPLERS.iter().find(|s| s.0 == name).map(|s| s.1)
}

/// Whether the flags that are given fit one another.
fn fitting(args: &Args) -> Outcome {
    let given = [
        ("--steps", args.steps.is_some()),
        ("--schedule", args.schedule.is_some()),
        ("--sigmas", args.sigmas.is_some()),
        ("--omega", args.omega.is_some()),
        ("--window", args.window.is_some()),
    ];
    if args.sampler.is_none()
        && let Some((flag, _)) = given.iter().find(|f| f.1)
    {
        return Err(Refusal::flag(flag, "given for exact draws, expected --sampler"));
    }
    if args.sampler.is_some() && !given[..3].iter().any(|f| f.1) {
        return Err(Refusal::flag("--sampler", "without levels, expected --steps, --schedule or --sigmas"));
    }
    if let (Some(omega), None) = (args.omega, &args.class) {
        return Err(Refusal::flag("--omega", format!("{omega} toward no class, expected --class")));
    }
    if let (Some(window), None) = (&args.window, args.omega) {
        return Err(Refusal::flag("--window", format!("{window} of no guidance, expected --omega")));
    }
    if let Some(omega) = args.omega.filter(|omega| !omega.is_finite()) {
        return Err(Refusal::flag("--omega", format!("{omega}, expected a finite number")));
    }
    Ok(())
}

/// The ends of the sampler's steps, of increasing noise: the levels asked for, as far as the time of the samples, and
/// that. Steps of `flow-adaptive` end where the window does.
fn levels(
    args: &Args,
    scheme: Scheme,
    process: &NoiseProcess,
    at: Option<NoiseLevel>,
    window: Option<&Window>,
) -> Outcome<Vec<NoiseLevel>> {
    let (flag, sigmas) = sigmas(args, process)?;
    let level = |s: f64| process.at_snr(1.0 / (s * s)).map_err(|e| Refusal::flag(flag, format!("{s} ({e})")));
    let mut levels = sigmas.into_iter().map(level).collect::<Outcome<Vec<NoiseLevel>>>()?;
    if let Some(at) = at {
        levels.retain(|level| level.snr() < at.snr());
        if levels.is_empty() {
            return Err(Refusal::flag("--at", format!("{}, expected a time below the noisiest level", at.t())));
        }
        levels.push(at);
    }
    if let (Scheme::FlowAdaptive { .. }, Some(window)) = (scheme, window) {
        let between = |edge: &NoiseLevel| {
            let snrs = levels.iter().map(NoiseLevel::snr);
            snrs.clone().any(|s| s < edge.snr())
                && snrs.clone().any(|s| s > edge.snr())
                && snrs.clone().all(|s| s != edge.snr())
        };
        let edges: Vec<NoiseLevel> = window.ends.iter().flatten().filter(|edge| between(edge)).copied().collect();
        levels.extend(edges);
    }
    levels.sort_by(|a, b| b.snr().total_cmp(&a.snr()));
    Ok(levels)
}

/// The positive levels that are asked for, and the flag that does.
fn sigmas(args: &Args, process: &NoiseProcess) -> Outcome<(&'static str, Vec<f64>)> {
    let refused = |flag: &'static str| move |e: crate::schedule::Refused| Refusal::flag(flag, e.why);
    if let Some(path) = &args.schedule {
        let found = infodyn_data::read_sigmas(path).map_err(|e| Refusal::flag("--schedule", e))?;
        return Ok(("--schedule", given(&found).map_err(refused("--schedule"))?.positive()));
    }
    if let Some(text) = &args.sigmas {
        return Ok(("--sigmas", list(text)?.positive()));
    }
    let steps = args.steps.unwrap_or(1) as usize;
    let range = Range { steps, from: SIGMA_MAX, to: None };
    Ok(("--steps", schedule(Clock::Edm { rho: 7.0 }, range, *process, None).map_err(refused("--steps"))?.positive()))
}

/// Writes the labels, then the samples.
fn write(samples: &Samples, [count, dim]: [u64; 2], out: &Output, labels: Option<&Output>) -> Outcome {
    if let Some(file) = labels {
        let list: Vec<i64> = samples.labels.iter().map(|&y| y as i64).collect();
        let bytes = infodyn_data::npy(&list, &[count]).map_err(|e| Refusal::flag("--labels", e))?;
        file.write(&bytes).map_err(|e| Refusal::flag("--labels", e))?;
    }
    let bytes = infodyn_data::npy(&samples.points, &[count, dim]).map_err(|e| Refusal::flag("--out", e))?;
    out.write(&bytes).map_err(|e| Refusal::flag("--out", e))
}

fn document(
    args: &Args,
    file: &LawFile,
    request: &Request,
    window: Option<Window>,
    at: Option<NoiseLevel>,
) -> Document {
    let name = |path: &Path| path.display().to_string();
    let (mut sigmas, mut omega) = (Vec::new(), None);
    if let Source::Reverse(run) = &request.source {
        sigmas = run.levels.iter().rev().map(NoiseLevel::sigma_over_alpha).collect();
        sigmas.extend(run.to_data.then_some(0.0));
        omega = run.guidance.map(|guidance| guidance.strength);
    }
    Document {
        schema: "infodyn.sample/1",
        law: LawSummary::of_mixture(file),
        process: ProcessName(request.process),
        seed: request.seed,
        version: env!("CARGO_PKG_VERSION"),
        count: args.count,
        method: args.sampler.clone().unwrap_or_else(|| "exact".into()),
        class: request.label,
        omega,
        window: window.map(|w| w.times()),
        at: at.map(Level),
        sigmas,
        files: Files {
            samples: args.question.destination.path().map(name).unwrap_or_default(),
            labels: args.labels.as_deref().map(name),
        },
    }
}

/// What was written.
fn told(document: &Document) -> String {
    let Document { count, method, law, files, .. } = document;
    let mut text = law.heading(&document.process, "");
    let class = document.class.map_or(String::new(), |y| format!(" of class {}", law.label_name(y)));
    let time = document.at.as_ref().map_or("X_0".into(), |at| format!("X_t at t = {}", at.0.t()));
    let levels = match document.sigmas.len() {
        0 => String::new(),
        n => format!(", {n} levels from sigma/alpha {} to {}", document.sigmas[0], document.sigmas[n - 1]),
    };
    text += &format!("{count} samples of {time}{class}, {method}{levels}: {}\n", files.samples);
    if let Some(labels) = &files.labels {
        text += &format!("their labels: {labels}\n");
    }
    text
}
