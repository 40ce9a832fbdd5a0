//! `infodyn audit`: networks that are right, each way to be wrong, and what bad input gets. The files are those of
//! `tests/models`, where `make.py` says what each is.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

mod common;

use std::path::{Path, PathBuf};
use std::process::Output;

use common::{document, example, run};
use serde_json::Value;

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/models")
}

/// A folder with a side file of this network and these lines, and its path.
fn side(network: &str, lines: &str) -> (tempfile::TempDir, String) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("model.toml");
    let network = models().join(network);
    std::fs::write(&path, format!("model = {:?}\n{lines}\n", network.display().to_string())).unwrap();
    (place, path.display().to_string())
}

const DENOISED: &str = "output = \"denoised\"\nnoise = \"sigma\"";

fn audit(model: &str, law: &str, more: &[&str]) -> Output {
    run(&[&["audit", "--model", model, "--law", &example(law), "--json"], more].concat())
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"))
}

/// Standard error, but for the line that it takes long, as it may on a busy machine.
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines().filter(|l| !l.ends_with(": this takes longer than 10 s")).map(|l| l.to_owned() + "\n").collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

/// `value +- error` of a field.
fn estimate(level: &Value, field: &str) -> (f64, f64) {
    (number(&level[field]["value"]), number(&level[field]["error"]))
}

fn contains(level: &Value, field: &str, truth: f64) -> bool {
    let (value, error) = estimate(level, field);
    (value - truth).abs() <= error
}

fn level(answer: &Value, sigma: f64) -> &Value {
    answer["levels"].as_array().unwrap().iter().find(|l| number(&l["sigma"]) == sigma).unwrap()
}

/// The verdict, the reasons and warnings, and the trusted range.
fn verdict(answer: &Value) -> (String, String, Option<[f64; 2]>) {
    let lines = |field: &str| answer[field].as_array().unwrap().iter().map(|l| l.as_str().unwrap().to_owned());
    let lines: Vec<String> = lines("reasons").chain(lines("warnings")).collect();
    let trusted = answer["trusted"].as_array().map(|t| [number(&t[0]), number(&t[1])]);
    (answer["verdict"].as_str().unwrap().to_owned(), lines.join("; "), trusted)
}

/// What the verdict must be, and words that must stand in its reasons or warnings.
const TABLE: [(&str, &str, &str); 13] = [
    ("constant_mean", "refused", "does not depend on x"),
    ("constant_zero", "refused", "does not depend on x"),
    ("identity", "refused", "x itself"),
    ("untrained", "refused", "above that of the constant mean at every level"),
    ("leaks_across_batch", "refused", "the other rows of its batch"),
    ("expects_ln_sigma", "refused", "another declaration fits better: noise = \"ln-sigma\""),
    ("returns_epsilon", "refused", "another declaration fits better: output = \"epsilon\""),
    ("returns_score", "refused", "another declaration fits better: output = \"score\""),
    ("scale_1.05", "warning", "calibration slope not 1"),
    ("sigma_times_4", "warning", "the error is least when the model is told 0.25 of sigma"),
    ("rotational", "warning", "the Jacobian is asymmetric"),
    ("rough", "warning", "the divergence form is off the error"),
    ("nan_at_small_sigma", "warning", "not finite at sigma 0.02 to 0.05"),
];

#[test]
fn each_way_to_be_wrong_gets_its_verdict() {
    for (network, wanted, words) in TABLE {
        let (_place, model) = side(&format!("{network}.onnx"), DENOISED);
        let output = audit(&model, "mixture-2d.toml", &["--samples", "32768"]);
        let (found, lines, trusted) = verdict(&json(&output));
        assert_eq!(found, wanted, "{network}: {lines}");
        assert!(lines.contains(words), "{network}: {lines}");
        assert_eq!(output.status.code(), Some(i32::from(wanted == "refused")), "{network}");
        // Told four times sigma, it is nowhere as good as a Wiener filter.
        let nowhere = wanted == "refused" || network == "sigma_times_4";
        assert_eq!(trusted.is_none(), nowhere, "{network}: {trusted:?}");
        let said = said(&output);
        let word = if wanted == "refused" { "refused: " } else { "warning: " };
        assert!(said.lines().all(|line| line.starts_with(word)) && said.contains(words), "{network}: {said}");
    }
}

