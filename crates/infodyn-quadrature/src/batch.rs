//! Integrands, evaluated batch by batch and summed in a fixed order.

use std::cell::Cell;

use infodyn_core::stable::Sum;
use infodyn_core::{Density, Detail, Observation, Points, ulps};
use rayon::prelude::*;

use crate::{Error, Result};

/// Nodes in a batch: what one call of [`Density::observe`] gets.
pub(crate) const BATCH: usize = 512;

/// Batches below which threads cost more than they save.
const SERIAL: usize = 8;

/// One node of an expectation: a reading of an observed batch.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// What the density says at the batch that holds the node.
    pub observation: &'a Observation,
    /// Place of the node in the batch.
    pub index: usize,
    /// The component that the node is written from; its label is the true label.
    pub anchor: usize,
    /// The node, from the centre of the anchor, length `D`.
    pub offset: &'a [f64],
}

/// A vector-valued functional of a [`Sample`]: writes its values into a slice.
pub type Functional<'a> = dyn Fn(&Sample<'_>, &mut [f64]) + Sync + 'a;

/// A functional under a density. One more output than the caller's, the last: the constant 1.
#[derive(Clone, Copy)]
pub(crate) struct Integrand<'a> {
    pub(crate) density: &'a dyn Density,
    pub(crate) detail: Detail,
    pub(crate) outputs: usize,
    /// Writes the outputs and, when `bounded`, as many bounds for their absolute rounding.
    pub(crate) f: &'a Functional<'a>,
    pub(crate) bounded: bool,
}

/// Buffers of one thread.
#[derive(Default)]
pub(crate) struct Scratch {
    pub(crate) anchors: Vec<usize>,
    pub(crate) offsets: Vec<f64>,
    pub(crate) observation: Observation,
    /// `p_anchor F`, one row a node, [`Integrand::width`] columns.
    pub(crate) values: Vec<f64>,
    /// Bounds for the absolute rounding of `values`, the same shape.
    pub(crate) rounding: Vec<f64>,
    row: Vec<f64>,
}

thread_local! {
    /// The buffers of a thread, kept from call to call.
    static KEPT: Cell<Scratch> = Cell::default();
}

/// Per output: the sum of weighted terms, of their sizes, and a bound for their rounding.
#[derive(Clone)]
pub(crate) struct Tally {
    pub(crate) sum: Vec<Sum>,
    pub(crate) size: Vec<f64>,
    pub(crate) rounding: Vec<f64>,
}

impl Tally {
    pub(crate) fn new(width: usize) -> Self {
        Self { sum: vec![Sum::default(); width], size: vec![0.0; width], rounding: vec![0.0; width] }
    }

    pub(crate) fn add(&mut self, output: usize, term: f64, rounding: f64) {
        self.sum[output].add(term);
        self.size[output] += term.abs();
        self.rounding[output] += rounding;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for o in 0..self.sum.len() {
            self.sum[o].add(other.sum[o].value());
            self.size[o] += other.size[o];
            self.rounding[o] += other.rounding[o];
        }
    }
}

impl Integrand<'_> {
    pub(crate) fn width(&self) -> usize {
        self.outputs + 1
    }

    pub(crate) fn components(&self) -> usize {
        self.density.weights().len()
    }

    /// Fills `scratch.values` and `scratch.rounding` for the nodes in `scratch`.
    ///
    /// A term `p F` is a product of an exponential, whose relative rounding is that of its
    /// exponent (`eps |ln p|`), and of a functional that the density computes to a few units.
    pub(crate) fn evaluate(&self, scratch: &mut Scratch) -> Result<()> {
        let (dim, width, n) = (self.density.dim(), self.width(), scratch.anchors.len());
        let points = Points { anchors: &scratch.anchors, offsets: &scratch.offsets };
        self.density.observe(points, self.detail, &mut scratch.observation);
        scratch.values.clear();
        scratch.values.resize(n * width, 0.0);
        scratch.rounding.clear();
        scratch.rounding.resize(n * width, 0.0);
        scratch.row.resize(2 * self.outputs, 0.0);
        for index in 0..n {
            let ln_anchor = scratch.observation.ln_anchor[index];
            let p = ln_anchor.exp();
            if p == 0.0 {
                continue;
            }
            let anchor = scratch.anchors[index];
            let offset = &scratch.offsets[index * dim..(index + 1) * dim];
            let failed = |output, value| Error::NotFinite { output, value, component: anchor, offset: offset.to_vec() };
            if !p.is_finite() {
                return Err(failed(self.outputs, p));
            }
            let written = if self.bounded { 2 * self.outputs } else { self.outputs };
            let sample = Sample { observation: &scratch.observation, index, anchor, offset };
            (self.f)(&sample, &mut scratch.row[..written]);
            if let Some(o) = scratch.row[..written].iter().position(|v| !v.is_finite()) {
                return Err(failed(o % self.outputs, scratch.row[o]));
            }
            // The density, and five operations until its product with a value is in a sum.
            let relative = f64::EPSILON * (ulps::exp(ln_anchor, 1.0) + ulps::operations(5));
            let values = &mut scratch.values[index * width..(index + 1) * width];
            let rounding = &mut scratch.rounding[index * width..(index + 1) * width];
            for o in 0..self.outputs {
                let bound = if self.bounded { scratch.row[self.outputs + o] } else { 0.0 };
                values[o] = p * scratch.row[o];
                rounding[o] = relative * values[o].abs() + p * bound;
            }
            values[self.outputs] = p;
            rounding[self.outputs] = relative * p;
        }
        Ok(())
    }
}

/// Applies `f` to every item, with one scratch a thread, and returns the results in order: the
/// same bits for any number of threads.
pub(crate) fn in_order<T: Sync, R: Send>(
    items: &[T],
    f: impl Fn(&T, &mut Scratch) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    if items.len() < SERIAL {
        let mut scratch = KEPT.take();
        let results = items.iter().map(|item| f(item, &mut scratch)).collect();
        KEPT.set(scratch);
        return results;
    }
    // Collected before any error is looked at, so that the error reported is the first in order.
    let results: Vec<Result<R>> =
        items.par_iter().map_init(Scratch::default, |scratch, item| f(item, scratch)).collect();
    results.into_iter().collect()
}
