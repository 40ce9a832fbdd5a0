//! Guidance between two Gaussian classes of one covariance, or two atoms, in closed form and by integration.

use infodyn_closed_form::guidance::{LogOdds, overshoot_integral};
use infodyn_core::{Estimate, NoiseLevel};
use infodyn_quadrature::DiffusionLaw;
use infodyn_samplers::{Overshoot, Strength as InClock, overshoot};

use super::setting::{Setting, Strength};

/// Two classes of one isotropic covariance, in the clock `k = a^2/(q + 1/gamma)`.
pub(super) struct Pair {
    /// Half their distance, squared, and their variance.
    a2: f64,
    q: f64,
    /// The weight of the class that is guided to.
    weight: f64,
    /// `k` at the noisiest and at the cleanest level.
    ends: [f64; 2],
}

impl Pair {
    /// The pair that a law is, if it is one.
    pub(super) fn of(setting: &Setting, [clean, noisy]: [NoiseLevel; 2]) -> Option<Self> {
        let law = &setting.law;
        let q = law.shared_covariance()?.as_isotropic()?;
        if law.components() != 2 || law.label_weights().len() != 2 {
            return None;
        }
        let apart = law.mean(0).iter().zip(law.mean(1)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
        let pair = Self { a2: 0.25 * apart, q, weight: setting.weight(), ends: [0.0, 0.0] };
        let ends = [noisy, clean].map(|level| pair.clock(level.snr()));
        Some(Self { ends, ..pair })
    }

    /// `k` at a signal-to-noise ratio, which may be 0 or infinite.
    fn clock(&self, snr: f64) -> f64 {
        self.a2 / (self.q + 1.0 / snr)
    }

    /// The law of the ends of the flow; `None` unless both classes have one weight, and where the strength is not
    /// served.
    pub(super) fn flow(&self, strength: Strength) -> Option<Overshoot> {
        let [first, last] = self.ends;
        let (low, high) = strength.window.unwrap_or((0.0, f64::INFINITY));
        let (from, to) = (self.clock(low).max(first), self.clock(high).min(last));
        let along = if from < to {
            // Up to the end, which a window may be open at.
            InClock::within(strength.omega, [from, if to < last { to } else { f64::INFINITY }])
        } else {
            InClock::constant(1.0)
        };
        if self.weight != 0.5 { None } else { overshoot(&along.ok()?, last).ok() }
    }

    /// The shift of the SDE, in standard deviations of the class; `None` in a window and for `omega <= 1`.
    ///
    /// # Formula
    /// `(omega - 1)/k^{1/2}` times the mean integral of `1 - tanh u`, which is `J` from pure noise to no noise
    /// (theory.md G5). What lies beyond `k` is at most `2 ((1 - w)/w)^{1/2} e^{-k/2}`: `1 - tanh u <= e^{-u}`, and
    /// guidance of strength 1 or more only raises `u`. A start as the class at `k_0` lacks at most `2 (omega - 1) k_0`
    /// of `u`, which the drift, that falls in `u`, makes no larger.
    pub(super) fn sde_shift(&self, strength: Strength) -> Option<Estimate> {
        if strength.window.is_some() || strength.omega <= 1.0 {
            return None;
        }
        let [first, last] = self.ends.map(Estimate::given);
        let integral = overshoot_integral(strength.omega, self.weight)?;
        let beyond = Estimate::given(-LogOdds::prior(self.weight) - 0.5 * last.value()).exp();
        let most = beyond * 2 + first * 2;
        let gain = (Estimate::given(strength.omega) - 1) / last.sqrt();
        let half = most / 2;
        let found = gain * (integral - half);
        Some(found.widened((gain * half).value()))
    }

    /// `KL(ends || class)` of the SDE from pure noise, at the cleanest level; `None` in a window, and beyond `k = 200`,
    /// where the weights of its law leave double precision.
    ///
    /// # Formula
    /// Half the log-odds `u` says all that differs (theory.md G5); of the class it is `N(u_0 + k, k)`.
    pub(super) fn sde_divergence(&self, strength: Strength) -> Option<Estimate> {
        // The step is halved until strong guidance is followed too.
        const LEVELS: usize = 9;
        let (odds, k) = (LogOdds { omega: strength.omega }, self.ends[1]);
        if strength.window.is_some() || k > 200.0 {
            return None;
        }
        let (start, far) = (LogOdds::prior(self.weight), 2.0 * strength.omega - 1.0);
        let law = DiffusionLaw {
            start,
            drifts: [far.min(1.0), far.max(1.0)],
            width: std::f64::consts::FRAC_PI_2,
            potential: &move |u| odds.potential(u),
            rate: &move |u| odds.rate(u),
        };
        let class = |u: f64| -0.5 * ((u - start - k).powi(2) / k + (std::f64::consts::TAU * k).ln());
        let means = law.means(k, LEVELS, 2, |u, density, out| {
            (out[0], out[1]) = (if density.is_finite() { density.ln() - class(u) } else { 0.0 }, 1.0);
        });
        let [found, mass] = [means.as_ref().ok()?.first()?[0], means.as_ref().ok()?.get(1)?[0]];
        // What the lattice lacks of its mass, too, is an error; under guidance too strong for its steps that is all. A
        // number that says less than the bound on it is none.
        let off = (mass.value() - 1.0).abs();
        let found = found.widened(off * (1.0 + found.value().abs()));
        (off < 1e-3 && found.radius() < 0.01 * (1.0 + found.value().abs())).then_some(found)
    }
}