/// A convolutional network that is not told the level, as DnCNN: two gated layers, and `x` less what it takes for
/// noise. It is a linear filter `x - Hx` on a torus, the exact denoiser at sigma 0.2 of one Gaussian field, and its
/// error at any other level is known: `sum H^2 l + (1-H)^2 s^2`.
#[test]
fn a_convolutional_network_is_exact_at_the_level_that_it_was_made_for() {
    let side_of = 8_usize;
    let wave = |i: usize| 2.0 * (2.0 * std::f64::consts::PI * i as f64 / side_of as f64).cos();
    let response = |i: usize| {
        let (u, v) = (wave(i / side_of), wave(i % side_of));
        [(0.75, -0.12), (0.9, -0.04), (0.95, 0.02)].iter().map(|(b, a)| (b + a * u) * (b + a * v)).product::<f64>()
    };
    let filter: Vec<f64> = (0..side_of * side_of).map(response).collect();
    let spectrum: Vec<f64> = filter.iter().map(|h| 0.04 * (1.0 - h) / h).collect();
    let n = filter.len();
    let entry = |a: usize, b: usize| {
        let (di, dj) = (a / side_of + side_of - b / side_of, a % side_of + side_of - b % side_of);
        let cosine = |k: usize| {
            let turns = (k / side_of * di + k % side_of * dj) as f64 / side_of as f64;
            (2.0 * std::f64::consts::PI * turns).cos()
        };
        (0..n).map(|k| spectrum[k] * cosine(k)).sum::<f64>() / n as f64
    };
    let rows: Vec<Vec<f64>> = (0..n).map(|a| (0..n).map(|b| entry(a.min(b), a.max(b))).collect()).collect();
    let place = tempfile::tempdir().unwrap();
    let law = place.path().join("field.json");
    let text = serde_json::json!({"kind": "gaussian", "mean": vec![0.0; n], "covariance": rows});
    std::fs::write(&law, text.to_string()).unwrap();
    let (_place, model) = side("convolutional.onnx", "output = \"denoised\"\nnoise = \"none\"\nshape = [1, 8, 8]");
    let law = law.display().to_string();
    let output = run(&["audit", "--model", &model, "--law", &law, "--sigmas", "0.05,0.2,0.8", "--json"]);
    let answer = json(&output);
    for sigma in [0.05, 0.2, 0.8] {
        let error = |(h, l): (&f64, &f64)| h * h * l + (1.0 - h) * (1.0 - h) * sigma * sigma;
        let known: f64 = filter.iter().zip(&spectrum).map(error).sum();
        assert!(contains(level(&answer, sigma), "mse", known), "{sigma}: {known} {}", level(&answer, sigma));
        assert!(contains(level(&answer, sigma), "sure_gap", 0.0) && contains(level(&answer, sigma), "asymmetry", 0.0));
        let exact = sigma == 0.2;
        for (field, truth) in [("gap", 0.0), ("calibration_slope", 1.0), ("stein", 0.0)] {
            assert_eq!(contains(level(&answer, sigma), field, truth), exact, "{sigma}: {field}");
        }
    }
    let (_, lines, trusted) = verdict(&answer);
    assert_eq!(trusted, Some([0.2, 0.2]), "{lines}");
    assert!(lines.contains("Wiener filter has less error at sigma 0.05, 0.8"), "{lines}");
}

#[test]
fn a_hint_is_given_only_where_another_declaration_is_right() {
    for network in ["constant_mean", "identity", "untrained", "leaks_across_batch"] {
        let (_place, model) = side(&format!("{network}.onnx"), DENOISED);
        let (_, lines, _) = verdict(&json(&audit(&model, "mixture-2d.toml", &["--samples", "32768"])));
        assert!(!lines.contains("another declaration"), "{network}: {lines}");
    }
}

