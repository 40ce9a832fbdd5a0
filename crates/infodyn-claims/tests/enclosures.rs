//! The enclosures of the registry: how many claims they reach, that all hold, and that every twin's are disjoint.
#![allow(clippy::unwrap_used, clippy::panic)]

use infodyn_claims::{Context, Effort, Kind, falsify, registry, verify};
use infodyn_core::{Rigor, Verdict};

fn context() -> Context {
    Context { seed: 1, effort: Effort::Quick, digits: None }
}

#[test]
fn enclosures_hold_and_are_narrow() {
    let ids: Vec<String> = registry().iter().map(|c| c.id.to_owned()).collect();
    let report = verify(&context(), &ids, &[Kind::Enclosure], &|_, _| ()).unwrap();
    for claim in &report.claims {
        for e in &claim.evidence {
            let c = e.comparison.unwrap_or_else(|| panic!("{} {}: {:?}", claim.id, e.case, e.why));
            eprintln!("{} {}: {} {} {:.1e} {:.2}s", claim.id, e.case, c.lhs, c.rhs, c.bound(), e.seconds);
            assert_eq!(e.verdict, Verdict::Holds, "{} {}: {} {}", claim.id, e.case, c.lhs, c.rhs);
            assert!(c.lhs.rigor == Rigor::Enclosed && c.rhs.rigor == Rigor::Enclosed);
        }
    }
    assert!(report.claims.len() >= 20, "{}", report.claims.len());
}

#[test]
fn enclosures_of_every_twin_are_disjoint() {
    let ids: Vec<String> = registry().iter().map(|c| c.id.to_owned()).collect();
    let result = falsify(&context(), &ids, &[Kind::Enclosure], &|_, _| ()).unwrap();
    for twin in &result.twins {
        assert_eq!(twin.verdict, Verdict::Refuted, "{} {} {}: {:?}", twin.id, twin.case, twin.twin, twin.why);
    }
    assert!(result.twins.len() > 60, "{}", result.twins.len());
}
