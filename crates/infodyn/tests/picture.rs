//! `--out FILE.png` and `--out FILE.svg`.
#![allow(clippy::unwrap_used)] // helpers of tests

mod common;

use common::{example, good, run};

/// Every command that has a picture writes both kinds, the same bytes each time, and answers as it does without.
#[test]
fn answers_are_drawn() {
    let (folder, law) = (tempfile::tempdir().unwrap(), example("mixture-3.toml"));
    let two = example("two-atoms.toml");
    let model = example("../tests/models/exact.toml");
    let classes = folder.path().join("classes.toml");
    let means = "[[0.0, 0.0], [2.0, 0.0], [0.0, 5.0], [1.0, 1.0]]";
    std::fs::write(&classes, format!("kind = \"mixture\"\nmeans = {means}\ncovariance = 0.25\n")).unwrap();
    let classes = classes.display().to_string();
    let plane = example("mixture-2d.toml");
    let commands: [&[&str]; 8] = [
        &["audit", "--model", &model, "--law", &plane, "--samples", "4096"],
        &["critical", "--law", &classes, "--process", "ou"],
        &["profile", "--law", &law, "--process", "edm", "--grid", "log:0.1:10:12"],
        &["profile", "--law", &law, "--process", "vp-linear", "--grid", "0.5", "--quantities", "clone_agreement,mmse"],
        &["critical", "--law", &two, "--process", "ou"],
        &["paths", "--law", &law, "--process", "ou", "--grid", "log:0.05:2:6", "--n", "50"],
        &["schedule", "--law", &law, "--steps", "6"],
        &["schedule", "--steps", "6", "--clock", "flow", "--sigma-max", "inf"],
    ];
    for command in commands {
        let answer = good(command).stdout;
        let draw = |name: &str| {
            let file = folder.path().join(name);
            let told = good(&[command, &["--out", file.to_str().unwrap()]].concat()).stdout;
            assert!(told == answer, "{command:?}: another answer where it is drawn");
            std::fs::read(file).unwrap()
        };
        let png = draw("a.png");
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.ends_with(b"IEND\xaeB`\x82"), "{command:?}");
        let svg = draw("a.SVG");
        assert!(svg.starts_with(b"<svg") || svg.starts_with(b"<?xml"), "{command:?}");
        assert!(svg == draw("b.svg"), "{command:?}: other bytes");
    }
}

/// Beside the cells of pairs stand the names of the classes, cut to what fits; what no font has, or is markup, is `?`.
#[test]
fn classes_are_named_in_their_picture() {
    let folder = tempfile::tempdir().unwrap();
    let (law, file) = (folder.path().join("law.toml"), folder.path().join("a.svg"));
    let means = "[[0.0, 0.0], [2.0, 0.0], [0.0, 5.0]]";
    let labels = "[\"coat\", \"a*b漢\", \"a name of more than twenty letters\"]";
    let text = format!("kind = \"mixture\"\nmeans = {means}\ncovariance = 0.25\nlabels = {labels}\n");
    std::fs::write(&law, text).unwrap();
    good(&["critical", "--law", law.to_str().unwrap(), "--process", "ou", "--out", file.to_str().unwrap()]);
    let drawn = std::fs::read_to_string(file).unwrap();
    // In the order of their texts; of three names twenty characters and a point fit side by side.
    for name in ["coat", "a?b?", "a name of more than."] {
        assert!(drawn.contains(&format!("data-text=\"{name}\"")), "{name}");
    }
}

#[test]
fn what_has_no_picture_says_so_first() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.png");
    let output = run(&["convert", "--from", "edm", "--to", "ou", "--t", "1", "--out", file.to_str().unwrap()]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("a.png: this answer has no picture, expected .json, .csv or .npz"), "{said}");
    assert!(output.stdout.is_empty() && !file.exists());
}