#[test]
fn the_defects_show_in_their_numbers() {
    let of = |network: &str, sigmas: &str| {
        let (_place, model) = side(&format!("{network}.onnx"), DENOISED);
        json(&audit(&model, "mixture-2d.toml", &["--sigmas", sigmas, "--samples", "32768"]))
    };
    let (exact, scaled) = (of("exact", "0.1,0.5,1"), of("scale_1.05", "0.1,0.5,1"));
    for sigma in [0.1, 0.5, 1.0] {
        let (slope, unscaled) = [&scaled, &exact].map(|a| estimate(level(a, sigma), "calibration_slope").0).into();
        assert!((slope * 1.05 / unscaled - 1.0).abs() < 1e-5, "{sigma}: {slope} {unscaled}");
    }
    let told = of("sigma_times_4", "0.1,0.5,1,2");
    for sigma in [0.1, 0.5, 1.0, 2.0] {
        assert!(contains(level(&told, sigma), "sigma_calibration", 0.25), "{sigma}");
    }
    let rough = of("rough", "0.1,0.5");
    let (asymmetry, error) = estimate(level(&rough, 0.1), "asymmetry");
    assert!(asymmetry - error > 0.5 && estimate(level(&rough, 0.1), "gap").0 > 0.2);
    // SURE holds for any answer, and so for these.
    for answer in [&exact, &scaled, &told] {
        assert!(answer["levels"].as_array().unwrap().iter().all(|l| contains(l, "sure_gap", 0.0)), "{answer}");
    }
}

#[test]
fn where_a_network_fails_the_audit_goes_on() {
    let of = |network: &str| {
        let (_place, model) = side(network, DENOISED);
        json(&audit(&model, "mixture-2d.toml", &["--samples", "8192"]))
    };
    let small = of("nan_at_small_sigma.onnx");
    assert_eq!(verdict(&small).2, Some([0.1, 80.0]));
    assert_eq!(number(&level(&small, 0.05)["finite_fraction"]), 0.0);
    assert!(level(&small, 0.05)["mse"].is_null() && level(&small, 0.1)["mse"].is_object());
    let large = of("inf_at_large_sigma.onnx");
    assert_eq!(verdict(&large).2, Some([0.02, 20.0]));
}

#[test]
fn other_interfaces_are_served() {
    for (network, lines) in [
        ("nchw.onnx", DENOISED),
        ("nchw.onnx", "output = \"denoised\"\nnoise = \"sigma\"\nshape = [1, 1, 2]"),
        ("scalar_sigma.onnx", DENOISED),
        ("fixed_batch_1.onnx", DENOISED),
        ("float16.onnx", DENOISED),
        ("float64.onnx", DENOISED),
        ("extra_outputs.onnx", "output = \"denoised\"\nnoise = \"sigma\"\nnames = { output = \"denoised\" }"),
        (
            "wrong_input_names.onnx",
            "output = \"denoised\"\nnoise = \"sigma\"\nnames = { x = \"foo\", noise = \"bar\" }",
        ),
    ] {
        let (_place, model) = side(network, lines);
        let answer = json(&audit(&model, "mixture-2d.toml", &["--samples", "512"]));
        assert_eq!(verdict(&answer).0, "accepted", "{network}: {answer}");
        let half = answer["notes"].to_string().contains("weights are right to 1e-3");
        assert_eq!(half, network == "float16.onnx");
    }
}

