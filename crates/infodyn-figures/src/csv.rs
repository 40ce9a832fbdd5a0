//! The numbers behind a figure as CSV, and whether a committed file still says the same.

use std::collections::BTreeSet;
use std::fmt::Write;

use infodyn_core::{Column, Table};

use crate::{Error, Result};

/// Ending of the name of a column of radii.
const ERROR: &str = "_error";

/// Why a committed CSV no longer agrees with a fresh table: the first difference.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Stale {
    /// The columns differ.
    #[error("columns {}, expected {}", .found.join(","), .expected.join(","))]
    Header {
        /// Columns of the committed file, radii left out.
        found: Vec<String>,
        /// Columns of the fresh table.
        expected: Vec<String>,
    },
    /// The numbers of rows differ.
    #[error("{found} rows, expected {expected}")]
    Rows {
        /// Rows of the committed file.
        found: usize,
        /// Rows of the fresh table.
        expected: usize,
    },
    /// A row of the committed file with too few or too many cells.
    #[error("row {row}: {found} cells, expected {expected}")]
    Cells {
        /// The row, from 0.
        row: usize,
        /// Its cells.
        found: usize,
        /// Cells of the header.
        expected: usize,
    },
    /// A cell of the committed file that is not a finite number, or a radius without its number.
    #[error("row {row}, column {column}: {text:?} is not a finite number")]
    Unreadable {
        /// The row, from 0.
        row: usize,
        /// The column.
        column: String,
        /// The cell.
        text: String,
    },
    /// A number that is present on one side only.
    #[error("row {row}, column {column}: {}", if *.committed { "no longer there" } else { "not in the committed file" })]
    Presence {
        /// The row, from 0.
        row: usize,
        /// The column.
        column: String,
        /// Whether the committed file has it.
        committed: bool,
    },
    /// A number that moved by more than the two radii together.
    #[error("row {row}, column {column}: {committed:?} +- {committed_radius:?} moved to {fresh:?} +- {fresh_radius:?}")]
    Moved {
        /// The row, from 0.
        row: usize,
        /// The column.
        column: String,
        /// The committed number.
        committed: f64,
        /// Its radius.
        committed_radius: f64,
        /// The fresh number.
        fresh: f64,
        /// Its radius.
        fresh_radius: f64,
    },
}

/// Whether a column has a radius to write.
fn has_radius(column: &Column) -> bool {
    column.values.iter().flatten().any(|e| e.radius() > 0.0)
}

/// The table as CSV: a column `NAME` for each of its columns, followed by `NAME_error` where a radius is positive.
/// Numbers are the shortest that read back to the same bits; a missing entry is an empty cell.
///
/// # Errors
/// [`Error::NotFinite`] for a value or radius that is not a number; [`Error::ColumnName`] for a name that needs
/// quoting, or would appear twice.
pub fn write_csv(table: &Table) -> Result<String> {
    let mut names = BTreeSet::new();
    let mut header = Vec::new();
    for column in &table.columns {
        let radius = has_radius(column).then(|| format!("{}{ERROR}", column.name));
        for name in std::iter::once(column.name.clone()).chain(radius) {
            if name.is_empty() || name.contains([',', '"', '\n', '\r']) || !names.insert(name.clone()) {
                return Err(Error::ColumnName { name });
            }
            header.push(name);
        }
    }
    let mut csv = header.join(",");
    csv.push('\n');
    for row in 0..table.rows() {
        let mut cells = Vec::with_capacity(header.len());
        for column in &table.columns {
            let entry = column.values.get(row).copied().flatten();
            if let Some(e) = entry.filter(|e| !e.is_finite()) {
                let value = if e.value().is_finite() { e.radius() } else { e.value() };
                return Err(Error::NotFinite { column: column.name.clone(), row, value });
            }
            cells.push(entry.map_or_else(String::new, |e| format!("{:?}", e.value())));
            if has_radius(column) {
                cells.push(entry.map_or_else(String::new, |e| format!("{:?}", e.radius())));
            }
        }
        let _ = writeln!(csv, "{}", cells.join(","));
    }
    Ok(csv)
}

/// One column of a committed file: its place, its name, and the place of its radii.
struct Field<'a> {
    name: &'a str,
    value: usize,
    radius: Option<usize>,
}

fn fields(header: &str) -> Vec<Field<'_>> {
    let mut fields: Vec<Field<'_>> = Vec::new();
    for (place, name) in header.split(',').enumerate() {
        match (name.strip_suffix(ERROR), fields.last_mut()) {
            (Some(stem), Some(last)) if last.name == stem && last.radius.is_none() => last.radius = Some(place),
            _ => fields.push(Field { name, value: place, radius: None }),
        }
    }
    fields
}

/// Whether every number of the committed CSV lies within the two radii (committed and fresh) of the fresh one.
/// Numbers without a radius on either side must agree to the bit.
///
/// # Errors
/// The first difference, in the order of rows.
pub fn check_csv(committed: &str, fresh: &Table) -> std::result::Result<(), Stale> {
    let mut lines = committed.lines();
    let header = lines.next().unwrap_or_default();
    let fields = fields(header);
    if !fields.iter().map(|f| f.name).eq(fresh.columns.iter().map(|c| c.name.as_str())) {
        return Err(Stale::Header {
            found: fields.iter().map(|f| f.name.to_owned()).collect(),
            expected: fresh.columns.iter().map(|c| c.name.clone()).collect(),
        });
    }
    let lines: Vec<_> = lines.collect();
    if lines.len() != fresh.rows() {
        return Err(Stale::Rows { found: lines.len(), expected: fresh.rows() });
    }
    let width = header.split(',').count();
    for (row, line) in lines.into_iter().enumerate() {
        let cells: Vec<_> = line.split(',').collect();
        if cells.len() != width {
            return Err(Stale::Cells { row, found: cells.len(), expected: width });
        }
        for (field, column) in fields.iter().zip(&fresh.columns) {
            compare(row, field, &cells, column)?;
        }
    }
    Ok(())
}

