//! The laws that the workspace knows.

use std::ops::{Deref, Range};
use std::sync::{Arc, OnceLock};

use infodyn_core::{Density, Factors, Gaps, Law, Mixture, Mutation, NoiseLevel, Projections, Sphere, Support, ulps};

use crate::cloud::Cloud;
use crate::frame::Frame;
use crate::{Marginal, sphere};

/// A finite mixture of Gaussians as a law; reads as its [`Mixture`].
#[derive(Debug)]
pub struct MixtureLaw {
    mixture: Mixture,
    /// Running sums of the weights, length `K`.
    cumulative: Vec<f64>,
    /// Standard deviations of each covariance along its axes, `D` numbers a covariance.
    deviations: Vec<f64>,
    /// What marginals share, and the exact reduction, once they were asked for.
    frame: OnceLock<Arc<Frame>>,
    factors: OnceLock<Option<Factors>>,
    /// What matrix products need of the means, once it was asked for.
    cloud: OnceLock<Option<Arc<Cloud>>>,
}

impl MixtureLaw {
    /// The law of a mixture.
    #[must_use]
    pub fn of(mixture: Mixture) -> Arc<Self> {
        let mut total = 0.0;
        let cumulative = mixture.weights().iter().map(|w| {
            total += w;
            total
        });
        let cumulative = cumulative.collect();
        let covariances = if mixture.shared_covariance().is_some() { 1 } else { mixture.components() };
        let places = (0..covariances).flat_map(|k| (0..mixture.dim()).map(move |i| (k, i)));
        let deviations = places.map(|(k, i)| mixture.covariance(k).eigenvalue(i).sqrt()).collect();
        let (frame, factors, cloud) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Arc::new(Self { mixture, cumulative, deviations, frame, factors, cloud })
    }

    fn cloud(&self) -> Option<&Arc<Cloud>> {
        self.cloud.get_or_init(|| Cloud::new(&self.mixture).map(Arc::new)).as_ref()
    }

    /// Where the components share one multiple of the identity, and their means span less than space.
    ///
    /// # Accuracy
    /// A mean of the core is off by [`ulps::reduction`] of its length. Against the smallest distance between two means
    /// that is how far a distance may be off; twice that covers the curvature of what is read from a stretching.
    fn split(&self) -> Option<Factors> {
        let (core, basis) = self.mixture.reduced_to(self.mixture.dim().checked_sub(1)?)?;
        let (centre, multiplicity) = (self.mixture.total_mean(), self.mixture.dim() - core.dim());
        let variance = core.covariance(0).eigenvalue(0);
        let longer = core.means().chunks_exact(core.dim()).map(|m| m.iter().map(|x| x * (1.0 + STRETCH)).collect());
        let rows: Vec<Vec<f64>> = longer.collect();
        let stretched = Mixture::new(core.weights(), &rows, vec![core.covariance(0).clone()]).ok()?;
        let stretched = stretched.with_labels(core.labels().to_vec()).ok()?;
        let off = ulps::reduction(self.dim()) * f64::EPSILON;
        let rounding = spread(&core).map_or(0.0, |ratio| 2.0 * off * ratio / STRETCH);
        let (core, stretched) = (MixtureLaw::of(core), MixtureLaw::of(stretched));
        Some(Factors { core, centre, basis, variance, multiplicity, stretched, rounding })
    }
}

impl Deref for MixtureLaw {
    type Target = Mixture;
    fn deref(&self) -> &Mixture {
        &self.mixture
    }
}

/// How much longer a reduced law is stretched, to see what its rounding does.
const STRETCH: f64 = 1.0 / 65536.0;

impl Law for MixtureLaw {
    fn dim(&self) -> usize {
        self.mixture.dim()
    }

