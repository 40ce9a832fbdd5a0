//! `infodyn profile` and `infodyn convert` on the example laws, against numbers known otherwise.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

mod common;

use common::{document as json, example, good as infodyn};
use infodyn_fixtures::TWO_ATOMS;
use serde_json::Value;

fn profile(law: &str, process: &str, grid: &str, more: &[&str]) -> Value {
    let law = example(law);
    json(&[&["profile", "--law", &law, "--process", process, "--grid", grid], more].concat())
}

fn value(point: &Value, quantity: &str) -> (f64, f64) {
    let field = |name: &str| point[quantity][name].as_f64().unwrap_or_else(|| panic!("{quantity}: no {name}"));
    (field("value"), field("error"))
}

const QUANTITIES: [&str; 17] = [
    "marginal_entropy",
    "marginal_entropy_rate",
    "conditional_entropy",
    "conditional_entropy_rate",
    "mutual_information",
    "mean_score_divergence",
    "mean_score_norm2",
    "mmse",
    "bandwidth_fraction",
    "label_entropy",
    "label_entropy_rate",
    "label_posterior_entropy_variance",
    "label_surprisal_variance",
    "posterior_entropy_variance",
    "surprisal_variance",
    "clone_agreement",
    "mean_top_eigenvalue",
];

#[test]
fn two_atoms_reproduce_the_reference_table() {
    for process in ["ve", "ou", "vp-linear", "flow"] {
        let document = profile("two-atoms.toml", process, "snr:0.1,0.5,1,2,4", &[]);
        let points = document["points"].as_array().unwrap();
        assert_eq!(points.len(), 5);
        for (point, [k, entropy, variance, mmse]) in points.iter().zip(TWO_ATOMS) {
            assert!((point["snr"].as_f64().unwrap() / k - 1.0).abs() < 1e-13);
            for (quantity, truth) in [
                ("label_entropy", entropy),
                ("conditional_entropy", entropy),
                ("label_posterior_entropy_variance", variance),
                ("posterior_entropy_variance", variance),
                ("mmse", mmse),
            ] {
                let (x, error) = value(point, quantity);
                assert!((x - truth).abs() < 1e-12 && error < 1e-12, "{process} k = {k}, {quantity}: {x} +- {error}");
            }
        }
    }
}

/// `(alpha^2/sigma^4) mmse` of `needle.toml` under `ou` at `t = 0.01`: mpmath with 45 digits, by
/// the trapezoidal rule over 30 standard deviations at steps of 1/12 and 1/18 of the narrow
/// component's, which agree to 30 digits; `1e-6` and `0.01` taken as the doubles that they are.
const NEEDLE_RATE: f64 = 26.059_078_243_678_323;

#[test]
fn a_needle_beside_a_broad_component_is_seen() {
    let document = profile("needle.toml", "ou", "0.01", &[]);
    let (x, error) = value(&document["points"][0], "conditional_entropy_rate");
    assert!((x - NEEDLE_RATE).abs() <= error + 1e-15 * x, "{x} +- {error}");
    assert!(error < 1e-9 * x, "{error}");
}

