//! All branches between two noise levels, and where they meet.

use std::cmp::Ordering;

use nalgebra::DVector;

use crate::classify::{Candidate, NEAR, classify};
use crate::continuation::{Node, Start, trace};
use crate::landscape::Slice;
use crate::points::{by_place, points};
use crate::zeros::zeros;
use crate::{Bifurcation, Error, FixedPoint, Landscape, Result};

/// A curve of fixed points, in the order of its arc length.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// Points of the curve; `log_snr` is monotone between two folds.
    pub points: Vec<FixedPoint>,
}

/// The branches of one energy and their bifurcations.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagram {
    /// Every curve that was found.
    pub branches: Vec<Branch>,
    /// Where they meet, by `log snr`.
    pub bifurcations: Vec<Bifurcation>,
    /// Signal-to-noise ratios at which a branch turns or an eigenvalue changes its sign, and no bifurcation was made
    /// out.
    pub lost: Vec<f64>,
    /// Signal-to-noise ratios between which the branches were followed.
    pub snr: (f64, f64),
    /// Whether the search was broken off at 256 curves: there are more.
    pub truncated: bool,
}

/// Most curves of a diagram.
const MOST_CURVES: usize = 256;

/// Noise levels at which all zeros are looked for.
const LEVELS: usize = 24;

/// The branches of fixed points between two signal-to-noise ratios, and their bifurcations.
///
/// All zeros are looked for at 24 noise levels, from the noise side (where a single one is left of
/// most laws) to the data side (where each component has its own) and between; from each that no
/// curve found so far goes through, a curve is followed both ways by its arc length, around folds.
/// Signs of eigenvalues that change along a curve, and turning points of it, are looked at closely:
/// the equation is reduced to the null vectors and its Taylor coefficients say what is there.
///
/// In one dimension the zeros of a level are complete up to pairs closer than a tenth of a
/// component's standard deviation; a pair of branches that is born and dies between two levels, or
/// in more dimensions is missed by every start of Newton's method, is not found.
///
/// # Accuracy
/// See [`Bifurcation::error`].
///
/// # Errors
/// [`Error::Range`]; and when the process never has a ratio of the range.
pub fn diagram(landscape: &Landscape, snr: (f64, f64)) -> Result<Diagram> {
    if !(snr.0 > 0.0 && snr.0 < snr.1 && snr.1.is_finite()) {
        return Err(Error::Range { low: snr.0, high: snr.1 });
    }
    let range = (snr.0.ln(), snr.1.ln());
    // Not at round numbers, where laws with round numbers bifurcate.
    let level = |i: usize| range.0 + (range.1 - range.0) * (i as f64 + 0.0137) / (LEVELS as f64 - 0.95);
    let levels: Vec<f64> = (0..LEVELS).map(level).collect();
    let mut known: Vec<Vec<DVector<f64>>> = vec![vec![]; LEVELS];
    let mut curves: Vec<Vec<Node>> = Vec::new();
    let mut truncated = false;
    // From the noise side, from the data side, then between.
    let order = (0..1).chain((1..LEVELS).rev());
    for i in order {
        let slice = landscape.at(levels[i])?;
        if slice.flat() {
            continue;
        }
        for y in zeros(&slice) {
            if is_known(&slice, &known[i], &y) {
                continue;
            }
            if curves.len() == MOST_CURVES {
                truncated = true;
                continue;
            }
            let curve = trace(landscape, &Start { y: &y, log_snr: levels[i], range })?;
            for (level, through) in levels.iter().zip(&mut known) {
                let slice = landscape.at(*level)?;
                let nodes = || curve.iter().map(|n| (n.log_snr, &n.y));
                through.extend(passages(&slice, nodes().zip(nodes().skip(1))));
            }
            known[i].push(y);
            curves.push(curve);
        }
    }
    let (mut bifurcations, mut lost) = (Vec::<Bifurcation>::new(), Vec::<f64>::new());
    let inside = |l: f64| l >= range.0 && l <= range.1;
    let mut nothing = Vec::new();
    for (a, b) in curves.iter().flat_map(|c| c.iter().zip(c.iter().skip(1))) {
        let candidates = candidates(a, b);
        // On a ray, the other side of the centre is the image of this one.
        let Some(first) = candidates.first() else { continue };
        let image = landscape.on_ray() && first.y[0] < -NEAR * landscape.at(first.log_snr)?.scale;
        let found = candidates.iter().filter(|_| !image).map(|c| classify(landscape, c)).collect::<Result<Vec<_>>>()?;
        if found.iter().all(Option::is_none) && !image {
            nothing.push((first.log_snr, first.y.clone(), first.window));
        }
        for b in found.into_iter().flatten().filter(|b| inside(b.log_snr)) {
            if !bifurcations.iter().any(|other| same(landscape, other, &b)) {
                bifurcations.push(b);
            }
        }
    }
    for (log_snr, y, window) in nothing {
        let scale = landscape.at(log_snr)?.unit(&y);
        let here = |b: &Bifurcation| (b.log_snr - log_snr).abs() <= 2.0 * window && (&b.own - &y).norm() <= scale;
        if inside(log_snr) && !bifurcations.iter().any(here) {
            lost.push(log_snr.exp());
        }
    }
    lost.sort_by(f64::total_cmp);
    lost.dedup_by(|a, b| (*a / *b).ln().abs() < 1e-3);
    bifurcations.sort_by(|a, b| {
        let near = (a.log_snr - b.log_snr).abs() <= 1e-9;
        let by_level = if near { Ordering::Equal } else { a.log_snr.total_cmp(&b.log_snr) };
        by_level.then_with(|| by_place(&a.at, &b.at))
    });
    let branches = curves.iter().map(|c| branch(landscape, c)).filter(|b| !matches!(b, Ok(b) if b.points.is_empty()));
    Ok(Diagram { branches: branches.collect::<Result<_>>()?, bifurcations, lost, snr, truncated })
}

