//! A statement that makes sense.

use std::fmt;

use crate::error::Result;
use crate::syntax::Expr;
use crate::{parse, typing};

/// A statement whose names exist and whose units fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement(pub(crate) Expr);

impl Statement {
    /// Reads a statement.
    ///
    /// # Errors
    /// One line with the column: of what was not expected there, of the unknown name (and the nearest one), or of units
    /// and shapes that do not fit.
    pub fn parse(text: &str) -> Result<Self> {
        // Blanks of one kind, so that what is said of them stands on one line.
        let text: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
        let tree = parse::parse(&text)?;
        typing::check(&tree)?;
        parse::printable(&tree)?;
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
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}
