//! C17: with three classes or more, modes are born in folds, and the three diagnostics separate.

use infodyn_bifurcation::{Energy, Kind as Branching, diagram, fixed_points};
use infodyn_core::{Comparison, Covariance, Detail, Estimate, Mixture, NoiseProcess, Quantity, ulps};
use infodyn_enclosure::{Interval, Jet, Number, zero, zeros};
use infodyn_quadrature::root;
use infodyn_symbolic::theory::{Equation, Identity, Mixture as Symbols, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP, landscape};
use crate::case::Seen;
use crate::decisions::balance;
use crate::enclosed::{self, Curve, Slope, digits, point, real};
use crate::equidistant::{Known, atoms, fold, highest, known, peaks};
use crate::limit::Shared;
use crate::schedule::decimal;
use crate::{Case, Check, Claim, Context, Ingredient, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "C17",
    name: "many-classes",
    statement: "`K` atoms, or components of variance `q`, of equal weight on orthogonal axes at the distance `R` from \
                the origin (`2^{1/2} R` from each other), `kappa = alpha^2 R^2/(alpha^2 q + sigma^2)`. The score is \
                {0} along each axis, so with `x = alpha R p` its zeros are the solutions of `p = softmax(kappa p)` \
                (mean-field Potts model). The centre is a mode exactly for `kappa < K`. For `K >= 3` the modes of the \
                classes are born before that, in folds, at `kappa_s = min_a log(a (K-1)/(1-a))/(a - (1-a)/(K-1))`; \
                between `kappa_s` and `K` there are `K + 1` modes, and those of the classes are the highest from \
                `kappa_1 = 2 (K-1) log(K-1)/(K-2)` on, where `a = (K-1)/K`. As `K -> infinity` `kappa_s = log K + log \
                log K + 1 + o(1)`, while the rate per unit of `log gamma` peaks at `2 log K (1 + o(1))`, as \
                `kappa_1`, and the Jacobian at the centre changes its sign at `K`: later than the peak by the factor \
                `K/(2 log K)`, in `ou` by `(1/2) log(K/(2 log K))` where `R^2` is far above `K`. `Var h` peaks before \
                the fold for `K` from 7 to 68 alone, the rate for `K` from 12 to 494",
    scope: "equal weights and equal distances; `K = 2` is C2 and C8 with `kappa = 2 k`, the one case of second order. \
            Folds proved for `K` up to `10^300`; expectations by one variable for every `K`, tested against \
            integration in space for `K = 3` and simulation for `K = 10`; of the peaks, numbers for `K` up to `10^6`; \
            the two windows are read at their ends",
    origin: Origin::Elsewhere(
        "the mean-field Potts model: Wu, Rev. Mod. Phys. 54 (1982) 235; Ellis & Wang, Stoch. Proc. Appl. 35 (1990) 59; \
         `2 log K` is the capacity of orthogonal signals; what it means for diffusion is new here",
    ),
    uses: &["B3", "B7", "C1", "C2", "C8", "D3"],
    formulas,
    checks,
};

