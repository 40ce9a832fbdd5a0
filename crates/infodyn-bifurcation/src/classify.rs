//! What happens where an eigenvalue vanishes: the reduced equation and its Taylor coefficients.

use std::fmt;

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use crate::landscape::Slice;
use crate::{Energy, Landscape, Result};

/// The kinds of bifurcation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Two branches join and end (saddle-node).
    Fold,
    /// Two branches cross and exchange their stability.
    ///
    /// On a line the marginal energy has none: with `v = 1/snr`, `s_v = (s_yy + 2 s s_y)/2` (theory.md A4), so
    /// where `s = s_y = 0` also `s_v = s_yy/2`, and a crossing (`s_v = 0`, `s_yy != 0`) contradicts itself. In
    /// more dimensions, and in the other energies, it takes a coincidence or a symmetry.
    Transcritical,
    /// A branch goes through, and two that mirror one another leave it.
    Pitchfork,
    /// Two or more eigenvalues vanish together, as a symmetry larger than one reflection forces.
    Symmetric,
    /// All eigenvalues vanish together, as every rotation about the point forces, and a sphere of
    /// fixed points leaves it.
    Goldstone,
}

impl Kind {
    /// The name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fold => "fold",
            Self::Transcritical => "transcritical",
            Self::Pitchfork => "pitchfork",
            Self::Symmetric => "symmetric",
            Self::Goldstone => "goldstone",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A point where fixed points meet.
#[derive(Debug, Clone, PartialEq)]
pub struct Bifurcation {
    /// What happens there.
    pub kind: Kind,
    /// In which energy.
    pub energy: Energy,
    /// `log snr`.
    pub log_snr: f64,
    /// Radius of a bracket of `log snr` at whose two ends the test function (below) has opposite
    /// signs, beyond its rounding.
    pub error: f64,
    /// The point `x/alpha`, length `D`; of a sphere of them the one on the first axis.
    pub at: Vec<f64>,
    /// The point among what is followed.
    pub(crate) own: DVector<f64>,
    /// Number of eigenvalues that vanish.
    pub multiplicity: usize,
    /// For a pitchfork or transcritical point that no reflection of the whole drift enforces: what
    /// separates the branches is at most this, in units of the drift over the smallest standard
    /// deviation, and double precision cannot tell it from nothing. Unless it is zero, the point is
    /// in truth a fold beside a branch that goes by, and `error` covers where that fold is. It is
    /// the pull of the components without a mirror image where the others mirror one another, else
    /// the rounding of the drift.
    pub asymmetry: Option<f64>,
}

/// A place where the signs of eigenvalues differ between two points of a curve.
pub(crate) struct Candidate {
    pub(crate) y: DVector<f64>,
    pub(crate) log_snr: f64,
    pub(crate) multiplicity: usize,
    /// How far from it the curve was seen.
    pub(crate) window: f64,
}

/// `g(xi, l)`: what is left of `G = 0` when all but the amplitude `xi` along the null vectors has
/// been solved for (Lyapunov-Schmidt).
struct Reduced<'l> {
    landscape: &'l Landscape,
    origin: DVector<f64>,
    /// Orthonormal, `D x M`.
    null: DMatrix<f64>,
    scale: f64,
}

/// The reduced equation at one point.
struct Value {
    /// `g`, length `M`.
    g: DVector<f64>,
    /// `dg/dxi`, `M x M`, symmetric.
    slope: DMatrix<f64>,
    y: DVector<f64>,
    /// Rounding of `g`.
    rounding: f64,
}

impl<'l> Reduced<'l> {
    fn new(landscape: &'l Landscape, candidate: &Candidate) -> Result<Self> {
        let slice = landscape.at(candidate.log_snr)?;
        let SymmetricEigen { eigenvalues, eigenvectors } = SymmetricEigen::new(slice.jacobian(&candidate.y));
        let mut order: Vec<usize> = (0..eigenvalues.len()).collect();
        order.sort_by(|&a, &b| eigenvalues[a].abs().total_cmp(&eigenvalues[b].abs()));
        let null = eigenvectors.select_columns(&order[..candidate.multiplicity.min(order.len())]);
        Ok(Self { landscape, origin: candidate.y.clone(), null, scale: slice.scale })
    }

