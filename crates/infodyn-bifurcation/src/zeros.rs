//! All zeros of the drift at one noise level.

use nalgebra::DVector;

use crate::landscape::Slice;
use crate::{Landscape, Result, radial};

/// A zero of the drift.
#[derive(Debug, Clone, PartialEq)]
pub struct FixedPoint {
    /// `log snr`.
    pub log_snr: f64,
    /// The point `x/alpha`, length `D`, in the coordinates of the data.
    pub at: Vec<f64>,
    /// How far the true zero may be.
    pub error: f64,
    /// Eigenvalues of the Jacobian of the drift, largest first, in units of `1/sigma^2`
    /// (`sigma^2 grad s - kappa I`); the point is stable in the direction of the data when all are
    /// negative.
    pub eigenvalues: Vec<f64>,
    /// Dimension of the sphere of fixed points about the origin that holds this one: `D - 1` where no
    /// rotation changes the drift, as many of the eigenvalues being exactly 0; else 0, a point by itself.
    pub orbit: usize,
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
        let softest = self.eigenvalues.iter().fold(f64::INFINITY, |m, e| m.min(e.abs()));
        (-self.log_snr).exp() / softest
    }

    pub(crate) fn at_zero(slice: &Slice<'_>, y: &DVector<f64>, log_snr: f64) -> Self {
        let eigenvalues = slice.eigenvalues(y);
        let weakest = eigenvalues.iter().fold(f64::INFINITY, |m, e| m.min(e.abs()));
        let error = 2.0 * (slice.rounding(y) + slice.field(y).norm()) / weakest;
        Self { log_snr, at: y.as_slice().to_vec(), error, eigenvalues, orbit: 0 }
    }
}

/// The zeros of the drift at one signal-to-noise ratio.
///
/// In one dimension the line is covered by nodes a tenth of a standard deviation apart around every
/// component, and wider beyond, out to 40 times the size of the law: every sign change of the drift
/// between nodes is refined, and every extremum of the drift between nodes (a sign change of its
/// derivative) is looked at for a pair of zeros. A pair closer than that *and* on the same side of
/// two extrema is not seen; there is no proof that none exists. In more dimensions Newton's method
/// starts from every mean, one standard deviation from it along each axis, the midpoints of pairs, the mean of all,
/// the origin, and 64 random convex combinations; then, of up to 8 components, beside every zero found and between
/// pairs of them, with those found deflated away; then from 128 places by turns on the ridge, where every
/// zero lies, and around a component, if the law has few numbers, and while [`Landscape::incomplete`] says that one is missing
/// from up to 1024. Zeros can still be missed: on 320 random mixtures of 3 to 6 long Gaussians in the plane 1 of 1480. Where no rotation about the origin changes the drift, the zeros on
/// one ray are listed, each for its sphere ([`FixedPoint::orbit`]). [`crate::diagram`] joins both with continuation.
///
/// # Errors
/// When the process never has that ratio.
pub fn fixed_points(landscape: &Landscape<'_>, snr: f64) -> Result<Vec<FixedPoint>> {
    let log_snr = snr.ln();
    let slice = landscape.at(log_snr)?;
    if radial::rotational(&slice) {
        return radial::fixed_points(landscape, snr);
    }
    Ok(zeros(&slice).iter().map(|y| FixedPoint::at_zero(&slice, y, log_snr)).collect())
}

impl Landscape<'_> {
    /// Whether these fixed points at a signal-to-noise ratio cannot be all: an odd number is missing. `false` where an even
    /// number is, where one of them is about to branch, or where the drift points neither inward nor outward all around the law.
    ///
    /// # Formula
    /// The signs `(-1)^index` of all isolated zeros sum to 1 where the drift points inward far out, to `(-1)^D` where it
    /// points outward (Poincare and Hopf).
    ///
    /// # Errors
    /// When the process never has that ratio.
    pub fn incomplete(&self, points: &[FixedPoint], snr: f64) -> Result<bool> {
        let slice = self.at(snr.ln())?;
        let isolated = !points.is_empty() && points.iter().all(|p| p.orbit == 0);
        Ok(isolated && slice.unbalanced(points.iter().map(|p| &p.eigenvalues[..])))
    }
}

pub(crate) fn zeros(slice: &Slice<'_>) -> Vec<DVector<f64>> {
    if slice.dim() == 1 { on_line(slice) } else { in_space(slice) }
}

