//! A file of claims, checked: table, JSON and page.

use infodyn_core::Mixture;
use infodyn_data::{ClaimText, ClaimsFile};
use infodyn_search::{Answer, Checked, Claim, Counterexample, Domain, Expected, Settings, Verdict, check, propose};
use serde_json::{Map, Value, json};

use super::language::{COMPONENTS, DIM, LAWS, Language, PROCESS, domain};
use crate::text::{aligned, short};

/// Where a claim is tried whose file does not say.
pub const DEFAULTS: Place<'static> =
    Place { laws: LAWS, process: PROCESS, dim: DIM, components: COMPONENTS, given: None };

/// The texts of a domain, as flags and files have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Families of laws.
    pub laws: &'a str,
    /// Processes.
    pub process: &'a str,
    /// Dimensions.
    pub dim: &'a str,
    /// Numbers of components.
    pub components: &'a str,
    /// What every law has.
    pub given: Option<&'a str>,
}

/// A file of claims and what came of each, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The name of the file.
    pub file: String,
    /// What it is about.
    pub title: String,
    /// Random cases of each statement.
    pub cases: u64,
    /// Their seed.
    pub seed: u64,
    /// The claims.
    pub claims: Vec<(Claim, Checked)>,
    /// By the name of a claim, changes of it that are refuted and that it does not list as mutants, where they were
    /// asked for.
    pub proposed: Vec<(String, Vec<String>)>,
}

/// Reads every claim of a file before any is tried: a mistake in the last costs nothing.
///
/// # Errors
/// One line: the file, the claim, the field and what is wrong with it.
pub fn claims(file: &ClaimsFile) -> Result<Vec<Claim>, String> {
    file.claims
        .iter()
        .map(|text| claim(text).map_err(|error| format!("{}: claim {}: {error}", file.file, text.id)))
        .collect()
}

fn claim(text: &ClaimText) -> Result<Claim, String> {
    let hypothesis = text.hypothesis.as_deref();
    for statement in std::iter::once(&text.statement).chain(&text.mutants) {
        super::language::judgement(statement, hypothesis).map_err(|error| format!("{statement}: {error}"))?;
    }
    Ok(Claim {
        id: text.id.clone(),
        statement: text.statement.clone(),
        domain: place(text)?,
        hypothesis: text.hypothesis.clone(),
        source: text.source.clone(),
        expected: if text.survives { Expected::Survives } else { Expected::Refuted },
        mutants: text.mutants.clone(),
    })
}

fn place(text: &ClaimText) -> Result<Domain, String> {
    domain(
        text.laws.as_deref().unwrap_or(DEFAULTS.laws),
        text.process.as_deref().unwrap_or(DEFAULTS.process),
        text.dim.as_deref().unwrap_or(DEFAULTS.dim),
        text.components.as_deref().unwrap_or(DEFAULTS.components),
        text.given.as_deref(),
    )
}

/// Tries every claim of a file with its mutants, and proposes more of them where that is asked for; `tell` hears of
/// each claim that is done.
///
/// # Errors
/// One line: the file, the claim and what is wrong with it.
pub fn run(
    file: &ClaimsFile,
    settings: &Settings,
    proposes: bool,
    tell: impl FnMut(&Claim, &Checked),
) -> Result<Report, String> {
    let named = |error: String| format!("{}: {error}", file.file);
    let claims = claims(file)?;
    let checked = check(&claims, &Language, settings, tell).map_err(named)?;
    let mut proposed = Vec::new();
    for claim in claims.iter().filter(|claim| proposes && claim.expected == Expected::Survives) {
        proposed.push((claim.id.clone(), propose(claim, &Language, settings).map_err(named)?));
    }
    let (cases, seed) = (settings.cases, settings.seed);
    let claims = claims.into_iter().zip(checked).collect();
    Ok(Report { file: file.file.clone(), title: file.title.clone(), cases, seed, claims, proposed })
}

