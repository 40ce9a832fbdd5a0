//! One dimension: values against references, radii against true errors, one rule against the other.

#![allow(clippy::unwrap_used)] // helpers of tests, too

mod common;

use std::sync::Arc;

use common::references::{Case, ORDER, cases};
use common::{Plain, all, level, mixture, of};
use infodyn_closed_form::{ClosedForm, Marginal, MixtureLaw};
use infodyn_core::{Channel, Density, Detail, Estimate, Law, Mixture, NoiseProcess, Profile, Quantity, profile};
use infodyn_fixtures::TWO_ATOMS;
use infodyn_quadrature::{Error, Quadrature, Result, Sample, covariance, derivative, expectation, variance};

fn named(name: &str) -> Case {
    cases().into_iter().find(|c| c.name == name).unwrap()
}

/// The quantities of a case in the order of the table.
fn computed(p: &Profile) -> Vec<Estimate> {
    // With g^2 = 2 the label's entropy rate is E b itself.
    let names = ORDER.map(|n| if n == "label_production" { "label_entropy_rate" } else { n });
    let of = |name: &str| Quantity::ALL.iter().copied().find(|q| q.name() == name).and_then(|q| p.get(q)).unwrap();
    names.iter().map(|n| of(n)).collect()
}

/// The truth is within the radius, and the radius is at most 50 times true error and rounding.
///
/// `rounding` is what the inputs of the integral cannot avoid, relative to the value: a unit in the
/// last place, and more where the integrand itself is rounded (see `conditioning`).
fn honest(what: &str, e: Estimate, truth: f64, rounding: f64) {
    let error = (e.value() - truth).abs();
    // References are rounded to double precision too.
    assert!(error <= e.radius() + f64::EPSILON * truth.abs(), "{what}: {e} misses {truth:e} by {error:e}");
    let allowed = 50.0 * (error + rounding * truth.abs() + 1e-300);
    assert!(e.radius() <= allowed, "{what}: radius {:e} where {error:e} is the error of {truth:e}", e.radius());
}

/// Relative rounding of a quantity in a case: 1 ulp, but for scores that hardly differ (high noise),
/// whose differences are rounded as the scores are.
fn conditioning(case: &Case, name: &str) -> f64 {
    let snr = case.alpha * case.alpha / case.sigma2;
    if name == "label_production" { f64::EPSILON * (1.0 + snr.powf(-0.5)) } else { f64::EPSILON }
}

fn check_case(case: &Case, law: Arc<dyn Law>) {
    let p = all(law, level(case.alpha, case.sigma2));
    for ((e, name), truth) in computed(&p).into_iter().zip(ORDER).zip(&case.values) {
        honest(&format!("{} {name}", case.name), e, *truth, conditioning(case, name));
    }
}

/// A wide component read next to a needle 1e5 times narrower: the difference forms of the closed
/// forms lose digits there that the plain distances keep.
const NARROW: [&str; 3] = ["tiny_weight", "needle12", "needle_bare"];

#[test]
fn radii_are_honest_against_references() {
    for case in cases().iter().filter(|c| !NARROW.contains(&c.name)) {
        let law = mixture(&case.weights, &case.means, &case.variances);
        check_case(case, MixtureLaw::of(law));
    }
}

fn plain(case: &Case) -> Arc<Plain> {
    Arc::new(Plain::new(&case.weights, &case.means, &case.variances, case.alpha, case.sigma2))
}

#[test]
fn radii_are_honest_on_needles() {
    for case in cases().iter().filter(|c| c.name == "tiny_weight") {
        check_case(case, plain(case));
    }
    // Here the places of the nodes next to the needle are rounded to 1e-10 of its width, and the
    // radius says so; it still contains the truth.
    for case in cases().iter().filter(|c| NARROW[1..].contains(&c.name)) {
        let p = all(plain(case), level(case.alpha, case.sigma2));
        for ((e, name), truth) in computed(&p).into_iter().zip(ORDER).zip(&case.values) {
            assert!(e.contains(*truth), "{} {name}: {e} misses {truth:e}", case.name);
            let scale = truth.abs().max(if name == "mean_score_divergence" { 1e5 } else { 0.0 });
            assert!(e.radius() <= 1e-9 * scale, "{} {name}: {e}", case.name);
        }
    }
}

