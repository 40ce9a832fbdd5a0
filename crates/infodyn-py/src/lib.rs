//! infodyn for Python: its commands, laws and audits, as the package `infodyn` in `python/` asks for them.
//!
//! Glue alone. A command is asked in the words of the command line and answers with its JSON, so that defaults,
//! refusals and numbers are those of the program; results are made of it in Python. While Rust works the interpreter's
//! lock is free, and signals are looked for.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{panic, thread};

use infodyn::audit::audit_network;
use infodyn::text::{self, Outcome};
use infodyn::{commands, sample};
use infodyn_core::{Detail, NoiseLevel, NoiseProcess, Observation, Points, Stop, Stopped};
use infodyn_data::{AnyLaw, ModelFile};
use infodyn_model::{Denoiser, LawDenoiser, Network};
use numpy::{IntoPyArray, PyArray1, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::{PyException, PyKeyboardInterrupt, PyValueError};
use pyo3::prelude::*;

/// How often signals are looked for.
const GLANCE: Duration = Duration::from_millis(50);

/// The commands that answer with JSON.
#[derive(clap::Parser)]
#[command(name = "infodyn")]
enum Command {
    Profile(commands::profile::Args),
    Critical(commands::critical::Args),
    Paths(commands::paths::Args),
    Guidance(commands::guidance::Args),
    Schedule(commands::schedule::Args),
    Study(commands::study::Args),
    Audit(commands::audit::Args),
    Check(commands::check::Args),
    Sample(commands::sample::Args),
    Fit(commands::fit::Args),
    Convert(commands::convert::Args),
    Verify(commands::registry::Run),
    Merge(commands::parts::Args),
}

impl Command {
    fn run(&self) -> Outcome {
        match self {
            Self::Profile(args) => commands::profile::run(args),
            Self::Critical(args) => commands::critical::run(args),
            Self::Paths(args) => commands::paths::run(args),
            Self::Guidance(args) => commands::guidance::run(args),
            Self::Schedule(args) => commands::schedule::run(args),
            Self::Study(args) => commands::study::run(args),
            // What the exit code says stands in the answer.
            Self::Audit(args) => commands::audit::run(args).map(|_| ()),
            Self::Check(args) => commands::check::run(args).map(|_| ()),
            Self::Sample(args) => commands::sample::run(args),
            Self::Fit(args) => commands::fit::run(args),
            Self::Convert(args) => commands::convert::run(args),
            Self::Verify(args) => commands::verify::run(args, None).map(|_| ()),
            Self::Merge(args) => {
                let answer = |words: &[String]| text::read::<Self>(words)?.run().map(|()| ExitCode::SUCCESS);
                commands::parts::run(args, answer).map(|_| ())
            }
        }
    }
}

/// A refusal of the program, or of what it rests on.
fn refused(why: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(why.to_string())
}

/// Does the work on a thread of its own, which stops when a signal of this one raises; `None` when it was stopped by
/// itself.
fn interruptible<T: Send>(py: Python<'_>, work: impl FnOnce(&Stop) -> T + Send) -> PyResult<Option<T>> {
    let stop = Stop::default();
    py.detach(|| {
        thread::scope(|scope| {
            let (done, finished) = mpsc::channel();
            let own = stop.clone();
            let worker = scope.spawn(move || {
                let found = own.run(|| work(&own));
                // A receiver that has gone away needs no word.
                let _ = done.send(());
                found
            });
            let mut raised = None;
            while finished.recv_timeout(GLANCE) == Err(RecvTimeoutError::Timeout) {
                if raised.is_none()
                    && let Err(error) = Python::attach(|py| py.check_signals())
                {
                    stop.request();
                    raised = Some(error);
                }
            }
            match (worker.join(), raised) {
                (Err(payload), _) => panic::resume_unwind(payload),
                (_, Some(error)) => Err(error),
                (Ok(Err(Stopped)), None) => Ok(None),
                (Ok(Ok(found)), None) => Ok(Some(found)),
            }
        })
    })
}

/// As [`interruptible`], of work that nothing else stops.
fn whole<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    interruptible(py, |_| work())?.ok_or_else(|| PyKeyboardInterrupt::new_err(()))
}

/// The JSON with which the program answers a command line.
///
/// Raises `ValueError` with the line with which it refuses.
#[pyfunction]
fn ask(py: Python<'_>, words: Vec<String>) -> PyResult<String> {
    let answer = || text::read::<Command>(&words).and_then(|command| text::kept(|| command.run()));
    whole(py, answer)?.map_err(refused)
}

/// A law that was read from a file.
#[pyclass(frozen, module = "infodyn._infodyn")]
struct Law {
    file: AnyLaw,
    law: Arc<dyn infodyn_core::Law>,
}

/// Points, one a row, their dimension and shape checked.
fn rows(x: &PyReadonlyArray2<'_, f64>, dim: usize) -> PyResult<Vec<f64>> {
    if x.shape()[1] != dim {
        return Err(refused(format!("x: rows of length {}, expected {dim}", x.shape()[1])));
    }
    let x = x.as_array();
    if let Some(bad) = x.iter().find(|v| !v.is_finite()) {
        return Err(refused(format!("x: {bad}, expected finite numbers")));
    }
    Ok(x.iter().copied().collect())
}

