//! True chains of states, and what the ancestral sampler makes of them.

use infodyn_closed_form::ClosedForm;
use infodyn_core::{Comparison, Detail, Estimate, NoiseLevel, Quantity, profile};
use infodyn_samplers::{Variance, path_divergence};

use crate::case::pathwise::Beside;
use crate::{Case, Context, Error, Result, Seen};

/// A chain of states as a case sees it: noise rises along the list.
pub(crate) struct Chain<'a> {
    pub(crate) path: &'a [Seen<'a>],
    pub(crate) levels: &'a [NoiseLevel],
}

impl Chain<'_> {
    /// The steps: places of both ends in the list, the noisier first, and their signal-to-noise ratios.
    fn steps(&self) -> impl Iterator<Item = [(usize, f64); 2]> + '_ {
        (1..self.levels.len()).map(|r| [r, r - 1].map(|r| (r, self.levels[r].snr())))
    }

    /// Coordinate `i` of the state at place `r` in the clock `y = alpha x/sigma^2`.
    fn y(&self, r: usize, i: usize) -> f64 {
        self.path[r].x(i) * self.levels[r].alpha() / self.levels[r].sigma2()
    }

    /// `log p/q` of the states, for the exact denoiser and noise of variance `noise(from, to)` in the clock `y`.
    ///
    /// # Formula
    /// `p(y'|y) = p(y') b(y|y')/p(y)`, `b` the Brownian bridge `N((gamma/gamma') y', gamma Delta/gamma')`, for `y`
    /// given `y'` does not depend on `X_0`.
    pub(crate) fn ln_ratio(&self, noise: impl Fn(f64, f64) -> f64) -> f64 {
        let dim = self.path[0].offset().len();
        let ln_p =
            |r: usize| self.path[r].ln_density() + dim as f64 * (self.levels[r].sigma2() / self.levels[r].alpha()).ln();
        let mut sum = ln_p(0) - ln_p(self.levels.len() - 1);
        for [(r, from), (s, to)] in self.steps() {
            for i in 0..dim {
                sum += normal(self.y(r, i) - from / to * self.y(s, i), from * (to - from) / to);
                let guess = (to - from) * self.path[r].posterior_mean(i);
                sum -= normal(self.y(s, i) - self.y(r, i) - guess, noise(from, to));
            }
        }
        sum
    }

    /// As [`Chain::ln_ratio`], `p` given `X_0`: its mean lacks the information gained.
    pub(crate) fn ln_ratio_given(&self, x0: &[f64], noise: impl Fn(f64, f64) -> f64) -> f64 {
        let mut sum = 0.0;
        for [(r, from), (s, to)] in self.steps() {
            let delta = to - from;
            for (i, x) in x0.iter().enumerate() {
                let gap = self.y(s, i) - self.y(r, i);
                sum += normal(gap - delta * x, delta);
                sum -= normal(gap - delta * self.path[r].posterior_mean(i), noise(from, to));
            }
        }
        sum
    }

    /// `sum (Delta_k/2) tr S`, at the right ends of the steps if so, minus what the posterior of the component learns
    /// on the way: of atoms, all that there is to learn of `X_0`.
    pub(crate) fn stairs(&self, right: bool) -> f64 {
        let rise = |[(r, from), (s, to)]: [(usize, f64); 2]| {
            0.5 * (to - from) * self.path[if right { s } else { r }].posterior_trace()
        };
        let known = |r: usize| self.path[r].component_information();
        self.steps().map(rise).sum::<f64>() - (known(0) - known(self.levels.len() - 1))
    }

    /// `sum (Delta_k/2) |X_0 - m|^2`.
    pub(crate) fn squares(&self, x0: &[f64]) -> f64 {
        let rise = |[(r, from), (_, to)]: [(usize, f64); 2]| {
            let square = |(i, x): (usize, &f64)| (x - self.path[r].posterior_mean(i)).powi(2);
            0.5 * (to - from) * x0.iter().enumerate().map(square).sum::<f64>()
        };
        self.steps().map(rise).sum()
    }

    /// What the surprisal of the state gains on that of its noise, of a chain of atoms: `I(X_0;X_t) = H(X_t) - H(X_t
    /// given X_0)`.
    pub(crate) fn surprise(&self) -> f64 {
        let half = 0.5 * self.path[0].offset().len() as f64;
        let missing = |r: usize| {
            let noise: f64 = self.path[r].offset().iter().map(|x| x * x).sum();
            let sigma2 = self.levels[r].sigma2();
            -self.path[r].ln_density() - half * sigma2.ln() - 0.5 * noise / sigma2
        };
        missing(0) - missing(self.levels.len() - 1)
    }
}

