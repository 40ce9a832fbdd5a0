//! Two symmetric components: everything about the label depends on one number `k`.
//!
//! For components `+-mu` of equal weight and variance `q` at noise `(alpha, sigma)`,
//! `k = alpha^2 |mu|^2/(alpha^2 q + sigma^2)`. Given the label, the log-odds are `2u` with
//! `u ~ N(k, k)`; the label's posterior at a point depends on `u = alpha mu.x/v` alone.
//!
//! # Source
//! theory.md C8, D5, section 7.

use std::f64::consts::PI;

use errorfunctions::RealErrorFunctions;
use infodyn_core::{Estimate, NoiseLevel, stable, ulps};

/// `k` of a pair with half-distance `|mu| = a` and component variance `q`.
#[must_use]
pub fn signal(a: f64, q: f64, level: &NoiseLevel) -> f64 {
    let a2 = level.alpha() * level.alpha();
    a2 * a * a / (a2 * q + level.sigma2())
}

/// `H(Y given X_t)` in nats, by the one-dimensional integral of the posterior's entropy.
///
/// # Formula
/// `E[h_2(u)]`, `h_2(u) = log(2 cosh u) - u tanh u`, over the symmetrised law of `u`.
///
/// # Accuracy
/// See [`label_entropy_variance`]; the radius covers discretisation, tail and rounding.
#[must_use]
pub fn label_entropy(k: f64) -> Estimate {
    expectation(k, stable::binary_entropy)
}

/// `Var h(X_t)` in nats^2.
///
/// # Formula
/// `E[(h_2(u) - H)^2]` with `H` the mean of `h_2`: the difference is taken before squaring, so the
/// variance keeps its digits where `h_2` hardly varies.
///
/// # Accuracy
/// The whole-line trapezoid is exponentially accurate for these integrands, which are analytic in
/// `|Im u| < pi/2`: two steps, `h` and `h/2`, differ by the error of the coarser, and that
/// difference is the radius of the finer, plus rounding.
#[must_use]
pub fn label_entropy_variance(k: f64) -> Estimate {
    let mean = label_entropy(k).value();
    expectation(k, |u| {
        let gap = stable::binary_entropy(u) - mean;
        gap * gap
    })
}

/// `mmse(k) = E[sech^2 u]`: the mean-square error of the label `+-1`.
#[must_use]
pub fn mmse(k: f64) -> Estimate {
    expectation(k, stable::sech2)
}

/// `E sum_y pi_y^2 = 1 - E[sech^2 u]/2`: the chance that two draws from the posterior agree.
#[must_use]
pub fn clone_agreement(k: f64) -> Estimate {
    Estimate::ONE - mmse(k) / 2
}

/// `Var[-log pi_Y]` in nats^2: the surprisal of the true label is `log(1 + e^{-2u})`, `u ~ N(k, k)`.
#[must_use]
pub fn label_surprisal_variance(k: f64) -> Estimate {
    let mean = label_entropy(k).value();
    // Not an even function: both labels' halves of the symmetrised law are summed explicitly.
    let cost = |u: f64| {
        let gap = surprisal(u) - mean;
        gap * gap
    };
    expectation(k, |u| {
        let (p, q) = (1.0 / (1.0 + (-2.0 * u).exp()), 1.0 / (1.0 + (2.0 * u).exp()));
        p * cost(u) + q * cost(-u)
    })
}

/// `log(1 + e^{-2u})`.
fn surprisal(u: f64) -> f64 {
    if u < 0.0 { -2.0 * u + (2.0 * u).exp().ln_1p() } else { (-2.0 * u).exp().ln_1p() }
}

