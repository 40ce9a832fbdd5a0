//! Every command of the pages in `docs/` is run, and prints what the page says: words as they stand there, numbers
//! within the errors that stand beside them and a unit of their last place.
#![allow(clippy::unwrap_used)] // helpers of tests

mod common;

use std::path::Path;

/// The example laws, and pages to read.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What rounding may do to a number.
const EXACT: f64 = 1e-12;

/// The blocks of commands on a page: each command with the lines that it prints, `...` for any lines between.
fn commands(page: &str) -> Vec<(&str, Vec<&str>)> {
    let blocks = page.split("\n```console\n").skip(1).map(|rest| rest.split("\n```").next().unwrap());
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in blocks.flat_map(str::lines) {
        match line.strip_prefix("$ infodyn ") {
            Some(command) => found.push((command, Vec::new())),
            None => found.last_mut().unwrap().1.push(line),
        }
    }
    found
}

/// The arguments of a command: words, and what stands between quotation marks.
fn arguments(command: &str) -> Vec<&str> {
    let parts = command.split('"').enumerate();
    parts.flat_map(|(i, part)| if i % 2 == 1 { vec![part] } else { part.split_whitespace().collect() }).collect()
}

/// A number with half a unit of its last place.
fn number(word: &str) -> Option<(f64, f64)> {
    let value: f64 = word.parse().ok().filter(|x: &f64| x.is_finite())?;
    let (digits, power) = word.split_once('e').map_or((word, 0), |(d, p)| (d, p.parse().unwrap_or(0)));
    let places = digits.split_once('.').map_or(0, |(_, tail)| tail.len() as i32);
    Some((value, 10_f64.powi(power - places)))
}

/// Words and numbers of a line; brackets and commas around a number are not part of it. Rules of tables have any
/// length.
fn words(line: &str) -> Vec<&str> {
    line.split([' ', '|', ',', '(', ')', '[', ']', ':']).filter(|w| w.chars().any(|c| c != '-')).collect()
}

/// Whether a line says the same: each number within its error (the word after `±`), if it has one, and that of the
/// page, and in any case a few units of its last place, or `slack` of it.
fn alike(told: &str, printed: &str, slack: f64) -> bool {
    if told.trim().is_empty() != printed.trim().is_empty() {
        return false;
    }
    let (told, printed) = (words(told), words(printed));
    let error = |words: &[&str], i: usize| match words.get(i + 1) {
        Some(&"±") => words.get(i + 2).and_then(|w| w.parse().ok()).unwrap_or(0.0),
        _ => 0.0,
    };
    told.len() == printed.len()
        && (0..told.len()).all(|i| match (number(told[i]), number(printed[i])) {
            // An error itself.
            (Some(_), Some(_)) if i > 0 && told[i - 1] == "±" => true,
            (Some((a, unit)), Some((b, _))) => {
                (a - b).abs() <= error(&told, i) + error(&printed, i) + 2.0 * unit + slack * a.abs()
            }
            _ => told[i] == printed[i],
        })
}

/// The first line of the page that is not printed where it should be.
fn missing<'a>(told: &[&'a str], printed: &[&str], slack: f64) -> Option<&'a str> {
    let mut at = 0;
    let mut any = false;
    for &line in told {
        if line == "..." {
            any = true;
            continue;
        }
        let rest = &printed[at..];
        let place = if any {
            rest.iter().position(|p| alike(line, p, slack))
        } else {
            Some(0).filter(|_| rest.first().is_some_and(|p| alike(line, p, slack)))
        };
        any = false;
        match place {
            Some(i) => at += i + 1,
            None => return Some(line),
        }
    }
    (!any && at < printed.len()).then_some("the end")
}

/// A folder that has what the commands of the pages name: some of them write files.
fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    for folder in ["examples", "examples/papers", "tests/models"] {
        let to = place.path().join(folder);
        std::fs::create_dir_all(&to).unwrap();
        for entry in std::fs::read_dir(Path::new(ROOT).join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    place
}

fn check(name: &str, slack: f64) {
    let place = place();
    let page = std::fs::read_to_string(Path::new(ROOT).join("docs").join(name)).unwrap();
    let found = commands(&page);
    assert!(found.len() > 2, "{name}");
    for (command, told) in found {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_infodyn"))
            .args(arguments(command))
            .current_dir(place.path())
            .output()
            .unwrap();
        let mut text = String::from_utf8(output.stdout).unwrap();
        if output.status.code() == Some(2) {
            text += &String::from_utf8(output.stderr).unwrap();
        }
        let printed: Vec<&str> = text.lines().filter(|l| !l.ends_with(": this takes longer than 10 s")).collect();
        let missing = missing(&told, &printed, slack);
        assert!(missing.is_none(), "{name}: infodyn {command}\nnot there: {}\n{text}", missing.unwrap());
    }
}

#[test]
fn which_steps_for_my_data() {
    check("schedules.md", EXACT);
}

#[test]
fn when_are_my_classes_decided() {
    check("decisions.md", EXACT);
}

#[test]
fn is_my_model_a_denoiser() {
    // A network runs in single precision, and sums in the order of the machine's vector unit.
    check("audit.md", 0.01);
}

#[test]
fn how_do_i_use_more_than_one_machine() {
    check("parallel.md", EXACT);
}

#[test]
fn is_my_conjecture_false() {
    check("conjectures.md", EXACT);
}

#[test]
fn a_page_that_is_wrong_is_noticed() {
    let printed = ["x  1.25 ± 1e-2 | 3", "", "note: a b 0.5"];
    for (told, good) in [
        (&["x 1.26 ± 1e-2 | 3", "", "note: a b 0.5"][..], true),
        (&["x 1.25 ± 1e-2 | 3", "...", "note: a b 0.5"], true),
        (&["...", "note: a b 0.5"], true),
        (&["x 1.25 ± 1e-2 | 3", "..."], true),
        (&["x 1.25 ± 1e-2 | 3"], false),
        (&["x 1.32 ± 1e-2 | 3", "..."], false),
        (&["x 1.25 ± 1e-2 | 6", "..."], false),
        (&["...", "note: a c 0.5"], false),
        (&["...", "note: a b 0.9"], false),
    ] {
        assert_eq!(missing(told, &printed, EXACT).is_none(), good, "{told:?}");
    }
}
