//! The score as a filter: the eigenvalues of `alpha grad m` through time, and their sum.

use infodyn_closed_form::{Marginal, MixtureLaw, SphereLaw, sphere};
use infodyn_core::{
    Channel, Covariance, Density, Estimate, Mixture, NoiseProcess, Quantity, Sphere, Table, profile, ulps,
};
use infodyn_monte_carlo::{Draws, NoiseLaw, Sampler, View, stream, studentised};
use infodyn_quadrature::{Quadrature, radial_expectation};
use rayon::prelude::*;

use super::{LEVEL, logarithmic, places};
use crate::{Context, Error, NamedLaw, Result, claims, pointwise};

/// Variances of the Gaussian: rank 4 in six dimensions.
const VARIANCES: [f64; 6] = [30.0, 3.0, 0.3, 0.03, 0.0, 0.0];

/// Which eigenvalues of the digits are kept, counted from the largest.
const RANKS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

/// A Gaussian of rank 4 in six dimensions (claims B8, B9) against `gaussian_snr`: its Wiener gains `gaussian_gain_1` to
/// `_4`, the gain of the two null directions `gaussian_gain_null`, and their sum `gaussian_sum`, by formula; at
/// `measured_snr` the slopes `measured_gain_1` to `_4` of the posterior mean along the axes, by differences, and the
/// sum over all six, `measured_sum`.
///
/// # Errors
/// When a number cannot be computed.
pub fn filter_gaussian() -> Result<Table> {
    let snrs = logarithmic(2e-3, 5e3, 121);
    let gain = |l: f64, snr: f64| Estimate::rounded(snr * l / (1.0 + snr * l), ulps::operations(4));
    let mut table = Table::new().with("gaussian_snr", "", places(&snrs));
    for (i, &l) in VARIANCES[..4].iter().enumerate() {
        table = table.with(&format!("gaussian_gain_{}", i + 1), "", snrs.iter().map(|&s| gain(l, s)));
    }
    let total = |s: f64| VARIANCES.iter().fold(Estimate::ZERO, |sum, &l| sum + gain(l, s));
    table = table.with("gaussian_gain_null", "", snrs.iter().map(|_| Estimate::ZERO)).with(
        "gaussian_sum",
        "",
        snrs.iter().map(|&s| total(s)),
    );
    let law = Mixture::gaussian(&[0.0; 6], Covariance::diagonal(&VARIANCES)?)?;
    let named = NamedLaw::new("gaussian of rank 4", law);
    let found = logarithmic(4e-3, 2.5e3, 12);
    let gains = found
        .iter()
        .map(|&snr| {
            let case = named.under(NoiseProcess::Ve, NoiseProcess::Ve.time_at_snr(snr)?)?;
            (0..6).map(|axis| pointwise::gain(&case, axis)).collect::<Result<Vec<_>>>()
        })
        .collect::<Result<Vec<_>>>()?;
    table = table.with("measured_snr", "", places(&found));
    for i in 0..4 {
        table = table.with(&format!("measured_gain_{}", i + 1), "", gains.iter().map(|g| g[i]));
    }
    Ok(table.with("measured_sum", "", gains.iter().map(|g| g.iter().fold(Estimate::ZERO, |sum, g| sum + *g))))
}

/// The uniform law on the unit circle against `circle_snr`: the mean eigenvalues of `alpha grad m` along the ray,
/// `circle_along`, and across it, `circle_across`, by quadrature over the radius; `circle_sum`, `gamma mmse`; and
/// `circle_asymptote`, `1 + 1/(2 gamma)` (claim B8).
///
/// # Errors
/// When a number cannot be computed.
pub fn filter_circle() -> Result<Table> {
    let snrs = logarithmic(2e-2, 5e3, 61);
    let law = Sphere::new(2, 1.0)?;
    let rows = snrs
        .iter()
        .map(|&snr| {
            let level = NoiseProcess::Ve.at_snr(snr)?;
            let density = sphere::Marginal::new(&law, &level);
            let gains = radial_expectation(&density, 2, &|s, out| {
                let covariance = density.posterior_covariance(s.anchor, s.offset);
                (out[0], out[1]) = (snr * covariance[(0, 0)], snr * covariance[(1, 1)]);
            })?;
            let channel = Channel::new(SphereLaw::of(law), NoiseProcess::Ve, level.t())?;
            let error = profile(&Quadrature, &channel, &[Quantity::Mmse])?.get(Quantity::Mmse);
            let error = error.ok_or(Error::NotFound("the mmse"))?;
            Ok([gains[0], gains[1], error * Estimate::given(snr)])
        })
        .collect::<Result<Vec<_>>>()?;
    let mut table = Table::new().with("circle_snr", "", places(&snrs));
    for (i, name) in ["circle_along", "circle_across", "circle_sum"].into_iter().enumerate() {
        table = table.with(name, "", rows.iter().map(|r| r[i]));
    }
    // Where its error, of the order of 1/gamma^2, cannot be seen.
    let far = |snr: f64| (snr >= 2.0).then(|| Estimate::rounded(1.0 + 0.5 / snr, ulps::operations(2)));
    table.columns.push(infodyn_core::Column {
        name: "circle_asymptote".into(),
        unit: String::new(),
        values: snrs.iter().map(|&s| far(s)).collect(),
    });
    Ok(table)
}

