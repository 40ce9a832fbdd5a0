//! Panels of components whose covariances have axes of their own: all about each component is found in its axes and
//! turned back.

use infodyn_kernels::{Kernel, Lanes};
use nalgebra::DMatrix;

use super::{Panels, excess};
use crate::stages::stages;
use crate::terms::{FromAnchor, Term, ZERO, each_lane};

/// What was found of each component along each axis, `K x D`.
pub(super) struct Rows<'a> {
    pub(super) rows: &'a [Lanes],
    pub(super) dim: usize,
}

impl Term for Rows<'_> {
    #[inline(always)]
    fn at(&self, k: usize, i: usize) -> Lanes {
        self.rows[k * self.dim + i]
    }
}

/// Sums that are formed at once: a single one would wait for itself.
const SUMS: usize = 8;

/// Coordinates of `x` in principal axes, one a column; without axes those it has.
#[inline(always)]
fn to_axes(axes: Option<&DMatrix<f64>>, x: &[Lanes], out: &mut [Lanes]) {
    let Some(axes) = axes else { return out.copy_from_slice(x) };
    let (whole, rest) = out.as_chunks_mut::<SUMS>();
    let (some, one) = axes.as_slice().split_at(whole.len() * SUMS * x.len());
    for (y, axes) in whole.iter_mut().zip(some.chunks_exact(SUMS * x.len())) {
        *y = along::<SUMS>(axes, x);
    }
    for (y, axis) in rest.iter_mut().zip(one.chunks_exact(x.len())) {
        [*y] = along::<1>(axis, x);
    }
}

/// Coordinates of `x` along `N` axes.
#[inline(always)]
fn along<const N: usize>(axes: &[f64], x: &[Lanes]) -> [Lanes; N] {
    let d = x.len();
    let axes: [&[f64]; N] = std::array::from_fn(|j| &axes[j * d..][..d]);
    let mut sums = [ZERO; N];
    for i in 0..d {
        for (sum, axis) in sums.iter_mut().zip(axes) {
            *sum = x[i].mul_add(Lanes::splat(axis[i]), *sum);
        }
    }
    sums
}

/// The inverse of [`to_axes`], added to what is there.
#[inline(always)]
fn add_from_axes(axes: Option<&DMatrix<f64>>, y: &[Lanes], out: &mut [Lanes]) {
    let Some(axes) = axes else {
        for (x, y) in out.iter_mut().zip(y) {
            *x = *x + *y;
        }
        return;
    };
    let (whole, rest) = y.as_chunks::<SUMS>();
    let (some, one) = axes.as_slice().split_at(whole.len() * SUMS * out.len());
    for (y, axes) in whole.iter().zip(some.chunks_exact(SUMS * out.len())) {
        add_along(axes, y, out);
    }
    for (y, axis) in rest.iter().zip(one.chunks_exact(out.len())) {
        add_along(axis, &[*y], out);
    }
}

/// Adds what has coordinates `y` along `N` axes.
#[inline(always)]
fn add_along<const N: usize>(axes: &[f64], y: &[Lanes; N], out: &mut [Lanes]) {
    let d = out.len();
    let axes: [&[f64]; N] = std::array::from_fn(|j| &axes[j * d..][..d]);
    for i in 0..d {
        let mut sum = out[i];
        for (y, axis) in y.iter().zip(axes) {
            sum = y.mul_add(Lanes::splat(axis[i]), sum);
        }
        out[i] = sum;
    }
}

