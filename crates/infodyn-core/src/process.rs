//! Linear noise processes, all read through the signal-to-noise ratio.

use std::f64::consts::{FRAC_PI_2, PI};
use std::fmt;
use std::str::FromStr;

use crate::law::positive;
use crate::{Error, Fault, Part, Result, ulps};

/// A forward noise process `dX = f(t) X dt + g(t) dW` with `X_t = alpha X_0 + sigma Z`.
///
/// # Source
/// theory.md, section 0, where each is defined; parameters default to the values given there.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum NoiseProcess {
    /// Brownian: `alpha = 1`, `sigma^2 = t`.
    Ve,
    /// Karras et al. 2022: `alpha = 1`, `sigma = t`.
    Edm,
    /// Ornstein-Uhlenbeck: `alpha = exp(-t)`, `sigma^2 = 1 - exp(-2t)`.
    Ou,
    /// Variance preserving, `beta = b0 + (b1 - b0) t`, `t` in `(0, 1]`.
    #[non_exhaustive]
    VpLinear {
        /// `beta(0)`.
        b0: f64,
        /// `beta(1)`.
        b1: f64,
    },
    /// Variance preserving, `sqrt(beta)` linear from `sqrt(b0)` to `sqrt(b1)`, `t` in `(0, 1]`.
    #[non_exhaustive]
    VpScaledLinear {
        /// `beta(0)`.
        b0: f64,
        /// `beta(1)`.
        b1: f64,
    },
    /// Nichol & Dhariwal 2021: `alpha = cos th / cos th_0`, `th = (t+c)/(1+c) pi/2`, `t` in `(0, 1)`.
    #[non_exhaustive]
    VpCosine {
        /// The offset `c`.
        c: f64,
    },
    /// Song et al. 2021: `alpha` of `vp-linear`, `sigma = 1 - alpha^2`.
    #[non_exhaustive]
    SubVp {
        /// `beta(0)`.
        b0: f64,
        /// `beta(1)`.
        b1: f64,
    },
    /// Rectified flow: `alpha = 1 - u`, `sigma = u`, `u = S t/(1 + (S-1) t)`, `t` in `(0, 1)`.
    #[non_exhaustive]
    Flow {
        /// The shift `S`.
        shift: f64,
    },
    /// Stochastic localization in the noising direction: `alpha = sigma^2 = T - t`, `t` in `[0, T)`.
    #[non_exhaustive]
    Localization {
        /// The horizon `T`.
        horizon: f64,
    },
}

/// A noise process read at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NoiseLevel {
    t: f64,
    alpha: f64,
    sigma2: f64,
    f: f64,
    g2: f64,
}

impl NoiseLevel {
    /// No noise at all: the level at which the density of `X_0` itself stands, where the law has one.
    pub const DATA: Self = Self { t: 0.0, alpha: 1.0, sigma2: 0.0, f: 0.0, g2: 0.0 };

    /// The same level with noise of variance `sigma2`: what a misread kernel is, or a channel besides the process.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `sigma2` is a positive number.
    pub fn with_sigma2(self, sigma2: f64) -> Result<Self> {
        positive(sigma2, Part::Parameter("sigma2"))?;
        Ok(Self { sigma2, ..self })
    }

    /// The same level with signal scale `alpha`.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `alpha` is a positive number.
    pub fn with_alpha(self, alpha: f64) -> Result<Self> {
        positive(alpha, Part::Parameter("alpha"))?;
        Ok(Self { alpha, ..self })
    }

    /// The same level with rates read at the squared diffusion coefficient `g2`: another clock.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `g2` is a positive number.
    pub fn with_g2(self, g2: f64) -> Result<Self> {
        positive(g2, Part::Parameter("g2"))?;
        Ok(Self { g2, ..self })
    }

    /// Time, increasing with noise.
    #[must_use]
    pub fn t(&self) -> f64 {
        self.t
    }

