//! A uniform law on a sphere against mpmath and against derivatives.

#![allow(clippy::unwrap_used)] // helpers of tests, too

use infodyn_closed_form::sphere::{Marginal, alignment, ln_mean_exp};
use infodyn_core::{Density, Detail, NoiseProcess, Sphere};

/// `A`, `1 - A`, `1 - A^2 - (D-1) A/k` and `log(Gamma(D/2) (2/k)^(D/2-1) I_{D/2-1}(k)) - k`: mpmath
/// (`besseli`, `gamma`) with 40 digits.
const REFERENCES: [(usize, f64, [f64; 4]); 20] = [
    (2, 0.001, [0.00049999993750001041666, 0.99950000006249998958, 0.49999981250005208332, -0.00099975000001562499826]),
    (2, 0.7, [0.33017728953267106075, 0.66982271046732893925, 0.41930111528732861839, -0.58105939608939813535]),
    (2, 10.0, [0.94859982595484595897, 0.051400174045154041029, 0.0052983876029513590269, -2.0570279168813044455]),
    (2, 300.0, [0.99833193979053352715, 0.0016680602094664728531, 5.5648614354286156769e-6, -3.7704124069977711616]),
    (2, 20000.0, [0.99997499968748437378, 0.00002500031251562622083, 1.2500312523439941724e-9, -5.8706760593164786259]),
    (3, 0.001, [0.00033333331111111322751, 0.99966666668888888677, 0.33333326666667724868, -0.00099983333333888888854]),
    (3, 0.7, [0.22605020723120083328, 0.77394979276879916672, 0.3030435688644430634, -0.61962719054414014701]),
    (3, 10.0, [0.90000000412230725337, 0.099999995877692746626, 0.0099999917553854762589, -2.995732275615144618]),
    (3, 300.0, [0.99666666666666666667, 0.0033333333333333333333, 0.000011111111111111111111, -6.3969296552161463688]),
    (3, 20000.0, [0.99995, 0.00005, 2.5e-9, -10.596634733096073355]),
    (4, 0.001, [0.00024999998958333398437, 0.99975000001041666602, 0.24999996875000325521, -0.00099987500000260416656]),
    (4, 0.7, [0.17153304426571004337, 0.82846695573428995663, 0.23543479644332348724, -0.63936279936652108121]),
    (4, 10.0, [0.85418530832368160972, 0.14581469167631839028, 0.014111866546872501985, -3.7192340783298880811]),
    (4, 300.0, [0.99500418061666923396, 0.0049958193833307660441, 0.000016638749183976353114, -8.7827171540649467119]),
    (4, 20000.0, [0.99992500093754687808, 0.000074999062453121923564, 3.7499062429681346997e-9, -15.08104143191769001]),
    (
        50,
        0.001,
        [0.000019999999992307692313, 0.99998000000000769231, 0.019999999976923076952, -0.00099999000000000192308],
    ),
    (50, 0.7, [0.01399736249570335886, 0.98600263750429664114, 0.01998869914392875681, -0.6951004616190787137]),
    (50, 10.0, [0.1928308016519555376, 0.8071691983480444624, 0.017945353839682047272, -9.0183405363242149586]),
    (50, 300.0, [0.92153749232039964798, 0.078462507679600352022, 0.00025085983549741732399, -70.202019709082580955]),
    (50, 20000.0, [0.99877571972322804743, 0.0012242802767719525684, 6.1178025903611822192e-8, -172.14851594692378819]),
];

#[test]
fn bessel_ratios_and_means_are_those_of_mpmath() {
    for (dim, k, [mean, defect, along, log]) in REFERENCES {
        let a = alignment(dim, k);
        for (value, truth) in [(a.mean, mean), (a.defect, defect), (a.along, along), (a.across, mean / k)] {
            assert!((value / truth - 1.0).abs() < 3e-15, "D={dim} k={k}: {value} {truth}");
        }
        let value = ln_mean_exp(dim, k);
        // The mean itself rounds at small k: its logarithm is of size k.
        assert!((value - log).abs() < 2e-14 * (1.0 + log.abs()), "D={dim} k={k}: {value} {log}");
    }
    // A large dimension and a large concentration, where the sum outgrows double precision; mpmath.
    assert!((ln_mean_exp(1000, 1e5) + 2801.8739222163194).abs() < 1e-9);
    assert_eq!(ln_mean_exp(3, 0.0), 0.0);
}

#[test]
fn the_marginal_is_consistent_with_its_derivatives() {
    for (dim, t) in [(2, 0.3), (3, 0.05), (5, 1.0), (50, 0.2)] {
        let level = NoiseProcess::Ou.at(t).unwrap();
        let p = Marginal::new(&Sphere::new(dim, 1.7).unwrap(), &level);
        for scale in [0.01, 0.5, 1.5] {
            let x: Vec<f64> = (0..dim).map(|i| scale * (0.3 + 0.7 * (i as f64).sin()) / (dim as f64).sqrt()).collect();
            let seen = p.observe_at(&x, Detail::SCORES);
            let (score, jacobian) = (p.score(&x), p.score_jacobian(0, &x));
            let covariance = p.posterior_covariance(0, &x);
            let h = 1e-4;
            let moved = |i: usize, by: f64| {
                let mut y = x.clone();
                y[i] += by;
                y
            };
            for i in 0..dim.min(4) {
                let slope = (p.ln_density(&moved(i, h)) - p.ln_density(&moved(i, -h))) / (2.0 * h);
                assert!((slope - score[i]).abs() < 1e-5 * (1.0 + score.norm()), "{dim} {i}: {slope} {}", score[i]);
                let column = (p.score(&moved(i, h)) - p.score(&moved(i, -h))) / (2.0 * h);
                assert!((column - jacobian.column(i)).norm() < 1e-4 * (1.0 + jacobian.norm()));
                // A1.
                let mean = (x[i] + level.sigma2() * score[i]) / level.alpha();
                assert!((mean - seen.mean_offset[i]).abs() < 1e-14, "{mean} {}", seen.mean_offset[i]);
            }
            assert!((jacobian.trace() - seen.score_divergence[0]).abs() < 1e-11 * (1.0 + jacobian.norm()));
            assert!((covariance.trace() - seen.posterior_trace[0]).abs() < 1e-12);
            assert!((jacobian.symmetric_eigenvalues().max() - p.top_eigenvalue(0, &x)).abs() < 1e-10);
            // A2.
            let by_covariance = covariance * (level.alpha() / level.sigma2()).powi(2);
            for i in 0..dim {
                for j in 0..dim {
                    let unit = if i == j { 1.0 / level.sigma2() } else { 0.0 };
                    assert!((by_covariance[(i, j)] - unit - jacobian[(i, j)]).abs() < 1e-11 / level.sigma2());
                }
            }
        }
    }
}
