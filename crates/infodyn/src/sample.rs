//! Samples of a law under a process: exact ones, and those of a sampler of the reverse process, guided or not.

use std::sync::Arc;

use infodyn_closed_form::MixtureLaw;
use infodyn_core::{Channel, Mixture, NoiseLevel, NoiseProcess, Points};
use infodyn_monte_carlo::{
    Draws, FLOW_TOLERANCE, Guidance, LabelPosterior, NoiseLaw, PathBatch, Philox, Reverse, Sampler, Scheme, stream,
};
use rayon::prelude::*;

use crate::Result;

/// The samplers of the reverse process, by the names that users know; the first four are those of
/// [`crate::schedule::SAMPLERS`].
pub const SAMPLERS: [(&str, Scheme); 6] = [
    ("euler", Scheme::Exponential { noise: 0.0 }),
    ("ancestral", Scheme::Exponential { noise: 1.0 }),
    ("heun", Scheme::FlowHeun),
    ("dpmpp2m", Scheme::FlowMultistep),
    ("euler-maruyama", Scheme::EulerMaruyama),
    ("flow-adaptive", Scheme::FlowAdaptive { tolerance: FLOW_TOLERANCE }),
];

/// How samples are made.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// Exact draws at a noise level; at [`NoiseLevel::DATA`] of `X_0`.
    Exact(NoiseLevel),
    /// The reverse process by a sampler.
    Reverse(Run),
}

/// A run of a sampler, from exact draws at its noisiest level.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// How it steps.
    pub scheme: Scheme,
    /// The ends of its steps, of increasing noise.
    pub levels: Vec<NoiseLevel>,
    /// Whether a last step goes from the cleanest level to no noise at all.
    pub to_data: bool,
    /// Guidance toward the label that is asked for.
    pub guidance: Option<Guidance>,
}

/// What is drawn.
#[derive(Debug, Clone)]
pub struct Request {
    /// The law of the data.
    pub law: Mixture,
    /// The noise process.
    pub process: NoiseProcess,
    /// The label whose law is drawn from: exactly, or at the noisiest level of a sampler.
    pub label: Option<usize>,
    /// How.
    pub source: Source,
    /// How many samples.
    pub count: usize,
    /// Seed of the random numbers.
    pub seed: u64,
}

/// Samples and their labels.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Samples {
    /// The samples, `n x D`, row-major.
    pub points: Vec<f64>,
    /// The label of each: the true one of an exact draw; of a sampler's, a draw from the posterior where its last step
    /// begins, or ends if that is not at no noise.
    pub labels: Vec<usize>,
}

/// Samples that are drawn together: each such chunk reads a stream of its own.
const CHUNK: usize = 256;

/// Draws samples. The same seed gives the same bits for any number of threads, and the first samples of more are these.
///
/// # Errors
/// As [`Reverse::new`], [`Reverse::guided`] and [`Reverse::draw`], and when the label does not occur.
pub fn sample(request: &Request) -> Result<Samples> {
    let law = MixtureLaw::of(request.law.clone());
    let start = Start::new(&law, request.label)?;
    let chunks = request.count.div_ceil(CHUNK);
    let draw = |source: &(dyn Fn(&mut Philox) -> Result<Samples> + Sync)| -> Result<Samples> {
        let one = |index: usize| source(&mut stream(request.seed, 0, index as u32));
        let chunks = (0..chunks).into_par_iter().map(one).collect::<Result<Vec<Samples>>>()?;
        let mut all = Samples::default();
        for chunk in chunks {
            all.points.extend(chunk.points);
            all.labels.extend(chunk.labels);
        }
        all.points.truncate(request.count * law.dim());
        all.labels.truncate(request.count);
        Ok(all)
    };
    match &request.source {
        Source::Exact(level) => draw(&|rng| Ok(start.exact(level, rng))),
        Source::Reverse(run) => {
            let Some(cleanest) = run.levels.first() else { return Ok(Samples::default()) };
            let channel = Channel::new(Arc::clone(&law) as _, request.process, cleanest.t())?;
            let mut reverse = Reverse::new(&channel, &run.levels, 1, run.scheme)?;
            if let Some(guidance) = run.guidance {
                reverse = reverse.guided(guidance)?;
            }
            draw(&|rng| start.carried(run, &reverse, rng))
        }
    }
}

/// Where samples begin: a law, or what it is given a label.
struct Start {
    law: Arc<MixtureLaw>,
    given: Arc<MixtureLaw>,
    /// The component of the law that each of the given one is.
    components: Vec<usize>,
}

