//! The program: one subcommand a module of `commands`.

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use infodyn::commands;
use infodyn::text::{self, Outcome};

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
    /// Where guidance toward a class spends its budget, and what comes out.
    Guidance(commands::guidance::Args),
    /// Noise levels to sample at, and what they cost.
    Schedule(commands::schedule::Args),
    /// Which clock serves a law: samplers run on its exact denoiser, side by side.
    Study(commands::study::Args),
    /// Whether a network is the denoiser that it is declared to be.
    Audit(commands::audit::Args),
    /// Samples of a law under a process, and of its reverse process by a sampler.
    Sample(commands::sample::Args),
    /// A law behind a data set: Gaussians of its classes, or a mixture.
    Fit(commands::fit::Args),
    /// The same noise level in two conventions.
    Convert(commands::convert::Args),
    /// Check the claims of the theory.
    Verify(commands::registry::Run),
    /// Break each claim on purpose: every mutant must be refuted.
    Falsify(commands::registry::Run),
    /// A statement against random laws, and the smallest law on which it is false.
    Check(commands::check::Args),
    /// Put the parts of a run together: the answer that the whole run would have given.
    Merge(commands::parts::Args),
    /// Print the formulas of a claim.
    Formula(commands::formula::Args),
    /// Draw the figures.
    Figures(commands::figures::Args),
    /// Write one page with the claims, their evidence, figures and how they depend on each other.
    Report(commands::report::Args),
    /// Write one page in which a law on the line can be played with, in any browser.
    Explore(commands::explore::Args),
}

#[cfg(not(feature = "mpi"))]
fn main() -> ExitCode {
    text::answer(run)
}

#[cfg(feature = "mpi")]
fn main() -> ExitCode {
    infodyn::ranks::answer(|| text::asked(run))
}

fn run(cli: Cli) -> Outcome<ExitCode> {
    let done = |()| ExitCode::SUCCESS;
    match cli.command {
        Command::Profile(args) => commands::profile::run(&args).map(done),
        Command::Critical(args) => commands::critical::run(&args).map(done),
        Command::Paths(args) => commands::paths::run(&args).map(done),
        Command::Guidance(args) => commands::guidance::run(&args).map(done),
        Command::Schedule(args) => commands::schedule::run(&args).map(done),
        Command::Study(args) => commands::study::run(&args).map(done),
        Command::Audit(args) => commands::audit::run(&args),
        Command::Sample(args) => commands::sample::run(&args).map(done),
        Command::Fit(args) => commands::fit::run(&args).map(done),
        Command::Convert(args) => commands::convert::run(&args).map(done),
        Command::Verify(args) => {
            commands::verify::run(&args, None).map(|found| found.map_or(ExitCode::SUCCESS, |(_, code)| code))
        }
        Command::Falsify(args) => commands::falsify::run(&args),
        Command::Check(args) => commands::check::run(&args),
        Command::Merge(args) => commands::parts::run(&args, |words| run(text::read(words)?)),
        Command::Formula(args) => commands::formula::run(&args).map(done),
        Command::Figures(args) => commands::figures::draw(&args, Path::new("figures")).map(done),
        Command::Report(args) => commands::report::run(&args, None).map(done),
        Command::Explore(args) => commands::explore::run(&args).map(done),
    }
}
