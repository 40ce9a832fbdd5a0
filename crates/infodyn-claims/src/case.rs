//! Where a check plays: a channel with a name.

use std::sync::Arc;

use infodyn_closed_form::MixtureLaw;
use infodyn_core::{
    Channel, Comparison, Covariance, Density, Detail, Estimate, Mixture, NoiseLevel, NoiseProcess, Observation,
    Quantity,
};
use infodyn_monte_carlo::{Batch, Means, NoiseLaw, Reading, Settings, Span, View};
use infodyn_quadrature::Quadrature;

use crate::{Context, Error, Mutation, Result};

pub(crate) mod pathwise;

/// At which times a sample is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Times {
    /// At those of the views.
    One,
    /// At drawn ones too.
    Drawn,
}

/// A law with a name.
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
        let law = MixtureLaw::of(self.law.clone());
        let channel = Channel::new(Arc::clone(&law) as _, process, t)?;
        Ok(Case { case: self.name, law, channel, t })
    }
}

/// A mixture under a process at a time, with one ingredient broken or none: a [`Channel`] with a name.
#[derive(Debug, Clone)]
pub struct Case {
    case: &'static str,
    law: Arc<MixtureLaw>,
    /// The channel at a time of the process.
    channel: Channel,
    /// The time of the case, which may lie outside.
    t: f64,
}

