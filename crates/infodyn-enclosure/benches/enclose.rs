//! Time per enclosure: two atoms at `k = 1`, a mixture, a needle. `peers.rs` sets the first beside FLINT.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stderr)]

use criterion::{Criterion, criterion_group, criterion_main};
use infodyn_enclosure::{Interval, LineLaw, Moment};

fn enclose(c: &mut Criterion) {
    let mut group = c.benchmark_group("label entropy");
    group.sample_size(20);
    let cases = [
        ("two atoms at k=1", LineLaw::from_parts(&[0.5, 0.5], &[1.0, -1.0], &[0.0, 0.0]), 1.0),
        ("three Gaussians", LineLaw::from_parts(&[0.3, 0.5, 0.2], &[-1.2, 0.4, 2.0], &[0.05, 0.1, 0.2]), 0.3),
        ("needle", LineLaw::from_parts(&[0.5, 0.5], &[0.0, 3.0], &[1e6, 0.0]), 1e-6),
    ];
    for (name, law, sigma2) in cases {
        let enclose = || {
            let line = law.at(Interval::ONE, Interval::point(sigma2)).unwrap();
            line.mean(Moment::Entropy).unwrap()
        };
        eprintln!("{name}: width {:.1e}", enclose().width());
        group.bench_function(name, |b| b.iter(enclose));
    }
    group.finish();
}

criterion_group!(benches, enclose);
criterion_main!(benches);
