//! Gaussian mixtures fitted to points, and how well they denoise points that they have not seen.
//!
//! [`Fit`] is a mixture with the ridge still to be added: Gaussians of classes ([`Fit::per_class`]) or of a mixture
//! found by expectation and maximisation ([`Fit::mixture`]), their covariances of a [`Shape`].
//! [`Fit::denoising_errors`] and [`Fit::ln_densities`] hold it against points for a list of ridges at once, and
//! [`choose`] takes of many fits the one that denoises best. [`Fit::law`] is the law itself.
//!
//! This crate reads no file and knows no route: its own denoiser is held against the closed form's by a test. The same
//! seed gives the same bits for any number of threads: every component and every block of points is the work of one
//! thread, and sums are taken in their order.
//!
//! ```
//! use infodyn_fit::{Fit, Points, Shape};
//!
//! // Two clusters on a line, 60 points each.
//! let rows: Vec<f64> = (0..120).map(|i| f64::from(i % 2) * 4.0 + f64::from(i / 2 % 5) * 0.1).collect();
//! let points = Points::new(&rows, 1)?;
//! let law = Fit::mixture(points, 2, Shape::Isotropic, 0.01, 1)?.law(0.01)?;
//! let mut means = law.means().to_vec();
//! means.sort_by(f64::total_cmp);
//! assert!((means[0] - 0.2).abs() < 1e-9 && (means[1] - 4.2).abs() < 1e-9);
//! // The spread of either, and the ridge.
//! assert!((law.covariance(0).eigenvalue(0) - 0.03).abs() < 1e-9);
//! # Ok::<(), infodyn_fit::Error>(())
//! ```

mod choice;
mod error;
mod fit;
mod gaussian;
mod held_out;
mod mixture;
mod points;

pub use choice::{Candidate, Components, Rank, Request, Tried, choose};
pub use error::Error;
pub use fit::Fit;
pub use gaussian::Shape;
pub use points::{Points, split};

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;
