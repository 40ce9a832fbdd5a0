//! `--part I/N` of the long commands, and `infodyn merge`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use infodyn_core::share;
use infodyn_data::{Output, PartFile};

use crate::parts::{Part, Whole};
use crate::text::{self, Outcome, Refusal};

/// Which part of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Which([usize; 2]);

impl FromStr for Which {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        /// As many as an array of jobs has at most.
        const MOST: usize = 1 << 20;
        let read = |(part, parts): (&str, &str)| Some([part.parse::<usize>().ok()?, parts.parse::<usize>().ok()?]);
        let found = text.split_once('/').and_then(read);
        let found = found.filter(|&[part, parts]| 1 <= part && part <= parts && parts <= MOST);
        found.map(Self).ok_or_else(|| format!("expected I/N, with I from 1 to N and N at most {MOST}"))
    }
}

/// The flag of a command whose work can be done in parts.
#[derive(Debug, clap::Args)]
pub struct Parted {
    /// Do part I of N and write it to the file of --out; `infodyn merge` makes the answer of all parts.
    #[arg(long, value_name = "I/N", conflicts_with = "json", allow_hyphen_values = true)]
    part: Option<Which>,
}

/// Flags, with a value or without, on which no number depends, nor what a part is of.
const LEFT_OUT: [(&str, bool); 4] = [("--part", true), ("--out", true), ("--threads", true), ("--progress", false)];

/// The commands whose work can be done in parts.
pub(crate) const COMMANDS: [&str; 7] = ["profile", "paths", "study", "audit", "check", "verify", "falsify"];

/// The command line of which a part is one, from that of the part.
pub(crate) fn words_of_work(words: Vec<String>) -> Vec<String> {
    let (mut words, mut rest) = (Vec::with_capacity(words.len()), words.into_iter());
    while let Some(word) = rest.next() {
        let name = word.split('=').next().unwrap_or_default();
        match LEFT_OUT.iter().find(|flag| flag.0 == name) {
            Some((_, true)) if name.len() == word.len() => drop(rest.next()),
            Some(_) => {}
            None => words.push(word),
        }
    }
    words
}

impl Parted {
    /// Whether a part alone is asked for.
    pub fn is_part(&self) -> bool {
        self.part.is_some()
    }

    /// Whether the work is shared with other processes.
    pub fn is_shared(&self) -> bool {
        self.is_part() || share::current().is_some()
    }

    /// What of the command line shares it.
    pub fn flag(&self) -> &'static str {
        if self.is_part() { "--part" } else { "ranks" }
    }

    /// Answers the question, or does a part of it, which goes to `out`; `None` then.
    pub fn run<T>(&self, out: Option<&Path>, answer: impl FnOnce() -> Outcome<T>) -> Outcome<Option<T>> {
        let Some(Which(which)) = self.part else { return answer().map(Some) };
        if share::current().is_some() {
            return Err(Refusal::flag("--part", "on several ranks, expected one of both"));
        }
        let file = out.ok_or_else(|| Refusal::flag("--part", "no file for the part, expected --out FILE"))?;
        let output = Output::any(file).map_err(|e| Refusal::flag("--out", e))?;
        let part = Part::new(which, words_of_work(text::words()));
        share::run(part.clone(), answer).map_err(|failed| Refusal::flag("--part", failed))??;
        let bytes = part.file().bytes().map_err(|e| Refusal::flag("--out", e))?;
        output.write(&bytes).map_err(|e| Refusal::flag("--out", e))?;
        Ok(None)
    }
}

/// The flags of `merge`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The files of all parts, in any order.
    #[arg(value_name = "PART", required = true)]
    parts: Vec<PathBuf>,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Also write the answer to a file, as the command of the parts would.
    #[arg(long, value_name = "FILE")]
    out: Option<String>,
    /// Threads [default: one a core].
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

/// The answer that the whole run would have given, by its own command: `answer` answers a command line.
pub fn run(args: &Args, answer: impl FnOnce(&[String]) -> Outcome<ExitCode>) -> Outcome<ExitCode> {
    let read =
        |path: &PathBuf| -> Outcome<(String, PartFile)> { Ok((path.display().to_string(), PartFile::read(path)?)) };
    let parts = args.parts.iter().map(read).collect::<Outcome<Vec<_>>>()?;
    let parts = PartFile::fit(parts).map_err(Refusal::said)?;
    let (file, first) = &parts[0];
    if first.version != env!("CARGO_PKG_VERSION") {
        let why = format!("of version {}, expected {}", first.version, env!("CARGO_PKG_VERSION"));
        return Err(Refusal::flag(file, why));
    }
    let mut words = first.words.clone();
    if !words.first().is_some_and(|word| COMMANDS.contains(&word.as_str())) {
        return Err(Refusal::flag(file, format!("words: {words:?}, expected one of {} first", COMMANDS.join(", "))));
    }
    // The registry's JSON has a flag of its own for its place.
    let registry = words.first().is_some_and(|word| ["verify", "falsify"].contains(&word.as_str()));
    match (&args.out, registry) {
        (Some(out), true) => words.extend(["--json".to_owned(), out.clone()]),
        (Some(out), false) => words.extend(["--out".to_owned(), out.clone()]),
        (None, _) => {}
    }
    if args.json {
        match (registry, &args.out) {
            (true, Some(_)) => {
                return Err(Refusal::flag("--json", "beside --out, expected one of them for this command"));
            }
            (true, None) => words.extend(["--json".to_owned(), "-".to_owned()]),
            (false, _) => words.push("--json".to_owned()),
        }
    }
    if let Some(threads) = args.threads {
        words.extend(["--threads".to_owned(), threads.to_string()]);
    }
    share::run(Whole::new(parts), || answer(&words)).map_err(|failed| Refusal::said(failed.to_string()))?
}
