//! What a claim, a figure and a report read: columns of numbers with errors.

use crate::Estimate;

/// A named column with its unit (empty when the numbers have none).
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The field's name, as in the CSV header.
    pub name: String,
    /// Unit, for axis labels.
    pub unit: String,
    /// One entry a row; `None` where the quantity does not exist.
    pub values: Vec<Option<Estimate>>,
}

/// Columns of equal length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The columns, in order.
    pub columns: Vec<Column>,
}

impl Table {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a column of estimates and returns the table.
    #[must_use]
    pub fn with(mut self, name: &str, unit: &str, values: impl IntoIterator<Item = Estimate>) -> Self {
        let values = values.into_iter().map(Some).collect();
        self.columns.push(Column { name: name.into(), unit: unit.into(), values });
        self
    }

    /// Adds a column of numbers that are inputs, without error, and returns the table.
    #[must_use]
    pub fn with_exact(self, name: &str, unit: &str, values: impl IntoIterator<Item = f64>) -> Self {
        self.with(name, unit, values.into_iter().map(Estimate::given))
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// Number of rows: the length of the longest column.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.columns.iter().map(|c| c.values.len()).max().unwrap_or(0)
    }
}
