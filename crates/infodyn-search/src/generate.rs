//! Random cases: the same for the same seed and number, whatever else is tried.

use infodyn_core::NoiseProcess;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::domain::{Corner, Domain, Family};
use crate::draft::{Components, Draft, Form, diagonal};

/// A random draft, which can be simplified.
pub(crate) struct Random {
    /// Index of the family in the domain.
    pub(crate) family: usize,
    pub(crate) corner: Corner,
    pub(crate) tree: Box<dyn ValueTree<Value = Draft>>,
}

/// Case `number` of a seed. Families and their corners take turns, so that each has its share of any long run.
pub(crate) fn random(domain: &Domain, seed: u64, number: u64) -> Result<Random, String> {
    let count = domain.families().len() as u64;
    let family = (number % count) as usize;
    let corners = domain.families()[family].corners();
    let corner = corners[((number / count) % corners.len() as u64) as usize];
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    bytes[16..].copy_from_slice(b"infodyn a case..");
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, rng);
    let tree = drafts(domain, &domain.families()[family], corner)
        .new_tree(&mut runner)
        .map_err(|reason| format!("a random law of {}: {reason}", domain.families()[family]))?;
    Ok(Random { family, corner, tree: Box::new(tree) })
}

/// The numbers of a draft before a corner is cut into it. Those of `unit` lie in `[0, 1]`.
#[derive(Debug, Clone)]
struct Numbers {
    dim: usize,
    weights: Vec<f64>,
    means: Vec<f64>,
    /// Logarithms to base 10 of the variances.
    variances: Vec<f64>,
    /// Angles of a turn in each plane of two neighbouring axes.
    angles: Vec<f64>,
    /// 0: isotropic; 1: diagonal; 2: turned.
    shape: usize,
    /// Logarithm to base 10 of the unit of length.
    scale: f64,
    unit: [f64; 3],
    level: f64,
    process: NoiseProcess,
}

fn drafts(domain: &Domain, family: &Family, corner: Corner) -> impl Strategy<Value = Draft> + use<> {
    // Low dimensions first: they cost less, and counterexamples of theirs are read more easily.
    let dims: Vec<usize> = domain.dim().flat_map(|d| vec![d; [4, 2, 1][d - 1]]).collect();
    let counts: Vec<usize> = match family {
        Family::Gaussian | Family::Given { .. } => vec![1],
        _ => domain.components().collect(),
    };
    let level = match corner {
        Corner::LowNoise => 6.0..14.0_f64,
        Corner::HighNoise => -14.0..-6.0,
        _ => -6.0..8.0,
    };
    let processes = select(domain.processes().to_vec());
    let numbers = (select(dims), select(counts)).prop_flat_map(move |(dim, k)| {
        let components = (
            vec(-2.0..2.0_f64, k),
            vec(-3.0..3.0_f64, k * dim),
            vec(-2.0..0.7_f64, k * dim),
            vec(0.0..3.0_f64, k * (dim - 1)),
        );
        let rest = (
            0_usize..3,
            prop_oneof![2 => Just(0.0), 1 => -1.0..1.0_f64],
            prop::array::uniform3(0.0..1.0_f64),
            level.clone(),
            processes.clone(),
        );
        (components, rest).prop_map(
            move |((weights, means, variances, angles), (shape, scale, unit, level, process))| Numbers {
                dim,
                weights,
                means,
                variances,
                angles,
                shape,
                scale,
                unit,
                level,
                process,
            },
        )
    });
    let (domain, family) = (domain.clone(), family.clone());
    numbers.prop_map(move |n| n.draft(&domain, &family, corner))
}

impl Numbers {
    fn draft(&self, domain: &Domain, family: &Family, corner: Corner) -> Draft {
        if let Family::Given { law, .. } = family {
            let variance = law.total_covariance().trace() / law.dim() as f64;
            let log_snr = self.level - variance.max(f64::MIN_POSITIVE).ln();
            let mut draft = Draft { form: Form::Given(law.clone()), process: self.process, log_snr };
            draft.clamp();
            return draft;
        }
        let mut c = self.components();
        self.cut(&mut c, corner);
        family.impose(&mut c);
        let mut draft = Draft { form: Form::Free(c), process: self.process, log_snr: 0.0 };
        // A turned covariance whose rank cannot be told is replaced by its diagonal.
        if draft.case().is_none()
            && let Some(c) = draft.components_mut()
        {
            let d = c.dim();
            for matrix in &mut c.covariances {
                let entries: Vec<f64> = (0..d).map(|j| matrix[j * (d + 1)]).collect();
                *matrix = diagonal(&entries);
            }
        }
        // Noise is measured by the whole law, or by the inside of its components where they have one.
        let (whole, within) = draft.components().map_or((1.0, 1.0), Components::variances);
        let inside = self.unit[2] > 0.7 && within > 0.0;
        // A single atom has no size but the unit of length.
        let unit = 100.0_f64.powf(self.scale);
        draft.log_snr = self.level
            - if inside {
                within
            } else if whole > 0.0 {
                whole
            } else {
                unit
            }
            .ln();
        domain.impose(&mut draft);
        draft.clamp();
        draft
    }

