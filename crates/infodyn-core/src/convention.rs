//! What a noise level is called: by the time of a process, by a number of its own, or by the index of a training table.

use std::fmt;
use std::str::FromStr;

use crate::law::positive;
use crate::{Error, Grid, NoiseProcess, Part, Result, ulps};

/// A way to name a noise level by one number `t`.
///
/// # Examples
/// ```
/// use infodyn_core::Convention;
///
/// let table: Convention = "ddpm-scaled-linear".parse()?;
/// let flow: Convention = "flow:shift=3".parse()?;
/// // Training step 500 of Stable Diffusion, as the time of a shifted flow.
/// let step = table.at(500.0)?;
/// let there = flow.at_snr(step.snr)?;
/// assert!((step.sigma_over_alpha - 1.618_280).abs() < 1e-6 && (there.t - 0.350_407).abs() < 1e-6);
/// # Ok::<(), infodyn_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Convention {
    /// The time of a process.
    Process(NoiseProcess),
    /// `sigma/alpha`, the noise level of the process once its signal is rescaled to 1.
    SigmaOverAlpha,
    /// `log gamma`, the logarithm of the signal-to-noise ratio: it falls with noise.
    LogSnr,
    /// The index of a training table.
    Ddpm(DdpmTable),
}

/// A noise level in a [`Convention`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct NamedLevel {
    /// The number that names it.
    pub t: f64,
    /// `alpha` and `sigma`, where the convention says what they are.
    pub scales: Option<[f64; 2]>,
    /// `sigma/alpha`.
    pub sigma_over_alpha: f64,
    /// The signal-to-noise ratio `gamma = alpha^2/sigma^2`.
    pub snr: f64,
}

impl NamedLevel {
    /// `log gamma`.
    #[must_use]
    pub fn log_snr(&self) -> f64 {
        self.snr.ln()
    }
}

impl Convention {
    /// The level that a number names.
    ///
    /// # Errors
    /// When no level has that name.
    pub fn at(&self, t: f64) -> Result<NamedLevel> {
        match self {
            Self::Process(process) => {
                let level = process.at(t)?;
                let scales = Some([level.alpha(), level.sigma()]);
                Ok(NamedLevel { t, scales, sigma_over_alpha: level.sigma_over_alpha(), snr: level.snr() })
            }
            Self::SigmaOverAlpha => bare(t, t, 1.0 / (t * t)).ok_or_else(|| self.outside(t, "(0, inf)".into())),
            Self::LogSnr => bare(t, (-0.5 * t).exp(), t.exp()).ok_or_else(|| self.outside(t, "(-inf, inf)".into())),
            Self::Ddpm(table) => table.at(t).ok_or_else(|| self.outside(t, format!("[0, {}]", table.sigmas.len() - 1))),
        }
    }

    /// The level of a signal-to-noise ratio.
    ///
    /// # Errors
    /// When the convention has no name for it.
    pub fn at_snr(&self, snr: f64) -> Result<NamedLevel> {
        let of = |level: Option<NamedLevel>, [min, max]: [f64; 2]| {
            level.ok_or_else(|| Error::SnrOutside { process: self.to_string(), snr, min, max })
        };
        match self {
            Self::Process(process) => self.at(process.time_at_snr(snr)?),
            Self::SigmaOverAlpha => of(bare(1.0 / snr.sqrt(), 1.0 / snr.sqrt(), snr), [0.0, f64::INFINITY]),
            Self::LogSnr => of(bare(snr.ln(), 1.0 / snr.sqrt(), snr), [0.0, f64::INFINITY]),
            Self::Ddpm(table) => {
                let [low, high] = table.range().map(|s| 1.0 / (s * s));
                of(table.at_snr(snr), [high, low])
            }
        }
    }

    /// The levels of a grid, in the order written.
    ///
    /// # Errors
    /// As [`Self::at`] and [`Self::at_snr`].
    pub fn levels(&self, grid: &Grid) -> Result<Vec<NamedLevel>> {
        match grid {
            Grid::Times(ts) => ts.iter().map(|&t| self.at(t)).collect(),
            Grid::Snr(gs) => gs.iter().map(|&g| self.at_snr(g)).collect(),
        }
    }

    fn outside(&self, t: f64, domain: String) -> Error {
        Error::TimeOutside { process: self.to_string(), t, domain }
    }

