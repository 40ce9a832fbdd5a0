//! A class of a law under a process: what guided samples are compared with.

use std::sync::Arc;

use infodyn_closed_form::MixtureLaw;
use infodyn_core::{Mixture, NoiseLevel, NoiseProcess};
use nalgebra::{DMatrix, DVector};

use crate::{Error, Result};

/// A strength of guidance, and the signal-to-noise ratios from which and below which it is that; elsewhere it is 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Strength {
    /// `omega`.
    pub omega: f64,
    /// Where it holds, if not everywhere.
    pub window: Option<(f64, f64)>,
}

/// A law in the span of its means, where it splits, with one of its labels and the levels of a run.
pub(super) struct Setting {
    pub(super) process: NoiseProcess,
    pub(super) law: Arc<MixtureLaw>,
    /// What the law is given the label, and which components those are.
    pub(super) class: Arc<MixtureLaw>,
    pub(super) components: Vec<usize>,
    pub(super) label: usize,
    /// The mean of the class, and the unit vector to it from the mean of the rest, where that is another.
    pub(super) mean: DVector<f64>,
    pub(super) axis: Option<DVector<f64>>,
    /// The variance of the class along the axis, and in total over all dimensions.
    pub(super) along: f64,
    pub(super) total: f64,
    /// All dimensions.
    pub(super) dim: usize,
    /// Levels at which runs are read, of increasing noise.
    pub(super) levels: Vec<NoiseLevel>,
}

impl Setting {
    pub(super) fn new(whole: &Mixture, process: NoiseProcess, label: usize, levels: &[NoiseLevel]) -> Result<Self> {
        let law = whole.reduced().map_or_else(|| whole.clone(), |(core, _)| core);
        let (class, components) = law.given_label(label)?;
        let (mean, covariance) = (class.total_mean(), class.total_covariance());
        let axis = axis(&law, label, &mean)?;
        let across = (whole.dim() - law.dim()) as f64 * law.covariance(0).eigenvalue(0);
        Ok(Self {
            process,
            class: MixtureLaw::of(class),
            components,
            label,
            along: axis.as_ref().map_or(0.0, |e| quadratic(&covariance, e)),
            axis,
            mean,
            total: covariance.trace() + across,
            dim: whole.dim(),
            law: MixtureLaw::of(law),
            levels: levels.to_vec(),
        })
    }

    /// The prior weight of the class.
    pub(super) fn weight(&self) -> f64 {
        self.law.label_weights()[self.label]
    }

    /// The cleanest of the levels, and the noisiest.
    pub(super) fn ends(&self) -> Result<[NoiseLevel; 2]> {
        match self.levels[..] {
            [first, .., last] => Ok([first, last]),
            _ => Err(Error::Levels { count: self.levels.len() }),
        }
    }
}

fn quadratic(matrix: &DMatrix<f64>, e: &DVector<f64>) -> f64 {
    e.dot(&(matrix * e))
}

/// The direction to the mean of a class from that of the rest, unless they are one but for rounding.
fn axis(law: &Mixture, label: usize, mean: &DVector<f64>) -> Result<Option<DVector<f64>>> {
    let mut rest = DVector::zeros(law.dim());
    let mut weight = 0.0;
    for k in (0..law.components()).filter(|&k| law.labels()[k] != label) {
        rest.axpy(law.weights()[k], &DVector::from_column_slice(law.mean(k)), 1.0);
        weight += law.weights()[k];
    }
    if weight == 0.0 {
        return Err(Error::OneLabel);
    }
    let apart = mean - rest / weight;
    let size = law.total_covariance().trace().sqrt() + mean.norm();
    Ok(apart.try_normalize(infodyn_core::ulps::residual(law.dim()) * f64::EPSILON * size))
}
