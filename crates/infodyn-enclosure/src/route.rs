//! The moments of a channel, as proved intervals.

use infodyn_core::{Channel, Estimate, Kernel, Mixture, Moment, Route};

use crate::moments::Moment as Pointwise;
use crate::{Error, Interval, Level, Line, LineLaw, Plane, Result};

/// The route of interval arithmetic: mixtures on the line, in the plane with covariances along the axes, and two
/// components of equal isotropic covariance in any dimension, at a time of their process. The kernel is enclosed too.
///
/// Moments of the posterior of `X_0` itself, of laws that are not atoms, would be integrals over the points and the
/// data, and are not served. Of a wrong model, which is served on the line, variances of a surprisal and the
/// information of the component are not: there the truth decides with which probability the model's posterior is read.
///
/// # Formula
/// theory.md, sections 1 to 4. The coordinates of a pair besides the line through its means add their closed forms.
///
/// # Accuracy
/// Relative widths about 1e-13 on the line and 1e-8 in the plane, where a moment is not small against what it is the
/// difference of.
///
/// # Errors
/// When the law or the process is not served, or no enclosure was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Enclosure;

/// Whether [`Enclosure`] serves a law.
#[must_use]
pub fn serves(law: &Mixture) -> bool {
    LineLaw::new(law).is_ok() || Plane::new(law, Interval::ONE, Interval::ONE).is_ok()
}

impl Route for Enclosure {
    type Error = Error;

    fn means(&self, channel: &Channel, moments: &[Moment]) -> Result<Vec<Option<Estimate>>> {
        let mut answers = vec![None; moments.len()];
        for reading in [Reading::Label, Reading::Component, Reading::Data] {
            let asked: Vec<usize> = (0..moments.len()).filter(|&i| Reading::of(moments[i]) == reading).collect();
            if !asked.is_empty() {
                let wanted: Vec<Moment> = asked.iter().map(|&i| moments[i]).collect();
                let found = View::new(channel, reading)?.means(&wanted)?;
                asked.iter().zip(found).for_each(|(&i, x)| answers[i] = x.map(Interval::estimate));
            }
        }
        Ok(answers)
    }

    fn kernel(&self, channel: &Channel) -> Result<Kernel> {
        let (level, clock) = (Level::new(channel.process(), channel.level().t())?, channel.clock(&channel.level()));
        // The g^2 of another clock is a double: 1, or 2 t.
        let g2 = if clock == channel.level() { level.g2 } else { Interval::point(clock.g2()) };
        let [alpha, sigma2, f, g2] = [level.alpha, level.sigma2, level.f, g2].map(Interval::estimate);
        Ok(Kernel { alpha, sigma2, f, g2 })
    }

    fn reading(&self) -> Option<infodyn_core::Reading> {
        None
    }
}

/// What is seen of a law, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// The marginal and its label.
    Label,
    /// The marginal, its component in place of the label.
    Component,
    /// The data themselves.
    Data,
}

impl Reading {
    fn of(moment: Moment) -> Self {
        match moment {
            Moment::ComponentEntropy
            | Moment::ComponentInformation
            | Moment::ComponentEntropyVariance
            | Moment::ComponentSurprisalVariance => Self::Component,
            Moment::DataEntropy => Self::Data,
            _ => Self::Label,
        }
    }
}

/// What the integrals are taken over.
enum Marginal {
    /// The truth on the line, and the model where it is another.
    Line(Box<Line<Interval>>, Option<Box<Line<Interval>>>),
    Plane(Plane),
}

/// A channel, read.
struct View<'a> {
    law: &'a Mixture,
    marginal: Marginal,
    alpha: Interval,
    /// Variance of the true noise, and of what the model takes it for.
    sigma2: Interval,
    believed: Interval,
    /// Number of Gaussian coordinates besides the line.
    further: usize,
}

impl<'a> View<'a> {
    fn new(channel: &'a Channel, reading: Reading) -> Result<Self> {
        let kind = |channel: &Channel| Error::Law { found: format!("{:?}", channel.law()) };
        let law = channel.law().mixture().ok_or_else(|| kind(channel))?;
        let model = channel.model().mixture().ok_or_else(|| kind(channel))?;
        let level = Level::new(channel.process(), channel.level().t())?;
        let wrong = channel.believed(&channel.level()) != channel.level();
        let (alpha, sigma2, believed) = match reading {
            Reading::Data => (Interval::ONE, Interval::ZERO, Interval::ZERO),
            _ => (level.alpha, level.sigma2, if wrong { level.sigma2.sqrt() } else { level.sigma2 }),
        };
        let by_component = reading == Reading::Component;
        let line = LineLaw::new(law);
        if line.is_err() && law.dim() == 2 {
            if !channel.is_true() {
                return Err(Error::Law { found: "a wrong model in the plane".into() });
            }
            let plane = if by_component {
                Plane::new(&law.clone().unlabelled(), alpha, sigma2)?
            } else {
                Plane::new(law, alpha, sigma2)?
            };
            return Ok(Self { law, marginal: Marginal::Plane(plane), alpha, sigma2, believed, further: 0 });
        }
        let read = |law: LineLaw| if by_component { law.by_component() } else { law };
        let line = read(line?);
        let model = if channel.is_true() { None } else { Some(read(LineLaw::new(model)?).at(alpha, believed)?) };
        let (further, truth) = (line.further, line.at(alpha, sigma2)?);
        Ok(Self {
            law,
            marginal: Marginal::Line(Box::new(truth), model.map(Box::new)),
            alpha,
            sigma2,
            believed,
            further,
        })
    }

    fn is_true(&self) -> bool {
        !matches!(self.marginal, Marginal::Line(_, Some(_)))
    }

