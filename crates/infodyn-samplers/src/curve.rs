//! The least error of a denoiser along all noise levels, and the levels that follow from it.

use std::cell::Cell;
use std::cmp::Ordering;

use infodyn_core::{Estimate, ulps};
use nalgebra::{DMatrix, DVector};

use crate::chebyshev::{Function, Integral};
use crate::grid::least_grid;
use crate::{Error, Variance, path_divergence};

/// A clock whose density is made of the mmse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataClock {
    /// `mmse/s^2` per `log s`: equal steps of information.
    Entropic,
    /// `mmse/s`: equal steps of `int s dH`; `arctan(s/c)` for `N(0, c^2 I)`.
    Rescaled,
    /// `(d mmse/d log s)^{1/2}`: least sum of `s^2` times the path divergence of each step, for many steps.
    KlS2,
}

/// `mmse` against `s = sigma/alpha` over a range of levels.
///
/// # Formula
/// What is interpolated is `mmse (1/s^2 + 1/v)` against `log s`, `v` the mmse at the noisiest level: it is of order 1
/// at both ends, and analytic.
#[derive(Debug, Clone)]
pub struct Curve {
    /// `mmse (1/s^2 + 1/v)`.
    scaled: Function,
    variance: f64,
    /// `log s` at both ends.
    ends: [f64; 2],
}

/// A clock of which the density itself is known, per `log s`; it is proportional to a power of `s` near the data and to
/// the same power of `1/s` in the noise.
#[derive(Debug, Clone)]
pub struct Spacing {
    /// The density times `s^p + s^-p`.
    scaled: Function,
    ends: [f64; 2],
    power: f64,
}

impl Spacing {
    /// From the densities at many levels `s` at once, and the power; below the lower end the power law is taken to
    /// hold.
    ///
    /// # Errors
    /// When the levels are not positive numbers that rise; the first error of the function.
    pub fn new<E: From<Error>>(
        [low, high]: [f64; 2],
        power: f64,
        density: impl Fn(&[f64]) -> Result<Vec<Estimate>, E>,
    ) -> Result<Self, E> {
        if !(low > 0.0 && low < high && high.is_finite() && power > 0.0) {
            return Err(Error::Grid { steps: 1, from: low, to: high }.into());
        }
        let ends = [low.ln(), high.ln()];
        let scaled = |us: &[f64]| -> Result<Vec<Estimate>, E> {
            let sigmas: Vec<f64> = us.iter().map(|u| u.exp()).collect();
            Ok(density(&sigmas)?.into_iter().zip(us).map(|(d, &u)| d * Self::factor(power, u)).collect())
        };
        Ok(Self { scaled: Function::new(ends[0], ends[1], &scaled)?, ends, power })
    }

    fn factor(power: f64, u: f64) -> Estimate {
        let units = ulps::exp(power * u, ulps::OPERATION) + ulps::OPERATION;
        Estimate::rounded((power * u).exp() + (-power * u).exp(), units)
    }

    /// The levels `s` whose densities it goes through.
    #[must_use]
    pub fn nodes(&self) -> Vec<f64> {
        self.scaled.nodes().into_iter().map(f64::exp).collect()
    }

    /// The same through other densities at the [`nodes`](Self::nodes).
    #[must_use]
    pub fn through(&self, densities: &[Estimate]) -> Self {
        let us = self.scaled.nodes();
        let scaled: Vec<Estimate> = densities.iter().zip(us).map(|(d, u)| *d * Self::factor(self.power, u)).collect();
        Self { scaled: self.scaled.through(&scaled), ..self.clone() }
    }

    fn integral(&self) -> Integral {
        let factor = |u: f64| Self::factor(self.power, u);
        let (here, spread) = self.scaled.first();
        let below = 1.0 / (factor(self.ends[0]).value() * self.power);
        // As far off the power law as the first panel is from it, in proportion to its width.
        let start = Estimate::new(here * below, (spread * below).min(here.abs() * below));
        Integral::new(self.scaled.then(|u, value| value / factor(u)), start)
    }

