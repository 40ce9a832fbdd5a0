//! What spaces the levels of a schedule, by name.

use std::fmt;
use std::str::FromStr;

use infodyn_samplers::DataClock;

/// What spaces the levels.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Clock {
    /// Karras et al. 2022, `s^{1/rho}`, down to 0.002 by its definition.
    Edm {
        /// The exponent; theirs is 7.
        rho: f64,
    },
    /// `log s`.
    Log,
    /// `arctan(s/c)`.
    Cosine {
        /// The scale; without it the root mean square of a coordinate about its mean, or 1 where no law is given.
        c: Option<f64>,
    },
    /// `s/(c + s)`.
    Flow {
        /// The shift; without it `(sum l^2/sum l)^{1/2}` of the eigenvalues of the covariance, or 1.
        c: Option<f64>,
    },
    /// The time of the process.
    UniformT,
    /// Equal steps of information.
    Entropic,
    /// Equal steps of `int s dH`.
    Rescaled,
    /// The levels of least path divergence.
    Kl,
    /// Equal steps of `int (d mmse/d log s)^{1/2} d log s`.
    KlS2,
    /// `(c(s) rms D_s)^{1/2}` per `log s`, `D_s` the derivative of the denoiser by `log s` along the exact flow and
    /// `c(s) = c/(c^2 + s^2)^{1/2}`, by which an error shrinks to the end: for samplers of first order.
    Curvature1,
    /// `(c(s) rms D_ss)^{1/3}`, of the second derivative: for samplers of second order.
    Curvature2,
    /// The levels published for a model (Sabour et al. 2024, arXiv 2404.14507, table 3), for comparison: linear in
    /// `log s` between them.
    Ays(Ays),
    /// `flow:c` or another clock: the one that ends nearest to the exact flow, by measurement.
    Auto,
    /// Levels fitted to a sampler, by measurement.
    Fitted,
    /// A list that was given, no clock.
    Given,
}

/// The models of [`Clock::Ays`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ays {
    /// Stable Diffusion 1.5.
    Sd15,
    /// Stable Diffusion XL.
    Sdxl,
    /// Stable Video Diffusion.
    Svd,
}

impl Ays {
    /// The levels of ten steps. The last is never stepped to: as its authors use it, 0 stands there.
    fn published(self) -> [f64; 11] {
        match self {
            Self::Sd15 => [14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029],
            Self::Sdxl => [14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029],
            Self::Svd => [700.0, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034, 0.002],
        }
    }

    /// The noisiest level.
    #[must_use]
    pub fn from(self) -> f64 {
        self.published()[0]
    }

    /// `steps` levels, the 0 at the end left out.
    pub(super) fn levels(self, steps: usize) -> Vec<f64> {
        let known = self.published();
        let at = |k: usize| {
            let place = k as f64 * (known.len() - 1) as f64 / steps as f64;
            let i = (place as usize).min(known.len() - 2);
            let share = place - i as f64;
            if share == 0.0 { known[i] } else { known[i].powf(1.0 - share) * known[i + 1].powf(share) }
        };
        (0..steps).map(at).collect()
    }
}

/// The clocks by name.
const NAMES: [&str; 16] = [
    "edm",
    "log",
    "cosine",
    "flow",
    "uniform-t",
    "entropic",
    "rescaled",
    "kl",
    "kl-s2",
    "curvature1",
    "curvature2",
    "ays-sd15",
    "ays-sdxl",
    "ays-svd",
    "auto",
    "fitted",
];

impl Clock {
    /// Whether the clock is made of the error of the denoiser.
    #[must_use]
    pub fn needs_errors(self) -> bool {
        matches!(self, Self::Entropic | Self::Rescaled | Self::Kl | Self::KlS2) || self.needs_denoiser()
    }

    /// Whether the denoiser itself is needed, and a table of its errors is not enough.
    #[must_use]
    pub fn needs_denoiser(self) -> bool {
        matches!(self, Self::Curvature1 | Self::Curvature2) || self.is_measured()
    }

