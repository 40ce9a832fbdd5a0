//! `infodyn convert`: the same noise level in two conventions.

use infodyn_core::{Convention, Grid, NamedLevel};
use infodyn_data::Columns;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::text::{ConventionName, Destination, Outcome, Refusal, aligned, entry, short};

/// The flags of `convert`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The convention of the numbers given: a process (ve, edm, ou, vp-linear, flow:shift=3, ...), the index of a
    /// training table (ddpm-linear, ddpm-scaled-linear, ddpm-cosine, with :b0=0.0001,b1=0.02,n=1000,zero-snr),
    /// sigma_over_alpha or log_snr.
    #[arg(long, value_name = "P")]
    from: String,
    /// The convention to express them in.
    #[arg(long, value_name = "P")]
    to: String,
    /// Times of `--from`: a comma list, or any grid.
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    t: String,
    #[command(flatten)]
    destination: Destination,
}

/// How far the noise levels of a row may differ, relative: near an end of a process times are too coarse for more.
const WITHIN: f64 = 1e-9;

/// One level as `infodyn.convert/1` writes it.
struct Row {
    from: NamedLevel,
    to: NamedLevel,
}

/// A number of a level, by its name in the files; `None` where the convention does not say it.
type Entry = (&'static str, fn(&NamedLevel) -> Option<f64>);

/// What both conventions share.
const SHARED: [Entry; 2] = [("snr", |l| Some(l.snr)), ("log_snr", |l| Some(l.log_snr()))];

/// What each has of its own.
const OWN: [Entry; 4] = [
    ("t", |l| Some(l.t)),
    ("alpha", |l| l.scales.map(|s| s[0])),
    ("sigma", |l| l.scales.map(|s| s[1])),
    ("sigma_over_alpha", |l| Some(l.sigma_over_alpha)),
];

struct Side<'a>(&'a NamedLevel);

impl Serialize for Side<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, read) in OWN {
            entry(&mut map, name, read(self.0).unwrap_or(f64::NAN))?;
        }
        map.end()
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, read) in SHARED {
            entry(&mut map, name, read(&self.from).unwrap_or(f64::NAN))?;
        }
        map.serialize_entry("from", &Side(&self.from))?;
        map.serialize_entry("to", &Side(&self.to))?;
        map.end()
    }
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    from: ConventionName,
    to: ConventionName,
    points: Vec<Row>,
}

/// Answers the question.
pub fn run(args: &Args) -> Outcome {
    let sink = args.destination.open()?;
    let from: Convention = args.from.parse().map_err(|e| Refusal::flag("--from", e))?;
    let to: Convention = args.to.parse().map_err(|e| Refusal::flag("--to", e))?;
    let grid: Grid = args.t.parse().map_err(|e| Refusal::flag("--t", e))?;
    let levels = from.levels(&grid).map_err(|e| Refusal::flag("--t", e))?;
    let points = levels
        .into_iter()
        .map(|level| {
            let there = to.at_snr(level.snr).map_err(|e| Refusal::flag("--to", e))?;
            // The number that is printed, read back.
            let back = to.at(there.t).map_err(|e| Refusal::flag("--to", e))?;
            let (asked, near) = (level.sigma_over_alpha, back.sigma_over_alpha);
            if (near / asked - 1.0).abs() > WITHIN {
                let process = &args.to;
                let (t, asked, near) = (there.t, short(asked), short(near));
                let why = format!(
                    "{process}: the nearest time, {t}, has sigma/alpha {near} in place of {asked}, expected within 1e-9"
                );
                return Err(Refusal::flag("--to", why));
            }
            Ok(Row { from: level, to: back })
        })
        .collect::<Outcome<Vec<Row>>>()?;
    let document = Document { schema: "infodyn.convert/1", from: ConventionName(from), to: ConventionName(to), points };
    sink.deliver(&document, || columns(&document.points), || table(&document))
}

fn columns(points: &[Row]) -> Columns {
    let mut columns = Columns::new();
    let mut add = |name: String, values: Vec<Option<f64>>| {
        if values.iter().any(Option::is_some) {
            columns.numbers(&name, values.into_iter().map(|v| v.unwrap_or(f64::NAN)));
        }
    };
    for (name, read) in SHARED {
        add(name.into(), points.iter().map(|p| read(&p.from)).collect());
    }
    for (name, read) in OWN {
        add(format!("from_{name}"), points.iter().map(|p| read(&p.from)).collect());
    }
    for (name, read) in OWN {
        add(format!("to_{name}"), points.iter().map(|p| read(&p.to)).collect());
    }
    columns
}

fn table(document: &Document) -> String {
    // A column that a convention does not say is left out.
    let sides = [&document.from, &document.to].map(|convention| {
        let says = !matches!(convention.0, Convention::SigmaOverAlpha | Convention::LogSnr);
        let kept = OWN.into_iter().filter(|(name, _)| says || !matches!(*name, "alpha" | "sigma"));
        (convention, kept.collect::<Vec<Entry>>())
    });
    let mut header = vec!["snr".to_owned()];
    for (convention, entries) in &sides {
        header.extend(entries.iter().map(|(name, _)| format!("{name}\n{}", convention.0)));
    }
    let row = |p: &Row| {
        let side = |l: &NamedLevel, entries: &[Entry]| {
            entries.iter().map(|(_, read)| read(l).map_or(String::new(), short)).collect::<Vec<_>>()
        };
        [vec![short(p.from.snr)], side(&p.from, &sides[0].1), side(&p.to, &sides[1].1)].concat()
    };
    aligned(header, document.points.iter().map(row).collect())
}
