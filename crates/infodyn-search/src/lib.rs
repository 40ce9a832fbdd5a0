//! Statements are tried on random laws, and broken where they can be.
//!
//! A [`Judge`] decides a statement on a [`Case`]: a law under a process at a level. [`search`] tries it on the cases of
//! a [`Domain`], which take turns in the [`Corner`]s where statements die, climbs from the nearest misses, and makes
//! small what it finds. This crate knows no statement and no formula.

mod case;
mod claims;
mod domain;
mod draft;
mod explain;
mod generate;
mod local;
mod search;
mod shrink;

pub use case::{Case, Effort, Judge, Judges, Outcome};
pub use claims::{Checked, Claim, Expected, Language, Said, check, propose};
pub use domain::{Corner, Domain, DomainError, Family, Hypothesis};
pub use explain::{Edit, EditRescue, Explanation, Rescue, explain};
pub use search::{Answer, Counterexample, FamilyTally, Power, Settings, Tally, Verdict, search, search_all};
