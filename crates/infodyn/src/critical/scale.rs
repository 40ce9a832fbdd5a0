//! The size of the data, and between which noise levels a sampler has to go.

use infodyn_core::{Estimate, Law, Mixture, NoiseProcess, ulps};
use infodyn_monte_carlo::studentised;

use super::classes::alike;

/// A number of the law, and how far it may be from that of the law behind a data set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sized {
    /// The number of the law as it stands.
    pub value: Estimate,
    /// Half of an interval of level 0.997 for the law that the points were drawn from.
    pub population_error: Option<f64>,
}

/// Sizes and the levels that follow from them, as `sigma/alpha`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Root mean square of a coordinate about 0, and about its mean.
    pub sigma_data: [Sized; 2],
    /// Where the last step, to no noise at all, is off by at most a hundredth of `sigma_data` about the mean: for
    /// any law
    /// `mmse <= D sigma^2`.
    pub sigma_min: Sized,
    /// Where `N(0, sigma^2 I)` in place of the law costs at most 0.01 nats: for any law
    /// `KL(X_t given noise) = E|X_0|^2/(2 sigma^2) - I(X_0;X_t)`.
    pub sigma_max: Sized,
}

/// The share of the size that a last step may be off by, and the nats that a start may cost.
const SHARE: f64 = 0.01;
const NATS: f64 = 0.01;

/// Points that an interval takes, and its level.
const FEWEST: usize = 32;
const LEVEL: f64 = 0.997;

/// The scale of a law; `data` says whether it is a sample of another.
///
/// # Errors
/// When a law that is no mixture cannot be read at a noise level.
pub(super) fn scale(law: &dyn Law, data: bool) -> infodyn_core::Result<Scale> {
    let dim = law.dim() as f64;
    let squares = match law.mixture() {
        Some(mixture) => of_mixture(mixture, data),
        None => {
            // The uniform law on a sphere: R^2/D in each direction.
            let variance = law.density(&NoiseProcess::Ve.at(1.0)?).eigenvalue(0, 0);
            let one = Squares { value: Estimate::rounded(variance, ulps::operations(2)), sampled: None };
            [one, one]
        }
    };
    let root = |squares: Squares, factor: f64| -> Sized {
        let of = |e: Estimate| (e * Estimate::given(factor)).sqrt();
        let value = of(squares.value);
        // The root of an interval is one; what it moves by to the longer side.
        let population_error = squares.sampled.map(|e| of(e).radius()).filter(|r| r.is_finite());
        Sized { value, population_error }
    };
    let [zero, mean] = squares;
    Ok(Scale {
        sigma_data: [root(zero, 1.0), root(mean, 1.0)],
        sigma_min: root(mean, SHARE * SHARE),
        sigma_max: root(zero, dim / (2.0 * NATS)),
    })
}

/// A mean square of a coordinate, and the same of a sample with its interval.
#[derive(Clone, Copy)]
struct Squares {
    value: Estimate,
    sampled: Option<Estimate>,
}

/// About 0, and about the mean.
fn of_mixture(law: &Mixture, data: bool) -> [Squares; 2] {
    let (dim, count) = (law.dim(), law.components());
    let centre = law.total_mean();
    let widths = |k: usize| (0..dim).map(|i| law.covariance(k).eigenvalue(i)).sum::<f64>();
    let shared = law.shared_covariance().map(|_| widths(0));
    let all: Vec<usize> = (0..count).collect();
    let sampled = data && count >= FEWEST && alike(law, all.iter());
    let of = |from: &dyn Fn(usize) -> f64| -> Squares {
        let square = |k: usize| -> f64 { law.mean(k).iter().enumerate().map(|(j, x)| (x - from(j)).powi(2)).sum() };
        let values: Vec<f64> =
            (0..count).map(|k| (square(k) + shared.unwrap_or_else(|| widths(k))) / dim as f64).collect();
        let value: f64 = values.iter().zip(law.weights()).map(|(v, w)| v * w).sum();
        let value = Estimate::rounded(value, ulps::sum(count) + ulps::sum(2 * dim) + ulps::operations(4));
        Squares { value, sampled: sampled.then(|| studentised(&values, count as u64, LEVEL)) }
    };
    [of(&|_| 0.0), of(&|j| centre[j])]
}
