//! C9: sharpening is a matter of coordinates.

use infodyn_closed_form::Marginal;
use infodyn_core::{Comparison, Estimate, Mixture, NoiseProcess, ulps};
use infodyn_enclosure::{Interval, Jet, zero};
use infodyn_monte_carlo::View;
use infodyn_quadrature::root;
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::{SAMPLED, SHARP};
use crate::decisions::{K_V, ou_time, pair_on_a_line, production, variance_window};
use crate::enclosed::{digits, equal, pair_at, variance_peak};
use crate::limit::halving;
use crate::{Case, Check, Claim, Context, Error, Ingredient, Kind, Mutation, NamedLaw, Origin, Result};

pub(super) const CLAIM: Claim = Claim {
    id: "C9",
    name: "sharpening",
    statement: "In `ou` with `a^2 = D r^2` the label's {0}, so the peak of `Var h` stands at `t_V = (1/2) log(1 - q + D r^2/k_V)` and grows as `(1/2) log D` while the window keeps \
                its width, for `q = 1` exactly {1} between two values of `k`: in `t/t_V` it sharpens. In `edm` the window scales with its place: in `sigma/sigma_V` its shape \
                does not depend on `D`. So sharpening is a statement about coordinates",
    scope: "half-maximum windows of Var h for D = 10^2 to 10^6, by the exact reduction to a line; D = 100 by simulation",
    origin: Origin::New,
    uses: &["C8"],
    formulas,
    checks,
};

/// `k` at a time of `ou`, the time at which it has a given value, and the width of the window for `q = 1`.
fn formulas() -> Vec<Identity> {
    let [k, r, q, d, time] = ["k", "r", "q", "D", "t"].map(Symbol::positive);
    let level = |t: &Expr| {
        let alpha2 = (-2 * t).exp();
        &alpha2 * &d * r.pow(2) / (&alpha2 * &q + 1 - &alpha2)
    };
    let strength = quantity("k(t)");
    let at = |shift: Expr| &d * r.pow(2) / ((2 * &time).exp() - shift);
    let t = (1 - &q + &d * r.pow(2) / &k).log() / 2;
    let wrong = (1 + &q + &d * r.pow(2) / &k).log() / 2;
    // For q = 1 the time between two levels does not depend on D.
    let (width, k_2) = (quantity("t(k)-t(k_2)"), Symbol::positive("k_2"));
    let at_unit = |k: &Symbol| (&d * r.pow(2) / k).log() / 2;
    vec![
        Identity::of(
            "k in ou",
            &Equation::new(&strength, at(1 - &q)),
            &[(&strength, level(&Expr::from(&time)))],
            ("1 + q", at(1 + &q)),
        ),
        Identity::of(
            "q = 1: the width is log(k_2/k)/2 for every D",
            &Equation::new(&width, (&k_2 / &k).log() / 2),
            &[(&width, at_unit(&k) - at_unit(&k_2))],
            ("log(k_2/k)", (&k_2 / &k).log()),
        ),
        identity("k at t = log(1 - q + D r^2/k)/2 in ou", level(&t), &k, ("1 + q", level(&wrong))),
    ]
}

/// The two `k` at which `Var h` is half of its maximum (theory.md C9).
const HALF: [f64; 2] = [0.419_707_043_409_245_7, 3.424_876_291_513_066];
/// `log(HALF[1]/HALF[0])/2`: the width in time of `ou` for `q = 1`, and in `log sigma` for `edm`.
const WIDTH: f64 = 1.049_631_839_284_93;
/// The width over `t_V` at `D = 10^2, 10^4, 10^6`, `r = 1`, for `q = 0` and `q = 1`, to six decimals.
const RELATIVE: [(f64, [f64; 2]); 3] =
    [(1e2, [0.478_917, 0.487_247]), (1e4, [0.235_475, 0.235_513]), (1e6, [0.155_285, 0.155_285])];
/// `sigma_V/a` in `edm` for atoms, and the width in `sigma/sigma_V`.
const EDM: [f64; 2] = [0.862_108_154_103_956, 1.163_681_071_741_6];

/// Share of the maximum at which a window ends, of the statement and of the mutants.
const SHARES: [f64; 2] = [0.5, 0.25];
const QUARTER: &str = "a quarter of the maximum in place of a half";

