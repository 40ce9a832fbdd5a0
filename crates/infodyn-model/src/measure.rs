//! What a sample says of a denoiser at one level.

use infodyn_core::Estimate;
use infodyn_core::share::Piece;

use crate::blocks::{half_width, in_order, jackknife, sampled};
use crate::sample::{Block, Sample};
use crate::{Denoiser, Result};

/// Step of the finite differences, in units of sigma.
pub(crate) const STEP: f64 = 0.03;
/// What a step does, in units of what doubling it changes: rounding halves, and what a central difference leaves out
/// grows fourfold; of the two errors the first is twice the change, the second a third of it. Half as much again for
/// chance in the change itself.
const CHANGE: f64 = 3.0;
/// One row in so many is asked at the doubled step too.
const DOUBLED: usize = 4;
/// Matrices of more rows are not put together.
const MATRIX: usize = 128;
/// A standard error over points needs so many.
pub(crate) const POPULATION: usize = 64;

/// What was found at a level.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// `sigma/alpha`, as the model was told it.
    pub sigma: f64,
    /// Share of the answers that are finite.
    pub finite_fraction: f64,
    /// Why there is no answer, where the model fails.
    pub failure: Option<String>,
    /// The numbers, where every answer is finite.
    pub readings: Option<Readings>,
}

/// The numbers of a level, for `x = X_0 + s Z`, its denoiser `D` with Jacobian `J`, and the dimension `d`. Intervals
/// have level 0.997.
#[derive(Debug, Clone, PartialEq)]
pub struct Readings {
    /// `E|X_0 - D|^2`, of the law: over noise alone where every atom of the law is among the points.
    pub mse: Estimate,
    /// Standard error of that over noise, the points held.
    pub noise_error: f64,
    /// Over the points too, as draws from a population; of fewer than 64 points there is none.
    pub population_error: Option<f64>,
    /// The error of the best linear filter: `sum l s^2/(l + s^2)` over the eigenvalues of the covariance.
    pub linear_mmse: f64,
    /// `E tr J`, by central differences; the radius covers their step.
    pub trace: Estimate,
    /// `d - E|D - x|^2/s^2`.
    pub norm: Estimate,
    /// `1 - s^2 E tr J/mse`: 0 for a conditional mean.
    pub gap: Estimate,
    /// `Cov(X_0, D)/Var D`, summed over coordinates: 1 for a conditional mean.
    pub calibration_slope: Estimate,
    /// The multiple of `s` that the model should be told for the least error: 1 for a good one. Absent where the error
    /// does not depend on what it is told.
    pub sigma_calibration: Option<Estimate>,
    /// `|E r|/d^{1/2}`, `r = (D - x)/s^2` the score: 0 for a conditional mean. What noise alone shows is taken away.
    pub mean_score: Estimate,
    /// `|E[r x^T] + I|_F/d^{1/2}`, the same; up to 128 dimensions.
    pub stein: Option<Estimate>,
    /// `(E|J - J^T|_F^2/E|J + J^T|_F^2)^{1/2}`: 0 for a conditional mean.
    pub asymmetry: Estimate,
    /// The least `v^T J v`, `|v| = 1`, found at sixteen points: not below 0 for a conditional mean. The radius is that
    /// of its differences; there may be others with less.
    pub negative: Option<Estimate>,
    /// `E|D - x|^2 - d s^2 + 2 s^2 E tr J - mse`: 0 for any differentiable `D`. A check of the audit itself.
    pub sure_gap: Estimate,
    /// Root mean square of a coordinate of `D` about its mean.
    pub spread: f64,
    /// Root mean square of `D - x` over that of `x`.
    pub moved: f64,
}

