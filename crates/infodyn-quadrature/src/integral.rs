//! Integrals of functions that are known with an error.

use infodyn_core::stable::Sum;
use infodyn_core::{Estimate, ulps};

use crate::Error;
use crate::line::{PANEL_NODES, kronrod};

/// Most panels.
const MOST: usize = 256;

/// `integral of f from a to b`, for `f` analytic between the two ends.
///
/// # Formula
/// The 21-point Kronrod rule on panels, bisected until it agrees with its 10-point Gauss rule to the
/// errors of the values.
///
/// # Accuracy
/// The radius is the sum over panels of the difference of the two rules (the error of the weaker), and
/// the weighted radii and rounding of the values and of the nodes.
///
/// # Errors
/// [`Error::Interval`] unless both ends are finite; the first error of `f`, whose errors may be of any type that ours
/// turn into.
pub fn integral<E: From<Error>>(f: impl Fn(f64) -> Result<Estimate, E>, a: f64, b: f64) -> Result<Estimate, E> {
    if !(a.is_finite() && b.is_finite()) {
        return Err(Error::Interval { lo: a, hi: b }.into());
    }
    by_panels(&f, a, b)
}

/// Behind a pointer, so that it is compiled once and not for each integrand.
fn by_panels<E>(f: &dyn Fn(f64) -> Result<Estimate, E>, a: f64, b: f64) -> Result<Estimate, E> {
    let (mut todo, mut done) = (vec![(a, b)], 0);
    let (mut total, mut radius) = (Sum::default(), 0.0);
    while let Some((lo, hi)) = todo.pop() {
        let (middle, half) = (0.5 * (lo + hi), 0.5 * (hi - lo));
        let (mut value, mut gauss, mut noise) = (Sum::default(), Sum::default(), 0.0);
        let (shift, mut last) = (ulps::NODE * f64::EPSILON * lo.abs().max(hi.abs()), None);
        for n in 0..PANEL_NODES {
            let (x, k, g) = kronrod(n);
            let y = f(middle + half * x)?;
            // The node is rounded: by as much moves the sum, at most, per unit of variation.
            noise += shift * last.map_or(0.0, |v: f64| (y.value() - v).abs());
            last = Some(y.value());
            value.add(half * k * y.value());
            gauss.add(half * g * y.value());
            noise += half.abs() * k * (y.radius() + ulps::operations(4) * f64::EPSILON * y.value().abs());
        }
        let difference = (value.value() - gauss.value()).abs();
        if difference <= noise || done + todo.len() >= MOST {
            total.add(value.value());
            radius += difference + noise;
            done += 1;
        } else {
            // The left half first: sums are formed in the order of the line.
            todo.push((middle, hi));
            todo.push((lo, middle));
        }
    }
    Ok(Estimate::new(total.value(), radius + ulps::COMPENSATED * f64::EPSILON * total.value().abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smooth_and_narrow_integrands() {
        let rounded = |v: f64| -> Result<Estimate, Error> { Ok(Estimate::rounded(v, 4.0)) };
        let exponential = integral(|x| rounded(x.exp()), 0.0, 3.0).unwrap();
        assert!(exponential.contains(3.0_f64.exp() - 1.0) && exponential.radius() < 1e-13, "{exponential}");
        // arctan by its derivative, over a bump a hundred times narrower than the interval.
        let bump = integral(|x| rounded(100.0 / (1.0 + 1e4 * x * x)), -1.0, 2.0).unwrap();
        assert!(bump.contains(100.0_f64.atan() + 200.0_f64.atan()) && bump.radius() < 1e-12, "{bump}");
        let backwards = integral(|x| rounded(x.exp()), 3.0, 0.0).unwrap();
        assert!(backwards.contains(1.0 - 3.0_f64.exp()));
        assert!(matches!(integral(rounded, 0.0, f64::NAN), Err(Error::Interval { .. })));
    }
}
