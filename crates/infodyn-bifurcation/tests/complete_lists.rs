//! A thousand random mixtures of up to five components: the list of fixed points is the complete one, as the enclosure
//! route proves it by covering the line.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use infodyn_bifurcation::{Energy, Landscape, fixed_points};
use infodyn_closed_form::MixtureLaw;
use infodyn_core::{Covariance, Mixture, NoiseProcess};
use infodyn_enclosure::{Drift, Interval, LineLaw};

/// SplitMix64, to `[0, 1)`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[test]
fn a_thousand_lists_are_complete() {
    let mut random = Random(7);
    let mut lengths = [0; 10];
    for case in 0..1000 {
        let components = 1 + (random.next() * 5.0) as usize;
        let weights: Vec<f64> = (0..components).map(|_| 0.05 + random.next()).collect();
        let sum: f64 = weights.iter().sum();
        let weights: Vec<f64> = weights.iter().map(|w| w / sum).collect();
        let means: Vec<Vec<f64>> = (0..components).map(|_| vec![6.0 * random.next() - 3.0]).collect();
        let covariances = (0..components)
            .map(|_| if random.next() < 0.4 { 0.0 } else { random.next() })
            .map(|q| Covariance::isotropic(q).unwrap());
        let law = Mixture::new(&weights, &means, covariances.collect()).unwrap();
        let t = 10f64.powf(2.5 * random.next() - 2.0);
        let landscape = Landscape::new(MixtureLaw::of(law.clone()), NoiseProcess::Ve, Energy::Marginal).unwrap();
        let found = fixed_points(&landscape, 1.0 / t).unwrap();

        let line = LineLaw::new(&law).unwrap().at(Interval::ONE, Interval::point(t)).unwrap();
        let proved = infodyn_enclosure::fixed_points(&line, Drift::marginal()).unwrap();
        let show = || format!("case {case}, t = {t}: {law:?}\nfound {found:?}\nproved {proved:?}");
        assert_eq!(found.len(), proved.len(), "{}", show());
        let mut found = found.clone();
        found.sort_by(|a, b| a.at[0].total_cmp(&b.at[0]));
        for (f, p) in found.iter().zip(&proved) {
            // 1/t is rounded, so the two noise levels differ by a unit in the last place.
            let room = f.error + 1e-12 / p.slope.mignitude().min(1.0);
            assert!(p.at.widened(room).contains(f.at[0]), "{}", show());
            assert_eq!(f.stable(), p.slope.is_negative(), "{}", show());
            assert!(p.at.width() < 1e-9 && p.unique_in.encloses(p.at), "{}", show());
        }
        lengths[proved.len()] += 1;
    }
    // Odd lists only, and not all of length 1.
    eprintln!("lists by length: {lengths:?}");
    assert!(lengths.iter().step_by(2).all(|&n| n == 0) && lengths[3] > 50 && lengths[5] > 20, "{lengths:?}");
}
