//! Fixed points of the three drifts, their continuation in the signal-to-noise ratio, and the
//! bifurcations where their number changes.
//!
//! Generic over [`Law`](infodyn_core::Law): scores and their Jacobians are all that is known
//! of one. A [`Landscape`] is one [`Energy`] of a law along a noise process; [`fixed_points`]
//! lists its zeros at one noise level, [`diagram`] follows them through all levels and returns the
//! [`Bifurcation`]s. Each is classified by the Taylor coefficients of the reduced equation (one
//! unknown along the null vector), not by what the law is called.
//!
//! A drift that no rotation about the centre of its law changes is followed along a ray: what is found there stands
//! for a sphere of fixed points, whose directions along it carry zero eigenvalues (Goldstone modes).
//!
//! Everything is computed about the centre of the law, in the coordinates of the data, `y = x/alpha`, and in `log snr`.

mod classify;
mod continuation;
mod diagram;
mod energy;
mod error;
mod landscape;
mod points;
mod zeros;

pub use classify::{Bifurcation, Kind};
pub use diagram::{Branch, Diagram, diagram};
pub use energy::Energy;
pub use error::{Error, Result};
pub use landscape::Landscape;
pub use points::{FixedPoint, fixed_points};
