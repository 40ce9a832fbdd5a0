//! C4: the exponents of the pitchfork.

use infodyn_core::{Comparison, Estimate, ulps};
use infodyn_enclosure::{Interval, Jet, LineLaw, Number};
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use crate::branching::{MeanField, NormalForm};
use crate::enclosed::{Curve, Slope, equal, point, real};
use crate::symbols::limit;
use crate::{Check, Claim, Context, Ingredient, Kind, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "C4",
    name: "mean-field-exponents",
    statement: "For atoms (`q=0, alpha=1, v=sigma^2, v_c=a^2`): `x*^2/(v_c - v) -> 3`; the barrier of `-log p` has `dU/(v_c-v)^2 -> 3/(4 a^4)`; the \
                susceptibility is {0} above and `chi (v_c - v) -> v_c^2/2` below; at `v=v_c` a field `e` added to the score gives \
                `x/(3 a^4 e)^{1/3} -> 1`",
    scope: "limits along the exact curve of fixed points, by series; amplitudes and exponents fitted to computed fixed points at six distances from the branching, \
            extrapolated; nothing here is random",
    origin: Origin::Elsewhere(
        "Ambrogioni 2023, The statistical thermodynamics of generative diffusion models (arXiv 2310.17467): mean-field exponents; the constants are new here",
    ),
    uses: &["C2"],
    formulas,
    checks,
};

/// The exponents at the pitchfork, by the exact curve of fixed points.
///
/// With `alpha = 1`, `q = 0` and `y = x/a`, the fixed points `y = tanh(y a^2/v)` are the curve `v = a^2 y/artanh y`, so
/// every quantity is a function of `y` with a series at 0: no equation is solved.
fn formulas() -> Vec<Identity> {
    let (a, y) = (Symbol::positive("a"), Symbol::positive("y"));
    let (x, v) = (&a * &y, a.pow(2) * &y / y.artanh());
    let (position, variance) = (Symbol::positive("x"), Symbol::positive("v"));
    // -log p up to a constant, and the score.
    let energy = position.pow(2) / (2 * &variance) - (&a * &position / &variance).cosh().log();
    let score = -energy.diff(&position);
    let on_curve = |e: &Expr| e.substitute(&[(&position, x.clone()), (&variance, v.clone())]);
    let gap = a.pow(2) - &v;
    let limit = |e: Expr| limit(&e, &y);
    let barrier = -on_curve(&energy);
    let below = -1 / on_curve(&score.diff(&position));
    let above = -1 / score.diff(&position).substitute(&[(&position, Expr::zero())]);
    let field = -score.substitute(&[(&position, x.clone()), (&variance, a.pow(2))]);
    let [chi, w, w_c] = ["chi", "v", "v_c"].map(quantity);
    let law = |power: i32| Equation::new(&chi, w.pow(power) / (&w - &w_c));
    let defined = [(&chi, above.clone()), (&w, Expr::from(&variance)), (&w_c, a.pow(2))];
    vec![
        Identity::of("chi above", &law(2), &defined, ("v in place of v^2", law(1).rhs)),
        identity(
            "the curve solves s = 0",
            on_curve(&score),
            0,
            ("v off by 1/10", { score.substitute(&[(&position, x.clone()), (&variance, &v + Expr::ratio(1, 10))]) }),
        ),
        identity("x^2/(v_c - v) -> 3", limit(x.pow(2) / &gap), 3, ("2", Expr::from(2))),
        identity(
            "dU/(v_c - v)^2 -> 3/(4 a^4)",
            limit(barrier / gap.pow(2)),
            3 / (4 * a.pow(4)),
            ("a^2 in place of a^4", 3 / (4 * a.pow(2))),
        ),
        identity("chi (v_c - v) -> v_c^2/2 below", limit(below * &gap), a.pow(4) / 2, ("v_c^2, as above", a.pow(4))),
        identity(
            "x^3/(3 a^4 e) -> 1 at v = v_c",
            limit(x.pow(3) / (3 * a.pow(4) * &field)),
            1,
            ("3/2", Expr::ratio(3, 2)),
        ),
    ]
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for a in [1.3, 0.6] {
        for law in MeanField::ALL {
            let exponent = move |share: f64| {
                move |_: &Context| {
                    let rhs = Estimate::near(law.exponent());
                    Ok(Comparison::new(law.fitted_exponent(a, share * a * a)?, rhs, 1e-5 * rhs.value().abs()))
                }
            };
            let name = format!("atoms +-{a}/ve: exponent of {}", law.name());
            let check = Check::number(Kind::Quadrature, name, exponent(1.0));
            checks.push(check.variant(Ingredient::Time, "at half the noise of the branching", exponent(0.5)));
            let amplitude = move |form: NormalForm| {
                move |_: &Context| {
                    let rhs = Estimate::rounded(law.amplitude(form), ulps::formula(10, 1));
                    Ok(Comparison::new(law.fitted_amplitude(a)?, rhs, 1e-5 * rhs.value()))
                }
            };
            let form = NormalForm::of_atoms(a);
            let name = format!("atoms +-{a}/ve: amplitude of {}", law.name());
            let check = Check::number(Kind::Quadrature, name, amplitude(form));
            checks.push(if matches!(law, MeanField::Below | MeanField::Above) {
                let loose = NormalForm { stiffness: a.powi(-2), ..form };
                check.variant(Ingredient::Exponent, "1/v_c in place of 1/v_c^2", amplitude(loose))
            } else {
                let flat = NormalForm { quartic: 1.2 * a.powi(-4), ..form };
                let how = "the fourth cumulant -6/5 a^4, of a uniform law of the same variance, in place of -2 a^4";
                check.variant(Ingredient::Moment, how, amplitude(flat))
            });
        }
    }
    checks.extend(enclosures());
    Ok(checks)
}

