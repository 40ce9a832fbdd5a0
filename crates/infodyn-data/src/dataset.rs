//! Data sets: which files, arrays and columns a law file means, and what was found there.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use crate::array::{Archive, Array};
#[cfg(feature = "parquet")]
use crate::columns::Table;
use crate::error::{Fault, Wrong, quoted};
use crate::fields::Fields;
use crate::idx::Idx;
use crate::images::Images;
use crate::labels::{Found, Labels};
use crate::node::Node;
use crate::{Result, table};

/// The fields of a law file of kind `dataset`.
pub(crate) const FIELDS: &[&str] =
    &["path", "key", "header", "labels", "labels_key", "labels_header", "limit", "scale", "shift"];

/// What a data set may stand in.
#[cfg(feature = "parquet")]
const FILES: &str = "a .npy, .npz, .csv, .idx, .idx.gz or .parquet file, or a folder of PNG images";
#[cfg(not(feature = "parquet"))]
const FILES: &str = "a .npy, .npz, .csv, .idx or .idx.gz file, or a folder of PNG images";

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Npy,
    Npz,
    Csv,
    /// Whether it is compressed.
    Idx(bool),
    #[cfg(feature = "parquet")]
    Parquet,
    Folder,
}

impl Kind {
    /// By the ending of a name; of `.idx` files also as MNIST's are called, `images-idx3-ubyte`.
    fn of(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let (stem, zipped) = name.strip_suffix(".gz").map_or((name.as_str(), false), |stem| (stem, true));
        let last = Path::new(stem).file_name()?.to_str()?;
        let tail = last.rsplit(['.', '-']).nth(1).filter(|_| last.ends_with("-ubyte"));
        let of_mnist = tail.is_some_and(|t| t.strip_prefix("idx").is_some_and(|n| n.parse::<u8>().is_ok()));
        let ending = last.rsplit_once('.').map(|split| split.1);
        match ending {
            _ if of_mnist => Some(Self::Idx(zipped)),
            Some("idx") => Some(Self::Idx(zipped)),
            _ if zipped => None,
            Some("npy") => Some(Self::Npy),
            Some("npz") => Some(Self::Npz),
            Some("csv") => Some(Self::Csv),
            #[cfg(feature = "parquet")]
            Some("parquet") => Some(Self::Parquet),
            _ => None,
        }
    }

    /// Whether `key` chooses a part of such a file, of points or of labels.
    fn has_keys(self, of_points: bool) -> bool {
        #[cfg(feature = "parquet")]
        let has_columns = matches!(self, Self::Parquet);
        #[cfg(not(feature = "parquet"))]
        let has_columns = false;
        matches!(self, Self::Npz) || (of_points && has_columns)
    }
}

/// What has keys, in words.
fn with_keys(of_points: bool) -> &'static str {
    if of_points && cfg!(feature = "parquet") { "a .npz or .parquet file" } else { "a .npz file" }
}

/// A file of points or labels, with what the law file says of it.
struct Source<'a> {
    name: &'a str,
    path: PathBuf,
    kind: Kind,
    key: Option<String>,
    header: Option<bool>,
}

/// What was found in a file: points and labels, with a sentence on them.
type Read = (Found, String);

impl<'a> Source<'a> {
    /// Finds the file; `prefix` is that of the fields that say more of it.
    fn open(fields: &mut Fields, folder: &Path, name: &'a str, [field, prefix]: [&str; 2]) -> Result<Self> {
        let path = folder.join(name);
        let in_file = |w: Wrong| Wrong::new(format!("{}: {}", quoted(name), w.found), w.expected);
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        let kind = if path.is_dir() && field == "path" { Some(Kind::Folder) } else { Kind::of(name) };
        let kind = kind
            .ok_or_else(|| in_file(Wrong::new(format!("ending {}", quoted(&ending)), FILES)).at(&fields.file, field))?;
        let (key, header) = (format!("{prefix}key"), format!("{prefix}header"));
        let key = match fields.take(&key) {
            None => None,
            Some(node) if kind.has_keys(field == "path") => {
                Some(fields.text(&key, &node, "the name of an array or a column")?)
            }
            Some(_) => {
                return Err(fields.wrong(&key, &format!("given for {}", quoted(name)), with_keys(field == "path")));
            }
        };
        let header = match fields.take(&header) {
            None => None,
            Some(Node::Truth(h)) if kind == Kind::Csv => Some(h),
            Some(Node::Truth(_)) => {
                return Err(fields.wrong(&header, &format!("given for {}", quoted(name)), "a .csv file"));
            }
            Some(node) => return Err(fields.wrong(&header, &node.describe(), "true or false")),
        };
        Ok(Self { name, path, kind, key, header })
    }

