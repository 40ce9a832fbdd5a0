//! Files of other makers: `.idx`, folders of PNG images, `.parquet`, and what is wrong with them.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

use std::fs;
use std::io::Write;
use std::path::Path;

use infodyn_data::{Error, LawFile};

/// A data set in a folder: further fields of its law file.
fn read(folder: &Path, fields: &str) -> Result<LawFile, Error> {
    let law = folder.join("law.toml");
    fs::write(&law, format!("kind = \"dataset\"\n{fields}")).unwrap();
    LawFile::read(&law)
}

fn place(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn good(fields: &str, files: &[(&str, &[u8])]) -> LawFile {
    read(place(files).path(), fields).unwrap()
}

#[track_caller]
fn refused(fields: &str, files: &[(&str, &[u8])], part: &str) {
    let message = read(place(files).path(), fields).unwrap_err().to_string();
    assert!(message.contains(part) && !message.contains('\n'), "{message:?} lacks {part:?}");
}

/// An `.idx` file.
fn idx(code: u8, shape: &[u32], entries: &[u8]) -> Vec<u8> {
    let shape: Vec<u8> = shape.iter().flat_map(|n| n.to_be_bytes()).collect();
    [&[0, 0, code, (shape.len() / 4) as u8][..], &shape, entries].concat()
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut file = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    file.write_all(bytes).unwrap();
    file.finish().unwrap()
}

#[test]
fn idx_files_are_read_as_mnist_names_them() {
    let pixels: Vec<u8> = (0..12).map(|i| i * 20).collect();
    let (images, labels) = (idx(8, &[3, 2, 2], &pixels), idx(8, &[3], &[7, 0, 7]));
    let expected: Vec<f64> = pixels.iter().map(|&p| f64::from(p)).collect();
    for (path, y) in [("x.idx", "y.idx"), ("train-images-idx3-ubyte", "train-labels.idx1-ubyte"), ("X.IDX", "y.idx")] {
        let law = good(&format!("path = \"{path}\"\nlabels = \"{y}\""), &[(path, &images), (y, &labels)]);
        assert_eq!((law.law.means(), law.law.labels()), (&expected[..], &[1, 0, 1][..]));
        assert_eq!(law.label_names.unwrap(), ["0", "7"]);
        assert_eq!(law.notes[0], format!("\"{path}\": 3 points in dimension 4 from shape [3, 2, 2]"));
        let (path, y) = (format!("{path}.gz"), format!("{y}.gz"));
        let files = [(path.as_str(), &zipped(&images)[..]), (y.as_str(), &zipped(&labels)[..])];
        assert_eq!(good(&format!("path = \"{path}\"\nlabels = \"{y}\""), &files).law, law.law);
    }
    let entries: [(u8, Vec<u8>); 5] = [
        (9, [-1_i8, 5].map(|x| x.to_be_bytes()).concat()),
        (11, [-1_i16, 5].map(i16::to_be_bytes).concat()),
        (12, [-1_i32, 5].map(i32::to_be_bytes).concat()),
        (13, [-1_f32, 5.0].map(f32::to_be_bytes).concat()),
        (14, [-1_f64, 5.0].map(f64::to_be_bytes).concat()),
    ];
    for (code, entries) in entries {
        assert_eq!(good("path = \"x.idx\"", &[("x.idx", &idx(code, &[2], &entries))]).law.means(), [-1.0, 5.0]);
    }
    // The rows beyond a limit are not looked at.
    let law = good("path = \"x.idx\"\nlabels = \"y.idx\"\nlimit = 2", &[("x.idx", &images[..24]), ("y.idx", &labels)]);
    assert_eq!((law.law.means(), law.law.labels()), (&expected[..8], &[1, 0][..]));
    assert_eq!(law.notes.last().unwrap(), "limit: the first 2 of 3 points");
}

#[test]
fn broken_idx_files_are_refused() {
    let images = idx(8, &[3, 2, 2], &[1; 12]);
    for length in 0..images.len() {
        refused("path = \"x.idx\"", &[("x.idx", &images[..length])], "path: \"x.idx\": not an .idx file (");
    }
    let gz = zipped(&images);
    for length in 0..gz.len() {
        refused("path = \"x.idx.gz\"", &[("x.idx.gz", &gz[..length])], "path: \"x.idx.gz\": not an .idx file (");
    }
    let one = |bytes: &[u8], part: &str| refused("path = \"x.idx\"", &[("x.idx", bytes)], part);
    one(&images[..20], "it ends after 4 entries, fewer than shape [3, 2, 2] takes");
    one(&[&images[..], &[0]].concat(), "more bytes than shape [3, 2, 2] takes");
    one(b"\x1f\x8b\x08\x00 compressed", "it begins otherwise");
    one(&idx(10, &[1], &[1]), "type 0x0a");
    one(&idx(8, &[0, 3], &[]), "shape [0, 3], expected at least one point");
    one(
        &idx(8, &[u32::MAX, u32::MAX], &[1]),
        "4294967295 points in dimension 4294967295, expected at most 268435456 numbers",
    );
    one(&idx(14, &[1 << 28], &[]), "it ends after 0 entries");
    let nan = [0.5_f32, f32::NAN].map(f32::to_be_bytes).concat();
    one(&idx(13, &[1, 2], &nan), "row 0, column 1: NaN, expected a finite number");
    let with = |labels: &[u8], part: &str| {
        refused("path = \"x.idx\"\nlabels = \"y.idx\"", &[("x.idx", &images), ("y.idx", labels)], part);
    };
    with(&idx(8, &[2], &[1, 1]), "labels: \"y.idx\": 2 entries, expected 3, one a point");
    with(&idx(13, &[3], &[0.0_f32, 1.5, 1.0].map(f32::to_be_bytes).concat()), "row 1: 1.5, expected a whole number");
    with(&images, "shape [3, 2, 2], expected one label a point");
    refused(
        "path = \"x.idx\"\nlabels = 1",
        &[("x.idx", &images)],
        "labels: \"x.idx\": a name or a column, expected a file",
    );
}

/// A PNG image.
fn image(width: u32, height: u32, color: png::ColorType, depth: png::BitDepth, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if color == png::ColorType::Indexed {
        encoder.set_palette(vec![0, 0, 0, 255, 128, 0]);
    }
    encoder.write_header().unwrap().write_image_data(bytes).unwrap();
    out
}

fn grey(bytes: &[u8]) -> Vec<u8> {
    image(2, 1, png::ColorType::Grayscale, png::BitDepth::Eight, bytes)
}

#[test]
fn a_folder_of_images_is_a_data_set() {
    let files: [(&str, &[u8]); 4] =
        [("d/10.png", &grey(&[1, 2])), ("d/9.PNG", &grey(&[3, 4])), ("d/B.png", &grey(&[5, 6])), ("d/a.txt", b"x")];
    let law = good("path = \"d\"\nscale = 0.5", &files);
    assert_eq!(law.law.means(), [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]);
    let note = "\"d\": 3 points in dimension 2 from images of 1 x 2 pixels, grey, 8 bits; one other file is left out";
    assert_eq!(law.notes, [note]);
    assert_eq!(good("path = \"d\"\nlimit = 1", &files).law.means(), [1.0, 2.0]);
    let labels: [&[(&str, &[u8])]; 2] = [&files, &[("y.csv", b"7\n8\n7\n")]];
    assert_eq!(good("path = \"d\"\nlabels = \"y.csv\"", &labels.concat()).law.labels(), [0, 1, 0]);

    let folders: [(&str, &[u8]); 3] =
        [("d/shoe/a.png", &grey(&[1, 2])), ("d/hat/z.png", &grey(&[3, 4])), ("d/hat/c.png", &grey(&[5, 6]))];
    let law = good("path = \"d\"\nlabels = \"folders\"", &folders);
    assert_eq!(law.law.means(), [5.0, 6.0, 3.0, 4.0, 1.0, 2.0]);
    assert_eq!(
        (law.law.labels(), law.label_names.unwrap()),
        (&[0, 0, 1][..], vec!["hat".to_owned(), "shoe".to_owned()])
    );

    use png::{BitDepth, ColorType};
    let deep = image(1, 1, ColorType::Rgb, BitDepth::Sixteen, &[1, 0, 0, 255, 255, 255]);
    let law = good("path = \"d\"", &[("d/a.png", &deep)]);
    assert_eq!(
        (law.law.means(), &law.notes[0][..]),
        (&[256.0, 255.0, 65535.0][..], "\"d\": 1 point in dimension 3 from images of 1 x 1 pixels, RGB, 16 bits")
    );
    let coloured = image(2, 1, ColorType::Indexed, BitDepth::One, &[0b0100_0000]);
    assert_eq!(good("path = \"d\"", &[("d/a.png", &coloured)]).law.means(), [0.0, 0.0, 0.0, 255.0, 128.0, 0.0]);
    let black = image(2, 1, ColorType::Grayscale, BitDepth::One, &[0b0100_0000]);
    assert_eq!(good("path = \"d\"", &[("d/a.png", &black)]).law.means(), [0.0, 255.0]);
}

#[test]
fn broken_images_are_refused() {
    let first = grey(&[1, 2]);
    let two = |second: &[u8], part: &str| refused("path = \"d\"", &[("d/a.png", &first), ("d/b.png", second)], part);
    for length in 0..first.len() {
        // What is cut off is a part of the image, or of what ends the file.
        if length <= first.len() - 12 {
            two(&first[..length], "path: \"d\": \"b.png\": not a PNG image (");
        }
    }
    two(
        &image(1, 2, png::ColorType::Grayscale, png::BitDepth::Eight, &[1, 2]),
        "2 x 1 pixels, grey, 8 bits, expected 1 x 2",
    );
    two(
        &image(2, 1, png::ColorType::GrayscaleAlpha, png::BitDepth::Eight, &[1, 2, 3, 4]),
        "an image with transparency",
    );
    // The length of a row, and the number of rows, of a file of a hundred bytes.
    for from in [16, 20] {
        let mut huge = first.clone();
        huge[from..from + 4].copy_from_slice(&0x7fff_ffff_u32.to_be_bytes());
        two(&huge, "\"b.png\": ");
    }
    refused("path = \"d\"", &[("d/a.txt", b"x")], "path: \"d\": no PNG image, expected at least one");
    refused(
        "path = \"d\"",
        &[("d/e/a.png", &first)],
        "1 folders and no PNG image, expected PNG images, or labels = \"folders\"",
    );
    refused("path = \"d\"\nlabels = \"folders\"", &[("d/a.png", &first)], "image \"a.png\" in no folder of its own");
    refused("path = \"d\"\nlabels = \"folders\"", &[("d/e/f/a.png", &first)], "folder \"f\" in folder \"e\"");
    refused(
        "path = \"d\"\nlabels = \"names\"",
        &[("d/a.png", &first)],
        "labels: \"d\": \"names\", expected \"folders\"",
    );
    refused("path = \"d\"\nkey = \"x\"", &[("d/a.png", &first)], "key: given for \"d\", expected a .npz");
}

/// Arrays with the first axis fastest, columns of labels and limits.
#[test]
fn arrays_may_be_turned_and_cut() {
    let array = |fortran: &str, entries: &[u8]| {
        let mut header = format!("{{'descr': '|u1', 'fortran_order': {fortran}, 'shape': (3, 2, 2), }}").into_bytes();
        header.resize(117, b' ');
        [&b"\x93NUMPY\x01\x00\x76\x00"[..], &header, b"\n", entries].concat()
    };
    let entries: Vec<u8> = (0..12).collect();
    let turned: Vec<u8> = (0..12).map(|i| (i % 3) * 4 + (i / 3 % 2) * 2 + i / 6).collect();
    for (fields, means, labels) in [
        ("", &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0][..], &["0", "1", "2"][..]),
        ("limit = 2", &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], &["0", "1"]),
        ("limit = 2\nlabels = 1", &[0.0, 2.0, 3.0, 4.0, 6.0, 7.0], &["1", "5"]),
    ] {
        for array in [array("False", &entries), array("True", &turned)] {
            let law = good(&format!("path = \"x.npy\"\n{fields}"), &[("x.npy", &array)]);
            assert_eq!((law.law.means(), law.law.components()), (means, labels.len()));
            if let Some(names) = law.label_names {
                assert_eq!(names, labels);
            }
        }
    }
    let long = [&b"\x93NUMPY\x02\x00\xff\xff\xff\x7f"[..], &[b' '; 200]].concat();
    refused("path = \"x.npy\"", &[("x.npy", &long)], "not a .npy file (a header of 2147483647 bytes)");
}

