//! Arrays of `.npy` and `.npz` files.

use std::io::{self, Cursor, Read};

use npyz::{DType, NpyFile, NpyHeader, Order, TypeChar, half::f16};

use crate::error::{Wrong, quoted};

type Result<T> = std::result::Result<T, Wrong>;

/// An entry of an array, as exactly as its dtype has it.
enum Entry {
    Real(f64),
    Whole(i128),
    Text(String),
}

impl Entry {
    fn describe(&self) -> String {
        match self {
            Self::Real(x) => x.to_string(),
            Self::Whole(i) => i.to_string(),
            Self::Text(s) => quoted(s),
        }
    }

    /// A coordinate: the nearest double of a whole number.
    fn coordinate(&self) -> Option<f64> {
        match *self {
            Self::Real(x) => Some(x).filter(|x| x.is_finite()),
            Self::Whole(i) => Some(i as f64),
            Self::Text(_) => None,
        }
    }

    /// A label: a whole number in full, or a name that is not empty.
    fn label(self, row: usize) -> Result<String> {
        match self {
            Self::Whole(i) => Ok(i.to_string()),
            Self::Real(x) if x.is_finite() && x.fract() == 0.0 => Ok((x + 0.0).to_string()),
            Self::Text(s) if !s.is_empty() => Ok(s),
            other => Err(Wrong::new(format!("row {row}: {}", other.describe()), "a whole number or a name")),
        }
    }
}

/// A `.npy` file whose header has been read: real numbers, whole numbers, truth values (0 and 1) or texts, in either
/// byte order and with either axis fastest.
pub(crate) struct Array<'a> {
    file: NpyFile<&'a [u8]>,
    shape: Vec<usize>,
}

fn broken(why: impl std::fmt::Display) -> Wrong {
    Wrong::new(format!("not a .npy file ({why})"), "an array of numbers")
}

impl<'a> Array<'a> {
    pub(crate) fn new(mut bytes: &'a [u8]) -> Result<Self> {
        let header = NpyHeader::from_reader(&mut bytes).map_err(broken)?;
        let shape: Vec<usize> = header.shape().iter().map(|&n| usize::try_from(n).unwrap_or(usize::MAX)).collect();
        if let DType::Plain(dtype) = header.dtype() {
            let item = dtype.num_bytes().unwrap_or(0);
            let size = shape.iter().try_fold(item, |a, &n| a.checked_mul(n));
            // So that a header that promises too many reserves nothing, and what follows the array is no part of it.
            if size != Some(bytes.len()) && !header.dtype().uses_pickled_array() {
                let found = format!("{} bytes of entries, other than shape {shape:?} takes", bytes.len());
                return Err(broken(found));
            }
        }
        Ok(Self { file: NpyFile::with_header(header, bytes), shape })
    }

    pub(crate) fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Rows along the first axis, and the entries of each: those along all other axes, the last fastest.
    fn extent(&self) -> Result<[usize; 2]> {
        match self.shape[..] {
            [rows, ref rest @ ..] if !self.shape.contains(&0) => Ok([rows, rest.iter().product()]),
            _ => Err(Wrong::new(format!("shape {:?}", self.shape), "at least one point of one coordinate")),
        }
    }

    /// One point a row, every coordinate finite, the column of the labels left out.
    pub(crate) fn points(self, labels: Option<usize>) -> Result<Vec<Vec<f64>>> {
        let [rows, width] = self.extent()?;
        let mut points = vec![vec![0.0; width]; rows];
        self.each(width, |i, j, entry| {
            if Some(j) != labels {
                points[i][j] = entry.coordinate().ok_or_else(|| {
                    Wrong::new(format!("row {i}, column {j}: {}", entry.describe()), "a finite number")
                })?;
            }
            Ok(())
        })?;
        if let Some(c) = labels {
            for point in &mut points {
                point.remove(c);
            }
        }
        Ok(points)
    }

    /// The labels in one column of an array of points.
    pub(crate) fn label_column(self, column: usize) -> Result<Vec<String>> {
        let [rows, width] = self.extent()?;
        if column >= width || width == 1 {
            let expected = format!("a column below {width} that leaves at least one coordinate");
            return Err(Wrong::new(format!("column {column}"), expected));
        }
        self.column(rows, width, column)
    }

    /// One label a row.
    pub(crate) fn labels(self) -> Result<Vec<String>> {
        match self.extent()? {
            [rows, 1] => self.column(rows, 1, 0),
            _ => Err(Wrong::new(format!("shape {:?}", self.shape), "one label a point, shape [points]")),
        }
    }

    fn column(self, rows: usize, width: usize, column: usize) -> Result<Vec<String>> {
        let mut labels = vec![String::new(); rows];
        self.each(width, |i, j, entry| {
            if j == column {
                labels[i] = entry.label(i)?;
            }
            Ok(())
        })?;
        Ok(labels)
    }

