//! Numbers that other programs found on the committed data and laws, to the places that they were told in.
//!
//! Those of trained networks, of natural images, of the digits' fitted Gaussians and of a Gaussian of rank 2 in three
//! dimensions belong to laws and networks that are not committed, and are not here.
#![allow(clippy::unwrap_used)] // helpers of tests

mod common;

use common::{document, example, run};
use serde_json::Value;

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// A number to half a unit of its fourth or fifth place, as it was told, within an error of its own.
#[track_caller]
fn near(found: &Value, known: f64, relative: f64) {
    let (value, error) = (number(&found["value"]), number(&found["error"]));
    assert!((value - known).abs() <= error + relative * known, "{value} +- {error}, {known}");
}

/// The least error of any denoiser on the 1797 digits, and that of the best linear one.
#[test]
fn errors_on_the_digits() {
    let law = example("digits.toml");
    let known = [(0.3, 0.008083), (0.5, 0.3279), (0.7, 1.563), (1.0, 4.796), (2.0, 13.06), (5.0, 17.73), (20.0, 18.71)];
    let grid = known.map(|(s, _)| s.to_string()).join(",");
    let args = ["--process", "edm", "--grid", &grid, "--quantities", "mmse", "--samples", "32768"];
    let found = document(&[&["profile", "--law", &law], &args[..]].concat());
    for (point, (sigma, known)) in found["points"].as_array().unwrap().iter().zip(known) {
        assert_eq!(number(&point["t"]), sigma);
        near(&point["mmse"], known, 5e-3);
    }
    let model = format!("{}/../../tests/models/digits.toml", env!("CARGO_MANIFEST_DIR"));
    let known = [(0.02, 0.02168), (0.1, 0.44387), (0.5, 4.8029), (1.0, 9.4085), (3.0, 16.357), (10.0, 18.511)];
    let sigmas = known.map(|(s, _)| s.to_string()).join(",");
    // With warnings on standard error.
    let audit = run(&["audit", "--model", &model, "--law", &law, "--sigmas", &sigmas, "--samples", "512", "--json"]);
    let found: Value = serde_json::from_slice(&audit.stdout).unwrap();
    for (level, (sigma, known)) in found["levels"].as_array().unwrap().iter().zip(known) {
        assert_eq!(number(&level["sigma"]), sigma);
        assert!((number(&level["linear_mmse"]) / known - 1.0).abs() < 2e-4, "{level}");
    }
}

/// Distances from the exact flow, to 3 %: samplers by rows, in the order of the clocks.
#[test]
#[ignore = "takes minutes: run by night"]
fn distances_by_sampler_and_clock() {
    let clocks = ["edm", "rescaled", "kl-s2", "curvature1", "curvature2", "cosine:1", "flow:1"];
    for (law, steps, rows) in [
        (
            "mixture-2d.toml",
            "4,16",
            [
                ("euler", 4, [0.579, 0.281, 0.282, 0.274, 0.313, 0.276, 0.287]),
                ("euler", 16, [0.172, 0.0759, 0.0757, 0.0745, 0.0842, 0.0746, 0.0777]),
                ("dpmpp2m", 4, [0.333, 0.201, 0.214, 0.181, 0.157, 0.201, 0.172]),
                ("dpmpp2m", 16, [0.0898, 0.0179, 0.0214, 0.011, 0.014, 0.0178, 0.00841]),
            ],
        ),
        (
            "ring-8.toml",
            "8,16",
            [
                ("euler", 8, [0.187, 0.269, 0.208, 0.0655, 0.0743, 0.0905, 0.0672]),
                ("euler", 16, [0.0817, 0.096, 0.103, 0.0339, 0.033, 0.0406, 0.0322]),
                ("dpmpp2m", 8, [0.515, 0.251, 0.191, 0.0802, 0.122, 0.0884, 0.0743]),
                ("dpmpp2m", 16, [0.0595, 0.0957, 0.0984, 0.0368, 0.0264, 0.0519, 0.0329]),
            ],
        ),
    ] {
        let found = document(&["study", "--law", &example(law), "--steps", steps, "--clocks", &clocks.join(",")]);
        for (sampler, evaluations, known) in rows {
            let all = found["rows"].as_array().unwrap();
            let row = all.iter().find(|r| r["sampler"] == sampler && r["evaluations"] == evaluations).unwrap();
            for (cell, known) in row["cells"].as_array().unwrap().iter().zip(known) {
                near(&cell["distance"], known, 0.03);
            }
        }
    }
}

/// The least path divergence of seven steps from 80 to 0.002 on eight narrow modes.
#[test]
fn the_least_path_divergence_on_a_ring() {
    let law = example("ring-8.toml");
    let found = document(&["schedule", "--law", &law, "--steps", "8", "--clock", "kl", "--sampler", "ancestral"]);
    near(&found["costs"][0]["path_divergence"], 17.193, 3e-5);
}
