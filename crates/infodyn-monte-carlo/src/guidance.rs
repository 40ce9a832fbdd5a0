//! Guidance of a reverse sampler toward a label.

use infodyn_core::{Density, Observation, Points};

use crate::{Error, LabelPosterior, Result};

/// Guidance toward a label `y`: a sampler has the score `s + omega (s_y - s)`, and so the posterior mean
/// `m + omega (m_y - m)`.
///
/// `omega = 0` is the model itself and 1 the law given the label. It is called `guidance_scale` in common libraries;
/// papers that write `w` for `omega - 1` (Ho & Salimans 2022) count from 1.
///
/// ```
/// use infodyn_closed_form::MixtureLaw;
/// use infodyn_core::{Channel, Mixture, NoiseProcess};
/// use infodyn_monte_carlo::{Guidance, PathBatch, Reverse, Scheme, stream};
///
/// let late = Guidance::toward(0, 3.0).within(0.25, 4.0);
/// assert_eq!([0.1, 0.25, 1.0, 4.0].map(|snr| late.at(snr)), [1.0, 3.0, 3.0, 1.0]);
///
/// // From noise to the rarer of two atoms: every path of the guided flow ends there.
/// let process = NoiseProcess::Ou;
/// let law = MixtureLaw::of(Mixture::atoms(&[0.2, 0.8], &[vec![1.0], vec![-1.0]])?);
/// let channel = Channel::new(law, process, 0.5)?;
/// let levels = [process.at_snr(20.0)?, process.at_snr(0.01)?];
/// let sampler = Reverse::new(&channel, &levels, 64, Scheme::FlowHeun)?.guided(Guidance::toward(0, 3.0))?;
/// let mut paths = PathBatch::default();
/// sampler.draw(100, &mut stream(1, 0, 0), &mut paths)?;
/// let ends = paths.anchors.iter().zip(&paths.offsets[0]);
/// let place = |(&anchor, x): (&usize, &f64)| x + levels[0].alpha() * [1.0, -1.0][anchor];
/// assert!(ends.map(place).all(|x| x > 0.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guidance {
    /// The label `y`.
    pub label: usize,
    /// `omega` within the window.
    pub strength: f64,
    /// The signal-to-noise ratios `gamma` from which and below which `omega` is the strength; elsewhere it is 1.
    pub window: (f64, f64),
}

impl Guidance {
    /// Guidance of one strength at every noise level.
    #[must_use]
    pub fn toward(label: usize, strength: f64) -> Self {
        Self { label, strength, window: (0.0, f64::INFINITY) }
    }

    /// The same in a window of signal-to-noise ratios alone, `omega = 1` outside (Kynkaanniemi et al. 2404.07724).
    #[must_use]
    pub fn within(self, low: f64, high: f64) -> Self {
        Self { window: (low, high), ..self }
    }

    /// `omega` at a signal-to-noise ratio.
    #[must_use]
    pub fn at(&self, snr: f64) -> f64 {
        if self.window.0 <= snr && snr < self.window.1 { self.strength } else { 1.0 }
    }

    /// Guidance that a law of so many labels can be given.
    pub(crate) fn checked(self, labels: usize) -> Result<Self> {
        let (low, high) = self.window;
        if self.label >= labels {
            return Err(Error::Label { value: self.label, labels });
        }
        if !self.strength.is_finite() {
            return Err(Error::Strength { value: self.strength });
        }
        if !(low >= 0.0 && low < high) {
            return Err(Error::Window { low, high });
        }
        Ok(self)
    }
}

/// Guidance of strength `omega` toward a label, of what `density` says of the score and of the posterior mean at
/// points.
pub(crate) fn guide(density: &dyn Density, (label, omega): (usize, f64), points: Points<'_>, seen: &mut Observation) {
    let (mut ln, mut gradient) = (Vec::new(), Vec::new());
    LabelPosterior::new(density).belief(label, points, &mut ln, &mut gradient);
    // By Tweedie's formula, for p and for p_y: m_y - m = (sigma^2/alpha)(s_y - s).
    let gain = omega * density.sigma2() / density.alpha();
    seen.score.iter_mut().zip(&gradient).for_each(|(s, d)| *s += omega * d);
    seen.mean_offset.iter_mut().zip(&gradient).for_each(|(m, d)| *m += gain * d);
}
