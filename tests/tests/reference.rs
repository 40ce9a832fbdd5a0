//! The reference values of docs/theory.md, section 7, by every route that reaches them.
#![allow(clippy::unwrap_used)]

use infodyn_closed_form::Marginal;
use infodyn_core::{Estimate, Mixture, NoiseProcess, Quantity};
use infodyn_monte_carlo::Settings;
use infodyn_quadrature::Channel;

/// `k`, `H(Y given X_t)`, `Var h`, `mmse`; 34-digit arithmetic, halved step (docs/theory.md, section 7).
const TABLE: [[f64; 4]; 5] = [
    [0.1, 0.645497946663229023, 0.00350812171725125154, 0.908659398795122114],
    [0.5, 0.491801708975140169, 0.0319933591655845581, 0.649886595324869186],
    [1.0, 0.356316360213113697, 0.0508573174613909492, 0.449599509206672830],
    [2.0, 0.193075044493100372, 0.0480461495368029517, 0.231018221929295619],
    [4.0, 0.0604269868230783278, 0.0201421978048270909, 0.0685974087907388136],
];

const QUANTITIES: [Quantity; 3] = [Quantity::LabelEntropy, Quantity::LabelPosteriorEntropyVariance, Quantity::Mmse];

fn atoms() -> Mixture {
    Mixture::atoms(&[], &[vec![1.0], vec![-1.0]]).unwrap()
}

#[test]
fn quadrature_under_every_process() {
    let law = atoms();
    for process in NoiseProcess::ALL {
        for [k, truth @ ..] in TABLE {
            let level = process.at_snr(k).unwrap();
            // A time is a double: the ratio that it stands for is off by a few units in its last place.
            let drift = 4.0 * (level.snr() / k - 1.0).abs();
            let marginal = Marginal::new(&law, &level);
            let p = infodyn_quadrature::profile(&Channel::new(&marginal, None, level), &QUANTITIES, None).unwrap();
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
    for (i, [k, truth @ ..]) in TABLE.into_iter().enumerate() {
        let level = NoiseProcess::Ve.at_snr(k).unwrap();
        let marginal = Marginal::new(&law, &level);
        // One false alarm in 10^9 for each of the fifteen intervals.
        let settings = Settings { stream: i as u32, confidence: 1.0 - 1e-9, samples: 1 << 17, ..Settings::default() };
        let p = infodyn_monte_carlo::profile(&law, &marginal, None, &level, &settings, &QUANTITIES).unwrap();
        for (quantity, truth) in QUANTITIES.into_iter().zip(truth) {
            let e: Estimate = p.get(quantity).unwrap();
            assert!(e.contains(truth) && e.radius() < 0.1 * truth, "k={k} {quantity}: {e} {truth}");
        }
    }
}