    /// # Formula
    /// `G(y)/scale + V mu = 0`, `V^T (y - y_0)/scale = xi`, `g = -mu`; `dg/dxi = -N` from
    /// `[J V; V^T 0][W; N] = [0; I]`. Both systems stay regular where `J` is not.
    fn eval(&self, xi: &DVector<f64>, log_snr: f64) -> Option<Value> {
        let slice = self.landscape.at(log_snr).ok()?;
        let (dim, m) = self.null.shape();
        let mut y = &self.origin + &self.null * (xi * self.scale);
        let mut mu = DVector::zeros(m);
        for work in 0..30 {
            let matrix = self.matrix(&slice, &y);
            let mut right = DVector::zeros(dim + m);
            right.rows_mut(0, dim).copy_from(&-(slice.field(&y) / self.scale + &self.null * &mu));
            right.rows_mut(dim, m).copy_from(&(xi - self.null.transpose() * (&y - &self.origin) / self.scale));
            let lu = matrix.lu();
            let change = lu.solve(&right)?;
            let size = change.norm();
            if !size.is_finite() || size > 1e3 {
                return None;
            }
            y += change.rows(0, dim) * self.scale;
            mu += change.rows(dim, m);
            // Quadratic convergence: after a step of 1e-9 there is nothing left but rounding.
            if size < 1e-9 && work > 0 {
                let mut unit = DMatrix::zeros(dim + m, m);
                unit.view_mut((dim, 0), (m, m)).fill_with_identity();
                let solved = self.matrix(&slice, &y).lu().solve(&unit)?;
                let slope = -solved.rows(dim, m).into_owned();
                let rounding = slice.rounding(&y) / self.scale;
                return Some(Value { g: -mu, slope, y, rounding });
            }
        }
        None
    }

    fn matrix(&self, slice: &Slice<'_>, y: &DVector<f64>) -> DMatrix<f64> {
        let (dim, m) = self.null.shape();
        let mut matrix = DMatrix::zeros(dim + m, dim + m);
        matrix.view_mut((0, 0), (dim, dim)).copy_from(&slice.jacobian(y));
        matrix.view_mut((0, dim), (dim, m)).copy_from(&self.null);
        matrix.view_mut((dim, 0), (m, dim)).copy_from(&self.null.transpose());
        matrix
    }
}

/// The Taylor coefficients of a scalar reduced equation `g(xi, l)` at one point.
#[derive(Debug, Clone, Copy)]
struct Jet {
    g: f64,
    x: f64,
    l: f64,
    xx: f64,
    xl: f64,
    ll: f64,
    xxx: f64,
}

/// A scalar reduced equation.
struct Scalar<'l>(Reduced<'l>);

impl Scalar<'_> {
    /// `g`, `dg/dxi` and the rounding of both.
    fn at(&self, xi: f64, log_snr: f64) -> Option<(f64, f64, f64)> {
        let v = self.0.eval(&DVector::from_element(1, xi), log_snr)?;
        Some((v.g[0], v.slope[(0, 0)], v.rounding))
    }

    /// Derivatives by central differences of `g` and of its exact slope, at steps `h` and `2h`
    /// combined: what is left is of order `h^4` and `eps/h`.
    fn jet(&self, xi: f64, log_snr: f64) -> Option<Jet> {
        const H: f64 = 2e-3;
        let (g, x, _) = self.at(xi, log_snr)?;
        let along = |h: f64| Some((self.at(xi + h, log_snr)?.1, self.at(xi - h, log_snr)?.1));
        let across = |h: f64| Some((self.at(xi, log_snr + h)?, self.at(xi, log_snr - h)?));
        let (a, b) = (along(H)?, along(2.0 * H)?);
        let (c, d) = (across(H)?, across(2.0 * H)?);
        let first = |near: f64, far: f64| (8.0 * near - far) / (12.0 * H);
        let second = |near: f64, far: f64, middle: f64| (16.0 * near - far - 30.0 * middle) / (12.0 * H * H);
        Some(Jet {
            g,
            x,
            l: first(c.0.0 - c.1.0, d.0.0 - d.1.0),
            xx: first(a.0 - a.1, b.0 - b.1),
            xl: first(c.0.1 - c.1.1, d.0.1 - d.1.1),
            ll: second(c.0.0 + c.1.0, d.0.0 + d.1.0, g),
            xxx: second(a.0 + a.1, b.0 + b.1, x),
        })
    }

    /// Newton's method for two conditions on `(xi, l)`; gives up beyond the window.
    fn solve(
        &self,
        start: (f64, f64),
        window: f64,
        conditions: impl Fn(&Jet) -> ([f64; 2], [[f64; 2]; 2]),
    ) -> Option<(f64, f64, Jet)> {
        let (mut xi, mut l) = start;
        let mut earlier = f64::INFINITY;
        for _ in 0..60 {
            let jet = self.jet(xi, l)?;
            let (value, [[a, b], [c, d]]) = conditions(&jet);
            let det = a * d - b * c;
            let (dx, dl) = ((d * value[0] - b * value[1]) / det, (a * value[1] - c * value[0]) / det);
            let size = dx.abs() + dl.abs();
            if !size.is_finite() {
                return None;
            }
            if size < 1e-13 || (size < 1e-10 && size >= 0.5 * earlier) {
                return Some((xi, l, jet));
            }
            earlier = size;
            let shrink = (0.5 / size).min(1.0);
            xi -= shrink * dx;
            l -= shrink * dl;
            if xi.abs() > 3.0 || (l - start.1).abs() > window {
                return None;
            }
        }
        None
    }

    fn found(&self, kind: Kind, xi: f64, log_snr: f64) -> Option<Bifurcation> {
        let own = self.0.eval(&DVector::from_element(1, xi), log_snr)?.y;
        Bifurcation::new(self.0.landscape, kind, log_snr, own)
    }

    /// The extremum of `g` over `xi` at fixed `l`, from `xi`.
    fn extremum(&self, xi: f64, log_snr: f64, curvature: f64) -> Option<(f64, f64)> {
        let mut x = xi;
        for _ in 0..40 {
            let step = self.at(x, log_snr)?.1 / curvature;
            x -= step;
            if step.abs() < 1e-9 {
                break;
            }
        }
        let (g, _, rounding) = self.at(x, log_snr)?;
        Some((g, rounding))
    }
}

