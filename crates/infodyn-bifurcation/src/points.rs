//! Fixed points at one noise level.

use std::cmp::Ordering;

use nalgebra::DVector;

use crate::landscape::Slice;
use crate::zeros::zeros;
use crate::{Landscape, Result};

/// A zero of the drift.
#[derive(Debug, Clone, PartialEq)]
pub struct FixedPoint {
    /// `log snr`.
    pub log_snr: f64,
    /// The point `x/alpha`, length `D`, in the coordinates of the data; of a sphere of them one.
    pub at: Vec<f64>,
    /// How far the true zero may be.
    pub error: f64,
    /// Eigenvalues of the Jacobian of the drift, largest first, in units of `1/sigma^2`
    /// (`sigma^2 grad s - kappa I`); the point is stable in the direction of the data when all are
    /// negative.
    pub eigenvalues: Vec<f64>,
    /// Dimension of the sphere of fixed points that holds this one: `D - 1` where no
    /// rotation changes the drift, as many of the eigenvalues being exactly 0; else 0, a point by itself.
    pub orbit: usize,
    /// The point and its eigenvalues among what is followed.
    pub(crate) own: (DVector<f64>, Vec<f64>),
}

impl FixedPoint {
    /// Number of positive eigenvalues.
    #[must_use]
    pub fn index(&self) -> usize {
        self.eigenvalues.iter().filter(|&&e| e > 0.0).count()
    }

    /// Whether it is a minimum of its energy.
    #[must_use]
    pub fn stable(&self) -> bool {
        self.index() == 0
    }

    /// How far a weak uniform field added to the drift `s - kappa x/sigma^2` moves the point, per unit of the
    /// field, along its softest direction, at `alpha = 1`: `1/|ds/dx|` in one dimension; infinite on an orbit.
    ///
    /// # Formula
    /// `sigma^2/min |eigenvalue|`, the eigenvalues being in units of `1/sigma^2`.
    ///
    /// # Source
    /// theory.md C4.
    #[must_use]
    pub fn susceptibility(&self) -> f64 {
        (-self.log_snr).exp() / weakest(&self.eigenvalues)
    }

    /// `None` for the mirror image, across the centre, of a point on a ray, and where beside the core nothing is at
    /// rest.
    pub(crate) fn new(slice: &Slice<'_>, u: &DVector<f64>) -> Option<Self> {
        let (landscape, log_snr, own) = (slice.of, slice.log_snr, slice.eigenvalues(u));
        let dim = landscape.whole_dim();
        let error = 2.0 * (slice.rounding(u) + slice.field(u).norm()) / weakest(&own);
        let centre = landscape.on_ray() && u[0].abs() <= error;
        if landscape.on_ray() && !centre && u[0] < 0.0 {
            return None;
        }
        // By the rotations the centre is a zero, with one eigenvalue D times over. Off it, at the distance r, the
        // Jacobian has across the ray the eigenvalue G(r)/r, exactly 0 at a zero.
        let (u, error) = if centre { (DVector::zeros(1), 0.0) } else { (u.clone(), error) };
        let own = if centre { slice.eigenvalues(&u) } else { own };
        let (other, count) = match landscape.beside(log_snr.exp()).ok()? {
            (_, 0) if landscape.on_ray() => (if centre { own[0] } else { 0.0 }, dim - 1),
            beside => beside,
        };
        let mut eigenvalues = own.clone();
        eigenvalues.extend(std::iter::repeat_n(other, count));
        eigenvalues.sort_by(|a, b| b.total_cmp(a));
        let (at, rounding) = slice.place(&u)?;
        let orbit = if landscape.on_ray() && !centre { dim - 1 } else { 0 };
        Some(Self { log_snr, at, error: error + rounding, eigenvalues, orbit, own: (u, own) })
    }
}

/// The smallest modulus.
pub(crate) fn weakest(eigenvalues: &[f64]) -> f64 {
    eigenvalues.iter().fold(f64::INFINITY, |m, e| m.min(e.abs()))
}

/// The zeros of the drift at one signal-to-noise ratio.
///
/// In one dimension the line is covered by nodes a tenth of a standard deviation apart around every component, and
/// wider beyond, out to 40 times the size of the law: every sign change of the drift between nodes is refined, and
/// every extremum of the drift between nodes (a sign change of its derivative) is looked at for a pair of zeros. A pair
/// closer than that *and* on the same side of two extrema is not seen; there is no proof that none exists. In more
/// dimensions Newton's method starts from every mean, one standard deviation from it along each axis, the midpoints of
/// pairs, the mean of all, where each component alone would be at rest, and 64 random convex combinations; then, of up
/// to 8 components, beside every zero found and between pairs of them, with those found deflated away; then from 128
/// places by turns on the ridge, where every zero lies, and around a component, if the law has few numbers, and while
/// [`Landscape::incomplete`] says that one is missing from up to 1024. Zeros can still be missed. Where no rotation
/// about its centre changes the drift, the zeros on one ray are listed, each for its sphere ([`FixedPoint::orbit`]).
/// [`crate::diagram`] joins both with continuation.
///
/// # Errors
/// When the process never has that ratio.
pub fn fixed_points(landscape: &Landscape, snr: f64) -> Result<Vec<FixedPoint>> {
    let slice = landscape.at(snr.ln())?;
    Ok(points(&slice, &zeros(&slice)))
}

/// Zeros as fixed points, in the order of their places; none where every point is one.
pub(crate) fn points(slice: &Slice<'_>, zeros: &[DVector<f64>]) -> Vec<FixedPoint> {
    if slice.flat() {
        return vec![];
    }
    let mut found: Vec<FixedPoint> = zeros.iter().filter_map(|u| FixedPoint::new(slice, u)).collect();
    found.sort_by(|a, b| by_place(&a.at, &b.at));
    found
}

/// The order of two places, coordinate by coordinate.
pub(crate) fn by_place(a: &[f64], b: &[f64]) -> Ordering {
    a.iter().zip(b).map(|(x, y)| x.total_cmp(y)).fold(Ordering::Equal, Ordering::then)
}

impl Landscape {
    /// Whether these fixed points at a signal-to-noise ratio cannot be all: an odd number is missing. `false` where an
    /// even number is, where one of them is about to branch, or where the drift points neither inward nor outward all
    /// around the law.
    ///
    /// # Formula
    /// The signs `(-1)^index` of all isolated zeros sum to 1 where the drift points inward far out, to `(-1)^D` where
    /// it points outward (Poincare and Hopf).
    ///
    /// # Errors
    /// When the process never has that ratio.
    pub fn incomplete(&self, points: &[FixedPoint], snr: f64) -> Result<bool> {
        let isolated = !points.is_empty() && points.iter().all(|p| p.orbit == 0);
        Ok(isolated && self.at(snr.ln())?.unbalanced(points.iter().map(|p| &p.own.1[..])))
    }
}
