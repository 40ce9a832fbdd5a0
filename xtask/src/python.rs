//! `python`: the Python package as its users get it, its tests, and the site of the documentation.

use std::path::Path;
use std::process::Command;

use crate::shell::{cargo, complain, root, run};

/// Builds the wheel, imports it beside NumPy alone, runs the tests and the checker of types, and makes the site;
/// 2 where there is no Python.
pub(crate) fn python() -> u8 {
    let (sources, place) = (root().join("crates/infodyn-py"), root().join("target/python"));
    let (tools, fresh, wheels) = (place.join("tools"), place.join("fresh"), place.join("wheels"));
    let inside = |environment: &Path, name: &str| {
        let mut command = Command::new(environment.join("bin").join(name));
        command.current_dir(root()).env("CARGO_TARGET_DIR", root().join("target"));
        command
    };
    let made = |environment: &Path| {
        let there = environment.join("bin/python").exists();
        if there { 0 } else { run(Command::new("python3").args(["-m", "venv"]).arg(environment)) }
    };
    let pip = |environment: &Path| {
        let mut install = inside(environment, "python");
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        install
    };
    // By its name and the folder that holds nothing else: the tag in the file's name is the machine's.
    let wheel = |environment: &Path| {
        run(pip(environment)
            .args(["--force-reinstall", "--no-deps", "--no-index", "--find-links"])
            .arg(&wheels)
            .arg("infodyn"))
    };
    // With all else, as the tests of CI have built it: alone it is another build.
    let program = || cargo(&["build", "--release", "--quiet", "--workspace", "--bins", "--tests"], &[]);
    let constraints = sources.join("requirements.txt");
    let pages = root().join("docs/site/requirements.txt");
    let installed = || run(pip(&tools).arg("--requirement").arg(&constraints).arg("--requirement").arg(&pages));
    let built = || {
        drop(std::fs::remove_dir_all(&wheels));
        let maturin = ["build", "--release", "--locked", "--quiet", "--manifest-path"];
        run(inside(&tools, "maturin").args(maturin).arg(sources.join("Cargo.toml")).arg("--out").arg(&wheels))
    };
    // A user's environment: NumPy, and nothing else.
    let numpy = || run(pip(&fresh).arg("--constraint").arg(&constraints).arg("numpy"));
    let asked = ["-W", "error", "-c", "import infodyn; infodyn.profile(infodyn.Law.gaussian([0.0], 1.0), [1.0])"];
    let alone = || run(inside(&fresh, "python").args(asked));
    let tested = || run(inside(&tools, "python").args(["-m", "pytest", "-q"]).current_dir(&sources));
    let typed = || {
        let checked = ["-m", "mypy", "python/infodyn", "examples"];
        run(inside(&tools, "python").args(checked).current_dir(&sources))
    };
    // The site links to it.
    let crates = || cargo(&["doc", "--release", "--workspace", "--no-deps", "--quiet"], &[]);
    let site = || {
        let mut build = inside(&tools, "python");
        build.args(["-m", "mkdocs", "build", "--strict", "--quiet", "--config-file", "docs/site/mkdocs.yml"]);
        run(build.env("NO_MKDOCS_2_WARNING", "1"))
    };
    let steps: [(&str, &dyn Fn() -> u8); 13] = [
        ("program", &program),
        ("environment", &|| made(&tools)),
        ("tools", &installed),
        ("wheel", &built),
        ("installed", &|| wheel(&tools)),
        ("environment of a user", &|| made(&fresh)),
        ("NumPy", &numpy),
        ("installed there", &|| wheel(&fresh)),
        ("beside NumPy alone", &alone),
        ("tests", &tested),
        ("types", &typed),
        ("documentation of Rust", &crates),
        ("site", &site),
    ];
    for (name, step) in steps {
        let code = step();
        if code != 0 {
            complain(&format!("python: {name}: exit {code}"));
            return code;
        }
    }
    0
}
