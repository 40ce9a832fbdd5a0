//! Law files good and bad: what they mean, and the one line that they get.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

use std::fs;
use std::io::Write;
use std::path::Path;

use infodyn_core::Covariance;
use infodyn_data::{AnyLaw, LawFile};
use npyz::WriterBuilder;

/// A folder of files made for one test.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        fs::write(self.0.path().join(name), content).unwrap();
        self
    }

    fn read(&self, name: &str) -> LawFile {
        LawFile::read(&self.0.path().join(name)).unwrap()
    }

    fn error(&self, name: &str) -> String {
        LawFile::read(&self.0.path().join(name)).unwrap_err().to_string()
    }
}

fn law(text: &str) -> LawFile {
    Folder::new().with("law.toml", text).read("law.toml")
}

fn rows(file: &LawFile) -> Vec<Vec<f64>> {
    file.law.means().chunks(file.law.dim()).map(<[f64]>::to_vec).collect()
}

/// A `.npy` file.
fn npy<T: npyz::AutoSerialize + Copy>(shape: &[u64], order: npyz::Order, values: &[T]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut w =
        npyz::WriteOptions::new().default_dtype().shape(shape).order(order).writer(&mut bytes).begin_nd().unwrap();
    w.extend(values.iter().copied()).unwrap();
    w.finish().unwrap();
    bytes
}

