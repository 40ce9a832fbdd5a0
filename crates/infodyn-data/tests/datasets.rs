//! What the files of a data set say is what is read: labels, headers, images and arrays.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

use std::fs;
use std::io::Write;

use infodyn_data::{Error, LawFile};

/// A data set: further fields of its law file, and its files.
fn read(fields: &str, files: &[(&str, &[u8])]) -> Result<LawFile, Error> {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let law = folder.path().join("law.toml");
    fs::write(&law, format!("kind = \"dataset\"\n{fields}")).unwrap();
    LawFile::read(&law)
}

fn good(fields: &str, files: &[(&str, &[u8])]) -> LawFile {
    read(fields, files).unwrap()
}

fn refused(fields: &str, files: &[(&str, &[u8])], part: &str) {
    let message = read(fields, files).unwrap_err().to_string();
    assert!(message.contains(part) && !message.contains('\n'), "{message:?} lacks {part:?}");
}

fn csv(fields: &str, text: &str) -> LawFile {
    good(&format!("path = \"x.csv\"\n{fields}"), &[("x.csv", text.as_bytes())])
}

fn csv_refused(fields: &str, text: &str, part: &str) {
    refused(&format!("path = \"x.csv\"\n{fields}"), &[("x.csv", text.as_bytes())], part);
}

/// A `.npy` file as NumPy writes it.
fn npy(descr: &str, fortran: bool, shape: &str, entries: &[u8]) -> Vec<u8> {
    let fortran = if fortran { "True" } else { "False" };
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': ({shape}), }}").into_bytes();
    header.resize(117, b' ');
    [&b"\x93NUMPY\x01\x00\x76\x00"[..], &header, b"\n", entries].concat()
}

/// The line of four points 0, 1, 5, 6.
fn four() -> Vec<u8> {
    npy("<f8", false, "4, 1", &[0.0_f64, 1.0, 5.0, 6.0].map(f64::to_le_bytes).concat())
}