impl Start {
    fn new(law: &Arc<MixtureLaw>, label: Option<usize>) -> Result<Self> {
        let law = Arc::clone(law);
        Ok(match label {
            None => Self { given: Arc::clone(&law), components: (0..law.components()).collect(), law },
            Some(label) => {
                let (given, components) = law.given_label(label)?;
                Self { law, given: MixtureLaw::of(given), components }
            }
        })
    }

    /// Exact draws at a level: components of the whole law, and `X_t` minus `alpha` times their means.
    fn draw(&self, level: &NoiseLevel, rng: &mut Philox) -> (Vec<usize>, Vec<f64>) {
        let (mut draws, mut offsets) = (Draws::default(), Vec::new());
        Sampler::new(&*self.given, NoiseLaw::Gaussian).draw(CHUNK, rng, &mut draws);
        draws.offsets(level, &mut offsets);
        (draws.anchors.iter().map(|&k| self.components[k]).collect(), offsets)
    }

    /// Points from components and offsets.
    fn place(&self, alpha: f64, anchors: &[usize], mut offsets: Vec<f64>) -> Vec<f64> {
        for (&anchor, x) in anchors.iter().zip(offsets.chunks_exact_mut(self.law.dim())) {
            x.iter_mut().zip(self.law.mean(anchor)).for_each(|(x, mu)| *x += alpha * mu);
        }
        offsets
    }

    fn exact(&self, level: &NoiseLevel, rng: &mut Philox) -> Samples {
        let (anchors, offsets) = self.draw(level, rng);
        let labels = anchors.iter().map(|&k| self.law.labels()[k]).collect();
        Samples { points: self.place(level.alpha(), &anchors, offsets), labels }
    }

    /// Ends of a sampler's paths.
    fn carried(&self, run: &Run, reverse: &Reverse<'_>, rng: &mut Philox) -> Result<Samples> {
        let [Some(cleanest), Some(noisiest)] = [run.levels.first(), run.levels.last()] else {
            return Ok(Samples::default());
        };
        let (anchors, offsets) = self.draw(noisiest, rng);
        let (mut paths, mut labels) = (PathBatch::default(), Vec::new());
        reverse.follow(&anchors, &offsets, rng, &mut paths)?;
        if let Some(density) = reverse.densities().next() {
            let points = Points { anchors: &paths.anchors, offsets: &paths.offsets[0] };
            LabelPosterior::new(density).draw(points, rng, &mut labels);
        }
        let points = if run.to_data {
            self.place(1.0, &paths.anchors, reverse.denoised(&paths))
        } else {
            self.place(cleanest.alpha(), &paths.anchors, paths.offsets.swap_remove(0))
        };
        Ok(Samples { points, labels })
    }
}

#[cfg(test)]
mod tests {
    use infodyn_core::Covariance;

    use super::*;
    use crate::schedule;

    /// The rational variance ratios of theory.md S4: `N(0, 1)` by steps from 8 over 2, 1 and 1/2 to 1/8.
    #[test]
    fn samplers_leave_of_a_gaussian_what_is_known() {
        assert!(SAMPLERS.iter().zip(schedule::SAMPLERS).all(|(a, b)| a.0 == b.0));
        let levels: Vec<NoiseLevel> =
            [0.125, 0.5, 1.0, 2.0, 8.0].iter().map(|&s| NoiseProcess::Edm.at(s).unwrap()).collect();
        let law = Mixture::gaussian(&[3.0], Covariance::isotropic(1.0).unwrap()).unwrap();
        let known = [
            6_765_201.0 / 10_562_500.0,
            32927.0 / 66560.0,
            58_787_821_444.0 / 41_259_765_625.0,
            1.003_307_692_f64.powi(2),
        ];
        for ((name, scheme), known) in SAMPLERS.into_iter().zip(known) {
            let (law, process, levels) = (law.clone(), NoiseProcess::Edm, levels.clone());
            let source = Source::Reverse(Run { scheme, levels, to_data: false, guidance: None });
            let request = Request { law, process, label: None, source, count: 200_000, seed: 3 };
            let found = sample(&request).unwrap();
            let n = found.points.len() as f64;
            let variance = found.points.iter().map(|x| (x - 3.0).powi(2)).sum::<f64>() / n;
            let truth = known * (1.0 + 0.125_f64.powi(2));
            // Six standard errors.
            assert!((variance / truth - 1.0).abs() < 6.0 * (2.0 / n).sqrt(), "{name}: {variance} {truth}");
        }
    }
}
