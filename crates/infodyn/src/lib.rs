//! Verify, falsify, profile: the information dynamics of generative diffusion, checked.
//!
//! The program is a thin reader of command lines; what it does is here. [`profile`] gives every
//! quantity of a law along a noise process, each by the sharpest method that serves.
//!
//! `commands`, `home` and `text` serve the programs of the workspace, and are no interface.

pub mod audit;
pub mod check;
#[doc(hidden)]
pub mod commands;
pub mod critical;
mod error;
mod explore;
pub mod export;
pub mod fit;
pub mod guidance;
#[doc(hidden)]
pub mod home;
pub mod measured;
mod method;
pub mod parts;
pub mod picture;
pub mod profile;
#[cfg(feature = "mpi")]
#[doc(hidden)]
pub mod ranks;
mod report;
pub mod sample;
pub mod schedule;
pub mod state;
pub mod study;
#[doc(hidden)]
pub mod text;

pub use error::Error;

/// The example of README.md, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;
