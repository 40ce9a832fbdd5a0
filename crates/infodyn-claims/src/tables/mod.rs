//! The tables behind the figures, a file a figure: the same routes that the checks use, along a process.

mod bandwidth_identity;
mod filter;
mod generative_bandwidth;
mod guidance;
mod hierarchy;
mod many_classes;
mod mean_field;
mod offsets;
mod pathwise_entropy;
mod phase_diagram;
mod real_data;
mod schedule_costs;
mod schedules;
mod sharpening;
mod speciation_collapse;
mod symmetry_breaking;

use infodyn_core::{Estimate, ulps};

pub use bandwidth_identity::{bandwidth_data, bandwidth_mixture};
pub use filter::{filter_circle, filter_digits, filter_gaussian};
pub use generative_bandwidth::generative_bandwidth;
pub use guidance::{guidance_budget, guidance_chances, guidance_overshoot, guidance_widths, guidance_windows};
pub use hierarchy::hierarchy;
pub use many_classes::{many_classes_branches, many_classes_places, many_classes_profile};
pub use mean_field::{mean_field, mean_field_exponents};
pub use offsets::{offsets, offsets_critical};
pub use pathwise_entropy::{pathwise_decisions, pathwise_means, pathwise_paths};
pub use phase_diagram::{phase_curves, phase_cusp, phase_folds, phase_found, phase_peaks};
pub use real_data::real_data;
pub use schedule_costs::schedule_costs;
pub use schedules::schedules;
pub use sharpening::{sharpening, sharpening_widths};
pub use speciation_collapse::{clone_agreement, regimes, times_against_dimension, times_against_points};
pub use symmetry_breaking::{
    symmetry_breaking_branches, symmetry_breaking_critical, symmetry_breaking_landscape, symmetry_breaking_paths,
    symmetry_breaking_profile,
};

/// `n` numbers from `a` to `b`, evenly spaced in the logarithm.
fn logarithmic(a: f64, b: f64, n: usize) -> Vec<f64> {
    (0..n).map(|i| a * (b / a).powf(i as f64 / (n - 1) as f64)).collect()
}

/// Numbers made by [`logarithmic`], as a column.
///
/// # Accuracy
/// The ratio of the ends is rounded, and so is the exponent, which counts as often as the ratio is long.
fn places(numbers: &[f64]) -> Vec<Estimate> {
    let long = numbers.first().zip(numbers.last()).map_or(0.0, |(a, b)| (b / a).ln().abs());
    let units = ulps::exp(long, ulps::OPERATION) + ulps::operations(2);
    numbers.iter().map(|&x| Estimate::rounded(x, units)).collect()
}

/// Level of the intervals that are drawn: a bar in three hundred misses.
const LEVEL: f64 = 0.997;
