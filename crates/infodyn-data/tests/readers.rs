//! Every reader of files under files that are nearly right: no panic, and one line of what is wrong.
//!
//! `INFODYN_FUZZ=N` makes it N files for each reader, in place of a few hundred; a case that failed is named by its
//! number, which makes the same file again.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // helpers of tests

use std::fs;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use infodyn_data::{
    ClaimsFile, Columns, LawFile, ModelFile, npy, read_audit, read_errors, read_sigmas, table_from_csv,
};

/// What a reader says of a file: nothing, or one line.
type Reader = fn(&Path) -> Result<(), String>;

/// A reader, the name of its file, and files that it takes.
struct Target {
    name: &'static str,
    file: &'static str,
    seeds: Vec<Vec<u8>>,
    read: Reader,
}

fn said<T, E: std::fmt::Display>(answer: Result<T, E>) -> Result<(), String> {
    answer.map(|_| ()).map_err(|e| e.to_string())
}

/// The law that a file beside it is the data of.
fn dataset(path: &Path) -> Result<(), String> {
    let law = path.with_file_name("law.toml");
    let name = path.file_name().unwrap().to_str().unwrap();
    fs::write(&law, format!("kind = \"dataset\"\npath = {name:?}\n")).unwrap();
    said(LawFile::read(&law))
}

/// The same, of a folder that holds the image.
fn folder(path: &Path) -> Result<(), String> {
    let law = path.parent().unwrap().with_file_name("law.toml");
    fs::write(&law, "kind = \"dataset\"\npath = \"images\"\n").unwrap();
    said(LawFile::read(&law))
}

fn examples(ending: &str, folder: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    let wanted = files.into_iter().filter(|f| f.extension().is_some_and(|e| e == ending));
    wanted.map(|f| fs::read(f).unwrap()).filter(|bytes| bytes.len() < 1 << 14).collect()
}

fn png() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 4, 3);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&(0..36).collect::<Vec<u8>>()).unwrap();
    drop(writer);
    bytes
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut file = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    file.write_all(bytes).unwrap();
    file.finish().unwrap()
}

