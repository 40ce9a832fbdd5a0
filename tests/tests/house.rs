//! The documents and the registry: which files the documents name, that the list of claims is the folder of claims,
//! and that each claim has its page.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

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
    assert_eq!(stated.len(), 62);
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

/// Every Rust file of the workspace and its examples, with its text.
fn sources() -> Vec<(PathBuf, String)> {
    let mut folders: Vec<PathBuf> = ["crates", "examples", "tests", "xtask"].map(|folder| root().join(folder)).into();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(found.len() > 300);
    found
}

const QUOTE: char = '\u{22}';
const COMMENT: &str = concat!(" /", "/ ");

/// No line is wider than 120 characters, but for strings, which the formatter leaves as they are, and the rows of
/// tables.
#[test]
fn lines_are_wrapped() {
    for (path, text) in sources() {
        // Whether a string goes on from line to line.
        let mut within = false;
        for (i, line) in text.lines().enumerate() {
            let comment = !within && line.trim_start().starts_with("//");
            let string = !comment && (within || line.contains(QUOTE));
            let table = comment && line.contains("/// |");
            assert!(string || table || line.chars().count() <= 120, "{}:{}: {line}", path.display(), i + 1);
            let code = line.replace("\\\\", "").replace(&format!("\\{QUOTE}"), "").replace(&format!("'{QUOTE}'"), "");
            let ends = code.split(COMMENT).next().map_or(0, |code| code.matches(QUOTE).count());
            within ^= !comment && ends % 2 == 1;
        }
        assert!(!within, "{}: a string without an end", path.display());
    }
}

/// Whether a token is a number.
fn number(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Literal(l) if l.to_string().starts_with(|c: char| c.is_ascii_digit()))
}

/// Counts of rounding units without a name: `rounded(x, 8.0)`, `8.0 * f64::EPSILON`.
fn bare(tokens: TokenStream, found: &mut Vec<String>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |i: usize, text: &str| trees.get(i).is_some_and(|t| t.to_string() == text);
    let mut i = 0;
    while i < trees.len() {
        // A module of tests, behind its attribute.
        if is(i, "#") && trees.get(i + 1).is_some_and(|t| t.to_string().replace(' ', "") == "[cfg(test)]") {
            i += 2;
            while trees.get(i).is_some_and(|t| !matches!(t, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace)) {
                i += 1;
            }
        } else if let TokenTree::Group(group) = &trees[i] {
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            let parts = inside.rsplit(|t| matches!(t, TokenTree::Punct(p) if p.as_char() == ','));
            let literal = parts.filter(|p| !p.is_empty()).take(1).any(|p| p.iter().step_by(2).all(number));
            if i > 0 && is(i - 1, "rounded") && literal {
                found.push(format!("rounded{group}"));
            }
            bare(group.stream(), found);
        } else if i > 1 && is(i - 1, "*") && number(&trees[i - 2]) {
            let path = if is(i, "f64") { i + 3 } else { i };
            if is(path, "EPSILON") || is(path, "EPS") {
                found.push(format!("{} * EPSILON", trees[i - 2]));
            }
        }
        i += 1;
    }
}

/// Thresholds of an algorithm, which end a search and are no part of a radius.
const THRESHOLDS: [(&str, usize); 9] = [
    ("crates/infodyn-bifurcation/src/classify.rs", 1),
    ("crates/infodyn-bifurcation/src/landscape.rs", 1),
    ("crates/infodyn-bifurcation/src/zeros.rs", 1),
    ("crates/infodyn-closed-form/src/cloud.rs", 1),
    ("crates/infodyn-closed-form/src/panel.rs", 1),
    ("crates/infodyn-kernels/src/philox.rs", 1),
    ("crates/infodyn-quadrature/src/line.rs", 1),
    ("crates/infodyn-quadrature/src/posterior.rs", 1),
    ("crates/infodyn-samplers/src/grid.rs", 1),
];

/// A radius counts its units of rounding by names, which have their reasons in `infodyn_core::ulps`, or by the
/// arithmetic of estimates.
#[test]
fn rounding_units_have_names() {
    let own = ["crates/infodyn-core/src/ulps.rs", "crates/infodyn-core/src/estimate.rs"];
    let mut list = BTreeMap::new();
    for (path, text) in sources() {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        if name.starts_with("crates/") && name.contains("/src/") && !own.contains(&name.as_str()) {
            let mut found = Vec::new();
            bare(text.parse().unwrap(), &mut found);
            if !found.is_empty() {
                list.insert(name, found);
            }
        }
    }
    let known = BTreeMap::from(THRESHOLDS);
    list.retain(|name, found: &mut Vec<String>| known.get(name.as_str()).is_none_or(|&count| found.len() > count));
    assert!(list.is_empty(), "{list:#?}");
}

#[test]
fn bare_counts_are_seen() {
    let count = |text: &str| {
        let mut found = Vec::new();
        bare(text.parse().unwrap(), &mut found);
        found.len()
    };
    assert_eq!(count("fn f() { Estimate::rounded(x, 8.0) + Estimate::rounded(y, 2.0 * 64.0) }"), 2);
    assert_eq!(count("fn f() { g(8.0 * f64::EPSILON * x, 4.0 * EPS) }"), 2);
    assert_eq!(count("fn f() { Estimate::rounded(x, ulps::READING) + ulps::sum(8) * f64::EPSILON }"), 0);
    assert_eq!(count("#[cfg(test)] mod tests { fn f() { Estimate::rounded(x, 8.0) } }"), 0);
}
