//! Paths of a case, and what is expected of it given a later point.

use infodyn_core::{Density, Detail, Estimate, Mixture, NoiseLevel, Observation, Points, ulps};
use infodyn_monte_carlo::{
    Means, PathBatch, Paths, Philox, Refined, Reverse, Settings, mean_of_refined_trials, mean_of_trials,
};

use super::{Case, Seen};
use crate::{Context, Result};

impl Case {
    /// Monte Carlo along exact forward paths: `f` sees `asked` of one path at each level, in the model's words, and
    /// the levels in the clock in which rates are read. `levels` makes them, of increasing noise, from a number drawn
    /// between 0 and 1 for every batch: a time drawn at random makes an integral over time a mean.
    ///
    /// # Errors
    /// As [`mean_of_trials`], and when a level cannot be made.
    pub(crate) fn sample_paths(
        &self,
        context: &Context,
        (cost, asked): (u64, Detail),
        columns: usize,
        levels: impl Fn(f64) -> Result<Vec<NoiseLevel>> + Sync,
        f: impl Fn(&[Seen<'_>], &[NoiseLevel], &mut [f64]) + Sync,
    ) -> Result<Means> {
        let settings = self.settings(context, cost * self.cost());
        mean_of_trials(&settings, columns, &[], |_, rng, out| {
            let levels = levels(unit(rng))?;
            let mut paths = PathBatch::default();
            Paths::new(self.law(), &levels)?.draw(out.len() / columns, rng, &mut paths);
            let densities: Vec<_> = levels.iter().map(|level| self.channel.modelled(level)).collect();
            let densities: Vec<&dyn Density> = densities.iter().map(|d| &**d).collect();
            let track = Track::new(&self.law, &densities, paths.anchors, paths.offsets, asked);
            let read: Vec<NoiseLevel> = levels.iter().map(|level| self.channel.clock(level)).collect();
            for (i, values) in out.chunks_exact_mut(columns).enumerate() {
                f(&track.path(i), &read, values);
            }
            Ok(())
        })
    }

    /// Quadrature: `E[F(X_s) given X_t = x]` at the case's time `s`, under the truth, for a later `t`.
    ///
    /// # Formula
    /// `E_s[F N(x; r X_s, v)]/E_s[N(x; r X_s, v)]` with `r = alpha_t/alpha_s`, `v = sigma_t^2 - r^2 sigma_s^2`.
    ///
    /// # Errors
    /// As [`Case::mean`].
    pub(crate) fn given(
        &self,
        later: &NoiseLevel,
        x: &[f64],
        outputs: usize,
        f: impl Fn(&Seen<'_>, &mut [f64]) + Sync,
    ) -> Result<Vec<Estimate>> {
        let level = self.channel()?.level();
        let ratio = later.alpha() / level.alpha();
        let v = later.sigma2() - ratio * ratio * level.sigma2();
        let mut parts = self.mean(Detail::all(), outputs + 1, |seen, out| {
            let gap2: f64 = x.iter().enumerate().map(|(i, x)| (x - ratio * seen.x(i)).powi(2)).sum();
            let kernel = (-0.5 * gap2 / v).exp();
            f(seen, &mut out[..outputs]);
            out[..outputs].iter_mut().for_each(|o| *o *= kernel);
            out[outputs] = kernel;
        })?;
        let whole = parts.split_off(outputs)[0];
        Ok(parts.into_iter().map(|part| part / whole).collect())
    }
}

impl Seen<'_> {
    /// The label of the anchor, the true one.
    pub(crate) fn label(&self) -> usize {
        self.law.labels()[self.anchor]
    }

    /// The log-odds of the true label.
    pub(crate) fn log_odds(&self) -> f64 {
        let surprisal = self.label_surprisal();
        -surprisal - (-(-surprisal).exp_m1()).ln()
    }

    /// `pi_0`, of two labels.
    pub(crate) fn first_of_two(&self) -> f64 {
        let surprisal = self.label_surprisal();
        if self.label() == 0 { (-surprisal).exp() } else { -(-surprisal).exp_m1() }
    }

    /// Coordinate 0 of the point.
    pub(crate) fn place(&self) -> f64 {
        self.x(0)
    }
}

/// Paths, and what a law says of them at every level.
struct Track<'a> {
    law: &'a Mixture,
    alphas: Vec<f64>,
    anchors: Vec<usize>,
    offsets: Vec<Vec<f64>>,
    seen: Vec<Observation>,
}

impl<'a> Track<'a> {
    fn new(
        law: &'a Mixture,
        densities: &[&dyn Density],
        anchors: Vec<usize>,
        offsets: Vec<Vec<f64>>,
        asked: Detail,
    ) -> Self {
        let look = |(density, offsets): (&&dyn Density, &Vec<f64>)| {
            let mut seen = Observation::default();
            density.observe(Points { anchors: &anchors, offsets }, asked, &mut seen);
            seen
        };
        let seen = densities.iter().zip(&offsets).map(look).collect();
        Self { law, alphas: densities.iter().map(|d| d.alpha()).collect(), anchors, offsets, seen }
    }

