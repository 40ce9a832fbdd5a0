//! Tables as CSV files, and whether a committed file still says what a fresh table says.

use std::collections::BTreeSet;

use infodyn_core::{Column, Estimate, Table};

use crate::output::{Columns, ERROR};

/// A table that no CSV file can carry, a file that is no table, or the first difference of two tables.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// A column without a name, or two of one name.
    #[error("column {name:?}: expected a name, given once")]
    Name {
        /// The name.
        name: String,
    },
    /// A value or a radius that is no finite number, or a radius without its value.
    #[error("row {row}, column {column}: {text:?}, expected a finite number")]
    Number {
        /// The row, from 0.
        row: usize,
        /// The column.
        column: String,
        /// What stands there.
        text: String,
    },
    /// Not a CSV file with as many cells in each row.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// The columns differ.
    #[error("columns {}, expected {}", .found.join(","), .expected.join(","))]
    Columns {
        /// Columns of the committed table.
        found: Vec<String>,
        /// Columns of the fresh table.
        expected: Vec<String>,
    },
    /// The numbers of rows differ.
    #[error("{found} rows, expected {expected}")]
    Rows {
        /// Rows of the committed table.
        found: usize,
        /// Rows of the fresh table.
        expected: usize,
    },
    /// A number that is present on one side only.
    #[error("row {row}, column {column}: {}", if *.committed { "no longer there" } else { "not in the committed file" })]
    Presence {
        /// The row, from 0.
        row: usize,
        /// The column.
        column: String,
        /// Whether the committed table has it.
        committed: bool,
    },
    /// A number that moved by more than the two radii together.
    #[error("row {row}, column {column}: {committed} moved to {fresh}")]
    Moved {
        /// The row, from 0.
        row: usize,
        /// The column.
        column: String,
        /// The committed number.
        committed: Box<Estimate>,
        /// The fresh number.
        fresh: Box<Estimate>,
    },
}

/// The table as CSV: a column `NAME` for each of its columns, followed by `NAME_error` where a radius is positive.
/// Numbers are the shortest that read back to the same bits, and 0 has no sign; a missing entry is an empty cell.
///
/// # Errors
/// [`TableError::Number`] for a value or radius that is not finite; [`TableError::Name`].
pub fn table_to_csv(table: &Table) -> Result<Vec<u8>, TableError> {
    let mut columns = Columns::new();
    for Column { name, values, .. } in &table.columns {
        if let Some((row, e)) = values.iter().enumerate().find_map(|(i, e)| Some((i, e.filter(|e| !e.is_finite())?))) {
            return Err(TableError::Number { row, column: name.clone(), text: e.to_string() });
        }
        if values.iter().flatten().any(|e| e.radius() > 0.0) {
            columns.estimates(name, values);
        } else {
            columns.push(name, values.iter().map(|e| e.map(|e| e.value())));
        }
    }
    let mut names = BTreeSet::new();
    if let Some(name) = columns.names().find(|name| name.is_empty() || !names.insert(*name)) {
        return Err(TableError::Name { name: name.into() });
    }
    columns.to_csv().map_err(|e| TableError::Csv(e.into()))
}

/// The table that [`table_to_csv`] has written, without units.
///
/// # Errors
/// [`TableError::Csv`], [`TableError::Number`].
pub fn table_from_csv(text: &str) -> Result<Table, TableError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers()?.clone();
    let records = reader.records().collect::<Result<Vec<_>, _>>()?;
    let mut table = Table::new();
    for (place, name) in header.iter().enumerate() {
        let of = name.strip_suffix(ERROR).filter(|stem| place > 0 && header.get(place - 1) == Some(stem));
        let mut values = Vec::with_capacity(records.len());
        for (row, record) in records.iter().enumerate() {
            let text = record.get(place).unwrap_or_default();
            let number = text.parse::<f64>().ok().filter(|v| v.is_finite());
            if number.is_none() && !text.is_empty() {
                return Err(TableError::Number { row, column: name.into(), text: text.into() });
            }
            values.push(number);
        }
        match (of, table.columns.last_mut()) {
            (Some(_), Some(column)) => {
                for (row, (entry, radius)) in column.values.iter_mut().zip(values).enumerate() {
                    *entry = match (*entry, radius) {
                        (Some(e), Some(radius)) if radius >= 0.0 => Some(Estimate::new(e.value(), radius)),
                        (None, None) => None,
                        _ => {
                            let text = radius.map_or_else(String::new, |r| r.to_string());
                            return Err(TableError::Number { row, column: name.into(), text });
                        }
                    };
                }
            }
            _ => {
                let values = values.into_iter().map(|v| v.map(Estimate::given)).collect();
                table.columns.push(Column { name: name.into(), unit: String::new(), values });
            }
        }
    }
    Ok(table)
}

