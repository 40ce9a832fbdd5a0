//! Exact expressions, derivatives, series, printers, and a zero test that is never wrong.
//!
//! A computer algebra system for the functions that the theory of generative diffusion needs: rational
//! operations, rational powers, `exp`, `log` and the hyperbolic functions, over the reals.
//!
//! ```
//! use infodyn_symbolic::{Symbol, decide};
//! let (x, v) = (Symbol::real("x"), Symbol::positive("v"));
//! let density = (-x.pow(2) / (2 * &v)).exp() / v.sqrt();
//! // The heat equation, up to a factor that does not depend on x or v.
//! assert!(decide(&(density.diff(&v) - density.diff(&x).diff(&x) / 2)).is_zero());
//! // With another diffusion coefficient it is refuted, at a stated point.
//! assert!(decide(&(density.diff(&v) - density.diff(&x).diff(&x))).is_nonzero());
//! ```
//!
//! # Map
//! - `expr`: what an expression is, the operators that build one, and the one recursion by which all else is computed;
//! - `calculus`, `series`: derivatives and substitution; Laurent series at 0;
//! - `evaluate`, `enclosure`: evaluation over any numbers; rigorous intervals;
//! - `polynomial`, `normal`: the normal form, and why it is sound;
//! - `decide`: the zero test, which joins the last two;
//! - `notation`, `print`: the names of the theory's quantities; plain text, LaTeX, MathML, Coq;
//! - [`theory`]: noise processes, mixtures and identities, in symbols.
//!
//! There is no simplifier, no pattern matching, and no floating-point number in any decision.

mod calculus;
mod decide;
mod enclosure;
mod evaluate;
mod expr;
mod normal;
mod notation;
mod polynomial;
mod print;
mod series;
pub mod theory;

pub use calculus::Derivation;
pub use decide::{Verdict, Witness, decide};
pub use evaluate::{Arithmetic, EvaluationError, Float};
pub use expr::{Assumption, Expr, Function, Node, Symbol};
pub use normal::is_identically_zero;
pub use print::{MathmlError, mathml};
pub use series::{Series, SeriesError};
