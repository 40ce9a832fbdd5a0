//! What no public path lets in: covariances, mixtures and processes that cannot be.

use infodyn_core::{Covariance, Error, Fault, Mixture, NoiseProcess, Sphere};
use proptest::prelude::*;

/// No finite number of at least 0 (`variance`) or above 0 (not `variance`).
fn bad(variance: bool) -> impl Strategy<Value = f64> {
    let above = if variance { f64::MIN_POSITIVE } else { 0.0 };
    prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), (above..1e300).prop_map(|x| -x)]
}

/// The fault that a law was refused for.
fn fault<T>(result: Result<T, Error>) -> Fault {
    let Err(Error::Invalid { fault, .. }) = result.map(drop) else { unreachable!("accepted") };
    fault
}

proptest! {
    /// A bad variance is refused wherever it stands: alone, on a diagonal, on the diagonal of a full matrix.
    #[test]
    fn bad_variances_are_refused(q in bad(true), dim in 1_usize..5, at in 0_usize..5, c in 0.1_f64..0.9) {
        fault(Covariance::isotropic(q));
        fault(Covariance::isotropics(&[1.0, q]));
        fault(Mixture::symmetric_pair(&[1.0], q));
        let mut diagonal = vec![1.0; dim];
        diagonal[at % dim] = q;
        fault(Covariance::diagonal(&diagonal));
        let rows: Vec<Vec<f64>> =
            (0..dim).map(|i| (0..dim).map(|j| if i == j { diagonal[i] } else { c }).collect()).collect();
        fault(Covariance::full(&rows));
    }

    /// An entry off the diagonal that is not finite, that its mirror image does not have, or that is larger than the
    /// variances allow.
    #[test]
    fn bad_entries_are_refused(dim in 2_usize..5, i in 0_usize..5, step in 1_usize..4, excess in 1e-3_f64..1e3) {
        let (i, j) = (i % dim, (i + 1 + step % (dim - 1)) % dim);
        prop_assume!(i != j);
        let with = |a: f64, b: f64| {
            let mut rows = vec![vec![0.0; dim]; dim];
            (0..dim).for_each(|k| rows[k][k] = 1.0);
            (rows[i][j], rows[j][i]) = (a, b);
            fault(Covariance::full(&rows))
        };
        for x in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            prop_assert!(matches!(with(x, x), Fault::NotFinite(_)));
        }
        prop_assert!(matches!(with(0.5, 0.5 + excess), Fault::NotSymmetric { .. }), "not symmetric");
        prop_assert!(matches!(with(1.0 + excess, 1.0 + excess), Fault::NotPositive(_)), "not positive");
    }

    /// Weights that are not positive, means that are not finite, lengths that do not fit.
    #[test]
    fn bad_mixtures_are_refused(w in bad(false), k in 1_usize..5, at in 0_usize..5, dim in 1_usize..4) {
        let at = at % k;
        let means = vec![vec![0.0; dim]; k];
        let mut weights = vec![1.0 / k as f64; k];
        prop_assert!(Mixture::new(&weights, &means, vec![Covariance::ZERO]).is_ok());
        weights[at] = w;
        fault(Mixture::new(&weights, &means, vec![Covariance::ZERO]));
        for x in [f64::NAN, f64::INFINITY] {
            let mut means = means.clone();
            means[at][dim - 1] = x;
            prop_assert!(matches!(fault(Mixture::new(&[], &means, vec![Covariance::ZERO])), Fault::NotFinite(_)));
        }
        let wide = Covariance::diagonal(&(0..=dim).map(|i| i as f64).collect::<Vec<_>>()).unwrap();
        fault(Mixture::new(&[], &means, vec![wide]));
        fault(Mixture::new(&[], &means, vec![Covariance::ZERO; k + 2]));
    }

    #[test]
    fn bad_processes_and_spheres_are_refused(x in bad(false), good in 0.1_f64..10.0) {
        fault(NoiseProcess::vp_linear(x, good));
        fault(NoiseProcess::vp_scaled_linear(good, x));
        fault(NoiseProcess::sub_vp(good, good / 2.0));
        fault(NoiseProcess::vp_cosine(x));
        fault(NoiseProcess::vp_cosine(1.0 + good));
        fault(NoiseProcess::flow(x));
        fault(NoiseProcess::localization(x));
        fault(Sphere::new(3, x));
        let level = NoiseProcess::Ou.at(good).unwrap();
        fault(level.with_sigma2(x));
        fault(level.with_alpha(x));
        fault(level.with_g2(x));
    }
}
