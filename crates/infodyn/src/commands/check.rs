//! `infodyn check`: a statement against random laws, and the smallest law on which it is false.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;

use infodyn_core::{Estimate, Grid, Mixture, NoiseLevel, share};
use infodyn_data::{ClaimsFile, Output, law_text};
use infodyn_search::{Answer, Case, Counterexample, Domain, Effort, Explanation, Family, Judge, Language as _, Tally};
use infodyn_search::{Settings, Verdict, explain, search};
use serde::Serialize;

use super::parts::Parted;
use crate::check::page::page;
use crate::check::{COMPONENTS, DIM, Finding, Judgement, LAWS, Language, PROCESS, claims, domain, judgement};
use crate::profile::Method;
use crate::text::{Destination, Number, Outcome, ProcessName, Refusal, Running, Sink, progress_bar, short, with_error};

/// The flags of `check`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A statement such as "mmse <= gaussian.mmse" (docs/conjectures.md has examples), or a file of claims, .toml or
    /// .json.
    #[arg(value_name = "STATEMENT", allow_hyphen_values = true)]
    pub statement: String,
    /// Laws to try it on, separated by commas: gaussian, mixture, atoms, symmetric, equal-weights, isotropic, all,
    /// file:F, dataset:F.
    #[arg(long, value_name = "LIST", default_value = LAWS)]
    pub laws: String,
    /// Noise processes, separated by commas, or all.
    #[arg(long, value_name = "LIST", default_value = PROCESS)]
    pub process: String,
    /// Dimensions of random laws: a number or a range.
    #[arg(long, value_name = "RANGE", default_value = DIM, allow_hyphen_values = true)]
    pub dim: String,
    /// Numbers of components of random laws: a number or a range.
    #[arg(long, value_name = "RANGE", default_value = COMPONENTS, allow_hyphen_values = true)]
    pub components: String,
    /// What every law has, separated by commas: equal-weights, equal-covariances, isotropic, symmetric, atoms,
    /// gaussian, one-dimension, two-components, low-noise, high-noise.
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    pub given: Option<String>,
    /// A hypothesis, as a statement: laws and levels where it does not hold are left out.
    #[arg(long = "where", value_name = "STATEMENT", allow_hyphen_values = true)]
    pub hypothesis: Option<String>,
    /// Random cases to try.
    #[arg(long, value_name = "N", default_value_t = 200, allow_hyphen_values = true,
        value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub cases: u64,
    /// One noise level of laws from files, in place of random ones: a time of the process, or snr:X.
    #[arg(long, value_name = "LEVEL", allow_hyphen_values = true)]
    level: Option<String>,
    /// Say under which hypotheses, or after which small change, a refuted statement survives.
    #[arg(long)]
    explain: bool,
    /// Write the law of the counterexample to a file, .toml or .json.
    #[arg(long, value_name = "FILE")]
    counterexample: Option<PathBuf>,
    /// Of a file of claims: name small changes of each claim that are refuted, which the file could list as mutants.
    #[arg(long)]
    propose: bool,
    #[command(flatten)]
    pub running: Running,
    #[command(flatten)]
    pub parted: Parted,
    #[command(flatten)]
    pub destination: Destination,
}

/// What is said of a statement in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Said {
    Survived,
    Refuted,
    Undecided,
}

impl Said {
    fn exit(self) -> ExitCode {
        match self {
            Self::Survived => ExitCode::SUCCESS,
            Self::Refuted => ExitCode::FAILURE,
            Self::Undecided => ExitCode::from(2),
        }
    }
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    statement: String,
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    hypothesis: Option<String>,
    laws: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    given: Vec<&'static str>,
    processes: Vec<ProcessName>,
    dim: [usize; 2],
    components: [usize; 2],
    seed: u64,
    version: &'static str,
    verdict: Said,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tried: Option<Tried>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counterexample: Option<Refuted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Rescues>,
}

#[derive(Serialize)]
struct Tried {
    cases: u64,
    outside: u64,
    holds: u64,
    undecided: u64,
    local: u64,
    reasons: Vec<Reason>,
    families: Vec<FamilyEntry>,
    corners_not_covered: Vec<String>,
}

#[derive(Serialize)]
struct Reason {
    why: String,
    cases: u64,
}

#[derive(Serialize)]
struct FamilyEntry {
    family: String,
    cases: u64,
    holds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    power: Option<PowerEntry>,
}

#[derive(Serialize)]
struct PowerEntry {
    best: f64,
    median: f64,
}

