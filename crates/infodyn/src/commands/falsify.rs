//! `infodyn falsify`: every claim broken on purpose.

use std::process::ExitCode;

use infodyn_claims::{Falsification, MutantReport, falsify};
use infodyn_core::Verdict;
use serde_json::{Map, Value, json};

use super::registry::Run;
use super::verify::numbers;
use crate::text::{Outcome, aligned};

/// Breaks the claims: 0 when every mutant is refuted, else 1. Or does a part of it.
pub fn run(flags: &Run) -> Outcome<ExitCode> {
    Ok(flags.answer(|| answered(flags))?.unwrap_or(ExitCode::SUCCESS))
}

fn answered(flags: &Run) -> Outcome<ExitCode> {
    let (answer, plan) = flags.open(None)?;
    let result = plan.run(|tell| falsify(&plan.context, &plan.claims, &plan.kinds, tell))?;
    if result.mutants.is_empty() {
        return Err(plan.nothing());
    }
    answer.deliver(&document(&result), &table(&result))?;
    Ok(ExitCode::from(u8::from(!result.all_refuted())))
}

/// `infodyn.falsify/1`.
fn document(result: &Falsification) -> Value {
    let mutants: Vec<Value> = result.mutants.iter().map(mutant).collect();
    json!({ "schema": "infodyn.falsify/1", "all_refuted": result.all_refuted(), "coarse": result.coarse(), "mutants": mutants })
}

fn mutant(mutant: &MutantReport) -> Value {
    let mut map = Map::new();
    map.insert("claim".into(), mutant.id.into());
    map.insert("kind".into(), mutant.kind.name().into());
    map.insert("case".into(), mutant.case.as_str().into());
    map.insert("ingredient".into(), mutant.ingredient.to_string().into());
    map.insert("mutant".into(), mutant.mutant.as_str().into());
    if let Some(c) = mutant.comparison {
        numbers(mutant.kind, &c, &mut map);
    }
    map.insert("verdict".into(), mutant.verdict.name().into());
    if let Some(why) = &mutant.why {
        map.insert("why".into(), why.as_str().into());
    }
    Value::Object(map)
}

/// One row a claim and mutant: how many checks were asked, how many refuted it, by what margin.
fn table(result: &Falsification) -> String {
    let mut rows: Vec<(&str, &str, Vec<&MutantReport>)> = Vec::new();
    for mutant in &result.mutants {
        match rows.iter_mut().find(|r| r.0 == mutant.id && r.1 == mutant.mutant) {
            Some(row) => row.2.push(mutant),
            None => rows.push((mutant.id, &mutant.mutant, vec![mutant])),
        }
    }
    let cells = rows.iter().map(|(id, name, mutants)| {
        let refuted = mutants.iter().filter(|t| t.verdict == Verdict::Refuted).count();
        // How far beyond what an equality allows the closest mutant came.
        let margin =
            mutants.iter().filter_map(|t| t.comparison).map(|c| c.residual() / c.bound()).fold(f64::INFINITY, f64::min);
        let margin = if margin.is_finite() { format!("{margin:.1e}") } else { "exact".into() };
        let ingredient = mutants.first().map_or_else(String::new, |m| m.ingredient.to_string());
        vec![(*id).to_owned(), ingredient, (*name).to_owned(), format!("{refuted} of {}", mutants.len()), margin]
    });
    let header = ["claim", "ingredient", "mutant", "refuted", "least residual/bound"].map(str::to_owned).to_vec();
    let mut text = aligned(header, cells.collect());
    let missed: Vec<&MutantReport> = result.mutants.iter().filter(|t| t.verdict != Verdict::Refuted).collect();
    for t in &missed {
        let why = t.why.as_deref().unwrap_or("the intervals overlap");
        text += &format!("{} not refuted ({}) by {}, {}: {}; {why}\n", t.id, t.verdict, t.kind, t.case, t.mutant);
    }
    let coarse = result.coarse();
    if !coarse.is_empty() {
        text += &format!("no mutant of an inequality is barely false: {}\n", coarse.join(", "));
    }
    text + &format!("{} mutants, {} not refuted\n", result.mutants.len(), missed.len())
}
