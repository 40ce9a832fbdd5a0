//! Statements are tried on random laws, and broken where they can be.

mod case;

pub use case::{Case, Effort, Judge, Outcome};
