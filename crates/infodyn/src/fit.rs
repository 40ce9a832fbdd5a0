//! A law fitted to a data set, and how well it holds on points that it was not fitted to.

use infodyn_core::{Estimate, Mixture};
use infodyn_data::DataSet;
use infodyn_fit::{Components, Fit, Points, Rank, Request, Shape, Tried, choose, split};
use infodyn_monte_carlo::studentised;

use crate::{Error, Result};

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// How many components.
    pub components: Components,
    /// What their covariances are.
    pub covariance: Rank,
    /// The ridge, or that with the best denoiser.
    pub ridge: Option<f64>,
    /// Share of the points that are held out.
    pub held_out: f64,
    /// Noise levels at which the denoiser is judged and told of; without them five about the size of the data.
    pub sigmas: Option<Vec<f64>>,
    /// Seed of every random number.
    pub seed: u64,
}

/// How the denoiser of a law does at one noise level: mean squares, summed over the dimensions.
#[derive(Debug, Clone, PartialEq)]
pub struct Denoising {
    /// The noise level, `sigma/alpha`.
    pub sigma: f64,
    /// On the points held out.
    pub mse: Estimate,
    /// On as many of the points that the law was fitted to.
    pub seen: Estimate,
    /// That of the Wiener filter of the points fitted to, on those held out, and how much larger it is than `mse`,
    /// of the same noise.
    pub wiener: Option<(Estimate, Estimate)>,
}

/// A law and what is known of it.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// The law.
    pub law: Mixture,
    /// Whether its components are the classes.
    pub per_class: bool,
    /// What its covariances are, but for the ridge.
    pub covariance: Shape,
    /// What was added to every variance.
    pub ridge: f64,
    /// Steps of the search, and whether it ended before they did.
    pub steps: (usize, bool),
    /// What the choice was between.
    pub tried: Vec<Tried>,
    /// Points fitted to, held out, and, among the first, those that a choice was judged on.
    pub points: [usize; 3],
    /// `E log p(x)` on the points held out, nats; `None` where the law has no density.
    pub log_likelihood: Option<Estimate>,
    /// The denoiser at each noise level.
    pub denoising: Vec<Denoising>,
    /// Root mean square of a coordinate about 0, and about its mean: of all points.
    pub sigma_data: [Estimate; 2],
    /// What else is to be said.
    pub notes: Vec<String>,
}

/// Points held out at least, for an interval.
const FEWEST: usize = 32;

/// Level of the intervals.
const LEVEL: f64 = 0.997;

/// Dimensions up to which there is a Wiener filter to compare with.
const MOST_DIM: usize = 1024;

/// Fits a law to a data set.
///
/// # Accuracy
/// Intervals of level 0.997 hold for the law that the points were drawn from, independently: they are over points
/// and noise together. The law was neither fitted to nor chosen on the points that are held out.
///
/// # Errors
/// When points are too few, or none of [`choose`]'s laws fits.
pub fn fit(data: &DataSet, settings: &Settings) -> Result<Fitted> {
    let all = Points::new(&data.points, data.dim)?;
    let count = all.len();
    let (mine, out) = split(count, settings.held_out, settings.seed);
    if out.len() < FEWEST || mine.len() < 2 {
        return Err(Error::HeldOut { held_out: out.len().min(count), points: count, least: FEWEST });
    }
    let sigma_data = sizes(all);
    let mut notes = Vec::new();
    let step = grain(&data.points);
    let scale = sigma_data[1].value();
    let sigmas = settings.sigmas.clone().unwrap_or_else(|| usual_sigmas(scale, step));

    let (rows, others) = (all.taken(&mine), all.taken(&out));
    let (points, held_out) = (Points::new(&rows, data.dim)?, Points::new(&others, data.dim)?);
    let labels: Option<Vec<usize>> = data.labels.as_ref().map(|y| mine.iter().map(|&i| y[i]).collect());
    let classes = data.label_names.as_ref().map_or(0, Vec::len);
    let request = Request {
        components: settings.components,
        covariance: settings.covariance,
        ridge: settings.ridge,
        sigmas: sigmas.clone(),
        seed: settings.seed,
    };
    let chosen = choose(points, labels.as_deref().map(|y| (y, classes)), &request)?;
    let law = chosen.fit.law(chosen.ridge)?;
    let per_class = chosen.fit.is_per_class();
    let law = if per_class { law.with_labels((0..classes).collect())? } else { law };

    let estimate = |values: &[f64]| studentised(values, values.len() as u64, LEVEL);
    let log_likelihood = match chosen.fit.ln_densities(held_out, chosen.ridge) {
        Ok(ln) => Some(estimate(&ln)),
        Err(infodyn_fit::Error::Singular { .. }) => {
            notes.push("log_likelihood is left out: without a larger ridge the law has no density".into());
            None
        }
        Err(e) => return Err(e.into()),
    };
    let wiener = if data.dim <= MOST_DIM {
        Some(Fit::mixture(points, 1, Shape::Full, 0.0, settings.seed)?)
    } else {
        notes.push(format!("the Wiener filter is left out above dimension {MOST_DIM}"));
        None
    };
    let as_many = points.taken(&spread(points.len(), held_out.len()));
    let seen = Points::new(&as_many, data.dim)?;
    let at = |&sigma: &f64| -> Denoising {
        let of = |fit: &Fit, points: Points<'_>, ridge: f64| {
            fit.denoising_errors(points, sigma, &[ridge], settings.seed).concat()
        };
        let mse = of(&chosen.fit, held_out, chosen.ridge);
        let wiener = wiener.as_ref().map(|filter| {
            let errors = of(filter, held_out, 0.0);
            let more: Vec<f64> = errors.iter().zip(&mse).map(|(w, m)| w - m).collect();
            (estimate(&errors), estimate(&more))
        });
        Denoising { sigma, mse: estimate(&mse), seen: estimate(&of(&chosen.fit, seen, chosen.ridge)), wiener }
    };
    let denoising = sigmas.iter().map(at).collect();
    meaning(step, chosen.ridge, &chosen.fit, per_class, &mut notes);
    Ok(Fitted {
        law,
        per_class,
        covariance: chosen.fit.shape(),
        ridge: chosen.ridge,
        steps: chosen.fit.steps(),
        tried: chosen.tried,
        points: [mine.len(), out.len(), chosen.judged],
        log_likelihood,
        denoising,
        sigma_data,
        notes,
    })
}

