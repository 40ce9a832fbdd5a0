//! Means over trials of a method in steps, and what they say of no step at all.

use infodyn_core::{Comparison, Estimate};
use infodyn_kernels::Philox;

use crate::engine::mean_of_trials;
use crate::{Error, Means, Range, Settings};

/// Means at two sizes of a step.
pub struct Refined {
    /// The columns of the coarser one, and then those of the finer.
    means: Means,
    columns: usize,
    order: i32,
    level: f64,
}

/// Averages `columns` numbers over trials that are made twice from the same random numbers: in steps, and in half of
/// them, by a method whose error is of an order in the step.
///
/// `f` gets 0 for the coarser steps and 1 for the finer, a random stream, and room for `n x columns` values, row-major:
/// one trial a row. It must read as many random numbers either way. `products` are the pairs of columns whose
/// covariance will be asked for.
///
/// # Errors
/// As [`mean_of_trials`].
///
/// # Examples
/// ```
/// use infodyn_monte_carlo::{Error, Settings, mean_of_refined_trials};
///
/// // Euler's method for dx/dt = x to t = 1, from starts between 0 and 1, in 8 and 16 steps.
/// let means = mean_of_refined_trials(&Settings::default(), 1, 1, &[], |finer, rng, out| -> Result<(), Error> {
///     let steps = 8 << finer;
///     rng.fill_unit(out);
///     out.iter_mut().for_each(|x| *x *= (1.0 + 1.0 / f64::from(steps)).powi(steps));
///     Ok(())
/// })?;
/// assert!(means.linear(&[(0, 1.0)]).contains(0.5 * 1.0_f64.exp()));
/// # Ok::<(), Error>(())
/// ```
pub fn mean_of_refined_trials<E>(
    settings: &Settings,
    columns: usize,
    order: i32,
    products: &[(usize, usize)],
    f: impl Fn(usize, &mut Philox, &mut [f64]) -> std::result::Result<(), E> + Sync,
) -> std::result::Result<Refined, E>
where
    E: From<Error> + std::fmt::Display + Send,
{
    let finer = products.iter().map(|&(i, j)| (columns + i, columns + j));
    let products: Vec<(usize, usize)> = products.iter().copied().chain(finer).collect();
    let means = mean_of_trials(settings, 2 * columns, &products, |_, rng, out| -> std::result::Result<(), E> {
        let mut values = [vec![0.0; out.len() / 2], vec![0.0; out.len() / 2]];
        f(0, &mut rng.clone(), &mut values[0])?;
        f(1, rng, &mut values[1])?;
        let rows = values[0].chunks_exact(columns).zip(values[1].chunks_exact(columns));
        for (row, (coarse, fine)) in out.chunks_exact_mut(2 * columns).zip(rows) {
            row[..columns].copy_from_slice(coarse);
            row[columns..].copy_from_slice(fine);
        }
        Ok(())
    })?;
    Ok(Refined { means, columns, order, level: settings.confidence })
}

impl Refined {
    /// Number of trials.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.means.samples()
    }

    /// The mean of `sum c_j x_j` for `terms = [(j, c_j), ..]`, extrapolated to no step. The radius also counts all that
    /// the extrapolation took away.
    #[must_use]
    pub fn linear(&self, terms: &[(usize, f64)]) -> Estimate {
        self.extrapolated(|coarse, fine| {
            let both = terms.iter().flat_map(|&(j, c)| [(j, coarse * c), (j + self.columns, fine * c)]);
            self.means.linear(&both.collect::<Vec<_>>(), self.level)
        })
    }

    /// The same of `sum c_ij Cov(x_i, x_j)`; an infinite radius unless every pair is one of the `products`.
    #[must_use]
    pub fn covariances(&self, pairs: &[((usize, usize), f64)]) -> Estimate {
        self.extrapolated(|coarse, fine| {
            let on = self.columns;
            let both = pairs.iter().flat_map(|&((i, j), c)| [((i, j), coarse * c), ((i + on, j + on), fine * c)]);
            let found = self.means.linear_with_covariances(&[], &both.collect::<Vec<_>>(), self.level);
            found.unwrap_or(Estimate::new(0.0, f64::INFINITY))
        })
    }

    /// The mean of column `j`, whose values lie in `range`, with an interval that also covers events too rare to be
    /// met: that of the finer steps, to which twice what an extrapolation would add is added.
    #[must_use]
    pub fn bounded_mean(&self, j: usize, range: Range) -> Estimate {
        let part = 1.0 / (2.0_f64.powi(self.order) - 1.0);
        let added = self.means.linear(&[(j, -part), (j + self.columns, part)], self.level);
        let found = self.means.bounded_mean(j + self.columns, range, self.level);
        found.widened(2.0 * (added.value().abs() + added.radius()))
    }

    /// What `of` the two resolutions, each with its weight, comes to at no step.
    fn extrapolated(&self, of: impl Fn(f64, f64) -> Estimate) -> Estimate {
        let part = 1.0 / (2.0_f64.powi(self.order) - 1.0);
        let removed = of(-part, part);
        of(-part, 1.0 + part).widened(removed.value().abs() + removed.radius())
    }

    /// Two sides that were sampled together, columns `lhs` and `rhs`, and their paired difference.
    #[must_use]
    pub fn paired(&self, lhs: usize, rhs: usize, tolerance: f64) -> Comparison {
        let (l, r) = (self.linear(&[(lhs, 1.0)]), self.linear(&[(rhs, 1.0)]));
        Comparison::paired(l, r, self.linear(&[(lhs, 1.0), (rhs, -1.0)]), tolerance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Result;

    /// Euler's method for `dx/dt = -x` from a uniform start: the mean `e^{-1}/2` and the variance `e^{-2}/12`, and of
    /// one step size what the method makes of them.
    #[test]
    fn steps_are_taken_to_their_limit() {
        let settings = Settings { samples: 1 << 18, ..Settings::default() };
        let run = |products: &[(usize, usize)]| {
            let means = mean_of_refined_trials(&settings, 1, 1, products, |finer, rng, out| -> Result<()> {
                rng.fill_unit(out);
                let steps = 16 << finer;
                out.iter_mut().for_each(|x| *x *= (1.0 - 1.0 / f64::from(steps)).powi(steps));
                Ok(())
            });
            means.unwrap()
        };
        let means = run(&[(0, 0)]);
        let (mean, variance) = (means.linear(&[(0, 1.0)]), means.covariances(&[((0, 0), 1.0)]));
        assert!(mean.contains(0.5 * (-1.0_f64).exp()) && mean.radius() < 0.01, "{mean}");
        assert!(variance.contains((-2.0_f64).exp() / 12.0) && variance.radius() < 0.002, "{variance}");
        let bounded = means.bounded_mean(0, Range::always(0.0, 1.0));
        assert!(bounded.contains(0.5 * (-1.0_f64).exp()) && bounded.radius() < 0.03, "{bounded}");
        assert!(!run(&[]).covariances(&[((0, 0), 1.0)]).is_finite());
        assert_eq!(means.samples(), 1 << 18);
    }
}
