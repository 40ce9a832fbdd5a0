//! Audits of networks: a side file, a law, and what comes of them.

use std::path::Path;

use infodyn_core::{Estimate, NoiseProcess, Quantity};
use infodyn_data::{AnyLaw, AuditFile, ModelFile, Overrides};
use infodyn_model::{Alternative, Declared, Keep, Network, Report, Settings, declarations};
use nalgebra::SymmetricEigen;

use crate::profile::{self, Point, profile};
use crate::schedule::{Clock, Data, Range, Schedule, schedule};

/// What an audit found, and of which network.
#[derive(Debug, Clone)]
pub struct Audited {
    /// What was found.
    pub report: Report,
    /// The side file, and the network's bytes.
    pub file: ModelFile,
    /// The names of the network's inputs and outputs.
    pub names: [Vec<String>; 2],
    /// What was read as something else than it may seem.
    pub notes: Vec<String>,
}

/// Why there is none, in one line.
pub type Failed = String;

/// The eigenvalues of the covariance of a law.
#[must_use]
pub fn spectrum(law: &AnyLaw) -> Vec<f64> {
    match law {
        AnyLaw::Mixture(file) => {
            let values = SymmetricEigen::new(file.law.total_covariance()).eigenvalues;
            values.iter().map(|l| l.max(0.0)).collect()
        }
        AnyLaw::Sphere(file) => {
            let dim = file.law.dim();
            vec![file.law.radius() * file.law.radius() / dim as f64; dim]
        }
    }
}

/// Audits the network of a side file, read with what is said in place of its fields, on a law, from what is `kept` of
/// an audit of that file.
///
/// # Errors
/// In one line, when the side file, the network, the levels or what is kept do not do.
#[cfg(feature = "onnx")]
pub fn audit<K: Keep>(
    model: &Path,
    side: &Overrides,
    law: &AnyLaw,
    settings: &Settings,
    kept: impl FnOnce(&ModelFile) -> Result<K, Failed>,
) -> Result<Audited, Failed> {
    use infodyn_model::Onnx;

    let file = ModelFile::read_with(model, side).map_err(|e| e.to_string())?;
    let mut kept = kept(&file)?;
    let measured = crate::text::law(law);
    let network = Onnx::load(&file, measured.dim()).map_err(|e| e.to_string())?;
    let (names, notes) = (network.names().clone(), network.notes().to_vec());
    audit_network(&network, file, (names, notes), law, settings, &mut kept).map_err(|e| match e {
        infodyn_model::Error::Kept(why) => why,
        e => format!("{}: {e}", model.display()),
    })
}

/// Audits any network on a law: `file` declares it; with the names of its inputs and outputs, and notes on it.
///
/// # Errors
/// As [`infodyn_model::audit_on`].
pub fn audit_network(
    network: &impl Network,
    file: ModelFile,
    (names, mut notes): ([Vec<String>; 2], Vec<String>),
    law: &AnyLaw,
    settings: &Settings,
    kept: &mut dyn Keep,
) -> infodyn_model::Result<Audited> {
    let measured = crate::text::law(law);
    let denoiser = Declared::new(network, file.declaration.clone());
    // An integer input takes no logarithms and fractions.
    let others = declarations(&file.declaration).into_iter();
    let others = others.filter(|d| !network.whole_noise() || d.1.noise == file.declaration.noise);
    let alternatives: Vec<Alternative<'_>> = others
        .map(|(name, declaration)| Alternative { name, denoiser: Box::new(Declared::new(network, declaration)) })
        .collect();
    let report = infodyn_model::audit_on(&denoiser, &*measured, &spectrum(law), &alternatives, settings, kept)?;
    let left_out = settings.sigmas.len() - report.levels.len();
    if left_out > 0 {
        notes.push(format!("{left_out} of the levels asked for cannot be told apart or at all, and are left out"));
    }
    Ok(Audited { report, names, file, notes })
}

/// As with the feature `onnx`, without which no network can be read.
///
/// # Errors
/// Always.
#[cfg(not(feature = "onnx"))]
pub fn audit<K: Keep>(
    _: &Path,
    _: &Overrides,
    _: &AnyLaw,
    _: &Settings,
    _: impl FnOnce(&ModelFile) -> Result<K, Failed>,
) -> Result<Audited, Failed> {
    Err("audit: this program was built without the feature onnx, expected one with it".into())
}

/// The errors of an audit as a table for schedules: an error above that of the constant mean counts as that, which is
/// told.
///
/// # Errors
/// When no schedule can be made of them.
pub fn table(audit: &AuditFile) -> Result<(Data, Vec<String>), infodyn_samplers::TableError> {
    let mut notes = Vec::new();
    let above = audit.rows.iter().filter(|(_, mse)| mse.value() > audit.variance).count();
    if above > 0 {
        notes.push(format!(
            "at {above} of {} levels the model's error is above that of the constant mean, {}, and counts as that",
            audit.rows.len(),
            crate::text::short(audit.variance)
        ));
    }
    let capped = |&(sigma, mse): &(f64, Estimate)| {
        (sigma, if mse.value() > audit.variance { Estimate::new(audit.variance, mse.radius()) } else { mse })
    };
    Ok((Data::of_table(audit.rows.iter().map(capped).collect())?, notes))
}

/// The least error of any denoiser on the law at each level of a report; none where it is not known.
#[must_use]
pub fn least(law: &AnyLaw, report: &Report, seed: u64) -> Vec<Option<Estimate>> {
    /// Samples at each level, where it is simulated: enough for a picture.
    const SAMPLES: u64 = 1 << 13;
    let law = crate::text::law(law);
    let settings = profile::Settings {
        quantities: vec![Quantity::Mmse],
        samples: Some(SAMPLES),
        seed,
        ..profile::Settings::default()
    };
    let levels: Option<Vec<_>> = report.levels.iter().map(|l| NoiseProcess::Edm.at(l.sigma).ok()).collect();
    let points = levels.and_then(|levels| profile(&law, NoiseProcess::Edm, &levels, &settings, &|| ()).ok());
    let told = |points: Vec<Point>| points.iter().map(|p| Some(p.get(Quantity::Mmse)?.estimate)).collect();
    points.map_or_else(|| vec![None; report.levels.len()], told)
}

/// Steps of the schedule that stands beside an audit.
pub const STEPS: usize = 8;

/// The schedule that follows from an audit, between its least and its noisiest level; or why there is none.
///
/// # Errors
/// In one line.
pub fn following(report: &Report) -> Result<(Schedule, Vec<String>), Failed> {
    let rows = report.levels.iter().filter_map(|l| Some((l.sigma, l.readings.as_ref()?.mse))).collect();
    let (data, notes) = table(&AuditFile { rows, variance: report.variance }).map_err(|e| e.to_string())?;
    let [low, high] = data.range();
    let range = Range { steps: STEPS, from: high, to: Some(low) };
    let found = schedule(Clock::KlS2, range, NoiseProcess::Edm, Some(&data)).map_err(|e| e.to_string())?;
    Ok((found, notes))
}
