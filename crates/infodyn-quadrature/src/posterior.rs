//! Variances that belong to the posterior of `X_0` itself, for a law with a density in one
//! dimension: integrals over `X_0` and `X_t` together.

use std::f64::consts::PI;

use infodyn_core::stable::Sum;
use infodyn_core::{Channel, Density, Detail, Estimate, Moment, NoiseLevel, Observation, Points, Support, ulps};

use crate::batch::{Scratch, in_order};
use crate::{Error, Result};

/// Standard deviations integrated over: the weight beyond is below 1e-18.
const REACH: f64 = 9.0;
/// First step, in standard deviations.
const COARSE: f64 = 0.5;
/// Halvings tried.
const LEVELS: u32 = 6;
/// Most nodes.
const BUDGET: f64 = 6e6;
/// A component whose posterior weight is below this adds nothing.
const NEGLIGIBLE: f64 = 1e-19;
/// Size of the changes that count as settled, relative to the size of the terms.
const SETTLED: f64 = 8.0 * f64::EPSILON;

/// [`Moment::DataEntropyVariance`] or [`Moment::DataSurprisalVariance`]; `None` off the line, for a law that is no
/// mixture with a density, for a wrong model, and where the widths of the components are too disparate.
///
/// # Formula
/// `-log p(x_0 given x) = -log p_0(x_0) - log N(x; alpha x_0, sigma^2) + log p_t(x)`.
pub(crate) fn variance(channel: &Channel, moment: Moment) -> Result<Option<Estimate>> {
    let law = channel.law();
    if law.dim() > 1 || law.mixture().is_none() || law.support() != Support::Density || !channel.is_true() {
        return Ok(None);
    }
    let (data, marginal) = (channel.observed(&NoiseLevel::DATA), channel.observed(&channel.level()));
    let joint = Joint::new(&*data, &*marginal, &channel.level());
    let surprisal = moment == Moment::DataSurprisalVariance;
    let rows =
        |m: f64, level: u32| if surprisal { joint.surprisal_rows(m, level) } else { joint.entropy_rows(m, level) };
    // A row is a sum over the other direction too, or an integral over it.
    let cell = |level: u32| if surprisal { 2.0 * step(level).powi(2) } else { step(level) };
    let result = rows(0.0, 0)
        .and_then(|first| joint.mean(&first, cell(0)))
        .and_then(|centre| joint.settle(|level| rows(centre, level), cell));
    match result {
        Err(Error::Nodes { .. }) => Ok(None),
        other => other.map(Some),
    }
}

struct Joint<'a> {
    data: &'a dyn Density,
    marginal: &'a dyn Density,
    alpha: f64,
    sigma: f64,
    /// `(1/2) log(2 pi sigma^2)`.
    ln_norm: f64,
    /// Standard deviations of the components of `X_0` and of `X_t`.
    sd: Vec<(f64, f64)>,
    /// Centres of the components of `X_0`.
    centres: Vec<f64>,
}

/// Sums over part of the nodes of one component: the mass, the deviation, its square, the size of
/// the square's terms is itself, and the rounding of the square.
#[derive(Clone, Copy, Default)]
struct Row {
    component: usize,
    mass: f64,
    deviation: f64,
    square: f64,
    rounding: f64,
}

impl<'a> Joint<'a> {
    fn new(data: &'a dyn Density, marginal: &'a dyn Density, level: &NoiseLevel) -> Self {
        let count = data.weights().len();
        let mut centre = [0.0];
        let centres = (0..count).map(|k| {
            data.centre(k, &mut centre);
            centre[0]
        });
        Self {
            data,
            marginal,
            alpha: level.alpha(),
            sigma: level.sigma(),
            ln_norm: 0.5 * (2.0 * PI * level.sigma2()).ln(),
            centres: centres.collect(),
            sd: (0..count).map(|k| (data.variance(k, 0).sqrt(), marginal.variance(k, 0).sqrt())).collect(),
        }
    }

