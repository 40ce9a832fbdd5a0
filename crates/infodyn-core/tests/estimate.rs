//! The arithmetic of estimates against exact integers: no truth is lost, and no more than a rounding is added.

use dashu_int::IBig;
use infodyn_core::{Estimate, Rigor};
use proptest::prelude::*;

/// Every finite double times two to this power is an integer.
const SCALE: usize = 1074;

/// `x 2^1074`.
fn exact(x: f64) -> IBig {
    let bits = x.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7ff) as usize, bits & ((1 << 52) - 1));
    let size = if exponent == 0 { IBig::from(fraction) } else { IBig::from(fraction | 1 << 52) << (exponent - 1) };
    if x < 0.0 { -size } else { size }
}

fn size(x: IBig) -> IBig {
    if x < IBig::ZERO { -x } else { x }
}

/// Doubles of every size, and many of a size, so that sums cancel and products are exact.
fn double() -> impl Strategy<Value = f64> {
    use prop::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    prop_oneof![
        2 => POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO,
        2 => -4.0..4.0,
        1 => (-9_i32..=9, -12_i32..=12).prop_map(|(n, e)| f64::from(n) * 2.0_f64.powi(e)),
    ]
}

/// A value, a radius, and how many sixteenths of the radius the truth is away from the value.
type Operand = (f64, f64, i32);

/// Two of them; the second is independent of the first, or nearly its opposite.
fn operands() -> impl Strategy<Value = (Operand, Operand)> {
    let operand = |v: f64| {
        let relative = (-60_i32..4).prop_map(move |e| (v.abs() * 2.0_f64.powi(e)).min(f64::MAX));
        let radius = prop_oneof![2 => Just(0.0), 2 => relative, 1 => double().prop_map(f64::abs)];
        (Just(v), radius, -16_i32..=16)
    };
    let opposite = |v: f64| (-3_i64..=3).prop_map(move |k| -f64::from_bits(v.to_bits().saturating_add_signed(k)));
    double()
        .prop_flat_map(move |v| (Just(v), prop_oneof![double(), opposite(v)]))
        .prop_filter("two numbers", |(_, w)| w.is_finite())
        .prop_flat_map(move |(v, w)| (operand(v), operand(w)))
}

