//! Files that promise or hold too much, under 1 GiB of address space: one line, exit 2, within seconds.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // helpers of tests

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// The one line that the program has to say of a law file in a folder.
fn refused(folder: &Path, law: &str) -> String {
    let question = format!("profile --law {law} --process ou --grid 0.5 --threads 1");
    let limited = format!("ulimit -v 1048576; exec \"$0\" {question}");
    let program = env!("CARGO_BIN_EXE_infodyn");
    let output = Command::new("sh").args(["-c", &limited, program]).current_dir(folder).output().unwrap();
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{law}: {line}");
    assert!(output.stdout.is_empty() && line.matches('\n').count() == 1, "{law}: {line:?}");
    line
}

fn header(dtype: &str, shape: &str) -> Vec<u8> {
    let text = format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}");
    let padded = format!("{text:<117}\n");
    [b"\x93NUMPY\x01\x00", &(padded.len() as u16).to_le_bytes()[..], padded.as_bytes()].concat()
}

#[test]
fn data_files() {
    let place = tempfile::tempdir().unwrap();
    let file = |name: &str| File::create(place.path().join(name)).unwrap();
    // Zeros, 128 MiB of them in a thousandth of that.
    let mut bomb = zip::ZipWriter::new(file("bomb.npz"));
    let fast = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    bomb.start_file("x.npy", fast.compression_level(Some(1))).unwrap();
    bomb.write_all(&header("|b1", "(1, 134217728)")).unwrap();
    (0..128).for_each(|_| bomb.write_all(&[0; 1 << 20]).unwrap());
    bomb.finish().unwrap();
    // 2^32 rows of 2^31 bytes.
    file("huge.idx").write_all(&[&[0, 0, 8, 2][..], &[255; 4], &[128, 0, 0, 0], &[0; 64]].concat()).unwrap();
    file("huge.npy").write_all(&[header("<f8", "(1099511627776, 1048576)"), vec![0; 64]].concat()).unwrap();
    // Files with holes, which take no room on the disk: rows of 1 GiB, and an array that is as long as it says.
    file("row.csv").set_len(1 << 30).unwrap();
    let mut long = file("long.npy");
    let start = header("<f8", "(134217728, 2)");
    long.write_all(&start).unwrap();
    long.set_len(start.len() as u64 + (1 << 31)).unwrap();
    fs::write(place.path().join("quote.csv"), "\"".to_owned() + &"a\n".repeat(1 << 23)).unwrap();
    symlink("loop.npy", place.path().join("loop.npy")).unwrap();
    symlink("/dev/zero", place.path().join("endless.csv")).unwrap();
    for (name, part) in [
        ("bomb.npz", "more than memory holds"),
        ("huge.idx", "expected at most 268435456 numbers"),
        ("huge.npy", "64 bytes of entries"),
        ("row.csv", "a row of more than 16777216 bytes"),
        ("long.npy", "more than memory holds"),
        ("quote.csv", "a row of more than 16777216 bytes"),
        ("loop.npy", "symbolic links"),
        ("endless.csv", "a row of more than 16777216 bytes"),
    ] {
        fs::write(place.path().join("law.toml"), format!("kind = \"dataset\"\npath = \"{name}\"\n")).unwrap();
        let line = refused(place.path(), "law.toml");
        assert!(line.contains(name) && line.contains(part), "{line}");
    }
}

/// Eight rows of lists of 2^23 equal numbers: half a gibibyte in a few kilobytes.
fn long_list() -> Vec<u8> {
    use parquet::column::writer::ColumnWriter;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    const LENGTH: usize = 1 << 23;
    let schema = "message m { required group x (LIST) { repeated group list { required double element; } } }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Default::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let (values, present, mut begins) = (vec![1.0; LENGTH], vec![1; LENGTH], vec![1; LENGTH]);
    begins[0] = 0;
    if let ColumnWriter::DoubleColumnWriter(w) = column.untyped() {
        for _ in 0..8 {
            w.write_batch(&values, Some(&present), Some(&begins)).unwrap();
        }
    }
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn a_long_list_in_a_parquet_file() {
    let place = tempfile::tempdir().unwrap();
    let file = long_list();
    assert!(file.len() < 1 << 20, "{}", file.len());
    fs::write(place.path().join("list.parquet"), file).unwrap();
    fs::write(place.path().join("law.toml"), "kind = \"dataset\"\npath = \"list.parquet\"\n").unwrap();
    let line = refused(place.path(), "law.toml");
    assert!(line.contains("list.parquet") && line.contains("memory"), "{line}");
}

#[test]
fn law_files() {
    let place = tempfile::tempdir().unwrap();
    let deep = 1 << 17;
    for (name, text) in [
        ("deep.toml", format!("kind = {}{}", "[".repeat(deep), "]".repeat(deep))),
        ("tables.toml", format!("a{} = 1", ".a".repeat(deep))),
        ("deep.json", "{\"a\":".repeat(deep)),
    ] {
        fs::write(place.path().join(name), text).unwrap();
        assert!(refused(place.path(), name).contains("recur"), "{name}");
    }
    File::create(place.path().join("long.toml")).unwrap().set_len(1 << 32).unwrap();
    assert!(refused(place.path(), "long.toml").contains("more than 134217728 bytes"));
    assert!(refused(place.path(), "/dev/zero").contains("more than 134217728 bytes"));
    symlink("loop.toml", place.path().join("loop.toml")).unwrap();
    assert!(refused(place.path(), "loop.toml").contains("symbolic links"));
}
