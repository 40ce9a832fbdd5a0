//! Gaussians with badly scaled full covariances, by every method, against determinants in exact rationals: the one
//! reading of a covariance that does not go through its eigenvalues.
#![allow(clippy::unwrap_used)]

use dashu::rational::RBig;
use infodyn_closed_form::{ClosedForm, MixtureLaw};
use infodyn_core::{Channel, Covariance, Mixture, NoiseLevel, NoiseProcess, Profile, Quantity, profile};
use infodyn_monte_carlo::{MonteCarlo, Settings};
use infodyn_quadrature::Quadrature;
use proptest::prelude::*;

const QUANTITIES: [Quantity; 3] = [Quantity::MutualInformation, Quantity::ConditionalEntropy, Quantity::Mmse];

fn exact(x: f64) -> RBig {
    RBig::try_from(x).unwrap()
}

/// The determinant and the trace of the inverse of a matrix of rationals, by elimination.
fn determinant_and_trace(mut m: Vec<Vec<RBig>>) -> (RBig, RBig) {
    let d = m.len();
    for (i, row) in m.iter_mut().enumerate() {
        row.extend((0..d).map(|j| if i == j { RBig::ONE } else { RBig::ZERO }));
    }
    let mut determinant = RBig::ONE;
    for p in 0..d {
        let pivot = m[p][p].clone();
        determinant *= &pivot;
        m[p].iter_mut().for_each(|x| *x /= &pivot);
        for i in (0..d).filter(|&i| i != p) {
            let factor = m[i][p].clone();
            for j in 0..2 * d {
                let product = &factor * &m[p][j];
                m[i][j] -= product;
            }
        }
    }
    (determinant, (0..d).fold(RBig::ZERO, |s, i| s + &m[i][d + i]))
}

fn ln(x: &RBig) -> f64 {
    x.to_f64().value().ln()
}

/// `I`, `H(X_0 given X_t)` and the mean-square error where `alpha = 1` and `sigma^2` is a power of two.
fn truth(rows: &[Vec<f64>], s2: f64) -> [f64; 3] {
    let d = rows.len();
    let plus = |s2: f64| -> Vec<Vec<RBig>> {
        let entry = |i: usize, j: usize| exact(rows[i][j]) + if i == j { exact(s2) } else { RBig::ZERO };
        (0..d).map(|i| (0..d).map(|j| entry(i, j)).collect()).collect()
    };
    let (noisy, inverse) = determinant_and_trace(plus(s2));
    let (clean, _) = determinant_and_trace(plus(0.0));
    let power = (0..d).fold(RBig::ONE, |p, _| p * exact(s2));
    let posterior = &clean * &power / &noisy;
    let mmse = (exact(d as f64) - inverse * exact(s2)) * exact(s2);
    let unit = d as f64 * (std::f64::consts::TAU * std::f64::consts::E).ln();
    // I: the logarithm of a ratio that may be near 1.
    let excess = (noisy / power - RBig::ONE).to_f64().value();
    [0.5 * excess.ln_1p(), 0.5 * (unit + ln(&posterior)), mmse.to_f64().value()]
}

fn by_every_method(law: &Mixture, level: &NoiseLevel, quantities: &[Quantity]) -> Vec<(&'static str, Profile)> {
    let channel = Channel::new(MixtureLaw::of(law.clone()), NoiseProcess::Ve, 1.0).unwrap().read_at(*level);
    let settings = Settings { samples: 1 << 13, confidence: 1.0 - 1e-9, ..Settings::default() };
    let samples = profile(&MonteCarlo(settings), &channel, quantities).unwrap();
    let mut all = vec![("monte carlo", samples)];
    // In space the nodes are many: at one noise level only.
    if law.dim() < 3 || level.t() == 1.0 {
        all.push(("quadrature", profile(&Quadrature, &channel, quantities).unwrap()));
    }
    all.extend(profile(&ClosedForm, &channel, quantities).ok().map(|p| ("closed form", p)));
    all
}

