//! The figures, one function each.

mod bandwidth_identity;
mod generative_bandwidth;
mod hierarchy;
mod schedules;
mod symmetry_breaking;
mod two_atoms;

pub use bandwidth_identity::bandwidth_identity;
pub use generative_bandwidth::generative_bandwidth;
pub use hierarchy::hierarchy;
pub use schedules::schedules;
pub use symmetry_breaking::{SymmetryBreaking, symmetry_breaking};
pub use two_atoms::two_atoms;

use infodyn_core::{Column, Table};

use crate::{Error, Result};

/// The column of that name.
fn column<'a>(table: &'a Table, name: &str) -> Result<&'a Column> {
    table.column(name).ok_or_else(|| Error::MissingColumn {
        name: name.into(),
        found: table.columns.iter().map(|c| c.name.clone()).collect(),
    })
}
