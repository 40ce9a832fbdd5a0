//! What bad input gets: one line, exit 2, nothing half-written.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

use std::fs;
use std::process::Command;

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.file("good.toml", "kind = \"atoms\"\npoints = [[-1.0], [1.0]]");
        place
    }

    fn file(&self, name: &str, content: &str) {
        fs::write(self.0.path().join(name), content).unwrap();
    }

    fn files(&self) -> usize {
        fs::read_dir(self.0.path()).unwrap().count()
    }

    /// Runs the program in the folder and returns its one line.
    fn refused(&self, args: &[&str]) -> String {
        let before = self.files();
        let output =
            Command::new(env!("CARGO_BIN_EXE_infodyn")).args(args).current_dir(self.0.path()).output().unwrap();
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {line}");
        assert!(output.stdout.is_empty(), "{args:?}");
        assert!(line.ends_with('\n') && line.matches('\n').count() == 1, "{args:?}: {line:?}");
        assert!(!line.contains("panicked"), "{line}");
        assert_eq!(self.files(), before, "{args:?} left a file");
        line
    }

    fn refused_profile(&self, law: &str, process: &str, grid: &str, more: &[&str]) -> String {
        let base = ["profile", "--law", law, "--process", process, "--grid", grid];
        self.refused(&[&base[..], more].concat())
    }
}

fn says(line: &str, parts: &[&str]) {
    for part in parts {
        assert!(line.contains(part), "{line:?} lacks {part:?}");
    }
}

#[test]
fn law_files() {
    let place = Place::new();
    place.file("empty.csv", "a,b\n");
    place.file("ragged.csv", "1,2\n3\n");
    place.file("years.csv", "2019,2020\n0.5,1.5\n-0.5,2.5\n");
    place.file("three.csv", "0.5\n1\n2\n");
    place.file("names.csv", "species\ncat\ncat\n");
    for (text, parts) in [
        (
            "kind = \"atoms\"\npoints = [[0], [1]]\nweights = [0.5, 0.6]",
            &["weights", "1.1", "expected 1 within 1e-6"][..],
        ),
        (
            "kind = \"gaussian\"\nmean = [0, 0]\ncovariance = [[1, 2], [2, 1]]",
            &["covariance", "eigenvalue -1", "expected a positive semidefinite matrix"],
        ),
        ("kind = \"atoms\"\npoints = [[0], [nan]]", &["points[1][0]", "nan", "expected a finite number"]),
        ("kind = \"mixture\"\nmeans = [[0], [1, 2]]\ncovariance = 1", &["means[1]", "2 entries", "expected 1"]),
        (
            "kind = \"atoms\"\npoints = [[0]]\ncolour = 1",
            &["colour", "unknown field", "one of points, weights, labels"],
        ),
        ("kind = \"dataset\"\npath = \"none.npy\"", &["path", "none.npy", "No such file"]),
        ("kind = \"dataset\"\npath = \"empty.csv\"", &["path", "empty.csv", "no data", "expected at least one row"]),
        ("kind = \"dataset\"\npath = \"ragged.csv\"", &["ragged.csv", "row 2", "1 cells", "expected 2 cells"]),
        (
            "kind = \"dataset\"\npath = \"years.csv\"",
            &["path", "years.csv", "row 1", "\"2019\", \"2020\"", "expected header = true or header = false"],
        ),
        (
            "kind = \"dataset\"\npath = \"three.csv\"\nlabels = \"names.csv\"",
            &["labels", "names.csv", "row 1", "\"species\"", "expected labels_header = true or labels_header = false"],
        ),
        ("kind = \"dataset\"\npath = \"three.csv\"\nheader = \"no\"", &["header", "\"no\"", "expected true or false"]),
        (
            "kind = \"dataset\"\npath = \"three.csv\"\nkey = \"x\"",
            &["key", "three.csv", "expected a .npz or .parquet file"],
        ),
        ("kind = ", &["line 1"]),
    ] {
        place.file("law.toml", text);
        let line = place.refused_profile("law.toml", "ou", "0.3", &["--out", "answer.json"]);
        says(&line, &[&["law.toml"][..], parts].concat());
    }
    says(&place.refused_profile("absent.toml", "ou", "0.3", &[]), &["absent.toml", "No such file"]);
    says(&place.refused_profile(".", "ou", "0.3", &[]), &["cannot read it"]);
}

