//! Results in files.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

use std::fs;
use std::path::Path;

use infodyn_core::Estimate;
use infodyn_data::{Columns, Format, Output};

fn columns() -> Columns {
    let mut columns = Columns::new();
    columns.numbers("t", [0.1, 1e-300]);
    columns.estimates("mmse", &[Some(Estimate::new(0.1 + 0.2, 1e-16)), None]);
    columns.estimates("absent", &[None, None]);
    columns
}

#[test]
fn csv_keeps_every_bit_and_leaves_gaps() {
    let text = String::from_utf8(columns().to_csv().unwrap()).unwrap();
    assert_eq!(text, "t,mmse,mmse_error\n0.1,0.30000000000000004,1e-16\n1e-300,,\n");
}

#[test]
fn npz_has_one_array_a_column() {
    let bytes = columns().to_npz().unwrap();
    assert_eq!(bytes, columns().to_npz().unwrap());
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    assert_eq!(zip.len(), 3);
    let entry = zip.by_name("mmse.npy").unwrap();
    let values: Vec<f64> = npyz::NpyFile::new(entry).unwrap().into_vec().unwrap();
    assert_eq!(values[0], 0.1 + 0.2);
    assert!(values[1].is_nan());
}

#[test]
fn files_are_replaced_whole_and_nothing_is_left_beside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    fs::write(&path, "old").unwrap();
    let output = Output::new(&path).unwrap();
    assert_eq!(output.format(), Format::Json);
    assert_eq!(fs::read(&path).unwrap(), b"old");
    output.write(b"new").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn places_that_cannot_be_written_are_known_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for (path, part) in [
        (folder.path().join("a.txt"), "ending \"txt\", expected one of .json, .csv, .npz"),
        (folder.path().join("none/a.json"), "cannot write it"),
        (Path::new("/").join("noending"), "ending \"\""),
    ] {
        let message = Output::new(&path).unwrap_err().to_string();
        assert!(message.contains(part) && !message.contains('\n'), "{message}");
    }
    fs::create_dir(folder.path().join("d.csv")).unwrap();
    assert!(Output::new(&folder.path().join("d.csv")).unwrap_err().to_string().contains("it is a folder"));
}
