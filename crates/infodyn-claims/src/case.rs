//! Where a check plays: a law, a process, a time, and which ingredient is broken.

use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Density, Detail, Estimate, Mixture, NoiseLevel, NoiseProcess, Observation, Points};
use infodyn_monte_carlo::{Batch, Means, NoiseLaw, Reading, Settings, Span, View};
use nalgebra::DMatrix;

use crate::{Context, Mutation, Result};

pub(crate) mod pathwise;

/// A law and a process with a name.
#[derive(Debug, Clone)]
pub struct NamedLaw {
    /// Name of the law.
    pub name: &'static str,
    /// The law.
    pub law: Mixture,
}

impl NamedLaw {
    /// A named law.
    #[must_use]
    pub fn new(name: &'static str, law: Mixture) -> Self {
        Self { name, law }
    }

    /// The law under a process at a time.
    ///
    /// # Errors
    /// When the time lies outside the process.
    pub fn under(&self, process: NoiseProcess, t: f64) -> Result<Case> {
        process.at(t)?;
        Ok(Case { case: self.name, law: self.law.clone(), process, t, mutation: Mutation::None })
    }
}

/// A law under a process at a time, with one ingredient broken or none.
///
/// Two things are kept apart: the *truth*, under which expectations are taken, and the *model*,
/// whose score and posterior are averaged. They agree unless a mutation breaks the model.
#[derive(Debug, Clone)]
pub struct Case {
    case: &'static str,
    law: Mixture,
    process: NoiseProcess,
    t: f64,
    mutation: Mutation,
}

