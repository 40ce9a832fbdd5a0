//! The workloads, each through the public function that a user would call.

use std::path::Path;
use std::sync::Arc;

use infodyn_closed_form::MixtureLaw;
use infodyn_core::{
    Channel, Density, Detail, Law, Mixture, NoiseLevel, NoiseProcess, Observation, Points, Quantity, profile,
};
use infodyn_data::LawFile;
use infodyn_enclosure::{Interval, LineLaw, Moment};
use infodyn_monte_carlo::{MonteCarlo, NoiseLaw, PathBatch, Reverse, Scheme, Settings, View, mean_of, stream};
use infodyn_quadrature::Quadrature;

use crate::limits;
use crate::run::{Job, Outcome};

/// The job that a line names. `LAW` is a law file; `T` a time of the Ornstein-Uhlenbeck process; on the line the noise
/// is `sigma` beside a signal of scale 1.
///
/// | job | computes |
/// |---|---|
/// | `mixture LAW T SAMPLES` | by Monte Carlo, mean and standard error of: entropy of the component, `abs(s)^2`, `div s`, surprisal of the class `k mod 2` |
/// | `reduced LAW T SAMPLES` | the first three through `profile`, which samples a law that splits by its factors |
/// | `dataset LAW T POINTS` | the points' offsets from their atoms; at each the score, the entropy of the atom, `div s`, the log-density |
/// | `line LAW SIGMA` | entropy of the label by quadrature, and its radius |
/// | `paths LAW STEPS PATHS` | where reverse paths end |
/// | `enclosure LAW SIGMA` | both ends of the entropy of the label |
/// | `fma`, `exp`, `ln`, `ln_1p`, `normals`, `triad`, each with `N` | how much it does: the limits of the machine |
///
/// Each works on the law that `seen` makes of its own.
pub(crate) fn job(line: &str, seen: fn(Arc<dyn Law>) -> Arc<dyn Law>) -> Outcome<Job> {
    let law = |path: &str| LawFile::read(Path::new(path)).map(|file| file.law);
    let seen = |law: Mixture| seen(MixtureLaw::of(law));
    match line.split(' ').collect::<Vec<_>>()[..] {
        ["mixture", path, t, samples] => mixture(seen(by_parity(law(path)?)?), t.parse()?, samples.parse()?),
        ["reduced", path, t, samples] => reduced(seen(law(path)?), t.parse()?, samples.parse()?),
        ["dataset", path, t, points] => dataset(seen(law(path)?), t.parse()?, points.parse()?),
        ["line", path, sigma] => on_a_line(seen(law(path)?), sigma.parse()?),
        ["paths", path, steps, paths] => reverse(seen(law(path)?), steps.parse()?, paths.parse()?),
        ["enclosure", path, sigma] => enclosure(&law(path)?, sigma.parse()?),
        [limit, n] => limits::job(limit, n.parse()?),
        _ => Err(format!("{line}: no such job").into()),
    }
}

/// Jobs live as long as the program, and what they borrow with them.
fn forever<T>(x: T) -> &'static T {
    Box::leak(Box::new(x))
}

fn by_parity(law: Mixture) -> infodyn_core::Result<Mixture> {
    let labels = (0..law.components()).map(|k| k % 2).collect();
    law.with_labels(labels)
}

fn mixture(law: Arc<dyn Law>, t: f64, samples: u64) -> Outcome<Job> {
    let level = NoiseProcess::Ou.at(t)?;
    let law = forever(law);
    let density = forever(law.density(&level));
    let settings = Settings { samples, ..Settings::default() };
    let asked = Detail::COMPONENT_ENTROPY | Detail::SCORE | Detail::SCORE_DIVERGENCE | Detail::LABEL_SURPRISAL;
    let view = View::new(level, &**density).asking(asked);
    Ok(Box::new(move |_| {
        let means = mean_of(&settings, &**law, &[view], 4, &[], |batch, out| {
            let seen = &batch.readings[0].observation;
            for (i, row) in out.chunks_exact_mut(4).enumerate() {
                let (entropy, surprisal) = (seen.component.entropy[i], seen.label.surprisal[i]);
                row.copy_from_slice(&[entropy, seen.score_norm2(i, batch.dim), seen.score_divergence[i], surprisal]);
            }
        })?;
        Ok((0..4).flat_map(|j| [means.moments(j).mean, means.moments(j).std_error()]).collect())
    }))
}

