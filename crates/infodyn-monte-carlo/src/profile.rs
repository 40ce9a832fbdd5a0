//! Every quantity of the profile, by its name.

use std::f64::consts::{E, TAU};

use infodyn_core::{Density, Estimate, Mixture, NoiseLevel, Profile, Quantity, Reading};
use rayon::prelude::*;

#[cfg(doc)]
use crate::betting_radius;
use crate::engine::CHUNK;
use crate::interval::{Range, studentised};
use crate::posterior::{PosteriorClone, kernel_surprisal};
use crate::random::at_block;
use crate::{Batch, Draws, Error, Means, Result, Sampler, Settings, View, mean_of};

// The columns of a run. Scaled ones are free of the unit of X.
/// `log p_k(x) - log p(x)` for the component `k` that `x` was drawn from.
const INFORMATION: usize = 0;
/// `sigma^2 |s|^2 - |Z|^2`; the subtracted square has mean `D` and most of the variance.
const NORM2: usize = 1;
/// `gamma tr S`.
const SPREAD: usize = 2;
/// `D + sigma^2 div s`.
const DIVERGENCE: usize = 3;
const LABEL_ENTROPY: usize = 4;
const LABEL_SURPRISAL: usize = 5;
const LABEL_AGREEMENT: usize = 6;
const ENTROPY: usize = 7;
const KL: usize = 8;
const SURPRISAL: usize = 9;
/// `sigma^2 b`.
const PRODUCTION: usize = 10;
/// `log p_k(X_0) - log p_0(X_0)` minus the first column.
const REMAINING: usize = 11;
/// `-log p(X_0 given X_t)` of the true `X_0`, and of a clone of it.
const DATA_SURPRISAL: usize = 12;
const CLONE_SURPRISAL: usize = 13;
const COLUMNS: usize = 14;

/// Groups of samples for the top eigenvalue, at least and at most.
const FEWEST_GROUPS: usize = 128;
const MOST_GROUPS: usize = 1024;

/// The quantities asked for, as far as they exist for the law.
///
/// `marginal` is the marginal of `law` at `level`, its components those of the law in the law's
/// order; `data` the density of `X_0` itself where the law has one (without it the quantities that
/// need it are absent).
///
/// # Formula
/// Each from its definition, with variance removed where that leaves the definition intact:
///
/// | quantity | average of |
/// |---|---|
/// | `marginal_entropy` | `log p_k(x) - log p(x)`, plus the exact mean of `-log p_k` |
/// | `marginal_entropy_rate` | `D f + (g^2/2) E abs(s)^2` |
/// | `mutual_information` | `KL(posterior, prior)` of the component, plus the exact Gaussian information within components |
/// | `conditional_entropy` | atoms: the posterior's entropy; densities: `-log p_0(X_0) - log p(x given X_0) + log p(x)`, the Gaussian part of each logarithm by its exact mean |
/// | `conditional_entropy_rate` | `(g^2 alpha^2/(2 sigma^4)) tr S` |
/// | `mean_score_norm2` | `abs(s)^2 - abs(Z)^2/sigma^2`, plus `D/sigma^2` |
/// | `label_entropy_rate` | `(g^2/2) b` |
/// | `posterior_entropy_variance` | atoms: the variance; densities: the covariance of the surprisals of `X_0` and of a clone of it, independent given `X_t` |
/// | `mean_top_eigenvalue` | `lambda_max(grad s)` on a subset of the samples, in one dimension `div s` on all |
/// | the others | what their names say |
///
/// The information of the component is averaged as the divergence of its posterior and not as the
/// log-ratio of densities, whose conditional mean it is (so of smaller variance); the marginal
/// entropy keeps the log-ratio, so that the two do not share one formula.
///
/// # Accuracy
/// Intervals at level `settings.confidence`. [`betting_radius`] (variances: empirical
/// Bernstein) for everything whose range is known: entropies, divergences, agreement, and by [`Range::noise_energy`] all rates, the mean-square
/// error and the moments of the score. Variances of surprisals, the posterior-entropy variance of a
/// law with a density and the top eigenvalue above one dimension are [`studentised`]: what they owe
/// to events that the sample never meets is not in their radius. With noise that is not Gaussian, or
/// a `marginal` that is not the law's, the radii describe the sample and not the quantity.
///
/// # Errors
/// As [`mean_of`].
pub fn profile(
    law: &Mixture,
    marginal: &dyn Density,
    data: Option<&dyn Density>,
    level: &NoiseLevel,
    settings: &Settings,
    quantities: &[Quantity],
) -> Result<Profile> {
    let asked = |q: &[Quantity]| quantities.iter().any(|a| q.contains(a));
    let data = data.filter(|_| law.has_density());
    let run = Simulation {
        law,
        marginal,
        level,
        settings,
        labels: asked(&[Quantity::LabelEntropyRate]),
        data: data.filter(|_| {
            asked(&[Quantity::ConditionalEntropy, Quantity::PosteriorEntropyVariance, Quantity::SurprisalVariance])
        }),
        clones: asked(&[Quantity::PosteriorEntropyVariance]),
    };
    let mut profile = Profile::new();
    let only_eigenvalue = quantities.iter().all(|&q| q == Quantity::MeanTopEigenvalue);
    if !only_eigenvalue || law.dim() == 1 {
        let means = run.means()?;
        for &q in quantities {
            if let Some(estimate) = run.estimate(&means, q) {
                profile.set(q, estimate);
            }
        }
    }
    if law.dim() > 1 && asked(&[Quantity::MeanTopEigenvalue]) {
        profile.set(Quantity::MeanTopEigenvalue, run.top_eigenvalue()?);
    }
    Ok(law.widened(profile, level, Reading::Pointwise))
}

