//! Fixed points and bifurcations of the three energies.

use infodyn_bifurcation::{Bifurcation, Diagram, Energy, FixedPoint, Kind, Landscape, diagram};
use infodyn_closed_form::{Marginal, sphere};
use infodyn_core::{Covariance, Density, Estimate, Mixture, NoiseLevel, NoiseProcess, Sphere, orthonormal_basis};
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use super::Settings;
use crate::Result;

/// A fixed point at one noise level.
#[derive(Debug, Clone, PartialEq)]
pub struct Resting {
    /// Of which energy.
    pub energy: Energy,
    /// The noise level.
    pub level: NoiseLevel,
    /// The point `x`, length `D`.
    pub at: Vec<f64>,
    /// How far the true one may be.
    pub error: f64,
    /// Number of directions in which it is unstable.
    pub index: usize,
    /// Largest eigenvalue of `sigma^2` times the Jacobian of the drift, over the coefficient of the
    /// score in it (1, `g^2`, `g^2/2`).
    pub top_eigenvalue: f64,
    /// See [`FixedPoint::orbit`].
    pub orbit: usize,
}

/// A bifurcation of a law along a process.
#[derive(Debug, Clone, PartialEq)]
pub struct Branching {
    /// What happens.
    pub kind: Kind,
    /// In which energy.
    pub energy: Energy,
    /// The noise level.
    pub level: NoiseLevel,
    /// The signal-to-noise ratio.
    pub snr: Estimate,
    /// The point `x`, length `D`.
    pub at: Vec<f64>,
    /// Number of eigenvalues that vanish.
    pub multiplicity: usize,
    /// See [`Bifurcation::asymmetry`].
    pub asymmetry: Option<f64>,
}

/// Laws of more components are followed by the means of their labels.
const MOST_COMPONENTS: usize = 64;
/// Listed levels when none are asked for.
const LEVELS: usize = 12;

/// What one energy has: fixed points, bifurcations, and remarks.
type Found = (Vec<Resting>, Vec<Branching>, Vec<String>);

pub(super) fn landscapes(
    law: &Mixture,
    process: &NoiseProcess,
    snr: (f64, f64),
    settings: &Settings,
    notes: &mut Vec<String>,
) -> Result<(Vec<Resting>, Vec<Branching>)> {
    let labels = law.label_weights().len();
    let coarse =
        (law.components() > MOST_COMPONENTS && labels <= MOST_COMPONENTS).then(|| by_labels(law)).transpose()?;
    if coarse.is_none() && law.components() > MOST_COMPONENTS {
        notes.push(format!(
            "fixed points and bifurcations are left out: {} components with {labels} labels, followed up to {MOST_COMPONENTS}",
            law.components()
        ));
        return Ok((vec![], vec![]));
    }
    if coarse.is_some() {
        notes.push(format!(
            "fixed points and bifurcations are those of {labels} Gaussians at the means of the labels with the mean variance within a label, not of the {} components",
            law.components()
        ));
    }
    let law = coarse.as_ref().unwrap_or(law);
    let snr = if coarse.is_some() { super::range(law, process) } else { snr };
    follow(&Span::of(law)?, process, snr, settings, notes)
}

/// As [`landscapes`], of a sphere.
pub(super) fn of_sphere(
    law: &Sphere,
    process: &NoiseProcess,
    snr: (f64, f64),
    settings: &Settings,
    notes: &mut Vec<String>,
) -> Result<(Vec<Resting>, Vec<Branching>)> {
    let span = Span { core: Core::Sphere(*law), basis: None, dim: law.dim() };
    follow(&span, process, snr, settings, notes)
}

