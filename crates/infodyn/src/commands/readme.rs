//! `infodyn readme`: the parts of README.md that the registry writes.

use std::fmt::Write as _;
use std::process::ExitCode;

use infodyn_claims::{Context, Effort, Kind, registry};
use infodyn_data::Output;

use super::registry::{digits, workspace};
use crate::text::{Outcome, Refusal, print};

/// The flags of `readme`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Say whether README.md is as the registry would write it, and write nothing.
    #[arg(long)]
    check: bool,
}

const START: &str = "<!-- claims: written by `cargo xtask readme` -->\n";
const END: &str = "<!-- end of claims -->";

/// Writes the table of claims into README.md, or compares: 0, or 1 when it is stale.
pub(crate) fn run(args: &Args) -> Outcome<ExitCode> {
    let path = workspace().join("README.md");
    let fail = |e: &dyn std::fmt::Display| Refusal::flag("README.md", e);
    let text = std::fs::read_to_string(&path).map_err(|e| fail(&e))?;
    let (Some(start), Some(end)) = (text.find(START), text.find(END)) else {
        return Err(fail(&"no place for the table of claims, expected its two comment lines"));
    };
    let fresh = format!("{}{START}{}{}", &text[..start], table()?, &text[end..]);
    if args.check {
        let same = fresh == text;
        print(if same {
            "README.md: as the registry writes it\n"
        } else {
            "README.md: stale; run cargo xtask readme\n"
        })?;
        return Ok(ExitCode::from(u8::from(!same)));
    }
    Output::any(&path)?.write(fresh.as_bytes())?;
    print("README.md: written\n")?;
    Ok(ExitCode::SUCCESS)
}

fn table() -> Outcome<String> {
    let context = Context { seed: 0, effort: Effort::Standard, digits: Some(digits()?) };
    let mut text = String::from("| claim | statement | where it comes from | checks |\n|---|---|---|---|\n");
    for claim in registry() {
        let checks = (claim.checks)(&context).map_err(|e| Refusal::flag(claim.id, e))?;
        let count = |kind: Kind| checks.iter().filter(|c| c.kind == kind).count();
        let kinds = Kind::ALL.into_iter().filter(|&k| count(k) > 0);
        let kinds: Vec<String> = kinds.map(|k| format!("{} {k}", count(k))).collect();
        // A bar would end the cell.
        let statement = claim.statement.replace('|', "\\|");
        let _ = writeln!(
            text,
            "| **{}** {} | {statement} | {} | {} |",
            claim.id,
            claim.name,
            claim.origin,
            kinds.join(", ")
        );
    }
    Ok(text)
}
