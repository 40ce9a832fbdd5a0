//! Where a law changes its mind: fixed points, bifurcations, peaks, speciation and collapse.

mod collapse;
mod landscape;
mod peaks;
mod settings;

use std::sync::Arc;

use infodyn_core::{Law, NoiseProcess};

pub use collapse::Collapse;
pub use landscape::{Branching, Resting};
pub use peaks::{Clock, Peak, Speciation};
pub use settings::Settings;

use crate::Result;

/// What happens to a law along a process.
#[derive(Debug, Clone, PartialEq)]
pub struct Critical {
    /// Signal-to-noise ratios between which it was looked for.
    pub snr: (f64, f64),
    /// Fixed points of the three energies at the noise levels asked for.
    pub fixed_points: Vec<Resting>,
    /// Where they meet.
    pub bifurcations: Vec<Branching>,
    /// Peaks of rates and of the variance.
    pub peaks: Vec<Peak>,
    /// When the labels are decided, by several criteria.
    pub speciation: Vec<Speciation>,
    /// When a data set's points are decided.
    pub collapse: Option<Collapse>,
    /// What was left out or approximated, and why.
    pub notes: Vec<String>,
}

/// Everything critical about `law`, of the kind that its file says, from much noise to little, as far as the process
/// goes.
///
/// # Errors
/// When the process or a density cannot be read.
pub fn critical(law: &Arc<dyn Law>, kind: &str, process: &NoiseProcess, settings: &Settings) -> Result<Critical> {
    let mut notes = Vec::new();
    let snr = settings::range(&**law, process)?;
    let (fixed_points, bifurcations) = landscape::landscapes(law, process, snr, settings, &mut notes)?;
    let (peaks, speciation) = peaks::peaks(Arc::clone(law), process, snr, settings, &mut notes)?;
    let collapse = law.mixture().and_then(|law| collapse::collapse(law, kind, process, &mut notes));
    Ok(Critical { snr, fixed_points, bifurcations, peaks, speciation, collapse, notes })
}
