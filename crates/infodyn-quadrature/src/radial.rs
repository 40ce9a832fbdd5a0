//! Expectations under a density that no rotation about the origin changes, in any dimension.

use infodyn_core::{Density, Detail, Estimate, Observation, Points, ulps};

use crate::batch::{Functional, Integrand, Sample, Tally};
use crate::line::{PANEL_NODES, kronrod};
use crate::{Error, Result};

/// Panels of the finer of the two resolutions; the coarser has half as many.
const PANELS: usize = 48;
/// The integral reaches so many `sigma` to each side of the root mean square of `|X_t|`.
const REACH: f64 = 12.0;

/// `E_p[F]` for functionals `F` of `|x|` alone, when `p` is the marginal of a law on one sphere about the
/// origin: one component, centred there, whose Euclidean norm in `X_0` is constant.
///
/// # Formula
/// `integral over r > 0 of S r^{D-1} p(r e) F(r e)`, `S` the area of the unit sphere and `e` the first
/// axis. By concentration of Gaussian measure `|X_t|`, a function of `Z` with Lipschitz constant `sigma`,
/// is within `t sigma` of its mean but for `2 exp(-t^2/2)`, and its mean within `sigma` of its root mean
/// square: 12 `sigma` around that leave less than 1e-26.
///
/// # Accuracy
/// The radius is the difference of 24 and 48 Gauss-Kronrod panels, the rounding of every term (that of the
/// logarithms of its factors), and the amount by which the mass misses 1 times the size of the terms.
///
/// # Errors
/// [`Error::NotFinite`]; [`Error::Mass`] when the density does not integrate to 1, as of a law on several
/// spheres.
pub fn radial_expectation(density: &dyn Density, outputs: usize, f: &Functional<'_>) -> Result<Vec<Estimate>> {
    integrate(&Integrand { density, detail: Detail::SCORES, outputs, f, bounded: false })
}

/// As [`radial_expectation`].
pub(crate) fn integrate(integrand: &Integrand<'_>) -> Result<Vec<Estimate>> {
    let (density, outputs) = (integrand.density, integrand.outputs);
    let sigma = density.sigma2().sqrt();
    let middle = (0..density.dim()).map(|i| density.variance(0, i)).sum::<f64>().sqrt();
    let (lo, hi) = ((middle - REACH * sigma).max(0.0), middle + REACH * sigma);
    let coarse = panels(integrand, (lo, hi), PANELS / 2)?;
    let fine = panels(integrand, (lo, hi), PANELS)?;
    let mass = fine.sum[outputs].value();
    let defect = (mass - 1.0).abs();
    if defect.is_nan() || defect > 1e-6 {
        return Err(Error::Mass { component: 0, mass });
    }
    let estimate = |o: usize| {
        let value = fine.sum[o].value();
        let difference = (value - coarse.sum[o].value()).abs();
        Estimate::new(value, difference + fine.rounding[o] + defect * fine.size[o] + f64::MIN_POSITIVE)
    };
    Ok((0..outputs).map(estimate).collect())
}

/// Sums of `F` and, last, of 1.
fn panels(integrand: &Integrand<'_>, (lo, hi): (f64, f64), count: usize) -> Result<Tally> {
    let Integrand { density, detail, outputs, f, bounded } = *integrand;
    let dim = density.dim();
    let area = ln_area(dim);
    let half = 0.5 * (hi - lo) / count as f64;
    let anchors = [0; PANEL_NODES];
    let mut offsets = vec![0.0; PANEL_NODES * dim];
    let mut observation = Observation::default();
    let mut row = vec![0.0; if bounded { 2 * outputs } else { outputs }];
    let mut tally = Tally::new(outputs + 1);
    for panel in 0..count {
        let middle = lo + half * (2 * panel + 1) as f64;
        let radius = |n: usize| middle + half * kronrod(n).0;
        (0..PANEL_NODES).for_each(|n| offsets[n * dim] = radius(n));
        density.observe(Points { anchors: &anchors, offsets: &offsets }, detail, &mut observation);
        for n in 0..PANEL_NODES {
            let shell = (dim - 1) as f64 * radius(n).ln();
            let ln_weight = observation.ln_density[n] + shell + area;
            let weight = half * kronrod(n).1 * ln_weight.exp();
            if weight == 0.0 {
                continue;
            }
            let offset = &offsets[n * dim..(n + 1) * dim];
            f(&Sample { observation: &observation, index: n, anchor: 0, offset }, &mut row);
            if let Some(o) = row.iter().position(|v| !v.is_finite()) {
                return Err(Error::NotFinite {
                    output: o % outputs,
                    value: row[o],
                    component: 0,
                    offset: offset.to_vec(),
                });
            }
            // The exponential, and five operations until its product with a value is in a sum.
            let exponent = observation.ln_density[n].abs() + shell.abs() + area.abs();
            let relative = f64::EPSILON * (ulps::exp(exponent, 1.0) + ulps::operations(5));
            for (o, v) in row[..outputs].iter().enumerate() {
                let bound = row.get(outputs + o).copied().unwrap_or(0.0);
                tally.add(o, weight * v, relative * (weight * v).abs() + weight * bound);
            }
            tally.add(outputs, weight, relative * weight);
        }
    }
    Ok(tally)
}

/// `log S_D`, `S_D` the area of the unit sphere of `R^D`: `S_1 = 2`, `S_2 = 2 pi`, `S_{D+2} = 2 pi S_D/D`.
fn ln_area(dim: usize) -> f64 {
    use std::f64::consts::{LN_2, TAU};
    let (first, start) = if dim % 2 == 1 { (LN_2, 1) } else { (TAU.ln(), 2) };
    (start..dim).step_by(2).fold(first, |s, d| s + (TAU / d as f64).ln())
}
