//! `infodyn guidance` on laws whose answers are known.

#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests, too

mod common;

use common::{document, example, run};
use serde_json::Value;

fn file(place: &tempfile::TempDir, text: &str) -> String {
    let path = place.path().join("law.toml");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn guided(law: &str, process: &str, more: &[&str]) -> Value {
    document(&[&["guidance", "--law", law, "--process", process], more].concat())
}

/// An estimate contains a number, and is worth something.
#[track_caller]
fn is(estimate: &Value, truth: f64, sharp: f64) {
    let (value, error) = (estimate["value"].as_f64().unwrap(), estimate["error"].as_f64().unwrap());
    assert!((value - truth).abs() <= error && error < sharp, "{estimate}: {truth}");
}

fn near(estimate: &Value, truth: f64, within: f64) {
    let value = estimate["value"].as_f64().unwrap();
    assert!((value - truth).abs() < within, "{estimate}: {truth}");
}

/// theory.md G5, five decimals: strength 3 for k from 1/4 to 4, here `k = 2.25/(0.25 + t^2)`; and strength 1, which is
/// the class.
#[test]
fn two_equal_classes() {
    let place = tempfile::tempdir().unwrap();
    let law = file(&place, "kind = \"mixture\"\nmeans = [[1.5], [-1.5]]\ncovariance = 0.25");
    let window = format!("{:?}:{:?}", 0.3125_f64.sqrt(), 8.75_f64.sqrt());
    let found = guided(&law, "edm", &["--class", "0", "--omega", "1,3", "--window", &window]);
    let effects = found["effects"].as_array().unwrap();
    assert_eq!(effects.len(), 4);
    for effect in effects.iter().filter(|e| e["omega"] == 1.0) {
        for side in ["sde", "flow"] {
            is(&effect[side]["shift"], 0.0, 1e-9);
            is(&effect[side]["variance"], 1.0, 1e-9);
            is(&effect[side]["square"], 1.0, 1e-9);
        }
        is(&effect["sde"]["path_divergence"], 0.0, 1e-9);
        is(&effect["flow"]["divergence"], 0.0, 1e-9);
        is(&effect["bound"], 0.0, 1e-9);
    }
    let windowed = &effects[3];
    assert_eq!((&windowed["omega"], &windowed["windowed"]), (&3.0.into(), &true.into()));
    near(&windowed["flow"]["shift"], 0.53400, 1e-5);
    near(&windowed["flow"]["variance"], 0.38712, 1e-5);
    assert_eq!(windowed["flow"]["divergence"]["method"], "quadrature");
    near(&windowed["bound"], 0.554_517_744_447_956, 1e-14);
    // From k = 1e-4 a flow lacks about 2 k^{1/2} = 0.02 of the shift 1.0498, which k = 9 has but for e^{-9/2}.
    near(&effects[1]["flow"]["shift"], 1.0498 - 0.02, 0.01);
    assert!(effects[1]["flow"]["divergence"]["value"].as_f64().unwrap() > 0.6);
    // The law of the ends at k = 9 or so: between nothing and the paths.
    let ends = effects[1]["sde"]["divergence"]["value"].as_f64().unwrap();
    assert!(ends > 0.01 && ends < effects[1]["sde"]["path_divergence"]["value"].as_f64().unwrap(), "{ends}");
    is(&effects[0]["sde"]["divergence"], 0.0, 1e-6);
    for effect in effects {
        let (cost, bound) = (&effect["sde"]["path_divergence"], effect["bound"]["value"].as_f64().unwrap());
        assert!(cost["value"].as_f64().unwrap() - cost["error"].as_f64().unwrap() <= bound, "{effect}");
        assert!(effect["failure"]["why"].is_string());
    }
}

/// theory.md G1, G7 and G8 of two atoms: the budget at omega = 3 by `k = snr`, the cost, and the chances.
#[test]
fn two_atoms() {
    let law = example("two-atoms.toml");
    let more = ["--class", "1", "--omega", "3,0.25", "--grid", "snr:0.0001,0.1,0.5,2,40"];
    let found = guided(&law, "vp-linear", &more);
    let stretches = found["stretches"].as_array().unwrap();
    assert_eq!(stretches.len(), 5);
    assert!(stretches[0].get("from").is_none() && stretches[1]["from"]["snr"] == stretches[0]["to"]["snr"]);
    let sum = |to: usize, of: &dyn Fn(&Value) -> Value| {
        let parts: Vec<Value> = stretches[..to].iter().map(of).collect();
        let total = |field: &str| parts.iter().map(|p| p[field].as_f64().unwrap()).sum::<f64>();
        serde_json::json!({"value": total("value"), "error": total("error")})
    };
    for (to, spent) in [(2, 0.287_020), (3, 0.748_770), (4, 0.971_709)] {
        is(&sum(to, &|s| s["spent"][0].clone()), spent, 0.15);
    }
    // 1 - H/log 2 at k = 1/2.
    near(&sum(3, &|s| s["decided"].clone()), 0.290_480, 1e-6);
    let effect = &found["effects"][0];
    is(&effect["sde"]["path_divergence"], 0.554_517_744_447_956, 0.1);
    is(&effect["failure"]["missed"], 0.0, 1e-12);
    is(&effect["failure"]["falls"], 31.0 / 1023.0, 1e-12);
    is(&found["effects"][1]["failure"]["missed"], 1.0 - 0.5_f64.sqrt(), 1e-12);
    assert!(found["effects"][1].get("bound").is_none());
    // log(sigma/alpha) = 0 is step 297 or so of the table of diffusers.
    assert_eq!(found["table"], "ddpm-linear");
    let index = stretches[3]["to"]["index"].as_u64().unwrap();
    assert!((150..297).contains(&index), "{index}");
}

/// theory.md G3 (ii): toward the broad of two centred classes, from hardly any signal to hardly any noise.
#[test]
fn a_class_that_widens() {
    let place = tempfile::tempdir().unwrap();
    let law = file(&place, "kind = \"mixture\"\nmeans = [[0.0], [0.0]]\ncovariances = [4.0, 0.25]");
    let grid = ["--grid", "snr:1e-5,1e4", "--omega", "2"];
    let found = guided(&law, "ve", &[&["--class", "0"], &grid[..]].concat());
    let flow = &found["effects"][0]["flow"];
    is(&flow["square"], 1.557_231_97, 0.1);
    assert!(flow.get("shift").is_none() && flow.get("variance").is_none());
    let found = guided(&law, "ve", &[&["--class", "1"], &grid[..]].concat());
    is(&found["effects"][0]["flow"]["square"], 0.302_447_191_5, 0.1);
}

/// The same bits for any number of threads; names of classes; a table in text.
#[test]
fn bits_names_and_text() {
    let place = tempfile::tempdir().unwrap();
    let law = file(&place, "kind = \"atoms\"\npoints = [[-1.0], [1.0], [3.0]]\nlabels = [\"cat\", \"dog\", \"dog\"]");
    let base = [
        "guidance",
        "--law",
        &law,
        "--process",
        "flow",
        "--class",
        "dog",
        "--omega",
        "2",
        "--window",
        "0.3:",
        "--grid",
        "snr:0.01,1,30",
    ];
    let of = |threads: &str| {
        let output = run(&[&base[..], &["--threads", threads]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let one = of("1");
    assert_eq!(one, of("2"));
    for part in
        ["toward class dog", "reverse SDE", "probability flow", "from t = 0.300000 to noise alone", "another class"]
    {
        assert!(one.contains(part), "{part}: {one}");
    }
}

#[test]
fn refusals_are_one_line() {
    let place = tempfile::tempdir().unwrap();
    let law = file(&place, "kind = \"gaussian\"\nmean = [0.0]\ncovariance = 1.0");
    let atoms = example("two-atoms.toml");
    let big = example("digits.toml");
    for (law, args, parts) in [
        (&atoms, &["--class", "2"][..], &["--class", "\"2\"", "from 0 to 1"][..]),
        (&atoms, &["--class", "0", "--omega", "1,x"], &["--omega", "x"]),
        (&atoms, &["--class", "0", "--omega", "nan"], &["--omega", "NaN"]),
        (&atoms, &["--class", "0", "--omega", "1000"], &["--omega", "1000", "100"]),
        (&atoms, &["--class", "0", "--window", "3:1"], &["--window", "rise"]),
        (&atoms, &["--class", "0", "--window", "1e5:2e5"], &["--window", "where paths run"]),
        (&atoms, &["--class", "0", "--grid", "1"], &["--grid", "1 noise levels", "at least 2"]),
        (&atoms, &["--class", "0", "--grid", "1,1"], &["--grid", "twice"]),
        (&atoms, &["--class", "0", "--table", "edm"], &["--table", "edm", "ddpm-linear"]),
        (&atoms, &[], &["--class"]),
        (&law, &["--class", "0"], &["law.toml", "at least 2"]),
        (&big, &["--class", "3"], &["digits.toml", "1797 components", "4096"]),
    ] {
        let base = ["guidance", "--law", law, "--process", "edm", "--out"];
        let out = place.path().join("out.json").display().to_string();
        let output = run(&[&base[..], &[&out], args].concat());
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{args:?}: {line}");
        assert!(line.ends_with('\n') && line.matches('\n').count() == 1, "{args:?}: {line:?}");
        assert!(parts.iter().all(|part| line.contains(part)), "{args:?}: {line:?} lacks one of {parts:?}");
        assert!(!std::path::Path::new(&out).exists());
    }
}