#[test]
fn the_digits_have_every_quantity_with_an_error() {
    let document = profile("digits.toml", "ou", "log:0.05:4:3", &["--samples", "8192"]);
    assert_eq!(document["schema"], "infodyn.profile/1");
    assert_eq!(document["law"]["kind"], "dataset");
    assert_eq!((document["law"]["components"].as_u64(), document["law"]["dim"].as_u64()), (Some(1797), Some(64)));
    assert_eq!(document["law"]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!((document["process"]["name"].as_str(), document["units"].as_str()), (Some("ou"), Some("nats")));
    assert_eq!(document["seed"], 20_250_827);
    for point in document["points"].as_array().unwrap() {
        for quantity in QUANTITIES {
            let (_, error) = value(point, quantity);
            let entry = &point[quantity];
            assert!(error > 0.0 && entry["std_error"].as_f64().unwrap() <= error, "{quantity}");
            assert_eq!((entry["method"].as_str(), entry["level"].as_f64()), (Some("monte-carlo"), Some(0.997)));
            assert!(entry["samples"].as_u64().unwrap() > 0);
        }
    }
    // All is known at low noise and little at high: H(Y) of the ten digits is at most log 10.
    let points = &document["points"];
    let ((first, e), (last, f)) = (value(&points[0], "label_entropy"), value(&points[2], "label_entropy"));
    assert!(first - e < 0.01 && last + f > 2.29 && last - f < 10.0_f64.ln());
}

/// Left to itself, simulation brings the errors of the rates below 1 % of their peaks, or of a tenth
/// of the conditional rate's peak where that is more.
#[test]
fn rates_are_sharp_without_being_asked() {
    let sampled = profile("pair-64d.toml", "edm", "log:0.5:20:5", &["--method", "monte-carlo"]);
    let exact = profile("pair-64d.toml", "edm", "log:0.5:20:5", &[]);
    let all =
        |d: &Value, rate: &str| d["points"].as_array().unwrap().iter().map(|p| value(p, rate)).collect::<Vec<_>>();
    let peak = |rate: &str| all(&exact, rate).iter().fold(0.0_f64, |m, v| m.max(v.0.abs()));
    for rate in ["marginal_entropy_rate", "conditional_entropy_rate", "label_entropy_rate"] {
        let scale = peak(rate).max(0.1 * peak("conditional_entropy_rate"));
        for ((x, error), (truth, radius)) in all(&sampled, rate).into_iter().zip(all(&exact, rate)) {
            assert!(error < 0.01 * scale, "{rate}: {error} of {scale}");
            assert!((x - truth).abs() <= error + radius, "{rate}: {x} +- {error}, {truth} +- {radius}");
        }
    }
}

#[test]
fn one_thread_and_two_give_the_same_bytes() {
    for (law, grid) in [("digits.toml", "0.3,0.8"), ("needle.toml", "0.1:1:5"), ("mixture-2d.toml", "0.3")] {
        let law = example(law);
        let base = ["profile", "--law", &law, "--process", "ou", "--grid", grid, "--samples", "8192", "--json"];
        let of = |n: &str| infodyn(&[&base[..], &["--threads", n]].concat()).stdout;
        assert!(of("1") == of("2"), "{law}");
    }
}

#[test]
fn the_seed_moves_samples_and_nothing_else() {
    let of = |seed: &str| {
        profile("mixture-3.toml", "ou", "0.3", &["--method", "monte-carlo", "--samples", "8192", "--seed", seed])
    };
    assert_eq!(of("1"), of("1"));
    assert_ne!(of("1")["points"][0]["mmse"]["value"], of("2")["points"][0]["mmse"]["value"]);
    let sharp = |seed: &str| profile("two-atoms.toml", "ou", "0.3", &["--seed", seed])["points"].clone();
    assert_eq!(sharp("1"), sharp("2"));
}

/// Every law, by every method that serves it: the intervals meet.
#[test]
fn methods_agree_where_they_overlap() {
    for law in ["two-atoms", "asymmetric-atoms", "mixture-3", "hierarchy", "gaussian-rank-deficient", "pair-64d"] {
        let law = format!("{law}.toml");
        let auto = profile(&law, "vp-linear", "snr:1.5", &[]);
        let sampled = profile(&law, "vp-linear", "snr:1.5", &["--method", "monte-carlo", "--samples", "32768"]);
        let (auto, sampled) = (&auto["points"][0], &sampled["points"][0]);
        for quantity in QUANTITIES.iter().filter(|q| !sampled[**q].is_null()) {
            let ((a, ea), (b, eb)) = (value(auto, quantity), value(sampled, quantity));
            assert!((a - b).abs() <= ea + eb, "{law} {quantity}: {a} +- {ea}, {b} +- {eb}");
        }
    }
}

/// The exact reduction: a pair in 64 dimensions has the label quantities of two components on a
/// line, and its radius covers what the reduction rounds.
#[test]
fn a_reduced_law_has_the_numbers_of_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let line = folder.path().join("line.toml");
    std::fs::write(&line, "kind = \"mixture\"\nmeans = [[4.0], [-4.0]]\ncovariance = 1.0").unwrap();
    let line = json(&["profile", "--law", line.to_str().unwrap(), "--process", "ou", "--grid", "0.5,2"]);
    let pair = profile("pair-64d.toml", "ou", "0.5,2", &[]);
    for i in 0..2 {
        let (line, pair) = (&line["points"][i], &pair["points"][i]);
        for quantity in ["label_entropy", "label_entropy_rate", "label_posterior_entropy_variance", "clone_agreement"] {
            let ((a, ea), (b, eb)) = (value(line, quantity), value(pair, quantity));
            assert!((a - b).abs() <= ea + eb, "{quantity}: {a} +- {ea}, {b} +- {eb}");
        }
        // Each of the 63 other coordinates is N(0, 1): it adds 1/v to the score's square.
        let ((a, ea), (b, eb)) = (value(line, "mean_score_norm2"), value(pair, "mean_score_norm2"));
        assert!((b - a - 63.0).abs() <= ea + eb, "{a} {b}");
    }
}

