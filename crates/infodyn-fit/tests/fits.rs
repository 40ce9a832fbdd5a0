//! Fits against what is known of them: planted mixtures, the closed form's density and denoiser, principal components.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

use infodyn_closed_form::{Marginal, MixtureLaw};
use infodyn_core::{Density, Detail, Law, Mixture, NoiseProcess};
use infodyn_fit::{Candidate, Components, Fit, Points, Rank, Request, Shape, choose, split};
use infodyn_kernels::Philox;

/// Points of a mixture, and the component of each.
fn drawn(law: &Mixture, n: usize, seed: u32) -> (Vec<f64>, Vec<usize>) {
    let law = MixtureLaw::of(law.clone());
    let mut rng = Philox::new([seed, 9], [0, 9], 0);
    let (mut rows, mut labels) = (Vec::new(), Vec::new());
    for _ in 0..n {
        let (mut u, mut z) = ([0.0; 2], vec![0.0; law.dim() + law.dim() % 2]);
        rng.fill_unit(&mut u);
        rng.fill_normal(&mut z);
        z.truncate(law.dim());
        let k = law.place(u[0], &mut z);
        rows.extend(z.iter().zip(law.mean(k)).map(|(z, m)| z + m));
        labels.push(k);
    }
    (rows, labels)
}

/// Three Gaussians in the plane: one long and turned, one small, one round.
fn planted() -> Mixture {
    use infodyn_core::Covariance;
    let covariances = vec![
        Covariance::full(&[[1.0, 0.6], [0.6, 0.5]]).unwrap(),
        Covariance::diagonal(&[0.02, 0.08]).unwrap(),
        Covariance::isotropic(0.3).unwrap(),
    ];
    Mixture::new(&[0.5, 0.2, 0.3], &[vec![-2.0, 0.0], vec![2.0, 1.5], vec![1.0, -3.0]], covariances).unwrap()
}

/// The nearest fitted component to each planted one.
fn matched(truth: &Mixture, law: &Mixture) -> Vec<usize> {
    let distance = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum() };
    let nearest = |k: usize| {
        let by = |&a: &usize, &b: &usize| {
            distance(truth.mean(k), law.mean(a)).total_cmp(&distance(truth.mean(k), law.mean(b)))
        };
        (0..law.components()).min_by(by).unwrap()
    };
    (0..truth.components()).map(nearest).collect()
}

/// Means and covariances come back within six standard errors of those of as many points as a component has.
#[test]
fn a_planted_mixture_comes_back() {
    let (truth, n) = (planted(), 4000);
    let (rows, labels) = drawn(&truth, n, 1);
    let points = Points::new(&rows, 2).unwrap();
    let fits = [
        Fit::mixture(points, 3, Shape::Full, 1e-9, 3).unwrap(),
        Fit::per_class(points, &labels, 3, Shape::Full).unwrap(),
    ];
    for fit in fits {
        let law = fit.law(1e-9).unwrap();
        for (k, found) in matched(&truth, &law).into_iter().enumerate() {
            let many = truth.weights()[k] * n as f64;
            let share = (truth.weights()[k] * (1.0 - truth.weights()[k]) / n as f64).sqrt();
            assert!((law.weights()[found] - truth.weights()[k]).abs() < 6.0 * share, "{k}");
            let (a, b) = (truth.covariance(k).matrix(2), law.covariance(found).matrix(2));
            for i in 0..2 {
                let off = law.mean(found)[i] - truth.mean(k)[i];
                assert!(off.abs() < 6.0 * (a[(i, i)] / many).sqrt(), "{k}: {off}");
                for j in 0..2 {
                    let error = ((a[(i, i)] * a[(j, j)] + a[(i, j)].powi(2)) / many).sqrt();
                    assert!((a[(i, j)] - b[(i, j)]).abs() < 6.0 * error, "{k}: {a} {b}");
                }
            }
        }
    }
}