    /// A length or ratio of the corner: a power of 10 between two.
    fn power(&self, low: f64, high: f64) -> f64 {
        10.0_f64.powf(low + (high - low) * self.unit[0])
    }

    fn components(&self) -> Components {
        let (d, k) = (self.dim, self.weights.len());
        let scale = 10.0_f64.powf(self.scale);
        let covariance = |i: usize| {
            let q: Vec<f64> = (0..d).map(|j| scale * scale * 10.0_f64.powf(self.variances[i * d + j])).collect();
            match self.shape {
                0 => diagonal(&vec![q[0]; d]),
                1 => diagonal(&q),
                _ => (1..d).fold(diagonal(&q), |c, j| turned(&c, d, j - 1, j, self.angles[i * (d - 1) + j - 1])),
            }
        };
        Components {
            weights: self.weights.iter().map(|w| w.exp()).collect(),
            means: (0..k).map(|i| (0..d).map(|j| scale * self.means[i * d + j]).collect()).collect(),
            covariances: (0..k).map(covariance).collect(),
        }
    }

    /// Gives the components what the corner is about.
    fn cut(&self, c: &mut Components, corner: Corner) {
        let (d, k) = (self.dim, c.len());
        let scale = 10.0_f64.powf(self.scale);
        let all = self.unit[1] > 0.5;
        match corner {
            Corner::Plain | Corner::LowNoise | Corner::HighNoise => {}
            Corner::Needle => {
                let thin = self.power(-8.0, -3.0);
                let axis = self.shape.min(d - 1);
                for matrix in c.covariances.iter_mut().take(if all { k } else { 1 }) {
                    stretch(matrix, d, |j| if self.shape == 0 || j == axis { thin.sqrt() } else { 1.0 });
                }
            }
            Corner::Far => {
                let distance = scale * self.power(1.5, 3.0);
                c.means[k - 1][0] += distance;
            }
            Corner::NearCoincident if k > 1 => {
                let distance = scale * self.power(-6.0, -2.0);
                c.means[1] = c.means[0].clone();
                c.means[1][0] += distance;
                if all {
                    c.covariances[1] = c.covariances[0].clone();
                }
            }
            Corner::TinyWeight if k > 1 => {
                let whole: f64 = c.weights.iter().sum();
                c.weights[k - 1] = whole * self.power(-9.0, -5.0);
            }
            Corner::RankDeficient => {
                let axis = self.shape.min(d - 1);
                for matrix in c.covariances.iter_mut().take(if all { k } else { 1 }) {
                    let flat = |j| if d == 1 || j == axis { 0.0 } else { 1.0 };
                    if self.shape < 2 || d == 1 {
                        stretch(matrix, d, flat);
                    } else {
                        // One direction that is no axis: the rest of the ellipse is a line.
                        let v: Vec<f64> = (0..d).map(|j| matrix[j * (d + 1)].sqrt()).collect();
                        *matrix = (0..d * d).map(|i| v[i / d] * v[i % d]).collect();
                    }
                }
            }
            Corner::Symmetric => c.symmetrise(),
            Corner::NearlySymmetric if k > 1 => {
                c.symmetrise();
                let off = self.power(-6.0, -2.0);
                c.weights[0] *= 1.0 + if all { 0.0 } else { off };
                c.means[0][0] += scale * off;
            }
            Corner::TwoScales => {
                let small = self.power(-3.0, -1.0);
                let centre = c.means[0].clone();
                for i in 0..k.div_ceil(2) {
                    for (m, centre) in c.means[i].iter_mut().zip(&centre) {
                        *m = centre + small * (*m - centre) + if i == 0 { 0.0 } else { small * scale };
                    }
                    stretch(&mut c.covariances[i], d, |_| small);
                }
            }
            Corner::EqualCovariances => c.tie_covariances(),
            Corner::NearCoincident | Corner::TinyWeight | Corner::NearlySymmetric => {}
        }
    }
}

/// `S C S` with a diagonal `S`: the covariance in other units of length.
pub(crate) fn stretch(matrix: &mut [f64], d: usize, by: impl Fn(usize) -> f64) {
    for i in 0..d * d {
        matrix[i] *= by(i / d) * by(i % d);
    }
}

/// The covariance after a turn of the plane of two axes.
fn turned(matrix: &[f64], d: usize, a: usize, b: usize, angle: f64) -> Vec<f64> {
    let (sin, cos) = angle.sin_cos();
    let mut turn = diagonal(&vec![1.0; d]);
    turn[a * d + a] = cos;
    turn[b * d + b] = cos;
    turn[a * d + b] = -sin;
    turn[b * d + a] = sin;
    let entry = |i: usize, j: usize| {
        let products = (0..d).flat_map(|m| (0..d).map(move |n| (m, n)));
        products.map(|(m, n)| turn[i * d + m] * matrix[m * d + n] * turn[j * d + n]).sum()
    };
    // Both triangles from one, so that the matrix is symmetric to the last bit.
    (0..d * d).map(|i| entry((i / d).max(i % d), (i / d).min(i % d))).collect()
}
