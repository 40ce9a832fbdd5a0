//! Data sets: which files, arrays and columns a law file means, and what was found there.

use std::path::Path;

use crate::array::{Archive, Array};
use crate::error::{Fault, Wrong, quoted};
use crate::fields::Fields;
use crate::labels::{Labelled, Labels};
use crate::node::Node;
use crate::{Result, table};

/// The fields of a law file of kind `dataset`.
pub(crate) const FIELDS: &[&str] =
    &["path", "key", "header", "labels", "labels_key", "labels_header", "limit", "scale", "shift"];

const FILES: &str = "a .npy, .npz or .csv file";

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Npy,
    Npz,
    Csv,
}

impl Kind {
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "npy" => Some(Self::Npy),
            "npz" => Some(Self::Npz),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// A file of points or labels, with what the law file says of it.
struct Source<'a> {
    name: &'a str,
    kind: Kind,
    bytes: Vec<u8>,
    key: Option<String>,
    header: Option<bool>,
}

impl<'a> Source<'a> {
    /// Opens the file; `prefix` is that of the fields that say more of it.
    fn open(fields: &mut Fields, folder: &Path, name: &'a str, [field, prefix]: [&str; 2]) -> Result<Self> {
        let path = folder.join(name);
        let in_file = |w: Wrong| Wrong::new(format!("{}: {}", quoted(name), w.found), w.expected);
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        let kind = Kind::of(&path)
            .ok_or_else(|| in_file(Wrong::new(format!("ending {}", quoted(&ending)), FILES)).at(&fields.file, field))?;
        let (key, header) = (format!("{prefix}key"), format!("{prefix}header"));
        let key = match fields.take(&key) {
            None => None,
            Some(node) if kind == Kind::Npz => Some(fields.text(&key, &node, "the name of an array")?),
            Some(_) => return Err(fields.wrong(&key, &format!("given for {}", quoted(name)), "a .npz file")),
        };
        let header = match fields.take(&header) {
            None => None,
            Some(Node::Truth(h)) if kind == Kind::Csv => Some(h),
            Some(Node::Truth(_)) => {
                return Err(fields.wrong(&header, &format!("given for {}", quoted(name)), "a .csv file"));
            }
            Some(node) => return Err(fields.wrong(&header, &node.describe(), "true or false")),
        };
        let bytes = std::fs::read(&path)
            .map_err(|e| in_file(Wrong::new(format!("cannot read it ({e})"), FILES)).at(&fields.file, field))?;
        Ok(Self { name, kind, bytes, key, header })
    }

    /// The points, the labels where they stand in the same file, and a sentence on both.
    fn points(mut self, labels: Option<&Labels>) -> std::result::Result<(Labelled, String), Fault> {
        let name = quoted(self.name);
        match (self.kind, labels) {
            (Kind::Csv, _) => {
                let (found, header) = table::points(&self.bytes, self.header, labels)?;
                let note = format!("{name}: {} after {}", extent(&found.0), header_or_not(header));
                Ok((found, note))
            }
            (Kind::Npy, Some(Labels::Name(_) | Labels::File(_))) => Err(Fault::of_labels(Wrong::new(
                "a name",
                "a file of labels or the number of a column: a .npy file names no columns",
            ))),
            (Kind::Npy, _) => {
                let column = labels.and_then(|l| if let Labels::Column(c) = l { Some(*c) } else { None });
                let array = || Array::new(&self.bytes).map_err(Fault::of_points);
                let shape = format!("shape {:?}", array()?.shape());
                let read = |c| array()?.label_column(c).map_err(Fault::of_labels);
                let labels = column.map(read).transpose()?;
                let points = array()?.points(column).map_err(Fault::of_points)?;
                let note = format!("{name}: {} from {shape}", extent(&points));
                Ok(((points, labels), note))
            }
            (Kind::Npz, Some(Labels::Column(_))) => {
                Err(Fault::of_labels(Wrong::new("a column", "the name of an array in the .npz file")))
            }
            (Kind::Npz, _) => {
                let mut archive = Archive::new(std::mem::take(&mut self.bytes)).map_err(Fault::of_points)?;
                let named = labels.and_then(|l| if let Labels::Name(key) = l { Some(key) } else { None });
                let labels = named.map(|key| in_array(&mut archive, key, |a| a.labels()).map_err(Fault::of_labels));
                let labels = labels.transpose()?;
                let key = match self.key {
                    Some(key) => key,
                    None => archive.key("x", named.map(String::as_str), "key").map_err(Fault::of_points)?,
                };
                let mut shape = String::new();
                let read = |array: Array<'_>| {
                    shape = format!("{:?}", array.shape());
                    array.points(None)
                };
                let points = in_array(&mut archive, &key, read).map_err(Fault::of_points)?;
                let note = format!("{name}: {} from array {} of shape {shape}", extent(&points), quoted(&key));
                Ok(((points, labels), note))
            }
        }
    }

    /// The labels of `count` points from a file of their own, and a sentence on them.
    fn labels(self, count: usize) -> std::result::Result<(Vec<String>, String), Wrong> {
        let (labels, from) = match self.kind {
            Kind::Csv => {
                let (labels, header) = table::labels(&self.bytes, self.header, count)?;
                (labels, format!("after {}", header_or_not(header)))
            }
            Kind::Npy => {
                let array = Array::new(&self.bytes)?;
                let shape = format!("from shape {:?}", array.shape());
                (array.labels()?, shape)
            }
            Kind::Npz => {
                let mut archive = Archive::new(self.bytes)?;
                let key = self.key.map_or_else(|| archive.key("y", None, "labels_key"), Ok)?;
                (in_array(&mut archive, &key, |a| a.labels())?, format!("from array {}", quoted(&key)))
            }
        };
        if labels.len() != count {
            let more = self.kind == Kind::Csv && self.header.is_none() && labels.len() == count + 1;
            let or = if more { ", or labels_header = true" } else { "" };
            return Err(Wrong::new(format!("{} entries", labels.len()), format!("{count}, one a point{or}")));
        }
        let note = format!("{}: {} labels {from}", quoted(self.name), labels.len());
        Ok((labels, note))
    }
}

