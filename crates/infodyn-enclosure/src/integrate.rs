//! Integrals over the whole line: Gauss-Legendre panels with a proved error, and proved tails.

use crate::rule;
use crate::{Complex, Error, Ground, Interval, Result, Sum, Tail};

/// Functions `exp(w(x)) f_q(x)`, `q < outputs`, analytic and real on the line, to be integrated together.
///
/// The line is cut into regions, each with an origin of its own: `x = origin + u`, so that a narrow component far
/// from 0 loses no digits. Within a region a formula is written relative to what dominates at a [`Self::Place`].
pub(crate) trait Integrand {
    /// How the formula is written near a point.
    type Place;

    /// Number of functions.
    fn outputs(&self) -> usize;

    /// The regions, from left to right.
    fn regions(&self) -> &[Region];

    /// How to write the formula around the offset `u` of a region; infinite offsets are the tails.
    fn place(&self, region: usize, u: f64) -> Self::Place;

    /// Offsets of a region at which the functions are sampled for their size, each with a weight: not rigorous.
    fn samples(&self) -> Vec<(usize, f64, f64)>;

    /// Appends the `f_q` at the offset `u`, and returns `w`.
    fn at<T: Ground>(&self, place: &Self::Place, u: T, out: &mut Vec<T>) -> T;
}

/// A stretch of the line, in offsets from its origin; the outermost ends are where the search for the tails begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Region {
    /// Left end.
    pub(crate) lo: f64,
    /// Right end.
    pub(crate) hi: f64,
    /// How far the next region's left end lies to the right of this one's right end: rounding, or 0.
    pub(crate) seam: Interval,
}

/// Parts of every bound that the tests break, to see them caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Unsound {
    /// Nothing is broken.
    #[default]
    No,
    /// The tails are left out.
    #[cfg(test)]
    NoTail,
    /// The error of the rule is left out, and a fixed low order used.
    #[cfg(test)]
    NoRemainder,
}

/// Bernstein ellipses that are tried, by the sum of their semi-axes over the half-width of the panel.
const ELLIPSES: [f64; 2] = [4.0, 2.4];

/// Slabs that cover the upper half of an ellipse.
const SLABS: usize = 4;

/// Panels after which an integral is given up.
const MOST_PANELS: usize = 50_000;

/// Error of the rules as a share of the size of the integral; rounding is larger.
const SHARE: f64 = 1.0 / (1u64 << 57) as f64;

/// An absolute error of a panel that is always good enough: what is smaller than about 1e-85 keeps a small radius, not
/// a small relative one.
const FLOOR: f64 = 1e-100;

/// `integral over the line of exp(w) f_q`, for each `q`.
///
/// # Formula
/// - **Panel** of half-width `r`, `n` Gauss points: for `f` analytic inside the ellipse with foci at the ends and
///   semi-axes `r (rho +- 1/rho)/2`, `|f| <= M` there, its Chebyshev coefficients are at most `2 M rho^-j`; the rule
///   is exact below degree `2n`, and of an even `T_j` both the integral (`<= 2/(j^2-1)`) and the rule (`<= 2`)
///   are bounded, of an odd one both vanish. Summed, the error is at most `r (64/15) M rho^(-2n)/(1 - rho^-2)` for
///   `n >= 2`. `M` is the largest modulus on rectangles that cover the ellipse's upper half (the lower is its mirror
///   image: `f` is real on the line); a finite value proves analyticity, since every undefined operation gives NaN.
/// - **Negligible panel**: its width times the range of the function over it.
/// - **Seam** between two regions: its signed width times the range of the function over it.
/// - **Tail**: [`Tail::integral`].
///
/// # Errors
/// When no division of the line into panels makes the error small.
pub(crate) fn integrate<I: Integrand>(integrand: &I, unsound: Unsound) -> Result<Vec<Interval>> {
    let outputs = integrand.outputs();
    let regions = integrand.regions();
    let mut work = Work {
        integrand,
        unsound,
        tolerance: sizes(integrand).iter().map(|s| s * SHARE + FLOOR).collect(),
        sums: vec![Sum::default(); outputs],
        panels: 0,
        real: Vec::with_capacity(outputs),
        complex: Vec::with_capacity(outputs),
        bound: vec![0.0; outputs],
    };
    for (i, region) in regions.iter().enumerate() {
        let lo = if i == 0 { work.tail(i, region.lo)? } else { region.lo };
        let hi = if i + 1 == regions.len() { work.tail(i, region.hi)? } else { region.hi };
        work.region(i, lo, hi)?;
        if i + 1 < regions.len() {
            work.seam(i, region);
        }
    }
    Ok(work.sums.iter().map(Sum::value).collect())
}

/// The size of each integral, by samples: sets the share of the error, proves nothing.
fn sizes<I: Integrand>(integrand: &I) -> Vec<f64> {
    let mut sizes = vec![0.0; integrand.outputs()];
    let mut out = Vec::with_capacity(sizes.len());
    for (region, u, weight) in integrand.samples() {
        out.clear();
        let place = integrand.place(region, u);
        let w = integrand.at(&place, Interval::point(u), &mut out).exp().mid();
        for (size, f) in sizes.iter_mut().zip(&out) {
            let f = w * weight * f.mid().abs();
            if f.is_finite() {
                *size += f;
            }
        }
    }
    sizes
}

struct Work<'a, I: Integrand> {
    integrand: &'a I,
    #[cfg_attr(not(test), allow(dead_code))]
    unsound: Unsound,
    tolerance: Vec<f64>,
    sums: Vec<Sum>,
    panels: usize,
    real: Vec<Interval>,
    complex: Vec<Complex>,
    bound: Vec<f64>,
}

