//! The registry of claims: one file per claim.
