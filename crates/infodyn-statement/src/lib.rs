//! Statements about diffusion as text.
//!
//! A [`Statement`] is read from a line such as `mmse <= gaussian.mmse`, with its names resolved and its units checked,
//! and printed in one form that reads back as itself. Nothing is computed here: what a statement comes to on a law,
//! the program says.
//!
//! ```
//! use infodyn_statement::Statement;
//!
//! let statement = Statement::parse("d(label_entropy)/dt == g^2/2 * (D/sigma^2 + E_div_s)");
//! assert!(statement.is_err_and(|e| e.to_string().starts_with("column 45: unknown name E_div_s")));
//! let statement = Statement::parse("eta<=1  and mmse  <= D*sigma^2/alpha^2")?;
//! assert_eq!(statement.to_string(), "bandwidth_fraction <= 1 and mmse <= D*sigma^2/alpha^2");
//! # Ok::<(), infodyn_statement::Error>(())
//! ```

mod edit;
mod error;
mod name;
mod parse;
mod syntax;
#[cfg(test)]
mod tests;
mod typing;
mod unit;

use std::fmt;

pub use edit::Edit;
pub use error::{Error, Result};
pub use name::{ALIASES, Clock, Critical, Function, Pointwise, SYMBOL_ALIASES, Symbol, unit_of};
pub use syntax::{Direction, Expr, Extreme, Index, Kind, Operator, Relation, Subject};
pub use unit::Unit;

/// A statement whose names exist and whose units fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement(Expr);

impl Statement {
    /// Reads a statement.
    ///
    /// # Errors
    /// One line with the column: of what was not expected there, of the unknown name (and the nearest one), or of units
    /// and shapes that do not fit.
    pub fn parse(text: &str) -> Result<Self> {
        let tree = parse::parse(text)?;
        typing::check(&tree)?;
        Ok(Self(tree))
    }

    /// The tree.
    #[must_use]
    pub fn expr(&self) -> &Expr {
        &self.0
    }

    /// Whether what it says depends on the noise level.
    #[must_use]
    pub fn is_at_level(&self) -> bool {
        self.0.is_at_level()
    }

    /// The statements that are this one but for a factor of 2 or 1/2, a sign, a clock, a relation or a condition.
    #[must_use]
    pub fn edits(&self) -> Vec<Edit> {
        edit::edits(&self.0)
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}
