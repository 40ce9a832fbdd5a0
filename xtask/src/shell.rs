//! Commands and their exit codes.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The exit code of a cargo command, run in the workspace's root.
pub(crate) fn cargo(fixed: &[&str], arguments: &[OsString]) -> u8 {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(fixed).args(arguments).current_dir(root());
    if fixed.first() == Some(&"doc") {
        command.env("RUSTDOCFLAGS", "-D warnings");
    }
    run(&mut command)
}

/// The exit code of a command; 2 when it does not start.
pub(crate) fn run(command: &mut Command) -> u8 {
    match command.status() {
        // Killed by a signal: no code, and not a success.
        Ok(status) => status.code().and_then(|c| u8::try_from(c).ok()).unwrap_or(1),
        Err(error) => {
            let name = command.get_program().to_string_lossy().into_owned();
            complain(&format!("{name}: {error}, expected it to start"));
            2
        }
    }
}

/// The workspace's root: the folder above this crate.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

#[allow(clippy::print_stdout)]
pub(crate) fn show(text: &str) {
    print!("{text}");
}

#[allow(clippy::print_stderr)]
pub(crate) fn complain(text: &str) {
    eprintln!("{text}");
}
