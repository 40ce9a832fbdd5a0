//! What the interactive page asks: laws on the line in the browser, by the routes of the workspace.
//!
//! Glue: no formula, and no number but of the other crates. Plain exports over linear memory, no generated binding: a
//! page says which [`law`], then asks; a question is a few numbers, and so is an answer. A function writes its answer
//! and returns how many numbers it has; [`answer`] says where they stand. What cannot be answered has none.
//!
//! Noise is given as the signal-to-noise ratio; places and densities are in units of the data, `x/alpha`.

use std::cell::RefCell;
use std::error::Error;
use std::sync::Arc;

use infodyn_bifurcation::{Energy, Landscape, diagram, fixed_points};
use infodyn_closed_form::MixtureLaw;
use infodyn_core::{Channel, Covariance, Law, Mixture, NoiseLevel, NoiseProcess, Quantity, profile};
use infodyn_monte_carlo::{PathBatch, Reverse, SEED, Scheme, stream};
use infodyn_quadrature::Quadrature;

/// The quantities that are told, in the order of the answers, a value and its error each.
pub const QUANTITIES: [Quantity; 6] = [
    Quantity::ConditionalEntropyRate,
    Quantity::Mmse,
    Quantity::LabelEntropy,
    Quantity::LabelEntropyRate,
    Quantity::LabelPosteriorEntropyVariance,
    Quantity::MutualInformation,
];

/// Steps of the sampler from each level that is drawn to the next.
const STEPS: usize = 4;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

thread_local! {
    static QUESTION: RefCell<Option<Question>> = const { RefCell::new(None) };
    static ANSWER: RefCell<Vec<f64>> = const { RefCell::new(Vec::new()) };
}

/// The numbers of the last answer.
#[must_use]
pub fn numbers() -> Vec<f64> {
    ANSWER.with_borrow(Vec::clone)
}

/// Where the numbers of the last answer stand.
#[unsafe(no_mangle)]
pub extern "C" fn answer() -> *const f64 {
    ANSWER.with_borrow(Vec::as_ptr)
}

/// What is asked of: `components` (2 or 3) Gaussians of standard deviation `width` (0: atoms), their means `distance`
/// apart and about 0, the first of which weighs `weight` and the others share the rest; under `edm` for `process` 0,
/// else `ou`. Answers with nothing.
#[unsafe(no_mangle)]
pub extern "C" fn law(components: u32, weight: f64, distance: f64, width: f64, process: u32) -> usize {
    QUESTION.replace(Question::new(components, weight, distance, width, process).ok());
    told(Ok(vec![]))
}

/// What holds at a noise level: `t`, `alpha`, `sigma`; value and error of each of [`QUANTITIES`].
#[unsafe(no_mangle)]
pub extern "C" fn level(snr: f64) -> usize {
    asked(|question| {
        let level = question.process.at_snr(snr)?;
        let mut numbers = vec![level.t(), level.alpha(), level.sigma()];
        numbers.extend(question.quantities(level)?);
        Ok(numbers)
    })
}

/// The fixed points of the three energies at a noise level, four numbers each: which energy, the place, its error,
/// and the number of unstable directions.
#[unsafe(no_mangle)]
pub extern "C" fn resting(snr: f64) -> usize {
    asked(|question| {
        let mut numbers = Vec::new();
        for (i, energy) in Energy::ALL.into_iter().enumerate() {
            for point in fixed_points(&question.landscape(energy)?, snr)? {
                numbers.extend([i as f64, point.at[0], point.error, point.index() as f64]);
            }
        }
        Ok(numbers)
    })
}

/// Curves over `count` places from `-reach` to `reach`, five numbers each: the place, the density, and how high each
/// energy stands above the place 0.
#[unsafe(no_mangle)]
pub extern "C" fn curves(snr: f64, reach: f64, count: u32) -> usize {
    asked(|question| {
        let level = question.process.at_snr(snr)?;
        let density = question.law.density(&level);
        let landscapes = Energy::ALL.into_iter().map(|e| question.landscape(e)).collect::<Result<Vec<_>>>()?;
        let mut numbers = Vec::new();
        for i in 0..count {
            let place = reach * (2.0 * f64::from(i) / f64::from(count - 1) - 1.0);
            numbers.extend([place, level.alpha() * density.ln_density(&[level.alpha() * place]).exp()]);
            for landscape in &landscapes {
                numbers.push(landscape.rise(&[0.0], &[place], snr)?.value());
            }
        }
        Ok(numbers)
    })
}

/// [`QUANTITIES`] along `count` noise levels: the signal-to-noise ratio, then value and error of each.
#[unsafe(no_mangle)]
pub extern "C" fn along(low: f64, high: f64, count: u32) -> usize {
    asked(|question| {
        let mut numbers = Vec::new();
        for level in question.levels((low, high), count)? {
            numbers.push(level.snr());
            numbers.extend(question.quantities(level)?);
        }
        Ok(numbers)
    })
}

