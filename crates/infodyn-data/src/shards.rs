//! Data sets that stay in their files: rows are read where they are asked for.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::array::Array;
use crate::dataset::taken;
use crate::error::{Wrong, name_of, quoted};
use crate::fields::Fields;
use crate::law_file::{hexadecimal, opened};
use crate::{Error, Result};

/// The points of a data set that are not held in memory: `.npy` arrays of little-endian `f4` or `f8` whose last axis is
/// fastest, one file or all of a folder, in the order of their names.
#[derive(Debug)]
pub struct Shards {
    /// Dimension `D`.
    pub dim: usize,
    /// How many points there are.
    pub count: usize,
    /// How the files were read, one sentence each.
    pub notes: Vec<String>,
    /// SHA-256 of dimension and points, in hexadecimal; that of the same points in a [`crate::DataSet`].
    pub sha256: String,
    parts: Vec<Shard>,
    /// `scale` and `shift`.
    factors: [f64; 2],
}

/// One array.
#[derive(Debug)]
struct Shard {
    file: File,
    /// The number of its first point, and how many it has.
    first: usize,
    rows: usize,
    /// Where its entries begin, and the bytes of each.
    start: u64,
    item: usize,
}

/// Bytes that are read at once.
const BYTES: usize = 1 << 16;

const EXPECTED: &str = "a .npy file of f4 or f8, the last axis fastest, or a folder of such files";

impl Shards {
    /// Opens the data set of a law file of kind `dataset`, and reads it once.
    ///
    /// # Errors
    /// [`Error`] in one line: the file, the field, what is there and what was expected; labels, other files, and
    /// numbers that are not finite.
    pub fn open(path: &Path) -> Result<Self> {
        let (kind, mut fields) = opened(path)?;
        if kind != "dataset" {
            return Err(fields.wrong("kind", &quoted(&kind), "dataset: points that may stay in their files"));
        }
        for field in ["labels", "labels_key", "labels_header", "key", "header"] {
            if fields.take(field).is_some() {
                return Err(fields.wrong(field, "given", "none for points that stay in their files"));
            }
        }
        let node = fields.need("path", EXPECTED)?;
        let name = fields.text("path", &node, EXPECTED)?;
        let (limit, factors) = taken(&mut fields)?;
        let place = path.parent().unwrap_or(Path::new("")).join(&name);
        let wrong =
            |w: Wrong| Wrong::new(format!("{}: {}", quoted(&name), w.found), w.expected).at(&fields.file, "path");
        let files = if place.is_dir() { within(&place).map_err(wrong)? } else { vec![place] };
        let mut found = Self { dim: 0, count: 0, notes: vec![], sha256: String::new(), parts: vec![], factors };
        for file in files {
            let of_file = |w: Wrong| wrong(Wrong::new(format!("{}: {}", name_of(&file), w.found), w.expected));
            found.add(&file, limit).map_err(of_file)?;
        }
        found.notes.push(format!("{}: {} points in dimension {}", quoted(&name), found.count, found.dim));
        found.read_all(&fields)?;
        Ok(found)
    }

    /// Adds the points of a file, as far as they are within the limit.
    fn add(&mut self, path: &Path, limit: usize) -> std::result::Result<(), Wrong> {
        let failed = |e: io::Error| Wrong::new(format!("cannot read it ({e})"), EXPECTED);
        let file = File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let header = File::open(path).map_err(failed)?;
        let array = Array::new(Box::new(BufReader::new(header)), length)?;
        let (rows, dim, item) = array.floats().ok_or_else(|| Wrong::new(array.described(), EXPECTED))?;
        if self.dim != 0 && dim != self.dim {
            return Err(Wrong::new(format!("dimension {dim}"), format!("{} as before it", self.dim)));
        }
        // What precedes the entries; the reader of the header has seen that nothing follows them.
        let start = length - (rows * dim * item) as u64;
        let rows = rows.min(limit - self.count.min(limit));
        if rows > 0 {
            self.parts.push(Shard { file, first: self.count, rows, start, item });
            (self.dim, self.count) = (dim, self.count + rows);
        }
        Ok(())
    }

