//! Clocks that need no data.

use std::cmp::Ordering;

use infodyn_core::ulps;

use crate::Error;

/// A clock of `s = sigma/alpha` in closed form: equal increments of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// `s^{1/rho}` (Karras et al. 2022; theirs is 7).
    Edm {
        /// The exponent.
        rho: f64,
    },
    /// `log s`.
    Log,
    /// `arctan(s/c)`: for `N(0, c^2 I)` and samplers of first order the best (theory.md S4).
    Cosine {
        /// The scale of the data.
        c: f64,
    },
    /// `s/(c + s)`: the time of a rectified flow with the shift `c`.
    Flow {
        /// The shift.
        c: f64,
    },
}

impl Rule {
    /// `steps + 1` levels from `from` down to `to`, which may be 0 unless the clock is `log s`; `from` may be infinite
    /// for `arctan` and the flow.
    ///
    /// # Errors
    /// When there is no step, or no such levels.
    pub fn levels(self, steps: usize, [from, to]: [f64; 2]) -> crate::Result<Vec<f64>> {
        let positive = |x: f64| x > 0.0 && x.is_finite();
        let bounded = matches!(self, Self::Cosine { .. } | Self::Flow { .. });
        let own = match self {
            Self::Edm { rho: x } | Self::Cosine { c: x } | Self::Flow { c: x } => positive(x),
            Self::Log => to > 0.0,
        };
        let falls = from.partial_cmp(&to) == Some(Ordering::Greater) && to >= 0.0 && (from.is_finite() || bounded);
        if steps == 0 || !falls || !own {
            return Err(Error::Grid { steps, from, to });
        }
        // The share of `to`, and of `from`, without the rounding of 1 - b.
        let level = |k: usize| {
            let (b, a) = (k as f64 / steps as f64, (steps - k) as f64 / steps as f64);
            let between = |f: &dyn Fn(f64) -> f64| a * f(from) + b * f(to);
            match self {
                _ if k == 0 => from,
                _ if k == steps => to,
                Self::Edm { rho } => between(&|s| s.powf(rho.recip())).powf(rho),
                Self::Log => between(&f64::ln).exp(),
                Self::Cosine { c } => c * between(&|s| (s / c).atan()).tan(),
                Self::Flow { c } => {
                    // u = s/(c + s), and what is left of it to 1.
                    let rest = between(&|s| c / (c + s));
                    let u = between(&|s| if s.is_finite() { s / (c + s) } else { 1.0 });
                    c * u / rest
                }
            }
        };
        Ok((0..=steps).map(level).collect())
    }

    /// Units of rounding of a level `s` between the ends: those of the clock there, times how much the inverse moves.
    #[must_use]
    pub fn units(self, s: f64) -> f64 {
        let clock = ulps::formula(4, 1);
        match self {
            Self::Edm { rho } => rho * clock + ulps::ELEMENTARY,
            Self::Log => ulps::exp(s.ln(), clock),
            Self::Cosine { c } => clock * (1.0 + std::f64::consts::FRAC_PI_2 * s / c) + ulps::ELEMENTARY,
            Self::Flow { .. } => ulps::operations(12),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_in_closed_form() {
        let karras = Rule::Edm { rho: 7.0 }.levels(17, [80.0, 0.002]).unwrap();
        for (k, known) in [(0, 80.0), (1, 57.585_984_72), (2, 40.785_573_8), (16, 0.007_528_02), (17, 0.002)] {
            assert!((karras[k] / known - 1.0).abs() < 1e-6, "{k}: {}", karras[k]);
        }
        let flow = Rule::Flow { c: 3.0 }.levels(4, [f64::INFINITY, 0.0]).unwrap();
        assert_eq!((flow[0], flow[4]), (f64::INFINITY, 0.0));
        for (s, known) in flow[1..4].iter().zip([9.0, 3.0, 1.0]) {
            assert!((s / known - 1.0).abs() < 1e-15);
        }
        let cosine = Rule::Cosine { c: 0.5 }.levels(8, [80.0, 0.0]).unwrap();
        assert!((cosine[7] - 0.099_05).abs() < 1e-5 && (cosine[1] - 2.443_75).abs() < 1e-5, "{cosine:?}");
        assert_eq!(Rule::Log.levels(2, [4.0, 1.0]).unwrap(), [4.0, 2.0_f64.ln().exp(), 1.0]);
    }

    #[test]
    fn what_has_no_levels_is_refused() {
        for (rule, steps, ends) in [
            (Rule::Log, 4, [80.0, 0.0]),
            (Rule::Flow { c: 1.0 }, 0, [80.0, 0.0]),
            (Rule::Flow { c: -1.0 }, 4, [80.0, 0.0]),
            (Rule::Edm { rho: 7.0 }, 4, [0.1, 80.0]),
            (Rule::Edm { rho: 7.0 }, 4, [f64::INFINITY, 0.0]),
            (Rule::Cosine { c: f64::NAN }, 4, [80.0, 0.0]),
        ] {
            assert!(rule.levels(steps, ends).is_err(), "{rule:?}");
        }
    }
}
