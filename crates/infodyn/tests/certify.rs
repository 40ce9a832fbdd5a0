//! `infodyn certify`: the program's numbers and the intervals that the proof checker encloses them in.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

use infodyn::certify::{certificate, differs};

fn committed() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proofs/numeric/Certified.v")).unwrap()
}

#[test]
fn the_committed_theorems_are_about_the_numbers_of_today() {
    let (text, numbers) = certificate().unwrap();
    assert!(numbers.len() >= 40, "{} numbers", numbers.len());
    assert_eq!(differs(&committed(), &text, &numbers), None);
    assert_eq!(differs(&text, &text, &numbers), None);
}

#[test]
fn a_number_that_leaves_its_interval_is_noticed() {
    let (text, numbers) = certificate().unwrap();
    for i in 0..numbers.len() {
        let mut moved = numbers.clone();
        // Every interval is at most 1e-8 wide.
        moved[i].estimate = moved[i].estimate + infodyn_core::Estimate::near(5e-9);
        assert!(differs(&text, &text, &moved).unwrap().starts_with(&format!("{}: the program says", numbers[i].name)));
        let mut wide = numbers.clone();
        wide[i].estimate = infodyn_core::Estimate::new(wide[i].estimate.value(), 5e-9);
        assert!(differs(&text, &text, &wide).is_some());
    }
}

#[test]
fn a_stale_file_is_noticed() {
    let (text, numbers) = certificate().unwrap();
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from));
        differs(&text.replacen(from, to, 1), &text, &numbers)
    };
    // A value, a radius, a law, a lemma, a line.
    assert!(changed("0.1930750444931", "0.1930750544931").unwrap().contains("line "));
    assert!(changed("<= 4.0e-9", "<= 4.0e-2").is_some());
    assert!(changed("(3/10, -1)", "(3/10, 1)").is_some());
    assert!(changed("@H_cut", "@M_cut").is_some());
    assert!(changed("Theorem k_V", "Theorem k_W").is_some());
    assert!(differs(&format!("{text}Axiom more : False.\n"), &text, &numbers).is_some());
    assert!(differs(&text[..text.len() / 2], &text, &numbers).is_some());
    // The last digits of a value may differ between machines.
    assert_eq!(changed("0.1930750444931", "0.1930750444932"), None);
}

#[test]
fn the_command_writes_and_compares() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Numbers.v");
    let run = |check: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_infodyn"));
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
