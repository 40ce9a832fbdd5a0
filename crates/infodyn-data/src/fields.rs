//! The fields of a law file, read one by one with errors that name them.

use infodyn_core::Part;

use crate::error::Wrong;
use crate::node::Node;
use crate::{Error, Result};

/// The fields of one table, and the file that it stands in.
#[derive(Debug)]
pub(crate) struct Fields {
    pub(crate) file: String,
    entries: Vec<(String, Node)>,
}

impl Fields {
    pub(crate) fn new(file: &str, node: Node) -> Result<Self> {
        match node {
            Node::Table(entries) => Ok(Self { file: file.into(), entries }),
            other => Err(Wrong::new(other.describe(), "a table of fields").at(file, "the whole file")),
        }
    }

    /// Fails on a field whose name is not among `known`.
    pub(crate) fn only(&self, known: &[&str]) -> Result<()> {
        match self.entries.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => Err(self.wrong(name, "unknown field", &format!("one of {}", known.join(", ")))),
        }
    }

    /// Takes a field out, when it is there.
    pub(crate) fn take(&mut self, name: &str) -> Option<Node> {
        let i = self.entries.iter().position(|(n, _)| n == name)?;
        Some(self.entries.remove(i).1)
    }

    /// Takes out a field that must be there.
    pub(crate) fn need(&mut self, name: &str, expected: &str) -> Result<Node> {
        self.take(name).ok_or_else(|| self.wrong(name, "missing", expected))
    }

    /// The error that a field is not what it should be.
    pub(crate) fn wrong(&self, field: &str, found: &str, expected: &str) -> Error {
        Wrong::new(found, expected).at(&self.file, field)
    }

    /// The error of a law, at the place in the file of the part that is wrong.
    pub(crate) fn law_error(&self, error: infodyn_core::Error, place: impl FnOnce(Part) -> String) -> Error {
        match error {
            infodyn_core::Error::Invalid { part, fault } => {
                Error::Law { file: self.file.clone(), field: place(part), fault }
            }
            other => self.wrong("the whole file", &other.to_string(), "a law"),
        }
    }

    /// A finite number.
    pub(crate) fn number(&self, field: &str, node: &Node) -> Result<f64> {
        match *node {
            Node::Whole(i) => Ok(i as f64),
            Node::Number(x) if x.is_finite() => Ok(x),
            Node::Number(_) => Err(self.wrong(field, &node.describe(), "a finite number")),
            _ => Err(self.wrong(field, &node.describe(), "a number")),
        }
    }

    /// A list of finite numbers.
    pub(crate) fn numbers(&self, field: &str, node: &Node) -> Result<Vec<f64>> {
        let Node::List(list) = node else {
            return Err(self.wrong(field, &node.describe(), "a list of numbers"));
        };
        list.iter().enumerate().map(|(i, n)| self.number(&format!("{field}[{i}]"), n)).collect()
    }

    /// A list of lists of finite numbers.
    pub(crate) fn rows(&self, field: &str, node: &Node) -> Result<Vec<Vec<f64>>> {
        let Node::List(list) = node else {
            return Err(self.wrong(field, &node.describe(), "a list of rows, each a list of numbers"));
        };
        list.iter().enumerate().map(|(i, n)| self.numbers(&format!("{field}[{i}]"), n)).collect()
    }

    /// A whole number in `[low, high]`.
    pub(crate) fn count(&self, field: &str, node: &Node, low: u64, high: u64) -> Result<u64> {
        match node {
            Node::Whole(i) => u64::try_from(*i).ok().filter(|i| (low..=high).contains(i)),
            _ => None,
        }
        .ok_or_else(|| self.wrong(field, &node.describe(), &format!("a whole number from {low} to {high}")))
    }

    /// A text.
    pub(crate) fn text(&self, field: &str, node: &Node, expected: &str) -> Result<String> {
        match node {
            Node::Text(s) => Ok(s.clone()),
            _ => Err(self.wrong(field, &node.describe(), expected)),
        }
    }
}
