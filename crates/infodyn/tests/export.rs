//! `infodyn schedule --format`: the lists as libraries take them, against what these were seen to do.
#![allow(clippy::unwrap_used)] // helpers of tests

mod common;

use common::{document, good, run};
use serde_json::Value;

fn recorded(what: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("recorded.json")).unwrap();
    all[what].clone()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

/// The answer for levels that are given.
fn exported(sigmas: &str, format: &str, more: &[&str]) -> Value {
    document(&[&["schedule", "--sigmas", sigmas, "--format", format], more].concat())
}

fn text(args: &[&str]) -> String {
    String::from_utf8(good(args).stdout).unwrap()
}

const LEVELS: &str = "12.5,4,1.75,0.6,0.11,0.03";
/// What a format may miss the levels by, where single precision is all that rounds.
const SINGLE: f64 = 2.4e-7;

#[test]
fn every_format_steps_through_the_levels() {
    let sd = ["--table", "ddpm-scaled-linear"];
    for (format, more) in [
        ("k-diffusion", &[][..]),
        ("diffusers-euler", &sd),
        ("diffusers-edm-euler", &[]),
        ("diffusers-flow-euler", &[]),
        ("diffusers-flow-euler", &["--shift", "3"]),
        ("diffusers-flow-euler", &["--mu", "1.15"]),
        ("diffusers-flow-euler", &["--mu", "2", "--time-shift", "linear"]),
        ("diffusers-unipc", &["--shift", "5"]),
        ("azula", &[]),
        ("comfyui", &[]),
        ("csv", &[]),
        ("json", &[]),
    ] {
        let found = exported(LEVELS, format, more);
        let export = &found["export"];
        // Flow times near 1 tell a level to `1 + s` times their own rounding, as do times of azula to the range's
        // logarithm.
        let allowed = match format {
            "diffusers-flow-euler" | "diffusers-unipc" => 13.5 * 2.0 * SINGLE,
            "azula" => 14.0 * SINGLE,
            _ => SINGLE,
        };
        assert!(number(&export["off"]) <= allowed, "{format}: {}", export["off"]);
        let achieved = numbers(&export["achieved"]);
        for (a, s) in achieved.iter().zip(numbers(&found["sigmas"])) {
            assert!((a - s).abs() <= allowed * s || s == 0.0, "{format}: {a} {s}");
        }
    }
    // Fractions of a step reach the level as far as a time in single precision can say it.
    let heun = exported(LEVELS, "diffusers-heun", &sd);
    assert!(number(&heun["export"]["off"]) <= 1e-6, "{}", heun["export"]["off"]);
    assert_eq!(numbers(&heun["export"]["values"]).len(), 6);
}

#[test]
fn ramps_of_edm_are_those_recorded() {
    let ramp = recorded("edm_ramp");
    let levels = numbers(&ramp["levels"]);
    let list = levels.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
    let found = exported(&list, "EDMEulerScheduler", &[]);
    let root = |field: &str| number(&ramp[field]).powf(1.0 / number(&ramp["rho"]));
    for (u, s) in numbers(&found["export"]["values"]).iter().zip(levels) {
        let stepped = (root("sigma_max") + u * (root("sigma_min") - root("sigma_max"))).powf(number(&ramp["rho"]));
        assert!((stepped / s - 1.0).abs() < 1e-12, "{u}: {stepped} {s}");
    }
    assert!(number(&found["export"]["off"]) <= number(&ramp["relative"]) + f64::from(f32::EPSILON) / 2.0);
    let known = recorded("karras18");
    let karras = document(&["schedule", "--clock", "edm", "--steps", "18", "--format", "diffusers-edm-euler"]);
    let achieved = numbers(&karras["export"]["achieved"]);
    for (k, s) in numbers(&known["places"]).iter().zip(numbers(&known["sigmas"])) {
        assert!((achieved[*k as usize] - s).abs() <= 1e-6 * s, "{k}: {}", achieved[*k as usize]);
    }
    // Equal steps of the ramp, and a tensor of doubles.
    for (k, u) in numbers(&karras["export"]["values"]).iter().enumerate() {
        assert!((u - k as f64 / 17.0).abs() < 1e-14);
    }
    let line = karras["export"]["python"].as_str().unwrap();
    assert!(
        line.starts_with("scheduler.set_timesteps(sigmas=torch.tensor([0.0, ")
            && line.ends_with("dtype=torch.float64))")
    );
}

