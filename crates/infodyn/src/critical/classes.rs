//! Pairs of classes, and the collapse of each class, from their covariances.

use infodyn_core::{Estimate, Mixture, NoiseLevel, NoiseProcess, ulps};
use infodyn_monte_carlo::studentised;
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use super::top::top;

/// Classes and dimensions up to which covariances of classes are computed.
const MOST: usize = 32;
const MOST_DIM: usize = 1024;

/// Points of a class that are taken into a covariance at a time.
const BLOCK: usize = 512;

/// Level of the intervals.
const LEVEL: f64 = 0.997;

/// Points that an interval takes.
const FEWEST: usize = 32;

/// A class: its weight, mean and covariance, and its components.
pub(super) struct Class {
    pub(super) weight: f64,
    mean: DVector<f64>,
    pub(super) covariance: DMatrix<f64>,
    of: Vec<usize>,
}

/// Two classes, and when the first direction of their law stands out of the noise.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The labels.
    pub labels: [usize; 2],
    /// The largest eigenvalue of the covariance of the law given that the label is one of the two.
    pub top_eigenvalue: Estimate,
    /// How far it may be from that of the law that the points of a data set were drawn from: half of an interval of
    /// level 0.997.
    pub population_error: Option<f64>,
    /// The share of that variance that is between the means of the two; the rest is within the classes, and what stands
    /// out is then no class.
    pub between: f64,
    /// Where the noise is that variance: `snr = 1/top_eigenvalue`.
    pub level: NoiseLevel,
    /// The signal-to-noise ratio.
    pub snr: Estimate,
}

/// The classes, where there are few enough, each with more than one component or a width.
pub(super) fn classes(law: &Mixture, notes: &mut Vec<String>) -> Vec<Class> {
    let (labels, dim) = (law.label_weights().len(), law.dim());
    if labels < 2 || labels == law.components() && law.is_atomic() {
        return vec![];
    }
    if labels > MOST || dim > MOST_DIM {
        notes.push(format!("pairs of classes are left out above {MOST} classes or dimension {MOST_DIM}"));
        return vec![];
    }
    let class = |y: usize| {
        let of: Vec<usize> = (0..law.components()).filter(|&k| law.labels()[k] == y).collect();
        let weight = law.label_weights()[y];
        let mut mean = DVector::zeros(dim);
        for &k in &of {
            mean.axpy(law.weights()[k] / weight, &DVector::from_column_slice(law.mean(k)), 1.0);
        }
        let mut covariance = DMatrix::zeros(dim, dim);
        for block in of.chunks(BLOCK) {
            let scaled = block.iter().flat_map(|&k| {
                let scale = (law.weights()[k] / weight).sqrt();
                law.mean(k).iter().zip(mean.iter()).map(move |(x, m)| scale * (x - m))
            });
            let columns = DMatrix::from_iterator(dim, block.len(), scaled);
            covariance.gemm(1.0, &columns, &columns.transpose(), 1.0);
        }
        match law.shared_covariance() {
            Some(shared) if shared.rank(dim) == 0 => {}
            Some(shared) => covariance += shared.matrix(dim),
            None => of.iter().for_each(|&k| covariance += law.covariance(k).matrix(dim) * (law.weights()[k] / weight)),
        }
        Class { weight, mean, covariance, of }
    };
    (0..labels).into_par_iter().map(class).collect()
}

/// All pairs whose levels the process reaches.
///
/// # Formula
/// With shares `p`, `q` of the two, `p C_1 + q C_2 + p q (m_1 - m_2)(m_1 - m_2)^T`. The interval is that of the mean of
/// `(v . (x - m))^2`, `v` the eigenvector: to first order the eigenvalue moves as this mean does.
pub(super) fn pairs(law: &Mixture, data: bool, classes: &[Class], process: &NoiseProcess) -> Vec<Pair> {
    let all: Vec<[usize; 2]> = (0..classes.len()).flat_map(|b| (0..b).map(move |a| [a, b])).collect();
    let pair = |&[a, b]: &[usize; 2]| -> Option<Pair> {
        let (one, two) = (&classes[a], &classes[b]);
        let p = one.weight / (one.weight + two.weight);
        let apart = &one.mean - &two.mean;
        let mut covariance = &one.covariance * p + &two.covariance * (1.0 - p);
        covariance.ger(p * (1.0 - p), &apart, &apart, 1.0);
        let (value, axis) = top(&covariance);
        if value.value() <= 0.0 {
            return None;
        }
        let summed = ulps::sum(one.of.len() + two.of.len()) * f64::EPSILON;
        let top_eigenvalue = value.widened(summed * value.value());
        let snr = Estimate::ONE / top_eigenvalue;
        let centre = &one.mean * p + &two.mean * (1.0 - p);
        let squares = one.of.iter().chain(&two.of).map(|&k| {
            let along: f64 = law.mean(k).iter().zip(&centre).zip(axis.iter()).map(|((x, c), v)| (x - c) * v).sum();
            along * along
        });
        let squares: Vec<f64> = squares.collect();
        let sampled = data && squares.len() >= FEWEST && alike(law, one.of.iter().chain(&two.of));
        Some(Pair {
            labels: [a, b],
            top_eigenvalue,
            population_error: sampled.then(|| studentised(&squares, squares.len() as u64, LEVEL).radius()),
            between: p * (1.0 - p) * axis.dot(&apart).powi(2) / value.value(),
            level: process.at_snr(snr.value()).ok()?,
            snr,
        })
    };
    let found: Vec<Option<Pair>> = all.par_iter().map(pair).collect();
    let mut found: Vec<Pair> = found.into_iter().flatten().collect();
    found.sort_by_key(|pair| pair.labels);
    found
}

/// Whether points weigh the same, as independent draws do.
pub(super) fn alike<'a>(law: &Mixture, mut points: impl Iterator<Item = &'a usize>) -> bool {
    let first = points.next().map_or(0.0, |&k| law.weights()[k]);
    points.all(|&k| (law.weights()[k] / first - 1.0).abs() < 1e-9)
}
