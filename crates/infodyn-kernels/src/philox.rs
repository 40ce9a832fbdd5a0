//! A counter-based generator in lanes: uniforms and normals.

use crate::elementary::{ln_of_normal, sin_cos_turns};
use crate::lanes::LANES;
use crate::{Kernel, run};

/// The lower half of a word.
const LOW: u64 = 0xffff_ffff;

/// Philox4x32-10: a stream of 64-bit words, two a block, read from a place that is part of its name.
///
/// # Formula
/// Block `i` is ten rounds of a bijection of the 128-bit counter `i`, which the 64-bit key chooses. After block
/// `2^64 - 1` of the counter's upper half that half stays, and the lower starts again.
///
/// # Source
/// Salmon, Moraes, Dror & Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC 2011.
#[derive(Debug, Clone)]
pub struct Philox {
    /// The key of each round.
    keys: [[u64; 2]; 10],
    /// Words 2 and 3 of the counter.
    stream: [u32; 2],
    /// Words 0 and 1 of the counter, of the block that is read next.
    block: u64,
    /// Whether its first word has been read.
    half: bool,
}

impl Philox {
    /// The stream from a block on.
    #[must_use]
    pub fn new(key: [u32; 2], stream: [u32; 2], block: u64) -> Self {
        let round = |i: u32, j: usize| u64::from(key[j].wrapping_add(i.wrapping_mul([0x9e37_79b9, 0xbb67_ae85][j])));
        let keys = std::array::from_fn(|i| [round(i as u32, 0), round(i as u32, 1)]);
        Self { keys, stream, block, half: false }
    }

    /// The next word.
    pub fn next_u64(&mut self) -> u64 {
        let [[first], [second]] = self.words::<1>(self.block);
        self.half = !self.half;
        if self.half {
            return first;
        }
        self.block = self.block.wrapping_add(1);
        second
    }

    /// Passes over blocks, each of which makes two numbers.
    pub fn skip(&mut self, blocks: u64) {
        self.block = self.block.wrapping_add(blocks);
    }

    /// Fills `out` with independent uniforms on the open interval `(0, 1)`, exact, on a grid of spacing `2^-52`. Two
    /// numbers a block: what is consumed depends on the length alone.
    pub fn fill_unit(&mut self, out: &mut [f64]) {
        run(Fill::<false> { rng: self, out });
    }

    /// Fills `out` with independent standard normals; consumes what [`Philox::fill_unit`] does.
    ///
    /// # Source
    /// Box & Muller 1958: two uniforms give two normals, always; `|z| <= 8.6`, beyond which lies a
    /// probability of `1e-17`.
    pub fn fill_normal(&mut self, out: &mut [f64]) {
        run(Fill::<true> { rng: self, out });
    }

    /// The words of `N` blocks from one on: their first and their second.
    #[inline(always)]
    fn words<const N: usize>(&self, from: u64) -> [[u64; N]; 2] {
        let mut x = [[0; N], [0; N], [u64::from(self.stream[0]); N], [u64::from(self.stream[1]); N]];
        for i in 0..N {
            let block = from.wrapping_add(i as u64);
            (x[0][i], x[1][i]) = (block & LOW, block >> 32);
        }
        for [k0, k1] in self.keys {
            for i in 0..N {
                let p = 0xd251_1f53 * (x[0][i] & LOW);
                let q = 0xcd9e_8d57 * (x[2][i] & LOW);
                (x[0][i], x[1][i]) = ((q >> 32) ^ x[1][i] ^ k0, q);
                (x[2][i], x[3][i]) = ((p >> 32) ^ x[3][i] ^ k1, p);
            }
        }
        let mut words = [[0; N]; 2];
        for i in 0..N {
            words[0][i] = (x[0][i] & LOW) | (x[1][i] << 32);
            words[1][i] = (x[2][i] & LOW) | (x[3][i] << 32);
        }
        words
    }

    /// Two numbers from each of `N` blocks.
    #[inline(always)]
    fn pairs<const N: usize, const NORMAL: bool>(&mut self) -> [[f64; 2]; N] {
        let (mut a, mut b, mut pairs) = ([0.0; N], [0.0; N], [[0.0; 2]; N]);
        for group in (0..N).step_by(LANES) {
            let [mut first, mut second] = self.words::<LANES>(self.block);
            if self.half {
                (first, second) = (second, self.words(self.block.wrapping_add(1))[0]);
            }
            self.block = self.block.wrapping_add(LANES as u64);
            for i in 0..LANES {
                (a[group + i], b[group + i]) = (unit(first[i]), unit(second[i]));
            }
        }
        for i in 0..N {
            pairs[i] = if NORMAL { box_muller(a[i], b[i]) } else { [a[i], b[i]] };
        }
        pairs
    }
}

/// `(w + 1/2) 2^-52` of the upper 52 bits of a word: exact.
#[inline(always)]
fn unit(word: u64) -> f64 {
    f64::from_bits((word >> 12) | 1.0_f64.to_bits()) - (1.0 - 0.5 * f64::EPSILON)
}

/// Two normals from two uniforms.
#[inline(always)]
fn box_muller(a: f64, b: f64) -> [f64; 2] {
    let r = (-2.0 * ln_of_normal(a, 0.0)).sqrt();
    let (sin, cos) = sin_cos_turns(b);
    [r * cos, r * sin]
}

/// Fills `out` with uniforms, or with normals.
struct Fill<'a, const NORMAL: bool> {
    rng: &'a mut Philox,
    out: &'a mut [f64],
}

impl<const NORMAL: bool> Kernel for Fill<'_, NORMAL> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let end = self.rng.block.wrapping_add(self.out.len().div_ceil(2) as u64);
        let (many, few) = self.out.as_chunks_mut::<{ 8 * LANES }>();
        for part in many {
            part.copy_from_slice(self.rng.pairs::<{ 4 * LANES }, NORMAL>().as_flattened());
        }
        for part in few.chunks_mut(2 * LANES) {
            part.copy_from_slice(&self.rng.pairs::<LANES, NORMAL>().as_flattened()[..part.len()]);
        }
        self.rng.block = end;
    }
}

#[cfg(test)]
mod tests {
    use super::unit;

    #[test]
    fn uniforms_stay_inside() {
        assert_eq!((unit(0), unit(u64::MAX)), (0.5 * f64::EPSILON, 1.0 - 0.5 * f64::EPSILON));
    }
}
