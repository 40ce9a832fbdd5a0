//! Zeros of functions that are known with an error.

use infodyn_core::{Estimate, ulps};

use crate::Error;

/// First step from a zero to where the sign is certain, in parts of its place; every further one is twice as long.
const REACH: f64 = ulps::ROOT * f64::EPSILON;

/// The zero of a continuous `f` between `lo` and `hi`, where it has opposite signs.
///
/// # Accuracy
/// The radius is that of a bracket at whose two ends the sign of `f` is certain: beyond its radius there.
///
/// # Errors
/// [`Error::Interval`] unless the signs at `lo < hi` are certain and opposite; the first error of `f`, whose errors may
/// be of any type that ours turn into.
pub fn root<E: From<Error>>(f: impl Fn(f64) -> Result<Estimate, E>, lo: f64, hi: f64) -> Result<Estimate, E> {
    in_bracket(&f, lo, hi)
}

/// Behind a pointer, so that it is compiled once and not for each function.
fn in_bracket<E: From<Error>>(f: &dyn Fn(f64) -> Result<Estimate, E>, lo: f64, hi: f64) -> Result<Estimate, E> {
    let sign = |y: Estimate| if y.value().abs() > y.radius() { y.value().signum() } else { 0.0 };
    let (mut a, mut b) = ((lo, f(lo)?), (hi, f(hi)?));
    let rising = sign(b.1);
    if !(lo < hi && rising != 0.0 && sign(a.1) == -rising) {
        return Err(Error::Interval { lo, hi }.into());
    }
    // Regula falsi; the end that stays twice loses half of its weight (Illinois), and every third step bisects.
    let (mut wa, mut wb) = (a.1.value(), b.1.value());
    let (mut x, mut y, mut kept) = (a.0, a.1, 0.0);
    for step in 0..120 {
        x = if step % 3 == 2 { 0.5 * (a.0 + b.0) } else { (a.0 * wb - b.0 * wa) / (wb - wa) };
        if !(x > a.0 && x < b.0) {
            x = 0.5 * (a.0 + b.0);
        }
        if !(x > a.0 && x < b.0) {
            break;
        }
        y = f(x)?;
        let s = sign(y) * rising;
        if s == 0.0 {
            break;
        }
        if s > 0.0 {
            (b, wb) = ((x, y), y.value());
            wa *= if kept > 0.0 { 0.5 } else { 1.0 };
        } else {
            (a, wa) = ((x, y), y.value());
            wb *= if kept < 0.0 { 0.5 } else { 1.0 };
        }
        kept = s;
    }
    // The sign may be hidden around x: step out on both sides to where it is certain.
    let slope = (b.1.value() - a.1.value()).abs() / (b.0 - a.0);
    // An eighth more than a straight line needs.
    let first = 1.125 * (y.value().abs() + y.radius()) / slope + REACH * x.abs();
    let out = |direction: f64, end: f64| -> Result<f64, E> {
        let mut reach = first.max(f64::MIN_POSITIVE);
        while reach < (end - x).abs() {
            if sign(f(x + direction * reach)?) == direction * rising {
                return Ok(reach);
            }
            reach *= 2.0;
        }
        Ok((end - x).abs())
    };
    let radius = out(1.0, hi)?.max(out(-1.0, lo)?);
    Ok(Estimate::new(x, radius + ulps::NODE * f64::EPSILON * x.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_radius_follows_what_hides_the_sign() {
        for noise in [0.0, 1e-12, 1e-6] {
            let f = |x: f64| -> Result<Estimate, Error> {
                Ok(Estimate::new(x.cos() + noise * (1e9 * x).sin(), noise + 1e-15))
            };
            let x = root(f, 1.0, 3.0).unwrap();
            assert!(x.contains(std::f64::consts::FRAC_PI_2), "{x}");
            assert!(x.radius() < 20.0 * noise + 1e-14, "{x}");
        }
        let flat =
            root(|x: f64| -> Result<Estimate, Error> { Ok(Estimate::new(x.powi(3), 1e-15)) }, -1.0, 2.0).unwrap();
        assert!(flat.contains(0.0) && flat.radius() < 1e-4, "{flat}");
    }

    #[test]
    fn signs_must_be_certain() {
        let f = |x: f64| -> Result<Estimate, Error> { Ok(Estimate::new(x, 0.5)) };
        assert!(matches!(root(f, -0.1, 3.0), Err(Error::Interval { .. })));
        assert!(matches!(root(f, 1.0, 3.0), Err(Error::Interval { .. })));
    }
}