fn npz(arrays: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in arrays {
        zip.start_file(format!("{name}.npy"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

use npyz::Order::{C, Fortran};

#[test]
fn toml_and_json_are_the_same_law() {
    let toml = "kind = \"mixture\"\nweights = [0.3, 0.7]\nmeans = [[0.1, 2], [1, 0.30000000000000004]]\n\
                covariances = [[0.5, 1.0], [[2.0, 0.5], [0.5, 1.0]]]";
    let json = r#"{"kind": "mixture", "weights": [0.3, 0.7], "means": [[0.1, 2], [1, 0.30000000000000004]],
                   "covariances": [[0.5, 1.0], [[2.0, 0.5], [0.5, 1.0]]]}"#;
    let folder = Folder::new().with("law.toml", toml).with("law.json", json);
    assert_eq!(folder.read("law.toml"), folder.read("law.json"));
}

/// Mixtures trained in single precision: three weights of a third, and one unit of asymmetry.
#[test]
fn single_precision_is_read_and_said() {
    let third = f64::from(1.0_f32 / 3.0);
    let file = law(&format!(
        "kind = \"mixture\"\nweights = [{third}, {third}, {third}]\nmeans = [[0], [1], [2]]\ncovariance = 1"
    ));
    assert!(file.law.weights().iter().all(|w| (w - 1.0 / 3.0).abs() < 1e-16));
    assert!(file.notes[0].starts_with("weights: they sum to 1.00000002"), "{:?}", file.notes);
    let file = law("kind = \"gaussian\"\nmean = [0, 0]\ncovariance = [[1, 0.30000001], [0.3, 2]]");
    assert_eq!(file.law.covariance(0).matrix(2)[(0, 1)], 0.5 * (0.30000001 + 0.3));
    assert!(file.notes[0].starts_with("covariance: entries (1, 0) and (0, 1) differ"), "{:?}", file.notes);
    assert!(law("kind = \"gaussian\"\nmean = [0, 0]\ncovariance = [[1, 0.3], [0.3, 2]]").notes.is_empty());
}

#[test]
fn covariances_take_every_form() {
    let one = |c: &str| law(&format!("kind = \"gaussian\"\nmean = [0, 0]\ncovariance = {c}")).law.covariance(0).clone();
    assert_eq!(one("2"), Covariance::isotropic(2.0).unwrap());
    assert_eq!(one("[2, 1.5]"), Covariance::diagonal(&[2.0, 1.5]).unwrap());
    assert_eq!(one("[[2, 2], [2, 2]]").rank(2), 1);
    // F F^T + diag(d), with d a number or a list.
    let full = one("[[5.0, 2.0], [2.0, 1.5]]");
    for factored in
        ["{ factor = [[2, 0], [1, 0.5]], diagonal = [1, 0.25] }", "{ factor = [[2], [1]], diagonal = [1.0, 0.5] }"]
    {
        let c = one(factored);
        assert_eq!((c.matrix(2), c.eigenvalue(1)), (full.matrix(2), full.eigenvalue(1)), "{factored}");
    }
    assert_eq!(one("{ factor = [[1], [0]], diagonal = 0.5 }"), Covariance::diagonal(&[1.5, 0.5]).unwrap());
    let shared = law("kind = \"mixture\"\nmeans = [[0], [1]]\ncovariance = 0.5");
    assert_eq!(shared.law.shared_covariance(), Some(&Covariance::isotropic(0.5).unwrap()));
}

#[test]
fn the_hash_is_that_of_the_law_and_not_of_the_text() {
    let base = law("kind = \"atoms\"\npoints = [[0.0], [1.0]]");
    let same = law("# a comment\npoints = [[0], [1]]\nweights = [0.5, 0.5]\nkind = \"atoms\"");
    assert_eq!(base.sha256, same.sha256);
    assert_eq!(base.sha256.len(), 64);
    for other in [
        "kind = \"atoms\"\npoints = [[0.0], [1.0000000000000002]]",
        "kind = \"atoms\"\npoints = [[0.0], [1.0]]\nweights = [0.4, 0.6]",
        "kind = \"atoms\"\npoints = [[0.0], [1.0]]\nlabels = [3, 3]",
        "kind = \"mixture\"\nmeans = [[0.0], [1.0]]\ncovariance = 0.1",
    ] {
        assert_ne!(base.sha256, law(other).sha256, "{other}");
    }
}

#[test]
fn labels_have_names() {
    let file = law("kind = \"atoms\"\npoints = [[0], [1], [2]]\nlabels = [\"cat\", \"ant\", \"cat\"]");
    assert_eq!(file.law.labels(), [1, 0, 1]);
    assert_eq!(file.label_names.unwrap(), ["ant", "cat"]);
    assert_eq!(law("kind = \"atoms\"\npoints = [[0], [1]]").label_names, None);
}

#[test]
fn coincident_atoms_are_one_atom() {
    let file = law("kind = \"atoms\"\npoints = [[1, 2], [0, 0], [1, 2], [-0.0, 0.0]]\nweights = [0.1, 0.2, 0.3, 0.4]");
    assert_eq!(rows(&file), [[1.0, 2.0], [0.0, 0.0]]);
    assert!((file.law.weights()[0] - 0.4).abs() < 1e-15);
    let labelled = law("kind = \"atoms\"\npoints = [[1], [0], [1]]\nlabels = [5, 5, 5]");
    assert_eq!((labelled.law.components(), labelled.law.labels()), (2, &[0, 0][..]));
    let torn = Folder::new().with("law.toml", "kind = \"atoms\"\npoints = [[1], [1]]\nlabels = [0, 1]");
    assert!(torn.error("law.toml").contains("points: points 0 and 1 coincide with different labels"));
}

#[test]
fn trees_are_atoms_with_labels_by_level() {
    let plane = law("kind = \"tree\"\nscales = [10, 1]");
    assert_eq!(rows(&plane), [[10.0, 1.0], [10.0, -1.0], [-10.0, 1.0], [-10.0, -1.0]]);
    assert!(plane.law.label_is_component() && plane.law.is_atomic());
    let line = law("kind = \"tree\"\nscales = [10, 1]\naxes = \"line\"\nlevel = 1");
    assert_eq!(line.law.means(), [11.0, 9.0, -9.0, -11.0]);
    assert_eq!(line.law.labels(), [0, 0, 1, 1]);
    assert_eq!(line.label_names.unwrap(), ["+", "-"]);
}

#[test]
fn patterns_are_reproducible_signs() {
    let file = law("kind = \"patterns\"\ncount = 5\ndim = 40\nseed = 0");
    // A file keeps its meaning: the first signs of Philox4x32-10 seeded with 0, as first released.
    assert_eq!(file.law.means()[..3], [1.0, -1.0, -1.0]);
    let other = law("kind = \"patterns\"\ncount = 5\ndim = 40\nseed = 1");
    assert_ne!(file.law.means(), other.law.means());
    assert_eq!((file.law.components(), file.law.dim()), (5, 40));
    assert!(file.law.means().iter().all(|x| x.abs() == 1.0));
    let sum: f64 = file.law.means().iter().sum();
    assert!(sum.abs() < 5.0 * 200.0_f64.sqrt());
}

/// Written from the documentation of `patterns` alone.
#[test]
fn patterns_are_those_of_their_description() {
    let (seed, count, dim) = (20_250_827_u64, 7, 11);
    let mut state = seed;
    let words: Vec<u32> = (0..6)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(11_634_580_027_462_260_723);
            ((((state >> 18) ^ state) >> 27) as u32).rotate_right((state >> 59) as u32)
        })
        .collect();
    let first = (2..6).rev().fold(0_u128, |c, i| c << 32 | u128::from(words[i]));
    let philox = |counter: u128| {
        let mut x: Vec<u32> = (0..4).map(|i| (counter >> (32 * i)) as u32).collect();
        let mut key = [words[0], words[1]];
        for _ in 0..10 {
            let a = u64::from(x[0]) * 0xD251_1F53;
            let b = u64::from(x[2]) * 0xCD9E_8D57;
            x = vec![(b >> 32) as u32 ^ x[1] ^ key[0], b as u32, (a >> 32) as u32 ^ x[3] ^ key[1], a as u32];
            key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
        }
        x
    };
    let sign = |i: usize| if philox(first + (i / 4) as u128)[i % 4] >> 31 == 1 { 1.0 } else { -1.0 };
    let expected: Vec<f64> = (0..count * dim).map(sign).collect();
    let text = format!("kind = \"patterns\"\ncount = {count}\ndim = {dim}\nseed = {seed}");
    assert_eq!(law(&text).law.means(), expected);
}

/// Windows editors begin files with a mark; numbers may be longer than 64 bits.
#[test]
fn marks_and_long_numbers_read_in_both_formats() {
    let toml = "\u{feff}kind = \"atoms\"\npoints = [[100000000000000000000000], [18446744073709551616], [0]]";
    let json = "\u{feff}{\"kind\": \"atoms\", \"points\": [[100000000000000000000000], [18446744073709551616], [0]]}";
    let folder = Folder::new().with("law.toml", toml).with("law.json", json);
    assert_eq!(folder.read("law.toml").law.means(), [1e23, 2.0_f64.powi(64), 0.0]);
    assert_eq!(folder.read("law.toml"), folder.read("law.json"));
    for labels in ["[9007199254740992, 9007199254740993, 3]", "[18446744073709551614, 18446744073709551615, -1]"] {
        let toml = format!("kind = \"atoms\"\npoints = [[0.0], [1.0], [5.0]]\nlabels = {labels}");
        let json = format!("{{\"kind\": \"atoms\", \"points\": [[0.0], [1.0], [5.0]], \"labels\": {labels}}}");
        let folder = Folder::new().with("law.toml", &toml).with("law.json", &json);
        assert_eq!(folder.read("law.toml").label_names.unwrap().len(), 3);
        assert_eq!(folder.read("law.toml"), folder.read("law.json"));
    }
    let quoted = law("kind = \"atoms\"\npoints = [[0], [1], [5], [6]]\nlabels = [\"007\", \"7\", \"1e1\", \"10\"]");
    assert_eq!(quoted.law.label_weights(), [0.25; 4]);
}

#[test]
fn npy_files_of_every_dtype_and_order_read() {
    let toml = "kind = \"dataset\"\npath = \"x.npy\"";
    let expected = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    let rowwise = [1, 2, 3, 4, 5, 6];
    let files = [
        npy(&[2, 3], C, &rowwise.map(f64::from)),
        npy(&[2, 3], C, &rowwise.map(|i| i as f32)),
        npy(&[2, 3], C, &rowwise.map(i64::from)),
        npy(&[2, 3], C, &rowwise),
        npy(&[2, 3], C, &rowwise.map(|i| i as i16)),
        npy(&[2, 3], C, &rowwise.map(|i| i as i8)),
        npy(&[2, 3], C, &rowwise.map(|i| i as u64)),
        npy(&[2, 3], C, &rowwise.map(|i| i as u32)),
        npy(&[2, 3], C, &rowwise.map(|i| i as u16)),
        npy(&[2, 3], C, &rowwise.map(|i| i as u8)),
        npy(&[2, 3], Fortran, &[1.0, 4.0, 2.0, 5.0, 3.0, 6.0]),
    ];
    for bytes in files {
        assert_eq!(rows(&Folder::new().with("law.toml", toml).with("x.npy", bytes).read("law.toml")), expected);
    }
    let line = Folder::new().with("law.toml", toml).with("x.npy", npy(&[3], C, &[3.0, 1.0, 2.0])).read("law.toml");
    assert_eq!((line.law.dim(), line.law.means()), (1, &[3.0, 1.0, 2.0][..]));
}

#[test]
fn datasets_are_scaled_limited_and_labelled() {
    let x = npy(&[4, 1], C, &[0_u8, 8, 16, 4]);
    let y = npy(&[4], C, &[7_i64, 3, 7, 1]);
    let toml = "kind = \"dataset\"\npath = \"d.npz\"\nlabels = \"y\"\nlimit = 3\nscale = 0.125\nshift = -1";
    let file =
        Folder::new().with("law.toml", toml).with("d.npz", npz(&[("x", x.clone()), ("y", y.clone())])).read("law.toml");
    assert_eq!(file.law.means(), [-1.0, 0.0, 1.0]);
    assert_eq!((file.law.labels(), file.label_names.unwrap()), (&[1, 0, 1][..], vec!["3".to_owned(), "7".into()]));

    let apart = "kind = \"dataset\"\npath = \"x.npy\"\nlabels = \"y.npy\"";
    let file = Folder::new().with("law.toml", apart).with("x.npy", x).with("y.npy", y).read("law.toml");
    assert_eq!(file.law.labels(), [2, 1, 2, 0]);
}

#[test]
fn csv_headers_are_found_and_label_columns_too() {
    let data = "1, 2.5\n3,4e0\n";
    for (csv, header) in [(data.to_owned(), ""), (format!("a,b\n{data}"), "with header")] {
        let folder = Folder::new().with("law.toml", "kind = \"dataset\"\npath = \"x.csv\"").with("x.csv", csv);
        assert_eq!(rows(&folder.read("law.toml")), [[1.0, 2.5], [3.0, 4.0]], "{header}");
    }
    let csv = "a,species,b\n1,cat,2\n3,\"ant, red\",4\n";
    for labels in ["\"species\"", "1"] {
        let toml = format!("kind = \"dataset\"\npath = \"x.csv\"\nlabels = {labels}");
        let file = Folder::new().with("law.toml", toml).with("x.csv", csv).read("law.toml");
        assert_eq!(rows(&file), [[1.0, 2.0], [3.0, 4.0]]);
        assert_eq!(file.law.labels(), [1, 0]);
        assert_eq!(file.label_names.unwrap(), ["ant, red", "cat"]);
    }
    // Without a header, a column of names does not make the first row one.
    let toml = "kind = \"dataset\"\npath = \"x.csv\"\nlabels = 1";
    let file = Folder::new().with("law.toml", toml).with("x.csv", "1,cat\n3,ant\n").read("law.toml");
    assert_eq!((file.law.means(), file.label_names.unwrap().len()), (&[1.0, 3.0][..], 2));
    let toml = "kind = \"dataset\"\npath = \"x.csv\"\nlabels = \"y.csv\"";
    let file =
        Folder::new().with("law.toml", toml).with("x.csv", "1\n3\n").with("y.csv", "digit\n4\n2\n").read("law.toml");
    assert_eq!(file.law.labels(), [1, 0]);
}

/// Law text, and what its one line must name: the field, what is there, what was expected.
const BAD: &[(&str, &str)] = &[
    ("", "kind: missing, expected one of gaussian, mixture"),
    ("kind = \"blob\"", "kind: \"blob\", expected one of gaussian, mixture"),
    ("kind = 3", "kind: 3, expected one of"),
    ("kind = \"sphere\"\ndim = 3\nradius = 1.0", "kind: \"sphere\", expected a mixture or atoms"),
    ("kind = \"sphere\"\ndim = 1\nradius = 1.0", "dim: 1, expected a whole number from 2 to 65536"),
    ("kind = \"sphere\"\ndim = 3\nradius = -1.0", "radius: -1, expected a positive number"),
    ("kind = \"sphere\"\ndim = 3", "radius: missing, expected a positive number"),
    (
        "kind = \"gaussian\"\nmean = [0.0]",
        "covariance: missing, expected a number, a list of D, D rows of D, or a table of factor and diagonal",
    ),
    ("kind = \"gaussian\"\nmean = [0.0]\ncovariance = -1", "covariance: eigenvalue -1e0, expected a positive"),
    ("kind = \"gaussian\"\nmean = [0.0]\ncovariance = \"x\"", "covariance: \"x\", expected a number, a list of D"),
    ("kind = \"gaussian\"\nmean = [nan]\ncovariance = 1", "mean[0]: nan, expected a finite number"),
    ("kind = \"gaussian\"\nmean = [0.0]\ncovariance = inf", "covariance: inf, expected a finite number"),
    ("kind = \"gaussian\"\nmean = []\ncovariance = 1", "mean: empty, expected at least one entry"),
    ("kind = \"gaussian\"\nmean = [0.0]\ncovariance = [1.0, 2.0]", "covariance: 2 entries, expected 1"),
    ("kind = \"gaussian\"\nmean = [0, 0]\ncovariance = [[1, 2], [2, 1]]", "covariance: eigenvalue -"),
    (
        "kind = \"gaussian\"\nmean = [0, 0]\ncovariance = [[1, 2], [0, 1]]",
        "covariance: entries (1, 0) and (0, 1) differ",
    ),
    (
        "kind = \"gaussian\"\nmean = [0]\ncovariance = { factor = [[1]] }",
        "covariance.diagonal: missing, expected a number",
    ),
    ("kind = \"gaussian\"\nmean = [0]\ncovariance = { diagonal = 1 }", "covariance.factor: missing, expected D rows"),
    ("kind = \"gaussian\"\nmean = [0]\ncovariance = { factor = [[]], diagonal = 1 }", "covariance.factor: no number"),
    (
        "kind = \"gaussian\"\nmean = [0, 0]\ncovariance = { factor = [[1, 2], [1]], diagonal = 1 }",
        "covariance.factor[1]: 1 entries, expected 2",
    ),
    (
        "kind = \"gaussian\"\nmean = [0, 0]\ncovariance = { factor = [[1], [2]], diagonal = [1, 2, 3] }",
        "covariance.diagonal: 3 entries, expected a number, or 2 entries",
    ),
    (
        "kind = \"mixture\"\nmeans = [[0, 0]]\ncovariances = [{ factor = [[1], [2]], diagonal = [1, -2] }]",
        "covariances[0].diagonal[1]: -2, expected a number from 0",
    ),
    (
        "kind = \"gaussian\"\nmean = [0]\ncovariance = { factor = [[1], [1]], diagonal = 1 }",
        "covariance: 2 entries, expected 1",
    ),
    (
        "kind = \"gaussian\"\nmean = [0]\ncovariance = { rank = 1 }",
        "rank: unknown field, expected one of factor, diagonal",
    ),
    ("kind = \"gaussian\"\nmean = [0, 0]\ncovariance = [[1, 0], [0]]", "covariance[1]: 1 entries, expected 2"),
    ("kind = \"gaussian\"\nmeen = [0.0]\ncovariance = 1", "meen: unknown field, expected one of mean, covariance"),
    ("kind = \"mixture\"\nweights = [0.3, 0.6]\nmeans = [[0], [1]]\ncovariance = 1", "weights: they sum to 0.8999"),
    (
        "kind = \"mixture\"\nweights = [1.5, -0.5]\nmeans = [[0], [1]]\ncovariance = 1",
        "weights[1]: -0.5, expected a pos",
    ),
    ("kind = \"mixture\"\nweights = [1.0]\nmeans = [[0], [1]]\ncovariance = 1", "weights: 1 entries, expected 2"),
    (
        "kind = \"mixture\"\nweights = [1.0, 0]\nmeans = [[0], [1]]\ncovariance = 1",
        "weights[1]: 0, expected a positive number: leave out",
    ),
    ("kind = \"mixture\"\nweights = []\nmeans = [[0], [1]]\ncovariance = 1", "weights: 0 entries, expected 2"),
    ("kind = \"mixture\"\nmeans = [[0], [1, 2]]\ncovariance = 1", "means[1]: 2 entries, expected 1"),
    ("kind = \"mixture\"\nmeans = [[0], [1]]\ncovariances = [1]", "covariances: 1 entries, expected 2"),
    ("kind = \"mixture\"\nmeans = [[0], [1]]\ncovariances = [1, nan]", "covariances[1]: nan, expected a finite number"),
    ("kind = \"mixture\"\nmeans = [[0], [1]]\ncovariances = [1, 1]\ncovariance = 1", "covariance: given beside cov"),
    ("kind = \"mixture\"\nmeans = [[0], [1]]", "covariances: missing, expected K covariances"),
    ("kind = \"mixture\"\nmeans = [0, 1]\ncovariance = 1", "means[0]: 0, expected a list of numbers"),
    ("kind = \"mixture\"\nmeans = []\ncovariance = 1", "means: empty, expected at least one entry"),
    ("kind = \"atoms\"\npoints = [[0], [nan]]", "points[1][0]: nan, expected a finite number"),
    ("kind = \"atoms\"\npoints = [[0, 1], [0]]", "points[1]: 1 entries, expected 2"),
    ("kind = \"atoms\"\npoints = []", "points: empty, expected at least one entry"),
    ("kind = \"atoms\"\npoints = [[0], [1]]\nlabels = [0]", "labels: 1 entries, expected 2"),
    (
        "kind = \"atoms\"\npoints = [[0], [1]]\nlabels = [0, 1.5]",
        "labels[1]: 1.5, expected a whole number, as the first",
    ),
    ("kind = \"atoms\"\npoints = [[0], [1]]\nlabels = [7, \"7\"]", "labels[1]: \"7\", expected a whole number, as the"),
    ("kind = \"atoms\"\npoints = [[0], [1]]\nlabels = [\"7\", 7]", "labels[1]: 7, expected a name, as the first"),
    ("kind = \"atoms\"\npoints = [[0], [1]]\nlabels = [1.0, 2]", "labels[0]: 1.0, expected a whole number or a name"),
    (
        "kind = \"atoms\"\npoints = [[0], [1]]\nlabels = [\"\", \"a\"]",
        "labels[0]: \"\", expected a whole number or a name",
    ),
    ("kind = \"tree\"\nscales = []", "scales: 0 entries, expected 1 to 16"),
    ("kind = \"tree\"\nscales = [1, -1]", "scales[1]: -1, expected a positive number"),
    ("kind = \"tree\"\nscales = [1]\naxes = \"ring\"", "axes: \"ring\", expected \"orthogonal\" or \"line\""),
    ("kind = \"tree\"\nscales = [2, 1]\nlevel = 3", "level: 3, expected a whole number from 1 to 2"),
    ("kind = \"patterns\"\ncount = 0\ndim = 2\nseed = 1", "count: 0, expected a whole number from 1"),
    ("kind = \"patterns\"\ncount = 2\ndim = 2", "seed: missing, expected a whole number from 0"),
    ("kind = \"atoms\"\npoints = [[0], [1]", "line "),
    ("kind = \"atoms\"\nkind = \"atoms\"", "line 2, column"),
    ("kind = \"dataset\"\npath = \"none.npy\"", "path: \"none.npy\": cannot read it ("),
    (
        "kind = \"dataset\"\npath = \"x.mat\"",
        "path: \"x.mat\": ending \"mat\", expected a .npy, .npz, .csv, .idx, .idx.gz or .parquet file, or a folder of PNG images",
    ),
    ("kind = \"dataset\"\npath = \"ok.csv\"\nlimit = 0", "limit: 0, expected a whole number from 1"),
    ("kind = \"dataset\"\npath = \"ok.csv\"\nscale = 0", "scale: 0, expected a number other than 0"),
    ("kind = \"dataset\"\npath = \"ok.csv\"\nscale = 1e308\nshift = 1e308", "scale: row "),
    (
        "kind = \"dataset\"\npath = \"ok.csv\"\nlabels = \"c\"",
        "labels: \"ok.csv\": \"c\", expected a file or one of the columns",
    ),
    ("kind = \"dataset\"\npath = \"ok.csv\"\nlabels = 2", "labels: \"ok.csv\": column 2, expected a column below 2"),
    ("kind = \"dataset\"\npath = \"ok.csv\"\nlabels = \"none.csv\"", "labels: \"none.csv\": cannot read it"),
    (
        "kind = \"dataset\"\npath = \"ok.csv\"\nlabels = \"one.csv\"",
        "labels: \"one.csv\": 1 entries, expected 2, one a point",
    ),
    (
        "kind = \"dataset\"\npath = \"ok.npz\"\nlabels = \"z\"",
        "labels: \"ok.npz\": \"z\", expected one of the arrays \"x\"",
    ),
];

#[test]
fn bad_laws_are_one_line_that_names_file_field_value_and_expectation() {
    for (text, part) in BAD {
        let folder = Folder::new()
            .with("law.toml", text)
            .with("ok.csv", "a,b\n1,2\n30,40\n")
            .with("one.csv", "1\n")
            .with("ok.npz", npz(&[("x", npy(&[1, 1], C, &[1.0]))]));
        check(&folder.error("law.toml"), "law.toml", part);
    }
    check(&Folder::new().error("absent.toml"), "absent.toml", "cannot read it: No such file");
    check(&Folder::new().with("l.json", "{\"kind\": 1,}").error("l.json"), "l.json", "line 1, column 12: ");
    check(&Folder::new().with("l.json", "[1]").error("l.json"), "l.json", "a list of 1, expected a table");
    check(&Folder::new().with("l.json", r#"{"kind": "atoms", "kind": 1}"#).error("l.json"), "l.json", "occurs twice");
    check(&Folder::new().with("l.json", r#"{"kind": null}"#).error("l.json"), "l.json", "kind: null, expected one of");
}

fn check(message: &str, file: &str, part: &str) {
    assert!(!message.contains('\n'), "{message}");
    assert!(message.contains(file), "{message}: does not name {file}");
    assert!(message.contains(part), "{message}: lacks {part}");
}

#[test]
fn bad_csv_files_name_row_and_column() {
    let cases: &[(&str, &str)] = &[
        ("", "no data, expected at least one row"),
        ("a,b\n", "no data, expected at least one row"),
        ("1,2\n3\n", "row 2: 1 cells, expected 2 cells"),
        ("1,2\n3,x\n", "row 2, column 2: \"x\", expected a finite number"),
        ("a,b\n1,2\n\n3,nan\n", "row 3, column 2: \"nan\", expected a finite number"),
        ("1,b\n3,4\n", "row 1, column 2: \"b\", expected a finite number"),
        ("1,2\n3,\n", "row 2, column 2: \"\", expected a finite number"),
    ];
    for (csv, part) in cases {
        let folder = Folder::new().with("law.toml", "kind = \"dataset\"\npath = \"x.csv\"").with("x.csv", csv);
        check(&folder.error("law.toml"), "law.toml", part);
        check(&folder.error("law.toml"), "x.csv", "path: ");
    }
    let folder = Folder::new().with("law.toml", "kind = \"dataset\"\npath = \"x.csv\"").with("x.csv", b"\xff\xfe1,2\n");
    check(&folder.error("law.toml"), "law.toml", "not a .csv file");
}

#[test]
fn bad_arrays_say_what_they_are() {
    let whole = npy(&[2, 3], C, &[0.0; 6]);
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (vec![], "not a .npy file"),
        (b"not an array at all".to_vec(), "not a .npy file"),
        (whole[..whole.len() - 1].to_vec(), "not a .npy file"),
        (npy::<f64>(&[0, 3], C, &[]), "shape [0, 3], expected at least one point of one coordinate"),
        (npy(&[2, 2], C, &[0.0, 1.0, f64::NAN, 2.0]), "row 1, column 0: NaN, expected a finite number"),
        (npy(&[], C, &[0.0]), "shape [], expected at least one point of one coordinate"),
    ];
    for (bytes, part) in cases {
        let folder = Folder::new().with("law.toml", "kind = \"dataset\"\npath = \"x.npy\"").with("x.npy", bytes);
        check(&folder.error("law.toml"), "law.toml", part);
    }
    // A header as NumPy writes it for complex numbers.
    let mut header = b"{'descr': '<c16', 'fortran_order': False, 'shape': (1, 1), }".to_vec();
    header.resize(117, b' ');
    header.push(b'\n');
    let complex = [&b"\x93NUMPY\x01\x00\x76\x00"[..], &header, &[0; 16]].concat();
    let folder = Folder::new().with("law.toml", "kind = \"dataset\"\npath = \"x.npy\"").with("x.npy", complex);
    check(&folder.error("law.toml"), "law.toml", "dtype <c16, expected dtype f2, f4, f8, integers");

    let two = npz(&[("a", npy(&[1, 1], C, &[0.0])), ("b", npy(&[1, 1], C, &[0.0]))]);
    for (bytes, part) in [
        (two, "arrays \"a\", \"b\", expected one array, one called \"x\", or its name"),
        (b"no archive".to_vec(), "not a .npz file"),
        (npz(&[]), "no array, expected one array"),
    ] {
        let folder = Folder::new().with("law.toml", "kind = \"dataset\"\npath = \"x.npz\"").with("x.npz", bytes);
        check(&folder.error("law.toml"), "law.toml", part);
    }
}

#[test]
fn every_example_reads() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            if let AnyLaw::Mixture(file) = AnyLaw::read(&path).unwrap() {
                assert_eq!(file.law.weights().iter().sum::<f64>().round(), 1.0);
            }
            count += 1;
        }
    }
    assert!(count >= 9, "{count} examples");
}

/// The counts of the ten digits, as `numpy.bincount(load_digits().target)` of scikit-learn gives
/// them, and the ends of the pixel range.
#[test]
fn the_digits_are_all_there() {
    let file = LawFile::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/digits.toml")).unwrap();
    assert_eq!((file.law.components(), file.law.dim()), (1797, 64));
    let counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180];
    for (y, n) in counts.into_iter().enumerate() {
        assert_eq!(file.law.labels().iter().filter(|&&l| l == y).count(), n);
    }
    let (lo, hi) = file.law.means().iter().fold((0.0_f64, 0.0_f64), |(a, b), &x| (a.min(x), b.max(x)));
    assert_eq!((lo, hi), (-1.0, 1.0));
}

#[test]
fn a_sphere_is_read_as_a_law_of_its_own() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("sphere.toml");
    std::fs::write(&path, "kind = \"sphere\"\ndim = 50\nradius = 2\n").unwrap();
    let AnyLaw::Sphere(file) = AnyLaw::read(&path).unwrap() else { unreachable!() };
    assert_eq!(file.law, infodyn_core::Sphere::new(50, 2.0).unwrap());
    assert_eq!(file.sha256.len(), 64);
}
