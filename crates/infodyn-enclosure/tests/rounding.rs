//! Interval arithmetic against exact rationals: an operation that rounds to nearest, or inward, loses the exact result.
#![allow(clippy::unwrap_used)]

use dashu_ratio::RBig;
use infodyn_enclosure::Interval;
use proptest::prelude::*;

fn exact(x: f64) -> RBig {
    RBig::try_from(x).unwrap()
}

/// Numbers with all bits in use, of sizes whose products stay finite.
fn number() -> impl Strategy<Value = f64> {
    (any::<bool>(), 0_u64..1 << 52, -200_i32..200).prop_map(|(negative, mantissa, exponent)| {
        let size = (1.0 + mantissa as f64 * 2.0_f64.powi(-52)) * 2.0_f64.powi(exponent);
        if negative { -size } else { size }
    })
}

/// An interval whose ends are two numbers.
fn interval() -> impl Strategy<Value = [f64; 2]> {
    (number(), number()).prop_map(|(a, b)| [a.min(b), a.max(b)])
}

fn holds(x: Interval, truth: &RBig) -> bool {
    exact(x.lo()) <= *truth && *truth <= exact(x.hi())
}

/// The ends of an interval and its middle.
fn points([lo, hi]: [f64; 2]) -> [f64; 3] {
    [lo, 0.5 * lo + 0.5 * hi, hi]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn results_contain_the_exact_ones(a in interval(), b in interval()) {
        let (x, y) = (Interval::new(a[0], a[1]), Interval::new(b[0], b[1]));
        let (sum, difference, product, square) = (x + y, x - y, x * y, x.sqr());
        for p in points(a) {
            prop_assert!(holds(square, &(exact(p) * exact(p))), "{p}^2 in {square}");
            for q in points(b) {
                prop_assert!(holds(sum, &(exact(p) + exact(q))), "{p} + {q} in {sum}");
                prop_assert!(holds(difference, &(exact(p) - exact(q))), "{p} - {q} in {difference}");
                prop_assert!(holds(product, &(exact(p) * exact(q))), "{p} {q} in {product}");
                if b[0] > 0.0 || b[1] < 0.0 {
                    prop_assert!(holds(x / y, &(exact(p) / exact(q))), "{p}/{q} in {}", x / y);
                }
            }
        }
    }

    /// Of points, and as narrow as outward rounding can be: two units in the last place.
    #[test]
    fn results_of_points_are_narrow(a in number(), b in number()) {
        let (x, y) = (Interval::point(a), Interval::point(b));
        for (what, z) in [("sum", x + y), ("product", x * y), ("quotient", x / y)] {
            prop_assert!(z.hi() <= z.lo().next_up().next_up(), "{what} of {a} and {b}: {z}");
        }
        let root = Interval::point(a.abs()).sqrt();
        prop_assert!(exact(root.lo()) * exact(root.lo()) <= exact(a.abs()), "{root}");
        prop_assert!(exact(root.hi()) * exact(root.hi()) >= exact(a.abs()), "{root}");
    }
}
