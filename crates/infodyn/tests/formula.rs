//! `infodyn formula`.
#![allow(clippy::unwrap_used)]

use std::process::Command;

fn formula(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_infodyn")).arg("formula").args(arguments).output().unwrap();
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
