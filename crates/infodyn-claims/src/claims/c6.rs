//! C6: the cusp where the folds meet.

use infodyn_core::{Comparison, Estimate, NoiseProcess, ulps};
use infodyn_enclosure::{Component, Interval, Jet, Line, Number, Parameter};
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use crate::branching::Uneven;
use crate::enclosed::{Curve, Slope, equal, point, real};
use crate::limit::{Shared, exponent};
use crate::symbols::{coefficient, fold_gap};
use crate::{Check, Claim, Context, Ingredient, Kind, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "C6",
    name: "cusp",
    statement: "Near `d=1`, `G(d)/(d-1)^{3/2} -> c`, {0}; the ratio is `c (1 + (3/20)(d-1) + ...)`, so it is approached at the rate `d-1`",
    scope: "the series of G at d = 1, in symbols; folds of six pairs ever nearer to equal weights, found by continuation, extrapolated; nothing here is random",
    origin: Origin::Elsewhere("catastrophe theory; the constant is new here"),
    uses: &["C5"],
    formulas,
    checks,
};

/// `G(1 + z^2) = (8 sqrt(2)/3) z^3 + O(z^4)`.
fn formulas() -> Vec<Identity> {
    let z = Symbol::positive("z");
    let gap = fold_gap(&(1 + z.pow(2)));
    let sqrt2 = Expr::from(2).sqrt();
    let c = quantity("c");
    let written = |n: i32| Equation::new(&c, n * &sqrt2 / 3);
    let mut all = vec![
        Identity::of(
            "coefficient of (d-1)^(3/2)",
            &written(8),
            &[(&c, coefficient(&gap, &z, 3))],
            ("4 sqrt(2)/3", written(4).rhs),
        ),
        identity("coefficient of (d-1)^2", coefficient(&gap, &z, 4), 0, ("1", Expr::one())),
        identity(
            "coefficient of (d-1)^(5/2): the rate 3/20",
            coefficient(&gap, &z, 5),
            8 * &sqrt2 / 3 * Expr::ratio(3, 20),
            ("1/4", 8 * &sqrt2 / 3 / 4),
        ),
    ];
    for (n, named) in [(0, "no constant"), (1, "no (d-1)^(1/2)"), (2, "no (d-1)")] {
        let mutant = coefficient(&(&gap + z.pow(n)), &z, n);
        all.push(identity(named, coefficient(&gap, &z, n), 0, ("a term added", mutant)));
    }
    all
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    let vp = NoiseProcess::VP_LINEAR;
    let mut checks = Vec::new();
    for (q, process) in [(0.0, NoiseProcess::Ou), (0.4, vp)] {
        let folds = Shared::new();
        let mut number = |what: &str, run: fn(&Folds, Read) -> Comparison, (ingredient, how, wrong)| {
            let with = |read: Read| {
                let folds = folds.clone();
                move |_: &Context| Ok(run(&folds.get(|| folded(q, process))?, read))
            };
            let check = Check::number(Kind::Quadrature, format!("pair a=1 q={q}/{process}: {what}"), with(Read::TRUE));
            checks.push(check.variant(ingredient, how, with(wrong)));
        };
        let of = |bias| Read { bias, ..Read::TRUE };
        let doubled = (Ingredient::Weight, "-log 2(1-w) in place of the log-odds", of(Bias::Excess));
        number("limit of b/(d-1)^(3/2) at the fold", limit, doubled);
        let whole = (Ingredient::Weight, "-log(1-w) in place of the log-odds", of(Bias::Weight));
        number("exponent of b in d-1", power, whole);
        let squared = (Ingredient::Exponent, "(d^2-1)/2 in place of d-1", Read { power: 2, ..Read::TRUE });
        number("rate of approach", rate, squared);
    }
    checks.push(enclosed_limit());
    Ok(checks)
}

/// `s = beta b + kappa (d - 1) x - tau x^3` near the cusp, `b` the log-odds: folds at
/// `|b| = (2 tau/beta) (kappa (d-1)/(3 tau))^(3/2)`.
fn enclosed_limit() -> Check {
    fn score<P: Parameter<Over<Interval> = P>>([x, b, d]: [P; 3]) -> infodyn_enclosure::Result<P> {
        let one = real::<P>(1.0);
        let component = |weight: P, mean: P, label| Component { weight, mean, variance: real::<P>(0.0), label };
        let (light, heavy) = (one / (one + b.exp()), one / (one + (-b).exp()));
        Ok(Line::new(vec![component(heavy, d, 0), component(light, -d, 1)], one, one)?.observe(x).score())
    }
    let mutants = [
        (Ingredient::Mean, "means +-1.1, away from the cusp, in place of +-1", (1.1, 1.0)),
        (Ingredient::Weight, "half of the log-odds", (1.0, 0.5)),
    ];
    equal("N(+-d, 1)/at the cusp: G(d)/(d-1)^(3/2)", (1.0, 1.0), &mutants, |(mean, odds)| {
        let b = Slope::variable(Interval::ZERO).times(odds);
        let beta = score([real(0.0), b, real::<Slope>(mean)])?.slope;
        let x: Curve = Jet { value: Jet::variable(Interval::ZERO), slope: real(0.0) };
        let d: Curve = Jet { value: real(mean), slope: real(1.0) };
        let kappa = score([x, real(0.0), d])?.slope.slope;
        let x: Jet<Curve> =
            Jet { value: Jet { value: Jet::variable(Interval::ZERO), slope: real(1.0) }, slope: real(1.0) };
        let tau = -(score([x, real(0.0), real(mean)])?.slope.slope.slope / point(6.0));
        let share = kappa / tau.times(3.0);
        Ok([tau.times(2.0) / beta * share * share.sqrt(), point(2.0).sqrt().times(8.0) / point(3.0)])
    })
}