    /// Whether the levels are chosen by running a sampler.
    #[must_use]
    pub fn is_measured(self) -> bool {
        matches!(self, Self::Auto | Self::Fitted)
    }

    pub(super) fn data(self) -> Option<DataClock> {
        match self {
            Self::Entropic => Some(DataClock::Entropic),
            Self::Rescaled => Some(DataClock::Rescaled),
            Self::KlS2 => Some(DataClock::KlS2),
            _ => None,
        }
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edm { rho: 7.0 } => out.write_str("edm"),
            Self::Edm { rho } => write!(out, "edm:{rho}"),
            Self::Log => out.write_str("log"),
            Self::Cosine { c: None } => out.write_str("cosine"),
            Self::Cosine { c: Some(c) } => write!(out, "cosine:{c}"),
            Self::Flow { c: None } => out.write_str("flow"),
            Self::Flow { c: Some(c) } => write!(out, "flow:{c}"),
            Self::UniformT => out.write_str("uniform-t"),
            Self::Entropic => out.write_str("entropic"),
            Self::Rescaled => out.write_str("rescaled"),
            Self::Kl => out.write_str("kl"),
            Self::KlS2 => out.write_str("kl-s2"),
            Self::Curvature1 => out.write_str("curvature1"),
            Self::Curvature2 => out.write_str("curvature2"),
            Self::Ays(Ays::Sd15) => out.write_str("ays-sd15"),
            Self::Ays(Ays::Sdxl) => out.write_str("ays-sdxl"),
            Self::Ays(Ays::Svd) => out.write_str("ays-svd"),
            Self::Auto => out.write_str("auto"),
            Self::Fitted => out.write_str("fitted"),
            Self::Given => out.write_str("given"),
        }
    }
}

impl FromStr for Clock {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (name, value) = match text.split_once(':') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let number = value.map(|v| {
            let positive = v.parse().ok().filter(|x: &f64| x.is_finite() && *x > 0.0);
            positive.ok_or_else(|| format!("{v:?} after {name}, expected a positive number"))
        });
        let clock = match name {
            "edm" => Self::Edm { rho: number.transpose()?.unwrap_or(7.0) },
            "cosine" => Self::Cosine { c: number.transpose()? },
            "flow" => Self::Flow { c: number.transpose()? },
            "log" => Self::Log,
            "uniform-t" => Self::UniformT,
            "entropic" => Self::Entropic,
            "rescaled" => Self::Rescaled,
            "kl" => Self::Kl,
            "kl-s2" => Self::KlS2,
            "curvature1" => Self::Curvature1,
            "curvature2" => Self::Curvature2,
            "ays-sd15" => Self::Ays(Ays::Sd15),
            "ays-sdxl" => Self::Ays(Ays::Sdxl),
            "ays-svd" => Self::Ays(Ays::Svd),
            "auto" => Self::Auto,
            "fitted" => Self::Fitted,
            _ => return Err(format!("{text:?} is no clock, expected one of {}", NAMES.join(", "))),
        };
        match (value, clock) {
            (None, _) | (_, Self::Edm { .. } | Self::Cosine { .. } | Self::Flow { .. }) => Ok(clock),
            (Some(v), _) => Err(format!("{v:?} after {name}, expected nothing there")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_read_as_they_are_written() {
        for text in NAMES.into_iter().chain(["edm:5", "flow:0.7", "cosine:2"]) {
            assert_eq!(text.parse::<Clock>().unwrap().to_string(), text);
        }
        for (text, part) in [
            ("karras", "expected one of edm, log"),
            ("flow:", "expected a positive number"),
            ("flow:-1", "expected a positive number"),
            ("kl:3", "expected nothing there"),
        ] {
            assert!(text.parse::<Clock>().unwrap_err().contains(part), "{text}");
        }
    }
}
