//! The audit: every level, and what follows.

use infodyn_core::Law;
use infodyn_core::share::{self, Piece};
use infodyn_monte_carlo::SEED;

use crate::blocks::in_order;
use crate::measure::{Level, Question};
use crate::sample::Sample;
use crate::verdict::{Verdict, judge};
use crate::{Denoiser, Error, Result};

/// The levels of an audit, `sigma/alpha`, where no others are asked for.
pub const SIGMAS: [f64; 16] = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 40.0, 80.0];

/// Rows on which declarations are compared and the calibration of sigma is sought: so many numbers, within bounds, and
/// of a small sample this part, but not too few.
const NUMBERS: usize = 1 << 14;
const ROWS: [usize; 2] = [256, 4096];
const PART: usize = 8;
const FEWEST: usize = 32;
/// Standard errors by which another declaration is to be better, and by which it may be worse.
const BETTER: f64 = 10.0;
const WORSE: f64 = 3.0;
/// An alternative has at most so many times the error of a Wiener filter.
const DENOISES: f64 = 2.0;
/// Rows that are shuffled, and the most that it may change of them, in root mean square: single precision adds up in
/// another order.
const SHUFFLED: usize = 32;
const MIXED: f64 = 1e-5;

/// How an audit is run.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Seed of every random number.
    pub seed: u64,
    /// Noisy points at each level, about; without it `2^19` over the dimension, within `2^13` and `2^18`.
    pub samples: Option<u64>,
    /// The levels, `sigma/alpha`; those that the model cannot be told are left out.
    pub sigmas: Vec<f64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { seed: SEED, samples: None, sigmas: SIGMAS.to_vec() }
    }
}

impl Settings {
    fn samples(&self, dim: usize) -> u64 {
        self.samples.unwrap_or_else(|| ((1 << 19) / dim as u64).clamp(1 << 13, 1 << 18))
    }
}

/// A denoiser that the model could have been meant as, and how its declaration differs.
pub struct Alternative<'a> {
    /// In words.
    pub name: String,
    /// The model, read so.
    pub denoiser: Box<dyn Denoiser + 'a>,
}

/// What an audit found.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The levels, from the least; each as the model was told it.
    pub levels: Vec<Level>,
    /// Points of the law, and noises a point.
    pub points: usize,
    /// See there.
    pub noises: usize,
    /// Whether the points are all atoms of the law.
    pub whole: bool,
    /// `E|X_0 - E X_0|^2`: the error of the constant mean.
    pub variance: f64,
    /// What follows.
    pub verdict: Verdict,
    /// Why the model is refused.
    pub reasons: Vec<String>,
    /// What there is to know of one that is not.
    pub warnings: Vec<String>,
    /// The longest run of levels at which it does as well as the best linear filter, and its divergence agrees with its
    /// error to 10 %.
    pub trusted: Option<[f64; 2]>,
}

/// What the levels of an audit do not have.
#[derive(Debug, Clone, PartialEq)]
pub struct Rest {
    /// By how much rows of a batch move one another, at most.
    pub mixing: f64,
    /// Another declaration that fits better.
    pub better: Option<String>,
}

/// Where parts of an audit are kept as they are done, so that it can go on from them; `()` keeps nothing.
pub trait Keep {
    /// The level of this number, from the least, where it is kept.
    ///
    /// # Errors
    /// When what is kept cannot be read.
    fn level(&self, _index: usize) -> Result<Option<Level>> {
        Ok(None)
    }

    /// Keeps a level.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn keep_level(&mut self, _index: usize, _level: &Level) -> Result<()> {
        Ok(())
    }

    /// The rest, where it is kept.
    ///
    /// # Errors
    /// As [`Self::level`].
    fn rest(&self) -> Result<Option<Rest>> {
        Ok(None)
    }

    /// Keeps the rest.
    ///
    /// # Errors
    /// As [`Self::keep_level`].
    fn keep_rest(&mut self, _rest: &Rest) -> Result<()> {
        Ok(())
    }
}

impl Keep for () {}

