//! What ranges of spreads leave out, against integrals over the line.
#![allow(clippy::unwrap_used, reason = "the whole file is tests")]

use infodyn_core::Gaps;
use infodyn_monte_carlo::Range;

/// Atoms on the line in units of the noise at the ratio 1, with weights and labels.
struct Atoms(Vec<(f64, f64, usize)>);

impl Atoms {
    /// Distances as a law tells them.
    fn gaps(&self) -> Gaps {
        let mut gaps = Gaps::default();
        for (i, a) in self.0.iter().enumerate() {
            for (j, b) in self.0.iter().enumerate() {
                if i != j {
                    gaps.add((a.0 - b.0).powi(2), (a.1 * b.1).sqrt(), a.2 != b.2);
                }
            }
        }
        gaps
    }

    /// The scaled spread of the posterior at `x`, and its part between labels.
    fn spreads(&self, snr: f64, x: f64) -> (f64, [f64; 2]) {
        let terms: Vec<f64> = self.0.iter().map(|(y, w, _)| w * (-0.5 * (x - snr.sqrt() * y).powi(2)).exp()).collect();
        let total: f64 = terms.iter().sum();
        let mean = |of: &dyn Fn(usize) -> bool| -> (f64, f64) {
            let kept = || self.0.iter().zip(&terms).filter(|(a, _)| of(a.2));
            let mass: f64 = kept().map(|(_, p)| p).sum();
            (mass, kept().map(|(a, p)| p * a.0).sum::<f64>() / mass)
        };
        let (_, centre) = mean(&|_| true);
        let all = self.0.iter().zip(&terms).map(|(a, p)| p * (a.0 - centre).powi(2)).sum::<f64>() / total;
        let labels = 1 + self.0.iter().map(|a| a.2).max().unwrap_or(0);
        let between = (0..labels).map(|label| {
            let (mass, own) = mean(&|y| y == label);
            if mass > 0.0 { mass * (own - centre).powi(2) } else { 0.0 }
        });
        (total / std::f64::consts::TAU.sqrt(), [snr * all, snr * between.sum::<f64>() / total])
    }

    /// The means of what both have above these, by a trapezoidal sum.
    fn losses(&self, snr: f64, cuts: [f64; 2]) -> [f64; 2] {
        const STEP: f64 = 2e-3;
        let places = || self.0.iter().map(|a| snr.sqrt() * a.0);
        let (low, high) = (places().fold(f64::INFINITY, f64::min), places().fold(f64::NEG_INFINITY, f64::max));
        let mut losses = [0.0; 2];
        for i in 0..=((high - low + 20.0) / STEP) as usize {
            let (density, spreads) = self.spreads(snr, low - 10.0 + i as f64 * STEP);
            for side in 0..2 {
                losses[side] += STEP * density * (spreads[side] - cuts[side]).max(0.0);
            }
        }
        losses
    }
}

fn laws() -> [Atoms; 3] {
    [
        // Near within labels, far between; the other way round; weights and gaps of every size.
        Atoms(vec![(0.0, 0.25, 0), (0.3, 0.25, 0), (4.0, 0.25, 1), (4.3, 0.25, 1)]),
        Atoms(vec![(0.0, 0.25, 0), (0.3, 0.25, 1), (4.0, 0.25, 0), (4.3, 0.25, 1)]),
        Atoms(vec![(-3.0, 0.01, 2), (-1.0, 0.5, 0), (-0.8, 0.19, 1), (0.5, 0.2, 0), (2.5, 0.1, 2)]),
    ]
}

#[test]
fn known_distances_bound_what_a_cut_takes_of_spreads_and_of_their_part_between_labels() {
    for law in laws() {
        let gaps = law.gaps();
        for snr in [0.3, 1.0, 4.0, 16.0, 64.0] {
            for (samples, level) in [(64, 0.5), (4096, 0.997), (1 << 20, 1.0 - 1e-9)] {
                let ranges = Range::posterior_spreads(&gaps, snr, samples, level);
                let losses = law.losses(snr, ranges.map(|range| range.hi));
                for (range, loss) in ranges.iter().zip(losses) {
                    assert!(loss <= range.bias, "snr {snr}, {samples} samples: {loss:e} of {range:?}");
                }
            }
            // Whatever is cut, and without any cut: then the bound is that of the mean itself.
            for cut in [0.0, 0.5, 2.0, 8.0] {
                let [within, between] = gaps.excess(snr, cut);
                let [all, labels] = law.losses(snr, [cut; 2]);
                assert!(all <= within + between && labels <= between, "snr {snr}, cut {cut}");
            }
        }
    }
}

/// A label's part has the distances between labels alone.
#[test]
fn distances_within_a_label_do_not_widen_its_part() {
    let [near, far, _] = laws().map(|law| Range::posterior_spreads(&law.gaps(), 16.0, 4096, 0.997));
    assert!(near[1].bias + near[1].hi < 0.1 * (near[0].bias + near[0].hi), "{near:?}");
    assert!(far[1].bias + far[1].hi > 0.9 * (far[0].bias + far[0].hi), "{far:?}");
}

/// A range takes the place of another where it is better in both, or by a third in what an event costs that is never
/// met.
#[test]
fn a_range_takes_the_place_of_a_worse_one_alone() {
    let (samples, level) = (4096_u64, 0.997_f64);
    let of = |hi: f64, bias: f64| Range { bias, ..Range::always(0.0, hi) };
    let odds = (2.0 / (1.0 - level)).ln() / samples as f64;
    let other = of(10.0, 0.01);
    let cost = 4.0 / 3.0 * 10.0 * odds + 0.01;
    assert_eq!(of(9.0, 0.009).instead_of(other, samples, level), of(9.0, 0.009));
    let dear = of(1.0, 0.9 * cost);
    assert_eq!(dear.instead_of(other, samples, level), other);
    let cheap = of(1.0, 0.6 * cost - 4.0 / 3.0 * odds);
    assert_eq!(cheap.instead_of(other, samples, level), cheap);
}