/// An archive that says of an array that it is longer than it is.
#[test]
fn promises_of_an_archive_reserve_nothing() {
    let mut header = b"{'descr': '<f8', 'fortran_order': True, 'shape': (33554432, 8), }".to_vec();
    header.resize(117, b' ');
    let array = [&b"\x93NUMPY\x01\x00\x76\x00"[..], &header, b"\n", &[0; 64]].concat();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(
        "x.npy",
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored),
    )
    .unwrap();
    zip.write_all(&array).unwrap();
    let mut bytes = zip.finish().unwrap().into_inner();
    let told = (array.len() as u32).to_le_bytes();
    let promised = (128 + (1_u32 << 31)).to_le_bytes();
    for at in 0..bytes.len() - 4 {
        // The second of two equal lengths is that of the array when it is no longer compressed.
        if bytes[at..at + 4] == told && bytes[at - 4..at] == told {
            bytes[at..at + 4].copy_from_slice(&promised);
        }
    }
    refused("path = \"x.npz\"", &[("x.npz", &bytes)], "path: \"x.npz\": array \"x\": ");
}

#[cfg(feature = "parquet")]
mod parquet_files {
    use std::sync::Arc;

    use parquet::basic::Compression;
    use parquet::column::writer::ColumnWriter;
    use parquet::data_type::ByteArray;
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    use super::*;