/// Whether every number of the committed table lies within the two radii (committed and fresh) of the fresh one;
/// numbers without a radius on either side must be equal.
///
/// # Errors
/// The first difference, in the order of rows.
pub fn expect_unmoved(committed: &Table, fresh: &Table) -> Result<(), TableError> {
    let names = |table: &Table| table.columns.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
    if names(committed) != names(fresh) {
        return Err(TableError::Columns { found: names(committed), expected: names(fresh) });
    }
    if committed.rows() != fresh.rows() {
        return Err(TableError::Rows { found: committed.rows(), expected: fresh.rows() });
    }
    for row in 0..fresh.rows() {
        for (old, new) in committed.columns.iter().zip(&fresh.columns) {
            let (column, at) = (new.name.clone(), |c: &Column| c.values.get(row).copied().flatten());
            match (at(old), at(new)) {
                (None, None) => {}
                (Some(committed), Some(fresh)) => {
                    // Written so that a fresh value that is not a number has moved.
                    let within = (committed.value() - fresh.value()).abs() <= committed.radius() + fresh.radius();
                    if !within {
                        return Err(TableError::Moved {
                            row,
                            column,
                            committed: committed.into(),
                            fresh: fresh.into(),
                        });
                    }
                }
                (old, _) => return Err(TableError::Presence { row, column, committed: old.is_some() }),
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn table() -> Table {
        let mut table = Table::new().with_exact("t", "", [0.1, 1e-300, -0.0]).with(
            "rate",
            "nats",
            [Estimate::new(1.0 / 3.0, 1e-13), Estimate::new(-2e17, 0.5), Estimate::new(0.0, 0.0)],
        );
        table.columns.push(Column { name: "peak, top".into(), unit: String::new(), values: vec![None, None] });
        table.columns[1].values[2] = None;
        table
    }

    fn written() -> String {
        String::from_utf8(table_to_csv(&table()).unwrap()).unwrap()
    }

    fn checked(csv: &str, fresh: &Table) -> Result<(), TableError> {
        expect_unmoved(&table_from_csv(csv)?, fresh)
    }

    #[test]
    fn the_file_reads_back_to_the_same_numbers() {
        let csv = "t,rate,rate_error,\"peak, top\"\n0.1,0.3333333333333333,1e-13,\n1e-300,-2e17,0.5,\n0.0,,,\n";
        assert_eq!(written(), csv);
        checked(csv, &table()).unwrap();
    }

    #[test]
    fn a_number_may_move_within_the_two_radii_only() {
        let moved = |value, radius| {
            let mut fresh = table();
            fresh.columns[1].values[0] = Some(Estimate::new(value, radius));
            checked(&written(), &fresh)
        };
        moved(1.0 / 3.0 + 2e-13, 1.5e-13).unwrap();
        let found = moved(1.0 / 3.0 + 2e-13, 0.5e-13).unwrap_err();
        assert!(matches!(found, TableError::Moved { row: 0, column, .. } if column == "rate"));
        assert!(matches!(moved(f64::NAN, 1.0), Err(TableError::Moved { .. })));
        let mut fresh = table();
        fresh.columns[0].values[1] = Some(Estimate::given(1e-300_f64.next_up()));
        assert!(matches!(checked(&written(), &fresh), Err(TableError::Moved { row: 1, .. })));
    }

    #[test]
    fn other_differences_are_stale() {
        let found = |from: &str, to: &str| checked(&written().replacen(from, to, 1), &table()).unwrap_err();
        assert!(matches!(found("peak", "top"), TableError::Columns { .. }));
        assert!(matches!(checked("", &table()), Err(TableError::Columns { .. })));
        assert!(matches!(found("0.0,,,\n", ""), TableError::Rows { found: 2, expected: 3 }));
        assert!(matches!(found("0.0,,,", "0.0,,"), TableError::Csv(_)));
        assert!(matches!(found("0.0,,,", "NaN,,,"), TableError::Number { row: 2, .. }));
        assert!(matches!(found("0.0,,,", "0.0,,1e-3,"), TableError::Number { row: 2, .. }));
        assert!(matches!(found("0.5,", "-0.5,"), TableError::Number { row: 1, .. }));
        let presence = found("0.0,,,", "0.0,1.0,0.5,");
        assert!(matches!(presence, TableError::Presence { row: 2, column, committed: true } if column == "rate"));
    }

    #[test]
    fn names_and_numbers_that_a_file_cannot_carry_are_refused() {
        let twice = Table::new().with_exact("t", "", [1.0]).with_exact("t", "", [1.0]);
        assert!(matches!(table_to_csv(&twice), Err(TableError::Name { name }) if name == "t"));
        let infinite = Table::new().with("t", "", [Estimate::new(1.0, f64::INFINITY)]);
        assert!(matches!(table_to_csv(&infinite), Err(TableError::Number { row: 0, .. })));
    }
}
