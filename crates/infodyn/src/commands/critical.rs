//! `infodyn critical`: fixed points, bifurcations, peaks, speciation and collapse.

use crate::critical::{
    Branching, Collapse, Critical, MOST_COMPONENTS, OfClasses, Pair, Peak, Resting, Settings, Sized, Speciation,
    critical,
};
use infodyn_core::{Estimate, NoiseLevel};
use infodyn_data::{AnyLaw, Columns};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::picture;
use crate::text::{LawSummary, Outcome, ProcessName, Question, aligned, entry, law, short, with_error};

/// The flags of `critical`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Noise levels at which fixed points are listed [default: twelve from noise to data].
    #[arg(long, value_name = "G", allow_hyphen_values = true)]
    grid: Option<String>,
    /// Samples of Monte Carlo at a first look at a noise level, where integration does not serve.
    #[arg(long, value_name = "N", allow_hyphen_values = true, default_value_t = Settings::default().samples, value_parser = clap::value_parser!(u64).range(1..))]
    samples: u64,
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
    snr_range: [f64; 2],
    fixed_points: Vec<RestingEntry>,
    bifurcations: Vec<BranchingEntry>,
    peaks: Vec<PeakEntry>,
    speciation: Vec<SpeciationEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guidance_window: Option<WindowEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pairs: Vec<PairEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    collapse: Option<CollapseEntry>,
    sigma_data: SizesEntry,
    sigma_min: SizedEntry,
    sigma_max: SizedEntry,
    notes: Vec<String>,
}

/// `t`, `snr` and the error of the ratio.
fn place<M: SerializeMap>(map: &mut M, level: &NoiseLevel, snr: Estimate) -> Result<(), M::Error> {
    entry(map, "t", level.t())?;
    entry(map, "snr", snr.value())?;
    entry(map, "error", snr.radius())
}

struct RestingEntry(Resting);

impl Serialize for RestingEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let p = &self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("energy", p.energy.name())?;
        entry(&mut map, "t", p.level.t())?;
        entry(&mut map, "snr", p.level.snr())?;
        map.serialize_entry("at", &p.at)?;
        entry(&mut map, "error", p.error)?;
        map.serialize_entry("stable", &(p.index == 0))?;
        map.serialize_entry("index", &p.index)?;
        entry(&mut map, "top_eigenvalue", p.top_eigenvalue)?;
        if p.orbit > 0 {
            map.serialize_entry("orbit", &p.orbit)?;
        }
        map.end()
    }
}

struct BranchingEntry(Branching);

impl Serialize for BranchingEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let b = &self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", b.kind.name())?;
        map.serialize_entry("energy", b.energy.name())?;
        place(&mut map, &b.level, b.snr)?;
        map.serialize_entry("at", &b.at)?;
        map.serialize_entry("multiplicity", &b.multiplicity)?;
        if let Some(asymmetry) = b.asymmetry {
            entry(&mut map, "asymmetry", asymmetry)?;
        }
        map.end()
    }
}

struct PeakEntry(Peak);

impl Serialize for PeakEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let p = &self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("of", p.of.name())?;
        map.serialize_entry("clock", p.clock.name())?;
        place(&mut map, &p.level, p.snr)?;
        entry(&mut map, "height", p.height.value())?;
        entry(&mut map, "height_error", p.height.radius())?;
        map.serialize_entry("method", p.method.name())?;
        map.end()
    }
}

struct SpeciationEntry(Speciation);

impl Serialize for SpeciationEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("found", self.0.found)?;
        map.serialize_entry("labels", &self.0.labels)?;
        place(&mut map, &self.0.level, self.0.snr)?;
        map.end()
    }
}

/// Where the window opens, at more noise, and where it closes.
#[derive(Serialize)]
struct WindowEntry {
    opens: PlaceEntry,
    closes: PlaceEntry,
}

struct PlaceEntry(NoiseLevel, Estimate);

impl Serialize for PlaceEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        place(&mut map, &self.0, self.1)?;
        map.end()
    }
}

struct PairEntry(Pair);

impl Serialize for PairEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let p = &self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("labels", &p.labels)?;
        map.serialize_entry(
            "top_eigenvalue",
            &SizedEntry(Sized { value: p.top_eigenvalue, population_error: p.population_error }),
        )?;
        entry(&mut map, "between", p.between)?;
        place(&mut map, &p.level, p.snr)?;
        map.end()
    }
}

struct SizedEntry(Sized);

impl Serialize for SizedEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        entry(&mut map, "value", self.0.value.value())?;
        entry(&mut map, "error", self.0.value.radius())?;
        if let Some(error) = self.0.population_error {
            entry(&mut map, "population_error", error)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct SizesEntry {
    about_zero: SizedEntry,
    about_mean: SizedEntry,
}

struct CollapseEntry(Collapse);

struct OfClassesEntry<'a>(&'a OfClasses);

impl Serialize for OfClassesEntry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        entry(&mut map, "label_entropy", self.0.label_entropy)?;
        place(&mut map, &self.0.level, self.0.snr)?;
        map.end()
    }
}

