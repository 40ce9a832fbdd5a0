//! Where a law changes its mind: fixed points, bifurcations, peaks, speciation and collapse.

mod bounds;
mod classes;
mod collapse;
mod landscape;
mod peaks;
mod scale;
mod settings;
mod top;

use std::sync::Arc;

use infodyn_core::{Law, NoiseProcess};

pub use classes::Pair;
pub use collapse::{Collapse, OfClasses};
pub use landscape::{Branching, MOST_COMPONENTS, Resting};
pub use peaks::{Clock, Peak, Speciation};
pub use scale::{Scale, Sized};
pub use settings::Settings;
pub(crate) use settings::range;

use self::top::Eigenvalues;
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
    /// Where the label's entropy falls from 19/20 to 1/20 of what it is at first: what guidance toward a label can
    /// move.
    pub guidance_window: Option<[Speciation; 2]>,
    /// When the first direction of each pair of classes stands out of the noise.
    pub pairs: Vec<Pair>,
    /// When a data set's points are decided.
    pub collapse: Option<Collapse>,
    /// The size of the data, and between which levels to sample.
    pub scale: Scale,
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
    let eigenvalues = Eigenvalues::default();
    let mut speciation = law.mixture().map_or(vec![], |law| peaks::spectral(law, process, &eigenvalues, &mut notes));
    let (peaks, decided, guidance_window) = peaks::peaks(Arc::clone(law), process, snr, settings, &mut notes)?;
    speciation.extend(decided);
    let data = kind == "dataset";
    let scale = scale::scale(&**law, data)?;
    let (mut pairs, mut collapse) = (vec![], None);
    if let Some(mixture) = law.mixture() {
        let classes = classes::classes(mixture, &mut notes);
        pairs = classes::pairs(mixture, data, &classes, process);
        collapse = collapse::collapse(mixture, (kind, &eigenvalues), process, &classes, &mut notes);
    }
    Ok(Critical { snr, fixed_points, bifurcations, peaks, speciation, guidance_window, pairs, collapse, scale, notes })
}
