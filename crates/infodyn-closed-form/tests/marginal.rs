//! Pointwise formulas against derivatives of the log-density by dual numbers, panels of points
//! against points one by one, and the extremes.

#![allow(clippy::unwrap_used)]

use infodyn_closed_form::{Marginal, MixtureLaw};
use infodyn_core::{
    Covariance, Density, Detail, Gaps, Law, Mixture, NoiseLevel, NoiseProcess, Observation, Points, Projections,
};
use nalgebra::{DMatrix, DVector};
use num_dual::{DualNum, HyperDual64};
use proptest::prelude::*;

fn rows(m: &[&[f64]]) -> Vec<Vec<f64>> {
    m.iter().map(|r| r.to_vec()).collect()
}

/// Laws that differ in every way that the formulas branch on.
fn laws() -> Vec<(&'static str, Mixture)> {
    let full = |m: &[&[f64]]| Covariance::full(&rows(m)).unwrap();
    let iso = |q: f64| Covariance::isotropic(q).unwrap();
    vec![
        (
            "mixture in D=1",
            Mixture::new(&[0.3, 0.5, 0.2], &rows(&[&[-1.2], &[0.4], &[2.0]]), vec![iso(0.05), iso(0.1), iso(0.2)])
                .unwrap(),
        ),
        ("asymmetric atoms", Mixture::atoms(&[0.9, 0.1], &rows(&[&[1.0], &[-1.0]])).unwrap()),
        (
            "full covariances in D=2",
            Mixture::new(
                &[0.6, 0.4],
                &rows(&[&[1.0, -0.5], &[-1.0, 0.3]]),
                vec![full(&[&[0.5, 0.2], &[0.2, 0.3]]), full(&[&[0.2, -0.1], &[-0.1, 0.4]])],
            )
            .unwrap(),
        ),
        (
            "one full and one diagonal, labels merged",
            Mixture::new(
                &[0.2, 0.3, 0.5],
                &rows(&[&[1.0, -0.5], &[-1.0, 0.3], &[0.2, 0.9]]),
                vec![full(&[&[0.5, 0.2], &[0.2, 0.3]]), Covariance::diagonal(&[0.1, 0.0]).unwrap(), iso(0.3)],
            )
            .unwrap()
            .with_labels(vec![0, 1, 0])
            .unwrap(),
        ),
        (
            "shared full covariance in D=3",
            Mixture::new(
                &[],
                &rows(&[&[1.0, 0.0, 0.5], &[-1.0, 0.5, 0.0]]),
                vec![full(&[&[0.5, 0.2, 0.0], &[0.2, 0.3, 0.1], &[0.0, 0.1, 0.2]])],
            )
            .unwrap(),
        ),
        ("pair in D=4", Mixture::symmetric_pair(&[0.5, -0.5, 0.5, 1.0], 0.2).unwrap()),
    ]
}

/// `log p_t(x)` written from its definition for any dual number type.
fn ln_density<D: DualNum<Primitive = f64> + Clone>(law: &Mixture, level: &NoiseLevel, x: &[D]) -> D {
    let d = law.dim();
    let mut sum = D::from(0.0);
    for k in 0..law.components() {
        let v =
            law.covariance(k).matrix(d) * (level.alpha() * level.alpha()) + DMatrix::identity(d, d) * level.sigma2();
        let inverse = v.clone().try_inverse().unwrap();
        let r: Vec<D> = (0..d).map(|i| x[i].clone() - level.alpha() * law.mean(k)[i]).collect();
        let mut q = D::from(0.0);
        for i in 0..d {
            for j in 0..d {
                q += r[i].clone() * r[j].clone() * inverse[(i, j)];
            }
        }
        let norm = (std::f64::consts::TAU.powi(d as i32) * v.determinant()).sqrt();
        sum += (q * -0.5).exp() * (law.weights()[k] / norm);
    }
    sum.ln()
}

/// The value of the log-density, its gradient and its matrix of second derivatives.
fn derivatives(law: &Mixture, level: &NoiseLevel, x: &DVector<f64>) -> (f64, DVector<f64>, DMatrix<f64>) {
    let along = |i: usize, j: usize| {
        let moved = |k: usize, &x: &f64| HyperDual64::new(x, f64::from(k == i), f64::from(k == j), 0.0);
        ln_density(law, level, &x.iter().enumerate().map(|(k, x)| moved(k, x)).collect::<Vec<_>>())
    };
    let d = law.dim();
    (along(0, 0).re, DVector::from_fn(d, |i, _| along(i, i).eps1), DMatrix::from_fn(d, d, |i, j| along(i, j).eps1eps2))
}

