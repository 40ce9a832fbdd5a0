//! Arrays of `.idx` files, as those of MNIST and Fashion-MNIST.

use std::io::Read;

use crate::bounds::room;
use crate::error::{Fault, Wrong};
use crate::labels::{Found, few_enough};

type Result<T> = std::result::Result<T, Wrong>;

fn broken(why: impl std::fmt::Display) -> Wrong {
    Wrong::new(
        format!("not an .idx file ({why})"),
        "two zero bytes, a type, the number of axes, their lengths, the entries",
    )
}

/// An `.idx` file whose header has been read and whose entries are to come: numbers with the first byte the most
/// significant, the last axis fastest.
///
/// # Source
/// LeCun, Cortes & Burges, *The MNIST database of handwritten digits*, "the IDX file format".
pub(crate) struct Idx<R> {
    bytes: R,
    shape: Vec<usize>,
    entry: Entry,
}

#[derive(Debug, Clone, Copy)]
enum Entry {
    U8,
    I8,
    I16,
    I32,
    F32,
    F64,
}

impl Entry {
    fn of(code: u8) -> Result<Self> {
        Ok(match code {
            0x08 => Self::U8,
            0x09 => Self::I8,
            0x0b => Self::I16,
            0x0c => Self::I32,
            0x0d => Self::F32,
            0x0e => Self::F64,
            other => return Err(broken(format!("type {other:#04x}"))),
        })
    }

    fn size(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::I16 => 2,
            Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// The number that as many bytes as it takes stand for: exact, but for a single precision NaN.
    fn number(self, bytes: &[u8]) -> f64 {
        let mut eight = [0; 8];
        eight[..self.size()].copy_from_slice(&bytes[..self.size()]);
        let [a, b, c, d, ..] = eight;
        match self {
            Self::U8 => f64::from(a),
            Self::I8 => f64::from(a.cast_signed()),
            Self::I16 => f64::from(i16::from_be_bytes([a, b])),
            Self::I32 => f64::from(i32::from_be_bytes([a, b, c, d])),
            Self::F32 => f64::from(f32::from_be_bytes([a, b, c, d])),
            Self::F64 => f64::from_be_bytes(eight),
        }
    }
}

impl<R: Read> Idx<R> {
    /// Reads the header.
    pub(crate) fn new(mut bytes: R) -> Result<Self> {
        let four = |bytes: &mut R| -> Result<[u8; 4]> {
            let mut four = [0; 4];
            bytes.read_exact(&mut four).map_err(broken)?;
            Ok(four)
        };
        let [0, 0, code, axes] = four(&mut bytes)? else { return Err(broken("it begins otherwise")) };
        let entry = Entry::of(code)?;
        let shape =
            (0..axes).map(|_| Ok(u32::from_be_bytes(four(&mut bytes)?) as usize)).collect::<Result<Vec<_>>>()?;
        if shape.is_empty() || shape.contains(&0) {
            return Err(Wrong::new(format!("shape {shape:?}"), "at least one point of one coordinate"));
        }
        Ok(Self { bytes, shape, entry })
    }

    pub(crate) fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The first `limit` points, one a row, every coordinate finite. A row is held at a time; what the header promises
    /// reserves nothing.
    pub(crate) fn points(mut self, limit: usize) -> std::result::Result<Found, Fault> {
        let (total, rest) = (self.shape[0], self.shape[1..].to_vec());
        let width = rest.iter().try_fold(1_usize, |a, &n| a.checked_mul(n)).unwrap_or(usize::MAX);
        let kept = total.min(limit);
        few_enough(kept, width).map_err(Fault::of_points)?;
        room(kept, width, 0).map_err(Fault::of_points)?;
        let mut points = Vec::new();
        for i in 0..kept {
            let row = self.numbers(width, i * width).map_err(Fault::of_points)?;
            if let Some(j) = row.iter().position(|x| !x.is_finite()) {
                let found = format!("row {i}, column {j}: {}", row[j]);
                return Err(Fault::of_points(Wrong::new(found, "a finite number")));
            }
            points.push(row);
        }
        if kept == total {
            self.end().map_err(Fault::of_points)?;
        }
        Ok(Found { points, labels: None, total })
    }

    /// One label a row: whole numbers.
    pub(crate) fn labels(mut self) -> Result<Vec<String>> {
        if self.shape[1..].iter().any(|&n| n > 1) {
            return Err(Wrong::new(format!("shape {:?}", self.shape), "one label a point, shape [points]"));
        }
        let mut labels = Vec::new();
        for i in 0..self.shape[0] {
            let x = self.numbers(1, i)?[0];
            if !x.is_finite() || x.fract() != 0.0 {
                return Err(Wrong::new(format!("row {i}: {x}"), "a whole number"));
            }
            labels.push((x + 0.0).to_string());
        }
        self.end()?;
        Ok(labels)
    }

    /// The next `count` numbers; `before` have been read.
    fn numbers(&mut self, count: usize, before: usize) -> Result<Vec<f64>> {
        let size = self.entry.size();
        let mut bytes = Vec::new();
        (&mut self.bytes).take((count * size) as u64).read_to_end(&mut bytes).map_err(broken)?;
        if bytes.len() < count * size {
            let there = before + bytes.len() / size;
            return Err(broken(format!("it ends after {there} entries, fewer than shape {:?} takes", self.shape)));
        }
        Ok(bytes.chunks_exact(size).map(|entry| self.entry.number(entry)).collect())
    }

    /// Whether the file ends where its entries do.
    fn end(&mut self) -> Result<()> {
        match self.bytes.read(&mut [0]) {
            Ok(0) => Ok(()),
            Ok(_) => Err(broken(format!("more bytes than shape {:?} takes", self.shape))),
            Err(e) => Err(broken(e)),
        }
    }
}
