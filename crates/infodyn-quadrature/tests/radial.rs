//! A law on a sphere: mpmath, and identities between its quantities.

#![allow(clippy::unwrap_used)] // helpers of tests, too

use infodyn_closed_form::{Marginal, SphereLaw};
use infodyn_core::{Channel, Covariance, Estimate, Mixture, NoiseProcess, Quantity, Sphere, profile};
use infodyn_quadrature::{Error, Quadrature, derivative, radial_expectation};

fn value(dim: usize, radius: f64, snr: f64, quantity: Quantity) -> Estimate {
    let t = NoiseProcess::Ou.time_at_snr(snr).unwrap();
    let channel = Channel::new(SphereLaw::of(Sphere::new(dim, radius).unwrap()), NoiseProcess::Ou, t).unwrap();
    profile(&Quadrature, &channel, &[quantity]).unwrap().get(quantity).unwrap()
}

/// `integral of f(r) (1 - A^2)` and `-integral of f(r) log p`, less `(D/2) log(2 pi e sigma^2)`, with `besseli`
/// and `quad` of mpmath at 30 digits, unit radius and `alpha = 1`.
#[test]
fn mmse_and_information_are_those_of_mpmath() {
    for (dim, snr, mmse, information) in [
        (2, 0.5, 0.797_035_637_764_095_89, 0.222_922_108_535_385_07),
        (2, 30.0, 0.033_944_054_741_512_157, 2.110_815_599_782_738_4),
        (3, 4.0, 0.396_977_341_953_727_33, 1.242_012_153_835_939),
        (50, 40.0, 0.554_216_902_950_440_89, 14.683_576_242_238_993),
    ] {
        for (quantity, truth) in [(Quantity::Mmse, mmse), (Quantity::MutualInformation, information)] {
            let found = value(dim, 1.0, snr, quantity);
            assert!(found.contains(truth), "D={dim} snr={snr} {quantity}: {found}, {truth}");
            assert!(found.radius() < 1e-12 * dim as f64, "{found}");
        }
    }
}

/// I-MMSE, B2's two forms, and the score's moments.
#[test]
fn the_quantities_obey_the_identities() {
    for (dim, snr) in [(2, 0.3), (3, 5.0), (50, 60.0), (1000, 800.0)] {
        let slope =
            derivative(|g| Ok::<_, Error>(value(dim, 1.3, g, Quantity::MutualInformation)), snr, 0.3 * snr).unwrap();
        let mmse = value(dim, 1.3, snr, Quantity::Mmse) / 2;
        assert!((slope.value() - mmse.value()).abs() <= slope.radius() + mmse.radius(), "D={dim}: {slope} {mmse}");
        assert!(slope.radius() < 1e-6 * mmse.value(), "{slope}");
        let divergence = value(dim, 1.3, snr, Quantity::MeanScoreDivergence);
        let sum = value(dim, 1.3, snr, Quantity::MeanScoreNorm2) + divergence;
        assert!(sum.value().abs() <= sum.radius() && sum.radius() < 1e-9 * divergence.value().abs(), "{sum}");
    }
}

#[test]
fn a_law_on_no_sphere_is_refused() {
    let law = Mixture::gaussian(&[0.0; 3], Covariance::isotropic(400.0).unwrap()).unwrap();
    let density = Marginal::new(&law, &NoiseProcess::Ve.at(1.0).unwrap());
    assert!(matches!(radial_expectation(&density, 1, &|_, out| out[0] = 1.0), Err(Error::Mass { .. })));
}