    fn density(&self, level: &NoiseLevel) -> Box<dyn Density + '_> {
        let frame = self.frame.get_or_init(|| Arc::new(Frame::new(&self.mixture)));
        Box::new(Marginal::within(&self.mixture, (Arc::clone(frame), self.cloud().cloned()), level))
    }

    fn support(&self) -> Support {
        if self.mixture.is_atomic() {
            Support::Atoms
        } else if self.mixture.has_density() {
            Support::Density
        } else {
            Support::Neither
        }
    }

    fn place(&self, uniform: f64, normals: &mut [f64]) -> usize {
        let k = self.cumulative.partition_point(|&c| c <= uniform).min(self.cumulative.len() - 1);
        let of = if self.mixture.shared_covariance().is_some() { 0 } else { k };
        let deviations = &self.deviations[of * normals.len()..];
        normals.iter_mut().zip(deviations).for_each(|(v, deviation)| *v *= deviation);
        if let Some(axes) = self.mixture.covariance(k).axes() {
            let along = normals.to_vec();
            normals.fill(0.0);
            for (scale, axis) in along.iter().zip(axes.column_iter()) {
                normals.iter_mut().zip(axis.iter()).for_each(|(v, u)| *v += scale * u);
            }
        }
        k
    }

    fn project(&self, anchors: &[usize], xi: &[f64], noise: &[f64], out: &mut Projections) -> bool {
        let cloud = self.cloud();
        if let Some(cloud) = cloud {
            cloud.project(anchors, xi, noise, out);
        }
        cloud.is_some()
    }

    fn gaps(&self, rows: Range<usize>, out: &mut Gaps) -> bool {
        let cloud = self.cloud();
        if let Some(cloud) = cloud.filter(|_| !rows.is_empty()) {
            cloud.gaps(self.mixture.labels(), rows, out);
        }
        cloud.is_some()
    }

    fn reduced(&self) -> Option<Factors> {
        self.factors.get_or_init(|| self.split()).clone()
    }

    fn mixture(&self) -> Option<&Mixture> {
        Some(&self.mixture)
    }

    fn mutated(&self, mutation: Mutation) -> Option<Arc<dyn Law>> {
        let law = &self.mixture;
        let model = match mutation {
            Mutation::Weight => {
                let mut weights = law.weights().to_vec();
                weights[0] *= 3.0;
                let sum: f64 = weights.iter().sum();
                weights.iter_mut().for_each(|w| *w /= sum);
                let means: Vec<Vec<f64>> = (0..law.components()).map(|k| law.mean(k).to_vec()).collect();
                let covariances = (0..law.components()).map(|k| law.covariance(k).clone()).collect();
                let model = Mixture::new(&weights, &means, covariances).ok()?;
                model.with_labels(law.labels().to_vec()).ok()?
            }
            Mutation::Label => {
                let mut labels = law.labels().to_vec();
                labels.rotate_left(1);
                law.clone().with_labels(labels).ok()?
            }
            _ => return None,
        };
        Some(MixtureLaw::of(model))
    }
}

/// The largest length of a mean over the smallest distance between two that differ; `None` where none do, and infinite
/// where there are too many pairs to look at, which no rule integrates.
fn spread(law: &Mixture) -> Option<f64> {
    const MOST: f64 = 1e9;
    let count = law.components();
    if (count as f64).powi(2) * law.dim() as f64 > MOST {
        return Some(f64::INFINITY);
    }
    let length = |x: &mut dyn Iterator<Item = f64>| x.map(|v| v * v).sum::<f64>().sqrt();
    let largest = (0..count).map(|k| length(&mut law.mean(k).iter().copied())).fold(0.0, f64::max);
    let pairs = (0..count).flat_map(|i| (0..i).map(move |j| (i, j)));
    let distance = |(i, j)| length(&mut law.mean(i).iter().zip(law.mean(j)).map(|(a, b)| a - b));
    let closest = pairs.map(distance).filter(|&d| d > 0.0).fold(f64::INFINITY, f64::min);
    closest.is_finite().then_some(largest / closest)
}

/// The uniform law on a sphere as a law; reads as its [`Sphere`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SphereLaw(Sphere);

impl SphereLaw {
    /// The law of a sphere.
    #[must_use]
    pub fn of(sphere: Sphere) -> Arc<Self> {
        Arc::new(Self(sphere))
    }
}

impl Deref for SphereLaw {
    type Target = Sphere;
    fn deref(&self) -> &Sphere {
        &self.0
    }
}

impl Law for SphereLaw {
    fn dim(&self) -> usize {
        self.0.dim()
    }

    fn density(&self, level: &NoiseLevel) -> Box<dyn Density + '_> {
        Box::new(sphere::Marginal::new(&self.0, level))
    }

    fn support(&self) -> Support {
        Support::Neither
    }

    fn place(&self, _: f64, normals: &mut [f64]) -> usize {
        let length = normals.iter().map(|z| z * z).sum::<f64>().sqrt();
        normals.iter_mut().for_each(|z| *z *= self.0.radius() / length);
        0
    }

    fn is_rotation_invariant(&self) -> bool {
        true
    }
}
