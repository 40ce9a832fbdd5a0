//! The uniform law on a sphere, seen through noise.
//!
//! Everything depends on `|x|` alone, through `k = alpha R |x|/sigma^2`: the posterior of `X_0/R` is the
//! von Mises-Fisher law with that concentration about `x/|x|`.
//!
//! # Source
//! theory.md C11; Mardia & Jupp, *Directional Statistics* (2000), section 9.3.

use infodyn_core::{Density, Detail, NoiseLevel, Observation, Points, Sphere, Stop};
use nalgebra::{DMatrix, DVector};

/// `A_D(k) = I_{D/2}(k)/I_{D/2-1}(k)`, the mean of `u.e` when `u` has density proportional to `exp(k u.e)` on
/// the unit sphere of `R^D`, and what goes with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alignment {
    /// `A`.
    pub mean: f64,
    /// `1 - A`.
    pub defect: f64,
    /// `A/k`: the variance of `u` in each direction across `e`.
    pub across: f64,
    /// `A' = 1 - A^2 - (D-1) A/k`: the variance of `u` along `e`.
    pub along: f64,
}

/// Steps of the continued fraction; 80 leave less than 1e-16 at every `k` and `D`.
const DEPTH: usize = 100;

/// The alignment at concentration `k >= 0` in dimension `dim >= 2`.
///
/// # Formula
/// Perron's continued fraction `A = k/(D + k - c)`,
/// `c = (D+1)k/(D+1+2k - (D+3)k/(D+2+2k - (D+5)k/(D+3+2k - ...)))`, evaluated backward with its derivative:
/// `1 - A = (D - c)/(D + k - c)` and `A' = (D - c + k c')/(D + k - c)^2` have no cancellation, since
/// `0 <= c < (D+1)/2`.
///
/// # Source
/// Gautschi & Slavik, *On the computation of modified Bessel function ratios*, Math. Comp. 32 (1978).
///
/// # Accuracy
/// Each number to a few units in its own last place.
#[must_use]
pub fn alignment(dim: usize, k: f64) -> Alignment {
    let d = dim as f64;
    let (mut c, mut slope) = (0.0, 0.0);
    for j in (1..=DEPTH).rev() {
        let j = j as f64;
        let (b, a) = (d + j + 2.0 * k - c, d + 2.0 * j - 1.0);
        (c, slope) = (a * k / b, a * (b - k * (2.0 - slope)) / (b * b));
    }
    let below = d + k - c;
    Alignment {
        mean: k / below,
        defect: (d - c) / below,
        across: 1.0 / below,
        along: (d - c + k * slope) / (below * below),
    }
}

/// `log Lambda_D(k) - k`, `Lambda_D(k)` the mean of `exp(k u.e)` over the unit sphere of `R^D`.
///
/// # Formula
/// The expansion of `exp(k u.e)` in zonal harmonics, read at `u = e`:
/// `e^k = Lambda_D(k) sum_n N_n prod_{j<n} A_{D+2j}(k)`, with `N_n = (2n+D-2)/n (n+D-3)!/((n-1)! (D-2)!)`
/// harmonics of degree `n`: a sum of positive terms.
///
/// # Source
/// DLMF 10.23.9 at an imaginary argument and angle 0; the bound of Amos (1974) for where the terms end.
///
/// # Accuracy
/// A few units in the last place times the square root of the number of terms, which is a few times
/// `sqrt(k)`.
#[must_use]
pub fn ln_mean_exp(dim: usize, k: f64) -> f64 {
    let d = dim as f64;
    // N_n/N_{n-1}.
    let growth = |n: usize| {
        let m = n as f64;
        if n == 1 { d } else { (2.0 * m + d - 2.0) / (2.0 * m + d - 4.0) * (m + d - 3.0) / m }
    };
    // The ratios of successive terms fall with n: the terms rise to one maximum and fall from there.
    let (mut last, mut term, mut largest) = (0_usize, 0.0_f64, 0.0_f64);
    while term > largest - 45.0 {
        let m = 0.5 * (d - 1.0) + last as f64;
        last += 1;
        // A_{D+2j} <= k/(m + sqrt(k^2 + m^2)), m = (D-1)/2 + j.
        term += (growth(last) * k / (m + k.hypot(m))).ln();
        largest = largest.max(term);
    }
    // Backward from the last: A_D = k/(D + k A_{D+2}).
    let mut ratio = alignment(dim + 2 * last, k).mean;
    // 1 + g_1 A_D (1 + g_2 A_{D+2} (1 + ...)), in units that grow with it.
    let (mut sum, mut unit, mut log) = (1.0_f64, 1.0_f64, 0.0_f64);
    const SHRINK: i32 = -600;
    for n in (1..=last).rev() {
        ratio = k / (d + 2.0 * (n - 1) as f64 + k * ratio);
        sum = sum * growth(n) * ratio + unit;
        if sum > 1e200 {
            sum *= 2.0_f64.powi(SHRINK);
            unit *= 2.0_f64.powi(SHRINK);
            log -= f64::from(SHRINK) * std::f64::consts::LN_2;
        }
    }
    -(log + sum.ln())
}

/// The marginal of a uniform law on a sphere at one noise level: one component centred at the origin.
///
/// # Formula
/// With `r = |x|`, `e = x/r`, `k = alpha R r/sigma^2` and `A` the [`alignment`]:
/// `log p = -(D/2) log(2 pi sigma^2) - (r - alpha R)^2/(2 sigma^2) + (log Lambda_D(k) - k)`;
/// `m = R A e`; `S = R^2 (A' e e^T + (A/k)(I - e e^T))`; `s` and `grad s` by A1 and A2.
///
/// # Source
/// theory.md C11, A1, A2.
///
/// # Accuracy
/// `tr S = R^2 (1 - A)(1 + A)` to a few units in its last place; `s` to a few units of `(alpha R + r)/sigma^2`.
#[derive(Debug, Clone, PartialEq)]
pub struct Marginal {
    sphere: Sphere,
    level: NoiseLevel,
}

