//! `--part I/N` and `merge`: any number of parts gives the bytes of the whole run, parts that do not fit are refused by
//! name, and a part that is killed leaves nothing half-written.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{example, few_digits, good, many, run};

/// Does a part of a command.
fn part(command: &[&str], which: [usize; 2], file: &str, threads: &str) {
    let which = format!("{}/{}", which[0], which[1]);
    let told = good(&[command, &["--part", &which, "--out", file, "--threads", threads]].concat());
    assert!(told.stdout.is_empty());
}

/// The files of all parts of a command, done in some order on one or two threads.
fn parts(command: &[&str], count: usize, place: &Path) -> Vec<String> {
    let name = |i: usize| place.join(format!("part-{i}-of-{count}.json")).display().to_string();
    for i in (1..=count).rev() {
        part(command, [i, count], &name(i), if i % 2 == 0 { "1" } else { "2" });
    }
    (1..=count).map(name).collect()
}

/// Without the lines that say how long something took.
fn untimed(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.lines().filter(|line| !line.contains("\"seconds\"")).collect::<Vec<_>>().join("\n")
}

/// What a run says and writes: its exit, standard output, and file.
fn answer(words: &[&str], flag: &str, file: &Path) -> (Option<i32>, String, String) {
    let output = run(&[words, &[flag, file.to_str().unwrap()]].concat());
    let lines = String::from_utf8_lossy(&output.stderr).into_owned();
    let wrong: Vec<&str> = lines.lines().filter(|l| !l.contains(" takes longer ") && !l.starts_with("warn")).collect();
    assert!(wrong.is_empty(), "{words:?}: {wrong:?}");
    (output.status.code(), untimed(&output.stdout), untimed(&fs::read(file).unwrap()))
}

/// That each number of parts gives the bytes of the whole.
#[track_caller]
fn same(command: &[&str], counts: &[usize]) {
    let place = tempfile::tempdir().unwrap();
    let (whole, merged) = (place.path().join("whole.json"), place.path().join("merged.json"));
    let flag = if ["verify", "falsify"].contains(&command[0]) { "--json" } else { "--out" };
    let told = answer(command, flag, &whole);
    for &count in counts {
        let files = parts(command, count, place.path());
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        assert!(answer(&[&["merge"], &files[..]].concat(), "--out", &merged) == told, "{command:?} in {count} parts");
    }
}

#[test]
fn parts_of_profiles_give_the_whole() {
    let place = tempfile::tempdir().unwrap();
    let (digits, mixture) = (few_digits(place.path()), example("mixture-2d.toml"));
    // Simulated with a pilot run, and the top eigenvalue on a subset; in more parts than there are chunks.
    let simulated = ["profile", "--law", &digits, "--process", "edm", "--grid", "log:0.5:20:3"];
    same(&[&simulated[..], &["--samples", "1024"]].concat(), &[1, 2, 3, 4, 8, 33]);
    same(&[&simulated[..], &["--quantities", "mmse,label_entropy"]].concat(), &[3]);
    // Integrated.
    same(&["profile", "--law", &mixture, "--process", "ou", "--grid", "0.1,0.5,1"], &[2, 8]);
    let matrices = ["--method", "monte-carlo", "--quantities", "posterior_square_trace,mean_top_eigenvalue"];
    let law = ["profile", "--law", &mixture, "--process", "ou", "--grid", "0.1", "--samples", "2048"];
    same(&[&law[..], &matrices].concat(), &[4]);
}

#[test]
fn parts_of_paths_give_the_whole() {
    let law = example("mixture-3.toml");
    let paths = ["paths", "--law", &law, "--process", "ou", "--grid", "0.1:2:3", "--n", "700"];
    same(&[&paths[..], &["--confidence", "0.8"]].concat(), &[1, 2, 3, 4, 8, 33]);
    same(&[&paths[..], &["--reverse", "exponential", "--steps", "4"]].concat(), &[3]);
}

#[test]
fn parts_of_checks_give_the_whole() {
    // One that survives, and is climbed from; one that dies in the third batch; one of a hypothesis.
    same(&["check", "conditional_entropy >= 0", "--laws", "atoms", "--cases", "40"], &[1, 2, 3, 4, 8]);
    same(&["check", "mmse <= 0.9*gaussian.mmse", "--laws", "mixture", "--cases", "60"], &[2, 3]);
}