/// The score of three classes; the family of fixed points; the centre; the heights at `kappa_1`.
fn formulas() -> Vec<Identity> {
    let mut law = Symbols::general(3, 3);
    let (radius, q) = (Symbol::positive("R"), Symbol::positive("q"));
    law.weights = vec![law.weights[0].clone(); 3];
    law.variances = vec![Expr::from(&q); 3];
    let on_axis = |k: usize, i: usize| if i == k { Expr::from(&radius) } else { Expr::zero() };
    law.means = (0..3).map(|k| (0..3).map(|i| on_axis(k, i)).collect()).collect();
    let [score, posterior, width] = ["s_i", "pi_i", "v"].map(quantity);
    let place = &law.x[0];
    let written = |signal: Expr| Equation::new(&score, (signal * &posterior - place) / &width);
    let alpha = &law.noise.alpha;
    let defined = [(&score, law.score().swap_remove(0)), (&posterior, law.posterior(0)), (&width, law.spread(0))];
    // n = K - 1; e^u = a/b.
    let [n, kappa] = ["n", "kappa"].map(Symbol::positive);
    let u = Symbol::real("u");
    let low = (-&u).exp();
    let (a, b) = (1 / (1 + &n * &low), &low / (1 + &n * &low));
    let level = &u / (&a - &b);
    let weighs = |others: Expr, level: &Expr| 1 / (1 + others * (-(level * (&a - &b))).exp());
    // Of pi_1 of three classes at y, along (1, -1, 0) at the centre.
    let y = ["y_1", "y_2", "y_3"].map(Symbol::real);
    let sum: Expr = y.iter().map(|y| (&kappa * y).exp()).sum();
    let first = (&kappa * &y[0]).exp() / sum;
    let third = Expr::ratio(1, 3);
    let slope = (first.diff(&y[0]) - first.diff(&y[1])).substitute(&y.each_ref().map(|y| (y, third.clone())));
    // At a = (K-1)/K, where a/b = n^2.
    let (top, low) = (&n / (1 + &n), 1 / (&n * (1 + &n)));
    let equal = |power: i32| power * &n * n.log() / (&n - 1);
    let height = |level: &Expr| {
        // log p + log K - (1/2) |x|^2, with e^{kappa a} + n e^{kappa b} = e^{kappa b} (n^2 + n).
        level * &low + (n.pow(2) + &n).log() - level * (top.pow(2) + &n * low.pow(2)) / 2
    };
    let centre = |level: &Expr| (1 + &n).log() + level / (2 * (1 + &n));
    vec![
        Identity::of(
            "K=3, D=3",
            &written(alpha * &radius),
            &defined,
            ("R in place of alpha R", written(Expr::from(&radius)).rhs),
        ),
        identity(
            "the level at which a class weighs a in its own mode",
            weighs(Expr::from(&n), &level),
            a.clone(),
            ("K in place of K - 1", weighs(1 + &n, &level)),
        ),
        identity(
            "the slope of the softmax at the centre, K=3",
            slope,
            &kappa / 3,
            ("K - 1 = 2 in place of K", &kappa / 2),
        ),
        identity(
            "kappa_1 is the level at a = (K-1)/K",
            (&top / &low).log() / (&top - &low),
            equal(2),
            ("half of it", equal(1)),
        ),
        identity(
            "at kappa_1 class modes and centre are equally high",
            height(&equal(2)),
            centre(&equal(2)),
            ("half of kappa_1 at the centre", centre(&equal(1))),
        ),
    ]
}

/// `K` and `kappa_s`: minimised in 64-bit mantissas, 18 digits.
const FOLDS: [(f64, f64); 8] = [
    (3.0, 2.745_643_576_732_724_45),
    (4.0, 3.218_741_088_336_956_25),
    (5.0, 3.564_501_808_493_887_04),
    (6.0, 3.836_372_495_453_502_90),
    (10.0, 4.559_778_560_272_899_98),
    (30.0, 5.993_590_149_127_386_33),
    (100.0, 7.458_675_454_147_101_05),
    (1000.0, 10.110_735_846_311_919_5),
];

/// Places and heights of the peaks of the rate per unit of `log gamma` and of `Var h`: by one variable in 64-bit
/// mantissas; places by a difference of eighth order, to ten digits.
const PEAKS: [(f64, [f64; 2], [f64; 2]); 4] = [
    (10.0, [4.595_603_430, 0.903_387_250_537_109], [4.475_593_608, 0.268_909_948_408_099]),
    (100.0, [7.273_508_480, 2.050_853_973_242_50], [7.541_928_367, 0.779_258_215_767_932]),
    (1000.0, [10.244_308_34, 3.350_279_833_370_57], [10.992_608_31, 1.449_914_393_873_79]),
    (1e6, [19.982_895_91, 7.729_716_748_662_03], [22.368_491_63, 3.872_607_017_098_05]),
];

