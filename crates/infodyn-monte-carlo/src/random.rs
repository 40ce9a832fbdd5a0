//! Streams of random numbers, addressed and not carried along.

use infodyn_kernels::Philox;

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
    Philox::new([low(key), low(key >> 32)], [chunk, stream], block)
}

/// A bijection that makes neighbouring seeds far apart: the output function of SplitMix64 (Steele, Lea & Flood 2014).
fn splitmix64(seed: u64) -> u64 {
    let z = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn low(x: u64) -> u32 {
    (x & 0xffff_ffff) as u32
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
            Self::Gaussian => rng.fill_normal(out),
            Self::Uniform => {
                rng.fill_unit(out);
                out.iter_mut().for_each(|u| *u = Self::uniform(*u));
            }
        }
    }

    /// The uniform law's number of a uniform on `(0, 1)`.
    pub(crate) fn uniform(u: f64) -> f64 {
        2.0 * 3.0_f64.sqrt() * (u - 0.5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_addressed_by_seed_stream_chunk_and_block() {
        for seed in [0, 7, u64::MAX] {
            let key = rand_philox::splitmix64(seed);
            let key = [low(key), low(key >> 32)];
            let mut rng = stream(seed, 3, 5);
            for block in 0..3 {
                let [a, b, c, d] = rand_philox::philox4x32_10([block, 0, 5, 3], key).map(u64::from);
                assert_eq!(at_block(seed, 3, 5, block.into()).next_u64(), a | (b << 32));
                assert_eq!([rng.next_u64(), rng.next_u64()], [a | (b << 32), c | (d << 32)]);
            }
        }
    }

    #[test]
    fn consumption_depends_on_the_length_alone() {
        let mut out = [0.0; 71];
        for law in [NoiseLaw::Gaussian, NoiseLaw::Uniform] {
            let mut rng = stream(1, 0, 0);
            law.fill(&mut rng, &mut out);
            assert_eq!(rng.next_u64(), at_block(1, 0, 0, 36).next_u64());
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
        let mut theirs: Vec<f64> = StandardNormal.sample_iter(rand_philox::Philox::from_u64_seed(3)).take(n).collect();
        ours.sort_by(f64::total_cmp);
        theirs.sort_by(f64::total_cmp);
        let (mut i, mut worst) = (0, 0_usize);
        for (j, z) in theirs.iter().enumerate() {
            i += ours[i..].iter().take_while(|x| *x <= z).count();
            worst = worst.max(i.abs_diff(j + 1));
        }
        assert!((worst as f64) < 0.0073 * n as f64, "{worst}");
    }
}
