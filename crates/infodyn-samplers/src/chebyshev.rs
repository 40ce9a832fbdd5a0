//! Functions on a line, piecewise by Chebyshev series, each with a bound of its error.

use std::f64::consts::PI;

use infodyn_core::{Estimate, ulps};

/// Nodes of a panel.
const NODES: usize = 16;
/// What a series of that many terms can be larger than its largest value at the nodes by (Lebesgue's constant, below
/// `(2/pi) log(17) + 1`).
const LEBESGUE: f64 = 2.9;
/// What is left out of a series, in units of the last two coefficients: a geometric tail that halves.
const TAIL: f64 = 4.0;
/// What the integral of such a rest comes to, in units of the last two coefficients and of the width of its panel: over
/// a part of the panel, and over all of it. A term `T_{16+j}` of the rest, at most `2^-j` of them, is read as
/// `-T_{16-j}`; the integral of `T_k` over a part of `[-1, 1]` is at most `1/(k+1) + 1/(k-1)`, over all of it
/// `2/(1-k^2)` for even `k` and 0 for odd.
const TAIL_OF_PART: f64 = 0.2;
const TAIL_OF_WHOLE: f64 = 0.007;
/// Panels of a function at most, and their least width.
const MOST_PANELS: usize = 400;
const NARROWEST: f64 = 1e-3;
/// A series that is as exact as this, relative to the largest value, is not refined.
const SHARP: f64 = 1e-13;

/// A Chebyshev series on an interval.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Panel {
    lo: f64,
    hi: f64,
    series: [f64; NODES],
    /// Bound of the error at the nodes.
    known: f64,
}

/// The nodes of `[lo, hi]`, from `hi` to `lo`.
pub(crate) fn nodes(lo: f64, hi: f64) -> [f64; NODES] {
    std::array::from_fn(|j| {
        let x = (PI * (j as f64 + 0.5) / NODES as f64).cos();
        0.5 * (lo + hi) + 0.5 * (hi - lo) * x
    })
}

impl Panel {
    /// The series through values at the nodes.
    fn through(lo: f64, hi: f64, values: &[Estimate]) -> Self {
        let series = std::array::from_fn(|k| {
            let term = |(j, v): (usize, &Estimate)| v.value() * (PI * k as f64 * (j as f64 + 0.5) / NODES as f64).cos();
            let sum: f64 = values.iter().enumerate().map(term).sum();
            sum * if k == 0 { 1.0 } else { 2.0 } / NODES as f64
        });
        let radius = values.iter().map(|v| v.radius()).fold(0.0, f64::max);
        let size = values.iter().map(|v| v.value().abs()).fold(0.0, f64::max);
        Self { lo, hi, series, known: radius + ulps::sum(NODES) * f64::EPSILON * size }
    }

    fn width(&self) -> f64 {
        self.hi - self.lo
    }

    /// Bound of the error of the series.
    fn error(&self) -> f64 {
        LEBESGUE * self.known + TAIL * self.tail()
    }

    /// Bound of the error of the integral over the panel; the weights of the nodes are positive.
    fn error_of_whole(&self) -> f64 {
        (self.known + TAIL_OF_WHOLE * self.tail()) * self.width()
    }

    /// The same from `lo` to a place.
    fn error_of_part(&self, u: f64) -> f64 {
        let part = (u - self.lo).clamp(0.0, self.width());
        LEBESGUE * self.known * part + (TAIL * part).min(TAIL_OF_PART * self.width()) * self.tail()
    }

    /// The larger of the last two coefficients.
    fn tail(&self) -> f64 {
        self.series[NODES - 1].abs().max(self.series[NODES - 2].abs())
    }

    fn x(&self, u: f64) -> f64 {
        ((2.0 * u - self.lo - self.hi) / (self.hi - self.lo)).clamp(-1.0, 1.0)
    }

    /// Value and slope.
    fn at(&self, u: f64) -> [f64; 2] {
        let x = self.x(u);
        // Clenshaw: of the series, and of its derivative sum k c_k U_{k-1}.
        let (mut b, mut after, mut d, mut later) = (0.0, 0.0, 0.0, 0.0);
        for k in (1..NODES).rev() {
            (b, after) = (self.series[k] + 2.0 * x * b - after, b);
            (d, later) = (k as f64 * self.series[k] + 2.0 * x * d - later, d);
        }
        [self.series[0] + x * b - after, 2.0 * d / (self.hi - self.lo)]
    }

    /// Bound of the error of the slope (Markov's inequality).
    fn slope_error(&self) -> f64 {
        let degree = (NODES - 1) as f64;
        degree * degree * self.error() * 2.0 / (self.hi - self.lo)
    }