fn in_array<T>(
    archive: &mut Archive,
    key: &str,
    read: impl FnOnce(Array<'_>) -> std::result::Result<T, Wrong>,
) -> std::result::Result<T, Wrong> {
    let bytes = archive.array(key)?;
    Array::new(&bytes).and_then(read).map_err(|w| Wrong::new(format!("array {}: {}", quoted(key), w.found), w.expected))
}

fn header_or_not(header: bool) -> &'static str {
    if header { "a header" } else { "no header" }
}

fn extent(points: &[Vec<f64>]) -> String {
    let plural = if points.len() == 1 { "" } else { "s" };
    format!("{} point{plural} in dimension {}", points.len(), points.first().map_or(0, Vec::len))
}

/// A data set: `n` points of `D` numbers, labels as text where there are any, and a sentence on each file.
pub(crate) struct Data {
    pub(crate) points: Vec<Vec<f64>>,
    pub(crate) labels: Option<Vec<String>>,
    pub(crate) notes: Vec<String>,
}

/// Reads the data set that the fields describe; relative paths start at `folder`.
pub(crate) fn read(fields: &mut Fields, folder: &Path) -> Result<Data> {
    let node = fields.need("path", FILES)?;
    let path = fields.text("path", &node, FILES)?;
    let source = match fields.take("labels") {
        None => None,
        // A name with the ending of a data file is a file.
        Some(Node::Text(name)) if Kind::of(Path::new(&name)).is_some() => Some(Labels::File(name)),
        Some(Node::Text(name)) => Some(Labels::Name(name)),
        Some(node @ Node::Whole(_)) => {
            Some(Labels::Column(fields.count("labels", &node, 0, u64::from(u32::MAX))? as usize))
        }
        Some(node) => {
            return Err(fields.wrong("labels", &node.describe(), "a file, or a column or array by name or number"));
        }
    };
    let limit = match fields.take("limit") {
        None => usize::MAX,
        Some(node) => fields.count("limit", &node, 1, u64::from(u32::MAX))? as usize,
    };
    let mut factor = |field: &str, usual: f64| match fields.take(field) {
        None => Ok(usual),
        Some(node) => fields.number(field, &node),
    };
    let (scale, shift) = (factor("scale", 1.0)?, factor("shift", 0.0)?);
    if scale == 0.0 {
        return Err(fields.wrong("scale", "0", "a number other than 0"));
    }
    let file = Source::open(fields, folder, &path, ["path", ""])?;
    let apart = match &source {
        Some(Labels::File(name)) => Some(Source::open(fields, folder, name, ["labels", "labels_"])?),
        _ => None,
    };
    for field in ["labels_key", "labels_header"] {
        if fields.take(field).is_some() {
            return Err(fields.wrong(field, "given without a file of labels", "labels, the name of a file"));
        }
    }

    let in_file = |field: &str, name: &str, w: Wrong| {
        Wrong::new(format!("{}: {}", quoted(name), w.found), w.expected).at(&fields.file, field)
    };
    let inside = source.as_ref().filter(|l| !matches!(l, Labels::File(_)));
    let ((mut points, mut labels), note) =
        file.points(inside).map_err(|fault| in_file(fault.field, &path, fault.wrong))?;
    let mut notes = vec![note];
    if let Some(apart) = apart {
        let name = apart.name;
        let (found, note) = apart.labels(points.len()).map_err(|w| in_file("labels", name, w))?;
        labels = Some(found);
        notes.push(note);
    }
    if let Some(labels) = labels.as_ref().filter(|l| l.len() != points.len()) {
        let expected = format!("{}, one a point", points.len());
        return Err(fields.wrong("labels", &format!("{} entries", labels.len()), &expected));
    }
    if limit < points.len() {
        notes.push(format!("limit: the first {limit} of {} points", points.len()));
        points.truncate(limit);
        if let Some(labels) = &mut labels {
            labels.truncate(limit);
        }
    }
    for (i, row) in points.iter_mut().enumerate() {
        for x in row.iter_mut() {
            let y = *x * scale + shift;
            if !y.is_finite() {
                return Err(fields.wrong("scale", &format!("row {i}: {x} becomes {y}"), "finite points"));
            }
            *x = y;
        }
    }
    Ok(Data { points, labels, notes })
}