    /// The levels of `steps` equal increments from `from` down to `to`, which may be 0.
    ///
    /// # Errors
    /// When the levels do not fall within the range.
    pub fn levels(&self, steps: usize, ends: [f64; 2]) -> crate::Result<Vec<Estimate>> {
        falling(steps, ends, self.ends)?;
        Ok(spaced(&self.integral(), steps, ends, (self.ends[0], self.power)))
    }
}

/// Whether levels fall within a range of their logarithms; the lower may be 0.
fn falling(steps: usize, [from, to]: [f64; 2], [low, high]: [f64; 2]) -> crate::Result<()> {
    let slack = 1e-12;
    let falls = steps > 0 && from.partial_cmp(&to) == Some(Ordering::Greater) && to >= 0.0;
    if !falls || from.ln() > high + slack || to > 0.0 && to.ln() < low - slack {
        return Err(Error::Grid { steps, from, to });
    }
    Ok(())
}

/// Equal increments of an integral that begins at `low`, and is proportional to a power of the level below.
fn spaced(integral: &Integral, steps: usize, [from, to]: [f64; 2], (low, power): (f64, f64)) -> Vec<Estimate> {
    let level = |k: usize| {
        let share = (steps - k) as f64 / steps as f64;
        match k {
            0 => Estimate::given(from),
            _ if k == steps => Estimate::given(to),
            _ if to > 0.0 => exponential(integral.inverse(share, [to.ln(), from.ln()])),
            _ => match integral.inverse_from_zero(share, from.ln()) {
                Ok(u) => exponential(u),
                Err(part) => {
                    let s = low.exp() * part.value().powf(power.recip());
                    let units = ulps::exp(low, ulps::OPERATION) + ulps::formula(1, 1);
                    Estimate::new(s, s * (part.radius() / part.value() / power + units * f64::EPSILON))
                }
            },
        }
    };
    (0..=steps).map(level).collect()
}

/// A table of errors that makes no curve.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// Too few levels.
    #[error("{0} levels, expected at least 4")]
    Short(usize),
    /// Levels or errors that are no positive numbers, or levels that repeat.
    #[error("level {sigma}: mse {mse}, expected distinct levels, and positive numbers")]
    Value {
        /// The level.
        sigma: f64,
        /// The error there.
        mse: f64,
    },
    /// Errors that fall with noise by more than they are known to.
    #[error(
        "mse falls from {before} at sigma {from} to {after} at sigma {to}, expected that it rises with sigma within its errors"
    )]
    Falls {
        /// The lower level.
        from: f64,
        /// The error there.
        before: f64,
        /// The next.
        to: f64,
        /// The error there.
        after: f64,
    },
    /// A range that is asked for and not covered.
    #[error("levels from {low} to {high}, expected that they cover {from} to {to}")]
    Range {
        /// The lowest.
        low: f64,
        /// The highest.
        high: f64,
        /// What was asked for.
        from: f64,
        /// What was asked for.
        to: f64,
    },
}

impl Curve {
    /// The curve of a function: `mmse` at many levels `s` at once, each positive.
    ///
    /// # Errors
    /// When the levels are not positive numbers that rise; the first error of the function.
    pub fn new<E: From<Error>>(
        [low, high]: [f64; 2],
        mmse: impl Fn(&[f64]) -> Result<Vec<Estimate>, E>,
    ) -> Result<Self, E> {
        if !(low > 0.0 && low < high && high.is_finite()) {
            return Err(Error::Grid { steps: 1, from: low, to: high }.into());
        }
        let variance = mmse(&[high])?[0].value();
        if !(variance > 0.0 && variance.is_finite()) {
            return Err(Error::Grid { steps: 1, from: low, to: high }.into());
        }
        let ends = [low.ln(), high.ln()];
        let scaled = Function::new(ends[0], ends[1], &scaled(variance, &mmse))?;
        Ok(Self { scaled, variance, ends })
    }

