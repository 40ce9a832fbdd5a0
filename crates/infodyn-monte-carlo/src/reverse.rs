//! Samplers of the reverse process, and the probability flow.
//!
//! In `y = x/alpha` and `sigma/alpha` every process is the same, and only the posterior mean is asked of the density.

use std::sync::OnceLock;

use differential_equations::prelude::{ExplicitRungeKutta, IVP, ODE};
use infodyn_core::{Channel, Density, Detail, NoiseLevel, Observation, Points};
use infodyn_kernels::{Kernel, Philox, run};
use nalgebra::DMatrix;

use crate::engine::means;
use crate::guidance::guide;
use crate::paths::increasing;
use crate::{Draws, Error, Guidance, NoiseLaw, PathBatch, Result, Sampler};

/// How a reverse path goes from one noise level to the next.
///
/// `y = x/alpha`, `r = sigma/alpha`, `v = r^2`; `m` is the posterior mean, the only thing that a step asks of
/// the density besides the score. In these coordinates every process is the same.
///
/// # Accuracy
/// Orders as measured with the exact score of three components of unequal weight and width, from `snr = 0.02` to 100
/// in steps equal in `log gamma` (the tests of this module measure them again): from the mean distance between end
/// points with 64 and 128, 128 and 256, 256 and 512 steps that share their noise (strong), and from the difference of
/// the means of a smooth function (weak).
///
/// | scheme | distances | strong order | weak order |
/// |---|---|---|---|
/// | `EulerMaruyama` | 1.4e-2, 6.8e-3, 3.3e-3 | 1.06, 1.02 | 0.93, 1.18 |
/// | `Exponential`, noise 1 | 2.4e-2, 1.3e-2, 6.0e-3 | 0.90, 1.09 | 0.83, 1.17 |
/// | `FlowHeun` | 3.2e-4, 8.0e-5, 2.0e-5 | 2.01, 2.01 | 2.02, 2.01 |
/// | `FlowMultistep` | 1.5e-4, 3.9e-5, 9.7e-6 | 1.99, 2.00 | 2.01, 2.00 |
///
/// Under [`Guidance`] of strength 3 the orders are the same (measured too).
///
/// `FlowAdaptive` is of order 8 and chooses its steps: the end points there are off by 1e-7, 1.5e-8, 1.7e-10 and
/// 6e-12 at tolerances of 1e-6, 1e-8, 1e-10 and 1e-12.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scheme {
    /// `x + h (g^2 s - f x) + g sqrt(h) Z` in the time of the process, `h` the step.
    EulerMaruyama,
    /// The linear part of the equation solved exactly, the posterior mean frozen over the step, with the
    /// share `noise` of the reverse process's noise amplitude: 1 is the reverse diffusion itself, 0 the flow,
    /// and every share has the same marginals.
    ///
    /// # Formula
    /// With `rho = v_next/v` and `n = noise^2`:
    /// `y_next = m + rho^((1+n)/2) (y - m) + sqrt(v_next (1 - rho^n)) Z`: the reverse family
    /// `dX = (-f X + (1+n)/2 g^2 s) dtau + noise g dW`. At `noise = 1` this is Euler-Maruyama for the
    /// innovation process `q = gamma y`, `dq = m dgamma + dB`.
    Exponential {
        /// Share of the noise amplitude, `>= 0`.
        noise: f64,
    },
    /// The flow `dy/dr = (y - m)/r` by Heun's method (Karras et al. 2022, algorithm 1).
    FlowHeun,
    /// The flow by the exponential step of the line through what the posterior mean is and what it was a step ago:
    /// DPM-Solver++(2M) (Lu et al. 2211.01095, algorithm 2).
    ///
    /// # Formula
    /// With `h = -log rho` and `rho = r_next/r`: `y_next = M + rho (y - M)`, `M = m + (h/(2 h_before)) (m - m_before)`;
    /// the first step has `M = m`.
    FlowMultistep,
    /// The flow by [`Flow`], to this tolerance.
    FlowAdaptive {
        /// Relative error of a step, and absolute in units of `sigma`.
        tolerance: f64,
    },
}

impl Scheme {
    /// The weak order: the power of the step with which the error of a mean falls.
    #[must_use]
    pub fn order(self) -> i32 {
        match self {
            Self::EulerMaruyama | Self::Exponential { .. } => 1,
            Self::FlowHeun | Self::FlowMultistep => 2,
            Self::FlowAdaptive { .. } => 8,
        }
    }

    /// What a step asks of the density.
    fn asks(self) -> Detail {
        if self == Self::EulerMaruyama { Detail::SCORE } else { Detail::MEAN_OFFSET }
    }
}

/// Draws paths in reverse, from the exact law at the noisiest level toward the data.
pub struct Reverse<'a> {
    sampler: Sampler<'a>,
    /// Means of the components of the law, `K x D`.
    means: Vec<f64>,
    scheme: Scheme,
    /// Every level that a step ends at, in the order of increasing noise.
    levels: Vec<NoiseLevel>,
    densities: Vec<Box<dyn Density + 'a>>,
    /// Steps between two levels that are kept.
    steps: usize,
    /// How many parts the noise of a step is drawn in.
    parts: usize,
    flow: Flow<'a>,
    guidance: Option<Guidance>,
}

