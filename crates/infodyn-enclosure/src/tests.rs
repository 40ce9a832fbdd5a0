//! The tests that break the proofs on purpose, and those of the parts.
#![allow(clippy::unwrap_used)]

use dashu_base::Abs;
use dashu_ratio::RBig;
use infodyn_fixtures::TWO_ATOMS;
use proptest::prelude::*;

use crate::integrate::Unsound;
use crate::{Component, Interval, Jet, Line, LineLaw, Moment, Number, Plane, Tail, rule};

/// The value of the Legendre polynomial and of its derivative, exactly.
fn legendre(n: usize, x: &RBig) -> (RBig, RBig) {
    let (mut before, mut now) = (RBig::ONE, x.clone());
    for k in 2..=n {
        let next = (RBig::from(2 * k - 1) * x * &now - RBig::from(k - 1) * &before) / RBig::from(k);
        (before, now) = (now, next);
    }
    let slope = RBig::from(n) * (x * &now - before) / (x * x - RBig::ONE);
    (now, slope)
}

fn exact(x: f64) -> RBig {
    RBig::try_from(x).unwrap()
}

/// Each node is where the polynomial changes sign. One exact Newton step from its lower end, 1e-16 away, gives it to 25
/// digits and more, and with it the weight `2/((1-x^2) P'(x)^2)`.
#[test]
fn nodes_and_weights_are_enclosed() {
    for order in rule::ORDERS {
        let mut count = 0;
        for (node, weight) in rule::half(order) {
            let (lo, hi) = (exact(node.lo()), exact(node.hi()));
            let (at_lo, slope_lo) = legendre(order, &lo);
            let (at_hi, _) = legendre(order, &hi);
            assert!(at_lo * at_hi < RBig::ZERO, "{order} {node}");
            // One exact Newton step gives the root to 30 digits; the weight there, with room for that error.
            let (value, slope) = legendre(order, &lo);
            let root = &lo - value / slope;
            let (_, slope) = legendre(order, &root);
            let w = RBig::from(2) / ((RBig::ONE - &root * &root) * &slope * &slope);
            let room = exact(1e-25);
            assert!(exact(weight.lo()) + &room < w && w.clone() + room < exact(weight.hi()), "{order} {weight}");
            assert!((slope_lo / slope - RBig::ONE).abs() < exact(1e-9));
            count += 2;
        }
        assert_eq!(count, order);
    }
}

fn pair(k: f64) -> Line<Interval> {
    let component = |mean: f64, label| Component {
        weight: Interval::point(0.5),
        mean: Interval::point(mean),
        variance: Interval::ZERO,
        label,
    };
    Line::new(vec![component(1.0, 0), component(-1.0, 1)], Interval::ONE, Interval::point(k).recip()).unwrap()
}

#[test]
fn pairs_contain_the_published_digits() {
    for [k, entropy, variance, mmse] in TWO_ATOMS {
        let line = pair(k);
        let means = line.means(&[Moment::Entropy, Moment::PosteriorVariance, Moment::One]).unwrap();
        for (x, digits) in [(means[0], entropy), (line.entropy_variance().unwrap(), variance), (means[1], mmse)] {
            assert!(x.intersection(Interval::near(digits)).is_some(), "k={k}: {x} {digits}");
            assert!(x.relative_width() < 1e-12, "k={k}: {x}");
        }
        assert!(means[2].contains(1.0) && means[2].width() < 2e-14);
    }
}

/// A dropped tail and a dropped remainder give intervals that miss the truth, and the comparison sees it.
#[test]
fn unsound_versions_are_caught() {
    for unsound in [Unsound::NoTail, Unsound::NoRemainder] {
        let missed = TWO_ATOMS.iter().filter(|[k, entropy, ..]| {
            let x = pair(*k).broken(unsound).mean(Moment::Entropy).unwrap();
            x.intersection(Interval::near(*entropy)).is_none()
        });
        assert!(missed.count() >= 4, "{unsound:?}");
    }
}

/// Rounding to nearest instead of outward: the same sum in plain doubles misses.
#[test]
fn rounding_to_nearest_is_caught() {
    let (mut plain, mut sum, mut exact_sum) = (0.0_f64, Interval::ZERO, RBig::ZERO);
    for i in 1..2000 {
        let x = 1.0 / f64::from(i);
        plain += x * x;
        sum = sum + Interval::point(x).sqr();
        exact_sum += exact(x) * exact(x);
    }
    assert!(exact(sum.lo()) <= exact_sum && exact_sum <= exact(sum.hi()));
    assert_ne!(exact(plain), exact_sum, "the interval [plain, plain] does not contain the sum");
}

