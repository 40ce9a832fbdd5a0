//! Fixed points and bifurcations of the three energies.

use std::sync::Arc;

use infodyn_bifurcation::{Bifurcation, Energy, FixedPoint, Kind, Landscape, diagram};
use infodyn_closed_form::MixtureLaw;
use infodyn_core::{Covariance, Estimate, Law, Mixture, NoiseLevel, NoiseProcess, progress, ulps};
use infodyn_enclosure::{Drift, Level, LineLaw, fixed_points_in_plane};
use rayon::prelude::*;

use super::settings::{Settings, range};
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
pub const MOST_COMPONENTS: usize = 64;
/// Listed levels when none are asked for.
const LEVELS: usize = 12;

/// Laws of more components are not counted by proof, which takes a time of the square of their number.
const MOST_COUNTED: usize = 16;

/// What one energy has: fixed points, bifurcations, and remarks.
type Found = (Vec<Resting>, Vec<Branching>, Vec<String>);

pub(super) fn landscapes(
    law: &Arc<dyn Law>,
    process: &NoiseProcess,
    snr: (f64, f64),
    settings: &Settings,
    notes: &mut Vec<String>,
) -> Result<(Vec<Resting>, Vec<Branching>)> {
    if let Some(mixture) = law.mixture().filter(|law| law.components() > MOST_COMPONENTS) {
        let (components, labels) = (mixture.components(), mixture.label_weights().len());
        if labels > MOST_COMPONENTS {
            notes.push(format!(
                "fixed points and bifurcations are left out: {components} components with {labels} labels, followed up to {MOST_COMPONENTS}"
            ));
            return Ok((vec![], vec![]));
        }
        notes.push(format!(
            "fixed points and bifurcations are those of {labels} Gaussians at the means of the labels with the mean variance within a label, not of the {components} components"
        ));
        let coarse: Arc<dyn Law> = MixtureLaw::of(by_labels(mixture)?);
        let snr = range(&*coarse, process)?;
        return follow(&coarse, process, snr, settings, notes);
    }
    follow(law, process, snr, settings, notes)
}

fn follow(
    law: &Arc<dyn Law>,
    process: &NoiseProcess,
    snr: (f64, f64),
    settings: &Settings,
    notes: &mut Vec<String>,
) -> Result<(Vec<Resting>, Vec<Branching>)> {
    let levels = match &settings.levels {
        Some(levels) => levels.clone(),
        None => (0..=(LEVELS - 1) * settings.between.max(1))
            .map(|i| snr.0 * (snr.1 / snr.0).powf(i as f64 / ((LEVELS - 1) * settings.between.max(1)) as f64))
            .map(|g| process.at_snr(g))
            .collect::<infodyn_core::Result<_>>()?,
    };
    // Without drift the three energies are one.
    let one = matches!(process, NoiseProcess::Ve | NoiseProcess::Edm);
    let computed: Vec<Energy> = if one { vec![Energy::Marginal] } else { Energy::ALL.to_vec() };
    progress::expect(computed.len() as u64);
    let small = law.mixture().filter(|law| law.dim() <= 2 && law.components() <= MOST_COUNTED);
    let counted = small.filter(|_| settings.between <= 1);
    let one_energy = |&energy: &Energy| {
        let found = of_energy(&Landscape::new(Arc::clone(law), *process, energy)?, snr, &levels, counted);
        progress::done();
        found
    };
    let all: Vec<Result<Found>> = computed.par_iter().map(one_energy).collect();
    let (mut points, mut branchings) = (vec![], vec![]);
    for result in all {
        let (p, b, remarks) = result?;
        points.extend(p);
        branchings.extend(b);
        notes.extend(remarks);
    }
    if one {
        let (p, b) = (points.clone(), branchings.clone());
        for energy in [Energy::ReverseSde, Energy::ProbabilityFlow] {
            points.extend(p.iter().cloned().map(|p| Resting { energy, ..p }));
            branchings.extend(b.iter().cloned().map(|b| Branching { energy, ..b }));
        }
    }
    Ok((points, branchings))
}

/// How many fixed points there are at a level, as the enclosure route proves it; why not, where it does not.
fn proved(law: &Mixture, landscape: &Landscape, level: &NoiseLevel) -> infodyn_enclosure::Result<Option<usize>> {
    let Level { alpha, sigma2, f, g2, .. } = Level::new(landscape.process(), level.t())?;
    let drift = match landscape.energy() {
        Energy::Marginal => Drift::marginal(),
        Energy::ReverseSde => Drift::reverse_sde(f, g2),
        Energy::ProbabilityFlow => Drift::reverse_sde(f, g2.times(0.5)),
    };
    if law.dim() == 1 {
        let line = LineLaw::new(law)?.at(alpha, sigma2)?;
        return Ok(Some(infodyn_enclosure::fixed_points(&line, drift)?.len()));
    }
    let found = fixed_points_in_plane(law, alpha, sigma2, drift)?;
    Ok(found.is_complete().then_some(found.roots.len()))
}

