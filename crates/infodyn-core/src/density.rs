//! The marginal of a law at positive noise, and what it says at a batch of points.

use std::cell::Cell;

use bitflags::bitflags;
use nalgebra::{DMatrix, DVector};

use crate::stable::norm2;

/// A batch of `n` points of `R^D`, each the centre of one component plus an offset, so that no
/// digit is lost where a narrow component lies far from the origin.
#[derive(Debug, Clone, Copy)]
pub struct Points<'a> {
    /// The component that each point is written from, length `n`. Quantities that refer to the
    /// true label take the anchor's as true.
    pub anchors: &'a [usize],
    /// `x - alpha mu_anchor`, `n x D`, row-major.
    pub offsets: &'a [f64],
}

impl Points<'_> {
    /// Number of points.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.anchors.len()
    }

    /// Whether there is none.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }
}

/// What a law has to know of `n` draws to see them at every noise level: the products with each of its means. A law
/// makes it ([`crate::Law::project`]) and its densities read it ([`Density::observe_projected`]); in what order is
/// theirs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Projections {
    /// Of `X_0`, eight draws at a time.
    pub clean: Vec<[f64; 8]>,
    /// Of `Z`, eight draws at a time.
    pub noise: Vec<[f64; 8]>,
    /// Part of a posterior that an answer may leave out, beside what it leaves out by itself: means that together weigh
    /// no more. 0 asks for all. What a label weighs is right to a thousand times that, relative to itself, where the
    /// true one is concerned. Where it is not 0 a spread may be formed as a difference of squares about the average of
    /// the means, whose rounding it then has.
    pub left_out: f64,
    /// Error of a log-likelihood ratio that an answer may have, beside what it has by itself.
    pub error: f64,
}

bitflags! {
    /// What of an [`Observation`] to compute: a set of its fields, joined by `|`. The two log-densities are always
    /// there.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Detail: u32 {
        /// [`Posterior::entropy`] of the component.
        const COMPONENT_ENTROPY = 1;
        /// [`Posterior::excess`] of the component.
        const COMPONENT_EXCESS = 1 << 1;
        /// [`Posterior::divergence`] of the component.
        const COMPONENT_INFORMATION = 1 << 2;
        /// [`Posterior::surprisal`] of the component.
        const COMPONENT_SURPRISAL = 1 << 3;
        /// [`Posterior::varentropy`] of the component.
        const COMPONENT_VARENTROPY = 1 << 4;
        /// [`Posterior::agreement`] of the component.
        const COMPONENT_AGREEMENT = 1 << 5;
        /// [`Posterior::entropy`] of the label.
        const LABEL_ENTROPY = 1 << 6;
        /// [`Posterior::excess`] of the label.
        const LABEL_EXCESS = 1 << 7;
        /// [`Posterior::divergence`] of the label.
        const LABEL_INFORMATION = 1 << 8;
        /// [`Posterior::surprisal`] of the label.
        const LABEL_SURPRISAL = 1 << 9;
        /// [`Posterior::varentropy`] of the label.
        const LABEL_VARENTROPY = 1 << 10;
        /// [`Posterior::agreement`] of the label.
        const LABEL_AGREEMENT = 1 << 11;
        /// [`Observation::score`].
        const SCORE = 1 << 12;
        /// [`Observation::score_divergence`].
        const SCORE_DIVERGENCE = 1 << 13;
        /// [`Observation::mean_offset`].
        const MEAN_OFFSET = 1 << 14;
        /// [`Observation::posterior_trace`].
        const POSTERIOR_TRACE = 1 << 15;
        /// [`Observation::label_production`].
        const LABEL_PRODUCTION = 1 << 16;
        /// [`Observation::label_divergence`].
        const LABEL_DIVERGENCE = 1 << 17;
        /// [`Observation::label_gradient2`].
        const LABEL_GRADIENT2 = 1 << 18;
        /// [`Observation::clone_spread`] and [`Observation::clone_label_spread`], of atoms.
        const CLONES = 1 << 19;

        /// Both posteriors.
        const POSTERIORS = (1 << 12) - 1;
        /// Both posteriors, the score with its divergence, and the posterior mean with the trace of its covariance.
        const SCORES = (1 << 16) - 1;
        /// The scores of the labels: production, divergence at the true label, gradient of `h`.
        const LABELS = 7 << 16;
    }
}

