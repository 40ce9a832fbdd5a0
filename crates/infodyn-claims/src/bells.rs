//! Marginals on a line by their definition: sums of bells, of which nothing but the logarithm is computed. What claims
//! say of scores and posteriors is then differences of logarithms, and shares no formula with the densities of the
//! other routes.

use infodyn_core::{Estimate, Mixture, NoiseLevel, ulps};
use infodyn_quadrature::{derivative, integral};

use crate::rates::noise_entropy;
use crate::{Case, Error, Result};

/// How many standard deviations of every component are integrated over.
pub(crate) const REACH: f64 = 10.0;

/// What a function of at most `(1 + z^2)^2` has beyond, under a Gaussian: at `z = 10` its density is below `8e-23`.
pub(crate) const TAIL: f64 = 3e-19;

/// A marginal on a line.
pub(crate) struct Bells {
    bells: Vec<Bell>,
    labels: usize,
    /// The smallest standard deviation of a component.
    narrow: f64,
}

struct Bell {
    label: usize,
    /// `log w - log(v)/2`.
    head: f64,
    centre: f64,
    variance: f64,
}

impl Bells {
    fn new(law: &Mixture, level: &NoiseLevel) -> Self {
        let part = |k: usize| {
            let variance = level.alpha() * level.alpha() * law.covariance(k).eigenvalue(0) + level.sigma2();
            [law.weights()[k], level.alpha() * law.mean(k)[0], variance]
        };
        let mut bells = Self::of_parts((0..law.components()).map(part));
        bells.bells.iter_mut().zip(law.labels()).for_each(|(b, &y)| b.label = y);
        Self { labels: law.label_weights().len(), ..bells }
    }

    /// Of weights, centres and variances, under one label.
    pub(crate) fn of_parts(parts: impl Iterator<Item = [f64; 3]>) -> Self {
        let bell = |[w, centre, v]: [f64; 3]| Bell { label: 0, head: w.ln() - 0.5 * v.ln(), centre, variance: v };
        let bells: Vec<Bell> = parts.map(bell).collect();
        let narrow = bells.iter().fold(f64::INFINITY, |v, b| v.min(b.variance)).sqrt();
        Self { bells, labels: 1, narrow }
    }

    /// What the model of a case on a line believes in.
    fn of(case: &Case) -> Result<Self> {
        let channel = case.channel()?;
        let law =
            channel.model().mixture().filter(|law| law.dim() == 1).ok_or(Error::NotFound("a mixture on a line"))?;
        Ok(Self::new(law, &channel.believed(&channel.level())))
    }

    /// `log p_t`, or that of the part of it that has a label: the density of a point with the label.
    ///
    /// # Accuracy
    /// Each exponent has its own error and that of its place, `(|c| + |x - c|) |x - c|/v`; they count by their shares
    /// of the sum.
    fn log(&self, label: Option<usize>, x: f64) -> Estimate {
        let bells = || self.bells.iter().filter(|b| label.is_none_or(|y| y == b.label));
        let exponent = |b: &Bell| 0.5 * (x - b.centre) * (x - b.centre) / b.variance;
        let top = bells().map(|b| b.head - exponent(b)).fold(f64::NEG_INFINITY, f64::max);
        let (mut sum, mut units, mut count) = (0.0, 0.0, 0);
        for b in bells() {
            let (exponent, d) = (exponent(b), (x - b.centre).abs());
            let place = (b.centre.abs() + d) * d / b.variance;
            let own = ulps::operations(3) + 2.0 * ulps::ELEMENTARY * b.head.abs() + ulps::operations(6) * exponent;
            let share = (b.head - exponent - top).exp();
            (sum, units, count) = (sum + share, units + share * (own + ulps::OPERATION * place), count + 1);
        }
        let value = top + sum.ln() - 0.5 * std::f64::consts::TAU.ln();
        let last = ulps::exp(top.abs(), ulps::operations(3)) + ulps::sum(count) + ulps::ELEMENTARY * value.abs();
        // The logarithm of tau, and that of a sum near 1.
        Estimate::new(value, (units / sum + last + 2.0 * ulps::ELEMENTARY) * f64::EPSILON)
    }