impl<'a> Reverse<'a> {
    /// Paths of a channel's law under its process, by the score of its model, kept at `levels` (of increasing noise),
    /// with `steps` steps from each to the next, equal in `log gamma`.
    ///
    /// # Errors
    /// When noise does not increase along the levels.
    pub fn new(channel: &'a Channel, levels: &[NoiseLevel], steps: usize, scheme: Scheme) -> Result<Self> {
        increasing(levels)?;
        let (law, process) = (&**channel.law(), channel.process());
        let steps = steps.max(1);
        let mut fine = Vec::with_capacity(levels.len() * steps);
        for two in levels.windows(2) {
            fine.push(two[0]);
            let (a, b) = (two[0].log_snr(), two[1].log_snr());
            for i in 1..steps {
                let snr = (a + (b - a) * i as f64 / steps as f64).exp();
                fine.push(process.at(process.time_at_snr(snr)?.clamp(two[0].t(), two[1].t()))?);
            }
        }
        fine.extend(levels.last());
        let made = fine.iter().map(|level| channel.modelled(level)).collect();
        let tolerance = if let Scheme::FlowAdaptive { tolerance } = scheme { tolerance } else { FLOW_TOLERANCE };
        let flow = Flow { channel, tolerance };
        let sampler = Sampler::new(law, NoiseLaw::Gaussian);
        let guidance = None;
        Ok(Self { sampler, means: means(law)?, scheme, levels: fine, densities: made, steps, parts: 1, flow, guidance })
    }

    /// The same sampler under guidance toward a label. A step, or a leg of `FlowAdaptive` between two levels that are
    /// kept, has the strength of its noisier end: a window opens and closes at ends of steps.
    ///
    /// # Errors
    /// When the law does not have the label, the strength is not finite, or the window is empty.
    pub fn guided(self, guidance: Guidance) -> Result<Self> {
        let labels = self.densities.first().map_or(0, |density| density.label_weights().len());
        Ok(Self { guidance: Some(guidance.checked(labels)?), ..self })
    }

    /// Label and strength of the step down from level `i`, where there is guidance.
    fn toward(&self, i: usize) -> Option<(usize, f64)> {
        self.guidance.map(|guidance| (guidance.label, guidance.at(self.levels[i].snr())))
    }

    /// Asks the density at level `at` in the step down from level `step`, and adds the guidance.
    fn look(&self, step: usize, at: usize, points: Points<'_>, seen: &mut Observation) {
        self.densities[at].observe(points, self.scheme.asks(), seen);
        if let Some(toward) = self.toward(step) {
            guide(&*self.densities[at], toward, points, seen);
        }
    }

    /// The same sampler, the noise of each step put together from that of `parts` shorter ones, equal in `log gamma`:
    /// given copies of one stream, it shares its Brownian path (in the clock `gamma`) with the sampler of that many
    /// times the steps.
    #[must_use]
    pub fn in_parts(self, parts: usize) -> Self {
        Self { parts: parts.max(1), ..self }
    }

    /// The noise of the step down from level `i`: standard normals. `apart` blocks lie between what one draw for these
    /// paths reads and what the next does.
    fn fill(&self, i: usize, rng: &mut Philox, apart: u64, noise: &mut [f64]) {
        let mut draw = |out: &mut [f64]| {
            rng.fill_normal(out);
            rng.skip(apart);
        };
        if self.parts == 1 {
            draw(noise);
            return;
        }
        // Increments of gamma over the parts are as 1 : r : r^2 : .., and the squares of their shares sum to 1.
        let whole = self.levels[i - 1].log_snr() - self.levels[i].log_snr();
        let part = whole / self.parts as f64;
        let mut one = vec![0.0; noise.len()];
        noise.fill(0.0);
        for j in 0..self.parts {
            let share = ((j as f64 * part).exp() * part.exp_m1() / whole.exp_m1()).sqrt();
            draw(&mut one);
            noise.iter_mut().zip(&one).for_each(|(z, w)| *z += share * w);
        }
    }

    /// The densities at the levels that are kept.
    pub fn densities(&self) -> impl Iterator<Item = &dyn Density> {
        self.densities.iter().step_by(self.steps).map(|d| &**d as &dyn Density)
    }

    /// Draws `n` paths into `out`. The anchors are those of the starting points: what they are written
    /// from, not what they become.
    ///
    /// # Errors
    /// When the flow cannot be followed.
    pub fn draw(&self, n: usize, rng: &mut Philox, out: &mut PathBatch) -> Result<()> {
        let Some(top) = self.levels.last() else { return Ok(()) };
        let (mut draws, mut start) = (Draws::default(), Vec::new());
        self.sampler.draw(n, rng, &mut draws);
        draws.offsets(top, &mut start);
        self.follow(&draws.anchors, &start, rng, out)
    }