/// What the scheduler does to flow times is undone.
#[test]
fn shifts_are_undone() {
    let known = recorded("flow");
    let stepped: Vec<f64> = numbers(&known["given"]).iter().map(|f| 2.0 * f / (1.0 + f)).collect();
    for (f, s) in stepped.iter().zip(numbers(&known["stepped"])) {
        assert!((f - s).abs() <= 5e-4);
    }
    let list = stepped.iter().map(|f| format!("{:?}", f / (1.0 - f))).collect::<Vec<_>>().join(",");
    let mu = ["--mu", "2", "--time-shift", "linear"];
    let found = exported(&list, "diffusers-flow-euler", &mu);
    for (f, g) in numbers(&found["export"]["values"]).iter().zip(numbers(&known["given"])) {
        assert!((f - g).abs() < 1e-15);
    }
    assert!(found["export"]["python"].as_str().unwrap().ends_with("], mu=2.0)"));
    // A pipeline starts from noise alone: its first time is 1, whatever the shift.
    let inf = ["schedule", "--steps", "4", "--clock", "flow:3", "--sigma-max", "inf"];
    let whole = document(&[&inf[..], &["--format", "FlowMatchEulerDiscreteScheduler", "--shift", "3"]].concat());
    for (f, known) in numbers(&whole["export"]["values"]).iter().zip([1.0, 0.75, 0.5, 0.25]) {
        assert!((f - known).abs() < 1e-15, "{f}");
    }
    assert!(whole["sigmas"].is_null() && whole["export"]["achieved"].is_null());
    assert!(!whole["export"]["notes"].to_string().contains("--sigma-max inf"));
    let finite = exported("80,1", "diffusers-flow-euler", &[]);
    assert!(finite["export"]["notes"].to_string().contains("not 0.98765: --sigma-max inf"));
    let terminal = exported("9,0.25", "diffusers-flow-euler", &["--shift-terminal", "0.2"]);
    assert_eq!(numbers(&terminal["export"]["values"]), [0.9, 0.2]);
}

/// Whole steps: the nearest in the logarithm, with what is reached beside what was asked for.
#[test]
fn training_steps() {
    let found = exported("14.6,2.388927,0.05", "timesteps", &["--table", "ddpm-scaled-linear"]);
    let steps = numbers(&found["export"]["values"]);
    assert!(steps.iter().all(|t| t.fract() == 0.0) && steps[0] == 999.0 && steps[1] == 612.0, "{steps:?}");
    assert_eq!(found["export"]["text"].as_str().unwrap(), format!("[999, 612, {}]", steps[2]));
    assert!(number(&found["export"]["off"]) < 0.2 && number(&found["export"]["off"]) > 1e-4);
    let convert = |t: f64| {
        let args = ["convert", "--from", "ddpm-scaled-linear", "--to", "sigma_over_alpha", "--t", &t.to_string()];
        number(&document(&args)["points"][0]["to"]["t"])
    };
    for (t, a) in steps.iter().zip(numbers(&found["export"]["achieved"])) {
        assert!((convert(*t) / a - 1.0).abs() < 1e-12, "{t}");
    }
    let known = recorded("euler_timesteps");
    let (t, sigma) = (number(&known["t"]), number(&known["sigma"]));
    let heun = exported(&sigma.to_string(), "HeunDiscreteScheduler", &["--table", known["table"].as_str().unwrap()]);
    assert!((numbers(&heun["export"]["values"])[0] - t).abs() < 1e-4, "{}", heun["export"]["values"]);
    // The table of zero terminal SNR ends at 4096.
    let first = number(&recorded("zero_snr")["first"]);
    let top = exported("4095.9,14,1", "diffusers-euler", &["--table", "ddpm-scaled-linear:zero-snr"]);
    assert!((numbers(&top["sigmas"])[0] / first - 1.0).abs() < 1e-4);
}

/// The numbers that the pattern of ManualSigmas finds in a string.
fn found_by_pattern(text: &str) -> Vec<f64> {
    let (mut found, bytes, mut at) = (Vec::new(), text.as_bytes(), 0);
    while at < bytes.len() {
        let mut end = at + usize::from(matches!(bytes[at], b'+' | b'-'));
        let digits = |from: usize| from + bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        let whole = digits(end);
        let dots = whole + bytes[whole..].iter().take_while(|b| **b == b'.').count();
        let tail = digits(dots);
        end = if tail > dots || whole > end && tail == whole { tail } else { whole };
        match text[at..end].parse() {
            Ok(x) => {
                found.push(x);
                at = end;
            }
            Err(_) => at += 1,
        }
    }
    found
}

#[test]
fn the_string_of_comfyui_reads_back() {
    let known = recorded("comfyui");
    assert_eq!(found_by_pattern(known["text"].as_str().unwrap()), numbers(&known["read"]));
    let args = ["schedule", "--sigmas", "80,24.4,0.002,0.0000003", "--format", "comfyui"];
    let string = text(&args);
    assert_eq!(string, "80, 24.4, 0.002, 0.0000003, 0\n");
    assert_eq!(found_by_pattern(string.trim()), [80.0, 24.4, 0.002, 3e-7, 0.0]);
}