impl Serialize for CollapseEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        place(&mut map, &self.0.level, self.0.snr)?;
        map.serialize_entry("points", &self.0.points)?;
        map.serialize_entry("population", self.0.population)?;
        if let Some(classes) = &self.0.classes {
            map.serialize_entry("classes", &OfClassesEntry(classes))?;
        }
        map.end()
    }
}

/// Answers the question.
pub fn run(args: &Args) -> Outcome {
    let sink = args.question.destination.open_drawn()?;
    let process = args.question.process()?;
    let levels = args.grid.as_deref().map(|grid| args.question.levels(grid)).transpose()?;
    let file = AnyLaw::read(&args.question.law)?;
    let kind = match &file {
        AnyLaw::Mixture(file) => &file.kind,
        AnyLaw::Sphere(_) => "sphere",
    };
    // A picture follows the branches between the levels that are listed.
    let between = if sink.is_drawn() && levels.is_none() { DRAWN } else { 1 };
    let settings = Settings { levels, between, samples: args.samples, seed: args.question.running.seed };
    let found = args.question.work(|| critical(&law(&file), kind, &process, &settings))?;
    let found = found.map_err(|e| args.question.refusal(e))?;
    let guidance_window = found.guidance_window;
    let Critical { snr, fixed_points, bifurcations, peaks, speciation, pairs, collapse, scale, notes, .. } = found;
    let [about_zero, about_mean] = scale.sigma_data.map(SizedEntry);
    let document = Document {
        schema: "infodyn.critical/1",
        law: LawSummary::of(&file),
        process: ProcessName(process),
        units: "nats",
        seed: args.question.running.seed,
        snr_range: [snr.0, snr.1],
        fixed_points: listed(&fixed_points, between).into_iter().map(RestingEntry).collect(),
        bifurcations: bifurcations.into_iter().map(BranchingEntry).collect(),
        peaks: peaks.into_iter().map(PeakEntry).collect(),
        speciation: speciation.into_iter().map(SpeciationEntry).collect(),
        guidance_window: guidance_window
            .map(|[a, b]| WindowEntry { opens: PlaceEntry(a.level, a.snr), closes: PlaceEntry(b.level, b.snr) }),
        pairs: pairs.into_iter().map(PairEntry).collect(),
        collapse: collapse.map(CollapseEntry),
        sigma_data: SizesEntry { about_zero, about_mean },
        sigma_min: SizedEntry(scale.sigma_min),
        sigma_max: SizedEntry(scale.sigma_max),
        notes,
    };
    let picture = || {
        let labels = document.pairs.iter().map(|p| p.0.labels[1] + 1).max().unwrap_or(0);
        // As the notes say.
        picture::critical(
            (&document.law.title(&document.process), document.law.components > MOST_COMPONENTS),
            fixed_points.iter(),
            document.bifurcations.iter().map(|b| &b.0),
            document.peaks.iter().map(|p| &p.0),
            document.speciation.iter().map(|s| &s.0),
            document.collapse.as_ref().map(|c| &c.0),
            (
                &document.pairs.iter().map(|p| &p.0).collect::<Vec<_>>(),
                &(0..labels).map(|y| document.law.label_name(y)).collect::<Vec<_>>(),
            ),
        )
    };
    sink.deliver_drawn(&document, || columns(&document), || table(&document), picture)
}

/// Into how many parts a picture cuts the way from a listed level to the next.
const DRAWN: usize = 8;

/// The fixed points at each `between`th level.
fn listed(points: &[Resting], between: usize) -> Vec<Resting> {
    let mut levels: Vec<f64> = points.iter().map(|p| p.level.snr()).collect();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    let kept = |p: &&Resting| levels.iter().step_by(between).any(|&snr| snr == p.level.snr());
    points.iter().filter(kept).cloned().collect()
}

/// The bifurcations, one a row: energy 0 marginal, 1 reverse SDE, 2 probability flow; kind 0 fold,
/// 1 transcritical, 2 pitchfork, 3 symmetric, 4 goldstone.
fn columns(document: &Document) -> Columns {
    let all: Vec<&Branching> = document.bifurcations.iter().map(|b| &b.0).collect();
    let mut columns = Columns::new();
    columns.numbers("energy", all.iter().map(|b| b.energy as usize as f64));
    columns.numbers("kind", all.iter().map(|b| b.kind as usize as f64));
    columns.numbers("t", all.iter().map(|b| b.level.t()));
    columns.estimates("snr", &all.iter().map(|b| Some(b.snr)).collect::<Vec<_>>());
    columns.numbers("multiplicity", all.iter().map(|b| b.multiplicity as f64));
    for i in 0..document.law.dim {
        columns.numbers(&format!("at_{i}"), all.iter().map(|b| b.at[i]));
    }
    columns
}

