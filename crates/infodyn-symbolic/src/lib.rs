//! Exact expressions, a sound zero test, and printers.

mod calculus;
mod decide;
mod enclosure;
mod evaluate;
mod expr;
mod normal;
mod polynomial;

pub use calculus::Derivation;
pub use decide::{Verdict, Witness, decide};
pub use evaluate::{Arithmetic, EvaluationError, Float};
pub use expr::{Assumption, Expr, Function, Node, Symbol};