fn on_line(slice: &Slice<'_>) -> Vec<DVector<f64>> {
    let density = &slice.density;
    let means: Vec<f64> = slice.means().iter().map(|m| m[0]).collect();
    let widest = (0..means.len()).map(|k| density.variance(k, 0)).fold(0.0, f64::max).sqrt();
    let far = 40.0 * (means.iter().fold(0.0_f64, |m, v| m.max(v.abs())) + widest);
    let mut nodes: Vec<f64> = Vec::new();
    for (k, m) in means.iter().enumerate() {
        let sd = density.variance(k, 0).sqrt();
        nodes.extend((-60..=60).map(|i| m + 0.1 * sd * f64::from(i)));
    }
    nodes.extend((-400..=400).map(|i| far / 40.0 * 0.005 * f64::from(i)));
    for i in 0..200 {
        let y = far / 20.0 * 20.0_f64.powf(f64::from(i) / 199.0);
        nodes.extend([y, -y]);
    }
    nodes.sort_by(f64::total_cmp);
    nodes.dedup_by(|a, b| (*a - *b).abs() <= 1e-3 * slice.scale());
    let point = |y: f64| DVector::from_element(1, y);
    let field = |y: f64| slice.field(&point(y))[0];
    let slope = |y: f64| slice.jacobian(&point(y))[(0, 0)];
    let mut found = Vec::new();
    // The last node: its place, the field's sign just beyond it, and the slope there.
    let mut last: Option<(f64, f64, f64)> = None;
    for &y in &nodes {
        let (g, d) = (field(y), slope(y));
        // A node may be a zero itself, as 0 is by symmetry: the slope there says which signs surround it.
        let (before, beyond) = if g == 0.0 { (-d, d) } else { (g, g) };
        if g == 0.0 {
            found.push(y);
        }
        if let Some((y0, g0, d0)) = last {
            if g0 * before < 0.0 {
                found.push(bisect(field, g0 < 0.0, y0, y));
            } else if d0 * d < 0.0 {
                // An extremum between two values of one sign: a pair of zeros when it has the other.
                let top = bisect(slope, d0 < 0.0, y0, y);
                if field(top) * g0 < 0.0 {
                    found.extend([bisect(field, g0 < 0.0, y0, top), bisect(field, g0 > 0.0, top, y)]);
                }
            }
        }
        last = Some((y, beyond, d));
    }
    found.into_iter().map(point).collect()
}

/// A sign change of `f` between `a`, just beyond which it is `negative` or not, and `b`, to the last place.
fn bisect(f: impl Fn(f64) -> f64, negative: bool, mut a: f64, mut b: f64) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (a + b);
        if middle <= a.min(b) || middle >= a.max(b) {
            break;
        }
        let value = f(middle);
        if value == 0.0 {
            return middle;
        }
        if (value < 0.0) == negative { a = middle } else { b = middle }
    }
    0.5 * (a + b)
}

fn in_space(slice: &Slice<'_>) -> Vec<DVector<f64>> {
    let (means, scale) = (slice.means(), slice.scale());
    let mut found: Vec<DVector<f64>> = Vec::new();
    let add = |found: &mut Vec<DVector<f64>>, start: &DVector<f64>, y: Option<DVector<f64>>| {
        let near = |y: &DVector<f64>| y.norm() <= 40.0 * (slice.reach(start) + scale);
        let new = y.filter(|y| near(y) && !found.iter().any(|z| (z - y).norm() <= 1e-6 * scale));
        let any = new.is_some();
        found.extend(new);
        any
    };
    for start in starts(slice, &means) {
        let y = slice.newton(&start, scale, 80);
        add(&mut found, &start, y);
    }
    // Zeros come in pairs: with those found deflated away, look on both sides of each, along the direction in which
    // the drift changes least, and between each and those before it.
    let mut i = if means.len() <= MOST_DEFLATED { 0 } else { usize::MAX };
    while i < found.len() && found.len() < MOST_ZEROS {
        let at = found[i].clone();
        let softest = slice.softest(&at) * (0.1 * scale);
        let between = found[..i].iter().take(MOST_PAIRED).map(|z| (z + &at) * 0.5);
        let starts: Vec<DVector<f64>> = [&at + &softest, &at - &softest].into_iter().chain(between).collect();
        for start in starts {
            let y = slice.newton_beside(&found, &start, scale, 40);
            add(&mut found, &start, y);
        }
        i += 1;
    }
    if means.len() > MOST_MEANS {
        return found;
    }
    let mut eigenvalues: Vec<Vec<f64>> = found.iter().map(|y| slice.eigenvalues(y)).collect();
    let mut uniform = uniform();
    let least = if means.len() * slice.dim() <= MOST_MEANS { LEAST_DRAWN } else { 0 };
    for i in 0..MOST_DRAWN {
        if i >= least && !slice.unbalanced(eigenvalues.iter().map(|e| &e[..])) {
            break;
        }
        // By turns on the ridge near few components, and around one of them.
        let weights: Vec<f64> = means.iter().map(|_| (-uniform().ln()).powi(3)).collect();
        let ridge = if i % 2 == 0 { slice.ridge(&weights, &means) } else { None };
        let start = ridge.unwrap_or_else(|| draw(slice, &means, &mut uniform));
        let y = slice.newton(&start, scale, 80);
        if add(&mut found, &start, y) {
            eigenvalues.extend(found.last().map(|y| slice.eigenvalues(y)));
        }
    }
    found
}

