//! `infodyn falsify`: every claim broken on purpose.

use std::process::ExitCode;

use infodyn_claims::{Falsification, TwinReport, falsify};
use infodyn_core::Verdict;
use serde_json::{Map, Value, json};

use super::registry::Args;
use super::verify::numbers;
use crate::text::{Outcome, Refusal, aligned, print};

/// Breaks the claims: 0 when every twin is refuted, else 1.
pub(crate) fn run(args: &Args) -> Outcome<ExitCode> {
    let plan = args.plan()?;
    let result = plan.run(|tell| falsify(&plan.context, &args.claims, &plan.kinds, tell))?;
    if result.twins.is_empty() {
        return Err(plan.nothing());
    }
    if let Some(file) = &plan.file {
        let text = serde_json::to_string_pretty(&document(&result)).map_err(|e| Refusal::flag("--json", e))?;
        file.write((text + "\n").as_bytes()).map_err(|e| Refusal::flag("--json", e))?;
    }
    print(&table(&result))?;
    Ok(ExitCode::from(u8::from(!result.all_refuted())))
}

/// `infodyn.falsify/1`.
fn document(result: &Falsification) -> Value {
    let twins: Vec<Value> = result.twins.iter().map(twin).collect();
    json!({ "schema": "infodyn.falsify/1", "all_refuted": result.all_refuted(), "twins": twins })
}

fn twin(twin: &TwinReport) -> Value {
    let mut map = Map::new();
    map.insert("claim".into(), twin.id.into());
    map.insert("kind".into(), twin.kind.name().into());
    map.insert("case".into(), twin.case.as_str().into());
    map.insert("twin".into(), twin.twin.as_str().into());
    if let Some(c) = twin.comparison {
        numbers(twin.kind, &c, &mut map);
    }
    map.insert("verdict".into(), twin.verdict.name().into());
    if let Some(why) = &twin.why {
        map.insert("why".into(), why.as_str().into());
    }
    Value::Object(map)
}

/// One row a claim and twin: how many checks were asked, how many refuted it, by what margin.
fn table(result: &Falsification) -> String {
    let mut rows: Vec<(&str, &str, Vec<&TwinReport>)> = Vec::new();
    for twin in &result.twins {
        match rows.iter_mut().find(|r| r.0 == twin.id && r.1 == twin.twin) {
            Some(row) => row.2.push(twin),
            None => rows.push((twin.id, &twin.twin, vec![twin])),
        }
    }
    let cells = rows.iter().map(|(id, name, twins)| {
        let refuted = twins.iter().filter(|t| t.verdict == Verdict::Refuted).count();
        // How far beyond what an equality allows the closest twin came.
        let margin =
            twins.iter().filter_map(|t| t.comparison).map(|c| c.residual() / c.bound()).fold(f64::INFINITY, f64::min);
        let margin = if margin.is_finite() { format!("{margin:.1e}") } else { "exact".into() };
        vec![(*id).to_owned(), (*name).to_owned(), format!("{refuted} of {}", twins.len()), margin]
    });
    let header = ["claim", "false twin", "refuted", "least residual/bound"].map(str::to_owned).to_vec();
    let mut text = aligned(header, cells.collect());
    let missed: Vec<&TwinReport> = result.twins.iter().filter(|t| t.verdict != Verdict::Refuted).collect();
    for t in &missed {
        let why = t.why.as_deref().unwrap_or("the intervals overlap");
        text += &format!("{} not refuted ({}) by {}, {}: {}; {why}\n", t.id, t.verdict, t.kind, t.case, t.twin);
    }
    text + &format!("{} twins, {} not refuted\n", result.twins.len(), missed.len())
}
