//! How much work a job does, counted and not timed: the same on every machine, quiet or not.

use std::alloc::System;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use infodyn_core::{Density, Detail, Factors, Law, Mixture, Mutation, NoiseLevel, Observation, Points, Support};
use nalgebra::DMatrix;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use crate::jobs;
use crate::run::{Outcome, seconds, show};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The jobs whose work is committed, small: each public route once, at the shapes that its kernels tell apart.
const JOBS: &[&str] = &[
    "mixture examples/mixture-3.toml 0.2 8192",
    "mixture examples/mixture-2d.toml 0.2 8192",
    "mixture examples/pair-64d.toml 0.2 8192",
    "reduced examples/pair-64d.toml 0.2 8192",
    "dataset examples/digits.toml 0.2 128",
    "line examples/two-atoms.toml 1",
    "line examples/mixture-3.toml 0.25",
    "line examples/mixture-2d.toml 0.5",
    "paths examples/mixture-2d.toml 50 128",
    "paths examples/digits.toml 10 128",
    "enclosure examples/two-atoms.toml 1",
];

const HEAD: &str = "job\tdraws\tevaluations\texponentials\tbytes\n";

/// Draws of `X_0`; points at which a density was asked; for each of them, its components; bytes asked of the allocator.
type Work = [u64; 4];

static DRAWS: AtomicU64 = AtomicU64::new(0);
static EVALUATIONS: AtomicU64 = AtomicU64::new(0);
static EXPONENTIALS: AtomicU64 = AtomicU64::new(0);

fn count(counter: &AtomicU64, n: usize) {
    counter.fetch_add(n as u64, Ordering::Relaxed);
}

/// The work of a job, when buffers that are kept have grown, and its time in seconds: the least of three calls, since
/// what else the program does asks for memory too.
fn work(line: &str) -> Outcome<(Work, f64)> {
    let mut job = jobs::job(line, counted)?;
    job(false)?;
    let (mut least, mut time) = ([u64::MAX; 4], f64::INFINITY);
    for _ in 0..3 {
        let counters = [&DRAWS, &EVALUATIONS, &EXPONENTIALS];
        counters.iter().for_each(|c| c.store(0, Ordering::Relaxed));
        let region = Region::new(ALLOCATOR);
        time = time.min(seconds(&mut job, 1)?);
        let bytes = region.change().bytes_allocated as u64;
        let [draws, evaluations, exponentials] = counters.map(|c| c.load(Ordering::Relaxed));
        least = std::array::from_fn(|i| least[i].min([draws, evaluations, exponentials, bytes][i]));
    }
    Ok((least, time))
}

/// The work and the time of every job, on one thread: sharing work out takes memory.
fn works() -> Outcome<Vec<(Work, f64)>> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let works = || JOBS.iter().map(|line| work(line).map_err(|e| e.to_string())).collect::<Result<_, String>>();
    Ok(pool.install(works)?)
}

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("counts.tsv")
}

