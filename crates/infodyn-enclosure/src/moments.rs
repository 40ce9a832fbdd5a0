//! The expectations of the theory.

use crate::line::At;
use crate::{Functional, Ground, Interval, Line, Number, Observation, Parameter, Result};

/// A function of a point whose expectation appears in the theory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// 1.
    One,
    /// `-log p`: its mean is `H(X_t)`.
    LnDensity,
    /// `s`.
    Score,
    /// `x s`.
    PositionScore,
    /// `s^2`.
    ScoreNorm2,
    /// `s'`.
    ScoreDivergence,
    /// `S = Var[X_0 given X_t]`: its mean is the mmse.
    PosteriorVariance,
    /// `S^2`.
    SquarePosteriorVariance,
    /// `h`.
    Entropy,
    /// `h^2`.
    SquareEntropy,
    /// `sum_y pi_y (log pi_y)^2`: its mean is `E iota^2`.
    SquareSurprisal,
    /// `b = sum_y pi_y (s_y - s)^2`.
    Production,
    /// `sum_y pi_y s_y'`.
    LabelDivergence,
    /// `(h')^2`.
    Gradient2,
    /// `sum_y pi_y^2`.
    Agreement,
}

impl Moment {
    fn of<N: Number>(self, position: N, seen: &Observation<N>) -> N {
        match self {
            Self::One => N::real(Interval::ONE),
            Self::LnDensity => -seen.ln_density(),
            Self::Score => seen.score(),
            Self::PositionScore => position * seen.score(),
            Self::ScoreNorm2 => seen.score().sqr(),
            Self::ScoreDivergence => seen.score_divergence(),
            Self::PosteriorVariance => seen.posterior_variance(),
            Self::SquarePosteriorVariance => seen.posterior_variance().sqr(),
            Self::Entropy => seen.entropy(),
            Self::SquareEntropy => seen.entropy().sqr(),
            Self::SquareSurprisal => seen.square_surprisal(),
            Self::Production => seen.production(),
            Self::LabelDivergence => seen.label_divergence(),
            Self::Gradient2 => seen.entropy_gradient().sqr(),
            Self::Agreement => seen.agreement(),
        }
    }
}

/// Several moments at once, of the marginal itself or of a model that is read in its place.
struct Means<'a, P>(&'a [Moment], Option<&'a Line<P>>);

impl<P: Parameter> Functional<P> for Means<'_, P> {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn values<T: Ground>(&self, at: &At<P, T>, seen: &Observation<P::Over<T>>, out: &mut Vec<P::Over<T>>) {
        let position = if self.0.contains(&Moment::PositionScore) { at.position() } else { at.offset };
        let model = self.1.map(|model| at.observe(model));
        let seen = model.as_ref().unwrap_or(seen);
        out.extend(self.0.iter().map(|m| m.of(position, seen)));
    }
}

/// `(h - h0, (h - h0)^2, b - b0, (h - h0)(b - b0))` with constants near the means, so that less cancels.
struct Centred<'a, P> {
    entropy: f64,
    production: f64,
    pairs: bool,
    model: Option<&'a Line<P>>,
}

impl<P: Parameter> Functional<P> for Centred<'_, P> {
    fn count(&self) -> usize {
        if self.pairs { 4 } else { 2 }
    }

    fn values<T: Ground>(&self, at: &At<P, T>, seen: &Observation<P::Over<T>>, out: &mut Vec<P::Over<T>>) {
        let model = self.model.map(|model| at.observe(model));
        let seen = model.as_ref().unwrap_or(seen);
        let shift = |c: f64| P::Over::<T>::real(Interval::point(c));
        let h = seen.entropy() - shift(self.entropy);
        out.extend([h, h.sqr()]);
        if self.pairs {
            let b = seen.production() - shift(self.production);
            out.extend([b, h * b]);
        }
    }
}

impl<P: Parameter> Line<P> {
    /// Means of several functions under the marginal.
    ///
    /// # Errors
    /// When no enclosure was found.
    pub fn means(&self, moments: &[Moment]) -> Result<Vec<P>> {
        self.expect(&Means(moments, None))
    }

    /// Means under the marginal of several functions of what `model`, another marginal, says at its points.
    ///
    /// # Errors
    /// When no enclosure was found.
    pub fn means_of(&self, model: &Self, moments: &[Moment]) -> Result<Vec<P>> {
        self.expect(&Means(moments, Some(model)))
    }

    /// The mean of one function under the marginal.
    ///
    /// # Errors
    /// When no enclosure was found.
    pub fn mean(&self, moment: Moment) -> Result<P> {
        Ok(self.means(&[moment])?[0])
    }

    fn centred(&self, pairs: bool, model: Option<&Self>) -> Result<Vec<P>> {
        let rough = self.rough(&Means(&[Moment::Entropy, Moment::Production], model));
        self.expect(&Centred { entropy: rough[0], production: rough[1], pairs, model })
    }

    /// `Var h(X_t)`, nats^2.
    ///
    /// # Formula
    /// `E (h - c)^2 - (E h - c)^2` with a constant `c` near the mean: exact for any `c`.
    ///
    /// # Errors
    /// When no enclosure was found.
    pub fn entropy_variance(&self) -> Result<P> {
        let m = self.centred(false, None)?;
        Ok(m[1] - m[0].sqr())
    }

    /// `Var h(X_t)` of what `model`, another marginal, says; as [`Line::entropy_variance`].
    ///
    /// # Errors
    /// When no enclosure was found.
    pub fn entropy_variance_of(&self, model: &Self) -> Result<P> {
        let m = self.centred(false, Some(model))?;
        Ok(m[1] - m[0].sqr())
    }

    /// `Cov(h(X_t), b(X_t))`.
    ///
    /// # Errors
    /// When no enclosure was found.
    pub fn entropy_production_covariance(&self) -> Result<P> {
        let m = self.centred(true, None)?;
        Ok(m[3] - m[0] * m[2])
    }

    /// `Var iota(X_t)`, the variance of the surprisal of the true label, nats^2.
    ///
    /// # Formula
    /// `E sum_y pi_y (log pi_y)^2 - (E h)^2`.
    ///
    /// # Errors
    /// When no enclosure was found.
    pub fn surprisal_variance(&self) -> Result<P> {
        let m = self.means(&[Moment::SquareSurprisal, Moment::Entropy])?;
        Ok(m[0] - m[1].sqr())
    }
}
