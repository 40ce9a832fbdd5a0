#![allow(clippy::unwrap_used)]

use infodyn_claims::{ClaimReport, Evidence, Falsification, Ingredient, Kind, MutantReport, Report, registry};
use infodyn_core::{Comparison, Estimate};

use super::*;
use crate::home::Statement;

/// Every claim with one check, which `verdict` decides.
fn run(verdict: impl Fn(&str) -> Verdict) -> (Report, Falsification) {
    let evidence = |id: &str| Evidence {
        kind: Kind::Quadrature,
        case: "a < b & c/ou/t=1".into(),
        comparison: Some(Comparison::new(Estimate::new(1.0, 1e-9), Estimate::new(1.0, 1e-9), 1e-3)),
        seconds: 0.1,
        verdict: verdict(id),
        why: None,
        scope: None,
    };
    let claims: Vec<ClaimReport> = registry()
        .iter()
        .map(|c| ClaimReport {
            id: c.id,
            name: c.name,
            statement: c.text(),
            scope: c.scope,
            evidence: vec![evidence(c.id)],
            ingredients: vec![Ingredient::Weight],
            notes: Vec::new(),
            verdict: verdict(c.id),
        })
        .collect();
    let mutant = |c: &ClaimReport| MutantReport {
        id: c.id,
        kind: Kind::Quadrature,
        case: "a case".into(),
        ingredient: Ingredient::Weight,
        mutant: "a broken weight".into(),
        comparison: None,
        verdict: Verdict::Refuted,
        why: None,
    };
    let mutants = claims.iter().map(mutant).collect();
    let verdict = if claims.iter().any(|c| c.verdict == Verdict::Refuted) { Verdict::Refuted } else { Verdict::Holds };
    (Report { seed: 1, effort: "quick", claims, calibrations: Vec::new(), verdict }, Falsification { mutants })
}

fn page_of(report: &Report, falsification: &Falsification) -> String {
    let claims = registry();
    let pictures = [Picture {
        name: "two".into(),
        title: "Two".into(),
        caption: "Claims: C2 and C8.".into(),
        svg: "<svg></svg>".into(),
    }];
    let proofs = [Statement {
        claim: "B2".into(),
        scope: "finite atoms".into(),
        file: "B2_Main.v".into(),
        words: "The main theorem.".into(),
        theorems: vec!["Theorem main : 0 < 1.".into()],
    }];
    let run = [("seed", "1".into())];
    page(&Material { claims: &claims, report, falsification, proofs: &proofs, pictures: &pictures, run: &run }).unwrap()
}

#[test]
fn a_refuted_claim_cannot_be_missed() {
    let (report, falsification) = run(|id| if id == "B4" { Verdict::Refuted } else { Verdict::Holds });
    let page = page_of(&report, &falsification);
    // In the title of the window, in the first thing that the page says, in the graph, and at the claim itself.
    assert!(page.contains("<title>REFUTED: 1 · infodyn</title>"));
    let banner = page.find("<div class=\"banner refuted\" role=\"alert\">").unwrap();
    assert!(banner < page.find("<nav").unwrap());
    assert!(page[banner..].starts_with(
        "<div class=\"banner refuted\" role=\"alert\"><strong>✗ 1 refuted: </strong><a href=\"#claim-B4\">"
    ));
    assert!(page.contains("data-family=\"B\" data-status=\"refuted\""));
    assert!(page.contains("aria-label=\"B4 label-production, refuted; \""));
    assert!(!page.contains("every claim holds"));
    // With nothing refuted the page says none of this.
    let (report, falsification) = run(|_| Verdict::Holds);
    let page = page_of(&report, &falsification);
    assert!(
        page.contains("every claim holds")
            && !page.contains("data-status=\"refuted\"")
            && !page.contains("role=\"alert\"")
    );
}

#[test]
fn a_mutant_that_survives_cannot_be_missed() {
    let (report, mut falsification) = run(|_| Verdict::Holds);
    falsification.mutants[3].verdict = Verdict::Holds;
    let page = page_of(&report, &falsification);
    assert!(page.contains("1 mutants were not refuted") && page.contains("infodyn: 1 undecided"));
}

#[test]
fn the_page_needs_nothing_outside_itself_and_its_links_lead_somewhere() {
    let (report, falsification) = run(|_| Verdict::Holds);
    let page = page_of(&report, &falsification);
    for outside in ["src=\"http", "href=\"http", "url(http", "@import", "fetch(", "<link rel=\"stylesheet\""] {
        assert!(!page.contains(outside), "{outside}");
    }
    let mut links = 0;
    for target in page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(page.contains(&format!("id=\"{target}\"")), "{target}");
        links += 1;
    }
    assert!(links > 2 * registry().len());
    assert!(page.contains("1 theorem, finite atoms") && page.contains("Theorem main : 0 &lt; 1."));
    // A claim, its evidence and its figure are each one link away from the claim.
    assert!(page.contains("href=\"#figure-two\"") && page.contains("a &lt; b &amp; c/ou/t=1"));
}

#[test]
fn only_what_rests_on_proofs_is_proved() {
    let claims = registry();
    let root = claims.iter().find(|c| !c.uses.is_empty()).unwrap();
    let proof = |id: &'static str| Evidence {
        kind: Kind::Proof,
        case: format!("{id}: full"),
        comparison: None,
        seconds: 0.0,
        verdict: Verdict::Holds,
        why: None,
        scope: Some("full".into()),
    };
    let (mut report, falsification) = run(|_| Verdict::Holds);
    report.claims.iter_mut().find(|c| c.id == root.id).unwrap().evidence.push(proof(root.id));
    // Proved itself, but not all that it uses.
    assert!(!page_of(&report, &falsification).contains("data-status=\"proved\""));
    report.claims.iter_mut().filter(|c| c.id != root.id).for_each(|c| c.evidence.push(proof(c.id)));
    assert_eq!(page_of(&report, &falsification).matches("data-status=\"proved\"").count(), claims.len());
}
