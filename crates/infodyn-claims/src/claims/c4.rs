//! C4: the exponents of the pitchfork.

use infodyn_bifurcation::{Energy, FixedPoint, fixed_points};
use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Density, Estimate, Mixture, NoiseProcess};
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{landscape, root};
use crate::limit::exponent;
use crate::symbols::limit;
use crate::{Check, Claim, Context, Error, Kind, Mutation, Origin, Result};

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

const OTHER: &str = "the exponent of the plane Ising model, or the amplitude without its factor";

/// What is followed to the branching.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Law {
    Order,
    Barrier,
    Below,
    Above,
    Field,
}

impl Law {
    const ALL: [Self; 5] = [Self::Order, Self::Barrier, Self::Below, Self::Above, Self::Field];

    fn name(self) -> &'static str {
        match self {
            Self::Order => "x*",
            Self::Barrier => "dU",
            Self::Below => "chi below",
            Self::Above => "chi above",
            Self::Field => "x in a field",
        }
    }

    /// Its exponent (in `|v_c - v|`, or in the field), and that of the plane Ising model (interface tension: Onsager 1944; magnetization: Yang 1952).
    pub(crate) fn exponents(self) -> [f64; 2] {
        match self {
            Self::Order => [0.5, 0.125],
            Self::Barrier => [2.0, 1.0],
            Self::Below | Self::Above => [-1.0, -1.75],
            Self::Field => [1.0 / 3.0, 1.0 / 15.0],
        }
    }

    /// The limit of the quantity over that power, and a wrong one.
    pub(crate) fn amplitudes(self, a: f64) -> [f64; 2] {
        match self {
            Self::Order => [3.0_f64.sqrt(), 1.0],
            Self::Barrier => [0.75 / a.powi(4), 1.0 / a.powi(4)],
            Self::Below => [0.5 * a.powi(4), a.powi(4)],
            Self::Above => [a.powi(4), 0.5 * a.powi(4)],
            Self::Field => [(3.0 * a.powi(4)).cbrt(), a.powi(4).cbrt()],
        }
    }
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for a in [1.3, 0.6] {
        for law in Law::ALL {
            for what in ["exponent", "amplitude"] {
                let name = format!("atoms +-{a}/ve: {what} of {}", law.name());
                checks.push(Check::number_by_words(
                    Kind::Quadrature,
                    name,
                    &[Mutation::Formula(OTHER)],
                    move |_, mutation| {
                        compare(a, law, what == "exponent", usize::from(mutation == Mutation::Formula(OTHER)))
                    },
                ));
            }
        }
    }
    Ok(checks)
}

/// Distances from the branching, in units of `v_c`, or fields in units of `1/a`; each series goes in
/// powers of what is returned besides.
fn sizes(law: Law) -> (Vec<f64>, Vec<f64>) {
    let i = |n: i32| 2.0_f64.powi(-n);
    match law {
        // x grows as the cube root of the field, and the series goes in x^2.
        Law::Field => (0..6).map(|n| (1e-2 * i(3 * n), i(2 * n))).unzip(),
        _ => (0..6).map(|n| (0.1 * i(n), i(n))).unzip(),
    }
}

/// What is followed at one size, with its error, from the computed fixed points of the pair `+-a`.
pub(crate) fn value(a: f64, law: Law, size: f64) -> Result<Estimate> {
    let pair = Mixture::symmetric_pair(&[a], 0.0)?;
    let critical = a * a;
    if law == Law::Field {
        let field = size / a;
        let level = NoiseProcess::Ve.at(critical)?;
        let density = Marginal::new(&pair, &level);
        let total = |x: f64| density.score(&[x])[0] + field;
        let x = root(0.0, 2.0 * a, |x| Ok(total(x)))?;
        // The score is rounded to a few units of (a + x)/v, and falls on the root at least as fast as its mean.
        let doubt = 8.0 * f64::EPSILON * (a + x) / critical;
        return Ok(Estimate::new(x, doubt * x / field + 4.0 * f64::EPSILON * x));
    }
    let v = critical * if law == Law::Above { 1.0 + size } else { 1.0 - size };
    landscape(&pair, &NoiseProcess::Ve, Energy::Marginal, |l| {
        let points = fixed_points(l, 1.0 / v)?;
        // The centre may stand a rounding below 0.
        let stable = |p: &&FixedPoint| p.stable() && p.at[0] >= -p.error;
        let point = points.iter().find(stable).ok_or(Error::NotFound("a stable fixed point"))?;
        Ok(match law {
            Law::Order => Estimate::new(point.at[0], point.error),
            // The energy is flat at its minimum: the error of the place enters as its square.
            Law::Barrier => l.rise(&point.at, &[0.0], 1.0 / v)?,
            // The eigenvalue is rounded, and moves with the place by at most 2 (x/v) dx.
            _ => {
                let chi = point.susceptibility();
                let slope = 16.0 * f64::EPSILON + 4.0 * point.at[0].abs() * point.error / critical;
                Estimate::new(chi, 1.01 * chi * chi / v * slope)
            }
        })
    })
}

/// `|v_c - v|` or the field at one size, in the units of the theorem.
pub(crate) fn distance(a: f64, law: Law, size: f64) -> f64 {
    size * if law == Law::Field { 1.0 / a } else { a * a }
}

/// The exponent fitted to the computed values and extrapolated to the branching, or the amplitude over the exact power.
pub(crate) fn fit(a: f64, law: Law, of_exponent: bool) -> Result<Estimate> {
    let (sizes, steps) = sizes(law);
    let values: Vec<Estimate> = sizes.iter().map(|&s| value(a, law, s)).collect::<Result<_>>()?;
    let xs: Vec<f64> = sizes.iter().map(|&s| distance(a, law, s)).collect();
    let [power, _] = law.exponents();
    Ok(if of_exponent {
        exponent(&xs, &values, &steps)
    } else {
        let ratios: Vec<Estimate> =
            xs.iter().zip(&values).map(|(x, v)| *v * Estimate::rounded(x.powf(-power), 2.0)).collect();
        infodyn_quadrature::limit(&steps, &ratios)
    })
}

fn compare(a: f64, law: Law, of_exponent: bool, form: usize) -> Result<Comparison> {
    let rhs = if of_exponent { law.exponents() } else { law.amplitudes(a) }[form];
    Ok(Comparison::new(fit(a, law, of_exponent)?, Estimate::rounded(rhs, 8.0), 1e-5 * rhs.abs()))
}
