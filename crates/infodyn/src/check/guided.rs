//! How wide the guided probability flow leaves a class on the line.

use infodyn_core::stable::Sum;
use infodyn_core::{Density, Detail, Estimate, Law, NoiseLevel, Observation, Points, ulps};
use infodyn_search::Effort;
use infodyn_statement::Index;

use super::world::World;
use super::{Found, Gap};

/// The largest place of a start, in standard deviations of the class, and how many there are in one.
const REACH: f64 = 9.0;
const NODES: f64 = 16.0;
/// The longest of the coarser steps, in `log snr`: of one case of thousands, and of one that is reported.
const STEPS: [f64; 2] = [0.1, 0.025];

impl World<'_> {
    /// Variance of what the flow guided to a label ends in, over that of the class there, between the noise levels
    /// between which the law changes; the flow starts as the class.
    ///
    /// # Formula
    /// `n`, the place in standard deviations of the class about its mean, is kept by the class's own flow, and
    /// `dn/d(log snr) = ((omega - 1)/2) alpha (d log pi_y/dx) nu/(q + nu)^{1/2}`, `nu = 1/snr`, `q` the variance of the
    /// class: the ratio is the variance of `n` at the end, of `n ~ N(0, 1)` at the start.
    ///
    /// # Accuracy
    /// Classical Runge-Kutta steps and the trapezoidal rule over the starts; the radius is what halving either changes,
    /// and rounding. Of one Gaussian a class.
    pub(super) fn guided(&self, strength: f64, label: Index) -> Found<Estimate> {
        let (mixture, label) = (self.mixture(), self.index(label)?);
        if mixture.dim() > 1 || !mixture.label_is_component() {
            return Err(Gap::Unknown("guided flows are followed on the line, to classes of one component"));
        }
        if mixture.components() == 1 || label >= mixture.components() {
            return Err(Gap::Outside);
        }
        let law = self.law()?;
        let variance = mixture.covariance(label).eigenvalue(0);
        let flow = Flow { law: &*law, label, variance, gain: 0.5 * (strength - 1.0) };
        let (low, high) = self.range()?;
        let steps = ((high - low) / STEPS[usize::from(self.effort() == Effort::Careful)]).ceil().max(8.0) as usize;
        let level = |i: usize, of: usize| -> Found<NoiseLevel> {
            Ok(self.process().at_snr((low + (high - low) * i as f64 / of as f64).exp())?)
        };
        let levels = |steps: usize| (0..=2 * steps).map(|i| level(i, 2 * steps)).collect::<Found<Vec<_>>>();
        let starts: Vec<f64> = (0..=(2.0 * REACH * NODES) as usize).map(|i| i as f64 / NODES - REACH).collect();
        let half: Vec<f64> = starts.iter().copied().step_by(2).collect();
        let (fine, slow) = (flow.carry(&starts, &levels(2 * steps)?), flow.carry(&half, &levels(steps)?));
        let spare: Vec<f64> = fine.iter().copied().step_by(2).collect();
        let rounding = f64::EPSILON * (ulps::SAMPLE + 2.0 * steps as f64);
        let [mean, square] = [1, 2].map(|power| {
            let all = moment(&starts, &fine, power);
            let [nodes, steps] = [moment(&half, &spare, power), moment(&half, &slow, power)];
            Estimate::new(all, (all - nodes).abs() + (nodes - steps).abs() + rounding * (1.0 + all.abs()))
        });
        Ok(square - mean * mean)
    }
}

/// `E n^p` of the ends of evenly spaced starts, `N(0, 1)`.
fn moment(starts: &[f64], ends: &[f64], power: i32) -> f64 {
    let scale = (starts[1] - starts[0]) / std::f64::consts::TAU.sqrt();
    scale * starts.iter().zip(ends).map(|(s, n)| (-0.5 * s * s).exp() * n.powi(power)).collect::<Sum>().value()
}

/// The flow guided to a class of a law on the line.
struct Flow<'a> {
    law: &'a dyn Law,
    label: usize,
    variance: f64,
    /// `(omega - 1)/2`.
    gain: f64,
}

impl Flow<'_> {
    /// Carries places along a step between every second of the levels.
    fn carry(&self, starts: &[f64], levels: &[NoiseLevel]) -> Vec<f64> {
        let mut places = starts.to_vec();
        let mut stage = Stage { anchors: vec![self.label; starts.len()], ..Stage::default() };
        let mut slopes: [Vec<f64>; 4] = std::array::from_fn(|_| vec![0.0; starts.len()]);
        for step in levels.windows(3).step_by(2) {
            let h = step[2].log_snr() - step[0].log_snr();
            let [first, middle, last] = [&step[0], &step[1], &step[2]].map(|l| (l, self.law.density(l)));
            for (i, (level, density), part) in [(0, &first, 0.0), (1, &middle, 0.5), (2, &middle, 0.5), (3, &last, 1.0)]
            {
                let (before, after) = slopes.split_at_mut(i);
                let from = before.last().map_or(&places[..], |slope| &slope[..]);
                let at = |(n, slope): (&f64, &f64)| if i == 0 { *n } else { n + part * h * slope };
                let at: Vec<f64> = places.iter().zip(from).map(at).collect();
                self.slope(level, &**density, &at, &mut stage, &mut after[0]);
            }
            for (j, n) in places.iter_mut().enumerate() {
                let [a, b, c, d] = [0, 1, 2, 3].map(|i| slopes[i][j]);
                *n += h / 6.0 * (a + 2.0 * (b + c) + d);
            }
        }
        places
    }

    fn slope(&self, level: &NoiseLevel, density: &dyn Density, places: &[f64], stage: &mut Stage, out: &mut [f64]) {
        let (alpha, noise) = (level.alpha(), 1.0 / level.snr());
        let width = (self.variance + noise).sqrt();
        stage.offsets.clear();
        stage.offsets.extend(places.iter().map(|n| alpha * width * n));
        let points = Points { anchors: &stage.anchors, offsets: &stage.offsets };
        density.observe(points, Detail::SCORE, &mut stage.seen);
        for ((out, n), score) in out.iter_mut().zip(places).zip(&stage.seen.score) {
            // alpha (s_y - s): the score of the class is -n/(alpha width).
            *out = self.gain * noise / width * (-n / width - alpha * score);
        }
    }
}

/// Places in the data space, and what the law says of them.
#[derive(Default)]
struct Stage {
    anchors: Vec<usize>,
    offsets: Vec<f64>,
    seen: Observation,
}