type Array<'py> = Bound<'py, PyArray1<f64>>;

#[pymethods]
impl Law {
    /// Reads a law file, TOML or JSON.
    #[new]
    fn new(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let file = whole(py, || AnyLaw::read(&path))?.map_err(refused)?;
        Ok(Self { law: text::law(&file), file })
    }

    /// `kind`, as the file says it.
    #[getter]
    fn kind(&self) -> &str {
        if let AnyLaw::Mixture(file) = &self.file { &file.kind } else { "sphere" }
    }

    #[getter]
    fn dim(&self) -> usize {
        self.law.dim()
    }

    #[getter]
    fn components(&self) -> usize {
        if let AnyLaw::Mixture(file) = &self.file { file.law.components() } else { 1 }
    }

    #[getter]
    fn sha256(&self) -> &str {
        match &self.file {
            AnyLaw::Mixture(file) => &file.sha256,
            AnyLaw::Sphere(file) => &file.sha256,
        }
    }

    #[getter]
    fn notes(&self) -> Vec<String> {
        if let AnyLaw::Mixture(file) = &self.file { file.notes.clone() } else { vec![] }
    }

    #[getter]
    fn label_names(&self) -> Option<Vec<String>> {
        if let AnyLaw::Mixture(file) = &self.file { file.label_names.clone() } else { None }
    }

    /// Weights of the components.
    #[getter]
    fn weights<'py>(&self, py: Python<'py>) -> Array<'py> {
        let weights = if let AnyLaw::Mixture(file) = &self.file { file.law.weights().to_vec() } else { vec![1.0] };
        weights.into_pyarray(py)
    }

    /// Means of the components, `K x D`, flat.
    #[getter]
    fn means<'py>(&self, py: Python<'py>) -> Array<'py> {
        let centre = || vec![0.0; self.law.dim()];
        let means = if let AnyLaw::Mixture(file) = &self.file { file.law.means().to_vec() } else { centre() };
        means.into_pyarray(py)
    }

    /// Label of each component.
    #[getter]
    fn labels<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        let of = |file: &infodyn_data::LawFile| file.law.labels().iter().map(|&y| y as i64).collect();
        if let AnyLaw::Mixture(file) = &self.file { of(file) } else { vec![0] }.into_pyarray(py)
    }

    /// Exact draws at a time of a process, or of the data: points, flat, and their labels.
    #[pyo3(signature = (count, seed, process, at, label))]
    fn sample<'py>(
        &self,
        py: Python<'py>,
        count: usize,
        seed: u64,
        process: &str,
        at: Option<f64>,
        label: Option<usize>,
    ) -> PyResult<(Array<'py>, Bound<'py, PyArray1<i64>>)> {
        let AnyLaw::Mixture(file) = &self.file else {
            return Err(refused("a sphere, expected a mixture or atoms: samples are not drawn of a sphere"));
        };
        let process: NoiseProcess = process.parse().map_err(|e| refused(format!("process: {e}")))?;
        let level = at.map(|t| process.at(t)).transpose().map_err(|e| refused(format!("t: {e}")))?;
        let source = sample::Source::Exact(level.unwrap_or(NoiseLevel::DATA));
        let request = sample::Request { law: file.law.clone(), process, label, source, count, seed };
        let pool = text::pool(None).map_err(refused)?;
        let found = whole(py, || pool.install(|| sample::sample(&request)))?.map_err(refused)?;
        let labels: Vec<i64> = found.labels.iter().map(|&y| y as i64).collect();
        Ok((found.points.into_pyarray(py), labels.into_pyarray(py)))
    }

    /// `E[X_0 given X_0 + sigma Z = x]` for each row of `x`, flat.
    fn denoise<'py>(&self, py: Python<'py>, x: PyReadonlyArray2<'py, f64>, sigma: f64) -> PyResult<Array<'py>> {
        let x = rows(&x, self.law.dim())?;
        let denoiser = LawDenoiser::new(Arc::clone(&self.law));
        let mut out = vec![0.0; x.len()];
        whole(py, || denoiser.denoise(&x, sigma, sigma, &mut out))?.map_err(refused)?;
        Ok(out.into_pyarray(py))
    }

    /// The score of `X_t` at each row of `x`, flat.
    fn score<'py>(
        &self,
        py: Python<'py>,
        x: PyReadonlyArray2<'py, f64>,
        t: f64,
        process: &str,
    ) -> PyResult<Array<'py>> {
        let x = rows(&x, self.law.dim())?;
        let process: NoiseProcess = process.parse().map_err(|e| refused(format!("process: {e}")))?;
        let level = process.at(t).map_err(|e| refused(format!("t: {e}")))?;
        let score = || {
            let density = self.law.density(&level);
            let (mut anchors, mut offsets) = (Vec::new(), Vec::with_capacity(x.len()));
            for row in x.chunks_exact(self.law.dim()) {
                let (anchor, offset) = density.locate(row);
                anchors.push(anchor);
                offsets.extend(offset);
            }
            let mut seen = Observation::default();
            density.observe(Points { anchors: &anchors, offsets: &offsets }, Detail::SCORE, &mut seen);
            seen.score
        };
        Ok(whole(py, score)?.into_pyarray(py))
    }
}

