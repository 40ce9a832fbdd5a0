//! Formulas: the marginals of Gaussian mixtures, Gaussian laws in full, symmetric pairs.
//!
//! [`MixtureLaw`] and [`SphereLaw`] are the laws of the workspace: [`Law`](infodyn_core::Law) is implemented here, by
//! the [`Marginal`] of a [`Mixture`](infodyn_core::Mixture) and by that of a [`sphere`]. [`ClosedForm`] is the route
//! that serves a single Gaussian; [`pair`] has the functions of one number `k` to which everything about two symmetric
//! components reduces; [`guidance`] what guidance of constant strength costs and reaches.

mod cloud;
mod components;
mod frame;
mod gaussian;
pub mod guidance;
mod law;
mod line;
mod marginal;
pub mod pair;
mod panel;
mod posterior;
pub mod sphere;
mod stages;
mod terms;
mod tiled;
mod tiles;

pub use gaussian::ClosedForm;
pub use law::{MixtureLaw, SphereLaw};
pub use marginal::Marginal;
pub use tiled::{Rows, TILE, TiledLaw};