    /// Values of a column, with the levels that say which are there and where lists begin.
    #[derive(Clone)]
    enum Values {
        Ints(Vec<i32>),
        Longs(Vec<i64>),
        Floats(Vec<f32>),
        Doubles(Vec<f64>),
        Bools(Vec<bool>),
        Texts(Vec<&'static str>),
    }
    use Values::{Bools, Doubles, Floats, Ints, Longs, Texts};

    type Column = (Values, Option<Vec<i16>>, Option<Vec<i16>>);

    fn table(schema: &str, compression: Compression, groups: &[Vec<Column>]) -> Vec<u8> {
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
        let mut bytes = Vec::new();
        let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
        for columns in groups {
            let mut group = writer.next_row_group().unwrap();
            for (values, present, begins) in columns {
                let mut column = group.next_column().unwrap().unwrap();
                let (p, b) = (present.as_deref(), begins.as_deref());
                match (column.untyped(), values) {
                    (ColumnWriter::Int32ColumnWriter(w), Ints(v)) => w.write_batch(v, p, b),
                    (ColumnWriter::Int64ColumnWriter(w), Longs(v)) => w.write_batch(v, p, b),
                    (ColumnWriter::FloatColumnWriter(w), Floats(v)) => w.write_batch(v, p, b),
                    (ColumnWriter::DoubleColumnWriter(w), Doubles(v)) => w.write_batch(v, p, b),
                    (ColumnWriter::BoolColumnWriter(w), Bools(v)) => w.write_batch(v, p, b),
                    (ColumnWriter::ByteArrayColumnWriter(w), Texts(v)) => {
                        w.write_batch(&v.iter().map(|t| ByteArray::from(*t)).collect::<Vec<_>>(), p, b)
                    }
                    _ => panic!("a column of another type"),
                }
                .unwrap();
                column.close().unwrap();
            }
            group.close().unwrap();
        }
        writer.close().unwrap();
        bytes
    }