#[test]
fn undefined_operations_are_kept() {
    let zero = Interval::new(-1.0, 1.0);
    for x in [Interval::ONE / zero, zero.ln(), zero.sqrt(), Interval::ZERO * Interval::new(1.0, f64::INFINITY)] {
        assert!(!x.is_finite());
        for y in
            [x + Interval::ONE, x * Interval::ONE, -x, x.exp(), x.sqr(), x.cos(), x.hull(zero), x.times(0.5), x.ln_1p()]
        {
            assert!(!y.is_finite() && y.lo().is_nan(), "{y}");
        }
        assert!(x.intersection(zero).is_none());
    }
}

/// The bound of a tail against `integral of r exp(-r^2/2) = exp(-L^2/2)`, and of `r^2`, from above and not far.
#[test]
fn tails_are_bounded() {
    for start in [1.5, 3.0, 8.0] {
        let r = Tail::variable(1.0, start);
        let weight = -(r.sqr().times(0.5));
        let bound = r.integral(weight);
        let truth = (-0.5 * start * start).exp();
        assert!(bound >= truth && bound <= 2.1 * truth, "{bound} {truth}");
        assert!(r.sqr().integral(weight) >= start * truth);
        // A decaying exponential is at most its value at the start.
        assert_eq!((-r).exp().degree(), 0);
        assert!((-r).exp().coefficient().contains((-start).exp()));
        assert_eq!(r.integral(weight.times(-1.0)), f64::INFINITY);
    }
}

/// Derivatives in the noise variance against the identities that are proved elsewhere: `dH/d gamma = -mmse/2`.
#[test]
fn derivatives_are_those_of_the_theory() {
    for gamma in [0.3, 1.0, 5.0] {
        let real = |x: f64| Jet::<Interval>::real(Interval::point(x));
        let gamma = Jet::variable(Interval::point(gamma));
        let component =
            |w: f64, mean: f64, label| Component { weight: real(w), mean: real(mean), variance: real(0.0), label };
        let laws = vec![component(0.25, 1.0, 0), component(0.5, -1.0, 1), component(0.25, 3.0, 2)];
        // In the signal scale and in the noise scale: frames that move and frames that do not.
        let moving = Line::new(laws.clone(), gamma.sqrt(), real(1.0)).unwrap();
        let still = Line::new(laws, real(1.0), real(1.0) / gamma).unwrap();
        for line in [moving, still] {
            let means = line.means(&[Moment::Entropy, Moment::PosteriorVariance, Moment::One]).unwrap();
            let rate = means[1].value.times(-0.5);
            assert!(means[0].slope.intersection(rate).is_some(), "{} {rate}", means[0].slope);
            assert!(means[0].slope.relative_width() < 1e-11);
            assert!(means[2].slope.contains(0.0) && means[2].slope.width() < 1e-12);
        }
    }
}

const PLANE: [Moment; 11] = [
    Moment::One,
    Moment::LnDensity,
    Moment::ScoreNorm2,
    Moment::ScoreDivergence,
    Moment::PosteriorVariance,
    Moment::Entropy,
    Moment::SquareSurprisal,
    Moment::Production,
    Moment::LabelDivergence,
    Moment::Gradient2,
    Moment::Agreement,
];

/// Two independent coordinates: what adds, adds; what multiplies, multiplies.
#[test]
fn the_plane_contains_products_of_lines() {
    let (alpha, sigma2) = (Interval::point(0.75), Interval::point(0.25));
    let x = [(0.25, -1.0, 0.5), (0.75, 1.0, 0.0)];
    let y = [(0.5, 0.0, 0.25), (0.5, 1.5, 0.0)];
    let line = |p: &[(f64, f64, f64)]| {
        let law = LineLaw::from_parts(&[p[0].0, p[1].0], &[p[0].1, p[1].1], &[p[0].2, p[1].2]);
        law.at(alpha, sigma2).unwrap()
    };
    let lines = [line(&x), line(&y)];
    let of = lines.clone().map(|l| l.means(&PLANE).unwrap());
    let pairs = x.iter().flat_map(|a| y.iter().map(move |b| (a.0 * b.0, [a.1, b.1], [a.2, 0.0, b.2])));
    let law: Vec<_> = pairs.collect();
    let plane = Plane::from_parts(&law, &[0, 1, 2, 3], alpha, sigma2).unwrap();
    let found = plane.means(&PLANE).unwrap();
    for (i, moment) in PLANE.iter().enumerate() {
        let (a, b) = (of[0][i], of[1][i]);
        let truth = match moment {
            Moment::One | Moment::Agreement => a * b,
            // E(i_1 + i_2)^2 of independent surprisals.
            Moment::SquareSurprisal => a + b + (of[0][5] * of[1][5]).times(2.0),
            _ => a + b,
        };
        assert!(found[i].intersection(truth).is_some(), "{moment:?}: {} {truth}", found[i]);
        assert!(found[i].relative_width() < 1e-7, "{moment:?}: {}", found[i]);
    }
    let variances = lines.map(|l| l.entropy_variance().unwrap());
    let variance = plane.entropy_variance().unwrap();
    assert!(variance.intersection(variances[0] + variances[1]).is_some() && variance.relative_width() < 1e-6);
}

