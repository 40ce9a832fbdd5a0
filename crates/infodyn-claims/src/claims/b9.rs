//! B9: the score as a filter on the noise.

use infodyn_core::{Comparison, Detail, Estimate, NoiseProcess, Observation, Points};

use super::{SAMPLED, SHARP, cases, gaussian};
use crate::case::paired;
use crate::{Case, Check, Claim, Context, Kind, Mutation, Origin, Result, Seen};

pub(super) const CLAIM: Claim = Claim {
    id: "B9",
    name: "wiener-filter",
    statement: "For Gaussian data `alpha grad m` has eigenvalues {0}, `l` those of the covariance: the Wiener gains. For any law they are nonnegative and \
                can exceed 1, and {1}, so their expected sum is `D eta`",
    scope: "gains on a Gaussian with full covariance; the sum on every law",
    origin: Origin::Paper("abstract: the score acts as a dynamic nonlinear filter on the noise"),
    uses: &["A2", "B6"],
    formulas,
    checks,
};

/// The eigenvalues of `alpha grad m` for a Gaussian law of any covariance in the plane.
fn formulas() -> Vec<infodyn_symbolic::theory::Identity> {
    use infodyn_symbolic::theory::{
        Equation, Gaussian, Identity, Mixture, Noise, divergence, gradient, quantity, vanishing,
    };
    use infodyn_symbolic::{Expr, Symbol};

    let noise = Noise::general();
    let Noise { alpha, sigma, .. } = &noise;
    let (a, b, c) = (Symbol::positive("a"), Symbol::real("b"), Symbol::positive("c"));
    let x = [Symbol::real("x_1"), Symbol::real("x_2")];
    // Covariance [[a, b], [b, c]] of X_0, and [[p, r], [r, q]] of X_t.
    let (p, q, r) = (alpha.pow(2) * &a + sigma.pow(2), alpha.pow(2) * &c + sigma.pow(2), alpha.pow(2) * &b);
    let determinant = &p * &q - r.pow(2);
    let log_density = -(&q * x[0].pow(2) - 2 * &r * &x[0] * &x[1] + &p * x[1].pow(2)) / (2 * &determinant);
    let s = gradient(&log_density, &x);
    let m: Vec<Expr> = (0..2).map(|i| (&x[i] + sigma.pow(2) * &s[i]) / alpha).collect();
    let entry = |i: usize, k: usize| alpha * m[i].diff(&x[k]);
    let root = (((&a - &c) / 2).pow(2) + b.pow(2)).sqrt();
    let line = Gaussian::general(1);
    let wiener = |l: &Expr, power: i32| alpha.pow(power) * l / (alpha.pow(power) * l + sigma.pow(2));
    let mean = (&line.x[0] + sigma.pow(2) * line.density().log().diff(&line.x[0])) / alpha;
    let [gain, l] = ["gain", "l"].map(quantity);
    let mut all = vec![Identity::of(
        "the gain of a Gaussian, D=1",
        &Equation::new(&gain, wiener(&Expr::from(&l), 2)),
        &[(&gain, alpha * mean.diff(&line.x[0])), (&l, Expr::from(&line.variances[0]))],
        ("alpha in place of alpha^2", wiener(&Expr::from(&l), 1)),
    )];
    let [trace, d, div_s] = ["tr grad m", "D", "div s"].map(quantity);
    let total = |sigma2: Expr| &d + sigma2 * &div_s;
    let sum = Equation::new(alpha * &trace, total(sigma.pow(2)));
    for (components, dim) in [(2, 1), (2, 2)] {
        let law = Mixture::general(components, dim);
        let defined = [
            (&trace, divergence(&law.posterior_mean(), &law.x)),
            (&d, law.dim()),
            (&div_s, divergence(&law.score(), &law.x)),
        ];
        let broken = ("sigma in place of sigma^2", total(sigma.into()));
        all.push(Identity::of(format!("tr alpha grad m = D + sigma^2 div s, {}", law.name()), &sum, &defined, broken));
    }
    for (name, l) in [("larger", (&a + &c) / 2 + &root), ("smaller", (&a + &c) / 2 - &root)] {
        let characteristic = |gain: &Expr| (entry(0, 0) - gain) * (entry(1, 1) - gain) - entry(0, 1) * entry(1, 0);
        all.push(vanishing(
            format!("{name} Wiener gain is an eigenvalue of alpha grad m, D=2"),
            characteristic(&wiener(&l, 2)),
            ("alpha in place of alpha^2", characteristic(&wiener(&l, 1))),
        ));
    }
    all
}

