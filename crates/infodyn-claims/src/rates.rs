//! Information, its rates and its error, as several claims take them.

use infodyn_core::{Detail, Estimate, NoiseLevel, ulps};

use crate::{Case, Result, Row};

/// `H(X_t given X_0) = (D/2) log(2 pi e sigma^2)`; in nats.
pub(crate) fn noise_entropy(dim: f64, level: &NoiseLevel) -> Estimate {
    let log = (Estimate::near(std::f64::consts::TAU) * Estimate::given(level.sigma2())).ln();
    (log + 1) * Estimate::given(0.5 * dim)
}

/// `I(X_0;X_t) = H(X_t) - H(X_t given X_0)` of the true case, by the log-density of its marginal alone; in nats.
pub(crate) fn information(case: &Case) -> Result<Estimate> {
    let truth = case.truth();
    Ok(truth.marginal_entropy()? - noise_entropy(case.dim(), &truth.level()?))
}

/// `mmse = E tr S`, of the model.
pub(crate) fn mmse(case: &Case) -> Result<Estimate> {
    Ok(case.mean(Detail::POSTERIOR_TRACE, 1, |s, out| out[0] = s.posterior_trace())?[0])
}

/// `E div s`, of the model.
pub(crate) fn divergence(case: &Case) -> Result<Estimate> {
    Ok(case.mean(Detail::SCORE_DIVERGENCE, 1, |s, out| out[0] = s.divergence())?[0])
}

/// `(g^2/2)(D/sigma^2 + part)`, where `part` is `E div s` or takes its place.
pub(crate) fn per_time(case: &Case, part: Estimate) -> Result<Estimate> {
    let level = case.level()?;
    Ok((part + Estimate::given(case.dim()) / Estimate::given(level.sigma2())) * Estimate::given(level.g2()) / 2)
}

/// The rate of B2, `(g^2/2)(D/sigma^2 + E div s)`.
pub(crate) fn bandwidth(case: &Case) -> Result<Estimate> {
    per_time(case, divergence(case)?)
}

/// The case at the time at which `alpha^2/sigma^2` is `snr`, and the relative distance of its ratio from `snr`, for the
/// time is rounded.
pub(crate) fn at_snr(case: &Case, snr: f64) -> Result<(Case, f64)> {
    let moved = case.at(case.process().time_at_snr(snr)?);
    let off = (moved.level()?.snr() / snr - 1.0).abs() + (ulps::SNR + ulps::operations(2)) * f64::EPSILON;
    Ok((moved, off))
}

/// `|X_0 - m|^2` of one draw, `m` as the model has it in reading `r`.
pub(crate) fn square_error(row: &Row<'_>, r: usize) -> f64 {
    row.xi().iter().zip(row.seen(r).mean_offset()).map(|(x, m)| (x - m) * (x - m)).sum()
}
