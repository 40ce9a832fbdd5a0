//! The figures, one function each.

mod bandwidth_identity;
mod filter;
mod generative_bandwidth;
mod guidance;
mod hierarchy;
mod many_classes;
mod mean_field;
mod offsets;
mod pathwise_entropy;
mod phase_diagram;
mod real_data;
mod schedule_costs;
mod schedules;
mod sharpening;
mod speciation_collapse;
mod symmetry_breaking;

pub use bandwidth_identity::bandwidth_identity;
pub use filter::filter;
pub use generative_bandwidth::generative_bandwidth;
pub use guidance::{Guidance, guidance};
pub use hierarchy::hierarchy;
pub use many_classes::many_classes;
pub use mean_field::mean_field;
pub use offsets::offsets;
pub use pathwise_entropy::pathwise_entropy;
pub use phase_diagram::phase_diagram;
pub use real_data::real_data;
pub use schedule_costs::schedule_costs;
pub use schedules::schedules;
pub use sharpening::sharpening;
pub use speciation_collapse::speciation_collapse;
pub use symmetry_breaking::{SymmetryBreaking, symmetry_breaking};

use infodyn_core::{Column, Estimate, Table};

use crate::{Error, Result};

/// The column of that name.
fn column<'a>(table: &'a Table, name: &str) -> Result<&'a Column> {
    table.column(name).ok_or_else(|| Error::MissingColumn {
        name: name.into(),
        found: table.columns.iter().map(|c| c.name.clone()).collect(),
    })
}

/// The columns of several tables as one.
fn append(tables: &[&Table]) -> Table {
    Table { columns: tables.iter().flat_map(|t| t.columns.iter().cloned()).collect() }
}

/// A number with its radius, rounded up to one digit, in brackets behind the last digit: `0.5000(2)`.
fn with_error(e: Estimate) -> String {
    let sign = if e.value() < 0.0 { "−" } else { "" };
    if e.radius() <= 0.0 || !e.is_finite() {
        return format!("{sign}{}", e.value().abs());
    }
    let mut power = e.radius().log10().floor() as i32;
    // The digit covers the radius and the rounding of the value, half a unit of its place.
    let mut digit = (e.radius() / 10f64.powi(power) + 0.5).ceil();
    if digit >= 10.0 {
        (power, digit) = (power + 1, (digit / 10.0 + 0.5).ceil());
    }
    let decimals = usize::try_from(-power).unwrap_or(0);
    format!("{sign}{:.decimals$}({})", e.value().abs(), digit * 10f64.powi(power.max(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_their_error() {
        assert_eq!(with_error(Estimate::new(0.500_000_1, 2.2e-6)), "0.500000(3)");
        assert_eq!(with_error(Estimate::new(-1.0, 9.7e-8)), "−1.0000000(2)");
        assert_eq!(with_error(Estimate::new(2.5, 0.0)), "2.5");
        assert_eq!(with_error(Estimate::new(1234.0, 30.0)), "1234(40)");
    }
}