impl Tried {
    fn of(tally: &Tally) -> Self {
        let power = |p: infodyn_search::Power| PowerEntry { best: p.best, median: p.median };
        Self {
            cases: tally.cases,
            outside: tally.outside,
            holds: tally.holds,
            undecided: tally.undecided,
            local: tally.local,
            reasons: tally.reasons.iter().map(|(why, cases)| Reason { why: why.clone(), cases: *cases }).collect(),
            families: tally
                .families
                .iter()
                .map(|f| FamilyEntry {
                    family: f.family.clone(),
                    cases: f.cases,
                    holds: f.holds,
                    power: f.power.map(power),
                })
                .collect(),
            corners_not_covered: tally.uncovered().iter().map(|c| c.name().to_owned()).collect(),
        }
    }
}

#[derive(Serialize)]
struct Refuted {
    law: serde_json::Value,
    process: ProcessName,
    #[serde(skip_serializing_if = "Option::is_none")]
    snr: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    point: Option<Vec<f64>>,
    enclosed: bool,
    routes: Vec<RouteEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<Origin>,
    command: String,
    #[serde(skip)]
    text: String,
}

/// One way to the two sides.
#[derive(Serialize)]
struct RouteEntry {
    method: &'static str,
    lhs: Number,
    rhs: Number,
    #[serde(skip)]
    sides: [Estimate; 2],
}

#[derive(Serialize)]
struct Origin {
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<u64>,
    family: String,
    corner: String,
    steps: usize,
}

#[derive(Serialize)]
struct Rescues {
    hypotheses: Vec<HypothesesEntry>,
    edits: Vec<EditEntry>,
    hypotheses_tried: usize,
    edits_tried: usize,
}

#[derive(Serialize)]
struct HypothesesEntry {
    hypotheses: Vec<String>,
    cases: u64,
    holds: u64,
}

#[derive(Serialize)]
struct EditEntry {
    what: String,
    statement: String,
    cases: u64,
    holds: u64,
}

impl Rescues {
    fn of(explanation: &Explanation) -> Self {
        Self {
            hypotheses: explanation
                .hypotheses
                .iter()
                .map(|r| HypothesesEntry {
                    hypotheses: r.hypotheses.iter().map(ToString::to_string).collect(),
                    cases: r.tally.cases,
                    holds: r.tally.holds,
                })
                .collect(),
            edits: explanation
                .edits
                .iter()
                .map(|e| EditEntry {
                    what: e.label.clone(),
                    statement: e.statement.clone(),
                    cases: e.tally.cases,
                    holds: e.tally.holds,
                })
                .collect(),
            hypotheses_tried: explanation.tried,
            edits_tried: explanation.edits_tried,
        }
    }
}

/// Answers the question; 0 survived, 1 refuted, 2 nothing was decided. Or does a part of it.
pub fn run(args: &Args) -> Outcome<ExitCode> {
    let code = args.parted.run(args.destination.path(), || answered(args))?;
    Ok(code.unwrap_or(ExitCode::SUCCESS))
}

fn answered(args: &Args) -> Outcome<ExitCode> {
    share::about("seed", &args.running.seed.to_string());
    let of_claims = [".toml", ".json"].iter().any(|ending| args.statement.ends_with(ending));
    if args.propose && !of_claims {
        return Err(Refusal::said("--propose: with a statement, expected a file of claims".to_owned()));
    }
    if args.parted.is_shared() && of_claims {
        // Statements are tried together, and what they come to depends on which are still standing.
        return Err(Refusal::flag(args.parted.flag(), "with a file of claims, expected a statement"));
    }
    let ends_in = |path: &Path, ending: &str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending));
    let out = args.destination.path();
    if let Some(path) = out.filter(|path| of_claims && ends_in(path, "html")) {
        let file = Output::any(path).map_err(|e| Refusal::flag("--out", e))?;
        return file_of_claims(args, &args.destination.printed(), Some(&file));
    }
    if out.is_some_and(|path| !ends_in(path, "json")) {
        let or = if of_claims { " or .html" } else { "" };
        return Err(Refusal::said(format!("--out: expected a name that ends in .json{or}")));
    }
    let sink = args.destination.open()?;
    let said = |e: String| Refusal::said(e);
    if of_claims {
        return file_of_claims(args, &sink, None);
    }
    let judge = judgement(&args.statement, args.hypothesis.as_deref()).map_err(said)?;
    let domain = domain(&args.laws, &args.process, &args.dim, &args.components, args.given.as_deref()).map_err(said)?;
    let file = args.counterexample.as_deref().map(Output::any).transpose();
    let file = file.map_err(|e| Refusal::flag("--counterexample", e))?;
    let work = || -> Outcome<Document> {
        match &args.level {
            Some(level) => one_level(args, &judge, &domain, level),
            None => searched(args, &judge, &domain),
        }
    };
    let document = args.running.work(Path::new("check"), work)??;
    if let (Some(file), Some(refuted), true) = (&file, &document.counterexample, share::tells()) {
        file.write(refuted.text.as_bytes()).map_err(|e| Refusal::flag("--counterexample", e))?;
    }
    sink.deliver(&document, infodyn_data::Columns::new, || table(&document, file.is_some()))?;
    Ok(document.verdict.exit())
}

