//! The registry as a whole: what every claim must have, and that runs repeat bit for bit.
#![allow(clippy::unwrap_used)]

use infodyn_claims::{Context, Effort, Kind, falsify, selected, verify};
use infodyn_core::Verdict;

fn context() -> Context {
    Context::new(infodyn_monte_carlo::SEED, Effort::Quick)
}

/// Same seed, same bits: one thread and two give the same comparisons.
#[test]
fn threads_do_not_change_a_bit() {
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let report = pool
            .install(|| verify(&context(), &selected(&["B2".into(), "D3".into()]).unwrap(), &[], &|_, _| ()))
            .unwrap();
        assert_eq!(report.verdict, Verdict::Holds);
        let evidence = report.claims.into_iter().flat_map(|c| c.evidence);
        evidence.map(|e| format!("{} {:?} {:?}", e.case, e.comparison, e.verdict)).collect::<Vec<_>>()
    };
    assert_eq!(run(1), run(2));
}

#[test]
fn every_mutant_of_the_main_theorem_is_refuted() {
    let result =
        falsify(&context(), &selected(&["B2".into()]).unwrap(), &[Kind::Quadrature, Kind::Symbolic], &|_, _| ())
            .unwrap();
    assert!(result.all_refuted() && result.mutants.len() > 30, "{}", result.mutants.len());
}

#[test]
fn unknown_claims_are_errors() {
    assert!(selected(&["Z9".into()]).is_err());
}
