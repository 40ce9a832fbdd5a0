//! The tables behind the figures, a file a figure: the same routes that the checks use, along a process.

mod bandwidth_identity;
mod filter;
mod phase_diagram;
mod real_data;
mod speciation_collapse;
mod two_atoms;

pub use bandwidth_identity::{bandwidth_data, bandwidth_mixture};
pub use filter::{filter_circle, filter_digits, filter_gaussian};
pub use phase_diagram::{phase_curves, phase_cusp, phase_folds, phase_found, phase_peaks};
pub use real_data::real_data;
pub use speciation_collapse::{clone_agreement, regimes, times_against_dimension, times_against_points};
pub use two_atoms::{two_atom_critical, two_atoms};

/// `n` numbers from `a` to `b`, evenly spaced in the logarithm.
fn logarithmic(a: f64, b: f64, n: usize) -> Vec<f64> {
    (0..n).map(|i| a * (b / a).powf(i as f64 / (n - 1) as f64)).collect()
}

/// Level of the intervals that are drawn: a bar in three hundred misses.
const LEVEL: f64 = 0.997;
