//! Names of noise levels, there and back.
#![allow(clippy::unwrap_used)] // helpers of tests

use infodyn_core::{Convention, DdpmTable, NoiseProcess};
use proptest::prelude::*;

fn table(text: &str) -> DdpmTable {
    match text.parse().unwrap() {
        Convention::Ddpm(table) => table,
        other => unreachable!("{other}"),
    }
}

#[test]
fn strings_round_trip_and_bad_ones_say_why() {
    for text in [
        "edm",
        "flow:shift=3",
        "sigma_over_alpha",
        "log_snr",
        "ddpm-linear",
        "ddpm-scaled-linear:zero-snr",
        "ddpm-cosine:n=100",
        "ddpm-linear:b0=0.001,b1=0.01,n=50,zero-snr",
    ] {
        assert_eq!(text.parse::<Convention>().unwrap().to_string(), text);
    }
    for (text, part) in [
        ("ddpm", "log_snr"),
        ("log_snr:x=1", "no parameter"),
        ("ddpm-linear:", "nothing after the colon"),
        ("ddpm-linear:b2=1", "one of b0, b1, n, zero-snr"),
        ("ddpm-cosine:b0=1", "one of n, zero-snr"),
        ("ddpm-linear:n=1", "n = 1, expected a whole number from 2"),
        ("ddpm-linear:n=x", "a whole number"),
        ("ddpm-linear:b0=0.1", "b1 = 0.02, expected at least b0"),
        ("ddpm-linear:b1=1", "a number below 1"),
        ("ddpm-linear:b0=1e-9", "b0 = 0.000000001, expected a table whose levels rise"),
        ("ddpm-linear:zero", "PARAMETER=VALUE or zero-snr"),
    ] {
        let message = text.parse::<Convention>().unwrap_err().to_string();
        assert!(message.contains(part), "{text}: {message}");
    }
}

#[test]
fn what_has_no_name_is_an_error() {
    let at = |text: &str, t: f64| text.parse::<Convention>().unwrap().at(t);
    assert!(at("ddpm-linear", 999.5).unwrap_err().to_string().contains("expected t in [0, 999]"));
    assert!(at("ddpm-linear", -0.1).is_err() && at("ddpm-linear", f64::NAN).is_err());
    assert!(at("sigma_over_alpha", 0.0).is_err() && at("sigma_over_alpha", 1e-200).is_err());
    assert!(at("log_snr", 800.0).is_err() && at("log_snr", f64::NAN).is_err());
    let beyond = Convention::Ddpm(table("ddpm-scaled-linear")).at_snr(1e-6).unwrap_err().to_string();
    assert!(beyond.contains("ddpm-scaled-linear"), "{beyond}");
}

/// At an index the level is the table's own, and back; the table is no sampled `vp` process: off by 4.8 % at most.
#[test]
fn indices_are_the_table() {
    let convention = Convention::Ddpm(table("ddpm-linear"));
    let Convention::Ddpm(own) = &convention else { unreachable!() };
    let mut furthest = 0.0_f64;
    for (i, &sigma) in own.sigmas().iter().enumerate() {
        let level = convention.at(i as f64).unwrap();
        assert_eq!(level.sigma_over_alpha, sigma);
        assert!((convention.at_snr(level.snr).unwrap().t - i as f64).abs() < 1e-9, "{i}");
        let smooth = NoiseProcess::VP_LINEAR.at((i + 1) as f64 / 1000.0).unwrap().sigma_over_alpha();
        furthest = furthest.max((smooth / sigma - 1.0).abs());
    }
    assert!((furthest - 0.0485).abs() < 1e-4, "{furthest}");
}

proptest! {
    /// There and back, in every convention.
    #[test]
    fn levels_round_trip(log in -4.0_f64..4.0, i in 0_usize..7) {
        let text = ["edm", "flow:shift=3", "sigma_over_alpha", "log_snr", "ddpm-linear", "ddpm-scaled-linear:n=77",
            "ddpm-cosine:zero-snr"][i];
        let convention: Convention = text.parse().unwrap();
        if let Ok(level) = convention.at_snr(log.exp()) {
            let back = convention.at(level.t).unwrap();
            prop_assert!((back.snr / log.exp() - 1.0).abs() < 1e-12, "{}: {} {}", text, log.exp(), back.snr);
        }
    }
}
