//! What guidance toward a class does: where its budget is spent, and how far what comes out is from the class.
//!
//! Guided processes are started as the class at the noisiest of some levels and read at the cleanest, so that strength
//! 1 is the class itself.

mod pair;
mod setting;
mod simulated;

use std::sync::Arc;

use infodyn_closed_form::{MixtureLaw, guidance};
use infodyn_core::{Estimate, Law, Mixture, NoiseLevel, NoiseProcess, Quantity};

use crate::profile::{self, Method, profile};
use crate::{Error, Result};
use pair::Pair;
use setting::Setting;
use simulated::Simulated;

pub use setting::Strength;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The law of the data.
    pub law: Mixture,
    /// The noise process.
    pub process: NoiseProcess,
    /// The class that is guided to: a label of the law.
    pub label: usize,
    /// The strengths.
    pub strengths: Vec<Strength>,
    /// Levels between which the budget is told, of increasing noise, two or more; a window opens and closes at one.
    pub levels: Vec<NoiseLevel>,
    /// Paths to simulate.
    pub samples: u64,
    /// Seed of the random numbers.
    pub seed: u64,
}

/// A number, and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Known {
    /// The number with its error.
    pub estimate: Estimate,
    /// How it was computed.
    pub method: Method,
}

impl Known {
    fn new(method: Method) -> impl Fn(Estimate) -> Self {
        move |estimate| Self { estimate, method }
    }

    /// The sharper of a simulated number and one that is known otherwise.
    fn sharper(sampled: Estimate, other: Option<Self>) -> Self {
        match other {
            Some(other) if other.estimate.radius() <= sampled.radius() => other,
            _ => Self { estimate: sampled, method: Method::MonteCarlo },
        }
    }
}

/// What is known of the ends of a guided process, against the class at the cleanest level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ends {
    /// Mean beyond that of the class along the axis from the mean of the rest to that of the class, in standard
    /// deviations of the class; `None` where the two means are one.
    pub shift: Option<Known>,
    /// Variance along the axis over that of the class.
    pub variance: Option<Known>,
    /// Mean square distance from the mean of the class over that of the class itself, over all dimensions.
    pub square: Known,
    /// `KL(ends || class)`, nats; of the SDE where it is known, and from pure noise.
    pub divergence: Option<Known>,
    /// `KL(paths || paths of the class)`, nats, of the SDE: its ends have no more.
    pub path_divergence: Option<Known>,
    /// The chance to be of another class: `1 - E pi_y` at the end.
    pub missed: Known,
}

/// How often the guided SDE fails, from pure noise to no noise at all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Failure {
    /// The chance to end in another class, and to have a posterior of the class that falls to half of its prior on the
    /// way.
    Known {
        /// `1 - P(y)`.
        missed: Estimate,
        /// The chance to fall.
        falls: Estimate,
    },
    /// Why theory.md G8 does not apply.
    Not(&'static str),
}

/// What one strength does.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// The strength.
    pub strength: Strength,
    /// The growth of `E log pi_y` under the SDE over `log(1/w_y)`, in each stretch from pure noise toward the data.
    pub budget: Vec<Known>,
    /// Of the reverse SDE.
    pub sde: Ends,
    /// The bound of G7 on the divergence of the SDE; `None` for `omega <= 1/2`.
    pub bound: Option<Estimate>,
    /// Of the probability flow.
    pub flow: Ends,
    /// How often the SDE fails.
    pub failure: Failure,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Paths that were simulated under each strength.
    pub samples: u64,
    /// The prior weight of the class.
    pub weight: f64,
    /// The share of the information on the label, of all classes, that is gained in each stretch from pure noise to the
    /// noisiest level, and then from level to level toward the data.
    pub decided: Vec<Known>,
    /// One a strength.
    pub effects: Vec<Effect>,
}

/// Components times dimensions, after the exact reduction, that are simulated at most.
pub const MOST: usize = 4096;

/// Answers a question.
///
/// # Accuracy
/// Simulated numbers have intervals of level 0.997 for each, which also cover the error of the steps: they are taken
/// from steps of 1/5 of `log gamma` or less and from half of them, extrapolated, and all that the extrapolation took
/// away is added. Paths under all strengths share their starts and their noise, and are compared with those under
/// strength 1, whose law is known.
///
/// # Source
/// theory.md G1 (budget), G5 (two classes), G7 (bound), G8 (failure).
///
/// # Errors
/// When there are fewer than two levels or labels, the label is not there, the law is too large, or levels do not
/// increase in noise.
pub fn guide(question: &Question) -> Result<Answer> {
    let setting = Setting::new(&question.law, question.process, question.label, &question.levels)?;
    let size = setting.law.components() * setting.law.dim();
    if size > MOST {
        return Err(Error::Size { components: setting.law.components(), dim: setting.law.dim(), most: MOST });
    }
    // Run 0 is under strength 1.
    let run: Vec<Strength> = question.strengths.iter().filter(|s| s.omega != 1.0).copied().collect();
    let runs = Simulated::new(&setting, &run, question.samples, question.seed)?;
    let pair = Pair::of(&setting, setting.ends()?);
    let effect = |strength: &Strength| {
        let number = run.iter().position(|s| s == strength).map_or(0, |at| at + 1);
        effect(&setting, &runs, pair.as_ref(), number, *strength)
    };
    Ok(Answer {
        samples: runs.samples(),
        weight: setting.weight(),
        decided: decided(question)?,
        effects: question.strengths.iter().map(effect).collect(),
    })
}