#[test]
fn score_and_jacobian_are_the_derivatives_of_the_log_density() {
    for (name, law) in laws() {
        for (process, t) in [(NoiseProcess::Ou, 0.3), (NoiseProcess::Edm, 0.7), (NoiseProcess::Ve, 4.0)] {
            let level = process.at(t).unwrap();
            let p = Marginal::new(&law, &level);
            for seed in 0..5 {
                let x = DVector::from_fn(law.dim(), |i, _| ((seed * 7 + i * 3) % 11) as f64 / 4.0 - 1.2);
                let (value, gradient, second) = derivatives(&law, &level, &x);
                let near = |a: f64, b: f64, what: &str| {
                    assert!((a - b).abs() <= 1e-11 * (1.0 + b.abs()), "{name} {what} {process}: {a} {b}");
                };
                near(p.ln_density(x.as_slice()), value, "log-density");
                let score = p.score(x.as_slice());
                for i in 0..law.dim() {
                    near(score[i], gradient[i], "score");
                }
                near(p.score_divergence(x.as_slice()), second.trace(), "divergence");
                let (anchor, offset) = p.locate(x.as_slice());
                let jacobian = p.score_jacobian(anchor, &offset);
                for (a, b) in jacobian.iter().zip(second.iter()) {
                    near(*a, *b, "jacobian");
                }
                // Tweedie's relations, which no formula of the marginal uses.
                let observation = p.observe_at(x.as_slice(), Detail::all());
                let covariance = p.posterior_covariance(anchor, &offset);
                near(observation.posterior_trace[0], covariance.trace(), "posterior trace");
                let gain = level.alpha() * level.alpha() / (level.sigma2() * level.sigma2());
                for (i, (j, s)) in jacobian.iter().zip(covariance.iter()).enumerate() {
                    let unit = if i % (law.dim() + 1) == 0 { 1.0 / level.sigma2() } else { 0.0 };
                    near(gain * s - unit, *j, "A2");
                }
                for i in 0..law.dim() {
                    let mean = observation.mean_offset[i] + law.mean(anchor)[i];
                    near((level.alpha() * mean - x[i]) / level.sigma2(), score[i], "A1");
                }
            }
        }
    }
}

/// The label's fields against their definitions from label posteriors and label marginals, each of
/// which is the marginal of a smaller law.
#[test]
fn label_fields_are_their_definitions() {
    for (name, law) in laws() {
        let level = NoiseProcess::Ou.at(0.4).unwrap();
        let p = Marginal::new(&law, &level);
        let labels = law.label_weights().len();
        let parts: Vec<Mixture> = (0..labels)
            .map(|y| {
                let of: Vec<usize> = (0..law.components()).filter(|&k| law.labels()[k] == y).collect();
                let weights: Vec<f64> = of.iter().map(|&k| law.weights()[k] / law.label_weights()[y]).collect();
                let means: Vec<Vec<f64>> = of.iter().map(|&k| law.mean(k).to_vec()).collect();
                Mixture::new(&weights, &means, of.iter().map(|&k| law.covariance(k).clone()).collect()).unwrap()
            })
            .collect();
        for seed in 0..4 {
            let x: Vec<f64> = (0..law.dim()).map(|i| ((seed * 5 + i * 2) % 7) as f64 / 3.0 - 0.9).collect();
            let o = p.observe_at(&x, Detail::all());
            let (anchor, _) = p.locate(&x);
            let joint: Vec<f64> = (0..labels)
                .map(|y| law.label_weights()[y].ln() + Marginal::new(&parts[y], &level).ln_density(&x))
                .collect();
            let pi: Vec<f64> = joint.iter().map(|l| (l - o.ln_density[0]).exp()).collect();
            let score = p.score(&x);
            let gaps: Vec<DVector<f64>> = parts.iter().map(|m| Marginal::new(m, &level).score(&x) - &score).collect();
            let near = |a: f64, b: f64, what: &str| {
                assert!((a - b).abs() <= 1e-12 * (1.0 + b.abs()), "{name} {what}: {a} {b}");
            };
            near(pi.iter().sum(), 1.0, "normalisation");
            let h: f64 = -pi.iter().map(|p| p * p.ln()).sum::<f64>();
            near(o.label.entropy[0], h, "entropy");
            let prior: f64 = -law.label_weights().iter().map(|w| w * w.ln()).sum::<f64>();
            near(o.label.excess[0], h - prior, "excess");
            let kl: f64 = pi.iter().zip(law.label_weights()).map(|(p, w)| p * (p / w).ln()).sum();
            near(o.label.divergence[0], kl, "divergence");
            let varentropy: f64 = pi.iter().map(|p| p * (-p.ln() - h).powi(2)).sum();
            near(o.label.varentropy[0], varentropy, "varentropy");
            near(o.label.surprisal[0], -pi[law.labels()[anchor]].ln(), "surprisal");
            near(o.label.agreement[0], pi.iter().map(|p| p * p).sum(), "agreement");
            near(o.label_production[0], pi.iter().zip(&gaps).map(|(p, g)| p * g.norm_squared()).sum(), "production");
            let gradient = pi.iter().zip(&gaps).fold(DVector::zeros(law.dim()), |a, (p, g)| a - g * (p * p.ln()));
            near(o.label_gradient2[0], gradient.norm_squared(), "gradient");
            let truth = law.labels()[anchor];
            near(o.label_divergence[0], Marginal::new(&parts[truth], &level).score_divergence(&x), "label divergence");
        }
    }
}

