//! The rules that hold for every claim of the registry.
#![allow(clippy::unwrap_used)]

use std::collections::{HashMap, HashSet};

use infodyn_claims::{Check, Claim, Context, Effort, Ingredient, Kind, Mutant, registry};

fn context() -> Context {
    Context::new(1, Effort::Smallest)
}

fn numerical(check: &&Check) -> bool {
    matches!(check.kind, Kind::Enclosure | Kind::Quadrature | Kind::MonteCarlo)
}

/// A check that cannot fail is a defect: every check has a mutant, of a claim at least two different ingredients are
/// broken, and by every kind of numerical evidence at least one. A mutant of numbers never breaks "a formula": it says
/// which ingredient.
#[test]
fn mutants_break_ingredients() {
    let mut failures = Vec::new();
    for claim in registry() {
        let checks = claim.all_checks(&context()).unwrap();
        assert!(!checks.is_empty(), "{} has no check", claim.id);
        let numbers: Vec<&Check> = checks.iter().filter(numerical).collect();
        let broken = |m: &&Mutant| m.ingredient != Ingredient::Formula;
        for check in &numbers {
            for mutant in check.mutants().iter().filter(|m| !broken(m)) {
                failures.push(format!("{} {}: {}: which ingredient?", claim.id, check.case, mutant.how));
            }
        }
        let all: HashSet<Ingredient> =
            numbers.iter().flat_map(|c| c.mutants()).filter(broken).map(|m| m.ingredient).collect();
        if all.len() < 2 && !numbers.is_empty() {
            failures.push(format!("{}: {all:?}: expected two ingredients", claim.id));
        }
        for kind in Kind::ALL {
            let of: Vec<&&Check> = numbers.iter().filter(|c| c.kind == kind).collect();
            if !of.is_empty() && of.iter().all(|c| c.mutants().is_empty()) {
                failures.push(format!("{}: nothing broken by {kind}", claim.id));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A mutant of numbers is told apart by its words: no check has two of the same name, and a name is no blank.
#[test]
fn mutants_have_names() {
    for claim in registry() {
        for check in claim.all_checks(&context()).unwrap().iter().filter(numerical) {
            let mut names = HashSet::new();
            for mutant in check.mutants() {
                assert!(mutant.how.len() > 2, "{} {}: {:?}", claim.id, check.case, mutant.how);
                assert!(names.insert(&mutant.how), "{} {}: {} twice", claim.id, check.case, mutant.how);
            }
        }
    }
}

/// No two checks share a random stream, nor any of eight further streams of each; mutants have those of their check.
#[test]
fn every_check_has_random_streams_of_its_own() {
    let mut owners: HashMap<u32, String> = HashMap::new();
    for claim in registry() {
        for check in claim.all_checks(&context()).unwrap().iter().filter(|c| c.kind == Kind::MonteCarlo) {
            let own = check.context(&context());
            for (i, stream) in
                std::iter::once(own.stream()).chain((0..8).map(|i| own.substream(i).stream())).enumerate()
            {
                let owner = format!("{} {}, stream {i}", claim.id, check.case);
                if let Some(other) = owners.insert(stream, owner.clone()) {
                    assert_eq!(other, owner, "share a stream");
                }
            }
        }
    }
    assert!(owners.len() > 9 * 200, "{}", owners.len());
}

/// Every claim rests on two kinds of evidence without a proof checker.
#[test]
fn every_claim_has_two_kinds_of_evidence() {
    for claim in registry() {
        let checks = claim.all_checks(&context()).unwrap();
        let kinds: HashSet<Kind> = checks.iter().map(|c| c.kind).collect();
        assert!(kinds.len() >= 2, "{}: {kinds:?}", claim.id);
    }
}

/// A claim that a chain of `uses` leads back to.
fn circle(claims: &[(&'static str, &'static [&'static str])]) -> Option<&'static str> {
    let mut open: Vec<_> = claims.to_vec();
    loop {
        let before = open.len();
        let ids: Vec<&str> = open.iter().map(|c| c.0).collect();
        open.retain(|(_, uses)| uses.iter().any(|u| ids.contains(u)));
        if open.len() == before {
            return open.first().map(|c| c.0);
        }
    }
}

/// What a claim uses is in the registry, and no chain of uses comes back to its start.
#[test]
fn claims_use_claims_that_exist_and_in_no_circle() {
    let claims = registry();
    for claim in &claims {
        for used in claim.uses {
            assert!(claims.iter().any(|c| c.id == *used), "{} uses {used}", claim.id);
        }
    }
    let uses = |c: &Claim| (c.id, c.uses);
    assert_eq!(circle(&claims.iter().map(uses).collect::<Vec<_>>()), None);
    assert_eq!(circle(&[("A", &["B"]), ("B", &["C"]), ("C", &["A"]), ("D", &[])]), Some("A"));
}
