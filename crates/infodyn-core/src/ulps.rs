//! Counts of units of rounding, each with its reason. A unit is [`f64::EPSILON`] times the size of a number; an
//! operation of IEEE arithmetic errs by at most half of one.
//!
//! They are for loops and kernels. Where a formula has a few operations, the arithmetic of
//! [`Estimate`](crate::Estimate) counts them itself.

/// One operation: `+ - * /`, a square root, or a decimal read as a double.
pub const OPERATION: f64 = 0.5;

/// `exp`, `exp_m1`, `ln`, `ln_1p`, `sin`, `cos`, `atan`, `powf`: the largest known errors are below one unit in the last
/// place (glibc manual, "Known Maximum Errors in Math Functions").
pub const ELEMENTARY: f64 = 1.0;

/// `sinh`, `cosh`, `tanh`: two units in the last place (the same table).
pub const HYPERBOLIC: f64 = 2.0;

/// `snr = alpha^2/sigma^2`: two operations.
pub const SNR: f64 = 1.0;

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

/// `exp(x)`, where `x` is right to `units` of its own: an absolute error of the exponent is a relative one of the result.
#[must_use]
pub fn exp(x: f64, units: f64) -> f64 {
    ELEMENTARY + units * x.abs()
}

/// A logarithm of a sum of `k` exponentials of exponents of size `x`, absolute: the exponents, the sum and the logarithm `y`.
#[must_use]
pub fn log_sum_exp(k: usize, x: f64, y: f64) -> f64 {
    exp(x, OPERATION) + sum(k) + ELEMENTARY * y.abs()
}
