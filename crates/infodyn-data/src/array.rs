//! Arrays of `.npy` and `.npz` files.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};

use npyz::{DType, Endianness, NpyFile, NpyHeader, Order, TypeChar, half::f16};

use crate::bounds::room;
use crate::error::{Fault, Wrong, quoted};
use crate::labels::{Found, few_enough};

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

/// A `.npy` file whose header has been read and whose entries are to come: real numbers, whole numbers, truth values (0
/// and 1) or texts, in either byte order and with either axis fastest.
pub(crate) struct Array<'a> {
    file: NpyFile<Stream<'a>>,
    shape: Vec<usize>,
}

/// Bytes as they come.
pub(crate) type Stream<'a> = Box<dyn Read + 'a>;

fn broken(why: impl std::fmt::Display) -> Wrong {
    Wrong::new(format!("not a .npy file ({why})"), "an array of numbers")
}

/// The longest header of a `.npy` file: a structured dtype of a thousand fields is far shorter.
const LONGEST_HEADER: u64 = 1 << 20;

/// The bytes of a `.npy` file before the text of its header, of which it says the length.
fn header_start(bytes: &mut Stream<'_>) -> Result<[u8; 12]> {
    let mut start = [0; 12];
    bytes.read_exact(&mut start).map_err(broken)?;
    let [.., major, _, a, b, c, d] = start;
    let length = u32::from_le_bytes(if major < 2 { [a, b, 0, 0] } else { [a, b, c, d] });
    if u64::from(length) > LONGEST_HEADER {
        return Err(broken(format!("a header of {length} bytes")));
    }
    Ok(start)
}

impl<'a> Array<'a> {
    /// Reads the header of a file of `length` bytes, or of as many as it is said to have.
    pub(crate) fn new(mut bytes: Stream<'a>, length: u64) -> Result<Self> {
        let start = header_start(&mut bytes)?;
        let mut seen = Cursor::new(start).chain(&mut bytes).take(2 * LONGEST_HEADER);
        let header = NpyHeader::from_reader(&mut seen).map_err(broken)?;
        let left = length.saturating_sub(2 * LONGEST_HEADER - seen.limit());
        let shape: Vec<usize> = header.shape().iter().map(|&n| usize::try_from(n).unwrap_or(usize::MAX)).collect();
        if let DType::Plain(dtype) = header.dtype() {
            let item = dtype.num_bytes().unwrap_or(0);
            let size = shape.iter().try_fold(item, |a, &n| a.checked_mul(n));
            // So that a header that promises too much is refused, and what follows the array is no part of it.
            if size.map(|s| s as u64) != Some(left) && !header.dtype().uses_pickled_array() {
                return Err(broken(format!("{left} bytes of entries, other than shape {shape:?} takes")));
            }
        }
        Ok(Self { file: NpyFile::with_header(header, bytes), shape })
    }

    pub(crate) fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Rows, the entries of each and the bytes of an entry, where these are little-endian floats of four or eight bytes
    /// in the order of their rows.
    pub(crate) fn floats(&self) -> Option<(usize, usize, usize)> {
        let DType::Plain(dtype) = self.file.dtype() else { return None };
        let item = dtype.num_bytes().filter(|item| [4, 8].contains(item))?;
        let plain = dtype.type_char() == TypeChar::Float && dtype.endianness() == Endianness::Little;
        let [rows, width] = self.extent().ok()?;
        (plain && self.file.order() == Order::C).then_some((rows, width, item))
    }

    /// The dtype and shape.
    pub(crate) fn described(&self) -> String {
        let dtype = match self.file.dtype() {
            DType::Plain(dtype) => dtype.to_string(),
            _ => "structured".into(),
        };
        format!("dtype {dtype}, shape {:?}, {:?}", self.shape, self.file.order())
    }

    /// Rows along the first axis, and the entries of each: those along all other axes, the last fastest.
    fn extent(&self) -> Result<[usize; 2]> {
        match self.shape[..] {
            [rows, ref rest @ ..] if !self.shape.contains(&0) => Ok([rows, rest.iter().product()]),
            _ => Err(Wrong::new(format!("shape {:?}", self.shape), "at least one point of one coordinate")),
        }
    }

    /// The first `limit` points, one a row, every coordinate finite; with a column of labels, those apart.
    pub(crate) fn points(self, labels: Option<usize>, limit: usize) -> std::result::Result<Found, Fault> {
        let [rows, width] = self.extent().map_err(Fault::of_points)?;
        if let Some(column) = labels.filter(|&c| c >= width || width == 1) {
            let expected = format!("a column below {width} that leaves at least one coordinate");
            return Err(Fault::of_labels(Wrong::new(format!("column {column}"), expected)));
        }
        let kept = rows.min(limit);
        few_enough(kept, width).map_err(Fault::of_points)?;
        room(kept, width, 0).map_err(Fault::of_points)?;
        let (rest, by_columns) = (self.shape[1..].to_vec(), self.file.order() == Order::Fortran);
        let place = |at: usize| match by_columns {
            false => (at / width, at % width),
            true => (at % rows, row_major(at / rows, &rest)),
        };
        // In the order of the file. The fault of a label waits: those of points come first.
        let (mut numbers, mut names, mut of_labels) = (Vec::new(), Vec::new(), None);
        let read =
            self.each(if by_columns { rows * width } else { kept * width }, |at, entry| {
                let (i, j) = place(at);
                if i >= kept {
                    return Ok(());
                }
                if Some(j) == labels {
                    match entry.label(i) {
                        Ok(name) => names.push(name),
                        Err(wrong) => of_labels = of_labels.take().or(Some(wrong)),
                    }
                    return Ok(());
                }
                numbers.push(entry.coordinate().ok_or_else(|| {
                    Wrong::new(format!("row {i}, column {j}: {}", entry.describe()), "a finite number")
                })?);
                Ok(())
            });
        read.map_err(Fault::of_points)?;
        if let Some(wrong) = of_labels {
            return Err(Fault::of_labels(wrong));
        }
        let dim = width - usize::from(labels.is_some());
        let points = if by_columns {
            // Columns in the order of the file: where each belongs once that of the labels is out.
            let columns = (0..width).map(|q| row_major(q, &rest)).filter(|&j| Some(j) != labels);
            let columns = columns.map(|j| j - usize::from(labels.is_some_and(|c| c < j)));
            let mut points = vec![vec![0.0; dim]; kept];
            for (column, j) in numbers.chunks_exact(kept).zip(columns) {
                points.iter_mut().zip(column).for_each(|(point, x)| point[j] = *x);
            }
            points
        } else {
            numbers.chunks_exact(dim).map(<[f64]>::to_vec).collect()
        };
        Ok(Found { points, labels: labels.map(|_| names), total: rows })
    }