/// The nonzero stable fixed point `m > 0` of `m = tanh(k m)` (theory.md C2, in units of
/// `alpha |mu|`); `None` for `k <= 1`.
///
/// # Accuracy
/// Newton's method to a few units in the last place; just above `k = 1` the root itself moves by
/// `eps/(k-1)` when `k` is rounded, and the radius says so.
#[must_use]
pub fn fixed_point(k: f64) -> Option<Estimate> {
    if k.is_nan() || k <= 1.0 {
        return None;
    }
    // For k > 1 the function tanh(k m) - m is concave on m > 0 with one root; from its right
    // Newton descends monotonically.
    let mut m = 1.0_f64;
    for _ in 0..200 {
        let t = (k * m).tanh();
        let slope = k * stable::sech2(k * m) - 1.0;
        let next = m - (t - m) / slope;
        if next.is_nan() || next >= m || next <= 0.0 {
            break;
        }
        m = next;
    }
    let slope = 1.0 - k * stable::sech2(k * m);
    // tanh, its argument and the difference; then m itself.
    let residual = ulps::HYPERBOLIC + ulps::operations(2);
    Some(Estimate::new(m, residual * f64::EPSILON * m * (1.0 + 1.0 / slope.max(f64::EPSILON))))
}

/// The chance that neither label has been trusted up to the signal `k`: that `|u| < b` all along the path from 0, for
/// the innovation `du = tanh(u) dk + dB`. A label is trusted with confidence `c` at `b = atanh(2c - 1)`.
///
/// # Formula
/// The change of measure by `e^{-k/2} cosh u` takes the drift away, and a Brownian motion inside `(-b, b)` has the
/// eigenfunctions `cos(m_n u)`, `m_n = (n + 1/2) pi/b`:
/// `e^{-k/2} (2 cosh b/b) sum_n (-1)^n m_n/(1 + m_n^2) e^{-m_n^2 k/2}`. Its integral over `k` is Wald's `b tanh b`
/// (theory.md D6).
///
/// # Accuracy
/// The terms alternate, and fall from the first with `m_n > 1` on: the first that is left out bounds the rest. The
/// radius adds the rounding of every term, and of its exponent.
#[must_use]
pub fn undecided(k: f64, b: f64) -> Estimate {
    if k <= 0.0 {
        return Estimate::ONE;
    }
    let scale = 2.0 * b.cosh() / b;
    let (mut sum, mut size, mut rest) = (stable::Sum::default(), 0.0, 0.0);
    for n in 0..100_000_i32 {
        let m = (f64::from(n) + 0.5) * PI / b;
        let exponent = 0.5 * k * (1.0 + m * m);
        let term = scale * m / (1.0 + m * m) * (-exponent).exp();
        if m > 1.0 && term < 1e-20 {
            rest = term;
            break;
        }
        sum.add(if n % 2 == 0 { term } else { -term });
        // The scale, m and five operations; m enters squared, into the exponent too.
        size += term * (ulps::HYPERBOLIC + ulps::operations(9) + ulps::exp(exponent, ulps::operations(8)));
        rest = term;
    }
    Estimate::new(sum.value(), rest + f64::EPSILON * size)
}

/// Units of rounding of the functions that are averaged here: two of the library's, and six operations.
const FUNCTION: f64 = 2.0 * ulps::ELEMENTARY + ulps::operations(6);

/// Units of rounding of [`alternating_sum`], relative to its first term. A rule of thumb, tested against the integral
/// and not derived: the worst case of the recurrence of its weights is ten times larger.
const SERIES: f64 = 64.0;