impl Detail {
    /// What is asked of the component's posterior, and what of the label's, both in the names of the component.
    #[must_use]
    pub const fn posteriors(self) -> [Self; 2] {
        const ONE: u32 = (1 << 6) - 1;
        [Self::from_bits_truncate(self.bits() & ONE), Self::from_bits_truncate(self.bits() >> 6 & ONE)]
    }
}

/// What the posterior of a discrete variable (the label, or the component) says at each of `n`
/// points. Each form keeps its relative accuracy in the regime that its name points to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Posterior {
    /// Entropy of the posterior, nats: small where the variable is decided.
    pub entropy: Vec<f64>,
    /// Entropy of the posterior minus entropy of the prior: small where nothing is known.
    pub excess: Vec<f64>,
    /// `KL(posterior, prior)`, nats; its mean is the mutual information.
    pub divergence: Vec<f64>,
    /// `-log` of the posterior of the anchor's value, nats.
    pub surprisal: Vec<f64>,
    /// Variance of `-log` of the posterior under the posterior itself, nats^2.
    pub varentropy: Vec<f64>,
    /// Sum of squares of the posterior: the chance that two draws agree.
    pub agreement: Vec<f64>,
}

impl Posterior {
    /// Room for `n` points in the fields of `asked`, in the names of the component.
    fn resize(&mut self, n: usize, asked: Detail) {
        for (field, name) in [
            (&mut self.entropy, Detail::COMPONENT_ENTROPY),
            (&mut self.excess, Detail::COMPONENT_EXCESS),
            (&mut self.divergence, Detail::COMPONENT_INFORMATION),
            (&mut self.surprisal, Detail::COMPONENT_SURPRISAL),
            (&mut self.varentropy, Detail::COMPONENT_VARENTROPY),
            (&mut self.agreement, Detail::COMPONENT_AGREEMENT),
        ] {
            field.resize(if asked.contains(name) { n } else { 0 }, 0.0);
        }
    }

    /// What it says of a variable of one value, of which nothing is left to learn.
    pub fn decide(&mut self) {
        let fields =
            [&mut self.entropy, &mut self.excess, &mut self.divergence, &mut self.surprisal, &mut self.varentropy];
        fields.into_iter().for_each(|field| field.fill(0.0));
        self.agreement.fill(1.0);
    }
}

/// What a [`Density`] says at a batch of `n` points: the two log-densities and what was asked, all else is empty.
/// Reused between batches: no allocation once it has grown to size.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observation {
    /// `log p_t(x)`, length `n`.
    pub ln_density: Vec<f64>,
    /// Log-density at `x` of the anchor's component (its weight left out), length `n`.
    pub ln_anchor: Vec<f64>,
    /// Score, `n x D`, row-major.
    pub score: Vec<f64>,
    /// `div s(x)`, length `n`.
    pub score_divergence: Vec<f64>,
    /// Posterior mean minus the anchor's mean `mu_anchor`, `n x D`, row-major.
    pub mean_offset: Vec<f64>,
    /// `tr S(x)`, length `n`, a sum of nonnegative terms.
    pub posterior_trace: Vec<f64>,
    /// The label's posterior.
    pub label: Posterior,
    /// The component's posterior.
    pub component: Posterior,
    /// `b = sum_y pi_y |s_y - s|^2`, length `n`.
    pub label_production: Vec<f64>,
    /// `div s_Y` at the anchor's label, length `n`.
    pub label_divergence: Vec<f64>,
    /// `|grad h|^2`, length `n`.
    pub label_gradient2: Vec<f64>,
    /// Half the mean of `|X_0' - mu_anchor|^2` over clones `X_0'` from the posterior of atoms, length `n`.
    pub clone_spread: Vec<f64>,
    /// The same over clones that have the label of the anchor.
    pub clone_label_spread: Vec<f64>,
}

