//! `docs/interface.md` names what the program has, and all of it: commands, flags, kinds of laws, file endings and
//! fields.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const PAGE: &str = include_str!("../../../docs/interface.md");
const XTASK: &str = include_str!("../../../xtask/src/main.rs");

type Names = BTreeSet<String>;

/// The page without what does not stand yet.
fn page() -> &'static str {
    PAGE.split("## What does not stand yet").next().unwrap()
}

/// The page's blocks of code in a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let open = format!("```{language}\n");
    page().split(open.as_str()).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// What stands between backticks in running text.
fn spans() -> Vec<&'static str> {
    let text = page().split("```").step_by(2);
    text.flat_map(|part| part.lines()).flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

fn names<'a>(words: impl IntoIterator<Item = &'a str>) -> Names {
    words.into_iter().map(str::to_owned).collect()
}

fn infodyn(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_infodyn")).args(args).current_dir(folder).output().unwrap()
}

fn says(args: &[&str]) -> String {
    String::from_utf8(infodyn(Path::new("."), args).stdout).unwrap()
}

fn refusal(folder: &Path, args: &[&str]) -> String {
    let output = infodyn(folder, args);
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// The list at the end of a message: `expected one of a, b or c`.
fn listed(message: &str) -> Names {
    let list = message.trim().rsplit("one of ").next().unwrap().replace(" or ", ", ");
    list.split(", ").map(|word| word.trim_matches('.').to_owned()).collect()
}

/// The flags in a text.
fn flags(text: &str) -> Names {
    let word = |c: char| c.is_ascii_lowercase() || c == '-';
    let found = text.split("--").skip(1).map(|rest| rest.split(|c| !word(c)).next().unwrap());
    found.filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase())).map(str::to_owned).collect()
}

fn commands() -> Names {
    let help = says(&["--help"]);
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    names(list.lines().map(|line| line.split_whitespace().next().unwrap()).filter(|name| *name != "help"))
}

/// The rows of the table of a section that begins so: the command, and the row.
fn rows(section: &str) -> Vec<(&'static str, &'static str)> {
    let section = page().split(section).nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| Some((line.strip_prefix("| `")?, line)));
    rows.map(|(row, line)| {
        let row = row.strip_prefix("infodyn ").unwrap_or(row);
        (row.split([' ', '`']).next().unwrap(), line)
    })
    .collect()
}

#[test]
fn commands_are_those_of_the_page() {
    let named = spans().into_iter().filter_map(|span| span.strip_prefix("infodyn "));
    let named = names(named.map(|rest| rest.split_whitespace().next().unwrap()));
    assert_eq!(named, commands());
    let usage = XTASK.split("const USAGE").nth(1).unwrap().split("\";").next().unwrap();
    let known = usage.lines().filter_map(|line| line.strip_prefix("  ")).map(|l| l.split(' ').next().unwrap());
    let told = rows("## `cargo xtask`").into_iter().map(|row| row.0).filter(|name| *name != "command");
    assert_eq!(names(told), names(known));
}

#[test]
fn flags_are_those_of_the_page() {
    let usage = XTASK.split("const USAGE").nth(1).unwrap().split("\";").next().unwrap();
    let (mut all, mut own) = (Names::new(), flags(usage));
    for command in commands() {
        let known = flags(&says(&[&command, "--help"]));
        let of = |section: &str| rows(section).into_iter().filter(|row| row.0 == command).map(|row| flags(row.1));
        for told in of("## `infodyn`") {
            assert!(told.is_subset(&known), "{command}: {told:?} {known:?}");
        }
        all.extend(known.clone());
        // In a checkout a command has flags besides.
        let known: Names = known.union(&own).cloned().collect();
        for told in of("## `cargo xtask`") {
            assert!(told.is_subset(&known), "{command}: {told:?} {known:?}");
        }
    }
    let told: Names = spans().into_iter().filter(|s| !s.starts_with("cargo ")).flat_map(flags).collect();
    all.retain(|flag| flag != "help" && flag != "version");
    assert_eq!(all.difference(&told).collect::<Vec<_>>(), [""; 0], "flags that the page does not name");
    own.extend(all);
    assert_eq!(told.difference(&own).collect::<Vec<_>>(), [""; 0], "flags that the page alone names");
}

