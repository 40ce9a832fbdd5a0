//! `infodyn explore` writes one whole page, or nothing.
#![allow(clippy::unwrap_used)] // helpers of tests

use std::process::{Command, Output};

const PAGE: &str = include_str!("../../../docs/explore.md");

fn explore(folder: &std::path::Path, out: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_infodyn")).arg("explore").args(out).current_dir(folder).output().unwrap()
}

#[test]
fn a_page_is_written_as_the_documents_say() {
    let place = tempfile::tempdir().unwrap();
    let output = explore(place.path(), &["--out", "law.html"]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(PAGE.contains(&format!("$ infodyn explore --out law.html\n{printed}")), "{printed}");
    let page = std::fs::read_to_string(place.path().join("law.html")).unwrap();
    // Nothing is left to fill in, and nothing asks for what lies elsewhere.
    for sign in ["{{", "http:", "https:", "src=", "@import"] {
        assert!(!page.contains(sign), "{sign}");
    }
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    assert!(page.contains(">AGFzbQEAAAA"), "the program begins as WebAssembly does");
    assert!(explore(place.path(), &[]).status.success());
    assert_eq!(std::fs::read_to_string(place.path().join("infodyn-explore.html")).unwrap(), page);
}

#[test]
fn a_place_that_cannot_be_written_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let output = explore(place.path(), &["--out", "none/law.html"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("error: --out: ") && said.lines().count() == 1, "{said}");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
}