    /// Signal scale.
    #[must_use]
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// Noise variance `sigma^2`: positive but for [`NoiseLevel::DATA`].
    #[must_use]
    pub fn sigma2(&self) -> f64 {
        self.sigma2
    }

    /// Drift coefficient `f`, per unit time.
    #[must_use]
    pub fn f(&self) -> f64 {
        self.f
    }

    /// Squared diffusion coefficient `g^2`, per unit time: positive but for [`NoiseLevel::DATA`].
    #[must_use]
    pub fn g2(&self) -> f64 {
        self.g2
    }

    /// `sigma`.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.sigma2.sqrt()
    }

    /// Signal-to-noise ratio `gamma = alpha^2/sigma^2`.
    #[must_use]
    pub fn snr(&self) -> f64 {
        self.alpha * self.alpha / self.sigma2
    }

    /// `log gamma`.
    #[must_use]
    pub fn log_snr(&self) -> f64 {
        self.snr().ln()
    }

    /// `sigma/alpha`, the noise level of the process once its signal is rescaled to 1.
    #[must_use]
    pub fn sigma_over_alpha(&self) -> f64 {
        self.sigma() / self.alpha
    }
}

impl NoiseProcess {
    /// `vp-linear` of DDPM: `beta` from 0.1 to 20.
    pub const VP_LINEAR: Self = Self::VpLinear { b0: 0.1, b1: 20.0 };
    /// `vp-scaled-linear` of latent diffusion: `beta` from 0.85 to 12.
    pub const VP_SCALED_LINEAR: Self = Self::VpScaledLinear { b0: 0.85, b1: 12.0 };
    /// `vp-cosine` with the offset 0.008.
    pub const VP_COSINE: Self = Self::VpCosine { c: 0.008 };
    /// `sub-vp` with `beta` from 0.1 to 20.
    pub const SUB_VP: Self = Self::SubVp { b0: 0.1, b1: 20.0 };
    /// `flow` without a shift.
    pub const FLOW: Self = Self::Flow { shift: 1.0 };
    /// `localization` with the horizon 20.
    pub const LOCALIZATION: Self = Self::Localization { horizon: 20.0 };

    /// Every process at its default parameters.
    pub const ALL: [Self; 9] = [
        Self::Ve,
        Self::Edm,
        Self::Ou,
        Self::VP_LINEAR,
        Self::VP_SCALED_LINEAR,
        Self::VP_COSINE,
        Self::SUB_VP,
        Self::FLOW,
        Self::LOCALIZATION,
    ];

    /// `vp-linear`.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `0 < b0 <= b1`, finite.
    pub fn vp_linear(b0: f64, b1: f64) -> Result<Self> {
        Self::VpLinear { b0, b1 }.validated()
    }

    /// `vp-scaled-linear`.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `0 < b0 <= b1`, finite.
    pub fn vp_scaled_linear(b0: f64, b1: f64) -> Result<Self> {
        Self::VpScaledLinear { b0, b1 }.validated()
    }

    /// `sub-vp`.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `0 < b0 <= b1`, finite.
    pub fn sub_vp(b0: f64, b1: f64) -> Result<Self> {
        Self::SubVp { b0, b1 }.validated()
    }

    /// `vp-cosine`.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `0 < c < 1`.
    pub fn vp_cosine(c: f64) -> Result<Self> {
        Self::VpCosine { c }.validated()
    }

    /// `flow`.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `shift` is positive and finite.
    pub fn flow(shift: f64) -> Result<Self> {
        Self::Flow { shift }.validated()
    }

    /// `localization`.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless the horizon is positive and finite.
    pub fn localization(horizon: f64) -> Result<Self> {
        Self::Localization { horizon }.validated()
    }

