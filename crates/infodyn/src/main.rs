//! The program: one subcommand a module of `commands`.

mod commands;
mod proofs;
mod report;
mod text;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The information dynamics of generative diffusion, checked.
#[derive(Debug, Parser)]
#[command(name = "infodyn", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Every quantity of a law along a noise process.
    Profile(commands::profile::Args),
    /// Fixed points, bifurcations, peaks, speciation and collapse of a law along a noise process.
    Critical(commands::critical::Args),
    /// Pathwise entropies, decisions and outcomes of paths between data and noise.
    Paths(commands::paths::Args),
    /// The same noise level in two conventions.
    Convert(commands::convert::Args),
    /// Check the claims of the theory.
    Verify(commands::verify::Args),
    /// Break each claim on purpose: every mutant must be refuted.
    Falsify(commands::registry::Args),
    /// Print the formulas of a claim.
    Formula(commands::formula::Args),
    /// Write numbers of this program as theorems for the proof checker, or compare with the committed file.
    Certify(commands::certify::Args),
    /// Draw the figures, or compare their data with the committed.
    Figures(commands::figures::Args),
    /// Write one page with the claims, their evidence, figures and how they depend on each other.
    Report(commands::report::Args),
    /// Compare today's numbers with the committed ones.
    Baseline(commands::baseline::Args),
    /// Write the generated parts of README.md, or compare.
    Readme(commands::readme::Args),
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) if e.use_stderr() => return text::refuse(&text::usage_error(&e.to_string())),
        Err(e) => return text::finish(text::print(&e.to_string()).map(|()| ExitCode::SUCCESS)),
    };
    let done = |()| ExitCode::SUCCESS;
    text::finish(match cli.command {
        Command::Profile(args) => commands::profile::run(&args).map(done),
        Command::Critical(args) => commands::critical::run(&args).map(done),
        Command::Paths(args) => commands::paths::run(&args).map(done),
        Command::Convert(args) => commands::convert::run(&args).map(done),
        Command::Verify(args) => commands::verify::run(&args),
        Command::Falsify(args) => commands::falsify::run(&args),
        Command::Formula(args) => commands::formula::run(&args).map(done),
        Command::Certify(args) => commands::certify::run(&args),
        Command::Figures(args) => commands::figures::run(&args),
        Command::Report(args) => commands::report::run(&args).map(done),
        Command::Baseline(args) => commands::baseline::run(&args),
        Command::Readme(args) => commands::readme::run(&args),
    })
}