/// Flags stand in place of the fields of a side file, and of the file where they say enough.
#[test]
fn flags_stand_in_place_of_a_side_file() {
    let place = tempfile::tempdir().unwrap();
    let network = |name: &str| {
        let path = place.path().join(name);
        std::fs::copy(models().join(name), &path).unwrap();
        path.display().to_string()
    };
    let few = ["--samples", "512", "--sigmas", "0.1,1,10"];
    let accepted = |model: &str, flags: &[&str]| {
        let answer = json(&audit(model, "mixture-2d.toml", &[&few[..], flags].concat()));
        assert_eq!(verdict(&answer).0, "accepted", "{model} {flags:?}: {answer}");
        answer
    };
    let bare = accepted(&network("exact.onnx"), &["--output", "denoised", "--noise", "sigma"]);
    let side = models().join("exact.toml").display().to_string();
    assert_eq!(bare["levels"], accepted(&side, &[])["levels"]);
    accepted(&network("wrong_input_names.onnx"), &["--output=denoised", "--noise=sigma", "--names", "x=foo,noise=bar"]);
    accepted(&network("nchw.onnx"), &["--output=denoised", "--noise=sigma", "--shape", "1,1,2", "--batch", "100"]);
    accepted(
        &network("vp_epsilon_index.onnx"),
        &["--output", "epsilon", "--noise", "index", "--process", "vp-linear", "--x-scale", "1", "--c-in", "none"],
    );
    // One field of a file that declares another.
    let wrong = models().join("returns_epsilon.toml").display().to_string();
    assert_eq!(accepted(&wrong, &["--output", "epsilon"])["model"]["output"], "epsilon");

    let refused = |model: &str, flags: &[&str], parts: &[&str]| {
        let output = audit(model, "mixture-2d.toml", flags);
        let line = said(&output);
        assert_eq!((output.status.code(), line.matches('\n').count()), (Some(2), 1), "{line}");
        assert!(parts.iter().all(|part| line.contains(part)), "{parts:?}: {line}");
    };
    let exact = network("exact.onnx");
    refused(&exact, &[], &["output: missing", "--output, or a side file", "exact.toml"]);
    refused(&exact, &["--output", "denoised"], &["noise: missing", "--noise, or a side file"]);
    refused(&exact, &["--output", "x", "--noise", "sigma"], &["'x'", "--output", "denoised, score"]);
    let whole = ["--output", "denoised", "--noise", "sigma"];
    let with = |flags: &[&str], parts: &[&str]| refused(&exact, &[&whole[..], flags].concat(), parts);
    with(&["--process", "log_snr"], &["--process: \"log_snr\"", "a process or a training table"]);
    with(&["--names", "y=x"], &["--names: \"y=x\"", "each once"]);
    with(&["--names", "x=x,x=x"], &["--names: \"x=x\"", "each once"]);
    with(&["--shape", "3"], &["shape: [3]", "the dimension of the law, 2"]);
    with(&["--x-scale", "0"], &["--x-scale: 0", "other than 0"]);
    with(&["--c-in", "edm"], &["--c-in: \"edm\"", "edm:S"]);
    let fixed = network("fixed_batch_1.onnx");
    refused(&fixed, &[&whole[..], &["--batch", "2"]].concat(), &["batch: 2", "1, which the file fixes"]);
}

/// A network that is not told the level: the exact mean where it is one of five from 0.1 to 0.3, and trusted in the
/// middle of them alone.
#[test]
fn a_blind_denoiser_is_trusted_where_it_was_made_for() {
    let (_place, model) = side("blind.onnx", "output = \"denoised\"\nnoise = \"none\"");
    let answer = json(&audit(&model, "mixture-2d.toml", &["--samples", "65536"]));
    let (found, lines, trusted) = verdict(&answer);
    assert_eq!(found, "warning", "{lines}");
    let [low, high] = trusted.unwrap();
    assert_eq!((low, high), (0.2, 0.3), "{lines}");
    assert!(answer["levels"].as_array().unwrap().iter().all(|l| l["sigma_calibration"].is_null()), "{answer}");
    assert_eq!(answer["model"]["noise"], "none");
    for (network, lines, parts) in [
        ("blind.onnx", DENOISED, ["1 of them, \"x\"", "two: data and noise"]),
        ("exact.onnx", "output = \"denoised\"\nnoise = \"none\"", ["2 of them", "one, the data"]),
    ] {
        let (_place, model) = side(network, lines);
        let output = audit(&model, "mixture-2d.toml", &[]);
        let line = said(&output);
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(parts.iter().all(|part| line.contains(part)), "{parts:?}: {line}");
    }
}