    /// The same curve continued down to where `mmse/s^2` is constant, or nothing: below that every clock is known.
    ///
    /// # Errors
    /// The first error of the function.
    pub fn down_to_data<E>(mut self, mmse: impl Fn(&[f64]) -> Result<Vec<Estimate>, E>) -> Result<Self, E> {
        const WIDTH: f64 = 1.4;
        const DEEPEST: usize = 40;
        for _ in 0..DEEPEST {
            let (here, spread) = self.scaled.first();
            let flat = spread <= 1e-9 * here.abs() || spread <= 4.0 * self.scaled.at(self.ends[0]).radius();
            if here.abs() <= 1e-12 || flat && self.bend() <= 1e-9 {
                break;
            }
            let low = self.ends[0] - WIDTH;
            let below = Function::new(low, self.ends[0], &scaled(self.variance, &mmse))?;
            self.scaled = below.followed_by(self.scaled);
            self.ends[0] = low;
        }
        Ok(self)
    }

    /// The curve through a table of levels `s` and errors, in any order: `log mmse` against `log s`, a cubic between
    /// two levels that rises where the table does (Fritsch & Carlson 1980). Errors that fall with noise, but by no
    /// more than their radii, are pooled.
    ///
    /// # Accuracy
    /// The radii of the table, and the distance to the curve through every other level.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn from_table(rows: &[(f64, Estimate)]) -> Result<Self, TableError> {
        if rows.len() < 4 {
            return Err(TableError::Short(rows.len()));
        }
        let mut rows = rows.to_vec();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (i, (sigma, mse)) in rows.iter().enumerate() {
            let usable = sigma.is_finite() && *sigma > 0.0 && mse.is_finite() && mse.value() > 0.0;
            if !usable || i > 0 && rows[i - 1].0 == *sigma {
                return Err(TableError::Value { sigma: *sigma, mse: mse.value() });
            }
        }
        for pair in rows.windows(2) {
            let ((from, a), (to, b)) = (pair[0], pair[1]);
            if a.value() - a.radius() > b.value() + b.radius() {
                return Err(TableError::Falls { from, before: a.value(), to, after: b.value() });
            }
        }
        let values = pooled(&rows.iter().map(|r| r.1).collect::<Vec<_>>());
        let us: Vec<f64> = rows.iter().map(|r| r.0.ln()).collect();
        let logs: Vec<f64> = values.iter().map(|v| v.value().ln()).collect();
        let every_other = |all: &[f64]| {
            let last = all.len() - 1;
            (0..=last).filter(|i| i % 2 == 0 || *i == last).map(|i| all[i]).collect::<Vec<_>>()
        };
        let fine = Cubic::new(us.clone(), logs.clone());
        let coarse = Cubic::new(every_other(&us), every_other(&logs));
        let variance = values[values.len() - 1].value();
        let of = |u: f64| {
            let i = us.partition_point(|&x| x < u).clamp(1, us.len() - 1);
            let relative = |v: &Estimate| v.radius() / v.value();
            let known = relative(&values[i - 1]).max(relative(&values[i]));
            let mmse = fine.at(u).exp();
            let missed = (coarse.at(u).exp() - mmse).abs();
            Estimate::new(mmse, known * mmse + missed) * Estimate::given((-2.0 * u).exp() + 1.0 / variance)
        };
        let ends = [us[0], us[us.len() - 1]];
        Ok(Self { scaled: Function::pieces(&us, of), variance, ends })
    }

    /// The levels `s` whose errors it goes through.
    #[must_use]
    pub fn nodes(&self) -> Vec<f64> {
        self.scaled.nodes().into_iter().map(f64::exp).collect()
    }

    /// The same through other errors at the [`nodes`](Self::nodes).
    #[must_use]
    pub fn through(&self, errors: &[Estimate]) -> Self {
        let values: Vec<Estimate> =
            errors.iter().zip(self.nodes()).map(|(m, s)| *m * unscaled(self.variance, s)).collect();
        Self { scaled: self.scaled.through(&values), ..self.clone() }
    }

    /// The levels between which the curve is known.
    #[must_use]
    pub fn range(&self) -> [f64; 2] {
        self.ends.map(f64::exp)
    }

    /// The level at which so many nats of information on the data are still missing: `H(X_0 given X_t)` of atoms, where
    /// the curve goes down to where nothing is. `None` where that much is nowhere missing.
    #[must_use]
    pub fn level_of_information_left(&self, nats: f64) -> Option<f64> {
        let integral = self.integral(DataClock::Entropic);
        let total = integral.total().value();
        (nats < total).then(|| integral.inverse(nats / total, self.ends).value().exp())
    }

    /// `v s^2/(s^2 + v)`, by which what is interpolated is multiplied.
    fn factor(&self, u: f64) -> Estimate {
        let units = ulps::exp(2.0 * u, ulps::OPERATION) + ulps::operations(3);
        Estimate::rounded(1.0 / ((-2.0 * u).exp() + 1.0 / self.variance), units)
    }

    /// `mmse` at a level of the range; below it, as far from its start as `s^2` is.
    #[must_use]
    pub fn mmse(&self, sigma: f64) -> Estimate {
        let u = sigma.ln();
        self.scaled.at(u.max(self.ends[0])) * self.factor(u)
    }

    /// `d mmse/d log s`.
    fn slope(&self, u: f64) -> Estimate {
        let factor = self.factor(u);
        let units = ulps::exp(2.0 * u, ulps::OPERATION) + ulps::operations(3);
        let part = Estimate::rounded(2.0 / (1.0 + (2.0 * u).exp() / self.variance), units);
        (self.scaled.slope(u) + self.scaled.at(u) * part) * factor
    }

    /// The density of a clock per `log s` where `scaled` is what is interpolated.
    fn density(&self, clock: DataClock, u: f64, scaled: Estimate) -> Estimate {
        let power = |p: f64| Estimate::rounded((p * u).exp(), ulps::exp(p * u, ulps::OPERATION));
        match clock {
            DataClock::Entropic => scaled * (self.factor(u) * power(-2.0)),
            DataClock::Rescaled => scaled * (self.factor(u) * power(-1.0)),
            DataClock::KlS2 => {
                let slope = self.slope(u);
                let root = slope.value().max(0.0).sqrt();
                // |sqrt a - sqrt b| <= |a - b|/sqrt a, and <= sqrt|a - b|.
                let radius = (slope.radius() / root).min(slope.radius().sqrt());
                Estimate::new(root, radius + f64::EPSILON * root)
            }
        }
    }

    /// The clock, from the start of the curve; with what lies below it, down to 0, where that is finite.
    fn integral(&self, clock: DataClock) -> Integral {
        let (here, spread) = self.scaled.first();
        let low = self.ends[0].exp();
        // Below, mmse is `here s^2`, or less.
        let start = match clock {
            DataClock::Entropic => Estimate::ZERO,
            DataClock::Rescaled => Estimate::new(here * low, (spread + self.below()) * low),
            DataClock::KlS2 => {
                let root = (2.0 * here.max(0.0)).sqrt();
                Estimate::new(root * low, (2.0 * (spread + self.below())).sqrt().min(root) * low)
            }
        };
        Integral::new(self.scaled.then(|u, scaled| self.density(clock, u, scaled)), start)
    }

    /// How far `mmse/s^2` may be from a constant below the range, besides what the first panel shows: all of it, where
    /// what is interpolated is not constant on that panel.
    fn below(&self) -> f64 {
        let (here, spread) = self.scaled.first();
        here.abs() * if spread > 1e-3 * here.abs() { 1.0 } else { self.bend() }
    }

    /// `s^2/v` at the start of the range: `mmse/s^2` is what is interpolated over `1 + s^2/v`.
    fn bend(&self) -> f64 {
        (2.0 * self.ends[0]).exp() / self.variance
    }

    /// The levels of `steps` equal increments of a clock from `from` down to `to`, which may be 0 where the clock is
    /// finite there.
    ///
    /// # Accuracy
    /// To first order in the errors of the curve.
    ///
    /// # Errors
    /// When the levels do not fall within the range of the curve.
    pub fn levels(&self, clock: DataClock, steps: usize, [from, to]: [f64; 2]) -> crate::Result<Vec<Estimate>> {
        self.check(steps, [from, to])?;
        if to == 0.0 && !self.converges(clock) {
            return Err(Error::Grid { steps, from, to });
        }
        Ok(spaced(&self.integral(clock), steps, [from, to], (self.ends[0], 1.0)))
    }

    /// Whether a clock is finite from 0 on, as far as the curve tells.
    #[must_use]
    pub fn converges(&self, clock: DataClock) -> bool {
        clock != DataClock::Entropic || self.scaled.first().0.abs() <= 1e-9
    }

    fn check(&self, steps: usize, [from, to]: [f64; 2]) -> crate::Result<()> {
        falling(steps, [from, to], self.ends)
    }

    /// The levels of `steps` steps between two on which a path of the ancestral sampler loses least.
    ///
    /// # Accuracy
    /// To first order in the errors of the curve, through the inverse of the matrix of second derivatives.
    ///
    /// # Source
    /// theory.md S2.
    ///
    /// # Errors
    /// When the levels do not fall within the range of the curve, or are 0.
    pub fn least(&self, steps: usize, [from, to]: [f64; 2]) -> crate::Result<Vec<Estimate>> {
        self.check(steps, [from, to])?;
        if to <= 0.0 {
            return Err(Error::Grid { steps, from, to });
        }
        let snr = |s: f64| 1.0 / (s * s);
        let mmse = |g: f64| self.mmse(1.0 / g.sqrt()).value();
        let count = (8 * steps).max(320);
        let place = |i: usize| match i {
            0 => snr(from),
            _ if i == count => snr(to),
            _ => (snr(from).ln() + (snr(to) / snr(from)).ln() * (i as f64 / count as f64)).exp(),
        };
        let places: Vec<f64> = (0..=count).map(place).collect();
        // A step is priced at its start, and those from one start in a row.
        let known = Cell::new((f64::NAN, f64::NAN));
        let price = |a: f64, b: f64| {
            if known.get().0 != a {
                known.set((a, mmse(a)));
            }
            crate::Result::Ok(0.5 * (b - a) * known.get().1)
        };
        let (grid, sum) = least_grid(&places, steps, 34, price)?;
        let inner = steps - 1;
        let sigma = |g: f64| 1.0 / g.sqrt();
        let mut levels: Vec<Estimate> = grid.iter().map(|&g| Estimate::given(sigma(g))).collect();
        (levels[0], levels[steps]) = (Estimate::given(from), Estimate::given(to));
        if inner == 0 {
            return Ok(levels);
        }
        let (second, _) = self.stationary(&grid);
        let q = |k: usize| self.slope(sigma(grid[k]).ln()) / Estimate::given(2.0 * grid[k]);
        let mut doubt = DVector::<f64>::zeros(inner);
        for k in 1..steps {
            let (here, step) = (q(k), grid[k + 1] - grid[k]);
            let radius = |k: usize| self.mmse(sigma(grid[k])).radius();
            // And what the sum resolves: a step `h` moves it by `q h^2/2`.
            let rounding = (2.0 * ulps::sum(steps) * f64::EPSILON * sum.value() * here.value().abs()).sqrt();
            doubt[k - 1] = 0.5 * (radius(k - 1) + radius(k) + step * here.radius()) + rounding;
        }
        let inverse = second.try_inverse().ok_or(Error::Grid { steps, from, to })?;
        for k in 1..steps {
            let moved: f64 = (0..inner).map(|j| inverse[(k - 1, j)].abs() * doubt[j]).sum();
            let s = sigma(grid[k]);
            levels[k] = Estimate::new(s, 0.5 * s * moved / grid[k] + ulps::operations(2) * f64::EPSILON * s);
        }
        Ok(levels)
    }

    /// The second derivatives by the inner levels `g`, and the gradient, of `F = sum (g_{k+1} - g_k) mmse_k/2`, which
    /// [`Self::least`] makes least; `-d mmse/dg = (d mmse/d log s)/(2 g)`.
    fn stationary(&self, grid: &[f64]) -> (DMatrix<f64>, DVector<f64>) {
        let (steps, inner) = (grid.len() - 1, grid.len() - 2);
        let fall = |g: f64| self.slope(-0.5 * g.ln()).value() / (2.0 * g);
        let mmse = |k: usize| self.mmse(1.0 / grid[k].sqrt()).value();
        let mut second = DMatrix::<f64>::zeros(inner, inner);
        let mut gradient = DVector::<f64>::zeros(inner);
        for k in 1..steps {
            let (here, step) = (fall(grid[k]), grid[k + 1] - grid[k]);
            let reach = 1e-3 * grid[k];
            let bend = (fall(grid[k] + reach) - here) / reach;
            second[(k - 1, k - 1)] = here - 0.5 * step * bend;
            if k < inner {
                (second[(k - 1, k)], second[(k, k - 1)]) = (-0.5 * here, -0.5 * here);
            }
            gradient[k - 1] = 0.5 * (mmse(k - 1) - mmse(k) - step * here);
        }
        (second, gradient)
    }

    /// How far the levels of least path divergence are from some near them, by their logarithms and to first order:
    /// Newton's step. `None` where these are not near a least one.
    #[must_use]
    pub fn step_to_least(&self, sigmas: &[f64]) -> Option<Vec<f64>> {
        let grid: Vec<f64> = sigmas.iter().map(|s| 1.0 / (s * s)).collect();
        if grid.len() < 3 {
            return Some(vec![0.0; grid.len()]);
        }
        let (second, gradient) = self.stationary(&grid);
        let moved = second.lu().solve(&gradient)?;
        let inner = moved.iter().zip(&grid[1..]).map(|(m, g)| 0.5 * m / g);
        Some(std::iter::once(0.0).chain(inner).chain([0.0]).collect())
    }

    /// `I(X_0;X_t)` gained from the level `from` down to `to > 0`.
    #[must_use]
    pub fn gained(&self, [from, to]: [f64; 2]) -> Estimate {
        self.integral(DataClock::Entropic).between(to.ln(), from.ln())
    }

    /// What a path of the ancestral sampler with the exact denoiser loses on levels that fall and are positive, in
    /// nats.
    ///
    /// # Source
    /// theory.md S1.
    ///
    /// # Errors
    /// When the levels do not fall within the range of the curve.
    pub fn path_divergence(&self, sigmas: &[f64]) -> crate::Result<Estimate> {
        let (Some(&from), Some(&to)) = (sigmas.first(), sigmas.last()) else {
            return Err(Error::Grid { steps: 0, from: f64::NAN, to: f64::NAN });
        };
        if sigmas.len() == 1 {
            return Ok(Estimate::ZERO);
        }
        self.check(sigmas.len() - 1, [from, to])?;
        let snrs: Vec<f64> = sigmas.iter().map(|s| 1.0 / (s * s)).collect();
        let losses: Vec<Estimate> = sigmas[..sigmas.len() - 1].iter().map(|&s| self.mmse(s)).collect();
        // The ratios were rounded, two operations each.
        let rounding: f64 = snrs
            .windows(2)
            .zip(&losses)
            .map(|(p, l)| ulps::operations(5) * f64::EPSILON * p[1] * l.value().abs())
            .sum();
        Ok(path_divergence(&snrs, 1, Variance::Small, &losses, self.gained([from, to]))?.widened(rounding))
    }
}

