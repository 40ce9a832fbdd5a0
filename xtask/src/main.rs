//! The workspace's own commands: `cargo xtask COMMAND`.
//!
//! This crate depends on nothing: it runs `cargo`, and the program that `cargo` builds. What the
//! commands do, their flags and exit codes are in `docs/interface.md`.

mod bench;
mod explore;
mod formulas;
mod interop;
mod prove;
mod python;
mod shell;
mod trust;

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Instant;

use shell::{cargo, complain, root, run, show};

/// The commands that the program of the checkout answers, run in release mode from the workspace's root.
const PROGRAM: &[&str] = &["verify", "falsify", "figures", "report", "baseline", "readme", "certify"];

const USAGE: &str = "cargo xtask COMMAND [ARGUMENTS]

  verify [CLAIM..]    check the claims of the theory (all by default); --baseline, the committed numbers too
  falsify [CLAIM..]   break each claim on purpose: every mutant must be refuted
  prove [FILE..]      check the machine proofs and their axioms; --coqchk, --numeric
  figures [ID..]      draw the figures into figures/; --check compares with the committed data
  report              write the report, target/report/index.html or --out FILE
  baseline            compare today's numbers with the committed ones; --bless rewrites them
  readme              write the generated parts of README.md; --check fails when they are stale
  certify             write numbers of the program as theorems for the proof checker; --check
  bench               time small jobs and count their work; --check, --bless; --peers [--quick], other libraries
  explore             build the program of the interactive page for browsers, and write it; --check
  formulas [ID..]     put each wrong formula of tests/formulas.tsv into a route: verify must refute it; --bless
  interop             hand lists of levels to diffusers, k-diffusion and azula, and look; --record; takes 6 GB
  python              build the Python package, install it and test it, in environments under target/python
  browse [FILE]       use the report, without FILE the interactive page and the site too, in a Chromium; --quick
  trust               write TRUST.md from the tables of what was tried; --check fails when it is stale
  ci                  all that CI runs, in its order; --nightly, then what takes hours, under fresh seeds

Common flags: --seed N, --threads N, --effort quick|standard|full, --evidence LIST;
verify and falsify: --json FILE, or - for standard output
";

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<OsString> = arguments.collect();
    let code = match command.to_str() {
        Some(name) if PROGRAM.contains(&name) => program(name, &rest),
        Some("bench") => bench::bench(&rest),
        Some("explore") => explore::explore(&rest),
        Some("formulas") => formulas::formulas(&rest),
        Some("interop") => interop::interop(&rest),
        Some("prove") => prove(&rest),
        Some("python") => python::python(),
        Some("browse") => browse(&rest),
        Some("trust") => trust::trust(&rest),
        Some("ci") if rest.is_empty() => ci(),
        Some("ci") if rest == ["--nightly"] => match ci() {
            0 => nightly(),
            code => code,
        },
        Some("ci") => {
            complain("ci: expected --nightly or nothing");
            2
        }
        Some("help" | "--help" | "-h") => {
            show(USAGE);
            0
        }
        _ => {
            complain(&format!("cargo xtask {}: expected a command; see cargo xtask help", command.to_string_lossy()));
            2
        }
    };
    ExitCode::from(code)
}

/// Everything that CI runs; the code of the first step that fails.
fn ci() -> u8 {
    let none: &[OsString] = &[];
    let check = [OsString::from("--check")];
    let baseline = [OsString::from("--baseline")];
    // The page has the same parts whatever it reports; these kinds of evidence take seconds.
    let exact = ["--evidence", "proof,symbolic,enclosure"].map(OsString::from);
    // All in one profile and one workspace, so that nothing is built twice.
    let steps: Vec<Step<'_>> = vec![
        ("format", Box::new(|| cargo(&["fmt", "--all", "--check"], none))),
        (
            "lints",
            Box::new(|| cargo(&["clippy", "--release", "--workspace", "--all-targets", "--", "-D", "warnings"], none)),
        ),
        (
            "lints of the program without networks and tables",
            Box::new(|| {
                let bare =
                    ["clippy", "--release", "--package", "infodyn", "--no-default-features", "--", "-D", "warnings"];
                cargo(&bare, none)
            }),
        ),
        ("documentation", Box::new(|| cargo(&["doc", "--release", "--workspace", "--no-deps", "--quiet"], none))),
        ("tests", Box::new(|| cargo(&["test", "--release", "--workspace"], none))),
        ("python", Box::new(python::python)),
        ("proofs", Box::new(|| prove(none))),
        ("verify and baseline", Box::new(|| built("verify", &baseline))),
        ("falsify", Box::new(|| built("falsify", none))),
        ("figures", Box::new(|| built("figures", &check))),
        ("readme", Box::new(|| built("readme", &check))),
        ("report", Box::new(|| built("report", &exact))),
        ("browser", Box::new(|| browse(&[OsString::from("--quick")]))),
        ("trust", Box::new(|| trust::trust(&check))),
        // Last: the program that is left has the feature.
        ("ranks of MPI", Box::new(|| ranks(false))),
    ];
    in_turn(&steps)
}

