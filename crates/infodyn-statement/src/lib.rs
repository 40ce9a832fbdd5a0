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
mod statement;
mod syntax;
#[cfg(test)]
mod tests;
mod typing;
mod unit;

pub use edit::Edit;
pub use error::{Error, Result};
pub use name::{ALIASES, Clock, Critical, Function, Pointwise, SYMBOL_ALIASES, Symbol, unit_of};
pub use statement::Statement;
pub use syntax::{Direction, Expr, Extreme, Index, Kind, Operator, Relation, Subject};
pub use unit::Unit;