    /// Component and place of every row that level `level` adds: places are multiples of the step,
    /// at level 0 all of them, then the odd ones.
    fn places(&self, level: u32) -> Vec<(usize, i64)> {
        let half = (REACH / step(level)) as i64;
        let fresh = move |i: &i64| level == 0 || i % 2 != 0;
        (0..self.sd.len()).flat_map(|k| (-half..=half).filter(fresh).map(move |i| (k, i))).collect()
    }

    /// The mean of the first level, from rows whose deviations are from 0.
    fn mean(&self, rows: &[Row], cell: f64) -> Result<f64> {
        let mean: Sum = rows.iter().map(|r| self.data.weights()[r.component] * r.deviation * cell).collect();
        finite(mean.value())
    }

    /// Halves the step until what is left of the error is below the rounding.
    fn settle(&self, rows: impl Fn(u32) -> Result<Vec<Row>>, cell: impl Fn(u32) -> f64) -> Result<Estimate> {
        let weights = self.data.weights();
        let mut sums = [Sum::default(); 3];
        let mut rounding = 0.0;
        let mut last: Option<[f64; 3]> = None;
        let mut earlier = [f64::INFINITY; 3];
        for level in 0..=LEVELS {
            for r in rows(level)? {
                let w = weights[r.component];
                sums.iter_mut().zip([r.mass, r.deviation, r.square]).for_each(|(s, v)| s.add(w * v));
                rounding += w * r.rounding;
            }
            let now = sums.map(|s| s.value() * cell(level));
            if let Some(last) = last {
                let size = [1.0, now[2].max(0.0).sqrt(), now[2]];
                let change: [f64; 3] = std::array::from_fn(|i| (now[i] - last[i]).abs());
                let left: [f64; 3] = std::array::from_fn(|i| what_is_left(change[i], earlier[i], size[i]));
                let rounded = rounding * cell(level) + SETTLED * now[2];
                let defect = (now[0] - 1.0).abs();
                if defect <= 1e-10 && left[2] <= rounded && left[1] * size[1] <= rounded {
                    let value = now[2] - now[1] * now[1];
                    let radius = left[2] + 2.0 * now[1].abs() * left[1] + rounded + defect * now[2];
                    return Ok(Estimate::new(finite(value)?, finite(radius)? + f64::MIN_POSITIVE));
                }
                earlier = change;
            }
            last = Some(now);
        }
        Err(Error::Nodes { component: 0, nodes: BUDGET, budget: BUDGET })
    }

    /// Rows over the noise `z`, one for every node of `X_0`; rows at old places add only their odd
    /// nodes. The step in `z` is twice that in `X_0`: the zeros of `p_t` nearest to the real line are,
    /// in units of the noise, at least twice as far as those of `p_0` in units of its components.
    fn surprisal_rows(&self, centre: f64, level: u32) -> Result<Vec<Row>> {
        let h = step(level);
        let half = (REACH / h) as i64;
        let places: Vec<(usize, i64)> = (0..self.sd.len()).flat_map(|k| (-half..=half).map(move |i| (k, i))).collect();
        if places.len() as f64 * 2.0 * half as f64 > BUDGET {
            return Err(Error::Nodes { component: 0, nodes: places.len() as f64 * 2.0 * half as f64, budget: BUDGET });
        }
        in_order(&places, |&(k, i), scratch| {
            let mut here = Observation::default();
            let x0 = i as f64 * h * self.sd[k].0;
            self.data.observe(Points { anchors: &[k], offsets: &[x0] }, Detail::empty(), &mut here);
            let outer = here.ln_anchor[0].exp() * self.sd[k].0;
            let zs = (-half..=half).filter(|j| level == 0 || i % 2 != 0 || j % 2 != 0).map(|j| j as f64 * 2.0 * h);
            let zs: Vec<f64> = zs.filter(|z| z * z + (i as f64 * h).powi(2) <= REACH * REACH).collect();
            let there = observe(self.marginal, k, zs.iter().map(|z| self.alpha * x0 + self.sigma * z), scratch);
            let mut sums = [Sum::default(); 4];
            for (z, ln_p) in zs.iter().zip(&there) {
                let ln_noise = -0.5 * z * z - self.ln_norm;
                let weight = outer * (-0.5 * z * z).exp() / (2.0 * PI).sqrt();
                let d = -here.ln_density[0] - ln_noise + ln_p - centre;
                let size = here.ln_density[0].abs() + ln_noise.abs() + ln_p.abs() + centre.abs() + 1.0;
                add(&mut sums, weight, d, size);
            }
            Ok(row(k, sums))
        })
    }

