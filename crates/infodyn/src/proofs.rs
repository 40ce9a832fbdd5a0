//! Which claims have a machine proof, and whether this machine has checked it.
//!
//! The claims and scopes are read from the first lines of `proofs/theories/*.v`. That they are proved is read from the
//! stamp `target/proofs.json` that `cargo xtask prove` leaves, and only when its hash is that of the sources as they
//! are now.

use std::fs;
use std::io;
use std::path::Path;

use infodyn_claims::Proof;

/// Every claim file below `proofs/` of a workspace; none when there is no such folder.
pub(crate) fn read(workspace: &Path) -> io::Result<Vec<Proof>> {
    let proofs = workspace.join("proofs");
    if !proofs.join("axioms.allow").exists() {
        return Ok(Vec::new());
    }
    let unchecked = stale(&proofs, &workspace.join("target/proofs.json"))?;
    let files = sources(&proofs.join("theories"))?;
    Ok(files.iter().filter_map(|(name, text)| header(name, text, unchecked.as_deref())).collect())
}

/// What a claim file proves: in words, and theorem by theorem as the checker reads it.
pub(crate) struct Statement {
    /// Id of the claim.
    pub(crate) claim: String,
    /// For which laws.
    pub(crate) scope: String,
    /// The file below `proofs/theories`.
    pub(crate) file: String,
    /// The statement in words.
    pub(crate) words: String,
    /// The headline theorems, from the keyword to the full stop.
    pub(crate) theorems: Vec<String>,
}

/// The statements of `proofs`, read from their files.
pub(crate) fn statements(workspace: &Path, proofs: &[Proof]) -> io::Result<Vec<Statement>> {
    let theories = workspace.join("proofs/theories");
    let statement = |proof: &Proof| -> io::Result<Statement> {
        let text = fs::read_to_string(theories.join(&proof.file))?;
        let theorem = |name: &String| -> io::Result<Option<String>> {
            let Some(found) = sentence(&text, name) else { return Ok(None) };
            // A theorem of another file under this file's name.
            match found.split_once(":= @").and_then(|(_, other)| other.trim_end_matches('.').split_once('.')) {
                Some((file, there)) => {
                    Ok(sentence(&fs::read_to_string(theories.join(file).with_extension("v"))?, there))
                }
                None => Ok(Some(found)),
            }
        };
        let theorems = proof.theorems.iter().filter_map(|name| theorem(name).transpose()).collect::<io::Result<_>>()?;
        let (claim, scope, file) = (proof.claim.clone(), proof.scope.clone(), proof.file.clone());
        Ok(Statement { claim, scope, file, words: words(&text), theorems })
    };
    proofs.iter().map(statement).collect()
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
fn stale(proofs: &Path, stamp: &Path) -> io::Result<Option<String>> {
    let Ok(text) = fs::read_to_string(stamp) else {
        return Ok(Some("not checked on this machine; run `cargo xtask prove`".into()));
    };
    let read: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    let hash = read.as_ref().and_then(|v| v.get("hash")).and_then(|h| h.as_str());
    let fresh = hash == Some(fingerprint(proofs)?.as_str());
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

/// The key of the stamp: FNV-1a with 64 bits over name, zero byte, length (8 bytes, little end first) and bytes of
/// `axioms.allow`, `check/*.v` and `theories/*.v`, as `xtask/src/prove.rs` writes it.
fn fingerprint(proofs: &Path) -> io::Result<String> {
    let mut files = vec![("axioms.allow".to_owned(), fs::read(proofs.join("axioms.allow"))?)];
    for folder in ["check", "theories"] {
        files.extend(
            sources(&proofs.join(folder))?.into_iter().map(|(n, t)| (format!("{folder}/{n}.v"), t.into_bytes())),
        );
    }
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (name, bytes) in files {
        let length = (bytes.len() as u64).to_le_bytes();
        for byte in name.bytes().chain([0]).chain(length).chain(bytes) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    Ok(format!("{hash:016x}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// A workspace with one claim file.
    fn workspace() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for folder in ["proofs/check", "proofs/theories", "target"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        fs::write(root.path().join("proofs/axioms.allow"), "").unwrap();
        let header = "(* claim: B2; scope: finite atoms; headline: one, two *)\n";
        fs::write(root.path().join("proofs/theories/B2_Main.v"), header).unwrap();
        fs::write(root.path().join("proofs/theories/Base.v"), "(* Base.v *)\n").unwrap();
        root
    }

    #[test]
    fn a_proof_counts_only_while_its_sources_are_those_that_were_checked() {
        let root = workspace();
        let why = || read(root.path()).unwrap()[0].unchecked.clone();
        assert!(why().unwrap().starts_with("not checked"));
        let hash = fingerprint(&root.path().join("proofs")).unwrap();
        fs::write(root.path().join("target/proofs.json"), format!("{{\"hash\": \"{hash}\"}}")).unwrap();
        assert_eq!(why(), None);
        assert_eq!(read(root.path()).unwrap()[0].theorems, ["one", "two"]);
        fs::write(root.path().join("proofs/theories/Base.v"), "(* another *)\n").unwrap();
        assert!(why().unwrap().contains("have changed"));
    }

    /// Every headline theorem of the workspace is found, and every file says in words what it proves.
    #[test]
    fn every_headline_can_be_shown() {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let proofs = read(&workspace).unwrap();
        let statements = statements(&workspace, &proofs).unwrap();
        assert!(statements.len() > 30);
        for (proof, statement) in proofs.iter().zip(&statements) {
            assert_eq!(statement.theorems.len(), proof.theorems.len(), "{}", statement.file);
            assert!(statement.words.len() > 60, "{}: {}", statement.file, statement.words);
            for theorem in &statement.theorems {
                assert!(theorem.contains(':') && theorem.ends_with('.'), "{}: {theorem}", statement.file);
            }
        }
    }

    /// The same bytes give the same key here and in `xtask`, which has the same line in its tests.
    #[test]
    fn the_key_is_pinned() {
        assert_eq!(fingerprint(&workspace().path().join("proofs")).unwrap(), "c62be9cc207ec472");
    }
}
