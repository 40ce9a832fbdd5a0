//! What quadrature cannot do, and which method can.

/// An integral that could not be computed to a stated error.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// More dimensions than tensor rules serve.
    #[error("quadrature serves dimensions 1 to {limit}, not {dim}; use the method monte-carlo")]
    Dimension {
        /// The dimension of the density.
        dim: usize,
        /// The largest that is served.
        limit: usize,
    },
    /// More nodes than the budget.
    #[error(
        "component {component} needs {nodes:.1e} quadrature nodes, more than {budget:.1e}; use the method monte-carlo"
    )]
    Nodes {
        /// The component, from 0.
        component: usize,
        /// How many nodes its next resolution would take.
        nodes: f64,
        /// How many are allowed.
        budget: f64,
    },
    /// An integrand that is not finite.
    #[error("output {output} is {value} at component {component}, offset {offset:?}, expected a finite number")]
    NotFinite {
        /// Which output of the integrand, from 0.
        output: usize,
        /// Its value.
        value: f64,
        /// The component that the point is written from.
        component: usize,
        /// The point, from the component's centre.
        offset: Vec<f64>,
    },
    /// A component whose density does not integrate to 1.
    #[error("component {component} of the density integrates to {mass}, expected 1")]
    Mass {
        /// The component, from 0.
        component: usize,
        /// What it integrates to.
        mass: f64,
    },
    /// An interval with an end that is not finite, or without a certain change of sign.
    #[error("from {lo} to {hi}: expected two finite ends, and of a root opposite signs there")]
    Interval {
        /// Lower end.
        lo: f64,
        /// Upper end.
        hi: f64,
    },
    /// A step or interval that is not positive and finite.
    #[error("{what}: {value}, expected a positive finite number")]
    NotPositive {
        /// Which argument.
        what: &'static str,
        /// Its value.
        value: f64,
    },
}

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;