    fn means(&self, moments: &[Moment]) -> Result<Vec<Option<Interval>>> {
        let mut functions: Vec<Pointwise> = Vec::new();
        for function in moments.iter().flat_map(|&m| self.functions(m)) {
            if !functions.contains(function) {
                functions.push(*function);
            }
        }
        let known = match &self.marginal {
            _ if functions.is_empty() => vec![],
            Marginal::Line(truth, None) => truth.means(&functions)?,
            Marginal::Line(truth, Some(model)) => truth.means_of(model, &functions)?,
            Marginal::Plane(plane) => plane.means(&functions)?,
        };
        let get = |f: Pointwise| functions.iter().position(|&g| g == f).map(|i| known[i]);
        moments.iter().map(|&moment| self.moment(moment, &get)).collect()
    }

    /// The functions of a point whose means a moment takes.
    fn functions(&self, moment: Moment) -> &'static [Pointwise] {
        match moment {
            Moment::Entropy | Moment::DataEntropy => &[Pointwise::LnDensity],
            Moment::ScoreNorm2 => &[Pointwise::ScoreNorm2],
            Moment::ScoreDivergence => &[Pointwise::ScoreDivergence],
            Moment::TopEigenvalue if matches!(self.marginal, Marginal::Line(..)) => &[Pointwise::ScoreDivergence],
            Moment::PosteriorTrace => &[Pointwise::PosteriorVariance],
            Moment::LabelEntropy | Moment::ComponentEntropy => &[Pointwise::Entropy],
            Moment::ComponentInformation if self.is_true() => &[Pointwise::Entropy],
            Moment::LabelProduction => &[Pointwise::Production],
            Moment::LabelAgreement => &[Pointwise::Agreement],
            Moment::LabelSurprisalVariance | Moment::ComponentSurprisalVariance if self.is_true() => {
                &[Pointwise::SquareSurprisal, Pointwise::Entropy]
            }
            _ => &[],
        }
    }

    /// A moment from the means of its functions, with the part of the further coordinates.
    fn moment(&self, moment: Moment, get: &dyn Fn(Pointwise) -> Option<Interval>) -> Result<Option<Interval>> {
        let n = Interval::point(self.further as f64);
        let dim = Interval::point(self.law.dim() as f64);
        let q = Interval::point(self.law.covariance(0).eigenvalue(0));
        let signal = self.alpha.sqr() * q;
        let (truth, v) = (signal + self.sigma2, signal + self.believed);
        // `E[-log N(0, believed)]` of `N(0, true)`.
        let gaussian = |variance: Interval, truth: Interval| {
            ((Interval::PI.times(2.0) * variance).ln() + truth / variance).times(0.5)
        };
        Ok(match moment {
            Moment::Entropy | Moment::DataEntropy if self.further > 0 => {
                get(Pointwise::LnDensity).map(|x| x + n * gaussian(v, truth))
            }
            Moment::Entropy | Moment::DataEntropy => get(Pointwise::LnDensity),
            Moment::KernelEntropy => Some(dim * gaussian(self.believed, self.sigma2)),
            Moment::WithinInformation => Some(self.within()),
            Moment::ScoreNorm2 => get(Pointwise::ScoreNorm2).map(|x| x + n * truth / v.sqr()),
            Moment::ScoreDivergence => get(Pointwise::ScoreDivergence).map(|x| x - n / v),
            // The score's gradient varies along the line only, and is nowhere less there than across it.
            Moment::TopEigenvalue if matches!(self.marginal, Marginal::Line(..)) => get(Pointwise::ScoreDivergence),
            Moment::PosteriorTrace => get(Pointwise::PosteriorVariance).map(|x| x + n * q * self.believed / v),
            Moment::LabelEntropy | Moment::ComponentEntropy => get(Pointwise::Entropy),
            Moment::ComponentInformation if self.is_true() => {
                let prior = weights(self.law).into_iter().fold(Interval::ZERO, |h, w| h - w * w.ln());
                get(Pointwise::Entropy).map(|h| prior - h)
            }
            Moment::LabelProduction => get(Pointwise::Production),
            Moment::LabelAgreement => get(Pointwise::Agreement),
            Moment::LabelSurprisalVariance | Moment::ComponentSurprisalVariance if self.is_true() => {
                get(Pointwise::SquareSurprisal).zip(get(Pointwise::Entropy)).map(|(square, h)| square - h.sqr())
            }
            Moment::LabelEntropyVariance | Moment::ComponentEntropyVariance => Some(match &self.marginal {
                Marginal::Line(truth, None) => truth.entropy_variance()?,
                Marginal::Line(truth, Some(model)) => truth.entropy_variance_of(model)?,
                Marginal::Plane(plane) => plane.entropy_variance()?,
            }),
            _ => None,
        })
    }

    /// `sum_k w_k sum_i log(1 + alpha^2 l_ki/sigma^2)/2`.
    fn within(&self) -> Interval {
        let ratio = self.alpha.sqr() / self.believed;
        let one = |k: usize, i: usize| (ratio * Interval::point(self.law.covariance(k).eigenvalue(i))).ln_1p();
        let all = |k: usize| (0..self.law.dim()).fold(Interval::ZERO, |s, i| s + one(k, i));
        weights(self.law).into_iter().enumerate().fold(Interval::ZERO, |s, (k, w)| s + w * all(k)).times(0.5)
    }
}

/// Weights divided by their exact sum.
fn weights(law: &Mixture) -> Vec<Interval> {
    let sum = law.weights().iter().fold(Interval::ZERO, |s, &w| s + Interval::point(w));
    law.weights().iter().map(|&w| Interval::point(w) / sum).collect()
}