impl Case {
    /// `LAW/PROCESS/t=TIME`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}/t={}", self.case, self.process(), self.t)
    }

    /// The channel.
    ///
    /// # Errors
    /// When the time lies outside the process.
    pub fn channel(&self) -> Result<Channel> {
        Ok(self.channel.at(self.t)?)
    }

    /// The same case with an ingredient broken.
    #[must_use]
    pub fn mutated(self, mutation: Mutation) -> Self {
        Self { channel: self.channel.mutated(mutation), ..self }
    }

    /// The broken ingredient.
    #[must_use]
    pub fn mutation(&self) -> Mutation {
        self.channel.mutation()
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
    pub fn law(&self) -> &MixtureLaw {
        &self.law
    }

    /// The process.
    #[must_use]
    pub fn process(&self) -> &NoiseProcess {
        self.channel.process()
    }

    /// The time.
    #[must_use]
    pub fn t(&self) -> f64 {
        self.t
    }

    /// Dimension of the law.
    #[must_use]
    pub fn dim(&self) -> f64 {
        self.channel.dim() as f64
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

    /// The true kernel at the time, with the coefficients `f`, `g^2` in which rates are read.
    ///
    /// # Errors
    /// When the time lies outside the process.
    pub fn level(&self) -> Result<NoiseLevel> {
        Ok(self.channel.clock(&self.channel()?.level()))
    }

    /// The law given one label, with its components as labels.
    ///
    /// # Errors
    /// When the label does not occur.
    pub fn given_label(&self, label: usize) -> Result<Self> {
        let law = MixtureLaw::of(self.law.given_label(label)?.0);
        let channel = self.channel.of(Arc::clone(&law) as _);
        Ok(Self { law, channel, ..self.clone() })
    }

    /// The Gaussian of the law's mean and covariance in its place.
    ///
    /// # Errors
    /// When the covariance cannot be taken apart.
    pub fn gaussian(&self) -> Result<Self> {
        let rows: Vec<Vec<f64>> =
            self.law.total_covariance().row_iter().map(|row| row.iter().copied().collect()).collect();
        let gaussian = Mixture::gaussian(self.law.total_mean().as_slice(), Covariance::full(&rows)?)?;
        let law = MixtureLaw::of(gaussian);
        let channel = self.channel.of(Arc::clone(&law) as _);
        Ok(Self { law, channel, ..self.clone() })
    }

    /// Calls `f` with the density of the case: the true marginal, or what it is believed to be.
    ///
    /// # Errors
    /// As `f`.
    pub fn density<T>(&self, f: impl FnOnce(&dyn Density) -> Result<T>) -> Result<T> {
        let channel = self.channel()?;
        f(&*channel.modelled(&channel.level()))
    }

    /// The factors into which the law splits exactly, each with its multiplicity: first the one with the components.
    fn factors(&self) -> Result<Vec<(Channel, f64)>> {
        let channel = self.channel()?;
        let Some((core, factors)) = channel.reduced() else {
            return Ok(vec![(channel, 1.0)]);
        };
        let line = MixtureLaw::of(Mixture::gaussian(&[0.0], self.law.covariance(0).clone())?);
        Ok(vec![(core, 1.0), (channel.of(line), factors.multiplicity as f64)])
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
        self.means(detail, outputs, &f)
    }

    /// [`Case::mean`], compiled once and not for each functional.
    fn means(
        &self,
        detail: Detail,
        outputs: usize,
        f: &(dyn Fn(&Seen<'_>, &mut [f64]) + Sync),
    ) -> Result<Vec<Estimate>> {
        let mut total = vec![Estimate::ZERO; outputs];
        for (channel, multiplicity) in self.factors()? {
            let (density, law) = (channel.observed(&channel.level()), mixture(&channel)?);
            let functional = |s: &infodyn_quadrature::Sample<'_>, out: &mut [f64]| f(&Seen::of(s, law, &*density), out);
            let part = infodyn_quadrature::expectation(&*density, detail, outputs, &functional)?;
            total.iter_mut().zip(part).for_each(|(t, p)| *t = *t + p * Estimate::given(multiplicity));
        }
        Ok(total)
    }

    /// Quadrature: `E[F]` of one functional; see [`Case::mean`].
    ///
    /// # Errors
    /// As [`Case::mean`].
    pub fn mean_of(&self, detail: Detail, f: impl Fn(&Seen<'_>) -> f64 + Sync) -> Result<Estimate> {
        Ok(self.mean(detail, 1, |s, out| out[0] = f(s))?[0])
    }

    /// Quadrature: a quantity, of the model under the truth.
    ///
    /// # Errors
    /// As [`infodyn_core::profile`]; when the law has none such.
    pub fn quantity(&self, quantity: Quantity) -> Result<Estimate> {
        let found = infodyn_core::profile(&Quadrature, &self.channel()?, &[quantity])?;
        found.get(quantity).ok_or(Error::NotFound(quantity.name()))
    }

    /// Quadrature: covariance of two functionals that see only the label.
    ///
    /// # Errors
    /// As [`infodyn_quadrature::covariance`].
    pub fn covariance(
        &self,
        detail: Detail,
        f: impl Fn(&Seen<'_>) -> f64 + Sync,
        g: impl Fn(&Seen<'_>) -> f64 + Sync,
    ) -> Result<Estimate> {
        self.covariance_of(detail, &f, &g)
    }

    /// [`Case::covariance`], compiled once and not for each functional.
    fn covariance_of(
        &self,
        detail: Detail,
        f: &(dyn Fn(&Seen<'_>) -> f64 + Sync),
        g: &(dyn Fn(&Seen<'_>) -> f64 + Sync),
    ) -> Result<Estimate> {
        // A factor split off has one label.
        let (channel, _) = self.factors()?.swap_remove(0);
        let (density, law) = (channel.observed(&channel.level()), mixture(&channel)?);
        let functional = |s: &infodyn_quadrature::Sample<'_>, out: &mut [f64]| {
            let seen = Seen::of(s, law, &*density);
            (out[0], out[1]) = (f(&seen), g(&seen));
        };
        Ok(infodyn_quadrature::covariance(&*density, detail, &functional)?)
    }

    /// Quadrature: variance of a functional that sees only the label.
    ///
    /// # Errors
    /// As [`Case::covariance`].
    pub fn variance(&self, detail: Detail, f: impl Fn(&Seen<'_>) -> f64 + Sync) -> Result<Estimate> {
        self.covariance(detail, &f, &f)
    }

    /// Derivative in `t` of a number of the *true* case, by differences of high order.
    ///
    /// # Errors
    /// As `f`.
    pub fn slope(&self, f: impl Fn(&Self) -> Result<Estimate>) -> Result<Estimate> {
        let (lo, hi) = self.process().time_range();
        let reach = 0.4 * (self.t - lo).min(hi - self.t).min(self.t);
        let truth = self.truth();
        infodyn_quadrature::derivative(|t| f(&truth.at(t)), self.t, reach)
    }

    /// `H(X_t)` of the true marginal, from its log-density alone; in nats.
    ///
    /// # Errors
    /// As [`Case::mean`].
    pub fn marginal_entropy(&self) -> Result<Estimate> {
        Ok(self.mean(Detail::empty(), 1, |s, out| out[0] = -s.ln_density())?[0])
    }

    /// Settings of a simulation on the case.
    pub(crate) fn settings(&self, context: &Context, cost: u64) -> Settings {
        Settings { noise: self.noise(), ..context.settings(cost) }
    }

    /// The same of draws that lie evenly, and fewer, where that gains: in few dimensions, and on data sets, whose
    /// posteriors depend on few directions. At drawn times the times are left to vary.
    pub(crate) fn even(&self, context: &Context, cost: u64, times: Times) -> Settings {
        let cost = match (self.law.dim(), self.law.components(), times) {
            (..=2, _, Times::One) => 4 * cost,
            (..=2, _, Times::Drawn) | (_, 100.., Times::Drawn) => 2 * cost,
            (_, 100.., Times::One) => 3 * cost / 2,
            _ => return self.settings(context, cost),
        };
        Settings { noise: self.noise(), ..context.even(cost) }
    }

    fn noise(&self) -> NoiseLaw {
        if self.mutation() == Mutation::Noise { NoiseLaw::Uniform } else { NoiseLaw::Gaussian }
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
        self.sampled(context, detail, columns, products, &f)
    }

    /// [`Case::sample`], compiled once and not for each functional.
    fn sampled(
        &self,
        context: &Context,
        detail: Detail,
        columns: usize,
        products: &[(usize, usize)],
        f: &OfRow<'_>,
    ) -> Result<Means> {
        // A covariance gains little from draws that lie evenly.
        let of_means = products.is_empty();
        let settings =
            if of_means { self.even(context, self.cost(), Times::One) } else { self.settings(context, self.cost()) };
        let channel = self.channel()?;
        let level = channel.level();
        let views = [View { level, density: &*channel.observed(&level), detail }];
        Ok(infodyn_monte_carlo::mean_of(&settings, self.law(), &views, columns, products, |batch, out| {
            self.rows(batch, columns, out, f);
        })?)
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
        self.sample_between(&self.even(context, 2 * self.cost(), Times::Drawn), self.stretch(), details, columns, f)
    }

    /// The stretch of time around the case's over which rates are sampled.
    #[must_use]
    pub fn stretch(&self) -> (f64, f64) {
        let (lo, hi) = self.process().time_range();
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
        let span = Span { t0, t1, ends: details.0, between: details.1 };
        Ok(infodyn_monte_carlo::mean_over_time(settings, &self.channel, &span, columns, &[], |batch, out| {
            self.rows(batch, columns, out, &f);
        })?)
    }

    /// Hands a batch to `f` draw by draw.
    pub(crate) fn rows(&self, batch: &Batch<'_>, columns: usize, out: &mut [f64], f: &OfRow<'_>) {
        for (i, values) in out.chunks_exact_mut(columns).enumerate() {
            f(&Row { batch, index: i, case: self }, values);
        }
    }
}

/// What is averaged over draws.
type OfRow<'a> = dyn Fn(&Row<'_>, &mut [f64]) + Sync + 'a;

/// The mixture behind a channel of a case, or of a factor of it.
fn mixture(channel: &Channel) -> Result<&Mixture> {
    channel.law().mixture().ok_or(Error::NotFound("a mixture"))
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

    /// Coordinate `i` of the posterior mean `m`.
    #[must_use]
    pub fn posterior_mean(&self, i: usize) -> f64 {
        self.law.mean(self.anchor)[i] + self.mean_offset()[i]
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

    /// The true law in the coordinates of the point, which are those of a factor where it splits.
    #[must_use]
    pub fn law(&self) -> &Mixture {
        self.law
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

    /// `KL` of the component's posterior from its prior.
    #[must_use]
    pub fn component_information(&self) -> f64 {
        self.observation.component.divergence[self.index]
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
        self.case.channel.clock(&level)
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