#[test]
fn a_quantity_that_does_not_exist_is_absent() {
    let document = profile("gaussian-rank-deficient.toml", "ou", "0.3", &[]);
    let point = &document["points"][0];
    assert!(point["conditional_entropy"].is_null());
    assert_eq!(point["mmse"]["method"], "closed-form");
    assert_eq!(value(point, "surprisal_variance").0, 1.0);
    for quantity in QUANTITIES.iter().filter(|q| **q != "conditional_entropy") {
        value(point, quantity);
    }
}

#[test]
fn what_quadrature_leaves_simulation_gives() {
    let document = profile("mixture-2d.toml", "ou", "0.4", &["--samples", "8192"]);
    let point = &document["points"][0];
    let methods: Vec<&str> = QUANTITIES.iter().map(|q| point[*q]["method"].as_str().unwrap()).collect();
    assert!(methods.contains(&"quadrature") && methods.contains(&"monte-carlo"), "{methods:?}");
    assert_eq!(point["conditional_entropy_rate"]["method"], "quadrature");
    // By quadrature alone they are left out, and the table says so.
    let law = example("mixture-2d.toml");
    let text =
        infodyn(&["profile", "--law", &law, "--process", "ou", "--grid", "0.4", "--method", "quadrature"]).stdout;
    assert!(String::from_utf8(text).unwrap().contains("not computed by quadrature"));
}

#[test]
fn an_accuracy_is_reached() {
    let document = profile("mixture-3.toml", "ou", "0.5", &["--method", "monte-carlo", "--accuracy", "0.05"]);
    for quantity in QUANTITIES {
        let (_, error) = value(&document["points"][0], quantity);
        assert!(error <= 0.05, "{quantity}: {error}");
    }
}

