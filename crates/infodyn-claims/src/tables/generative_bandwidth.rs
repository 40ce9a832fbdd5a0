//! What the score lets through of the noise bandwidth, for four laws of one covariance.

use infodyn_closed_form::sphere;
use infodyn_core::{Covariance, Detail, Estimate, Mixture, NoiseProcess, Sphere, Table, ulps};
use infodyn_quadrature::{derivative, radial_expectation};

use super::{logarithmic, places};
use crate::{NamedLaw, Result};

/// Variance of each component of the mixture.
const WIDTH: f64 = 0.02;
/// Rows at which the slope of the entropy is taken.
const FIRST: usize = 6;
const EVERY: usize = 8;
/// Dimension of all four laws.
const DIM: f64 = 2.0;

/// A law in the plane with covariance `I`.
enum Plane {
    /// Two independent coordinates with this law.
    Square(NamedLaw),
    Circle(Sphere),
}

/// At one signal-to-noise ratio: what is integrated against the marginal.
struct Means {
    /// `-I(X_0;X_t)`, nats.
    entropy: Estimate,
    /// `-sigma^2 E[div s]/2`: what the score suppresses per unit of `log gamma`.
    suppressed: Estimate,
    /// `gamma mmse/2`: what it lets through.
    passed: Estimate,
}

impl Plane {
    fn means(&self, snr: f64) -> Result<Means> {
        let level = NoiseProcess::Ou.at_snr(snr)?;
        let [entropy, divergence, trace] = match self {
            Self::Square(named) => {
                let case = named.under(NoiseProcess::Ou, level.t())?;
                let all = case.mean(Detail::SCORE_DIVERGENCE | Detail::POSTERIOR_TRACE, 3, |s, out| {
                    out.copy_from_slice(&[-s.ln_density(), s.divergence(), s.posterior_trace()]);
                })?;
                [0, 1, 2].map(|i| all[i] * Estimate::given(DIM))
            }
            Self::Circle(circle) => {
                let all = radial_expectation(&sphere::Marginal::new(circle, &level), 3, &|s, out| {
                    let (o, i) = (s.observation, s.index);
                    out.copy_from_slice(&[-o.ln_density[i], o.score_divergence[i], o.posterior_trace[i]]);
                })?;
                [0, 1, 2].map(|i| all[i])
            }
        };
        let kernel = crate::rates::noise_entropy(DIM, &level);
        Ok(Means {
            entropy: kernel - entropy,
            suppressed: divergence * Estimate::given(-level.sigma2()) / 2,
            passed: trace * Estimate::rounded(level.snr(), ulps::SNR) / 2,
        })
    }

    /// `-d H/d log gamma`, `H = H(X_0 given X_t)`, by differences of the entropy.
    fn slope(&self, snr: f64) -> Result<Estimate> {
        Ok(-derivative(|l: f64| Ok::<_, crate::Error>(self.means(l.exp())?.entropy), snr.ln(), 0.5)?)
    }
}

