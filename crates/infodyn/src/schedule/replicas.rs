//! Levels of a clock that was sampled, and how far the true ones may be.
//!
//! Levels follow from the values of a curve at its nodes, which share their draws: each chunk of these is one draw of
//! all values together, independent of the other chunks. So a level is a smooth function of a mean over chunks, and its
//! error that of this mean.

use std::cell::RefCell;
use std::collections::HashMap;

use infodyn_core::Estimate;
use infodyn_monte_carlo::{ByChunk, studentised};
use rayon::prelude::*;

use crate::Result;

/// Level of the intervals.
const LEVEL: f64 = 0.997;

/// What a sample said at each place that it was asked at.
#[derive(Debug, Default)]
pub(super) struct Asked(RefCell<HashMap<u64, ByChunk>>);

impl Asked {
    /// Keeps the answers at some places, and returns their means.
    pub(super) fn keep(&self, places: &[f64], answers: Vec<ByChunk>) -> Vec<Estimate> {
        let means = answers.iter().map(|answer| answer.mean).collect();
        self.0.borrow_mut().extend(places.iter().map(|x| x.to_bits()).zip(answers));
        means
    }

    /// The curves `through` what `f` makes of a place and of the mean there; `None` where a node was not asked, or
    /// chunks differ in number.
    pub(super) fn replicas<C: Send>(
        self,
        nodes: &[f64],
        f: impl Fn(f64, Estimate) -> Estimate + Sync,
        through: impl Fn(&[Estimate]) -> C + Sync,
    ) -> Option<Replicas<C>> {
        let mut asked = self.0.into_inner();
        let all: Vec<(f64, ByChunk)> =
            nodes.iter().map(|x| Some((*x, asked.remove(&x.to_bits())?))).collect::<Option<_>>()?;
        let count = all.first()?.1.chunks.len();
        if count < 2 || all.iter().any(|(_, node)| node.chunks.len() != count) {
            return None;
        }
        let curve = |value: &dyn Fn(&ByChunk) -> Estimate| {
            through(&all.iter().map(|(x, node)| f(*x, value(node))).collect::<Vec<_>>())
        };
        let (n, mean) = (count as f64, |node: &ByChunk| node.mean.value());
        let without = |chunk: usize| {
            curve(&|node: &ByChunk| Estimate::new((n * mean(node) - node.chunks[chunk]) / (n - 1.0), 0.0))
        };
        Some(Replicas {
            all: curve(&|node| Estimate::new(mean(node), node.bias)),
            without: (0..count).into_par_iter().map(without).collect(),
            samples: all[0].1.mean.sampling().map_or(0, |s| s.samples),
        })
    }
}

/// A curve through the means of a sample, and those without each chunk of it.
#[derive(Debug, Clone)]
pub(super) struct Replicas<C> {
    /// Its radii have what is no chance.
    all: C,
    without: Vec<C>,
    samples: u64,
}

impl<C: Sync> Replicas<C> {
    /// The levels that `of` a curve, those of another near it being further by `shift`, in their logarithms.
    ///
    /// # Accuracy
    /// Jackknife: with `u` a level from all `n` chunks and `u_i` that without chunk `i`, by their logarithms, the
    /// numbers `n u - (n-1) u_i` are independent to first order, of mean `u` to second; their studentised interval, how
    /// far their mean is from `u`, and what the curve knows of its interpolation. What is owed to events that the
    /// sample never meets is not in it.
    ///
    /// # Errors
    /// As `of` and `shift`.
    pub(super) fn levels(
        &self,
        of: impl Fn(&C) -> Result<Vec<Estimate>>,
        shift: impl Fn(&C, &[Estimate]) -> Result<Vec<f64>> + Sync,
    ) -> Result<Vec<Estimate>> {
        let found = of(&self.all)?;
        let here = shift(&self.all, &found)?;
        let moved: Vec<Vec<f64>> = self.without.par_iter().map(|curve| shift(curve, &found)).collect::<Result<_>>()?;
        let n = moved.len() as f64;
        let level = |(k, s): (usize, &Estimate)| {
            let off: Vec<f64> = moved.iter().map(|moved| (1.0 - n) * (moved[k] - here[k])).collect();
            let mean = studentised(&off, self.samples, LEVEL);
            s.widened(s.value() * (mean.value().abs() + mean.radius()).exp_m1())
        };
        Ok(found.iter().enumerate().map(level).collect())
    }
}

/// How far levels are from others, by their logarithms; ends that are 0 stay.
pub(super) fn apart(levels: &[Estimate], others: &[Estimate]) -> Vec<f64> {
    let pairs = levels.iter().zip(others).map(|(a, b)| (a.value(), b.value()));
    pairs.map(|(a, b)| if b > 0.0 { (a / b).ln() } else { 0.0 }).collect()
}
