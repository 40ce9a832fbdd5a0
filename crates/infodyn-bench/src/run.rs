//! A job, and what running it takes.

use std::error::Error;
use std::io::{Write, stdout};
use std::time::Instant;

pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// Does the work once; what it computes is put together only when it is wanted.
pub(crate) type Job = Box<dyn FnMut(bool) -> Outcome<Vec<f64>>>;

/// Seconds a call of a job.
pub(crate) fn seconds(job: &mut Job, calls: u32) -> Outcome<f64> {
    let start = Instant::now();
    for _ in 0..calls {
        std::hint::black_box(job(false)?);
    }
    Ok(start.elapsed().as_secs_f64() / f64::from(calls.max(1)))
}

pub(crate) fn show(text: &str) -> Outcome<()> {
    let mut out = stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}
