//! Noise processes and laws, as enclosures.

use infodyn_core::{Mixture, NoiseProcess};

use crate::line::Component;
use crate::{Error, Interval, Jet, Line, Parameter, Result};

/// `(alpha, sigma^2)` of a process at a time.
///
/// # Source
/// theory.md, section 0.
///
/// `1 - alpha^2` is written so that nothing cancels where the noise begins.
///
/// # Errors
/// For a process that this crate does not know.
pub fn kernel<P: Parameter>(process: &NoiseProcess, t: P) -> Result<(P, P)> {
    let (one, real) = (P::real(Interval::ONE), |x: f64| P::real(Interval::point(x)));
    let rate = |b0: f64, b1: f64| real(b0) * t + (real(b1) - real(b0)) * t.sqr().times(0.5);
    Ok(match *process {
        NoiseProcess::Ve => (one, t),
        NoiseProcess::Edm => (one, t.sqr()),
        NoiseProcess::Ou => ((-t).exp(), -t.times(-2.0).exp_m1()),
        NoiseProcess::VpLinear { b0, b1, .. } => {
            let b = rate(b0, b1);
            (b.times(-0.5).exp(), -(-b).exp_m1())
        }
        NoiseProcess::VpScaledLinear { b0, b1, .. } => {
            // sqrt(beta) = r + d t: B = r^2 t + r d t^2 + d^2 t^3/3.
            let r = real(b0).sqrt();
            let d = real(b1).sqrt() - r;
            let b = t * (r.sqr() + t * (r * d + d.sqr() * t / real(3.0)));
            (b.times(-0.5).exp(), -(-b).exp_m1())
        }
        NoiseProcess::VpCosine { c, .. } => {
            let quarter = P::real(Interval::PI.times(0.5)) / (one + real(c));
            let (advance, start) = (quarter * t, quarter * real(c));
            // cos^2 a - cos^2 b = sin(b - a) sin(b + a).
            let variance = advance.sin() * (advance + start.times(2.0)).sin() / start.cos().sqr();
            ((advance + start).cos() / start.cos(), variance)
        }
        NoiseProcess::SubVp { b0, b1, .. } => {
            let b = rate(b0, b1);
            (b.times(-0.5).exp(), (-b).exp_m1().sqr())
        }
        NoiseProcess::Flow { shift, .. } => {
            let u = real(shift) * t / (one + (real(shift) - one) * t);
            (one - u, u.sqr())
        }
        NoiseProcess::Localization { horizon, .. } => (real(horizon) - t, real(horizon) - t),
        ref other => return Err(Error::Process { process: other.to_string() }),
    })
}

/// A process at a time: the kernel and the coefficients in which rates are read.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    /// Time.
    pub t: Interval,
    /// Signal scale.
    pub alpha: Interval,
    /// Noise variance.
    pub sigma2: Interval,
    /// Drift coefficient `f = alpha'/alpha`.
    pub f: Interval,
    /// Squared diffusion coefficient `g^2 = (sigma^2)' - 2 f sigma^2`.
    pub g2: Interval,
}

impl Level {
    /// A process at a time.
    ///
    /// # Errors
    /// As [`kernel`].
    pub fn new(process: &NoiseProcess, t: f64) -> Result<Self> {
        let t = Interval::point(t);
        let (alpha, sigma2) = kernel(process, Jet::variable(t))?;
        let f = alpha.slope / alpha.value;
        let g2 = sigma2.slope - (f * sigma2.value).times(2.0);
        Ok(Self { t, alpha: alpha.value, sigma2: sigma2.value, f, g2 })
    }

    /// `gamma = alpha^2/sigma^2`.
    #[must_use]
    pub fn snr(&self) -> Interval {
        self.alpha.sqr() / self.sigma2
    }
}

/// A law as this crate sees it: a mixture on the line, and independent Gaussian coordinates of one variance.
#[derive(Clone, Debug)]
pub struct LineLaw {
    weights: Vec<Interval>,
    means: Vec<Interval>,
    variances: Vec<Interval>,
    labels: Vec<usize>,
    /// Number of further coordinates.
    pub further: usize,
}

impl LineLaw {
    /// A law on the line, or two components of equal isotropic covariance in any dimension, whose means are a known
    /// distance apart along one axis; along every other axis the law is one Gaussian.
    ///
    /// Means, variances and weights are taken as the doubles that they are; weights are divided by their exact sum.
    ///
    /// # Errors
    /// For any other law.
    pub fn new(law: &Mixture) -> Result<Self> {
        let variances: Vec<f64> = (0..law.components()).map(|k| law.covariance(k).eigenvalue(0)).collect();
        let on_line = |means: &[f64]| {
            let line = Self::from_parts(law.weights(), means, &variances);
            Self { labels: law.labels().to_vec(), ..line }
        };
        if law.dim() == 1 {
            return Ok(on_line(law.means()));
        }
        let isotropic = |k: usize| law.covariance(k).as_isotropic().is_some();
        let pair = law.components() == 2 && isotropic(0) && isotropic(1) && variances[0] == variances[1];
        if !pair {
            let found = format!("{} components in dimension {}", law.components(), law.dim());
            return Err(Error::Law { found });
        }
        let squares =
            law.mean(0).iter().zip(law.mean(1)).map(|(&a, &b)| (Interval::point(a) - Interval::point(b)).sqr());
        let half = squares.fold(Interval::ZERO, |s, x| s + x).sqrt().times(0.5);
        Ok(Self { means: vec![half, -half], further: law.dim() - 1, ..on_line(&[0.0; 2]) })
    }

    /// A law on the line from its parts, one label a component; weights are divided by their exact sum.
    #[must_use]
    pub fn from_parts(weights: &[f64], means: &[f64], variances: &[f64]) -> Self {
        let points = |x: &[f64]| x.iter().map(|&x| Interval::point(x)).collect::<Vec<_>>();
        let sum = weights.iter().fold(Interval::ZERO, |s, &w| s + Interval::point(w));
        let weights = weights.iter().map(|&w| Interval::point(w) / sum).collect();
        Self {
            weights,
            means: points(means),
            variances: points(variances),
            labels: (0..means.len()).collect(),
            further: 0,
        }
    }

    /// The marginal on the line at a noise level.
    ///
    /// # Errors
    /// When a variance is not certainly positive.
    pub fn at<P: Parameter>(&self, alpha: P, sigma2: P) -> Result<Line<P>> {
        let component = |k: usize| Component {
            weight: P::real(self.weights[k]),
            mean: P::real(self.means[k]),
            variance: P::real(self.variances[k]),
            label: self.labels[k],
        };
        Line::new((0..self.weights.len()).map(component).collect(), alpha, sigma2)
    }

    /// The same law with its component as the label.
    #[must_use]
    pub fn by_component(&self) -> Self {
        Self { labels: (0..self.weights.len()).collect(), ..self.clone() }
    }

    /// Prior of each label that occurs.
    #[must_use]
    pub fn label_weights(&self) -> Vec<Interval> {
        let most = self.labels.iter().copied().max().unwrap_or(0);
        let weight = |y: usize| {
            let of = self.weights.iter().zip(&self.labels).filter(|(_, l)| **l == y).map(|(w, _)| *w);
            of.fold(Interval::ZERO, |a, b| a + b)
        };
        (0..=most).map(weight).filter(|w| w.is_positive()).collect()
    }
}
