//! The second rule: the `quadrature` crate, wrapped so that its traps cannot spring.

use std::cell::{Cell, RefCell};

use infodyn_core::stable::Sum;
use infodyn_core::{Density, Detail, Estimate};

use crate::batch::{Functional, Integrand, Scratch};
use crate::{Error, Result, line};

/// [`crate::expectation`] in `D = 1` by an independent rule: adaptive Clenshaw-Curtis of the
/// `quadrature` crate on panels between breakpoints at and around every component.
///
/// # Accuracy
/// Every panel is integrated whole and in two halves, and halved again while the two differ by more
/// than rounding: the radius is the sum of the differences and of the rounding of the terms. The
/// error estimate of that crate is not used: it is zero on peaks that its nodes miss.
///
/// # Errors
/// As [`crate::expectation`]; non-finite integrands are errors, where that crate takes them for 0.
pub fn expectation_by_panels(
    density: &dyn Density,
    detail: Detail,
    outputs: usize,
    f: &Functional<'_>,
) -> Result<Vec<Estimate>> {
    if density.dim() != 1 {
        return Err(Error::Dimension { dim: density.dim(), limit: 1 });
    }
    let integrand = Integrand { density, detail, outputs, f, bounded: false };
    let components = line::components(&integrand);
    let line = Line { integrand, scratch: RefCell::default(), failed: RefCell::new(None) };
    (0..outputs)
        .map(|output| {
            let (mut value, mut radius) = (Sum::default(), 0.0);
            // Sizes first, one panel at a time: what counts as rounding is relative to the whole.
            let mut panels = Vec::new();
            for (i, c) in components.iter().enumerate() {
                for b in line::breakpoints(&components, i).windows(2) {
                    let p = line.panel(output, c, b[0], b[1]);
                    panels.push((i, b[0], b[1], p));
                }
            }
            let size: f64 = panels.iter().map(|(i, _, _, p)| components[*i].weight * p.size).sum();
            while let Some((i, lo, hi, whole)) = panels.pop() {
                let c = &components[i];
                let middle = 0.5 * (lo + hi);
                let (left, right) = (line.panel(output, c, lo, middle), line.panel(output, c, middle, hi));
                let halves = left.value + right.value;
                let difference = (whole.value - halves).abs();
                let floor = 4.0 * (left.rounding + right.rounding) + f64::EPSILON * size / c.weight;
                let narrow = hi - lo <= 1e-12 * lo.abs().max(hi.abs());
                if difference <= floor || narrow {
                    value.add(c.weight * halves);
                    radius += c.weight * (difference + left.rounding + right.rounding);
                } else {
                    panels.push((i, lo, middle, left));
                    panels.push((i, middle, hi, right));
                }
            }
            line.failed
                .borrow()
                .as_ref()
                .map_or(Ok(Estimate::new(value.value(), radius + f64::MIN_POSITIVE)), |e| Err(e.clone()))
        })
        .collect()
}

/// Whether the two rules agree on a functional in `D = 1`: the estimate of the first, its radius
/// enlarged to cover the second where they do not overlap.
///
/// # Errors
/// As [`crate::expectation`].
pub fn check(density: &dyn Density, detail: Detail, outputs: usize, f: &Functional<'_>) -> Result<Vec<Estimate>> {
    let first = crate::expectation(density, detail, outputs, f)?;
    let second = expectation_by_panels(density, detail, outputs, f)?;
    Ok(first.into_iter().zip(second).map(|(a, b)| reconcile(a, b)).collect())
}

/// `a`, or `a` with a radius that covers `b` where the two exclude each other.
fn reconcile(a: Estimate, b: Estimate) -> Estimate {
    let apart = (a.value() - b.value()).abs();
    if apart <= a.radius() + b.radius() { a } else { Estimate::new(a.value(), apart + b.radius()) }
}

/// The integrand, one point at a time.
struct Line<'a> {
    integrand: Integrand<'a>,
    scratch: RefCell<Scratch>,
    /// The first error met: the rule takes no result.
    failed: RefCell<Option<Error>>,
}

struct Panel {
    value: f64,
    size: f64,
    rounding: f64,
}

impl Line<'_> {
    /// One panel in `u` of component `c`; sizes and rounding from the values that the rule asks for.
    fn panel(&self, output: usize, c: &line::Component, lo: f64, hi: f64) -> Panel {
        let (count, size, rounding) = (Cell::new(0.0_f64), Cell::new(0.0), Cell::new(0.0));
        let f = |u: f64| {
            let mut scratch = self.scratch.borrow_mut();
            scratch.anchors.clear();
            scratch.anchors.push(c.k);
            scratch.offsets.clear();
            scratch.offsets.push(u * c.sd);
            if let Err(e) = self.integrand.evaluate(&mut scratch) {
                self.failed.borrow_mut().get_or_insert(e);
                return 0.0;
            }
            let v = scratch.values[output] * c.sd;
            count.set(count.get() + 1.0);
            size.set(size.get() + v.abs());
            rounding.set(rounding.get() + c.sd * scratch.rounding[output]);
            v
        };
        let value = quadrature::clenshaw_curtis::integrate(f, lo, hi, 0.0).integral;
        // Mean over the nodes, which crowd towards the ends: good to a factor, and used as such.
        let scale = (hi - lo) / count.get().max(1.0);
        Panel { value, size: size.get() * scale, rounding: rounding.get() * scale }
    }
}
