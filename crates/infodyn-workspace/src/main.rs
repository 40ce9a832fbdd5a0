//! The program of the checkout, behind `cargo xtask`: the registry with its machine proofs, the committed numbers and
//! figures, and the pages that are written from the registry. What needs no checkout is `infodyn`.

mod baseline;
mod certificate;
mod certify;
mod proofs;
mod readme;

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use infodyn::commands;
use infodyn::home::Home;
use infodyn::text::{self, Outcome, Refusal};

/// What `cargo xtask` runs in a checkout.
#[derive(Debug, Parser)]
#[command(name = "infodyn-workspace", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check the claims of the theory.
    Verify(VerifyArgs),
    /// Break each claim on purpose: every mutant must be refuted.
    Falsify(commands::registry::Run),
    /// Draw the figures, or compare their data with the committed.
    Figures(FiguresArgs),
    /// Write one page with the claims, their evidence, figures and how they depend on each other.
    Report(commands::report::Args),
    /// Compare today's numbers with the committed ones.
    Baseline(baseline::Args),
    /// Write the generated parts of README.md and docs/, or compare.
    Readme(readme::Args),
    /// Write numbers of the program as theorems for the proof checker, or compare with the committed file.
    Certify(certify::Args),
}

#[derive(Debug, clap::Args)]
struct VerifyArgs {
    #[command(flatten)]
    verify: commands::registry::Run,
    /// Compare each number with the committed one too, as `baseline` does.
    #[arg(long)]
    baseline: bool,
}

#[derive(Debug, clap::Args)]
struct FiguresArgs {
    #[command(flatten)]
    figures: commands::figures::Args,
    /// Compare the data with the committed CSV files, each number within its radius, and write nothing.
    #[arg(long, conflicts_with = "out")]
    check: bool,
}

fn main() -> ExitCode {
    text::answer(run)
}

fn run(cli: Cli) -> Outcome<ExitCode> {
    // The checkout that this program was built in.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let figures = root.join("figures");
    let home = || -> Outcome<Home> {
        let (proofs, statements) = proofs::read(&root).map_err(|e| Refusal::flag("proofs", e))?;
        Ok(Home { root: root.clone(), proofs, statements })
    };
    match cli.command {
        Command::Verify(args) => {
            if args.baseline && args.verify.prints_json() {
                return Err(Refusal::flag("--json", "\"-\", expected a file beside --baseline"));
            }
            let Some((report, code)) = commands::verify::run(&args.verify, Some(&home()?))? else {
                return Ok(ExitCode::SUCCESS);
            };
            let moved = if args.baseline { baseline::moved(&report, args.verify.is_whole(), &root)? } else { 0 };
            Ok(if moved > 0 { ExitCode::from(1) } else { code })
        }
        Command::Falsify(args) => commands::falsify::run(&args),
        Command::Figures(FiguresArgs { figures: args, check: true }) => commands::figures::check(&args, &figures),
        Command::Figures(args) => commands::figures::draw(&args.figures, &figures).map(|()| ExitCode::SUCCESS),
        Command::Report(args) => commands::report::run(&args, Some(&home()?)).map(|()| ExitCode::SUCCESS),
        Command::Baseline(args) => baseline::run(&args, &home()?),
        Command::Readme(args) => readme::run(&args, &home()?),
        Command::Certify(args) => certify::run(&args, &root),
    }
}