/// Prints work and time of every job.
pub(crate) fn table() -> Outcome<ExitCode> {
    let mut text = String::new();
    let head = ["draws", "evaluations", "exponentials", "bytes", "ms"];
    writeln!(text, "{:<46}{}", "job", head.map(|name| format!("{name:>14}")).concat())?;
    for (line, (work, seconds)) in JOBS.iter().zip(works()?) {
        let counts = work.map(|n| format!("{n:>14}")).concat();
        writeln!(text, "{line:<46}{counts}{:>14.3}", 1e3 * seconds)?;
    }
    show(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Commits the counts of today.
pub(crate) fn bless() -> Outcome<ExitCode> {
    let mut text = String::from(HEAD);
    for (line, (work, _)) in JOBS.iter().zip(works()?) {
        writeln!(text, "{line}\t{}", work.map(|n| n.to_string()).join("\t"))?;
    }
    std::fs::write(committed(), text)?;
    Ok(ExitCode::SUCCESS)
}

/// 1 when a job does more than is committed, or is not committed.
pub(crate) fn check() -> Outcome<ExitCode> {
    let text = std::fs::read_to_string(committed())?;
    let mut risen = 0;
    for (line, (work, _)) in JOBS.iter().zip(works()?) {
        let row = text.lines().find_map(|row| row.strip_prefix(line)?.strip_prefix('\t')).unwrap_or_default();
        let most = row.split('\t').map(|n| n.parse().unwrap_or(0)).chain([0; 4]);
        for ((name, n), most) in HEAD.trim_end().split('\t').skip(1).zip(work).zip(most) {
            if n > most {
                risen += 1;
                show(&format!("{line}: {n} {name}, at most {most} committed\n"))?;
            }
        }
    }
    show(&format!("work of {} jobs: {risen} counts have risen\n", JOBS.len()))?;
    Ok(ExitCode::from(u8::from(risen > 0)))
}

/// A law that counts what is asked of it.
fn counted(law: Arc<dyn Law>) -> Arc<dyn Law> {
    Arc::new(Counted(law))
}

#[derive(Debug)]
struct Counted(Arc<dyn Law>);

impl Law for Counted {
    fn dim(&self) -> usize {
        self.0.dim()
    }
    fn density(&self, level: &NoiseLevel) -> Box<dyn Density + '_> {
        Box::new(Asked(self.0.density(level)))
    }
    fn support(&self) -> Support {
        self.0.support()
    }
    fn place(&self, uniform: f64, normals: &mut [f64]) -> usize {
        count(&DRAWS, 1);
        self.0.place(uniform, normals)
    }
    fn is_rotation_invariant(&self) -> bool {
        self.0.is_rotation_invariant()
    }
    fn reduced(&self) -> Option<Factors> {
        self.0.reduced().map(|f| Factors { core: counted(f.core), stretched: counted(f.stretched), ..f })
    }
    fn mixture(&self) -> Option<&Mixture> {
        self.0.mixture()
    }
    fn mutated(&self, mutation: Mutation) -> Option<Arc<dyn Law>> {
        self.0.mutated(mutation)
    }
}

/// A density that counts the points at which it is asked.
struct Asked<'a>(Box<dyn Density + 'a>);

impl Density for Asked<'_> {
    fn dim(&self) -> usize {
        self.0.dim()
    }
    fn alpha(&self) -> f64 {
        self.0.alpha()
    }
    fn sigma2(&self) -> f64 {
        self.0.sigma2()
    }
    fn weights(&self) -> &[f64] {
        self.0.weights()
    }
    fn labels(&self) -> &[usize] {
        self.0.labels()
    }
    fn label_weights(&self) -> &[f64] {
        self.0.label_weights()
    }
    fn centre(&self, k: usize, out: &mut [f64]) {
        self.0.centre(k, out);
    }
    fn eigenvalue(&self, k: usize, axis: usize) -> f64 {
        self.0.eigenvalue(k, axis)
    }
    fn axes(&self, k: usize) -> Option<&DMatrix<f64>> {
        self.0.axes(k)
    }
    fn observe(&self, points: Points<'_>, detail: Detail, out: &mut Observation) {
        count(&EVALUATIONS, points.len());
        count(&EXPONENTIALS, points.len() * self.0.weights().len());
        self.0.observe(points, detail, out);
    }
    fn score_jacobian(&self, anchor: usize, offset: &[f64]) -> DMatrix<f64> {
        self.0.score_jacobian(anchor, offset)
    }
    fn posterior_covariance(&self, anchor: usize, offset: &[f64]) -> DMatrix<f64> {
        self.0.posterior_covariance(anchor, offset)
    }
    fn posterior_square_trace(&self, anchor: usize, offset: &[f64]) -> f64 {
        self.0.posterior_square_trace(anchor, offset)
    }
    fn top_eigenvalue(&self, anchor: usize, offset: &[f64]) -> f64 {
        self.0.top_eigenvalue(anchor, offset)
    }
}