/// The smallest radius of `log snr` at whose ends `test` has opposite signs beyond its rounding.
fn bracket(log_snr: f64, widest: f64, test: impl Fn(f64) -> Option<(f64, f64)>) -> Option<f64> {
    let mut radius = (4.0 * f64::EPSILON * log_snr.abs()).max(1e-15);
    while radius <= widest {
        let ends = test(log_snr - radius).zip(test(log_snr + radius));
        if ends.is_some_and(|((a, ra), (b, rb))| a.abs() > ra && b.abs() > rb && a * b < 0.0) {
            return Some(radius);
        }
        radius *= 2.0;
    }
    None
}

/// A bracket wider than this is no answer.
const WIDEST: f64 = 1e-3;
/// Points closer than this, in units of the scale, to a mirror or to the centre of a law lie on it.
pub(crate) const NEAR: f64 = 1e-6;

/// What the candidate is; `None` when nothing is there after all.
pub(crate) fn classify(landscape: &Landscape, candidate: &Candidate) -> Result<Option<Bifurcation>> {
    let rounding = landscape.rounding();
    Ok(made_out(landscape, candidate)?.map(|b| Bifurcation { error: b.error + rounding, ..b }))
}

fn made_out(landscape: &Landscape, candidate: &Candidate) -> Result<Option<Bifurcation>> {
    if candidate.multiplicity > 1 {
        return Ok(symmetric(&Reduced::new(landscape, candidate)?, candidate));
    }
    let scalar = Scalar(Reduced::new(landscape, candidate)?);
    let start = (0.0, candidate.log_snr);
    let window = (4.0 * candidate.window).max(0.2);
    // The organising centre of a cusp: where slope and curvature vanish together. How the curvature
    // moves with the noise is left out: it only steers Newton's method, and is 0 where a mirror is.
    let centre = scalar.solve(start, window, |j| ([j.x, j.xx], [[j.xx, j.xl], [j.xxx, 0.0]]));
    let centre = centre.filter(|c| c.2.xl != 0.0 && c.2.xxx != 0.0);
    let beside = |(xi, l, jet): (f64, f64, Jet)| {
        pitchfork(&scalar, (xi, l), &jet).or_else(|| unfolded(&scalar, (xi, l), &jet, window))
    };
    Ok(centre
        .and_then(beside)
        .or_else(|| fold(&scalar, start, window))
        .or_else(|| transcritical(&scalar, start, window)))
}

impl Bifurcation {
    fn new(landscape: &Landscape, kind: Kind, log_snr: f64, own: DVector<f64>) -> Option<Self> {
        let slice = landscape.at(log_snr).ok()?;
        let (at, _) = slice.place(&own)?;
        // A pitchfork of the ray at the centre is a branching in all directions at once.
        let all = kind == Kind::Pitchfork && landscape.on_ray() && own[0].abs() <= NEAR * slice.scale;
        let (kind, multiplicity) = if all { (Kind::Goldstone, at.len()) } else { (kind, 1) };
        Some(Self { kind, energy: landscape.energy(), log_snr, error: 0.0, at, own, multiplicity, asymmetry: None })
    }
}