impl Case {
    /// `LAW/PROCESS/t=TIME`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}/t={}", self.case, self.process, self.t)
    }

    /// The same case with an ingredient broken.
    #[must_use]
    pub fn mutated(mut self, mutation: Mutation) -> Self {
        self.mutation = mutation;
        self
    }

    /// The broken ingredient.
    #[must_use]
    pub fn mutation(&self) -> Mutation {
        self.mutation
    }

    /// Whether this is the mutant in which the formula is changed in the way that the words say.
    #[must_use]
    pub fn breaks(&self, formula: &'static str) -> bool {
        self.mutation == Mutation::Formula(formula)
    }

    /// Whether a mutation changes anything on this law: one component has no weight to get wrong, one label
    /// none to confuse.
    #[must_use]
    pub fn shows(&self, mutation: Mutation) -> bool {
        match mutation {
            Mutation::Weight => self.law.components() > 1,
            Mutation::Label => self.law.label_weights().len() > 1,
            _ => true,
        }
    }

    /// The true law.
    #[must_use]
    pub fn law(&self) -> &Mixture {
        &self.law
    }

    /// The process.
    #[must_use]
    pub fn process(&self) -> &NoiseProcess {
        &self.process
    }

    /// The time.
    #[must_use]
    pub fn t(&self) -> f64 {
        self.t
    }

    /// Dimension of the law.
    #[must_use]
    pub fn dim(&self) -> f64 {
        self.law.dim() as f64
    }

    /// The same case at another time.
    #[must_use]
    pub fn at(&self, t: f64) -> Self {
        Self { t, ..self.clone() }
    }

    /// The case with nothing broken.
    #[must_use]
    pub fn truth(&self) -> Self {
        self.clone().mutated(Mutation::None)
    }

    /// The kernel at the time, with the coefficients `f`, `g^2` in which rates are read.
    ///
    /// # Errors
    /// When the time lies outside the process.
    pub fn level(&self) -> Result<NoiseLevel> {
        self.clock(self.process.at(self.t)?)
    }

    /// A level in the clock in which rates are read.
    pub(crate) fn clock(&self, level: NoiseLevel) -> Result<NoiseLevel> {
        if self.mutation == Mutation::Clock { Ok(level.with_g2(other_clock(&level))?) } else { Ok(level) }
    }

    /// The law that score and posterior are computed from, when the true one is `law`.
    fn misread(&self, law: &Mixture) -> Result<Mixture> {
        Ok(match self.mutation {
            Mutation::Weight => {
                let mut weights = law.weights().to_vec();
                weights[0] *= 3.0;
                let sum: f64 = weights.iter().sum();
                weights.iter_mut().for_each(|w| *w /= sum);
                let means: Vec<Vec<f64>> = (0..law.components()).map(|k| law.mean(k).to_vec()).collect();
                let covariances = (0..law.components()).map(|k| law.covariance(k).clone()).collect();
                Mixture::new(&weights, &means, covariances)?.with_labels(law.labels().to_vec())?
            }
            Mutation::Label => {
                let mut labels = law.labels().to_vec();
                labels.rotate_left(1);
                law.clone().with_labels(labels)?
            }
            _ => law.clone(),
        })
    }

    /// The law given one label, with its components as labels.
    ///
    /// # Errors
    /// When the label does not occur.
    pub fn given_label(&self, label: usize) -> Result<Self> {
        let law = &self.law;
        let of: Vec<usize> = (0..law.components()).filter(|&k| law.labels()[k] == label).collect();
        let weights: Vec<f64> = of.iter().map(|&k| law.weights()[k] / law.label_weights()[label]).collect();
        let means: Vec<Vec<f64>> = of.iter().map(|&k| law.mean(k).to_vec()).collect();
        let covariances = of.iter().map(|&k| law.covariance(k).clone()).collect();
        Ok(Self { law: Mixture::new(&weights, &means, covariances)?, ..self.clone() })
    }

    /// Calls `f` with the density of the case: the true marginal, or what it is believed to be.
    ///
    /// # Errors
    /// As `f`.
    pub fn density<T>(&self, f: impl FnOnce(&dyn Density) -> Result<T>) -> Result<T> {
        let model = self.misread(&self.law)?;
        f(&Marginal::new(&model, &self.model_level()?))
    }

    /// The kernel that score and posterior are computed from.
    fn model_level(&self) -> Result<NoiseLevel> {
        Ok(self.believed_level(&self.process.at(self.t)?)?)
    }

    /// Calls `f` with the density to integrate against and observe: the marginal, or the model
    /// observed under the true marginal.
    fn with_density<T>(&self, law: &Mixture, model: &Mixture, f: impl FnOnce(&dyn Density) -> Result<T>) -> Result<T> {
        let truth = Marginal::new(law, &self.process.at(self.t)?);
        if matches!(self.mutation, Mutation::Weight | Mutation::Sigma | Mutation::Label) {
            f(&Believed { truth, model: Marginal::new(model, &self.model_level()?) })
        } else {
            f(&truth)
        }
    }

    /// The factors into which the law splits exactly: `(law, model, multiplicity)`.
    fn factors(&self) -> Result<Vec<(Mixture, Mixture, f64)>> {
        if let Some((law, rest)) = self.law.reduced().filter(|r| r.1 > 0) {
            let line = Mixture::gaussian(&[0.0], self.law.covariance(0).clone())?;
            return Ok(vec![(law.clone(), self.misread(&law)?, 1.0), (line.clone(), line, rest as f64)]);
        }
        Ok(vec![(self.law.clone(), self.misread(&self.law)?, 1.0)])
    }

    /// Quadrature: `E[F]` for each output of `f`, which must add over independent factors of the law
    /// (entropies, log-densities, squared norms, divergences, traces do; so does everything about
    /// the label, since the factor split off has only one). Factors have coordinates of their own, whose origin can
    /// be another: `f` must not read the place itself of a law that splits.
    ///
    /// # Errors
    /// As [`infodyn_quadrature::expectation`].
    pub fn mean(
        &self,
        detail: Detail,
        outputs: usize,
        f: impl Fn(&Seen<'_>, &mut [f64]) + Sync,
    ) -> Result<Vec<Estimate>> {
        let mut total = vec![Estimate::ZERO; outputs];
        for (law, model, multiplicity) in self.factors()? {
            let part = self.with_density(&law, &model, |density| {
                let functional = |s: &infodyn_quadrature::Sample<'_>, out: &mut [f64]| {
                    f(&Seen::of(s, &law, density), out);
                };
                Ok(infodyn_quadrature::expectation(density, detail, outputs, &functional)?)
            })?;
            total.iter_mut().zip(part).for_each(|(t, p)| *t = *t + p * Estimate::given(multiplicity));
        }
        Ok(total)
    }

    /// Quadrature: `E[F]` of one functional; see [`Case::mean`].
    ///
    /// # Errors
    /// As [`Case::mean`].
    pub fn mean_of(&self, f: impl Fn(&Seen<'_>) -> f64 + Sync) -> Result<Estimate> {
        Ok(self.mean(Detail::Labels, 1, |s, out| out[0] = f(s))?[0])
    }

    /// Quadrature: covariance of two functionals that see only the label.
    ///
    /// # Errors
    /// As [`infodyn_quadrature::covariance`].
    pub fn covariance(
        &self,
        f: impl Fn(&Seen<'_>) -> f64 + Sync,
        g: impl Fn(&Seen<'_>) -> f64 + Sync,
    ) -> Result<Estimate> {
        let (law, model, _) = self.factors()?.swap_remove(0);
        self.with_density(&law, &model, |density| {
            let functional = |s: &infodyn_quadrature::Sample<'_>, out: &mut [f64]| {
                let seen = Seen::of(s, &law, density);
                (out[0], out[1]) = (f(&seen), g(&seen));
            };
            Ok(infodyn_quadrature::covariance(density, Detail::Labels, &functional)?)
        })
    }

    /// Quadrature: variance of a functional that sees only the label.
    ///
    /// # Errors
    /// As [`Case::covariance`].
    pub fn variance(&self, f: impl Fn(&Seen<'_>) -> f64 + Sync) -> Result<Estimate> {
        self.covariance(&f, &f)
    }

    /// Derivative in `t` of a number of the *true* case, by differences of high order.
    ///
    /// # Errors
    /// As `f`.
    pub fn slope(&self, f: impl Fn(&Self) -> Result<Estimate>) -> Result<Estimate> {
        let (lo, hi) = self.process.time_range();
        let reach = 0.4 * (self.t - lo).min(hi - self.t).min(self.t);
        let truth = self.truth();
        infodyn_quadrature::derivative(|t| f(&truth.at(t)), self.t, reach)
    }

    /// `H(X_t)` of the true marginal, from its log-density alone; in nats.
    ///
    /// # Errors
    /// As [`Case::mean`].
    pub fn marginal_entropy(&self) -> Result<Estimate> {
        Ok(self.mean(Detail::Score, 1, |s, out| out[0] = -s.ln_density())?[0])
    }

    /// Settings of a simulation on the case.
    pub(crate) fn settings(&self, context: &Context, cost: u64) -> Settings {
        let noise = if self.mutation == Mutation::Noise { NoiseLaw::Uniform } else { NoiseLaw::Gaussian };
        Settings { noise, ..context.settings(cost) }
    }

    /// How many times dearer a sample is than one of a few components in a few dimensions.
    pub(crate) fn cost(&self) -> u64 {
        if self.law.components() * self.law.dim() <= 16 { 1 } else { 8 }
    }

    /// Monte Carlo at one time: `f` sees `detail` of each draw and writes `columns` values; `products` are
    /// pairs of columns whose covariance will be asked for.
    ///
    /// # Errors
    /// As [`infodyn_monte_carlo::mean_of`].
    pub fn sample(
        &self,
        context: &Context,
        detail: Detail,
        columns: usize,
        products: &[(usize, usize)],
        f: impl Fn(&Row<'_>, &mut [f64]) + Sync,
    ) -> Result<Means> {
        let model = self.misread(&self.law)?;
        let settings = self.settings(context, self.cost());
        let level = self.process.at(self.t)?;
        self.with_density(&self.law, &model, |density| {
            let views = [View { level, density, detail }];
            let means = infodyn_monte_carlo::mean_of(&settings, &self.law, &views, columns, products, |batch, out| {
                self.rows(batch, columns, out, &f);
            })?;
            Ok(means)
        })
    }

    /// Monte Carlo over a stretch of time around the case's: each draw is read at both ends (readings
    /// 0 and 1) by the *true* marginal and at a drawn time in between (reading 2) by the model;
    /// [`Row::weight`] makes rates there average to their integral. `details` are those at the ends and in between.
    ///
    /// # Errors
    /// As [`infodyn_monte_carlo::mean_over_time`].
    pub fn sample_over_time(
        &self,
        context: &Context,
        details: (Detail, Detail),
        columns: usize,
        f: impl Fn(&Row<'_>, &mut [f64]) + Sync,
    ) -> Result<Means> {
        self.sample_between(&self.settings(context, 2 * self.cost()), self.stretch(), details, columns, f)
    }

    /// The stretch of time around the case's over which rates are sampled.
    #[must_use]
    pub fn stretch(&self) -> (f64, f64) {
        let (lo, hi) = self.process.time_range();
        let reach = 0.3 * (self.t - lo).min(hi - self.t).min(self.t);
        (self.t - reach, self.t + reach)
    }

    /// As [`Case::sample_over_time`], with the settings and the two ends given.
    ///
    /// # Errors
    /// As [`infodyn_monte_carlo::mean_over_time`].
    pub fn sample_between(
        &self,
        settings: &Settings,
        (t0, t1): (f64, f64),
        details: (Detail, Detail),
        columns: usize,
        f: impl Fn(&Row<'_>, &mut [f64]) + Sync,
    ) -> Result<Means> {
        let model = self.misread(&self.law)?;
        let density = |level: &NoiseLevel| -> infodyn_monte_carlo::Result<Box<dyn Density + '_>> {
            let truth = Marginal::new(&self.law, level);
            let ends = level.t() == t0 || level.t() == t1;
            if ends || !matches!(self.mutation, Mutation::Weight | Mutation::Sigma | Mutation::Label) {
                return Ok(Box::new(truth));
            }
            let kernel = self.believed_level(level)?;
            Ok(Box::new(Believed { truth, model: Marginal::new(&model, &kernel) }))
        };
        let span = Span { process: self.process, t0, t1, density: &density, ends: details.0, between: details.1 };
        Ok(infodyn_monte_carlo::mean_over_time(settings, &self.law, &span, columns, &[], |batch, out| {
            self.rows(batch, columns, out, &f);
        })?)
    }

    /// Hands a batch to `f` draw by draw.
    pub(crate) fn rows(&self, batch: &Batch<'_>, columns: usize, out: &mut [f64], f: &impl Fn(&Row<'_>, &mut [f64])) {
        for (i, values) in out.chunks_exact_mut(columns).enumerate() {
            f(&Row { batch, index: i, case: self }, values);
        }
    }
}

/// `g^2` of `ve`, or of `edm` where that is the process's own: the same theory in a different time.
fn other_clock(level: &NoiseLevel) -> f64 {
    if level.g2() == 1.0 { 2.0 * level.t() } else { 1.0 }
}

/// One point at which the model was observed.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    observation: &'a Observation,
    index: usize,
    anchor: usize,
    offset: &'a [f64],
    law: &'a Mixture,
    alpha: f64,
}

impl<'a> Seen<'a> {
    /// A node of a quadrature under `density`, the marginal of `law`.
    fn of(s: &infodyn_quadrature::Sample<'a>, law: &'a Mixture, density: &dyn Density) -> Self {
        let alpha = density.alpha();
        Self { observation: s.observation, index: s.index, anchor: s.anchor, offset: s.offset, law, alpha }
    }
}

impl Seen<'_> {
    /// `log p_t`.
    #[must_use]
    pub fn ln_density(&self) -> f64 {
        self.observation.ln_density[self.index]
    }

    /// The score, length `D`.
    #[must_use]
    pub fn score(&self) -> &[f64] {
        let d = self.offset.len();
        &self.observation.score[self.index * d..(self.index + 1) * d]
    }

    /// `|s|^2`.
    #[must_use]
    pub fn norm2(&self) -> f64 {
        self.observation.score_norm2(self.index, self.offset.len())
    }

    /// `div s`.
    #[must_use]
    pub fn divergence(&self) -> f64 {
        self.observation.score_divergence[self.index]
    }

    /// `tr S`.
    #[must_use]
    pub fn posterior_trace(&self) -> f64 {
        self.observation.posterior_trace[self.index]
    }

    /// `m - mu_anchor`, length `D`.
    #[must_use]
    pub fn mean_offset(&self) -> &[f64] {
        let d = self.offset.len();
        &self.observation.mean_offset[self.index * d..(self.index + 1) * d]
    }

    /// Coordinate `i` of the point.
    #[must_use]
    pub fn x(&self, i: usize) -> f64 {
        self.alpha * self.law.mean(self.anchor)[i] + self.offset[i]
    }

    /// The point from the centre of its component, length `D`.
    #[must_use]
    pub fn offset(&self) -> &[f64] {
        self.offset
    }

    /// The component that the point is written from: the true one.
    #[must_use]
    pub fn anchor(&self) -> usize {
        self.anchor
    }

    /// `h`, the entropy of the label's posterior.
    #[must_use]
    pub fn label_entropy(&self) -> f64 {
        self.observation.label.entropy[self.index]
    }

    /// `KL` of the label's posterior from its prior.
    #[must_use]
    pub fn label_information(&self) -> f64 {
        self.observation.label.divergence[self.index]
    }

    /// `iota`, the surprisal of the true label.
    #[must_use]
    pub fn label_surprisal(&self) -> f64 {
        self.observation.label.surprisal[self.index]
    }

    /// `sum_y pi_y^2` over the label's posterior.
    #[must_use]
    pub fn label_agreement(&self) -> f64 {
        self.observation.label.agreement[self.index]
    }

    /// Varentropy of the label's posterior.
    #[must_use]
    pub fn label_varentropy(&self) -> f64 {
        self.observation.label.varentropy[self.index]
    }

    /// `b = sum_y pi_y |s_y - s|^2`.
    #[must_use]
    pub fn label_production(&self) -> f64 {
        self.observation.label_production[self.index]
    }

    /// `div s_Y` at the true label.
    #[must_use]
    pub fn label_divergence(&self) -> f64 {
        self.observation.label_divergence[self.index]
    }

    /// `|grad h|^2`.
    #[must_use]
    pub fn label_gradient2(&self) -> f64 {
        self.observation.label_gradient2[self.index]
    }
}

/// One draw of a simulation.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    batch: &'a Batch<'a>,
    index: usize,
    case: &'a Case,
}

