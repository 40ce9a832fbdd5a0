//! How fast the routes are: run with `cargo xtask bench`.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use infodyn_closed_form::{Marginal, MixtureLaw};
use infodyn_core::{
    Channel, Covariance, Density, Detail, Mixture, NoiseProcess, Observation, Points, Quantity, profile,
};
use infodyn_data::LawFile;
use infodyn_monte_carlo::{MonteCarlo, Settings};
use infodyn_quadrature::Quadrature;

fn digits() -> Mixture {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/digits.toml");
    LawFile::read(&path).unwrap().law
}

fn mixture() -> Mixture {
    let q = Covariance::isotropics(&[0.05, 0.1, 0.2]).unwrap();
    Mixture::new(&[0.3, 0.5, 0.2], &[vec![-1.2], vec![0.4], vec![2.0]], q).unwrap()
}

/// 128 points asked about 1797 atoms in 64 dimensions: two matrix products and 1797 exponentials each.
fn observe(c: &mut Criterion) {
    let law = digits();
    let mut group = c.benchmark_group("observe digits");
    group.throughput(Throughput::Elements(128));
    for t in [0.05, 0.5, 2.0] {
        let level = NoiseProcess::Ou.at(t).unwrap();
        let marginal = Marginal::new(&law, &level);
        let anchors: Vec<usize> = (0..128).map(|i| i * 13 % law.components()).collect();
        let mut offsets = vec![0.0; 128 * law.dim()];
        infodyn_monte_carlo::NoiseLaw::Gaussian.fill(&mut infodyn_monte_carlo::stream(1, 0, 0), &mut offsets);
        offsets.iter_mut().for_each(|z| *z *= level.sigma());
        let mut out = Observation::default();
        group.bench_function(format!("t={t}"), |b| {
            b.iter(|| {
                marginal.observe(Points { anchors: &anchors, offsets: black_box(&offsets) }, Detail::Labels, &mut out);
            });
        });
    }
    group.finish();
}

/// The entropy, the rate and the error of three components on a line.
fn quadrature(c: &mut Criterion) {
    let law = mixture();
    let channel = Channel::new(MixtureLaw::of(law), NoiseProcess::Ou, 0.3).unwrap();
    let wanted = [Quantity::ConditionalEntropyRate, Quantity::LabelEntropy, Quantity::Mmse];
    c.bench_function("quadrature mixture-3", |b| {
        b.iter(|| profile(&Quadrature, black_box(&channel), &wanted).unwrap());
    });
}

/// 65536 samples of three components on a line.
fn monte_carlo(c: &mut Criterion) {
    let law = mixture();
    let channel = Channel::new(MixtureLaw::of(law), NoiseProcess::Ou, 0.3).unwrap();
    let settings = Settings::default();
    let mut group = c.benchmark_group("monte-carlo mixture-3");
    group.throughput(Throughput::Elements(settings.samples));
    group.sample_size(20);
    group.bench_function("mmse", |b| {
        b.iter(|| profile(&MonteCarlo(settings), black_box(&channel), &[Quantity::Mmse]).unwrap());
    });
    group.finish();
}

criterion_group!(benches, observe, quadrature, monte_carlo);
criterion_main!(benches);
