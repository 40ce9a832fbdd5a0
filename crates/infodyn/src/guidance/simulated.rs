//! Guidance by simulation: of any class.

use std::sync::Arc;

use infodyn_core::{Channel, Density, Detail, Estimate, Law, NoiseLevel, Observation, Points};
use infodyn_monte_carlo::{
    Draws, Guidance, LabelPosterior, NoiseLaw, PathBatch, Philox, Range, Refined, Reverse, Sampler, Scheme, Settings,
    mean_of_refined_trials,
};

use super::setting::{Setting, Strength};
use crate::Result;

/// The longest of the coarser steps, in `log gamma`.
const STEP: f64 = 0.2;
/// The reverse SDE, and the probability flow.
const SCHEMES: [Scheme; 2] = [Scheme::Exponential { noise: 1.0 }, Scheme::FlowHeun];
/// What is read of a run: its place along the axis from the mean of the class in standard deviations, its square
/// distance over that of the class, the chance that it is of another class, and its divergence.
const READ: usize = 4;

/// The numbers of runs, of the SDE and of the flow, under each of some strengths.
pub(super) struct Simulated {
    /// One a scheme.
    means: [Refined; 2],
    levels: usize,
    /// The prior weight of the class.
    weight: f64,
}

/// One resolution of one scheme.
struct Resolution<'a> {
    setting: &'a Setting,
    scheme: Scheme,
    /// Every end of a step, of increasing noise, with what the law and the class are there.
    levels: &'a [NoiseLevel],
    law: Vec<Box<dyn Density + 'a>>,
    class: Vec<Box<dyn Density + 'a>>,
    /// For each whether it is read, by its number among those that are.
    kept: Vec<Option<usize>>,
    /// One a strength; the first is 1.
    runs: Vec<(Guidance, Reverse<'a>)>,
}

impl Simulated {
    /// Runs under strength 1 and then under each of `strengths`.
    pub(super) fn new(setting: &Setting, strengths: &[Strength], samples: u64, seed: u64) -> Result<Self> {
        let (fine, parts) = steps(setting)?;
        let coarse: Vec<NoiseLevel> = fine.iter().copied().step_by(2).collect();
        let channel = Channel::new(Arc::clone(&setting.law) as _, setting.process, setting.ends()?[0].t())?;
        let run = |scheme: Scheme, stream: u32| -> Result<Refined> {
            let of = |levels, steps| Resolution::new(setting, &channel, (scheme, strengths), (levels, &parts), steps);
            let resolutions = [of(&coarse[..], 1)?, of(&fine[..], 2)?];
            let width = READ + setting.levels.len();
            let columns = width * (1 + strengths.len());
            let products: Vec<(usize, usize)> = (0..=strengths.len()).map(|s| (s * width, s * width)).collect();
            let settings = Settings { seed, stream, samples, ..Settings::default() };
            mean_of_refined_trials(&settings, columns, scheme.order(), &products, |finer, rng, out| {
                resolutions[finer].trial(width, rng, out)
            })
        };
        let means = [run(SCHEMES[0], 0)?, run(SCHEMES[1], 1)?];
        Ok(Self { means, levels: setting.levels.len(), weight: setting.weight() })
    }

    /// Number of runs.
    pub(super) fn samples(&self) -> u64 {
        self.means[0].samples()
    }

    fn column(&self, strength: usize, what: usize) -> usize {
        strength * (READ + self.levels) + what
    }

    /// What a column has beyond that of strength 1.
    fn beyond(&self, flow: bool, strength: usize, what: usize) -> Estimate {
        let terms = [(self.column(strength, what), 1.0), (self.column(0, what), -1.0)];
        self.means[usize::from(flow)].linear(&terms)
    }

    /// Mean beyond that of the class, along the axis, in standard deviations of the class.
    pub(super) fn shift(&self, flow: bool, strength: usize) -> Estimate {
        self.beyond(flow, strength, 0)
    }

    /// Variance along the axis over that of the class.
    pub(super) fn variance(&self, flow: bool, strength: usize) -> Estimate {
        let [own, base] = [strength, 0].map(|s| (self.column(s, 0), self.column(s, 0)));
        self.means[usize::from(flow)].covariances(&[(own, 1.0), (base, -1.0)]) + 1
    }

    /// Mean square distance from the mean of the class over that of the class.
    pub(super) fn square(&self, flow: bool, strength: usize) -> Estimate {
        self.beyond(flow, strength, 1) + 1
    }

    /// The chance to be of another class.
    pub(super) fn missed(&self, flow: bool, strength: usize) -> Estimate {
        self.means[usize::from(flow)].bounded_mean(self.column(strength, 2), Range::always(0.0, 1.0))
    }

    /// `KL(guided || class)`: of the ends of the flow, of the paths of the SDE.
    pub(super) fn divergence(&self, flow: bool, strength: usize) -> Estimate {
        self.means[usize::from(flow)].linear(&[(self.column(strength, 3), 1.0)])
    }

