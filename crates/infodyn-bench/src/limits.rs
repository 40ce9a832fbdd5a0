//! What one core can do: the least that any program needs for a multiplication, an elementary function, a normal
//! number, a byte.

use std::hint::black_box;

use infodyn_kernels::{Kernel, exp, ln, ln_1p};
use infodyn_monte_carlo::{NoiseLaw, stream};
use pulp::{Simd, WithSimd};

use crate::run::{Job, Outcome};

/// Numbers that stay in the first cache.
const NEAR: usize = 1024;

/// The job of a limit, `n` its size; it answers how much it has done: floating-point operations, functions, normals,
/// bytes moved.
pub(crate) fn job(limit: &str, n: usize) -> Outcome<Job> {
    Ok(match limit {
        "fma" => Box::new(move |_| Ok(vec![infodyn_kernels::unit().dispatch(Fma(n))])),
        "exp" => mapped(n, |x| exp(-x)),
        "ln" => mapped(n, ln),
        "ln_1p" => mapped(n, ln_1p),
        "normals" => {
            let (mut rng, mut z) = (stream(1, 0, 0), vec![0.0; NEAR]);
            Box::new(move |_| {
                for _ in 0..n {
                    NoiseLaw::Gaussian.fill(&mut rng, &mut z);
                    black_box(&z);
                }
                Ok(vec![(n * NEAR) as f64])
            })
        }
        "triad" => {
            let (mut a, b, c) = (vec![0.0; n], vec![1.0; n], vec![2.0; n]);
            Box::new(move |_| {
                a.iter_mut().zip(&b).zip(&c).for_each(|((a, b), c)| *a = b + 3.0 * c);
                black_box(&a);
                Ok(vec![(3 * size_of::<f64>() * n) as f64])
            })
        }
        _ => return Err(format!("{limit}: no such job").into()),
    })
}

/// Rounds of independent chains: twelve hide the latency of both units of today's cores, and fit sixteen registers.
struct Fma(usize);

impl WithSimd for Fma {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let (scale, shift) = (simd.splat_f64s(black_box(0.999)), simd.splat_f64s(black_box(0.001)));
        let mut chains = [simd.splat_f64s(1.0); 12];
        for _ in 0..self.0 {
            for chain in &mut chains {
                *chain = simd.mul_add_f64s(*chain, scale, shift);
            }
        }
        black_box(chains.map(|chain| simd.reduce_sum_f64s(chain)));
        (2 * chains.len() * S::F64_LANES * self.0) as f64
    }
}

/// A function of numbers between 0 and 32, `n` times.
fn mapped(n: usize, f: impl Fn(f64) -> f64 + Copy + 'static) -> Job {
    let x: Vec<f64> = (0..NEAR).map(|i| (i as f64 + 0.5) / 32.0).collect();
    let mut y = vec![0.0; NEAR];
    Box::new(move |_| {
        for _ in 0..n {
            infodyn_kernels::run(Map(black_box(&x), &mut y, f));
            black_box(&y);
        }
        Ok(vec![(n * NEAR) as f64])
    })
}

struct Map<'a, F>(&'a [f64], &'a mut [f64], F);

impl<F: Fn(f64) -> f64> Kernel for Map<'_, F> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for (y, &x) in self.1.iter_mut().zip(self.0) {
            *y = (self.2)(x);
        }
    }
}