    /// Carries points at the noisiest level, `anchors` of length `n` and `offsets` `n x D`, toward the data,
    /// into `out`. Paths that get copies of one stream share their noise.
    ///
    /// # Errors
    /// When the flow cannot be followed.
    pub fn follow(&self, anchors: &[usize], offsets: &[f64], rng: &mut Philox, out: &mut PathBatch) -> Result<()> {
        let dim = self.sampler.law().dim();
        out.anchors.clear();
        out.anchors.extend_from_slice(anchors);
        out.offsets.resize_with(self.levels.len().div_ceil(self.steps), Vec::new);
        out.offsets.iter_mut().for_each(|kept| kept.resize(offsets.len(), 0.0));
        // Some paths go all the way while they are in the cache. A level's noise is one draw for all of them.
        let some = (TOGETHER / dim).next_multiple_of(8).max(8);
        let blocks = |numbers: usize| numbers.div_ceil(2) as u64;
        let mut work = Work::default();
        for (first, anchors) in (0..).step_by(some).zip(anchors.chunks(some)) {
            let places = first * dim..(first + anchors.len()) * dim;
            let apart = blocks(offsets.len()) - blocks(places.len());
            let mut own = rng.clone();
            own.skip(blocks(places.start));
            work.before.clear();
            work.state.clear();
            work.state.extend_from_slice(&offsets[places.clone()]);
            for i in (0..self.levels.len()).rev() {
                if i % self.steps == 0 {
                    out.offsets[i / self.steps][places.clone()].copy_from_slice(&work.state);
                }
                if i > 0 {
                    self.step(i, anchors, (&mut own, apart), &mut work)?;
                }
            }
        }
        if matches!(self.scheme, Scheme::EulerMaruyama | Scheme::Exponential { .. }) {
            rng.skip(blocks(offsets.len()) * (self.parts * self.levels.len().saturating_sub(1)) as u64);
        }
        Ok(())
    }

    /// One step of some paths, from level `i` to the one below.
    fn step(&self, i: usize, anchors: &[usize], (rng, apart): (&mut Philox, u64), work: &mut Work) -> Result<()> {
        let Work { state, noise, seen, again, before } = work;
        let level = &self.levels[i];
        match self.scheme {
            Scheme::EulerMaruyama | Scheme::Exponential { .. } => {
                self.look(i, i, Points { anchors, offsets: state }, seen);
                noise.resize(state.len(), 0.0);
                self.fill(i, rng, apart, noise);
                self.diffuse(level, &self.levels[i - 1], anchors, seen, noise, state);
            }
            Scheme::FlowHeun => {
                self.look(i, i, Points { anchors, offsets: state }, seen);
                self.heun(i, anchors, seen, again, state);
            }
            Scheme::FlowMultistep => {
                self.look(i, i, Points { anchors, offsets: state }, seen);
                self.multistep(i, seen, before, state);
            }
            // One step is one leg of the flow, between levels that are kept.
            Scheme::FlowAdaptive { .. } if i.is_multiple_of(self.steps) => {
                let end = &self.levels[i - self.steps];
                for (&anchor, x) in anchors.iter().zip(state.chunks_exact_mut(self.sampler.law().dim())) {
                    x.copy_from_slice(&self.flow.carry_toward(self.toward(i), anchor, x, level, end)?);
                }
            }
            Scheme::FlowAdaptive { .. } => {}
        }
        Ok(())
    }

    /// One stochastic step of every point, in place.
    fn diffuse(
        &self,
        level: &NoiseLevel,
        next: &NoiseLevel,
        anchors: &[usize],
        seen: &Observation,
        noise: &[f64],
        state: &mut [f64],
    ) {
        match self.scheme {
            Scheme::Exponential { noise: share } => {
                // The log of what is kept of y - m; v_next (1 - rho^n); and alpha_next for all.
                let (n, ln_rho) = (share * share, (level.snr() / next.snr()).ln());
                let kept = 0.5 * (1.0 + n) * ln_rho;
                run(Blend {
                    keep: next.alpha() / level.alpha() * kept.exp(),
                    pull: -next.alpha() * kept.exp_m1(),
                    kick: next.sigma() * (-(n * ln_rho).exp_m1()).sqrt(),
                    mean: &seen.mean_offset,
                    noise,
                    state,
                });
            }
            _ => {
                let (dim, h) = (self.sampler.law().dim(), level.t() - next.t());
                // The centre moves with alpha; its own drift f alpha mu is part of f x.
                let moved = level.alpha() - next.alpha() - h * level.f() * level.alpha();
                let (pull, kick) = (h * level.g2(), (h * level.g2()).sqrt());
                for (i, (&a, x)) in anchors.iter().zip(state.chunks_exact_mut(dim)).enumerate() {
                    let rows = seen.score[i * dim..].iter().zip(&noise[i * dim..]).zip(&self.means[a * dim..]);
                    for (x, ((s, z), mu)) in x.iter_mut().zip(rows) {
                        *x += moved * mu - h * level.f() * *x + pull * s + kick * z;
                    }
                }
            }
        }
    }

    /// One step of Heun's method from level `i` to the one below, in place.
    fn heun(&self, i: usize, anchors: &[usize], seen: &Observation, again: &mut Observation, state: &mut [f64]) {
        let (level, next) = (&self.levels[i], &self.levels[i - 1]);
        let (r, s) = (level.sigma_over_alpha(), next.sigma_over_alpha());
        let start: Vec<f64> = state.iter().map(|x| x / level.alpha()).collect();
        let slope: Vec<f64> = start.iter().zip(&seen.mean_offset).map(|(y, m)| (y - m) / r).collect();
        for ((x, y), d) in state.iter_mut().zip(&start).zip(&slope) {
            *x = next.alpha() * (y + (s - r) * d);
        }
        self.look(i, i - 1, Points { anchors, offsets: state }, again);
        for (((x, m), y), d) in state.iter_mut().zip(&again.mean_offset).zip(&start).zip(&slope) {
            let end = (*x / next.alpha() - m) / s;
            *x = next.alpha() * (y + 0.5 * (s - r) * (d + end));
        }
    }