/// Half the distance of the atoms: its square is a double.
const A: f64 = 1.25;

/// `U = (A/2) (v - v_c) x^2 + (B/24) x^4` with `U = -log p`, from derivatives at the origin: all the limits of the
/// claim are ratios of its two coefficients.
fn enclosures() -> Vec<Check> {
    type Limit = (&'static str, fn(Interval, Interval) -> Interval, fn(Interval) -> Interval);
    let limits: [Limit; 4] = [
        ("x*^2/(v_c - v)", |a, b| a.times(6.0) / b, |_| point(3.0)),
        ("barrier over (v_c - v)^2", |a, b| a.sqr().times(1.5) / b, |a4| point(0.75) / a4),
        ("chi (v - v_c)", |a, _| a.recip(), |a4| a4),
        ("x^3/e in a field", |_, b| point(6.0) / b, |a4| a4.times(3.0)),
    ];
    let mutants = [
        (Ingredient::Weight, "the first weight three times too large", (0.75, 1.0)),
        (Ingredient::Time, "at 5/4 of the noise of the branching", (0.5, 1.25)),
    ];
    let one = |(what, of, stated): Limit| {
        equal(format!("two-atoms/a={A}/at the pitchfork: {what}"), (0.5, 1.0), &mutants, move |(weight, share)| {
            let [a, b] = coefficients(weight, point(A).sqr().times(share))?;
            Ok([of(a, b), stated(point(A).sqr().sqr())])
        })
    };
    limits.map(one).into()
}

/// `A` and `B` at a noise.
fn coefficients(weight: f64, critical: Interval) -> infodyn_enclosure::Result<[Interval; 2]> {
    let law = LineLaw::from_parts(&[weight, 1.0 - weight], &[-A, A], &[0.0; 2]);
    // Outer derivative in v, inner in x.
    let x: Curve = Jet { value: Jet::variable(Interval::ZERO), slope: real(0.0) };
    let v: Curve = Jet { value: Slope::real(critical), slope: real(1.0) };
    let stiffness = -law.at(real::<Curve>(1.0), v)?.observe(x).score().slope.slope;
    let x: Jet<Curve> = Jet { value: Jet { value: Jet::variable(Interval::ZERO), slope: real(1.0) }, slope: real(1.0) };
    let seen = law.at(real::<Jet<Curve>>(1.0), Jet::<Curve>::real(critical))?.observe(x);
    Ok([stiffness, -seen.score().slope.slope.slope])
}