/// The same in the plane, `K = 3`.
const THREE: [f64; 2] = [3.384_893_090, 3.107_109_521];

/// Where the level of the family is read.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Least,
    EqualHeights,
    Centre,
}

const ONE_MORE: &str = "one class more";

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = enclosures();
    in_space(&mut checks)?;
    of_fixed_points(&mut checks)?;
    for (classes, rate, variance) in PEAKS {
        let found = [Shared::new(), Shared::new()];
        for (i, what, [place, height]) in [(0, "the rate", rate), (1, "Var h", variance)] {
            let run = |more: usize| {
                let found = found[more].clone();
                move |_: &Context| {
                    let all = found.get(|| peaks(classes + more as f64, 0.5 * (rate[0] + variance[0])))?;
                    Ok(Comparison::new(all[i].0, decimal(place, 1e-9 * place), 1e-8 * place))
                }
            };
            let check = Check::number(Kind::Quadrature, format!("K={classes}: where {what} peaks"), run(0));
            // Among a million classes one more moves the peak by 1e-8 of itself.
            let mutant = if classes < 1e5 { check.variant(Ingredient::Weight, ONE_MORE, run(1)) } else { check };
            let other = if i == 0 { variance[0] } else { rate[0] };
            let how = if i == 0 { "Var h in place of the rate" } else { "the rate in place of Var h" };
            let found = found[0].clone();
            checks.push(mutant.variant(Ingredient::Moment, how, move |_| {
                let all = found.get(|| peaks(classes, 0.5 * (place + other)))?;
                Ok(Comparison::new(all[1 - i].0, decimal(place, 1e-9 * place), 1e-8 * place))
            }));
            let run = move |power: f64| {
                move |_: &Context| {
                    let Known { variance, doubt, .. } = known(classes, place);
                    let per = |value: Estimate, power: f64| value * Estimate::given(place).powf(power);
                    let lhs = if i == 0 { per(doubt, power) / 2 } else { per(variance, power - 1.0) };
                    Ok(Comparison::new(lhs, decimal(height, 1e-12 * height), 1e-9 * height))
                }
            };
            let check = Check::number(Kind::Quadrature, format!("K={classes}: how high {what} peaks"), run(1.0));
            checks.push(check.variant(Ingredient::Clock, "per unit of gamma^{1/2}", run(1.5)));
        }
    }
    // Before the fold and after it: each mutant is the neighbour on the other side.
    for (i, what, ends) in [(0, "the rate peaks", [12.0, 494.0]), (1, "Var h peaks", [7.0, 68.0])] {
        for (inner, outer) in [(ends[0], ends[0] - 1.0), (ends[1], ends[1] + 1.0)] {
            for (truth, wrong, before) in [(inner, outer, true), (outer, inner, false)] {
                let run = move |classes: f64| {
                    move |_: &Context| {
                        let fold = fold(classes).1;
                        let peak = peaks(classes, fold.value())?[i].0;
                        let (lhs, rhs) = if before { (peak, fold) } else { (fold, peak) };
                        Ok(Comparison::at_most(lhs, rhs, SHARP))
                    }
                };
                let case = format!("K={truth}: {what} {} the fold", if before { "before" } else { "after" });
                let check = Check::number(Kind::Quadrature, case, run(truth));
                checks.push(check.variant(Ingredient::Bound, &format!("K={wrong}"), run(wrong)));
            }
        }
    }
    // Nothing is decided at half of `2 log K`, all at one and a half times that: the sharper, the more classes.
    for (share, half, how, bound, too_little) in [
        (1.0, "kappa = log K: sum pi^2", "below 0.0065", 0.007, 0.0065),
        (3.0, "kappa = 3 log K: 1 - sum pi^2", "below 0.034", 0.035, 0.034),
    ] {
        let run = move |bound: f64| {
            move |_: &Context| {
                let classes = 1e12_f64;
                let doubt = known(classes, share * classes.ln()).doubt;
                let lhs = if share < 2.0 { Estimate::ONE - doubt } else { doubt };
                Ok(Comparison::at_most(lhs, Estimate::given(bound), SHARP))
            }
        };
        let check = Check::number(Kind::Quadrature, format!("K=10^12, {half} below {bound}"), run(bound));
        checks.push(check.variant(Ingredient::Bound, how, run(too_little)));
    }
    for (classes, share, too_much) in [(10.0, 2.17, 2.18), (1000.0, 97.0, 98.0)] {
        let run = move |share: f64| {
            move |_: &Context| {
                let rate = peaks(classes, 1.03 * fold(classes).1.value())?[0].0;
                Ok(Comparison::at_most(rate * Estimate::given(share), Estimate::given(classes), SHARP * classes))
            }
        };
        let case =
            format!("K={classes}: the Jacobian changes its sign later than the rate peaks, {share} times in kappa");
        let check = Check::number(Kind::Quadrature, case, run(share));
        checks.push(check.variant(Ingredient::Bound, &format!("{too_much} times"), run(too_much)));
    }
    Ok(checks)
}