/// Samples that each noise level needs for radii of at most `fraction` times the peak of each target
/// along the process, at most `most`; from a pilot profile at every level. Levels at which the pilot
/// serves get its own number.
///
/// The final run should have a stream of its own: a sample size chosen by looking at part of the
/// sample would bend its level.
///
/// # Formula
/// A radius falls as `a/sqrt n + b/n`: `a` from the standard error, `b` from the rest of the pilot's
/// radius. A tenth is kept in reserve for the pilot's own error.
#[must_use]
pub fn samples_for_accuracy(pilots: &[Profile], targets: &[Quantity], fraction: f64, most: u64) -> Vec<u64> {
    let estimates = |q: Quantity| pilots.iter().filter_map(move |p| p.get(q));
    let peak = |q| estimates(q).map(|e| e.value().abs()).fold(0.0, f64::max);
    let aims: Vec<(Quantity, f64)> = targets.iter().map(|&q| (q, 0.9 * fraction * peak(q))).collect();
    let needed = |e: Estimate, aim: f64| -> f64 {
        let Some(s) = e.sampling() else { return 0.0 };
        if e.radius() <= aim {
            return s.samples as f64;
        }
        let first = (s.std_error * (2.0 * (2.0 / (1.0 - s.level)).ln()).sqrt()).min(e.radius());
        // Root of (e.radius - first) x^2 + first x = aim, with x = sqrt(pilot samples/n).
        let rest = e.radius() - first;
        let x = 2.0 * aim / (first + (first * first + 4.0 * rest * aim).sqrt());
        s.samples as f64 / (x * x)
    };
    let at = |p: &Profile| {
        let n = aims.iter().filter_map(|&(q, aim)| p.get(q).map(|e| needed(e, aim))).fold(0.0, f64::max);
        if n < most as f64 { n.ceil() as u64 } else { most }
    };
    pilots.iter().map(at).collect()
}

struct Simulation<'a> {
    law: &'a Mixture,
    marginal: &'a dyn Density,
    level: &'a NoiseLevel,
    settings: &'a Settings,
    labels: bool,
    data: Option<&'a dyn Density>,
    clones: bool,
}

