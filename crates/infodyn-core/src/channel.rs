//! A law seen through noise, and what a wrong model of it believes.

use std::fmt::{self, Debug};
use std::ops::Range;
use std::sync::Arc;

use nalgebra::{DMatrix, DVector};

use crate::{Density, Detail, Gaps, Mixture, NoiseLevel, NoiseProcess, Observation, Points, Projections, Result};

/// A data law `p_0`: what a process acts on. A new kind of law implements this trait and nothing else.
///
/// A law has one or more components, each with a mean (the centre of its [`Density`] at `alpha = 1`); points and draws
/// are written from the mean of a component.
pub trait Law: Debug + Send + Sync {
    /// Dimension `D`.
    fn dim(&self) -> usize;

    /// The one way to make a density: of `X_t` at a level, and of `X_0` itself at [`NoiseLevel::DATA`] when
    /// [`Law::support`] is [`Support::Density`].
    fn density(&self, level: &NoiseLevel) -> Box<dyn Density + '_>;

    /// What `X_0` is spread over.
    fn support(&self) -> Support;

    /// Draws `X_0` from one uniform on `(0, 1)` and `D` independent standard normals (zeros for [`Support::Atoms`]):
    /// returns its component, and leaves `X_0` minus the mean of that in `normals`.
    fn place(&self, uniform: f64, normals: &mut [f64]) -> usize;

    /// What the law has to know of draws to see them at many noise levels for little more than at one; `false` where it
    /// knows nothing of the kind. The components of the draws, `X_0` minus the mean of each, and `Z`, `n x D`.
    fn project(&self, _anchors: &[usize], _xi: &[f64], _noise: &[f64], _out: &mut Projections) -> bool {
        false
    }

    /// The distances of the means of some components from those of all that come after them in an order of the law's
    /// own, which the numbers `rows` of the components count in; `false` where the law does not find them.
    fn gaps(&self, _rows: Range<usize>, _out: &mut Gaps) -> bool {
        false
    }

    /// The squared radius of a ball about anywhere that `X_0` lies in, where the law knows one that the means of its
    /// components do not tell.
    fn radius2(&self) -> Option<f64> {
        None
    }

    /// Whether every rotation about the origin leaves the law as it is. Such a law has one component, centred there,
    /// and everything about it is an integral over `|x|`.
    fn is_rotation_invariant(&self) -> bool {
        false
    }

    /// The exact reduction: the law as a product; `None` for a law that does not split.
    fn reduced(&self) -> Option<Factors> {
        None
    }

    /// The law as a finite mixture of Gaussians, where it is one.
    fn mixture(&self) -> Option<&Mixture> {
        None
    }

    /// The law that a wrong model believes in; `None` where the mutation leaves the law alone.
    fn mutated(&self, _: Mutation) -> Option<Arc<dyn Law>> {
        None
    }
}

/// What a law is spread over, which says what entropy of `X_0` there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Support {
    /// Points, one a component: `X_0` has a discrete entropy, that of the component.
    Atoms,
    /// All of space: `X_0` has a differential entropy.
    Density,
    /// Anything else: of the entropy of `X_0` only differences exist.
    Neither,
}

/// A law as a product, up to a rotation and a shift: a law in fewer dimensions, which has all the components, and equal
/// Gaussian coordinates, independent of it and of each other.
#[derive(Debug, Clone)]
pub struct Factors {
    /// The law in fewer dimensions.
    pub core: Arc<dyn Law>,
    /// Where the origin of the core lies, length `D`.
    pub centre: DVector<f64>,
    /// Its directions, `D x r`, orthonormal.
    pub basis: DMatrix<f64>,
    /// Variance in `X_0` of each Gaussian coordinate.
    pub variance: f64,
    /// Number of Gaussian coordinates, `>= 1`.
    pub multiplicity: usize,
    /// The core with all distances within it a little longer.
    pub stretched: Arc<dyn Law>,
    /// What rounding can have done to the core, as a multiple of that stretching.
    pub rounding: f64,
}

/// An ingredient of the model that is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mutation {
    /// Nothing is broken.
    None,
    /// The forward noise is uniform, with the same mean and covariance as the Gaussian.
    Noise,
    /// The score and the posterior are computed with the first weight three times too large.
    Weight,
    /// The score and the posterior are computed with `sigma` in place of `sigma^2`.
    Sigma,
    /// Rates are read in the clock of another process.
    Clock,
    /// The label is that of the next component.
    Label,
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "nothing broken",
            Self::Noise => "uniform noise in place of Gaussian",
            Self::Weight => "one wrong weight in the posterior",
            Self::Sigma => "sigma in place of sigma^2 in the score",
            Self::Clock => "the clock of another process",
            Self::Label => "the label of another component",
        })
    }
}

/// A law under a process at a time, with one ingredient of the model broken or none.
///
/// Two things are kept apart: the *truth*, under which expectations are taken, and the *model*, whose log-density,
/// score and posterior are averaged. They agree unless a mutation breaks the model.
#[derive(Debug, Clone)]
pub struct Channel {
    law: Arc<dyn Law>,
    model: Arc<dyn Law>,
    process: NoiseProcess,
    level: NoiseLevel,
    mutation: Mutation,
}

