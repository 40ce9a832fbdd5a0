//! Shared by the tests of this crate.
#![allow(dead_code, clippy::unwrap_used, clippy::approx_constant)] // each test reads a part; log 2 comes out of it

pub(crate) mod references;

use std::sync::Arc;

use infodyn_closed_form::MixtureLaw;
use infodyn_core::stable::relative_cost;
use infodyn_core::{
    Channel, Covariance, Density, Detail, Law, Mixture, NoiseLevel, NoiseProcess, Observation, Points, Profile,
    Quantity, Support,
};
use infodyn_quadrature::Quadrature;
use nalgebra::DMatrix;

/// The mixture in one dimension.
pub(crate) fn mixture(weights: &[f64], means: &[f64], variances: &[f64]) -> Mixture {
    let means: Vec<Vec<f64>> = means.iter().map(|&m| vec![m]).collect();
    Mixture::new(weights, &means, variances.iter().map(|&q| Covariance::isotropic(q).unwrap()).collect()).unwrap()
}

/// A noise level with `f = 0`, `g^2 = 2`: rates are the bare expectations.
pub(crate) fn level(alpha: f64, sigma2: f64) -> NoiseLevel {
    let ve = NoiseProcess::Ve.at(sigma2).unwrap();
    ve.with_alpha(alpha).and_then(|l| l.with_g2(2.0)).unwrap()
}

/// The law at a level, of a process or besides it.
pub(crate) fn channel(law: Arc<dyn Law>, level: NoiseLevel) -> Channel {
    Channel::new(law, NoiseProcess::Ve, 1.0).unwrap().read_at(level)
}

/// Every quantity that integration serves.
pub(crate) fn all(law: Arc<dyn Law>, level: NoiseLevel) -> Profile {
    infodyn_core::profile(&Quadrature, &channel(law, level), Quantity::ALL).unwrap()
}

/// The same of a mixture.
pub(crate) fn of(law: &Mixture, level: NoiseLevel) -> Profile {
    all(MixtureLaw::of(law.clone()), level)
}

/// The same density written out plainly, in one dimension: an implementation that shares nothing
/// with the closed forms, each component's exponent from its own distance.
#[derive(Debug, Clone)]
pub(crate) struct Plain {
    weights: Vec<f64>,
    labels: Vec<usize>,
    means: Vec<f64>,
    variances: Vec<f64>,
    alpha: f64,
    sigma2: f64,
}

impl Plain {
    pub(crate) fn new(weights: &[f64], means: &[f64], variances: &[f64], alpha: f64, sigma2: f64) -> Self {
        let labels = (0..weights.len()).collect();
        Self { weights: weights.to_vec(), labels, means: means.to_vec(), variances: variances.to_vec(), alpha, sigma2 }
    }
}

/// At its one level.
impl Law for Plain {
    fn dim(&self) -> usize {
        1
    }
    fn density(&self, _: &NoiseLevel) -> Box<dyn Density + '_> {
        Box::new(self.clone())
    }
    fn support(&self) -> Support {
        Support::Neither
    }
    fn place(&self, _: f64, _: &mut [f64]) -> usize {
        0
    }
}

impl Density for Plain {
    fn dim(&self) -> usize {
        1
    }
    fn alpha(&self) -> f64 {
        self.alpha
    }
    fn sigma2(&self) -> f64 {
        self.sigma2
    }
    fn weights(&self) -> &[f64] {
        &self.weights
    }
    fn labels(&self) -> &[usize] {
        &self.labels
    }
    fn label_weights(&self) -> &[f64] {
        &self.weights
    }
    fn centre(&self, k: usize, out: &mut [f64]) {
        out[0] = self.alpha * self.means[k];
    }
    fn eigenvalue(&self, k: usize, _: usize) -> f64 {
        self.variances[k]
    }
    fn observe(&self, points: Points<'_>, _: Detail, out: &mut Observation) {
        out.resize(points.len(), 1, Detail::all());
        let count = self.weights.len();
        for (i, (&a, &offset)) in points.anchors.iter().zip(points.offsets).enumerate() {
            let v: Vec<f64> = (0..count).map(|k| self.variance(k, 0)).collect();
            let r: Vec<f64> = (0..count).map(|k| offset + self.alpha * (self.means[a] - self.means[k])).collect();
            let ln = |k: usize| -0.5 * (r[k] * r[k] / v[k] + (std::f64::consts::TAU * v[k]).ln());
            let score: Vec<f64> = (0..count).map(|k| self.weights[k].ln() + ln(k)).collect();
            let top = (0..count).fold(0, |b, k| if score[k] > score[b] { k } else { b });
            let odds: Vec<f64> = score.iter().map(|s| (s - score[top]).exp()).collect();
            let rest: f64 = (0..count).filter(|&k| k != top).map(|k| odds[k]).sum();
            let pi: Vec<f64> = odds.iter().map(|o| o / (1.0 + rest)).collect();
            let mean = |f: &dyn Fn(usize) -> f64| (0..count).map(|k| pi[k] * f(k)).sum::<f64>();
            let s = mean(&|k| -r[k] / v[k]);
            let at = |k: usize| self.means[k] - self.means[a] + self.alpha * self.variances[k] / v[k] * r[k];
            let m = mean(&at);
            out.ln_anchor[i] = ln(a);
            out.ln_density[i] = score[top] + rest.ln_1p();
            let b = mean(&|k| (-r[k] / v[k] - s).powi(2));
            out.score[i] = s;
            out.score_divergence[i] = b - mean(&|k| 1.0 / v[k]);
            out.mean_offset[i] = m;
            out.posterior_trace[i] = mean(&|k| (at(k) - m).powi(2) + self.sigma2 * self.variances[k] / v[k]);
            let entropy = rest.ln_1p() + mean(&|k| if pi[k] > 0.0 { score[top] - score[k] } else { 0.0 });
            let prior: f64 = -self.weights.iter().map(|w| w * w.ln()).sum::<f64>();
            let gain = |k: usize| ln(k) - out.ln_density[i];
            let divergence = (0..count).map(|k| self.weights[k] * relative_cost(gain(k))).sum();
            for p in [&mut out.label, &mut out.component] {
                p.entropy[i] = entropy;
                p.excess[i] = entropy - prior;
                p.divergence[i] = divergence;
                p.surprisal[i] = rest.ln_1p() + (score[top] - score[a]);
                let gap = |k: usize| rest.ln_1p() + (score[top] - score[k]) - entropy;
                p.varentropy[i] = mean(&|k| if pi[k] > 0.0 { gap(k) * gap(k) } else { 0.0 });
                p.agreement[i] = pi.iter().map(|p| p * p).sum();
            }
            out.label_production[i] = b;
            out.label_divergence[i] = -1.0 / v[a];
            out.label_gradient2[i] = mean(&|k| (score[top] - score[k]) * (-r[k] / v[k] - s)).powi(2);
        }
    }
    fn score_jacobian(&self, anchor: usize, offset: &[f64]) -> DMatrix<f64> {
        let mut out = Observation::default();
        self.observe(Points { anchors: &[anchor], offsets: offset }, Detail::SCORES, &mut out);
        DMatrix::from_element(1, 1, out.score_divergence[0])
    }
    fn posterior_covariance(&self, anchor: usize, offset: &[f64]) -> DMatrix<f64> {
        let mut out = Observation::default();
        self.observe(Points { anchors: &[anchor], offsets: offset }, Detail::SCORES, &mut out);
        DMatrix::from_element(1, 1, out.posterior_trace[0])
    }
}