/// theory.md, section 7.
#[test]
fn two_atoms_reproduce_the_table() {
    let law = Mixture::symmetric_pair(&[1.0], 0.0).unwrap();
    for [k, entropy, spread, mmse] in TWO_ATOMS {
        let p = of(&law, level(1.0, 1.0 / k));
        assert!(p.iter().all(|(_, e)| e.radius() < 1e-12));
        for (q, truth) in [
            (Quantity::ConditionalEntropy, entropy),
            (Quantity::LabelEntropy, entropy),
            (Quantity::LabelPosteriorEntropyVariance, spread),
            (Quantity::PosteriorEntropyVariance, spread),
            (Quantity::Mmse, mmse),
        ] {
            honest(q.name(), p.get(q).unwrap(), truth, f64::EPSILON);
        }
    }
}

/// `N(-1, 1e-6)` and `N(1, 0.5)` in `ou` at `t = 0.01`: rate from the mmse of the case `needle`, whose
/// `alpha` and `sigma^2` are those of `ou` at that time.
#[test]
fn the_required_rate_of_a_needle() {
    let case = named("needle");
    let law = mixture(&case.weights, &case.means, &case.variances);
    let level = NoiseProcess::Ou.at(0.01).unwrap();
    assert!((level.alpha() - case.alpha).abs() <= f64::EPSILON && (level.sigma2() - case.sigma2).abs() <= 1e-17);
    let rate = of(&law, level).get(Quantity::ConditionalEntropyRate).unwrap();
    let truth = level.snr() / level.sigma2() * case.values[3];
    honest("rate", rate, truth, 4.0 * f64::EPSILON);
    assert!(rate.radius() < 1e-13 * truth);
}

/// A law with a density: `Var[-log p(X_0 given X_t)]` against a 28-digit tensor trapezoid at steps
/// 1/8 and 1/16, which agree to 12 digits (mpmath); the means of both routes give `H(X_0 given X_t)`.
#[test]
fn the_posterior_of_a_law_with_a_density() {
    let case = named("three");
    let law = mixture(&case.weights, &case.means, &case.variances);
    let p = of(&law, level(case.alpha, case.sigma2));
    let surprisal = p.get(Quantity::SurprisalVariance).unwrap();
    honest("surprisal variance", surprisal, 0.838_751_953_496_933_5, f64::EPSILON);
    let entropy = p.get(Quantity::ConditionalEntropy).unwrap();
    honest("conditional entropy", entropy, 0.746_639_438_565_693_1, 2.0 * f64::EPSILON);
    let posterior = p.get(Quantity::PosteriorEntropyVariance).unwrap();
    assert!(posterior.value() > 0.0 && posterior.value() < surprisal.value() && posterior.radius() < 1e-13);
}

/// One Gaussian: the posterior's entropy does not vary, its surprisal varies by rank/2.
#[test]
fn one_gaussian_is_exact() {
    let law = mixture(&[1.0], &[0.7], &[2.5]);
    for sigma2 in [1e-8, 0.3, 1e4] {
        let channel = common::channel(MixtureLaw::of(law.clone()), level(0.8, sigma2));
        let p = profile(&Quadrature, &channel, Quantity::ALL).unwrap();
        let exact = profile(&ClosedForm, &channel, Quantity::ALL).unwrap();
        for (q, truth) in exact.iter() {
            let e = p.get(q).unwrap();
            assert!((e - truth).contains(0.0), "{q}: {e} {truth}");
            assert!(e.radius() <= 1e-13 * (1.0 + truth.value().abs()), "{q}: {e}");
        }
        assert!(p.get(Quantity::PosteriorEntropyVariance).unwrap().contains(0.0));
    }
}

#[test]
fn what_does_not_exist_is_absent() {
    let law = mixture(&[0.5, 0.5], &[-1.0, 1.0], &[0.0, 0.1]);
    let level = level(1.0, 0.1);
    let p = of(&law, level);
    for q in [Quantity::ConditionalEntropy, Quantity::PosteriorEntropyVariance, Quantity::SurprisalVariance] {
        assert!(p.get(q).is_none());
    }
    let marginal = Marginal::new(&law, &level);
    let broken = expectation(&marginal, Detail::SCORES, 1, &|_, out| out[0] = f64::NAN);
    assert!(matches!(broken, Err(Error::NotFinite { output: 0, .. })));
}

