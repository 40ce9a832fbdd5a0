//! The uniform law on a sphere.

use crate::{Fault, Part, Result};

/// The uniform law on the sphere of radius `R` about the origin of `R^D`, `D >= 2`; a circle for `D = 2`.
///
/// It has no atoms and no density: of its entropy only differences exist.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sphere {
    dim: usize,
    radius: f64,
}

impl Sphere {
    /// The sphere of `radius > 0` in `R^dim`.
    ///
    /// # Errors
    /// When `dim < 2`, or the radius is not a positive finite number.
    pub fn new(dim: usize, radius: f64) -> Result<Self> {
        if dim < 2 {
            let expected = "a dimension of at least 2";
            return Err(Fault::OutOfRange { value: dim as f64, expected }.of(Part::Dimension));
        }
        if !radius.is_finite() {
            return Err(Fault::NotFinite(radius).of(Part::Radius));
        }
        if radius <= 0.0 {
            return Err(Fault::OutOfRange { value: radius, expected: "a positive number" }.of(Part::Radius));
        }
        Ok(Self { dim, radius })
    }

    /// Dimension `D`.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Radius `R`.
    #[must_use]
    pub fn radius(&self) -> f64 {
        self.radius
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sphere_has_two_dimensions_or_more_and_a_size() {
        assert!(Sphere::new(2, 0.5).is_ok());
        let message = |dim, radius| Sphere::new(dim, radius).unwrap_err().to_string();
        assert_eq!(message(1, 1.0), "dimension: 1, expected a dimension of at least 2");
        assert_eq!(message(3, 0.0), "radius: 0, expected a positive number");
        assert_eq!(message(3, f64::NAN), "radius: NaN is not a finite number");
    }
}
