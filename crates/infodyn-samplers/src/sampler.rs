//! Samplers as maps.

use std::ops::{Add, Div, Mul, Sub};

/// What a sampler can be run in: doubles, [`Estimate`](infodyn_core::Estimate)s that carry their rounding, exact
/// expressions.
pub trait Number: Clone + From<i32> + Field<Self> {}

impl<T: Clone + From<i32> + Field<T>> Number for T {}

/// The four operations.
pub trait Field<T>: Sized + Add<Output = T> + Sub<Output = T> + Mul<Output = T> + Div<Output = T> {}

impl<T, S: Add<Output = T> + Sub<Output = T> + Mul<Output = T> + Div<Output = T>> Field<T> for S {}

/// A sampler of the reverse process with a denoiser `m`.
///
/// # Formula
/// From `sigma` to `sigma'` (of `sigma/alpha`), `rho = sigma'/sigma`, each goes from `x` (of `x/alpha`) to
/// `r x + (1 - r) M`, with a guess `M` of the data that is made of what the denoiser says:
///
/// | sampler | `r` | `M` | noise |
/// |---|---|---|---|
/// | `Ancestral` | `rho^2` | `m(x)` | of variance `sigma'^2 (1 - rho^2)` |
/// | `Ddim` | `rho` | `m(x)` | |
/// | `Heun` | `rho` | `m(x) + (m(x~) - m(x))/(2 rho)`, `x~` the step of `Ddim`, read at `sigma'` | |
/// | `Multistep` | `rho` | `m(x) + (h/(2 h_-)) (m(x) - m(x_-))`, `h = -log rho`, from the step before | |
///
/// The first step of `Multistep` is that of `Ddim`.
///
/// # Source
/// Ho, Jain & Abbeel 2020 with the posterior variance (`Ancestral`: also the DDIM of eta 1); Song, Meng & Ermon 2021;
/// Karras et al. 2022, algorithm 1; Lu et al. 2211.01095, algorithm 2 (DPM-Solver++(2M)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sampler {
    /// DDPM with the variance of the posterior.
    Ancestral,
    /// The deterministic step of first order.
    Ddim,
    /// Its correction at the end of the step, of second order; two calls of the denoiser a step.
    Heun,
    /// DPM-Solver++(2M), of second order by the step before.
    Multistep,
}

impl Sampler {
    /// The point at the last of `sigmas`, which fall and are positive, from `x` at the first.
    ///
    /// `denoise` is `m(x, sigma)`; `log` a logarithm to any base, of ratios of levels; `noise` draws from the Gaussian
    /// of mean 0 and the variance that it is given. `Multistep` alone asks for logarithms, `Ancestral` alone for noise.
    pub fn run<T: Number>(
        self,
        sigmas: &[T],
        x: T,
        denoise: impl Fn(&T, &T) -> T,
        log: impl Fn(&T) -> T,
        mut noise: impl FnMut(T) -> T,
    ) -> T {
        let (one, two) = (T::from(1), T::from(2));
        let toward = |r: &T, x: &T, guess: T| r.clone() * x.clone() + (one.clone() - r.clone()) * guess;
        let mut x = x;
        // What the denoiser said a step ago, and how long that step was.
        let mut before: Option<(T, T)> = None;
        for pair in sigmas.windows(2) {
            let (from, to) = (&pair[0], &pair[1]);
            let rho = to.clone() / from.clone();
            let m = denoise(&x, from);
            x = match self {
                Self::Ancestral => {
                    let r = rho.clone() * rho;
                    let variance = to.clone() * to.clone() * (one.clone() - r.clone());
                    toward(&r, &x, m) + noise(variance)
                }
                Self::Ddim => toward(&rho, &x, m),
                Self::Heun => {
                    let there = denoise(&toward(&rho, &x, m.clone()), to);
                    let guess = m.clone() + (there - m) / (two.clone() * rho.clone());
                    toward(&rho, &x, guess)
                }
                Self::Multistep => {
                    let h = log(&(from.clone() / to.clone()));
                    let guess = match before.take() {
                        Some((old, length)) => m.clone() + h.clone() / (two.clone() * length) * (m.clone() - old),
                        None => m.clone(),
                    };
                    before = Some((m, h));
                    toward(&rho, &x, guess)
                }
            };
        }
        x
    }