impl Channel {
    /// A law under a process at a time, nothing broken.
    ///
    /// # Errors
    /// When the time lies outside the process.
    pub fn new(law: Arc<dyn Law>, process: NoiseProcess, t: f64) -> Result<Self> {
        let level = process.at(t)?;
        Ok(Self { model: Arc::clone(&law), law, process, level, mutation: Mutation::None })
    }

    /// The same channel at another time.
    ///
    /// # Errors
    /// When the time lies outside the process.
    pub fn at(&self, t: f64) -> Result<Self> {
        Ok(self.read_at(self.process.at(t)?))
    }

    /// The same channel at another noise level, of the process or besides it.
    #[must_use]
    pub fn read_at(&self, level: NoiseLevel) -> Self {
        Self { level, ..self.clone() }
    }

    /// The same channel of another law.
    #[must_use]
    pub fn of(&self, law: Arc<dyn Law>) -> Self {
        let model = law.mutated(self.mutation).unwrap_or_else(|| Arc::clone(&law));
        Self { law, model, ..self.clone() }
    }

    /// The same channel with an ingredient broken, and no other.
    #[must_use]
    pub fn mutated(&self, mutation: Mutation) -> Self {
        Self { mutation, ..self.clone() }.of(Arc::clone(&self.law))
    }

    /// The true law.
    #[must_use]
    pub fn law(&self) -> &Arc<dyn Law> {
        &self.law
    }

    /// The law that the model believes in.
    #[must_use]
    pub fn model(&self) -> &Arc<dyn Law> {
        &self.model
    }

    /// The process.
    #[must_use]
    pub fn process(&self) -> &NoiseProcess {
        &self.process
    }

    /// The broken ingredient.
    #[must_use]
    pub fn mutation(&self) -> Mutation {
        self.mutation
    }

    /// Dimension `D`.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.law.dim()
    }

    /// The true noise level.
    #[must_use]
    pub fn level(&self) -> NoiseLevel {
        self.level
    }

    /// A level of the process in the clock in which rates are read: where that is broken, `g^2` is that of `ve`, or
    /// that of `edm` where the process has that of `ve`.
    #[must_use]
    pub fn clock(&self, level: &NoiseLevel) -> NoiseLevel {
        let other = if level.g2() == 1.0 { 2.0 * level.t() } else { 1.0 };
        if self.mutation == Mutation::Clock { level.with_g2(other).unwrap_or(*level) } else { *level }
    }

    /// The kernel that the model believes in at a level of the process.
    #[must_use]
    pub fn believed(&self, level: &NoiseLevel) -> NoiseLevel {
        let wrong = (self.mutation == Mutation::Sigma).then(|| level.with_sigma2(level.sigma()).ok()).flatten();
        wrong.unwrap_or(*level)
    }

    /// The model's density at a level of the process.
    #[must_use]
    pub fn modelled(&self, level: &NoiseLevel) -> Box<dyn Density + '_> {
        self.model.density(&self.believed(level))
    }

    /// Whether log-density, score and posterior of the model are the truth's.
    #[must_use]
    pub fn is_true(&self) -> bool {
        Arc::ptr_eq(&self.law, &self.model) && self.mutation != Mutation::Sigma
    }

    /// The density to take expectations with, at a level of the process: points are weighed by the truth, and
    /// everything that is said of them is the model's.
    #[must_use]
    pub fn observed(&self, level: &NoiseLevel) -> Box<dyn Density + '_> {
        let truth = self.law.density(level);
        if self.is_true() { truth } else { Box::new(Believed { truth, model: self.modelled(level) }) }
    }

    /// The factors of the law: the channel of its core, and the Gaussian coordinates; `None` where it does not split.
    #[must_use]
    pub fn reduced(&self) -> Option<(Self, Factors)> {
        self.law.reduced().map(|factors| (self.of(Arc::clone(&factors.core)), factors))
    }
}

/// A model observed at points of the true law: expectations are the truth's, everything that is averaged is the
/// model's.
struct Believed<'a> {
    truth: Box<dyn Density + 'a>,
    model: Box<dyn Density + 'a>,
}

impl Density for Believed<'_> {
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
        // The weight of a point is the truth's density of its component.
        let mut truth = Observation::default();
        self.truth.observe(points, Detail::empty(), &mut truth);
        self.model.observe(points, detail, out);
        out.ln_anchor = truth.ln_anchor;
    }
    fn score_jacobian(&self, anchor: usize, offset: &[f64]) -> DMatrix<f64> {
        self.model.score_jacobian(anchor, offset)
    }
    fn posterior_covariance(&self, anchor: usize, offset: &[f64]) -> DMatrix<f64> {
        self.model.posterior_covariance(anchor, offset)
    }
    fn posterior_square_trace(&self, anchor: usize, offset: &[f64]) -> f64 {
        self.model.posterior_square_trace(anchor, offset)
    }
    fn top_eigenvalue(&self, anchor: usize, offset: &[f64]) -> f64 {
        self.model.top_eigenvalue(anchor, offset)
    }
}
