//! Expectation and maximisation.

use rayon::prelude::*;

use crate::gaussian::Gaussian;
use crate::held_out::ln_components;
use crate::points::{Use, stream};
use crate::{Points, Result, Shape};

/// What the search comes to.
pub(crate) struct Search {
    pub(crate) components: Vec<Gaussian>,
    pub(crate) steps: usize,
    pub(crate) converged: bool,
}

/// Steps at most, and the gain a point in nats below which there is no further one.
const MOST_STEPS: usize = 200;
const GAIN: f64 = 1e-6;

/// Rounds of Lloyd's algorithm.
const ROUNDS: usize = 20;

/// Shares below this are 0: what they would add to a component of at least one point is rounding.
const NO_SHARE: f64 = 1e-17;

pub(crate) fn expectation_maximisation(
    points: Points<'_>,
    components: usize,
    shape: Shape,
    ridge: f64,
    seed: u64,
) -> Result<Search> {
    let nearest = clusters(points, components, seed);
    let shares: Vec<Vec<f64>> =
        (0..components).map(|k| nearest.iter().map(|&c| f64::from(u8::from(c == k))).collect()).collect();
    let mut now = maximised(points, shares, shape);
    if now.len() == 1 {
        // Its shares are all there are, and it may be singular.
        return Ok(Search { components: now, steps: 1, converged: true });
    }
    let mut last = f64::NEG_INFINITY;
    for steps in 1..=MOST_STEPS {
        infodyn_core::Stop::check();
        let (shares, likelihood) = expected(points, &now, ridge)?;
        if now.len() == 1 || likelihood - last < GAIN {
            return Ok(Search { components: now, steps, converged: true });
        }
        last = likelihood;
        now = maximised(points, shares, shape);
    }
    Ok(Search { components: now, steps: MOST_STEPS, converged: false })
}

/// The components that their shares of the points make most likely; those of less than one point are given up.
fn maximised(points: Points<'_>, mut shares: Vec<Vec<f64>>, shape: Shape) -> Vec<Gaussian> {
    shares.retain(|share| share.iter().sum::<f64>() >= 1.0 - 1e-9);
    let total: f64 = shares.iter().flatten().sum();
    shares.par_iter().map(|share| Gaussian::of(points, share, total, shape)).collect()
}

/// The share of each component in each point, and the mean log-likelihood of a point, nats.
fn expected(points: Points<'_>, components: &[Gaussian], ridge: f64) -> Result<(Vec<Vec<f64>>, f64)> {
    let mut ln = ln_components(components, points, ridge)?;
    let mut likelihood = 0.0;
    for i in 0..points.len() {
        let top = ln.iter().map(|l| l[i]).fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = ln.iter().map(|l| (l[i] - top).exp()).sum();
        likelihood += (top + sum.ln()) / points.len() as f64;
        for l in &mut ln {
            let share = (l[i] - top).exp() / sum;
            l[i] = if share < NO_SHARE { 0.0 } else { share };
        }
    }
    Ok((ln, likelihood))
}

/// For each point the centre that it is nearest to.
fn clusters(points: Points<'_>, count: usize, seed: u64) -> Vec<usize> {
    let (n, dim) = (points.len(), points.dim());
    let distance2 =
        |i: usize, centre: &[f64]| -> f64 { points.row(i).iter().zip(centre).map(|(x, c)| (x - c) * (x - c)).sum() };
    let mut uniform = vec![0.0; count];
    stream(seed, Use::Start, 0).fill_unit(&mut uniform);
    let mut centres = points.row(((uniform[0] * n as f64) as usize).min(n - 1)).to_vec();
    let mut least: Vec<f64> = (0..n).into_par_iter().map(|i| distance2(i, &centres)).collect();
    for u in &uniform[1..] {
        let mut left = u * least.iter().sum::<f64>();
        // The last point at some distance stands for what rounding leaves over.
        let far = least.iter().rposition(|&d| d > 0.0).unwrap_or(0);
        let passed = least.iter().position(|&d| {
            left -= d;
            left < 0.0
        });
        let chosen = points.row(passed.unwrap_or(far)).to_vec();
        least.par_iter_mut().enumerate().for_each(|(i, d)| *d = d.min(distance2(i, &chosen)));
        centres.extend(chosen);
    }
    let assign = |centres: &[f64]| -> Vec<usize> {
        let nearest = |i: usize| {
            let best = |best: (f64, usize), (k, centre): (usize, &[f64])| {
                let d = distance2(i, centre);
                if d < best.0 { (d, k) } else { best }
            };
            centres.chunks_exact(dim).enumerate().fold((f64::INFINITY, 0), best).1
        };
        (0..n).into_par_iter().map(nearest).collect()
    };
    let mut nearest = assign(&centres);
    for _ in 0..ROUNDS {
        let mut sums = vec![0.0; count * dim];
        let mut sizes = vec![0_usize; count];
        for (i, &k) in nearest.iter().enumerate() {
            sizes[k] += 1;
            sums[k * dim..(k + 1) * dim].iter_mut().zip(points.row(i)).for_each(|(s, x)| *s += x);
        }
        for k in (0..count).filter(|&k| sizes[k] > 0) {
            let centre = &mut centres[k * dim..(k + 1) * dim];
            centre.iter_mut().zip(&sums[k * dim..]).for_each(|(c, s)| *c = s / sizes[k] as f64);
        }
        let again = assign(&centres);
        if again == nearest {
            break;
        }
        nearest = again;
    }
    nearest
}
