//! What the commands that run the registry share: which claims, how much work, with which data.

use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use infodyn_claims::{Claim, Context, Effort, Kind, selected};
use infodyn_core::{Mixture, share};
use infodyn_data::{LawFile, Output};
use serde::Serialize;

use super::parts::Parted;
use crate::home::Home;
use crate::text::{self, Outcome, Refusal, pool, print, progress_bar};

/// The flags of the commands that run the registry.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Ids of claims, such as B2; all when none is given.
    #[arg(value_name = "CLAIM")]
    pub claims: Vec<String>,
    /// Seed of the random numbers.
    #[arg(long, value_name = "N", default_value_t = infodyn_monte_carlo::SEED)]
    pub seed: u64,
    /// Threads [default: one a core].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// How much work: quick, standard or full.
    #[arg(long, value_name = "E", default_value = "standard")]
    effort: String,
    /// Kinds of evidence, a comma list of proof, symbolic, enclosure, quadrature, monte-carlo [default: all].
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    evidence: Vec<String>,
}

/// The flags of a run whose answer is a table, or JSON.
#[derive(Debug, clap::Args)]
pub struct Run {
    #[command(flatten)]
    asked: Args,
    /// Also write the result to a file as JSON; `-` prints it in place of the table.
    #[arg(long, value_name = "FILE")]
    json: Option<String>,
    #[command(flatten)]
    parted: Parted,
    /// The file of the part.
    #[arg(long, value_name = "FILE", requires = "part")]
    out: Option<PathBuf>,
}

/// The place of an answer, found good before the work began.
pub enum Answer {
    /// A table on standard output.
    Table,
    /// That, and JSON in a file.
    TableAnd(Output),
    /// JSON on standard output.
    Json,
}

impl Run {
    /// Whether every claim is asked for, by every kind of evidence.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.asked.is_whole()
    }

    /// Whether standard output is for JSON.
    #[must_use]
    pub fn prints_json(&self) -> bool {
        self.json.as_deref() == Some("-")
    }

    /// Answers the question, or does a part of it.
    pub(super) fn answer<T>(&self, answer: impl FnOnce() -> Outcome<T>) -> Outcome<Option<T>> {
        self.parted.run(self.out.as_deref(), || {
            share::about("seed", &self.asked.seed.to_string());
            answer()
        })
    }

    /// Checks the place of the answer, then the other flags.
    pub(super) fn open(&self, home: Option<&Home>) -> Outcome<(Answer, Plan)> {
        let answer = match self.json.as_deref() {
            None => Answer::Table,
            Some("-") => Answer::Json,
            Some(file) => Output::any(Path::new(file)).map(Answer::TableAnd).map_err(|e| Refusal::flag("--json", e))?,
        };
        Ok((answer, self.asked.plan(home)?))
    }
}

impl Answer {
    /// Writes the file first, then standard output.
    pub fn deliver(&self, document: &impl Serialize, table: &str) -> Outcome {
        if !share::tells() {
            return Ok(());
        }
        match self {
            Self::Table => {}
            Self::TableAnd(file) => {
                file.write(text::json(document)?.as_bytes()).map_err(|e| Refusal::flag("--json", e))?;
            }
            Self::Json => return print(&text::json(document)?),
        }
        print(table)
    }
}

/// A run that is ready to start.
pub struct Plan {
    pub context: Context,
    pub claims: Vec<Claim>,
    pub kinds: Vec<Kind>,
    pool: rayon::ThreadPool,
    bar: ProgressBar,
}

impl Args {
    /// Whether every claim is asked for, by every kind of evidence.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.claims.is_empty() && self.evidence.is_empty()
    }

    /// Checks the flags and reads the data; the proofs are those of a checkout.
    pub fn plan(&self, home: Option<&Home>) -> Outcome<Plan> {
        let effort: Effort =
            self.effort.parse().map_err(|e| Refusal::flag("--effort", format!("{:?}, {e}", self.effort)))?;
        let read = |name: &String| -> Outcome<Kind> {
            name.parse().map_err(|e: String| Refusal::flag("--evidence", format!("{name:?}, {e}")))
        };
        let kinds = self.evidence.iter().map(read).collect::<Outcome<Vec<_>>>()?;
        let proofs = home.map_or_else(Vec::new, |home| home.proofs.clone());
        let context = Context::new(self.seed, effort).with_digits(digits()?).with_proofs(proofs);
        let claims = selected(&self.claims).map_err(|e| Refusal::flag("CLAIM", e))?;
        Ok(Plan { context, claims, kinds, pool: pool(self.threads)?, bar: progress_bar("checks") })
    }
}

impl Plan {
    /// Runs `f` on the threads asked for, with a way to tell its progress.
    pub fn run<T: Send>(
        &self,
        f: impl FnOnce(&(dyn Fn(usize, usize) + Sync)) -> infodyn_claims::Result<T> + Send,
    ) -> Outcome<T> {
        let tell = |done: usize, all: usize| {
            self.bar.set_length(all as u64);
            self.bar.set_position(done as u64);
        };
        let answer = self.pool.install(|| share::open(|| f(&tell)));
        self.bar.finish_and_clear();
        answer.map_err(|e| Refusal::flag("registry", e))
    }

    /// Refuses to verify proofs by name that this machine has not checked.
    pub fn expect_proofs_checked(&self) -> Outcome {
        let unchecked = self.context.proofs.iter().find_map(|p| p.unchecked.as_deref());
        let why = if self.context.proofs.is_empty() { Some(NO_PROOFS) } else { unchecked };
        match why {
            Some(why) if self.kinds.contains(&Kind::Proof) => Err(Refusal::flag("--evidence", format!("proof: {why}"))),
            _ => Ok(()),
        }
    }

    /// What to say when no claim has a check of the kinds asked for.
    pub fn nothing(&self) -> Refusal {
        let kinds: Vec<&str> = self.kinds.iter().map(|k| k.name()).collect();
        Refusal::flag("--evidence", format!("{}: no claim asked for has a check of this kind here", kinds.join(",")))
    }
}

/// Where the machine proofs are, for a program that has no checkout.
pub(super) const NO_PROOFS: &str = "in a checkout of the workspace only; run `cargo xtask prove` there";

/// The data set of the registry: the UCI handwritten digits of `examples/`, which the program carries with it.
pub fn digits() -> Outcome<Mixture> {
    let refuse = |e: std::io::Error| Refusal::flag("digits", e);
    let folder = tempfile::tempdir().map_err(refuse)?;
    let law = folder.path().join("digits.toml");
    std::fs::write(&law, include_bytes!("../../../../examples/digits.toml")).map_err(refuse)?;
    std::fs::write(law.with_extension("npz"), include_bytes!("../../../../examples/digits.npz")).map_err(refuse)?;
    Ok(LawFile::read(&law)?.law)
}
