//! What can be wrong with a file.

use std::path::Path;

/// A file that cannot be read or written, always in one line that names the file, the field, what
/// was found there and what was expected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file that could not be opened or read.
    #[error("{file}: cannot read it: {source}")]
    Read {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// A file that is neither TOML nor JSON.
    #[error("{file}: line {line}, column {column}: {message}")]
    Syntax {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What the reader of the format says.
        message: String,
    },
    /// A field that is missing, unknown, or not what it should be.
    #[error("{file}: {field}: {found}, expected {expected}")]
    Field {
        /// The file.
        file: String,
        /// The field, with indices from 0.
        field: String,
        /// What is there.
        found: String,
        /// What should be there.
        expected: String,
    },
    /// Fields that do not make a law.
    #[error("{file}: {field}: {fault}")]
    Law {
        /// The file.
        file: String,
        /// The field, with indices from 0.
        field: String,
        /// What is wrong with it.
        fault: infodyn_core::Fault,
    },
    /// A file that could not be written; nothing was left in its place.
    #[error("{file}: cannot write it: {message}")]
    Write {
        /// The file.
        file: String,
        /// Why.
        message: String,
    },
    /// An output file whose ending names no format.
    #[error("{file}: ending {ending:?}, expected one of .json, .csv, .npz, .png, .svg")]
    Ending {
        /// The file.
        file: String,
        /// Its ending, without the dot.
        ending: String,
    },
}

/// What was found in a field and what was expected, before the file and the field are known.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub(crate) found: String,
    pub(crate) expected: String,
}

impl Wrong {
    pub(crate) fn new(found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { found: one_line(&found.into()), expected: expected.into() }
    }

    pub(crate) fn at(self, file: &str, field: &str) -> Error {
        Error::Field { file: file.into(), field: one_line(field), found: self.found, expected: self.expected }
    }
}

/// What is wrong, and with which field of the law file.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) field: &'static str,
    pub(crate) wrong: Wrong,
}

impl Fault {
    pub(crate) fn of_points(wrong: Wrong) -> Self {
        Self { field: "path", wrong }
    }

    pub(crate) fn of_labels(wrong: Wrong) -> Self {
        Self { field: "labels", wrong }
    }
}

/// Text with every run of white space and control characters made one space.
pub(crate) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A path as one line of text.
pub(crate) fn name_of(path: &Path) -> String {
    one_line(&path.display().to_string())
}

/// Text in quotation marks, cut after 40 characters.
pub(crate) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { format!("{short:?}...") } else { format!("{short:?}") }
}
