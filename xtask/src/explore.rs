//! `explore`: the program of the interactive page, built for browsers.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::shell::{complain, root, run, show};

const TARGET: &str = "wasm32-unknown-unknown";
/// What `infodyn explore` puts into its page.
const COMMITTED: &str = "crates/infodyn/src/explore/infodyn_explore.wasm";

/// Builds the page's program and writes it where the page takes it from; with `--check` compares it with what stands
/// there, byte for byte, 1 when they differ. Bytes are those of one compiler: what another one made is not compared. 2
/// where it cannot be built.
pub(crate) fn explore(arguments: &[OsString]) -> u8 {
    if let Some(other) = arguments.iter().find(|a| *a != "--check") {
        complain(&format!("explore: {}, expected --check or nothing", other.to_string_lossy()));
        return 2;
    }
    let committed = root().join(COMMITTED);
    let there = fs::read(&committed).unwrap_or_default();
    if !arguments.is_empty() && compiler().is_none_or(|c| !there.windows(c.len()).any(|w| w == c.as_bytes())) {
        show(&format!("{COMMITTED}: another compiler's, not compared\n"));
        return 0;
    }
    let code = build();
    if code != 0 {
        complain(&format!("explore: exit {code}; the target is had by rustup target add {TARGET}"));
        return 2;
    }
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let found = fs::read(target.join(TARGET).join("explore/infodyn_explore.wasm")).unwrap_or_default();
    let told = match (arguments.is_empty(), there == found) {
        (_, true) => "is what would be built",
        (true, false) => match fs::write(&committed, found) {
            Ok(()) => "written",
            Err(error) => {
                complain(&format!("{COMMITTED}: {error}"));
                return 2;
            }
        },
        (false, false) => {
            complain(&format!("{COMMITTED}: not what would be built; cargo xtask explore writes it"));
            return 1;
        }
    };
    show(&format!("{COMMITTED}: {told}\n"));
    0
}

/// Builds it such that no path of this machine is in it, and nothing of an earlier build.
fn build() -> u8 {
    let home = env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo"));
    let registry = env::var_os("CARGO_HOME").map(PathBuf::from).or(home).unwrap_or_default().join("registry/src");
    let hidden = |from: &PathBuf, to: &str| format!("--remap-path-prefix={}={to}", from.display());
    let flags = [hidden(&registry, "/registry"), hidden(&root(), "/infodyn")].join("\u{1f}");
    // Where there is no rustup, the target is there or the build says so.
    drop(Command::new("rustup").args(["target", "add", TARGET]).current_dir(root()).output());
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--locked", "--profile", "explore", "--target", TARGET]);
    cargo.args(["--package", "infodyn-explore", "--lib"]);
    run(cargo.env("CARGO_ENCODED_RUSTFLAGS", flags).env("CARGO_INCREMENTAL", "0").current_dir(root()))
}

/// What a program that this compiler has made says of it.
fn compiler() -> Option<String> {
    let told = Command::new("rustc").arg("-vV").current_dir(root()).output().ok()?;
    let hash = String::from_utf8(told.stdout).ok()?;
    Some(format!("/rustc/{}/", hash.lines().find_map(|line| line.strip_prefix("commit-hash: "))?))
}