/// At a cusp whose constant is below its rounding: `g = d tau xi + e xi^3`.
fn pitchfork(scalar: &Scalar<'_>, (xi, l): (f64, f64), jet: &Jet) -> Option<Bifurcation> {
    let (g, _, rounding) = scalar.at(xi, l)?;
    if g.abs() > rounding || jet.l.abs() > 1e-7 * (jet.xl.abs() + jet.xxx.abs()) {
        return None;
    }
    let error = bracket(l, WIDEST, |at| scalar.at(xi, at).map(|v| (v.1, v.2)))?;
    let mut bifurcation = Bifurcation { error, ..scalar.found(Kind::Pitchfork, xi, l)? };
    let (slice, null) = (scalar.0.landscape.at(l).ok()?, scalar.0.null.column(0).into_owned());
    let u = &bifurcation.own;
    let remote = remote(&slice, u, &null);
    if remote != Some(0.0) && !mirrored(&slice, u, &null) {
        // With a constant b the fold stands at |d tau|^3 = (27/4) |e| b^2, e = g_xxx/6.
        let b = remote.unwrap_or(g.abs() + rounding);
        bifurcation.error += (6.75 * jet.xxx.abs() / 6.0 * b * b).cbrt() / jet.xl.abs();
        bifurcation.asymmetry = Some(b);
    }
    Some(bifurcation)
}

/// Beside a cusp whose constant is resolved: the fold at `xi = cbrt(b/(2e))`, `d tau = -3 e xi^2`.
fn unfolded(scalar: &Scalar<'_>, (xi, l): (f64, f64), jet: &Jet, window: f64) -> Option<Bifurcation> {
    let e = jet.xxx / 6.0;
    let off = (jet.g / (2.0 * e)).cbrt();
    let tau = -3.0 * e * off * off / jet.xl;
    if off.abs() > 2.0 || tau.abs() > window {
        return None;
    }
    fold(scalar, (xi + off, l + tau), window)
}

fn fold(scalar: &Scalar<'_>, start: (f64, f64), window: f64) -> Option<Bifurcation> {
    let (xi, l, jet) = scalar.solve(start, window, |j| ([j.g, j.x], [[j.x, j.l], [j.xx, j.xl]]))?;
    if jet.l.abs() < 1e-7 || jet.xx.abs() < 1e-7 {
        return None;
    }
    // Above and below the fold the extremum of g lies on opposite sides of 0.
    let error = bracket(l, WIDEST, |at| {
        let guess = xi - jet.xl * (at - l) / jet.xx;
        scalar.extremum(guess, at, jet.xx)
    })?;
    Some(Bifurcation { error, ..scalar.found(Kind::Fold, xi, l)? })
}

/// `g = d tau xi + c xi^2 + ..`: slope and drift vanish together, and so does `g` to its rounding.
fn transcritical(scalar: &Scalar<'_>, start: (f64, f64), window: f64) -> Option<Bifurcation> {
    let (xi, l, jet) = scalar.solve(start, window, |j| ([j.x, j.l], [[j.xx, j.xl], [j.xl, j.ll]]))?;
    let (g, _, rounding) = scalar.at(xi, l)?;
    let discriminant = jet.xl * jet.xl - jet.xx * jet.ll;
    if g.abs() > rounding || discriminant <= 0.0 || jet.xx.abs() < 1e-7 {
        return None;
    }
    // With a constant b the branches are apart for |tau| below 2 sqrt(|b g_xx|/discriminant).
    let b = g.abs() + rounding;
    let error = 2.0 * (b * jet.xx.abs() / discriminant).sqrt() + 1e-12;
    Some(Bifurcation { error, asymmetry: Some(b), ..scalar.found(Kind::Transcritical, xi, l)? })
}

