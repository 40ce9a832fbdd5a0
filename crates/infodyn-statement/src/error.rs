//! Why a text is no statement.

/// One line that says where, what and what was expected. Columns count characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Something else was expected here.
    #[error("column {column}: {found}, expected {expected}")]
    Syntax {
        /// Where.
        column: usize,
        /// What stands there.
        found: String,
        /// What could stand there.
        expected: String,
    },
    /// A parenthesis without its partner.
    #[error("column {column}: {what}")]
    Parenthesis {
        /// Where it stands.
        column: usize,
        /// What is missing.
        what: &'static str,
    },
    /// A name that does not exist.
    #[error("column {column}: unknown {kind} {name}{nearest}")]
    Name {
        /// Where.
        column: usize,
        /// What it should name.
        kind: &'static str,
        /// The name.
        name: String,
        /// The nearest name, as a question.
        nearest: String,
    },
    /// A function with another number of arguments.
    #[error("column {column}: {name} takes {expected}, and has {found}")]
    Arguments {
        /// Where.
        column: usize,
        /// The function.
        name: &'static str,
        /// What it takes.
        expected: &'static str,
        /// How many it has.
        found: usize,
    },
    /// Two units that cannot be added or compared.
    #[error("column {column}: {left} is in {left_unit}, and {right} in {right_unit}: they cannot be {done}")]
    Units {
        /// Where the operator stands.
        column: usize,
        /// The left side.
        left: String,
        /// Its unit.
        left_unit: String,
        /// The right side.
        right: String,
        /// Its unit.
        right_unit: String,
        /// What was done with them.
        done: &'static str,
    },
    /// A number where a vector is needed, a statement where a number is needed, and the like.
    #[error("column {column}: {what} is {found}, expected {expected}")]
    Shape {
        /// Where.
        column: usize,
        /// What.
        what: String,
        /// What it is.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// The text is too long, too deep, or holds a number that is no double.
    #[error("column {column}: {what}, expected {expected}")]
    Limit {
        /// Where.
        column: usize,
        /// What is too large.
        what: String,
        /// What is allowed.
        expected: String,
    },
}

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;