#[cfg(feature = "parquet")]
fn parquet() -> Vec<u8> {
    use parquet::column::writer::ColumnWriter;
    use parquet::file::writer::SerializedFileWriter;

    let schema = parquet::schema::parser::parse_message_type("message m { required double a; required double b; }");
    let mut bytes = Vec::new();
    let mut writer =
        SerializedFileWriter::new(&mut bytes, std::sync::Arc::new(schema.unwrap()), Default::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    while let Some(mut column) = group.next_column().unwrap() {
        if let ColumnWriter::DoubleColumnWriter(w) = column.untyped() {
            w.write_batch(&[1.0, 2.0, 3.5], None, None).unwrap();
        }
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

fn targets() -> Vec<Target> {
    let numbers: Vec<f64> = (0..12).map(|i| f64::from(i) / 4.0).collect();
    let array = npy(&numbers, &[4, 3]).unwrap();
    let mut columns = Columns::new();
    columns.numbers("x", numbers.iter().copied());
    let idx = [&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2][..], &[0, 50, 100, 150, 200, 250, 7, 9]].concat();
    let text = |text: &str| text.as_bytes().to_vec();
    let laws = examples("toml", "examples");
    let json = "{\"kind\": \"mixture\", \"weights\": [0.25, 0.75], \"means\": [[1, -2], [3e2, 0.5]], \"covariances\": [0.5, [0.1, 2]]}";
    let audit = "{\"schema\": \"infodyn.audit/1\", \"variance\": 2.5, \"levels\": [{\"sigma\": 0.5, \"mse\": {\"value\": 0.1, \"error\": 1e-3}}]}";
    let claim =
        "title = \"t\"\n[[claim]]\nid = \"A\"\nstatement = \"mmse >= 0\"\nsource = \"s\"\nmutants = [\"mmse < 0\"]\n";
    let mut all = vec![
        Target { name: "laws", file: "law.toml", seeds: laws, read: |path| said(LawFile::read(path)) },
        Target {
            name: "laws as JSON",
            file: "law.json",
            seeds: vec![text(json)],
            read: |path| said(LawFile::read(path)),
        },
        Target {
            name: "side files",
            file: "model.toml",
            seeds: examples("toml", "tests/models"),
            read: |path| said(ModelFile::read(path)),
        },
        Target {
            name: "statements",
            file: "c.toml",
            seeds: vec![text(claim)],
            read: |path| said(ClaimsFile::read(path)),
        },
        Target { name: "audits", file: "audit.json", seeds: vec![text(audit)], read: |path| said(read_audit(path)) },
        Target {
            name: "tables of errors",
            file: "t.csv",
            seeds: vec![text("sigma,mse,error\n0.5,0.25,1e-3\n1,0.5,0.001\n"), text("0.5,1\n2,3\n")],
            read: |path| said(read_errors(path)),
        },
        Target {
            name: "levels",
            file: "levels.json",
            seeds: vec![text("{\"sigmas\": [80, 1.5, 2e-3, 0]}")],
            read: |path| said(read_sigmas(path)),
        },
        Target {
            name: "levels as an array",
            file: "levels.npy",
            seeds: vec![npy(&numbers, &[12]).unwrap()],
            read: |path| said(read_sigmas(path)),
        },
        Target {
            name: "tables",
            file: "table.csv",
            seeds: examples("csv", "figures"),
            read: |path| fs::read_to_string(path).map_or(Ok(()), |text| said(table_from_csv(&text))),
        },
        Target {
            name: "npy",
            file: "x.npy",
            seeds: vec![array.clone(), npy(&[1_i64, 2, 3], &[3]).unwrap()],
            read: dataset,
        },
        Target { name: "npz", file: "x.npz", seeds: vec![columns.to_npz().unwrap()], read: dataset },
        Target {
            name: "csv",
            file: "x.csv",
            seeds: vec![text("a,b\n1,2\n3,\"4\"\n"), text("1;2\n3;4")],
            read: dataset,
        },
        Target { name: "idx", file: "x.idx", seeds: vec![idx.clone()], read: dataset },
        Target { name: "idx.gz", file: "x.idx.gz", seeds: vec![zipped(&idx)], read: dataset },
        Target { name: "images", file: "images/a.png", seeds: vec![png()], read: folder },
    ];
    #[cfg(feature = "parquet")]
    all.push(Target { name: "parquet", file: "x.parquet", seeds: vec![parquet()], read: dataset });
    all.iter_mut().for_each(|t| assert!(!t.seeds.is_empty(), "{}", t.name));
    all
}

/// A sequence of numbers (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

/// What files are spoiled with.
const TOKENS: [&[u8]; 18] = [
    b"-1",
    b"1e308",
    b"1e-400",
    b"nan",
    b"inf",
    b"99999999999999999999",
    b"[",
    b"]",
    b"{",
    b"\"",
    b",",
    b"\n",
    b"=",
    b"\xff\xff\xff\xff",
    b"\x80\0\0\0",
    b"\0\0\0\0\0\0\0\0",
    b"\x7f\xff\xff\xff\xff\xff\xff\xff",
    b"\xc3\xa9",
];

/// Case number `case` of a target: one of its files, changed in a few places.
fn file(target: &Target, case: u64) -> Vec<u8> {
    let mut random = Numbers(case);
    let mut bytes = target.seeds[random.below(target.seeds.len())].clone();
    for _ in 0..=random.below(4) {
        let (at, n) = (random.below(bytes.len()), bytes.len());
        let end = (at + random.below(16)).min(n);
        match random.below(8) {
            0 if n > 0 => bytes[at] ^= 1 << random.below(8),
            1 if n > 0 => bytes[at] = random.next() as u8,
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..end)),
            4 => drop(bytes.splice(at..at, TOKENS[random.below(TOKENS.len())].iter().copied())),
            5 => {
                let token = TOKENS[random.below(TOKENS.len())];
                let end = (at + token.len()).min(n);
                drop(bytes.splice(at..end, token.iter().copied()));
            }
            6 => {
                let part = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, part.repeat(1 + random.below(40))));
            }
            _ => {
                let other = &target.seeds[random.below(target.seeds.len())];
                let from = random.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
        }
    }
    bytes
}

/// Reads one case: whether it was refused, or what went wrong; and how long it took.
fn tried(target: &Target, path: &Path, case: u64) -> (Result<bool, String>, Duration) {
    fs::write(path, file(target, case)).unwrap();
    let start = Instant::now();
    let answer = match catch_unwind(AssertUnwindSafe(|| (target.read)(path))) {
        Err(_) => Err("a panic".into()),
        Ok(Err(line)) if line.is_empty() || line.contains('\n') => Err(format!("no line: {line:?}")),
        Ok(answer) => Ok(answer.is_err()),
    };
    (answer.map_err(|what: String| format!("{} case {case}: {what}", target.name)), start.elapsed())
}

#[test]
fn no_file_makes_a_reader_panic() {
    let count: u64 = std::env::var("INFODYN_FUZZ").ok().and_then(|n| n.parse().ok()).unwrap_or(300);
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("images")).unwrap();
    for side in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/models")).unwrap() {
        let network = side.unwrap().path().with_extension("onnx");
        fs::write(place.path().join(network.file_name().unwrap()), "a network").unwrap();
    }
    let mut failures = Vec::new();
    for target in targets() {
        let path = place.path().join(target.file);
        let (mut longest, mut refused) = ((Duration::ZERO, 0), 0);
        for case in 0..count {
            let (answer, time) = tried(&target, &path, case);
            longest = longest.max((time, case));
            match answer {
                Ok(is_refused) => refused += u64::from(is_refused),
                Err(wrong) => failures.push(wrong),
            }
        }
        println!(
            "{}: {count} files, {refused} refused, longest {:.3} s (case {})",
            target.name,
            longest.0.as_secs_f64(),
            longest.1
        );
        assert!(refused > count / 10 && refused < count, "{}: {refused} of {count} refused", target.name);
        fs::remove_file(&path).unwrap();
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
