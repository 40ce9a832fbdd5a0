//! `--memory SIZE`: data sets whose points stay in their files.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use infodyn_closed_form::{Rows, TILE, TiledLaw};
use infodyn_data::Shards;

use crate::text::{LawSummary, Outcome, Refusal};

/// A number of bytes, as `64MiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size(u64);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)];
        let found = units.iter().find_map(|(unit, bits)| text.strip_suffix(unit).map(|number| (number, *bits)));
        let bytes = found.and_then(|(number, bits)| number.parse::<u64>().ok()?.checked_mul(1 << bits));
        bytes.filter(|&n| n > 0).map(Self).ok_or_else(|| "expected a size such as 64MiB or 2GiB".into())
    }
}

/// Bytes of the program by itself, its code included, as the system counts them.
const PROGRAM: u64 = 14 << 20;
/// Bytes of a thread by itself: its stack as far as it is used, and where it allocates.
const THREAD: u64 = 1 << 20;
/// Draws that a thread holds at once, numbers of a draw in each dimension, and lanes of a point in each.
const DRAWS: u64 = 128;
const NUMBERS: u64 = 12;
const PANELS: u64 = 3;
/// Bytes of what the chunks of one noise level come to.
const LEVEL: u64 = 1 << 19;
/// Square matrices of a thread.
const MATRICES: u64 = 6;

/// The rows of files.
#[derive(Debug)]
struct InFiles(Shards);

impl Rows for InFiles {
    fn count(&self) -> usize {
        self.0.count
    }

    fn dim(&self) -> usize {
        self.0.dim
    }

    fn read(&self, first: usize, out: &mut [f64]) -> std::io::Result<()> {
        self.0.read(first, out)
    }
}

/// The law on the points of a law file, in tiles that leave all within the memory: of so many threads and noise levels,
/// with matrices or none.
pub(super) fn open(
    law: &Path,
    Size(memory): Size,
    (threads, levels): (usize, usize),
    matrices: bool,
) -> Outcome<(Arc<TiledLaw>, LawSummary, String)> {
    let shards = Shards::open(law)?;
    let (summary, sha256) = (LawSummary::of_shards(&shards), shards.sha256.clone());
    let (dim, threads) = (shards.dim as u64, threads as u64);
    let row = 8 * dim;
    let of_thread = THREAD + row * DRAWS * (NUMBERS + PANELS) + if matrices { row * dim * MATRICES } else { 0 };
    let rest = PROGRAM + levels as u64 * LEVEL + threads * of_thread;
    let room = memory.saturating_sub(rest) / threads / row;
    let tile = room.min((TILE as u64 / dim).max(1));
    if tile == 0 {
        let needed = (rest + threads * row).div_ceil(1 << 20);
        let why = format!(
            "{}MiB, expected at least {needed}MiB for {threads} threads, {levels} noise levels and dimension {dim}",
            memory >> 20
        );
        return Err(Refusal::flag("--memory", why));
    }
    let found = TiledLaw::of(Arc::new(InFiles(shards)), tile as usize);
    let law = found.map_err(|e| Refusal::flag(&law.display().to_string(), e))?;
    Ok((law, summary, sha256))
}
