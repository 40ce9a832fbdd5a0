//! Denoisers, and the exact one of a law.

use std::sync::Arc;

use infodyn_core::{Detail, Law, NoiseProcess, Observation, Points};

use crate::Result;

/// What answers a noisy point with the mean of the data behind it.
pub trait Denoiser: Sync {
    /// Dimension `D`.
    fn dim(&self) -> usize;

    /// The level nearest to `sigma` that the model can be told, where it can only be told some; `None` where that is
    /// none.
    fn nearest(&self, sigma: f64) -> Option<f64> {
        Some(sigma)
    }

    /// `E[X_0 given X_0 + sigma Z = x]` for each row of `x`, `n x D`, row-major, into `out`, `n x D`, in the units of
    /// the law; `told` is the level that the model is told, `sigma` but in an audit of that.
    ///
    /// # Errors
    /// When the model fails or has no such level. An answer that is not finite is an answer.
    fn denoise(&self, x: &[f64], sigma: f64, told: f64, out: &mut [f64]) -> Result<()>;
}

/// The exact denoiser of a law.
#[derive(Debug, Clone)]
pub struct LawDenoiser(Arc<dyn Law>);

impl LawDenoiser {
    /// The posterior mean of `law`.
    #[must_use]
    pub fn new(law: Arc<dyn Law>) -> Self {
        Self(law)
    }
}

impl Denoiser for LawDenoiser {
    fn dim(&self) -> usize {
        self.0.dim()
    }

    fn denoise(&self, x: &[f64], _: f64, told: f64, out: &mut [f64]) -> Result<()> {
        let dim = self.dim();
        let density = self.0.density(&NoiseProcess::Edm.at(told)?);
        let (mut anchors, mut offsets) = (Vec::new(), Vec::with_capacity(x.len()));
        for row in x.chunks_exact(dim) {
            let (anchor, offset) = density.locate(row);
            anchors.push(anchor);
            offsets.extend(offset);
        }
        let mut seen = Observation::default();
        density.observe(Points { anchors: &anchors, offsets: &offsets }, Detail::MEAN_OFFSET, &mut seen);
        for ((&anchor, offset), out) in
            anchors.iter().zip(seen.mean_offset.chunks_exact(dim)).zip(out.chunks_exact_mut(dim))
        {
            density.centre(anchor, out);
            out.iter_mut().zip(offset).for_each(|(o, m)| *o += m);
        }
        Ok(())
    }
}

/// A closure as a denoiser, for a model that lives in the program: `f(x, sigma, told, out)`.
impl<F> Denoiser for (usize, F)
where
    F: Fn(&[f64], f64, f64, &mut [f64]) + Sync,
{
    fn dim(&self) -> usize {
        self.0
    }

    fn denoise(&self, x: &[f64], sigma: f64, told: f64, out: &mut [f64]) -> Result<()> {
        (self.1)(x, sigma, told, out);
        Ok(())
    }
}
