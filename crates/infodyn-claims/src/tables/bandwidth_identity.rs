//! The rate of `H(X_0 given X_t)` by three routes.

use infodyn_core::{Detail, Estimate, NoiseLevel, NoiseProcess, Table, ulps};

use super::{LEVEL, logarithmic};
use crate::{Context, Result, claims};

/// One noise level of the bandwidth identity: the rate of `H(X_0 given X_t)` by three routes.
struct Rates {
    snr: f64,
    slope: Estimate,
    divergence: Estimate,
    covariance: Estimate,
    residual_slope: Estimate,
    residual_covariance: Estimate,
}

fn rates_table(rows: &[Rates]) -> Table {
    const UNIT: &str = "nats/*t*";
    let column = |f: fn(&Rates) -> Estimate| rows.iter().map(f).collect::<Vec<_>>();
    Table::new()
        .with("snr", "", column(|r| Estimate::rounded(r.snr, ulps::level(r.snr.ln()))))
        .with("rate_slope", UNIT, column(|r| r.slope))
        .with("rate_divergence", UNIT, column(|r| r.divergence))
        .with("rate_covariance", UNIT, column(|r| r.covariance))
        .with("residual_slope", UNIT, column(|r| r.residual_slope))
        .with("residual_covariance", UNIT, column(|r| r.residual_covariance))
}

/// Claims B2 and B3 along `ou` for the three-component mixture, by quadrature: the slope of the
/// entropy, the divergence of the score and the posterior covariance, and what each of the other two
/// differs from the divergence by.
///
/// # Errors
/// When a route gives no answer.
pub fn bandwidth_mixture() -> Result<Table> {
    let named = claims::mixture()?;
    let mut rows = Vec::new();
    for snr in logarithmic(0.02, 20.0, 37) {
        let case = named.under(NoiseProcess::Ou, NoiseProcess::Ou.time_at_snr(snr)?)?;
        let level = case.level()?;
        let slope = case.slope(|s| Ok(crate::rates::noise_entropy(s.dim(), &s.level()?) - s.marginal_entropy()?))?;
        let seen = case.mean(Detail::SCORE_DIVERGENCE | Detail::POSTERIOR_TRACE, 2, |s, out| {
            (out[0], out[1]) = (s.divergence(), s.posterior_trace());
        })?;
        let (divergence, covariance) = by_divergence_and_covariance(&level, case.dim(), seen[0], seen[1]);
        rows.push(Rates {
            snr,
            slope,
            divergence,
            covariance,
            residual_slope: slope - divergence,
            residual_covariance: covariance - divergence,
        });
    }
    Ok(rates_table(&rows))
}

fn by_divergence_and_covariance(
    level: &NoiseLevel,
    d: f64,
    divergence: Estimate,
    trace: Estimate,
) -> (Estimate, Estimate) {
    let half = Estimate::given(level.g2()) / 2;
    (
        (divergence + Estimate::given(d) / Estimate::given(level.sigma2())) * half,
        trace * half * Estimate::rounded(level.snr(), ulps::SNR) / Estimate::given(level.sigma2()),
    )
}

/// The same for the data set of the run along `ou`, by Monte Carlo: every rate is the mean over a
/// stretch of time, so that the increment of the entropy is compared without bias; the covariance is
/// that of the error of the posterior mean, `|X_0 - m|^2`. Empty without a data set.
///
/// # Errors
/// When a route gives no answer.
pub fn bandwidth_data(context: &Context) -> Result<Table> {
    let mut rows = Vec::new();
    let Some(named) = claims::digits(context) else { return Ok(Table::new()) };
    let ends: Vec<f64> = logarithmic(0.06, 3.6, 15);
    for pair in ends.windows(2) {
        let (t0, t1) = (pair[0], pair[1]);
        let case = named.under(NoiseProcess::Ou, (t0 * t1).sqrt())?;
        let (d, span) = (case.dim(), t1 - t0);
        let means = case.sample_between(
            &case.settings(&context.for_part(&["bandwidth-identity", &case.name()]), 2 * case.cost()),
            (t0, t1),
            (Detail::empty(), Detail::SCORE_DIVERGENCE | Detail::MEAN_OFFSET),
            3,
            |row, out| {
                let (level, seen) = (row.level(2), row.seen(2));
                let cost = |r: usize| row.seen(r).ln_density() - row.ln_kernel(r);
                let half = 0.5 * level.g2() * row.weight() / span;
                let error: f64 = row.xi().iter().zip(seen.mean_offset()).map(|(x, m)| (x - m) * (x - m)).sum();
                out[0] = (cost(1) - cost(0)) / span;
                out[1] = half * (d / level.sigma2() + seen.divergence());
                out[2] = half * level.snr() / level.sigma2() * error;
            },
        )?;
        rows.push(Rates {
            snr: case.level()?.snr(),
            slope: means.mean(0, LEVEL),
            divergence: means.mean(1, LEVEL),
            covariance: means.mean(2, LEVEL),
            residual_slope: means.linear(&[(0, 1.0), (1, -1.0)], LEVEL),
            residual_covariance: means.linear(&[(2, 1.0), (1, -1.0)], LEVEL),
        });
    }
    Ok(rates_table(&rows))
}