    /// One label a row.
    pub(crate) fn labels(self) -> Result<Vec<String>> {
        let [rows, 1] = self.extent()? else {
            return Err(Wrong::new(format!("shape {:?}", self.shape), "one label a point, shape [points]"));
        };
        let mut labels = Vec::new();
        self.each(rows, |i, entry| {
            labels.push(entry.label(i)?);
            Ok(())
        })?;
        Ok(labels)
    }

    /// The first `count` entries in the order of the file, one at a time.
    fn each(self, count: usize, mut take: impl FnMut(usize, Entry) -> Result<()>) -> Result<()> {
        const EXPECTED: &str = "dtype f2, f4, f8, integers, bool or text";
        let DType::Plain(dtype) = self.file.dtype() else {
            return Err(Wrong::new("a structured dtype", EXPECTED));
        };
        let (kind, item) = (dtype.type_char(), dtype.num_bytes().unwrap_or(0));
        let (file, take) = (self.file, &mut take as &mut dyn FnMut(usize, Entry) -> Result<()>);
        match (kind, item) {
            (TypeChar::Float, 8) => read::<f64>(file, count, Entry::Real, take),
            (TypeChar::Float, 4) => read::<f32>(file, count, |x| Entry::Real(x.into()), take),
            (TypeChar::Float, 2) => read::<f16>(file, count, |x| Entry::Real(x.into()), take),
            (TypeChar::Bool, 1) => read::<bool>(file, count, |x| Entry::Whole(x.into()), take),
            (TypeChar::Int, 1) => read::<i8>(file, count, |x| Entry::Whole(x.into()), take),
            (TypeChar::Int, 2) => read::<i16>(file, count, |x| Entry::Whole(x.into()), take),
            (TypeChar::Int, 4) => read::<i32>(file, count, |x| Entry::Whole(x.into()), take),
            (TypeChar::Int, 8) => read::<i64>(file, count, |x| Entry::Whole(x.into()), take),
            (TypeChar::Uint, 1) => read::<u8>(file, count, |x| Entry::Whole(x.into()), take),
            (TypeChar::Uint, 2) => read::<u16>(file, count, |x| Entry::Whole(x.into()), take),
            (TypeChar::Uint, 4) => read::<u32>(file, count, |x| Entry::Whole(x.into()), take),
            (TypeChar::Uint, 8) => read::<u64>(file, count, |x| Entry::Whole(x.into()), take),
            (TypeChar::UnicodeStr | TypeChar::ByteStr, 1..) => read::<String>(file, count, Entry::Text, take),
            _ => Err(Wrong::new(format!("dtype {dtype}"), EXPECTED)),
        }
    }
}

/// The first `count` entries in the order of the file.
fn read<T: npyz::Deserialize>(
    file: NpyFile<Stream<'_>>,
    count: usize,
    entry: impl Fn(T) -> Entry,
    take: &mut dyn FnMut(usize, Entry) -> Result<()>,
) -> Result<()> {
    let reader = file.data::<T>().map_err(broken)?;
    reader.take(count).enumerate().try_for_each(|(i, x)| take(i, entry(x.map_err(broken)?)))
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
    zip: zip::ZipArchive<BufReader<File>>,
    keys: Vec<String>,
}

impl Archive {
    pub(crate) fn new(file: File) -> Result<Self> {
        let broken = |e| Wrong::new(format!("not a .npz file ({e})"), "a zip archive of arrays");
        let zip = zip::ZipArchive::new(BufReader::new(file)).map_err(broken)?;
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

    /// Whether there is an array of this name.
    pub(crate) fn has(&self, key: &str) -> Result<()> {
        match self.keys.iter().any(|k| k == key) {
            true => Ok(()),
            false => Err(Wrong::new(quoted(key), format!("one of the arrays {}", self.list()))),
        }
    }

    /// An array, to be read from its place in the archive. What the archive says of its length reserves nothing:
    /// entries are taken as they come.
    pub(crate) fn array(&mut self, key: &str) -> Result<Array<'_>> {
        let broken = |e: &dyn std::fmt::Display| Wrong::new(format!("{e}"), "an array");
        let entry = self.zip.by_name(&format!("{key}.npy")).map_err(|e| broken(&e))?;
        let length = entry.size();
        Array::new(Box::new(BufReader::new(entry)), length)
    }
}
