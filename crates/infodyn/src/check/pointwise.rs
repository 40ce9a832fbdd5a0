//! What a marginal says at drawn points.

use std::f64::consts::TAU;

use infodyn_core::{Detail, Estimate, Law, Mixture, NoiseLevel, Observation, Points, ulps};
use infodyn_statement::Pointwise;

use super::function::Value;
use super::world::World;
use super::{Found, Gap};

/// Everything that is said of a point but matrices.
const SAID: Detail =
    Detail::SCORE.union(Detail::MEAN_OFFSET).union(Detail::POSTERIOR_TRACE).union(Detail::LABEL_ENTROPY);

/// Points of a marginal, and what it says of them.
pub(super) struct Drawn {
    dim: usize,
    anchors: Vec<usize>,
    /// `n x D`.
    offsets: Vec<f64>,
    /// Centres of the anchors, in the data, `n x D`.
    centres: Vec<f64>,
    level: NoiseLevel,
    seen: Observation,
}

impl Drawn {
    /// Points that lie evenly under the law, the same for every law of one dimension in their uniforms: a
    /// counterexample stays one when the law is moved a little.
    pub(super) fn new(law: &dyn Law, mixture: &Mixture, level: &NoiseLevel, count: usize) -> Self {
        let dim = law.dim();
        let (mut anchors, mut offsets, mut centres) = (vec![], vec![], vec![]);
        let (alpha, sigma) = (level.alpha(), level.sigma());
        for i in 0..count {
            let mut row = Row { i, next: 0 };
            let uniform = row.uniform();
            let mut clean: Vec<f64> =
                if mixture.is_atomic() { vec![0.0; dim] } else { (0..dim).map(|_| row.normal()).collect() };
            let k = law.place(uniform, &mut clean);
            offsets.extend(clean.iter().map(|c| alpha * c + sigma * row.normal()));
            centres.extend_from_slice(mixture.mean(k));
            anchors.push(k);
        }
        let mut seen = Observation::default();
        law.density(level).observe(Points { anchors: &anchors, offsets: &offsets }, SAID, &mut seen);
        Self { dim, anchors, offsets, centres, level: *level, seen }
    }

    pub(super) fn len(&self) -> usize {
        self.anchors.len()
    }

    fn row<'a>(&self, list: &'a [f64], i: usize) -> &'a [f64] {
        &list[i * self.dim..(i + 1) * self.dim]
    }

    /// The point.
    pub(super) fn place(&self, i: usize) -> Vec<f64> {
        let alpha = self.level.alpha();
        self.row(&self.centres, i).iter().zip(self.row(&self.offsets, i)).map(|(c, x)| alpha * c + x).collect()
    }

    /// Whether the posterior variance is a number that is known to its rounding.
    fn varies(&self, i: usize) -> bool {
        self.seen.posterior_trace[i] * self.level.snr() >= LEAST
    }

    /// The size of the terms of the posterior mean about the anchor: what its rounding is relative to.
    fn spread(&self, i: usize) -> f64 {
        norm(self.row(&self.seen.mean_offset, i)) + self.seen.posterior_trace[i].max(0.0).sqrt()
    }
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// Evenly spread numbers: the fractional parts of multiples of square roots of primes.
struct Row {
    i: usize,
    next: usize,
}

/// Their square roots are independent over the rationals.
const PRIMES: [f64; 14] = [2.0, 3.0, 5.0, 7.0, 11.0, 13.0, 17.0, 19.0, 23.0, 29.0, 31.0, 37.0, 41.0, 43.0];

impl Row {
    fn uniform(&mut self) -> f64 {
        let root = PRIMES[self.next % PRIMES.len()].sqrt();
        self.next += 1;
        ((self.i as f64 + 0.5) * root).fract().clamp(1e-9, 1.0 - 1e-9)
    }

    /// A normal number from two uniform ones.
    fn normal(&mut self) -> f64 {
        let (u, v) = (self.uniform(), self.uniform());
        (-2.0 * u.ln()).sqrt() * (TAU * v).cos()
    }
}

