//! `K` classes of equal weight at equal distances (C17): where they are at rest, and what is known of them, by one
//! variable whatever `K` is.

use infodyn_core::{Estimate, Mixture, ulps};
use infodyn_quadrature::{Peak, peak_of};

use crate::{Error, NamedLaw, Result};

/// `(a, kappa_s)`: what a class weighs in its own mode where that is born, and where that is.
///
/// # Formula
/// `kappa(a) = log(a (K-1)/(1-a))/(a - b)`, `b = (1-a)/(K-1)`, is least where, with `t = log(a/(1-a))`,
/// `a - b = (log(K-1) + t) a (1-a) K/(K-1)`.
///
/// # Accuracy
/// The place to its last digits but three; the level, flat there, to a few units.
pub(crate) fn fold(classes: f64) -> (f64, Estimate) {
    let log = (classes - 1.0).ln();
    let weights = |t: f64| {
        let a = 1.0 / (1.0 + (-t).exp());
        (a, 1.0 / (1.0 + t.exp()) / (classes - 1.0))
    };
    let rises = |t: f64| {
        let (a, b) = weights(t);
        a - b > (log + t) * a * (b * classes)
    };
    // The centre, t = -log(K-1), is a zero too: for K >= 3 the level falls from there, and rises in the end.
    let (mut low, mut high) = (0.3 - log, 40.0);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if rises(middle) { high = middle } else { low = middle }
    }
    let t = 0.5 * (low + high);
    let (a, b) = weights(t);
    let gap = Estimate::rounded(a, ulps::formula(2, 1)) - Estimate::rounded(b, ulps::formula(3, 1));
    (a, (Estimate::given(classes - 1.0).ln() + Estimate::given(t)) / gap)
}

/// `kappa_1 = 2 (K-1) log(K-1)/(K-2)`: from there on the class modes are the highest.
pub(crate) fn highest(classes: f64) -> Estimate {
    Estimate::rounded(2.0 * (classes - 1.0) * (classes - 1.0).ln() / (classes - 2.0), ulps::formula(3, 1))
}

/// Atoms of equal weight on the axes, at the distance 1 from the origin: `kappa` is the signal-to-noise ratio.
pub(crate) fn atoms(name: &'static str, classes: usize) -> Result<NamedLaw> {
    let unit = |k: usize| (0..classes).map(|i| f64::from(u8::from(i == k))).collect();
    Ok(NamedLaw::new(name, Mixture::atoms(&[], &(0..classes).map(unit).collect::<Vec<Vec<f64>>>())?))
}

/// What is left to know at a `kappa`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    /// `H(Y given X_t)`, nats.
    pub(crate) entropy: Estimate,
    /// `Var h`, nats squared.
    pub(crate) variance: Estimate,
    /// `1 - E sum_y pi_y^2`: of atoms, `mmse/R^2`.
    pub(crate) doubt: Estimate,
}

/// Steps of the trapezoidal rules in the normal variable, times `kappa^{1/2}`, and in `log u`; twice as wide they
/// still err by less than 1e-13: `exp(-w)` swings from where its argument has turned by a right angle.
const STEPS: (f64, f64) = (0.15, 0.15);

/// Units of rounding of a mean, relative to the size of what its terms are differences of: a rule of thumb, held by
/// tests and not derived.
const ROUNDING: f64 = 64.0;

/// What is left to know of `K` equidistant classes.
///
/// # Formula
/// With `w_i = exp(kappa^{1/2} Z_i - kappa/2)`, independent, `W = sum w_i/K` and `T = sum w_i log w_i/K`: the
/// posterior is `w_i/(K W)`, and a mean over `X_t` is `E[W f]` (W is the density of `X_t` in units of that of pure
/// noise). So `h = log K + log W - T/W`, `1 - E sum pi^2 = ((K-1)/K) int B'(u/K)^2 B(u/K)^{K-2} du`, `B(u) = E
/// e^{-uw}`, and, by `1/W = int e^{-uW} du`, `log W = int (e^{-u} - e^{-uW}) du/u`, `log^2 W = 2 int (e^{-uW} -
/// e^{-u})(log u + C) du/u`, `C` Euler's constant, every mean is an integral over `u` of products of means over
/// one normal variable.
///
/// # Accuracy
/// The trapezoidal rule in `z` and in `log u`, exponentially accurate, at two steps; rounding of the size of what the
/// terms are differences of. Where `u` is small these are written by what is missing from their limits at 0, `E W = 1`
/// and `E T = kappa/2`.
pub(crate) fn known(classes: f64, kappa: f64) -> Known {
    let (coarse, fine) = (rule(classes, kappa, 2.0), rule(classes, kappa, 1.0));
    let of = |i: usize| {
        let (value, size) = fine[i];
        Estimate::new(value, (value - coarse[i].0).abs() + ROUNDING * f64::EPSILON * (size + value.abs()))
    };
    Known { entropy: of(0) + Estimate::given(classes).ln(), variance: of(1), doubt: of(2) }
}