impl Simulation<'_> {
    fn means(&self) -> Result<Means> {
        let view = View::new(*self.level, self.marginal);
        let mut views = vec![if self.labels { view.with_labels() } else { view }];
        if let Some(data) = self.data {
            views.push(View::new(NoiseLevel::DATA, data));
        }
        let clone = self.data.filter(|_| self.clones).map(|data| PosteriorClone::new(self.marginal, data));
        let products: &[_] = if clone.is_some() { &[(DATA_SURPRISAL, CLONE_SURPRISAL)] } else { &[] };
        mean_of(self.settings, self.law, &views, COLUMNS, products, |batch, out| {
            self.observe(batch, out);
            self.observe_data(batch, clone.as_ref(), out);
        })
    }

    fn observe(&self, batch: &Batch<'_>, out: &mut [f64]) {
        let (dim, sigma2, snr) = (batch.dim, self.level.sigma2(), self.level.snr());
        let o = &batch.readings[0].observation;
        for (i, row) in out.chunks_exact_mut(COLUMNS).enumerate() {
            row[INFORMATION] = o.ln_anchor[i] - o.ln_density[i];
            row[NORM2] = sigma2 * o.score_norm2(i, dim) - noise_energy(batch, i);
            row[SPREAD] = snr * o.posterior_trace[i];
            row[DIVERGENCE] = dim as f64 + sigma2 * o.score_divergence[i];
            row[LABEL_ENTROPY] = o.label.entropy[i];
            row[LABEL_SURPRISAL] = o.label.surprisal[i];
            row[LABEL_AGREEMENT] = o.label.agreement[i];
            row[ENTROPY] = o.component.entropy[i];
            row[KL] = o.component.divergence[i];
            row[SURPRISAL] = o.component.surprisal[i];
            if self.labels {
                row[PRODUCTION] = sigma2 * o.label_production[i];
            }
        }
    }

    fn observe_data(&self, batch: &Batch<'_>, clone: Option<&PosteriorClone<'_>>, out: &mut [f64]) {
        let [noisy, clean] = batch.readings else { return };
        for (i, row) in out.chunks_exact_mut(COLUMNS).enumerate() {
            let o = &clean.observation;
            row[REMAINING] = o.ln_anchor[i] - o.ln_density[i] - row[INFORMATION];
            row[DATA_SURPRISAL] = kernel_surprisal(noise_energy(batch, i), batch.dim, self.level.sigma2())
                + noisy.observation.ln_density[i]
                - o.ln_density[i];
        }
        if let Some(clone) = clone {
            let mut surprisals = Vec::with_capacity(batch.len());
            clone.surprisals(batch, noisy, &mut surprisals);
            for (row, s) in out.chunks_exact_mut(COLUMNS).zip(surprisals) {
                row[CLONE_SURPRISAL] = s;
            }
        }
    }

    fn estimate(&self, means: &Means, quantity: Quantity) -> Option<Estimate> {
        let (dim, level) = (Estimate::count(self.law.dim()), self.level);
        let given = Estimate::given;
        let snr = given(level.alpha()) * given(level.alpha()) / given(level.sigma2());
        let confidence = self.settings.confidence;
        let samples = means.samples();
        let bounded = |column, range| means.bounded_mean(column, range, confidence);
        let energy = Range::noise_energy(self.law.dim(), samples, confidence);
        let spread = match self.radius2() {
            Some(r2) => energy.below(level.snr() * r2),
            None => energy,
        };
        let unlikely = self.law.weights().iter().copied().fold(1.0, f64::min);
        let ratio = Range::log_ratio(unlikely, samples, confidence);
        let of_component = Range::always(0.0, (self.law.components() as f64).ln());
        let labels = self.law.label_weights().len() as f64;
        let of_label = Range::always(0.0, labels.ln());
        let half_noise = given(level.g2()) / given(level.sigma2()) / 2;
        let atomic = self.law.is_atomic();
        let norm2 = || {
            let range = Range {
                lo: -energy.hi,
                bias: 2.0 * energy.bias,
                error_probability: 2.0 * energy.error_probability,
                ..energy
            };
            bounded(NORM2, range) + dim
        };
        Some(match quantity {
            Quantity::MarginalEntropy => {
                bounded(INFORMATION, ratio)
                    + self.gaussian_mean(|l| TAU * E * (level.alpha() * level.alpha() * l + level.sigma2()))
            }
            Quantity::MarginalEntropyRate => norm2() * half_noise + dim * given(level.f()),
            Quantity::ConditionalEntropy if atomic => bounded(ENTROPY, of_component),
            Quantity::ConditionalEntropy => {
                self.data?;
                let width = ratio.width();
                let range = Range {
                    lo: -width,
                    hi: width,
                    error_probability: 2.0 * ratio.error_probability,
                    bias: 2.0 * ratio.bias,
                };
                bounded(REMAINING, range) + self.gaussian_mean(|l| TAU * E * l / (1.0 + level.snr() * l))
            }
            Quantity::ConditionalEntropyRate => bounded(SPREAD, spread) * half_noise,
            Quantity::MutualInformation => {
                bounded(KL, Range::always(0.0, -unlikely.ln())) + self.gaussian_information()
            }
            Quantity::MeanScoreDivergence => (bounded(DIVERGENCE, spread) - dim) / given(level.sigma2()),
            Quantity::MeanScoreNorm2 => norm2() / given(level.sigma2()),
            Quantity::Mmse => bounded(SPREAD, spread) / snr,
            Quantity::BandwidthFraction => bounded(SPREAD, spread) / dim,
            Quantity::LabelEntropy => bounded(LABEL_ENTROPY, of_label),
            Quantity::LabelEntropyRate => bounded(PRODUCTION, spread) * half_noise,
            Quantity::LabelPosteriorEntropyVariance => {
                means.bounded_variance(LABEL_ENTROPY, 0.0, of_label.hi, confidence)
            }
            Quantity::LabelSurprisalVariance => means.variance(LABEL_SURPRISAL, confidence),
            Quantity::PosteriorEntropyVariance if atomic => {
                means.bounded_variance(ENTROPY, 0.0, of_component.hi, confidence)
            }
            Quantity::PosteriorEntropyVariance => {
                self.data?;
                means.covariance(DATA_SURPRISAL, CLONE_SURPRISAL, confidence)?
            }
            Quantity::SurprisalVariance if atomic => means.variance(SURPRISAL, confidence),
            Quantity::SurprisalVariance => {
                self.data?;
                means.variance(DATA_SURPRISAL, confidence)
            }
            Quantity::CloneAgreement => bounded(LABEL_AGREEMENT, Range::always(1.0 / labels, 1.0)),
            Quantity::MeanTopEigenvalue if self.law.dim() == 1 => {
                (bounded(DIVERGENCE, spread) - 1) / given(level.sigma2())
            }
            Quantity::MeanTopEigenvalue => return None,
        })
    }

    /// For atoms, the squared radius of a ball that holds them: no posterior has a larger spread.
    fn radius2(&self) -> Option<f64> {
        let law = self.law;
        let centre = law.total_mean();
        law.is_atomic().then(|| {
            let distance2 = |k| law.mean(k).iter().zip(centre.iter()).map(|(m, c)| (m - c) * (m - c)).sum::<f64>();
            (0..law.components()).map(distance2).fold(0.0, f64::max)
        })
    }

    /// `sum_k w_k sum_j (1/2) log f(l_kj)` over the eigenvalues of the components.
    ///
    /// # Accuracy
    /// A rounding of the whole at each addition, and 8 units for `f`, whose relative error a logarithm makes absolute.
    fn gaussian_mean(&self, f: impl Fn(f64) -> f64) -> Estimate {
        let dim = self.law.dim();
        let (mut value, mut size) = (0.0, 0.0);
        for (k, w) in self.law.weights().iter().enumerate() {
            for j in 0..dim {
                let term = 0.5 * w * f(self.law.covariance(k).eigenvalue(j)).ln();
                (value, size) = (value + term, size + term.abs());
            }
        }
        let terms = (dim * self.law.components()) as f64;
        Estimate::new(value, f64::EPSILON * ((terms + 2.0) * size + 8.0 * dim as f64))
    }

    /// Information within components, `sum_k w_k sum_j (1/2) log(1 + gamma l_kj)`.
    fn gaussian_information(&self) -> Estimate {
        let (dim, snr) = (self.law.dim(), self.level.snr());
        let of = |k| (0..dim).map(|j| 0.5 * (snr * self.law.covariance(k).eigenvalue(j)).ln_1p()).sum::<f64>();
        let value = self.law.weights().iter().enumerate().map(|(k, w)| w * of(k)).sum();
        // `log(1 + x)` feels at most the relative error of `x`; every term is `>= 0`.
        Estimate::rounded(value, (dim + self.law.components()) as f64 + 8.0)
    }

    /// The mean top eigenvalue on as many samples as cost about a quarter of the main run, in at
    /// least 128 groups: fewer samples a group than the guard of [`studentised`] asks, more groups.
    fn top_eigenvalue(&self) -> Result<Estimate> {
        let (size, chunks) = self.settings.chunks(CHUNK)?;
        let (k, d) = (self.law.components() as f64, self.law.dim() as f64);
        let (one, all) = (2.0 * k * d * d + 20.0 * d * d * d, 4.0 * k * d + 40.0 * k);
        let affordable = (0.25 * all / one * (size * u64::from(chunks)) as f64) as usize;
        let groups = affordable.clamp(FEWEST_GROUPS, MOST_GROUPS);
        let each = affordable.div_ceil(groups).max(1);
        let sampler = Sampler::new(self.law, self.settings.noise);
        let group = |(draws, offsets): &mut (Draws, Vec<f64>), g: usize| {
            // Chunks of the main run count up from 0.
            let mut rng = at_block(self.settings.seed, self.settings.stream, u32::MAX - g as u32, 0);
            sampler.draw(each, &mut rng, draws);
            draws.offsets(self.level, offsets);
            let rows = draws.anchors.iter().zip(offsets.chunks_exact(self.law.dim()));
            rows.map(|(&a, x)| self.marginal.top_eigenvalue(a, x)).sum::<f64>() / each as f64
        };
        let values: Vec<f64> =
            (0..groups).into_par_iter().map_init(Default::default, |scratch, g| group(scratch, g)).collect();
        if let Some(at) = values.iter().position(|v| !v.is_finite()) {
            return Err(Error::NotFinite { column: COLUMNS, sample: (at * each) as u64, value: values[at] });
        }
        Ok(studentised(&values, (groups * each) as u64, self.settings.confidence))
    }
}

