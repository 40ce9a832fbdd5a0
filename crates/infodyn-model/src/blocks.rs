//! Work in blocks on all threads, put together in their order; and intervals from blocks.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use infodyn_core::{Estimate, Sampling, Stop, progress};
use infodyn_monte_carlo::student_quantile;

/// Level of every interval.
pub(crate) const LEVEL: f64 = 0.997;

/// `f(0), f(1), ..` on as many threads as the pool that this is called in has.
///
/// Not by the workers of the pool: a network runs on a thread of its own, and a worker that waits for it would begin
/// another block on top.
pub(crate) fn in_order<T: Send>(count: usize, f: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = rayon::current_num_threads().min(count).max(1);
    progress::expect(count as u64);
    let f = |i: usize| {
        let value = f(i);
        progress::done();
        value
    };
    if threads == 1 {
        return (0..count).inspect(|_| Stop::check()).map(f).collect();
    }
    let stop = Stop::current();
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(count)));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !stop.as_ref().is_some_and(Stop::is_requested) {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    if i >= count {
                        break;
                    }
                    let value = f(i);
                    found.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((i, value));
                }
            });
        }
    });
    Stop::check();
    let mut found = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    found.sort_by_key(|(i, _)| *i);
    found.into_iter().map(|(_, value)| value).collect()
}

/// The half-width at [`LEVEL`] of a standard error with so many degrees of freedom.
pub(crate) fn half_width(std_error: f64, freedom: f64) -> f64 {
    student_quantile(freedom, 1.0 - LEVEL) * std_error
}

/// A number with a standard error.
pub(crate) fn sampled(value: f64, std_error: f64, freedom: f64, samples: usize) -> Estimate {
    let sampling = Sampling { std_error, freedom: Some(freedom), level: LEVEL, samples: samples as u64 };
    Estimate::sampled(value, half_width(std_error, freedom), sampling)
}

/// A function of the sums of all blocks, with the standard error that leaving out one block after another gives it.
///
/// # Source
/// Efron & Stein, *The jackknife estimate of variance*, Ann. Statist. 9 (1981) 586.
pub(crate) fn jackknife<const N: usize>(blocks: &[[f64; N]], samples: usize, f: impl Fn(&[f64; N]) -> f64) -> Estimate {
    let mut total = [0.0; N];
    for block in blocks {
        total.iter_mut().zip(block).for_each(|(t, b)| *t += b);
    }
    let without = |block: &[f64; N]| {
        let mut rest = total;
        rest.iter_mut().zip(block).for_each(|(r, b)| *r -= b);
        f(&rest)
    };
    let values: Vec<f64> = blocks.iter().map(without).collect();
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let spread: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    sampled(f(&total), ((count - 1.0) / count * spread).sqrt(), count - 1.0, samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_mean_the_jackknife_is_the_standard_error() {
        let blocks: Vec<[f64; 2]> = (0..40).map(|i| [1.0, (f64::from(i) * 0.7).sin()]).collect();
        let mean = blocks.iter().map(|b| b[1]).sum::<f64>() / 40.0;
        let square: f64 = blocks.iter().map(|b| (b[1] - mean) * (b[1] - mean)).sum();
        let found = jackknife(&blocks, 40, |s| s[1] / s[0]);
        let std_error = found.sampling().unwrap().std_error;
        assert!((found.value() - mean).abs() < 1e-15 && (std_error - (square / 39.0 / 40.0).sqrt()).abs() < 1e-14);
    }

    #[test]
    fn blocks_come_in_their_order() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        assert_eq!(pool.install(|| in_order(50, |i| i * i)), (0..50).map(|i| i * i).collect::<Vec<_>>());
    }
}