fn check(rows: &[Vec<f64>], sigma: f64) -> Result<(), String> {
    let law = Mixture::gaussian(&vec![0.0; rows.len()], Covariance::full(rows).unwrap()).unwrap();
    let level = NoiseProcess::Edm.at(sigma).unwrap();
    let truth = truth(rows, level.sigma2());
    for (method, profile) in by_every_method(&law, &level, &QUANTITIES) {
        for (quantity, truth) in QUANTITIES.into_iter().zip(truth) {
            let e = profile.get(quantity).ok_or_else(|| format!("{method}: no {quantity}"))?;
            // The logarithm of the exact determinant is rounded.
            let slack = 4.0 * f64::EPSILON * truth.abs();
            if (e.value() - truth).abs() > e.radius() + slack {
                return Err(format!("{method}: {quantity} {e}, not {truth}: {rows:?}"));
            }
            let sharp = law.covariance(0).error() * 30.0 + 1e-12;
            if method == "closed form" && e.radius() > sharp * (1.0 + truth.abs()) {
                return Err(format!("{method}: {quantity} {e} is not sharp: {rows:?}"));
            }
        }
    }
    Ok(())
}

/// Standard deviations over nine decades and noise over twelve, correlations of one sign, in blocks, or nearly 1.
#[test]
fn the_truth_is_within_every_radius() {
    let scaled = |s: &[f64], r: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
        let entry = |i: usize, j: usize| if i == j { s[i] * s[i] } else { r(i.min(j), i.max(j)) * s[i] * s[j] };
        let full = |i: usize, j: usize| entry(i.min(j), i.max(j));
        (0..s.len()).map(|i| (0..s.len()).map(|j| full(i, j)).collect()).collect()
    };
    let mut cases = vec![
        vec![vec![1e12, 500.0], vec![500.0, 1e-6]],
        vec![vec![1e6, 5.0], vec![5.0, 1e-4]],
        vec![vec![10686.379615026213, 61.133439498358925], vec![61.133439498358925, 1.0159317811335458]],
        vec![vec![989179.1761271857, 548.7121935106936], vec![548.7121935106936, 0.970174399845722]],
        vec![vec![9223338689749348.0, 54961551.79322339], vec![54961551.79322339, 0.9971650150022814]],
    ];
    for c in [0.5, -0.9, 0.999, 1.0 - 1e-6, 1.0 - 1e-9] {
        for s in [[1.0, 1.0], [1e3, 1e-6], [1e-4, 1e5]] {
            cases.push(scaled(&s, &|_, _| c));
        }
    }
    for s in [[1.0, 1e4, 1e-5], [1e-3, 1e-3, 1e6], [1e9, 1.0, 1.0]] {
        cases.push(scaled(&s, &|_, _| 0.9));
        cases.push(scaled(&s, &|i, j| if (i, j) == (1, 2) { 1.0 - 1e-6 } else { 0.25 }));
        cases.push(scaled(&s, &|i, j| if (i, j) == (0, 1) { -0.99 } else { 0.0 }));
    }
    let failed: Vec<String> = cases
        .iter()
        .flat_map(|rows| [-14, 0, 13].map(|power| check(rows, 2_f64.powi(power))))
        .filter_map(Result::err)
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// How a quantity of `R^D` answers to a change of units by `factor`, where noise is rescaled too.
fn in_units(quantity: Quantity, value: f64, dim: f64, factor: f64) -> f64 {
    match quantity {
        Quantity::MarginalEntropy | Quantity::ConditionalEntropy => value + dim * factor.ln(),
        Quantity::Mmse => value * factor * factor,
        Quantity::MeanScoreDivergence | Quantity::MeanScoreNorm2 | Quantity::MeanTopEigenvalue => {
            value / (factor * factor)
        }
        Quantity::MarginalEntropyRate | Quantity::ConditionalEntropyRate | Quantity::LabelEntropyRate => value / factor,
        _ => value,
    }
}

