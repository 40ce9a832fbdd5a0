//! `formulas`: wrong formulas in the routes, each of which `verify` must refute.
//!
//! A row of `tests/formulas.tsv` is an expression of a source, a wrong one, and the check that refutes it. The sources
//! stay as they are: a copy of the workspace under `target/formulas` has every row in it, as
//! `(if wrong::on(3) { WRONG } else { RIGHT })`, so that one build serves all of them and a row is chosen as the
//! program starts. What came of each row is kept beside the copy, so that a run that was stopped goes on.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

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

/// What the last column says of a row that no check refutes, before the reason.
const NONE: &str = "none: ";

/// Seconds of processor time: a claim takes a few, and a wrong formula that makes one run on for longer has not been
/// refuted by it.
const LONGEST: u32 = 120;

/// A formula that makes so many claims run on for longer would make all do so.
const MOST_LATE: usize = 3;

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
    /// `B2, quadrature`; before it is known, claims to try first; `none: WHY` where no check refutes it.
    refuted_by: String,
}

impl Row {
    /// The kind of evidence that refutes it.
    pub(crate) fn kind(&self) -> &str {
        match self.refuted_by.split_once(", ") {
            _ if self.refuted_by.starts_with(NONE) => "none",
            Some((_, kind)) if !kind.starts_with(char::is_uppercase) => kind,
            _ => "to be run",
        }
    }

    /// The claims that it names, in their order.
    fn claims(&self) -> impl Iterator<Item = &str> {
        let names = if self.refuted_by.starts_with(NONE) { "" } else { &self.refuted_by };
        names.split(',').map(str::trim).filter(|name| name.starts_with(char::is_uppercase))
    }
}

/// The table.
pub(crate) fn rows() -> Result<Vec<Row>, String> {
    read(&root().join(TABLE))
}

/// What is asked for: rows by the beginnings of their ids, all where there is none.
struct Asked<'a> {
    names: Vec<&'a String>,
    /// Where the claims that a row names do not refute it, all others are tried, and what is found is written down.
    bless: bool,
    /// Those alone that the table has no check for.
    left: bool,
}

/// Runs rows: 0 when each is refuted where the table says so; 1 when one is not; 2 when the copy could not be made.
pub(crate) fn formulas(arguments: &[OsString]) -> u8 {
    let arguments: Vec<String> = arguments.iter().map(|a| a.to_string_lossy().into_owned()).collect();
    let (flags, names): (Vec<&String>, Vec<&String>) = arguments.iter().partition(|a| a.starts_with("--"));
    let is = |flag: &str| flags.iter().any(|f| *f == flag);
    if let Some(flag) = flags.iter().find(|f| !["--bless", "--left"].contains(&f.as_str())) {
        complain(&format!("formulas: {flag}, expected --bless, --left or ids"));
        return 2;
    }
    match check(&Asked { names, bless: is("--bless"), left: is("--left") }) {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(why) => {
            complain(&format!("formulas: {why}"));
            2
        }
    }
}

