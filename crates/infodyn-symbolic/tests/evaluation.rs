//! Exact derivatives against dual numbers, which share no code with them, at thousands of points; series
//! against their definition; enclosed witnesses against doubles.

use infodyn_symbolic::theory::Mixture;
use infodyn_symbolic::{EvaluationError, Expr, Float, SeriesError, Symbol, Verdict, decide};
use num_dual::Dual64;

use infodyn_fixtures::Duals;

/// Points in `(0.2, 1.2)` for every symbol: the golden-ratio sequence.
fn point(symbols: &[Symbol], n: usize) -> Vec<(Symbol, f64)> {
    let value = |i: usize| 0.2 + (0.618_033_988_749_895 * (n * symbols.len() + i + 1) as f64).fract();
    symbols.iter().enumerate().map(|(i, s)| (s.clone(), value(i))).collect()
}

#[test]
fn derivatives_agree_with_dual_numbers() {
    let mut compared = 0;
    for (components, dim) in [(2, 1), (3, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let x = &law.x[0];
        let d = Symbol::positive("d");
        let shifted = law.posterior_entropy().substitute(&[(x, x * d.tanh().exp() + d.cosh().log() / d.sinh())]);
        for e in [law.density().log(), law.score().swap_remove(0), law.posterior_entropy(), shifted] {
            let (slope, symbols) = (e.diff(x), e.symbols());
            for n in 0..300 {
                let at = point(&symbols, n);
                let find = |s: &Symbol| at.iter().find(|(known, _)| known == s).map(|(_, v)| *v);
                let exact = slope.evaluate(&Float, find).unwrap();
                let dual = |s: &Symbol| find(s).map(|v| Dual64::new(v, if s == x { 1.0 } else { 0.0 }));
                let independent = e.evaluate(&Duals::<Dual64>::new(), dual).unwrap().eps;
                assert!((exact - independent).abs() <= 1e-10 * (1.0 + exact.abs()), "{exact} {independent}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 3600);
}

#[test]
fn unbound_and_undefined_are_errors() {
    let x = Symbol::real("x");
    assert_eq!(x.evaluate(&Float, |_| None), Err(EvaluationError::Unbound { name: "x".into() }));
    assert!(x.log().evaluate(&Float, |_| Some(-1.0)).is_err());
    assert!(x.pow(-1).evaluate(&Float, |_| Some(0.0)).is_err());
}

#[test]
fn series_are_taylor_series() {
    let (x, c) = (Symbol::positive("x"), Symbol::positive("c"));
    let e = ((&x + &c).sqrt() * x.tanh() + (1 + &c * &x).log()).exp() / (2 + x.sinh());
    let series = e.series(&x, 5).unwrap();
    let (mut derivative, mut factorial) = (e.clone(), 1);
    for n in 0..5 {
        let taylor = derivative.substitute(&[(&x, Expr::zero())]) / factorial;
        assert!(decide(&(series.coefficient(n).unwrap() - taylor)).is_zero(), "coefficient {n}");
        derivative = derivative.diff(&x);
        factorial *= n + 1;
    }
    assert_eq!(series.coefficient(5), None);
    assert_eq!((x.cosh() - 1 - x.pow(2) / 2).series(&x, 5).unwrap().leading().unwrap(), (4, Expr::ratio(1, 24)));
    assert_eq!((x.tanh() / &x).limit(&x).unwrap(), Expr::one());
}

#[test]
fn singular_functions_have_no_series() {
    let (x, y) = (Symbol::real("x"), Symbol::real("y"));
    for e in [x.log(), (1 / &x).exp(), x.pow(2).sqrt(), x.sqrt()] {
        assert!(matches!(e.series(&x, 3), Err(SeriesError::Singular { .. })), "{e}");
    }
    assert!((1 / (&x * &y - &y * &x)).series(&x, 2).is_err());
    assert!((1 / &x).limit(&x).is_err());
}

#[test]
fn witnesses_are_values() {
    let (x, a) = (Symbol::real("x"), Symbol::positive("a"));
    let e = (&a * &x).tanh() - (a.log() + x.cosh()).sqrt();
    let Verdict::Nonzero { witness } = decide(&e) else { panic!("no witness") };
    let find = |s: &Symbol| witness.point.iter().find(|(known, _)| known == s).map(|(_, v)| v.to_f64().value());
    assert!((e.evaluate(&Float, find).unwrap() - witness.value()).abs() < 1e-13);
    assert!(witness.lower <= witness.upper);
}