    /// What `E log pi_y` of the SDE grows by down to each level, from the noisiest, over `log(1/w)`: from pure noise
    /// down to the first.
    pub(super) fn budget(&self, strength: usize) -> Vec<Estimate> {
        let whole = -Estimate::given(self.weight).ln();
        let at = |level: usize| self.column(strength, READ + level);
        (0..self.levels)
            .rev()
            .map(|level| {
                if level + 1 == self.levels {
                    (self.means[0].linear(&[(at(level), 1.0)]) + whole) / whole
                } else {
                    self.means[0].linear(&[(at(level), 1.0), (at(level + 1), -1.0)]) / whole
                }
            })
            .collect()
    }
}

/// The ends of the finer steps between the levels of a setting, equal in `log gamma` between two of these; and into how
/// many coarser ones each stretch is cut.
fn steps(setting: &Setting) -> Result<(Vec<NoiseLevel>, Vec<usize>)> {
    let (mut fine, mut parts) = (Vec::new(), Vec::new());
    for two in setting.levels.windows(2) {
        let (high, low) = (two[0].log_snr(), two[1].log_snr());
        let count = ((high - low) / STEP).ceil().max(1.0) as usize;
        parts.push(count);
        fine.push(two[0]);
        for i in 1..2 * count {
            let snr = (high + (low - high) * i as f64 / (2 * count) as f64).exp();
            let time = setting.process.time_at_snr(snr)?.clamp(two[0].t(), two[1].t());
            fine.push(setting.process.at(time)?);
        }
    }
    fine.extend(setting.levels.last());
    Ok((fine, parts))
}

