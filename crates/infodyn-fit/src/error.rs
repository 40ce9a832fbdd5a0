//! Why nothing was fitted.

/// Points to which such a law cannot be fitted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Numbers that are no points of the dimension.
    #[error("{numbers} numbers in dimension {dim}, expected a multiple of it, and at least one point")]
    Shape {
        /// How many numbers there are.
        numbers: usize,
        /// The dimension.
        dim: usize,
    },
    /// Fewer points in different places than components.
    #[error(
        "{components} components, expected at most {places}: the points that they are fitted to lie in so many places"
    )]
    Components {
        /// How many components were asked for.
        components: usize,
        /// How many places the points lie in.
        places: usize,
    },
    /// A rank that no covariance of these points has.
    #[error("rank {rank}, expected 1 to {most}")]
    Rank {
        /// The rank asked for.
        rank: usize,
        /// The largest that serves.
        most: usize,
    },
    /// A class of which there are no points to fit to.
    #[error("label {label} has no point among the {points} that are fitted to, expected at least one")]
    Class {
        /// The label, from 0.
        label: usize,
        /// How many points are fitted to.
        points: usize,
    },
    /// A covariance that is singular, where a density is asked for.
    #[error(
        "component {component} has a variance of {variance:e} along an axis, expected a larger ridge: the law has no density"
    )]
    Singular {
        /// The component, from 0.
        component: usize,
        /// Its least variance.
        variance: f64,
    },
    /// Too many dimensions for eigenvectors.
    #[error("full covariances in dimension {dim}, expected at most {most}, or isotropic or diagonal ones")]
    Wide {
        /// The dimension.
        dim: usize,
        /// The largest that serves.
        most: usize,
    },
    /// Points that all lie in one place.
    #[error("all points lie in one place, expected at least two places")]
    OnePlace,
    /// The law cannot be.
    #[error(transparent)]
    Law(#[from] infodyn_core::Error),
}
