//! Profiles: every process's kernel, and quantities bound to each other by exact relations.
#![allow(clippy::unwrap_used)]

use infodyn_closed_form::MixtureLaw;
use infodyn_core::{Channel, Covariance, Mixture, Mutation, NoiseProcess, Profile, Quantity};
use infodyn_enclosure::{Enclosure, Interval, Level, serves};
use infodyn_fixtures::TWO_ATOMS;

/// The kernels and rates of infodyn-core, computed in plain doubles, lie within a few units in the last place.
#[test]
fn kernels_are_those_of_the_processes() {
    for process in NoiseProcess::ALL {
        for t in [1e-6, 0.01, 0.3, 0.5, 0.97] {
            let (level, plain) = (Level::new(&process, t).unwrap(), process.at(t).unwrap());
            for (enclosed, x) in [
                (level.alpha, plain.alpha()),
                (level.sigma2, plain.sigma2()),
                (level.f, plain.f()),
                (level.g2, plain.g2()),
            ] {
                let room = 1e-13 * x.abs() + 1e-15 * plain.g2();
                assert!(enclosed.widened(room).contains(x), "{process} at {t}: {enclosed} {x}");
                assert!(enclosed.width() < 1e-12 * (x.abs() + plain.g2()), "{process} at {t}: {enclosed}");
            }
        }
    }
}

fn channel(law: &Mixture, process: NoiseProcess, t: f64) -> Channel {
    Channel::new(MixtureLaw::of(law.clone()), process, t).unwrap()
}

fn profile(channel: &Channel) -> Profile {
    infodyn_core::profile(&Enclosure, channel, Quantity::ALL).unwrap()
}

fn of(profile: &Profile, quantity: Quantity) -> Interval {
    let x = profile.get(quantity).unwrap();
    Interval::new(x.value(), x.value()).widened(x.radius())
}

/// A law is served exactly where the route answers.
#[test]
fn what_is_served_has_an_answer() {
    let full = Covariance::full(&[vec![1.0, 0.2, 0.1], vec![0.2, 0.7, 0.3], vec![0.1, 0.3, 0.5]]).unwrap();
    let round = Covariance::isotropic(0.3).unwrap();
    let means = [vec![1.0, 0.0, 0.0], vec![-1.0, 0.5, 0.2]];
    for (law, answers) in [
        (Mixture::symmetric_pair(&[1.0], 0.0).unwrap(), true),
        (Mixture::symmetric_pair(&[3.0, 4.0, 0.0], 0.25).unwrap(), true),
        (Mixture::atoms(&[], &[vec![1.0, 0.0], vec![0.0, 1.0], vec![-1.0, 0.5]]).unwrap(), true),
        (Mixture::new(&[], &means, vec![full, round]).unwrap(), false),
    ] {
        let found = infodyn_core::profile(&Enclosure, &channel(&law, NoiseProcess::Ou, 0.5), &[Quantity::LabelEntropy]);
        assert_eq!((serves(&law), found.is_ok()), (answers, answers), "{law:?}");
    }
}

/// theory.md, section 7: two atoms at `k = 1`, and the relations B2, B3, A3 between separately enclosed quantities.
#[test]
fn profiles_hold_together() {
    use Quantity as Q;
    let pair = Mixture::symmetric_pair(&[1.0], 0.0).unwrap();
    let widths = Covariance::isotropics(&[0.05, 0.1, 0.2]).unwrap();
    let mixed = Mixture::new(&[0.3, 0.5, 0.2], &[vec![-1.2], vec![0.4], vec![2.0]], widths.to_vec()).unwrap();
    let far = Mixture::symmetric_pair(&[3.0, 4.0, 0.0], 0.25).unwrap();
    let [k, entropy, variance, mmse] = TWO_ATOMS[2];
    assert_eq!(k, 1.0);
    let at_one = profile(&channel(&pair, NoiseProcess::Edm, 1.0));
    for (quantity, digits) in [
        (Q::LabelEntropy, entropy),
        (Q::ConditionalEntropy, entropy),
        (Q::LabelPosteriorEntropyVariance, variance),
        (Q::Mmse, mmse),
    ] {
        let x = of(&at_one, quantity);
        assert!(x.intersection(Interval::near(digits)).is_some() && x.relative_width() < 1e-12, "{quantity:?} {x}");
    }
    let plane = Mixture::atoms(&[0.2, 0.3, 0.5], &[vec![-1.0, 0.0], vec![1.0, 0.5], vec![0.25, -1.0]]).unwrap();
    let axes = [[0.5, 0.25], [0.125, 0.25]].map(|q| Covariance::diagonal(&q).unwrap());
    let wide = Mixture::new(&[0.4, 0.6], &[vec![-1.0, 0.0], vec![1.0, 0.5]], axes.to_vec()).unwrap();
    for (law, process) in [pair, mixed, far, plane, wide].iter().zip(&NoiseProcess::ALL[3..]) {
        let seen = profile(&channel(law, *process, 0.4));
        let level = Level::new(process, 0.4).unwrap();
        let dim = Interval::point(law.dim() as f64);
        let accuracy = if law.dim() == 2 { 1e-6 } else { 1e-10 };
        let half_g2 = level.g2.times(0.5);
        let meet = |x: Interval, y: Interval| {
            assert!(x.intersection(y).is_some() && x.width() < accuracy, "{process}: {x} {y}");
        };
        meet(of(&seen, Q::MeanScoreDivergence), -of(&seen, Q::MeanScoreNorm2));
        meet(of(&seen, Q::ConditionalEntropyRate), half_g2 * (dim / level.sigma2 + of(&seen, Q::MeanScoreDivergence)));
        meet(of(&seen, Q::MarginalEntropyRate), dim * level.f - half_g2 * of(&seen, Q::MeanScoreDivergence));
        assert!(of(&seen, Q::BandwidthFraction).hi() < 1.0 && of(&seen, Q::CloneAgreement).lo() > 0.3);
        assert!(of(&seen, Q::ConditionalEntropy).is_finite());
    }
}

/// A wrong model is read at the points of the truth: what it says is what integration finds, and not what is true.
#[test]
fn a_wrong_model_is_enclosed_as_it_is_integrated() {
    let widths = Covariance::isotropics(&[0.05, 0.1, 0.2]).unwrap();
    let mixed = Mixture::new(&[0.3, 0.5, 0.2], &[vec![-1.2], vec![0.4], vec![2.0]], widths).unwrap();
    let pair = Mixture::symmetric_pair(&[1.0, 0.5], 0.3).unwrap();
    for law in [mixed, pair] {
        for mutation in [Mutation::Weight, Mutation::Sigma, Mutation::Clock] {
            let broken = channel(&law, NoiseProcess::Ou, 0.4).mutated(mutation);
            let enclosed = profile(&broken);
            let integrated = infodyn_core::profile(&infodyn_quadrature::Quadrature, &broken, Quantity::ALL).unwrap();
            let true_rate = of(&profile(&broken.mutated(Mutation::None)), Quantity::ConditionalEntropyRate);
            assert!(of(&enclosed, Quantity::ConditionalEntropyRate).intersection(true_rate).is_none(), "{mutation}");
            for (quantity, e) in enclosed.iter() {
                let found = integrated.get(quantity).unwrap();
                assert!(
                    (e.value() - found.value()).abs() <= e.radius() + found.radius(),
                    "{mutation} {quantity}: {e} {found}"
                );
            }
        }
    }
}