    /// The integral from `lo`.
    fn integral(&self, u: f64) -> f64 {
        let theta = self.x(u).acos();
        let t = |k: usize| (k as f64 * theta).cos();
        let sign = |k: usize| if k.is_multiple_of(2) { 1.0 } else { -1.0 };
        // Of T_k from -1: T_{k+1}/(2(k+1)) - T_{k-1}/(2(k-1)), and T_0, T_1 by hand.
        let of = |k: usize| match k {
            0 => t(1) + 1.0,
            1 => 0.25 * (t(2) - 1.0),
            _ => {
                let (up, down) = (k + 1, k - 1);
                0.5 * ((t(up) - sign(up)) / up as f64 - (t(down) - sign(down)) / down as f64)
            }
        };
        0.5 * (self.hi - self.lo) * self.series.iter().enumerate().map(|(k, c)| c * of(k)).sum::<f64>()
    }
}

/// A function on an interval.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Function {
    panels: Vec<Panel>,
}

impl Function {
    /// The function on `[lo, hi]`, refined until the series end, as far as its own errors let it.
    ///
    /// `f` gives the values at many places at once.
    pub(crate) fn new<E>(lo: f64, hi: f64, f: &impl Fn(&[f64]) -> Result<Vec<Estimate>, E>) -> Result<Self, E> {
        // Panels about as wide as the features of a curve against the logarithm of the noise level.
        let count = ((hi - lo) / 1.4).ceil().max(1.0) as usize;
        let edge = |i: usize| if i == count { hi } else { lo + (hi - lo) * (i as f64 / count as f64) };
        let mut open: Vec<(f64, f64)> = (0..count).map(|i| (edge(i), edge(i + 1))).collect();
        let mut panels: Vec<Panel> = Vec::new();
        let mut size = 0.0_f64;
        while !open.is_empty() {
            let places: Vec<f64> = open.iter().flat_map(|&(a, b)| nodes(a, b)).collect();
            let values = f(&places)?;
            size = values.iter().map(|v| v.value().abs()).fold(size, f64::max);
            let mut next = Vec::new();
            for (&(a, b), values) in open.iter().zip(values.chunks(NODES)) {
                let panel = Panel::through(a, b, values);
                let noise = values.iter().map(|v| v.radius()).fold(0.0, f64::max);
                let sharp = panel.tail() <= (SHARP * size).max(0.1 * noise);
                if sharp || b - a < NARROWEST || panels.len() + 2 * open.len() > MOST_PANELS {
                    panels.push(panel);
                } else {
                    let middle = 0.5 * (a + b);
                    next.extend([(a, middle), (middle, b)]);
                }
            }
            open = next;
        }
        panels.sort_by(|a, b| a.lo.total_cmp(&b.lo));
        Ok(Self { panels })
    }

    /// A function of which the pieces between `edges` are given, each smooth.
    pub(crate) fn pieces(edges: &[f64], f: impl Fn(f64) -> Estimate) -> Self {
        let piece = |pair: &[f64]| {
            let values: Vec<Estimate> = nodes(pair[0], pair[1]).into_iter().map(&f).collect();
            Panel::through(pair[0], pair[1], &values)
        };
        Self { panels: edges.windows(2).map(piece).collect() }
    }

    /// The nodes of all panels, in their order.
    pub(crate) fn nodes(&self) -> Vec<f64> {
        self.panels.iter().flat_map(|panel| nodes(panel.lo, panel.hi)).collect()
    }

    /// On the same panels a function through other values at the nodes.
    pub(crate) fn through(&self, values: &[Estimate]) -> Self {
        let pairs = self.panels.iter().zip(values.chunks(NODES));
        Self { panels: pairs.map(|(panel, values)| Panel::through(panel.lo, panel.hi, values)).collect() }
    }

    /// On the same panels the function that `f` makes of a node and of the value there, which has no error of
    /// interpolation.
    pub(crate) fn then(&self, f: impl Fn(f64, Estimate) -> Estimate) -> Self {
        let piece = |panel: &Panel| {
            let of = |u: f64| f(u, Estimate::new(panel.at(u)[0], panel.known));
            Panel::through(panel.lo, panel.hi, &nodes(panel.lo, panel.hi).map(of))
        };
        Self { panels: self.panels.iter().map(piece).collect() }
    }

    fn panel(&self, u: f64) -> &Panel {
        let i = self.panels.partition_point(|p| p.hi < u).min(self.panels.len() - 1);
        &self.panels[i]
    }

    /// The value.
    pub(crate) fn at(&self, u: f64) -> Estimate {
        let panel = self.panel(u);
        Estimate::new(panel.at(u)[0], panel.error())
    }

    /// The derivative.
    pub(crate) fn slope(&self, u: f64) -> Estimate {
        let panel = self.panel(u);
        Estimate::new(panel.at(u)[1], panel.slope_error())
    }

    /// Its values on the first panels and their spread about the value at `lo`: how far it is from a constant there.
    pub(crate) fn first(&self) -> (f64, f64) {
        let panel = &self.panels[0];
        let here = panel.at(panel.lo)[0];
        (here, panel.series[1..].iter().map(|c| 2.0 * c.abs()).sum::<f64>() + panel.error())
    }

    /// The two functions side by side; `self` comes first.
    pub(crate) fn followed_by(mut self, other: Self) -> Self {
        self.panels.extend(other.panels);
        self
    }
}