    fn slope(&self, x: f64, f: impl Fn(f64) -> Result<Estimate>) -> Result<Estimate> {
        derivative(f, x, 2.0 * self.narrow)
    }

    /// `log p_t`.
    pub(crate) fn ln_density(&self, x: f64) -> Estimate {
        self.log(None, x)
    }

    /// `s`.
    pub(crate) fn score(&self, x: f64) -> Result<Estimate> {
        self.slope(x, |x| Ok(self.ln_density(x)))
    }

    /// `ds/dx`.
    pub(crate) fn divergence(&self, x: f64) -> Result<Estimate> {
        self.slope(x, |x| self.score(x))
    }

    /// The logarithm of a label's posterior.
    fn ln_posterior(&self, y: usize, x: f64) -> Estimate {
        self.log(Some(y), x) - self.log(None, x)
    }

    /// `h`, the entropy of the label's posterior.
    pub(crate) fn entropy(&self, x: f64) -> Estimate {
        let part = |y: usize| {
            let log = self.ln_posterior(y, x);
            -(log.exp() * log)
        };
        (0..self.labels).map(part).sum()
    }

    /// `|grad h|^2`.
    pub(crate) fn entropy_slope2(&self, x: f64) -> Result<Estimate> {
        let slope = self.slope(x, |x| Ok(self.entropy(x)))?;
        Ok(slope * slope)
    }

    /// `b = sum_y pi_y |s_y - s|^2`; `s_y - s` is the slope of `log pi_y`.
    pub(crate) fn production(&self, x: f64) -> Result<Estimate> {
        let part = |y: usize| {
            let gap = self.slope(x, |x| Ok(self.ln_posterior(y, x)))?;
            Ok(self.ln_posterior(y, x).exp() * gap * gap)
        };
        (0..self.labels).map(part).sum()
    }

    /// Where the line is cut: at the centres, and beyond all of them.
    fn ends(&self) -> Vec<f64> {
        let end = |side: f64| move |b: &Bell| b.centre + side * REACH * b.variance.sqrt();
        let mut cuts: Vec<f64> = self.bells.iter().map(|b| b.centre).collect();
        cuts.push(self.bells.iter().map(end(-1.0)).fold(f64::INFINITY, f64::min));
        cuts.push(self.bells.iter().map(end(1.0)).fold(f64::NEG_INFINITY, f64::max));
        cuts.sort_by(f64::total_cmp);
        cuts.dedup();
        cuts
    }
}

/// The mean, under the true marginal of a case on a line, of what the model's says of a point.
///
/// # Accuracy
/// As [`integral`], cut at the centres. At `z` standard deviations, beyond [`REACH`] of every component, an average
/// over components is at most `(1 + 1/v) (1 + z^2)^2`.
pub(crate) fn mean(case: &Case, f: impl Fn(&Bells, f64) -> Result<Estimate>) -> Result<Estimate> {
    let (truth, model) = (Bells::of(&case.truth())?, Bells::of(case)?);
    let part = |ends: &[f64]| integral(|x| Ok::<_, Error>(f(&model, x)? * truth.ln_density(x).exp()), ends[0], ends[1]);
    let total: Result<Estimate> = truth.ends().windows(2).map(part).sum();
    Ok(total?.widened(TAIL * (1.0 + truth.narrow.powi(-2))))
}

/// `E|s|^2`.
pub(crate) fn norm2(case: &Case) -> Result<Estimate> {
    mean(case, |p, x| {
        let score = p.score(x)?;
        Ok(score * score)
    })
}

/// `I(X_0;X_t)`, in nats.
pub(crate) fn information(case: &Case) -> Result<Estimate> {
    Ok(mean(case, |p, x| Ok(-p.ln_density(x)))? - noise_entropy(1.0, &case.level()?))
}