/// A Jacobian of a conditional mean has no negative eigenvalue; that of `rough` has `-3 cos(30 x)` about.
#[test]
fn negative_eigenvalues_are_found_where_there_are_some() {
    let of = |network: &str| {
        let (_place, model) = side(&format!("{network}.onnx"), DENOISED);
        json(&audit(&model, "mixture-2d.toml", &["--sigmas", "0.05,0.1,0.2", "--samples", "8192"]))
    };
    for (network, above) in [("exact", true), ("rough", false)] {
        for l in of(network)["levels"].as_array().unwrap() {
            let (value, error) = estimate(l, "negative");
            assert!(if above { value > -1e-3 } else { value + error < -0.5 }, "{network}: {l}");
        }
    }
    // Over three levels alone another declaration fits it better; over the usual ones none does, and it is warned of.
    let (_place, model) = side("rough.onnx", DENOISED);
    let warned = verdict(&json(&audit(&model, "mixture-2d.toml", &[])));
    assert!(warned.1.contains("the Jacobian has a negative eigenvalue"), "{warned:?}");
}

#[test]
fn the_exact_network_satisfies_every_identity_under_every_declaration() {
    for (name, levels) in [("exact", 16), ("vp_epsilon", 16), ("vp_epsilon_index", 16), ("flow_velocity", 16)] {
        let model = models().join(format!("{name}.toml")).display().to_string();
        let output = audit(&model, "mixture-2d.toml", &[]);
        let answer = json(&output);
        assert_eq!((verdict(&answer).0.as_str(), said(&output).as_str()), ("accepted", ""), "{name}");
        let all = answer["levels"].as_array().unwrap();
        assert_eq!(all.len(), levels);
        for l in all {
            for (field, truth) in
                [("gap", 0.0), ("calibration_slope", 1.0), ("mean_score", 0.0), ("stein", 0.0), ("sure_gap", 0.0)]
            {
                assert!(contains(l, field, truth), "{name}: {field} of {l}");
            }
            // Single precision is no gradient to its last digit.
            assert!(estimate(l, "asymmetry").0 < 0.01, "{name}: {l}");
            // Three forms of one rate, each with its interval, which is below 1 % of it.
            let (upper, off) = estimate(l, "rate_upper");
            assert!(off < 0.01 * upper, "{name}: {l}");
            for other in ["rate_divergence", "rate_norm"] {
                let (value, error) = estimate(l, other);
                assert!((value - upper).abs() <= error + off, "{name}: {other} of {l}");
            }
        }
    }
}

/// The law's own numbers, by quadrature.
#[test]
fn errors_of_the_exact_network_are_those_of_the_law() {
    let model = models().join("vp_epsilon.toml").display().to_string();
    let answer = document(&["audit", "--model", &model, "--law", &example("mixture-2d.toml")]);
    let times: Vec<String> = answer["levels"].as_array().unwrap().iter().map(|l| number(&l["t"]).to_string()).collect();
    let law = example("mixture-2d.toml");
    let grid = times.join(",");
    let known = document(&[
        "profile",
        "--law",
        &law,
        "--process",
        "vp-linear",
        "--grid",
        &grid,
        "--quantities",
        "mmse,conditional_entropy_rate",
    ]);
    for (l, p) in answer["levels"].as_array().unwrap().iter().zip(known["points"].as_array().unwrap()) {
        assert!(contains(l, "mse", number(&p["mmse"]["value"])), "{l} {p}");
        let rate = number(&p["conditional_entropy_rate"]["value"]);
        for field in ["rate_upper", "rate_divergence", "rate_norm"] {
            assert!(contains(l, field, rate), "{field}: {l} {p}");
        }
    }
}