/// A file of claims: 0 when all came out as it says. What came of each stands on a page, too, where one is asked for.
fn file_of_claims(args: &Args, sink: &Sink, page_file: Option<&Output>) -> Outcome<ExitCode> {
    let file = ClaimsFile::read(Path::new(&args.statement))?;
    let settings = Settings::new(args.cases, args.running.seed);
    let bar = (!args.running.tells()).then(|| progress_bar("claims"));
    if let Some(bar) = &bar {
        bar.set_length(file.claims.len() as u64);
    }
    let tell = || bar.iter().for_each(|bar| bar.inc(1));
    let work = || claims::run(&file, &settings, args.propose, |_, _| tell());
    let report = args.running.work(Path::new(&args.statement), work)?.map_err(Refusal::said)?;
    bar.iter().for_each(|bar| bar.finish_and_clear());
    if let Some(file) = page_file {
        file.write(page(&report).as_bytes()).map_err(|e| Refusal::flag("--out", e))?;
    }
    sink.deliver(&report.json(), infodyn_data::Columns::new, || report.table())?;
    Ok(ExitCode::from(report.exit()))
}

fn document(args: &Args, judge: &Judgement, domain: &Domain) -> Document {
    let ends = |r: std::ops::RangeInclusive<usize>| [*r.start(), *r.end()];
    Document {
        schema: "infodyn.check/1",
        statement: judge.statement().to_string(),
        hypothesis: judge.hypothesis().map(ToString::to_string),
        laws: domain.families().iter().map(|f| f.name().to_owned()).collect(),
        given: domain.hypotheses().iter().map(|h| h.word()).collect(),
        processes: domain.processes().iter().map(|&p| ProcessName(p)).collect(),
        dim: ends(domain.dim()),
        components: ends(domain.components()),
        seed: args.running.seed,
        version: env!("CARGO_PKG_VERSION"),
        verdict: Said::Survived,
        why: None,
        tried: None,
        counterexample: None,
        explanation: None,
    }
}

/// A judge that keeps what its last careful look found that refutes the statement: the counterexample.
struct Keeping<'a> {
    judge: &'a Judgement,
    last: Mutex<Option<Finding>>,
}

impl Judge for Keeping<'_> {
    fn judge(&self, case: &Case, effort: Effort) -> std::result::Result<infodyn_search::Outcome, String> {
        let finding = self.judge.find(case, effort);
        let outcome = finding.outcome.clone();
        let counts = effort == Effort::Careful && matches!(outcome, infodyn_search::Outcome::Refuted { .. });
        if let Some(mut last) = self.last.lock().ok().filter(|_| counts) {
            *last = Some(finding);
        }
        Ok(outcome)
    }

    fn at_level(&self) -> bool {
        self.judge.at_level()
    }
}

fn searched(args: &Args, judge: &Judgement, domain: &Domain) -> Outcome<Document> {
    let settings = Settings::new(args.cases, args.running.seed);
    let keeping = Keeping { judge, last: Mutex::default() };
    let Answer { verdict, tally } = search(domain, &keeping, &settings).map_err(Refusal::said)?;
    let mut document = Document { tried: Some(Tried::of(&tally)), ..document(args, judge, domain) };
    match verdict {
        Verdict::Survived => {}
        Verdict::Nothing(why) => (document.verdict, document.why) = (Said::Undecided, Some(why)),
        Verdict::Refuted(found) => {
            let seen = keeping.last.into_inner().ok().flatten();
            let finding = seen.unwrap_or_else(|| judge.find(&found.case, Effort::Careful));
            document.counterexample = Some(refuted(args, judge, &found.case, &finding, Some(&found))?);
            document.verdict = Said::Refuted;
            if args.explain {
                let edits = Language.edits((&args.statement, args.hypothesis.as_deref())).map_err(Refusal::said)?;
                let found = explain(domain, judge, &found, &edits, &settings).map_err(Refusal::said)?;
                document.explanation = Some(Rescues::of(&found));
            }
        }
    }
    Ok(document)
}