/// Weights `a`, of one class in its own mode, and `b`, of each other, at log-odds `t`; and `kappa(t) (a - b)`.
fn family<N: Number>(classes: f64, t: N) -> [N; 3] {
    let one = N::real(Interval::ONE);
    let (a, rest) = (one / (one + (-t).exp()), one / (one + t.exp()));
    let others = point(classes) - Interval::ONE;
    [a, rest / N::real(others), N::real(others.ln()) + t]
}

/// The level of the family at a place.
fn level(classes: f64, place: Place) -> infodyn_enclosure::Result<Interval> {
    let at = |t: Curve| {
        let [a, b, lead] = family(classes, t);
        lead / (a - b)
    };
    let others = point(classes) - Interval::ONE;
    let t = match place {
        Place::Centre => return Ok(point(classes)),
        Place::EqualHeights => others.ln(),
        Place::Least => {
            let (a, _) = fold(classes);
            let near = (a / (1.0 - a)).ln();
            zero(Interval::new(near - 0.1, near + 0.1), |t| Ok(at(Jet { value: t, slope: real(1.0) }).slope))?.at
        }
    };
    let [a, b, lead] = family(classes, t);
    Ok(lead / (a - b))
}

/// The number of modes on a level, from the complete list of fixed points in which one class stands out or stands
/// back: all others of more than two weights are none, and those with two heavy classes are unstable.
fn modes(classes: f64, kappa: f64) -> infodyn_enclosure::Result<usize> {
    let left = |t: Slope| {
        let [a, b, lead] = family(classes, t);
        lead - Slope::real(point(kappa)) * (a - b)
    };
    let found = zeros(Interval::new(-kappa - 5.0, kappa + 6.0), |t| Ok(left(t)))?;
    let centre = -(point(classes) - Interval::ONE).ln();
    let stable = found.iter().filter(|root| {
        // Along the family, and within the other classes, where the slope is kappa b - 1.
        let [_, b, _] = family(classes, root.at);
        root.slope.is_positive() && (point(kappa) * b - Interval::ONE).is_negative()
    });
    Ok(stable.map(|root| if root.at.intersection(centre).is_some() { 1 } else { classes as usize }).sum())
}