/// What takes hours: every number under a seed that no run has had, all of the proofs, long runs of what is random.
fn nightly() -> u8 {
    let none: &[OsString] = &[];
    let seed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |t| t.as_secs());
    complain(&format!("== nightly, --seed {seed}"));
    let fresh = ["--seed".to_owned(), seed.to_string(), "--effort".into(), "full".into()].map(OsString::from);
    let all = ["--coqchk", "--numeric"].map(OsString::from);
    let long = |name: &str, count: &str, test: &str| {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let arguments = ["test", "--release", "--workspace", "--test", test];
        run(Command::new(cargo).args(arguments).env(name, count).current_dir(root()))
    };
    let deny = || match Command::new("cargo-deny").arg("--version").output() {
        Ok(_) => cargo(&["deny", "check"], none),
        Err(_) => {
            complain("dependencies not checked: cargo install cargo-deny");
            0
        }
    };
    let left_out = |test: &str| cargo(&["test", "--release", "--workspace", "--test", test, "--", "--ignored"], none);
    let left_out =
        || ["references", "parts", "memory", "schedule", "faults"].into_iter().map(left_out).max().unwrap_or(0);
    let steps: Vec<Step<'_>> = vec![
        ("verify under a fresh seed", Box::new(|| built("verify", &fresh))),
        ("falsify under a fresh seed", Box::new(|| built("falsify", &fresh))),
        ("proofs, all of them", Box::new(|| prove(&all))),
        ("interactive page", Box::new(|| explore::explore(&[OsString::from("--check")]))),
        ("site in a browser", Box::new(|| browse(none))),
        ("tests that take long", Box::new(left_out)),
        ("wrong formulas", Box::new(|| formulas::formulas(none))),
        ("ranks of MPI, all of it", Box::new(|| ranks(true))),
        ("false alarms", Box::new(|| long("INFODYN_SEEDS", "100", "false_alarms"))),
        ("readers", Box::new(|| long("INFODYN_FUZZ", "100000", "readers"))),
        ("faults", Box::new(|| long("INFODYN_KILLS", "100", "faults"))),
        ("dependencies", Box::new(deny)),
    ];
    in_turn(&steps)
}

/// Builds the program with its feature `mpi`, and tests it under the launcher of the library that is there: 0, also
/// where there is none. With the features of the other tests, so that no more than the program is built anew.
fn ranks(nightly: bool) -> u8 {
    if Command::new("mpicc").arg("--version").output().is_err() {
        complain("ranks of MPI skipped: no mpicc; Debian: apt-get install openmpi-bin libopenmpi-dev libclang-dev");
        return 0;
    }
    let with = |command| [command, "--release", "--workspace", "--features", "infodyn/mpi", "--test", "ranks"];
    let lints = cargo(&with("clippy"), &["--", "-D", "warnings"].map(OsString::from));
    if lints != 0 {
        return lints;
    }
    let mut test = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    test.args(with("test")).current_dir(root());
    if nightly {
        test.args(["--", "--include-ignored"]).env("INFODYN_KILLS", "50");
    }
    run(&mut test)
}

/// A step by its name.
type Step<'a> = (&'a str, Box<dyn Fn() -> u8 + 'a>);