#[test]
#[ignore = "takes long: run by night"]
fn parts_of_large_profiles_give_the_whole() {
    let place = tempfile::tempdir().unwrap();
    let (digits, many) = (example("digits.toml"), many(place.path()));
    // With a pilot run, whose numbers of samples all else rests on, and the distances of the points.
    same(&["profile", "--law", &digits, "--process", "edm", "--grid", "log:0.5:20:3"], &[1, 2, 3, 4, 8]);
    same(&["profile", "--law", &many, "--process", "edm", "--grid", "1,4,16", "--samples", "1024"], &[1, 2, 3, 4, 8]);
}

#[test]
#[ignore = "takes long: run by night"]
fn parts_of_all_the_registry_give_the_whole() {
    same(&["verify", "--evidence", "monte-carlo"], &[1, 2, 3, 4, 8]);
    same(&["falsify"], &[1, 2, 3, 4, 8]);
}

#[test]
#[ignore = "takes long: run by night"]
fn parts_of_the_registry_give_the_whole() {
    let sampled = ["B2", "D2", "--evidence", "monte-carlo", "--effort", "quick"];
    same(&[&["verify"], &sampled[..]].concat(), &[1, 2, 3, 4, 8]);
    same(&[&["falsify"], &sampled[..]].concat(), &[2, 3]);
    same(&["verify", "A1", "--effort", "quick"], &[3]);
}

#[test]
#[ignore = "takes long: run by night"]
fn parts_of_studies_and_audits_give_the_whole() {
    let law = example("mixture-2d.toml");
    let study = ["study", "--law", &law, "--steps", "4,6", "--clocks", "edm,flow:1,kl-s2", "--starts", "256"];
    same(&study, &[1, 2, 3, 4, 8]);
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/models/exact.toml");
    let model = model.display().to_string();
    let few = ["--sigmas", "0.2,1,5", "--samples", "2048"];
    same(&[&["audit", "--model", &model, "--law", &law], &few[..]].concat(), &[1, 2, 4]);
}

/// A refusal in one line that says so.
#[track_caller]
fn refused(words: &[&str], parts: &[&str]) {
    let output = run(words);
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), line.matches('\n').count()), (Some(2), 1), "{words:?}: {line}");
    assert!(output.stdout.is_empty() && parts.iter().all(|part| line.contains(part)), "{parts:?}: {line}");
}

#[test]
fn parts_that_do_not_fit_are_refused_by_name() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name).display().to_string();
    let law = at("law.toml");
    fs::copy(example("mixture-3.toml"), &law).unwrap();
    let paths = |seed: &'static str, grid: &'static str| -> Vec<String> {
        let words = ["paths", "--law", &law, "--process", "ou", "--grid", grid, "--n", "10", "--seed", seed];
        words.map(str::to_owned).to_vec()
    };
    let make = |words: &[String], which: [usize; 2], name: &str| {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        part(&words, which, &at(name), "1");
        at(name)
    };
    let own = paths("1", "0.1,1");
    let all: Vec<String> = (1..=3).map(|i| make(&own, [i, 3], &format!("{i}.json"))).collect();
    let [a, b, c] = [&all[0], &all[1], &all[2]];
    let out = at("merged.json");
    let merge =
        |files: &[&str]| [&["merge"], files, &["--out", &out]].concat().into_iter().map(str::to_owned).collect();
    let no = |files: &[&str], said: &[&str]| {
        let words: Vec<String> = merge(files);
        refused(&words.iter().map(String::as_str).collect::<Vec<_>>(), said);
        assert!(!Path::new(&out).exists());
    };
    no(&[a, c], &["part 2 of 3 missing"]);
    no(&[b], &["parts 1, 3 of 3 missing"]);
    no(&[a, b, c, b], &["2.json and ", "both are part 2 of 3"]);
    no(&[a, b, &make(&own, [3, 4], "four.json")], &["four.json: part of 4, expected of 3 as in", "1.json"]);
    no(&[a, b, &make(&paths("2", "0.1,1"), [3, 3], "seed.json")], &["seed.json", "--seed 2", "--seed 1"]);
    no(&[a, b, &make(&paths("1", "0.1,2"), [3, 3], "grid.json")], &["grid.json", "--grid 0.1,2", "--grid 0.1,1"]);
    let whole = fs::read_to_string(c).unwrap();
    for (text, said) in [
        ("not JSON".to_owned(), "expected a part of infodyn"),
        (whole[..whole.len() / 2].to_owned(), "expected a part of infodyn"),
        (whole.replace("part/1", "part/0"), "schema"),
        (whole.replace("\"part\":[3,3]", "\"part\":[0,3]"), "0 of 3"),
        (whole.replace("\"2\":{", "\"1\":{"), "loops[0].pieces"),
        (whole.replace("trials", "trails"), "not in it"),
        (whole.replace("\"paths\",\"--law\"", "\"fit\",\"--law\""), "\"fit\", expected \"paths\""),
        (whole.replace("\"version\":\"", "\"version\":\"9"), "version 9"),
    ] {
        fs::write(at("bad.json"), &text).unwrap();
        no(&[a, b, &at("bad.json")], &["bad.json", said]);
    }
    // Another law of that name, for one part and for the merge.
    fs::copy(example("ring-8.toml"), &law).unwrap();
    no(&[a, b, &make(&own, [3, 3], "law.json")], &["law.json: law", "expected"]);
    no(&[a, b, c], &["1.json: law", "as it is here"]);
    fs::copy(example("mixture-3.toml"), &law).unwrap();
    good(&[&["merge"][..], &[a, b, c].map(String::as_str)].concat());
}

