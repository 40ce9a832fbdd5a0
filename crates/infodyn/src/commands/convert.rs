//! `infodyn convert`: the same noise level in two conventions.

use infodyn_core::{Grid, NoiseLevel, NoiseProcess};
use infodyn_data::Columns;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::text::{Destination, LEVEL, Outcome, ProcessName, Refusal, aligned, entry, short};

/// The flags of `convert`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The process whose times are given: ve, edm, ou, vp-linear, flow:shift=3, ...
    #[arg(long, value_name = "P")]
    from: String,
    /// The process to express them in.
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
    from: NoiseLevel,
    to: NoiseLevel,
}

/// `t`, `alpha`, `sigma`, `sigma_over_alpha` of one convention.
struct Side<'a>(&'a NoiseLevel);

impl Serialize for Side<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, read) in &LEVEL[..4] {
            entry(&mut map, name, read(self.0))?;
        }
        map.end()
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, read) in &LEVEL[4..] {
            entry(&mut map, name, read(&self.from))?;
        }
        map.serialize_entry("from", &Side(&self.from))?;
        map.serialize_entry("to", &Side(&self.to))?;
        map.end()
    }
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    from: ProcessName,
    to: ProcessName,
    points: Vec<Row>,
}

/// Answers the question.
pub fn run(args: &Args) -> Outcome {
    let sink = args.destination.open()?;
    let from: NoiseProcess = args.from.parse().map_err(|e| Refusal::flag("--from", e))?;
    let to: NoiseProcess = args.to.parse().map_err(|e| Refusal::flag("--to", e))?;
    let grid: Grid = args.t.parse().map_err(|e| Refusal::flag("--t", e))?;
    let levels = grid.levels(&from).map_err(|e| Refusal::flag("--t", e))?;
    let points = levels
        .into_iter()
        .map(|from| {
            let to = to.at_snr(from.snr()).map_err(|e| Refusal::flag("--to", e))?;
            let (asked, near) = (from.sigma_over_alpha(), to.sigma_over_alpha());
            if (near / asked - 1.0).abs() > WITHIN {
                let process = &args.to;
                let (t, asked, near) = (to.t(), short(asked), short(near));
                let why = format!(
                    "{process}: the nearest time, {t}, has sigma/alpha {near} in place of {asked}, expected within 1e-9"
                );
                return Err(Refusal::flag("--to", why));
            }
            Ok(Row { from, to })
        })
        .collect::<Outcome<Vec<Row>>>()?;
    let document = Document { schema: "infodyn.convert/1", from: ProcessName(from), to: ProcessName(to), points };
    sink.deliver(&document, || columns(&document.points), || table(&document))
}

fn columns(points: &[Row]) -> Columns {
    let mut columns = Columns::new();
    for (name, read) in &LEVEL[4..] {
        columns.numbers(name, points.iter().map(|p| read(&p.from)));
    }
    for (name, read) in &LEVEL[..4] {
        columns.numbers(&format!("from_{name}"), points.iter().map(|p| read(&p.from)));
    }
    for (name, read) in &LEVEL[..4] {
        columns.numbers(&format!("to_{name}"), points.iter().map(|p| read(&p.to)));
    }
    columns
}

fn table(document: &Document) -> String {
    let mut header = vec!["snr".to_owned()];
    for process in [&document.from, &document.to] {
        header.extend(LEVEL[..4].iter().map(|(name, _)| format!("{name}\n{}", process.0)));
    }
    let row = |p: &Row| {
        let side = |l: &NoiseLevel| LEVEL[..4].iter().map(|(_, read)| short(read(l))).collect::<Vec<_>>();
        [vec![short(p.from.snr())], side(&p.from), side(&p.to)].concat()
    };
    aligned(header, document.points.iter().map(row).collect())
}