/// The data set of the run against `digits_snr`: `digits_gain_R`, the mean of the `R`-th largest eigenvalue of
/// `alpha grad m`, over draws of `X_t` that are the same at every noise level; `digits_sum`, `D eta = gamma mmse`, on a
/// larger sample; and for the Gaussian with the covariance of the data its largest gain `wiener_gain_1` and the sum
/// `wiener_sum`. Intervals at level 0.997. Empty without a data set.
///
/// # Errors
/// When a number cannot be computed.
pub fn filter_digits(context: &Context) -> Result<Table> {
    const GROUPS: u32 = 128;
    let Some(named) = claims::digits(context) else { return Ok(Table::new()) };
    let law = MixtureLaw::of(named.law);
    let spectrum = law.total_covariance().symmetric_eigenvalues();
    let snrs = logarithmic(4e-3, 60.0, 13);
    let settings = context.for_part(&["filter"]).settings(64);
    let sampler = Sampler::new(&*law, NoiseLaw::Gaussian);
    let mut gains = Vec::new();
    let mut sums = Vec::new();
    for &snr in &snrs {
        let level = NoiseProcess::Ve.at_snr(snr)?;
        let marginal = Marginal::new(&law, &level);
        let one = |g: u32| {
            let (mut draws, mut offsets) = (Draws::default(), Vec::new());
            sampler.draw(1, &mut stream(settings.seed, settings.stream, g), &mut draws);
            draws.offsets(&level, &mut offsets);
            let covariance = marginal.posterior_covariance(draws.anchors[0], &offsets);
            let mut values: Vec<f64> = covariance.symmetric_eigenvalues().iter().map(|l| snr * l.max(0.0)).collect();
            values.sort_by(|a, b| b.total_cmp(a));
            values
        };
        let spectra: Vec<Vec<f64>> = (0..GROUPS).into_par_iter().map(one).collect();
        let mean = |rank: &usize| {
            let values: Vec<f64> = spectra.iter().map(|s| s[rank - 1]).collect();
            studentised(&values, u64::from(GROUPS), LEVEL)
        };
        gains.push(RANKS.iter().map(mean).collect::<Vec<_>>());
        let view = [View::new(level, &marginal)];
        let means = infodyn_monte_carlo::mean_of(&settings, &*law, &view, 1, &[], |batch, out| {
            out.copy_from_slice(&batch.readings[0].observation.posterior_trace);
        })?;
        sums.push(means.mean(0, LEVEL) * Estimate::given(snr));
    }
    let mut table = Table::new().with("digits_snr", "", places(&snrs));
    for (i, rank) in RANKS.iter().enumerate() {
        table = table.with(&format!("digits_gain_{rank}"), "", gains.iter().map(|g| g[i]));
    }
    // A gain moves by no more than its eigenvalue, which is right relative to the largest.
    let wrong = ulps::eigenvalue(law.dim()) * f64::EPSILON * spectrum.amax();
    let wiener = |l: f64, snr: f64| {
        let gain = Estimate::rounded(snr * l.max(0.0) / (1.0 + snr * l.max(0.0)), ulps::operations(4));
        gain.widened((snr * wrong).min(1.0))
    };
    let total = |s: f64| spectrum.iter().fold(Estimate::ZERO, |sum, &l| sum + wiener(l, s));
    Ok(table
        .with("digits_sum", "", sums)
        .with("wiener_gain_1", "", snrs.iter().map(|&s| wiener(spectrum.max(), s)))
        .with("wiener_sum", "", snrs.iter().map(|&s| total(s))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// theory.md B8, B9: the gains of Wiener, the rank, and the circle's one dimension with its coefficient of
    /// `1/gamma`.
    #[test]
    fn gains_are_wieners_and_their_sums_tend_to_the_dimension() {
        let table = filter_gaussian().unwrap();
        let values = |name: &str| table.column(name).unwrap().values.iter().map(|v| v.unwrap()).collect::<Vec<_>>();
        for (i, l) in [30.0, 3.0, 0.3, 0.03].into_iter().enumerate() {
            for (snr, gain) in values("measured_snr").iter().zip(values(&format!("measured_gain_{}", i + 1))) {
                assert!(
                    (gain.value() - snr.value() * l / (1.0 + snr.value() * l)).abs() <= gain.radius() + 1e-13,
                    "{l}: {gain}"
                );
            }
        }
        let end = *values("gaussian_sum").last().unwrap();
        assert!(end.value() < 4.0 && end.value() > 3.99);
        let circle = filter_circle().unwrap();
        let last = |name: &str| circle.column(name).unwrap().values.last().unwrap().unwrap().value();
        assert!((last("circle_sum") - 1.0 - 0.5 / last("circle_snr")).abs() < 4.0 / last("circle_snr").powi(2));
        assert!((last("circle_along") + last("circle_across") - last("circle_sum")).abs() < 1e-9);
    }
}