impl Marginal {
    /// The marginal of `sphere` at a noise level with `sigma > 0`.
    #[must_use]
    pub fn new(sphere: &Sphere, level: &NoiseLevel) -> Self {
        Self { sphere: *sphere, level: *level }
    }

    fn radius(&self) -> f64 {
        self.sphere.radius()
    }

    fn concentration(&self, r: f64) -> f64 {
        self.level.alpha() * self.radius() * r / self.level.sigma2()
    }

    /// `a e e^T + b (I - e e^T)`, `e` the direction of `x`; `a = b` at the origin.
    fn split(&self, x: &[f64], along: f64, across: f64) -> DMatrix<f64> {
        let x = DVector::from_column_slice(x);
        let r2 = x.norm_squared();
        let mut matrix = DMatrix::from_diagonal_element(x.len(), x.len(), across);
        if r2 > 0.0 {
            matrix.ger((along - across) / r2, &x, &x, 1.0);
        }
        matrix
    }

    /// Eigenvalues of `grad s` along `x` and across it, at distance `r` from the origin.
    ///
    /// # Formula
    /// `(alpha^2 R^2 A'/sigma^2 - 1)/sigma^2` and `(alpha^2 R^2 (A/k)/sigma^2 - 1)/sigma^2`.
    #[must_use]
    pub fn eigenvalues(&self, r: f64) -> [f64; 2] {
        let a = alignment(self.sphere.dim(), self.concentration(r));
        let signal = (self.level.alpha() * self.radius()).powi(2) / self.level.sigma2();
        [a.along, a.across].map(|v| (signal * v - 1.0) / self.level.sigma2())
    }
}

impl Density for Marginal {
    fn dim(&self) -> usize {
        self.sphere.dim()
    }

    fn alpha(&self) -> f64 {
        self.level.alpha()
    }

    fn sigma2(&self) -> f64 {
        self.level.sigma2()
    }

    /// `R^2/D`.
    fn eigenvalue(&self, _: usize, _: usize) -> f64 {
        self.radius() * self.radius() / self.sphere.dim() as f64
    }

    fn observe(&self, points: Points<'_>, detail: Detail, out: &mut Observation) {
        Stop::check();
        let (dim, n) = (self.dim(), points.len());
        out.resize(n, dim, detail);
        out.label.decide();
        out.component.decide();
        out.label_production.fill(0.0);
        out.label_gradient2.fill(0.0);
        let (alpha, sigma2, radius) = (self.level.alpha(), self.level.sigma2(), self.radius());
        let d = dim as f64;
        for (i, x) in points.offsets.chunks_exact(dim).enumerate() {
            let r = x.iter().map(|v| v * v).sum::<f64>().sqrt();
            let k = self.concentration(r);
            let gap = r - alpha * radius;
            out.ln_density[i] =
                ln_mean_exp(dim, k) - 0.5 * gap * gap / sigma2 - 0.5 * d * (std::f64::consts::TAU * sigma2).ln();
            out.ln_anchor[i] = out.ln_density[i];
            if (detail & !Detail::POSTERIORS).is_empty() {
                continue;
            }
            let a = alignment(dim, k);
            // m = R A x/r = (alpha R^2/sigma^2)(A/k) x, regular at the origin.
            let gain = alpha * radius * radius / sigma2 * a.across;
            let trace = radius * radius * a.defect * (1.0 + a.mean);
            let divergence = (alpha * alpha / sigma2 * trace - d) / sigma2;
            let scaled = |field: &mut Vec<f64>, factor: f64| {
                let row = field.iter_mut().skip(i * dim).zip(x);
                row.for_each(|(y, v)| *y = factor * v);
            };
            scaled(&mut out.mean_offset, gain);
            scaled(&mut out.score, (alpha * gain - 1.0) / sigma2);
            out.posterior_trace.get_mut(i).into_iter().for_each(|y| *y = trace);
            for field in [&mut out.score_divergence, &mut out.label_divergence] {
                field.get_mut(i).into_iter().for_each(|y| *y = divergence);
            }
        }
    }

    fn score_jacobian(&self, _: usize, offset: &[f64]) -> DMatrix<f64> {
        let r = offset.iter().map(|v| v * v).sum::<f64>().sqrt();
        let [along, across] = self.eigenvalues(r);
        self.split(offset, along, across)
    }

    fn posterior_covariance(&self, _: usize, offset: &[f64]) -> DMatrix<f64> {
        let r = offset.iter().map(|v| v * v).sum::<f64>().sqrt();
        let a = alignment(self.dim(), self.concentration(r));
        let r2 = self.radius() * self.radius();
        self.split(offset, r2 * a.along, r2 * a.across)
    }

    fn posterior_square_trace(&self, _: usize, offset: &[f64]) -> f64 {
        let r = offset.iter().map(|v| v * v).sum::<f64>().sqrt();
        let a = alignment(self.dim(), self.concentration(r));
        let r2 = self.radius() * self.radius();
        (r2 * a.along).powi(2) + (self.dim() - 1) as f64 * (r2 * a.across).powi(2)
    }

    fn top_eigenvalue(&self, _: usize, offset: &[f64]) -> f64 {
        let [along, across] = self.eigenvalues(offset.iter().map(|v| v * v).sum::<f64>().sqrt());
        along.max(across)
    }
}