/// What the numbers mean, and for which law.
fn meaning(step: Option<f64>, ridge: f64, fit: &Fit, per_class: bool, notes: &mut Vec<String>) {
    notes.push(format!(
        "intervals are of level {LEVEL}, for the law that the points were drawn from; this law was not fitted to, nor chosen on, the points held out"
    ));
    if let Some(step) = step {
        let rounding = step * step / 12.0;
        notes.push(format!(
            "coordinates are whole multiples of a step of {step:.6}: their rounding has variance {rounding:.3e}, and with a ridge below that the likelihood describes the rounding and grows without bound as the ridge falls; compare likelihoods at one ridge only"
        ));
        if ridge < rounding {
            notes.push(format!("the ridge, {ridge:.3e}, is below the variance of the rounding"));
        }
    }
    let (steps, converged) = fit.steps();
    if !converged {
        notes.push(format!("the search gained more than 1e-6 nats a point after {steps} steps still"));
    }
    if !per_class && fit.components() > 1 {
        notes.push("the label is the component: it is no class of the data set".into());
    }
}

/// So many of the numbers below `count`, at equal distances; all if they are fewer.
fn spread(count: usize, many: usize) -> Vec<usize> {
    let many = many.min(count);
    (0..many).map(|i| i * count / many).collect()
}

/// Root mean square of a coordinate about 0, and about its mean.
fn sizes(points: Points<'_>) -> [Estimate; 2] {
    let (n, dim) = (points.len(), points.dim());
    let mut mean = vec![0.0; dim];
    for row in points.rows().chunks_exact(dim) {
        mean.iter_mut().zip(row).for_each(|(m, x)| *m += x / n as f64);
    }
    let of = |centre: &dyn Fn(usize) -> f64, factor: f64| -> Estimate {
        let square = |row: &[f64]| row.iter().enumerate().map(|(j, x)| (x - centre(j)).powi(2)).sum::<f64>();
        let values: Vec<f64> = points.rows().chunks_exact(dim).map(|row| factor * square(row) / dim as f64).collect();
        studentised(&values, n as u64, LEVEL).sqrt()
    };
    // About a mean that was found from the same points there is one point less to go by.
    let less = n as f64 / (n as f64 - 1.0);
    [of(&|_| 0.0, 1.0), of(&|j| mean[j], less)]
}

/// The step of which all coordinates are whole multiples from the least, to 1e-6 of it, where there are at most 4096
/// different ones: pixels have one.
fn grain(coordinates: &[f64]) -> Option<f64> {
    const MOST: usize = 4096;
    let mut values: Vec<f64> = Vec::new();
    for part in coordinates.chunks(1 << 16) {
        values.extend(part);
        values.sort_unstable_by(f64::total_cmp);
        values.dedup();
        if values.len() > MOST {
            return None;
        }
    }
    let least = *values.first()?;
    let step = values.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
    let whole = |x: &f64| {
        let multiple = (x - least) / step;
        (multiple - multiple.round()).abs() < 1e-6 * multiple.max(1.0)
    };
    // Two values alone are multiples of anything.
    (values.len() > 2 && values.iter().all(whole)).then_some(step)
}

/// Five levels from an eighth to twice the size of the data, none below half a step of theirs.
fn usual_sigmas(scale: f64, step: Option<f64>) -> Vec<f64> {
    let all = (-3..=1).map(|j| scale * 2.0_f64.powi(j));
    let levels: Vec<f64> = all.filter(|&sigma| sigma >= 0.5 * step.unwrap_or(0.0)).collect();
    if levels.is_empty() { vec![scale] } else { levels }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_pixels_are_seen() {
        let pixels: Vec<f64> = (0..50).map(|i| f64::from(i % 17) * 0.125 - 1.0).collect();
        assert_eq!(grain(&pixels), Some(0.125));
        assert_eq!(grain(&[0.0, 1.0, 1.0]), None);
        assert_eq!(grain(&[0.0, 1.0, 1.7]), None);
        let bytes: Vec<f64> = (0..600).map(|i| f64::from(i % 256) / 255.0).collect();
        assert!((grain(&bytes).unwrap_or(0.0) * 255.0 - 1.0).abs() < 1e-9);
        assert_eq!(usual_sigmas(0.5, Some(0.3)), [0.25, 0.5, 1.0]);
        assert_eq!(spread(10, 4), [0, 2, 5, 7]);
    }
}