    /// One step of the multistep method from level `i` to the one below, in place; leaves the posterior means `before`
    /// the next.
    fn multistep(&self, i: usize, seen: &Observation, before: &mut Vec<f64>, state: &mut [f64]) {
        let (level, next) = (&self.levels[i], &self.levels[i - 1]);
        let h = 0.5 * (next.log_snr() - level.log_snr());
        let ahead = match self.levels.get(i + 1) {
            Some(last) if !before.is_empty() => h / (level.log_snr() - last.log_snr()),
            _ => 0.0,
        };
        before.resize(state.len(), 0.0);
        let (keep, pull) = (next.alpha() / level.alpha() * (-h).exp(), -next.alpha() * (-h).exp_m1());
        for ((x, m), old) in state.iter_mut().zip(&seen.mean_offset).zip(before) {
            *x = keep * *x + pull * (m + ahead * (m - *old));
            *old = *m;
        }
    }

    /// What the denoiser says at the cleanest level of paths that end there, and so where a last step to no noise
    /// carries them: the posterior mean minus the anchor's, `n x D`, under the guidance of such a step.
    #[must_use]
    pub fn denoised(&self, paths: &PathBatch) -> Vec<f64> {
        let (Some(density), Some(offsets)) = (self.densities.first(), paths.offsets.first()) else { return Vec::new() };
        let points = Points { anchors: &paths.anchors, offsets };
        let mut seen = Observation::default();
        density.observe(points, Detail::MEAN_OFFSET, &mut seen);
        if let Some(toward) = self.toward(0) {
            guide(&**density, toward, points, &mut seen);
        }
        seen.mean_offset
    }
}

/// Numbers of paths that go together.
const TOGETHER: usize = 1 << 12;

/// Buffers of the paths that go together.
#[derive(Default)]
struct Work {
    state: Vec<f64>,
    noise: Vec<f64>,
    seen: Observation,
    again: Observation,
    /// The posterior means of the step before; empty at the first.
    before: Vec<f64>,
}

/// `x = keep x + pull m + kick z`, number by number.
struct Blend<'a> {
    keep: f64,
    pull: f64,
    kick: f64,
    mean: &'a [f64],
    noise: &'a [f64],
    state: &'a mut [f64],
}

impl Kernel for Blend<'_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        for ((x, m), z) in self.state.iter_mut().zip(self.mean).zip(self.noise) {
            *x = self.kick.mul_add(*z, self.pull.mul_add(*m, self.keep * *x));
        }
    }
}

/// Tolerance of a [`Flow`] unless another is asked for.
pub const FLOW_TOLERANCE: f64 = 1e-10;

/// The probability flow, followed to a tolerance by the Runge-Kutta method of order 8 of Dormand and Prince.
///
/// # Formula
/// `dy/dl = y - m` in `l = log(sigma/alpha)`, `y = x/alpha`; the derivative of the map obeys
/// `dM/dl = -sigma^2 (grad s) M`.
#[derive(Clone, Copy)]
pub struct Flow<'a> {
    /// The process, and the model whose densities are followed.
    pub channel: &'a Channel,
    /// Relative error of a step, and absolute in units of `sigma`.
    pub tolerance: f64,
}

/// The right side of the flow at a component's anchor; remembers why it failed.
struct Field<'a, 'b> {
    flow: &'b Flow<'a>,
    /// Label and strength of a guidance.
    toward: Option<(usize, f64)>,
    anchor: usize,
    dim: usize,
    times: (f64, f64),
    /// The ends in `l`, lower first: a solver may look beyond them for its first step.
    ends: (f64, f64),
    failure: OnceLock<Error>,
}

impl Field<'_, '_> {
    fn slope(&self, l: f64, state: &[f64], out: &mut [f64]) -> Result<()> {
        let l = l.clamp(self.ends.0, self.ends.1);
        let process = self.flow.channel.process();
        let time = process.time_at_snr((-2.0 * l).exp())?.clamp(self.times.0, self.times.1);
        let level = process.at(time)?;
        let density = self.flow.channel.modelled(&level);
        let (y, map) = state.split_at(self.dim);
        let (velocity, turn) = out.split_at_mut(self.dim);
        let offset: Vec<f64> = y.iter().map(|y| level.alpha() * y).collect();
        let mut seen = Observation::default();
        let points = Points { anchors: &[self.anchor], offsets: &offset };
        density.observe(points, Detail::MEAN_OFFSET, &mut seen);
        if let Some(toward) = self.toward {
            guide(&*density, toward, points, &mut seen);
        }
        for ((v, y), m) in velocity.iter_mut().zip(y).zip(&seen.mean_offset) {
            *v = y - m;
        }
        if !map.is_empty() {
            let jacobian = density.score_jacobian(self.anchor, &offset) * -level.sigma2();
            let product = jacobian * DMatrix::from_column_slice(self.dim, self.dim, map);
            turn.copy_from_slice(product.as_slice());
        }
        Ok(())
    }
}

impl ODE<f64, Vec<f64>> for Field<'_, '_> {
    fn diff(&self, l: f64, state: &Vec<f64>, out: &mut Vec<f64>) {
        if let Err(e) = self.slope(l, state, out) {
            out.fill(f64::NAN);
            // The first failure is the one that is told.
            let _ = self.failure.set(e);
        }
    }
}

