//! Why there is no answer.

use infodyn_core::Quantity;

use crate::method::Method;

/// A question that cannot be answered, or not as asked.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A method that cannot serve a law.
    #[error("method {method}: it {why}, expected one of {serve}")]
    Method {
        /// The method asked for.
        method: Method,
        /// Why it does not serve.
        why: &'static str,
        /// The methods that do.
        serve: String,
    },
    /// A radius larger than was asked for.
    #[error("accuracy: {quantity} at t = {t} has radius {radius:.1e} by {method}{samples}, expected at most {asked:e}")]
    Accuracy {
        /// Which quantity.
        quantity: Quantity,
        /// At which time.
        t: f64,
        /// The radius that was reached.
        radius: f64,
        /// The radius that was asked for.
        asked: f64,
        /// The sharpest method that served.
        method: Method,
        /// How many samples it took, or nothing.
        samples: String,
    },
    /// A quantity without a finite value.
    #[error("{quantity} at t = {t}: no finite value by {method}, expected a number with an error")]
    NotFinite {
        /// Which quantity.
        quantity: Quantity,
        /// At which time.
        t: f64,
        /// The method.
        method: Method,
    },
    /// Too few levels to follow a process between.
    #[error("{count} noise levels, expected at least 2")]
    Levels {
        /// How many.
        count: usize,
    },
    /// A sampler whose end from a start is no one point.
    #[error("sampler {sampler}: its ends are random or unknown, expected one of euler, heun, dpmpp2m")]
    Random {
        /// Its name.
        sampler: String,
    },
    /// A law in which there is nothing to guide to.
    #[error("one label alone, expected at least 2: nothing to guide to")]
    OneLabel,
    /// A law of more terms than guidance is simulated for.
    #[error(
        "{components} components in dimension {dim}: guidance is simulated for at most {most} in the product, expected a smaller law, as one Gaussian a class"
    )]
    Size {
        /// Its components.
        components: usize,
        /// Its dimensions, after the exact reduction.
        dim: usize,
        /// The product at most.
        most: usize,
    },
    /// Too few points for an interval on those that are held out.
    #[error("{held_out} of {points} points held out, expected at least {least}, and two others")]
    HeldOut {
        /// How many are held out.
        held_out: usize,
        /// How many there are.
        points: usize,
        /// How many it takes.
        least: usize,
    },
    /// No law was fitted.
    #[error(transparent)]
    Fit(#[from] infodyn_fit::Error),
    /// The law cannot be asked about.
    #[error(transparent)]
    Law(#[from] infodyn_core::Error),
    /// A landscape cannot be followed.
    #[error(transparent)]
    Bifurcation(#[from] infodyn_bifurcation::Error),
    /// No levels follow from the errors of a denoiser.
    #[error(transparent)]
    Sampler(#[from] infodyn_samplers::Error),
    /// Quadrature failed.
    #[error(transparent)]
    Quadrature(#[from] infodyn_quadrature::Error),
    /// No enclosure was found.
    #[error(transparent)]
    Enclosure(#[from] infodyn_enclosure::Error),
    /// An answer cannot be drawn.
    #[error(transparent)]
    Figure(#[from] infodyn_figures::Error),
    /// Monte Carlo failed.
    #[error(transparent)]
    MonteCarlo(#[from] infodyn_monte_carlo::Error),
}