/// The function that is interpolated, at values of `log s`.
fn scaled<E>(
    variance: f64,
    mmse: &impl Fn(&[f64]) -> Result<Vec<Estimate>, E>,
) -> impl Fn(&[f64]) -> Result<Vec<Estimate>, E> {
    move |us: &[f64]| {
        let sigmas: Vec<f64> = us.iter().map(|u| u.exp()).collect();
        Ok(mmse(&sigmas)?.into_iter().zip(&sigmas).map(|(m, &s)| m * unscaled(variance, s)).collect())
    }
}

/// `1/s^2 + 1/v`; the level is rounded too.
fn unscaled(variance: f64, s: f64) -> Estimate {
    let units = ulps::operations(4) + ulps::exp(2.0 * s.ln(), ulps::OPERATION);
    Estimate::rounded(1.0 / (s * s) + 1.0 / variance, units)
}

/// A level from its logarithm.
fn exponential(u: Estimate) -> Estimate {
    let s = u.value().exp();
    Estimate::new(s, s * u.radius().exp_m1() + ulps::exp(u.value(), 1.0) * f64::EPSILON * s)
}

/// Values that rise: those that fall are replaced by their mean, and know less by how far they moved.
fn pooled(values: &[Estimate]) -> Vec<Estimate> {
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for v in values {
        let mut block = (v.value(), 1);
        while let Some(&(before, count)) = blocks.last() {
            if before < block.0 {
                break;
            }
            let all = count + block.1;
            block = ((before * count as f64 + block.0 * block.1 as f64) / all as f64, all);
            blocks.pop();
        }
        blocks.push(block);
    }
    let means = blocks.into_iter().flat_map(|(mean, count)| std::iter::repeat_n(mean, count));
    means.zip(values).map(|(mean, v)| Estimate::new(mean, v.radius() + (mean - v.value()).abs())).collect()
}

