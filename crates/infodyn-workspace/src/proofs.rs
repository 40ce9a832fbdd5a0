//! Which claims have a machine proof, and whether this machine has checked it.
//!
//! The claims and scopes are read from the first lines of `proofs/theories/*.v`. They count as proved while the sources
//! are, byte for byte, those that `cargo xtask prove` has checked and copied to `target/proofs.checked`.

use std::fs;
use std::io;
use std::path::Path;

use infodyn::home::Statement;
use infodyn_claims::Proof;

/// The claim files below `proofs/` of a workspace, as evidence and for readers; none when there is no such folder.
pub(crate) fn read(workspace: &Path) -> io::Result<(Vec<Proof>, Vec<Statement>)> {
    let proofs = workspace.join("proofs");
    if !proofs.join("axioms.allow").exists() {
        return Ok((Vec::new(), Vec::new()));
    }
    let unchecked = stale(&proofs, &workspace.join("target/proofs.checked"))?;
    let files = sources(&proofs.join("theories"))?;
    let text = |name: &str| files.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str());
    let claims = files.iter().filter_map(|(name, text)| Some((header(name, text, unchecked.as_deref())?, text)));
    let theorem = |own: &str, name: &str| {
        let found = sentence(own, name)?;
        // A theorem of another file under this file's name.
        match found.split_once(":= @").and_then(|(_, other)| other.trim_end_matches('.').split_once('.')) {
            Some((file, there)) => sentence(text(file)?, there),
            None => Some(found),
        }
    };
    let statement = |(proof, own): (Proof, &String)| {
        let theorems = proof.theorems.iter().filter_map(|name| theorem(own, name)).collect();
        let (claim, scope, file) = (proof.claim.clone(), proof.scope.clone(), proof.file.clone());
        (proof, Statement { claim, scope, file, words: words(own), theorems })
    };
    Ok(claims.map(statement).unzip())
}

/// The comment below the first line, without its marks and its indentation.
fn words(text: &str) -> String {
    let after = text.split_once('\n').map_or("", |(_, rest)| rest);
    let comment = after.strip_prefix("(*").and_then(|c| c.split_once("*)")).map_or("", |(comment, _)| comment);
    comment
        .lines()
        .map(|line| line.strip_prefix("   ").unwrap_or(line).trim_end())
        .collect::<Vec<_>>()
        .join("\n")
        .trim()
        .to_owned()
}

/// `Theorem NAME ... .`, or another keyword with that name.
fn sentence(text: &str, name: &str) -> Option<String> {
    ["Theorem", "Lemma", "Corollary", "Proposition", "Definition"].iter().find_map(|keyword| {
        let head = format!("{keyword} {name}");
        let at = text.match_indices(&head).map(|(at, _)| at).find(|&at| {
            let next = text[at + head.len()..].chars().next();
            !next.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '\'')
        })?;
        let end = text[at..]
            .match_indices('.')
            .map(|(i, _)| at + i + 1)
            .find(|&end| text[end..].chars().next().is_none_or(char::is_whitespace))?;
        Some(text[at..end].to_owned())
    })
}

/// Why the proofs do not count as checked, if they do not.
fn stale(proofs: &Path, checked: &Path) -> io::Result<Option<String>> {
    if !checked.exists() {
        return Ok(Some("not checked on this machine; run `cargo xtask prove`".into()));
    }
    let axioms = |folder: &Path| fs::read(folder.join("axioms.allow")).ok();
    let mut fresh = axioms(proofs) == axioms(checked);
    for folder in ["check", "theories"] {
        fresh &= sources(&proofs.join(folder))? == sources(&checked.join(folder))?;
    }
    Ok((!fresh).then(|| "the sources have changed since they were checked; run `cargo xtask prove`".into()))
}

/// `(* claim: ID; scope: SCOPE; headline: NAMES *)`.
fn header(name: &str, text: &str, unchecked: Option<&str>) -> Option<Proof> {
    let line = text.lines().next()?.strip_prefix("(* claim:")?.trim_end().strip_suffix("*)")?;
    let mut parts = line.split(';').map(str::trim);
    let claim = parts.next()?.to_owned();
    let scope = parts.next()?.strip_prefix("scope:")?.trim().to_owned();
    let theorems = parts.next()?.strip_prefix("headline:")?.split(',').map(|t| t.trim().to_owned()).collect();
    Some(Proof { claim, scope, file: format!("{name}.v"), theorems, unchecked: unchecked.map(str::to_owned) })
}

/// The `.v` files of a folder by name, without the ending; sorted.
fn sources(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "v") {
            found.push((
                path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
                fs::read_to_string(&path)?,
            ));
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// A workspace with one claim file, checked.
    fn workspace() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let header = "(* claim: B2; scope: finite atoms; headline: one, two *)\n";
        for place in ["proofs", "target/proofs.checked"] {
            let place = root.path().join(place);
            for (file, text) in [
                ("axioms.allow", ""),
                ("theories/B2_Main.v", header),
                ("theories/Base.v", "(* Base.v *)\n"),
                ("check/B2.v", ""),
            ] {
                fs::create_dir_all(place.join(file).parent().unwrap()).unwrap();
                fs::write(place.join(file), text).unwrap();
            }
        }
        root
    }

    #[test]
    fn a_proof_counts_only_while_its_sources_are_those_that_were_checked() {
        let root = workspace();
        let why = || read(root.path()).unwrap().0[0].unchecked.clone();
        assert_eq!(why(), None);
        assert_eq!(read(root.path()).unwrap().0[0].theorems, ["one", "two"]);
        for (file, text) in [("theories/Base.v", "(* Base.v *)\n"), ("check/B2.v", ""), ("axioms.allow", "")] {
            let file = root.path().join("proofs").join(file);
            fs::write(&file, "(* another *)\n").unwrap();
            assert!(why().unwrap().contains("have changed"), "{}", file.display());
            fs::write(&file, text).unwrap();
            assert_eq!(why(), None);
        }
        fs::write(root.path().join("proofs/theories/More.v"), "").unwrap();
        assert!(why().unwrap().contains("have changed"));
        fs::remove_dir_all(root.path().join("target/proofs.checked")).unwrap();
        assert!(why().unwrap().starts_with("not checked"));
    }

    /// Every headline theorem of the workspace is found, and every file says in words what it proves.
    #[test]
    fn every_headline_can_be_shown() {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let (proofs, statements) = read(&workspace).unwrap();
        assert!(statements.len() > 30);
        for (proof, statement) in proofs.iter().zip(&statements) {
            assert_eq!(statement.theorems.len(), proof.theorems.len(), "{}", statement.file);
            assert!(statement.words.len() > 60, "{}: {}", statement.file, statement.words);
            for theorem in &statement.theorems {
                assert!(theorem.contains(':') && theorem.ends_with('.'), "{}: {theorem}", statement.file);
            }
        }
    }
}
