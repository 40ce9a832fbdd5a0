//! `infodyn convert`: every convention into every other, and the training tables as diffusers has them.
#![allow(clippy::unwrap_used)] // helpers of tests

mod common;

use std::collections::BTreeSet;

use common::{document, good, run};
use serde_json::Value;

/// What the libraries were seen to do.
fn recorded() -> Value {
    serde_json::from_str(include_str!("recorded.json")).unwrap()
}

fn convert(from: &str, to: &str, t: &str) -> Value {
    document(&["convert", "--from", from, "--to", to, "--t", t])["points"].clone()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// A decimal as it was printed: half a unit of its last place, and a unit of single precision.
fn agrees(value: f64, printed: &Value) -> bool {
    let text = printed.to_string();
    let places = text.trim_end_matches('0').split_once('.').map_or(0, |(_, tail)| tail.len());
    (value - number(printed)).abs() <= 0.5 * 10_f64.powi(-(places as i32)) + f64::from(f32::EPSILON) * value
}

#[test]
fn tables_are_those_of_the_library() {
    let tables = &recorded()["tables"];
    for end in tables["ends"].as_array().unwrap() {
        let found = convert(end["table"].as_str().unwrap(), "sigma_over_alpha", "0,999");
        for (place, i) in [("first", 0), ("last", 1)] {
            let printed = &end[place];
            let sigma = number(&found[i]["to"]["t"]);
            assert!(printed.is_null() || agrees(sigma, printed), "{end}: {sigma}");
        }
    }
    for index in tables["index"].as_array().unwrap() {
        let found = convert("sigma_over_alpha", index["table"].as_str().unwrap(), &index["sigma"].to_string());
        assert!(agrees(number(&found[0]["to"]["t"]), &index["t"]), "{index}: {found}");
    }
}

#[test]
fn every_convention_goes_into_every_other_and_back() {
    let all = [
        "edm",
        "ve",
        "ou",
        "vp-linear",
        "vp-scaled-linear",
        "vp-cosine",
        "sub-vp",
        "flow:shift=3",
        "localization",
        "sigma_over_alpha",
        "log_snr",
        "ddpm-linear",
        "ddpm-scaled-linear",
        "ddpm-cosine:zero-snr",
    ];
    for from in all {
        let there = convert(from, "edm", "snr:0.02,0.5,1,7");
        let times: Vec<String> = there.as_array().unwrap().iter().map(|p| p["from"]["t"].to_string()).collect();
        for to in all {
            for (point, asked) in convert(from, to, &times.join(",")).as_array().unwrap().iter().zip(&times) {
                let back = convert(to, from, &point["to"]["t"].to_string());
                let (t, asked) = (number(&back[0]["to"]["t"]), asked.parse::<f64>().unwrap());
                assert!((t - asked).abs() <= 1e-11 * (1.0 + asked.abs()), "{from} -> {to}: {asked} became {t}");
            }
        }
    }
}

/// A number that names a level alone says no `alpha` and no `sigma`, in no form of the answer.
#[test]
fn what_a_convention_does_not_say_is_absent() {
    let found = convert("log_snr", "ddpm-linear", "0");
    let names: BTreeSet<&str> = found[0]["from"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(["sigma_over_alpha", "t"]));
    assert!((number(&found[0]["to"]["alpha"]) - 0.5_f64.sqrt()).abs() < 1e-12);
    let text = good(&["convert", "--from", "edm", "--to", "sigma_over_alpha", "--t", "2"]).stdout;
    let text = String::from_utf8(text).unwrap();
    let words = |word: &str| text.lines().next().unwrap().split('|').filter(|cell| cell.trim() == word).count();
    assert_eq!(["t", "alpha", "sigma", "sigma_over_alpha"].map(words), [2, 1, 1, 2]);
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("a.csv");
    good(&["convert", "--from", "log_snr", "--to", "edm", "--t", "0,1", "--out", file.to_str().unwrap()]);
    let header = std::fs::read_to_string(file).unwrap();
    assert!(header.starts_with("snr,log_snr,from_t,from_sigma_over_alpha,to_t,to_alpha,"), "{header}");
}

#[test]
fn levels_without_a_name_are_refused() {
    for (args, parts) in [
        (["ddpm-linear", "edm", "999.5"], ["--t", "expected t in [0, 999]"]),
        (["edm", "ddpm-scaled-linear", "80"], ["--to", "ddpm-scaled-linear"]),
        (["edm", "ddpm-linear:n=1", "1"], ["--to", "a whole number from 2 to 100000"]),
        (["sigma_over_alpha", "edm", "0"], ["--t", "expected t in (0, inf)"]),
        (["ddpm", "edm", "1"], ["--from", "ddpm-cosine, sigma_over_alpha, log_snr"]),
    ] {
        let output = run(&["convert", "--from", args[0], "--to", args[1], "--t", args[2]]);
        let line = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && line.matches('\n').count() == 1, "{args:?}: {line}");
        assert!(parts.iter().all(|part| line.contains(part)), "{args:?}: {line}");
    }
}