#[test]
fn parts_of_checks_are_of_the_same_law_files() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name).display().to_string();
    let law = at("law.toml");
    let laws = format!("file:{law}");
    let check = ["check", "mmse >= 0", "--laws", &laws, "--process", "ou", "--cases", "8"];
    fs::copy(example("mixture-3.toml"), &law).unwrap();
    part(&check, [1, 2], &at("1.json"), "1");
    part(&check, [2, 2], &at("2.json"), "1");
    good(&["merge", &at("1.json"), &at("2.json")]);
    fs::copy(example("two-atoms.toml"), &law).unwrap();
    refused(&["merge", &at("1.json"), &at("2.json")], &["1.json: file:", "as it is here"]);
    part(&check, [2, 2], &at("2.json"), "1");
    refused(&["merge", &at("1.json"), &at("2.json")], &["2.json: file:", "as in"]);
}

/// What takes long and is of all parts is done once: the merge takes it from them, of an audit each part has its own.
#[test]
fn parts_keep_what_all_else_rests_on() {
    let place = tempfile::tempdir().unwrap();
    let (law, file) = (few_digits(place.path()), place.path().join("part.json").display().to_string());
    let loops = |command: &[&str]| -> Vec<(String, u64, usize)> {
        part(command, [1, 2], &file, "2");
        let part: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let of = |of: &serde_json::Value| {
            let pieces = of["pieces"].as_object().unwrap().len();
            (of["what"].as_str().unwrap().to_owned(), of["count"].as_u64().unwrap(), pieces)
        };
        part["loops"].as_array().unwrap().iter().map(of).collect()
    };
    let own = ["profile", "--law", &law, "--process", "edm", "--grid", "log:0.5:20:3", "--quantities", "mmse"];
    let found = loops(&own);
    assert!(found.contains(&("numbers of samples".into(), 1, 1)), "{found:?}");
    assert!(found.contains(&("distances of points".into(), 1, 1)), "{found:?}");
    assert!(found.iter().all(|of| !of.0.starts_with("chunks of stream 1")), "the pilot is shared: {found:?}");
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/models/exact.toml").display().to_string();
    let law = example("mixture-2d.toml");
    let audit = ["audit", "--model", &model, "--law", &law, "--sigmas", "0.2,1,5", "--samples", "512"];
    assert_eq!(loops(&audit), [("levels".into(), 3, 2), ("rows mixed".into(), 3, 2)]);
}