    const FLAT: &str = "message m { required int32 a; required binary who (UTF8); optional double b; required float c; \
                        required boolean d; required int64 y; }";

    fn flat(compression: Compression) -> Vec<u8> {
        let group = |from: i32| -> Vec<Column> {
            let i = f64::from(from);
            vec![
                (Ints(vec![from, from + 1]), None, None),
                (Texts(vec!["cat", "dog"]), None, None),
                (Doubles(vec![i + 0.25, 0.5]), Some(vec![1, 1]), None),
                (Floats(vec![0.5, -0.5]), None, None),
                (Bools(vec![true, false]), None, None),
                (Longs(vec![i64::from(from), i64::MAX]), None, None),
            ]
        };
        table(FLAT, compression, &[group(0), group(2)])
    }

    #[test]
    fn columns_of_numbers_are_coordinates() {
        for compression in [
            Compression::UNCOMPRESSED,
            Compression::SNAPPY,
            Compression::ZSTD(Default::default()),
            Compression::GZIP(Default::default()),
        ] {
            let file = flat(compression);
            let files: [(&str, &[u8]); 1] = [("t.parquet", &file)];
            let law = good("path = \"t.parquet\"\nlabels = \"y\"", &files);
            let means =
                [[0.0, 0.25, 0.5, 1.0], [1.0, 0.5, -0.5, 0.0], [2.0, 2.25, 0.5, 1.0], [3.0, 0.5, -0.5, 0.0]].concat();
            assert_eq!((law.law.means(), law.law.labels()), (&means[..], &[0, 2, 1, 2][..]));
            assert_eq!(law.label_names.unwrap(), ["0", "2", "9223372036854775807"]);
            let note = "\"t.parquet\": 4 points in dimension 4 from 4 columns of numbers; one other column is left out";
            assert_eq!(law.notes, [note]);
            let law = good("path = \"t.parquet\"\nlabels = \"who\"\nkey = \"b\"\nlimit = 3", &files);
            assert_eq!(
                (law.law.means(), law.label_names.unwrap().join(" ")),
                (&[0.25, 0.5, 2.25][..], "cat dog".into())
            );
        }
    }

