//! Guided samplers: paths that keep account of a label, and the log-odds of two classes as a diffusion of their own.

use infodyn_core::stable::ln_sum_exp;
use infodyn_core::{Density, Detail, Estimate, NoiseLevel, Observation, Points};
use infodyn_monte_carlo::{
    Guidance, LabelPosterior, PathBatch, Paths, Refined, Reverse, Scheme, mean_of_refined_trials,
};
use infodyn_quadrature::Diffusion;

use crate::case::pathwise::{refined, refined_columns};
use crate::{Case, Context, Result};

/// Reverse runs of a case, from the exact law at the lower of two signal-to-noise ratios to the higher.
#[derive(Clone, Copy)]
pub(crate) struct Runs {
    /// What the account is kept for.
    pub(crate) guidance: Guidance,
    /// What the sampler is given: the same, but in mutants.
    pub(crate) given: Guidance,
    pub(crate) scheme: Scheme,
    pub(crate) snrs: [f64; 2],
    /// Steps of the coarser of two grids.
    pub(crate) steps: usize,
    /// How many times dearer a path is than a sample at one time.
    pub(crate) cost: u64,
}

/// The reverse SDE.
pub(crate) const SDE: Scheme = Scheme::Exponential { noise: 1.0 };

impl Runs {
    /// Runs of the reverse SDE under guidance.
    pub(crate) fn new(guidance: Guidance, snrs: [f64; 2]) -> Self {
        Self { guidance, given: guidance, scheme: SDE, snrs, steps: 24, cost: 64 }
    }

    /// The levels of a grid, even in `log gamma`, from data to noise.
    fn levels(&self, case: &Case, steps: usize) -> infodyn_monte_carlo::Result<Vec<NoiseLevel>> {
        let [low, high] = self.snrs.map(f64::ln);
        let snr = |i: usize| (high + (low - high) * i as f64 / steps as f64).exp();
        Ok((0..=steps).map(|i| case.process().at_snr(snr(i))).collect::<infodyn_core::Result<_>>()?)
    }