/// `E[F(u)]` for even `F`, by the whole-line trapezoid on the symmetrised density of `u`.
///
/// # Formula
/// With `u = k + sqrt(k) z` and `z` standard normal, `p(u) + p(-u)` folded: for even `F`,
/// `E[F] = integral of phi(z) F(k + sqrt(k) z) dz`.
///
/// # Accuracy
/// On a strip of half-width `d < pi/(2 sqrt k)` the discretisation error is at most
/// `2M/(exp(2 pi d/h) - 1)`; the step starts from that bound and is halved until two steps agree
/// to rounding, and their difference enters the radius. Truncation at `|z| = 39` is below 1e-330.
fn expectation(k: f64, f: impl Fn(f64) -> f64) -> Estimate {
    if k.is_nan() || k < 0.0 {
        return Estimate::new(f64::NAN, f64::NAN);
    }
    if k == 0.0 {
        return Estimate::rounded(f(0.0), FUNCTION);
    }
    let root = k.sqrt();
    // The weight's own error is exp(-2 pi^2/h^2); 2 pi d/h = 40 with d = 0.9 pi/(2 sqrt k).
    let strip = (0.9 * PI / (2.0 * root)).min(6.0);
    let mut h = (2.0 * PI * strip / 40.0).min(0.5);
    // Beyond the peak of phi(z) F the integrand underflows; 39 standard deviations always do.
    let sum = |h: f64, offset: f64| {
        let n = (39.0 / h).ceil() as i64;
        let (mut total, mut size) = (stable::Sum::default(), 0.0);
        for i in -n..=n {
            let z = (i as f64 + offset) * h;
            let term = (-0.5 * z * z).exp() * f(k + root * z);
            total.add(term);
            // The exponent is z^2/2; the argument of f is rounded with z.
            size += term.abs() * (ulps::exp(0.5 * z * z, ulps::operations(4)) + FUNCTION);
        }
        (total.value() * h / (2.0 * PI).sqrt(), size * h / (2.0 * PI).sqrt())
    };
    let (mut coarse, _) = sum(h, 0.0);
    loop {
        // The midpoints complete the coarse nodes to the nodes of step h/2.
        let (between, size) = sum(h, 0.5);
        let fine = 0.5 * (coarse + between);
        let rounding = f64::EPSILON * (size + ulps::operations(4) * fine.abs());
        let gap = (fine - coarse).abs();
        if gap <= rounding || h < 1e-4 {
            return Estimate::new(fine, gap + rounding);
        }
        coarse = fine;
        h *= 0.5;
    }
}

/// `H(Y given X_t)` in nats by the alternating series of scaled complementary error functions:
/// an independent check of [`label_entropy`].
///
/// # Formula
/// With `a = sqrt(k/2)`: `H = -k erfc(a) + sqrt(2k/pi) e^{-k/2}
/// + (1/2) e^{-k/2} sum_{n>=1} (-1)^{n+1}/n [erfcx((2n-1)a) + erfcx((2n+1)a)]`,
/// from `log(1 + e^{-2u})` expanded on each side of `u = 0`.
///
/// # Accuracy
/// The alternating sum is accelerated (Cohen, Rodriguez Villegas & Zagier 2000, algorithm 1) with
/// 30 terms, whose error is below `5.8^{-30}` of its first term; the radius counts the
/// roundings of the largest term, and the sum's.
#[must_use]
pub fn label_entropy_by_series(k: f64) -> Estimate {
    let a = (0.5 * k).sqrt();
    let decay = (-0.5 * k).exp();
    let term = |n: usize| {
        let n1 = n as f64 + 1.0;
        (((2.0 * n1 - 1.0) * a).erfcx() + ((2.0 * n1 + 1.0) * a).erfcx()) / n1
    };
    let head = [-k * decay * a.erfcx(), (2.0 * k / PI).sqrt() * decay];
    let tail = 0.5 * decay * alternating_sum(term);
    let size = head[0].abs() + head[1].abs() + decay;
    Estimate::new(head[0] + head[1] + tail, SERIES * f64::EPSILON * size)
}

/// `mmse(k)` by the alternating series: an independent check of [`mmse`].
///
/// # Formula
/// `E[sech^2 u] = e^{-k/2} E_{N(0,k)}[sech u] = 2 e^{-k/2} sum_{n>=0} (-1)^n erfcx((2n+1) sqrt(k/2))`.
///
/// # Accuracy
/// As [`label_entropy_by_series`].
#[must_use]
pub fn mmse_by_series(k: f64) -> Estimate {
    let a = (0.5 * k).sqrt();
    let decay = (-0.5 * k).exp();
    let value = 2.0 * decay * alternating_sum(|n| ((2 * n + 1) as f64 * a).erfcx());
    Estimate::new(value, SERIES * f64::EPSILON * 2.0 * decay)
}

/// `sum_{n>=0} (-1)^n a_n` for terms that are moments of a positive measure.
fn alternating_sum(term: impl Fn(usize) -> f64) -> f64 {
    const N: i32 = 30;
    let d = (3.0 + 8.0_f64.sqrt()).powi(N);
    let d = 0.5 * (d + 1.0 / d);
    let (mut b, mut c, mut s) = (-1.0, -d, 0.0);
    for k in 0..N {
        c = b - c;
        s += c * term(k as usize);
        let (n, k) = (f64::from(N), f64::from(k));
        b *= (k + n) * (k - n) / ((k + 0.5) * (k + 1.0));
    }
    s / d
}
