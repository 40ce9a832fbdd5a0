//! Two and three dimensions.

#![allow(clippy::unwrap_used)] // helpers of tests, too

mod common;

use common::{channel, level, mixture, of};
use infodyn_closed_form::{ClosedForm, MixtureLaw};
use infodyn_core::{Channel, Covariance, Estimate, Mixture, Moment, NoiseLevel, Profile, Quantity, Route, profile};
use infodyn_quadrature::{Error, Quadrature, RoughQuadrature};

fn full(rows: &[&[f64]]) -> Covariance {
    Covariance::full(&rows.iter().map(|r| r.to_vec()).collect::<Vec<_>>()).unwrap()
}

/// Integration in the dimensions that the law has.
struct Unreduced;

impl Route for Unreduced {
    type Error = Error;
    fn means(&self, channel: &Channel, moments: &[Moment]) -> Result<Vec<Option<Estimate>>, Error> {
        Quadrature.means(channel, moments)
    }
}

fn all(law: &Mixture, level: NoiseLevel) -> Profile {
    // Kinks and one matrix per node: too slow in three dimensions for what it tests here.
    let wanted = |q: &Quantity| law.dim() < 3 || *q != Quantity::MeanTopEigenvalue;
    let quantities: Vec<Quantity> = Quantity::ALL.iter().copied().filter(wanted).collect();
    profile(&Unreduced, &channel(MixtureLaw::of(law.clone()), level), &quantities).unwrap()
}

fn exact(law: &Mixture, level: NoiseLevel) -> Profile {
    profile(&ClosedForm, &channel(MixtureLaw::of(law.clone()), level), Quantity::ALL).unwrap()
}

#[test]
fn gaussians_are_exact() {
    let plane = full(&[&[2.0, 0.6], &[0.6, 0.5]]);
    let solid = full(&[&[2.0, 0.6, 0.1], &[0.6, 0.5, 0.0], &[0.1, 0.0, 1.5]]);
    let flat = full(&[&[1.0, 1.0], &[1.0, 1.0]]);
    for (mean, c) in [(vec![1.0, -2.0], plane), (vec![0.0, 3.0, 1.0], solid), (vec![0.5, 0.5], flat)] {
        let law = Mixture::gaussian(&mean, c).unwrap();
        for sigma2 in [1e-4, 100.0] {
            let level = level(0.9, sigma2);
            let (p, exact) = (all(&law, level), exact(&law, level));
            for (q, e) in p.iter() {
                let truth = exact.get(q).unwrap();
                assert!((e - truth).contains(0.0), "{q}: {e} {truth}");
                assert!(e.radius() <= 1e-8 * (1e-3 + truth.value().abs()), "{q}: {e}");
            }
        }
    }
}

/// A product of two laws on the axes: entropies and the like add, agreements multiply.
#[test]
fn products_are_sums() {
    let (a, b) = (mixture(&[0.3, 0.7], &[-1.0, 1.0], &[0.1, 0.4]), mixture(&[0.6, 0.4], &[-0.5, 1.5], &[0.3, 0.2]));
    let (mut weights, mut means, mut covariances) = (vec![], vec![], vec![]);
    for i in 0..2 {
        for j in 0..2 {
            weights.push(a.weights()[i] * b.weights()[j]);
            means.push(vec![a.mean(i)[0], b.mean(j)[0]]);
            let c = [a.covariance(i).eigenvalue(0), b.covariance(j).eigenvalue(0)];
            covariances.push(Covariance::diagonal(&c).unwrap());
        }
    }
    let product = Mixture::new(&weights, &means, covariances).unwrap();
    let level = level(0.8, 0.3);
    let (p, pa, pb) = (all(&product, level), all(&a, level), all(&b, level));
    for q in [
        Quantity::MarginalEntropy,
        Quantity::ConditionalEntropy,
        Quantity::ConditionalEntropyRate,
        Quantity::MutualInformation,
        Quantity::MeanScoreDivergence,
        Quantity::MeanScoreNorm2,
        Quantity::Mmse,
        Quantity::LabelEntropy,
        Quantity::LabelEntropyRate,
        Quantity::LabelPosteriorEntropyVariance,
        Quantity::LabelSurprisalVariance,
    ] {
        let (e, truth) = (p.get(q).unwrap(), pa.get(q).unwrap() + pb.get(q).unwrap());
        assert!((e - truth).contains(0.0), "{q}: {e} {truth}");
        assert!(e.radius() <= 1e-8 * truth.value().abs(), "{q}: {e}");
    }
    let agreement = pa.get(Quantity::CloneAgreement).unwrap() * pb.get(Quantity::CloneAgreement).unwrap();
    assert!((p.get(Quantity::CloneAgreement).unwrap() - agreement).contains(0.0));
    // The posterior of a law with a density is left to Monte Carlo here.
    assert!(p.get(Quantity::SurprisalVariance).is_none());
}

/// A pair in `D = 64`, split by the exact reduction, against the pair in `D = 1` of the same
/// distance and 63 Gaussian coordinates; in the plane, the reduction against the tensor rule.
#[test]
fn the_complement_is_exact() {
    for (dim, q) in [(2, 0.3), (64, 0.3), (64, 0.0)] {
        let mu = vec![1.2 / (dim as f64).sqrt(); dim];
        let law = Mixture::symmetric_pair(&mu, q).unwrap();
        let level = level(0.9, 0.4);
        let (line, basis) = law.reduced().unwrap();
        let rest = basis.nrows() - line.dim();
        assert_eq!(rest, dim - 1);
        let one = mixture(&[1.0], &[0.0], &[q]);
        let p = of(&law, level);
        assert_eq!(p.iter().count(), Quantity::ALL.len());
        let gaussian = exact(&one, level);
        let alone = all(&line, level);
        for q in
            [Quantity::MarginalEntropy, Quantity::Mmse, Quantity::MeanScoreDivergence, Quantity::ConditionalEntropy]
        {
            let truth = alone.get(q).unwrap() + gaussian.get(q).unwrap() * Estimate::count(rest);
            assert!((p.get(q).unwrap() - truth).contains(0.0), "{q}");
        }
        if dim == 2 {
            let direct = all(&law, level);
            for (q, e) in direct.iter() {
                let reduced = p.get(q).unwrap();
                assert!((e - reduced).contains(0.0), "{q}: {e} {reduced}");
                assert!(e.radius() <= 1e-8 * (1e-3 + reduced.value().abs()), "{q}: {e}");
            }
        }
    }
}