impl<'a> Row<'a> {
    /// What was seen in reading `r`.
    #[must_use]
    pub fn seen(&self, r: usize) -> Seen<'a> {
        let (reading, d): (&Reading, usize) = (&self.batch.readings[r], self.batch.dim);
        Seen {
            observation: &reading.observation,
            index: self.index,
            anchor: reading.anchors[self.index],
            offset: &reading.offsets[self.index * d..(self.index + 1) * d],
            law: &self.case.law,
            alpha: reading.level.alpha(),
        }
    }

    /// The noise level of reading `r`, in the clock in which rates are read.
    #[must_use]
    pub fn level(&self, r: usize) -> NoiseLevel {
        let level = self.batch.readings[r].level;
        self.case.clock(level).unwrap_or(level)
    }

    /// What a rate at the drawn time counts, in units of `t`: the mean of `weight r(t)` is the integral
    /// of `r` over the stretch.
    #[must_use]
    pub fn weight(&self) -> f64 {
        self.batch.weight
    }

    /// Seven other draws, independent of this one and of one another and read at the same times: the rest of a
    /// block of eight.
    pub fn partners(&self) -> impl Iterator<Item = Self> {
        (1..8).map(|j| Self { index: self.index ^ j, ..*self })
    }

    /// The noise `Z`, length `D`.
    #[must_use]
    pub fn noise(&self) -> &'a [f64] {
        &self.batch.draws.noise[self.index * self.batch.dim..(self.index + 1) * self.batch.dim]
    }

    /// `X_0 - mu_anchor`, length `D`.
    #[must_use]
    pub fn xi(&self) -> &'a [f64] {
        &self.batch.draws.xi[self.index * self.batch.dim..(self.index + 1) * self.batch.dim]
    }

    /// The true component.
    #[must_use]
    pub fn anchor(&self) -> usize {
        self.batch.draws.anchors[self.index]
    }

    /// `log p(X_t given X_0)` of reading `r`.
    #[must_use]
    pub fn ln_kernel(&self, r: usize) -> f64 {
        let d = self.batch.dim as f64;
        let norm2: f64 = self.noise().iter().map(|z| z * z).sum();
        -0.5 * (norm2 + d * (std::f64::consts::TAU * self.batch.readings[r].level.sigma2()).ln())
    }
}