    /// The file, and its length in bytes.
    fn file(&self) -> std::result::Result<(File, u64), Wrong> {
        let failed = |e: std::io::Error| Wrong::new(format!("cannot read it ({e})"), FILES);
        let file = File::open(&self.path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        if about.is_dir() {
            return Err(Wrong::new("cannot read it (Is a directory)", FILES));
        }
        Ok((file, about.len()))
    }

    /// The file, to be read as it comes.
    fn stream(&self) -> std::result::Result<BufReader<File>, Wrong> {
        Ok(BufReader::new(self.file()?.0))
    }

    fn array(&self) -> std::result::Result<Array<'static>, Wrong> {
        let (file, length) = self.file()?;
        Array::new(Box::new(BufReader::new(file)), length)
    }

    fn idx(&self, zipped: bool) -> std::result::Result<Idx<Box<dyn std::io::Read>>, Wrong> {
        let file = BufReader::new(self.file()?.0);
        Idx::new(if zipped { Box::new(BufReader::new(MultiGzDecoder::new(file))) } else { Box::new(file) })
    }

    /// The first `limit` points, the labels where they stand in the same file, and a sentence on both.
    fn points(&self, labels: Option<&Labels>, limit: usize) -> std::result::Result<Read, Fault> {
        let name = quoted(self.name);
        let elsewhere = |what: &str| {
            let expected = format!("a file of labels: {what}");
            Fault::of_labels(Wrong::new("a name or a column", expected))
        };
        match (self.kind, labels) {
            (Kind::Csv, _) => {
                let bytes = self.stream().map_err(Fault::of_points)?;
                let ((mut points, mut labels), header) = table::points(bytes, self.header, labels)?;
                let total = points.len();
                points.truncate(limit);
                if let Some(labels) = &mut labels {
                    labels.truncate(limit);
                }
                let note = format!("{name}: {} after {}", extent(total, &points), header_or_not(header));
                Ok((Found { points, labels, total }, note))
            }
            (Kind::Npy, Some(Labels::Name(_) | Labels::File(_))) => Err(Fault::of_labels(Wrong::new(
                "a name",
                "a file of labels or the number of a column: a .npy file names no columns",
            ))),
            (Kind::Npy, _) => {
                let column = labels.and_then(|l| if let Labels::Column(c) = l { Some(*c) } else { None });
                let array = self.array().map_err(Fault::of_points)?;
                let shape = format!("shape {:?}", array.shape());
                let found = array.points(column, limit)?;
                let note = format!("{name}: {} from {shape}", extent(found.total, &found.points));
                Ok((found, note))
            }
            (Kind::Npz, Some(Labels::Column(_))) => {
                Err(Fault::of_labels(Wrong::new("a column", "the name of an array in the .npz file")))
            }
            (Kind::Npz, _) => {
                let mut archive = Archive::new(self.file().map_err(Fault::of_points)?.0).map_err(Fault::of_points)?;
                let named = labels.and_then(|l| if let Labels::Name(key) = l { Some(key) } else { None });
                let labels = named.map(|key| in_array(&mut archive, key, |a| a.labels()).map_err(Fault::of_labels));
                let labels = labels.transpose()?;
                let key = match &self.key {
                    Some(key) => key.clone(),
                    None => archive.key("x", named.map(String::as_str), "key").map_err(Fault::of_points)?,
                };
                let mut shape = String::new();
                let read = |array: Array<'_>| {
                    shape = format!("{:?}", array.shape());
                    array.points(None, limit).map_err(|fault| fault.wrong)
                };
                let found = in_array(&mut archive, &key, read).map_err(Fault::of_points)?;
                let extent = extent(found.total, &found.points);
                let note = format!("{name}: {extent} from array {} of shape {shape}", quoted(&key));
                if let Some(labels) = labels.as_ref().filter(|l| l.len() != found.total) {
                    let expected = format!("{}, one a point", found.total);
                    return Err(Fault::of_labels(Wrong::new(format!("{} entries", labels.len()), expected)));
                }
                Ok((Found { labels, ..found }, note))
            }
            (Kind::Idx(_), Some(Labels::Name(_) | Labels::Column(_))) => Err(elsewhere("an .idx file has one array")),
            (Kind::Idx(zipped), _) => {
                let idx = self.idx(zipped).map_err(Fault::of_points)?;
                let shape = format!("{:?}", idx.shape());
                let found = idx.points(limit)?;
                let note = format!("{name}: {} from shape {shape}", extent(found.total, &found.points));
                Ok((found, note))
            }
            #[cfg(feature = "parquet")]
            (Kind::Parquet, Some(Labels::Column(_))) => {
                Err(Fault::of_labels(Wrong::new("a column by number", "the name of a column in the .parquet file")))
            }
            #[cfg(feature = "parquet")]
            (Kind::Parquet, _) => {
                let named = labels.and_then(|l| if let Labels::Name(name) = l { Some(name.as_str()) } else { None });
                let table = Table::new(self.file().map_err(Fault::of_points)?.0).map_err(Fault::of_points)?;
                let (found, from) = table.points(self.key.as_deref(), named, limit)?;
                let note = format!("{name}: {} from {from}", extent(found.total, &found.points));
                Ok((found, note))
            }
            (Kind::Folder, Some(Labels::Column(_))) => Err(elsewhere("images have no columns")),
            (Kind::Folder, Some(Labels::Name(name))) if name != FOLDERS => {
                Err(Fault::of_labels(Wrong::new(quoted(name), format!("\"{FOLDERS}\", or a file of labels"))))
            }
            (Kind::Folder, labels) => {
                let by_folder = matches!(labels, Some(Labels::Name(_)));
                let images = Images::new(&self.path, by_folder).map_err(Fault::of_points)?;
                let (found, form) = images.points(limit)?;
                let note = format!("{name}: {} from images of {form}", extent(found.total, &found.points));
                Ok((found, note))
            }
        }
    }

    /// The labels of `count` points from a file of their own, and a sentence on them.
    fn labels(&self, count: usize) -> std::result::Result<(Vec<String>, String), Wrong> {
        let (labels, from) = match self.kind {
            Kind::Csv => {
                let (labels, header) = table::labels(self.stream()?, self.header, count)?;
                (labels, format!("after {}", header_or_not(header)))
            }
            Kind::Npy => {
                let array = self.array()?;
                let shape = format!("from shape {:?}", array.shape());
                (array.labels()?, shape)
            }
            Kind::Npz => {
                let mut archive = Archive::new(self.file()?.0)?;
                let key = self.key.clone().map_or_else(|| archive.key("y", None, "labels_key"), Ok)?;
                (in_array(&mut archive, &key, |a| a.labels())?, format!("from array {}", quoted(&key)))
            }
            Kind::Idx(zipped) => {
                let idx = self.idx(zipped)?;
                let shape = format!("from shape {:?}", idx.shape());
                (idx.labels()?, shape)
            }
            #[cfg(feature = "parquet")]
            Kind::Parquet => {
                return Err(Wrong::new("a .parquet file", "one of another kind, or a column of the points' file"));
            }
            Kind::Folder => return Err(Wrong::new("a folder", "a file of labels")),
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

/// What `labels` says where the folders of images are named after them.
const FOLDERS: &str = "folders";

fn in_array<T>(
    archive: &mut Archive,
    key: &str,
    read: impl FnOnce(Array<'_>) -> std::result::Result<T, Wrong>,
) -> std::result::Result<T, Wrong> {
    archive.has(key)?;
    archive.array(key).and_then(read).map_err(|w| Wrong::new(format!("array {}: {}", quoted(key), w.found), w.expected))
}

fn header_or_not(header: bool) -> &'static str {
    if header { "a header" } else { "no header" }
}

fn extent(total: usize, points: &[Vec<f64>]) -> String {
    let plural = if total == 1 { "" } else { "s" };
    format!("{total} point{plural} in dimension {}", points.first().map_or(0, Vec::len))
}

/// A data set: `n` points of `D` numbers, labels as text where there are any, and a sentence on each file.
pub(crate) struct Data {
    pub(crate) points: Vec<Vec<f64>>,
    pub(crate) labels: Option<Vec<String>>,
    pub(crate) notes: Vec<String>,
}

/// What a law file says of its points: how many there are at most, and the scale and shift of their numbers.
pub(crate) fn taken(fields: &mut Fields) -> Result<(usize, [f64; 2])> {
    let limit = match fields.take("limit") {
        None => usize::MAX,
        Some(node) => fields.count("limit", &node, 1, u64::from(u32::MAX))? as usize,
    };
    let mut factor = |field: &str, usual: f64| match fields.take(field) {
        None => Ok(usual),
        Some(node) => fields.number(field, &node),
    };
    let factors = [factor("scale", 1.0)?, factor("shift", 0.0)?];
    if factors[0] == 0.0 {
        return Err(fields.wrong("scale", "0", "a number other than 0"));
    }
    Ok((limit, factors))
}

/// Reads the data set that the fields describe; relative paths start at `folder`.
pub(crate) fn read(fields: &mut Fields, folder: &Path) -> Result<Data> {
    let node = fields.need("path", FILES)?;
    let path = fields.text("path", &node, FILES)?;
    let source = match fields.take("labels") {
        None => None,
        // A name with the ending of a data file is a file.
        Some(Node::Text(name)) if Kind::of(&name).is_some() => Some(Labels::File(name)),
        Some(Node::Text(name)) => Some(Labels::Name(name)),
        Some(node @ Node::Whole(_)) => {
            Some(Labels::Column(fields.count("labels", &node, 0, u64::from(u32::MAX))? as usize))
        }
        Some(node) => {
            return Err(fields.wrong("labels", &node.describe(), "a file, or a column or array by name or number"));
        }
    };
    let (limit, [scale, shift]) = taken(fields)?;
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
    let (found, note) = file.points(inside, limit).map_err(|fault| in_file(fault.field, &path, fault.wrong))?;
    let Found { mut points, mut labels, total } = found;
    let mut notes = vec![note];
    if let Some(apart) = apart {
        let name = apart.name;
        let (mut found, note) = apart.labels(total).map_err(|w| in_file("labels", name, w))?;
        found.truncate(limit);
        labels = Some(found);
        notes.push(note);
    }
    if let Some(labels) = &mut labels {
        labels.truncate(limit);
    }
    if limit < total {
        notes.push(format!("limit: the first {limit} of {total} points"));
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
