//! What tests of several crates share: reference numbers with their sources, and dual numbers for symbolic expressions.

mod duals;

pub use duals::Duals;

/// Two atoms `+-1` of equal weight at the signal-to-noise ratio `k`: `k`, the entropy of the label given the noisy
/// point (nats), the variance of its pathwise entropy (nats^2), and the mean squared error of the posterior mean.
///
/// # Source
/// `docs/theory.md`, section 7: 34-digit arithmetic, two steps that agree; 18 digits are given.
pub const TWO_ATOMS: [[f64; 4]; 5] = [
    [0.1, 0.645497946663229023, 0.00350812171725125154, 0.908659398795122114],
    [0.5, 0.491801708975140169, 0.0319933591655845581, 0.649886595324869186],
    [1.0, 0.356316360213113697, 0.0508573174613909492, 0.449599509206672830],
    [2.0, 0.193075044493100372, 0.0480461495368029517, 0.231018221929295619],
    [4.0, 0.0604269868230783278, 0.0201421978048270909, 0.0685974087907388136],
];