    /// Monte Carlo over runs: `f` sees the account of one run and writes `columns` values.
    pub(crate) fn sample(
        &self,
        context: &Context,
        case: &Case,
        columns: usize,
        f: impl Fn(&Account<'_>, &mut [f64]) + Sync,
    ) -> Result<Refined> {
        let channel = case.channel()?;
        let sampler = |steps| Reverse::new(&channel, &self.levels(case, steps)?, 1, self.scheme)?.guided(self.given);
        let settings = context.settings(self.cost);
        refined_columns(&settings, columns, sampler, (self.steps, self.scheme.order()), |reverse, rng, out| {
            let mut batch = PathBatch::default();
            reverse.draw(out.len() / columns, rng, &mut batch)?;
            let densities: Vec<&dyn Density> = reverse.densities().collect();
            self.accounts(case, &densities, &batch, 1, &f, out);
            Ok(())
        })
    }

    /// The same of where runs end alone, `f` of the place.
    pub(crate) fn sample_ends(
        &self,
        context: &Context,
        case: &Case,
        f: impl Fn(&[f64]) -> f64 + Sync,
    ) -> Result<Estimate> {
        let (channel, dim) = (case.channel()?, case.law().dim());
        let ends = self.levels(case, 1)?;
        let sampler = |steps| Reverse::new(&channel, &ends, steps, self.scheme)?.guided(self.given);
        refined(&context.settings(self.cost), sampler, (self.steps, self.scheme.order()), |reverse, rng, out| {
            let (mut batch, mut place) = (PathBatch::default(), vec![0.0; dim]);
            reverse.draw(out.len(), rng, &mut batch)?;
            let rows = batch.anchors.iter().zip(batch.offsets[0].chunks_exact(dim));
            for (o, (&anchor, offset)) in out.iter_mut().zip(rows) {
                for (x, (offset, mu)) in place.iter_mut().zip(offset.iter().zip(case.law().mean(anchor))) {
                    *x = ends[0].alpha() * mu + offset;
                }
                *o = f(&place);
            }
            Ok(())
        })
    }

    /// The same over exact forward paths through the same levels, without any guidance: as of the reverse process.
    pub(crate) fn sample_forward(
        &self,
        context: &Context,
        case: &Case,
        columns: usize,
        f: impl Fn(&Account<'_>, &mut [f64]) + Sync,
    ) -> Result<Refined> {
        let (settings, levels) = (context.settings(self.cost), self.levels(case, 2 * self.steps)?);
        let channel = case.channel()?;
        let densities: Vec<_> = levels.iter().map(|level| channel.modelled(level)).collect();
        let densities: Vec<&dyn Density> = densities.iter().map(|p| &**p).collect();
        let paths = Paths::new(case.law(), &levels)?;
        // Error of the trapezoidal rules, of order 2, by every second level and by all.
        mean_of_refined_trials(&settings, columns, 2, &[], |finer, rng, out| {
            let mut batch = PathBatch::default();
            paths.draw(out.len() / columns, rng, &mut batch);
            self.accounts(case, &densities, &batch, 2 - finer, &f, out);
            Ok(())
        })
    }

    /// Reads paths at every `stride`-th level, and hands the accounts to `f`.
    fn accounts(
        &self,
        case: &Case,
        densities: &[&dyn Density],
        batch: &PathBatch,
        stride: usize,
        f: &impl Fn(&Account<'_>, &mut [f64]),
        out: &mut [f64],
    ) {
        let (n, dim) = (batch.anchors.len(), case.law().dim());
        let mut all = vec![Account::default(); n];
        // Of the level before, nearer to the noise: `m_y - m`, the drift of the clock `y`, and the point in it.
        let (mut gap, mut drift, mut point) = (vec![0.0; n * dim], vec![0.0; n * dim], vec![0.0; n * dim]);
        let (mut ln, mut gradient, mut seen) = (Vec::new(), Vec::new(), Observation::default());
        let mut before: Option<(f64, f64)> = None;
        for (density, offsets) in densities.iter().zip(&batch.offsets).step_by(stride).rev() {
            let points = Points { anchors: &batch.anchors, offsets };
            LabelPosterior::new(*density).belief(self.guidance.label, points, &mut ln, &mut gradient);
            density.observe(points, Detail::MEAN_OFFSET, &mut seen);
            let (alpha, sigma2) = (density.alpha(), density.sigma2());
            let snr = alpha * alpha / sigma2;
            let [omega, given] = [self.guidance.at(snr), self.given.at(snr)];
            for (i, account) in all.iter_mut().enumerate() {
                account.end = ln[i];
                if before.is_none() {
                    account.start = ln[i];
                }
                let (mut square, mut noise) = (0.0, 0.0);
                let mean = case.law().mean(batch.anchors[i]);
                for j in 0..dim {
                    let at = i * dim + j;
                    let here = (alpha * mean[j] + offsets[at]) * alpha / sigma2;
                    if let Some((snr_before, _)) = before {
                        noise += gap[at] * (here - point[at] - drift[at] * (snr - snr_before));
                    }
                    gap[at] = gradient[at] * sigma2 / alpha;
                    drift[at] = mean[j] + seen.mean_offset[at] + given * gap[at];
                    point[at] = here;
                    square += gap[at] * gap[at];
                }
                let squares = [square, square / ln[i].exp_m1().powi(2)];
                if let Some((snr_before, omega_before)) = before {
                    let step = |j: usize| 0.5 * (snr - snr_before) * (account.squares[j] + squares[j]);
                    let (energy, against) = (step(0), step(1));
                    account.noise += noise;
                    account.energy += energy;
                    account.first += omega_before * energy;
                    account.second += omega_before * omega_before * energy;
                    account.against += (omega_before - 0.5) * against;
                    account.turns += (omega - omega_before) * ln[i];
                }
                account.squares = squares;
            }
            before = Some((snr, omega));
        }
        let Some(offsets) = batch.offsets.first() else { return };
        let alpha = densities[0].alpha();
        let mut place = vec![0.0; dim];
        let columns = out.len() / n;
        for (i, (account, values)) in all.iter().zip(out.chunks_exact_mut(columns)).enumerate() {
            let mean = case.law().mean(batch.anchors[i]);
            for (x, (offset, mu)) in place.iter_mut().zip(offsets[i * dim..].iter().zip(mean)) {
                *x = alpha * mu + offset;
            }
            f(&Account { place: &place, ..*account }, values);
        }
    }
}

/// What one path says of a label `y`. In the clock `gamma`, `g^2 |s_y - s|^2 dtau = |m_y - m|^2 dgamma`.
#[derive(Clone, Copy, Default)]
pub(crate) struct Account<'a> {
    /// `log pi_y` at the noisier end, and at the other.
    pub(crate) start: f64,
    pub(crate) end: f64,
    /// The integral of `|m_y - m|^2`, and those of `omega` and of `omega^2` times it; each by the trapezoidal rule,
    /// with the strength of a step, which is that of its noisier end.
    pub(crate) energy: f64,
    pub(crate) first: f64,
    pub(crate) second: f64,
    /// The integral of `omega - 1/2` times `|m_y - m_rest|^2`, of the mean given that the label is not `y`.
    pub(crate) against: f64,
    /// The sum of `log pi_y` times what `omega` rises by.
    pub(crate) turns: f64,
    /// The sum of `(m_y - m).dB`, `B` the noise of the reverse SDE in the clock `y` under the guidance that it is
    /// given: of mean 0 at any size of a step.
    pub(crate) noise: f64,
    /// Where the path ends.
    pub(crate) place: &'a [f64],
    /// `|m_y - m|^2` and `|m_y - m_rest|^2` at the level read last.
    squares: [f64; 2],
}

/// The log-odds `2u` of two atoms `+-1` of weights `w` and `1 - w`, or of two Gaussians of one variance, under guidance
/// toward the first: `du = [1 + (omega - 1)(1 - tanh u)] dk + dB` in the clock `k`.
#[derive(Clone, Copy)]
pub(crate) struct Odds {
    pub(crate) weight: f64,
    pub(crate) omega: f64,
    /// What `|m_y - m|^2 = (1 - tanh u)^2` is multiplied by: in the rate at which a path loses weight, and in a gain.
    pub(crate) rate: f64,
    pub(crate) gain: f64,
}

impl Odds {
    pub(crate) fn new(weight: f64, omega: f64) -> Self {
        Self { weight, omega, rate: 0.0, gain: 0.0 }
    }

    /// Half the log-odds of the prior.
    pub(crate) fn start(self) -> f64 {
        0.5 * (self.weight / (1.0 - self.weight)).ln()
    }

    /// The mean at `k` of a function of `u`, weighed, and of the gain on the way.
    pub(crate) fn mean(self, k: f64, end: impl Fn(f64) -> f64) -> Estimate {
        let pull = |u: f64| 2.0 / (1.0 + (2.0 * u).exp());
        let drift = |u: f64| 1.0 + (self.omega - 1.0) * pull(u);
        let (rate, gain) = (|u: f64| self.rate * pull(u).powi(2), |u: f64| self.gain * pull(u).powi(2));
        let far = 2.0 * self.omega - 1.0;
        let bounds = [f64::min(1.0, far), f64::max(1.0, far)];
        Diffusion { drift: &drift, bounds, rate: &rate, gain: &gain }.mean(self.start(), k, end)
    }
}

/// `log pi_y` where the log-odds are `2u`.
pub(crate) fn ln_belief(u: f64) -> f64 {
    -ln_sum_exp(&[0.0, -2.0 * u])
}
