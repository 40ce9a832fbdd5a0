//! One energy of a law along a noise process, in coordinates about the centre of the law.

use std::cell::RefCell;
use std::sync::Arc;

use infodyn_core::{Density, Detail, Estimate, Law, NoiseProcess, Observation, Points, ulps};
use nalgebra::{DMatrix, DVector};

use crate::{Energy, Result};

const EPS: f64 = f64::EPSILON;

/// One energy of a law along a process: the drift whose zeros are the fixed points.
///
/// # Formula
/// In the coordinates of the data, `y = x/alpha`, with `v = 1/snr`: the drift is proportional to
/// `G(y) = v grad log q_v(y) - kappa y`, `q_v` the law of `X_0 + sqrt(v) Z` and
/// `kappa = c sigma^2 f/g^2`, `c = 0, 1, 2` for the three energies. `G = m(y) - (1 + kappa) y` by
/// A1, `m` the posterior mean; `kappa` is a function of the signal-to-noise ratio only.
///
/// With `u = y - E X_0` it is `v s(u) - kappa (u + E X_0)`: no digit is lost where the law lies far from the origin,
/// which without a tilt `kappa` drops out wholly. Where the law splits ([`Law::reduced`]) only its core is followed:
/// beside it the drift is linear, with the eigenvalue `-(w + kappa)`, `w = 1/(1 + snr q)`, and vanishes at
/// `u = -kappa/(w + kappa) E X_0`.
///
/// A drift that no rotation about the centre changes is followed along one ray: what is found there stands for a
/// sphere.
///
/// # Source
/// theory.md C3.
#[derive(Debug, Clone)]
pub struct Landscape {
    law: Arc<dyn Law>,
    /// What is followed.
    core: Arc<dyn Law>,
    process: NoiseProcess,
    energy: Energy,
    /// Coordinates that are followed: those of the core, or 1 on a ray.
    dim: usize,
    /// `E X_0`, length `D`.
    centre: DVector<f64>,
    /// Directions of the core, `D x r`; `None` for a law that does not split.
    basis: Option<DMatrix<f64>>,
    /// `E X_0` along the core, where the energy refers to the origin; else 0.
    centre_within: DVector<f64>,
    /// The rest of it, length `D`.
    centre_beside: DVector<f64>,
    /// Variance of the data in each coordinate beside the core, and how many there are.
    beside: (f64, usize),
    /// Means of the components about the centre, in the coordinates of the core.
    means: Vec<DVector<f64>>,
    /// The largest length of those.
    spread: f64,
    /// The largest root mean square of a component of the data about the centre.
    size: f64,
}

impl Landscape {
    /// The landscape of a law.
    ///
    /// # Errors
    /// When the process `ve` cannot be read.
    pub fn new(law: Arc<dyn Law>, process: NoiseProcess, energy: Energy) -> Result<Self> {
        let factors = law.reduced();
        let core = factors.as_ref().map_or_else(|| Arc::clone(&law), |f| Arc::clone(&f.core));
        let density = core.density(&NoiseProcess::Ve.at(1.0)?);
        let (dim, weights) = (core.dim(), density.weights());
        let mut means = vec![DVector::zeros(dim); weights.len()];
        means.iter_mut().enumerate().for_each(|(k, m)| density.centre(k, m.as_mut_slice()));
        // The second sum finds what the first has lost where the law lies far from the origin.
        let mut middle = DVector::zeros(dim);
        for _ in 0..2 {
            let sum = means.iter().zip(weights).fold(DVector::zeros(dim), |sum, (m, &w)| sum + m * w);
            means.iter_mut().for_each(|m| *m -= &sum);
            middle += sum;
        }
        let (centre, basis, beside) = match factors {
            None => (middle, None, (0.0, 0)),
            Some(f) => (f.centre + &f.basis * middle, Some(f.basis), (f.variance, f.multiplicity)),
        };
        let tilted = energy != Energy::Marginal && !matches!(process, NoiseProcess::Ve | NoiseProcess::Edm);
        let origin = if tilted { centre.clone() } else { DVector::zeros(law.dim()) };
        let centre_within = basis.as_ref().map_or_else(|| origin.clone(), |b| b.transpose() * &origin);
        let mut centre_beside = &origin - basis.as_ref().map_or_else(|| centre_within.clone(), |b| b * &centre_within);
        // The projection is a sum of D products, and so is what it is taken from.
        if centre_beside.norm() <= 2.0 * ulps::reduction(law.dim()) * EPS * origin.norm() {
            centre_beside.fill(0.0);
        }
        let eigenvalues = |k: usize| (0..dim).map(|i| density.eigenvalue(k, i)).collect::<Vec<_>>();
        let rms = |(k, m): (usize, &DVector<f64>)| (m.norm_squared() + eigenvalues(k).iter().sum::<f64>()).sqrt();
        let size = means.iter().enumerate().map(rms).fold(0.0, f64::max);
        let spread = means.iter().map(|m| m.norm()).fold(0.0, f64::max);
        let round =
            |k: usize| density.axes(k).is_none() && eigenvalues(k).iter().all(|&l| l == density.eigenvalue(k, 0));
        let central = spread == 0.0 && centre_within.amax() == 0.0;
        let rotational = central && (core.is_rotation_invariant() || (0..means.len()).all(round));
        drop(density);
        let dim = if rotational { 1 } else { dim };
        let means = means.into_iter().map(|m| m.resize_vertically(dim, 0.0)).collect();
        let centre_within = centre_within.resize_vertically(dim, 0.0);
        Ok(Self {
            law,
            core,
            process,
            energy,
            dim,
            centre,
            basis,
            centre_within,
            centre_beside,
            beside,
            means,
            spread,
            size,
        })
    }