fn laws() -> Result<[(&'static str, Plane); 4]> {
    let line = |name, law| Plane::Square(NamedLaw::new(name, law));
    let round = Covariance::isotropic(1.0)?;
    Ok([
        ("gaussian", line("gaussian", Mixture::gaussian(&[0.0], round)?)),
        ("mixture", line("pair", Mixture::symmetric_pair(&[(1.0 - WIDTH).sqrt()], WIDTH)?)),
        ("atoms", line("two atoms", Mixture::symmetric_pair(&[1.0], 0.0)?)),
        ("circle", Plane::Circle(Sphere::new(2, DIM.sqrt())?)),
    ])
}

/// Claims B2, B3 and B6 for four laws in the plane with covariance `I`: a Gaussian, four Gaussians of variance 0.02
/// on a square, four atoms on one, and a circle.
///
/// Columns: `snr`; `bound`, what a Gaussian lets through, which is the most for this covariance (B6); `noise_rate`, the
/// noise bandwidth `g^2 D/(2 sigma^2)` per unit of the time of `ou`; then for each law `LAW_entropy`,
/// `H(X_0 given X_t) - H(X_0) = -I(X_0;X_t)`; `LAW_passed`, `gamma mmse/2`, and `LAW_budget`, what it and the
/// suppressed `-sigma^2 E[div s]/2` add up to, both in nats per unit of `log gamma`; `LAW_rate`, the passed share per
/// unit of the time of `ou`. At the ratios `slope_snr`, `LAW_slope` is what `LAW_passed` must equal, by differences of
/// the entropy alone.
///
/// # Errors
/// When a route gives no answer.
pub fn generative_bandwidth() -> Result<Table> {
    let grid = logarithmic(1e-2, 1e4, 73);
    let coarse: Vec<f64> = grid.iter().copied().skip(FIRST).step_by(EVERY).collect();
    let levels = grid.iter().map(|&g| NoiseProcess::Ou.at_snr(g)).collect::<infodyn_core::Result<Vec<_>>>()?;
    let noise: Vec<f64> = levels.iter().map(|l| l.g2() / l.sigma2()).collect();
    let bound = |g: f64| Estimate::given(0.5 * DIM) * Estimate::given(g) / (Estimate::given(g) + 1);
    let mut table = Table::new()
        .with("snr", "", places(&grid))
        .with("bound", "nats", grid.iter().map(|&g| bound(g)))
        .with("noise_rate", "nats/*t*", noise.iter().map(|n| Estimate::rounded(0.5 * DIM * n, ulps::formula(8, 2))))
        .with("slope_snr", "", places(&grid).into_iter().skip(FIRST).step_by(EVERY));
    for (name, law) in laws()? {
        let means = grid.iter().map(|&g| law.means(g)).collect::<Result<Vec<_>>>()?;
        let slopes = coarse.iter().map(|&g| law.slope(g)).collect::<Result<Vec<_>>>()?;
        let rates = means.iter().zip(&noise).map(|(m, n)| m.passed * Estimate::given(*n));
        table = table
            .with(&format!("{name}_entropy"), "nats", means.iter().map(|m| m.entropy))
            .with(&format!("{name}_passed"), "nats", means.iter().map(|m| m.passed))
            .with(&format!("{name}_budget"), "nats", means.iter().map(|m| m.passed + m.suppressed))
            .with(&format!("{name}_rate"), "nats/*t*", rates)
            .with(&format!("{name}_slope"), "nats", slopes);
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What passes and what is suppressed are the noise bandwidth (B2, B3), nothing passes more than a Gaussian (B6),
    /// the slope of the entropy is what passes (B2), and four atoms lose `log 4` (B7).
    #[test]
    fn the_budget_is_spent_and_never_exceeded() {
        let table = generative_bandwidth().unwrap();
        let read = |name: &str| table.column(name).unwrap().values.iter().flatten().copied().collect::<Vec<_>>();
        let bound = read("bound");
        for law in ["gaussian", "mixture", "atoms", "circle"] {
            for budget in read(&format!("{law}_budget")) {
                assert!(budget.contains(1.0) && budget.radius() < 1e-9, "{law}: {budget}");
            }
            for (passed, most) in read(&format!("{law}_passed")).iter().zip(&bound) {
                assert!(passed.value() <= most.value() + passed.radius() + most.radius(), "{law}: {passed} {most}");
            }
            let passed = read(&format!("{law}_passed"));
            for (passed, slope) in passed.iter().skip(FIRST).step_by(EVERY).zip(read(&format!("{law}_slope"))) {
                assert!((*passed - slope).contains(0.0) && slope.radius() < 1e-5, "{law}: {passed} {slope}");
            }
        }
        let left = *read("atoms_entropy").last().unwrap();
        assert!(left.contains(-4.0_f64.ln()), "{left}");
        let circle = *read("circle_passed").last().unwrap();
        assert!((circle.value() - 0.5).abs() < 1e-3, "{circle}");
    }
}