impl Observation {
    /// Makes room for what is asked at `n` points in `R^dim`; a [`Density`] may hold more than it is asked for.
    pub fn resize(&mut self, n: usize, dim: usize, detail: Detail) {
        self.ln_density.resize(n, 0.0);
        self.ln_anchor.resize(n, 0.0);
        let [component, label] = detail.posteriors();
        self.component.resize(n, component);
        self.label.resize(n, label);
        for (field, length, name) in [
            (&mut self.score, n * dim, Detail::SCORE),
            (&mut self.score_divergence, n, Detail::SCORE_DIVERGENCE),
            (&mut self.mean_offset, n * dim, Detail::MEAN_OFFSET),
            (&mut self.posterior_trace, n, Detail::POSTERIOR_TRACE),
            (&mut self.label_production, n, Detail::LABEL_PRODUCTION),
            (&mut self.label_divergence, n, Detail::LABEL_DIVERGENCE),
            (&mut self.label_gradient2, n, Detail::LABEL_GRADIENT2),
            (&mut self.clone_spread, n, Detail::CLONES),
            (&mut self.clone_label_spread, n, Detail::CLONES),
        ] {
            field.resize(if detail.contains(name) { length } else { 0 }, 0.0);
        }
    }

    /// `|s|^2` at point `i` of a batch in `R^dim`.
    #[must_use]
    pub fn score_norm2(&self, i: usize, dim: usize) -> f64 {
        norm2(&self.score[i * dim..(i + 1) * dim])
    }
}

/// A marginal `p_t` at `sigma > 0`, written as a mixture `sum_k w_k p_k` of components with a
/// centre and a covariance: smooth and positive on `R^D`, with the posterior of `X_0`, of the
/// component and of the label at every point.
///
/// Quadrature and Monte Carlo are generic over this trait and know no formula behind it.
/// [`Density::observe`], [`Density::score_jacobian`] and [`Density::posterior_covariance`] are the
/// work; the pointwise methods are readings of them.
pub trait Density: Sync {
    /// Dimension `D`.
    fn dim(&self) -> usize;

    /// Signal scale `alpha`; 1 for the density of the data themselves.
    fn alpha(&self) -> f64;

    /// Noise variance `sigma^2`; 0 for the density of the data themselves.
    fn sigma2(&self) -> f64;

    /// Weights of the components, length `K`; one unless the density says otherwise.
    fn weights(&self) -> &[f64] {
        &[1.0]
    }

    /// Label of each component, length `K`.
    fn labels(&self) -> &[usize] {
        &[0]
    }

    /// Prior of each label.
    fn label_weights(&self) -> &[f64] {
        &[1.0]
    }

    /// Centre `alpha mu_k` of component `k`, written into `out` of length `D`; the origin unless the density says
    /// otherwise.
    fn centre(&self, _: usize, out: &mut [f64]) {
        out.fill(0.0);
    }

    /// Eigenvalue of the *data* covariance of component `k` along its principal axis, of `D`: the
    /// component's variance in `X_0`, before noise.
    fn eigenvalue(&self, k: usize, axis: usize) -> f64;

    /// Variance of component `k` in `X_t` along its principal axis: `alpha^2 l + sigma^2`.
    fn variance(&self, k: usize, axis: usize) -> f64 {
        self.alpha() * self.alpha() * self.eigenvalue(k, axis) + self.sigma2()
    }

    /// Principal axes of component `k`, one a column; `None` when they are the coordinate axes.
    fn axes(&self, _: usize) -> Option<&DMatrix<f64>> {
        None
    }