    /// Which energy.
    #[must_use]
    pub fn energy(&self) -> Energy {
        self.energy
    }

    /// The noise process.
    #[must_use]
    pub fn process(&self) -> &NoiseProcess {
        &self.process
    }

    /// The coefficient `kappa` at a signal-to-noise ratio.
    ///
    /// # Errors
    /// When the process never has that ratio and the energy is not the marginal.
    pub fn tilt(&self, snr: f64) -> Result<f64> {
        if self.energy == Energy::Marginal || matches!(self.process, NoiseProcess::Ve | NoiseProcess::Edm) {
            return Ok(0.0);
        }
        let level = self.process.at_snr(snr)?;
        Ok(self.energy.multiple() * level.sigma2() * level.f() / level.g2())
    }

    /// The eigenvalue of the drift in each direction beside the core of a law that splits, in units of `1/sigma^2`, and
    /// how many such directions there are; 0 where it is no larger than its rounding.
    ///
    /// # Formula
    /// `-(w + kappa)`, `w = 1/(1 + snr q)`.
    ///
    /// # Errors
    /// When the process never has that ratio and the energy is not the marginal.
    pub fn beside(&self, snr: f64) -> Result<(f64, usize)> {
        let (pull, tilt) = (1.0 / (1.0 + snr * self.beside.0), self.tilt(snr)?);
        let sum = pull + tilt;
        Ok((if sum.abs() <= ulps::operations(5) * EPS * (pull + tilt.abs()) { 0.0 } else { -sum }, self.beside.1))
    }

    /// How much higher the energy stands at `to` than at `from`, points `x/alpha` of length `D`; from a
    /// minimum to the saddle beside it, the height of the barrier.
    ///
    /// # Formula
    /// The difference of `-log q_v(y) + kappa |y|^2/(2 v)`, whose slope is `-G/v`.
    ///
    /// # Accuracy
    /// The rounding of the log-density and of the squares, [`ulps::READING`] of each.
    ///
    /// # Errors
    /// When the process never has that ratio and the energy is not the marginal.
    pub fn rise(&self, from: &[f64], to: &[f64], snr: f64) -> Result<Estimate> {
        let (level, half) = (NoiseProcess::Ve.at(1.0 / snr)?, 0.5 * self.tilt(snr)? * snr);
        let density = self.law.density(&level);
        let energy = |y: &[f64]| {
            let tilt = half * y.iter().map(|v| v * v).sum::<f64>();
            let log = density.ln_density(y);
            Estimate::new(tilt - log, ulps::READING * EPS * (1.0 + tilt.abs() + log.abs()))
        };
        Ok(energy(to) - energy(from))
    }

    /// Whether what is followed is a ray, one of a sphere's.
    pub(crate) fn on_ray(&self) -> bool {
        self.dim < self.core.dim()
    }

    /// How far the logarithm of a ratio may be off by the rounding of the reduction: each mean of the core by
    /// [`ulps::reduction`].
    pub(crate) fn rounding(&self) -> f64 {
        if self.basis.is_some() { 2.0 * ulps::reduction(self.law.dim()) * EPS } else { 0.0 }
    }

    /// Dimension of the law.
    pub(crate) fn whole_dim(&self) -> usize {
        self.law.dim()
    }