/// Many atoms in many dimensions, with and without labels, at noise from tiny to huge.
#[test]
fn products_agree_with_points() {
    let (k, d) = (90, 16);
    let mut state = 1_u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    };
    let points: Vec<Vec<f64>> = (0..k).map(|_| (0..d).map(|_| 2.0 * random()).collect()).collect();
    let atoms = Mixture::atoms(&[], &points).unwrap();
    let wide = Mixture::new(&[], &points, vec![Covariance::isotropic(0.3).unwrap()]).unwrap();
    let labelled = atoms.clone().with_labels((0..k).map(|i| (i * 7) % 5).collect()).unwrap();
    for law in [&atoms, &wide, &labelled] {
        for sigma in [0.05, 0.4, 2.0, 300.0] {
            let level = NoiseProcess::Edm.at(sigma).unwrap();
            let anchors: Vec<usize> = (0..70).map(|i| (i * 13) % k).collect();
            let offsets: Vec<f64> = (0..70 * d).map(|_| 3.0 * sigma * random()).collect();
            let batch = Points { anchors: &anchors, offsets: &offsets };
            let mut fast = Observation::default();
            let p = Marginal::new(law, &level);
            let slowly = p.clone().point_by_point();
            p.observe(batch, Detail::all(), &mut fast);
            for i in 0..70 {
                let mut slow = Observation::default();
                let one = Points { anchors: &anchors[i..=i], offsets: &offsets[i * d..(i + 1) * d] };
                slowly.observe(one, Detail::all(), &mut slow);
                let near = |a: f64, b: f64, scale: f64, what: &str| {
                    assert!((a - b).abs() <= 1e-9 * (scale + b.abs()), "{what} at sigma {sigma}: {a} {b}");
                };
                near(fast.ln_density[i], slow.ln_density[0], 0.0, "log-density");
                near(fast.score_divergence[i], slow.score_divergence[0], 1.0 / (sigma * sigma), "divergence");
                near(fast.posterior_trace[i], slow.posterior_trace[0], 1e-6, "trace");
                near(fast.label_production[i], slow.label_production[0], 1e-6, "production");
                near(fast.label_gradient2[i], slow.label_gradient2[0], 1e-6, "gradient");
                near(fast.label_divergence[i], slow.label_divergence[0], 1.0, "label divergence");
                for (f, s) in [(&fast.label, &slow.label), (&fast.component, &slow.component)] {
                    near(f.entropy[i], s.entropy[0], 1e-6, "entropy");
                    near(f.surprisal[i], s.surprisal[0], 1e-6, "surprisal");
                    near(f.divergence[i], s.divergence[0], 1e-7, "information");
                    near(f.agreement[i], s.agreement[0], 0.0, "agreement");
                }
                for r in 0..d {
                    near(fast.score[i * d + r], slow.score[r], 1.0 / sigma, "score");
                    near(fast.mean_offset[i * d + r], slow.mean_offset[r], 1e-3, "mean");
                }
            }
        }
    }
}

/// `k` points in `d` dimensions.
fn cloud(k: usize, d: usize, labels: usize) -> Mixture {
    let mut state = 7_u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    };
    let points: Vec<Vec<f64>> = (0..k).map(|_| (0..d).map(|_| 2.0 * random()).collect()).collect();
    Mixture::atoms(&[], &points).unwrap().with_labels((0..k).map(|i| (i * 7) % labels).collect()).unwrap()
}

