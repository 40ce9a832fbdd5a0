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

/// `sinh`, `cosh`, `tanh`, `acosh`, `atanh`: two units in the last place (the same table).
pub const HYPERBOLIC: f64 = 2.0;

/// A function of [`stable`](crate::stable) at an exact place: a function of the C library or two, and at most six
/// operations on positive numbers.
pub const STABLE: f64 = formula(6, 2);

/// `snr = alpha^2/sigma^2`: two operations.
pub const SNR: f64 = 1.0;

/// A node of a rule: where it is read it is rounded, and so is its distance from another centre.
pub const NODE: f64 = 2.0 * OPERATION;

/// A weight of a Gauss rule of at most 20 nodes that is computed from the recurrence of its polynomials, with the
/// product and the sum that it enters: a rule of thumb, held by a test of moments and not derived.
pub const GAUSS: f64 = 8.0;

/// The difference of two numbers that were rounded, relative to the sum of their sizes.
pub const DIFFERENCE: f64 = 2.0 * OPERATION;

/// A sum with Neumaier's correction ([`Sum`](crate::stable::Sum)), relative to itself: the correction is rounded, and
/// what it is added to.
pub const COMPENSATED: f64 = 2.0 * OPERATION;

/// What a density says of a point, relative to the sum of the sizes of its terms: the operations on a term (its place,
/// its width, the distance and their quotient), and those on its posterior, which a log-likelihood ratio `r` moves by
/// at most `|r| e^-|r|` of its units.
pub const READING: f64 = 8.0;

/// A root between two numbers at which the sign is sure: their distance, where nothing hides it.
pub const ROOT: f64 = 4.0;

/// A sampled value: what a function that is averaged promises of each of its values, relative to their size.
pub const SAMPLE: f64 = 16.0;

/// A formula of `n` operations on positive numbers, none a difference: each errs by half a unit, and one of them pays
/// for what the errors do to one another (Higham, *Accuracy and Stability of Numerical Algorithms*, lemma 3.1).
#[must_use]
pub const fn operations(n: usize) -> f64 {
    0.5 * (n + 1) as f64
}

/// A formula of `n` operations and `m` functions of the C library on positive numbers, none a difference, each function
/// of a condition of at most 1: `|x f'(x)| <= |f(x)|`, as of a root, `log(1 + x)`, `tanh`, or any at an exact place.
#[must_use]
pub const fn formula(n: usize, m: usize) -> f64 {
    operations(n) + ELEMENTARY * m as f64
}

/// `x^n` of a positive number right to `units`, by products.
#[must_use]
pub const fn power(n: u32, units: f64) -> f64 {
    n as f64 * (units + OPERATION)
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

/// An eigenvalue of a symmetric matrix of `d` rows, relative to the largest: the backward error of the QR algorithm
/// (Golub & Van Loan, *Matrix Computations*, section 8.3), and the entries' own.
#[must_use]
pub const fn eigenvalue(d: usize) -> f64 {
    16.0 * d as f64
}

/// An eigenvalue that is 0 but for rounding, of a positive semidefinite matrix of `d` rows with a unit diagonal: of the
/// entries, half a unit each and `d` in a row, and of the method as much again and more.
#[must_use]
pub const fn null(d: usize) -> f64 {
    4.0 * d as f64
}

/// A coordinate along an axis of a basis of `R^d`, relative to the length of the vector: a sum of `d` products of two
/// rounded numbers.
#[must_use]
pub const fn coordinate(d: usize) -> f64 {
    2.0 * d as f64
}

/// A point of a reduction to a subspace of `R^d`, relative to its length: its coordinates, the orthogonality of the
/// basis, and what is left outside, each of the order of a [`coordinate`].
#[must_use]
pub const fn reduction(d: usize) -> f64 {
    5.0 * coordinate(d)
}

/// Of the difference of two sums of `d` products of given numbers, relative to the product of the lengths of the
/// longest factors: the errors of each sum add like independent ones, here twice as far (Higham & Mary 2019).
#[must_use]
pub fn products(d: usize) -> f64 {
    2.0 * (d as f64).sqrt()
}

/// A path of `n` steps, relative to its largest step: each is scaled and added, and its noise is rounded.
#[must_use]
pub const fn path(n: usize) -> f64 {
    4.0 * n as f64
}

/// The level of a process at `exp(l)`, as an error of `l = log gamma`: `l` and the exponential are rounded, and so are
/// the time at which the process has the ratio and what it gives there, of which a unit of the time is one of `l`.
#[must_use]
pub fn level(log_snr: f64) -> f64 {
    8.0 + log_snr.abs()
}

/// `exp(x)`, where `x` is right to `units` of its own: an absolute error of the exponent is a relative one of the
/// result.
#[must_use]
pub fn exp(x: f64, units: f64) -> f64 {
    ELEMENTARY + units * x.abs()
}
