//! `infodyn formula`.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
fn formula(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = common::run(&[&["formula"], arguments].concat());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn every_format_prints_the_main_theorem() {
    let cases = [
        ("--text", "d/dt H(X_0|X_t) = g^2/2*(D/sigma^2 + E[div s])"),
        ("--latex", r"\frac{d}{dt} H(X_0 \mid X_t) = \frac{g^{2}}{2}"),
        ("--coq", "rate_conditional = g ^ 2 * (D / sigma ^ 2 + mean_div_s) / 2"),
        ("--mathml", "<math><mfrac>"),
    ];
    for (flag, expected) in cases {
        let (code, out, err) = formula(&["B2", flag]);
        assert_eq!((code, err.as_str()), (Some(0), ""));
        assert!(out.contains(expected), "{flag}: {out}");
    }
    assert_eq!(formula(&["B2"]), formula(&["B2", "--text"]));
}

#[test]
fn an_unknown_claim_is_one_line() {
    let (code, out, err) = formula(&["Z9"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.starts_with("error: CLAIM: \"Z9\", expected one of A1,"), "{err}");
    assert_eq!(err.lines().count(), 1);
    assert_eq!(formula(&["B2", "--latex", "--coq"]).0, Some(2));
}

/// The formulas of `proofs/check/Printed.v`, which Coq sets against the proofs, are those that are printed.
#[test]
fn the_formulas_that_are_proved_are_those_that_are_printed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proofs/check/Printed.v");
    let text = fs::read_to_string(file).unwrap();
    let mut claims = BTreeSet::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let Some(claim) = line.strip_prefix("(* printed: ").and_then(|l| l.strip_suffix(" *)")) else { continue };
        let (stated, end) = (lines.next().unwrap(), lines.next().unwrap());
        assert_eq!(end, ".", "{claim}: a formula stands on one line, and ends the goal");
        let (code, printed, _) = formula(&[claim, "--coq", "--all"]);
        assert_eq!(code, Some(0));
        assert!(printed.lines().any(|l| l == stated), "{claim}: {stated} is not printed");
        // Another formula would be noticed.
        assert!(!printed.lines().any(|l| l == stated.replacen(['+', '-', '/', '*'], "@", 1)));
        claims.insert(claim.to_owned());
    }
    assert!(claims.len() >= 14, "{claims:?}");
}
