//! The elementary functions against correctly rounded ones, on every vector unit of this machine.

use infodyn_kernels::{Kernel, exp, ln, ln_1p, normal_quantile, sin_cos_turns, units};

/// A kernel that maps a slice in place by one function.
macro_rules! in_place {
    ($name:ident, $f:expr) => {
        struct $name<'a>(&'a mut [f64]);
        impl Kernel for $name<'_> {
            type Output = ();
            #[inline(always)]
            fn call(self) {
                for x in self.0 {
                    *x = $f(*x);
                }
            }
        }
    };
}

in_place!(Exp, exp);
in_place!(Ln, ln);
in_place!(Ln1p, ln_1p);
in_place!(Quantile, normal_quantile);
in_place!(Sin, |u| sin_cos_turns(u).0);
in_place!(Cos, |u| sin_cos_turns(u).1);

/// How many floating-point numbers lie from `a` to `b`.
fn apart(a: f64, b: f64) -> u64 {
    if a == b || (a.is_nan() && b.is_nan()) {
        return 0;
    }
    let place = |x: f64| if x < 0.0 { -((x.to_bits() << 1 >> 1) as i64) } else { x.to_bits() as i64 };
    place(a).abs_diff(place(b))
}

/// Runs a kernel on each unit: the same bits on all, at most `most` numbers from the correctly rounded ones. Says how
/// many per thousand are rounded otherwise.
macro_rules! check {
    ($kernel:ident, $xs:expr, $truth:expr, $most:expr) => {{
        let xs: Vec<f64> = $xs;
        let on = |unit: pulp::Arch| {
            let mut ys = xs.clone();
            unit.dispatch($kernel(&mut ys));
            ys
        };
        let all = units();
        let ys = on(all[0]);
        for &unit in &all[1..] {
            assert!(on(unit).iter().zip(&ys).all(|(a, b)| a.to_bits() == b.to_bits() || a.is_nan()), "{unit:?}");
        }
        let mut other = 0;
        for (&x, &y) in xs.iter().zip(&ys) {
            let truth = $truth(x);
            let apart = apart(y, truth);
            assert!(apart <= $most, "{x:e}: {y:e}, correctly rounded {truth:e}");
            other += u32::from(apart > 0);
        }
        println!(
            "{}: {} of 1000 not correctly rounded",
            stringify!($kernel),
            1000.0 * f64::from(other) / xs.len() as f64
        );
    }};
}

/// `2^20` numbers from `a` on, `2^-20 (b - a)` apart.
fn grid(a: f64, b: f64) -> impl Iterator<Item = f64> {
    (0..1 << 20).map(move |i| a + (b - a) * f64::from(i) * 2.0_f64.powi(-20))
}

/// `sign e^y` for `y` in a grid.
fn geometric(sign: f64, a: f64, b: f64) -> impl Iterator<Item = f64> {
    grid(a, b).map(move |y| sign * core_math::exp(y))
}

#[test]
fn exponentials_round_to_a_neighbour() {
    check!(Exp, grid(-690.0, 709.78).chain(grid(-2.0, -1.0)).chain(grid(-0.5, 0.5)).collect(), core_math::exp, 1);
    check!(Exp, geometric(-1.0, -60.0, 0.0).collect(), core_math::exp, 1);
    let far = [f64::NEG_INFINITY, -1e300, -690.001, 709.79, 1e300, f64::INFINITY, f64::NAN, -0.0];
    check!(Exp, far.to_vec(), |x| if x < -690.0 { 0.0 } else { core_math::exp(x) }, 0);
}

#[test]
fn logarithms_round_to_a_neighbour() {
    check!(Ln, grid(0.5, 1.0).chain(grid(1.0, 2.0)).collect(), core_math::log, 1);
    check!(Ln, geometric(1.0, -708.0, 709.7).collect(), core_math::log, 1);
    let near = |x: f64| 1.0 + x;
    check!(
        Ln,
        geometric(1.0, -36.0, -1.0).map(near).chain(geometric(-1.0, -36.0, -1.0).map(near)).collect(),
        core_math::log,
        1
    );
    let special = [f64::INFINITY, f64::NAN, -1.0, f64::NEG_INFINITY, f64::MIN_POSITIVE, f64::MAX];
    check!(Ln, special.to_vec(), core_math::log, 1);
    check!(Ln, vec![0.0, -0.0, 1e-310], |_| f64::NEG_INFINITY, 0);
}

#[test]
fn logarithms_of_one_and_a_little_round_to_a_neighbour() {
    check!(Ln1p, grid(-0.5, 0.0).chain(grid(0.0, 1.0)).chain(grid(1.0, 2.0)).collect(), core_math::log1p, 1);
    check!(Ln1p, geometric(1.0, -700.0, 709.7).chain(geometric(-1.0, -700.0, 0.0)).collect(), core_math::log1p, 1);
    let special = [f64::INFINITY, f64::NAN, -1.0, -1.5, f64::NEG_INFINITY, 0.0, f64::MAX, 1e-310];
    check!(Ln1p, special.to_vec(), core_math::log1p, 0);
}

#[test]
fn sines_and_cosines_are_two_numbers_away_at_most() {
    let ends =
        (0..=8).flat_map(|i| [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0].map(|j| f64::from(i) / 8.0 + j * f64::EPSILON));
    let us: Vec<f64> = grid(0.0, 1.0).chain(ends).filter(|u| (0.0..=1.0).contains(u)).collect();
    check!(Sin, us.clone(), |u: f64| core_math::sinpi(2.0 * u), 2);
    check!(Cos, us, |u: f64| core_math::cospi(2.0 * u), 2);
}

/// The tail beyond each quantile is the one asked for, on every unit with the same bits.
#[test]
fn quantiles_leave_the_tail_asked_for() {
    let us: Vec<f64> = grid(0.0, 1.0).skip(1).chain(geometric(1.0, -36.7, -0.7)).collect();
    let on = |unit: pulp::Arch| {
        let mut zs = us.clone();
        unit.dispatch(Quantile(&mut zs));
        zs
    };
    let all = units();
    let zs = on(all[0]);
    assert!(all.iter().all(|&unit| on(unit).iter().zip(&zs).all(|(a, b)| a.to_bits() == b.to_bits())));
    for (&u, &z) in us.iter().zip(&zs) {
        let (tail, side) = if u < 0.5 { (u, -z) } else { (1.0 - u, z) };
        let found = 0.5 * core_math::erfc(side / std::f64::consts::SQRT_2);
        assert!(side >= 0.0 && (found / tail - 1.0).abs() <= 8.0 * f64::EPSILON * (1.0 + z * z), "{u:e}: {z}");
    }
    assert_eq!(normal_quantile(0.5), 0.0);
}
