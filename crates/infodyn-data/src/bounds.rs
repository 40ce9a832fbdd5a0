//! How much is read of a file, and whether there is memory for what it holds.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use crate::error::Wrong;

/// The longest file that is read as one text, in bytes: a law with a million numbers takes a sixth of it.
const LONGEST_TEXT: u64 = 1 << 27;
/// The longest network, in bytes: that of a protocol buffer.
pub(crate) const LONGEST_NETWORK: u64 = 1 << 31;
/// The longest row of a `.csv` file, in bytes: half a million numbers in full.
const LONGEST_ROW: u64 = 1 << 24;

/// The whole of a file of at most so many bytes; a device or a pipe may have no end.
pub(crate) fn whole(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(io::Error::other(format!("more than {most} bytes"))) } else { Ok(bytes) }
}

/// The text of a file, as bytes.
pub(crate) fn plain(path: &Path) -> io::Result<Vec<u8>> {
    whole(path, LONGEST_TEXT)
}

/// The text of a file of at most 128 MiB.
///
/// # Errors
/// When it is longer, no text, or cannot be read.
pub fn text(path: &Path) -> io::Result<String> {
    String::from_utf8(plain(path)?).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
}

/// Bytes of a `.csv` file, which end with an error in a row that is too long.
pub(crate) struct Rows<R> {
    bytes: R,
    /// Since the last row was complete.
    seen: Rc<Cell<u64>>,
}

impl<R: Read> Rows<R> {
    /// The reader, and what is set to 0 after each row.
    pub(crate) fn of(bytes: R) -> (Self, Rc<Cell<u64>>) {
        let seen = Rc::new(Cell::new(0));
        (Self { bytes, seen: Rc::clone(&seen) }, seen)
    }
}

impl<R: Read> Read for Rows<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(into)?;
        self.seen.set(self.seen.get() + count as u64);
        if self.seen.get() > LONGEST_ROW {
            return Err(io::Error::other(format!("a row of more than {LONGEST_ROW} bytes")));
        }
        Ok(count)
    }
}

/// Bytes that a point takes besides its coordinates: its list, its weight, its label.
const A_POINT: usize = 64;

/// Whether there is memory for so many points, of which a law makes a second copy, and for `more` bytes: a refusal in
/// place of an end without a word, as far as the system tells.
pub(crate) fn room(points: usize, dim: usize, more: usize) -> Result<(), Wrong> {
    let each = dim.saturating_mul(2 * size_of::<f64>()).saturating_add(A_POINT);
    let bytes = points.saturating_mul(each).saturating_add(more);
    Vec::<u8>::new().try_reserve_exact(bytes).map_err(|_| {
        let mib = bytes.div_ceil(1 << 20);
        Wrong::new(
            format!("{points} points in dimension {dim}, which take {mib} MiB"),
            "no more than memory holds: a smaller limit",
        )
    })
}