    pub(crate) fn at(&self, log_snr: f64) -> Result<Slice<'_>> {
        let sigma2 = (-log_snr).exp();
        let density = self.core.density(&NoiseProcess::Ve.at(sigma2)?);
        let variances = |k: usize| (0..self.dim).map(|i| density.variance(k, i)).fold(f64::INFINITY, f64::min);
        let scale = (0..self.means.len()).map(variances).fold(f64::INFINITY, f64::min).sqrt();
        let tilt = self.tilt(log_snr.exp())?;
        Ok(Slice { of: self, density, log_snr, sigma2, tilt, scale, seen: RefCell::default() })
    }

    /// `dG/d log snr` by a central difference; relative error about 1e-9.
    pub(crate) fn slope(&self, u: &DVector<f64>, log_snr: f64) -> Result<DVector<f64>> {
        let h = 1e-4;
        let (up, down) = (self.at(log_snr + h)?.field(u), self.at(log_snr - h)?.field(u));
        Ok((up - down) / (2.0 * h))
    }
}

/// A landscape at one noise level. Points are `u`, coordinates of the core about the centre of the law.
pub(crate) struct Slice<'a> {
    pub(crate) of: &'a Landscape,
    density: Box<dyn Density + 'a>,
    pub(crate) log_snr: f64,
    pub(crate) sigma2: f64,
    pub(crate) tilt: f64,
    /// The smallest standard deviation of a component: the length on which the drift varies.
    pub(crate) scale: f64,
    seen: RefCell<Observation>,
}

