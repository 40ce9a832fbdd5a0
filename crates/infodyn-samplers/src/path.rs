//! What a path of samples costs.

use infodyn_core::Estimate;

use crate::{Error, Result};

/// The variance of the noise of a step, over that of the posterior, `Delta` in the clock `y = alpha x/sigma^2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variance {
    /// 1: the posterior's ("fixed small").
    Small,
    /// `gamma_{k+1}/gamma_k`: the forward step's ("fixed large").
    Large,
    /// `1 + Delta L/D`: the isotropic one that costs least, `L` the loss.
    Best,
}

/// `KL(truth || sampler)` of the paths over the levels `snrs`, which rise: of the states there, and for
/// [`Variance::Small`] of the continuous paths too.
///
/// `losses` are `E|X_0 - m(X_t)|^2` at all levels but the last, under the truth, of the denoiser that the sampler uses;
/// `gained` is `I(X_0;X_t)` at the last level minus that at the first. The first state is taken to be exact; starting
/// at the Gaussian with the mean of the data is one step more, from level 0.
///
/// # Formula
/// Steps of `Delta` whose noise has `rho` times the variance `Delta` of the posterior cost `(Delta/(2 rho)) L +
/// (D/2)(1/rho - 1 + log rho)`, and what the true step says
/// of the data is taken off.
///
/// # Source
/// theory.md S1, S9.
///
/// # Accuracy
/// That of the losses and of `gained`, and rounding.
///
/// # Errors
/// When levels do not rise, or there are not as many losses as steps.
pub fn path_divergence(
    snrs: &[f64],
    dim: usize,
    variance: Variance,
    losses: &[Estimate],
    gained: Estimate,
) -> Result<Estimate> {
    rising(snrs)?;
    let steps = snrs.len().saturating_sub(1);
    if losses.len() != steps {
        return Err(Error::Losses { found: losses.len(), steps });
    }
    let dim = Estimate::count(dim);
    let cost = |(pair, &loss): (&[f64], &Estimate)| {
        let (from, to) = (Estimate::given(pair[0]), Estimate::given(pair[1]));
        let step = to - from;
        let rho = match variance {
            Variance::Small => return step * loss / 2,
            // 1/rho - 1 takes back what the loss costs more.
            Variance::Best => return dim * (step * loss / dim).ln_1p() / 2,
            Variance::Large => to / from,
        };
        (step * loss / rho + dim * (Estimate::ONE / rho - 1 + rho.ln())) / 2
    };
    Ok(snrs.windows(2).zip(losses).map(cost).sum::<Estimate>() - gained)
}

/// Whether levels are numbers `>= 0` that rise.
pub(crate) fn rising(snrs: &[f64]) -> Result<()> {
    let mut before = -1.0;
    for (index, &value) in snrs.iter().enumerate() {
        if !(value.is_finite() && value >= 0.0 && value > before) {
            return Err(Error::Level { index, value });
        }
        before = value;
    }
    Ok(())
}
