//! Verify, falsify, profile: the information dynamics of generative diffusion, checked.
//!
//! The program is a thin reader of command lines; what it does is here. [`profile`] gives every
//! quantity of a law along a noise process, each by the sharpest method that serves.
//!
//! The same from Rust, of the crates that this one is made of:
//!
//! ```
//! use infodyn_closed_form::MixtureLaw;
//! use infodyn_core::{Channel, Mixture, NoiseProcess, Quantity, profile};
//! use infodyn_monte_carlo::MonteCarlo;
//! use infodyn_quadrature::Quadrature;
//!
//! // Two atoms at -1 and 1, seen at sigma = 1.
//! let law = MixtureLaw::of(Mixture::atoms(&[], &[vec![-1.0], vec![1.0]])?);
//! let channel = Channel::new(law, NoiseProcess::Edm, 1.0)?;
//! // The same assembly of quantities over two routes to their moments.
//! let wanted = [Quantity::LabelEntropy, Quantity::ConditionalEntropyRate];
//! let exact = profile(&Quadrature, &channel, &wanted)?;
//! let sampled = profile(&MonteCarlo::default(), &channel, &wanted)?;
//! for quantity in wanted {
//!     let (a, b) = (exact.get(quantity).unwrap(), sampled.get(quantity).unwrap());
//!     println!("{quantity}: {a} by quadrature, {b} by Monte Carlo");
//!     assert!((a - b).contains(0.0));
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;
