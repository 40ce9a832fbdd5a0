//! `formulas`: wrong formulas in the routes, each of which `verify` must refute.
//!
//! A row of `tests/formulas.tsv` is an expression of a source, a wrong one, and the check that refutes it. The sources
//! stay as they are: a copy of the workspace under `target/formulas` has every row in it, as
//! `(if wrong::on(3) { WRONG } else { RIGHT })`, so that one build serves all of them and a row is chosen as the
//! program starts.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::shell::{complain, root, show};

const TABLE: &str = "tests/formulas.tsv";
const HEADER: &str = "id\tfile\tright\twrong\tsays\trefuted by\n";

/// The variable that chooses a row of the copy, by its line.
const CHOICE: &str = "INFODYN_WRONG";

/// What a crate of the copy asks.
const SWITCH: &str = "
#[allow(missing_docs)]
pub(crate) mod wrong {
    static ROW: std::sync::LazyLock<usize> =
        std::sync::LazyLock::new(|| std::env::var(\"INFODYN_WRONG\").ok().and_then(|n| n.parse().ok()).unwrap_or(0));
    #[inline(always)]
    pub(crate) fn on(row: usize) -> bool {
        *ROW == row
    }
}
";

/// A wrong formula that makes a check run on for longer has not been refuted.
const LONGEST: Duration = Duration::from_secs(600);

/// One wrong formula.
pub(crate) struct Row {
    /// The number that chooses it, from 1.
    number: usize,
    id: String,
    /// Below `crates`.
    pub(crate) file: String,
    right: String,
    wrong: String,
    says: String,
    /// `B2, quadrature`; before it is known, claims to try first.
    refuted_by: String,
}

impl Row {
    /// The kind of evidence that refutes it.
    pub(crate) fn kind(&self) -> &str {
        self.refuted_by.split_once(", ").map_or("to be run", |(_, kind)| kind)
    }
}

/// The table.
pub(crate) fn rows() -> Result<Vec<Row>, String> {
    read(&root().join(TABLE))
}

/// Runs the rows whose ids begin with one of the names, all where there is none: 0 when each is refuted where the table
/// says so; 1 when one is not; 2 when the copy could not be made. `--bless` finds out and writes it down.
pub(crate) fn formulas(arguments: &[OsString]) -> u8 {
    let arguments: Vec<String> = arguments.iter().map(|a| a.to_string_lossy().into_owned()).collect();
    let (flags, names): (Vec<&String>, Vec<&String>) = arguments.iter().partition(|a| a.starts_with("--"));
    if let Some(flag) = flags.iter().find(|f| **f != "--bless") {
        complain(&format!("formulas: {flag}, expected --bless or ids"));
        return 2;
    }
    match check(&names, !flags.is_empty()) {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(why) => {
            complain(&format!("formulas: {why}"));
            2
        }
    }
}

fn check(names: &[&String], bless: bool) -> Result<bool, String> {
    let mut rows = rows()?;
    let program = build(&rows)?;
    let chosen = |row: &Row| names.is_empty() || names.iter().any(|name| row.id.starts_with(name.as_str()));
    let (mut run, mut survived) = (0, 0);
    for at in 0..rows.len() {
        if !chosen(&rows[at]) {
            continue;
        }
        let start = Instant::now();
        let found = refuted(&program, &rows[at], bless)?;
        let row = &mut rows[at];
        let said = found.clone().unwrap_or_else(|| "NOT REFUTED".into());
        show(&format!("{:6.1} s  {:28} {said:24} {}\n", start.elapsed().as_secs_f64(), row.id, row.says));
        run += 1;
        survived += usize::from(found.is_none());
        if bless {
            row.refuted_by = found.unwrap_or_default();
            write(&root().join(TABLE), &rows)?;
        }
    }
    show(&format!("{run} wrong formulas, {survived} not refuted\n"));
    Ok(run > 0 && survived == 0)
}

fn read(table: &Path) -> Result<Vec<Row>, String> {
    let text = fs::read_to_string(table).map_err(|e| format!("{TABLE}: {e}"))?;
    let lines = text.strip_prefix(HEADER).ok_or_else(|| format!("{TABLE}: expected the header {HEADER:?}"))?.lines();
    lines
        .enumerate()
        .map(|(i, line)| match line.split('\t').collect::<Vec<_>>()[..] {
            [id, file, right, wrong, says, refuted_by] => Ok(Row {
                number: i + 1,
                id: id.into(),
                file: file.into(),
                right: right.into(),
                wrong: wrong.into(),
                says: says.into(),
                refuted_by: refuted_by.into(),
            }),
            _ => Err(format!("{TABLE}:{}: expected six columns", i + 2)),
        })
        .collect()
}

fn write(table: &Path, rows: &[Row]) -> Result<(), String> {
    let mut text = HEADER.to_owned();
    for r in rows {
        let _ = writeln!(text, "{}\t{}\t{}\t{}\t{}\t{}", r.id, r.file, r.right, r.wrong, r.says, r.refuted_by);
    }
    fs::write(table, text).map_err(|e| format!("{TABLE}: {e}"))
}

/// The program of a copy of the workspace that has all rows in it.
fn build(rows: &[Row]) -> Result<PathBuf, String> {
    let copy = root().join("target/formulas");
    let failed = |e: std::io::Error| format!("{}: {e}", copy.display());
    let mut sources: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    collect(&root(), Path::new(""), &mut sources).map_err(failed)?;
    let mut of_file: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    rows.iter().for_each(|row| of_file.entry(&row.file).or_default().push(row));
    for (file, rows) in of_file {
        let path = Path::new("crates").join(file);
        let source = sources.get_mut(&path).ok_or_else(|| format!("{file}: no such source"))?;
        *source = broken(&String::from_utf8_lossy(source), &rows)?.into_bytes();
        let of_crate = Path::new("crates").join(file.split('/').next().unwrap_or_default()).join("src/lib.rs");
        if let Some(library) = sources.get_mut(&of_crate).filter(|l| !l.ends_with(SWITCH.as_bytes())) {
            library.extend_from_slice(SWITCH.as_bytes());
        }
    }
    for (path, content) in &sources {
        let to = copy.join(path);
        // What is there already keeps its date, and is not built again.
        if fs::read(&to).is_ok_and(|there| there == *content) {
            continue;
        }
        to.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&to, content)).map_err(failed)?;
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--release", "--quiet", "--workspace", "--bin", "infodyn"]).current_dir(&copy);
    // What asks the routes is built in a part of the time, and as good.
    for asks in ["infodyn", "infodyn-claims", "infodyn-figures"] {
        command.args(["--config", &format!("profile.release.package.{asks}.opt-level=0")]);
    }
    command.env("CARGO_TARGET_DIR", copy.join("target"));
    if !command.status().map_err(failed)?.success() {
        return Err(
            "the copy does not build: expected each formula to be an expression of the type of the other".into()
        );
    }
    Ok(copy.join("target/release/infodyn"))
}

/// Every file of a folder but what is built and what git keeps.
fn collect(root: &Path, folder: &Path, into: &mut BTreeMap<PathBuf, Vec<u8>>) -> std::io::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            if !["target", ".git", "node_modules"].iter().any(|name| entry.file_name() == *name) {
                collect(root, &path, into)?;
            }
        } else {
            into.insert(path, fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// A source with the wrong formulas beside the right ones.
fn broken(source: &str, rows: &[&Row]) -> Result<String, String> {
    let mut of_place: BTreeMap<usize, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let places: Vec<usize> = source.match_indices(&row.right).map(|(at, _)| at).collect();
        let [at] = places[..] else {
            return Err(format!("{}: {} times in {}, expected once: {}", row.id, places.len(), row.file, row.right));
        };
        of_place.entry(at).or_default().push(row);
    }
    let (mut text, mut done) = (String::new(), 0);
    for (at, rows) in of_place {
        if at < done || rows.iter().any(|row| row.right != rows[0].right) {
            return Err(format!("{}: overlaps with another row", rows[0].id));
        }
        text += &source[done..at];
        text.push('(');
        for row in &rows {
            let _ = write!(text, "if crate::wrong::on({}) {{ {} }} else ", row.number, row.wrong);
        }
        let _ = write!(text, "{{ {} }})", rows[0].right);
        done = at + rows[0].right.len();
    }
    Ok(text + &source[done..])
}

/// What `verify` at standard effort refutes a row by: the claims that its row names, in turn; then, where that is to
/// be found out, all.
fn refuted(program: &Path, row: &Row, all: bool) -> Result<Option<String>, String> {
    let named = row.refuted_by.split(',').map(str::trim).filter(|name| name.starts_with(char::is_uppercase));
    for claim in named.map(Some).chain(all.then_some(None)) {
        if let Some(found) = verify(program, row, claim)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn verify(program: &Path, row: &Row, claim: Option<&str>) -> Result<Option<String>, String> {
    let failed = |e: std::io::Error| format!("{}: {e}", program.display());
    let mut command = Command::new(program);
    // Proofs and symbols know nothing of the routes.
    command.args(["verify", "--evidence", "enclosure,quadrature,monte-carlo"]);
    command.args(claim).env(CHOICE, row.number.to_string());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(failed)?;
    let output = child.stdout.take();
    let reader = thread::spawn(move || output.map(std::io::read_to_string));
    let start = Instant::now();
    while child.try_wait().map_err(failed)?.is_none() {
        if start.elapsed() > LONGEST {
            child.kill().and_then(|()| child.wait()).map_err(failed)?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(20));
    }
    let text = match reader.join() {
        Ok(Some(text)) => text.map_err(failed)?,
        _ => String::new(),
    };
    // `B2 refuted by quadrature, CASE: ..`, the claim's own line; or a calibration whose last word it is.
    Ok(text.lines().find_map(|line| {
        if let Some((claim, rest)) = line.split_once(" refuted by ") {
            return Some(format!("{claim}, {}", rest.split(',').next().unwrap_or_default()));
        }
        let calibration = line.contains(" residuals, ") && line.ends_with(": refuted");
        calibration.then(|| format!("{}, calibration", claim.unwrap_or("all")))
    }))
}