/// Laws of files at one level each.
fn one_level(args: &Args, judge: &Judgement, domain: &Domain, level: &str) -> Outcome<Document> {
    let mut document = document(args, judge, domain);
    document.verdict = Said::Undecided;
    for family in domain.families() {
        let Family::Given { law, .. } = family else {
            let why = format!("with the random laws {}, expected --laws file:F", family.name());
            return Err(Refusal::flag("--level", why));
        };
        for process in domain.processes() {
            let log_snr = read_level(level, process)?.log_snr();
            let case = Case { law: law.clone(), process: *process, log_snr };
            let finding = judge.find(&case, Effort::Careful);
            match &finding.outcome {
                infodyn_search::Outcome::Refuted { .. } => {
                    document.counterexample = Some(refuted(args, judge, &case, &finding, None)?);
                    (document.verdict, document.why) = (Said::Refuted, None);
                    return Ok(document);
                }
                infodyn_search::Outcome::Holds { .. } => (document.verdict, document.why) = (Said::Survived, None),
                infodyn_search::Outcome::Undecided { why, .. } if document.verdict == Said::Undecided => {
                    document.why = Some(why.clone());
                }
                infodyn_search::Outcome::Outside if document.verdict == Said::Undecided && document.why.is_none() => {
                    document.why = Some("it says nothing of the law at this level".to_owned());
                }
                _ => {}
            }
        }
    }
    Ok(document)
}

fn read_level(text: &str, process: &infodyn_core::NoiseProcess) -> Outcome<NoiseLevel> {
    let grid: Grid = text.parse().map_err(|e| Refusal::flag("--level", e))?;
    let levels = grid.levels(process).map_err(|e| Refusal::flag("--level", e))?;
    match levels[..] {
        [level] => Ok(level),
        _ => Err(Refusal::flag("--level", format!("{text}: {} levels, expected one", levels.len()))),
    }
}

/// The counterexample, by every route that agrees on it.
fn refuted(
    args: &Args,
    judge: &Judgement,
    case: &Case,
    finding: &Finding,
    found: Option<&Counterexample>,
) -> Outcome<Refuted> {
    let entry = |method: &'static str, finding: &Finding| {
        let sides = finding.sides.as_ref()?;
        let [lhs, rhs] = [sides.lhs, sides.rhs];
        Some(RouteEntry { method, lhs: lhs.into(), rhs: rhs.into(), sides: [lhs, rhs] })
    };
    let mut routes: Vec<RouteEntry> = entry("auto", finding).into_iter().collect();
    let mut enclosed = false;
    for method in [Method::Enclosure, Method::MonteCarlo] {
        let again = judge.find_by(case, method);
        if matches!(again.outcome, infodyn_search::Outcome::Refuted { .. }) {
            // What no sampling or enclosure computes is the same by every method, and confirms nothing.
            let another = if method == Method::Enclosure { again.is_enclosed() } else { again.is_sampled() };
            enclosed |= method == Method::Enclosure && another;
            routes.extend(entry(method.name(), &again).filter(|_| another));
        }
    }
    let file = args.counterexample.clone().unwrap_or_else(|| PathBuf::from("law.toml"));
    let json = |path: &Path| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    let sides = finding.sides.as_ref();
    let level = judge.at_level();
    let mut command = format!("infodyn check \"{}\" --laws file:{}", judge.statement(), file.display());
    if let Some(hypothesis) = judge.hypothesis() {
        command += &format!(" --where \"{hypothesis}\"");
    }
    // A statement of the whole process is one of every level.
    command += &format!(" --process {} --level snr:{}", case.process, case.snr());
    Ok(Refuted {
        law: serde_json::from_str(&text(&case.law, true)).map_err(|e| Refusal::flag("the law", e))?,
        process: ProcessName(case.process),
        snr: level.then(|| case.snr()),
        relation: sides.map(|s| s.relation.clone()),
        label: sides.and_then(|s| s.label),
        point: sides.and_then(|s| s.point.clone()),
        enclosed,
        routes,
        found: found.map(|c| Origin {
            case: c.number,
            family: c.family.clone(),
            corner: c.corner.name().to_owned(),
            steps: c.steps,
        }),
        command,
        text: text(&case.law, json(&file)),
    })
}