/// The covariance of `h` and what the model says of a point.
pub(crate) fn covariance(case: &Case, f: impl Fn(&Bells, f64) -> Result<Estimate>) -> Result<Estimate> {
    let (first, other) = (mean(case, |p, x| Ok(p.entropy(x)))?, mean(case, &f)?);
    let gap = |p: &Bells, x: f64| Ok((p.entropy(x) - first) * (f(p, x)? - other));
    mean(case, gap)
}

/// `E f(E[j^power given X_t])` of the true case, a density on a line, with `j = -log p(X_0 given X_t)` by Bayes' rule:
/// an integral over `X_t` and, within it, one over `X_0`.
///
/// # Accuracy
/// As [`mean`], within and without: `j` grows as a square of the distance, with a constant below 10.
pub(crate) fn over_posteriors(case: &Case, power: i32, f: impl Fn(Estimate) -> Estimate) -> Result<Estimate> {
    let (truth, level) = (case.truth(), case.truth().level()?);
    let (law, marginal) = (truth.law(), Bells::of(&truth)?);
    let data = Bells::new(law, &NoiseLevel::DATA);
    let [alpha, sigma2] = [level.alpha(), level.sigma2()].map(Estimate::given);
    let ln_norm = (Estimate::near(std::f64::consts::TAU) * sigma2).ln();
    let given = |x: f64| -> Result<Estimate> {
        let parts = (0..law.components()).map(|k| {
            let (mean, q) = (law.mean(k)[0], law.covariance(k).eigenvalue(0));
            let pull = level.alpha() * q / (level.alpha() * level.alpha() * q + level.sigma2());
            [law.weights()[k], mean + pull * (x - level.alpha() * mean), q - pull * level.alpha() * q]
        });
        let evidence = marginal.ln_density(x);
        let term = |x0: f64| {
            let gap = Estimate::given(x) - alpha * Estimate::given(x0);
            let ln_posterior = data.ln_density(x0) - (gap * gap / sigma2 + ln_norm) / 2 - evidence;
            Ok::<_, Error>((-ln_posterior).powi(power) * ln_posterior.exp())
        };
        Bells::of_parts(parts).ends().windows(2).map(|ends| integral(term, ends[0], ends[1])).sum()
    };
    let term = |x: f64| Ok::<_, Error>(f(given(x)?) * marginal.ln_density(x).exp());
    let total: Result<Estimate> = marginal.ends().windows(2).map(|ends| integral(term, ends[0], ends[1])).sum();
    Ok(total?.widened(1e3 * TAIL))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use infodyn_core::Detail;

    use super::*;
    use crate::claims::cases_on_a_line;

    /// The densities that the routes share say the same at a point.
    #[test]
    fn differences_of_logarithms_are_what_the_shared_formulas_say() {
        for case in cases_on_a_line().unwrap() {
            let bells = Bells::of(&case).unwrap();
            for x in [-1.7, 0.15, 0.9] {
                let seen = case.density(|p| Ok(p.observe_at(&[x], Detail::all()))).unwrap();
                for (what, found, truth, sharp) in [
                    ("log p", bells.ln_density(x), seen.ln_density[0], 1e-13),
                    ("s", bells.score(x).unwrap(), seen.score[0], 1e-10),
                    ("div s", bells.divergence(x).unwrap(), seen.score_divergence[0], 1e-7),
                    ("h", bells.entropy(x), seen.label.entropy[0], 1e-13),
                    ("b", bells.production(x).unwrap(), seen.label_production[0], 1e-10),
                    ("|grad h|^2", bells.entropy_slope2(x).unwrap(), seen.label_gradient2[0], 1e-10),
                ] {
                    let found = found.widened(ulps::SAMPLE * f64::EPSILON * truth.abs());
                    assert!(found.contains(truth), "{} at {x}: {what}: {found}, {truth}", case.name());
                    assert!(found.radius() < sharp * (1.0 + truth.abs()), "{} at {x}: {what}: {found}", case.name());
                }
            }
        }
    }
}