/// More points than a tile has, in dimensions that fill no block: what the law knows of draws says the same at every
/// level, and second moments are those that are taken point by point.
#[test]
fn projections_and_second_moments_agree_with_points() {
    let (k, d, n) = (611, 29, 21);
    let law = cloud(k, d, 6);
    let (shared, anchors) = (MixtureLaw::of(law.clone()), (0..n).map(|i| (i * 37) % k).collect::<Vec<usize>>());
    let z: Vec<f64> = (0..n * d).map(|i| ((i * 7919) % 1001) as f64 / 250.0 - 2.0).collect();
    let mut known = Projections::default();
    assert!(shared.project(&anchors, &vec![0.0; n * d], &z, &mut known));
    for sigma in [0.05, 0.4, 2.0, 40.0] {
        let level = NoiseProcess::Edm.at(sigma).unwrap();
        let offsets: Vec<f64> = z.iter().map(|z| sigma * z).collect();
        let points = Points { anchors: &anchors, offsets: &offsets };
        let (p, slowly) = (shared.density(&level), Marginal::new(&law, &level).point_by_point());
        let (mut fast, mut seen, mut slow) = (Observation::default(), Observation::default(), Observation::default());
        p.observe(points, Detail::all(), &mut fast);
        p.observe_projected(points, Some(&known), Detail::all(), &mut seen);
        slowly.observe(points, Detail::all(), &mut slow);
        for i in 0..n {
            for found in [&fast, &seen] {
                let near = |a: f64, b: f64, scale: f64, what: &str| {
                    assert!((a - b).abs() <= 1e-10 * (scale + b.abs()), "{what} at sigma {sigma}: {a} {b}");
                };
                near(found.ln_density[i], slow.ln_density[i], 0.0, "log-density");
                near(found.component.entropy[i], slow.component.entropy[i], 1e-6, "entropy");
                near(found.label.surprisal[i], slow.label.surprisal[i], 1e-6, "surprisal");
                near(found.posterior_trace[i], slow.posterior_trace[i], 1e-6, "trace");
                near(found.label_production[i], slow.label_production[i], 1e-6, "production");
                near(found.clone_spread[i], slow.clone_spread[i], 1e-6, "clones");
                near(found.clone_label_spread[i], slow.clone_label_spread[i], 1e-6, "clones of the label");
                // Half of what clones are off is their spread, and half how far their mean is.
                let off: f64 = slow.mean_offset[i * d..(i + 1) * d].iter().map(|m| m * m).sum();
                near(found.clone_spread[i], 0.5 * (slow.posterior_trace[i] + off), 1e-6, "spread of clones");
                near(found.label_divergence[i], slow.label_divergence[i], 1.0 / (sigma * sigma), "label divergence");
            }
            let offset = &offsets[i * d..(i + 1) * d];
            let (a, b) = (p.score_jacobian(anchors[i], offset), slowly.score_jacobian(anchors[i], offset));
            assert!((&a - &b).amax() <= 1e-10 * b.amax(), "jacobian at sigma {sigma}");
            let (a, b) = (p.posterior_covariance(anchors[i], offset), slowly.posterior_covariance(anchors[i], offset));
            assert!((&a - &b).amax() <= 1e-10 * b.amax(), "covariance at sigma {sigma}: {a} {b}");
        }
    }
}

/// The distances of all pairs stand in the bins, by whether labels differ.
#[test]
fn distances_are_those_of_all_pairs() {
    let law = cloud(203, 29, 6);
    let shared = MixtureLaw::of(law.clone());
    let mut gaps = Gaps::default();
    for first in (0..203).step_by(50) {
        assert!(shared.gaps(first..203.min(first + 50), &mut gaps));
    }
    let (snr, cut) = (2.0, 1.5);
    let mut exact = [0.0; 2];
    for (j, k) in (0..203).flat_map(|j| (0..203).map(move |k| (j, k))).filter(|(j, k)| j != k) {
        let pairs = law.mean(j).iter().zip(law.mean(k));
        let g = snr * pairs.map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
        exact[usize::from(law.labels()[j] != law.labels()[k])] +=
            0.25 / 203.0 * (-g / 8.0).exp() * (g - 2.0 * cut).max(0.0);
    }
    for (found, exact) in gaps.excess(snr, cut).into_iter().zip(exact) {
        assert!(found >= exact && found < 1.1 * exact, "{found} {exact}");
    }
}

