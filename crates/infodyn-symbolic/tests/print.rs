//! The printers, and that a printed formula is the one that is evaluated.

use infodyn_symbolic::{Expr, Symbol};

#[test]
fn text_latex_and_coq() {
    let (x, v, mu) = (Symbol::real("x"), Symbol::positive("v"), Symbol::real("mu_12"));
    let cases = [
        (&x - 1, "x - 1", "x - 1", "x - 1"),
        (-&x / 2, "-x/2", r"-\frac{x}{2}", "-(x / 2)"),
        ((&x + 1) / (&x - 1), "(x + 1)/(x - 1)", r"\frac{x + 1}{x - 1}", "(x + 1) / (x - 1)"),
        (x.pow(-2), "1/x^2", r"\frac{1}{x^{2}}", "1 / x ^ 2"),
        ((-&x).pow(2), "(-x)^2", r"\left(-x\right)^{2}", "(-x) ^ 2"),
        (v.sqrt().pow(3), "sqrt(v)^3", r"\sqrt{v}^{3}", "(sqrt v) ^ 3"),
        ((2 * Expr::pi() * &v).sqrt(), "sqrt(2*pi*v)", r"\sqrt{2 \, \pi \, v}", "sqrt (2 * PI * v)"),
        (
            mu.log() * Expr::ratio(2, 3),
            "2*log(mu_12)/3",
            r"\frac{2 \, \log\left(\mu_{12}\right)}{3}",
            "2 * ln mu_12 / 3",
        ),
        (Expr::ratio(-1, 2), "-1/2", r"-\frac{1}{2}", "-(1 / 2)"),
        ((&x / &v).tanh().pow(2), "tanh(x/v)^2", r"\tanh\left(\frac{x}{v}\right)^{2}", "(tanh (x / v)) ^ 2"),
    ];
    for (e, text, latex, coq) in cases {
        assert_eq!(e.to_string(), text);
        assert_eq!(e.to_latex(), latex);
        assert_eq!(e.to_coq(), coq);
    }
}

#[test]
fn mathml() {
    let x = Symbol::real("alpha");
    let mathml = (x.pow(2) / 2).exp().to_mathml().unwrap();
    assert!(mathml.starts_with("<math") && mathml.contains("<mfrac>") && mathml.contains('α'), "{mathml}");
}