    const LISTS: &str = "message m { required group x (LIST) { repeated group list { required float element; } } \
                         required int32 label; }";

    fn lists(values: &[f32], begins: &[i16]) -> Vec<u8> {
        let rows = begins.iter().filter(|&&b| b == 0).count();
        let column = (Floats(values.to_vec()), Some(vec![1; begins.len()]), Some(begins.to_vec()));
        table(
            LISTS,
            Compression::SNAPPY,
            &[vec![column, (Ints((0..rows as i32).map(|i| i % 2).collect()), None, None)]],
        )
    }

    #[test]
    fn a_column_of_lists_is_an_array() {
        let file = lists(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[0, 1, 0, 1, 0, 1]);
        let law = good("path = \"t.parquet\"\nlabels = \"label\"\nkey = \"x\"", &[("t.parquet", &file)]);
        assert_eq!((law.law.means(), law.law.labels()), (&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0][..], &[0, 1, 0][..]));
        assert_eq!(law.notes, ["\"t.parquet\": 3 points in dimension 2 from column \"x\""]);
        // Beside no other numbers it needs no name.
        assert_eq!(good("path = \"t.parquet\"\nlabels = \"label\"", &[("t.parquet", &file)]).law, law.law);
        let one = |fields: &str, file: &[u8], part: &str| {
            refused(&format!("path = \"t.parquet\"\n{fields}"), &[("t.parquet", file)], part);
        };
        one(
            "",
            &file,
            "1 columns of numbers and 1 of lists, expected columns of numbers alone, one column of lists, or its name in key",
        );
        one("key = \"z\"", &file, "path: \"t.parquet\": \"z\", expected one of the columns \"x\", \"label\"");
        one("labels = \"x\"", &file, "labels: \"t.parquet\": \"x\", expected one of the columns \"label\"");
        one("labels = 0", &file, "labels: \"t.parquet\": a column by number, expected the name of a column");
        one("labels = \"label\"", &lists(&[1.0, 2.0, 3.0], &[0, 1, 0]), "row 1: 1 numbers, expected 2, as in row 0");
        one(
            "labels = \"label\"",
            &lists(&[1.0, f32::NAN], &[0, 1]),
            "row 0, column \"x\": NaN, expected a finite number",
        );
    }

    #[test]
    fn what_is_missing_is_no_number() {
        let schema = "message m { optional double a; optional binary y (UTF8); }";
        let columns: Vec<Column> =
            vec![(Doubles(vec![1.0]), Some(vec![1, 0]), None), (Texts(vec!["cat"]), Some(vec![0, 1]), None)];
        let file = table(schema, Compression::UNCOMPRESSED, &[columns]);
        refused("path = \"t.parquet\"", &[("t.parquet", &file)], "row 1, column \"a\": null, expected a finite number");
        refused(
            "path = \"t.parquet\"\nlabels = \"y\"",
            &[("t.parquet", &file)],
            "labels: \"t.parquet\": row 0, column \"y\": null",
        );
        let dates = table(
            "message m { required int32 day (DATE); }",
            Compression::UNCOMPRESSED,
            &[vec![(Ints(vec![1]), None, None)]],
        );
        refused("path = \"t.parquet\"", &[("t.parquet", &dates)], "0 columns of numbers and 0 of lists");
    }

    /// Every file that was cut or has one byte changed is read as something or refused in one line.
    #[test]
    fn broken_tables_are_refused() {
        for file in [flat(Compression::UNCOMPRESSED), lists(&[1.0, 2.0, 3.0, 4.0], &[0, 1, 0, 1])] {
            let folder = place(&[]);
            let path = folder.path().join("t.parquet");
            let mut refusals = 0;
            let mut look = |bytes: &[u8]| {
                fs::write(&path, bytes).unwrap();
                if let Err(e) = read(folder.path(), "path = \"t.parquet\"\nlabels = \"y\"\nkey = \"b\"") {
                    assert!(!e.to_string().contains('\n'), "{e}");
                    refusals += 1;
                }
                if let Err(e) = read(folder.path(), "path = \"t.parquet\"\nlabels = \"label\"") {
                    assert!(!e.to_string().contains('\n'), "{e}");
                    refusals += 1;
                }
            };
            (0..file.len()).for_each(|length| look(&file[..length]));
            for at in 0..file.len() {
                for change in [1, 0xff] {
                    let mut changed = file.clone();
                    changed[at] ^= change;
                    look(&changed);
                }
            }
            assert!(refusals > file.len(), "{refusals}");
        }
    }
}
