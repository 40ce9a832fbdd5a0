//! Data sets of so many numbers that draws come in pairs and spreads are those of clones.
#![allow(clippy::unwrap_used, reason = "the whole file is tests")]

use std::sync::Arc;

use infodyn_closed_form::MixtureLaw;
use infodyn_core::{Channel, Mixture, Moment, NoiseProcess, Route};
use infodyn_monte_carlo::{MonteCarloAlong, Settings, gaps};

/// `2^14` points in `R^256`, `2^22` numbers; where there is a gap each second point is the one before, so far away.
fn cloud(gap: Option<f64>) -> Arc<MixtureLaw> {
    let mut state = 5_u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    };
    let mut points: Vec<Vec<f64>> = Vec::new();
    while points.len() < 1 << 14 {
        let point: Vec<f64> = (0..256).map(|_| 2.0 * random()).collect();
        points.push(point.clone());
        if let Some(gap) = gap {
            points.push(point);
            points.last_mut().unwrap()[0] += gap;
        }
    }
    let labels = (0..1 << 14).map(|k| k / 2 % 3).collect();
    MixtureLaw::of(Mixture::atoms(&[], &points).unwrap().with_labels(labels).unwrap())
}

fn channels(law: &Arc<MixtureLaw>, snrs: &[f64]) -> Vec<Channel> {
    let at = |&snr: &f64| Channel::new(law.clone(), NoiseProcess::Ve, 1.0 / snr).unwrap();
    snrs.iter().map(at).collect()
}

/// Levels of different samples, some with clones and some without, on any number of threads.
#[test]
fn threads_do_not_change_a_bit_of_pairs() {
    let law = cloud(None);
    let channels = channels(&law, &[0.01, 0.3]);
    let settings = Settings { samples: 4096, ..Settings::default() };
    let moments = [Moment::PosteriorTrace, Moment::LabelProduction, Moment::LabelEntropy];
    let run = |threads: usize| -> Vec<(u64, u64)> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let found = pool.install(|| {
            let gaps = gaps(&*law);
            MonteCarloAlong { settings, samples: &[4096, 4224], gaps: gaps.as_ref() }.means_along(&channels, &moments)
        });
        let estimates = found.unwrap().into_iter().flatten().flatten();
        estimates.map(|e| (e.value().to_bits(), e.radius().to_bits())).collect()
    };
    let one = run(1);
    assert_eq!(one.len(), 6);
    assert_eq!(one, run(2));
    assert_eq!(one, run(3));
}

/// Distances far below the lengths of the points are those of the points, not what products leave of them.
#[test]
fn small_distances_count() {
    let gap = 1e-6;
    let found = gaps(&*cloud(Some(gap))).unwrap();
    // `2^14` ordered pairs of weight `2^-14` each.
    for g in [1.0, 20.0] {
        let [within, between] = found.excess(g / (gap * gap), 0.0);
        let exact = 0.25 * (-g / 8.0_f64).exp() * g;
        assert!(within >= exact && within < 1.1 * exact && between < 1e-9, "{within} {between} {exact}");
    }
}
