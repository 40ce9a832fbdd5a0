//! Every command of a page in `docs/` runs, and prints what the page shows, each number within its error.
#![allow(clippy::unwrap_used)] // helpers of tests

use std::path::{Path, PathBuf};
use std::process::Command;

const AUDIT: &str = include_str!("../../../docs/audit.md");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A folder that has what the commands of a page name.
fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    for folder in ["examples", "tests/models"] {
        let to = place.path().join(folder);
        std::fs::create_dir_all(&to).unwrap();
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    place
}

/// The words of a line, bars and commas apart.
fn words(line: &str) -> Vec<String> {
    line.replace(['|', ',', ';', '(', ')'], " ").split_whitespace().map(str::to_owned).collect()
}

/// Whether two lines say the same: words as they are, numbers within the errors printed beside them, others to 1 %.
fn same(shown: &str, found: &str) -> bool {
    let (shown, found) = (words(shown), words(found));
    let number = |words: &[String], i: usize| words.get(i).and_then(|w| w.parse::<f64>().ok());
    // Errors themselves have one digit.
    let is_error = |i: usize| i > 0 && shown[i - 1] == "±";
    let error = |words: &[String], i: usize| match words.get(i + 1) {
        Some(sign) if sign == "±" => number(words, i + 2).unwrap_or(0.0),
        _ => 0.0,
    };
    shown.len() == found.len()
        && (0..shown.len()).all(|i| match (number(&shown, i), number(&found, i)) {
            (Some(a), Some(b)) if is_error(i) => a / b < 4.0 && b / a < 4.0,
            (Some(a), Some(b)) => (a - b).abs() <= error(&shown, i) + error(&found, i) + 0.01 * a.abs(),
            _ => shown[i].chars().all(|c| c == '-') || shown[i] == found[i],
        })
}

fn holds(page: &str) {
    let place = place();
    let mut ran = 0;
    for block in page.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
        for part in format!("\n{block}").split("\n$ infodyn ").skip(1) {
            let (command, shown) = part.split_once('\n').unwrap_or((part, ""));
            let args: Vec<&str> = command.split_whitespace().collect();
            let output =
                Command::new(env!("CARGO_BIN_EXE_infodyn")).args(&args).current_dir(place.path()).output().unwrap();
            assert!(output.status.code() != Some(2), "{command}: {}", String::from_utf8_lossy(&output.stderr));
            let found = String::from_utf8(output.stdout).unwrap();
            let lines = |text: &str| text.lines().map(str::to_owned).filter(|l| !l.is_empty()).collect::<Vec<_>>();
            let (shown, found) = (lines(shown), lines(&found));
            for (shown, found) in shown.iter().zip(&found) {
                assert!(same(shown, found), "{command}:\n{shown}\n{found}");
            }
            assert_eq!(shown.len(), found.len(), "{command}: {found:#?}");
            ran += 1;
        }
    }
    assert!(ran > 2);
}

#[test]
fn is_my_model_a_denoiser() {
    holds(AUDIT);
}

#[test]
fn lines_that_differ_by_more_than_their_errors_are_told_apart() {
    assert!(same("| 0.1 | 2.00 ± 1e-2 |", "|  0.1 | 2.011 ± 1e-2 |"));
    assert!(!same("| 0.1 | 2.00 ± 1e-2 |", "| 0.1 | 2.08 ± 1e-2 |"));
    assert!(!same("accepted", "refused") && !same("a b", "a"));
}