/// The branches of fixed points of an energy (0, 1, 2), four numbers a point: which branch, the signal-to-noise ratio,
/// the place, the number of unstable directions; then the bifurcations, with -1 for the branch and 0 for the last.
#[unsafe(no_mangle)]
pub extern "C" fn branches(low: f64, high: f64, energy: u32) -> usize {
    asked(|question| {
        let energy = Energy::ALL.get(energy as usize).ok_or("no such energy")?;
        let found = diagram(&question.landscape(*energy)?, (low, high))?;
        let mut numbers = Vec::new();
        for (i, branch) in found.branches.iter().enumerate() {
            for p in &branch.points {
                numbers.extend([i as f64, p.log_snr.exp(), p.at[0], p.index() as f64]);
            }
        }
        for b in &found.bifurcations {
            numbers.extend([-1.0, b.log_snr.exp(), b.at[0], 0.0]);
        }
        Ok(numbers)
    })
}

/// `paths` reverse paths through `count` noise levels, by the exponential sampler from the score: the signal-to-noise
/// ratios, then path by path its places, from the data to the noise.
#[unsafe(no_mangle)]
pub extern "C" fn reverse(low: f64, high: f64, count: u32, paths: u32) -> usize {
    asked(|question| {
        let levels = question.levels((low, high), count)?;
        let channel = question.channel(levels[0])?;
        let sampler = Reverse::new(&channel, &levels, STEPS, Scheme::Exponential { noise: 1.0 })?;
        let mut drawn = PathBatch::default();
        sampler.draw(paths as usize, &mut stream(SEED, 0, 0), &mut drawn)?;
        let means = question.law.mixture().map_or(&[][..], Mixture::means);
        let mut numbers: Vec<f64> = levels.iter().map(NoiseLevel::snr).collect();
        for (i, &anchor) in drawn.anchors.iter().enumerate() {
            let place = |(level, offsets): (&NoiseLevel, &Vec<f64>)| offsets[i] / level.alpha() + means[anchor];
            numbers.extend(levels.iter().zip(&drawn.offsets).map(place));
        }
        Ok(numbers)
    })
}

/// Answers of the law that was said.
fn asked(answer: impl FnOnce(&Question) -> Result<Vec<f64>>) -> usize {
    told(QUESTION.with_borrow(|question| question.as_ref().ok_or_else(|| "no law".into()).and_then(answer)))
}

/// How many numbers an answer has; 0 without one.
fn told(numbers: Result<Vec<f64>>) -> usize {
    ANSWER.replace(numbers.unwrap_or_default());
    ANSWER.with_borrow(Vec::len)
}

/// A law under a process.
struct Question {
    law: Arc<MixtureLaw>,
    process: NoiseProcess,
}

impl Question {
    fn new(components: u32, weight: f64, distance: f64, width: f64, process: u32) -> Result<Self> {
        let rest = f64::from(components.max(2) - 1);
        let means: Vec<Vec<f64>> = (0..components).map(|k| vec![(f64::from(k) - 0.5 * rest) * distance]).collect();
        let weights: Vec<f64> = (0..components).map(|k| if k == 0 { weight } else { (1.0 - weight) / rest }).collect();
        let mixture = Mixture::new(&weights, &means, vec![Covariance::isotropic(width * width)?])?;
        let process = if process == 0 { NoiseProcess::Edm } else { NoiseProcess::Ou };
        Ok(Self { law: MixtureLaw::of(mixture), process })
    }

    fn channel(&self, level: NoiseLevel) -> Result<Channel> {
        Ok(Channel::new(Arc::clone(&self.law) as _, self.process, level.t())?.read_at(level))
    }

    fn landscape(&self, energy: Energy) -> Result<Landscape> {
        Ok(Landscape::new(Arc::clone(&self.law) as _, self.process, energy)?)
    }

    /// [`QUANTITIES`] at a level.
    fn quantities(&self, level: NoiseLevel) -> Result<Vec<f64>> {
        let found = profile(&Quadrature, &self.channel(level)?, &QUANTITIES)?;
        let pair = |q: &Quantity| found.get(*q).map_or([f64::NAN; 2], |e| [e.value(), e.radius()]);
        Ok(QUANTITIES.iter().flat_map(pair).collect())
    }

    /// `count` noise levels between two signal-to-noise ratios, equal in `log sigma/alpha`, of increasing noise.
    fn levels(&self, (low, high): (f64, f64), count: u32) -> Result<Vec<NoiseLevel>> {
        let share = |i: u32| f64::from(i) / f64::from(count - 1);
        let snr = |i: u32| high.powf(1.0 - share(i)) * low.powf(share(i));
        (0..count).map(|i| Ok(self.process.at_snr(snr(i))?)).collect()
    }
}