/// `E h - log K`, `Var h` and the doubt, each with the size of what it is a difference of.
fn rule(classes: f64, kappa: f64, wider: f64) -> [(f64, f64); 3] {
    const EULER: f64 = 0.577_215_664_901_532_860_6;
    let (root, others) = (kappa.sqrt(), classes - 1.0);
    let (dz, ds) = (wider * STEPS.0 / root.max(1.0), wider * STEPS.1);
    // Weight of the normal variable, w and log w at each node.
    let nodes: Vec<[f64; 3]> = ((-8.7 / dz) as i64..=((8.7 + 2.0 * root) / dz) as i64)
        .map(|i| {
            let z = i as f64 * dz;
            let log = root * z - 0.5 * kappa;
            [dz * (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt(), log.exp(), log]
        })
        .collect();
    let (mut log, mut square, mut cross, mut spread, mut doubt) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let (mut log_size, mut size) = (0.0, 0.0);
    // Where 1/W is seen, out to 1e-16 of the mean.
    let low = -37.0 - (kappa - classes.ln()).max(0.0);
    for i in (low / ds) as i64..=(100.0 / ds) as i64 {
        let s = i as f64 * ds;
        let (r, u) = (s.exp(), s.exp() / classes);
        // 1 - B, -B', B'', and with log w; and what is missing from E w = 1 and E w log w = kappa/2.
        let (mut gone, mut first, mut first_log, mut second_log) = (0.0, 0.0, 0.0, 0.0);
        let (mut missing, mut missing_log) = (0.0, 0.0);
        for &[weight, w, ln_w] in &nodes {
            let x = u * w;
            let (left, lost) = if x < 0.5 {
                let lost = -(-x).exp_m1();
                (1.0 - lost, lost)
            } else {
                let left = (-x).exp();
                (left, 1.0 - left)
            };
            gone += weight * lost;
            missing += weight * w * lost;
            missing_log += weight * w * lost * ln_w;
            let one = weight * w * left;
            first += one;
            first_log += one * ln_w;
            second_log += one * w * ln_w * ln_w;
        }
        let ln_b = (-gone).ln_1p();
        let (all_but_one, all_but_two) = ((others * ln_b).exp(), ((others - 1.0) * ln_b).exp());
        // E W e^{-uW} - e^{-u} and E T e^{-uW} - (kappa/2) e^{-u}, u = r, and the sizes of what is subtracted.
        let (mass, mass_size, tilt, tilt_size) = if r < 1.0 {
            let (others_gone, free_gone) = (-(others * ln_b).exp_m1(), -(-r).exp_m1());
            let more = 0.5 * kappa * (free_gone - others_gone) - missing_log * all_but_one;
            let size = 0.5 * kappa * (free_gone + others_gone) + missing_log.abs();
            (free_gone - others_gone - missing * all_but_one, free_gone + others_gone + missing, more, size)
        } else {
            let (free, with_log) = ((-r).exp(), first_log * all_but_one);
            let one = first * all_but_one;
            (one - free, one + free, with_log - 0.5 * kappa * free, with_log.abs() + 0.5 * kappa * free)
        };
        let of_square = 2.0 * ds * mass * (s + EULER);
        let of_spread = ds * r * (second_log * all_but_one + others * first_log * first_log * all_but_two) / classes;
        log -= ds * mass;
        log_size += ds * mass_size;
        square += of_square;
        size += 2.0 * ds * (mass_size * (s + EULER).abs() + tilt_size);
        cross -= ds * tilt;
        spread += of_spread;
        doubt += ds * r * others * first * first * all_but_two / classes;
        if r > 1.0 && of_square.abs() + of_spread < 1e-18 {
            break;
        }
    }
    let mean = log - 0.5 * kappa;
    let second = square - 2.0 * cross + spread;
    size += spread + mean * mean;
    [(mean, kappa + log_size), (second - mean * mean, size), (doubt, 1.0)]
}

/// The peaks of the entropy rate per unit of `log gamma`, `kappa (1 - E sum pi^2)/2`, and of `Var h`, as places in
/// `kappa` and heights; a factor of `e^{0.3}` about a guess is looked at.
pub(crate) fn peaks(classes: f64, guess: f64) -> Result<[(Estimate, Estimate); 2]> {
    const HALF: f64 = 0.3;
    let place = |x: f64| guess * (HALF * x).exp();
    let read: Vec<(f64, Known)> =
        infodyn_quadrature::abscissas().into_iter().map(|x| (place(x), known(classes, place(x)))).collect();
    let rate: Vec<Estimate> = read.iter().map(|(k, of)| of.doubt * Estimate::given(0.5 * k)).collect();
    let variance: Vec<Estimate> = read.iter().map(|(_, of)| of.variance).collect();
    let top = |what: &'static str, values: &[Estimate]| {
        let missing = Error::NoRoot { what, lo: place(-1.0), hi: place(1.0) };
        let Peak { at, height } = peak_of(values).ok_or(missing)?;
        // Every place was rounded where it was read.
        let log = (at * Estimate::given(HALF)).widened(ulps::formula(2, 1) * f64::EPSILON);
        Ok::<_, Error>((log.exp() * Estimate::given(guess), height))
    };
    Ok([top("entropy rate", &rate)?, top("Var h", &variance)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// theory.md, section 7 and C8, with `kappa = 2 k`: two classes are the symmetric pair.
    #[test]
    fn two_classes_are_a_pair() {
        let pair = known(2.0, 2.0);
        for (found, truth) in [
            (pair.entropy, 0.356_316_360_213_113_697),
            (pair.variance, 0.050_857_317_461_390_949),
            (pair.doubt, 0.224_799_754_603_336_415),
        ] {
            assert!(found.contains(truth) && found.radius() < 1e-12, "{found} {truth}");
        }
        // Heights are known to 1e-11, places less well: a slope decides them.
        let [(rate, _), (variance, height)] = peaks(2.0, 2.9).unwrap();
        assert!(height.radius() < 1e-11, "{height}");
        for (found, truth) in [
            (rate, 2.0 * 1.508_330_628_786_381),
            (variance, 2.0 * 1.345_477_669_725_041_7),
            (height, 0.053_628_891_129_723_5),
        ] {
            assert!(found.contains(truth) && found.radius() < 1e-8, "{found} {truth}");
        }
    }
}