impl Flow<'_> {
    /// Carries the point `offset` from `alpha mu_anchor`, length `D`, from one level to another.
    ///
    /// # Errors
    /// [`Error::Flow`] when the tolerance cannot be kept.
    pub fn carry(&self, anchor: usize, offset: &[f64], from: &NoiseLevel, to: &NoiseLevel) -> Result<Vec<f64>> {
        self.carry_toward(None, anchor, offset, from, to)
    }

    /// As [`Flow::carry`], under guidance toward a label with a strength.
    fn carry_toward(
        &self,
        toward: Option<(usize, f64)>,
        anchor: usize,
        offset: &[f64],
        from: &NoiseLevel,
        to: &NoiseLevel,
    ) -> Result<Vec<f64>> {
        let state: Vec<f64> = offset.iter().map(|x| x / from.alpha()).collect();
        let mut end = self.solve(toward, anchor, state, offset.len(), from, to)?;
        end.iter_mut().for_each(|y| *y *= to.alpha());
        Ok(end)
    }

    /// As [`Flow::carry`], with the derivative of the end point with respect to the first, `D x D`.
    ///
    /// # Errors
    /// As [`Flow::carry`].
    pub fn carry_with_map(
        &self,
        anchor: usize,
        offset: &[f64],
        from: &NoiseLevel,
        to: &NoiseLevel,
    ) -> Result<(Vec<f64>, DMatrix<f64>)> {
        let dim = offset.len();
        let mut state: Vec<f64> = offset.iter().map(|x| x / from.alpha()).collect();
        state.extend(DMatrix::<f64>::identity(dim, dim).iter());
        let end = self.solve(None, anchor, state, dim, from, to)?;
        let point = end[..dim].iter().map(|y| y * to.alpha()).collect();
        Ok((point, DMatrix::from_column_slice(dim, dim, &end[dim..]) * (to.alpha() / from.alpha())))
    }

    /// The finite-time Lyapunov exponents of the flow, times the time: logarithms of the stretchings of a
    /// small ball around the point, largest first, and the point that it is carried to.
    ///
    /// # Errors
    /// As [`Flow::carry`].
    pub fn log_stretchings(
        &self,
        anchor: usize,
        offset: &[f64],
        from: &NoiseLevel,
        to: &NoiseLevel,
    ) -> Result<(Vec<f64>, Vec<f64>)> {
        let (end, map) = self.carry_with_map(anchor, offset, from, to)?;
        let mut logs: Vec<f64> = map.singular_values().iter().map(|s| s.ln()).collect();
        logs.sort_by(|a, b| b.total_cmp(a));
        Ok((logs, end))
    }

    fn solve(
        &self,
        toward: Option<(usize, f64)>,
        anchor: usize,
        state: Vec<f64>,
        dim: usize,
        from: &NoiseLevel,
        to: &NoiseLevel,
    ) -> Result<Vec<f64>> {
        let (a, b) = (from.sigma_over_alpha(), to.sigma_over_alpha());
        if a == b {
            return Ok(state);
        }
        let times = (from.t().min(to.t()), from.t().max(to.t()));
        let ends = (a.min(b).ln(), a.max(b).ln());
        let field = Field { flow: self, toward, anchor, dim, times, ends, failure: OnceLock::new() };
        let method = ExplicitRungeKutta::dop853().rtol(self.tolerance).atol(self.tolerance * a.min(b));
        let solution = IVP::ode(&field, a.ln(), b.ln(), state).method(method).solve();
        if let Some(e) = field.failure.into_inner() {
            return Err(e);
        }
        let failed = || Error::Flow { from: from.t(), to: to.t(), tolerance: self.tolerance };
        let end = solution.ok().and_then(|s| s.y.last().cloned()).ok_or_else(failed)?;
        if end.iter().all(|v| v.is_finite()) { Ok(end) } else { Err(failed()) }
    }
}

#[cfg(test)]
mod tests {
    use infodyn_closed_form::{Marginal, MixtureLaw};
    use infodyn_core::{Covariance, Mixture, NoiseProcess};

    use super::*;
    use crate::stream;

    const PROCESS: NoiseProcess = NoiseProcess::VP_LINEAR;

    fn mixture() -> Mixture {
        let q = Covariance::isotropics(&[0.05, 0.1, 0.2]).unwrap();
        Mixture::new(&[0.3, 0.5, 0.2], &[vec![-1.2], vec![0.4], vec![2.0]], q).unwrap()
    }

    fn channel(law: &Mixture, process: NoiseProcess) -> Channel {
        Channel::new(MixtureLaw::of(law.clone()), process, 0.5).unwrap()
    }

    fn ends(low: f64, high: f64) -> [NoiseLevel; 2] {
        [high, low].map(|snr| PROCESS.at_snr(snr).unwrap())
    }