    /// Reads all points: whether they are finite, and their hash.
    fn read_all(&mut self, fields: &Fields) -> Result<()> {
        let mut hash = Sha256::new();
        hash.update(b"infodyn.dataset/1");
        hash.update((self.dim as u64).to_le_bytes());
        let step = (BYTES / 8 / self.dim).max(1);
        let mut rows = vec![0.0; step * self.dim];
        for first in (0..self.count).step_by(step) {
            let rows = &mut rows[..step.min(self.count - first) * self.dim];
            self.read(first, rows).map_err(|source| Error::Read { file: fields.file.clone(), source })?;
            if let Some(at) = rows.iter().position(|x| !x.is_finite()) {
                let (row, column) = (first + at / self.dim, at % self.dim);
                return Err(fields.wrong(
                    "path",
                    &format!("row {row}, column {column}: {}", rows[at]),
                    "a finite number",
                ));
            }
            rows.iter().for_each(|x| hash.update((x + 0.0).to_le_bytes()));
        }
        self.sha256 = hexadecimal(hash);
        Ok(())
    }

    /// Reads the points from number `first` on, as many as `out` has room for, row-major.
    ///
    /// # Errors
    /// When a file cannot be read any more, or there are not as many points.
    pub fn read(&self, first: usize, out: &mut [f64]) -> io::Result<()> {
        let (mut at, mut rest) = (first, out);
        while !rest.is_empty() {
            let place = self.parts.partition_point(|part| part.first + part.rows <= at);
            let part = self.parts.get(place).ok_or_else(|| io::Error::other(format!("no point {at}")))?;
            let here = (part.first + part.rows - at).min(rest.len() / self.dim);
            let (now, later) = rest.split_at_mut(here * self.dim);
            let from = part.start + ((at - part.first) * self.dim * part.item) as u64;
            part.read(from, now, self.factors)?;
            (at, rest) = (at + here, later);
        }
        Ok(())
    }
}

impl Shard {
    fn read(&self, mut from: u64, out: &mut [f64], [scale, shift]: [f64; 2]) -> io::Result<()> {
        let mut bytes = [0; BYTES];
        for numbers in out.chunks_mut(BYTES / self.item) {
            let bytes = &mut bytes[..numbers.len() * self.item];
            read_at(&self.file, bytes, from)?;
            from += bytes.len() as u64;
            if self.item == 8 {
                let each = numbers.iter_mut().zip(bytes.as_chunks().0);
                each.for_each(|(x, bytes)| *x = f64::from_le_bytes(*bytes) * scale + shift);
            } else {
                let each = numbers.iter_mut().zip(bytes.as_chunks().0);
                each.for_each(|(x, bytes)| *x = f64::from(f32::from_le_bytes(*bytes)) * scale + shift);
            }
        }
        Ok(())
    }
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], from: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, from)
}

#[cfg(not(unix))]
fn read_at(_: &File, _: &mut [u8], _: u64) -> io::Result<()> {
    Err(io::Error::other("points stay in their files on Unix alone"))
}

/// The files of a folder, by name; all must be arrays.
fn within(folder: &Path) -> std::result::Result<Vec<PathBuf>, Wrong> {
    let failed = |e: io::Error| Wrong::new(format!("cannot read it ({e})"), EXPECTED);
    let files = std::fs::read_dir(folder).map_err(failed)?.map(|entry| entry.map(|e| e.path()));
    let mut files = files.collect::<io::Result<Vec<_>>>().map_err(failed)?;
    files.sort();
    match files.iter().find(|file| file.extension().is_none_or(|e| !e.eq_ignore_ascii_case("npy"))) {
        Some(other) => Err(Wrong::new(format!("{} in it", name_of(other)), EXPECTED)),
        None if files.is_empty() => Err(Wrong::new("nothing in it", EXPECTED)),
        None => Ok(files),
    }
}