    /// The variance of a sample at the last of `sigmas` over that of the truth, `l + sigma_N^2`, for one Gaussian
    /// coordinate of variance `l` and an exact start. A Gaussian law in `D` dimensions is `D` such coordinates, the
    /// eigenvectors of its covariance; the divergence *sampler from truth* of each is `kl(r) = (r - 1 - log r)/2`.
    ///
    /// # Formula
    /// The denoiser is `m = l x/(l + sigma^2)`, and all steps are linear.
    ///
    /// # Accuracy
    /// That of the numbers it is run in.
    pub fn variance_ratio<T: Number>(self, sigmas: &[T], l: &T, log: impl Fn(&T) -> T) -> T {
        let spread = |s: &T| l.clone() + s.clone() * s.clone();
        let (Some(first), Some(last)) = (sigmas.first(), sigmas.last()) else { return T::from(1) };
        let denoise = |x: &T, s: &T| x.clone() * (l.clone() / spread(s));
        if self == Self::Ancestral {
            let mut variance = spread(first);
            for pair in sigmas.windows(2) {
                let mut added = T::from(0);
                let still = |v: T| {
                    added = v;
                    T::from(0)
                };
                let gain = self.run(pair, T::from(1), denoise, &log, still);
                variance = gain.clone() * gain * variance + added;
            }
            return variance / spread(last);
        }
        let gain = self.run(sigmas, T::from(1), denoise, log, |_| T::from(0));
        gain.clone() * gain * spread(first) / spread(last)
    }

    /// The same where a last step goes from the last of `sigmas` to no noise at all: there every sampler takes what the
    /// denoiser says, and the truth is `l`, which is positive.
    ///
    /// # Formula
    /// The ratio at the last level times `l/(l + sigma^2)`.
    pub fn clean_variance_ratio<T: Number>(self, sigmas: &[T], l: &T, log: impl Fn(&T) -> T) -> T {
        let Some(last) = sigmas.last() else { return T::from(1) };
        let kept = l.clone() / (l.clone() + last.clone() * last.clone());
        self.variance_ratio(sigmas, l, log) * kept
    }
}

#[cfg(test)]
mod tests {
    use infodyn_core::Estimate;

    use super::*;

    /// The rational values of theory.md S4.
    #[test]
    fn one_gaussian_in_four_steps() {
        let sigmas = [8.0, 2.0, 1.0, 0.5, 0.125].map(Estimate::given);
        let ratio = |s: Sampler| s.variance_ratio(&sigmas, &Estimate::ONE, |x| x.ln());
        for (sampler, known) in [
            (Sampler::Ddim, 6_765_201.0 / 10_562_500.0),
            (Sampler::Ancestral, 32927.0 / 66560.0),
            (Sampler::Heun, 58_787_821_444.0 / 41_259_765_625.0),
            (Sampler::Multistep, 1.003_307_692_307_692_307_69_f64.powi(2)),
        ] {
            let found = ratio(sampler);
            assert!(found.contains(known) && found.radius() < 1e-13, "{sampler:?}: {found}, {known}");
        }
    }

    /// Halving the steps divides the error by two to the order.
    #[test]
    fn orders() {
        let error = |sampler: Sampler, n: i32| {
            let sigmas: Vec<f64> = (0..=n).map(|k| 4.0 * (-3.0 * f64::from(k) / f64::from(n)).exp()).collect();
            (sampler.variance_ratio(&sigmas, &1.0, |x| x.ln()) - 1.0).abs()
        };
        for (sampler, order) in
            [(Sampler::Ddim, 1), (Sampler::Ancestral, 1), (Sampler::Heun, 2), (Sampler::Multistep, 2)]
        {
            let measured = (error(sampler, 256) / error(sampler, 512)).log2();
            assert!((measured - f64::from(order)).abs() < 0.05, "{sampler:?}: {measured}");
        }
    }
}
