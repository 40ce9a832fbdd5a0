//! Streams of random numbers, addressed and not carried along.

use std::f64::consts::TAU;

use rand_philox::{Philox, splitmix64};

/// Words per refill: 16 blocks of the generator.
const WORDS: usize = 64;

/// The stream of one chunk.
///
/// # Formula
/// Philox4x32-10 with key `splitmix64(seed)` and the 128-bit counter
/// `stream 2^96 + chunk 2^64 + block`: two streams never share a block, and each of `2^64` blocks
/// of four words can be read by itself.
///
/// # Source
/// Salmon, Moraes, Dror & Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC 2011.
#[must_use]
pub fn stream(seed: u64, stream: u32, chunk: u32) -> Philox {
    at_block(seed, stream, chunk, 0)
}

/// As [`stream`], from its block number `block` on.
pub(crate) fn at_block(seed: u64, stream: u32, chunk: u32, block: u64) -> Philox {
    let key = splitmix64(seed);
    let counter = (u128::from(stream) << 96) | (u128::from(chunk) << 64) | u128::from(block);
    Philox::new([low(key), low(key >> 32)], counter)
}

fn low(x: u64) -> u32 {
    (x & 0xffff_ffff) as u32
}

/// A uniform on the open interval `(0, 1)`, on a grid of spacing `2^-52`; exact.
fn unit(lo: u32, hi: u32) -> f64 {
    let bits = (u64::from(lo) | (u64::from(hi) << 32)) >> 12;
    (bits as f64 + 0.5) * f64::EPSILON
}

/// Fills `out` two numbers a block, so that what is consumed depends on the length alone.
fn fill(rng: &mut Philox, out: &mut [f64], pair: impl Fn(f64, f64) -> (f64, f64)) {
    let mut words = [0_u32; WORDS];
    for part in out.chunks_mut(WORDS / 2) {
        let words = &mut words[..4 * part.len().div_ceil(2)];
        rng.fill_u32(words);
        for (two, w) in part.chunks_mut(2).zip(words.chunks_exact(4)) {
            let (a, b) = pair(unit(w[0], w[1]), unit(w[2], w[3]));
            two[0] = a;
            if let Some(second) = two.get_mut(1) {
                *second = b;
            }
        }
    }
}

/// Fills `out` with independent uniforms on `(0, 1)`.
pub(crate) fn fill_unit(rng: &mut Philox, out: &mut [f64]) {
    fill(rng, out, |a, b| (a, b));
}

/// Fills `out` with independent standard normals.
///
/// # Source
/// Box & Muller 1958: two uniforms give two normals, always; `|z| <= 8.6`, beyond which lies a
/// probability of `1e-17`.
pub(crate) fn fill_normal(rng: &mut Philox, out: &mut [f64]) {
    fill(rng, out, |a, b| {
        let r = (-2.0 * a.ln()).sqrt();
        let (sin, cos) = (TAU * b).sin_cos();
        (r * cos, r * sin)
    });
}

/// The law of each coordinate of the noise `Z`: mean 0 and variance 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NoiseLaw {
    /// Standard normal: the theory's.
    #[default]
    Gaussian,
    /// Uniform on `[-sqrt 3, sqrt 3]`: same mean and covariance, and a mutant of every claim
    /// that needs Gaussian noise.
    Uniform,
}

impl NoiseLaw {
    /// Fills `out` with independent draws; consumes `ceil(len/2)` blocks of the stream.
    pub fn fill(self, rng: &mut Philox, out: &mut [f64]) {
        match self {
            Self::Gaussian => fill_normal(rng, out),
            Self::Uniform => {
                let scale = 2.0 * 3.0_f64.sqrt();
                fill(rng, out, |a, b| (scale * (a - 0.5), scale * (b - 0.5)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Random123 1.14, `tests/kat_vectors`, lines `philox4x32 10`: counter, key, answer.
    const KNOWN: [([u32; 4], [u32; 2], [u32; 4]); 3] = [
        ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
        ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
        (
            [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
            [0xa409_3822, 0x299f_31d0],
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
        ),
    ];

    #[test]
    fn the_generator_gives_its_known_answers() {
        for (counter, key, answer) in KNOWN {
            let c = (0..4).fold(0_u128, |c, i| c | (u128::from(counter[i]) << (32 * i)));
            let mut rng = Philox::new(key, c);
            let mut words = [0; 4];
            rng.fill_u32(&mut words);
            assert_eq!(words, answer);
        }
    }

    #[test]
    fn streams_are_addressed_by_seed_stream_chunk_and_block() {
        let key = splitmix64(7);
        let key = [low(key), low(key >> 32)];
        let mut rng = stream(7, 3, 5);
        for block in 0..3 {
            for word in rand_philox::philox4x32_10([block, 0, 5, 3], key) {
                assert_eq!(rng.next_u32(), word);
            }
        }
        assert_eq!(at_block(7, 3, 5, 2).next_u32(), rand_philox::philox4x32_10([2, 0, 5, 3], key)[0]);
    }

    #[test]
    fn consumption_depends_on_the_length_alone() {
        let mut out = [0.0; 71];
        for law in [NoiseLaw::Gaussian, NoiseLaw::Uniform] {
            let mut rng = stream(1, 0, 0);
            law.fill(&mut rng, &mut out);
            assert_eq!(rng.next_u32(), at_block(1, 0, 0, 36).next_u32());
        }
    }

    #[test]
    fn moments_are_those_of_the_law() {
        let mut out = vec![0.0; 1 << 20];
        for (law, fourth) in [(NoiseLaw::Gaussian, 3.0), (NoiseLaw::Uniform, 1.8)] {
            law.fill(&mut stream(11, 0, 0), &mut out);
            let mean = |p: i32| out.iter().map(|z| z.powi(p)).sum::<f64>() / out.len() as f64;
            // Six standard errors: sqrt(E z^2p / n) <= sqrt(105 / 2^20) = 0.01 for p <= 4.
            assert!(mean(1).abs() < 0.006 && (mean(2) - 1.0).abs() < 0.009, "{law:?}");
            assert!(mean(3).abs() < 0.024 && (mean(4) - fourth).abs() < 0.06, "{law:?}");
        }
    }

    /// Two-sample Kolmogorov-Smirnov against the ziggurat of `rand_distr`: at `2^18` numbers each the
    /// distance exceeds 0.0073 with probability `2 exp(-2^18 0.0073^2)` = 2e-6 when the laws agree.
    #[test]
    fn normals_are_those_of_rand_distr() {
        use rand_distr::{Distribution, StandardNormal};
        let n = 1 << 18;
        let mut ours = vec![0.0; n];
        NoiseLaw::Gaussian.fill(&mut stream(3, 0, 0), &mut ours);
        let mut theirs: Vec<f64> = StandardNormal.sample_iter(stream(3, 1, 0)).take(n).collect();
        ours.sort_by(f64::total_cmp);
        theirs.sort_by(f64::total_cmp);
        let (mut i, mut worst) = (0, 0_usize);
        for (j, z) in theirs.iter().enumerate() {
            i += ours[i..].iter().take_while(|x| *x <= z).count();
            worst = worst.max(i.abs_diff(j + 1));
        }
        assert!((worst as f64) < 0.0073 * n as f64, "{worst}");
    }

    #[test]
    fn uniforms_stay_inside() {
        assert!(unit(0, 0) > 0.0);
        assert!(unit(u32::MAX, u32::MAX) < 1.0);
    }
}