/// Several eigenvalues at once: the level at which the trace of the reduced Jacobian vanishes on the
/// branch that carries the symmetry. To first order the trace does not feel where on the null space
/// the Jacobian is read when the symmetry is that of a regular polygon or more.
fn symmetric(reduced: &Reduced<'_>, candidate: &Candidate) -> Option<Bifurcation> {
    let multiplicity = reduced.null.ncols();
    let zero = DVector::zeros(multiplicity);
    let trace = |l: f64| reduced.eval(&zero, l).map(|v| (v.slope.trace() / multiplicity as f64, v.rounding));
    let (mut a, mut b) = (candidate.log_snr - candidate.window, candidate.log_snr + candidate.window);
    let (first, second) = (trace(a)?, trace(b)?);
    if first.0 * second.0 > 0.0 {
        return None;
    }
    let rising = first.0 < 0.0;
    for _ in 0..80 {
        let middle = 0.5 * (a + b);
        if (trace(middle)?.0 < 0.0) == rising { a = middle } else { b = middle }
    }
    let l = 0.5 * (a + b);
    let value = reduced.eval(&zero, l)?;
    let together = value.slope.symmetric_eigenvalues().amax() <= 1e-7;
    let on_branch = value.g.amax() <= 4.0 * value.rounding;
    let error = bracket(l, WIDEST, trace).filter(|_| together && on_branch)?;
    Some(Bifurcation { error, multiplicity, ..Bifurcation::new(reduced.landscape, Kind::Symmetric, l, value.y)? })
}

/// The pull of the components that have no mirror image in the plane through `y0` normal to `v`, or
/// in `y0` itself: `sum_k pi_k |mu_k - y0|/scale`. `None` when the others do not mirror one another
/// either, or the tilt of the energy breaks the mirror.
fn remote(slice: &Slice<'_>, y0: &DVector<f64>, v: &DVector<f64>) -> Option<f64> {
    let (means, weights, dim) = (slice.means(), slice.weights(), slice.dim());
    let count = weights.len();
    let tilted = (slice.tilt * v.dot(&(y0 - slice.origin()))).abs();
    if tilted > slice.rounding(y0) || (0..count).any(|k| slice.axes(k).is_some()) {
        return None;
    }
    let close = 1e-9 * slice.scale;
    let exponent = |k: usize| {
        let gap = y0 - &means[k];
        let along = |i: usize| gap[i] * gap[i] / slice.variance(k, i) + slice.variance(k, i).ln();
        weights[k].ln() - 0.5 * (0..dim).map(along).sum::<f64>()
    };
    let exponents: Vec<f64> = (0..count).map(exponent).collect();
    let evidence = infodyn_core::stable::ln_sum_exp(&exponents);
    let pull = |flip: &dyn Fn(&DVector<f64>) -> DVector<f64>| {
        let alone = |k: &usize| {
            let image = y0 + flip(&(&means[*k] - y0));
            let alike =
                |j: usize| weights[j] == weights[*k] && (0..dim).all(|i| slice.variance(j, i) == slice.variance(*k, i));
            !(0..count).any(|j| (&means[j] - &image).norm() <= close && alike(j))
        };
        let share = |k: usize| (exponents[k] - evidence).exp() * (&means[k] - y0).norm() / slice.scale;
        (0..count).filter(alone).map(share).fold(0.0, |sum, x| sum + x)
    };
    let least = pull(&|d| reflected(d, v)).min(pull(&|d| -d));
    (least < 1e-6).then_some(least)
}

/// Whether the drift has the mirror through the centre of the law normal to `v`, or the inversion in the centre, with
/// `y0` on it: tried at points near every component. A symmetry of the whole law keeps its centre.
fn mirrored(slice: &Slice<'_>, y0: &DVector<f64>, v: &DVector<f64>) -> bool {
    // Off the means by amounts without symmetry of their own.
    let off = |k: usize, i: usize| slice.scale * (0.3 + 0.1 * ((7 * i + 3 * k) as f64).sin());
    let probe = |(k, m): (usize, &DVector<f64>)| m + DVector::from_fn(m.len(), |i, _| off(k, i));
    let holds = |flip: &dyn Fn(&DVector<f64>) -> DVector<f64>| {
        slice.means().iter().enumerate().map(probe).all(|p| {
            let image = flip(&p);
            let gap = flip(&slice.field(&p)) - slice.field(&image);
            gap.norm() <= 8.0 * (slice.rounding(&p) + slice.rounding(&image))
        })
    };
    let near = |distance: f64| distance <= NEAR * slice.scale;
    near(v.dot(y0).abs()) && holds(&|d| reflected(d, v)) || near(y0.norm()) && holds(&|d| -d)
}

/// `d` in the mirror normal to the unit vector `v`.
fn reflected(d: &DVector<f64>, v: &DVector<f64>) -> DVector<f64> {
    d - v * (2.0 * v.dot(d))
}