/// The code of the first step that fails.
fn in_turn(steps: &[Step<'_>]) -> u8 {
    for (name, step) in steps {
        complain(&format!("== {name}"));
        let start = Instant::now();
        let code = step();
        complain(&format!("== {name}: exit {code} after {:.1} s", start.elapsed().as_secs_f64()));
        if code != 0 {
            return code;
        }
    }
    0
}

/// Checks the machine proofs: 0; 1 when one is not accepted; 2 when there is no checker.
fn prove(arguments: &[OsString]) -> u8 {
    let arguments: Vec<String> = arguments.iter().map(|a| a.to_string_lossy().into_owned()).collect();
    match prove::Options::read(&arguments).and_then(|options| prove::prove(&root(), &options)) {
        Ok(done) => {
            show(&format!("{done}\n"));
            0
        }
        Err(prove::Failure::Rejected(why)) => {
            complain(&format!("prove: {why}"));
            1
        }
        Err(prove::Failure::Unable(why)) => {
            complain(&format!("prove: {why}"));
            2
        }
    }
}

/// Opens a report, the interactive page and the site, as far as they are there, in a browser: 0, also where there is
/// none; otherwise the code of the first test that fails. A report that is named is opened alone; `--quick` leaves out
/// the site.
fn browse(arguments: &[OsString]) -> u8 {
    let folder = root().join("tests/browser");
    let chromium = env::var_os("CHROMIUM").map_or_else(|| PathBuf::from("/usr/bin/chromium"), PathBuf::from);
    let there = |name: &str| Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success());
    if let Some(missing) = [("chromium", chromium.exists()), ("node", there("node")), ("npm", there("npm"))]
        .into_iter()
        .find_map(|(name, found)| (!found).then_some(name))
    {
        complain(&format!("browser test skipped: no {missing}; Debian: apt-get install chromium nodejs npm"));
        return 0;
    }
    let install = run(Command::new("npm").args(["ci", "--silent", "--no-audit", "--no-fund"]).current_dir(&folder));
    if install != 0 {
        return install;
    }
    let quick = arguments.first().is_some_and(|a| a == "--quick");
    let shots = root().join("target/browser");
    let test = |script: &str, pages: &[PathBuf]| {
        run(Command::new("node").arg(folder.join(script)).args(pages).arg(&shots).env("CHROMIUM", &chromium))
    };
    if let Some(page) = arguments.first().filter(|_| !quick) {
        return test("report.mjs", &[page.into()]);
    }
    let (program, page, site) = (beside("infodyn"), shots.join("explore.html"), root().join("target/site"));
    let explored = || {
        drop(std::fs::create_dir_all(&shots));
        let written = run(Command::new(&program).args(["explore", "--out"]).arg(&page));
        if written == 0 { test("explore.mjs", &[page.clone(), program.clone()]) } else { written }
    };
    let report = root().join("target/report/index.html");
    let tests: [(&PathBuf, &dyn Fn() -> u8); 3] = [
        (&report, &|| test("report.mjs", std::slice::from_ref(&report))),
        (&program, &explored),
        (&site, &|| test("site.mjs", std::slice::from_ref(&site))),
    ];
    for (needs, test) in tests.into_iter().take(if quick { 2 } else { 3 }) {
        if !needs.exists() {
            complain(&format!("browser test: no {}, not opened", needs.display()));
            continue;
        }
        let code = test();
        if code != 0 {
            return code;
        }
    }
    0
}

/// Runs `infodyn-workspace NAME ARGUMENTS`, built in release mode.
fn program(name: &str, arguments: &[OsString]) -> u8 {
    cargo(&["run", "--release", "--quiet", "--package", "infodyn-workspace", "--", name], arguments)
}

/// Runs `infodyn-workspace NAME ARGUMENTS` as the tests have built it; by itself it would be built with other features,
/// anew.
fn built(name: &str, arguments: &[OsString]) -> u8 {
    run(Command::new(beside("infodyn-workspace")).arg(name).args(arguments).current_dir(root()))
}

/// A program of the workspace, in release mode, beside this one's folder.
fn beside(name: &str) -> PathBuf {
    let here = env::current_exe().ok().and_then(|here| Some(here.parent()?.parent()?.join("release").join(name)));
    here.unwrap_or_else(|| root().join("target/release").join(name))
}
