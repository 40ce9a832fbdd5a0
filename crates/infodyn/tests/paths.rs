//! `infodyn paths` on laws whose answers are known.

#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests, too

mod common;

use std::process::Output;

use common::{document, example, good, run};
use serde_json::Value;

fn paths(law: &str, process: &str, grid: &str, more: &[&str]) -> Output {
    run(&[&["paths", "--law", law, "--process", process, "--grid", grid], more].concat())
}

fn json(law: &str, process: &str, grid: &str, more: &[&str]) -> Value {
    document(&[&["paths", "--law", law, "--process", process, "--grid", grid], more].concat())
}

/// An estimate contains a number, and is worth something.
fn is(estimate: &Value, truth: f64, sharp: f64) {
    let (value, error) = (estimate["value"].as_f64().unwrap(), estimate["error"].as_f64().unwrap());
    assert!((value - truth).abs() <= error && error < sharp, "{estimate}: {truth}");
}

/// theory.md, section 7, at `k = 1` and 4; D6 at confidence 0.9: `b = atanh 0.8`.
#[test]
fn exact_paths_of_two_atoms() {
    let law = example("two-atoms.toml");
    let found = json(&law, "edm", "snr:0.1,1,4,80", &["--n", "30000", "--confidence", "0.9"]);
    assert_eq!((&found["schema"], &found["method"]), (&Value::from("infodyn.paths/1"), &Value::from("forward")));
    let levels = found["levels"].as_array().unwrap();
    assert!((levels[2]["snr"].as_f64().unwrap() - 1.0).abs() < 1e-12);
    is(&levels[2]["label_entropy"], 0.356_316_360_213_113_7, 0.01);
    is(&levels[2]["label_posterior_entropy_variance"], 0.050_857_317_461_390_95, 0.005);
    is(&levels[1]["label_entropy"], 0.060_426_986_823_078_33, 0.01);
    is(&levels[1]["label_surprisal"], 0.060_426_986_823_078_33, 0.02);
    is(&levels[2]["clone_agreement"], 1.0 - 0.5 * 0.449_599_509_206_672_83, 0.01);
    let b = 0.8_f64.atanh();
    is(&found["decisions"]["snr"], b * b.tanh(), 0.1);
    is(&found["decisions"]["right"], 0.9, 0.02);
    assert!(found["decisions"]["decided"]["value"].as_f64().unwrap() > 0.999_9);
    is(&found["outcomes"][0]["fraction"], 0.5, 0.02);
    let told = found["paths"].as_array().unwrap();
    assert_eq!(told.len(), 30_000);
    let right = told.iter().filter(|p| p["decision"]["label"] == p["label"]).count() as f64 / 30_000.0;
    assert!((right - 0.9).abs() < 0.01, "{right}");
    assert!(told.iter().all(|p| p["surprisal"].as_array().unwrap().len() == 4));
}

/// Every sampler gives the labels their weights, and its paths their entropies.
#[test]
fn samplers() {
    let law = example("asymmetric-atoms.toml");
    for (scheme, steps) in [("euler-maruyama", 48), ("exponential", 48), ("flow-heun", 16)] {
        let more = ["--reverse", scheme, "--steps", &steps.to_string(), "--n", "8192"];
        let found = json(&law, "ou", "snr:0.001,1,20", &more);
        assert_eq!((&found["method"], found["steps"].as_u64()), (&Value::from(scheme), Some(steps)));
        let exact = json(&law, "ou", "snr:0.001,1,20", &[]);
        for (a, b) in found["outcomes"].as_array().unwrap().iter().zip(exact["outcomes"].as_array().unwrap()) {
            is(&a["fraction"], b["weight"].as_f64().unwrap(), 0.1);
        }
        let h = |d: &Value| d["levels"][1]["label_entropy"]["value"].as_f64().unwrap();
        assert!((h(&found) - h(&exact)).abs() < 0.03, "{scheme}: {} {}", h(&found), h(&exact));
    }
}