/// A check of a number read off a window, and the mutant whose window ends at another height.
fn of_window(
    named: String,
    run: impl Fn(&Context, f64) -> Result<Comparison> + Clone + Send + Sync + 'static,
) -> Check {
    let [half, quarter] = SHARES.map(|share| {
        let run = run.clone();
        move |context: &Context| run(context, share)
    });
    Check::number(Kind::Quadrature, named, half).variant(Ingredient::Threshold, QUARTER, quarter)
}

fn checks(_: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for side in 0..2 {
        let named = format!("half of the maximum of Var h, {}", ["above the peak in noise", "below it"][side]);
        checks.push(of_window(named, move |_, share| {
            let l = variance_window(&pair_on_a_line(1.0, 0.0, NoiseProcess::Edm)?, share)?[2 * side];
            Ok(stated(l.exp(), HALF[side], 1e-15, 1e-12))
        }));
    }
    for (d, r, q) in [(64.0_f64, 0.5, 0.6), (1e2, 1.0, 1.0), (1e4, 1.0, 1.0), (1e6, 0.8, 0.3)] {
        let run = move |mutation, q_in_formula: f64| {
            move |_: &Context| {
                let case = pair_on_a_line(d.sqrt() * r, q, NoiseProcess::Ou)?.mutated(mutation);
                peak_time(&case, |k| 0.5 * (d * r * r / k - q_in_formula).ln_1p())
            }
        };
        let check = Check::number(Kind::Quadrature, format!("D={d}, r={r}, q={q}/ou: t_V"), run(Mutation::None, q));
        let check =
            check.variant(Ingredient::Variance, "sigma in place of sigma^2 in the score", run(Mutation::Sigma, q));
        checks.push(check.variant(
            Ingredient::Variance,
            "the component's variance left out of t_V",
            run(Mutation::None, 0.0),
        ));
    }
    for (d, relative) in RELATIVE {
        let width = move |q| {
            move |_: &Context, share| {
                let [first, _, last] = times(d, q, share)?;
                Ok(stated(last - first, WIDTH, 5e-15, 1e-11))
            }
        };
        let narrower = width(0.9);
        let check = of_window(format!("D={d}, r=1, q=1/ou: width in t"), width(1.0));
        checks.push(check.variant(Ingredient::Variance, "q = 0.9 in place of 1", move |c| narrower(c, SHARES[0])));
        for (q, relative) in [0.0, 1.0].into_iter().zip(relative) {
            checks.push(of_window(format!("D={d}, r=1, q={q}/ou: width in t/t_V"), move |_, share| {
                let [first, middle, last] = times(d, q, share)?;
                Ok(stated((last - first) / middle, relative, 5e-7, 1e-5))
            }));
        }
        let place = move |unit: f64| {
            move |_: &Context| Ok(stated(in_edm(d, SHARES[0])?[1] / Estimate::given(unit), EDM[0], 5e-15, 1e-11))
        };
        let check = Check::number(Kind::Quadrature, format!("D={d}, r=1, q=0/edm: sigma_V/a"), place(d.sqrt()));
        checks.push(check.variant(Ingredient::Dimension, "r, in one dimension, in place of a = r sqrt(D)", place(1.0)));
        checks.push(of_window(format!("D={d}, r=1, q=0/edm: width in sigma/sigma_V"), move |_, share| {
            let [first, middle, last] = in_edm(d, share)?;
            Ok(stated((first - last) / middle, EDM[1], 5e-14, 1e-11))
        }));
        checks.push(of_window(format!("D={d}, r=1, q=0/edm: width in log sigma"), move |_, share| {
            let [first, _, last] = variance_window(&pair_on_a_line(d.sqrt(), 0.0, NoiseProcess::Edm)?, share)?;
            Ok(stated((last - first) / 2, WIDTH, 5e-15, 1e-11))
        }));
    }
    for q in [0.0, 0.3] {
        checks.push(of_window(format!("D -> infinity, r=1, q={q}/ou: width in t"), move |context, share| {
            let width = |i: i32| -> Result<Estimate> {
                let [first, _, last] = times(64.0 * 2.0_f64.powi(i), q, share)?;
                Ok(last - first)
            };
            let lhs = halving(&(0..context.sizes(9)).map(width).collect::<Result<Vec<_>>>()?, 1);
            Ok(stated(lhs, WIDTH, 5e-15, 1e-8))
        }));
    }
    let named = NamedLaw::new("pair-100", Mixture::symmetric_pair(&[1.0; 100], 1.0)?);
    for k in HALF {
        let case = named.under(NoiseProcess::Ou, 0.5 * (100.0 / K_V).ln())?;
        let what = format!("half of the maximum of Var h at k = {k:.3}");
        let check = Check::new(Kind::MonteCarlo, &case, &what, move |c, case| sampled(c, case, k, SHARES[0]));
        checks.push(check.mutant(Ingredient::Threshold, QUARTER, move |c, case| sampled(c, case, k, SHARES[1])));
    }
    // log(k_2/k_1)/2 for the two k at which Var h is a share of its maximum.
    let (truth, wrong) = ((0.5, [[0.419, 0.4205], [3.42, 3.43]]), (0.25, [[0.238, 0.2395], [4.775, 4.785]]));
    let mutants = [(Ingredient::Threshold, QUARTER, wrong)];
    checks.push(equal("two classes, q=1/ou: width of Var h", truth, &mutants, |(share, [low, high])| {
        let ratio = height(share, high)? / height(share, low)?;
        Ok([ratio.ln().times(0.5), digits(WIDTH, 1e-14)])
    }));
    Ok(checks)
}