/// A folder with a law file of this text.
fn folder_with(law: &str) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("law.toml"), law).unwrap();
    place
}

fn refused(law: &str, process: &str) -> String {
    let place = folder_with(law);
    refusal(place.path(), &["profile", "--law", "law.toml", "--process", process, "--grid", "0.3"])
}

#[test]
fn kinds_fields_and_processes_are_those_of_the_page() {
    let kinds = listed(&refused("kind = \"x\"", "ou"));
    let comment = page().split("# gaussian").nth(1).unwrap().lines().next().unwrap();
    assert_eq!(kinds, names(format!("gaussian{comment}").split(" | ")));
    let words: Names = spans().into_iter().flat_map(|s| s.split(" = ").take(1)).map(str::to_owned).collect();
    for kind in &kinds {
        let row = page().lines().find(|line| line.starts_with(&format!("| `{kind}` | "))).unwrap();
        for field in listed(&refused(&format!("kind = \"{kind}\"\nx = 1"), "ou")) {
            let there = [format!("`{field}`"), format!("`{field} = ")];
            assert!(there.iter().any(|name| row.contains(name)), "{kind}: {field}");
        }
    }
    let processes = listed(&refused("kind = \"atoms\"\npoints = [[0.0]]", "x"));
    assert!(processes.is_subset(&words) && processes.len() > 5, "{processes:?}");
}

/// A file with such an ending is read or written, or the page does not name it.
#[test]
fn file_endings_are_those_of_the_page() {
    let told = names(spans().into_iter().filter(|s| s.starts_with('.') && !s.contains(' ')));
    let read = |ending: &str| {
        refused(&format!("kind = \"dataset\"\npath = \"none{ending}\""), "ou").contains("cannot read it")
    };
    let place = folder_with("kind = \"atoms\"\npoints = [[0.0]]");
    let written = |ending: &str| {
        let out = format!("out{ending}");
        infodyn(place.path(), &["schedule", "--steps", "4", "--out", &out]).status.success()
    };
    for ending in &told {
        assert!(read(ending) || written(ending), "{ending}");
    }
    let out = refusal(place.path(), &["schedule", "--steps", "4", "--out", "out.x"]);
    let known: Names = [out, refused("kind = \"dataset\"\npath = \"x.x\"", "ou")]
        .iter()
        .flat_map(|message| {
            message.rsplit("expected").next().unwrap().split([' ', ',', '\n']).map(str::to_owned).collect::<Vec<_>>()
        })
        .filter(|word| word.starts_with('.'))
        .collect();
    assert_eq!(told, known);
}