    /// One path, level by level.
    fn path(&self, i: usize) -> Vec<Seen<'_>> {
        let dim = self.law.dim();
        let at = |r: usize| Seen {
            observation: &self.seen[r],
            index: i,
            anchor: self.anchors[i],
            offset: &self.offsets[r][i * dim..(i + 1) * dim],
            law: self.law,
            alpha: self.alphas[r],
        };
        (0..self.seen.len()).map(at).collect()
    }
}

/// A case, and beside it a law of one component that looks at the same paths.
pub(crate) struct Beside<'a> {
    pub(crate) case: &'a Case,
    pub(crate) other: &'a Case,
    /// What is asked of either.
    pub(crate) asked: [Detail; 2],
}

impl Beside<'_> {
    /// Monte Carlo along exact forward paths of the case at levels of increasing noise: `f` sees one path in the words
    /// of both.
    ///
    /// # Errors
    /// As [`mean_of_trials`].
    pub(crate) fn sample_paths(
        &self,
        settings: &Settings,
        levels: &[NoiseLevel],
        columns: usize,
        f: impl Fn([&[Seen<'_>]; 2], &mut [f64]) + Sync,
    ) -> Result<Means> {
        let [own, other] = [self.case, self.other].map(|case| {
            let densities = levels.iter().map(|level| case.channel.modelled(level));
            densities.collect::<Vec<_>>()
        });
        let [own, other] = [&own, &other].map(|all| all.iter().map(|d| &**d).collect::<Vec<&dyn Density>>());
        let (law, sampler) = (self.case.law(), Paths::new(self.case.law(), levels)?);
        mean_of_trials(settings, columns, &[], |_, rng, out| {
            let mut paths = PathBatch::default();
            sampler.draw(out.len() / columns, rng, &mut paths);
            let from_one: Vec<Vec<f64>> =
                levels.iter().zip(&paths.offsets).map(|(level, x)| self.moved(level, &paths.anchors, x)).collect();
            let other = Track::new(self.other.law(), &other, vec![0; paths.anchors.len()], from_one, self.asked[1]);
            let own = Track::new(law, &own, paths.anchors, paths.offsets, self.asked[0]);
            for (i, values) in out.chunks_exact_mut(columns).enumerate() {
                f([&own.path(i), &other.path(i)], values);
            }
            Ok(())
        })
    }

    /// Offsets from components of the case, as offsets from the one of the other law.
    fn moved(&self, level: &NoiseLevel, anchors: &[usize], offsets: &[f64]) -> Vec<f64> {
        let centre = self.other.law.mean(0);
        let rows = anchors.iter().zip(offsets.chunks_exact(centre.len()));
        let row = |(&k, x): (&usize, &[f64])| {
            let places = x.iter().zip(self.case.law.mean(k)).zip(centre);
            places.map(|((x, own), other)| x + level.alpha() * (own - other)).collect::<Vec<f64>>()
        };
        rows.flat_map(row).collect()
    }
}

/// The mean of what `f` makes of runs of a sampler (one number a trial), as [`refined_columns`].
///
/// # Errors
/// As [`mean_of_refined_trials`].
pub(crate) fn refined<'a>(
    settings: &Settings,
    sampler: impl Fn(usize) -> infodyn_monte_carlo::Result<Reverse<'a>>,
    (steps, order): (usize, i32),
    f: impl Fn(&Reverse<'a>, &mut Philox, &mut [f64]) -> Result<()> + Sync,
) -> Result<Estimate> {
    Ok(refined_columns(settings, 1, sampler, (steps, order), f)?.linear(&[(0, 1.0)]))
}

/// What `f` makes of runs of a sampler (`columns` numbers a trial) with `steps` and twice the steps, which share their
/// starts and their noise, for a scheme of weak order `order`.
///
/// # Errors
/// As [`mean_of_refined_trials`].
pub(crate) fn refined_columns<'a>(
    settings: &Settings,
    columns: usize,
    sampler: impl Fn(usize) -> infodyn_monte_carlo::Result<Reverse<'a>>,
    (steps, order): (usize, i32),
    f: impl Fn(&Reverse<'a>, &mut Philox, &mut [f64]) -> Result<()> + Sync,
) -> Result<Refined> {
    let samplers = [sampler(steps)?.in_parts(2), sampler(2 * steps)?];
    mean_of_refined_trials(settings, columns, order, &[], |finer, rng, out| f(&samplers[finer], rng, out))
}

/// A number between 0 and 1 from the stream.
pub(crate) fn unit(rng: &mut Philox) -> f64 {
    (rng.next_u64() >> 11) as f64 * 2.0_f64.powi(-53)
}

/// Nodes and weights of the Gauss-Legendre rule on `[0, 1]`, by Newton's method on the Legendre polynomial.
pub(crate) fn gauss_legendre(n: usize) -> Vec<(f64, f64)> {
    let node = |i: usize| {
        let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (n as f64 + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..100 {
            let (mut p, mut q) = (1.0, 0.0);
            for k in 1..=n {
                let k = k as f64;
                (p, q) = (((2.0 * k - 1.0) * x * p - (k - 1.0) * q) / k, p);
            }
            slope = n as f64 * (x * p - q) / (x * x - 1.0);
            let step = p / slope;
            x -= step;
            if step.abs() < 1e-16 {
                break;
            }
        }
        (0.5 * (1.0 - x), 1.0 / ((1.0 - x * x) * slope * slope))
    };
    (0..n).map(node).collect()
}

/// `integral of f` over `[a, b]` by Gauss-Legendre rules of 12 and 16 nodes; the radius is their difference, what `f`
/// itself may be off by, and rounding. For what is smooth all the way, and dear near its ends: elsewhere
/// `claims::integral`.
pub(crate) fn fixed_integral(f: impl Fn(f64) -> Result<Estimate>, a: f64, b: f64) -> Result<Estimate> {
    let rule = |n: usize| -> Result<Estimate> {
        let (mut sum, mut radius) = (0.0, 0.0);
        for (x, w) in gauss_legendre(n) {
            let value = f(a + (b - a) * x)?;
            sum += w * value.value();
            radius += w * (value.radius() + ulps::GAUSS * f64::EPSILON * value.value().abs());
        }
        Ok(Estimate::new(sum * (b - a), radius * (b - a).abs()))
    };
    let (coarse, fine) = (rule(12)?, rule(16)?);
    Ok(Estimate::new(fine.value(), fine.radius() + coarse.radius() + (fine.value() - coarse.value()).abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_and_exponentials_are_integrated() {
        for n in [5, 12, 16] {
            let moment: f64 = gauss_legendre(n).iter().map(|(x, w)| w * x.powi(9)).sum();
            assert!((moment - 0.1).abs() < 1e-15, "{n}: {moment}");
        }
        let e = fixed_integral(|x| Ok(Estimate::near(x.exp())), -1.0, 2.0).unwrap();
        assert!(e.contains(2.0_f64.exp() - (-1.0_f64).exp()) && e.radius() < 1e-13, "{e}");
    }
}
