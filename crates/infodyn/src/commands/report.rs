//! `infodyn report`: one self-contained page with everything that a run of the registry came to.

use std::path::PathBuf;
use std::process::Command;

use infodyn_claims::{falsify, registry, verify};
use infodyn_data::Output;

use super::figures::drawn;
use super::registry::{Args as Shared, workspace};
use crate::proofs::statements;
use crate::report::{Material, Picture, page};
use crate::text::{Outcome, Refusal, print};

/// The flags of `report`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    shared: Shared,
    /// File to write [default: target/report/index.html of the workspace].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Writes the page, whatever it has to say.
pub(crate) fn run(args: &Args) -> Outcome {
    let path = args.out.clone().unwrap_or_else(|| workspace().join("target/report/index.html"));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| Refusal::flag("--out", e))?;
    }
    let file = Output::any(&path).map_err(|e| Refusal::flag("--out", e))?;
    let plan = args.shared.plan()?;
    plan.expect_proofs_checked()?;
    let report = plan.run(|tell| verify(&plan.context, &plan.claims, &plan.kinds, tell))?;
    if report.claims.is_empty() {
        return Err(plan.nothing());
    }
    let falsification = plan.run(|tell| falsify(&plan.context, &plan.claims, &plan.kinds, tell))?;
    let pictures: Vec<Picture> = drawn()?;
    let proofs = statements(&workspace(), &plan.context.proofs).map_err(|e| Refusal::flag("proofs", e))?;
    let material = Material {
        claims: &registry(),
        report: &report,
        falsification: &falsification,
        proofs: &proofs,
        pictures: &pictures,
        run: &facts(report.seed, report.effort),
    };
    file.write(page(&material)?.as_bytes())?;
    print(&format!("{}: written, {}\n", path.display(), report.verdict))?;
    Ok(())
}

/// Where, by which version and with what the run was made.
fn facts(seed: u64, effort: &str) -> Vec<(&'static str, String)> {
    let commit =
        Command::new("git").args(["describe", "--always", "--dirty", "--abbrev=12"]).current_dir(workspace()).output();
    let commit =
        commit.ok().filter(|o| o.status.success()).map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned());
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
