//! Gaussians and mixtures with badly scaled full covariances, by every method, against determinants and inverses in
//! exact rationals: the one reading of a covariance that does not go through its eigenvalues.
#![allow(clippy::unwrap_used)]

use std::f64::consts::TAU;

use dashu_ratio::RBig;
use infodyn_closed_form::{ClosedForm, MixtureLaw};
use infodyn_core::stable::Sum;
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

/// By how many times the relative error of the covariance a quantity of one Gaussian in `R^d` may move, to first order:
/// what the table of [`Mixture::widened`] comes to where no part of the covariance is lost in the noise.
fn sensitivity(quantity: Quantity, d: f64, s2: f64) -> f64 {
    match quantity {
        Quantity::MutualInformation => d,
        Quantity::ConditionalEntropy => 2.0 * d,
        _ => 5.0 * d.sqrt() * d * s2,
    }
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
            let derived = 1.1 * law.covariance(0).error() * sensitivity(quantity, rows.len() as f64, level.sigma2());
            let sharp = derived + 1e-12 * (1.0 + truth.abs());
            if method == "closed form" && e.radius() > sharp {
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

/// A component in the plane: logarithm of its weight over the root of its determinant, mean, Cholesky factor and
/// inverse (of both the entries 11, 12 and 22), the last two from exact rationals.
struct Component {
    ln_scale: f64,
    mean: [f64; 2],
    factor: [f64; 3],
    inverse: [f64; 3],
}

impl Component {
    fn new(weight: f64, mean: &[f64], rows: &[Vec<f64>], s2: f64) -> Self {
        let [a, b, c] = [exact(rows[0][0]) + exact(s2), exact(rows[0][1]), exact(rows[1][1]) + exact(s2)];
        let determinant = &a * &c - &b * &b;
        let float = |x: RBig| x.to_f64().value();
        let root = float(a.clone()).sqrt();
        let factor = [root, float(b.clone()) / root, float(&determinant / &a).sqrt()];
        let inverse = [&c / &determinant, -&b / &determinant, &a / &determinant].map(float);
        let ln_scale = (weight / float(determinant).sqrt()).ln();
        Self { ln_scale, mean: [mean[0], mean[1]], factor, inverse }
    }
}

/// `H(X_t)`, `H(Y given X_t)` and `E|s|^2` of a mixture in the plane with equal weights where `alpha = 1`, by the
/// trapezoidal rule in Cholesky coordinates of each component.
fn in_the_plane(means: &[Vec<f64>], covariances: &[Vec<Vec<f64>>], s2: f64, step: f64) -> [f64; 3] {
    let weight = 1.0 / means.len() as f64;
    let all: Vec<Component> = means.iter().zip(covariances).map(|(m, c)| Component::new(weight, m, c, s2)).collect();
    let reach = (9.0 / step) as i32;
    let nodes: Vec<f64> = (-reach..=reach).map(|i| f64::from(i) * step).collect();
    let mut sums = [Sum::default(); 3];
    for own in &all {
        for (x, y) in nodes.iter().flat_map(|x| nodes.iter().map(move |y| (x, y))) {
            let (mut mass, mut score) = (0.0, [0.0; 2]);
            for c in &all {
                // From the centre of this component.
                let u = own.mean[0] - c.mean[0] + own.factor[0] * x;
                let v = own.mean[1] - c.mean[1] + (own.factor[1] * x + own.factor[2] * y);
                let pull = [c.inverse[0] * u + c.inverse[1] * v, c.inverse[1] * u + c.inverse[2] * v];
                let density = (c.ln_scale - 0.5 * (pull[0] * u + pull[1] * v)).exp();
                (0..2).for_each(|i| score[i] -= density * pull[i]);
                mass += density;
            }
            let square = 0.5 * (x * x + y * y);
            let norm2 = (score[0] * score[0] + score[1] * score[1]) / (mass * mass);
            let values = [-mass.ln(), mass.ln() - (own.ln_scale - square), norm2];
            sums.iter_mut().zip(values).for_each(|(sum, value)| sum.add((-square).exp() * value));
        }
    }
    let [entropy, label, norm2] = sums.map(|sum| sum.value() * weight * step * step / TAU);
    [entropy + TAU.ln(), label, norm2]
}

/// Mixtures whose coordinates have other units: one of a public report, and three needles in a plane.
#[test]
fn the_truth_of_badly_scaled_mixtures_is_within_every_radius() {
    let matrix = |a: f64, b: f64, c: f64| vec![vec![a, b], vec![b, c]];
    let reported = (
        vec![vec![0.0, 0.0], vec![200.0, 0.1]],
        vec![matrix(10000.0, 5.0, 0.010000000000000002), matrix(2500.0, -1.5, 0.010000000000000002)],
        0.01,
    );
    let needles = (
        vec![vec![0.0, 0.0], vec![1e3, 1e-3], vec![-5e2, 2e-3]],
        vec![matrix(1e6, 0.9, 1e-6), matrix(4e6, -1.0, 1e-6), matrix(1e6, 0.0, 4e-6)],
        2.0_f64.powi(-10),
    );
    for (means, covariances, sigma) in [reported, needles] {
        let level = NoiseProcess::Edm.at(sigma).unwrap();
        let s2 = level.sigma2();
        let [fine, coarse] = [0.03125, 0.0625].map(|step| in_the_plane(&means, &covariances, s2, step));
        let (entropy, data) = (fine[0], in_the_plane(&means, &covariances, 0.0, 0.03125)[0]);
        assert!(fine.iter().zip(coarse).all(|(a, b)| (a - b).abs() < 1e-13 * (1.0 + b.abs())), "{fine:?} {coarse:?}");
        let information = entropy - (TAU * s2).ln() - 1.0;
        let truths = [
            (Quantity::MarginalEntropy, entropy),
            (Quantity::MutualInformation, information),
            (Quantity::ConditionalEntropy, data - information),
            (Quantity::LabelEntropy, fine[1]),
            (Quantity::MeanScoreNorm2, fine[2]),
            (Quantity::Mmse, 2.0 * s2 - s2 * s2 * fine[2]),
        ];
        let full: Vec<Covariance> = covariances.iter().map(|rows| Covariance::full(rows).unwrap()).collect();
        let law = Mixture::new(&[], &means, full).unwrap();
        for (method, profile) in by_every_method(&law, &level, &truths.map(|t| t.0)) {
            for (quantity, truth) in truths {
                let e = profile.get(quantity).unwrap();
                let (off, size) = ((e.value() - truth).abs(), 1.0 + truth.abs());
                assert!(off <= e.radius() + 1e-13 * size, "{method}: {quantity} {e}, not {truth}");
                assert!(method != "quadrature" || e.radius() < 1e-6 * size, "{quantity} {e}");
            }
        }
    }
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
