//! The documents and the registry: which files the documents name, that the list of claims is the folder of claims,
//! and that each claim has its page.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
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
    assert_eq!(stated.len(), 61);
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

/// Folders whose comments are wrapped as their code is.
const WRAPPED: [&str; 15] = [
    "crates/infodyn-claims",
    "crates/infodyn-closed-form",
    "crates/infodyn-core",
    "crates/infodyn-data",
    "crates/infodyn-enclosure",
    "crates/infodyn-figures",
    "crates/infodyn-fixtures",
    "crates/infodyn-kernels",
    "crates/infodyn-quadrature",
    "crates/infodyn-symbolic",
    "crates/infodyn-workspace",
    "examples/own-claim/src",
    "examples/own-law/src",
    "tests",
    "xtask",
];

/// The formatter does not wrap comments: none is wider than 120 characters, but for the rows of tables.
#[test]
fn comments_are_wrapped() {
    let mut folders: Vec<PathBuf> = WRAPPED.iter().map(|folder| root().join(folder)).collect();
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files += 1;
                for (i, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate() {
                    let comment = line.trim_start().starts_with("//") && !line.contains("/// |");
                    assert!(!comment || line.chars().count() <= 120, "{}:{}: {line}", path.display(), i + 1);
                }
            }
        }
    }
    assert!(files > 40);
}