/// Whether `|truth - value| <= radius`, where the truth is given times `2^1074` and a factor.
fn held(truth: &IBig, found: Estimate, factor: &IBig) -> bool {
    found.radius() == f64::INFINITY
        || size(truth - exact(found.value()) * factor) <= exact(found.radius()) * size(factor.clone())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250_000))]

    /// A million operations, none lost: for every truth of the operands the result holds the exact sum, difference,
    /// product and quotient. Where the operands have no radius, that of the result is at most half a unit in the last
    /// place.
    #[test]
    fn arithmetic_holds_every_truth((x, y) in operands()) {
        let truth = |(v, r, s): Operand| exact(v) + ((exact(r) * IBig::from(s)) >> 4);
        let estimate = |(v, r, _): Operand| if r == 0.0 { Estimate::given(v) } else { Estimate::new(v, r) };
        let (a, b) = (truth(x), truth(y));
        let (p, q) = (estimate(x), estimate(y));
        let (one, whole) = (IBig::ONE, IBig::ONE << SCALE);
        prop_assert!(held(&(&a + &b), p + q, &one), "{p} + {q} = {}", p + q);
        prop_assert!(held(&(&a - &b), p - q, &one), "{p} - {q} = {}", p - q);
        prop_assert!(held(&(&a * &b), p * q, &whole), "{p} * {q} = {}", p * q);
        prop_assert!(held(&(&a << SCALE), p / q, &b), "{p} / {q} = {}", p / q);
        if x.1 == 0.0 && y.1 == 0.0 {
            for found in [p + q, p - q, p * q, p / q] {
                let value = found.value().abs();
                // A dividend so small that its last bits are lost is so much smaller or larger.
                let lost = 2.0 * f64::from_bits(1) * (1.0 + 1.0 / y.0.abs());
                let half = (value - value.next_down()) * (1.0 + 4.0 * f64::EPSILON) + lost;
                prop_assert!(!value.is_finite() || found.radius() <= half, "{p}, {q}: {found}");
                prop_assert_eq!(found.rigor(), Rigor::Enclosed);
            }
        }
    }

    /// The interval between two doubles is within the one that stands for it, which is at most a rounding wider.
    #[test]
    fn an_enclosure_holds_its_ends(a in double(), b in double()) {
        let found = Estimate::enclosed(a.min(b), a.max(b));
        prop_assert!(held(&exact(a), found, &IBig::ONE) && held(&exact(b), found, &IBig::ONE), "{a} {b}: {found}");
        prop_assert!(found.contains(a) && found.contains(b));
        let most = (0.5 * a - 0.5 * b).abs() * (1.0 + 4.0 * f64::EPSILON) + found.value().abs() * f64::EPSILON;
        prop_assert!(found.radius() <= most + 2.0 * f64::from_bits(1), "{a} {b}: {found}");
    }

    /// Functions at the doubles next to the ends of an interval, inside it: monotone, so what they hold there they hold
    /// between; the values compared with are right to one unit. The square root is held against its square, exactly.
    #[test]
    fn functions_hold_their_ends(v in double(), r in -60_i32..4) {
        let x = Estimate::new(v, v.abs() * 2.0_f64.powi(r));
        for at in [(v - x.radius()).next_up().min(v), (v + x.radius()).next_down().max(v)] {
            for (found, truth) in
                [(x.exp(), at.exp()), (x.exp_m1(), at.exp_m1()), (x.ln(), at.ln()), (x.ln_1p(), at.ln_1p())]
            {
                let most = found.radius() + f64::EPSILON * truth.abs() + f64::from_bits(1);
                let silent = found.radius() == f64::INFINITY;
                prop_assert!(silent || (found.value() - truth).abs() <= most, "{x} at {at}: {found} {truth}");
            }
        }
        let root = Estimate::given(v.abs()).sqrt();
        let (value, radius) = (exact(root.value()), exact(root.radius()));
        let (low, high) = (&value - &radius, value + radius);
        let square = exact(v.abs()) << SCALE;
        prop_assert!(&low * &low <= square && square <= &high * &high, "{v}: {root}");
        prop_assert!(root.radius() <= 0.5 * f64::EPSILON * root.value() * (1.0 + 1e-9) || v.abs() < 1e-250, "{v}: {root}");
    }

    /// What an interval contains is decided exactly.
    #[test]
    fn containment_is_exact((x, y) in operands()) {
        let found = Estimate::new(x.0, x.1);
        prop_assert_eq!(found.contains(y.0), held(&exact(y.0), found, &IBig::ONE), "{} {}", found, y.0);
    }
}

/// Whole numbers and what they give have no radius where the result is a double.
#[test]
fn whole_numbers_are_exact() {
    let three = Estimate::from(3);
    for e in [Estimate::from(7) / 8, Estimate::count(1 << 60), Estimate::from(u32::MAX) * three, (three / 2 - 1) * 2] {
        assert!(e.radius() == 0.0 && e.rigor() == Rigor::Enclosed, "{e}");
    }
    assert_eq!(Estimate::count((1 << 53) + 1).radius(), 1.0);
    let tenth = Estimate::near(0.1) - Estimate::ONE / 10;
    assert!(tenth.contains(0.0) && tenth.radius() > 0.0 && tenth.radius() < 3e-17, "{tenth}");
}

/// What is not a number says nothing.
#[test]
fn nothing_is_said_of_what_is_not_finite() {
    let most = Estimate::given(f64::MAX);
    for e in [
        Estimate::given(f64::NAN),
        Estimate::new(1.0, f64::NAN),
        Estimate::new(1.0, -1.0),
        Estimate::enclosed(2.0, 1.0),
        Estimate::enclosed(0.0, f64::INFINITY),
        most + most,
        most * -most,
        Estimate::ONE / 0,
        Estimate::ZERO / 0,
        Estimate::ONE / Estimate::new(1.0, 2.0),
    ] {
        assert!(!e.is_finite() && e.radius() == f64::INFINITY, "{e}");
    }
    let all = Estimate::enclosed(-f64::MAX, f64::MAX);
    assert!(all.is_finite() && all.contains(f64::MAX) && all.contains(-f64::MAX));
}