#[test]
fn flags() {
    let place = Place::new();
    let with = |process: &str, grid: &str, more: &[&str]| place.refused_profile("good.toml", process, grid, more);
    says(&with("vp", "0.3", &[]), &["--process", "\"vp\"", "expected one of ve, edm, ou"]);
    says(&with("flow:shift=-1", "0.3", &[]), &["--process", "shift = -1", "expected a positive number"]);
    says(&with("ou", "0:1", &[]), &["--grid", "0:1", "expected T0:T1:N"]);
    says(&with("ou", "0.1,nan", &[]), &["--grid", "nan", "expected a finite number"]);
    says(&with("ou", "-1", &[]), &["--grid", "-1", "ou", "expected t in (0, inf)"]);
    says(&with("flow", "0.5,1.5", &[]), &["--grid", "1.5", "expected t in (0, 1)"]);
    says(&with("vp-linear", "snr:1e-9", &[]), &["--grid", "1e-9", "vp-linear"]);
    says(&with("ou", "0.3", &["--method", "guess"]), &["--method", "guess", "quadrature"]);
    place.file("space.toml", "kind = \"atoms\"\npoints = [[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]");
    says(
        &place.refused_profile("space.toml", "ou", "0.3", &["--method", "enclosure"]),
        &["--method", "space.toml", "enclosure", "auto, quadrature, monte-carlo"],
    );
    says(
        &with("ou", "0.3", &["--method", "closed-form"]),
        &["closed-form", "one Gaussian", "auto, quadrature, enclosure, monte-carlo"],
    );
    says(&with("ou", "0.3", &["--samples", "0"]), &["--samples", "0"]);
    says(&with("ou", "0.3", &["--samples", "many"]), &["--samples", "many"]);
    says(
        &with("ou", "0.3", &["--samples", "9", "--method", "quadrature"]),
        &["--samples: 9", "expected the method auto"],
    );
    says(
        &with("ou", "0.3", &["--method", "monte-carlo", "--samples", "99999999999999999"]),
        &["samples", "99999999999999999"],
    );
    says(&with("ou", "0.3", &["--accuracy", "-1"]), &["--accuracy", "-1", "expected a positive finite number"]);
    says(&with("ou", "0.3", &["--accuracy", "nan"]), &["--accuracy", "NaN", "expected a positive finite number"]);
    says(&with("ou", "0.3", &["--seed", "-1"]), &["--seed", "-1"]);
    says(&with("ou", "0.3", &["--threads", "0"]), &["--threads", "0"]);
    says(&with("ou", "0.3", &["--colour"]), &["--colour"]);
    says(&with("ou", "0.3", &["--out", "a.txt"]), &["--out", "a.txt", "expected one of .json, .csv, .npz"]);
    says(&with("ou", "0.3", &["--out", "none/a.csv"]), &["--out", "none/a.csv", "cannot write it"]);
    says(&place.refused(&["profile", "--law", "good.toml"]), &["--process <P>", "--grid <G>"]);
    says(&place.refused(&["profil"]), &["profil"]);
    place.refused(&[]);
    says(&place.refused(&["convert", "--from", "ou", "--to", "vp-linear", "--t", "100"]), &["--to", "vp-linear"]);
    says(&place.refused(&["convert", "--from", "ou", "--to", "x", "--t", "1"]), &["--to", "\"x\""]);
    says(&place.refused(&["convert", "--from", "ou", "--to", "ve", "--t", "a"]), &["--t", "\"a\""]);
}

/// A method that cannot serve names those that can; an accuracy that cannot be reached says what was.
#[test]
fn questions_beyond_a_method() {
    let place = Place::new();
    place.file("wide.toml", "kind = \"gaussian\"\nmean = [0, 0, 0, 0]\ncovariance = [1, 2, 3, 4]");
    let line = place.refused_profile("wide.toml", "ou", "0.3", &["--method", "quadrature"]);
    says(&line, &["quadrature", "wide.toml", "expected one of auto, closed-form, monte-carlo"]);
    let asked = &["--method", "monte-carlo", "--samples", "8192", "--accuracy", "1e-6"];
    let line = place.refused_profile("good.toml", "ou", "0.3", &[asked, &["--out", "a.json"][..]].concat());
    says(&line, &["accuracy", "8192 samples", "expected at most 1e-6"]);
}

#[test]
fn a_file_that_was_there_survives_a_refusal() {
    let place = Place::new();
    place.file("a.json", "old");
    place.refused_profile("good.toml", "ou", "-1", &["--out", "a.json"]);
    assert_eq!(fs::read_to_string(place.0.path().join("a.json")).unwrap(), "old");
}

/// Names with line breaks stay in one line.
#[test]
#[cfg(unix)]
fn strange_names() {
    let place = Place::new();
    says(&place.refused_profile("a\nb.toml", "ou", "0.3", &[]), &["a b.toml"]);
    place.file("c\nd.toml", "\"e\\nf\" = 1\nkind = \"atoms\"\npoints = [[0]]");
    says(&place.refused_profile("c\nd.toml", "ou", "0.3", &[]), &["c d.toml: e f: unknown field"]);
}