/// Audits a denoiser on a law whose covariance has these eigenvalues.
///
/// # Errors
/// When the dimensions differ, there is no level, or too few samples are asked for. A model that fails at a level is a
/// finding.
///
/// # Accuracy
/// Intervals have level 0.997, each for itself; that of the error is over noise alone where every atom is a point.
pub fn audit(
    denoiser: &dyn Denoiser,
    law: &dyn Law,
    spectrum: &[f64],
    alternatives: &[Alternative<'_>],
    settings: &Settings,
) -> Result<Report> {
    audit_on(denoiser, law, spectrum, alternatives, settings, &mut ())
}

/// [`audit`] from what is kept of it.
///
/// # Errors
/// As [`audit`], and those of what is kept.
pub fn audit_on(
    denoiser: &dyn Denoiser,
    law: &dyn Law,
    spectrum: &[f64],
    alternatives: &[Alternative<'_>],
    settings: &Settings,
    kept: &mut dyn Keep,
) -> Result<Report> {
    let dim = law.dim();
    if denoiser.dim() != dim {
        return Err(Error::Dimension { found: denoiser.dim(), expected: dim });
    }
    let mut sigmas: Vec<f64> = settings.sigmas.iter().filter_map(|&s| denoiser.nearest(s)).collect();
    sigmas.sort_by(f64::total_cmp);
    sigmas.dedup();
    if sigmas.is_empty() {
        return Err(Error::NoLevel);
    }
    let sample = Sample::new(law, settings.samples(dim), settings.seed)?;
    let centre = sample.mean();
    let question = Question { denoiser, sample: &sample, centre: &centre, spectrum };
    let rows = (NUMBERS / dim).clamp(ROWS[0], ROWS[1]).min((sample.rows() / PART).max(FEWEST));
    let measure = |i: usize| -> Result<Level> {
        if let Some(level) = kept.level(i)? {
            return Ok(level);
        }
        let level = question.level(sigmas[i], rows);
        // A network that does not run may run another time.
        if level.failure.is_none() {
            kept.keep_level(i, &level)?;
        }
        Ok(level)
    };
    let work = |mine: Vec<usize>| mine.into_iter().map(measure).collect::<Result<Vec<_>>>();
    let levels = share::each("levels", sigmas.len(), work, Level::to_piece, |_, piece| Level::of_piece(piece))?;
    // Levels of others are kept, too.
    for (i, level) in levels.iter().enumerate().filter(|(_, level)| level.failure.is_none()) {
        if share::is_complete() && kept.level(i)?.is_none() {
            kept.keep_level(i, level)?;
        }
    }
    // A network that never runs is no finding.
    if let Some(error) = question.fails(&levels) {
        return Err(error);
    }
    let rest = match kept.rest()? {
        Some(rest) => rest,
        None => {
            let mix = |mine: Vec<usize>| Ok(mine.into_iter().map(|i| question.mixing(sigmas[i])).collect());
            let to = |found: &Option<f64>| Piece::of(*found);
            let from = |_: usize, piece: &Piece| Some(piece.reader().number());
            let mixing = share::each::<_, Error>("rows mixed", sigmas.len(), mix, to, from)?;
            let mixing = mixing.into_iter().flatten().fold(0.0, f64::max);
            if share::is_complete() {
                let rest = Rest { mixing, better: question.better(&levels, rows, alternatives) };
                kept.keep_rest(&rest)?;
                rest
            } else {
                // Of a part of the levels nobody is told the rest, which takes as long as they.
                Rest { mixing, better: None }
            }
        }
    };
    let (mixing, better) = (rest.mixing, rest.better);
    let variance: f64 = spectrum.iter().sum();
    let found = judge(&levels, variance, (mixing > MIXED).then_some(mixing), better.as_deref());
    Ok(Report {
        levels,
        points: sample.points,
        noises: sample.noises,
        whole: sample.whole,
        variance,
        verdict: found.verdict,
        reasons: found.reasons,
        warnings: found.warnings,
        trusted: found.trusted,
    })
}

impl Question<'_> {
    /// All of a level; the calibration of sigma on some rows.
    fn level(&self, sigma: f64, rows: usize) -> Level {
        let mut level = self.measure(sigma);
        if let Some(readings) = &mut level.readings {
            readings.sigma_calibration = self.sigma_calibration(sigma, rows);
            readings.negative = self.least_along(sigma);
        }
        level
    }

    /// Why the model has no answer, where it has none at any level.
    fn fails(&self, levels: &[Level]) -> Option<Error> {
        let sigma = levels.iter().all(|l| l.failure.is_some()).then(|| levels.first().map(|l| l.sigma))??;
        let x = self.sample.block(0).noisy(sigma);
        self.denoiser.denoise(&x, sigma, sigma, &mut vec![0.0; x.len()]).err()
    }

    /// By how much the answers change when the same rows come in another order and in other batches, relative to their
    /// size.
    fn mixing(&self, sigma: f64) -> Option<f64> {
        let dim = self.sample.dim;
        let block = self.sample.block(0);
        let rows = block.rows.len().min(SHUFFLED);
        let x = &block.noisy(sigma)[..rows * dim];
        let ask = |x: &[f64]| -> Option<Vec<f64>> {
            let mut out = vec![0.0; x.len()];
            self.denoiser.denoise(x, sigma, sigma, &mut out).ok()?;
            out.iter().all(|d| d.is_finite()).then_some(out)
        };
        let whole = ask(x)?;
        let backwards: Vec<f64> = x.chunks_exact(dim).rev().flatten().copied().collect();
        let half = rows.div_ceil(2) * dim;
        let mut parts = ask(&backwards[..half])?;
        if backwards.len() > half {
            parts.extend(ask(&backwards[half..])?);
        }
        let back = parts.chunks_exact(dim).rev().flatten();
        let change: f64 = whole.iter().zip(back).map(|(a, b)| (a - b) * (a - b)).sum();
        let size: f64 = whole.iter().zip(x).map(|(d, x)| d * d + x * x).sum();
        (size > 0.0).then(|| (change / size).sqrt())
    }

    /// The alternative of least error among those that denoise and fit better: by ten standard errors at every level;
    /// or at half of them or more, and nowhere worse by three, as they are declared and when each is told its best
    /// sigma.
    fn better(&self, levels: &[Level], rows: usize, alternatives: &[Alternative<'_>]) -> Option<String> {
        // From the middle, where most are out at once.
        let mut sigmas: Vec<f64> = levels.iter().map(|l| l.sigma).collect();
        let middle = sigmas.len() / 2;
        sigmas.rotate_left(middle);
        // On a few rows first.
        let few: Vec<_> = sigmas.iter().map(|&s| self.errors(self.denoiser, s, s, rows)).collect();
        let likely = |alternative: &&Alternative<'_>| {
            let mut wins = 0;
            let other = |sigma: f64| {
                let told = alternative.denoiser.nearest(sigma)?;
                self.errors(&*alternative.denoiser, sigma, told, rows)
            };
            let stands = sigmas.iter().zip(&few).all(|(&sigma, own)| {
                let Some(other) = other(sigma) else { return false };
                let (error, std_error) = self.mean_of(&other);
                let gain = self.gain(own.as_deref(), &other);
                wins += usize::from(gain > BETTER);
                gain >= -WORSE && error <= DENOISES * self.linear(sigma) + WORSE * std_error
            });
            stands && 2 * wins >= sigmas.len()
        };
        let likely: Vec<&Alternative<'_>> = alternatives.iter().filter(likely).collect();
        if likely.is_empty() {
            return None;
        }
        // Then on all, each also told its best sigma.
        let all = self.sample.rows();
        let asked = |question: &Question<'_>, sigma: f64| {
            let best = question.sigma_calibration(sigma, rows).map_or(sigma, |c| c.value() * sigma);
            let errors = |told: f64| self.errors(question.denoiser, sigma, question.denoiser.nearest(told)?, all);
            [errors(sigma), errors(best)]
        };
        let own: Vec<_> = sigmas.iter().map(|&sigma| asked(self, sigma)).collect();
        let mut best: Option<(f64, &str)> = None;
        for alternative in likely {
            let question = Question { denoiser: &*alternative.denoiser, ..*self };
            let (mut wins, mut lost, mut score) = (0, false, 0.0);
            for (&sigma, own) in sigmas.iter().zip(&own) {
                let [Some(declared), Some(told)] = asked(&question, sigma) else {
                    lost = true;
                    break;
                };
                score += self.mean_of(&declared).0.ln();
                wins += usize::from(self.gain(own[0].as_deref(), &declared) > BETTER);
                lost |= self.gain(own[0].as_deref(), &declared) < -WORSE;
                lost |= self.gain(own[1].as_deref(), &told) < -WORSE;
            }
            let fits = wins == sigmas.len() || 2 * wins >= sigmas.len() && !lost;
            if fits && best.is_none_or(|(least, _)| score < least) {
                best = Some((score, &alternative.name));
            }
        }
        best.map(|b| b.1.to_owned())
    }

    /// By how many standard errors of the difference the second has less error; numbers where there were none are
    /// better by any.
    fn gain(&self, own: Option<&[f64]>, other: &[f64]) -> f64 {
        let Some(own) = own else { return f64::INFINITY };
        let (gain, error) = self.mean_of(&own.iter().zip(other).map(|(a, b)| a - b).collect::<Vec<_>>());
        gain / error.max(f64::MIN_POSITIVE)
    }

    /// `|X_0 - D|^2` of some rows; `None` where an answer is missing or not finite.
    fn errors(&self, denoiser: &dyn Denoiser, sigma: f64, told: f64, rows: usize) -> Option<Vec<f64>> {
        let dim = self.sample.dim;
        let found = in_order(self.sample.blocks_of(rows), |i| -> Option<Vec<f64>> {
            let block = self.sample.block(i);
            let mut out = vec![0.0; block.clean.len()];
            denoiser.denoise(&block.noisy(sigma), sigma, told, &mut out).ok()?;
            let rows = out.chunks_exact(dim).zip(block.clean.chunks_exact(dim));
            Some(rows.map(|(d, x)| d.iter().zip(x).map(|(d, x)| (d - x) * (d - x)).sum()).collect())
        });
        let errors = found.into_iter().collect::<Option<Vec<_>>>()?.concat();
        errors.iter().all(|e| e.is_finite()).then_some(errors)
    }
}