    fn validated(self) -> Result<Self> {
        for (name, value) in self.parameters() {
            positive(value, Part::Parameter(name))?;
        }
        match self {
            Self::VpLinear { b0, b1 } | Self::VpScaledLinear { b0, b1 } | Self::SubVp { b0, b1 } if b1 < b0 => {
                Err(Fault::OutOfRange { value: b1, expected: "at least b0" }.of(Part::Parameter("b1")))
            }
            Self::VpCosine { c } if c >= 1.0 => {
                Err(Fault::OutOfRange { value: c, expected: "a number below 1" }.of(Part::Parameter("c")))
            }
            valid => Ok(valid),
        }
    }

    /// The name, without parameters.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ve => "ve",
            Self::Edm => "edm",
            Self::Ou => "ou",
            Self::VpLinear { .. } => "vp-linear",
            Self::VpScaledLinear { .. } => "vp-scaled-linear",
            Self::VpCosine { .. } => "vp-cosine",
            Self::SubVp { .. } => "sub-vp",
            Self::Flow { .. } => "flow",
            Self::Localization { .. } => "localization",
        }
    }

    /// The parameters by name; empty for a process that has none.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, f64)> {
        match *self {
            Self::Ve | Self::Edm | Self::Ou => vec![],
            Self::VpLinear { b0, b1 } | Self::VpScaledLinear { b0, b1 } | Self::SubVp { b0, b1 } => {
                vec![("b0", b0), ("b1", b1)]
            }
            Self::VpCosine { c } => vec![("c", c)],
            Self::Flow { shift } => vec![("shift", shift)],
            Self::Localization { horizon } => vec![("T", horizon)],
        }
    }

    /// The times between which the process is defined, data side first; see [`Self::domain`] for
    /// which ends belong to it.
    #[must_use]
    pub fn time_range(&self) -> (f64, f64) {
        match *self {
            Self::Ve | Self::Edm | Self::Ou => (0.0, f64::INFINITY),
            Self::Localization { horizon } => (0.0, horizon),
            _ => (0.0, 1.0),
        }
    }

    /// The domain of `t` in interval notation.
    #[must_use]
    pub fn domain(&self) -> String {
        match *self {
            Self::Ve | Self::Edm | Self::Ou => "(0, inf)".into(),
            Self::VpLinear { .. } | Self::VpScaledLinear { .. } | Self::SubVp { .. } => "(0, 1]".into(),
            Self::VpCosine { .. } | Self::Flow { .. } => "(0, 1)".into(),
            Self::Localization { horizon } => format!("[0, {horizon})"),
        }
    }

    /// Infimum and supremum of the signal-to-noise ratio over the domain.
    ///
    /// The ratio tends to infinity at the data end of every process but `localization` (`T`), and
    /// to 0 at the noise end of every process but `vp-linear`, `vp-scaled-linear` and `sub-vp`.
    #[must_use]
    pub fn snr_range(&self) -> (f64, f64) {
        match *self {
            Self::VpLinear { b0, b1 } => (1.0 / linear_integral(b0, b1, 1.0).exp_m1(), f64::INFINITY),
            Self::VpScaledLinear { b0, b1 } => (1.0 / scaled_integral(b0, b1, 1.0).exp_m1(), f64::INFINITY),
            Self::SubVp { b0, b1 } => {
                let s = 2.0 * (0.5 * linear_integral(b0, b1, 1.0)).sinh();
                (1.0 / (s * s), f64::INFINITY)
            }
            Self::Localization { horizon } => (0.0, horizon),
            _ => (0.0, f64::INFINITY),
        }
    }

    fn contains(&self, t: f64) -> bool {
        let (lo, hi) = self.time_range();
        match self {
            Self::VpLinear { .. } | Self::VpScaledLinear { .. } | Self::SubVp { .. } => t > lo && t <= hi,
            Self::Localization { .. } => t >= lo && t < hi,
            _ => t > lo && t < hi,
        }
    }

    /// The process at time `t`.
    ///
    /// # Errors
    /// [`Error::TimeOutside`] outside the domain; [`Error::Scale`] where a scale leaves the range of
    /// double precision.
    pub fn at(&self, t: f64) -> Result<NoiseLevel> {
        if !self.contains(t) {
            return Err(Error::TimeOutside { process: self.to_string(), t, domain: self.domain() });
        }
        self.read(t).ok_or_else(|| {
            // From a time well inside, halve the interval (of the logarithm) in which the scales leave the range.
            let (_, hi) = self.time_range();
            let inside = if hi.is_finite() { 0.5 * hi } else { 1.0 };
            let (mut end, mut beyond) = (inside, t);
            for _ in 0..64 {
                let middle = (end * beyond).sqrt().clamp(end.min(beyond), end.max(beyond));
                *(if self.read(middle).is_some() { &mut end } else { &mut beyond }) = middle;
            }
            // Three digits, towards the inside.
            let digits = 10_f64.powf(2.0 - end.log10().floor());
            let (side, end) =
                if t < inside { ("above", (end * digits).ceil()) } else { ("below", (end * digits).floor()) };
            Error::Scale { process: self.to_string(), t, side, end: end / digits }
        })
    }

    /// The process at a time of its domain; `None` where a scale leaves the range of double precision.
    fn read(&self, t: f64) -> Option<NoiseLevel> {
        let (alpha, sigma2, f, g2) = match *self {
            Self::Ve => (1.0, t, 0.0, 1.0),
            Self::Edm => (1.0, t * t, 0.0, 2.0 * t),
            Self::Ou => ((-t).exp(), -(-2.0 * t).exp_m1(), -1.0, 2.0),
            Self::VpLinear { b0, b1 } => {
                let (b, beta) = (linear_integral(b0, b1, t), b0 + (b1 - b0) * t);
                ((-0.5 * b).exp(), -(-b).exp_m1(), -0.5 * beta, beta)
            }
            Self::VpScaledLinear { b0, b1 } => {
                let root = b0.sqrt() + (b1.sqrt() - b0.sqrt()) * t;
                let (b, beta) = (scaled_integral(b0, b1, t), root * root);
                ((-0.5 * b).exp(), -(-b).exp_m1(), -0.5 * beta, beta)
            }
            Self::VpCosine { c } => {
                let (start, rise) = cosine_angles(c, t);
                // The distance from a right angle, not the angle: cos(th) = sin(pi/2 - th) keeps
                // its digits as t -> 1.
                let fall = FRAC_PI_2 * (1.0 - t) / (1.0 + c);
                let cos0 = start.cos();
                let sigma2 = rise.sin() * (2.0 * start + rise).sin() / (cos0 * cos0);
                let slope = PI / ((1.0 + c) * fall.tan());
                (fall.sin() / cos0, sigma2, -0.5 * slope, slope)
            }
            Self::SubVp { b0, b1 } => {
                let (b, beta) = (linear_integral(b0, b1, t), b0 + (b1 - b0) * t);
                let sigma = -(-b).exp_m1();
                ((-0.5 * b).exp(), sigma * sigma, -0.5 * beta, -beta * (-2.0 * b).exp_m1())
            }
            Self::Flow { shift } => {
                let d = 1.0 + (shift - 1.0) * t;
                let (u, rest, speed) = (shift * t / d, (1.0 - t) / d, shift / (d * d));
                (rest, u * u, -speed / rest, 2.0 * u * speed / rest)
            }
            Self::Localization { horizon } => {
                let r = horizon - t;
                (r, r, -1.0 / r, 1.0)
            }
        };
        let usable = |x: f64| x.is_finite() && x > 0.0;
        let level = NoiseLevel { t, alpha, sigma2, f, g2 };
        (usable(alpha) && usable(sigma2) && usable(g2) && f.is_finite() && usable(level.snr())).then_some(level)
    }

    /// The time at which the signal-to-noise ratio is `snr`.
    ///
    /// # Errors
    /// [`Error::SnrOutside`] when the process never has that ratio; [`Error::Unresolved`] when its time
    /// rounds to an end that the process never reaches.
    pub fn time_at_snr(&self, snr: f64) -> Result<f64> {
        let (min, max) = self.snr_range();
        // A ratio within rounding of the closed end of the range is that end: of seven operations, as of any formula
        // above.
        let slack = ulps::operations(7) * f64::EPSILON;
        if !(snr.is_finite() && snr > 0.0 && snr >= min * (1.0 - slack) && snr <= max * (1.0 + slack)) {
            return Err(Error::SnrOutside { process: self.to_string(), snr, min, max });
        }
        let t = match *self {
            Self::Ve => 1.0 / snr,
            Self::Edm => 1.0 / snr.sqrt(),
            Self::Ou => 0.5 * (1.0 / snr).ln_1p(),
            Self::VpLinear { b0, b1 } => linear_inverse(b0, b1, (1.0 / snr).ln_1p()),
            Self::VpScaledLinear { b0, b1 } => scaled_inverse(b0, b1, (1.0 / snr).ln_1p()),
            Self::VpCosine { c } => {
                let (start, _) = cosine_angles(c, 0.0);
                let cos0 = start.cos();
                // sin^2 th = 1 - cos^2(th_0) alpha^2; then th - th_0 from sin(th-th_0) sin(th+th_0).
                let (alpha2, sigma2) = (snr / (1.0 + snr), 1.0 / (1.0 + snr));
                let sine2 = start.sin().powi(2) + cos0 * cos0 * sigma2;
                let angle = sine2.sqrt().atan2(cos0 * alpha2.sqrt());
                let rise = (sigma2 * cos0 * cos0 / (angle + start).sin()).asin();
                if angle > 0.25 * PI { (angle - start) * (1.0 + c) / FRAC_PI_2 } else { rise * (1.0 + c) / FRAC_PI_2 }
            }
            Self::SubVp { b0, b1 } => linear_inverse(b0, b1, 2.0 * (0.5 / snr.sqrt()).asinh()),
            Self::Flow { shift } => {
                let r = 1.0 / snr.sqrt();
                r / (shift + r)
            }
            Self::Localization { horizon } => (horizon - snr).max(0.0),
        };
        let (lo, hi) = self.time_range();
        let t = t.clamp(lo, hi);
        if self.contains(t) { Ok(t) } else { Err(Error::Unresolved { process: self.to_string(), snr, end: t }) }
    }

    /// The process at the time at which its signal-to-noise ratio is `snr`.
    ///
    /// # Errors
    /// As [`Self::time_at_snr`] and [`Self::at`].
    pub fn at_snr(&self, snr: f64) -> Result<NoiseLevel> {
        self.at(self.time_at_snr(snr)?)
    }
}