impl Slice<'_> {
    pub(crate) fn dim(&self) -> usize {
        self.of.dim
    }

    /// Means of the components.
    pub(crate) fn means(&self) -> &[DVector<f64>] {
        &self.of.means
    }

    pub(crate) fn weights(&self) -> &[f64] {
        self.density.weights()
    }

    /// Variance of component `k` along its principal axis `i`.
    pub(crate) fn variance(&self, k: usize, i: usize) -> f64 {
        self.density.variance(k, i)
    }

    /// Principal axes of component `k`, one a column; `None` when they are those of the coordinates.
    pub(crate) fn axes(&self, k: usize) -> Option<&DMatrix<f64>> {
        self.density.axes(k)
    }

    /// The origin of the data, where the energy refers to it; else the centre.
    pub(crate) fn origin(&self) -> DVector<f64> {
        -&self.of.centre_within
    }

    /// A point of the data, length `D`, with a bound for its rounding and that of what lies beside the core; `None`
    /// where the drift beside the core has no zero.
    pub(crate) fn place(&self, u: &DVector<f64>) -> Option<(Vec<f64>, f64)> {
        let of = self.of;
        let within = u.clone().resize_vertically(of.core.dim(), 0.0);
        let mut at = of.basis.as_ref().map_or_else(|| within.clone(), |b| b * &within);
        let mut error = EPS * (of.centre.norm() + u.norm());
        if self.tilt != 0.0 && of.centre_beside.amax() > 0.0 {
            let eigenvalue = of.beside(self.log_snr.exp()).ok()?.0;
            if eigenvalue == 0.0 {
                return None;
            }
            let beside = &of.centre_beside * (self.tilt / eigenvalue);
            error += ulps::READING * EPS * beside.norm() * (1.0 + self.tilt.abs() / eigenvalue.abs());
            at += beside;
        }
        at += &of.centre;
        Some((at.as_slice().to_vec(), error))
    }

    /// The nearest component, and where a point of the core lies from it.
    fn locate(&self, u: &DVector<f64>) -> (usize, Vec<f64>) {
        let distances = self.means().iter().map(|m| m.metric_distance(u));
        let (nearest, _) = distances.enumerate().fold((0, f64::INFINITY), |m, c| if c.1 < m.1 { c } else { m });
        let mut offset = vec![0.0; self.of.core.dim()];
        offset.iter_mut().zip(u.iter().zip(self.means()[nearest].iter())).for_each(|(o, (u, m))| *o = u - m);
        (nearest, offset)
    }

    /// `G(u)`.
    pub(crate) fn field(&self, u: &DVector<f64>) -> DVector<f64> {
        let (anchor, offset) = self.locate(u);
        let mut seen = self.seen.borrow_mut();
        self.density.observe(Points { anchors: &[anchor], offsets: &offset }, Detail::SCORES, &mut seen);
        let tilt = |i: usize| if self.tilt == 0.0 { 0.0 } else { self.tilt * (u[i] + self.of.centre_within[i]) };
        DVector::from_fn(u.len(), |i, _| seen.score[i] * self.sigma2 - tilt(i))
    }

    /// `dG/du`, symmetric.
    pub(crate) fn jacobian(&self, u: &DVector<f64>) -> DMatrix<f64> {
        let (anchor, offset) = self.locate(u);
        let whole = self.density.score_jacobian(anchor, &offset);
        let diagonal = |i, j| if i == j { self.tilt } else { 0.0 };
        DMatrix::from_fn(u.len(), u.len(), |i, j| whole[(i, j)] * self.sigma2 - diagonal(i, j))
    }

    /// Eigenvalues of `dG/du`, largest first.
    pub(crate) fn eigenvalues(&self, u: &DVector<f64>) -> Vec<f64> {
        descending(&self.jacobian(u))
    }

    /// The unit vector along which the drift changes least at `u`.
    pub(crate) fn softest(&self, u: &DVector<f64>) -> DVector<f64> {
        let eigen = self.jacobian(u).symmetric_eigen();
        eigen.eigenvectors.column(eigen.eigenvalues.iamin()).into_owned()
    }

    /// The length on which the drift varies around `u`: the scale, and far from the law longer in proportion.
    pub(crate) fn unit(&self, u: &DVector<f64>) -> f64 {
        self.scale * (u.norm() / (4.0 * self.size())).max(1.0)
    }

    /// Whether the law is one Gaussian.
    pub(crate) fn is_linear(&self) -> bool {
        self.of.core.mixture().is_some_and(|law| law.components() == 1)
    }

    /// The size of the law.
    pub(crate) fn size(&self) -> f64 {
        self.of.size.max(self.scale)
    }

    /// A radius that holds every mean, the origin and `u`.
    pub(crate) fn reach(&self, u: &DVector<f64>) -> f64 {
        u.norm().max(self.of.spread).max(self.of.centre_within.norm())
    }

    /// A bound for the rounding of `G` at `u`: `s` is a mean of terms `(mu_k - u)`, each rounded,
    /// with weights of relative error a few units times their exponent; and the tilt refers to the origin.
    pub(crate) fn rounding(&self, u: &DVector<f64>) -> f64 {
        let tilted = self.tilt.abs() * self.of.centre_within.norm();
        EPS * (32.0 * (u.norm().max(self.of.spread) + self.scale) + 8.0 * tilted)
    }

    /// Where the drift would be at rest if the posterior weights of the components were `weights`, length `K`, up to a
    /// common factor; `None` without such a point. Every zero is of this form, with its own posterior for the weights.
    ///
    /// # Formula
    /// `(v sum_k a_k V_k^{-1} + kappa) u = v sum_k a_k V_k^{-1} mu_k - kappa E X_0`, `sum_k a_k = 1`.
    ///
    /// # Source
    /// Set `v s(u) = kappa (u + E X_0)` with `s = -sum_k a_k V_k^{-1} (u - mu_k)`. For `kappa = 0` the ridgeline of Ray
    /// & Lindsay, Annals of Statistics 33 (2005) 2042.
    pub(crate) fn ridge(&self, weights: &[f64]) -> Option<DVector<f64>> {
        let (dim, sum) = (self.dim(), weights.iter().sum::<f64>());
        let mut matrix = DMatrix::from_diagonal_element(dim, dim, self.tilt);
        let mut right = &self.of.centre_within * -self.tilt;
        for (k, (a, mean)) in weights.iter().zip(self.means()).enumerate().filter(|(_, (a, _))| **a > 0.0) {
            let narrow = DVector::from_fn(dim, |i, _| a / sum * self.sigma2 / self.variance(k, i));
            let mut precision = DMatrix::from_diagonal(&narrow);
            if let Some(axes) = self.axes(k) {
                precision = axes * precision * axes.transpose();
            }
            right += &precision * mean;
            matrix += precision;
        }
        matrix.lu().solve(&right).filter(|u| u.iter().all(|v| v.is_finite()))
    }

    /// `log(w_k N_k)` at `u`, up to a constant that all components share.
    pub(crate) fn ln_component(&self, k: usize, u: &DVector<f64>) -> f64 {
        let from = u - &self.means()[k];
        let along = self.axes(k).map_or_else(|| from.clone(), |axes| axes.tr_mul(&from));
        let terms = along.iter().enumerate().map(|(i, x)| {
            let variance = self.variance(k, i);
            variance.ln() + x * x / variance
        });
        self.weights()[k].ln() - 0.5 * terms.sum::<f64>()
    }

    /// `G(u)` of component `k` alone.
    pub(crate) fn pull(&self, k: usize, u: &DVector<f64>) -> DVector<f64> {
        let from = &self.means()[k] - u;
        let shrink = |x: &DVector<f64>| DVector::from_fn(x.len(), |i, _| x[i] * self.sigma2 / self.variance(k, i));
        let pull = self.axes(k).map_or_else(|| shrink(&from), |axes| axes * shrink(&axes.tr_mul(&from)));
        pull - (u + &self.of.centre_within) * self.tilt
    }

    /// Whether the drift vanishes everywhere to its rounding, as the flow's of `N(0, I)` under a
    /// variance-preserving process: every point is fixed, and none is isolated.
    pub(crate) fn flat(&self) -> bool {
        let off = DVector::from_element(self.dim(), self.scale);
        self.means().iter().all(|m| [m + &off, m - &off].iter().all(|u| self.field(u).norm() <= 4.0 * self.rounding(u)))
    }

    /// Whether zeros of these Jacobians, given by their eigenvalues, cannot be all that there are: their signs
    /// `(-1)^index` do not sum to what those of all zeros do. `false` where nothing can be said.
    ///
    /// # Formula
    /// Poincare and Hopf: where the drift points inward all around, far out, the signs sum to 1, where it points
    /// outward to `(-1)^D`. Far out along `n` the component that is widest there rules, and `n.G/|u|` tends to
    /// `-(v n.V^{-1} n + kappa)`, which lies between the values at the widest and at the narrowest variance of all.
    pub(crate) fn unbalanced<'e>(&self, zeros: impl Iterator<Item = &'e [f64]>) -> bool {
        const FLAT: f64 = 1e-9;
        let variances = (0..self.means().len()).flat_map(|k| (0..self.dim()).map(move |i| self.variance(k, i)));
        let wide = variances.fold(0.0, f64::max);
        let narrow = self.scale * self.scale;
        let (inward, outward) = (self.sigma2 / wide + self.tilt > FLAT, self.sigma2 / narrow + self.tilt < -FLAT);
        if !inward && !outward {
            return false;
        }
        let total = if outward && self.dim() % 2 == 1 { -1 } else { 1 };
        let mut sum = 0;
        for eigenvalues in zeros {
            if eigenvalues.iter().any(|e| e.abs() < FLAT) {
                return false;
            }
            sum += if eigenvalues.iter().filter(|&&e| e > 0.0).count() % 2 == 0 { 1 } else { -1 };
        }
        sum != total
    }

    /// Newton's method for `G = 0` with steps of at most `limit`; `None` where it does not settle.
    pub(crate) fn newton(&self, start: &DVector<f64>, limit: f64, steps: usize) -> Option<DVector<f64>> {
        self.newton_beside(&[], start, limit, steps)
    }

    /// [`Self::newton`] for a zero that is none of the `known`: for `M G`, which has no zero where `M` has a pole.
    ///
    /// # Formula
    /// Deflation (Farrell, Birkisson & Funke 2015): `M = prod_z (1 + limit^2/|u - z|^2)`. By the rule of Sherman and
    /// Morrison its step is Newton's own `d`, divided by `1 - d.grad log M`.
    pub(crate) fn newton_beside(
        &self,
        known: &[DVector<f64>],
        start: &DVector<f64>,
        limit: f64,
        steps: usize,
    ) -> Option<DVector<f64>> {
        let mut u = start.clone();
        for _ in 0..steps {
            let field = self.field(&u);
            let mut step = self.jacobian(&u).lu().solve(&-&field)?;
            let push = |z: &DVector<f64>| {
                let (gap, r2) = (&u - z, (&u - z).norm_squared() / (limit * limit));
                2.0 * gap.dot(&step) / (limit * limit * r2 * (1.0 + r2))
            };
            let pushed: f64 = known.iter().map(push).sum();
            step /= 1.0 + pushed;
            let length = step.norm();
            if !length.is_finite() {
                return None;
            }
            if length > limit {
                step *= limit / length;
            }
            u += &step;
            let near = (1e-9 * limit).max(4.0 * EPS * u.norm());
            if length <= near && field.norm() <= self.rounding(&u).max(1e-9 * limit) {
                // One more step squares what is left.
                let last = self.jacobian(&u).lu().solve(&-self.field(&u))?;
                if last.norm() <= limit {
                    u += last;
                }
                return Some(u);
            }
        }
        None
    }
}

/// Eigenvalues of a symmetric matrix, largest first.
pub(crate) fn descending(matrix: &DMatrix<f64>) -> Vec<f64> {
    if matrix.nrows() == 1 {
        return vec![matrix[(0, 0)]];
    }
    let mut values: Vec<f64> = matrix.symmetric_eigenvalues().iter().copied().collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values
}