/// A draw of a component chosen evenly, half as wide again as it is.
fn draw(slice: &Slice<'_>, means: &[DVector<f64>], uniform: &mut impl FnMut() -> f64) -> DVector<f64> {
    let k = ((uniform() * means.len() as f64) as usize).min(means.len() - 1);
    // Box and Muller.
    let z = DVector::from_fn(slice.dim(), |i, _| {
        let (r, angle) = ((-2.0 * uniform().ln()).sqrt(), std::f64::consts::TAU * uniform());
        1.5 * slice.density.variance(k, i).sqrt() * r * angle.cos()
    });
    &means[k] + slice.density.axes(k).map_or_else(|| z.clone(), |axes| axes * &z)
}

/// Multiplicative congruential numbers in `(0, 1)` (Park & Miller): the same in every run.
fn uniform() -> impl FnMut() -> f64 {
    let mut state = 20_250_827_u64;
    move || {
        state = state * 48_271 % 2_147_483_647;
        state as f64 / 2_147_483_647.0
    }
}

/// Components up to which pairs are looked at.
const MOST_PAIRED: usize = 16;
/// Components up to which zeros are deflated away to find more.
const MOST_DEFLATED: usize = 8;
/// Zeros of one level beyond which deflation looks for no more.
const MOST_ZEROS: usize = 64;
/// Components up to which starts are made of the means.
const MOST_MEANS: usize = 64;
/// Draws from which a law of few numbers is searched.
const LEAST_DRAWN: usize = 128;
/// Draws from which a missing zero is looked for.
const MOST_DRAWN: usize = 1024;

/// Where Newton's method starts: a list that depends on the law alone.
fn starts(slice: &Slice<'_>, means: &[DVector<f64>]) -> Vec<DVector<f64>> {
    let dim = slice.dim();
    let mut total = DVector::zeros(dim);
    for (m, w) in means.iter().zip(slice.density.weights()) {
        total.axpy(*w, m, 1.0);
    }
    let mut starts = vec![total.clone(), DVector::zeros(dim), &total / (1.0 + slice.tilt).max(0.05)];
    if means.len() <= MOST_MEANS {
        starts.extend(means.iter().cloned());
    }
    if means.len() <= MOST_PAIRED {
        starts.extend((0..means.len()).flat_map(|i| (0..i).map(move |j| (&means[i] + &means[j]) * 0.5)));
    }
    if means.len() * dim <= MOST_MEANS {
        // One standard deviation from each centre along each principal axis: a long component has zeros off the hull
        // of the means.
        for (k, m) in means.iter().enumerate() {
            for i in 0..dim {
                let mut axis = slice.density.axes(k).map_or_else(|| DVector::zeros(dim), |a| a.column(i).into_owned());
                if slice.density.axes(k).is_none() {
                    axis[i] = 1.0;
                }
                axis *= slice.density.variance(k, i).sqrt();
                starts.extend([m + &axis, m - &axis]);
            }
        }
    }
    if means.len() <= MOST_MEANS {
        let mut uniform = uniform();
        for _ in 0..64 {
            let weights: Vec<f64> = means.iter().map(|_| -uniform().ln()).collect();
            let sum: f64 = weights.iter().sum();
            let mut y = DVector::zeros(dim);
            for (m, w) in means.iter().zip(&weights) {
                y.axpy(w / sum, m, 1.0);
            }
            starts.push(y);
        }
    }
    starts
}
