//! `infodyn fit`: a law behind a data set.

use std::path::{Path, PathBuf};

use infodyn_data::{DataSet, LawFile, Output, law_text};
use infodyn_fit::{Components, Rank, Shape, Tried};
use serde::Serialize;

use crate::fit::{Denoising, Fitted, Settings, fit};
use crate::text::{LawSummary, Outcome, Refusal, Running, Sampled, aligned, json, print, short, with_error};

/// The flags of `fit`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Law file of kind dataset, TOML or JSON, whose points are fitted to.
    #[arg(long, value_name = "F")]
    data: PathBuf,
    /// Law file to write: .toml or .json.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Components: per-class, a number, or auto for 1, 2, 4, ... by held-out denoising error
    /// [default: per-class where the data have labels, else auto].
    #[arg(long, value_name = "K", allow_hyphen_values = true)]
    components: Option<String>,
    /// Covariances: isotropic, diagonal, full, low-rank:R, or low-rank for a rank by held-out denoising error
    /// [default: full up to dimension 256, else low-rank].
    #[arg(long, value_name = "SHAPE", allow_hyphen_values = true)]
    covariance: Option<String>,
    /// Variance that is added in every direction, or auto for the one of best held-out denoising error.
    #[arg(long, value_name = "X", default_value = "auto", allow_hyphen_values = true)]
    ridge: String,
    /// Share of the points that are held out, for the numbers told.
    #[arg(long, value_name = "SHARE", default_value_t = 0.2, allow_hyphen_values = true)]
    held_out: f64,
    /// Noise levels at which denoisers are judged [default: five from an eighth to twice the size of the data].
    #[arg(long, value_name = "LIST", value_delimiter = ',', allow_hyphen_values = true)]
    sigmas: Option<Vec<f64>>,
    #[command(flatten)]
    running: Running,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    data: Described,
    law: LawSummary,
    file: String,
    seed: u64,
    version: &'static str,
    units: &'static str,
    per_class: bool,
    covariance: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rank: Option<usize>,
    ridge: f64,
    steps: usize,
    fitted: usize,
    held_out: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_likelihood: Option<Sampled>,
    denoising: Vec<Level>,
    sigma_data: Size,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tried: Vec<TriedEntry>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Described {
    points: usize,
    dim: usize,
    sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    label_names: Option<Vec<String>>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Level {
    sigma: f64,
    mse: Sampled,
    seen: Sampled,
    #[serde(skip_serializing_if = "Option::is_none")]
    wiener: Option<Sampled>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gain: Option<Sampled>,
}

#[derive(Serialize)]
struct Size {
    about_zero: Sampled,
    about_mean: Sampled,
}

#[derive(Serialize)]
struct TriedEntry {
    components: usize,
    covariance: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rank: Option<usize>,
    ridge: f64,
    ratio: f64,
}

/// The name of a shape, and its rank.
fn named(shape: Shape) -> (&'static str, Option<usize>) {
    match shape {
        Shape::Isotropic => ("isotropic", None),
        Shape::Diagonal => ("diagonal", None),
        Shape::LowRank(rank) => ("low-rank", Some(rank)),
        _ => ("full", None),
    }
}

/// Answers the question.
pub fn run(args: &Args) -> Outcome {
    let is_json = law_ending(&args.out)?;
    let out = Output::any(&args.out).map_err(|e| Refusal::flag("--out", e))?;
    let ridge = positive_or_auto(&args.ridge)?;
    if !(args.held_out > 0.0 && args.held_out < 1.0) {
        return Err(Refusal::flag("--held-out", format!("{}, expected a number between 0 and 1", args.held_out)));
    }
    if let Some(bad) = args.sigmas.iter().flatten().find(|s| !(s.is_finite() && **s > 0.0)) {
        return Err(Refusal::flag("--sigmas", format!("{bad}, expected positive finite numbers")));
    }
    let asked = (
        args.components.as_deref().map(components).transpose()?,
        args.covariance.as_deref().map(covariance).transpose()?,
    );
    let data = DataSet::read(&args.data)?;
    let components = match asked.0 {
        Some(Components::PerClass) if data.labels.is_none() => {
            let why = format!("per-class, but {} gives no labels, expected a number or auto", args.data.display());
            return Err(Refusal::flag("--components", why));
        }
        Some(asked) => asked,
        None if data.labels.is_some() => Components::PerClass,
        None => Components::Chosen,
    };
    const MOST_FULL: usize = 256;
    let usual = if data.dim <= MOST_FULL { Rank::Of(Shape::Full) } else { Rank::Chosen };
    let settings = Settings {
        components,
        covariance: asked.1.unwrap_or(usual),
        ridge,
        held_out: args.held_out,
        sigmas: args.sigmas.clone(),
        seed: args.running.seed,
    };
    let found = args.running.work(&args.data, || fit(&data, &settings))?;
    let found = found.map_err(|e| Refusal::flag(&args.data.display().to_string(), e))?;
    let names = if found.per_class { data.label_names.clone() } else { None };
    let text = law_text(&found.law, names.as_deref(), &head(args, &data, &found), is_json);
    out.write(text.as_bytes()).map_err(|e| Refusal::flag("--out", e))?;
    let document = document(args, &data, found, names);
    print(&if args.json { json(&document)? } else { told(&document) })
}

/// Whether a law file is JSON.
fn law_ending(path: &Path) -> Outcome<bool> {
    match path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase().as_str() {
        "json" => Ok(true),
        "toml" => Ok(false),
        other => Err(Refusal::flag("--out", format!("ending {other:?}, expected a law file, .toml or .json"))),
    }
}

fn components(text: &str) -> Outcome<Components> {
    match text {
        "per-class" => Ok(Components::PerClass),
        "auto" => Ok(Components::Chosen),
        number => match number.parse() {
            Ok(k) if k > 0 => Ok(Components::Given(k)),
            _ => Err(Refusal::flag("--components", format!("{number:?}, expected per-class, auto or a number from 1"))),
        },
    }
}

fn covariance(text: &str) -> Outcome<Rank> {
    let rank = |r: &str| r.parse().ok().filter(|r| *r > 0).map(|r| Rank::Of(Shape::LowRank(r)));
    match text.split_once(':') {
        None if text == "isotropic" => Some(Rank::Of(Shape::Isotropic)),
        None if text == "diagonal" => Some(Rank::Of(Shape::Diagonal)),
        None if text == "full" => Some(Rank::Of(Shape::Full)),
        None if text == "low-rank" => Some(Rank::Chosen),
        Some(("low-rank", r)) => rank(r),
        _ => None,
    }
    .ok_or_else(|| {
        let expected = "expected isotropic, diagonal, full, low-rank or low-rank:R with R from 1";
        Refusal::flag("--covariance", format!("{text:?}, {expected}"))
    })
}

fn positive_or_auto(text: &str) -> Outcome<Option<f64>> {
    match text.parse::<f64>() {
        _ if text == "auto" => Ok(None),
        Ok(x) if x.is_finite() && x >= 0.0 => Ok(Some(x)),
        _ => Err(Refusal::flag("--ridge", format!("{text:?}, expected auto or a number from 0"))),
    }
}

/// What stands at the head of the law file.
fn head(args: &Args, data: &DataSet, found: &Fitted) -> Vec<String> {
    let [fitted, held_out, _] = found.points;
    let (shape, rank) = named(found.covariance);
    let rank = rank.map_or(String::new(), |r| format!(" of rank {r}"));
    vec![
        format!("Fitted by infodyn {} to {} of {} points", env!("CARGO_PKG_VERSION"), fitted, fitted + held_out),
        format!("data: {}, sha256 {}", args.data.display(), data.sha256),
        format!("covariances: {shape}{rank}, ridge {:?}; seed {}", found.ridge, args.running.seed),
    ]
}

fn document(args: &Args, data: &DataSet, found: Fitted, names: Option<Vec<String>>) -> Document {
    let [fitted, held_out, judged] = found.points;
    let (covariance, rank) = named(found.covariance);
    let level = |d: Denoising| {
        let (wiener, gain) = d.wiener.map(|(w, g)| (Sampled(w), Sampled(g))).unzip();
        Level { sigma: d.sigma, mse: Sampled(d.mse), seen: Sampled(d.seen), wiener, gain }
    };
    let mut notes = found.notes;
    if judged > 0 {
        notes.push(format!(
            "chosen by the error of the denoiser on {judged} of the {fitted} points, and fitted to all of them"
        ));
    }
    let entry = |t: Tried| {
        let (covariance, rank) = named(t.covariance);
        TriedEntry { components: t.components, covariance, rank, ridge: t.ridge, ratio: t.ratio }
    };
    let [about_zero, about_mean] = found.sigma_data.map(Sampled);
    Document {
        schema: "infodyn.fit/1",
        data: Described {
            points: fitted + held_out,
            dim: data.dim,
            sha256: data.sha256.clone(),
            label_names: data.label_names.clone(),
            notes: data.notes.clone(),
        },
        law: LawSummary::of_mixture(&LawFile::of(found.law, names)),
        file: args.out.display().to_string(),
        seed: args.running.seed,
        version: env!("CARGO_PKG_VERSION"),
        units: "nats",
        per_class: found.per_class,
        covariance,
        rank,
        ridge: found.ridge,
        steps: found.steps.0,
        fitted,
        held_out,
        log_likelihood: found.log_likelihood.map(Sampled),
        denoising: found.denoising.into_iter().map(level).collect(),
        sigma_data: Size { about_zero, about_mean },
        tried: found.tried.into_iter().map(entry).collect(),
        notes,
    }
}

fn told(document: &Document) -> String {
    let Document { data, law, rank, covariance, ridge, fitted, held_out, .. } = document;
    let plural = if law.components == 1 { "" } else { "s" };
    let rank_told = rank.map_or(String::new(), |r| format!(" of rank {r}"));
    let mut text = format!(
        "{}: {} component{plural} in dimension {}, covariances {covariance}{rank_told}, ridge {}\n",
        document.file,
        law.components,
        law.dim,
        short(*ridge)
    );
    data.notes.iter().for_each(|note| text += &format!("note: {note}\n"));
    text += &format!("fitted to {fitted} points; on the {held_out} held out, nats a point:\n");
    if let Some(l) = &document.log_likelihood {
        text += &format!("log-likelihood {}\n", with_error(l.0));
    }
    let header = ["sigma", "mse", "Wiener filter", "its excess", "mse on points seen"].map(str::to_owned).to_vec();
    let number = |n: &Option<Sampled>| n.as_ref().map_or(String::new(), |n| with_error(n.0));
    let row =
        |d: &Level| vec![short(d.sigma), with_error(d.mse.0), number(&d.wiener), number(&d.gain), with_error(d.seen.0)];
    text += "\ndenoising error\n";
    text += &aligned(header, document.denoising.iter().map(row).collect());
    let Size { about_zero, about_mean } = &document.sigma_data;
    text +=
        &format!("\nsigma_data {} about 0, {} about the mean\n", with_error(about_zero.0), with_error(about_mean.0));
    if !document.tried.is_empty() {
        let header =
            ["components", "covariance", "ridge", "error over that of a plain filter"].map(str::to_owned).to_vec();
        let row = |t: &TriedEntry| {
            let rank = t.rank.map_or(String::new(), |r| format!(":{r}"));
            vec![t.components.to_string(), format!("{}{rank}", t.covariance), short(t.ridge), short(t.ratio)]
        };
        text += "\ntried\n";
        text += &aligned(header, document.tried.iter().map(row).collect());
    }
    for note in &document.notes {
        text += &format!("\nnote: {note}\n");
    }
    text
}
