//! `interop`: lists that the program writes, in the hands of the libraries that they are for.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::shell::{cargo, complain, root, run};

/// Compares what the libraries do with a list with what is recorded of them, or with `--record` records it anew. Their
/// environment is made in the user's cache, once. 2 where there is no Python.
pub(crate) fn interop(arguments: &[OsString]) -> u8 {
    if let Some(other) = arguments.iter().find(|a| *a != "--record") {
        complain(&format!("interop: {}, expected --record or nothing", other.to_string_lossy()));
        return 2;
    }
    let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let Some(cache) = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home) else {
        complain("interop: neither XDG_CACHE_HOME nor HOME is set, expected a place for the libraries");
        return 2;
    };
    let (scripts, environment) = (root().join("tests/interop"), cache.join("infodyn/interop"));
    let python = environment.join("bin/python");
    if !python.exists() {
        complain(&format!("interop: torch, diffusers and others go to {}: 6 GB, some minutes", environment.display()));
    }
    let pip = |more: &[&str], list: &str| {
        let mut install = Command::new(&python);
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        run(install.args(more).arg("--requirement").arg(scripts.join(list)))
    };
    let built = || cargo(&["build", "--release", "--quiet", "--package", "infodyn"], &[]);
    let made = || {
        if python.exists() { 0 } else { run(Command::new("python3").args(["-m", "venv"]).arg(&environment)) }
    };
    let libraries = || pip(&[], "requirements.txt");
    let alone = || pip(&["--no-deps"], "requirements-alone.txt");
    let compared = || {
        let mut compare = Command::new(&python);
        compare.arg(scripts.join("interop.py")).arg(root().join("target/release/infodyn"));
        run(compare.arg(root().join("crates/infodyn/tests/recorded.json")).args(arguments))
    };
    // The package as its users get it, in the same environment.
    let installed = || {
        let mut install = Command::new(&python);
        install.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--force-reinstall",
            "--no-deps",
        ]);
        run(install.arg(root().join("crates/infodyn-py")).env("CARGO_TARGET_DIR", root().join("target")))
    };
    let package = || run(Command::new(&python).arg(scripts.join("package.py")));
    let steps: [&dyn Fn() -> u8; 7] = [&built, &made, &libraries, &alone, &compared, &installed, &package];
    steps.iter().map(|step| step()).find(|&code| code != 0).unwrap_or(0)
}
