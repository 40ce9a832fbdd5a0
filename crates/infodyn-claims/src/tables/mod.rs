//! The tables behind the figures, a file a figure: the same routes that the checks use, along a process.

mod bandwidth_identity;
mod generative_bandwidth;
mod hierarchy;
mod schedules;
mod symmetry_breaking;
mod two_atoms;

pub use bandwidth_identity::{bandwidth_data, bandwidth_mixture};
pub use generative_bandwidth::generative_bandwidth;
pub use hierarchy::hierarchy;
pub use schedules::schedules;
pub use symmetry_breaking::{
    symmetry_breaking_branches, symmetry_breaking_critical, symmetry_breaking_landscape, symmetry_breaking_paths,
    symmetry_breaking_profile,
};
pub use two_atoms::{two_atom_critical, two_atoms};

/// `n` numbers from `a` to `b`, evenly spaced in the logarithm.
fn logarithmic(a: f64, b: f64, n: usize) -> Vec<f64> {
    (0..n).map(|i| a * (b / a).powf(i as f64 / (n - 1) as f64)).collect()
}
