//! Rigorous enclosures: the quantities of the theory with no unproved digit.
//!
//! **What is guaranteed.** The true value, for the parameters given as exact doubles, lies in the interval; that rests
//! on IEEE 754 double arithmetic rounding `+ - * / sqrt` to nearest, on the correct rounding of the elementary
//! functions of CORE-MATH (of the platform's own C library nothing is assumed), on the bounds proved in the comments of
//! this crate, and on the code, the compiler and the machine doing what they say.
//!
//! ```
//! use infodyn_closed_form::MixtureLaw;
//! use infodyn_core::{Channel, Mixture, NoiseProcess, Quantity, profile};
//! use infodyn_enclosure::Enclosure;
//!
//! let law = MixtureLaw::of(Mixture::symmetric_pair(&[1.0], 0.0)?);
//! let channel = Channel::new(law, NoiseProcess::Edm, 1.0)?;
//! let known = profile(&Enclosure, &channel, &[Quantity::LabelEntropy, Quantity::Mmse])?;
//! // H(Y given X_t) of two atoms at signal-to-noise ratio 1, in nats.
//! let entropy = known.get(Quantity::LabelEntropy).ok_or("no entropy")?;
//! assert!(entropy.contains(0.356_316_360_213_113_7) && entropy.radius() < 1e-13);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - [`Interval`]: real intervals with outward rounding.
//! - [`Jet`]: an interval with its derivative; nested, higher derivatives.
//! - [`Line`]: a finite mixture of atoms and Gaussians on the line at a noise level; [`Line::expect`] integrates over
//!   the whole line by Gauss-Legendre panels whose error is bounded on an ellipse in the complex plane
//!   (K. Petras, *J. Comput. Appl. Math.* 145 (2002) 345; F. Johansson, *Numerical integration in arbitrary-precision
//!   ball arithmetic*, 2018).
//! - [`Plane`]: the same in the plane, by product panels with an ellipse in one variable at a time, to about 1e-8.
//! - [`zeros`]: every zero of a function on an interval, each proved to exist and to be the only one in its place.
//! - [`fixed_points`]: all zeros of a drift on the whole line; [`fixed_points_in_plane`], in the plane.
//! - [`guided_flow`]: where the guided flow of two classes ends, by interval Taylor series.
//! - [`Enclosure`]: the [`Route`](infodyn_core::Route) that encloses the moments of a channel.
//!
//! # Formula
//! A tail beyond `L` is enclosed by evaluating the integrand in numbers that stand for `c r^d`, `r >= L`, `c` in an
//! interval: the Gaussian of the component that is the most likely far out gives `exp(-kappa r^2)`, and
//! `integral of r^d exp(-kappa r^2) <= L^{d-1} exp(-kappa L^2)/kappa` for `kappa L^2 >= d - 1`, `d >= 1`.
//!
//! # Accuracy
//! The arithmetic was chosen by measurement (2-core AMD EPYC): correctly rounded `exp` 6.3 ns and `log1p` 9.1 ns of
//! CORE-MATH, against 5.6 and 8.8 ns of the C library, so that rigor is free where the time goes.
//! `tests/references.py` writes references of 30 digits; `cargo xtask bench --peers` sets the time beside FLINT's.

mod complex;
mod error;
mod fixed;
mod guided;
mod integrate;
mod interval;
mod level;
mod line;
mod moments;
mod number;
mod plane;
mod rest;
mod roots;
mod route;
mod rule;
mod tail;
#[cfg(test)]
mod tests;

pub use complex::Complex;
pub use error::{Error, Result};
pub use fixed::{Drift, fixed_points};
pub use guided::{GuidedFlow, guided_flow};
pub use interval::{Interval, Sum};
pub use level::{Level, LineLaw, kernel};
pub use line::{At, Component, Functional, Line, Observation, Place};
pub use moments::Moment;
pub use number::{Ground, Jet, Number, Parameter};
pub use plane::Plane;
pub use rest::{PlaneRoot, PlaneRoots, fixed_points_in_plane};
pub use roots::{Pair, Root, common_zero, zero, zeros};
pub use route::{Enclosure, serves};
pub use tail::Tail;
