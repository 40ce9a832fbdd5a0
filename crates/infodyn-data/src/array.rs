//! Data sets: points and labels from `.npy`, `.npz` and `.csv` files.

use std::io::{Cursor, Read};
use std::path::Path;

use npyz::{DType, NpyFile, Order, TypeChar};

use crate::error::{Wrong, one_line, quoted};

type Result<T> = std::result::Result<T, Wrong>;

const ENDINGS: &str = "a .npy, .npz or .csv file";

/// Where the labels of a data set stand.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum LabelSource {
    /// A file of their own, relative to the law file.
    File(String),
    /// A column of the CSV file, or an array of the npz file, by name.
    Name(String),
    /// A column of the CSV file or of the array, from 0.
    Column(usize),
}

impl LabelSource {
    /// A name with the ending of a data file is a file.
    pub(crate) fn named(name: String) -> Self {
        if Kind::of(Path::new(&name)).is_some() { Self::File(name) } else { Self::Name(name) }
    }
}

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

/// A data set: `n` points of `D` numbers, and a label for each where the same file gives them.
#[derive(Debug)]
pub(crate) struct Data {
    pub(crate) points: Vec<Vec<f64>>,
    pub(crate) labels: Option<Vec<String>>,
}

/// What is wrong, and with which field of the law file.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) field: &'static str,
    pub(crate) wrong: Wrong,
}

fn points_at_fault(wrong: Wrong) -> Fault {
    Fault { field: "path", wrong }
}

fn labels_at_fault(wrong: Wrong) -> Fault {
    Fault { field: "labels", wrong }
}

/// The points of a data set, and its labels as text where `labels` says that they stand in the
/// same file.
pub(crate) fn read_points(path: &Path, labels: Option<&LabelSource>) -> std::result::Result<Data, Fault> {
    let (kind, bytes) = open(path).map_err(points_at_fault)?;
    let inside = labels.filter(|l| !matches!(l, LabelSource::File(_)));
    match kind {
        Kind::Csv => read_csv(&bytes, inside),
        Kind::Npy => {
            let mut points = read_npy(&bytes).and_then(Array::points).map_err(points_at_fault)?;
            let labels = match inside {
                None => None,
                Some(source) => Some(split_column(&mut points, source).map_err(labels_at_fault)?),
            };
            Ok(Data { points, labels })
        }
        Kind::Npz => {
            let mut archive = Archive::new(bytes).map_err(points_at_fault)?;
            let labels = match inside {
                None => None,
                Some(LabelSource::Name(key)) => {
                    let array = archive.array(key).map_err(labels_at_fault)?;
                    Some((key.as_str(), array.labels().map_err(labels_at_fault)?))
                }
                Some(_) => {
                    return Err(labels_at_fault(Wrong::new("a column", "the name of an array in the .npz file")));
                }
            };
            let key = archive.points_key(labels.as_ref().map(|l| l.0)).map_err(points_at_fault)?;
            let points = archive.array(&key).and_then(Array::points).map_err(points_at_fault)?;
            Ok(Data { points, labels: labels.map(|l| l.1) })
        }
    }
}

/// Labels from a file of their own: one column of a CSV file, or an array of one axis.
pub(crate) fn read_labels(path: &Path) -> Result<Vec<String>> {
    let (kind, bytes) = open(path)?;
    match kind {
        Kind::Csv => read_csv_labels(&bytes),
        Kind::Npy => read_npy(&bytes)?.labels(),
        Kind::Npz => {
            let mut archive = Archive::new(bytes)?;
            let key = archive.only_key("y", None)?;
            archive.array(&key)?.labels()
        }
    }
}

fn open(path: &Path) -> Result<(Kind, Vec<u8>)> {
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let kind = Kind::of(path).ok_or_else(|| Wrong::new(format!("ending {}", quoted(&ending)), ENDINGS))?;
    let bytes = std::fs::read(path).map_err(|e| Wrong::new(format!("cannot read it ({e})"), ENDINGS))?;
    Ok((kind, bytes))
}

/// An array of real numbers, the last axis fastest.
#[derive(Debug)]
struct Array {
    shape: Vec<usize>,
    values: Vec<f64>,
}

impl Array {
    /// `n x D`, or `n` points of the line; every number finite.
    fn points(self) -> Result<Vec<Vec<f64>>> {
        let dim = match self.shape[..] {
            [_] => 1,
            [_, d] => d,
            _ => return Err(Wrong::new(format!("shape {:?}", self.shape), "shape [points, coordinates]")),
        };
        if self.values.is_empty() {
            return Err(Wrong::new(format!("shape {:?}", self.shape), "at least one point of one coordinate"));
        }
        if let Some(i) = self.values.iter().position(|v| !v.is_finite()) {
            let found = format!("row {}, column {}: {}", i / dim, i % dim, self.values[i]);
            return Err(Wrong::new(found, "a finite number"));
        }
        Ok(self.values.chunks(dim).map(<[f64]>::to_vec).collect())
    }