impl Panels<'_, '_> {
    /// Offsets in the axes of each component, and `u^T V^-1 u` in those of the anchor.
    #[inline(always)]
    fn turn(&mut self, p: usize, start: usize) {
        let (d, m, anchors) = (self.dim(), self.components, self.anchors(start));
        let room = &mut self.room;
        for k in 0..m.law.components() {
            let turned = &mut room.turned[k * d..(k + 1) * d];
            to_axes(m.law.covariance(k).axes(), &room.offset, turned);
            let mut sum = ZERO;
            for (u, precision) in turned.iter().zip(m.precision(k)) {
                sum = (*u * *u).mul_add(Lanes::splat(*precision), sum);
            }
            let own = each_lane(|l| f64::from(m.frame.alike[anchors[l]] == m.frame.alike[k]));
            room.mahalanobis[p] = ZERO.select_less(own, sum, room.mahalanobis[p]);
        }
    }

    /// Log-likelihood ratios to the anchors, with the score and the posterior mean of each component.
    ///
    /// # Formula
    /// With `r = u + e` the place from another mean in the axes of its component: the exponents differ by
    /// `e (2u + e)/v` where the anchor has the same covariance; axis by axis where both have the coordinate axes; else
    /// by `r^2/v` less that of the anchor.
    #[inline(always)]
    fn ratios_in_axes(&mut self, p: usize, start: usize) {
        let (d, m, anchors) = (self.dim(), self.components, self.anchors(start));
        let (alpha, room) = (Lanes::splat(m.alpha), &mut self.room);
        let ln_norm = each_lane(|l| m.shape(anchors[l]).ln_norm);
        let from = FromAnchor { means: m.law.means(), anchor: &room.anchor };
        for k in 0..m.law.components() {
            let (axes, precision, gain) = (m.law.covariance(k).axes(), m.precision(k), m.gain(k));
            let (score, mean) = (&mut room.scores[k * d..(k + 1) * d], &mut room.means[k * d..(k + 1) * d]);
            for i in 0..d {
                mean[i] = from.at(k, i);
            }
            to_axes(axes, mean, &mut room.vector);
            let (mut moved, mut there) = (ZERO, ZERO);
            for i in 0..d {
                let (u, e, precision) = (room.turned[k * d + i], -(alpha * room.vector[i]), Lanes::splat(precision[i]));
                let r = u + e;
                moved = (e * precision).mul_add(u + r, moved);
                there = (r * r).mul_add(precision, there);
                room.vector[i] = r;
            }
            let same = each_lane(|l| f64::from(m.frame.alike[anchors[l]] == m.frame.alike[k]));
            let mut apart = ZERO.select_less(same, moved, there - room.mahalanobis[p]);
            if axes.is_none() {
                let straight = each_lane(|l| f64::from(m.law.covariance(anchors[l]).axes().is_none()));
                let mut sum = ZERO;
                for i in 0..d {
                    let (u, v) = (room.offset[i], Lanes::splat(precision[i]));
                    let shift = alpha * from.at(k, i);
                    let here = u * u * each_lane(|l| m.precision(anchors[l])[i]);
                    let wider = each_lane(|l| m.eigenvalue(anchors[l])[i] - m.eigenvalue(k)[i]);
                    let changes = [-(shift * (u + room.vector[i]) * v), here * alpha * alpha * wider * v];
                    sum = sum + excess(changes, [room.vector[i] * room.vector[i] * v, here]);
                }
                apart = ZERO.select_less(straight, sum, apart);
            }
            room.ratio[k] = apart.mul_add(Lanes::splat(-0.5), Lanes::splat(m.shape(k).ln_norm) - ln_norm);
            for i in 0..d {
                room.total[i] = room.vector[i] * Lanes::splat(-precision[i]);
                room.vector[i] = room.vector[i] * Lanes::splat(gain[i]);
            }
            score.fill(ZERO);
            add_from_axes(axes, &room.total, score);
            add_from_axes(axes, &room.vector, mean);
        }
    }

    /// [`Panels::ratios_in_axes`] of a panel.
    pub(super) fn find_in_axes(&mut self, p: usize, start: usize) {
        let unit = self.unit;
        unit.dispatch(Turn(self, p, start));
        unit.dispatch(InAxes(self, p, start));
    }
}

stages!(Panels: Turn => turn, InAxes => ratios_in_axes);
