//! Derivatives of functions that are known with an error.

use infodyn_core::{Estimate, ulps};

use crate::Error;

/// Central-difference weights of order 10 at `1..=5` steps.
/// Source: solving the moment equations exactly (`c_j = 2 (-1)^{j+1} (5!)^2 / (j (5-j)! (5+j)!)`, halved
/// for the two-sided form).
const WEIGHTS: [f64; 5] = [5.0 / 6.0, -5.0 / 21.0, 5.0 / 84.0, -5.0 / 504.0, 1.0 / 1260.0];
const REACH: usize = 5;
/// Steps tried, each half the one before.
const STEPS: usize = 7;

/// `f'(t)` by central differences of order 10, for `f` analytic on `[t - reach, t + reach]`.
///
/// # Formula
/// `D_h = sum_j c_j (f(t + j h) - f(t - j h))/h`, `j = 1..5`, at `h = reach/5, reach/10, ..`.
///
/// # Accuracy
/// Each pair of successive steps gives a radius: their full difference (the error of the coarser
/// step, a thousandfold that of the finer once the rule converges), plus the radii of the values
/// amplified by `c_j/h`, plus the rounding of `t + j h`. The step with the smallest is taken.
///
/// # Errors
/// [`Error::NotPositive`] for `reach`; the first error of `f`, whose errors may be of any type that ours turn into.
pub fn derivative<E: From<Error>>(f: impl Fn(f64) -> Result<Estimate, E>, t: f64, reach: f64) -> Result<Estimate, E> {
    derivative_within(f, t, reach, 0.0)
}

/// [`derivative`], content with a radius of this part of its value: it reads `f` no more from there.
///
/// # Accuracy
/// As [`derivative`].
///
/// # Errors
/// As [`derivative`].
pub fn derivative_within<E: From<Error>>(
    f: impl Fn(f64) -> Result<Estimate, E>,
    t: f64,
    reach: f64,
    part: f64,
) -> Result<Estimate, E> {
    by_steps(&f, t, reach, part)
}

/// Behind a pointer, so that it is compiled once and not for each function.
fn by_steps<E: From<Error>>(
    f: &dyn Fn(f64) -> Result<Estimate, E>,
    t: f64,
    reach: f64,
    part: f64,
) -> Result<Estimate, E> {
    if !(reach > 0.0 && reach.is_finite()) {
        return Err(Error::NotPositive { what: "reach", value: reach }.into());
    }
    let mut known: Vec<(f64, Estimate)> = Vec::new();
    let mut read = |x: f64| -> Result<Estimate, E> {
        // Steps halve exactly, so points of the coarser steps come back bit for bit.
        if let Some(v) = known.iter().find(|v| v.0 == x) {
            return Ok(v.1);
        }
        let v = f(x)?;
        known.push((x, v));
        Ok(v)
    };
    // A power of two: t +- j h is exact, or nearly so.
    let mut h = (reach / REACH as f64).log2().floor().exp2();
    let mut before: Option<Estimate> = None;
    let mut best = Estimate::new(0.0, f64::INFINITY);
    for _ in 0..STEPS {
        let slope = difference(&mut read, t, h)?;
        if let Some(coarse) = before {
            let radius = slope.radius() + (slope.value() - coarse.value()).abs();
            if radius < best.radius() {
                best = Estimate::new(slope.value(), radius);
                if radius <= part * slope.value().abs() {
                    break;
                }
            } else if slope.radius() > best.radius() {
                break;
            }
        }
        before = Some(slope);
        h *= 0.5;
    }
    Ok(best)
}

/// The difference at one step; its radius covers the values and the places, not the truncation.
fn difference<E>(read: &mut dyn FnMut(f64) -> Result<Estimate, E>, t: f64, h: f64) -> Result<Estimate, E> {
    let (mut value, mut radius, mut size) = (0.0, 0.0, 0.0);
    for (j, c) in WEIGHTS.iter().enumerate() {
        let d = (j + 1) as f64 * h;
        let (up, down) = (read(t + d)?, read(t - d)?);
        value += c * (up.value() - down.value()) / h;
        radius += c.abs() * (up.radius() + down.radius()) / h;
        // t + d is rounded: the value moves by the slope over that shift.
        let shift = (((t + d) - t) - d).abs() + (((t - d) - t) + d).abs();
        radius += c.abs() * shift / h * ((up.value() - down.value()) / d).abs();
        size += c.abs() * (up.value().abs() + down.value().abs()) / h;
    }
    // A weight, a difference, a product, a quotient, and a sum of five.
    Ok(Estimate::new(value, radius + ulps::operations(8) * f64::EPSILON * size))
}
