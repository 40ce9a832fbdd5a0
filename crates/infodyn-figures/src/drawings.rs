//! The figures, one function each.

mod bandwidth_identity;
mod filter;
mod phase_diagram;
mod real_data;
mod speciation_collapse;
mod two_atoms;

pub use bandwidth_identity::bandwidth_identity;
pub use filter::filter;
pub use phase_diagram::phase_diagram;
pub use real_data::real_data;
pub use speciation_collapse::speciation_collapse;
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
