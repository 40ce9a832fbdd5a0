//! Drifts that no rotation about the origin changes, followed along one ray.

use infodyn_core::{Density, Detail, NoiseLevel, Observation, Points};
use nalgebra::{DMatrix, DVector};

use crate::diagram::{Branch, Diagram};
use crate::landscape::Slice;
use crate::zeros::FixedPoint;
use crate::{Bifurcation, Kind, Landscape, Result};

/// Whether the drift points along `y` with a strength that depends on `|y|` alone, in two dimensions or
/// more: tried in directions without symmetry of their own, at several distances.
///
/// Every component must be centred at the origin: no finite set of centres elsewhere is rotated into
/// itself.
pub(crate) fn rotational(slice: &Slice<'_>) -> bool {
    let dim = slice.dim();
    if dim < 2 || slice.means().iter().any(|m| m.norm() > 0.0) {
        return false;
    }
    let size = slice.size();
    let strength = |y: &DVector<f64>| {
        let field = slice.field(y);
        let along = field.dot(y) / y.norm_squared();
        let off = (&field - y * along).norm();
        (off <= 8.0 * slice.rounding(y)).then_some(along * y.norm())
    };
    [0.3, 0.8, 1.0, 1.7].iter().all(|r| {
        let probes = (0..6).map(|j| {
            let u = DVector::from_fn(dim, |i, _| (1.3 + 7.0 * i as f64 + 3.0 * f64::from(j)).sin() + 0.2);
            u.normalize() * (r * size)
        });
        let strengths: Option<Vec<f64>> = probes.map(|y| strength(&y)).collect();
        strengths.is_some_and(|s| {
            let rounding = slice.rounding(&DVector::from_element(1, r * size));
            s.iter().all(|v| (v - s[0]).abs() <= 16.0 * rounding)
        })
    })
}

/// A rotation-invariant density read on the first axis, as a density of one dimension: what is seen
/// there is the first coordinate of what the whole one says.
struct Ray<'a>(Box<dyn Density + 'a>);

impl Ray<'_> {
    fn lift(&self, x: f64) -> Vec<f64> {
        let mut point = vec![0.0; self.0.dim()];
        point[0] = x;
        point
    }
}

impl Density for Ray<'_> {
    fn dim(&self) -> usize {
        1
    }
    fn alpha(&self) -> f64 {
        self.0.alpha()
    }
    fn sigma2(&self) -> f64 {
        self.0.sigma2()
    }
    fn weights(&self) -> &[f64] {
        self.0.weights()
    }
    fn labels(&self) -> &[usize] {
        self.0.labels()
    }
    fn label_weights(&self) -> &[f64] {
        self.0.label_weights()
    }
    fn centre(&self, _: usize, out: &mut [f64]) {
        out.fill(0.0);
    }
    fn eigenvalue(&self, k: usize, _: usize) -> f64 {
        self.0.eigenvalue(k, 0)
    }
    fn axes(&self, _: usize) -> Option<&DMatrix<f64>> {
        None
    }
    fn observe(&self, points: Points<'_>, detail: Detail, out: &mut Observation) {
        let dim = self.0.dim();
        let offsets: Vec<f64> = points.offsets.iter().flat_map(|&x| self.lift(x)).collect();
        self.0.observe(Points { anchors: points.anchors, offsets: &offsets }, detail, out);
        for field in [&mut out.score, &mut out.mean_offset] {
            let mut i = 0;
            field.retain(|_| {
                i += 1;
                (i - 1) % dim == 0
            });
        }
    }
    fn score_jacobian(&self, anchor: usize, offset: &[f64]) -> DMatrix<f64> {
        let whole = self.0.score_jacobian(anchor, &self.lift(offset[0]));
        DMatrix::from_element(1, 1, whole[(0, 0)])
    }
    fn posterior_covariance(&self, anchor: usize, offset: &[f64]) -> DMatrix<f64> {
        let whole = self.0.posterior_covariance(anchor, &self.lift(offset[0]));
        DMatrix::from_element(1, 1, whole[(0, 0)])
    }
}

/// Calls `f` with the landscape on the ray.
fn on_ray<T>(landscape: &Landscape<'_>, f: impl FnOnce(&Landscape<'_>) -> Result<T>) -> Result<T> {
    let marginals = |level: &NoiseLevel| Box::new(Ray(landscape.marginal(level))) as Box<dyn Density + '_>;
    f(&landscape.with(&marginals))
}

/// A zero on the ray in all dimensions. Across the ray, the Jacobian at distance `r` has the eigenvalue
/// `G(r)/r`: exactly 0 at a zero off the origin. `None` for the mirror image on the other side.
fn lifted(landscape: &Landscape<'_>, dim: usize, point: &FixedPoint) -> Result<Option<FixedPoint>> {
    let r = point.at[0];
    if r < -point.error {
        return Ok(None);
    }
    let mut at = vec![0.0; dim];
    if r <= point.error {
        // The origin: by the rotations a zero, with one eigenvalue D times over.
        let slice = landscape.at(point.log_snr)?;
        let eigenvalues = slice.eigenvalues(&DVector::zeros(dim));
        return Ok(Some(FixedPoint { at, error: 0.0, eigenvalues, ..point.clone() }));
    }
    at[0] = r;
    let mut eigenvalues = vec![0.0; dim - 1];
    let radial = point.eigenvalues[0];
    eigenvalues.insert(if radial > 0.0 { 0 } else { dim - 1 }, radial);
    Ok(Some(FixedPoint { at, eigenvalues, orbit: dim - 1, ..point.clone() }))
}

/// [`crate::fixed_points`] of a rotation-invariant drift: the origin, and one point of each sphere.
pub(crate) fn fixed_points(landscape: &Landscape<'_>, snr: f64) -> Result<Vec<FixedPoint>> {
    let dim = landscape.at(snr.ln())?.dim();
    let flat = |ray: &Landscape<'_>| Ok(ray.at(snr.ln())?.flat());
    if on_ray(landscape, flat)? {
        return Ok(vec![]);
    }
    let points = on_ray(landscape, |ray| crate::zeros::fixed_points(ray, snr))?;
    let lifted: Result<Vec<_>> = points.iter().map(|p| lifted(landscape, dim, p)).collect();
    Ok(lifted?.into_iter().flatten().collect())
}

/// [`crate::diagram`] of a rotation-invariant drift. A pitchfork of the ray at the origin is a branching
/// in all directions at once.
pub(crate) fn diagram(landscape: &Landscape<'_>, snr: (f64, f64)) -> Result<Diagram> {
    let dim = landscape.at(snr.1.ln())?.dim();
    let ray = on_ray(landscape, |ray| crate::diagram(ray, snr))?;
    let mut branches = Vec::new();
    for branch in ray.branches {
        let points: Result<Vec<_>> = branch.points.iter().map(|p| lifted(landscape, dim, p)).collect();
        let points: Vec<FixedPoint> = points?.into_iter().flatten().collect();
        if !points.is_empty() {
            branches.push(Branch { points });
        }
    }
    let bifurcations = ray.bifurcations.into_iter().filter_map(|b| {
        let mut at = vec![0.0; dim];
        at[0] = b.at[0];
        let origin = b.kind == Kind::Pitchfork && b.at[0].abs() <= 1e-6;
        if origin {
            at[0] = 0.0;
            return Some(Bifurcation { kind: Kind::Goldstone, at, multiplicity: dim, ..b });
        }
        (at[0] > 0.0).then_some(Bifurcation { at, ..b })
    });
    Ok(Diagram { branches, bifurcations: bifurcations.collect(), ..ray })
}
