//! One curve of zeros, followed by its arc length.

use nalgebra::{DMatrix, DVector};

use crate::landscape::descending;
use crate::points::weakest;
use crate::{Landscape, Result};

/// A point of a curve of zeros.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) log_snr: f64,
    pub(crate) y: DVector<f64>,
    /// Unit tangent `(dy/scale, d log snr)`.
    pub(crate) tangent: DVector<f64>,
    /// Largest first.
    pub(crate) eigenvalues: Vec<f64>,
    /// The unit of length there.
    unit: f64,
}

impl Node {
    /// Direction in `log snr`.
    pub(crate) fn heading(&self) -> f64 {
        self.tangent[self.y.len()]
    }
}

/// Where a curve starts, and between which noise levels it is followed.
pub(crate) struct Start<'s> {
    pub(crate) y: &'s DVector<f64>,
    pub(crate) log_snr: f64,
    pub(crate) range: (f64, f64),
}

const LONGEST: f64 = 0.15;
const SHORTEST: f64 = 1e-7;
const MOST_STEPS: usize = 6000;
/// Cosine of the largest turn between two steps.
const TURN: f64 = 0.98;
/// Far from the law one component is left, and where its pull and the tilt of the energy cancel along an axis, at one
/// noise level, a whole line is at rest: a branch on which heading and eigenvalue are less than this has ended there.
const FLAT: f64 = 1e-9;

/// The curve through a zero, from one end of the range (or the place where it is lost) to the other.
///
/// # Formula
/// Pseudo-arclength continuation (Keller 1977): with `z = (y/scale, log snr)`, `scale` the smallest standard deviation
/// of a component (far from the law longer in proportion), predict along the unit tangent, correct by Newton's method
/// in the hyperplane normal to it. It passes folds, and the vertices of the parabolas that leave a pitchfork, without
/// special care.
pub(crate) fn trace(landscape: &Landscape, start: &Start<'_>) -> Result<Vec<Node>> {
    let (back, closed) = follow(landscape, start, -1.0)?;
    if closed {
        return Ok(back);
    }
    let (forth, _) = follow(landscape, start, 1.0)?;
    let reversed = back.into_iter().skip(1).rev().map(|mut n| {
        n.tangent.neg_mut();
        n
    });
    Ok(reversed.chain(forth).collect())
}

/// The half of the curve that starts toward larger (`1`) or smaller (`-1`) `log snr`, and whether it
/// came back to its start.
fn follow(landscape: &Landscape, start: &Start<'_>, sense: f64) -> Result<(Vec<Node>, bool)> {
    let dim = start.y.len();
    let mut axis = DVector::zeros(dim + 1);
    axis[dim] = sense;
    let Some(first) = node(landscape, start.y.clone(), start.log_snr, &axis)? else {
        return Ok((vec![], false));
    };
    let limit = 60.0 * (landscape.at(start.log_snr)?.reach(start.y) + landscape.at(start.range.0)?.scale);
    let beyond = 4.0 * landscape.at(start.range.1)?.size();
    let mut nodes = vec![first];
    let mut step = 0.02;
    while nodes.len() < MOST_STEPS {
        let here = &nodes[nodes.len() - 1];
        let scale = here.unit;
        let Some((next, work)) = advance(landscape, here, step)? else {
            step *= 0.5;
            if step < SHORTEST {
                break;
            }
            continue;
        };
        if next.tangent.dot(&here.tangent) < TURN && step > 1e-4 {
            step *= 0.5;
            continue;
        }
        let lost = next.y.norm() > beyond && next.heading().abs() < FLAT && weakest(&next.eigenvalues) < FLAT;
        let out = next.log_snr < start.range.0 || next.log_snr > start.range.1 || next.y.norm() > limit || lost;
        let gap = (&next.y - start.y).norm() / scale + (next.log_snr - start.log_snr).abs();
        let back = nodes.len() > 20 && gap < step;
        nodes.push(next);
        if out || back {
            return Ok((nodes, back));
        }
        if work <= 3 {
            step = (1.5 * step).min(LONGEST);
        }
    }
    Ok((nodes, false))
}

/// One step, and how many corrections it took.
fn advance(landscape: &Landscape, here: &Node, step: f64) -> Result<Option<(Node, usize)>> {
    let (dim, scale) = (here.y.len(), here.unit);
    let mut y = &here.y + here.tangent.rows(0, dim) * (step * scale);
    let mut log_snr = here.log_snr + step * here.heading();
    for work in 1..=6 {
        let Ok(slice) = landscape.at(log_snr) else { return Ok(None) };
        let mut right = DVector::zeros(dim + 1);
        right.rows_mut(0, dim).copy_from(&(slice.field(&y) / -scale));
        let moved = (&y - &here.y).dot(&here.tangent.rows(0, dim)) / scale + (log_snr - here.log_snr) * here.heading();
        right[dim] = step - moved;
        let Ok(slope) = landscape.slope(&y, log_snr) else { return Ok(None) };
        let matrix = bordered(&slice.jacobian(&y), &(slope / scale), &here.tangent);
        let Some(change) = matrix.lu().solve(&right) else { return Ok(None) };
        let size = change.norm();
        if !size.is_finite() || size > 2.0 * step.max(1e-6) {
            return Ok(None);
        }
        y += change.rows(0, dim) * scale;
        log_snr += change[dim];
        if size < 1e-10 + 1e-6 * step {
            return Ok(node(landscape, y, log_snr, &here.tangent)?.map(|n| (n, work)));
        }
    }
    Ok(None)
}

/// `[[J, b], [t^T]]`, `(D+1) x (D+1)`.
fn bordered(jacobian: &DMatrix<f64>, column: &DVector<f64>, row: &DVector<f64>) -> DMatrix<f64> {
    let dim = jacobian.nrows();
    let mut matrix = DMatrix::zeros(dim + 1, dim + 1);
    matrix.view_mut((0, 0), (dim, dim)).copy_from(jacobian);
    matrix.view_mut((0, dim), (dim, 1)).copy_from(column);
    matrix.view_mut((dim, 0), (1, dim + 1)).copy_from(&row.transpose());
    matrix
}

/// A zero with its tangent, which points as `along` does.
fn node(landscape: &Landscape, y: DVector<f64>, log_snr: f64, along: &DVector<f64>) -> Result<Option<Node>> {
    let dim = y.len();
    let (Ok(slice), Ok(slope)) = (landscape.at(log_snr), landscape.slope(&y, log_snr)) else { return Ok(None) };
    let (jacobian, unit) = (slice.jacobian(&y), slice.unit(&y));
    let matrix = bordered(&jacobian, &(slope / unit), along);
    let mut right = DVector::zeros(dim + 1);
    right[dim] = 1.0;
    let Some(tangent) = matrix.lu().solve(&right).filter(|t| t.norm().is_finite() && t.norm() > 0.0) else {
        return Ok(None);
    };
    Ok(Some(Node { log_snr, y, tangent: tangent.normalize(), eigenvalues: descending(&jacobian), unit }))
}