/// The log-density of `N(0, v)`.
fn normal(gap: f64, v: f64) -> f64 {
    -0.5 * (gap * gap / v + (std::f64::consts::TAU * v).ln())
}

/// The mean of `log p/q` of the states of true chains at `snrs`, as [`Chain::ln_ratio`].
pub(crate) fn chains(
    context: &Context,
    case: &Case,
    snrs: &[f64],
    noise: impl Fn(f64, f64) -> f64 + Sync,
) -> Result<Estimate> {
    let process = *case.process();
    let levels = |_: f64| snrs.iter().rev().map(|&g| Ok(process.at_snr(g)?)).collect();
    let means = case.sample_paths(context, (3, Detail::MEAN_OFFSET), 1, levels, |path, levels, out| {
        out[0] = Chain { path, levels }.ln_ratio(&noise);
    })?;
    Ok(means.mean(0, Context::CONFIDENCE))
}

/// Chains of a law of atoms beside the Gaussian of its mean and covariance.
///
/// [`Chain::ln_ratio_given`] and [`Chain::squares`] with the posterior mean of the Gaussian are quadratic in the states
/// and in `X_0`, so that their means along chains of the law are those along chains of the Gaussian: sums of its
/// losses, which are formulas. What is sampled is only how far the law is from that.
pub(crate) struct BesideGaussian {
    case: Case,
    gaussian: Case,
    snrs: Vec<f64>,
}

impl BesideGaussian {
    pub(crate) fn new(case: &Case, snrs: &[f64]) -> Result<Self> {
        Ok(Self { case: case.clone(), gaussian: case.gaussian()?, snrs: snrs.to_vec() })
    }

    /// What the steps of the Gaussian lose, with no information taken off.
    fn known(&self, variance: Variance) -> Result<Estimate> {
        let loss = |&snr: &f64| -> Result<Estimate> {
            let at = self.gaussian.at(self.gaussian.process().time_at_snr(snr)?);
            let found = profile(&ClosedForm, &at.channel()?, &[Quantity::Mmse])?;
            found.get(Quantity::Mmse).ok_or(Error::NotFound(Quantity::Mmse.name()))
        };
        let starts = &self.snrs[..self.snrs.len() - 1];
        let losses = starts.iter().map(loss).collect::<Result<Vec<_>>>()?;
        Ok(path_divergence(&self.snrs, self.case.law().dim(), variance, &losses, Estimate::ZERO)?)
    }

    /// The mean of `value` of a chain, of the same chain as the Gaussian sees it, and of its `X_0`, from which what the
    /// steps of the Gaussian lose with noise of some variance has been taken away, against that of `stairs` along the
    /// same chains.
    pub(crate) fn compare(
        &self,
        context: &Context,
        (variance, tolerance): (Variance, f64),
        value: impl Fn([&Chain<'_>; 2], &[f64]) -> f64 + Sync,
        stairs: impl Fn(&Chain<'_>) -> f64 + Sync,
    ) -> Result<Comparison> {
        let levels = self.snrs.iter().rev().map(|&g| Ok(self.case.process().at_snr(g)?)).collect::<Result<Vec<_>>>()?;
        let asked = Detail::MEAN_OFFSET | Detail::POSTERIOR_TRACE | Detail::COMPONENT_INFORMATION;
        let beside = Beside { case: &self.case, other: &self.gaussian, asked: [asked, Detail::MEAN_OFFSET] };
        let means = beside.sample_paths(&context.settings(CHAIN), &levels, 2, |[own, other], out| {
            let [own, other] = [own, other].map(|path| Chain { path, levels: &levels });
            // Of atoms, X_0 is the mean of the component.
            let x0 = self.case.law().mean(own.path[0].anchor());
            (out[0], out[1]) = (value([&own, &other], x0), stairs(&own));
        })?;
        let (level, known) = (Context::CONFIDENCE, self.known(variance)?);
        let (lhs, rhs) = (means.mean(0, level) + known, means.mean(1, level));
        let difference = means.linear(&[(0, 1.0), (1, -1.0)], level) + known;
        Ok(Comparison::paired(lhs, rhs, difference, tolerance * rhs.value().abs()))
    }
}

/// How many times dearer a chain is than a sample of a few components: its states are, of thousands of atoms, hundreds
/// of times; fewer chains would leave more than a hundredth of the divergence undecided.
const CHAIN: u64 = 32;
