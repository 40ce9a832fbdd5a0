//! `--state FILE`: a run that goes on ends as one that was never broken off; and `--progress`.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

mod common;

use std::fs;
use std::path::Path;

use common::{example, good, run};
use serde_json::Value;

/// The path of a side file of `tests/models`.
fn models(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/models");
    folder.join(name).display().to_string()
}

fn content(state: &Path) -> Value {
    serde_json::from_slice(&fs::read(state).unwrap()).unwrap()
}

/// The state as a run leaves it that was broken off after the parts that are kept.
fn cut(state: &Path, kept: &[&str]) {
    let mut all = content(state);
    all["done"].as_object_mut().unwrap().retain(|part, _| kept.contains(&part.as_str()));
    fs::write(state, serde_json::to_vec(&all).unwrap()).unwrap();
}

#[test]
fn a_run_that_goes_on_ends_as_one_that_was_never_broken_off() {
    let place = tempfile::tempdir().unwrap();
    let state = place.path().join("state.json");
    let law = example("digits.toml");
    let few = place.path().join("few.toml");
    let text = fs::read_to_string(&law).unwrap().replace("path = \"", &format!("path = \"{}", example("")));
    fs::write(&few, format!("{text}\nlimit = 60\n")).unwrap();
    let few = few.display().to_string();
    let path = state.display().to_string();
    let profile =
        ["profile", "--law", &few, "--process", "edm", "--grid", "log:0.2:20:34", "--samples", "1024", "--json"];
    let mixture = example("mixture-2d.toml");
    let study =
        ["study", "--law", &mixture, "--steps", "4,6", "--clocks", "edm,flow:1,kl-s2", "--starts", "256", "--json"];
    let model = models("exact.toml");
    let audit = ["audit", "--model", &model, "--law", &mixture, "--sigmas", "0.1,1,10", "--samples", "8192", "--json"];
    for (command, parts, kept, number) in [
        (&profile[..], 4, [&["0"][..], &["0", "2"]], "/done/1/0/0/value"),
        (&study, 6, [&["0", "1", "4"], &[]], "/done/0/cells/0/0/value"),
        (&audit, 4, [&["0", "2"], &["1", "3"]], "/done/0/readings/gap/value"),
    ] {
        let with = [command, &["--state", &path]].concat();
        let whole = good(&with).stdout;
        assert_eq!(content(&state)["done"].as_object().unwrap().len(), parts);
        // All is there.
        assert!(good(&with).stdout == whole);
        for kept in kept {
            cut(&state, kept);
            assert!(good(&[&with[..], &["--threads", "1"]].concat()).stdout == whole, "{kept:?}");
            assert_eq!(content(&state)["done"].as_object().unwrap().len(), parts);
        }
        // What was kept is what is told: a number changed there is a number changed here.
        let mut all = content(&state);
        let number = all.pointer_mut(number).unwrap();
        *number = (number.as_f64().unwrap() * 1.5).into();
        fs::write(&state, serde_json::to_vec(&all).unwrap()).unwrap();
        assert!(good(&with).stdout != whole);
        // Of other work it is refused, in a line that says what differs, and stays as it is.
        let before = fs::read(&state).unwrap();
        let other = run(&[&with[..], &["--seed", "1"]].concat());
        let line = String::from_utf8(other.stderr).unwrap();
        assert_eq!((other.status.code(), line.matches('\n').count()), (Some(2), 1), "{line}");
        assert!(line.contains("--state: ") && line.contains("seed 20250827, expected 1"), "{line}");
        assert!(fs::read(&state).unwrap() == before);
        fs::remove_file(&state).unwrap();
    }
    // Where nothing is simulated the answer is that without a file.
    let integrated = ["profile", "--law", &mixture, "--process", "edm", "--grid", "log:0.1:10:18", "--json"];
    assert!(good(&[&integrated[..], &["--state", &path]].concat()).stdout == good(&integrated).stdout);
}

#[test]
fn what_is_no_state_file_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let state = place.path().join("state.json");
    let law = example("two-atoms.toml");
    let path = state.display().to_string();
    let command = ["profile", "--law", &law, "--process", "ou", "--grid", "1", "--state", &path];
    good(&command);
    let whole = fs::read_to_string(&state).unwrap();
    for (text, part) in [
        ("not JSON".to_owned(), "expected a state file of infodyn"),
        (whole[..whole.len() / 2].to_owned(), "expected a state file of infodyn"),
        (whole.replace("state/1", "state/0"), "schema"),
        (whole.replace("\"profile\"", "\"study\""), "state of \"study\", expected that of profile"),
        (whole.replace("\"ou\"", "\"ve\""), "process \"ve\", expected \"ou\""),
        (whole.replace("\"parts\":2", "\"parts\":3"), "state of other work"),
        (whole.replace("\"value\":", "\"values\":"), "done.1: missing field"),
    ] {
        fs::write(&state, &text).unwrap();
        let output = run(&command);
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), line.matches('\n').count()), (Some(2), 1), "{line}");
        assert!(line.contains(part) && output.stdout.is_empty(), "{part}: {line}");
        assert_eq!(fs::read_to_string(&state).unwrap(), text);
    }
}

/// The side file, the network and the declaration are what an audit is of; a file without an end is not read whole.
#[test]
fn a_state_of_another_network_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let state = place.path().join("state.json");
    let (path, law) = (state.display().to_string(), example("mixture-2d.toml"));
    let (exact, other) = (models("exact.toml"), models("returns_epsilon.toml"));
    let refused = |model: &str, more: &[&str], part: &str| {
        let command = ["audit", "--model", model, "--law", &law, "--sigmas", "1", "--samples", "512"];
        let output = run(&[&command[..], &["--state", &path], more].concat());
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), line.matches('\n').count()), (Some(2), 1), "{line}");
        assert!(line.contains("--state: ") && line.contains(part), "{part}: {line}");
    };
    let command = ["audit", "--model", &exact, "--law", &law, "--sigmas", "1", "--samples", "512", "--state", &path];
    good(&command);
    refused(&other, &[], "model ");
    refused(&exact, &["--output", "epsilon"], "declaration ");
    fs::File::create(&state).unwrap().set_len((1 << 27) + 1).unwrap();
    refused(&exact, &[], "more than 134217728 bytes");
}

/// Nothing on standard output changes, and standard error has lines of one form alone.
#[test]
fn progress_changes_no_answer() {
    let law = example("digits.toml");
    let command = ["profile", "--law", &law, "--process", "edm", "--grid", "log:0.2:20:6", "--samples", "16384"];
    let told = run(&[&command[..], &["--progress"]].concat());
    assert!(told.status.success());
    let plain = run(&command);
    assert!(plain.status.success() && plain.stdout == told.stdout);
    for line in String::from_utf8(told.stderr).unwrap().lines() {
        assert!(line.contains(" of ") && line.contains(" pieces, "), "{line}");
    }
}