/// `|Z|^2` of sample `i`.
fn noise_energy(batch: &Batch<'_>, i: usize) -> f64 {
    batch.draws.noise[i * batch.dim..(i + 1) * batch.dim].iter().map(|z| z * z).sum()
}

macro_rules! quantities {
    ($($name:ident $variant:ident;)*) => { $(
        #[doc = concat!("[`Quantity::", stringify!($variant), "`] alone; arguments and accuracy as [`profile`].")]
        ///
        /// # Errors
        /// As [`profile`], and [`Error::Absent`] when it does not exist for the law.
        pub fn $name(
            law: &Mixture,
            marginal: &dyn Density,
            data: Option<&dyn Density>,
            level: &NoiseLevel,
            settings: &Settings,
        ) -> Result<Estimate> {
            let quantity = Quantity::$variant;
            profile(law, marginal, data, level, settings, &[quantity])?.get(quantity).ok_or(Error::Absent { quantity })
        }
    )* };
}

quantities! {
    marginal_entropy MarginalEntropy;
    marginal_entropy_rate MarginalEntropyRate;
    conditional_entropy ConditionalEntropy;
    conditional_entropy_rate ConditionalEntropyRate;
    mutual_information MutualInformation;
    mean_score_divergence MeanScoreDivergence;
    mean_score_norm2 MeanScoreNorm2;
    mmse Mmse;
    bandwidth_fraction BandwidthFraction;
    label_entropy LabelEntropy;
    label_entropy_rate LabelEntropyRate;
    label_posterior_entropy_variance LabelPosteriorEntropyVariance;
    label_surprisal_variance LabelSurprisalVariance;
    posterior_entropy_variance PosteriorEntropyVariance;
    surprisal_variance SurprisalVariance;
    clone_agreement CloneAgreement;
    mean_top_eigenvalue MeanTopEigenvalue;
}