/// A rising function: the integral of a density that is nowhere negative.
#[derive(Debug, Clone)]
pub(crate) struct Integral {
    density: Function,
    /// At the edges of the panels, with what came before them.
    heights: Vec<Estimate>,
}

impl Integral {
    /// The integral, which is `start` at the first edge.
    pub(crate) fn new(density: Function, start: Estimate) -> Self {
        let mut heights = vec![start];
        for panel in &density.panels {
            let (last, rise) = (heights[heights.len() - 1], panel.integral(panel.hi));
            let error = panel.error_of_whole() + ulps::sum(2 * NODES) * f64::EPSILON * rise.abs();
            heights.push(last + Estimate::new(rise, error));
        }
        Self { density, heights }
    }

    /// At the end.
    pub(crate) fn total(&self) -> Estimate {
        self.heights[self.heights.len() - 1]
    }

    /// At a place.
    pub(crate) fn at(&self, u: f64) -> Estimate {
        let (before, rise) = self.parts(u);
        before + rise
    }

    /// What it is at the start of the panel of a place, and what it rises by from there.
    fn parts(&self, u: f64) -> (Estimate, Estimate) {
        let i = self.density.panels.partition_point(|p| p.hi < u).min(self.density.panels.len() - 1);
        let panel = &self.density.panels[i];
        let rise = panel.integral(u);
        let error = panel.error_of_part(u) + ulps::sum(2 * NODES) * f64::EPSILON * rise.abs();
        (self.heights[i], Estimate::new(rise, error))
    }

    /// What it rises by between two places, `a <= b`: errors of what lies before are common to both.
    pub(crate) fn between(&self, a: f64, b: f64) -> Estimate {
        let ((low, from), (high, to)) = (self.parts(a), self.parts(b));
        let common = (high.radius() - low.radius()).max(0.0);
        let rise = (high.value() + to.value()) - (low.value() + from.value());
        let rounding = ulps::DIFFERENCE * f64::EPSILON * (high.value() + to.value()).abs();
        Estimate::new(rise, common + from.radius() + to.radius() + rounding)
    }

    /// Where it is the part `share` of what it is at `top`, counted from `bottom`: a place, and how far the true one
    /// may be, to first order.
    ///
    /// # Formula
    /// With `psi` the integral and `e` the error up to a place, the error of `psi(u) - (1-f) psi(bottom) - f psi(top)`
    /// is at most `(1-f)` of that of `psi` between `bottom` and `u` and `f` of that between `u` and `top`; divided by
    /// the density.
    pub(crate) fn inverse(&self, share: f64, [bottom, top]: [f64; 2]) -> Estimate {
        let (low, high) = (self.at(bottom), self.at(top));
        let target = low.value() + share * (high.value() - low.value());
        let (mut a, mut b) = (bottom, top);
        for _ in 0..200 {
            let middle = 0.5 * (a + b);
            if !(middle > a && middle < b) {
                break;
            }
            if self.at(middle).value() < target { a = middle } else { b = middle }
        }
        let density = self.density.at(b).value();
        let (below, above) = (self.between(bottom, b).radius(), self.between(b, top).radius());
        let missed = (1.0 - share) * below + share * above + f64::EPSILON * high.value().abs();
        Estimate::new(b, if density > 0.0 { missed / density } else { f64::INFINITY } + f64::EPSILON * b.abs())
    }

    /// Where it passes a part `share` of what it is at `top`, the part below the first edge counted; an error with the
    /// part of that one, when it lies below.
    pub(crate) fn inverse_from_zero(&self, share: f64, top: f64) -> Result<Estimate, Estimate> {
        let (start, high) = (self.heights[0], self.at(top));
        let target = high * Estimate::given(share);
        if target.value() < start.value() {
            return Err(target / start);
        }
        let part = (target.value() - start.value()) / (high.value() - start.value());
        let found = self.inverse(part, [self.density.panels[0].lo, top]);
        let density = self.density.at(found.value()).value();
        Ok(found.widened((1.0 - share) * start.radius() / density))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_slopes_integrals_and_inverses() {
        let f = |us: &[f64]| Ok::<_, ()>(us.iter().map(|u| Estimate::rounded(1.0 / (1.0 + u * u), 4.0)).collect());
        let found = Function::new(-5.0, 5.0, &f).unwrap();
        for u in [-5.0, -3.3, -0.1, 0.0, 1.7, 5.0_f64] {
            let value = found.at(u);
            assert!(value.contains(1.0 / (1.0 + u * u)) && value.radius() < 1e-12, "{u}: {value}");
            let slope = found.slope(u);
            assert!(slope.contains(-2.0 * u / (1.0 + u * u).powi(2)) && slope.radius() < 1e-8, "{u}: {slope}");
        }
        let integral = Integral::new(found, Estimate::ZERO);
        assert!(integral.total().contains(2.0 * 5.0_f64.atan()) && integral.total().radius() < 1e-11);
        let place = integral.inverse(0.75, [-5.0, 5.0]);
        let known = (0.5 * 5.0_f64.atan()).tan();
        assert!(place.contains(known) && place.radius() < 1e-10, "{place} {known}");
    }
}