    /// Every entry with its row and column.
    fn each(self, width: usize, mut take: impl FnMut(usize, usize, Entry) -> Result<()>) -> Result<()> {
        const EXPECTED: &str = "dtype f2, f4, f8, integers, bool or text";
        let DType::Plain(dtype) = self.file.dtype() else {
            return Err(Wrong::new("a structured dtype", EXPECTED));
        };
        let (kind, item) = (dtype.type_char(), dtype.num_bytes().unwrap_or(0));
        let (shape, order) = (self.shape, self.file.order());
        let mut take = |i: usize, entry: Entry| {
            let i = if order == Order::Fortran { row_major(i, &shape) } else { i };
            take(i / width, i % width, entry)
        };
        let (file, take) = (self.file, &mut take as &mut dyn FnMut(usize, Entry) -> Result<()>);
        match (kind, item) {
            (TypeChar::Float, 8) => read::<f64>(file, Entry::Real, take),
            (TypeChar::Float, 4) => read::<f32>(file, |x| Entry::Real(x.into()), take),
            (TypeChar::Float, 2) => read::<f16>(file, |x| Entry::Real(x.into()), take),
            (TypeChar::Bool, 1) => read::<bool>(file, |x| Entry::Whole(x.into()), take),
            (TypeChar::Int, 1) => read::<i8>(file, |x| Entry::Whole(x.into()), take),
            (TypeChar::Int, 2) => read::<i16>(file, |x| Entry::Whole(x.into()), take),
            (TypeChar::Int, 4) => read::<i32>(file, |x| Entry::Whole(x.into()), take),
            (TypeChar::Int, 8) => read::<i64>(file, |x| Entry::Whole(x.into()), take),
            (TypeChar::Uint, 1) => read::<u8>(file, |x| Entry::Whole(x.into()), take),
            (TypeChar::Uint, 2) => read::<u16>(file, |x| Entry::Whole(x.into()), take),
            (TypeChar::Uint, 4) => read::<u32>(file, |x| Entry::Whole(x.into()), take),
            (TypeChar::Uint, 8) => read::<u64>(file, |x| Entry::Whole(x.into()), take),
            (TypeChar::UnicodeStr | TypeChar::ByteStr, 1..) => read::<String>(file, Entry::Text, take),
            _ => Err(Wrong::new(format!("dtype {dtype}"), EXPECTED)),
        }
    }
}

/// Entries in the order of the file.
fn read<T: npyz::Deserialize>(
    file: NpyFile<&[u8]>,
    entry: impl Fn(T) -> Entry,
    take: &mut dyn FnMut(usize, Entry) -> Result<()>,
) -> Result<()> {
    let reader = file.data::<T>().map_err(broken)?;
    reader.enumerate().try_for_each(|(i, x)| take(i, entry(x.map_err(broken)?)))
}

/// Where the `i`-th entry, the first axis fastest, stands when the last is.
fn row_major(i: usize, shape: &[usize]) -> usize {
    let (mut rest, mut place, mut stride) = (i, 0, shape.iter().product::<usize>());
    for &n in shape {
        stride /= n;
        place += rest % n * stride;
        rest /= n;
    }
    place
}

/// A `.npz` file: arrays by name.
pub(crate) struct Archive {
    zip: zip::ZipArchive<Cursor<Vec<u8>>>,
    keys: Vec<String>,
}

impl Archive {
    pub(crate) fn new(bytes: Vec<u8>) -> Result<Self> {
        let broken = |e| Wrong::new(format!("not a .npz file ({e})"), "a zip archive of arrays");
        let zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
        let names = zip.file_names().collect::<std::result::Result<Vec<_>, _>>().map_err(broken)?;
        let keys = names.iter().filter_map(|n| n.strip_suffix(".npy").map(str::to_owned)).collect();
        Ok(Self { zip, keys })
    }

    fn list(&self) -> String {
        self.keys.iter().map(|k| quoted(k)).collect::<Vec<_>>().join(", ")
    }

    /// The array called `usual`, else the only one that is not `taken`; `field` of the law file can say which.
    pub(crate) fn key(&self, usual: &str, taken: Option<&str>, field: &str) -> Result<String> {
        let free: Vec<&String> = self.keys.iter().filter(|k| Some(k.as_str()) != taken).collect();
        match free[..] {
            [key] => Ok(key.clone()),
            _ if free.iter().any(|k| *k == usual) => Ok(usual.into()),
            _ => {
                let found = if free.is_empty() { "no array".into() } else { format!("arrays {}", self.list()) };
                Err(Wrong::new(found, format!("one array, one called \"{usual}\", or its name in {field}")))
            }
        }
    }

    /// The `.npy` file of an array.
    pub(crate) fn array(&mut self, key: &str) -> Result<Vec<u8>> {
        if !self.keys.iter().any(|k| k == key) {
            return Err(Wrong::new(quoted(key), format!("one of the arrays {}", self.list())));
        }
        let broken = |e: &dyn std::fmt::Display| Wrong::new(format!("array {}: {e}", quoted(key)), "an array");
        let mut entry = self.zip.by_name(&format!("{key}.npy")).map_err(|e| broken(&e))?;
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(|e: io::Error| broken(&e))?;
        Ok(bytes)
    }
}