    /// The name, without parameters.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Process(process) => process.name(),
            Self::SigmaOverAlpha => "sigma_over_alpha",
            Self::LogSnr => "log_snr",
            Self::Ddpm(table) => table.schedule.name(),
        }
    }

    /// The parameters by name; empty where there are none.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, f64)> {
        match self {
            Self::Process(process) => process.parameters(),
            Self::SigmaOverAlpha | Self::LogSnr => vec![],
            Self::Ddpm(table) => {
                let mut all = match table.schedule {
                    BetaSchedule::Linear { b0, b1 } | BetaSchedule::ScaledLinear { b0, b1 } => {
                        vec![("b0", b0), ("b1", b1)]
                    }
                    BetaSchedule::Cosine => vec![],
                };
                all.push(("n", table.sigmas.len() as f64));
                all
            }
        }
    }
}

/// A level named by one number alone, where all that belongs to it is a positive double.
fn bare(t: f64, sigma_over_alpha: f64, snr: f64) -> Option<NamedLevel> {
    let usable = |x: f64| x.is_normal() && x > 0.0;
    (t.is_finite() && usable(sigma_over_alpha) && usable(snr)).then_some(NamedLevel {
        t,
        scales: None,
        sigma_over_alpha,
        snr,
    })
}

/// The variances of the steps of a training table.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum BetaSchedule {
    /// `beta` linear from `b0` to `b1`: DDPM.
    #[non_exhaustive]
    Linear {
        /// The first.
        b0: f64,
        /// The last.
        b1: f64,
    },
    /// `sqrt(beta)` linear: Stable Diffusion.
    #[non_exhaustive]
    ScaledLinear {
        /// The first.
        b0: f64,
        /// The last.
        b1: f64,
    },
    /// Nichol & Dhariwal 2021, each at most 0.999.
    Cosine,
}

impl BetaSchedule {
    /// `ddpm-linear` of DDPM.
    pub const LINEAR: Self = Self::Linear { b0: 1e-4, b1: 0.02 };
    /// `ddpm-scaled-linear` of Stable Diffusion.
    pub const SCALED_LINEAR: Self = Self::ScaledLinear { b0: 0.00085, b1: 0.012 };

    const ALL: [Self; 3] = [Self::LINEAR, Self::SCALED_LINEAR, Self::Cosine];

    fn name(self) -> &'static str {
        match self {
            Self::Linear { .. } => "ddpm-linear",
            Self::ScaledLinear { .. } => "ddpm-scaled-linear",
            Self::Cosine => "ddpm-cosine",
        }
    }

    /// `beta` in single precision.
    fn betas(self, n: usize) -> Vec<f32> {
        match self {
            Self::Linear { b0, b1 } => linear(b0 as f32, b1 as f32, n),
            Self::ScaledLinear { b0, b1 } => {
                linear(b0.sqrt() as f32, b1.sqrt() as f32, n).into_iter().map(|r| r * r).collect()
            }
            Self::Cosine => {
                let bar = |i: usize| {
                    let cos = ((i as f64 / n as f64 + 0.008) / 1.008 * std::f64::consts::PI / 2.0).cos();
                    cos * cos
                };
                (0..n).map(|i| (1.0 - bar(i + 1) / bar(i)).min(0.999) as f32).collect()
            }
        }
    }
}

/// `n` numbers from `a` to `b` in single precision, each counted from the nearer end.
fn linear(a: f32, b: f32, n: usize) -> Vec<f32> {
    let step = (b - a) / (n - 1) as f32;
    (0..n).map(|i| if i < n / 2 { a + step * i as f32 } else { b - step * (n - 1 - i) as f32 }).collect()
}

/// The noise levels of a training table: `alpha^2` is the `alphas_cumprod` of diffusers, `t` the index from 0.
///
/// # Formula
/// In single precision, as the library makes it: `alpha^2` at index `i` is the product of `1 - beta_j`, `j <= i`,
/// accumulated in double and rounded (torch's `cumprod` on the CPU), and `sigma^2 = 1 - alpha^2`. Between two indices
/// `log(sigma/alpha)` is linear in `t`, as the library's `_sigma_to_t` has it. With `zero_snr` the table is that of
/// `rescale_betas_zero_snr=True`: `alpha` is shifted and stretched so that it would end at 0, and its last square is
/// set to `2^-24` (Lin et al. 2305.08891).
///
/// # Source
/// diffusers 0.42.1: `betas` of `DDPMScheduler`, `betas_for_alpha_bar`, `rescale_zero_terminal_snr`.
#[derive(Debug, Clone, PartialEq)]
pub struct DdpmTable {
    schedule: BetaSchedule,
    zero_snr: bool,
    /// `sigma/alpha`, which rises.
    sigmas: Vec<f64>,
}

impl DdpmTable {
    /// Entries of a table at most.
    pub const MOST: usize = 100_000;

