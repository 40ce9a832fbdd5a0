//! Counts of units of rounding, each with its reason. A unit is [`f64::EPSILON`] times the size of a number; an
//! operation of IEEE arithmetic errs by at most half of one.
//!
//! They are for loops and kernels. Where a formula has a few operations, the arithmetic of
//! [`Estimate`](crate::Estimate) counts them itself.

/// One operation: `+ - * /`, a square root, or a decimal read as a double.
pub const OPERATION: f64 = 0.5;

/// `exp`, `exp_m1`, `ln`, `ln_1p`, `sin`, `cos`, `atan`, `powf`: the largest known errors are below one unit in the
/// last place (glibc manual, "Known Maximum Errors in Math Functions").
pub const ELEMENTARY: f64 = 1.0;

/// `sinh`, `cosh`, `tanh`: two units in the last place (the same table).
pub const HYPERBOLIC: f64 = 2.0;

/// `snr = alpha^2/sigma^2`: two operations.
pub const SNR: f64 = 1.0;

/// A node of a rule: where it is read it is rounded, and so is its distance from another centre.
pub const NODE: f64 = 2.0 * OPERATION;

/// The difference of two numbers that were rounded, relative to the sum of their sizes.
pub const DIFFERENCE: f64 = 2.0 * OPERATION;

/// A sum with Neumaier's correction ([`Sum`](crate::stable::Sum)), relative to itself: the correction is rounded, and
/// what it is added to.
pub const COMPENSATED: f64 = 2.0 * OPERATION;

/// A sampled value: what a function that is averaged promises of each of its values, relative to their size.
pub const SAMPLE: f64 = 16.0;

/// A formula of `n` operations on positive numbers, none a difference: each errs by half a unit, and one of them pays
/// for what the errors do to one another (Higham, *Accuracy and Stability of Numerical Algorithms*, lemma 3.1).
#[must_use]
pub const fn operations(n: usize) -> f64 {
    0.5 * (n + 1) as f64
}

/// The sum of `n` numbers one by one, relative to the sum of their sizes (Higham, section 4.2).
#[must_use]
pub const fn sum(n: usize) -> f64 {
    operations(n)
}

/// What is left of a vector of length 1 in `R^d` when its projections on an orthonormal basis are taken away: sums of
/// `d` products, of the vector, of the basis and of their differences.
#[must_use]
pub const fn residual(d: usize) -> f64 {
    8.0 * d as f64
}

/// `exp(x)`, where `x` is right to `units` of its own: an absolute error of the exponent is a relative one of the
/// result.
#[must_use]
pub fn exp(x: f64, units: f64) -> f64 {
    ELEMENTARY + units * x.abs()
}
