//! How far apart the means of a law are.

use crate::share::Piece;

/// Octaves of squared distances that have bins of their own, from `2^-512` up, and bins of each.
const LOWEST: i32 = -512;
const OCTAVES: usize = 1024;
const PARTS: usize = 32;
/// Sums of weights are right to this.
const ROUNDING: f64 = 1e-6;

/// The squared distances of the means of a law, all pairs `j != k` in both orders: `sqrt(w_j w_k)` added up in bins, 32
/// an octave; of means of one label, and of two.
#[derive(Debug, Clone, PartialEq)]
pub struct Gaps {
    sums: [Vec<f64>; 2],
}

impl Default for Gaps {
    fn default() -> Self {
        Self { sums: [vec![0.0; OCTAVES * PARTS], vec![0.0; OCTAVES * PARTS]] }
    }
}

impl Gaps {
    /// Adds a pair: its squared distance, right to a part in a thousand or below `2^-512`, `sqrt(w_j w_k)`, and whether
    /// its labels differ.
    #[inline(always)]
    pub fn add(&mut self, distance2: f64, weight: f64, labels_differ: bool) {
        const SHIFT: u32 = 52 - PARTS.trailing_zeros();
        const FIRST: u64 = ((LOWEST + 1023) as u64) << PARTS.trailing_zeros();
        let bin = (distance2.max(0.0).to_bits() >> SHIFT).saturating_sub(FIRST) as usize;
        self.sums[usize::from(labels_differ)][bin.min(OCTAVES * PARTS - 1)] += weight;
    }

    /// Adds all pairs of another part.
    #[must_use]
    pub fn merge(mut self, other: &Self) -> Self {
        for (sums, others) in self.sums.iter_mut().zip(&other.sums) {
            sums.iter_mut().zip(others).for_each(|(a, b)| *a += b);
        }
        self
    }

    /// The bins that are not empty, as a piece of shared work.
    #[must_use]
    pub fn to_piece(&self) -> Piece {
        let bins = self.sums.iter().flatten().enumerate().filter(|(_, sum)| **sum != 0.0);
        Piece::of(bins.flat_map(|(bin, sum)| [bin as f64, *sum]))
    }

    /// What [`Self::to_piece`] made; `None` of anything else.
    #[must_use]
    pub fn of_piece(piece: &Piece) -> Option<Self> {
        let (mut gaps, mut reader) = (Self::default(), piece.reader());
        while reader.clone().end().is_none() {
            let (bin, sum) = (reader.whole()? as usize, reader.number()?);
            *gaps.sums.iter_mut().flatten().nth(bin)? = sum;
        }
        Some(gaps)
    }

    /// Bounds of `sum sqrt(w_j w_k) exp(-g/8) (g - 2 cut)_+/4`, `g = snr |mu_j - mu_k|^2`, over the pairs of one label
    /// and over those of two; 0 is taken for every distance below `2^-512`.
    #[must_use]
    pub fn excess(&self, snr: f64, cut: f64) -> [f64; 2] {
        let term = |g: f64| if g > 2.0 * cut { (-g / 8.0).exp() * (g - 2.0 * cut) } else { 0.0 };
        let width = 1.0 / PARTS as f64;
        let of = |sums: &Vec<f64>| {
            let mut total = 0.0;
            for (bin, sum) in sums.iter().enumerate().skip(1).filter(|(_, sum)| **sum > 0.0) {
                let octave = f64::from(LOWEST + (bin / PARTS) as i32).exp2();
                // A little wider than the bin, for distances that are rounded.
                let low = snr * octave * (1.0 + (bin % PARTS) as f64 * width) * 0.999;
                let high = snr * octave * (1.0 + ((bin % PARTS) + 1) as f64 * width) * 1.001;
                // The largest value stands at `2 cut + 8`.
                total += sum * term((2.0 * cut + 8.0).clamp(low, high));
            }
            0.25 * total * (1.0 + ROUNDING)
        };
        [of(&self.sums[0]), of(&self.sums[1])]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair is counted, in a bin that holds it, on its side.
    #[test]
    fn the_excess_is_bounded_closely() {
        let pairs: Vec<(f64, bool)> = (0..400).map(|i| (0.013 * 1.03_f64.powi(i), i % 3 == 0)).collect();
        let mut halves = [Gaps::default(), Gaps::default()];
        pairs.iter().enumerate().for_each(|(i, &(d2, differ))| halves[i % 2].add(d2, 0.02, differ));
        let gaps = halves[0].clone().merge(&halves[1]);
        assert_eq!(Gaps::of_piece(&gaps.to_piece()), Some(gaps.clone()));
        assert_eq!(Gaps::of_piece(&Piece::of([1e6, 1.0])), None);
        for (snr, cut) in [(0.3, 0.0), (1.0, 2.0), (7.0, 11.0), (1e-3, 0.5)] {
            let found = gaps.excess(snr, cut);
            for (side, found) in found.into_iter().enumerate() {
                let of = pairs.iter().filter(|p| usize::from(p.1) == side).map(|p| snr * p.0);
                let exact: f64 = of.map(|g| 0.005 * (-g / 8.0).exp() * (g - 2.0 * cut).max(0.0)).sum();
                assert!(found >= exact && found < 1.2 * exact + 1e-12, "{snr} {cut}: {found} {exact}");
            }
        }
    }
}