/// A function of Python as a network: `f(x, noise)`, which takes an `n x D` array of single precision and an array of
/// `n` equal numbers, and answers with numbers of single precision, flat, or raises.
struct Function<'a> {
    call: &'a Py<PyAny>,
    dim: usize,
    stop: &'a Stop,
    raised: &'a Mutex<Raised>,
}

/// What a function raised. Other declarations are tried, and other levels told, where a function may well raise: only
/// what it raises at a level of the audit, as declared, is an error.
#[derive(Default)]
struct Raised {
    /// At each noise that it was told, as bits; it is not asked there again.
    at: HashMap<u64, (String, PyErr)>,
    /// What is no `Exception`, and ends the work.
    last: Option<PyErr>,
}

impl Raised {
    /// The exception that a failure tells of.
    fn behind(&mut self, failure: &str) -> Option<PyErr> {
        let noise = self.at.iter().find(|(_, (line, _))| failure.contains(line.as_str())).map(|found| *found.0)?;
        self.at.remove(&noise).map(|raised| raised.1)
    }
}

impl Network for Function<'_> {
    fn dim(&self) -> usize {
        self.dim
    }

    fn whole_noise(&self) -> bool {
        false
    }

    fn run(&self, x: &[f32], noise: f64) -> infodyn_model::Result<Vec<f32>> {
        let rows = x.len() / self.dim;
        let raised = || self.raised.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = |message: String| infodyn_model::Error::Run { file: "model".into(), rows, message };
        if self.stop.is_requested() {
            return Err(failed("stopped".into()));
        }
        if let Some((line, _)) = raised().at.get(&noise.to_bits()) {
            return Err(failed(line.clone()));
        }
        Python::attach(|py| {
            let called = || -> PyResult<Vec<f32>> {
                let given = PyArray1::from_slice(py, x).reshape([rows, self.dim])?;
                let answer: PyReadonlyArray1<'_, f32> = self.call.call1(py, (given, noise))?.extract(py)?;
                Ok(answer.as_array().to_vec())
            };
            called().map_err(|error| {
                let line = error.value(py).to_string();
                if error.is_instance_of::<PyException>(py) {
                    raised().at.entry(noise.to_bits()).or_insert((line.clone(), error));
                } else {
                    raised().last = Some(error);
                    self.stop.request();
                }
                failed(line)
            })
        })
    }
}

/// The JSON of an audit of a function of Python, which `declared`, JSON, is a side file of.
///
/// Raises what the function raised at a level of the audit, or `ValueError` with the line with which the audit is
/// refused.
#[pyfunction]
#[pyo3(signature = (call, name, declared, law, sigmas, samples, seed, threads))]
#[allow(clippy::too_many_arguments, reason = "keywords of Python")]
fn audit(
    py: Python<'_>,
    call: Py<PyAny>,
    name: &str,
    declared: &str,
    law: &Bound<'_, Law>,
    sigmas: Option<Vec<f64>>,
    samples: Option<u64>,
    seed: u64,
    threads: Option<u16>,
) -> PyResult<String> {
    let file = ModelFile::of_function(name, declared).map_err(refused)?;
    let law = law.get();
    let mut settings = infodyn_model::Settings { seed, samples, ..Default::default() };
    if let Some(sigmas) = sigmas {
        if let Some(bad) = sigmas.iter().find(|s| !(s.is_finite() && **s > 0.0)) {
            return Err(refused(format!("sigmas: {bad}, expected positive numbers")));
        }
        settings.sigmas = sigmas;
    }
    let raised = Mutex::new(Raised::default());
    let found = interruptible(py, |stop| -> Result<String, String> {
        let network = Function { call: &call, dim: law.law.dim(), stop, raised: &raised };
        let names =
            [vec!["x".into(), file.declaration.noise.name().into()], vec![file.declaration.output.name().into()]];
        let pool = text::pool(threads).map_err(|e| e.to_string())?;
        let audited = pool.install(|| audit_network(&network, file, (names, vec![]), &law.file, &settings, &mut ()));
        let audited = audited.map_err(|e| format!("{name}: {e}"))?;
        if let Some(failure) = audited.report.levels.iter().find_map(|level| level.failure.clone()) {
            return Err(failure);
        }
        commands::audit::told(&audited, &law.file, seed).map_err(|e| e.to_string())
    })?;
    let mut raised = raised.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = raised.last {
        return Err(error);
    }
    let found = found.ok_or_else(|| PyKeyboardInterrupt::new_err(()))?;
    found.map_err(|failure| raised.behind(&failure).unwrap_or_else(|| refused(failure)))
}

/// What the package `infodyn` is made of.
#[pymodule]
mod _infodyn {
    #[pymodule_export]
    use super::{Law, ask, audit};

    /// The seed where none is given.
    #[pymodule_export]
    const SEED: u64 = infodyn_monte_carlo::SEED;

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