    /// Whole numbers along one axis, as text.
    fn labels(&self) -> Result<Vec<String>> {
        if self.shape.len() != 1 {
            return Err(Wrong::new(format!("shape {:?}", self.shape), "one label a point, shape [points]"));
        }
        self.values.iter().enumerate().map(|(i, &v)| whole(i, v)).collect()
    }
}

fn whole(row: usize, v: f64) -> Result<String> {
    if v.is_finite() && v.fract() == 0.0 {
        Ok(format!("{}", v + 0.0))
    } else {
        Err(Wrong::new(format!("row {row}: {v}"), "a whole number"))
    }
}

/// Takes a column of labels out of an array of points.
fn split_column(points: &mut [Vec<f64>], source: &LabelSource) -> Result<Vec<String>> {
    let dim = points.first().map_or(0, Vec::len);
    match source {
        LabelSource::Column(c) if *c < dim && dim > 1 => {
            points.iter_mut().enumerate().map(|(i, p)| whole(i, p.remove(*c))).collect()
        }
        LabelSource::Column(c) => {
            Err(Wrong::new(c.to_string(), format!("a column below {dim} that leaves at least one coordinate")))
        }
        _ => Err(Wrong::new("a name", "a file of labels or the number of a column: a .npy file names no columns")),
    }
}

/// Reads a `.npy` file of real numbers, C or Fortran order, either byte order.
fn read_npy(bytes: &[u8]) -> Result<Array> {
    let broken = |e: std::io::Error| Wrong::new(format!("not a .npy file ({e})"), "an array of numbers");
    let file = NpyFile::new(bytes).map_err(broken)?;
    let DType::Plain(dtype) = file.dtype() else {
        return Err(Wrong::new("a structured dtype", "dtype f4, f8, or integers"));
    };
    let shape: Vec<u64> = file.shape().to_vec();
    let (order, item) = (file.order(), dtype.num_bytes().unwrap_or(0));
    let values = match (dtype.type_char(), item) {
        (TypeChar::Bool, 1) => values::<bool>(file, |b| f64::from(u8::from(b))),
        (TypeChar::Float, 8) => values::<f64>(file, |x| x),
        (TypeChar::Float, 4) => values::<f32>(file, f64::from),
        (TypeChar::Int, 1) => values::<i8>(file, f64::from),
        (TypeChar::Int, 2) => values::<i16>(file, f64::from),
        (TypeChar::Int, 4) => values::<i32>(file, f64::from),
        (TypeChar::Int, 8) => values::<i64>(file, |x| x as f64),
        (TypeChar::Uint, 1) => values::<u8>(file, f64::from),
        (TypeChar::Uint, 2) => values::<u16>(file, f64::from),
        (TypeChar::Uint, 4) => values::<u32>(file, f64::from),
        (TypeChar::Uint, 8) => values::<u64>(file, |x| x as f64),
        _ => return Err(Wrong::new(format!("dtype {dtype}"), "dtype f4, f8, or integers")),
    };
    let values = values.map_err(broken)?;
    let shape: Vec<usize> = shape.iter().map(|&n| usize::try_from(n).unwrap_or(usize::MAX)).collect();
    let size = shape.iter().try_fold(1_usize, |a, &n| a.checked_mul(n));
    if size != Some(values.len()) {
        return Err(Wrong::new(format!("{} numbers", values.len()), format!("as many as shape {shape:?} says")));
    }
    let values = match (order, &shape[..]) {
        (Order::C, _) | (Order::Fortran, [] | [_]) => values,
        (Order::Fortran, [rows, columns]) => {
            (0..*rows).flat_map(|i| (0..*columns).map(move |j| j * rows + i)).map(|i| values[i]).collect()
        }
        // Of no use here: `points` and `labels` turn more than two axes away.
        (Order::Fortran, _) => values,
    };
    Ok(Array { shape, values })
}

fn values<T: npyz::Deserialize>(file: NpyFile<&[u8]>, real: impl Fn(T) -> f64) -> std::io::Result<Vec<f64>> {
    let reader = file.data::<T>().map_err(std::io::Error::other)?;
    // Growing as numbers come, a header that promises too many reserves nothing.
    let mut out = Vec::new();
    for x in reader {
        out.push(real(x?));
    }
    Ok(out)
}

/// A `.npz` file: arrays by name.
struct Archive {
    zip: zip::ZipArchive<Cursor<Vec<u8>>>,
    keys: Vec<String>,
}

impl Archive {
    fn new(bytes: Vec<u8>) -> Result<Self> {
        let broken = |e| Wrong::new(format!("not a .npz file ({e})"), "a zip archive of arrays");
        let zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
        let names = zip.file_names().collect::<std::result::Result<Vec<_>, _>>().map_err(broken)?;
        let keys = names.iter().filter_map(|n| n.strip_suffix(".npy").map(str::to_owned)).collect();
        Ok(Self { zip, keys })
    }

    fn list(&self) -> String {
        self.keys.iter().map(|k| quoted(k)).collect::<Vec<_>>().join(", ")
    }