fn follow(
    span: &Span,
    process: &NoiseProcess,
    snr: (f64, f64),
    settings: &Settings,
    notes: &mut Vec<String>,
) -> Result<(Vec<Resting>, Vec<Branching>)> {
    let levels = match &settings.levels {
        Some(levels) => levels.clone(),
        None => (0..LEVELS)
            .map(|i| snr.0 * (snr.1 / snr.0).powf(i as f64 / (LEVELS - 1) as f64))
            .map(|g| process.at_snr(g))
            .collect::<infodyn_core::Result<_>>()?,
    };
    // Without drift the three energies are one.
    let one = matches!(process, NoiseProcess::Ve | NoiseProcess::Edm);
    let computed: Vec<Energy> = if one { vec![Energy::Marginal] } else { Energy::ALL.to_vec() };
    let all: Vec<Result<Found>> =
        computed.par_iter().map(|&energy| span.energy(process, energy, snr, &levels)).collect();
    let (mut points, mut branchings) = (vec![], vec![]);
    for result in all {
        let (p, b, remarks) = result?;
        points.extend(p);
        branchings.extend(b);
        notes.extend(remarks);
    }
    if one {
        for energy in [Energy::ReverseSde, Energy::ProbabilityFlow] {
            let again: Vec<Resting> = points.iter().filter(|p| p.energy == Energy::Marginal).cloned().collect();
            points.extend(again.into_iter().map(|p| Resting { energy, ..p }));
            let again: Vec<Branching> = branchings.iter().filter(|b| b.energy == Energy::Marginal).cloned().collect();
            branchings.extend(again.into_iter().map(|b| Branching { energy, ..b }));
        }
    }
    Ok((points, branchings))
}

/// One isotropic Gaussian a label: its mean and weight, and for all the mean variance within a label.
fn by_labels(law: &Mixture) -> Result<Mixture> {
    let (d, weights) = (law.dim(), law.label_weights());
    let mut means = vec![vec![0.0; d]; weights.len()];
    for k in 0..law.components() {
        let y = law.labels()[k];
        means[y].iter_mut().zip(law.mean(k)).for_each(|(m, x)| *m += law.weights()[k] / weights[y] * x);
    }
    let mut within = 0.0;
    for k in 0..law.components() {
        let gap: f64 = law.mean(k).iter().zip(&means[law.labels()[k]]).map(|(x, m)| (x - m) * (x - m)).sum();
        let own: f64 = (0..d).map(|i| law.covariance(k).eigenvalue(i)).sum();
        within += law.weights()[k] * (gap + own) / d as f64;
    }
    Ok(Mixture::new(weights, &means, vec![Covariance::isotropic(within)?])?)
}

/// What is followed.
enum Core {
    Mixture(Mixture),
    Sphere(Sphere),
}

impl Core {
    fn dim(&self) -> usize {
        match self {
            Self::Mixture(law) => law.dim(),
            Self::Sphere(law) => law.dim(),
        }
    }

    fn marginal(&self, level: &NoiseLevel) -> Box<dyn Density + '_> {
        match self {
            Self::Mixture(law) => Box::new(Marginal::new(law, level)),
            Self::Sphere(law) => Box::new(sphere::Marginal::new(law, level)),
        }
    }
}

/// A law in the linear span of its means, where its fixed points lie when its components share one
/// multiple of the identity: outside the span the drift is linear.
///
/// The span contains the origin, to which the drift `f x` refers; the affine span of
/// [`Mixture::reduced`] does not.
struct Span {
    core: Core,
    /// `D x r`, orthonormal; `None` when nothing was reduced.
    basis: Option<DMatrix<f64>>,
    dim: usize,
}

impl Span {
    fn of(law: &Mixture) -> Result<Self> {
        let whole = Self { core: Core::Mixture(law.clone()), basis: None, dim: law.dim() };
        let Some(covariance) = law.shared_covariance().filter(|c| c.as_isotropic().is_some()) else {
            return Ok(whole);
        };
        let basis = orthonormal(law);
        if basis.ncols() >= law.dim() {
            return Ok(whole);
        }
        let rows: Vec<Vec<f64>> = (0..law.components())
            .map(|k| (basis.transpose() * DVector::from_column_slice(law.mean(k))).as_slice().to_vec())
            .collect();
        let core = Mixture::new(law.weights(), &rows, vec![covariance.clone()])?;
        Ok(Self { core: Core::Mixture(core), basis: Some(basis), dim: law.dim() })
    }

    /// `alpha` times a point of the span, in `R^D`.
    fn embed(&self, at: &[f64], alpha: f64) -> Vec<f64> {
        let y = DVector::from_column_slice(at) * alpha;
        self.basis.as_ref().map_or(y.clone(), |b| b * &y).as_slice().to_vec()
    }

