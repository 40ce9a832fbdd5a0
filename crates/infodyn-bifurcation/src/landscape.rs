//! One energy of a law along a noise process.

use std::fmt;

use infodyn_core::{Density, Estimate, NoiseLevel, NoiseProcess};
use nalgebra::{DMatrix, DVector};

use crate::Result;

/// Which of the three energies of theory.md C3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Energy {
    /// `-log p_t(x)`: the zeros of the score.
    Marginal,
    /// `f |x|^2/2 - g^2 log p_t(x)`: the zeros of the drift of the reverse SDE.
    ReverseSde,
    /// `f |x|^2/2 - (g^2/2) log p_t(x)`: the zeros of the velocity of the probability flow.
    ProbabilityFlow,
}

impl Energy {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Marginal, Self::ReverseSde, Self::ProbabilityFlow];

    /// The name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Marginal => "marginal",
            Self::ReverseSde => "reverse-sde",
            Self::ProbabilityFlow => "probability-flow",
        }
    }

    /// What multiplies `f/g^2` in the equation `s(x) = (multiple f/g^2) x` of its fixed points.
    fn multiple(self) -> f64 {
        match self {
            Self::Marginal => 0.0,
            Self::ReverseSde => 1.0,
            Self::ProbabilityFlow => 2.0,
        }
    }
}

impl fmt::Display for Energy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The marginal of a law at a noise level; asked for at `alpha = 1` only.
pub type Marginals<'a> = &'a (dyn Fn(&NoiseLevel) -> Box<dyn Density + 'a> + Sync);

/// One energy of a law along a process: the drift whose zeros are the fixed points.
///
/// # Formula
/// In the coordinates of the data, `y = x/alpha`, with `v = 1/snr`: the drift is proportional to
/// `G(y) = v grad log q_v(y) - kappa y`, `q_v` the law of `X_0 + sqrt(v) Z` and
/// `kappa = c sigma^2 f/g^2`, `c = 0, 1, 2` for the three energies. `G = m(y) - (1 + kappa) y` by
/// A1, `m` the posterior mean; `kappa` is a function of the signal-to-noise ratio only.
///
/// # Source
/// theory.md C3.
#[derive(Clone, Copy)]
pub struct Landscape<'a> {
    marginals: Marginals<'a>,
    process: NoiseProcess,
    energy: Energy,
}

impl<'a> Landscape<'a> {
    /// The landscape of a law, given by its marginals.
    #[must_use]
    pub fn new(marginals: Marginals<'a>, process: NoiseProcess, energy: Energy) -> Self {
        Self { marginals, process, energy }
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

    /// How much higher the energy stands at `to` than at `from`, points `x/alpha` of length `D`; from a
    /// minimum to the saddle beside it, the height of the barrier.
    ///
    /// # Formula
    /// The difference of `-log q_v(y) + kappa |y|^2/(2 v)`, whose slope is `-G/v`.
    ///
    /// # Accuracy
    /// The rounding of the log-density and of the squares, 8 units of each.
    ///
    /// # Errors
    /// When the process never has that ratio and the energy is not the marginal.
    pub fn rise(&self, from: &[f64], to: &[f64], snr: f64) -> Result<Estimate> {
        let slice = self.at(snr.ln())?;
        let energy = |y: &[f64]| {
            let tilt = 0.5 * slice.tilt / slice.sigma2 * y.iter().map(|v| v * v).sum::<f64>();
            let log = slice.density.ln_density(y);
            Estimate::new(tilt - log, 8.0 * f64::EPSILON * (1.0 + tilt.abs() + log.abs()))
        };
        Ok(energy(to) - energy(from))
    }

    /// The same energy of other marginals.
    pub(crate) fn with<'b>(&self, marginals: Marginals<'b>) -> Landscape<'b> {
        Landscape { marginals, process: self.process, energy: self.energy }
    }

    /// The marginal at `log snr` with `alpha = 1`.
    pub(crate) fn marginal(&self, level: &NoiseLevel) -> Box<dyn Density + 'a> {
        (self.marginals)(level)
    }

    pub(crate) fn at(&self, log_snr: f64) -> Result<Slice<'a>> {
        let sigma2 = (-log_snr).exp();
        let level = NoiseProcess::Ve.at(sigma2)?;
        Ok(Slice { density: (self.marginals)(&level), sigma2, tilt: self.tilt(log_snr.exp())? })
    }

    /// `dG/d log snr` by a central difference; relative error about 1e-9.
    pub(crate) fn slope(&self, y: &DVector<f64>, log_snr: f64) -> Result<DVector<f64>> {
        let h = 1e-4;
        let (up, down) = (self.at(log_snr + h)?.field(y), self.at(log_snr - h)?.field(y));
        Ok((up - down) / (2.0 * h))
    }
}