    /// One row for every new node of `X_t`: the entropy of the posterior there.
    fn entropy_rows(&self, centre: f64, level: u32) -> Result<Vec<Row>> {
        let h = step(level);
        in_order(&self.places(level), |&(k, i), scratch| {
            let offset = i as f64 * h * self.sd[k].1;
            let mut here = Observation::default();
            self.marginal.observe(Points { anchors: &[k], offsets: &[offset] }, Detail::empty(), &mut here);
            let weight = here.ln_anchor[0].exp() * self.sd[k].1;
            let entropy = self.entropy(k, offset, here.ln_density[0], scratch)?;
            let d = entropy.value() - centre;
            let rounding = 2.0 * d.abs() * (entropy.radius() + ulps::DIFFERENCE * f64::EPSILON * centre.abs())
                + entropy.radius().powi(2);
            Ok(Row {
                component: k,
                mass: weight,
                deviation: weight * d,
                square: weight * d * d,
                rounding: weight * rounding,
            })
        })
    }

    /// Entropy of `p(X_0 given X_t)` at the centre of component `k` plus `offset`, by the
    /// trapezoidal rule in each component of the posterior.
    fn entropy(&self, k: usize, offset: f64, ln_p: f64, scratch: &mut Scratch) -> Result<Estimate> {
        let (mut sums, mut last, mut earlier) = ([Sum::default(); 4], f64::INFINITY, f64::INFINITY);
        let parts: Vec<_> = (0..self.sd.len()).filter_map(|j| self.part(j, k, offset, ln_p)).collect();
        for level in 0..=LEVELS {
            let h = step(level);
            let half = (REACH / h) as i64;
            for p in &parts {
                let vs: Vec<f64> = (-half..=half).filter(|i| level == 0 || i % 2 != 0).map(|i| i as f64 * h).collect();
                let inner = observe_both(self.data, p.component, vs.iter().map(|v| p.mean + p.sd * v), scratch);
                for (v, (ln_0, ln_j)) in vs.iter().zip(inner) {
                    // (x - alpha x_0)/sigma, from the offset of x and of x_0 from component j.
                    let z = p.residual - self.alpha * p.sd / self.sigma * v;
                    let ln_noise = -0.5 * z * z - self.ln_norm;
                    let weight = self.data.weights()[p.component] * p.sd * (ln_j + ln_noise - ln_p).exp();
                    let size = ln_0.abs() + ln_noise.abs() + ln_p.abs() + 1.0;
                    let y = -ln_0 - ln_noise + ln_p;
                    sums[0].add(weight);
                    sums[1].add(weight * y);
                    sums[2].add(weight * size);
                }
            }
            let [mass, value, size] = [0, 1, 2].map(|i| sums[i].value() * h);
            let change = (value - last).abs();
            let left = what_is_left(change, earlier, size);
            if left <= SETTLED * size {
                // Only the defect of the mass tells how much rounding the exponentials suffered.
                let defect = (mass - 1.0).abs();
                if defect > 1e-9 {
                    break;
                }
                // A weight and a term of three logarithms, up to the quotient.
                let rounding = ulps::operations(7) * f64::EPSILON * size;
                return Ok(Estimate::new(value / mass, left + rounding + defect * size * 0.5));
            }
            (last, earlier) = (value, change);
        }
        Err(Error::Nodes { component: k, nodes: BUDGET, budget: BUDGET })
    }