/// A line of Python under a comment; in a file, with the answer beside it.
#[test]
fn text_and_files() {
    let args = ["schedule", "--sigmas", "3,1", "--format"];
    let python = text(&[&args[..], &["k-diffusion"]].concat());
    assert!(
        python.starts_with("# infodyn ") && python.contains("\nsigmas = torch.tensor([3.0, 1.0, 0.0])\n"),
        "{python}"
    );
    let place = tempfile::tempdir().unwrap();
    let out = |name: &str| place.path().join(name).display().to_string();
    for (format, name) in [("azula", "a.py"), ("npy", "a.npy"), ("csv", "a.csv"), ("comfyui", "a.txt")] {
        text(&[&args[..], &[format, "--out", &out(name)]].concat());
        let sidecar: Value = serde_json::from_slice(&std::fs::read(out(&format!("{name}.json"))).unwrap()).unwrap();
        assert_eq!(
            (sidecar["schema"].as_str(), sidecar["export"]["format"].as_str()),
            (Some("infodyn.schedule/1"), Some(format))
        );
        assert!(sidecar["version"].is_string() && sidecar["process"]["name"] == "edm" && sidecar["clock"] == "given");
    }
    let bytes = std::fs::read(out("a.npy")).unwrap();
    let array = npyz::NpyFile::new(&bytes[..]).unwrap();
    assert_eq!(array.into_vec::<f64>().unwrap(), [3.0, 1.0, 0.0]);
    assert!(std::fs::read_to_string(out("a.csv")).unwrap().starts_with("sigma,sigma_error,t\n3.0,0.0,3.0\n"));
    assert!(std::fs::read_to_string(out("a.py")).unwrap().contains("VESchedule(sigma_min=0.001, sigma_max=3.0)"));
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 8);
}

#[test]
fn what_cannot_be_told_is_refused() {
    let with = |sigmas: &str, format: &str, more: &[&str]| {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("a.py").display().to_string();
        let output = run(&[&["schedule", "--sigmas", sigmas, "--format", format, "--out", &out], more].concat());
        let line = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && line.matches('\n').count() == 1, "{format}: {line}");
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "{format} left a file");
        line
    };
    let says =
        |line: &str, parts: &[&str]| assert!(parts.iter().all(|p| line.contains(p)), "{line} lacks one of {parts:?}");
    for scheduler in recorded("untold")["schedulers"].as_array().unwrap() {
        let name = scheduler.as_str().unwrap();
        says(&with(LEVELS, name, &[]), &["--format", name, "cannot be told its levels, expected "]);
    }
    says(&with(LEVELS, "sdxl", &[]), &["--format", "\"sdxl\"", "k-diffusion", "the class of a scheduler"]);
    let sd = ["--table", "ddpm-scaled-linear"];
    for format in ["diffusers-euler", "diffusers-heun", "timesteps"] {
        says(&with(LEVELS, format, &[]), &["--table", "missing"]);
        says(&with("80,1", format, &sd), &["--table", "sigma 80 is outside the training table", "14.61"]);
        says(&with("1,0.002", format, &sd), &["--table", "sigma 0.002 is outside", "0.0291"]);
        says(&with(LEVELS, format, &["--table", "edm"]), &["--table", "edm, expected ddpm-linear"]);
        says(&with(LEVELS, format, &["--table", "ddpm"]), &["--table", "\"ddpm\""]);
    }
    says(&with("0.0301,0.03,0.0299", "timesteps", &sd), &["--steps", "both fall on training step 0"]);
    says(&with("1,0.99999999", "k-diffusion", &[]), &["are one in single precision"]);
    says(&with("1,2", "k-diffusion", &[]), &["--sigmas", "expected levels that fall"]);
    let flow = |more: &[&str]| with(LEVELS, "diffusers-flow-euler", more);
    says(&flow(&["--shift", "0"]), &["--shift", "a positive number"]);
    says(&flow(&["--shift", "3", "--mu", "1"]), &["--mu", "expected one of them"]);
    says(&flow(&["--mu", "-1", "--time-shift", "linear"]), &["--mu", "a positive number"]);
    says(&flow(&["--mu", "1e4"]), &["--mu", "between -100 and 100"]);
    says(&flow(&["--time-shift", "linear"]), &["--time-shift", "without --mu"]);
    says(&flow(&["--shift-terminal", "0.1"]), &["--shift-terminal", "expected --sigma-min 0.111"]);
    says(&flow(&["--shift-terminal", "2"]), &["--shift-terminal", "between 0 and 1"]);
    says(&flow(&sd), &["--table", "no use for it"]);
    says(&with(LEVELS, "comfyui", &["--shift", "3"]), &["--shift", "comfyui has no use for it"]);
    says(&with(LEVELS, "diffusers-unipc", &["--mu", "1"]), &["--mu", "no use for it"]);
    let line = run(&["schedule", "--sigmas", "1", "--format", "npy"]).stderr;
    says(&String::from_utf8(line).unwrap(), &["--format", "expected --out FILE.npy"]);
    let inf = ["schedule", "--steps", "4", "--clock", "flow", "--sigma-max", "inf", "--format", "k-diffusion"];
    says(&String::from_utf8(run(&inf).stderr).unwrap(), &["--sigma-max", "inf, expected a format for flows"]);
}
