//! What `verify`, `falsify` and `baseline` share: which claims, how much work, with which data.

use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use infodyn_claims::{Claim, Context, Effort, Kind, Proof, selected};
use infodyn_core::Mixture;
use infodyn_data::{LawFile, Output};

use crate::text::{Outcome, Refusal, pool, progress_bar};

/// The flags of the commands that run the registry.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Ids of claims, such as B2; all when none is given.
    #[arg(value_name = "CLAIM")]
    pub(crate) claims: Vec<String>,
    /// Also write the result to a file.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Seed of the random numbers.
    #[arg(long, value_name = "N", default_value_t = 20_250_827)]
    pub(crate) seed: u64,
    /// Threads [default: one a core].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// How much work: quick, standard or full.
    #[arg(long, value_name = "E", default_value = "standard")]
    effort: String,
    /// Kinds of evidence, a comma list of proof, symbolic, enclosure, quadrature, monte-carlo [default: all].
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    evidence: Vec<String>,
}

/// A run that is ready to start.
pub(crate) struct Plan {
    pub(crate) context: Context,
    pub(crate) claims: Vec<Claim>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) file: Option<Output>,
    pool: rayon::ThreadPool,
    bar: ProgressBar,
}

impl Args {
    /// Checks the flags and reads the data.
    pub(crate) fn plan(&self) -> Outcome<Plan> {
        let effort: Effort =
            self.effort.parse().map_err(|e| Refusal::flag("--effort", format!("{:?}, {e}", self.effort)))?;
        let read = |name: &String| -> Outcome<Kind> {
            name.parse().map_err(|e: String| Refusal::flag("--evidence", format!("{name:?}, {e}")))
        };
        let kinds = self.evidence.iter().map(read).collect::<Outcome<Vec<_>>>()?;
        let file = self.json.as_deref().map(Output::new).transpose().map_err(|e| Refusal::flag("--json", e))?;
        let context = Context::new(self.seed, effort).with_digits(digits()?).with_proofs(proofs()?);
        let claims = selected(&self.claims).map_err(|e| Refusal::flag("CLAIM", e))?;
        Ok(Plan { context, claims, kinds, file, pool: pool(self.threads)?, bar: progress_bar("checks") })
    }
}

impl Plan {
    /// Runs `f` on the threads asked for, with a way to tell its progress.
    pub(crate) fn run<T: Send>(
        &self,
        f: impl FnOnce(&(dyn Fn(usize, usize) + Sync)) -> infodyn_claims::Result<T> + Send,
    ) -> Outcome<T> {
        let tell = |done: usize, all: usize| {
            self.bar.set_length(all as u64);
            self.bar.set_position(done as u64);
        };
        let answer = self.pool.install(|| f(&tell));
        self.bar.finish_and_clear();
        answer.map_err(|e| Refusal::flag("registry", e))
    }

    /// Refuses to verify proofs by name that this machine has not checked.
    pub(crate) fn expect_proofs_checked(&self) -> Outcome {
        let unchecked = self.context.proofs.iter().find_map(|p| p.unchecked.as_ref());
        match unchecked {
            Some(why) if self.kinds.contains(&Kind::Proof) => Err(Refusal::flag("--evidence", format!("proof: {why}"))),
            _ => Ok(()),
        }
    }

    /// What to say when no claim has a check of the kinds asked for.
    pub(crate) fn nothing(&self) -> Refusal {
        let kinds: Vec<&str> = self.kinds.iter().map(|k| k.name()).collect();
        Refusal::flag("--evidence", format!("{}: no claim asked for has a check of this kind here", kinds.join(",")))
    }
}

/// The workspace that this program was built in.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The machine proofs of the workspace.
pub(crate) fn proofs() -> Outcome<Vec<Proof>> {
    crate::proofs::read(&workspace()).map_err(|e| Refusal::flag("proofs", e))
}

/// The data set of the registry: the UCI handwritten digits of `examples/`.
pub(crate) fn digits() -> Outcome<Mixture> {
    let path = workspace().join("examples/digits.toml");
    Ok(LawFile::read(&path.canonicalize().unwrap_or(path))?.law)
}