/// Unlike covariances in three dimensions: identities that hold at every law.
#[test]
fn identities_in_three_dimensions() {
    let law = Mixture::new(
        &[0.4, 0.6],
        &[vec![-0.8, 0.0, 0.3], vec![0.7, 0.2, -0.1]],
        vec![
            full(&[&[0.5, 0.1, 0.0], &[0.1, 0.4, 0.05], &[0.0, 0.05, 0.6]]),
            full(&[&[0.8, -0.2, 0.1], &[-0.2, 0.6, 0.0], &[0.1, 0.0, 0.5]]),
        ],
    )
    .unwrap();
    let level = level(0.9, 0.5);
    let p = all(&law, level);
    let get = |q| p.get(q).unwrap();
    assert!((get(Quantity::MeanScoreDivergence) + get(Quantity::MeanScoreNorm2)).contains(0.0));
    // D/sigma^2 + E div s = (alpha^2/sigma^4) mmse.
    let gap = get(Quantity::MeanScoreDivergence) + Estimate::from(3) / Estimate::given(level.sigma2())
        - get(Quantity::Mmse) * Estimate::rounded(level.snr() / level.sigma2(), 2.0);
    assert!(gap.contains(0.0), "{gap}");
    assert!(get(Quantity::Mmse).radius() <= 1e-8 * get(Quantity::Mmse).value());
}

#[test]
fn out_of_reach_names_the_other_route() {
    let law =
        Mixture::new(&[], &[vec![0.0, 0.0, 0.0], vec![1.0, 1.0, 1.0]], Covariance::isotropics(&[1e-8, 1.0]).unwrap())
            .unwrap();
    let error =
        |law| profile(&Unreduced, &channel(MixtureLaw::of(law), level(1.0, 1e-8)), &[Quantity::Mmse]).unwrap_err();
    let nodes = error(law);
    assert!(matches!(nodes, Error::Nodes { .. }) && nodes.to_string().contains("monte-carlo"), "{nodes}");
    let wide = error(Mixture::atoms(&[], &[vec![0.0; 5], vec![1.0; 5]]).unwrap());
    assert!(matches!(wide, Error::Dimension { dim: 5, .. }) && wide.to_string().contains("monte-carlo"), "{wide}");
}

/// `d mmse/dgamma = -E tr S^2` (theory.md B7), in a plane: by central differences, extrapolated once.
#[test]
fn the_square_of_the_posterior_covariance_is_the_slope_of_its_trace() {
    let rotated = full(&[&[0.3, 0.1], &[0.1, 0.2]]);
    let means = [vec![-1.0, 0.0], vec![1.0, 0.5], vec![0.0, 1.5]];
    let law =
        Mixture::new(&[0.2, 0.5, 0.3], &means, vec![Covariance::isotropic(0.1).unwrap(), rotated.clone(), rotated]);
    let law = MixtureLaw::of(law.unwrap());
    for snr in [0.3, 2.0] {
        let read = |snr: f64, quantity| {
            let channel = channel(law.clone(), level(1.0, 1.0 / snr));
            profile(&Quadrature, &channel, &[quantity]).unwrap().get(quantity).unwrap().value()
        };
        let slope = |h: f64| (read(snr + h, Quantity::Mmse) - read(snr - h, Quantity::Mmse)) / (2.0 * h);
        let (h, exact) = (0.02 * snr, read(snr, Quantity::PosteriorSquareTrace));
        let extrapolated = (4.0 * slope(h) - slope(2.0 * h)) / 3.0;
        assert!((extrapolated + exact).abs() < 1e-5 * exact, "{snr}: {extrapolated} {exact}");
    }
}

/// The rough route is off by no more than it says, and sharp enough to tell falsehoods.
#[test]
fn rough_radii_cover_what_is_rough() {
    let rotated = full(&[&[0.3, 0.1], &[0.1, 0.2]]);
    let round = Covariance::isotropic(0.1).unwrap();
    let means = [vec![-1.0, 0.2], vec![1.0, 0.5], vec![0.3, -1.5]];
    let law = Mixture::new(&[0.2, 0.5, 0.3], &means, vec![rotated, round.clone(), round]).unwrap();
    for sigma2 in [0.02, 0.3, 4.0] {
        let level = level(0.9, sigma2);
        let channel = channel(MixtureLaw::of(law.clone()), level);
        let (sharp, rough) = (all(&law, level), profile(&RoughQuadrature, &channel, Quantity::ALL).unwrap());
        for (q, e) in rough.iter() {
            let truth = sharp.get(q).unwrap();
            let most = if q == Quantity::MeanTopEigenvalue { 1e-2 } else { 1e-5 };
            assert!((e - truth).contains(0.0), "{q} at {sigma2}: {e} {truth}");
            assert!(e.radius() <= most * (1.0 + truth.value().abs()), "{q} at {sigma2}: {e}");
        }
        let mmse = |p: &Profile| p.get(Quantity::Mmse).unwrap().radius();
        assert!(mmse(&rough) > mmse(&sharp));
    }
}
