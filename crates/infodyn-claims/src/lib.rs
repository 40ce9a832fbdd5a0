//! The registry: every claim of the theory as a statement, its checks and its mutants.
//!
//! A [`Claim`] says what is claimed and lists [`Check`]s; a check wires two independent routes to one
//! [`Comparison`](infodyn_core::Comparison), or asks whether one identity is exactly true. [`verify`] runs checks as
//! they are, [`falsify`] with one ingredient broken at a time ([`Mutation`]), which every check must notice.
//!
//! To add a claim: one file in `src/claims/`, one line in its `mod.rs`.

mod alike;
mod asked;
mod bells;
mod branching;
mod calibration;
mod chains;
mod claim;
pub mod claims;
mod context;
mod data_sets;
mod decisions;
mod enclosed;
mod equidistant;
mod equilibrium;
mod guided;
mod ingredient;
mod limit;
mod odds;
mod pointwise;
mod radial;
mod rates;
mod report;
mod schedule;

mod case;
mod symbols;
pub mod tables;
mod widths;

pub use alike::alike;
pub use calibration::{Calibration, Sampled};
pub use case::{Case, NamedLaw, Row, Seen};
pub use claim::{Answer, Check, Claim, Kind, Mutant, Origin};
pub use claims::{Family, registry};
pub use context::{Context, Effort, Proof};
pub use infodyn_core::Mutation;
pub use ingredient::Ingredient;
pub use report::{ClaimReport, Evidence, Falsification, MutantReport, Report, falsify, selected, verify};

/// Why a check gave no comparison.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The law, process or time of a case is not valid.
    #[error(transparent)]
    Core(#[from] infodyn_core::Error),
    /// The quadrature gave no answer.
    #[error(transparent)]
    Quadrature(#[from] infodyn_quadrature::Error),
    /// No enclosure was found.
    #[error(transparent)]
    Enclosure(#[from] infodyn_enclosure::Error),
    /// The simulation gave no answer.
    #[error(transparent)]
    MonteCarlo(#[from] infodyn_monte_carlo::Error),
    /// A grid of noise levels was not found.
    #[error(transparent)]
    Samplers(#[from] infodyn_samplers::Error),
    /// A landscape could not be followed.
    #[error(transparent)]
    Bifurcation(#[from] infodyn_bifurcation::Error),
    /// A branching that should be there was not found.
    #[error("{0}: not found")]
    NotFound(&'static str),
    /// A root was not bracketed.
    #[error("{what}: no change of sign between {lo} and {hi}")]
    NoRoot {
        /// Of what.
        what: &'static str,
        /// Lower end.
        lo: f64,
        /// Upper end.
        hi: f64,
    },
    /// A covariance of columns was asked for that the run did not keep.
    #[error("covariance of columns {0} and {1}: not kept by the run")]
    Product(usize, usize),
    /// A mutant on the case of a check that plays on none.
    #[error("a mutant on a case, of a check that plays on no case")]
    NoCase,
    /// A check that nothing shows to be able to fail.
    #[error("{claim}, {case}: the check has no mutant, so nothing shows that it can fail")]
    NoMutant {
        /// Id of the claim.
        claim: &'static str,
        /// The check's case.
        case: String,
    },
    /// A claim that the registry does not have.
    #[error("claim {id:?}: expected one of {known}")]
    Unknown {
        /// What was asked for.
        id: String,
        /// What there is.
        known: String,
    },
}

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;