/// The fixed points of one energy at each level; of a law on the line or in the plane that is `counted`, their number
/// is held against the proved one.
fn of_energy(
    landscape: &Landscape,
    snr: (f64, f64),
    levels: &[NoiseLevel],
    counted: Option<&Mixture>,
) -> Result<Found> {
    let energy = landscape.energy();
    let found = diagram(landscape, snr)?;
    let (mut points, mut counts, mut incomplete) = (Vec::new(), Vec::new(), Vec::new());
    let (mut miscounted, mut uncounted) = (Vec::new(), Vec::new());
    for level in levels {
        let at = found.fixed_points(landscape, level.snr())?;
        // A sphere of them is no list.
        let isolated = !at.is_empty() && at.iter().all(|p| p.orbit == 0);
        match counted.filter(|_| isolated).map(|law| proved(law, landscape, level)) {
            Some(Ok(Some(count))) if count == at.len() => {}
            Some(Ok(Some(count))) => miscounted.push((level.snr(), at.len(), count)),
            Some(_) => uncounted.push(level.snr()),
            None => {}
        }
        if landscape.incomplete(&at, level.snr())? {
            incomplete.push(level.snr());
        }
        counts.push((level.snr(), at.len()));
        points.extend(at.iter().map(|point| resting(energy, level, point)));
    }
    let branchings = found.bifurcations.iter().map(|b| branching(landscape.process(), b)).collect::<Result<_>>()?;
    let mut notes = Vec::new();
    if found.branches.is_empty() {
        notes.push(
            "no isolated fixed point was found (none lies near the law, or every point is one); no bifurcation is listed"
                .to_owned(),
        );
    }
    let [(a, n), (b, _)] = [landscape.beside(snr.0)?, landscape.beside(snr.1)?];
    if n > 0 && a * b <= 0.0 && !found.branches.is_empty() {
        notes.push(format!("in the {n} directions outside the span of the means the drift is linear, with an eigenvalue that is 0 or changes its sign; that is not listed as a bifurcation"));
    }
    if found.truncated {
        let n = found.branches.len();
        notes.push(format!("the search was broken off at {n} branches; there are more, and more bifurcations"));
    }
    for (snr, listed, count) in &miscounted {
        notes.push(format!("{listed} fixed points are listed at snr {snr:.4e}; it is proved that there are {count}"));
    }
    if !uncounted.is_empty() {
        notes.push(format!(
            "whether all fixed points are listed at snr {} could not be proved: some are multiple or nearly so, or the drift leads outwards",
            ratios(&uncounted)
        ));
    }
    incomplete.retain(|snr| !miscounted.iter().any(|m| m.0 == *snr));
    if !incomplete.is_empty() {
        notes.push(format!(
            "a fixed point is missing at snr {}: the signs (-1)^index of those listed do not sum to what those of all must",
            ratios(&incomplete)
        ));
    }
    if !found.lost.is_empty() {
        notes.push(format!(
            "a branch turns or changes its stability near snr {}, where no bifurcation could be made out",
            ratios(&found.lost)
        ));
    }
    counts.sort_by(|a, b| a.0.total_cmp(&b.0));
    counts.retain(|(snr, _)| !incomplete.contains(snr) && !miscounted.iter().any(|m| m.0 == *snr));
    for (a, b) in counts.iter().zip(counts.iter().skip(1)).filter(|(a, b)| a.1 != b.1) {
        let between = |l: f64| l >= a.0.ln() - 1e-9 && l <= b.0.ln() + 1e-9;
        if !found.bifurcations.iter().any(|x| between(x.log_snr)) && !found.lost.iter().any(|snr| between(snr.ln())) {
            notes.push(format!("the number of fixed points listed changes from {} to {} between snr {:.4e} and {:.4e}, where no bifurcation is listed", a.1, b.1, a.0, b.0));
        }
    }
    Ok((points, branchings, notes.into_iter().map(|note| format!("{energy}: {note}")).collect()))
}

fn ratios(snr: &[f64]) -> String {
    snr.iter().map(|snr| format!("{snr:.4e}")).collect::<Vec<_>>().join(", ")
}

fn resting(energy: Energy, level: &NoiseLevel, point: &FixedPoint) -> Resting {
    Resting {
        energy,
        level: *level,
        at: point.at.iter().map(|y| level.alpha() * y).collect(),
        error: point.error * level.alpha(),
        index: point.index(),
        top_eigenvalue: point.eigenvalues[0],
        orbit: point.orbit,
    }
}

fn branching(process: &NoiseProcess, b: &Bifurcation) -> Result<Branching> {
    let snr = b.log_snr.exp();
    let level = process.at_snr(snr)?;
    Ok(Branching {
        kind: b.kind,
        energy: b.energy,
        level,
        snr: Estimate::new(snr, snr * (b.error + ulps::level(b.log_snr) * f64::EPSILON)),
        at: b.at.iter().map(|y| level.alpha() * y).collect(),
        multiplicity: b.multiplicity,
        asymmetry: b.asymmetry,
    })
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