fn check(asked: &Asked<'_>) -> Result<bool, String> {
    let mut rows = rows()?;
    let copy = Copy::build(&rows)?;
    let known = copy.known()?;
    let order = copy.order(&rows);
    let chosen = |row: &Row| {
        let named = asked.names.is_empty() || asked.names.iter().any(|name| row.id.starts_with(name.as_str()));
        let left = ["none", "to be run"].contains(&row.kind());
        named && (if asked.left { left } else { asked.bless || row.kind() != "none" })
    };
    let (mut run, mut survived) = (0, 0);
    for at in 0..rows.len() {
        if !chosen(&rows[at]) {
            continue;
        }
        let start = Instant::now();
        let others = if asked.bless { &order[..] } else { &[] };
        let found = match known.get(&rows[at].id) {
            Some(found) => found.clone(),
            None => copy.refuted(&rows[at], others)?,
        };
        let row = &mut rows[at];
        show(&format!("{:6.1} s  {:28} {found:24} {}\n", start.elapsed().as_secs_f64(), row.id, row.says));
        run += 1;
        let refuted = !found.starts_with("none");
        survived += usize::from(!refuted);
        if refuted || asked.bless {
            copy.keep(&row.id, &found)?;
        }
        // Why none does is for a person to say, and stays.
        if asked.bless && (refuted || row.kind() != "none") {
            row.refuted_by = found;
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

/// A copy of the workspace that has all rows in it.
struct Copy {
    program: PathBuf,
    /// The ids of the claims.
    claims: Vec<String>,
    /// What came of the rows of these sources.
    state: PathBuf,
}

impl Copy {
    fn build(rows: &[Row]) -> Result<Self, String> {
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
        // What asks the routes is built in a part of the time, and nearly as good.
        for (asks, level) in [("infodyn", 0), ("infodyn-claims", 1), ("infodyn-figures", 0)] {
            command.args(["--config", &format!("profile.release.package.{asks}.opt-level={level}")]);
        }
        command.env("CARGO_TARGET_DIR", copy.join("target"));
        // Rows leave parentheses that none needs: what the compiler says is shown where it fails alone.
        let built = command.output().map_err(failed)?;
        if !built.status.success() {
            complain(&String::from_utf8_lossy(&built.stderr));
            return Err(
                "the copy does not build: expected each formula to be an expression of the type of the other".into()
            );
        }
        let mut hasher = DefaultHasher::new();
        let of_crates = sources.iter().filter(|(path, _)| path.starts_with("crates"));
        of_crates.for_each(|source| source.hash(&mut hasher));
        let state = copy.join(format!("found-{:016x}.tsv", hasher.finish()));
        // One file a claim.
        let claim = |path: &PathBuf| {
            let name = path.strip_prefix("crates/infodyn-claims/src/claims").ok()?.to_str()?.strip_suffix(".rs")?;
            let number = name.get(1..).filter(|rest| rest.parse::<u32>().is_ok());
            number.map(|_| name.to_uppercase())
        };
        let claims = sources.keys().filter_map(claim).collect();
        Ok(Self { program: copy.join("target/release/infodyn"), claims, state })
    }

    /// What has come of rows, by their ids.
    fn known(&self) -> Result<BTreeMap<String, String>, String> {
        let text = match fs::read_to_string(&self.state) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            read => read.map_err(|e| format!("{}: {e}", self.state.display()))?,
        };
        // A line that was cut short is none.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        Ok(whole.lines().filter_map(|line| line.split_once('\t')).map(|(id, f)| (id.into(), f.into())).collect())
    }

    fn keep(&self, id: &str, found: &str) -> Result<(), String> {
        let file = fs::OpenOptions::new().create(true).append(true).open(&self.state);
        file.and_then(|mut file| writeln!(file, "{id}\t{found}")).map_err(|e| format!("{}: {e}", self.state.display()))
    }

    /// All claims, those first that refute the most rows.
    fn order(&self, rows: &[Row]) -> Vec<&str> {
        let mut order: Vec<&str> = self.claims.iter().map(String::as_str).collect();
        let refutes = |claim: &str| rows.iter().filter(|row| row.claims().next() == Some(claim)).count();
        order.sort_by_cached_key(|claim| std::cmp::Reverse(refutes(claim)));
        order
    }

    /// What `verify` at standard effort refutes a row by: the claims that the row names, in turn; then others; then,
    /// for residuals that are told in a whole run alone, all together. `none: ` and what was seen where nothing does.
    fn refuted(&self, row: &Row, others: &[&str]) -> Result<String, String> {
        let named: Vec<&str> = row.claims().collect();
        let rest = others.iter().copied().filter(|claim| !named.contains(claim));
        let whole = (!others.is_empty()).then_some(None);
        let mut seen = Vec::new();
        for claim in named.iter().copied().chain(rest).map(Some).chain(whole) {
            match self.verify(row, claim)? {
                Said::Refuted(found) => return Ok(found),
                Said::Undecided(found) => seen.push(found),
                Said::Late => seen.push(format!("{} takes too long", claim.unwrap_or("the whole"))),
                Said::Holds => {}
            }
            if seen.iter().filter(|what| what.ends_with("too long")).count() == MOST_LATE {
                break;
            }
        }
        Ok(format!("{NONE}{}", if seen.is_empty() { "not noticed".into() } else { seen.join("; ") }))
    }

    fn verify(&self, row: &Row, claim: Option<&str>) -> Result<Said, String> {
        let failed = |e: std::io::Error| format!("{}: {e}", self.program.display());
        let limit = if claim.is_some() { LONGEST } else { 5 * LONGEST };
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -t $0; exec \"$@\"", &limit.to_string()]).arg(&self.program);
        // Proofs and symbols know nothing of the routes.
        command.args(["verify", "--evidence", "enclosure,quadrature,monte-carlo"]);
        let done = command.args(claim).env(CHOICE, row.number.to_string()).output().map_err(failed)?;
        match done.status.code() {
            // Ended by the limit.
            None => return Ok(Said::Late),
            // 2 where the claim has no such evidence.
            Some(0..=2) => {}
            Some(_) => return Ok(Said::Undecided(format!("no answer from {}", claim.unwrap_or("the whole")))),
        }
        let text = String::from_utf8_lossy(&done.stdout);
        // `B2 refuted by quadrature, CASE: ..`, the claim's own line; or a calibration whose last word it is.
        let by = |verdict: &str| {
            let line = text.lines().find_map(|line| line.split_once(verdict));
            line.map(|(claim, rest)| format!("{claim}, {}", rest.split(',').next().unwrap_or_default()))
        };
        let calibrated = |line: &str| line.contains(" residuals, ") && line.ends_with(": refuted");
        Ok(if let Some(found) = by(" refuted by ") {
            Said::Refuted(found)
        } else if text.lines().any(calibrated) {
            Said::Refuted(format!("{}, calibration", claim.unwrap_or("all")))
        } else {
            by(" undecided by ").map_or(Said::Holds, |found| Said::Undecided(format!("undecided by {found}")))
        })
    }
}

/// What a run of `verify` came to.
enum Said {
    /// `B2, quadrature`.
    Refuted(String),
    /// The same of a check that is not sharp or gives no answer.
    Undecided(String),
    Late,
    Holds,
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