#[test]
fn the_digits_network_is_trusted_in_the_middle() {
    let model = models().join("digits.toml").display().to_string();
    let output = audit(&model, "digits.toml", &[]);
    assert!(output.status.success());
    let answer = json(&output);
    let (found, lines, trusted) = verdict(&answer);
    assert_eq!(found, "warning");
    assert!(lines.contains("a Wiener filter has less error at sigma"), "{lines}");
    let [low, high] = trusted.unwrap();
    assert!(low <= 0.05 && (1.0..=5.0).contains(&high), "{trusted:?}");
    assert_eq!((number(&answer["points"]), number(&answer["noises"])), (1797.0, 4.0));
    for l in answer["levels"].as_array().unwrap() {
        let sigma = number(&l["sigma"]);
        assert!(contains(l, "sure_gap", 0.0), "{l}");
        // Where it is trusted it is no worse than a Wiener filter, and its identities hold to 10 %.
        if (low..=high).contains(&sigma) {
            assert!(number(&l["mse"]["value"]) < 1.01 * number(&l["linear_mmse"]), "{l}");
            assert!(estimate(l, "gap").0.abs() < 0.1, "{l}");
        }
        let (noise, population) = (number(&l["mse"]["std_error"]), number(&l["mse"]["std_error_population"]));
        assert!(population > noise, "{l}");
    }
    // Nothing is trusted where the network was hardly trained: an audit of small levels alone would not see it.
    assert!(estimate(level(&answer, 80.0), "gap").0 > 1.0);
}

#[test]
fn another_seed_moves_no_number_by_more_than_its_error() {
    let model = models().join("digits.toml").display().to_string();
    let of = |seed: &str| json(&audit(&model, "digits.toml", &["--seed", seed, "--sigmas", "0.05,0.5,2,10"]));
    let (a, b) = (of("1"), of("2"));
    for (x, y) in a["levels"].as_array().unwrap().iter().zip(b["levels"].as_array().unwrap()) {
        for field in ["mse", "gap", "calibration_slope", "asymmetry", "rate_norm", "rate_divergence"] {
            let ((u, e), (v, f)) = (estimate(x, field), estimate(y, field));
            // Intervals of three standard errors each: four of the difference.
            assert!((u - v).abs() <= 4.0 / 3.0 * e.hypot(f), "{field}: {u} +- {e}, {v} +- {f}");
        }
    }
}

#[test]
fn threads_change_no_bit() {
    let model = models().join("digits.toml").display().to_string();
    let of = |threads: &str| audit(&model, "digits.toml", &["--threads", threads, "--sigmas", "0.1,1"]).stdout;
    assert_eq!(of("1"), of("3"));
}

