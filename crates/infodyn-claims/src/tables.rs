//! The tables behind the figures: the same routes that the checks use, along a process.

use infodyn_closed_form::pair;
use infodyn_core::{Detail, Estimate, NoiseLevel, NoiseProcess, Table};
use infodyn_quadrature::peak;

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
        .with("snr", "", column(|r| Estimate::rounded(r.snr, 8.0)))
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
    let case = claims::mixture()?;
    let mut rows = Vec::new();
    for snr in logarithmic(0.02, 20.0, 37) {
        let scene = case.under(NoiseProcess::Ou, NoiseProcess::Ou.time_at_snr(snr)?)?;
        let level = scene.level()?;
        let slope = scene
            .slope(|s| Ok(Estimate::rounded(0.5 * s.dim() * s.level()?.sigma2.ln(), 2.0) - s.marginal_entropy()?))?;
        let seen = scene.mean(Detail::Score, 2, |s, out| (out[0], out[1]) = (s.divergence(), s.posterior_trace()))?;
        let (divergence, covariance) = by_divergence_and_covariance(&level, scene.dim(), seen[0], seen[1]);
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
    let half = 0.5 * level.g2;
    ((divergence + d / level.sigma2) * half, trace * (half * level.snr() / level.sigma2))
}

/// The same for the data set of the run along `ou`, by Monte Carlo: every rate is the mean over a
/// stretch of time, so that the increment of the entropy is compared without bias; the covariance is
/// that of the error of the posterior mean, `|X_0 - m|^2`. Empty without a data set.
///
/// # Errors
/// When a route gives no answer.
pub fn bandwidth_data(context: &Context) -> Result<Table> {
    let mut rows = Vec::new();
    let Some(case) = claims::digits(context) else { return Ok(Table::new()) };
    let ends: Vec<f64> = logarithmic(0.06, 3.6, 15);
    for pair in ends.windows(2) {
        let (t0, t1) = (pair[0], pair[1]);
        let scene = case.under(NoiseProcess::Ou, (t0 * t1).sqrt())?;
        let (d, span) = (scene.dim(), t1 - t0);
        let means = scene.sample_between(context, "bandwidth", (t0, t1), 1, 3, |row, out| {
            let (level, seen) = (row.level(2), row.seen(2));
            let cost = |r: usize| row.seen(r).ln_density() - row.ln_kernel(r);
            let half = 0.5 * level.g2 * row.weight() / span;
            let error: f64 = row.xi().iter().zip(seen.mean_offset()).map(|(x, m)| (x - m) * (x - m)).sum();
            out[0] = (cost(1) - cost(0)) / span;
            out[1] = half * (d / level.sigma2 + seen.divergence());
            out[2] = half * level.snr() / level.sigma2 * error;
        })?;
        const LEVEL: f64 = 0.997;
        rows.push(Rates {
            snr: scene.level()?.snr(),
            slope: means.mean(0, LEVEL),
            divergence: means.mean(1, LEVEL),
            covariance: means.mean(2, LEVEL),
            residual_slope: means.linear(&[(0, 1.0), (1, -1.0)], LEVEL),
            residual_covariance: means.linear(&[(2, 1.0), (1, -1.0)], LEVEL),
        });
    }
    Ok(rates_table(&rows))
}