/// A part of the noise below which a posterior variance is not known: exponentials vanish below 1e-300.
const LEAST: f64 = 1e-280;
const VANISHED: Gap = Gap::Unknown("a posterior variance is too small a number");

/// An error of so many units of the size of the terms.
fn near(value: f64, size: f64) -> Estimate {
    Estimate::new(value, ulps::SAMPLE * f64::EPSILON * size)
}

impl World<'_> {
    /// What the marginal says of the point.
    ///
    /// # Accuracy
    /// [`ulps::SAMPLE`] units of the size of the terms that it is made of.
    pub(super) fn said(&self, what: Pointwise) -> Found<Value> {
        let (drawn, i) = self.drawn()?;
        let (level, seen) = (&drawn.level, &drawn.seen);
        let offset = drawn.row(&drawn.offsets, i);
        Ok(match what {
            Pointwise::X => {
                let far = level.alpha() * norm(drawn.row(&drawn.centres, i)) + norm(offset);
                Value::Vector(drawn.place(i).into_iter().map(|x| near(x, far)).collect())
            }
            Pointwise::Score => {
                let size = (level.alpha() * drawn.spread(i) + norm(offset)) / level.sigma2();
                Value::Vector(drawn.row(&seen.score, i).iter().map(|&s| near(s, size)).collect())
            }
            Pointwise::Denoiser => {
                let centre = drawn.row(&drawn.centres, i);
                let size = norm(centre) + drawn.spread(i);
                let of = |(c, m): (&f64, &f64)| near(c + m, size);
                Value::Vector(centre.iter().zip(drawn.row(&seen.mean_offset, i)).map(of).collect())
            }
            Pointwise::PosteriorCovariance if !drawn.varies(i) => return Err(VANISHED),
            Pointwise::PosteriorCovariance => {
                let law = self.law()?;
                let matrix = law.density(level).posterior_covariance(drawn.anchors[i], offset);
                let size = seen.posterior_trace[i];
                Value::Matrix(drawn.dim, matrix.transpose().iter().map(|&s| near(s, size)).collect())
            }
            Pointwise::LogDensity => {
                let value = seen.ln_density[i];
                Value::Number(near(value, value.abs() + drawn.dim as f64 + norm(offset).powi(2) / level.sigma2()))
            }
            Pointwise::LabelPosteriorEntropy => Value::Number(near(seen.label.entropy[i], seen.label.entropy[i])),
        })
    }

    /// The derivative of a field in the point, by differences along each axis.
    ///
    /// # Accuracy
    /// That of [`infodyn_quadrature::derivative`].
    pub(super) fn jacobian(&self, field: Pointwise) -> Found<Value> {
        let (drawn, i) = self.drawn()?;
        let (level, dim) = (&drawn.level, drawn.dim);
        if field == Pointwise::Denoiser && !drawn.varies(i) {
            return Err(VANISHED);
        }
        let law = self.law()?;
        let density = law.density(level);
        let start = drawn.row(&drawn.offsets, i);
        let size = match field {
            Pointwise::Score => (level.alpha() * drawn.spread(i) + norm(start)) / level.sigma2(),
            _ => drawn.spread(i),
        };
        // Rows: components of the field; columns: axes of the point.
        let mut matrix = vec![Estimate::ZERO; dim * dim];
        for axis in 0..dim {
            for component in 0..dim {
                let along = |h: f64| -> Found<Estimate> {
                    let mut offset = start.to_vec();
                    offset[axis] += h;
                    let mut seen = Observation::default();
                    let detail = Detail::SCORE | Detail::MEAN_OFFSET;
                    density.observe(Points { anchors: &drawn.anchors[i..=i], offsets: &offset }, detail, &mut seen);
                    Ok(match field {
                        Pointwise::Score => near(seen.score[component], size),
                        Pointwise::Denoiser => near(seen.mean_offset[component], size),
                        _ => return Err(Gap::Unknown("a jacobian of nothing")),
                    })
                };
                matrix[component * dim + axis] = infodyn_quadrature::derivative(along, 0.0, 0.5 * level.sigma())?;
            }
        }
        Ok(Value::Matrix(dim, matrix))
    }
}
