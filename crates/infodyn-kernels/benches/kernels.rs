//! How fast the kernels are, in one thread: run with `cargo bench`.
#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use infodyn_kernels::{Kernel, LANES, Lanes, Philox, run};

/// Numbers a call: they stay in the first cache.
const N: usize = 1024;

/// A kernel that maps one slice to another by a method of the lanes.
macro_rules! map {
    ($name:ident, $method:ident) => {
        struct $name<'a>(&'a [f64], &'a mut [f64]);
        impl Kernel for $name<'_> {
            type Output = ();
            #[inline(always)]
            fn call(self) {
                for (x, y) in self.0.as_chunks().0.iter().zip(self.1.as_chunks_mut().0) {
                    *y = Lanes(*x).$method().0;
                }
            }
        }
    };
}

map!(Exp, exp);
map!(Ln, ln);
map!(Ln1p, ln_1p);

/// The limit: fused multiply-adds in registers, eight independent ones.
struct Peak(usize);

impl Kernel for Peak {
    type Output = Lanes;
    #[inline(always)]
    fn call(self) -> Lanes {
        let mut sums = [Lanes::splat(1.0); 12];
        let (a, b) = (black_box(Lanes::splat(0.999_999)), black_box(Lanes::splat(1e-9)));
        for _ in 0..self.0 {
            for s in &mut sums {
                *s = s.mul_add(a, b);
            }
        }
        sums.into_iter().fold(Lanes::splat(0.0), |a, b| a + b)
    }
}

fn kernels(c: &mut Criterion) {
    let mut group = c.benchmark_group("kernels");
    group.sample_size(20);
    group.throughput(Throughput::Elements((N * LANES * 12) as u64));
    group.bench_function("fused multiply-add", |b| b.iter(|| run(Peak(black_box(N)))));
    group.throughput(Throughput::Elements(N as u64));
    let x: Vec<f64> = (0..N).map(|i| 1e-3 + 30.0 * i as f64 / N as f64).collect();
    let minus: Vec<f64> = x.iter().map(|x| -x).collect();
    let mut y = vec![0.0; N];
    group.bench_function("exp", |b| b.iter(|| run(Exp(black_box(&minus), &mut y))));
    group.bench_function("exp of the library", |b| {
        b.iter(|| black_box(&minus).iter().zip(&mut y).for_each(|(x, y)| *y = x.exp()));
    });
    group.bench_function("ln", |b| b.iter(|| run(Ln(black_box(&x), &mut y))));
    group.bench_function("ln_1p", |b| b.iter(|| run(Ln1p(black_box(&x), &mut y))));
    let mut rng = Philox::new([1, 2], [3, 4], 0);
    group.bench_function("uniforms", |b| b.iter(|| rng.fill_unit(black_box(&mut y))));
    group.bench_function("normals", |b| b.iter(|| rng.fill_normal(black_box(&mut y))));
    group.bench_function("sixteen normals", |b| b.iter(|| rng.fill_normal(black_box(&mut y[..16]))));
    group.finish();
}

criterion_group!(benches, kernels);
criterion_main!(benches);