/// `B(t)`, the integral of `beta = b0 + (b1 - b0) t`.
fn linear_integral(b0: f64, b1: f64, t: f64) -> f64 {
    t * (b0 + 0.5 * (b1 - b0) * t)
}

fn linear_inverse(b0: f64, b1: f64, b: f64) -> f64 {
    2.0 * b / (b0 + (b0 * b0 + 2.0 * (b1 - b0) * b).sqrt())
}

/// `B(t)`, the integral of `beta = (r0 + d t)^2`, `r = sqrt(b)`, `d = r1 - r0`.
fn scaled_integral(b0: f64, b1: f64, t: f64) -> f64 {
    let (r0, d) = (b0.sqrt(), b1.sqrt() - b0.sqrt());
    t * (b0 + t * d * (r0 + t * d / 3.0))
}

fn scaled_inverse(b0: f64, b1: f64, b: f64) -> f64 {
    let (r0, d) = (b0.sqrt(), b1.sqrt() - b0.sqrt());
    // (r0 + d t)^3 = r0^3 + 3 d b =: c^3, so t = (c - r0)/d = 3 b/(c^2 + c r0 + r0^2).
    let c = (r0 * b0 + 3.0 * d * b).cbrt();
    3.0 * b / (c * c + c * r0 + b0)
}

