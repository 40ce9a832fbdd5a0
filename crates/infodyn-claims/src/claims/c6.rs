//! C6: the cusp where the folds meet.

use infodyn_core::{Comparison, Estimate, NoiseProcess};
use infodyn_symbolic::theory::{Equation, Identity, identity, quantity};
use infodyn_symbolic::{Expr, Symbol};

use super::c5::Uneven;
use crate::limit::{Shared, exponent};
use crate::symbols::{coefficient, fold_gap};
use crate::{Check, Claim, Context, Kind, Mutation, Origin, Result};

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

const WRONG: [&str; 3] = ["4 sqrt(2)/3", "the exponent 2", "the rate 1/4"];

fn checks(_: &Context) -> Result<Vec<Check>> {
    let vp = NoiseProcess::VP_LINEAR;
    let pairs = [(0.0, NoiseProcess::Ou, Shared::new()), (0.4, vp, Shared::new())];
    let mut checks = Vec::new();
    for (i, what) in
        ["limit of b/(d-1)^(3/2) at the fold", "exponent of b in d-1", "rate of approach"].into_iter().enumerate()
    {
        for (q, process, folds) in &pairs {
            let (q, process, folds) = (*q, *process, folds.clone());
            let name = format!("pair a=1 q={q}/{process}: {what}");
            checks.push(Check::number_by_words(
                Kind::Quadrature,
                name,
                &[Mutation::Formula(WRONG[i])],
                move |_, mutation| cusp(&folds.get(|| folded(q, process))?, i, mutation != Mutation::None),
            ));
        }
    }
    Ok(checks)
}

const LIMIT: f64 = 8.0 * std::f64::consts::SQRT_2 / 3.0;

/// `d - 1` nominally; the biases `b` follow from it.
fn nominal() -> Vec<f64> {
    (0..6).map(|i| 0.1 * 0.5_f64.powi(i)).collect()
}

/// Folds of pairs of bias `b` going to 0: `d - 1` as found, and `b` as given.
fn folded(q: f64, process: NoiseProcess) -> Result<(Vec<f64>, Vec<Estimate>)> {
    let c = LIMIT;
    let (mut xs, mut biases) = (vec![], vec![]);
    for size in nominal() {
        let bias = c * size.powf(1.5);
        let pair = Uneven { w: 1.0 / (1.0 + (-bias).exp()), a: 1.0, q };
        let (log_snr, _) = pair.fold(process)?;
        let d = pair.separation(log_snr.value().exp());
        let x = d - 1.0;
        // The doubt about d, counted in b through b ~ x^(3/2); the weight is rounded too.
        let doubt = 0.5 * d * (log_snr.radius() + (8.0 + log_snr.value().abs()) * f64::EPSILON) / x;
        xs.push(x);
        biases.push(Estimate::new(bias, 1.6 * bias * doubt + 4.0 * f64::EPSILON));
    }
    Ok((xs, biases))
}

fn cusp((xs, biases): &(Vec<f64>, Vec<Estimate>), what: usize, broken: bool) -> Result<Comparison> {
    let c = LIMIT;
    let ratios: Vec<Estimate> = xs.iter().zip(biases).map(|(x, b)| *b * Estimate::rounded(x.powf(-1.5), 2.0)).collect();
    let (lhs, rhs) = match what {
        0 => (infodyn_quadrature::limit(xs, &ratios), if broken { 0.5 * c } else { c }),
        // d - 1 is a power series in its nominal value.
        1 => (exponent(xs, biases, &nominal()), if broken { 2.0 } else { 1.5 }),
        _ => {
            let rates: Vec<Estimate> = xs
                .iter()
                .zip(&ratios)
                .map(|(x, r)| (*r - Estimate::rounded(c, 1.0)) / Estimate::rounded(c * x, 2.0))
                .collect();
            (infodyn_quadrature::limit(xs, &rates), if broken { 0.25 } else { 0.15 })
        }
    };
    Ok(Comparison::new(lhs, Estimate::rounded(rhs, 8.0), 1e-4 * rhs))
}