impl Level {
    /// As a piece of shared work.
    pub(crate) fn to_piece(&self) -> Piece {
        let mut piece = Piece::text(self.failure.clone().unwrap_or_default());
        let flags = [self.failure.is_some(), self.readings.is_some()].map(|flag| f64::from(u8::from(flag)));
        piece.numbers.extend([self.sigma, self.finite_fraction, flags[0], flags[1]]);
        if let Some(r) = &self.readings {
            let population = [f64::from(u8::from(r.population_error.is_some())), r.population_error.unwrap_or(0.0)];
            piece.numbers.extend([r.noise_error, population[0], population[1], r.linear_mmse, r.spread, r.moved]);
            for e in [r.mse, r.trace, r.norm, r.gap, r.calibration_slope, r.mean_score, r.asymmetry, r.sure_gap] {
                piece.estimate(e);
            }
            [r.sigma_calibration, r.stein, r.negative].into_iter().for_each(|e| piece.optional(e));
        }
        piece
    }

    /// See [`Level::to_piece`].
    pub(crate) fn of_piece(piece: &Piece) -> Option<Self> {
        let mut reader = piece.reader();
        let [sigma, finite_fraction, failed, read] = reader.numbers()?;
        let failure = (failed == 1.0).then(|| piece.text.clone());
        let mut readings = None;
        if read == 1.0 {
            let [noise_error, known, population_error, linear_mmse, spread, moved] = reader.numbers()?;
            readings = Some(Readings {
                noise_error,
                population_error: (known == 1.0).then_some(population_error),
                linear_mmse,
                spread,
                moved,
                mse: reader.estimate()?,
                trace: reader.estimate()?,
                norm: reader.estimate()?,
                gap: reader.estimate()?,
                calibration_slope: reader.estimate()?,
                mean_score: reader.estimate()?,
                asymmetry: reader.estimate()?,
                sure_gap: reader.estimate()?,
                sigma_calibration: reader.optional()?,
                stein: reader.optional()?,
                negative: reader.optional()?,
            });
        }
        reader.end().map(|()| Self { sigma, finite_fraction, failure, readings })
    }
}

/// Sums over the rows of a block.
#[derive(Default)]
struct Sums {
    rows: Vec<usize>,
    /// `|X_0 - D|^2` of each row.
    errors: Vec<f64>,
    finite: usize,
    /// Sums of `X_0 - c`, `D - c` and `D - X_0`, length `D`.
    clean: Vec<f64>,
    denoised: Vec<f64>,
    residual: Vec<f64>,
    /// Sum of `(D - X_0)(x - c)^T`.
    products: Vec<f64>,
    /// Of `(X_0 - c).(D - c)` and `|D - c|^2`.
    cross: f64,
    square: f64,
    /// Of `v^T J v`.
    trace: f64,
    /// Of `(u^T (J - J^T) v)^2` and `(u^T (J + J^T) v)^2`.
    skew: f64,
    even: f64,
    /// Of `d - |D - x|^2/s^2 + |Z|^2 - d` and of the terms of the SURE identity.
    norm: f64,
    sure: f64,
    /// Of `|D - x|^2` and `|x|^2`.
    moved: f64,
    size: f64,
    /// Rows, and `[trace, skew, even]` at the step and its double, over the rows that are asked at both.
    doubled: f64,
    at_step: [f64; 3],
    at_double: [f64; 3],
}

/// What a denoiser is asked about.
pub(crate) struct Question<'a> {
    pub(crate) denoiser: &'a dyn Denoiser,
    pub(crate) sample: &'a Sample,
    pub(crate) centre: &'a [f64],
    pub(crate) spectrum: &'a [f64],
}

