//! Draws from a law and its forward kernel.

use infodyn_core::{Law, NoiseLevel, Support};
use infodyn_kernels::Philox;

use crate::NoiseLaw;

/// Draws `X_0` and the noise that carries it to any `X_t`.
#[derive(Debug, Clone)]
pub struct Sampler<'a> {
    law: &'a dyn Law,
    noise: NoiseLaw,
    atoms: bool,
}

/// A batch of `n` draws: `X_0 = mu_anchor + xi` and `Z`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draws {
    /// Component of each draw, length `n`.
    pub anchors: Vec<usize>,
    /// `xi = X_0 - mu_anchor`, `n x D`, row-major; zero for atoms.
    pub xi: Vec<f64>,
    /// `Z`, `n x D`, row-major.
    pub noise: Vec<f64>,
    uniforms: Vec<f64>,
}

impl<'a> Sampler<'a> {
    /// A sampler of `law` whose forward noise has the coordinate law `noise`.
    #[must_use]
    pub fn new(law: &'a dyn Law, noise: NoiseLaw) -> Self {
        Self { law, noise, atoms: law.support() == Support::Atoms }
    }

    /// The law.
    #[must_use]
    pub fn law(&self) -> &'a dyn Law {
        self.law
    }

    /// Draws `n` independent samples into `out`.
    pub fn draw(&self, n: usize, rng: &mut Philox, out: &mut Draws) {
        self.draw_data(n, rng, out);
        out.noise.resize(n * self.law.dim(), 0.0);
        self.noise.fill(rng, &mut out.noise);
    }

    /// Draws `X_0` only.
    pub(crate) fn draw_data(&self, n: usize, rng: &mut Philox, out: &mut Draws) {
        let dim = self.law.dim();
        out.uniforms.resize(n, 0.0);
        rng.fill_unit(&mut out.uniforms);
        out.xi.clear();
        out.xi.resize(n * dim, 0.0);
        if !self.atoms {
            rng.fill_normal(&mut out.xi);
        }
        let rows = out.uniforms.iter().zip(out.xi.chunks_exact_mut(dim));
        out.anchors.clear();
        out.anchors.extend(rows.map(|(&u, xi)| self.law.place(u, xi)));
    }
}

impl Draws {
    /// Number of draws.
    #[must_use]
    pub fn len(&self) -> usize {
        self.anchors.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// Copies some draws, `which` by their numbers, into `out`.
    pub(crate) fn take(&self, which: &[usize], out: &mut Self) {
        let dim = self.noise.len() / self.len().max(1);
        [&mut out.noise, &mut out.xi, &mut out.uniforms].into_iter().for_each(Vec::clear);
        out.anchors.clear();
        for &l in which {
            out.anchors.push(self.anchors[l]);
            out.uniforms.push(self.uniforms[l]);
            out.noise.extend_from_slice(&self.noise[l * dim..(l + 1) * dim]);
            out.xi.extend_from_slice(&self.xi[l * dim..(l + 1) * dim]);
        }
    }

    /// `X_t - alpha mu_anchor = alpha xi + sigma Z`, `n x D`, into `out`.
    pub fn offsets(&self, level: &NoiseLevel, out: &mut Vec<f64>) {
        let (alpha, sigma) = (level.alpha(), level.sigma());
        out.clear();
        out.extend(self.xi.iter().zip(&self.noise).map(|(x, z)| alpha * x + sigma * z));
    }
}

#[cfg(test)]
mod tests {
    use infodyn_closed_form::MixtureLaw;
    use infodyn_core::{Covariance, Mixture};

    use super::*;
    use crate::stream;

    #[test]
    fn draws_have_the_weights_and_covariances_of_the_law() {
        let full = Covariance::full(&[vec![2.0, 0.6], vec![0.6, 0.5]]).unwrap();
        let other = Covariance::diagonal(&[0.0, 0.25]).unwrap();
        let law = Mixture::new(&[0.3, 0.7], &[vec![1.0, 0.0], vec![-1.0, 5.0]], vec![full, other]).unwrap();
        let mut draws = Draws::default();
        let n = 200_000;
        Sampler::new(&*MixtureLaw::of(law), NoiseLaw::Gaussian).draw(n, &mut stream(5, 0, 0), &mut draws);
        let of = |k: usize, i: usize, j: usize| {
            let rows = draws.anchors.iter().zip(draws.xi.chunks_exact(2)).filter(|(a, _)| **a == k);
            let products: Vec<f64> = rows.map(|(_, x)| x[i] * x[j]).collect();
            (products.len() as f64 / n as f64, products.iter().sum::<f64>() / products.len() as f64)
        };
        // Six standard errors of each.
        assert!((of(0, 0, 0).0 - 0.3).abs() < 0.0062);
        for (k, i, j, truth) in [(0, 0, 0, 2.0), (0, 0, 1, 0.6), (0, 1, 1, 0.5), (1, 1, 1, 0.25)] {
            assert!((of(k, i, j).1 - truth).abs() < 0.07 * truth, "{k} {i} {j}: {}", of(k, i, j).1);
        }
        assert_eq!(of(1, 0, 0).1, 0.0);
    }
}
