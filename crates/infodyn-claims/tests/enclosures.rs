//! The enclosures of the registry: how many claims they reach, that all hold, and that every mutant's are disjoint.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use infodyn_claims::{Context, Effort, Kind, falsify, registry, verify};
use infodyn_core::{Rigor, Verdict};

fn context() -> Context {
    Context::new(1, Effort::Quick)
}

#[test]
fn enclosures_hold_and_are_narrow() {
    let report = verify(&context(), &registry(), &[Kind::Enclosure], &|_, _| ()).unwrap();
    let mut failed = Vec::new();
    for claim in &report.claims {
        for e in &claim.evidence {
            let rigor = e.comparison.map(|c| c.lhs().rigor().min(c.rhs().rigor()));
            eprintln!("{} {}: {:.2} s", claim.id, e.case, e.seconds);
            if e.verdict != Verdict::Holds || rigor != Some(Rigor::Enclosed) {
                failed.push(format!("{} {}: {:?} {:?}", claim.id, e.case, e.comparison, e.why));
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(report.claims.len() >= 20, "{}", report.claims.len());
}

#[test]
fn enclosures_of_every_mutant_are_disjoint() {
    let result = falsify(&context(), &registry(), &[Kind::Enclosure], &|_, _| ()).unwrap();
    let standing = result.mutants.iter().filter(|t| t.verdict != Verdict::Refuted);
    let standing: Vec<String> =
        standing.map(|t| format!("{} {} {}: {:?} {:?}", t.id, t.case, t.mutant, t.comparison, t.why)).collect();
    assert!(standing.is_empty(), "{standing:#?}");
    // Every inequality has a mutant that is barely false.
    let coarse = result.coarse();
    assert!(coarse.is_empty(), "no barely false mutant: {coarse:?}");
    assert!(result.mutants.len() > 60, "{}", result.mutants.len());
}
