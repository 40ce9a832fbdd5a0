//! The registry as a whole: what every claim must have, and that runs repeat bit for bit.
#![allow(clippy::unwrap_used)]

use infodyn_claims::{Context, Effort, Kind, falsify, registry, verify};
use infodyn_core::Verdict;

fn context() -> Context {
    Context { seed: 20_250_827, effort: Effort::Quick, digits: None, proofs: Vec::new() }
}

/// A check that cannot fail is a defect: each claim, and each kind of evidence for it, has a mutant.
#[test]
fn every_claim_is_broken_by_every_kind_of_its_evidence() {
    for claim in registry() {
        let checks = claim.all_checks(&context()).unwrap();
        for kind in Kind::ALL {
            let of: Vec<_> = checks.iter().filter(|c| c.kind == kind).collect();
            let broken = kind == Kind::Symbolic || of.iter().any(|c| !c.refutes.is_empty());
            assert!(of.is_empty() || broken, "{} has no mutant by {kind}", claim.id);
        }
        assert!(!checks.is_empty(), "{} has no check", claim.id);
    }
}

/// What a claim uses is in the registry, and the order of the registry respects no cycle.
#[test]
fn claims_use_claims_that_exist() {
    let claims = registry();
    for claim in &claims {
        for used in claim.uses {
            assert!(claims.iter().any(|c| c.id == *used) && *used != claim.id, "{} uses {used}", claim.id);
        }
    }
}

/// Same seed, same bits: one thread and two give the same comparisons.
#[test]
fn threads_do_not_change_a_bit() {
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let report = pool.install(|| verify(&context(), &["B2".into(), "D3".into()], &[], &|_, _| ())).unwrap();
        assert_eq!(report.verdict, Verdict::Holds);
        let evidence = report.claims.into_iter().flat_map(|c| c.evidence);
        evidence.map(|e| format!("{} {:?} {:?}", e.case, e.comparison, e.verdict)).collect::<Vec<_>>()
    };
    assert_eq!(run(1), run(2));
}

#[test]
fn every_mutant_of_the_main_theorem_is_refuted() {
    let result = falsify(&context(), &["B2".into()], &[Kind::Quadrature, Kind::Symbolic], &|_, _| ()).unwrap();
    assert!(result.all_refuted() && result.mutants.len() > 30, "{}", result.mutants.len());
}

#[test]
fn unknown_claims_are_errors() {
    assert!(verify(&context(), &["Z9".into()], &[], &|_, _| ()).is_err());
}