/// The law as a file.
fn text(law: &Mixture, json: bool) -> String {
    let names: Vec<String> = (0..law.label_weights().len()).map(|y| y.to_string()).collect();
    law_text(law, if law.label_is_component() { None } else { Some(&names) }, &[], json)
}

fn table(document: &Document, written: bool) -> String {
    let mut text = format!("{}\n", document.statement);
    if let Some(hypothesis) = &document.hypothesis {
        text += &format!("where {hypothesis}\n");
    }
    match &document.counterexample {
        Some(refuted) => text += &refutation(refuted, written),
        None => {
            let verdict = match (document.verdict, &document.tried) {
                (Said::Survived, Some(tried)) => {
                    format!("survived {} cases", tried.cases - tried.outside - tried.undecided)
                }
                (Said::Survived, None) => "holds at this level, as far as the errors tell".to_owned(),
                _ => format!("undecided: {}", document.why.as_deref().unwrap_or("nothing could be decided")),
            };
            text += &format!("\n{verdict}\n");
        }
    }
    if let Some(tried) = &document.tried {
        text += &tally(tried, document.counterexample.is_none());
    }
    if let Some(explanation) = &document.explanation {
        text += &rescues(explanation);
    }
    text
}

fn refutation(refuted: &Refuted, written: bool) -> String {
    let mut text = format!("\nrefuted{}\n", if refuted.enclosed { ", enclosed" } else { "" });
    let level = refuted.snr.map_or(String::new(), |snr| format!(" at snr {}", short(snr)));
    text += &format!("under {}{level}", refuted.process.0);
    if let Some(label) = refuted.label {
        text += &format!(", y = {label}");
    }
    if let Some(point) = &refuted.point {
        let list: Vec<String> = point.iter().map(|&x| short(x)).collect();
        text += &format!(", x = [{}]", list.join(", "));
    }
    text += " of the law\n\n";
    refuted.text.lines().for_each(|line| text += &format!("    {line}\n"));
    text += "\n";
    if let Some(relation) = &refuted.relation {
        text += &format!("{relation}\n");
    }
    for route in &refuted.routes {
        let [lhs, rhs] = route.sides.map(with_error);
        text += &format!("    left {lhs}, right {rhs}, by {}\n", route.method);
    }
    if let Some(found) = &refuted.found {
        let case = found.case.map_or("local search".to_owned(), |n| format!("case {n}"));
        text += &format!(
            "found by {case} among {} laws ({}), then made smaller in {} steps\n",
            found.family, found.corner, found.steps
        );
    }
    text += if written { "again:\n" } else { "again, with the law in law.toml:\n" };
    text + &format!("    {}\n", refuted.command)
}

/// What the verdict rests on.
fn tally(tried: &Tried, survived: bool) -> String {
    let Tried { cases, outside, holds, undecided, local, .. } = tried;
    let mut text = format!("\n{cases} random cases: {holds} hold, {outside} outside, {undecided} undecided");
    text += &format!("; {local} of local search\n");
    for Reason { why, cases } in &tried.reasons {
        text += &format!("undecided {cases} times: {why}\n");
    }
    if survived {
        for FamilyEntry { family, power, holds, .. } in &tried.families {
            if let Some(PowerEntry { best, median }) = power {
                text += &format!(
                    "{family}: {holds} hold; an error of {best:.0e} would have been caught at best, of {median:.0e} in half of them\n"
                );
            }
        }
        if !tried.corners_not_covered.is_empty() {
            text += &format!("not covered: {}\n", tried.corners_not_covered.join(", "));
        }
    }
    text
}

fn rescues(explanation: &Rescues) -> String {
    let mut text = String::from("\nit survives\n");
    for entry in &explanation.hypotheses {
        text += &format!("    under {} ({} cases hold)\n", entry.hypotheses.join(" and "), entry.holds);
    }
    for entry in &explanation.edits {
        text += &format!("    with {}: {} ({} cases hold)\n", entry.what, entry.statement, entry.holds);
    }
    if explanation.hypotheses.is_empty() && explanation.edits.is_empty() {
        let Rescues { hypotheses_tried, edits_tried, .. } = explanation;
        text = format!("\nnone of {hypotheses_tried} sets of hypotheses and {edits_tried} small changes rescues it\n");
    }
    text
}