#[test]
fn what_is_no_part_is_refused() {
    let law = example("mixture-3.toml");
    let profile = ["profile", "--law", &law, "--process", "ou", "--grid", "1"];
    let with = |more: &[&'static str]| [&profile[..], more].concat();
    for which in ["0/3", "4/3", "1", "1/0", "-1/2", "a/b", "1/2/3", "1/99999999999"] {
        refused(&[&profile[..], &["--out", "x.json", "--part", which]].concat(), &["--part", "I/N"]);
    }
    refused(&with(&["--part", "1/2"]), &["--part", "expected --out FILE"]);
    refused(&["check", "claims.toml", "--part", "1/2", "--out", "x.json"], &["--part: with a file of claims"]);
    refused(&with(&["--part", "1/2", "--json", "--out", "x.json"]), &["--part", "--json"]);
    refused(&with(&["--part", "1/2", "--state", "s.json", "--out", "x.json"]), &["--part", "--state"]);
    refused(&with(&["--part", "1/2", "--accuracy", "0.1", "--out", "x.json"]), &["--accuracy", "--samples"]);
    refused(&with(&["--part", "1/2", "--out", "no/such/folder/x.json"]), &["--out"]);
    refused(&["verify", "B2", "--out", "x.json"], &["--part"]);
    refused(&["merge"], &["PART"]);
    refused(&["merge", "no-such-part.json"], &["no-such-part.json"]);
    assert!(!Path::new("x.json").exists());
}

/// A part that is killed at any time leaves its file as it was or whole, and done again it has the same bytes.
#[test]
fn a_part_that_is_killed_leaves_nothing_half_written() {
    let place = tempfile::tempdir().unwrap();
    let law = few_digits(place.path());
    let file = place.path().join("part.json");
    let own = ["profile", "--law", &law, "--process", "edm", "--grid", "log:0.5:20:4", "--samples", "4096"];
    let words = [&own[..], &["--part", "2/3", "--out", file.to_str().unwrap()]].concat();
    good(&words);
    let whole = fs::read(&file).unwrap();
    // INFODYN_KILLS=50 for fifty, at times that are spread over a run.
    let kills: u64 = std::env::var("INFODYN_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(8);
    let names = |place: &Path| fs::read_dir(place).unwrap().map(|e| e.unwrap().path()).collect::<Vec<PathBuf>>();
    let mut left = 0;
    for kill in 0..kills {
        fs::remove_file(&file).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_infodyn"));
        let mut child = child.args(&words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(kill * 400 / kills));
        child.kill().unwrap();
        child.wait().unwrap();
        left += u64::from(file.exists());
        assert!(!file.exists() || fs::read(&file).unwrap() == whole);
        good(&words);
        assert!(fs::read(&file).unwrap() == whole);
    }
    assert!(left < kills, "every part was done before it was killed");
    // What a killed writer leaves beside is no part by its name.
    let strange = |p: &PathBuf| p.extension().is_none_or(|e| e != "toml") && *p != file;
    let strange: Vec<PathBuf> = names(place.path()).into_iter().filter(strange).collect();
    assert!(strange.iter().all(|p| p.file_name().unwrap().to_string_lossy().starts_with(".infodyn-")), "{strange:?}");
}

/// The blocks of shell of docs/parallel.md, in a folder that has the examples, say what the program says of the whole.
#[test]
fn the_scripts_of_the_page_give_the_whole() {
    let page = include_str!("../../../docs/parallel.md");
    let scripts: Vec<&str> = page.split("\n```sh\n").skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect();
    let [job, parallel] = scripts[..] else { panic!("two scripts") };
    let bin = Path::new(env!("CARGO_BIN_EXE_infodyn")).parent().unwrap().display().to_string();
    let path = format!("{bin}:{}", std::env::var("PATH").unwrap());
    let bash = |script: &str, place: &Path, task: &str| {
        let mut bash = Command::new("bash");
        bash.args(["-c", script]).current_dir(place).env("PATH", &path).env("SLURM_ARRAY_TASK_ID", task);
        let output = bash.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let place = || {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("examples")).unwrap();
        fs::copy(example("mixture-3.toml"), place.path().join("examples/mixture-3.toml")).unwrap();
        place
    };
    let whole = place();
    let asked = "infodyn profile --law examples/mixture-3.toml --process ou --grid log:0.1:2:4 --method monte-carlo \
                 --samples 16384 --out profile.json";
    bash(asked, whole.path(), "");
    let whole = fs::read(whole.path().join("profile.json")).unwrap();
    let array = place();
    (1..=4).for_each(|task| bash(job, array.path(), &task.to_string()));
    bash("infodyn merge parts/*.json --out profile.json", array.path(), "");
    assert!(fs::read(array.path().join("profile.json")).unwrap() == whole);
    if Command::new("parallel").arg("--version").output().is_err() {
        println!("GNU parallel is not installed: its script is not run");
        return;
    }
    let own = place();
    bash(parallel, own.path(), "");
    assert!(fs::read(own.path().join("profile.json")).unwrap() == whole);
}
