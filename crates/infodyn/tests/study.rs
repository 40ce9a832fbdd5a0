//! `infodyn study`, and schedules by measurement, against distances that another program found on the same law with
//! other starts (1500, its solver a step of 1/400 in `log sigma`), told to three digits.
#![allow(clippy::unwrap_used)] // helpers of tests

mod common;

use common::{document, example, run};
use serde_json::Value;

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// Two sampled numbers of one thing: within the error of one and as much again for the other.
#[track_caller]
fn near(found: &Value, known: f64) {
    let (value, error) = (number(&found["value"]), number(&found["error"]));
    assert!((value - known).abs() <= 2.0 * error + 5e-4, "{value} +- {error}, {known}");
}

#[test]
fn distances_on_a_mixture_are_those_known() {
    let law = example("mixture-2d.toml");
    let clocks = ["edm", "curvature1", "flow:1", "flow:0.5", "flow:3"];
    let found = document(&["study", "--law", &law, "--steps", "8", "--clocks", &clocks.join(",")]);
    let row = |sampler: &str| {
        let rows = found["rows"].as_array().unwrap();
        rows.iter().find(|row| row["sampler"] == sampler).unwrap()["cells"].clone()
    };
    for (sampler, known) in
        [("euler", [0.359, 0.143, 0.148, 0.167, 0.218]), ("dpmpp2m", [0.314, f64::NAN, 0.046, 0.042, 0.136])]
    {
        for (i, known) in known.into_iter().enumerate().filter(|k| !k.1.is_nan()) {
            near(&row(sampler)[i]["distance"], known);
        }
    }
    // With DPM-Solver++(2M) the best scale is near 0.7, with Euler's method near 1, and both are flat.
    let scale = |i: usize| number(&found["rows"][i]["flow"]["scale"]);
    assert!((0.7..1.4).contains(&scale(0)) && (0.5..0.9).contains(&scale(2)), "{} {}", scale(0), scale(2));
    let standing = &found["standings"][2];
    assert_eq!((&standing["clock"], &standing["farther_than_edm"]), (&Value::from("flow:1"), &Value::from(0)));
    // The optimum of eight steps to 0.002 is 20.6974, and edm's own 346.8625.
    near(&found["ancestral"][0]["path_divergences"][0], 346.8625);
}

#[test]
fn chosen_levels_end_nearer() {
    let law = example("mixture-2d.toml");
    let of =
        |clock: &str| document(&["schedule", "--law", &law, "--steps", "8", "--clock", clock, "--sampler", "dpmpp2m"]);
    let measured = |found: &Value, i: usize| number(&found["costs"][i]["measured"]["distance"]["value"]);
    let (auto, fitted) = (of("auto"), of("fitted"));
    assert!(measured(&auto, 0) < 0.8 * measured(&auto, 2), "{auto}");
    assert!(measured(&fitted, 0) < 0.9 * measured(&auto, 0), "{fitted}");
    assert_eq!(fitted["clock"], "fitted");
    // The clock that was chosen gives the same levels by its name.
    let again = of(auto["clock"].as_str().unwrap());
    assert_eq!(again["sigmas"], auto["sigmas"]);
    let levels: Vec<f64> = fitted["sigmas"].as_array().unwrap().iter().map(number).collect();
    assert!(levels[0] == 80.0 && levels[8] == 0.0 && levels.windows(2).all(|p| p[1] < p[0]), "{levels:?}");
    assert!(fitted["notes"][0].as_str().unwrap().contains("256 starts: "), "{}", fitted["notes"]);
}

#[test]
fn published_levels() {
    let found = document(&["schedule", "--clock", "ays-sd15", "--steps", "10"]);
    let levels: Vec<f64> = found["sigmas"].as_array().unwrap().iter().map(number).collect();
    assert_eq!(levels, [14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.0]);
    // Of twenty steps every second is one of ten, and those between are their geometric means.
    let found = document(&["schedule", "--clock", "ays-svd", "--steps", "20"]);
    let at = |i: usize| number(&found["sigmas"][i]);
    assert!(at(0) == 700.0 && at(2) == 54.5 && (at(1) - (700.0_f64 * 54.5).sqrt()).abs() < 1e-11, "{found}");
}

#[test]
fn refusals() {
    let law = example("two-atoms.toml");
    for (args, part) in [
        (&["schedule", "--law", &law, "--steps", "8", "--clock", "auto"][..], "--sampler: none with the clock auto"),
        (&["schedule", "--law", &law, "--steps", "8", "--clock", "fitted", "--sampler", "ancestral"], "one of euler"),
        (&["schedule", "--steps", "8", "--clock", "auto", "--sampler", "heun"], "expected --law"),
        (&["schedule", "--steps", "8", "--clock", "ays-sdxl", "--sigma-max", "80"], "begins at 14.615"),
        (&["schedule", "--steps", "8", "--clock", "ays-sdxl", "--sigma-min", "0.1"], "--sigma-min"),
        (&["study", "--law", &law, "--clocks", "auto"], "--clocks: auto"),
        (&["study", "--law", &law, "--clocks", "log,log"], "log twice"),
        (&["study", "--law", &law, "--steps", "1"], "--steps"),
    ] {
        let output = run(args);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.status.code() == Some(2) && said.lines().count() == 1 && said.contains(part),
            "{args:?}: {said}"
        );
    }
}
