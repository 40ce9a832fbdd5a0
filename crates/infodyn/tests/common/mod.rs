//! Shared by the tests of the program.
#![allow(dead_code, clippy::unwrap_used)] // each test uses a part

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

/// A law of `examples/`.
pub(crate) fn example(name: &str) -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name).display().to_string()
}

/// A run of the program, whatever comes of it.
pub(crate) fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_infodyn")).args(args).output().unwrap()
}

/// A run that succeeds and has nothing to say on standard error but that it takes long, as it may on a busy machine.
#[track_caller]
pub(crate) fn good(args: &[&str]) -> Output {
    let output = run(args);
    let said = String::from_utf8_lossy(&output.stderr);
    let said: Vec<&str> = said.lines().filter(|line| !line.ends_with(": this takes longer than 10 s")).collect();
    assert!(output.status.success() && said.is_empty(), "{args:?}: {said:?}");
    output
}

/// What it prints as JSON.
#[track_caller]
pub(crate) fn document(args: &[&str]) -> Value {
    serde_json::from_slice(&good(&[args, &["--json"]].concat()).stdout).unwrap()
}
