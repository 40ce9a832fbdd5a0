//! `infodyn verify`: the registry as it stands.

use std::process::ExitCode;

use infodyn_claims::{Calibration, ClaimReport, Evidence, Ingredient, Kind, Report, Sampled, verify};
use infodyn_core::{Comparison, Verdict};
use serde_json::{Map, Value, json};

use super::registry::{NO_PROOFS, Run};
use crate::home::Home;
use crate::text::{Outcome, aligned};

/// Checks the claims, with the proofs of a checkout where there is one: 0 when all hold, else 1.
///
/// `None` of a part of them.
pub fn run(flags: &Run, home: Option<&Home>) -> Outcome<Option<(Report, ExitCode)>> {
    flags.answer(|| answered(flags, home))
}

fn answered(flags: &Run, home: Option<&Home>) -> Outcome<(Report, ExitCode)> {
    let (answer, plan) = flags.open(home)?;
    plan.expect_proofs_checked()?;
    let report = plan.run(|tell| verify(&plan.context, &plan.claims, &plan.kinds, tell))?;
    if report.claims.is_empty() {
        return Err(plan.nothing());
    }
    let mut table = table(&report);
    if home.is_none() {
        table += &format!("proofs: {NO_PROOFS}\n");
    }
    answer.deliver(&document(&report), &table)?;
    let code = ExitCode::from(u8::from(report.verdict != Verdict::Holds));
    Ok((report, code))
}

/// `infodyn.verify/1`.
fn document(report: &Report) -> Value {
    let claims: Vec<Value> = report.claims.iter().map(claim).collect();
    let calibrations: Vec<Value> = report.calibrations.iter().map(calibration).collect();
    json!({
        "schema": "infodyn.verify/1", "seed": report.seed, "effort": report.effort,
        "verdict": report.verdict.name(), "claims": claims, "calibration": calibrations,
    })
}

fn calibration(of: &Calibration) -> Value {
    let mut value = json!({
        "kind": of.kind.name(), "count": of.count, "residual_over_bound": of.bounds, "verdict": of.verdict().name(),
    });
    if let (Some(map), Some(s)) = (value.as_object_mut(), of.sampled) {
        map.insert("residual_over_standard_error".into(), json!(s.rms));
        map.insert("range".into(), json!([s.range.0, s.range.1]));
        map.insert("narrowest".into(), json!(s.least));
    }
    value
}

fn claim(claim: &ClaimReport) -> Value {
    let evidence: Vec<Value> = claim.evidence.iter().map(evidence).collect();
    let ingredients: Vec<String> = claim.ingredients.iter().map(Ingredient::to_string).collect();
    let mut value = json!({
        "id": claim.id, "name": claim.name, "verdict": claim.verdict.name(), "says": claim.says(), "statement": claim.statement,
        "scope": claim.scope, "ingredients": ingredients, "notes": claim.notes, "evidence": evidence,
    });
    for (name, number) in [("power", claim.power()), ("slack", claim.slack())] {
        if let (Some(map), Some(number)) = (value.as_object_mut(), number.filter(|x| x.is_finite())) {
            map.insert(name.into(), json!(number));
        }
    }
    value
}

fn evidence(evidence: &Evidence) -> Value {
    let mut map = Map::new();
    map.insert("kind".into(), evidence.kind.name().into());
    map.insert("case".into(), evidence.case.as_str().into());
    if let Some(c) = evidence.comparison {
        numbers(evidence.kind, &c, &mut map);
    }
    map.insert("samples".into(), evidence.samples().into());
    map.insert("seconds".into(), json!(evidence.seconds));
    map.insert("verdict".into(), evidence.verdict.name().into());
    if let Some(scope) = &evidence.scope {
        map.insert("scope".into(), scope.as_str().into());
    }
    if let Some(why) = &evidence.why {
        map.insert("why".into(), why.as_str().into());
    }
    Value::Object(map)
}

/// The numbers of a comparison, the sides of an enclosure as pairs; one that is not finite is left out.
pub(super) fn numbers(kind: Kind, c: &Comparison, map: &mut Map<String, Value>) {
    let fields = [
        ("lhs", c.lhs().value()),
        ("rhs", c.rhs().value()),
        ("residual", c.residual()),
        ("bound", c.bound()),
        ("power", c.power()),
    ];
    for (name, value) in fields {
        if value.is_finite() {
            map.insert(name.into(), json!(value));
        }
    }
    if let Some(slack) = c.slack().filter(|s| s.is_finite()) {
        map.insert("slack".into(), json!(slack));
    }
    if kind == Kind::Enclosure && c.difference().is_finite() {
        for (name, side) in [("lhs", c.lhs()), ("rhs", c.rhs())] {
            // Outward: the ends of a proved interval.
            let ends = [(side.value() - side.radius()).next_down(), (side.value() + side.radius()).next_up()];
            map.insert(name.into(), json!(ends));
        }
    }
}