/// The number of components, too, where they stand apart; in one dimension, where a rank has no meaning, as well.
#[test]
fn the_number_of_components_is_found() {
    let (rows, _) = drawn(&planted(), 3000, 2);
    let request = Request {
        components: Components::Chosen,
        covariance: Rank::Of(Shape::Full),
        ridge: None,
        sigmas: vec![0.1, 0.3, 1.0],
        seed: 5,
    };
    let Candidate { fit, ridge, tried, judged } = choose(Points::new(&rows, 2).unwrap(), None, &request).unwrap();
    assert!((3..=8).contains(&fit.components()), "{tried:?}");
    assert!(ridge < 0.02 && judged == 600 && tried[0].ratio > 1.2 * tried[2].ratio, "{tried:?}");
}

/// Likelihood and denoiser are those of the closed form, for each shape.
#[test]
fn the_denoiser_is_the_closed_forms() {
    let (rows, labels) = drawn(&planted(), 400, 3);
    let lifted: Vec<f64> =
        rows.chunks_exact(2).flat_map(|x| [x[0], x[1], x[0] * x[1] * 0.1, x[0] - x[1], 0.5]).collect();
    let points = Points::new(&lifted, 5).unwrap();
    let (ridge, sigma) = (0.01, 0.4);
    for shape in [Shape::Isotropic, Shape::Diagonal, Shape::Full, Shape::LowRank(2), Shape::LowRank(4)] {
        let fit = Fit::per_class(points, &labels, 3, shape).unwrap();
        let law = fit.law(ridge).unwrap();
        let data = Marginal::of_data(&law).unwrap();
        let known = fit.ln_densities(points, ridge).unwrap();
        for i in 0..points.len() {
            let l = data.ln_density(points.row(i));
            assert!((l - known[i]).abs() < 1e-9 * (1.0 + l.abs()), "{shape:?} {i}: {l} {}", known[i]);
        }
        // The same noise as the fit draws for its first 128 points.
        let level = NoiseProcess::Edm.at(sigma).unwrap();
        let marginal = Marginal::new(&law, &level);
        let errors = &fit.denoising_errors(points, sigma, &[ridge], 11)[0];
        let mut rng = Philox::new([11, 0], [0, 3], 0);
        let mut noise = vec![0.0; 128 * 5];
        rng.fill_normal(&mut noise);
        for i in 0..128 {
            let of = |sign: f64| -> f64 {
                let x: Vec<f64> = (0..5).map(|j| points.row(i)[j] + sign * sigma * noise[5 * i + j]).collect();
                let (anchor, offset) = marginal.locate(&x);
                let seen = marginal.observe_at(&x, Detail::MEAN_OFFSET);
                assert_eq!(offset.len(), 5);
                (0..5).map(|j| (points.row(i)[j] - law.mean(anchor)[j] - seen.mean_offset[j]).powi(2)).sum()
            };
            let both = 0.5 * (of(1.0) + of(-1.0));
            assert!((both - errors[i]).abs() < 1e-9 * (1.0 + both), "{shape:?} {i}: {both} {}", errors[i]);
        }
    }
}

/// Eigenvalues of a covariance of low rank: the largest of the full one, and the mean of the others.
#[test]
fn low_rank_is_principal_components() {
    let (rows, _) = drawn(&planted(), 500, 4);
    let lifted: Vec<f64> = rows.chunks_exact(2).flat_map(|x| [x[0], 3.0 * x[1], x[0] * x[1], x[0].sin()]).collect();
    let points = Points::new(&lifted, 4).unwrap();
    let whole = Fit::mixture(points, 1, Shape::Full, 0.0, 1).unwrap().law(0.0).unwrap();
    let few = Fit::mixture(points, 1, Shape::LowRank(2), 0.0, 1).unwrap().law(0.25).unwrap();
    let (a, b) = (whole.covariance(0), few.covariance(0));
    let rest = 0.5 * (a.eigenvalue(2) + a.eigenvalue(3));
    for (i, expected) in [a.eigenvalue(0), a.eigenvalue(1), rest, rest].into_iter().enumerate() {
        assert!((b.eigenvalue(i) - 0.25 - expected).abs() < 1e-11 * a.eigenvalue(0), "{i}");
    }
    // A rank that is chosen has the same law as one that is given.
    let ask = |covariance| Request {
        components: Components::Given(1),
        covariance,
        ridge: Some(0.25),
        sigmas: vec![0.5, 2.0],
        seed: 4,
    };
    let chosen = choose(points, None, &ask(Rank::Chosen)).unwrap();
    let given = choose(points, None, &ask(Rank::Of(chosen.fit.shape()))).unwrap();
    assert_eq!(chosen.fit.law(0.25).unwrap(), given.fit.law(0.25).unwrap());
    assert_eq!(chosen.tried.iter().map(|t| t.covariance).collect::<Vec<_>>(), [Shape::LowRank(1), Shape::LowRank(2)]);
    assert!(given.tried.is_empty());
    assert!(Fit::mixture(points, 1, Shape::LowRank(4), 0.0, 1).is_err());
    assert!(Fit::mixture(points, 1, Shape::LowRank(0), 0.0, 1).is_err());
}

