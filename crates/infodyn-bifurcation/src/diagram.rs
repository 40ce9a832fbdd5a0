//! All branches between two noise levels, and where they meet.

use nalgebra::DVector;

use crate::classify::{Candidate, classify};
use crate::continuation::{Node, Start, trace};
use crate::zeros::{FixedPoint, zeros};
use crate::{Bifurcation, Error, Landscape, Result, radial};

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
pub fn diagram(landscape: &Landscape<'_>, snr: (f64, f64)) -> Result<Diagram> {
    if !(snr.0 > 0.0 && snr.0 < snr.1 && snr.1.is_finite()) {
        return Err(Error::Range { low: snr.0, high: snr.1 });
    }
    let range = (snr.0.ln(), snr.1.ln());
    // Where there is least noise a rotation is told from a finite symmetry most easily.
    if radial::rotational(&landscape.at(range.1)?) {
        return radial::diagram(landscape, snr);
    }
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
        let scale = slice.scale();
        for y in zeros(&slice) {
            if known[i].iter().any(|z| (z - &y).norm() <= 1e-5 * scale) {
                continue;
            }
            if curves.len() == MOST_CURVES {
                truncated = true;
                continue;
            }
            let curve = trace(landscape, &Start { y: &y, log_snr: levels[i], range })?;
            for (level, through) in levels.iter().zip(&mut known) {
                through.extend(passages(landscape, &curve, *level)?);
            }
            known[i].push(y);
            curves.push(curve);
        }
    }
    let mut bifurcations: Vec<Bifurcation> = Vec::new();
    for candidate in curves.iter().flat_map(|c| candidates(c)) {
        for b in classify(landscape, &candidate)? {
            let inside = b.log_snr >= range.0 && b.log_snr <= range.1;
            if inside && !bifurcations.iter().any(|other| same(landscape, other, &b)) {
                bifurcations.push(b);
            }
        }
    }
    bifurcations.sort_by(|a, b| {
        let places = a.at.iter().zip(&b.at).map(|(x, y)| x.total_cmp(y));
        let near = (a.log_snr - b.log_snr).abs() <= 1e-9;
        let by_level = if near { std::cmp::Ordering::Equal } else { a.log_snr.total_cmp(&b.log_snr) };
        places.fold(by_level, std::cmp::Ordering::then)
    });
    let branches = curves.iter().map(|c| branch(landscape, c)).collect::<Result<_>>()?;
    Ok(Diagram { branches, bifurcations, snr, truncated })
}

/// Whether two are one point found twice.
fn same(landscape: &Landscape<'_>, a: &Bifurcation, b: &Bifurcation) -> bool {
    let scale = landscape.at(a.log_snr).map_or(1.0, |s| s.scale());
    let apart = a.at.iter().zip(&b.at).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt();
    (a.log_snr - b.log_snr).abs() <= 1e-7 + 4.0 * (a.error + b.error) && apart <= 1e-3 * scale
}

/// Where a curve passes a noise level.
fn passages(landscape: &Landscape<'_>, curve: &[Node], level: f64) -> Result<Vec<DVector<f64>>> {
    let slice = landscape.at(level)?;
    let mut found = Vec::new();
    for pair in curve.windows(2) {
        let (a, b) = (pair[0].log_snr - level, pair[1].log_snr - level);
        if a * b <= 0.0 && a != b {
            let between = &pair[0].y + (&pair[1].y - &pair[0].y) * (a / (a - b));
            found.extend(slice.newton(&between, slice.scale(), 40));
        }
    }
    Ok(found)
}

/// Places where eigenvalues change their sign, and turning points.
fn candidates(curve: &[Node]) -> Vec<Candidate> {
    let mut list = Vec::new();
    for pair in curve.windows(2) {
        let (a, b) = (&pair[0], &pair[1]);
        let turned = a.heading() * b.heading() < 0.0;
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
        if turned {
            list.push(between(a.heading() / (a.heading() - b.heading()), 1));
        }
        match changed[..] {
            [] => {}
            [i] => list.push(between(crossing(i), 1)),
            _ => {
                // One point if they vanish together; each is also tried alone, in case they do not.
                let together = changed.iter().map(|&i| crossing(i)).sum::<f64>() / changed.len() as f64;
                list.push(between(together, changed.len()));
                list.extend(changed.iter().map(|&i| between(crossing(i), 1)));
            }
        }
    }
    list
}

fn branch(landscape: &Landscape<'_>, curve: &[Node]) -> Result<Branch> {
    let point = |n: &Node| Ok(FixedPoint::at_zero(&landscape.at(n.log_snr)?, &n.y, n.log_snr));
    Ok(Branch { points: curve.iter().map(point).collect::<Result<_>>()? })
}

impl Diagram {
    /// The fixed points at a signal-to-noise ratio: where the branches pass it, and what
    /// [`crate::fixed_points`] finds there besides.
    ///
    /// # Errors
    /// When the process never has that ratio.
    pub fn fixed_points(&self, landscape: &Landscape<'_>, snr: f64) -> Result<Vec<FixedPoint>> {
        let log_snr = snr.ln();
        let slice = landscape.at(log_snr)?;
        if radial::rotational(&slice) {
            return radial::fixed_points(landscape, snr);
        }
        if slice.flat() {
            return Ok(vec![]);
        }
        let mut found: Vec<DVector<f64>> = zeros(&slice);
        for branch in &self.branches {
            for pair in branch.points.windows(2) {
                let (a, b) = (pair[0].log_snr - log_snr, pair[1].log_snr - log_snr);
                if a * b > 0.0 || a == b {
                    continue;
                }
                let f = a / (a - b);
                let between = pair[0].at.iter().zip(&pair[1].at).map(|(x, y)| x + (y - x) * f);
                let between = DVector::from_iterator(slice.dim(), between);
                let Some(y) = slice.newton(&between, slice.scale(), 40) else { continue };
                if !found.iter().any(|z| (z - &y).norm() <= 1e-5 * slice.scale()) {
                    found.push(y);
                }
            }
        }
        let mut points: Vec<FixedPoint> = found.iter().map(|y| FixedPoint::at_zero(&slice, y, log_snr)).collect();
        points.sort_by(|a, b| {
            a.at.iter()
                .zip(&b.at)
                .map(|(x, y)| x.total_cmp(y))
                .fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
        Ok(points)
    }
}
