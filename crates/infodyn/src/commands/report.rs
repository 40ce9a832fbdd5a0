//! `infodyn report`: one self-contained page with everything that a run of the registry came to.

use std::path::{Path, PathBuf};
use std::process::Command;

use infodyn_claims::{falsify, registry, verify};
use infodyn_data::Output;

use super::figures::pictures;
use super::registry::Args as Shared;
use crate::home::Home;
use crate::report::{Material, page};
use crate::text::{Outcome, Refusal, print};

/// The flags of `report`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    shared: Shared,
    /// File to write [default: infodyn-report.html; target/report/index.html by `cargo xtask report`].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Writes the page, whatever it has to say; with the proofs and the committed figures of a checkout where there is one.
pub fn run(args: &Args, home: Option<&Home>) -> Outcome {
    let own = || home.map_or_else(|| "infodyn-report.html".into(), |home| home.root.join("target/report/index.html"));
    let path = args.out.clone().unwrap_or_else(own);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| Refusal::flag("--out", e))?;
    }
    let file = Output::any(&path).map_err(|e| Refusal::flag("--out", e))?;
    let plan = args.shared.plan(home)?;
    plan.expect_proofs_checked()?;
    let report = plan.run(|tell| verify(&plan.context, &plan.claims, &plan.kinds, tell))?;
    if report.claims.is_empty() {
        return Err(plan.nothing());
    }
    let falsification = plan.run(|tell| falsify(&plan.context, &plan.claims, &plan.kinds, tell))?;
    let figures = home.map(|home| home.root.join("figures"));
    let pictures = pictures(figures.as_deref(), &plan.context)?;
    let material = Material {
        claims: &registry(),
        report: &report,
        falsification: &falsification,
        proofs: home.map_or(&[], |home| &home.statements),
        pictures: &pictures,
        run: &facts(report.seed, report.effort, home.map(|home| home.root.as_path())),
    };
    file.write(page(&material)?.as_bytes())?;
    print(&format!("{}: written, {}\n", path.display(), report.verdict))?;
    Ok(())
}

/// Where, by which version and with what the run was made.
fn facts(seed: u64, effort: &str, checkout: Option<&Path>) -> Vec<(&'static str, String)> {
    let describe = ["describe", "--always", "--dirty", "--abbrev=12"];
    let commit = checkout.and_then(|folder| Command::new("git").args(describe).current_dir(folder).output().ok());
    let commit = commit.filter(|o| o.status.success()).map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned());
    let processor = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|l| l.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    vec![
        ("command", format!("cargo xtask report --seed {seed} --effort {effort}")),
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("commit", commit.unwrap_or_else(|| "unknown".into())),
        ("seed", seed.to_string()),
        ("effort", effort.to_owned()),
        (
            "machine",
            format!(
                "{}, {cores} threads, {} {}",
                processor.unwrap_or_default(),
                std::env::consts::OS,
                std::env::consts::ARCH
            ),
        ),
    ]
}