/// The paths of a document: `a.b[].c`; below an empty object on the page anything may stand, marked `a.b.*`.
fn paths(value: &Value, at: &str, found: &mut Names) {
    match value {
        Value::Object(map) if map.is_empty() => {
            found.insert(format!("{at}.*"));
        }
        Value::Object(map) => {
            for (key, value) in map {
                let at = format!("{at}.{key}");
                paths(value, &at, found);
                found.insert(at);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| paths(value, &format!("{at}[]"), found)),
        _ => {}
    }
}

/// A proof has a scope where the checker has run, and else a reason why not.
/// A statement of which nothing could be decided has the reason.
const UNSEEN: [&str; 5] =
    [".claims[].evidence[].scope", ".claims[].evidence[].why", ".claims[].mutants[].why", ".claims[].why", ".why"];

#[test]
fn fields_are_those_of_the_page() {
    let place = folder_with("kind = \"dataset\"\npath = \"x.csv\"\nlabels = \"y\"");
    std::fs::write(place.path().join("x.csv"), "x,y\n-1.0,cat\n1.0,dog\n2.5,dog\n").unwrap();
    std::fs::write(place.path().join("sphere.toml"), "kind = \"sphere\"\ndim = 3\nradius = 1.0").unwrap();
    let row = |i: u32| format!("{},{},{}\n", i % 13, (i * i) % 7, if i.is_multiple_of(3) { "cat" } else { "dog" });
    std::fs::write(place.path().join("many.csv"), (0..200).map(row).collect::<String>()).unwrap();
    let line = |i: u32| format!("{},{}\n", f64::from(i) * 0.5, i / 20);
    std::fs::write(place.path().join("line.csv"), (0..40).map(line).collect::<String>()).unwrap();
    let text = "kind = \"dataset\"\npath = \"line.csv\"\nlabels = 1\nheader = false";
    std::fs::write(place.path().join("line.toml"), text).unwrap();
    let many = "kind = \"dataset\"\npath = \"many.csv\"\nlabels = 2\nheader = false";
    std::fs::write(place.path().join("many.toml"), many).unwrap();
    let claims = r#"
        title = "Two claims"
        [[claim]]
        id = "bound"
        statement = "mmse <= gaussian.mmse"
        where = "K <= 3"
        dim = "1"
        process = "ve"
        source = "theory.md, B6"
        mutants = ["mmse <= gaussian.mmse/2", "mmse <= 2*gaussian.mmse"]
        [[claim]]
        id = "weights"
        statement = "weights[0] == weights[1]"
        dim = "1"
        process = "ve"
        expected = "refuted"
        source = "nobody"
    "#;
    std::fs::write(place.path().join("claims.toml"), claims).unwrap();
    std::fs::write(place.path().join("mse.csv"), "0.1,0.01\n1,0.5\n3,0.9\n10,1\n").unwrap();
    const ATOMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/two-atoms.toml");
    let tree = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/hierarchy.toml");
    let network = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/models/digits.toml");
    let digits = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/digits.toml");
    let runs: &[&[&str]] = &[
        &["profile", "--law", "law.toml", "--process", "vp-linear", "--grid", "0.3"],
        &[
            "profile",
            "--law",
            "law.toml",
            "--process",
            "vp-linear",
            "--grid",
            "0.3",
            "--quantities",
            "posterior_square_trace",
        ],
        &[
            "profile",
            "--law",
            "law.toml",
            "--process",
            "vp-linear",
            "--grid",
            "0.3",
            "--method",
            "monte-carlo",
            "--samples",
            "8192",
        ],
        &["profile", "--law", "law.toml", "--process", "edm", "--grid", "0.001,1"],
        &["critical", "--law", "law.toml", "--process", "ou"],
        &["critical", "--law", "line.toml", "--process", "ou"],
        &["critical", "--law", "sphere.toml", "--process", "ou"],
        &["critical", "--law", tree, "--process", "ou"],
        &[
            "paths",
            "--law",
            "law.toml",
            "--process",
            "ou",
            "--grid",
            "0.1,1",
            "--n",
            "40",
            "--confidence",
            "0.8",
            "--reverse",
            "exponential",
        ],
        &["convert", "--from", "ou", "--to", "vp-linear", "--t", "0.3"],
        &[
            "guidance",
            "--law",
            "law.toml",
            "--process",
            "vp-linear",
            "--class",
            "cat",
            "--omega",
            "2",
            "--window",
            "0.2:0.5",
        ],
        &["guidance", "--law", ATOMS, "--process", "edm", "--class", "0", "--omega", "2", "--grid", "snr:0.01,9"],
        &[
            "sample",
            "--law",
            "law.toml",
            "--process",
            "edm",
            "--count",
            "9",
            "--out",
            "x.npy",
            "--labels",
            "y.npy",
            "--class",
            "cat",
            "--sampler",
            "heun",
            "--steps",
            "4",
            "--omega",
            "2",
            "--window",
            "0.2:2",
            "--at",
            "0.01",
        ],
        &["schedule", "--law", "law.toml", "--steps", "3", "--format", "timesteps", "--table", "ddpm-linear"],
        &["schedule", "--mse", "mse.csv", "--steps", "3"],
        &["schedule", "--law", "law.toml", "--steps", "3", "--clock", "auto", "--sampler", "euler"],
        &["study", "--law", "law.toml", "--steps", "3", "--clocks", "log", "--starts", "256"],
        &["audit", "--model", network, "--law", digits, "--sigmas", "0.1,0.3,1,3,20"],
        &["fit", "--data", "many.toml", "--out", "fitted.toml", "--covariance", "low-rank:1"],
        &["check", "mmse <= gaussian.mmse", "--where", "K <= 3", "--dim", "1", "--process", "vp-linear"],
        &["check", "at x: norm2(score) <= D/sigma2", "--process", "vp-linear", "--dim", "1"],
        &["check", "weights[y] <= 1/2", "--process", "ve", "--dim", "1"],
        &["check", "weights[0] == weights[1]", "--components", "2", "--process", "ve", "--dim", "1", "--explain"],
        &["check", "d(mutual_information)/d(snr) == mmse", "--process", "ve", "--dim", "1", "--explain"],
        &["check", "mmse <= 1", "--given", "atoms,equal-weights", "--process", "ve", "--dim", "1"],
        &["check", "claims.toml", "--cases", "30", "--propose"],
        &["verify", "B2", "B6", "--effort", "quick"],
        &["falsify", "B2", "B6", "--evidence", "symbolic,quadrature"],
    ];
    let mut found: Vec<(String, Names)> = Vec::new();
    for args in runs {
        let file = matches!(args[0], "verify" | "falsify");
        let json: &[&str] = if file { &["--json", "out.json"] } else { &["--json"] };
        let output = infodyn(place.path(), &[args, json].concat());
        assert!(output.status.code() != Some(2), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        let text = if file { std::fs::read(place.path().join("out.json")).unwrap() } else { output.stdout };
        let document: Value = serde_json::from_slice(&text).unwrap();
        let schema = document["schema"].as_str().unwrap().to_owned();
        if !found.iter().any(|f| f.0 == schema) {
            found.push((schema.clone(), Names::new()));
        }
        let known = found.iter_mut().find(|f| f.0 == schema).unwrap();
        paths(&document, "", &mut known.1);
    }
    // The file of a run that may be broken off.
    let sampled = ["profile", "--law", "law.toml", "--process", "ou", "--grid", "0.1,1", "--method", "monte-carlo"];
    let output = infodyn(place.path(), &[&sampled[..], &["--state", "state.json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let state: Value = serde_json::from_slice(&std::fs::read(place.path().join("state.json")).unwrap()).unwrap();
    let mut names_of_state = Names::new();
    paths(&state, "", &mut names_of_state);
    found.push(("infodyn.state/1".into(), names_of_state));
    // The file of a part.
    let output = infodyn(place.path(), &[&sampled[..], &["--part", "1/4", "--out", "part.json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let part: Value = serde_json::from_slice(&std::fs::read(place.path().join("part.json")).unwrap()).unwrap();
    let mut names_of_part = Names::new();
    paths(&part, "", &mut names_of_part);
    found.push(("infodyn.part/1".into(), names_of_part));
    let told: Vec<(String, Names)> = blocks("json")
        .into_iter()
        .map(|block| {
            let document: Value = serde_json::from_str(block).unwrap_or_else(|e| panic!("{e}: {block}"));
            let mut names = Names::new();
            paths(&document, "", &mut names);
            (document["schema"].as_str().unwrap().to_owned(), names)
        })
        .collect();
    assert_eq!(names(told.iter().map(|t| t.0.as_str())), names(found.iter().map(|f| f.0.as_str())));
    for (schema, told) in &told {
        let found = &found.iter().find(|f| f.0 == *schema).unwrap().1;
        let open: Vec<&str> = told.iter().filter_map(|path| path.strip_suffix('*')).collect();
        // An estimate has the fields of any other on the page.
        let estimate = |path: &str| {
            let (at, field) = path.rsplit_once('.').unwrap();
            told.contains(&format!("{at}.value")) && told.iter().any(|p| p.ends_with(&format!(".{field}")))
        };
        let named = |path: &str| told.contains(path) || open.iter().any(|o| path.starts_with(o)) || estimate(path);
        let silent: Vec<&String> = found.iter().filter(|path| !named(path)).collect();
        assert!(silent.is_empty(), "{schema}: the page does not name {silent:?}");
        let absent: Vec<&String> =
            told.iter().filter(|p| !p.ends_with('*') && !found.contains(*p) && !UNSEEN.contains(&p.as_str())).collect();
        assert!(absent.is_empty(), "{schema}: the page alone names {absent:?}");
    }
}

/// What is to come is refused in one line.
#[test]
fn what_does_not_stand_yet_is_refused() {
    assert!(PAGE.contains("The kind `sphere` in `paths`"));
    let place = folder_with("kind = \"sphere\"\ndim = 3\nradius = 1.0");
    let asked = ["paths", "--law", "law.toml", "--process", "ou", "--grid", "0.1,1"];
    assert!(refusal(place.path(), &asked).contains("sphere"));
}