/// `th_0` and `th - th_0` of the cosine schedule.
fn cosine_angles(c: f64, t: f64) -> (f64, f64) {
    (FRAC_PI_2 * c / (1.0 + c), FRAC_PI_2 * t / (1.0 + c))
}

impl fmt::Display for NoiseProcess {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())?;
        let default = Self::ALL.iter().find(|p| p.name() == self.name());
        if default != Some(self) {
            for (i, (name, value)) in self.parameters().iter().enumerate() {
                write!(out, "{}{name}={value}", if i == 0 { ':' } else { ',' })?;
            }
        }
        Ok(())
    }
}

impl FromStr for NoiseProcess {
    type Err = Error;

    /// Reads `name` or `name:parameter=value,...`.
    fn from_str(text: &str) -> Result<Self> {
        let wrong =
            |found: String, expected: String| Error::Syntax { what: "process", text: text.into(), found, expected };
        let (name, rest) = text.split_once(':').unwrap_or((text, ""));
        let Some(mut process) = Self::ALL.into_iter().find(|p| p.name() == name) else {
            let names: Vec<_> = Self::ALL.iter().map(Self::name).collect();
            return Err(wrong(format!("{name:?} is no process"), format!("one of {}", names.join(", "))));
        };
        let known: Vec<_> = process.parameters().iter().map(|p| p.0).collect();
        if text.contains(':') && rest.is_empty() {
            return Err(wrong("nothing after the colon".into(), "PARAMETER=VALUE".into()));
        }
        for part in rest.split(',').filter(|p| !p.is_empty()) {
            let Some((key, value)) = part.split_once('=') else {
                return Err(wrong(format!("{part:?}"), "PARAMETER=VALUE".into()));
            };
            let value: f64 = value
                .parse()
                .ok()
                .filter(|v: &f64| v.is_finite())
                .ok_or_else(|| wrong(format!("{key} = {value:?}"), "a finite number".into()))?;
            match (&mut process, key) {
                (Self::VpLinear { b0, .. } | Self::VpScaledLinear { b0, .. } | Self::SubVp { b0, .. }, "b0") => {
                    *b0 = value;
                }
                (Self::VpLinear { b1, .. } | Self::VpScaledLinear { b1, .. } | Self::SubVp { b1, .. }, "b1") => {
                    *b1 = value;
                }
                (Self::VpCosine { c }, "c") => *c = value,
                (Self::Flow { shift }, "shift") => *shift = value,
                (Self::Localization { horizon }, "T") => *horizon = value,
                _ => {
                    let expected =
                        if known.is_empty() { "no parameter".into() } else { format!("one of {}", known.join(", ")) };
                    return Err(wrong(format!("parameter {key:?}"), expected));
                }
            }
        }
        process.validated().map_err(|error| match error {
            Error::Invalid { part, fault: Fault::OutOfRange { value, expected } } => {
                wrong(format!("{part} = {value}"), expected.into())
            }
            other => other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Times well inside the domain of each process.
    fn times(p: &NoiseProcess) -> Vec<f64> {
        let (_, hi) = p.time_range();
        [1e-3, 0.02, 0.1, 0.3, 0.6, 0.9].iter().map(|u| if hi.is_finite() { u * hi } else { u * 5.0 }).collect()
    }

    /// The relations `alpha' = f alpha`, `(sigma^2)' = 2 f sigma^2 + g^2` by central differences.
    #[test]
    fn drift_and_diffusion_are_the_derivatives_of_the_kernel() {
        for p in NoiseProcess::ALL.into_iter().chain([NoiseProcess::flow(3.0).unwrap()]) {
            for t in times(&p) {
                let h = 1e-5 * t;
                let (a, m, b) = (p.at(t - h).unwrap(), p.at(t).unwrap(), p.at(t + h).unwrap());
                let slope = |x: f64, y: f64| (y - x) / (2.0 * h);
                let alpha = slope(a.alpha, b.alpha);
                assert!((alpha - m.f * m.alpha).abs() <= 1e-7 * (1.0 + alpha.abs()), "{p} at {t}");
                let s2 = slope(a.sigma2, b.sigma2);
                assert!((s2 - 2.0 * m.f * m.sigma2 - m.g2).abs() <= 1e-7 * (1.0 + m.g2), "{p} at {t}");
                let snr = slope(a.snr(), b.snr());
                assert!((snr / (-m.snr() * m.g2 / m.sigma2) - 1.0).abs() <= 1e-7, "{p} at {t}");
            }
        }
    }

    #[test]
    fn the_noise_end_is_where_the_theory_says() {
        let (min, _) = NoiseProcess::VP_LINEAR.snr_range();
        assert!((min - 4.3e-5).abs() < 1e-6);
        let end = NoiseProcess::VP_LINEAR.at(1.0).unwrap();
        assert!((end.snr() / min - 1.0).abs() < 1e-12);
    }

    #[test]
    fn times_outside_the_domain_are_errors() {
        for p in NoiseProcess::ALL {
            for t in [-1.0, f64::NAN, f64::INFINITY, 1e9] {
                if p.time_range().1.is_infinite() && t == 1e9 && p != NoiseProcess::Ou {
                    continue;
                }
                assert!(matches!(p.at(t), Err(Error::TimeOutside { .. } | Error::Scale { .. })), "{p} at {t}");
            }
        }
    }

    #[test]
    fn scales_beyond_double_precision_are_told_from_times_outside() {
        let message = |p: NoiseProcess, t: f64| p.at(t).unwrap_err().to_string();
        assert_eq!(
            message(NoiseProcess::Edm, 1e-160),
            "time 1e-160 of process edm: its noise level leaves double precision, expected t above about 7.46e-155"
        );
        assert_eq!(
            message(NoiseProcess::Ou, 400.0),
            "time 400 of process ou: its noise level leaves double precision, expected t below about 372"
        );
        let unresolved = NoiseProcess::FLOW.time_at_snr(1e-40).unwrap_err().to_string();
        assert!(unresolved.ends_with("its time is not to be told from the end 1"), "{unresolved}");
    }

    #[test]
    fn strings_round_trip_and_bad_ones_say_why() {
        for p in NoiseProcess::ALL.into_iter().chain([NoiseProcess::flow(3.0).unwrap()]) {
            assert_eq!(p.to_string().parse::<NoiseProcess>().unwrap(), p);
        }
        for (text, part) in [
            ("vp", "is no process"),
            ("ou:b0=1", "expected no parameter"),
            ("flow:shift=-1", "shift = -1, expected a positive number"),
            ("flow:shift=x", "a finite number"),
            ("vp-linear:b0=3,b1=1", "b1 = 1, expected at least b0"),
            ("vp-linear:b2=3", "one of b0, b1"),
            ("flow:", "nothing after the colon"),
        ] {
            let message = text.parse::<NoiseProcess>().unwrap_err().to_string();
            assert!(message.contains(part), "{text}: {message}");
        }
    }

    proptest! {
        /// The inverse map keeps 12 digits of the ratio over eighteen decades.
        #[test]
        fn snr_and_time_are_inverse(log in -20.0_f64..20.0, i in 0_usize..9) {
            let p = NoiseProcess::ALL[i];
            let snr = log.exp();
            if let Ok(t) = p.time_at_snr(snr) {
                let level = p.at(t).unwrap();
                // d log gamma/dt times the spacing of t bounds what any f64 time can resolve.
                let resolution = level.g2 / level.sigma2 * t * f64::EPSILON;
                prop_assert!((level.snr() / snr - 1.0).abs() < 1e-12 + 2.0 * resolution, "{} {} {}", p, snr, level.snr());
            } else {
                let (min, max) = p.snr_range();
                prop_assert!(snr < min || snr > max);
            }
        }
    }
}
