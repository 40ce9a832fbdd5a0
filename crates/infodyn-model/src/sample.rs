//! Points of a law, and the noise that they are seen through at every level.

use infodyn_core::{Law, NoiseProcess, Support};
use infodyn_monte_carlo::stream;

use crate::{Error, Result};

/// Blocks of a sample, at most: what intervals are made of.
const BLOCKS: usize = 64;
/// Noises of a point, where points are drawn.
const NOISES: usize = 4;
/// Of a small data set, at least this many samples a block.
const LEAST: usize = 4;

/// Streams of random numbers.
const DATA: u32 = 0;
const NOISE: u32 = 1;
const PROBES: u32 = 2;
const ORDER: u32 = 3;

/// `N` points, each with `R` noises, in blocks.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) dim: usize,
    /// `N x D`, in an order that has nothing to do with the law's.
    clean: Vec<f64>,
    pub(crate) points: usize,
    pub(crate) noises: usize,
    /// Whether the points are all atoms of the law, so that noise alone is random.
    pub(crate) whole: bool,
    /// The rows of each block, `point * R + noise`.
    blocks: Vec<Vec<usize>>,
    seed: u64,
}

/// A block of a sample.
pub(crate) struct Block {
    /// Number of each row in the sample.
    pub(crate) rows: Vec<usize>,
    /// `X_0`, `n x D`.
    pub(crate) clean: Vec<f64>,
    /// `Z`, `n x D`.
    pub(crate) noise: Vec<f64>,
}

impl Sample {
    /// About `samples` noisy points of a law: every atom of a data set with equal weights equally often where there is
    /// room for two noises each, else draws with four noises each.
    pub(crate) fn new(law: &dyn Law, samples: u64, seed: u64) -> Result<Self> {
        let (dim, least) = (law.dim(), (BLOCKS * LEAST) as u64);
        if samples < least {
            return Err(Error::Samples { found: samples, least });
        }
        let samples = usize::try_from(samples).unwrap_or(usize::MAX);
        let density = law.density(&NoiseProcess::Edm.at(1.0)?);
        let weights = density.weights();
        let even = weights.iter().all(|w| (w * weights.len() as f64 - 1.0).abs() < 1e-6);
        let whole = law.support() == Support::Atoms && even && 2 * weights.len() <= samples;
        let points = if whole { weights.len() } else { samples / NOISES };
        let noises = samples / points;
        let mut clean = vec![0.0; points * dim];
        if whole {
            for (place, x) in shuffled(points, seed).into_iter().zip(clean.chunks_exact_mut(dim)) {
                density.centre(place, x);
            }
        } else {
            let mut rng = stream(seed, DATA, 0);
            let mut uniforms = vec![0.0; points];
            rng.fill_unit(&mut uniforms);
            let mut centre = vec![0.0; dim];
            for (u, x) in uniforms.into_iter().zip(clean.chunks_exact_mut(dim)) {
                if law.support() != Support::Atoms {
                    rng.fill_normal(x);
                }
                density.centre(law.place(u, x), &mut centre);
                x.iter_mut().zip(&centre).for_each(|(x, c)| *x += c);
            }
        }
        // Blocks of points where there are enough; of a few atoms, blocks of noises.
        let part = |i: usize, of: usize| i * of / BLOCKS..(i + 1) * of / BLOCKS;
        let block = |b: usize| -> Vec<usize> {
            if points >= BLOCKS {
                part(b, points).flat_map(|p| p * noises..(p + 1) * noises).collect()
            } else {
                part(b, noises).flat_map(|r| (0..points).map(move |p| p * noises + r)).collect()
            }
        };
        Ok(Self { dim, clean, points, noises, whole, blocks: (0..BLOCKS).map(block).collect(), seed })
    }

    /// The mean of the points, length `D`.
    pub(crate) fn mean(&self) -> Vec<f64> {
        let mut mean = vec![0.0; self.dim];
        for x in self.clean.chunks_exact(self.dim) {
            mean.iter_mut().zip(x).for_each(|(m, x)| *m += x / self.points as f64);
        }
        mean
    }

    pub(crate) fn rows(&self) -> usize {
        self.points * self.noises
    }

    pub(crate) fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// The first blocks that have at least so many rows together.
    pub(crate) fn blocks_of(&self, rows: usize) -> usize {
        let mut found = 0;
        self.blocks
            .iter()
            .take_while(|b| {
                let more = found < rows;
                found += b.len();
                more
            })
            .count()
    }

    pub(crate) fn block(&self, index: usize) -> Block {
        let rows = self.blocks[index].clone();
        let of = |row: &usize| row / self.noises * self.dim;
        let clean = rows.iter().flat_map(|row| self.clean[of(row)..of(row) + self.dim].iter().copied()).collect();
        let mut noise = vec![0.0; rows.len() * self.dim];
        stream(self.seed, NOISE, index as u32).fill_normal(&mut noise);
        Block { rows, clean, noise }
    }

    /// Two independent directions a row of a block, of `+1` and `-1`, `n x D` each.
    pub(crate) fn probes(&self, index: usize) -> [Vec<f64>; 2] {
        let mut rng = stream(self.seed, PROBES, index as u32);
        let length = self.blocks[index].len() * self.dim;
        let mut draw = || -> Vec<f64> {
            let words = (0..length.div_ceil(64)).map(|_| rng.next_u64()).collect::<Vec<_>>();
            (0..length).map(|i| if words[i / 64] >> (i % 64) & 1 == 1 { 1.0 } else { -1.0 }).collect()
        };
        [draw(), draw()]
    }
}

/// `0..n` in a random order.
fn shuffled(n: usize, seed: u64) -> Vec<usize> {
    let mut uniforms = vec![0.0; n];
    stream(seed, ORDER, 0).fill_unit(&mut uniforms);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| uniforms[a].total_cmp(&uniforms[b]));
    order
}

impl Block {
    /// `X_0 + sigma Z`, `n x D`.
    pub(crate) fn noisy(&self, sigma: f64) -> Vec<f64> {
        self.clean.iter().zip(&self.noise).map(|(x, z)| x + sigma * z).collect()
    }
}
