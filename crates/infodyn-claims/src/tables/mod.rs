//! The tables behind the figures, a file a figure: the same routes that the checks use, along a process.

mod bandwidth_identity;
mod generative_bandwidth;
mod hierarchy;
mod mean_field;
mod offsets;
mod pathwise_entropy;
mod schedules;
mod sharpening;
mod symmetry_breaking;

pub use bandwidth_identity::{bandwidth_data, bandwidth_mixture};
pub use generative_bandwidth::generative_bandwidth;
pub use hierarchy::hierarchy;
pub use mean_field::{mean_field, mean_field_exponents};
pub use offsets::{offsets, offsets_critical};
pub use pathwise_entropy::{pathwise_decisions, pathwise_means, pathwise_paths};
pub use schedules::schedules;
pub use sharpening::{sharpening, sharpening_widths};
pub use symmetry_breaking::{
    symmetry_breaking_branches, symmetry_breaking_critical, symmetry_breaking_landscape, symmetry_breaking_paths,
    symmetry_breaking_profile,
};

/// `n` numbers from `a` to `b`, evenly spaced in the logarithm.
fn logarithmic(a: f64, b: f64, n: usize) -> Vec<f64> {
    (0..n).map(|i| a * (b / a).powf(i as f64 / (n - 1) as f64)).collect()
}