/// What may be left out of a posterior moves each answer by no more than theory says (`route.rs` of the Monte Carlo
/// route adds these to its radii), and the surprisal of a label that hardly weighs comes from its own ratios.
#[test]
fn what_is_left_out_moves_answers_by_its_bounds() {
    let (k, d, n) = (611, 29, 64);
    let law = cloud(k, d, 6);
    let (shared, anchors) = (MixtureLaw::of(law.clone()), (0..n).map(|i| (i * 37) % k).collect::<Vec<usize>>());
    let z: Vec<f64> = (0..n * d).map(|i| ((i * 7919) % 1001) as f64 / 250.0 - 2.0).collect();
    let mut known = Projections::default();
    assert!(shared.project(&anchors, &vec![0.0; n * d], &z, &mut known));
    let centre = law.total_mean();
    let from_centre2 = |a: &[f64]| a.iter().zip(centre.iter()).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
    let radius2 = law.means().chunks_exact(d).map(from_centre2).fold(0.0, f64::max);
    let (mut moved, mut spread) = (0.0_f64, 0.0_f64);
    for sigma in [0.3, 0.6, 1.0] {
        let level = NoiseProcess::Edm.at(sigma).unwrap();
        let offsets: Vec<f64> = z.iter().map(|z| sigma * z).collect();
        let points = Points { anchors: &anchors, offsets: &offsets };
        let p = shared.density(&level);
        let (mut all, mut some) = (Observation::default(), Observation::default());
        p.observe_projected(points, Some(&known), Detail::all(), &mut all);
        for e in [1e-9, 1e-6, 1e-4] {
            p.observe_projected(points, Some(&Projections { left_out: e, ..known.clone() }), Detail::all(), &mut some);
            let (g, entropy) = (4.0 * level.snr() * radius2, e * (1.0 - e.ln() + (k as f64).ln()));
            for i in 0..n {
                let mut within = |a: f64, b: f64, bound: f64, what: &str| {
                    moved = moved.max((a - b).abs() / bound);
                    assert!((a - b).abs() <= bound + 1e-12 * b.abs(), "{what} at {sigma}, {e}: {a} {b}, {bound}");
                };
                within(some.ln_density[i], all.ln_density[i], 2.0 * e, "log-density");
                within(some.component.entropy[i], all.component.entropy[i], entropy, "entropy");
                within(
                    some.component.divergence[i],
                    all.component.divergence[i],
                    entropy - 2.0 * e * -(k as f64).ln(),
                    "information",
                );
                within(some.label.entropy[i], all.label.entropy[i], entropy, "label entropy");
                within(some.label.agreement[i], all.label.agreement[i], 4.0 * e, "agreement");
                within(some.component.surprisal[i], all.component.surprisal[i], 2.0 * e, "surprisal");
                within(some.label.surprisal[i], all.label.surprisal[i], 2e3 * e, "label surprisal");
                let (s2, snr) = (level.sigma2(), level.snr());
                let of_spread = 2.5 * e * g;
                spread = spread.max((some.posterior_trace[i] - all.posterior_trace[i]).abs() * snr / of_spread);
                within(snr * some.posterior_trace[i], snr * all.posterior_trace[i], of_spread, "trace");
                within(s2 * some.label_production[i], s2 * all.label_production[i], of_spread, "production");
                let norm = |o: &Observation| o.score_norm2(i, d);
                let score = 2.0 * e * (g * s2 * norm(&all)).sqrt() + e * e * g;
                within(s2 * norm(&some), s2 * norm(&all), score, "score");
            }
        }
    }
    assert!(moved > 0.01, "nothing was left out: {moved}");
    assert!(spread > 1e-4, "no spread lost anything: {spread}");
}

/// Points that hardly weigh are seen by no posterior; where it is still all but the prior, what it says of the
/// component has nothing of other laws that the thread saw before.
#[test]
fn what_is_not_seen_weighs_nothing() {
    let (k, d, n) = (611, 29, 24);
    let even = cloud(k, d, 6);
    let weight = |j: usize| if j < 16 { (1.0 - (k - 16) as f64 * 1e-30) / 16.0 } else { 1e-30 };
    // Far ones, so that a likelihood tells them apart.
    let far = |j: usize| if j < 16 { 1.0 } else { 40.0 };
    let rows = even.means().chunks_exact(d).enumerate();
    let points: Vec<Vec<f64>> = rows.map(|(j, y)| y.iter().map(|y| far(j) * y).collect()).collect();
    let few = Mixture::atoms(&(0..k).map(weight).collect::<Vec<_>>(), &points).unwrap();
    let few = few.with_labels(even.labels().to_vec()).unwrap();
    let level = NoiseProcess::Edm.at(30.0).unwrap();
    let anchors: Vec<usize> = (0..n).map(|i| i % 16).collect();
    let offsets: Vec<f64> = (0..n * d).map(|i| 30.0 * (((i * 7919) % 1001) as f64 / 250.0 - 2.0)).collect();
    let points = Points { anchors: &anchors, offsets: &offsets };
    let (mut by_products, mut exact) = (Observation::default(), Observation::default());
    let detail = Detail::COMPONENT_INFORMATION | Detail::COMPONENT_EXCESS;
    Marginal::new(&even, &level).observe(points, detail, &mut by_products);
    let p = Marginal::new(&few, &level);
    p.observe(points, detail, &mut by_products);
    p.point_by_point().observe(points, detail, &mut exact);
    for i in 0..n {
        let (found, right) = (by_products.component.divergence[i], exact.component.divergence[i]);
        assert!(right < 0.05 && (found - right).abs() < 1e-9 * right, "{found} {right}");
        let (found, right) = (by_products.component.excess[i], exact.component.excess[i]);
        assert!((found - right).abs() < 1e-9 * right.abs(), "{found} {right}");
    }
}