/// A landscape at one noise level.
pub(crate) struct Slice<'a> {
    pub(crate) density: Box<dyn Density + 'a>,
    pub(crate) sigma2: f64,
    pub(crate) tilt: f64,
}

impl Slice<'_> {
    /// Where the drift would be at rest if the posterior weights of the components were `weights`, length `K`, up to a
    /// common factor; `None` without such a point. Every zero is of this form, with its own posterior for the weights.
    ///
    /// # Formula
    /// `(v sum_k a_k V_k^{-1} + kappa) y = v sum_k a_k V_k^{-1} mu_k`, `sum_k a_k = 1`.
    ///
    /// # Source
    /// Set `v s(y) = kappa y` with `s = -sum_k a_k V_k^{-1} (y - mu_k)`. For `kappa = 0` the ridgeline of Ray & Lindsay,
    /// Annals of Statistics 33 (2005) 2042.
    pub(crate) fn ridge(&self, weights: &[f64], means: &[DVector<f64>]) -> Option<DVector<f64>> {
        let (dim, sum) = (means.first()?.len(), weights.iter().sum::<f64>());
        let (mut matrix, mut right) = (DMatrix::from_diagonal_element(dim, dim, self.tilt), DVector::zeros(dim));
        for (k, (a, mean)) in weights.iter().zip(means).enumerate() {
            let narrow = DVector::from_fn(dim, |i, _| a / sum * self.sigma2 / self.density.variance(k, i));
            let mut precision = DMatrix::from_diagonal(&narrow);
            if let Some(axes) = self.density.axes(k) {
                precision = axes * precision * axes.transpose();
            }
            right += &precision * mean;
            matrix += precision;
        }
        matrix.lu().solve(&right).filter(|y| y.iter().all(|v| v.is_finite()))
    }

    pub(crate) fn dim(&self) -> usize {
        self.density.dim()
    }

    /// `G(y)`.
    pub(crate) fn field(&self, y: &DVector<f64>) -> DVector<f64> {
        self.density.score(y.as_slice()) * self.sigma2 - y * self.tilt
    }

    /// `dG/dy`, `D x D`, symmetric.
    pub(crate) fn jacobian(&self, y: &DVector<f64>) -> DMatrix<f64> {
        let (anchor, offset) = self.density.locate(y.as_slice());
        let mut jacobian = self.density.score_jacobian(anchor, &offset) * self.sigma2;
        for i in 0..jacobian.nrows() {
            jacobian[(i, i)] -= self.tilt;
        }
        jacobian
    }

    /// Eigenvalues of `dG/dy`, largest first.
    pub(crate) fn eigenvalues(&self, y: &DVector<f64>) -> Vec<f64> {
        let mut values: Vec<f64> = self.jacobian(y).symmetric_eigenvalues().iter().copied().collect();
        values.sort_by(|a, b| b.total_cmp(a));
        values
    }

    /// The unit vector along which the drift changes least at `y`.
    pub(crate) fn softest(&self, y: &DVector<f64>) -> DVector<f64> {
        let eigen = self.jacobian(y).symmetric_eigen();
        eigen.eigenvectors.column(eigen.eigenvalues.iamin()).into_owned()
    }

    /// The smallest standard deviation of a component: the length on which the drift varies.
    pub(crate) fn scale(&self) -> f64 {
        let d = &self.density;
        let variances = (0..d.weights().len()).flat_map(|k| (0..d.dim()).map(move |i| d.variance(k, i)));
        variances.fold(f64::INFINITY, f64::min).sqrt()
    }

    /// The largest root mean square of a component about the origin, in the data: the size of the law.
    pub(crate) fn size(&self) -> f64 {
        let d = &self.density;
        let of =
            |(k, m): (usize, &DVector<f64>)| m.norm_squared() + (0..d.dim()).map(|i| d.eigenvalue(k, i)).sum::<f64>();
        self.means().iter().enumerate().map(of).fold(0.0, f64::max).sqrt().max(self.scale())
    }

    /// The length on which the drift varies around `y`: [`Self::scale`], and far from the law longer in proportion.
    pub(crate) fn unit(&self, y: &DVector<f64>) -> f64 {
        self.scale() * (y.norm() / (4.0 * self.size())).max(1.0)
    }

    /// Means of the components, in the order of the law.
    pub(crate) fn means(&self) -> Vec<DVector<f64>> {
        let mut centre = vec![0.0; self.dim()];
        (0..self.density.weights().len())
            .map(|k| {
                self.density.centre(k, &mut centre);
                DVector::from_column_slice(&centre)
            })
            .collect()
    }

    /// A radius that holds every mean and `y`.
    pub(crate) fn reach(&self, y: &DVector<f64>) -> f64 {
        self.means().iter().map(|m| m.norm()).fold(y.norm(), f64::max)
    }

    /// A bound for the rounding of `G` at `y`: `s` is a mean of terms `(mu_k - y)`, each rounded,
    /// with weights of relative error a few units times their exponent.
    pub(crate) fn rounding(&self, y: &DVector<f64>) -> f64 {
        32.0 * f64::EPSILON * (self.reach(y) + self.scale())
    }

    /// Whether the drift vanishes everywhere to its rounding, as the flow's of `N(0, I)` under a
    /// variance-preserving process: every point is fixed, and none is isolated.
    pub(crate) fn flat(&self) -> bool {
        let off = DVector::from_element(self.dim(), self.scale());
        self.means().iter().all(|m| [m + &off, m - &off].iter().all(|y| self.field(y).norm() <= 4.0 * self.rounding(y)))
    }

    /// Whether zeros of these Jacobians, given by their eigenvalues, cannot be all that there are: their signs `(-1)^index` do
    /// not sum to what those of all zeros do. `false` where nothing can be said.
    ///
    /// # Formula
    /// Poincare and Hopf: where the drift points inward all around, far out, the signs sum to 1, where it points outward to
    /// `(-1)^D`. Far out along `u` the component that is widest there rules, and `u.G/|y| -> -(v u.V^{-1} u + kappa)`, which
    /// lies between the values at the widest and at the narrowest variance of all.
    pub(crate) fn unbalanced<'e>(&self, zeros: impl Iterator<Item = &'e [f64]>) -> bool {
        const FLAT: f64 = 1e-9;
        let d = &self.density;
        let variances = (0..d.weights().len()).flat_map(|k| (0..d.dim()).map(move |i| d.variance(k, i)));
        let (narrow, wide) = variances.fold((f64::INFINITY, 0.0_f64), |(a, b), v| (a.min(v), b.max(v)));
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
    /// Deflation (Farrell, Birkisson & Funke 2015): `M = prod_z (1 + limit^2/|y - z|^2)`. By the rule of Sherman and
    /// Morrison its step is Newton's own `d`, divided by `1 - d.grad log M`.
    pub(crate) fn newton_beside(
        &self,
        known: &[DVector<f64>],
        start: &DVector<f64>,
        limit: f64,
        steps: usize,
    ) -> Option<DVector<f64>> {
        let mut y = start.clone();
        let floor = self.rounding(start);
        for _ in 0..steps {
            let field = self.field(&y);
            let mut step = self.jacobian(&y).lu().solve(&-&field)?;
            let push = |z: &DVector<f64>| {
                let (gap, r2) = (&y - z, (&y - z).norm_squared() / (limit * limit));
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
            y += &step;
            if length <= 1e-9 * limit && field.norm() <= floor.max(1e-9 * limit) {
                // One more step squares what is left.
                let last = self.jacobian(&y).lu().solve(&-self.field(&y))?;
                if last.norm() <= limit {
                    y += last;
                }
                return Some(y);
            }
        }
        None
    }
}