const LIMIT: f64 = 8.0 * std::f64::consts::SQRT_2 / 3.0;

/// `d - 1` nominally; the biases `b` follow from it.
fn nominal() -> Vec<f64> {
    (0..6).map(|i| 0.1 * 0.5_f64.powi(i)).collect()
}

/// How the distance of the means and the weights of a pair are read.
#[derive(Clone, Copy)]
struct Read {
    /// `n` in `(d^n - 1)/n`.
    power: i32,
    bias: Bias,
}

#[derive(Clone, Copy)]
enum Bias {
    /// `b = log(w/(1-w))`.
    Odds,
    /// `-log(2 (1-w))`, half of `b` to leading order.
    Excess,
    /// `-log(1-w)`.
    Weight,
}

impl Read {
    const TRUE: Self = Self { power: 1, bias: Bias::Odds };

    /// Distance and bias of a fold.
    fn of(self, &(d, bias): &(f64, Estimate)) -> (f64, Estimate) {
        let x = (d.powi(self.power) - 1.0) / f64::from(self.power);
        let light = bias.exp().ln_1p();
        let bias = match self.bias {
            Bias::Odds => bias,
            Bias::Excess => light - Estimate::near(std::f64::consts::LN_2),
            Bias::Weight => light,
        };
        (x, if bias.value() < 0.0 { -bias } else { bias })
    }
}

/// Folds of pairs: `d` as found, the bias as given.
type Folds = Vec<(f64, Estimate)>;

/// Folds of pairs of bias going to 0.
fn folded(q: f64, process: NoiseProcess) -> Result<Folds> {
    let fold = |size: f64| {
        let bias = LIMIT * size.powf(1.5);
        let pair = Uneven { w: 1.0 / (1.0 + (-bias).exp()), a: 1.0, q };
        let (log_snr, _) = pair.fold(process)?;
        let d = pair.separation(log_snr.value().exp());
        // The doubt about d, counted in b: G' = 4 sqrt(d^2 - 1) increases; the weight is rounded too.
        let doubt = 0.5 * d * (log_snr.radius() + ulps::level(log_snr.value()) * f64::EPSILON);
        let slope = 4.0 * ((d + doubt).powi(2) - 1.0).sqrt();
        Ok((d, Estimate::new(bias, slope * doubt + ulps::formula(4, 1) * f64::EPSILON)))
    };
    nominal().into_iter().map(fold).collect()
}

/// Distances, biases, and their ratios `b/x^(3/2)`.
fn read(folds: &Folds, read: Read) -> (Vec<f64>, Vec<Estimate>, Vec<Estimate>) {
    let (xs, biases): (Vec<f64>, Vec<Estimate>) = folds.iter().map(|fold| read.of(fold)).unzip();
    let ratios = xs.iter().zip(&biases).map(|(x, b)| *b * Estimate::given(*x).powf(-1.5)).collect();
    (xs, biases, ratios)
}

fn limit(folds: &Folds, how: Read) -> Comparison {
    let (xs, _, ratios) = read(folds, how);
    let rhs = Estimate::rounded(LIMIT, ulps::operations(3));
    Comparison::new(infodyn_quadrature::limit(&xs, &ratios), rhs, 1e-4 * LIMIT)
}

/// The slope of `log b` in `log (d-1)`; `d - 1` is a power series in its nominal value.
fn power(folds: &Folds, how: Read) -> Comparison {
    let (xs, biases, _) = read(folds, how);
    Comparison::new(exponent(&xs, &biases, &nominal()), Estimate::from(3) / 2, 1.5e-4)
}

fn rate(folds: &Folds, how: Read) -> Comparison {
    let (xs, _, ratios) = read(folds, how);
    let c = Estimate::rounded(LIMIT, ulps::operations(3));
    let rates: Vec<Estimate> =
        xs.iter().zip(&ratios).map(|(x, r)| (*r / c - Estimate::ONE) / Estimate::given(*x)).collect();
    Comparison::new(infodyn_quadrature::limit(&xs, &rates), Estimate::from(3) / 20, 1.5e-5)
}