impl<'a> Resolution<'a> {
    /// Of `levels`, `steps` of which make one of the coarser steps; `parts` says how many of these each stretch has.
    fn new(
        setting: &'a Setting,
        channel: &'a Channel,
        (scheme, strengths): (Scheme, &[Strength]),
        (levels, parts): (&'a [NoiseLevel], &[usize]),
        steps: usize,
    ) -> Result<Self> {
        let mut kept = vec![None; levels.len()];
        let mut at = 0;
        for (number, part) in std::iter::once(&0).chain(parts).enumerate() {
            at += steps * part;
            kept[at] = Some(number);
        }
        let one = Strength { omega: 1.0, window: None };
        let run = |strength: &Strength| -> Result<(Guidance, Reverse<'a>)> {
            let (low, high) = strength.window.unwrap_or((0.0, f64::INFINITY));
            let guidance = Guidance::toward(setting.label, strength.omega).within(low, high);
            // The noise of a coarser step is that of the two finer ones.
            Ok((guidance, Reverse::new(channel, levels, 1, scheme)?.guided(guidance)?.in_parts(2 / steps)))
        };
        Ok(Self {
            setting,
            scheme,
            levels,
            law: levels.iter().map(|level| setting.law.density(level)).collect(),
            class: levels.iter().map(|level| setting.class.density(level)).collect(),
            kept,
            runs: std::iter::once(&one).chain(strengths).map(run).collect::<Result<_>>()?,
        })
    }

    /// Runs from the class at the noisiest level, under every strength by the same starts and noise.
    fn trial(&self, width: usize, rng: &mut Philox, out: &mut [f64]) -> Result<()> {
        let columns = width * self.runs.len();
        let (n, top) = (out.len() / columns, self.setting.ends()?[1]);
        let (mut draws, mut start, mut batch) = (Draws::default(), Vec::new(), PathBatch::default());
        Sampler::new(&*self.setting.class, NoiseLaw::Gaussian).draw(n, rng, &mut draws);
        draws.offsets(&top, &mut start);
        let anchors: Vec<usize> = draws.anchors.iter().map(|&k| self.setting.components[k]).collect();
        let mut after = rng.clone();
        let mut read = vec![0.0; n * width];
        for (s, (guidance, reverse)) in self.runs.iter().enumerate() {
            after = rng.clone();
            reverse.follow(&anchors, &start, &mut after, &mut batch)?;
            read.fill(0.0);
            self.read(guidance, &batch, &draws.anchors, width, &mut read);
            for (row, own) in out.chunks_exact_mut(columns).zip(read.chunks_exact(width)) {
                row[s * width..(s + 1) * width].copy_from_slice(own);
            }
        }
        *rng = after;
        Ok(())
    }

    /// Reads runs, `width` numbers each; `own` are the components of the class that they are written from.
    fn read(&self, guidance: &Guidance, batch: &PathBatch, own: &[usize], width: usize, out: &mut [f64]) {
        self.read_ends(batch, width, out);
        let (mut ln, mut gradient) = (Vec::new(), Vec::new());
        let strength = |i: usize| guidance.at(self.levels[i].snr());
        let mut before: Option<Vec<f64>> = None;
        for i in (0..self.levels.len()).rev() {
            let points = Points { anchors: &batch.anchors, offsets: &batch.offsets[i] };
            // The step that ends here, and the one that begins.
            let guided = (i + 1 < self.levels.len() && strength(i + 1) != 1.0) || (i > 0 && strength(i) != 1.0);
            let kept = self.kept[i].filter(|_| self.scheme == SCHEMES[0]);
            if guided || kept.is_some() || i == 0 {
                LabelPosterior::new(&*self.law[i]).belief(self.setting.label, points, &mut ln, &mut gradient);
            }
            for (row, ln) in out.chunks_exact_mut(width).zip(&ln) {
                if let Some(kept) = kept {
                    row[READ + kept] = *ln;
                }
                if i == 0 {
                    row[2] = -ln.exp_m1();
                }
            }
            let rates = guided.then(|| self.rates(i, points, own, &gradient));
            if let (Some(before), Some(rates)) = (&before, &rates) {
                let factor = self.step(i, strength(i + 1));
                for (row, (a, b)) in out.chunks_exact_mut(width).zip(before.iter().zip(rates)) {
                    row[3] += factor * 0.5 * (a + b);
                }
            }
            before = rates;
        }
    }

    /// What the rates of a step down to level `i`, of a strength, are multiplied by.
    fn step(&self, i: usize, omega: f64) -> f64 {
        let [from, to] = [&self.levels[i + 1], &self.levels[i]];
        if self.scheme == SCHEMES[0] {
            0.5 * (omega - 1.0) * (omega - 1.0) * (to.snr() - from.snr())
        } else {
            (omega - 1.0) * 0.5 * (to.log_snr() - from.log_snr())
        }
    }

    /// The rate of the divergence from the class at level `i`, but for what depends on the strength.
    ///
    /// # Formula
    /// Of paths of the SDE `|m_y - m|^2`, per `d gamma` (theory.md G7). Of the flow, with `y = x/alpha` and `v =
    /// sigma^2/alpha^2`, `((y - m_y).(m_y - m) + tr S - tr S_y)/v` per step of `-log(sigma/alpha)`: along its paths
    /// `log q` grows by the divergence of its velocity, and `log p_y` by that of the class's own flow and what the two
    /// velocities differ by times `grad log p_y = (m_y - y)/v`.
    fn rates(&self, i: usize, points: Points<'_>, own: &[usize], gradient: &[f64]) -> Vec<f64> {
        let (level, dim) = (&self.levels[i], self.setting.law.dim());
        // By Tweedie's formula m_y - m = (sigma^2/alpha)(s_y - s).
        let gain = level.sigma2() / level.alpha();
        if self.scheme == SCHEMES[0] {
            return gradient.chunks_exact(dim).map(|d| d.iter().map(|d| (gain * d).powi(2)).sum()).collect();
        }
        let (mut all, mut class) = (Observation::default(), Observation::default());
        self.law[i].observe(points, Detail::POSTERIOR_TRACE, &mut all);
        let of_class = Points { anchors: own, offsets: points.offsets };
        self.class[i].observe(of_class, Detail::POSTERIOR_TRACE | Detail::MEAN_OFFSET, &mut class);
        let v = level.sigma2() / (level.alpha() * level.alpha());
        let rows = points.offsets.chunks_exact(dim).zip(gradient.chunks_exact(dim));
        let rows = rows.zip(class.mean_offset.chunks_exact(dim));
        let traces = all.posterior_trace.iter().zip(&class.posterior_trace);
        rows.zip(traces)
            .map(|(((x, d), m), (all, class))| {
                let along = x.iter().zip(d).zip(m).map(|((x, d), m)| (x / level.alpha() - m) * gain * d);
                (along.sum::<f64>() + all - class) / v
            })
            .collect()
    }

    /// Where runs end.
    fn read_ends(&self, batch: &PathBatch, width: usize, out: &mut [f64]) {
        let Setting { law, mean, axis, along, total, dim, .. } = self.setting;
        let Some((level, offsets)) = self.levels.first().zip(batch.offsets.first()) else { return };
        let scale = |data: f64, noise: f64| level.alpha() * level.alpha() * data + level.sigma2() * noise;
        let (deviation, square) = (scale(*along, 1.0).sqrt(), scale(*total, *dim as f64));
        let rows = batch.anchors.iter().zip(offsets.chunks_exact(law.dim()));
        for (row, (&anchor, offset)) in out.chunks_exact_mut(width).zip(rows) {
            let from = offset.iter().zip(law.mean(anchor)).zip(mean).map(|((x, mu), m)| x + level.alpha() * (mu - m));
            let from: Vec<f64> = from.collect();
            row[0] = axis.as_ref().map_or(0.0, |e| e.iter().zip(&from).map(|(e, x)| e * x).sum::<f64>() / deviation);
            row[1] = from.iter().map(|x| x * x).sum::<f64>() / square;
        }
    }
}
