//! Random words without end, for a battery of statistical tests.

use std::io::{ErrorKind, Write, stdout};

use infodyn_kernels::Philox;
use infodyn_monte_carlo::stream;
use statrs::distribution::{ContinuousCDF, Normal};

use crate::run::Outcome;

/// Words drawn at a time.
const TOGETHER: usize = 1 << 14;

/// Writes 32-bit words to standard output until nobody reads on.
///
/// | order | words |
/// |---|---|
/// | `stream` | of one stream, as they come |
/// | `chunks` | the first four of each chunk in turn: what chunks have in common would show |
/// | `seeds` | the first four of each seed in turn |
/// | `normals` | the normal distribution function of normals of one stream, to 32 bits |
pub(crate) fn words(order: &str) -> Outcome<()> {
    match order {
        "stream" => {
            let mut rng = stream(0, 0, 0);
            write(|words| words.chunks_mut(2).for_each(|pair| pair.copy_from_slice(&halves(rng.next_u64()))))
        }
        "chunks" => write_blocks(|chunk| stream(0, 0, chunk)),
        "seeds" => write_blocks(|seed| stream(u64::from(seed), 0, 0)),
        "normals" => {
            let (mut rng, mut z) = (stream(0, 0, 0), vec![0.0; TOGETHER]);
            let law = Normal::standard();
            write(|words| {
                rng.fill_normal(&mut z);
                for (word, z) in words.iter_mut().zip(&z) {
                    *word = (law.cdf(*z) * 2.0_f64.powi(32)) as u32;
                }
            })
        }
        _ => Err("expected --words stream, chunks, seeds or normals".into()),
    }
}

/// The first four words of the streams 0, 1, 2, ...
fn write_blocks(at: impl Fn(u32) -> Philox) -> Outcome<()> {
    let mut next = 0_u32;
    write(|words| {
        for block in words.chunks_mut(4) {
            let mut rng = at(next);
            next = next.wrapping_add(1);
            for pair in block.chunks_mut(2) {
                pair.copy_from_slice(&halves(rng.next_u64()));
            }
        }
    })
}

fn halves(word: u64) -> [u32; 2] {
    [word as u32, (word >> 32) as u32]
}

/// Writes what `fill` draws, again and again.
fn write(mut fill: impl FnMut(&mut [u32])) -> Outcome<()> {
    let (mut out, mut words) = (stdout().lock(), vec![0; TOGETHER]);
    loop {
        fill(&mut words);
        let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
        match out.write_all(&bytes) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
    }
}
