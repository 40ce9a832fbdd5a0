//! What a checkout of the workspace adds to a run of the registry.

use std::path::PathBuf;

use infodyn_claims::Proof;

/// A checkout, and the machine proofs that it has.
#[derive(Debug)]
pub struct Home {
    /// Its folder.
    pub root: PathBuf,
    /// The proofs, as evidence.
    pub proofs: Vec<Proof>,
    /// The same, for readers.
    pub statements: Vec<Statement>,
}

/// What a claim file proves: in words, and theorem by theorem as the checker reads it.
#[derive(Debug)]
pub struct Statement {
    /// Id of the claim.
    pub claim: String,
    /// For which laws.
    pub scope: String,
    /// The file below `proofs/theories`.
    pub file: String,
    /// The statement in words.
    pub words: String,
    /// The headline theorems, from the keyword to the full stop.
    pub theorems: Vec<String>,
}