    /// What the Fisher information `E|s|^2` is at most; twice that bounds the mean of `|grad s|` too, from the sizes of
    /// the terms that it is a sum of. That of the noise, `D/sigma^2`, unless the density knows better.
    fn fisher_bound(&self) -> f64 {
        self.dim() as f64 / self.sigma2()
    }

    /// Fills `out` with what the density says at each point, at least with what is asked.
    fn observe(&self, points: Points<'_>, detail: Detail, out: &mut Observation);

    /// As [`Density::observe`] where the law has [projected](crate::Law::project) the draws: the points are
    /// `alpha X_0 + sigma Z`, anchored where the law drew them, and differ from those without by rounding.
    fn observe_projected(&self, points: Points<'_>, _: Option<&Projections>, detail: Detail, out: &mut Observation) {
        self.observe(points, detail, out);
    }

    /// `grad s`, `D x D`, symmetric, at the centre of component `anchor` plus `offset`.
    fn score_jacobian(&self, anchor: usize, offset: &[f64]) -> DMatrix<f64>;

    /// `S = Cov[X_0 given X_t]`, `D x D`, at the centre of component `anchor` plus `offset`.
    fn posterior_covariance(&self, anchor: usize, offset: &[f64]) -> DMatrix<f64>;

    /// `tr S^2` at the centre of component `anchor` plus `offset`.
    fn posterior_square_trace(&self, anchor: usize, offset: &[f64]) -> f64 {
        self.posterior_covariance(anchor, offset).norm_squared()
    }

    /// The component to write `x` from, that whose centre is nearest to it unless the law knows better, and the offset.
    fn locate(&self, x: &[f64]) -> (usize, Vec<f64>) {
        let mut centre = vec![0.0; self.dim()];
        let mut best = (f64::INFINITY, 0);
        for k in 0..self.weights().len() {
            self.centre(k, &mut centre);
            let d2: f64 = x.iter().zip(&centre).map(|(a, b)| (a - b) * (a - b)).sum();
            if d2 < best.0 {
                best = (d2, k);
            }
        }
        self.centre(best.1, &mut centre);
        (best.1, x.iter().zip(&centre).map(|(a, b)| a - b).collect())
    }

    /// What the density says at one point `x` of length `D`.
    fn observe_at(&self, x: &[f64], detail: Detail) -> Observation {
        let (anchor, offset) = self.locate(x);
        let mut out = Observation::default();
        self.observe(Points { anchors: &[anchor], offsets: &offset }, detail, &mut out);
        out
    }

    /// `log p_t(x)`.
    fn ln_density(&self, x: &[f64]) -> f64 {
        // Asked point by point in simulations: one observation a thread, without its twenty allocations a call.
        thread_local!(static SEEN: Cell<Observation> = Cell::default());
        let (anchor, offset) = self.locate(x);
        let mut seen = SEEN.take();
        self.observe(Points { anchors: &[anchor], offsets: &offset }, Detail::empty(), &mut seen);
        let value = seen.ln_density[0];
        SEEN.set(seen);
        value
    }

    /// The score `grad log p_t(x)`, length `D`.
    fn score(&self, x: &[f64]) -> DVector<f64> {
        DVector::from_vec(self.observe_at(x, Detail::SCORE).score)
    }

    /// `div s(x)`.
    fn score_divergence(&self, x: &[f64]) -> f64 {
        self.observe_at(x, Detail::SCORE_DIVERGENCE).score_divergence[0]
    }

    /// The largest eigenvalue of `grad s` at the centre of component `anchor` plus `offset`.
    fn top_eigenvalue(&self, anchor: usize, offset: &[f64]) -> f64 {
        let jacobian = self.score_jacobian(anchor, offset);
        if jacobian.nrows() == 1 { jacobian[(0, 0)] } else { jacobian.symmetric_eigenvalues().max() }
    }
}