/// The shares of the label's information.
fn decided(question: &Question) -> Result<Vec<Known>> {
    let law = MixtureLaw::of(question.law.clone());
    let prior = -law.label_weights().iter().map(|&w| Estimate::given(w) * Estimate::given(w).ln()).sum::<Estimate>();
    let settings = profile::Settings {
        quantities: vec![Quantity::LabelEntropy],
        samples: Some(question.samples),
        seed: question.seed,
        ..profile::Settings::default()
    };
    let law: Arc<dyn Law> = law;
    let points = profile(&law, question.process, &question.levels, &settings, &|| ())?;
    let missing = |t: f64| Error::NotFinite { quantity: Quantity::LabelEntropy, t, method: Method::Auto };
    let mut shares = Vec::new();
    let mut before = prior;
    for point in points.iter().rev() {
        let value = point.get(Quantity::LabelEntropy).ok_or(missing(point.level.t()))?;
        shares.push(Known { estimate: (before - value.estimate) / prior, method: value.method });
        before = value.estimate;
    }
    Ok(shares)
}

/// What a strength does, by the runs of number `s`.
fn effect(setting: &Setting, runs: &Simulated, pair: Option<&Pair>, s: usize, strength: Strength) -> Effect {
    let sampled = Known::new(Method::MonteCarlo);
    let integrated = Known::new(Method::Quadrature);
    let exact = pair.and_then(|pair| pair.flow(strength));
    let closed = pair.and_then(|pair| pair.sde_shift(strength)).map(Known::new(Method::ClosedForm));
    let both = |flow: bool, shift: Option<Known>, variance: Option<Known>| Ends {
        shift: setting.axis.is_some().then(|| Known::sharper(runs.shift(flow, s), shift)),
        variance: setting.axis.is_some().then(|| Known::sharper(runs.variance(flow, s), variance)),
        square: sampled(runs.square(flow, s)),
        divergence: None,
        path_divergence: None,
        missed: sampled(runs.missed(flow, s)),
    };
    let divergence = Known::sharper(runs.divergence(true, s), exact.map(|o| integrated(o.divergence)));
    Effect {
        strength,
        budget: runs.budget(s).into_iter().map(&sampled).collect(),
        sde: Ends {
            divergence: pair.and_then(|pair| pair.sde_divergence(strength)).map(&integrated),
            path_divergence: Some(sampled(runs.divergence(false, s))),
            ..both(false, closed, None)
        },
        // A window has no more: what is not guided only raises log pi_y in the mean.
        bound: guidance::cost_from_class(strength.omega, setting.weight()),
        flow: Ends {
            divergence: Some(divergence),
            ..both(true, exact.map(|o| integrated(o.shift)), exact.map(|o| integrated(o.variance)))
        },
        failure: failure(setting, strength),
    }
}

/// What G8 says of a strength.
fn failure(setting: &Setting, Strength { omega, window }: Strength) -> Failure {
    if window.is_some() {
        return Failure::Not("guidance in a window has no constant strength");
    }
    if !setting.law.is_atomic() {
        return Failure::Not("the data do not decide the class: classes overlap");
    }
    let weight = setting.weight();
    match (guidance::chance_of_class(omega, weight), guidance::chance_of_falling(omega, weight, 0.5 * weight)) {
        (Some(reached), Some(falls)) => Failure::Known { missed: Estimate::ONE - reached, falls },
        _ => Failure::Not("the strength is out of range"),
    }
}