impl Question<'_> {
    /// All but the calibration of sigma.
    pub(crate) fn measure(&self, sigma: f64) -> Level {
        let found = in_order(self.sample.blocks(), |i| self.block(i, sigma));
        let mut blocks = Vec::with_capacity(found.len());
        for block in found {
            match block {
                Ok(block) => blocks.push(block),
                Err(e) => {
                    return Level { sigma, finite_fraction: 0.0, failure: Some(e.to_string()), readings: None };
                }
            }
        }
        let finite: usize = blocks.iter().map(|b| b.finite).sum();
        let finite_fraction = finite as f64 / self.sample.rows() as f64;
        let readings = (finite == self.sample.rows()).then(|| self.readings(&blocks, sigma));
        Level { sigma, finite_fraction, failure: None, readings }
    }

    fn block(&self, index: usize, sigma: f64) -> Result<Sums> {
        let (dim, centre) = (self.sample.dim, self.centre);
        let Block { rows, clean, noise } = &self.sample.block(index);
        let (n, h) = (rows.len(), STEP * sigma);
        // Z.(X_0 - c) has mean 0 whatever the model: so much of it takes the noise out of Z.(D - X_0).
        let shrunk = self.spectrum.iter().map(|l| sigma * sigma / (l + sigma * sigma)).sum::<f64>() / dim as f64;
        let x: Vec<f64> = clean.iter().zip(noise).map(|(x, z)| x + sigma * z).collect();
        let ask = |x: &[f64]| -> Result<Vec<f64>> {
            let mut out = vec![0.0; x.len()];
            self.denoiser.denoise(x, sigma, sigma, &mut out)?;
            Ok(out)
        };
        let d = ask(&x)?;
        let mut sums = Sums { rows: rows.clone(), ..Sums::default() };
        let is_finite = |d: &[f64]| d.iter().all(|d| d.is_finite());
        sums.finite = d.chunks_exact(dim).filter(|row| is_finite(row)).count();
        if sums.finite < n {
            return Ok(sums);
        }
        let [u, v] = &self.sample.probes(index);
        // J along a direction for some rows, by a central difference.
        let along = |rows: &[usize], probe: &[f64], h: f64| -> Result<Vec<f64>> {
            let moved = |side: f64| -> Vec<f64> {
                rows.iter().flat_map(|&r| (r * dim..(r + 1) * dim).map(|i| x[i] + side * h * probe[i])).collect()
            };
            let (up, down) = (ask(&moved(1.0))?, ask(&moved(-1.0))?);
            Ok(up.iter().zip(&down).map(|(a, b)| (a - b) / (2.0 * h)).collect())
        };
        let every: Vec<usize> = (0..n).collect();
        let some: Vec<usize> = (0..n).step_by(DOUBLED).collect();
        let (ju, jv) = (along(&every, u, h)?, along(&every, v, h)?);
        let (ju2, jv2) = (along(&some, u, 2.0 * h)?, along(&some, v, 2.0 * h)?);
        if ![&ju, &jv, &ju2, &jv2].into_iter().all(|j| is_finite(j)) {
            sums.finite = 0;
            return Ok(sums);
        }
        // `[v^T J v, (u^T (J - J^T) v)^2, (u^T (J + J^T) v)^2]` of row `r`, whose derivatives stand in row `k`.
        let probed = |r: usize, ju: &[f64], jv: &[f64], k: usize| {
            let (u, v) = (&u[r * dim..(r + 1) * dim], &v[r * dim..(r + 1) * dim]);
            let (ju, jv) = (&ju[k * dim..(k + 1) * dim], &jv[k * dim..(k + 1) * dim]);
            let (ujv, vju) = (dot(u, jv), dot(v, ju));
            [0.5 * (dot(u, ju) + dot(v, jv)), (ujv - vju) * (ujv - vju), (ujv + vju) * (ujv + vju)]
        };
        let matrix = dim <= MATRIX;
        [&mut sums.clean, &mut sums.denoised, &mut sums.residual].into_iter().for_each(|s| s.resize(dim, 0.0));
        sums.products.resize(if matrix { dim * dim } else { 0 }, 0.0);
        for r in 0..n {
            let of = r * dim..(r + 1) * dim;
            let (clean, noise, x, d) = (&clean[of.clone()], &noise[of.clone()], &x[of.clone()], &d[of]);
            let [trace, skew, even] = probed(r, &ju, &jv, r);
            sums.trace += trace;
            sums.skew += skew;
            sums.even += even;
            let (mut error, mut overlap) = (0.0, 0.0);
            for i in 0..dim {
                let (a, b, e) = (clean[i] - centre[i], d[i] - centre[i], d[i] - clean[i]);
                sums.clean[i] += a;
                sums.denoised[i] += b;
                sums.residual[i] += e;
                sums.cross += a * b;
                sums.square += b * b;
                sums.moved += (d[i] - x[i]) * (d[i] - x[i]);
                sums.size += x[i] * x[i];
                error += e * e;
                overlap += noise[i] * (e + shrunk * a);
                if matrix {
                    for j in 0..dim {
                        sums.products[i * dim + j] += e * (x[j] - centre[j]);
                    }
                }
            }
            sums.errors.push(error);
            // |D - x|^2 = s^2 |Z|^2 - 2 s Z.(D - X_0) + |D - X_0|^2, and E|Z|^2 = d is known.
            sums.norm += 2.0 * overlap / sigma - error / (sigma * sigma);
            sums.sure += 2.0 * sigma * (sigma * trace - overlap);
        }
        for (k, &r) in some.iter().enumerate() {
            let (step, double) = (probed(r, &ju, &jv, r), probed(r, &ju2, &jv2, k));
            sums.doubled += 1.0;
            for i in 0..3 {
                sums.at_step[i] += step[i];
                sums.at_double[i] += double[i];
            }
        }
        Ok(sums)
    }

    /// The error of the best linear filter.
    pub(crate) fn linear(&self, sigma: f64) -> f64 {
        let s2 = sigma * sigma;
        self.spectrum.iter().map(|l| l * s2 / (l + s2)).sum()
    }

    fn readings(&self, blocks: &[Sums], sigma: f64) -> Readings {
        let (dim, rows) = (self.sample.dim, self.sample.rows());
        let (n, s2) = (rows as f64, sigma * sigma);
        let total = |f: fn(&Sums) -> f64| blocks.iter().map(f).sum::<f64>();
        let sum = |f: fn(&Sums) -> &Vec<f64>| {
            let mut all = vec![0.0; dim];
            blocks.iter().for_each(|b| all.iter_mut().zip(f(b)).for_each(|(a, b)| *a += b / n));
            all
        };
        let (clean, denoised) = (sum(|b| &b.clean), sum(|b| &b.denoised));
        // About the means of all.
        let entries: Vec<[f64; 9]> = blocks
            .iter()
            .map(|b| {
                let count = b.rows.len() as f64;
                let cross =
                    b.cross - dot(&clean, &b.denoised) - dot(&b.clean, &denoised) + count * dot(&clean, &denoised);
                let square = b.square - 2.0 * dot(&denoised, &b.denoised) + count * dot(&denoised, &denoised);
                [count, b.errors.iter().sum(), b.trace, cross, square, b.skew, b.even, b.norm, b.sure]
            })
            .collect();
        let of = |f: fn(&[f64; 9]) -> f64| jackknife(&entries, rows, f);
        let (mse, noise_error, population_error) = self.error(blocks);
        // What the step of the differences leaves out, by doubling it.
        let part = |f: fn(&[f64; 3]) -> f64| {
            let (mut step, mut double) = ([0.0; 3], [0.0; 3]);
            let doubled = total(|b| b.doubled);
            for b in blocks {
                for i in 0..3 {
                    step[i] += b.at_step[i] / doubled;
                    double[i] += b.at_double[i] / doubled;
                }
            }
            CHANGE * (f(&step) - f(&double)).abs()
        };
        let of_trace = part(|s| s[0]);
        let skewness = |s: &[f64]| if s[1] > 0.0 { (s[0] / s[1]).sqrt() } else { 0.0 };
        let gap = jackknife(&entries, rows, |e| 1.0 - s2 * e[2] / e[1]);
        let (mean_score, stein) = self.norms(blocks, s2);
        let variance = total(|b| b.square) / n - dot(&denoised, &denoised);
        Readings {
            mse,
            noise_error,
            population_error,
            linear_mmse: self.linear(sigma),
            trace: of(|e| e[2] / e[0]).widened(of_trace),
            norm: of(|e| e[7] / e[0]),
            gap: gap.widened(s2 * of_trace / mse.value()),
            calibration_slope: of(|e| e[3] / e[4]),
            sigma_calibration: None,
            mean_score,
            stein,
            asymmetry: jackknife(&entries, rows, |e| skewness(&e[5..7]))
                .widened(part(|s| if s[2] > 0.0 { (s[1] / s[2]).sqrt() } else { 0.0 })),
            negative: None,
            sure_gap: of(|e| e[8] / e[0]).widened(2.0 * s2 * of_trace),
            spread: (variance.max(0.0) / dim as f64).sqrt(),
            moved: (total(|b| b.moved) / total(|b| b.size)).sqrt(),
        }
    }

    /// The mean squared error; its standard error over noise; and over the points.
    fn error(&self, blocks: &[Sums]) -> (Estimate, f64, Option<f64>) {
        let (points, noises, rows) = (self.sample.points, self.sample.noises, self.sample.rows());
        let mut errors = vec![0.0; rows];
        for block in blocks {
            block.rows.iter().zip(&block.errors).for_each(|(&row, &e)| errors[row] = e);
        }
        let (r, n) = (noises as f64, points as f64);
        let means: Vec<f64> = errors.chunks_exact(noises).map(|e| e.iter().sum::<f64>() / r).collect();
        let mean = means.iter().sum::<f64>() / n;
        let within: f64 = errors
            .chunks_exact(noises)
            .zip(&means)
            .map(|(e, m)| e.iter().map(|e| (e - m) * (e - m)).sum::<f64>())
            .sum();
        let noise_error = (within / (r * (r - 1.0))).sqrt() / n;
        let population_error = (points >= POPULATION)
            .then(|| (means.iter().map(|m| (m - mean) * (m - mean)).sum::<f64>() / (n - 1.0) / n).sqrt());
        let mse = match population_error {
            Some(error) if !self.sample.whole => sampled(mean, error, n - 1.0, rows),
            _ => sampled(mean, noise_error, n * (r - 1.0), rows),
        };
        (mse, noise_error, population_error)
    }

    /// `|E r|/d^{1/2}` and `|E[r x^T] + I|_F/d^{1/2}`.
    ///
    /// The parts of `r x^T` that do not depend on the model have known means and are left out: what remains is
    /// `E[(D - X_0)(x - c)^T]/s^2`.
    fn norms(&self, blocks: &[Sums], s2: f64) -> (Estimate, Option<Estimate>) {
        let norm = |f: fn(&Sums) -> &Vec<f64>| {
            let count = blocks.len() as f64;
            let length = f(&blocks[0]).len();
            let mut mean = vec![0.0; length];
            let mut squares = 0.0;
            for block in blocks {
                let rows = block.rows.len() as f64;
                for (m, x) in mean.iter_mut().zip(f(block)) {
                    *m += x / rows / count;
                    squares += x / rows * (x / rows) / count;
                }
            }
            let square = dot(&mean, &mean);
            // Mean square of what chance alone puts there.
            let floor = ((squares - square).max(0.0) / (count - 1.0)).sqrt();
            let scale = 1.0 / (s2 * (self.sample.dim as f64).sqrt());
            let value = (square - floor * floor).max(0.0).sqrt();
            Estimate::new(value * scale, half_width(floor, count - 1.0) * scale)
        };
        let stein = (self.sample.dim <= MATRIX).then(|| norm(|b| &b.products));
        (norm(|b| &b.residual), stein)
    }
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