    /// End points of coupled paths with 64, 128, 256 and 512 steps, that share their Brownian paths.
    fn coupled(scheme: Scheme, guidance: Option<Guidance>) -> [Vec<f64>; 4] {
        let law = mixture();
        let channel = channel(&law, PROCESS);
        let (levels, n, fine) = (ends(0.02, 100.0), 4000, 512);
        let mut rng = stream(2, 0, 0);
        let mut draws = Draws::default();
        Sampler::new(&**channel.law(), NoiseLaw::Gaussian).draw(n, &mut rng, &mut draws);
        let mut start = Vec::new();
        draws.offsets(&levels[1], &mut start);
        let mut noise = vec![vec![0.0; n]; fine];
        noise.iter_mut().for_each(|z| rng.fill_normal(z));
        let finest = Reverse::new(&channel, &levels, fine, scheme).unwrap();
        // What the noise of a step is the increment of: W in t, or B in gamma.
        let clock = |l: &NoiseLevel| if scheme == Scheme::EulerMaruyama { -l.t() } else { l.snr() };
        [64, 128, 256, 512].map(|steps| {
            let mut sampler = Reverse::new(&channel, &levels, steps, scheme).unwrap();
            if let Some(guidance) = guidance {
                sampler = sampler.guided(guidance).unwrap();
            }
            let (mut state, mut seen, mut again) = (start.clone(), Observation::default(), Observation::default());
            let mut before = Vec::new();
            for i in (1..=steps).rev() {
                sampler.look(i, i, Points { anchors: &draws.anchors, offsets: &state }, &mut seen);
                if scheme == Scheme::FlowMultistep {
                    sampler.multistep(i, &seen, &mut before, &mut state);
                    continue;
                }
                if scheme == Scheme::FlowHeun {
                    sampler.heun(i, &draws.anchors, &seen, &mut again, &mut state);
                    continue;
                }
                let (group, mut total, mut z) = (fine / steps, 0.0, vec![0.0; n]);
                for j in (i - 1) * group..i * group {
                    let part = clock(&finest.levels[j]) - clock(&finest.levels[j + 1]);
                    total += part;
                    z.iter_mut().zip(&noise[j]).for_each(|(z, w)| *z += part.sqrt() * w);
                }
                z.iter_mut().for_each(|z| *z /= total.sqrt());
                let (level, next) = (&sampler.levels[i], &sampler.levels[i - 1]);
                sampler.diffuse(level, next, &draws.anchors, &seen, &z, &mut state);
            }
            let alpha = levels[0].alpha();
            draws.anchors.iter().zip(&state).map(|(&a, x)| x + alpha * law.mean(a)[0]).collect()
        })
    }

    /// Orders from the differences of successive refinements: strong, and weak for the mean of a smooth
    /// function.
    fn orders(ends: &[Vec<f64>; 4]) -> ([f64; 2], [f64; 2]) {
        let gap = |f: &dyn Fn(f64, f64) -> f64, i: usize| {
            ends[i].iter().zip(&ends[i + 1]).map(|(a, b)| f(*a, *b)).sum::<f64>() / ends[0].len() as f64
        };
        let strong = |i| gap(&|a, b| (a - b).abs(), i);
        let weak = |i| gap(&|a, b| (1.3 * a).sin() + a * a - (1.3 * b).sin() - b * b, i).abs();
        let order = |f: &dyn Fn(usize) -> f64| [(f(0) / f(1)).log2(), (f(1) / f(2)).log2()];
        (order(&strong), order(&weak))
    }

    /// Without guidance, and toward the least of the labels.
    const GUIDED: [Option<Guidance>; 2] =
        [None, Some(Guidance { label: 2, strength: 3.0, window: (0.0, f64::INFINITY) })];

    #[test]
    fn the_stochastic_samplers_are_of_order_one() {
        for (scheme, guidance) in
            [Scheme::EulerMaruyama, Scheme::Exponential { noise: 1.0 }].into_iter().flat_map(|s| GUIDED.map(|g| (s, g)))
        {
            let (strong, weak) = orders(&coupled(scheme, guidance));
            println!("{scheme:?} {guidance:?}: {strong:?} {weak:?}");
            assert!(strong.iter().all(|o| (0.8..1.3).contains(o)), "{scheme:?} {guidance:?}: {strong:?}");
            assert!((0.7..1.4).contains(&weak[1]), "{scheme:?} {guidance:?}: {weak:?}");
        }
    }

    #[test]
    fn the_flows_are_of_order_two() {
        for scheme in [Scheme::FlowHeun, Scheme::FlowMultistep] {
            for guidance in GUIDED {
                let ends = coupled(scheme, guidance);
                let (strong, weak) = orders(&ends);
                let first =
                    ends[0].iter().zip(&ends[1]).map(|(a, b)| (a - b).abs()).sum::<f64>() / ends[0].len() as f64;
                println!("{scheme:?} {guidance:?}: {first:.2e} {strong:?} {weak:?}");
                let all = strong.iter().chain(&weak).all(|o| (1.9..2.1).contains(o));
                assert!(all, "{scheme:?} {guidance:?}: {strong:?} {weak:?}");
            }
        }
    }

    /// A step to no noise returns the posterior mean, of the label where there is guidance of strength 1.
    #[test]
    fn a_last_step_returns_what_the_denoiser_says() {
        let channel = channel(&mixture(), PROCESS);
        let levels = ends(0.02, 100.0);
        for scheme in [Scheme::EulerMaruyama, Scheme::FlowMultistep] {
            let sampler = Reverse::new(&channel, &levels, 8, scheme).unwrap().guided(Guidance::toward(1, 1.0)).unwrap();
            let mut out = PathBatch::default();
            sampler.draw(64, &mut stream(4, 0, 0), &mut out).unwrap();
            let ([level, _], mu) = (levels, [-1.2, 0.4, 2.0]);
            for ((found, x), &anchor) in sampler.denoised(&out).iter().zip(&out.offsets[0]).zip(&out.anchors) {
                // One Gaussian N(0.4, 0.1): its posterior mean is linear.
                let v = level.alpha() * level.alpha() * 0.1 + level.sigma2();
                let from = x + level.alpha() * (mu[anchor] - mu[1]);
                let truth = mu[1] + level.alpha() * 0.1 / v * from - mu[anchor];
                assert!((found - truth).abs() < 1e-12, "{scheme:?}: {found} {truth}");
            }
        }
    }