/// A monotone cubic through points.
struct Cubic {
    xs: Vec<f64>,
    ys: Vec<f64>,
    slopes: Vec<f64>,
}

impl Cubic {
    fn new(xs: Vec<f64>, ys: Vec<f64>) -> Self {
        let n = xs.len();
        let secant = |i: usize| (ys[i + 1] - ys[i]) / (xs[i + 1] - xs[i]);
        let end = |h0: f64, h1: f64, d0: f64, d1: f64| {
            let slope = ((2.0 * h0 + h1) * d0 - h0 * d1) / (h0 + h1);
            if slope * d0 <= 0.0 {
                0.0
            } else if d0 * d1 <= 0.0 && slope.abs() > 3.0 * d0.abs() {
                3.0 * d0
            } else {
                slope
            }
        };
        let width = |i: usize| xs[i + 1] - xs[i];
        let slope = |i: usize| match i {
            _ if n == 2 => secant(0),
            0 => end(width(0), width(1), secant(0), secant(1)),
            _ if i == n - 1 => end(width(n - 2), width(n - 3), secant(n - 2), secant(n - 3)),
            _ => {
                let (a, b) = (secant(i - 1), secant(i));
                if a * b <= 0.0 {
                    return 0.0;
                }
                let (w1, w2) = (2.0 * width(i) + width(i - 1), width(i) + 2.0 * width(i - 1));
                (w1 + w2) / (w1 / a + w2 / b)
            }
        };
        let slopes = (0..n).map(slope).collect();
        Self { xs, ys, slopes }
    }

    fn at(&self, x: f64) -> f64 {
        let i = self.xs.partition_point(|&p| p < x).clamp(1, self.xs.len() - 1) - 1;
        let h = self.xs[i + 1] - self.xs[i];
        let t = (x - self.xs[i]) / h;
        let (a, b, c) = (1.0 - t, t * t * (3.0 - 2.0 * t), t * t * (t - 1.0));
        self.ys[i] * (1.0 - b) + self.ys[i + 1] * b + h * (self.slopes[i] * t * a * a + self.slopes[i + 1] * c)
    }
}
