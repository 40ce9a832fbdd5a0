//! The zero test on named cases.

use infodyn_symbolic::{Expr, Symbol, Verdict, decide};

fn zero(e: &Expr) {
    assert_eq!(decide(e), Verdict::Zero, "{e:?}");
}

#[test]
fn hyperbolic_functions_are_exponentials() {
    let x = Symbol::real("x");
    zero(&(1 - x.tanh().pow(2) - 4 / (x.exp() + (-&x).exp()).pow(2)));
    zero(&((&x * 2).tanh() - 2 * x.tanh() / (1 + x.tanh().pow(2))));
    zero(&(x.cosh().pow(2) - x.sinh().pow(2) - 1));
    zero(&(x.tanh().artanh() - &x));
    zero(&(x.artanh().tanh() - &x));
}

#[test]
fn exponentials_over_a_basis() {
    let (x, y) = (Symbol::real("x"), Symbol::real("y"));
    zero(&((&x * 2).exp() - x.exp().pow(2)));
    zero(&((&x + &y).exp() - x.exp() * y.exp()));
    zero(&((&x / 7).exp().pow(7) - x.exp()));
    let v = 1 + y.pow(2);
    zero(&((&x / &v).exp() * (&x * y.pow(2) / &v).exp() - x.exp()));
}

#[test]
fn assumptions_decide_branches() {
    for (x, y) in [
        (Symbol::real("x"), Symbol::real("y")),
        (Symbol::nonzero("x"), Symbol::nonzero("y")),
        (Symbol::positive("x"), Symbol::positive("y")),
    ] {
        let positive = x.assumption() == infodyn_symbolic::Assumption::Positive;
        let root = decide(&(x.pow(2).sqrt() - &x));
        assert_eq!(root.is_zero(), positive);
        assert_eq!(root.is_nonzero(), !positive);
        assert_eq!(decide(&((&x * &y).log() - x.log() - y.log())).is_zero(), positive);
        assert_eq!(decide(&((&x * &y).sqrt() - x.sqrt() * y.sqrt())).is_zero(), positive);
        let square = decide(&(x.pow(2).log() - 2 * x.log()));
        assert_eq!(square.is_zero(), positive);
        zero(&((x.pow(2) + y.pow(2)).sqrt().pow(2) - x.pow(2) - y.pow(2)));
        zero(&(x.pow(4).sqrt() - x.pow(2)));
        assert!(decide(&(x.pow(3).sqrt() - &x * x.sqrt())).is_zero());
    }
}

#[test]
fn roots() {
    let d = Symbol::real("d");
    zero(&(Expr::from(2).sqrt() * Expr::from(3).sqrt() - Expr::from(6).sqrt()));
    zero(&(1 / Expr::from(2).sqrt() - Expr::from(2).sqrt() / 2));
    let r = (d.pow(2) - 1).sqrt();
    zero(&(d.arcosh().diff(&d) - 1 / &r));
    zero(&((&d + &r).log() + (&d - &r).log()));
    zero(&(1 / (&d + &r) - &d + &r));
}

#[test]
fn empty_domain_is_undecided() {
    let x = Symbol::real("x");
    assert_eq!(decide(&((-1 - x.pow(2)).log() * 2)), Verdict::Undecided);
    assert_eq!(decide(&(1 / ((&x + 1).pow(2) - x.pow(2) - 2 * &x - 1))), Verdict::Undecided);
    assert_eq!(decide(&(Expr::ratio(1, 0))), Verdict::Undecided);
}

#[test]
fn nonzero_needs_a_witness() {
    let x = Symbol::real("x");
    let Verdict::Nonzero { witness } =
        decide(&((&x + 1).pow(2) - x.pow(2) - 2 * &x - Expr::ratio(999_999_999, 1_000_000_000)))
    else {
        panic!("a difference of 1e-9 was missed");
    };
    assert!((witness.value() - 1e-9).abs() < 1e-20);
}

#[test]
fn enormous_powers_are_undecided_not_endless() {
    let x = Symbol::real("x");
    let huge = (&x + 2).pow(1_000_000);
    assert_eq!(decide(&(&huge * 2 - &huge - &huge)), Verdict::Undecided);
    let number = Expr::from(2).pow(2_000_000_000);
    assert_eq!(decide(&(&number - &number * 2 + &number)), Verdict::Undecided);
}

#[test]
fn zero_is_not_claimed_across_branches() {
    let (x, y) = (Symbol::real("x"), Symbol::real("y"));
    // Equal on a part of the domain, or by a split that the declared signs do not allow.
    for e in [
        (x.pow(2) * &y).sqrt() - &x * y.sqrt(),
        (&x * &y).sqrt() - (-&x).sqrt() * (-&y).sqrt(),
        (&x / &y).log() - (-&x).log() + (-&y).log(),
        x.pow(6).sqrt() - x.pow(3),
        (x.pow(2) - 2 * &x * &y + y.pow(2)).sqrt() - (&x - &y),
        (x.pow(2).log() / 2).exp() - &x,
        ((&x - &y).pow(-2)).sqrt() - 1 / (&x - &y),
    ] {
        assert!(!decide(&e).is_zero(), "{e}");
    }
    // Equal everywhere.
    assert!(decide(&(x.pow(6).sqrt() - (x.pow(2).sqrt()).pow(3))).is_zero());
    assert!(decide(&((x.pow(2).log() / 2).exp() - x.pow(2).sqrt())).is_zero());
}