fn npz(arrays: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in arrays {
        zip.start_file(format!("{name}.npy"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Labels for the four points from a file, and what they are called.
fn names(file: &str, content: &[u8]) -> Vec<String> {
    let fields = format!("path = \"x4.npy\"\nlabels = \"{file}\"");
    let law = good(&fields, &[("x4.npy", &four()), (file, content)]);
    let names = law.label_names.unwrap();
    law.law.labels().iter().map(|&y| names[y].clone()).collect()
}

#[test]
fn labels_are_texts_and_whole_numbers_of_any_size() {
    for column in [
        ["01234", "1234", "02345", "2345"],
        ["1e2", "100", "2e2", "200"],
        ["007", "7", "1e5", "100000"],
        ["9007199254740992", "9007199254740993", "9007199254740994", "9007199254740995"],
        ["1", "1.0", "NaN", "nan"],
        [
            "18446744073709551614",
            "18446744073709551615",
            "-9223372036854775808",
            "340282366920938463463374607431768211456",
        ],
        ["a b", "a  b", "A b", "a\u{a0}b"],
    ] {
        let rows: String = column.iter().enumerate().map(|(i, label)| format!("{i},{label}\r\n")).collect();
        let law = csv("labels = \"c\"", &format!("x,c\r\n{rows}\r\n"));
        assert_eq!(law.law.label_weights(), [0.25; 4], "{column:?}");
        let mut labels = column.join("\n");
        labels.insert_str(0, "code\n");
        assert_eq!(names("y.csv", labels.as_bytes()), column);
    }
    // Of CSV cells the outer blanks and the quotation marks are not part.
    assert_eq!(csv("labels = 1", "0, a\n1,\"a\"\n2,a \n").label_names.unwrap(), ["a"]);
    let big = [1_u64 << 53, (1 << 53) + 1, u64::MAX - 1, u64::MAX];
    let expected = big.map(|i| i.to_string());
    assert_eq!(names("y.npy", &npy("<u8", false, "4,", &big.map(u64::to_le_bytes).concat())), expected);
    assert_eq!(names("y.npy", &npy(">u8", false, "4, 1", &big.map(u64::to_be_bytes).concat())), expected);
    let low = [i64::MIN, i64::MIN + 1, -1, i64::MAX];
    assert_eq!(
        names("y.npy", &npy("<i8", true, "4,", &low.map(i64::to_le_bytes).concat())),
        low.map(|i| i.to_string())
    );
    assert_eq!(names("y.npy", &npy("|b1", false, "4,", &[0, 1, 1, 0])), ["0", "1", "1", "0"]);
    // A column of the array itself; what is wrong is with the points or with the labels.
    let part = |fields: &str, entries: [f64; 4], part: &str| {
        let array = npy("<f8", false, "2, 2", &entries.map(f64::to_le_bytes).concat());
        refused(&format!("path = \"x.npy\"\n{fields}"), &[("x.npy", &array)], part);
    };
    part("labels = 1", [f64::NAN, 1.0, 0.0, 1.0], "path: \"x.npy\": row 0, column 0: NaN, expected a finite number");
    part("labels = 1", [0.0, 1.0, 0.0, 1.5], "labels: \"x.npy\": row 1: 1.5, expected a whole number or a name");
    part("labels = 2", [0.0; 4], "labels: \"x.npy\": column 2, expected a column below 2");
    let both = [0_u64, 1 << 53, 1, (1 << 53) + 1].map(u64::to_le_bytes).concat();
    let law = good("path = \"x.npy\"\nlabels = 1", &[("x.npy", &npy("<u8", false, "2, 2", &both))]);
    assert_eq!(
        (law.law.means(), law.label_names.unwrap().join(" ")),
        (&[0.0, 1.0][..], "9007199254740992 9007199254740993".into())
    );
}

#[test]
fn labels_may_be_texts_of_arrays() {
    let text = |s: &str, big: bool| -> Vec<u8> {
        let mut codes: Vec<u32> = s.chars().map(u32::from).collect();
        codes.resize(3, 0);
        codes.iter().flat_map(|c| if big { c.to_be_bytes() } else { c.to_le_bytes() }).collect()
    };
    let labels = ["cat", "ä", "07", "7"];
    for (descr, big) in [("<U3", false), (">U3", true)] {
        let entries: Vec<u8> = labels.iter().flat_map(|s| text(s, big)).collect();
        assert_eq!(names("y.npy", &npy(descr, false, "4,", &entries)), labels);
    }
    assert_eq!(names("y.npy", &npy("|S2", false, "4,", b"a\0bbb\0a\0")), ["a", "bb", "b", "a"]);
    let empty = npy("|S2", false, "4,", b"a\0\0\0b\0a\0");
    refused(
        "path = \"x4.npy\"\nlabels = \"y.npy\"",
        &[("x4.npy", &four()), ("y.npy", &empty)],
        "labels: \"y.npy\": row 1: \"\", expected a whole number or a name",
    );
    let halves = npy("<f4", false, "4,", &[1.0_f32, 2.5, 0.0, 1.0].map(f32::to_le_bytes).concat());
    refused(
        "path = \"x4.npy\"\nlabels = \"y.npy\"",
        &[("x4.npy", &four()), ("y.npy", &halves)],
        "row 1: 2.5, expected a whole number or a name",
    );
}

const ROWS: &str = "-0.8,-1.32,-0.25\n0.42,1.14,0.11\n-0.55,-0.78,0.75\n";

#[test]
fn a_header_is_not_a_point() {
    for header in ["0,1,2", "2019,2020,2021", "7,1,12"] {
        let text = format!("{header}\n{ROWS}");
        csv_refused("", &text, "may be a point or the names of columns, expected header = true or header = false");
        assert_eq!(csv("header = true", &text).law.components(), 3);
        assert_eq!(csv("header = false", &text).law.components(), 4);
    }
    let classes = "0,1,2,class\n-0.8,-1.32,-0.25,a\n0.42,1.14,0.11,a\n";
    csv_refused("labels = 3", classes, "row 1: \"0\", \"1\", \"2\" may be a point");
    for labels in ["labels = \"class\"", "labels = 3\nheader = true"] {
        let law = csv(labels, classes);
        assert_eq!((law.law.components(), law.label_names.unwrap()), (2, vec!["a".to_owned()]));
        assert_eq!(law.notes, ["\"x.csv\": 2 points in dimension 3 after a header"]);
    }
    // Whole numbers throughout: names when they count columns, or beside a label that is alone.
    csv_refused("", "0,1\n3,4\n5,6\n", "header = true or header = false");
    csv_refused("labels = 1", "1990,kind\n3,a\n4,b\n5,a\n6,b\n", "header = true or header = false");
    csv_refused("labels = 1", "0.5,kind\n3,1\n4,2\n", "header = true or header = false");
    assert_eq!(csv("", "1\n5\n6\n").notes, ["\"x.csv\": 3 points in dimension 1 after no header"]);
    assert_eq!(csv("", "5,5\n0.5,1\n").law.components(), 2);
    assert_eq!(csv("", "3,7\n").law.components(), 1);
    assert_eq!(csv("", "\u{feff}a,b\n1,2\n").law.means(), [1.0, 2.0]);
    assert_eq!(csv("", "a,b\r\n\"1\",\"2\"\r\n3,4\r\n\r\n\r\n").law.components(), 2);
}

#[test]
fn a_first_point_is_not_a_header() {
    for first in ["NA", "n/a", "null", "?", "-", "1 000", "1_000", "0x10", "\"\""] {
        csv_refused("", &format!("{first}\n500\n"), ": row 1, column 1: ");
        csv_refused("header = false", &format!("{first}\n500\n"), "expected a finite number");
    }
    csv_refused("", ",0,1\n0,1.5,2.5\n", "row 1, column 1: \"\", expected a finite number, or header = true");
    csv_refused("", "nan\n500\n", "row 1, column 1: \"nan\"");
    csv_refused("labels = \"y\"", "x,y,y\n1,2,3\n", "labels: \"x.csv\": 2 columns \"y\", expected one");
    csv_refused(
        "labels = \"y\"\nheader = false",
        "x,y\n1,2\n",
        "labels: \"x.csv\": \"y\", expected the number of a column",
    );
    csv_refused("header = 1", "1\n", "header: 1, expected true or false");
    csv_refused("header = true", "1\n", "no data");
    refused(
        "path = \"x4.npy\"\nheader = true",
        &[("x4.npy", &four())],
        "header: given for \"x4.npy\", expected a .csv file",
    );
}

#[test]
fn a_header_is_not_a_label() {
    let with = |more: &str, labels: &str| {
        let fields = format!("path = \"x4.npy\"\nlabels = \"y.csv\"\n{more}");
        read(&fields, &[("x4.npy", &four()), ("y.csv", labels.as_bytes())])
    };
    let law = with("", "species\nsetosa\nsetosa\nvirginica\nvirginica\n").unwrap();
    assert_eq!((law.law.labels(), law.label_names.unwrap().len()), (&[0, 0, 1, 1][..], 2));
    assert_eq!(law.notes[1], "\"y.csv\": 4 labels after a header");
    let one_lost = "species\nsetosa\nvirginica\nvirginica\n";
    let error = |more: &str, labels: &str| with(more, labels).unwrap_err().to_string();
    assert!(error("", one_lost).contains(
        "labels: \"y.csv\": row 1: \"species\" stands nowhere else: a label or the name of the column, expected labels_header"
    ));
    assert_eq!(with("labels_header = false", one_lost).unwrap().label_names.unwrap().len(), 3);
    assert!(error("labels_header = true", one_lost).contains("3 entries, expected 4, one a point"));
    assert!(error("", "label\n1\n2\n3\n").contains("labels_header = true or labels_header = false"));
    // A number, or a label that recurs, is no header; the file is too long.
    let numbered = "0\n3\n7\n3\n7\n";
    assert!(error("", numbered).contains("5 entries, expected 4, one a point, or labels_header = true"));
    assert_eq!(with("labels_header = true", numbered).unwrap().label_names.unwrap(), ["3", "7"]);
    assert!(error("", "a\na\nb\nb\na\n").contains("5 entries, expected 4"));
    assert!(
        error("labels_key = \"y\"", "a\na\na\na\n").contains("labels_key: given for \"y.csv\", expected a .npz file")
    );
    refused("path = \"x4.npy\"\nlabels_header = true", &[("x4.npy", &four())], "labels_header: given without a file");
}

#[test]
fn images_are_points() {
    let pixels: Vec<u8> = (0..24).collect();
    let image = |descr, fortran, shape, entries: &[u8]| {
        good("path = \"x.npy\"", &[("x.npy", &npy(descr, fortran, shape, entries))])
    };
    let law = image("|u1", false, "2, 2, 2, 3", &pixels);
    assert_eq!((law.law.components(), law.law.dim()), (2, 12));
    assert_eq!(law.law.means(), pixels.iter().map(|&p| f64::from(p)).collect::<Vec<_>>());
    assert_eq!(law.notes, ["\"x.npy\": 2 points in dimension 12 from shape [2, 2, 2, 3]"]);
    // The same array with the first axis fastest.
    let at = |i: usize| (i % 2) * 12 + (i / 2 % 2) * 6 + (i / 4 % 2) * 3 + i / 8;
    let turned: Vec<u8> = (0..24).map(|i| pixels[at(i)]).collect();
    assert_eq!(image("|u1", true, "2, 2, 2, 3", &turned).law, law.law);
    let halves: Vec<u8> = [0x3c00_u16, 0xc000, 0x3555, 0x0001].iter().flat_map(|h| h.to_be_bytes()).collect();
    let numbers = [1.0, -2.0, 0.333_251_953_125, 2.0_f64.powi(-24)];
    assert_eq!(image(">f2", false, "2, 2", &halves).law.means(), numbers);
    let doubles = [0.1_f64, -3.5].map(f64::to_be_bytes).concat();
    assert_eq!(image(">f8", false, "2,", &doubles).law.means(), [0.1, -3.5]);
    refused(
        "path = \"x.npy\"",
        &[("x.npy", &npy("|S1", false, "2,", b"ab"))],
        "row 0, column 0: \"a\", expected a finite",
    );
    refused("path = \"x.npy\"", &[("x.npy", &npy("|u1", false, "2,", b"abc"))], "not a .npy file (3 bytes of entries");
    refused("path = \"x.npy\"", &[("x.npy", &npy("<f8", false, "9999999999999,", b""))], "0 bytes of entries");
    refused("path = \"x.npy\"", &[("x.npy", &npy("|O", false, "2,", b"ab"))], "dtype |O, expected dtype f2, f4, f8");
}

/// The keys of the files that Keras and MedMNIST distribute.
#[test]
fn arrays_have_keys() {
    let images = npy("|u1", false, "2, 2, 2", &[0, 1, 2, 3, 4, 5, 6, 7]);
    let labels = npy("|u1", false, "2, 1", &[9, 4]);
    let keras = npz(&[("x_train", &images), ("y_train", &labels), ("x_test", &images), ("y_test", &labels)]);
    let with = |fields: &str| read(&format!("path = \"d.npz\"\n{fields}"), &[("d.npz", &keras), ("x4.npy", &four())]);
    let law = with("key = \"x_train\"\nlabels = \"y_train\"").unwrap();
    assert_eq!((law.law.dim(), law.label_names.unwrap().join(" ")), (4, "4 9".into()));
    assert_eq!(law.notes, ["\"d.npz\": 2 points in dimension 4 from array \"x_train\" of shape [2, 2, 2]"]);
    assert_eq!(with("key = \"x_test\"\nlabels = \"d.npz\"\nlabels_key = \"y_test\"").unwrap().law.labels(), [1, 0]);
    let error = |fields: &str| with(fields).unwrap_err().to_string();
    let unnamed = "arrays \"x_train\", \"y_train\", \"x_test\", \"y_test\", expected one array, one called \"x\", or its name in key";
    assert!(error("").contains(unnamed) && error("labels = \"y_train\"").contains(unnamed));
    assert!(error("key = \"z\"").contains("path: \"d.npz\": \"z\", expected one of the arrays \"x_train\""));
    assert!(error("key = \"x_train\"\nlabels = \"d.npz\"").contains("or its name in labels_key"));
    assert!(
        error("key = \"x_train\"\nlabels = \"x_test\"")
            .contains("array \"x_test\": shape [2, 2, 2], expected one label")
    );
    refused("path = \"x4.npy\"\nkey = \"x\"", &[("x4.npy", &four())], "key: given for \"x4.npy\", expected a .npz");
    let med = npz(&[("train_images", &images), ("train_labels", &labels)]);
    assert_eq!(good("path = \"m.npz\"\nlabels = \"train_labels\"", &[("m.npz", &med)]).law.labels(), [1, 0]);
}

#[test]
fn points_that_coincide_or_are_left_out_are_told_of() {
    let law = csv("limit = 3", "0.5\n1\n0.5\n7\n");
    assert_eq!(
        law.notes[1..],
        ["limit: the first 3 of 4 points", "3 points in 2 places: those that coincide are one atom"]
    );
}