    /// The array called `usual`, else the only one that is not `taken`.
    fn only_key(&self, usual: &str, taken: Option<&str>) -> Result<String> {
        let free: Vec<&String> = self.keys.iter().filter(|k| Some(k.as_str()) != taken).collect();
        match free[..] {
            [key] => Ok(key.clone()),
            _ if free.iter().any(|k| *k == usual) => Ok(usual.into()),
            [] => Err(Wrong::new("no array", format!("one array, or one called \"{usual}\""))),
            _ => Err(Wrong::new(format!("arrays {}", self.list()), format!("one array, or one called \"{usual}\""))),
        }
    }

    fn points_key(&self, taken: Option<&str>) -> Result<String> {
        self.only_key("x", taken)
    }

    fn array(&mut self, key: &str) -> Result<Array> {
        if !self.keys.iter().any(|k| k == key) {
            return Err(Wrong::new(quoted(key), format!("one of the arrays {}", self.list())));
        }
        let broken = |e: String| Wrong::new(format!("array {}: {e}", quoted(key)), "an array of numbers");
        let mut entry = self.zip.by_name(&format!("{key}.npy")).map_err(|e| broken(e.to_string()))?;
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(|e| broken(e.to_string()))?;
        read_npy(&bytes).map_err(|w| Wrong::new(format!("array {}: {}", quoted(key), w.found), w.expected))
    }
}

fn csv_reader(bytes: &[u8]) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(bytes)
}

fn bad_csv(e: &csv::Error) -> Wrong {
    Wrong::new(format!("not a .csv file ({e})"), "comma-separated numbers")
}

/// Points, and the labels of one column. The first row is a header when none of its cells (the
/// labels' aside) is a number, or when one of them is the name of the labels' column. Messages
/// count rows and columns from 1, the header included and blank lines left out.
fn read_csv(bytes: &[u8], labels: Option<&LabelSource>) -> std::result::Result<Data, Fault> {
    let mut points = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut column = match labels {
        Some(LabelSource::Column(c)) => Some(*c),
        _ => None,
    };
    let mut width = 0;
    for (i, record) in csv_reader(bytes).records().enumerate() {
        let record = record.map_err(|e| points_at_fault(bad_csv(&e)))?;
        let row = i + 1;
        if i == 0 {
            width = record.len();
            if let Some(LabelSource::Name(name)) = labels {
                column = Some(record.iter().position(|cell| cell == name).ok_or_else(|| {
                    let header: Vec<String> = record.iter().take(20).map(quoted).collect();
                    let expected = format!("a file or one of the columns {}", header.join(", "));
                    labels_at_fault(Wrong::new(quoted(name), expected))
                })?);
                continue;
            }
            if let Some(c) = column.filter(|&c| c >= width) {
                return Err(labels_at_fault(Wrong::new(format!("column {c}"), format!("a column below {width}"))));
            }
            let mut cells = record.iter().enumerate().filter(|(j, _)| Some(*j) != column);
            if cells.all(|(_, cell)| cell.parse::<f64>().is_err()) {
                continue;
            }
        }
        if record.len() != width {
            return Err(points_at_fault(Wrong::new(
                format!("row {row}: {} cells", record.len()),
                format!("{width} cells"),
            )));
        }
        let mut point = Vec::with_capacity(width);
        for (j, cell) in record.iter().enumerate() {
            if Some(j) == column {
                if cell.is_empty() {
                    return Err(labels_at_fault(Wrong::new(format!("row {row}, column {}: empty", j + 1), "a label")));
                }
                names.push(one_line(cell));
                continue;
            }
            match cell.parse::<f64>() {
                Ok(x) if x.is_finite() => point.push(x),
                _ => {
                    let found = format!("row {row}, column {}: {}", j + 1, quoted(cell));
                    return Err(points_at_fault(Wrong::new(found, "a finite number")));
                }
            }
        }
        points.push(point);
    }
    if points.is_empty() || points[0].is_empty() {
        return Err(points_at_fault(Wrong::new("no data", "at least one row of at least one number")));
    }
    Ok(Data { points, labels: column.map(|_| names) })
}

/// A file of one column, whole numbers or names; the first row is a header when it is no number
/// and all others are.
fn read_csv_labels(bytes: &[u8]) -> Result<Vec<String>> {
    let mut labels = Vec::new();
    for (i, record) in csv_reader(bytes).records().enumerate() {
        let record = record.map_err(|e| bad_csv(&e))?;
        match record.get(0) {
            Some(cell) if record.len() == 1 && !cell.is_empty() => labels.push(one_line(cell)),
            _ => return Err(Wrong::new(format!("row {}: {} cells", i + 1, record.len()), "one label a row")),
        }
    }
    let number = |s: &String| s.parse::<f64>().is_ok();
    if labels.len() > 1 && !number(&labels[0]) && labels[1..].iter().all(number) {
        labels.remove(0);
    }
    if labels.is_empty() {
        return Err(Wrong::new("no labels", "one label a row"));
    }
    Ok(labels)
}