impl<I: Integrand> Work<'_, I> {
    /// Bounds the tail beyond an end of the line, moving it outward until the bound is negligible.
    fn tail(&mut self, region: usize, end: f64) -> Result<f64> {
        let sign = 1.0_f64.copysign(end);
        let place = self.integrand.place(region, f64::INFINITY * sign);
        let mut start = end.abs();
        let mut out = Vec::with_capacity(self.tolerance.len());
        for _ in 0..200 {
            out.clear();
            let w = self.integrand.at(&place, Tail::variable(sign, start), &mut out);
            let bounds: Vec<f64> = out.iter().map(|f| f.integral(w)).collect();
            #[cfg(test)]
            if self.unsound == Unsound::NoTail {
                return Ok(0.4 * sign * start);
            }
            if bounds.iter().zip(&self.tolerance).all(|(b, t)| b <= t) {
                for (sum, b) in self.sums.iter_mut().zip(&bounds) {
                    sum.add(Interval::symmetric(*b));
                }
                return Ok(sign * start);
            }
            start *= 1.25;
        }
        Err(Error::Tail)
    }

    fn seam(&mut self, region: usize, at: &Region) {
        let u = Interval::point(at.hi);
        let place = self.integrand.place(region, at.hi);
        self.real.clear();
        let w = self.integrand.at(&place, u.hull(u + at.seam), &mut self.real).exp();
        for (sum, f) in self.sums.iter_mut().zip(&self.real) {
            sum.add(at.seam * w * *f);
        }
    }

    fn region(&mut self, region: usize, lo: f64, hi: f64) -> Result<()> {
        let mut stack = vec![(lo, hi)];
        while let Some((lo, hi)) = stack.pop() {
            infodyn_core::Stop::check();
            self.panels += 1;
            if self.panels > MOST_PANELS {
                return Err(Error::Panels { most: MOST_PANELS });
            }
            if !self.panel(region, lo, hi) {
                let mid = 0.5 * lo + 0.5 * hi;
                if mid <= lo || mid >= hi {
                    return Err(Error::Panels { most: self.panels });
                }
                stack.push((mid, hi));
                stack.push((lo, mid));
            }
        }
        Ok(())
    }

    /// Adds the integral over a panel, if its error can be made small.
    fn panel(&mut self, region: usize, lo: f64, hi: f64) -> bool {
        let (lo, hi) = (Interval::point(lo), Interval::point(hi));
        let (centre, half) = ((lo + hi).times(0.5), (hi - lo).times(0.5));
        let place = self.integrand.place(region, centre.mid());
        self.real.clear();
        let w = self.integrand.at(&place, lo.hull(hi), &mut self.real).exp();
        let width = hi - lo;
        let negligible = |f: &Interval, t: &f64| (*f * w * width).magnitude() <= *t;
        if self.real.iter().zip(&self.tolerance).all(|(f, t)| negligible(f, t)) {
            for (sum, f) in self.sums.iter_mut().zip(&self.real) {
                sum.add(*f * w * width);
            }
            return true;
        }
        #[cfg(test)]
        if self.unsound == Unsound::NoRemainder {
            self.bound.fill(0.0);
            self.rule(&place, centre, half, rule::ORDERS[0]);
            return true;
        }
        for rho in ELLIPSES {
            if let Some(order) = self.order(&place, centre, half, rho) {
                self.rule(&place, centre, half, order);
                return true;
            }
        }
        false
    }

    /// The lowest order whose error is within the tolerance, by the ellipse of `rho`; leaves the error in `bound`.
    fn order(&mut self, place: &I::Place, centre: Interval, half: Interval, rho: f64) -> Option<usize> {
        let rho = Interval::point(rho);
        let inverse = rho.recip();
        let (a, b) = (half * (rho + inverse).times(0.5), half * (rho - inverse).times(0.5));
        self.bound.fill(0.0);
        for slab in 0..SLABS {
            let at = |i: usize| 2.0 * i as f64 / SLABS as f64 - 1.0;
            let x = Interval::new(at(slab), at(slab + 1));
            // |y| <= b sqrt(1 - x^2) at the innermost x of the slab.
            let y = b * (Interval::ONE - Interval::point(x.mignitude()).sqr()).sqrt();
            let z = Complex { re: centre + a * x, im: Interval::new(0.0, y.hi()) };
            self.complex.clear();
            let modulus = self.integrand.at(place, z, &mut self.complex).re.exp().hi();
            for (bound, f) in self.bound.iter_mut().zip(&self.complex) {
                let m = (Interval::point(modulus) * Interval::point(f.magnitude())).hi();
                if !m.is_finite() {
                    return None;
                }
                *bound = bound.max(m);
            }
        }
        rule::order(half, rho, &mut self.bound, &self.tolerance)
    }

    fn rule(&mut self, place: &I::Place, centre: Interval, half: Interval, order: usize) {
        for (node, weight) in rule::half(order) {
            for x in [-node, node] {
                self.real.clear();
                let w = self.integrand.at(place, centre + half * x, &mut self.real).exp();
                let w = w * weight * half;
                for (sum, f) in self.sums.iter_mut().zip(&self.real) {
                    sum.add(w * *f);
                }
            }
        }
        for (sum, error) in self.sums.iter_mut().zip(&self.bound) {
            sum.add(Interval::symmetric(*error));
        }
    }
}