/// Two sides that were sampled together, columns `lhs` and `rhs`, and their paired difference.
pub(crate) fn paired(means: &Means, lhs: usize, rhs: usize, tolerance: f64) -> Comparison {
    let level = Context::CONFIDENCE;
    let (l, r) = (means.mean(lhs, level), means.mean(rhs, level));
    let difference = means.linear(&[(lhs, 1.0), (rhs, -1.0)], level);
    Comparison::paired(l, r, difference, tolerance * r.value().abs())
}

/// A model observed at points of the true law: expectations are the truth's, everything that is
/// averaged is the model's.
struct Believed<T, M> {
    truth: T,
    model: M,
}

impl<T: Density, M: Density> Density for Believed<T, M> {
    fn dim(&self) -> usize {
        self.truth.dim()
    }
    fn alpha(&self) -> f64 {
        self.truth.alpha()
    }
    fn sigma2(&self) -> f64 {
        self.truth.sigma2()
    }
    fn weights(&self) -> &[f64] {
        self.truth.weights()
    }
    fn labels(&self) -> &[usize] {
        self.truth.labels()
    }
    fn label_weights(&self) -> &[f64] {
        self.truth.label_weights()
    }
    fn centre(&self, k: usize, out: &mut [f64]) {
        self.truth.centre(k, out);
    }
    fn eigenvalue(&self, k: usize, axis: usize) -> f64 {
        self.truth.eigenvalue(k, axis)
    }
    fn axes(&self, k: usize) -> Option<&DMatrix<f64>> {
        self.truth.axes(k)
    }
    fn observe(&self, points: Points<'_>, detail: Detail, out: &mut Observation) {
        self.model.observe(points, detail, out);
        // The weight of a point of the quadrature is the truth's.
        let offsets = points.offsets.chunks_exact(self.dim());
        for ((ln, &anchor), offset) in out.ln_anchor.iter_mut().zip(points.anchors).zip(offsets) {
            let along = |i: usize| match self.axes(anchor) {
                Some(axes) => axes.column(i).iter().zip(offset).map(|(a, x)| a * x).sum(),
                None => offset[i],
            };
            let terms = (0..offset.len()).map(|i| {
                let (v, r): (f64, f64) = (self.variance(anchor, i), along(i));
                r * r / v + (std::f64::consts::TAU * v).ln()
            });
            *ln = -0.5 * terms.sum::<f64>();
        }
    }
    fn score_jacobian(&self, anchor: usize, offset: &[f64]) -> DMatrix<f64> {
        self.model.score_jacobian(anchor, offset)
    }
    fn posterior_covariance(&self, anchor: usize, offset: &[f64]) -> DMatrix<f64> {
        self.model.posterior_covariance(anchor, offset)
    }
}