    /// What component `j` of the posterior at that point looks like; `None` when it is negligible.
    fn part(&self, j: usize, k: usize, offset: f64, ln_p: f64) -> Option<Part> {
        let (l, v) = (self.data.variance(j, 0), self.marginal.variance(j, 0));
        let from_j = offset + self.alpha * (self.centres[k] - self.centres[j]);
        let ln_j = -0.5 * from_j * from_j / v - 0.5 * (2.0 * PI * v).ln();
        let weight = self.data.weights()[j] * (ln_j - ln_p).exp();
        (weight >= NEGLIGIBLE).then(|| Part {
            component: j,
            mean: self.alpha * l / v * from_j,
            sd: (l * self.sigma * self.sigma / v).sqrt(),
            residual: from_j * self.sigma / v,
        })
    }
}

/// One component of the posterior at a point: where its nodes go.
struct Part {
    component: usize,
    /// Mean, from the component's centre in `X_0`.
    mean: f64,
    sd: f64,
    /// `(x - alpha (centre + mean))/sigma`.
    residual: f64,
}

/// Error of the last of three resolutions, from the two differences between them.
///
/// The error of the trapezoidal rule squares with every halving; here it only has to go on falling
/// by the same factor. A last difference that is small by accident counts as the square of the
/// earlier one.
fn what_is_left(last: f64, earlier: f64, size: f64) -> f64 {
    if earlier.is_infinite() {
        return f64::INFINITY;
    }
    let last = last.max(earlier * (earlier / size.max(f64::MIN_POSITIVE)).min(1.0));
    if last < earlier { last * (last / earlier) } else { last }
}

fn step(level: u32) -> f64 {
    COARSE / f64::from(1_u32 << level)
}

fn finite(value: f64) -> Result<f64> {
    if value.is_finite() { Ok(value) } else { Err(Error::NotFinite { output: 0, value, component: 0, offset: vec![] }) }
}

fn add(sums: &mut [Sum; 4], weight: f64, d: f64, size: f64) {
    sums[0].add(weight);
    sums[1].add(weight * d);
    sums[2].add(weight * d * d);
    sums[3].add(weight * f64::EPSILON * size * (2.0 * d.abs() + f64::EPSILON * size));
}

fn row(component: usize, sums: [Sum; 4]) -> Row {
    let [mass, deviation, square, rounding] = sums.map(Sum::value);
    Row { component, mass, deviation, square, rounding }
}

fn place(k: usize, offsets: impl Iterator<Item = f64>, scratch: &mut Scratch) {
    scratch.offsets.clear();
    scratch.offsets.extend(offsets);
    scratch.anchors.clear();
    scratch.anchors.resize(scratch.offsets.len(), k);
}

/// `log p` at offsets from component `k`.
fn observe(density: &dyn Density, k: usize, offsets: impl Iterator<Item = f64>, scratch: &mut Scratch) -> Vec<f64> {
    observe_both(density, k, offsets, scratch).into_iter().map(|v| v.0).collect()
}

/// `log p` and `log p_k` at offsets from component `k`.
fn observe_both(
    density: &dyn Density,
    k: usize,
    offsets: impl Iterator<Item = f64>,
    scratch: &mut Scratch,
) -> Vec<(f64, f64)> {
    place(k, offsets, scratch);
    let points = Points { anchors: &scratch.anchors, offsets: &scratch.offsets };
    density.observe(points, Detail::empty(), &mut scratch.observation);
    let o = &scratch.observation;
    o.ln_density.iter().copied().zip(o.ln_anchor.iter().copied()).collect()
}