/// Two symmetric atoms against `k = alpha^2 a^2/sigma^2` (claims C2, C8, D4): the fixed points of the
/// score in units of `alpha a` with the score's slope there in units of `1/sigma^2`, the label's entropy,
/// its rate `-dH/dlog k`, and both variances.
///
/// # Errors
/// When a number cannot be computed.
pub fn two_atoms() -> Result<Table> {
    let ks = two_atom_grid();
    let stable = |k: f64| pair::fixed_point(k);
    let branch = |sign: f64| {
        ks.iter().map(move |&k| if k == 1.0 { Some(Estimate::exact(0.0)) } else { stable(k).map(|m| m * sign) })
    };
    // sigma^2 ds/dx = k (1 - m^2) - 1 at a fixed point.
    let slope = |m: Option<Estimate>, k: f64| m.map(|m| (m * m * -1.0 + 1.0) * k + -1.0);
    let outer: Vec<_> =
        ks.iter().map(|&k| if k == 1.0 { Some(Estimate::exact(0.0)) } else { slope(stable(k), k) }).collect();
    let mut table =
        Table::new().with("snr", "", ks.iter().map(|&k| Estimate::rounded(k, if k == 1.0 { 0.0 } else { 8.0 })));
    for (name, values) in [
        ("fixed_point_upper", branch(1.0).collect::<Vec<_>>()),
        ("slope_upper", outer.clone()),
        ("fixed_point_centre", ks.iter().map(|_| Some(Estimate::exact(0.0))).collect()),
        ("slope_centre", ks.iter().map(|&k| Some(Estimate::rounded(k - 1.0, 16.0))).collect()),
        ("fixed_point_lower", branch(-1.0).collect()),
        ("slope_lower", outer),
    ] {
        table.columns.push(infodyn_core::Column { name: name.into(), unit: String::new(), values });
    }
    let each = |f: fn(f64) -> Estimate| ks.iter().map(move |&k| f(k));
    Ok(table
        .with("label_entropy", "nats", each(pair::label_entropy))
        .with("label_entropy_rate", "nats", each(|k| pair::mmse(k) * (0.5 * k)))
        .with("label_posterior_entropy_variance", "nats^2", each(pair::label_entropy_variance))
        .with("label_surprisal_variance", "nats^2", each(pair::label_surprisal_variance)))
}

/// Even in `log k`, finer near the pitchfork, where a branch leaves with infinite slope.
fn two_atom_grid() -> Vec<f64> {
    let mut ks = logarithmic(0.05, 20.0, 97);
    ks.extend((0..24).map(|i| 1.0 + 1e-4 * 1.4_f64.powi(i)));
    ks.push(1.0);
    ks.sort_by(f64::total_cmp);
    ks
}

/// The places of theory.md C8: the pitchfork, the peak of `Var h` and the peak of the entropy rate in
/// `log k`, one row.
///
/// # Errors
/// When a peak is not bracketed.
pub fn two_atom_critical() -> Result<Table> {
    Ok(Table::new()
        .with("pitchfork", "", [Estimate::exact(1.0)])
        .with("variance_peak", "", [top("Var h", pair::label_entropy_variance)?])
        .with("rate_peak", "", [top("entropy rate", |k| pair::mmse(k) * k)?]))
}

/// The `k` in `[e^0.1, e^0.7]` at which a function of it peaks.
fn top(what: &'static str, f: impl Fn(f64) -> Estimate) -> Result<Estimate> {
    let found = peak(|x| Ok::<_, crate::Error>(f(x.exp())), 0.4, 0.3)?;
    let at = found.ok_or(crate::Error::NoRoot { what, lo: 0.1, hi: 0.7 })?.at;
    let k = at.value.exp();
    Ok(Estimate::new(k, k * (at.radius + 4.0 * f64::EPSILON)))
}

/// `n` numbers from `a` to `b`, evenly spaced in the logarithm.
fn logarithmic(a: f64, b: f64, n: usize) -> Vec<f64> {
    (0..n).map(|i| a * (b / a).powf(i as f64 / (n - 1) as f64)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// theory.md C8.
    #[test]
    fn the_peaks_of_two_atoms() {
        let table = two_atom_critical().unwrap();
        for (name, truth) in [("variance_peak", 1.345_477_669_725_041_7), ("rate_peak", 1.508_330_628_786_381)] {
            let k = table.column(name).unwrap().values[0].unwrap();
            assert!(k.contains(truth) && k.radius < 1e-11, "{name}: {k}");
        }
    }
}
