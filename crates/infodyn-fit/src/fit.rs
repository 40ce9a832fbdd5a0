//! A fitted mixture whose ridge is still to be added.

use infodyn_core::{Covariance, Mixture};
use rayon::prelude::*;

use crate::gaussian::Gaussian;
use crate::mixture::{Search, expectation_maximisation};
use crate::{Error, Points, Result, Shape, held_out};

/// A mixture of Gaussians fitted to points. A ridge, a variance that is added in every direction, is chosen when it is
/// used: it stands for what the points do not show, as the width of their rounding.
#[derive(Debug, Clone)]
pub struct Fit {
    pub(crate) components: Vec<Gaussian>,
    shape: Shape,
    per_class: bool,
    steps: usize,
    converged: bool,
}

impl Fit {
    /// One Gaussian for each class, its weight the share of its points. `labels` has one entry a point, below
    /// `classes`.
    ///
    /// # Errors
    /// [`Error::Class`], [`Error::Rank`].
    pub fn per_class(points: Points<'_>, labels: &[usize], classes: usize, shape: Shape) -> Result<Self> {
        rank_serves(shape, points.dim())?;
        let of = |label: usize| -> Result<Gaussian> {
            let share: Vec<f64> = labels.iter().map(|&y| f64::from(u8::from(y == label))).collect();
            if share.iter().all(|&r| r == 0.0) {
                return Err(Error::Class { label, points: points.len() });
            }
            Ok(Gaussian::of(points, &share, points.len() as f64, shape))
        };
        let components = (0..classes).into_par_iter().map(of).collect::<Result<Vec<Gaussian>>>()?;
        Ok(Self { components, shape, per_class: true, steps: 1, converged: true })
    }

    /// A mixture by expectation and maximisation, from centres that k-means++ and twenty rounds of Lloyd's algorithm
    /// find. A component that is left with less than one point is given up, so that there may be fewer. `ridge` is
    /// added at every step, and left out of what is returned.
    ///
    /// # Formula
    /// Until a step gains less than 1e-6 nats a point, 200 steps at most: `r_ik = w_k N(x_i; m_k, C_k + ridge
    /// I)/sum`, then weights, means and covariances as of points with weights `r_ik`.
    ///
    /// # Source
    /// Dempster, Laird & Rubin 1977; Arthur & Vassilvitskii, *k-means++*, SODA 2007. The ridge as scikit-learn's
    /// `reg_covar`: with it a step need not gain, and one that loses ends the search.
    ///
    /// # Errors
    /// [`Error::Components`], [`Error::Rank`], [`Error::Singular`] where the ridge is 0 and a covariance is singular.
    pub fn mixture(points: Points<'_>, components: usize, shape: Shape, ridge: f64, seed: u64) -> Result<Self> {
        rank_serves(shape, points.dim())?;
        let places = points.places(components);
        if components == 0 || places < components {
            return Err(Error::Components { components, places });
        }
        let Search { components, steps, converged } = expectation_maximisation(points, components, shape, ridge, seed)?;
        Ok(Self { components, shape, per_class: false, steps, converged })
    }

    /// The same components with covariances of low rank in place of full ones: those that a fit of this shape has
    /// where the shares of the components do not change, as of classes.
    pub(crate) fn of_rank(&self, rank: usize) -> Result<Self> {
        let (dim, shape) = (self.components.first().map_or(0, |one| one.mean.len()), Shape::LowRank(rank));
        rank_serves(shape, dim)?;
        Ok(Self { components: self.components.iter().map(|one| one.of_rank(rank)).collect(), shape, ..self.clone() })
    }

    /// Number of components.
    #[must_use]
    pub fn components(&self) -> usize {
        self.components.len()
    }

    /// What the covariances are.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Whether the components are the classes, in the order of their labels.
    #[must_use]
    pub fn is_per_class(&self) -> bool {
        self.per_class
    }

    /// Steps of the search, and whether it ended before their number did.
    #[must_use]
    pub fn steps(&self) -> (usize, bool) {
        (self.steps, self.converged)
    }

    /// The least variance of a component along an axis, before a ridge.
    #[must_use]
    pub fn least_variance(&self) -> f64 {
        self.components.iter().map(Gaussian::least).fold(f64::INFINITY, f64::min)
    }

    /// `log p(x)` of the law with a ridge at each point, nats.
    ///
    /// # Errors
    /// [`Error::Singular`].
    pub fn ln_densities(&self, points: Points<'_>, ridge: f64) -> Result<Vec<f64>> {
        held_out::ln_densities(&self.components, points, ridge)
    }

    /// How far the law's denoiser is from each point, for each of a list of ridges: `|x - E[X_0 given x + sigma
    /// Z]|^2`, the mean of two opposite noises. The same seed gives the same noise to every fit, in units of `sigma`.
    ///
    /// # Formula
    /// `E[X_0 given y] = sum_k pi_k (m_k + (C_k + ridge I)(C_k + (ridge + sigma^2) I)^-1 (y - m_k))`, `pi_k`
    /// proportional to
    /// `w_k N(y; m_k, C_k + (ridge + sigma^2) I)`.
    ///
    /// # Accuracy
    /// Exact but for rounding, for the noise that was drawn.
    #[must_use]
    pub fn denoising_errors(&self, points: Points<'_>, sigma: f64, ridges: &[f64], seed: u64) -> Vec<Vec<f64>> {
        held_out::denoising_errors(&self.components, points, sigma, ridges, seed)
    }

    /// The law, with `ridge >= 0` added to every variance.
    ///
    /// # Errors
    /// When a covariance is too close to singular for its eigenvalues to be known, as without a ridge.
    pub fn law(&self, ridge: f64) -> Result<Mixture> {
        let covariance = |one: &Gaussian| -> infodyn_core::Result<Covariance> {
            match (self.shape, &one.axes) {
                (Shape::Isotropic, _) => Covariance::isotropic(one.variances[0] + ridge),
                (Shape::LowRank(_), Some(axes)) if one.matrix.is_none() => {
                    Covariance::factored(one.factored(axes, ridge))
                }
                (_, None) => Covariance::diagonal(&one.variances.iter().map(|v| v + ridge).collect::<Vec<_>>()),
                (_, Some(_)) => {
                    let matrix = one.covariance(ridge);
                    let rows: Vec<Vec<f64>> = matrix.column_iter().map(|c| c.iter().copied().collect()).collect();
                    Covariance::full(&rows)
                }
            }
        };
        let weights: Vec<f64> = self.components.iter().map(|one| one.weight).collect();
        let means: Vec<Vec<f64>> = self.components.iter().map(|one| one.mean.iter().copied().collect()).collect();
        let covariances: Vec<infodyn_core::Result<Covariance>> = self.components.par_iter().map(covariance).collect();
        let covariances = covariances.into_iter().collect::<infodyn_core::Result<Vec<_>>>()?;
        Ok(Mixture::new(&weights, &means, covariances)?)
    }
}

fn rank_serves(shape: Shape, dim: usize) -> Result<()> {
    match shape {
        Shape::LowRank(rank) if rank == 0 || rank >= dim => Err(Error::Rank { rank, most: dim.saturating_sub(1) }),
        _ => Ok(()),
    }
}