#[test]
fn no_regime_breaks_the_formulas() {
    let iso = |q: f64| Covariance::isotropic(q).unwrap();
    let far = Mixture::new(&[1e-12, 1.0 - 1e-12], &[vec![-500.0], vec![500.0]], vec![iso(0.0), iso(1.0)]).unwrap();
    let needle = Mixture::new(&[], &[vec![-1.0], vec![1.0]], vec![iso(1e-6), iso(0.5)]).unwrap();
    for law in [&far, &needle] {
        for exponent in -6..=6 {
            let level = NoiseProcess::Edm.at(10.0_f64.powi(exponent)).unwrap();
            let p = Marginal::new(law, &level);
            for anchor in 0..2 {
                for u in [-30.0, -1.0, 0.0, 0.5, 8.0] {
                    let offset = u * p.variance(anchor, 0).sqrt();
                    let mut o = Observation::default();
                    p.observe(Points { anchors: &[anchor], offsets: &[offset] }, Detail::all(), &mut o);
                    let values = [
                        o.ln_density[0],
                        o.score[0],
                        o.score_divergence[0],
                        o.posterior_trace[0],
                        o.label.entropy[0],
                        o.label.divergence[0],
                        o.label.excess[0],
                        o.label.surprisal[0],
                        o.label_production[0],
                        o.label_gradient2[0],
                        o.label_divergence[0],
                        p.score_jacobian(anchor, &[offset])[(0, 0)],
                    ];
                    assert!(values.iter().all(|v| v.is_finite()), "{exponent} {anchor} {u}: {values:?}");
                    assert!(
                        o.posterior_trace[0] >= 0.0 && o.label.entropy[0] >= 0.0 && o.label.divergence[0] >= -1e-300
                    );
                }
            }
        }
    }
}

/// The difference form of the posterior covariance, `sigma^2 (1 + sigma^2 grad s)/alpha^2`, loses
/// everything at small noise; the sum keeps all digits: for one Gaussian `S = sigma^2 l/v`.
#[test]
fn the_posterior_trace_keeps_its_digits() {
    let law = Mixture::gaussian(&[3.0], Covariance::isotropic(2.0).unwrap()).unwrap();
    let level = NoiseProcess::Edm.at(1e-7).unwrap();
    let p = Marginal::new(&law, &level);
    let truth = 1e-14 * 2.0 / (2.0 + 1e-14);
    assert!((p.observe_at(&[3.7], Detail::SCORES).posterior_trace[0] / truth - 1.0).abs() < 1e-15);
}

/// Beside a needle a point says the same as when it is written from the needle's centre without rounding, though the
/// centre of another component is nearer and `alpha mu` is no double.
#[test]
fn points_beside_needles_keep_their_digits() {
    let covariances = vec![Covariance::diagonal(&[1e-18, 1e6]).unwrap(), Covariance::isotropic(1.0).unwrap()];
    let law = Mixture::new(&[], &rows(&[&[0.7, 0.0], &[5.0, 1000.0]]), covariances).unwrap();
    let flow: NoiseProcess = "flow".parse().unwrap();
    for (process, t) in [(NoiseProcess::Ve, 1e-18), (flow, 1e-9)] {
        let level = process.at(t).unwrap();
        let p = Marginal::new(&law, &level);
        let x = [level.alpha() * 0.7 + 5e-9, 1000.0];
        let offset = [(-level.alpha()).mul_add(0.7, x[0]), x[1]];
        let mut exact = Observation::default();
        p.observe(Points { anchors: &[0], offsets: &offset }, Detail::SCORES, &mut exact);
        let close = |found: f64, truth: f64| assert!((found / truth - 1.0).abs() < 1e-14, "{process}: {found} {truth}");
        close(p.ln_density(&x), exact.ln_density[0]);
        close(p.score(&x)[0], exact.score[0]);
    }
}

/// Panels in the axes of each component are points one by one: covariances alike and unlike, beside some that have the
/// coordinate axes, or one for all; labels of components, and of several.
#[test]
fn rotated_panels_agree_with_points() {
    let full = |a: f64, b: f64, c: f64| Covariance::full(&rows(&[&[a, b], &[b, c]])).unwrap();
    let means = [vec![-1.0, 0.5], vec![1.2, 0.0], vec![0.3, -1.5], vec![0.0, 2.0]];
    let straight = Covariance::diagonal(&[0.1, 0.4]).unwrap();
    let unlike = vec![full(0.3, 0.12, 0.2), straight, full(0.3, 0.12, 0.2), Covariance::isotropic(0.15).unwrap()];
    for (covariances, labels) in
        [(unlike.clone(), vec![0, 1, 1, 0]), (unlike, (0..4).collect()), (vec![full(0.5, -0.3, 0.4)], vec![1, 0, 0, 1])]
    {
        let law = Mixture::new(&[0.4, 0.3, 0.2, 0.1], &means, covariances).unwrap().with_labels(labels).unwrap();
        for sigma in [0.05, 0.5, 4.0] {
            let p = Marginal::new(&law, &NoiseProcess::Edm.at(sigma).unwrap());
            let anchors: Vec<usize> = (0..13).map(|i| i % 4).collect();
            let offsets: Vec<f64> = (0..26).map(|i| (0.3 + sigma) * (1.7 * f64::from(i)).sin()).collect();
            let (points, mut fast, mut slow) =
                (Points { anchors: &anchors, offsets: &offsets }, Observation::default(), Observation::default());
            p.observe(points, Detail::all(), &mut fast);
            p.clone().point_by_point().observe(points, Detail::all(), &mut slow);
            let near = |a: &[f64], b: &[f64], what: &str| {
                let largest = b.iter().fold(1e-3, |m: f64, x| m.max(x.abs()));
                let off = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                assert!(a.len() == b.len() && off <= 1e-10 * largest, "{what} at {sigma}: {off:e} of {largest:e}");
            };
            near(&fast.ln_density, &slow.ln_density, "log-density");
            near(&fast.ln_anchor, &slow.ln_anchor, "anchor");
            near(&fast.score, &slow.score, "score");
            near(&fast.score_divergence, &slow.score_divergence, "divergence");
            near(&fast.mean_offset, &slow.mean_offset, "mean");
            near(&fast.posterior_trace, &slow.posterior_trace, "trace");
            near(&fast.label.entropy, &slow.label.entropy, "entropy of the label");
            near(&fast.component.divergence, &slow.component.divergence, "information of the component");
            near(&fast.label_production, &slow.label_production, "production");
            near(&fast.label_divergence, &slow.label_divergence, "label divergence");
            near(&fast.label_gradient2, &slow.label_gradient2, "gradient");
        }
    }
}

