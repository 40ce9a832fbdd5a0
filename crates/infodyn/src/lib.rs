//! Verify, falsify, profile: the information dynamics of generative diffusion, checked.
//!
//! The program is a thin reader of command lines; what it does is here. [`profile`] gives every
//! quantity of a law along a noise process, each by the sharpest method that serves.

pub mod certify;
pub mod critical;
mod error;
pub mod profile;

pub use error::Error;

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;
