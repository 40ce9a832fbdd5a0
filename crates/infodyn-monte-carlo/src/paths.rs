//! Exact forward paths on a grid of noise levels.

use infodyn_core::{Law, NoiseLevel};
use infodyn_kernels::Philox;

use crate::{Draws, Error, NoiseLaw, Result, Sampler};

/// Draws forward paths `X_t` at given noise levels, jointly exact: no step error.
///
/// # Formula
/// `X_t = alpha(t) (X_0 + B(v(t)))` with `v = sigma^2/alpha^2`, which grows with time, and `B` a
/// Brownian motion in `R^D`.
#[derive(Debug, Clone)]
pub struct Paths<'a> {
    sampler: Sampler<'a>,
    levels: Vec<NoiseLevel>,
}

/// A batch of `n` paths.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PathBatch {
    /// Component of each path, length `n`.
    pub anchors: Vec<usize>,
    /// `X_t - alpha mu_anchor` at each level, `n x D` each, row-major.
    pub offsets: Vec<Vec<f64>>,
    draws: Draws,
    steps: Vec<f64>,
}

impl<'a> Paths<'a> {
    /// Paths of `law` along `levels` of one process.
    ///
    /// # Errors
    /// When noise does not increase along the levels.
    pub fn new(law: &'a dyn Law, levels: &[NoiseLevel]) -> Result<Self> {
        increasing(levels)?;
        Ok(Self { sampler: Sampler::new(law, NoiseLaw::Gaussian), levels: levels.to_vec() })
    }

    /// The noise levels.
    #[must_use]
    pub fn levels(&self) -> &[NoiseLevel] {
        &self.levels
    }

    /// Draws `n` paths into `out`.
    pub fn draw(&self, n: usize, rng: &mut Philox, out: &mut PathBatch) {
        self.sampler.draw_data(n, rng, &mut out.draws);
        out.anchors.clone_from(&out.draws.anchors);
        out.offsets.resize_with(self.levels.len(), Vec::new);
        out.steps.resize(out.draws.xi.len(), 0.0);
        // X_0 - mu + B(v), carried along the path in place.
        let path = &mut out.draws.xi;
        let mut v = 0.0;
        for (level, offsets) in self.levels.iter().zip(&mut out.offsets) {
            let next = 1.0 / level.snr();
            let step = (next - v).sqrt();
            NoiseLaw::Gaussian.fill(rng, &mut out.steps);
            path.iter_mut().zip(&out.steps).for_each(|(x, z)| *x += step * z);
            v = next;
            offsets.clear();
            offsets.extend(path.iter().map(|x| level.alpha() * x));
        }
    }
}

/// Noise increases along the levels.
pub(crate) fn increasing(levels: &[NoiseLevel]) -> Result<()> {
    for two in levels.windows(2) {
        let (previous, next) = (1.0 / two[0].snr(), 1.0 / two[1].snr());
        if next <= previous {
            return Err(Error::Order { previous, next });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use infodyn_closed_form::MixtureLaw;
    use infodyn_core::{Mixture, NoiseProcess};

    use super::*;
    use crate::stream;

    #[test]
    fn two_times_have_their_joint_covariance() {
        let law = Mixture::atoms(&[], &[vec![3.0]]).unwrap();
        let levels = [0.2, 0.5, 1.5].map(|t| NoiseProcess::Ou.at(t).unwrap());
        let n = 200_000;
        let mut paths = PathBatch::default();
        Paths::new(&*MixtureLaw::of(law), &levels).unwrap().draw(n, &mut stream(3, 0, 0), &mut paths);
        for i in 0..3 {
            for j in i..3 {
                let products = paths.offsets[i].iter().zip(&paths.offsets[j]).map(|(a, b)| a * b);
                let found = products.sum::<f64>() / n as f64;
                // Ornstein-Uhlenbeck: Cov(X_s, X_t given X_0) = exp(-(t-s)) (1 - exp(-2s)).
                let truth = (levels[i].t() - levels[j].t()).exp() * levels[i].sigma2();
                assert!((found - truth).abs() < 6.0 * (2.0 / n as f64).sqrt(), "{i} {j}: {found} {truth}");
            }
        }
    }

    #[test]
    fn time_must_increase() {
        let law = Mixture::atoms(&[], &[vec![0.0]]).unwrap();
        let levels = [0.5, 0.2].map(|t| NoiseProcess::Edm.at(t).unwrap());
        assert!(matches!(Paths::new(&*MixtureLaw::of(law), &levels), Err(Error::Order { .. })));
    }
}