    /// Toward a label with strength 1 a sampler is that of the label's law, and with strength 0 it is what it was, on
    /// the same noise; outside its window guidance has strength 1.
    #[test]
    fn guidance_of_strength_one_is_the_law_given_the_label() {
        let law = mixture().with_labels(vec![0, 1, 0]).unwrap();
        let q = Covariance::isotropics(&[0.05, 0.2]).unwrap();
        let given = Mixture::new(&[0.6, 0.4], &[vec![-1.2], vec![2.0]], q).unwrap();
        let (whole, alone) = (channel(&law, PROCESS), channel(&given, PROCESS));
        let levels = ends(0.02, 100.0);
        let start: Vec<f64> = (0..64).map(|i| 0.1 * f64::from(i) - 3.0).collect();
        let run = |channel: &Channel, scheme, anchor, guidance: Option<Guidance>| {
            let mut sampler = Reverse::new(channel, &levels, 24, scheme).unwrap();
            if let Some(guidance) = guidance {
                sampler = sampler.guided(guidance).unwrap();
            }
            let mut out = PathBatch::default();
            sampler.follow(&[anchor; 64], &start, &mut stream(3, 0, 0), &mut out).unwrap();
            out.offsets[0].clone()
        };
        for scheme in [
            Scheme::EulerMaruyama,
            Scheme::Exponential { noise: 1.0 },
            Scheme::FlowHeun,
            Scheme::FlowMultistep,
            Scheme::FlowAdaptive { tolerance: 1e-9 },
        ] {
            // The first component of either law has the same mean.
            let [one, zero] = [1.0, 0.0].map(|strength| Guidance::toward(0, strength));
            let truth = run(&alone, scheme, 0, None);
            for guidance in [one, Guidance::toward(0, 3.0).within(1e3, 1e4)] {
                let found = run(&whole, scheme, 0, Some(guidance));
                let worst = found.iter().zip(&truth).fold(0.0, |w, (a, b)| f64::max(w, (a - b).abs()));
                assert!(worst < 1e-7, "{scheme:?} {guidance:?}: {worst:e}");
            }
            assert_eq!(run(&whole, scheme, 1, None), run(&whole, scheme, 1, Some(zero)), "{scheme:?}");
            assert_ne!(truth, run(&whole, scheme, 0, Some(Guidance::toward(0, 3.0))), "{scheme:?}");
        }
    }

    /// The guided flow by Heun's method goes to what the adaptive method finds.
    #[test]
    fn the_guided_flow_has_one_end() {
        let channel = channel(&mixture(), PROCESS);
        let levels = ends(0.02, 100.0);
        let start: Vec<f64> = (0..32).map(|i| 0.2 * f64::from(i) - 3.0).collect();
        let run = |scheme, steps| {
            let sampler = Reverse::new(&channel, &levels, steps, scheme).unwrap();
            let sampler = sampler.guided(Guidance::toward(2, 3.0)).unwrap();
            let mut out = PathBatch::default();
            sampler.follow(&[0; 32], &start, &mut stream(3, 0, 0), &mut out).unwrap();
            out.offsets[0].clone()
        };
        let truth = run(Scheme::FlowAdaptive { tolerance: 1e-11 }, 1);
        let worst = |steps| {
            let found = run(Scheme::FlowHeun, steps);
            found.iter().zip(&truth).fold(0.0, |w, (a, b)| f64::max(w, (a - b).abs()))
        };
        let (coarse, fine) = (worst(256), worst(512));
        assert!(fine < 1e-4 && (3.7..4.3).contains(&(coarse / fine)), "{coarse:e} {fine:e}");
    }

    #[test]
    fn guidance_that_makes_no_sense_is_refused() {
        let channel = channel(&mixture(), PROCESS);
        let refused = |guidance| {
            let sampler = Reverse::new(&channel, &ends(0.02, 100.0), 4, Scheme::FlowHeun).unwrap();
            sampler.guided(guidance).err().unwrap()
        };
        assert_eq!(refused(Guidance::toward(3, 2.0)), Error::Label { value: 3, labels: 3 });
        assert!(matches!(refused(Guidance::toward(0, f64::NAN)), Error::Strength { .. }));
        assert!(matches!(refused(Guidance::toward(0, 2.0).within(4.0, 4.0)), Error::Window { .. }));
        assert!(matches!(refused(Guidance::toward(0, 2.0).within(-1.0, 4.0)), Error::Window { .. }));
    }

    /// For one atom the posterior mean is constant: every share of noise gives the law of the end, at any step size.
    #[test]
    fn one_atom_is_reached_exactly_by_the_exponential_scheme() {
        let channel = channel(&Mixture::atoms(&[], &[vec![0.7, -0.2]]).unwrap(), PROCESS);
        let levels = ends(0.02, 100.0);
        for noise in [0.0, 0.5, 1.0, 1.7] {
            let sampler = Reverse::new(&channel, &levels, 3, Scheme::Exponential { noise }).unwrap();
            let (mut out, n) = (PathBatch::default(), 100_000);
            sampler.draw(n, &mut stream(1, 0, 0), &mut out).unwrap();
            let variance = out.offsets[0].iter().map(|x| x * x).sum::<f64>() / (2 * n) as f64;
            assert!((variance / levels[0].sigma2() - 1.0).abs() < 6.0 / (n as f64).sqrt(), "{noise}: {variance}");
        }
    }

