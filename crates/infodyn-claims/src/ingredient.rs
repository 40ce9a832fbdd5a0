//! What a mutant breaks.

use std::fmt;

use crate::Mutation;

/// An ingredient of a statement: what a mutant has another value of. There is none for "the answer": a factor on one
/// side breaks nothing that the theory is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ingredient {
    /// The law of the forward noise.
    Noise,
    /// A weight of the law, or a count of components.
    Weight,
    /// A mean of the law: where a component stands.
    Mean,
    /// A variance or covariance, of the law or of the noise.
    Variance,
    /// The law of the data as a whole: another law.
    Law,
    /// A dimension, of the space, of a set or a rank.
    Dimension,
    /// The label.
    Label,
    /// The score.
    Score,
    /// The posterior.
    Posterior,
    /// The quantity whose mean is taken, or a term of it.
    Moment,
    /// The clock in which a rate is read.
    Clock,
    /// The time or noise level at which something happens.
    Time,
    /// The place at which something is read.
    Point,
    /// The drift or the energy that it descends.
    Drift,
    /// The process's `g`.
    Diffusion,
    /// A temperature.
    Temperature,
    /// An exponent.
    Exponent,
    /// A threshold: a share, an error probability, a height.
    Threshold,
    /// A number of samples or of data.
    Size,
    /// A numerical scheme or an estimator.
    Scheme,
    /// A constant of a bound: a barely false inequality.
    Bound,
    /// A term of an exact identity.
    Formula,
}

impl fmt::Display for Ingredient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Noise => "noise law",
            Self::Weight => "weight",
            Self::Mean => "mean",
            Self::Variance => "variance",
            Self::Law => "data law",
            Self::Dimension => "dimension",
            Self::Label => "label",
            Self::Score => "score",
            Self::Posterior => "posterior",
            Self::Moment => "moment",
            Self::Clock => "clock",
            Self::Time => "time",
            Self::Point => "point",
            Self::Drift => "drift",
            Self::Diffusion => "diffusion g",
            Self::Temperature => "temperature",
            Self::Exponent => "exponent",
            Self::Threshold => "threshold",
            Self::Size => "sample size",
            Self::Scheme => "scheme",
            Self::Bound => "bound",
            Self::Formula => "formula",
        })
    }
}

impl From<Mutation> for Ingredient {
    fn from(mutation: Mutation) -> Self {
        match mutation {
            Mutation::Noise => Self::Noise,
            Mutation::Weight => Self::Weight,
            Mutation::Sigma => Self::Variance,
            Mutation::Clock => Self::Clock,
            Mutation::Label => Self::Label,
            Mutation::None => Self::Formula,
        }
    }
}
