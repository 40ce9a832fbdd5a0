//! Audits of denoisers of which everything is known: exact ones of laws, and the same with one thing wrong.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use infodyn_closed_form::MixtureLaw;
use infodyn_core::{Covariance, Law, Mixture};
use infodyn_model::{Alternative, Denoiser, LawDenoiser, Report, Settings, Verdict, audit};

/// A Gaussian in the plane, whose Wiener filter is exact, and the eigenvalues of its covariance.
fn gaussian() -> (Arc<dyn Law>, Vec<f64>) {
    let covariance = Covariance::full(&[vec![1.3, 0.4], vec![0.4, 0.7]]).unwrap();
    // Of [[1.3, 0.4], [0.4, 0.7]]: 1 +- 1/2.
    (MixtureLaw::of(Mixture::gaussian(&[2.0, -1.0], covariance).unwrap()), vec![1.5, 0.5])
}

fn pair() -> (Arc<dyn Law>, Vec<f64>) {
    (MixtureLaw::of(Mixture::symmetric_pair(&[1.0, 0.5, 0.0], 0.05).unwrap()), vec![1.3, 0.05, 0.05])
}

fn settings(samples: u64) -> Settings {
    Settings { samples: Some(samples), sigmas: vec![0.05, 0.3, 1.0, 3.0, 20.0], ..Settings::default() }
}

fn audited((law, spectrum): &(Arc<dyn Law>, Vec<f64>), model: &dyn Denoiser) -> Report {
    audit(model, &**law, spectrum, &[], &settings(16_384)).unwrap()
}

/// `f(x, told, answer)`, a row at a time.
type Change<'a> = dyn Fn(&[f64], f64, &mut [f64]) + Sync + 'a;
/// `f(x, sigma, told, out)`.
type Answer<'a> = Box<dyn Fn(&[f64], f64, f64, &mut [f64]) + Sync + 'a>;

/// The exact denoiser with its answer changed.
fn changed<'a>(exact: &'a LawDenoiser, f: &'a Change<'a>) -> (usize, Answer<'a>) {
    let dim = exact.dim();
    let answer = move |x: &[f64], sigma: f64, told: f64, out: &mut [f64]| {
        exact.denoise(x, sigma, told, out).unwrap();
        x.chunks_exact(dim).zip(out.chunks_exact_mut(dim)).for_each(|(x, out)| f(x, told, out));
    };
    (dim, Box::new(answer))
}

#[test]
fn exact_denoisers_satisfy_every_identity() {
    for law in [gaussian(), pair()] {
        let found = audited(&law, &LawDenoiser::new(Arc::clone(&law.0)));
        assert_eq!((found.verdict, found.warnings.len()), (Verdict::Accepted, 0), "{:?}", found.warnings);
        assert_eq!(found.trusted, Some([0.05, 20.0]));
        for level in &found.levels {
            let r = level.readings.as_ref().unwrap();
            let zeros = [r.gap, r.mean_score, r.stein.unwrap(), r.asymmetry, r.sure_gap];
            assert!(zeros.iter().all(|e| e.contains(0.0)), "{level:?}");
            assert!(r.calibration_slope.contains(1.0), "{level:?}");
            assert!(r.sigma_calibration.is_none_or(|c| c.contains(1.0)), "{level:?}");
            // Three forms of one number: mse/s^2 = E tr J = d - E|D - x|^2/s^2.
            let upper = r.mse.value() / level.sigma.powi(2);
            let radius = r.mse.radius() / level.sigma.powi(2);
            assert!((upper - r.trace.value()).abs() <= radius + r.trace.radius(), "{level:?}");
            assert!((upper - r.norm.value()).abs() <= radius + r.norm.radius(), "{level:?}");
        }
    }
}

#[test]
fn of_a_gaussian_the_numbers_are_known() {
    let law = gaussian();
    let found = audited(&law, &LawDenoiser::new(Arc::clone(&law.0)));
    for level in &found.levels {
        let r = level.readings.as_ref().unwrap();
        let s2 = level.sigma * level.sigma;
        let mmse = 1.5 * s2 / (1.5 + s2) + 0.5 * s2 / (0.5 + s2);
        assert!((r.linear_mmse - mmse).abs() < 1e-14 && r.mse.contains(mmse), "{level:?} {mmse}");
        // J is a constant matrix: no chance in its trace but that of the probes, and no step.
        assert!((r.trace.value() - mmse / s2).abs() <= r.trace.radius() + 1e-10, "{level:?}");
        assert!(r.noise_error > 0.0 && r.population_error.unwrap() > r.noise_error * 0.9);
    }
}