/// The double-exponential rule of the `quadrature` crate reports no error on a needle that it
/// misses; the rules here find it, since the density says where its components are.
#[test]
fn a_planted_needle() {
    let (w, c, v) = ([0.5, 0.5], [0.2345, 0.0], [1e-14, 1.0]);
    let marginal = Plain::new(&w, &c, &v, 1.0, 1e-14);
    let density = |x: f64| marginal.ln_density(&[x]).exp();
    let missed = quadrature::double_exponential::integrate(density, -20.0, 20.0, 1e-10);
    assert!((missed.integral - 0.5).abs() < 1e-3 && missed.error_estimate < 1e-6, "{missed:?}");
    let f = |s: &Sample<'_>, out: &mut [f64]| out[0] = f64::from(u8::from(s.observation.ln_density[s.index] > 0.0));
    // Half of the mass is in the needle, where p > 1.
    let inside = expectation(&marginal, Detail::SCORES, 1, &f).unwrap()[0];
    assert!((inside.value() - 0.5).abs() < 1e-6, "{inside}");
    let norm2 = expectation(&marginal, Detail::SCORES, 1, &|s, out| out[0] = s.observation.score_norm2(s.index, 1));
    let divergence = all(Arc::new(marginal.clone()), level(1.0, 1e-14)).get(Quantity::MeanScoreDivergence).unwrap();
    assert!((norm2.unwrap()[0] + divergence).contains(0.0));
}

/// The slope of the entropy, which needs only `ln_density`, is de Bruijn's rate.
#[test]
fn the_slope_of_the_entropy_is_its_rate() {
    let case = named("three");
    let law = mixture(&case.weights, &case.means, &case.variances);
    let channel = Channel::new(MixtureLaw::of(law), NoiseProcess::Ou, 0.3).unwrap();
    let get = |channel: &Channel, q| profile(&Quadrature, channel, &[q]).map(|p| p.get(q).unwrap());
    let slope = derivative(|t| get(&channel.at(t).unwrap(), Quantity::MarginalEntropy), 0.3, 0.15).unwrap();
    let rate = get(&channel, Quantity::MarginalEntropyRate).unwrap();
    assert!((slope - rate).contains(0.0), "{slope} {rate}");
    assert!(slope.radius() <= 1e-10 * slope.value().abs(), "{slope}");
}

#[test]
fn derivatives_of_known_functions() {
    for (t, reach) in [(0.3_f64, 0.25), (1.0, 1.0), (7.0, 0.01)] {
        let cases: [(&dyn Fn(f64) -> f64, f64); 3] = [
            (&f64::exp, t.exp()),
            (&|x: f64| (3.0 * x).sin(), 3.0 * (3.0 * t).cos()),
            (&|x: f64| 1.0 / (x + 2.0), -(t + 2.0).powi(-2)),
        ];
        for (f, truth) in cases {
            let d = derivative(|x| -> Result<Estimate> { Ok(Estimate::rounded(f(x), 2.0)) }, t, reach).unwrap();
            assert!(d.contains(truth), "{d} {truth}");
        }
    }
    assert!(derivative(|x| -> Result<Estimate> { Ok(Estimate::given(x)) }, 1.0, 0.0).is_err());
}

/// The same bits for any number of threads.
#[test]
fn threads_do_not_change_a_bit() {
    let law = mixture(&[0.3, 0.5, 0.2], &[-1.2, 0.4, 2.0], &[1e-7, 0.1, 0.2]);
    let level = level(1.0, 1e-3);
    let run = |n: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| of(&law, level))
    };
    let one = run(1);
    assert_eq!(one, run(2));
    assert_eq!(one, run(5));
}

/// Var h = E h^2 - (E h)^2, the naive way, within what that cancels.
#[test]
fn covariance_and_variance_agree_with_moments() {
    let law = mixture(&[0.3, 0.7], &[-1.0, 1.0], &[0.1, 0.4]);
    let marginal = Marginal::new(&law, &level(1.0, 0.5));
    let h = |s: &Sample<'_>| s.observation.label.entropy[s.index];
    let b = |s: &Sample<'_>| s.observation.label_production[s.index];
    let e = expectation(&marginal, Detail::all(), 4, &|s, out| {
        out.copy_from_slice(&[h(s), b(s), h(s) * h(s), h(s) * b(s)]);
    })
    .unwrap();
    let v = variance(&marginal, Detail::all(), &|s, out| out[0] = h(s)).unwrap();
    assert!((v - (e[2] - e[0] * e[0])).contains(0.0));
    let c = covariance(&marginal, Detail::all(), &|s, out| out.copy_from_slice(&[h(s), b(s)])).unwrap();
    assert!((c - (e[3] - e[0] * e[1])).contains(0.0));
    assert!(v.radius() < 1e-14 && c.radius() < 1e-14);
}
