//! The reference values of docs/theory.md, section 7, by every route that reaches them.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use infodyn_closed_form::MixtureLaw;
use infodyn_core::{Channel, Estimate, Mixture, NoiseProcess, Quantity, profile};
use infodyn_fixtures::TWO_ATOMS;
use infodyn_monte_carlo::{MonteCarlo, Settings};
use infodyn_quadrature::Quadrature;

const QUANTITIES: [Quantity; 3] = [Quantity::LabelEntropy, Quantity::LabelPosteriorEntropyVariance, Quantity::Mmse];

fn atoms() -> Arc<MixtureLaw> {
    MixtureLaw::of(Mixture::atoms(&[], &[vec![1.0], vec![-1.0]]).unwrap())
}

#[test]
fn quadrature_under_every_process() {
    let law = atoms();
    for process in NoiseProcess::ALL {
        for [k, truth @ ..] in TWO_ATOMS {
            let level = process.at_snr(k).unwrap();
            // A time is a double: the ratio that it stands for is off by a few units in its last place.
            let drift = 4.0 * (level.snr() / k - 1.0).abs();
            let channel = Channel::new(Arc::clone(&law) as _, process, level.t()).unwrap();
            let p = profile(&Quadrature, &channel, &QUANTITIES).unwrap();
            for (quantity, truth) in QUANTITIES.into_iter().zip(truth) {
                let e = p.get(quantity).unwrap();
                assert!((e.value() / truth - 1.0).abs() < 1e-12 + drift, "{process} k={k} {quantity}: {e}");
                assert!((e.value() - truth).abs() <= e.radius() + drift * truth, "{process} k={k} {quantity}: {e}");
            }
        }
    }
}

#[test]
fn monte_carlo_covers_them() {
    let law = atoms();
    for (i, [k, truth @ ..]) in TWO_ATOMS.into_iter().enumerate() {
        let channel = Channel::new(Arc::clone(&law) as _, NoiseProcess::Ve, 1.0 / k).unwrap();
        // One false alarm in 10^9 for each of the fifteen intervals.
        let settings = Settings { stream: i as u32, confidence: 1.0 - 1e-9, samples: 1 << 17, ..Settings::default() };
        let p = profile(&MonteCarlo(settings), &channel, &QUANTITIES).unwrap();
        for (quantity, truth) in QUANTITIES.into_iter().zip(truth) {
            let e: Estimate = p.get(quantity).unwrap();
            assert!(e.contains(truth) && e.radius() < 0.1 * truth, "k={k} {quantity}: {e} {truth}");
        }
    }
}