/// Quantities that quadrature serves in the plane for a mixture with densities at little cost.
const CHEAP: [Quantity; 12] = [
    Quantity::MarginalEntropy,
    Quantity::MarginalEntropyRate,
    Quantity::ConditionalEntropy,
    Quantity::ConditionalEntropyRate,
    Quantity::MutualInformation,
    Quantity::MeanScoreNorm2,
    Quantity::Mmse,
    Quantity::BandwidthFraction,
    Quantity::LabelEntropy,
    Quantity::LabelEntropyRate,
    Quantity::LabelPosteriorEntropyVariance,
    Quantity::CloneAgreement,
];

/// Answers under `X -> f R X + b`: units by powers of two, the turn whose tangent is 4/3 (with a stretch by 5, which
/// makes it exact in doubles), and shifts by 2^27 to 2^30 standard deviations.
#[test]
fn units_turns_and_shifts_change_nothing_else() {
    let means = [[0.5, -0.25], [-1.0, 0.75], [0.25, 1.5]];
    let matrices = [[[1.0, 0.5], [0.5, 0.5]], [[0.25, -0.125], [-0.125, 0.5]], [[0.5, 0.25], [0.25, 0.25]]];
    let law = |count: usize, units: f64, turned: bool, shift: f64| {
        let turn = if turned { [[3.0, -4.0], [4.0, 3.0]] } else { [[1.0, 0.0], [0.0, 1.0]] };
        let mean =
            |m: &[f64; 2]| -> Vec<f64> { turn.iter().map(|r| units * (r[0] * m[0] + r[1] * m[1] + shift)).collect() };
        let matrix = |c: &[[f64; 2]; 2]| {
            let entry = |i: usize, j: usize| -> f64 {
                (0..2).flat_map(|a| (0..2).map(move |b| (a, b))).map(|(a, b)| turn[i][a] * c[a][b] * turn[j][b]).sum()
            };
            let row = |i: usize| [0, 1].map(|j| units * units * entry(i, j));
            Covariance::full(&[row(0), row(1)]).unwrap()
        };
        let means: Vec<_> = means[..count].iter().map(mean).collect();
        Mixture::new(&[], &means, matrices[..count].iter().map(matrix).collect()).unwrap()
    };
    for count in [1, 2, 3] {
        let level = NoiseProcess::Edm.at(0.5).unwrap();
        let before = by_every_method(&law(count, 1.0, false, 0.0), &level, &CHEAP);
        for (units, turned, shift) in [(2_f64.powi(40), false, 0.0), (1.0, true, 0.0), (1.0, false, 2_f64.powi(28))] {
            let factor = units * if turned { 5.0 } else { 1.0 };
            let level = NoiseProcess::Edm.at(0.5 * factor).unwrap();
            let after = by_every_method(&law(count, units, turned, shift), &level, &CHEAP);
            for ((method, before), (_, after)) in before.iter().zip(&after) {
                for quantity in CHEAP {
                    let (Some(a), Some(b)) = (before.get(quantity), after.get(quantity)) else {
                        assert_eq!(before.get(quantity), after.get(quantity), "{quantity}");
                        continue;
                    };
                    let scale = in_units(quantity, 1.0, 0.0, factor);
                    let distance = (in_units(quantity, a.value(), 2.0, factor) - b.value()).abs();
                    let radius = a.radius() * scale + b.radius() + 1e-15 * b.value().abs();
                    assert!(distance <= radius, "{method} {quantity} {units} {turned} {shift}: {a} {b}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Any positive factor, any units.
    #[test]
    fn random_covariances(
        entries in proptest::collection::vec(-1.0_f64..1.0, 9),
        decades in proptest::collection::vec(-4.5_f64..4.5, 3),
        power in -14_i32..14,
    ) {
        let factor = |i: usize, j: usize| entries[3 * i + j] + if i == j { 1.5 } else { 0.0 };
        let scale: Vec<f64> = decades.iter().map(|d| 10_f64.powf(*d)).collect();
        let entry = |i: usize, j: usize| (0..3).map(|k| factor(i, k) * factor(j, k)).sum::<f64>() * scale[i] * scale[j];
        let rows: Vec<Vec<f64>> = (0..3).map(|i| (0..3).map(|j| entry(i.min(j), i.max(j))).collect()).collect();
        let outcome = check(&rows, 2_f64.powi(power));
        prop_assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
    }
}
