//! Every identity of the theory is decided, and every false twin is refuted with a witness.

use std::time::Instant;

use infodyn_symbolic::{Verdict, decide, theory};
use rayon::prelude::*;

#[test]
fn identities_hold_and_twins_are_refuted() {
    let start = Instant::now();
    let mut failures: Vec<String> = theory::identities()
        .par_iter()
        .flat_map(|identity| {
            let label = format!("{}: {}", identity.claim, identity.case);
            let clock = Instant::now();
            let verdict = decide(&identity.difference());
            let middle = clock.elapsed();
            let twin = decide(&identity.twin.difference());
            let total = clock.elapsed();
            println!("{:8.3} {:8.3} {label}", middle.as_secs_f64(), (total - middle).as_secs_f64());
            let mut failures = Vec::new();
            if verdict != Verdict::Zero {
                failures.push(format!("{label}: {verdict:?}"));
            }
            if !twin.is_nonzero() {
                failures.push(format!("{label}: twin ({}): {twin:?}", identity.twin.broken));
            }
            failures
        })
        .collect();
    println!("{:?}", start.elapsed());
    failures.sort();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_claim_has_its_builder() {
    let claims: Vec<_> = theory::builders().into_iter().map(|(claim, _)| claim).collect();
    assert!(claims.len() >= 40, "{}", claims.len());
    let mut cases = std::collections::HashSet::new();
    for (claim, build) in theory::builders() {
        let identities = build();
        assert!(!identities.is_empty(), "{claim}");
        for identity in identities {
            assert_eq!(identity.claim, claim);
            assert!(cases.insert((claim, identity.case.clone())), "{claim}: {} twice", identity.case);
        }
    }
    assert_eq!(claims.iter().collect::<std::collections::HashSet<_>>().len(), claims.len());
}