fn compare(row: usize, field: &Field<'_>, cells: &[&str], column: &Column) -> std::result::Result<(), Stale> {
    let read = |place: usize| match cells[place] {
        "" => Ok(None),
        text => match text.parse::<f64>() {
            Ok(v) if v.is_finite() => Ok(Some(v)),
            _ => Err(Stale::Unreadable { row, column: field.name.into(), text: text.into() }),
        },
    };
    let value = read(field.value)?;
    let radius = field.radius.map(read).transpose()?.flatten();
    let fresh = column.values.get(row).copied().flatten();
    match (value, fresh) {
        (None, None) => Ok(()),
        (Some(committed), Some(fresh)) => {
            let committed_radius = radius.unwrap_or(0.0);
            // Written so that a fresh value that is not a number is stale.
            if (committed - fresh.value()).abs() <= committed_radius + fresh.radius() {
                return Ok(());
            }
            Err(Stale::Moved {
                row,
                column: field.name.into(),
                committed,
                committed_radius,
                fresh: fresh.value(),
                fresh_radius: fresh.radius(),
            })
        }
        (committed, _) => Err(Stale::Presence { row, column: field.name.into(), committed: committed.is_some() }),
    }
}

#[cfg(test)]
mod tests {
    use infodyn_core::Estimate;

    use super::*;

    fn table() -> Table {
        let mut table = Table::new().with_exact("t", "", [0.1, 1e-300, 3.0]).with(
            "rate",
            "nats",
            [Estimate::new(1.0 / 3.0, 1e-13), Estimate::new(-2e17, 0.5), Estimate::new(0.0, 0.0)],
        );
        table.columns.push(Column { name: "peak".into(), unit: String::new(), values: vec![None, None] });
        table.columns[1].values[2] = None;
        table
    }

    #[test]
    fn the_file_reads_back_to_the_same_numbers() {
        let csv = write_csv(&table()).unwrap();
        assert_eq!(csv, "t,rate,rate_error,peak\n0.1,0.3333333333333333,1e-13,\n1e-300,-2e17,0.5,\n3.0,,,\n");
        assert_eq!(check_csv(&csv, &table()), Ok(()));
    }

    #[test]
    fn a_number_may_move_within_the_two_radii_only() {
        let csv = write_csv(&table()).unwrap();
        let moved = |value, radius| {
            let mut fresh = table();
            fresh.columns[1].values[0] = Some(Estimate::new(value, radius));
            check_csv(&csv, &fresh)
        };
        assert_eq!(moved(1.0 / 3.0 + 2e-13, 1.5e-13), Ok(()));
        assert_eq!(
            moved(1.0 / 3.0 + 2e-13, 0.5e-13),
            Err(Stale::Moved {
                row: 0,
                column: "rate".into(),
                committed: 1.0 / 3.0,
                committed_radius: 1e-13,
                fresh: 1.0 / 3.0 + 2e-13,
                fresh_radius: 0.5e-13,
            })
        );
        assert!(matches!(moved(f64::NAN, 1.0), Err(Stale::Moved { .. })));
        let mut fresh = table();
        fresh.columns[0].values[2] = Some(Estimate::given(3.0_f64.next_up()));
        assert!(matches!(check_csv(&csv, &fresh), Err(Stale::Moved { row: 2, .. })));
    }

    #[test]
    fn other_differences_are_stale() {
        let csv = write_csv(&table()).unwrap();
        assert!(matches!(check_csv(&csv.replace("peak", "top"), &table()), Err(Stale::Header { .. })));
        assert!(matches!(check_csv("", &table()), Err(Stale::Header { .. })));
        assert!(matches!(
            check_csv(&csv.replace("3.0,,,\n", ""), &table()),
            Err(Stale::Rows { found: 2, expected: 3 })
        ));
        assert!(matches!(check_csv(&csv.replace("3.0,,,", "3.0,,"), &table()), Err(Stale::Cells { row: 2, .. })));
        assert!(matches!(check_csv(&csv.replace("3.0,,,", "NaN,,,"), &table()), Err(Stale::Unreadable { row: 2, .. })));
        let presence = check_csv(&csv.replace("3.0,,,", "3.0,1.0,,"), &table());
        assert_eq!(presence, Err(Stale::Presence { row: 2, column: "rate".into(), committed: true }));
    }

    #[test]
    fn names_and_numbers_that_a_file_cannot_carry_are_refused() {
        let twice = Table::new().with_exact("t", "", [1.0]).with_exact("t", "", [1.0]);
        assert_eq!(write_csv(&twice), Err(Error::ColumnName { name: "t".into() }));
        let infinite = Table::new().with("t", "", [Estimate::new(1.0, f64::INFINITY)]);
        assert!(matches!(write_csv(&infinite), Err(Error::NotFinite { row: 0, .. })));
    }
}
