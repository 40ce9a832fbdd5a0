//! Kernels: the elementary functions and the random numbers of the workspace, eight lanes at a time, with the same bits
//! on every machine.
//!
//! They are plain Rust over arrays of eight doubles ([`Lanes`]), compiled by [`run`] for AVX-512, for AVX2 with fused
//! multiply-add, and for neither; which is chosen at run time. Samples live in lanes and every `a * b + c` that is
//! fused is written as one, so no result depends on the width of the vector unit (the tests run all of them).
//!
//! ```
//! use infodyn_kernels::{Kernel, Lanes, run};
//!
//! /// The softmax of eight rows at once; row `i` has its logits in lane `i`.
//! struct Softmax<'a>(&'a mut [Lanes]);
//!
//! impl Kernel for Softmax<'_> {
//!     type Output = ();
//!     #[inline(always)]
//!     fn call(self) {
//!         let top = self.0.iter().fold(Lanes::splat(f64::NEG_INFINITY), |top, l| top.max(*l));
//!         let mut total = Lanes::splat(0.0);
//!         for l in self.0.iter_mut() {
//!             *l = (*l - top).exp();
//!             total = total + *l;
//!         }
//!         for l in self.0.iter_mut() {
//!             *l = *l / total;
//!         }
//!     }
//! }
//!
//! let mut logits = [Lanes::splat(-800.0), Lanes::splat(0.0), Lanes::splat(0.0)];
//! run(Softmax(&mut logits));
//! assert_eq!(logits, [Lanes::splat(0.0), Lanes::splat(0.5), Lanes::splat(0.5)]);
//! ```
//!
//! A function of every number of a slice is a plain loop over [`exp`] and its like, which the compiler cuts into lanes
//! itself; [`Lanes`] are for sums, where the order of the additions must not depend on the vector unit.
//!
//! A function called from a [`Kernel`] must be `#[inline(always)]`: a closure seldom is. Code that stays outside is
//! compiled for neither unit, where a fused multiply-add is a library call: the same bits, forty times slower. A long
//! computation is a row of kernels, each started by [`Unit::dispatch`] for a few nanoseconds: one kernel of everything
//! takes minutes to compile.

mod dispatch;
mod elementary;
mod lanes;
mod philox;

pub use dispatch::{Kernel, Unit, VECTORS, chosen, is_wide, run, unit, units};
pub use elementary::{exp, ln, ln_1p, normal_quantile, sin_cos_turns};
pub use lanes::{LANES, Lanes};
pub use philox::Philox;
