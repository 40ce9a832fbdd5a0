//! What products of means with points lose of log-likelihood ratios, against differences of means point by point.
#![allow(clippy::unwrap_used, reason = "the whole file is tests")]

use infodyn_closed_form::{Marginal, MixtureLaw};
use infodyn_core::{Density, Detail, Law, Mixture, NoiseProcess, Observation, Points, Projections, ulps};

/// Pairs of near points far from one another, so that posteriors are undecided however large `gamma r^2` is.
fn pairs(count: usize, dim: usize, gap: f64) -> Mixture {
    let mut state = 11_u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    };
    let mut points: Vec<Vec<f64>> = Vec::new();
    for _ in 0..count {
        let point: Vec<f64> = (0..dim).map(|_| 2.0 * random()).collect();
        let mut near = point.clone();
        near[0] += gap;
        points.extend([point, near]);
    }
    Mixture::atoms(&[], &points).unwrap()
}

/// The bound that the Monte Carlo route adds to its radii: `products(D) eps alpha |x| r / sigma^2` for a ratio, and
/// what follows from it for an entropy.
#[test]
fn ratios_err_by_no_more_than_their_bound() {
    let (count, d, n) = (64, 48, 40);
    for snr in [1e6, 1e9, 3e10] {
        let law = pairs(count, d, 2.0 / f64::sqrt(snr));
        let shared = MixtureLaw::of(law.clone());
        let level = NoiseProcess::Ve.at_snr(snr).unwrap();
        let anchors: Vec<usize> = (0..n).map(|i| (i * 37) % (2 * count)).collect();
        let z: Vec<f64> = (0..n * d).map(|i| ((i * 7919) % 1001) as f64 / 250.0 - 2.0).collect();
        let offsets: Vec<f64> = z.iter().map(|z| level.sigma() * z).collect();
        let points = Points { anchors: &anchors, offsets: &offsets };
        let mut known = Projections::default();
        assert!(shared.project(&anchors, &vec![0.0; n * d], &z, &mut known));
        known.error = 1.0;
        let (mut by_products, mut exact) = (Observation::default(), Observation::default());
        let p = shared.density(&level);
        p.observe_projected(points, Some(&known), Detail::COMPONENT_ENTROPY, &mut by_products);
        Marginal::new(&law, &level).point_by_point().observe(points, Detail::COMPONENT_ENTROPY, &mut exact);
        let centre = law.total_mean();
        let length = |x: &mut dyn Iterator<Item = f64>| x.map(|x| x * x).sum::<f64>().sqrt();
        let from_centre = |k: usize| length(&mut law.mean(k).iter().zip(centre.iter()).map(|(a, b)| a - b));
        let reach = (0..2 * count).map(from_centre).fold(0.0, f64::max) * snr.sqrt();
        let noise = z.chunks_exact(d).map(|z| length(&mut z.iter().copied())).fold(0.0, f64::max);
        let error = ulps::products(d) * f64::EPSILON * reach * (noise + reach);
        let mut most = 0.0_f64;
        for i in 0..n {
            // Of two undecided points the evidence has half of what their ratio is off by.
            let off = (by_products.ln_density[i] - exact.ln_density[i]).abs();
            let moved = (by_products.component.entropy[i] - exact.component.entropy[i]).abs();
            most = most.max(off / error);
            assert!(off <= error, "snr {snr:e}: {off:e} of {error:e}");
            assert!(moved <= 4.0 * error * (2.0 + (2.0 * count as f64).ln()), "snr {snr:e}: {moved:e} of {error:e}");
            assert!(exact.component.entropy[i] > 1e-3 || snr < 1e7, "{}", exact.component.entropy[i]);
        }
        assert!(most > 1e-3, "the bound is idle: {most:e}");
    }
}