/// The radius covers the step error, of a single step from level to level too; the truth by quadrature.
#[test]
fn long_steps_have_wide_radii() {
    let law = example("asymmetric-atoms.toml");
    let grid = "snr:0.001,1,20";
    let profile = document(&["profile", "--law", &law, "--process", "ou", "--grid", grid]);
    let exact = |name: &str, i: usize| {
        let snr = |p: &Value| p["snr"].as_f64().unwrap();
        let mut points: Vec<&Value> = profile["points"].as_array().unwrap().iter().collect();
        points.sort_by(|a, b| snr(b).total_cmp(&snr(a)));
        points[i][name]["value"].as_f64().unwrap()
    };
    for scheme in ["euler-maruyama", "exponential", "flow-heun"] {
        let radius = |steps: &str| {
            let found = json(&law, "ou", grid, &["--reverse", scheme, "--steps", steps, "--n", "16384"]);
            for name in ["label_entropy", "label_posterior_entropy_variance", "clone_agreement"] {
                // The noisiest level is drawn from the exact law.
                (0..2).for_each(|i| is(&found["levels"][i][name], exact(name, i), 10.0));
            }
            is(&found["outcomes"][0]["fraction"], 0.6, 10.0);
            found["levels"][1]["label_entropy"]["error"].as_f64().unwrap()
        };
        let [longest, long, short] = ["1", "8", "64"].map(radius);
        assert!(longest > long && long > short, "{scheme}: {longest} {long} {short}");
    }
}

/// The flow to its tolerance, of three unequal atoms: their weights, and the entropies of the exact paths. (Not the
/// surprisals: where a flow ends is no draw from the posterior on its way.)
#[test]
fn the_adaptive_flow_of_unequal_atoms() {
    let law = example("asymmetric-atoms.toml");
    let found = json(&law, "ou", "snr:0.01,1,20", &["--reverse", "flow-adaptive"]);
    assert_eq!((&found["method"], &found["steps"]), (&Value::from("flow-adaptive"), &Value::Null));
    is(&found["outcomes"][0]["fraction"], 0.6, 0.03);
    let exact = json(&law, "ou", "snr:0.01,1,20", &["--n", "200000"]);
    for name in ["label_entropy", "label_posterior_entropy_variance", "clone_agreement"] {
        for i in 0..3 {
            let [a, b] = [&found, &exact].map(|d| &d["levels"][i][name]);
            let [value, error] = ["value", "error"].map(|field| [a, b].map(|e| e[field].as_f64().unwrap()));
            assert!((value[0] - value[1]).abs() <= error[0] + error[1] && error[0] < 0.1, "{name} {i}: {a} {b}");
        }
    }
}

