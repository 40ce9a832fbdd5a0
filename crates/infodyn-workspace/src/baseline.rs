//! `baseline`: today's numbers against the committed ones.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use infodyn::commands::registry;
use infodyn::home::Home;
use infodyn::text::{Outcome, Refusal, print};
use infodyn_claims::{Report, verify};
use infodyn_data::Output;

/// The flags of `baseline`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    registry: registry::Args,
    /// Write today's numbers in place of the committed ones.
    #[arg(long)]
    bless: bool,
}

/// One line of the file: a side of a check, its value and its radius.
type Numbers = BTreeMap<String, (f64, f64)>;

/// Compares each number within the two radii, or writes them: 0, or 1 when one has moved.
pub(crate) fn run(args: &Args, home: &Home) -> Outcome<ExitCode> {
    let plan = args.registry.plan(Some(home))?;
    let report = plan.run(|tell| verify(&plan.context, &plan.claims, &plan.kinds, tell))?;
    if args.bless {
        let today = numbers(&report);
        let lines: String = today.iter().map(|(key, (v, r))| format!("{key}\t{v:e}\t{r:e}\n")).collect();
        Output::any(&path(&home.root))?.write(format!("claim\tkind\tcase\tside\tvalue\tradius\n{lines}").as_bytes())?;
        print(&format!("tests/baseline.tsv: {} numbers written\n", today.len()))?;
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::from(u8::from(moved(&report, args.registry.is_whole(), &home.root)? > 0)))
}

/// How many numbers of a report are not as committed, each told in a line; of `all` claims, those that are gone too.
pub(crate) fn moved(report: &Report, all: bool, root: &Path) -> Outcome<usize> {
    let fail = |e: &dyn std::fmt::Display| Refusal::flag("tests/baseline.tsv", e);
    let committed = read(&std::fs::read_to_string(path(root)).map_err(|e| fail(&e))?).map_err(|e| fail(&e))?;
    let today = numbers(report);
    let mut moved = 0;
    for (key, (value, radius)) in &today {
        let name = key.replace('\t', " ");
        let line = match committed.get(key) {
            None => format!("{name}: new, {value:e} ± {radius:.1e}; bless it\n"),
            Some((v, r)) if (v - value).abs() > r + radius => {
                format!("{name}: {value:e} ± {radius:.1e}, committed {v:e} ± {r:.1e}\n")
            }
            Some(_) => continue,
        };
        moved += 1;
        print(&line)?;
    }
    for key in committed.keys().filter(|k| all && !today.contains_key(*k)) {
        moved += 1;
        print(&format!("{}: gone\n", key.replace('\t', " ")))?;
    }
    print(&format!("{} numbers, {moved} moved\n", today.len()))?;
    Ok(moved)
}

fn path(root: &Path) -> PathBuf {
    root.join("tests/baseline.tsv")
}

/// Both sides of every comparison.
fn numbers(report: &Report) -> Numbers {
    let mut numbers = Numbers::new();
    for claim in &report.claims {
        for e in &claim.evidence {
            let Some(c) = e.comparison else { continue };
            for (side, estimate) in [("lhs", c.lhs()), ("rhs", c.rhs())] {
                let (value, radius) = (estimate.value(), estimate.radius());
                numbers.insert(format!("{}\t{}\t{}\t{side}", claim.id, e.kind, e.case), (value, radius));
            }
        }
    }
    numbers
}

fn read(text: &str) -> Result<Numbers, String> {
    let mut numbers = Numbers::new();
    for (i, line) in text.lines().enumerate().skip(1) {
        let wrong = || format!("line {}: expected claim, kind, case, side, value and radius between tabs", i + 1);
        let mut parts = line.rsplitn(3, '\t');
        let mut number = || parts.next().and_then(|p| p.parse::<f64>().ok()).ok_or_else(wrong);
        let (radius, value) = (number()?, number()?);
        numbers.insert(parts.next().ok_or_else(wrong)?.to_owned(), (value, radius));
    }
    Ok(numbers)
}