/// Whether a zero is one of a list.
fn is_known(slice: &Slice<'_>, known: &[DVector<f64>], y: &DVector<f64>) -> bool {
    known.iter().any(|z| z.metric_distance(y) <= 1e-5 * slice.unit(y))
}

/// Whether two are one point found twice.
fn same(landscape: &Landscape, a: &Bifurcation, b: &Bifurcation) -> bool {
    let unit = landscape.at(a.log_snr).map_or(0.0, |s| s.unit(&a.own));
    let near = (a.log_snr - b.log_snr).abs() <= 1e-7 + 4.0 * (a.error + b.error);
    near && a.own.metric_distance(&b.own) <= 1e-3 * unit
}

/// Where a curve, given by pairs of neighbours, passes a noise level.
fn passages<'n>(
    slice: &Slice<'_>,
    pairs: impl Iterator<Item = ((f64, &'n DVector<f64>), (f64, &'n DVector<f64>))>,
) -> Vec<DVector<f64>> {
    let passing = pairs.filter_map(|((a, from), (b, to))| {
        let (a, b) = (a - slice.log_snr, b - slice.log_snr);
        (a * b <= 0.0 && a != b).then(|| from + (to - from) * (a / (a - b)))
    });
    passing.filter_map(|between| slice.newton(&between, slice.unit(&between), 40)).collect()
}

/// Between two neighbours of a curve: places where eigenvalues change their sign, and turning points.
fn candidates(a: &Node, b: &Node) -> Vec<Candidate> {
    let changed: Vec<usize> =
        (0..a.eigenvalues.len()).filter(|&i| (a.eigenvalues[i] > 0.0) != (b.eigenvalues[i] > 0.0)).collect();
    let window = (a.log_snr - b.log_snr).abs().max(1e-3);
    let between = |f: f64, multiplicity: usize| Candidate {
        y: &a.y + (&b.y - &a.y) * f,
        log_snr: a.log_snr + (b.log_snr - a.log_snr) * f,
        multiplicity,
        window,
    };
    let crossing = |i: usize| a.eigenvalues[i] / (a.eigenvalues[i] - b.eigenvalues[i]);
    let mut list = Vec::new();
    if a.heading() * b.heading() < 0.0 {
        list.push(between(a.heading() / (a.heading() - b.heading()), 1));
    }
    if changed.len() > 1 {
        // One point if they vanish together; each is also tried alone, in case they do not.
        list.push(between(changed.iter().map(|&i| crossing(i)).sum::<f64>() / changed.len() as f64, changed.len()));
    }
    list.extend(changed.iter().map(|&i| between(crossing(i), 1)));
    list
}

fn branch(landscape: &Landscape, curve: &[Node]) -> Result<Branch> {
    let point = |n: &Node| Ok(FixedPoint::new(&landscape.at(n.log_snr)?, &n.y));
    Ok(Branch { points: curve.iter().filter_map(|n| point(n).transpose()).collect::<Result<_>>()? })
}

impl Diagram {
    /// The fixed points at a signal-to-noise ratio: where the branches pass it, and what
    /// [`crate::fixed_points`] finds there besides.
    ///
    /// # Errors
    /// When the process never has that ratio.
    pub fn fixed_points(&self, landscape: &Landscape, snr: f64) -> Result<Vec<FixedPoint>> {
        let slice = landscape.at(snr.ln())?;
        let mut found = zeros(&slice);
        for branch in &self.branches {
            let points = || branch.points.iter().map(|p| (p.log_snr, &p.own.0));
            for y in passages(&slice, points().zip(points().skip(1))) {
                if !is_known(&slice, &found, &y) {
                    found.push(y);
                }
            }
        }
        Ok(points(&slice, &found))
    }
}