/// Levels at which a class is decided: thirteen, even in `log gamma`, from where the classes cannot be told apart to
/// where the data are all but clean, as far as the process goes.
///
/// # Formula
/// `gamma` from `1e-4/b` to `max(64/b, 100/q)`, `b` the mean square distance of the labels' means from that of the law
/// (of a coordinate, where they coincide) and `q` the variance of a coordinate of the class.
///
/// # Errors
/// When the label does not occur, or the process has no such levels.
pub fn usual_levels(law: &Mixture, process: NoiseProcess, label: usize) -> Result<Vec<NoiseLevel>> {
    const COUNT: usize = 13;
    let dim = law.dim() as f64;
    let (centre, class) = (law.total_mean(), law.given_label(label)?.0);
    let mut between = 0.0;
    for (y, weight) in law.label_weights().iter().enumerate() {
        between += weight * (law.given_label(y)?.0.total_mean() - &centre).norm_squared();
    }
    let total = law.total_covariance().trace();
    let scale = if between > 1e-6 * total { between } else { total / dim };
    let within = class.total_covariance().trace() / dim;
    let clean = (64.0 / scale).max(if within > 1e-9 * scale { 100.0 / within } else { 0.0 });
    let (lowest, highest) = process.snr_range();
    let [low, high] = [(1e-4 / scale).max(lowest), clean.min(0.99 * highest)].map(f64::ln);
    let snr = |i: usize| (high + (low - high) * i as f64 / (COUNT - 1) as f64).exp();
    (0..COUNT).map(|i| Ok(process.at_snr(snr(i))?)).collect()
}

#[cfg(test)]
mod tests {
    use infodyn_core::Covariance;

    use super::*;

    fn question(law: Mixture, strengths: &[Strength]) -> Question {
        let levels = usual_levels(&law, NoiseProcess::Edm, 0).unwrap();
        Question {
            law,
            process: NoiseProcess::Edm,
            label: 0,
            strengths: strengths.to_vec(),
            levels,
            samples: 8192,
            seed: 5,
        }
    }

    fn agree(a: Estimate, b: Estimate, within: f64) {
        assert!((a.value() - b.value()).abs() <= a.radius() + b.radius(), "{a} {b}");
        assert!(a.radius().max(b.radius()) < within, "{a} {b}");
    }

    /// Simulation against integration, of two equal classes in the plane, everywhere and in a window.
    #[test]
    fn the_simulated_flow_is_the_exact_one() {
        let law = Mixture::symmetric_pair(&[1.2, -0.9], 0.25).unwrap();
        let levels = usual_levels(&law, NoiseProcess::Edm, 0).unwrap();
        let window = Some((levels[8].snr(), levels[5].snr()));
        let strengths =
            [(1.0, None), (3.0, None), (3.0, window), (0.5, None)].map(|(omega, window)| Strength { omega, window });
        let question = question(law, &strengths);
        let setting = Setting::new(&question.law, question.process, 0, &question.levels).unwrap();
        let runs = Simulated::new(&setting, &strengths, question.samples, question.seed).unwrap();
        let pair = Pair::of(&setting, setting.ends().unwrap()).unwrap();
        for (s, strength) in strengths.into_iter().enumerate() {
            let exact = pair.flow(strength).unwrap();
            agree(runs.shift(true, s + 1), exact.shift, 0.05);
            agree(runs.variance(true, s + 1), exact.variance, 0.2);
            agree(runs.divergence(true, s + 1), exact.divergence, 0.2);
        }
    }

    /// Simulation against the closed form, of the SDE between classes of unequal weight.
    #[test]
    fn the_simulated_diffusion_has_the_known_shift() {
        let law =
            Mixture::new(&[0.3, 0.7], &[vec![1.5], vec![-1.5]], vec![Covariance::isotropic(0.1).unwrap()]).unwrap();
        let strengths = [2.0, 4.0].map(|omega| Strength { omega, window: None });
        let question = question(law, &strengths);
        let setting = Setting::new(&question.law, question.process, 0, &question.levels).unwrap();
        let runs = Simulated::new(&setting, &strengths, question.samples, question.seed).unwrap();
        let pair = Pair::of(&setting, setting.ends().unwrap()).unwrap();
        // Too strong for the lattice, or followed.
        for omega in [12.0, 16.0, 20.0, 50.0, 100.0] {
            let found = pair.sde_divergence(Strength { omega, window: None });
            println!("{omega}: {found:?}");
            assert!(found.is_none_or(|found| found.value() > 0.07 && found.value() < 1.0), "{omega}: {found:?}");
        }
        assert!(pair.flow(strengths[0]).is_none());
        for (s, strength) in strengths.into_iter().enumerate() {
            agree(runs.shift(false, s + 1), pair.sde_shift(strength).unwrap(), 0.05);
            let bound = guidance::cost_from_class(strength.omega, 0.3).unwrap();
            let cost = runs.divergence(false, s + 1);
            assert!(cost.value() - cost.radius() <= bound.value(), "{cost} {bound}");
            // A Gaussian of this shift and variance has the least divergence.
            let (shift, variance) = (runs.shift(false, s + 1), runs.variance(false, s + 1));
            let least = (variance + shift * shift - 1 - variance.ln()) / 2;
            let ends = pair.sde_divergence(strength).unwrap();
            println!("{strength:?}: {least} {ends} {cost}");
            assert!(
                least.value() - least.radius() <= ends.value() + 1e-3 && ends.value() <= cost.value() + cost.radius()
            );
        }
    }
}
