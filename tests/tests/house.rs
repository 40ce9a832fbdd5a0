//! The shape of the house: which crate may know which, which files the documents name, and that the
//! list of claims is the folder of claims.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// Every allowed edge between crates of the workspace, as ARCHITECTURE.md draws them: the routes know
/// core alone.
const EDGES: &[(&str, &[&str])] = &[
    ("infodyn-core", &[]),
    ("infodyn-symbolic", &[]),
    ("infodyn-closed-form", &["infodyn-core"]),
    ("infodyn-quadrature", &["infodyn-core"]),
    ("infodyn-monte-carlo", &["infodyn-core"]),
    ("infodyn-bifurcation", &["infodyn-core"]),
    ("infodyn-enclosure", &["infodyn-core"]),
    ("infodyn-data", &["infodyn-core"]),
    ("infodyn-figures", &["infodyn-core"]),
    (
        "infodyn-claims",
        &[
            "infodyn-core",
            "infodyn-symbolic",
            "infodyn-closed-form",
            "infodyn-quadrature",
            "infodyn-monte-carlo",
            "infodyn-bifurcation",
            "infodyn-enclosure",
        ],
    ),
    (
        "infodyn",
        &[
            "infodyn-core",
            "infodyn-symbolic",
            "infodyn-closed-form",
            "infodyn-quadrature",
            "infodyn-monte-carlo",
            "infodyn-bifurcation",
            "infodyn-enclosure",
            "infodyn-data",
            "infodyn-claims",
            "infodyn-figures",
        ],
    ),
    ("infodyn-tests", &[]),
    ("xtask", &[]),
];

/// The normal dependencies (neither dev nor build) of each member, from `cargo metadata`.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let out = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let name = |v: &serde_json::Value| v["name"].as_str().unwrap().to_owned();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| {
            let normal = p["dependencies"].as_array().unwrap().iter().filter(|d| d["kind"].is_null());
            (name(p), normal.map(name).collect())
        })
        .collect()
}

#[test]
fn no_edge_outside_the_picture() {
    let found = dependencies();
    assert!(found.len() >= 10);
    for (name, on) in &found {
        let allowed = EDGES.iter().find(|e| e.0 == name).map(|e| e.1);
        let allowed = allowed.unwrap_or_else(|| panic!("{name} is not in the picture"));
        for dependency in on.iter().filter(|d| found.contains_key(*d)) {
            assert!(allowed.contains(&dependency.as_str()), "{name} must not know {dependency}");
        }
    }
    // The check itself can fail: a route that knew another would be seen.
    assert!(!EDGES.iter().find(|e| e.0 == "infodyn-quadrature").unwrap().1.contains(&"infodyn-closed-form"));
    assert!(found["xtask"].is_empty(), "xtask is the standard library alone");
}

#[test]
fn only_figures_knows_plotters() {
    for (name, on) in dependencies() {
        assert!(name == "infodyn-figures" || !on.contains("plotters"), "{name}");
    }
}

/// Paths in backquotes in the documents exist.
#[test]
fn documents_name_files_that_exist() {
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = read(document);
        let mut named = 0;
        for word in text.split('`').skip(1).step_by(2) {
            let is_path = word.contains('/') && !word.contains([' ', '<', '*', '{', '$', '=', ':', '^']);
            if is_path
                && ["crates/", "docs/", "examples/", "tests/", "figures/", "proofs/", "xtask/", ".ci/"]
                    .iter()
                    .any(|p| word.starts_with(p))
            {
                named += 1;
                assert!(root().join(word).exists(), "{document} names {word}");
            }
        }
        assert!(named > 0, "{document} names no file");
    }
}

/// Each file of `claims/` that holds a claim is in the registry, and each claim is in the theory.
#[test]
fn the_registry_is_the_folder() {
    let theory = read("docs/theory.md");
    let ids: Vec<&str> = infodyn_claims::registry().iter().map(|c| c.id).collect();
    for id in &ids {
        assert!(theory.contains(&format!("**{id} ")), "{id} is not in docs/theory.md");
    }
    for entry in std::fs::read_dir(root().join("crates/infodyn-claims/src/claims")).unwrap() {
        let path = entry.unwrap().path();
        if std::fs::read_to_string(&path).is_ok_and(|text| text.contains("const CLAIM: Claim")) {
            let id = path.file_stem().unwrap().to_string_lossy().to_uppercase();
            assert!(ids.contains(&id.as_str()), "{id} has a file and no line in the registry");
        }
    }
}

/// Each claim of the theory is in the registry.
#[test]
fn the_registry_is_the_theory() {
    let theory = read("docs/theory.md");
    let families = theory.lines().filter_map(|line| line.strip_prefix("- **")?.split_once(' '));
    let stated: BTreeSet<&str> = families.map(|(id, _)| id).filter(|id| id[1..].parse::<u32>().is_ok()).collect();
    assert_eq!(stated.len(), 45);
    assert_eq!(infodyn_claims::registry().iter().map(|c| c.id).collect::<BTreeSet<_>>(), stated);
}

/// Each claim has a page that says under which conditions it holds, why, and what its evidence does not cover.
#[test]
fn every_claim_has_its_page() {
    for claim in infodyn_claims::registry() {
        let page = read(&format!("proofs/notes/{}.md", claim.id));
        assert!(page.starts_with(&format!("# {} {}\n", claim.id, claim.name)), "{}", claim.id);
        for part in ["Conditions", "Derivation", "Source", "What the evidence covers", "What it does not"] {
            let text = page.split(&format!("\n## {part}\n")).nth(1).and_then(|rest| rest.split("\n## ").next());
            assert!(
                text.is_some_and(|t| t.trim().len() > 40),
                "proofs/notes/{}.md says too little under {part}",
                claim.id
            );
        }
    }
}

/// The version in CITATION.cff and the newest entry of the change log are the workspace's.
#[test]
fn one_version_everywhere() {
    let version = env!("CARGO_PKG_VERSION");
    assert!(read("CITATION.cff").contains(&format!("version: {version}")));
    assert!(read("CHANGELOG.md").contains(&format!("## {version}")));
}
