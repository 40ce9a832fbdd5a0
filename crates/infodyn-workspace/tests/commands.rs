//! The commands of the checkout.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::process::{Command, Output};

fn workspace() -> Command {
    Command::new(env!("CARGO_BIN_EXE_infodyn-workspace"))
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// README.md and docs/claims.md are what the registry would write today.
#[test]
fn generated_documents_are_fresh() {
    let out = workspace().args(["readme", "--check"]).output().unwrap();
    assert_eq!(out.status.code(), Some(0), "{}", text(&out));
}

#[test]
fn the_proofs_of_the_checkout_are_evidence() {
    let out = workspace().args(["verify", "B2", "--effort", "quick", "--json", "-"]).output().unwrap();
    let proof = text(&out).contains("\"kind\": \"proof\"");
    assert!(out.status.success() && proof, "{}", text(&out));
}

#[test]
fn the_command_writes_and_compares() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Numbers.v");
    let run = |check: bool| {
        let mut command = workspace();
        command.arg("certify").arg("--out").arg(&path).args(check.then_some("--check"));
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, _, error) = run(true);
    assert_eq!((code, error.lines().count()), (Some(2), 1), "{error}");
    assert_eq!(run(false).0, Some(0));
    assert_eq!(run(true).0, Some(0));
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("Qed.", "Admitted.", 1)).unwrap();
    let (code, said, _) = run(true);
    assert_eq!(code, Some(1));
    assert!(said.contains("stale; line "), "{said}");
}

#[test]
fn what_cannot_be_together_is_refused() {
    for arguments in [["figures", "--check", "--out", "x"].as_slice(), &["verify", "--baseline", "--json", "-"]] {
        let out = workspace().args(arguments).output().unwrap();
        assert_eq!((out.status.code(), text(&out).lines().count()), (Some(2), 1), "{}", text(&out));
    }
}