    /// The eigenvalue of the drift outside the span, and its multiplicity: `-1/(1 + snr q) - kappa`.
    fn outside(&self, landscape: &Landscape<'_>, snr: f64) -> Result<Option<(f64, usize)>> {
        let (Some(_), Core::Mixture(core)) = (&self.basis, &self.core) else {
            return Ok(None);
        };
        let q = core.covariance(0).eigenvalue(0);
        let value = -1.0 / (1.0 + snr * q) - landscape.tilt(snr)?;
        Ok(Some((if value.abs() < 1e-12 { 0.0 } else { value }, self.dim - self.core.dim())))
    }

    fn energy(&self, process: &NoiseProcess, energy: Energy, snr: (f64, f64), levels: &[NoiseLevel]) -> Result<Found> {
        let marginals = |level: &NoiseLevel| self.core.marginal(level);
        let landscape = Landscape::new(&marginals, *process, energy);
        let found: Diagram = diagram(&landscape, snr)?;
        let mut points = Vec::new();
        let mut incomplete = Vec::new();
        for level in levels {
            let at = found.fixed_points(&landscape, level.snr())?;
            if landscape.incomplete(&at, level.snr())? {
                incomplete.push(format!("{:.4e}", level.snr()));
            }
            for point in &at {
                points.push(self.resting(&landscape, level, point)?);
            }
        }
        let branchings = found.bifurcations.iter().map(|b| self.branching(process, b)).collect::<Result<_>>()?;
        let ends = [self.outside(&landscape, snr.0)?, self.outside(&landscape, snr.1)?];
        let mut notes = Vec::new();
        if !incomplete.is_empty() {
            notes.push(format!(
                "{energy}: a fixed point is missing at snr {}: the signs (-1)^index of those listed do not sum to what those of all must",
                incomplete.join(", ")
            ));
        }
        let note = if found.branches.is_empty() {
            Some(format!(
                "{energy}: no isolated fixed point was found (none lies near the law, or every point is one); no bifurcation is listed"
            ))
        } else {
            match ends {
                [Some((a, n)), Some((b, _))] if a * b <= 0.0 => Some(format!(
                    "{energy}: in the {n} directions outside the span of the means the drift is linear, with an eigenvalue that is 0 or changes its sign; that is not listed as a bifurcation"
                )),
                _ if found.truncated => {
                    let n = found.branches.len();
                    Some(format!(
                        "{energy}: the search was broken off at {n} branches; there are more, and more bifurcations"
                    ))
                }
                _ => None,
            }
        };
        notes.extend(note);
        Ok((points, branchings, notes))
    }

    fn resting(&self, landscape: &Landscape<'_>, level: &NoiseLevel, point: &FixedPoint) -> Result<Resting> {
        let outside = self.outside(landscape, level.snr())?.unwrap_or((f64::NEG_INFINITY, 0));
        let beyond = if outside.0 > 0.0 { outside.1 } else { 0 };
        Ok(Resting {
            energy: landscape.energy(),
            level: *level,
            at: self.embed(&point.at, level.alpha()),
            error: point.error * level.alpha(),
            index: point.index() + beyond,
            top_eigenvalue: point.eigenvalues.iter().copied().fold(outside.0, f64::max),
            orbit: point.orbit,
        })
    }

    fn branching(&self, process: &NoiseProcess, b: &Bifurcation) -> Result<Branching> {
        let snr = b.log_snr.exp();
        let level = process.at_snr(snr)?;
        // The means of a reduced law are rounded in 10 D places.
        let reduced = if self.basis.is_some() { 20.0 * self.dim as f64 } else { 0.0 };
        let radius = snr * (b.error + (4.0 + b.log_snr.abs() + reduced) * f64::EPSILON);
        Ok(Branching {
            kind: b.kind,
            energy: b.energy,
            level,
            snr: Estimate::new(snr, radius),
            at: self.embed(&b.at, level.alpha()),
            multiplicity: b.multiplicity,
            asymmetry: b.asymmetry,
        })
    }
}

/// An orthonormal basis of the linear span of the means; at least one column.
fn orthonormal(law: &Mixture) -> DMatrix<f64> {
    let d = law.dim();
    let means = DMatrix::from_fn(d, law.components(), |i, k| law.mean(k)[i]);
    let mut basis = orthonormal_basis(&means, 8.0 * d as f64 * f64::EPSILON);
    if basis.is_empty() {
        basis.push(DVector::from_fn(d, |i, _| if i == 0 { 1.0 } else { 0.0 }));
    }
    DMatrix::from_columns(&basis)
}
