//! What the machine may do to a run: an end without warning, no room, no place to write, no terminal, another language,
//! odd names, little memory, one core. Each time the right answer, or one clear line.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // helpers of tests

mod common;

use std::fs::{self, Permissions};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use common::{document, example, good};
use infodyn_core::Quantity;
use infodyn_monte_carlo::Philox;

const PROGRAM: &str = env!("CARGO_BIN_EXE_infodyn");

/// A run of the program by the shell, after the shell's own commands.
fn shell(before: &str, args: &[&str]) -> Output {
    let script = format!("{before} exec \"$0\" \"$@\"");
    Command::new("sh").args(["-c", &script, PROGRAM]).args(args).output().unwrap()
}

/// The one line of a refusal.
#[track_caller]
fn line(output: &Output) -> String {
    let line = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!((output.status.code(), line.matches('\n').count()), (Some(2), 1), "{line}");
    line
}

/// How often a command is killed: `INFODYN_KILLS=100` for a hundred times each.
fn kills() -> u32 {
    std::env::var("INFODYN_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(4)
}

/// Moments within the time that a run takes, and a little beyond.
fn moments(whole: Duration) -> impl Iterator<Item = Duration> {
    let mut random = Philox::new([19, 0], [0, 0], 0);
    (0..kills()).map(move |_| whole.mul_f64(1.1 * (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64))
}

/// Runs a command and kills it after a time.
fn killed(args: &[&str], after: Duration) {
    let mut child = Command::new(PROGRAM).args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The answer to a command that keeps its state, and how long it took.
fn timed(args: &[&str]) -> (Vec<u8>, Duration) {
    let start = std::time::Instant::now();
    let answer = good(args).stdout;
    (answer, start.elapsed())
}

#[test]
#[ignore = "takes long: run by night"]
fn a_killed_run_goes_on_to_the_bits_of_an_unbroken_one() {
    let place = tempfile::tempdir().unwrap();
    let state = place.path().join("state.json");
    let name = state.display().to_string();
    let (digits, mixture) = (example("digits.toml"), example("mixture-2d.toml"));
    let profile = ["profile", "--law", &digits, "--process", "edm", "--grid", "log:0.5:20:34", "--samples", "512"];
    let study = ["study", "--law", &mixture, "--steps", "4", "--clocks", "edm,flow:1", "--starts", "256"];
    for command in [&profile[..], &study] {
        let command = [command, &["--json", "--state", &name]].concat();
        let (whole, time) = timed(&command);
        for after in moments(time) {
            fs::remove_file(&state).unwrap_or_default();
            // Twice, so that a run that goes on is killed too.
            killed(&command, after);
            killed(&command, after / 2);
            if let Ok(text) = fs::read(&state) {
                serde_json::from_slice::<serde_json::Value>(&text).unwrap();
            }
            assert!(good(&command).stdout == whole, "{command:?} killed after {after:?}");
        }
        fs::remove_file(&state).unwrap();
    }
}

#[test]
fn a_killed_run_leaves_no_half_of_a_file() {
    let place = tempfile::tempdir().unwrap();
    let [mixture, atoms] = ["mixture-2d.toml", "two-atoms.toml"].map(example);
    let out = |name: &str| place.path().join(name).display().to_string();
    let [profile, critical, schedule, sample, paths] =
        ["profile.csv", "critical.json", "schedule.npz", "sample.npy", "paths.json"].map(out);
    for (file, command) in [
        (&profile, &["profile", "--law", &mixture, "--process", "ou", "--grid", "0.5,1", "--out", &profile][..]),
        (&critical, &["critical", "--law", &atoms, "--process", "ou", "--out", &critical]),
        (&schedule, &["schedule", "--law", &atoms, "--steps", "8", "--out", &schedule]),
        (&sample, &["sample", "--law", &mixture, "--process", "ou", "--count", "20000", "--out", &sample]),
        (&paths, &["paths", "--law", &atoms, "--process", "ou", "--grid", "0.5,1", "--out", &paths]),
    ] {
        let (_, time) = timed(command);
        let whole = fs::read(file).unwrap();
        for after in moments(time) {
            fs::remove_file(file).unwrap_or_default();
            killed(command, after);
            assert!(fs::read(file).is_ok_and(|bytes| bytes == whole) || !Path::new(file).exists(), "{file} {after:?}");
            // What was there before stays until its place is taken by the whole of the new.
            fs::write(file, "old").unwrap();
            killed(command, after);
            let there = fs::read(file).unwrap();
            assert!(there == whole || there == b"old", "{file} after {after:?}");
        }
    }
    for left in fs::read_dir(place.path()).unwrap() {
        let name = left.unwrap().file_name().into_string().unwrap();
        assert!(name.starts_with(".infodyn-") || name.split('.').next().is_some_and(|n| n.len() > 4), "{name}");
    }
}

#[test]
fn places_without_room() {
    let place = tempfile::tempdir().unwrap();
    let (law, file) = (example("two-atoms.toml"), place.path().join("a.csv"));
    let question = ["profile", "--law", &law, "--process", "ou", "--grid", "0.1:3:200"];
    let with = |flag: &'static str, value: &Path| -> Vec<String> {
        question.iter().map(|s| (*s).into()).chain([flag.into(), value.display().to_string()]).collect()
    };
    let run = |before: &str, args: &[String]| shell(before, &args.iter().map(String::as_str).collect::<Vec<_>>());
    if Path::new("/dev/full").exists() {
        let full =
            Command::new(PROGRAM).args(question).stdout(fs::File::create("/dev/full").unwrap()).output().unwrap();
        assert!(line(&full).contains("standard output: No space left"));
    }
    // The limit of a file's length ends a write as a full disk does.
    fs::write(&file, "old").unwrap();
    let limited = run("trap '' XFSZ; ulimit -f 1;", &with("--out", &file));
    assert!(line(&limited).contains("a.csv: cannot write it") && limited.stdout.is_empty());
    let state = place.path().join("state.json");
    let limited = run("trap '' XFSZ; ulimit -f 1;", &with("--state", &state));
    assert!(line(&limited).contains("state.json: cannot write it"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "old");
    let left: Vec<_> = fs::read_dir(place.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left, ["a.csv"], "what was begun is taken away");
    // The system's own user may write there.
    fs::set_permissions(place.path(), Permissions::from_mode(0o555)).unwrap();
    let denied = run("", &with("--out", &file));
    if denied.status.code() != Some(0) {
        assert!(line(&denied).contains("permission denied"));
    }
    fs::set_permissions(place.path(), Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn what_is_no_file_is_written_to_and_stays_what_it_is() {
    let place = tempfile::tempdir().unwrap();
    let pipe = place.path().join("pipe.json");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    let law = example("two-atoms.toml");
    good(&["profile", "--law", &law, "--process", "ou", "--grid", "0.3", "--out", &pipe.display().to_string()]);
    assert!(reader.join().unwrap().contains("infodyn.profile"));
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
}

/// A reader that goes away is no error of any command that tells much.
#[test]
fn closed_pipes() {
    let (atoms, mixture) = (example("two-atoms.toml"), example("mixture-2d.toml"));
    for command in [
        &["profile", "--law", &atoms, "--process", "ou", "--grid", "0.1:3:2000"][..],
        &["critical", "--law", &atoms, "--process", "ou", "--json"],
        &["schedule", "--law", &mixture, "--steps", "200"],
        &["verify", "A1", "--json", "-"],
        &["formula", "B2"],
    ] {
        let mut child =
            Command::new(PROGRAM).args(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdout.take().unwrap().read_exact(&mut [0; 1]).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let more = said.lines().filter(|line| !line.ends_with(": this takes longer than 10 s")).count();
        assert_eq!((output.status.code(), more), (Some(0), 0), "{command:?}: {said}");
    }
}

/// The same bytes in every language, without a home, a terminal or a path, and on one core.
#[test]
fn surroundings_change_no_answer() {
    let law = example("mixture-2d.toml");
    let question = [
        "profile",
        "--law",
        &law,
        "--process",
        "edm",
        "--grid",
        "0.5,2",
        "--method",
        "monte-carlo",
        "--samples",
        "4096",
    ];
    let here = good(&question).stdout;
    let bare = |more: &[(&str, &str)]| {
        Command::new(PROGRAM).args(question).env_clear().envs(more.iter().copied()).output().unwrap()
    };
    for surroundings in [
        &[][..],
        &[("LANG", "C")],
        &[("LC_ALL", "de_DE.UTF-8"), ("LANG", "de_DE.UTF-8")],
        &[("LC_NUMERIC", "fr_FR.UTF-8")],
        &[("LC_ALL", "no such language")],
        &[("HOME", "/nowhere"), ("TERM", "dumb"), ("TZ", "nowhere/nothing"), ("TMPDIR", "/nowhere")],
        &[("RAYON_NUM_THREADS", "1")],
        &[("RAYON_NUM_THREADS", "7")],
    ] {
        let output = bare(surroundings);
        assert!(output.status.success() && output.stdout == here, "{surroundings:?}: {output:?}");
    }
    if Command::new("taskset").arg("-V").output().is_ok() {
        let alone = shell("command -v taskset >/dev/null && exec taskset -c 0 \"$0\" \"$@\";", &question);
        assert!(alone.status.success() && alone.stdout == here, "{alone:?}");
    }
}

#[test]
fn names_of_any_kind() {
    let place = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(example("two-atoms.toml")).unwrap();
    for name in ["with a space", "Maß und Zahl", "数据", "-dash", "quote'\"", "new\nline"] {
        let folder = place.path().join(name);
        fs::create_dir(&folder).unwrap();
        let (law, out) = (folder.join("law é.toml"), folder.join("out é.json"));
        fs::write(&law, &text).unwrap();
        let [law, out] = [law, out].map(|path| path.display().to_string());
        let answer = document(&["profile", "--law", &law, "--process", "ou", "--grid", "0.3", "--out", &out]);
        let written: serde_json::Value = serde_json::from_slice(&fs::read(&out).unwrap()).unwrap();
        assert_eq!(answer, written);
        assert!(answer.to_string().contains(Quantity::ConditionalEntropyRate.name()));
    }
    // Bytes that are no text.
    let law = place.path().join(std::ffi::OsStr::from_bytes(b"law \xff.toml"));
    if fs::write(&law, &text).is_ok() {
        let args = ["profile", "--process", "ou", "--grid", "0.3", "--law"];
        let output = Command::new(PROGRAM).args(args).arg(&law).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
}

/// 512 MiB of address space serve; fewer threads than were asked for are said so in a line.
#[test]
fn little_memory() {
    let place = tempfile::tempdir().unwrap();
    let samples = place.path().join("a.npy").display().to_string();
    let (digits, mixture) = (example("digits.toml"), example("mixture-2d.toml"));
    for command in [
        &["profile", "--law", &digits, "--process", "edm", "--grid", "log:0.5:20:6", "--samples", "512"][..],
        &["critical", "--law", &mixture, "--process", "ou"],
        &["schedule", "--law", &mixture, "--steps", "8"],
        &["sample", "--law", &digits, "--process", "edm", "--count", "4096", "--out", &samples],
    ] {
        let command = [command, &["--threads", "2"]].concat();
        let output = shell("ulimit -v 524288;", &command);
        assert!(output.status.success(), "{command:?}: {output:?}");
    }
    let many =
        ["profile", "--law", &digits, "--process", "edm", "--grid", "2", "--samples", "512", "--threads", "1024"];
    assert!(line(&shell("ulimit -v 524288;", &many)).contains("--threads"));
}