    /// The table of `n` steps.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `0 < b0 <= b1 < 1`, `2 <= n <= `[`Self::MOST`], and the levels rise in single
    /// precision.
    pub fn new(schedule: BetaSchedule, n: usize, zero_snr: bool) -> Result<Self> {
        let out = |name, value, expected| crate::Fault::OutOfRange { value, expected }.of(Part::Parameter(name));
        if let BetaSchedule::Linear { b0, b1 } | BetaSchedule::ScaledLinear { b0, b1 } = schedule {
            positive(b0, Part::Parameter("b0"))?;
            positive(b1, Part::Parameter("b1"))?;
            if b1 >= 1.0 {
                return Err(out("b1", b1, "a number below 1"));
            }
            if b1 < b0 {
                return Err(out("b1", b1, "at least b0"));
            }
        }
        if !(2..=Self::MOST).contains(&n) {
            return Err(out("n", n as f64, "a whole number from 2 to 100000"));
        }
        let mut betas = schedule.betas(n);
        if zero_snr {
            betas = rescaled(&betas);
        }
        let mut squares = products(betas.iter().map(|b| 1.0 - b));
        if let (true, Some(last)) = (zero_snr, squares.last_mut()) {
            *last = 2.0_f32.powi(-24);
        }
        let sigmas: Vec<f64> = squares.iter().map(|&a| ((1.0 - f64::from(a)) / f64::from(a)).sqrt()).collect();
        if !(sigmas[0] > 0.0 && sigmas[n - 1].is_finite() && sigmas.windows(2).all(|p| p[0] < p[1])) {
            const EXPECTED: &str = "a table whose levels rise in single precision";
            return Err(match schedule {
                BetaSchedule::Linear { b0, .. } | BetaSchedule::ScaledLinear { b0, .. } => out("b0", b0, EXPECTED),
                BetaSchedule::Cosine => out("n", n as f64, EXPECTED),
            });
        }
        Ok(Self { schedule, zero_snr, sigmas })
    }

    /// `sigma/alpha` at each index: they rise.
    #[must_use]
    pub fn sigmas(&self) -> &[f64] {
        &self.sigmas
    }

    /// Whether it is rescaled to end in noise alone.
    #[must_use]
    pub fn is_zero_snr(&self) -> bool {
        self.zero_snr
    }

    /// The least and the largest `sigma/alpha`.
    #[must_use]
    pub fn range(&self) -> [f64; 2] {
        [self.sigmas[0], self.sigmas[self.sigmas.len() - 1]]
    }

    fn at(&self, t: f64) -> Option<NamedLevel> {
        let last = self.sigmas.len() - 1;
        if !(t >= 0.0 && t <= last as f64) {
            return None;
        }
        let i = (t as usize).min(last - 1);
        let (a, b, part) = (self.sigmas[i], self.sigmas[i + 1], t - i as f64);
        let sigma = if part == 0.0 {
            a
        } else if part == 1.0 {
            b
        } else {
            a * (part * (b / a).ln()).exp()
        };
        Some(Self::level(t, sigma))
    }

    fn at_snr(&self, snr: f64) -> Option<NamedLevel> {
        let [low, high] = self.range();
        // A level within rounding of an end is that end.
        let slack = 1.0 + ulps::operations(7) * f64::EPSILON;
        let sigma = 1.0 / snr.sqrt();
        if !(sigma >= low / slack && sigma <= high * slack) {
            return None;
        }
        let sigma = sigma.clamp(low, high);
        let above = self.sigmas.partition_point(|&s| s <= sigma).clamp(1, self.sigmas.len() - 1);
        let (a, b) = (self.sigmas[above - 1], self.sigmas[above]);
        let t = (above - 1) as f64 + (sigma / a).ln() / (b / a).ln();
        Some(Self::level(t, sigma))
    }

    fn level(t: f64, sigma_over_alpha: f64) -> NamedLevel {
        let alpha = 1.0 / 1.0_f64.hypot(sigma_over_alpha);
        let snr = 1.0 / (sigma_over_alpha * sigma_over_alpha);
        NamedLevel { t, scales: Some([alpha, sigma_over_alpha * alpha]), sigma_over_alpha, snr }
    }
}

/// Products of the first factors: accumulated in double precision, rounded to single.
fn products(factors: impl Iterator<Item = f32>) -> Vec<f32> {
    factors
        .scan(1.0_f64, |product, factor| {
            *product *= f64::from(factor);
            Some(*product as f32)
        })
        .collect()
}