#[test]
fn a_schedule_follows_from_an_audit() {
    let place = tempfile::tempdir().unwrap();
    let file = |name: &str| place.path().join(name).display().to_string();
    let model = models().join("digits.toml").display().to_string();
    let (out, csv) = (file("audit.json"), file("audit.csv"));
    let law = example("digits.toml");
    for out in [&out, &csv] {
        let output = run(&["audit", "--model", &model, "--law", &law, "--out", out]);
        assert!(output.status.success(), "{output:?}");
    }
    let audit: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    let found = document(&["schedule", "--audit", &out, "--steps", "8", "--sigma-min", "0.02"]);
    assert_eq!(found["sigmas"], audit["schedule"]["sigmas"]);
    assert!(found["notes"].to_string().contains("constant mean"), "{}", found["notes"]);
    assert_eq!(number(&found["table"]["levels"]), 16.0);
    // Levels whose error is below the ceiling make the same table by hand.
    let text = std::fs::read_to_string(&csv).unwrap();
    let rows: Vec<&str> = text.lines().take(13).collect();
    std::fs::write(&csv, rows.join("\n")).unwrap();
    let by_hand = document(&["schedule", "--mse", &csv, "--steps", "4", "--sigma-min", "0.05"]);
    assert_eq!(number(&by_hand["table"]["levels"]), 12.0);
    let refused = run(&["schedule", "--audit", &law, "--steps", "4"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn bad_input_gets_one_line() {
    let refused = |model: &str, law: &str, more: &[&str], parts: &[&str]| {
        let output = audit(model, law, more);
        let line = said(&output);
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(output.stdout.is_empty() && line.matches('\n').count() == 1, "{line}");
        assert!(parts.iter().all(|part| line.contains(part)), "{parts:?}: {line}");
    };
    let of = |network: &str, lines: &str, parts: &[&str]| {
        let (_place, model) = side(network, lines);
        refused(&model, "mixture-2d.toml", &[], parts);
    };
    of("empty.onnx", DENOISED, &["empty.onnx", "an empty file", "expected an ONNX model"]);
    of("truncated.onnx", DENOISED, &["truncated.onnx", "expected an ONNX model"]);
    of("not_onnx.onnx", DENOISED, &["not_onnx.onnx", "expected an ONNX model"]);
    of("none.onnx", DENOISED, &["model.toml: model: ", "none.onnx", "No such file"]);
    of("make.py", DENOISED, &["model.toml: model: ", "a name that ends in .onnx"]);
    of("wrong_input_names.onnx", DENOISED, &["inputs: \"foo\", \"bar\"", "names.x in the side file"]);
    of("extra_outputs.onnx", DENOISED, &["\"hidden\", \"denoised\", \"energy\"", "names.output in the side file"]);
    of("nchw.onnx", &format!("{DENOISED}\nshape = [2, 1]"), &["shape [any, 1, 1, 2]", "[2, 1]"]);
    of("exact.onnx", &format!("{DENOISED}\nshape = [3]"), &["shape: [3]", "the dimension of the law, 2"]);
    of("exact.onnx", "noise = \"sigma\"", &["output: missing", "one of denoised, score, epsilon, velocity, v"]);
    of("exact.onnx", "output = \"x\"\nnoise = \"sigma\"", &["output: \"x\"", "one of denoised"]);
    of("exact.onnx", "output = \"v\"\nnoise = \"step\"", &["noise: \"step\"", "ln-sigma/4, t, index"]);
    of("exact.onnx", &format!("{DENOISED}\nprocess = \"vp\""), &["process: ", "is no"]);
    of("exact.onnx", &format!("{DENOISED}\nprocess = \"log_snr\""), &["process: \"log_snr\"", "expected a process"]);
    of("exact.onnx", "output = \"velocity\"\nnoise = \"t\"", &["\"velocity\" under edm", "expected the process flow"]);
    of("exact.onnx", "output = \"epsilon\"\nnoise = \"index\"", &["\"index\" under edm", "expected ddpm-linear"]);
    let table = "output = \"epsilon\"\nnoise = \"t\"\nprocess = \"ddpm-linear\"";
    of("exact.onnx", table, &["noise: \"t\" of ddpm-linear", "\"index\""]);
    of("exact.onnx", &format!("{DENOISED}\nx_scale = 0"), &["x_scale: 0", "a number other than 0"]);
    of("exact.onnx", &format!("{DENOISED}\nc_in = \"edm\""), &["sigma_data: missing", "a positive number"]);
    of("exact.onnx", &format!("{DENOISED}\nc_in = \"vp\"\nsigma_data = 1"), &["sigma_data: 1", "c_in = \"edm\""]);
    of("exact.onnx", &format!("{DENOISED}\nc_in = \"x\""), &["c_in: \"x\"", "one of none, edm, vp"]);
    of("exact.onnx", &format!("{DENOISED}\ncolour = 1"), &["colour: unknown field", "one of model, output"]);
    of("exact.onnx", &format!("{DENOISED}\nnames = {{ y = \"x\" }}"), &["y: unknown field", "x, noise, output"]);
    of("exact.onnx", &format!("{DENOISED}\nnames = {{ x = \"q\" }}"), &["no \"q\" among \"x\", \"sigma\""]);
    let model = models().join("exact.toml").display().to_string();
    refused(&model, "digits.toml", &[], &["input x: shape [any, 2]", "rows of 64 numbers"]);
    refused(&model, "mixture-2d.toml", &["--sigmas", "1,0"], &["--sigmas: \"0\"", "a positive number"]);
    refused(&model, "mixture-2d.toml", &["--samples", "100"], &["100 samples", "at least 256"]);
    let index = models().join("vp_epsilon_index.toml").display().to_string();
    refused(&index, "mixture-2d.toml", &["--sigmas", "1e6"], &["no noise level"]);
}