/// `k` at which `Var h` of two unit atoms is a share of its maximum, in a bracket.
fn height(share: f64, [low, high]: [f64; 2]) -> infodyn_enclosure::Result<Interval> {
    let top = pair_at(variance_peak()?)?.entropy_variance()?;
    let part = Jet { value: top.times(share), slope: Interval::ZERO };
    Ok(zero(Interval::new(low, high), |k| Ok(pair_at(k)?.entropy_variance()? - part))?.at)
}

/// A stated number with what its last digit leaves open.
fn stated(lhs: Estimate, value: f64, open: f64, tolerance: f64) -> Comparison {
    Comparison::new(lhs, Estimate::new(value, open * value.abs().max(1.0)), tolerance * value.abs())
}

/// The three times of the window in `ou` for `r = 1`, the noisiest last.
fn times(d: f64, q: f64, share: f64) -> Result<[Estimate; 3]> {
    let case = pair_on_a_line(d.sqrt(), q, NoiseProcess::Ou)?;
    let [first, middle, last] = variance_window(&case, share)?.map(ou_time);
    Ok([last, middle, first])
}

/// Where the production of `Var h` vanishes, against a time given as a function of `k`.
fn peak_time(case: &Case, formula: impl Fn(f64) -> f64) -> Result<Comparison> {
    let lhs = root(|t| production(&case.at(t)), formula(1.7 * K_V), formula(K_V / 1.7))?;
    let rhs = Estimate::rounded(formula(K_V), ulps::formula(8, 1));
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value()))
}

/// The three `sigma` of the window in `edm` for atoms, the noisiest first.
fn in_edm(d: f64, share: f64) -> Result<[Estimate; 3]> {
    Ok(variance_window(&pair_on_a_line(d.sqrt(), 0.0, NoiseProcess::Edm)?, share)?.map(|l| (-l / 2).exp()))
}

/// `Var h` at one level against a share of that at the peak, from the same draws.
fn sampled(context: &Context, case: &Case, k: f64, share: f64) -> Result<Comparison> {
    let time = |k: f64| 0.5 * (100.0 / k).ln();
    let levels = [case.process().at(time(k))?, case.process().at(time(K_V))?];
    let marginals = levels.map(|l| Marginal::new(case.law(), &l));
    let views = [View::new(levels[0], &marginals[0]), View::new(levels[1], &marginals[1])];
    let settings = context.settings(4);
    let means = infodyn_monte_carlo::mean_of(&settings, case.law(), &views, 2, &[(0, 0), (1, 1)], |batch, out| {
        for (i, out) in out.chunks_exact_mut(2).enumerate() {
            for r in 0..2 {
                out[r] = batch.readings[r].observation.label.entropy[i];
            }
        }
    })?;
    let combine = |own: f64, top: f64| {
        let pairs = [((0, 0), own), ((1, 1), top)];
        means.linear_with_covariances(&[], &pairs, Context::CONFIDENCE).ok_or(Error::Product(0, 1))
    };
    let rhs = combine(0.0, share)?;
    Ok(Comparison::paired(combine(1.0, 0.0)?, rhs, combine(1.0, -share)?, SAMPLED * rhs.value()))
}