/// Answers under `X -> f R X + b`, by every method with steps: other units, the turn whose tangent is 4/3 (with a
/// stretch by 5, which makes it exact in doubles), and shifts by 1e8 standard deviations. Paths keep their noise when
/// nothing is turned, and then each keeps its entropies.
#[test]
fn units_turns_and_shifts_change_nothing_else() {
    let place = tempfile::tempdir().unwrap();
    let law = |name: &str, units: f64, turn: [[f64; 2]; 2], shift: f64| {
        let means = [[0.5, -0.25], [-1.0, 0.75], [0.25, 1.5]]
            .map(|m| turn.map(|r: [f64; 2]| units * (r[0] * m[0] + r[1] * m[1] + shift)));
        let covariances = [[[1.0, 0.25], [0.25, 0.25]], [[0.25, -0.125], [-0.125, 1.0]], [[1.0, 0.5], [0.5, 1.0]]].map(
            |c: [[f64; 2]; 2]| {
                let entry = |r: [f64; 2], s: [f64; 2]| {
                    let of = |i: usize| c[i][0] * s[0] + c[i][1] * s[1];
                    units * units * (r[0] * of(0) + r[1] * of(1))
                };
                turn.map(|r| turn.map(|s| entry(r, s)))
            },
        );
        let file = place.path().join(name);
        let text = serde_json::json!({ "kind": "mixture", "means": means, "covariances": covariances });
        std::fs::write(&file, text.to_string()).unwrap();
        file.display().to_string()
    };
    let (straight, turned) = ([[1.0, 0.0], [0.0, 1.0]], [[3.0, -4.0], [4.0, 3.0]]);
    let laws = [
        (law("as-it-is.json", 1.0, straight, 0.0), 1.0),
        (law("units.json", 1024.0, straight, 0.0), 1024.0),
        (law("shifted.json", 1.0, straight, 2_f64.powi(27)), 1.0),
        (law("turned.json", 1.0, turned, 0.0), 5.0),
    ];
    let exact: &[&str] = &["--confidence", "0.8"];
    let sampled = ["euler-maruyama", "exponential", "flow-heun"].map(|name| ["--steps", "4", "--reverse", name]);
    let sampled = sampled.iter().map(|flags| ("edm", &flags[..]));
    for (process, more) in [("ou", exact), ("edm", exact)].into_iter().chain(sampled) {
        let run = |(law, factor): &(String, f64)| {
            let snr = [0.1, 1.0, 8.0].map(|snr| (snr / (factor * factor)).to_string());
            json(law, process, &format!("snr:{}", snr.join(",")), more)
        };
        let before = run(&laws[0]);
        for moved in &laws[1..] {
            let (after, factor) = (run(moved), moved.1);
            let same = |pointer: &str, units: f64| {
                let [a, b] = [&before, &after].map(|d| d.pointer(pointer).unwrap());
                let [value, error] = ["value", "error"].map(|f| [a, b].map(|e| e[f].as_f64().unwrap()));
                let (off, radius) = ((value[0] / units - value[1]).abs(), error[0] / units + error[1]);
                assert!(off <= radius, "{process} {more:?} {}: {pointer} {a} {b}", moved.0);
            };
            for i in 0..3 {
                for name in ["label_entropy", "label_posterior_entropy_variance", "clone_agreement"] {
                    same(&format!("/levels/{i}/{name}"), 1.0);
                }
                same(&format!("/outcomes/{i}/fraction"), 1.0);
            }
            if more == exact {
                (0..3).for_each(|i| same(&format!("/levels/{i}/label_surprisal"), 1.0));
                same("/decisions/decided", 1.0);
                same("/decisions/right", 1.0);
                same("/decisions/snr", factor * factor);
                for (a, b) in before["paths"].as_array().unwrap().iter().zip(after["paths"].as_array().unwrap()) {
                    let entropies = [a, b].map(|p| p["posterior_entropy"].as_array().unwrap());
                    for (a, b) in entropies[0].iter().zip(entropies[1]) {
                        let [a, b] = [a, b].map(|h| h.as_f64().unwrap());
                        assert!(factor == 5.0 || (a - b).abs() < 1e-12, "{process} {}: {a} {b}", moved.0);
                    }
                }
            }
        }
    }
}

#[test]
fn files_tables_and_threads() {
    let place = tempfile::tempdir().unwrap();
    let csv = place.path().join("paths.csv");
    let law = example("mixture-3.toml");
    let more = ["--n", "5", "--confidence", "0.9", "--out", csv.to_str().unwrap()];
    let output = paths(&law, "vp-linear", "0.05:0.9:4", &more);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table = String::from_utf8(output.stdout).unwrap();
    for part in ["Var iota", "decisions at confidence 0.9", "outcomes", "8192 paths, forward"] {
        assert!(table.contains(part), "{table}");
    }
    let text = std::fs::read_to_string(&csv).unwrap();
    assert_eq!(text.lines().count(), 6);
    assert!(text.starts_with("label,decision_label,decision_t,decision_snr,posterior_entropy_0,"), "{text}");
    let run = |threads: &str| {
        json(&law, "ou", "0.1,0.5,1.5", &["--threads", threads, "--reverse", "exponential", "--confidence", "0.8"])
    };
    assert_eq!(run("1"), run("2"));
    let npz = place.path().join("paths.npz");
    assert!(paths(&law, "ou", "0.3", &["--out", npz.to_str().unwrap()]).status.success() && npz.exists());
}

