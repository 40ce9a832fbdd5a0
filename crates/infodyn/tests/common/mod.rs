//! Shared by the tests of the program.
#![allow(dead_code, clippy::unwrap_used)] // each test uses a part

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use infodyn_monte_carlo::Philox;
use serde_json::Value;

/// A law of `examples/`.
pub(crate) fn example(name: &str) -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name).display().to_string()
}

/// The digits, fewer of them, in a folder.
pub(crate) fn few_digits(place: &Path) -> String {
    let few = place.join("few.toml");
    let text = fs::read_to_string(example("digits.toml")).unwrap();
    let text = text.replace("path = \"", &format!("path = \"{}", example("")));
    fs::write(&few, format!("{text}\nlimit = 60\n")).unwrap();
    few.display().to_string()
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

/// A `.npy` file of points about a few centres, each row the same in every file, as numbers of so many bytes.
pub(crate) fn npy(rows: std::ops::Range<usize>, dim: usize, item: usize) -> Vec<u8> {
    let mut text = format!("{{'descr': '<f{item}', 'fortran_order': False, 'shape': ({}, {dim}), }}", rows.len());
    let padded = (10 + text.len() + 1).next_multiple_of(64) - 11;
    text = format!("{text:padded$}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.bytes());
    for row in rows {
        let mut random = Philox::new([7, 0], [row as u32, 0], 0);
        let mut noise = vec![0.0; dim];
        random.fill_normal(&mut noise);
        for (i, z) in noise.iter().enumerate() {
            let x = 2.0 * ((row % 5 * (i + 3)) % 7) as f64 + 0.5 * z;
            if item == 8 { bytes.extend(x.to_le_bytes()) } else { bytes.extend((x as f32).to_le_bytes()) }
        }
    }
    bytes
}

/// The law file of 200,000 made points in dimension 32, in a folder.
pub(crate) fn many(place: &Path) -> String {
    fs::write(place.join("many.npy"), npy(0..200_000, 32, 8)).unwrap();
    let law = place.join("many.toml");
    fs::write(&law, "kind = \"dataset\"\npath = \"many.npy\"\n").unwrap();
    law.display().to_string()
}