fn enclosures() -> Vec<Check> {
    let mut checks = Vec::new();
    for (classes, stated) in FOLDS {
        let mutants = [
            (Ingredient::Weight, ONE_MORE, (classes + 1.0, Place::Least)),
            (Ingredient::Point, "at equal heights in place of the fold: kappa_1", (classes, Place::EqualHeights)),
            (Ingredient::Point, "at the centre in place of the fold: a pitchfork at K", (classes, Place::Centre)),
        ];
        checks.push(enclosed::equal(
            format!("K={classes}: kappa_s"),
            (classes, Place::Least),
            &mutants,
            move |(classes, place): (f64, Place)| Ok([level(classes, place)?, digits(stated, 2e-16 * stated)]),
        ));
    }
    for classes in [3.0, 10.0, 1000.0] {
        let mutants = [(Ingredient::Weight, "K in place of K - 1 in kappa_1", 1.0)];
        checks.push(enclosed::equal(format!("K={classes}: heights at kappa_1"), 0.0, &mutants, move |more: f64| {
            let others = point(classes) - Interval::ONE;
            let n = others + point(more);
            let kappa = (n * n.ln()).times(2.0) / (n - Interval::ONE);
            let (a, b) = (others / point(classes), (others * point(classes)).recip());
            let sum = (kappa * a).exp() + others * (kappa * b).exp();
            let mode = sum.ln() - (kappa * (a.sqr() + others * b.sqr())).times(0.5);
            Ok([mode, point(classes).ln() + kappa.times(0.5) / point(classes)])
        }));
    }
    for (classes, kappa, how, other, expected) in [
        (3.0, 2.74, "kappa=2.75", 2.75, 1),
        (3.0, 2.75, "kappa=2.74", 2.74, 4),
        (3.0, 2.99, "kappa=3.01", 3.01, 4),
        (3.0, 3.01, "kappa=2.99", 2.99, 3),
        (10.0, 4.55, "kappa=4.57", 4.57, 1),
        (10.0, 4.57, "kappa=4.55", 4.55, 11),
        (10.0, 9.9, "kappa=10.1", 10.1, 11),
        (10.0, 10.1, "kappa=9.9", 9.9, 10),
        (1000.0, 10.1, "kappa=10.12", 10.12, 1),
        (1000.0, 10.12, "kappa=10.1", 10.1, 1001),
    ] {
        let mutants = [(Ingredient::Bound, how, other)];
        let case = format!("K={classes}, kappa={kappa}: modes");
        checks.push(enclosed::count(case, kappa, &mutants, expected, move |kappa: f64| modes(classes, kappa)));
    }
    for (classes, share, name, how, wrong) in [
        (1e3, 1.0, "10^3", "0.6 (1 + log log K)/log K", 0.6),
        (1e6, 1.0, "10^6", "0.65 (1 + log log K)/log K", 0.65),
        (1e300, 1.0, "10^300", "0.85 (1 + log log K)/log K", 0.85),
    ] {
        let case = format!("K={name}: kappa_s - (log K + log log K + 1) below (1 + log log K)/log K");
        checks.push(enclosed::at_most(case, share, &[(Ingredient::Bound, how, wrong)], move |share: f64| {
            let log = point(classes).ln();
            let beyond = level(classes, Place::Least)? - (log + log.ln() + Interval::ONE);
            Ok([beyond, (Interval::ONE + log.ln()).times(share) / log])
        }));
    }
    checks
}

/// `alpha^2 R^2/(alpha^2 q + sigma^2)` of a case whose means lie at the distance `R`, for components of variance `q`.
fn kappa(case: &Case, q: f64) -> Result<f64> {
    let level = case.truth().level()?;
    let a2 = level.alpha() * level.alpha();
    let r2: f64 = case.law().mean(0).iter().map(|m| m * m).sum();
    Ok(a2 * r2 / (a2 * q + level.sigma2()))
}

/// `tr S^2` at a point, of atoms of equal weight at the distance `2^{1/2}` from each other.
///
/// # Formula
/// With their centre `c`, `pi_k = 1/K + (m - c).(mu_k - c)`; along orthogonal axes `S_kl = pi_k (delta_kl - pi_l)`.
fn square_trace(seen: &Seen<'_>) -> f64 {
    let (law, classes) = (seen.law(), seen.law().components());
    let centre = |i: usize| (0..classes).map(|k| law.mean(k)[i]).sum::<f64>() / classes as f64;
    let centred = |k: usize, i: usize| law.mean(k)[i] - centre(i);
    let weight = |k: usize| {
        let along = seen.mean_offset().iter().enumerate().map(|(i, m)| (m + centred(seen.anchor(), i)) * centred(k, i));
        1.0 / classes as f64 + along.sum::<f64>()
    };
    let weights: Vec<f64> = (0..classes).map(weight).collect();
    let entry = |k: usize, l: usize| weights[k] * (if k == l { 1.0 - weights[l] } else { -weights[l] });
    (0..classes * classes).map(|i| entry(i / classes, i % classes).powi(2)).sum()
}