/// Labels are what the file says, in every answer. Two pairs of atoms two standard deviations apart, the pairs eight:
/// the label entropy is that of one pair (theory.md, section 7), as long as no two labels are taken for one.
#[test]
fn labels_keep_their_names() {
    let place = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        std::fs::write(place.path().join(name), text).unwrap();
        place.path().join(name).display().to_string()
    };
    let ids: Vec<String> = (0..4).map(|i| (9_007_199_254_740_992_u64 + i).to_string()).collect();
    let rows = [0, 1, 5, 6].iter().zip(&ids).map(|(x, id)| format!("{x},{id}\n"));
    file("ids.csv", &format!("x,user\n{}", rows.collect::<String>()));
    let ids_law = file("ids.toml", "kind = \"dataset\"\npath = \"ids.csv\"\nlabels = \"user\"");
    let signed = file("signed.toml", "kind = \"atoms\"\npoints = [[-1.0], [1.0], [4.0]]\nlabels = [-1, 0, 7]");
    for command in ["paths", "profile", "critical"] {
        let run = |law: &str, more: &[&str]| {
            let grid: &[&str] = if command == "critical" { &[] } else { &["--grid", "0.5"] };
            let args = [&[command, "--law", law, "--process", "edm"], grid, more].concat();
            String::from_utf8(good(&args).stdout).unwrap()
        };
        let found: Value = serde_json::from_str(&run(&signed, &["--json"])).unwrap();
        assert_eq!(found["law"]["label_names"], serde_json::json!(["-1", "0", "7"]));
        assert!(run(&signed, &[]).contains("labels: 0 = -1, 1 = 0, 2 = 7\n"));
        if command == "critical" {
            continue;
        }
        let found: Value = serde_json::from_str(&run(&ids_law, &["--json"])).unwrap();
        assert_eq!(found["law"]["label_names"], serde_json::json!(ids));
        assert_eq!(found["law"]["notes"], serde_json::json!(["\"ids.csv\": 4 points in dimension 1 after a header"]));
        let entropy = if command == "paths" { &found["levels"][0] } else { &found["points"][0] };
        let entropy = entropy["label_entropy"]["value"].as_f64().unwrap();
        assert!((entropy - 0.356_316).abs() < 0.01, "{entropy}");
    }
}

/// Law, process, grid, further flags, and what the one line must name.
type Case<'a> = (&'a str, &'a str, &'a str, &'a [&'a str], &'a [&'a str]);

#[test]
fn bad_input_is_one_line_and_exit_2() {
    let law = example("two-atoms.toml");
    let place = tempfile::tempdir().unwrap();
    let single = place.path().join("one.toml");
    std::fs::write(&single, "kind = \"gaussian\"\nmean = [0.0]\ncovariance = 1.0\n").unwrap();
    let single = single.display().to_string();
    let cases: [Case<'_>; 13] = [
        ("missing.toml", "ou", "0.3", &[], &["missing.toml"]),
        (&law, "no-such", "0.3", &[], &["--process", "no-such"]),
        (&law, "ou", "1:2", &[], &["--grid", "1:2"]),
        (&law, "flow", "2.0", &[], &["--grid", "2"]),
        (&law, "ou", "0.3,0.3", &[], &["--grid", "0.3 twice"]),
        (&law, "ou", "0.3", &["--n", "0"], &["--n", "0"]),
        (&law, "ou", "0.3", &["--reverse", "magic"], &["--reverse", "magic", "flow-heun"]),
        (&law, "ou", "0.3", &["--steps", "4"], &["--steps", "4", "--reverse"]),
        (&law, "ou", "0.3", &["--steps", "4", "--reverse", "flow-adaptive"], &["--steps", "chooses its own"]),
        (&law, "ou", "0.3", &["--confidence", "0.5"], &["--confidence", "0.5", "above 0.5"]),
        (&law, "ou", "0.3", &["--confidence", "0.9", "--reverse", "flow-heun"], &["--confidence", "no diffusion"]),
        (&single, "ou", "0.3", &["--confidence", "0.9"], &["--confidence", "one label"]),
        (&law, "ou", "0.3", &["--out", "a.txt"], &["--out", "a.txt"]),
    ];
    for (law, process, grid, more, parts) in cases {
        let output = paths(law, process, grid, more);
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{more:?} {line}");
        assert!(output.stdout.is_empty() && line.matches('\n').count() == 1 && !line.contains("panicked"), "{line:?}");
        for part in parts {
            assert!(line.contains(part), "{line:?} lacks {part:?}");
        }
    }
}
