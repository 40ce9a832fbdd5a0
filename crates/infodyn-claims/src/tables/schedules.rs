//! Where the steps of four schedules fall on the entropy curve.

use infodyn_core::{Covariance, Detail, Estimate, Mixture, NoiseProcess, Table, ulps};
use infodyn_quadrature::root;

use super::{logarithmic, places};
use crate::claims::integral;
use crate::{Case, Error, NamedLaw, Result};

/// Noise levels `sigma/alpha` of a schedule, one more than steps.
const LEVELS: usize = 18;
/// Ends and exponent of Karras et al. 2022.
const SIGMA: (f64, f64) = (0.002, 80.0);
const RHO: f64 = 7.0;

/// Four atoms on two scales, and two Gaussians, on a line with variance 1/4.
fn laws() -> Result<[(&'static str, Case); 2]> {
    let fine = (0.25_f64 / 101.0).sqrt();
    let (a, b) = (10.0 * fine, fine);
    let tree = Mixture::atoms(&[], &[vec![a + b], vec![a - b], vec![b - a], vec![-a - b]])?;
    let width = Covariance::isotropic(0.0475)?;
    let pair = Mixture::new(&[], &[vec![0.45], vec![-0.45]], vec![width; 2])?;
    let case = |name, law| NamedLaw::new(name, law).under(NoiseProcess::Edm, 1.0);
    Ok([("tree", case("tree", tree)?), ("pair", case("pair", pair)?)])
}

/// `I(X_0;X_t)` in nats, by the entropy of the marginal.
fn information(case: &Case, sigma: f64) -> Result<Estimate> {
    let moved = case.at(sigma);
    Ok(moved.marginal_entropy()? - crate::rates::noise_entropy(1.0, &moved.level()?))
}

/// `d psi/d sigma = mmse/sigma^2`, in edm (B11).
fn rescaled(case: &Case, sigma: f64) -> Result<Estimate> {
    Ok(case.at(sigma).mean(Detail::POSTERIOR_TRACE, 1, |s, out| out[0] = s.posterior_trace())?[0]
        / (Estimate::given(sigma) * Estimate::given(sigma)))
}

/// Exact ends, and what is found between them.
fn with_ends(inner: impl FnMut(usize) -> Result<Estimate>) -> Result<Vec<Estimate>> {
    let inner = (1..LEVELS - 1).map(inner).collect::<Result<Vec<_>>>()?;
    Ok([vec![Estimate::given(SIGMA.1)], inner, vec![Estimate::given(SIGMA.0)]].concat())
}

/// Equal increments of `I` (B10).
fn entropic(case: &Case) -> Result<Vec<Estimate>> {
    let (low, high) = (information(case, SIGMA.1)?, information(case, SIGMA.0)?);
    with_ends(|i| {
        let target = low + (high - low) * Estimate::count(i) / Estimate::count(LEVELS - 1);
        let beyond = |l: f64| Ok::<_, Error>(information(case, l.exp())? - target);
        Ok(root(beyond, SIGMA.0.ln(), SIGMA.1.ln())?.exp())
    })
}

/// Equal increments of `psi` (B11).
fn rescaled_entropic(case: &Case) -> Result<Vec<Estimate>> {
    // psi at nodes, integrated in log sigma between one and the next.
    let nodes: Vec<f64> = logarithmic(SIGMA.0, SIGMA.1, 33).into_iter().map(f64::ln).collect();
    let slope = |l: f64| Ok::<_, Error>(rescaled(case, l.exp())? * Estimate::given(l).exp());
    let mut psi = vec![Estimate::ZERO];
    for two in nodes.windows(2) {
        psi.push(psi[psi.len() - 1] + integral(slope, two[0], two[1])?);
    }
    let whole = psi[psi.len() - 1];
    with_ends(|i| {
        let target = whole * Estimate::count(LEVELS - 1 - i) / Estimate::count(LEVELS - 1);
        let after = psi.iter().position(|p| p.value() > target.value()).unwrap_or(psi.len() - 1).max(1);
        let (from, start) = (nodes[after - 1], psi[after - 1]);
        // Newton's method from the chord; what is left after the last step is the error.
        let share = (target.value() - start.value()) / (psi[after].value() - start.value());
        let (mut l, mut error) = (from + share * (nodes[after] - from), 0.0);
        for _ in 0..4 {
            let (left, speed) = (start + integral(slope, from, l)? - target, slope(l)?.value());
            l -= left.value() / speed;
            error = (2.0 * left.value().abs() + left.radius()) / speed;
        }
        Ok(Estimate::new(l, error + f64::EPSILON * l.abs()).exp())
    })
}

/// `sigma_i` of Karras et al. 2022, equation 5; with exponent 1 even in `sigma`.
fn power(rho: f64) -> Result<Vec<Estimate>> {
    let (from, to) = (SIGMA.1.powf(1.0 / rho), SIGMA.0.powf(1.0 / rho));
    with_ends(|i| {
        let part = from + (to - from) * i as f64 / (LEVELS - 1) as f64;
        Ok(Estimate::rounded(part, ulps::formula(8, 2)).powf(rho))
    })
}

/// Claims B10 and B11: 18 noise levels from `sigma/alpha = 80` to 0.002 by four schedules, on four atoms at
/// `+-0.4975 +-0.04975` (prefix `tree_`) and on two Gaussians at `+-0.45` of variance 0.0475 (`pair_`), both of
/// variance 1/4.
///
/// Columns: `sigma` and `LAW_information`, the curve; `step`, from 1; for each `SCHEDULE` (`uniform`, `edm`,
/// `entropic`, `rescaled`) and `LAW`: `LAW_SCHEDULE_sigma` and `LAW_SCHEDULE_information` at the levels,
/// `LAW_SCHEDULE_share`, what each step wins of the whole.
///
/// # Errors
/// When a route gives no answer.
pub fn schedules() -> Result<Table> {
    let curve = logarithmic(SIGMA.1, SIGMA.0, 107);
    let mut table = Table::new().with("sigma", "", places(&curve));
    table = table.with_exact("step", "", (1..LEVELS).map(|i| i as f64));
    for (law, case) in laws()? {
        let along = curve.iter().map(|&s| information(&case, s)).collect::<Result<Vec<_>>>()?;
        table = table.with(&format!("{law}_information"), "nats", along);
        let all = [
            ("uniform", power(1.0)?),
            ("edm", power(RHO)?),
            ("entropic", entropic(&case)?),
            ("rescaled", rescaled_entropic(&case)?),
        ];
        for (schedule, sigmas) in all {
            // I grows by less than a nat per unit of log sigma.
            let at = |s: &Estimate| {
                let found = information(&case, s.value())?;
                Ok(Estimate::new(found.value(), found.radius() + s.radius() / s.value()))
            };
            let won = sigmas.iter().map(at).collect::<Result<Vec<_>>>()?;
            let whole = won[LEVELS - 1] - won[0];
            let shares: Vec<Estimate> = won.windows(2).map(|two| (two[1] - two[0]) / whole).collect();
            let name = |what: &str| format!("{law}_{schedule}_{what}");
            table = table.with(&name("sigma"), "", sigmas).with(&name("information"), "nats", won).with(
                &name("share"),
                "",
                shares,
            );
        }
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of the entropic schedule win the same each; a Gaussian's rescaled clock is `c arctan(sigma/c)` (B11).
    #[test]
    fn equal_steps_in_either_clock() {
        for (_, case) in laws().unwrap() {
            let won: Vec<Estimate> =
                entropic(&case).unwrap().iter().map(|s| information(&case, s.value()).unwrap()).collect();
            let share = (won[LEVELS - 1] - won[0]) / Estimate::count(LEVELS - 1);
            for two in won.windows(2) {
                assert!((two[1].value() - two[0].value() - share.value()).abs() < 1e-9, "{} {share}", two[1] - two[0]);
            }
        }
        let (c, round) = (0.5_f64, Covariance::isotropic(0.25).unwrap());
        let gaussian = Mixture::gaussian(&[0.0], round).unwrap();
        let case = NamedLaw::new("gaussian", gaussian).under(NoiseProcess::Edm, 1.0).unwrap();
        let clock = |s: f64| c * (s / c).atan();
        let (low, high) = (clock(SIGMA.0), clock(SIGMA.1));
        for (i, sigma) in rescaled_entropic(&case).unwrap().iter().enumerate() {
            let share = high + (low - high) * i as f64 / (LEVELS - 1) as f64;
            assert!((clock(sigma.value()) - share).abs() < 1e-9, "{i}: {sigma}");
        }
    }
}
