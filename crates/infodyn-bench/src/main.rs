//! Workloads of known size through the public functions: how long they take, and how much work they do.
//!
//! Without a flag, a table of both. `--check` compares the work with the committed counts, `--bless` commits those of
//! today. `--serve` runs what it is told, one line an order, one line an answer:
//!
//! | order | answer |
//! |---|---|
//! | `show JOB` | what the job computes, as a list of numbers |
//! | `CALLS JOB` | seconds a call, the mean over so many calls in turn |
//!
//! A job is made when it is first named; making it takes no part of the time. `--words` writes random words for a
//! statistical battery (`words.rs`).

mod counts;
mod jobs;
mod limits;
mod run;
mod words;

use std::collections::HashMap;
use std::io::{BufRead, stdin};
use std::process::ExitCode;

use run::{Job, Outcome, seconds, show};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => counts::table(),
        ["--check"] => counts::check(),
        ["--bless"] => counts::bless(),
        ["--serve"] => serve().map(|()| ExitCode::SUCCESS),
        ["--words", order] => words::words(order).map(|()| ExitCode::SUCCESS),
        _ => Err("expected --check, --bless, --serve, --words ORDER or nothing".into()),
    };
    done.unwrap_or_else(|error| {
        complain(&error.to_string());
        ExitCode::from(2)
    })
}

/// Answers orders until there are no more.
fn serve() -> Outcome<()> {
    let mut jobs: HashMap<String, Job> = HashMap::new();
    for line in stdin().lock().lines() {
        let line = line?;
        let (calls, name) = line.split_once(' ').ok_or("expected CALLS JOB or show JOB")?;
        if !jobs.contains_key(name) {
            jobs.insert(name.to_owned(), jobs::job(name, |law| law)?);
        }
        let job = jobs.get_mut(name).ok_or("no job")?;
        if calls == "show" {
            show(&format!("{:?}\n", job(true)?))?;
        } else {
            show(&format!("{:e}\n", seconds(job, calls.parse()?)?))?;
        }
    }
    Ok(())
}

#[allow(clippy::print_stderr)]
fn complain(text: &str) {
    eprintln!("bench: {text}");
}