/// Turned by an eighth and stretched by `sqrt 2`, `(x + y, x - y)`, with full covariances: what belongs to labels
/// stays.
#[test]
fn the_plane_may_be_turned() {
    let law =
        [(0.2, [-1.0, 0.5], [0.5, 0.0, 0.125]), (0.3, [1.0, 1.0], [0.0, 0.0, 0.25]), (0.5, [0.0, -1.0], [0.0; 3])];
    let turned = law.map(|(w, [x, y], [q, _, r])| (w, [x + y, x - y], [q + r, q - r, q + r]));
    let of = |law: &[(f64, [f64; 2], [f64; 3])], sigma2: f64| {
        let plane = Plane::from_parts(law, &[0, 1, 0], Interval::ONE, Interval::point(sigma2)).unwrap();
        plane.means(&PLANE).unwrap()
    };
    let (straight, turned) = (of(&law, 0.5), of(&turned, 1.0));
    for (i, moment) in PLANE.iter().enumerate() {
        let expected = match moment {
            Moment::LnDensity => straight[i] + Interval::LN_2,
            Moment::PosteriorVariance => straight[i].times(2.0),
            Moment::ScoreNorm2
            | Moment::ScoreDivergence
            | Moment::Production
            | Moment::LabelDivergence
            | Moment::Gradient2 => straight[i].times(0.5),
            _ => straight[i],
        };
        assert!(turned[i].intersection(expected).is_some(), "{moment:?}: {} {expected}", turned[i]);
        assert!(turned[i].relative_width() < 1e-7, "{moment:?}: {}", turned[i]);
    }
    // A3 and B4, each side an integral of its own.
    assert!(straight[3].intersection(-straight[2]).is_some());
    assert!((straight[3] - straight[8]).intersection(straight[7]).is_some());
}

proptest! {
    /// Exact rationals in: every operation contains the exact result.
    #[test]
    fn arithmetic_contains(a in -1e3..1e3f64, b in -1e3..1e3f64, c in -30.0..30.0f64) {
        let (x, y) = (exact(a), exact(b));
        let inside = |i: Interval, r: RBig| exact(i.lo()) <= r && r <= exact(i.hi());
        let (i, j) = (Interval::point(a), Interval::point(b));
        prop_assert!(inside(i + j, &x + &y));
        prop_assert!(inside(i - j, &x - &y));
        prop_assert!(inside(i * j, &x * &y));
        prop_assert!(inside(i.sqr(), &x * &x));
        if b != 0.0 {
            prop_assert!(inside(i / j, &x / &y));
        }
        let r = i.sqr().sqrt();
        prop_assert!(r.contains(a.abs()));
        // Functional equations.
        let z = Interval::point(c);
        prop_assert!((z.exp() * (-z).exp()).contains(1.0));
        prop_assert!(z.exp().ln().contains(c));
        prop_assert!(z.exp_m1().ln_1p().contains(c) || c < -20.0);
        prop_assert!((z.sin().sqr() + z.cos().sqr()).contains(1.0));
        let (p, q) = ((z + i).cos(), z.cos() * i.cos() - z.sin() * i.sin());
        prop_assert!(p.intersection(q).is_some());
    }

    /// What holds for an interval holds for each of its points.
    #[test]
    fn wider_contains_narrower(a in -20.0..20.0f64, w in 0.0..3.0f64, s in 0.0..1.0f64) {
        let (x, point) = (Interval::new(a, a + w), Interval::point(a + s * w));
        prop_assume!(x.contains(point.lo()));
        prop_assert!(x.exp().encloses(point.exp()));
        prop_assert!(x.cos().widened(1e-15).encloses(point.cos()));
        prop_assert!(x.sin().widened(1e-15).encloses(point.sin()));
        prop_assert!(x.sqr().encloses(point.sqr()));
        prop_assert!(x.atan().encloses(point.atan()));
    }
}