/// What of [`Known`] is compared.
type Of = fn(Known) -> Estimate;

/// `K = 3` by integration in the plane, `K = 10` by simulation in ten dimensions, against the integrals over one
/// variable.
fn in_space(checks: &mut Vec<Check>) -> Result<()> {
    let all: [(&str, Quantity, Of); 3] = [
        ("H(Y given X_t)", Quantity::LabelEntropy, |of| of.entropy),
        ("Var h", Quantity::LabelPosteriorEntropyVariance, |of| of.variance),
        ("1 - E sum pi^2", Quantity::CloneAgreement, |of| of.doubt),
    ];
    let apart: Vec<Vec<f64>> = (0..3).map(|k| (0..4).map(|i| if i == k { 1.5 } else { 0.0 }).collect()).collect();
    let wide = NamedLaw::new("three-classes-4d", Mixture::new(&[], &apart, vec![Covariance::isotropic(0.3)?])?);
    for (case, q) in [
        (atoms("three-classes", 3)?.under(NoiseProcess::Ve, 0.5)?, 0.0),
        (atoms("three-classes", 3)?.under(NoiseProcess::Edm, 0.45)?, 0.0),
        (wide.under(NoiseProcess::VP_LINEAR, 0.3)?, 0.3),
    ] {
        for (name, quantity, of) in all {
            let run = move |case: &Case, classes: f64, q: f64| {
                let found = case.quantity(quantity)?;
                let lhs = if quantity == Quantity::CloneAgreement { Estimate::ONE - found } else { found };
                let rhs = of(known(classes, kappa(case, q)?));
                Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
            };
            let check = Check::new(Kind::Quadrature, &case, name, move |_, case| run(case, 3.0, q));
            let check = check.breaking(&[Mutation::Weight, Mutation::Sigma]);
            let check = check.mutant(Ingredient::Weight, ONE_MORE, move |_, case| run(case, 4.0, q));
            checks.push(if q == 0.0 {
                check
            } else {
                let how = "sigma^2 in place of alpha^2 q + sigma^2";
                check.mutant(Ingredient::Variance, how, move |_, case| run(case, 3.0, 0.0))
            });
        }
    }
    // Zeros of what makes the rate and Var h rise, in kappa = gamma.
    let case = atoms("three-classes", 3)?.under(NoiseProcess::Ve, 0.3)?;
    let place = |case: &Case, stated: f64, f: &dyn Fn(&Case) -> Result<Estimate>| -> Result<Comparison> {
        let at = |k: f64| f(&case.at(1.0 / k));
        // Without a zero nearby, what should vanish at the stated place does not.
        match root(at, 0.97 * stated, 1.03 * stated) {
            Err(crate::Error::Quadrature(infodyn_quadrature::Error::Interval { .. })) => {
                Ok(Comparison::new(at(stated)?, Estimate::ZERO, 1e-6))
            }
            found => {
                // The time at which a ratio is read is rounded, and so is the ratio there.
                let found = found?.widened((ulps::OPERATION + ulps::SNR) * f64::EPSILON * stated);
                Ok(Comparison::new(found, decimal(stated, 2e-9), 1e-6 * stated))
            }
        }
    };
    let run = move |power: f64| {
        move |_: &Context, case: &Case| {
            place(case, THREE[0], &|case| {
                let means = case.mean(Detail::MEAN_OFFSET | Detail::POSTERIOR_TRACE, 2, |s, out| {
                    (out[0], out[1]) = (s.posterior_trace(), square_trace(s));
                })?;
                // Each weight is read to so many units, and moves `tr S^2` by at most 4 `tr S` times that.
                let mmse = means[0];
                let square = means[1].widened(4.0 * ulps::READING * f64::EPSILON * mmse.value());
                Ok(mmse * Estimate::given(power) - square * Estimate::rounded(case.truth().level()?.snr(), ulps::SNR))
            })
        }
    };
    let check = Check::new(Kind::Quadrature, &case, "where the rate peaks", run(1.0)).breaking(&[Mutation::Sigma]);
    checks.push(check.mutant(Ingredient::Clock, "per unit of gamma^{1/2}", run(1.5)));
    type Gain = fn(&Seen<'_>) -> f64;
    let run = move |gain: Gain| move |_: &Context, case: &Case| place(case, THREE[1], &|case| balance(case, gain));
    let check = Check::new(Kind::Quadrature, &case, "where Var h peaks", run(|s| s.label_gradient2()));
    let how = "E b in place of E|grad h|^2";
    let check = check.breaking(&[Mutation::Sigma]);
    checks.push(check.mutant(Ingredient::Moment, how, run(|s| s.label_production())));
    let case = atoms("ten-classes", 10)?.under(NoiseProcess::Edm, 0.4727)?;
    let sampled: [(&str, usize, Of); 2] = [("H(Y given X_t)", 0, |of| of.entropy), ("Var h", 1, |of| of.variance)];
    for (name, which, of) in sampled {
        let run = move |classes: f64| {
            move |context: &Context, case: &Case| {
                let means = case.sample(context, Detail::LABEL_ENTROPY, 1, &[], |row, out| {
                    out[0] = row.seen(0).label_entropy();
                })?;
                let level = Context::CONFIDENCE;
                let lhs = if which == 0 { means.mean(0, level) } else { means.variance(0, level) };
                let rhs = of(known(classes, kappa(case, 0.0)?));
                Ok(Comparison::new(lhs, rhs, SAMPLED * rhs.value()))
            }
        };
        let check = Check::new(Kind::MonteCarlo, &case, name, run(10.0)).breaking(&[Mutation::Sigma]);
        checks.push(check.mutant(Ingredient::Weight, "half as many classes", run(5.0)));
    }
    Ok(())
}

/// Folds, modes and heights as continuation finds them, which is not told where to look.
fn of_fixed_points(checks: &mut Vec<Check>) -> Result<()> {
    let energy = |classes: usize| landscape(&atoms("", classes)?.law, &NoiseProcess::Ve, Energy::Marginal);
    for (classes, stated) in [(3, FOLDS[0].1), (4, FOLDS[1].1)] {
        let found = Shared::new();
        let followed = move || found.get(|| Ok(diagram(&energy(classes)?, (1.0, 40.0))?.bifurcations));
        let fold = {
            let followed = followed.clone();
            move |kind: Branching, stated: f64| {
                let all = followed()?;
                let of: Vec<_> = all.iter().filter(|b| b.kind == kind).collect();
                let Some(first) = of.first() else { return Err(crate::Error::NotFound("a bifurcation")) };
                let lhs = Estimate::new(first.log_snr, first.error).exp();
                Ok::<_, crate::Error>(Comparison::new(lhs, decimal(stated, 2e-16 * stated), 1e-9 * stated))
            }
        };
        let check = |case: String, kind, stated, wrong: (Ingredient, &str, Branching, f64)| {
            let (truth, broken) = (fold.clone(), fold.clone());
            let check = Check::number(Kind::Quadrature, case, move |_| truth(kind, stated));
            check.variant(wrong.0, wrong.1, move |_| broken(wrong.2, wrong.3))
        };
        let at_k = classes as f64;
        let how = "the branching of the centre in place of the fold";
        let wrong = (Ingredient::Point, how, Branching::Symmetric, stated);
        checks.push(check(format!("K={classes}: the first fold of the diagram"), Branching::Fold, stated, wrong));
        let wrong = (Ingredient::Point, "the fold in place of the branching of the centre", Branching::Fold, at_k);
        checks.push(check(format!("K={classes}: the branching of the centre"), Branching::Symmetric, at_k, wrong));
        let (truth, expected) = (followed.clone(), Estimate::count(classes));
        let folds = move |kind: Branching| {
            let n = truth()?.iter().filter(|b| b.kind == kind).count();
            Ok::<_, crate::Error>(Comparison::new(Estimate::count(n), expected, 0.5))
        };
        let other = folds.clone();
        let check = Check::number(Kind::Quadrature, format!("K={classes}: folds of the diagram"), move |_| {
            folds(Branching::Fold)
        });
        checks.push(check.variant(Ingredient::Point, "branchings of the centre", move |_| other(Branching::Symmetric)));
    }
    for (kappa, other, expected) in [(2.74, 2.75, 1), (2.75, 2.74, 4), (2.99, 3.01, 4), (3.01, 2.99, 3)] {
        let run = move |kappa: f64| {
            move |_: &Context| {
                let stable = fixed_points(&energy(3)?, kappa)?.iter().filter(|p| p.stable()).count();
                Ok(Comparison::new(Estimate::count(stable), Estimate::count(expected), 0.5))
            }
        };
        let check = Check::number(Kind::Quadrature, format!("K=3, kappa={kappa}: stable fixed points"), run(kappa));
        checks.push(check.variant(Ingredient::Bound, &format!("kappa={other}"), run(other)));
    }
    for classes in [3_usize, 5] {
        let run = move |more: f64| {
            move |_: &Context| {
                let kappa = highest(classes as f64 + more).value();
                let landscape = energy(classes)?;
                let heaviest = |at: &[f64]| at.iter().copied().fold(0.0, f64::max);
                let points = fixed_points(&landscape, kappa)?;
                let modes = points.iter().filter(|p| p.stable());
                let top = modes.max_by(|a, b| heaviest(&a.at).total_cmp(&heaviest(&b.at)));
                let top = top.ok_or(crate::Error::NotFound("a mode"))?;
                let rise = landscape.rise(&vec![1.0 / classes as f64; classes], &top.at, kappa)?;
                Ok(Comparison::new(rise, Estimate::ZERO, 1e-9))
            }
        };
        let case = format!("K={classes}: from the centre to a class mode at kappa_1, of -log p");
        let check = Check::number(Kind::Quadrature, case, run(0.0));
        checks.push(check.variant(Ingredient::Weight, "K in place of K - 1 in kappa_1", run(1.0)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Folds and levels of equal heights of 3 to 1000 classes, to 12 digits.
    #[test]
    fn folds_to_twelve_digits() {
        for (classes, stated) in FOLDS {
            let found = level(classes, Place::Least).unwrap();
            assert!(digits(stated, 2e-16 * stated).intersection(found).is_some(), "{classes}: {found} {stated}");
            assert!(found.relative_width() < 1e-12, "{found}");
            assert!((fold(classes).1.value() / stated - 1.0).abs() < 1e-15);
        }
        // Classes and kappa_1.
        for (classes, stated) in [
            (3.0, 2.772_588_722_239_781),
            (4.0, 3.295_836_866_004_329),
            (5.0, 3.696_784_962_986_375),
            (10.0, 4.943_755_299_006_494),
            (100.0, 9.284_017_656_394_376),
            (1000.0, 13.827_350_749_238_288),
        ] {
            let found = level(classes, Place::EqualHeights).unwrap();
            assert!(
                found.widened(2e-15 * stated).contains(stated) && found.relative_width() < 1e-12,
                "{found} {stated}"
            );
            assert!((highest(classes).value() / stated - 1.0).abs() < 1e-15);
        }
    }
}