fn table(report: &Report) -> String {
    let kinds: Vec<Kind> = Kind::ALL
        .into_iter()
        .filter(|&k| report.claims.iter().flat_map(|c| &c.evidence).any(|e| e.kind == k))
        .collect();
    let mut header = vec!["claim".to_owned(), "name".to_owned()];
    for &kind in &kinds {
        header.push(kind.name().to_owned());
        header.push(if kind == Kind::Proof { "scope" } else { "power" }.to_owned());
    }
    header.extend(["slack", "verdict"].map(str::to_owned));
    let rows = report.claims.iter().map(|claim| {
        let mut row = vec![claim.id.to_owned(), claim.name.to_owned()];
        for &kind in &kinds {
            let of: Vec<&Evidence> = claim.evidence.iter().filter(|e| e.kind == kind).collect();
            row.push(tally(&of));
            row.push(if kind == Kind::Proof { scope(&of) } else { power(&of) });
        }
        row.push(claim.slack().map_or_else(String::new, |s| format!("{s:.0e}")));
        row.push(claim.says());
        row
    });
    let mut text = aligned(header, rows.collect());
    text += "power: the smallest and largest relative error that a check of the claim is sure to catch\n\
             slack: the least room that an inequality of the claim leaves, relative to its right side\n";
    let checks = report.claims.iter().map(|c| c.evidence.len()).sum::<usize>();
    for claim in &report.claims {
        let told =
            |e: &&Evidence| e.verdict != Verdict::Holds && !(e.kind == Kind::Proof && e.verdict == Verdict::Skipped);
        for note in &claim.notes {
            text += &format!("{}: {note}\n", claim.id);
        }
        for e in claim.evidence.iter().filter(told) {
            text += &format!("{} {} by {}, {}: {}\n", claim.id, e.verdict, e.kind, e.case, reason(e));
        }
    }
    // All proofs are skipped for one reason, or none is.
    let skipped = |e: &&Evidence| e.kind == Kind::Proof && e.verdict == Verdict::Skipped;
    if let Some(e) = report.claims.iter().flat_map(|c| &c.evidence).find(skipped) {
        text += &format!("proofs skipped: {}\n", reason(e));
    }
    for c in &report.calibrations {
        text += &format!("{}: {} residuals, {:.2} of their bounds (root mean square)", c.kind, c.count, c.bounds);
        if let Some(s) = c.sampled {
            let (low, high) = s.range;
            text += &format!("; {:.2} standard errors of {}, {low:.2} to {high:.2} expected", s.rms, s.count);
            text +=
                &format!("; narrowest interval {:.2}, {:.2} at least: {}", s.least, Sampled::NARROWEST, c.verdict());
        }
        text.push('\n');
    }
    text + &format!("{} claims, {checks} checks: {}\n", report.claims.len(), report.verdict)
}

fn reason(e: &Evidence) -> String {
    match (&e.why, e.comparison) {
        (Some(why), _) => why.clone(),
        (None, Some(c)) => format!(
            "{:.9e} against {:.9e}, residual {:.1e}, bound {:.1e}, sharp below {:.1e}",
            c.lhs().value(),
            c.rhs().value(),
            c.residual(),
            c.bound(),
            c.tolerance()
        ),
        (None, None) => "no comparison".into(),
    }
}

/// `9 hold`, or how many of how many; `skipped` where none was run.
fn tally(evidence: &[&Evidence]) -> String {
    let count = |verdict| evidence.iter().filter(|e| e.verdict == verdict).count();
    let holds = count(Verdict::Holds);
    match evidence.len() {
        0 => String::new(),
        n if n == holds => format!("{n} hold"),
        n if n == count(Verdict::Skipped) => "skipped".into(),
        n => format!("{holds} of {n} hold"),
    }
}

/// For which laws the claim is proved.
fn scope(evidence: &[&Evidence]) -> String {
    let mut scopes: Vec<&str> = evidence.iter().filter_map(|e| e.scope.as_deref()).collect();
    scopes.dedup();
    scopes.join(", ")
}

/// The smallest and the largest power of checks of equalities.
fn power(evidence: &[&Evidence]) -> String {
    let equal = |c: &Comparison| c.relation() == infodyn_core::Relation::Equal;
    let powers = evidence.iter().filter_map(|e| e.comparison).filter(equal).map(|c| c.power());
    let (low, high) = powers.fold((f64::INFINITY, 0.0_f64), |(l, h), p| (l.min(p), h.max(p)));
    if high > 0.0 { format!("{low:.0e}..{high:.0e}") } else { String::new() }
}