fn table(document: &Document) -> String {
    let [low, high] = document.snr_range.map(short);
    let mut text = document.law.heading(&document.process, &format!("; snr {low} to {high}"));
    // Before what they are about.
    for note in &document.notes {
        text += &format!("note: {note}\n");
    }
    let header = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    let mut section = |title: &str, names: &[&str], rows: Vec<Vec<String>>| {
        text += &format!("\n{title}\n");
        text += &if rows.is_empty() { "none\n".to_owned() } else { aligned(header(names), rows) };
    };
    section(
        "bifurcations",
        &["kind", "energy", "t", "snr", "at", "multiplicity"],
        document
            .bifurcations
            .iter()
            .map(|BranchingEntry(b)| {
                let count = b.multiplicity.to_string();
                let (kind, energy) = (b.kind.name().to_owned(), b.energy.name().to_owned());
                vec![kind, energy, short(b.level.t()), with_error(b.snr), point(&b.at), count]
            })
            .collect(),
    );
    section(
        "peaks",
        &["of", "clock", "t", "snr", "height"],
        document
            .peaks
            .iter()
            .map(|PeakEntry(p)| {
                let (of, clock) = (p.of.name().to_owned(), p.clock.name().to_owned());
                vec![of, clock, short(p.level.t()), with_error(p.snr), with_error(p.height)]
            })
            .collect(),
    );
    section(
        "speciation",
        &["found", "labels", "t", "snr"],
        document
            .speciation
            .iter()
            .map(|SpeciationEntry(s)| {
                vec![s.found.to_owned(), s.labels.to_string(), short(s.level.t()), with_error(s.snr)]
            })
            .collect(),
    );
    if let Some(WindowEntry { opens, closes }) = &document.guidance_window {
        let row = |name: &str, at: &PlaceEntry| vec![name.to_owned(), short(at.0.t()), with_error(at.1)];
        let rows = vec![row("opens, 19/20 of H(Y) left", opens), row("closes, 1/20 left", closes)];
        section("guidance window", &["where", "t", "snr"], rows);
    }
    if !document.pairs.is_empty() {
        let row = |PairEntry(p): &PairEntry| {
            let [a, b] = p.labels.map(|y| document.law.label_name(y));
            let value = told(&Sized { value: p.top_eigenvalue, population_error: p.population_error });
            vec![a, b, value, format!("{:.3}", p.between), short(p.level.t()), with_error(p.snr)]
        };
        let rows = document.pairs.iter().map(row).collect();
        section("pairs of classes", &["label", "label", "top eigenvalue", "between", "t", "snr"], rows);
    }
    if let Some(CollapseEntry(c)) = &document.collapse {
        let row = |of: &str, level: &NoiseLevel, snr: Estimate| {
            vec![c.points.to_string(), of.to_owned(), short(level.t()), with_error(snr)]
        };
        let mut rows = vec![row(c.population, &c.level, c.snr)];
        if let Some(classes) = &c.classes {
            let of = format!("the classes' gaussians, and H(Y) = {}", short(classes.label_entropy));
            rows.push(row(&of, &classes.level, classes.snr));
        }
        section("collapse", &["points", "population", "t", "snr"], rows);
    }
    let sizes = [
        ("sigma_data about 0", &document.sigma_data.about_zero, "root mean square of a coordinate"),
        ("sigma_data about the mean", &document.sigma_data.about_mean, "root mean square of a coordinate"),
        ("sigma_min", &document.sigma_min, "the last step is off by at most 1 % of sigma_data"),
        ("sigma_max", &document.sigma_max, "a start from pure noise costs at most 0.01 nats"),
    ];
    let row = |(name, size, why): (&str, &SizedEntry, &str)| vec![name.to_owned(), told(&size.0), why.to_owned()];
    section("sizes, as sigma/alpha", &["size", "value", "why"], sizes.map(row).to_vec());
    section(
        "fixed points",
        &["energy", "t", "snr", "at", "index"],
        document
            .fixed_points
            .iter()
            .map(|RestingEntry(p)| {
                let energy = p.energy.name().to_owned();
                let zero = if p.orbit > 0 { format!(", {} zero", p.orbit) } else { String::new() };
                vec![energy, short(p.level.t()), short(p.level.snr()), point(&p.at), format!("{}{zero}", p.index)]
            })
            .collect(),
    );
    text
}

/// A number with its error, that of the population if there is one.
fn told(size: &Sized) -> String {
    let radius = size.population_error.unwrap_or(0.0) + size.value.radius();
    with_error(Estimate::new(size.value.value(), radius))
}

/// The first coordinates of a point.
fn point(at: &[f64]) -> String {
    const MOST: usize = 3;
    let digits = |x: &f64| {
        let text = format!("{x:.6}");
        // What is rounded to 0 has no sign.
        text.strip_prefix('-').filter(|rest| rest.parse() == Ok(0.0)).map_or(text.clone(), str::to_owned)
    };
    let shown: Vec<String> = at.iter().take(MOST).map(digits).collect();
    let more = if at.len() > MOST { ", ..." } else { "" };
    format!("({}{more})", shown.join(", "))
}

#[cfg(test)]
mod tests {
    #[test]
    fn places_at_0_have_no_sign() {
        assert_eq!(super::point(&[-0.0, -1e-9, -0.5, 3.0]), "(0.000000, 0.000000, -0.500000, ...)");
    }
}