/// `survived`, `refuted` or `undecided`.
pub(super) fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Survived => "survived",
        Verdict::Refuted(_) => "refuted",
        Verdict::Nothing(_) => "undecided",
    }
}

/// `K = 2, D = 1`, and the process and level where they matter.
pub(super) fn brief(found: &Counterexample) -> String {
    let law = &found.case.law;
    format!("K = {}, D = {}, {}, snr {}", law.components(), law.dim(), found.case.process, short(found.case.snr()))
}

impl Report {
    /// 0 when every claim came out as the file says and every mutant was refuted; 2 when something could not be decided
    /// and nothing is wrong besides; else 1.
    #[must_use]
    pub fn exit(&self) -> u8 {
        let undecided = |c: &Checked| {
            std::iter::once(&c.answer).chain(&c.mutants).any(|a| matches!(a.verdict, Verdict::Nothing(_)))
        };
        let unexpected: Vec<_> = self.claims.iter().filter(|(_, c)| !c.as_expected).collect();
        match unexpected.is_empty() {
            true => 0,
            false if unexpected.iter().all(|(_, c)| undecided(c)) => 2,
            false => 1,
        }
    }

    /// One row a claim, then a line for each thing that did not come out as the file says.
    #[must_use]
    pub fn table(&self) -> String {
        let header = ["claim", "verdict", "cases", "power", "mutants refuted", "counterexample", ""];
        let mut text = aligned(header.map(str::to_owned).to_vec(), self.claims.iter().map(row).collect());
        for (claim, checked) in &self.claims {
            for line in complaints(claim, checked) {
                text += &format!("{}: {line}\n", claim.id);
            }
        }
        for (id, statements) in &self.proposed {
            statements.iter().for_each(|statement| text += &format!("{id}: refuted too: {statement}\n"));
        }
        let good = self.claims.iter().filter(|(_, checked)| checked.as_expected).count();
        text + &format!("{}: {good} of {} claims as expected\n", self.title, self.claims.len())
    }

    /// `infodyn.claims/1`.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "schema": "infodyn.claims/1",
            "file": self.file,
            "title": self.title,
            "cases": self.cases,
            "seed": self.seed,
            "as_expected": self.claims.iter().all(|(_, checked)| checked.as_expected),
            "claims": self.claims.iter().map(|one| self.claim_json(one)).collect::<Vec<_>>(),
        })
    }
}

impl Report {
    fn claim_json(&self, (claim, checked): &(Claim, Checked)) -> Value {
        let mut map = claim_json(claim, checked);
        if let Some((_, statements)) = self.proposed.iter().find(|(id, _)| *id == claim.id) {
            map.insert("proposed".into(), json!(statements));
        }
        Value::Object(map)
    }
}

fn row((claim, checked): &(Claim, Checked)) -> Vec<String> {
    let tally = &checked.answer.tally;
    let powers = tally.families.iter().filter_map(|f| f.power).map(|p| p.median);
    let power = powers.reduce(f64::max).map_or_else(String::new, |p| format!("{p:.0e}"));
    let dead = checked.mutants.iter().filter(|m| matches!(m.verdict, Verdict::Refuted(_))).count();
    let counterexample = match &checked.answer.verdict {
        Verdict::Refuted(found) => brief(found),
        _ => String::new(),
    };
    // What local search found is no case.
    let drawn = |verdict: &Verdict| matches!(verdict, Verdict::Refuted(found) if found.number.is_some());
    let decided = tally.holds + u64::from(drawn(&checked.answer.verdict));
    vec![
        claim.id.clone(),
        word(&checked.answer.verdict).to_owned(),
        format!("{decided} of {}", tally.cases),
        power,
        format!("{dead} of {}", checked.mutants.len()),
        counterexample,
        if checked.as_expected { "" } else { "not as expected" }.to_owned(),
    ]
}

