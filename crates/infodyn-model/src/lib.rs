//! Denoisers, from laws and from ONNX files, and what an audit finds out about one.
//!
//! A [`Denoiser`] answers a point `x = X_0 + s Z` with what `X_0` was, on average. [`LawDenoiser`] is the exact one of
//! a law; [`Declared`] reads a [`Network`] by what its side file declares, and `Onnx` (behind the feature `onnx`) is a
//! network from a file. [`audit`](audit()) measures a denoiser on a law: its error, beside that of a Wiener filter; the
//! identities that hold for a conditional mean alone; over which levels they do; and whether another declaration fits.
//!
//! ```
//! use infodyn_closed_form::MixtureLaw;
//! use infodyn_core::Mixture;
//! use infodyn_model::{LawDenoiser, Settings, Verdict, audit};
//!
//! let law = MixtureLaw::of(Mixture::symmetric_pair(&[1.0, 0.5], 0.1)?);
//! let settings = Settings { sigmas: vec![0.3, 1.0, 3.0], ..Settings::default() };
//! let found = audit(&LawDenoiser::new(law.clone()), &*law, &[1.35, 0.1], &[], &settings)?;
//! assert_eq!(found.verdict, Verdict::Accepted);
//! // s^2 E tr J = mse, of the exact denoiser at every level.
//! assert!(found.levels.iter().all(|level| level.readings.as_ref().is_some_and(|r| r.gap.contains(0.0))));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The same seed gives the same bits for every number of threads: a sample is cut into blocks, each of which a network
//! sees in one piece, and blocks are put together in their order.

mod audit;
mod blocks;
mod calibration;
mod declared;
mod denoiser;
mod error;
mod measure;
mod negative;
#[cfg(feature = "onnx")]
mod onnx;
#[cfg(feature = "onnx")]
mod onnx_bounds;
mod sample;
mod verdict;

pub use audit::{Alternative, Keep, Report, Rest, SIGMAS, Settings, audit, audit_on};
pub use declared::{Declared, Network, declarations};
pub use denoiser::{Denoiser, LawDenoiser};
pub use error::Error;
pub use measure::{Level, Readings};
#[cfg(feature = "onnx")]
pub use onnx::Onnx;
pub use verdict::Verdict;

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;