#[test]
fn what_is_wrong_is_said() {
    let law = pair();
    let exact = LawDenoiser::new(Arc::clone(&law.0));
    let judge = |f: &Change<'_>| {
        let model = changed(&exact, f);
        audited(&law, &model)
    };
    let said = |found: &Report, verdict: Verdict, part: &str| {
        let all = [&found.reasons[..], &found.warnings[..]].concat();
        assert!(found.verdict == verdict && all.iter().any(|line| line.contains(part)), "{part}: {found:?}");
    };
    let scaled = judge(&|_, _, out| out.iter_mut().for_each(|d| *d *= 1.05));
    said(&scaled, Verdict::Warning, "calibration slope");
    let slope = scaled.levels[1].readings.as_ref().unwrap().calibration_slope;
    assert!(slope.contains(1.0 / 1.05) && !slope.contains(1.0), "{slope:?}");
    said(&judge(&|x, _, out| out.copy_from_slice(x)), Verdict::Refused, "x itself");
    said(&judge(&|_, _, out| out.fill(0.3)), Verdict::Refused, "does not depend on x");
    said(&judge(&|_, _, out| out.iter_mut().for_each(|d| *d += 9.0)), Verdict::Refused, "constant mean");
    let turned = judge(&|_, told, out| {
        let (sin, cos) = (0.3 * told / (1.0 + told)).sin_cos();
        (out[0], out[1]) = (cos * out[0] - sin * out[1], sin * out[0] + cos * out[1]);
    });
    said(&turned, Verdict::Warning, "asymmetric");
    // |J - J^T|/|J + J^T| of a turn by 0.3 20/21, J = diag(j, j', j'): all but the turned plane's part, at most tan.
    let last = turned.levels[4].readings.as_ref().unwrap().asymmetry;
    assert!(last.value() > 0.15 && last.value() < 0.3, "{last:?}");
    let silent = judge(&|_, told, out| {
        if told < 0.1 {
            out.fill(f64::NAN);
        }
    });
    said(&silent, Verdict::Warning, "not finite at sigma 0.05");
    assert_eq!(silent.trusted, Some([0.3, 20.0]));
    assert_eq!((silent.levels[0].finite_fraction, &silent.levels[0].readings), (0.0, &None));
}

#[test]
fn a_model_that_is_told_another_sigma_is_found_out() {
    let law = pair();
    let exact = LawDenoiser::new(Arc::clone(&law.0));
    let model = (3, |x: &[f64], sigma: f64, told: f64, out: &mut [f64]| {
        exact.denoise(x, sigma, 4.0 * told, out).unwrap();
    });
    let found = audited(&law, &model);
    assert_eq!(found.verdict, Verdict::Warning);
    for level in &found.levels[..4] {
        let c = level.readings.as_ref().unwrap().sigma_calibration.unwrap();
        assert!(c.contains(0.25) && c.radius() < 0.1, "{level:?}");
    }
}

#[test]
fn another_declaration_is_named_where_it_fits() {
    let law = pair();
    let exact = LawDenoiser::new(Arc::clone(&law.0));
    let epsilon = changed(&exact, &|x, told, out| x.iter().zip(out).for_each(|(x, d)| *d = (x - *d) / told));
    let read = (3, |x: &[f64], sigma: f64, told: f64, out: &mut [f64]| {
        epsilon.denoise(x, sigma, told, out).unwrap();
        x.iter().zip(out).for_each(|(x, e)| *e = x - sigma * *e);
    });
    let alternatives = [Alternative { name: "epsilon".into(), denoiser: Box::new(read) }];
    let found = audit(&epsilon, &*law.0, &law.1, &alternatives, &settings(16_384)).unwrap();
    assert_eq!(found.verdict, Verdict::Refused);
    assert!(found.reasons.iter().any(|r| r == "another declaration fits better: epsilon"), "{:?}", found.reasons);
    // The true one has no rival.
    let wrong = (3, |x: &[f64], sigma: f64, told: f64, out: &mut [f64]| epsilon.denoise(x, sigma, told, out).unwrap());
    let rival = [Alternative { name: "epsilon".into(), denoiser: Box::new(wrong) }];
    let found = audit(&exact, &*law.0, &law.1, &rival, &settings(16_384)).unwrap();
    assert_eq!(found.verdict, Verdict::Accepted);
}

#[test]
fn rows_that_see_one_another_are_refused() {
    let law = pair();
    let exact = LawDenoiser::new(Arc::clone(&law.0));
    let model = (3, |x: &[f64], sigma: f64, told: f64, out: &mut [f64]| {
        exact.denoise(x, sigma, told, out).unwrap();
        let mean = out.iter().sum::<f64>() / out.len() as f64;
        out.iter_mut().for_each(|d| *d += 0.1 * mean);
    });
    let found = audited(&law, &model);
    assert!(found.verdict == Verdict::Refused && found.reasons[0].contains("other rows"), "{:?}", found.reasons);
}

#[test]
fn two_atoms_have_intervals_over_noise_alone() {
    let law: Arc<dyn Law> = MixtureLaw::of(Mixture::symmetric_pair(&[1.0], 0.0).unwrap());
    let settings = Settings { sigmas: vec![0.5, 1.0, 2.0], samples: Some(65_536), ..Settings::default() };
    let found = audit(&LawDenoiser::new(Arc::clone(&law)), &*law, &[1.0], &[], &settings).unwrap();
    assert!(found.whole && found.points == 2 && found.noises == 32_768);
    let r = found.levels[1].readings.as_ref().unwrap();
    // `1 - E tanh(1 + Z)`, by the trapezoidal rule.
    assert!(r.mse.contains(0.449_599_5) && r.population_error.is_none(), "{r:?}");
    assert_eq!(found.verdict, Verdict::Accepted, "{:?}", found.warnings);
}

#[test]
fn the_same_seed_gives_the_same_bits_for_any_threads() {
    let law = pair();
    let exact = LawDenoiser::new(Arc::clone(&law.0));
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| audit(&exact, &*law.0, &law.1, &[], &settings(4096)).unwrap())
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn questions_without_an_answer_are_refused() {
    let law = pair();
    let exact = LawDenoiser::new(Arc::clone(&law.0));
    let ask = |model: &dyn Denoiser, settings: &Settings| {
        audit(model, &*law.0, &law.1, &[], settings).unwrap_err().to_string()
    };
    assert_eq!(ask(&exact, &settings(10)), "10 samples, expected at least 256");
    assert!(ask(&exact, &Settings { sigmas: vec![], ..Settings::default() }).contains("no noise level"));
    let narrow = (2, |_: &[f64], _: f64, _: f64, _: &mut [f64]| ());
    assert_eq!(ask(&narrow, &settings(4096)), "dimension 2, expected that of the law, 3");
}