proptest! {
    /// Panels of points are points one by one, whatever the law: needles beside wide components, far from the origin,
    /// labels of several components, noise of any size.
    ///
    /// The two differ by rounding. An exponent is off by `eps` times the sizes that it is a difference of,
    /// `(u + e)^2/v` and `u^2/w`, and by what a rounded place does to it, `eps (|u| + |e|) |r|/v`, `r = u + e`; with
    /// `a` the sum of the two over the axes at the components that count, `8 a` units cover both paths and their
    /// steps. A posterior is off by twice that, relatively, and what is averaged by that times its spread over the
    /// components.
    #[test]
    fn panels_agree_with_points(
        law in (1_usize..4, 1_usize..12).prop_flat_map(|(d, k)| (
            prop::collection::vec(prop::collection::vec(-3.0_f64..3.0, d), k),
            prop::collection::vec(prop::collection::vec(0_usize..4, d), k),
            prop::collection::vec(0.05_f64..1.0, k),
            0_usize..3,
        )),
        place in 0_usize..3, sigma in -4.0_f64..3.0, labelled in any::<bool>(), seed in any::<u64>(),
    ) {
        let (mut means, widths, weights, kind) = law;
        let (k, d) = (means.len(), means[0].len());
        means.iter_mut().flatten().for_each(|m| *m += [0.0, 1.0, 1e6][place]);
        let width = |i: usize| [0.0, 1e-8, 0.04, 1.0][i];
        let covariances = match kind {
            0 => vec![Covariance::diagonal(&widths[0].iter().map(|&i| width(i)).collect::<Vec<_>>()).unwrap()],
            1 => widths.iter().map(|w| Covariance::isotropic(width(w[0])).unwrap()).collect(),
            _ => widths.iter().map(|w| Covariance::diagonal(&w.iter().map(|&i| width(i)).collect::<Vec<_>>()).unwrap())
                .collect(),
        };
        let total: f64 = weights.iter().sum();
        let weights: Vec<f64> = weights.iter().map(|w| w / total).collect();
        let mut law = Mixture::new(&weights, &means, covariances).unwrap();
        if labelled {
            law = law.with_labels((0..k).map(|i| i % k.min(3)).collect()).unwrap();
        }
        let level = NoiseProcess::Edm.at(10.0_f64.powf(sigma)).unwrap();
        let p = Marginal::new(&law, &level);
        let mut state = seed | 1;
        let mut random = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
        };
        let n = 11;
        let anchors: Vec<usize> = (0..n).map(|i| i % k).collect();
        let offsets: Vec<f64> = (0..n * d).map(|j| 8.0 * random() * p.variance(anchors[j / d], j % d).sqrt()).collect();
        let (mut fast, mut slow) = (Observation::default(), Observation::default());
        let batch = Points { anchors: &anchors, offsets: &offsets };
        p.observe(batch, Detail::all(), &mut fast);
        p.clone().point_by_point().observe(batch, Detail::all(), &mut slow);
        // What is asked for alone.
        let [mut mean_alone, mut score_alone] = [0; 2].map(|_| Observation::default());
        p.observe(batch, Detail::MEAN_OFFSET, &mut mean_alone);
        p.observe(batch, Detail::SCORE, &mut score_alone);
        for i in 0..n {
            // What each component says, roughly: its exponent and how far that may be off, and the sizes of the
            // numbers of which its score and its mean are differences.
            let a = anchors[i];
            let said: Vec<(f64, f64, f64, f64)> = (0..k).map(|k| {
                let (mut ln, mut off, mut score, mut mean) = (weights[k].ln(), 0.0, 0.0_f64, 0.0_f64);
                for r in 0..d {
                    let (u, shift, v) = (offsets[i * d + r], means[k][r] - means[a][r], p.variance(k, r));
                    let (rest, w) = (u - level.alpha() * shift, p.variance(a, r));
                    ln -= 0.5 * (rest * rest / v + v.ln());
                    let size = u.abs() + (level.alpha() * shift).abs();
                    off += rest * rest / v + u * u / w + size * rest.abs() / v;
                    score = score.max(size / v);
                    mean = mean.max(shift.abs() + size * p.eigenvalue(k, r) * level.alpha() / v);
                }
                (ln, off, score, mean)
            }).collect();
            let top = said.iter().map(|s| s.0).fold(f64::NEG_INFINITY, f64::max);
            let counts = said.iter().enumerate().filter(|(j, s)| s.0 > top - 750.0 || *j == a);
            let (off, score, mean) = counts.fold((100.0, 0.0_f64, 0.0_f64), |m, (_, s)| {
                (f64::max(m.0, s.1), m.1.max(s.2), m.2.max(s.3))
            });
            let unit = 8.0 * f64::EPSILON * off;
            let near = |a: f64, b: f64, scale: f64, what: &str| {
                let bound = unit * (scale + b.abs()) + 1e-290;
                prop_assert!((a - b).abs() <= bound, "{what} of point {i}: {a} {b} {bound:e}");
                Ok(())
            };
            near(fast.ln_density[i], slow.ln_density[i], 1.0, "log-density")?;
            near(fast.ln_anchor[i], slow.ln_anchor[i], 1.0, "anchor")?;
            for (f, s) in [(&fast.label, &slow.label), (&fast.component, &slow.component)] {
                near(f.entropy[i], s.entropy[i], 0.0, "entropy")?;
                near(f.excess[i], s.excess[i], 1.0, "excess")?;
                near(f.divergence[i], s.divergence[i], 1.0, "information")?;
                near(f.surprisal[i], s.surprisal[i], 1.0, "surprisal")?;
                near(f.varentropy[i], s.varentropy[i], s.entropy[i].powi(2), "varentropy")?;
                near(f.agreement[i], s.agreement[i], 0.0, "agreement")?;
            }
            for r in i * d..(i + 1) * d {
                near(fast.score[r], slow.score[r], score, "score")?;
                near(fast.mean_offset[r], slow.mean_offset[r], mean, "mean")?;
                near(score_alone.score[r], slow.score[r], score, "score alone")?;
                near(mean_alone.mean_offset[r], slow.mean_offset[r], mean, "mean alone")?;
            }
            near(mean_alone.ln_density[i], slow.ln_density[i], 1.0, "log-density alone")?;
            let square = score * score * d as f64;
            near(fast.score_divergence[i], slow.score_divergence[i], square, "divergence")?;
            // sum pi 2 |m_k - m| e <= 2 e sqrt(tr S), `e` what a mean is off by, and e^2.
            let trace = slow.posterior_trace[i];
            near(fast.posterior_trace[i], trace, 2.0 * mean * trace.sqrt() + unit * mean * mean, "trace")?;
            near(fast.label_production[i], slow.label_production[i], square, "production")?;
            near(fast.label_gradient2[i], slow.label_gradient2[i], square, "gradient")?;
            near(fast.label_divergence[i], slow.label_divergence[i], square, "label divergence")?;
        }
    }

    /// In D=1 the jacobian is the divergence, and the posterior trace its Tweedie image.
    #[test]
    fn one_dimension_is_consistent(
        means in prop::collection::vec(-5.0_f64..5.0, 2..6),
        q in 0.01_f64..2.0, sigma in 0.05_f64..5.0, x in -8.0_f64..8.0,
    ) {
        let rows: Vec<Vec<f64>> = means.iter().map(|&m| vec![m]).collect();
        let covariances = (0..means.len()).map(|i| Covariance::isotropic(q * (1 + i) as f64).unwrap()).collect();
        let law = Mixture::new(&[], &rows, covariances).unwrap();
        let level = NoiseProcess::Edm.at(sigma).unwrap();
        let p = Marginal::new(&law, &level);
        let o = p.observe_at(&[x], Detail::all());
        let (anchor, offset) = p.locate(&[x]);
        let jacobian = p.score_jacobian(anchor, &offset)[(0, 0)];
        let scale = 1.0 / level.sigma2() + jacobian.abs();
        prop_assert!((jacobian - o.score_divergence[0]).abs() <= 1e-13 * scale);
        let tweedie = level.sigma2() * (1.0 + level.sigma2() * jacobian);
        prop_assert!((tweedie - o.posterior_trace[0]).abs() <= 1e-12 * level.sigma2() * (1.0 + level.sigma2() * scale));
    }
}
