//! Random mixtures in the plane: the list of fixed points is the complete one, as the enclosure route proves it by
//! covering the plane. `INFODYN_SEEDS=1000` for a thousand of them.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::f64::consts::TAU;

use infodyn_bifurcation::{Energy, Landscape, fixed_points};
use infodyn_closed_form::MixtureLaw;
use infodyn_core::{Covariance, Mixture, NoiseProcess};
use infodyn_enclosure::{Drift, Level, fixed_points_in_plane};

/// SplitMix64, to `[0, 1)`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// From `from` to `to`, evenly in the logarithm.
    fn over(&mut self, from: f64, to: f64) -> f64 {
        from * (to / from).powf(self.next())
    }
}

/// `xx, xy, yy` of two variances at an angle.
fn turned(variances: [f64; 2], angle: f64) -> [f64; 3] {
    let (s, c) = angle.sin_cos();
    let [a, b] = variances;
    [a * c * c + b * s * s, (a - b) * s * c, a * s * s + b * c * c]
}

fn covariance(random: &mut Random) -> [f64; 3] {
    match (random.next() * 5.0) as usize {
        0 | 1 => [0.0; 3],
        2 => [1.0, 0.0, 1.0].map(|x| x * 0.5),
        3 => [random.over(1e-3, 1.0), 0.0, random.over(1e-3, 1.0)],
        _ => turned([random.over(1e-3, 1.0), random.over(1e-3, 1.0)], TAU * random.next()),
    }
}

/// A mixture of 2 to 6 components; of four, one is its own image in a line or a point, one a regular polygon.
fn mixture(random: &mut Random) -> Mixture {
    let count = 2 + (random.next() * 5.0) as usize;
    let kind = (random.next() * 4.0) as usize;
    let mut parts: Vec<(f64, [f64; 2], [f64; 3])> = Vec::new();
    if kind == 0 {
        let (radius, q) = (0.5 + 2.5 * random.next(), if random.next() < 0.5 { 0.0 } else { random.next() });
        parts.extend((0..count).map(|i| {
            let (s, c) = (TAU * i as f64 / count as f64).sin_cos();
            (1.0, [radius * c, radius * s], [q, 0.0, q])
        }));
    } else {
        let equal = random.next() < 0.3;
        let mirror = if random.next() < 0.5 { 1.0 } else { -1.0 };
        while parts.len() < count {
            let weight = if equal { 1.0 } else { 0.05 + random.next() };
            let mean = [6.0 * random.next() - 3.0, 6.0 * random.next() - 3.0];
            let q = covariance(random);
            parts.push((weight, mean, q));
            if kind == 1 && parts.len() < count {
                // In the axis, or in the origin.
                parts.push((weight, [-mean[0], mirror * mean[1]], [q[0], -mirror * q[1], q[2]]));
            }
        }
    }
    let sum: f64 = parts.iter().map(|p| p.0).sum();
    let weights: Vec<f64> = parts.iter().map(|p| p.0 / sum).collect();
    let means: Vec<Vec<f64>> = parts.iter().map(|p| p.1.to_vec()).collect();
    let full = |q: [f64; 3]| Covariance::full(&[[q[0], q[1]], [q[1], q[2]]]).unwrap();
    Mixture::new(&weights, &means, parts.iter().map(|p| full(p.2)).collect()).unwrap()
}

#[test]
fn lists_in_the_plane_are_complete() {
    let seeds = std::env::var("INFODYN_SEEDS").ok().and_then(|s| s.parse().ok()).unwrap_or(100);
    let (mut lengths, mut open, mut wrong) = ([0; 40], 0, Vec::new());
    for seed in 0..seeds {
        let mut random = Random(seed);
        let law = mixture(&mut random);
        let energy = Energy::ALL[(random.next() * 3.0) as usize];
        let (process, t) = match energy {
            Energy::Marginal => (NoiseProcess::Ve, random.over(0.01, 3.0)),
            _ => (NoiseProcess::Ou, random.over(0.01, 1.5)),
        };
        let level = process.at(t).unwrap();
        let landscape = Landscape::new(MixtureLaw::of(law.clone()), process, energy).unwrap();
        let found = fixed_points(&landscape, level.snr()).unwrap();

        let level = Level::new(&process, t).unwrap();
        let drift = match energy {
            Energy::Marginal => Drift::marginal(),
            Energy::ReverseSde => Drift::reverse_sde(level.f, level.g2),
            Energy::ProbabilityFlow => Drift::reverse_sde(level.f, level.g2.times(0.5)),
        };
        let proved = match fixed_points_in_plane(&law, level.alpha, level.sigma2, drift) {
            Ok(proved) if proved.is_complete() => proved.roots,
            other => {
                eprintln!("seed {seed}: {energy}: not decided: {other:?}");
                open += 1;
                continue;
            }
        };
        let alpha = level.alpha.mid();
        let same = |at: &[f64], index: usize, error: f64| {
            let near = |i: usize, p: &infodyn_enclosure::PlaneRoot| p.at[i].widened(error).contains(alpha * at[i]);
            proved.iter().filter(|p| near(0, p) && near(1, p) && p.index == index).count() == 1
        };
        let met = found.iter().filter(|f| same(&f.at, f.index(), f.error + 1e-8)).count();
        if met != proved.len() || found.len() != proved.len() {
            wrong.push((seed, energy, found.len(), met, proved.len()));
            eprintln!("seed {seed}: {energy} at t = {t}: {} found, {met} of {} proved", found.len(), proved.len());
        }
        lengths[proved.len()] += 1;
    }
    eprintln!("{open} not decided; lists by length: {lengths:?}");
    assert!(wrong.is_empty(), "seed, energy, found, met, proved: {wrong:?}");
    // Odd lists only, and not all short: of 3 points, of 5 and more.
    assert!(lengths.iter().step_by(2).all(|&n| n == 0), "{lengths:?}");
    assert!(10 * lengths[3] > seeds && 10 * lengths[5..].iter().sum::<u64>() > seeds, "{lengths:?}");
    assert!(50 * open <= seeds, "{open} of {seeds} not decided");
}
