//! `certify`: numbers of this program as theorems for the proof checker.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use infodyn::text::{Outcome, Refusal, print};
use infodyn_data::Output;

use crate::certificate::{certificate, differs};

/// Where the theorems stand.
const COMMITTED: &str = "proofs/numeric/Certified.v";

/// The flags of `certify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Say whether the file is what would be written today, and write nothing.
    #[arg(long)]
    check: bool,
    /// Where the theorems stand, instead of proofs/numeric/Certified.v.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Writes the theorems, or compares: 0, or 1 when the file is stale or a number left its interval.
pub(crate) fn run(args: &Args, root: &Path) -> Outcome<ExitCode> {
    let path = args.out.clone().unwrap_or_else(|| root.join(COMMITTED));
    let name = args.out.as_ref().map_or_else(|| COMMITTED.to_owned(), |path| path.display().to_string());
    let committed = fs::read_to_string(root.join(COMMITTED)).map_err(|e| Refusal::flag(COMMITTED, e))?;
    let (text, numbers) = certificate(&committed).map_err(|e| Refusal::flag("certify", e))?;
    if !args.check {
        Output::any(&path)?.write(text.as_bytes())?;
        print(&format!("{name}: {} numbers written; cargo xtask prove --numeric checks them\n", numbers.len()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let found = fs::read_to_string(&path).map_err(|e| Refusal::flag(&name, e))?;
    let stale = differs(&found, &text, &numbers);
    let said = match &stale {
        None => format!("{name}: {} numbers, each in its certified interval\n", numbers.len()),
        Some(why) => format!("{name}: stale; {why}\n"),
    };
    print(&said)?;
    Ok(ExitCode::from(u8::from(stale.is_some())))
}