const PRIOR: &str = "alpha l in place of alpha^2 l";

fn checks(context: &Context) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for process in [NoiseProcess::Ou, NoiseProcess::VP_SCALED_LINEAR] {
        let case = gaussian()?.under(process, 0.4)?;
        for axis in 0..2 {
            let what = if axis == 0 { "first gain" } else { "second gain" };
            let mutants = [Mutation::Formula(PRIOR), Mutation::Sigma];
            checks.push(Check::new_by_words(Kind::Quadrature, &case, what, &mutants, move |_, s| wiener(s, axis)));
        }
    }
    for case in cases()? {
        checks.push(Check::new_by_words(
            Kind::Quadrature,
            &case,
            "sum of gains",
            &[Mutation::Weight, Mutation::Sigma],
            sum,
        ));
    }
    for case in cases()?.into_iter().chain(super::digits_case(context)?) {
        let mutants = super::sampled_mutants(&case, &[Mutation::Noise, Mutation::Weight, Mutation::Sigma]);
        checks.push(Check::new_by_words(Kind::MonteCarlo, &case, "sum of gains", &mutants, sampled));
    }
    Ok(checks)
}

/// The gain along a principal axis of the covariance of one Gaussian, by differences of the posterior mean.
pub(crate) fn gain(case: &Case, axis: usize) -> Result<Estimate> {
    let alpha = case.level()?.alpha();
    let covariance = case.law().covariance(0);
    let direction: Vec<f64> = match covariance.axes() {
        Some(axes) => axes.column(axis).iter().copied().collect(),
        None => (0..case.law().dim()).map(|i| f64::from(u8::from(i == axis))).collect(),
    };
    case.density(|p| {
        let read = |h: f64| {
            let offset: Vec<f64> = direction.iter().map(|e| h * e).collect();
            let mut seen = Observation::default();
            p.observe(Points { anchors: &[0], offsets: &offset }, Detail::Score, &mut seen);
            let value: f64 = seen.mean_offset.iter().zip(&direction).map(|(m, e)| alpha * m * e).sum();
            Ok(Estimate::new(value, 16.0 * f64::EPSILON * h.abs()))
        };
        infodyn_quadrature::derivative(read, 0.0, 0.5)
    })
}

/// The gain measured against that of the filter of Wiener.
fn wiener(case: &Case, axis: usize) -> Result<Comparison> {
    let lhs = gain(case, axis)?;
    let level = case.level()?;
    let (alpha, sigma2) = (level.alpha(), level.sigma2());
    let l = case.law().covariance(0).eigenvalue(axis);
    let signal = if case.breaks(PRIOR) { alpha * l } else { alpha * alpha * l };
    let rhs = Estimate::rounded(signal / (alpha * alpha * l + sigma2), 16.0);
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// `E[div m] = -E[m.s]` by parts, and `D eta = gamma mmse`.
fn sum(_: &Context, case: &Case) -> Result<Comparison> {
    let level = case.level()?;
    let both = case.mean(Detail::Score, 2, |s, out| {
        // m = mu_anchor + offset of the mean, and x = alpha mu_anchor + offset.
        let m = |s: &Seen<'_>, i: usize| (s.x(i) - s.offset()[i]) / level.alpha() + s.mean_offset()[i];
        out[0] = -s.score().iter().enumerate().map(|(i, v)| v * m(s, i)).sum::<f64>();
        out[1] = s.posterior_trace();
    })?;
    let (lhs, rhs) = (both[0] * Estimate::given(level.alpha()), both[1] * Estimate::rounded(level.snr(), 2.0));
    Ok(Comparison::new(lhs, rhs, SHARP * rhs.value().abs()))
}

/// `E[div m] = E[Z.m]/sigma` by Gaussian partial integration; the error by its definition.
fn sampled(context: &Context, case: &Case) -> Result<Comparison> {
    let level = case.level()?;
    let (gain, snr) = (level.alpha() / level.sigma(), level.snr());
    let means = case.sample(context, Detail::Score, 2, &[], |row, out| {
        let seen = row.seen(0);
        // E[Z.c] = 0 for any c that Z does not see: the true X_0 is the one that varies least.
        let error = || seen.mean_offset().iter().zip(row.xi()).map(|(m, x)| m - x);
        out[0] = gain * error().zip(row.noise()).map(|(e, z)| e * z).sum::<f64>();
        out[1] = snr * error().map(|e| e * e).sum::<f64>();
    })?;
    Ok(paired(&means, 0, 1, SAMPLED))
}