/// The `beta` whose `alpha` are shifted and stretched to end at 0.
fn rescaled(betas: &[f32]) -> Vec<f32> {
    let roots: Vec<f32> = products(betas.iter().map(|b| 1.0 - b)).into_iter().map(f32::sqrt).collect();
    let (first, last) = (roots[0], roots[roots.len() - 1]);
    let stretch = first / (first - last);
    let squares: Vec<f32> = roots.iter().map(|r| (r - last) * stretch).map(|r| r * r).collect();
    let ratios = squares.windows(2).map(|pair| pair[1] / pair[0]);
    std::iter::once(squares[0]).chain(ratios).map(|alpha| 1.0 - alpha).collect()
}

impl fmt::Display for Convention {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Ddpm(table) = self else {
            return if let Self::Process(process) = self {
                fmt::Display::fmt(process, out)
            } else {
                out.write_str(self.name())
            };
        };
        out.write_str(self.name())?;
        let mut said: Vec<String> = Vec::new();
        if !BetaSchedule::ALL.contains(&table.schedule) || table.sigmas.len() != STEPS {
            said.extend(self.parameters().iter().map(|(name, value)| format!("{name}={value}")));
        }
        if table.zero_snr {
            said.push(ZERO_SNR.into());
        }
        if said.is_empty() { Ok(()) } else { write!(out, ":{}", said.join(",")) }
    }
}

/// Steps of a table that is not told how many.
const STEPS: usize = 1000;
const ZERO_SNR: &str = "zero-snr";

impl FromStr for Convention {
    type Err = Error;

    /// Reads a process as [`NoiseProcess`] does, `sigma_over_alpha`, `log_snr`, or a table:
    /// `ddpm-linear:b0=0.0001,b1=0.02,n=1000,zero-snr`.
    fn from_str(text: &str) -> Result<Self> {
        let wrong =
            |found: String, expected: String| Error::Syntax { what: "process", text: text.into(), found, expected };
        let (name, rest) = text.split_once(':').unwrap_or((text, ""));
        let Some(mut schedule) = BetaSchedule::ALL.into_iter().find(|s| s.name() == name) else {
            let bare = [Self::SigmaOverAlpha, Self::LogSnr].into_iter().find(|c| c.name() == name);
            return match bare {
                Some(_) if text.contains(':') => Err(wrong(format!("{rest:?}"), "no parameter".into())),
                Some(bare) => Ok(bare),
                None => text.parse().map(Self::Process).map_err(|error| match error {
                    Error::Syntax { what, text, found, expected } if found.ends_with("is no process") => {
                        let own = BetaSchedule::ALL.map(BetaSchedule::name).join(", ");
                        let expected = format!("{expected}, {own}, sigma_over_alpha, log_snr");
                        Error::Syntax { what, text, found, expected }
                    }
                    other => other,
                }),
            };
        };
        if text.contains(':') && rest.is_empty() {
            return Err(wrong("nothing after the colon".into(), format!("PARAMETER=VALUE or {ZERO_SNR}")));
        }
        let (mut n, mut zero_snr) = (STEPS, false);
        for part in rest.split(',').filter(|p| !p.is_empty()) {
            if part == ZERO_SNR {
                zero_snr = true;
                continue;
            }
            let Some((key, value)) = part.split_once('=') else {
                return Err(wrong(format!("{part:?}"), format!("PARAMETER=VALUE or {ZERO_SNR}")));
            };
            let number = || {
                let finite = value.parse().ok().filter(|v: &f64| v.is_finite());
                finite.ok_or_else(|| wrong(format!("{key} = {value:?}"), "a finite number".into()))
            };
            let known = if schedule == BetaSchedule::Cosine { "n" } else { "b0, b1, n" };
            match (&mut schedule, key) {
                (_, "n") => {
                    n = value.parse().map_err(|_| wrong(format!("n = {value:?}"), "a whole number".into()))?;
                }
                (BetaSchedule::Linear { b0, .. } | BetaSchedule::ScaledLinear { b0, .. }, "b0") => *b0 = number()?,
                (BetaSchedule::Linear { b1, .. } | BetaSchedule::ScaledLinear { b1, .. }, "b1") => *b1 = number()?,
                _ => {
                    let expected = format!("one of {known}, {ZERO_SNR}");
                    return Err(wrong(format!("parameter {key:?}"), expected));
                }
            }
        }
        DdpmTable::new(schedule, n, zero_snr).map(Self::Ddpm).map_err(|error| match error {
            Error::Invalid { part, fault: crate::Fault::OutOfRange { value, expected } } => {
                wrong(format!("{part} = {value}"), expected.into())
            }
            other => other,
        })
    }
}
