//! The tables behind the figures, a file a figure: the same routes that the checks use, along a process.

mod bandwidth_identity;
mod two_atoms;

pub use bandwidth_identity::{bandwidth_data, bandwidth_mixture};
pub use two_atoms::{two_atom_critical, two_atoms};

/// `n` numbers from `a` to `b`, evenly spaced in the logarithm.
fn logarithmic(a: f64, b: f64, n: usize) -> Vec<f64> {
    (0..n).map(|i| a * (b / a).powf(i as f64 / (n - 1) as f64)).collect()
}