fn complaints(claim: &Claim, checked: &Checked) -> Vec<String> {
    let mut lines = Vec::new();
    match (&checked.answer.verdict, claim.expected) {
        (Verdict::Nothing(why), _) => lines.push(format!("undecided: {why}")),
        (Verdict::Survived, Expected::Refuted) => lines.push("survived, expected refuted".to_owned()),
        (Verdict::Refuted(found), Expected::Survives) => {
            lines.push(format!("refuted by {}, expected to survive: {}", brief(found), law(&found.case.law)));
        }
        _ => {}
    }
    for (statement, answer) in claim.mutants.iter().zip(&checked.mutants) {
        match &answer.verdict {
            Verdict::Refuted(_) => {}
            Verdict::Survived => lines.push(format!("a mutant survived: {statement}")),
            Verdict::Nothing(why) => lines.push(format!("a mutant is undecided ({why}): {statement}")),
        }
    }
    lines
}

/// A law on one line.
pub(super) fn law(law: &Mixture) -> String {
    let rows = (0..law.components()).map(|k| {
        let d = law.dim();
        let numbers = |values: &[f64]| values.iter().map(|v| short(*v)).collect::<Vec<_>>().join(" ");
        let covariance = law.covariance(k).matrix(d);
        format!(
            "{} at ({}) of covariance ({})",
            short(law.weights()[k]),
            numbers(law.mean(k)),
            numbers(covariance.as_slice())
        )
    });
    rows.collect::<Vec<_>>().join(", ")
}

fn claim_json(claim: &Claim, checked: &Checked) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("id".into(), claim.id.as_str().into());
    map.insert("statement".into(), claim.statement.as_str().into());
    if let Some(hypothesis) = &claim.hypothesis {
        map.insert("where".into(), hypothesis.as_str().into());
    }
    map.insert("source".into(), claim.source.as_str().into());
    let expected = if claim.expected == Expected::Survives { "survives" } else { "refuted" };
    map.insert("expected".into(), expected.into());
    map.insert("as_expected".into(), checked.as_expected.into());
    answer_json(&checked.answer, &mut map);
    let mutants = claim.mutants.iter().zip(&checked.mutants).map(|(statement, answer)| {
        let mut map = Map::new();
        map.insert("statement".into(), statement.as_str().into());
        answer_json(answer, &mut map);
        Value::Object(map)
    });
    map.insert("mutants".into(), mutants.collect());
    map
}

fn answer_json(answer: &Answer, map: &mut Map<String, Value>) {
    map.insert("verdict".into(), word(&answer.verdict).into());
    let tally = &answer.tally;
    for (name, count) in [
        ("cases", tally.cases),
        ("outside", tally.outside),
        ("holds", tally.holds),
        ("undecided", tally.undecided),
        ("local", tally.local),
    ] {
        map.insert(name.into(), count.into());
    }
    let uncovered: Vec<&str> = tally.uncovered().into_iter().map(infodyn_search::Corner::name).collect();
    match &answer.verdict {
        Verdict::Nothing(why) => {
            map.insert("why".into(), why.as_str().into());
        }
        Verdict::Survived => {
            let power = |f: &infodyn_search::FamilyTally| {
                let power = f.power.map(|p| json!({ "best": p.best, "median": p.median }));
                json!({ "family": f.family, "cases": f.cases, "holds": f.holds, "power": power })
            };
            map.insert("families".into(), tally.families.iter().map(power).collect());
            map.insert("corners_not_covered".into(), json!(uncovered));
        }
        Verdict::Refuted(found) => {
            let law = &found.case.law;
            let rows = |k: usize| law.covariance(k).matrix(law.dim()).as_slice().to_vec();
            let law_json = json!({
                "weights": law.weights(),
                "means": (0..law.components()).map(|k| law.mean(k)).collect::<Vec<_>>(),
                "covariances": (0..law.components()).map(rows).collect::<Vec<_>>(),
            });
            map.insert(
                "counterexample".into(),
                json!({
                    "law": law_json,
                    "process": found.case.process.to_string(),
                    "snr": found.case.snr(),
                    "excess": found.excess,
                    "number": found.number,
                    "corner": found.corner.name(),
                    "steps": found.steps,
                }),
            );
        }
    }
}
