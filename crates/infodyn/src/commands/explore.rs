//! `infodyn explore`: the interactive page.

use std::path::PathBuf;

use infodyn_data::Output;

use crate::explore::page;
use crate::text::{Outcome, Refusal, print};

/// The flags of `explore`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// File to write.
    #[arg(long, value_name = "FILE", default_value = "infodyn-explore.html")]
    out: PathBuf,
}

/// Writes the page.
pub fn run(args: &Args) -> Outcome {
    let file = Output::any(&args.out).map_err(|e| Refusal::flag("--out", e))?;
    file.write(page().as_bytes())?;
    print(&format!("{}: written, opens in any browser\n", args.out.display()))?;
    Ok(())
}