fn reduced(law: Arc<dyn Law>, t: f64, samples: u64) -> Outcome<Job> {
    let channel = Channel::new(law, NoiseProcess::Ou, t)?;
    let route = MonteCarlo(Settings { samples, confidence: 1.0 - 1e-9, ..Settings::default() });
    let wanted = [Quantity::LabelEntropy, Quantity::MeanScoreNorm2, Quantity::MeanScoreDivergence];
    Ok(Box::new(move |_| {
        let known = profile(&route, &channel, &wanted)?;
        let numbers = wanted.iter().filter_map(|&q| known.get(q)).flat_map(|e| [e.value(), e.radius()]);
        Ok(numbers.collect())
    }))
}

fn dataset(law: Arc<dyn Law>, t: f64, points: usize) -> Outcome<Job> {
    let level = NoiseProcess::Ou.at(t)?;
    let law = forever(law);
    let density = forever(law.density(&level));
    let anchors: Vec<usize> = (0..points).map(|i| 13 * i % density.weights().len()).collect();
    let mut offsets = vec![0.0; points * law.dim()];
    NoiseLaw::Gaussian.fill(&mut stream(1, 0, 0), &mut offsets);
    offsets.iter_mut().for_each(|z| *z *= level.sigma());
    let mut seen = Observation::default();
    Ok(Box::new(move |wanted| {
        density.observe(Points { anchors: &anchors, offsets: &offsets }, Detail::SCORES, &mut seen);
        let parts = [&offsets, &seen.score, &seen.component.entropy, &seen.score_divergence, &seen.ln_density];
        Ok(if wanted { parts.iter().flat_map(|part| part.iter().copied()).collect() } else { vec![] })
    }))
}

fn on_a_line(law: Arc<dyn Law>, sigma: f64) -> Outcome<Job> {
    let channel = Channel::new(law, NoiseProcess::Edm, sigma)?;
    Ok(Box::new(move |_| {
        let known = profile(&Quadrature, &channel, &[Quantity::LabelEntropy])?;
        Ok(known.get(Quantity::LabelEntropy).map(|h| vec![h.value(), h.radius()]).unwrap_or_default())
    }))
}

/// The ends of a reverse path: signal-to-noise ratios `1/(e^5 - 1)` and `1/(e^0.001 - 1)`.
const SPAN: [f64; 2] = [0.0005, 2.5];

fn reverse(law: Arc<dyn Law>, steps: usize, paths: usize) -> Outcome<Job> {
    let channel = forever(Channel::new(law, NoiseProcess::Ou, SPAN[1])?);
    let levels: Vec<NoiseLevel> = SPAN.iter().map(|&t| NoiseProcess::Ou.at(t)).collect::<Result<_, _>>()?;
    let sampler = Reverse::new(channel, &levels, steps, Scheme::Exponential { noise: 1.0 })?;
    let density = forever(channel.law().density(&levels[0]));
    let mut out = PathBatch::default();
    Ok(Box::new(move |wanted| {
        sampler.draw(paths, &mut stream(1, 0, 0), &mut out)?;
        Ok(if wanted { places(&**density, &out) } else { vec![] })
    }))
}

/// The points at the least noise, `n x D`.
fn places(density: &dyn Density, paths: &PathBatch) -> Vec<f64> {
    let mut centre = vec![0.0; density.dim()];
    let rows = paths.anchors.iter().zip(paths.offsets[0].chunks_exact(density.dim()));
    rows.flat_map(|(&k, offset)| {
        density.centre(k, &mut centre);
        centre.iter().zip(offset).map(|(c, x)| c + x).collect::<Vec<_>>()
    })
    .collect()
}

fn enclosure(law: &Mixture, sigma: f64) -> Outcome<Job> {
    let line = LineLaw::new(law)?;
    let sigma2 = Interval::point(sigma).sqr();
    Ok(Box::new(move |_| {
        let entropy = line.at(Interval::ONE, sigma2)?.mean(Moment::Entropy)?;
        Ok(vec![entropy.lo(), entropy.hi()])
    }))
}