    /// In one dimension the flow keeps quantiles; the distribution functions of `statrs` are good to 1e-10 or better.
    #[test]
    fn the_flow_keeps_quantiles_to_its_tolerance_and_knows_its_stretching() {
        use statrs::distribution::{ContinuousCDF, Normal};
        let law = mixture();
        let channel = channel(&law, PROCESS);
        let [clean, noisy] = ends(0.02, 100.0);
        let cdf = |level: &NoiseLevel, x: f64| -> f64 {
            (0..3)
                .map(|k| {
                    let v = level.alpha() * level.alpha() * law.covariance(k).eigenvalue(0) + level.sigma2();
                    law.weights()[k] * Normal::new(level.alpha() * law.mean(k)[0], v.sqrt()).unwrap().cdf(x)
                })
                .sum()
        };
        for tolerance in [1e-6, 1e-8, 1e-10, 1e-12] {
            let flow = Flow { channel: &channel, tolerance };
            // The quantile of x = 0.9, by root finding on the distribution function with 30 digits (mpmath).
            let end = flow.carry(1, &[0.9 - noisy.alpha() * 0.4], &noisy, &clean).unwrap()[0] + clean.alpha() * 0.4;
            assert!((end - 1.221_311_278_375_162).abs() < 20.0 * tolerance, "{tolerance:e}: {end}");
            let mut worst: f64 = 0.0;
            for x in [-1.5, -0.7, -0.1, 0.3, 0.9, 2.2] {
                let end = flow.carry(1, &[x - noisy.alpha() * 0.4], &noisy, &clean).unwrap()[0] + clean.alpha() * 0.4;
                let slip = cdf(&clean, end) - cdf(&noisy, x);
                worst = worst.max(slip.abs());
                if tolerance == 1e-10 {
                    let (logs, point) = flow.log_stretchings(1, &[x - noisy.alpha() * 0.4], &noisy, &clean).unwrap();
                    let [p, q] = [(&clean, point[0] + clean.alpha() * 0.4), (&noisy, x)]
                        .map(|(l, x)| Marginal::new(&law, l).ln_density(&[x]));
                    assert!((logs[0] - (q - p)).abs() < 1e-7, "{x}: {logs:?} {}", q - p);
                }
            }
            assert!(worst < 20.0 * tolerance + 1e-10, "{tolerance:e}: {worst:e}");
        }
    }

    /// At rest on the axis of symmetry, where nothing tells a solver how long a step to take; and from there to
    /// nearly the data.
    #[test]
    fn the_flow_rests_where_its_velocity_vanishes() {
        let channel = channel(&Mixture::symmetric_pair(&[1.0], 0.0).unwrap(), NoiseProcess::Ou);
        let flow = Flow { channel: &channel, tolerance: FLOW_TOLERANCE };
        let [noisy, clean] = [0.01, 50.0].map(|snr| NoiseProcess::Ou.at_snr(snr).unwrap());
        let end = flow.carry(0, &[-noisy.alpha()], &noisy, &clean).unwrap();
        assert!((end[0] + clean.alpha()).abs() < 1e-6, "{end:?}");
        // The quantile of a start 0.1 beyond the atom's place, by mpmath: within the upper atom at 1.0023 deviations
        // below it.
        let end = flow.carry(0, &[0.1], &noisy, &clean).unwrap();
        assert!((end[0] + 0.140_333_785_831_347_57).abs() < 1e-6, "{end:?}");
    }

    /// Runs with `n` and `2n` steps that share their noise end near one another, and each has its own law.
    #[test]
    fn halves_share_the_path_of_twice_the_steps() {
        let channel = channel(&mixture(), PROCESS);
        let (levels, scheme) = (ends(0.02, 100.0), Scheme::Exponential { noise: 1.0 });
        let of = |steps| Reverse::new(&channel, &levels, steps, scheme).unwrap();
        let run = |sampler: &Reverse<'_>| {
            let mut out = PathBatch::default();
            sampler.draw(4000, &mut stream(6, 0, 0), &mut out).unwrap();
            out.offsets[0].clone()
        };
        let (fine, shared, apart) = (run(&of(128)), run(&of(64).in_parts(2)), run(&of(64)));
        let gap = |a: &[f64]| a.iter().zip(&fine).map(|(a, b)| (a - b).abs()).sum::<f64>() / 4000.0;
        assert!(gap(&shared) < 0.05 && gap(&apart) > 0.3, "{} {}", gap(&shared), gap(&apart));
    }

    #[test]
    fn kept_levels_are_the_levels_asked_for() {
        let channel = channel(&mixture(), PROCESS);
        let levels: Vec<NoiseLevel> = [8.0, 1.0, 0.1].map(|snr| PROCESS.at_snr(snr).unwrap()).to_vec();
        let sampler = Reverse::new(&channel, &levels, 4, Scheme::FlowHeun).unwrap();
        assert_eq!(sampler.densities().count(), 3);
        let mut out = PathBatch::default();
        sampler.draw(64, &mut stream(1, 0, 0), &mut out).unwrap();
        assert_eq!(out.offsets.len(), 3);
        assert!(matches!(
            Reverse::new(&channel, &[levels[2], levels[0]], 1, Scheme::FlowHeun),
            Err(Error::Order { .. })
        ));
    }
}