/// Without a ridge every step gains: more of them never make the points less likely.
#[test]
fn steps_gain() {
    let (rows, _) = drawn(&planted(), 300, 6);
    let points = Points::new(&rows, 2).unwrap();
    for shape in [Shape::Isotropic, Shape::Diagonal, Shape::Full] {
        let fit = Fit::mixture(points, 4, shape, 0.0, 2).unwrap();
        let mean = |fit: &Fit| fit.ln_densities(points, 0.0).unwrap().iter().sum::<f64>() / 300.0;
        let one = Fit::mixture(points, 1, shape, 0.0, 2).unwrap();
        assert!(mean(&fit) > mean(&one) && fit.steps().0 > 1, "{shape:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let (rows, _) = drawn(&planted(), 700, 7);
    let points = Points::new(&rows, 2).unwrap();
    let request = Request {
        components: Components::Chosen,
        covariance: Rank::Of(Shape::Full),
        ridge: None,
        sigmas: vec![0.3],
        seed: 8,
    };
    let run = |threads: usize| {
        let pool = infodyn_pool(threads);
        let found = pool.install(|| choose(points, None, &request)).unwrap();
        (found.fit.law(found.ridge).unwrap(), found.tried)
    };
    assert_eq!(run(1), run(3));
}

fn infodyn_pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let says = |e: infodyn_fit::Error, part: &str| assert!(e.to_string().contains(part), "{e}");
    says(Points::new(&[1.0, 2.0, 3.0], 2).unwrap_err(), "3 numbers in dimension 2");
    let rows = [1.0, 1.0, 2.0, 2.0];
    let points = Points::new(&rows, 1).unwrap();
    says(Fit::mixture(points, 3, Shape::Full, 0.1, 1).unwrap_err(), "3 components, expected at most 2");
    says(Fit::mixture(points, 2, Shape::Full, 0.0, 1).unwrap_err(), "expected a larger ridge");
    // One Gaussian may be singular, and still denoises: of points on a line the part across it is known.
    let line = [0.0, 7.0, 1.0, 7.0, 3.0, 7.0, 4.0, 7.0];
    let across = Points::new(&line, 2).unwrap();
    let one = Fit::mixture(across, 1, Shape::Full, 0.0, 1).unwrap();
    assert_eq!(one.least_variance(), 0.0);
    says(one.ln_densities(across, 0.0).unwrap_err(), "expected a larger ridge");
    let along: Vec<f64> = line.iter().copied().step_by(2).collect();
    let alone = Fit::mixture(Points::new(&along, 1).unwrap(), 1, Shape::Full, 0.0, 1).unwrap();
    let variance = alone.law(0.0).unwrap().covariance(0).eigenvalue(0);
    assert!((variance - 2.5).abs() < 1e-14);
    assert!(one.denoising_errors(across, 1e-9, &[0.0], 1).concat().iter().all(|e| *e < 1e-16));
    says(Fit::per_class(points, &[0, 0, 2, 2], 3, Shape::Full).unwrap_err(), "label 1 has no point");
    let request = Request {
        components: Components::Given(1),
        covariance: Rank::Of(Shape::Full),
        ridge: None,
        sigmas: vec![0.3],
        seed: 8,
    };
    says(choose(Points::new(&[2.0; 9], 3).unwrap(), None, &request).unwrap_err(), "all points lie in one place");
    let (first, second) = split(100, 0.2, 3);
    assert_eq!((first.len(), second.len()), (80, 20));
    assert!(first.iter().all(|i| !second.contains(i)));
}
