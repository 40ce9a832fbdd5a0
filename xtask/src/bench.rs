//! `bench`: the workloads of `crates/infodyn-bench`, alone or beside other libraries.

use std::ffi::OsString;
use std::process::Command;

use crate::shell::{cargo, root, run};

/// One thread, in every library.
const ALONE: [(&str, &str); 6] = [
    ("OMP_NUM_THREADS", "1"),
    ("OPENBLAS_NUM_THREADS", "1"),
    ("RAYON_NUM_THREADS", "1"),
    ("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false"),
    ("JAX_PLATFORMS", "cpu"),
    ("JAX_ENABLE_X64", "1"),
];

/// The program of the workloads, with its flags; with `--peers` in turn with the libraries of a Python environment that
/// is made where it is missing. 2 where there is no Python.
pub(crate) fn bench(arguments: &[OsString]) -> u8 {
    let (peers, rest): (Vec<OsString>, Vec<OsString>) = arguments.iter().cloned().partition(|a| a == "--peers");
    if peers.is_empty() {
        return cargo(&["run", "--release", "--quiet", "--package", "infodyn-bench", "--"], &rest);
    }
    let (scripts, environment) = (root().join("crates/infodyn-bench/peers"), root().join("target/bench/venv"));
    let python = environment.join("bin/python");
    let built = || cargo(&["build", "--release", "--quiet", "--package", "infodyn-bench"], &[]);
    let made = || {
        if python.exists() { 0 } else { run(Command::new("python3").args(["-m", "venv"]).arg(&environment)) }
    };
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    let installed = || run(Command::new(&python).args(install).arg(scripts.join("requirements.txt")));
    let measured = || {
        let mut measure = Command::new(&python);
        measure.arg(scripts.join("run.py")).args(&rest).current_dir(root()).envs(ALONE);
        // What the machine's settings say of a kernel is not what the library would choose.
        run(measure.env_remove("OPENBLAS_CORETYPE").env_remove("OPENBLAS_L2_SIZE"))
    };
    let steps: [&dyn Fn() -> u8; 4] = [&built, &made, &installed, &measured];
    steps.iter().map(|step| step()).find(|&code| code != 0).unwrap_or(0)
}
