//! Expectations under a density.

use infodyn_core::stable::Sum;
use infodyn_core::{Density, Detail, Estimate, ulps};

use crate::batch::{Functional, Integrand, Sample};
use crate::space::{Aim, MAX_DIM};
use crate::{Error, Result, line, space};

/// `E_p[F]`, one estimate for each of `outputs` functionals `F` of what `density` says at a point.
///
/// `f` reads a [`Sample`] and writes `outputs` numbers. Where `F` refers to the true label (or
/// component), it is the anchor's.
///
/// # Formula
/// `sum_k w_k integral p_k(x) F(x) dx`, each component `p_k` integrated in units of its own
/// standard deviations from its own centre, so that narrow components far away lose no digits.
///
/// # Accuracy
/// The radius is the difference of two resolutions, a bound for the rounding of every term, the
/// amount by which the integrated mass of each component misses 1 times the size of its terms,
/// and in `D = 2, 3` what lies beyond the tensor grid; there more than the difference, where it is more than a third of
/// the one before. It trusts the density's functionals to a few units in the last place of their own size.
///
/// `D = 1`: the trapezoidal rule on the whole line, halved until two resolutions agree to
/// rounding; components among others more than 48 times narrower, or on which the rule does not
/// settle, get adaptive Gauss-Kronrod panels with breakpoints around every component and every
/// posterior crossing. `D = 2, 3`: the tensor trapezoidal rule in the principal axes of each
/// component, halved to 1e-10 of the size of the terms; where the budget of nodes ends that, to what
/// was reached when that is below 1e-6, as the radius says. There the radius also counts the largest
/// term met beyond the grid on the ways to the other centres, where a posterior turns at low noise.
///
/// Integrands with kinks or jumps get wide radii that follow the resolution reached.
///
/// # Errors
/// [`Error::Dimension`] above `D = 3`, [`Error::Nodes`] when the resolution needed is out of
/// reach, [`Error::NotFinite`], and [`Error::Mass`] when a component is not a density.
pub fn expectation(density: &dyn Density, detail: Detail, outputs: usize, f: &Functional<'_>) -> Result<Vec<Estimate>> {
    integrate(&Integrand { density, detail, outputs, f, bounded: false }, space::SHARP)
}

/// As [`expectation`], with what the tensor rules aim at.
pub(crate) fn integrate(integrand: &Integrand<'_>, aim: Aim) -> Result<Vec<Estimate>> {
    match integrand.density.dim() {
        1 => line::integrate(integrand),
        2 | 3 => space::integrate(integrand, aim),
        dim => Err(Error::Dimension { dim, limit: MAX_DIM }),
    }
}

/// `Cov(F, G)` of two functionals of a point; `f` writes the values of both.
///
/// # Formula
/// `E[(F - a)(G - b)] - (E F - a)(E G - b)` with `a`, `b` the two means rounded: nothing cancels.
///
/// # Accuracy
/// As [`expectation`]; also counts the rounding of `F` and `G` before their means are subtracted.
///
/// # Errors
/// As [`expectation`].
pub fn covariance(density: &dyn Density, detail: Detail, f: &Functional<'_>) -> Result<Estimate> {
    let means = expectation(density, detail, 2, f)?;
    let (a, b) = (means[0].value(), means[1].value());
    let centred = |s: &Sample<'_>, out: &mut [f64]| {
        f(s, &mut out[..2]);
        let (f, g) = (out[0], out[1]);
        let (x, y) = (f - a, g - b);
        let rounding = |f: f64, a: f64| ulps::DIFFERENCE * f64::EPSILON * (f.abs() + a.abs());
        let (rx, ry) = (rounding(f, a), rounding(g, b));
        out.copy_from_slice(&[x, y, x * y, rx, ry, x.abs() * ry + y.abs() * rx]);
    };
    let integrand = Integrand { density, detail, outputs: 3, f: &centred, bounded: true };
    let e = integrate(&integrand, space::SHARP)?;
    Ok(e[2] - e[0] * e[1])
}

/// `Var F` of one functional of a point.
///
/// # Accuracy
/// As [`covariance`].
///
/// # Errors
/// As [`expectation`].
pub fn variance(density: &dyn Density, detail: Detail, f: &Functional<'_>) -> Result<Estimate> {
    covariance(density, detail, &|s, out| {
        f(s, &mut out[..1]);
        out[1] = out[0];
    })
}

/// Rough means of `outputs` functionals, for shifts that keep variances from cancelling: any
/// number would be right, one near the mean is sharp.
pub(crate) fn rough_means(
    density: &dyn Density,
    detail: Detail,
    outputs: usize,
    f: &Functional<'_>,
) -> Result<Vec<f64>> {
    let integrand = Integrand { density, detail, outputs, f, bounded: false };
    let dim = density.dim();
    if dim == 0 || dim > MAX_DIM {
        return Err(Error::Dimension { dim, limit: MAX_DIM });
    }
    let (step, reach): (f64, usize) = if dim == 1 { (0.25, 26) } else { (0.75, 7) };
    let side = 2 * reach + 1;
    let mut sums = vec![Sum::default(); integrand.width()];
    let mut scratch = crate::batch::Scratch::default();
    for k in 0..integrand.components() {
        let frame = space::Frame::new(density, k);
        let total = side.pow(dim as u32);
        for start in (0..total).step_by(crate::batch::BATCH) {
            let count = crate::batch::BATCH.min(total - start);
            scratch.anchors.clear();
            scratch.anchors.resize(count, k);
            scratch.offsets.clear();
            for i in start..start + count {
                let mut rest = i;
                let mut u = [0.0; MAX_DIM];
                for v in &mut u[..dim] {
                    *v = (rest % side) as f64 * step - reach as f64 * step;
                    rest /= side;
                }
                frame.push(&u, &mut scratch.offsets);
            }
            integrand.evaluate(&mut scratch)?;
            let scale = density.weights()[k] * frame.volume * step.powi(dim as i32);
            for row in scratch.values.chunks_exact(integrand.width()).take(count) {
                sums.iter_mut().zip(row).for_each(|(s, v)| s.add(scale * v));
            }
        }
    }
    Ok(sums[..outputs].iter().map(|s| s.value()).collect())
}
