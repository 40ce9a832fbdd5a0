//! `tests/formulas.tsv` fits the sources: `cargo xtask formulas` runs it.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use infodyn_claims::{Kind, registry};

/// Every row names one place of a source, and the claim and the kind of evidence that refute it, or why none does.
#[test]
fn each_wrong_formula_has_its_place_and_its_check() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let table = fs::read_to_string(root.join("tests/formulas.tsv")).unwrap();
    let claims: Vec<&str> = registry().iter().map(|claim| claim.id).collect();
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).chain(["calibration"]).collect();
    let mut ids = BTreeSet::new();
    for line in table.lines().skip(1) {
        let [id, file, right, wrong, says, refuted_by] = line.split('\t').collect::<Vec<_>>()[..] else {
            unreachable!("{line}: six columns");
        };
        let source = fs::read_to_string(root.join("crates").join(file)).unwrap();
        assert_eq!(source.matches(right).count(), 1, "{id}: {right} in {file}");
        assert!(right != wrong && !says.is_empty() && ids.insert(id), "{id}");
        // `none: WHY`; `B2, quadrature`; claims alone until a run has told the kind.
        if let Some(why) = refuted_by.strip_prefix("none: ") {
            assert!(why.split(' ').count() > 3, "{id}: {refuted_by}");
            continue;
        }
        let (names, rest): (Vec<&str>, Vec<&str>) =
            refuted_by.split(',').map(str::trim).partition(|name| name.starts_with(char::is_uppercase));
        assert!(!names.is_empty() && names.iter().all(|name| claims.contains(name)), "{id}: {refuted_by}");
        assert!(rest.len() <= 1 && rest.iter().all(|kind| kinds.contains(kind)), "{id}: {refuted_by}");
    }
    assert!(ids.len() >= 100, "{}", ids.len());
}