#[test]
fn files_hold_what_the_terminal_shows() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let law = example("mixture-3.toml");
    let base = ["profile", "--law", &law, "--process", "ou", "--grid", "0.2,0.4", "--method", "quadrature"];
    let printed = infodyn(&[&base[..], &["--json", "--out", &at("a.json")]].concat()).stdout;
    assert_eq!(std::fs::read(at("a.json")).unwrap(), printed);
    let document: Value = serde_json::from_slice(&printed).unwrap();

    infodyn(&[&base[..], &["--out", &at("a.csv")]].concat());
    let text = std::fs::read_to_string(at("a.csv")).unwrap();
    let mut lines = text.lines().map(|l| l.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let column = |name: &str| header.iter().position(|h| *h == name).unwrap();
    let rows: Vec<_> = lines.collect();
    assert_eq!(rows.len(), 2);
    infodyn(&[&base[..], &["--out", &at("a.npz")]].concat());
    let mut zip = zip::ZipArchive::new(std::fs::File::open(at("a.npz")).unwrap()).unwrap();
    let mut array = |name: &str| -> Vec<f64> {
        npyz::NpyFile::new(zip.by_name(&format!("{name}.npy")).unwrap()).unwrap().into_vec().unwrap()
    };
    for (i, row) in rows.iter().enumerate() {
        let point = &document["points"][i];
        for (csv, json) in
            [("t", &point["t"]), ("mmse", &point["mmse"]["value"]), ("mmse_error", &point["mmse"]["error"])]
        {
            assert_eq!(row[column(csv)].parse::<f64>().unwrap(), json.as_f64().unwrap(), "{csv}");
            assert_eq!(array(csv)[i], json.as_f64().unwrap(), "{csv}");
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn the_table_is_for_reading() {
    let law = example("two-atoms.toml");
    let output = infodyn(&["profile", "--law", &law, "--process", "ou", "--grid", "snr:1"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("0.356316360213"), "{text}");
    assert!(text.lines().all(|l| l.chars().count() <= 140), "{text}");
    for quantity in QUANTITIES {
        assert!(text.contains(quantity), "{quantity}");
    }
}

#[test]
fn every_example_has_a_profile() {
    for entry in std::fs::read_dir(example("")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let document = profile(&name, "edm", "snr:0.5", &["--samples", "8192"]);
            let (x, error) = value(&document["points"][0], "bandwidth_fraction");
            assert!(x > -error && x < 1.0 + error, "{name}: {x}");
        }
    }
}

#[test]
fn convert_keeps_the_signal_to_noise_ratio() {
    let document = json(&["convert", "--from", "ou", "--to", "flow:shift=3", "--t", "0.1,1"]);
    assert_eq!(document["schema"], "infodyn.convert/1");
    assert_eq!((document["to"]["name"].as_str(), document["to"]["shift"].as_f64()), (Some("flow"), Some(3.0)));
    for point in document["points"].as_array().unwrap() {
        let number = |v: &Value| v.as_f64().unwrap();
        let ratio = |side: &str| number(&point[side]["sigma_over_alpha"]);
        assert!((ratio("from") / ratio("to") - 1.0).abs() < 1e-13);
        assert!((number(&point["snr"]) * ratio("to").powi(2) - 1.0).abs() < 1e-13);
    }
    let text = infodyn(&["convert", "--from", "ou", "--to", "edm", "--t", "1"]).stdout;
    assert!(String::from_utf8(text).unwrap().contains("2.52766"));
}

#[test]
fn help_and_version_succeed() {
    for args in [&["--help"][..], &["--version"], &["profile", "--help"], &["convert", "--help"]] {
        assert!(!infodyn(args).stdout.is_empty());
    }
}

/// A run on a narrower vector unit gives the same bits; one on no unit of the machine is refused.
#[test]
fn vector_units_change_no_bit() {
    let asked = |law: &str, unit: Option<&str>| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_infodyn"));
        command.args(["profile", "--law", &example(law), "--process", "ou", "--grid", "0.1,1", "--json"]);
        command.args(["--method", "monte-carlo", "--samples", "8192", "--quantities"]);
        command.arg("conditional_entropy_rate,label_entropy");
        command.envs(unit.map(|unit| ("INFODYN_VECTORS", unit))).output().unwrap()
    };
    for law in ["digits.toml", "mixture-2d.toml", "pair-64d.toml"] {
        let whole = asked(law, None);
        assert!(whole.status.success(), "{law}: {whole:?}");
        assert_eq!(asked(law, Some("none")).stdout, whole.stdout, "{law}");
        for unit in ["avx512", "avx2"] {
            let held = asked(law, Some(unit));
            let missing = String::from_utf8_lossy(&held.stderr).contains("expected one of this machine's");
            assert!(missing || held.stdout == whole.stdout, "{law} {unit}");
        }
    }
    let other = asked("digits.toml", Some("sse2"));
    let line = String::from_utf8_lossy(&other.stderr);
    assert_eq!(other.status.code(), Some(2));
    assert!(
        line.starts_with("error: INFODYN_VECTORS: \"sse2\", expected one of") && line.matches('\n').count() == 1,
        "{line}"
    );
}
