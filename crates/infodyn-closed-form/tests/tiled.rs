//! Points that are read a tile at a time, against the same points in memory.
#![allow(clippy::unwrap_used)] // helpers of tests

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use infodyn_closed_form::{MixtureLaw, Rows, TiledLaw};
use infodyn_core::{Detail, Law, Mixture, NoiseProcess, Observation, Points};

/// Rows in memory, which may be lost.
#[derive(Debug)]
struct Kept {
    dim: usize,
    numbers: Vec<f64>,
    lost: AtomicBool,
}

impl Rows for Kept {
    fn count(&self) -> usize {
        self.numbers.len() / self.dim
    }

    fn dim(&self) -> usize {
        self.dim
    }

    fn read(&self, first: usize, out: &mut [f64]) -> io::Result<()> {
        if self.lost.load(Ordering::Relaxed) {
            return Err(io::Error::other("the disk is gone"));
        }
        out.copy_from_slice(&self.numbers[first * self.dim..][..out.len()]);
        Ok(())
    }
}

fn kept(count: usize, dim: usize) -> Arc<Kept> {
    let number = |i: usize| ((i * 7919) % 10007) as f64 / 5000.0 - 1.0;
    Arc::new(Kept { dim, numbers: (0..count * dim).map(number).collect(), lost: AtomicBool::new(false) })
}

/// What a law says at points `alpha y_k + sigma z`.
fn seen(law: &dyn Law, rows: &Kept, anchored: bool, t: f64, n: usize) -> (Observation, f64) {
    let level = NoiseProcess::Edm.at(t).unwrap();
    let (dim, count) = (rows.dim, rows.count());
    let noise = |i: usize| ((i * 104_729) % 1009) as f64 / 300.0 - 1.7;
    let anchors: Vec<usize> = (0..n).map(|i| i * 31 % count).collect();
    let offset = |i: usize| {
        let from = if anchored { 0.0 } else { level.alpha() * rows.numbers[anchors[i / dim] * dim + i % dim] };
        from + level.sigma() * noise(i)
    };
    let offsets: Vec<f64> = (0..n * dim).map(offset).collect();
    let anchors = if anchored { anchors } else { vec![0; n] };
    let mut out = Observation::default();
    law.density(&level).observe(Points { anchors: &anchors, offsets: &offsets }, Detail::SCORES, &mut out);
    (out, level.sigma2())
}

#[test]
fn tiles_say_what_points_in_memory_say() {
    for (count, dim) in [(1, 3), (37, 1), (203, 19)] {
        let rows = kept(count, dim);
        let points: Vec<Vec<f64>> = rows.numbers.chunks(dim).map(<[f64]>::to_vec).collect();
        let whole = MixtureLaw::of(Mixture::atoms(&[], &points).unwrap());
        let tiled = TiledLaw::of(Arc::clone(&rows) as Arc<dyn Rows>, 16).unwrap();
        for t in [0.01, 0.2, 1.0, 30.0] {
            let (a, sigma2) = seen(&*whole, &rows, true, t, 21);
            let (b, _) = seen(&*tiled, &rows, false, t, 21);
            let near = |a: f64, b: f64, scale: f64| (a - b).abs() <= 1e-11 * (a.abs() + scale);
            for i in 0..21 {
                let told = format!("{count} x {dim}, t = {t}, point {i}");
                assert!(near(a.ln_density[i], b.ln_density[i], dim as f64), "{told}");
                // Of what is decided, ratios of densities are left, whose errors are those of their logarithms.
                assert!((a.posterior_trace[i] - b.posterior_trace[i]).abs() <= 1e-9 * a.posterior_trace[i], "{told}");
                let trace = (a.score_divergence[i], b.score_divergence[i]);
                assert!(near(trace.0, trace.1, dim as f64 / sigma2), "{told}: {trace:?}");
                for j in i * dim..(i + 1) * dim {
                    assert!(near(a.score[j], b.score[j], sigma2.sqrt().recip()), "{told}");
                    let mean = a.mean_offset[j] + rows.numbers[(i * 31 % count) * dim + j % dim];
                    assert!(near(mean, b.mean_offset[j], 1.0), "{told}");
                }
            }
        }
    }
}

#[test]
fn no_bit_depends_on_the_tiles() {
    let rows = kept(203, 19);
    let all = [1, 7, 203, 1000].map(|tile| {
        let law = TiledLaw::of(Arc::clone(&rows) as Arc<dyn Rows>, tile).unwrap();
        seen(&*law, &rows, false, 0.3, 21).0
    });
    assert!(all.iter().all(|one| *one == all[0]));
}

#[test]
fn matrices_have_the_trace_of_the_sums() {
    let rows = kept(203, 19);
    let law = TiledLaw::of(Arc::clone(&rows) as Arc<dyn Rows>, 50).unwrap();
    let level = NoiseProcess::Edm.at(1.0).unwrap();
    let density = law.density(&level);
    let offset = vec![0.1; 19];
    let (covariance, jacobian) = (density.posterior_covariance(0, &offset), density.score_jacobian(0, &offset));
    let mut out = Observation::default();
    density.observe(Points { anchors: &[0], offsets: &offset }, Detail::SCORES, &mut out);
    assert!((covariance.trace() / out.posterior_trace[0] - 1.0).abs() < 1e-12);
    assert!((jacobian.trace() / out.score_divergence[0] - 1.0).abs() < 1e-12);
    assert_eq!(covariance, covariance.transpose());
}

/// Two points and their mean: half their distance.
#[test]
fn all_points_lie_in_the_ball() {
    let rows = Arc::new(Kept { dim: 2, numbers: vec![1.0, 2.0, 4.0, 6.0], lost: AtomicBool::new(false) });
    let radius2 = TiledLaw::of(rows, 1).unwrap().radius2().unwrap();
    assert!((radius2 / 6.25 - 1.0).abs() < 1e-12 && radius2 >= 6.25, "{radius2}");
}

#[test]
fn points_that_are_lost_are_told_of() {
    let rows = kept(40, 2);
    let law = TiledLaw::of(Arc::clone(&rows) as Arc<dyn Rows>, 8).unwrap();
    assert_eq!(law.failure(), None);
    rows.lost.store(true, Ordering::Relaxed);
    assert!(seen(&*law, &rows, false, 0.3, 3).0.ln_density.iter().all(|x| x.is_nan()));
    let mut place = [0.0; 2];
    law.place(0.5, &mut place);
    assert!(place[0].is_nan());
    assert_eq!(law.failure().as_deref(), Some("the disk is gone"));
    assert!(TiledLaw::of(rows, 8).is_err());
}
